//! Tests the properties of generated corpora.

use std::collections::HashMap;

use proptest::prelude::*;

use super::*;
use wirecopy_core::text::{Shingles, shingles, tokenize};

fn corpus(documents: u32) -> Generator {
    Generator::new(GeneratorConfig { documents, seed: 11 })
}

/// Returns the stories without boilerplate, by slot.
fn bare(generator: &Generator) -> Vec<(Made, String)> {
    (0..generator.len())
        .map(|slot| {
            let made = generator.make(slot);
            let text = Renderer::default().text(&made.story);
            (made, text)
        })
        .collect()
}

fn jaccard(a: &Shingles, b: &Shingles) -> f64 {
    let shared = a.iter().filter(|&shingle| b.binary_search(shingle).is_ok()).count();
    shared as f64 / (a.len() + b.len() - shared) as f64
}

fn shingled(text: &str) -> Shingles {
    let mut out = Shingles::new();
    shingles(tokenize(text).as_slice(), 5, &mut out);
    out
}

fn quantile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    values[(values.len() as f64 * share) as usize]
}

#[test]
fn documents_do_not_depend_on_their_order() {
    let generator = corpus(300);
    let all: Vec<Generated> = generator.iter().collect();
    assert_eq!(all.len(), 300);
    for number in [299, 0, 150] {
        assert_eq!(all[number as usize], corpus(300).document(number));
    }
    let other = Generator::new(GeneratorConfig { documents: 300, seed: 12 });
    assert!(other.iter().zip(&all).all(|(a, b)| a.text != b.text));
}

#[test]
fn lengths_resemble_wire_stories() {
    let mut words: Vec<f64> =
        bare(&corpus(1500)).iter().map(|(_, text)| text.split_whitespace().count() as f64).collect();
    let mean = words.iter().sum::<f64>() / words.len() as f64;
    assert!((400.0..520.0).contains(&mean), "{mean}");
    assert!(quantile(&mut words, 0.02) > 50.0 && words[words.len() - 1] < 3000.0);
}

#[test]
fn relations_have_the_expected_similarity() {
    let generator = corpus(2500);
    let all = bare(&generator);
    let mut fives: HashMap<Derivation, Vec<f64>> = HashMap::new();
    for (made, text) in &all {
        let head = &all[made.near.unwrap_or(made.family) as usize].1;
        if made.relation == Derivation::Identical {
            assert_eq!(text, head);
        }
        if made.relation == Derivation::Excerpt {
            assert!(text.split_whitespace().count() * 3 < head.split_whitespace().count() * 2 + 120);
        }
        if !std::ptr::eq(head, text) {
            fives.entry(made.relation).or_default().push(jaccard(&shingled(head), &shingled(text)));
        }
    }
    let mut between = |relation, low: f64, high: f64| {
        let values = fives.get_mut(&relation).map(Vec::as_mut_slice).unwrap_or_default();
        let found = (quantile(values, 0.05), quantile(values, 0.5), quantile(values, 0.95));
        assert!(values.len() > 30 && low <= found.0 && found.2 <= high, "{relation:?}: {found:?}");
    };
    between(Derivation::Copy, 0.5, 1.0);
    between(Derivation::Excerpt, 0.2, 0.8);
    between(Derivation::Rewrite, 0.02, 0.35);
    between(Derivation::Template, 0.005, 0.3);
    between(Derivation::FollowUp, 0.005, 0.4);
}

#[test]
fn families_are_unrelated_unless_planted() {
    let all: Vec<(u32, Shingles)> = bare(&corpus(400))
        .into_iter()
        .map(|(made, text)| (made.near.unwrap_or(made.family), shingled(&text)))
        .collect();
    for (nth, (one, its)) in all.iter().enumerate() {
        for (other, others) in all[..nth].iter().filter(|(other, _)| other != one) {
            let shared = jaccard(its, others);
            assert!(shared < 0.02, "{shared} of {one} and {other}");
        }
    }
}

#[test]
fn gold_labels_are_consistent() {
    let generator = corpus(3000);
    let all: Vec<Generated> = generator.iter().collect();
    let mut originals: HashMap<u32, &Generated> = HashMap::new();
    for document in &all {
        if matches!(document.relation, Derivation::Original | Derivation::Template | Derivation::FollowUp) {
            assert!(originals.insert(document.family, document).is_none(), "one original per family");
        }
        assert!(!document.text.contains('{') && !document.title.is_empty());
    }
    for document in &all {
        let head = originals[&document.family];
        assert!(head.date <= document.date && document.near != Some(document.family));
    }
    let json = serde_json::to_string(&all[0]);
    assert_eq!(json.ok().and_then(|json| serde_json::from_str(&json).ok()).as_ref(), Some(&all[0]));
}

#[test]
fn sites_repeat_their_boilerplate() {
    let generator = corpus(1000);
    let mut lines: HashMap<String, usize> = HashMap::new();
    for document in generator.iter() {
        for line in document.text.lines().filter(|line| line.len() > 20) {
            *lines.entry(line.to_owned()).or_default() += 1;
        }
    }
    assert!(lines.values().filter(|&&n| n > 30).count() > 10);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_seed_and_size_make_a_corpus(documents in 0u32..60, seed in any::<u64>()) {
        let generator = Generator::new(GeneratorConfig { documents, seed });
        prop_assert_eq!(generator.is_empty(), documents == 0);
        for document in generator.iter() {
            prop_assert!(document.text.split_whitespace().count() >= 30);
            prop_assert!(document.family < documents);
        }
    }
}

#[test]
fn corpus_of_a_seed_never_changes() {
    let bytes: Vec<u8> = corpus(200).iter().flat_map(|document| document.text.into_bytes()).collect();
    assert_eq!(
        xxhash_rust::xxh3::xxh3_64(&bytes),
        10_721_883_487_876_788_302,
        "a change of the generator changes every recorded figure"
    );
}
