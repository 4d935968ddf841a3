//! One invented story in every form in which news is delivered and archived.

use std::io::{Cursor, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::desk::gzip;

pub const TITLE: &str = "Ferry to Skarvik sails again";
pub const FIRST: &str = "The ferry between Lund Pier and Skarvik will sail again from Thursday, the harbour authority said on \
    Monday, nine days after a storm tore two of its four mooring lines.";
pub const SECOND: &str = "Some 340 islanders had waited on the mainland, where the council opened a sports hall for them. \
    Engineers from Orsted brought the new lines on two lorries.";
pub const SOURCE: &str = "Northern Press";

/// A file that holds the story.
pub struct Sample {
    /// The name of the file.
    pub name: &'static str,
    /// The name of its format.
    pub format: &'static str,
    pub content: Vec<u8>,
    /// The publication date that it gives.
    pub date: &'static str,
    /// Whether it names the publisher.
    pub sourced: bool,
    /// Whether it is a list with one record.
    pub listed: bool,
}

fn sample(
    name: &'static str,
    format: &'static str,
    date: &'static str,
    content: impl Into<Vec<u8>>,
) -> Sample {
    Sample { name, format, content: content.into(), date, sourced: true, listed: false }
}

const TIME: &str = "2024-03-11T14:20:00+01:00";
const DAY: &str = "2024-03-11";

/// Returns the story in every form.
pub fn samples() -> Vec<Sample> {
    [wire(), json(), feeds(), exports(), documents(), archives()].into_iter().flatten().collect()
}

/// Returns both paragraphs in elements.
fn paragraphs(name: &str) -> String {
    format!("<{name}>{FIRST}</{name}><{name}>{SECOND}</{name}>")
}

fn wire() -> Vec<Sample> {
    let p = paragraphs("p");
    let newsml = format!(
        "<?xml version='1.0'?><NewsML><NewsItem><Identification><NewsIdentifier><ProviderId>np.example</ProviderId>\
         <DateId>20240311</DateId><NewsItemId>f1</NewsItemId><RevisionId>1</RevisionId></NewsIdentifier></Identification>\
         <NewsManagement><ThisRevisionCreated>20240311T142000+0100</ThisRevisionCreated><Status FormalName='Usable'/>\
         </NewsManagement><NewsComponent><NewsLines><HeadLine>{TITLE}</HeadLine></NewsLines><AdministrativeMetadata><Provider>\
         <Party FormalName='{SOURCE}'/></Provider></AdministrativeMetadata><ContentItem><MediaType FormalName='Text'/>\
         <DataContent>{p}</DataContent></ContentItem></NewsComponent></NewsItem></NewsML>"
    );
    let nitf = format!(
        "<?xml version='1.0' encoding='iso-8859-1'?><nitf><head><docdata><date.issue norm='20240311T142000+0100'/></docdata></head>\
         <body><body.head><hedline><hl1>{TITLE}</hl1></hedline><distributor>{SOURCE}</distributor></body.head>\
         <body.content>{p}</body.content></body></nitf>"
    );
    let iptc = format!(
        "\x01abc0123 4 i 38  dpa 0061\r\n\nHarbour/\r\n\x02{TITLE} =\r\n\n   {}\r\n\n   {}\r\n\ndpa abc xyz\r\n\x03111320 GMT Mar 24\r\n\x04",
        wrapped(FIRST),
        wrapped(SECOND)
    );
    let anpa = format!(
        "\x16\x16\x01a1234\x1fabcde\r\nr i\x13\x11 BC-EU--Harbour-Ferry   03-11 0466\r\n\x02\x02^BC-EU--Harbour-Ferry,466<\r\n^{TITLE}<\r\n\
         ^By JO ROE=\r\n^Associated Press=\r\n\t   {FIRST}\r\n\t   {SECOND}\r\n\r\n\t   \x03AP-WF-03-11-24 1320GMT<\r\n\x04"
    );
    let telex = format!(
        "ZCZC NPA012\r\nFERRY-SKARVIK 1STLD\r\n\r\n{TITLE}\r\nBy Jo Roe\r\n\r\n{}\r\n\r\n{}\r\n\r\n111320 GMT Mar 24\r\nNNNN\r\n",
        wrapped(FIRST),
        wrapped(SECOND)
    );
    vec![
        sample("newsml.xml", "NewsML 1", TIME, newsml),
        sample("without-ending", "NewsML-G2", TIME, newsml_g2("urn:np:1", "1", "usable", "", &p)),
        sample("newsml-base64.xml", "NewsML-G2", TIME, encoded_g2(&p)),
        sample("nitf.xml", "NITF", TIME, nitf),
        Sample { sourced: false, ..sample("iptc.txt", "IPTC 7901", "2024-03-11T13:20:00Z", iptc) },
        Sample { sourced: false, ..sample("anpa.tst", "ANPA 1312", "2024-03-11T13:20:00Z", anpa) },
        Sample { sourced: false, ..sample("telex.txt", "telex", "2024-03-11T13:20:00Z", telex) },
    ]
}

/// Returns an item of NewsML-G2.
pub fn newsml_g2(guid: &str, version: &str, status: &str, signal: &str, body: &str) -> String {
    format!(
        "<?xml version='1.0'?><newsItem xmlns='http://iptc.org/std/nar/2006-10-01/' guid='{guid}' version='{version}' \
         standard='NewsML-G2'><itemMeta><itemClass qcode='ninat:text'/><provider literal='{SOURCE}'/>\
         <versionCreated>{TIME}</versionCreated><pubStatus qcode='stat:{status}'/>{signal}</itemMeta><contentMeta>\
         <headline>{TITLE}</headline></contentMeta><contentSet><inlineXML contenttype='application/xhtml+xml'>\
         <html xmlns='http://www.w3.org/1999/xhtml'><head><title>x</title></head><body>{body}</body></html></inlineXML></contentSet></newsItem>"
    )
}

/// Returns an item of NewsML-G2 whose text is embedded as base64.
fn encoded_g2(body: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut base64 = String::new();
    for bytes in body.as_bytes().chunks(3) {
        let number = bytes.iter().fold(0, |number, byte| (number << 8) | usize::from(*byte));
        let number = number << (8 * (3 - bytes.len()));
        base64.extend((0..=bytes.len()).map(|at| char::from(DIGITS[(number >> (18 - 6 * at)) & 63])));
    }
    let item = newsml_g2("urn:np:7", "1", "usable", "", body);
    let (head, _) = item.split_once("<contentSet>").unwrap();
    format!(
        "{head}<contentSet><inlineData contenttype='text/html' encoding='encd:base64'>{base64}</inlineData></contentSet></newsItem>"
    )
}

/// Returns an item of ninjs.
pub fn ninjs(uri: &str, version: &str, status: &str, body: &str) -> String {
    format!(
        "{{\"uri\": \"{uri}\", \"type\": \"text\", \"version\": \"{version}\", \"versioncreated\": \"{TIME}\", \"pubstatus\": \"{status}\", \
         \"headline\": \"{TITLE}\", \"source\": \"{SOURCE}\", \"body_xhtml\": \"{body}\", \"associations\": {{\"main\": {{\"uri\": \"{uri}:1\", \
         \"type\": \"picture\", \"headline\": \"A ferry\", \"versioncreated\": \"{TIME}\", \"renditions\": [{{\"name\": \"a\"}}]}}}}}}"
    )
}

fn json() -> Vec<Sample> {
    let p = paragraphs("p");
    let list = format!("{{\"item\": [{}]}}", ninjs("urn:np:2", "1", "usable", &p));
    let two = format!(
        "{{\"uri\": \"urn:np:3\", \"versioncreated\": \"{TIME}\", \"providers\": [{{\"name\": \"{SOURCE}\"}}], \
         \"headlines\": [{{\"role\": \"main\", \"value\": \"{TITLE}\"}}], \"bodies\": [{{\"contenttype\": \"text/html\", \"value\": \"{p}\"}}]}}"
    );
    let digitalwires = format!(
        "{{\"format\": \"digitalwires@1.0.0\", \"urn\": \"urn:newsml:dpa.com:1\", \"version\": 1, \"version_created\": \"{TIME}\", \
         \"pubstatus\": \"usable\", \"language\": \"en\", \"headline\": \"{TITLE}\", \"article_html\": \"<section class='main'>{p}</section>\"}}"
    );
    let lines = format!("{}\n", ninjs("urn:np:4", "1", "usable", &p));
    vec![
        sample("ninjs.json", "ninjs", TIME, ninjs("urn:np:5", "1", "usable", &p)),
        Sample { listed: true, ..sample("ninjs-list.json", "ninjs", TIME, list) },
        Sample { listed: true, ..sample("ninjs-lines.jsonl", "ninjs", TIME, lines) },
        Sample { sourced: false, ..sample("ninjs-2.json", "ninjs", TIME, two) },
        Sample { sourced: false, ..sample("digitalwires.json", "digitalwires", TIME, digitalwires) },
    ]
}

fn feeds() -> Vec<Sample> {
    let p = paragraphs("p");
    let rss = format!(
        "<?xml version='1.0'?><rss version='2.0' xmlns:content='http://purl.org/rss/1.0/modules/content/'><channel><title>{SOURCE}</title>\
         <item><title>{TITLE}</title><link>https://np.example/ferry</link><guid>https://np.example/ferry</guid>\
         <pubDate>Mon, 11 Mar 2024 14:20:00 +0100</pubDate><content:encoded><![CDATA[{p}]]></content:encoded></item></channel></rss>"
    );
    let atom = format!(
        "<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom'><title>{SOURCE}</title><entry><id>tag:np.example,2024:1</id>\
         <title>{TITLE}</title><published>{TIME}</published><updated>{TIME}</updated><content type='html'>{}</content></entry></feed>",
        p.replace('<', "&lt;").replace('>', "&gt;")
    );
    let wxr = format!(
        "<?xml version='1.0'?><rss version='2.0' xmlns:content='http://purl.org/rss/1.0/modules/content/' \
         xmlns:wp='http://wordpress.org/export/1.2/'><channel><title>{SOURCE}</title><wp:wxr_version>1.2</wp:wxr_version><item><title>{TITLE}</title>\
         <content:encoded><![CDATA[{FIRST}\n\n{SECOND}]]></content:encoded><wp:post_date>2024-03-11 14:20:00</wp:post_date>\
         <wp:post_date_gmt>2024-03-11 13:20:00</wp:post_date_gmt><wp:status>publish</wp:status><wp:post_type>post</wp:post_type></item></channel></rss>"
    );
    let factiva = format!(
        "<?xml version='1.0'?><PPSResponse><ppsArticleResponse xmlns='http://global.factiva.com/pps/2.0'><article><accessionNo>X1</accessionNo>\
         <headline><paragraph>{TITLE}</paragraph></headline><leadParagraph><paragraph>{FIRST}</paragraph></leadParagraph><publicationDate>\
         <dateTime>2024-03-11T13:20:00Z</dateTime></publicationDate><sourceName>{SOURCE}</sourceName><tailParagraphs><paragraph>{SECOND}</paragraph>\
         </tailParagraphs></article></ppsArticleResponse></PPSResponse>"
    );
    vec![
        sample("feed.rss", "RSS", TIME, rss),
        sample("feed.atom", "Atom", TIME, atom),
        sample("wordpress.xml", "WordPress export", "2024-03-11T13:20:00Z", wxr),
        sample("factiva.xml", "Factiva XML", "2024-03-11T13:20:00Z", factiva),
    ]
}

fn exports() -> Vec<Sample> {
    let nexis = format!(
        "\u{feff}\r\n\r\n\r\n                               1 of 1 DOCUMENTS\r\n\r\n\r\n\r\n                               {SOURCE}\r\n\r\n\
         \u{20}                           March 11, 2024 Monday\r\n\r\n{TITLE}\r\n\r\nBYLINE: Jo Roe\r\n\r\nSECTION: NEWS; Pg. 3\r\n\r\n\
         LENGTH: 52 words\r\n\r\n\r\n{}\r\n\r\n{}\r\n\r\nLOAD-DATE: March 12, 2024\r\n\r\nLANGUAGE: ENGLISH\r\n\r\nPUBLICATION-TYPE: Newspaper\r\n\r\n\r\n\
         \u{20}                           Copyright 2024 {SOURCE}\r\n                              All Rights Reserved\r\n",
        wrapped(FIRST),
        wrapped(SECOND)
    );
    let row = |code: &str, value: &str| {
        format!("<tr><td class=\"index\"><b>{code}</b>&nbsp;</td><td>{value}</td></tr>")
    };
    let factiva = format!(
        "<html><head><title>Factiva</title></head><body><div class=\"article enArticle\"><table>{}{}{}{}{}{}{}</table></div></body></html>",
        row("HD", &format!("<b>{TITLE}</b>")),
        row("WC", "52 words"),
        row("PD", "11 March 2024"),
        row("SN", SOURCE),
        row("LA", "English"),
        row("LP", &format!("<p class=\"articleParagraph enarticleParagraph\">{FIRST}</p>")),
        row("TD", &format!("<p class=\"articleParagraph enarticleParagraph\">{SECOND}</p>")),
    );
    let europresse = format!(
        "<html><head><title>Europresse</title></head><body><article><header><span class=\"DocPublicationName\">{SOURCE}</span>\
         <span class=\"DocHeader\">World, Monday, March 11, 2024</span><p class=\"titreArticleVisu\">{TITLE}</p></header><section>\
         <div class=\"DocText clearfix\">{}</div></section></article></body></html>",
        paragraphs("p")
    );
    let proquest = format!(
        "<html><head><title>ProQuest Export</title></head><body>{}</body></html>",
        proquest_article()
    );
    vec![
        sample("nexis.txt", "Nexis text", DAY, nexis),
        sample("nexis-uni.txt", "Nexis text", DAY, UNI.map(wrapped).join("\r\n\r\n")),
        sample("factiva.txt", "Factiva text", DAY, FACTIVA.map(wrapped).join("\r\n")),
        sample("factiva-numbered.html", "Factiva HTML", DAY, factiva_numbered()),
        sample("proquest.txt", "ProQuest text", DAY, proquest_text()),
        sample("factiva.html", "Factiva HTML", DAY, factiva),
        sample("europresse.html", "Europresse HTML", DAY, europresse),
        sample("proquest.html", "ProQuest HTML", DAY, proquest),
    ]
}

/// The lines of an article of Nexis Uni.
const UNI: [&str; 14] = [
    "Page 1 of 1",
    TITLE,
    SOURCE,
    "March 11, 2024 Monday",
    "",
    "Copyright 2024 Northern Press All Rights Reserved",
    "Length: 52 words",
    "Byline: Jo Roe",
    "Body",
    "",
    FIRST,
    SECOND,
    "Load-Date: March 12, 2024",
    "End of Document",
];

/// The lines of an article of Factiva without codes.
const FACTIVA: [&str; 15] = [
    "World",
    TITLE,
    "By Jo Roe",
    "52 words",
    "11 March 2024",
    SOURCE,
    "NORPR",
    "English",
    "Copyright 2024. Northern Press.",
    "",
    FIRST,
    "",
    SECOND,
    "",
    "Document NORPR00020240311ek3b0001r",
];

fn factiva_numbered() -> String {
    let lines: String =
        FACTIVA.iter().filter(|line| !line.is_empty()).map(|line| format!("<p>{line}</p>")).collect();
    format!(
        "<html><head><title>Saved articles</title></head><body><div id=\"article-NORPR00020240311ek3b0001r\" class=\"article\">{lines}</div>\
         <p>3/3/2024</p></body></html>"
    )
}

fn proquest_text() -> String {
    let rule = "_".repeat(60);
    format!(
        "{rule}\r\n\r\nDocument 1 of 1\r\n\r\n{TITLE}\r\n\r\nAuthor: Roe, Jo\r\n\r\nPublication info: {SOURCE}; Lund Pier [Lund Pier]11 Mar 2024: 3.\r\n\r\n\
         Full text: {FIRST}\r\n\r\n{SECOND}\r\n\r\nSubject: Ferries\r\n\r\nPublication title: {SOURCE}\r\n\r\nPublication date: Mar 11, 2024\r\n\r\n\
         ProQuest document ID: 1\r\n\r\nCopyright: (Copyright (c) 2024 {SOURCE})\r\n\r\n{rule}\r\n\r\nDatabase copyright © 2024 ProQuest LLC. All rights reserved.\r\n"
    )
}

fn proquest_article() -> String {
    format!(
        "<div><a name=\"DocID_MSTAR_1\"></a><p style=\"font-weight:bold;\">{TITLE}</p><p><strong>Author:  </strong>Roe, Jo</p>\
         <p><strong>Full text: </strong><Text WordCount=\"52\"><html><head></head><body>{}</body></html></Text></p>\
         <p><strong>Publication title: </strong>{SOURCE}</p><p><strong>Publication date: </strong>Mar 11, 2024</p>\
         <p><strong>Copyright: </strong>(Copyright (c) 2024 {SOURCE})</p></div>",
        paragraphs("p")
    )
}

fn documents() -> Vec<Sample> {
    let rtf = |lines: &[&str]| {
        let lines: Vec<String> = lines.iter().map(|line| format!("{line}\\par")).collect();
        format!("{{\\rtf1\\ansi {}}}", lines.join("\r\n"))
    };
    let head = "From: Jo Roe <roe@np.example>\r\nTo: desk@np.example\r\nMessage-ID: <1@np.example>\r\nDate: Mon, 11 Mar 2024 14:20:00 +0100\r\n\
        MIME-Version: 1.0\r\n";
    let mail = format!(
        "{head}Subject: {TITLE}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{}\r\n\r\n{}\r\n",
        wrapped(FIRST),
        wrapped(SECOND)
    );
    let proquest = format!(
        "{head}Subject: Your ProQuest Research\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html><head><title>ProQuest Export</title></head>\
         <body>{}</body></html>",
        proquest_article()
    );
    let forwarded = format!(
        "From: Ann Lee <lee@np.example>\r\nTo: roe@np.example\r\nMessage-ID: <2@np.example>\r\nSubject: Fwd: {TITLE}\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n{mail}\r\n--b--\r\n"
    );
    let saved = format!(
        "From: <Saved by Blink>\r\nSnapshot-Content-Location: https://np.example/ferry\r\nSubject: {TITLE}\r\nDate: Mon, 4 May 2026 03:02:01 -0000\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/related; type=\"text/html\"; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/html\r\n\
         Content-Transfer-Encoding: binary\r\nContent-Location: https://np.example/ferry\r\n\r\n{}\r\n--b--\r\n",
        page()
    );
    let mbox = format!("From roe@np.example Mon Mar 11 14:20:00 2024\r\n{mail}\r\n");
    vec![
        sample("nexis.docx", "Nexis Word document", DAY, docx(&UNI)),
        sample("nexis.rtf", "Nexis RTF", DAY, rtf(&UNI)),
        sample("factiva.rtf", "Factiva RTF", DAY, rtf(&FACTIVA)),
        Sample { sourced: false, ..sample("mail.eml", "mail", TIME, mail.clone()) },
        Sample { sourced: false, ..sample("mail-named.txt", "mail", TIME, mail) },
        Sample { sourced: false, ..sample("forwarded.eml", "mail", TIME, forwarded) },
        sample("page.mhtml", "saved page", TIME, saved),
        sample("proquest.eml", "mail", DAY, proquest),
        Sample { sourced: false, ..sample("box.mbox", "mailbox", TIME, mbox) },
    ]
}

/// Returns a Word document of these paragraphs.
fn docx(lines: &[&str]) -> Vec<u8> {
    let body: String = lines.iter().map(|line| format!("<w:p><w:r><w:t>{line}</w:t></w:r></w:p>")).collect();
    let document = format!("<w:document><w:body>{body}</w:body></w:document>");
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in [("[Content_Types].xml", "<Types/>"), ("word/document.xml", &document)] {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// Returns the story as a web page.
fn page() -> String {
    format!(
        "<!DOCTYPE html><html lang=\"en\"><head><title>{TITLE}</title><meta property=\"article:published_time\" content=\"{TIME}\">\
         <meta property=\"og:site_name\" content=\"{SOURCE}\"></head><body><nav>Home</nav><article><h1>{TITLE}</h1>{}</article></body></html>",
        paragraphs("p")
    )
}

fn archives() -> Vec<Sample> {
    let page = page();
    let warc = [
        record("warcinfo", None, "application/warc-fields", "software: test\r\n"),
        response("https://np.example/ferry", "text/html; charset=utf-8", &page),
        response("https://np.example/logo.png", "image/png", "PNG"),
    ]
    .concat();
    let wet = record(
        "conversion",
        Some("https://np.example/ferry"),
        "text/plain",
        &format!("{TITLE}\n\n{FIRST}\n{SECOND}\n"),
    );
    let members: Vec<u8> = [&warc[..], b""].iter().flat_map(|member| gzip(member)).collect();
    vec![
        sample("pages.warc", "web archive", TIME, warc.clone()),
        sample("pages.warc.gz", "web archive", TIME, members),
        Sample { sourced: false, ..sample("texts.wet", "web archive", "", wet) },
    ]
}

/// Returns a record of a web archive.
pub fn record(kind: &str, url: Option<&str>, media_type: &str, content: &str) -> Vec<u8> {
    let url = url.map(|url| format!("WARC-Target-URI: {url}\r\n")).unwrap_or_default();
    format!(
        "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:1>\r\nWARC-Date: 2026-05-04T03:02:01Z\r\n{url}Content-Type: {media_type}\r\n\
         Content-Length: {}\r\n\r\n{content}\r\n\r\n",
        content.len()
    )
    .into_bytes()
}

/// Returns the record of a server's response.
pub fn response(url: &str, media_type: &str, content: &str) -> Vec<u8> {
    let http = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\nContent-Length: {}\r\n\r\n{content}",
        content.len()
    );
    record("response", Some(url), "application/http; msgtype=response", &http)
}

/// Wraps a paragraph as old systems do.
fn wrapped(text: &str) -> String {
    let mut out = String::new();
    let mut column = 0;
    for word in text.split(' ') {
        if column > 0 && column + word.len() > 68 {
            out.push_str("\r\n");
            column = 0;
        } else if column > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += word.len();
    }
    out
}
