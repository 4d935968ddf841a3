use super::*;
use crate::Metadata;
use crate::text::tokenize;

/// Invented stories that have nothing in common.
const STORIES: [&str; 6] = [
    "The council of Velmark voted to rebuild the old bridge before winter. Engineers found cracks in three pillars.",
    "Wheat prices rose for a third week as drought cut the harvest on the plains. Exporters asked for lower freight.",
    "A rare orchid thought extinct was found by two botanists near Lake Tirna. Seeds will go to the national garden.",
    "Striker Olena Marchuk scored twice as Dynamo Harlo beat Port Rovers in the cup. The final is played in June.",
    "Surgeons in Basel reattached a carpenter's hand after nine hours in theatre. He can already hold a cup.",
    "The film about a lighthouse keeper won the jury prize at Ostwick. Its director had waited tables until last year.",
];
const NOTICE: &str = "By reading on you accept that the Meridian and its forty partners may remember which pages you like best";

fn learned(stories: &[(u64, String)]) -> (SourceFurniture, Vec<Tokens>) {
    let tokens: Vec<Tokens> = stories.iter().map(|(_, text)| tokenize(text)).collect();
    let mut store = TokenStore::new(&Budget::unlimited());
    for tokens in &tokens {
        store.push(tokens).unwrap();
    }
    let sourced: Vec<(u64, DocId)> = stories.iter().map(|s| s.0).zip((0..).map(DocId)).collect();
    let [free, limited] = [Budget::unlimited(), Budget::new(64, None)]
        .map(|budget| SourceFurniture::learn(&sourced, &store, &budget, || Ok(Idf::background())).unwrap());
    assert_eq!(free.lines, limited.lines);
    (free, tokens)
}

fn under_every_story(line: &str) -> Vec<(u64, String)> {
    STORIES.iter().map(|story| (1, format!("{story}\n{line}\n{story}"))).collect()
}

#[test]
fn a_notice_under_every_story_of_a_source_is_furniture() {
    let (furniture, tokens) = learned(&under_every_story(NOTICE));
    assert_eq!(furniture.len(), 1);
    let marked = furniture.marked(1, &tokens[0]).expect("it has the line");
    let words = NOTICE.split(' ').count();
    assert_eq!(marked.len() + words, tokens[0].len());
    assert_eq!(marked.furniture_len() as usize, words);
    assert_eq!(marked.as_slice(), tokenize(&format!("{0}\n{0}", STORIES[0])).as_slice());
    assert_eq!(marked.lines().count(), 2);
}

#[test]
fn of_another_source_the_same_line_is_text() {
    let (furniture, tokens) = learned(&under_every_story(NOTICE));
    assert_eq!(furniture.marked(2, &tokens[0]), None);
}

#[test]
fn a_line_under_three_stories_is_text() {
    let few = under_every_story(NOTICE)[..3].to_vec();
    assert!(learned(&few).0.is_empty());
}

#[test]
fn a_line_under_few_of_many_stories_is_text() {
    let mut stories = under_every_story(NOTICE)[..4].to_vec();
    stories.extend(
        (0..200).map(|i| (1, format!("Notice number {i} of the district court concerns parcel {}.", i * 7))),
    );
    assert!(learned(&stories).0.is_empty());
}

#[test]
fn the_background_of_follow_ups_is_no_furniture() {
    let background =
        "The Meltem sank off Ordu on 3 May with a cargo of cement, and eleven sailors are still missing.";
    let follow_ups: Vec<(u64, String)> = [
        "Divers reached the wreck of the Meltem on Tuesday and found its hull torn, the Ordu coast guard said.",
        "The owner of the Meltem was arrested in Ordu on Wednesday on suspicion of having skipped two inspections.",
        "Families of the Meltem's sailors marched through Ordu on Thursday and asked for the search to go on.",
        "The coast guard of Ordu called off the search for the sailors of the Meltem on Friday, citing the weather.",
        "A court in Ordu let the owner of the Meltem go on bail on Saturday; he denies skipping inspections.",
    ]
    .iter()
    .map(|lead| (1, format!("{lead}\n{background}")))
    .collect();
    assert!(learned(&follow_ups).0.is_empty());
}

#[test]
fn a_document_of_furniture_alone_is_its_own_text() {
    let (furniture, _) = learned(&under_every_story(NOTICE));
    assert_eq!(furniture.marked(1, &tokenize(NOTICE)), None);
}

#[test]
fn the_order_of_stories_does_not_matter() {
    let stories = under_every_story(NOTICE);
    let reversed: Vec<_> = stories.iter().rev().cloned().collect();
    assert_eq!(learned(&stories).0.lines, learned(&reversed).0.lines);
}

#[test]
fn a_source_is_named_by_its_field_its_host_or_its_folder() {
    let header = |source: Option<&str>, url: Option<&str>, path: &str, record| Header {
        path: path.to_owned(),
        record,
        meta: Metadata {
            source: source.map(str::to_owned),
            url: url.map(str::to_owned),
            ..Metadata::default()
        },
        ..Header::default()
    };
    let key = |source, url, path, record| source_key(&header(source, url, path, record));
    let gazette = key(Some("The Gazette"), Some("https://a.example/1"), "x/1.txt", None);
    assert_eq!(gazette, key(Some(" the gazette "), None, "y/2.txt", None));
    let host = key(None, Some("https://www.a.example:8080/1?q"), "x/1.txt", None);
    assert_eq!(host, key(Some(""), Some("http://a.example/2"), "y/2.txt", None));
    assert_ne!(gazette, host);
    assert_eq!(key(None, None, "x/1.txt", None), key(None, None, "x/2.txt", None));
    assert_ne!(key(None, None, "x/1.txt", None), key(None, None, "y/1.txt", None));
    assert_eq!(key(None, None, "x/a.jsonl", Some(1)), key(None, None, "x/a.jsonl", Some(2)));
    assert_ne!(key(None, None, "x/a.jsonl", Some(1)), key(None, None, "x/b.jsonl", Some(1)));
    assert_eq!(super::host("no address"), None);
}
