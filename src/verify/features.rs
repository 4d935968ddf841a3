//! What is measured on a pair.

use super::profile::{CONTENT_IDF, Profile};
use super::terms::is_number;

/// Buffers of a comparison; one a thread saves all allocation.
#[derive(Debug, Default)]
pub struct Scratch {
    shared: Vec<(u32, u32)>,
    table: Vec<f32>,
    points: Vec<Point>,
}

#[derive(Clone, Copy, Debug)]
struct Point {
    a: u32,
    b: u32,
    ua: u16,
    ub: u16,
    w: f32,
    best: f32,
    from: u32,
}

/// lab
pub fn explore(a: &Profile, b: &Profile, s: &mut Scratch) -> Vec<(&'static str, f64)> {
    let mut out: Vec<(&'static str, f64)> = Vec::new();
    let mut put = |n: &'static str, v: f32| out.push((n, f64::from(v)));
    // shared
    s.shared.clear();
    let (mut i, mut j) = (0, 0);
    let mut shared = 0.0f32;
    let mut shared_numbers = 0.0f32;
    while i < a.terms.len() && j < b.terms.len() {
        let (x, y) = (a.terms[i], b.terms[j]);
        if x == y {
            s.shared.push((i as u32, j as u32));
            shared += a.idf[i];
            if is_number(x) {
                shared_numbers += 1.0;
            }
        }
        i += usize::from(x <= y);
        j += usize::from(y <= x);
    }
    let lo = a.mass.min(b.mass);
    put("idf_jac", shared / (a.mass + b.mass - shared).max(1.0));
    put("idf_cont", shared / (lo + 2.0));
    put("idf_cont_max", shared / (a.mass.max(b.mass) + 2.0));
    let sub = s.shared.iter().map(|&(i, _)| (a.idf[i as usize]-3.0).max(0.0)).sum::<f32>();
    let suba = a.idf.iter().map(|x| (x-3.0).max(0.0)).sum::<f32>();
    let subb = b.idf.iter().map(|x| (x-3.0).max(0.0)).sum::<f32>();
    put("rare_jac", sub / (suba + subb - sub + 2.0));
    put("rare_cont", sub / (suba.min(subb) + 2.0));
    put("log_shared", (1.0 + shared).ln());
    put("log_min_words", (1.0 + a.words.min(b.words)).ln());
    put("log_ratio", ((1.0 + a.words.max(b.words)) / (1.0 + a.words.min(b.words))).ln());
    // numbers
    let na = a.terms.iter().filter(|&&t| is_number(t)).count() as f32;
    let nb = b.terms.iter().filter(|&&t| is_number(t)).count() as f32;
    put("num_cont", (shared_numbers + 1.0) / (na.min(nb) + 2.0));
    put("num_miss", (na.min(nb) - shared_numbers) / (na.min(nb) + 2.0));
    put("num_jac", (shared_numbers + 1.0) / (na + nb - shared_numbers + 2.0));
    // pairs
    let (mut i, mut j) = (0, 0);
    let mut sp = 0.0f32;
    while i < a.pairs.len() && j < b.pairs.len() {
        let (x, y) = (a.pairs[i].0, b.pairs[j].0);
        if x == y {
            sp += a.pairs[i].1;
        }
        i += usize::from(x <= y);
        j += usize::from(y <= x);
    }
    let pa: f32 = a.pairs.iter().map(|p| p.1).sum();
    let pb: f32 = b.pairs.iter().map(|p| p.1).sum();
    put("pair_cont", sp / (pa.min(pb) + 5.0));
    put("pair_jac", sp / (pa + pb - sp + 5.0));
    put("pair_log", (1.0 + sp).ln());
    // runs
    let (mut i, mut j) = (0, 0);
    let mut sr = 0.0f32;
    while i < a.runs.len() && j < b.runs.len() {
        let (x, y) = (a.runs[i], b.runs[j]);
        if x == y {
            sr += 1.0;
        }
        i += usize::from(x <= y);
        j += usize::from(y <= x);
    }
    put("run_cont", sr / (a.runs.len().min(b.runs.len()) as f32 + 5.0));
    put("run_sqrt", (sr / (a.runs.len().min(b.runs.len()) as f32 + 5.0)).sqrt());
    put("run_rel", (sr / (a.runs.len().min(b.runs.len()) as f32 + 5.0)) / (shared / (lo + 2.0) + 0.1));
    // table
    let (ra, rb) = (a.units.len(), b.units.len());
    s.table.clear();
    s.table.resize(ra * rb, 0.0);
    s.points.clear();
    for &(i, j) in &s.shared {
        let w = a.idf[i as usize];
        if w < CONTENT_IDF {
            continue;
        }
        let (sa, sb) = (a.spots_of(i), b.spots_of(j));
        let chain = sa.len() * sb.len() <= 12 && w >= 2.0;
        let mut la = u16::MAX;
        for p in sa {
            let newa = p.unit != la;
            la = p.unit;
            let mut lb = u16::MAX;
            for q in sb {
                if newa && q.unit != lb {
                    s.table[usize::from(p.unit) * rb + usize::from(q.unit)] += w;
                }
                lb = q.unit;
                if chain {
                    s.points.push(Point { a: p.token, b: q.token, ua: p.unit, ub: q.unit, w, best: w, from: u32::MAX });
                }
            }
        }
    }
    // coverage
    let mut best_a = vec![(0.0f32, 0usize); ra];
    let mut best_b = vec![(0.0f32, 0usize); rb];
    for x in 0..ra {
        for y in 0..rb {
            let v = s.table[x * rb + y];
            if v > best_a[x].0 { best_a[x] = (v, y); }
            if v > best_b[y].0 { best_b[y] = (v, x); }
        }
    }
    let side = |p: &Profile, best: &[(f32, usize)]| -> [f32; 8] {
        let (mut hard, mut soft, mut mean, mut tot, mut iso, mut isot, mut softiso) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
        let mut lead = 0.0; let mut leadt = 0.0;
        for (u, b) in p.units.iter().zip(best) {
            let share = b.0 / (u.mass + 3.0);
            let c = ((share - 0.2) / 0.4).clamp(0.0, 1.0);
            tot += u.mass;
            mean += share * u.mass;
            soft += c * u.mass;
            if share >= 0.42 { hard += u.mass; }
            let w = u.mass * (c + (1.0 - c) * u.prose);
            isot += w;
            iso += if share >= 0.42 { w } else { 0.0 };
            softiso += w * c;
            if leadt < 60.0 && u.prose > 0.6 { leadt += u.mass; lead += c * u.mass; }
        }
        let t = tot + 3.0;
        [hard / t, soft / t, mean / t, iso / (isot + 3.0), softiso / (isot + 3.0), soft, lead / (leadt + 3.0), tot]
    };
    let ca = side(a, &best_a);
    let cb = side(b, &best_b);
    let names = [["hard_min", "hard_max"], ["soft_min", "soft_max"], ["mean_min", "mean_max"], ["iso_min", "iso_max"], ["softiso_min", "softiso_max"], ["softmass_min", "softmass_max"], ["lead_min", "lead_max"]];
    for (k, n) in names.iter().enumerate() {
        let (mut l, mut h) = (ca[k].min(cb[k]), ca[k].max(cb[k]));
        if k == 5 { l = (1.0 + l).ln(); h = (1.0 + h).ln(); }
        put(n[0], l);
        put(n[1], h);
    }
    put("soft_len", if ca[7] < cb[7] { ca[1] } else { cb[1] });
    // number conflicts in mutually best aligned units
    let (mut agree, mut conflict) = (0.0f32, 0.0f32);
    for x in 0..ra {
        let (v, y) = best_a[x];
        if v / (a.units[x].mass.min(b.units[y.min(rb.max(1) - 1)].mass) + 3.0) < 0.4 || rb == 0 { continue; }
        let (p, q) = (a.numbers_of(x), b.numbers_of(y));
        let m = p.len().min(q.len()) as f32;
        let common = p.iter().filter(|n| q.contains(n)).count() as f32;
        agree += common;
        conflict += m - common;
    }
    put("num_conflict", conflict / (agree + conflict + 2.0));
    put("num_agree", agree / (agree + conflict + 2.0));
    put("num_conflict_log", (1.0+conflict).ln());
    // chain
    s.points.sort_unstable_by_key(|p| (p.a, p.b));
    let mut top = 0usize;
    for k in 0..s.points.len() {
        let p = s.points[k];
        let mut best = p.w;
        let mut from = u32::MAX;
        for h in (k.saturating_sub(64)..k).rev() {
            let q = s.points[h];
            if q.a >= p.a || q.b >= p.b { continue; }
            let (da, db) = (p.a - q.a, p.b - q.b);
            if da > 80 { break; }
            if db > 80 { continue; }
            let v = q.best + p.w - 0.02 * (da as f32 - db as f32).abs();
            if v > best { best = v; from = h as u32; }
        }
        s.points[k].best = best;
        s.points[k].from = from;
        if best > s.points[top].best { top = k; }
    }
    if s.points.is_empty() {
        for n in ["chain_log", "chain_share", "chain_cov_max", "chain_cov_min", "chain_span_min", "chain_span_max", "chain_dens", "chain_dens_min"] { put(n, 0.0); }
    } else {
        let end = s.points[top];
        let mut k = top;
        let mut w = 0.0;
        loop {
            w += s.points[k].w;
            if s.points[k].from == u32::MAX { break; }
            k = s.points[k].from as usize;
        }
        let start = s.points[k];
        put("chain_log", (1.0 + end.best).ln());
        put("chain_share", w / (a.content_mass.min(b.content_mass) + 5.0));
        let span = |p: &Profile, best: &[(f32, usize)], from: u16, to: u16| {
            let (mut inside, mut cov, mut tot) = (0.0, 0.0, 0.0);
            for (i, (u, b)) in p.units.iter().zip(best).enumerate() {
                tot += u.mass;
                if i >= usize::from(from) && i <= usize::from(to) {
                    inside += u.mass;
                    cov += u.mass * ((b.0 / (u.mass + 3.0) - 0.2) / 0.4).clamp(0.0, 1.0);
                }
            }
            (inside / (tot + 3.0), cov / (inside + 3.0), cov / (tot + 3.0))
        };
        let x = span(a, &best_a, start.ua, end.ua);
        let y = span(b, &best_b, start.ub, end.ub);
        put("chain_cov_max", x.2.max(y.2));
        put("chain_cov_min", x.2.min(y.2));
        put("chain_span_min", x.0.min(y.0));
        put("chain_span_max", x.0.max(y.0));
        put("chain_dens", x.1 * y.1);
        put("chain_dens_min", x.1.min(y.1));
    }
    // order: heaviest increasing subsequence share over unique terms
    let mut uniq: Vec<(u32, u32, f32)> = s.shared.iter().filter(|&&(i, j)| a.idf[i as usize] >= 2.0 && a.spots_of(i).len() == 1 && b.spots_of(j).len() == 1).map(|&(i, j)| (a.spots_of(i)[0].token, b.spots_of(j)[0].token, a.idf[i as usize])).collect();
    uniq.sort_unstable_by_key(|u| u.0);
    let mut tails: Vec<u32> = Vec::new();
    for u in &uniq {
        let at = tails.partition_point(|&t| t < u.1);
        if at == tails.len() { tails.push(u.1); } else { tails[at] = u.1; }
    }
    let n = uniq.len() as f32;
    put("order_z", if n > 0.0 { ((tails.len() as f32 - 2.0 * n.sqrt()) / n.sqrt()).max(-1.5) } else { -1.5 });
    put("order_share", tails.len() as f32 / (n + 3.0));
    out
}
