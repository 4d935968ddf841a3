//! Finds publication dates in the scripts of a page, by keys such as `publishedAt`.

use dom_query::Document as Tree;

use super::json_ld::values_of_key;
use crate::dates;

/// Keys used by news systems.
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
/// Longest script that is searched, in bytes.
const LONGEST: usize = 2 << 20;

/// Returns the first date of the first key that has one, if all dates of that key are on the same day.
pub(super) fn date(tree: &Tree) -> Option<String> {
    let scripts = tree.select("script:not([src])");
    let texts: Vec<_> = scripts.iter().map(|script| script.text()).filter(|t| t.len() < LONGEST).collect();
    KEYS.iter().find_map(|key| {
        let mut found = texts.iter().flat_map(|text| values_of_key(text, key));
        let first = found.find(|written| dates::parse(written).is_ok())?;
        let day = dates::parse(&first).ok()?.date;
        found
            .filter_map(|written| dates::parse(&written).ok())
            .all(|other| other.date == day)
            .then_some(first)
    })
}
