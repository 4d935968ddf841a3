//! Tests of the reader of XML.

use proptest::prelude::*;

use super::*;

fn items(xml: &str, limits: Limits) -> Vec<Result<Element, Refusal>> {
    let mut input = xml.as_bytes();
    let mut reader = Reader::new(&mut input, limits);
    std::iter::from_fn(|| reader.next(&|_, name| local(name) == "item")).collect()
}

fn texts(xml: &str) -> Vec<Result<String, String>> {
    let items = items(xml, Limits::default()).into_iter();
    items.map(|item| item.map(|item| item.text()).map_err(|refusal| refusal.reason)).collect()
}

#[test]
fn elements_are_read_one_at_a_time() {
    let found = items(
        "<?xml version='1.0'?><a x='1'><item k=\"&lt;1\" x:l='2'><b>1</b> &amp; &eacute;&#33;<![CDATA[<p>]]></item>\
         <x:item/><item>2</item></a>",
        Limits::default(),
    );
    assert_eq!(found.len(), 3);
    let first = found[0].as_ref().unwrap();
    assert_eq!((first.attribute("k"), first.attribute("l")), (Some("<1"), Some("2")));
    assert_eq!(first.text(), "1 & é!<p>");
    assert_eq!(first.at(&["b"]).map(Element::text).as_deref(), Some("1"));
    assert_eq!(found[2].as_ref().unwrap().text(), "2");
}

#[test]
fn bad_element_does_not_affect_its_neighbours() {
    let found = texts("<a><item>1</item><item><b>2</item><item>3 & <c/></i></item></a>");
    let reason = "not well-formed: `<b>` is not closed before `</item>`";
    assert_eq!(found, [Ok("1".to_owned()), Err(reason.to_owned()), Ok("3 & ".to_owned())]);
}

#[test]
fn language_is_inherited() {
    let xml = "<a xml:lang='nb'><b xml:lang='nn'><item/></b><item/><item xml:lang='se'>x</item></a><item/>";
    let found = items(xml, Limits::default()).into_iter().map(|item| item.unwrap());
    let languages: Vec<_> = found.map(|item| item.attribute("lang").map(str::to_owned)).collect();
    let of = |language: &str| Some(language.to_owned());
    assert_eq!(languages, [of("nn"), of("nb"), of("se"), None]);
}

#[test]
fn truncated_element_is_reported() {
    let found = texts("<a><item>1</item><item>2");
    assert_eq!(found[1], Err("truncated: the file ends inside `<item>`".to_owned()));
}

#[test]
fn entities_that_a_file_declares_are_not_expanded() {
    let bomb = "<!DOCTYPE a [<!ENTITY b \"xxxxxxxx\"><!ENTITY c \"&b;&b;\">]><a><item>&c;</item></a>";
    assert_eq!(texts(bomb), [Ok("&c;".to_owned())]);
}

#[test]
fn size_and_depth_are_limited() {
    let limits = Limits { item_bytes: 100, depth: 4 };
    let reasons = |xml: &str| -> Vec<String> {
        items(xml, limits).into_iter().map(|item| item.map_or_else(|r| r.reason, |e| e.text())).collect()
    };
    let long =
        format!("<a><item>{}</item><item>x</item></a>", "word ".repeat(15).replace("word", "<b>w</b>wwww"));
    assert_eq!(reasons(&long), ["an item of over 100 bytes", "x"]);
    let deep = format!("<a><item>{}1{}</item><item>x</item></a>", "<b>".repeat(5), "</b>".repeat(5));
    assert_eq!(reasons(&deep), ["elements are nested more than 4 deep", "x"]);
    assert_eq!(reasons(&format!("<a><item>{}", "x".repeat(200))), ["an item of over 100 bytes"]);
    assert_eq!(reasons(&"<b>".repeat(1000)), ["elements are nested more than 4 deep"]);
}

proptest! {
    #[test]
    fn any_input_is_handled_without_panic(xml in "[<>/a-c&;!\\[\\]='\" item]{0,80}") {
        let _ = items(&xml, Limits { item_bytes: 40, depth: 3 });
    }
}
