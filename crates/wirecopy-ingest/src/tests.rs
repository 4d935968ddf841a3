//! Tests of the whole module: folders of files read by [`read`].

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use wirecopy_core::NoProgress;

const GOOD: &str = "The harbour authority said on Monday that the ferry would sail again.";

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, content) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    folder
}

/// Returns id and text of each document, and the reason for each skipped input.
fn all(roots: &[Root], config: &IngestConfig) -> Vec<(String, String)> {
    let mut out = Vec::new();
    read(
        roots,
        config,
        &NoProgress,
        &Cancel::default(),
        |document| document.text.clone(),
        |outcome| {
            out.push(match outcome {
                Outcome::Read(header, text) => (header.id, text),
                Outcome::Skipped(skipped) => ("skipped".to_owned(), skipped.reason),
                Outcome::SkippedMore(more) => ("more".to_owned(), more.to_string()),
            });
            Ok(())
        },
    )
    .unwrap();
    out
}

fn ids_below(root: &Path, config: &IngestConfig) -> Vec<String> {
    all(&[Root::from(root)], config).into_iter().map(|(id, _)| id).collect()
}

#[test]
fn run_reports_are_not_inputs() {
    let line = "{\"type\":\"run\",\"schema\":1,\"version\":\"0\"}\n{\"type\":\"summary\"}\n";
    let folder =
        folder(&[("a.txt", GOOD), ("run.jsonl", line), ("sub/run", line), ("z.jsonl", "{\"type\":\"run\"}")]);
    let root = folder.path();
    fs::write(root.join("run.jsonl.zst"), zstd::encode_all(line.as_bytes(), 1).unwrap()).unwrap();
    let config = IngestConfig::default();
    let found = all(&[Root::from(root)], &config);
    let no_text = "no field `text`".to_owned();
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!((found[0].0.as_str(), found[1].1.starts_with(&no_text)), ("a.txt", true), "{found:?}");
    // A report that is named explicitly is skipped with a reason.
    for name in ["run.jsonl", "run.jsonl.zst", "sub/run"] {
        let skipped = ("skipped".to_owned(), "a wirecopy run report, not news".to_owned());
        assert_eq!(all(&[Root::from(root.join(name))], &config), [skipped]);
    }
}

/// Like [`all`], with the given sizes of blocks and batches.
fn all_sized(root: &Path, sizes: feed::Sizes) -> Vec<(String, String)> {
    let config = IngestConfig::default();
    let cancel = Cancel::default();
    let feed = start(&[Root::from(root)], &config, sizes, &NoProgress, &cancel).unwrap();
    let wanted = Wanted { is: &|_, _| true, settled: true };
    let map = |document: &Document| document.text.clone();
    let worker = Worker::new(&config, sizes, &cancel, &map, &wanted).unwrap();
    let mut out = Vec::new();
    run(feed, &worker, &NoProgress, &cancel, |outcome| {
        if let Outcome::Read(header, text) = outcome {
            out.push((header.id, text));
        }
        Ok(())
    })
    .unwrap();
    out
}

fn names(list: &[&str]) -> Vec<String> {
    list.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn walk_is_in_bytewise_order_without_hidden_files() {
    let files = [
        ("b.txt", GOOD),
        ("B.txt", GOOD),
        ("a/z.txt", GOOD),
        ("a/ä.txt", GOOD),
        (".h.txt", GOOD),
        (".d/x.txt", GOOD),
    ];
    let folder = folder(&files);
    let mut config = IngestConfig::default();
    assert_eq!(ids_below(folder.path(), &config), ["B.txt", "a/z.txt", "a/ä.txt", "b.txt"]);
    config.hidden = true;
    assert_eq!(
        ids_below(folder.path(), &config),
        [".d/x.txt", ".h.txt", "B.txt", "a/z.txt", "a/ä.txt", "b.txt"]
    );
}

#[test]
fn globs_select_files_and_folders() {
    let folder = folder(&[
        ("a.txt", GOOD),
        ("b.md", GOOD),
        ("x/c.txt", GOOD),
        ("x/y/d.txt", GOOD),
        ("old/x/e.txt", GOOD),
    ]);
    let ids = |include: &[&str], exclude: &[&str], max_depth| {
        let (include, exclude) = (names(include), names(exclude));
        ids_below(folder.path(), &IngestConfig { include, exclude, max_depth, ..IngestConfig::default() })
    };
    assert_eq!(ids(&["*.txt"], &[], None), ["a.txt", "old/x/e.txt", "x/c.txt", "x/y/d.txt"]);
    assert_eq!(ids(&["x/*.txt"], &[], None), ["x/c.txt"]);
    assert_eq!(ids(&["x/**"], &[], None), ["x/c.txt", "x/y/d.txt"]);
    assert_eq!(ids(&["/*.txt"], &[], None), ["a.txt"]);
    assert_eq!(ids(&[], &["x"], None), ["a.txt", "b.md"]);
    assert_eq!(ids(&[], &["/x/"], None), ["a.txt", "b.md", "old/x/e.txt"]);
    assert_eq!(ids(&["*.txt"], &["x/**/d.txt"], None), ["a.txt", "old/x/e.txt", "x/c.txt"]);
    assert_eq!(ids(&[], &[], Some(1)), ["a.txt", "b.md"]);
    let config = IngestConfig { include: names(&["a{"]), ..IngestConfig::default() };
    let result =
        read(&[Root::from(folder.path())], &config, &NoProgress, &Cancel::default(), |_| (), |_| Ok(()));
    assert!(matches!(result, Err(Error::Config { name: "ingest.include", .. })));
}

#[test]
fn ignore_files_apply_below_their_folder() {
    let files = [
        (".wirecopyignore", "*.md\n/drafts/\n"),
        ("a.txt", GOOD),
        ("b.md", GOOD),
        ("drafts/c.txt", GOOD),
        ("x/.wirecopyignore", "# a comment\n!keep.md\nd.txt\n"),
        ("x/d.txt", GOOD),
        ("x/keep.md", GOOD),
        ("x/drafts/e.txt", GOOD),
        ("y/d.txt", GOOD),
    ];
    let config = IngestConfig { hidden: true, ..IngestConfig::default() };
    assert_eq!(
        ids_below(folder(&files).path(), &config),
        ["a.txt", "x/drafts/e.txt", "x/keep.md", "y/d.txt"]
    );
}

#[test]
fn ids_start_with_the_root_name_if_there_are_several_roots() {
    let folder = folder(&[("a/x/1.txt", GOOD), ("b/x/2.txt", GOOD), ("b/.h.txt", GOOD)]);
    let at = |path: &str| Root::from(folder.path().join(path));
    let ids = |roots: &[Root]| {
        all(roots, &IngestConfig::default()).into_iter().map(|(id, _)| id).collect::<Vec<_>>()
    };
    assert_eq!(ids(&[at("a/x"), at("b/x")]), ["x/1.txt", "x~2/2.txt"]);
    assert_eq!(ids(&[at("b/.h.txt")]), [".h.txt"]);
    assert_eq!(ids(&[at("a/x/."), at("b/.h.txt")]), ["x/1.txt", ".h.txt"]);
    // A file reached through two roots is one input.
    assert_eq!(ids(&[at("a"), at("a/x"), at("a/x/1.txt")]), ["a/x/1.txt"]);
}

#[cfg(unix)]
#[test]
fn names_that_are_not_utf8_get_distinct_ids() {
    use std::os::unix::ffi::OsStrExt;
    let folder = TempDir::new().unwrap();
    for name in [&b"caf\xe9.txt"[..], b"caf\xe8.txt"] {
        fs::write(folder.path().join(std::ffi::OsStr::from_bytes(name)), GOOD).unwrap();
    }
    assert_eq!(ids_below(folder.path(), &IngestConfig::default()), ["caf%E8.txt", "caf%E9.txt"]);
}

#[test]
fn documents_over_the_size_limit_are_skipped_in_every_format() {
    let long = format!("{{\"text\": \"{}\"}}", "x".repeat(300));
    let files = [
        ("a.txt", &"x".repeat(101)[..]),
        ("b.jsonl", &format!("{long}\n{{\"text\": \"short\"}}\n")),
        ("c.json", &format!("[{long}, {{\"text\": \"short\"}}]")),
        ("d.csv", &format!("text\n{}\nshort\n", "x".repeat(200))),
    ];
    let folder = folder(&files);
    let config = IngestConfig { max_document_bytes: 100, ..IngestConfig::default() };
    let out = all(&[Root::from(folder.path())], &config);
    let too_long = ("skipped".to_owned(), "longer than 100 bytes".to_owned());
    assert_eq!(out.len(), 7);
    assert!([0, 1, 3, 5].iter().all(|index| out[*index] == too_long), "{out:?}");
    assert!([2, 4, 6].iter().all(|index| out[*index].1 == "short"), "{out:?}");
}

#[test]
fn skipped_records_over_the_limit_are_only_counted() {
    let mut lines = "no record\n".repeat(5000);
    lines += "{\"text\": \"short\"}\n";
    let folder = folder(&[("a.jsonl", &lines), ("b.jsonl", "no record\n{\"text\": \"short\"}\n")]);
    let config = IngestConfig { max_skipped: 3, ..IngestConfig::default() };
    let out = all(&[Root::from(folder.path())], &config);
    let kinds: Vec<&str> = out.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(kinds, ["skipped", "skipped", "skipped", "a.jsonl#5001", "more", "skipped", "b.jsonl#2"]);
    assert_eq!(out[4].1, "4997");
}

#[cfg(unix)]
#[test]
fn pipe_that_replaces_a_file_is_skipped_without_blocking() {
    struct Swap<'a>(&'a Path);
    impl Progress for Swap<'_> {
        fn begin(&self, _: Stage, _: Option<u64>) {
            fs::remove_file(self.0).unwrap();
            assert!(std::process::Command::new("mkfifo").arg(self.0).status().unwrap().success());
        }
        fn advance(&self, _: u64, _: u64) {}
        fn end(&self, _: Stage, _: u64, _: u64) {}
    }
    let folder = folder(&[("a.txt", GOOD), ("b.jsonl", GOOD), ("c.txt", GOOD)]);
    for name in ["a.txt", "b.jsonl"] {
        let mut seen = Vec::new();
        let swap = Swap(&folder.path().join(name));
        let config = IngestConfig::default();
        read(
            &[Root::from(folder.path())],
            &config,
            &swap,
            &Cancel::default(),
            |_| (),
            |outcome| {
                seen.push(match outcome {
                    Outcome::Read(header, ()) => header.id,
                    Outcome::Skipped(skipped) => skipped.reason,
                    Outcome::SkippedMore(more) => more.to_string(),
                });
                Ok(())
            },
        )
        .unwrap();
        assert!(seen.contains(&"not a regular file: a named pipe".to_owned()), "{seen:?}");
        assert!(seen.contains(&"c.txt".to_owned()), "{seen:?}");
    }
}

#[test]
fn outcomes_do_not_depend_on_threads_and_sizes() {
    let lines: String =
        (0..500).map(|n| format!("{{\"id\": {}, \"text\": \"{GOOD} {n}\"}}\n", n / 2)).collect();
    let mut files = vec![("m.jsonl".to_owned(), lines)];
    files.extend((0..40).map(|n| (format!("t{n:02}.txt"), format!("{GOOD} {n}"))));
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let folder = folder(&files);
    let expected = all(&[Root::from(folder.path())], &IngestConfig::default());
    assert_eq!(expected.len(), 540);
    for threads in [1, 4] {
        for (block, batch, items) in [(64, 1, 3), (1000, 4096, 7), (1 << 20, 1 << 30, 1)] {
            let sizes = feed::Sizes { block, batch, items, small: 0, small_compressed: 0 };
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let got = pool.install(|| all_sized(folder.path(), sizes));
            assert!(got == expected, "{threads} threads, blocks of {block}");
        }
    }
}

#[test]
fn progress_adds_up_to_the_bytes_on_disk() {
    use std::sync::atomic::{AtomicU64, Ordering};
    #[derive(Default)]
    struct Sums(AtomicU64, AtomicU64, AtomicU64);
    impl Progress for Sums {
        fn begin(&self, _: Stage, total: Option<u64>) {
            self.0.store(total.unwrap(), Ordering::Relaxed);
        }
        fn advance(&self, steps: u64, bytes: u64) {
            self.1.fetch_add(steps, Ordering::Relaxed);
            self.2.fetch_add(bytes, Ordering::Relaxed);
        }
        fn end(&self, _: Stage, _: u64, _: u64) {}
    }
    let lines = format!("{{\"text\": \"{GOOD}\"}}\n").repeat(20_000);
    let folder = folder(&[("a.jsonl", lines.as_str()), ("b.txt", GOOD), ("c.txt", "")]);
    fs::write(folder.path().join("d.jsonl.zst"), zstd::encode_all(lines.as_bytes(), 1).unwrap()).unwrap();
    let sums = Sums::default();
    let roots = [Root::from(folder.path())];
    read(&roots, &IngestConfig::default(), &sums, &Cancel::default(), |_| (), |_| Ok(())).unwrap();
    assert_eq!(sums.1.into_inner(), 40_002);
    assert_eq!(sums.0.into_inner(), sums.2.into_inner());
}

proptest! {
    // Each case is a folder on disk.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_in_any_format_are_handled_without_panic(
        bytes in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..200),
            "[\\[\\]{}\",:a-c\\\\u0-9\n\r\t<>/ -]{0,200}".prop_map(String::into_bytes),
        ],
        magic in 0_usize..4,
    ) {
        let folder = TempDir::new().unwrap();
        let magic: &[u8] = [&b""[..], b"\x1f\x8b\x08\0\0\0\0\0\0\0", b"\x28\xb5\x2f\xfd", b"\xff\xfe"][magic];
        let bytes = [magic, &bytes].concat();
        let extensions = ["txt", "md", "html", "json", "jsonl", "csv", "tsv", "txt.gz", "jsonl.zst", "unknown"];
        for extension in extensions {
            fs::write(folder.path().join(format!("x.{extension}")), &bytes).unwrap();
        }
        let out = all(&[Root::from(folder.path())], &IngestConfig::default());
        prop_assert!(out.len() >= extensions.len());
    }

    #[test]
    fn json_lines_do_not_depend_on_the_block_size(texts in prop::collection::vec(any::<String>(), 1..20), block in 1_usize..200) {
        let folder = TempDir::new().unwrap();
        let mut lines = String::new();
        for (number, text) in texts.iter().enumerate() {
            lines.push_str(&serde_json::json!({"x": [number], "text": text, "id": format!("r{number}")}).to_string());
            lines.push('\n');
        }
        fs::write(folder.path().join("a.jsonl"), lines).unwrap();
        let sizes = feed::Sizes { block, batch: 100, items: 3, small: 0, small_compressed: 0 };
        let expected: Vec<(String, String)> = texts
            .iter()
            .enumerate()
            .filter(|(_, text)| !record::is_empty(text))
            .map(|(number, text)| (format!("r{number}"), text.clone()))
            .collect();
        prop_assert_eq!(all_sized(folder.path(), sizes), expected);
    }
}

/// Returns a web archive of `count` pages, with records of other kinds between them.
fn archive(count: usize) -> Vec<u8> {
    let mut out = Vec::new();
    for number in 0..count {
        let text = format!("The ferry sails again on day {number}, said the harbour. ").repeat(20);
        for (kind, media_type) in [("request", "application/http"), ("conversion", "text/plain")] {
            out.extend_from_slice(
                format!(
                    "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Date: 2026-05-04T03:02:01Z\r\nWARC-Target-URI: https://a.example/{number}\r\n\
                     Content-Type: {media_type}\r\nContent-Length: {}\r\n\r\n{text}\r\n\r\n",
                    text.len()
                )
                .as_bytes(),
            );
        }
    }
    out
}

#[test]
fn archive_is_read_alike_by_workers_and_by_the_reading_thread() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("a.wet"), archive(30)).unwrap();
    fs::write(folder.path().join("b.wet.gz"), members::gzip(&archive(1))).unwrap();
    let whole = all_sized(folder.path(), feed::Sizes::default());
    let ids: Vec<&str> = whole.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!((ids.len(), ids[0], ids[29], ids[30]), (31, "a.wet#1", "a.wet#30", "b.wet.gz"));
    for (block, batch, small) in [(100, 1000, 0), (1 << 20, 1, 10_000), (64, 1 << 20, 1 << 20)] {
        let sizes = feed::Sizes { block, batch, small, small_compressed: small, ..feed::Sizes::default() };
        assert_eq!(all_sized(folder.path(), sizes), whole, "{sizes:?}");
    }
}

#[test]
fn only_wanted_pages_of_an_archive_are_read_again() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.wet");
    fs::write(&path, archive(9)).unwrap();
    let wanted = Wanted { is: &|_, record| record == Some(7), settled: true };
    let mut found = Vec::new();
    read_again(
        [path.to_str().unwrap()],
        &IngestConfig::default(),
        &Cancel::default(),
        &wanted,
        |document| document.id.clone(),
        |id| {
            found.push(id);
            Ok(())
        },
    )
    .unwrap();
    assert_eq!(found, ["a.wet#7"]);
}

#[test]
fn list_counts_the_documents_and_skipped_inputs_of_each_file() {
    let folder = folder(&[
        ("a.txt", GOOD),
        ("b.jsonl", "{\"text\": 1}\n{\"text\": \"!\"}\n{\"text\": \"One.\"}\n"),
        ("c.csv", "a;b\n1;2\n"),
    ]);
    fs::write(folder.path().join("d.wet"), archive(3)).unwrap();
    let mut found = Vec::new();
    for max_skipped in [10, 0] {
        let config = IngestConfig { max_skipped, ..IngestConfig::default() };
        list(&[Root::from(folder.path())], &config, &NoProgress, &Cancel::default(), |file| {
            found.push((file.format, file.documents, file.skipped.len(), file.skipped_more));
            Ok(())
        })
        .unwrap();
    }
    let text = (Some("plain text"), 1, 0, 0);
    let archive = (Some("web archive"), 3, 0, 0);
    assert_eq!(found[..4], [text, (Some("JSON lines"), 1, 2, 0), (None, 0, 1, 0), archive]);
    assert_eq!(found[4..], [text, (Some("JSON lines"), 1, 0, 2), (None, 0, 0, 1), archive]);
}
