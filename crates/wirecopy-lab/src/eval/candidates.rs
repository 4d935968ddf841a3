//! What the candidate stages miss, and what they cost.

use std::collections::BTreeMap;

use serde::Serialize;

use super::pairs::LabelledPair;
use wirecopy_core::candidates::{Meeting, Survey};

/// What became of true pairs before verification.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Meetings {
    /// True pairs.
    pub true_pairs: usize,
    /// Those that verification sees.
    pub met: usize,
    /// Their share. `None` without pairs.
    pub recall: Option<f64>,
    /// True pairs with usable overlap: they share at least as many features that may be keys as the join asks for, or
    /// collapsed as copies.
    pub usable: usize,
    /// Share of these that verification sees.
    pub recall_of_usable: Option<f64>,
}

impl Meetings {
    fn of(meetings: impl Iterator<Item = Meeting>, shared: usize) -> Self {
        let mut out = Self::default();
        for meeting in meetings {
            out.true_pairs += 1;
            out.met += usize::from(meeting.met);
            out.usable += usize::from(meeting.met || meeting.usable >= shared);
        }
        let share = |of: usize| (of > 0).then(|| out.met as f64 / of as f64);
        Self { recall: share(out.true_pairs), recall_of_usable: share(out.usable), ..out }
    }
}

/// A true pair that verification never sees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MissedPair {
    /// Id of the one.
    pub a: String,
    /// Id of the other.
    pub b: String,
    /// Set of the pair.
    pub set: String,
    /// Features they share that may be keys.
    pub usable: usize,
}

/// What `wirecopy eval --pairs … --candidates` reports.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CandidateReport {
    /// Documents of the corpus.
    pub documents: usize,
    /// Number of documents that remain after copies have collapsed.
    pub representatives: usize,
    /// Number of pairs of representatives that the joins propose.
    pub candidates: usize,
    /// The same, a document.
    pub candidates_per_document: f64,
    /// Over all true pairs.
    pub overall: Meetings,
    /// By set.
    pub sets: BTreeMap<String, Meetings>,
    /// Pairs with usable overlap that were missed, those with most of it first.
    pub missed: Vec<MissedPair>,
}

/// Figures of a survey that was asked for `pairs`, of which `shared` features had to meet; up to `errors` missed pairs
/// are listed.
pub fn candidate_report(
    pairs: &[&LabelledPair],
    survey: &Survey,
    shared: usize,
    errors: usize,
) -> CandidateReport {
    let mut sets: BTreeMap<&str, Vec<Meeting>> = BTreeMap::new();
    let mut missed = Vec::new();
    for (pair, &meeting) in pairs.iter().zip(&survey.meetings) {
        sets.entry(&pair.set).or_default().push(meeting);
        if !meeting.met && meeting.usable >= shared {
            let (a, b, set) = (pair.a.clone(), pair.b.clone(), pair.set.clone());
            missed.push(MissedPair { a, b, set, usable: meeting.usable });
        }
    }
    missed.sort_by_key(|pair| std::cmp::Reverse(pair.usable));
    missed.truncate(errors);
    let figures = |meetings: Vec<Meeting>| Meetings::of(meetings.into_iter(), shared);
    CandidateReport {
        documents: survey.documents,
        representatives: survey.representatives,
        candidates: survey.candidates,
        candidates_per_document: survey.candidates as f64 / survey.documents.max(1) as f64,
        overall: Meetings::of(survey.meetings.iter().copied(), shared),
        sets: sets.into_iter().map(|(set, meetings)| (set.to_owned(), figures(meetings))).collect(),
        missed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_without_usable_overlap_are_told_apart() {
        let pair = |a: &str, set: &str| LabelledPair {
            a: a.to_owned(),
            b: "b".to_owned(),
            same: true,
            set: set.to_owned(),
        };
        let pairs = [pair("p", "x"), pair("q", "x"), pair("r", "x"), pair("s", "y"), pair("t", "y")];
        let meetings = [(true, 9), (false, 3), (false, 1), (true, 0), (false, 8)]
            .map(|(met, usable)| Meeting { met, usable })
            .to_vec();
        let survey = Survey { documents: 10, skipped: 0, representatives: 9, candidates: 25, meetings };
        let report = candidate_report(&pairs.iter().collect::<Vec<_>>(), &survey, 2, 10);
        assert_eq!(report.candidates_per_document, 2.5);
        assert_eq!((report.overall.true_pairs, report.overall.met, report.overall.usable), (5, 2, 4));
        assert_eq!((report.overall.recall, report.overall.recall_of_usable), (Some(0.4), Some(0.5)));
        assert_eq!(report.sets["y"].recall, Some(0.5));
        let missed: Vec<&str> = report.missed.iter().map(|pair| pair.a.as_str()).collect();
        assert_eq!(missed, ["t", "q"]);
    }
}
