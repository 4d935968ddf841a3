//! Word and RTF documents.

use std::io::{Cursor, Write};

use wirecopy_core::document::SkipKind;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;
use crate::exports::form_of;

/// Returns a Word document of these paragraphs; `|` is a line break, `§` the end of a section.
fn docx(paragraphs: &[&str]) -> Vec<u8> {
    let paragraph = |text: &&str| {
        let section = if text.contains('§') { "<w:pPr><w:sectPr/></w:pPr>" } else { "" };
        let runs: Vec<String> = text
            .replace('§', "")
            .split('|')
            .map(|text| format!("<w:r><w:rPr><w:b/></w:rPr><w:t>{text}</w:t></w:r>"))
            .collect();
        format!("<w:p>{section}{}</w:p>", runs.join("<w:br/>"))
    };
    let xml: String = paragraphs.iter().map(paragraph).collect();
    archive(&format!("<w:document><w:body>{xml}</w:body></w:document>"))
}

fn archive(document: &str) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in
        [("[Content_Types].xml", "<Types/>"), ("_rels/.rels", "<R/>"), ("word/document.xml", document)]
    {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

const UNI: [&str; 40] = [
    "Date and Time: Friday, 5. July 2019 09:31:00 CEST",
    "Job Number: 1",
    "Documents (2)",
    "1. A bridge closes",
    "Client/Matter: -None-",
    "Search Terms: bridge",
    "News",
    "2. Second",
    "Client/Matter: -None-",
    "§",
    "",
    "A bridge closes",
    "The Daily Sample(Leeds)",
    "July 1, 2019 Monday 9:20 AM GMT",
    "",
    "|Copyright 2019 Sample. All Rights Reserved",
    "Section:\u{a0}NEWS; Version:28",
    "Length:\u{a0}12 words",
    "Byline:\u{a0}Ann Example",
    "Highlight:\u{a0}A deck.",
    "Body",
    "",
    "The council met.",
    "It will meet: Tuesday.",
    "Classification",
    "",
    "Language:\u{a0}ENGLISH",
    "|Subject:\u{a0}BRIDGES (90%)",
    "Load-Date:\u{a0}July 2, 2019",
    "|End of Document",
    "§",
    "1. FC Sample wins",
    "Muster Zeitung",
    "2. Juli 2019",
    "Copyright 2019 Muster",
    "Length:\u{a0}3 words",
    "Body",
    "Text.",
    "Load-Date:\u{a0}July 3, 2019",
    "End of Document",
];

#[test]
fn word_document_of_nexis_uni_is_read() {
    let items = items(Form::NexisDocx, docx(&UNI));
    assert_eq!(items.len(), 2);
    assert_meta(&items[0], "A bridge closes", "The Daily Sample(Leeds)", "July 1, 2019 Monday 9:20 AM GMT");
    assert_eq!(
        (items[0].meta.bylines.clone(), items[0].meta.language.as_deref()),
        (vec!["Ann Example".to_owned()], Some("en"))
    );
    assert_eq!(text(&items[0]), ["A deck.", "The council met.", "It will meet: Tuesday."]);
    assert_meta(&items[1], "1. FC Sample wins", "Muster Zeitung", "2. Juli 2019");
    assert_eq!(text(&items[1]), ["Text."]);
}

#[test]
fn cover_without_a_section_break_is_not_the_title() {
    let plain: Vec<&str> = UNI.iter().filter(|line| !line.contains('§')).copied().collect();
    assert_meta(
        &items(Form::NexisDocx, docx(&plain))[0],
        "A bridge closes",
        "The Daily Sample(Leeds)",
        "July 1, 2019 Monday 9:20 AM GMT",
    );
}

#[test]
fn other_word_documents_are_skipped_with_a_hint() {
    let other = docx(&["A letter", "Body", "Dear Ann,", "The end of the document"]);
    let skips = skips(Form::NexisDocx, &other);
    assert_eq!(skips[0].kind, SkipKind::Unsupported);
    assert!(skips[0].reason.starts_with("a Word document that is not an export"), "{skips:?}");
    assert_eq!(form_of(&other), Some(Form::NexisDocx));
}

#[test]
fn text_boxes_deletions_and_older_copies_are_not_text() {
    let document = archive(
        "<w:document><w:body><w:p><w:t>T</w:t></w:p><w:p><w:t>P</w:t></w:p><w:p><w:t>May 6, 2015</w:t></w:p><w:p><w:t>Length:\u{a0}1 words</w:t></w:p><w:p><w:t>Body</w:t></w:p>\
         <w:p><w:r><w:t>Te</w:t></w:r><w:del><w:r><w:t>no</w:t></w:r></w:del><mc:AlternateContent><mc:Choice><w:r><w:t>xt</w:t><w:noBreakHyphen/><w:t>a</w:t></w:r></mc:Choice>\
         <mc:Fallback><w:r><w:t>no</w:t></w:r></mc:Fallback></mc:AlternateContent><w:drawing><w:txbxContent><w:p><w:t>no</w:t></w:p></w:txbxContent></w:drawing></w:p>\
         <w:p><w:t>End of Document</w:t></w:p></w:body></w:document>",
    );
    assert_eq!(text(&items(Form::NexisDocx, document)[0]), ["Text-a"]);
}

#[test]
fn bombs_and_damaged_archives_are_skipped() {
    let bomb = archive(&format!("<w:document><w:p><w:t>{}</w:t></w:p></w:document>", " ".repeat(8 << 20)));
    assert_eq!(skips(Form::NexisDocx, &bomb)[0].kind, SkipKind::Limit);
    let whole = docx(&UNI);
    for length in [0, 4, 40, whole.len() / 2, whole.len() - 3] {
        assert_eq!(skips(Form::NexisDocx, &whole[..length]).len(), 1, "{length}");
    }
    let found = found(Form::NexisDocx, &whole, Limits { item_bytes: 100, depth: 9 });
    assert!(matches!(&found[..], [Found::Skip(refusal)] if refusal.kind == SkipKind::TooLarge));
}

#[test]
fn rtf_of_nexis_is_read() {
    let rtf = r"{\rtf1\ansi\deff0
{\fonttbl{\f0\fmodern Courier;}{\f4\froman Ming {\*\falt x};}}{\colortbl;\red0;}{\stylesheet{\fs20 Normal;}}
{\*\LXNComment 1826:1}\f0 \pard Download Request: All Documents: 1-2
\par \pard {\*\shppict{\pict\pngblip
89504e47}}
\par \sect \sectd {\header \pard Page \chpgn \par }
{\*\bkmkstart DOC_ID_0}\pard \qc 1 of 2 DOCUMENTS
\par \pard
\par \pard \qc Copyright 2015 Washed, LLC
\par \pard \qc All Rights Reserved
\par \pard {\*\shppict{\pict 89}}
\par \pard \qc The Washed Post
\par \pard
\par \cf17 \b July\b0  1, 2015 Wednesday
\par \pard Met 2 Edition
\par \pard
\par \b LENGTH: \b0 33 words
\par \pard
\par \b HEADLINE: \b0 Caf\'e9 closes \u8211? for ever
\par \pard
\par \b BODY:\b0
\par \pard
\par The \b council\b0 -based firms met \{twice\}.
\par \pard
\par Two.
\par \pard
\par \b LOAD-DATE: \b0 July 2, 2015
\par \page \pard \qc 2 of 2 DOCUMENTS
\par \pard
\par Paper
\par
\par May 6, 2015
\par
\par Second
\par
\par LENGTH: 1 words
\par
\par Text.
}";
    let items = items(Form::NexisRtf, rtf);
    assert_eq!(items.len(), 2);
    assert_meta(&items[0], "Café closes – for ever", "The Washed Post", "July 1, 2015");
    assert_eq!(text(&items[0]), ["The council-based firms met {twice}.", "Two."]);
    assert_meta(&items[1], "Second", "Paper", "May 6, 2015");
}

#[test]
fn rtf_of_factiva_is_read_with_codes() {
    let row = |code: &str, value: &str| {
        format!("\\trowd\\pard\\intbl {{\\b {code}}}\\cell\\pard\\intbl {value}\\cell\\row\n")
    };
    let rtf = format!(
        "{{\\rtf1\\ansi\\ansicpg1252{{\\info{{\\title Factiva RTF Display Format}}}}Contents\\par A bridge 2\\par {}{}{}{}{}{}{}{}\\page {}{}{}}}",
        row("HD", "{\\b A bridge}"),
        row("BY", "Ann Example"),
        row("WC", "1,512 words"),
        row("PD", "29 December 2011"),
        row("SN", "Daily Sample"),
        row("LP", "One.\\par Two."),
        row("TD", "Three."),
        row("AN", "Document SAMPLE0020111229e7ct0001r"),
        row("HD", "Second"),
        row("LP", "Text."),
        row("AN", "Document SAMPLE0020111229e7ct0002r"),
    );
    let items = items(Form::FactivaRtf, rtf);
    assert_eq!(items.len(), 2);
    assert_meta(&items[0], "A bridge", "Daily Sample", "29 December 2011");
    assert_eq!(items[0].meta.bylines, ["Ann Example"]);
    assert_eq!(text(&items[0]), ["One.", "Two.", "Three."]);
    assert_eq!(text(&items[1]), ["Text."]);
}

#[test]
fn rtf_of_factiva_is_read_without_codes() {
    let rtf = "{\\rtf1\\ansi Contents\\par A bridge 2\\par World\\par {\\b A bridge closes}\\par By Ann Example\\par 512 words\\par 29 December 2011\\par 15:32\\par Daily Sample\\par \
        DASA\\par 4\\par English\\par Copyright 2011 Sample\\par\\par One.\\par Two.\\par Document DASA000020111229e7ct0001r\\par {\\b Zweiter}\\par 3 W\\'f6rter\\par 30 Dezember 2011\\par \
        Muster\\par MUS\\par Deutsch\\par (c) 2011\\par Text.\\par Dokument MUS0000020111230e7ct0001r\\par}";
    let items = items(Form::FactivaRtf, rtf);
    assert_eq!(items.len(), 2);
    assert_meta(&items[0], "A bridge closes", "Daily Sample", "29 December 2011 15:32");
    assert_eq!(
        (items[0].meta.bylines.clone(), items[0].meta.language.as_deref()),
        (vec!["By Ann Example".to_owned()], Some("en"))
    );
    assert_eq!(text(&items[0]), ["One.", "Two."]);
    assert_meta(&items[1], "Zweiter", "Muster", "30 Dezember 2011");
    assert_eq!((text(&items[1]), items[1].meta.language.as_deref()), (vec!["Text."], Some("de")));
}

#[test]
fn rtf_of_nexis_uni_is_read_without_numbers_of_pages() {
    let lines = UNI.map(|line| match line {
        "§" => "\\page".to_owned(),
        line => format!("{}\\par", line.replace('|', "\\line ").replace('\u{a0}', "\\~")),
    });
    let rtf = format!(
        "{{\\rtf1\\ansi Page 1 of 4\\par {}}}",
        lines.join("\n").replace("\\page", "\\page Page 2 of 4\\par ")
    );
    assert_eq!(form_of(rtf.as_bytes()), Some(Form::NexisRtf));
    let items = items(Form::NexisRtf, rtf);
    assert_meta(&items[0], "A bridge closes", "The Daily Sample(Leeds)", "July 1, 2019 Monday 9:20 AM GMT");
    assert_eq!(text(&items[0]), ["A deck.", "The council met.", "It will meet: Tuesday."]);
    assert_meta(&items[1], "1. FC Sample wins", "Muster Zeitung", "2. Juli 2019");
    assert_eq!(items.len(), 2);
}

#[test]
fn author_above_the_number_of_words_is_not_the_title() {
    let rtf = |style: &str| {
        format!(
            "{{\\rtf1\\ansi World\\par {{{style}A bridge closes}}\\par {{{style}By Jo Bloggs}}\\par By Ann Example\\par 512 words\\par 29 December 2011\\par Daily Sample\\par \
             DASA\\par English\\par Copyright 2011 Sample\\par\\par One.\\par Two.\\par Document DASA000020111229e7ct0001r\\par}}"
        )
    };
    for style in ["", "\\b "] {
        assert_eq!(form_of(rtf(style).as_bytes()), Some(Form::FactivaRtf));
        let items = items(Form::FactivaRtf, rtf(style));
        assert_meta(&items[0], "A bridge closes", "Daily Sample", "29 December 2011");
        assert_eq!(items[0].meta.bylines, ["By Jo Bloggs", "By Ann Example"], "{style}");
        assert_eq!(text(&items[0]), ["One.", "Two."]);
    }
}

#[test]
fn character_sets_of_rtf_are_read() {
    let line = |rtf: &str| {
        let mut input = rtf.as_bytes();
        let lines = crate::exports::rtf::Paragraphs::of(&mut input, Limits::default());
        lines.map(|line| line.unwrap().text).collect::<Vec<_>>().concat()
    };
    assert_eq!(line(r"{\rtf1\ansi\ansicpg1251 \'cf\'f0\'e8\'e2\'e5\'f2}"), "Привет");
    assert_eq!(line(r"{\rtf1\ansi\ansicpg932 \'93\'fa\'96\'7b\'83A}"), "日本ア");
    assert_eq!(
        line(r"{\rtf1\ansi{\fonttbl{\f0\fcharset0 A;}{\f1\fcharset204 B;}}\f0 \'e9\f1 \'e9\plain \'e9}"),
        "éйé"
    );
    assert_eq!(
        line(r"{\rtf1\uc2 a\u233\'c3\'a9b\u-10179?\u-8704??{\uc0\u233 }c}"),
        "aéb😀?éc".replace('?', "")
    );
    assert_eq!(
        line(
            r"{\rtf1 a\~b\_c\-d{\v hidden}{\*\x no}{\field{\*\fldinst HYPERLINK}{\fldrslt link}}\bin3 }}}e}"
        ),
        "a\u{a0}b-cdlinke"
    );
    assert_eq!(line("{\\rtf1 x"), "x");
}

#[test]
fn other_rtf_documents_are_skipped_with_a_hint() {
    let skips = skips(Form::NexisRtf, r"{\rtf1 Dear Ann,\par Body\par yours\par}");
    assert!(skips[0].reason.starts_with("an RTF document that is not an export"), "{skips:?}");
}

#[test]
fn word_document_that_is_cut_off_gives_the_articles_before() {
    let xml = "<w:document><w:body>".to_owned()
        + &[
            "T",
            "P",
            "May 6, 2015",
            "Length:\u{a0}1 words",
            "Body",
            "Text.",
            "End of Document",
            "Cut",
            "P",
            "May 6, 2015",
            "Length:\u{a0}1 words",
            "Body",
        ]
        .map(|text| format!("<w:p><w:t>{text}</w:t></w:p>"))
        .concat()
        + "<w:p><w:t>Te";
    let found = found(Form::NexisDocx, &archive(&xml), Limits::default());
    assert!(
        matches!(&found[..], [Found::Item(_), Found::Skip(refusal)] if refusal.reason.starts_with("truncated")),
        "{found:?}"
    );
}
