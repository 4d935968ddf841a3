//! Factiva in HTML. RTF is in `office`.

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
