//! A finished run that may be larger than memory.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{self, Write};

use super::csv::write_table;
use super::jsonl::LineRef;
use super::text_report::TextReport;
use super::{
    Absent, BoilerplateLine, ClusterLine, DocumentLine, EdgeLine, Lines, Run, RunLine, SummaryLine,
    TableStyle, TextStyle, Texts,
};
use wirecopy_core::document::Skipped;
use wirecopy_core::engine::KeptTexts;
use wirecopy_core::{Cancel, DocId, Result};

/// A [`Run`] whose documents and edges are already serialised and, under a memory limit, partly in temporary files. Returned
/// by `Pipeline::spool`.
#[derive(Debug)]
#[non_exhaustive]
pub struct Spooled {
    /// Version, command and settings.
    pub header: RunLine,
    /// Every document, in the order of reading.
    pub documents: Lines<DocumentLine>,
    /// Every input that yielded no document.
    pub skipped: Vec<Skipped>,
    /// Learned boilerplate lines, by source.
    pub boilerplate: Vec<BoilerplateLine>,
    /// Every verified pair, ordered by `a`, then `b`.
    pub edges: Lines<EdgeLine>,
    /// Clusters of two or more documents, largest first, then by id.
    pub clusters: Vec<ClusterLine>,
    /// Counts, stages and seconds.
    pub summary: SummaryLine,
    /// The texts of the documents that cannot be read again, by the indices of their lines.
    pub(crate) texts: KeptTexts,
}

impl Spooled {
    /// Reads the whole run into memory.
    ///
    /// # Errors
    /// Returns [`Error::Spill`](wirecopy_core::Error::Spill) if a temporary file cannot be read.
    pub fn into_run(self) -> Result<Run> {
        Ok(Run {
            header: self.header,
            documents: self.documents.into_vec()?,
            skipped: self.skipped,
            boilerplate: self.boilerplate,
            edges: self.edges.into_vec()?,
            clusters: self.clusters,
            summary: self.summary,
        })
    }

    /// Returns a copy of the whole run in memory.
    ///
    /// # Errors
    /// As for [`Spooled::into_run`].
    pub fn to_run(&self) -> Result<Run> {
        Ok(Run {
            header: self.header.clone(),
            documents: self.documents.iter().collect::<Result<_>>()?,
            skipped: self.skipped.clone(),
            boilerplate: self.boilerplate.clone(),
            edges: self.edges.iter().collect::<Result<_>>()?,
            clusters: self.clusters.clone(),
            summary: self.summary.clone(),
        })
    }

    /// Returns those texts of clustered documents that cannot be read again, such as those from standard input, for
    /// [`Run::write_page`].
    ///
    /// # Errors
    /// As for [`Spooled::into_run`].
    pub fn kept_texts(&self) -> Result<Texts> {
        let mut texts = Texts::new();
        if self.texts.is_empty() {
            return Ok(texts);
        }
        let clustered: HashSet<&str> = self.members().collect();
        let (mut line, mut reader) = (self.documents.getter(), self.texts.reader());
        for (id, at) in self.documents.with_id(|id| clustered.contains(id))? {
            if let Some(text) = reader.get(DocId(u32::try_from(at).unwrap_or(u32::MAX)))? {
                texts.insert(id, line(at)?.document(text));
            }
        }
        Ok(texts)
    }

    /// Writes the page; see [`Run::write_page`]. Texts that are not kept are read again from their files.
    ///
    /// # Errors
    /// Returns [`Error::Write`](wirecopy_core::Error::Write) if `out` fails, and other errors if texts cannot be read.
    pub fn write_page(&self, out: impl Write, cancel: &Cancel) -> Result<Absent> {
        let mut texts = self.kept_texts()?;
        let run = self.to_run()?;
        let mut unknown = run.ids_of_page();
        unknown.retain(|id| !texts.contains_key(*id));
        texts.extend(run.texts(&unknown, cancel)?);
        Ok(run.write_page(&texts, out)?)
    }

    fn members(&self) -> impl Iterator<Item = &str> {
        self.clusters.iter().flat_map(|cluster| &cluster.members).map(|member| member.id.as_str())
    }

    /// Writes the report; see [`Run::write_jsonl`].
    ///
    /// # Errors
    /// Fails if `out` fails, or if a temporary file cannot be read.
    pub fn write_jsonl(&self, mut out: impl Write) -> io::Result<()> {
        let one = |out: &mut dyn Write, line: &LineRef<'_>| {
            serde_json::to_writer(&mut *out, line)?;
            out.write_all(b"\n")
        };
        one(&mut out, &LineRef::Run(&self.header))?;
        self.documents.write(&mut out)?;
        for skipped in &self.skipped {
            one(&mut out, &LineRef::Skipped(skipped))?;
        }
        for line in &self.boilerplate {
            one(&mut out, &LineRef::Boilerplate(line))?;
        }
        self.edges.write(&mut out)?;
        for cluster in &self.clusters {
            one(&mut out, &LineRef::Cluster(cluster))?;
        }
        one(&mut out, &LineRef::Summary(&self.summary))?;
        out.flush()
    }

    /// Writes the CSV table; see [`Run::write_csv`].
    ///
    /// # Errors
    /// Fails if `out` fails, or if a temporary file cannot be read.
    pub fn write_csv(&self, out: impl Write, style: &TableStyle) -> io::Result<()> {
        self.with_documents(|document, documents| {
            write_table(&self.clusters, out, style, document, documents)
        })
    }

    /// Writes the table as Parquet, with the columns and rows of [`Run::write_csv`]. `record`, `words` and `version` are
    /// integers, `score` is a double, `representative` and `earliest` are Booleans, and cells that are empty in the CSV are null.
    ///
    /// # Errors
    /// As for [`Spooled::write_csv`].
    #[cfg(feature = "parquet")]
    pub fn write_parquet(&self, out: impl Write, all: bool) -> io::Result<()> {
        self.with_documents(|document, documents| {
            super::parquet::write_table(&self.clusters, out, all, document, documents)
        })
    }

    /// Calls `write` with a function that looks up a document by its id, and with all documents.
    fn with_documents<T>(
        &self,
        write: impl FnOnce(
            &mut dyn FnMut(&str) -> io::Result<Option<Cow<'static, DocumentLine>>>,
            &mut dyn Iterator<Item = io::Result<Cow<'static, DocumentLine>>>,
        ) -> io::Result<T>,
    ) -> io::Result<T> {
        let clustered: HashSet<&str> = self.members().collect();
        let mut get = self.documents.getter();
        let places = self.documents.with_id(|id| clustered.contains(id)).map_err(io::Error::other)?;
        let places: HashMap<String, usize> = places.into_iter().collect();
        let mut document = |id: &str| {
            let document = places.get(id).map(|&at| get(at)).transpose().map_err(io::Error::other)?;
            Ok(document.map(Cow::Owned))
        };
        let mut documents = self.documents.iter().map(|line| line.map(Cow::Owned).map_err(io::Error::other));
        write(&mut document, &mut documents)
    }

    /// Writes the text summary; see [`Run::write_text`].
    ///
    /// # Errors
    /// Fails if `out` fails, or if a temporary file cannot be read.
    pub fn write_text(&self, out: impl Write, style: &TextStyle) -> io::Result<()> {
        let report = TextReport { summary: &self.summary, clusters: &self.clusters, skipped: &self.skipped };
        report.write(out, style, |wanted| {
            let mut get = self.documents.getter();
            let mut found = BTreeMap::new();
            for (id, at) in self.documents.with_id(|id| wanted.contains(id)).map_err(io::Error::other)? {
                found.insert(id, Cow::Owned(get(at).map_err(io::Error::other)?));
            }
            Ok(found)
        })
    }
}
