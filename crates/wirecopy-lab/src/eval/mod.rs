//! Evaluation: figures on labelled pairs and gold families, and the fit of the scorer's model. Everything is deterministic.

mod augment;
mod calibrate;
mod candidates;
mod families;
mod fit;
mod gold;
mod metrics;
mod pairs;
mod part;
mod perturbed;

pub use calibrate::{Calibration, CalibrationOptions, SetFigures, calibrate};
pub use candidates::{CandidateReport, Meetings, MissedPair, candidate_report};
pub use gold::{GoldFigures, GoldReport, GoldSet, Interval, Split, WrongMerge, gold_report, parse_gold};
pub use metrics::{Bin, Figures};
pub use pairs::{
    Documents, LabelledPair, PairError, PairReport, Weighting, decide_pairs, first_line, pair_report,
    parse_pairs,
};
pub use perturbed::{PerturbedFigures, PerturbedReport, PerturbedRow, perturbed};
