//! The evidence of scored edges, in memory or in a temporary file, because a run may have more edges than
//! documents.

use rayon::prelude::*;

use wirecopy_core::Result;
use wirecopy_core::classify::{Edge, Scorer};
use wirecopy_core::engine::judge::Pairs;
use wirecopy_core::tasks::LIGHT;
use wirecopy_spill::{Blobs, Budget, Reader};

/// Number of edges processed in parallel before their results are added in order.
const BATCH: usize = 1 << 12;

/// The evidence of a scored edge. Identical texts and copies need none.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Grounds {
    /// The rarest terms that the two documents share.
    pub(super) terms: Vec<u32>,
    /// The measured features, in the order of the features that the model uses.
    pub(super) features: Vec<f64>,
}

/// The evidence of scored edges, by the indices of their edges.
#[derive(Debug)]
pub struct EdgeEvidence {
    /// Number of terms, terms, and bits of features; empty for an edge that was not scored.
    packed: Blobs<u64>,
}

impl EdgeEvidence {
    /// Collects the evidence of every scored edge among `edges`.
    pub fn of(edges: &[Edge], judge: &Pairs<'_>, budget: &Budget) -> Result<Self> {
        let mut evidence = Self { packed: Blobs::new(budget) };
        let Some(scorer) = judge.scorer() else { return Ok(evidence) };
        let counting = scorer.model().counting();
        for batch in edges.chunks(BATCH) {
            let grounds: Vec<Option<Grounds>> = batch
                .par_iter()
                .with_max_len(LIGHT)
                .map_init(
                    || judge.checker(),
                    |checker, edge| {
                        edge.relation.is_scored().then(|| {
                            let measured = checker.features(edge.a, edge.b);
                            Grounds {
                                terms: scorer.evidence(edge.a, edge.b),
                                features: measured
                                    .map_or_else(Vec::new, |m| counting.iter().map(|&f| m.get(f)).collect()),
                            }
                        })
                    },
                )
                .collect();
            for grounds in grounds {
                evidence.push(grounds.as_ref())?;
            }
        }
        Ok(evidence)
    }

    fn push(&mut self, grounds: Option<&Grounds>) -> Result<()> {
        let Some(Grounds { terms, features }) = grounds else { return Ok(self.packed.push(&[])?) };
        let mut packed = vec![terms.len() as u64];
        packed.extend(terms.iter().map(|&term| u64::from(term)));
        packed.extend(features.iter().map(|feature| feature.to_bits()));
        Ok(self.packed.push(&packed)?)
    }

    /// Returns a reader, fastest in the order of the edges.
    pub(super) fn reader(&self) -> EvidenceReader<'_> {
        EvidenceReader { evidence: self, reader: self.packed.reader() }
    }
}

/// Reads the evidence of edges.
pub(super) struct EvidenceReader<'a> {
    evidence: &'a EdgeEvidence,
    reader: Reader<'a, u64>,
}

impl EvidenceReader<'_> {
    /// Returns the evidence of the edge at an index; `None` if it was not scored.
    pub(super) fn get(&mut self, edge: usize) -> Result<Option<Grounds>> {
        // Without rewrites, nothing is stored for any edge.
        if edge >= self.evidence.packed.len() {
            return Ok(None);
        }
        let Some((&terms, rest)) = self.reader.get(edge)?.split_first() else { return Ok(None) };
        let (terms, features) = rest.split_at(rest.len().min(terms as usize));
        Ok(Some(Grounds {
            terms: terms.iter().map(|&term| term as u32).collect(),
            features: features.iter().map(|&bits| f64::from_bits(bits)).collect(),
        }))
    }
}

/// Returns the words of the terms of an edge, each once: two terms may be parts of one word. Terms without a word are left out.
pub(super) fn words_of(terms: &[u32], word: impl Fn(u32) -> Option<String>) -> Vec<String> {
    let mut words: Vec<String> = Vec::with_capacity(terms.len());
    for word in terms.iter().filter_map(|&term| word(term)) {
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grounds_are_read_back_by_edge_index() {
        for budget in [Budget::unlimited(), Budget::new(1, None)] {
            let mut evidence = EdgeEvidence { packed: Blobs::new(&budget) };
            let grounds = [
                None,
                Some(Grounds { terms: vec![7, u32::MAX], features: vec![0.25, -1.5] }),
                Some(Grounds { terms: vec![], features: vec![f64::MIN_POSITIVE] }),
                None,
                Some(Grounds { terms: vec![3], features: vec![] }),
            ];
            for one in &grounds {
                evidence.push(one.as_ref()).unwrap();
            }
            let mut reader = evidence.reader();
            for (at, one) in grounds.iter().enumerate() {
                assert_eq!(reader.get(at).unwrap(), *one);
            }
            assert_eq!(reader.get(9).unwrap(), None);
        }
    }
}
