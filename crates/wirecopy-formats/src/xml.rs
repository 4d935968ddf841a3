//! Reads XML as a stream of small trees: the elements that a form's reader asks for, one at a time.
//!
//! The reader is lenient where producers are careless (lone `&`, named characters of HTML), does not expand entities that a file
//! declares, and continues after an element that is not well-formed.

use std::borrow::Cow;
use std::io::{self, BufRead, Read};

use quick_xml::escape::{resolve_html5_entity, resolve_xml_entity};
use quick_xml::events::{BytesRef, BytesStart, Event};
use wirecopy_core::document::Refusal;
use wirecopy_core::document::SkipKind::{Damaged, Malformed, TooLarge};

use crate::Limits;

/// How many times deeper than [`Limits::depth`] a file may nest its elements before the rest of it is given up.
const DEEPEST: usize = 64;
/// The attribute that says the language of an element and of all in it.
const LANGUAGE: &str = "xml:lang";

/// An element with all it contains.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Element {
    /// The name with its prefix, as written: `content:encoded`.
    pub name: String,
    /// Names with prefix, and values.
    pub attributes: Vec<(String, String)>,
    /// In order. Two texts never follow each other.
    pub children: Vec<Node>,
}

/// A child of an element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Node {
    Element(Element),
    Text(String),
}

/// Returns a name without its prefix.
pub(crate) fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

impl Element {
    /// Returns whether the element has this name, its prefix left out.
    pub(crate) fn is(&self, name: &str) -> bool {
        local(&self.name) == name
    }

    /// Returns the value of the attribute with this name, its prefix left out.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| local(key) == name).map(|(_, value)| value.as_str())
    }

    /// Returns the child elements.
    pub(crate) fn elements(&self) -> impl Iterator<Item = &Element> {
        self.children.iter().filter_map(|child| match child {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// Returns the element at the end of a path of names: the first that exists.
    pub(crate) fn at(&self, path: &[&str]) -> Option<&Element> {
        let Some((first, rest)) = path.split_first() else { return Some(self) };
        self.elements().filter(|element| element.is(first)).find_map(|element| element.at(rest))
    }

    /// Returns all text in the element, as it stands.
    pub(crate) fn text(&self) -> String {
        let mut out = String::new();
        self.add_text(&mut out);
        out
    }

    fn add_text(&self, out: &mut String) {
        for child in &self.children {
            match child {
                Node::Element(element) => element.add_text(out),
                Node::Text(text) => out.push_str(text),
            }
        }
    }

    fn push_text(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        if let Some(Node::Text(last)) = self.children.last_mut() {
            last.push_str(text);
        } else {
            self.children.push(Node::Text(text.to_owned()));
        }
    }
}

/// Reads elements from a file.
pub(crate) struct Reader<'a> {
    xml: quick_xml::Reader<Bounded<'a>>,
    buffer: Vec<u8>,
    /// Names of the elements around the current place.
    open: Vec<String>,
    /// The `xml:lang` of those that have one, each with its position in `open`.
    languages: Vec<(usize, String)>,
    limits: Limits,
    ended: bool,
}

/// An element that is being read.
struct Building {
    /// From the element itself down to the current place.
    stack: Vec<Element>,
    bytes: u64,
    /// Why the element will be refused.
    problem: Option<Refusal>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(input: &'a mut dyn BufRead, limits: Limits) -> Self {
        let mut xml = quick_xml::Reader::from_reader(Bounded { input, left: limits.item_bytes });
        let config = xml.config_mut();
        // This reader checks them itself, so that it can continue.
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        config.allow_dangling_amp = true;
        Self { xml, buffer: Vec::new(), open: Vec::new(), languages: Vec::new(), limits, ended: false }
    }

    /// Returns the next element that is `wanted`, given the names of the elements around it and its own, all with prefixes.
    /// `None` at the end of the file. An element without `xml:lang` gets the one that it inherits.
    ///
    /// # Errors
    /// Why an element cannot be read. Later ones may be readable: the next call continues after it.
    pub(crate) fn next(
        &mut self,
        wanted: &dyn Fn(&[String], &str) -> bool,
    ) -> Option<Result<Element, Refusal>> {
        let mut building: Option<Building> = None;
        while !self.ended {
            self.buffer.clear();
            self.xml.get_mut().left = self.limits.item_bytes;
            let event = match self.xml.read_event_into(&mut self.buffer) {
                Ok(event) => event,
                Err(error) => {
                    self.ended = true;
                    return Some(Err(in_words(&error, self.limits)));
                }
            };
            match event {
                Event::Eof => {
                    self.ended = true;
                    let name = building.as_ref().map(|building| building.stack[0].name.clone());
                    return name.map(|name| Err(truncated(&name)));
                }
                Event::Start(start) => {
                    let element = element_of(&start);
                    match &mut building {
                        Some(building) => building.start(element, self.limits),
                        None if wanted(&self.open, &element.name) => {
                            building = Some(Building::of(self.with_language(element)));
                        }
                        None => self.enter(element),
                    }
                    let depth =
                        self.open.len() + building.as_ref().map_or(0, |building| building.stack.len());
                    if depth > DEEPEST * self.limits.depth {
                        self.ended = true;
                        return Some(Err(too_deep(self.limits)));
                    }
                }
                Event::Empty(start) => {
                    let element = element_of(&start);
                    match &mut building {
                        Some(building) => {
                            building.start(element, self.limits);
                            building.close();
                        }
                        None if wanted(&self.open, &element.name) => {
                            return Some(Ok(self.with_language(element)));
                        }
                        None => {}
                    }
                }
                Event::End(end) => {
                    let name = end.name().as_ref().to_owned();
                    match building.take() {
                        Some(mut unfinished) => {
                            if unfinished.end(&name) {
                                return Some(unfinished.finish());
                            }
                            building = Some(unfinished);
                        }
                        None => self.leave(&name),
                    }
                }
                Event::Text(_) | Event::CData(_) | Event::GeneralRef(_) => {
                    if let Some(building) = &mut building {
                        building.text(&text_of(&event), self.limits);
                    }
                }
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
            }
        }
        None
    }

    /// Remembers an element around those that are read.
    fn enter(&mut self, element: Element) {
        if let Some((_, language)) = element.attributes.into_iter().find(|(key, _)| key == LANGUAGE) {
            self.languages.push((self.open.len(), language));
        }
        self.open.push(element.name);
    }

    fn leave(&mut self, name: &str) {
        if let Some(at) = self.open.iter().rposition(|open| open == name) {
            self.open.truncate(at);
            self.languages.truncate(self.languages.partition_point(|(position, _)| *position < at));
        }
    }

    fn with_language(&self, mut element: Element) -> Element {
        if let Some((_, language)) = self.languages.last()
            && element.attributes.iter().all(|(key, _)| key != LANGUAGE)
        {
            element.attributes.push((LANGUAGE.to_owned(), language.clone()));
        }
        element
    }
}

impl Building {
    fn of(element: Element) -> Self {
        Self { stack: vec![element], bytes: 0, problem: None }
    }

    fn start(&mut self, element: Element, limits: Limits) {
        let attributes = element.attributes.iter().map(|(key, value)| key.len() + value.len());
        self.bytes += (element.name.len() + attributes.sum::<usize>()) as u64;
        if self.stack.len() >= limits.depth {
            self.problem.get_or_insert_with(|| too_deep(limits));
        }
        self.check_size(limits);
        self.stack.push(element);
    }

    fn text(&mut self, text: &str, limits: Limits) {
        self.bytes += text.len() as u64;
        self.check_size(limits);
        if self.problem.is_none()
            && let Some(last) = self.stack.last_mut()
        {
            last.push_text(text);
        }
    }

    fn check_size(&mut self, limits: Limits) {
        if self.bytes > limits.item_bytes {
            self.problem.get_or_insert_with(|| too_long(limits));
        }
    }

    /// Closes the innermost element.
    fn close(&mut self) {
        if self.stack.len() > 1
            && let Some(element) = self.stack.pop()
            && let Some(parent) = self.stack.last_mut()
            // What is refused need not be kept.
            && self.problem.is_none()
        {
            parent.children.push(Node::Element(element));
        }
    }

    /// Handles an end tag. Returns whether it ends the whole element.
    fn end(&mut self, name: &str) -> bool {
        let Some(at) = self.stack.iter().rposition(|open| open.name == name) else { return false };
        if let Some(inner) = self.stack.get(at + 1) {
            let reason = format!("not well-formed: `<{}>` is not closed before `</{name}>`", inner.name);
            self.problem.get_or_insert_with(|| Malformed.because(reason));
        }
        while self.stack.len() > at + 1 {
            self.close();
        }
        if at > 0 {
            self.close();
        }
        at == 0
    }

    fn finish(mut self) -> Result<Element, Refusal> {
        match self.problem {
            Some(problem) => Err(problem),
            None => Ok(self.stack.swap_remove(0)),
        }
    }
}

fn element_of(start: &BytesStart<'_>) -> Element {
    let mut attributes = start.attributes();
    let attributes = attributes.with_checks(false).flatten().map(|attribute| {
        let value = quick_xml::escape::unescape_with(&attribute.value, |name| {
            resolve_xml_entity(name).or_else(|| resolve_html5_entity(name))
        })
        .map_or_else(|_| attribute.value.to_string(), Cow::into_owned);
        (attribute.key.as_ref().to_owned(), value)
    });
    Element { attributes: attributes.collect(), name: start.name().as_ref().to_owned(), children: Vec::new() }
}

fn text_of<'e>(event: &'e Event<'_>) -> Cow<'e, str> {
    match event {
        Event::Text(text) => Cow::Borrowed(text),
        Event::CData(text) => Cow::Borrowed(text),
        Event::GeneralRef(reference) => Cow::Owned(resolved(reference)),
        _ => Cow::Borrowed(""),
    }
}

/// Returns the character that a reference stands for. An entity that XML and HTML do not know is left as written.
fn resolved(reference: &BytesRef<'_>) -> String {
    if let Ok(Some(character)) = reference.resolve_char_ref() {
        return character.to_string();
    }
    let name: &str = reference;
    let known = resolve_xml_entity(name).or_else(|| resolve_html5_entity(name));
    known.map_or_else(|| format!("&{name};"), str::to_owned)
}

fn truncated(name: &str) -> Refusal {
    Damaged.because(format!("truncated: the file ends inside `<{name}>`"))
}

fn too_long(limits: Limits) -> Refusal {
    TooLarge.because(format!("an item of over {} bytes", limits.item_bytes))
}

fn too_deep(limits: Limits) -> Refusal {
    Malformed.because(format!("elements are nested more than {} deep", limits.depth))
}

fn in_words(error: &quick_xml::Error, limits: Limits) -> Refusal {
    match error {
        quick_xml::Error::Io(error) if error.kind() == io::ErrorKind::FileTooLarge => too_long(limits),
        quick_xml::Error::Io(error) => Damaged.because(error.to_string()),
        quick_xml::Error::Syntax(error) => Malformed.because(format!("not valid XML: {error}")),
        error => Malformed.because(format!("not valid XML: {error}")),
    }
}

/// Input with a bound on the bytes of one event, so that a text without end does not fill memory.
struct Bounded<'a> {
    input: &'a mut dyn BufRead,
    left: u64,
}

impl Read for Bounded<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let bytes = self.fill_buf()?;
        let length = bytes.len().min(buffer.len());
        buffer[..length].copy_from_slice(&bytes[..length]);
        self.consume(length);
        Ok(length)
    }
}

impl BufRead for Bounded<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let bytes = self.input.fill_buf()?;
        let length = bytes.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        Ok(&bytes[..length])
    }

    fn consume(&mut self, length: usize) {
        self.input.consume(length);
        self.left -= length as u64;
    }
}

#[cfg(test)]
#[path = "xml_tests.rs"]
mod tests;
