//! The clusters as a table for spreadsheets and data frames, with one row per clustered document or per document.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::io::{self, Write};

use super::{ClusterLine, DocumentLine, MemberLine, Run};

/// Header of the table. New columns are added at the end.
pub(super) const COLUMNS: [&str; 18] = [
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
    "status",
];

/// Separator between the agencies in a cell.
pub(super) const SEPARATOR: &str = "; ";

/// Options of the table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TableStyle {
    /// Whether documents in no cluster get a row too, after the others.
    pub all: bool,
    /// For a table that Excel opens directly: its field separator. Such a table also has a byte order mark and Windows line
    /// endings.
    pub excel: Option<u8>,
}

impl Run {
    /// Writes one row per clustered document, in the order of the report, then, if `style.all`, one row per other document, in
    /// the order of reading.
    ///
    /// `relation` and `score` refer to the representative, whose own relation is empty. `date` is in ISO 8601. `version` is
    /// empty outside running stories, and all columns about the cluster are empty for documents in no cluster. Fields are
    /// quoted according to RFC 4180. A cell that a spreadsheet would evaluate as a formula is prefixed with an apostrophe.
    ///
    /// # Errors
    /// Fails if `out` fails.
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

/// The place of a row's document: its cluster and itself as a member of it.
pub(super) type Place<'a> = (&'a ClusterLine, &'a MemberLine);

/// Passes each row of the table of `clusters` to `row`: id, document, and place if it is in a cluster. `document` looks up a
/// document by its id; `documents` are all documents of the run, of which those in no cluster have rows too if `all` is set.
pub(super) fn each_row<'a>(
    clusters: &[ClusterLine],
    all: bool,
    mut document: impl FnMut(&str) -> io::Result<Option<Cow<'a, DocumentLine>>>,
    documents: impl Iterator<Item = io::Result<Cow<'a, DocumentLine>>>,
    mut row: impl FnMut(&str, &DocumentLine, Option<Place<'_>>) -> io::Result<()>,
) -> io::Result<()> {
    for cluster in clusters {
        for member in &cluster.members {
            let document = document(&member.id)?.unwrap_or_default();
            row(&member.id, &document, Some((cluster, member)))?;
        }
    }
    if all {
        let clustered: HashSet<&str> =
            clusters.iter().flat_map(|cluster| &cluster.members).map(|member| member.id.as_str()).collect();
        for document in documents {
            let document = document?;
            if !clustered.contains(document.id.as_str()) {
                row(&document.id, &document, None)?;
            }
        }
    }
    Ok(())
}

/// Writes the table of `clusters`; see [`each_row`].
pub(super) fn write_table<'a>(
    clusters: &[ClusterLine],
    mut out: impl Write,
    style: &TableStyle,
    document: impl FnMut(&str) -> io::Result<Option<Cow<'a, DocumentLine>>>,
    documents: impl Iterator<Item = io::Result<Cow<'a, DocumentLine>>>,
) -> io::Result<()> {
    let mut writer = csv::WriterBuilder::new();
    if let Some(delimiter) = style.excel {
        out.write_all("\u{feff}".as_bytes())?;
        writer.delimiter(delimiter).terminator(csv::Terminator::CRLF);
    }
    let mut table = writer.from_writer(out);
    table.write_record(COLUMNS).map_err(as_io)?;
    each_row(clusters, style.all, document, documents, |id, document, place| {
        table.write_record(row(id, document, place)).map_err(as_io)
    })?;
    table.flush()
}

/// Returns the cells of a document, in the order of [`COLUMNS`].
fn row(id: &str, document: &DocumentLine, place: Option<Place<'_>>) -> [String; COLUMNS.len()] {
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
        optional(document.written_date()),
        optional(document.source.as_deref()),
        of_cluster(&|_, member| member.version.map(|version| version.to_string()).unwrap_or_default()),
        of_cluster(&|cluster, _| optional(cluster.title.as_deref())),
        optional(document.url.as_deref()),
        text(&document.credits.join(SEPARATOR)),
        optional(document.language.as_deref()),
        document.tokens.saturating_sub(document.boilerplate_tokens).to_string(),
        of_cluster(&|cluster, _| yes(cluster.earliest.as_deref() == Some(id))),
        document.warning().unwrap_or_default().to_owned(),
    ]
}

/// Adds an apostrophe in front of a cell that a spreadsheet would evaluate as a formula.
fn harmless(cell: &str) -> Cow<'_, str> {
    // Excel and other programs also accept the full-width forms of East Asian keyboards.
    let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    if is_formula { Cow::Owned(format!("'{cell}")) } else { Cow::Borrowed(cell) }
}

/// Returns the I/O error inside a csv error. csv's own conversion loses its kind, which distinguishes a closed pipe from a
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
