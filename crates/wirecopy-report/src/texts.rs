//! The texts of a run's documents: those that its report holds, and the others read again from their files.

use std::collections::{BTreeSet, HashMap};

use rayon::prelude::*;

use crate::{DocumentLine, Run};
use wirecopy_core::document::{Document, Metadata};
use wirecopy_core::{Cancel, Result};
use wirecopy_ingest::{Wanted, read_again};

/// Documents with their texts, by id.
pub type Texts = HashMap<String, Document>;

/// Number of kept texts that are processed before their results are passed on.
const BATCH: usize = 1 << 10;

impl DocumentLine {
    /// Returns the document with this text. Its bylines are not known.
    pub(crate) fn document(&self, text: String) -> Document {
        let meta = Metadata {
            title: self.title.clone(),
            date: self.date.clone(),
            published: self.published.clone(),
            date_origin: self.date_origin,
            date_problem: self.date_problem.clone(),
            source: self.source.clone(),
            url: self.url.clone(),
            language: self.language.clone(),
            delivery: self.delivery.clone(),
            ..Metadata::default()
        };
        Document { id: self.id.clone(), path: self.path.clone(), record: self.record, meta, text }
    }
}

impl Run {
    /// Returns the documents with these ids: from the report if it holds their texts, else read again from their files.
    /// Documents whose file or record no longer exists are left out.
    ///
    /// # Errors
    /// [`Error::Cancelled`](wirecopy_core::Error::Cancelled), or
    /// [`Error::Config`](wirecopy_core::Error::Config) for an unknown time zone.
    pub fn texts(&self, wanted: &BTreeSet<&str>, cancel: &Cancel) -> Result<Texts> {
        let mut found = Texts::new();
        let take = |_: &DocumentLine, document: &Document| document.clone();
        self.each_text(
            |id| wanted.contains(id),
            cancel,
            take,
            |id, document| {
                found.insert(id.to_owned(), document);
                Ok(())
            },
        )?;
        Ok(found)
    }

    /// Calls `take` with each wanted document on the current rayon pool, and passes the results to `sink`: first the documents
    /// whose texts the report holds, in its order, then the others file by file, in the order in which it first mentions each
    /// file. Each file is read once.
    ///
    /// # Errors
    /// As for [`Run::texts`], and any error that `sink` returns.
    pub fn each_text<T: Send>(
        &self,
        wanted: impl Fn(&str) -> bool,
        cancel: &Cancel,
        take: impl Fn(&DocumentLine, &Document) -> T + Sync,
        mut sink: impl FnMut(&str, T) -> Result<()>,
    ) -> Result<()> {
        let (kept, others): (Vec<&DocumentLine>, Vec<&DocumentLine>) =
            self.documents.iter().filter(|line| wanted(&line.id)).partition(|line| line.text.is_some());
        for lines in kept.chunks(BATCH) {
            cancel.check()?;
            let taken =
                |line: &&DocumentLine| take(line, &line.document(line.text.clone().unwrap_or_default()));
            let taken: Vec<T> = lines.par_iter().map(taken).collect();
            lines.iter().zip(taken).try_for_each(|(line, taken)| sink(&line.id, taken))?;
        }
        let places: HashMap<(&str, Option<u64>), &DocumentLine> =
            others.iter().map(|line| ((line.path.as_str(), line.record), *line)).collect();
        let is = |path: &str, record: Option<u64>| places.contains_key(&(path, record));
        let look = |document: &Document| {
            let line = *places.get(&(document.path.as_str(), document.record))?;
            Some((line.id.as_str(), take(line, document)))
        };
        let files = others.iter().map(|line| line.path.as_str());
        let wanted = Wanted { is: &is, settled: true };
        read_again(files, &self.header.config.ingest, cancel, &wanted, look, |found| match found {
            Some((id, taken)) => sink(id, taken),
            None => Ok(()),
        })
    }
}
