//! Articles that quote the marks of the exports they are in.

use super::*;
use crate::exports::form_of;

/// Returns a paragraph that is long enough to be text for certain.
fn prose(word: &str) -> String {
    format!(
        "The council of {word} said that the bridge would close for a year after engineers found cracks in two of its three oldest piers."
    )
}

fn old(body: &str) -> String {
    let article = |number: u32, body: &str| {
        format!(
            "{number} of 2 DOCUMENTS\n\nPaper\n\nMay 6, 2015\n\nTitle {number}\n\nLENGTH: 300 words\n\n{body}\n\nLOAD-DATE: May 6, 2015\n\nLANGUAGE: ENGLISH\n\nCopyright 2015 Paper\nAll Rights Reserved\n\n"
        )
    };
    article(1, body) + &article(2, "Rain.")
}

#[test]
fn marks_quoted_in_an_old_article_of_nexis_do_not_end_it() {
    for mark in [
        "Copyright 1999 was stamped on the letter, and nothing else.",
        "GRAPHIC: the old name of the club",
        "LANGUAGE: Gaelic",
        "     3 of 7 DOCUMENTS",
    ] {
        let text_ = old(&format!("{}\n\n{mark}\n\n{}", prose("Leeds"), prose("York")));
        let items = items(Form::NexisText, text_);
        assert_eq!(items.len(), 2, "{mark}");
        let lines = text(&items[0]);
        assert_eq!((lines.len(), lines[1], lines[2]), (3, mark.trim(), prose("York").as_str()));
        assert_eq!(items[0].meta.language.as_deref(), Some("en"));
    }
}

#[test]
fn text_with_ends_of_lines_of_old_computers_is_read() {
    let text_ = old(&prose("Leeds")).replace('\n', "\r");
    assert_eq!(form_of(text_.as_bytes()), Some(Form::NexisText));
    let items = items(Form::NexisText, text_);
    assert_eq!((items.len(), text(&items[0])), (2, vec![prose("Leeds").as_str()]));
}

#[test]
fn marks_quoted_in_an_article_of_nexis_uni_do_not_end_it() {
    for mark in ["Notes", "Load-Date: March 5, 2020", "End of Document"] {
        let article = |body: &str| {
            format!(
                "Page 1 of 2\nTitle\n\nTitle\nPaper\nMarch 11, 2024 Monday\n\nCopyright 2024 Paper\n\nLength: 300 words\n\nBody\n\n{body}\n\nLoad-Date: March 11, 2024\n\n\nEnd of Document\n\n"
            )
        };
        let text_ =
            article(&format!("{}\n\n{mark}\n\n{}", prose("Leeds"), prose("York"))) + &article("Rain.");
        let items = items(Form::NexisText, text_);
        assert_eq!(items.len(), 2, "{mark}");
        assert_eq!(text(&items[0]), [&prose("Leeds"), mark, &prose("York")]);
    }
}

fn factiva(head: &str, body: &str) -> String {
    format!(
        "{head}\n410 words\n11 March 2024\nPaper\nPAPE\nEnglish\n(c) 2024 Paper\n\n{body}\n\nDocument PAPE000020240311ek3b00001\n\n"
    )
}

#[test]
fn number_quoted_in_an_article_of_factiva_does_not_end_it() {
    let mark = "Document XYZ123456789012345678901";
    let body = format!("{}\n\n{mark}\n\n{}", prose("Leeds"), prose("York"));
    let items = items(Form::FactivaText, factiva("One", &body) + &factiva("Two", "Rain."));
    assert_eq!(items.len(), 2);
    assert_eq!(text(&items[0]), [&prose("Leeds"), mark, &prose("York")]);
}

#[test]
fn author_above_the_word_count_is_not_the_headline() {
    for (head, title, authors) in [
        ("Bridge shut\nJo Roe", "Bridge shut", "Jo Roe"),
        ("Bridge shut\n\nJO ROE; ANN DOE", "Bridge shut", "JO ROE; ANN DOE"),
        ("Business\nBridge Shut", "Bridge Shut", ""),
        ("Business\nBridge shut again", "Bridge shut again", ""),
    ] {
        let items = items(Form::FactivaText, factiva(head, &prose("Leeds")));
        assert_eq!(items[0].meta.title.as_deref(), Some(title));
        assert_eq!(items[0].meta.bylines.join("|"), authors);
    }
}

#[test]
fn label_quoted_in_an_article_of_proquest_does_not_end_it() {
    let text_ = format!(
        "{}\n\nTitle\n\nAuthor: Roe, Jo\n\nFull text: {}\n\nPublication title: The Gazette\n\nand so on.\n\n{}\n\nCredit: Roe and Doe are staff writers.\n\nSubject: Bridges\n\nPublication title: Paper\n\nPublication date: May 8, 2010\n\nProQuest document ID: 1\n",
        "_".repeat(60),
        prose("Leeds"),
        prose("York")
    );
    let items = items(Form::ProQuestText, text_);
    assert_meta(&items[0], "Title", "Paper", "May 8, 2010");
    let lines = text(&items[0]);
    assert_eq!((lines[0], *lines.last().unwrap()), (prose("Leeds").as_str(), prose("York").as_str()));
    assert_eq!(items[0].meta.delivery, None);
}

#[test]
fn article_about_exports_is_not_one() {
    let (before, after) = (prose("Leeds"), prose("York"));
    for (form, marks) in [
        (Form::NexisText, "     3 of 7 DOCUMENTS\n\nLENGTH: 300 words\n\nBYLINE: Jo Roe"),
        (Form::FactivaText, "HD  A bridge\nWC  3 words\nPD  6 May 2015\nSN  Paper\nLP  Text."),
        (
            Form::ProQuestText,
            "____________________________________________________________\n\nFull text: Text.\n\nPublication title: Paper\n\nPublication date: May 6, 2015\n\nProQuest document ID: 1",
        ),
    ] {
        let export = format!("{marks}\n");
        assert_eq!(form_of(export.as_bytes()), Some(form), "{marks}");
        let article = format!("{before}\n\n{before}\n\n{marks}\n\n{after}\n");
        assert_ne!(form_of(article.as_bytes()), Some(form), "{marks}");
    }
    assert_eq!(form_of(old(&prose("Leeds")).as_bytes()), Some(Form::NexisText));
}
