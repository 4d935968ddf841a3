//! The texts and pairs of clusters, in compressed blocks.
//!
//! A text is stored once, with the offsets of its pieces and words in UTF-16 units, as JavaScript counts. A pair stores one
//! character per piece and word that says how it matches the other text, which compresses to almost nothing.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io;

use rayon::prelude::*;
use serde::Serialize;

use super::super::{ClusterLine, EdgeLine, Relation, Run};
use super::{ALL_PAIRS, Absent, Texts, pack};
use crate::compare::{Comparer, Comparison, Mark, Origin, Ready, Side};
use wirecopy_core::Similarity;
use wirecopy_core::similarity::four_decimals;

/// Minimum bytes of JSON per block.
const BLOCK: usize = 256 << 10;

// The relations of a cluster are the bits of one byte.
const _: () = assert!(Relation::ALL.len() <= 8);

/// Returns the number of a relation on the page, −1 for none.
pub fn number(relation: Option<Relation>) -> i8 {
    // There are few relations, so the cast is exact.
    relation.map_or(-1, |relation| relation.place() as i8)
}

/// The data of clusters that the page shows only once a cluster is opened.
pub(super) struct Blocks {
    pub packed: Vec<String>,
    /// The block of each cluster.
    pub of_cluster: Vec<usize>,
    /// Bit set of the relations of each cluster's edges.
    pub relations: Vec<u8>,
    pub absent: Absent,
}

/// The part of a block that belongs to one cluster.
#[derive(Serialize)]
struct Detail<'a> {
    texts: BTreeMap<usize, Text>,
    pairs: Vec<Pair<'a>>,
}

#[derive(Serialize)]
struct Text {
    text: String,
    /// Ends of the pieces.
    ends: Vec<usize>,
    /// For each piece, 1 if it begins a line, else 0.
    lines: Vec<u8>,
    /// Number of words before each piece.
    words_before: Vec<usize>,
    /// Alternates between the distance of a word from the previous one and its length.
    words: Vec<usize>,
    changed: bool,
}

#[derive(Serialize)]
struct Pair<'a> {
    a: usize,
    b: usize,
    relation: i8,
    /// Whether the run has an edge between the two.
    edge: bool,
    score: Similarity,
    jaccard: Similarity,
    in_a: Similarity,
    in_b: Similarity,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    evidence: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    seen: Option<Seen>,
}

/// How the two texts match.
#[derive(Serialize)]
struct Seen {
    verdict: String,
    baseline: f64,
    /// What each feature adds to the baseline, its explanation, and its value.
    parts: Vec<(f64, String, String)>,
    rows: Vec<(Vec<usize>, Vec<usize>)>,
    a: Marks,
    b: Marks,
}

#[derive(Serialize)]
struct Marks {
    /// For each piece: `f` for boilerplate, `m` for a match in the other text, `-` for neither.
    pieces: String,
    /// For each word: `s` for shared with the passage beside it, `e` for elsewhere in the other text, `o` for this text only,
    /// `-` for a very common word.
    words: String,
}

impl Blocks {
    /// Compares the pairs of each cluster, and packs the results. `lines` are the indices of the members in the run's documents;
    /// `place` maps their ids to indices on the page.
    pub(super) fn of(
        run: &Run,
        lines: &[usize],
        place: &HashMap<&str, usize>,
        texts: &Texts,
    ) -> io::Result<Self> {
        let mut config = run.header.config.clone();
        let comparer = Comparer::new(&config).map_err(|error| {
            tracing::debug!(%error, "the run's model or agencies cannot be read: pairs without an edge are compared with the built-in ones");
        });
        let fallback;
        let comparer = match comparer {
            Ok(comparer) => comparer,
            Err(()) => {
                config.matching.model = None;
                config.ingest.agencies = None;
                fallback = config.clone();
                Comparer::new(&fallback).map_err(io::Error::other)?
            }
        };
        let comparer = comparer.with_learned(run.learned());
        let mut edges: HashMap<(usize, usize), &EdgeLine> = HashMap::with_capacity(run.edges.len());
        for edge in &run.edges {
            if let Some((&a, &b)) = place.get(edge.a.as_str()).zip(place.get(edge.b.as_str())) {
                edges.insert((a, b), edge);
            }
        }
        let maker = Maker { run, lines, place, texts, comparer, edges };
        let made: Vec<(String, u8, Absent)> =
            run.clusters.par_iter().map(|cluster| maker.detail(cluster)).collect::<io::Result<_>>()?;
        let mut blocks = Blocks {
            packed: Vec::new(),
            of_cluster: Vec::with_capacity(made.len()),
            relations: Vec::with_capacity(made.len()),
            absent: Absent::default(),
        };
        let mut whole: Vec<String> = Vec::new();
        let mut open = String::new();
        for (cluster, (json, relations, absent)) in run.clusters.iter().zip(made) {
            open.push(if open.is_empty() { '{' } else { ',' });
            open.push_str(&serde_json::to_string(&cluster.cluster)?);
            open.push(':');
            open.push_str(&json);
            blocks.of_cluster.push(whole.len());
            blocks.relations.push(relations);
            blocks.absent.missing.extend(absent.missing);
            blocks.absent.changed.extend(absent.changed);
            if open.len() >= BLOCK {
                whole.push(std::mem::take(&mut open) + "}");
            }
        }
        if !open.is_empty() {
            whole.push(open + "}");
        }
        blocks.packed =
            whole.par_iter().map(|block| pack::packed(block.as_bytes())).collect::<io::Result<_>>()?;
        Ok(blocks)
    }
}

struct Maker<'a> {
    run: &'a Run,
    lines: &'a [usize],
    place: &'a HashMap<&'a str, usize>,
    texts: &'a Texts,
    comparer: Comparer<'a>,
    edges: HashMap<(usize, usize), &'a EdgeLine>,
}

impl Maker<'_> {
    fn detail(&self, cluster: &ClusterLine) -> io::Result<(String, u8, Absent)> {
        let members: Vec<usize> =
            cluster.members.iter().filter_map(|m| self.place.get(m.id.as_str()).copied()).collect();
        let mut absent = Absent::default();
        let mut ready: HashMap<usize, Ready> = HashMap::new();
        let mut changed: HashSet<usize> = HashSet::new();
        for &member in &members {
            let line = &self.run.documents[self.lines[member]];
            let Some(document) = self.texts.get(&line.id) else {
                absent.missing.push(line.id.clone());
                continue;
            };
            let mut one = self.comparer.ready(document);
            one.side.take_over(line);
            if one.changed_since(line) {
                absent.changed.push(line.id.clone());
                changed.insert(member);
            }
            ready.insert(member, one);
        }
        let mut detail = Detail { texts: BTreeMap::new(), pairs: Vec::new() };
        let mut relations = 0;
        for (x, y) in self.pairs(&members) {
            let edge = self.edges.get(&(x, y)).copied();
            if let Some(edge) = edge {
                relations |= 1 << number(Some(edge.relation));
            }
            let compared = ready
                .get(&x)
                .zip(ready.get(&y))
                .map(|(a, b)| self.comparer.compare(a, b).as_in_run(edge, self.run.header.model.as_ref()));
            if let Some(comparison) = &compared {
                for (member, side) in [(x, &comparison.a), (y, &comparison.b)] {
                    detail.texts.entry(member).or_insert_with(|| text(side, changed.contains(&member)));
                }
            }
            detail.pairs.extend(pair(x, y, edge, compared.as_ref()));
        }
        for (&member, one) in &ready {
            // A text without pairs is shown on its own.
            let alone = || text(&self.comparer.compare(one, one).a, changed.contains(&member));
            detail.texts.entry(member).or_insert_with(alone);
        }
        Ok((serde_json::to_string(&detail)?, relations, absent))
    }

    /// Returns all pairs of a small cluster, or the edges of a large one. A pair with an edge has the direction of the edge.
    fn pairs(&self, members: &[usize]) -> Vec<(usize, usize)> {
        let mut ordered = members.to_vec();
        ordered.sort_unstable_by_key(|&member| self.lines[member]);
        let mut out = Vec::new();
        for (at, &x) in ordered.iter().enumerate() {
            for &y in &ordered[at + 1..] {
                let pair = if self.edges.contains_key(&(y, x)) { (y, x) } else { (x, y) };
                if members.len() <= ALL_PAIRS || self.edges.contains_key(&pair) {
                    out.push(pair);
                }
            }
        }
        out
    }
}

fn pair<'a>(
    a: usize,
    b: usize,
    edge: Option<&'a EdgeLine>,
    compared: Option<&Comparison>,
) -> Option<Pair<'a>> {
    let known = edge.map(|e| (e.jaccard, e.containment_a, e.containment_b));
    let (jaccard, in_b, in_a) = known.or_else(|| {
        compared.map(|c| (c.jaccard.rounded(), c.containment_a.rounded(), c.containment_b.rounded()))
    })?;
    Some(Pair {
        a,
        b,
        relation: number(edge.map(|edge| edge.relation)),
        edge: edge.is_some(),
        score: edge.map(|edge| edge.score).or_else(|| compared.map(|c| c.score.rounded()))?,
        jaccard,
        in_a,
        in_b,
        evidence: edge.map_or(&[], |edge| &edge.evidence),
        seen: compared.map(seen),
    })
}

fn seen(comparison: &Comparison) -> Seen {
    let weighed = comparison.weighed.as_ref();
    let verdict = match (comparison.origin, comparison.relation) {
        // The two were only compared on their own, which is not what the run found.
        (Origin::NoEdge, Some(_)) => {
            "No edge between the two: one dispatch through other members only.".to_owned()
        }
        (Origin::NoEdge, None) => {
            format!(
                "No edge between the two: one dispatch through other members only. {}",
                comparison.sentence()
            )
        }
        (Origin::Edge | Origin::Alone, _) => comparison.sentence(),
    };
    Seen {
        verdict,
        baseline: weighed.map_or(0.0, |weighed| four_decimals(weighed.baseline)),
        parts: weighed.map_or_else(Vec::new, |weighed| {
            let parts = weighed.parts.iter();
            parts.map(|part| (hundredths(part.adds), part.explanation.clone(), part.shown.clone())).collect()
        }),
        rows: comparison.rows.iter().map(|row| (row.a.clone(), row.b.clone())).collect(),
        a: marks(&comparison.a),
        b: marks(&comparison.b),
    }
}

fn marks(side: &Side) -> Marks {
    let piece = |piece: &crate::compare::Piece| match (piece.boilerplate, piece.matched) {
        (true, _) => 'f',
        (false, true) => 'm',
        (false, false) => '-',
    };
    let word = |mark: Mark| match mark {
        Mark::Shared => 's',
        Mark::Elsewhere => 'e',
        Mark::Own => 'o',
        Mark::Small => '-',
    };
    Marks {
        pieces: side.pieces.iter().map(piece).collect(),
        words: side.words.iter().map(|one| word(one.mark)).collect(),
    }
}

/// Converts a text and the offsets of its parts to UTF-16 units.
fn text(side: &Side, changed: bool) -> Text {
    let mut places = Places { bytes: 0, units: 0, text: &side.text };
    let mut words = Vec::with_capacity(2 * side.words.len());
    let mut ends = Vec::with_capacity(side.pieces.len());
    let mut last = 0;
    let mut next = side.words.iter().peekable();
    for piece in &side.pieces {
        while let Some(word) = next.next_if(|word| word.bytes.start < piece.bytes.end) {
            let (start, end) = (places.of(word.bytes.start), places.of(word.bytes.end));
            words.extend([start - last, end - start]);
            last = end;
        }
        ends.push(places.of(piece.bytes.end));
    }
    Text {
        text: side.text.clone(),
        ends,
        lines: side.pieces.iter().map(|piece| u8::from(piece.starts_line)).collect(),
        words_before: side.pieces.iter().map(|piece| piece.words.start).collect(),
        words,
        changed,
    }
}

/// Converts byte offsets to UTF-16 units. Offsets must be ascending.
struct Places<'a> {
    bytes: usize,
    units: usize,
    text: &'a str,
}

impl Places<'_> {
    fn of(&mut self, byte: usize) -> usize {
        self.units += self.text[self.bytes..byte].chars().map(char::len_utf16).sum::<usize>();
        self.bytes = byte;
        self.units
    }
}

fn hundredths(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use wirecopy_core::Document;

    #[test]
    fn offsets_are_in_utf_16_units() {
        let comparer_config = crate::Config::default();
        let comparer = Comparer::new(&comparer_config).unwrap();
        let document = Document { text: "😀 Ordu 央行. Über.".to_owned(), ..Document::default() };
        let one = comparer.ready(&document);
        let made = text(&comparer.compare(&one, &one).a, false);
        let units: Vec<u16> = made.text.encode_utf16().collect();
        let mut at = 0;
        let words: Vec<String> = made
            .words
            .chunks(2)
            .map(|pair| {
                let start = at + pair[0];
                at = start + pair[1];
                String::from_utf16(&units[start..at]).unwrap()
            })
            .collect();
        assert_eq!(words, ["Ordu", "央", "行", "Über"]);
        assert_eq!(made.ends.last(), Some(&units.len()));
        assert_eq!(made.words_before.len(), made.ends.len());
    }
}
