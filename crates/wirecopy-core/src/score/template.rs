//! Decides whether two texts are one template, filled in twice.
//!
//! A short match report, an obituary or a notice is often the same sentences under other names. Its words are shared, in the
//! same places and in the same order, and what differs are names and numbers that replace each other. A reprint adds or
//! drops something, and a re-translation replaces common words as well. The input is the tokens of both texts. Cost: it stops
//! at the first word that only one of the texts has, which for other pairs is among the first; at most
//! [`LONGEST_GAP`]² comparisons a difference.

use std::collections::HashSet;

use super::background::{Background, UNSEEN_IDF};
use super::openings::NAMED_IDF;
use crate::text::{Class, Token, Tokens};

/// Most tokens of either text between two passages that both have.
const LONGEST_GAP: usize = 12;
/// Tokens in a row that end a difference.
const PASSAGE: usize = 2;
/// Fewest different differences. A correction changes one thing.
const FEWEST: usize = 2;
/// Most tokens of a brief, for which one difference is enough: a sentence about another place is another story.
const BRIEF: usize = 30;
/// Least share of the longer text that both have in the same place.
const LEAST_KEPT: f64 = 0.6;
/// Background weight below which a word is common: it occurs in more than one of twenty documents.
const COMMON_IDF: f32 = 3.0;
/// Most common words among those that replace each other. Names and numbers are not common.
const MOST_COMMON: f64 = 1.0 / 3.0;
/// Most rare words that both have, for each difference, unless they are briefs. Texts about one thing share its names.
const MOST_RARE: usize = 2;
/// Least share of common words in what both have. Fewer mean that the background table does not know the language.
const LEAST_COMMON: f64 = 0.2;

/// Returns whether two texts are one template, filled in twice. Symmetric; false for texts without words between spaces.
///
/// Of 6,300 edges of labelled sets and of Reuters' archive it holds for two, which are wrong.
pub fn is_template(x: &Tokens, y: &Tokens) -> bool {
    let (x, y) = (x.as_slice(), y.as_slice());
    let Some(gaps) = gaps(x, y) else { return false };
    let mut differences = HashSet::new();
    let (mut changed, mut common, mut names_replaced) = (0_usize, 0_usize, false);
    for (in_x, in_y) in &gaps {
        let of_x: Vec<Token> = without(in_x, in_y).collect();
        let of_y: Vec<Token> = without(in_y, in_x).collect();
        let replaced = of_x.iter().chain(&of_y);
        if replaced.clone().any(|token| matches!(token.class(), Class::Ideograph | Class::Unspaced)) {
            return false;
        }
        changed += of_x.len() + of_y.len();
        common += replaced.filter(|token| is_common(**token)).count();
        names_replaced |= of_x.iter().any(is_name) && of_y.iter().any(is_name);
        differences.insert((of_x, of_y));
    }
    let longer = x.len().max(y.len());
    let is_brief = longer <= BRIEF;
    let fewest = if is_brief { 1 } else { FEWEST };
    if differences.len() < fewest || !names_replaced || common as f64 > MOST_COMMON * changed as f64 {
        return false;
    }
    let within: usize = gaps.iter().map(|(in_x, in_y)| in_x.len().max(in_y.len())).sum();
    let shared = Shared::of(x, y);
    (longer - within.min(longer)) as f64 >= LEAST_KEPT * longer as f64
        && (is_brief || shared.rare <= MOST_RARE * differences.len())
        && shared.common as f64 >= LEAST_COMMON * shared.all as f64
}

/// A passage of each text between two that both have.
type Gap<'t> = (&'t [Token], &'t [Token]);

/// Returns what differs between two texts, in order; `None` if one has something in a place where the other has nothing, or
/// if a difference is long.
fn gaps<'t>(mut x: &'t [Token], mut y: &'t [Token]) -> Option<Vec<Gap<'t>>> {
    let mut gaps = Vec::new();
    loop {
        let same = x.iter().zip(y).take_while(|(x, y)| x.stem() == y.stem()).count();
        (x, y) = (&x[same..], &y[same..]);
        if x.is_empty() && y.is_empty() {
            return Some(gaps);
        }
        let (i, j) = end_of_gap(x, y)?;
        if i == 0 || j == 0 {
            return None;
        }
        gaps.push((&x[..i], &y[..j]));
        (x, y) = (&x[i..], &y[j..]);
    }
}

/// Returns the lengths of the shortest passages at the start of both texts after which they continue with the same words;
/// `None` if they are longer than [`LONGEST_GAP`].
fn end_of_gap(x: &[Token], y: &[Token]) -> Option<(usize, usize)> {
    let continues = |i: usize, j: usize| {
        let (x, y) = (&x[i..], &y[j..]);
        let length = PASSAGE.min(x.len()).min(y.len());
        let same = x.iter().zip(y).take(length).all(|(x, y)| x.stem() == y.stem());
        same && (length > 0 || (x.is_empty() && y.is_empty()))
    };
    let (most_x, most_y) = (x.len().min(LONGEST_GAP), y.len().min(LONGEST_GAP));
    let within = |i: usize, j: usize| i <= most_x && j <= most_y && continues(i, j);
    for length in 1..=most_x + most_y {
        for i in (0..=length / 2).rev() {
            let j = length - i;
            match (within(i, j), within(j, i)) {
                // Taking either would make the order of the texts matter.
                (true, true) if i != j => return None,
                (true, _) => return Some((i, j)),
                (_, true) => return Some((j, i)),
                _ => {}
            }
        }
    }
    None
}

/// Returns the tokens of `own` whose stems `other` does not have.
fn without<'t>(own: &'t [Token], other: &'t [Token]) -> impl Iterator<Item = Token> + 't {
    own.iter().copied().filter(|own| other.iter().all(|other| other.stem() != own.stem()))
}

fn is_common(token: Token) -> bool {
    token.class() == Class::Word && Background::get().idf(token.stem()) < COMMON_IDF
}

/// Returns whether a word is rare enough to be a name; days and months are not.
fn is_name(token: &Token) -> bool {
    token.class() == Class::Word && Background::get().idf(token.stem()) >= NAMED_IDF
}

/// Counts distinct words that occur in both texts.
#[derive(Default)]
struct Shared {
    all: usize,
    common: usize,
    rare: usize,
}

impl Shared {
    fn of(x: &[Token], y: &[Token]) -> Self {
        let words = |tokens: &[Token]| -> HashSet<u32> {
            tokens.iter().filter(|token| token.class() == Class::Word).map(|token| token.stem()).collect()
        };
        let (x, y) = (words(x), words(y));
        let mut shared = Self::default();
        for word in x.intersection(&y) {
            let idf = Background::get().idf(*word);
            shared.all += 1;
            shared.common += usize::from(idf < COMMON_IDF);
            shared.rare += usize::from(idf >= UNSEEN_IDF);
        }
        shared
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::tokenize;

    const REPORT: &str = "Grimsa IL beat Velden FK 3-1 in the second division on Saturday to move up the table.\nHolt opened \
        the scoring in the 12th minute after a corner, and Sand added a second in the last minute of the match. Velden FK \
        played with ten men after the break.";
    const OBITUARY: &str = "Berta Lund, 81, of Skarvik, died at home on Monday.\nBerta grew up in Skarvik and worked for many \
        years as a nurse. She leaves her husband Olaf and her sons Nils and Peer. The family asks for no flowers.";

    fn template(x: &str, y: &str) -> bool {
        let (x, y) = (tokenize(x), tokenize(y));
        let is = is_template(&x, &y);
        assert_eq!(is, is_template(&y, &x), "symmetric");
        is
    }

    fn replaced(text: &str, words: &[(&str, &str)]) -> String {
        words.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
    }

    #[test]
    fn report_and_obituary_filled_in_for_others_are_templates() {
        let names = [
            ("Grimsa IL", "Tolven SK"),
            ("Velden FK", "Odense"),
            ("3-1", "2-0"),
            ("Holt", "Brekke"),
            ("Sand", "Vik"),
        ];
        assert!(template(REPORT, &replaced(REPORT, &names)));
        let names = [
            ("Berta Lund", "Signe Moe"),
            ("Berta", "Signe"),
            ("81", "77"),
            ("Skarvik", "Ulvesund"),
            ("Olaf", "Georg"),
            ("Nils and Peer", "Anders, Karl and Jon"),
        ];
        assert!(template(OBITUARY, &replaced(OBITUARY, &names)));
    }

    #[test]
    fn briefs_of_one_sentence_are_templates() {
        let brief = "News 4\nThe road between Skarvik and Tolven is closed until Friday because of a flood, police said.";
        assert!(template(
            brief,
            &replaced(brief, &[("4", "16"), ("Skarvik", "Grimsa"), ("Tolven", "Port Halden")])
        ));
    }

    #[test]
    fn brief_about_another_place_is_a_template() {
        let brief = "The library of Skarvik has lent its hundredth book to a boy of nine, the town said.";
        assert!(template(brief, &brief.replace("Skarvik", "Port Halden")));
        assert!(!template(brief, &brief.replace("hundredth book", "book")), "nothing in the place of a word");
        assert!(!template(brief, &brief.replace("town", "mayor")), "no name");
    }

    #[test]
    fn corrections_and_other_spellings_are_no_templates() {
        assert!(!template(OBITUARY, OBITUARY));
        assert!(!template(OBITUARY, &OBITUARY.replace("Skarvik", "Skarvig")), "one thing changed");
        assert!(!template(OBITUARY, &OBITUARY.replace("81", "82").replace("Monday", "4 May")), "no names");
        let longer = replaced(REPORT, &[("Holt", "Brekke"), ("Sand", "Vik"), ("Grimsa IL", "Tolven SK")]);
        assert!(!template(REPORT, &format!("{longer} It was cold.")), "one text goes on");
        let story = format!(
            "{OBITUARY} Lindqvist, Aurelio, Kvikkjokk and Szczepan mourn in Ullapool, Qaqortoq, Aarschot and Zwijndrecht."
        );
        let respelled = replaced(&story, &[("Berta", "Bertha"), ("Olaf", "Olav"), ("Peer", "Per")]);
        assert!(!template(&story, &respelled), "more rare words in common than exchanged");
    }

    #[test]
    fn other_words_for_the_same_are_no_template() {
        let words =
            [("grew up", "was born"), ("many", "some"), ("asks for", "wants"), ("Berta Lund", "Mrs Lund")];
        assert!(!template(OBITUARY, &replaced(OBITUARY, &words)));
    }

    #[test]
    fn unknown_languages_and_scripts_without_spaces_are_not_judged() {
        let unknown =
            "Zub wek tola mir, pask zuni wek gora. Hent mabu wek zilo, pask tola mir duno wek hapa.";
        assert!(!template(
            unknown,
            &replaced(unknown, &[("tola", "basu"), ("gora", "fenk"), ("duno", "rilk")])
        ));
        let chinese = "北京队星期六以三比一战胜上海队，王明打入第一球，李强打入第二球。";
        assert!(!template(
            chinese,
            &replaced(chinese, &[("北京", "广州"), ("上海", "天津"), ("王明", "张伟")])
        ));
    }

    proptest! {
        #[test]
        fn any_texts_are_judged_alike_in_both_orders(
            x in prop::collection::vec(prop::sample::select(vec!["the", "of", "Holt", "Vik", "3", "4", "in"]), 0..40),
            y in prop::collection::vec(prop::sample::select(vec!["the", "of", "Holt", "Vik", "3", "4", "in"]), 0..40),
        ) {
            template(&x.join(" "), &y.join(" "));
        }
    }
}
