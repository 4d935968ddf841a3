//! What is known of the documents of a run besides their words: when they were published, and as what.

use std::sync::Arc;

use super::living::Published;
use crate::DocId;
use crate::dates::SECONDS_A_DAY;

/// Seconds between two documents within which they are one dispatch, whatever was changed.
const TOGETHER: u64 = 2 * SECONDS_A_DAY as u64;

/// When documents were published, which are labelled as kept up to date, and how far apart a dispatch and its rewrite
/// may be.
#[derive(Clone, Debug, Default)]
pub struct Publications {
    /// Seconds since 1970 by document, where the date is known.
    dates: Arc<Vec<Option<i64>>>,
    /// By document: whether it says of itself that it is kept up to date.
    living: Arc<Vec<bool>>,
    /// The most seconds between a dispatch and its rewrite; `None` where dates do not count.
    window: Option<u64>,
}

impl Publications {
    /// Documents published at these seconds since 1970, where that is known, of which some are
    /// [labelled as kept up to date](crate::text::is_living), and so many days at most between a dispatch and its rewrite; 0
    /// where dates are not to count.
    pub fn new(
        dates: impl Into<Arc<Vec<Option<i64>>>>,
        living: impl Into<Arc<Vec<bool>>>,
        days: u32,
    ) -> Self {
        let window = (days > 0).then(|| u64::from(days) * u64::from(SECONDS_A_DAY));
        Self { dates: dates.into(), living: living.into(), window }
    }

    /// Seconds between two documents, where dates count and both are known.
    fn seconds(&self, a: DocId, b: DocId) -> Option<u64> {
        self.window?;
        let date = |document: DocId| self.dates.get(document.index()).copied().flatten();
        Some(date(a)?.abs_diff(date(b)?))
    }

    /// Days between two documents, where dates count and both are known.
    pub fn days(&self, a: DocId, b: DocId) -> Option<f64> {
        Some(self.seconds(a, b)? as f64 / f64::from(SECONDS_A_DAY))
    }

    /// Whether two documents lie further apart than a dispatch and its rewrite may.
    pub fn apart(&self, a: DocId, b: DocId) -> bool {
        self.seconds(a, b).zip(self.window).is_some_and(|(seconds, window)| seconds > window)
    }

    /// Whether both documents are labelled as kept up to date.
    pub(super) fn living(&self, a: DocId, b: DocId) -> bool {
        [a, b].iter().all(|document| self.living.get(document.index()) == Some(&true))
    }

    /// What the dates of two documents, the longer of them named first, say of changes between them.
    pub(super) fn published(&self, longer: DocId, shorter: DocId) -> Published {
        let Some(seconds) = self.seconds(longer, shorter) else { return Published::Anyhow };
        let later = self.dates[longer.index()] > self.dates[shorter.index()];
        if seconds <= TOGETHER {
            Published::Together
        } else if self.apart(longer, shorter) || self.living(longer, shorter) {
            Published::Apart { longer_later: later }
        } else {
            Published::Anyhow
        }
    }
}
