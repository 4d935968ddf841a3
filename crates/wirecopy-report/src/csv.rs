//! The clusters as a table: one row a clustered document, or one every document, for spreadsheets and data frames.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::io::{self, Write};

use super::{ClusterLine, DocumentLine, MemberLine, Run};

/// Header of the table. Columns are added at the end.
pub(super) const COLUMNS: [&str; 17] = [
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
    "url",
    "credits",
    "language",
    "words",
    "earliest",
];

/// Between the agencies of a cell.
const AND: &str = "; ";

/// The form of a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TableStyle {
    /// Whether documents in no cluster have a row too, behind the others.
    pub all: bool,
    /// The sign between fields of a table for Excel, which also gets a byte order mark and the line ends of Windows.
    pub excel: Option<u8>,
}

impl Run {
    /// Writes one row a clustered document, clusters in the report's order, members in the cluster's; then, where asked for,
    /// one every other document, in the order of reading.
    ///
    /// `relation` and `score` are towards the representative, whose own relation is empty. `date` is in ISO 8601.
    /// `version` is empty outside of running stories, and all that tells of a cluster is empty outside of clusters. Fields
    /// are quoted as RFC 4180 says. A cell that a spreadsheet would take for a formula gets an apostrophe before it.
    ///
    /// # Errors
    /// Whatever `out` returns.
    pub fn write_csv(&self, out: impl Write, style: &TableStyle) -> io::Result<()> {
        let documents: HashMap<&str, &DocumentLine> =
            self.documents.iter().map(|document| (document.id.as_str(), document)).collect();
        let rest = self.documents.iter().map(|document| Ok(Cow::Borrowed(document)));
        write_table(
            &self.clusters,
            out,
            style,
            |id| Ok(documents.get(id).map(|&document| Cow::Borrowed(document))),
            rest,
        )
    }
}

/// Writes the table of `clusters`, whose documents `document` knows by their ids; `documents` are all of the run.
pub(super) fn write_table<'a>(
    clusters: &[ClusterLine],
    mut out: impl Write,
    style: &TableStyle,
    mut document: impl FnMut(&str) -> io::Result<Option<Cow<'a, DocumentLine>>>,
    documents: impl Iterator<Item = io::Result<Cow<'a, DocumentLine>>>,
) -> io::Result<()> {
    let mut writer = csv::WriterBuilder::new();
    if let Some(delimiter) = style.excel {
        out.write_all("\u{feff}".as_bytes())?;
        writer.delimiter(delimiter).terminator(csv::Terminator::CRLF);
    }
    let mut table = writer.from_writer(out);
    table.write_record(COLUMNS).map_err(as_io)?;
    for cluster in clusters {
        for member in &cluster.members {
            let document = document(&member.id)?.unwrap_or_default();
            table.write_record(row(&member.id, &document, Some((cluster, member)))).map_err(as_io)?;
        }
    }
    if style.all {
        let clustered: HashSet<&str> =
            clusters.iter().flat_map(|cluster| &cluster.members).map(|member| member.id.as_str()).collect();
        for document in documents {
            let document = document?;
            if !clustered.contains(document.id.as_str()) {
                table.write_record(row(&document.id, &document, None)).map_err(as_io)?;
            }
        }
    }
    table.flush()
}

/// The cells of a document, in the order of [`COLUMNS`].
fn row(
    id: &str,
    document: &DocumentLine,
    place: Option<(&ClusterLine, &MemberLine)>,
) -> [String; COLUMNS.len()] {
    let text = |text: &str| harmless(text).into_owned();
    let optional = |value: Option<&str>| text(value.unwrap_or_default());
    let yes = |yes: bool| if yes { "yes" } else { "no" }.to_owned();
    let of_cluster = |value: &dyn Fn(&ClusterLine, &MemberLine) -> String| {
        place.map(|(cluster, member)| value(cluster, member)).unwrap_or_default()
    };
    [
        of_cluster(&|cluster, _| text(&cluster.cluster)),
        text(id),
        text(&document.path),
        document.record.map(|n| n.to_string()).unwrap_or_default(),
        of_cluster(&|_, member| member.relation.map_or("", super::Relation::name).to_owned()),
        of_cluster(&|_, member| member.score.to_string()),
        of_cluster(&|cluster, _| yes(id == cluster.representative)),
        optional(document.title.as_deref()),
        // Runs of earlier versions have no date in this form.
        optional(document.published.as_deref().or(document.date.as_deref())),
        optional(document.source.as_deref()),
        of_cluster(&|_, member| member.version.map(|version| version.to_string()).unwrap_or_default()),
        of_cluster(&|cluster, _| optional(cluster.title.as_deref())),
        optional(document.url.as_deref()),
        text(&document.credits.join(AND)),
        optional(document.language.as_deref()),
        document.tokens.saturating_sub(document.boilerplate_tokens).to_string(),
        of_cluster(&|cluster, _| yes(cluster.earliest.as_deref() == Some(id))),
    ]
}

/// A cell that no spreadsheet executes: an apostrophe goes before the signs that formulas begin with.
fn harmless(cell: &str) -> Cow<'_, str> {
    // Excel and others take the wide signs of East Asian keyboards for the same.
    let begins = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    if begins { Cow::Owned(format!("'{cell}")) } else { Cow::Borrowed(cell) }
}

/// The error of the writer below, as it was: csv's own conversion hides its kind, and a closed pipe must be told from a
/// full disk.
fn as_io(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_that_a_spreadsheet_would_execute_are_neutralised() {
        for cell in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1"] {
            assert_eq!(harmless(cell), format!("'{cell}"));
        }
        for cell in ["", "1=1", "a-b", " =1", "'=1"] {
            assert_eq!(harmless(cell), cell);
        }
    }
}
