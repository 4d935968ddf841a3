//! The text of a message: lines, paragraphs, datelines.

use wirecopy_core::document::Signal;
use wirecopy_core::text::credit::names_agency;

/// Number of spaces at the beginning of a line that begin a paragraph.
const INDENT: usize = 2;
/// Most characters of the place and date in a dateline.
const PLACE_CHARS: usize = 60;
/// Most words of the same.
const PLACE_WORDS: usize = 8;
/// Most characters of the name of an agency.
const AGENCY_CHARS: usize = 40;

/// Returns a line without control codes. Tabs are kept.
pub(in crate::wire) fn clean(line: &str) -> String {
    line.chars().filter(|c| *c == '\t' || !c.is_control()).collect()
}

/// Returns whether a word is the name of a known agency, in any case.
pub(in crate::wire) fn is_agency(word: &str) -> bool {
    word.chars().count() <= AGENCY_CHARS
        && word.chars().any(char::is_alphabetic)
        && names_agency(&format!("({word})"))
}

/// Words by which agencies mark a version that corrects an error.
const CORRECTION: [&str; 21] = [
    "REFILE",
    "CORRECTION",
    "CORRECTIONS",
    "CORRECTED",
    "CORRECTS",
    "CORRECT",
    "CORRECTIVE",
    "BERICHTIGUNG",
    "BERICHTIGT",
    "KORREKTUR",
    "RECTIFICATIF",
    "RECTIFICATION",
    "CORREGIDA",
    "CORRECCIÓN",
    "RECHTZETTING",
    "RETTELSE",
    "RETTING",
    "RÄTTELSE",
    "KOREKTA",
    "КОРРЕКЦИЯ",
    "تصحيح",
];
/// Words by which they mark one that brings a story up to date.
const UPDATE: [&str; 16] = [
    "LEAD",
    "LD",
    "UPDATE",
    "UPDATED",
    "UPDATES",
    "ROUNDUP",
    "WRITETHRU",
    "AKTUALISIERUNG",
    "AKTUALISIERT",
    "ZUSAMMENFASSUNG",
    "ACTUALISATION",
    "ACTUALIZACIÓN",
    "AKTUALIZACJA",
    "OPPDATERING",
    "ОБНОВИТЬ",
    "تحديث",
];
/// Words by which they withdraw a story.
const KILL: [&str; 5] = ["KILL", "ELIMINAR", "WITHDRAWN", "ZURÜCKGEZOGEN", "АННУЛИРОВАНИЕ"];
/// Words that accompany these.
const WITH_KILL: [&str; 8] =
    ["MANDATORY", "BULLETIN", "STORY", "URGENT", "NOTICE", "ADVISORY", "MELDUNG", "BC"];
/// Words by which they say that a story may not be published yet.
const EMBARGO: [&str; 4] = ["EMBARGO", "EMBARGOED", "SPERRFRIST", "SPERRFRISTEN"];
/// Most words of a mark that are examined.
const WORDS: usize = 12;
/// Number of words at the beginning of a mark among which its kind is named.
const MARK_WORDS: usize = 4;

/// What a mark of an agency says of a version.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::wire) struct Mark {
    pub signal: Option<Signal>,
    pub is_withdrawn: bool,
    /// Whether it is nothing but the word for an embargo.
    pub is_withheld: bool,
}

impl Mark {
    /// Returns what a mark says: `1ST LEAD`, `(Berichtigung: the name)`, `KILL KILL KILL`.
    pub(in crate::wire) fn of(text: &str) -> Self {
        let words: Vec<String> = text
            .split(|c: char| !c.is_alphanumeric())
            .map(|word| word.trim_start_matches(|c: char| c.is_ascii_digit()).to_uppercase())
            .filter(|word| !word.is_empty())
            .take(WORDS)
            .collect();
        let first = words.get(..MARK_WORDS).unwrap_or(&words);
        let has = |list: &[&str]| first.iter().any(|word| list.contains(&word.as_str()));
        let is_withdrawn = has(&KILL)
            && words.iter().all(|word| KILL.contains(&word.as_str()) || WITH_KILL.contains(&word.as_str()));
        let signal =
            if has(&CORRECTION) { Some(Signal::Correction) } else { has(&UPDATE).then_some(Signal::Update) };
        let is_withheld = !words.is_empty() && words.iter().all(|word| EMBARGO.contains(&word.as_str()));
        Self { signal, is_withdrawn, is_withheld }
    }

    /// Adds what another mark says. A correction that is also an update is a correction.
    pub(in crate::wire) fn add(&mut self, other: Self) {
        self.is_withdrawn |= other.is_withdrawn;
        self.is_withheld |= other.is_withheld;
        if self.signal != Some(Signal::Correction) {
            self.signal = other.signal.or(self.signal);
        }
    }
}

/// Returns the time before which a message may not be published, as a note gives it. `None` if it gives no time.
pub(in crate::wire) fn embargo(note: &str) -> Option<String> {
    let words = note.char_indices().find_map(|(at, _)| {
        let rest = note.get(at..)?;
        let begins =
            |word: &&str| rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
        ["Sperrfrist", "Embargo"].iter().any(begins).then_some(rest)
    })?;
    let is_over = ["lifted", "aufgehoben"].iter().any(|word| words.to_lowercase().contains(word));
    (words.contains(|c: char| c.is_ascii_digit()) && !is_over)
        .then(|| words.trim_matches(['(', ')', ' ']).to_owned())
}

/// Joins wrapped lines into paragraphs, one a line.
pub(in crate::wire) fn paragraphs<'a>(lines: impl IntoIterator<Item = &'a str>) -> String {
    let mut out = String::new();
    let mut indent = 0;
    let mut is_new = true;
    for line in lines {
        let text = line.trim();
        if text.is_empty() {
            is_new = true;
            continue;
        }
        let spaces = line.chars().take_while(|c| c.is_whitespace()).count();
        // A table has a row a line.
        let is_row = text.starts_with('|');
        let is_listed = text.starts_with("* ") || text.starts_with("\u{2022} ");
        if is_new || is_row || is_listed || (spaces >= INDENT && spaces > indent) {
            if !out.is_empty() {
                out.push('\n');
            }
        } else if !ends_in_hyphen(&out) {
            out.push(' ');
        }
        out.push_str(text);
        indent = spaces;
        is_new = is_row;
    }
    out
}

/// Returns whether a text ends in a hyphen between the parts of a word.
fn ends_in_hyphen(text: &str) -> bool {
    text.strip_suffix('-').is_some_and(|word| word.ends_with(char::is_alphanumeric))
}

/// Returns the place, date and agency at the beginning of a text, up to the sign after them: `Velmark (dpa) - `.
pub(in crate::wire) fn dateline(text: &str) -> Option<&str> {
    let (place, rest) = text.split_once('(')?;
    let (agency, rest) = rest.split_once(')')?;
    let is_place = place.chars().next().is_some_and(char::is_alphabetic)
        && place.ends_with(' ')
        && place.chars().count() <= PLACE_CHARS
        && place.split_whitespace().count() <= PLACE_WORDS
        && !place.contains(['\n', '"', '?', '!', ';', ':']);
    if !is_place || agency.is_empty() || agency.chars().count() > AGENCY_CHARS || agency.contains('\n') {
        return None;
    }
    let is_sign =
        rest.trim_start_matches([' ', '.', ',']).starts_with(['-', '=', '_', '\u{2013}', '\u{2014}']);
    if !is_sign && !is_agency(agency) && !is_agency(&agency.to_uppercase()) {
        return None;
    }
    text.get(..place.len() + agency.len() + 2)
}
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrapped_lines_are_joined_into_paragraphs() {
        for (lines, text) in [
            (&["one", "two", "", "three"][..], "one two\nthree"),
            (&["   one", "two", "   three", "four"], "one two\nthree four"),
            (&["     all", "     indented", "", "     lines"], "all indented\nlines"),
            (&["Velmark-", "based", "and -", "so"], "Velmark-based and - so"),
            (&["a", "| b |", "| c |", "d", "* e", "f"], "a\n| b |\n| c |\nd\n* e f"),
            (&["", " "], ""),
        ] {
            assert_eq!(paragraphs(lines.iter().copied()), text);
        }
    }

    #[test]
    fn dateline_is_a_place_and_an_agency() {
        for (text, found) in [
            ("Velmark (dpa) - The locks opened.", Some("Velmark (dpa)")),
            (
                "PORT VELMARK, Sarland, Sept 24 (AFP) \u{2014} The locks",
                Some("PORT VELMARK, Sarland, Sept 24 (AFP)"),
            ),
            ("VELMARK 31/07 (AFP-DPA-REUTER) = Les", Some("VELMARK 31/07 (AFP-DPA-REUTER)")),
            ("Velmark (ats) Le port", Some("Velmark (ats)")),
            ("Ada Roe (CDU) said so.", None),
            ("The agency, he asked: what (dpa) - is it?", None),
            ("(dpa) - The locks", None),
            ("Velmark (dpa", None),
        ] {
            assert_eq!(dateline(text), found);
        }
    }

    #[test]
    fn embargo_has_a_time() {
        let of = |note: &str| embargo(note).unwrap_or_default();
        assert_eq!(of("(Bericht Sperrfrist 9. Oktober 14.20 Uhr)"), "Sperrfrist 9. Oktober 14.20 Uhr");
        assert_eq!(
            of("EMBARGOED for publication until 1200 GMT"),
            "EMBARGOED for publication until 1200 GMT"
        );
        assert_eq!(of("EMBARGO 1200 GMT LIFTED"), "");
        assert_eq!(of("ARMS EMBARGO"), "");
        assert_eq!(of("\u{df}\u{df}"), "");
    }

    #[test]
    fn word_for_an_embargo_is_a_mark_by_itself() {
        for (text, is_withheld) in [
            ("EMBARGO", true),
            ("(Sperrfrist)", true),
            ("EMBARGO 1200 GMT LIFTED", false),
            ("ARMS EMBARGO", false),
            ("", false),
        ] {
            assert_eq!(Mark::of(text).is_withheld, is_withheld, "{text}");
        }
    }

    #[test]
    fn marks_say_what_a_version_is() {
        let of = |text: &str| (Mark::of(text).signal, Mark::of(text).is_withdrawn);
        assert_eq!(of("2ND LEAD"), (Some(Signal::Update), false));
        assert_eq!(of("1stLd-Writethru"), (Some(Signal::Update), false));
        assert_eq!(of("(Berichtigung: der Name)"), (Some(Signal::Correction), false));
        assert_eq!(of("KILL KILL KILL"), (None, true));
        assert_eq!(of("BULLETIN KILL"), (None, true));
        assert_eq!(of("KILL BILL"), (None, false));
        assert_eq!(of("EXTRA"), (None, false));
        let mut mark = Mark::of("CORRECTION");
        mark.add(Mark::of("UPDATE"));
        assert_eq!(mark.signal, Some(Signal::Correction));
    }
}
