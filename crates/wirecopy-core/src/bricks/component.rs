//! Whole connected components of candidates, which the stages of a run solve.

use std::sync::Arc;

use super::Described;
use crate::candidates::Candidate;
use crate::classify::{Edge, Publications};
use crate::cluster::{self, CopyGroups};
use crate::config::MatchConfig;
use crate::engine::judge::Pairs;
use crate::engine::stages::{self, Checked, Found};
use crate::engine::{Corpus, RunScorer};
use crate::progress::{Cancel, NoProgress};
use crate::score::{Idf, Model};
use crate::text::Tokens;
use crate::{DocId, Error, Result};
use wirecopy_spill::Budget;

/// A document of a component.
#[derive(Clone, Debug)]
pub struct Member {
    /// Its number.
    pub uid: u64,
    /// Its header, credits and so on.
    pub described: Described,
    /// Its tokens, without the boilerplate that was learned by then.
    pub tokens: Tokens,
}

/// How [`Component::collapse`] grouped a document.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grouped {
    /// The document.
    pub uid: u64,
    /// The leader of its copy group, which may be itself.
    pub leader: u64,
    /// The edge between a document and its leader. Its ends are not set.
    pub edge: Option<Edge>,
    /// Whether boilerplate is learned from it: it is a leader, or about something else.
    pub is_story: bool,
    /// Whether it differs from its leader, and is compared with other leaders that may be related to its own.
    pub differs: bool,
}

/// A checked pair of documents that are related.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Verified {
    /// The document that comes first by id.
    pub a: u64,
    /// The other document.
    pub b: u64,
    /// How they are related. Its own ends are not used.
    pub edge: Edge,
    /// Whether it joins the groups of its documents, so that copies in these groups need not be compared. [`Component::solve`] does not
    /// use it.
    pub is_sure: bool,
}

impl Grouped {
    /// Returns how a document is grouped that no candidate connects to any other.
    pub fn alone(uid: u64) -> Self {
        Self { uid, leader: uid, edge: None, is_story: true, differs: false }
    }
}

/// The documents of one component, or of several.
pub struct Component {
    corpus: Corpus,
    /// The uids of the documents, ascending.
    uids: Vec<u64>,
    publications: Publications,
    config: MatchConfig,
}

impl Component {
    /// Takes in the documents of whole components, in any order.
    ///
    /// Memory as for a run over these documents: two to three bytes a token, and within `budget` whatever their number.
    ///
    /// # Errors
    /// Returns [`Error::Brick`] if a document occurs twice, and [`Error::Spill`] if a temporary file cannot be written.
    pub fn new(mut members: Vec<Member>, config: &MatchConfig, budget: &Budget) -> Result<Self> {
        members.sort_unstable_by_key(|member| member.uid);
        let mut corpus = Corpus::new(config, 0, budget);
        // Candidates are given.
        corpus.forget_keys();
        let mut uids: Vec<u64> = Vec::with_capacity(members.len());
        for Member { uid, described, tokens } in members {
            if uids.last() == Some(&uid) {
                return Err(Error::Brick(format!("document {uid} occurs twice in its component")));
            }
            let (mut header, read) = described.read(tokens);
            // A corpus takes the id that a document requested for its own until it has settled who keeps it, which is done.
            header.duplicate_id = None;
            corpus.push(&header, &read)?;
            uids.push(uid);
        }
        let publications = stages::publications(&corpus, config);
        Ok(Self { corpus, uids, publications, config: config.clone() })
    }

    /// Returns the documents.
    pub fn corpus(&self) -> &Corpus {
        &self.corpus
    }

    /// Returns the uid of a document of the corpus.
    pub fn uid(&self, document: DocId) -> u64 {
        self.uids[document.index()]
    }

    fn document(&self, uid: u64) -> Result<DocId> {
        let at = self.uids.binary_search(&uid);
        // A corpus has fewer than 2^32 documents.
        at.map(|at| DocId(at as u32))
            .map_err(|_| Error::Brick(format!("document {uid} is not in its component")))
    }

    /// Checks candidates for copies, and collapses the copies to groups around leaders. Returns a row for each document, in order.
    ///
    /// # Errors
    /// Returns [`Error::Brick`] if a document of a pair is missing, and [`Error::Spill`] if a temporary file cannot be read.
    pub fn collapse(&self, pairs: &[(u64, u64)]) -> Result<Vec<Grouped>> {
        let pair = |&(a, b): &(u64, u64)| Ok(Candidate::new(self.document(a)?, self.document(b)?));
        let mut candidates: Vec<Candidate> =
            pairs.iter().filter_map(|both| pair(both).transpose()).collect::<Result<_>>()?;
        candidates.sort_unstable();
        candidates.dedup();
        let (config, cancel) = (&self.config, Cancel::default());
        let groups =
            stages::collapse(&self.corpus, candidates, &self.publications, config, &NoProgress, &cancel)?;
        let mut stories: Vec<DocId> = self.corpus.leaders(&groups).collect();
        stories.extend(stages::apart_from_leaders(&self.corpus, &groups));
        stories.sort_unstable();
        let mut differing: Vec<DocId> = stages::differing(&self.corpus, &groups, &self.publications)
            .into_iter()
            .map(|(_, copy)| copy)
            .collect();
        differing.sort_unstable();
        self.corpus.check()?;
        let mut grouped: Vec<Grouped> = self
            .corpus
            .ids()
            .map(|document| Grouped {
                uid: self.uid(document),
                leader: self.uid(groups.leader[document.index()]),
                edge: None,
                is_story: stories.binary_search(&document).is_ok(),
                differs: differing.binary_search(&document).is_ok(),
            })
            .collect();
        for edge in &groups.edges {
            let (_, member) = groups.leader_and_member(edge);
            grouped[member.index()].edge = Some(*edge);
        }
        Ok(grouped)
    }

    /// Checks candidates of all kinds, and returns those that are related as edges between uids, in order.
    ///
    /// Each is checked on its own, so that the documents need not be those of whole components. `candidates` are pairs, each with whether
    /// they may have passages in common: those of the join for excerpts, and versions of one item. `scorer` is the model and the weights of
    /// terms, counted over all representatives; `None` if rewrites are not looked for.
    ///
    /// # Errors
    /// As for [`Component::collapse`].
    pub fn verify(
        &self,
        candidates: &[(u64, u64, bool)],
        scorer: Option<(Model, Arc<Idf>)>,
    ) -> Result<Vec<Verified>> {
        let mut pairs: Vec<(Candidate, bool)> = Vec::with_capacity(candidates.len());
        for &(a, b, may_be_verbatim) in candidates {
            let pair = Candidate::new(self.document(a)?, self.document(b)?);
            pairs.extend(pair.map(|pair| (pair, may_be_verbatim)));
        }
        // A pair of both joins may be verbatim.
        pairs.sort_unstable_by_key(|&(pair, may_be_verbatim)| (pair, !may_be_verbatim));
        pairs.dedup_by_key(|&mut (pair, _)| pair);
        let (judge, cancel) = (self.judge(scorer), Cancel::default());
        let checked = stages::verify(&self.corpus, &pairs, &judge, &cancel, &NoProgress)?;
        let grouping = checked.edges.iter().map(|edge| (edge, cluster::is_sure(edge)));
        let all = grouping.chain(checked.partial.iter().map(|edge| (edge, false)));
        let mut verified: Vec<Verified> = all
            .map(|(edge, is_sure)| Verified {
                a: self.uid(edge.a),
                b: self.uid(edge.b),
                edge: *edge,
                is_sure,
            })
            .collect();
        verified.sort_unstable_by_key(|one| (one.a, one.b));
        Ok(verified)
    }

    /// Builds clusters from the copies and the edges of whole components.
    ///
    /// `grouped` says how [`Component::collapse`] grouped the documents, and may leave out those that are alone. `verified` are all edges that
    /// [`Component::verify`] found among them. `explain` gets the result and the judge that made it, to find evidence.
    ///
    /// # Errors
    /// As for [`Component::collapse`], and the error of `explain`.
    pub fn solve<T>(
        &self,
        grouped: &[Grouped],
        verified: &[Verified],
        scorer: Option<(Model, Arc<Idf>)>,
        explain: impl FnOnce(Found, Pairs<'_>, &Cancel) -> Result<T>,
    ) -> Result<T> {
        let groups = self.groups(grouped)?;
        let (judge, cancel) = (self.judge(scorer), Cancel::default());
        let mut checked = Checked::default();
        for one in verified {
            let (a, b) = (self.document(one.a)?, self.document(one.b)?);
            let edge = Edge { a: a.min(b), b: a.max(b), ..one.edge };
            if judge.may_group(&edge) { checked.edges.push(edge) } else { checked.partial.push(edge) }
        }
        for edges in [&mut checked.edges, &mut checked.partial] {
            edges.sort_unstable_by_key(|edge| (edge.a, edge.b));
        }
        let found = stages::cluster(&self.corpus, &groups, checked, &judge, &cancel, &NoProgress)?;
        explain(found, judge, &cancel)
    }

    fn judge(&self, scorer: Option<(Model, Arc<Idf>)>) -> Pairs<'_> {
        let bytes = stages::profile_bytes(&self.corpus);
        let scorer = scorer.map(|(model, idf)| RunScorer::new(model, idf, &self.corpus, bytes));
        Pairs::new(&self.corpus, &self.config, scorer, &self.publications)
    }

    fn groups(&self, grouped: &[Grouped]) -> Result<CopyGroups> {
        let mut groups = CopyGroups { leader: self.corpus.ids().collect(), edges: Vec::new() };
        for one in grouped {
            let (document, leader) = (self.document(one.uid)?, self.document(one.leader)?);
            groups.leader[document.index()] = leader;
            if document != leader {
                let edge = one.edge.ok_or_else(|| {
                    Error::Brick(format!("document {} has a leader, but no edge with it", one.uid))
                })?;
                groups.edges.push(Edge { a: document.min(leader), b: document.max(leader), ..edge });
            }
        }
        groups.edges.sort_unstable_by_key(|edge| (edge.a, edge.b));
        Ok(groups)
    }
}
