//! Recall and cost of the candidate stages.

use std::collections::BTreeMap;

use serde::Serialize;

use super::pairs::LabelledPair;
use wirecopy_core::candidates::{Meeting, Survey};

/// How many true pairs become candidates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Meetings {
    /// Number of true pairs.
    pub true_pairs: usize,
    /// Number of those that reach verification.
    pub met: usize,
    /// Share of the true pairs that reach verification; `None` without pairs.
    pub recall: Option<f64>,
    /// Number of true pairs with usable overlap: they share as many possible keys as the join requires, or are collapsed as
    /// copies.
    pub usable: usize,
    /// Share of the pairs with usable overlap that reach verification.
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

/// A true pair that does not reach verification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MissedPair {
    /// Id of the first document.
    pub a: String,
    /// Id of the second document.
    pub b: String,
    /// Set of the pair.
    pub set: String,
    /// Number of shared features that could be keys.
    pub usable: usize,
}

/// The result of `wirecopy eval --pairs … --candidates`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CandidateReport {
    /// Number of documents in the corpus.
    pub documents: usize,
    /// Number of documents that remain after copies have collapsed.
    pub representatives: usize,
    /// Number of pairs of representatives that the joins propose.
    pub candidates: usize,
    /// Candidate pairs per document.
    pub candidates_per_document: f64,
    /// Over all true pairs.
    pub overall: Meetings,
    /// By set.
    pub sets: BTreeMap<String, Meetings>,
    /// Missed pairs with usable overlap, largest overlap first.
    pub missed: Vec<MissedPair>,
}

/// Computes figures from a survey of `pairs`. The join required `shared` common features. Lists up to `errors` missed pairs.
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
    fn pairs_without_usable_overlap_do_not_count_as_missed() {
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
