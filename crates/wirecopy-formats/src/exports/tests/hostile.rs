//! Any input is handled: without panic, without unbounded depth or time.

use proptest::prelude::*;

use super::*;
use crate::exports::form_of;

const FORMS: [Form; 14] = [
    Form::NexisText,
    Form::NexisHtml,
    Form::NexisDocx,
    Form::NexisRtf,
    Form::Rtf,
    Form::FactivaText,
    Form::FactivaHtml,
    Form::FactivaRtf,
    Form::EuropresseHtml,
    Form::ProQuestText,
    Form::ProQuestHtml,
    Form::Mail,
    Form::SavedPage,
    Form::Mbox,
];

/// Marks of all forms, to be put together in any order.
const MARKS: [&str; 66] = [
    "1 of 2 DOCUMENTS",
    "\n",
    "\n\n",
    "Body",
    "End of Document",
    "BYLINE: x",
    "LENGTH: 1 words",
    "LENGTH:\u{a0}1",
    "BODY:",
    "LOAD-DATE: x",
    "Copyright 2010 x",
    "All Rights Reserved",
    "January 11, 2010",
    "March 2010",
    "a title",
    "UPDATE: 1 May 2010",
    "HD\tx",
    "LP",
    "TD\t",
    "512 words",
    "Document ABCD000020111229e7ct0001r",
    "<div class=\"article enArticle\">",
    "<div>",
    "</div>",
    "<td>",
    "HD",
    "<tr>",
    "</table>",
    "<p>",
    "</p>",
    "<br>",
    "<article>",
    "</article>",
    "<span class=\"DocPublicationName\">",
    "<span class=\"DocHeader\">",
    "<p class=\"titreArticleVisu\">",
    "</span>",
    "<aside>",
    "<a name=\"DocID_1\">",
    "<strong>Full text: </strong>",
    "<text>",
    "</text>",
    "<strong>",
    "{\\rtf1 ",
    "{",
    "}",
    "\\par ",
    "\\u233?",
    "\\'e9",
    "\\*",
    "\\bin9 ",
    "From a@b.example Thu Feb 19 17:18:40 2015\n",
    "Content-Type: multipart/mixed; boundary=a\n\n",
    "--a\n",
    "Content-Type: message/rfc822\n\n",
    "Snapshot-Content-Location: https://a.example/\n",
    "____________________",
    "Full text: x",
    "Publication title: x",
    "Subject: x",
    "Credit: By Ann",
    "Page 1 of 2",
    "DASA",
    "<div id=\"article-DASA000020111229e7ct0001r\" class=\"article\">",
    "é",
    "\u{c}",
];

fn read_all(bytes: &[u8], limits: Limits) {
    let _ = form_of(bytes);
    for form in FORMS {
        let _ = found(form, bytes, limits);
    }
}

proptest! {
    #[test]
    fn marks_in_any_order_are_handled_without_panic(marks in prop::collection::vec(0..MARKS.len(), 0..40), small in any::<bool>()) {
        let text: String = marks.iter().map(|at| MARKS[*at]).collect();
        let limits = if small { Limits { item_bytes: 60, depth: 3 } } else { Limits::default() };
        read_all(text.as_bytes(), limits);
    }

    #[test]
    fn any_bytes_are_handled_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        read_all(&bytes, Limits { item_bytes: 100, depth: 3 });
    }
}

#[test]
fn deep_nesting_and_long_repetition_are_read() {
    let many = 50_000;
    let limits = Limits::default();
    for part in [
        "<div class=\"article enArticle\">",
        "<b>",
        "<p><a name=\"DocID_1\">",
        "<article>",
        "<!--",
        "<a href=\"",
        "</p",
        "&amp",
        "<script>",
    ] {
        let html = part.repeat(many);
        for form in [Form::NexisHtml, Form::FactivaHtml, Form::EuropresseHtml, Form::ProQuestHtml] {
            let _ = found(form, html.as_bytes(), limits);
        }
    }
    for part in ["{", "}", "{\\b ", "\\u55357?", "\\'83", "\\par ", "{\\pict "] {
        let _ = found(Form::NexisRtf, format!("{{\\rtf1 {}", part.repeat(many)).as_bytes(), limits);
    }
    for part in ["Document 1 of 2\n", "Full text: a\n", "Subject: a\n", "A: b\n\n", "a\n"] {
        let text = format!("Full text: a\n{}Publication title: b\n", part.repeat(many));
        let _ = found(Form::ProQuestText, text.as_bytes(), limits);
    }
    for part in ["512 words\n", "512 words\n29 December 2011\n", "DASA\n", "By Ann Example\n"] {
        let _ = found(Form::FactivaText, part.repeat(many).as_bytes(), limits);
    }
    let _ = found(Form::NexisText, "1 of 2 DOCUMENTS\n".repeat(many).as_bytes(), limits);
    let _ =
        found(Form::Mbox, "From a@b.example Thu Feb 19 17:18:40 2015\n\n".repeat(many).as_bytes(), limits);
}

#[test]
fn reading_stops_when_it_is_told() {
    let text = "1 of 2 DOCUMENTS\n\nP\n\nMay 6, 2015\n\nA\n\nLENGTH: 1 words\n\nText.\n2 of 2 DOCUMENTS\n\nP\n\nMay 6, 2015\n\nB\n\nLENGTH: 1 words\n\nText.\n";
    let mut count = 0;
    let flow = read(Form::NexisText, &mut text.as_bytes(), Limits::default(), &mut |_| {
        count += 1;
        ControlFlow::Break(())
    });
    assert_eq!((flow, count), (ControlFlow::Break(()), 1));
}

#[test]
fn damaged_end_is_reported_after_the_articles_before() {
    struct Damaged<'a>(&'a [u8]);
    impl std::io::Read for Damaged<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            if self.0.is_empty() {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            self.0.read(buffer)
        }
    }
    let text = "1 of 2 DOCUMENTS\n\nP\n\nMay 6, 2015\n\nA\n\nLENGTH: 1 words\n\nText.\n2 of 2 DOCUMENTS\n\nP\n\nMay 6, 2015\n\nB\n\nLENGTH: 1 words\n\nTe";
    let mut found = Vec::new();
    let mut input = std::io::BufReader::new(Damaged(text.as_bytes()));
    let _ = read(Form::NexisText, &mut input, Limits::default(), &mut |one| {
        found.push(one);
        ControlFlow::Continue(())
    });
    assert!(
        matches!(&found[..], [Found::Item(_), Found::Skip(refusal)] if refusal.reason.starts_with("the rest of the file cannot be read"))
    );
}
