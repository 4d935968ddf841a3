//! Marks each word of a text by where it occurs in the other text.

use std::collections::HashSet;

use super::{Piece, Ready, Row};
use wirecopy_core::score::{Idf, each_term};

/// Where a word occurs in the other text, strongest match first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Mark {
    /// In the passage beside it, possibly with another ending.
    Shared,
    /// In another passage of the other text.
    Elsewhere,
    /// Not at all: the word occurs in this text only.
    Own,
    /// Not looked up: the word is too common to be evidence.
    Small,
}

/// A word that is compared.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Word {
    /// Its byte range in the text.
    pub bytes: std::ops::Range<usize>,
    /// Where it occurs in the other text.
    pub mark: Mark,
}

/// Marks the words of both texts. The cost is linear in the words.
pub(super) fn marks(
    a: (&Ready, &[Piece]),
    b: (&Ready, &[Piece]),
    rows: &[Row],
    idf: &Idf,
) -> (Vec<Word>, Vec<Word>) {
    let of_a: Vec<usize> = row_of(a.1.len(), rows, |row| &row.a);
    let of_b: Vec<usize> = row_of(b.1.len(), rows, |row| &row.b);
    let (terms_a, terms_b) = (terms(a, &of_a), terms(b, &of_b));
    (mark(a, &of_a, &terms_b, idf), mark(b, &of_b, &terms_a, idf))
}

/// Returns the row of each piece.
fn row_of(pieces: usize, rows: &[Row], side: impl Fn(&Row) -> &Vec<usize>) -> Vec<usize> {
    let mut out = vec![0; pieces];
    for (number, row) in rows.iter().enumerate() {
        for &piece in side(row) {
            out[piece] = number;
        }
    }
    out
}

/// The terms of a text, as a whole and by row.
struct Terms {
    all: HashSet<u32>,
    by_row: HashSet<(usize, u32)>,
}

fn terms((ready, pieces): (&Ready, &[Piece]), rows: &[usize]) -> Terms {
    let mut out = Terms { all: HashSet::new(), by_row: HashSet::new() };
    for (piece, &row) in pieces.iter().zip(rows) {
        each_term(&ready.placed.tokens, piece.words.clone(), |place| {
            out.all.insert(place.term);
            out.by_row.insert((row, place.term));
        });
    }
    out
}

fn mark((ready, pieces): (&Ready, &[Piece]), rows: &[usize], other: &Terms, idf: &Idf) -> Vec<Word> {
    let weights = idf.of(ready.language);
    let mut marks = vec![Mark::Small; ready.placed.tokens.len()];
    for (piece, &row) in pieces.iter().zip(rows) {
        each_term(&ready.placed.tokens, piece.words.clone(), |place| {
            if !weights.is_content(place.term) {
                return;
            }
            let mark = if other.by_row.contains(&(row, place.term)) {
                Mark::Shared
            } else if other.all.contains(&place.term) {
                Mark::Elsewhere
            } else {
                Mark::Own
            };
            let at = place.token as usize;
            let width = ready.placed.tokens.as_slice()[at].class().tokens_of_term();
            // A character can belong to several terms: the strongest mark wins.
            for one in &mut marks[at..(at + width).min(piece.words.end)] {
                *one = (*one).min(mark);
            }
        });
    }
    ready.placed.words.iter().zip(marks).map(|(bytes, mark)| Word { bytes: bytes.clone(), mark }).collect()
}
