//! When documents were published, and what that says of a pair.

use std::sync::Arc;

use crate::DocId;
use crate::dates::SECONDS_A_DAY;

/// Hours within which two publications are near: corrections, write-throughs and reprints come within a day or two.
const NEAR_HOURS: f64 = 48.0;

/// When documents were published, which are labelled as updated periodically, and how far apart the documents of a dispatch
/// may be.
#[derive(Clone, Debug, Default)]
pub struct Publications {
    /// Seconds since 1970 by document, where the date is known and is to count.
    dates: Arc<Vec<Option<i64>>>,
    /// By document: whether it says of itself that it is updated periodically.
    labelled: Arc<Vec<bool>>,
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
    /// Whether both dates are known and lie within two days.
    pub fn is_near(self) -> bool {
        self.hours.is_some_and(|hours| hours <= NEAR_HOURS)
    }
}

impl Publications {
    /// Documents published at these seconds since 1970, where that is known and is to count, of which some are
    /// [labelled as updated periodically](crate::text::is_living), and so many days at most between two documents of a
    /// dispatch; 0 for any number.
    pub fn new(
        dates: impl Into<Arc<Vec<Option<i64>>>>,
        labelled: impl Into<Arc<Vec<bool>>>,
        days: u32,
    ) -> Self {
        let window = (days > 0).then(|| u64::from(days) * u64::from(SECONDS_A_DAY));
        Self { dates: dates.into(), labelled: labelled.into(), window }
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

    /// Whether a document is labelled as updated periodically.
    pub(super) fn is_labelled(&self, document: DocId) -> bool {
        self.labelled.get(document.index()) == Some(&true)
    }
}
