//! What is known of a document besides its tokens, as bytes and as the few numbers that joins need.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::damaged;
use crate::candidates::bands::{Text, stamp};
use crate::document::{Header, Metadata};
use crate::engine::{Read, published_at};
use crate::ids::{Claim, Ids, Rank};
use crate::score::LanguageKey;
use crate::sources::{item_key, source_key};
use crate::text::credit::Credit;
use crate::text::{NoArticle, Tokens};
use crate::{Error, Result};

/// What is known of a document besides its tokens.
#[derive(Clone, Debug, PartialEq)]
pub struct Described {
    /// Its header.
    pub header: Header,
    /// The agencies that it credits.
    pub credits: Vec<Credit>,
    /// The terms of its headline.
    pub headline: Vec<u32>,
    /// Whether it is labelled as a periodically updated document.
    pub periodically_updated: bool,
    /// Why it holds no article, if it does not.
    pub no_article: Option<NoArticle>,
}

/// The numbers of a document that joins and sums need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Hash of its words in order. Changes when boilerplate is removed.
    pub words: u64,
    /// Number for its date and delivered item; see [`Facts::text`].
    pub stamp: u64,
    /// Hash of its source.
    pub source: u64,
    /// Its language.
    pub language: LanguageKey,
    /// Hash of the delivered item that it is a version of, if any.
    pub item: Option<u64>,
    /// Whether it holds an article. Others are copies of nothing.
    pub is_article: bool,
}

impl Facts {
    /// Identifies the text: documents with the same words and stamp are copies of the same documents.
    pub fn text(&self) -> Text {
        Text::new(self.words, self.stamp)
    }
}

/// The form as bytes: JSON.
#[derive(Serialize, Deserialize)]
struct Written<'a> {
    id: Cow<'a, str>,
    path: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    record: Option<u64>,
    bytes: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    duplicate_id: Option<Cow<'a, str>>,
    fallback: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "is_zero")]
    lost_letters: u64,
    meta: Cow<'a, Metadata>,
    #[serde(default, skip_serializing_if = "<[Credit]>::is_empty")]
    credits: Cow<'a, [Credit]>,
    #[serde(default, skip_serializing_if = "<[u32]>::is_empty")]
    headline: Cow<'a, [u32]>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    periodically_updated: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    no_article: Option<NoArticle>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "the form that serde calls")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl Described {
    /// Returns the description of a prepared document, and its tokens.
    pub fn of(header: Header, read: Read) -> (Self, Tokens) {
        let Read { tokens, keys: _, credits, periodically_updated, headline, no_article, text: _ } = read;
        (Self { header, credits, headline, periodically_updated, no_article }, tokens)
    }

    /// Returns the prepared document, without keys of bands and without its text.
    pub(super) fn read(self, tokens: Tokens) -> (Header, Read) {
        let Self { header, credits, headline, periodically_updated, no_article } = self;
        let read = Read { tokens, credits, headline, periodically_updated, no_article, ..Read::default() };
        (header, read)
    }

    /// Returns the numbers of the document that joins and sums need.
    pub fn facts(&self, tokens: &Tokens) -> Facts {
        let Header { path, record, meta, .. } = &self.header;
        let item = item_key(meta);
        Facts {
            words: tokens.fingerprint(),
            stamp: stamp(published_at(meta), item),
            source: source_key(path, *record, meta),
            language: LanguageKey::of(meta.language.as_deref()),
            item,
            is_article: self.no_article.is_none(),
        }
    }

    /// Returns the description as bytes: about as many as the metadata have.
    pub fn to_bytes(&self) -> Vec<u8> {
        let Header { id, path, record, meta, bytes, duplicate_id, fallback, lost_letters } = &self.header;
        let written = Written {
            id: id.into(),
            path: path.into(),
            record: *record,
            bytes: *bytes,
            duplicate_id: duplicate_id.as_deref().map(Cow::from),
            fallback: fallback.into(),
            lost_letters: *lost_letters,
            meta: Cow::Borrowed(meta),
            credits: (&self.credits).into(),
            headline: (&self.headline).into(),
            periodically_updated: self.periodically_updated,
            no_article: self.no_article,
        };
        // Texts, numbers and lists of them can always be written.
        serde_json::to_vec(&written).unwrap_or_default()
    }

    /// Returns the description that [`Described::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`Error::Brick`] for other bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let written: Written<'_> = serde_json::from_slice(bytes)
            .map_err(|error| Error::Brick(format!("{}: {error}", damaged("a header"))))?;
        Ok(Self {
            header: Header {
                id: written.id.into_owned(),
                path: written.path.into_owned(),
                record: written.record,
                meta: written.meta.into_owned(),
                bytes: written.bytes,
                duplicate_id: written.duplicate_id.map(Cow::into_owned),
                fallback: written.fallback.into_owned(),
                lost_letters: written.lost_letters,
            },
            credits: written.credits.into_owned(),
            headline: written.headline.into_owned(),
            periodically_updated: written.periodically_updated,
            no_article: written.no_article,
        })
    }
}

/// Resolves the id that several documents have: the longest keeps it, among equally long ones the one whose content sorts first. The
/// others get their fallback ids. The result does not depend on the order of the documents.
pub fn settle(same_id: &mut [(Described, Tokens)]) {
    let Some((first, _)) = same_id.first() else { return };
    let mut ids = Ids::default();
    ids.take(&first.header.id);
    let claim = |(document, (described, tokens)): (usize, &(Described, Tokens))| {
        let Header { id, meta, fallback, .. } = described.header.clone();
        Claim { id, rank: Rank::of(tokens, meta, described.credits.clone()), fallback, document }
    };
    let claims = same_id.iter().enumerate().map(claim).collect();
    for (document, given) in ids.resolve(claims) {
        let header = &mut same_id[document].0.header;
        header.duplicate_id = Some(std::mem::replace(&mut header.id, given));
    }
}
