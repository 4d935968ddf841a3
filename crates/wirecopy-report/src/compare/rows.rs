//! Arranges the pieces of two texts in rows. Counterparts are side by side, in the order of the first text.

use super::Piece;

/// Pieces that are shown side by side, as indices. One side is empty if a piece has no counterpart.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Row {
    /// Pieces of the first text.
    pub a: Vec<usize>,
    /// Pieces of the second.
    pub b: Vec<usize>,
}

/// Returns rows in which every piece of both texts occurs once.
pub(super) fn rows(a: &[Piece], b: &[Piece]) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    // The row of each piece of the second text, once it has one.
    let mut row_of_b: Vec<Option<usize>> = vec![None; b.len()];
    let mut row_of_a = vec![0; a.len()];
    // For each piece of the first text, the first piece of the second that names it as its counterpart. It is preferred if
    // the choice of the first text is not mutual.
    let mut claimed: Vec<Option<usize>> = vec![None; a.len()];
    for (at, piece) in b.iter().enumerate() {
        if let Some(slot) = piece.counterpart.and_then(|other| claimed.get_mut(other)) {
            slot.get_or_insert(at);
        }
    }
    for (at, piece) in a.iter().enumerate() {
        let best = piece.counterpart.filter(|&other| other < b.len());
        let mutual = best.is_some_and(|other| b[other].counterpart == Some(at));
        let other = if mutual || best.is_none() { best } else { claimed[at].or(best) };
        let row = match other {
            Some(other) => match row_of_b[other] {
                Some(row) => row,
                None => {
                    rows.push(Row { a: Vec::new(), b: vec![other] });
                    row_of_b[other] = Some(rows.len() - 1);
                    rows.len() - 1
                }
            },
            None => {
                rows.push(Row::default());
                rows.len() - 1
            }
        };
        rows[row].a.push(at);
        row_of_a[at] = row;
    }
    // Remaining pieces of the second text go to the row of their counterpart, else to a new row after their predecessor.
    let mut followers: Vec<Vec<usize>> = vec![Vec::new(); rows.len() + 1];
    let mut last = 0;
    for (at, piece) in b.iter().enumerate() {
        let row = row_of_b[at].or_else(|| {
            let row = row_of_a[piece.counterpart.filter(|&other| other < a.len())?];
            rows[row].b.push(at);
            Some(row)
        });
        match row {
            Some(row) => last = row + 1,
            None => followers[last].push(at),
        }
    }
    let mut out: Vec<Row> = followers[0].iter().map(|&at| Row { a: Vec::new(), b: vec![at] }).collect();
    for (mut row, after) in rows.into_iter().zip(&followers[1..]) {
        row.b.sort_unstable();
        out.push(row);
        out.extend(after.iter().map(|&at| Row { a: Vec::new(), b: vec![at] }));
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pieces(counterparts: &[Option<usize>]) -> Vec<Piece> {
        counterparts.iter().map(|&counterpart| Piece { counterpart, ..Piece::default() }).collect()
    }

    fn row(a: &[usize], b: &[usize]) -> Row {
        Row { a: a.to_vec(), b: b.to_vec() }
    }

    #[test]
    fn counterparts_are_side_by_side() {
        let a = pieces(&[Some(1), None, Some(1), Some(0)]);
        let b = pieces(&[Some(3), Some(0), None, Some(0)]);
        assert_eq!(rows(&a, &b), [row(&[0, 2], &[1, 3]), row(&[], &[2]), row(&[1], &[]), row(&[3], &[0])]);
    }

    #[test]
    fn pieces_without_counterpart_have_their_own_row() {
        assert_eq!(rows(&pieces(&[None]), &pieces(&[None])), [row(&[], &[0]), row(&[0], &[])]);
        assert_eq!(rows(&[], &[]), []);
    }

    proptest! {
        #[test]
        fn every_piece_has_one_row(
            a in prop::collection::vec(prop::option::of(0usize..9), 0..9),
            b in prop::collection::vec(prop::option::of(0usize..9), 0..9),
        ) {
            let rows = rows(&pieces(&a), &pieces(&b));
            let mut left: Vec<usize> = rows.iter().flat_map(|row| row.a.clone()).collect();
            let mut right: Vec<usize> = rows.iter().flat_map(|row| row.b.clone()).collect();
            left.sort_unstable();
            right.sort_unstable();
            prop_assert_eq!(left, (0..a.len()).collect::<Vec<_>>());
            prop_assert_eq!(right, (0..b.len()).collect::<Vec<_>>());
            prop_assert!(rows.iter().all(|row| !row.a.is_empty() || !row.b.is_empty()));
        }
    }
}
