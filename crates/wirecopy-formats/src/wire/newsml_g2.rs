//! Reads NewsML-G2: news items, alone or in a message.
//!
//! A package refers to items; those that are in the same message are read as such. Items of knowledge, concepts and planning are
//! passed over. Specification: IPTC, NewsML-G2 2.36.

use std::io::BufRead;
use std::ops::ControlFlow;

use wirecopy_core::document::SkipKind::Unsupported;
use wirecopy_core::document::{Delivery, Metadata, Refusal, one_line};

use super::body::{self, Said};
use super::clean::Repeats;
use super::fields::{self, Out};
use super::{encoded, nitf, sign_off, words};
use crate::xml::{Element, Reader, local};
use crate::{Body, Emit, Item, Limits};

/// Parts of the roles of headlines that are not the main one.
const NOT_MAIN: &[&str] = &["sub", "kicker", "over", "short", "teaser", "deck", "strap", "seo", "alt"];
/// Roles of descriptions that can stand for a missing text.
const SUMMARIES: &[&str] = &["", "abstract", "description", "lead", "summary", "teaser"];

/// Reads all items of a file.
pub(super) fn read(input: &mut dyn BufRead, limits: Limits, emit: &mut Emit<'_>) -> ControlFlow<()> {
    let mut reader = Reader::new(input, limits);
    let mut out = Out::new(emit);
    let mut reason = "no news item in it";
    while let Some(element) = reader.next(&is_item) {
        let element = match element {
            Ok(element) => element,
            Err(refusal) => {
                out.pass(Err(refusal))?;
                continue;
            }
        };
        match local(&element.name) {
            "newsItem" => out.pass(item(&element, limits))?,
            "packageItem" => reason = "a package that only refers to items elsewhere",
            "planningItem" => reason = "planning, not a text",
            _ => reason = "items of knowledge, not a text",
        }
    }
    out.finish(reason)
}

fn is_item(_: &[String], name: &str) -> bool {
    matches!(
        local(name),
        "newsItem" | "packageItem" | "conceptItem" | "knowledgeItem" | "planningItem" | "catalogItem"
    )
}

/// The parts of a news item.
struct Parts<'a> {
    item: &'a Element,
    /// About the item.
    item_meta: &'a Element,
    /// About its content.
    content_meta: &'a Element,
    content: &'a Element,
}

fn item(element: &Element, limits: Limits) -> Result<Item, Refusal> {
    let empty = Element::default();
    let part = |name: &str| element.at(&[name]).unwrap_or(&empty);
    let parts = Parts {
        item: element,
        item_meta: part("itemMeta"),
        content_meta: part("contentMeta"),
        content: part("contentSet"),
    };
    let class = parts.item_meta.at(&["itemClass"]).and_then(reference).map(fields::code).unwrap_or_default();
    if let Some(refusal) = fields::not_text(class) {
        return Err(refusal);
    }
    let inner = parts.content.find("nitf").map(nitf::Header::of).unwrap_or_default();
    let mut headlines = headlines(parts.content_meta);
    headlines.extend(inner.title);
    if headlines.is_empty() {
        headlines.extend(title(&parts));
    }
    let mut meta = metadata(&parts);
    meta.title = headlines.first().cloned();
    if parts.content_meta.all("by").all(|by| by.line().is_none()) && !inner.bylines.is_empty() {
        meta.bylines = inner.bylines;
    }
    let mut repeats = body::repeats(&meta);
    headlines.iter().chain(&inner.lines).for_each(|line| repeats.heading(line));
    let descriptions = descriptions(parts.content_meta);
    descriptions.iter().for_each(|description| repeats.teaser(description));
    inner.summary.iter().for_each(|summary| repeats.teaser(summary));
    let body = article(parts.content, &repeats, limits)?;
    let summary = || body::of_string(descriptions.first()?, Said::Nothing, &repeats, limits);
    match body.or_else(summary) {
        Some(body) => Ok(sign_off::item(meta, body)),
        None => fields::without_text(meta),
    }
}

/// Returns the code or the address that an element refers to.
fn reference(element: &Element) -> Option<&str> {
    element.attribute("qcode").or_else(|| element.attribute("uri")).or_else(|| element.attribute("literal"))
}

/// Returns the name of a party: its `name`, or else the literal.
fn name(party: &Element) -> Option<String> {
    let named = party.all("name").find_map(Element::line);
    named.or_else(|| party.attribute("literal").and_then(one_line))
}

/// Returns the headlines, the main one first.
fn headlines(content_meta: &Element) -> Vec<String> {
    let mut found: Vec<(bool, u32, String)> = content_meta
        .all("headline")
        .filter_map(|headline| {
            let role = headline.attribute("role").map(fields::code).unwrap_or_default().to_ascii_lowercase();
            let rank = headline.attribute("rank").and_then(|rank| rank.trim().parse().ok()).unwrap_or(1);
            let is_other = NOT_MAIN.iter().any(|part| role.contains(part));
            Some((is_other, rank, words::line(&headline.text())?))
        })
        .collect();
    found.sort_by_key(|(is_other, rank, _)| (*is_other, *rank));
    found.into_iter().map(|(_, _, headline)| headline).collect()
}

/// Returns a title for an item without headline: that of its page, or of the item.
fn title(parts: &Parts<'_>) -> Option<String> {
    let page = parts.content.find("html");
    let page = page.and_then(|page| page.at(&["head", "title"])).and_then(Element::line);
    page.or_else(|| parts.item_meta.at(&["title"]).and_then(Element::line))
}

/// Returns the descriptions of the content, without captions.
fn descriptions(content_meta: &Element) -> Vec<String> {
    let is_summary = |description: &&Element| {
        let role = description.attribute("role").map(fields::code).unwrap_or_default();
        SUMMARIES.contains(&role.to_ascii_lowercase().as_str())
    };
    content_meta.all("description").filter(is_summary).filter_map(Element::line).collect()
}

fn metadata(parts: &Parts<'_>) -> Metadata {
    let date = |meta: &Element, name: &str| meta.at(&[name]).and_then(Element::line);
    let guid = parts.item.attribute("guid").and_then(one_line);
    let is_canonical =
        |link: &&Element| link.attribute("rel").is_some_and(|rel| fields::code(rel) == "canonical");
    let canonical = parts.item_meta.all("link").find(is_canonical).and_then(|link| link.attribute("href"));
    let language = parts.content_meta.all("language").find_map(|language| language.attribute("tag"));
    Metadata {
        date: fields::first_date([
            date(parts.item_meta, "versionCreated"),
            date(parts.content_meta, "contentModified"),
            date(parts.content_meta, "contentCreated"),
            date(parts.item_meta, "firstCreated"),
        ]),
        source: source(parts),
        url: fields::address(canonical).or_else(|| fields::address(guid.as_deref())),
        bylines: bylines(parts.content_meta),
        language: language.or_else(|| parts.item.attribute("lang")).and_then(one_line),
        delivery: fields::delivery(delivery(parts, guid)),
        ..Metadata::default()
    }
}

fn delivery(parts: &Parts<'_>, guid: Option<String>) -> Delivery {
    let line = |meta: &Element, name: &str| meta.all(name).find_map(Element::line);
    let status = parts.item_meta.at(&["pubStatus"]).and_then(reference);
    let credit = line(parts.content_meta, "creditline");
    let located = || {
        let names = parts.content_meta.all("located").find_map(name);
        names.or_else(|| parts.item_meta.all("located").find_map(name))
    };
    Delivery {
        guid,
        version: parts.item.attribute("version").and_then(one_line),
        status: status.map(fields::status).unwrap_or_default(),
        embargo: line(parts.item_meta, "embargoed"),
        signal: fields::signal(parts.item_meta.all("signal").filter_map(reference)),
        slug: line(parts.content_meta, "slugline"),
        dateline: line(parts.content_meta, "dateline").or_else(located),
        // Some end it with the dash that separates it from the text.
        credit: credit.and_then(|credit| one_line(credit.trim_end_matches(['-', '–', '—', ' ']))),
        created: fields::first_date([line(parts.item_meta, "firstCreated")]),
    }
}

/// Returns the bylines, or else the full names of those who created the content.
fn bylines(content_meta: &Element) -> Vec<String> {
    let bylines: Vec<String> = content_meta.all("by").filter_map(Element::line).collect();
    if !bylines.is_empty() {
        return bylines;
    }
    // Others are accounts and initials.
    let is_full = |name: &String| name.contains(' ') && !name.contains(|c: char| c.is_ascii_digit());
    let creators =
        content_meta.all("creator").filter_map(|creator| creator.all("name").find_map(Element::line));
    creators.filter(is_full).collect()
}

/// Returns the name of the agency that supplies the item.
fn source(parts: &Parts<'_>) -> Option<String> {
    let holders = parts.item.at(&["rightsInfo"]).into_iter().flat_map(|rights| rights.all("copyrightHolder"));
    let credits = parts.content_meta.all("creditline").filter_map(Element::line);
    let others =
        parts.content_meta.elements().filter(|element| element.is("infoSource") || element.is("creator"));
    let names: Vec<String> = holders.filter_map(name).chain(others.filter_map(name)).chain(credits).collect();
    let Some(provider) = parts.item_meta.at(&["provider"]) else { return names.into_iter().next() };
    if let Some(name) = name(provider) {
        return fields::supplier(&name, &names);
    }
    let of_code = || fields::supplier_of_code(provider.attribute("qcode")?, &names);
    let of_address = || fields::supplier(provider.attribute("uri")?, &names);
    of_code().or_else(of_address).or_else(|| names.first().cloned())
}

/// Returns the article among the forms in which the content is given.
///
/// # Errors
/// If the content is not text.
fn article(content: &Element, repeats: &Repeats, limits: Limits) -> Result<Option<Body>, Refusal> {
    let mut forms: Vec<(u8, &Element)> =
        content.elements().filter_map(|form| Some((order(form)?, form))).collect();
    forms.sort_by_key(|(order, _)| *order);
    let mut refused = None;
    for (_, form) in &forms {
        match text(form, repeats, limits) {
            Ok(None) => {}
            Ok(article) => return Ok(article),
            Err(refusal) => refused = refused.or(Some(refusal)),
        }
    }
    if let Some(refusal) = refused {
        return Err(refusal);
    }
    if !forms.is_empty() {
        return Ok(None);
    }
    if let Some(other) = content.all("inlineXML").find_map(|form| form.elements().next()) {
        let reason = format!("its content is <{}>, not a text", local(&other.name));
        return Err(Unsupported.because(reason));
    }
    match content.all("inlineData").find_map(|form| form.attribute("contenttype").and_then(one_line)) {
        Some(media_type) => Err(Unsupported.because(format!("its content is `{media_type}`, not a text"))),
        None => Ok(None),
    }
}

/// Returns the article in one of its forms.
///
/// # Errors
/// If it is encoded and cannot be decoded.
fn text(form: &Element, repeats: &Repeats, limits: Limits) -> Result<Option<Body>, Refusal> {
    if encoding(form).is_none() {
        return Ok(body::of_element(form, repeats, limits));
    }
    let media_type = media_type(form);
    let said = if media_type.contains("html") { Said::Html } else { Said::Nothing };
    let text = encoded::text(&form.text(), media_type)?;
    Ok(body::of_string(&text, said, repeats, limits))
}

fn media_type(form: &Element) -> &str {
    form.attribute("contenttype").unwrap_or_default()
}

/// Returns the name of the encoding of a form of the content; `None` if it is not encoded.
fn encoding(form: &Element) -> Option<&str> {
    form.attribute("encoding").map(fields::code).filter(|encoding| !encoding.is_empty())
}

/// Returns the place of a form of the content among those that can be read; `None` if it cannot be.
fn order(form: &Element) -> Option<u8> {
    if form.is("inlineData") {
        let is_text = encoded::is_text_type(media_type(form));
        return match encoding(form) {
            None => (is_text || media_type(form).is_empty()).then_some(3),
            Some(encoding) => (is_text && encoding.eq_ignore_ascii_case("base64")).then_some(4),
        };
    }
    if !form.is("inlineXML") {
        return None;
    }
    let Some(root) = form.elements().next() else { return Some(3) };
    match local(&root.name) {
        "html" | "body" => Some(0),
        "nitf" | "body.content" => Some(1),
        "article" | "block" | "div" | "idf" | "p" | "section" => Some(2),
        _ => root.find("p").map(|_| 2),
    }
}

#[cfg(test)]
#[path = "newsml_g2_tests.rs"]
mod tests;
