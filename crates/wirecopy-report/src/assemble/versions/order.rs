//! Determines which members are updates of others by publishers, dates and tags, and which member is the earliest.

use std::cmp::Ordering;
use std::collections::HashMap;

use crate::EarliestBy;
use wirecopy_core::DocId;
use wirecopy_core::Relation;
use wirecopy_core::classify::Edge;
use wirecopy_core::document::Header;
use wirecopy_core::document::host;
use wirecopy_core::published::Published;
use wirecopy_core::text::revision;

/// Most earlier members, latest first, that are checked for each member.
const LOOKED_AT: usize = 16;
/// Seconds in a day. A date without a time is not before a time on that day.
const DAY: i64 = 86_400;

/// What is known of a member's position in time.
pub(super) struct Member<'a> {
    pub(super) document: DocId,
    /// Publication time in seconds since 1970.
    instant: Option<i64>,
    /// Whether the date has no time.
    whole_day: bool,
    day: Option<jiff::civil::Date>,
    /// The number in the tags of the headline: 0 without a tag.
    pub(super) revision: u32,
    /// The delivered item that it is a version of, and the number of this version.
    item: Option<(&'a str, u64)>,
    /// Whether the member credits an agency.
    credited: bool,
    source: Option<String>,
    host: Option<&'a str>,
    folder: Option<&'a str>,
    header: &'a Header,
}

impl<'a> Member<'a> {
    pub(super) fn new(document: DocId, header: &'a Header, credited: bool) -> Self {
        let published = header.meta.published.as_deref().and_then(Published::from_iso);
        Self {
            document,
            instant: published.and_then(|p| Some(p.instant()?.as_second())),
            whole_day: published.is_some_and(|p| p.time.is_none()),
            day: published.map(|p| p.date),
            revision: header.meta.title.as_deref().map_or(0, revision),
            item: header.meta.delivery.as_deref().and_then(|d| Some((d.uri()?, d.version_number()?))),
            credited,
            source: header.meta.source.as_ref().filter(|source| !source.is_empty()).map(|s| s.to_lowercase()),
            host: header.meta.url.as_deref().and_then(host),
            folder: match header.record {
                // A container may collect the articles of many publishers.
                Some(_) => None,
                // A folder belongs to one publisher only if there are several folders.
                None if header.id.contains('/') => header.path.rsplit_once('/').map(|(folder, _)| folder),
                None => None,
            },
            header,
        }
    }

    /// Returns the headline, if there is one.
    pub(super) fn title(&self) -> Option<&'a str> {
        self.header.meta.title.as_deref().map(str::trim).filter(|title| !title.is_empty())
    }

    /// Returns the date in ISO 8601, if it is understood.
    pub(super) fn published(&self) -> Option<&'a str> {
        self.header.meta.published.as_deref().filter(|_| self.instant.is_some())
    }

    /// Returns a key for the publisher.
    pub(super) fn publisher(&self) -> Option<String> {
        self.source.clone().or_else(|| self.host.or(self.folder).map(str::to_owned))
    }

    /// Returns the publisher's name.
    pub(super) fn outlet(&self) -> Option<&'a str> {
        let source = self.header.meta.source.as_deref().filter(|source| !source.is_empty());
        let folder = || self.folder.map(|folder| folder.rsplit('/').next().unwrap_or(folder));
        source.or(self.host).or_else(folder)
    }

    /// Returns a key that sorts by time of print. A date without a time comes after the times of that day, a
    /// member without a date after all others.
    pub(super) fn print(&self) -> (bool, Option<i64>) {
        (self.instant.is_none(), self.instant.map(|at| if self.whole_day { at + DAY - 1 } else { at }))
    }

    /// Compares the numbers of two versions of one item or, of others, the dates. Returns `None` if they are not decisive: a
    /// date is missing, they are equal, or one is the day that contains the other.
    pub(super) fn by_date(&self, other: &Self) -> Option<Ordering> {
        if let (Some((item, own)), Some((of, others))) = (self.item, other.item)
            && item == of
            && own != others
        {
            return Some(own.cmp(&others));
        }
        let (a, b) = self.instant.zip(other.instant)?;
        if (self.whole_day || other.whole_day) && self.day == other.day {
            return None;
        }
        Some(a.cmp(&b)).filter(|order| order.is_ne())
    }

    /// Returns whether this member is earlier than `other` by date or, if that is not decisive, by tags.
    fn is_before(&self, other: &Self) -> bool {
        self.by_date(other).unwrap_or_else(|| self.revision.cmp(&other.revision)).is_lt()
    }

    pub(super) fn one_publisher(&self, other: &Self) -> bool {
        if let (Some(a), Some(b)) = (&self.source, &other.source) {
            return a == b;
        }
        if let (Some(a), Some(b)) = (self.host, other.host) {
            return a == b;
        }
        self.folder.is_some() && self.folder == other.folder
    }
}

/// Returns the later versions among the members, each with the version before it, by id. `length` returns the number of tokens of a
/// document, `relate` the edge of two documents of one dispatch.
pub(super) fn updates(
    members: &mut [Member<'_>],
    length: impl Fn(DocId) -> usize,
    relate: impl Fn(DocId, DocId) -> Option<Edge>,
) -> Vec<(DocId, DocId)> {
    let is_version = |before: DocId, later: DocId| {
        relate(before, later).is_some_and(|edge| says_the_same(&edge, length(before), length(later)))
    };
    members
        .sort_by_key(|member| (member.instant.is_none(), member.instant, member.revision, member.document));
    let members = &*members;
    let mut updates: Vec<(DocId, DocId)> = Vec::new();
    for (at, later) in members.iter().enumerate() {
        let may_be = |before: &&Member<'_>| {
            before.document != later.document
                && before.is_before(later)
                && (before.one_publisher(later) || later.revision > before.revision)
        };
        // In the order of dates, the version before precedes a member; without dates or times, it may be anywhere.
        let (ahead, behind) = members.split_at(at);
        let mut candidates: Vec<&Member<'_>> = ahead.iter().rev().chain(behind).filter(may_be).collect();
        // Members of the same publisher come before others.
        candidates.sort_by_key(|before| !before.one_publisher(later));
        candidates.truncate(LOOKED_AT);
        let before = candidates.into_iter().find(|before| is_version(before.document, later.document));
        updates.extend(before.map(|before| (later.document, before.document)));
    }
    updates.sort_unstable();
    updates
}

/// Returns whether the later of two documents of these lengths says the same as the one before, with changes or additions.
fn says_the_same(edge: &Edge, before: usize, later: usize) -> bool {
    match edge.relation {
        Relation::Copy => true,
        // A brief that was extended is a version; a shortened reprint is not.
        Relation::Excerpt => before < later,
        Relation::Version => true,
        Relation::Identical | Relation::Rewrite | Relation::Partial => false,
    }
}

/// Returns the earliest member, and how that is known. `updates` are sorted by their later versions; `version`
/// returns the version that a member prints.
pub(super) fn earliest(
    members: &[Member<'_>],
    updates: &[(DocId, DocId)],
    version: impl Fn(DocId) -> Option<u32>,
) -> Option<(DocId, EarliestBy)> {
    let is_update =
        |member: &Member<'_>| updates.binary_search_by_key(&member.document, |&(later, _)| later).is_ok();
    let mut first_versions: HashMap<&str, u64> = HashMap::new();
    for (item, version) in members.iter().filter_map(|member| member.item) {
        let first = first_versions.entry(item).or_insert(version);
        *first = version.min(*first);
    }
    // An earlier version is earlier whatever the clocks say.
    let is_first = |member: &&Member<'_>| {
        member.instant.is_some() && member.item.is_none_or(|(item, version)| first_versions[item] == version)
    };
    let first = members.iter().filter(is_first).min_by_key(|m| (m.instant, m.document));
    let Some(first) = first else { return earliest_without_dates(members, is_update, version) };
    let level: Vec<&Member<'_>> = members
        .iter()
        .filter(|member| {
            member.document == first.document || (member.instant.is_some() && first.by_date(member).is_none())
        })
        .collect();
    if let [only] = level.as_slice() {
        return Some((only.document, EarliestBy::Date));
    }
    let is_later = |member: &Member<'_>| {
        is_update(member) || level.iter().any(|other| other.by_date(member) == Some(Ordering::Less))
    };
    let firsts: Vec<&Member<'_>> = level.iter().copied().filter(|member| !is_later(member)).collect();
    let firsts = if firsts.is_empty() { vec![first] } else { firsts };
    Some(choose(&firsts, version))
}

/// Chooses without dates: the member that all others are updates of, or one of the first version, or one that
/// credits an agency.
fn earliest_without_dates(
    members: &[Member<'_>],
    is_update: impl Fn(&Member<'_>) -> bool,
    version: impl Fn(DocId) -> Option<u32>,
) -> Option<(DocId, EarliestBy)> {
    let roots: Vec<&Member<'_>> = members.iter().filter(|member| !is_update(member)).collect();
    match roots.as_slice() {
        [root] if members.len() > 1 => Some((root.document, EarliestBy::Version)),
        roots if roots.iter().any(|member| version(member.document).is_some()) => {
            Some(choose(roots, version))
        }
        roots if roots.iter().any(|m| m.credited) && roots.iter().any(|m| !m.credited) => {
            Some(choose(roots, version))
        }
        _ => None,
    }
}

/// Chooses among members that no date separates: the first by version; then, as a guess, one with a time, one that
/// credits an agency, and the first by id.
fn choose(firsts: &[&Member<'_>], version: impl Fn(DocId) -> Option<u32>) -> (DocId, EarliestBy) {
    let number = |member: &Member<'_>| version(member.document).unwrap_or(u32::MAX);
    let rank = |m: &&&Member<'_>| (number(m), m.instant.is_some() && m.whole_day, !m.credited, m.document);
    let Some(&chosen) = firsts.iter().min_by_key(rank) else { return (DocId(0), EarliestBy::Guess) };
    let is_later = |other: &&Member<'_>| {
        version(other.document).zip(version(chosen.document)).is_some_and(|(other, own)| other > own)
    };
    let decided = firsts.iter().filter(|other| other.document != chosen.document).all(is_later);
    (chosen.document, if decided { EarliestBy::Version } else { EarliestBy::Guess })
}

#[cfg(test)]
mod tests {
    use super::*;
    use wirecopy_core::Metadata;
    use wirecopy_core::document::Delivery;

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
        Member::new(DocId(0), a, false).is_before(&Member::new(DocId(1), b, false))
    }

    #[test]
    fn day_is_neither_before_nor_after_its_hours() {
        let day = header("a", "2024-03-05", "", "");
        let noon = header("b", "2024-03-05T12:00:00Z", "", "");
        let next = header("c", "2024-03-06", "", "");
        assert!(!is_before(&day, &noon) && !is_before(&noon, &day));
        assert!(is_before(&day, &next) && is_before(&noon, &next));
        assert!(is_before(&noon, &header("d", "2024-03-05", "", "UPDATE 1-x")), "the tag decides");
        assert!(
            !is_before(&next, &header("d", "2024-03-05", "", "UPDATE 1-x")),
            "a date takes precedence over a tag"
        );
    }

    #[test]
    fn versions_of_an_item_are_in_the_order_of_their_numbers() {
        let version = |number: &str, date: &str| {
            let mut header = header("a", date, "", "");
            header.meta.delivery = Some(Box::new(Delivery {
                guid: Some("urn:wire.example:1".to_owned()),
                version: Some(number.to_owned()),
                ..Delivery::default()
            }));
            header
        };
        // The clock of the second version was slow, and numbers are no words: 10 follows 9.
        let headers =
            [version("10", MORNING), version("9", MORNING), version("2", DAY), version("1", EVENING)];
        for later in 0..3 {
            assert!(is_before(&headers[later + 1], &headers[later]), "{later}");
            assert!(!is_before(&headers[later], &headers[later + 1]), "{later}");
        }
        let members: Vec<Member<'_>> =
            headers.iter().zip(0..).map(|(header, at)| Member::new(DocId(at), header, false)).collect();
        assert_eq!(earliest(&members, &[], |_| None), Some((DocId(3), EarliestBy::Date)));
    }

    #[test]
    fn publisher_is_given_by_field_address_or_folder() {
        let one = |a: &Header, b: &Header| {
            Member::new(DocId(0), a, false).one_publisher(&Member::new(DocId(1), b, false))
        };
        let (a, b) = (header("x/a", "", "", ""), header("x/b", "", "", ""));
        assert!(one(&a, &b));
        assert!(!one(&a, &header("y/b", "", "", "")));
        assert!(
            !one(&header("a", "", "", ""), &header("b", "", "", "")),
            "one folder for all is no publisher"
        );
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
        assert!(!one(&record, &record), "a container may hold articles of many publishers");
    }

    /// Returns the earliest of members that are given by their dates and by whether they credit an agency, with
    /// updates and versions.
    fn earliest_of(
        members: &[(&str, bool)],
        updates: &[(u32, u32)],
        versions: &[Option<u32>],
    ) -> Option<(u32, EarliestBy)> {
        let headers: Vec<Header> = members.iter().map(|(date, _)| header("a", date, "", "")).collect();
        let members: Vec<Member<'_>> = headers
            .iter()
            .zip(members)
            .zip(0..)
            .map(|((header, &(_, credited)), at)| Member::new(DocId(at), header, credited))
            .collect();
        let updates: Vec<(DocId, DocId)> = updates.iter().map(|&(x, y)| (DocId(x), DocId(y))).collect();
        let version = |member: DocId| versions.get(member.index()).copied().flatten();
        earliest(&members, &updates, version).map(|(document, by)| (document.0, by))
    }

    const DAY: &str = "2024-03-05";
    const MORNING: &str = "2024-03-05T09:00:00Z";
    const EVENING: &str = "2024-03-05T18:00:00Z";
    const NEXT: &str = "2024-03-06";

    #[test]
    fn earlier_date_decides() {
        assert_eq!(
            earliest_of(&[(DAY, false), (NEXT, false), ("", false)], &[], &[]),
            Some((0, EarliestBy::Date))
        );
        assert_eq!(earliest_of(&[(NEXT, true), (DAY, false)], &[], &[]), Some((1, EarliestBy::Date)));
        assert_eq!(earliest_of(&[("", false)], &[], &[]), None);
    }

    #[test]
    fn time_is_preferred_to_a_date_without_time() {
        let three = [(DAY, false), (MORNING, false), (NEXT, false)];
        assert_eq!(earliest_of(&three, &[], &[]), Some((1, EarliestBy::Guess)));
        assert_eq!(earliest_of(&three, &[(0, 1)], &[]), Some((1, EarliestBy::Version)));
        let with_evening = [(DAY, false), (EVENING, false), (MORNING, false)];
        assert_eq!(earliest_of(&with_evening, &[], &[]), Some((2, EarliestBy::Guess)));
        assert_eq!(earliest_of(&with_evening, &[(0, 2)], &[]), Some((2, EarliestBy::Version)));
    }

    #[test]
    fn credited_text_is_preferred_to_one_without_credit() {
        assert_eq!(earliest_of(&[(DAY, false), (DAY, true)], &[], &[]), Some((1, EarliestBy::Guess)));
        assert_eq!(earliest_of(&[("", false), ("", true)], &[], &[]), Some((1, EarliestBy::Guess)));
        assert_eq!(earliest_of(&[("", false), (NEXT, true)], &[], &[]), Some((1, EarliestBy::Date)));
        assert_eq!(earliest_of(&[("", true), ("", true)], &[], &[]), None);
    }

    #[test]
    fn first_version_is_earliest_among_the_same_or_no_date() {
        let versions = [Some(2), Some(1), Some(3)];
        let same = [(DAY, true), (DAY, false), (DAY, true)];
        assert_eq!(earliest_of(&same, &[], &versions), Some((1, EarliestBy::Version)));
        assert_eq!(earliest_of(&[("", true), ("", false)], &[], &versions), Some((1, EarliestBy::Version)));
        assert_eq!(earliest_of(&[("", true), (DAY, false)], &[], &versions), Some((1, EarliestBy::Date)));
        // A print that is not of any known version may be earlier.
        let reworded = [Some(2), Some(1), None];
        assert_eq!(earliest_of(&same, &[], &reworded), Some((1, EarliestBy::Guess)));
        assert_eq!(
            earliest_of(&[(MORNING, false), (EVENING, false)], &[], &versions),
            Some((0, EarliestBy::Date))
        );
    }
}
