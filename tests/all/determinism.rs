//! Tests that equal inputs give equal reports, byte for byte, whatever the number of threads, the memory limit and the order in
//! which the files were created.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::desk::shuffled;
use tempfile::TempDir;
use wirecopy::{Config, Pipeline, Root};
use wirecopy_lab::generate::{Generated, Generator, GeneratorConfig};
use wirecopy_spill::Budget;

/// Returns the report, without the values that differ between equal runs.
fn report(root: &Path, threads: usize, limit: Option<usize>) -> String {
    let config = Config::default();
    let temporary = TempDir::new().unwrap();
    let budget =
        limit.map_or_else(Budget::unlimited, |limit| Budget::new(limit, Some(temporary.path().to_owned())));
    let mut run = Pipeline::new(&config).threads(threads).budget(budget).spool(&[Root::from(root)]).unwrap();
    run.header.started.clear();
    run.header.command.clear();
    run.summary.seconds = 0.0;
    run.summary.peak_memory = None;
    for stage in &mut run.summary.stages {
        stage.seconds = 0.0;
    }
    let mut bytes = Vec::new();
    run.write_jsonl(&mut bytes).unwrap();
    drop(run);
    assert_eq!(fs::read_dir(temporary.path()).unwrap().count(), 0, "temporary files are left behind");
    String::from_utf8(bytes).unwrap()
}

/// Checks that reports of folders with these files are equal, and returns one, with the folder named `news`.
fn check(files: &[(PathBuf, Vec<u8>)]) -> String {
    let folder = TempDir::new().unwrap();
    // The name is always the same, since reports contain paths.
    let root = folder.path().join("news");
    let mut first: Option<String> = None;
    // A limit that moves everything to files, one that moves some of it, and no limit.
    let (none, some, all) = (None, Some(1 << 20), Some(1));
    for (seed, runs) in [(1, [(1, none), (8, all)]), (2, [(2, some), (2, none)]), (3, [(8, some), (1, all)])]
    {
        if root.exists() {
            fs::remove_dir_all(&root).unwrap();
        }
        for (name, bytes) in shuffled(files.iter().collect(), seed) {
            let path = root.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        for (threads, limit) in runs {
            let report = report(&root, threads, limit);
            let first = first.get_or_insert_with(|| report.clone());
            let differing = first.lines().zip(report.lines()).find(|(a, b)| a != b);
            assert_eq!(
                differing, None,
                "with {threads} threads, a limit of {limit:?}, files in order {seed}"
            );
            assert_eq!(*first, report, "with {threads} threads, a limit of {limit:?}, files in order {seed}");
        }
    }
    first.unwrap().replace(&root.display().to_string(), "news")
}

fn files_below(folder: &Path, root: &Path, out: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_below(&path, root, out);
        } else {
            out.push((path.strip_prefix(root).unwrap().to_owned(), fs::read(&path).unwrap()));
        }
    }
}

/// Counts the lines of one type in a report.
fn count(report: &str, kind: &str) -> usize {
    let start = format!("{{\"type\":\"{kind}\",");
    report.lines().filter(|line| line.starts_with(&start)).count()
}

#[test]
fn report_of_the_corpus_is_deterministic() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let mut files = Vec::new();
    files_below(&root, &root, &mut files);
    assert!(files.len() > 100, "{}", files.len());
    let report = check(&files);
    // Without HTML support, half of the corpus is skipped.
    let least = if cfg!(feature = "html") { 20 } else { 5 };
    assert!(count(&report, "cluster") > least && count(&report, "edge") > least);
}

#[test]
fn report_of_a_generated_corpus_is_deterministic() {
    const FEEDS: usize = 5;
    let generator = Generator::new(GeneratorConfig { documents: 300, seed: 5 });
    let mut files: Vec<(PathBuf, Vec<u8>)> =
        (0..FEEDS).map(|feed| (PathBuf::from(format!("feeds/{feed}.jsonl")), Vec::new())).collect();
    // Two thirds are records, the others are separate files.
    for (number, document) in generator.iter().enumerate() {
        let Generated { id, title, text, source, date, .. } = &document;
        if number % 3 == 0 {
            let text = format!("{title}\n{date}\n\n{text}\n");
            files.push((PathBuf::from(format!("{source}/{id}.txt")), text.into_bytes()));
        } else {
            let feed = &mut files[number % FEEDS].1;
            serde_json::to_writer(&mut *feed, &document).unwrap();
            feed.push(b'\n');
        }
    }
    let report = check(&files);
    assert_eq!(count(&report, "document"), 300);
    assert!(count(&report, "cluster") > 10 && count(&report, "edge") > 20);
}

/// Returns a feed of generated news in which each document is repeated under other ids: twice unchanged, once from another
/// source, once years later.
fn repeated() -> Vec<u8> {
    let generator = Generator::new(GeneratorConfig { documents: 120, seed: 9 });
    let mut feed = Vec::new();
    let repetition = |id: &str, document: &Generated| Generated {
        id: format!("{}-{id}", document.id),
        ..document.clone()
    };
    let documents: Vec<Generated> = generator.iter().collect();
    let same = documents.iter().map(|document| repetition("same", document));
    let elsewhere = documents.iter().map(|document| Generated {
        source: "elsewhere.example".to_owned(),
        ..repetition("elsewhere", document)
    });
    let later = documents
        .iter()
        .map(|document| Generated { date: "2031-01-01".to_owned(), ..repetition("later", document) });
    let twice = documents.iter().map(|document| repetition("twice", document));
    for document in documents.iter().cloned().chain(same).chain(elsewhere).chain(later).chain(twice) {
        serde_json::to_writer(&mut feed, &document).unwrap();
        feed.push(b'\n');
    }
    feed
}

#[test]
fn documents_of_the_same_words_are_in_one_cluster() {
    let report = check(&[(PathBuf::from("feed.jsonl"), repeated())]);
    assert_eq!(count(&report, "document"), 600);
    let mut texts = 0;
    for line in report.lines().filter(|line| line.starts_with("{\"type\":\"cluster\"")) {
        let cluster: serde_json::Value = serde_json::from_str(line).unwrap();
        let members = cluster["members"].as_array().unwrap();
        let mut times: BTreeMap<&str, u32> = BTreeMap::new();
        for id in members.iter().map(|member| member["id"].as_str().unwrap()) {
            let end = ["-same", "-elsewhere", "-later", "-twice"].into_iter().find(|end| id.ends_with(end));
            *times.entry(id.strip_suffix(end.unwrap_or_default()).unwrap()).or_default() += 1;
        }
        assert!(times.values().all(|&times| times == 5), "{times:?}");
        texts += times.len();
    }
    assert!(texts >= 110, "{texts}");
}
