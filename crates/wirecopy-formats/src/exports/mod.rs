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

use std::io::BufRead;
use std::ops::ControlFlow;

use crate::{Emit, Form, Limits};

pub(crate) use recognise::form_of;

/// Reads an export.
pub(crate) fn read(
    form: Form,
    input: &mut dyn BufRead,
    limits: Limits,
    emit: &mut Emit<'_>,
) -> ControlFlow<()> {
    match form {
        Form::NexisText => text::read(input, limits, emit),
        Form::NexisHtml => nexis_html::read(input, limits, emit),
        Form::NexisDocx => docx::read(input, limits, emit),
        Form::NexisRtf | Form::FactivaRtf => rtf::read(input, limits, emit),
        Form::FactivaHtml => factiva_html::read(input, limits, emit),
        Form::EuropresseHtml => europresse::read(input, limits, emit),
        Form::ProQuestHtml => proquest::read(input, limits, emit),
        Form::Mail => mail::read(input, limits, emit),
        Form::Mbox => mail::read_box(input, limits, emit),
        _ => ControlFlow::Continue(()),
    }
}
