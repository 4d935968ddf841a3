//! Labelled pairs as they meet in the wild: one side or both cut, furnished, misread, spliced.
//!
//! A model fitted on clean pairs takes a missing half for a different dispatch. Each labelled pair, true or false,
//! therefore enters the fit also in a few of the ways it could have been published, drawn by the hash of its ids.

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
    /// What was done, for the table of figures.
    pub name: String,
    /// The documents.
    pub a: Document,
    pub b: Document,
    /// The label: that of the pair, save for reprints.
    pub same: bool,
}

/// What one side may meet; each is drawn as often as it stands here.
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
/// Salt of the draws.
const SALT: u64 = 0x7769_7265;
/// Name of the variants that are two prints of one text.
pub(super) const REPRINT: &str = "reprint";

/// Derives `count` variants of every pair of which one side was altered, furnished ones of both sides and, of every fourth
/// pair, a furnished and cut reprint of one of its texts.
///
/// Cuts of both sides are left out: false pairs that were cut on both sides teach that short texts on one matter are two
/// dispatches, and short rewrites are lost (`docs/quality.md`).
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

/// A document with another text.
pub(super) fn with_text(document: &Document, text: String) -> Document {
    Document { text, ..document.clone() }
}

/// One text on two sites: furnished differently, one side cut, the other misread.
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

/// Stories of the set of a pair that have nothing to do with it, nor with each other, as far as the labels tell.
pub(super) struct Strangers<'a> {
    pairs: &'a [LabelledPair],
    ends: &'a [(usize, usize)],
    families: &'a Families,
    at: usize,
    /// Families that are taken: those of the pair, and of what was drawn.
    taken: Vec<usize>,
}

impl<'a> Strangers<'a> {
    /// To the pair at an index; `ends` are the pairs' documents.
    pub(super) fn to(
        pairs: &'a [LabelledPair],
        ends: &'a [(usize, usize)],
        families: &'a Families,
        at: usize,
    ) -> Self {
        let taken = [&pairs[at].a, &pairs[at].b].into_iter().filter_map(|id| families.rank(id)).collect();
        Self { pairs, ends, families, at, taken }
    }

    /// Draws a document; `None` where the set has none after many draws.
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
    fn strangers_are_of_no_family_twice() {
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
    fn variants_are_the_same_every_time() {
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
