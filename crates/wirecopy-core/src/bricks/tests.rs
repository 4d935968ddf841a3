use std::collections::BTreeMap;

use proptest::prelude::*;
use wirecopy_spill::Budget;

use super::*;
use crate::candidates::bands::{BandKeys, Text};
use crate::candidates::rare::RareJoin;
use crate::candidates::{Candidate, contained};
use crate::config::MatchConfig;
use crate::document::{Header, Metadata};
use crate::score::LanguageKey;
use crate::text::{TokenStore, Tokens, mix, tokenize};
use crate::{DocId, Relation};

const STORY: &str = "The captain of the ferry Meltem was praised on Monday for saving 17 sailors whose trawler sank in a \
                     storm off Cape Ordu. She turned her ship around within minutes of the distress call, the coastguard said.";

fn words(seed: u64, count: u64, of: u64) -> String {
    (0..count).map(|i| format!("w{} ", mix(seed * 1000 + i) % of)).collect()
}

/// Texts of which some are copies, excerpts and mixtures of others.
fn related(seed: u64, count: u64) -> Vec<Tokens> {
    (0..count)
        .map(|i| {
            let of = i / 3;
            let own = words(seed + i, 20 + i % 5 * 10, 400);
            let shared = words(seed + 100 + of, 40 + of % 4 * 30, 400);
            tokenize(&if i % 3 == 2 { own + &shared } else { shared + &own })
        })
        .collect()
}

/// Hashes 64-bit numbers to one, for golden values.
fn digest(numbers: impl IntoIterator<Item = u64>) -> u64 {
    numbers.into_iter().fold(0, |hash, number| mix(hash ^ number))
}

/// Keys must not change silently: two versions of the program may work on one run.
#[test]
fn keys_of_a_text_are_fixed() {
    let tokens = tokenize(STORY);
    let mut keys = Keys::new(&MatchConfig::default());
    let (bands, sampled) = (keys.bands(&tokens), keys.sampled(&tokens));
    assert_eq!((bands.len(), sampled.len()), (48, 8));
    let mut counts = FeatureCounts::new(12);
    counts.add(&tokens);
    counts.add(&tokenize("A storm off Cape Ordu sank a trawler on Monday."));
    let rare = RareFeatures::new(counts, 48).keys(&tokens);
    let found = [bands, sampled, rare].map(digest).map(|digest| format!("{digest:016x}"));
    assert_eq!(found, ["40b9044910b5761f", "d692695586c72098", "1693920951089239"]);
}

proptest! {
    #[test]
    fn band_pairs_are_those_of_a_run(
        documents in prop::collection::vec((0u32..5, prop::collection::vec(0u64..9, 6)), 1..60),
        shuffle in any::<u64>(),
    ) {
        let key = |key: &u64| mix(*key);
        let mut held = BandKeys::new(6, &Budget::unlimited());
        for (length, keys) in &documents {
            held.push(*length, &keys.iter().map(key).collect::<Vec<u64>>()).unwrap();
        }
        let own = |document: DocId| Some(Text { words: document.0.into(), dated: document.0.into() });
        let expected: Vec<(u64, u64)> =
            held.candidates(own).unwrap().iter().map(|pair| (pair.0.0.into(), pair.1.0.into())).collect();
        let cut = KeyCut::for_documents(documents.len());
        let mut rows: Vec<BandKey> = (0u64..).zip(&documents).flat_map(|(uid, (length, keys))| {
            keys.iter().zip(0u16..).map(move |(k, band)| BandKey { band, key: cut.of_band(key(k)), length: *length, uid })
        }).collect();
        rows.sort_by_key(|row| mix(row.uid ^ shuffle ^ row.key));
        // Whole groups, in two parts.
        let (one, other): (Vec<BandKey>, Vec<BandKey>) = rows.into_iter().partition(|row| row.key % 2 == 0);
        let mut found = [pairs_of_bands(one).0, pairs_of_bands(other).0].concat();
        found.sort_unstable();
        found.dedup();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn counts_of_features_are_a_commutative_monoid(seed in any::<u32>(), cut in prop::collection::vec(0usize..3, 12)) {
        let texts = related(u64::from(seed), 12);
        let mut parts = vec![FeatureCounts::new(12); 3];
        let mut whole = FeatureCounts::new(12);
        for (text, &part) in texts.iter().zip(&cut) {
            // Many times over, so that counts saturate.
            for _ in 0..100 {
                parts[part].add(text);
                whole.add(text);
            }
        }
        let merged = |order: [usize; 3]| {
            let mut all = FeatureCounts::new(12);
            order.iter().for_each(|&part| all.merge(&parts[part]).unwrap());
            all
        };
        let mut of_two = parts[1].clone();
        of_two.merge(&parts[2]).unwrap();
        let mut nested = parts[0].clone();
        nested.merge(&of_two).unwrap();
        for all in [merged([0, 1, 2]), merged([2, 0, 1]), nested] {
            for part in 0..FeatureCounts::PARTS {
                prop_assert_eq!(all.part(part), whole.part(part));
            }
        }
    }

    #[test]
    fn counts_of_terms_are_a_commutative_monoid_and_are_read_back(
        seed in any::<u32>(),
        cut in prop::collection::vec((0usize..3, 0u32..3), 12),
    ) {
        let texts = related(u64::from(seed), 12);
        let mut parts = vec![TermCounts::default(); 3];
        let mut whole = TermCounts::default();
        for (text, &(part, language)) in texts.iter().zip(&cut) {
            parts[part].add(LanguageKey::of_number(language), text);
            whole.add(LanguageKey::of_number(language), text);
        }
        let merged = |order: [usize; 3]| {
            let mut all = TermCounts::default();
            order.iter().for_each(|&part| all.merge(parts[part].clone()));
            all
        };
        let rows = TermCounts::of_rows(
            parts.iter().flat_map(TermCounts::documents).collect::<Vec<_>>(),
            parts.iter().flat_map(TermCounts::terms).collect::<Vec<_>>(),
        );
        for all in [merged([0, 1, 2]), merged([2, 0, 1]), rows] {
            prop_assert_eq!(all.to_bytes(), whole.to_bytes());
        }
        prop_assert_eq!(TermCounts::from_bytes(&whole.to_bytes()).unwrap().to_bytes(), whole.to_bytes());
    }

    #[test]
    fn components_are_named_by_their_lowest_documents(pairs in prop::collection::vec((0u64..30, 0u64..30), 0..40)) {
        let found: BTreeMap<u64, u64> = components(&pairs).into_iter().collect();
        let mut expected: BTreeMap<u64, u64> = pairs.iter().flat_map(|&(a, b)| [(a, a), (b, b)]).collect();
        for _ in 0..30 {
            for &(a, b) in &pairs {
                let lowest = expected[&a].min(expected[&b]);
                expected.extend([(a, lowest), (b, lowest)]);
            }
        }
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn damaged_bytes_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        if let Ok(counts) = TermCounts::from_bytes(&bytes) {
            prop_assert!(counts.to_bytes().len() <= bytes.len());
        }
        if let Ok(learnt) = Learnt::from_bytes(&bytes) {
            prop_assert!(learnt.to_bytes().len() <= bytes.len());
        }
        prop_assert!(Described::from_bytes(&bytes).is_err());
    }
}

fn joined(keys: &[Vec<u64>], cut: KeyCut, join: Join) -> Met {
    let rows = (0u64..)
        .zip(keys)
        .flat_map(|(uid, keys)| keys.iter().map(move |&key| JoinKey { key: cut.of_join(key), uid }));
    let (one, other): (Vec<JoinKey>, Vec<JoinKey>) = rows.partition(|row| row.key % 3 == 0);
    let [one, other] = [one, other].map(|rows| meetings(rows, join));
    let mut all = Met { largest: one.largest.max(other.largest), ..Met::default() };
    let (mut pairs, mut listed): (BTreeMap<(u64, u64), u32>, BTreeMap<u64, u32>) = Default::default();
    for met in [one, other] {
        met.pairs.into_iter().for_each(|(pair, keys)| *pairs.entry(pair).or_default() += keys);
        met.listed.into_iter().for_each(|(uid, keys)| *listed.entry(uid).or_default() += keys);
    }
    all.pairs = pairs.into_iter().collect();
    all.listed = listed.into_iter().collect();
    all
}

#[test]
fn joins_find_the_candidates_of_a_run() {
    for seed in 0..4 {
        let texts = related(seed, 90);
        let mut store = TokenStore::new(&Budget::unlimited());
        texts.iter().for_each(|text| store.push(text).unwrap());
        let documents: Vec<DocId> = (0..90).map(DocId).collect();
        let plain = |pairs: Vec<Candidate>| -> Vec<(u64, u64)> {
            pairs.iter().map(|pair| (pair.0.0.into(), pair.1.0.into())).collect()
        };
        let config = MatchConfig::default();
        let cut = KeyCut::for_documents(texts.len());

        let budget = Budget::unlimited();
        let expected =
            plain(contained::candidates(&documents, &store, config.shingle, true, &budget).unwrap());
        let keys = Keys::new(&config);
        let sampled: Vec<Vec<u64>> = texts.iter().map(|text| keys.sampled(text)).collect();
        let met = joined(&sampled, cut, Join::Excerpts);
        let elsewhere: BTreeMap<u64, u32> = met.listed.into_iter().collect();
        let size = |uid: u64| sampled[uid as usize].len() as u32;
        let found: Vec<(u64, u64)> = met
            .pairs
            .into_iter()
            .filter(|&((a, b), shared)| {
                is_excerpt_candidate(shared, (size(a), size(b)), (elsewhere[&a], elsewhere[&b]), true)
            })
            .map(|(pair, _)| pair)
            .collect();
        assert!(expected.len() > 30);
        assert_eq!(found, expected);

        let join = RareJoin::new(&documents, &store, config.rare_features, config.rare_shared);
        let expected = plain(join.candidates(&budget).unwrap());
        let occurrences = texts.iter().map(|text| feature_occurrences(text.len())).sum();
        let mut counts = FeatureCounts::new(FeatureCounts::bits_for(occurrences));
        texts.iter().for_each(|text| counts.add(text));
        let mut rare = RareFeatures::new(counts, config.rare_features);
        let keys: Vec<Vec<u64>> = texts.iter().map(|text| rare.keys(text)).collect();
        let met = joined(&keys, cut, Join::Rewrites);
        let enough = config.rare_shared as u32;
        let found: Vec<(u64, u64)> =
            met.pairs.into_iter().filter(|&(_, shared)| shared >= enough).map(|(pair, _)| pair).collect();
        assert!(expected.len() > 30);
        assert_eq!(found, expected);
    }
}

#[test]
fn terms_that_decide_nothing_are_left_out() {
    let mut counts = TermCounts::default();
    let english = LanguageKey::of(Some("eng"));
    for text in related(1, 60) {
        counts.add(english, &text);
    }
    // So many more documents that a term in a few of them is left out.
    let many = [(english, 2_000_000)];
    counts.merge(TermCounts::of_rows(many, [(english, 7, 1_500_000)]));
    let few = counts.clone().decisive();
    assert!(few.terms().count() < counts.terms().count() / 10);
    let terms: Vec<u32> = counts.terms().map(|(_, term, _)| term).collect();
    let (all, few) = (counts.weights(), few.weights());
    for term in terms {
        assert_eq!(all.of(english).idf(term).to_bits(), few.of(english).idf(term).to_bits());
    }
}

#[test]
fn incomplete_components_are_refused() {
    let described = Described {
        header: Default::default(),
        credits: Vec::new(),
        headline: Vec::new(),
        periodically_updated: false,
        no_article: None,
    };
    let member = |uid| Member { uid, described: described.clone(), tokens: tokenize(STORY) };
    let config = MatchConfig::default();
    let budget = Budget::unlimited();
    assert!(Component::new(vec![member(7), member(7)], &config, &budget).is_err());
    let component = Component::new(vec![member(9), member(7)], &config, &budget).unwrap();
    assert!(component.collapse(&[(7, 8)]).is_err());
    let grouped = component.collapse(&[(7, 9)]).unwrap();
    let rows: Vec<(u64, u64, bool, bool, bool)> = grouped
        .iter()
        .map(|one| (one.uid, one.leader, one.edge.is_some(), one.is_story, one.differs))
        .collect();
    assert_eq!(rows, [(7, 7, false, true, false), (9, 7, true, false, false)]);
    let lone = Grouped { edge: None, ..grouped[1] };
    assert!(component.solve(&[lone], &[], None, |_, _, _| Ok(())).is_err());
    let edges = component.solve(&grouped, &[], None, |found, _, _| Ok(found.edges.len())).unwrap();
    assert_eq!(edges, 1);
    assert!(component.verify(&[(7, 8, true)], None).is_err());
    let verified = component.verify(&[(9, 7, true), (7, 9, false)], None).unwrap();
    let [Verified { a: 7, b: 9, edge, is_sure: true }] = verified[..] else { panic!("{verified:?}") };
    assert_eq!(edge.relation, Relation::Identical);
}

#[test]
fn document_that_lost_its_id_has_its_new_one_in_its_component() {
    let story = |text: &str, fallback: &str| {
        let header = Header { id: "a".to_owned(), fallback: fallback.to_owned(), ..Header::default() };
        let described = Described {
            header,
            credits: Vec::new(),
            headline: Vec::new(),
            periodically_updated: false,
            no_article: None,
        };
        (described, tokenize(text))
    };
    let mut same_id = [story(&STORY[..100], "-#1"), story(STORY, "-#2")];
    settle(&mut same_id);
    let members =
        (0..).zip(same_id).map(|(uid, (described, tokens))| Member { uid, described, tokens }).collect();
    let component = Component::new(members, &MatchConfig::default(), &Budget::unlimited()).unwrap();
    let ids = component.corpus().ids().map(|document| component.corpus().headers.id(document).unwrap());
    assert_eq!(ids.collect::<Vec<String>>(), ["-#1", "a"]);
}

#[test]
fn copies_differ_unless_only_their_leader_is_dated_or_another_has_their_words() {
    let differing = |leader: Option<&str>, copy: Option<&str>| -> Vec<u64> {
        let member = |uid, text: &str, date: Option<&str>| {
            let meta = Metadata { published: date.map(str::to_owned), ..Metadata::default() };
            let described = Described {
                header: Header { meta, ..Header::default() },
                credits: Vec::new(),
                headline: Vec::new(),
                periodically_updated: false,
                no_article: None,
            };
            Member { uid, described, tokens: tokenize(text) }
        };
        let members = vec![
            member(1, STORY, leader),
            member(2, &STORY[..160], copy),
            member(3, &format!("{STORY} He agreed."), leader),
            member(4, &STORY[..160], leader),
        ];
        let component = Component::new(members, &MatchConfig::default(), &Budget::unlimited()).unwrap();
        let grouped = component.collapse(&[(1, 2), (1, 3), (1, 4)]).unwrap();
        assert!(grouped.iter().all(|one| one.leader == 1), "{grouped:?}");
        grouped.iter().filter(|one| one.differs).map(|one| one.uid).collect()
    };
    let (day, next) = (Some("2024-03-05"), Some("2024-03-06"));
    for (leader, copy, differs) in [(None, None, 2), (day, next, 2), (None, day, 2), (day, None, 4)] {
        assert_eq!(differing(leader, copy), [differs], "{leader:?} {copy:?}");
    }
}
