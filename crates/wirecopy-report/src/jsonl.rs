//! Writes a [`Run`] as JSON lines, and reads it back with errors that name the line.
//!
//! Reading checks what later steps rely on: the schema number, the order of the lines, that every id named by an edge or a
//! cluster is a document, and that the summary's counts match the lines. A truncated report is therefore never mistaken for a
//! small one.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;

use serde::Serialize;
use serde_json::Value;

use super::terminal_text::clean;
use super::{BoilerplateLine, ClusterLine, DocumentLine, EdgeLine, Line, Run, RunLine, SCHEMA, SummaryLine};
use crate::Config;
use wirecopy_core::document::Skipped;
use wirecopy_core::{Error, Result};
use wirecopy_ingest::{is_device, without_byte_order_mark};

/// A [`Line`] by reference, so that it can be written without copying.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum LineRef<'a> {
    Run(&'a RunLine),
    Document(&'a DocumentLine),
    Skipped(&'a Skipped),
    Boilerplate(&'a BoilerplateLine),
    Edge(&'a EdgeLine),
    Cluster(&'a ClusterLine),
    Summary(&'a SummaryLine),
}

impl Run {
    /// Writes the report, one JSON object per line.
    ///
    /// # Errors
    /// Fails if `out` fails.
    pub fn write_jsonl(&self, mut out: impl Write) -> io::Result<()> {
        let lines = std::iter::once(LineRef::Run(&self.header))
            .chain(self.documents.iter().map(LineRef::Document))
            .chain(self.skipped.iter().map(LineRef::Skipped))
            .chain(self.boilerplate.iter().map(LineRef::Boilerplate))
            .chain(self.edges.iter().map(LineRef::Edge))
            .chain(self.clusters.iter().map(LineRef::Cluster))
            .chain(std::iter::once(LineRef::Summary(&self.summary)));
        for line in lines {
            serde_json::to_writer(&mut out, &line)?;
            out.write_all(b"\n")?;
        }
        out.flush()
    }

    /// Reads a report written by [`Run::write_jsonl`].
    ///
    /// Unknown keys and lines are ignored, in the settings too, because a newer version with the same schema may have added
    /// them.
    ///
    /// # Errors
    /// Returns [`Error::Io`] if the file cannot be read. Returns [`Error::Format`], with the line, what was expected and what was
    /// found, if it is not a report, has another schema, or is truncated.
    pub fn read_jsonl(path: impl AsRef<Path>) -> Result<Run> {
        let path = path.as_ref();
        let io_error = |source| Error::Io { path: path.to_owned(), source };
        let file = File::open(path).map_err(io_error)?;
        let mut reader = Reader::new(path);
        if is_device(file.metadata().map_err(io_error)?.file_type()) {
            let message = "expected a wirecopy report, found a device".to_owned();
            return Err(Error::Format { path: path.to_owned(), line: None, message });
        }
        let mut input = BufReader::with_capacity(1 << 20, file);
        let mut line = Vec::new();
        loop {
            line.clear();
            let longest = if reader.header.is_none() { LONGEST_HEADER } else { LONGEST_LINE };
            let read = input.by_ref().take(longest + 1).read_until(b'\n', &mut line).map_err(io_error)?;
            if read == 0 {
                return reader.finish();
            }
            if read as u64 > longest {
                reader.number += 1;
                return Err(reader.error(format!(
                    "expected a line of a wirecopy report, found one of more than {} MiB",
                    longest >> 20
                )));
            }
            reader.line(&line)?;
        }
    }
}

/// Most bytes of a `run` line, which holds the settings, the command and the model.
const LONGEST_HEADER: u64 = 64 << 20;
/// Most bytes of any other line. The line of a cluster with a million members has some 300 MB.
const LONGEST_LINE: u64 = 1 << 30;

/// The lines read so far.
struct Reader<'a> {
    path: &'a Path,
    /// Number of the line being read, from 1.
    number: u64,
    /// Position of the last line's type in the schema's order.
    place: u8,
    /// Whether the lines use the names of schema 1.
    is_old: bool,
    header: Option<RunLine>,
    documents: Vec<DocumentLine>,
    ids: HashSet<String>,
    skipped: Vec<Skipped>,
    boilerplate: Vec<BoilerplateLine>,
    edges: Vec<EdgeLine>,
    clusters: Vec<ClusterLine>,
    summary: Option<SummaryLine>,
}

impl<'a> Reader<'a> {
    fn new(path: &'a Path) -> Self {
        Self {
            path,
            number: 0,
            place: 0,
            is_old: false,
            header: None,
            documents: Vec::new(),
            ids: HashSet::new(),
            skipped: Vec::new(),
            boilerplate: Vec::new(),
            edges: Vec::new(),
            clusters: Vec::new(),
            summary: None,
        }
    }

    fn error(&self, message: impl Into<String>) -> Error {
        Error::Format { path: self.path.to_owned(), line: Some(self.number), message: message.into() }
    }

    fn line(&mut self, bytes: &[u8]) -> Result<()> {
        self.number += 1;
        if self.header.is_none() {
            // Editors and shells put a byte order mark in front.
            self.header = Some(self.first(without_byte_order_mark(bytes))?);
            return Ok(());
        }
        let complete = bytes.ends_with(b"\n");
        // Without the line break, which would be a character of a string that breaks off.
        let bytes = bytes.trim_ascii_end();
        let line = if self.is_old {
            serde_json::from_slice(bytes).and_then(|line| serde_json::from_value(upgraded(line)))
        } else {
            serde_json::from_slice(bytes)
        };
        let line: Line = line.map_err(|error| match complete {
            false => self.error("expected a full line, found the end of the file: the report is truncated"),
            true => self.error(format!("expected a line of a wirecopy report, found {}", plain(&error))),
        })?;
        self.check_order(&line, bytes)?;
        match line {
            Line::Run(_) => return Err(self.error("expected one `run` line, found a second")),
            Line::Document(document) => {
                if !self.ids.insert(document.id.clone()) {
                    let id = clean(&document.id);
                    return Err(self.error(format!("expected a new id, found `{id}` again")));
                }
                self.documents.push(document);
            }
            Line::Skipped(skipped) => self.skipped.push(skipped),
            Line::Boilerplate(line) => self.boilerplate.push(line),
            Line::Unknown => {}
            Line::Edge(edge) => {
                self.known(&edge.a)?;
                self.known(&edge.b)?;
                self.edges.push(edge);
            }
            Line::Cluster(cluster) => {
                self.check_cluster(&cluster)?;
                self.clusters.push(cluster);
            }
            Line::Summary(summary) => {
                self.check_counts(&summary)?;
                self.summary = Some(summary);
            }
        }
        Ok(())
    }

    /// Parses the `run` line. Checks the schema number before parsing the other fields.
    fn first(&mut self, bytes: &[u8]) -> Result<RunLine> {
        let expected = "expected the `run` line of a wirecopy report";
        let mut value: Value = serde_json::from_slice(bytes)
            .map_err(|error| self.error(format!("{expected}, found {}", plain(&error))))?;
        match value.get("type").and_then(Value::as_str) {
            Some("run") => {}
            Some(other) => {
                return Err(self.error(format!("{expected}, found a line of type `{}`", clean(other))));
            }
            None => return Err(self.error(format!("{expected}, found a line without a `type`"))),
        }
        match value.get("schema") {
            Some(found) if *found == SCHEMA => {}
            Some(found) if *found == OLD_SCHEMA => {
                self.is_old = true;
                value = upgraded(value);
                value["schema"] = SCHEMA.into();
            }
            Some(found) => {
                return Err(self.error(format!(
                    "expected a report of schema {OLD_SCHEMA} or {SCHEMA}, found schema {found}"
                )));
            }
            None => return Err(self.error(format!("{expected}, found one without a `schema`"))),
        }
        if let (Some(config), Ok(known)) = (value.get_mut("config"), serde_json::to_value(Config::default()))
        {
            retain_known(config, &known);
        }
        let header: RunLine = serde_json::from_value(value)
            .map_err(|error| self.error(format!("{expected}, found {}", plain(&error))))?;
        let settings = header.config.validate();
        settings.map_err(|error| self.error(format!("the report cannot be read: {error}")))?;
        Ok(header)
    }

    fn check_order(&mut self, line: &Line, bytes: &[u8]) -> Result<()> {
        let (place, name) = match line {
            Line::Run(_) => (0, "run"),
            Line::Document(_) => (1, "document"),
            Line::Skipped(_) => (2, "skipped"),
            Line::Boilerplate(_) => (3, "boilerplate"),
            Line::Edge(_) => (4, "edge"),
            Line::Cluster(_) => (5, "cluster"),
            Line::Summary(_) => (6, "summary"),
            Line::Unknown => (self.place, "unknown"),
        };
        if self.summary.is_some() {
            let value: Value = serde_json::from_slice(bytes).unwrap_or_default();
            let name = clean(value.get("type").and_then(Value::as_str).unwrap_or(name));
            return Err(
                self.error(format!("expected nothing after the summary, found a line of type `{name}`"))
            );
        }
        if place != 0 && place < self.place {
            return Err(self.error(format!(
                "expected run, document, skipped, boilerplate, edge, cluster, summary lines in this order, found a late `{name}`"
            )));
        }
        self.place = place;
        Ok(())
    }

    fn known(&self, id: &str) -> Result<()> {
        if self.ids.contains(id) {
            return Ok(());
        }
        Err(self.error(format!("expected the id of a document of this report, found `{}`", clean(id))))
    }

    fn check_cluster(&self, cluster: &ClusterLine) -> Result<()> {
        for member in &cluster.members {
            self.known(&member.id)?;
        }
        let named = cluster.members.iter().flat_map(|member| {
            member.update_of.iter().chain(member.passages.iter().map(|passage| &passage.from))
        });
        for id in std::iter::once(&cluster.representative).chain(&cluster.earliest).chain(named) {
            if !cluster.members.iter().any(|member| member.id == *id) {
                let id = clean(id);
                return Err(
                    self.error(format!("expected a member of cluster {}, found `{id}`", cluster.cluster))
                );
            }
        }
        Ok(())
    }

    fn check_counts(&self, summary: &SummaryLine) -> Result<()> {
        let counts = [
            ("document", summary.documents, self.documents.len()),
            ("skipped", summary.skipped.saturating_sub(summary.skipped_unlisted), self.skipped.len()),
            ("edge", summary.edges.total(), self.edges.len()),
            ("cluster", summary.clusters, self.clusters.len()),
        ];
        for (name, expected, found) in counts {
            if expected != found as u64 {
                return Err(self.error(format!(
                    "expected {expected} `{name}` lines according to the summary, found {found}"
                )));
            }
        }
        Ok(())
    }

    fn finish(self) -> Result<Run> {
        let truncated = |line: u64, expected: &str| Error::Format {
            path: self.path.to_owned(),
            line: (line > 0).then_some(line),
            message: format!("expected {expected}, found the end of the file: the report is truncated"),
        };
        let Some(header) = self.header else {
            return Err(Error::Format {
                path: self.path.to_owned(),
                line: None,
                message: "expected the `run` line of a wirecopy report, found an empty file".to_owned(),
            });
        };
        let Some(summary) = self.summary else {
            return Err(truncated(self.number, "the `summary` line"));
        };
        Ok(Run {
            header,
            documents: self.documents,
            skipped: self.skipped,
            boilerplate: self.boilerplate,
            edges: self.edges,
            clusters: self.clusters,
            summary,
        })
    }
}

/// Oldest schema that can be read.
const OLD_SCHEMA: u32 = 1;

/// Renames the keys and values of a line of schema 1 to those of the current schema.
fn upgraded(mut line: Value) -> Value {
    match &mut line {
        Value::Object(fields) => {
            for (old, new) in [
                ("furniture_tokens", "boilerplate_tokens"),
                ("keep_furniture", "keep_boilerplate"),
                ("runs", "shingles"),
            ] {
                if let Some(value) = fields.remove(old) {
                    fields.insert(new.to_owned(), value);
                }
            }
            for (name, old, new) in [
                ("type", "furniture", "boilerplate"),
                ("stage", "furniture", "boilerplate"),
                ("earliest_by", "order", "guess"),
            ] {
                fields.entry(name).and_modify(|value| {
                    if *value == old {
                        *value = new.into();
                    }
                });
            }
            fields.values_mut().for_each(|value| *value = upgraded(value.take()));
        }
        Value::Array(values) => values.iter_mut().for_each(|value| *value = upgraded(value.take())),
        _ => {}
    }
    line
}

/// Removes the keys of `value` that `known` does not have. Settings reject unknown keys, which is right for a settings file
/// but not for the report of a newer version.
fn retain_known(value: &mut Value, known: &Value) {
    let (Value::Object(fields), Value::Object(known)) = (value, known) else { return };
    fields.retain(|name, _| known.contains_key(name));
    for (name, field) in fields {
        if let Some(known) = known.get(name) {
            retain_known(field, known);
        }
    }
}

/// Formats an error of serde_json in the words of the report's documentation, and without its line number, which is always 1.
fn plain(error: &serde_json::Error) -> String {
    /// What serde_json calls the parts of a value, and what the documentation does. Longer phrases come before their parts.
    const WORDS: [(&str, &str); 30] = [
        ("expected variant identifier", "expected the type of a line"),
        ("expected path string", "expected a path"),
        ("expected a sequence", "expected a list"),
        ("expected a map", "expected an object"),
        ("expected a string", "expected a text"),
        ("expected a boolean", "expected true or false"),
        ("expected usize", "expected a whole number, 0 or more"),
        ("expected u8", "expected a whole number from 0 to 255"),
        ("expected u16", "expected a whole number from 0 to 65535"),
        ("expected u32", "expected a whole number from 0 to 4294967295"),
        ("expected u64", "expected a whole number, 0 or more"),
        ("expected i64", "expected a whole number"),
        ("expected f64", "expected a number"),
        ("expected value", "text that is not JSON"),
        ("EOF while parsing a value", "the end of the line where a value begins"),
        ("EOF while parsing an object", "an object that breaks off"),
        ("EOF while parsing a list", "a list that breaks off"),
        ("EOF while parsing a string", "a text that breaks off"),
        ("control character (\\u0000-\\u001F) found while parsing a string", "a control character in a text"),
        ("trailing characters", "more text after the end of the object"),
        ("invalid type: ", ""),
        ("invalid value: ", ""),
        ("missing field ", "no field "),
        ("unknown variant ", ""),
        ("floating point ", ""),
        ("integer ", ""),
        ("string ", "the text "),
        ("map,", "an object,"),
        ("sequence,", "a list,"),
        ("invalid length ", "a list of length "),
    ];
    let text = error.to_string();
    let (text, column) = match text.rfind(" at line ") {
        // A value that was parsed before has no position.
        Some(end) if error.column() > 0 => (&text[..end], format!(" at column {}", error.column())),
        Some(end) => (&text[..end], String::new()),
        None => (text.as_str(), String::new()),
    };
    let mut plain = text.to_owned();
    for (theirs, ours) in WORDS {
        // What the report contains is in the middle.
        if let Some(rest) = plain.strip_prefix(theirs) {
            plain = format!("{ours}{rest}");
        }
        if let Some(rest) = plain.strip_suffix(theirs) {
            plain = format!("{rest}{ours}");
        }
    }
    if let Some((before, _)) = plain.split_once(", expected struct ") {
        plain = format!("{before}, expected an object");
    }
    format!("{}{column}", clean(&plain))
}
