//! Documents by id, once all are read: nothing that follows depends on the order in which they were read.
//!
//! Documents are stored in slots, in the order of reading. From here on their numbers follow their ids, so that every tie that
//! is broken by number, every window and every "first" is the same for the same documents, whatever files hold them. Stores
//! keep what they have where it is and look its slot up. Cost: a sort of the ids.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::corpus::Corpus;
use wirecopy_core::document::Metadata;
use wirecopy_core::{DocId, Result};
use wirecopy_ingest::Ids;

/// By document the slot in which it is stored; where there are none, the two are equal.
#[derive(Clone, Debug, Default)]
pub(super) struct Slots(Arc<[u32]>);

impl Slots {
    pub(super) fn of(&self, document: DocId) -> usize {
        self.0.get(document.index()).map_or(document.index(), |&slot| slot as usize)
    }
}

impl Corpus {
    /// Settles the ids that several documents from the slot `first` on ask for: the longest has the id, of equally long ones
    /// the one whose content comes first, and the others what they fall back on.
    pub(super) fn settle_ids(&mut self, first: usize) -> Result<()> {
        let contested = std::mem::take(&mut self.contested);
        if contested.is_empty() {
            return Ok(());
        }
        let (mut headers, mut tokens) = (self.headers.reader(), self.tokens.reader());
        let mut taken = Ids::default();
        let mut claims: BTreeMap<String, Vec<_>> = BTreeMap::new();
        for document in self.ids().skip(first) {
            let id = self.headers.id(document)?;
            taken.take(&id);
            if contested.contains(&id) {
                let (header, credits) = headers.get(document)?;
                let Metadata { title, date, source, url, .. } = header.meta;
                let own = tokens.get(document);
                let agencies: Vec<String> = credits.into_iter().map(|credit| credit.agency).collect();
                let content = (Reverse(own.len()), own.digest(), title, date, source, url, agencies);
                claims.entry(id).or_default().push((content, header.fallback, document));
            }
        }
        let mut given = HashMap::new();
        for mut claims in claims.into_values() {
            claims.sort_unstable();
            for (_, fallback, document) in claims.into_iter().skip(1) {
                given.insert(document.index(), taken.free(&fallback));
            }
        }
        self.headers.rename(given)
    }

    /// Numbers the documents in the order of their ids.
    pub(super) fn renumber(&mut self) -> Result<()> {
        let order = self.headers.by_id()?;
        if order.is_sorted() {
            return Ok(());
        }
        fn moved<T: Copy>(values: &mut Vec<T>, order: &[u32]) {
            *values = order.iter().map(|&slot| values[slot as usize]).collect();
        }
        moved(&mut self.sources, &order);
        moved(Arc::make_mut(&mut self.published), &order);
        moved(&mut self.no_article, &order);
        moved(Arc::make_mut(&mut self.known_sources), &order);
        moved(&mut self.languages, &order);
        moved(Arc::make_mut(&mut self.periodically_updated), &order);
        moved(&mut self.digests, &order);
        self.tokens.reorder(&order);
        let slots = Slots(order.into());
        self.headlines.reorder(slots.clone());
        self.slots = slots.clone();
        self.headers.reorder(slots);
        let numbers = self.numbers();
        self.keys.renumber(&numbers);
        Ok(())
    }

    /// The documents in the order of reading.
    pub(super) fn numbers(&self) -> Vec<DocId> {
        let mut numbers = vec![DocId(0); self.len()];
        for document in self.ids() {
            numbers[self.slots.of(document)] = document;
        }
        numbers
    }
}
