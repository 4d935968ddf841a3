//! Reads the paragraphs of a Word document (DOCX): a ZIP archive with the text in `word/document.xml`.

use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::ops::ControlFlow;

use wirecopy_core::document::{Refusal, SkipKind};
use zip::ZipArchive;

use super::input;
use super::nexis::BREAK;
use super::office::{Articles, Line, not_an_export};
use crate::xml::{Element, Node, Reader, local};
use crate::{Emit, Found, Limits};

/// The part that holds the text.
const TEXT: &str = "word/document.xml";
/// Bytes that a part may always expand to.
const FREE: u64 = 1 << 20;
/// How many times larger than the archive a part may be.
const RATIO: u64 = 200;

/// Reads the articles of a Word document.
pub(super) fn read(input: &mut dyn BufRead, limits: Limits, emit: &mut Emit<'_>) -> ControlFlow<()> {
    let bytes = match input::whole(input, limits) {
        Ok(bytes) => bytes,
        Err(refusal) => return emit(Found::Skip(refusal)),
    };
    let most = limits.item_bytes.min(FREE.max(RATIO.saturating_mul(bytes.len() as u64)));
    let mut archive = match ZipArchive::new(Cursor::new(bytes)) {
        Ok(archive) => archive,
        Err(error) => return emit(Found::Skip(damaged(&error))),
    };
    let name = archive
        .file_names_raw()
        .find(|name| is_text(name))
        .map(|name| String::from_utf8_lossy(name).into_owned());
    let part = match archive.by_name(name.as_deref().unwrap_or(TEXT)) {
        Ok(part) => part,
        Err(error) => return emit(Found::Skip(damaged(&error))),
    };
    if part.size() > most {
        return emit(Found::Skip(expands(most)));
    }
    paragraphs(Part { part, left: most, is_cut: false }, limits, emit)
}

/// Returns whether a part holds the text: its name may have another case, or a number.
fn is_text(name: &[u8]) -> bool {
    let name = String::from_utf8_lossy(name).replace('\\', "/").to_ascii_lowercase();
    let name = name.trim_start_matches('/');
    name.strip_prefix("word/document")
        .and_then(|rest| rest.strip_suffix(".xml"))
        .is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
}

fn damaged(error: &zip::result::ZipError) -> Refusal {
    SkipKind::Damaged.because(format!("a Word document that cannot be read: {error}"))
}

fn expands(most: u64) -> Refusal {
    SkipKind::Limit.because(format!("a Word document whose text expands to over {most} bytes"))
}

/// A part of an archive, with a bound on its bytes, whatever size it declares.
struct Part<R> {
    part: R,
    left: u64,
    is_cut: bool,
}

impl<R: Read> Read for Part<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            self.is_cut = true;
            return Err(io::Error::other("it expands too far"));
        }
        let length = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let read = self.part.read(buffer.get_mut(..length).unwrap_or_default())?;
        self.left -= read as u64;
        Ok(read)
    }
}

fn paragraphs<R: Read>(part: Part<R>, limits: Limits, emit: &mut Emit<'_>) -> ControlFlow<()> {
    let mut articles = Articles::new(limits, false, emit);
    let mut input = BufReader::new(part);
    let mut failed = None;
    {
        let mut xml = Reader::new(&mut input, limits);
        // A paragraph in a text box belongs to a picture.
        let wanted = |open: &[String], name: &str| {
            local(name) == "p" && !open.iter().any(|name| local(name) == "txbxContent")
        };
        while let Some(paragraph) = xml.next(&wanted) {
            match paragraph {
                Ok(paragraph) => {
                    for line in lines(&paragraph) {
                        articles.add(line)?;
                    }
                }
                Err(refusal) => {
                    articles.forget();
                    failed = failed.or(Some(refusal));
                }
            }
        }
    }
    if input.get_ref().is_cut {
        failed = Some(SkipKind::Limit.because("a Word document whose text expands too far"));
    }
    match failed {
        Some(refusal) => articles.finish_with(refusal),
        None => articles.finish(not_an_export("a Word document")),
    }
}

/// Returns the lines of a paragraph.
fn lines(paragraph: &Element) -> Vec<Line> {
    let mut text = String::new();
    let mut letters = (0, 0);
    add(paragraph, false, &mut text, &mut letters);
    let is_bold = letters.0 > 0 && letters.0 == letters.1;
    let mut lines: Vec<Line> =
        text.split('\n').map(|text| Line { text: text.trim_end().to_owned(), is_bold }).collect();
    if paragraph.at(&["pPr", "sectPr"]).is_some() {
        lines.push(Line { text: BREAK.to_owned(), is_bold: false });
    }
    lines
}

/// Adds the text in an element. The depth of elements is limited by the reader.
fn add(element: &Element, is_bold: bool, text: &mut String, letters: &mut (usize, usize)) {
    let is_bold = match element.at(&["rPr", "b"]) {
        Some(bold) => !matches!(bold.attribute("val"), Some("0" | "false" | "off" | "none")),
        None => is_bold,
    };
    for child in &element.children {
        let Node::Element(child) = child else { continue };
        match local(&child.name) {
            "t" => {
                let part = child.text();
                let count = part.chars().filter(|c| c.is_alphanumeric()).count();
                letters.0 += count;
                letters.1 += if is_bold { count } else { 0 };
                text.push_str(&part);
            }
            "tab" => text.push('\t'),
            "br" if child.attribute("type") == Some("page") => {
                text.push('\n');
                text.push_str(BREAK);
                text.push('\n');
            }
            "br" | "cr" => text.push('\n'),
            "noBreakHyphen" => text.push('-'),
            // The same again for older programs, and what was deleted.
            "Fallback" | "txbxContent" | "del" | "pPr" | "rPr" => {}
            _ => add(child, is_bold, text, letters),
        }
    }
}
