//! Decodes bytes to text. Decoding never fails: malformed sequences become U+FFFD.
//!
//! The encoding is, in this order: that of the byte order mark; UTF-16, recognised by its NULs; the one that a server named, then
//! the declared one, unless the bytes contradict it; UTF-8, if the bytes are valid or nearly valid; a guess on 64 KB by chardetng,
//! the detector of Firefox.
//!
//! Valid UTF-8 with non-ASCII characters overrides a declaration: such a page was moved to UTF-8 and its template was never
//! updated. A declaration is also ignored if the page would be malformed in that encoding, or would not read as any language.
//!
//! Why this is hand-made: chardetng guesses from the bytes alone and does not judge a declaration.

use std::collections::HashSet;
use std::io::{self, Cursor, Read};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use encoding_rs_io::DecodeReaderBytesBuilder;

use super::decode::HEAD;

/// Decodes a whole document. `markup` allows an encoding declared as in HTML and XML.
pub(super) fn decode(bytes: Vec<u8>, markup: bool) -> String {
    decode_named(bytes, markup, None)
}

/// Like [`decode`], for a document whose encoding a server has named.
pub(super) fn decode_named(bytes: Vec<u8>, markup: bool, named: Option<&str>) -> String {
    let named = named.and_then(|label| Encoding::for_label(label.as_bytes()));
    let (encoding, bom) = of_named(&bytes, markup, named);
    if encoding != UTF_8 {
        let (text, _) = encoding.decode_without_bom_handling(&bytes[bom..]);
        return text.into_owned();
    }
    if bom > 0 {
        return String::from_utf8_lossy(&bytes[bom..]).into_owned();
    }
    // Validation is much faster than a lossy conversion, and nearly always succeeds.
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// Returns UTF-8 without its byte order mark, if it has one.
pub fn without_byte_order_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

/// Returns the encoding of content that starts with `head`, and the length of its byte order mark.
pub(super) fn of(head: &[u8], markup: bool) -> (&'static Encoding, usize) {
    of_named(head, markup, None)
}

fn of_named(head: &[u8], markup: bool, named: Option<&'static Encoding>) -> (&'static Encoding, usize) {
    if let Some(found) = Encoding::for_bom(head) {
        return found;
    }
    if let Some(encoding) = utf16(head) {
        return (encoding, 0);
    }
    let declared = markup.then(|| declared(head)).flatten();
    (of_sample(informative(head), &[named, declared]), 0)
}

/// Returns the encoding of a sample: the first of the `declared` ones that the sample does not contradict, else a guess.
fn of_sample(sample: &[u8], declared: &[Option<&'static Encoding>]) -> &'static Encoding {
    let quality = Utf8::of(sample);
    if quality.invalid == 0 && quality.multibyte > 0 {
        return UTF_8;
    }
    let is_possible = |encoding: &&'static Encoding| sample.is_ascii() || !is_disproved(encoding, sample);
    if let Some(encoding) = declared.iter().copied().flatten().find(is_possible) {
        return encoding;
    }
    let escapes = memchr::memmem::find(sample, b"\x1b$").is_some();
    if (quality.invalid == 0 && !escapes) || quality.multibyte > 2 * quality.invalid {
        return UTF_8;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(sample, true);
    detector.guess(None, Utf8Detection::Deny)
}

/// Returns the first [`HEAD`] bytes that can reveal the encoding: the scripts and styles of a page can fill a whole sample
/// with ASCII.
fn informative(bytes: &[u8]) -> &[u8] {
    let start = if bytes.len() > HEAD && bytes[..HEAD].is_ascii() {
        bytes[HEAD..].iter().position(|byte| !byte.is_ascii()).map_or(0, |at| HEAD + at)
    } else {
        0
    };
    &bytes[start..bytes.len().min(start + HEAD)]
}

/// Fewest non-ASCII words from which a conclusion is drawn.
const MIN_WORDS: usize = 4;

/// Fewest distinct rare signs from which a conclusion is drawn.
const MIN_ODD_KINDS: usize = 4;

/// Returns whether bytes cannot be text in an encoding. Signs of that are many malformed sequences or control codes, rare
/// signs, mixed case within words, and Latin words that consist almost only of accented letters.
fn is_disproved(encoding: &'static Encoding, bytes: &[u8]) -> bool {
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    let (mut beyond, mut bad) = (0, 0);
    for c in text.chars().filter(|c| !c.is_ascii()) {
        beyond += 1;
        bad += usize::from(c == '\u{fffd}' || ('\u{80}'..='\u{9f}').contains(&c));
    }
    if bad * 10 > beyond {
        // A single stray byte proves nothing.
        return bad > 1 || beyond > 1 || encoding != UTF_8;
    }
    // Double-byte text of East Asia decoded as single bytes.
    let odd = |c: char| "¤¥¦¨¬¯´µ¶¸¹²³¼½¾".contains(c);
    let kinds: HashSet<char> = text.chars().filter(|c| odd(*c)).collect();
    if kinds.len() >= MIN_ODD_KINDS && text.chars().filter(|c| odd(*c)).count() * 5 > beyond {
        return true;
    }
    let (mut words, mut mixed, mut upper, mut accented) = (0, 0, 0, 0);
    for word in text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_ascii()) {
        let letters = word.chars().count();
        if letters < 3 {
            continue;
        }
        words += 1;
        let lower_first =
            word.chars().zip(word.chars().skip(1)).any(|(a, b)| a.is_lowercase() && b.is_uppercase());
        mixed += usize::from(lower_first);
        upper += usize::from(!lower_first && word.chars().all(char::is_uppercase));
        let latin = word.chars().all(|c| c.is_ascii() || matches!(c, '\u{aa}'..='\u{24f}'));
        let beyond = word.chars().filter(|c| !c.is_ascii()).count();
        accented += usize::from(latin && beyond * 10 > letters * 7);
    }
    // Between Cyrillic encodings, upper and lower case are swapped: `нЙОЙУФТ ЪБСЧЙМ`.
    let exchanged = mixed > 0 && (mixed + upper) * 5 > words * 4;
    words >= MIN_WORDS && (mixed * 3 > words || exchanged || accented * 2 > words)
}

/// How well bytes decode as UTF-8.
struct Utf8 {
    /// Non-ASCII characters; if nothing is invalid, 1 stands for any number of them.
    multibyte: usize,
    invalid: usize,
}

impl Utf8 {
    fn of(bytes: &[u8]) -> Self {
        if bytes.is_ascii() {
            return Self { multibyte: 0, invalid: 0 };
        }
        if std::str::from_utf8(bytes).is_ok() {
            // The exact count matters only if something is invalid.
            return Self { multibyte: 1, invalid: 0 };
        }
        let mut multibyte = 0;
        let mut invalid = 0;
        let mut seen = 0;
        for chunk in bytes.utf8_chunks() {
            seen += chunk.valid().len() + chunk.invalid().len();
            multibyte += chunk.valid().bytes().filter(|b| *b >= 0xc0).count();
            // A sequence cut off by the end of the sample is not invalid.
            let cut = seen == bytes.len() && chunk.invalid().first().is_some_and(|b| *b >= 0xc2);
            if !chunk.invalid().is_empty() && !cut {
                invalid += 1;
            }
        }
        Self { multibyte, invalid }
    }
}

/// Recognises UTF-16 without a byte order mark: only one byte of each pair is ever NUL, the high byte of ASCII.
///
/// Non-Latin scripts have few such characters, but spaces and line ends are among them.
fn utf16(head: &[u8]) -> Option<&'static Encoding> {
    let head = &head[..head.len().min(4096)];
    let pairs = head.len() / 2;
    if pairs < 2 || memchr::memchr(0, head).is_none() {
        return None;
    }
    let (mut even, mut odd) = (0, 0);
    for pair in head.as_chunks::<2>().0 {
        even += usize::from(pair[0] == 0);
        odd += usize::from(pair[1] == 0);
    }
    let (encoding, nul) = match (even, odd) {
        (0, odd) => (UTF_16LE, odd),
        (even, 0) => (UTF_16BE, even),
        _ => return None,
    };
    let (text, malformed) = encoding.decode_without_bom_handling(&head[..pairs * 2]);
    let controls = text.chars().filter(|c| c.is_control() && !c.is_whitespace()).count();
    // The end of the sample may cut a surrogate pair.
    let clean = controls == 0 && (!malformed || text.matches('\u{fffd}').count() <= 1);
    (nul * 50 >= pairs && clean).then_some(encoding)
}

/// Returns the encoding declared in `<meta charset>`, `<meta http-equiv>` or an XML declaration.
fn declared(head: &[u8]) -> Option<&'static Encoding> {
    let start = head[..head.len().min(4096)].to_ascii_lowercase();
    for key in [&b"charset"[..], b"encoding"] {
        let mut from = 0;
        while let Some(at) = memchr::memmem::find(&start[from..], key) {
            from += at + key.len();
            let rest = start[from..].trim_ascii_start();
            let Some(rest) = rest.strip_prefix(b"=") else { continue };
            let rest = rest.trim_ascii_start();
            let rest = rest.strip_prefix(b"\"").or_else(|| rest.strip_prefix(b"'")).unwrap_or(rest);
            let end = rest.iter().position(|b| matches!(b, b'"' | b'\'' | b'>' | b';' | b'?' | b' ' | b'/'));
            let label = &rest[..end.unwrap_or(rest.len())];
            if let Some(encoding) = Encoding::for_label(label) {
                // The declaration was readable as single bytes, so the page is not UTF-16.
                let utf16 = encoding == UTF_16LE || encoding == UTF_16BE;
                return Some(if utf16 { UTF_8 } else { encoding });
            }
        }
    }
    None
}

/// Converts a stream to UTF-8. `inner` starts after the byte order mark.
pub(super) fn transcoder<R: Read>(inner: R, encoding: &'static Encoding) -> impl Read {
    DecodeReaderBytesBuilder::new().encoding(Some(encoding)).build(inner)
}

/// Converts a stream that starts with `head` to UTF-8, without its byte order mark. Malformed sequences become U+FFFD. If the
/// head is ASCII, the encoding is determined at the first byte that is not.
pub(super) fn utf8<'r>(inner: impl Read + 'r, head: &[u8], markup: bool) -> Box<dyn Read + 'r> {
    let (encoding, bom) = of(head, markup);
    let mut inner = inner;
    if bom > 0 && io::copy(&mut inner.by_ref().take(bom as u64), &mut io::sink()).is_err() {
        // The next read fails as well, and says why.
        return Box::new(inner);
    }
    if bom == 0 && head.is_ascii() && encoding.is_ascii_compatible() {
        let declared = markup.then(|| declared(head)).flatten();
        return Box::new(Ascii { inner: Some(inner), declared, decoded: None });
    }
    Box::new(transcoder(inner, encoding))
}

/// A stream that has been ASCII so far.
struct Ascii<'r, R> {
    /// `None` once another byte was found.
    inner: Option<R>,
    /// The encoding that the head declares.
    declared: Option<&'static Encoding>,
    /// The rest of the stream, from the first block with another byte.
    decoded: Option<Box<dyn Read + 'r>>,
}

impl<'r, R: Read + 'r> Read for Ascii<'r, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if let Some(decoded) = &mut self.decoded {
            return decoded.read(out);
        }
        let Some(inner) = &mut self.inner else { return Ok(0) };
        let n = inner.read(out)?;
        let read = out.get(..n).unwrap_or_default();
        let Some(at) = read.iter().position(|byte| !byte.is_ascii()) else { return Ok(n) };
        let mut sample = read.get(at..).unwrap_or_default().to_vec();
        let broken = inner.by_ref().take(HEAD as u64).read_to_end(&mut sample).err();
        let encoding = of_sample(&sample, &[self.declared]);
        if let Some(inner) = self.inner.take() {
            let rest = Cursor::new(sample).chain(Broken(broken)).chain(inner);
            let decoded = self.decoded.insert(Box::new(transcoder(rest, encoding)));
            if at == 0 {
                return decoded.read(out);
            }
        }
        Ok(at)
    }
}

/// The error that a stream ended with, if any.
struct Broken(Option<io::Error>);

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, little: bool) -> Vec<u8> {
        text.encode_utf16().flat_map(|u| if little { u.to_le_bytes() } else { u.to_be_bytes() }).collect()
    }

    fn plain(bytes: &[u8]) -> String {
        decode(bytes.to_vec(), false)
    }

    #[test]
    fn byte_order_marks_are_trusted_and_removed() {
        assert_eq!(plain(b"\xef\xbb\xbfNews"), "News");
        let mut marked = vec![0xff, 0xfe];
        marked.extend(utf16("Zürich", true));
        assert_eq!(plain(&marked), "Zürich");
    }

    #[test]
    fn utf16_without_a_mark_is_recognised_by_its_nuls() {
        let text = "The minister said on Monday.\nНовости дня";
        assert_eq!(plain(&utf16(text, true)), text);
        assert_eq!(plain(&utf16(text, false)), text);
        let mut odd = utf16(text, true);
        odd.push(b'x');
        assert_eq!(plain(&odd), format!("{text}\u{fffd}"));
    }

    #[test]
    fn one_stray_byte_does_not_change_the_encoding() {
        let mut bytes = "Größe, Höhe und Länge der Brücke".as_bytes().to_vec();
        bytes.push(0xff);
        assert_eq!(plain(&bytes), "Größe, Höhe und Länge der Brücke\u{fffd}");
    }

    #[test]
    fn legacy_encodings_are_guessed() {
        let text = "Министр заявил в понедельник, что переговоры будут продолжены.";
        let (bytes, ..) = encoding_rs::WINDOWS_1251.encode(text);
        assert_eq!(plain(&bytes), text);
        assert_eq!(
            plain(b"The minister\x92s word is caf\xe9 talk, he said."),
            "The minister’s word is café talk, he said."
        );
    }

    #[test]
    fn pages_are_decoded_as_declared() {
        let page = b"<meta http-equiv='Content-Type' content='text/html; charset=iso-8859-2'>\xe8\xb9";
        assert!(decode(page.to_vec(), true).ends_with("čš"));
        let stale = "<meta charset=\"iso-8859-1\">naïve".as_bytes();
        assert!(decode(stale.to_vec(), true).ends_with("naïve"));
    }

    #[test]
    fn declarations_contradicted_by_the_bytes_are_ignored() {
        let russian = "Министр заявил в понедельник, что переговоры будут продолжены, сообщает агентство.";
        let czech = "Ministr v pondělí uvedl, že jednání budou pokračovat; podrobnosti řekl později.";
        let japanese = "大臣は月曜日、交渉を続けると述べた。詳細は後日発表される。";
        let page = |charset: &str, encoding: &'static Encoding, text: &str| {
            let (bytes, ..) = encoding.encode(text);
            let mut page = format!("<html><head><meta charset=\"{charset}\"></head><body><p>").into_bytes();
            page.extend_from_slice(&bytes);
            decode(page, true)
        };
        for (charset, encoding, text) in [
            ("utf-8", encoding_rs::WINDOWS_1251, russian),
            ("utf-8", encoding_rs::KOI8_R, russian),
            ("iso-8859-1", encoding_rs::WINDOWS_1251, russian),
            ("windows-1251", encoding_rs::KOI8_R, russian),
            ("koi8-r", encoding_rs::WINDOWS_1251, russian),
            ("utf-8", encoding_rs::WINDOWS_1250, czech),
            ("utf-8", encoding_rs::SHIFT_JIS, japanese),
            ("euc-jp", encoding_rs::SHIFT_JIS, japanese),
            ("gbk", encoding_rs::WINDOWS_1251, russian),
            ("windows-1252", encoding_rs::EUC_JP, japanese),
        ] {
            let read = page(charset, encoding, text);
            assert!(read.ends_with(text), "{} declared as {charset}: {read}", encoding.name());
        }
        // True declarations are followed, also if there is a stray byte.
        for (charset, encoding, text) in [
            ("windows-1251", encoding_rs::WINDOWS_1251, russian),
            ("windows-1250", encoding_rs::WINDOWS_1250, czech),
            ("euc-jp", encoding_rs::EUC_JP, japanese),
            (
                "windows-1252",
                encoding_rs::WINDOWS_1252,
                "Der Minister hat für Montag Gespräche angekündigt, ÖVP und FPÖ",
            ),
        ] {
            assert!(page(charset, encoding, text).ends_with(text), "{charset}");
        }
        let stray =
            [&b"<meta charset=utf-8>Gr\xc3\xb6\xc3\x9fe, H\xc3\xb6he, L\xc3\xa4nge"[..], b" \xff."].concat();
        assert!(decode(stray, true).ends_with("Größe, Höhe, Länge \u{fffd}."));
    }

    #[test]
    fn ascii_at_the_start_does_not_hide_the_encoding() {
        let text = "Министр заявил в понедельник, что переговоры будут продолжены.";
        let (bytes, ..) = encoding_rs::WINDOWS_1251.encode(text);
        let page = [b"<script>x</script>".repeat(HEAD / 10), bytes.into_owned()].concat();
        assert!(decode(page, true).ends_with(text));
    }

    #[test]
    fn encoding_named_by_a_server_is_followed_unless_the_bytes_contradict_it() {
        let text = "Ministr v pondělí uvedl, že jednání budou pokračovat; podrobnosti řekl později.";
        let (bytes, ..) = encoding_rs::WINDOWS_1250.encode(text);
        let page = [b"<meta charset=iso-8859-1>", &*bytes].concat();
        assert!(decode_named(page, true, Some("windows-1250")).ends_with(text));
        let page = [b"<meta charset=windows-1250>", &*bytes].concat();
        for named in ["utf-8", "koi8-r", "no such name"] {
            assert!(decode_named(page.clone(), true, Some(named)).ends_with(text), "{named}");
        }
        assert_eq!(decode_named("naïve".into(), false, Some("iso-8859-1")), "naïve");
    }

    #[test]
    fn stream_is_decoded_from_the_first_byte_that_is_not_ascii() {
        let text = "The minister’s word is café talk, he said. ".repeat(50);
        let (bytes, ..) = encoding_rs::WINDOWS_1252.encode(&text);
        let ascii = "The ferry sails again. ".repeat(HEAD / 10);
        let expected = format!("{ascii}{text}");
        for rest in [bytes.as_ref(), text.as_bytes()] {
            let all = [ascii.as_bytes(), rest].concat();
            let mut read = String::new();
            utf8(&*all, &all[..HEAD], false).read_to_string(&mut read).unwrap();
            assert!(read == expected);
        }
        let marked = ["\u{feff}".as_bytes(), b"a\xffb"].concat();
        let mut read = String::new();
        utf8(&*marked, &marked, false).read_to_string(&mut read).unwrap();
        assert_eq!(read, "a\u{fffd}b");
    }

    #[test]
    fn transcoding_does_not_depend_on_the_size_of_reads() {
        let text = "{\"text\": \"Zürich 東京 😀\"}\n".repeat(5000);
        let mut out = Vec::new();
        let mut stream = transcoder(Cursor::new(utf16(&text, true)), UTF_16LE);
        let mut byte = [0; 1];
        // Single bytes, so that reads end inside characters.
        while out.len() < 100 && stream.read(&mut byte).is_ok_and(|n| n == 1) {
            out.push(byte[0]);
        }
        assert!(stream.read_to_end(&mut out).is_ok());
        assert_eq!(String::from_utf8_lossy(&out), text);
    }
}
