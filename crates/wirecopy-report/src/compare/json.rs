//! A comparison as JSON.

use serde::Serialize;

use super::{Comparison, Mark, Origin, Part, Side};
use wirecopy_core::similarity::four_decimals;
use wirecopy_core::{Relation, Similarity};

#[derive(Serialize)]
struct Json<'a> {
    relation: Option<Relation>,
    verdict: String,
    score: Similarity,
    threshold: f64,
    /// `alone`, `edge` or `no_edge`: where relation and score come from.
    origin: &'static str,
    jaccard: Similarity,
    containment_a: Similarity,
    containment_b: Similarity,
    seconds_apart: Option<i64>,
    /// Log-odds of an average pair, to which the features add.
    start: Option<f64>,
    features: Vec<JsonPart<'a>>,
    a: JsonSide<'a>,
    b: JsonSide<'a>,
    passages: Vec<JsonRow<'a>>,
}

#[derive(Serialize)]
struct JsonPart<'a> {
    feature: &'a str,
    value: f64,
    adds: f64,
    words: &'a str,
}

#[derive(Serialize)]
struct JsonSide<'a> {
    id: &'a str,
    title: Option<&'a str>,
    date: Option<&'a str>,
    published: Option<&'a str>,
    source: Option<&'a str>,
    credits: &'a [String],
    tokens: usize,
    boilerplate_tokens: u32,
}

#[derive(Serialize)]
struct JsonRow<'a> {
    a: Vec<JsonPiece<'a>>,
    b: Vec<JsonPiece<'a>>,
}

#[derive(Serialize)]
struct JsonPiece<'a> {
    text: &'a str,
    boilerplate: bool,
    told: bool,
    share: Similarity,
    /// Content words that also occur in the piece beside this one.
    shared: Vec<&'a str>,
    /// Content words that occur elsewhere in the other text.
    elsewhere: Vec<&'a str>,
    /// Content words that occur in this text only.
    own: Vec<&'a str>,
}

impl Comparison {
    /// Serialises the comparison as one indented JSON object with a final newline.
    ///
    /// # Errors
    /// Never fails for a valid comparison.
    pub fn to_json(&self) -> serde_json::Result<String> {
        let weighed = self.weighed.as_ref();
        let json = Json {
            relation: self.relation,
            verdict: self.sentence(),
            score: self.score.rounded(),
            threshold: self.threshold,
            origin: match self.origin {
                Origin::Alone => "alone",
                Origin::Edge => "edge",
                Origin::NoEdge => "no_edge",
            },
            jaccard: self.jaccard.rounded(),
            containment_a: self.containment_a.rounded(),
            containment_b: self.containment_b.rounded(),
            seconds_apart: self.seconds_apart,
            start: weighed.map(|weighed| four_decimals(weighed.baseline)),
            features: weighed.map_or_else(Vec::new, |weighed| weighed.parts.iter().map(part).collect()),
            a: side(&self.a),
            b: side(&self.b),
            passages: self
                .rows
                .iter()
                .map(|row| JsonRow { a: pieces(&self.a, &row.a), b: pieces(&self.b, &row.b) })
                .collect(),
        };
        let mut out = serde_json::to_string_pretty(&json)?;
        out.push('\n');
        Ok(out)
    }
}

fn part(p: &Part) -> JsonPart<'_> {
    JsonPart {
        feature: &p.feature,
        value: four_decimals(p.value),
        adds: four_decimals(p.adds),
        words: &p.explanation,
    }
}

fn side(side: &Side) -> JsonSide<'_> {
    JsonSide {
        id: &side.id,
        title: side.title.as_deref(),
        date: side.date.as_deref(),
        published: side.published.as_deref(),
        source: side.source.as_deref(),
        credits: &side.credits,
        tokens: side.tokens,
        boilerplate_tokens: side.boilerplate_tokens,
    }
}

fn pieces<'a>(side: &'a Side, which: &[usize]) -> Vec<JsonPiece<'a>> {
    which
        .iter()
        .map(|&at| {
            let piece = &side.pieces[at];
            let marked = |mark: Mark| -> Vec<&'a str> {
                let words = side.words[piece.words.clone()].iter();
                words.filter(|word| word.mark == mark).map(|word| &side.text[word.bytes.clone()]).collect()
            };
            JsonPiece {
                text: side.text[piece.bytes.clone()].trim(),
                boilerplate: piece.boilerplate,
                told: piece.matched,
                share: piece.share.rounded(),
                shared: marked(Mark::Shared),
                elsewhere: marked(Mark::Elsewhere),
                own: marked(Mark::Own),
            }
        })
        .collect()
}
