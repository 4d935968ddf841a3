//! Tests that every command on a run treats the learned boilerplate as the run did.
#![cfg(all(feature = "cli", feature = "html"))]

use std::io::Read;

use crate::desk::{Desk, json, unbase64};
use serde_json::Value;

const NOTICE: &str = "By reading on you accept that the Meridian and its forty partners may remember which pages you like best";
/// Invented, unrelated stories.
const STORIES: [&str; 5] = [
    "The council of Velmark voted to rebuild the old bridge before winter. Engineers had found cracks in three of its \
     pillars. Lorries will take the long way round by Oster until the work is done, the mayor said on Monday.",
    "Wheat prices rose for a third week as drought cut the harvest on the plains. Exporters asked for lower freight \
     rates, and two mills near Harlo let their night shifts go.",
    "A rare orchid thought extinct was found by two botanists near Lake Tirna. Its seeds will go to the national \
     garden, where a greenhouse of its own is being heated for it.",
    "Striker Olena Marchuk scored twice as Dynamo Selby beat Port Rovers in the cup. The final is played in June at a \
     stadium that still lacks its roof.",
    "Surgeons in Basel reattached a carpenter's hand after nine hours in theatre. He can already hold a cup, and hopes \
     to plane a door by autumn.",
];

/// Writes stories of one site, each with the site's notice and a line known to the rules, and a reprint of the first on
/// another site.
fn desk() -> Desk {
    let desk = Desk::new();
    for folder in ["in", "in/meridian", "in/post"] {
        std::fs::create_dir(desk.path().join(folder)).unwrap();
    }
    for (at, story) in STORIES.iter().enumerate() {
        let text = format!("{story}\n\n{NOTICE}\n\nShare this story\n");
        desk.file(&format!("in/meridian/{at}.txt"), &text);
    }
    desk.file("in/post/bridge.txt", STORIES[0]);
    desk
}

const PAIR: [&str; 2] = ["meridian/0.txt", "post/bridge.txt"];
/// Number of tokens of the notice, and of the line known to the rules.
const MARKED: (u64, u64) = (19, 3);

/// Returns the pieces of boilerplate of one side of a comparison.
fn greyed(comparison: &Value, side: &str) -> Vec<String> {
    let rows = comparison["passages"].as_array().unwrap().iter();
    let pieces =
        rows.flat_map(|row| row[side].as_array().unwrap()).filter(|piece| piece["boilerplate"] == true);
    pieces.map(|piece| piece["text"].as_str().unwrap().to_owned()).collect()
}

/// Unpacks the blocks of a page.
fn blocks(page: &str) -> Vec<Value> {
    let unpack = |block: &str| {
        let coded = block.split_once('>').unwrap().1.split_once("</script>").unwrap().0;
        let bytes = unbase64(coded);
        let mut out = String::new();
        flate2::read::DeflateDecoder::new(&bytes[..]).read_to_string(&mut out).unwrap();
        json(&out)
    };
    page.split("<script type=\"text/plain\" id=\"block-").skip(1).map(unpack).collect()
}

/// Returns the pieces of boilerplate of all pairs on a page.
fn greyed_on(page: &str) -> Vec<String> {
    let mut out = Vec::new();
    for cluster in blocks(page).iter().flat_map(|block| block.as_object().unwrap().values()) {
        for pair in cluster["pairs"].as_array().unwrap() {
            for side in ["a", "b"] {
                let text = &cluster["texts"][pair[side].to_string()];
                let units: Vec<u16> = text["text"].as_str().unwrap().encode_utf16().collect();
                let mut start = 0;
                let pieces = pair["seen"][side]["pieces"].as_str().unwrap();
                for (kind, end) in pieces.chars().zip(text["ends"].as_array().unwrap()) {
                    let end = usize::try_from(end.as_u64().unwrap()).unwrap();
                    if kind == 'f' {
                        out.push(String::from_utf16(&units[start..end]).unwrap().trim().to_owned());
                    }
                    start = end;
                }
            }
        }
    }
    out
}

#[test]
fn learned_line_is_boilerplate_in_every_command() {
    let desk = desk();
    desk.out(&["cluster", "-q", "in", "-o", "run.jsonl", "--html", "page.html"]);

    let learned = desk.of_type("run.jsonl", "boilerplate");
    assert_eq!(learned.len(), 1, "{learned:?}");
    assert_eq!((&learned[0]["source"], &learned[0]["line"]), (&"meridian".into(), &NOTICE.into()));
    assert_eq!(learned[0]["documents"], STORIES.len());
    let documents = desk.of_type("run.jsonl", "document");
    let counted = |id: &str| {
        let line = documents.iter().find(|document| document["id"] == id).unwrap();
        let [all, boilerplate] = ["tokens", "boilerplate_tokens"].map(|key| line[key].as_u64().unwrap());
        (all - boilerplate, boilerplate)
    };
    assert_eq!(counted(PAIR[0]).1, MARKED.0 + MARKED.1);
    assert_eq!(counted(PAIR[1]).1, 0);

    let comparison = desk.out(&["compare", "--run", "run.jsonl", PAIR[0], PAIR[1], "--format", "json"]);
    let comparison = json(&comparison);
    assert_eq!((&comparison["relation"], &comparison["origin"]), (&"identical".into(), &"edge".into()));
    assert_eq!((&comparison["containment_a"], &comparison["containment_b"]), (&1.0.into(), &1.0.into()));
    for (side, id) in [("a", PAIR[0]), ("b", PAIR[1])] {
        let seen = ["tokens", "boilerplate_tokens"].map(|key| comparison[side][key].as_u64().unwrap());
        assert_eq!((seen[0], seen[1]), counted(id), "{id}");
    }
    assert_eq!(greyed(&comparison, "a"), [NOTICE, "Share this story"]);
    assert_eq!(greyed(&comparison, "b"), Vec::<String>::new());
    // Two stories of the site have no edge, so they are measured again.
    let apart =
        desk.json(&["compare", "--run", "run.jsonl", "meridian/1.txt", "meridian/2.txt", "--format", "json"]);
    assert_eq!((&apart["relation"], &apart["jaccard"]), (&Value::Null, &0.0.into()));
    assert_eq!(greyed(&apart, "b"), [NOTICE, "Share this story"]);

    assert_eq!(greyed_on(&desk.read("page.html")), [NOTICE, "Share this story"]);
    assert_eq!(desk.out(&["report", "run.jsonl", "-o", "-"]), desk.read("page.html"));
}

/// Writes stories of a site without line breaks, with the site's notice inside the text, which contains a name and a number
/// that vary.
fn flat() -> Desk {
    let desk = Desk::new();
    for folder in ["in", "in/courier", "in/post"] {
        std::fs::create_dir(desk.path().join(folder)).unwrap();
    }
    for (at, story) in STORIES.iter().enumerate() {
        let (first, rest) = story.split_once(". ").unwrap();
        desk.file(&format!("in/courier/{at}.txt"), &format!("{first}. {} {rest}", notice(at)));
    }
    desk.file("in/post/bridge.txt", STORIES[0]);
    desk
}

fn notice(at: usize) -> String {
    let town = ["Oster", "Harlo", "Tirna", "Selby", "Marnes"][at];
    format!(
        "Tonight the Courier prints {} letters from readers in {town} on its page for gardens and bees.",
        at + 3
    )
}

#[test]
fn learned_part_of_a_line_is_boilerplate_in_every_command() {
    let desk = flat();
    desk.out(&["cluster", "-q", "in", "-o", "run.jsonl", "--html", "page.html"]);
    let learned = desk.of_type("run.jsonl", "boilerplate");
    assert_eq!((&learned[0]["source"], &learned[0]["line"]), (&"courier".into(), &notice(0).into()));
    assert_eq!(learned[0]["documents"], STORIES.len());
    assert!(learned.iter().all(|stretch| !stretch["shingles"].as_array().unwrap().is_empty()), "{learned:?}");
    let documents = desk.of_type("run.jsonl", "document");
    let words = notice(0).split(' ').count() as u64;
    assert!(documents[..5].iter().all(|document| document["boilerplate_tokens"] == words), "{documents:?}");

    let pair = ["courier/0.txt", "post/bridge.txt"];
    let comparison = desk.out(&["compare", "--run", "run.jsonl", pair[0], pair[1], "--format", "json"]);
    let comparison = json(&comparison);
    assert_eq!((&comparison["relation"], &comparison["containment_a"]), (&"identical".into(), &1.0.into()));
    assert_eq!(greyed(&comparison, "a"), [notice(0)]);
    assert_eq!(greyed_on(&desk.read("page.html")), [notice(0)]);
    assert_eq!(desk.out(&["report", "run.jsonl", "-o", "-"]), desk.read("page.html"));

    let once = desk.read("run.jsonl");
    for threads in ["1", "3"] {
        desk.out(&["cluster", "-q", "in", "-j", threads, "-o", "run.jsonl"]);
        let again = desk.read("run.jsonl");
        let boilerplate = |report: &str| -> Vec<String> {
            report
                .lines()
                .filter(|line| line.contains("\"type\":\"boilerplate\""))
                .map(str::to_owned)
                .collect()
        };
        assert_eq!(boilerplate(&once), boilerplate(&again));
    }
}

#[test]
fn kept_boilerplate_is_text_in_every_command() {
    let desk = desk();
    desk.out(&["cluster", "-q", "in", "--keep-boilerplate", "-o", "run.jsonl", "--html", "page.html"]);
    assert_eq!(desk.of_type("run.jsonl", "boilerplate"), Vec::<Value>::new());
    assert!(desk.of_type("run.jsonl", "document").iter().all(|document| document["boilerplate_tokens"] == 0));

    let comparison = desk.out(&["compare", "--run", "run.jsonl", PAIR[0], PAIR[1], "--format", "json"]);
    let comparison = json(&comparison);
    assert_eq!(comparison["relation"], "copy", "{comparison}");
    assert_eq!((&comparison["a"]["boilerplate_tokens"], &greyed(&comparison, "a")), (&0.into(), &vec![]));
    assert_eq!(greyed_on(&desk.read("page.html")), Vec::<String>::new());
    assert_eq!(desk.out(&["report", "run.jsonl", "-o", "-"]), desk.read("page.html"));
}

#[test]
fn compare_of_two_files_follows_the_settings() {
    let desk = desk();
    let pair = PAIR.map(|id| format!("in/{id}"));
    let compare = |more: &[&str]| {
        let args = [&["compare", &pair[0], &pair[1], "--format", "json"], more].concat();
        desk.json(&args)
    };
    let comparison = compare(&[]);
    assert_eq!(
        (greyed(&comparison, "a"), &comparison["a"]["boilerplate_tokens"]),
        (vec!["Share this story".to_owned()], &3.into())
    );
    let comparison = compare(&["--keep-boilerplate"]);
    assert_eq!((greyed(&comparison, "a"), &comparison["a"]["boilerplate_tokens"]), (vec![], &0.into()));
}

#[test]
fn eval_of_pairs_follows_the_settings() {
    let desk = desk();
    desk.file("pairs.tsv", "meridian/1.txt\tmeridian/2.txt\t0\n");
    let teasers: String = [
        "a lighthouse keeper of eighty learns to fly over the bay of Marnes",
        "why the clocks of Ostwick run seven minutes late in every market season",
        "four recipes for quince that your grandmother never dared to write down",
        "ten gardens where herons nest, and the neighbours who feed them at dawn",
        "our quiz of the week asks who first crossed the Tarrow sound by balloon",
    ]
    .iter()
    .map(|headline| format!("Read also: {headline}\n"))
    .collect();
    for at in [1, 2] {
        desk.file(&format!("in/meridian/{at}.txt"), &format!("{teasers}\n{}\n", STORIES[at]));
    }
    let wrong = |more: &[&str]| {
        let args = [&["eval", "--pairs", "pairs.tsv", "--docs", "in", "--format", "json"], more].concat();
        desk.json(&args)["errors"].as_array().unwrap().len()
    };
    assert_eq!((wrong(&[]), wrong(&["--keep-boilerplate"])), (0, 1));
}

#[test]
fn report_without_learned_lines_can_be_read() {
    let desk = desk();
    desk.out(&["cluster", "-q", "in", "-o", "run.jsonl"]);
    let report = desk.read("run.jsonl");
    let kept = report.lines().filter(|line| !line.starts_with("{\"type\":\"boilerplate\""));
    desk.file("run.jsonl", &kept.fold(String::new(), |all, line| all + line + "\n"));
    assert_eq!(wirecopy::report::Run::read_jsonl(desk.path().join("run.jsonl")).unwrap().boilerplate, []);
    desk.out(&["keep", "run.jsonl"]);
    let comparison = desk.run(&["compare", "--run", "run.jsonl", PAIR[0], PAIR[1], "--format", "json"]);
    let comparison = json(&String::from_utf8(comparison.stdout).unwrap());
    assert_eq!(
        (&comparison["relation"], greyed(&comparison, "a")),
        (&"identical".into(), vec!["Share this story".to_owned()])
    );
}

#[test]
fn learned_boilerplate_applies_to_its_source_only() {
    let desk = desk();
    std::fs::create_dir(desk.path().join("in/gazette")).unwrap();
    let text = desk.read("in/meridian/1.txt");
    for reprint in ["in/gazette/wheat.txt", "in/post/wheat.txt"] {
        desk.file(reprint, &text);
    }
    desk.out(&["cluster", "-q", "in", "-o", "run.jsonl"]);

    let boilerplate = |id: &str| {
        let documents = desk.of_type("run.jsonl", "document");
        documents.iter().find(|line| line["id"] == id).unwrap()["boilerplate_tokens"].as_u64().unwrap()
    };
    assert_eq!(boilerplate("meridian/1.txt"), MARKED.0 + MARKED.1);
    assert_eq!(boilerplate("gazette/wheat.txt"), MARKED.1);
    assert_eq!(boilerplate("post/wheat.txt"), MARKED.1);
    let clusters = desk.of_type("run.jsonl", "cluster");
    let wheat = clusters.iter().find(|line| line["members"].as_array().unwrap().len() == 3).unwrap();
    assert!(wheat.to_string().contains("gazette/wheat.txt") && wheat.to_string().contains("meridian/1.txt"));
    let relation = |a: &str, b: &str| {
        let edges = desk.of_type("run.jsonl", "edge");
        edges.iter().find(|line| line["a"] == a && line["b"] == b).unwrap()["relation"].clone()
    };
    assert_eq!(relation("gazette/wheat.txt", "post/wheat.txt"), "identical");
    assert_eq!(relation("gazette/wheat.txt", "meridian/1.txt"), "copy");
}

/// Invented items of one sentence each.
const ITEMS: [&str; 8] = [
    "Hikers from Marlow were rescued by helicopter above the Ostra glacier on Monday.",
    "The choir of Belfonte won second prize at a festival in Kirkwall.",
    "Halden library has lent its millionth book, a guide to edible mushrooms.",
    "Firefighters saved forty cattle from a burning barn near Grimsa.",
    "A baker from Norvik gives his collection of clocks to the museum.",
    "Pensioners in Tarvik knitted a scarf as long as the harbour wall.",
    "The ferry to Sandoy stays in dock while its propeller is welded.",
    "Rockfall closed the tunnel between Pieve and Monte Sarro until Friday.",
];

const LONG_NOTICE: &str = "Subscribe for one euro a month and read everything that the Torrente Courier prints without limits. The \
    Courier is a member of the press council. Photographs, texts and graphics are protected by copyright and may be \
    reprinted only with written permission of the publishing house. Send hints to the editors by mail or drop them into \
    our anonymous letter box.";

/// Returns the ids of the members of each cluster of a run over the folder `in`.
fn clusters_of(desk: &Desk) -> Vec<Vec<String>> {
    desk.out(&["cluster", "in", "-o", "run.jsonl", "-q"]);
    let ids = |cluster: &Value| {
        let members = cluster["members"].as_array().unwrap().iter();
        members.map(|member| member["id"].as_str().unwrap().to_owned()).collect()
    };
    desk.of_type("run.jsonl", "cluster").iter().map(ids).collect()
}

#[test]
fn short_items_with_one_long_notice_are_not_copies() {
    let desk = Desk::new();
    std::fs::create_dir(desk.path().join("in")).unwrap();
    for (at, item) in ITEMS.iter().enumerate() {
        desk.file(&format!("in/{at}.txt"), &format!("{item}\n\n{LONG_NOTICE}\n"));
    }
    // An item that was printed twice is still a copy.
    desk.file("in/again.txt", &format!("{}\n\n{LONG_NOTICE}\n", ITEMS[0]));
    assert_eq!(clusters_of(&desk), [["0.txt", "again.txt"]]);
}

#[test]
fn short_items_of_two_papers_with_one_long_notice_are_not_copies() {
    let desk = Desk::new();
    for folder in ["in", "in/courier", "in/echo"] {
        std::fs::create_dir(desk.path().join(folder)).unwrap();
    }
    for (at, item) in ITEMS.iter().enumerate() {
        let paper = ["courier", "echo"][at % 2];
        desk.file(&format!("in/{paper}/{at}.txt"), &format!("{item}\n\n{LONG_NOTICE}\n"));
    }
    desk.file("in/echo/again.txt", &format!("{}\n\n{LONG_NOTICE}\n", ITEMS[0]));
    assert_eq!(clusters_of(&desk), [["courier/0.txt", "echo/again.txt"]]);
}

/// Sentences with a place for a name, and names of places.
const TEMPLATES: [&str; 3] = [
    "The mayor of {} opened a playground with two slides and a swing on Sunday morning.",
    "Volunteers planted two hundred cherry trees along the river in {} at the weekend.",
    "Two climbers from {} were brought down by rescuers after a night in the rain.",
];
const PLACES: [&str; 4] = ["Skarvik", "Port Halden", "Grimsa", "Ulvesund"];

#[test]
fn briefs_filled_in_for_other_places_are_not_copies() {
    let desk = Desk::new();
    std::fs::create_dir(desk.path().join("in")).unwrap();
    let brief = |template: &str, place: &str| format!("{}\n\n{LONG_NOTICE}\n", template.replace("{}", place));
    for (at, template) in TEMPLATES.iter().enumerate() {
        for (of, place) in PLACES.iter().enumerate() {
            desk.file(&format!("in/{at}-{of}.txt"), &brief(template, place));
        }
    }
    desk.file("in/again.txt", &brief(TEMPLATES[0], PLACES[0]));
    // Other stories show what the notice is.
    for (at, item) in ITEMS.iter().enumerate() {
        desk.file(&format!("in/item-{at}.txt"), &format!("{item}\n\n{LONG_NOTICE}\n"));
    }
    assert_eq!(clusters_of(&desk), [["0-0.txt", "again.txt"]]);
}
