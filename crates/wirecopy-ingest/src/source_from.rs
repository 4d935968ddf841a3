//! Where the source of a document is taken from, where the caller says so: its folder, the host of its address, or what a
//! pattern finds in its path or id.

use regex::Regex;

use super::walk::Found;
use crate::config::IngestConfig;
use wirecopy_core::document::{Metadata, folder_name, host};

/// What `ingest.source_from` asks for.
#[derive(Clone, Debug)]
pub(super) enum SourceFrom {
    Folder,
    Host,
    Pattern(Regex),
}

impl SourceFrom {
    /// The choice of the settings; their check has refused what is not a pattern.
    pub(super) fn of(config: &IngestConfig) -> Option<Self> {
        match config.source_from.as_deref()? {
            "folder" => Some(SourceFrom::Folder),
            "host" => Some(SourceFrom::Host),
            pattern => Regex::new(pattern).ok().map(SourceFrom::Pattern),
        }
    }

    /// The source of a document; `None` leaves it the one that it names.
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
        super::extract::one_line(source)
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
    fn folder_host_and_pattern_give_the_source() {
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
