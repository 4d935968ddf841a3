//! A finished run that need not fit into memory.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{self, Write};

use super::csv::write_table;
use super::jsonl::LineRef;
use super::text::Told;
use super::{
    BoilerplateLine, ClusterLine, DocumentLine, EdgeLine, Lines, Run, RunLine, SummaryLine, TableStyle,
    TextStyle,
};
use wirecopy_core::Result;
use wirecopy_core::document::Skipped;

/// A [`Run`] whose documents and edges are JSON already, in temporary files as far as a limit wants it; what
/// `Pipeline::spool` gives.
#[derive(Debug)]
#[non_exhaustive]
pub struct Spooled {
    /// What was run.
    pub header: RunLine,
    /// Every document, in the order of reading.
    pub documents: Lines<DocumentLine>,
    /// Every input that gave none.
    pub skipped: Vec<Skipped>,
    /// Lines that were learned to be boilerplate, by source.
    pub boilerplate: Vec<BoilerplateLine>,
    /// Every verified pair, by `a`, then `b`.
    pub edges: Lines<EdgeLine>,
    /// Clusters of two or more, largest first, then by id.
    pub clusters: Vec<ClusterLine>,
    /// Counts, stages, seconds.
    pub summary: SummaryLine,
}

impl Spooled {
    /// The whole run in memory.
    ///
    /// # Errors
    /// [`Error::Spill`](wirecopy_core::Error::Spill) when a temporary file cannot be read.
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

    /// Writes the report as [`Run::write_jsonl`] does.
    ///
    /// # Errors
    /// Whatever `out` returns, or a temporary file that cannot be read.
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

    /// Writes the table that [`Run::write_csv`] writes.
    ///
    /// # Errors
    /// Whatever `out` returns, or a temporary file that cannot be read.
    pub fn write_csv(&self, out: impl Write, style: &TableStyle) -> io::Result<()> {
        let clustered: HashSet<&str> =
            self.clusters.iter().flat_map(|cluster| &cluster.members).map(|member| &*member.id).collect();
        let mut get = self.documents.getter();
        let places = self.documents.with_id(|id| clustered.contains(id)).map_err(io::Error::other)?;
        let places: HashMap<String, usize> = places.into_iter().collect();
        let document = |id: &str| {
            let document = places.get(id).map(|&at| get(at)).transpose().map_err(io::Error::other)?;
            Ok(document.map(Cow::Owned))
        };
        let documents = self.documents.iter().map(|line| line.map(Cow::Owned).map_err(io::Error::other));
        write_table(&self.clusters, out, style, document, documents)
    }

    /// Writes what [`Run::write_text`] writes.
    ///
    /// # Errors
    /// Whatever `out` returns, or a temporary file that cannot be read.
    pub fn write_text(&self, out: impl Write, style: &TextStyle) -> io::Result<()> {
        let told = Told { summary: &self.summary, clusters: &self.clusters, skipped: &self.skipped };
        told.write(out, style, |wanted| {
            let mut get = self.documents.getter();
            let mut found = BTreeMap::new();
            for (id, at) in self.documents.with_id(|id| wanted.contains(id)).map_err(io::Error::other)? {
                found.insert(id, Cow::Owned(get(at).map_err(io::Error::other)?));
            }
            Ok(found)
        })
    }
}
