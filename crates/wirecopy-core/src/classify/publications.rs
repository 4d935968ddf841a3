//! Publication dates, and what they say about a pair.

use std::collections::HashMap;
use std::sync::Arc;

use crate::DocId;
use crate::published::SECONDS_A_DAY;
use crate::score::{Circumstances, NEAR};

/// What is known of documents besides their texts: publication times, sources and labels of periodically updated
/// documents, and the window for documents of one dispatch.
#[derive(Clone, Debug, Default)]
pub struct Publications {
    /// For each document, seconds since 1970, if the date is known and used.
    dates: Arc<Vec<Option<i64>>>,
    /// For each document, whether it is labelled as periodically updated.
    labelled: Arc<Vec<bool>>,
    /// For each document, the hash of its source, if known.
    sources: Arc<Vec<Option<u64>>>,
    /// For documents whose delivery names one, the hash of the item's identifier.
    items: Arc<HashMap<DocId, u64>>,
    /// Most seconds between two documents of one dispatch; `None` for no limit.
    window: Option<u64>,
}

/// What the dates of two documents say.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Time {
    /// Hours between the two publications, 0 or more; `None` if a date is unknown or not used.
    pub hours: Option<f64>,
    /// Whether they are further apart than the window.
    pub apart: bool,
}

impl Time {
    /// Returns whether both dates are known and at most [`NEAR`] hours apart. Corrections, write-throughs and
    /// reprints nearly always come within these three days.
    pub fn is_near(self) -> bool {
        self.hours.is_some_and(|hours| hours <= NEAR)
    }
}

impl Publications {
    /// Creates the collection from publication times in seconds since 1970, where known and used, from the
    /// [labels](crate::text::is_periodically_updated) of periodically updated documents, and from the most days
    /// between two documents of one dispatch; 0 sets no limit.
    pub fn new(
        dates: impl Into<Arc<Vec<Option<i64>>>>,
        labelled: impl Into<Arc<Vec<bool>>>,
        days: u32,
    ) -> Self {
        let window = (days > 0).then(|| u64::from(days) * u64::from(SECONDS_A_DAY));
        Self {
            dates: dates.into(),
            labelled: labelled.into(),
            sources: Arc::default(),
            items: Arc::default(),
            window,
        }
    }

    /// Adds the documents' [sources](crate::sources::known_source), where known.
    #[must_use]
    pub fn with_sources(mut self, sources: impl Into<Arc<Vec<Option<u64>>>>) -> Self {
        self.sources = sources.into();
        self
    }

    /// Adds hashes of the identifiers of delivered items, which all versions of an item share.
    #[must_use]
    pub fn with_items(mut self, items: impl Into<Arc<HashMap<DocId, u64>>>) -> Self {
        self.items = items.into();
        self
    }

    /// Returns whether two documents are versions of one delivered item.
    pub fn is_one_item(&self, a: DocId, b: DocId) -> bool {
        self.items.get(&a).zip(self.items.get(&b)).is_some_and(|(a, b)| a == b)
    }

    /// Returns a document's publication time in seconds since 1970, if it is known and used.
    pub fn date(&self, document: DocId) -> Option<i64> {
        self.dates.get(document.index()).copied().flatten()
    }

    /// Returns what the dates of two documents say.
    pub fn time(&self, a: DocId, b: DocId) -> Time {
        let Some(seconds) = self.date(a).zip(self.date(b)).map(|(a, b)| a.abs_diff(b)) else {
            return Time::default();
        };
        Time {
            hours: Some(seconds as f64 / 3600.0),
            apart: self.window.is_some_and(|window| seconds > window),
        }
    }

    /// Returns whether two documents were published further apart than the window. Versions of one delivered item never are.
    pub fn apart(&self, a: DocId, b: DocId) -> bool {
        self.time(a, b).apart && !self.is_one_item(a, b)
    }

    /// Returns whether two documents have the same source, if both sources are known.
    pub(crate) fn same_source(&self, a: DocId, b: DocId) -> Option<bool> {
        let source = |document: DocId| self.sources.get(document.index()).copied().flatten();
        source(a).zip(source(b)).map(|(a, b)| a == b)
    }

    /// Returns what is known of a pair besides its texts.
    pub(super) fn circumstances(&self, a: DocId, b: DocId) -> Circumstances {
        Circumstances {
            hours: self.time(a, b).hours,
            same_source: self.same_source(a, b),
            labelled: self.is_labelled(a) || self.is_labelled(b),
            one_labelled: self.is_labelled(a) != self.is_labelled(b),
            second_is_later: self.date(a).zip(self.date(b)).filter(|(a, b)| a != b).map(|(a, b)| a < b),
        }
    }

    /// Returns whether a document is labelled as periodically updated.
    pub(super) fn is_labelled(&self, document: DocId) -> bool {
        self.labelled.get(document.index()) == Some(&true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400;

    #[test]
    fn sources_are_the_same_or_not_only_if_both_are_known() {
        let publications = Publications::new(vec![None; 4], vec![false; 4], 7).with_sources(vec![
            Some(1),
            Some(1),
            Some(2),
            None,
        ]);
        let of = |a, b| publications.same_source(DocId(a), DocId(b));
        assert_eq!([of(0, 1), of(0, 2), of(0, 3), of(3, 9)], [Some(true), Some(false), None, None]);
    }

    #[test]
    fn later_one_is_known_only_if_both_dates_are_known_and_differ() {
        let of = |dates: [Option<i64>; 2]| {
            let publications = Publications::new(dates.to_vec(), vec![true, false], 7);
            let [one, other] = [(0, 1), (1, 0)].map(|(a, b)| publications.circumstances(DocId(a), DocId(b)));
            assert!(one.labelled && one.one_labelled && other.labelled && other.one_labelled);
            assert_eq!(other.second_is_later, one.second_is_later.map(|is_later| !is_later));
            one.second_is_later
        };
        assert_eq!(of([Some(0), Some(DAY)]), Some(true));
        assert_eq!(of([Some(DAY), Some(0)]), Some(false));
        assert_eq!(of([Some(DAY), Some(DAY)]), None);
        assert_eq!(of([None, Some(DAY)]), None);
    }
}
