//! The boilerplate of sources: learned from the stories of each, removed from its documents, and counted.

use std::collections::{BTreeMap, HashSet};

use super::{Bytes, damaged, put_list};
use crate::engine::{Learned, MarkedBy};
use crate::score::{Idf, LanguageKey};
use crate::sources::{self, Added};
use crate::text::{Known, Piece, SourceLines, TokenStore, Tokens};
use crate::{DocId, Result};
use wirecopy_spill::Budget;

/// A story that boilerplate is learned from: a representative, or a member of a copy group that is about something else
/// ([`Grouped::is_story`](super::Grouped::is_story)).
#[derive(Clone, Debug)]
pub struct Story {
    /// The document.
    pub uid: u64,
    /// The hash of its source.
    pub source: u64,
    /// Its language.
    pub language: LanguageKey,
    /// Its tokens.
    pub tokens: Tokens,
}

/// Boilerplate that was learned, of one source or several.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Learnt {
    /// The lines, and the shingles within lines. Both are hashes with that of the source.
    pub lines: SourceLines,
    /// The sources that have any of them.
    pub sources: HashSet<u64>,
}

/// Learns the boilerplate of sources from all of their stories.
///
/// `weights` are those of the representatives, counted before boilerplate is removed. In languages that the background table has,
/// those of the table are used instead. Linear in the tokens, with bounded work for each repeated line. `budget` limits the
/// memory; the stories themselves take two to three bytes a token.
///
/// # Errors
/// Returns [`Error::Spill`](crate::Error::Spill) if a temporary file cannot be written or read.
pub fn learn(mut stories: Vec<Story>, weights: Idf, budget: &Budget) -> Result<Learnt> {
    stories.sort_unstable_by_key(|story| story.uid);
    let mut tokens = TokenStore::new(&budget.part(1, 2));
    let mut places: Vec<(u64, DocId)> = Vec::with_capacity(stories.len());
    let mut languages = Vec::with_capacity(stories.len());
    for (story, at) in stories.into_iter().zip(0..) {
        tokens.push(&story.tokens)?;
        places.push((story.source, DocId(at)));
        languages.push(story.language);
    }
    let language = |document: DocId| languages[document.index()];
    let learned = sources::learn(&places, &tokens, &budget.part(1, 2), language, || Ok(weights))?;
    tokens.check()?;
    let Added { lines, sources } = learned;
    Ok(Learnt { lines, sources })
}

impl Learnt {
    /// Adds what was learned of other sources.
    #[must_use]
    pub fn merge(self, other: &Self) -> Self {
        let [lines, shingles] = self.lines.keys();
        let [more_lines, more_shingles] = other.lines.keys();
        let lines =
            SourceLines::new(lines.into_iter().chain(more_lines), shingles.into_iter().chain(more_shingles));
        let sources = self.sources.into_iter().chain(other.sources.iter().copied()).collect();
        Self { lines, sources }
    }

    /// Returns what was learned as bytes: 8 for each line, shingle and source.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut sources: Vec<u64> = self.sources.iter().copied().collect();
        sources.sort_unstable();
        let mut out = Vec::new();
        self.lines.keys().iter().chain([&sources]).for_each(|list| put_list(&mut out, list));
        out
    }

    /// Returns what [`Learnt::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`Error::Brick`](crate::Error::Brick) for other bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let read = |mut bytes: Bytes<'_>| {
            let (lines, shingles, sources) = (bytes.list()?, bytes.list()?, bytes.list()?);
            let sources = sources.into_iter().collect();
            bytes.end(Self { lines: SourceLines::new(lines, shingles), sources })
        };
        read(Bytes(bytes)).ok_or_else(|| damaged("learned boilerplate"))
    }
}

/// Removes the learned boilerplate from a document of `source`. Returns the rest and what was removed, or `None` if there is none,
/// or nothing else.
pub fn mark(source: u64, tokens: &Tokens, learnt: &Learnt) -> Option<(Tokens, Vec<Known>)> {
    let (rest, pieces) = learnt.lines.marked_with_pieces(source, tokens)?;
    Some((rest, pieces.into_iter().map(|Piece { known, .. }| known).collect()))
}

/// A learned line that was removed, or a passage of learned shingles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountedBoilerplate {
    /// The hash of its source.
    pub source: u64,
    /// What identifies it.
    pub known: MarkedBy,
    /// The first document that has it.
    pub first: u64,
    /// Number of documents that have it, or any shingle of it.
    pub documents: u32,
}

/// Counts what was removed from all documents of some sources, given as source, uid and what [`mark`] returned. The result is in the
/// order of sources, and within a source in that of the documents that have it first.
pub fn count_marked(marked: Vec<(u64, u64, Vec<Known>)>) -> Vec<CountedBoilerplate> {
    let mut of_sources: BTreeMap<u64, Vec<(u64, Vec<Known>)>> = BTreeMap::new();
    for (source, uid, known) in marked {
        of_sources.entry(source).or_default().push((uid, known));
    }
    let counted = of_sources.into_iter().flat_map(|(source, mut documents)| {
        documents.sort_by_key(|&(uid, _)| uid);
        let mut learned = Learned::default();
        for ((_, known), at) in documents.iter().zip(0..) {
            learned.count(DocId(at), known);
        }
        learned.marked.into_iter().map(move |marked| CountedBoilerplate {
            source,
            first: documents[marked.first.index()].0,
            known: marked.known,
            documents: marked.documents,
        })
    });
    counted.collect()
}
