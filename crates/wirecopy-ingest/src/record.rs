//! Makes a document of the field values of a record, for JSON objects and table rows alike.

use super::extract::Extracted;
use super::markup::{line_of, text_of};
use super::mojibake;
use wirecopy_core::document::SkipKind::Empty;
use wirecopy_core::document::{Delivery, Metadata, Refusal, one_line};

/// Longest placeholder for a missing value, in characters.
const EMPTY_CHARS: usize = 16;
/// What programs write for a missing value. `NAN` is not in the list, because it is a news agency.
const EMPTY: [&str; 15] = [
    "nan",
    "NaN",
    "-nan",
    "None",
    "none",
    "NULL",
    "null",
    "Null",
    "nil",
    "NaT",
    "<NA>",
    "N/A",
    "n/a",
    "undefined",
    "\\N",
];

/// The field values of a record, as written: an object of JSON, a row of a table. Blank values and placeholders for missing
/// ones count as missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields {
    /// The id.
    pub id: Option<String>,
    /// The article, as text or HTML.
    pub text: Option<String>,
    /// The headline.
    pub title: Option<String>,
    /// The publication date.
    pub date: Option<String>,
    /// The publisher.
    pub source: Option<String>,
    /// The address (URL).
    pub url: Option<String>,
    /// The language, as a code or a name.
    pub language: Option<String>,
    /// Lines that name the author or sender.
    pub bylines: Vec<String>,
    /// What the form of an agency said of the item, in a record that `wirecopy keep` wrote.
    pub delivery: Option<Box<Delivery>>,
}

impl Fields {
    /// Cleans the values and makes a document of them.
    ///
    /// # Errors
    /// The reason for skipping the record: there is no text.
    pub(super) fn document(self) -> Result<Extracted, Refusal> {
        let text = self.text.filter(|text| !is_empty(text)).ok_or_else(|| Empty.because("empty text"))?;
        let (text, page) = text_of(mojibake::repair(text))?;
        let meta = Metadata {
            title: prose(self.title).or(page.title),
            date: field(self.date).or(page.date),
            published: None,
            date_origin: None,
            date_problem: None,
            source: prose(self.source).or(page.source),
            url: field(self.url).or(page.url),
            bylines: self.bylines.into_iter().filter_map(|line| prose(Some(line))).collect(),
            language: field(self.language).or(page.language),
            delivery: self
                .delivery
                .filter(|delivery| **delivery != Delivery::default())
                .map(|delivery| Box::new(super::delivered::cleaned(*delivery))),
        };
        Ok(Extracted { own_id: self.id.filter(|id| !is_empty(id)), meta, text })
    }
}

/// Returns a value on one line; `None` if it is missing.
pub(super) fn field(value: Option<String>) -> Option<String> {
    one_line(&value.filter(|value| !is_empty(value))?)
}

/// Returns a value for people on one line, without markup and mojibake; `None` if it is missing.
pub(super) fn prose(value: Option<String>) -> Option<String> {
    let value = value.filter(|value| !is_empty(value))?;
    one_line(&line_of(mojibake::repair(value)))
}

/// Returns whether a value is missing: blank, a placeholder of pandas, databases or spreadsheets, or the error of a formula
/// (`#REF!`, `#N/A`, in any language).
pub(super) fn is_empty(value: &str) -> bool {
    let value = value.trim();
    if value.is_empty() {
        return true;
    }
    if value.len() > 2 * EMPTY_CHARS {
        return false;
    }
    EMPTY.contains(&value) || value.strip_prefix('#').is_some_and(is_formula_error)
}

/// Returns whether this follows the `#` of a formula error: `REF!`, `DIV/0!`, `NAME?`, `N/A`, `NV`, `¡REF!`.
fn is_formula_error(name: &str) -> bool {
    let known = matches!(name, "N/A" | "NA" | "NV" | "N/D" | "ND" | "Н/Д" | "BRAK");
    let shape = name.ends_with(['!', '?'])
        && name.chars().count() <= EMPTY_CHARS
        && name
            .chars()
            .all(|c| c.is_uppercase() || c.is_ascii_digit() || matches!(c, '/' | '!' | '?' | '¡' | '¿'));
    known || shape
}

/// Formats field names for a message. Long lists and long names are shortened.
pub(super) fn listed<S: AsRef<str>>(names: &[S]) -> String {
    const SHOWN: usize = 12;
    const CHARS: usize = 40;
    let quoted = |name: &S| {
        let name = name.as_ref();
        match name.char_indices().nth(CHARS) {
            Some((end, _)) => format!("`{}…`", &name[..end]),
            None => format!("`{name}`"),
        }
    };
    let mut out = names.iter().take(SHOWN).map(quoted).collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN {
        out.push_str(&format!(" and {} more", names.len() - SHOWN));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn placeholders_for_missing_values_are_empty() {
        for value in [
            " ",
            "nan",
            "NaN",
            "None",
            "NULL",
            "#REF!",
            "#N/A",
            "#DIV/0!",
            "#NAME?",
            "#WERT!",
            "#¡REF!",
            "#NV",
            "<NA>",
            "\\N",
            "#BEZUG!",
            "#ЗНАЧ!",
        ] {
            assert!(is_empty(value), "{value}");
            assert_eq!(
                Fields { text: some(value), ..Fields::default() }.document().unwrap_err().reason,
                "empty text"
            );
        }
        for value in ["NAN", "#metoo", "Nankai", "Null Island", "#1", "0", "none of them came", "#NVIDIA"] {
            assert!(!is_empty(value), "{value}");
        }
        let values = Fields {
            id: some("nan"),
            text: some("The ferry sails."),
            title: some("#REF!"),
            source: some("None"),
            date: some("NaT"),
            url: some("NULL"),
            ..Fields::default()
        };
        let doc = values.document().unwrap();
        assert_eq!((doc.own_id, doc.meta), (None, Metadata::default()));
    }

    #[test]
    fn long_lists_and_names_are_shortened() {
        let names: Vec<String> = (0..20).map(|n| format!("f{n}")).collect();
        assert!(listed(&names).ends_with("`f11` and 8 more"));
        assert_eq!(listed(&["a", "b"]), "`a`, `b`");
        assert!(listed(&["x".repeat(90)]).chars().count() < 50);
    }
}
