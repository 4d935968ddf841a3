//! Derives the source of a document as configured: from its folder, from the host of its URL, or from its path or id by a
//! pattern.

use regex::Regex;

use super::walk::Found;
use crate::config::IngestConfig;
use wirecopy_core::document::{Metadata, folder_name, host};

/// The setting `ingest.source_from`.
#[derive(Clone, Debug)]
pub(super) enum SourceFrom {
    Folder,
    Host,
    Pattern(Regex),
}

impl SourceFrom {
    /// Reads the setting. Invalid patterns were rejected when the settings were validated.
    pub(super) fn of(config: &IngestConfig) -> Option<Self> {
        match config.source_from.as_deref()? {
            "folder" => Some(SourceFrom::Folder),
            "host" => Some(SourceFrom::Host),
            pattern => Regex::new(pattern).ok().map(SourceFrom::Pattern),
        }
    }

    /// Returns the source of a document; `None` if the document keeps the source that it names itself.
    pub(super) fn of_document(&self, found: &Found, own_id: Option<&str>, meta: &Metadata) -> Option<String> {
        let source = match self {
            SourceFrom::Folder => folder_name(&found.shown)?,
            SourceFrom::Host => host(meta.url.as_deref()?)?,
            SourceFrom::Pattern(pattern) => {
                let captures =
                    std::iter::once(&*found.shown).chain(own_id).find_map(|text| pattern.captures(text))?;
                captures.get(1).or_else(|| captures.get(0))?.as_str()
            }
        };
        wirecopy_core::document::one_line(source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(from: &str, path: &str, id: Option<&str>, url: Option<&str>) -> Option<String> {
        let config = IngestConfig { source_from: Some(from.to_owned()), ..IngestConfig::default() };
        let found = Found { path: None, shown: path.to_owned(), id: path.to_owned(), bytes: 0, named: true };
        let meta = Metadata { url: url.map(str::to_owned), ..Metadata::default() };
        SourceFrom::of(&config).unwrap().of_document(&found, id, &meta)
    }

    #[test]
    fn source_is_taken_from_folder_host_or_pattern() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(source("folder", "in/post/2024/03/a.txt", None, None), some("post"));
        assert_eq!(source("folder", "a.txt", None, None), None);
        assert_eq!(source("host", "a.txt", None, Some("https://www.post.example/a")), some("post.example"));
        assert_eq!(source("host", "a.txt", None, None), None);
        assert_eq!(source(r"in/([a-z]+)_", "in/post_2024.txt", None, None), some("post"));
        assert_eq!(source(r"^[A-Z]+", "in/x.jsonl", Some("AFP-17"), None), some("AFP"));
        assert_eq!(source(r"x(y)?", "axb", None, None), some("x"));
        assert_eq!(source(r"nothing", "a.txt", Some("b"), None), None);
    }
}
