//! What researchers download: exports of Nexis, Factiva, Europresse and ProQuest, and mail.
//!
//! | module | reads |
//! |---|---|
//! | `recognise` | the start of a file, to tell its form |
//! | `text`, `nexis_html` | Nexis in plain text and HTML |
//! | `docx`, `rtf`, `office` | Word and RTF documents: their paragraphs, and the articles of Nexis and Factiva in them |
//! | `nexis` | one article of Nexis |
//! | `factiva_html`, `factiva` | Factiva in HTML, and one article |
//! | `europresse`, `proquest` | the same services in HTML |
//! | `mail` | mails, mailboxes, saved web pages |
//! | `markup`, `wrap`, `days`, `labels`, `input`, `article` | what they share |

mod article;
mod code_pages;
mod days;
mod docx;
mod europresse;
mod factiva;
mod factiva_html;
mod input;
mod labels;
mod mail;
mod markup;
mod nexis;
mod nexis_html;
mod office;
mod proquest;
mod recognise;
mod rtf;
#[cfg(test)]
mod tests;
mod text;
mod wrap;

use crate::{Form, Reader};

pub(crate) use recognise::form_of;

/// Returns the reader of an export; `None` for other forms.
pub(crate) fn reader(form: Form) -> Option<Reader> {
    Some(match form {
        Form::NexisText => text::read,
        Form::NexisHtml => nexis_html::read,
        Form::NexisDocx => docx::read,
        Form::NexisRtf | Form::FactivaRtf => rtf::read,
        Form::FactivaHtml => factiva_html::read,
        Form::EuropresseHtml => europresse::read,
        Form::ProQuestHtml => proquest::read,
        Form::Mail => mail::read,
        Form::Mbox => mail::read_box,
        _ => return None,
    })
}
