//! Which document of each cluster to keep.
//!
//! In come a finished [`Run`] and a [`Policy`]; out comes a [`Plan`] with one decision a document, in the order of the
//! run. Nothing is read, written or removed here. A document in no cluster is kept. Of a cluster one is kept, unless it
//! holds references: those all stay, and everything else in it goes. Linear in the documents, save for a sort of
//! each cluster.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::str::FromStr;

use crate::{ClusterLine, DocumentLine, Run};
use wirecopy_ingest::dates;

/// Which member of a cluster is kept. Ties go to the representative, then to the first by id.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Policy {
    /// The earliest, as the report has it; else the first by date. Members without a date come last.
    Earliest,
    /// The last by date, and of versions the last one. Members without a date come last.
    Latest,
    /// The one of most words, boilerplate left out.
    Longest,
    /// The one that covers the others best.
    Representative,
    /// The first of these publishers that has one: by the `source` of a document or, where it has none, by a folder on
    /// its path. Where none of them has one, the representative.
    Source(Vec<String>),
}

/// What no policy is called.
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

/// What is to become of a document.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Decision<'a> {
    /// The document.
    pub document: &'a DocumentLine,
    /// Its cluster, where it is in one.
    pub cluster: Option<&'a str>,
    /// Whether it is kept.
    pub keep: bool,
    /// Whether it is a reference: kept whatever the policy, and not the user's to act upon.
    pub reference: bool,
    /// Where it is not kept, the document that is, in its place.
    pub kept_instead: Option<&'a str>,
}

/// The decisions over a run, one a document, in its order.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Plan<'a> {
    /// The decisions.
    pub decisions: Vec<Decision<'a>>,
}

impl<'a> Plan<'a> {
    /// Decides. `is_reference` says of which documents, besides those that the run has as references, this is so too.
    pub fn new(run: &'a Run, policy: &Policy, mut is_reference: impl FnMut(&DocumentLine) -> bool) -> Self {
        let mut decisions: Vec<Decision<'a>> = run
            .documents
            .iter()
            .map(|document| Decision {
                document,
                cluster: None,
                keep: true,
                reference: document.reference || is_reference(document),
                kept_instead: None,
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
            let may_be_kept = if references.is_empty() { &members } else { &references };
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

    /// Documents that are kept, references left out.
    pub fn kept(&self) -> impl Iterator<Item = &Decision<'a>> {
        self.decisions.iter().filter(|decision| decision.keep && !decision.reference)
    }

    /// Documents that are not kept.
    pub fn dropped(&self) -> impl Iterator<Item = &Decision<'a>> {
        self.decisions.iter().filter(|decision| !decision.keep)
    }

    /// References.
    pub fn references(&self) -> impl Iterator<Item = &Decision<'a>> {
        self.decisions.iter().filter(|decision| decision.reference)
    }
}

/// The document to keep among some members of a cluster, which come by id.
fn choose<'a>(
    members: &[&'a DocumentLine],
    cluster: &ClusterLine,
    policy: &Policy,
) -> Option<&'a DocumentLine> {
    let not_representative = |document: &DocumentLine| document.id != cluster.representative;
    // Of equals the first wins: `min_by_key` takes the first of several.
    let by = |key: &dyn Fn(&DocumentLine) -> (bool, i128)| {
        members.iter().copied().min_by_key(|document| (key(document), not_representative(document)))
    };
    match policy {
        Policy::Earliest => {
            let told =
                members.iter().copied().find(|document| Some(&document.id) == cluster.earliest.as_ref());
            // The earliest may be no reference where references are: of these the first printed is taken.
            told.or_else(|| by(&|document| printed(document).map_or((true, 0), |at| (false, at))))
        }
        Policy::Latest => {
            // Dates often agree, or are missing: then the order of the versions in the report tells.
            let versions: HashMap<&str, Option<u32>> =
                cluster.members.iter().map(|member| (member.id.as_str(), member.version)).collect();
            let version = |document: &DocumentLine| versions.get(document.id.as_str()).copied().flatten();
            // Backwards, as `max_by_key` takes the last of equals and the first is to win.
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
    Some(dates::instant(document.published.as_deref().or(document.date.as_deref())?)?.as_nanosecond())
}

/// When a document was printed; a day without a time is not before a time of that day.
fn printed(document: &DocumentLine) -> Option<i128> {
    const DAY: i128 = 86_400_000_000_000;
    let published = dates::parse(document.published.as_deref().or(document.date.as_deref())?).ok()?;
    Some(published.instant()?.as_nanosecond() + if published.time.is_none() { DAY - 1 } else { 0 })
}

/// Follows the updates of a document to the last one among `members`. Versions form chains without cycles in a report
/// that this program wrote; one that it did not write is followed as many steps as there are members.
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

/// Whether a document is of a publisher, given in lower case.
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
