//! Reads NewsML 1.0 to 1.2.
//!
//! A news item holds components within each other: texts, pictures, captions, translations. Components that have a headline of
//! their own are articles; a text below one belongs to it. Specification: IPTC, NewsML 1.2.

use std::io::BufRead;
use std::ops::ControlFlow;

use wirecopy_core::document::SkipKind::Empty;
use wirecopy_core::document::{Delivery, Metadata, Refusal, Signal};

use super::body::{self, Said};
use super::fields::{self, Out};
use super::{nitf, words};
use crate::xml::{Element, Reader, local, one_line};
use crate::{Body, Emit, Item, Limits};

/// Roles of components that are not the text of an article.
const NOT_TEXT: &[&str] = &[
    "byline",
    "caption",
    "contact",
    "headline",
    "keywords",
    "logo",
    "photo",
    "photo caption",
    "picture",
    "slug",
    "slugline",
    "stylesheet",
    "subheadline",
    "teaser",
    "thumbnail",
    "title",
];

/// Reads all items of a file.
pub(super) fn read(input: &mut dyn BufRead, limits: Limits, emit: &mut Emit<'_>) -> ControlFlow<()> {
    let mut reader = Reader::new(input, limits);
    let mut out = Out::new(emit);
    let mut envelope = Element::default();
    while let Some(element) = reader.next(&|_, name| matches!(local(name), "NewsItem" | "NewsEnvelope")) {
        match element {
            Ok(element) if element.is("NewsEnvelope") => envelope = element,
            Ok(element) => {
                let mut items = vec![&element];
                element.find_all("NewsItem", &mut items);
                for item in items {
                    self::item(item, &envelope, limits, &mut out)?;
                }
            }
            Err(refusal) => out.pass(Err(refusal))?,
        }
    }
    out.finish("no news item in it")
}

/// A text within an item, and the components around it from the outermost to its own.
struct Part<'a> {
    content: &'a Element,
    components: Vec<&'a Element>,
}

impl<'a> Part<'a> {
    /// Returns the first result of `of` for the innermost components.
    fn nearest<T>(&self, of: impl Fn(&'a Element) -> Option<T>) -> Option<T> {
        self.components.iter().rev().find_map(|component| of(component))
    }

    fn headline(&self) -> Option<String> {
        self.nearest(|component| words::line(&component.at(&["NewsLines", "HeadLine"])?.text()))
    }

    fn language(&self) -> Option<String> {
        self.nearest(language)
    }
}

fn language(component: &Element) -> Option<String> {
    let described = component.at(&["DescriptiveMetadata", "Language"]).and_then(formal_name);
    described.or_else(|| component.attribute("lang").and_then(one_line))
}

/// Passes on the articles of an item, or why there are none.
fn item(item: &Element, envelope: &Element, limits: Limits, out: &mut Out<'_, '_>) -> ControlFlow<()> {
    let mut texts = Texts::default();
    for component in item.all("NewsComponent") {
        texts.add(component, &mut Vec::new());
    }
    let articles = articles(&texts.parts);
    let several = articles.len() > 1;
    let mut has_text = false;
    for (number, parts) in articles.iter().enumerate() {
        let number = several.then_some(number + 1);
        if let Some(article) = article(item, envelope, parts, number, limits) {
            has_text = true;
            out.pass(Ok(article))?;
        }
    }
    let is_nested = item.find("NewsItem").is_some();
    if has_text || is_nested { ControlFlow::Continue(()) } else { out.pass(Err(refusal(item, &texts))) }
}

fn refusal(item: &Element, texts: &Texts<'_>) -> Refusal {
    if let Some(refusal) = texts.media.as_deref().and_then(fields::not_text) {
        return refusal;
    }
    let title = item.find("HeadLine").and_then(Element::line);
    let delivery = Delivery { status: status(item), ..Delivery::default() };
    if title.is_none() && texts.parts.is_empty() {
        if item.find("NewsItemRef").is_some() {
            return Empty.because("a package that only refers to items elsewhere");
        }
        if item.at(&["Update"]).is_some() {
            return Empty.because("changes to an earlier version, without a text");
        }
    }
    fields::no_text(Some(&delivery), title.as_deref())
}

/// The texts of an item.
#[derive(Default)]
struct Texts<'a> {
    parts: Vec<Part<'a>>,
    /// The first medium that is not text.
    media: Option<String>,
}

impl<'a> Texts<'a> {
    /// Adds the texts of a component.
    fn add(&mut self, component: &'a Element, around: &mut Vec<&'a Element>) {
        let role = component.at(&["Role"]).and_then(formal_name).unwrap_or_default().to_lowercase();
        if NOT_TEXT.contains(&role.as_str()) {
            return;
        }
        around.push(component);
        let is_choice = is_choice(component);
        let before = self.parts.len();
        for content in component.all("ContentItem") {
            if !(is_choice && self.parts.len() > before) && self.is_text(content) {
                self.parts.push(Part { content, components: around.clone() });
            }
        }
        let mut languages = Vec::new();
        for inner in component.all("NewsComponent") {
            let language = language(inner);
            if is_choice && languages.contains(&language) {
                continue;
            }
            let before = self.parts.len();
            self.add(inner, around);
            if self.parts.len() > before {
                languages.push(language);
            }
        }
        around.pop();
    }

    /// Returns whether content is text, and notes its medium if not.
    fn is_text(&mut self, content: &Element) -> bool {
        let media = content.at(&["MediaType"]).and_then(formal_name);
        let format =
            |name: &str| content.at(&[name]).and_then(formal_name).unwrap_or_default().to_lowercase();
        let media_type = format("MimeType");
        let kind = media_type.split('/').next().unwrap_or_default();
        let is_other = media.as_deref().is_some_and(|media| !is_text_medium(media))
            || matches!(kind, "image" | "audio" | "video")
            || media_type == "text/css"
            || format("Format") == "css";
        if is_other {
            self.media = self.media.take().or(media).or_else(|| Some(kind.to_owned()));
        }
        !is_other && content.at(&["DataContent"]).is_some()
    }
}

fn is_text_medium(media: &str) -> bool {
    let media = media.to_lowercase();
    media.contains("text") || media == "complexdata"
}

/// Returns whether the contents of a component are the same article in several formats or languages.
fn is_choice(component: &Element) -> bool {
    let basis = component.all("BasisForChoice").map(Element::text);
    component.attribute("EquivalentsList") == Some("yes")
        || basis.into_iter().any(|basis| basis.contains("Format") || basis.contains("MimeType"))
}

/// Groups texts by their headline and language.
fn articles<'p, 'a>(parts: &'p [Part<'a>]) -> Vec<Vec<&'p Part<'a>>> {
    let mut articles: Vec<((Option<String>, Option<String>), Vec<&Part<'a>>)> = Vec::new();
    for part in parts {
        let key = (part.headline(), part.language());
        match articles.last_mut() {
            Some((last, parts)) if *last == key => parts.push(part),
            _ => articles.push((key, vec![part])),
        }
    }
    articles.into_iter().map(|(_, parts)| parts).collect()
}

/// Returns an article; `None` if it has no words. `number` is its place among several.
fn article(
    item: &Element,
    envelope: &Element,
    parts: &[&Part<'_>],
    number: Option<usize>,
    limits: Limits,
) -> Option<Item> {
    let first = parts.first()?;
    let inner = first.content.find("nitf").map(nitf::Header::of).unwrap_or_default();
    let mut meta = metadata(item, envelope, first, number);
    meta.title = meta.title.or(inner.title);
    if meta.bylines.is_empty() {
        meta.bylines = inner.bylines;
    }
    let mut repeats = body::repeats(&meta);
    for line in ["SubHeadLine", "HeadLine", "ByLine"] {
        let of = |component: &&Element| component.at(&["NewsLines", line]).and_then(Element::line);
        first.components.iter().filter_map(of).for_each(|line| repeats.line(Some(&line)));
    }
    inner.lines.iter().for_each(|line| repeats.line(Some(line)));
    repeats.teaser(inner.summary.as_deref());
    let texts = parts.iter().filter_map(|part| {
        let data = part.content.at(&["DataContent"])?;
        let format =
            ["Format", "MimeType"].iter().filter_map(|name| part.content.at(&[name])).filter_map(formal_name);
        let is_html = format.into_iter().any(|format| format.to_lowercase().contains("html"));
        if data.elements().next().is_some() || !is_html {
            return body::of_element(data, &repeats, limits);
        }
        body::of_string(&data.text(), Said::Html, &repeats, limits)
    });
    let body: Vec<Body> = texts.collect();
    Some(Item { body: body::joined(body)?, meta })
}

fn metadata(item: &Element, envelope: &Element, part: &Part<'_>, number: Option<usize>) -> Metadata {
    let line =
        |name: &str| part.nearest(|component| component.at(&["NewsLines", name]).and_then(Element::line));
    let managed = |name: &str| item.at(&["NewsManagement", name]).and_then(Element::line);
    let bylines = part.nearest(|component| {
        let bylines = component.at(&["NewsLines"])?.all("ByLine").filter_map(Element::line);
        Some(bylines.collect::<Vec<_>>()).filter(|bylines| !bylines.is_empty())
    });
    let (guid, version) = identity(item, part, number);
    let label = || item.at(&["Identification", "NameLabel"]).and_then(Element::line);
    let delivery = Delivery {
        guid,
        version,
        status: status(item),
        embargo: embargo(item),
        signal: signal(item),
        slug: line("SlugLine").or_else(label),
        dateline: line("DateLine"),
        credit: line("CreditLine"),
        created: fields::first_date([managed("FirstCreated")]),
    };
    Metadata {
        title: part.headline(),
        date: fields::first_date([
            managed("ThisRevisionCreated"),
            part.nearest(|component| component.at(&["DescriptiveMetadata", "DateLineDate"])?.line()),
            managed("FirstCreated"),
            envelope.at(&["DateAndTime"]).and_then(Element::line),
        ]),
        source: source(item, envelope, part),
        bylines: bylines.unwrap_or_default(),
        language: part.language().or_else(|| item.attribute("lang").and_then(one_line)),
        delivery: fields::delivery(delivery),
        ..Metadata::default()
    }
}

fn formal_name(element: &Element) -> Option<String> {
    element.attribute("FormalName").and_then(one_line)
}

fn status(item: &Element) -> wirecopy_core::document::Status {
    let status = item.at(&["NewsManagement", "Status"]).and_then(formal_name);
    status.as_deref().map(fields::status).unwrap_or_default()
}

/// Returns when a status ends that keeps the item from being published.
fn embargo(item: &Element) -> Option<String> {
    let change = item.at(&["NewsManagement", "StatusWillChange"])?;
    let is_release = |status: &String| status.eq_ignore_ascii_case("usable");
    change.at(&["FutureStatus"]).and_then(formal_name).filter(is_release)?;
    fields::first_date([change.at(&["DateAndTime"]).and_then(Element::line)])
}

fn signal(item: &Element) -> Option<Signal> {
    let management = item.at(&["NewsManagement"])?;
    let names =
        ["NewsItemType", "Instruction"].iter().flat_map(|name| management.all(name)).filter_map(formal_name);
    let names: Vec<String> = names.collect();
    let revision = item.at(&["Identification", "NewsIdentifier", "RevisionId"]);
    let is_update = revision.and_then(|revision| revision.attribute("Update")) == Some("U");
    fields::signal(names.iter().map(String::as_str)).or(is_update.then_some(Signal::Update))
}

/// Returns the identifier of an article without the revision, and the revision.
fn identity(item: &Element, part: &Part<'_>, number: Option<usize>) -> (Option<String>, Option<String>) {
    let identifier =
        |name: &str| item.at(&["Identification", "NewsIdentifier", name]).and_then(Element::line);
    let revision = item.at(&["Identification", "NewsIdentifier", "RevisionId"]);
    let version = revision.and_then(Element::line);
    // The identifier ends with the revision and the value of its attribute `Update`.
    let without_revision = |public: String| {
        let (start, end) = public.rsplit_once(':')?;
        let is_revision = end.trim_end_matches(['N', 'U', 'A']) == version.as_deref()?;
        is_revision.then(|| start.to_owned())
    };
    let composed = || {
        let parts = [identifier("ProviderId")?, identifier("DateId")?, identifier("NewsItemId")?];
        Some(format!("urn:newsml:{}", parts.join(":")))
    };
    let public = identifier("PublicIdentifier");
    let guid = public
        .clone()
        .and_then(without_revision)
        .or(public)
        .or_else(composed)
        .or_else(|| identifier("NewsItemId"));
    let guid = guid.map(|guid| match number {
        None => guid,
        Some(number) => {
            // An identifier within the item, which is the same in all versions, or else the place.
            let own = part.nearest(|component| component.attribute("Euid").and_then(one_line));
            format!("{guid}#{}", own.unwrap_or_else(|| number.to_string()))
        }
    });
    (guid, version)
}

/// Returns the name of the agency that supplies the item.
fn source(item: &Element, envelope: &Element, part: &Part<'_>) -> Option<String> {
    let party = |name: &str| {
        let of = |component: &Element| {
            component.at(&["AdministrativeMetadata", name, "Party"]).and_then(formal_name)
        };
        part.nearest(of)
            .or_else(|| item.find(name).and_then(|party| party.at(&["Party"])).and_then(formal_name))
    };
    let sender = envelope.at(&["SentFrom", "Party"]).and_then(formal_name);
    let credit = part.nearest(|component| component.at(&["NewsLines", "CreditLine"])?.line());
    let names: Vec<String> = [credit, party("Source")].into_iter().flatten().collect();
    let given = party("Provider").or(sender).or_else(|| {
        let id = item.at(&["Identification", "NewsIdentifier", "ProviderId"]).and_then(Element::line);
        let known =
            id.as_deref().and_then(|id| fields::supplier(id, &names)).filter(|name| names.contains(name));
        known.or_else(|| party("Source")).or_else(|| names.first().cloned()).or(id)
    });
    given.and_then(|given| fields::supplier(&given, &names))
}

#[cfg(test)]
#[path = "newsml1_tests.rs"]
mod tests;
