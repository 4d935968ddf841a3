//! What is measured on a pair: few numbers, each with its reason, range and sense.
//!
//! All are symmetric in the two texts. Those that a model must not turn round have a [`Sense`]; the fit keeps it.

use serde::{Deserialize, Serialize};

use super::align::Alignment;
use super::chain::{Chain, chain, in_order, singles};
use super::conflict::conflict;
use super::coverage::{Coverage, coverage, density};
use super::overlap::{Overlap, common, overlap};
use super::profile::Profile;

/// Which way a feature may speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sense {
    /// More of it never speaks against one dispatch.
    For,
    /// More of it never speaks for one dispatch.
    Against,
    /// It sets the scale for others.
    Either,
}

macro_rules! features {
    ($($(#[$doc:meta])* $variant:ident $name:literal $sense:ident;)*) => {
        /// A feature of a pair.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Feature { $($(#[$doc])* $variant,)* }

        impl Feature {
            /// Every feature, in the order of [`Features::values`].
            pub const ALL: &'static [Feature] = &[$(Feature::$variant,)*];

            /// Its name in model files and explanations.
            pub fn name(self) -> &'static str {
                match self { $(Feature::$variant => $name,)* }
            }

            /// Which way it may speak.
            pub fn sense(self) -> Sense {
                match self { $(Feature::$variant => Sense::$sense,)* }
            }
        }
    };
}

features! {
    /// Logarithm of the summed weights of the terms in both texts, 0 and up: evidence in absolute terms, which
    /// furniture and spliced stories do not dilute.
    Shared "shared" For;
    /// Logarithm of the words of the shorter text: long texts share more by chance.
    Length "length" Against;
    /// Logarithm of longer over shorter, 0 and up.
    LengthRatio "length_ratio" Either;
    /// Log-odds of the larger direction of sentence coverage, −3 to 3: holds when one side was cut or spliced.
    Coverage "coverage" For;
    /// The smaller direction, 0 to 1: a follow-up leaves half of each text without a counterpart.
    CoverageMin "coverage_min" For;
    /// Coverage of the openings, the larger direction, 0 to 1.
    Lead "lead" For;
    /// Logarithm of the weight of the best chain, 0 and up.
    Chain "chain" For;
    /// The same up to 5, where it tells subjects apart: beyond, it measures length.
    ChainShort "chain_short" For;
    /// Logarithm of the summed weights of chains within sentences, up to 5.5: what shuffling leaves of order.
    SentenceChains "sentence_chains" For;
    /// Covered share of what the chain spans, both texts multiplied, 0 to 1.
    Density "density" For;
    /// Chain times the larger coverage, 0 and up: long chains are found in templates too, covered texts in briefs;
    /// both together in one dispatch.
    ChainCoverage "chain_coverage" For;
    /// The better of order (share of single terms in order) and complete coverage (both directions multiplied), 0 to
    /// 1: a shuffled text keeps the one, a shortened text the other.
    OrderOrCoverage "order_or_coverage" For;
    /// Square root of the share of verbatim five-word runs in the shorter text, 0 to 1. Copies and excerpts are settled
    /// before; in what is left, words kept in a row mean template.
    Verbatim "verbatim" Against;
    /// The same times what the larger direction leaves uncovered.
    VerbatimUncovered "verbatim_uncovered" Against;
    /// Share of the numbers of the text with fewer that the other lacks, 0 to 1, shrunk for few.
    NumbersMissing "numbers_missing" Against;
    /// Logarithm of contradicting numbers in related sentences, 0 and up.
    NumberConflict "number_conflict" Against;
    /// The same times [`Feature::Verbatim`]: other figures in the same words, which is what a template is.
    NumberConflictVerbatim "number_conflict_verbatim" Against;
    /// Logarithm of related sentences that name different days of the week, 0 and up.
    DayConflict "day_conflict" Against;
    /// 1 where the opening of either names a day of the week that the other text does not, though it names some; else 0.
    DayMissing "day_missing" Against;
    /// Share of the terms of the openings that stand anywhere in the other text, the smaller direction, 0 to 1.
    LeadTerms "lead_terms" For;
    /// Coverage of the openings, the smaller direction, 0 to 1.
    LeadMin "lead_min" For;
}

/// Number of features.
pub const FEATURES: usize = Feature::ALL.len();

/// The features of a pair.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Features {
    values: [f64; FEATURES],
}

impl Features {
    /// The values, in the order of [`Feature::ALL`].
    pub fn values(&self) -> &[f64; FEATURES] {
        &self.values
    }

    /// One value.
    pub fn get(&self, feature: Feature) -> f64 {
        self.values[feature as usize]
    }
}

/// Buffers of a comparison; keep one a thread, and nothing is allocated.
#[derive(Debug, Default)]
pub struct Scratch {
    shared: Vec<(u32, u32)>,
    alignment: Alignment,
    singles: Vec<(u32, u32)>,
    tails: Vec<u32>,
}

/// Pairs that share less than this of the lighter text's weight, and less than [`HOPELESS_MASS`], are no rewrites.
const HOPELESS_SHARE: f32 = 0.12;
/// An excerpt under heavy furniture on both sides has a small share; its weight tells.
const HOPELESS_MASS: f32 = 60.0;

/// Measures a pair; `None` where it has so little in common that no model would call it one dispatch.
///
/// The early exit costs about a microsecond for two articles, the full measure about twenty. Symmetric in `a` and `b`.
pub fn measure(a: &Profile, b: &Profile, scratch: &mut Scratch) -> Option<Features> {
    let both = overlap(a, b, &mut scratch.shared);
    let lighter = a.mass.min(b.mass);
    if both.mass <= 0.0 || (both.mass < HOPELESS_SHARE * lighter && both.mass < HOPELESS_MASS) {
        return None;
    }
    scratch.alignment.fill(a, b, &scratch.shared);
    let found = chain(&mut scratch.alignment.points);
    singles(a, b, &scratch.shared, &mut scratch.singles);
    let order = in_order(&mut scratch.singles, &mut scratch.tails);
    Some(assemble(a, b, &scratch.alignment, both, found, order))
}

fn assemble(
    a: &Profile,
    b: &Profile,
    alignment: &Alignment,
    both: Overlap,
    found: Chain,
    order: f32,
) -> Features {
    let x = coverage(a, &alignment.a);
    let y = coverage(b, &alignment.b);
    let larger = |part: fn(&Coverage) -> f32| part(&x).max(part(&y));
    let smaller = |part: fn(&Coverage) -> f32| part(&x).min(part(&y));
    let outright = larger(|c| c.outright);
    let graded = larger(|c| c.graded);
    let chain_log = found.weight.ln_1p();
    let density = if found.weight > 0.0 {
        density(&a.units, &alignment.a, found.a.0, found.a.1)
            * density(&b.units, &alignment.b, found.b.0, found.b.1)
    } else {
        0.0
    };
    let fewer_runs = a.runs.len().min(b.runs.len()) as f32;
    let verbatim = (common(&a.runs, &b.runs) as f32 / (fewer_runs + 5.0)).sqrt();
    let fewer_numbers = a.distinct_numbers.min(b.distinct_numbers) as f32;
    let missing = (fewer_numbers - both.numbers as f32).max(0.0) / (fewer_numbers + 2.0);
    let conflict = conflict(a, b, alignment);
    let number_conflict = conflict.numbers.ln_1p();
    let (short, long) = (a.words.min(b.words), a.words.max(b.words));
    let mut values = [0.0; FEATURES];
    for &feature in Feature::ALL {
        let value = match feature {
            Feature::Shared => both.mass.ln_1p(),
            Feature::Length => short.ln_1p(),
            Feature::LengthRatio => ((1.0 + long) / (1.0 + short)).ln(),
            Feature::Coverage => ((outright + 0.05) / (1.0 - outright + 0.05)).ln(),
            Feature::CoverageMin => smaller(|c| c.outright),
            Feature::Lead => larger(|c| c.lead),
            Feature::Chain => chain_log,
            Feature::ChainShort => chain_log.min(5.0),
            Feature::SentenceChains => found.sentences.ln_1p().min(5.5),
            Feature::Density => density,
            Feature::ChainCoverage => chain_log * graded,
            Feature::OrderOrCoverage => order.max(x.graded * y.graded),
            Feature::Verbatim => verbatim,
            Feature::VerbatimUncovered => verbatim * (1.0 - graded),
            Feature::NumbersMissing => missing,
            Feature::NumberConflict => number_conflict,
            Feature::NumberConflictVerbatim => number_conflict * verbatim,
            Feature::DayConflict => conflict.days.ln_1p(),
            Feature::DayMissing => day_missing(a, b).min(day_missing(b, a)),
            Feature::LeadTerms => smaller(|c| c.lead_terms),
            Feature::LeadMin => smaller(|c| c.lead),
        };
        values[feature as usize] = f64::from(value);
    }
    Features { values }
}

/// 1 where the opening names a day of the week, the other text names others, and not that one.
fn day_missing(text: &Profile, other: &Profile) -> f32 {
    f32::from(u8::from(text.lead_days != 0 && other.days != 0 && text.lead_days & other.days == 0))
}
