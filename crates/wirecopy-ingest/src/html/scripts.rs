//! Extracts articles from the state of a web application in the page's scripts.
//!
//! In: the tree. Out: a text with one line a paragraph. Such a state (`__NEXT_DATA__`, `window.… = {…}`) may hold the texts of
//! the whole site, so only the values beside the page's headline are taken.

use std::borrow::Cow;
use std::collections::HashSet;

use dom_query::Document as Tree;
use serde_json::Value;

use super::body::Found;
use super::json_ld::plain;
use super::outline::{self, is_stopped, words};
use crate::page::letters;
use crate::strip;

/// Words that make an article.
const ENOUGH: usize = 40;
/// Depth to which nested values are followed. The parser itself stops at 128.
const DEPTH: usize = 100;

/// Returns the longest article beside one of the given headlines in the data of a script.
pub(super) fn body(tree: &Tree, titles: &[&str]) -> Option<Found> {
    let titles: Vec<String> =
        titles.iter().map(|title| letters(title)).filter(|title| !title.is_empty()).collect();
    if titles.is_empty() {
        return None;
    }
    let mut best: Option<(usize, String)> = None;
    for script in &tree.select("script") {
        let kind = script.attr("type").unwrap_or_default();
        let text = script.text();
        if text.len() < 200 || kind.contains("ld+json") {
            continue;
        }
        let Some(value) = data(&text) else { continue };
        let Some(body) = beside(&value, &titles) else { continue };
        let count = words(&body);
        if count >= ENOUGH && best.as_ref().is_none_or(|best| count > best.0) {
            best = Some((count, body));
        }
    }
    best.map(|(prose, text)| Found { text, prose, is_headed: true })
}

/// Returns whether the strings in the page's scripts hold as much prose as an article.
pub(super) fn has_prose(tree: &Tree) -> bool {
    let mut prose = 0;
    for script in &tree.select("script") {
        for part in script.text().split(['"', '\'', '`']) {
            let part = part.trim_end_matches('\\');
            if part.len() >= 30 && !part.contains(['{', ';', '=']) && outline::is_prose(part) {
                prose += words(part);
            }
        }
    }
    prose >= ENOUGH
}

/// Parses the data of a script: JSON, by itself or after the first `=`.
fn data(script: &str) -> Option<Value> {
    let text = script.trim();
    let from = match text.as_bytes().first()? {
        b'{' | b'[' => 0,
        _ => {
            let equals = text.find('=')?;
            if equals > 200 {
                return None;
            }
            equals + 1
        }
    };
    let rest = text[from..].trim_start();
    if !rest.starts_with(['{', '[']) {
        return None;
    }
    serde_json::Deserializer::from_str(rest).into_iter::<Value>().next()?.ok()
}

fn is_prose(text: &str) -> bool {
    text.len() >= 30 && text.contains(|c: char| c.is_whitespace() || c >= '\u{e00}') && {
        if text.contains('<') { outline::is_prose(&strip::text(text)) } else { outline::is_prose(text) }
    }
}

/// A value with the words of prose in it, and whether it contains one of the headlines.
struct Node<'a> {
    prose: usize,
    has_title: bool,
    part: Part<'a>,
}

enum Part<'a> {
    Text(Cow<'a, str>),
    Values(Vec<Node<'a>>),
}

impl<'a> Node<'a> {
    fn of(value: &'a Value, titles: &[String], depth: usize) -> Self {
        let text = match value {
            Value::String(text) => Some(text.as_str().into()),
            _ => pieces(value).map(Into::into),
        };
        if let Some(text) = text {
            let text: Cow<'_, str> = text;
            let has_title = text.len() < 600 && titles.contains(&letters(&text));
            return Self {
                prose: if is_prose(&text) { words(&text) } else { 0 },
                has_title,
                part: Part::Text(text),
            };
        }
        let values: Vec<&Value> = match value {
            Value::Array(values) if depth < DEPTH => values.iter().collect(),
            Value::Object(object) if depth < DEPTH => object.values().collect(),
            _ => Vec::new(),
        };
        let nodes: Vec<Node<'_>> =
            values.into_iter().map(|value| Node::of(value, titles, depth + 1)).collect();
        Self {
            prose: nodes.iter().map(|node| node.prose).sum(),
            has_title: nodes.iter().any(|node| node.has_title),
            part: Part::Values(nodes),
        }
    }

    /// Descends to the innermost part for which `holds(parent, part)` is true at each step.
    fn innermost(&self, holds: impl Fn(&Self, &Self) -> bool) -> &Self {
        let mut at = self;
        while let Part::Values(nodes) = &at.part
            && let Some(inner) = nodes.iter().find(|inner| holds(at, inner))
        {
            at = inner;
        }
        at
    }

    fn gather(&self, lines: &mut Vec<String>) {
        match &self.part {
            Part::Text(text) => {
                let text = plain(text);
                // After the first paragraph, a short sentence is part of the article.
                if self.prose > 0 || !lines.is_empty() && is_stopped(&text) && words(&text) > 2 {
                    lines.push(text);
                }
            }
            Part::Values(nodes) => nodes.iter().for_each(|node| node.gather(lines)),
        }
    }
}

/// Returns the prose of the innermost value that contains a headline and an article.
fn beside(value: &Value, titles: &[String]) -> Option<String> {
    let all = Node::of(value, titles, 0);
    if !all.has_title || all.prose < ENOUGH {
        return None;
    }
    let article = all.innermost(|_, inner| inner.has_title && inner.prose >= ENOUGH);
    // The innermost part with most of the prose, without titles and teasers.
    let body = article.innermost(|all, inner| inner.prose * 10 > all.prose * 6);
    let mut lines = Vec::new();
    body.gather(&mut lines);
    let mut seen = HashSet::new();
    lines.retain(|line| seen.insert(line.clone()));
    Some(lines.join("\n"))
}

/// Joins a paragraph stored in pieces: `[{"text": "…"}, {"text": "…", "bold": true}]`.
fn pieces(value: &Value) -> Option<String> {
    let Value::Array(values) = value else { return None };
    let piece = |value: &'_ Value| -> Option<String> {
        let object = value.as_object()?;
        object.get("text").or_else(|| object.get("value"))?.as_str().map(str::to_owned)
    };
    let pieces: Vec<String> = values.iter().map(piece).collect::<Option<_>>()?;
    // If every piece is a whole sentence, the pieces are separate paragraphs.
    pieces.iter().any(|piece| !is_stopped(piece)).then(|| pieces.concat())
}
