//! Tests the forms in which news is delivered and archived, on one invented story in all of them, and on real files if there are
//! any beside the repository.

use std::fs;
use std::path::{Path, PathBuf};

use encoding_rs::WINDOWS_1251;
use serde_json::Value;

use crate::desk::{Desk, gzip, lines, table};
use crate::form_samples::{
    FIRST, SECOND, SOURCE, Sample, TITLE, newsml_g2, ninjs, record, response, samples,
};
use wirecopy::{Cancel, Config, Document, IngestConfig, NoProgress, Pipeline, Relation, Root, Skipped};
use wirecopy_core::document::{Delivery, Status};
use wirecopy_ingest::Outcome;

/// Reads what is below a path.
fn read(path: &Path, config: &IngestConfig) -> (Vec<Document>, Vec<Skipped>) {
    let (mut documents, mut skipped) = (Vec::new(), Vec::new());
    let roots = [Root::Path(path.to_owned())];
    wirecopy_ingest::read(&roots, config, &NoProgress, &Cancel::default(), Document::clone, |outcome| {
        match outcome {
            Outcome::Read(_, document) => documents.push(document),
            Outcome::Skipped(one) => skipped.push(one),
            Outcome::SkippedMore(_) => {}
        }
        Ok(())
    })
    .unwrap();
    (documents, skipped)
}

/// Reads a file with this content.
fn read_file(name: &str, content: &[u8]) -> (Vec<Document>, Vec<Skipped>) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(name), content).unwrap();
    read(folder.path(), &IngestConfig::default())
}

/// Writes every sample to a folder.
fn folder() -> (Desk, Vec<Sample>) {
    let desk = Desk::new();
    fs::create_dir(desk.path().join("forms")).unwrap();
    let samples = samples();
    for sample in &samples {
        fs::write(desk.path().join("forms").join(sample.name), &sample.content).unwrap();
    }
    (desk, samples)
}

#[test]
fn story_is_read_from_every_form() {
    let (desk, samples) = folder();
    let mut wrong = Vec::new();
    for sample in samples {
        let (documents, skipped) =
            read(&desk.path().join("forms").join(sample.name), &IngestConfig::default());
        let [document] = &documents[..] else {
            wrong.push(format!("{}: {documents:?}, skipped {skipped:?}", sample.name));
            continue;
        };
        let meta = &document.meta;
        let source = sample.sourced.then_some(SOURCE);
        let record = sample.listed.then_some(1);
        let text: Vec<&str> = document.text.lines().filter(|line| !line.is_empty()).collect();
        if meta.title.as_deref() != Some(TITLE)
            || meta.published.as_deref().unwrap_or_default() != sample.date
            || source.is_some_and(|source| meta.source.as_deref() != Some(source))
            || text != [FIRST, SECOND]
            || document.record != record
            || !skipped.is_empty()
        {
            wrong.push(format!("{}: {document:?}, skipped {skipped:?}", sample.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn story_is_identical_in_every_form() {
    let (desk, samples) = folder();
    let run = Pipeline::new(&Config::default()).run(&[Root::Path(desk.path().join("forms"))]).unwrap();
    assert_eq!(run.clusters.len(), 1, "{:?}", run.clusters);
    let members = &run.clusters[0].members;
    let others: Vec<_> =
        members.iter().filter(|member| member.relation != Some(Relation::Identical)).collect();
    assert_eq!((members.len(), others.len()), (samples.len(), 1), "{others:?}");
}

/// Returns a message of three items, of which the second is not well-formed.
fn message() -> String {
    let item = |number: u32, body: &str| {
        let item = newsml_g2(&format!("urn:np:{number}"), "1", "usable", "", body);
        item.replace("<?xml version='1.0'?>", "")
    };
    let story = format!("<p>{FIRST}</p><p>{SECOND}</p>");
    let other = "<p>The council of Aldmoor voted on Tuesday to close the harbour for repairs.</p>";
    format!(
        "<newsMessage xmlns='http://iptc.org/std/nar/2006-10-01/'><itemSet>{}{}{}</itemSet></newsMessage>",
        item(1, &story),
        item(2, "<p>Half <b>a story</p>"),
        item(3, other)
    )
}

#[test]
fn items_of_a_file_are_records_in_every_command() {
    let (desk, _) = folder();
    fs::create_dir(desk.path().join("in")).unwrap();
    desk.file("in/message.xml", &message());
    desk.file(
        "in/single.xml",
        &newsml_g2("urn:np:9", "1", "usable", "", &format!("<p>{FIRST}</p><p>{SECOND}</p>")),
    );
    let output = desk.run(&["cluster", "in", "-q", "-o", "run.jsonl"]);
    assert_eq!(output.status.code(), Some(3));
    let ids: Vec<Value> =
        desk.of_type("run.jsonl", "document").iter().map(|line| line["id"].clone()).collect();
    assert_eq!(ids, ["message.xml#1", "message.xml#3", "single.xml"]);
    let skipped = &desk.of_type("run.jsonl", "skipped")[0];
    assert_eq!(
        (&skipped["record"], &skipped["kind"]),
        (&Value::from(2), &Value::from("malformed")),
        "{skipped}"
    );
    assert!(desk.out(&["compare", "in/message.xml#1", "in/single.xml"]).contains("identical"));
    assert!(desk.out(&["compare", "--run", "run.jsonl", "message.xml#1", "message.xml#3"]).contains(TITLE));
    desk.out(&["report", "run.jsonl", "-o", "page.html"]);
    desk.out(&["keep", "run.jsonl", "--policy", "source=Nobody", "--copy-to", "kept"]);
    // Records are copied as JSON lines, and files as they are.
    let kept = lines(&desk.read("kept/message.jsonl"));
    assert_eq!(kept.last().map(|line| &line["id"]), Some(&Value::from("message.xml#3")));
    let copies = kept.len() + usize::from(desk.path().join("kept/single.xml").exists());
    assert_eq!(copies, 2, "one of the two exact duplicates, and the other story");
    let again = read(&desk.path().join("kept"), &IngestConfig::default());
    assert_eq!((again.0.len(), again.1.len()), (2, 0), "{again:?}");
}

#[test]
fn list_shows_format_and_documents_of_each_file() {
    let (desk, samples) = folder();
    desk.file("forms/unknown.xml", "<?xml version='1.0'?><tei:TEI><p>One</p></tei:TEI>");
    desk.file("forms/scan.pdf", "%PDF-1.7\n");
    let output = desk.run(&["cluster", "forms", "--list"]);
    assert_eq!(output.status.code(), Some(3), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    for Sample { name, format, .. } in &samples {
        let line = format!("{:>9}  {format:<20}  forms/{name}\n", 1);
        assert!(text.contains(&line), "{line}{text}");
    }
    assert!(text.contains("XML of an unknown kind: the root element is `<tei:TEI>`\n"), "{text}");
    assert!(text.contains("not text: looks like a PDF; export HTML, RTF or text instead\n"), "{text}");
    let files = samples.len() + 2;
    let total = format!("\n{files} files, {} documents; 2 inputs would be skipped\n", samples.len());
    assert!(text.ends_with(&total), "{text}");
    assert!(!desk.names().contains(&"run.jsonl".to_owned()));

    let output = desk.run(&["cluster", "forms", "--list", "-o", "list.jsonl", "--max-skipped", "0"]);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(3), 0));
    let found = desk.lines("list.jsonl");
    assert_eq!(found.len(), files + 1);
    let unknown = found.iter().find(|line| line["path"] == "forms/unknown.xml").unwrap();
    assert_eq!((&unknown["format"], &unknown["skipped_more"]), (&Value::Null, &Value::from(1)), "{unknown}");
    assert_eq!(found[files]["documents"], Value::from(samples.len()));
    // The list itself is not an input.
    fs::rename(desk.path().join("list.jsonl"), desk.path().join("forms/list.jsonl")).unwrap();
    assert!(!desk.run(&["cluster", "forms", "--list"]).stdout.windows(10).any(|part| part == b"list.jsonl"));
    desk.trouble(&["cluster", "forms", "--list", "--format", "csv"]);
    desk.trouble(&["cluster", "forms", "--list", "--html", "page.html"]);
}

#[test]
fn list_tells_what_an_archive_holds_besides_pages() {
    let page =
        format!("<html><body><article><h1>{TITLE}</h1><p>{FIRST}</p><p>{SECOND}</p></article></body></html>");
    let archive = [
        response("https://np.example/ferry", "text/html", &page),
        response("https://np.example/a.png", "image/png", "PNG"),
        response("https://np.example/b.png", "image/png", "PNG"),
        response("https://np.example/feed", "application/rss+xml; charset=utf-8", "<rss/>"),
    ];
    let desk = Desk::new();
    fs::write(desk.path().join("a.warc"), archive.concat()).unwrap();
    let text = desk.out(&["cluster", "a.warc", "--list"]);
    let passed = format!("{:33}  passed over: 2 image/png, 1 application/rss+xml\n", "");
    assert!(text.contains(&format!("{:>9}  {:<20}  a.warc\n{passed}", 1, "web archive")), "{text}");
    desk.out(&["cluster", "a.warc", "--list", "-o", "list.jsonl"]);
    let counts = &desk.lines("list.jsonl")[0]["passed_over"];
    assert_eq!(counts.to_string(), "{\"application/rss+xml\":1,\"image/png\":2}");
    let run = desk.run(&["cluster", "a.warc", "-v"]);
    assert!(String::from_utf8_lossy(&run.stderr).contains("passed over: 2 image/png"), "{run:?}");
}

#[test]
fn list_names_the_format_of_items_in_json() {
    let desk = Desk::new();
    let picture = "{\"guid\": \"urn:np:8\", \"type\": \"picture\", \"versioncreated\": \"2024-03-11\"}";
    let wires = "{\"format\": \"digitalwires_1\", \"urn\": \"urn:newsml:dpa.com:1\", \"headline\": \"H\", \"article_html\": \"<p>One.</p>\"}";
    let kept = "{\"id\": \"a\", \"path\": \"a\", \"record\": null, \"cluster\": null, \"delivery\": {\"guid\": \"urn:np:1\"}, \"text\": \"One.\"}";
    desk.file("picture.json", picture);
    desk.file("wires.jsonl", &format!("{wires}\n{wires}\n"));
    desk.file("kept.jsonl", &format!("{kept}\n"));
    let output = desk.run(&["cluster", "picture.json", "wires.jsonl", "kept.jsonl", "--list"]);
    let text = String::from_utf8(output.stdout).unwrap();
    for (documents, format, name) in
        [(0, "ninjs", "picture.json"), (2, "digitalwires", "wires.jsonl"), (1, "JSON lines", "kept.jsonl")]
    {
        assert!(text.contains(&format!("{documents:>9}  {format:<20}  {name}\n")), "{text}");
    }
    assert!(text.contains("a picture item, not a text\n"), "{text}");
}

#[test]
fn table_of_formats_names_what_is_read() {
    let desk = Desk::new();
    let text = desk.out(&["formats"]);
    for sample in samples() {
        assert!(text.lines().any(|line| line.starts_with(sample.format)), "{}", sample.format);
    }
    let rows = desk.json(&["formats", "--format", "json"]);
    let nexis = rows["formats"].as_array().unwrap().iter().find(|row| row["name"] == "Nexis RTF").unwrap();
    assert_eq!((&nexis["feature"], &nexis["built"]), (&Value::from("exports"), &Value::from(true)));
    assert!(text.contains("(from the specification)"));
}

#[test]
fn text_is_decoded_as_declared_unless_the_bytes_contradict() {
    let body = |text: &str| {
        format!(
            "<?xml version=\"1.0\" encoding=\"iso-8859-1\"?><nitf><body><body.content><p>{text}</p></body.content></body></nitf>"
        )
    };
    let text = "Größe, Höhe und Länge der Brücke";
    let latin: Vec<u8> = body(text).chars().map(|c| u8::try_from(c).unwrap()).collect();
    let wide: Vec<u8> = body(text).encode_utf16().flat_map(u16::to_le_bytes).collect();
    for content in [latin, body(text).into_bytes(), wide] {
        let (documents, skipped) = read_file("a.xml", &content);
        assert_eq!(documents.first().map(|document| document.text.as_str()), Some(text), "{skipped:?}");
    }
}

#[test]
fn pages_of_an_archive_are_read_with_address_and_character_set() {
    let text = "Министр заявил в понедельник, что переговоры будут продолжены, сообщает агентство. Подробности будут объявлены позднее.";
    let page = format!(
        "<html><head><title>Новости</title></head><body><article><h1>Переговоры продолжены</h1><p>{text}</p></article></body></html>"
    );
    let (page, ..) = WINDOWS_1251.encode(&page);
    let http = [
        format!(
            "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=windows-1251\r\nContent-Length: {}\r\n\r\n",
            page.len()
        )
        .as_bytes(),
        &page,
    ]
    .concat();
    let head =
        record("response", Some("https://agency.example/news/1"), "application/http; msgtype=response", "");
    let head = String::from_utf8(head)
        .unwrap()
        .replace("Content-Length: 0", &format!("Content-Length: {}", http.len()));
    let warc = [head.trim_end().as_bytes(), b"\r\n\r\n", &http, b"\r\n\r\n"].concat();
    let desk = Desk::new();
    fs::write(desk.path().join("crawl-20260504030201.warc"), warc).unwrap();
    let path = desk.path().join("crawl-20260504030201.warc");
    let (documents, skipped) = read(&path, &IngestConfig::default());
    assert_eq!((documents.len(), skipped.len()), (1, 0), "{skipped:?}");
    let Document { meta, text: read_text, record, .. } = &documents[0];
    assert!(read_text.contains(text), "{read_text}");
    assert_eq!(
        (meta.url.as_deref(), meta.source.as_deref()),
        (Some("https://agency.example/news/1"), Some("agency.example"))
    );
    // The time of the capture is not a date of publication, nor is that in the name of the archive.
    assert_eq!((meta.published.as_deref(), *record), (None, None));
    let mut config = IngestConfig::default();
    config.mtime = true;
    assert_eq!(read(&path, &config).0[0].meta.published.as_deref(), Some("2026-05-04T03:02:01Z"));
}

#[test]
fn captures_of_one_address_are_versions_of_one_page() {
    let page = |text: &str| {
        let page = format!("<html><body><article><h1>{TITLE}</h1><p>{text}</p></article></body></html>");
        response("https://np.example/live", "text/html", &page)
    };
    let desk = Desk::new();
    let other = "The ferry has left Lund Pier with 212 passengers on board, and the captain says that the sea is calm.";
    fs::write(desk.path().join("a.warc.gz"), [gzip(&page(FIRST)), gzip(&page(other))].concat()).unwrap();
    desk.out(&["cluster", "a.warc.gz", "-q", "-o", "run.jsonl"]);
    let clusters = desk.of_type("run.jsonl", "cluster");
    assert_eq!(clusters.len(), 1, "{clusters:?}");
    let relations: Vec<&Value> =
        clusters[0]["members"].as_array().unwrap().iter().map(|member| &member["relation"]).collect();
    assert!(relations.contains(&&Value::from("version")), "{relations:?}");
}

#[test]
fn canceled_item_and_its_pictures_are_told_apart_from_stories() {
    let story = ninjs("urn:np:1", "2", "canceled", &format!("<p>{FIRST}</p>"));
    let picture = "{\"uri\": \"urn:np:2\", \"type\": \"picture\", \"versioncreated\": \"2024-03-11T14:20:00Z\", \"headline\": \"A ferry\", \
        \"description_text\": \"A ferry.\", \"associations\": [{\"uri\": \"urn:np:3\", \"type\": \"text\", \"versioncreated\": \"2024\", \
        \"body_text\": \"Some text of a caption.\", \"headline\": \"x\"}]}";
    let (documents, skipped) = read_file("a.json", format!("[{story}, {picture}]").as_bytes());
    assert_eq!((documents.len(), skipped.len()), (1, 1), "{documents:?} {skipped:?}");
    let delivery = documents[0].meta.delivery.as_deref();
    assert_eq!(delivery.map(|Delivery { status, .. }| *status), Some(Status::Canceled));
    for (name, content) in [
        ("picture.json", picture.to_owned()),
        ("array.json", format!("[{story}, {picture}]")),
        ("lines.jsonl", format!("{story}\n{}\n", picture.replace('\n', " "))),
        ("list.json", format!("{{\"item\": [{story}, {picture}]}}")),
        ("pictures.json", format!("{{\"item\": [{picture}], \"links\": [{{\"href\": \"a\"}}]}}")),
    ] {
        let (_, skipped) = read_file(name, content.as_bytes());
        assert_eq!(skipped.len(), 1, "{name}: {skipped:?}");
        assert_eq!(skipped[0].reason, "a picture item, not a text", "{name}");
    }
    // A field that is configured takes precedence.
    let both = story.replacen('{', "{\"text\": \"The words of the field.\", ", 1);
    assert_eq!(read_file("both.json", both.as_bytes()).0[0].text, "The words of the field.");
}

#[test]
fn archive_that_breaks_off_gives_its_pages_and_says_why() {
    let page =
        format!("<html><body><article><h1>{TITLE}</h1><p>{FIRST}</p><p>{SECOND}</p></article></body></html>");
    let whole = [1, 2, 3]
        .map(|number| gzip(&response(&format!("https://np.example/{number}"), "text/html", &page)))
        .concat();
    let (documents, skipped) = read_file("a.warc.gz", &whole[..whole.len() - 40]);
    assert_eq!((documents.len(), skipped.len()), (2, 1), "{skipped:?}");
    assert_eq!((documents[1].record, skipped[0].record), (Some(2), Some(3)));
    assert!(skipped[0].reason.starts_with("truncated"), "{skipped:?}");
}

#[test]
fn export_of_a_site_without_drafts_is_read_completely() {
    let item = |kind: &str, status: &str, text: &str| {
        format!(
            "<item><title>{TITLE}</title><content:encoded><![CDATA[{text}]]></content:encoded><wp:status>{status}</wp:status>\
             <wp:post_type>{kind}</wp:post_type></item>"
        )
    };
    let export = |items: &[String]| {
        format!(
            "<rss xmlns:wp='http://wordpress.org/export/1.2/' xmlns:content='http://purl.org/rss/1.0/modules/content/'><channel>\
             <title>{SOURCE}</title>{}</channel></rss>",
            items.concat()
        )
    };
    let mut items = vec![
        item("attachment", "inherit", "A picture."),
        item("post", "publish", FIRST),
        item("revision", "inherit", FIRST),
        item("nav_menu_item", "publish", ""),
        item("post", "trash", "Thrown away."),
        item("post", "auto-draft", ""),
    ];
    let (documents, skipped) = read_file("site.xml", export(&items).as_bytes());
    assert_eq!((documents.len(), skipped.len()), (1, 0), "{skipped:?}");
    assert_eq!(documents[0].record, None);
    items.push(item("post", "draft", SECOND));
    let (documents, skipped) = read_file("site.xml", export(&items).as_bytes());
    assert_eq!((documents.len(), skipped.len()), (1, 1), "{skipped:?}");
    assert_eq!(skipped[0].reason, "a post that is not published: its status is `draft`");
}

#[test]
fn links_of_a_feed_to_its_articles_are_not_text() {
    let item = format!(
        "<item><title>{TITLE}</title><link>https://np.example/ferry/</link><description><![CDATA[<p>{FIRST}</p><p>{SECOND}</p>\n\
         <p>L’article <a href='https://np.example/ferry/'>{TITLE}</a> est apparu en premier sur <a href='https://np.example'>{SOURCE}\
         </a>.</p>]]></description></item>"
    );
    let feed = format!("<rss version='2.0'><channel><title>{SOURCE}</title>{item}</channel></rss>");
    let (documents, skipped) = read_file("feed.xml", feed.as_bytes());
    assert!(skipped.is_empty(), "{skipped:?}");
    assert_eq!(documents[0].text.lines().collect::<Vec<_>>(), [FIRST, SECOND]);
}

/// Returns the folder of real files beside the repository, if there is one.
fn real() -> Option<PathBuf> {
    let shared = std::env::var_os("WIRECOPY_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from);
    Some(shared.join("data/formats")).filter(|folder| folder.is_dir())
}

/// Returns the values of a document that the table of expected values has.
fn row_of(document: &Document, path: String) -> [String; 11] {
    let Document { record, meta, text, .. } = document;
    let delivery = meta.delivery.as_deref().cloned().unwrap_or_default();
    let or_none =
        |value: Option<String>| value.filter(|value| !value.is_empty()).unwrap_or_else(|| "-".to_owned());
    let two_words = |text: String| text.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
    let version = delivery.version.map(|version| format!("version {version}"));
    let status = (!delivery.status.is_usable()).then(|| format!("{:?}", delivery.status).to_lowercase());
    let signal = delivery.signal.map(|signal| format!("{signal:?}").to_lowercase());
    let said: Vec<String> = [version, status, signal].into_iter().flatten().collect();
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let begins = |text: &str| text.chars().take(20).collect::<String>().trim().to_owned();
    let ends = flat.chars().rev().take(12).collect::<Vec<_>>().into_iter().rev().collect::<String>();
    [
        path,
        or_none(record.map(|record| record.to_string())),
        or_none(meta.published.clone()),
        or_none(meta.source.clone()),
        or_none(meta.language.clone()),
        or_none(Some(two_words(meta.bylines.join("; ")))),
        or_none(delivery.credit.map(two_words)),
        or_none(Some(said.join(", "))),
        begins(meta.title.as_deref().unwrap_or("-")),
        begins(&flat),
        ends.trim().to_owned(),
    ]
}

#[test]
fn real_files_give_what_a_person_reads_in_them() {
    let Some(real) = real() else {
        println!("NOT TESTED: there are no real files in ../shared/data/formats (or $WIRECOPY_SHARED)");
        return;
    };
    let inside = |path: &str| path.strip_prefix(&format!("{}/", real.display())).unwrap_or(path).to_owned();
    let (documents, skipped) = read(&real, &IngestConfig::default());
    let mut found: Vec<[String; 11]> =
        documents.iter().map(|document| row_of(document, inside(&document.path))).collect();
    found.extend(skipped.iter().map(|skipped| {
        let record = skipped.record.map_or_else(|| "-".to_owned(), |record| record.to_string());
        let said = [inside(&skipped.path), record, "skipped".to_owned(), skipped.reason.clone()];
        let mut row = <[String; 11]>::default();
        row.iter_mut().zip(said).for_each(|(cell, value)| *cell = value);
        row
    }));
    let expected = table::<11>(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/formats.tsv"));
    let mut wrong: Vec<String> = expected
        .iter()
        .filter(|row| !found.contains(row))
        .map(|row| format!("- {}", row.join(" | ")))
        .collect();
    wrong.extend(
        found.iter().filter(|row| !expected.contains(row)).map(|row| format!("+ {}", row.join(" | "))),
    );
    assert!(wrong.is_empty(), "expected (-) and found (+):\n{}", wrong.join("\n"));
}

#[test]
fn real_items_in_two_forms_are_identical() {
    let Some(real) = real() else {
        println!("NOT TESTED: there are no real files in ../shared/data/formats (or $WIRECOPY_SHARED)");
        return;
    };
    let run = Pipeline::new(&Config::default()).run(&[Root::Path(real)]).unwrap();
    let relation = |a: &str, b: &str| crate::desk::relation(&run, a, b);
    for (a, b) in [
        ("digitalwires/tvo_pol.json", "newsml-g2/tvo_pol.xml"),
        ("digitalwires/with_dateline.json", "newsml-g2/with_dateline.xml"),
        (
            "ninjs/v1.4-businesswire-newsml-20130605006126.json",
            "ninjs/v2.1-businesswire-newsml-20130605006126.json",
        ),
        ("lexisnexis/sample.TXT#9", "lexisnexis/sample.DOCX#9"),
        ("proquest/sample-1.html", "proquest/malformed-html-tag.eml#1"),
    ] {
        assert_eq!(relation(a, b), Some(Relation::Identical), "{a} and {b}");
    }
}
