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
