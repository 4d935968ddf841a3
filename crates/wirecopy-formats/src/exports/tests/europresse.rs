//! Europresse in HTML.

use super::*;

#[test]
fn articles_of_today_are_read() {
    let html = "<html><head><title>Europresse</title></head><body><article><header><div class=\"rdp__DocPublicationName\"><span class=\"DocPublicationName\">Le Jour, no. 43018</span></div>\
        <div class=\"rdp__DocHeader\"><span class=\"DocHeader\">France, mercredi 11 septembre 2024 134 mots, p. 11</span></div>\
        <div class=\"titreArticle\"><p class=\"sm-margin-bottomNews\">Transports</p><p class=\"sm-margin-TopNews titreArticleVisu rdp__articletitle\">Un <mark>pont</mark> fermé</p>\
        <p class=\"sm-margin-TopNews rdp__subtitle\">Pour un an</p></div><p class=\"sm-margin-bottomNews\">Zoé Essai</p></header>\
        <section><div class=\"DocText clearfix\"><div class=\"docOcurrContainer\"><p>Le <span class=\"occurrence\">pont</span> est fermé.</p><p>Il sera rou<mark>vert</mark>.</p>\
        <p><a href=\"https://jour.example/pont\">Cet article est paru dans Le Jour (site web)</a></p></div></div></section>\
        <aside><div>Note(s) : une note.</div></aside><footer><small>© 2024 Le Jour. Tous droits réservés.</small><div class=\"publiC-lblNodoc\">news·20240911·JO·1</div></footer></article> \
        <article><header><div class=\"sm-margin-bottom\"><span class=\"DocPublicationName\">The Sample</span></div><span class=\"DocHeader\">World, Friday, November 13, 2015</span>\
        <p class=\"titreArticleVisu\">Second</p><div class=\"docAuthors\">Ann Example</div></header><section><div class=\"DocText\"><p>Text.</p></div></section></article></body></html>";
    let items = items(Form::EuropresseHtml, html);
    assert_eq!(items.len(), 2);
    assert_meta(&items[0], "Un pont fermé", "Le Jour", "11 septembre 2024");
    assert_eq!(items[0].meta.bylines, ["Zoé Essai"]);
    assert_eq!(items[0].meta.url.as_deref(), Some("https://jour.example/pont"));
    assert_eq!(text(&items[0])[..3], ["Pour un an", "Le pont est fermé.", "Il sera rouvert."]);
    assert_meta(&items[1], "Second", "The Sample", "November 13, 2015");
    assert_eq!(items[1].meta.bylines, ["Ann Example"]);
    assert_eq!(text(&items[1]), ["Text."]);
}

#[test]
fn tables_of_before_are_read() {
    let article = |paper: &str, above: &str, title: &str, below: &str| {
        format!(
            "<table><tr><td><span class=\"DocPublicationName\">{paper}</span><br><span class=\"DocHeader\">Éditorial, </span><span class=\"DocHeader\">jeudi </span>\
             <span class=\"DocHeader\">4 octobre 2012</span><span class=\"DocHeader\">, p. 03</span><br><br>{above}<span class=\"TitreArticleVisu\">{title}</span><br><br>{below}\
             <p></p><b><i>© 2012 {paper}. Tous droits réservés.</i></b><p></p>Numéro de document : news·20121004·PO·1<br><br><table><tr><td>Ce certificat est émis à \
             <b>University</b></td></tr></table></td></tr></table>"
        )
    };
    let html = format!(
        "<html><body><form><input type=\"button\" value=\"Sauvegarder\"></form>{}{}",
        article(
            "Le Jour, no. 5968",
            "Rubrique<br>",
            "Un <span style=\"color:red\">pont</span> fermé",
            "Zoé Essai<br><p></p>Le <b>pont</b> est fermé.<p></p>(1) Une note."
        ),
        article("Mag", "", "Sans auteur", "Some text.<font> More text.</font><p></p>Test."),
    );
    let items = items(Form::EuropresseHtml, html);
    assert_eq!(items.len(), 2);
    assert_meta(&items[0], "Un pont fermé", "Le Jour", "4 octobre 2012");
    assert_eq!(items[0].meta.bylines, ["Zoé Essai"]);
    assert_eq!(text(&items[0]), ["Le pont est fermé.", "(1) Une note."]);
    assert_meta(&items[1], "Sans auteur", "Mag", "4 octobre 2012");
    assert_eq!((items[1].meta.bylines.len(), text(&items[1])), (0, vec!["Some text. More text.", "Test."]));
}
