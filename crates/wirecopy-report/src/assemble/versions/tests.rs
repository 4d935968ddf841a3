use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use wirecopy_core::Metadata;
use wirecopy_core::text::tokenize;

struct Printed {
    text: String,
    date: &'static str,
    source: &'static str,
    title: &'static str,
}

/// Returns the words of a range of a text without repeats, in sentences of ten.
fn words(range: Range<usize>) -> String {
    range.map(|n| if n % 10 == 9 { format!("w{n}. ") } else { format!("w{n} ") }).collect()
}

fn print(text: String, date: &'static str, source: &'static str) -> Printed {
    Printed { text, date, source, title: "" }
}

/// Returns the versions of prints, whose documents are numbered in this order.
fn found(prints: &[Printed]) -> Vec<State> {
    let known = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let headers: Vec<Header> = prints
        .iter()
        .map(|print| Header {
            meta: Metadata {
                published: known(print.date),
                source: known(print.source),
                title: known(print.title),
                ..Metadata::default()
            },
            ..Header::default()
        })
        .collect();
    let texts: Vec<&str> = prints.iter().map(|print| print.text.as_str()).collect();
    found_in(&headers, &texts)
}

fn found_in(headers: &[Header], texts: &[&str]) -> Vec<State> {
    let mut members: Vec<Member<'_>> =
        headers.iter().zip(0..).map(|(header, at)| Member::new(DocId(at), header, false)).collect();
    members.sort_by_key(|member| (member.print(), member.document));
    let mut printed: BTreeMap<u128, (Tokens, Vec<usize>)> = BTreeMap::new();
    for (at, member) in members.iter().enumerate() {
        let tokens = tokenize(texts[member.document.index()]);
        printed.entry(tokens.digest()).or_insert_with(|| (tokens, Vec::new())).1.push(at);
    }
    states_of(&members, &printed.into_values().collect::<Vec<_>>(), 5, |_, _| false)
}

/// Returns a story of three versions. Each keeps the first half of the one before and has a new lead.
fn story() -> Vec<Printed> {
    let first = || words(0..100);
    let second = || words(100..170) + &words(0..60);
    let third = || words(200..290) + &words(100..150);
    vec![
        print(third(), "2024-03-05T15:00:00Z", "Post"),
        print(second(), "2024-03-05T12:00:00Z", "Herald"),
        print(first(), "2024-03-05T09:00:00Z", "Post"),
        // A late, shortened print.
        print(words(0..90), "2024-03-05T18:00:00Z", "Courier"),
        print(second(), "", "Gazette"),
    ]
}

fn members(states: &[State]) -> Vec<Vec<u32>> {
    states.iter().map(|state| state.members.iter().map(|member| member.0).collect()).collect()
}

#[test]
fn members_are_grouped_and_ordered_by_version() {
    let states = found(&story());
    assert_eq!(members(&states), [vec![2, 3], vec![1, 4], vec![0]]);
    assert_eq!(states[0].first_printed.as_deref(), Some("2024-03-05T09:00:00Z"));
    assert_eq!(states[1].outlets, ["Herald", "Gazette"]);
}

#[test]
fn words_added_and_dropped_by_a_version_are_counted() {
    let states = found(&story());
    assert_eq!(states[0].change, None);
    let change = states[1].change.clone().unwrap();
    assert_eq!((change.words_added, change.words_dropped), (70, 40));
    assert_eq!(change.added, Some((DocId(1), 0..10)));
    assert_eq!(change.dropped, Some((DocId(2), 60..70)));
}

#[test]
fn prints_of_one_version_have_no_versions() {
    let one = [print(words(0..100), "", ""), print(words(0..80), "", ""), print(words(0..100), "", "")];
    assert_eq!(found(&one), []);
}

#[test]
fn tag_takes_precedence_over_date() {
    let tagged = |text, date, title| Printed { title, ..print(text, date, "") };
    let prints = [
        tagged(words(0..100), "2024-03-05T09:00:00Z", "UPDATE 2-Ferry sails"),
        tagged(words(0..60) + &words(200..260), "2024-03-05T12:00:00Z", "UPDATE 1-Ferry sails"),
    ];
    assert_eq!(members(&found(&prints)), [[1], [0]]);
}

#[test]
fn opening_is_the_first_sentence() {
    let text = tokenize("It burned. The ferry sails on the lake again. It was repaired.");
    assert_eq!(opening(&text), Some(2..9));
    assert_eq!(opening(&tokenize("News")), Some(0..1));
    assert_eq!(opening(&tokenize("")), None);
}

proptest! {
    #[test]
    fn version_numbers_have_no_gaps_and_ignore_member_order(
        cuts in prop::collection::vec((0usize..5, 0usize..40, 30usize..140, 0usize..4), 2..9),
        turn in any::<prop::sample::Index>(),
    ) {
        const DATES: [&str; 4] = ["", "2024-03-05", "2024-03-05T09:00:00Z", "2024-03-05T12:00:00Z"];
        let prints = |cuts: &[(usize, usize, usize, usize)]| -> Vec<Printed> {
            cuts.iter()
                .map(|&(version, from, length, date)| {
                    let start = version * 70 + from;
                    print(words(start..start + length), DATES[date], "")
                })
                .collect()
        };
        let mut turned = cuts.clone();
        turned.rotate_left(turn.index(cuts.len()));
        turned.reverse();
        let numbered = |cuts: &[(usize, usize, usize, usize)]| {
            let versions = Versions { states: found(&prints(cuts)), ..Versions::default() };
            let numbers = versions.numbers();
            let mut distinct: Vec<u32> = numbers.values().copied().collect();
            distinct.sort_unstable();
            distinct.dedup();
            assert_eq!(distinct, (1..=versions.states.len() as u32).collect::<Vec<_>>());
            let mut out: Vec<_> = cuts
                .iter()
                .enumerate()
                .map(|(at, &cut)| (cut, numbers.get(&DocId(at as u32)).copied()))
                .collect();
            out.sort_unstable();
            out
        };
        prop_assert_eq!(numbered(&cuts), numbered(&turned));
    }
}
