//! Chooses the headline of a cluster.
//!
//! Pages give section names, breadcrumb trails, share prompts and weather lines as titles. The words of these do
//! not occur in the texts, unlike those of a headline.

use wirecopy_core::score::Profile;
use wirecopy_core::text::{Tokens, first_words, tokenize, words_in};

/// Number of words in the opening of a text.
const OPENING: usize = 100;
/// Fewest words of a headline.
const FEWEST: usize = 3;
/// Least share of a headline's weight that the texts must cover.
const COVERED: f64 = 0.3;
/// Number of words of mean weight that are added to every title as not covered, so that a title does not win by
/// being short.
const PRIOR: f64 = 2.0;

/// A title that may be a headline: its place among the titles, and its distinct terms, ascending.
type Headline = (usize, Vec<u32>);

/// Returns the index of the title that fits best, the first among equals, to the texts of `members`, which include
/// `representative`.
pub(super) fn best(
    titles: &[&str],
    representative: &Tokens,
    members: &[Tokens],
    weight: impl Fn(u32) -> f64,
) -> Option<usize> {
    let headlines: Vec<Headline> = titles
        .iter()
        .enumerate()
        .map(|(at, title)| (at, tokenize(title)))
        .filter(|(_, tokens)| words_in(tokens.as_slice()) >= FEWEST)
        .map(|(at, tokens)| (at, Profile::distinct_terms(&tokens)))
        .collect();
    let mut wanted: Vec<u32> = headlines.iter().flat_map(|(_, terms)| terms).copied().collect();
    wanted.sort_unstable();
    wanted.dedup();
    let contents = Contents::new(representative, members, &wanted);
    let fits = headlines.iter().filter_map(|(at, terms)| Some((*at, contents.fit(terms, &weight)?)));
    let best = fits.reduce(|best, next| if next.1 > best.1 + 1e-9 { next } else { best });
    best.map(|(at, _)| at)
}

/// The terms of titles that the texts of a cluster contain, ascending.
struct Contents {
    opening: Vec<u32>,
    texts: Vec<Vec<u32>>,
}

impl Contents {
    fn new(representative: &Tokens, members: &[Tokens], wanted: &[u32]) -> Self {
        let end = first_words(representative.as_slice(), OPENING).len();
        let all = |member: &Tokens| Profile::terms_among(member, member.len(), wanted);
        Self {
            opening: Profile::terms_among(representative, end, wanted),
            texts: members.iter().map(all).collect(),
        }
    }

    /// Returns how well a title with these distinct terms fits, 0 to 1: the share of its weight that the opening of the
    /// representative and the members cover; `None` if next to nothing of it is in the texts.
    fn fit(&self, terms: &[u32], weight: impl Fn(u32) -> f64) -> Option<f64> {
        // Ascending, because a sum of floating-point numbers depends on the order.
        let (mut all, mut covered) = (0.0, 0.0);
        for &term in terms {
            let holding = self.texts.iter().filter(|text| text.binary_search(&term).is_ok()).count();
            let share = holding as f64 / self.texts.len().max(1) as f64;
            let opening = if self.opening.binary_search(&term).is_ok() { 1.0 } else { 0.0 };
            all += weight(term);
            covered += weight(term) * (opening + share) / 2.0;
        }
        if covered < COVERED * all {
            return None;
        }
        let mean = all / terms.len().max(1) as f64;
        Some(covered / (all + PRIOR * mean)).filter(|fit| *fit > 0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "The harbour board of Tarnmouth voted late on Tuesday to close the old lighthouse for good. \
        Ships will be guided by a beacon on the northern pier until the spring, said its chairman, Ole Brandt. \
        Politics had nothing to do with it.";
    const OTHER: &str = "Tarnmouth's old lighthouse goes dark: the harbour board voted on Tuesday to close it. \
        A beacon on the northern pier will guide ships.";

    fn best(titles: &[&str]) -> Option<usize> {
        let texts = [tokenize(TEXT), tokenize(OTHER)];
        super::best(titles, &texts[0], &texts, |_| 1.0)
    }

    #[test]
    fn section_names_and_prompts_are_not_headlines() {
        let headline = "Harbour board closes old lighthouse";
        for other in [
            "Politics",
            "EDITION",
            "e-mail",
            "Congratulations!",
            "Home > News > North > Coast",
            "Tarnmouth: light rain, 12 degrees, wind from the west",
            "Share this story with a friend",
        ] {
            assert_eq!(best(&[other, headline]), Some(1), "{other}");
            assert_eq!(best(&[other]), None, "{other}");
        }
    }

    #[test]
    fn title_best_covered_by_the_texts_is_chosen() {
        let titles = ["Gulls nest on the pier of Tarnmouth", "Harbour board votes to close lighthouse"];
        assert_eq!(best(&titles), Some(1));
        // The site's name after it does not make it better.
        assert_eq!(best(&["Harbour board votes to close lighthouse | The Tarn Courier", titles[1]]), Some(1));
    }

    #[test]
    fn first_of_equal_titles_is_chosen() {
        assert_eq!(best(&["Board closes lighthouse", "Closes lighthouse board"]), Some(0));
    }

    #[test]
    fn short_title_does_not_win_by_its_length() {
        let titles = ["The old lighthouse", "Harbour board of Tarnmouth votes to close the old lighthouse"];
        assert_eq!(best(&titles), Some(1));
    }

    #[test]
    fn titles_in_unspaced_scripts_can_be_chosen() {
        let text = [tokenize("港務局は火曜日、古い灯台の閉鎖を決めた。")];
        let titles = ["社会", "港務局が古い灯台の閉鎖を決定"];
        assert_eq!(super::best(&titles, &text[0], &text, |_| 1.0), Some(1));
    }
}
