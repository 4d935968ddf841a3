//! Joins the lines of a text that was wrapped to a width into paragraphs.

/// Widths, in columns, of texts that count as wrapped. The lines of others are paragraphs.
const WIDTHS: std::ops::RangeInclusive<usize> = 50..=130;
/// By how many columns a word may fit on the line before without the break being meant.
const SLACK: usize = 3;

/// Returns the width to which lines were wrapped: that of the longest. `None` if they were not wrapped.
pub(super) fn width<'a>(lines: impl Iterator<Item = &'a str>) -> Option<usize> {
    lines.map(|line| columns(line.trim_end())).max().filter(|width| WIDTHS.contains(width))
}

/// Returns the columns that a text takes: two for a character of Chinese, Japanese or Korean.
fn columns(text: &str) -> usize {
    text.chars().map(|c| if is_wide(c) { 2 } else { 1 }).sum()
}

fn is_wide(c: char) -> bool {
    c >= '\u{2e80}'
}

/// Returns the paragraphs of a block of lines without blank ones between. A line continues the one before if its first word would
/// not have fitted there.
pub(super) fn paragraphs(lines: &[String], width: Option<usize>) -> Vec<String> {
    let mut paragraphs: Vec<String> = Vec::new();
    let mut before = 0;
    for line in lines {
        let text = line.trim();
        let indent = line.chars().take_while(|c| *c == ' ').count();
        // A line of a script without spaces may be broken after any character.
        let word = text
            .split_whitespace()
            .next()
            .map_or(0, |word| columns(word).min(if word.starts_with(is_wide) { 2 } else { usize::MAX }));
        let is_new = match width {
            Some(width) => before + 1 + word + SLACK <= width || indent > 1 && indent < 9,
            None => true,
        };
        match paragraphs.last_mut() {
            Some(paragraph) if !is_new => {
                // Scripts without spaces between words are joined without one.
                if !paragraph.ends_with(is_wide) || !text.starts_with(is_wide) {
                    paragraph.push(' ');
                }
                paragraph.push_str(text);
            }
            _ => paragraphs.push(text.to_owned()),
        }
        before = columns(line.trim_end());
    }
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    paragraphs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(text: &str) -> Vec<String> {
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        paragraphs(&lines, width(text.lines()))
    }

    #[test]
    fn wrapped_lines_are_joined() {
        let text = "The council met on Tuesday to speak of the old\nbridge, which has been closed to lorries since the\nspring floods.";
        assert_eq!(joined(text), [text.replace('\n', " ")]);
    }

    #[test]
    fn intended_breaks_are_kept() {
        let text = "The winners of the cup in the last three years:\nNorth\nSouth\nand, after a replay that took all of a long night and a day,\nEast";
        assert_eq!(
            joined(text),
            [
                "The winners of the cup in the last three years:",
                "North",
                "South",
                "and, after a replay that took all of a long night and a day, East"
            ]
        );
        let text = "One line that is longer than any of the other lines here\n  A new paragraph is set in, as in some papers";
        assert_eq!(joined(text).len(), 2);
    }

    #[test]
    fn lines_of_texts_that_were_not_wrapped_are_paragraphs() {
        let long = "word ".repeat(40);
        assert_eq!(joined(&format!("{long}\nshort")).len(), 2);
        assert_eq!(joined("Short lines\nare meant").len(), 2);
    }

    #[test]
    fn scripts_without_spaces_are_joined_without_one() {
        let text = "昨日市議会は橋の改修を決めたと市長が記者団に述べました。\n工事は来年の春。";
        assert_eq!(joined(text), [text.replace('\n', "")]);
    }
}
