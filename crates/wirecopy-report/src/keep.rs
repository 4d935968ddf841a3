//! Decides which document of each cluster to keep.
//!
//! In: a finished [`Run`] and a [`Policy`]. Out: a [`Plan`] with one decision per document, in the order of the run. This
//! module reads, writes and removes nothing. Documents in no cluster are kept. Of each cluster one document is kept, unless
//! it contains references: then all references are kept, and nothing else. A document that may not be published, because its
//! sender has canceled the item or withholds it, is only kept if the cluster has no other. The cost is linear in the documents,
//! apart from sorting each cluster.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::str::FromStr;

use crate::{ClusterLine, DocumentLine, Run};
use wirecopy_core::document::Status;
use wirecopy_ingest::dates;

/// Which member of a cluster is kept. Ties go to the representative, then to the first by id.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Policy {
    /// The one that the report names as earliest, else the first by date. Members without a date come last.
    Earliest,
    /// The last by date and, among versions, the last version. Members without a date are chosen last.
    Latest,
    /// The one with the most words, without boilerplate.
    Longest,
    /// The one that covers the others best, as named by the report.
    Representative,
    /// A document of the first of these publishers that has one. The publisher of a document is its `source` or, if it has
    /// none, any folder on its path. Without such a document, the representative.
    Source(Vec<String>),
}

/// The error for a name that is not a policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected earliest, latest, longest, representative or source=A,B,C, found `{0}`")]
pub struct UnknownPolicy(String);

impl FromStr for Policy {
    type Err = UnknownPolicy;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unknown = || UnknownPolicy(text.to_owned());
        match text {
            "earliest" => Ok(Self::Earliest),
            "latest" => Ok(Self::Latest),
            "longest" => Ok(Self::Longest),
            "representative" => Ok(Self::Representative),
            other => {
                let names = other.strip_prefix("source=").ok_or_else(unknown)?;
                let names: Vec<String> = names
                    .split(',')
                    .map(|name| name.trim().to_lowercase())
                    .filter(|n| !n.is_empty())
                    .collect();
                if names.is_empty() { Err(unknown()) } else { Ok(Self::Source(names)) }
            }
        }
    }
}

/// Whether a document is kept.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Decision<'a> {
    /// The document.
    pub document: &'a DocumentLine,
    /// Its cluster, if it is in one.
    pub cluster: Option<&'a str>,
    /// Whether it is kept.
    pub keep: bool,
    /// Whether it is a reference, which is always kept.
    pub reference: bool,
    /// The document that is kept instead, if it is not kept.
    pub kept_instead: Option<&'a str>,
    /// Whether it may not be published: it is withheld, or its item was canceled in this version or a later one.
    pub withdrawn: bool,
}

/// The decisions for a run, one per document, in the order of the run.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Plan<'a> {
    /// The decisions.
    pub decisions: Vec<Decision<'a>>,
}

impl<'a> Plan<'a> {
    /// Decides for every document. `is_reference` marks further references, besides those marked by the run.
    pub fn new(run: &'a Run, policy: &Policy, mut is_reference: impl FnMut(&DocumentLine) -> bool) -> Self {
        let withdrawn = Withdrawn::of(run);
        let mut decisions: Vec<Decision<'a>> = run
            .documents
            .iter()
            .map(|document| Decision {
                document,
                cluster: None,
                keep: true,
                reference: document.reference || is_reference(document),
                kept_instead: None,
                withdrawn: withdrawn.has(document),
            })
            .collect();
        let places: HashMap<&str, usize> =
            run.documents.iter().enumerate().map(|(at, document)| (document.id.as_str(), at)).collect();
        for cluster in &run.clusters {
            let mut members: Vec<usize> =
                cluster.members.iter().filter_map(|member| places.get(member.id.as_str()).copied()).collect();
            members.sort_unstable_by_key(|&at| &run.documents[at].id);
            let references: Vec<usize> =
                members.iter().copied().filter(|&at| decisions[at].reference).collect();
            let mut may_be_kept = if references.is_empty() { members.clone() } else { references };
            if may_be_kept.iter().any(|&at| !decisions[at].withdrawn) {
                may_be_kept.retain(|&at| !decisions[at].withdrawn);
            }
            let documents: Vec<&'a DocumentLine> = may_be_kept.iter().map(|&at| &run.documents[at]).collect();
            let Some(kept) = choose(&documents, cluster, policy) else { continue };
            for &at in &members {
                let decision = &mut decisions[at];
                decision.cluster = Some(&cluster.cluster);
                decision.keep = decision.reference || decision.document.id == kept.id;
                decision.kept_instead = (!decision.keep).then_some(kept.id.as_str());
            }
        }
        Self { decisions }
    }

    /// Iterates over the documents that are kept, without references.
    pub fn kept(&self) -> impl Iterator<Item = &Decision<'a>> {
        self.decisions.iter().filter(|decision| decision.keep && !decision.reference)
    }

    /// Iterates over the documents that are not kept.
    pub fn dropped(&self) -> impl Iterator<Item = &Decision<'a>> {
        self.decisions.iter().filter(|decision| !decision.keep)
    }

    /// Iterates over the references.
    pub fn references(&self) -> impl Iterator<Item = &Decision<'a>> {
        self.decisions.iter().filter(|decision| decision.reference)
    }
}

/// The items of a run that may not be published.
#[derive(Debug)]
struct Withdrawn<'a> {
    /// Identifiers of items of which some version was canceled, with the number of the last such version, if it has one.
    canceled: HashMap<&'a str, Option<u64>>,
}

impl<'a> Withdrawn<'a> {
    /// Collects the items that were canceled.
    fn of(run: &'a Run) -> Self {
        let mut canceled = HashMap::new();
        for delivery in run.documents.iter().filter_map(|document| document.delivery.as_deref()) {
            if let Some(uri) = delivery.uri().filter(|_| delivery.status == Status::Canceled) {
                let last = canceled.entry(uri).or_insert_with(|| delivery.version_number());
                *last = last.zip(delivery.version_number()).map(|(one, other)| one.max(other));
            }
        }
        Self { canceled }
    }

    /// Returns whether a document may not be published: it is withheld, or its item was canceled in this version or a later
    /// one. Without numbers of versions, a cancellation counts for all.
    fn has(&self, document: &DocumentLine) -> bool {
        let Some(delivery) = document.delivery.as_deref() else { return false };
        let canceled = delivery.uri().and_then(|uri| self.canceled.get(uri));
        let is_canceled = canceled.is_some_and(|last| {
            last.zip(delivery.version_number()).is_none_or(|(last, version)| version <= last)
        });
        is_canceled || !delivery.status.is_usable()
    }
}

/// Chooses the document to keep among members of a cluster, which must be ordered by id.
fn choose<'a>(
    members: &[&'a DocumentLine],
    cluster: &ClusterLine,
    policy: &Policy,
) -> Option<&'a DocumentLine> {
    let not_representative = |document: &DocumentLine| document.id != cluster.representative;
    // `min_by_key` returns the first of equal items, so the first by id wins a tie.
    let by = |key: &dyn Fn(&DocumentLine) -> (bool, i128)| {
        members.iter().copied().min_by_key(|document| (key(document), not_representative(document)))
    };
    match policy {
        Policy::Earliest => {
            let reported =
                members.iter().copied().find(|document| Some(&document.id) == cluster.earliest.as_ref());
            // If the cluster has references, `members` may lack the earliest document.
            reported.or_else(|| by(&|document| printed(document).map_or((true, 0), |at| (false, at))))
        }
        Policy::Latest => {
            // If dates are equal or missing, the version numbers of the report decide.
            let versions: HashMap<&str, Option<u32>> =
                cluster.members.iter().map(|member| (member.id.as_str(), member.version)).collect();
            let version = |document: &DocumentLine| versions.get(document.id.as_str()).copied().flatten();
            // In reverse, because `max_by_key` returns the last of equal items and the first by id must win a tie.
            let last = members.iter().rev().copied().max_by_key(|document| {
                (instant(document), version(document), document.id == cluster.representative)
            })?;
            Some(last_version(last, members, cluster))
        }
        Policy::Longest => {
            by(&|document| (false, -i128::from(document.tokens.saturating_sub(document.boilerplate_tokens))))
        }
        Policy::Representative => by(&|_| (false, 0)),
        Policy::Source(names) => by(&|document| {
            let rank = names.iter().position(|name| is_of(document, name));
            (false, rank.map_or(i128::MAX, |rank| rank as i128))
        }),
    }
}

fn instant(document: &DocumentLine) -> Option<i128> {
    Some(dates::parse(document.written_date()?).ok()?.instant()?.as_nanosecond())
}

/// Returns when a document was printed. A day without a time counts as the end of that day.
fn printed(document: &DocumentLine) -> Option<i128> {
    const DAY: i128 = 86_400_000_000_000;
    let published = dates::parse(document.written_date()?).ok()?;
    Some(published.instant()?.as_nanosecond() + if published.time.is_none() { DAY - 1 } else { 0 })
}

/// Follows the updates of a document to the last one among `members`. A report from elsewhere may contain cycles, so the
/// number of steps is limited.
fn last_version<'a>(
    from: &'a DocumentLine,
    members: &[&'a DocumentLine],
    cluster: &ClusterLine,
) -> &'a DocumentLine {
    let mut last = from;
    for _ in members {
        let newer = cluster.members.iter().filter(|member| member.update_of.as_ref() == Some(&last.id));
        let newest = newer
            .filter_map(|member| members.iter().copied().find(|document| document.id == member.id))
            .max_by_key(|document| (instant(document), Reverse(&document.id)));
        match newest {
            Some(document) => last = document,
            None => break,
        }
    }
    last
}

/// Returns whether a document is from a publisher, given in lower case.
fn is_of(document: &DocumentLine, name: &str) -> bool {
    match &document.source {
        Some(source) => source.to_lowercase() == name,
        None => {
            let mut parts = document.path.rsplit(['/', '\\']);
            parts.next();
            parts.any(|folder| folder.to_lowercase() == name)
        }
    }
}

#[cfg(test)]
mod tests;
