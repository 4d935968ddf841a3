//! Tests how texts are cut in tokens.

use proptest::prelude::*;

use super::*;

fn words(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    Tokenizer::default().words(text, |_, word, _| all.push(word.to_owned()));
    all
}

fn segment_lengths(text: &str) -> Vec<usize> {
    tokenize(text).segments().map(|s| s.len()).collect()
}

#[test]
fn datelines_are_those_of_the_current_text() {
    let text = "PARIS, Sept 24 (AFP) – The council of Velmark voted on Monday to rebuild the old bridge.";
    let none = format!("{:?}", Datelines::default());
    let mut tokenizer = Tokenizer::default();
    let found = |tokenizer: &Tokenizer| format!("{:?}", tokenizer.datelines());
    tokenizer.tokens(text);
    let known = found(&tokenizer);
    assert_ne!(known, none);
    tokenizer.words("Velmark", |_, _, _| ());
    assert_eq!(found(&tokenizer), none);
    tokenizer.placed(text, 0);
    assert_eq!(found(&tokenizer), known);
    tokenizer.keep_boilerplate(true);
    tokenizer.tokens(text);
    assert_eq!(found(&tokenizer), none);
}

#[test]
fn words_are_cut_at_punctuation_and_folded() {
    assert_eq!(
        words("The Ferry's captain, J. Okoro-Lind, SAID: \u{201c}no\u{201d}."),
        ["the", "ferry", "s", "captain", "j", "okoro", "lind", "said", "no"]
    );
}

#[test]
fn numbers_lose_their_styling() {
    assert_eq!(
        words("1,200 1.200 1200 3.5 3,5 2,000,000"),
        ["1200", "1200", "1200", "3.5", "3.5", "2000000"]
    );
    assert_eq!(words("20th 4.5bn"), ["20th", "4.5bn"]);
    assert_eq!(tokenize("1,200").as_slice(), tokenize("1200").as_slice());
}

#[test]
fn combining_marks_stay_in_their_word() {
    assert_eq!(words("प्रधानमंत्री ने कहा").len(), 3);
    assert_eq!(words("Thủ tướng").len(), 2);
    assert_eq!(words("cafe\u{301} noir"), ["café", "noir"]);
}

#[test]
fn scripts_without_spaces_are_cut_by_character() {
    assert_eq!(words("央行加息"), ["央", "行", "加", "息"]);
    assert_eq!(words("ガソリン").len(), 4);
    assert_eq!(words("ｶﾞｿﾘﾝ"), words("ガソリン"));
    assert_eq!(words("น้ำ").len(), words("น้ำ").len());
    assert_eq!(words("第3回G7会議"), ["第", "3", "回", "g7", "会", "議"]);
}

#[test]
fn typography_is_not_text() {
    let plain = tokenize("می شود ministry");
    let marked = tokenize("می\u{200f} شود\u{202c} min\u{ad}istry");
    assert_eq!(plain.as_slice(), marked.as_slice());
    assert_eq!(plain.digest(), marked.digest());
}

#[test]
fn sentences_and_lines_end_segments() {
    assert_eq!(segment_lengths("One two. Three four five! Six"), [2, 3, 1]);
    assert_eq!(segment_lengths("He said: \u{201c}No more.\u{201d} Then left.\n\nShare this"), [4, 2, 2]);
    assert_eq!(segment_lengths("央行加息。市场下跌。"), [4, 4]);
    assert_eq!(segment_lengths("a hard\nwrapped line\nNew line"), [4, 2]);
    let lines: Vec<usize> = tokenize("One. Two.\nThree").lines().map(|l| l.len()).collect();
    assert_eq!(lines, [2, 1]);
}

#[test]
fn symbols_are_not_tokens() {
    assert!(tokenize("*** — … !!! \u{300}").is_empty());
}

proptest! {
    #[test]
    fn segments_and_lines_cover_every_token_once(text in "\\PC{0,80}|[a-z .!?\n。।]{0,80}") {
        let tokens = tokenize(&text);
        prop_assert_eq!(tokens.segments().map(|s| s.len()).sum::<usize>(), tokens.len());
        prop_assert_eq!(tokens.lines().map(|s| s.len()).sum::<usize>(), tokens.len());
        prop_assert!(tokens.segments().all(|s| !s.is_empty()));
    }

    #[test]
    fn byte_ranges_are_in_order_and_inside(text in "\\PC{0,60}") {
        let mut last = 0;
        Tokenizer::default().words(&text, |_, word, range| {
            assert!(range.start >= last && range.end > range.start && text.get(range.clone()).is_some());
            assert!(!word.is_empty());
            last = range.end;
        });
    }

    #[test]
    fn upper_case_does_not_change_tokens(text in "[a-z ,.]{0,60}") {
        let upper = text.to_ascii_uppercase();
        prop_assert_eq!(tokenize(&text).as_slice().to_vec(), tokenize(&upper).as_slice().to_vec());
    }
}
