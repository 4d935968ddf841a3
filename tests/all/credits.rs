//! Tests that credits are distinguished from mentions, in the styles of many newsrooms, each inserted into a short story.
//!
//! The tables are in `credits/*.tsv`. Cases that are not recognised are in `credits/known_misses.tsv`, with the reason.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::desk::table;
use wirecopy::Metadata;
use wirecopy_core::text::credit::{Agencies, Form, credits};
use wirecopy_ingest::settings_files::agencies;

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/credits").join(name)
}

/// Returns the first, second and last paragraph of a story, by language.
fn contexts() -> BTreeMap<String, [String; 3]> {
    table(&file("contexts.tsv"))
        .into_iter()
        .map(|[language, first, second, last]| (language, [first, second, last]))
        .collect()
}

fn story(context: &[String; 3], language: &str, place: &str, line: &str) -> String {
    let [first, second, last] = context;
    let space = if matches!(language, "zh" | "ja") { "" } else { " " };
    match place {
        "dateline" => format!("{line}{space}{first}\n\n{second}\n\n{last}\n"),
        "head" => format!("{line}\n\n{first}\n\n{second}\n\n{last}\n"),
        "tail" => format!("{first}\n\n{second}\n\n{last}\n\n{line}\n"),
        "end" => format!("{first}\n\n{second}\n\n{last}{space}{line}\n"),
        "lead" => format!("{line}\n\n{second}\n\n{last}\n"),
        "body" => format!("{first}\n\n{line}\n\n{last}\n"),
        "last" => format!("{first}\n\n{second}\n\n{line}\n"),
        "caption" | "heading" => format!("{first}\n\n{line}\n\n{second}\n\n{last}\n"),
        other => panic!("unknown place: {other}"),
    }
}

fn found(text: &str) -> BTreeSet<String> {
    let credits = credits(text, &Metadata::default(), &Agencies::shipped());
    credits.into_iter().map(|credit| credit.agency).collect()
}

#[test]
fn every_credit_is_found() {
    let (contexts, rows) = (contexts(), table::<4>(&file("credits.tsv")));
    let languages: BTreeSet<&str> = rows.iter().map(|[language, ..]| language.as_str()).collect();
    assert!(rows.len() >= 300 && languages.len() >= 12, "{} in {languages:?}", rows.len());
    let mut wrong = Vec::new();
    for [language, place, line, agencies] in &rows {
        let text = story(&contexts[language], language, place, line);
        let wanted: BTreeSet<String> = agencies.split(", ").map(str::to_owned).collect();
        let found = found(&text);
        if found != wanted {
            wrong.push(format!("{language} {place}: {line}: expected {wanted:?}, found {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}

#[test]
fn mentions_are_not_credits() {
    let (contexts, rows) = (contexts(), table::<3>(&file("mentions.tsv")));
    let languages: BTreeSet<&str> = rows.iter().map(|[language, ..]| language.as_str()).collect();
    assert!(rows.len() >= 300 && languages.len() >= 12, "{} in {languages:?}", rows.len());
    let mut wrong = Vec::new();
    for [language, place, line] in &rows {
        let text = story(&contexts[language], language, place, line);
        let found = found(&text);
        if !found.is_empty() {
            wrong.push(format!("{language} {place}: {line}: {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}

/// A known miss that is now recognised belongs in one of the other tables.
#[test]
fn known_misses_are_still_missed() {
    let contexts = contexts();
    for [language, place, line, agencies, reason] in table::<5>(&file("known_misses.tsv")) {
        let text = story(&contexts[&language], &language, &place, &line);
        let wanted: BTreeSet<String> =
            agencies.split(", ").filter(|name| !name.is_empty()).map(str::to_owned).collect();
        assert!(!reason.is_empty());
        assert_ne!(found(&text), wanted, "{language} {place}: {line} is recognised now");
    }
}

#[test]
fn story_without_a_credit_line_has_no_credits() {
    for [first, second, last] in contexts().values() {
        assert_eq!(found(&format!("{first}\n\n{second}\n\n{last}\n")), BTreeSet::new());
    }
}

#[test]
fn credit_records_its_position() {
    let text =
        "The bridge will be rebuilt, the council of Velmark said on Monday evening.\n\nSource: Xinhua\n";
    let [credit] = &credits(text, &Metadata::default(), &Agencies::shipped())[..] else {
        panic!("one credit")
    };
    assert_eq!((credit.agency.as_str(), credit.form, credit.line), ("Xinhua", Form::Line, Some(3)));
    assert_eq!(&text[credit.span.0 as usize..credit.span.1 as usize], "Xinhua");
    assert_eq!(credit.words, "Source: Xinhua");
}

#[test]
fn bylines_and_publishers_are_credits() {
    let agencies = Agencies::shipped();
    let text = "The bridge will be rebuilt, the council of Velmark said on Monday evening.\n";
    let of = |bylines: &[&str], source: Option<&str>| {
        let bylines = bylines.iter().map(|&line| line.to_owned()).collect();
        let meta = Metadata { bylines, source: source.map(str::to_owned), ..Metadata::default() };
        credits(text, &meta, &agencies).into_iter().map(|credit| credit.agency).collect::<Vec<_>>()
    };
    assert_eq!(of(&["Jane Roe, AFP", "dpa, 7 August 2024, 12:00"], None), ["AFP", "dpa"]);
    assert_eq!(of(&["Reuters | 14 November 2024, 12:30 | Views: 4764"], None), ["Reuters"]);
    assert_eq!(of(&["Le Phare avec AFP"], Some("Le Phare")), ["AFP"]);
    assert_eq!(of(&[], Some("Reuters")), ["Reuters"]);
    assert_eq!(of(&["Jane Roe", "Photo: AFP"], Some("Reuters Plaza Gazette")), Vec::<String>::new());
}

#[test]
fn agencies_file_adds_agencies_and_spellings() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("agencies.tsv");
    fs::write(&path, "# mine\nVelwire\tVelmark Wire\nReuters\tRtrs\n").unwrap();
    let extended = agencies(Some(&path)).unwrap();
    for (line, agency) in
        [("VELMARK (Velwire) - ", "Velwire"), ("VELMARK (Rtrs) - ", "Reuters"), ("LONDON (AP) - ", "AP")]
    {
        let text = format!("{line}The bridge will be rebuilt, the council of Velmark said on Monday.");
        let credits = credits(&text, &Metadata::default(), &extended);
        assert_eq!(credits.iter().map(|c| c.agency.as_str()).collect::<Vec<_>>(), [agency], "{line}");
    }
    fs::write(&path, "Velwire\tVW\nVendor\tVW\n").unwrap();
    let message = agencies(Some(&path)).unwrap_err().to_string();
    assert!(message.ends_with("agencies.tsv:2: `VW` is already a name of Velwire"), "{message}");
}
