use proptest::prelude::*;

use super::*;
use crate::Body;
use crate::Form::NewsMl1;
use crate::wire::tests::{found, item_of, only};

/// Returns a file with one item.
fn file(management: &str, components: &str) -> String {
    format!(
        "<?xml version='1.0' encoding='ISO-8859-1'?><NewsML Version='1.2'><NewsEnvelope><DateAndTime>20240311T150000Z</DateAndTime>\
         </NewsEnvelope><NewsItem xml:lang='en'><Identification><NewsIdentifier><ProviderId>npa.example</ProviderId>\
         <DateId>20240311</DateId><NewsItemId>FERRY</NewsItemId><RevisionId PreviousRevision='1' Update='N'>2</RevisionId>\
         <PublicIdentifier>urn:newsml:npa.example:20240311:FERRY:2N</PublicIdentifier></NewsIdentifier><NameLabel>ferry-storm</NameLabel>\
         </Identification><NewsManagement><NewsItemType FormalName='News'/><FirstCreated>20240310T150000Z</FirstCreated>\
         <ThisRevisionCreated>20240311T150000+0100</ThisRevisionCreated>{management}</NewsManagement>{components}</NewsItem></NewsML>"
    )
}

const USABLE: &str = "<Status FormalName='Usable'/>";
const LINES: &str = "<NewsLines><HeadLine>Ferry sails</HeadLine><SubHeadLine>After the storm</SubHeadLine><ByLine>By Jo Roe</ByLine>\
    <DateLine>OSLO, March 11 (NPA) -</DateLine><CreditLine>NPA</CreditLine></NewsLines>\
    <AdministrativeMetadata><Provider><Party FormalName='Northern Press'/></Provider></AdministrativeMetadata>\
    <DescriptiveMetadata><Language FormalName='en'/></DescriptiveMetadata>";

fn text(data: &str) -> String {
    format!("<ContentItem><MediaType FormalName='Text'/><DataContent>{data}</DataContent></ContentItem>")
}

fn markup(html: &str) -> Body {
    Body::Markup(html.to_owned())
}

#[test]
fn fields_are_read() {
    let nitf = "<nitf><body><body.content><p>One.</p><p>Two.</p></body.content></body></nitf>";
    let item =
        item_of(NewsMl1, &file(USABLE, &format!("<NewsComponent>{LINES}{}</NewsComponent>", text(nitf))));
    assert_eq!(item.body, markup("<p>One.</p><p>Two.</p>"));
    let meta = item.meta;
    assert_eq!(meta.title.as_deref(), Some("Ferry sails"));
    assert_eq!(meta.date.as_deref(), Some("20240311T150000+0100"));
    assert_eq!((meta.source.as_deref(), meta.language.as_deref()), (Some("Northern Press"), Some("en")));
    assert_eq!(meta.bylines, ["By Jo Roe"]);
    let expected = Delivery {
        guid: Some("urn:newsml:npa.example:20240311:FERRY".to_owned()),
        version: Some("2".to_owned()),
        slug: Some("ferry-storm".to_owned()),
        dateline: Some("OSLO, March 11 (NPA) -".to_owned()),
        credit: Some("NPA".to_owned()),
        created: Some("20240310T150000Z".to_owned()),
        ..Delivery::default()
    };
    assert_eq!(meta.delivery.as_deref(), Some(&expected));
}

#[test]
fn status_and_signal_are_read() {
    let component = format!("<NewsComponent>{LINES}{}</NewsComponent>", text("One"));
    let delivery = |management: &str| item_of(NewsMl1, &file(management, &component)).meta.delivery.unwrap();
    assert_eq!(delivery("<Status FormalName='Canceled'/>").status, Status::Canceled);
    let held = delivery(
        "<Status FormalName='Embargoed'/><StatusWillChange><FutureStatus FormalName='Usable'/>\
         <DateAndTime>20240312T000100+0100</DateAndTime></StatusWillChange>",
    );
    assert_eq!((held.status, held.embargo.as_deref()), (Status::Withheld, Some("20240312T000100+0100")));
    assert_eq!(delivery("<Instruction FormalName='Correction'/>").signal, Some(Signal::Correction));
    let update = file(USABLE, &component).replace("Update='N'", "Update='U'");
    assert_eq!(item_of(NewsMl1, &update).meta.delivery.unwrap().signal, Some(Signal::Update));
}

#[test]
fn parts_of_one_article_are_joined() {
    let part = |role: &str, data: &str| {
        format!("<NewsComponent><Role FormalName='{role}'/>{}</NewsComponent>", text(data))
    };
    let parts = [
        part("Title", "Ferry sails"),
        part("Lead", "<![CDATA[The lead.]]>"),
        part("Body", "<![CDATA[After the storm\nOne.\nTwo.]]>"),
        part("Caption", "A ferry"),
    ];
    let item =
        item_of(NewsMl1, &file(USABLE, &format!("<NewsComponent>{LINES}{}</NewsComponent>", parts.concat())));
    assert_eq!(item.body, Body::Text("The lead.\nAfter the storm\nOne.\nTwo.".to_owned()));
}

#[test]
fn several_articles_are_told_apart() {
    let article = |id: &str, language: &str, headline: &str, data: &str| {
        format!(
            "<NewsComponent Euid='{id}' xml:lang='{language}'><NewsLines><HeadLine>{headline}</HeadLine></NewsLines>{}</NewsComponent>",
            text(data)
        )
    };
    let list = [
        article("a", "fr", "Ferry", "Un"),
        article("b", "nl", "Ferry", "Een"),
        article("c", "nl", "Wind", "Twee"),
    ];
    let found = found(NewsMl1, &file(USABLE, &format!("<NewsComponent>{}</NewsComponent>", list.concat())));
    let guid = |item: &Item| item.meta.delivery.as_ref().unwrap().guid.clone().unwrap();
    let guids: Vec<String> = found.iter().map(|item| guid(item.as_ref().unwrap())).collect();
    let expected = ["a", "b", "c"].map(|id| format!("urn:newsml:npa.example:20240311:FERRY#{id}"));
    assert_eq!(guids, expected);
    assert_eq!(found[1].as_ref().unwrap().meta.language.as_deref(), Some("nl"));
}

#[test]
fn part_without_language_belongs_to_the_article() {
    let lead =
        format!("<NewsComponent xml:lang='fr'><Role FormalName='Lead'/>{}</NewsComponent>", text("Un"));
    let body = format!("<NewsComponent><Role FormalName='Body'/>{}</NewsComponent>", text("Deux"));
    let lines = "<NewsLines><HeadLine>Ferry</HeadLine></NewsLines>";
    let item =
        item_of(NewsMl1, &file(USABLE, &format!("<NewsComponent>{lines}{body}{lead}{body}</NewsComponent>")));
    assert_eq!(item.body, Body::Text("Deux\nUn\nDeux".to_owned()));
}

#[test]
fn number_of_texts_is_bounded() {
    let components = format!("<NewsComponent>{}</NewsComponent>", text("One").repeat(MOST_TEXTS + 1));
    let found = found(NewsMl1, &file(USABLE, &components));
    assert_eq!(found[1].as_ref().unwrap_err(), "an item of over 1000 texts: the others are not read");
}

#[test]
fn one_of_several_formats_is_read() {
    let component = |choice: &str| {
        format!(
            "<NewsComponent {choice}>{LINES}{}{}</NewsComponent>",
            text("<p>One</p><p>two</p>"),
            text("One two")
        )
    };
    assert_eq!(
        item_of(NewsMl1, &file(USABLE, &component("EquivalentsList='yes'"))).body,
        markup("<p>One</p><p>two</p>")
    );
    assert_eq!(
        item_of(NewsMl1, &file(USABLE, &component(""))).body,
        markup("<p>One</p><p>two</p><p>One two</p>")
    );
}

#[test]
fn html_in_a_string_is_read() {
    let content = "<ContentItem><Format FormalName='HTML'/><DataContent><![CDATA[<P>One</P>\n<P>two</P><P> </P>]]></DataContent></ContentItem>";
    let item = item_of(NewsMl1, &file(USABLE, &format!("<NewsComponent>{LINES}{content}</NewsComponent>")));
    assert_eq!(item.body, markup("<P>One</p>\n<P>two</p><P> </p>"));
}

#[test]
fn items_without_text_say_why() {
    let reason = |components: &str| only(NewsMl1, &file(USABLE, components)).unwrap_err();
    let photo = "<NewsComponent><ContentItem Href='a.jpg'><MediaType FormalName='Photo'/></ContentItem></NewsComponent>";
    assert_eq!(reason(photo), "a picture item, not a text");
    assert_eq!(
        reason("<NewsComponent><NewsItemRef NewsItem='urn:x'/></NewsComponent>"),
        "a package that only refers to items elsewhere"
    );
    assert_eq!(
        reason(&format!("<NewsComponent>{LINES}</NewsComponent>")),
        "an item with a headline but without text"
    );
    assert_eq!(reason("<Update><Delete/></Update>"), "changes to an earlier version, without a text");
    let canceled = item_of(NewsMl1, &file("<Status FormalName='Canceled'/>", "<NewsComponent/>"));
    let delivery = canceled.meta.delivery.as_deref().unwrap();
    assert_eq!(delivery.status, Status::Canceled);
    assert_eq!(Some(&canceled.body), delivery.uri().map(|uri| Body::Text(uri.to_owned())).as_ref());
    assert_eq!(only(NewsMl1, "<NewsML/>").unwrap_err(), "no news item in it");
}

#[test]
fn items_within_an_item_are_read() {
    let inner = |data: &str| format!("<NewsItem><NewsComponent>{}</NewsComponent></NewsItem>", text(data));
    let outer = file(USABLE, &format!("<NewsComponent>{}{}</NewsComponent>", inner("One"), inner("Two")));
    let found = found(NewsMl1, &outer);
    let bodies: Vec<&Body> = found.iter().map(|item| &item.as_ref().unwrap().body).collect();
    assert_eq!(bodies, [&Body::Text("One".to_owned()), &Body::Text("Two".to_owned())]);
}

#[test]
fn suppliers_are_named() {
    let component = |metadata: &str| {
        format!(
            "<NewsComponent><AdministrativeMetadata>{metadata}</AdministrativeMetadata>{}</NewsComponent>",
            text("One")
        )
    };
    for (metadata, expected) in [
        ("<Source><Party FormalName='NPA'/></Source>", "NPA"),
        (
            "<Provider><Party FormalName='npa.example'/></Provider><Source><Party FormalName='NPA'/></Source>",
            "NPA",
        ),
        ("", "npa.example"),
    ] {
        let item = item_of(NewsMl1, &file(USABLE, &component(metadata)));
        assert_eq!(item.meta.source.as_deref(), Some(expected), "{metadata}");
    }
    let sent = file(USABLE, &component("<Source><Party FormalName='A company'/></Source>"))
        .replace("<DateAndTime>", "<SentFrom><Party FormalName='News Wire'/></SentFrom><DateAndTime>");
    assert_eq!(item_of(NewsMl1, &sent).meta.source.as_deref(), Some("News Wire"));
}

proptest! {
    #[test]
    fn any_input_is_handled_without_panic(
        xml in "(<NewsItem>|</NewsItem>|<NewsComponent>|</NewsComponent>|<ContentItem>|<DataContent>|</DataContent>|<Role FormalName='x'/>|<p>|a|<|&){0,20}",
    ) {
        let _ = found(NewsMl1, &xml);
    }
}
