//! A compact table of document frequencies in general text: how common a term is, whatever the input.
//!
//! `crates/wirecopy-background/background.bin` holds the terms of forty-two languages that occur in at least one of about three hundred
//! documents. It is derived from the word frequencies of wordfreq 3 (CC BY-SA 4.0; see the README of that crate). A term's
//! frequency is its highest in any language, because a stop word of one language is poor evidence in all.
//!
//! An entry takes two bytes. Terms are spread over 65,536 buckets by sixteen bits of a mixed key; an entry holds
//! twelve more bits of the key and four of frequency. An unlisted term is mistaken for a listed one about once in
//! 4,000 times.

use std::sync::LazyLock;

const MAGIC: &[u8; 8] = b"WCBACK1\n";
const BUCKETS: usize = 1 << 16;
const LEVELS: u32 = 16;
/// Number of levels, including the one for terms that are not listed.
pub(super) const LEVELS_AND_NONE: usize = LEVELS as usize + 1;

/// Number of tokens assumed in a news article when a word's frequency is converted to a document frequency.
pub const DOCUMENT_TOKENS: f64 = 400.0;
/// Inverse document frequency of a term that is not in the table, just above that of the rarest listed term. It is
/// below [`LARGEST_IDF`](super::LARGEST_IDF), so that misspellings and transliterations do not outweigh everything
/// that two texts have in common.
///
/// The steps of the table are sixteenths of it. If it changes, the table has to be made anew (see the README of
/// `crates/wirecopy-background`), and the model has to be fitted anew.
pub const UNSEEN_IDF: f32 = 6.0;

/// The languages whose words the table lists, as ISO 639-3 codes in the form that documents use.
pub(super) const LANGUAGES: &[&str] = &[
    "ara", "bul", "ben", "bos", "cat", "ces", "dan", "deu", "ell", "eng", "spa", "pes", "fas", "fin", "tgl",
    "fra", "heb", "hin", "hrv", "hun", "ind", "isl", "ita", "jpn", "kor", "lit", "lav", "mkd", "msa", "zsm",
    "nob", "nld", "pol", "por", "ron", "rus", "slk", "slv", "srp", "swe", "tam", "tur", "ukr", "urd", "vie",
    "cmn",
];

/// The table, ready for lookups.
#[derive(Debug)]
pub struct Background {
    /// Start of each bucket's entries, followed by the end of the last bucket.
    starts: Vec<u32>,
    entries: Vec<u16>,
}

impl Background {
    /// Returns the table that is compiled into the program. A damaged file cannot be compiled in.
    pub fn get() -> &'static Background {
        const {
            assert!(
                is_sound(wirecopy_background::TABLE),
                "crates/wirecopy-background/background.bin is damaged"
            );
        };
        static TABLE: LazyLock<Background> = LazyLock::new(|| Background::parse(wirecopy_background::TABLE));
        &TABLE
    }

    /// Parses the stored form: the magic number, the size of each bucket, and the entries in the order of the
    /// buckets. The bytes must be [sound](is_sound).
    fn parse(bytes: &[u8]) -> Self {
        let (counts, entries) = bytes[MAGIC.len()..].split_at(BUCKETS);
        let mut starts = Vec::with_capacity(BUCKETS + 1);
        let mut sum = 0u32;
        starts.push(sum);
        for &count in counts {
            sum += u32::from(count);
            starts.push(sum);
        }
        let entries = entries.as_chunks::<2>().0.iter().map(|&b| u16::from_le_bytes(b)).collect();
        Self { starts, entries }
    }

    /// Returns the number of listed terms.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Returns whether no term is listed.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Returns the inverse document frequency of a term, from 0 (in every text) to [`UNSEEN_IDF`], in constant time.
    pub fn idf(&self, term: u32) -> f32 {
        idf_of_level(self.level(term))
    }

    /// Returns the level of a term in constant time: 0 for the most common, the last for terms that are not
    /// listed.
    pub(super) fn level(&self, term: u32) -> usize {
        let (bucket, fingerprint) = split(term);
        let range = self.starts[bucket] as usize..self.starts[bucket + 1] as usize;
        match self.entries[range].iter().find(|&&entry| entry >> 4 == fingerprint) {
            Some(&entry) => usize::from(entry & 15),
            None => LEVELS as usize,
        }
    }

    /// Returns the stored form of a table of terms with their idf. Terms as rare as [`UNSEEN_IDF`] are left out.
    ///
    /// Deterministic: the same terms give the same bytes. If two terms share a bucket and a fingerprint, the more
    /// common one is kept.
    ///
    /// # Errors
    /// Returns an error if a bucket has more than 255 terms: the table is far too large for this form.
    pub fn pack(terms: impl IntoIterator<Item = (u32, f32)>) -> Result<Vec<u8>, String> {
        let mut all: Vec<(usize, u16, u32)> = terms
            .into_iter()
            .filter(|&(_, idf)| idf < UNSEEN_IDF)
            .map(|(term, idf)| {
                let (bucket, fingerprint) = split(term);
                (bucket, fingerprint, level_of_idf(idf))
            })
            .collect();
        all.sort_unstable();
        all.dedup_by_key(|&mut (bucket, fingerprint, _)| (bucket, fingerprint));
        let mut counts = vec![0u8; BUCKETS];
        let mut out = MAGIC.to_vec();
        for &(bucket, ..) in &all {
            counts[bucket] = counts[bucket].checked_add(1).ok_or("a bucket has more than 255 terms")?;
        }
        out.extend(&counts);
        for (_, fingerprint, level) in all {
            // A level is less than 16.
            out.extend((fingerprint << 4 | level as u16).to_le_bytes());
        }
        Ok(out)
    }
}

/// Returns whether a stored table begins with the magic number and has as many entries as its buckets say.
const fn is_sound(bytes: &[u8]) -> bool {
    let Some((magic, rest)) = bytes.split_first_chunk() else { return false };
    let Some((counts, entries)) = rest.split_at_checked(BUCKETS) else { return false };
    let (mut sum, mut bucket) = (0, 0);
    while bucket < BUCKETS {
        sum += counts[bucket] as usize;
        bucket += 1;
    }
    u64::from_le_bytes(*magic) == u64::from_le_bytes(*MAGIC) && entries.len() == sum * 2
}

/// Returns the bucket and the twelve-bit fingerprint of a term.
fn split(term: u32) -> (usize, u16) {
    let mixed = crate::text::mix(u64::from(term));
    ((mixed >> 48) as usize, (mixed >> 36 & 0xfff) as u16)
}

/// Returns the level of an inverse document frequency; level 0 is the most common.
fn level_of_idf(idf: f32) -> u32 {
    let level = (idf / UNSEEN_IDF * LEVELS as f32).floor();
    (level.max(0.0) as u32).min(LEVELS - 1)
}

fn idf_of_level(level: usize) -> f32 {
    if level < LEVELS as usize { (level as f32 + 0.5) * UNSEEN_IDF / LEVELS as f32 } else { UNSEEN_IDF }
}

/// Applies `of` to the inverse document frequency of each level.
pub(super) fn each_level(of: impl Fn(f32) -> f32) -> [f32; LEVELS_AND_NONE] {
    std::array::from_fn(|level| of(idf_of_level(level)))
}

#[cfg(test)]
mod tests {
    use wirecopy_background::TABLE;

    use super::*;
    use crate::text::tokenize;

    fn idf(word: &str) -> f32 {
        let tokens = tokenize(word);
        let mut term = None;
        super::super::terms::each_term(&tokens, 0..tokens.len(), |p| term = Some(p.term));
        Background::get().idf(term.unwrap())
    }

    #[test]
    fn stored_table_can_be_parsed() {
        let table = Background::get();
        assert!(table.len() > 100_000, "{}", table.len());
        assert!(TABLE.len() < 700_000);
    }

    #[test]
    fn stop_words_of_many_languages_are_common() {
        for word in ["the", "und", "les", "что", "और", "में", "của", "και", "ہے", "است", "що", "bir", "nie"]
        {
            assert!(idf(word) < 1.0, "{word} {}", idf(word));
        }
    }

    #[test]
    fn rare_words_are_rare() {
        assert!((idf("pashinyan") - UNSEEN_IDF).abs() < 0.6);
        assert!(idf("government") < 3.0 && idf("ceasefire") > 4.0);
        assert!(idf("政府") < idf("菠萝"));
    }

    #[test]
    fn packing_and_reading_agree() {
        let terms = [(1u32, 0.1f32), (2, 3.0), (3, 5.9), (4, 7.0)];
        let stored = Background::pack(terms).unwrap();
        assert!(is_sound(&stored));
        let table = Background::parse(&stored);
        assert_eq!(table.len(), 3);
        for (term, idf) in terms {
            assert!((table.idf(term) - idf.min(UNSEEN_IDF)).abs() <= UNSEEN_IDF / 32.0 + 1e-6);
        }
    }

    #[test]
    fn truncated_table_is_refused() {
        assert!(is_sound(TABLE));
        assert!(!is_sound(&TABLE[..TABLE.len() - 1]) && !is_sound(&TABLE[..1000]));
        assert!(!is_sound(b"nonsense") && !is_sound(&[&b"nonsense"[..], &TABLE[8..]].concat()));
    }
}
