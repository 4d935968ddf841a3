//! Decodes a text that is embedded in XML as base64.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use memchr::memmem;
use wirecopy_core::document::Refusal;
use wirecopy_core::document::SkipKind::{Malformed, Unsupported};

use super::words::attribute;

/// Standard base64, with or without `=` at its end.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);
/// Bytes at the beginning in which a text declares its character set.
const HEAD: usize = 1024;

/// Returns whether a media type is that of a text, HTML or XML.
pub(super) fn is_text_type(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_text = essence.starts_with("text/") && !essence.contains("rtf");
    is_text || essence.contains("html") || essence.ends_with("xml")
}

/// Returns the text in base64 of this media type, in the character set that it declares unless its bytes contradict.
///
/// # Errors
/// If it is not base64, or not a text.
pub(super) fn text(base64: &str, media_type: &str) -> Result<String, Refusal> {
    let digits: Vec<u8> = base64.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let Ok(bytes) = BASE64.decode(digits) else {
        return Err(Malformed.because("its text is declared as base64 and is something else"));
    };
    let encoding = Encoding::for_bom(&bytes).map_or_else(|| encoding(&bytes, media_type), |(own, _)| own);
    let (text, ..) = encoding.decode(&bytes);
    if text.contains('\0') {
        return Err(Unsupported.because("its text is declared as such and is binary data"));
    }
    Ok(text.into_owned())
}

/// Returns the character set of a text without a byte order mark.
fn encoding(bytes: &[u8], media_type: &str) -> &'static Encoding {
    // Hardly any text in another character set is valid UTF-8, except for one in escape sequences.
    if std::str::from_utf8(bytes).is_ok() && !bytes.contains(&0x1b) {
        return UTF_8;
    }
    let of_type = media_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches(['"', '\'']))
    });
    let head = String::from_utf8_lossy(bytes.get(..HEAD).unwrap_or(bytes));
    let declared = || {
        let at = memmem::find(head.as_bytes(), b"<?xml")?;
        attribute(head.get(at..)?.split('>').next()?, "encoding")
    };
    let label = of_type.or_else(declared).unwrap_or_default();
    Encoding::for_label(label.as_bytes()).filter(|encoding| *encoding != UTF_8).unwrap_or(WINDOWS_1252)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn encoded(bytes: &[u8]) -> String {
        BASE64.encode(bytes)
    }

    #[test]
    fn text_is_decoded_in_its_character_set() {
        let latin = &b"caf\xe9"[..];
        for (bytes, media_type, expected) in [
            ("café".as_bytes(), "text/plain", "café"),
            (&b"\xef\xbb\xbfcaf\xc3\xa9"[..], "text/plain", "café"),
            (&b"\xff\xfec\0a\0"[..], "text/plain", "ca"),
            (latin, "text/plain; charset=\"iso-8859-1\"", "café"),
            (latin, "text/html", "café"),
            (latin, "text/plain;charset=utf-8", "café"),
            (&b"\xec\xe8\xf0"[..], "text/plain; Charset=windows-1251", "мир"),
            ("café".as_bytes(), "text/plain;charset=iso-8859-1", "café"),
            (
                &b"<?xml version='1.0' encoding='koi8-r'?>\xcd\xc9\xd2"[..],
                "text/xml",
                "<?xml version='1.0' encoding='koi8-r'?>мир",
            ),
        ] {
            assert_eq!(text(&encoded(bytes), media_type).unwrap(), expected, "{media_type}");
        }
    }

    #[test]
    fn line_ends_and_missing_padding_are_accepted() {
        assert_eq!(text("\n  RmVy\r\n  cnk ", "text/plain").unwrap(), "Ferry");
        assert_eq!(text("RmVycnk=", "text/plain").unwrap(), "Ferry");
    }

    #[test]
    fn other_data_is_refused() {
        let reason = |data: &str| text(data, "text/plain").unwrap_err().reason;
        assert_eq!(reason("The ferry sails."), "its text is declared as base64 and is something else");
        assert_eq!(reason(&encoded(b"\x89PNG\0\0\0\r")), "its text is declared as such and is binary data");
    }

    #[test]
    fn types_of_text_are_known() {
        for media_type in [
            "text/plain",
            "Text/HTML; charset=x",
            "application/xhtml+xml",
            "application/nitf+xml",
            "text/vnd.IPTC.NITF",
        ] {
            assert!(is_text_type(media_type), "{media_type}");
        }
        for media_type in [
            "",
            "application/pdf",
            "text/rtf",
            "image/png",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ] {
            assert!(!is_text_type(media_type), "{media_type}");
        }
    }

    proptest! {
        #[test]
        fn any_input_is_handled_without_panic(data in "[A-Za-z0-9+/= é]{0,40}", media_type in "[a-z/;= \"]{0,20}") {
            let _ = text(&data, &media_type);
        }
    }
}
