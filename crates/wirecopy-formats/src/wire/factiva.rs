//! Reads the XML of Factiva.

use std::io::BufRead;
use std::ops::ControlFlow;

use wirecopy_core::document::SkipKind::Empty;
use wirecopy_core::document::{Delivery, Metadata, Refusal};

use super::fields::{self, Out};
use super::words;
use crate::xml::{Element, Reader, local};
use crate::{Body, Emit, Item, Limits};

/// Reads all articles of a file.
pub(super) fn read(input: &mut dyn BufRead, limits: Limits, emit: &mut Emit<'_>) -> ControlFlow<()> {
    let mut reader = Reader::new(input, limits);
    let mut out = Out::new(emit);
    while let Some(article) = reader.next(&|_, name| local(name) == "article") {
        out.pass(article.and_then(|article| item(&article)))?;
    }
    out.finish("no article in it")
}

fn item(article: &Element) -> Result<Item, Refusal> {
    let paragraphs: Vec<String> = ["leadParagraph", "tailParagraphs"]
        .into_iter()
        .flat_map(|part| article.all(part))
        .flat_map(paragraphs)
        .collect();
    let text = paragraphs.join("\n");
    if !words::has_word(&text) {
        return Err(Empty.because("an article without text"));
    }
    Ok(Item { meta: metadata(article), body: Body::Text(text) })
}

/// Returns the paragraphs of a part of an article, each on one line unless it is a table.
fn paragraphs(part: &Element) -> Vec<String> {
    let mut found = Vec::new();
    part.find_all("paragraph", &mut found);
    if found.is_empty() {
        found.push(part);
    }
    let of = |paragraph: &Element| {
        let is_table = matches!(paragraph.attribute("display"), Some("Fixed" | "Preformatted"));
        if is_table {
            Some(paragraph.text().trim().to_owned()).filter(|text| !text.is_empty())
        } else {
            paragraph.line()
        }
    };
    found.into_iter().filter_map(of).collect()
}

fn metadata(article: &Element) -> Metadata {
    let line = |path: &[&str]| article.at(path).and_then(Element::line);
    let day = || {
        let day = line(&["publicationDate", "date"]).or_else(|| line(&["publicationDate"]))?;
        let time = line(&["publicationTime", "time"]).or_else(|| line(&["publicationTime"]));
        // Some say the day with a midnight that means nothing.
        Some(match time.filter(|_| !day.contains('T')) {
            Some(time) => format!("{day}T{time}"),
            None => day,
        })
    };
    let byline = line(&["byline"]);
    let delivery = Delivery {
        guid: line(&["accessionNo"]).or_else(|| {
            let reference = line(&["reference"])?;
            reference.rsplit('/').next().map(str::to_owned)
        }),
        credit: line(&["credit"]),
        ..Delivery::default()
    };
    Metadata {
        title: line(&["headline"]),
        date: fields::first_date([line(&["publicationDate", "dateTime"]), day()]),
        source: line(&["sourceName"]).or_else(|| line(&["publisherName"])),
        bylines: byline.into_iter().collect(),
        language: line(&["baseLanguage"]),
        delivery: fields::delivery(delivery),
        ..Metadata::default()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Form::FactivaXml;
    use crate::wire::tests::{found, item_of, only};

    const ARTICLE: &str = "<article><accessionNo>HARB0000020240311ek3b00001</accessionNo><baseLanguage>EN</baseLanguage>\
        <byline>By Jo Roe</byline><credit>Northern Press</credit><copyright>(c) 2024</copyright><headline><paragraph>\n<hlt>Ferry</hlt> sails\
        </paragraph></headline><leadParagraph><paragraph>The <hlt>ferry</hlt>\n sails.</paragraph></leadParagraph><publicationDate>\
        <dateTime>2024-03-11T14:20:00Z</dateTime></publicationDate><sourceName>Harbour Times</sourceName><region><name>Norway</name></region>\
        <tailParagraphs><paragraph>Two.</paragraph><paragraph display='Fixed'>A  1\nB  2</paragraph></tailParagraphs><notes>Note</notes></article>";

    #[test]
    fn articles_are_read() {
        let file = format!(
            "<PPSResponse><ppsarticle>{ARTICLE}</ppsarticle><ppsarticle>{ARTICLE}</ppsarticle></PPSResponse>"
        );
        assert_eq!(found(FactivaXml, &file).len(), 2);
        let item = item_of(FactivaXml, ARTICLE);
        assert_eq!(item.body, Body::Text("The ferry sails.\nTwo.\nA  1\nB  2".to_owned()));
        let meta = item.meta;
        assert_eq!(meta.title.as_deref(), Some("Ferry sails"));
        assert_eq!(meta.date.as_deref(), Some("2024-03-11T14:20:00Z"));
        assert_eq!(meta.source.as_deref(), Some("Harbour Times"));
        assert_eq!(meta.bylines, ["By Jo Roe"]);
        assert_eq!(meta.language.as_deref(), Some("EN"));
        let delivery = meta.delivery.unwrap();
        assert_eq!(delivery.guid.as_deref(), Some("HARB0000020240311ek3b00001"));
        assert_eq!(delivery.credit.as_deref(), Some("Northern Press"));
    }

    #[test]
    fn days_and_times_are_joined() {
        let date = |xml: &str| {
            let article = format!("<article><leadParagraph>One</leadParagraph>{xml}</article>");
            item_of(FactivaXml, &article).meta.date
        };
        let day = "<publicationDate><date>2024-03-11</date></publicationDate>";
        assert_eq!(date(day).as_deref(), Some("2024-03-11"));
        let timed = format!("{day}<publicationTime><time>14:20:00</time></publicationTime>");
        assert_eq!(date(&timed).as_deref(), Some("2024-03-11T14:20:00"));
        assert_eq!(date(""), None);
    }

    #[test]
    fn article_without_text_says_so() {
        assert_eq!(
            only(FactivaXml, "<article><headline>A</headline></article>").unwrap_err(),
            "an article without text"
        );
        assert_eq!(only(FactivaXml, "<PPSResponse/>").unwrap_err(), "no article in it");
    }

    proptest! {
        #[test]
        fn any_input_is_handled_without_panic(
            xml in "(<article>|</article>|<leadParagraph>|</leadParagraph>|<paragraph>|<reference>|/|<|&|a| ){0,20}",
        ) {
            let _ = found(FactivaXml, &xml);
        }
    }
}
