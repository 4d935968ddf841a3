//! Decisions on pairs of invented texts and on random evidence.

use proptest::prelude::*;

use super::*;
use crate::score::{Feature, Idf, Model};
use crate::text::tokenize;
use crate::{Metadata, config};

const STORY: &str = "The harbour board voted on Tuesday to close the old lighthouse after engineers found cracks in \
    its granite base. Ships will be guided by an automatic beacon on the northern pier until spring, the board \
    said, and the keeper's cottage will become a museum of the coast. Residents had asked for a longer debate.";
const MORE: &str = "Elsewhere on the coast a new ferry line opened this week to much applause. The mayors of both towns \
    cut a ribbon, a brass band played, and the first forty passengers travelled free of charge with their bicycles. \
    The operator hopes for sixty thousand guests in its first year and has ordered a second ship from a yard abroad.";
const FORM: &str = "The wholesale market of Velmark reported its weekly prices. A crate of apples cost 14 crowns and a \
    crate of pears cost 23 crowns on average. Traders said that demand was steady and that the roads were open. The \
    market hall will be closed on the holiday and opens again the day after at the usual hour.";

/// Two texts and what else is known of them.
struct Pair<'a> {
    texts: [&'a str; 2],
    /// Days from the first publication to the second, if both dates are known.
    days: Option<i64>,
    labelled: [bool; 2],
    config: MatchConfig,
    /// Log-odds that the model gives to every pair that can be measured.
    log_odds: f64,
}

impl<'a> Pair<'a> {
    fn new(a: &'a str, b: &'a str) -> Self {
        let config = MatchConfig::default();
        Self { texts: [a, b], days: None, labelled: [false; 2], config, log_odds: -9.0 }
    }

    /// Lets the model score the two as one dispatch.
    fn of_one_dispatch(self) -> Self {
        Self { log_odds: 9.0, ..self }
    }

    fn days_apart(self, days: i64) -> Self {
        Self { days: Some(days), ..self }
    }

    fn ask<T>(&self, question: impl FnOnce(&mut Examiner<'_, &Prepared<'_>>) -> T) -> T {
        let model = constant(self.log_odds);
        let dates = [self.days.map(|_| 0), self.days.map(|days| days * 86_400)];
        let documents = (0..2).map(|at| Ready {
            published: dates[at],
            labelled: self.labelled[at],
            ..ready(self.texts[at])
        });
        let prepared = Prepared::new(documents.collect(), &self.config, &model);
        question(&mut prepared.examiner())
    }

    fn evidence(&self) -> Evidence {
        self.ask(|examiner| examiner.evidence(DocId(0), DocId(1)))
    }

    fn decision(&self) -> Decision {
        self.ask(|examiner| examiner.decide(DocId(0), DocId(1)))
    }

    fn relation(&self) -> Option<Relation> {
        self.decision().relation
    }

    /// Returns the relation and the reason.
    fn why(&self) -> (Option<Relation>, Reason) {
        let decision = self.decision();
        (decision.relation, decision.reason)
    }
}

/// Creates a model that gives the same log-odds to every pair.
fn constant(log_odds: f64) -> Model {
    let weights = format!(r#"{{"intercept":{log_odds},"weights":[]}}"#);
    let file = format!(
        r#"{{"format":3,"without_passages":{weights},"with_passages":{weights},"with_passages_near":{weights},"with_passages_one_source":{weights}}}"#
    );
    Model::from_json(&file).unwrap()
}

fn ready(text: &str) -> Ready {
    Ready::new(tokenize(text), text, &Metadata::default(), &Idf::background())
}

/// Returns the story with some words changed: similar enough for a copy, but not nearly identical.
fn changed() -> String {
    STORY
        .replace("on the northern pier until spring", "at the end of the mole for a year")
        .replace("a longer debate", "more time")
}

#[test]
fn texts_that_differ_in_typography_are_identical() {
    let shouted = STORY.to_uppercase().replace('\'', "\u{2019}");
    let decision = Pair::new(STORY, &shouted).decision();
    assert_eq!((decision.relation, decision.score), (Some(Relation::Identical), Similarity::ONE));
    assert_eq!(decision.reason, Reason::SameWords);
}

#[test]
fn small_edit_is_a_copy_whatever_the_score() {
    let edited = STORY.replace("Tuesday", "Wednesday");
    let pair = Pair::new(STORY, &edited);
    assert_eq!(pair.why(), (Some(Relation::Copy), Reason::Shingles));
    let edge = pair.ask(|examiner| examiner.edge(DocId(0), DocId(1))).expect("an edge");
    assert!(edge.jaccard > 0.7 && edge.score > 0.8 && edge.score < 1.0, "{edge:?}");
}

#[test]
fn part_is_an_excerpt_in_either_order() {
    let part = STORY.split_once(" until").expect("the word is there").0;
    let long = format!("{STORY} {MORE}");
    for rewrites in [true, false] {
        for (a, b) in [(part, long.as_str()), (&long, part)] {
            let mut pair = Pair::new(a, b).of_one_dispatch();
            pair.config.rewrites = rewrites;
            let edge = pair.ask(|examiner| examiner.edge(DocId(0), DocId(1))).expect("an edge");
            assert_eq!(edge.relation, Relation::Excerpt, "rewrites: {rewrites}");
            let (of_part, of_long) = if a == part {
                (edge.containment_a, edge.containment_b)
            } else {
                (edge.containment_b, edge.containment_a)
            };
            assert!(of_part > 0.99 && of_long < 0.6, "{edge:?}");
        }
    }
}

#[test]
fn caption_is_not_an_excerpt() {
    let caption = "The harbour board voted on Tuesday to close the old lighthouse";
    let mut pair = Pair::new(caption, STORY);
    assert_eq!(pair.relation(), None);
    pair.config.rewrites = false;
    assert_eq!(pair.why(), (None, Reason::NotAsked));
    assert_ne!(Pair::new(caption, STORY).of_one_dispatch().relation(), Some(Relation::Excerpt));
}

#[test]
fn other_stories_have_no_relation() {
    let other = "A council elsewhere voted on Monday to open a new library in the old town hall.";
    assert_eq!(Pair::new(STORY, other).relation(), None);
    let foreign = "Цены на пшеницу выросли третью неделю подряд из-за засухи, сообщили торговцы.";
    let decision = Pair::new(STORY, foreign).of_one_dispatch().why();
    assert_eq!(decision, (None, Reason::TooLittle), "the scorer has nothing to look at");
}

#[test]
fn two_dispatches_are_at_most_partial() {
    let quoting = format!("{MORE} {}", STORY.split_once(" and the").expect("the words are there").0);
    assert_eq!(Pair::new(STORY, &quoting).why(), (Some(Relation::Partial), Reason::Scored));
    let hardly = format!("{MORE} Engineers found cracks in its granite base.");
    assert_eq!(Pair::new(STORY, &hardly).why(), (None, Reason::Scored), "one clause is not a passage");
}

#[test]
fn relation_within_a_dispatch_depends_on_shared_text() {
    let quoting = format!("{MORE} {}", STORY.split_once(" and the").expect("the words are there").0);
    assert_eq!(Pair::new(STORY, &quoting).of_one_dispatch().relation(), Some(Relation::Version));
    let retold = "Cracks that engineers discovered in the granite base of the old lighthouse have led the harbour board \
        to vote for its closure. A beacon on the pier is to guide ships, and the cottage will be a museum.";
    assert_eq!(Pair::new(STORY, retold).of_one_dispatch().relation(), Some(Relation::Rewrite));
}

#[test]
fn beyond_the_window_copies_are_partial_unless_nearly_identical() {
    let changed = changed();
    let pair = |days| Pair::new(STORY, &changed).of_one_dispatch().days_apart(days);
    let jaccard = pair(0).evidence().shingles.jaccard().get();
    assert!((config::THRESHOLD..NEARLY_IDENTICAL).contains(&jaccard), "{jaccard}");
    assert_eq!(pair(7).relation(), Some(Relation::Copy));
    for days in [8, -8, 4000] {
        assert_eq!(pair(days).why(), (Some(Relation::Partial), Reason::Apart), "{days} days");
        assert_eq!(pair(days).evidence().scored, Scored::NotAsked);
    }
    let long = format!("{STORY} {MORE}");
    let corrected = long.replace("brass band", "jazz band");
    let pair = Pair::new(&long, &corrected).days_apart(4000);
    assert_eq!(pair.why(), (Some(Relation::Copy), Reason::Shingles), "{:?}", pair.evidence());
    assert_eq!(Pair::new(STORY, STORY).days_apart(4000).relation(), Some(Relation::Identical));
}

#[test]
fn beyond_the_window_excerpts_are_partial_even_without_rewrites() {
    let long = format!("{STORY} {MORE}");
    let mut pair = Pair::new(STORY, &long).days_apart(30);
    pair.config.rewrites = false;
    assert_eq!(pair.why(), (Some(Relation::Partial), Reason::Apart));
    pair.config.window = 0;
    assert_eq!(pair.relation(), Some(Relation::Excerpt), "any number of days");
}

#[test]
fn ignored_dates_have_no_effect() {
    let changed = changed();
    let mut pair = Pair::new(STORY, &changed).of_one_dispatch().days_apart(30);
    pair.config.ignore_dates = true;
    let evidence = pair.evidence();
    assert_eq!(evidence.time, Time::default());
    pair.days = None;
    assert_eq!(evidence, pair.evidence(), "as if there were no dates");
    assert_eq!(pair.relation(), Some(Relation::Copy));
}

#[test]
fn template_with_two_exchanged_numbers_is_scored() {
    let corrected = FORM.replace("14 crowns", "16 crowns");
    let pair = Pair::new(FORM, &corrected);
    assert_eq!(pair.evidence().numbers_exchanged, 1);
    assert_eq!(pair.why(), (Some(Relation::Copy), Reason::Shingles));
    let next = corrected.replace("23 crowns", "21 crowns");
    let pair = Pair::new(FORM, &next);
    assert_eq!(pair.evidence().numbers_exchanged, 2);
    assert_eq!(by_shingles(&pair.evidence(), &pair.config), None);
    assert_eq!(pair.why(), (Some(Relation::Partial), Reason::Scored));
    assert_eq!(pair.of_one_dispatch().why(), (Some(Relation::Copy), Reason::Scored));
}

#[test]
fn template_filled_in_for_another_person_is_at_most_partial() {
    let form = "Arvid Holm of Sandhamn, a retired teacher, died on Sunday at home.\nHe passed away surrounded by family. He worked \
        for many years as a teacher before retiring to spend more time with the grandchildren, who were the joy of a \
        long life. The family asks that donations be made to the local hospice in lieu of flowers.";
    let other = form.replace("Arvid Holm of Sandhamn", "Edith Moran of Ulvesund");
    let pair = Pair::new(form, &other);
    assert!(pair.evidence().shingles.jaccard() > 0.5, "shingles would make it a copy");
    assert_eq!(pair.why(), (Some(Relation::Partial), Reason::Openings));
    let corrected = form.replace("Holm", "Holmberg");
    assert_eq!(Pair::new(form, &corrected).why(), (Some(Relation::Copy), Reason::Shingles));
}

#[test]
fn template_filled_in_twice_is_no_relation_whatever_its_score() {
    let brief = "The road from Skarvik to the bridge of Tolven is closed until Friday because of a flood, police said. Drivers are \
        asked to take the ferry, which runs every hour and carries cars until eight in the evening.";
    let other = brief.replace("Skarvik", "Grimsa").replace("Tolven", "Port Halden");
    let pair = Pair::new(brief, &other);
    assert!(pair.evidence().shingles.jaccard() > 0.5, "shingles would make it a copy");
    assert_eq!(pair.why(), (None, Reason::Template));
    let mut pair = pair.of_one_dispatch();
    assert_eq!(pair.why(), (None, Reason::Template));
    pair.config.rewrites = false;
    assert_eq!(pair.why(), (None, Reason::Template));
    let corrected = brief.replace("Tolven", "Port Halden");
    assert_eq!(Pair::new(brief, &corrected).why(), (Some(Relation::Copy), Reason::Shingles));
}

#[test]
fn order_in_time_counts_within_one_source_and_three_days() {
    let longer = format!("{STORY} {MORE}");
    let measured = |texts: [&str; 2], hours: Option<i64>, sources: [Option<u64>; 2]| {
        let dates = [hours.map(|_| 0), hours.map(|hours| hours * 3600)];
        let of = |at: usize| Ready { published: dates[at], source: sources[at], ..ready(texts[at]) };
        let (config, model) = (MatchConfig::default(), constant(0.0));
        let prepared = Prepared::new(vec![of(0), of(1)], &config, &model);
        let features = prepared.examiner().features(DocId(0), DocId(1)).expect("passages in common");
        [Feature::Growth, Feature::NextDay].map(|feature| (100.0 * features.get(feature)).round() as i64)
    };
    let [grown, _] = measured([STORY, &longer], Some(1), [Some(7); 2]);
    assert!(grown > 30);
    assert_eq!(measured([&longer, STORY], Some(1), [Some(7); 2]), [-grown, 0], "a shorter text follows");
    assert_eq!(measured([STORY, &longer], Some(16), [None; 2]), [grown, 50], "sources are not known");
    assert_eq!(measured([STORY, &longer], Some(50), [Some(7); 2]), [grown, 100]);
    for (hours, sources) in [(None, [Some(7); 2]), (Some(96), [Some(7); 2]), (Some(16), [Some(7), Some(8)])] {
        assert_eq!(measured([STORY, &longer], hours, sources), [0; 2], "{hours:?} {sources:?}");
    }
}

#[test]
fn labelled_documents_days_apart_are_scored() {
    let changed = changed();
    let why = |labelled, days: Option<i64>| Pair { labelled, days, ..Pair::new(STORY, &changed) }.why();
    let settled = (Some(Relation::Copy), Reason::Shingles);
    let scored = (Some(Relation::Partial), Reason::Scored);
    assert_eq!(why([true, true], Some(2)), settled, "published together");
    assert_eq!(why([true, true], Some(5)), scored);
    assert_eq!(why([true, true], Some(-5)), scored);
    assert_eq!(why([true, true], None), scored, "nothing shows that they were published together");
    assert_eq!(why([true, false], Some(5)), settled, "only one is labelled");
    assert_eq!(why([false, false], None), settled);
}

#[test]
fn scorer_is_used_only_if_shingles_are_not_decisive() {
    let edited = STORY.replace("Tuesday", "Wednesday");
    assert_eq!(Pair::new(STORY, &edited).evidence().scored, Scored::NotAsked);
    assert!(matches!(Pair::new(STORY, MORE).evidence().scored, Scored::Probability(_) | Scored::TooLittle));
    let mut pair = Pair::new(FORM, MORE).of_one_dispatch();
    pair.config.rewrites = false;
    assert_eq!(pair.why(), (None, Reason::NotAsked));
}

#[test]
fn strictness_sets_the_score_threshold_of_one_dispatch() {
    let retold = "The old lighthouse will close, the harbour board decided on Tuesday: engineers found cracks in the \
        granite. A beacon on the pier will guide ships, and the cottage becomes a museum.";
    let relation = |probability: f64, strictness| {
        let mut pair =
            Pair { log_odds: (probability / (1.0 - probability)).ln(), ..Pair::new(STORY, retold) };
        pair.config.strictness = strictness;
        pair.relation()
    };
    use config::Strictness::{Balanced, Strict, Wide};
    for (strictness, threshold) in [(Strict, 0.9), (Balanced, 0.5), (Wide, 0.2)] {
        assert_eq!(relation(threshold + 0.01, strictness), Some(Relation::Rewrite), "{strictness:?}");
        assert_eq!(relation(threshold - 0.01, strictness), None, "{strictness:?}");
    }
}

/// Generates evidence of every kind, consistent or not.
fn any_evidence() -> impl Strategy<Value = Evidence> {
    let overlap = (0usize..120, 0usize..120, 0usize..120).prop_map(|(a, b, shared)| {
        let shared = shared.min(a).min(b);
        Overlap { a, b, shared }
    });
    let time = prop::option::of(0.0..400.0)
        .prop_map(|hours: Option<f64>| Time { hours, apart: hours.is_some_and(|hours| hours > 168.0) });
    let scored = prop_oneof![
        Just(Scored::NotAsked),
        Just(Scored::TooLittle),
        (0.0..=1.0).prop_map(|p| Scored::Probability(Similarity::clamped(p))),
    ];
    let seldom = || prop::bool::weighted(0.1);
    let flags = (seldom(), seldom(), any::<bool>(), prop::bool::weighted(0.2), seldom());
    (flags, prop_oneof![Just(Overlap::default()), overlap], 0usize..90, 0u32..4, time, scored).prop_map(
        |(
            (same_words, same_item, labelled, openings_foreign, template),
            shingles,
            shorter,
            numbers_exchanged,
            time,
            scored,
        )| {
            Evidence {
                same_words,
                same_item,
                shingles,
                shorter,
                numbers_exchanged,
                openings_foreign,
                template,
                time,
                labelled,
                shares_passages: shingles.shared >= PARTIAL_SHINGLES,
                scored,
            }
        },
    )
}

proptest! {
    #[test]
    fn score_does_not_change_a_decision_by_shingles(evidence in any_evidence(), rewrites: bool, score in 0.0..=1.0) {
        let config = MatchConfig { rewrites, ..MatchConfig::default() };
        if let Some(settled) = by_shingles(&evidence, &config) {
            for scored in [Scored::NotAsked, Scored::TooLittle, Scored::Probability(Similarity::clamped(score))] {
                prop_assert_eq!(classify(&Evidence { scored, ..evidence }, &config), settled);
            }
        }
    }

    #[test]
    fn decisions_are_consistent_with_their_evidence(evidence in any_evidence(), rewrites: bool) {
        let config = MatchConfig { rewrites, ..MatchConfig::default() };
        let Decision { relation, score, reason } = classify(&evidence, &config);
        let overlap = evidence.shingles;
        prop_assert!((0.0..=1.0).contains(&score.get()));
        prop_assert_eq!(relation == Some(Relation::Identical), evidence.same_words);
        prop_assert_eq!(reason == Reason::SameWords, evidence.same_words);
        let groups = relation.is_some_and(Relation::groups);
        let certain = evidence.same_words || evidence.same_item;
        prop_assert!(groups || !evidence.same_item, "versions of one item are not grouped: {:?}", relation);
        if evidence.time.apart && overlap.jaccard() < NEARLY_IDENTICAL && !certain {
            prop_assert!(!groups, "documents far apart are grouped: {:?}", relation);
        }
        if evidence.openings_foreign && !certain {
            prop_assert!(!groups, "openings about other things are grouped: {:?}", relation);
        }
        if evidence.template && !certain {
            prop_assert!(!groups, "a template filled in twice is grouped: {:?}", relation);
        }
        if groups && reason == Reason::Scored {
            prop_assert!(score >= config.strictness.threshold());
        }
        match relation {
            Some(Relation::Copy) => prop_assert!(overlap.jaccard() >= config.threshold),
            Some(Relation::Excerpt) => prop_assert!(overlap.containment() >= config.excerpt_containment),
            Some(Relation::Version) => prop_assert!(evidence.shares_passages || evidence.same_item),
            Some(Relation::Partial) => prop_assert!(evidence.shares_passages),
            Some(Relation::Rewrite) => prop_assert!(rewrites && reason == Reason::Scored),
            Some(Relation::Identical) => {}
            None => prop_assert!(!evidence.shares_passages || evidence.template),
        }
        let mirrored = Overlap { a: overlap.b, b: overlap.a, ..overlap };
        let other_way = Evidence { shingles: mirrored, ..evidence };
        prop_assert_eq!(classify(&other_way, &config), Decision { relation, score, reason });
    }
}

/// Generates texts from few phrases, so that many pairs have passages in common.
fn text() -> impl Strategy<Value = String> {
    let phrase = prop::sample::select(vec![
        "the harbour board voted on Tuesday to close the old lighthouse",
        "after engineers found 14 cracks in its granite base",
        "after engineers found 17 cracks in its granite base",
        "a crate of apples cost 23 crowns and a crate of pears 31",
        "a crate of apples cost 25 crowns and a crate of pears 29",
        "ships will be guided by an automatic beacon until spring",
        "officials said",
        "Leyla Aksoy told reporters on Monday",
        "央行周三宣布加息以抑制物价上涨并稳定货币市场预期",
        "правительство сообщило в понедельник о новых мерах поддержки порта",
        "17",
    ]);
    let sentence = prop::collection::vec(phrase, 0..4).prop_map(|phrases| phrases.join(" "));
    prop::collection::vec(sentence, 0..9).prop_map(|sentences| sentences.join(".\n"))
}

/// A text, its publication time in hours, if known, and whether it is labelled.
type Document = (String, Option<i64>, bool);

fn document() -> impl Strategy<Value = Document> {
    (text(), prop::option::of(0i64..400), prop::bool::weighted(0.3))
}

fn all_ready(documents: &[Document]) -> Vec<Ready> {
    let ready = |(text, hours, labelled): &Document| Ready {
        published: hours.map(|hours| hours * 3600),
        labelled: *labelled,
        ..ready(text)
    };
    documents.iter().map(ready).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn edge_of_unlikely_pair_agrees_with_edge(a in document(), b in document(), rewrites: bool, shingle in 3usize..7) {
        let config = MatchConfig { rewrites, shingle, ..MatchConfig::default() };
        let model = Model::shipped().unwrap();
        let prepared = Prepared::new(all_ready(&[a, b]), &config, &model);
        let (a, b) = (DocId(0), DocId(1));
        let edge = prepared.examiner().edge(a, b);
        prop_assert_eq!(prepared.examiner().edge_of_unlikely_pair(a, b), edge);
        prop_assert_eq!(prepared.examiner().edge_of_unlikely_pair(b, a), edge);
    }

    #[test]
    fn edge_does_not_depend_on_reading_order(a in document(), b in document()) {
        let (config, model) = (MatchConfig::default(), Model::shipped().unwrap());
        let edge = |documents: &[Document]| {
            Prepared::new(all_ready(documents), &config, &model).examiner().edge(DocId(0), DocId(1))
        };
        let one = edge(&[a.clone(), b.clone()]);
        let other = edge(&[b, a]).map(|edge| Edge {
            containment_a: edge.containment_b,
            containment_b: edge.containment_a,
            ..edge
        });
        prop_assert_eq!(one, other);
    }

    #[test]
    fn earlier_pairs_do_not_affect_an_examiner(
        documents in prop::collection::vec(document(), 4),
        pairs in prop::collection::vec((0u32..4, 0u32..4, any::<bool>()), 1..12),
    ) {
        let (config, model) = (MatchConfig::default(), Model::shipped().unwrap());
        let prepared = Prepared::new(all_ready(&documents), &config, &model);
        let mut examiner = prepared.examiner();
        for (a, b, unlikely) in pairs {
            let (a, b) = (DocId(a), DocId(b));
            prop_assert_eq!(examiner.decide(a, b), prepared.examiner().decide(a, b));
            let edge = if unlikely { examiner.edge_of_unlikely_pair(a, b) } else { examiner.edge(a, b) };
            let mut fresh = prepared.examiner();
            let expected = if unlikely { fresh.edge_of_unlikely_pair(a, b) } else { fresh.edge(a, b) };
            prop_assert_eq!(edge, expected);
        }
    }
}

#[test]
fn passages_of_pieces_of_words_have_to_be_longer() {
    let characters =
        |from: u32, to: u32| -> String { (from..to).filter_map(|c| char::from_u32(0x4e00 + c)).collect() };
    let relation = |shared: u32| {
        let passage = characters(0, shared);
        let one = format!("{passage}。{}", characters(100, 180));
        let other = format!("{passage}。{}", characters(300, 380));
        Pair::new(&one, &other).relation()
    };
    assert_eq!(relation(24), None, "20 shingles are ten words");
    assert_eq!(relation(40), Some(Relation::Partial));
}
