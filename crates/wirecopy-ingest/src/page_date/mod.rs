//! Finds the publication date of a page's article.
//!
//! In: the tree of a page, its `<meta>` elements and its JSON-LD. Out: the date as written, and why a date from a more trusted
//! place was not used. The places in order of trust, of which the first with a usable date counts:
//!
//! 1. `article:published_time` and its variants
//! 2. `datePublished` of the article in JSON-LD
//! 3. microdata and RDFa (`datePublished` on any element), `<time pubdate>`, `dt-published`; of several days, teasers are
//!    marked too, and a certain visible date has priority
//! 4. other `<meta>` names that contain "published"
//! 5. visible dates near the headline (`visible`), if markup or a label makes them certain
//! 6. `<meta>` names that contain "date", which many sites set at every change; then less certain visible dates
//! 7. `dateCreated` of JSON-LD, then keys such as `publishedAt` in scripts, if they agree on the day
//!
//! A time in UTC is written in local time if the page shows the local time or day.
//! Dates of changes, comments, teasers and quoted posts are not the article's; `visible` excludes them.
//! Cost: one pass over `<meta>` and JSON-LD. The tree is walked only if those have no date, or one in UTC.

pub(super) mod json_ld;
mod scripts;
mod visible;

use std::cell::LazyCell;
use wirecopy_core::document::one_line;

use dom_query::Document as Tree;
use jiff::civil::Date;
use json_ld::JsonLd;
use visible::Best;

use super::dating::day_in_url;
use crate::dates::{self, Label, Line};
use wirecopy_core::published::Published;

/// The publication date of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct PageDate {
    /// The date as written.
    pub(super) date: Option<String>,
    /// Why a date from a more trusted place is not used.
    pub(super) problem: Option<String>,
}

/// The parts of a page in which dates are searched.
pub(super) struct Page<'a> {
    pub(super) tree: &'a Tree,
    /// Name and content of each `<meta>`, names in lower case.
    pub(super) metas: &'a [(String, String)],
    pub(super) linked: &'a JsonLd,
    pub(super) title: Option<&'a str>,
    /// The declared language.
    pub(super) language: Option<&'a str>,
    /// The address that the page gives.
    pub(super) url: Option<&'a str>,
}

/// Finds the publication date.
pub(super) fn find(page: &Page<'_>) -> PageDate {
    let mut out = PageDate::default();
    let mut usable = |written: String| match dates::parse_in(&written, page.language) {
        Ok(published) => Some((written, published)),
        Err(problem) => {
            out.problem.get_or_insert_with(|| format!("`{}`: {problem}", shortened(&written)));
            None
        }
    };
    let metas = Metas::of(page.metas);
    let stated = metas.article.iter().cloned().chain(page.linked.published()).find_map(&mut usable);
    let stated = stated
        .or_else(|| marked(page).into_iter().find_map(&mut usable))
        .or_else(|| metas.published.iter().cloned().find_map(&mut usable));
    let trusted = stated.is_some();
    // The walk through the tree is made only if needed.
    let seen = LazyCell::new(|| visible::best(page));
    let written_as_seen = || seen.as_ref().map(|seen| seen.written.clone());
    if !trusted && seen.as_ref().is_some_and(|seen| seen.sure) {
        out.date = written_as_seen();
        return out;
    }
    let stated = stated.or_else(|| metas.dated.iter().cloned().find_map(&mut usable));
    let Some((written, published)) = stated else {
        let created = || page.linked.created().into_iter().find_map(&mut usable).map(|(written, _)| written);
        out.date = written_as_seen().or_else(created).or_else(|| scripts::date(page.tree));
        return out;
    };
    let contrary = || seen.as_ref().filter(|seen| seen.sure || !trusted);
    if let Some(day) = dated_anew(page, published, contrary) {
        out.problem = Some(format!("`{}`: the page shows {day}", shortened(&written)));
        return out;
    }
    let others = metas.all().chain(page.linked.all()).filter_map(|other| dates::parse(&other).ok());
    let local = is_utc(published).then(|| in_local_time(page, published, others, &seen)).flatten();
    out.date = Some(local.map_or(written, |local| local.to_string()));
    out
}

/// Returns the day that a page shows if it is later than the one that it states, and too late for an update of the same story:
/// the site has dated the article anew, and it is unknown which of the two texts this is. Where the address has a day, that
/// one is decisive.
fn dated_anew<'a>(
    page: &Page<'_>,
    stated: Published,
    seen: impl FnOnce() -> Option<&'a Best>,
) -> Option<Date> {
    /// Days within which versions of a running story follow each other.
    const DAYS: i32 = 3;
    if page.url.and_then(day_in_url).is_some() {
        return None;
    }
    let day = seen()?.published.date;
    ((day - stated.date).get_days() > DAYS).then_some(day)
}

/// Returns the dates that the markup gives as those of publication. If they are of several days, teasers are marked too, and
/// a certain date near the headline comes first.
fn marked(page: &Page<'_>) -> Vec<String> {
    let mut marked = in_markup(page);
    let mut days = marked.iter().filter_map(|written| dates::parse_in(written, page.language).ok());
    let several = days.next().is_some_and(|first| days.any(|other| other.date != first.date));
    if several && let Some(seen) = visible::best(page).filter(|seen| seen.sure) {
        marked.insert(0, seen.written);
    }
    marked
}

fn is_utc(published: Published) -> bool {
    published.time.is_some() && published.offset == Some(jiff::tz::Offset::UTC)
}

/// Converts a UTC time to the local time of the newsroom, where it may fall on another day. `others` are other dates of the
/// page. `None` if the page does not show another time or day.
fn in_local_time(
    page: &Page<'_>,
    utc: Published,
    mut others: impl Iterator<Item = Published>,
    seen: &Option<Best>,
) -> Option<Published> {
    if let Some(local) = others.find_map(|other| local(utc, other)) {
        return Some(local);
    }
    let seen = seen.as_ref().map(|seen| seen.published);
    let day_seen = seen.filter(|seen| seen.time.is_none()).map(|seen| seen.date);
    seen.and_then(|seen| local(utc, seen))
        .or_else(|| on_day(utc, day_in_url(page.url?)?))
        .or_else(|| on_day(utc, day_seen?))
}

/// Converts a UTC time to local time on `day`, the day that the page shows. The true offset is unknown, so the instant is
/// written with the least offset in whole hours. `None` if it is that day in UTC, or in no zone with newspapers.
fn on_day(utc: Published, day: Date) -> Option<Published> {
    /// Hours from UTC, from Hawaii to New Zealand in summer.
    const ZONES: std::ops::RangeInclusive<i8> = -10..=13;
    if day == utc.date {
        return None;
    }
    let instant = utc.instant()?;
    let mut zones: Vec<i8> = ZONES.collect();
    zones.sort_by_key(|hours| hours.abs());
    zones.into_iter().find_map(|hours| {
        let offset = jiff::tz::Offset::from_hours(hours).ok()?;
        let shown = offset.to_datetime(instant);
        (shown.date() == day).then(|| Published { date: day, time: Some(shown.time()), offset: Some(offset) })
    })
}

/// Converts a UTC time to local time, with the offset taken from `other`: the same instant with another offset, or a time
/// without an offset that differs by whole quarters of an hour.
fn local(utc: Published, other: Published) -> Option<Published> {
    const QUARTER: i64 = 15 * 60;
    /// Offsets in use, in seconds: twelve hours behind UTC to fourteen ahead.
    const CLOCKS: std::ops::RangeInclusive<i64> = -12 * 3600..=14 * 3600;
    let time = other.time?;
    // Many sites show no seconds.
    let exact = |seconds: i64| if time.second() == 0 { seconds.div_euclid(60) * 60 } else { seconds };
    let instant = utc.instant()?.as_second();
    let offset = match other.offset {
        Some(offset) if offset.seconds() == 0 => return None,
        Some(offset) => {
            (exact(other.instant()?.as_second()) == exact(instant)).then(|| i64::from(offset.seconds()))?
        }
        None => {
            let ahead = exact(other.instant()?.as_second()) - exact(instant);
            (ahead != 0 && ahead % QUARTER == 0 && CLOCKS.contains(&ahead)).then_some(ahead)?
        }
    };
    let offset = jiff::tz::Offset::from_seconds(i32::try_from(offset).ok()?).ok()?;
    let shown = offset.to_datetime(utc.instant()?);
    Some(Published { date: shown.date(), time: Some(shown.time()), offset: Some(offset) })
}

/// Contents of `<meta>` elements with a date, by how far their names are trusted.
struct Metas {
    article: Vec<String>,
    published: Vec<String>,
    dated: Vec<String>,
}

impl Metas {
    fn of(metas: &[(String, String)]) -> Self {
        let mut out = Self { article: Vec::new(), published: Vec::new(), dated: Vec::new() };
        for (name, content) in metas {
            let letters: String = name.chars().filter(char::is_ascii_alphabetic).collect();
            if !content.contains(char::is_numeric) {
                continue;
            }
            match trust(&letters) {
                Some(Trust::Article) => out.article.push(content.clone()),
                Some(Trust::Published) => out.published.push(content.clone()),
                Some(Trust::Dated) => out.dated.push(content.clone()),
                None => {}
            }
        }
        out
    }

    fn all(&self) -> impl Iterator<Item = String> {
        self.article.iter().chain(&self.published).chain(&self.dated).cloned()
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Trust {
    Article,
    Published,
    Dated,
}

/// Returns how far a `<meta>` name is trusted. `name` is reduced to ASCII letters in lower case.
fn trust(name: &str) -> Option<Trust> {
    /// Parts of names for other dates.
    const NOT: [&str; 10] =
        ["modif", "updat", "expir", "valid", "publisher", "revis", "unpublish", "event", "avail", "last"];
    /// Endings of names for publication dates; "ptime" is used by news systems.
    const PUBLISHED: [&str; 7] =
        ["pubdate", "pubtime", "publicationdate", "publicdate", "issued", "releasedate", "ptime"];
    const DATED: [&str; 12] = [
        "date",
        "dcdate",
        "dctermsdate",
        "created",
        "dccreated",
        "dctermscreated",
        "datecreated",
        "createdate",
        "creationdate",
        "sailthrudate",
        "articledate",
        "displaydate",
    ];
    if NOT.iter().any(|not| name.contains(not)) {
        return None;
    }
    let published = name.contains("publish") || PUBLISHED.iter().any(|part| name.ends_with(part));
    if published && (name.starts_with("articlepubl") || name.starts_with("ogarticlepubl")) {
        Some(Trust::Article)
    } else if published {
        Some(Trust::Published)
    } else if DATED.contains(&name) || name.ends_with("citationdate") || name.ends_with("originaldate") {
        Some(Trust::Dated)
    } else {
        None
    }
}

/// Returns the dates that microdata, RDFa or microformats mark as publication dates, in page order.
fn in_markup(page: &Page<'_>) -> Vec<String> {
    const NAMED: &str = "[itemprop~='datePublished'], [property~='datePublished'], [property~='schema:datePublished'], \
                         [property='article:published_time'], [itemprop~='datepublished'], time[pubdate], .dt-published";
    let mut own = Vec::new();
    for node in page.tree.select(NAMED).nodes() {
        if node.has_name("meta") && node.has_attr("property") || visible::is_apart(node) {
            continue;
        }
        let stated = ["content", "datetime", "title"].iter().find_map(|name| node.attr(name));
        let stated = stated.and_then(|stated| one_line(&stated)).filter(|s| s.contains(char::is_numeric));
        let seen = one_line(&node.text()).filter(|seen| seen.len() < 100);
        // Some sites update the attribute when the page changes, so a visible labelled date has priority.
        let own_words = seen.as_deref().map(|seen| Line::of(seen, page.language));
        let says = own_words
            .filter(|line| line.label() == Some(Label::Published))
            .is_some_and(|line| line.published().is_ok());
        own.extend(if says { seen } else { stated.or(seen) });
    }
    own
}

/// Shortens a text to sixty characters, for messages.
fn shortened(text: &str) -> String {
    const LONGEST: usize = 60;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests;
