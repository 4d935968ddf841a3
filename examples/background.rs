//! Packs the word list written by `crates/wirecopy-background/background.py` into `background.bin`. The README of that crate has
//! the commands.

use std::collections::HashMap;
use std::error::Error;

use wirecopy_core::score::background::{Background, DOCUMENT_TOKENS};
use wirecopy_core::score::each_term;
use wirecopy_core::text::{Class, Tokenizer};

/// Lower frequencies are left out to keep the table small.
const MIN_FREQUENCY: f64 = 8e-6;

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let (Some(words), Some(out)) = (args.next(), args.next()) else {
        return Err("usage: background WORDS.tsv OUT.bin".into());
    };
    let mut tokenizers: HashMap<String, Tokenizer> = HashMap::new();
    let mut languages: HashMap<String, HashMap<u32, f64>> = HashMap::new();
    // First and last pieces of words that are cut in pieces. The frequency of a pair across words is their product.
    let mut starts: HashMap<(String, String), f64> = HashMap::new();
    let mut ends: HashMap<(String, String), f64> = HashMap::new();
    for line in std::fs::read_to_string(&words)?.lines() {
        let mut fields = line.split('\t');
        let (Some(language), Some(word), Some(f)) = (fields.next(), fields.next(), fields.next()) else {
            return Err(format!("expected language, word and frequency, found: {line}").into());
        };
        let f: f64 = f.parse()?;
        let tokenizer =
            tokenizers.entry(language.to_owned()).or_insert_with(|| Tokenizer::for_language(language));
        let tokens = tokenizer.tokens(word);
        let table = languages.entry(language.to_owned()).or_default();
        each_term(&tokens, 0..tokens.len(), |place| *table.entry(place.term).or_default() += f);
        if tokens.as_slice().first().is_some_and(|t| t.class() == Class::Ideograph) {
            let mut pieces = Vec::new();
            tokenizer.words(word, |_, _, range| pieces.push(word[range].to_owned()));
            if let (Some(first), Some(last)) = (pieces.first(), pieces.last()) {
                *starts.entry((language.to_owned(), first.clone())).or_default() += f;
                *ends.entry((language.to_owned(), last.clone())).or_default() += f;
            }
        }
    }
    // A frequent pair cannot contain a rare piece.
    starts.retain(|_, f| *f >= MIN_FREQUENCY / 4.0);
    ends.retain(|_, f| *f >= MIN_FREQUENCY / 4.0);
    for ((language, last), f) in &ends {
        let Some(tokenizer) = tokenizers.get_mut(language) else { continue };
        for ((other, first), g) in &starts {
            if language == other && f * g >= MIN_FREQUENCY / 4.0 {
                let tokens = tokenizer.tokens(&format!("{last} {first}"));
                let table = languages.entry(language.clone()).or_default();
                each_term(&tokens, 0..tokens.len(), |place| *table.entry(place.term).or_default() += f * g);
            }
        }
    }
    let mut highest: HashMap<u32, f64> = HashMap::new();
    for (term, f) in languages.into_values().flatten() {
        let entry = highest.entry(term).or_default();
        *entry = entry.max(f);
    }
    let terms = highest.into_iter().filter(|&(_, f)| f >= MIN_FREQUENCY).map(|(term, f)| {
        let df = 1.0 - (-f * DOCUMENT_TOKENS).exp();
        (term, -df.ln() as f32)
    });
    std::fs::write(out, Background::pack(terms)?)?;
    Ok(())
}
