//! Verbatim for the most part, and yet another dispatch: two editions of a document that is kept up to date.
//!
//! Agencies send boxes of facts, timelines and statements again, days or months later, with a new head, changed figures and
//! the last event added. Their shingles say copy. So do those of a reprint that was cut, or to which a site added an
//! introduction; but there what is not shared stands on one side, or around the shared text. An edition differs *within*: it
//! opens with other news, and where the words before and after are the same, those between are others. That is evidence
//! of two dispatches; something missing is not. A story that was told anew in places looks alike, but for its figures and days,
//! which do not contradict: such a pair is doubtful, and for the scorer to decide.
//!
//! In: two documents with a copy's or an excerpt's shingles in common, and when they were published, so far as that is known.
//! Out: a verdict. Only the places of tokens count, whatever their script. Costs a sort of the shingles of both, some
//! hundred microseconds for two articles; asked of few pairs in a run. The constants were fitted on an archive whose dates
//! say which pairs are one dispatch (`docs/quality.md`).

use std::ops::Range;

use super::profile::Profile;
use super::shared::Shared;
use super::terms::{each_term, is_number};
use super::weekdays::Weekdays;
use crate::text::{Class, Token, Tokens, each_shingle};

/// Jaccard from which on two texts are never editions: what little differs is a correction's.
pub(super) const NEARLY_IDENTICAL: f64 = 0.9;
/// Words that open a text: what happened stands there.
const OPENING: f32 = 60.0;
/// Words of a passage from which on it tells something; shorter ones are slips, spellings, and words misread.
const PASSAGE: f32 = 8.0;
/// Words in such passages of the opening that stand in no run of the other text: of an edition, at least so many...
const OWN_OPENING: f32 = 12.0;
/// ...of which at least so many stand nowhere in the other text: the news...
const NEWS: f32 = 2.0;
/// ...and at least this share stands elsewhere in it: news of the same matter, not what a site puts above its stories.
const SAME_MATTER: f32 = 0.45;
/// Of an edition, the text with less of its own has at least this part of the share that the other has: a longer version adds.
const BALANCE: f32 = 0.25;
/// Places where the same words stand before and after, and others between: of an edition, at least so many.
const CHANGES: usize = 1;
/// Most words of such a change on either side; more are a passage put in the place of another.
const LONGEST_CHANGE: f32 = 40.0;
/// A change that is by so many words longer on one side is an update: spellings and misread words keep the number of words.
const UPDATE: f32 = 3.0;
/// With so many updates, whatever the opening, a text was gone through and brought up to date.
const UPDATES: usize = 5;
/// Where dates lie apart: share of each text that is its own, from which on they are editions without any change.
const OWN_LATER: f32 = 0.1;
/// Where dates lie apart: share of the longer text, the later one, from which on it is a new story that holds the old one.
const MUCH_MORE: f32 = 0.4;

/// Of an edition, at least one text has less than this share of its own words in sentences that are shared in part: its
/// sentences are kept or new. A re-wording changes within them.
const WITHIN: f32 = 0.6;

/// When two documents were published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Published {
    /// Nothing speaks for or against: not known, or some days apart.
    Anyhow,
    /// Within two days, in which corrections, write-throughs and reprints come: one dispatch whatever they changed.
    Together,
    /// Further apart than a dispatch and its rewrite may be, or than changes to a document that is labelled as kept up to
    /// date are of one edition.
    Apart {
        /// Whether the longer one came later.
        longer_later: bool,
    },
}

/// Tells editions from copies. Holds buffers.
#[derive(Debug, Default)]
pub(super) struct Living {
    x: Side,
    y: Side,
}

/// One of two texts.
#[derive(Debug, Default)]
struct Side {
    /// Its shingles in reading order.
    runs: Vec<u64>,
    /// Those that it has once, with their places, ascending.
    single: Vec<(u64, usize)>,
    /// For each token, whether it stands in no shingle of the other text.
    own: Vec<bool>,
}

/// Places where two texts go on differently between words that are the same.
#[derive(Clone, Copy, Debug, Default)]
struct Changes {
    all: usize,
    /// Those by which one became longer.
    updates: usize,
}

/// What two texts that are verbatim for the most part are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// What their shingles say.
    Verbatim,
    /// Editions, or one dispatch that was told anew in places: changed like editions, but no figure and no day contradicts.
    Doubtful,
    /// Two editions.
    Editions,
}

impl Living {
    /// Judges two texts that are verbatim for the most part; `sets` holds the shingles of `k` tokens of `x` and was compared
    /// with `y` last.
    pub(super) fn judge(
        &mut self,
        (x, y): (&Tokens, &Tokens),
        sets: &Shared,
        k: usize,
        published: Published,
    ) -> Verdict {
        if published == Published::Together || x.len().min(y.len()) < k {
            return Verdict::Verbatim;
        }
        self.fill((x, y), sets, k);
        let (own_x, own_y) = (self.x.own_share(x), self.y.own_share(y));
        let changes = self.changes(x, y, k);
        if let Published::Apart { longer_later } = published {
            let editions = changes.all > 0
                || own_x.min(own_y) >= OWN_LATER
                || (longer_later && own_x.max(own_y) >= MUCH_MORE);
            return if editions { Verdict::Editions } else { Verdict::Verbatim };
        }
        let updated = changes.updates >= UPDATES;
        let balanced = own_x.min(own_y) >= BALANCE * own_x.max(own_y);
        if !updated && (changes.all < CHANGES || !balanced) {
            return Verdict::Verbatim;
        }
        let (news_x, news_y) = (self.x.news(x, y), self.y.news(y, x));
        if !(updated || news_x.opens() && news_y.opens()) {
            return Verdict::Verbatim;
        }
        if news_x.facts && news_y.facts { Verdict::Editions } else { Verdict::Doubtful }
    }

    /// Whether the sentences of two texts are kept or new, with little that is changed within them; `sets` as for
    /// [`judge`](Self::judge).
    pub(super) fn kept_or_new(&mut self, (x, y): (&Tokens, &Tokens), sets: &Shared, k: usize) -> bool {
        self.fill((x, y), sets, k);
        self.x.within_share(x).min(self.y.within_share(y)) < WITHIN
    }

    fn fill(&mut self, (x, y): (&Tokens, &Tokens), sets: &Shared, k: usize) {
        self.x.fill(x, k, |run| sets.met(run));
        self.y.fill(y, k, |run| sets.contain(run));
    }

    /// Places where the same shingle stands before and after, and other words between.
    fn changes(&self, x: &Tokens, y: &Tokens, k: usize) -> Changes {
        let (mut i, mut j, mut changes) = (0, 0, Changes::default());
        while let (Some(&(p, from_x)), Some(&(q, from_y))) = (self.x.single.get(i), self.y.single.get(j)) {
            if p == q
                && let Some((of_x, of_y)) = self.x.passage(from_x + k).zip(self.y.passage(from_y + k))
            {
                let (next_x, next_y) = (self.x.runs.get(of_x.end), self.y.runs.get(of_y.end));
                let (long_x, long_y) = (words(&x.as_slice()[of_x]), words(&y.as_slice()[of_y]));
                if next_x.is_some() && next_x == next_y && long_x.max(long_y) <= LONGEST_CHANGE {
                    changes.all += 1;
                    changes.updates += usize::from((long_x - long_y).abs() >= UPDATE);
                }
            }
            i += usize::from(p <= q);
            j += usize::from(q <= p);
        }
        changes
    }
}

impl Side {
    /// `shared` says which shingles stand in the other text.
    fn fill(&mut self, tokens: &Tokens, k: usize, shared: impl Fn(u64) -> bool) {
        self.runs.clear();
        each_shingle(tokens.as_slice(), k, |run| self.runs.push(run));
        self.own.clear();
        self.own.resize(tokens.len(), true);
        for (at, &run) in self.runs.iter().enumerate() {
            if shared(run) {
                self.own[at..at + k].fill(false);
            }
        }
        self.single.clear();
        self.single.extend(self.runs.iter().copied().zip(0..));
        self.single.sort_unstable();
        let mut kept = 0;
        let mut at = 0;
        while at < self.single.len() {
            let (run, place) = self.single[at];
            let repeats = self.single[at..].iter().take_while(|&&(other, _)| other == run).count();
            if repeats == 1 {
                self.single[kept] = (run, place);
                kept += 1;
            }
            at += repeats;
        }
        self.single.truncate(kept);
    }

    /// Share of the words that are its own.
    fn own_share(&self, tokens: &Tokens) -> f32 {
        let all = tokens.as_slice();
        let own: f32 =
            all.iter().zip(&self.own).filter(|&(_, &own)| own).map(|(&token, _)| word(token)).sum();
        own / words(all).max(f32::MIN_POSITIVE)
    }

    /// Share of the words that are its own which stand in sentences that are shared in part; 1 where it has none of its own.
    fn within_share(&self, tokens: &Tokens) -> f32 {
        let (mut all, mut within) = (0.0, 0.0);
        for segment in tokens.segments() {
            let own = &self.own[segment.clone()];
            let told: f32 = own
                .iter()
                .zip(&tokens.as_slice()[segment])
                .filter(|&(&own, _)| own)
                .map(|(_, &t)| word(t))
                .sum();
            all += told;
            within += if own.iter().all(|&own| own) { 0.0 } else { told };
        }
        if all > 0.0 { within / all } else { 1.0 }
    }

    /// The passage of its own that begins at a token; `None` where that is shared.
    fn passage(&self, start: usize) -> Option<Range<usize>> {
        let length = self.own.get(start..)?.iter().take_while(|&&own| own).count();
        (length > 0).then_some(start..start + length)
    }

    /// What the text tells that the other does not.
    fn news(&self, tokens: &Tokens, other: &Tokens) -> News {
        let all = tokens.as_slice();
        let told = self.told_in_opening(all);
        let (terms, mut stems) = (Profile::distinct_terms(other), Vec::with_capacity(other.len()));
        stems.extend(other.as_slice().iter().map(|token| token.stem()));
        stems.sort_unstable();
        let mut news = News::default();
        for (&token, _) in all.iter().zip(&told).filter(|&(_, &told)| told) {
            news.own += word(token);
            if stems.binary_search(&token.stem()).is_ok() {
                news.familiar += word(token);
            }
        }
        let weekdays = Weekdays::get();
        for segment in tokens.segments() {
            each_term(tokens, segment, |place| {
                let at = place.token as usize;
                if self.own[at] && terms.binary_search(&place.term).is_err() {
                    news.facts |= is_number(place.term) || weekdays.days(place.term) != 0;
                    if told.get(at) == Some(&true) {
                        news.new += word(all[at]);
                    }
                }
            });
        }
        news
    }

    /// The tokens of the opening that stand in long passages of its own.
    fn told_in_opening(&self, tokens: &[Token]) -> Vec<bool> {
        let mut before = 0.0;
        let opening = tokens.iter().take_while(|&&token| {
            before += word(token);
            before <= OPENING
        });
        let mut told = vec![false; opening.count()];
        let mut at = 0;
        while at < told.len() {
            let passage = self.passage(at).unwrap_or(at..at + 1);
            let end = passage.end.min(told.len());
            if self.own[at] && words(&tokens[passage.clone()]) >= PASSAGE {
                told[at..end].fill(true);
            }
            at = passage.end;
        }
        told
    }
}

/// What a text tells that another does not.
#[derive(Clone, Copy, Debug, Default)]
struct News {
    /// Words of the opening in long passages of its own.
    own: f32,
    /// Those of them that stand elsewhere in the other text, a character by itself.
    familiar: f32,
    /// Those of them that are nowhere in the other text, characters taken together to words.
    new: f32,
    /// Whether it has a number or a day of the week that is nowhere in the other text.
    facts: bool,
}

impl News {
    /// Whether the text opens with it.
    fn opens(self) -> bool {
        self.own >= OWN_OPENING && self.new >= NEWS && self.familiar >= SAME_MATTER * self.own
    }
}

/// What a token counts for: a character is a part of a word.
fn word(token: Token) -> f32 {
    match token.class() {
        Class::Word | Class::Number => 1.0,
        Class::Ideograph => 1.0 / 2.0,
        Class::Unspaced => 1.0 / 3.0,
    }
}

/// Length in words.
fn words(tokens: &[Token]) -> f32 {
    tokens.iter().map(|&token| word(token)).sum()
}

#[cfg(test)]
mod tests {
    use super::super::{Publications, Verifier};
    use crate::DocId;
    use crate::config::MatchConfig;
    use crate::report::Relation;
    use crate::text::tokenize;

    const BODY: &str = "\n\nThe canal joins the lakes of Orlava with the sea at Skarvik. It was dug between the wars and has \
        nine locks, of which the one at Tolven is the deepest.\n\nShips of up to four thousand tonnes pass it in two \
        days. The way around the cape takes a week.\n\nA council of six towns runs the canal and lives on its \
        tolls. Every spring the council sets the toll for a year, and every autumn it votes on repairs.\n\nFishermen \
        have quarrelled with the council over water levels since the dam at Marnes was raised. A court told both sides \
        to share the gauges.\n\nThe last accident closed the lock at Tolven for a month, when a barge with gravel sank \
        under the gate. Divers took the wreck apart by hand.";

    fn old() -> String {
        format!(
            "The council of the canal said on Monday that it would close the lock at Tolven in May, after \
             engineers had found 14 cracks in the gate. Here are facts about the canal.{BODY}"
        )
    }

    fn new() -> String {
        let body = BODY.replace("for a month", "for six weeks");
        format!(
            "Tolls on the canal will rise by 6 percent, the towns decided on Thursday, to pay a yard in Skarvik \
             for new steel doors at Tolven. Here are facts about the canal.{body}"
        )
    }

    fn judged(a: &str, b: &str, days: Option<i64>) -> (Option<Relation>, bool, bool) {
        judged_as(false, a, b, days)
    }

    fn publications(labelled: bool, days: Option<i64>) -> Publications {
        Publications::new(vec![Some(0), days.map(|days| days * 86_400)], vec![labelled; 2], 7)
    }

    fn judged_as(labelled: bool, a: &str, b: &str, days: Option<i64>) -> (Option<Relation>, bool, bool) {
        let config = MatchConfig::default();
        let publications = publications(labelled, days);
        let mut verifier = Verifier::new(&config).published(&publications);
        let edge = verifier.verbatim((DocId(0), &tokenize(a)), (DocId(1), &tokenize(b)));
        (edge.map(|edge| edge.relation), verifier.editions(), verifier.doubtful().is_some())
    }

    const COPY: (Option<Relation>, bool, bool) = (Some(Relation::Copy), false, false);
    const EDITIONS: (Option<Relation>, bool, bool) = (None, true, false);

    #[test]
    fn a_box_of_facts_under_other_news_is_another_edition() {
        assert_eq!(judged(&old(), &new(), None), EDITIONS);
        assert_eq!(judged(&new(), &old(), None), EDITIONS, "whichever comes first");
    }

    #[test]
    fn what_is_missing_or_added_on_one_side_makes_no_edition() {
        let cut = old().split_once("\n\nThe last accident").expect("the words are there").0.to_owned();
        assert_eq!(judged(&old(), &cut, None), COPY);
        let introduced = format!(
            "A lock that thousands of ships use every year is in danger, and 6 towns will pay for it. Our reporter went \
             to Tolven on Thursday.\n\n{}",
            old()
        );
        assert_eq!(judged(&old(), &introduced, None), COPY);
        assert_eq!(judged(&cut, &introduced, None).0, Some(Relation::Copy), "and both at once");
    }

    #[test]
    fn what_two_sites_put_above_a_story_makes_no_edition() {
        let one = "Harbour Mail, Monday 3 March. Our newsroom recommends tonight: ferry timetable, tide tables, lottery \
            numbers 7 19 33, crossword, chess puzzle, gardening column by Ines Aldao.";
        let other = "You have read 2 free articles. Thursday offer: subscribe now, cancel anytime, podcasts included; \
            students pay half price until April 9, libraries nothing at all.";
        let corrected = old().replace("nine locks", "eleven locks").replace("by hand", "piece by piece");
        assert_eq!(judged(&format!("{one}\n{}", old()), &format!("{other}\n{corrected}"), None), COPY);
    }

    #[test]
    fn a_story_told_anew_without_contradiction_is_doubtful() {
        let (_, rest) =
            old().split_once("Here are facts").map(|(a, b)| (a.to_owned(), b.to_owned())).expect("words");
        let retold = format!(
            "Engineers discovered fissures in the gate of the lock at Tolven, and so it shuts in May, the people who run \
             the canal announced on Monday. Here are facts{}",
            rest.replace("for a month", "for weeks")
        );
        assert_eq!(judged(&old(), &retold, None), (None, false, true));
    }

    #[test]
    fn within_two_days_it_is_one_dispatch_written_through() {
        assert_eq!(judged(&old(), &new(), Some(1)), COPY);
        assert_eq!(judged(&old(), &new(), Some(5)), EDITIONS);
    }

    #[test]
    fn beyond_the_window_one_change_within_is_enough() {
        let changed = old().replace("nine locks", "eleven locks");
        assert_eq!(judged(&old(), &changed, Some(30)), COPY, "nearly identical");
        let (cut, _) = changed.split_once("\n\nFishermen").expect("the word is there");
        assert_eq!(judged(&old(), cut, Some(3)), COPY);
        assert_eq!(judged(&old(), cut, Some(30)), EDITIONS);
        let (cut, _) = cut.split_once("\n\nA council").expect("the words are there");
        assert_eq!(
            judged(&old(), cut.replace("eleven", "nine").as_str(), Some(-30)),
            EDITIONS,
            "the longer one came later"
        );
        assert_eq!(
            judged(&old(), cut.replace("eleven", "nine").as_str(), Some(30)).0,
            Some(Relation::Excerpt),
            "a late excerpt"
        );
    }

    #[test]
    fn a_labelled_box_with_any_change_is_another_edition_after_two_days() {
        let changed = old().replace("nine locks", "eleven locks");
        for (days, expected) in [(None, COPY), (Some(1), COPY), (Some(3), EDITIONS), (Some(30), EDITIONS)] {
            assert_eq!(judged_as(true, &old(), &changed, days), expected, "{days:?}");
        }
        assert_eq!(judged_as(true, &old(), &old(), Some(30)).0, Some(Relation::Identical));
        assert_eq!(judged(&old(), &changed, Some(3)), COPY, "not labelled");
    }

    #[test]
    fn labelled_boxes_whose_sentences_are_kept_or_new_are_no_rewrites() {
        let entries = "\n\nMay 12. Divers close the lock at Tolven. Barges wait below the town. \
            A crane arrives from Skarvik.\n\nMay 19. The towns meet without a result. Fishermen block the weir.";
        let kept = format!("The lock opens. Here is a timeline.{BODY}");
        let later =
            format!("The strike ends. Here is a timeline.{entries}{}{entries}", &BODY[..BODY.len() / 3]);
        let retold = kept
            .replace("Ships of up to", "Vessels up to")
            .replace("pass it in two", "need two")
            .replace("runs the canal and lives on its", "manages it, living off the")
            .replace("Every spring the council", "Each spring it")
            .replace("repairs", "works")
            .replace("quarrelled with the council", "argued for years")
            .replace("told both sides", "ordered them")
            .replace("closed the lock at Tolven for a month", "shut it for four weeks");
        let living = |labelled, a: &str, b: &str, days| {
            let (config, publications) = (MatchConfig::default(), publications(labelled, days));
            let mut verifier = Verifier::new(&config).published(&publications);
            verifier.living((DocId(0), &tokenize(a)), (DocId(1), &tokenize(b)))
        };
        assert!(living(true, &kept, &later, None) && living(true, &later, &kept, None));
        assert!(living(true, &kept, &later, Some(4)) && !living(true, &kept, &later, Some(1)));
        assert!(!living(false, &kept, &later, None), "not labelled");
        assert!(!living(true, &kept, &retold, None), "changed within its sentences");
        assert!(!living(true, &kept, entries, None), "hardly a sentence in common");
    }

    #[test]
    fn characters_count_as_parts_of_words() {
        let body = "运河把奥尔拉瓦的湖泊与斯卡维克的海连接起来，两次大战之间开凿，共有九座船闸，其中托尔文的最深。四千吨以下的船只两天\
            可以通过，绕过海角则要一个星期。六个城镇组成的理事会管理运河，靠通行费维持。每年春天理事会确定通行费，秋天表决维修。\
            自从马尔讷的水坝加高以后，渔民一直为水位同理事会争吵，法院要求双方共用水尺。上次事故使托尔文船闸关闭{}，一艘装满碎石的\
            驳船沉在闸门下面，潜水员用手把残骸拆开，才让航道重新畅通。";
        let old = format!(
            "运河理事会周一宣布，由于工程师发现闸门有14条裂缝，托尔文船闸将在五月停用，以便维修，船只在此期间只能走海角。以下是运河的\
             基本情况。{}",
            body.replace("{}", "一个月之久")
        );
        let new = format!(
            "沿岸城镇周四决定把运河费用提高6个百分点，用来支付斯卡维克船厂为托尔文更换新钢门的开支，居民对此表示欢迎。以下是运河的\
             基本情况。{}",
            body.replace("{}", "长达六个星期")
        );
        assert_eq!(judged(&old, &new, None), EDITIONS);
        assert_eq!(judged(&old, &new, Some(0)), COPY);
    }
}
