//! Decides whether the openings of two texts are about different things, and measures what they have in common.
//!
//! A text says at its start what it is about. If no rare term of either opening occurs anywhere in the other text,
//! then what the two have in common is a template filled in anew, a notice under both, or background. The input is
//! the tokens of both texts. Rarity is taken from the background table, so that two files are judged in the same
//! way as a million. Cost: the terms of both openings, and of each text those before the first match.

use super::background::Background;
use super::profile::Profile;
use super::terms::{Place, each_term, is_number};
use crate::text::{Token, Tokens, word_length};

/// Least number of words after which an opening ends with its sentence, so that a headline alone is not an
/// opening.
const OPENING_WORDS: f32 = 10.0;
/// Most words of an opening.
const LONGEST_OPENING: f32 = 40.0;
/// Least background weight of a term that says what a text is about; it occurs in at most one of fifty documents.
/// Below [`RARE_IDF`](super::measure::RARE_IDF), because three such terms are needed.
pub(super) const NAMED_IDF: f32 = 3.75;
/// Least number of such terms for an opening to say what its text is about.
const NAMED: usize = 3;

/// Returns whether both openings name at least three rare terms of which none occurs in the other text. Symmetric.
///
/// On labelled pairs with passages in common, this holds for two of some 2,000 pairs of one dispatch and for
/// fourteen of some 2,300 pairs of two dispatches. It is meant for short items under one long notice, for which it
/// usually holds.
pub fn are_foreign(x: &Tokens, y: &Tokens) -> bool {
    let (of_x, of_y) = (named(x), named(y));
    of_x.len() >= NAMED && of_y.len() >= NAMED && !occurs(&of_x, y) && !occurs(&of_y, x)
}

/// Returns the weight of the terms in both openings over that of the heavier opening, 0 to 1. `shared` has the indices of the common
/// terms. The openings are those of the profiles, with common terms too. Cost: the positions of the shared terms within the openings.
pub(super) fn alike(a: &Profile, b: &Profile, shared: &[(u32, u32)]) -> f32 {
    let in_both = shared.iter().filter(|&&(i, j)| a.is_in_lead(i) && b.is_in_lead(j));
    let both: f32 = in_both.map(|&(i, j)| a.idf[i as usize].min(b.idf[j as usize])).sum();
    (both / a.lead_mass.max(b.lead_mass).max(1.0)).min(1.0)
}

/// Returns the distinct rare terms of the opening, ascending, without numbers.
fn named(tokens: &Tokens) -> Vec<u32> {
    let background = Background::get();
    let mut terms = Vec::new();
    let mut words = 0.0;
    for segment in tokens.segments() {
        let within = |token: &&Token| {
            words += word_length(**token);
            words <= LONGEST_OPENING
        };
        let end = segment.start + tokens.as_slice()[segment.clone()].iter().take_while(within).count();
        each_term(tokens, segment.start..end, |Place { term, .. }| {
            if !is_number(term) && background.idf(term) >= NAMED_IDF {
                terms.push(term);
            }
        });
        if words >= OPENING_WORDS {
            break;
        }
    }
    terms.sort_unstable();
    terms.dedup();
    terms
}

/// Returns whether any of `terms`, which are ascending, occurs in a text.
fn occurs(terms: &[u32], tokens: &Tokens) -> bool {
    let mut found = false;
    for segment in tokens.segments() {
        each_term(tokens, segment, |place| found |= terms.binary_search(&place.term).is_ok());
        if found {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::tokenize;

    const NOTICE: &str =
        "Subscribe now for one euro a month and read all articles of the Torrente Courier without limits.";

    fn foreign(a: &str, b: &str) -> bool {
        are_foreign(&tokenize(a), &tokenize(b))
    }

    #[test]
    fn briefs_under_one_notice_have_foreign_openings() {
        let one = format!("The choir of Belfonte took second place at the Marlow festival.\n{NOTICE}");
        let other = format!("Halden library has lent its millionth book, a guide to mushrooms.\n{NOTICE}");
        assert!(foreign(&one, &other));
        assert!(!foreign(&one, &one));
    }

    #[test]
    fn new_lead_with_names_of_the_other_text_is_not_foreign() {
        let old = "ORDU - The ferry Meltem sank off Ordu. Harbour master Leyla Aksoy opened an inquiry into the pumps.";
        let new = "Prosecutors questioned Aksoy, the harbour master of Ordu, over rusted bilge valves.";
        assert!(!foreign(old, &format!("{new} {old}")));
        assert!(!foreign(old, new), "one name in common is enough");
    }

    #[test]
    fn openings_with_few_rare_terms_are_not_foreign() {
        assert!(!foreign("The government said on Monday that it would act.", NOTICE));
        assert!(!foreign("", ""));
        assert!(!foreign("", NOTICE));
    }

    proptest! {
        #[test]
        fn test_is_symmetric_and_never_true_of_a_text_and_its_beginning(a in "[a-zà-ü ,.]{0,400}", b in "[a-zà-ü ,.]{0,400}") {
            prop_assert_eq!(foreign(&a, &b), foreign(&b, &a));
            let longer = format!("{a} {b}");
            prop_assert!(!foreign(&a, &longer));
        }
    }
}
