//! Damaged and hostile files of the forms in which news is delivered: each is skipped with a reason or read as far as it goes,
//! and its neighbour is read.

use std::fs;
use std::io::Write;

use serde_json::Value;

use crate::desk::{Desk, HARBOUR, gzip};
use crate::form_samples::samples;

/// A file, and a part of the reason for skipping it.
type Bad = (String, Vec<u8>, &'static str);

const LAUGHS: &str = "<!DOCTYPE x [<!ENTITY a \"lollollollol\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">\
    <!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\"><!ENTITY d \"&c;&c;&c;&c;&c;&c;&c;&c;\">]>";

/// Returns a message of NewsML-G2 around what is in its item.
fn newsml(inside: &str) -> String {
    format!(
        "<newsMessage xmlns=\"http://iptc.org/std/nar/2006-10-01/\"><itemSet><newsItem guid=\"urn:x:1\" version=\"1\">{inside}\
         </newsItem></itemSet></newsMessage>"
    )
}

fn rss(inside: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>Post</title>{inside}</channel></rss>"
    )
}

/// Returns a ZIP archive with one entry that is stored and says that it is `declared` bytes long.
fn zip(name: &str, content: &[u8], declared: u32) -> Vec<u8> {
    let (length, size) = (u32::try_from(content.len()).unwrap(), u16::try_from(name.len()).unwrap());
    let mut checksum = flate2::Crc::new();
    checksum.update(content);
    let mut out = Vec::new();
    let common = |out: &mut Vec<u8>| {
        // Version, flags, method, time, date.
        out.extend([20, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        out.extend(checksum.sum().to_le_bytes());
        out.extend(length.to_le_bytes());
        out.extend(declared.to_le_bytes());
        out.extend(size.to_le_bytes());
        out.extend([0, 0]);
    };
    out.extend(b"PK\x03\x04");
    common(&mut out);
    out.extend(name.as_bytes());
    out.extend(content);
    let directory = u32::try_from(out.len()).unwrap();
    out.extend(b"PK\x01\x02\x14\0");
    common(&mut out);
    out.extend([0; 14]);
    out.extend(name.as_bytes());
    let end = u32::try_from(out.len()).unwrap();
    out.extend(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
    out.extend((end - directory).to_le_bytes());
    out.extend(directory.to_le_bytes());
    out.extend([0, 0]);
    out
}

/// Returns files without a document, with their reasons.
fn hostile() -> Vec<Bad> {
    let deep = |tag: &str| format!("<{tag}>").repeat(5_000);
    let text = |name: &str, content: String, reason| (name.to_owned(), content.into_bytes(), reason);
    let mut bad = vec![
        text("empty.nitf", "<nitf></nitf>".to_owned(), "without text"),
        text("empty-g2.xml", newsml(""), "without text"),
        text("headline-g2.xml", newsml("<contentMeta><headline>Alert</headline></contentMeta>"), "without text"),
        text("picture-g2.xml", newsml("<itemMeta><itemClass qcode=\"ninat:picture\"/></itemMeta>"), "a picture item"),
        text("encoded-g2.xml", newsml("<contentSet><inlineData contenttype=\"text/plain\" encoding=\"encd:base64\">Not base64!</inlineData></contentSet>"), "declared as base64"),
        text("binary-g2.xml", newsml("<contentSet><inlineData contenttype=\"text/plain\" encoding=\"encd:base64\">iVBORwAAAA0=</inlineData></contentSet>"), "binary data"),
        text("pdf-g2.xml", newsml("<contentSet><inlineData contenttype=\"application/pdf\" encoding=\"encd:base64\">JVBERi0=</inlineData></contentSet>"), "`application/pdf`, not a text"),
        text("picture.json", "{\"guid\": \"urn:x:2\", \"type\": \"picture\", \"versioncreated\": \"2024\"}".to_owned(), "a picture item"),
        text("package.jsonl", "{\"guid\": \"urn:x:3\", \"type\": \"composite\", \"associations\": []}\n".to_owned(), "a package"),
        text("alert.json", "[{\"guid\": \"urn:x:4\", \"type\": \"text\", \"pubstatus\": \"usable\", \"headline\": \"Alert\"}]".to_owned(), "a headline but without text"),
        text("drafts.xml", "<rss xmlns:wp=\"http://wordpress.org/export/1.2/\"><channel><item><wp:status>draft</wp:status></item></channel></rss>".to_owned(), "not published"),
        text("attachments.xml", "<rss xmlns:wp=\"http://wordpress.org/export/1.2/\"><channel><item><wp:status>inherit</wp:status></item></channel></rss>".to_owned(), "without posts"),
        text("deep-g2.xml", newsml(&format!("<contentSet><inlineXML>{}", deep("p"))), "nested"),
        text("unclosed-g2.xml", newsml("<contentSet><inlineXML><p>Text"), "not well-formed"),
        text("cut-g2.xml", newsml("<contentSet>").split_once("</newsItem>").unwrap().0.to_owned(), "truncated"),
        text("deep.rss", rss(&format!("<item><description>{}</description></item>", deep("b"))), "nested"),
        text("deep-outside.rss", format!("<rss>{}", deep("channel").repeat(20)), "nested"),
        text("no-items.rss", rss(""), "a feed without items"),
        text("title-only.rss", rss("<item><title>A</title><link>https://a.example/</link></item>"), "without text"),
        text("no-entries.atom", "<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>P</title></feed>".to_owned(), "a feed without entries"),
        text("declaration.xml", "<?xml version=\"1.0\"?>\n".to_owned(), "no root element"),
        text("comment.xml", "<?xml version=\"1.0\"?>\n<!-- The ferry sails. -->\n".to_owned(), "no root element"),
        text("doctype.xml", "<?xml version=\"1.0\"?>\n<!DOCTYPE nitf SYSTEM \"nitf.dtd\">\n".to_owned(), "no root element"),
        text("long-comment.xml", format!("<?xml version=\"1.0\"?>\n<!-- {} -->\n<invoice/>", "word ".repeat(20_000)), "`<invoice>`"),
        text("longer-comment.xml", format!("<?xml version=\"1.0\"?>\n<!-- {} -->\n<nitf/>", "word ".repeat(300_000)), "within the first 1 MiB"),
        text("unknown.xml", "<?xml version=\"1.0\"?><invoice><sum>4</sum></invoice>".to_owned(), "`<invoice>`"),
        text("empty.warc", "WARC/1.0\r\n\r\n".to_owned(), ""),
        text("cut.warc", "WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 900\r\n\r\nHTTP/1.1 200".to_owned(), "truncated"),
        text("huge-length.warc", "WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 99999999999999999999\r\n\r\n".to_owned(), ""),
        text("no-text.eml", "From: a@b.example\r\nSubject: x\r\nMIME-Version: 1.0\r\nDate: Thu, 19 Feb 2015 17:18:40 +1100\r\n\r\n".to_owned(), "without text"),
        text("references.txt", "TY  - NEWS\r\nTI  - A ferry\r\nAU  - Roe, Jo\r\nPY  - 2024\r\nN2  - The ferry sails.\r\nER  - \r\n".to_owned(), "references (RIS)"),
        text("headlines.html", "<html><head><title>Factiva</title></head><body><div class=\"headlines\">A ferry</div></body></html>".to_owned(), "list of headlines"),
        text("abstract.txt", format!("{}\nDocument 1 of 1\n\nA ferry\n\nAbstract: It sails.\n\nPublication title: Post\n\nPublication date: May 6, 2015\n", "_".repeat(60)), "no text in the article"),
        text("abstract.html", "<html><body><p>A ferry</p><p><b>Abstract:</b> It sails.</p><p><b>Publication title:</b> Post</p><p><b>Publication date:</b> May 6, 2015</p><p><b>ProQuest document ID:</b> 1</p></body></html>".to_owned(), "no text in the article"),
        text("empty-telex.txt", "ZCZC A012\r\n\r\nNNNN\r\n".to_owned(), "without text"),
        text("no-page.mht", "From: <Saved by Blink>\r\nSubject: x\r\nMIME-Version: 1.0\r\nDate: Thu, 19 Feb 2015 17:18:40 +1100\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: image/png\r\n\r\nx\r\n--b--\r\n".to_owned(), "without text"),
        text("no-text-forwarded.eml", "From: a@b.example\r\nTo: c@d.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\n\r\n--b--\r\n".to_owned(), "without text"),
        text("plain.rtf", "{\\rtf1\\ansi A letter to the editor.}".to_owned(), "RTF"),
        text("deep.rtf", format!("{{\\rtf1{}", "{".repeat(50_000)), ""),
        text("paper.pdf", "%PDF-1.7\n%\u{e2}\u{e3}\n1 0 obj".to_owned(), "PDF"),
        ("letter.docx".to_owned(), zip("word/document.xml", b"<w:document><w:body><w:p><w:r><w:t>A letter.</w:t></w:r></w:p></w:body></w:document>", 84), "Word document"),
        ("bomb.docx".to_owned(), zip("word/document.xml", b"<w:document>", 4_000_000_000), ""),
        ("cut.docx".to_owned(), zip("word/document.xml", b"<w:document>", 12)[..40].to_vec(), ""),
        ("not-text.xml".to_owned(), vec![0; 3_000], ""),
    ];
    let canceled =
        newsml("<itemMeta><pubStatus qcode=\"stat:canceled\"/></itemMeta>").replace("urn:x:1", "1");
    bad.push(text("canceled-g2.xml", canceled, "withdrawn"));
    // A gzip member that ends early.
    let whole = gzip(
        newsml("<contentSet><inlineXML><p>One two three four five.</p></inlineXML></contentSet>").as_bytes(),
    );
    bad.push(("cut.xml.gz".to_owned(), whole[..whole.len() / 2].to_vec(), ""));
    bad
}

/// Returns a web archive of one page with this text, compressed.
fn page(text: &str) -> Vec<u8> {
    let http =
        format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html><body><p>{text}</p></body></html>");
    let length = http.len();
    gzip(
        format!(
            "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://paper.example/{length}\r\nContent-Type: application/http\r\n\
             Content-Length: {length}\r\n\r\n{http}\r\n\r\n"
        )
        .as_bytes(),
    )
}

#[test]
fn damaged_record_of_an_archive_does_not_affect_its_neighbours() {
    let pages = [
        "The ferry sails again from the harbour.",
        "The bridge is closed.",
        "The locks of the canal were opened on Monday.",
    ];
    let [first, mut second, third] = pages.map(page);
    let place = second.len() / 2;
    second[place] ^= 0xff;
    let (from, to) = (first.len(), first.len() + second.len());
    let (documents, skipped) = run(&[("pages.warc.gz".to_owned(), [first, second, third].concat())]);
    assert_eq!(documents.len(), 3, "{documents:?}");
    let reasons: Vec<&Value> = skipped.iter().map(|line| &line["reason"]).collect();
    let expected = format!(
        "the compressed data is damaged from byte {from} to byte {to}: the records there were not read"
    );
    assert_eq!(reasons, [&Value::from(expected)]);
}

/// Returns every sample cut off at several places, with stray bytes, and repeated.
fn damaged() -> Vec<(String, Vec<u8>)> {
    let laughs =
        newsml("<contentSet><inlineXML><p>The bomb says &d; and no more.</p></inlineXML></contentSet>");
    let mut files = vec![("laughs.xml".to_owned(), format!("{LAUGHS}{laughs}").into_bytes())];
    for sample in samples() {
        let (stem, ending) = sample.name.split_once('.').unwrap_or((sample.name, "xml"));
        let mut add = |what: &str, content: Vec<u8>| files.push((format!("{stem}-{what}.{ending}"), content));
        let content = &sample.content;
        for percent in [10, 50, 90] {
            add(&format!("cut{percent}"), content[..content.len() * percent / 100].to_vec());
        }
        let mut noisy = content.clone();
        for (at, byte) in noisy.iter_mut().enumerate().skip(100) {
            if at % 97 == 0 {
                *byte = 0xff;
            }
        }
        add("noisy", noisy);
        add("twice", [content.as_slice(), content].concat());
    }
    files
}

fn run(files: &[(String, Vec<u8>)]) -> (Vec<Value>, Vec<Value>) {
    let desk = Desk::new();
    fs::create_dir(desk.path().join("in")).unwrap();
    for (name, content) in files {
        fs::File::create(desk.path().join("in").join(name)).unwrap().write_all(content).unwrap();
    }
    desk.file("in/good.txt", HARBOUR);
    let output = desk.run(&["cluster", "in", "-o", "run.jsonl", "-q"]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(matches!(output.status.code(), Some(0 | 3)), "{:?}: {stderr}", output.status);
    assert!(!stderr.contains("panicked"), "{stderr}");
    let documents = desk.of_type("run.jsonl", "document");
    assert!(documents.iter().any(|document| document["id"] == "good.txt"), "the neighbour is lost");
    (documents, desk.of_type("run.jsonl", "skipped"))
}

fn path_is(line: &Value, name: &str) -> bool {
    line["path"].as_str().is_some_and(|path| path.ends_with(&format!("/{name}")))
}

#[test]
fn hostile_file_is_skipped_with_a_true_reason() {
    let bad = hostile();
    let files: Vec<(String, Vec<u8>)> =
        bad.iter().map(|(name, content, _)| (name.clone(), content.clone())).collect();
    let (documents, skipped) = run(&files);
    let mut wrong = Vec::new();
    for (name, _, part) in &bad {
        let reasons: Vec<&str> = skipped
            .iter()
            .filter(|line| path_is(line, name))
            .filter_map(|line| line["reason"].as_str())
            .collect();
        let read = documents.iter().filter(|line| path_is(line, name)).count();
        if read > 0 || reasons.is_empty() || !reasons.iter().any(|reason| reason.contains(part)) {
            wrong.push(format!("{name}: {read} documents, {reasons:?}, expected `{part}`"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn damaged_file_is_read_as_far_as_it_goes_or_skipped_with_a_reason() {
    let files = damaged();
    assert!(files.len() >= 60, "{}", files.len());
    let (documents, skipped) = run(&files);
    let silent: Vec<&String> = files
        .iter()
        .map(|(name, _)| name)
        .filter(|name| !documents.iter().chain(&skipped).any(|line| path_is(line, name)))
        .collect();
    assert!(silent.is_empty(), "nothing is said of {silent:?}");
    let unclear: Vec<&Value> = skipped
        .iter()
        .filter(|line| line["reason"].as_str().is_none_or(|reason| reason.trim().is_empty()))
        .collect();
    assert!(unclear.is_empty(), "{unclear:?}");
}
