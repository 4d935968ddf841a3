//! One cluster in the text form: a title, a line of facts, a row a member.

use std::collections::{BTreeSet, HashMap};
use std::io::{self, Write};

use super::screen::{clean, count, cut, cut_middle, number, pad, width};
use super::text::{Ink, TextStyle};
use super::{ClusterLine, DocumentLine, MemberLine};
use crate::dates;

/// Spaces between columns.
const GAP: usize = 2;
/// `representative`, or `identical 1.00`.
const STANDING: usize = 14;
/// `2024-03-01`.
const DAY: usize = 10;
/// An id shorter than this names nothing: dates give way to it.
const ID: usize = 16;
/// Room in which a row also holds source and title.
const ROOMY: usize = 110;
/// Publishers that are named in the line of facts.
const SOURCES: usize = 4;

/// A cluster and where it stands.
pub(super) struct ClusterBlock<'a> {
    /// Place among the clusters shown, from 1, and how many those are.
    pub rank: usize,
    pub ranks: usize,
    pub cluster: &'a ClusterLine,
    pub documents: &'a HashMap<&'a str, &'a DocumentLine>,
    /// Members shown at most.
    pub members: usize,
    pub style: TextStyle,
}

/// What a row shows of a member.
struct Row {
    standing: String,
    id: String,
    day: String,
    note: &'static str,
    source: String,
    title: String,
}

/// The day of publication as the publisher wrote it: an offset does not move it.
pub(super) fn day(document: &DocumentLine) -> Option<jiff::civil::Date> {
    let date = document.published.as_deref().or(document.date.as_deref())?;
    dates::parse(date).ok().map(|published| published.date)
}

impl ClusterBlock<'_> {
    pub(super) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let style = self.style;
        let digits = self.ranks.to_string().len();
        let indent = digits + 4;
        let room = style.width - indent;
        writeln!(out)?;
        let heading = self.title();
        let title = cut(&heading, room);
        writeln!(out, "  {:>digits$}. {}", self.rank, style.paint(Ink::Bold, &title))?;
        writeln!(out, "{:indent$}{}", "", self.facts(room))?;
        let members = self.shown();
        let left_out = self.cluster.members.len() - members.len();
        let rows: Vec<(&MemberLine, Row)> =
            members.into_iter().map(|member| (member, self.row(member, &heading))).collect();
        self.write_rows(out, &rows, indent)?;
        if left_out > 0 {
            let more = format!("… and {} more", number(left_out as u64));
            writeln!(out, "{:indent$}{}", "", style.paint(Ink::Dim, &more))?;
        }
        Ok(())
    }

    fn document(&self, id: &str) -> Option<&DocumentLine> {
        self.documents.get(id).copied()
    }

    /// The representative's title, else the first that any member has, else the representative's id.
    fn title(&self) -> String {
        let ids = std::iter::once(&self.cluster.representative)
            .chain(self.cluster.members.iter().map(|member| &member.id));
        ids.filter_map(|id| self.document(id)?.title.as_deref())
            .map(clean)
            .find(|title| !title.is_empty())
            .unwrap_or_else(|| clean(&self.cluster.representative))
    }

    /// Size, span of dates, agencies, publishers; parts that are not known are left out.
    fn facts(&self, room: usize) -> String {
        let members = &self.cluster.members;
        let documents = || members.iter().filter_map(|member| self.document(&member.id));
        let size = count(members.len() as u64, "document", "documents");
        let mut facts = Vec::new();
        let days: BTreeSet<_> = documents().filter_map(day).collect();
        if let (Some(first), Some(last)) = (days.first(), days.last()) {
            facts.push(if first == last { first.to_string() } else { format!("{first} to {last}") });
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
        let room = room.saturating_sub(width(&size));
        if !sources.is_empty() {
            let named: Vec<&str> = sources.iter().take(SOURCES).map(String::as_str).collect();
            let more = sources.len().saturating_sub(SOURCES);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            facts.push(format!("in {}{more}", named.join(", ")));
            if width(&joined(&facts)) > room {
                facts.pop();
                facts.push(format!("in {}", count(sources.len() as u64, "source", "sources")));
            }
        }
        let rest = cut(&joined(&facts), room);
        format!("{}{rest}", self.style.paint(Ink::Bold, &size))
    }

    /// The representative, the earliest, then the rest as the report has them, as many as there is room for.
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
        let standing = if member.id == self.cluster.representative {
            "representative".to_owned()
        } else {
            format!("{:<9} {:.2}", member.relation.map_or("indirect", super::Relation::name), member.score)
        };
        let text = |field: Option<&String>| field.map(|text| clean(text)).unwrap_or_default();
        Row {
            standing,
            id: clean(&member.id),
            day: document.and_then(day).map_or_else(
                || text(document.and_then(|document| document.date.as_ref())),
                |day| day.to_string(),
            ),
            note: match (&self.cluster.earliest, &member.update_of) {
                (Some(earliest), _) if *earliest == member.id => "earliest",
                (_, Some(_)) => "update",
                _ => "",
            },
            source: text(document.and_then(|document| document.source.as_ref())),
            // Only a title that is not the heading's says something.
            title: Some(text(document.and_then(|document| document.title.as_ref())))
                .filter(|title| title != heading)
                .unwrap_or_default(),
        }
    }

    fn write_rows(&self, out: &mut impl Write, rows: &[(&MemberLine, Row)], indent: usize) -> io::Result<()> {
        let style = self.style;
        let widest =
            |field: fn(&Row) -> &str| rows.iter().map(|(_, row)| width(field(row))).max().unwrap_or(0);
        let mut room = style.width.saturating_sub(indent + STANDING + GAP);
        let mut columns_of = |wanted: usize| {
            let fits = wanted > 0 && room >= wanted + GAP + ID;
            room -= if fits { wanted + GAP } else { 0 };
            if fits { wanted } else { 0 }
        };
        let day_columns = columns_of(widest(|row| &row.day).min(DAY));
        let note_columns = columns_of(widest(|row| row.note));
        let roomy = style.width >= ROOMY;
        let id_columns = widest(|row| &row.id).min(if roomy { room * 2 / 5 } else { room });
        let source_columns = if roomy { widest(|row| &row.source).min(room / 5) } else { 0 };
        let mut title_columns = room.saturating_sub(id_columns + GAP);
        title_columns =
            title_columns.saturating_sub(if source_columns > 0 { source_columns + GAP } else { 0 });
        for (member, row) in rows {
            let standing = match member.relation {
                Some(relation) => style.paint(Ink::Relation(relation), &pad(&row.standing, STANDING)),
                None => pad(&row.standing, STANDING),
            };
            let id = pad(&cut_middle(&row.id, id_columns), id_columns);
            let mut line = format!("{:indent$}{standing}  {}", "", style.paint(Ink::Dim, &id));
            let mut column = |text: &str, columns: usize| {
                if columns > 0 {
                    line.push_str("  ");
                    line.push_str(&pad(&cut(text, columns), columns));
                }
            };
            column(&row.day, day_columns);
            column(row.note, note_columns);
            if roomy {
                column(&row.source, source_columns);
                column(&row.title, title_columns);
            }
            writeln!(out, "{}", line.trim_end())?;
        }
        Ok(())
    }
}
