//! Text transformations that imitate what happens to a dispatch between the agency and the page.
//!
//! Sites cut, reorder and splice a text and add boilerplate, scanners misread it, and newsrooms respell names and numbers.
//! Each [`Perturbation`] does one of these to plain text (paragraphs separated by line breaks). Tests use them to measure how
//! robust the scorer is. The result depends only on the text, the [`Context`] and a seed, and is the same on every machine.
//! Texts may be in any script. If a perturbation does not apply, such as upper case in Chinese, the text is returned
//! unchanged. The cost is linear in the text.
//!
//! ```
//! use wirecopy_lab::perturb::{Context, Perturbation};
//!
//! let text = "The ferry sank on Monday. Nobody was hurt. An inquiry has begun. The owner said nothing.";
//! let half = Perturbation::Truncate { keep: 0.5 }.apply(text, &Context::default(), 1);
//! assert_eq!(half, "The ferry sank on Monday. Nobody was hurt.");
//! ```

pub(crate) mod boilerplate;
mod names;
mod noise;
mod order;
pub(crate) mod rng;
mod sentences;
mod style;
mod synonyms;

use std::fmt;
use std::str::FromStr;

use rng::Rng;

/// Words and letters for altered and generated texts, by kind.
pub(crate) const WORDS: &str = include_str!("../../data/perturb_words.tsv");

/// One way in which a published text differs from the dispatch. Shares and rates are clamped to 0..=1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Perturbation {
    /// Adds boilerplate around and inside the article: navigation, teasers, credits, notices.
    Boilerplate {
        /// Number of blocks. Real pages have 3 to 12.
        blocks: usize,
    },
    /// Keeps only the beginning, up to the end of the nearest sentence.
    Truncate {
        /// Share of the words to keep.
        keep: f64,
    },
    /// Drops the middle third, and keeps the lead and the last paragraphs.
    MiddleCut,
    /// Shuffles all sentences.
    SentenceShuffle,
    /// Shuffles the paragraphs, or groups of three sentences if there is only one paragraph.
    ParagraphShuffle,
    /// Adds an equal amount of [`Context::other`] before, after or in the middle of the text.
    Splice,
    /// Adds errors of optical character recognition: look-alikes, losses and insertions.
    OcrNoise {
        /// Edits per character.
        rate: f64,
    },
    /// Changes the digits of half of the numbers (at least one), as in a later version or a template filled in again.
    Numbers,
    /// Respells names by another transliteration, consistently within the text.
    Names,
    /// Applies another house style: number separators, quotes, dashes, percent signs.
    Style,
    /// Removes accents and other optional marks.
    Diacritics,
    /// Replaces English words by synonyms from a small table.
    Synonyms {
        /// Share of the words in the table to replace.
        share: f64,
    },
    /// Converts the text to upper case, like telex and some tickers.
    UpperCase,
}

/// Inputs of a perturbation besides the text.
#[derive(Clone, Copy, Debug, Default)]
pub struct Context<'a> {
    /// Another story for [`Perturbation::Splice`], which leaves the text unchanged if this is empty.
    pub other: &'a str,
    /// Number of the publishing site. All documents of one site get the same boilerplate, except for some teasers.
    pub site: u64,
}

impl Perturbation {
    /// The standard suite: each perturbation at the strengths that are reported.
    pub const ALL: &'static [Self] = &[
        Self::Boilerplate { blocks: 3 },
        Self::Boilerplate { blocks: 6 },
        Self::Boilerplate { blocks: 12 },
        Self::Truncate { keep: 0.7 },
        Self::Truncate { keep: 0.5 },
        Self::Truncate { keep: 0.3 },
        Self::Truncate { keep: 0.15 },
        Self::MiddleCut,
        Self::SentenceShuffle,
        Self::ParagraphShuffle,
        Self::Splice,
        Self::OcrNoise { rate: 0.01 },
        Self::OcrNoise { rate: 0.02 },
        Self::OcrNoise { rate: 0.05 },
        Self::OcrNoise { rate: 0.1 },
        Self::Numbers,
        Self::Names,
        Self::Style,
        Self::Diacritics,
        Self::Synonyms { share: 0.2 },
        Self::Synonyms { share: 0.5 },
        Self::Synonyms { share: 1.0 },
        Self::UpperCase,
    ];

    /// Returns a stable name in snake case, with the strength: `truncate_50`, `ocr_2`, `boilerplate_6`. It can be parsed back.
    pub fn name(&self) -> String {
        match *self {
            Self::Boilerplate { blocks } => format!("boilerplate_{blocks}"),
            Self::Truncate { keep } => format!("truncate_{}", percent(keep)),
            Self::MiddleCut => "middle_cut".to_owned(),
            Self::SentenceShuffle => "sentence_shuffle".to_owned(),
            Self::ParagraphShuffle => "paragraph_shuffle".to_owned(),
            Self::Splice => "splice".to_owned(),
            Self::OcrNoise { rate } => format!("ocr_{}", percent(rate)),
            Self::Numbers => "numbers".to_owned(),
            Self::Names => "names".to_owned(),
            Self::Style => "style".to_owned(),
            Self::Diacritics => "diacritics".to_owned(),
            Self::Synonyms { share } => format!("synonyms_{}", percent(share)),
            Self::UpperCase => "upper_case".to_owned(),
        }
    }

    /// Applies the perturbation to a text.
    pub fn apply(&self, text: &str, context: &Context<'_>, seed: u64) -> String {
        let rng = &mut Rng::of(&[seed, xxhash_rust::xxh3::xxh3_64(text.as_bytes())]);
        match *self {
            Self::Boilerplate { blocks } => boilerplate::add(text, context.site, blocks, rng),
            Self::Truncate { keep } => order::truncate(text, clamp(keep)),
            Self::MiddleCut => order::middle_cut(text),
            Self::SentenceShuffle => order::shuffle_sentences(text, rng),
            Self::ParagraphShuffle => order::shuffle_paragraphs(text, rng),
            Self::Splice => order::splice(text, context.other, rng),
            Self::OcrNoise { rate } => noise::misread(text, clamp(rate), rng).0,
            Self::Numbers => style::other_numbers(text, rng),
            Self::Names => names::respell(text, seed),
            Self::Style => style::restyle(text, rng),
            Self::Diacritics => style::drop_marks(text),
            Self::Synonyms { share } => synonyms::replace(text, clamp(share), rng),
            Self::UpperCase => text.to_uppercase(),
        }
    }
}

impl fmt::Display for Perturbation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.name())
    }
}

/// The error for a name that is not a perturbation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown perturbation `{0}`")]
pub struct UnknownPerturbation(String);

impl FromStr for Perturbation {
    type Err = UnknownPerturbation;

    /// Parses a name as returned by [`Perturbation::name`], with any strength, such as `ocr_3`.
    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let unknown = || UnknownPerturbation(name.to_owned());
        if let Some(plain) = Self::ALL.iter().find(|p| p.name() == name) {
            return Ok(*plain);
        }
        let (kind, strength) = name.split_once('_').ok_or_else(unknown)?;
        let share = || match strength.replace('_', ".").parse::<f64>() {
            Ok(percent) if (0.0..=100.0).contains(&percent) => Ok(percent / 100.0),
            _ => Err(unknown()),
        };
        match kind {
            "boilerplate" => Ok(Self::Boilerplate { blocks: strength.parse().map_err(|_| unknown())? }),
            "truncate" => Ok(Self::Truncate { keep: share()? }),
            "ocr" => Ok(Self::OcrNoise { rate: share()? }),
            "synonyms" => Ok(Self::Synonyms { share: share()? }),
            _ => Err(unknown()),
        }
    }
}

fn clamp(share: f64) -> f64 {
    if share.is_nan() { 0.0 } else { share.clamp(0.0, 1.0) }
}

/// Formats a share in percent with up to two decimals: `50`, `0_5`.
fn percent(share: f64) -> String {
    let hundredths = (clamp(share) * 1e4).round() as u32;
    match (hundredths / 100, hundredths % 100) {
        (whole, 0) => whole.to_string(),
        (whole, part) if part % 10 == 0 => format!("{whole}_{}", part / 10),
        (whole, part) => format!("{whole}_{part:02}"),
    }
}

#[cfg(test)]
mod tests;
