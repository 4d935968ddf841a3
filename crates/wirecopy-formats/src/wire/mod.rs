//! What agencies send and sites publish: NewsML, NITF, ninjs, feeds, IPTC 7901, ANPA 1312, telex.
//!
//! | module | does |
//! |---|---|
//! | `detect` | recognises the forms that are XML |
//! | `newsml1`, `newsml_g2`, `nitf` | read what agencies send as XML |
//! | `rss`, `atom`, `wxr`, `feed` | read feeds and the export of WordPress |
//! | `factiva` | reads the XML of Factiva |
//! | `iptc7901`, `anpa`, `telex`, `transmission` | read what agencies send as text |
//! | `ninjs`, `digitalwires` | read JSON objects |
//! | `fields`, `body`, `clean`, `words`, `sign_off`, `encoded`, `tree` | are shared: what a header says, and the text |

mod anpa;
mod atom;
mod body;
mod clean;
mod detect;
mod digitalwires;
mod encoded;
mod factiva;
mod feed;
mod fields;
mod iptc7901;
mod newsml1;
mod newsml_g2;
mod ninjs;
mod nitf;
mod rss;
mod sign_off;
mod telex;
#[cfg(test)]
mod tests;
mod transmission;
mod tree;
mod words;
mod wxr;

use wirecopy_core::document::Refusal;

use crate::line_ends::with_line_feeds;
use crate::{Form, Item, Reader};

/// Returns the reader of a wire form; `None` for other forms.
pub(crate) fn reader(form: Form) -> Option<Reader> {
    Some(match form {
        Form::NewsMl1 => newsml1::read,
        Form::NewsMlG2 => newsml_g2::read,
        Form::Nitf => nitf::read,
        Form::Rss => rss::read,
        Form::Atom => atom::read,
        Form::Wxr => wxr::read,
        Form::FactivaXml => factiva::read,
        Form::Iptc7901 => iptc7901::read,
        Form::Anpa1312 => anpa::read,
        Form::Telex => telex::read,
        _ => return None,
    })
}

/// Returns the form of a text that begins with `head`.
pub(crate) fn form_of(head: &[u8]) -> Option<Form> {
    detect::form_of(head).or_else(|| {
        let lines = with_line_feeds(head);
        let text = transmission::text_of(&lines);
        if iptc7901::is(&text) {
            Some(Form::Iptc7901)
        } else if anpa::is(&text) {
            Some(Form::Anpa1312)
        } else {
            telex::is(&text).then_some(Form::Telex)
        }
    })
}

/// Returns the name of the format of a JSON object that is an item of ninjs or of dpa's digitalwires, readable or not; `None` if
/// the object is something else.
pub fn json_format(json: &str) -> Option<&'static str> {
    if digitalwires::is(json) { Some("digitalwires") } else { ninjs::is(json).then_some("ninjs") }
}

/// Reads an item of ninjs or of dpa's digitalwires from a JSON object; `None` if the object is something else.
pub fn json_item(json: &str) -> Option<Result<Item, Refusal>> {
    digitalwires::item(json).or_else(|| ninjs::item(json))
}
