//! Edits a story as newsrooms do: copies, excerpts and rewrites.

use super::compose::{Composer, number};
use super::language::{form, function_word, in_form_of, lemma, lemma_of, synonym};
use super::story::{Part, Sentence, Story};
use crate::perturb::rng::Rng;

/// Minimum and maximum share of changed parts in a rewrite, from light editing to a retranslation. The Jaccard similarity of
/// word 5-shingles is then about 0.3 and 0.02.
const REWORDED: (f64, f64) = (0.13, 0.45);
/// Maximum share of dropped sentences in a rewrite. New sentences are added at half that rate.
const DROPPED: f64 = 0.15;

/// Makes a near-verbatim copy: changes a word in some sentences and, at times, drops the dateline, rewords the title or drops
/// the last paragraphs.
pub(super) fn copy(story: &Story, rng: &mut Rng) -> Story {
    let mut copy = story.clone();
    let share = 0.4 * rng.unit();
    for sentence in copy.paragraphs.iter_mut().flatten() {
        if rng.chance(share) {
            touch(sentence, rng);
        }
    }
    if rng.chance(0.3) {
        copy.dateline = None;
    }
    if rng.chance(0.4) {
        reword(&mut copy.title, 0.3, rng);
    }
    // Drops at most a sixth of the paragraphs.
    let kept = copy.paragraphs.len() - rng.below(copy.paragraphs.len() / 6 + 1);
    copy.paragraphs.truncate(kept.max(1));
    copy
}

/// Makes an excerpt: the first quarter to three fifths of the words, at times with small edits.
pub(super) fn excerpt(story: &Story, rng: &mut Rng) -> Story {
    let mut excerpt = if rng.chance(0.3) { copy(story, rng) } else { story.clone() };
    let mut left = (story.len() as f64 * (0.25 + 0.35 * rng.unit())).max(60.0) as usize;
    for paragraph in &mut excerpt.paragraphs {
        paragraph.retain(|sentence| {
            let wanted = left > 0;
            left = left.saturating_sub(sentence.len());
            wanted
        });
    }
    excerpt.paragraphs.retain(|paragraph| !paragraph.is_empty());
    excerpt
}

/// Makes a rewrite: rewords the sentences in their order, drops a few and adds a few.
pub(super) fn rewrite(story: &Story, rng: &mut Rng) -> Story {
    let share = REWORDED.0 + (REWORDED.1 - REWORDED.0) * rng.unit();
    let dropped = DROPPED * rng.unit();
    let stranger = Composer::new(rng);
    let mut rewritten =
        Story { title: story.title.clone(), dateline: story.dateline, paragraphs: Vec::new() };
    let mut left = 0;
    for (nth, sentence) in story.paragraphs.iter().flatten().enumerate() {
        // The first sentence is the news, so it is never dropped.
        if nth > 0 && rng.chance(dropped) {
            continue;
        }
        let mut again = sentence.clone();
        reword_sentence(&mut again, share, rng);
        if left == 0 {
            rewritten.paragraphs.push(Vec::new());
            left = 1 + rng.below(3);
        }
        left -= 1;
        if let Some(last) = rewritten.paragraphs.last_mut() {
            last.push(again);
            if rng.chance(dropped / 2.0) {
                last.push(stranger.sentence(rng));
            }
        }
    }
    reword(&mut rewritten.title, share.max(0.3), rng);
    rewritten.dateline = rewritten.dateline.filter(|_| rng.chance(0.5));
    rewritten
}

fn reword_sentence(sentence: &mut Sentence, share: f64, rng: &mut Rng) {
    for clause in &mut sentence.clauses {
        reword(clause, share, rng);
    }
    sentence.clauses.retain(|clause| !clause.is_empty());
    let clauses = sentence.clauses.len();
    if clauses > 1 && rng.chance(share) {
        let by = 1 + rng.below(clauses - 1);
        sentence.clauses.rotate_left(by);
    }
    if let Some((_, verb)) = &mut sentence.quote
        && let Some(lemma) = lemma_of(*verb)
        && rng.chance(2.0 * share)
    {
        *verb = in_form_of(*verb, synonym(lemma, rng));
    }
}

/// Changes about `share` of the parts: half become synonyms, a fifth another form, the rest are dropped or preceded by a new
/// word.
fn reword(parts: &mut Vec<Part>, share: f64, rng: &mut Rng) {
    let before = std::mem::take(parts);
    for part in before {
        if !rng.chance(share) {
            parts.push(part);
            continue;
        }
        match rng.below(20) {
            0..10 => parts.push(same_meaning(part, rng)),
            10..14 => parts.push(other_form(part, rng)),
            // Names and numbers are never dropped.
            14..17 => parts.extend(Some(part).filter(|part| !matches!(part, Part::Word(_)))),
            _ => {
                parts.push(Part::Word(function_word(rng)));
                parts.push(part);
            }
        }
    }
}

fn same_meaning(part: Part, rng: &mut Rng) -> Part {
    match part {
        Part::Word(word) => match lemma_of(word) {
            Some(lemma) => Part::Word(in_form_of(word, synonym(lemma, rng))),
            None => Part::Word(function_word(rng)),
        },
        Part::Person(number) => Part::Surname(number),
        Part::Surname(number) => Part::Person(number),
        other => other,
    }
}

fn other_form(part: Part, rng: &mut Rng) -> Part {
    match part {
        Part::Word(word) => match lemma_of(word) {
            Some(lemma) => Part::Word(form(lemma, rng)),
            None => Part::Word(function_word(rng)),
        },
        other => other,
    }
}

/// Changes, adds or removes one part of a sentence.
fn touch(sentence: &mut Sentence, rng: &mut Rng) {
    let clauses = sentence.clauses.len();
    let Some(clause) = sentence.clauses.get_mut(rng.below(clauses)).filter(|clause| clause.len() > 1) else {
        return;
    };
    let at = rng.below(clause.len());
    match rng.below(4) {
        0 => {
            clause.remove(at);
        }
        1 => clause.insert(at, Part::Word(form(lemma(rng), rng))),
        2 if matches!(clause[at], Part::Number(..)) => clause[at] = number(rng),
        _ => clause[at] = same_meaning(clause[at], rng),
    }
}
