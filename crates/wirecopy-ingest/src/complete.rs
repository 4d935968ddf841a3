//! Completes documents: their source, date and language, and their header.
//!
//! Documents that a caller has in memory are completed in the same way as those that are read from files.

use jiff::Timestamp;

use super::dates;
use super::dating::{self, Dating, Places};
use super::decode;
use super::extract::Extracted;
use super::json;
use super::language::{self, Guessed};
use super::record::Fields;
use super::source_from::SourceFrom;
use super::walk::Found;
use crate::config::{FieldNames, IngestConfig};
use wirecopy_core::Error;
use wirecopy_core::document::{DateOrigin, Document, Header, Metadata, Refusal, Status};

/// The name of what is not read from a file, in the place of its path.
pub const NO_FILE: &str = "-";

/// Completes documents with the settings of one run, on any thread.
#[derive(Debug)]
pub struct Completer {
    source_from: Option<SourceFrom>,
    dating: Dating,
    names: FieldNames,
    max_document_bytes: u64,
    /// When the run began.
    begun: Timestamp,
}

impl Completer {
    /// Returns a completer with these settings.
    ///
    /// # Errors
    /// [`Error::Config`] for an unknown time zone.
    pub fn new(config: &IngestConfig) -> Result<Self, Error> {
        Ok(Self {
            source_from: SourceFrom::of(config),
            dating: Dating::of(config)?,
            names: config.fields.clone(),
            max_document_bytes: config.max_document_bytes,
            begun: Timestamp::now(),
        })
    }

    /// Makes a document of the fields of record number `record`, as of a record of JSON lines on standard input.
    ///
    /// # Errors
    /// The reason for skipping the record.
    pub fn of_fields(&self, fields: Fields, record: u64) -> Result<Document, Refusal> {
        decode::check_length(fields.text.as_deref().unwrap_or_default(), self.max_document_bytes)?;
        Ok(self.of_record(fields.document()?, record))
    }

    /// Returns the text of a record, as [`Completer::of_fields`] finds it; `None` if the record is skipped.
    pub fn text_of_fields(&self, fields: Fields) -> Option<String> {
        decode::check_length(fields.text.as_deref().unwrap_or_default(), self.max_document_bytes).ok()?;
        Some(fields.document().ok()?.text)
    }

    /// Makes a document of a JSON object, as of line number `record` of JSON lines on standard input.
    ///
    /// # Errors
    /// The reason for skipping the record.
    pub fn of_json(&self, json: &str, record: u64) -> Result<Document, Refusal> {
        decode::check_length(json, self.max_document_bytes)?;
        Ok(self.of_record(json::record(json, &self.names)?, record))
    }

    fn of_record(&self, extracted: Extracted, record: u64) -> Document {
        self.complete(extracted, &not_a_file(NO_FILE), Some(record), DateOrigin::Field.into(), true)
    }

    /// Completes a document that a caller made: a date that is not yet parsed, a language that is missing or not a code, and
    /// a path. An id that is missing becomes that of its path and record.
    ///
    /// # Errors
    /// The reason for skipping the document: it is too long.
    pub fn of_document(&self, mut document: Document) -> Result<Document, Refusal> {
        decode::check_length(&document.text, self.max_document_bytes)?;
        if document.path.is_empty() {
            NO_FILE.clone_into(&mut document.path);
        }
        let found = not_a_file(&document.path);
        if document.id.is_empty() {
            document.id = fallback_id(&found.id, document.record);
        }
        let own_id = document.id.clone();
        self.settle(
            &mut document.meta,
            &document.text,
            &found,
            Some(&own_id),
            DateOrigin::Field.into(),
            true,
        );
        Ok(document)
    }

    /// Completes what was extracted from a file. Its date is searched for in `places`. Dates and languages are determined if they
    /// are to be `settled`.
    pub(super) fn complete(
        &self,
        extracted: Extracted,
        found: &Found,
        record: Option<u64>,
        places: Places<'_>,
        settled: bool,
    ) -> Document {
        let Extracted { own_id, mut meta, text } = extracted;
        self.settle(&mut meta, &text, found, own_id.as_deref(), places, settled);
        let id = own_id.unwrap_or_else(|| fallback_id(&found.id, record));
        Document { id, path: found.shown.clone(), record, meta, text }
    }

    fn settle(
        &self,
        meta: &mut Metadata,
        text: &str,
        found: &Found,
        own_id: Option<&str>,
        places: Places<'_>,
        settled: bool,
    ) {
        if let Some(source) = self.source_from.as_ref().and_then(|from| from.of_document(found, own_id, meta))
        {
            meta.source = Some(source);
        }
        if let Some(delivery) = &mut meta.delivery
            && delivery.status.is_usable()
            && delivery.embargo.as_deref().is_some_and(|until| self.is_to_come(until))
        {
            delivery.status = Status::Withheld;
        }
        if settled {
            let text = Guessed::of(text);
            // A caller may have parsed the date.
            if meta.published.is_none() {
                dating::settle(meta, places, &text, found, &self.dating);
            }
            let declared = meta.language.as_deref().and_then(language::of_tag);
            meta.language = declared.or_else(|| text.language().map(str::to_owned));
        }
    }

    /// Returns whether a date lies behind the beginning of the run. One that is not understood does not.
    fn is_to_come(&self, date: &str) -> bool {
        let exact = || date.trim().parse::<Timestamp>().ok();
        let instant = exact().or_else(|| dates::parse(date).ok()?.instant());
        instant.is_some_and(|instant| instant > self.begun)
    }
}

/// Returns the id of a document that has none of its own: that of its file, with the number of its record.
pub fn fallback_id(file: &str, record: Option<u64>) -> String {
    record.map_or_else(|| file.to_owned(), |number| format!("{file}#{number}"))
}

fn not_a_file(path: &str) -> Found {
    Found { path: None, shown: path.to_owned(), id: path.to_owned(), bytes: 0, named: true }
}

/// Separates a document from its text. `fallback` is the id to use if another document has the same one.
pub fn header_of(document: Document, fallback: String) -> (Header, String) {
    let Document { id, path, record, meta, text } = document;
    let (bytes, lost_letters) = (text.len() as u64, lost_letters(&text));
    (Header { id, path, record, meta, bytes, duplicate_id: None, fallback, lost_letters }, text)
}

/// Returns the number of characters that could not be decoded, or 0 if they are few. Many of them mean that the text was
/// decoded in the wrong encoding, by this program or before it was saved.
fn lost_letters(text: &str) -> u64 {
    /// Fewest undecodable characters that count.
    const MANY: usize = 3;
    /// Most characters of text to each undecodable one.
    const OF: usize = 200;
    let lost = memchr::memmem::find_iter(text.as_bytes(), "\u{fffd}").count();
    let many = lost >= MANY && lost * OF >= text.chars().count();
    if many { lost as u64 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wirecopy_core::document::SkipKind;

    fn completer() -> Completer {
        Completer::new(&IngestConfig::default()).unwrap()
    }

    #[test]
    fn fields_become_the_document_of_a_record() {
        let some = |text: &str| Some(text.to_owned());
        let fields = Fields {
            text: some(
                "The ferry Meltem sank off the coast of Ordu on Wednesday, and its captain was praised.",
            ),
            date: some("24 September 2023"),
            source: some(" Harbour  Post "),
            ..Fields::default()
        };
        let document = completer().of_fields(fields, 3).unwrap();
        assert_eq!((document.id.as_str(), document.path.as_str(), document.record), ("-#3", "-", Some(3)));
        assert_eq!(document.meta.published.as_deref(), Some("2023-09-24"));
        assert_eq!(document.meta.source.as_deref(), Some("Harbour Post"));
        assert_eq!(document.meta.language.as_deref(), Some("eng"));
        let refusal =
            completer().of_fields(Fields { text: some("NaN"), ..Fields::default() }, 1).unwrap_err();
        assert_eq!((refusal.kind, refusal.reason.as_str()), (SkipKind::Empty, "empty text"));
    }

    #[test]
    fn item_is_withheld_until_its_embargo_ends() {
        use wirecopy_core::document::Delivery;

        for (embargo, status, expected) in [
            ("2199-01-01T00:00:00+00:00", Status::Usable, Status::Withheld),
            ("2001-01-01T00:00:00Z", Status::Usable, Status::Usable),
            ("2199-01-01T00:00:00Z", Status::Canceled, Status::Canceled),
            ("until the speech", Status::Usable, Status::Usable),
        ] {
            let delivery = Delivery { embargo: Some(embargo.to_owned()), status, ..Delivery::default() };
            let meta = Metadata { delivery: Some(Box::new(delivery)), ..Metadata::default() };
            let own = Document { text: "The ferry sails again.".to_owned(), meta, ..Document::default() };
            let done = completer().of_document(own).unwrap();
            assert_eq!(done.meta.delivery.unwrap().status, expected, "{embargo}");
        }
    }

    #[test]
    fn document_of_a_caller_keeps_what_it_says_and_gets_the_rest() {
        let meta = |date: &str, published: Option<&str>| Metadata {
            date: Some(date.to_owned()),
            published: published.map(str::to_owned),
            language: Some("de".to_owned()),
            ..Metadata::default()
        };
        let text = "The ferry sails again.".to_owned();
        let own = Document {
            id: "7".to_owned(),
            meta: meta("today", Some("2024-03-11")),
            text,
            ..Document::default()
        };
        let done = completer().of_document(own.clone()).unwrap();
        assert_eq!((done.id.as_str(), done.path.as_str()), ("7", NO_FILE));
        assert_eq!(
            (done.meta.date.as_deref(), done.meta.published.as_deref()),
            (Some("today"), Some("2024-03-11"))
        );
        assert_eq!(done.meta.language.as_deref(), Some("deu"));
        let done =
            completer().of_document(Document { meta: meta("11 March 2024", None), ..own.clone() }).unwrap();
        assert_eq!(done.meta.published.as_deref(), Some("2024-03-11"));
        let config = IngestConfig { max_document_bytes: 4, ..IngestConfig::default() };
        let refusal = Completer::new(&config).unwrap().of_document(own).unwrap_err();
        assert_eq!(refusal.kind, SkipKind::TooLarge);
    }
}
