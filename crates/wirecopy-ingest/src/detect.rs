//! Determines the format of a file from its name, and from its first bytes if the name has no known extension or is wrong.

use std::path::Path;

use super::charset::without_byte_order_mark;
use super::decode::size_in_words;
use super::xml;
use wirecopy_core::document::Refusal;
use wirecopy_core::document::SkipKind::{Malformed, NotText, Unsupported};
use wirecopy_formats::Form;

/// The format of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Text,
    Markdown,
    Html,
    /// One object, an array of objects, or a sequence of objects.
    Json,
    JsonLines,
    /// Separated by commas, or by another delimiter found in the header.
    Csv,
    /// Tab-separated.
    Tsv,
    Parquet,
    /// An Arrow file (Feather version 2) or stream.
    Arrow,
    /// A form in which news is delivered or archived.
    Form(Form),
}

impl Format {
    /// Returns the format that a file name implies, ignoring `.gz` and `.zst`. For XML, it is any form of XML: the content says
    /// which.
    pub(super) fn of_name(path: &Path) -> Option<Self> {
        let name = path.file_name()?.as_encoded_bytes().to_ascii_lowercase();
        let name = String::from_utf8_lossy(&name);
        let name = name.strip_suffix(".gz").or_else(|| name.strip_suffix(".zst")).unwrap_or(&name);
        let (_, extension) = name.rsplit_once('.')?;
        Some(match extension {
            "txt" | "text" => Self::Text,
            "md" | "markdown" => Self::Markdown,
            "html" | "htm" | "xhtml" => Self::Html,
            "json" => Self::Json,
            "jsonl" | "ndjson" => Self::JsonLines,
            "csv" => Self::Csv,
            "tsv" => Self::Tsv,
            "parquet" => Self::Parquet,
            "arrow" | "arrows" | "feather" => Self::Arrow,
            "xml" | "newsml" => Self::Form(Form::NewsMlG2),
            "nitf" => Self::Form(Form::Nitf),
            "rss" => Self::Form(Form::Rss),
            "atom" => Self::Form(Form::Atom),
            "eml" => Self::Form(Form::Mail),
            "mht" | "mhtml" => Self::Form(Form::SavedPage),
            "mbox" => Self::Form(Form::Mbox),
            "docx" => Self::Form(Form::NexisDocx),
            "rtf" => Self::Form(Form::Rtf),
            "warc" | "wet" => Self::Form(Form::Warc),
            _ => return None,
        })
    }

    /// Returns the name of the format, as in [`wirecopy_formats::FORMATS`].
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Text => "plain text",
            Self::Markdown => "Markdown",
            Self::Html => "web page",
            Self::Json => "JSON",
            Self::JsonLines => "JSON lines",
            Self::Csv => "CSV",
            Self::Tsv => "TSV",
            Self::Parquet => "Parquet",
            Self::Arrow => "Arrow",
            Self::Form(form) => form.name(),
        }
    }

    /// Returns whether a file of this format can hold many documents that are read one by one.
    pub(super) fn is_container(self) -> bool {
        match self {
            Self::Json | Self::JsonLines | Self::Csv | Self::Tsv | Self::Parquet | Self::Arrow => true,
            Self::Text | Self::Markdown | Self::Html => false,
            Self::Form(form) => !matches!(
                form,
                Form::NexisDocx
                    | Form::NexisRtf
                    | Form::FactivaRtf
                    | Form::Rtf
                    | Form::Mail
                    | Form::SavedPage
            ),
        }
    }

    /// Returns the format of a file whose name implies `named`. `head` is the start of its decompressed content, with UTF-16
    /// converted to UTF-8.
    ///
    /// # Errors
    /// The reason for skipping a file that is not text, not of the format its name implies, or XML of an unknown kind.
    pub(super) fn of_content(named: Option<Self>, head: &[u8]) -> Result<Self, Refusal> {
        if let Some(form) = form_of(named, without_byte_order_mark(head)) {
            return Ok(Self::Form(form));
        }
        if let Some(refusal) = binary(head) {
            return Err(refusal);
        }
        if matches!(named, Some(Self::Text) | None)
            && let Some(refusal) = wirecopy_formats::refusal_of(head)
        {
            return Err(refusal);
        }
        let start = trimmed(head);
        if matches!(named, Some(Self::Text | Self::Markdown | Self::Form(_)) | None)
            && !is_html(start)
            && let Some(root) = xml::root(start, named.is_some_and(Self::is_xml))
        {
            return if root.eq_ignore_ascii_case("html") {
                Ok(Self::Html)
            } else {
                Err(unknown_xml(&root, head.len()))
            };
        }
        let named = match named {
            Some(Self::Form(Form::Mail | Form::SavedPage | Form::Mbox)) if is_html(start) => None,
            Some(mail @ Self::Form(Form::Mail | Form::SavedPage | Form::Mbox)) => return Ok(mail),
            Some(Self::Form(Form::Warc)) => {
                return Err(Malformed.because("not a web archive: it does not begin with `WARC/`"));
            }
            Some(Self::Form(_)) => None,
            named => named,
        };
        Ok(match named {
            Some(Self::Text) | None if is_html(start) => Self::Html,
            // A name that says text counts for more than a brace and a quotation mark.
            Some(Self::Text) if !has_first_key(start) => Self::Text,
            Some(Self::Text) | None if is_json_array(start) => Self::Json,
            Some(Self::Text) | None if is_json_object(start) => json_or_lines(start),
            None => Self::Text,
            Some(Self::Json) if is_json_object(start) => json_or_lines(start),
            Some(Self::Json) if !start.starts_with(b"[") => return Err(Malformed.because("not JSON")),
            // If the first line is an array by itself, that record is wrong; if an array spans lines, the name is wrong.
            Some(Self::JsonLines) if start.starts_with(b"[") && !first_line_is_whole(start) => Self::Json,
            // An object that spans lines.
            Some(Self::JsonLines) if first_line(start).is_some_and(|line| line.trim_ascii() == b"{") => {
                Self::Json
            }
            Some(named) => named,
        })
    }

    /// Returns whether this is a form of XML.
    fn is_xml(self) -> bool {
        matches!(self, Self::Form(Form::NewsMlG2 | Form::Nitf | Form::Rss | Form::Atom))
    }
}

/// Returns the form in which news is delivered or archived that content shows. In a file named as a table, JSON or Markdown,
/// only what cannot begin such a file counts.
fn form_of(named: Option<Format>, head: &[u8]) -> Option<Form> {
    const OTHERS: [&[u8]; 4] = [b"<", b"PK", b"{\\rtf", b"WARC/"];
    let by_name = matches!(
        named,
        Some(Format::Markdown | Format::Json | Format::JsonLines | Format::Csv | Format::Tsv)
    );
    if by_name && !OTHERS.iter().any(|other| head.starts_with(other)) {
        return None;
    }
    let beginning = head.get(..BEGINNING).unwrap_or(head);
    let form = Form::of_content(beginning);
    // The first element of XML may follow long comments, and the text of RTF its styles and a picture.
    let is_hidden = match form {
        None => {
            let start = trimmed(head);
            start.starts_with(b"<?xml") || start.starts_with(b"<!")
        }
        form => form == Some(Form::Rtf),
    };
    if is_hidden && beginning.len() < head.len() { Form::of_content(head) } else { form }
}

/// Most bytes in which the root element of XML is searched for. Licences and document types come before it.
pub(super) const PROLOG: usize = 1 << 20;

/// Bytes that are searched for the marks of a form. Most files have none of them.
const BEGINNING: usize = 16 << 10;

fn unknown_xml(root: &str, read: usize) -> Refusal {
    let what = "XML of an unknown kind";
    let refused = if cfg!(feature = "wire") { what } else { "XML, and built without the feature `wire`" };
    Unsupported.because(if root.is_empty() && read >= PROLOG {
        format!(
            "{refused}: its root element does not begin within the first {}",
            size_in_words(PROLOG as u64)
        )
    } else if root.is_empty() {
        format!("{refused}: it has no root element")
    } else {
        format!("{refused}: the root element is `<{root}>`")
    })
}

fn trimmed(head: &[u8]) -> &[u8] {
    without_byte_order_mark(head).trim_ascii_start()
}

fn first_line(start: &[u8]) -> Option<&[u8]> {
    memchr::memchr(b'\n', start).map(|end| &start[..end])
}

/// Returns whether the first line closes its bracket (`{…}`, `[…]`) and more content follows.
fn first_line_is_whole(start: &[u8]) -> bool {
    let Some(line) = first_line(start) else { return false };
    let rest = start[line.len()..].trim_ascii_start();
    let close = if start.starts_with(b"[") { b']' } else { b'}' };
    line.trim_ascii_end().last() == Some(&close) && !rest.is_empty()
}

fn json_or_lines(start: &[u8]) -> Format {
    if first_line_is_whole(start) { Format::JsonLines } else { Format::Json }
}

fn is_json_object(start: &[u8]) -> bool {
    let inner = start.strip_prefix(b"{").map(<[u8]>::trim_ascii_start);
    inner.is_some_and(|inner| inner.starts_with(b"\"") || inner.starts_with(b"}"))
}

fn is_json_array(start: &[u8]) -> bool {
    start.strip_prefix(b"[").is_some_and(|inner| is_json_object(inner.trim_ascii_start()))
}

/// Longest first key of an object that shows that a file named as text is JSON.
const KEY: usize = 80;

/// Returns whether a text begins with an object and its first key, perhaps within an array. Prose does not.
fn has_first_key(start: &[u8]) -> bool {
    let object = start.strip_prefix(b"[").map_or(start, <[u8]>::trim_ascii_start);
    let key = object.strip_prefix(b"{").and_then(|inner| inner.trim_ascii_start().strip_prefix(b"\""));
    key.is_some_and(|key| {
        let end = key.iter().take(KEY).position(|byte| matches!(byte, b'"' | b'\n'));
        end.is_some_and(|end| {
            key[end..].starts_with(b"\"") && key[end + 1..].trim_ascii_start().starts_with(b":")
        })
    })
}

/// Returns whether a text that starts like this is an HTML page.
pub(super) fn is_html(start: &[u8]) -> bool {
    if !start.starts_with(b"<") {
        return false;
    }
    let start = start[..start.len().min(1024)].to_ascii_lowercase();
    let has = |needle: &[u8]| memchr::memmem::find(&start, needle).is_some();
    has(b"<!doctype html") || has(b"<html") || (start.starts_with(b"<head") || start.starts_with(b"<body"))
}

/// Returns the reason for skipping a file that is not text; `None` for text.
pub(super) fn binary(head: &[u8]) -> Option<Refusal> {
    kind_of_binary(head).map(|what| NotText.because(format!("not text: {what}")))
}

fn kind_of_binary(head: &[u8]) -> Option<String> {
    const MAGIC: &[(&[u8], &str)] = &[
        (b"%PDF-", "a PDF; export HTML, RTF or text instead"),
        (b"\x89PNG\r\n", "a PNG image"),
        (b"\xff\xd8\xff", "a JPEG image"),
        (b"GIF8", "a GIF image"),
        (b"RIFF", "a WebP, WAV or AVI file"),
        (b"II*\0", "a TIFF image"),
        (b"MM\0*", "a TIFF image"),
        (b"PK\x03\x04", "a ZIP archive or an office document"),
        (b"PK\x05\x06", "an empty ZIP archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "an old office document; export HTML, RTF or text instead"),
        (b"{\\rtf", "an RTF document"),
        (b"\x7fELF", "a program"),
        (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
        (b"\xfd7zXZ\0", "an xz archive"),
        (b"BZh", "a bzip2 archive"),
        (b"\x1f\x8b", "a gzip archive within a compressed file"),
        (b"\x28\xb5\x2f\xfd", "a zstd archive within a compressed file"),
        (b"SQLite format 3\0", "an SQLite database"),
        (b"OggS", "an Ogg file"),
        (b"ID3", "an MP3 file"),
        (b"wOF", "a font"),
    ];
    if head.starts_with(b"PK\x03\x04") && memchr::memmem::find(head, b"xl/w").is_some() {
        return Some("looks like an Excel workbook; save it as CSV instead".to_owned());
    }
    if let Some((_, what)) = MAGIC.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Some(format!("looks like {what}"));
    }
    if head.get(4..8) == Some(b"ftyp") {
        return Some("looks like a video".to_owned());
    }
    // Padding leaves a few NULs in text. Binary files have many, or other control codes.
    let codes = count(head, |byte| matches!(byte, 0..=8 | 14..=31));
    if codes * 100 <= head.len() {
        // They include all that is counted below, where the limits are not lower.
        return None;
    }
    if memchr::memchr_iter(0, head).count() * 100 > head.len() {
        return Some("binary data with NUL bytes".to_owned());
    }
    let control = count(head, |byte| matches!(byte, 1..=8 | 14..=26 | 28..=31));
    (control * 20 > head.len()).then(|| "binary data".to_owned())
}

/// Counts bytes of a kind.
fn count(bytes: &[u8], is: impl Fn(u8) -> bool) -> usize {
    // Counts of chunks fit a byte, so that the loop is vectorised. The length is a multiple of that of vectors.
    const CHUNK: usize = 7 * 32;
    let of_chunk = |chunk: &[u8]| chunk.iter().map(|byte| u8::from(is(*byte))).sum::<u8>();
    bytes.chunks(CHUNK).map(|chunk| usize::from(of_chunk(chunk))).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn format_of_a_name_ignores_compression_suffixes() {
        let of = |name: &str| Format::of_name(Path::new(name));
        assert_eq!(of("a/b.txt"), Some(Format::Text));
        assert_eq!(of("b.JSONL.GZ"), Some(Format::JsonLines));
        assert_eq!(of("b.ndjson.zst"), Some(Format::JsonLines));
        assert_eq!(of("b.xhtml"), Some(Format::Html));
        assert_eq!(of("b.gz"), None);
        assert_eq!(of("README"), None);
    }

    #[test]
    fn content_decides_if_the_name_has_no_known_extension() {
        let of = |head: &[u8]| Format::of_content(None, head);
        assert_eq!(of(b"<!DOCTYPE html><p>x"), Ok(Format::Html));
        assert_eq!(of(b"<?xml version='1.0'?>\n<html xmlns='x'>"), Ok(Format::Html));
        assert_eq!(of(b" [ {\"text\": \"x\"}]"), Ok(Format::Json));
        assert_eq!(of(b"[Reuters] - News"), Ok(Format::Text));
        assert_eq!(of(b"{\"text\":1}\n{\"text\":2}"), Ok(Format::JsonLines));
        assert_eq!(of(b"{\n \"text\":1}\n"), Ok(Format::Json));
        assert_eq!(of(b"\xef\xbb\xbfNews"), Ok(Format::Text));
        let pdf = "not text: looks like a PDF; export HTML, RTF or text instead";
        assert_eq!(of(b"%PDF-1.7 x"), Err(NotText.because(pdf)));
        assert!(of(b"a\0b\0\0\0").is_err());
        assert_eq!(of(b"WARC/1.0\r\n"), Ok(Format::Form(Form::Warc)));
        let workbook = of(b"PK\x03\x04[Content_Types].xml PK\x03\x04xl/workbook.xml").unwrap_err();
        assert_eq!(workbook.reason, "not text: looks like an Excel workbook; save it as CSV instead");
    }

    #[test]
    fn unknown_xml_is_refused_unless_it_is_a_page() {
        let reason = |name: &str, head: &[u8]| {
            Format::of_content(Format::of_name(Path::new(name)), head).map_err(|refusal| refusal.reason)
        };
        let refused = |root: &str| {
            let kind = if cfg!(feature = "wire") {
                "XML of an unknown kind"
            } else {
                "XML, and built without the feature `wire`"
            };
            Err(format!("{kind}: the root element is `<{root}>`"))
        };
        for name in ["a.xml", "a", "a.txt", "a.rss"] {
            assert_eq!(
                reason(name, b"\xef\xbb\xbf<?xml version='1.0'?>\n<tei:TEI x='y'>"),
                refused("tei:TEI"),
                "{name}"
            );
            let page = [b"<?xml version='1.0'?><!--", &[b'x'; 2000][..], b"--><html lang='de'>"].concat();
            assert_eq!(reason(name, &page), Ok(Format::Html), "{name}");
        }
        assert_eq!(reason("a.xml", b"<doc>One</doc>"), refused("doc"));
        let late = [b"<?xml version='1.0'?><!--", &[b'x'; 20_000][..], b"--><nitf><body/></nitf>"].concat();
        let nitf = if cfg!(feature = "wire") { Ok(Format::Form(Form::Nitf)) } else { refused("nitf") };
        assert_eq!(reason("a.xml", &late), nitf);
        assert_eq!(reason("a.xml", b"One"), Ok(Format::Text));
        assert_eq!(reason("a.txt", b"<doc>One</doc>"), Ok(Format::Text));
        assert_eq!(reason("a.html", b"<?xml version='1.0'?><div>One"), Ok(Format::Html));
        assert_eq!(reason("a.csv", b"<?xml version='1.0'?><div>One"), Ok(Format::Csv));
    }

    #[test]
    fn names_of_forms_count_if_the_content_does_not_contradict_them() {
        let of = |name: &str, head: &[u8]| Format::of_content(Format::of_name(Path::new(name)), head);
        assert_eq!(of("a.eml", b"X-Odd\n\nThe ferry"), Ok(Format::Form(Form::Mail)));
        assert_eq!(of("a.mht", b"<html><body>"), Ok(Format::Html));
        assert_eq!(of("a.mht", b"X-Odd: x\n\nThe ferry"), Ok(Format::Form(Form::SavedPage)));
        assert_eq!(of("a.mbox", b"The ferry"), Ok(Format::Form(Form::Mbox)));
        assert_eq!(of("a.docx", b"The ferry"), Ok(Format::Text));
        assert_eq!(of("a.warc.gz", b"The ferry").unwrap_err().kind, Malformed);
        assert_eq!(of("a.json", b"WARC/1.0\r\n"), Ok(Format::Form(Form::Warc)));
    }

    #[test]
    fn text_of_rtf_is_found_behind_pictures() {
        let picture = format!("{{\\rtf1{{\\pict {}}}", "0a".repeat(10_000));
        let of = |text: &str| Format::of_content(None, format!("{picture}{text}}}").as_bytes());
        assert_eq!(of("Dear Ann"), Ok(Format::Form(Form::Rtf)));
        if cfg!(feature = "exports") {
            assert_eq!(of("1 of 2 DOCUMENTS\\par LENGTH: 3 words\\par "), Ok(Format::Form(Form::NexisRtf)));
        }
    }

    #[test]
    #[cfg(feature = "exports")]
    fn list_of_references_is_refused_with_advice() {
        let references =
            b"TY  - NEWS\nT1  - A ferry sails\nAU  - Roe, Jo\nPY  - 2024\nN2  - An abstract.\nER  -\n";
        let refusal = Format::of_content(Some(Format::Text), references).unwrap_err();
        assert_eq!(refusal.kind, Unsupported);
        assert!(refusal.reason.starts_with("a list of references (RIS)"), "{refusal:?}");
        let prose = b"TY  - NEWS is the first line of a reference.\n\nThe others follow.\n";
        assert_eq!(Format::of_content(None, prose), Ok(Format::Text));
    }

    #[test]
    fn content_overrides_a_wrong_name() {
        assert_eq!(Format::of_content(Some(Format::JsonLines), b"[\n{\"a\":1},\n"), Ok(Format::Json));
        assert_eq!(Format::of_content(Some(Format::JsonLines), b"[1]\n{\"a\":1}\n"), Ok(Format::JsonLines));
        assert_eq!(Format::of_content(Some(Format::JsonLines), b"{\n\"a\":1}\n"), Ok(Format::Json));
        assert_eq!(Format::of_content(Some(Format::Text), b"<html><body>"), Ok(Format::Html));
        assert_eq!(
            Format::of_content(Some(Format::Text), b"{\"a\": 1}\n{\"a\": 2}\n"),
            Ok(Format::JsonLines)
        );
        assert_eq!(Format::of_content(Some(Format::Text), b"[{\n \"a\": 1}]"), Ok(Format::Json));
        assert_eq!(Format::of_content(Some(Format::Text), b"{\n \"a\" : 1}"), Ok(Format::Json));
        for prose in ["{\"No\", she said, and left.}", "{\"a\nb\": 1", "[\"a\": 1]", "{"] {
            assert_eq!(Format::of_content(Some(Format::Text), prose.as_bytes()), Ok(Format::Text), "{prose}");
        }
        assert!(Format::of_content(Some(Format::Json), b"hello").is_err());
        assert!(Format::of_content(Some(Format::Text), b"\x89PNG\r\n\x1a\n").is_err());
    }

    proptest! {
        #[test]
        fn binary_data_has_too_many_zeros_or_other_control_codes(
            codes in prop::collection::vec(0..32_u8, 0..40), letters in 0..1_200_usize,
        ) {
            let head = [vec![b'a'; 12], codes, vec![b'a'; letters]].concat();
            let zeros = head.iter().filter(|byte| **byte == 0).count();
            let control = head.iter().filter(|byte| matches!(byte, 1..=8 | 14..=26 | 28..=31)).count();
            let expected = if 100 * zeros > head.len() {
                Some("binary data with NUL bytes")
            } else {
                (20 * control > head.len()).then_some("binary data")
            };
            prop_assert_eq!(kind_of_binary(&head), expected.map(str::to_owned));
        }
    }
}
