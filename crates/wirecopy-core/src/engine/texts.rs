//! The texts of documents that cannot be read again, in memory or in a temporary file.

use crate::{DocId, Result};
use wirecopy_spill::{Blobs, Budget, Reader};

/// Most bytes of texts that are held in memory; more of them go to a temporary file, whatever the budget.
const IN_MEMORY: usize = 16 << 20;

/// The texts of some documents, by number.
#[derive(Debug)]
pub struct KeptTexts {
    /// Empty for a document whose text is not kept. Ends with the last document whose text is.
    texts: Blobs<u8>,
}

impl KeptTexts {
    /// Creates an empty store.
    pub fn new(budget: &Budget) -> Self {
        Self { texts: Blobs::new(&budget.at_most(IN_MEMORY)) }
    }

    /// Keeps the text of a document, unless it is empty. Must be called in ascending order of documents.
    pub fn push(&mut self, document: DocId, text: &str) -> Result<()> {
        if text.is_empty() {
            return Ok(());
        }
        self.fill(document.index())?;
        Ok(self.texts.push(text.as_bytes())?)
    }

    fn fill(&mut self, documents: usize) -> Result<()> {
        while self.texts.len() < documents {
            self.texts.push(&[])?;
        }
        Ok(())
    }

    /// Returns whether no text is kept.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// Returns whether the text of a document is kept.
    pub fn holds(&self, document: DocId) -> bool {
        document.index() < self.texts.len() && self.texts.len_of(document.index()) > 0
    }

    /// Returns a reader, fastest in ascending order.
    pub fn reader(&self) -> TextReader<'_> {
        TextReader { texts: self, reader: self.texts.reader() }
    }

    /// Renumbers the documents: document `order[at]` becomes document `at`.
    pub fn reorder(&mut self, order: &[u32]) -> Result<()> {
        if !self.is_empty() {
            self.fill(order.len())?;
            self.texts.reorder(order);
        }
        Ok(())
    }
}

/// Reads texts.
pub struct TextReader<'a> {
    texts: &'a KeptTexts,
    reader: Reader<'a, u8>,
}

impl TextReader<'_> {
    /// Returns the text of a document; `None` if it is not kept.
    pub fn get(&mut self, document: DocId) -> Result<Option<String>> {
        if !self.texts.holds(document) {
            return Ok(None);
        }
        let bytes = self.reader.get(document.index())?;
        Ok(Some(String::from_utf8_lossy(bytes).into_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_back_by_document_after_renumbering() {
        for budget in [Budget::unlimited(), Budget::new(3, None)] {
            let mut texts = KeptTexts::new(&budget);
            for (document, text) in [(1, "one"), (2, ""), (3, "three")] {
                texts.push(DocId(document), text).unwrap();
            }
            let all = |texts: &KeptTexts| -> Vec<Option<String>> {
                (0..6).map(|document| texts.reader().get(DocId(document)).unwrap()).collect()
            };
            let some = |text: &str| Some(text.to_owned());
            assert_eq!(all(&texts), [None, some("one"), None, some("three"), None, None]);
            texts.reorder(&[4, 3, 2, 1, 0]).unwrap();
            assert_eq!(all(&texts), [None, some("three"), None, some("one"), None, None]);
        }
    }
}
