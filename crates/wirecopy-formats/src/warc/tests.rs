use std::io::{BufReader, Read, Write};

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
use proptest::prelude::*;

use super::*;

mod damaged;

use damaged::with_length;

const PAGE: &str = "<html><body><p>The lock gates of Velmark opened at noon.</p></body></html>";

/// A record with a type, more fields, and a block.
fn record(kind: &str, fields: &str, block: &[u8]) -> Vec<u8> {
    let head = format!(
        "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: http://velmark.example/a\r\n\
         WARC-Date: 2024-05-06T07:08:09Z\r\n{fields}Content-Length: {}\r\n\r\n",
        block.len()
    );
    [head.as_bytes(), block, b"\r\n\r\n"].concat()
}

fn response(http: &str, body: &[u8]) -> Vec<u8> {
    let block = [http.as_bytes(), b"\r\n\r\n", body].concat();
    record("response", "Content-Type: application/http; msgtype=response\r\n", &block)
}

fn html(body: &str) -> Vec<u8> {
    response("HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8", body.as_bytes())
}

fn image() -> Vec<u8> {
    response("HTTP/1.1 200 OK\r\nContent-Type: image/png", b"\x89PNG")
}

fn read_with(bytes: &[u8], limits: Limits) -> Vec<Found> {
    let mut all = Vec::new();
    // A small buffer, so that everything spans its end at some place.
    let mut input = BufReader::with_capacity(7, bytes);
    let flow = read(&mut input, limits, &mut |found| {
        all.push(found);
        ControlFlow::Continue(())
    });
    assert!(flow.is_continue());
    all
}

fn found(bytes: &[u8]) -> Vec<Found> {
    let all = read_with(bytes, Limits::default());
    let mut whole = bytes;
    let mut same = Vec::new();
    let _ = read(&mut whole, Limits::default(), &mut |found| {
        same.push(found);
        ControlFlow::Continue(())
    });
    assert_eq!(all, same, "the result depends on the size of the buffer");
    all
}

/// The contents of pages, and `!` with the reasons of those skipped.
fn contents(bytes: &[u8]) -> Vec<String> {
    found(bytes).into_iter().filter_map(in_short).collect()
}

fn in_short(found: Found) -> Option<String> {
    match found {
        Found::Page(page) => Some(String::from_utf8_lossy(&page.content).into_owned()),
        Found::Skip(refusal) => Some(format!("!{}", refusal.reason)),
        Found::Passed(_) => None,
        Found::Item(_) => unreachable!("an archive has pages"),
    }
}

fn one_page(bytes: &[u8]) -> Page {
    match found(bytes).pop() {
        Some(Found::Page(page)) => page,
        other => panic!("not a page: {other:?}"),
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn chunked(bytes: &[u8], size: usize) -> Vec<u8> {
    let mut out = Vec::new();
    for chunk in bytes.chunks(size) {
        out.extend(format!("{:X};name=value\r\n", chunk.len()).into_bytes());
        out.extend(chunk);
        out.extend(b"\r\n");
    }
    out.extend(b"0\r\nX-Trailer: 1\r\n\r\n");
    out
}

#[test]
fn page_has_address_date_type_and_charset() {
    let page = one_page(&response(
        "HTTP/1.1 200 OK\r\nServer: x\r\nCONTENT-TYPE: Text/HTML; a=b; Charset=\"ISO-8859-1\"",
        PAGE.as_bytes(),
    ));
    assert_eq!(page.url.as_deref(), Some("http://velmark.example/a"));
    assert_eq!(page.date.as_deref(), Some("2024-05-06T07:08:09Z"));
    assert_eq!((page.media_type.as_str(), page.charset.as_deref()), ("text/html", Some("ISO-8859-1")));
    assert_eq!(page.content, PAGE.as_bytes());
}

#[test]
fn what_is_not_a_page_is_counted() {
    let sent = |media_type: &str, status: u16| {
        response(&format!("HTTP/1.1 {status} OK\r\nContent-Type: {media_type}"), b"x")
    };
    let archive = [
        image(),
        html(PAGE),
        sent("application/rss+xml; charset=utf-8", 200),
        sent("image/png", 200),
        sent("image/png", 404),
        record("request", "", b"GET / HTTP/1.1\r\n\r\n"),
        record("resource", "Content-Type: application/json\r\n", b"{}"),
    ];
    let found = found(&archive.concat());
    let [Found::Page(_), Found::Passed(passed)] = &found[..] else { panic!("{found:?}") };
    assert_eq!(passed.to_string(), "2 image/png, 1 application/json, 1 application/rss+xml");
}

#[test]
fn old_heads_are_read() {
    let block = "HTTP/1.0 200 OK\nContent-Type: text/html;\n\tcharset=utf-8\n\nbody";
    let archive = format!(
        "\n\nWARC/0.17\nWARC-Type: response\nWARC-Target-URI:\n <http://velmark.example/b>\nwarc-date: 2009-01-02\n\
         Content-Type: application/http;\n msgtype=response\nContent-Length: {}\n\n{block}\n\n",
        block.len()
    );
    let page = one_page(archive.as_bytes());
    assert_eq!(page.url.as_deref(), Some("http://velmark.example/b"));
    assert_eq!(page.charset.as_deref(), Some("utf-8"));
    assert_eq!(page.content, b"body");
}

#[test]
fn what_is_not_a_page_is_passed_over() {
    let mut archive = record("warcinfo", "Content-Type: application/warc-fields\r\n", b"software: x\r\n");
    archive.extend(html("1"));
    for kind in ["request", "metadata", "revisit", "continuation"] {
        archive.extend(record(
            kind,
            "Content-Type: application/http\r\n",
            b"HTTP/1.1 200 OK\r\n\r\n<html>x</html>",
        ));
    }
    for http in [
        "HTTP/1.1 301 Moved\r\nContent-Type: text/html",
        "HTTP/1.1 404 Not Found\r\nContent-Type: text/html",
        "HTTP/1.1 503 Busy\r\nContent-Type: text/html",
        "HTTP/1.1 200 OK\r\nContent-Type: image/jpeg",
        "HTTP/1.1 200 OK\r\nContent-Type: application/json",
        "HTTP/1.1 200 OK",
    ] {
        archive.extend(response(http, b"a body"));
    }
    archive.extend(record(
        "response",
        "Content-Type: text/dns\r\n",
        b"20240506\nvelmark.example. 1 IN A 192.0.2.1\n",
    ));
    let robots =
        String::from_utf8(response("HTTP/1.1 200 OK\r\nContent-Type: text/plain", b"Disallow:")).unwrap();
    archive.extend(robots.replace("example/a", "example/robots.txt").into_bytes());
    let log = String::from_utf8(record("resource", "Content-Type: text/plain\r\n", b"done")).unwrap();
    archive.extend(
        log.replace("http://velmark.example/a", "<metadata://gnu.org/software/wget/warc/wget.log>")
            .into_bytes(),
    );
    archive.extend(html("2"));
    assert_eq!(contents(&archive), ["1", "2"]);
}

#[test]
fn records_without_http_have_their_own_type() {
    let mut archive = record("resource", "Content-Type: text/html; charset=koi8-r\r\n", b"one");
    archive.extend(record("resource", "Content-Type: text/css\r\n", b"p {}"));
    archive.extend(record("conversion", "Content-Type: text/plain\r\n", "zw\u{f6}lf".as_bytes()));
    archive.extend(record("conversion", "Content-Type: text/plain\r\n", b"zw\xf6lf"));
    let pages: Vec<(String, Option<String>)> = found(&archive)
        .into_iter()
        .filter_map(|found| match found {
            Found::Page(page) => Some((page.media_type, page.charset)),
            Found::Passed(_) => None,
            other => panic!("{other:?}"),
        })
        .collect();
    let text = || "text/plain".to_owned();
    assert_eq!(
        pages,
        [
            ("text/html".to_owned(), Some("koi8-r".to_owned())),
            (text(), Some("utf-8".to_owned())),
            (text(), None)
        ]
    );
}

#[test]
fn unlabelled_page_is_recognised() {
    for body in
        ["\u{feff} <!DOCTYPE html>\n<p>x", "<?xml version='1.0'?>\n<!-- a --> <html lang='en'>", "<P>x"]
    {
        let page = one_page(&response("HTTP/1.1 200 OK", body.as_bytes()));
        assert_eq!(page.media_type, "text/html", "{body}");
    }
    assert_eq!(
        one_page(&response("HTTP/1.1 200 OK\r\nContent-Encoding: gzip", &gzip(PAGE.as_bytes()))).content,
        PAGE.as_bytes()
    );
    for body in ["<rss>", "<pre>x", "text", "{}", "<?xml version='1.0'"] {
        let nothing = contents(&response("HTTP/1.1 200 OK\r\nContent-Type: unknown", body.as_bytes()));
        assert_eq!(nothing, ["!a web archive without a page of text"], "{body}");
    }
    let block = b"HTTP/1.1 200 OK\r\n\r\nplain words";
    let page = one_page(&record("response", "WARC-Identified-Payload-Type: text/plain\r\n", block));
    assert_eq!(
        (page.media_type.as_str(), page.content.as_slice()),
        ("text/plain", b"plain words".as_slice())
    );
}

#[test]
fn codings_are_undone() {
    let plain = PAGE.as_bytes();
    let zlib = {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(plain).unwrap();
        encoder.finish().unwrap()
    };
    let bare = {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(plain).unwrap();
        encoder.finish().unwrap()
    };
    // Brotli: a stored block of seven bytes and an empty last one, written by hand.
    let brotli = b"\x0b\x03\x80Velmark\x03".to_vec();
    for (fields, body) in [
        ("Content-Encoding: gzip", gzip(plain)),
        ("Content-Encoding: X-GZIP", [gzip(&plain[..9]), gzip(&plain[9..]), b"\r\n".to_vec()].concat()),
        ("Content-Encoding: deflate", zlib.clone()),
        ("Content-Encoding: deflate", bare),
        ("Transfer-Encoding: chunked", chunked(plain, 10)),
        ("Transfer-Encoding: chunked\r\nContent-Encoding: gzip", chunked(&gzip(plain), 10)),
        ("Transfer-Encoding: gzip, chunked", chunked(&gzip(plain), 1000)),
        ("Content-Encoding: deflate, gzip", gzip(&zlib)),
        ("Content-Encoding: deflate\r\nContent-Encoding: identity, gzip", gzip(&zlib)),
        ("X-Note: the field was lost", gzip(plain)),
        ("Transfer-Encoding: chunked\r\nContent-Encoding: gzip", gzip(plain)),
        ("Transfer-Encoding: chunked\r\nContent-Encoding: gzip", chunked(plain, 7)),
    ] {
        let http = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n{fields}");
        assert_eq!(contents(&response(&http, &body)), [PAGE], "{fields}");
    }
    let http = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Encoding: br";
    assert_eq!(contents(&response(http, &brotli)), ["Velmark"]);
}

#[test]
fn coding_that_was_not_applied_is_ignored() {
    for coding in [
        "Content-Encoding: gzip",
        "Content-Encoding: deflate",
        "Content-Encoding: br",
        "Content-Encoding: zstd",
        "Content-Encoding: utf-8",
        "Transfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Encoding: br, gzip",
    ] {
        let http = format!("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n{coding}");
        for body in ["Velmark's locks\n", "Facade\nof the town hall", "10\nlocks were mended", ""] {
            assert_eq!(contents(&response(&http, body.as_bytes())), [body], "{coding}");
        }
    }
}

#[test]
fn bad_codings_are_reasons() {
    let refused = |coding: &str, body: &[u8]| {
        let http = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: {coding}");
        contents(&[response(&http, body), html("next")].concat())
    };
    let next = "next".to_owned();
    let zstd = refused("zstd", b"\x28\xb5\x2f\xfd\x00\x01");
    assert_eq!(zstd, ["!the content coding `zstd` is not supported", &next]);
    assert_eq!(
        refused("compress", b"\x1f\x9d\x90\x01"),
        ["!the content coding `compress` is not supported", &next]
    );
    assert_eq!(
        refused("br", b"\xff\xff\xff\xff\x00"),
        ["!the compressed data of a page (`br`) is damaged", &next]
    );
    assert_eq!(refused("a,b,c,d,e", b"x"), ["!a page with more than 4 content codings", &next]);
    let cut = gzip(PAGE.repeat(2).replace("</html>", "").as_bytes());
    assert_eq!(
        refused("gzip", &cut[..cut.len() - 12]),
        ["!truncated: the encoded data of a page breaks off", &next]
    );
}

#[test]
fn chunks_that_break_off_are_a_reason_unless_the_page_is_whole() {
    let http = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked";
    let of = |body: &[u8]| contents(&[response(http, body), html("next")].concat());
    let chunks = chunked(PAGE.as_bytes(), 20);
    assert_eq!(of(&chunks[..60]), ["!truncated: the encoded data of a page breaks off", "next"]);
    assert_eq!(of(&chunks[..chunks.len() - 20]), [PAGE, "next"]);
    assert_eq!(of(b"ffff\r\n<p>cut"), ["!truncated: the encoded data of a page breaks off", "next"]);
}

#[test]
fn expansion_is_bounded() {
    let limits = Limits { item_bytes: 10_000, ..Limits::default() };
    let bomb = gzip(&vec![b'x'; 1_000_000]);
    let http = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip";
    let all = read_with(&[response(http, &bomb), html("next")].concat(), limits);
    let reasons: Vec<String> = all.into_iter().filter_map(in_short).collect();
    assert_eq!(reasons, ["!a page that expands to more than 10000 bytes", "next"]);
}

#[test]
fn other_files_are_refused() {
    assert!(is_warc(b"WARC/1.0\r\nWARC-Type: warcinfo"));
    assert!(is_warc(b"\r\nWARC/0.17\nx"));
    assert!(is_warc(b"filedesc://x.arc 0.0.0.0 20090102030405 text/plain 76\n"));
    for text in
        ["WARC/ARC files are archives.", "WARC/1.0 is a format of archives.\n", "warc/1.0\n", "", "WARC/"]
    {
        assert!(!is_warc(text.as_bytes()), "{text}");
    }
    let arc = contents(b"filedesc://x.arc 0.0.0.0 20090102030405 text/plain 76\n1 0 X\n");
    assert_eq!(
        arc,
        ["!an archive in the ARC format; convert it to WARC, for example with `warcio recompress`"]
    );
    assert_eq!(contents(b"text"), ["!a web archive that does not begin with a record"]);
    assert_eq!(contents(b""), ["!a web archive without a page of text"]);
    assert_eq!(contents(&image()), ["!a web archive without a page of text"]);
}

#[test]
fn reading_stops_when_requested() {
    let archive = [html("1"), html("2")].concat();
    let mut number = 0;
    let flow = read(&mut archive.as_slice(), Limits::default(), &mut |_| {
        number += 1;
        ControlFlow::Break(())
    });
    assert!(flow.is_break());
    assert_eq!(number, 1);
}

#[test]
fn failing_input_is_a_reason() {
    struct Failing;
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("corrupt deflate stream"))
        }
    }
    let first = html("1");
    let mut input = BufReader::new(first.as_slice().chain(Failing));
    let mut all = Vec::new();
    let _ = read(&mut input, Limits::default(), &mut |found| {
        all.extend(in_short(found));
        ControlFlow::Continue(())
    });
    assert_eq!(all.last().map(String::as_str), Some("!corrupt deflate stream"));
}

/// An archive that is made while it is read.
struct Generated {
    rest: Vec<u8>,
    at: usize,
    records: std::ops::Range<usize>,
}

impl Read for Generated {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at == self.rest.len() {
            let Some(number) = self.records.next() else { return Ok(0) };
            self.at = 0;
            self.rest = match number % 20 {
                // Stepped over, with what looks like a record inside.
                0 => response(
                    "HTTP/1.1 200 OK\r\nContent-Type: video/mp4",
                    &[b"\nWARC/1.0\r\n".as_slice(), &vec![7; 9 << 20]].concat(),
                ),
                // Too large.
                1 => html(&"x".repeat(5 << 20)),
                _ => html(&format!("<p>{number}</p>{}", "y".repeat(100_000))),
            };
        }
        let number = buffer.len().min(self.rest.len() - self.at);
        buffer[..number].copy_from_slice(&self.rest[self.at..self.at + number]);
        self.at += number;
        Ok(number)
    }
}

#[test]
fn memory_holds_one_record_of_a_large_archive() {
    let limits = Limits { item_bytes: 2 << 20, ..Limits::default() };
    let mut input = BufReader::new(Generated { rest: Vec::new(), at: 0, records: 0..260 });
    let mut archive = Archive::new(&mut input, limits);
    let (mut pages, mut large) = (0, 0);
    loop {
        let mut found = Vec::new();
        let more = archive.next(&mut found).unwrap();
        for found in found {
            match found {
                Found::Page(page) => {
                    pages += 1;
                    assert!(page.content.len() < 101_000);
                }
                Found::Skip(refusal) => {
                    large += 1;
                    assert_eq!(refusal.kind, TooLarge);
                }
                Found::Item(_) | Found::Passed(_) => unreachable!("an archive has pages"),
            }
        }
        if !more {
            break;
        }
    }
    assert_eq!((pages, large), (234, 13));
    assert!(archive.source.taken > 200 << 20);
    // A buffer that grows has at most twice the size of its content.
    assert!(archive.source.peak < 5 << 20, "{}", archive.source.peak);
}

#[test]
fn cost_is_linear_if_every_record_is_wrong() {
    // Each record claims all that follows. Read again for each, it would be half a terabyte.
    let mut archive = Vec::new();
    for _ in 0..20_000 {
        archive.extend(with_length(&image(), 1 << 40));
    }
    let mut input = archive.as_slice();
    let mut source = Archive::new(&mut input, Limits::default());
    let mut found = Vec::new();
    while source.next(&mut found).unwrap() {}
    assert!(source.source.read_again < 6 * archive.len() as u64);
    assert!(found.len() > 1);
}

proptest! {
    #[test]
    fn any_archive_is_handled_without_panic(
        parts in prop::collection::vec(0_usize..14, 0..40),
        cut in 0_usize..4000,
        length in -300_i64..300,
    ) {
        let pieces: [Vec<u8>; 14] = [
            html("1"), image(), html(PAGE), with_length(&html(PAGE), length), with_length(&image(), length),
            b"WARC/1.0\r\n".to_vec(), b"\r\n".to_vec(), b"Content-Length: 9\r\n\r\n".to_vec(),
            b"WARC-Type: response\n".to_vec(), b"HTTP/1.1 200 OK\nContent-Type: text/html\n".to_vec(),
            b"Transfer-Encoding: chunked\n\n5\n".to_vec(), b"Content-Encoding: br,gzip\n\n\x1f\x8b\x08".to_vec(),
            vec![0; 50], b"\nWAR".to_vec(),
        ];
        let mut archive: Vec<u8> = parts.into_iter().flat_map(|part| pieces[part].clone()).collect();
        archive.truncate(cut);
        let _ = found(&archive);
    }

    #[test]
    fn any_body_is_handled_without_panic(coding in 0_usize..6, mut body in prop::collection::vec(any::<u8>(), 0..200)) {
        let codings = ["gzip", "br", "deflate", "zstd", "br, deflate", "x"];
        if codings[coding] == "gzip" {
            body.splice(0..0, *b"\x1f\x8b\x08");
        }
        let http = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\nContent-Encoding: {}", codings[coding]);
        prop_assert!(!found(&response(&http, &body)).is_empty());
    }
}
