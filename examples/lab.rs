use std::collections::HashMap;
use std::io::Write;
use rayon::prelude::*;
use wirecopy::text::{tokenize, shingles};
use wirecopy::verify::{features::*, idf::*, profile::*};
// lab DOCS.jsonl PAIRS.tsv OUT.tsv MODE(bg|blend) [DFDOCS]
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let read = |p: &str| -> Vec<(String, String)> { std::fs::read_to_string(p).unwrap().lines().map(|l| { let v: serde_json::Value = serde_json::from_str(l).unwrap(); (v["id"].as_str().unwrap().to_owned(), v["text"].as_str().unwrap().to_owned()) }).collect() };
    let docs = read(&args[1]);
    let toks: Vec<_> = docs.par_iter().map(|(_, t)| tokenize(t)).collect();
    let mut f = Frequencies::default();
    if args[4] == "blend" {
        if let Some(p) = args.get(5) { for (_, t) in read(p) { f.add(&Profile::distinct_terms(&tokenize(&t))); } }
        else { for t in &toks { f.add(&Profile::distinct_terms(t)); } }
    }
    let idf = Idf::new(f);
    let t0 = std::time::Instant::now();
    let profs: Vec<_> = toks.par_iter().map(|t| Profile::new(t, &idf)).collect();
    eprintln!("profiles {:?}", t0.elapsed());
    let by: HashMap<&str, usize> = docs.iter().enumerate().map(|(i, d)| (d.0.as_str(), i)).collect();
    let pairs = std::fs::read_to_string(&args[2]).unwrap();
    let rows: Vec<(&str, usize, usize)> = pairs.lines().skip(1).map(|l| { let mut p = l.split('\t'); let a = p.next().unwrap(); let b = p.next().unwrap(); (l, *by.get(a).unwrap_or_else(||panic!("{a}")), by[b]) }).collect();
    let t0 = std::time::Instant::now();
    let feats: Vec<Vec<(&'static str, f64)>> = rows.par_iter().map_init(Scratch::default, |s, &(_, a, b)| {
        let mut v = explore(&profs[a], &profs[b], s);
        let (mut x, mut y) = (Vec::new(), Vec::new());
        shingles(toks[a].as_slice(), 5, &mut x); shingles(toks[b].as_slice(), 5, &mut y);
        let c = x.iter().filter(|h| y.binary_search(h).is_ok()).count() as f64;
        let n = x.len().min(y.len()).max(1) as f64;
        v.push(("X_jaccard", c / (x.len() as f64 + y.len() as f64 - c).max(1.0)));
        v.push(("X_cont", c / n));
        v
    }).collect();
    eprintln!("features {:?} for {}", t0.elapsed(), rows.len());
    let mut o = std::io::BufWriter::new(std::fs::File::create(&args[3]).unwrap());
    write!(o, "a\tb\ty\tset").unwrap();
    for (n, _) in &feats[0] { write!(o, "\t{n}").unwrap(); }
    writeln!(o).unwrap();
    for (r, f) in rows.iter().zip(&feats) { write!(o, "{}", r.0).unwrap(); for (_, v) in f { write!(o, "\t{v:.5}").unwrap(); } writeln!(o).unwrap(); }
}
