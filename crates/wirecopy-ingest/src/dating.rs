//! The publication date of a document: the first of several places that gives one that can be used.
//!
//! In: the date that a format's extractor found, the text, the path. Out: the date with its origin, and why an earlier one
//! was passed over. The order is that of trust: what the page or record says, the first lines, the address, the path, and
//! the time of the file's last change only where that was asked for. Lines are looked at only where the first place has
//! nothing.

use std::fs;

use jiff::Timestamp;

use super::date_line::gives_date;
use super::extract::one_line;
use super::language;
use super::walk::Found;
use crate::config::IngestConfig;
use crate::dates::{self, Zone};
use wirecopy_core::Result;
use wirecopy_core::document::{DateOrigin, Metadata};
use wirecopy_core::published::Published;

/// Lines at the start of a text that may be its date.
const LINES: usize = 4;

/// How dates are settled.
#[derive(Clone, Debug, Default)]
pub(super) struct Dating {
    /// Take the time of a file's last change where nothing else tells a date.
    pub(super) mtime: bool,
    /// Where times without a zone were written.
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

/// Settles the date of `meta`; `origin` is where the format has its dates.
pub(super) fn settle(meta: &mut Metadata, origin: DateOrigin, text: &str, found: &Found, dating: &Dating) {
    let declared = meta.language.clone();
    // The language decides few dates, and guessing it costs more than reading one.
    let guessed = || declared.clone().or_else(|| language::of_text(text));
    let parse = |date: &str| match dates::parse_in(date, declared.as_deref()) {
        Err(problem) if problem.depends_on_language() && declared.is_none() => {
            dates::parse_in(date, guessed().as_deref())
        }
        known => known,
    };
    if let Some(date) = meta.date.take() {
        match parse(&date) {
            Ok(published) => {
                meta.date = Some(date);
                meta.published = Some(dating.shown(published));
                meta.date_origin = Some(origin);
                return;
            }
            Err(problem) => {
                tracing::debug!(path = %found.shown, %date, %problem, "date not used");
                meta.date_problem.get_or_insert_with(|| format!("`{date}`: {problem}"));
            }
        }
    }
    let other = in_first_lines(text, declared.as_deref())
        .filter(|date| parse(date).is_ok())
        .map(|date| (date, DateOrigin::Text))
        .or_else(|| Some((in_path(without_query(meta.url.as_deref()?))?, DateOrigin::Url)))
        .or_else(|| Some((in_path(&found.shown)?, DateOrigin::Path)))
        .or_else(|| if dating.mtime { Some((of_file(found)?, DateOrigin::Mtime)) } else { None });
    if let Some((date, origin)) = other {
        meta.published = parse(&date).ok().map(|published| dating.shown(published));
        meta.date = Some(date);
        meta.date_origin = Some(origin);
    }
}

fn in_first_lines(text: &str, language: Option<&str>) -> Option<String> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty()).take(LINES);
    let mut plain = lines.map(|line| line.trim_matches(['*', '_']));
    plain.find(|line| gives_date(line, language)).and_then(one_line)
}

/// Numbers behind a question mark are no dates of publication.
fn without_query(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or(url)
}

/// The last date of a path: `2023/09/24/`, `2023-09-24-slug`, `2023_09_24`, `20230924`, between signs that are no digits.
pub(super) fn in_path(path: &str) -> Option<String> {
    let bytes = path.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let number = |from: usize, to: usize| path.get(from..to)?.parse::<u16>().ok();
    for start in (0..bytes.len().saturating_sub(7)).rev() {
        let free = start == 0 || !digit(start - 1);
        if !free || !(0..4).all(|i| digit(start + i)) {
            continue;
        }
        let sign = bytes.get(start + 4).copied();
        // Month and day have two digits, so that a version or a number of pages is not taken for them.
        let (month, end) = match sign {
            Some(b'/' | b'-' | b'_' | b'.' | b'\\') if bytes.get(start + 7) == sign.as_ref() => {
                (start + 5, start + 10)
            }
            Some(byte) if byte.is_ascii_digit() => (start + 4, start + 8),
            _ => continue,
        };
        let day = end - 2;
        if digit(end) || ![month, month + 1, day, day + 1].into_iter().all(digit) {
            continue;
        }
        let (Some(year), Some(m), Some(d)) =
            (number(start, start + 4), number(month, month + 2), number(day, end))
        else {
            continue;
        };
        let date = format!("{year:04}-{m:02}-{d:02}");
        if (1900..=2100).contains(&year) && dates::parse(&date).is_ok() {
            return Some(date);
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
    fn dates_in_paths_stand_between_signs() {
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
            ("archive/2023-09/24.txt", None),
            ("ferry-3021-4455.txt", None),
            ("ärchiv/2023/09/24/fähre.txt", Some("2023-09-24")),
        ] {
            assert_eq!(in_path(path).as_deref(), date, "{path}");
        }
    }

    fn settled(
        date: Option<&str>,
        text: &str,
        path: &str,
    ) -> (Option<String>, Option<DateOrigin>, Option<String>) {
        let mut meta = Metadata { date: date.map(str::to_owned), ..Metadata::default() };
        let found = Found { path: None, shown: path.to_owned(), id: path.to_owned(), bytes: 0, named: true };
        settle(&mut meta, DateOrigin::Field, text, &found, &Dating { mtime: true, zone: None });
        (meta.date, meta.date_origin, meta.date_problem)
    }

    #[test]
    fn the_first_date_that_can_be_used_wins_and_the_others_say_why() {
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
            (some("2022-01-01"), Some(DateOrigin::Path), some("`24/09/23`: a year of two digits"))
        );
        assert_eq!(settled(None, "Text.", "x.txt"), (None, None, None));
    }
}
