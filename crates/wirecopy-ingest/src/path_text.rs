//! Converts paths to text and back: file names need not be UTF-8, but reports are.
//!
//! A path in UTF-8 is unchanged. In a name that is not, each invalid byte becomes `%XX`, and `%` becomes `%25`. The few UTF-8
//! names that look like the result are escaped in the same way, so that the conversion is reversible.
//!
//! Why this is hand-made: the percent-encoding of URLs would escape every non-ASCII name.

use std::path::{Path, PathBuf};

/// Returns a path as reports show it. [`path_of`] is the inverse.
pub fn shown(path: &Path) -> String {
    match path.to_str() {
        Some(text) if !text.contains('%') => text.to_owned(),
        _ => of_parts(path.as_os_str().as_encoded_bytes(), |part, out| match std::str::from_utf8(part) {
            Ok(text) if !looks_escaped(text) => out.push_str(text),
            _ => escape(part, out),
        }),
    }
}

/// Returns a name as used in ids: as by [`shown`], but names in UTF-8 are never escaped, because an id need not lead back to its
/// file.
pub(super) fn for_id(name: &std::ffi::OsStr) -> String {
    name.to_str().map_or_else(
        || {
            let mut out = String::new();
            escape(name.as_encoded_bytes(), &mut out);
            out
        },
        str::to_owned,
    )
}

/// Returns the path that [`shown`] converted to this text.
#[cfg(unix)]
pub fn path_of(shown: &str) -> PathBuf {
    use std::os::unix::ffi::OsStringExt;
    if !shown.contains('%') {
        return PathBuf::from(shown);
    }
    let mut out = Vec::with_capacity(shown.len());
    for (at, part) in shown.split('/').enumerate() {
        if at > 0 {
            out.push(b'/');
        }
        let bytes = unescaped(part);
        let is_escaped = std::str::from_utf8(&bytes).map_or(true, looks_escaped);
        out.extend_from_slice(if is_escaped { &bytes } else { part.as_bytes() });
    }
    PathBuf::from(std::ffi::OsString::from_vec(out))
}

/// Returns the path that [`shown`] converted to this text. On this system, names that are not Unicode cannot be restored.
#[cfg(not(unix))]
pub fn path_of(shown: &str) -> PathBuf {
    PathBuf::from(shown)
}

fn of_parts(bytes: &[u8], each: impl Fn(&[u8], &mut String)) -> String {
    let mut out = String::with_capacity(bytes.len());
    for (at, part) in bytes.split(|&byte| byte == b'/').enumerate() {
        if at > 0 {
            out.push('/');
        }
        each(part, &mut out);
    }
    out
}

fn escape(part: &[u8], out: &mut String) {
    for chunk in part.utf8_chunks() {
        out.push_str(&chunk.valid().replace('%', "%25"));
        for byte in chunk.invalid() {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
}

/// Returns whether a UTF-8 name looks escaped: repeated unescaping leads to a name that is not UTF-8.
fn looks_escaped(name: &str) -> bool {
    if !cfg!(unix) || !name.contains('%') {
        return false;
    }
    let mut name = name.as_bytes().to_vec();
    loop {
        let Ok(text) = std::str::from_utf8(&name) else { return true };
        let shorter = unescaped(text);
        if shorter == name {
            return false;
        }
        name = shorter;
    }
}

/// Replaces each `%XX` in upper case by its byte.
fn unescaped(part: &str) -> Vec<u8> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    };
    let bytes = part.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let code = match bytes.get(at + 1..at + 3) {
            Some(&[high, low]) if byte == b'%' => digit(high).zip(digit(low)),
            _ => None,
        };
        match code {
            // NUL and `/` do not occur in names.
            Some((high, low)) if !matches!(high << 4 | low, 0 | b'/') => {
                out.push(high << 4 | low);
                at += 3;
            }
            _ => {
                out.push(byte);
                at += 1;
            }
        }
    }
    out
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::ffi::OsStrExt;

    use proptest::prelude::*;

    use super::*;

    const PARTS: &[&[u8]] =
        &[b"%", b"%25", b"%E9", b"2", b"5", b"E9", b"\xe9", b"\xc3", b"\xa9", b"%C3", b"%A9", b"/", b"a"];

    fn path(bytes: &[u8]) -> &Path {
        Path::new(std::ffi::OsStr::from_bytes(bytes))
    }

    #[test]
    fn utf8_names_are_unchanged_and_other_bytes_are_escaped() {
        for (bytes, text) in [
            (&b"news/caf\xc3\xa9.txt"[..], "news/café.txt"),
            (b"news/100%.txt", "news/100%.txt"),
            (b"news/a%20b%C3%A9.html", "news/a%20b%C3%A9.html"),
            (b"caf\xe9/50% \xff.txt", "caf%E9/50%25 %FF.txt"),
            (b"caf%E9.txt", "caf%25E9.txt"),
            (b"caf%25E9.txt", "caf%2525E9.txt"),
            (b"/%2F%00", "/%2F%00"),
        ] {
            assert_eq!(shown(path(bytes)), text);
            assert_eq!(path_of(text), path(bytes));
        }
        assert_eq!(for_id(path(b"caf%E9 \xe9").as_os_str()), "caf%25E9 %E9");
        assert_eq!(for_id(path(b"caf%E9").as_os_str()), "caf%E9");
    }

    proptest! {
        #[test]
        fn every_path_is_restored(parts in prop::collection::vec(prop::sample::select(PARTS), 0..12)) {
            let bytes = parts.concat();
            prop_assert_eq!(path_of(&shown(path(&bytes))), path(&bytes));
        }

        #[test]
        fn different_paths_have_different_texts(
            a in prop::collection::vec(prop::sample::select(&b"%25E\xe9"[..]), 0..9),
            b in prop::collection::vec(prop::sample::select(&b"%25E\xe9"[..]), 0..9),
        ) {
            prop_assert_eq!(a == b, shown(path(&a)) == shown(path(&b)));
        }
    }
}
