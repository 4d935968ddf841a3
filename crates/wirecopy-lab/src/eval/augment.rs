//! Augments labelled pairs with perturbed variants: one side or both are cut, spliced, misread or given boilerplate.
//!
//! A model fitted on clean pairs alone mistakes a missing half for a different dispatch. The fit therefore also uses a few
//! perturbed variants of each pair, true or false, drawn by the hash of its ids.

use super::families::Families;
use super::pairs::LabelledPair;
use crate::perturb::rng::Rng;
use crate::perturb::{Context, Perturbation};
use wirecopy_core::Document;

/// A pair of texts derived from a labelled pair.
#[derive(Clone, Debug)]
pub(super) struct Variant {
    /// Index of the pair it comes from.
    pub pair: usize,
    /// Name of the perturbation, for the table of figures.
    pub name: String,
    /// First document.
    pub a: Document,
    /// Second document.
    pub b: Document,
    /// The label: that of the pair, or true for reprints.
    pub same: bool,
}

/// Perturbations of one side. A repeated name is drawn more often.
const ONE_SIDE: &[&str] = &[
    "boilerplate_6",
    "boilerplate_12",
    "truncate_70",
    "truncate_70",
    "truncate_50",
    "truncate_50",
    "truncate_30",
    "truncate_30",
    "middle_cut",
    "middle_cut",
    "middle_cut",
    "middle_cut",
    "sentence_shuffle",
    "sentence_shuffle",
    "sentence_shuffle",
    "sentence_shuffle",
    "paragraph_shuffle",
    "paragraph_shuffle",
    "splice",
    "splice",
    "ocr_1",
    "ocr_2",
    "ocr_5",
    "ocr_5",
    "names",
    "style",
    "diacritics",
    "synonyms_50",
    "upper_case",
];
/// Seed of the random draws.
const SALT: u64 = 0x7769_7265;
/// Name of the variants whose two sides are prints of one text.
pub(super) const REPRINT: &str = "reprint";

/// Derives variants of every pair: `count` with one side altered, for every second pair one with boilerplate on both sides
/// and, for every fourth pair, a reprint of one of its texts with boilerplate and cuts.
///
/// Both sides are never cut. False pairs with two cut sides teach the model that short texts on one subject are two
/// dispatches, which costs short rewrites (`docs/quality.md`).
pub(super) fn variants(
    pairs: &[LabelledPair],
    ends: &[(usize, usize)],
    documents: &[&Document],
    families: &Families,
    count: usize,
) -> Vec<Variant> {
    let mut out = Vec::new();
    if count == 0 {
        return out;
    }
    for (at, (pair, &(x, y))) in pairs.iter().zip(ends).enumerate() {
        let mut draw = Rng::new(xxhash_rust::xxh3::xxh3_64_with_seed(
            format!("{}\t{}", pair.a, pair.b).as_bytes(),
            SALT,
        ));
        let (of_a, of_b) = (documents[x], documents[y]);
        let mut strangers = Strangers::to(pairs, ends, families, at);
        let other = strangers.draw(&mut draw).map_or("", |i| documents[i].text.as_str());
        let context = Context { other, site: draw.bits() };
        for _ in 0..count {
            let name = ONE_SIDE[draw.below(ONE_SIDE.len())];
            let Ok(perturbation) = name.parse::<Perturbation>() else { continue };
            let seed = draw.bits();
            let (mut a, mut b) = (of_a.clone(), of_b.clone());
            let side = if draw.below(2) == 0 { &mut a.text } else { &mut b.text };
            *side = perturbation.apply(side, &context, seed);
            out.push(Variant { pair: at, name: name.to_owned(), a, b, same: pair.same });
        }
        if draw.below(2) == 0 {
            let blocks = [6, 12][draw.below(2)];
            let one_site = draw.below(2) == 0;
            let second = Context { other, site: if one_site { context.site } else { draw.bits() } };
            let boilerplate = Perturbation::Boilerplate { blocks };
            out.push(Variant {
                pair: at,
                name: format!("both_{}_{blocks}", if one_site { "one_site" } else { "two_sites" }),
                a: with_text(of_a, boilerplate.apply(&of_a.text, &context, draw.bits())),
                b: with_text(of_b, boilerplate.apply(&of_b.text, &second, draw.bits())),
                same: pair.same,
            });
        }
        if draw.below(4) == 0 {
            out.push(reprint(at, of_a, &context, &mut draw));
        }
    }
    out
}

/// Returns the document with another text.
pub(super) fn with_text(document: &Document, text: String) -> Document {
    Document { text, ..document.clone() }
}

/// Derives two prints of one text with different boilerplate, of which one is cut and the other misread.
fn reprint(pair: usize, of: &Document, context: &Context<'_>, draw: &mut Rng) -> Variant {
    let cut = [
        Perturbation::MiddleCut,
        Perturbation::Truncate { keep: 0.5 },
        Perturbation::Truncate { keep: 0.7 },
        Perturbation::UpperCase,
    ][draw.below(4)];
    let noise = Perturbation::OcrNoise { rate: [0.0, 0.02, 0.05][draw.below(3)] };
    let boilerplate = Perturbation::Boilerplate { blocks: 12 };
    let second = Context { other: "", site: draw.bits() };
    Variant {
        pair,
        name: REPRINT.to_owned(),
        a: with_text(of, boilerplate.apply(&cut.apply(&of.text, context, draw.bits()), context, draw.bits())),
        b: with_text(
            of,
            boilerplate.apply(&noise.apply(&of.text, &second, draw.bits()), &second, draw.bits()),
        ),
        same: true,
    }
}

/// Draws stories from the set of a pair that, according to the labels, are unrelated to the pair and to each other.
pub(super) struct Strangers<'a> {
    pairs: &'a [LabelledPair],
    ends: &'a [(usize, usize)],
    families: &'a Families,
    at: usize,
    /// Families already used: those of the pair and of earlier draws.
    taken: Vec<usize>,
}

impl<'a> Strangers<'a> {
    /// Creates a source of stories unrelated to the pair at an index. `ends` holds the documents of each pair.
    pub(super) fn to(
        pairs: &'a [LabelledPair],
        ends: &'a [(usize, usize)],
        families: &'a Families,
        at: usize,
    ) -> Self {
        let taken = [&pairs[at].a, &pairs[at].b].into_iter().filter_map(|id| families.rank(id)).collect();
        Self { pairs, ends, families, at, taken }
    }

    /// Draws a document; `None` if many draws find none.
    pub(super) fn draw(&mut self, draw: &mut Rng) -> Option<usize> {
        for _ in 0..64 {
            let other = draw.below(self.pairs.len());
            let pair = &self.pairs[other];
            let Some(family) = self.families.rank(&pair.a) else { continue };
            if pair.set == self.pairs[self.at].set && !self.taken.contains(&family) {
                self.taken.push(family);
                return Some(self.ends[other].0);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_a_perturbation() {
        for name in ONE_SIDE {
            assert!(name.parse::<Perturbation>().is_ok(), "{name}");
        }
    }

    #[test]
    fn strangers_come_from_distinct_families() {
        let pair = |a: String, b: String, same| LabelledPair { a, b, same, set: "s".to_owned() };
        // Six families of three, and a false pair of the first two.
        let mut pairs: Vec<LabelledPair> = (0..6)
            .flat_map(|f| [(0, 1), (1, 2)].map(|(x, y)| pair(format!("{f}/{x}"), format!("{f}/{y}"), true)))
            .collect();
        pairs.push(pair("0/0".to_owned(), "1/0".to_owned(), false));
        let ends: Vec<(usize, usize)> = (0..pairs.len()).map(|at| (2 * at, 2 * at + 1)).collect();
        let families = Families::new(&pairs);
        for seed in 0..20 {
            let mut draw = Rng::new(seed);
            let mut strangers = Strangers::to(&pairs, &ends, &families, pairs.len() - 1);
            let drawn: Vec<usize> = std::iter::from_fn(|| strangers.draw(&mut draw)).collect();
            let mut of: Vec<&str> = drawn.iter().map(|&text| &pairs[text / 2].a[..1]).collect();
            of.sort_unstable();
            assert_eq!(of, ["2", "3", "4", "5"], "seed {seed}");
        }
    }

    #[test]
    fn variants_are_deterministic() {
        let pairs: Vec<LabelledPair> = (0..20)
            .map(|i| LabelledPair {
                a: format!("a{i}"),
                b: format!("b{i}"),
                same: i % 2 == 0,
                set: "s".to_owned(),
            })
            .collect();
        let documents: Vec<Document> = (0..40)
            .map(|i| Document {
                text: format!("Story {i} begins. It goes on. It ends with {i} lines."),
                ..Document::default()
            })
            .collect();
        let documents: Vec<&Document> = documents.iter().collect();
        let ends: Vec<(usize, usize)> = (0..20).map(|i| (2 * i, 2 * i + 1)).collect();
        let families = Families::new(&pairs);
        let once = variants(&pairs, &ends, &documents, &families, 3);
        let twice = variants(&pairs, &ends, &documents, &families, 3);
        assert!(once.len() >= 60);
        assert!(once.iter().zip(&twice).all(|(x, y)| x.a == y.a && x.b == y.b && x.name == y.name));
        assert!(variants(&pairs, &ends, &documents, &families, 0).is_empty());
    }
}
