//! A comparison as text for a terminal: verdict, documents, reasons and passages.

use std::io::{self, Write};

use unicode_width::UnicodeWidthChar;

use super::sentence::percent;
use super::{Comparison, Mark, Origin, Reason, Row, Side};
use crate::{Ink, TextStyle, clean, cut, number, pad, width, wrap};
use wirecopy_core::Relation;

/// Minimum width for showing passages side by side.
const WIDE: usize = 120;
/// Minimum width of the layout. On a narrower terminal, lines are longer than the terminal.
const MIN_WIDTH: usize = 60;
/// Separator between the two texts.
const BAR: &str = " │ ";
/// Width of the label `A  ` in front of a passage.
const LABEL: usize = 3;

impl Comparison {
    /// Writes the comparison for reading, in `style.width` columns. Passages are side by side if there are at least 120
    /// columns, else one below the other.
    ///
    /// Control characters in the documents are replaced.
    ///
    /// # Errors
    /// Fails if `out` fails.
    pub fn write_text(&self, mut out: impl Write, style: &TextStyle) -> io::Result<()> {
        let style = TextStyle { width: style.width.max(MIN_WIDTH), ..*style };
        for line in wrap(&self.sentence(), style.width) {
            writeln!(out, "{}", style.paint(Ink::Bold, &line))?;
        }
        writeln!(out)?;
        write_side(&mut out, "A", &self.a, style)?;
        write_side(&mut out, "B", &self.b, style)?;
        self.write_figures(&mut out, style)?;
        self.write_reasons(&mut out, style)?;
        self.write_passages(&mut out, style)?;
        out.flush()
    }

    fn write_figures(&self, out: &mut impl Write, style: TextStyle) -> io::Result<()> {
        let relation = match self.relation {
            Some(relation) => style.paint(Ink::Relation(relation), relation.name()),
            None => "none".to_owned(),
        };
        writeln!(out, "\nrelation         {relation}")?;
        let threshold = match self.relation {
            _ if self.reason == Reason::SameItem => String::new(),
            Some(Relation::Identical | Relation::Copy) => String::new(),
            Some(Relation::Excerpt | Relation::Version | Relation::Rewrite | Relation::Partial) | None => {
                format!(" (one dispatch at {:.2} or higher)", self.threshold)
            }
        };
        writeln!(out, "score            {:.2}{}", self.score, style.paint(Ink::Dim, &threshold))?;
        if let Some(seconds) = self.seconds_apart {
            writeln!(out, "dates            {}", apart(seconds, self.dates_have_times()))?;
        }
        writeln!(out, "shingles in both {} of all", percent(self.jaccard))?;
        writeln!(
            out,
            "words in both    {} of A's, {} of B's",
            percent(self.containment_a),
            percent(self.containment_b)
        )?;
        let note = match self.origin {
            Origin::Edge => return Ok(()),
            Origin::Alone => {
                "Words are weighted by a general table of word frequencies. A run also counts the words of its folder, so its \
                 score may differ."
            }
            Origin::NoEdge => {
                "The run has no edge between the two. They were compared on their own, with words weighted by a general table \
                 of word frequencies; in the run, the score may differ."
            }
        };
        writeln!(out)?;
        wrap(note, style.width).iter().try_for_each(|line| writeln!(out, "{}", style.paint(Ink::Dim, line)))
    }

    fn write_reasons(&self, out: &mut impl Write, style: TextStyle) -> io::Result<()> {
        let Some(weighed) = &self.weighed else { return Ok(()) };
        let heading = if self.reason != Reason::Scored {
            "How the scorer would rate the pair (log-odds)"
        } else {
            "Score by feature (log-odds)"
        };
        writeln!(out, "\n{}", style.paint(Ink::Bold, heading))?;
        let shown = weighed.parts.iter().map(|part| width(&part.shown)).max().unwrap_or(0);
        let columns = style.width.saturating_sub(8 + 2 + shown + 2);
        let widest = weighed.parts.iter().map(|p| width(&p.explanation)).max().unwrap_or(0).min(columns);
        writeln!(out, "{:>8}  baseline: an average pair", signed(weighed.baseline))?;
        for part in &weighed.parts {
            let mut lines = wrap(&part.explanation, columns.max(20)).into_iter();
            let first = pad(&lines.next().unwrap_or_default(), widest);
            let value = style.paint(Ink::Dim, &part.shown);
            let line = format!("{:>8}  {first}  {value}", signed(part.adds));
            writeln!(out, "{}", line.trim_end())?;
            for line in lines {
                writeln!(out, "{:10}{line}", "")?;
            }
        }
        let sum = weighed.log_odds();
        writeln!(out, "{:>8}  sum: a score of {:.2}", signed(sum), wirecopy_core::score::logistic(sum))
    }

    fn write_passages(&self, out: &mut impl Write, style: TextStyle) -> io::Result<()> {
        let legend = match (style.color, self.rows.is_empty()) {
            (_, true) => return Ok(()),
            (true, _) => format!(
                "({} occur in the passage beside them, {} in one text only, {} is not compared)",
                style.paint(Ink::Bold, "bright words"),
                style.paint(Ink::Own, "underlined words"),
                style.paint(Ink::Dim, "dim boilerplate")
            ),
            (false, _) => "(~ marks boilerplate, which is not compared)".to_owned(),
        };
        writeln!(out, "\n{} {legend}", style.paint(Ink::Bold, "Passages"))?;
        if style.width >= WIDE {
            return self.write_side_by_side(out, style);
        }
        for row in &self.rows {
            writeln!(out)?;
            for (name, side, pieces) in [("A", &self.a, &row.a), ("B", &self.b, &row.b)] {
                for (at, line) in lines(side, pieces, style.width - LABEL, style).iter().enumerate() {
                    let label = pad(if at == 0 { name } else { "" }, LABEL);
                    writeln!(out, "{}{}", style.paint(Ink::Dim, &label), line.painted.trim_end())?;
                }
            }
        }
        Ok(())
    }

    fn write_side_by_side(&self, out: &mut impl Write, style: TextStyle) -> io::Result<()> {
        let columns = (style.width - width(BAR)) / 2;
        let bar = style.paint(Ink::Dim, BAR);
        writeln!(out, "\n{}{bar}{}", style.paint(Ink::Dim, &pad("A", columns)), style.paint(Ink::Dim, "B"))?;
        for Row { a, b } in &self.rows {
            let (left, right) = (lines(&self.a, a, columns, style), lines(&self.b, b, columns, style));
            writeln!(out, "{}{}", " ".repeat(columns), bar.trim_end())?;
            for at in 0..left.len().max(right.len()) {
                let (l, r) = (left.get(at), right.get(at));
                let cell = l.map_or_else(String::new, Line::isolated);
                let fill = " ".repeat(columns - l.map_or(0, |line| line.width));
                let other = r.map_or_else(String::new, Line::isolated);
                writeln!(out, "{}", format!("{cell}{fill}{bar}{other}").trim_end())?;
            }
        }
        Ok(())
    }
}

/// Writes headline, id, date, publisher, credits and length.
fn write_side(out: &mut impl Write, name: &str, side: &Side, style: TextStyle) -> io::Result<()> {
    let columns = style.width - LABEL;
    let label = style.paint(Ink::Dim, &pad(name, LABEL));
    let title = side.title.as_deref().map(clean).filter(|title| !title.is_empty());
    if let Some(title) = &title {
        writeln!(out, "{label}{}", style.paint(Ink::Bold, &cut(title, columns)))?;
    }
    let label = if title.is_some() { pad("", LABEL) } else { label };
    writeln!(out, "{label}{}", style.paint(Ink::Dim, &crate::cut_middle(&clean(&side.id), columns)))?;
    let mut facts = Vec::new();
    let date = side.published.as_deref().or(side.date.as_deref());
    facts.extend(date.map(|date| clean(&date.replacen('T', " ", 1))));
    facts.extend(side.source.as_deref().map(clean));
    if !side.credits.is_empty() {
        facts.push(format!("credits {}", clean(&side.credits.join(", "))));
    }
    facts.push(format!("{} words", number(side.length as u64)));
    if side.boilerplate_tokens > 0 {
        facts.push(format!("{} boilerplate", number(side.boilerplate_tokens.into())));
    }
    writeln!(out, "{:LABEL$}{}", "", cut(&facts.join(" · "), columns))
}

/// Formats a difference as `B is 3 hours later`, or in days if a date has no time.
fn apart(seconds: i64, have_times: bool) -> String {
    let (later, seconds) = (if seconds > 0 { "B" } else { "A" }, seconds.unsigned_abs());
    let of = |n: u64, one: &str| if n == 1 { format!("1 {one}") } else { format!("{} {one}s", number(n)) };
    let length = match seconds {
        0 => return "the same".to_owned(),
        s if !have_times && s < 86_400 => return "within a day of each other".to_owned(),
        s if have_times && s < 3_600 => of(s.div_ceil(60), "minute"),
        s if have_times && s < 2 * 86_400 => of((s + 1_800) / 3_600, "hour"),
        s => of((s + 43_200) / 86_400, "day"),
    };
    format!("{later} is {length} later")
}

/// Formats a number with its sign: `+1.30`, `−0.25`.
fn signed(value: f64) -> String {
    if value < -0.005 { format!("−{:.2}", -value) } else { format!("+{:.2}", value.abs()) }
}

/// A painted line of a passage and its width.
struct Line {
    painted: String,
    width: usize,
    right_to_left: bool,
}

impl Line {
    /// Returns the line with right-to-left text isolated (UAX 9), so that it does not reorder the other column.
    fn isolated(&self) -> String {
        if self.right_to_left { format!("\u{2068}{}\u{2069}", self.painted) } else { self.painted.clone() }
    }
}

/// How characters are painted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Look {
    Bright,
    Own,
    Plain,
    Dim,
}

impl Look {
    fn paint(self, text: &str, style: TextStyle) -> String {
        match self {
            Look::Bright => style.paint(Ink::Bold, text),
            Look::Own => style.paint(Ink::Own, text),
            Look::Dim => style.paint(Ink::Dim, text),
            Look::Plain => text.to_owned(),
        }
    }
}

/// Characters between two possible line breaks.
#[derive(Default)]
struct Atom {
    spans: Vec<(String, Look)>,
    width: usize,
    space_before: bool,
}

impl Atom {
    fn push(&mut self, c: char, look: Look) {
        self.width += c.width().unwrap_or(0);
        match self.spans.last_mut() {
            Some((text, last)) if *last == look => text.push(c),
            _ => self.spans.push((c.to_string(), look)),
        }
    }
}

/// Lays out pieces of a text in lines of at most `columns`.
fn lines(side: &Side, pieces: &[usize], columns: usize, style: TextStyle) -> Vec<Line> {
    let mut out = Vec::new();
    let mut line = Atom::default();
    for (number, &at) in pieces.iter().enumerate() {
        // Consecutive sentences of a paragraph continue on the same line.
        let follows = number > 0 && pieces[number - 1] + 1 == at && !side.pieces[at].starts_line;
        if !follows && line.width > 0 {
            out.push(finish(&line, style));
            line = Atom::default();
        }
        for atom in atoms(side, at, columns, style) {
            let space = usize::from(atom.space_before && line.width > 0);
            if line.width + space + atom.width > columns {
                out.push(finish(&line, style));
                line = Atom::default();
            } else if space == 1 {
                line.push(' ', atom.spans.first().map_or(Look::Plain, |span| span.1));
            }
            for (text, look) in &atom.spans {
                text.chars().for_each(|c| line.push(c, *look));
            }
        }
    }
    if line.width > 0 {
        out.push(finish(&line, style));
    }
    out
}

fn finish(line: &Atom, style: TextStyle) -> Line {
    let painted = line.spans.iter().map(|(text, look)| look.paint(text, style)).collect();
    let right_to_left = line.spans.iter().any(|(text, _)| text.chars().any(is_right_to_left));
    Line { painted, width: line.width, right_to_left }
}

/// Returns whether `c` is a letter of a right-to-left script, such as Hebrew or Arabic.
fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}' | '\u{10800}'..='\u{10FFF}'
        | '\u{1E800}'..='\u{1EFFF}')
}

/// Splits the cleaned characters of a piece at possible line breaks: at spaces, beside wide characters, and inside words
/// longer than a line.
fn atoms(side: &Side, at: usize, columns: usize, style: TextStyle) -> Vec<Atom> {
    let piece = &side.pieces[at];
    let mut out: Vec<Atom> = Vec::new();
    let mut space = true;
    let base = if piece.boilerplate { Look::Dim } else { Look::Plain };
    let mut put = |text: &str, look: Look| {
        space |= text.starts_with(char::is_whitespace);
        for c in clean(text).chars() {
            if c == ' ' {
                space = true;
                continue;
            }
            let wide = c.width() == Some(2);
            let fits = |atom: &Atom| {
                c.width() == Some(0)
                    || (atom.width < columns
                        && if wide { is_closing(c) } else { !atom.ends_wide() || is_closing(c) })
            };
            match out.last_mut() {
                Some(atom) if !space && fits(atom) => atom.push(c, look),
                _ => {
                    let mut atom = Atom { space_before: space, ..Atom::default() };
                    atom.push(c, look);
                    out.push(atom);
                }
            }
            space = false;
        }
        space |= text.ends_with(char::is_whitespace);
    };
    if piece.boilerplate && !style.color {
        put("~ ", base);
    }
    let mut next = piece.bytes.start;
    for word in &side.words[piece.words.clone()] {
        put(&side.text[next..word.bytes.start], base);
        let look = match word.mark {
            _ if piece.boilerplate => Look::Dim,
            Mark::Shared => Look::Bright,
            Mark::Own if piece.counterpart.is_some() => Look::Own,
            Mark::Own | Mark::Elsewhere | Mark::Small => Look::Plain,
        };
        put(&side.text[word.bytes.clone()], look);
        next = word.bytes.end;
    }
    put(&side.text[next..piece.bytes.end], base);
    out
}

/// Returns whether `c` is closing punctuation, which must not begin a line.
fn is_closing(c: char) -> bool {
    "、。，．：；？！）」』】》〉］｝”’,.:;?!)]}".contains(c)
}

impl Atom {
    /// Returns whether the last character is wide, so that a line may end after it without a space.
    fn ends_wide(&self) -> bool {
        let last = self.spans.last().and_then(|(text, _)| text.chars().next_back());
        last.and_then(UnicodeWidthChar::width) == Some(2)
    }
}
