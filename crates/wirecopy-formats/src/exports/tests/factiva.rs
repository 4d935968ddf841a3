//! Factiva in HTML and in plain text. RTF is in `office`.

use super::*;

#[test]
fn table_with_codes_is_read() {
    let row = |code: &str, value: &str| {
        format!("<tr><td class=\"index\"><b>{code}</b>&nbsp;</td><td>{value}</td></tr>")
    };
    let html = format!(
        "<html><head><title>Factiva</title></head><body><div class=\"article frArticle\"><table>{}{}{}{}{}{}{}{}{}{}{}{}{}</table><br/></div>\
         <span></span><div class=\"article enArticle\"><table>{}{}{}</table></div><div id=\"pageFooter\">&copy; 2011 Factiva</div>",
        row("SE", "Monde"),
        row("HD", "<b class='frHeadline'>Un <b>pont</b> fermé</b>\n"),
        row("BY", "Zoé Essai"),
        row("CR", "Agence d'Essai"),
        row("WC", "295 mots"),
        row("PD", "29 décembre 2011"),
        row("ET", "15:32"),
        row("SN", "Journal d'Essai"),
        row("LA", "Français"),
        row("CY", "(c) Essai."),
        row(
            "LP",
            "<p class=\"articleParagraph frarticleParagraph\">Premier paragraphe.</p>\n<p class=\"articleParagraph frarticleParagraph\">Deux.</p>"
        ),
        row("TD", "<p class=\"articleParagraph frarticleParagraph\">Trois, à Saint-<b>Denis</b>.</p>"),
        row("AN", "<br/>Document ESSAI00020111229e7ct0001r"),
        row("HD", "Second"),
        row("PD", "2018 年 5 月 28 日"),
        row("LP", "<p>Text.</p><p>License this article from Dow Jones Reprint Service</p>"),
    );
    let items = items(Form::FactivaHtml, html);
    assert_eq!(items.len(), 2);
    assert_meta(&items[0], "Un pont fermé", "Journal d'Essai", "29 décembre 2011 15:32");
    assert_eq!(items[0].meta.bylines, ["Zoé Essai"]);
    assert_eq!(items[0].meta.language.as_deref(), Some("fr"));
    assert_eq!(items[0].meta.delivery.as_ref().and_then(|d| d.credit.as_deref()), Some("Agence d'Essai"));
    assert_eq!(text(&items[0]), ["Premier paragraphe.", "Deux.", "Trois, à Saint-Denis."]);
    assert_meta(&items[1], "Second", "", "2018 年 5 月 28 日");
    assert_eq!(text(&items[1]), ["Text."]);
}

#[test]
fn column_without_codes_is_read() {
    let html = "<html><head><title>Factiva</title></head><body><div id=\"article-x\" class=\"article\"><div class=\"article enArticle\"><p>\n</p><div>Home Desk; C</div>\n\
        <div id=\"hd\"><span class=\"enHeadline\">AT THE LIBRARY WITH: Ann;\nA Traveler  </span>\n</div><div class=\"author\">By MARY EXAMPLE  </div><div>1,703 Wörter</div>\
        <div>7 Januar 1993</div><div>The Sample Times</div><div>SAMPF</div><div>Late Edition - Final</div><div>1</div><div>Englisch</div><div>Copyright 1993 The Sample Company.</div>\n\
        <p class=\"articleParagraph enarticleParagraph\">\nShe is a <b>terrorist</b>,\nshe said.\n</p><p class=\"articleParagraph enarticleParagraph\">Two.</p>\n\
        <p>Sample Digital</p><p>Dokument SAMPF00020050408dp1700iz8</p></div></div><br/><span></span>\
        <div id=\"article-y\" class=\"article\"><div class=\"article deArticle\"><p><div id=\"hd\"><span class='deHeadline'>Titel</span></div><div>12 Wörter</div><div>17 Mai 2002</div>\
        <div>19:51</div><div>Muster - Nachrichten</div><div>MUS</div><div>Deutsch</div><div>(c) 2002 Muster</div></p><p class=\"articleParagraph dearticleParagraph\">Text.</p></div></div>";
    let items = items(Form::FactivaHtml, html);
    assert_meta(&items[0], "AT THE LIBRARY WITH: Ann; A Traveler", "The Sample Times", "7 Januar 1993");
    assert_eq!(items[0].meta.bylines, ["By MARY EXAMPLE"]);
    assert_eq!(items[0].meta.language.as_deref(), Some("en"));
    assert_eq!(text(&items[0]), ["She is a terrorist, she said.", "Two."]);
    assert_meta(&items[1], "Titel", "Muster - Nachrichten", "17 Mai 2002 19:51");
    assert_eq!((text(&items[1]), items.len()), (vec!["Text."], 2));
}

#[test]
fn list_of_headlines_is_skipped_with_a_hint() {
    let skips = skips(
        Form::FactivaHtml,
        "<html><head><title>Factiva</title></head><body><div class=\"headlines\">…</div>",
    );
    assert!(skips[0].reason.contains("list of headlines"), "{skips:?}");
}

#[test]
fn page_with_numbered_articles_and_no_other_classes_is_read() {
    let html = "<html><head><title>Saved</title></head><body><div id=\"article-DASA000020111229e7ct0001r\" class=\"article\"><p>World</p><p>A bridge closes</p>\
        <p>By Ann Example</p><p>512 words</p><p>29 December 2011</p><p>Daily Sample</p><p>DASA</p><p>English</p><p>Copyright 2011 Sample</p><p>One.</p><p>Two.</p>\
        <p>Document DASA000020111229e7ct0001r</p></div><div id=\"article-DASA000020111230e7ct0002r\" class=\"article\"><div id=\"hd\"><span>Second</span></div>\
        <div>3 words</div><div>30 December 2011</div><div>Daily Sample</div><div>DASA</div><div>English</div><div>(c) 2011</div><p>Text.</p></div><div>Footer</div>";
    let items = items(Form::FactivaHtml, html);
    assert_eq!(items.len(), 2);
    assert_meta(&items[0], "A bridge closes", "Daily Sample", "29 December 2011");
    assert_eq!(
        (items[0].meta.bylines.clone(), items[0].meta.language.as_deref()),
        (vec!["By Ann Example".to_owned()], Some("en"))
    );
    assert_eq!(text(&items[0]), ["One.", "Two."]);
    assert_meta(&items[1], "Second", "Daily Sample", "30 December 2011");
    assert_eq!(text(&items[1]), ["Text."]);
}

/// An export in plain text, of two documents.
pub(super) const TEXT: &str = "\r\nFactiva\r\n\r\nDow Jones\r\n\r\nWorld\r\nA bridge closes for a year as the council finds cracks in its oldest piers\r\nBy Ann Example\r\n\
    512 words\r\n29 December 2011\r\n15:32\r\nDaily Sample\r\nDASA\r\n4\r\nEnglish\r\nCopyright 2011 Sample.\r\n\r\n\
    The council met on Tuesday to speak of the old bridge, which has been closed\r\nto lorries since the floods.\r\n\r\nTwo.\r\n\r\nDocument DASA000020111229e7ct0001r\r\n\r\n\
    Zweiter\r\n3 Wörter\r\n30 Dezember 2011\r\nMuster\r\nMUS\r\nDeutsch\r\n(c) 2011 Muster\r\n\r\nText.\r\n\r\nDokument MUS0000020111230e7ct0001r\r\n\r\n\
    Search Summary\r\nText\r\nbridge\r\nDate\r\nAll Dates\r\n© 2011 Factiva, Inc. All rights reserved.\r\n";

#[test]
fn plain_text_is_read() {
    let items = items(Form::FactivaText, TEXT);
    assert_eq!(items.len(), 2, "{items:?}");
    let title = "A bridge closes for a year as the council finds cracks in its oldest piers";
    assert_meta(&items[0], title, "Daily Sample", "29 December 2011 15:32");
    assert_eq!(items[0].meta.bylines, ["By Ann Example"]);
    assert_eq!(
        text(&items[0]),
        [
            "The council met on Tuesday to speak of the old bridge, which has been closed to lorries since the floods.",
            "Two.",
        ]
    );
    assert_meta(&items[1], "Zweiter", "Muster", "30 Dezember 2011");
    assert_eq!((text(&items[1]), items[1].meta.language.as_deref()), (vec!["Text."], Some("de")));
}

#[test]
fn plain_text_with_codes_is_read_also_if_it_is_cut_off() {
    let text = "SE  World\nHD\nA bridge\nBY  Ann Example\nWC  3 words\nPD  29 December 2011\nSN  Daily Sample\nLA  English\n\nLP\n\nOne.\n\nTD  Two.\n\n\
        AN  Document DASA000020111229e7ct0001r\n\nHD  Second\nWC  3 words\nPD  30 December 2011\nSN  Daily Sample\nLA  English\nLP  Te";
    let items = items(Form::FactivaText, text);
    assert_meta(&items[0], "A bridge", "Daily Sample", "29 December 2011");
    assert_eq!(super::text(&items[0]), ["One.", "Two."]);
    assert_meta(&items[1], "Second", "Daily Sample", "30 December 2011");
    assert_eq!((super::text(&items[1]), items.len()), (vec!["Te"], 2));
}

#[test]
fn plain_text_that_is_cut_off_gives_what_is_there() {
    let cut = TEXT.split("\r\n\r\nDokument").next().unwrap();
    let items = items(Form::FactivaText, cut);
    assert_eq!((items.len(), text(&items[1])), (2, vec!["Text."]));
    assert!(
        skips(Form::FactivaText, "Factiva\n\nDow Jones\n")[0].reason.starts_with("no articles in this text")
    );
}
