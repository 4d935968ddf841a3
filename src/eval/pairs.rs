//! Labelled pairs: read, scored, reported.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use rayon::prelude::*;
use serde::Serialize;

use super::metrics::{Bin, Figures, Judged, figures, reliability};
use crate::config::MatchConfig;
use crate::text::{Tokenizer, Tokens, is_living};
use crate::verify::{
    Features, Frequencies, Idf, Model, Profile, Publications, SURE, Scratch, Verifier, measure,
};
use crate::{DocId, Error, Result};

/// Texts by document id.
pub type Texts = HashMap<String, String>;

/// Two documents and whether they are one dispatch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelledPair {
    /// Id of the one.
    pub a: String,
    /// Id of the other.
    pub b: String,
    /// The label.
    pub same: bool,
    /// Name of the set it belongs to; figures are given by set.
    pub set: String,
}

/// Reads a pairs file: lines of `a`, `b`, `same_dispatch` (0 or 1) and optionally `set`, separated by tabs, after a
/// header that begins with `a` and `b`. Empty lines are skipped; a missing set is called `all`.
///
/// # Errors
/// [`Error::Format`] with the line that is none of this.
pub fn parse_pairs(text: &str, path: &Path) -> Result<Vec<LabelledPair>> {
    let mut out = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let fields: Vec<&str> = line.trim_end_matches('\r').split('\t').collect();
        if fields == [""] || (number == 0 && fields.starts_with(&["a", "b"])) {
            continue;
        }
        let wrong = |message: &str| Error::Format {
            path: path.to_owned(),
            line: Some(number as u64 + 1),
            message: message.to_owned(),
        };
        let (a, b, label, set) = match *fields.as_slice() {
            [a, b, label] => (a, b, label, "all"),
            [a, b, label, set, ..] => (a, b, label, set),
            _ => ("", "", "", ""),
        };
        if a.is_empty() || b.is_empty() {
            return Err(wrong("expected a, b, same_dispatch and set, separated by tabs"));
        }
        let same = match label {
            "0" => false,
            "1" => true,
            other => return Err(wrong(&format!("same_dispatch must be 0 or 1, not {other:?}"))),
        };
        out.push(LabelledPair { a: a.to_owned(), b: b.to_owned(), same, set: set.to_owned() });
    }
    Ok(out)
}

/// What is known of a pair before the model is asked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Measured {
    /// Score as a copy or excerpt; 0 where it is neither.
    pub verbatim: f64,
    /// The same where the model must be sure besides.
    pub doubtful: f64,
    /// Features; `None` where too little is shared.
    pub features: Option<Features>,
}

impl Measured {
    /// The pipeline's score: copies and excerpts by their shingles, the rest by the model.
    pub(super) fn score(&self, model: &Model) -> f64 {
        self.decided(self.features.as_ref().map_or(0.0, |f| model.score(f)))
    }

    /// The same, given the model's score.
    pub(super) fn decided(&self, scored: f64) -> f64 {
        match self.doubtful {
            doubtful if doubtful > 0.0 => {
                if scored >= SURE {
                    doubtful
                } else {
                    0.0
                }
            }
            _ => scored.max(self.verbatim),
        }
    }

    /// Whether the shingles settle it, or the model by a bar of its own, so that there is nothing to fit.
    pub(super) fn settled(&self) -> bool {
        self.verbatim > 0.0 || self.doubtful > 0.0
    }
}

/// Documents made ready.
pub(super) struct Prepared<'a> {
    config: &'a MatchConfig,
    tokens: Vec<Tokens>,
    profiles: Vec<Profile>,
    publications: Publications,
}

impl<'a> Prepared<'a> {
    /// Prepares texts, with the weights of `idf`.
    pub(super) fn new(texts: &[&str], config: &'a MatchConfig, idf: &Idf) -> Self {
        let (tokens, profiles) = texts
            .par_iter()
            .map_init(
                || Tokenizer::new(config),
                |tokenizer, text| {
                    let tokens = tokenizer.tokens(text);
                    let profile = Profile::new(&tokens, idf);
                    (tokens, profile)
                },
            )
            .unzip();
        let living: Vec<bool> = texts.iter().map(|text| is_living(None, text)).collect();
        Self { config, tokens, profiles, publications: Publications::new(Vec::new(), living, 0) }
    }

    /// Buffers for measuring; one a thread.
    pub(super) fn worker(&self) -> Worker<'_> {
        let verifier = Verifier::new(self.config).published(&self.publications);
        Worker { prepared: self, verifier, scratch: Scratch::default() }
    }
}

/// Measures pairs of prepared documents.
pub(super) struct Worker<'a> {
    prepared: &'a Prepared<'a>,
    verifier: Verifier<'a>,
    scratch: Scratch,
}

impl Worker<'_> {
    /// Measures two documents, by their indices.
    pub(super) fn measure(&mut self, a: usize, b: usize) -> Measured {
        let Prepared { tokens, profiles, .. } = self.prepared;
        // Indices of texts in memory; a run holds fewer documents than a number of 32 bits counts.
        let (x, y) = (DocId(a as u32), DocId(b as u32));
        let edge = self.verifier.verbatim((x, &tokens[a]), (y, &tokens[b]));
        // As in a run: what is kept up to date is not asked of the scorer.
        let settled = edge.is_some() || self.verifier.doubtful().is_some();
        let editions =
            self.verifier.editions() || !settled && self.verifier.living((x, &tokens[a]), (y, &tokens[b]));
        Measured {
            verbatim: edge.map_or(0.0, |edge| edge.score),
            doubtful: self.verifier.doubtful().map_or(0.0, |edge| edge.score),
            features: (!editions).then(|| measure(&profiles[a], &profiles[b], &mut self.scratch)).flatten(),
        }
    }
}

/// The weights of a folder that holds these texts.
pub(super) fn idf_of(texts: &[&str], config: &MatchConfig) -> Idf {
    let terms: Vec<Vec<u32>> = texts
        .par_iter()
        .map_init(
            || Tokenizer::new(config),
            |tokenizer, text| Profile::distinct_terms(&tokenizer.tokens(text)),
        )
        .collect();
    let mut frequencies = Frequencies::default();
    for document in &terms {
        frequencies.add(document);
    }
    Idf::new(frequencies)
}

/// The ids that pairs name, in order of first mention, their texts, and the pairs as indices into them.
pub(super) struct Resolved<'a> {
    pub texts: Vec<&'a str>,
    pub pairs: Vec<(usize, usize)>,
}

/// Looks the pairs' documents up.
///
/// # Errors
/// [`Error::Pairs`] names the first document that is missing.
pub(super) fn resolve<'a>(pairs: &'a [LabelledPair], texts: &'a Texts) -> Result<Resolved<'a>> {
    let mut numbers: HashMap<&str, usize> = HashMap::new();
    let mut out = Resolved { texts: Vec::new(), pairs: Vec::with_capacity(pairs.len()) };
    for pair in pairs {
        let mut number = |id: &'a String| -> Result<usize> {
            if let Some(&number) = numbers.get(id.as_str()) {
                return Ok(number);
            }
            let text = texts.get(id).ok_or_else(|| Error::Pairs(format!("no document has the id {id:?}")))?;
            out.texts.push(text);
            numbers.insert(id, out.texts.len() - 1);
            Ok(out.texts.len() - 1)
        };
        let ends = (number(&pair.a)?, number(&pair.b)?);
        out.pairs.push(ends);
    }
    Ok(out)
}

/// What the terms of a pair's texts weigh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weighting {
    /// What they weigh in a folder of all documents that the pairs name.
    Folder,
    /// What the background table says, as in a folder of two.
    Alone,
}

impl Weighting {
    pub(super) fn idf(self, resolved: &Resolved<'_>, config: &MatchConfig) -> Idf {
        match self {
            Weighting::Folder => idf_of(&resolved.texts, config),
            Weighting::Alone => Idf::background(),
        }
    }
}

/// Scores every pair as the pipeline would: copies and excerpts are settled by their shingles, the rest by the model.
///
/// # Errors
/// [`Error::Pairs`] for a pair whose document is missing.
pub fn score_pairs(
    pairs: &[LabelledPair],
    texts: &Texts,
    model: &Model,
    config: &MatchConfig,
    weighting: Weighting,
) -> Result<Vec<f64>> {
    let resolved = resolve(pairs, texts)?;
    let prepared = Prepared::new(&resolved.texts, config, &weighting.idf(&resolved, config));
    Ok(resolved
        .pairs
        .par_iter()
        .map_init(|| prepared.worker(), |worker, &(a, b)| worker.measure(a, b).score(model))
        .collect())
}

/// A pair that was called what it is not.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PairError {
    /// Id of the one.
    pub a: String,
    /// Id of the other.
    pub b: String,
    /// Set of the pair.
    pub set: String,
    /// The label.
    pub same_dispatch: bool,
    /// The score it got.
    pub score: f64,
    /// First line of the one.
    pub first_line_a: String,
    /// First line of the other.
    pub first_line_b: String,
}

/// What `wirecopy eval --pairs` reports.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PairReport {
    /// Score from which a pair counts as one dispatch.
    pub threshold: f64,
    /// Over all pairs.
    pub overall: Figures,
    /// By set.
    pub sets: BTreeMap<String, Figures>,
    /// Score against truth, in ten bins.
    pub reliability: Vec<Bin>,
    /// The worst errors, most certain first.
    pub errors: Vec<PairError>,
}

/// Characters of a first line that are reported.
const FIRST_LINE: usize = 160;

/// The first line of a text that is not empty, or its beginning.
pub fn first_line(text: &str) -> String {
    text.lines().map(str::trim).find(|l| !l.is_empty()).unwrap_or("").chars().take(FIRST_LINE).collect()
}

/// Figures over scored pairs, overall and by set, with up to `errors` of the worst errors.
pub fn pair_report(
    pairs: &[LabelledPair],
    scores: &[f64],
    texts: &Texts,
    threshold: f64,
    errors: usize,
) -> PairReport {
    let judged: Vec<Judged> =
        pairs.iter().zip(scores).map(|(pair, &score)| Judged { score, same: pair.same }).collect();
    let mut sets: BTreeMap<String, Vec<Judged>> = BTreeMap::new();
    for (pair, &judged) in pairs.iter().zip(&judged) {
        sets.entry(pair.set.clone()).or_default().push(judged);
    }
    let mut wrong: Vec<(usize, f64)> = judged
        .iter()
        .enumerate()
        .filter(|(_, j)| (j.score >= threshold) != j.same)
        .map(|(at, j)| (at, (j.score - threshold).abs()))
        .collect();
    wrong.sort_by(|x, y| y.1.total_cmp(&x.1).then(x.0.cmp(&y.0)));
    let line_of = |id: &str| texts.get(id).map_or_else(String::new, |text| first_line(text));
    PairReport {
        threshold,
        overall: figures(&judged, threshold),
        sets: sets.into_iter().map(|(name, own)| (name, figures(&own, threshold))).collect(),
        reliability: reliability(&judged, 10),
        errors: wrong
            .into_iter()
            .take(errors)
            .map(|(at, _)| PairError {
                a: pairs[at].a.clone(),
                b: pairs[at].b.clone(),
                set: pairs[at].set.clone(),
                same_dispatch: pairs[at].same,
                score: scores[at],
                first_line_a: line_of(&pairs[at].a),
                first_line_b: line_of(&pairs[at].b),
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_read_with_or_without_header_and_set() {
        let read = |text: &str| parse_pairs(text, Path::new("p.tsv"));
        let pairs = read("a\tb\tsame_dispatch\tset\nx\ty\t1\trewrite\r\n\nx\tz\t0\n").unwrap();
        assert_eq!(pairs.len(), 2);
        assert_eq!((pairs[0].same, pairs[0].set.as_str()), (true, "rewrite"));
        assert_eq!((pairs[1].same, pairs[1].set.as_str()), (false, "all"));
        assert_eq!(read("x\ty\t1\n").unwrap().len(), 1);
        for bad in ["x\ty\n", "x\ty\t2\tset\n", "x\t\t1\n"] {
            let text = format!("a\tb\tsame_dispatch\tset\n{bad}");
            let error = read(&text).unwrap_err();
            assert!(error.to_string().starts_with("p.tsv:2:"), "{error}");
        }
    }

    #[test]
    fn a_copy_counts_although_the_model_is_not_asked() {
        let text =
            "The council closed the bridge on Monday after engineers found cracks in two of its piers.";
        let pair = |a: &str, b: &str, same| LabelledPair {
            a: a.to_owned(),
            b: b.to_owned(),
            same,
            set: "s".to_owned(),
        };
        let pairs = [pair("a", "b", true), pair("a", "c", false)];
        let texts: Texts = [("a", text), ("b", text), ("c", "Wheat prices fell for a third week running.")]
            .map(|(id, text)| (id.to_owned(), text.to_owned()))
            .into();
        let scores = score_pairs(
            &pairs,
            &texts,
            &Model::shipped().unwrap(),
            &MatchConfig::default(),
            Weighting::Folder,
        )
        .unwrap();
        assert!(scores[0] >= 0.99 && scores[1] < 0.1, "{scores:?}");
        let report = pair_report(&pairs, &scores, &texts, 0.5, 10);
        assert_eq!(report.overall.f1, Some(1.0));
        assert!(report.errors.is_empty());
        let report = pair_report(&pairs, &[0.2, 0.9], &texts, 0.5, 1);
        assert_eq!(report.errors.len(), 1);
        assert_eq!((report.errors[0].b.as_str(), report.errors[0].same_dispatch), ("c", false));
        assert_eq!(report.errors[0].first_line_a, text);
    }

    #[test]
    fn a_missing_document_is_named() {
        let pairs = parse_pairs("x\tgone\t1\n", Path::new("p")).unwrap();
        let texts: Texts = [("x".to_owned(), String::new())].into();
        let error = score_pairs(
            &pairs,
            &texts,
            &Model::shipped().unwrap(),
            &MatchConfig::default(),
            Weighting::Folder,
        )
        .unwrap_err();
        assert!(error.to_string().contains("gone"));
    }

    #[test]
    fn furniture_that_is_kept_is_compared() {
        let text =
            "The council closed the bridge on Monday after engineers found cracks in two of its piers.";
        let shared = format!("{text}\nShare this story\n");
        let pairs = parse_pairs("x\ty\t1\n", Path::new("p")).unwrap();
        let texts: Texts = [("x".to_owned(), text.to_owned()), ("y".to_owned(), shared)].into();
        let score = |keep_furniture| {
            let config = MatchConfig { keep_furniture, ..MatchConfig::default() };
            score_pairs(&pairs, &texts, &Model::shipped().unwrap(), &config, Weighting::Folder).unwrap()[0]
        };
        assert!((score(false) - 1.0).abs() < 1e-9 && score(true) < 1.0);
        let count = |keep_furniture| {
            let config = MatchConfig { keep_furniture, ..MatchConfig::default() };
            Prepared::new(&[&texts["y"]], &config, &Idf::background()).tokens[0].len()
        };
        assert_eq!(count(false) + 3, count(true));
    }
}
