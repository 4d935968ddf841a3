//! Reads NewsML 1.0 to 1.2.
//!
//! A news item holds components within each other: texts, pictures, captions, translations. Components that have a headline of
//! their own are articles; a text below one belongs to it. Specification: IPTC, NewsML 1.2.

use std::collections::HashSet;
use std::io::BufRead;
use std::ops::ControlFlow;

use wirecopy_core::document::SkipKind::{Empty, TooLarge};
use wirecopy_core::document::{Delivery, Metadata, Refusal, Signal, Status, one_line};

use super::body::{self, Said};
use super::fields::{self, Out};
use super::{nitf, sign_off, words};
use crate::xml::{Element, Reader, local};
use crate::{Emit, Item, Limits};

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

/// Most texts of one item that are read.
const MOST_TEXTS: usize = 1000;

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
                    Context::of(item, &envelope, limits).read(&mut out)?;
                }
            }
            Err(refusal) => out.pass(Err(refusal))?,
        }
    }
    out.finish("no news item in it")
}

/// What a component says of the texts in it.
#[derive(Clone, Copy)]
struct Component<'a> {
    element: &'a Element,
    lines: Option<&'a Element>,
    administrative: Option<&'a Element>,
    descriptive: Option<&'a Element>,
}

impl<'a> Component<'a> {
    fn of(element: &'a Element) -> Self {
        let part = |name: &str| element.at(&[name]);
        let (administrative, descriptive) = (part("AdministrativeMetadata"), part("DescriptiveMetadata"));
        Self { element, lines: part("NewsLines"), administrative, descriptive }
    }

    fn line(&self, name: &str) -> Option<String> {
        words::line(&self.lines?.at(&[name])?.text())
    }

    fn bylines(&self) -> Option<Vec<String>> {
        let bylines: Vec<String> = self.lines?.all("ByLine").filter_map(Element::line).collect();
        Some(bylines).filter(|bylines| !bylines.is_empty())
    }

    fn party(&self, name: &str) -> Option<String> {
        self.administrative?.at(&[name, "Party"]).and_then(formal_name)
    }

    fn language(&self) -> Option<String> {
        let described =
            self.descriptive.and_then(|metadata| metadata.at(&["Language"])).and_then(formal_name);
        described.or_else(|| self.element.attribute("lang").and_then(one_line))
    }
}

/// A text within an item, and the components around it from the outermost to its own.
struct Part<'a> {
    content: &'a Element,
    components: Vec<Component<'a>>,
}

impl<'a> Part<'a> {
    /// Returns the first result of `of` for the innermost components.
    fn nearest<T>(&self, of: impl Fn(&Component<'a>) -> Option<T>) -> Option<T> {
        self.components.iter().rev().find_map(of)
    }

    fn line(&self, name: &str) -> Option<String> {
        self.nearest(|component| component.line(name))
    }

    fn language(&self) -> Option<String> {
        self.nearest(Component::language)
    }
}

/// An item, and what holds for all articles in it.
struct Context<'a> {
    item: &'a Element,
    identifier: Option<&'a Element>,
    management: Option<&'a Element>,
    envelope: &'a Element,
    limits: Limits,
    /// The first parties in these roles anywhere in the item.
    provider: Option<String>,
    source: Option<String>,
}

impl<'a> Context<'a> {
    fn of(item: &'a Element, envelope: &'a Element, limits: Limits) -> Self {
        let party = |name: &str| item.find(name).and_then(|party| party.at(&["Party"])).and_then(formal_name);
        Self {
            item,
            identifier: item.at(&["Identification", "NewsIdentifier"]),
            management: item.at(&["NewsManagement"]),
            envelope,
            limits,
            provider: party("Provider"),
            source: party("Source"),
        }
    }

    /// Passes on the articles of the item, or why there are none.
    fn read(&self, out: &mut Out<'_, '_>) -> ControlFlow<()> {
        let mut texts = Texts::default();
        for component in self.item.all("NewsComponent") {
            texts.add(Component::of(component), &mut Vec::new());
        }
        let articles = articles(&texts.parts);
        let mut found: Vec<(Option<String>, Item)> =
            articles.iter().filter_map(|parts| self.article(parts)).collect();
        number(&mut found);
        let is_empty = found.is_empty();
        for (_, item) in found {
            out.pass(Ok(item))?;
        }
        if texts.is_over {
            let reason = format!("an item of over {MOST_TEXTS} texts: the others are not read");
            return out.pass(Err(TooLarge.because(reason)));
        }
        // Items within it are read as such.
        if is_empty && self.item.find("NewsItem").is_none() {
            return out.pass(self.without_article(&texts));
        }
        ControlFlow::Continue(())
    }

    /// Returns the item without an article: its name if it withdraws an earlier version, or else why it is skipped.
    fn without_article(&self, texts: &Texts<'_>) -> Result<Item, Refusal> {
        if let Some(refusal) = texts.media.as_deref().and_then(fields::not_text) {
            return Err(refusal);
        }
        let title = self.item.find("HeadLine").and_then(Element::line);
        if title.is_none() && texts.parts.is_empty() {
            if self.item.find("NewsItemRef").is_some() {
                return Err(Empty.because("a package that only refers to items elsewhere"));
            }
            if self.item.at(&["Update"]).is_some() {
                return Err(Empty.because("changes to an earlier version, without a text"));
            }
        }
        let (guid, version) = self.identity();
        let slug = self.item.at(&["Identification", "NameLabel"]).and_then(Element::line);
        let delivery = Delivery { guid, version, status: self.status(), slug, ..Delivery::default() };
        let sent = self.management.and_then(|management| management.at(&["ThisRevisionCreated"])?.line());
        fields::without_text(Metadata {
            title,
            date: fields::first_date([sent]),
            source: self.provider.clone(),
            delivery: fields::delivery(delivery),
            ..Metadata::default()
        })
    }

    /// Returns an article with the identifier of its component; `None` if it has no words.
    fn article(&self, parts: &[&Part<'_>]) -> Option<(Option<String>, Item)> {
        let first = parts.first()?;
        let inner = first.content.find("nitf").map(nitf::Header::of).unwrap_or_default();
        let mut meta = self.metadata(first);
        meta.title = meta.title.or(inner.title);
        if meta.bylines.is_empty() {
            meta.bylines = inner.bylines;
        }
        let mut repeats = body::repeats(&meta);
        for name in ["HeadLine", "SubHeadLine"] {
            let lines = first.components.iter().filter_map(|component| component.line(name));
            lines.for_each(|line| repeats.heading(&line));
        }
        inner.lines.iter().for_each(|line| repeats.heading(line));
        inner.summary.iter().for_each(|summary| repeats.teaser(summary));
        let texts = parts.iter().filter_map(|part| {
            let data = part.content.at(&["DataContent"])?;
            if data.elements().next().is_some() || !is_html(part.content) {
                return body::of_element(data, &repeats, self.limits);
            }
            body::of_string(&data.text(), Said::Html, &repeats, self.limits)
        });
        let body = body::joined(&texts.collect::<Vec<_>>())?;
        let own = first.nearest(|component| component.element.attribute("Euid").and_then(one_line));
        Some((own, sign_off::item(meta, body)))
    }

    fn metadata(&self, part: &Part<'_>) -> Metadata {
        let managed = |name: &str| self.management?.at(&[name])?.line();
        let (guid, version) = self.identity();
        let delivery = Delivery {
            guid,
            version,
            status: self.status(),
            embargo: self.management.and_then(embargo),
            signal: self.signal(),
            slug: part.line("SlugLine").or_else(|| self.item.at(&["Identification", "NameLabel"])?.line()),
            dateline: part.line("DateLine"),
            credit: part.line("CreditLine"),
            created: fields::first_date([managed("FirstCreated")]),
        };
        Metadata {
            title: part.line("HeadLine"),
            date: fields::first_date([
                managed("ThisRevisionCreated"),
                part.nearest(|component| component.descriptive?.at(&["DateLineDate"])?.line()),
                managed("FirstCreated"),
                self.envelope.at(&["DateAndTime"]).and_then(Element::line),
            ]),
            source: self.source(part),
            bylines: part.nearest(Component::bylines).unwrap_or_default(),
            language: part.language().or_else(|| self.item.attribute("lang").and_then(one_line)),
            delivery: fields::delivery(delivery),
            ..Metadata::default()
        }
    }

    fn status(&self) -> Status {
        let status = self.management.and_then(|management| management.at(&["Status"])).and_then(formal_name);
        status.as_deref().map(fields::status).unwrap_or_default()
    }

    fn signal(&self) -> Option<Signal> {
        let names = self.management.into_iter().flat_map(|management| {
            ["NewsItemType", "Instruction"]
                .into_iter()
                .flat_map(|name| management.all(name))
                .filter_map(formal_name)
        });
        let names: Vec<String> = names.collect();
        let revision = self.identifier.and_then(|identifier| identifier.at(&["RevisionId"]));
        let is_update = revision.and_then(|revision| revision.attribute("Update")) == Some("U");
        fields::signal(names.iter().map(String::as_str)).or(is_update.then_some(Signal::Update))
    }

    /// Returns the identifier without the revision, and the revision.
    fn identity(&self) -> (Option<String>, Option<String>) {
        let identifier = |name: &str| self.identifier?.at(&[name])?.line();
        let version = identifier("RevisionId");
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
        let guid = public.clone().and_then(without_revision).or(public).or_else(composed);
        (guid.or_else(|| identifier("NewsItemId")), version)
    }

    /// Returns the name of the agency that supplies the item.
    fn source(&self, part: &Part<'_>) -> Option<String> {
        let party = |name: &str| part.nearest(|component| component.party(name));
        let source = party("Source").or_else(|| self.source.clone());
        let names: Vec<String> = part.line("CreditLine").into_iter().chain(source.clone()).collect();
        let sender = || self.envelope.at(&["SentFrom", "Party"]).and_then(formal_name);
        let given = party("Provider").or_else(|| self.provider.clone()).or_else(sender).or_else(|| {
            let id = self.identifier?.at(&["ProviderId"]).and_then(Element::line);
            let known = id.as_deref().and_then(|id| fields::supplier(id, &names));
            known.filter(|name| names.contains(name)).or(source).or_else(|| names.first().cloned()).or(id)
        });
        given.or_else(|| names.first().cloned()).and_then(|given| fields::supplier(&given, &names))
    }
}

/// Completes the identifiers of several articles in one item: by that of the component, which is the same in all versions, or
/// by the place.
fn number(articles: &mut [(Option<String>, Item)]) {
    if articles.len() < 2 {
        return;
    }
    let mut seen = HashSet::new();
    for (place, (own, item)) in articles.iter_mut().enumerate() {
        let own =
            own.take().filter(|own| seen.insert(own.clone())).unwrap_or_else(|| (place + 1).to_string());
        if let Some(guid) = item.meta.delivery.as_mut().and_then(|delivery| delivery.guid.as_mut()) {
            guid.push('#');
            guid.push_str(&own);
        }
    }
}

/// Returns when a status ends that keeps the item from being published.
fn embargo(management: &Element) -> Option<String> {
    let change = management.at(&["StatusWillChange"])?;
    let is_release = |status: &String| status.eq_ignore_ascii_case("usable");
    change.at(&["FutureStatus"]).and_then(formal_name).filter(is_release)?;
    fields::first_date([change.at(&["DateAndTime"]).and_then(Element::line)])
}

fn is_html(content: &Element) -> bool {
    let formats =
        ["Format", "MimeType"].into_iter().filter_map(|name| content.at(&[name])).filter_map(formal_name);
    formats.into_iter().any(|format| format.to_lowercase().contains("html"))
}

fn formal_name(element: &Element) -> Option<String> {
    element.attribute("FormalName").and_then(one_line)
}

/// The texts of an item.
#[derive(Default)]
struct Texts<'a> {
    parts: Vec<Part<'a>>,
    /// Whether there are more than are read.
    is_over: bool,
    /// The first medium that is not text.
    media: Option<String>,
}

impl<'a> Texts<'a> {
    /// Adds the texts of a component.
    fn add(&mut self, component: Component<'a>, around: &mut Vec<Component<'a>>) {
        let element = component.element;
        let role = element.at(&["Role"]).and_then(formal_name).unwrap_or_default().to_lowercase();
        if NOT_TEXT.contains(&role.as_str()) {
            return;
        }
        around.push(component);
        let is_choice = is_choice(element);
        let before = self.parts.len();
        for content in element.all("ContentItem") {
            if !(is_choice && self.parts.len() > before) && self.is_text(content) {
                if self.parts.len() == MOST_TEXTS {
                    self.is_over = true;
                    break;
                }
                self.parts.push(Part { content, components: around.clone() });
            }
        }
        let mut languages = Vec::new();
        for inner in element.all("NewsComponent").map(Component::of) {
            let language = inner.language();
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

/// Groups texts by their headline and language. A text that does not say its language belongs to any.
fn articles<'p, 'a>(parts: &'p [Part<'a>]) -> Vec<Vec<&'p Part<'a>>> {
    let mut articles: Vec<Vec<&Part<'a>>> = Vec::new();
    let mut last: (Option<String>, Option<String>) = (None, None);
    for part in parts {
        let (headline, language) = (part.line("HeadLine"), part.language());
        let is_same = last.0 == headline && (last.1.is_none() || language.is_none() || last.1 == language);
        match articles.last_mut() {
            Some(parts) if is_same => {
                parts.push(part);
                last.1 = last.1.or(language);
            }
            _ => {
                articles.push(vec![part]);
                last = (headline, language);
            }
        }
    }
    articles
}

#[cfg(test)]
#[path = "newsml1_tests.rs"]
mod tests;
