//! A finished run that need not fit into memory.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{self, Write};

use super::csv::write_table;
use super::jsonl::LineRef;
use super::lines::write_lines;
use super::text::Told;
use super::{ClusterLine, DocumentLine, EdgeLine, Lines, Run, RunLine, SummaryLine, TextStyle};
use crate::Result;
use crate::document::Skipped;

/// A [`Run`] whose documents and edges are in memory where it has no limit, and else in temporary files as far as they do
/// not fit; what [`Pipeline::spool`](crate::Pipeline::spool) gives.
#[derive(Debug)]
pub struct Spooled {
    /// What was run.
    pub header: RunLine,
    /// Every document, in the order of reading.
    pub documents: Lines<DocumentLine>,
    /// Every input that gave none.
    pub skipped: Vec<Skipped>,
    /// Every verified pair, by `a`, then `b`, in the order of reading.
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
    /// [`Error::Spill`](crate::Error::Spill) when a temporary file cannot be read.
    pub fn into_run(self) -> Result<Run> {
        Ok(Run {
            header: self.header,
            documents: self.documents.into_vec()?,
            skipped: self.skipped,
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
        write_lines(&self.documents, &mut out)?;
        for skipped in &self.skipped {
            one(&mut out, &LineRef::Skipped(skipped))?;
        }
        write_lines(&self.edges, &mut out)?;
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
    pub fn write_csv(&self, out: impl Write) -> io::Result<()> {
        let clustered: HashSet<&str> =
            self.clusters.iter().flat_map(|cluster| &cluster.members).map(|member| &*member.id).collect();
        let mut places: HashMap<&str, usize> = HashMap::with_capacity(clustered.len());
        for (at, document) in self.documents.iter().enumerate() {
            if let Some(id) = clustered.get(&*document.map_err(io::Error::other)?.id) {
                places.insert(id, at);
            }
        }
        let mut get = self.documents.getter();
        write_table(&self.clusters, out, |id| {
            places.get(id).map(|&at| get(at)).transpose().map_err(io::Error::other)
        })
    }

    /// Writes what [`Run::write_text`] writes.
    ///
    /// # Errors
    /// Whatever `out` returns, or a temporary file that cannot be read.
    pub fn write_text(&self, out: impl Write, style: &TextStyle) -> io::Result<()> {
        let told = Told { summary: &self.summary, clusters: &self.clusters, skipped: &self.skipped };
        told.write(out, style, |wanted| {
            let mut found = BTreeMap::new();
            for document in self.documents.iter() {
                let document = document.map_err(io::Error::other)?;
                if wanted.contains(&*document.id) {
                    found.insert(document.id.clone(), document);
                }
            }
            Ok(found)
        })
    }
}
