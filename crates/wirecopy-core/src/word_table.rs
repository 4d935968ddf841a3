//! Tables of words that are compiled into the program (`data/*.tsv`): one row a line, with cells separated by tabs. Lines that
//! begin with `#` describe the form.
//!
//! The input is the text of a table, the output its rows. The module that uses a table interprets the rows. A malformed row
//! is an error there, which fails every test that uses the table.

use std::str::Split;
use std::sync::LazyLock;

/// Words of one kind, read when they are first used.
pub type Words = LazyLock<Vec<&'static str>>;
/// Pairs of one kind, read when they are first used.
pub type Pairs = LazyLock<Vec<(&'static str, &'static str)>>;

/// Returns the rows of a table with the numbers of their lines, counted from 1; comments and blank lines are left out.
pub fn lines(table: &str) -> impl Iterator<Item = (u64, &str)> {
    (1..).zip(table.lines()).filter(|(_, line)| !line.starts_with('#') && !line.trim().is_empty())
}

/// Returns the cells of each row of a table.
pub fn rows(table: &str) -> impl Iterator<Item = Split<'_, char>> {
    lines(table).map(|(_, line)| line.split('\t'))
}

/// Returns the words of a kind, which is the first cell of their rows.
pub fn words(table: &'static str, kind: &str) -> Vec<&'static str> {
    let rows = rows(table).filter_map(|mut cells| (cells.next() == Some(kind)).then_some(cells));
    let words: Vec<&str> = rows.flatten().collect();
    let broken = words.is_empty() || words.iter().any(|word| word.trim().is_empty());
    shipped(if broken { Err(format!("no words, or an empty one, of the kind `{kind}`")) } else { Ok(words) })
}

/// Returns the pairs of a kind: its words are of the form `a=b`.
pub fn pairs(table: &'static str, kind: &str) -> Vec<(&'static str, &'static str)> {
    let pair = |word: &'static str| word.split_once('=').ok_or_else(|| format!("`{word}` is not a pair"));
    shipped(words(table, kind).into_iter().map(pair).collect())
}

/// Returns the kinds of a table, in order of their first rows. A test of each table compares them with those in use.
pub fn kinds(table: &str) -> Vec<&str> {
    let mut kinds: Vec<&str> = rows(table).filter_map(|mut cells| cells.next()).collect();
    kinds.dedup();
    kinds
}

/// Returns what was read from a table that is compiled in.
#[expect(clippy::expect_used, reason = "the bytes are part of the program, and unit tests read every table")]
pub fn shipped<T>(read: Result<T, String>) -> T {
    read.expect("a table compiled into the program is well formed")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "# kind, then words\n\nfish\tcod\tray\nbird\twren=s\nfish\teel\nbroken\t\n";

    #[test]
    fn rows_have_line_numbers_and_comments_are_left_out() {
        let numbers: Vec<u64> = lines(TABLE).map(|(number, _)| number).collect();
        assert_eq!(numbers, [3, 4, 5, 6]);
        assert_eq!(rows(TABLE).map(Iterator::count).collect::<Vec<_>>(), [3, 2, 2, 2]);
    }

    #[test]
    fn words_of_a_kind_come_from_all_its_rows() {
        assert_eq!(words(TABLE, "fish"), ["cod", "ray", "eel"]);
        assert_eq!(pairs(TABLE, "bird"), [("wren", "s")]);
    }

    #[test]
    fn malformed_table_is_not_read_as_empty() {
        for kind in ["broken", "mammal"] {
            assert!(std::panic::catch_unwind(|| words(TABLE, kind)).is_err(), "{kind}");
        }
        assert!(std::panic::catch_unwind(|| pairs(TABLE, "fish")).is_err());
    }
}
