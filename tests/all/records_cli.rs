//! Tests records as found in practice: exports of content management systems, API responses, spreadsheets, texts in a wrong
//! character set. Each is read completely, or the message says why not and what to do.
#![cfg(feature = "cli")]

use std::fs;

use crate::desk::{Desk, relation};
use serde_json::{Value, json};
use wirecopy::Relation;
use wirecopy::report::Run;

const FERRY: [&str; 4] = [
    "The ferry Solveig ran onto a sandbank off Tessvik shortly after dawn on Tuesday with 148 passengers aboard, the coast guard said.",
    "Two lifeboats from Hamnsund took everyone ashore within three hours; a cook and a deckhand were treated for bruises.",
    "Captain Ulla Brenner told inspectors that a buoy had drifted during the night and that the echo sounder showed nothing unusual.",
    "The company Nordrute cancelled all crossings until Friday and offered buses by way of the Langsund bridge instead.",
];
const BAKERY: [&str; 3] = [
    "A bakery in the old quarter of Monteluce has been fined for selling loaves lighter than their labels, the market office reported.",
    "Inspectors weighed two hundred loaves over a month and found that every third one fell short by more than forty grams.",
    "The owner, Pia Castellani, blamed a faulty scale and promised to give away bread at the door on every Saturday in June.",
];

fn run(desk: &Desk, args: &[&str]) -> (Run, String, Option<i32>) {
    let output = desk.run(&[&["cluster", "-o", "run.jsonl", "-j", "2"], args].concat());
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(!stderr.contains("panicked"), "{stderr}");
    (Run::read_jsonl(desk.path().join("run.jsonl")).unwrap(), stderr, output.status.code())
}

fn lines(records: &[Value]) -> String {
    records.iter().map(|record| format!("{record}\n")).collect()
}

fn marked(paragraphs: &[&str]) -> String {
    let paragraph = |text: &&str| {
        format!(
            "<p class=\"wp-block\">{}</p>\n<figure><img src=\"https://cdn.example/a.jpg\" alt=\"Photo\"/></figure>",
            text.replace("the ", "<em>the</em> ")
        )
    };
    paragraphs.iter().map(paragraph).collect()
}

#[test]
#[cfg(feature = "html")]
fn html_in_a_field_is_read_as_html() {
    let escaped = marked(&FERRY).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let records = [
        json!({"id": "plain", "text": FERRY.join("\n\n")}),
        json!({"id": "marked", "title": "Ferry &amp; sand", "text": marked(&FERRY)}),
        json!({"id": "escaped", "text": escaped}),
        json!({"id": "breaks", "text": FERRY.join("<br/><br/>")}),
        json!({"id": "list", "text": FERRY.map(|paragraph| format!("<p>{paragraph}</p>"))}),
        json!({"id": "other", "text": marked(&BAKERY)}),
    ];
    let desk = Desk::new();
    desk.file("a.jsonl", &lines(&records));
    let mut table = csv::Writer::from_path(desk.path().join("b.csv")).unwrap();
    table.write_record(["id", "text"]).unwrap();
    table.write_record(["row", &marked(&FERRY)]).unwrap();
    drop(table);
    let (run, stderr, code) = run(&desk, &["a.jsonl", "b.csv"]);
    assert_eq!((stderr.as_str(), code, run.clusters.len()), ("", Some(0), 1));
    for id in ["marked", "escaped", "breaks", "list", "row"] {
        assert_eq!(relation(&run, "plain", id).unwrap_or(Relation::Identical), Relation::Identical, "{id}");
    }
    assert_eq!(run.clusters[0].members.len(), 6);
    assert_eq!(run.documents[1].title.as_deref(), Some("Ferry & sand"));
    assert!(run.edges.iter().all(|edge| edge.a != "other" && edge.b != "other"));
}

#[test]
fn json_variants_are_read() {
    let text = FERRY.join("\n\n");
    let desk = Desk::new();
    let python = format!("{{\"id\": \"a\", \"text\": {}, \"score\": NaN, \"v\": -Infinity}}\n", json!(text));
    desk.file("python.jsonl", &python);
    desk.file("list.jsonl", &lines(&[json!({"id": "b", "text": FERRY}), json!({"id": "z", "text": BAKERY})]));
    desk.file(
        "envelope.json",
        &json!({"status": "ok", "total": 2, "docs": [{"id": "c", "text": text}, {"id": "bad"}]}).to_string(),
    );
    let (found, stderr, code) = run(&desk, &["python.jsonl", "list.jsonl", "envelope.json"]);
    assert_eq!(code, Some(3));
    assert_eq!(
        stderr,
        "warning: envelope.json:2: no field `text`: the record has `id`; choose the text field with --text-field\n"
    );
    assert_eq!((found.documents.len(), found.skipped.len(), found.clusters.len()), (4, 1, 1));
    assert_eq!(found.clusters[0].members.len(), 3);

    // `keep` finds the records of an envelope again.
    let kept = desk.out(&["keep", "run.jsonl", "--format", "jsonl"]);
    assert!(kept.lines().filter(|line| line.contains("\"text\"")).count() == 4, "{kept}");

    let nested = |id: &str, body: Value| json!({"id": id, "content": {"title": "T", "body": body}});
    desk.file(
        "nested.jsonl",
        &lines(&[nested("a", json!(text)), nested("b", json!(FERRY)), nested("c", json!(BAKERY))]),
    );
    let (found, ..) =
        run(&desk, &["nested.jsonl", "--text-field", "content.body", "--title-field", "content.title"]);
    assert_eq!(relation(&found, "a", "b"), Some(Relation::Identical));
    assert_eq!(found.documents[2].title.as_deref(), Some("T"));
    let (found, stderr, _) = run(&desk, &["nested.jsonl"]);
    assert_eq!((found.documents.len(), found.skipped.len()), (0, 3));
    assert!(stderr.contains("the record has `id`, `content.title`, `content.body`; choose"), "{stderr}");
}

#[test]
fn truncated_record_is_reported_as_truncated() {
    let whole = json!({"id": "a", "text": FERRY.join(" ")}).to_string();
    let desk = Desk::new();
    desk.file("a.jsonl", &format!("{whole}\n{}\n{}\n", &whole[..90], whole.replace("\"a\"", "\"c\"")));
    let (run, stderr, code) = run(&desk, &["a.jsonl"]);
    assert!(stderr.starts_with("warning: a.jsonl:2: truncated: the record ends inside a string"), "{stderr}");
    assert_eq!((run.documents.len(), run.skipped.len(), code), (2, 1, Some(3)));
}

#[test]
fn tables_of_spreadsheets_and_databases_are_read_completely() {
    let desk = Desk::new();
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let (ferry, bakery) = (FERRY.join("\n\n"), BAKERY.join("\n\n"));
    desk.file(
        "excel.csv",
        &format!("sep=;\r\nid;text\r\ne1;{}\r\ne2;{}\r\n", quoted(&ferry), quoted(&bakery)),
    );
    desk.file(
        "export.csv",
        &format!(
            "Export of the press desk\nMade: 2024-05-01\n\nid,title,text\nx1,#REF!,{}\nx2,None,{}\nx3,,nan\n",
            quoted(&ferry),
            quoted(&bakery)
        ),
    );
    let flat = |text: &str| text.replace("\n\n", " ");
    desk.file(
        "tabs.tsv",
        &format!(
            "id\ttitle\ttext\nt1\tFerry\t\"{}\nt2\tx\t\"No,\" she said. {}\nt3\ty\t{}\n",
            flat(&ferry),
            flat(&bakery),
            flat(&bakery)
        ),
    );
    desk.file(
        "dump.csv",
        &format!(
            "id,text\nd1,\"{}\"\nd2,\"He said \\\"no, never\\\", and left. {}\"\n",
            ferry,
            flat(&bakery)
        ),
    );
    let (run, stderr, code) = run(&desk, &["excel.csv", "export.csv", "tabs.tsv", "dump.csv"]);
    assert_eq!((stderr.as_str(), code), ("warning: export.csv:3: empty text\n", Some(3)));
    let ids: Vec<&str> = run.documents.iter().map(|document| document.id.as_str()).collect();
    assert_eq!(ids, ["e1", "e2", "x1", "x2", "t1", "t2", "t3", "d1", "d2"]);
    assert!(run.documents[2].title.is_none() && run.documents[3].title.is_none());
    assert_eq!(run.clusters.len(), 2);
    assert_eq!(run.clusters.iter().map(|cluster| cluster.members.len()).sum::<usize>(), 9);

    let error = desk.run(&["cluster", "excel.csv", "--text-field", "body"]).stderr;
    let error = String::from_utf8(error).unwrap();
    assert!(error.contains("no column `body` in the header row: it has `id`, `text`; choose"), "{error}");
}

fn relation_of_files(a: &[u8], b: &[u8], ending: &str) -> (Option<Relation>, String) {
    let desk = Desk::new();
    fs::write(desk.path().join(format!("a.{ending}")), a).unwrap();
    fs::write(desk.path().join(format!("b.{ending}")), b).unwrap();
    let (a, b) = (format!("a.{ending}"), format!("b.{ending}"));
    let (run, stderr, _) = run(&desk, &[&a, &b]);
    (relation(&run, &a, &b), stderr)
}

const RUSSIAN: &str = "Паром сел на мель у берега ранним утром во вторник, сообщила береговая охрана. На борту находились сто сорок \
    восемь пассажиров, всех доставили на берег за три часа. Капитан заявил, что ночью сместился буй, а эхолот не показал ничего необычного. \
    Компания отменила все рейсы до пятницы и предложила автобусы через мост. Расследование продолжается, причины устанавливаются.";

#[test]
fn text_in_a_wrong_character_set_is_repaired() {
    let (bytes, ..) = encoding_rs::WINDOWS_1251.encode(RUSSIAN);
    let page = |charset: &str, body: &[u8]| {
        let head =
            format!("<html><head><meta charset=\"{charset}\"><title>x</title></head><body><article><p>");
        [head.as_bytes(), body, b"</p></article></body></html>"].concat()
    };
    let identical = (Some(Relation::Identical), String::new());
    #[cfg(feature = "html")]
    assert_eq!(
        relation_of_files(&page("utf-8", RUSSIAN.as_bytes()), &page("utf-8", &bytes), "html"),
        identical
    );
    for set in [encoding_rs::WINDOWS_1251, encoding_rs::WINDOWS_1252, encoding_rs::KOI8_R] {
        let (wrong, _) = set.decode_without_bom_handling(RUSSIAN.as_bytes());
        assert_eq!(
            relation_of_files(RUSSIAN.as_bytes(), wrong.as_bytes(), "txt"),
            identical,
            "{}",
            set.name()
        );
        let record = |text: &str| lines(&[json!({"text": text})]);
        let desk = Desk::new();
        desk.file("a.jsonl", &(record(RUSSIAN) + &record(&wrong)));
        let (run, ..) = run(&desk, &["a.jsonl"]);
        assert_eq!(relation(&run, "a.jsonl#1", "a.jsonl#2"), Some(Relation::Identical), "{}", set.name());
    }
    // Lost letters cannot be restored, so there is a warning.
    let (wrong, _) = encoding_rs::SHIFT_JIS.decode_without_bom_handling(RUSSIAN.as_bytes());
    let (_, stderr) = relation_of_files(RUSSIAN.as_bytes(), wrong.replace('ﾐ', "\u{fffd}").as_bytes(), "txt");
    assert!(stderr.starts_with("warning: b.txt: ") && stderr.contains("letters are lost"), "{stderr}");
}

#[test]
fn warning_of_lost_letters_names_the_place_of_a_document() {
    // The second document has the id in the end, because it is longer.
    let broken = RUSSIAN.replace('о', "\u{fffd}");
    let desk = Desk::new();
    desk.file(
        "a.jsonl",
        &lines(&[json!({"id": "x", "text": broken}), json!({"id": "x", "text": RUSSIAN.repeat(2)})]),
    );
    let (_, stderr, _) = run(&desk, &["a.jsonl"]);
    assert!(stderr.starts_with("warning: a.jsonl:1: "), "{stderr}");
}

#[test]
fn serbian_in_both_alphabets_is_identical() {
    let latin = "Trajekt se nasukao u utorak rano ujutro kod Tesvika, saopštila je obalska straža. Svi putnici prebačeni su na obalu za \
        tri časa, a dvoje članova posade lečeno je zbog povreda. Kapetan je rekao da se tokom noći pomerila bova. Sledeća vožnja biće u petak, \
        kažu iz kompanije, koja je obezbedila i autobuse preko mosta u Njuhavnu.";
    let cyrillic = "Трајект се насукао у уторак рано ујутро код Тесвика, саопштила је обалска стража. Сви путници пребачени су на обалу за \
        три часа, а двоје чланова посаде лечено је због повреда. Капетан је рекао да се током ноћи померила бова. Следећа вожња биће у петак, \
        кажу из компаније, која је обезбедила и аутобусе преко моста у Њухавну.";
    assert_eq!(relation_of_files(latin.as_bytes(), cyrillic.as_bytes(), "txt").0, Some(Relation::Identical));
    assert_eq!(relation_of_files(RUSSIAN.as_bytes(), cyrillic.as_bytes(), "txt").0, None);
}

#[test]
fn front_matter_is_metadata_in_yaml_and_toml() {
    let text = FERRY.join("\n\n");
    let yaml = format!("---\ntitle: \"Ferry aground\"\ndate: 2024-03-12\nauthor: x\n---\n\n{text}\n");
    let toml = format!(
        "+++\ntitle = \"Ferry aground\"\ndate = 2024-03-12T07:20:00Z\ntags = [\"sea\"]\n+++\n\n{text}\n"
    );
    let desk = Desk::new();
    for (name, content) in
        [("a.md", &yaml), ("b.md", &toml), ("c.txt", &yaml), ("d.txt", &toml), ("e.txt", &text)]
    {
        desk.file(name, content);
    }
    let (run, stderr, _) = run(&desk, &["a.md", "b.md", "c.txt", "d.txt", "e.txt"]);
    assert_eq!((stderr.as_str(), run.clusters.len(), run.clusters[0].members.len()), ("", 1, 5));
    assert!(run.documents.iter().all(|document| document.tokens == run.documents[4].tokens));
    for document in &run.documents[..4] {
        assert_eq!(document.title.as_deref(), Some("Ferry aground"), "{}", document.id);
        assert!(
            document.published.as_deref().is_some_and(|date| date.starts_with("2024-03-12")),
            "{}",
            document.id
        );
    }
}

#[test]
fn source_comes_from_folder_host_or_pattern() {
    let desk = Desk::new();
    for folder in ["in/post/2024", "in/faro"] {
        fs::create_dir_all(desk.path().join(folder)).unwrap();
        desk.file(&format!("{folder}/a.txt"), &FERRY.join("\n"));
        desk.file(&format!("{folder}/b.txt"), &BAKERY.join("\n"));
    }
    let sources = |run: &Run| -> Vec<String> {
        run.documents.iter().map(|document| document.source.clone().unwrap_or_default()).collect()
    };
    // No document names a source, so folders are used, and the report says so.
    let text = desk.out(&["cluster", "in", "-o", "run.jsonl"]);
    assert!(
        text.contains("No document names its source, so the folder of each is used as its source"),
        "{text}"
    );
    let found = Run::read_jsonl(desk.path().join("run.jsonl")).unwrap();
    assert_eq!(sources(&found), ["faro", "faro", "post", "post"]);
    assert!(found.summary.folder_sources);
    assert_eq!(found.header.config.ingest.source_from.as_deref(), Some("folder"));

    fs::write(desk.path().join("in/loose.txt"), BAKERY.join("\n")).unwrap();
    let (found, ..) = run(&desk, &["in"]);
    assert!(sources(&found).iter().all(String::is_empty) && !found.summary.folder_sources);
    let (found, ..) = run(&desk, &["in", "--source-from", r"^in/([a-z]{2})[a-z]+/"]);
    assert_eq!(sources(&found), ["fa", "fa", "", "po", "po"]);

    let records = [
        json!({"id": "x", "text": FERRY, "url": "https://www.faro.example/1", "source": "S"}),
        json!({"id": "y", "text": BAKERY, "source": "S"}),
    ];
    desk.file("a.jsonl", &lines(&records));
    let (found, ..) = run(&desk, &["a.jsonl", "--source-from", "host"]);
    assert_eq!(sources(&found), ["faro.example", "S"]);
    let error = desk.trouble(&["cluster", "in", "--source-from", "("]);
    assert!(error.contains("neither `folder` nor `host` nor a regular expression"), "{error}");
}

/// Checks the columns that the recipes of `docs/guide.md` use.
#[test]
fn table_has_the_columns_of_the_recipes() {
    let desk = Desk::new();
    let record = |id: &str, text: String, date: &str| json!({"id": id, "text": text, "title": "=HYPERLINK(\"x\")", "date": date, "source": "Post", "url": "https://post.example/1"});
    let ferry = format!("TESSVIK, March 12 (Reuters) - {}", FERRY.join("\n"));
    let records = [
        record("a", ferry.clone(), "12 March 2024 07:20"),
        record("b", ferry, "2024-03-12T09:00:00+01:00"),
        record("c", BAKERY.join("\n"), "13 March 2024"),
    ];
    desk.file("in.jsonl", &lines(&records));
    let rows = |args: &[&str]| -> Vec<std::collections::HashMap<String, String>> {
        desk.out(&[&["cluster", "in.jsonl", "-q", "-o", "out.csv"], args].concat());
        let mut reader = csv::Reader::from_path(desk.path().join("out.csv")).unwrap();
        reader.deserialize().map(Result::unwrap).collect()
    };
    assert_eq!(rows(&[]).len(), 2);
    let rows = rows(&["--all"]);
    let columns: Vec<Vec<&str>> = rows
        .iter()
        .map(|row| {
            [
                "id", "cluster", "relation", "date", "source", "url", "credits", "words", "earliest",
                "title", "version", "score",
            ]
            .map(|name| row[name].as_str())
            .to_vec()
        })
        .collect();
    assert_eq!((columns[0][0], rows[0]["representative"].as_str()), ("a", "yes"));
    assert!(
        rows[0].contains_key("cluster_title")
            && rows[0].contains_key("record")
            && rows[0].contains_key("path")
    );
    assert_eq!(
        columns[0][2..10],
        [
            "",
            "2024-03-12T07:20:00",
            "Post",
            "https://post.example/1",
            "Reuters",
            columns[1][7],
            "yes",
            "'=HYPERLINK(\"x\")"
        ]
    );
    assert_eq!(
        (columns[1][2], columns[1][3], columns[1][8]),
        ("identical", "2024-03-12T09:00:00+01:00", "no")
    );
    assert_eq!(columns[2][..4], ["c", "", "", "2024-03-13"]);
    assert_eq!((columns[2][6], columns[2][8], columns[2][11]), ("", "", ""));
    assert!(columns[2][7].parse::<u32>().unwrap() > 50);

    desk.out(&["cluster", "in.jsonl", "-q", "-o", "excel.csv", "--csv-excel"]);
    assert!(desk.read("excel.csv").starts_with("\u{feff}cluster;id;"));
    desk.out(&["cluster", "in.jsonl", "-q", "-o", "excel.csv", "--csv-excel=,"]);
    assert!(desk.read("excel.csv").starts_with("\u{feff}cluster,id,"));
}

#[test]
fn parquet_is_refused_with_a_true_reason() {
    let desk = Desk::new();
    desk.file("in.data", "PAR1 and no more");
    let run = desk.run(&["cluster", "in.data"]);
    let built = cfg!(feature = "parquet");
    let reason =
        if built { "truncated or damaged" } else { "Parquet, and built without the feature `parquet`" };
    let errors = String::from_utf8_lossy(&run.stderr);
    assert!(errors.contains(reason), "{errors}");
    if !built {
        let error = desk.trouble(&["cluster", "corpus", "-o", "clusters.parquet"]);
        assert!(error.contains("built without the feature `parquet`"), "{error}");
        assert!(!desk.path().join("clusters.parquet").exists());
    }
}

#[test]
fn unknown_extensions_are_errors() {
    let desk = Desk::new();
    for name in ["x.xlsx", "run.arrow", "run.jsonl.gz"] {
        let error = desk.trouble(&["cluster", "corpus", "-o", name]);
        assert!(error.contains("use .jsonl, .ndjson, .json, .csv, .parquet or .txt"), "{error}");
        assert!(!desk.path().join(name).exists());
    }
    desk.out(&["cluster", "corpus", "-q", "-o", "x.data", "--format", "jsonl"]);
    let error = desk.trouble(&["cluster", "corpus", "-o", "run.jsonl", "--all"]);
    assert!(error.contains("--all applies to CSV and Parquet only"), "{error}");
    let error = desk.trouble(&["cluster", "corpus", "-o", "run.jsonl", "--csv-excel"]);
    assert!(error.contains("--csv-excel applies to CSV only"), "{error}");
}
