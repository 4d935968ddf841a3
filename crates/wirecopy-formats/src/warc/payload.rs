//! Undoes the codings in which a server sent a page: chunks, gzip, deflate, brotli.
//!
//! Many archives store a page decoded and keep the head as it was sent. The bytes decide whether a coding was applied.

use std::io::Read;

use brotli_decompressor::{BrotliDecoderParameter, Decompressor};
use flate2::bufread::{DeflateDecoder, GzDecoder, ZlibDecoder};
use wirecopy_core::document::Refusal;
use wirecopy_core::document::SkipKind::{Damaged, Limit, Malformed, Unsupported};

use super::head::Head;

/// Most content codings of one page.
const CODINGS: usize = 4;
/// Most members of gzip data.
const MEMBERS: usize = 64;
/// Most bytes of the line before a chunk.
const CHUNK_LINE: usize = 4096;
/// Number of bytes that decide whether data is text or compressed.
const SNIFFED: usize = 512;
/// Size of the buffer of the brotli decoder.
const BUFFER: usize = 1 << 14;

const GZIP: &[u8] = b"\x1f\x8b";
const ZSTD: &[u8] = b"\x28\xb5\x2f\xfd";

/// The content of a page.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Payload {
    pub content: Vec<u8>,
    /// Whether it breaks off.
    pub is_cut: bool,
}

/// Decodes the body of a response, to at most `most` bytes.
///
/// # Errors
/// Why it cannot be decoded.
pub(super) fn decode(body: Vec<u8>, head: &Head, most: u64) -> Result<Payload, Refusal> {
    let mut payload = Payload { content: body, is_cut: false };
    if tokens(head, "transfer-encoding").any(|coding| coding == "chunked") {
        payload.is_cut = join_chunks(&mut payload.content);
    }
    // A transfer coding other than `chunked` is applied before it.
    let mut codings: Vec<String> = tokens(head, "content-encoding").collect();
    codings.extend(tokens(head, "transfer-encoding").filter(|coding| coding != "chunked"));
    codings.retain(|coding| !matches!(coding.as_str(), "identity" | "none"));
    if codings.len() > CODINGS {
        return Err(Malformed.because(format!("a page with more than {CODINGS} content codings")));
    }
    if codings.is_empty() && payload.content.starts_with(GZIP) {
        codings.push("gzip".to_owned());
    }
    for coding in codings.iter().rev() {
        payload = undo(coding, payload, most)?;
    }
    Ok(payload)
}

/// Returns the items of the fields with this name, in lower case.
fn tokens<'a>(head: &'a Head, field: &'a str) -> impl Iterator<Item = String> {
    let items = head.all(field).flat_map(|value| value.split(','));
    items.map(|item| item.trim().to_ascii_lowercase()).filter(|item| !item.is_empty())
}

/// Joins the chunks of a body in place, if it consists of chunks. Returns whether it breaks off.
fn join_chunks(body: &mut Vec<u8>) -> bool {
    let mut from = 0;
    let mut to = 0;
    let is_cut = loop {
        let Some((size, data)) = chunk_line(body, from) else {
            if to == 0 {
                // Not in chunks.
                return false;
            }
            break true;
        };
        if size == 0 {
            break false;
        }
        let end = data.saturating_add(size).min(body.len());
        let is_whole = end - data == size;
        let newline = match body.get(end..).unwrap_or_default() {
            [b'\r', b'\n', ..] => 2,
            [b'\n', ..] => 1,
            _ => 0,
        };
        let is_chunk = newline > 0
            || to > 0
            || if is_whole { end == body.len() } else { !is_text(&body[data..]) || is_markup(&body[data..]) };
        if !is_chunk {
            // The first line looked like the size of a chunk by chance.
            return false;
        }
        body.copy_within(data..end, to);
        to += end - data;
        if newline == 0 {
            break true;
        }
        from = end + newline;
    };
    body.truncate(to);
    is_cut
}

/// Returns the size of the chunk at `at`, and where its data begins.
fn chunk_line(body: &[u8], at: usize) -> Option<(usize, usize)> {
    let rest = body.get(at..)?;
    let window = rest.get(..CHUNK_LINE).unwrap_or(rest);
    let end = memchr::memchr(b'\n', window)?;
    let line = std::str::from_utf8(window.get(..end)?).ok()?;
    let size = line.split(';').next().unwrap_or_default().trim();
    // `from_str_radix` would take a sign.
    if !size.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    Some((usize::from_str_radix(size, 16).ok()?, at + end + 1))
}

/// The result of a decoder.
struct Expanded {
    content: Vec<u8>,
    is_whole: bool,
}

fn undo(coding: &str, payload: Payload, most: u64) -> Result<Payload, Refusal> {
    let bytes = payload.content.as_slice();
    let is_applied = match coding {
        "gzip" | "x-gzip" => bytes.starts_with(GZIP),
        "zstd" => bytes.starts_with(ZSTD),
        _ => !bytes.is_empty() && !is_text(bytes),
    };
    if !is_applied {
        return Ok(payload);
    }
    let expanded = match coding {
        "gzip" | "x-gzip" => gunzip(bytes, most),
        "deflate" => {
            // The standard says zlib, some servers send the bare data.
            let expanded = expand(ZlibDecoder::new(bytes), most);
            if expanded.content.is_empty() && !expanded.is_whole {
                expand(DeflateDecoder::new(bytes), most)
            } else {
                expanded
            }
        }
        "br" => {
            let mut decoder = Decompressor::new(bytes, BUFFER);
            // Not used in HTTP. A few bytes could request a gigabyte.
            decoder.set_parameter(BrotliDecoderParameter::BROTLI_DECODER_PARAM_LARGE_WINDOW, 0);
            expand(decoder, most)
        }
        other => return Err(Unsupported.because(format!("the content coding `{other}` is not supported"))),
    };
    if expanded.content.len() as u64 > most {
        return Err(Limit.because(format!("a page that expands to more than {most} bytes")));
    }
    if expanded.content.is_empty() && !expanded.is_whole {
        return Err(Damaged.because(format!("the compressed data of a page (`{coding}`) is damaged")));
    }
    Ok(Payload { content: expanded.content, is_cut: payload.is_cut || !expanded.is_whole })
}

fn gunzip(bytes: &[u8], most: u64) -> Expanded {
    let mut rest = bytes;
    let mut all = Expanded { content: Vec::new(), is_whole: true };
    for _ in 0..MEMBERS {
        let more = expand(GzDecoder::new(&mut rest), most.saturating_sub(all.content.len() as u64));
        all.content.extend(more.content);
        all.is_whole = more.is_whole;
        // Bytes after the last member are ignored.
        if !all.is_whole || !rest.starts_with(GZIP) || all.content.len() as u64 > most {
            break;
        }
    }
    all
}

/// Reads all that a decoder yields, or one byte more than `most`.
fn expand(decoder: impl Read, most: u64) -> Expanded {
    let mut content = Vec::new();
    let is_whole = decoder.take(most.saturating_add(1)).read_to_end(&mut content).is_ok();
    Expanded { content, is_whole }
}

/// Returns whether text begins with a tag.
fn is_markup(bytes: &[u8]) -> bool {
    bytes.trim_ascii_start().starts_with(b"<")
}

/// Returns whether bytes are text rather than compressed data.
fn is_text(bytes: &[u8]) -> bool {
    let head = bytes.get(..SNIFFED).unwrap_or(bytes);
    let is_odd = |byte: &u8| *byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r' | b'\x0c' | b'\x1b');
    if head.iter().any(is_odd) {
        return false;
    }
    // Text in an old character set is mostly ASCII in its mark-up. Compressed data is not.
    let letters = head.iter().filter(|byte| byte.is_ascii()).count();
    match std::str::from_utf8(head) {
        Ok(_) => true,
        Err(error) if error.error_len().is_none() => true,
        Err(_) => letters * 4 >= head.len() * 3,
    }
}
