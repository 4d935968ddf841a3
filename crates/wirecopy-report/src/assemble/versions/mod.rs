//! Determines which version of a running story each member of a cluster prints, which member is the earliest, and
//! the title of the cluster.
//!
//! A newsroom that corrects or updates a story publishes it again, and outlets print the version that they
//! received, perhaps shortened and late. So the version is a property of the member: [`texts`] groups the members
//! by version, and [`sequence`] orders the versions.
//!
//! In addition, a member is an *update* of another if both are of one publisher, say the same in nearly the same
//! words, and a date or a tag of the headline ("UPDATE 2", "Corrección:") shows which came first; see [`order`]. A
//! tag alone is enough across publishers too, because whoever reprints a correction reprints a later version.
//! Identical texts are not versions of each other; they were sent twice.

mod change;
mod order;
mod sequence;
mod texts;
mod titles;

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;

use crate::EarliestBy;
use change::Change;
use order::Member;
use sequence::Version;
use texts::Text;
use wirecopy_core::classify::Edge;
use wirecopy_core::cluster::{Cluster, all_checked};
use wirecopy_core::document::Header;
use wirecopy_core::engine::Corpus;
use wirecopy_core::engine::judge::Pairs;
use wirecopy_core::text::{Tokens, words_in};
use wirecopy_core::{DocId, Result};

/// Most texts of a cluster in which versions are searched for. More texts are a template, not a story.
const MOST_TEXTS: usize = 2_000;
/// Most members whose titles are considered, first printed first.
const TITLES: usize = 64;
/// Most members whose texts a title is compared with.
const TEXTS: usize = 32;
/// Fewest words of a sentence that replaces a missing title.
const SENTENCE: usize = 5;

/// A range of a document's tokens whose words are looked up when the document is read again.
pub(super) type Sentence = (DocId, Range<usize>);

/// The order of a cluster's members, and its title.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Versions {
    /// Later versions, each with the version before it, by id.
    pub(super) updates: Vec<(DocId, DocId)>,
    /// The earliest member, and how that is known.
    pub(super) earliest: Option<(DocId, EarliestBy)>,
    /// The versions of a running story, earliest first; empty if there is only one.
    pub(super) states: Vec<State>,
    pub(super) title: Option<Title>,
}

/// The title of a cluster.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Title {
    Headline(String),
    Sentence(Sentence),
}

/// A version of a running story.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct State {
    /// The members that print it, in order of print.
    pub(super) members: Vec<DocId>,
    /// The date of the first print, in ISO 8601.
    pub(super) first_printed: Option<String>,
    /// The publishers, in order of print.
    pub(super) outlets: Vec<String>,
    /// What it changes from the version before.
    pub(super) change: Option<Change>,
}

impl Versions {
    /// Returns the version before a member, if it is an update.
    pub(super) fn before(&self, member: DocId) -> Option<DocId> {
        let at = self.updates.binary_search_by_key(&member, |&(later, _)| later).ok()?;
        Some(self.updates[at].1)
    }

    /// Returns the number of the version that each member of a running story prints, counted from 1.
    pub(super) fn numbers(&self) -> HashMap<DocId, u32> {
        let numbered = self.states.iter().zip(1..);
        numbered
            .flat_map(|(state, number)| state.members.iter().map(move |&member| (member, number)))
            .collect()
    }

    /// Returns the sentences whose words are looked up.
    pub fn sentences(&self) -> impl Iterator<Item = &Sentence> {
        let changes = self.states.iter().filter_map(|state| state.change.as_ref());
        let samples = changes.flat_map(|change| change.added.iter().chain(&change.dropped));
        let title = match &self.title {
            Some(Title::Sentence(sentence)) => Some(sentence),
            _ => None,
        };
        samples.chain(title)
    }
}

/// Orders the members of a cluster and finds its title. Passages have `k` tokens or more.
pub fn versions(cluster: &Cluster, corpus: &Corpus, judge: &Pairs<'_>, k: usize) -> Result<Versions> {
    let documents = cluster.members.iter().map(|&(member, _)| member);
    let first = cluster.members.first().map_or(cluster.representative, |&(member, _)| member);
    let is_one_text = documents.clone().all(|member| corpus.text(member) == corpus.text(first));
    let mut reader = corpus.headers.reader();
    let headers: Vec<(DocId, Header, bool)> = documents
        .take(if is_one_text { TITLES } else { usize::MAX })
        .map(|member| reader.get(member).map(|(header, credits)| (member, header, !credits.is_empty())))
        .collect::<Result<_>>()?;
    let mut members: Vec<Member<'_>> = headers
        .iter()
        .map(|(document, header, credited)| Member::new(*document, header, *credited))
        .collect();
    if is_one_text {
        // The text was sent again on the same day, so nothing shows which is the earliest.
        let earliest = corpus.published[first.index()].map(|_| (first, EarliestBy::Guess));
        let title = title(cluster, &members, corpus, judge);
        return Ok(Versions { earliest, title, ..Versions::default() });
    }
    let checked = all_checked(cluster, judge);
    let checker = RefCell::new(judge.checker());
    let relate = |a: DocId, b: DocId| judge.relate_within(&checked, &mut checker.borrow_mut(), a, b);
    let updates = order::updates(&mut members, |document| corpus.tokens.len_of(document), relate);
    members.sort_by_key(|member| (member.print(), member.document));
    let states = states(&members, corpus, relate, k);
    let mut versions = Versions { updates, earliest: None, states, title: None };
    let numbers = versions.numbers();
    versions.earliest = order::earliest(&members, &versions.updates, |member| numbers.get(&member).copied());
    versions.title = title(cluster, &members, corpus, judge);
    Ok(versions)
}

/// Returns the versions of a running story that `members`, in order of print, contain. `relate` returns the edge of two documents of
/// one dispatch.
fn states(
    members: &[Member<'_>],
    corpus: &Corpus,
    relate: impl Fn(DocId, DocId) -> Option<Edge>,
    k: usize,
) -> Vec<State> {
    let mut reader = corpus.tokens.reader();
    let mut printed: HashMap<u64, (Tokens, Vec<usize>)> = HashMap::new();
    for (at, member) in members.iter().enumerate() {
        let text = printed.entry(corpus.text(member.document).words);
        text.or_insert_with(|| (reader.get(member.document), Vec::new())).1.push(at);
        if printed.len() > MOST_TEXTS {
            return Vec::new();
        }
    }
    if printed.len() < 2 {
        return Vec::new();
    }
    let mut printed: Vec<(Tokens, Vec<usize>)> = printed.into_values().collect();
    printed.sort_unstable_by_key(|(tokens, _)| tokens.digest());
    let document = |text: usize| members[printed[text].1[0]].document;
    states_of(members, &printed, k, |a, b| {
        let (a, b) = (document(a), document(b));
        relate(a, b).is_some_and(|edge| edge.relation.is_reworded())
    })
}

/// Returns the versions among `printed`, which are texts with the indices of the members that print them.
fn states_of(
    members: &[Member<'_>],
    printed: &[(Tokens, Vec<usize>)],
    k: usize,
    is_rewrite: impl Fn(usize, usize) -> bool,
) -> Vec<State> {
    let texts: Vec<Text<'_>> = printed
        .iter()
        .map(|(tokens, places)| {
            let revision = places.iter().map(|&at| members[at].revision).max().unwrap_or(0);
            Text::new(tokens.as_slice(), tokens.digest(), places.len(), revision, k)
        })
        .collect();
    let groups = texts::grouped(&texts, k, is_rewrite);
    if groups.len() < 2 {
        return Vec::new();
    }
    // In order of print, like `members`.
    let places: Vec<Vec<usize>> = groups
        .iter()
        .map(|group| {
            let mut places: Vec<usize> =
                group.iter().flat_map(|&text| printed[text].1.iter().copied()).collect();
            places.sort_unstable();
            places
        })
        .collect();
    let known: Vec<Version> =
        groups.iter().zip(&places).map(|(group, places)| version(&texts, group, members, places)).collect();
    let common = |x: usize, y: usize| texts[groups[x][0]].overlap(&texts[groups[y][0]]).containment().get();
    let order = sequence::in_order(&known, common);
    let change = |before: usize, after: usize| {
        let of = |group: &[usize]| -> Vec<change::Print<'_>> {
            let print = |&text: &usize| change::Print {
                document: members[printed[text].1[0]].document,
                tokens: &printed[text].0,
                text: &texts[text],
            };
            group.iter().map(print).collect()
        };
        Change::between(&of(&groups[before]), &of(&groups[after]), k)
    };
    let state = |(at, &version): (usize, &usize)| State {
        members: places[version].iter().map(|&at| members[at].document).collect(),
        first_printed: places[version].iter().find_map(|&at| members[at].published()).map(str::to_owned),
        outlets: outlets(places[version].iter().map(|&at| &members[at])),
        change: at.checked_sub(1).map(|before| change(order[before], version)),
    };
    order.iter().enumerate().map(state).collect()
}

/// Collects what the prints of a version show about its position.
fn version(texts: &[Text<'_>], group: &[usize], members: &[Member<'_>], places: &[usize]) -> Version {
    let mut prints: Vec<(String, i64)> = Vec::new();
    for member in places.iter().map(|&at| &members[at]) {
        if let (Some(publisher), (_, Some(at))) = (member.publisher(), member.print())
            && !prints.iter().any(|(known, _)| *known == publisher)
        {
            prints.push((publisher, at));
        }
    }
    Version {
        digest: texts[group[0]].digest,
        first: places.iter().find_map(|&at| members[at].print().1),
        revision: group.iter().map(|&text| texts[text].revision).max().unwrap_or(0),
        prints,
        length: texts[group[0]].tokens.len(),
    }
}

/// Returns the publishers of members without repeats.
fn outlets<'m>(members: impl Iterator<Item = &'m Member<'m>>) -> Vec<String> {
    let mut known: Vec<(String, String)> = Vec::new();
    for member in members {
        if let Some((key, name)) = member.publisher().zip(member.outlet())
            && !known.iter().any(|(other, _)| *other == key)
        {
            known.push((key, name.to_owned()));
        }
    }
    known.into_iter().map(|(_, name)| name).collect()
}

/// Chooses the title of a cluster from its members, which are in order of print.
fn title(cluster: &Cluster, members: &[Member<'_>], corpus: &Corpus, judge: &Pairs<'_>) -> Option<Title> {
    let representative = cluster.representative;
    let mut titles: Vec<&str> = Vec::new();
    for title in members.iter().take(TITLES).filter_map(Member::title) {
        if !titles.contains(&title) {
            titles.push(title);
        }
    }
    let mut reader = corpus.tokens.reader();
    let text = reader.get(representative);
    let mut known: Vec<u64> = vec![corpus.text(representative).dated];
    let mut texts: Vec<Tokens> = vec![text.clone()];
    for document in members.iter().map(|member| member.document) {
        let own = corpus.text(document).dated;
        if texts.len() < TEXTS && !known.contains(&own) {
            known.push(own);
            texts.push(reader.get(document));
        }
    }
    let weight =
        |term: u32| judge.scorer().map_or(1.0, |scorer| f64::from(scorer.weight(representative, term)));
    let best = titles::best(&titles, &text, &texts, weight);
    best.map(|at| Title::Headline(titles[at].to_owned()))
        .or_else(|| opening(&text).map(|range| Title::Sentence((representative, range))))
}

/// Returns the first sentence of a text, or its first line if there is none.
fn opening(text: &Tokens) -> Option<Range<usize>> {
    let is_sentence = |range: &Range<usize>| words_in(&text.as_slice()[range.clone()]) >= SENTENCE;
    text.segments().find(is_sentence).or_else(|| text.segments().next())
}

#[cfg(test)]
mod tests;
