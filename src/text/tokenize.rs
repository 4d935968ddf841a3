//! Text to tokens, in one pass over the original, so that every token knows its place in it.
//!
//! Words are cut on the original characters and normalised one by one: white space and punctuation never decide
//! whether two texts are the same, and a token's byte range still points into the text that a person reads. Most wire
//! text is ASCII, and an ASCII word is hashed after one pass that lowers it in a small buffer.

use std::ops::Range;
use std::sync::Arc;

use xxhash_rust::xxh3::xxh3_64;

use super::furniture::furniture;
use super::normalize::{self, STEM_LETTERS};
use super::script::{self, Kind};
use super::tokens::Segment;
use super::{Class, SourceLines, Token, Tokens};
use crate::config::MatchConfig;

/// Cuts texts into tokens, and knows which of them count. Holds buffers, so one a thread is cheaper than one a text.
#[derive(Clone, Debug, Default)]
pub struct Tokenizer {
    /// Whether furniture counts too.
    pub(super) keep_furniture: bool,
    /// What was learned to be furniture.
    pub(super) learned: Arc<SourceLines>,
    /// The word at hand, folded.
    word: String,
    stem: String,
}

/// Tokens of one text without its furniture; see [`Tokenizer::tokens`].
pub fn tokenize(text: &str) -> Tokens {
    Tokenizer::default().tokens(text)
}

impl Tokenizer {
    /// One that follows the settings. The default one leaves out what the rules call furniture.
    pub fn new(config: &MatchConfig) -> Self {
        Self { keep_furniture: config.keep_furniture, ..Self::default() }
    }

    /// One that leaves out these lines too, unless furniture is kept; see [`Tokenizer::placed`].
    #[must_use]
    pub fn with_learned(self, learned: SourceLines) -> Self {
        Self { learned: Arc::new(learned), ..self }
    }

    /// The tokens of `text` that count whatever its source, with the ends of its sentences and lines.
    ///
    /// Linear in the text; about 10 ns a token for ASCII.
    pub fn tokens(&mut self, text: &str) -> Tokens {
        if self.keep_furniture { self.cut(text, &[]) } else { self.cut(text, &furniture(text)) }
    }

    pub(super) fn cut(&mut self, text: &str, marked: &[Range<usize>]) -> Tokens {
        // English runs at six bytes a token; a little spare saves the one regrowth.
        let mut tokens = Vec::with_capacity(text.len() / 5);
        let mut segments: Vec<Segment> = Vec::new();
        let mut at = 0;
        let mut marked = marked.iter().peekable();
        let mut furniture_tokens = 0;
        self.scan(text, |event| match event {
            Event::Token(token, _, range) => {
                while marked.next_if(|line| line.end <= range.start).is_some() {}
                if marked.peek().is_some_and(|line| line.start <= range.start) {
                    furniture_tokens += 1;
                } else {
                    tokens.push(token);
                }
            }
            Event::Break { line } => {
                if tokens.len() > at {
                    at = tokens.len();
                    segments.push(Segment::new(at, line));
                } else if let (true, Some(last)) = (line, segments.last_mut()) {
                    *last = Segment::new(at, true);
                }
            }
        });
        tokens.shrink_to_fit();
        Tokens::new(tokens, segments, furniture_tokens)
    }

    /// Calls `each` with every token, its folded word and its byte range in `text`, in order.
    pub fn words(&mut self, text: &str, mut each: impl FnMut(Token, &str, Range<usize>)) {
        self.scan(text, |event| {
            if let Event::Token(token, word, range) = event {
                each(token, word, range);
            }
        });
    }

    fn scan(&mut self, text: &str, mut emit: impl FnMut(Event<'_>)) {
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            let byte = bytes[at];
            if byte.is_ascii_alphanumeric() {
                let (end, all_digits) = ascii_run(bytes, at);
                if bytes.get(end).is_none_or(u8::is_ascii) {
                    if all_digits {
                        at = self.number(text, at, &mut emit);
                    } else {
                        self.ascii_word(text, at..end, &mut emit);
                        at = end;
                    }
                } else {
                    at = self.word(text, at, &mut emit);
                }
            } else if byte.is_ascii() {
                at = self.ascii_other(text, at, &mut emit);
            } else {
                at = self.beyond_ascii(text, at, &mut emit);
            }
        }
        emit(Event::Break { line: true });
    }

    fn ascii_word(&mut self, text: &str, range: Range<usize>, emit: &mut impl FnMut(Event<'_>)) {
        self.word.clear();
        self.word.push_str(&text[range.clone()]);
        self.word.make_ascii_lowercase();
        let hash = xxh3_64(self.word.as_bytes());
        let stem = if self.word.len() <= STEM_LETTERS {
            hash
        } else {
            xxh3_64(&self.word.as_bytes()[..STEM_LETTERS])
        };
        emit(Event::Token(Token::new(hash, stem, Class::Word), &self.word, range));
    }

    /// Digits with their signs: grouping signs go (`1,200` and `1.200` are 1200), a decimal sign becomes a point.
    fn number(&mut self, text: &str, start: usize, emit: &mut impl FnMut(Event<'_>)) -> usize {
        let bytes = text.as_bytes();
        self.word.clear();
        let mut at = start;
        loop {
            let group = at;
            while bytes.get(at).is_some_and(u8::is_ascii_digit) {
                at += 1;
            }
            self.word.push_str(&text[group..at]);
            let sign = bytes.get(at).copied();
            if !matches!(sign, Some(b'.' | b',')) || !bytes.get(at + 1).is_some_and(u8::is_ascii_digit) {
                break;
            }
            let next = bytes[at + 1..].iter().take_while(|b| b.is_ascii_digit()).count();
            if next != 3 {
                self.word.push('.');
            }
            at += 1;
        }
        if bytes.get(at).is_some_and(u8::is_ascii_alphanumeric) {
            // The last group has letters behind it ("20th", "4.5bn"): they are one word with it.
            let (end, _) = ascii_run(bytes, at);
            self.word.extend(text[at..end].chars().map(|c| c.to_ascii_lowercase()));
            at = end;
        }
        let hash = xxh3_64(self.word.as_bytes());
        emit(Event::Token(Token::new(hash, hash, Class::Number), &self.word, start..at));
        at
    }

    /// A word that leaves ASCII somewhere.
    fn word(&mut self, text: &str, start: usize, emit: &mut impl FnMut(Event<'_>)) -> usize {
        let mut end = text.len();
        let mut all_digits = true;
        for (offset, c) in text[start..].char_indices() {
            let kind = kind_of(c);
            match kind {
                Kind::Digit | Kind::Mark | Kind::Ignored => {}
                Kind::Letter => all_digits = false,
                Kind::Single(_) | Kind::Other => {
                    end = start + offset;
                    break;
                }
            }
        }
        self.fold_visible(&text[start..end]);
        let class = if all_digits { Class::Number } else { Class::Word };
        let range = start..end;
        self.emit_folded(class, range, emit);
        end
    }

    fn fold_visible(&mut self, word: &str) {
        self.word.clear();
        if word.chars().any(|c| !c.is_ascii() && script::kind(c) == Kind::Ignored) {
            let visible: String =
                word.chars().filter(|&c| c.is_ascii() || script::kind(c) != Kind::Ignored).collect();
            normalize::fold(&visible, &mut self.word);
        } else {
            normalize::fold(word, &mut self.word);
        }
    }

    fn emit_folded(&mut self, class: Class, range: Range<usize>, emit: &mut impl FnMut(Event<'_>)) {
        if self.word.is_empty() {
            return;
        }
        self.stem.clear();
        if class == Class::Word {
            normalize::stem(&self.word, &mut self.stem);
        } else {
            self.stem.push_str(&self.word);
        }
        let hash = xxh3_64(self.word.as_bytes());
        let stem = xxh3_64(self.stem.as_bytes());
        emit(Event::Token(Token::new(hash, stem, class), &self.word, range));
    }

    fn beyond_ascii(&mut self, text: &str, start: usize, emit: &mut impl FnMut(Event<'_>)) -> usize {
        let Some(c) = text[start..].chars().next() else { return text.len() };
        let after = start + c.len_utf8();
        match script::kind(c) {
            Kind::Letter | Kind::Digit => self.word(text, start, emit),
            Kind::Single(class) => {
                let marks: usize = text[after..]
                    .chars()
                    .take_while(|&c| !c.is_ascii() && matches!(script::kind(c), Kind::Mark | Kind::Ignored))
                    .map(char::len_utf8)
                    .sum();
                let end = after + marks;
                self.fold_visible(&text[start..end]);
                self.emit_folded(class, start..end, emit);
                end
            }
            Kind::Mark | Kind::Ignored => after,
            Kind::Other => {
                if script::ends_sentence_alone(c) {
                    emit(Event::Break { line: false });
                } else if c == '\u{2028}' || c == '\u{2029}' || c == '\u{85}' {
                    emit(Event::Break { line: true });
                }
                after
            }
        }
    }

    fn ascii_other(&mut self, text: &str, at: usize, emit: &mut impl FnMut(Event<'_>)) -> usize {
        let c = char::from(text.as_bytes()[at]);
        if c == '\n' {
            if !is_soft_wrap(text, at) {
                emit(Event::Break { line: true });
            }
        } else if script::may_end_sentence(c) {
            let rest = text[at + 1..].trim_start_matches(script::closes);
            if rest.chars().next().is_none_or(char::is_whitespace) {
                emit(Event::Break { line: false });
            }
        }
        at + 1
    }
}

enum Event<'a> {
    Token(Token, &'a str, Range<usize>),
    Break { line: bool },
}

fn kind_of(c: char) -> Kind {
    if c.is_ascii_digit() {
        Kind::Digit
    } else if c.is_ascii_alphabetic() {
        Kind::Letter
    } else if c.is_ascii() {
        Kind::Other
    } else {
        script::kind(c)
    }
}

/// End of the run of ASCII letters and digits that begins at `start`, and whether it is all digits.
fn ascii_run(bytes: &[u8], start: usize) -> (usize, bool) {
    let mut end = start;
    let mut all_digits = true;
    while let Some(byte) = bytes.get(end).filter(|b| b.is_ascii_alphanumeric()) {
        all_digits &= byte.is_ascii_digit();
        end += 1;
    }
    (end, all_digits)
}

/// Whether the line end at `at` is one of a hard-wrapped text: the sentence goes on in lower case on the next line.
fn is_soft_wrap(text: &str, at: usize) -> bool {
    let goes_on = text[at + 1..].chars().next().is_some_and(char::is_lowercase);
    goes_on && !text[..at].trim_end_matches([' ', '\t', '\r']).ends_with(['.', '!', '?', ':', '\n'])
}

#[cfg(test)]
mod tests {
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
    fn symbols_alone_are_no_tokens() {
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
        fn upper_case_changes_no_token_of_cased_ascii(text in "[a-z ,.]{0,60}") {
            let upper = text.to_ascii_uppercase();
            prop_assert_eq!(tokenize(&text).as_slice().to_vec(), tokenize(&upper).as_slice().to_vec());
        }
    }
}
