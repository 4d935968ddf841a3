//! The forms that can be read.

use wirecopy_core::document::{Refusal, SkipKind};

use crate::formats::{FORMATS, Format};
use crate::warc;

/// A form in which news is delivered or archived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Form {
    /// NewsML 1.0 to 1.2, one or more items.
    NewsMl1,
    /// NewsML-G2: a news item, a package, or a message of several.
    NewsMlG2,
    /// NITF, the News Industry Text Format.
    Nitf,
    /// RSS, with `content:encoded` where it has it.
    Rss,
    /// Atom.
    Atom,
    /// WXR, the export of WordPress.
    Wxr,
    /// The XML of Factiva.
    FactivaXml,
    /// IPTC 7901, as dpa and others send it.
    Iptc7901,
    /// ANPA 1312, as AP sends it.
    Anpa1312,
    /// Messages of a teleprinter, from `ZCZC` to `NNNN`.
    Telex,
    /// Nexis and LexisNexis: text.
    NexisText,
    /// Nexis and LexisNexis: HTML.
    NexisHtml,
    /// Nexis Uni: a Word document (DOCX).
    NexisDocx,
    /// Nexis: RTF.
    NexisRtf,
    /// RTF whose beginning does not say what it is: its articles are read if it is an export.
    Rtf,
    /// Factiva: text.
    FactivaText,
    /// Factiva: HTML.
    FactivaHtml,
    /// Factiva: RTF.
    FactivaRtf,
    /// Europresse: HTML.
    EuropresseHtml,
    /// ProQuest: text.
    ProQuestText,
    /// ProQuest: HTML.
    ProQuestHtml,
    /// A mail (MIME), also one that holds an export or other mails.
    Mail,
    /// A web page that a browser saved as a mail (MHTML).
    SavedPage,
    /// A mailbox of mails (mbox).
    Mbox,
    /// A web archive (WARC), or the text of one (WET).
    Warc,
}

impl Form {
    /// All forms.
    pub const ALL: [Self; 25] = [
        Self::NewsMl1,
        Self::NewsMlG2,
        Self::Nitf,
        Self::Rss,
        Self::Atom,
        Self::Wxr,
        Self::FactivaXml,
        Self::Iptc7901,
        Self::Anpa1312,
        Self::Telex,
        Self::NexisText,
        Self::NexisHtml,
        Self::NexisDocx,
        Self::NexisRtf,
        Self::Rtf,
        Self::FactivaText,
        Self::FactivaHtml,
        Self::FactivaRtf,
        Self::EuropresseHtml,
        Self::ProQuestText,
        Self::ProQuestHtml,
        Self::Mail,
        Self::SavedPage,
        Self::Mbox,
        Self::Warc,
    ];

    /// Returns the name of the form in messages and tables.
    pub fn name(self) -> &'static str {
        self.row().map_or("", |row| row.name)
    }

    /// Returns whether readers need the bytes as they are, because the form has character sets or binary parts of its own.
    pub fn is_binary(self) -> bool {
        matches!(
            self,
            Self::NexisDocx
                | Self::NexisRtf
                | Self::FactivaRtf
                | Self::Rtf
                | Self::Mail
                | Self::SavedPage
                | Self::Mbox
                | Self::Warc
        )
    }

    /// Returns whether it is XML or HTML, which can declare its character set.
    pub fn is_markup(self) -> bool {
        matches!(
            self,
            Self::NewsMl1
                | Self::NewsMlG2
                | Self::Nitf
                | Self::Rss
                | Self::Atom
                | Self::Wxr
                | Self::FactivaXml
                | Self::NexisHtml
                | Self::FactivaHtml
                | Self::EuropresseHtml
                | Self::ProQuestHtml
        )
    }

    /// Returns the form of content that begins with `head`: some 8 KB, decompressed, as it is. `None` if it is something else.
    ///
    /// Forms that this build cannot read are recognised where a few bytes reveal them.
    pub fn of_content(head: &[u8]) -> Option<Self> {
        if warc::is_warc(head) {
            return Some(Self::Warc);
        }
        #[cfg(feature = "wire")]
        if let Some(form) = crate::wire::form_of(head) {
            return Some(form);
        }
        #[cfg(feature = "exports")]
        if let Some(form) = crate::exports::form_of(head) {
            return Some(form);
        }
        #[cfg(not(feature = "exports"))]
        if head.starts_with(b"{\\rtf") {
            return Some(Self::Rtf);
        } else if head.starts_with(b"PK") && memchr::memmem::find(head, b"word/").is_some() {
            return Some(Self::NexisDocx);
        }
        None
    }

    /// Returns why a build without the feature of the form skips a file.
    pub(crate) fn not_built(self) -> Refusal {
        let feature = self.row().and_then(|row| row.feature).unwrap_or_default();
        SkipKind::Unsupported.because(format!("built without the feature `{feature}`"))
    }

    /// Returns the row of the form in the table of formats, which has every form.
    fn row(self) -> Option<&'static Format> {
        FORMATS.iter().find(|format| format.form == Some(self))
    }
}
