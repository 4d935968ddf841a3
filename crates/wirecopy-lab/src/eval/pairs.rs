//! Reads labelled pairs, scores them, and reports figures.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use rayon::prelude::*;
use serde::Serialize;

use super::metrics::{Bin, Figures, Judged, figures, reliability};
use wirecopy_core::classify::{
    self, Decision, Evidence, Examiner, Prepared, Ready, Scored, by_shingles, classify,
};
use wirecopy_core::config::MatchConfig;
use wirecopy_core::score::{Features, Frequencies, Idf, LanguageKey, Model, Profile};
use wirecopy_core::text::Tokenizer;
use wirecopy_core::{DocId, Document, Error, Result, Similarity};

/// Documents by id.
pub type Documents = HashMap<String, Document>;

/// A pair of documents, labelled as one dispatch or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelledPair {
    /// Id of the first document.
    pub a: String,
    /// Id of the second document.
    pub b: String,
    /// The label.
    pub same: bool,
    /// Name of the set that the pair belongs to. Figures are also reported by set.
    pub set: String,
}

/// Parses a file of pairs: lines of `a`, `b`, `same_dispatch` (0 or 1) and optionally `set`, separated by tabs, after an
/// optional header that begins with `a` and `b`. Empty lines are skipped. A missing set is called `all`.
///
/// # Errors
/// Returns [`Error::Format`] with the number of the first malformed line.
pub fn parse_pairs(text: &str, path: &Path) -> Result<Vec<LabelledPair>> {
    let mut out = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let fields: Vec<&str> = line.trim_end_matches('\r').split('\t').collect();
        // A header, unless it is a pair of documents with these ids.
        let is_header =
            number == 0 && fields.starts_with(&["a", "b"]) && !matches!(fields.get(2), Some(&("0" | "1")));
        if fields == [""] || is_header {
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
            other => return Err(wrong(&format!("expected 0 or 1 for same_dispatch, found {other:?}"))),
        };
        out.push(LabelledPair { a: a.to_owned(), b: b.to_owned(), same, set: set.to_owned() });
    }
    Ok(out)
}

/// The measurements of a pair, without the model's probability.
#[derive(Clone, Copy, Debug)]
pub(super) struct Measured {
    /// The evidence, without the scorer's probability.
    evidence: Evidence,
    /// The features; `None` if too little is shared.
    pub features: Option<Features>,
}

impl Measured {
    /// Decides, given the model's probability.
    pub(super) fn decided(&self, probability: Similarity, config: &MatchConfig) -> Decision {
        let scored = match self.features {
            Some(_) => Scored::Probability(probability),
            None => Scored::TooLittle,
        };
        classify(&Evidence { scored, ..self.evidence }, config)
    }

    /// Returns whether words, shingles and dates decide the pair, so that it is not used in the fit.
    pub(super) fn settled(&self, config: &MatchConfig) -> bool {
        by_shingles(&self.evidence, config).is_some()
    }
}

/// Measures two prepared documents.
pub(super) fn measure_pair<D: classify::Documents>(
    examiner: &mut Examiner<'_, D>,
    a: usize,
    b: usize,
) -> Measured {
    // A run has fewer than 2^32 documents.
    let (a, b) = (DocId(a as u32), DocId(b as u32));
    let features = examiner.features(a, b);
    let evidence = examiner.unscored(a, b);
    // Whatever the model will say.
    let scored = if features.is_some() { Scored::Probability(Similarity::ONE) } else { Scored::TooLittle };
    let template = examiner.with_template(Evidence { scored, ..evidence }, a, b).template;
    Measured { evidence: Evidence { template, ..evidence }, features }
}

/// Prepares documents with the weights of `idf`.
pub(super) fn prepare(documents: &[&Document], config: &MatchConfig, idf: &Idf) -> Vec<Ready> {
    documents
        .par_iter()
        .map_init(
            || Tokenizer::new(config),
            |tokenizer, document| {
                Ready::new(tokenizer.tokens(&document.text), &document.text, &document.meta, idf)
            },
        )
        .collect()
}

/// Computes the weights of a folder of these documents.
pub(super) fn idf_of(documents: &Documents, config: &MatchConfig) -> Idf {
    let counted: Vec<(LanguageKey, Frequencies)> = documents
        .par_iter()
        .map_init(
            || Tokenizer::new(config),
            |tokenizer, (_, document)| {
                let mut frequencies = Frequencies::default();
                frequencies.add(&Profile::distinct_terms(&tokenizer.tokens(&document.text)));
                (LanguageKey::of(document.meta.language.as_deref()), frequencies)
            },
        )
        .collect();
    Idf::new(counted)
}

/// The documents named by pairs, in order of first mention, and the pairs as indices of them.
pub(super) struct Resolved<'a> {
    pub documents: Vec<&'a Document>,
    pub pairs: Vec<(usize, usize)>,
}

/// Looks up the documents of pairs.
///
/// # Errors
/// Returns [`Error::Pairs`] with the id of the first missing document.
pub(super) fn resolve<'a>(pairs: &'a [LabelledPair], documents: &'a Documents) -> Result<Resolved<'a>> {
    let mut numbers: HashMap<&str, usize> = HashMap::new();
    let mut out = Resolved { documents: Vec::new(), pairs: Vec::with_capacity(pairs.len()) };
    for pair in pairs {
        let mut number = |id: &'a String| -> Result<usize> {
            if let Some(&number) = numbers.get(id.as_str()) {
                return Ok(number);
            }
            let document =
                documents.get(id).ok_or_else(|| Error::Pairs(format!("no document has the id {id:?}")))?;
            out.documents.push(document);
            numbers.insert(id, out.documents.len() - 1);
            Ok(out.documents.len() - 1)
        };
        let ends = (number(&pair.a)?, number(&pair.b)?);
        out.pairs.push(ends);
    }
    Ok(out)
}

/// How terms are weighted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weighting {
    /// By their frequency in a folder of all given documents.
    Folder,
    /// By the background table only, as in a folder of two documents.
    Alone,
}

impl Weighting {
    pub(super) fn idf(self, documents: &Documents, config: &MatchConfig) -> Idf {
        match self {
            Weighting::Folder => idf_of(documents, config),
            Weighting::Alone => Idf::background(),
        }
    }
}

/// Decides every pair as a run would.
///
/// # Errors
/// Returns [`Error::Pairs`] if the document of a pair is missing.
pub fn decide_pairs(
    pairs: &[LabelledPair],
    documents: &Documents,
    model: &Model,
    config: &MatchConfig,
    weighting: Weighting,
) -> Result<Vec<Decision>> {
    let resolved = resolve(pairs, documents)?;
    let ready = prepare(&resolved.documents, config, &weighting.idf(documents, config));
    let prepared = Prepared::new(ready, config, model);
    Ok(resolved
        .pairs
        .par_iter()
        .map_init(
            || prepared.examiner(),
            |examiner, &(a, b)| {
                // A run has fewer than 2^32 documents.
                examiner.decide(DocId(a as u32), DocId(b as u32))
            },
        )
        .collect())
}

/// A misclassified pair.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PairError {
    /// Id of the first document.
    pub a: String,
    /// Id of the second document.
    pub b: String,
    /// Set of the pair.
    pub set: String,
    /// The label.
    pub same_dispatch: bool,
    /// The score of the pair.
    pub score: f64,
    /// First line of the first document.
    pub first_line_a: String,
    /// First line of the second document.
    pub first_line_b: String,
}

/// The result of `wirecopy eval --pairs`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PairReport {
    /// Minimum score of one dispatch.
    pub threshold: f64,
    /// Over all pairs.
    pub overall: Figures,
    /// By set.
    pub sets: BTreeMap<String, Figures>,
    /// Mean score and share of true pairs, in ten bins.
    pub reliability: Vec<Bin>,
    /// The worst errors, farthest from the threshold first.
    pub errors: Vec<PairError>,
}

/// Maximum number of characters of a reported first line.
const FIRST_LINE: usize = 160;

/// Returns the first line of a text that is not empty, shortened if long.
pub fn first_line(text: &str) -> String {
    text.lines().map(str::trim).find(|l| !l.is_empty()).unwrap_or("").chars().take(FIRST_LINE).collect()
}

/// Computes figures for scored pairs, overall and by set, and lists up to `errors` of the worst errors.
pub fn pair_report(
    pairs: &[LabelledPair],
    scores: &[f64],
    documents: &Documents,
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
    let line_of =
        |id: &str| documents.get(id).map_or_else(String::new, |document| first_line(&document.text));
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
    fn header_and_set_are_optional() {
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

    fn documents<const N: usize>(texts: [(&str, &str); N]) -> Documents {
        let document = |text: &str| Document { text: text.to_owned(), ..Document::default() };
        texts.map(|(id, text)| (id.to_owned(), document(text))).into()
    }

    fn scores(pairs: &[LabelledPair], documents: &Documents, config: &MatchConfig) -> Result<Vec<f64>> {
        let model = Model::shipped().unwrap();
        let decided = decide_pairs(pairs, documents, &model, config, Weighting::Folder)?;
        Ok(decided.into_iter().map(|decision| decision.score.get()).collect())
    }

    const BRIDGE: &str =
        "The council closed the bridge on Monday after engineers found cracks in two of its piers.";

    #[test]
    fn copies_are_scored_without_the_model() {
        let pairs = parse_pairs("x\ty\t1\nx\tz\t0\n", Path::new("p")).unwrap();
        let documents =
            documents([("x", BRIDGE), ("y", BRIDGE), ("z", "Wheat prices fell for a third week running.")]);
        let scores = scores(&pairs, &documents, &MatchConfig::default()).unwrap();
        assert!(scores[0] >= 0.99 && scores[1] < 0.1, "{scores:?}");
        let report = pair_report(&pairs, &scores, &documents, 0.5, 10);
        assert_eq!(report.overall.f1, Some(1.0));
        assert!(report.errors.is_empty());
        let report = pair_report(&pairs, &[0.2, 0.9], &documents, 0.5, 1);
        assert_eq!(report.errors.len(), 1);
        assert_eq!((report.errors[0].b.as_str(), report.errors[0].same_dispatch), ("z", false));
        assert_eq!(report.errors[0].first_line_a, BRIDGE);
    }

    #[test]
    fn missing_document_is_named() {
        let pairs = parse_pairs("x\tgone\t1\n", Path::new("p")).unwrap();
        let error = scores(&pairs, &documents([("x", "")]), &MatchConfig::default()).unwrap_err();
        assert!(error.to_string().contains("gone"));
    }

    #[test]
    fn kept_boilerplate_is_compared() {
        let shared = format!("{BRIDGE}\nShare this story\n");
        let pairs = parse_pairs("x\ty\t1\n", Path::new("p")).unwrap();
        let documents = documents([("x", BRIDGE), ("y", &shared)]);
        let score = |keep_boilerplate| {
            let mut config = MatchConfig::default();
            config.keep_boilerplate = keep_boilerplate;
            scores(&pairs, &documents, &config).unwrap()[0]
        };
        assert!((score(false) - 1.0).abs() < 1e-9 && score(true) < 1.0);
    }

    #[test]
    fn dates_count_unless_ignored() {
        let pairs = parse_pairs("x\ty\t1\n", Path::new("p")).unwrap();
        let later = BRIDGE.replace("Monday", "Friday").replace("two", "three");
        let mut documents = documents([("x", BRIDGE), ("y", &later)]);
        for (id, date) in [("x", "2024-03-04"), ("y", "2024-04-12")] {
            documents.get_mut(id).unwrap().meta.published = Some(date.to_owned());
        }
        let score = |change: fn(&mut MatchConfig)| {
            let mut config = MatchConfig::default();
            change(&mut config);
            scores(&pairs, &documents, &config).unwrap()[0]
        };
        let far = score(|_| ());
        assert!(far < 0.1, "{far}");
        assert!(score(|config| config.ignore_dates = true) > far);
        assert!(score(|config| config.window = 60) > far);
    }
}
