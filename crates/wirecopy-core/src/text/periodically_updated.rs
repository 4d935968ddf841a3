//! Recognises periodically updated documents by their labels.
//!
//! Agencies label what they send again and again with changes: fact boxes, timelines, questions and answers, lists of
//! quotes, the text of a central bank's statement. Two of them on one subject share most of their sentences and still are two
//! dispatches. The labels are data (`data/periodically_updated.tsv`, 35 languages). Cost: two table lookups, by
//! the first character of the title and by that of the text.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::word_table;

/// A label, and whether it needs a colon because it is also an ordinary word.
type Label = (&'static str, bool);

static LABELS: LazyLock<HashMap<char, Vec<Label>>> =
    LazyLock::new(|| word_table::shipped(read(include_str!("../../data/periodically_updated.tsv"))));

fn read(table: &'static str) -> Result<HashMap<char, Vec<Label>>, String> {
    let mut labels: HashMap<char, Vec<Label>> = HashMap::new();
    for cell in word_table::rows(table).flat_map(|cells| cells.skip(1)) {
        let (label, weak) = cell.strip_prefix('~').map_or((cell, false), |label| (label, true));
        let folded = label.trim() == label && label.to_lowercase() == label;
        let first = label.chars().next().filter(|first| folded && first.is_alphanumeric());
        let first = first.ok_or_else(|| format!("`{cell}` is not a label in lower case"))?;
        labels.entry(first).or_default().push((label, weak));
    }
    Ok(labels)
}

/// Returns whether the title or the first line labels a document as periodically updated.
pub fn is_periodically_updated(title: Option<&str>, text: &str) -> bool {
    let first_line = text.trim_start().lines().next();
    [title, first_line].into_iter().flatten().any(is_labelled)
}

fn is_labelled(heading: &str) -> bool {
    let heading = heading.trim_start_matches(|c: char| !c.is_alphanumeric());
    let Some(first) = heading.chars().next().and_then(|first| first.to_lowercase().next()) else {
        return false;
    };
    LABELS.get(&first).is_some_and(|labels| {
        labels.iter().any(|&(label, weak)| {
            let end = heading.char_indices().nth(label.chars().count()).map_or(heading.len(), |(at, _)| at);
            let Some(sign) = heading[end..].trim_start().chars().next() else { return false };
            let is_label_end = if weak { matches!(sign, ':' | '：') } else { ends_label(sign) };
            // No label contains letters that become two in lower case.
            is_label_end && heading[..end].chars().flat_map(char::to_lowercase).eq(label.chars())
        })
    })
}

fn ends_label(sign: char) -> bool {
    matches!(sign, ':' | '：' | '-' | '–' | '—' | '|' | ']' | ')' | '】' | '〕' | '］' | '）' | '」' | '》')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_distinguished_from_headlines() {
        for title in [
            "FACTBOX-Ferries of the Orlava line",
            "Factbox: Ferries of the Orlava line",
            "Factbox - Ferries of the Orlava line",
            "TIMELINE: The strike at Skarvik",
            "INSTANT VIEW: The new toll",
            "HIGHLIGHTS: The council on the toll",
            "Q+A: What the new toll means",
            "Text: Statement of the board",
            "Zeittafel – Der Streik von Skarvik",
            "Repères : le péage du canal",
            "ДОСЬЕ: паромная линия",
            "【年表】運河の歩み",
            "〔情報BOX〕運河の通行料",
            "背景资料：运河的通行费",
        ] {
            assert!(is_periodically_updated(Some(title), "The ferry sailed."), "{title}");
            assert!(is_periodically_updated(None, &format!("\n{title}\nThe ferry sailed.")), "{title}");
        }
        for title in [
            "",
            "?!",
            "Factbox",
            "Timelines slip at the yard of Skarvik",
            "Text-messaging fees rise",
            "Background checks for guards: what changes",
            "Facts and figures on ferries",
            "Datos del canal",
            "İstanbul: ferries",
        ] {
            assert!(!is_periodically_updated(Some(title), "The ferry sailed."), "{title}");
        }
        assert!(!is_periodically_updated(None, ""));
    }

    #[test]
    fn malformed_row_is_an_error() {
        for table in ["en\tFactbox", "en\t", "en\t~", "en\t timeline", "en\t(facts"] {
            assert!(read(table).is_err(), "{table}");
        }
        assert!(!LABELS.is_empty());
    }
}
