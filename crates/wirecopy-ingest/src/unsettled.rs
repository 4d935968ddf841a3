//! Documents as their formats gave them, before their date and language are looked for.

use xxhash_rust::xxh3::Xxh3Default;

use super::dating::Dating;
use super::walk::Found;
use super::{dating, language};
use wirecopy_core::document::{DateOrigin, Document};

/// A document whose date and language are still to be settled, which costs a tenth of reading it.
pub struct Unsettled<'a> {
    pub(super) document: Document,
    /// Where the format has its dates.
    pub(super) origin: DateOrigin,
    pub(super) found: &'a Found,
    pub(super) dating: &'a Dating,
}

impl Unsettled<'_> {
    /// The document with its date and language.
    pub fn settle(self) -> Document {
        let Self { mut document, origin, found, dating } = self;
        let (meta, text) = (&mut document.meta, &document.text);
        dating::settle(meta, origin, text, found, dating);
        let declared = meta.language.as_deref().and_then(language::of_tag);
        meta.language = declared.or_else(|| language::of_text(text));
        document
    }

    /// The document as it is.
    pub fn unsettled(self) -> Document {
        self.document
    }

    /// A hash of everything that settling, crediting and tokenising look at: two documents with the same one are told
    /// apart by their ids and places alone. `None` where the file has a say that is not in the document.
    pub fn digest(&self) -> Option<u128> {
        if self.dating.mtime {
            return None;
        }
        let Document { meta, text, .. } = &self.document;
        let mut hasher = Xxh3Default::new();
        let mut field = |text: Option<&str>| {
            // Lengths keep one field from running into the next, and none from being an empty one.
            hasher.update(&text.map_or(u64::MAX, |text| text.len() as u64).to_le_bytes());
            hasher.update(text.unwrap_or_default().as_bytes());
        };
        field(Some(text));
        for value in [&meta.title, &meta.date, &meta.date_problem, &meta.source, &meta.url, &meta.language] {
            field(value.as_deref());
        }
        meta.bylines.iter().for_each(|byline| field(Some(byline)));
        field(dating::in_path(&self.found.shown).as_deref());
        hasher.update(&[self.origin as u8]);
        Some(hasher.digest128())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wirecopy_core::document::Metadata;

    fn found(path: &str) -> Found {
        Found { path: None, shown: path.to_owned(), id: path.to_owned(), bytes: 0, named: true }
    }

    fn digest(document: &Document, path: &str, origin: DateOrigin) -> Option<u128> {
        let found = found(path);
        Unsettled { document: document.clone(), origin, found: &found, dating: &Dating::default() }.digest()
    }

    #[test]
    fn documents_that_differ_by_more_than_their_place_have_different_digests() {
        let field = DateOrigin::Field;
        let base = Document { text: "The ferry sails again.".to_owned(), ..Document::default() };
        let of = |meta: Metadata| Document { meta, ..base.clone() };
        let some = |text: &str| Some(text.to_owned());
        let variants = [
            base.clone(),
            Document { text: "The ferry sails again!".to_owned(), ..base.clone() },
            of(Metadata { title: some("Ferry"), ..Metadata::default() }),
            of(Metadata { title: some(""), ..Metadata::default() }),
            of(Metadata { date: some("Ferry"), ..Metadata::default() }),
            of(Metadata { date_problem: some("Ferry"), ..Metadata::default() }),
            of(Metadata { source: some("Ferry"), ..Metadata::default() }),
            of(Metadata { url: some("Ferry"), ..Metadata::default() }),
            of(Metadata { language: some("Ferry"), ..Metadata::default() }),
            of(Metadata { bylines: vec!["Ferry".to_owned()], ..Metadata::default() }),
            of(Metadata { bylines: vec!["Fer".to_owned(), "ry".to_owned()], ..Metadata::default() }),
        ];
        let mut seen: Vec<_> = variants.iter().map(|variant| digest(variant, "a/b.txt", field)).collect();
        // A date in the path may become the document's, and where a date stands says how it is read.
        seen.push(digest(&base, "2023/09/24/b.txt", field));
        seen.push(digest(&base, "a/b.txt", DateOrigin::Text));
        for (at, one) in seen.iter().enumerate() {
            assert!(one.is_some() && seen[..at].iter().all(|other| other != one), "{at}");
        }
    }

    #[test]
    fn the_place_alone_makes_no_difference() {
        let base = Document { text: "The ferry sails again.".to_owned(), ..Document::default() };
        let moved =
            Document { id: "other".to_owned(), path: "c/d.txt".to_owned(), record: Some(3), ..base.clone() };
        let field = DateOrigin::Field;
        assert_eq!(digest(&base, "a/b.txt", field), digest(&moved, "c/d.txt", field));
    }

    #[test]
    fn the_time_of_a_file_is_in_no_digest() {
        let found = found("a.txt");
        let document = Document::default();
        let dating = Dating { mtime: true, ..Dating::default() };
        let unsettled = Unsettled { document, origin: DateOrigin::Text, found: &found, dating: &dating };
        assert_eq!(unsettled.digest(), None);
    }
}
