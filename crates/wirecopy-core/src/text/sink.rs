//! Receives the words of a text while it is cut.

use std::ops::Range;

use super::tokens::{Segment, Token};

/// Receives what a text consists of, in order.
pub(super) trait Sink {
    /// Takes a token with its folded form and its byte range.
    fn token(&mut self, token: Token, word: &[u8], range: Range<usize>);

    /// Ends a sentence, and with `line` also a line.
    fn end(&mut self, line: bool);
}

/// Collects the tokens of a text outside its boilerplate, and the ends of its segments.
pub(super) struct Collector<'a> {
    pub(super) tokens: Vec<Token>,
    pub(super) segments: Vec<Segment>,
    /// End of the last segment.
    ended: usize,
    /// The current or next range of boilerplate; without one, a range after every text.
    marked: Range<usize>,
    more: std::slice::Iter<'a, Range<usize>>,
    pub(super) boilerplate_tokens: u32,
}

impl<'a> Collector<'a> {
    /// Creates a collector that reuses two buffers, for a text with these ranges of boilerplate.
    pub(super) fn new(
        mut tokens: Vec<Token>,
        mut segments: Vec<Segment>,
        boilerplate: &'a [Range<usize>],
    ) -> Self {
        tokens.clear();
        segments.clear();
        // The first token moves it to the first range.
        let marked = 0..0;
        Self { tokens, segments, ended: 0, marked, more: boilerplate.iter(), boilerplate_tokens: 0 }
    }

    /// Takes a token that is not before the current range of boilerplate.
    #[cold]
    fn token_at_boilerplate(&mut self, token: Token, range: &Range<usize>) {
        while self.marked.end <= range.start {
            self.marked = self.more.next().map_or(usize::MAX..usize::MAX, Range::clone);
        }
        if self.marked.start <= range.start {
            self.boilerplate_tokens += 1;
        } else {
            self.tokens.push(token);
        }
    }
}

impl Sink for Collector<'_> {
    #[inline]
    fn token(&mut self, token: Token, _: &[u8], range: Range<usize>) {
        if range.start < self.marked.start {
            self.tokens.push(token);
        } else {
            self.token_at_boilerplate(token, &range);
        }
    }

    fn end(&mut self, line: bool) {
        if self.tokens.len() > self.ended {
            self.ended = self.tokens.len();
            self.segments.push(Segment::new(self.ended, line));
        } else if let (true, Some(last)) = (line, self.segments.last_mut()) {
            *last = Segment::new(self.ended, true);
        }
    }
}

/// Passes words within parts of a text on as pieces of words.
pub(super) struct PiecesWithin<'a, S> {
    /// The current part and those after it, in order.
    parts: &'a [Range<usize>],
    out: &'a mut S,
}

impl<'a, S> PiecesWithin<'a, S> {
    pub(super) fn new(parts: &'a [Range<usize>], out: &'a mut S) -> Self {
        Self { parts, out }
    }
}

impl<S: Sink> Sink for PiecesWithin<'_, S> {
    fn token(&mut self, token: Token, word: &[u8], range: Range<usize>) {
        while let [part, rest @ ..] = self.parts
            && part.end <= range.start
        {
            self.parts = rest;
        }
        let is_within = self.parts.first().is_some_and(|part| part.start <= range.start);
        self.out.token(if is_within { token.piece_of_word() } else { token }, word, range);
    }

    fn end(&mut self, line: bool) {
        self.out.end(line);
    }
}

/// Calls a function with every token, its folded form and its byte range.
pub(super) struct Words<F>(pub(super) F);

impl<F: FnMut(Token, &str, Range<usize>)> Sink for Words<F> {
    fn token(&mut self, token: Token, word: &[u8], range: Range<usize>) {
        // The bytes of a word come from a text or a string.
        (self.0)(token, std::str::from_utf8(word).unwrap_or_default(), range);
    }

    fn end(&mut self, _: bool) {}
}
