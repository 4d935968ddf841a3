//! Reads the `articleBody` of a page's JSON-LD and decides whether it is better than the article found on the page.

use std::collections::HashSet;

use dom_query::Document as Tree;
use serde_json::Value;

use super::body::Found;
use super::outline::{prose, words};
use crate::page::letters;
use crate::strip;

/// Depth to which nested values are followed.
const DEPTH: usize = 100;
/// Length of the letter n-grams by which texts are compared.
const WINDOW: usize = 16;

/// Returns the longest `articleBody` in the page's JSON-LD, preferring articles with one of the given headlines.
pub(super) fn body(tree: &Tree, titles: &[&str]) -> Option<String> {
    let titles: Vec<String> = titles.iter().map(|title| letters(title)).collect();
    let mut best: Option<(bool, usize, String)> = None;
    for script in &tree.select("script[type*='ld+json']") {
        let text = script.text();
        if !text.contains("\"articleBody\"") {
            continue;
        }
        let Some(value) = crate::page_date::json_ld::lenient(&text) else { continue };
        let mut found = Vec::new();
        bodies(&value, &mut found, 0);
        for (headline, body) in found {
            let body = plain(body);
            let is_headed = headline.is_some_and(|headline| titles.contains(&letters(headline)));
            let candidate = (is_headed, words(&body), body);
            if best.as_ref().is_none_or(|best| (candidate.0, candidate.1) > (best.0, best.1)) {
                best = Some(candidate);
            }
        }
    }
    best.map(|(_, _, body)| body).filter(|body| !body.is_empty())
}

fn bodies<'a>(value: &'a Value, found: &mut Vec<(Option<&'a str>, &'a str)>, depth: usize) {
    match value {
        Value::Array(values) if depth < DEPTH => {
            values.iter().for_each(|value| bodies(value, found, depth + 1));
        }
        Value::Object(object) if depth < DEPTH => {
            if let Some(Value::String(body)) = object.get("articleBody") {
                found.push((object.get("headline").and_then(Value::as_str), body));
            }
            object.values().for_each(|value| bodies(value, found, depth + 1));
        }
        _ => {}
    }
}

/// Returns the text of a string that is plain or HTML, possibly escaped once more.
pub(super) fn plain(text: &str) -> String {
    let decoded = html_escape::decode_html_entities(text);
    if decoded.contains("</") || decoded.contains("<br") || decoded.contains("<p>") {
        return strip::text(&decoded);
    }
    super::paragraphs(&decoded)
}

/// Chooses between the article found on the page and the body from JSON-LD. The latter wins only if it holds much more of the
/// same article, or if hardly anything was found, because bodies in JSON-LD are often cut and often lack paragraphs.
pub(super) fn better(found: Found, body: String) -> Found {
    let (ours, theirs) = (words(&found.text), words(&body));
    if theirs * 5 < ours * 6 || theirs < 20 {
        return found;
    }
    let linked = Found { prose: prose(&body).max(theirs), text: body, is_headed: true };
    if holds(&linked, &found) || found.prose * 4 < theirs { linked } else { found }
}

/// Returns whether another text covers at least half of the article that was found, or hardly anything was found.
pub(super) fn holds(other: &Found, found: &Found) -> bool {
    found.prose < super::NOTHING || covered(&found.text, &other.text) >= 0.5
}

/// Returns the share of a text's n-grams that occur in another text, 0 to 1.
fn covered(text: &str, other: &str) -> f64 {
    let windows = |text: &str| -> Vec<u64> {
        let letters: Vec<char> = letters(text).chars().collect();
        letters
            .windows(WINDOW.min(letters.len().max(1)))
            .map(|window| {
                window.iter().fold(0_u64, |hash, &c| {
                    (hash.rotate_left(5) ^ u64::from(c)).wrapping_mul(0x517c_c1b7_2722_0a95)
                })
            })
            .collect()
    };
    let other: HashSet<u64> = windows(other).into_iter().collect();
    let own = windows(text);
    own.iter().filter(|window| other.contains(window)).count() as f64 / own.len().max(1) as f64
}
