//! Splits a text into passages and boilerplate for display.
//!
//! Tokens have no byte offsets, so the text is tokenised again with them. Every byte of the text belongs to exactly one
//! stretch.

use std::ops::Range;

use wirecopy_core::text::Placed;

/// A contiguous part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    /// Its bytes, up to the start of the next stretch.
    pub bytes: Range<usize>,
    /// Index of the passage; `None` for boilerplate.
    pub passage: Option<usize>,
    /// Whether it begins a line of its own.
    pub starts_line: bool,
}

/// Splits `text` at the ends of its passages (ranges of tokens, in order) and around its boilerplate.
pub(super) fn stretches(
    text: &str,
    placed: &Placed,
    passages: impl Iterator<Item = Range<usize>>,
) -> Vec<Stretch> {
    let Placed { tokens, words, boilerplate: lines } = placed;
    debug_assert_eq!(tokens.len(), words.len());
    let mut starts: Vec<(usize, Option<usize>)> = Vec::new();
    // The first word of each passage, to find the passage that continues after a line of boilerplate.
    let mut firsts: Vec<usize> = Vec::new();
    for (number, range) in passages.enumerate() {
        let Some(first) = words.get(range.start) else { break };
        let last = range.start.checked_sub(1).and_then(|last| words.get(last)).map_or(0, |last| last.end);
        let behind = lines[..lines.partition_point(|line| line.end <= first.start)].last();
        let floor = behind.map_or(last, |line| last.max(line.end));
        starts.push((passage_start(text, floor, first.start, floor > last), Some(number)));
        firsts.push(range.start);
    }
    for line in lines {
        starts.push((line.start, None));
        let next = words.partition_point(|word| word.start < line.end);
        let begins = firsts.partition_point(|&first| first <= next);
        if next < words.len() && begins > 0 && firsts[begins - 1] < next {
            starts.push((line.end, Some(begins - 1)));
        }
    }
    starts.sort_unstable();
    // If a line of boilerplate starts where a passage would continue, the boilerplate wins.
    starts.dedup_by(|later, earlier| {
        later.0 == earlier.0 && {
            earlier.1 = earlier.1.min(later.1);
            true
        }
    });
    let mut out: Vec<Stretch> = Vec::with_capacity(starts.len());
    for (at, &(start, passage)) in starts.iter().enumerate() {
        let start = if at == 0 { 0 } else { start };
        let end = starts.get(at + 1).map_or(text.len(), |&(next, _)| next);
        let before = text[..start].trim_end_matches([' ', '\t', '\r']);
        out.push(Stretch {
            bytes: start..end,
            passage,
            starts_line: before.is_empty() || before.ends_with('\n'),
        });
    }
    if out.is_empty() && !text.is_empty() {
        out.push(Stretch { bytes: 0..text.len(), passage: None, starts_line: true });
    }
    out
}

/// Returns where the passage starts whose first word starts at `first`, if the previous word ends at `floor`. Closing
/// punctuation belongs to the previous sentence, opening punctuation to this one.
fn passage_start(text: &str, floor: usize, first: usize, behind_boilerplate: bool) -> usize {
    let gap = &text[floor..first];
    // At the start of the text and after boilerplate, there is no previous sentence.
    if floor == 0 || behind_boilerplate {
        return floor + leading_space(gap);
    }
    if let Some(line) = gap.rfind('\n') {
        return floor + line + 1;
    }
    let split = gap.find(|c: char| c.is_whitespace() || "([{«“„‘「『【《〈（［¿¡".contains(c));
    floor + split.map_or(gap.len(), |at| at + leading_space(&gap[at..]))
}

fn leading_space(text: &str) -> usize {
    text.len() - text.trim_start().len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use wirecopy_core::config::MatchConfig;
    use wirecopy_core::text::{SourceLines, Tokenizer};

    fn placed(text: &str) -> Placed {
        Tokenizer::default().placed(text, 0)
    }

    fn cut(text: &str) -> Vec<(&str, bool)> {
        cut_as(text, &placed(text))
    }

    fn cut_as<'a>(text: &'a str, placed: &Placed) -> Vec<(&'a str, bool)> {
        stretches(text, placed, placed.tokens.segments())
            .into_iter()
            .map(|stretch| (&text[stretch.bytes], stretch.passage.is_some()))
            .collect()
    }

    #[test]
    fn closing_punctuation_stays_with_its_sentence() {
        assert_eq!(
            cut("He said: “No more.” (Nobody heard.) Then he left."),
            [("He said: “No more.” ", true), ("(Nobody heard.) ", true), ("Then he left.", true)]
        );
        assert_eq!(cut("央行加息。「市场」下跌。"), [("央行加息。", true), ("「市场」下跌。", true)]);
    }

    #[test]
    fn boilerplate_is_a_stretch_of_its_own() {
        let text = "The harbour board voted on Tuesday to close the old lighthouse for good.\nRead also: storms\n\
            Ships will be guided by a beacon on the northern pier until the spring.\nShare this story\n";
        let pieces = cut(text);
        assert_eq!(pieces.iter().map(|c| c.1).collect::<Vec<_>>(), [true, false, true, false]);
        assert_eq!(pieces[1].0, "Read also: storms\n");
        let quoted = text.replace("Ships", "\"Ships");
        assert!(cut(&quoted)[2].0.starts_with("\"Ships"));
        let dated =
            "PARIS, Sept 24 (AFP) - The harbour board voted on Tuesday to close the old lighthouse for good.";
        let pieces = cut(dated);
        assert_eq!(pieces[0].0.trim(), "PARIS, Sept 24 (AFP) -");
        assert!(!pieces[0].1 && pieces[1].0.starts_with("The harbour") && pieces[1].1);
    }

    #[test]
    fn learned_lines_are_boilerplate_unless_boilerplate_is_kept() {
        let text = "The harbour board voted on Tuesday to close the old lighthouse for good.\n\
            All of the Meridian's news in one letter every evening, whatever the weather.\n\
            Ships will be guided by a beacon on the northern pier until the spring.\nShare this story\n";
        let plain = placed(text);
        let line = plain.tokens.lines().nth(1).unwrap();
        let learned = SourceLines::new([SourceLines::key(7, &plain.tokens.as_slice()[line])], []);
        let known = Tokenizer::default().with_learned(learned.clone()).placed(text, 7);
        let pieces = cut_as(text, &known);
        assert_eq!(pieces.iter().map(|piece| piece.1).collect::<Vec<_>>(), [true, false, true, false]);
        assert!(pieces[1].0.starts_with("All of") && pieces[1].0.ends_with("weather.\n"));
        let mut keeping = MatchConfig::default();
        keeping.keep_boilerplate = true;
        let kept = Tokenizer::new(&keeping).with_learned(learned).placed(text, 7);
        assert!(cut_as(text, &kept).iter().all(|piece| piece.1));
    }

    proptest! {
        #[test]
        fn every_byte_is_in_one_stretch(
            text in "(\\PC{0,20}[.\n 。]{0,2}){0,8}|[a-z .!?\n。।]{0,80}",
            chosen in any::<u8>(),
        ) {
            let plain = placed(&text);
            let learned = plain.tokens.lines().enumerate().filter(|(at, _)| chosen >> (at % 8) & 1 == 1);
            let lines = learned.map(|(_, line)| SourceLines::key(0, &plain.tokens.as_slice()[line]));
            let learned = SourceLines::new(lines, []);
            let placed = Tokenizer::default().with_learned(learned).placed(&text, 0);
            prop_assert_eq!(placed.words.len(), placed.tokens.len());
            prop_assert!(placed.boilerplate.windows(2).all(|two| two[0].end <= two[1].start));
            let mut next = 0;
            for stretch in stretches(&text, &placed, placed.tokens.segments()) {
                prop_assert_eq!(stretch.bytes.start, next);
                next = stretch.bytes.end;
            }
            prop_assert_eq!(next, text.len());
        }
    }
}
