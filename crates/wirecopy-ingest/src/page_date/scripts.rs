//! Dates in the scripts of a page: what the program behind it was given ("publishedAt").

use dom_query::Document as Tree;

use super::linked::quoted_behind;
use crate::dates;

/// Keys that news systems use.
const KEYS: [&str; 9] = [
    "datePublished",
    "publishedAt",
    "published_at",
    "publicationDate",
    "publication_date",
    "publishedDate",
    "published_date",
    "publishDate",
    "pubDate",
];
/// More scripts than a page has, and more bytes than one with a date.
const LONGEST: usize = 2 << 20;

/// The date of the first key that has one, if all its values are of one day.
pub(super) fn date(tree: &Tree) -> Option<String> {
    let scripts = tree.select("script:not([src])");
    let texts: Vec<_> = scripts.iter().map(|script| script.text()).filter(|t| t.len() < LONGEST).collect();
    KEYS.iter().find_map(|key| {
        let mut found = texts.iter().flat_map(|text| quoted_behind(text, key));
        let first = found.find(|written| dates::parse(written).is_ok())?;
        let day = dates::parse(&first).ok()?.date;
        found
            .filter_map(|written| dates::parse(&written).ok())
            .all(|other| other.date == day)
            .then_some(first)
    })
}
