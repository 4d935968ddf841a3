//! Nexis in plain text and HTML.

use super::*;

const TEXT: &str = "\u{feff}\r\n\r\nDownload Request: Selected Items: 1-2\r\nTime Of Request: Friday, March 20, 2015  16:51:31\r\n\r\nSend To:\r\n\
    A LIBRARY\r\n\r\nTerms: (bridge)\r\n\r\n\r\n                               1 of 2 DOCUMENTS\r\n\r\n\r\n\r\n\
    \u{20}                             The Daily Sample (Leeds)\r\n\r\n                            January 11, 2010 Monday\r\n\
    \u{20}                                  Edition 1;\r\n                                   Scotland\r\n\r\n\
    Bridge to close for a year as the council finds cracks in its three oldest\r\npiers\r\n\r\n\
    BYLINE: Ann Example and\r\nBob Example\r\n\r\nSECTION: NEWS; Pg. 6\r\n\r\nLENGTH: 355 words\r\n\r\nDATELINE: LEEDS\r\n\r\n\
    The council met on Tuesday to speak of the old bridge, which has been closed\r\nto lorries since the floods. EU: no money was found for it. Engineers said that\r\n\
    three piers have cracks.\r\n\r\nWHO: the mayor, the council and two engineers spoke for an hour and a half in\r\nall.\r\n\r\n\
    LOAD-DATE: January 12, 2010\r\n\r\nLANGUAGE: ENGLISH\r\n\r\nGRAPHIC: The bridge\r\n\r\nAnother picture\r\n\r\nPUBLICATION-TYPE: Newspaper\r\n\r\n\r\n\
    \u{20}                           Copyright 2010 Sample Media\r\n                              All Rights Reserved\r\n\r\n\
    \u{20}                              2 of 2 DOCUMENTS\r\n\r\n\r\n     Copyright 2010 Washed Newspapers, LLC d/b/a\r\n                 Washed Digital\r\n\
    \u{20}                             All Rights Reserved\r\n\r\n                              The Washed Post\r\n\r\n\
    \u{20}                            July 1, 2010 Thursday\r\n                                 Met 2 Edition\r\n\r\nSECTION: A-SECTION; Pg. A01\r\n\r\nLENGTH: 33 words\r\n\r\n\
    HEADLINE: Rain again\r\n\r\nBYLINE: Cy Example;Di Example\r\n\r\nBODY:\r\n\r\nIt rained again.\r\n\r\nIt will rain.\r\n";

#[test]
fn text_gives_one_item_for_each_article() {
    let items = items(Form::NexisText, TEXT);
    assert_eq!(items.len(), 2);
    let first = &items[0];
    let title = "Bridge to close for a year as the council finds cracks in its three oldest piers";
    assert_meta(first, title, "The Daily Sample (Leeds)", "January 11, 2010");
    assert_eq!(first.meta.bylines, ["Ann Example and Bob Example"]);
    assert_eq!(first.meta.language.as_deref(), Some("en"));
    assert_eq!(first.meta.delivery.as_ref().and_then(|delivery| delivery.dateline.as_deref()), Some("LEEDS"));
    assert_eq!(
        text(first),
        [
            "The council met on Tuesday to speak of the old bridge, which has been closed to lorries since the floods. EU: no \
             money was found for it. Engineers said that three piers have cracks.",
            "WHO: the mayor, the council and two engineers spoke for an hour and a half in all.",
        ]
    );
}

#[test]
fn text_with_the_copyright_above_and_a_labelled_headline_is_read() {
    let items = items(Form::NexisText, TEXT);
    assert_meta(&items[1], "Rain again", "The Washed Post", "July 1, 2010");
    assert_eq!(items[1].meta.bylines, ["Cy Example;Di Example"]);
    assert_eq!(text(&items[1]), ["It rained again.", "It will rain."]);
}

#[test]
fn text_in_other_languages_is_read() {
    let german = "Dokument 1 von 1\n\n\n                Muster Zeitung\n\n             27. Februar 2012 Montag 9:50 PM GMT+1\n\nWarnung vor dem Kurs\n\n\
        AUTOR: Eva Muster\n\nRUBRIK: POLITIK; S. 4\n\nLÄNGE: 128 Wörter\n\nHIGHLIGHT: Der Rat stimmt zu.\n\nDer Rat hat am Montag zugestimmt.\n\n\
        UPDATE: Die Abstimmung war knapp.\n\nUPDATE: 28. Februar 2012\n\nSPRACHE: GERMAN; DEUTSCH\n\nZEITUNGS-CODE: mz\n\nCopyright 2012 Muster Verlag\nAlle Rechte vorbehalten\n";
    let items = items(Form::NexisText, german);
    assert_meta(&items[0], "Warnung vor dem Kurs", "Muster Zeitung", "27. Februar 2012 Montag 9:50 PM GMT+1");
    assert_eq!(
        (items[0].meta.bylines.clone(), items[0].meta.language.as_deref()),
        (vec!["Eva Muster".to_owned()], Some("de"))
    );
    assert_eq!(
        text(&items[0]),
        ["Der Rat stimmt zu.", "Der Rat hat am Montag zugestimmt.", "UPDATE: Die Abstimmung war knapp."]
    );
    let french = "Document 1 de 1\n\nLe Journal d'Essai\n\nmardi 10 décembre 2019\n\nUn pont fermé\n\nAUTEUR: Zoé Essai\n\nLONGUEUR: 95 mots\n\n\
        Le pont est fermé depuis hier.\n\nDATE-CHARGEMENT: 11 décembre 2019\n\nLANGUE: FRENCH; FRANÇAIS\n\nTYPE-PUBLICATION: Journal\n";
    let items = super::items(Form::NexisText, french);
    assert_meta(&items[0], "Un pont fermé", "Le Journal d'Essai", "10 décembre 2019");
    assert_eq!(
        (text(&items[0]), items[0].meta.language.as_deref()),
        (vec!["Le pont est fermé depuis hier."], Some("fr"))
    );
}

#[test]
fn date_may_follow_the_title_and_labels_may_be_missing() {
    let html = "1 of 2 DOCUMENTS\n\nThe Paper\n\nRain at last\n\nJune 17, 1995, CITY EDITION\n\nIt rained at last.\n\n2 of 2 DOCUMENTS\n\nThe Monthly\n\nMarch 2010\n\nSun\n\nLENGTH: 4 words\n\nThe sun shone.\n";
    let items = items(Form::NexisText, html);
    assert_meta(&items[0], "Rain at last", "The Paper", "June 17, 1995");
    assert_eq!(text(&items[0]), ["It rained at last."]);
    assert_meta(&items[1], "Sun", "The Monthly", "March 2010");
}

#[test]
fn labels_after_the_text_are_found_without_the_usual_ones() {
    let text_ = "1 of 1 DOCUMENTS\n\nThe Paper\n\nMay 6, 2015\n\nA title\n\nLENGTH: 3 words\n\nSUBJECT: he said, is closed.\n\nThe end.\n\n\
        SUBJECT: BRIDGES (90%)\n\nPERSON: ANN EXAMPLE (50%)\n\nCopyright 2015 Paper\n";
    let items = items(Form::NexisText, text_);
    assert_eq!(text(&items[0]), ["SUBJECT: he said, is closed.", "The end."]);
}

#[test]
fn article_without_text_does_not_affect_its_neighbours() {
    let text_ = "1 of 2 DOCUMENTS\n\nThe Paper\n\nMay 6, 2015\n\nA photograph\n\nLENGTH: 0 words\n\nGRAPHIC: A bridge\n\nLOAD-DATE: May 7, 2015\n\n\
        2 of 2 DOCUMENTS\n\nThe Paper\n\nMay 6, 2015\n\nA title\n\nLENGTH: 1 words\n\nText.\n";
    let found = found(Form::NexisText, text_.as_bytes(), Limits::default());
    assert!(
        matches!(&found[0], Found::Skip(refusal) if refusal.reason == "no text in the article “A photograph”")
    );
    assert!(matches!(&found[1], Found::Item(item) if text(item) == ["Text."]));
}

#[test]
fn large_article_does_not_affect_its_neighbours() {
    let long = "word ".repeat(100);
    let text_ = format!(
        "1 of 3 DOCUMENTS\n\nP\n\nMay 6, 2015\n\nA\n\nLENGTH: 1 words\n\nText.\n2 of 3 DOCUMENTS\n\n{long}\n{long}\n3 of 3 DOCUMENTS\n\nP\n\nMay 6, 2015\n\nC\n\nLENGTH: 1 words\n\nText.\n"
    );
    let found = found(Form::NexisText, text_.as_bytes(), Limits { item_bytes: 200, depth: 9 });
    assert_eq!(found.len(), 3);
    assert!(matches!(&found[1], Found::Skip(refusal) if refusal.reason == "an item of over 200 bytes"));
}

const HTML: &str = "<HTML>\n<HEAD>\n<STYLE TYPE=\"text/css\"><!--\n.c0 { text-align: center; }\n--></STYLE>\n<!-- LXNComment 1827:1 -->\n<TITLE>&nbsp;</TITLE>\n</HEAD>\n<BODY>\n\
    <DIV CLASS=\"c5\"><P CLASS=\"c6\"><SPAN CLASS=\"c12\">Download Request: Selected Items: 1-2<BR>Terms: (bridge)<BR></SPAN></P>\n</DIV>\n\
    <A NAME=\"DOC_ID_0_0\"></A><!-- Hide XML section from browser\n<DOC NUMBER=1>\n<DOCFULL> -->\n\
    <BR><DIV CLASS=\"c0\"><P CLASS=\"c1\"><SPAN CLASS=\"c2\">2001 of 2146 DOCUMENTS</SPAN></P>\n</DIV>\n\
    <BR><DIV CLASS=\"c0\"><BR><P CLASS=\"c1\"><IMG SRC=\"x?a&key=1\" ALT=\"x\"><BR><SPAN CLASS=\"c2\">Sample Online</SPAN></P>\n</DIV>\n\
    <BR><DIV CLASS=\"c3\"><P CLASS=\"c1\"><SPAN CLASS=\"c4\">January</SPAN><SPAN CLASS=\"c2\"> 28, 1993, Tuesday, Late Edition - Final<BR>Correction Appended</SPAN></P>\n</DIV>\n\
    <BR><DIV CLASS=\"c5\"><P CLASS=\"c6\"><SPAN CLASS=\"c7\">First part;<BR>Second part</SPAN></P>\n</DIV>\n\
    <BR><DIV CLASS=\"c5\"><P CLASS=\"c6\"><SPAN CLASS=\"c8\">BYLINE: </SPAN><SPAN CLASS=\"c2\">By ANN EXAMPLE</SPAN></P>\n</DIV>\n\
    <BR><DIV CLASS=\"c5\"><P CLASS=\"c6\"><SPAN CLASS=\"c8\">L&Auml;NGE: </SPAN><SPAN CLASS=\"c2\">584 words</SPAN></P>\n</DIV>\n\
    <BR><DIV CLASS=\"c5\"><BR><P CLASS=\"c6\"><SPAN CLASS=\"c8\">HIGHLIGHT:</SPAN><SPAN CLASS=\"c2\">&nbsp;A deck.<BR></SPAN></P>\n</DIV>\n\
    <BR><DIV CLASS=\"c5\"><P CLASS=\"c9\"><SPAN CLASS=\"c2\">Some text of the </SPAN><SPAN CLASS=\"c4\">CDU</SPAN><SPAN CLASS=\"c2\">-Politiker.</SPAN></P>\n\
    <P CLASS=\"c9\"><SPAN CLASS=\"c2\">&quot;More,&quot; said Ann</SPAN><SPAN CLASS=\"c2\">&nbsp;</SPAN><SPAN CLASS=\"c4\">Example.</SPAN></P>\n<P CLASS=\"c9\"></P>\n</DIV>\n\
    <BR><DIV CLASS=\"c5\"><P CLASS=\"c6\"><SPAN CLASS=\"c8\">LANGUAGE: </SPAN><SPAN CLASS=\"c2\">ENGLISH</SPAN></P>\n</DIV>\n\
    <BR><DIV CLASS=\"c5\"><P CLASS=\"c6\"><SPAN CLASS=\"c8\"> CORRECTION:<BR></SPAN></P>\n<P CLASS=\"c9\"><SPAN CLASS=\"c2\">A correction.</SPAN></P>\n</DIV>\n\
    <BR><DIV CLASS=\"c3\"><P CLASS=\"c1\"><SPAN CLASS=\"c2\">Copyright 1993 Sample</SPAN></P>\n</DIV>\n<!-- Hide XML section from browser\n</DOCFULL>\n</DOC> -->\n<DIV CLASS=\"c10\"/>\n\
    <A NAME=\"DOC_ID_0_1\"></A><BR><DIV CLASS=\"c0\"><P CLASS=\"c1\"><SPAN CLASS=\"c2\">2002 of 2146 DOCUMENTS</SPAN></P>\n</DIV>\n\
    <BR><DIV CLASS=\"c0\"><BR><P CLASS=\"c1\"><SPAN CLASS=\"c2\">Copyright 2015 Washed, LLC d/b/a  Washed Digital<BR>All Rights Reserved</SPAN><SPAN CLASS=\"c2\">&nbsp;</SPAN><BR><IMG SRC=\"x\"><BR><SPAN CLASS=\"c2\">The Washed Post</SPAN></P>\n</DIV>\n\
    <BR><DIV CLASS=\"c3\"><P CLASS=\"c1\"><SPAN CLASS=\"c4\">July</SPAN><SPAN CLASS=\"c2\"> 1, 2015 Wednesday</SPAN><SPAN CLASS=\"c2\">&nbsp;<BR>Met 2 Edition</SPAN></P>\n</DIV>\n\
    <BR><DIV CLASS=\"c5\"><P CLASS=\"c6\"><SPAN CLASS=\"c7\">HEADLINE: </SPAN><SPAN CLASS=\"c2\">Rain again</SPAN></P>\n</DIV>\n\
    <BR><DIV CLASS=\"c5\"><P CLASS=\"c6\"><SPAN CLASS=\"c7\"> BODY:<BR></SPAN></P>\n<P CLASS=\"c8\"><SPAN CLASS=\"c2\">It rained.</SPAN></P></DIV></BODY></HTML>";

#[test]
fn html_gives_one_item_for_each_article() {
    let items = items(Form::NexisHtml, HTML);
    assert_eq!(items.len(), 2);
    assert_meta(&items[0], "First part; Second part", "Sample Online", "January 28, 1993");
    assert_eq!(items[0].meta.bylines, ["By ANN EXAMPLE"]);
    assert_eq!(items[0].meta.language.as_deref(), Some("en"));
    assert_eq!(
        text(&items[0]),
        ["A deck.", "Some text of the CDU-Politiker.", "\"More,\" said Ann Example."]
    );
    assert_meta(&items[1], "Rain again", "The Washed Post", "July 1, 2015");
    assert_eq!(text(&items[1]), ["It rained."]);
}

#[test]
fn page_without_articles_is_skipped() {
    assert_eq!(skips(Form::NexisHtml, "<html>nothing</html>").len(), 1);
    assert_eq!(skips(Form::NexisText, "").len(), 1);
}

const UNI: &str = "Page 1 of 2\r\nBridge to close for a year\r\n\r\nBridge to close for a year\r\n\r\nThe Daily Sample (Leeds)\r\n\r\nJanuary 11, 2010 Monday\r\n\r\n\
    Copyright 2010 Sample Media All Rights Reserved\r\n\r\nSection: NEWS; Pg. 6\r\n\r\nLength: 355 words\r\n\r\nByline: Ann Example\r\n\r\nBody\r\n\r\n\
    The council met on Tuesday to speak of the old bridge, which has been closed\r\nto lorries since the floods.\r\n\r\nPage 2 of 2\r\nBridge to close for a year\r\n\r\n\
    It will meet: Friday.\r\n\r\nClassification\r\n\r\nLanguage: ENGLISH\r\n\r\nLoad-Date: January 12, 2010\r\n\r\nEnd of Document\r\n";

#[test]
fn text_of_nexis_uni_is_read() {
    let second = UNI.replace("Bridge to close", "Lock to open");
    let cut = second.split("Classification").next().unwrap();
    let items = items(Form::NexisText, format!("{UNI}{cut}"));
    assert_eq!(items.len(), 2);
    assert_meta(&items[0], "Bridge to close for a year", "The Daily Sample (Leeds)", "January 11, 2010");
    assert_eq!(
        (items[0].meta.bylines.clone(), items[0].meta.language.as_deref()),
        (vec!["Ann Example".to_owned()], Some("en"))
    );
    let body = [
        "The council met on Tuesday to speak of the old bridge, which has been closed to lorries since the floods.",
        "It will meet: Friday.",
    ];
    assert_eq!(text(&items[0]), body);
    assert_meta(&items[1], "Lock to open for a year", "The Daily Sample (Leeds)", "January 11, 2010");
    assert_eq!(text(&items[1]), body);
}
