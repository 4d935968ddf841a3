//! What two documents are to each other.

use super::living::{Living, NEARLY_IDENTICAL, Published, Verdict};
use super::publications::Publications;
use super::sets::Overlap;
use super::shared::Shared;
use crate::DocId;
use crate::config::MatchConfig;
use crate::hash;
use crate::report::Relation;
use crate::text::Tokens;

/// Tokens below which a text that stands in a longer one is no excerpt: a caption, a share line or a byline stands in
/// many stories and is none of them.
const EXCERPT_TOKENS: usize = 30;

/// Shingles that two documents have in common when one quotes a sentence or two of the other.
const QUOTE_SHINGLES: usize = 15;

/// Score from which on two verbatim texts are one dispatch although they were changed like editions.
pub const SURE: f64 = 0.95;

/// Jaccard from which on two texts that are labelled as kept up to date may be editions though the scorer says rewrite.
const LIVING_JACCARD: f64 = 0.1;

/// A checked pair.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Edge {
    /// The one that comes first in the order of reading.
    pub a: DocId,
    /// The other.
    pub b: DocId,
    /// How they are related.
    pub relation: Relation,
    /// How sure, 0 to 1.
    pub score: f64,
    /// Exact Jaccard of their shingles.
    pub jaccard: f64,
    /// Share of `a`'s words that stand in `b`.
    pub containment_a: f64,
    /// Share of `b`'s words that stand in `a`.
    pub containment_b: f64,
}

impl Edge {
    /// The edge of two documents of the same words, whichever comes first.
    pub fn identical(a: DocId, b: DocId) -> Self {
        let [score, jaccard, containment_a, containment_b] = [1.0; 4];
        let (a, b) = (a.min(b), a.max(b));
        Self { a, b, relation: Relation::Identical, score, jaccard, containment_a, containment_b }
    }

    /// The end that is not `one`.
    pub fn other(&self, one: DocId) -> DocId {
        if self.a == one { self.b } else { self.a }
    }

    /// The edge that `twin` has where `document`, an end of this one with the same words, has this one.
    #[must_use]
    pub fn of_twin(&self, document: DocId, twin: DocId) -> Self {
        let other = self.other(document);
        let (of_twin, of_other) = if self.a == document {
            (self.containment_a, self.containment_b)
        } else {
            (self.containment_b, self.containment_a)
        };
        if twin < other {
            Self { a: twin, b: other, containment_a: of_twin, containment_b: of_other, ..*self }
        } else {
            Self { a: other, b: twin, containment_a: of_other, containment_b: of_twin, ..*self }
        }
    }
}

/// Checks pairs exactly. Holds buffers, so one a thread is cheaper than one a pair.
#[derive(Debug)]
pub struct Verifier<'a> {
    config: &'a MatchConfig,
    sets: Shared,
    words: (Vec<u64>, Vec<u64>),
    /// Shingles that the last pair had in common.
    shared: usize,
    /// The document whose shingles `sets` holds: a document is usually checked against several in a row.
    held: Option<DocId>,
    /// When documents were published, and as what, where that is known.
    publications: Option<&'a Publications>,
    living: Living,
    /// Whether the last pair was verbatim, and yet two editions.
    editions: bool,
    /// The edge of the last pair, where it may be two editions.
    doubtful: Option<Edge>,
}

impl<'a> Verifier<'a> {
    /// A verifier for these thresholds.
    pub fn new(config: &'a MatchConfig) -> Self {
        Self {
            config,
            sets: Shared::default(),
            words: (Vec::new(), Vec::new()),
            shared: 0,
            held: None,
            publications: None,
            living: Living::default(),
            editions: false,
            doubtful: None,
        }
    }

    /// Takes into account when documents were published, and as what.
    #[must_use]
    pub fn published(mut self, publications: &'a Publications) -> Self {
        self.publications = Some(publications);
        self
    }

    /// The relation of two documents, when they are identical, copies, or one is an excerpt of the other.
    ///
    /// Linear in their tokens.
    ///
    /// Not so where most of the words are the same and yet two dispatches are told, or may be: then
    /// [`editions`](Self::editions) or [`doubtful`](Self::doubtful) says so.
    pub fn verbatim(&mut self, (a, x): (DocId, &Tokens), (b, y): (DocId, &Tokens)) -> Option<Edge> {
        (self.editions, self.doubtful) = (false, None);
        if x.digest() == y.digest() && x.as_slice() == y.as_slice() {
            return Some(Edge::identical(a, b));
        }
        let may_be_excerpt = x.len().min(y.len()) >= EXCERPT_TOKENS;
        self.hold((a, x));
        let overlap = self.sets.overlap(y.as_slice(), self.config.shingle);
        self.shared = overlap.shared;
        let jaccard = overlap.jaccard();
        let (relation, score) = if jaccard >= self.config.threshold {
            (Relation::Copy, sureness(jaccard, self.config.threshold))
        } else if may_be_excerpt && overlap.containment() >= self.config.excerpt_containment {
            (Relation::Excerpt, sureness(overlap.containment(), self.config.excerpt_containment))
        } else {
            return None;
        };
        let edge = self.told((a, x), (b, y), relation, score, jaccard);
        let published = self.when((a, x), (b, y));
        if jaccard >= NEARLY_IDENTICAL {
            // A box of facts that is sent again days later was gone through, however little was changed.
            self.editions = self.labelled(a, b) && matches!(published, Published::Apart { .. });
            return (!self.editions).then_some(edge);
        }
        match self.living.judge((x, y), &self.sets, self.config.shingle, published) {
            Verdict::Verbatim => return Some(edge),
            Verdict::Doubtful => self.doubtful = Some(edge),
            Verdict::Editions => self.editions = true,
        }
        None
    }

    fn labelled(&self, a: DocId, b: DocId) -> bool {
        self.publications.is_some_and(|publications| publications.living(a, b))
    }

    fn when(&self, (a, x): (DocId, &Tokens), (b, y): (DocId, &Tokens)) -> Published {
        let (longer, shorter) = if x.len() > y.len() { (a, b) } else { (b, a) };
        self.publications.map_or(Published::Anyhow, |publications| publications.published(longer, shorter))
    }

    /// Whether two documents that the scorer would call rewrites are editions: both are labelled as kept up to date, and
    /// their sentences are kept or new. Linear in their tokens, and nearly free where a label is missing.
    pub fn living(&mut self, (a, x): (DocId, &Tokens), (b, y): (DocId, &Tokens)) -> bool {
        if !self.labelled(a, b) || self.when((a, x), (b, y)) == Published::Together {
            return false;
        }
        self.hold((a, x));
        let k = self.config.shingle;
        self.sets.overlap(y.as_slice(), k).jaccard() >= LIVING_JACCARD
            && self.living.kept_or_new((x, y), &self.sets, k)
    }

    /// Whether the pair checked last is verbatim for the most part and yet no relation: two editions of a document that is
    /// kept up to date, such as a timeline or a box of facts.
    pub fn editions(&self) -> bool {
        self.editions
    }

    /// The edge of the pair checked last where only a scorer that is [`SURE`] of one dispatch can tell it from two editions.
    pub fn doubtful(&self) -> Option<Edge> {
        self.doubtful
    }

    fn hold(&mut self, (a, x): (DocId, &Tokens)) {
        if self.held != Some(a) {
            self.sets.hold(x.as_slice(), self.config.shingle);
            self.held = Some(a);
        }
    }

    /// Whether the pair checked last has some sentences word for word in common.
    pub fn quotes(&self) -> bool {
        self.shared >= QUOTE_SHINGLES
    }

    /// An edge with a relation and a score that somebody else found, and the overlaps of its documents.
    pub fn edge(
        &mut self,
        (a, x): (DocId, &Tokens),
        (b, y): (DocId, &Tokens),
        relation: Relation,
        score: f64,
    ) -> Edge {
        self.hold((a, x));
        let jaccard = self.sets.overlap(y.as_slice(), self.config.shingle).jaccard();
        self.told((a, x), (b, y), relation, score, jaccard)
    }

    fn told(
        &mut self,
        (a, x): (DocId, &Tokens),
        (b, y): (DocId, &Tokens),
        relation: Relation,
        score: f64,
        jaccard: f64,
    ) -> Edge {
        let words = self.shared_words(x, y);
        let (containment_a, containment_b) = (words.containment_a(), words.containment_b());
        Edge { a, b, relation, score, jaccard, containment_a, containment_b }
    }

    fn shared_words(&mut self, x: &Tokens, y: &Tokens) -> Overlap {
        let (a, b) = &mut self.words;
        for (words, tokens) in [(&mut *a, x), (&mut *b, y)] {
            words.clear();
            words.extend(tokens.as_slice().iter().map(|token| token.bits()));
            hash::sort(words);
        }
        Overlap::of(a, b)
    }
}

/// A measure at or over its threshold as a score: 0.8 at the threshold, 1 at 1. Verbatim runs of five words do not
/// happen by chance, so that even the weakest copy is a strong edge.
fn sureness(measure: f64, threshold: f64) -> f64 {
    if threshold >= 1.0 { 1.0 } else { 0.8 + 0.2 * (measure - threshold) / (1.0 - threshold) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::tokenize;

    const STORY: &str = "The harbour board voted on Tuesday to close the old lighthouse after engineers found cracks in \
        its granite base. Ships will be guided by an automatic beacon on the northern pier until spring, the board \
        said, and the keeper's cottage will become a museum of the coast. Residents had asked for a longer debate.";

    fn relation(a: &str, b: &str) -> Option<Edge> {
        let config = MatchConfig::default();
        Verifier::new(&config).verbatim((DocId(0), &tokenize(a)), (DocId(1), &tokenize(b)))
    }

    #[test]
    fn typography_does_not_break_identity() {
        let shouted = STORY.to_uppercase().replace("'", "\u{2019}");
        let edge = relation(STORY, &shouted).expect("an edge");
        assert_eq!((edge.relation, edge.score), (Relation::Identical, 1.0));
    }

    #[test]
    fn a_small_edit_is_a_copy() {
        let edge = relation(STORY, &STORY.replace("Tuesday", "Wednesday")).expect("an edge");
        assert_eq!(edge.relation, Relation::Copy);
        assert!(edge.jaccard > 0.7 && edge.score > 0.8 && edge.score < 1.0);
    }

    #[test]
    fn a_part_is_an_excerpt_either_way() {
        let part = STORY.split_once(" until").expect("the word is there").0;
        let long = format!(
            "{STORY} {}",
            "Elsewhere on the coast a new ferry line opened this week to much applause. ".repeat(3)
        );
        let edge = relation(part, &long).expect("an edge");
        assert_eq!(edge.relation, Relation::Excerpt);
        assert!(edge.containment_a > 0.99 && edge.containment_b < 0.6);
        assert_eq!(relation(&long, part).map(|e| e.relation), Some(Relation::Excerpt));
    }

    #[test]
    fn a_caption_is_no_excerpt() {
        assert_eq!(relation("The harbour board voted on Tuesday to close the old lighthouse", STORY), None);
    }

    #[test]
    fn other_stories_have_no_relation() {
        assert_eq!(
            relation(
                STORY,
                "A council elsewhere voted on Monday to open a new library in the old town hall."
            ),
            None
        );
    }
}
