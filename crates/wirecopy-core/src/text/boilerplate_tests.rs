//! Tests what is recognised as boilerplate in a text.

use std::path::Path;

use super::*;
use crate::document::Metadata;

#[test]
fn row_that_stands_there_twice_is_an_error() {
    assert!(read("photo\tbefore_name\tphoto:\nmenu\tcontains\tphoto:").is_ok());
    assert!(read("photo\tbefore_name\tphoto:\nmenu\tbefore_name\tphoto:").is_err());
}

#[cfg(target_arch = "x86_64")]
#[test]
fn phrases_inside_lines_are_few_enough_to_be_searched_for_together() {
    assert!(INSIDE.is_some() || !std::arch::is_x86_feature_detected!("avx2"));
}

const PROSE: &str =
    "The council of Velmark voted on Monday to rebuild the old bridge before the winter sets in.";

fn marked(text: &str) -> Vec<String> {
    boilerplate(text).into_iter().map(|range| text[range].trim().to_owned()).collect()
}

#[test]
fn phrases_of_many_languages_are_boilerplate() {
    for line in [
        "Read more: Ferry fares to rise",
        "• Read also Ferries: what changes in May",
        "Lire aussi : les prix montent",
        "Читайте также: цены растут",
        "相关阅读：油价上涨",
        "#ferry #strike #islands",
        "© 2024 The Gazette",
        "(dpa)",
        "Share on Facebook | Share on X | Print",
        "https://gazette.example/story",
        "Photo: City of Velmark",
        "The bridge before the flood. Photo: Velmark City Archive",
        "Front page / World / Velmark to rebuild its old bridge before the wi…",
    ] {
        let text = format!("{PROSE}\n\n{line}\n\n{PROSE}");
        assert_eq!(marked(&text), [line], "{line}");
    }
}

#[test]
fn sentences_that_begin_like_boilerplate_are_kept() {
    for line in [
        "Related charges were filed against two men on Tuesday.",
        "Source material for the film was found in an attic, the director said.",
        "Watch makers in the valley fear for their trade.",
        "Photographs of the bridge were sold at auction.",
        "Comments by the minister drew applause from the benches.",
        "Image rights were the sticking point of the contract.",
    ] {
        assert!(marked(&format!("{PROSE}\n{line}\n{PROSE}")).is_empty(), "{line}");
    }
}

#[test]
fn short_lines_around_the_prose_are_boilerplate_and_headings_inside_are_not() {
    let text = format!("World\n{PROSE}\nA heading\n{PROSE}\nGazette Velmark\nTop stories");
    assert_eq!(marked(&text), ["World", "Gazette Velmark", "Top stories"]);
}

#[test]
fn headlines_under_a_heading_of_boilerplate_are_boilerplate() {
    let list = "Most read\nMayor of Velmark answers 32 questions about the new bridge and its cost\nFog on the coast";
    assert_eq!(marked(&format!("{PROSE}\n{list}\n{PROSE}")).len(), 3);
    let heading = "What is known of the new bridge and of those who pay for it";
    assert!(marked(&format!("{PROSE}\n{heading}\n{PROSE}")).is_empty());
    let after_prose = format!("{PROSE}\nMost read\n{PROSE}\n{heading}\n{PROSE}");
    assert_eq!(marked(&after_prose), ["Most read"]);
}

#[test]
fn line_of_author_and_time_is_boilerplate_only_before_the_prose() {
    let line = "The Velmark Press | 15 October 2024, 08:02 | Views: 814";
    assert_eq!(marked(&format!("{line}\n{PROSE}")), [line]);
    assert!(marked(&format!("{PROSE}\nGold 1,240 Silver 31\n{PROSE}")).is_empty());
}

#[test]
fn datelines_and_bylines_are_boilerplate_and_the_first_sentence_is_not() {
    for line in [
        "PARIS, Sept 24 (AFP) – ",
        "LONDON (AP) — ",
        "МОСКВА, 12 марта. /ТАСС/. ",
        "新华社北京5月3日电 ",
        "(ANSA) - CUNEO, 18 GIU - ",
        "TOKYO – ",
    ] {
        assert_eq!(marked(&format!("{line}{PROSE}\n{PROSE}")), [line.trim()], "{line}");
    }
    for line in
        ["By Jane Roe and John Doe in Velmark and Rik Storm in Paris 2", "Von unserem Korrespondenten"]
    {
        assert_eq!(marked(&format!("{line}\n{PROSE}")), [line]);
    }
    for opening in ["The agency AFP (Agence) said that ", "In 2020 – ", "Velmark, a town – "] {
        assert!(marked(&format!("{opening}{PROSE}")).is_empty(), "{opening}");
    }
}

#[test]
fn credits_are_the_same_given_the_datelines_of_the_boilerplate() {
    let known_of = |text: &str| {
        let mut known = Datelines::default();
        boilerplate_in(text, text.to_ascii_lowercase().as_bytes(), &mut known);
        assert_ne!(format!("{known:?}"), format!("{:?}", Datelines::default()), "{text}");
        known
    };
    let shipped = credit::Agencies::shipped();
    let meta = Metadata::default();
    let lines =
        ["PARIS, Sept 24 (AFP) – ", "МОСКВА, 12 марта. /ТАСС/. ", "TOKYO – ", "AFP - Le ", "LONDON (AP) —"];
    let mut texts: Vec<String> = lines
        .iter()
        .map(|line| format!(" {line}{PROSE}\n\n{line}{PROSE}\n{line}\nSource: Reuters"))
        .collect();
    // For credits, the line that begins with a bracket is not the first of the prose.
    let headline = "Headline of the day\n(ANSA) - ROMA, 3 MAG - Il governo cade.";
    texts.push(format!("{headline}\nAFP - He left.\n{PROSE}\nSource: Reuters"));
    let other_first = format!("{headline}\nAFP - {PROSE}\nSource: Reuters");
    texts.push(other_first.clone());
    for text in &texts {
        let given = credit::credits_given(&known_of(text), text, &meta, &shipped);
        assert_eq!(given, credit::credits(text, &meta, &shipped), "{text}");
        assert!(given.iter().any(|credit| credit.agency == "Reuters"), "{text}");
    }
    let given = credit::credits_given(&known_of(&other_first), &other_first, &meta, &shipped);
    assert!(given.iter().any(|credit| credit.agency == "AFP" && credit.form == credit::Form::Dateline));
}

#[test]
fn other_agencies_than_the_built_in_ones_do_not_use_known_datelines() {
    let text = format!("VELMARK, Sept 24 (Velwire) – {PROSE}");
    let agencies = credit::Agencies::with_rows("Velwire\tVelmark Wire", Path::new("agencies.tsv")).unwrap();
    let meta = Metadata::default();
    let mut known = Datelines::default();
    boilerplate_in(&text, text.to_ascii_lowercase().as_bytes(), &mut known);
    assert_ne!(format!("{known:?}"), format!("{:?}", Datelines::default()));
    let given = credit::credits_given(&known, &text, &meta, &agencies);
    assert_eq!(given.iter().map(|credit| credit.agency.as_str()).collect::<Vec<_>>(), ["Velwire"]);
    assert_eq!(given, credit::credits(&text, &meta, &agencies));
}

fn shapes(text: &str) -> Vec<Shape> {
    let lines = shaped_lines(text, text.to_ascii_lowercase().as_bytes());
    lines.into_iter().map(|(_, shape)| shape).collect()
}

#[test]
fn phrases_inside_lines_are_found_in_short_lines_only() {
    let with = "The bridge before the flood. Photo: Velmark City Archive";
    let paragraph = format!("{with}, which {PROSE} {PROSE}");
    assert!(prose::is_longer(&paragraph, PHRASE_LINE_CHARS));
    let text =
        [with, "A heading", &paragraph, "A heading", with, &paragraph, with, "", "A heading"].join("\n");
    let (found, heading, prose) = (Shape::Boilerplate, Shape::Short, Shape::Prose);
    assert_eq!(shapes(&text), [found, heading, prose, heading, found, prose, found, heading]);
}

#[test]
fn lines_of_more_than_200_characters_are_paragraphs() {
    for letter in ["a", "𐐷"] {
        let (short, long) = (letter.repeat(200), letter.repeat(201));
        assert_eq!(
            shapes(&format!("{short}\n {long} \n{short}")),
            [Shape::Short, Shape::Prose, Shape::Short]
        );
    }
}

#[test]
fn text_of_boilerplate_only_is_kept() {
    assert!(marked("Share this article\nLeave a comment").is_empty());
}

#[test]
fn malformed_row_is_an_error() {
    for table in ["follow\tlabel", "follow\tlabels\tread more", "follow\tlabel\tRead more", "follow\tlabel\t"]
    {
        assert!(read(table).is_err(), "{table}");
    }
    assert!(!RULES.by_first.is_empty() && !RULES.anywhere.is_empty() && !RULES.photos.is_empty());
}
