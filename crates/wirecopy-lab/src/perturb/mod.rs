//! What happens to a dispatch between the agency and the page, as text transformations.
//!
//! Sites cut, reorder, splice and decorate a text; scanners misread it; desks respell names and numbers. Each
//! [`Perturbation`] does one of these to plain text (paragraphs separated by line breaks), so that tests can say how
//! much of it the program stands, and `bench --generate` can make corpora with copies in them. Everything hangs on the
//! text, the [`Context`] and a seed: the same three give the same bytes on every machine. Any script will do; where a
//! perturbation has nothing to work on (upper case in Chinese), the text comes back as it was. Cost is linear in the
//! text.
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

/// Words and letters for altered and invented texts, by kind.
pub(crate) const WORDS: &str = include_str!("../../../../data/perturb_words.tsv");

/// One way in which a published text departs from the dispatch. Shares and rates are clamped to 0..=1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Perturbation {
    /// Text that a site adds around and inside every article: navigation, teasers, credits, notices.
    Boilerplate {
        /// How many blocks; a real page has 3 to 12.
        blocks: usize,
    },
    /// Only the beginning is run, to the end of the nearest sentence.
    Truncate {
        /// Share of the words that is kept.
        keep: f64,
    },
    /// The middle third is dropped: lead and last paragraphs remain.
    MiddleCut,
    /// All sentences in random order.
    SentenceShuffle,
    /// Paragraphs in random order; a text of one paragraph is taken in runs of three sentences.
    ParagraphShuffle,
    /// The whole text run together with as much of [`Context::other`], before, after or in the middle of it.
    Splice,
    /// Characters misread as a scanner misreads them: look-alikes, losses, insertions.
    OcrNoise {
        /// Edits for each character.
        rate: f64,
    },
    /// Half of the numbers (at least one) get other digits: a later edition, or the same form on another day.
    Numbers,
    /// Names spelt by another transliteration, the same way all through the text.
    Names,
    /// Another house style: grouping and decimal signs, quotes, dashes, percent signs.
    Style,
    /// Accents and other optional marks left out.
    Diacritics,
    /// English words replaced by others of the same meaning, from a small table.
    Synonyms {
        /// Share of the words in the table that is replaced.
        share: f64,
    },
    /// All in capitals, as telex and some tickers have it.
    UpperCase,
}

/// What a perturbation may draw on besides the text.
#[derive(Clone, Copy, Debug, Default)]
pub struct Context<'a> {
    /// Another story, for [`Perturbation::Splice`]; without one that leaves the text as it was.
    pub other: &'a str,
    /// Number of the publishing site: all documents of one site get the same boilerplate, but for some teasers.
    pub site: u64,
}

/// The standard suite, each perturbation at the strengths worth a row in a table of results.
pub const ALL: &[Perturbation] = &[
    Perturbation::Boilerplate { blocks: 3 },
    Perturbation::Boilerplate { blocks: 6 },
    Perturbation::Boilerplate { blocks: 12 },
    Perturbation::Truncate { keep: 0.7 },
    Perturbation::Truncate { keep: 0.5 },
    Perturbation::Truncate { keep: 0.3 },
    Perturbation::Truncate { keep: 0.15 },
    Perturbation::MiddleCut,
    Perturbation::SentenceShuffle,
    Perturbation::ParagraphShuffle,
    Perturbation::Splice,
    Perturbation::OcrNoise { rate: 0.01 },
    Perturbation::OcrNoise { rate: 0.02 },
    Perturbation::OcrNoise { rate: 0.05 },
    Perturbation::OcrNoise { rate: 0.1 },
    Perturbation::Numbers,
    Perturbation::Names,
    Perturbation::Style,
    Perturbation::Diacritics,
    Perturbation::Synonyms { share: 0.2 },
    Perturbation::Synonyms { share: 0.5 },
    Perturbation::Synonyms { share: 1.0 },
    Perturbation::UpperCase,
];

impl Perturbation {
    /// The standard suite: see [`ALL`].
    pub const ALL: &'static [Self] = ALL;

    /// A stable name in snake case, strength included: `truncate_50`, `ocr_2`, `boilerplate_6`. Parses back.
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

    /// The text as it would have been published.
    pub fn apply(&self, text: &str, context: &Context<'_>, seed: u64) -> String {
        let rng = &mut Rng::of(&[seed, xxhash_rust::xxh3::xxh3_64(text.as_bytes())]);
        match *self {
            Self::Boilerplate { blocks } => boilerplate::furnish(text, context.site, blocks, rng),
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

/// The name is that of no perturbation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no perturbation is called `{0}`")]
pub struct UnknownPerturbation(String);

impl FromStr for Perturbation {
    type Err = UnknownPerturbation;

    /// Any name that [`Perturbation::name`] gives, so that a command line can ask for `ocr_3`.
    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let unknown = || UnknownPerturbation(name.to_owned());
        if let Some(plain) = ALL.iter().find(|p| p.name() == name) {
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

/// A share in percent, to two places: `50`, `0_5`.
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
