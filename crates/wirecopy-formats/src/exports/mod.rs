//! What researchers download: exports of Nexis, Factiva, Europresse and ProQuest, and mail.
//!
//! | module | reads |
//! |---|---|
//! | `recognise`, `quoted` | the start of a file, to tell its form |
//! | `text` | Nexis and Factiva in plain text |
//! | `nexis_html` | Nexis in HTML |
//! | `docx`, `rtf`, `office` | Word and RTF documents: their paragraphs, and the articles of Nexis and Factiva in them |
//! | `nexis` | one article of Nexis |
//! | `factiva_html`, `factiva` | Factiva in HTML, and one article |
//! | `europresse`, `proquest` | Europresse and ProQuest in HTML |
//! | `proquest_text` | ProQuest in plain text |
//! | `mail` | mails, those in them, mailboxes, saved web pages |
//! | `markup`, `wrap`, `days`, `labels`, `tail`, `input`, `article` | what they share |

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
mod proquest_text;
mod quoted;
mod recognise;
mod rtf;
mod tail;
#[cfg(test)]
mod tests;
mod text;
mod wrap;

use crate::{Form, Reader};

pub(crate) use recognise::{form_of, refusal_of};

/// Returns the reader of an export; `None` for other forms.
pub(crate) fn reader(form: Form) -> Option<Reader> {
    Some(match form {
        Form::NexisText => text::read_nexis,
        Form::NexisHtml => nexis_html::read,
        Form::NexisDocx => docx::read,
        Form::NexisRtf | Form::FactivaRtf | Form::Rtf => rtf::read,
        Form::FactivaText => text::read_factiva,
        Form::FactivaHtml => factiva_html::read,
        Form::EuropresseHtml => europresse::read,
        Form::ProQuestText => proquest_text::read,
        Form::ProQuestHtml => proquest::read,
        Form::Mail | Form::SavedPage => mail::read,
        Form::Mbox => mail::read_box,
        _ => return None,
    })
}
