//! Keys, pairs of keys, and the counts that are added up over all documents.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use wirecopy::bricks::{
    self, BandKey, FeatureCounts, Join, JoinKey, KeyCut, LanguageKey, RareFeatures, TermCounts, Tokens,
    feature_occurrences,
};

use super::Bricks;
use super::input::{Row, batches, bytes, hashes, integers, small};
use crate::raised;
use crate::table::Table;

/// Returns the number of documents that a cut of keys stands for, as a power of two: it is given to every task.
#[pyfunction]
pub fn key_bits(documents: usize) -> u32 {
    documents.next_power_of_two().trailing_zeros()
}

/// Returns the size of the table of features for documents with so many tokens in all, as a power of two.
#[pyfunction]
pub fn table_bits(tokens: usize) -> u32 {
    FeatureCounts::bits_for(feature_occurrences(tokens))
}

/// Returns the cut for `2^bits` documents.
fn cut(bits: u32) -> KeyCut {
    KeyCut::for_documents(1usize.checked_shl(bits).unwrap_or(usize::MAX))
}

/// Returns the bucket of a key: all rows of a key are in one.
fn bucket(key: u64, buckets: u32) -> Option<i32> {
    // The low bits differ in every key, cut or not.
    let mixed = key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 33;
    Some((mixed % u64::from(buckets.max(1))) as i32)
}

/// Reads tokens.
pub(super) fn tokens(bytes: &[u8]) -> PyResult<Tokens> {
    Tokens::from_bytes(bytes).ok_or_else(|| crate::Error::new_err("damaged bytes of tokens"))
}

/// Calls `each` with the uid and the tokens of each row, without the interpreter's lock.
fn each_document(data: &Bound<'_, PyAny>, mut each: impl FnMut(i64, &Tokens) + Send) -> PyResult<()> {
    let batches = batches(data)?;
    data.py().detach(|| {
        for batch in &batches {
            let row = Row(batch);
            let (uids, texts) = (row.integers("uid")?, row.bytes("tokens")?);
            for at in 0..row.len() {
                each(uids.value(at), &tokens(texts.value(at))?);
            }
        }
        Ok(())
    })
}

/// Rows of keys for a join.
#[derive(Default)]
struct JoinRows(Vec<(u64, i64)>);

impl JoinRows {
    fn table(self, buckets: u32) -> PyResult<Table> {
        Table::new(vec![
            ("bucket", small(self.0.iter().map(|&(key, _)| bucket(key, buckets)))),
            ("key", hashes(self.0.iter().map(|&(key, _)| key))),
            ("uid", integers(self.0.iter().map(|&(_, uid)| Some(uid)))),
        ])
    }
}

/// Documents (uid, tokens) → their keys in bands (bucket, band, key, n, uid).
#[pyfunction]
pub fn band_keys(own: &Bricks, data: &Bound<'_, PyAny>, bits: u32, buckets: u32) -> PyResult<Table> {
    let cut = cut(bits);
    let mut rows: Vec<BandKey> = Vec::new();
    own.with_keys(|keys| {
        each_document(data, |uid, tokens| {
            let length = u32::try_from(tokens.len()).unwrap_or(u32::MAX);
            let bands = keys.bands(tokens).into_iter().zip(0u16..);
            let uid = uid.cast_unsigned();
            rows.extend(bands.map(|(key, band)| BandKey { band, key: cut.of_band(key), length, uid }));
        })
    })?;
    Table::new(vec![
        ("bucket", small(rows.iter().map(|row| bucket(row.key, buckets)))),
        ("band", small(rows.iter().map(|row| Some(i32::from(row.band))))),
        ("key", hashes(rows.iter().map(|row| row.key))),
        ("n", small(rows.iter().map(|row| Some(row.length.cast_signed())))),
        ("uid", hashes(rows.iter().map(|row| row.uid))),
    ])
}

/// Documents (uid, tokens) → the keys of their samples (bucket, key, uid); a row with bucket -1 has the size of the sample as key.
#[pyfunction]
pub fn sampled_keys(own: &Bricks, data: &Bound<'_, PyAny>, bits: u32, buckets: u32) -> PyResult<Table> {
    let cut = cut(bits);
    let (mut rows, mut sizes) = (JoinRows::default(), Vec::new());
    own.with_keys(|keys| {
        each_document(data, |uid, tokens| {
            let sampled = keys.sampled(tokens);
            sizes.push((sampled.len() as u64, uid));
            rows.0.extend(sampled.into_iter().map(|key| (cut.of_join(key), uid)));
        })
    })?;
    let JoinRows(rows) = rows;
    let all = || rows.iter().chain(&sizes);
    let buckets = rows.iter().map(|&(key, _)| bucket(key, buckets)).chain(sizes.iter().map(|_| Some(-1)));
    Table::new(vec![
        ("bucket", small(buckets)),
        ("key", hashes(all().map(|&(key, _)| key))),
        ("uid", integers(all().map(|&(_, uid)| Some(uid)))),
    ])
}

/// Pairs that share keys (a, b, shared, size_a, size_b, else_a, else_b) → those that may be excerpts (a, b).
#[pyfunction]
pub fn excerpts(own: &Bricks, data: &Bound<'_, PyAny>) -> PyResult<Table> {
    let mut pairs: Vec<(i64, i64)> = Vec::new();
    for batch in batches(data)? {
        let row = Row(&batch);
        let [a, b, shared, size_a, size_b, else_a, else_b] =
            ["a", "b", "shared", "size_a", "size_b", "else_a", "else_b"].map(|name| row.integers(name));
        let (a, b, shared) = (a?, b?, shared?);
        let (sizes, elsewhere) = ((size_a?, size_b?), (else_a?, else_b?));
        for at in 0..row.len() {
            let number = |column: &arrow_array::Int64Array| u32::try_from(column.value(at)).unwrap_or(0);
            let both = |(x, y): &(_, _)| (number(x), number(y));
            let rewrites = own.config.matching.rewrites;
            if bricks::is_excerpt_candidate(number(&shared), both(&sizes), both(&elsewhere), rewrites) {
                pairs.push((a.value(at), b.value(at)));
            }
        }
    }
    pair_table(&pairs, None)
}

/// Prepares counts of features, as returned by `Features.parts`, for choosing rare ones.
#[pyfunction]
pub fn rare(own: &Bricks, bits: u32, parts: Vec<(usize, Vec<u8>)>) -> PyResult<Rare> {
    let mut counts = FeatureCounts::new(bits);
    for (part, counters) in &parts {
        counts.add_part(*part, counters).map_err(raised)?;
    }
    let table = counts.table_use();
    let rare = RareFeatures::new(counts, own.config.matching.rare_features);
    Ok(Rare { rare: std::sync::Mutex::new(rare), used: table.used.get(), counters: table.counters })
}

/// Returns pairs as a table (a, b), with a row (null, n) for the number of documents of the most frequent key.
fn pair_table(pairs: &[(i64, i64)], largest: Option<usize>) -> PyResult<Table> {
    let more = largest.map(|largest| largest as i64);
    Table::new(vec![
        ("a", integers(pairs.iter().map(|&(a, _)| Some(a)).chain(more.map(|_| None)))),
        ("b", integers(pairs.iter().map(|&(_, b)| Some(b)).chain(more.map(Some)))),
    ])
}

/// Rows of whole keys (band, key, n, uid) → pairs (a, b), and a row (null, n) for the number of documents of the most frequent key.
#[pyfunction]
pub fn copy_pairs(py: Python<'_>, data: &Bound<'_, PyAny>) -> PyResult<Table> {
    let mut rows: Vec<BandKey> = Vec::new();
    for batch in batches(data)? {
        let row = Row(&batch);
        let (bands, keys, lengths, uids) =
            (row.integers("band")?, row.integers("key")?, row.integers("n")?, row.integers("uid")?);
        rows.extend((0..row.len()).map(|at| BandKey {
            band: bands.value(at) as u16,
            key: keys.value(at).cast_unsigned(),
            length: lengths.value(at) as u32,
            uid: uids.value(at).cast_unsigned(),
        }));
    }
    py.detach(|| {
        let (pairs, largest) = bricks::pairs_of_bands(rows);
        let pairs: Vec<(i64, i64)> =
            pairs.into_iter().map(|(a, b)| (a.cast_signed(), b.cast_signed())).collect();
        pair_table(&pairs, Some(largest))
    })
}

/// Rows of whole keys (key, uid) → rows (a, b, shared) for pairs, (uid, null, shared) for documents, and (null, null, n) for the number of
/// documents of the most frequent key.
#[pyfunction]
pub fn meetings(py: Python<'_>, data: &Bound<'_, PyAny>, rewrites: bool) -> PyResult<Table> {
    let mut rows: Vec<JoinKey> = Vec::new();
    for batch in batches(data)? {
        let row = Row(&batch);
        let (keys, uids) = (row.integers("key")?, row.integers("uid")?);
        rows.extend(
            (0..row.len()).map(|at| JoinKey {
                key: keys.value(at).cast_unsigned(),
                uid: uids.value(at).cast_unsigned(),
            }),
        );
    }
    py.detach(|| {
        let join = if rewrites { Join::Rewrites } else { Join::Excerpts };
        let met = bricks::meetings(rows, join);
        let signed = |uid: u64| Some(uid.cast_signed());
        let pairs = met.pairs.iter().map(|&((a, b), shared)| (signed(a), signed(b), i64::from(shared)));
        // Only the join for excerpts needs them.
        let listed = met.listed.iter().filter(|_| !rewrites);
        let listed = listed.map(|&(uid, shared)| (signed(uid), None, i64::from(shared)));
        let rows: Vec<(Option<i64>, Option<i64>, i64)> =
            pairs.chain(listed).chain([(None, None, met.largest as i64)]).collect();
        Table::new(vec![
            ("a", integers(rows.iter().map(|row| row.0))),
            ("b", integers(rows.iter().map(|row| row.1))),
            ("shared", integers(rows.iter().map(|row| Some(row.2)))),
        ])
    })
}

/// In how many documents each feature occurs.
#[pyclass(module = "wirecopy._wirecopy")]
pub struct Features(FeatureCounts);

#[pymethods]
impl Features {
    #[new]
    fn new(bits: u32) -> Self {
        Self(FeatureCounts::new(bits))
    }

    /// Counts documents (uid, tokens).
    fn add(&mut self, data: &Bound<'_, PyAny>) -> PyResult<()> {
        each_document(data, |_, tokens| self.0.add(tokens))
    }

    /// Returns the parts of the table that are not empty (part, counts).
    fn parts(&self) -> PyResult<Table> {
        let parts =
            (0..FeatureCounts::PARTS).filter(|&part| self.0.part(part).iter().any(|&count| count > 0));
        part_table(parts.map(|part| (part as i32, self.0.part(part))).collect())
    }
}

fn part_table<T: AsRef<[u8]>>(parts: Vec<(i32, T)>) -> PyResult<Table> {
    Table::new(vec![
        ("part", small(parts.iter().map(|&(part, _)| Some(part)))),
        ("counts", bytes(parts.iter().map(|(_, counts)| Some(counts)))),
    ])
}

/// Adds up the parts of tables: rows (part, counts), several of a part → one row of each.
#[pyfunction]
pub fn merge_features(data: &Bound<'_, PyAny>) -> PyResult<Table> {
    let mut parts: std::collections::BTreeMap<i32, Vec<u8>> = Default::default();
    for batch in batches(data)? {
        let row = Row(&batch);
        let (numbers, counts) = (row.integers("part")?, row.bytes("counts")?);
        for at in 0..row.len() {
            let part =
                i32::try_from(numbers.value(at)).map_err(|error| PyValueError::new_err(error.to_string()))?;
            match parts.entry(part) {
                std::collections::btree_map::Entry::Vacant(free) => {
                    free.insert(counts.value(at).to_vec());
                }
                std::collections::btree_map::Entry::Occupied(mut sum) => {
                    FeatureCounts::merge_parts(sum.get_mut(), counts.value(at)).map_err(raised)?;
                }
            }
        }
    }
    part_table(parts.into_iter().collect())
}

/// Chooses the rare features of documents.
#[pyclass(module = "wirecopy._wirecopy", frozen)]
pub struct Rare {
    rare: std::sync::Mutex<RareFeatures>,
    /// Share of the table that is in use.
    #[pyo3(get)]
    used: f64,
    /// Number of counters.
    #[pyo3(get)]
    counters: u64,
}

#[pymethods]
impl Rare {
    /// Documents (uid, tokens) → their rare features (bucket, key, uid).
    fn keys(&self, data: &Bound<'_, PyAny>, bits: u32, buckets: u32) -> PyResult<Table> {
        let cut = cut(bits);
        let mut rows = JoinRows::default();
        each_document(data, |uid, tokens| {
            let mut rare = self.rare.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            rows.0.extend(rare.keys(tokens).into_iter().map(|key| (cut.of_join(key), uid)));
        })?;
        rows.table(buckets)
    }
}

/// In how many documents each term occurs.
#[pyclass(module = "wirecopy._wirecopy")]
#[derive(Default)]
pub struct Terms(TermCounts);

#[pymethods]
impl Terms {
    #[new]
    fn new() -> Self {
        Self::default()
    }

    /// Counts documents (language, tokens).
    fn add(&mut self, data: &Bound<'_, PyAny>) -> PyResult<()> {
        let batches = batches(data)?;
        data.py().detach(|| {
            for batch in &batches {
                let row = Row(batch);
                let (languages, texts) = (row.integers("language")?, row.bytes("tokens")?);
                for at in 0..row.len() {
                    self.0.add(LanguageKey::of_number(languages.value(at) as u32), &tokens(texts.value(at))?);
                }
            }
            Ok(())
        })
    }

    /// Returns the counts (language, term, count); a row without a term has the number of documents.
    fn rows(&self) -> PyResult<Table> {
        rows_of_terms(&self.0, true)
    }
}

/// Rows of sums (language, term, count), given the numbers of documents of all languages → the rows that weights need.
#[pyfunction]
pub fn decisive_terms(data: &Bound<'_, PyAny>, documents: Vec<(u32, u32)>) -> PyResult<Table> {
    rows_of_terms(&term_counts(data, documents)?.decisive(), false)
}

/// Rows of [`decisive_terms`], and the numbers of documents of all languages → the counts as bytes, for `Weights`.
#[pyfunction]
pub fn term_bytes(data: &Bound<'_, PyAny>, documents: Vec<(u32, u32)>) -> PyResult<Vec<u8>> {
    Ok(term_counts(data, documents)?.to_bytes())
}

fn term_counts(data: &Bound<'_, PyAny>, documents: Vec<(u32, u32)>) -> PyResult<TermCounts> {
    let mut terms = Vec::new();
    for batch in batches(data)? {
        let row = Row(&batch);
        let (languages, keys, counts) =
            (row.integers("language")?, row.integers("term")?, row.integers("count")?);
        terms.extend((0..row.len()).map(|at| {
            let language = LanguageKey::of_number(languages.value(at) as u32);
            (language, keys.value(at) as u32, u32::try_from(counts.value(at)).unwrap_or(u32::MAX))
        }));
    }
    let documents = documents.into_iter().map(|(language, count)| (LanguageKey::of_number(language), count));
    Ok(TermCounts::of_rows(documents, terms))
}

/// Returns a table of counts (language, term, count); a row without a term has the number of documents.
fn rows_of_terms(counts: &TermCounts, with_documents: bool) -> PyResult<Table> {
    let documents =
        counts.documents().filter(|_| with_documents).map(|(language, count)| (language, None, count));
    let terms = counts.terms().map(|(language, term, count)| (language, Some(i64::from(term)), count));
    let rows: Vec<(LanguageKey, Option<i64>, u32)> = documents.chain(terms).collect();
    Table::new(vec![
        ("language", integers(rows.iter().map(|row| Some(i64::from(row.0.number()))))),
        ("term", integers(rows.iter().map(|row| row.1))),
        ("count", integers(rows.iter().map(|row| Some(i64::from(row.2))))),
    ])
}
