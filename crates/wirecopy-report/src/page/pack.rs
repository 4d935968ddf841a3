//! Encodes data for the page: JSON that cannot close its element, and compressed blocks that the page unpacks on demand.

use std::io::{self, Write};

use flate2::Compression;
use flate2::write::DeflateEncoder;
use serde::Serialize;

/// Serialises `value` as JSON without `<`, so that no text in it can close its script element or open a comment.
pub(super) fn json(value: &impl Serialize) -> io::Result<String> {
    Ok(serde_json::to_string(value)?.replace('<', "\\u003c"))
}

/// Compresses `bytes` to raw DEFLATE in Base64, for `DecompressionStream("deflate-raw")`.
pub(super) fn packed(bytes: &[u8]) -> io::Result<String> {
    let mut encoder = DeflateEncoder::new(Vec::with_capacity(bytes.len() / 3), Compression::new(8));
    encoder.write_all(bytes)?;
    Ok(base64(&encoder.finish()?))
}

/// Encodes `bytes` in Base64 (RFC 4648) with padding.
pub(super) fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let bits = group.iter().fold(0u32, |n, &byte| n << 8 | u32::from(byte)) << (8 * (3 - group.len()));
        for at in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * at)) as usize & 63];
            out.push(if at <= group.len() { char::from(letter) } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn base64_agrees_with_rfc_4648() {
        let vectors = [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")];
        for (plain, coded) in vectors {
            assert_eq!(base64(plain.as_bytes()), coded);
        }
        assert_eq!(base64(&[0xfb, 0xff, 0xfe]), "+//+");
    }

    #[test]
    fn json_contains_no_markup_and_parses_back() {
        let hostile = "</script><script>alert(1)</script><!--";
        let json = json(&hostile).unwrap();
        assert!(!json.contains('<'));
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), hostile);
    }

    #[test]
    fn packed_data_is_raw_deflate() {
        let text = "The harbour board voted on Tuesday. ".repeat(50);
        let packed = packed(text.as_bytes()).unwrap();
        assert!(packed.len() < text.len() / 4);
        let decoded: Vec<u8> = {
            let value = |c: u8| match c {
                b'A'..=b'Z' => c - b'A',
                b'a'..=b'z' => c - b'a' + 26,
                b'0'..=b'9' => c - b'0' + 52,
                b'+' => 62,
                _ => 63,
            };
            let bits: Vec<u8> = packed
                .trim_end_matches('=')
                .bytes()
                .flat_map(|c| (0..6).rev().map(move |at| value(c) >> at & 1))
                .collect();
            bits.chunks_exact(8).map(|byte| byte.iter().fold(0, |n, bit| n << 1 | bit)).collect()
        };
        let mut out = String::new();
        flate2::read::DeflateDecoder::new(&decoded[..]).read_to_string(&mut out).unwrap();
        assert_eq!(out, text);
    }
}
