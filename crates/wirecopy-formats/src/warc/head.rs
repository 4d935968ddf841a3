//! Heads of records and of HTTP responses: a first line and fields.

use std::io;

use super::source::{LineEnd, RECORD, Source};

/// Most bytes of a head.
const HEAD_BYTES: u64 = 1 << 16;

/// A head.
#[derive(Debug, Default)]
pub(super) struct Head {
    /// The first line: the version of a record, the status of a response.
    pub first: String,
    /// Names in lower case, and values.
    fields: Vec<(String, String)>,
}

/// Why a head cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Broken {
    /// The input, the block, or the record ends in it.
    Cut,
    /// It has more than 64 KB.
    TooLong,
}

impl Head {
    /// Reads the head of a record, or of what is in one, with the empty line after it. `left` is the number of bytes that it can
    /// have, and then of those that remain.
    pub(super) fn read(
        source: &mut Source<'_>,
        left: &mut u64,
        of_record: bool,
    ) -> io::Result<Result<Self, Broken>> {
        let mut head = Self::default();
        let mut budget = (*left).min(HEAD_BYTES);
        let all = budget;
        let mut line = Vec::new();
        let mut is_first = true;
        loop {
            line.clear();
            let end = source.line(&mut line, &mut budget)?;
            if end == LineEnd::Cut {
                let is_too_long = budget == 0 && all < *left;
                *left -= all - budget;
                return Ok(Err(if is_too_long { Broken::TooLong } else { Broken::Cut }));
            }
            if line.last() == Some(&b'\r') {
                line.pop();
            }
            if line.is_empty() {
                *left -= all - budget;
                return Ok(Ok(head));
            }
            if line.starts_with(RECORD) && !(is_first && of_record) {
                // The record breaks off here, and another one begins.
                *left -= all - budget;
                line.push(b'\n');
                source.unread(&line);
                return Ok(Err(Broken::Cut));
            }
            if is_first {
                head.first = String::from_utf8_lossy(&line).into_owned();
                is_first = false;
            } else {
                head.add(&String::from_utf8_lossy(&line));
            }
        }
    }

    fn add(&mut self, line: &str) {
        if line.starts_with([' ', '\t']) {
            // A folded line continues the value before.
            if let Some((_, value)) = self.fields.last_mut() {
                if !value.is_empty() {
                    value.push(' ');
                }
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            self.fields.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }

    /// Returns the first value of a field that is not empty. `name` is in lower case.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|(key, value)| key == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    /// Returns the values of a field that are not empty.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields
            .iter()
            .filter(move |(key, value)| key == name && !value.is_empty())
            .map(|(_, v)| v.as_str())
    }

    /// Returns the media type in lower case and the character set.
    pub(super) fn media_type(&self) -> (Option<String>, Option<String>) {
        let Some(value) = self.get("content-type") else { return (None, None) };
        let mut parts = value.split(';');
        let media = parts.next().unwrap_or_default();
        // A field that was sent twice and joined.
        let media = media.split(',').next().unwrap_or_default().trim().to_ascii_lowercase();
        let charset = parts.find_map(|parameter| {
            let (name, value) = parameter.split_once('=')?;
            let value = value.split(',').next().unwrap_or_default().trim().trim_matches(['"', '\'']);
            (name.trim().eq_ignore_ascii_case("charset") && !value.is_empty()).then(|| value.to_owned())
        });
        // Without a slash it is not one, and says nothing.
        (media.contains('/').then_some(media), charset)
    }
}
