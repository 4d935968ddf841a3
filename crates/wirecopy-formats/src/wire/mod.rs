//! What agencies send and sites publish: NewsML, NITF, ninjs, feeds, IPTC 7901, ANPA 1312.

mod anpa;
mod iptc7901;
mod transmission;

use std::io::BufRead;
use std::ops::ControlFlow;

use wirecopy_core::document::Refusal;

use crate::{Emit, Form, Item, Limits};

/// Reads a file of a wire form.
pub(crate) fn read(
    form: Form,
    input: &mut dyn BufRead,
    limits: Limits,
    emit: &mut Emit<'_>,
) -> ControlFlow<()> {
    match form {
        Form::Iptc7901 => iptc7901::read(input, limits, emit),
        Form::Anpa1312 => anpa::read(input, limits, emit),
        _ => ControlFlow::Continue(()),
    }
}

/// Returns the form of a text that begins with `head`.
pub(crate) fn form_of(head: &[u8]) -> Option<Form> {
    if iptc7901::is(head) {
        return Some(Form::Iptc7901);
    }
    if anpa::is(head) {
        return Some(Form::Anpa1312);
    }
    None
}

/// Reads an item of ninjs or of dpa's digitalwires from a JSON object; `None` if the object is something else.
pub fn json_item(json: &str) -> Option<Result<Item, Refusal>> {
    let _ = json;
    None
}
