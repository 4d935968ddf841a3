//! Archives that break off, and records whose lengths are wrong.

use super::*;

#[test]
fn page_that_is_too_large_does_not_affect_its_neighbours() {
    let limits = Limits { item_bytes: 300, ..Limits::default() };
    let archive = [html("1"), html(&"x".repeat(1000)), image(), html("2")].concat();
    let all = read_with(&archive, limits);
    assert!(matches!(&all[1], Found::Skip(refusal) if refusal.kind == TooLarge));
    let short: Vec<String> = all.into_iter().filter_map(in_short).collect();
    assert_eq!(short, ["1", "!a page of over 300 bytes", "2"]);
}

#[test]
fn truncated_file_keeps_what_is_whole() {
    let archive = [html("1"), html("the second page"), html("3")].concat();
    let ends = archive.len();
    assert_eq!(contents(&archive[..ends - 4]), ["1", "the second page", "3"]);
    assert_eq!(
        contents(&archive[..ends - 5]),
        ["1", "the second page", "!truncated: the file ends inside a page"]
    );
    assert_eq!(contents(&archive[..ends - 6]).len(), 3);
    assert_eq!(contents(&archive[..ends - 30])[2], "!truncated: a response breaks off in its head");
    assert_eq!(contents(&archive[..ends - 150])[2], "!truncated: a record breaks off in its head");
    let image = [html("1"), image()].concat();
    assert_eq!(contents(&image[..image.len() - 6])[1], "!truncated: the file ends inside a record");
    // The last page is whole except for what is after it.
    let whole = html(&format!("{PAGE}\n<!-- served in 3 ms -->"));
    assert_eq!(contents(&whole[..whole.len() - 10]), [format!("{PAGE}\n<!-- served in 3 ")]);
}

#[test]
fn truncation_by_the_crawler_is_a_reason_except_at_its_limit() {
    let of = |reason: &str| {
        let block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>cut";
        contents(&record("response", &format!("WARC-Truncated: {reason}\r\n"), block))
    };
    assert_eq!(of("length"), ["<p>cut"]);
    assert_eq!(of("time"), ["!truncated by the crawler (WARC-Truncated: time)"]);
    assert_eq!(of("disconnect"), ["!truncated: the connection broke (WARC-Truncated: disconnect)"]);
    assert_eq!(of("unspecified"), ["!truncated by the crawler (WARC-Truncated)"]);
}

/// Changes the length that a record states.
pub(super) fn with_length(record: &[u8], change: i64) -> Vec<u8> {
    let at = memchr::memmem::find(record, b"Content-Length: ").unwrap() + 16;
    let end = at + memchr::memchr(b'\r', &record[at..]).unwrap();
    let length: i64 = std::str::from_utf8(&record[at..end]).unwrap().parse().unwrap();
    [&record[..at], (length + change).to_string().as_bytes(), &record[end..]].concat()
}

#[test]
fn record_that_is_longer_than_its_length_is_read_to_the_next() {
    let archive = [html("1"), with_length(&html("the second page"), -6), html("3")].concat();
    assert_eq!(contents(&archive), ["1", "the second page\r\n\r\n", "3"]);
    let archive = [html("1"), with_length(&image(), -2), html("3")].concat();
    assert_eq!(contents(&archive), ["1", "!a record does not end where its Content-Length says", "3"]);
}

#[test]
fn record_that_is_shorter_than_its_length_does_not_swallow_the_next() {
    let cut = "!truncated: the next record begins inside a page";
    for change in 5..9 {
        // The block ends inside the first letters of the next record.
        let archive = [html("1"), with_length(&html("the second"), change), html("3"), html("4")].concat();
        assert_eq!(contents(&archive), ["1", "the second\r\n\r\n", "3", "4"], "{change}");
        let archive = [html("1"), with_length(&image(), change), html("3"), html("4")].concat();
        assert_eq!(
            contents(&archive),
            ["1", "!a record does not end where its Content-Length says", "3", "4"],
            "{change}"
        );
    }
    for change in [9, 20, 400, 100_000] {
        let archive = [html("1"), with_length(&html("the second"), change), html("3"), html("4")].concat();
        assert_eq!(contents(&archive), ["1", cut, "3", "4"], "{change}");
        let archive = [html("1"), with_length(&html(PAGE), change), html("3"), html("4")].concat();
        let all = contents(&archive);
        assert_eq!(
            (all[1].trim(), &all[2..]),
            (PAGE, ["3".to_owned(), "4".to_owned()].as_slice()),
            "{change}"
        );
        let archive = [html("1"), with_length(&image(), change), html("3"), html("4")].concat();
        assert_eq!(
            contents(&archive),
            ["1", "!truncated: the next record begins inside another", "3", "4"],
            "{change}"
        );
    }
    // Killed in the head of a record, before the response, and in its head.
    let second = html("the second");
    let end = memchr::memmem::find(&second, b"HTTP/").unwrap();
    for (length, reason) in [
        (60, "a record breaks off in its head"),
        (end, "a response breaks off in its head"),
        (end + 40, "a response breaks off in its head"),
    ] {
        let newline: &[u8] = if length == end { b"" } else { b"\r\n" };
        let archive = [&html("1"), &second[..length], newline, &html("3")].concat();
        assert_eq!(
            contents(&archive),
            ["1".to_owned(), format!("!truncated: {reason}"), "3".to_owned()],
            "{length}"
        );
    }
}

#[test]
fn archive_inside_a_page_is_part_of_it() {
    let inner = String::from_utf8(html("inner")).unwrap();
    let archive = [html("1"), html(&format!("<pre>\n{inner}</pre>")), image(), html("3")].concat();
    assert_eq!(contents(&archive), ["1".to_owned(), format!("<pre>\n{inner}</pre>"), "3".to_owned()]);
    let nested = response("HTTP/1.1 200 OK\r\nContent-Type: application/warc", inner.as_bytes());
    assert_eq!(contents(&[nested, html("2")].concat()), ["2"]);
}

#[test]
fn bad_heads_do_not_affect_neighbours() {
    let none = b"WARC/1.0\r\nWARC-Type: response\r\n\r\n".to_vec();
    let bad = b"WARC/1.0\r\nContent-Length: many\r\n\r\n<p>".to_vec();
    let long = format!("WARC/1.0\r\nX: {}\r\n\r\n", "x".repeat(100_000)).into_bytes();
    for (head, reason) in [
        (none, "a record without a valid Content-Length"),
        (bad, "a record without a valid Content-Length"),
        (long, "a record with a head of over 64 KB"),
    ] {
        let archive = [html("1"), head, b"\r\n".to_vec(), html("3")].concat();
        assert_eq!(contents(&archive), ["1".to_owned(), format!("!{reason}"), "3".to_owned()]);
    }
    let segment = record(
        "response",
        "WARC-Segment-Number: 1\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\nx",
    );
    assert_eq!(contents(&segment), ["!a page in several records (WARC-Segment-Number)"]);
    let other = record("response", "Content-Type: application/http\r\n", b"<html>\r\n\r\nno head");
    assert_eq!(contents(&other), ["!a response without a status line of HTTP"]);
}
