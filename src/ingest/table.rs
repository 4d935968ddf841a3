//! Rows of comma- or tab-separated values: where they end, and which column is what.

use csv::{ByteRecord, ReaderBuilder};

use super::blocks::{Block, Scan};
use super::decode::too_long;
use super::extract::{Extracted, one_line};
use super::json::Field;
use crate::config::FieldNames;
use crate::document::Metadata;

/// Finds the ends of rows as the csv crate does, line ends within quotes left alone. Rows are counted without blank
/// lines, also as there.
#[derive(Debug)]
pub(super) struct Rows {
    delimiter: u8,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    RowStart,
    FieldStart,
    InField,
    Quoted,
    QuoteInQuoted,
}

impl Rows {
    pub(super) fn new(delimiter: u8) -> Self {
        Self { delimiter, state: State::RowStart }
    }
}

impl Scan for Rows {
    fn next_end(&mut self, fresh: &[u8]) -> Option<usize> {
        let mut at = 0;
        while at < fresh.len() {
            if self.state == State::Quoted {
                at += memchr::memchr(b'"', &fresh[at..])?;
            }
            let byte = fresh[at];
            at += 1;
            self.state = match (self.state, byte) {
                (State::Quoted, _) => State::QuoteInQuoted,
                (State::QuoteInQuoted, b'"') => State::Quoted,
                (State::RowStart, b'\r' | b'\n') => State::RowStart,
                (_, b'\r' | b'\n') => {
                    self.state = State::RowStart;
                    return Some(at);
                }
                (_, byte) if byte == self.delimiter => State::FieldStart,
                (State::RowStart | State::FieldStart, b'"') => State::Quoted,
                _ => State::InField,
            };
        }
        None
    }

    /// A quote that never closes would swallow the rest of the file: its line is given up instead.
    fn give_up(&mut self, pending: &[u8]) -> Option<(usize, &'static str)> {
        if self.state != State::Quoted {
            return None;
        }
        self.state = State::RowStart;
        // Blank lines before it belong to the pending bytes.
        let start = pending.iter().position(|b| !matches!(b, b'\r' | b'\n')).unwrap_or(0);
        let end = memchr::memchr(b'\n', &pending[start..]).map_or(pending.len(), |at| start + at + 1);
        Some((end, "a quoted field that is not closed"))
    }
}

/// Which column holds what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Columns {
    delimiter: u8,
    fields: Vec<Option<Field>>,
    text: usize,
}

impl Columns {
    /// Reads the header row.
    ///
    /// # Errors
    /// A sentence when no column holds the text.
    pub(super) fn of_header(header: &[u8], delimiter: u8, names: &FieldNames) -> Result<Self, String> {
        let fields = fields_of(header, delimiter, names);
        match fields.iter().position(|field| *field == Some(Field::Text)) {
            Some(text) => Ok(Self { delimiter, fields, text }),
            None => Err(format!("no column `{}` in the header row", names.text)),
        }
    }

    /// Every row of a block as a document or the reason why it is none, with its number (1 is the first data row).
    pub(super) fn rows<'a>(
        &'a self,
        block: &'a Block,
        limit: u64,
    ) -> impl Iterator<Item = (u64, Result<Extracted, String>)> + 'a {
        let mut reader = rows(&block.data, self.delimiter);
        let mut row = ByteRecord::new();
        block.records().filter_map(move |(number, bytes)| {
            // The csv crate cannot fail on bytes in memory with ragged rows allowed.
            let is_row = reader.read_byte_record(&mut row).unwrap_or(false);
            if number == 1 || !is_row {
                return None;
            }
            let result = if bytes.len() as u64 > limit { Err(too_long(limit)) } else { self.document(&row) };
            Some((number - 1, result))
        })
    }

    fn document(&self, row: &ByteRecord) -> Result<Extracted, String> {
        let surplus = row.iter().skip(self.fields.len()).any(|field| !field.trim_ascii().is_empty());
        if surplus || row.len() <= self.text {
            return Err(format!("{} fields in the row, {} in the header", row.len(), self.fields.len()));
        }
        let mut doc = Extracted { own_id: None, meta: Metadata::default(), text: String::new() };
        for (field, bytes) in self.fields.iter().zip(row) {
            let Some(field) = field else { continue };
            let value = String::from_utf8_lossy(bytes);
            match field {
                Field::Text => doc.text = value.into_owned(),
                Field::Id => doc.own_id = Some(value.into_owned()).filter(|id| !id.trim().is_empty()),
                Field::Title => doc.meta.title = one_line(&value),
                Field::Date => doc.meta.date = one_line(&value),
                Field::Source => doc.meta.source = one_line(&value),
                Field::Url => doc.meta.url = one_line(&value),
                Field::Language => doc.meta.language = one_line(&value),
                Field::Byline => doc.meta.bylines.extend(one_line(&value)),
            }
        }
        if doc.text.trim().is_empty() { Err("empty text".to_owned()) } else { Ok(doc) }
    }
}

fn rows(data: &[u8], delimiter: u8) -> csv::Reader<&[u8]> {
    ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(data)
}

/// Column names are met as they are configured, else without regard to case and blanks.
fn fields_of(header: &[u8], delimiter: u8, names: &FieldNames) -> Vec<Option<Field>> {
    let mut row = ByteRecord::new();
    let _ = rows(header, delimiter).read_byte_record(&mut row);
    let columns: Vec<String> =
        row.iter().map(|name| String::from_utf8_lossy(name).trim().to_owned()).collect();
    let exact: Vec<Option<Field>> = columns.iter().map(|name| Field::of(name, names)).collect();
    let lower = FieldNames {
        id: names.id.to_lowercase(),
        text: names.text.to_lowercase(),
        title: names.title.to_lowercase(),
        date: names.date.to_lowercase(),
        source: names.source.to_lowercase(),
        url: names.url.to_lowercase(),
    };
    let lenient = columns.iter().map(|name| Field::of(&name.to_lowercase(), &lower));
    let merged = exact.iter().copied().zip(lenient);
    merged.map(|(exact_field, field)| exact_field.or(field.filter(|f| !exact.contains(&Some(*f))))).collect()
}

/// The delimiter under which the first line names the text column: the one that the file's name promises, else
/// another in use (spreadsheets of many countries write `;` into `.csv`).
pub(super) fn delimiter(head: &[u8], promised: u8, names: &FieldNames) -> u8 {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let end = memchr::memchr2(b'\n', b'\r', head).unwrap_or(head.len());
    let has_text = |delimiter: &u8| fields_of(&head[..end], *delimiter, names).contains(&Some(Field::Text));
    [promised, b',', b';', b'\t', b'|'].into_iter().find(has_text).unwrap_or(promised)
}

#[cfg(test)]
mod tests {

    use proptest::prelude::*;

    use super::super::blocks::tests::all;
    use super::*;

    fn documents(input: &str) -> Vec<(u64, Result<Extracted, String>)> {
        let names = FieldNames::default();
        let delimiter = delimiter(input.as_bytes(), b',', &names);
        let records = all(input.as_bytes(), &mut Rows::new(delimiter), 1 << 20, 1 << 20);
        let mut block = Block { first: 1, ..Block::default() };
        for (_, record) in &records {
            block.data.extend(record);
            block.ends.push(block.data.len());
        }
        let columns = Columns::of_header(&records[0].1, delimiter, &names).unwrap();
        columns.rows(&block, 1 << 20).collect()
    }

    #[test]
    fn rows_may_hold_line_ends_quotes_and_blank_lines() {
        let docs = documents("id,Text\r\na,\"one,\r\n\"\"two\"\"\"\r\n\r\nb,plain \"inner\" quote\r\n");
        assert_eq!(docs.len(), 2);
        assert_eq!(docs[0].1.as_ref().unwrap().text, "one,\r\n\"two\"");
        assert_eq!(docs[1].0, 2);
        assert_eq!(docs[1].1.as_ref().unwrap().text, "plain \"inner\" quote");
    }

    #[test]
    fn the_delimiter_is_the_one_that_gives_a_text_column() {
        let docs = documents("id;date;text\n1;2024-03-11;a, b and c\n");
        let doc = docs[0].1.as_ref().unwrap();
        assert_eq!((doc.text.as_str(), doc.meta.date.as_deref()), ("a, b and c", Some("2024-03-11")));
    }

    #[test]
    fn ragged_rows_that_would_lose_text_are_named() {
        let docs = documents("id,text\n1\n2,a,b\n3,c,\n");
        assert_eq!(docs[0].1.as_ref().unwrap_err(), "1 fields in the row, 2 in the header");
        assert_eq!(docs[1].1.as_ref().unwrap_err(), "3 fields in the row, 2 in the header");
        assert_eq!(docs[2].1.as_ref().unwrap().text, "c");
    }

    #[test]
    fn an_open_quote_costs_its_line_only() {
        let rows = all(b"id,text\n1,\"open\n2,fine\n3,also\n", &mut Rows::new(b','), 5, 1 << 20);
        let shown: Vec<String> = rows.iter().map(|(_, r)| String::from_utf8_lossy(r).into_owned()).collect();
        assert_eq!(shown, ["id,text\n", "!a quoted field that is not closed", "2,fine\n", "3,also\n"]);
    }

    proptest! {
        #[test]
        fn blocks_hold_the_rows_that_the_csv_crate_sees(input in "[a,\"\r\n]{0,60}", block in 1_usize..16) {
            let mut reader = rows(input.as_bytes(), b',');
            let whole: Vec<ByteRecord> = reader.byte_records().map(Result::unwrap).collect();
            let cut = all(input.as_bytes(), &mut Rows::new(b','), block, 1 << 20);
            let clean = cut.iter().all(|(_, record)| !record.starts_with(b"!"));
            if clean {
                let mut apart = Vec::new();
                for (_, record) in &cut {
                    apart.extend(rows(record, b',').byte_records().map(Result::unwrap));
                }
                prop_assert_eq!(apart, whole);
                prop_assert!(cut.iter().enumerate().all(|(i, (n, _))| *n == i as u64 + 1));
            }
        }
    }
}
