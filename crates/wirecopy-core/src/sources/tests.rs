use super::*;
use crate::Metadata;
use crate::text::tokenize;

/// Invented stories without anything in common.
const STORIES: [&str; 6] = [
    "The council of Velmark voted to rebuild the old bridge before winter. Engineers found cracks in three pillars.",
    "Wheat prices rose for a third week as drought cut the harvest on the plains. Exporters asked for lower freight.",
    "A rare orchid thought extinct was found by two botanists near Lake Tirna. Seeds will go to the national garden.",
    "Striker Olena Marchuk scored twice as Dynamo Harlo beat Port Rovers in the cup. The final is played in June.",
    "Surgeons in Basel reattached a carpenter's hand after nine hours in theatre. He can already hold a cup.",
    "The film about a lighthouse keeper won the jury prize at Ostwick. Its director had waited tables until last year.",
];
const NOTICE: &str = "By reading on you accept that the Meridian and its forty partners may remember which pages you like best";

fn learned(stories: &[(u64, String)]) -> (SourceLines, Vec<Tokens>) {
    let tokens: Vec<Tokens> = stories.iter().map(|(_, text)| tokenize(text)).collect();
    let mut store = TokenStore::new(&Budget::unlimited());
    for tokens in &tokens {
        store.push(tokens).unwrap();
    }
    let sourced: Vec<(u64, DocId)> = stories.iter().map(|s| s.0).zip((0..).map(DocId)).collect();
    let [free, limited] = [Budget::unlimited(), Budget::new(64, None)]
        .map(|budget| learn(&sourced, &store, &budget, |_| LanguageKey::default(), Idf::background).unwrap());
    assert_eq!(free, limited);
    assert_eq!(free.lines.is_empty(), free.sources.is_empty());
    (free.lines, tokens)
}

fn under_every_story(line: &str) -> Vec<(u64, String)> {
    STORIES.iter().map(|story| (1, format!("{story}\n{line}\n{story}"))).collect()
}

#[test]
fn notice_under_every_story_of_a_source_is_boilerplate() {
    let (boilerplate, tokens) = learned(&under_every_story(NOTICE));
    assert_eq!(boilerplate.len(), 1);
    let marked = boilerplate.marked(1, &tokens[0]).expect("it has the line");
    let words = NOTICE.split(' ').count();
    assert_eq!(marked.len() + words, tokens[0].len());
    assert_eq!(marked.boilerplate_len() as usize, words);
    assert_eq!(marked.as_slice(), tokenize(&format!("{0}\n{0}", STORIES[0])).as_slice());
    assert_eq!(marked.lines().count(), 2);
}

/// Returns stories without line breaks, each with a notice inside it whose name and count vary.
fn flat() -> Vec<(u64, String)> {
    let towns = ["Oster", "Harlo", "Tirna", "Selby", "Marnes", "Quell"];
    let notice = |at: usize| {
        format!(
            "Today the Meridian prints {} letters from readers in {} on the page for gardens",
            at + 3,
            towns[at]
        )
    };
    (0..6).map(|at| (1, format!("{0} {1} {0}", STORIES[at], notice(at)))).collect()
}

#[test]
fn notice_with_varying_parts_inside_the_text_is_boilerplate() {
    let (boilerplate, tokens) = learned(&flat());
    assert!(!boilerplate.is_empty());
    for (tokens, story) in tokens.iter().zip(STORIES) {
        let marked = boilerplate.marked(1, tokens).expect("it has the notice");
        assert_eq!(marked.as_slice(), tokenize(&format!("{story} {story}")).as_slice());
    }
    assert_eq!(boilerplate.marked(2, &tokens[0]), None);
    let mut reversed = flat();
    reversed.reverse();
    assert_eq!(learned(&reversed).0, boilerplate);
}

#[test]
fn notice_inside_three_texts_is_not_boilerplate() {
    assert!(learned(&flat()[..3]).0.is_empty());
}

#[test]
fn notice_in_a_minority_language_is_boilerplate() {
    let german = [
        "Der Rat von Velmark will die alte Brücke vor dem Winter neu bauen, weil die Pfeiler Risse haben.",
        "Der Preis für Weizen steigt in der dritten Woche, weil die Dürre die Ernte auf der Ebene verdirbt.",
        "Der See bei Tirna birgt die seltene Orchidee, die der Botaniker für verschollen hielt.",
        "Der Stürmer von Dynamo Harlo traf zweimal, und die Gäste aus Port verloren das Spiel der Runde.",
        "Der Chirurg in Basel nähte die Hand des Zimmermanns an, die der Hobel getroffen hatte.",
    ];
    let notice = "Der Meridian legt 8 Rezepte für den Sonntag bei, solange der Vorrat am Kiosk reicht.";
    let mut stories: Vec<(u64, String)> =
        german.iter().map(|story| (1, format!("{story} {notice} {story}"))).collect();
    stories.extend((0..400).map(|i| {
        (
            1,
            format!(
                "The notice {i} of the court of the district tells the heirs of the parcel {} to come.",
                i * 7
            ),
        )
    }));
    let (boilerplate, tokens) = learned(&stories);
    let marked = boilerplate.marked(1, &tokens[0]).expect("it has the notice");
    assert_eq!(marked.as_slice(), tokenize(&format!("{0} {0}", german[0])).as_slice());
}

#[test]
fn template_of_reports_is_not_boilerplate() {
    let firms =
        ["Olmar Steel", "Brandt Ferries", "Tirna Foods", "Quell Paper", "Harlo Glass", "Selby Motors"];
    let report = |firm: &str| {
        format!(
            "{firm} told investors on its call that it expects the year to be better than the one before. The board of \
             {firm} will propose to shareholders that the dividend be left as it is. Analysts who follow the company \
             had expected on average a rather smaller gain. Shares of {firm} closed higher in thin trade ahead of it."
        )
    };
    let stories: Vec<(u64, String)> = firms.iter().map(|firm| (1, report(firm))).collect();
    assert!(learned(&stories).0.is_empty());
}

#[test]
fn passage_repeated_in_stories_on_one_topic_is_not_boilerplate() {
    // Four of many stories are alike, on a topic that the others do not share.
    let again = "Tirna's harbour has been shut since the storm of March broke its northern pier in two";
    let leads = [
        "Crews from the harbour of Tirna began to lift the stones of the pier with a crane ship. {} The mole is next.",
        "A crane ship reached the harbour of Tirna to lift stones off the pier for the port. {} Boats wait outside.",
        "Boats wait outside the harbour of Tirna while crews lift stones of the pier. {} The crane ship stays.",
        "Stones of the pier at the harbour of Tirna go to the mole, crews of the crane ship said. {} The port pays.",
    ];
    let mut stories: Vec<(u64, String)> =
        leads.iter().map(|lead| (1, lead.replace("{}", &format!("{again}.")))).collect();
    stories.extend(STORIES.iter().map(|story| (1, format!("{story} {story}"))));
    assert!(learned(&stories).0.is_empty());
}

#[test]
fn same_line_of_another_source_is_not_boilerplate() {
    let (boilerplate, tokens) = learned(&under_every_story(NOTICE));
    assert_eq!(boilerplate.marked(2, &tokens[0]), None);
}

#[test]
fn line_under_three_stories_is_not_boilerplate() {
    let few = under_every_story(NOTICE)[..3].to_vec();
    assert!(learned(&few).0.is_empty());
}

#[test]
fn line_under_few_of_many_stories_is_not_boilerplate() {
    let mut stories = under_every_story(NOTICE)[..4].to_vec();
    stories.extend(
        (0..200).map(|i| (1, format!("Notice number {i} of the district court concerns parcel {}.", i * 7))),
    );
    assert!(learned(&stories).0.is_empty());
}

#[test]
fn background_of_follow_ups_is_not_boilerplate() {
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
fn document_of_boilerplate_only_keeps_its_text() {
    let (boilerplate, _) = learned(&under_every_story(NOTICE));
    assert_eq!(boilerplate.marked(1, &tokenize(NOTICE)), None);
}

#[test]
fn order_of_stories_does_not_matter() {
    let stories = under_every_story(NOTICE);
    let reversed: Vec<_> = stories.iter().rev().cloned().collect();
    assert_eq!(learned(&stories).0, learned(&reversed).0);
}

#[test]
fn source_is_named_by_field_host_or_folder() {
    let key = |source: Option<&str>, url: Option<&str>, path, record| {
        let meta = Metadata {
            source: source.map(str::to_owned),
            url: url.map(str::to_owned),
            ..Metadata::default()
        };
        source_key(path, record, &meta)
    };
    let gazette = key(Some("The Gazette"), Some("https://a.example/1"), "x/1.txt", None);
    assert_eq!(gazette, key(Some(" the gazette "), None, "y/2.txt", None));
    let host = key(None, Some("https://www.a.example:8080/1?q"), "x/1.txt", None);
    assert_eq!(host, key(Some(""), Some("http://a.example/2"), "y/2.txt", None));
    assert_ne!(gazette, host);
    assert_eq!(key(None, None, "x/1.txt", None), key(None, None, "x/2.txt", None));
    assert_ne!(key(None, None, "x/1.txt", None), key(None, None, "y/1.txt", None));
    assert_eq!(key(None, None, "x/a.jsonl", Some(1)), key(None, None, "x/a.jsonl", Some(2)));
    assert_ne!(key(None, None, "x/a.jsonl", Some(1)), key(None, None, "x/b.jsonl", Some(1)));
    assert_eq!(crate::document::host("no address"), None);
}
