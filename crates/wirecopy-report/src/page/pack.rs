//! Encodes data for the page: JSON that cannot close its element, and compressed blocks that the page unpacks on demand.

use std::io::{self, Write};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
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
    Ok(BASE64_STANDARD.encode(encoder.finish()?))
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

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
        let decoded = BASE64_STANDARD.decode(packed).unwrap();
        let mut out = String::new();
        flate2::read::DeflateDecoder::new(&decoded[..]).read_to_string(&mut out).unwrap();
        assert_eq!(out, text);
    }
}
