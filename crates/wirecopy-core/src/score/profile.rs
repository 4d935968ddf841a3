//! Prepares a document for comparison with many others: everything about it that does not depend on the other
//! text.

use super::idf::Weights;
use super::measure::RARE_IDF;
use super::sets::Overlap;
use super::terms::{DistinctTerms, Place, each_term, is_number};
use super::weekdays::Weekdays;
use crate::hash;
use crate::text::{Token, Tokens, sequence_hash, shingles as shingles_of, tokenize, without_version_tags};

/// Most words of a unit. Longer sentences, and paragraphs without sentence marks, are cut.
const UNIT_WORDS: f32 = 48.0;
/// Most units of a document. Beyond, neighbours are joined, so that the table of a pair has a bounded size.
const MAX_UNITS: usize = 512;
/// Weight of the units in the opening of a text: about two sentences.
const LEAD_MASS: f32 = 60.0;
/// Least prose weight of a unit in the opening.
const LEAD_PROSE: f32 = 0.6;
/// Number of tokens in a shingle of a profile, whatever `match.shingle` is.
const SHINGLE: usize = 5;
/// Most terms of a headline.
const HEADLINE_TERMS: usize = 48;
/// Least share of a headline's weight that must occur in its text. A headline with less is the name of a site or a
/// section, or belongs to another story.
const OWN_HEADLINE: f32 = 0.3;
/// Least weight of a content term. Lighter terms, which occur in two of nine documents or more, are left out of
/// alignments.
pub(super) const CONTENT_IDF: f32 = 1.5;

/// A position of a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    /// Index of the token.
    pub token: u32,
    /// Index of the unit that contains it.
    pub unit: u16,
}

/// A sentence, or a part of a very long one.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Unit {
    /// Summed weights of its distinct content terms.
    pub mass: f32,
    /// Weight of the unit in shares if it has no counterpart, 0.1 to 1. Lines of a few words are more often
    /// boilerplate than prose and count little.
    pub prose: f32,
    /// End of the unit's numbers in the profile's list of numbers.
    pub numbers_end: u32,
    /// The days of the week that the unit names, one bit each.
    pub days: u8,
    /// Hash of the line that contains the unit.
    pub line: u32,
    /// Whether the unit belongs to the opening, which says what happened.
    pub lead: bool,
}

impl Unit {
    /// Returns whether the unit's line is shorter than prose usually is.
    pub fn is_short(&self) -> bool {
        self.prose < 1.0
    }
}

/// A document ready for comparison: its distinct terms with their weights and positions, its units, shingles and
/// headline.
///
/// Takes about 30 bytes a token. Build it once for each document and compare it with every candidate.
#[derive(Clone, Debug, Default)]
pub struct Profile {
    /// The distinct terms, ascending.
    pub(super) terms: Box<[u32]>,
    /// The weights of the terms.
    pub(super) idf: Box<[f32]>,
    /// Start of each term's positions in `spots`, followed by the end of the last.
    pub(super) starts: Box<[u32]>,
    /// Positions by term, then in reading order.
    pub(super) spots: Box<[Spot]>,
    pub(super) units: Box<[Unit]>,
    /// Numbers by unit, ascending within it.
    pub(super) numbers: Box<[u32]>,
    /// Count of distinct numbers in the whole text.
    pub(super) distinct_numbers: u32,
    /// Hashes of the short lines, ascending.
    pub(super) short_lines: Box<[u32]>,
    /// Hashes of the distinct shingles of five tokens, ascending.
    pub(super) shingles: Box<[u64]>,
    /// Distinct terms of the headline with their weights, in reading order; empty unless the headline belongs to the text.
    pub(super) headline: Box<[(u32, f32)]>,
    /// Summed weights of the distinct terms of the opening.
    pub(super) lead_mass: f32,
    /// Number of units up to the end of the opening.
    pub(super) lead_end: usize,
    /// Days of the week named in the opening, one bit each.
    pub(super) lead_days: u8,
    /// Days of the week named anywhere, one bit each.
    pub(super) days: u8,
    /// Summed weights of the distinct terms.
    pub(super) mass: f32,
    /// Summed weights of the rare terms.
    pub(super) rare_mass: f32,
    /// Share of the tokens that are numbers or words of spaced scripts, 0 to 1.
    pub(super) spaced: f32,
    /// Length in words; a character of an unspaced script counts as part of a word.
    pub(super) words: f32,
    /// Digest of the tokens, which orders two documents independently of the order of the arguments.
    pub(super) digest: u128,
}

impl Profile {
    /// Prepares a document. Takes about 90 ns a token.
    pub fn new(tokens: &Tokens, weights: &Weights) -> Self {
        let mut builder = Builder::default();
        builder.place_terms(tokens);
        builder.finish(tokens, weights)
    }

    /// Adds the [terms](Self::headline_terms) of the document's headline. A headline that has next to nothing in
    /// common with the text is the name of a site or a section and is ignored.
    #[must_use]
    pub fn with_headline(mut self, terms: &[u32], weights: &Weights) -> Self {
        let headline: Box<[(u32, f32)]> = terms.iter().map(|&term| (term, weights.idf(term))).collect();
        let all: f32 = headline.iter().map(|&(_, weight)| weight).sum();
        let own: f32 = headline
            .iter()
            .filter(|&&(term, _)| self.index_of(term).is_some())
            .map(|&(_, weight)| weight)
            .sum();
        if own >= OWN_HEADLINE * all && own > 0.0 {
            self.headline = headline;
        }
        self
    }

    /// Returns the index of a term in `terms`.
    fn index_of(&self, term: u32) -> Option<usize> {
        self.terms.binary_search(&term).ok()
    }

    /// Returns the distinct terms of a document, ascending, which it adds to the document frequencies.
    pub fn distinct_terms(tokens: &Tokens) -> Vec<u32> {
        let mut out = Vec::with_capacity(tokens.len());
        for segment in tokens.segments() {
            each_term(tokens, segment, |place| out.push(place.term));
        }
        hash::sort(&mut out);
        out.dedup();
        out
    }

    /// Returns those of the `wanted` terms, which are in ascending order, that occur in a document's first `end` tokens, in
    /// order. Takes less time than to sort all.
    pub fn terms_among(tokens: &Tokens, end: usize, wanted: &[u32]) -> Vec<u32> {
        // Few other terms have the same lowest bits.
        let mut lowest = [false; 1 << 10];
        let place = |term: u32| term as usize % (1 << 10);
        wanted.iter().for_each(|&term| lowest[place(term)] = true);
        let mut out = Vec::new();
        for segment in tokens.segments().take_while(|segment| segment.start < end) {
            each_term(tokens, segment.start..segment.end.min(end), |found| {
                if lowest[place(found.term)] && wanted.binary_search(&found.term).is_ok() {
                    out.push(found.term);
                }
            });
        }
        out.sort_unstable();
        out.dedup();
        out
    }

    /// Returns the first 48 distinct terms of a headline in reading order, without the tags of a version
    /// ("UPDATE 2-"), or nothing without a headline.
    pub fn headline_terms(title: Option<&str>) -> Vec<u32> {
        let mut terms = title.map_or_else(Vec::new, |title| {
            DistinctTerms::default().of(&tokenize(without_version_tags(title)))
        });
        terms.truncate(HEADLINE_TERMS);
        terms
    }

    /// Returns the memory that the profile takes, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        size_of::<Self>()
            + size_of_val(&*self.terms)
            + size_of_val(&*self.idf)
            + size_of_val(&*self.starts)
            + size_of_val(&*self.spots)
            + size_of_val(&*self.units)
            + size_of_val(&*self.numbers)
            + size_of_val(&*self.short_lines)
            + size_of_val(&*self.shingles)
            + size_of_val(&*self.headline)
    }

    /// Returns the overlap of the shingles of five tokens of two documents.
    pub fn overlap(&self, other: &Self) -> Overlap {
        Overlap::of(&self.shingles, &other.shingles)
    }

    /// Returns the length in words.
    pub fn words(&self) -> f32 {
        self.words
    }

    /// Returns the positions of the term at an index of `terms`.
    pub(super) fn spots_of(&self, index: u32) -> &[Spot] {
        let index = index as usize;
        &self.spots[self.starts[index] as usize..self.starts[index + 1] as usize]
    }

    /// Returns whether the term at an index of `terms` occurs in the opening.
    pub(super) fn is_in_lead(&self, index: u32) -> bool {
        is_in_lead(&self.units[..self.lead_end], self.spots_of(index))
    }

    /// Returns the numbers in a unit, ascending.
    pub(super) fn numbers_of(&self, unit: usize) -> &[u32] {
        let start = if unit == 0 { 0 } else { self.units[unit - 1].numbers_end as usize };
        &self.numbers[start..self.units[unit].numbers_end as usize]
    }
}

#[derive(Default)]
struct Builder {
    /// Term in the upper half and token in the lower, so that sorting as integers orders by term, then in reading
    /// order.
    places: Vec<u64>,
    /// Index of the unit of each token.
    unit_of: Vec<u16>,
    /// Prose weight and line hash of each unit.
    prose: Vec<(f32, u32)>,
    words: f32,
}

impl Builder {
    /// Cuts the document into units and collects its terms in reading order.
    fn place_terms(&mut self, tokens: &Tokens) {
        self.words = words_in(tokens, 0..tokens.len());
        self.places.reserve(tokens.len());
        self.unit_of.resize(tokens.len(), 0);
        let pieces = pieces(tokens);
        for (number, group) in pieces.chunks(pieces_per_unit(pieces.len())).enumerate() {
            // There are at most MAX_UNITS units.
            let unit = u16::try_from(number).unwrap_or(u16::MAX);
            for piece in group {
                self.unit_of[piece.range.clone()].fill(unit);
                each_term(tokens, piece.range.clone(), |Place { term, token }| {
                    self.places.push(u64::from(term) << 32 | u64::from(token));
                });
            }
            self.prose.push((group.iter().map(|piece| piece.prose).fold(0.0, f32::max), group[0].line));
        }
    }

    fn finish(mut self, tokens: &Tokens, weights_of: &Weights) -> Profile {
        hash::sort(&mut self.places);
        let weekdays = Weekdays::get();
        let mut terms: Vec<u32> = Vec::with_capacity(self.places.len());
        let mut starts: Vec<u32> = Vec::with_capacity(self.places.len() + 1);
        for (&place, at) in self.places.iter().zip(0..) {
            // Lossless: the upper half.
            let term = (place >> 32) as u32;
            if terms.last() != Some(&term) {
                terms.push(term);
                starts.push(at);
            }
        }
        starts.push(self.places.len() as u32);
        // Loops of their own, so that many accesses to the tables overlap.
        let weights: Box<[f32]> = terms.iter().map(|&term| weights_of.idf(term)).collect();
        let spot = |&place: &u64| {
            // Lossless: the lower half.
            let token = place as u32;
            Spot { token, unit: self.unit_of[token as usize] }
        };
        let spots: Box<[Spot]> = self.places.iter().map(spot).collect();
        let mut units: Vec<Unit> =
            self.prose.iter().map(|&(prose, line)| Unit { prose, line, ..Unit::default() }).collect();
        let mut numbers: Vec<(u16, u32)> = Vec::new();
        let mut distinct_numbers = 0;
        for ((&term, &weight), range) in terms.iter().zip(&weights).zip(starts.windows(2)) {
            let days = weekdays.days(term);
            distinct_numbers += u32::from(is_number(term));
            for places in spots[range[0] as usize..range[1] as usize].chunk_by(|p, q| p.unit == q.unit) {
                let unit = places[0].unit;
                if weight >= CONTENT_IDF {
                    units[unit as usize].mass += weight;
                }
                units[unit as usize].days |= days;
                if is_number(term) {
                    numbers.push((unit, term));
                }
            }
        }
        numbers.sort_unstable();
        for (index, unit) in units.iter_mut().enumerate() {
            unit.numbers_end = numbers.partition_point(|&(u, _)| usize::from(u) <= index) as u32;
        }
        let mut short_lines: Vec<u32> = units.iter().filter(|u| u.is_short()).map(|u| u.line).collect();
        short_lines.sort_unstable();
        short_lines.dedup();
        mark_lead(&mut units);
        let lead_end = lead_end(&units);
        let spots_of = |range: &[u32]| &spots[range[0] as usize..range[1] as usize];
        let of_lead = starts
            .windows(2)
            .zip(&weights)
            .filter(|(range, _)| is_in_lead(&units[..lead_end], spots_of(range)));
        let lead_mass = of_lead.map(|(_, weight)| weight).sum();
        let mut shingles = Vec::with_capacity(tokens.len());
        shingles_of(tokens.as_slice(), SHINGLE, &mut shingles);
        Profile {
            lead_mass,
            lead_end,
            lead_days: days_of(&units, true),
            days: days_of(&units, false),
            mass: weights.iter().sum(),
            rare_mass: weights.iter().filter(|&&weight| weight >= RARE_IDF).sum(),
            spaced: spaced(tokens),
            words: self.words,
            digest: tokens.digest(),
            terms: terms.into(),
            idf: weights,
            starts: starts.into(),
            spots,
            units: units.into(),
            numbers: numbers.into_iter().map(|(_, n)| n).collect(),
            short_lines: short_lines.into(),
            distinct_numbers,
            shingles: shingles.into(),
            headline: Box::default(),
        }
    }
}

/// A sentence or a part of one, before neighbours are joined.
struct Piece {
    range: std::ops::Range<usize>,
    prose: f32,
    line: u32,
}

/// Cuts sentences of more than [`UNIT_WORDS`] words into parts of equal length.
fn pieces(tokens: &Tokens) -> Vec<Piece> {
    let mut out = Vec::new();
    let mut segments = tokens.segments().peekable();
    for line in tokens.lines() {
        let prose = prose(words_in(tokens, line.clone()));
        // The upper half of a mixed hash is a hash too.
        let hash = (sequence_hash(&tokens.as_slice()[line.clone()]) >> 32) as u32;
        while let Some(segment) = segments.next_if(|s| s.end <= line.end) {
            let words = words_in(tokens, segment.clone());
            let parts = (words / UNIT_WORDS).ceil().max(1.0) as usize;
            let size = segment.len().div_ceil(parts);
            let mut start = segment.start;
            while start < segment.end {
                let end = (start + size).min(segment.end);
                out.push(Piece { range: start..end, prose, line: hash });
                start = end;
            }
        }
    }
    out
}

/// Returns how many neighbouring pieces make a unit, so that there are at most [`MAX_UNITS`].
fn pieces_per_unit(pieces: usize) -> usize {
    pieces.div_ceil(MAX_UNITS).max(1)
}

/// Returns the token ranges of a document's units, in order, as in its [`Profile`].
pub(super) fn unit_ranges(tokens: &Tokens) -> Vec<std::ops::Range<usize>> {
    let pieces = pieces(tokens);
    pieces
        .chunks(pieces_per_unit(pieces.len()))
        .map(|group| group[0].range.start..group[group.len() - 1].range.end)
        .collect()
}

/// Marks the opening units of a text up to [`LEAD_MASS`], leaving out short lines.
fn mark_lead(units: &mut [Unit]) {
    let mut mass = 0.0;
    for unit in units.iter_mut().filter(|u| u.prose > LEAD_PROSE) {
        if mass >= LEAD_MASS {
            break;
        }
        unit.lead = true;
        mass += unit.mass;
    }
}

/// Returns the number of units up to the end of the opening.
fn lead_end(units: &[Unit]) -> usize {
    units.iter().rposition(|unit| unit.lead).map_or(0, |last| last + 1)
}

/// Returns whether any position of a term, in reading order, is in the opening, given the units up to its end.
fn is_in_lead(units: &[Unit], spots: &[Spot]) -> bool {
    let units = spots.iter().map_while(|spot| units.get(usize::from(spot.unit)));
    units.into_iter().any(|unit| unit.lead)
}

/// Returns the days that the units name, either in the opening only or anywhere.
fn days_of(units: &[Unit], lead: bool) -> u8 {
    units.iter().filter(|u| u.lead || !lead).fold(0, |days, unit| days | unit.days)
}

fn spaced(tokens: &Tokens) -> f32 {
    let words = tokens.len() - pieces_and_letters(tokens.as_slice()).0;
    words as f32 / tokens.len().max(1) as f32
}

/// Returns the length of a range in words. Han and Kana characters count as half a word, letters of unspaced
/// scripts as a quarter.
fn words_in(tokens: &Tokens, range: std::ops::Range<usize>) -> f32 {
    let (pieces, letters) = pieces_and_letters(&tokens.as_slice()[range.clone()]);
    (4 * range.len() - 2 * pieces - letters) as f32 / 4.0
}

/// Counts the tokens that are pieces of words, and those among them that are single letters. Without a branch, because it is done
/// several times for each token.
fn pieces_and_letters(tokens: &[Token]) -> (usize, usize) {
    tokens.iter().fold((0, 0), |(pieces, letters), token| {
        // The upper bit tells pieces from words and numbers, both bits letters from other pieces: see the order of `Class`.
        let class = token.class() as usize;
        (pieces + (class >> 1), letters + (class >> 1 & class))
    })
}

/// Returns the weight of a line of `words` words if it has no counterpart in the other text.
fn prose(words: f32) -> f32 {
    ((words - 4.0) / 16.0).clamp(0.1, 1.0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{Idf, LanguageKey, Shared};
    use super::*;
    use crate::text::word_length;

    proptest! {
        #[test]
        fn lengths_and_shingles_are_those_of_the_tokens(texts in prop::collection::vec("([ab漢กข]|12| |\\. |\n){0,60}", 2)) {
            let tokens: Vec<Tokens> = texts.iter().map(|text| tokenize(text)).collect();
            let idf = Idf::background();
            let profiles: Vec<Profile> =
                tokens.iter().map(|tokens| Profile::new(tokens, idf.of(LanguageKey::default()))).collect();
            for (tokens, profile) in tokens.iter().zip(&profiles) {
                let words: f32 = tokens.as_slice().iter().map(|&token| word_length(token)).sum();
                prop_assert_eq!(profile.words, words);
                prop_assert_eq!(&*profile.terms, Profile::distinct_terms(tokens));
            }
            let wanted = Profile::distinct_terms(&tokens[1]);
            let mut among = Profile::distinct_terms(&tokens[0]);
            among.retain(|term| wanted.contains(term));
            prop_assert_eq!(Profile::terms_among(&tokens[0], tokens[0].len(), &wanted), among);
            let mut shared = Shared::default();
            shared.hold(tokens[0].as_slice(), SHINGLE);
            prop_assert_eq!(profiles[0].overlap(&profiles[1]), shared.overlap(tokens[1].as_slice(), SHINGLE));
        }
    }
}
