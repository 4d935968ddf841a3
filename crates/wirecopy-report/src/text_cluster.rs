//! One cluster in the text summary: a title, a line of facts, and a row per member. Members of a running story are listed
//! below their version.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;
use std::io::{self, Write};

use super::terminal_text::{clean, count, cut, cut_middle, number, pad, width};
use super::text_report::{Ink, TextStyle};
use super::{ClusterLine, DocumentLine, EarliestBy, MemberLine, VersionLine};
use wirecopy_ingest::dates;

/// Spaces between columns.
const GAP: usize = 2;
/// Width of the relation column: `representative`, or `identical 1.00`.
const RELATION: usize = 14;
/// Width of the date column: `2024-03-01`.
const DAY: usize = 10;
/// Minimum width of the id column. Other columns are dropped to keep it.
const MIN_ID: usize = 16;
/// Minimum terminal width for the source and title columns.
const WIDE: usize = 110;
/// Maximum number of publishers named in the line of facts.
const SOURCES: usize = 4;
/// Number of members shown for each version, even if the limit of members would allow fewer.
const MEMBERS_PER_VERSION: usize = 2;
/// Number of versions shown per member that the limit allows.
const VERSIONS_PER_MEMBER: usize = 2;

/// A cluster and its position in the list.
pub(super) struct ClusterBlock<'a> {
    /// Position among the clusters shown, from 1.
    pub rank: usize,
    /// Number of clusters shown.
    pub ranks: usize,
    pub cluster: &'a ClusterLine,
    pub documents: &'a HashMap<&'a str, &'a DocumentLine>,
    /// Maximum number of members shown.
    pub members: usize,
    pub style: TextStyle,
}

/// The cells of a member.
struct Row {
    relation: String,
    id: String,
    day: String,
    note: String,
    source: String,
    title: String,
}

/// Widths of the columns; 0 for a column that is left out.
struct Columns {
    id: usize,
    day: usize,
    note: usize,
    source: usize,
    title: usize,
}

/// Returns the day of publication in the publisher's own time zone.
pub(super) fn day(document: &DocumentLine) -> Option<jiff::civil::Date> {
    dates::parse(document.written_date()?).ok().map(|published| published.date)
}

impl ClusterBlock<'_> {
    pub(super) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let style = self.style;
        let digits = self.ranks.to_string().len();
        let indent = digits + 4;
        let columns = style.width - indent;
        writeln!(out)?;
        let heading = self.title();
        let title = cut(&heading, columns);
        writeln!(out, "  {:>digits$}. {}", self.rank, style.paint(Ink::Bold, &title))?;
        for line in self.facts(columns) {
            writeln!(out, "{:indent$}{line}", "")?;
        }
        if !self.cluster.versions.is_empty() {
            return self.write_versions(out, &heading, indent);
        }
        let members = self.shown();
        let left_out = self.cluster.members.len() - members.len();
        let rows: Vec<(&MemberLine, Row)> =
            members.into_iter().map(|member| (member, self.row(member, &heading))).collect();
        self.write_rows(out, &rows, &self.columns(&rows, indent), indent)?;
        self.write_more(out, left_out, "", indent)
    }

    fn write_more(&self, out: &mut impl Write, left_out: usize, what: &str, indent: usize) -> io::Result<()> {
        if left_out == 0 {
            return Ok(());
        }
        let more = format!("… and {} more{what}", number(left_out as u64));
        writeln!(out, "{:indent$}{}", "", self.style.paint(Ink::Dim, &more))
    }

    /// Writes the versions of a running story in order, each with some of its members, then the members of no version.
    fn write_versions(&self, out: &mut impl Write, heading: &str, indent: usize) -> io::Result<()> {
        let all = &self.cluster.versions;
        let shown = &all[..all.len().min(self.members.saturating_mul(VERSIONS_PER_MEMBER))];
        let limit = (self.members / all.len()).max(MEMBERS_PER_VERSION);
        let by_id: HashMap<&str, &MemberLine> =
            self.cluster.members.iter().map(|member| (member.id.as_str(), member)).collect();
        let printing = |version: &VersionLine| -> Vec<&MemberLine> {
            version.members.iter().filter_map(|id| by_id.get(id.as_str()).copied()).collect()
        };
        let others: Vec<&MemberLine> = match all.len() {
            n if n == shown.len() => self.cluster.members.iter().filter(|m| m.version.is_none()).collect(),
            _ => Vec::new(),
        };
        let members: Vec<Vec<&MemberLine>> = shown.iter().map(printing).chain([others]).collect();
        let rows: Vec<Vec<(&MemberLine, Row)>> = members
            .iter()
            .map(|members| members.iter().take(limit).map(|&m| (m, self.row(m, heading))).collect())
            .collect();
        let flat: Vec<&(&MemberLine, Row)> = rows.iter().flatten().collect();
        let columns = self.columns(flat.iter().copied(), indent + GAP);
        for (at, (members, rows)) in members.iter().zip(&rows).enumerate() {
            match shown.get(at) {
                Some(version) => self.write_version(out, version, indent)?,
                None if members.is_empty() => continue,
                None => writeln!(out, "{:indent$}{}", "", self.style.paint(Ink::Bold, "Reworded"))?,
            }
            self.write_rows(out, rows, &columns, indent + GAP)?;
            self.write_more(out, members.len() - rows.len(), "", indent + GAP)?;
        }
        self.write_more(out, all.len() - shown.len(), " versions", indent)
    }

    /// Writes the number, first date, changes and outlets of a version, then one added and one dropped sentence.
    fn write_version(&self, out: &mut impl Write, version: &VersionLine, indent: usize) -> io::Result<()> {
        let style = self.style;
        let name = format!("Version {}", version.version);
        let mut facts = Vec::new();
        facts.extend(version.first_printed.as_deref().map(|date| clean(&moment(date))));
        if let Some((added, dropped)) = version.words_added.zip(version.words_dropped) {
            facts.push(format!("+{} −{} words", number(added.into()), number(dropped.into())));
        }
        let mut facts: String = facts.iter().map(|fact| format!(" · {fact}")).collect();
        let columns = style.width.saturating_sub(indent + width(&name));
        if !version.outlets.is_empty() {
            let _ =
                write!(facts, " · {}", named(&version.outlets, columns.saturating_sub(width(&facts) + 3)));
        }
        writeln!(out, "{:indent$}{}{}", "", style.paint(Ink::Bold, &name), cut(&facts, columns))?;
        let inner = indent + GAP;
        for (sign, sentence) in [("+", &version.added), ("−", &version.dropped)] {
            let Some(sentence) = sentence else { continue };
            let line = cut(&format!("{sign} {}", clean(sentence)), style.width.saturating_sub(inner));
            writeln!(out, "{:inner$}{}", "", style.paint(Ink::Dim, &line))?;
        }
        Ok(())
    }

    fn document(&self, id: &str) -> Option<&DocumentLine> {
        self.documents.get(id).copied()
    }

    /// Returns the cluster's title, else the representative's, else the first title of a member, else the representative's id.
    fn title(&self) -> String {
        if let Some(title) = self.cluster.title.as_deref().map(clean).filter(|title| !title.is_empty()) {
            return title;
        }
        let ids = std::iter::once(&self.cluster.representative)
            .chain(self.cluster.members.iter().map(|member| &member.id));
        ids.filter_map(|id| self.document(id)?.title.as_deref())
            .map(clean)
            .find(|title| !title.is_empty())
            .unwrap_or_else(|| clean(&self.cluster.representative))
    }

    /// Formats size, date range, versions, agencies and publishers; unknown parts are left out. Parts that do not fit begin
    /// another line.
    fn facts(&self, columns: usize) -> Vec<String> {
        let members = &self.cluster.members;
        let documents = || members.iter().filter_map(|member| self.document(&member.id));
        let size = count(members.len() as u64, "document", "documents");
        let mut facts = Vec::new();
        let days: BTreeSet<_> = documents().filter_map(day).collect();
        if let (Some(first), Some(last)) = (days.first(), days.last()) {
            facts.push(if first == last { first.to_string() } else { format!("{first} to {last}") });
        }
        if !self.cluster.versions.is_empty() {
            facts.push(count(self.cluster.versions.len() as u64, "version", "versions"));
        }
        if !self.cluster.credits.is_empty() {
            let credits: Vec<String> = self.cluster.credits.iter().map(|credit| clean(credit)).collect();
            let without = match self.cluster.uncredited.len() {
                0 => String::new(),
                n => format!(" ({n} without)"),
            };
            facts.push(format!("credits {}{without}", credits.join(", ")));
        }
        let sources: BTreeSet<String> =
            documents().filter_map(|document| document.source.as_deref()).map(clean).collect();
        let joined = |facts: &[String]| facts.iter().map(|fact| format!(" · {fact}")).collect::<String>();
        let left = columns.saturating_sub(width(&size));
        if !sources.is_empty() {
            let named: Vec<&str> = sources.iter().take(SOURCES).map(String::as_str).collect();
            let more = sources.len().saturating_sub(SOURCES);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            facts.push(format!("in {}{more}", named.join(", ")));
            if width(&joined(&facts)) > left {
                facts.pop();
                facts.push(format!("in {}", count(sources.len() as u64, "source", "sources")));
            }
        }
        let mut lines = vec![size.clone()];
        for fact in facts {
            let longer = lines.last().map(|line| format!("{line} · {fact}"));
            match (lines.last_mut(), longer.filter(|longer| width(longer) <= columns)) {
                (Some(line), Some(longer)) => *line = longer,
                _ => lines.push(cut(&format!("{:GAP$}{fact}", ""), columns)),
            }
        }
        if let Some(rest) = lines[0].strip_prefix(&size) {
            lines[0] = format!("{}{rest}", self.style.paint(Ink::Bold, &size));
        }
        lines
    }

    /// Returns the members to show: the representative, the earliest, then the others in the order of the report.
    fn shown(&self) -> Vec<&MemberLine> {
        let first = |member: &&MemberLine| {
            member.id == self.cluster.representative || self.cluster.earliest.as_ref() == Some(&member.id)
        };
        let (ahead, rest): (Vec<&MemberLine>, Vec<&MemberLine>) =
            self.cluster.members.iter().partition(first);
        ahead.into_iter().chain(rest).take(self.members).collect()
    }

    fn row(&self, member: &MemberLine, heading: &str) -> Row {
        let document = self.document(&member.id);
        let relation = if member.id == self.cluster.representative {
            "representative".to_owned()
        } else {
            // A member of a long chain may have nothing in common with the representative.
            member.relation.map_or_else(
                || "indirect".to_owned(),
                |relation| format!("{:<9} {:.2}", relation.name(), member.score),
            )
        };
        let text = |field: Option<&String>| field.map(|text| clean(text)).unwrap_or_default();
        Row {
            relation,
            id: clean(&member.id),
            day: document.and_then(day).map_or_else(
                || text(document.and_then(|document| document.date.as_ref())),
                |day| day.to_string(),
            ),
            note: [document.and_then(DocumentLine::warning), self.order_note(member)]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(", "),
            source: text(document.and_then(|document| document.source.as_ref())),
            // A title that repeats the heading is omitted.
            title: Some(text(document.and_then(|document| document.title.as_ref())))
                .filter(|title| title != heading)
                .unwrap_or_default(),
        }
    }

    /// Returns whether a member is the earliest, or the update of another.
    fn order_note(&self, member: &MemberLine) -> Option<&'static str> {
        match (&self.cluster.earliest, &member.update_of) {
            (Some(earliest), _) if *earliest == member.id => match self.cluster.earliest_by {
                Some(EarliestBy::Guess) => Some("earliest (a guess)"),
                _ => Some("earliest"),
            },
            (_, Some(_)) => Some("update"),
            _ => None,
        }
    }

    /// Computes the widths of the columns of `rows`.
    fn columns<'r>(
        &self,
        rows: impl IntoIterator<Item = &'r (&'r MemberLine, Row), IntoIter: Clone>,
        indent: usize,
    ) -> Columns {
        let style = self.style;
        let rows = rows.into_iter();
        let widest =
            |field: fn(&Row) -> &str| rows.clone().map(|(_, row)| width(field(row))).max().unwrap_or(0);
        let mut left = style.width.saturating_sub(indent + RELATION + GAP);
        let mut columns_of = |wanted: usize| {
            let fits = wanted > 0 && left >= wanted + GAP + MIN_ID;
            left -= if fits { wanted + GAP } else { 0 };
            if fits { wanted } else { 0 }
        };
        let day = columns_of(widest(|row| &row.day).min(DAY));
        let note = columns_of(widest(|row| &row.note));
        let is_wide = style.width >= WIDE;
        let id = widest(|row| &row.id).min(if is_wide { left * 2 / 5 } else { left });
        let source = if is_wide { widest(|row| &row.source).min(left / 5) } else { 0 };
        let title = left.saturating_sub(id + GAP);
        let title = title.saturating_sub(if source > 0 { source + GAP } else { 0 });
        Columns { id, day, note, source, title: if is_wide { title } else { 0 } }
    }

    fn write_rows(
        &self,
        out: &mut impl Write,
        rows: &[(&MemberLine, Row)],
        columns: &Columns,
        indent: usize,
    ) -> io::Result<()> {
        let style = self.style;
        for (member, row) in rows {
            let cell = match member.relation {
                Some(relation) => style.paint(Ink::Relation(relation), &pad(&row.relation, RELATION)),
                None => pad(&row.relation, RELATION),
            };
            let id = pad(&cut_middle(&row.id, columns.id), columns.id);
            let mut line = format!("{:indent$}{cell}  {}", "", style.paint(Ink::Dim, &id));
            let mut column = |text: &str, columns: usize| {
                if columns > 0 {
                    line.push_str("  ");
                    line.push_str(&pad(&cut(text, columns), columns));
                }
            };
            column(&row.day, columns.day);
            column(&row.note, columns.note);
            column(&row.source, columns.source);
            column(&row.title, columns.title);
            writeln!(out, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

/// Formats as many names as fit into `columns`, and the number of others; if none fits, only the number.
fn named(names: &[String], columns: usize) -> String {
    let names: Vec<String> = names.iter().map(|name| clean(name)).collect();
    let shown = |count: usize| match names.len() - count {
        0 => names.join(", "),
        more => format!("{} and {more} more", names[..count].join(", ")),
    };
    let fits = |text: &String| width(text) <= columns;
    let best = (1..=names.len()).rev().map(shown).find(fits);
    best.unwrap_or_else(|| count(names.len() as u64, "outlet", "outlets"))
}

/// Formats `2024-03-05T09:00:00Z` as `2024-03-05 09:00 UTC`.
fn moment(date: &str) -> String {
    let Some((day, time)) = date.split_once('T') else { return date.to_owned() };
    let (clock, rest) = time.split_at_checked(5).unwrap_or((time, ""));
    let zone = rest.trim_start_matches(|c: char| c == ':' || c == '.' || c.is_ascii_digit());
    let zone = match zone {
        "" => String::new(),
        "Z" => " UTC".to_owned(),
        zone => format!(" {zone}"),
    };
    format!("{day} {clock}{zone}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_listed_as_far_as_they_fit() {
        let names = ["The Gull", "Coast Courier", "Isle Weekly"].map(str::to_owned);
        for (columns, shown) in [
            (40, "The Gull, Coast Courier, Isle Weekly"),
            (34, "The Gull, Coast Courier and 1 more"),
            (20, "The Gull and 2 more"),
            (2, "3 outlets"),
        ] {
            assert_eq!(named(&names, columns), shown);
        }
    }

    #[test]
    fn moments_keep_their_precision() {
        for (date, shown) in [
            ("2024-03-05", "2024-03-05"),
            ("2024-03-05T09:00:00", "2024-03-05 09:00"),
            ("2024-03-05T09:00:00Z", "2024-03-05 09:00 UTC"),
            ("2024-03-05T09:00:00.5+02:00", "2024-03-05 09:00 +02:00"),
            ("2024-03-05Té", "2024-03-05 é"),
        ] {
            assert_eq!(moment(date), shown);
        }
    }
}
