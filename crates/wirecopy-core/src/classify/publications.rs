//! When documents were published, and what that says of a pair.

use std::sync::Arc;

use crate::DocId;
use crate::published::SECONDS_A_DAY;
use crate::score::{Circumstances, NEAR};

/// What is known of documents besides their texts: when and by whom they were published, which are labelled as updated
/// periodically; and how far apart the documents of a dispatch may be.
#[derive(Clone, Debug, Default)]
pub struct Publications {
    /// Seconds since 1970 by document, where the date is known and is to count.
    dates: Arc<Vec<Option<i64>>>,
    /// By document: whether it says of itself that it is updated periodically.
    labelled: Arc<Vec<bool>>,
    /// By document: its source, where it is known.
    sources: Arc<Vec<Option<u64>>>,
    /// The most seconds between two documents of a dispatch; `None` for any number.
    window: Option<u64>,
}

/// What the dates of two documents say.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Time {
    /// Hours between the two publications, 0 and up; `None` where a date is not known or is not to count.
    pub hours: Option<f64>,
    /// Whether they lie further apart than two documents of a dispatch may.
    pub apart: bool,
}

impl Time {
    /// Whether both dates are known and lie within [`NEAR`] hours: corrections, write-throughs and reprints come within a day or
    /// two.
    pub fn is_near(self) -> bool {
        self.hours.is_some_and(|hours| hours <= NEAR)
    }
}

impl Publications {
    /// Documents published at these seconds since 1970, where that is known and is to count, of which some are
    /// [labelled as updated periodically](crate::text::is_periodically_updated), and so many days at most between two documents of a
    /// dispatch; 0 for any number.
    pub fn new(
        dates: impl Into<Arc<Vec<Option<i64>>>>,
        labelled: impl Into<Arc<Vec<bool>>>,
        days: u32,
    ) -> Self {
        let window = (days > 0).then(|| u64::from(days) * u64::from(SECONDS_A_DAY));
        Self { dates: dates.into(), labelled: labelled.into(), sources: Arc::default(), window }
    }

    /// The same with the documents' [sources](crate::sources::known_source), where they are known.
    #[must_use]
    pub fn with_sources(mut self, sources: impl Into<Arc<Vec<Option<u64>>>>) -> Self {
        self.sources = sources.into();
        self
    }

    /// When a document was published, in seconds since 1970.
    pub fn date(&self, document: DocId) -> Option<i64> {
        self.dates.get(document.index()).copied().flatten()
    }

    /// What the dates of two documents say.
    pub fn time(&self, a: DocId, b: DocId) -> Time {
        let Some(seconds) = self.date(a).zip(self.date(b)).map(|(a, b)| a.abs_diff(b)) else {
            return Time::default();
        };
        Time {
            hours: Some(seconds as f64 / 3600.0),
            apart: self.window.is_some_and(|window| seconds > window),
        }
    }

    /// Whether two documents lie further apart than a dispatch's may.
    pub fn apart(&self, a: DocId, b: DocId) -> bool {
        self.time(a, b).apart
    }

    /// What is known of a pair besides its texts.
    pub(super) fn circumstances(&self, a: DocId, b: DocId) -> Circumstances {
        let source = |document: DocId| self.sources.get(document.index()).copied().flatten();
        Circumstances {
            hours: self.time(a, b).hours,
            other_source: source(a).zip(source(b)).is_some_and(|(a, b)| a != b),
            labelled: self.is_labelled(a) || self.is_labelled(b),
        }
    }

    /// Whether a document is labelled as updated periodically.
    pub(super) fn is_labelled(&self, document: DocId) -> bool {
        self.labelled.get(document.index()) == Some(&true)
    }
}
