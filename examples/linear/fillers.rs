//! Fillers: generators of text of one kind and of any length.

use std::sync::LazyLock;

use crate::files::FILES;
use crate::texts::TEXTS;

/// Every filler.
pub(crate) static FILLERS: LazyLock<Vec<Filler>> = LazyLock::new(|| [TEXTS, FILES].concat());

/// Where a filler is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// As the text of an article, in every format.
    Text,
    /// As a whole file, with this extension.
    File(&'static str),
}

/// A way to fill a document.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Filler {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    /// Whether the short check includes it, as one of its group.
    pub(crate) short: bool,
    parts: Parts,
}

/// How a filler is generated.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Parts {
    /// One piece, repeated.
    Same(&'static str),
    /// One piece, repeated between a start and an end.
    Within(&'static str, &'static str, &'static str),
    /// Different pieces between a start and an end: `#` is replaced by the number of the piece, spelt as a word.
    Counted(&'static str, &'static str, &'static str),
    /// A start, one piece repeated, a separator, and another piece repeated.
    Halves(&'static str, &'static str, &'static str, &'static str),
    /// Opening pieces, an inner part, and as many closing pieces.
    Nested(&'static str, &'static str, &'static str),
}

impl Filler {
    /// Generates about `bytes` bytes.
    pub(crate) fn make(&self, bytes: usize) -> String {
        match self.parts {
            Parts::Same(piece) => piece.repeat(bytes / piece.len()),
            Parts::Within(start, piece, end) => format!("{start}{}{end}", piece.repeat(bytes / piece.len())),
            Parts::Counted(start, piece, end) => {
                let mut out = start.to_owned();
                let mut number = 0_usize;
                while out.len() < bytes {
                    out.push_str(&piece.replace('#', &in_letters(number)));
                    number += 1;
                }
                out + end
            }
            Parts::Halves(start, first, between, second) => {
                let half = |piece: &str| piece.repeat(bytes / 2 / piece.len());
                format!("{start}{}{between}{}", half(first), half(second))
            }
            Parts::Nested(open, inner, close) => {
                let times = bytes / (open.len() + close.len());
                format!("{}{inner}{}", open.repeat(times), close.repeat(times))
            }
        }
    }
}

/// Spells a number as a pronounceable word that is unique to it.
fn in_letters(number: usize) -> String {
    let mut out = String::new();
    let mut rest = number * 7 + 3;
    while rest > 0 {
        out.push(char::from(b"bdfgklmnprstvz"[rest % 14]));
        out.push(char::from(b"aeiou"[rest / 14 % 5]));
        rest /= 70;
    }
    out
}

pub(crate) const fn same(name: &'static str, piece: &'static str) -> Filler {
    Filler { name, kind: Kind::Text, short: false, parts: Parts::Same(piece) }
}

pub(crate) const fn counted(name: &'static str, piece: &'static str) -> Filler {
    Filler { name, kind: Kind::Text, short: false, parts: Parts::Counted("", piece, "") }
}

pub(crate) const fn nested(
    name: &'static str,
    open: &'static str,
    inner: &'static str,
    close: &'static str,
) -> Filler {
    Filler { name, kind: Kind::Text, short: false, parts: Parts::Nested(open, inner, close) }
}

pub(crate) const fn file(ending: &'static str, name: &'static str, parts: Parts) -> Filler {
    Filler { name, kind: Kind::File(ending), short: false, parts }
}

pub(crate) const fn short(filler: Filler) -> Filler {
    Filler { short: true, ..filler }
}
