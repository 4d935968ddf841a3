//! Reads tables of comma- or tab-separated values: splits them into rows and maps columns to fields.

use std::borrow::Cow;

use csv::{ByteRecord, ReaderBuilder};

use super::blocks::{Block, Scan};
use super::decode::too_long;
use super::extract::Extracted;
use super::json::Field;
use super::layout::{Layout, Quoting};
use super::record::{Fields, listed};
use crate::config::FieldNames;
use wirecopy_core::document::Refusal;
use wirecopy_core::document::SkipKind::{Malformed, NoTextField};

/// Finds the ends of rows by the rules of the csv crate: line ends within quotes do not end a row, and blank lines are not
/// counted.
#[derive(Debug)]
pub(super) struct Rows {
    layout: Layout,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    RowStart,
    FieldStart,
    InField,
    Quoted,
    /// After a backslash in a quoted field.
    Escaped,
    QuoteInQuoted,
}

impl Rows {
    pub(super) fn new(layout: Layout) -> Self {
        Self { layout, state: State::RowStart }
    }

    fn step(&self, byte: u8) -> State {
        match (self.state, byte) {
            (State::Quoted, b'\\') if self.layout.quoting == Quoting::Backslash => State::Escaped,
            (State::Quoted, b'"') => State::QuoteInQuoted,
            (State::Quoted | State::Escaped, _) | (State::QuoteInQuoted, b'"') => State::Quoted,
            (_, b'\r' | b'\n') => State::RowStart,
            (_, byte) if byte == self.layout.delimiter => State::FieldStart,
            (State::RowStart | State::FieldStart, b'"') if self.layout.quoting != Quoting::None => {
                State::Quoted
            }
            _ => State::InField,
        }
    }
}

impl Scan for Rows {
    fn next_end(&mut self, fresh: &[u8]) -> Option<usize> {
        let mut at = 0;
        while at < fresh.len() {
            if self.state == State::Quoted {
                // Stopping at a backslash is harmless in tables where it is not an escape.
                at += memchr::memchr2(b'"', b'\\', &fresh[at..])?;
            }
            let blank = self.state == State::RowStart;
            self.state = self.step(fresh[at]);
            at += 1;
            if self.state == State::RowStart && !blank {
                return Some(at);
            }
        }
        None
    }

    /// Drops the line of a quote that is never closed. Otherwise it would swallow the rest of the file.
    fn give_up(&mut self, pending: &[u8]) -> Option<(usize, &'static str)> {
        if !matches!(self.state, State::Quoted | State::Escaped) {
            return None;
        }
        self.state = State::RowStart;
        // The pending bytes may start with blank lines.
        let start = pending.iter().position(|b| !matches!(b, b'\r' | b'\n')).unwrap_or(0);
        match memchr::memchr(b'\n', &pending[start..]) {
            Some(at) => Some((start + at + 1, "an unclosed quoted field")),
            None => Some((pending.len(), "truncated: an unclosed quoted field")),
        }
    }
}

/// The fields that the columns hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Columns {
    layout: Layout,
    fields: Vec<Option<Field>>,
    text: usize,
}

impl Columns {
    /// Maps the columns of a header row to fields.
    ///
    /// # Errors
    /// The reason for skipping the file: no column holds the text.
    pub(super) fn of_header(header: &[u8], layout: Layout, names: &FieldNames) -> Result<Self, Refusal> {
        let columns = columns_of(header, layout.delimiter);
        let fields = fields_of(&columns, names);
        match fields.iter().position(|field| *field == Some(Field::Text)) {
            Some(text) => Ok(Self { layout, fields, text }),
            None => Err(NoTextField.because(format!(
                "no column `{}` in the header row: it has {}; choose the text column with --text-field",
                names.text,
                listed(&columns)
            ))),
        }
    }

    /// Returns whether the columns are separated by tabs.
    pub(super) fn is_tab_separated(&self) -> bool {
        self.layout.delimiter == b'\t'
    }

    /// Passes every wanted row of a block to `sink`, as a document or a reason, with its number. The first data row is number 1.
    pub(super) fn each(
        &self,
        block: &Block,
        limit: u64,
        mut wanted: impl FnMut(u64) -> bool,
        mut sink: impl FnMut(u64, Result<Extracted, Refusal>),
    ) {
        let data = match self.layout.quoting {
            Quoting::Backslash => Cow::Owned(self.layout.without_backslashes(&block.data)),
            Quoting::Doubled | Quoting::None => Cow::Borrowed(&block.data[..]),
        };
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .quoting(self.layout.quoting != Quoting::None)
            .delimiter(self.layout.delimiter)
            .from_reader(&data[..]);
        let mut row = ByteRecord::new();
        for (number, bytes) in block.records() {
            // Reading from memory with `flexible` set cannot fail.
            let is_row = reader.read_byte_record(&mut row).unwrap_or(false);
            if number == 1 || !is_row || !wanted(number - 1) {
                continue;
            }
            let result = if bytes.len() as u64 > limit { Err(too_long(limit)) } else { self.document(&row) };
            sink(number - 1, result);
        }
    }

    fn document(&self, row: &ByteRecord) -> Result<Extracted, Refusal> {
        let surplus = row.iter().skip(self.fields.len()).any(|field| !field.trim_ascii().is_empty());
        if surplus || row.len() <= self.text {
            let reason = format!("{} fields in the row, {} in the header", row.len(), self.fields.len());
            return Err(Malformed.because(reason));
        }
        let mut values = Fields::default();
        for (field, bytes) in self.fields.iter().zip(row) {
            let Some(field) = field else { continue };
            let value = String::from_utf8_lossy(bytes).into_owned();
            match field {
                Field::Text => values.text = Some(value),
                Field::Id => values.id = Some(value),
                Field::Title => values.title = Some(value),
                Field::Date => values.date = Some(value),
                Field::Source => values.source = Some(value),
                Field::Url => values.url = Some(value),
                Field::Language => values.language = Some(value),
                Field::Byline => values.bylines.push(value),
            }
        }
        values.document()
    }
}

/// Returns the trimmed cells of a header row.
pub(super) fn columns_of(header: &[u8], delimiter: u8) -> Vec<String> {
    let mut reader =
        ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(header);
    let mut row = ByteRecord::new();
    let _ = reader.read_byte_record(&mut row);
    row.iter().map(|name| String::from_utf8_lossy(name).trim().to_owned()).collect()
}

/// Returns the field of each column. Names match exactly, or without regard to case if no column matches exactly.
pub(super) fn fields_of(columns: &[String], names: &FieldNames) -> Vec<Option<Field>> {
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

#[cfg(test)]
mod tests {

    use proptest::prelude::*;

    use super::super::blocks::tests::all;
    use super::*;

    const COMMAS: Layout = Layout { skip: 0, delimiter: b',', quoting: Quoting::Doubled };

    fn documents(input: &str) -> Vec<(u64, Result<Extracted, Refusal>)> {
        documents_of(input, b',')
    }

    fn documents_of(input: &str, promised: u8) -> Vec<(u64, Result<Extracted, Refusal>)> {
        let names = FieldNames::default();
        let layout = Layout::of(input.as_bytes(), true, promised, &names);
        let input = &input.as_bytes()[layout.skip..];
        let records = all(input, &mut Rows::new(layout), 1 << 20, 1 << 20);
        let mut block = Block { first: 1, ..Block::default() };
        for (_, record) in &records {
            block.data.extend(record);
            block.ends.push(block.data.len());
        }
        let columns = Columns::of_header(&records[0].1, layout, &names).unwrap();
        let mut out = Vec::new();
        columns.each(&block, 1 << 20, |_| true, |row, result| out.push((row, result)));
        out
    }

    #[test]
    fn quoted_fields_may_contain_line_ends_and_quotes() {
        let docs = documents("id,Text\r\na,\"one,\r\n\"\"two\"\"\"\r\n\r\nb,plain \"inner\" quote\r\n");
        assert_eq!(docs.len(), 2);
        assert_eq!(docs[0].1.as_ref().unwrap().text, "one,\r\n\"two\"");
        assert_eq!(docs[1].0, 2);
        assert_eq!(docs[1].1.as_ref().unwrap().text, "plain \"inner\" quote");
    }

    #[test]
    fn delimiter_is_the_one_that_yields_a_text_column() {
        let docs = documents("id;date;text\n1;2024-03-11;a, b and c\n");
        let doc = docs[0].1.as_ref().unwrap();
        assert_eq!((doc.text.as_str(), doc.meta.date.as_deref()), ("a, b and c", Some("2024-03-11")));
    }

    #[test]
    fn ragged_rows_that_would_lose_text_are_skipped() {
        let docs = documents("id,text\n1\n2,a,b\n3,c,\n");
        assert_eq!(docs[0].1.as_ref().unwrap_err().reason, "1 fields in the row, 2 in the header");
        assert_eq!(docs[1].1.as_ref().unwrap_err().reason, "3 fields in the row, 2 in the header");
        assert_eq!(docs[2].1.as_ref().unwrap().text, "c");
    }

    #[test]
    fn unclosed_quote_affects_only_its_line() {
        let rows = all(b"id,text\n1,\"open\n2,fine\n3,also\n", &mut Rows::new(COMMAS), 5, 1 << 20);
        let shown: Vec<String> = rows.iter().map(|(_, r)| String::from_utf8_lossy(r).into_owned()).collect();
        assert_eq!(shown, ["id,text\n", "!an unclosed quoted field", "2,fine\n", "3,also\n"]);
    }

    fn texts_of(input: &str, promised: u8) -> Vec<String> {
        documents_of(input, promised)
            .into_iter()
            .map(|(_, doc)| doc.map_or_else(|e| format!("!{}", e.reason), |d| d.text))
            .collect()
    }

    #[test]
    fn quote_at_the_start_of_a_field_is_text_if_it_is_not_closed() {
        let input = "id\ttext\n1\t\"We heard it, he said.\n2\t\"No,\" she said.\n3\tHe said \"no\".\n4\t\"All of it.\"\n";
        assert_eq!(
            texts_of(input, b'\t'),
            ["\"We heard it, he said.", "\"No,\" she said.", "He said \"no\".", "\"All of it.\""]
        );
        let quoted = "id\ttext\n1\t\"One \"\"two\"\"\n\nthree\"\n2\tFour\n";
        assert_eq!(texts_of(quoted, b'\t'), ["One \"two\"\n\nthree", "Four"]);
    }

    #[test]
    fn backslash_escapes_quotes_in_tables_that_use_it() {
        let input =
            "id,text\n1,\"He said \\\"no, never\\\", and left.\"\n2,\"A \\\\ b\nc, \\\"d\\\"\"\n3,plain\n";
        assert_eq!(texts_of(input, b','), ["He said \"no, never\", and left.", "A \\ b\nc, \"d\"", "plain"]);
        let none = "id,text\n1,\"C:\\dir\\\"\n2,\"and \"\"so\"\"\"\n";
        assert_eq!(texts_of(none, b','), ["C:\\dir\\", "and \"so\""]);
    }

    #[test]
    fn missing_text_column_is_reported_with_the_columns_found() {
        let error = Columns::of_header(b"url,headline,body\n", COMMAS, &FieldNames::default()).unwrap_err();
        assert_eq!(
            error.reason,
            "no column `text` in the header row: it has `url`, `headline`, `body`; choose the text column with \
             --text-field"
        );
    }

    /// Generates tables with random content.
    fn table() -> impl Strategy<Value = String> {
        let cell = "[a\"\\\\\r\n,;\t é]{0,8}";
        prop::collection::vec(cell, 0..12).prop_map(|cells| format!("id,text\n{}", cells.join(",")))
    }

    proptest! {
        #[test]
        fn every_row_yields_a_document_or_a_reason(input in table(), quoting in 0..3_u8, block in 1_usize..40) {
            let quoting = [Quoting::Doubled, Quoting::Backslash, Quoting::None][usize::from(quoting)];
            let layout = Layout { quoting, ..COMMAS };
            let columns = Columns::of_header(b"id,text\n", layout, &FieldNames::default()).unwrap();
            let cut = all(input.as_bytes(), &mut Rows::new(layout), block, 1 << 20);
            let mut made = 0;
            for (number, record) in &cut {
                if record.starts_with(b"!") || *number == 1 {
                    made += 1;
                    continue;
                }
                let block = Block { ends: vec![record.len()], data: record.clone(), first: *number, only: false };
                columns.each(&block, 1 << 20, |_| true, |_, _| made += 1);
            }
            prop_assert_eq!(made, cut.len());
        }

        #[test]
        fn rows_do_not_depend_on_the_block_size(input in table(), block in 1_usize..40) {
            let layout = Layout::of(input.as_bytes(), true, b',', &FieldNames::default());
            let cut = |block| all(input.as_bytes(), &mut Rows::new(layout), block, 1 << 20);
            prop_assert_eq!(cut(block), cut(1 << 20));
        }

        #[test]
        fn rows_are_those_that_the_csv_crate_reads(input in "[a,\"\r\n]{0,60}", block in 1_usize..16) {
            let rows = |data| ReaderBuilder::new().has_headers(false).flexible(true).from_reader(data);
            let mut reader = rows(input.as_bytes());
            let whole: Vec<ByteRecord> = reader.byte_records().map(Result::unwrap).collect();
            let cut = all(input.as_bytes(), &mut Rows::new(COMMAS), block, 1 << 20);
            let clean = cut.iter().all(|(_, record)| !record.starts_with(b"!"));
            if clean {
                let mut apart = Vec::new();
                for (_, record) in &cut {
                    apart.extend(rows(record).byte_records().map(Result::unwrap));
                }
                prop_assert_eq!(apart, whole);
                prop_assert!(cut.iter().enumerate().all(|(i, (n, _))| *n == i as u64 + 1));
            }
        }
    }
}
