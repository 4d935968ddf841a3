//! Bounded reading: whole files and lines.

use std::io::{self, BufRead, Read};

use wirecopy_core::document::{Refusal, SkipKind};

use crate::Limits;

/// Reads a file as a whole.
///
/// # Errors
/// The file is longer than [`Limits::item_bytes`], or it cannot be read.
pub(super) fn whole(input: &mut dyn BufRead, limits: Limits) -> Result<Vec<u8>, Refusal> {
    let mut bytes = Vec::new();
    let mut bounded = input.take(limits.item_bytes.saturating_add(1));
    bounded.read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
    if bytes.len() as u64 > limits.item_bytes {
        let reason =
            format!("an export of over {} bytes that can only be read as a whole", limits.item_bytes);
        return Err(SkipKind::TooLarge.because(reason));
    }
    Ok(bytes)
}

/// Reads a file of text as a whole.
///
/// # Errors
/// As for [`whole`].
pub(super) fn text(input: &mut dyn BufRead, limits: Limits) -> Result<String, Refusal> {
    let bytes = whole(input, limits)?;
    Ok(String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
}

/// Reads a line with its end into `line`, which is cleared before. A longer one than `most` bytes is cut in pieces. Returns
/// `false` at the end of the file.
///
/// # Errors
/// The file cannot be read.
pub(super) fn line(input: &mut dyn BufRead, most: u64, line: &mut Vec<u8>) -> Result<bool, Refusal> {
    line.clear();
    let read = input.take(most.max(1)).read_until(b'\n', line);
    read.map(|length| length > 0).map_err(|error| unreadable(&error))
}

/// Returns why a file cannot be read on.
pub(super) fn unreadable(error: &io::Error) -> Refusal {
    SkipKind::Damaged.because(format!("the rest of the file cannot be read: {error}"))
}

/// Returns why an article is not read.
pub(super) fn too_large(limits: Limits) -> Refusal {
    SkipKind::TooLarge.because(format!("an item of over {} bytes", limits.item_bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_is_read_up_to_the_limit() {
        let limits = Limits { item_bytes: 4, depth: 9 };
        assert_eq!(whole(&mut &b"1234"[..], limits).as_deref(), Ok(&b"1234"[..]));
        assert_eq!(
            whole(&mut &b"12345"[..], limits).map_err(|refusal| refusal.kind),
            Err(SkipKind::TooLarge)
        );
    }

    #[test]
    fn long_lines_are_cut_in_pieces() {
        let (mut input, mut buffer, mut lines) = (&b"123456\n\n7"[..], Vec::new(), Vec::new());
        while line(&mut input, 4, &mut buffer) == Ok(true) {
            lines.push(String::from_utf8(buffer.clone()).unwrap());
        }
        assert_eq!(lines, ["1234", "56\n", "\n", "7"]);
    }
}
