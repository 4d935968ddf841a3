//! Makes what the stages need of documents and records that a caller has in memory.

use wirecopy_core::bricks::Described;
use wirecopy_core::document::{Header, Refusal, SkipKind};
use wirecopy_core::engine::{Preparer, Read};
use wirecopy_core::text::Tokens;
use wirecopy_core::{Document, Result, Skipped};
use wirecopy_ingest::{Completer, Fields, NO_FILE, NO_WORDS, fallback_id, header_of, settings_files};
use wirecopy_report::Config;

/// A document that is ready to be stored, or why it is skipped.
pub(super) type Ready = std::result::Result<(Header, Read), Skipped>;

/// Reads documents and records with the settings of one run, on any thread.
///
/// A date that is not yet parsed is parsed, a missing language guessed, boilerplate marked, and the rest tokenised.
pub struct Reader {
    completer: Completer,
    preparer: Preparer,
}

impl Reader {
    /// Returns a reader with these settings.
    ///
    /// # Errors
    /// Returns an error if a setting is out of range, or if a file that a setting names cannot be read.
    pub fn new(config: &Config) -> Result<Self> {
        config.validate()?;
        let agencies = settings_files::agencies(config.ingest.agencies.as_deref())?;
        Ok(Self {
            completer: Completer::new(&config.ingest)?,
            preparer: Preparer::new(&config.matching, agencies),
        })
    }

    /// Reads a document.
    ///
    /// # Errors
    /// The reason for skipping it: it is too long, or has no words.
    pub fn document(&self, document: Document) -> std::result::Result<(Described, Tokens), Skipped> {
        self.ready(document).and_then(described)
    }

    /// Reads the fields of record number `number`, as of a record of JSON lines on standard input.
    ///
    /// # Errors
    /// The reason for skipping it: it is too long, or has no text or no words.
    pub fn record(&self, number: u64, fields: Fields) -> std::result::Result<(Described, Tokens), Skipped> {
        self.ready_fields(number, fields).and_then(described)
    }

    /// Returns the text of a record in which words are looked up; `None` if the record is skipped.
    pub fn text(&self, fields: Fields) -> Option<String> {
        self.completer.text_of_fields(fields)
    }

    pub(super) fn preparer(&self) -> &Preparer {
        &self.preparer
    }

    pub(super) fn ready(&self, document: Document) -> Ready {
        let (path, record) = (document.path.clone(), document.record);
        match self.completer.of_document(document) {
            Ok(document) => Ok(self.prepared(document)),
            Err(refusal) => Err(refusal.at(if path.is_empty() { NO_FILE.to_owned() } else { path }, record)),
        }
    }

    pub(super) fn ready_fields(&self, number: u64, fields: Fields) -> Ready {
        self.of_record(number, self.completer.of_fields(fields, number))
    }

    pub(super) fn ready_json(&self, number: u64, json: &str) -> Ready {
        self.of_record(number, self.completer.of_json(json, number))
    }

    fn of_record(&self, number: u64, document: std::result::Result<Document, Refusal>) -> Ready {
        match document {
            Ok(document) => Ok(self.prepared(document)),
            Err(refusal) => Err(refusal.at(NO_FILE, Some(number))),
        }
    }

    fn prepared(&self, document: Document) -> (Header, Read) {
        let read = self.preparer.prepare(&document);
        let file =
            if document.path == NO_FILE && document.record.is_none() { &document.id } else { &document.path };
        let fallback = fallback_id(file, document.record);
        let (header, text) = header_of(document, fallback);
        (header, Read { text, ..read })
    }
}

fn described((header, read): (Header, Read)) -> std::result::Result<(Described, Tokens), Skipped> {
    if read.tokens.is_empty() {
        return Err(SkipKind::Empty.because(NO_WORDS).at(header.path, header.record));
    }
    Ok(Described::of(header, read))
}
