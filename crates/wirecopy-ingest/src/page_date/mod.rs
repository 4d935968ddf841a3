//! The date on which a page's article was published, from the places where sites say it.
//!
//! In: the tree of a page, its `<meta>` elements and its JSON-LD. Out: the date as it is written, and why a better placed one
//! is not used. Places by trust, the first with a date that can be used counts:
//!
//! 1. `article:published_time` and its spellings
//! 2. `datePublished` of the article in JSON-LD
//! 3. microdata and RDFa (`datePublished` on any element), `<time pubdate>`, `dt-published`
//! 4. other `<meta>` names that say "published"
//! 5. what the reader sees near the headline (`visible`), where markup or a label leaves no doubt
//! 6. `<meta>` names that say "date", which many sites set at every change; then what else is seen
//! 7. `dateCreated` of JSON-LD, then keys such as `publishedAt` in scripts, where they agree on one day
//!
//! A change, a comment, a teaser and a post that is quoted have dates that are not the article's: `visible` leaves them out.
//! Cost: one pass over `<meta>` and JSON-LD; the tree is walked only where those have no date, or one in UTC.

pub(super) mod linked;
mod scripts;
mod visible;

use dom_query::Document as Tree;
use linked::Linked;

use super::extract::one_line;
use crate::dates::{self, Label, Line};
use wirecopy_core::published::Published;

/// What a page says of its date.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct PageDate {
    pub(super) date: Option<String>,
    /// Why a date in a better place is not used.
    pub(super) problem: Option<String>,
}

/// What is known of the page besides its tree.
pub(super) struct Page<'a> {
    pub(super) tree: &'a Tree,
    /// Name and content of each `<meta>`, names in lower case.
    pub(super) metas: &'a [(String, String)],
    pub(super) linked: &'a Linked,
    pub(super) title: Option<&'a str>,
    /// The language that the page declares.
    pub(super) language: Option<&'a str>,
}

/// Finds the date.
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
        // A time in UTC may be of another day where the article was published.
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

/// The same instant as the clocks of the place show it, if `other` is that instant with another offset, or without one and
/// whole quarters of an hour away.
fn local(utc: Published, other: Published) -> Option<Published> {
    const QUARTER: i64 = 15 * 60;
    /// Clocks from twelve hours behind UTC to fourteen ahead.
    const CLOCKS: std::ops::RangeInclusive<i64> = -12 * 3600..=14 * 3600;
    let time = other.time?;
    // Sites show minutes only, or leave out fractions of a second.
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

/// `<meta>` elements that say when the article was published, by what their names say.
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

/// What a name, reduced to its letters in lower case, says of its content.
fn trust(name: &str) -> Option<Trust> {
    const NOT: [&str; 10] =
        ["modif", "updat", "expir", "valid", "publisher", "revis", "unpublish", "event", "avail", "last"];
    // Names without a separator: "pubdate" and "ptime" are words of news systems.
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

/// Dates that markup of elements names as those of publication, in the order of the page.
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
        // A time that is set when the page is changed, beside the day that the reader sees.
        let own_words = seen.as_deref().map(|seen| Line::of(seen, page.language));
        let says = own_words
            .filter(|line| line.label() == Some(Label::Published))
            .is_some_and(|line| line.published().is_ok());
        own.extend(if says { seen } else { stated.or(seen) });
    }
    own
}

/// At most some sixty characters of a text, for messages.
fn shortened(text: &str) -> String {
    const LONGEST: usize = 60;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests;
