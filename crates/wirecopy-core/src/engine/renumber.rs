//! Orders documents by id once all are read, so that nothing later depends on the order in which they were read.
//!
//! While they are read, documents are numbered in reading order. Here they are renumbered in the order of their ids, so that
//! every tie broken by number, every window and every "first" is the same for the same documents, whatever files hold them.
//! Cost: a sort of the ids.

use std::sync::Arc;

use super::corpus::Corpus;
use crate::candidates::moved;
use crate::document::Header;
use crate::ids::{Claim, Ids, Rank};
use crate::{DocId, Result};

impl Corpus {
    /// Resolves ids that several documents request, for documents number `first` and above: the longest document gets the
    /// id, among equally long ones the one whose content sorts first, and the others get their fallback ids.
    pub fn settle_ids(&mut self, first: usize) -> Result<()> {
        let contested = std::mem::take(&mut self.contested);
        if contested.is_empty() {
            return Ok(());
        }
        let (mut headers, mut tokens) = (self.headers.reader(), self.tokens.reader());
        let mut taken = Ids::default();
        let mut claims = Vec::new();
        for document in self.ids().skip(first) {
            let id = self.headers.id(document)?;
            taken.take(&id);
            if contested.contains(&id) {
                let (Header { meta, fallback, .. }, credits) = headers.get(document)?;
                let rank = Rank::of(&tokens.get(document), meta, credits);
                claims.push(Claim { id, rank, fallback, document });
            }
        }
        let given = taken.resolve(claims).into_iter().map(|(document, id)| (document.index(), id)).collect();
        self.headers.rename(given)
    }

    /// Numbers the documents in the order of their ids.
    pub fn renumber(&mut self) -> Result<()> {
        let order = self.headers.by_id()?;
        if order.is_sorted() {
            return Ok(());
        }
        moved(&mut self.sources, &order);
        moved(Arc::make_mut(&mut self.published), &order);
        moved(&mut self.no_article, &order);
        moved(Arc::make_mut(&mut self.known_sources), &order);
        if !self.items.is_empty() {
            let of = |(to, &from): (u32, &u32)| Some((DocId(to), *self.items.get(&DocId(from))?));
            self.items = Arc::new((0u32..).zip(&order).filter_map(of).collect());
        }
        moved(&mut self.languages, &order);
        moved(Arc::make_mut(&mut self.periodically_updated), &order);
        moved(&mut self.words, &order);
        self.tokens.reorder(&order);
        self.headlines.reorder(&order);
        self.headers.reorder(&order);
        self.texts.reorder(&order)?;
        self.keys.reorder(&order);
        self.order = order;
        Ok(())
    }

    /// Forgets the reading order, so that the order of ids takes its place.
    pub fn forget_reading_order(&mut self) {
        self.order.clear();
    }

    /// Returns the documents in reading order.
    pub fn numbers(&self) -> Vec<DocId> {
        let mut numbers: Vec<DocId> = self.ids().collect();
        for (document, &place) in self.ids().zip(&self.order) {
            numbers[place as usize] = document;
        }
        numbers
    }
}
