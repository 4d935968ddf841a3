//! Reads the forms in which news is delivered and archived.
//!
//! In: the content of a file and its [`Form`]. Out: one [`Found`] for each item in the file, in order: an [`Item`] with what the
//! form says of it, an archived page, or the reason why an item cannot be read.
//!
//! Files are read as a stream where the form allows it; memory holds one item. No entity is expanded that a document declares
//! itself. Depth and size are limited by [`Limits`]. A bad item does not affect its neighbours.
//!
//! The stable interface is the crate `wirecopy`; this one may change with every version.

#![forbid(unsafe_code)]

#[cfg(feature = "exports")]
mod exports;
mod form;
mod formats;
mod item;
#[cfg(any(feature = "wire", feature = "exports"))]
mod line_ends;
pub mod markup;
mod prolog;
mod warc;
#[cfg(feature = "wire")]
mod wire;
#[cfg(any(feature = "exports", feature = "wire"))]
mod xml;

pub use form::Form;
pub use formats::{FORMATS, Format, Provided};
pub use item::{Body, Emit, Found, Item, Limits, Page, Passed};
pub use prolog::Prolog;
#[cfg(feature = "wire")]
pub use wire::{json_format, json_item};

use std::io::BufRead;
use std::ops::ControlFlow;

use wirecopy_core::document::Refusal;

/// Reads all items of a file and passes each to `emit`, in order. Stops early if `emit` returns `Break`, and returns the same.
///
/// `input` is the decompressed content. It is UTF-8 without a byte order mark, whatever the file declares, unless the form
/// [is binary](Form::is_binary). A file without any item is passed on as one [`Found::Skip`].
pub fn read(form: Form, input: &mut dyn BufRead, limits: Limits, emit: &mut Emit<'_>) -> ControlFlow<()> {
    match reader(form) {
        Some(read) => read(input, limits, emit),
        None => emit(Found::Skip(form.not_built())),
    }
}

/// Returns why a file that begins with `head` is not read, if it is of a kind that is known and holds no articles: a list of
/// references. `None` for everything else.
pub fn refusal_of(head: &[u8]) -> Option<Refusal> {
    #[cfg(feature = "exports")]
    return exports::refusal_of(head);
    #[cfg(not(feature = "exports"))]
    {
        let _ = head;
        None
    }
}

/// Reads all items of a file of one form; see [`read`].
type Reader = fn(&mut dyn BufRead, Limits, &mut Emit<'_>) -> ControlFlow<()>;

/// Returns the reader of a form; `None` if this build lacks it.
fn reader(form: Form) -> Option<Reader> {
    let reader = (form == Form::Warc).then_some(warc::read as Reader);
    #[cfg(feature = "wire")]
    let reader = reader.or_else(|| wire::reader(form));
    #[cfg(feature = "exports")]
    let reader = reader.or_else(|| exports::reader(form));
    reader
}
