//! Mails, mailboxes and saved pages.

use super::proquest::ARTICLE;
use super::*;

const MAIL: &str = "   \r\nReceived: by mx.example\r\nFrom: \"=?utf-8?q?Zo=C3=A9?= Essai\" <zoe@press.example>\r\nTo: a@b.example\r\nSubject: =?iso-8859-1?q?Un_pont_ferm=E9?=\r\n\
    Date: Thu, 19 Feb 2015 17:18:40 +1100\r\nMIME-Version: 1.0\r\nContent-Language: fr\r\nContent-Type: multipart/alternative; boundary=XX\r\n\r\n--XX\r\n\
    Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nLe pont est ferm=C3=A9 depuis hier, a dit le maire de la ville =C3=A0 la presse, et\r\nil le restera.\r\n\r\nDeux.\r\n-- \r\nZo=C3=A9\r\n\
    --XX\r\nContent-Type: text/html\r\n\r\n<p>Le pont</p>\r\n--XX\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment\r\n\r\nxxxx\r\n--XX--\r\n";

#[test]
fn mail_gives_its_best_text() {
    let items = items(Form::Mail, MAIL);
    assert_meta(&items[0], "Un pont fermé", "", "Thu, 19 Feb 2015 17:18:40 +1100");
    assert_eq!(
        (items[0].meta.bylines.clone(), items[0].meta.language.as_deref()),
        (vec!["Zoé Essai".to_owned()], Some("fr"))
    );
    assert_eq!(
        text(&items[0]),
        ["Le pont est fermé depuis hier, a dit le maire de la ville à la presse, et il le restera.", "Deux."]
    );
}

#[test]
fn note_that_the_text_is_in_html_is_not_the_text() {
    let html =
        "<p>The text of the mail, which has many words in its only paragraph, as texts do.</p>".repeat(4);
    let mail = format!(
        "From: a@b.example\nSubject: S\nContent-Type: multipart/alternative; boundary=XX\n\n--XX\n\nYour program cannot show HTML.\n--XX\nContent-Type: text/html\n\n{html}\n--XX--\n"
    );
    assert_eq!(items(Form::Mail, mail)[0].body, Body::Markup(html));
}

#[test]
fn mail_without_text_is_skipped() {
    let mail = "From: a@b.example\nContent-Type: application/pdf\n\nxxxx\n";
    assert_eq!(skips(Form::Mail, mail)[0].reason, "a mail without text; attachments are not read");
}

#[test]
fn mail_with_too_many_parts_is_skipped() {
    let mail = format!(
        "From: a@b.example\nContent-Type: multipart/mixed; boundary=X\n\n{}",
        "--X\n\nOne.\n".repeat(20_001)
    );
    assert_eq!(skips(Form::Mail, mail)[0].reason, "a mail with more than 20000 parts");
}

#[test]
fn long_headers_are_read_in_linear_time() {
    // Decoding all of it would take hours.
    let words = "=?utf-8?Q?ferry?= ".repeat(200_000);
    let mail =
        format!("From: {words}<a@b.example>\nSubject: {words}\nMIME-Version: 1.0\n\nThe ferry sails.\n");
    let items = items(Form::Mail, mail);
    assert!(items[0].meta.title.as_deref().unwrap().starts_with("ferryferry"), "{:?}", items[0].meta);
    assert_eq!(text(&items[0]), ["The ferry sails."]);
}

#[test]
fn lines_may_end_with_carriage_returns_alone() {
    let items = items(Form::Mail, "From: Ann <a@b.example>\rSubject: Ferry\r\rThe ferry sails.\r");
    assert_meta(&items[0], "Ferry", "", "");
    assert_eq!(text(&items[0]), ["The ferry sails."]);
}

#[test]
fn mail_in_parts_without_a_boundary_is_plain_text() {
    let head = "From: a@b.example\nSubject: Ferry\nContent-Type: multipart/mixed\n\n";
    let items = items(Form::Mail, format!("{head}The ferry sails.\n\n-- no part --\n"));
    assert_eq!(text(&items[0]), ["The ferry sails.", "-- no part --"]);
    let skips =
        skips(Form::Mail, format!("{head}--b\nContent-Type: text/plain\n\nThe ferry sails.\n--b--\n"));
    assert_eq!(skips[0].reason, "a mail in parts that does not name the boundary between them");
}

#[test]
fn line_that_begins_like_a_boundary_does_not_end_a_part() {
    let mail = "From: a@b.example\nContent-Type: multipart/mixed; boundary=bb\n\n--bb\n\nThe ferry sails.\n\n--bbx is a line of the text.\n--bb--\n";
    assert_eq!(text(&items(Form::Mail, mail)[0]), ["The ferry sails.", "--bbx is a line of the text."]);
}

#[test]
fn mail_with_an_export_gives_its_articles() {
    let mail = format!(
        "From: a@b.example\nSubject: Your research\nContent-Type: text/html; charset=utf-8\n\n<html>{ARTICLE}</html>"
    );
    let items = items(Form::Mail, &mail);
    assert_meta(&items[0], "A bridge closes; for a year", "Daily Sample", "May 8, 2010");
}

#[test]
fn saved_page_gives_its_html_and_address() {
    let page = "From: <Saved by Sample>\nSnapshot-Content-Location: https://paper.example/a\nSubject: A title\nDate: Thu, 19 Feb 2015 17:18:40 +1100\nMIME-Version: 1.0\n\
        Content-Type: multipart/related; type=\"text/html\"; boundary=\"XX\"\n\n--XX\nContent-Type: text/html\nContent-Location: https://paper.example/a\n\n<p>Text</p>\n--XX\n\
        Content-Type: image/png\nContent-Location: https://paper.example/b.png\n\nxxxx\n--XX--\n";
    let page = one_page(page);
    assert_eq!((page.content.as_slice(), page.media_type.as_str()), (&b"<p>Text</p>"[..], "text/html"));
    assert_eq!(page.url.as_deref(), Some("https://paper.example/a"));
    assert_eq!((page.date.as_deref(), page.charset), (Some("Thu, 19 Feb 2015 17:18:40 +1100"), None));
}

#[test]
fn page_that_was_asked_for_is_read_rather_than_its_frames() {
    let page = "From: <Saved by Blink>\nSnapshot-Content-Location: https://paper.example/a\nSubject: A\nDate: Thu, 19 Feb 2015 17:18:40 +1100\nMIME-Version: 1.0\n\
        Content-Type: multipart/related; type=\"text/html\"; boundary=\"XX\"\n\n--XX\nContent-Type: text/html\nContent-Location: https://ads.example/f\n\n<p>Buy</p>\n--XX\n\
        Content-Type: text/html; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\nContent-Location: https://paper.example/a\n\n<p>Caf=E9</p>\n--XX--\n";
    let page = one_page(page);
    assert_eq!(page.content.trim_ascii_end(), b"<p>Caf\xe9</p>");
    assert_eq!(page.charset.as_deref(), Some("iso-8859-1"));
}

#[test]
fn page_in_a_mail_that_was_sent_is_a_mail() {
    let mail = "From: a@b.example\nTo: c@d.example\nSubject: S\nContent-Type: multipart/related; boundary=XX\n\n--XX\nContent-Type: text/html\n\
        Content-Location: https://paper.example/a\n\n<p>Text</p>\n--XX--\n";
    let items = items(Form::Mail, mail);
    assert_eq!(
        (items[0].body.clone(), items[0].meta.title.as_deref()),
        (Body::Markup("<p>Text</p>".to_owned()), Some("S"))
    );
}

/// Returns the only result of a file, which is a page.
fn one_page(mail: &str) -> crate::Page {
    match found(Form::SavedPage, mail.as_bytes(), Limits::default()).remove(0) {
        Found::Page(page) => page,
        other => panic!("{other:?}"),
    }
}

/// Returns a mail with this text that forwards another.
fn forwarding(subject: &str, text: &str, mail: &str) -> String {
    format!(
        "From: Ann <a@b.example>\nTo: c@d.example\nSubject: {subject}\nContent-Type: multipart/mixed; boundary=\"{subject}\"\n\n--{subject}\n\n{text}\n\
         --{subject}\nContent-Type: message/rfc822\nContent-Disposition: attachment; filename=x.eml\n\n{mail}\n--{subject}--\n"
    )
}

#[test]
fn forwarded_mails_are_read() {
    let inner = "From: Bob <b@b.example>\nSubject: Ferry\nDate: Thu, 19 Feb 2015 17:18:40 +1100\n\nThe ferry sails again.\n";
    let mail = forwarding("One", "See below.", &forwarding("Two", "", inner));
    let items = items(Form::Mail, &mail);
    assert_eq!(items.len(), 2, "{items:?}");
    assert_eq!((items[0].meta.title.as_deref(), text(&items[0])), (Some("One"), vec!["See below."]));
    assert_meta(&items[1], "Ferry", "", "Thu, 19 Feb 2015 17:18:40 +1100");
    assert_eq!(
        (text(&items[1]), items[1].meta.bylines.clone()),
        (vec!["The ferry sails again."], vec!["Bob".to_owned()])
    );
}

#[test]
fn mails_are_forwarded_within_others_up_to_a_limit() {
    let mut mail = "From: Bob <b@b.example>\nSubject: Ferry\n\nThe ferry sails.\n".to_owned();
    for at in 0..20 {
        mail = forwarding(&format!("S{at}"), "A note on it.", &mail);
    }
    let found = found(Form::Mail, mail.as_bytes(), Limits::default());
    assert_eq!(found.len(), 7);
    assert!(
        matches!(found.last(), Some(Found::Skip(refusal)) if refusal.kind == wirecopy_core::document::SkipKind::Limit)
    );
}

#[test]
fn mail_with_an_export_in_plain_text_gives_its_articles() {
    for (export, count) in [(proquest::TEXT, 2), (factiva::TEXT, 2)] {
        let mail = format!(
            "From: a@b.example\nSubject: Your research\nContent-Type: text/plain; charset=utf-8\n\n{}",
            export.trim_start_matches('\u{feff}')
        );
        assert_eq!(items(Form::Mail, mail).len(), count);
    }
}

#[test]
fn mailbox_gives_its_mails() {
    let mails = "From a@b.example Thu Feb 19 17:18:40 2015\nFrom: Ann <a@b.example>\nSubject: One\n\nFirst text of a mail.\n>From here on, it is quoted.\n\nFrom the mayor, a word.\n\n\
        From - Fri Feb 20 17:18:40 2015\nSubject: Two\n\nSecond text of a mail.\n\nFrom c@d.example Sat Feb 21 17:18:40 2015\nSubject: Three\n\nThird text.";
    let items = items(Form::Mbox, mails);
    assert_eq!(items.len(), 3);
    assert_eq!(
        text(&items[0]),
        ["First text of a mail.", "From here on, it is quoted.", "From the mayor, a word."]
    );
    assert_eq!(items[2].meta.title.as_deref(), Some("Three"));
}

#[test]
fn blank_line_before_a_mail_may_be_missing() {
    let mails = "From a@b.example Thu Feb 19 17:18:40 2015\nSubject: One\n\nFirst text.\nFrom a@b.example Fri Feb 20 17:18:40 2015\nSubject: Two\n\nSecond text.\n        From a@b.example Fri Feb 20 17:18:40 2015\nthe ferry has been late.\nFrom noon at 12:30 in 2015\nSubject: to weather.\n";
    let items = items(Form::Mbox, mails);
    assert_eq!(items.len(), 2, "{items:?}");
    assert_eq!(text(&items[0]), ["First text."]);
    assert!(text(&items[1]).concat().ends_with("Subject: to weather."), "{:?}", items[1]);
}

#[test]
fn large_mail_does_not_affect_its_neighbours() {
    let long = "word ".repeat(100);
    let mails = format!(
        "From a@b.example Thu Feb 19 17:18:40 2015\nSubject: One\n\nOne.\n\nFrom a@b.example Thu Feb 19 17:18:40 2015\nSubject: Two\n\n{long}\n\nFrom a@b.example Thu Feb 19 17:18:40 2015\nSubject: Three\n\nThree.\n"
    );
    let found = found(Form::Mbox, mails.as_bytes(), Limits { item_bytes: 150, depth: 9 });
    assert!(matches!(found[..], [Found::Item(_), Found::Skip(_), Found::Item(_)]), "{found:?}");
}
