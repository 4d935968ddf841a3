//! The metadata of documents, packed, in memory or in a temporary file.
//!
//! A header and its credits are some ten strings, most of them short, which as values take several times the bytes
//! of their text. Ids are stored separately from the rest, because every edge needs only those.

use std::collections::HashMap;

use crate::document::{DateOrigin, Delivery, Header, Metadata, Signal, Status, folder_name};
use crate::text::credit::{Credit, Form};
use crate::{DocId, Result};
use wirecopy_spill::{Blobs, Budget};

const ORIGINS: [DateOrigin; 6] = [
    DateOrigin::Metadata,
    DateOrigin::Field,
    DateOrigin::Text,
    DateOrigin::Path,
    DateOrigin::Url,
    DateOrigin::Mtime,
];
const STATUSES: [Status; 3] = [Status::Usable, Status::Withheld, Status::Canceled];
const SIGNALS: [Signal; 2] = [Signal::Update, Signal::Correction];
const FORMS: [Form; 6] = [Form::Dateline, Form::Line, Form::SignOff, Form::Lead, Form::Byline, Form::Source];

/// The headers and credits of a run's documents, by number.
///
/// Bylines and the length of the text, which are only needed for reading, are not kept.
#[derive(Debug)]
pub struct Headers {
    ids: Blobs<u8>,
    rest: Blobs<u8>,
    /// The ids that documents requested but others have.
    asked: HashMap<usize, String>,
    /// Paths of containers, shared by many records, with the ids of the files.
    containers: Vec<(String, String)>,
    budget: Budget,
    /// Whether a document's folder is its source.
    folders: bool,
    bytes: Vec<u8>,
}

impl Headers {
    pub fn new(budget: &Budget) -> Self {
        Self {
            ids: Blobs::new(&budget.part(1, 2)),
            rest: Blobs::new(&budget.part(1, 2)),
            asked: HashMap::new(),
            containers: Vec::new(),
            budget: budget.clone(),
            folders: false,
            bytes: Vec::new(),
        }
    }

    /// Makes the folder of each document that names no source its source.
    pub fn use_folders_as_sources(&mut self) {
        self.folders = true;
    }

    pub fn len(&self) -> usize {
        self.ids.len()
    }

    pub fn push(&mut self, header: &Header, credits: &[Credit]) -> Result<()> {
        let mut out = self.place(header);
        let meta = &header.meta;
        for text in [
            &meta.title,
            &meta.date,
            &meta.published,
            &meta.date_problem,
            &meta.source,
            &meta.url,
            &meta.language,
        ] {
            out.optional(text.as_deref());
        }
        out.one_of(&ORIGINS, meta.date_origin);
        out.delivery(meta.delivery.as_deref());
        out.number(credits.len() as u64);
        for credit in credits {
            out.text(&credit.agency);
            out.one_of(&FORMS, Some(credit.form));
            out.number(credit.line.map_or(0, |line| u64::from(line) + 1));
            out.number(credit.span.0.into());
            out.number(credit.span.1.into());
            out.text(&credit.words);
        }
        self.keep(header, out)
    }

    /// Writes the path and record of a document; the rest of its header follows.
    fn place(&mut self, header: &Header) -> Writer {
        let mut out = Writer(std::mem::take(&mut self.bytes));
        out.0.clear();
        match header.record {
            Some(record) => {
                if self.containers.last().is_none_or(|(path, _)| *path != header.path) {
                    let file = header.fallback.rsplit_once('#').map_or("", |(file, _)| file);
                    self.containers.push((header.path.clone(), file.to_owned()));
                }
                // Never 0, because the list is not empty.
                out.number(self.containers.len() as u64);
                out.number(record);
            }
            None => {
                out.number(0);
                out.text(&header.path);
                // Usually it is the id.
                let own = Some(header.fallback.as_str()).filter(|fallback| *fallback != header.id);
                out.optional(own);
            }
        }
        out
    }

    fn keep(&mut self, header: &Header, out: Writer) -> Result<()> {
        // Ids that several documents request are resolved once all documents are read.
        self.ids.push(header.duplicate_id.as_ref().unwrap_or(&header.id).as_bytes())?;
        let pushed = self.rest.push(&out.0);
        self.bytes = out.0;
        Ok(pushed?)
    }

    /// Returns a document's id.
    pub fn id(&self, document: DocId) -> Result<String> {
        Ok(String::from_utf8_lossy(self.ids.reader().get(document.index())?).into_owned())
    }

    /// Renumbers the documents: document `order[at]` becomes document `at`.
    pub fn reorder(&mut self, order: &[u32]) {
        self.ids.reorder(order);
        self.rest.reorder(order);
        let mut asked = std::mem::take(&mut self.asked);
        if !asked.is_empty() {
            let renumbered = order.iter().enumerate();
            self.asked =
                renumbered.filter_map(|(to, &at)| Some((to, asked.remove(&(at as usize))?))).collect();
        }
    }

    /// Returns the numbers of the documents in the order of their ids.
    pub fn by_id(&self) -> Result<Vec<u32>> {
        Ok(self.ids.ascending()?)
    }

    /// Gives some documents other ids than they requested.
    pub fn rename(&mut self, mut given: HashMap<usize, String>) -> Result<()> {
        let mut ids = Blobs::new(&self.budget.part(1, 2));
        let mut reader = self.ids.reader();
        for at in 0..self.ids.len() {
            let asked = reader.get(at)?;
            match given.remove(&at) {
                Some(id) => {
                    self.asked.insert(at, String::from_utf8_lossy(asked).into_owned());
                    ids.push(id.as_bytes())?;
                }
                None => ids.push(asked)?,
            }
        }
        self.ids = ids;
        Ok(())
    }

    /// Returns a reader for many headers, fastest in ascending order.
    pub fn reader(&self) -> HeaderReader<'_> {
        HeaderReader { headers: self, ids: self.ids.reader(), rest: self.rest.reader() }
    }
}

/// Reads headers.
pub struct HeaderReader<'a> {
    headers: &'a Headers,
    ids: wirecopy_spill::Reader<'a, u8>,
    rest: wirecopy_spill::Reader<'a, u8>,
}

impl HeaderReader<'_> {
    /// Returns a document's header and its credits.
    pub fn get(&mut self, document: DocId) -> Result<(Header, Vec<Credit>)> {
        let id = String::from_utf8_lossy(self.ids.get(document.index())?).into_owned();
        let mut bytes = Bytes(self.rest.get(document.index())?);
        let (path, record, fallback) = match bytes.number() {
            0 => (bytes.text(), None, bytes.optional().unwrap_or_else(|| id.clone())),
            container => {
                let (path, file) =
                    self.headers.containers.get(container as usize - 1).cloned().unwrap_or_default();
                let record = bytes.number();
                (path, Some(record), format!("{file}#{record}"))
            }
        };
        let duplicate_id = self.headers.asked.get(&document.index()).cloned();
        let header = Header {
            id,
            path,
            record,
            duplicate_id,
            fallback,
            meta: Metadata {
                title: bytes.optional(),
                date: bytes.optional(),
                published: bytes.optional(),
                date_problem: bytes.optional(),
                source: bytes.optional(),
                url: bytes.optional(),
                language: bytes.optional(),
                ..Metadata::default()
            },
            ..Header::default()
        };
        let date_origin = bytes.one_of(&ORIGINS);
        let mut meta = Metadata { date_origin, delivery: bytes.delivery(), ..header.meta };
        if self.headers.folders && meta.source.is_none() {
            meta.source = folder_name(&header.path).map(str::to_owned);
        }
        Ok((Header { meta, ..header }, bytes.credits()))
    }

    /// Returns a document's credits.
    pub fn credits(&mut self, document: DocId) -> Result<Vec<Credit>> {
        let mut bytes = Bytes(self.rest.get(document.index())?);
        bytes.skip_place();
        // Title, date, published, problem, source, address, language, origin.
        (0..7).for_each(|_| bytes.skip_optional());
        bytes.number();
        bytes.skip_delivery();
        Ok(bytes.credits())
    }
}

/// Writes numbers in groups of seven bits, the lowest first, and texts after their length.
struct Writer(Vec<u8>);

impl Writer {
    fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.0.extend_from_slice(text.as_bytes());
    }

    fn optional(&mut self, text: Option<&str>) {
        match text {
            None => self.number(0),
            Some(text) => {
                self.number(text.len() as u64 + 1);
                self.0.extend_from_slice(text.as_bytes());
            }
        }
    }

    fn delivery(&mut self, delivery: Option<&Delivery>) {
        self.number(u64::from(delivery.is_some()));
        let Some(Delivery { guid, version, status, embargo, signal, slug, dateline, credit, created }) =
            delivery
        else {
            return;
        };
        for text in [guid, version, embargo, slug, dateline, credit, created] {
            self.optional(text.as_deref());
        }
        self.one_of(&STATUSES, Some(*status));
        self.one_of(&SIGNALS, *signal);
    }

    fn one_of<T: PartialEq>(&mut self, all: &[T], value: Option<T>) {
        let place = value.and_then(|value| all.iter().position(|one| *one == value));
        self.number(place.map_or(0, |place| place as u64 + 1));
    }
}

/// Reads what a [`Writer`] wrote.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn number(&mut self) -> u64 {
        let (mut number, mut shift) = (0, 0);
        while let Some((&byte, rest)) = self.0.split_first() {
            self.0 = rest;
            number |= u64::from(byte & 0x7f) << shift;
            shift += 7;
            if byte < 0x80 || shift > 63 {
                break;
            }
        }
        number
    }

    fn of_length(&mut self, length: u64) -> &[u8] {
        let length = usize::try_from(length).unwrap_or(usize::MAX).min(self.0.len());
        let (bytes, rest) = self.0.split_at(length);
        self.0 = rest;
        bytes
    }

    fn text_of_length(&mut self, length: u64) -> String {
        // Only text was written.
        std::str::from_utf8(self.of_length(length)).unwrap_or_default().to_owned()
    }

    fn text(&mut self) -> String {
        let length = self.number();
        self.text_of_length(length)
    }

    fn optional(&mut self) -> Option<String> {
        let length = self.number().checked_sub(1)?;
        Some(self.text_of_length(length))
    }

    /// Skips a text.
    fn skip(&mut self) {
        let length = self.number();
        self.of_length(length);
    }

    /// Skips an optional text.
    fn skip_optional(&mut self) {
        let length = self.number().saturating_sub(1);
        self.of_length(length);
    }

    /// Skips the path and record of a document.
    fn skip_place(&mut self) {
        if self.number() == 0 {
            self.skip();
            self.skip_optional();
        } else {
            self.number();
        }
    }

    fn delivery(&mut self) -> Option<Box<Delivery>> {
        (self.number() == 1).then(|| {
            Box::new(Delivery {
                guid: self.optional(),
                version: self.optional(),
                embargo: self.optional(),
                slug: self.optional(),
                dateline: self.optional(),
                credit: self.optional(),
                created: self.optional(),
                status: self.one_of(&STATUSES).unwrap_or_default(),
                signal: self.one_of(&SIGNALS),
            })
        })
    }

    /// Skips an optional delivery.
    fn skip_delivery(&mut self) {
        if self.number() == 1 {
            (0..7).for_each(|_| self.skip_optional());
            // Status, signal.
            self.number();
            self.number();
        }
    }

    fn credits(&mut self) -> Vec<Credit> {
        (0..self.number())
            .map(|_| Credit {
                agency: self.text(),
                form: self.one_of(&FORMS).unwrap_or(Form::Line),
                line: self.number().checked_sub(1).map(|line| line as u32),
                span: (self.number() as u32, self.number() as u32),
                words: self.text(),
            })
            .collect()
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> Option<T> {
        let place = self.number().checked_sub(1)?;
        all.get(place as usize).copied()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn header(at: usize, texts: &[Option<String>], record: Option<u64>) -> Header {
        let text = |n: usize| texts[n].clone();
        Header {
            id: format!("é{at}"),
            path: texts[0].clone().unwrap_or_default(),
            record,
            lost_letters: 0,
            meta: Metadata {
                title: text(1),
                date: text(2),
                published: text(3),
                date_origin: ORIGINS.get(at % 7).copied(),
                date_problem: text(4),
                source: text(5),
                url: text(6),
                bylines: Vec::new(),
                language: text(7),
                delivery: texts[1].clone().map(|guid| {
                    Box::new(Delivery { guid: Some(guid), status: Status::Canceled, ..Delivery::default() })
                }),
            },
            bytes: 0,
            duplicate_id: None,
            fallback: record.map_or_else(
                || format!("é{at}"),
                |record| format!("{}#{record}", texts[0].as_deref().unwrap_or_default()),
            ),
        }
    }

    proptest! {
        #[test]
        fn headers_and_credits_are_read_back(
            rows in prop::collection::vec(
                (prop::collection::vec(prop::option::of(".{0,200}"), 8), prop::option::of(any::<u64>()), 0u32..4),
                1..10,
            ),
            limit in prop::option::of(0usize..2000),
        ) {
            let budget = limit.map_or_else(Budget::unlimited, |limit| Budget::new(limit, None));
            let mut headers = Headers::new(&budget);
            let rows: Vec<(Header, Vec<Credit>)> = rows
                .iter()
                .enumerate()
                .map(|(at, (texts, record, credits))| {
                    let credit = |n: u32| Credit {
                        agency: format!("Agency {n}"),
                        form: FORMS[n as usize],
                        line: n.checked_sub(1),
                        span: (n * 1000, u32::MAX - n),
                        words: texts[1].clone().unwrap_or_default(),
                    };
                    (header(at, texts, *record), (0..*credits).map(credit).collect())
                })
                .collect();
            for (header, credits) in &rows {
                headers.push(header, credits).unwrap();
            }
            prop_assert_eq!(headers.len(), rows.len());
            for (at, row) in rows.iter().enumerate() {
                let document = DocId(u32::try_from(at).unwrap());
                prop_assert_eq!(&headers.reader().get(document).unwrap(), row);
                prop_assert_eq!(&headers.reader().credits(document).unwrap(), &row.1);
                prop_assert_eq!(&headers.id(document).unwrap(), &row.0.id);
            }
        }
    }
}
