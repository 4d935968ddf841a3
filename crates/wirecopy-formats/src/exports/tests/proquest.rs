//! ProQuest in HTML.

use super::*;

pub(super) const ARTICLE: &str = "<div><a name=\"DocID_MSTAR_1\"></a><p></p><p style=\"font-weight:bold;\">A bridge closes; for a year: [Final Edition]</p>\
    <p><strong>Author:  </strong>Example, Ann; Example, Bob</p><p><strong>Publication info:  </strong>Daily Sample ; Leeds (UK) [Leeds]08 May 2010: AA.2.</p>\
    <p><a href=\"https://db.example/1\">ProQuest document link</a></p><p><strong>Abstract:  </strong><body></p><p>An abstract.</p><p></body></p>\
    <div><strong>Links: </strong><a href=\"x\">Links</a></div><p><strong>Full text: </strong><Text WordCount=\"239\">html&gt;<head><title></title></head><body>\
    <p>The council of <span class=\"hit\">Leeds</span>-based firms met.</p> <p><strong>Author: </strong>is a word.</p><p>Credit: Sample Press</p>\
    <div><strong>Illustration</strong></div><p>Caption: A bridge</p></body></html></Text></p><p><strong>Subject: </strong>Bridges</p>\
    <p><strong>Publication title: </strong>Daily Sample; Leeds (UK)</p><p><strong>Publication date: </strong>May 8, 2010</p><p><strong>Language of publication: </strong>English</p>\
    <p><strong>Document URL: </strong><a href=\"https://db.example/1\">https://db.example/1</a></p><p><strong>Copyright: </strong>(Copyright (c) 2010 Sample)</p></div>";

#[test]
fn labelled_paragraphs_are_read() {
    let items = items(Form::ProQuestHtml, ARTICLE);
    assert_eq!(items.len(), 1);
    let item = &items[0];
    assert_meta(item, "A bridge closes; for a year", "Daily Sample", "May 8, 2010");
    assert_eq!(item.meta.bylines, ["Example, Ann", "Example, Bob"]);
    assert_eq!(item.meta.language.as_deref(), Some("en"));
    assert_eq!(item.meta.url.as_deref(), Some("https://db.example/1"));
    assert_eq!(
        item.meta.delivery.as_ref().and_then(|delivery| delivery.credit.as_deref()),
        Some("Sample Press")
    );
    assert_eq!(text(item), ["The council of Leeds-based firms met.", "Author: is a word."]);
}

#[test]
fn documents_with_counters_and_without_an_element_of_text_are_read() {
    let html = "<html><body><p>Table of contents</p><p>1. First</p><p>Document 1 of 2</p><p><strong>Erster Titel</strong></p><p><strong>Autor:</strong> Muster, Eva</p>\
        <p><strong>Publikationsinformationen:</strong> Muster Zeitung [Berlin] 05 Jan 2012: 8.</p><p><strong>Volltext:</strong> Der Rat hat zugestimmt.</p><p>Es war knapp.</p>\
        <p><strong>Titel der Publikation:</strong> Muster Zeitung</p><p>Document 2 of 2</p><p><strong>Zweiter</strong></p><p><strong>Volltext:</strong> Text.</p><p><strong>Thema:</strong> x</p>";
    let items = items(Form::ProQuestHtml, html);
    assert_eq!(items.len(), 2);
    assert_meta(&items[0], "Erster Titel", "Muster Zeitung", "05 Jan 2012");
    assert_eq!(text(&items[0]), ["Der Rat hat zugestimmt.", "Es war knapp."]);
    assert_meta(&items[1], "Zweiter", "", "");
    assert_eq!(text(&items[1]), ["Text."]);
}

#[test]
fn document_without_its_text_is_skipped() {
    let html = "<a name=\"DocID_1\"></a><p>A title</p><p><strong>Abstract: </strong>An abstract.</p><p><strong>Publication title: </strong>P</p>";
    assert_eq!(skips(Form::ProQuestHtml, html)[0].reason, "no text in the article “A title”");
}

#[test]
fn own_author_in_the_place_of_a_credit_is_a_byline() {
    let article = |credit: &str| {
        let html = format!(
            "<a name=\"DocID_1\"></a><p>A title</p><p><strong>Full text: </strong><text><p>The ferry sailed.</p><p>Credit: {credit}</p></text></p>\
             <p><strong>Publication title: </strong>Daily Sample</p>"
        );
        items(Form::ProQuestHtml, html).remove(0)
    };
    let item = article("By John Smith, staff writer");
    assert_eq!((item.meta.delivery.clone(), text(&item)), (None, vec!["The ferry sailed."]));
    assert_eq!(item.meta.bylines, ["By John Smith, staff writer"]);
    let agency = article("Associated Press");
    let credit = agency.meta.delivery.and_then(|delivery| delivery.credit);
    assert_eq!((credit.as_deref(), agency.meta.bylines.len()), (Some("Associated Press"), 0));
}

#[test]
fn page_without_anchors_and_with_colons_outside_the_labels_is_read() {
    let html = "<html><head><title>ProQuest</title></head><body><h2>A bridge closes</h2><p><b>Author</b>: Example, Ann</p>\
        <p><b>Publication title</b>: Daily Sample; Leeds (UK)</p><p><b>Publication date</b>: May 8, 2010</p><p><b>Full text</b>: The council met.</p>\
        <p>It will meet.</p><p><b>ProQuest document ID</b>: 12</p>";
    let items = items(Form::ProQuestHtml, html);
    assert_meta(&items[0], "A bridge closes", "Daily Sample", "May 8, 2010");
    assert_eq!((text(&items[0]), items.len()), (vec!["The council met.", "It will meet."], 1));
}

/// An export in plain text, of two documents.
pub(super) const TEXT: &str = "\u{feff}____________________________________________________________\r\n\r\nReport Information from ProQuest\r\n\r\n08 May 2010 10:00\r\n\r\n\
    Table of contents\r\n\r\n1. A bridge closes\r\n\r\n____________________________________________________________\r\n\r\nDocument 1 of 2\r\n\r\n\
    A bridge closes; for a year: [Final Edition]\r\n\r\nAuthor: Example, Ann; Example, Bob\r\n\r\nPublication info: Daily Sample ; Leeds (UK) [Leeds]08 May 2010: AA.2.\r\n\r\n\
    https://db.example/docview/1?accountid=1\r\n\r\nAbstract: An abstract.\r\n\r\nLinks: https://links.example/\r\n\r\n\
    Full text: The council of Leeds met on Tuesday to speak of the old bridge, which has been closed.\r\n\r\nAuthor: is a word here. Location: another.\r\n\r\n\
    Subject: to a vote, the bridge closes.\r\n\r\nCredit: Sample Press\r\n\r\nSubject: Bridges; Councils\r\n\r\nIdentifier / unknown: x\r\n\r\nLocation: Leeds\r\n\r\n\
    Title: A bridge closes; for a year: [Final Edition]\r\n\r\nPublication title: Daily Sample; Leeds (UK)\r\n\r\nPublication date: May 8, 2010\r\n\r\n\
    Language of publication: English\r\n\r\nProQuest document ID: 1\r\n\r\nDocument URL: https://db.example/1\r\n\r\nCopyright: (Copyright (c) 2010 Sample)\r\n\r\n\
    ____________________________________________________________\r\n\r\nDocument 2 of 2\r\n\r\nSecond\r\n\r\nFull text: Text.\r\nPublication title: Paper\r\n\
    Publication date: May 9, 2010\r\n\r\n____________________________________________________________\r\n\r\nContact us at: https://db.example/contact\r\n\r\n\
    Database copyright © 2010 ProQuest LLC. All rights reserved.\r\n\r\nTerms and Conditions: https://db.example/terms\r\n";

#[test]
fn plain_text_is_read() {
    let items = items(Form::ProQuestText, TEXT);
    assert_eq!(items.len(), 2, "{items:?}");
    let item = &items[0];
    assert_meta(item, "A bridge closes; for a year", "Daily Sample", "May 8, 2010");
    assert_eq!(item.meta.bylines, ["Example, Ann", "Example, Bob"]);
    assert_eq!(
        (item.meta.language.as_deref(), item.meta.url.as_deref()),
        (Some("en"), Some("https://db.example/1"))
    );
    let credit = item.meta.delivery.as_ref().and_then(|delivery| delivery.credit.as_deref());
    assert_eq!(credit, Some("Sample Press"));
    assert_eq!(
        text(item),
        [
            "The council of Leeds met on Tuesday to speak of the old bridge, which has been closed.",
            "Author: is a word here. Location: another.",
            "Subject: to a vote, the bridge closes.",
        ]
    );
    assert_meta(&items[1], "Second", "Paper", "May 9, 2010");
    assert_eq!(text(&items[1]), ["Text."]);
}

#[test]
fn plain_text_in_other_languages_is_read() {
    let german = "Dokument 1 von 1\n\nErster Titel\n\nAutor: Muster, Eva\n\nVolltext: Der Rat hat zugestimmt.\n\nEs war knapp.\n\nThema: Räte\n\n\
        Titel der Publikation: Muster Zeitung\n\nErscheinungsdatum: 5. Januar 2012\n";
    let items = items(Form::ProQuestText, german);
    assert_meta(&items[0], "Erster Titel", "Muster Zeitung", "5. Januar 2012");
    assert_eq!(text(&items[0]), ["Der Rat hat zugestimmt.", "Es war knapp."]);
    let chinese = "标题: 桥\n\n全文：议会开会。\n\n出版物名称：样报\n\n出版日期：2012年1月5日\n";
    let items = super::items(Form::ProQuestText, chinese);
    assert_meta(&items[0], "桥", "样报", "2012年1月5日");
    assert_eq!(text(&items[0]), ["议会开会。"]);
}

#[test]
fn plain_text_that_is_cut_off_gives_what_is_there() {
    let end = TEXT.find("\r\n\r\nCredit").unwrap();
    let items = items(Form::ProQuestText, &TEXT[..end]);
    assert_meta(&items[0], "A bridge closes; for a year", "Daily Sample", "08 May 2010");
    assert_eq!((items.len(), text(&items[0]).len()), (1, 3));
    let abstracts = "Document 1 of 1\n\nA title\n\nAbstract: An abstract.\n\nPublication title: P\n";
    assert_eq!(skips(Form::ProQuestText, abstracts)[0].reason, "no text in the article “A title”");
    assert!(skips(Form::ProQuestText, "Prose.\n")[0].reason.contains("as HTML or text"));
    let found = found(Form::ProQuestText, TEXT.as_bytes(), Limits { item_bytes: 300, depth: 9 });
    assert!(matches!(found[..], [Found::Skip(_), Found::Item(_)]), "{found:?}");
}
