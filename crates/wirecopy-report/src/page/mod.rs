//! A run as one self-contained HTML page, which makes no network requests.
//!
//! In: a [`Run`] and the texts of its clustered documents, read again. Out: HTML with the figures and the list of
//! clusters as JSON. Texts and pairs are in compressed blocks of several clusters each, which the page unpacks when a
//! cluster is opened. The script builds everything from text nodes. The content security policy allows this script and this
//! style, and forbids all requests.
//!
//! Cost: one comparison (about twenty microseconds) per pair in clusters of up to [`ALL_PAIRS`] documents, and per edge in
//! larger ones. All texts are held in memory.

mod blocks;
mod overview;
mod pack;

use std::collections::{BTreeSet, HashMap};
use std::io::{self, Write};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::text_cluster::day;
use super::{EarliestBy, Run, Texts, clean, cut};
use blocks::Blocks;
use overview::{Overview, overview};
use wirecopy_core::Similarity;
use wirecopy_core::published::Published;

/// Maximum size of a cluster whose pairs are all compared. For larger clusters, only pairs with an edge are.
const ALL_PAIRS: usize = 24;

/// Maximum columns of the opening line that is shown for a document without a title.
const OPENING: usize = 90;

const SCRIPTS: [&str; 5] = [
    include_str!("dom.js"),
    include_str!("charts.js"),
    include_str!("list.js"),
    include_str!("views.js"),
    include_str!("main.js"),
];
/// The dark theme, for readers whose system is dark and for those who choose it, and the rest.
const STYLE: &str = concat!(
    "@media (prefers-color-scheme: dark) {\n:root:not([data-theme=\"light\"]) {\n",
    include_str!("dark.css"),
    "}\n}\n:root[data-theme=\"dark\"] {\n",
    include_str!("dark.css"),
    "}\n",
    include_str!("page.css"),
);

/// Documents that a page cannot show as the run read them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Absent {
    /// Ids of documents whose text can no longer be read.
    pub missing: Vec<String>,
    /// Ids of documents whose text has changed since the run.
    pub changed: Vec<String>,
}

#[derive(Serialize)]
struct Index<'a> {
    overview: Overview<'a>,
    missing: usize,
    changed: usize,
    documents: Vec<Entry<'a>>,
    clusters: Vec<Cluster<'a>>,
}

/// A clustered document.
#[derive(Serialize)]
struct Entry<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    /// The opening line, if there is no title.
    #[serde(skip_serializing_if = "Option::is_none")]
    opening: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<&'a str>,
    /// The day, for filters.
    #[serde(skip_serializing_if = "Option::is_none")]
    day: Option<String>,
    /// Seconds since 1970, for sorting by time.
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'a str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    credits: &'a [String],
    /// What a reader must know before using the document: that it was canceled, withheld, or sent to correct another.
    #[serde(skip_serializing_if = "Option::is_none")]
    warning: Option<&'static str>,
    words: u32,
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<u64>,
}

#[derive(Serialize)]
struct Cluster<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    /// Indices of documents, the representative first.
    members: Vec<usize>,
    /// For each member, its relation to the representative as an index of [`Relation::ALL`](super::Relation::ALL) (−1 for none), and its score.
    standing: Vec<(i8, Similarity)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    earliest: Option<usize>,
    /// Whether `earliest` is a guess.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    guess: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    uncredited: Vec<usize>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    versions: Vec<Version<'a>>,
    /// Bit set of the relations of its edges.
    relations: u8,
    block: usize,
}

/// A version of a running story, in the order of versions.
#[derive(Serialize)]
struct Version<'a> {
    members: Vec<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<&'a str>,
    outlets: &'a [String],
    /// Words added and dropped.
    #[serde(skip_serializing_if = "Option::is_none")]
    words: Option<(u32, u32)>,
    /// An added sentence and a dropped one.
    samples: [Option<&'a str>; 2],
}

impl Run {
    /// Returns the ids of the documents whose texts [`Run::write_page`] shows: those of clustered documents.
    pub fn ids_of_page(&self) -> BTreeSet<&str> {
        self.members().collect()
    }

    fn members(&self) -> impl Iterator<Item = &str> {
        self.clusters.iter().flat_map(|cluster| &cluster.members).map(|member| member.id.as_str())
    }

    /// Writes the page, and returns the documents that it cannot show as the run read them. Documents missing from `texts` are
    /// listed without a text.
    ///
    /// # Errors
    /// Fails if `out` fails.
    pub fn write_page(&self, texts: &Texts, mut out: impl Write) -> io::Result<Absent> {
        let by_id: HashMap<&str, usize> =
            self.documents.iter().enumerate().map(|(at, document)| (document.id.as_str(), at)).collect();
        let lines: Vec<usize> = self.members().filter_map(|id| by_id.get(id).copied()).collect();
        let place: HashMap<&str, usize> =
            lines.iter().enumerate().map(|(at, &line)| (self.documents[line].id.as_str(), at)).collect();
        let blocks = Blocks::of(self, &lines, &place, texts)?;
        let index = Index {
            overview: overview(self),
            missing: blocks.absent.missing.len(),
            changed: blocks.absent.changed.len(),
            documents: lines.iter().map(|&line| entry(&self.documents[line], texts)).collect(),
            clusters: self.clusters_of_page(&place, &blocks),
        };
        write_html(&mut out, &pack::json(&index)?, &blocks.packed)?;
        out.flush()?;
        Ok(blocks.absent)
    }

    fn clusters_of_page<'a>(&'a self, place: &HashMap<&str, usize>, blocks: &Blocks) -> Vec<Cluster<'a>> {
        let places = |ids: &[String]| ids.iter().filter_map(|id| place.get(id.as_str()).copied()).collect();
        self.clusters
            .iter()
            .zip(blocks.of_cluster.iter().zip(&blocks.relations))
            .map(|(cluster, (&block, &relations))| Cluster {
                name: &cluster.cluster,
                title: cluster.title.as_deref(),
                members: cluster.members.iter().filter_map(|m| place.get(m.id.as_str()).copied()).collect(),
                standing: cluster
                    .members
                    .iter()
                    .map(|member| (blocks::number(member.relation), member.score))
                    .collect(),
                earliest: cluster.earliest.as_deref().and_then(|id| place.get(id).copied()),
                guess: cluster.earliest_by == Some(EarliestBy::Guess),
                uncredited: places(&cluster.uncredited),
                versions: cluster
                    .versions
                    .iter()
                    .map(|version| Version {
                        members: places(&version.members),
                        date: version.first_printed.as_deref(),
                        outlets: &version.outlets,
                        words: version.words_added.zip(version.words_dropped),
                        samples: [version.added.as_deref(), version.dropped.as_deref()],
                    })
                    .collect(),
                relations,
                block,
            })
            .collect()
    }
}

fn entry<'a>(line: &'a super::DocumentLine, texts: &Texts) -> Entry<'a> {
    let opening = || {
        let text = &texts.get(&line.id)?.text;
        let first = text.lines().find(|line| line.chars().any(char::is_alphabetic))?;
        Some(cut(&clean(first), OPENING))
    };
    let instant = line.published.as_deref().and_then(Published::from_iso).and_then(Published::instant);
    Entry {
        id: &line.id,
        title: line.title.as_deref(),
        opening: if line.title.is_none() { opening() } else { None },
        date: line.written_date(),
        day: day(line).map(|day| day.to_string()),
        time: instant.map(jiff::Timestamp::as_second),
        source: line.source.as_deref(),
        language: line.language.as_deref(),
        credits: &line.credits,
        warning: line.warning(),
        words: line.tokens.saturating_sub(line.boilerplate_tokens),
        path: &line.path,
        record: line.record,
    }
}

/// Writes the page around its data. The script comes before the blocks, so that the page responds while they are loading.
fn write_html(out: &mut impl Write, index: &str, blocks: &[String]) -> io::Result<()> {
    let script = format!("\"use strict\";\n{}", SCRIPTS.concat());
    let hash = |text: &str| BASE64_STANDARD.encode(Sha256::digest(text));
    let policy = format!(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'; \
         require-trusted-types-for 'script'; trusted-types 'none'",
        hash(&script),
        hash(STYLE)
    );
    let version = env!("CARGO_PKG_VERSION");
    write!(
        out,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <meta name=\"generator\" content=\"wirecopy {version}\">\n\
         <title>wirecopy</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         <div id=\"app\"><noscript>This page needs JavaScript to show its clusters. It makes no network \
                  requests.</noscript></div>\n\
         <script type=\"application/json\" id=\"index\">{index}</script>\n<script>{script}</script>\n"
    )?;
    for (number, block) in blocks.iter().enumerate() {
        writeln!(out, "<script type=\"text/plain\" id=\"block-{number}\">{block}</script>")?;
    }
    writeln!(out, "</body>\n</html>")
}

#[cfg(test)]
mod tests;
