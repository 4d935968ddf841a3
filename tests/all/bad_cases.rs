//! Bad inputs with their expected outcomes, written to a folder among good ones.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::io::{BufWriter, Write};
use std::path::Path;

use crate::desk::{gzip, zstd};

pub const GOOD: &str = "The harbour authority said on Monday that the ferry would sail again from Thursday.";
const HTML: bool = cfg!(feature = "html");

/// How the input of a case is created.
enum Make {
    Bytes(Vec<u8>),
    Run(Box<dyn Fn(&Path)>),
}

/// A bad input and its expected outcome.
pub struct Case {
    name: &'static str,
    make: Make,
    /// How many documents are read from it.
    read: Read,
    /// A part of each expected reason, in order. Alternatives are separated by `|`.
    skipped: &'static [&'static str],
}

#[derive(Clone, Copy, Debug)]
pub enum Read {
    Exactly(usize),
    /// A truncated container yields the records before the cut.
    Some,
    /// One document or the reason, depending on the user's permissions.
    Either,
}

fn case(
    name: &'static str,
    bytes: impl Into<Vec<u8>>,
    read: usize,
    skipped: &'static [&'static str],
) -> Case {
    Case { name, make: Make::Bytes(bytes.into()), read: Read::Exactly(read), skipped }
}

fn made(
    name: &'static str,
    make: impl Fn(&Path) + 'static,
    read: usize,
    skipped: &'static [&'static str],
) -> Case {
    Case { name, make: Make::Run(Box::new(make)), read: Read::Exactly(read), skipped }
}

fn half(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.truncate(bytes.len() / 2);
    bytes
}

fn utf16(text: &str, mark: bool) -> Vec<u8> {
    let mark = mark.then_some(0xfeff);
    mark.into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

pub fn line(id: &str) -> String {
    format!("{{\"id\": \"{id}\", \"text\": \"{GOOD} {id}\"}}\n")
}

/// Returns records that compress badly, so that truncation removes many of them.
pub fn noise(lines: u32, words: u32) -> String {
    let mut numbers = 0_u64..;
    let mut word = || {
        let number = numbers.next().unwrap_or_default();
        format!("{:x}", BuildHasherDefault::<DefaultHasher>::default().hash_one(number) >> 20)
    };
    (0..lines)
        .map(|number| {
            let words: Vec<String> = (0..words).map(|_| word()).collect();
            format!("{{\"id\": \"{}-{number}\", \"text\": \"{}\"}}\n", words[0], words.join(" "))
        })
        .collect()
}

fn stream(path: &Path, head: &str, megabytes: usize, tail: &str) {
    let mut out = BufWriter::new(File::create(path).unwrap());
    let chunk = vec![b'x'; 1 << 20];
    out.write_all(head.as_bytes()).unwrap();
    for _ in 0..megabytes {
        out.write_all(&chunk).unwrap();
    }
    out.write_all(tail.as_bytes()).unwrap();
    out.flush().unwrap();
}

fn bomb(path: &Path) {
    let mut out = flate2::write::GzEncoder::new(File::create(path).unwrap(), flate2::Compression::fast());
    let zeros = vec![b'0'; 1 << 20];
    for _ in 0..200 {
        out.write_all(&zeros).unwrap();
    }
    out.finish().unwrap();
}

fn texts() -> Vec<Case> {
    let nuls = b"a\0\0\0b\0\0c\0\0\0\0".repeat(50);
    vec![
        case("empty.txt", "", 0, &["empty file"]),
        case("blank.txt", " \n\t\r\n ", 0, &["empty text"]),
        case("blank.md", "\n\n", 0, &["empty text"]),
        case("invalid-utf8.txt", [GOOD.as_bytes(), b"\xff\xfe\x80"].concat(), 1, &[]),
        case("utf16-mark.txt", utf16(GOOD, true), 1, &[]),
        case("utf16-bare.txt", utf16(GOOD, false), 1, &[]),
        case("utf16-odd.txt", [utf16(GOOD, true), vec![b'x']].concat(), 1, &[]),
        case("some-nuls.txt", [GOOD.as_bytes(), b"\0", GOOD.as_bytes()].concat(), 1, &[]),
        case("many-nuls.txt", nuls, 0, &["not text: binary data with NUL bytes"]),
        case("pdf.txt", "%PDF-1.7\n1 0 obj\n", 0, &["not text: looks like a PDF"]),
        case("png.txt", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 0, &["not text: looks like a PNG image"]),
        case("photo.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF", 0, &["not text: looks like a JPEG image"]),
        case("no-extension", GOOD, 1, &[]),
        case("old-mac.txt", format!("Ferry sails\r\r{GOOD}\r"), 1, &[]),
        case("next-line.txt", format!("{GOOD}\u{85}{GOOD}\u{2028}{GOOD}"), 1, &[]),
        case("front-matter-open.md", format!("---\ntitle: x\n{GOOD}"), 1, &[]),
        case("deep-quotes.md", format!("{}{GOOD}", ">".repeat(20_000)), 1, &[]),
        made("folder.txt", |path| fs::create_dir(path).unwrap(), 0, &[]),
        made("long.txt", |path| stream(path, "", 65, ""), 0, &["longer than 64 MiB"]),
    ]
}

fn compressed() -> Vec<Case> {
    let broken = |name, bytes| Case { read: Read::Some, ..case(name, bytes, 0, &["truncated"]) };
    let prose = format!("{GOOD}\n{}", noise(400, 40));
    let frames = [zstd(line("frame1").as_bytes()), zstd(line("frame2").as_bytes())].concat();
    vec![
        case("zero.txt.gz", "", 0, &["empty file"]),
        case("nothing-inside.txt.gz", gzip(b""), 0, &["empty file"]),
        case("truncated.txt.gz", half(gzip(prose.as_bytes())), 0, &["truncated"]),
        case("truncated.txt.zst", half(zstd(prose.as_bytes())), 0, &["truncated"]),
        case("cut-in-header.txt.gz", &gzip(GOOD.as_bytes())[..6], 0, &["truncated"]),
        case("wrong-magic.txt.gz", b"\x1e\x8b\x08\0\0\0\0\0\0\0\0\0\0", 0, &["not text"]),
        case("text.zst", GOOD, 1, &[]),
        case("gzip.txt", gzip(GOOD.as_bytes()), 1, &[]),
        case("twice.txt.gz", gzip(&gzip(GOOD.as_bytes())), 0, &["not text: looks like a gzip archive"]),
        case("members.txt.gz", [gzip(b"The ferry "), gzip(GOOD.as_bytes())].concat(), 1, &[]),
        case("zeros-after.txt.gz", [gzip(GOOD.as_bytes()), vec![0; 700]].concat(), 1, &[]),
        case("garbage-after.txt.gz", [gzip(GOOD.as_bytes()), b"x".to_vec()].concat(), 1, &["ignored"]),
        case("frames.jsonl.zst", frames, 2, &[]),
        broken("truncated.jsonl.gz", half(gzip(noise(400, 40).as_bytes()))),
        broken("records-in-truncated.txt.gz", half(gzip(noise(400, 40).as_bytes()))),
        broken("truncated.jsonl.zst", half(zstd(noise(2000, 40).as_bytes()))),
        made("bomb.txt.gz", bomb, 0, &["longer than 64 MiB"]),
        made("bomb.jsonl.gz", bomb, 0, &["longer than 64 MiB"]),
    ]
}

fn json_lines() -> Vec<Case> {
    let deep = "[".repeat(10_000) + &"]".repeat(10_000);
    let deep = format!("{{\"text\": {deep}}}\n{{\"id\": \"deep\", \"text\": \"a\", \"x\": {deep}}}\n");
    let bad_byte = b"{\"id\": \"byte\", \"text\": \"caf\xe9 \xc3\xa9\xc3\xa9\xc3\xa9\"}\n";
    let numbers =
        r#"{"id": 1, "text": "a"} {"id": 1.5, "text": "b"} {"id": -3, "text": "c"}"#.replace("} {", "}\n{");
    let types = r#"{"text": 1} {"text": [7]} {"text": {"a": 1}} {"text": true}"#.replace("} {", "}\n{");
    let missing = r#"{"id": "a"} {"text": null} {"text": ""}"#.replace("} {", "}\n{");
    let others = format!("7\n\"a\"\nnull\n[1]\nhello\n{}", line("after"));
    let tail = "\"}\n".to_owned() + &line("l3");
    let long_line = move |path: &Path| stream(path, &(line("l1") + "{\"text\": \""), 200, &tail);
    vec![
        case("empty.jsonl", "", 0, &["empty file"]),
        case("blank.jsonl", "\n\n  \n", 0, &["no records"]),
        case("mark.jsonl", format!("\u{feff}{}", line("mark")), 1, &[]),
        case("crlf.jsonl", line("crlf1").replace('\n', "\r\n") + &line("crlf2"), 2, &[]),
        case("utf16.jsonl", utf16(&(line("wide1") + &line("wide2")), true), 2, &[]),
        case("next-line.jsonl", "{\"id\": \"nel\", \"text\": \"a\u{85}b\u{2028}c\"}\n", 1, &[]),
        case("surrogate.jsonl", r#"{"id": "sur", "text": "a \ud800 b"}"#, 1, &[]),
        case("bad-byte.jsonl", [bad_byte, line("byte2").as_bytes()].concat(), 2, &[]),
        case("numbers-as-ids.jsonl", numbers, 3, &[]),
        case("long-id.jsonl", line(&"x".repeat(10_000)), 1, &[]),
        case("id-with-line-end.jsonl", r#"{"id": "a\nb", "text": "c"}"#, 1, &[]),
        case("empty-id.jsonl", r#"{"id": "", "text": "c"}"#, 1, &[]),
        case("same-ids.jsonl", line("same").repeat(3), 3, &[]),
        case("wrong-types.jsonl", types, 0, &["a number", "a list", "an object", "true or false"]),
        case("no-text.jsonl", missing, 0, &["no field `text`", "empty text", "empty text"]),
        case(
            "not-objects.jsonl",
            others,
            1,
            &["a number, not a JSON object", "a JSON string", "`null`", "a JSON array", "not JSON"],
        ),
        case(
            "breaks-off.jsonl",
            line("whole") + "{\"text\": \"The fer",
            1,
            &["truncated: the record ends inside"],
        ),
        case(
            "bad-line.jsonl",
            line("before") + "{\"text\": \"a\", }\n" + &line("behind"),
            2,
            &["not valid JSON"],
        ),
        case("deep.jsonl", deep, 1, &["is a list"]),
        case("array.jsonl", format!("[\n{},\n{}]\n", line("arr1").trim(), line("arr2").trim()), 2, &[]),
        made("long-line.jsonl", long_line, 2, &["longer than 64 MiB"]),
    ]
}

fn json() -> Vec<Case> {
    let mixed = format!("[{}, 7, \"x\", [1], null, {}]", line("el1"), line("el2"));
    let breaks = format!("[{}, {{\"text\": \"a", line("first"));
    vec![
        case("array.json", mixed, 2, &["a number", "a JSON string", "a JSON array", "`null`"]),
        case("empty-array.json", "[]", 0, &["no records"]),
        case("empty-object.json", "{}", 0, &["no field `text`"]),
        case(
            "breaks-off.json",
            "{\"id\": \"a\", \"text\": \"The fer",
            0,
            &["truncated: the record ends inside"],
        ),
        case("array-breaks-off.json", breaks, 1, &["truncated: the record ends inside"]),
        case(
            "array-not-closed.json",
            format!("[{},", line("open1")),
            1,
            &["truncated: the array is not closed"],
        ),
        case(
            "behind-array.json",
            format!("[{}] and more", line("in-array")),
            1,
            &["after the end of the array"],
        ),
        case("lines.json", line("line1") + &line("line2"), 2, &[]),
        case("hello.json", "hello", 0, &["not JSON"]),
        case("page.json", "<html><body>no", 0, &["not JSON"]),
        case("utf16.json", utf16(&line("wide-object"), false), 1, &[]),
        case("no-extension-json", line("bare"), 1, &[]),
    ]
}

fn tables() -> Vec<Case> {
    let ragged = "id,text,title\ncsv1,a,t\ncsv2\ncsv3,a,t,more\ncsv4,b\n";
    vec![
        case("empty.csv", "", 0, &["empty file"]),
        case("header.csv", "id,text\n", 0, &["no rows below it"]),
        case("no-text.csv", "id,body\n1,a\n", 0, &["no column `text`"]),
        case("ragged.csv", ragged, 2, &["1 fields", "4 fields"]),
        case("stray-quotes.csv", "id,text\ncsv5,5\" pipe\ncsv6,a \"word\" b\ncsv7,\"c\"d\n", 3, &[]),
        case("open-quote.csv", "id,text\ncsv8,\"open\ncsv9,b\n", 1, &["unclosed"]),
        case("quoted-lines.csv", "id,text\r\ncsv10,\"a\r\n\r\nb\"\r\n\r\ncsv11,c\r\n", 2, &[]),
        case("semicolons.csv", "id;text\ncsv12;a, b\n", 1, &[]),
        case("mark.csv", "\u{feff}id,text\ncsv13,a\n", 1, &[]),
        case("utf16.tsv", utf16("id\ttext\ncsv14\ta b\n", true), 1, &[]),
        case("blank-text.tsv", "id\ttext\n1\t  \n", 0, &["empty text"]),
        case("latin1.csv", b"id,text\ncsv15,le caf\xe9 est ferm\xe9 et l'\xe9cole aussi\n", 1, &[]),
    ]
}

fn pages() -> Vec<Case> {
    const EMPTY: &[&str] = &["no text on the page|HTML support"];
    const WORDS: &[&str] = if HTML { &[] } else { &["HTML support"] };
    let deep = format!("<html><body>{}<p>{GOOD}", "<div>".repeat(100_000));
    vec![
        case("empty.html", "", 0, &["empty file"]),
        case("nothing.html", "<html><body></body></html>", 0, EMPTY),
        case("scripts.html", "<html><script>var a = 'b';</script><style>p{}</style></html>", 0, EMPTY),
        case("plain.html", GOOD, usize::from(HTML), WORDS),
        case("deep.html", deep, usize::from(HTML), WORDS),
        case("page-without-extension", format!("<!doctype html><p>{GOOD}"), usize::from(HTML), WORDS),
    ]
}

#[cfg(unix)]
fn system() -> Vec<Case> {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::process::Command;

    let fifo = |path: &Path| assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
    let folder_of = |path: &Path, names: &[&[u8]]| {
        fs::create_dir(path).unwrap();
        for name in names {
            fs::write(path.join(OsStr::from_bytes(name)), GOOD).unwrap();
        }
    };
    let forbidden = |path: &Path| {
        fs::write(path, GOOD).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o000)).unwrap();
    };
    let circle = |path: &Path| {
        fs::create_dir(path).unwrap();
        symlink("..", path.join("up")).unwrap();
    };
    let long_name = "n".repeat(251) + ".txt";
    vec![
        made("fifo.txt", fifo, 0, &["not a regular file"]),
        made("dangling.txt", |path| symlink("nowhere", path).unwrap(), 0, &["a dangling symbolic link"]),
        made("circle", circle, 0, &["a loop"]),
        made("linked.txt", |path| symlink("000-good.txt", path).unwrap(), 1, &[]),
        made("not-utf8", move |path| folder_of(path, &[b"caf\xe8.txt", b"caf\xe9.txt"]), 2, &[]),
        made("long-name", move |path| folder_of(path, &[long_name.as_bytes()]), 1, &[]),
        // The superuser can read it.
        Case { read: Read::Either, ..made("forbidden.txt", forbidden, 0, &["Permission denied"]) },
    ]
}

#[cfg(not(unix))]
fn system() -> Vec<Case> {
    Vec::new()
}

#[derive(Debug, Default)]
pub struct Seen {
    /// Ids of the documents, with the duplicate ids that they specified.
    pub ids: Vec<(String, Option<String>)>,
    pub reasons: Vec<String>,
}

impl Seen {
    fn fits(&self, case: &Case) -> bool {
        let likely = |(reason, part): (&String, &&str)| part.split('|').any(|part| reason.contains(part));
        let reasons =
            self.reasons.len() == case.skipped.len() && self.reasons.iter().zip(case.skipped).all(likely);
        match case.read {
            Read::Exactly(read) => self.ids.len() == read && reasons,
            Read::Some => self.ids.len() > 50 && reasons,
            Read::Either => {
                (self.ids.len() == 1 && self.reasons.is_empty()) || (self.ids.is_empty() && reasons)
            }
        }
    }
}

/// Outcomes of the files of a folder, by the first component of their path below it.
pub type Outcomes = BTreeMap<String, Seen>;

/// Returns the first component of a path below `root`.
pub fn below(root: &str, path: &str) -> String {
    let inner = path.strip_prefix(root).and_then(|path| path.strip_prefix('/'));
    inner.unwrap_or_else(|| panic!("{path} is not below {root}")).split('/').next().unwrap().to_owned()
}

/// Returns the name of the good file that follows a bad one in the order of the walk.
fn neighbour(case: &Case) -> String {
    format!("{}-good.txt", case.name)
}

/// Writes every case below `root`, each followed by a good file.
pub fn lay_out(root: &Path) -> Vec<Case> {
    let groups = [texts(), compressed(), json_lines(), json(), tables(), pages(), system()];
    let cases: Vec<Case> = groups.into_iter().flatten().collect();
    assert!(cases.len() >= 80, "{}", cases.len());
    fs::write(root.join("000-good.txt"), GOOD).unwrap();
    for case in &cases {
        let path = root.join(case.name);
        match &case.make {
            Make::Bytes(bytes) => fs::write(&path, bytes).unwrap(),
            Make::Run(make) => make(&path),
        }
        fs::write(root.join(neighbour(case)), format!("{GOOD} {}", case.name)).unwrap();
    }
    cases
}

/// Checks the outcomes of the folder against the expected ones.
pub fn check(cases: &[Case], mut seen: Outcomes) {
    let mut wrong = Vec::new();
    for case in cases {
        let found = seen.remove(case.name).unwrap_or_default();
        if !found.fits(case) {
            wrong
                .push(format!("{}: expected {:?} read, {:?}; {found:?}", case.name, case.read, case.skipped));
        }
        if seen.remove(&neighbour(case)).is_none_or(|seen| seen.ids.len() != 1 || !seen.reasons.is_empty()) {
            wrong.push(format!("{}: the file after it is affected", case.name));
        }
    }
    assert_eq!(seen.remove("000-good.txt").map(|seen| seen.ids.len()), Some(1));
    assert!(seen.is_empty(), "unexpected: {seen:?}");
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
