//! The clusters as a table: one row a clustered document, for spreadsheets and data frames.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{self, Write};

use super::{ClusterLine, DocumentLine, Run};

/// Header of the table.
const COLUMNS: [&str; 12] = [
    "cluster",
    "id",
    "path",
    "record",
    "relation",
    "score",
    "representative",
    "title",
    "date",
    "source",
    "version",
    "cluster_title",
];

impl Run {
    /// Writes one row a clustered document, clusters in the report's order, members in the cluster's.
    ///
    /// Documents in no cluster have no row. `relation` and `score` are towards the representative, whose own relation
    /// is empty. `version` is empty outside of running stories. Fields are quoted as RFC 4180 says and otherwise verbatim: a title that begins with `=` is a formula to
    /// some spreadsheets, so import the columns as text.
    ///
    /// # Errors
    /// Whatever `out` returns.
    pub fn write_csv(&self, out: impl Write) -> io::Result<()> {
        let documents: HashMap<&str, &DocumentLine> =
            self.documents.iter().map(|document| (document.id.as_str(), document)).collect();
        write_table(&self.clusters, out, |id| Ok(documents.get(id).map(|&document| Cow::Borrowed(document))))
    }
}

/// Writes the table of `clusters`, whose documents `document` knows by their ids.
pub(super) fn write_table<'a>(
    clusters: &[ClusterLine],
    out: impl Write,
    mut document: impl FnMut(&str) -> io::Result<Option<Cow<'a, DocumentLine>>>,
) -> io::Result<()> {
    let mut table = csv::Writer::from_writer(out);
    table.write_record(COLUMNS).map_err(as_io)?;
    for cluster in clusters {
        for member in &cluster.members {
            let document = document(&member.id)?.unwrap_or_default();
            let record = document.record.map(|n| n.to_string()).unwrap_or_default();
            let representative = member.id == cluster.representative;
            let row = [
                cluster.cluster.as_str(),
                &member.id,
                &document.path,
                &record,
                member.relation.map_or("", super::Relation::name),
                &member.score.to_string(),
                if representative { "yes" } else { "no" },
                document.title.as_deref().unwrap_or_default(),
                document.date.as_deref().unwrap_or_default(),
                document.source.as_deref().unwrap_or_default(),
                &member.version.map(|version| version.to_string()).unwrap_or_default(),
                cluster.title.as_deref().unwrap_or_default(),
            ];
            table.write_record(row).map_err(as_io)?;
        }
    }
    table.flush()
}

/// The error of the writer below, as it was: csv's own conversion hides its kind, and a closed pipe must be told from a
/// full disk.
fn as_io(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}
