//! Determines the publication date of a document: the first usable date among several places.
//!
//! In: the date found by the extractor of the format, the text, the URL and the path. Out: the date with its origin, and why a
//! date from a better place was not used. The places in order of trust are the metadata of the page or record, the first
//! lines, the URL, the path and, if enabled, the modification time of the file. For a page of a web archive, the time at which
//! it was captured takes the place of the last two: it may be years after the publication.

use std::fs;

use jiff::Timestamp;
use jiff::civil::Date;

use super::date_line::gives_date;
use super::language::Guessed;
use super::walk::Found;
use crate::config::IngestConfig;
use crate::dates::{self, Zone};
use wirecopy_core::Result;
use wirecopy_core::document::{DateOrigin, Metadata, one_line};
use wirecopy_core::published::Published;

/// Non-empty lines at the start of a text that are searched for a date.
const LINES: usize = 4;

/// Where the date of a document can be found.
#[derive(Clone, Copy, Debug)]
pub(super) struct Places<'a> {
    /// The place from which the format's extractor takes dates.
    pub(super) extracted: DateOrigin,
    /// What is left if nothing else gives a date.
    pub(super) last: LastResort<'a>,
}

/// What is left if nothing in a document gives a date.
#[derive(Clone, Copy, Debug)]
pub(super) enum LastResort<'a> {
    /// The path of the file, and the time of its last change.
    File,
    /// The time at which a web archive captured the document, if known. The file is the archive's and says nothing.
    Capture(Option<&'a str>),
}

impl From<DateOrigin> for Places<'_> {
    fn from(extracted: DateOrigin) -> Self {
        Self { extracted, last: LastResort::File }
    }
}

/// Settings for publication dates.
#[derive(Clone, Debug, Default)]
pub(super) struct Dating {
    /// Whether the modification time of the file, or the time of the capture, is used if there is no other date.
    pub(super) mtime: bool,
    /// The zone assumed for times without one.
    pub(super) zone: Option<Zone>,
}

impl Dating {
    /// Reads the settings.
    ///
    /// # Errors
    /// [`wirecopy_core::Error::Config`] for a zone that is not known.
    pub(super) fn of(config: &IngestConfig) -> Result<Self> {
        Ok(Self { mtime: config.mtime, zone: config.zone()? })
    }

    fn shown(&self, published: Published) -> String {
        self.zone.as_ref().map_or(published, |zone| zone.of(published)).to_string()
    }
}

/// Sets the date fields of `meta`, from the first of its `places` that gives a date.
pub(super) fn settle(
    meta: &mut Metadata,
    places: Places<'_>,
    text: &Guessed<'_>,
    found: &Found,
    dating: &Dating,
) {
    let declared = meta.language.clone();
    // Few dates depend on the language, and guessing it costs more than parsing a date.
    let parse = |date: &str| match dates::parse_in(date, declared.as_deref()) {
        Err(problem) if problem.depends_on_language() && declared.is_none() => {
            dates::parse_in(date, text.language())
        }
        known => known,
    };
    let origin = places.extracted;
    if let Some(date) = meta.date.take() {
        match parse(&date) {
            Ok(published) => {
                let first = meta.url.as_deref().and_then(day_in_url);
                let first =
                    first.filter(|first| origin == DateOrigin::Metadata && is_reset(published, *first));
                if first.is_some() {
                    meta.date_problem.get_or_insert_with(|| {
                        format!("`{date}`: over a month after the day in the address")
                    });
                }
                let only_day = |date| Published { date, time: None, offset: None };
                meta.published = Some(dating.shown(first.map_or(published, only_day)));
                meta.date_origin = Some(if first.is_some() { DateOrigin::Url } else { origin });
                meta.date = Some(first.map_or(date, |first| first.to_string()));
                return;
            }
            Err(problem) => {
                tracing::debug!(path = %found.shown, %date, %problem, "date not used");
                meta.date_problem.get_or_insert_with(|| format!("`{date}`: {problem}"));
            }
        }
    }
    let other = in_first_lines(text.text, declared.as_deref())
        .filter(|date| parse(date).is_ok())
        .map(|date| (date, DateOrigin::Text))
        .or_else(|| Some((day_in_url(meta.url.as_deref()?)?.to_string(), DateOrigin::Url)))
        .or_else(|| last_date(places.last, found, dating.mtime).filter(|(date, _)| parse(date).is_ok()));
    if let Some((date, origin)) = other {
        meta.published = parse(&date).ok().map(|published| dating.shown(published));
        meta.date = Some(date);
        meta.date_origin = Some(origin);
    }
}

/// Returns the date that is left if nothing in a document gives one.
fn last_date(last: LastResort<'_>, found: &Found, mtime: bool) -> Option<(String, DateOrigin)> {
    let of_path = || Some((in_path(&found.shown)?.to_string(), DateOrigin::Path));
    match last {
        LastResort::File if mtime => of_path().or_else(|| Some((of_file(found)?, DateOrigin::Mtime))),
        LastResort::File => of_path(),
        LastResort::Capture(time) if mtime => Some((time?.to_owned(), DateOrigin::Mtime)),
        LastResort::Capture(_) => None,
    }
}

fn in_first_lines(text: &str, language: Option<&str>) -> Option<String> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty()).take(LINES);
    let mut plain = lines.map(|line| line.trim_matches(['*', '_']));
    plain.find(|line| gives_date(line, language)).and_then(one_line)
}

/// Returns whether a page states a day so long after that in its address that the site has set its date anew: addresses
/// stay, and drafts do not wait that long.
fn is_reset(stated: Published, in_address: Date) -> bool {
    const MONTH: i32 = 31;
    (stated.date - in_address).get_days() > MONTH
}

/// Removes the query and the fragment, whose numbers are not publication dates.
fn without_query(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or(url)
}

/// Returns the day in an address, in the forms of [`in_path`].
pub(super) fn day_in_url(url: &str) -> Option<Date> {
    in_path(without_query(url))
}

/// Returns the last date in a path or URL: `2023/09/24/`, `2023-09-24-slug`, `2023_09_24` or `20230924`, with no digit before
/// or after it. In folders of their own, month and day may have one digit: `2023/9/4/`.
fn in_path(path: &str) -> Option<Date> {
    let bytes = path.as_bytes();
    let digits = |from: usize, most: usize| {
        let rest = bytes.get(from..).unwrap_or_default();
        rest.iter().take(most).take_while(|byte| byte.is_ascii_digit()).count()
    };
    for start in (0..bytes.len().saturating_sub(7)).rev() {
        let free = start == 0 || !bytes[start - 1].is_ascii_digit();
        if !free || digits(start, 4) < 4 {
            continue;
        }
        let sign = bytes.get(start + 4).copied();
        let is_sign = sign.is_some_and(|sign| b"/-_.\\".contains(&sign));
        let month = start + 4 + usize::from(is_sign);
        let month_end = month + digits(month, 2);
        let day = month_end + usize::from(is_sign);
        let end = day + digits(day, 2);
        let two_digits = month_end - month == 2 && end - day == 2;
        // With one digit, version and page numbers would match.
        let folders = sign == Some(b'/') && bytes.get(end) == sign.as_ref();
        if is_sign && bytes.get(month_end) != sign.as_ref() || digits(end, 1) > 0 || !(two_digits || folders)
        {
            continue;
        }
        let number = |from: usize, to: usize| path.get(from..to)?.parse::<i16>().ok();
        let small = |from: usize, to: usize| i8::try_from(number(from, to)?).ok();
        let date = number(start, start + 4).zip(small(month, month_end)).zip(small(day, end));
        let date = date.and_then(|((year, month), day)| Date::new(year, month, day).ok());
        if date.is_some_and(|date| (1900..=2050).contains(&date.year())) {
            return date;
        }
    }
    None
}

fn of_file(found: &Found) -> Option<String> {
    let changed = fs::metadata(found.path.as_ref()?).ok()?.modified().ok()?;
    let seconds = Timestamp::try_from(changed).ok()?.as_second();
    Some(Timestamp::from_second(seconds).ok()?.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_in_paths_must_not_touch_other_digits() {
        for (path, date) in [
            ("archive/2023/09/24/ferry.txt", Some("2023-09-24")),
            ("archive/2023-09-24-ferry.txt", Some("2023-09-24")),
            ("archive/20230924_ferry.txt", Some("2023-09-24")),
            ("archive/ferry.20230924.txt", Some("2023-09-24")),
            ("2022-01-01/2023-09-24.txt", Some("2023-09-24")),
            ("archive/2023/13/24/ferry.txt", None),
            ("archive/2023-02-31-ferry.txt", None),
            ("archive/00000000.txt", None),
            ("archive/120230924.txt", None),
            ("archive/202309241.txt", None),
            ("archive/2023/09/ferry.txt", None),
            ("archive/2023/9/4/ferry", Some("2023-09-04")),
            ("archive/2023/9/24/ferry", Some("2023-09-24")),
            ("archive/2023/9/4", None),
            ("archive/2023-9-4/ferry", None),
            ("archive/2023-09/24.txt", None),
            ("ferry-3021-4455.txt", None),
            ("ärchiv/2023/09/24/fähre.txt", Some("2023-09-24")),
        ] {
            assert_eq!(in_path(path).map(|day| day.to_string()).as_deref(), date, "{path}");
        }
    }

    fn settled(
        date: Option<&str>,
        text: &str,
        path: &str,
    ) -> (Option<String>, Option<DateOrigin>, Option<String>) {
        let mut meta = Metadata { date: date.map(str::to_owned), ..Metadata::default() };
        let found = Found { path: None, shown: path.to_owned(), id: path.to_owned(), bytes: 0, named: true };
        let dating = Dating { mtime: true, zone: None };
        settle(&mut meta, DateOrigin::Field.into(), &Guessed::of(text), &found, &dating);
        (meta.date, meta.date_origin, meta.date_problem)
    }

    #[test]
    fn address_older_than_the_date_of_a_page_by_more_than_a_month_counts() {
        let settled = |date: &str, url: &str, origin: DateOrigin| {
            let mut meta = Metadata {
                date: Some(date.to_owned()),
                url: Some(format!("https://press.example/{url}")),
                ..Metadata::default()
            };
            let found = Found { path: None, shown: "x".into(), id: "x".into(), bytes: 0, named: true };
            settle(&mut meta, origin.into(), &Guessed::of("Text."), &found, &Dating::default());
            (meta.published.unwrap_or_default(), meta.date_origin, meta.date_problem.is_some())
        };
        let page = DateOrigin::Metadata;
        let stated = "2024-03-11T14:20:00Z";
        let first = ("2022-07-12".to_owned(), Some(DateOrigin::Url), true);
        assert_eq!(settled(stated, "home/2022/7/12/crane", page), first);
        for (url, origin) in [
            ("2024/02/12/crane", page),
            ("2026/07/12/crane", page),
            ("crane", page),
            ("crane?on=2022-07-12", page),
            ("2022/07/12/crane", DateOrigin::Field),
        ] {
            assert_eq!(settled(stated, url, origin), (stated.to_owned(), Some(origin), false), "{url}");
        }
    }

    #[test]
    fn capture_of_a_page_is_a_date_only_on_request() {
        let settled = |mtime, capture| {
            let mut meta = Metadata::default();
            let path = "crawl-20240311120000.warc.gz".to_owned();
            let found = Found { path: None, shown: path.clone(), id: path, bytes: 0, named: true };
            let places = Places { extracted: DateOrigin::Metadata, last: LastResort::Capture(capture) };
            settle(&mut meta, places, &Guessed::of("Text."), &found, &Dating { mtime, zone: None });
            meta.published.zip(meta.date_origin)
        };
        let capture = Some("2024-03-11T14:20:00Z");
        assert_eq!(settled(false, capture), None);
        assert_eq!(settled(true, capture), Some(("2024-03-11T14:20:00Z".to_owned(), DateOrigin::Mtime)));
        assert_eq!((settled(true, Some("once")), settled(true, None)), (None, None));
    }

    #[test]
    fn first_usable_date_wins_and_unusable_ones_say_why() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            settled(Some("2024-03-11"), "2023-01-01\n\nText.", "2022-01-01.txt"),
            (some("2024-03-11"), Some(DateOrigin::Field), None)
        );
        assert_eq!(
            settled(Some("0000-00-00"), "*2023-01-01*\n\nText.", "2022-01-01.txt"),
            (some("2023-01-01"), Some(DateOrigin::Text), some("`0000-00-00`: no such day"))
        );
        assert_eq!(
            settled(Some("24/09/23"), "Text.", "2022-01-01.txt"),
            (some("2022-01-01"), Some(DateOrigin::Path), some("`24/09/23`: the year has only two digits"))
        );
        assert_eq!(settled(None, "Text.", "x.txt"), (None, None, None));
    }
}
