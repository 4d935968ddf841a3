//! Measures the features of a pair on the profiles of its texts.

use super::align::Alignment;
use super::bound::{Aligned, Chains, best_alignment, heaviest_chains};
use super::chain::{Point, State, chain, in_order, sentence_chains, singles};
use super::conflict::{Conflict, conflict};
use super::coverage::{Coverage, coverage};
use super::features::{FEATURES, Feature, Features, PASSAGES};
use super::openings;
use super::overlap::{Overlap, overlap, rarest};
use super::profile::Profile;

/// Least weight of a rare term: a name, a place, a word specific to a story.
pub(super) const RARE_IDF: f32 = 5.0;
/// Least weight of two rare terms.
pub(crate) const TWO_RARE: f32 = 2.0 * RARE_IDF;
/// Weight added to that of a text's rare terms, so that two shared names are never everything.
const RARE_PRIOR: f32 = TWO_RARE;

/// Share of the lighter text's weight that a rewrite has at least in common, unless [`HOPELESS_MASS`] is reached.
const HOPELESS_SHARE: f32 = 0.12;
/// Share of the lighter text's weight that a rewrite always has in common. Long texts share a little by chance.
const NOTHING_SHARE: f32 = 0.07;
/// Largest difference between two texts' shares of words in spaced scripts. Beyond it, the texts are in different
/// scripts and can share only names and figures.
const OTHER_SCRIPT: f32 = 0.5;
/// Common weight from which a small share is enough, as for an excerpt with much boilerplate on both sides.
const HOPELESS_MASS: f32 = 60.0;

/// Buffers of a comparison. Keep one for each thread to avoid allocations.
#[derive(Debug, Default)]
pub struct Scratch {
    shared: Vec<(u32, u32)>,
    alignment: Alignment,
    chained: Vec<State>,
    singles: Vec<(u32, u32)>,
    tails: Vec<u32>,
    sentence: Vec<Point>,
    masses: [Vec<f32>; 2],
}

impl Scratch {
    /// Returns the rarest terms that two texts share, rarest first, at most eight. They must have been measured last, and with a
    /// result.
    pub(crate) fn rarest_shared(&self, a: &Profile, b: &Profile) -> Vec<u32> {
        let in_order = a.digest <= b.digest;
        rarest(a, self.shared.iter().map(|&(i, j)| if in_order { i } else { j }))
    }
}

/// Measures the features of the texts of a pair, not yet with what is known besides the texts. `None` if the texts have so little in
/// common that no model would call them one dispatch.
///
/// Takes about a microsecond for two articles with little in common, and about twenty otherwise. Symmetric in `a`
/// and `b`, except that `Growth` changes its sign.
pub fn measure(a: &Profile, b: &Profile, scratch: &mut Scratch) -> Option<Features> {
    features(a, b, a.overlap(b).shared, scratch, None)
}

/// Measures the texts of a pair like [`measure`], given the number of distinct five-word shingles that they share, but stops where it
/// is certain that the pair is unrelated.
///
/// `is_unrelated` is asked about bounds of the features, first from the shared terms alone, then with aligned sentences and the
/// heaviest chains that the terms could form. A model's score of these is at least that of the pair, because each differs from the
/// feature only in the direction of its [`Sense`](super::Sense). If it returns true, the pair has no features.
pub fn measure_unless(
    a: &Profile,
    b: &Profile,
    shared_shingles: usize,
    scratch: &mut Scratch,
    is_unrelated: &dyn Fn(Features) -> bool,
) -> Option<Features> {
    features(a, b, shared_shingles, scratch, Some(is_unrelated))
}

fn features(
    a: &Profile,
    b: &Profile,
    shared_shingles: usize,
    scratch: &mut Scratch,
    is_unrelated: Option<&dyn Fn(Features) -> bool>,
) -> Option<Features> {
    if (a.spaced - b.spaced).abs() > OTHER_SCRIPT {
        return None;
    }
    // Everything else is symmetric.
    let growth = if b.words < a.words { -length_ratio(a, b) } else { length_ratio(a, b) };
    let (a, b) = if a.digest <= b.digest { (a, b) } else { (b, a) };
    let both = overlap(a, b, &mut scratch.shared);
    let lighter = a.mass.min(b.mass);
    let little = both.mass < HOPELESS_SHARE * lighter && both.mass < HOPELESS_MASS;
    if both.mass <= 0.0 || little || both.mass < NOTHING_SHARE * lighter {
        return None;
    }
    singles(a, b, &scratch.shared, &mut scratch.singles);
    let order = in_order(&mut scratch.singles, &mut scratch.tails);
    let singles = scratch.singles.len() as f32;
    let openings = if shared_shingles < PASSAGES { 0.0 } else { openings::alike(a, b, &scratch.shared) };
    if let Some(is_unrelated) = is_unrelated
        && let Some(Aligned { one_to_one, sides }) =
            best_alignment(a, b, &scratch.shared, &mut scratch.masses)
    {
        let parts = Parts {
            shared_shingles,
            order,
            singles,
            one_to_one,
            sides,
            growth,
            openings,
            conflict: Conflict::default(),
        };
        let chains = heaviest_chains(a, b, &scratch.shared);
        if is_unrelated(with_chains(assemble(a, b, both, &parts), chains)) {
            return None;
        }
    }
    scratch.alignment.fill(a, b, &scratch.shared);
    let one_to_one = scratch.alignment.one_to_one(a, b);
    let conflict = conflict(a, b, &scratch.alignment);
    let Alignment { a: of_a, b: of_b, points, .. } = &mut scratch.alignment;
    let sides = (coverage(a, of_a), coverage(b, of_b));
    let parts = Parts { shared_shingles, order, singles, one_to_one, sides, growth, openings, conflict };
    let measured = assemble(a, b, both, &parts);
    if let Some(is_unrelated) = is_unrelated
        && is_unrelated(with_chains(measured, heaviest_chains(a, b, &scratch.shared)))
    {
        return None;
    }
    let all = chain(points, &mut scratch.chained);
    points.retain(|point| point.weight() >= RARE_IDF);
    let rare = chain(points, &mut scratch.chained);
    let sentences = sentence_chains(points, (of_a, of_b), &mut scratch.sentence, &mut scratch.chained);
    Some(with_chains(measured, Chains { all, rare, sentences }))
}

/// Completes features with the weights of the best chains.
fn with_chains(mut features: Features, chains: Chains) -> Features {
    let mut set = |feature: Feature, value: f32| features.values[feature as usize] = f64::from(value);
    set(Feature::Chain, chains.all.ln_1p().min(5.0));
    set(Feature::RareChain, chains.rare.ln_1p());
    set(Feature::SentenceChain, chains.sentences.ln_1p());
    features
}

/// Intermediate results of a comparison.
struct Parts {
    shared_shingles: usize,
    order: f32,
    singles: f32,
    one_to_one: f32,
    sides: (Coverage, Coverage),
    /// Logarithm of the length of the second text over that of the first.
    growth: f32,
    /// What both openings have in common; not measured for texts without passages in common.
    openings: f32,
    conflict: Conflict,
}

fn assemble(a: &Profile, b: &Profile, both: Overlap, parts: &Parts) -> Features {
    let (x, y) = &parts.sides;
    let uncovered = 1.0 - x.graded.max(y.graded);
    let new_opening = 1.0 - x.lead.max(y.lead);
    let complete = x.graded * y.graded;
    let fewer_shingles = a.shingles.len().min(b.shingles.len()) as f32;
    let verbatim = (parts.shared_shingles as f32 / (fewer_shingles + 5.0)).sqrt();
    let passages = f32::from(u8::from(parts.shared_shingles >= PASSAGES));
    let fewer_numbers = a.distinct_numbers.min(b.distinct_numbers) as f32;
    let missing = (fewer_numbers - both.numbers as f32).max(0.0) / (fewer_numbers + 2.0);
    let conflict = parts.conflict;
    let rare_share = |text: &Profile| both.rare / (text.rare_mass + RARE_PRIOR);
    let short = a.words.min(b.words);
    let mut values = [0.0; FEATURES];
    for &feature in Feature::ALL {
        let value = match feature {
            Feature::Singles => parts.singles.ln_1p(),
            Feature::Length => short.ln_1p(),
            Feature::LengthRatio => length_ratio(a, b),
            // Measured last; see `with_chains`.
            Feature::Chain | Feature::RareChain | Feature::SentenceChain => 0.0,
            Feature::OrderOrCoverage => parts.order.max(complete),
            Feature::CoverageBeyondOrder => (complete - parts.order).max(0.0),
            Feature::OneToOne => parts.one_to_one,
            Feature::RareShared => rare_share(a) * rare_share(b),
            Feature::VerbatimUncovered => verbatim * uncovered,
            Feature::VerbatimNewOpening => verbatim * new_opening,
            Feature::NumbersMissing => missing,
            Feature::NumberConflict => conflict.numbers.ln_1p(),
            Feature::OpeningConflict => conflict.opening.ln_1p(),
            Feature::DayConflict => conflict.days.ln_1p(),
            Feature::DayMissing => day_missing(a, b).min(day_missing(b, a)),
            Feature::Headline => headlines(a, b),
            // As if the sources were the same.
            Feature::SameSource => f32::from(u8::from(!a.headline.is_empty() && !b.headline.is_empty())),
            Feature::WeightShared => passages * both.mass / a.mass.min(b.mass),
            Feature::WeightSharedHeavier => passages * both.mass / a.mass.max(b.mass),
            Feature::VerbatimMatched => {
                passages * parts.one_to_one * parts.shared_shingles as f32 / fewer_shingles.max(1.0)
            }
            Feature::RareWeight => passages * rare_weight(a).min(rare_weight(b)),
            Feature::MeanWeight => passages * mean_weight(a).min(mean_weight(b)),
            Feature::Passages => passages,
            // As if the second text were the later; see `Features::with_circumstances`.
            Feature::Growth => passages * parts.growth,
            Feature::OpeningShared => passages * x.lead.min(y.lead),
            Feature::OpeningsAlike => passages * parts.openings,
            Feature::HeadlineStart => passages * f32::from(u8::from(begin_alike(a, b))),
            Feature::OpeningDays => {
                let (x, y) = (a.lead_days, b.lead_days);
                passages * f32::from(u8::from(x != 0 && y != 0 && x & y == 0))
            }
            // Not measured on the texts; see `Features::with_circumstances`.
            Feature::DaysApart
            | Feature::OtherSource
            | Feature::Near
            | Feature::Labelled
            | Feature::OneLabelled
            | Feature::NextDay => 0.0,
        };
        values[feature as usize] = f64::from(value);
    }
    Features { values }
}

/// Returns the logarithm of the longer length over the shorter.
fn length_ratio(a: &Profile, b: &Profile) -> f32 {
    ((1.0 + a.words.max(b.words)) / (1.0 + a.words.min(b.words))).ln()
}

/// Returns the share of rare terms in a text's weight, 0 to 1.
fn rare_weight(text: &Profile) -> f32 {
    text.rare_mass / text.mass.max(1.0)
}

/// Returns the mean weight of a text's terms.
fn mean_weight(text: &Profile) -> f32 {
    text.mass / text.terms.len().max(1) as f32
}

/// Returns the weight of the terms in both headlines over that of the terms in either, 0 to 1.
fn headlines(a: &Profile, b: &Profile) -> f32 {
    let (a, b) = (&a.headline, &b.headline);
    let mass = |headline: &[(u32, f32)]| headline.iter().map(|&(_, weight)| weight).sum::<f32>();
    let both: f32 = a
        .iter()
        .filter_map(|&(term, x)| b.iter().find(|other| other.0 == term).map(|&(_, y)| x.min(y)))
        .sum();
    let either = mass(a) + mass(b) - both;
    if a.is_empty() || b.is_empty() || either <= 0.0 { 0.0 } else { both / either }
}

/// Returns whether both texts have headlines that begin with the same term.
fn begin_alike(a: &Profile, b: &Profile) -> bool {
    let starts = a.headline.first().zip(b.headline.first());
    starts.is_some_and(|(x, y)| x.0 == y.0)
}

/// Returns 1 if the opening names a day of the week and the other text names only other days, else 0.
fn day_missing(text: &Profile, other: &Profile) -> f32 {
    f32::from(u8::from(text.lead_days != 0 && other.days != 0 && text.lead_days & other.days == 0))
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use proptest::prelude::*;

    use super::super::{Idf, LanguageKey, Model, Sense};
    use super::*;
    use crate::text::tokenize;

    fn measured(a: &str, b: &str) -> Option<Features> {
        let idf = Idf::background();
        let idf = idf.of(LanguageKey::default());
        let (a, b) = (Profile::new(&tokenize(a), idf), Profile::new(&tokenize(b), idf));
        measure(&a, &b, &mut Scratch::default())
    }

    /// Generates sentences of words common in news, with names, numbers, days, and scripts without spaces.
    fn text() -> impl Strategy<Value = String> {
        let word = prop::sample::select(vec![
            "the",
            "minister",
            "of",
            "Ordu",
            "said",
            "Wednesday",
            "Monday",
            "17",
            "2,400",
            "cement",
            "harbour",
            "Aksoy",
            "sank",
            "ferry",
            "in",
            "央行",
            "加息",
            "กขคงจ",
            "правительство",
            "prices",
            "rose",
            "inquiry",
            "pumps",
        ]);
        let sentence = prop::collection::vec(word, 0..14).prop_map(|words| words.join(" "));
        prop::collection::vec(sentence, 0..9).prop_map(|sentences| sentences.join(".\n"))
    }

    proptest! {
        #[test]
        fn bounds_differ_from_features_in_the_direction_of_their_sense(a in text(), b in text(), extra in text()) {
            let idf = Idf::background();
            let profile = |text: &str| Profile::new(&tokenize(text), idf.of(LanguageKey::default()));
            // Mostly pairs with sentences in common.
            let (a, b) = (profile(&format!("{a}.\n{b}")), profile(&format!("{b}.\n{extra}")));
            let asked = RefCell::new(Vec::new());
            let is_unrelated = |bounds: Features| {
                asked.borrow_mut().push(bounds);
                false
            };
            let mut scratch = Scratch::default();
            let measured = measure(&a, &b, &mut scratch);
            let shared = a.overlap(&b).shared;
            prop_assert_eq!(measure_unless(&a, &b, shared, &mut scratch, &is_unrelated), measured);
            for (bounds, &feature) in asked.borrow().iter().flat_map(|bounds| Feature::ALL.iter().map(move |f| (bounds, f))) {
                let (most, value) = (bounds.get(feature), measured.expect("it was asked").get(feature));
                match feature.sense() {
                    Sense::For => prop_assert!(most >= value, "{} {most} {value}", feature.name()),
                    Sense::Against => prop_assert!(most <= value, "{} {most} {value}", feature.name()),
                    Sense::Either | Sense::None => prop_assert_eq!(most, value, "{}", feature.name()),
                }
            }
        }
    }

    const STORY: &str = "The captain of a ferry that sank off Ordu on Wednesday was praised by the coast guard for \
        saving 17 sailors before he left the ship, officials said. The Meltem, built in 1987, was carrying cement to \
        Samsun when its engine room flooded shortly after midnight. Harbour master Leyla Aksoy said an inquiry would \
        examine whether the pumps had been serviced.";

    #[test]
    fn empty_and_tiny_texts_can_be_measured() {
        assert_eq!(measured("", ""), None);
        assert_eq!(measured("", STORY), None);
        assert_eq!(measured("...", "the"), None);
        for text in ["a", "Ordu", "17", "央", "a\nb\nc", "Monday."] {
            if let Some(features) = measured(text, text) {
                assert!(features.values().iter().all(|v| v.is_finite()), "{text}");
            }
            let _ = measured(text, STORY);
        }
    }

    #[test]
    fn text_in_another_script_is_not_a_rewrite() {
        let names = "Leyla Aksoy, Meltem, Ordu, Samsun, 17, 1987";
        let han = "船员在港口附近获救，海岸警卫队周三表示，船长最后离开了沉没的渡轮，调查仍在继续进行";
        assert_eq!(measured(&format!("{STORY} {names}"), &format!("{han} {names}。{han}")), None);
        assert!(measured(&format!("{han} {names}"), &format!("{han} {names}")).is_some());
    }

    #[test]
    fn identical_texts_are_completely_covered() {
        let features = measured(STORY, STORY).expect("all in common");
        assert!(features.get(Feature::OrderOrCoverage) > 0.8);
        assert!(features.get(Feature::VerbatimNewOpening) < 0.1);
        assert!(features.get(Feature::NumberConflict) < 1e-9 && features.get(Feature::DayConflict) < 1e-9);
    }

    #[test]
    fn different_numbers_and_days_are_contradictions() {
        let other = STORY.replace("17", "23").replace("Wednesday", "Friday");
        let features = measured(STORY, &other).expect("nearly all in common");
        assert!(features.get(Feature::NumberConflict) > 0.4);
        assert!(features.get(Feature::DayConflict) > 0.4);
        assert!(features.get(Feature::DayMissing) > 0.9);
        assert!(features.get(Feature::NumbersMissing) > 0.2);
    }

    #[test]
    fn openings_of_a_version_are_shared_and_those_of_a_follow_up_are_not() {
        let version = format!("{STORY} Divers will search the wreck for fuel.");
        let follow_up = format!(
            "Prosecutors charged the owner of a sunken cement ship with negligence on Friday after a search of \
             his offices in Trabzon turned up forged certificates of safety. {STORY}"
        );
        let of = |other: &str| measured(STORY, other).expect("passages in common");
        let (version, follow_up) = (of(&version), of(&follow_up));
        assert!(version.get(Feature::OpeningShared) > follow_up.get(Feature::OpeningShared) + 0.3);
        assert!(version.get(Feature::OpeningDays) < 1e-9);
        assert!(version.get(Feature::OpeningsAlike) > follow_up.get(Feature::OpeningsAlike) + 0.3);
        assert!(of(&STORY.replace("Wednesday", "Friday")).get(Feature::OpeningDays) > 0.9);
        let other = "Cement prices rose in Samsun on Friday, and the ferry to Ordu was late again.";
        let of_openings = |f: Features| f.get(Feature::OpeningShared).max(f.get(Feature::OpeningsAlike));
        assert!(measured(STORY, other).is_none_or(|f| of_openings(f) < 1e-9));
    }

    #[test]
    fn headlines_begin_alike_with_the_same_first_word() {
        let idf = Idf::background();
        let idf = idf.of(LanguageKey::default());
        let profile = |headline: &str| {
            let terms = Profile::headline_terms(Some(headline).filter(|headline| !headline.is_empty()));
            Profile::new(&tokenize(STORY), idf).with_headline(&terms, idf)
        };
        let start = |a: &str, b: &str| {
            let features = measure(&profile(a), &profile(b), &mut Scratch::default());
            features.expect("all in common").get(Feature::HeadlineStart) > 0.5
        };
        assert!(start("Captain praised after ferry sinks", "CAPTAINS were brave, coast guard says"));
        assert!(start("Captain praised after ferry sinks", "UPDATE 2-Captain praised"));
        assert!(!start("Captain praised after ferry sinks", "Ferry captain praised"));
        assert!(!start("UPDATE 1-Captain praised after ferry sinks", "UPDATE 2-Ferry captain praised"));
        assert!(!start("Captain praised", "") && !start("", ""));
    }

    #[test]
    fn scale_of_rare_terms_is_that_of_the_text_with_fewer() {
        let common =
            "There is a lot to do here and we are not sure that it will be done in time, they said. ";
        let (rare, mean) = (Feature::RareWeight, Feature::MeanWeight);
        let of = |a: &str, b: &str| measured(a, b).expect("passages in common");
        let (own, diluted) = (of(STORY, STORY), of(STORY, &format!("{STORY} {common}")));
        assert!(own.get(rare) > 0.2 && own.get(mean) > 2.0);
        assert!(diluted.get(rare) < own.get(rare) && diluted.get(mean) < own.get(mean));
        let names = "Meltem, Ordu, Samsun, Leyla Aksoy";
        let without_passages = measured(names, &format!("{common} {names}"));
        assert!(
            without_passages.is_none_or(|features| features.get(rare) < 1e-9 && features.get(mean) < 1e-9)
        );
    }

    #[test]
    fn shared_boilerplate_is_not_evidence() {
        let boilerplate = "Share this story\nSubscribe to our newsletter today\nMost read this week\n\
            Leave a comment\nRead also the latest from the region\nCookies and privacy policy";
        let other = "Wheat prices rose for a third week as dry weather in the plains cut the harvest, traders said. \
            Exporters expect shipments to fall by a tenth before the spring and asked for lower freight rates.";
        let bare = measured(STORY, other).map_or(0.0, |f| f.get(Feature::OrderOrCoverage));
        let with_boilerplate =
            measured(&format!("{boilerplate}\n{STORY}"), &format!("{boilerplate}\n{other}"));
        let model = Model::shipped().expect("the built-in model can be read");
        assert!(
            with_boilerplate.is_none_or(|f| model.score(&f) < 0.1),
            "{with_boilerplate:?} against {bare}"
        );
    }

    #[test]
    fn short_lines_that_are_the_text_are_not_boilerplate() {
        let lines = "Wheat rose\nBarley fell\nMaize was flat\nOats rose again\nRye gained a tenth";
        let features = measured(lines, lines).expect("all in common");
        assert!(features.get(Feature::OrderOrCoverage) > 0.5);
    }

    proptest! {
        #[test]
        fn features_are_symmetric_and_in_range(a in text(), b in text()) {
            let one = measured(&a, &b);
            let other = measured(&b, &a);
            prop_assert_eq!(one.is_some(), other.is_some());
            let Some((features, mut other)) = one.zip(other) else { return Ok(()) };
            prop_assert_eq!(features.get(Feature::Growth), 0.0 - other.get(Feature::Growth));
            other.set(Feature::Growth, features.get(Feature::Growth));
            prop_assert_eq!(features, other);
            for &feature in Feature::ALL {
                let value = features.get(feature);
                let range = match feature {
                    Feature::OrderOrCoverage | Feature::CoverageBeyondOrder | Feature::OneToOne | Feature::RareShared
                    | Feature::VerbatimUncovered | Feature::VerbatimNewOpening | Feature::NumbersMissing
                    | Feature::DayMissing | Feature::OpeningShared | Feature::OpeningsAlike | Feature::HeadlineStart
                    | Feature::OpeningDays => 0.0..=1.0,
                    Feature::Chain => 0.0..=5.0,
                    Feature::Growth => -10.0..=10.0,
                    _ => 0.0..=30.0,
                };
                prop_assert!(range.contains(&value), "{} {value}", feature.name());
            }
            let model = Model::shipped().expect("the built-in model can be read");
            let score = model.score(&features);
            prop_assert!((0.0..=1.0).contains(&score.get()));
            let weights = Idf::background();
            let weights = weights.of(LanguageKey::default());
            let (a, b) = (Profile::new(&tokenize(&a), weights), Profile::new(&tokenize(&b), weights));
            let shared = a.overlap(&b).shared;
            let kept = measure_unless(&a, &b, shared, &mut Scratch::default(), &|best| model.score(&best) < score);
            prop_assert_eq!(kept, Some(features), "the best case is no worse");
            prop_assert_eq!(measure_unless(&a, &b, shared, &mut Scratch::default(), &|_| true), None);
        }
    }
}
