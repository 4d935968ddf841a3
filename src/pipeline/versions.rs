//! Which member of a cluster is a later version of which, and which is the earliest.
//!
//! A desk that corrects a story, or writes it through, publishes it again. Within a cluster, a member is a later version
//! of another when the two are of one publisher, tell the story in nearly the same words, and a date or a tag of the
//! headline ("UPDATE 2", "Corrección:") says which came first. A tag alone says so across publishers as well: whoever
//! reprints a correction reprints a later version. Identical texts are no versions of each other, they were sent twice.
//! Costs one check for each pair that may be versions, of which each member has at most [`LOOKED_AT`].

use std::cmp::Ordering;
use std::collections::HashMap;

use super::corpus::Corpus;
use crate::cluster::{Cluster, Judge};
use crate::dates;
use crate::document::Header;
use crate::report::{EarliestBy, Relation};
use crate::sources::host;
use crate::{DocId, Result};

/// Members before a member that are checked for being the version before it, latest first.
const LOOKED_AT: usize = 16;
/// Tags of later versions, in lower case. Each stands at the head of a headline before a colon or a dash, or in
/// brackets; a number may follow it.
#[rustfmt::skip]
const TAGS: &[&str] = &[
    "actualisation",
    "actualisé",
    "actualización",
    "actualizado",
    "actualizada",
    "adds detail",
    "adds details",
    "aggiornamento",
    "aggiornato",
    "aktualisiert",
    "aktualisierung",
    "aktualizacja",
    "aktualizováno",
    "atualização",
    "atualizada",
    "atualizado",
    "berichtigt",
    "berichtigung",
    "cập nhật",
    "corrected",
    "correctie",
    "correction",
    "corrección",
    "corrects",
    "correzione",
    "correção",
    "corregido",
    "diperbarui",
    "düzeltme",
    "errata corrige",
    "frissítve",
    "gewijzigd",
    "güncel",
    "güncelleme",
    "güncellendi",
    "helyesbítés",
    "korekta",
    "koreksi",
    "korjaus",
    "korrektur",
    "korrigiert",
    "lead",
    "mise à jour",
    "oppdatert",
    "oprava",
    "opdateret",
    "päivitetty",
    "ralat",
    "rectificación",
    "rectificatif",
    "rectification",
    "refile",
    "refiled",
    "rettelse",
    "rettifica",
    "rättelse",
    "update",
    "updated",
    "updates",
    "uppdaterad",
    "uppdatering",
    "write-through",
    "writethru",
    "writethrough",
    "đính chính",
    "διόρθωση",
    "ενημέρωση",
    "виправлено",
    "дополнено",
    "исправление",
    "исправлено",
    "корекция",
    "обновлено",
    "обновление",
    "оновлено",
    "поправка",
    "уточнение",
    "תיקון",
    "עדכון",
    "اصلاحیه",
    "تحديث",
    "تصحيح",
    "به‌روزرسانی",
    "अपडेट",
    "सुधार",
    "แก้ไข",
    "อัปเดต",
    "修正",
    "更新",
    "更正",
    "訂正",
    "업데이트",
    "정정",
];
/// Letters of a headline that a tag takes at most.
const TAG: usize = 24;

/// What is known of the order of a cluster's members.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Versions {
    /// Later versions, each with the version before it, in the order of reading.
    pub(super) updates: Vec<(DocId, DocId)>,
    /// The earliest member, and how that is known.
    pub(super) earliest: Option<(DocId, EarliestBy)>,
}

impl Versions {
    /// The version before a member.
    pub(super) fn before(&self, member: DocId) -> Option<DocId> {
        self.updates.iter().find(|&&(later, _)| later == member).map(|&(_, before)| before)
    }
}

/// A member, as far as order goes.
struct Version<'a> {
    document: DocId,
    /// Seconds since 1970.
    instant: Option<i64>,
    /// The day as it was written, where no time was.
    whole_day: bool,
    day: Option<jiff::civil::Date>,
    /// What the tags of the headline say: 0 without.
    revision: u32,
    source: Option<String>,
    host: Option<&'a str>,
    folder: Option<&'a str>,
}

impl<'a> Version<'a> {
    fn new(document: DocId, header: &'a Header) -> Self {
        let published = header.meta.published.as_deref().and_then(|date| dates::parse(date).ok());
        Self {
            document,
            instant: published.and_then(|p| Some(p.instant()?.as_second())),
            whole_day: published.is_some_and(|p| p.time.is_none()),
            day: published.map(|p| p.date),
            revision: header.meta.title.as_deref().map_or(0, revision),
            source: header.meta.source.as_ref().filter(|source| !source.is_empty()).map(|s| s.to_lowercase()),
            host: header.meta.url.as_deref().and_then(host),
            folder: match header.record {
                // A container may be anybody's dump.
                Some(_) => None,
                // A folder is one publisher's only where there are several.
                None if header.id.contains('/') => header.path.rsplit_once('/').map(|(folder, _)| folder),
                None => None,
            },
        }
    }

    /// By date alone; `None` where it does not tell: a date is missing, or is the day of which the other is a moment.
    fn by_date(&self, other: &Self) -> Option<Ordering> {
        let (a, b) = self.instant.zip(other.instant)?;
        if (self.whole_day || other.whole_day) && self.day == other.day {
            return None;
        }
        Some(a.cmp(&b)).filter(|order| order.is_ne())
    }

    /// Whether this is from before `other`, by date, else by tags.
    fn is_before(&self, other: &Self) -> bool {
        self.by_date(other).unwrap_or_else(|| self.revision.cmp(&other.revision)).is_lt()
    }

    fn one_publisher(&self, other: &Self) -> bool {
        if let (Some(a), Some(b)) = (&self.source, &other.source) {
            return a == b;
        }
        if let (Some(a), Some(b)) = (self.host, other.host) {
            return a == b;
        }
        self.folder.is_some() && self.folder == other.folder
    }
}

/// Orders the members of a cluster.
pub(super) fn versions(cluster: &Cluster, corpus: &Corpus, judge: &impl Judge) -> Result<Versions> {
    let first =
        corpus.first_of(cluster.members.first().map_or(cluster.representative, |&(member, _)| member));
    if cluster.members.iter().all(|&(member, _)| corpus.first_of(member) == first) {
        // Sent again, on the same day: nothing but the order of reading tells which is the earliest.
        let earliest = corpus.published[first.index()].map(|_| (first, EarliestBy::Order));
        return Ok(Versions { updates: Vec::new(), earliest });
    }
    let mut reader = corpus.headers.reader();
    let headers: Vec<Header> = cluster
        .members
        .iter()
        .map(|&(member, _)| reader.get(member).map(|(header, _)| header))
        .collect::<Result<_>>()?;
    let mut members: Vec<Version<'_>> = cluster
        .members
        .iter()
        .zip(&headers)
        .map(|(&(member, _), header)| Version::new(member, header))
        .collect();
    members
        .sort_by_key(|member| (member.instant.is_none(), member.instant, member.revision, member.document));
    let mut updates: Vec<(DocId, DocId)> = Vec::new();
    let mut known: HashMap<(DocId, DocId), bool> = HashMap::new();
    let mut is_version = |before: &Version<'_>, later: &Version<'_>| {
        let pair = (judge.first_of(before.document), judge.first_of(later.document));
        pair.0 != pair.1 && *known.entry(pair).or_insert_with(|| is_version(pair.0, pair.1, judge))
    };
    for (at, later) in members.iter().enumerate() {
        let may_be = |before: &&Version<'_>| {
            before.document != later.document
                && before.is_before(later)
                && (before.one_publisher(later) || later.revision > before.revision)
        };
        // In the order of dates the version before stands before; without dates, or with whole days, anywhere.
        let (ahead, behind) = members.split_at(at);
        let mut candidates: Vec<&Version<'_>> = ahead.iter().rev().chain(behind).filter(may_be).collect();
        // Its own publisher's before another's.
        candidates.sort_by_key(|before| !before.one_publisher(later));
        candidates.truncate(LOOKED_AT);
        let before = candidates.into_iter().find(|before| is_version(before, later));
        updates.extend(before.map(|before| (later.document, before.document)));
    }
    updates.sort_unstable();
    let earliest = earliest(&members, &updates);
    Ok(Versions { updates, earliest })
}

/// Whether `later` tells what `before` told, with something changed or added.
fn is_version(before: DocId, later: DocId, judge: &impl Judge) -> bool {
    judge.relate(before, later).is_some_and(|edge| match edge.relation {
        Relation::Copy => true,
        // A brief that was written through; a shortened reprint is no version.
        Relation::Excerpt => judge.length(before) < judge.length(later),
        Relation::Version => true,
        Relation::Identical | Relation::Rewrite | Relation::Partial => false,
    })
}

fn earliest(members: &[Version<'_>], updates: &[(DocId, DocId)]) -> Option<(DocId, EarliestBy)> {
    let is_update = |member: &Version<'_>| updates.iter().any(|&(later, _)| later == member.document);
    let Some(first) = members.first().filter(|member| member.instant.is_some()) else {
        // Without dates: the one version that none came before, when all the others are of its chain.
        let mut roots = members.iter().filter(|member| !is_update(member));
        return match (roots.next(), roots.next()) {
            (Some(root), None) if members.len() > 1 => Some((root.document, EarliestBy::Version)),
            _ => None,
        };
    };
    let level: Vec<&Version<'_>> = members
        .iter()
        .filter(|member| {
            member.document == first.document || (member.instant.is_some() && first.by_date(member).is_none())
        })
        .collect();
    let is_later = |member: &Version<'_>| {
        is_update(member) || level.iter().any(|other| other.by_date(member) == Some(Ordering::Less))
    };
    let firsts: Vec<DocId> =
        level.iter().filter(|member| !is_later(member)).map(|member| member.document).collect();
    Some(match (level.as_slice(), firsts.as_slice()) {
        ([only], _) => (only.document, EarliestBy::Date),
        (_, [only]) => (*only, EarliestBy::Version),
        _ => (firsts.into_iter().min().unwrap_or(first.document), EarliestBy::Order),
    })
}

/// What the tags of a headline say of its version: 0 without a tag, else its number, 1 where it has none.
fn revision(title: &str) -> u32 {
    let title = title.to_lowercase();
    let mut highest = 0;
    let mut rest = title.as_str();
    let ends_tag = |c: char| matches!(c, ':' | '：' | '-' | '–' | '—' | '|' | '/');
    while let Some((head, tail)) = rest.split_once(ends_tag) {
        let Some(revision) = tag(head) else { break };
        highest = highest.max(revision);
        rest = tail;
    }
    let mut rest = title.as_str();
    while let Some(open) = rest.find(['(', '[', '（', '【', '［']) {
        let inner = rest[open..].trim_start_matches(['(', '[', '（', '【', '［']);
        let Some((inner, tail)) = inner.split_once([')', ']', '）', '】', '］']) else { break };
        highest = highest.max(tag(inner).or_else(|| bare_number(inner, tail)).unwrap_or(0));
        rest = tail;
    }
    highest
}

/// The number of a tag, `None` for what is none.
fn tag(text: &str) -> Option<u32> {
    let text = text.trim();
    if text.chars().count() > TAG {
        return None;
    }
    let word = text.trim_start_matches(|c: char| c.is_ascii_digit());
    // `1st lead`, `2. zusammenfassung`: the number may come first.
    let word = ["st ", "nd ", "rd ", "th ", ".", "ª ", "ème ", "e "]
        .iter()
        .find_map(|ordinal| word.strip_prefix(ordinal).filter(|_| word.len() < text.len()))
        .unwrap_or(word)
        .trim();
    let name = word.trim_end_matches(|c: char| c.is_ascii_digit() || c == '#' || c == '.').trim_end();
    if !TAGS.contains(&name) {
        return None;
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).take(3).collect();
    Some(digits.parse().unwrap_or(1).max(1))
}

/// Some agencies number the versions at the end of the headline: `(2)`.
fn bare_number(text: &str, after: &str) -> Option<u32> {
    text.trim().parse().ok().filter(|n| (2..10).contains(n) && after.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Metadata;

    #[test]
    fn tags_of_headlines() {
        for (title, expected) in [
            ("Ferry runs aground", 0),
            ("UPDATE 1-Ferry runs aground", 1),
            ("UPDATE 3 - Ferry runs aground", 3),
            ("CORRECTED-UPDATE 2-Ferry runs aground", 2),
            ("Corrected: ferry runs aground", 1),
            ("2nd lead: Ferry runs aground", 2),
            ("Ferry runs aground (updated)", 1),
            ("(Corrección) Encalla un transbordador", 1),
            ("Fähre auf Grund gelaufen [Aktualisiert]", 1),
            ("Feribot karaya oturdu (2)", 2),
            ("تصحيح: جنوح عبارة", 1),
            ("【更正】渡轮搁浅", 1),
            ("(업데이트) 여객선 좌초", 1),
            ("Update on the ferry: what we know", 0),
            ("Lead-free pipes for schools", 1),
            ("Ferry (2) of three runs aground", 0),
            ("Ferry runs aground (2019)", 0),
            ("A correction of course - ferry saved", 0),
        ] {
            assert_eq!(revision(title), expected, "{title}");
        }
    }

    fn header(id: &str, date: &str, source: &str, title: &str) -> Header {
        let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Header {
            id: id.to_owned(),
            path: format!("corpus/{id}"),
            meta: Metadata {
                published: text(date),
                source: text(source),
                title: text(title),
                ..Metadata::default()
            },
            ..Header::default()
        }
    }

    fn is_before(a: &Header, b: &Header) -> bool {
        Version::new(DocId(0), a).is_before(&Version::new(DocId(1), b))
    }

    #[test]
    fn a_day_is_neither_before_nor_after_its_hours() {
        let day = header("a", "2024-03-05", "", "");
        let noon = header("b", "2024-03-05T12:00:00Z", "", "");
        let next = header("c", "2024-03-06", "", "");
        assert!(!is_before(&day, &noon) && !is_before(&noon, &day));
        assert!(is_before(&day, &next) && is_before(&noon, &next));
        assert!(is_before(&noon, &header("d", "2024-03-05", "", "UPDATE 1-x")), "the tag decides");
        assert!(
            !is_before(&next, &header("d", "2024-03-05", "", "UPDATE 1-x")),
            "a date decides before a tag"
        );
    }

    #[test]
    fn publishers_by_field_or_address_or_folder() {
        let one =
            |a: &Header, b: &Header| Version::new(DocId(0), a).one_publisher(&Version::new(DocId(1), b));
        let (a, b) = (header("x/a", "", "", ""), header("x/b", "", "", ""));
        assert!(one(&a, &b));
        assert!(!one(&a, &header("y/b", "", "", "")));
        assert!(!one(&header("a", "", "", ""), &header("b", "", "", "")), "one folder for all says nothing");
        assert!(one(&header("x/a", "", "Post", ""), &header("y/b", "", "POST", "")));
        assert!(!one(&header("x/a", "", "Post", ""), &header("x/b", "", "Herald", "")));
        let at = |url: &str| Header {
            record: Some(1),
            meta: Metadata { url: Some(url.to_owned()), ..Metadata::default() },
            ..header("feed/a", "", "", "")
        };
        assert!(one(&at("https://www.post.example/1"), &at("https://post.example/2")));
        assert!(!one(&at("https://post.example/1"), &at("https://herald.example/1")));
        let record = Header { record: Some(1), ..header("dump/a", "", "", "") };
        assert!(!one(&record, &record), "a container may hold anybody's");
    }

    #[test]
    fn how_the_earliest_is_known() {
        let headers = [
            header("a", "2024-03-05", "", ""),
            header("b", "2024-03-05T09:00:00Z", "", ""),
            header("c", "2024-03-06", "", ""),
            header("d", "", "", ""),
            header("e", "2024-03-05T18:00:00Z", "", ""),
        ];
        let version = |at: u32| Version::new(DocId(at), &headers[at as usize]);
        let told = |members: &[u32], updates: &[(u32, u32)]| {
            let members: Vec<Version<'_>> = members.iter().map(|&at| version(at)).collect();
            let updates: Vec<(DocId, DocId)> = updates.iter().map(|&(x, y)| (DocId(x), DocId(y))).collect();
            earliest(&members, &updates).map(|(document, by)| (document.0, by))
        };
        assert_eq!(told(&[0, 2, 3], &[]), Some((0, EarliestBy::Date)));
        assert_eq!(told(&[0, 1, 2], &[]), Some((0, EarliestBy::Order)));
        assert_eq!(told(&[0, 1, 2], &[(0, 1)]), Some((1, EarliestBy::Version)));
        assert_eq!(told(&[3], &[]), None);
        // The evening is not the first of the day, whatever the hour of the one without a time.
        assert_eq!(told(&[0, 1, 4], &[]), Some((0, EarliestBy::Order)));
        assert_eq!(told(&[0, 1, 4], &[(0, 1)]), Some((1, EarliestBy::Version)));
    }
}
