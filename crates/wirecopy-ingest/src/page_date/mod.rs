//! Finds the publication date of a page's article.
//!
//! In: the tree of a page, its `<meta>` elements and its JSON-LD. Out: the date as written, and why a date from a more trusted
//! place was not used. The places in order of trust, of which the first with a usable date counts:
//!
//! 1. `article:published_time` and its variants
//! 2. `datePublished` of the article in JSON-LD
//! 3. microdata and RDFa (`datePublished` on any element), `<time pubdate>`, `dt-published`
//! 4. other `<meta>` names that contain "published"
//! 5. visible dates near the headline (`visible`), if markup or a label makes them certain
//! 6. `<meta>` names that contain "date", which many sites set at every change; then less certain visible dates
//! 7. `dateCreated` of JSON-LD, then keys such as `publishedAt` in scripts, if they agree on the day
//!
//! Dates of changes, comments, teasers and quoted posts are not the article's; `visible` excludes them.
//! Cost: one pass over `<meta>` and JSON-LD. The tree is walked only if those have no date, or one in UTC.

pub(super) mod json_ld;
mod scripts;
mod visible;

use dom_query::Document as Tree;
use json_ld::JsonLd;

use super::extract::one_line;
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
    let stated = metas.article.iter().cloned().chain(page.linked.published()).chain(in_markup(page));
    let best = stated.chain(metas.published.iter().cloned()).find_map(&mut usable);
    out.date = match best {
        // In local time, a time in UTC may fall on another day.
        Some((written, published)) if is_utc(published) => {
            let others = metas.all().chain(page.linked.all()).filter_map(|other| dates::parse(&other).ok());
            let local = others
                .filter_map(|other| local(published, other))
                .next()
                .or_else(|| visible::best(page).and_then(|seen| local(published, seen.published)));
            Some(local.map_or(written, |local| local.to_string()))
        }
        Some((written, _)) => Some(written),
        None => {
            let mut seen = visible::best(page);
            let sure = seen.take_if(|seen| seen.sure).map(|seen| seen.written);
            sure.or_else(|| metas.dated.iter().cloned().find_map(&mut usable).map(|(written, _)| written))
                .or_else(|| seen.map(|seen| seen.written))
                .or_else(|| {
                    page.linked.created().into_iter().find_map(&mut usable).map(|(written, _)| written)
                })
                .or_else(|| scripts::date(page.tree))
        }
    };
    out
}

fn is_utc(published: Published) -> bool {
    published.time.is_some() && published.offset == Some(jiff::tz::Offset::UTC)
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
