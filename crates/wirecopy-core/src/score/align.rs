//! Aligns sentences: finds for each unit of one text its counterpart in the other.
//!
//! Each shared content term adds its weight to the table cell of the two units it occurs in, and the best cell of
//! a row is the unit's counterpart. This is sentence alignment that ignores order (METER: Clough et al. 2002; PAN
//! text alignment: Sanchez-Perez et al. 2014), so that shuffled paragraphs, cuts and inserted boilerplate do not
//! disturb it.

use super::chain::Point;
use super::profile::{CONTENT_IDF, Profile, Spot};

/// Weight added to a unit's own before shares are computed, so that two shared words do not cover a line of three.
const PRIOR: f32 = 3.0;
/// Least weight of a term in a chain.
pub(super) const CHAIN_IDF: f32 = 2.0;
/// Most points of a term. A term with more says little about order.
pub(super) const MAX_POINTS: usize = 12;
/// Least share of the lighter unit's weight that two mutual counterparts must have in common to match.
pub(super) const MATCHING: f32 = 0.25;
/// Least share of the lighter unit's weight that two related units have in common.
const RELATED: f32 = 0.4;

/// The counterpart of a unit.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Counterpart {
    /// Summed weight of the terms that the two units share.
    pub mass: f32,
    /// Index of the unit in the other text; 0 if `mass` is 0.
    pub unit: u16,
    /// Whether the unit is a short line that occurs verbatim in the other text. Such lines are boilerplate and
    /// left out of every share.
    pub left_out: bool,
}

/// The tables of one comparison, reused from pair to pair to save allocations.
#[derive(Debug, Default)]
pub(super) struct Alignment {
    table: Vec<f32>,
    /// Units of the second text in which the current term occurs.
    units: Vec<u16>,
    /// Counterparts of the first text's units in the second text.
    pub a: Vec<Counterpart>,
    /// Counterparts of the second text's units in the first text.
    pub b: Vec<Counterpart>,
    /// Pairs of positions of the same term, for the chain.
    pub points: Vec<Point>,
}

impl Alignment {
    /// Fills the tables. Cost: for each term, one step for each pair of units, and for infrequent terms one step
    /// for each pair of positions.
    pub(super) fn fill(&mut self, a: &Profile, b: &Profile, shared: &[(u32, u32)]) {
        self.leave_out_same_lines(a, b);
        let width = b.units.len();
        self.table.clear();
        self.table.resize(a.units.len() * width, 0.0);
        self.points.clear();
        for &(i, j) in shared {
            let weight = a.idf[i as usize].min(b.idf[j as usize]);
            if weight < CONTENT_IDF {
                continue;
            }
            let (spots_a, spots_b) = (a.spots_of(i), b.spots_of(j));
            let Self { table, a: of_a, b: of_b, units, .. } = self;
            let left_out = |side: &[Counterpart], spot: &Spot| side[usize::from(spot.unit)].left_out;
            // A term may occur several times in a unit, but counts once.
            units.clear();
            units.extend(spots_b.iter().filter(|spot| !left_out(of_b, spot)).map(|spot| spot.unit));
            units.dedup();
            let mut last = u16::MAX;
            for p in spots_a.iter().filter(|spot| !left_out(of_a, spot)) {
                if std::mem::replace(&mut last, p.unit) != p.unit {
                    let row = usize::from(p.unit) * width;
                    units.iter().for_each(|&unit| table[row + usize::from(unit)] += weight);
                }
            }
            if weight >= CHAIN_IDF && spots_a.len() * spots_b.len() <= MAX_POINTS {
                for p in spots_a.iter().filter(|spot| !left_out(of_a, spot)) {
                    let there = spots_b.iter().filter(|spot| !left_out(of_b, spot));
                    self.points.extend(there.map(|q| Point::new(*p, *q, weight)));
                }
            }
        }
        self.find_counterparts(width);
    }

    /// Returns the share of the units of the text with fewer units that are the counterpart of their own
    /// counterpart, 0 to 1.
    pub(super) fn one_to_one(&self, a: &Profile, b: &Profile) -> f32 {
        let units = |side: &[Counterpart]| side.iter().filter(|c| !c.left_out).count();
        let mutual = self.a.iter().enumerate().filter(|&(x, counterpart)| {
            let y = usize::from(counterpart.unit);
            counterpart.mass > 0.0
                && usize::from(self.b[y].unit) == x
                && share(*counterpart, a.units[x].mass.min(b.units[y].mass)) > MATCHING
        });
        mutual.count() as f32 / (units(&self.a).min(units(&self.b)) as f32 + 1.0)
    }

    /// Marks short lines that occur verbatim in both texts. They are the site's, not the dispatch's: two stories
    /// of one site share dozens. If they make up most of a text, they are the text itself and stay.
    fn leave_out_same_lines(&mut self, a: &Profile, b: &Profile) {
        self.a.clear();
        self.a.resize(a.units.len(), Counterpart::default());
        self.b.clear();
        self.b.resize(b.units.len(), Counterpart::default());
        if super::overlap::common(&a.short_lines, &b.short_lines) == 0 {
            return;
        }
        for (p, q, side) in [(a, b, &mut self.a), (b, a, &mut self.b)] {
            for (unit, counterpart) in p.units.iter().zip(side) {
                counterpart.left_out = unit.is_short() && q.short_lines.binary_search(&unit.line).is_ok();
            }
        }
        let mostly = |p: &Profile, side: &[Counterpart]| {
            let out: f32 = p.units.iter().zip(side).filter(|(_, c)| c.left_out).map(|(u, _)| u.mass).sum();
            out > 0.6 * p.units.iter().map(|u| u.mass).sum::<f32>()
        };
        if mostly(a, &self.a) || mostly(b, &self.b) {
            for counterpart in self.a.iter_mut().chain(&mut self.b) {
                counterpart.left_out = false;
            }
        }
    }

    fn find_counterparts(&mut self, width: usize) {
        if width == 0 {
            return;
        }
        for (x, row) in self.table.chunks_exact(width).enumerate() {
            let own = &mut self.a[x];
            for (y, &mass) in row.iter().enumerate() {
                if mass > own.mass {
                    (own.mass, own.unit) = (mass, y as u16);
                }
                let other = &mut self.b[y];
                if mass > other.mass {
                    (other.mass, other.unit) = (mass, x as u16);
                }
            }
        }
    }
}

/// Returns the share of a unit's weight that its counterpart holds, 0 to 1.
pub(super) fn share(counterpart: Counterpart, unit_mass: f32) -> f32 {
    counterpart.mass / (unit_mass + PRIOR)
}

/// Returns how far a unit is covered: 0 below a fifth of its weight, 1 above three fifths.
pub(super) fn covered(counterpart: Counterpart, unit_mass: f32) -> f32 {
    ((share(counterpart, unit_mass) - 0.2) / 0.4).clamp(0.0, 1.0)
}

/// Returns whether two units say the same thing, so that contradictions between them count.
pub(super) fn related(counterpart: Counterpart, mass_a: f32, mass_b: f32) -> bool {
    share(counterpart, mass_a.min(mass_b)) >= RELATED
}
