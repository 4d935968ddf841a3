//! Sentence against sentence: which unit of one text answers to which of the other.
//!
//! Every shared content term adds its weight to the table cell of the two units it stands in; the best cell of a row
//! is the unit's counterpart. This is sentence alignment without an order (METER: Clough et al. 2002; PAN text
//! alignment: Sanchez-Perez et al. 2014), so shuffled paragraphs, cuts and boilerplate in between do not disturb it.

use super::chain::Point;
use super::profile::{CONTENT_IDF, Profile, Spot};

/// Weight added to a unit's own before shares are taken, so that two words in common do not cover a line of three.
const PRIOR: f32 = 3.0;
/// Terms that a chain is made of weigh at least this.
pub(super) const CHAIN_IDF: f32 = 2.0;
/// A term whose places make more points than this says little about order.
const MAX_POINTS: usize = 12;
/// Units that are each other's counterparts answer to each other from this share of the lighter one's weight on.
const ANSWERS: f32 = 0.25;
/// Units are related from this share of the lighter one's weight on.
const RELATED: f32 = 0.4;

/// The counterpart of a unit.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Counterpart {
    /// Summed weights of the terms that the two units share.
    pub mass: f32,
    /// Index of the unit in the other text; 0 where `mass` is 0.
    pub unit: u16,
    /// The unit stands word for word in the other text and is a short line: boilerplate, left out of every share.
    pub left_out: bool,
}

/// The tables of one comparison; kept from pair to pair to save the allocations.
#[derive(Debug, Default)]
pub(super) struct Alignment {
    table: Vec<f32>,
    /// Units of the second text that the term at hand stands in.
    units: Vec<u16>,
    /// Counterparts of the units of the first text in the second, and the reverse.
    pub a: Vec<Counterpart>,
    pub b: Vec<Counterpart>,
    /// Pairs of places of the same term, for the chain.
    pub points: Vec<Point>,
}

impl Alignment {
    /// Fills the tables. Cost: a step a pair of units for each term, a step a pair of places for those of few places.
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
            // A term may have many places in a unit, which count once.
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

    /// Share of the units of the text with fewer which are the counterpart of their own counterpart, 0 to 1.
    pub(super) fn one_to_one(&self, a: &Profile, b: &Profile) -> f32 {
        let units = |side: &[Counterpart]| side.iter().filter(|c| !c.left_out).count();
        let mutual = self.a.iter().enumerate().filter(|&(x, counterpart)| {
            let y = usize::from(counterpart.unit);
            counterpart.mass > 0.0
                && usize::from(self.b[y].unit) == x
                && share(*counterpart, a.units[x].mass.min(b.units[y].mass)) > ANSWERS
        });
        mutual.count() as f32 / (units(&self.a).min(units(&self.b)) as f32 + 1.0)
    }

    /// Short lines that stand word for word in both texts are the site's, not the dispatch's: two stories of one site
    /// share dozens. Not so where they are most of a text: then they are the text.
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

/// Share of a unit's weight that its counterpart holds, 0 to 1.
pub(super) fn share(counterpart: Counterpart, unit_mass: f32) -> f32 {
    counterpart.mass / (unit_mass + PRIOR)
}

/// How far a unit counts as covered: not at all under a fifth of its weight, wholly over three fifths.
pub(super) fn covered(counterpart: Counterpart, unit_mass: f32) -> f32 {
    ((share(counterpart, unit_mass) - 0.2) / 0.4).clamp(0.0, 1.0)
}

/// Whether two units tell the same thing, so that what they contradict each other in counts.
pub(super) fn related(counterpart: Counterpart, mass_a: f32, mass_b: f32) -> bool {
    share(counterpart, mass_a.min(mass_b)) >= RELATED
}
