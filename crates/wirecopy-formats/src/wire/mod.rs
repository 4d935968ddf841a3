//! What agencies send and sites publish: NewsML, NITF, ninjs, feeds, IPTC 7901, ANPA 1312.
//!
//! | module | does |
//! |---|---|
//! | `detect` | recognises the forms that are XML |
//! | `newsml1`, `newsml_g2`, `nitf` | read what agencies send as XML |
//! | `rss`, `atom`, `wxr` | read feeds and the export of WordPress |
//! | `factiva` | reads the XML of Factiva |
//! | `ninjs`, `digitalwires` | read JSON objects |
//! | `fields`, `body`, `clean`, `words` | are shared: what a header says, and the text |

mod atom;
mod body;
mod clean;
mod detect;
mod digitalwires;
mod factiva;
mod fields;
mod newsml1;
mod newsml_g2;
mod ninjs;
mod nitf;
mod rss;
#[cfg(test)]
mod tests;
mod words;
mod wxr;

use std::io::BufRead;
use std::ops::ControlFlow;

use wirecopy_core::document::Refusal;
use wirecopy_core::document::SkipKind::Unsupported;

use crate::{Emit, Form, Found, Item, Limits};

/// Reads a file of a wire form.
pub(crate) fn read(
    form: Form,
    input: &mut dyn BufRead,
    limits: Limits,
    emit: &mut Emit<'_>,
) -> ControlFlow<()> {
    match form {
        Form::NewsMl1 => newsml1::read(input, limits, emit),
        Form::NewsMlG2 => newsml_g2::read(input, limits, emit),
        Form::Nitf => nitf::read(input, limits, emit),
        Form::Rss => rss::read(input, limits, emit),
        Form::Atom => atom::read(input, limits, emit),
        Form::Wxr => wxr::read(input, limits, emit),
        Form::FactivaXml => factiva::read(input, limits, emit),
        _ => emit(Found::Skip(Unsupported.because("this form cannot be read"))),
    }
}

/// Returns the form of a text that begins with `head`.
pub(crate) fn form_of(head: &[u8]) -> Option<Form> {
    detect::form_of(head)
}

/// Reads an item of ninjs or of dpa's digitalwires from a JSON object; `None` if the object is something else.
pub fn json_item(json: &str) -> Option<Result<Item, Refusal>> {
    digitalwires::item(json).or_else(|| ninjs::item(json))
}
