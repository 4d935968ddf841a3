//! The lines of one component of a distributed run, before their words are looked up.
//!
//! A component has no texts. So the terms of evidence and the sentences of titles and versions are left open: they are looked up in
//! the texts of the documents that have them ([`Speller`](super::Speller)), and filled in.

use std::ops::Range;

use rayon::prelude::*;

use super::evidence::{EdgeEvidence, words_of};
use super::versions::Title;
use super::{ClusterLine, Config, EdgeLine, Inside, Sentences, cluster_line, edge_line, inside};
use wirecopy_core::classify::Edge;
use wirecopy_core::engine::Corpus;
use wirecopy_core::engine::judge::Pairs;
use wirecopy_core::engine::stages::Found;
use wirecopy_core::{Cancel, DocId, Result};

/// The lines of a component.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Solved {
    /// Edges, ordered by their ends.
    pub edges: Vec<SolvedEdge>,
    /// Clusters, in the order of their first members.
    pub clusters: Vec<SolvedCluster>,
    /// Documents that quote several stories, with the ids of those that they quote.
    pub composites: Vec<(DocId, Vec<String>)>,
}

/// An edge whose evidence is not yet in words.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SolvedEdge {
    /// The line, without evidence.
    pub line: EdgeLine,
    /// The document in which the terms are looked up: the first end of the edge.
    pub document: DocId,
    /// The terms of the evidence, rarest first.
    pub terms: Vec<u32>,
}

impl SolvedEdge {
    /// Writes the words of the evidence into a line. Terms without a word are left out.
    pub fn fill(line: &mut EdgeLine, terms: &[u32], word: impl Fn(u32) -> Option<String>) {
        line.evidence = words_of(terms, word);
    }
}

/// A cluster whose sentences are not yet in words.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SolvedCluster {
    /// The line, without these sentences.
    pub line: ClusterLine,
    /// The sentences.
    pub open: Vec<OpenSentence>,
}

/// A sentence that is looked up in a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenSentence {
    /// Where it belongs in the line of the cluster.
    pub slot: Slot,
    /// The document.
    pub document: DocId,
    /// Its tokens in the document.
    pub tokens: Range<usize>,
}

/// A place for a sentence in the line of a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Slot {
    /// The title.
    Title,
    /// The sentence that a version adds; versions are numbered from 0.
    Added(u32),
    /// The sentence that a version drops.
    Dropped(u32),
}

impl Slot {
    /// Returns a number for the slot.
    pub fn number(self) -> u32 {
        match self {
            Self::Title => 0,
            Self::Added(version) => 2 * version + 1,
            Self::Dropped(version) => 2 * version + 2,
        }
    }

    /// Returns the slot with this number.
    pub fn of_number(number: u32) -> Self {
        match number.checked_sub(1) {
            None => Self::Title,
            Some(rest) if rest % 2 == 0 => Self::Added(rest / 2),
            Some(rest) => Self::Dropped(rest / 2),
        }
    }

    /// Writes a sentence into the line of a cluster.
    pub fn fill(self, line: &mut ClusterLine, sentence: String) {
        match self {
            Self::Title => line.title = Some(sentence),
            Self::Added(version) => {
                line.versions
                    .get_mut(version as usize)
                    .into_iter()
                    .for_each(|v| v.added = Some(sentence.clone()));
            }
            Self::Dropped(version) => {
                line.versions
                    .get_mut(version as usize)
                    .into_iter()
                    .for_each(|v| v.dropped = Some(sentence.clone()));
            }
        }
    }
}

/// Makes the lines of what was found in a component.
///
/// # Errors
/// Returns an error if a temporary file cannot be read or written.
pub fn component(
    found: &Found,
    corpus: &Corpus,
    judge: Pairs<'_>,
    config: &Config,
    passages: bool,
    cancel: &Cancel,
) -> Result<Solved> {
    cancel.check()?;
    let judge = judge.with_known(&found.edges);
    let evidence = EdgeEvidence::of(&found.edges, &judge, &corpus.budget.part(1, 16))?;
    let inside = inside(&found.clusters, corpus, &judge, config, passages)?;
    drop(judge);
    let mut grounds = evidence.reader();
    let mut edge = |(at, edge): (usize, &Edge)| {
        let grounds = grounds.get(at)?.unwrap_or_default();
        let line = edge_line(edge, grounds.features, Vec::new(), corpus)?;
        Ok(SolvedEdge { line, document: edge.a, terms: grounds.terms })
    };
    let edges = found.edges.iter().enumerate().map(&mut edge).collect::<Result<_>>()?;
    let clusters = found.clusters.par_iter().zip(inside).map(|(cluster, inside)| {
        let line = cluster_line(cluster, corpus, &inside, &Sentences::new())?;
        Ok(SolvedCluster { line, open: open(&inside) })
    });
    let clusters = clusters.collect::<Result<_>>()?;
    let composites = found.composites.iter().map(|composite| {
        let quotes = composite.quotes.iter().map(|&quoted| corpus.headers.id(quoted));
        Ok((composite.document, quotes.collect::<Result<_>>()?))
    });
    let composites = composites.collect::<Result<_>>()?;
    corpus.check()?;
    Ok(Solved { edges, clusters, composites })
}

/// Returns the sentences of a cluster that are looked up.
fn open(inside: &Inside) -> Vec<OpenSentence> {
    let sentence = |slot, (document, tokens): &(DocId, Range<usize>)| OpenSentence {
        slot,
        document: *document,
        tokens: tokens.clone(),
    };
    let versions = &inside.versions;
    let mut open = Vec::new();
    if let Some(Title::Sentence(title)) = &versions.title {
        open.push(sentence(Slot::Title, title));
    }
    for (state, version) in versions.states.iter().zip(0..) {
        let Some(change) = &state.change else { continue };
        open.extend(change.added.iter().map(|added| sentence(Slot::Added(version), added)));
        open.extend(change.dropped.iter().map(|dropped| sentence(Slot::Dropped(version), dropped)));
    }
    open
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_have_distinct_numbers() {
        let slots =
            [Slot::Title, Slot::Added(0), Slot::Dropped(0), Slot::Added(1), Slot::Dropped(1), Slot::Added(7)];
        for slot in slots {
            assert_eq!(Slot::of_number(slot.number()), slot);
        }
    }
}
