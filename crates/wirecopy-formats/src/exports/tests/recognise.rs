//! The forms of files by their first bytes.

use super::*;
use crate::exports::form_of;

#[test]
fn exports_are_recognised() {
    let utf16: Vec<u8> = "\u{feff}1 of 2 DOCUMENTS\n\nPaper\n\nLENGTH: 3 words\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_eq!(form_of(&utf16), Some(Form::NexisText));
    for (head, form) in [
        (
            "\u{feff}\n\nDownload Request: All Documents: 1-2\nTime Of Request: x\n\n   1 of 2 DOCUMENTS\n",
            Form::NexisText,
        ),
        ("Dokument 1 von 10\n\n\nZeitung\n\nLÄNGE: 12 Wörter\n", Form::NexisText),
        ("Download Request: x\nTime Of Request: x\nSend To:\nTerms: (a OR b OR c\n", Form::NexisText),
        ("<HTML><HEAD><!-- LXNComment 1827:5 --><TITLE>&nbsp;</TITLE>", Form::NexisHtml),
        ("<html><head>\n<title>Factiva</title>", Form::FactivaHtml),
        ("<html><body><article><span class=\"DocPublicationName\">Le Jour</span>", Form::EuropresseHtml),
        ("<div><a name=\"DocID_MSTAR_1\"></a><p>", Form::ProQuestHtml),
        ("{\\rtf1\\ansi{\\info{\\title Factiva RTF Display Format}}", Form::FactivaRtf),
        ("{\\rtf1\\ansi", Form::NexisRtf),
        ("\r\nReceived: by x\r\nFrom: a\r\nSubject: b\r\n\r\ntext", Form::Mail),
        ("From: <Saved by Sample>\nSnapshot-Content-Location: https://a.example/\nSubject: x\n", Form::Mail),
        ("From a@b.example Thu Feb 19 17:18:40 2015\nReceived: x\n", Form::Mbox),
    ] {
        assert_eq!(form_of(head.as_bytes()), Some(form), "{head}");
    }
}

#[test]
fn other_files_are_not_exports() {
    for head in [
        "<html><head><title>LexisNexis adds a form</title></head><body><p>3 of 10 DOCUMENTS in LexisNexis, Factiva, ProQuest and Europresse…",
        "<html><head><title>Factiva - Wikipedia</title></head><body class=\"article\"><h1>Factiva</h1>",
        "<html><body><div class=\"article\"><p>DocPublicationName is a class of Europresse.</p>",
        "The committee read 3 of 10 DOCUMENTS and adjourned.\n\nBYLINE: Ann\n",
        "1 of 10 documents\nare missing from the archive, the minister said.\n",
        "From the mayor: Thu Feb 19 17:18:40 2015 was a cold day\nin Leeds.\n",
        "From: the mayor\nTo: the council\nSubject: the bridge\n\nDear council,\n",
        "Leeds: the bridge\nDate: today\nThe council met.\n",
        "Terms: of trade\nSend To: nobody\n",
        "PK\u{3}\u{4}mimetypeapplication/epub+zip",
        "",
    ] {
        assert_eq!(form_of(head.as_bytes()), None, "{head}");
    }
    let sheet = [
        b"PK\x03\x04".as_slice(),
        &[0; 26],
        b"[Content_Types].xml",
        b"PK\x03\x04",
        &[0; 26],
        b"xl/workbook.xml",
    ]
    .concat();
    assert_eq!(form_of(&sheet), None);
    let word = [
        b"PK\x03\x04".as_slice(),
        &[0; 26],
        b"[Content_Types].xml",
        b"PK\x03\x04",
        &[0; 26],
        b"word/document.xml",
    ]
    .concat();
    assert_eq!(form_of(&word), Some(Form::NexisDocx));
}
