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
        ("{\\rtf1\\ansi {\\*\\LXNComment 1826:1}", Form::NexisRtf),
        ("{\\rtf1\\ansi 1 of 2 DOCUMENTS\\par LENGTH: 3 words\\par", Form::NexisRtf),
        (
            "{\\rtf1\\ansi Page 1 of 4\\par A bridge\\par Paper\\par May 6, 2015\\par Length:\\~3 words\\par Body\\par Text.",
            Form::NexisRtf,
        ),
        (
            "{\\rtf1\\ansi A bridge\\par 3 words\\par 6 May 2015\\par Paper\\par PAPR\\par English\\par (c) 2015 Paper\\par",
            Form::FactivaRtf,
        ),
        ("{\\rtf1\\ansi Factiva and LexisNexis are services, Ann.", Form::Rtf),
        ("{\\rtf1\\ansi", Form::Rtf),
        (
            "A bridge\r\n\r\nThe Daily Sample\r\n\r\nMay 6, 2015 Wednesday\r\n\r\nLength: 3 words\r\n\r\nBody\r\n\r\nText.",
            Form::NexisText,
        ),
        (
            "\u{feff}\nFactiva\n\nDow Jones\n\nA bridge\n3 words\n6 May 2015\nPaper\nPAPR\nEnglish\n(c) 2015 Paper\n",
            Form::FactivaText,
        ),
        ("SE  World\nHD  A bridge\nWC  3 words\nPD  6 May 2015\nSN  Paper\nLP  Text.\n", Form::FactivaText),
        (
            "____________________________________________________________\n\nDocument 1 of 2\n\nA bridge\n\n\
             Publication info: Paper; Leeds [Leeds]06 May 2015: 2.\n\nFull text: Text.\nCopyright: Copyright Paper 2015",
            Form::ProQuestText,
        ),
        (
            "A bridge\n\nVolltext: Text.\n\nTitel der Publikation: Zeitung\n\nPublikationsdatum: 6. Mai 2015\n\nDokument-URL: https://db.example/1\n",
            Form::ProQuestText,
        ),
        (
            "<html><body><p><b>A bridge</b></p><p><b>Publication title</b>: Paper</p><p><b>Publication date</b>: May 6, 2015</p>\
             <p><b>Full text</b>: Text.</p><p>© 2015 ProQuest LLC</p>",
            Form::ProQuestHtml,
        ),
        ("<div id=\"article-PAPR000020150506eb560001r\" class=\"article\"><p>", Form::FactivaHtml),
        ("\r\nReceived: by x\r\nFrom: a\r\nSubject: b\r\n\r\ntext", Form::Mail),
        (
            "From: <Saved by Sample>\nSnapshot-Content-Location: https://a.example/\nSubject: x\n",
            Form::SavedPage,
        ),
        ("From: \"Saved by Sample 8\"\nSubject: x\nDate: x\nMIME-Version: 1.0\n", Form::SavedPage),
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
        "A guide to ProQuest\n\nPublication title: the name of the paper.\n\nFull text: what was printed.\n",
        "____________________________________________________________\n\nFull text: the mayor's letter\n\nDear council,\n",
        "Six hundred years ago\n\n600 words\n6 May 2015\nThe Sample\n\nLong ago, there was a bridge.\n",
        "HD is high definition.\n\nWC\nPD\nLP\nare codes of Factiva.\n",
        "What is Length: 12 words\n\nBody\n\nThe text of 6 May 2015.\n",
        "<html><body><p><b>Full text</b>: a column of ProQuest. <b>Publication date</b>: another.</p>",
        "<html><body><div id=\"article-12345\" class=\"article\"><h1>A bridge</h1><p>512 words</p><p>6 May 2015</p><p>Text.</p></div>",
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
