//! Benchmarks of single stages and of whole runs: `cargo bench`, or `cargo bench -- tokenise`.
//!
//! Documents are generated, so that figures can be compared between machines and versions. For real news, use
//! `wirecopy bench`. Compare ratios, not seconds.

#![allow(clippy::unwrap_used, missing_docs)]

use std::hint::black_box;
use std::io::Write;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use wirecopy::{Config, Metadata, Pipeline, Root};
use wirecopy_core::DocId;
use wirecopy_core::candidates::bands::{BandKeys, Text, band_keys};
use wirecopy_core::candidates::params::Bands;
use wirecopy_core::candidates::rare::RareJoin;
use wirecopy_core::classify::{Documents, Examiner, Prepared, Publications, Ready};
use wirecopy_core::score::{Idf, LanguageKey, Model, Profile, Scratch, measure};
use wirecopy_core::sketch::{Signature, Sketcher};
use wirecopy_core::text::{Token, TokenStore, Tokenizer, Tokens, shingles, tokenize};
use wirecopy_lab::generate::{Generated, Generator, GeneratorConfig};
use wirecopy_spill::Budget;

const SEED: u64 = 7;

fn generated(documents: u32) -> Vec<Generated> {
    Generator::new(GeneratorConfig { documents, seed: SEED }).iter().collect()
}

/// Invented sentences in several scripts. The benchmark measures the code path for a script.
const SCRIPTS: [(&str, &str); 6] = [
    ("latin", "The council of Velmark voted on Monday to rebuild the old bridge before the winter sets in. "),
    (
        "latin with marks",
        "Le conseil de Velmark a décidé lundi de reconstruire le vieux pont avant l’été prochain. ",
    ),
    ("cyrillic", "Совет города решил в понедельник восстановить старый мост до начала зимы. "),
    ("arabic", "قرر مجلس المدينة يوم الاثنين إعادة بناء الجسر القديم قبل حلول الشتاء. "),
    ("han", "市议会星期一决定在冬天到来之前重建旧桥，预算为三百万元。"),
    ("thai", "สภาเมืองลงมติเมื่อวันจันทร์ให้สร้างสะพานเก่าขึ้นใหม่ก่อนฤดูหนาว "),
];

fn tokenise(c: &mut Criterion) {
    let mut group = c.benchmark_group("tokenise");
    let mut tokenizer = Tokenizer::default();
    for (script, sentence) in SCRIPTS {
        let text = sentence.repeat(3000 / sentence.len() + 1);
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(script, |b| b.iter(|| black_box(tokenizer.tokens(black_box(&text)))));
    }
    let articles = generated(200);
    group.throughput(Throughput::Bytes(articles.iter().map(|one| one.text.len() as u64).sum()));
    group.bench_function("articles", |b| {
        b.iter(|| articles.iter().map(|one| tokenizer.tokens(&one.text).len()).sum::<usize>());
    });
    group.finish();
}

fn tokens_of(articles: &[Generated]) -> Vec<Tokens> {
    articles.iter().map(|one| tokenize(&one.text)).collect()
}

fn sketch(c: &mut Criterion) {
    let config = Config::default().matching;
    let documents = tokens_of(&generated(200));
    let tokens: u64 = documents.iter().map(|d| d.len() as u64).sum();
    let mut group = c.benchmark_group("sketch");
    group.throughput(Throughput::Elements(tokens));
    let mut sorted = Vec::new();
    group.bench_function("shingles, sorted", |b| {
        b.iter(|| {
            for document in &documents {
                shingles(document.as_slice(), config.shingle, &mut sorted);
                black_box(&sorted);
            }
        });
    });
    let sketcher = Sketcher::new(config.signature, SEED);
    let shingled: Vec<Vec<u64>> = documents
        .iter()
        .map(|document| {
            shingles(document.as_slice(), config.shingle, &mut sorted);
            sorted.clone()
        })
        .collect();
    let mut signature = Signature::default();
    group.bench_function("signatures", |b| {
        b.iter(|| {
            for shingles in &shingled {
                sketcher.sign(shingles, &mut signature);
                black_box(&signature);
            }
        });
    });
    group.finish();
}

fn candidates(c: &mut Criterion) {
    let config = Config::default().matching;
    let documents = tokens_of(&generated(5_000));
    let cut = Bands::for_config(&config);
    let sketcher = Sketcher::new(config.signature, SEED);
    let mut keys = BandKeys::new(cut.bands, &Budget::unlimited());
    let (mut sorted, mut signature, mut own) = (Vec::new(), Signature::default(), Vec::new());
    for document in &documents {
        shingles(document.as_slice(), config.shingle, &mut sorted);
        sketcher.sign(&sorted, &mut signature);
        own.clear();
        band_keys(signature.minima(), cut, &mut own);
        keys.push(u32::try_from(document.len()).unwrap(), &own).unwrap();
    }
    let mut group = c.benchmark_group("candidates");
    group.throughput(Throughput::Elements(documents.len() as u64)).sample_size(10);
    group.bench_function("bands", |b| {
        b.iter(|| {
            let text = |document: DocId| Text { words: document.0.into(), dated: document.0.into() };
            black_box(keys.candidates(|document| Some(text(document))).unwrap());
        });
    });
    let mut store = TokenStore::new(&Budget::unlimited());
    for document in &documents {
        store.push(document).unwrap();
    }
    let ids: Vec<DocId> = (0..).map(DocId).take(documents.len()).collect();
    group.bench_function("rare join", |b| {
        b.iter(|| {
            RareJoin::new(&ids, &store, config.rare_features, config.rare_shared)
                .candidates(&Budget::unlimited())
                .unwrap()
        });
    });
    group.finish();
}

/// Documents in memory, for an examiner.
struct InMemory<'a>(&'a [Tokens]);

impl Documents for InMemory<'_> {
    fn tokens(&mut self, document: DocId) -> Tokens {
        self.0[document.0 as usize].clone()
    }

    fn slice(&mut self, document: DocId) -> &[Token] {
        self.0[document.0 as usize].as_slice()
    }
}

fn verify(c: &mut Criterion) {
    let config = Config::default().matching;
    let articles = generated(400);
    let documents = tokens_of(&articles);
    // Pairs of one family and unrelated pairs, like real candidates.
    let mut pairs: Vec<(usize, usize)> = (1..documents.len()).map(|at| (at - 1, at)).collect();
    for (at, one) in articles.iter().enumerate() {
        pairs.extend(
            (at + 1..articles.len()).find(|&other| articles[other].family == one.family).map(|o| (at, o)),
        );
    }
    let mut group = c.benchmark_group("verify");
    group.throughput(Throughput::Elements(pairs.len() as u64));
    let id = |at: usize| DocId(u32::try_from(at).unwrap());
    let idf = Idf::background();
    let weights = idf.of(LanguageKey::of(Some("eng")));
    let model = Model::shipped().unwrap();
    group.bench_function("shingles", |b| {
        let publications = Publications::default();
        let mut examiner = Examiner::new(&config, &publications, InMemory(&documents), None);
        b.iter(|| {
            for &(x, y) in &pairs {
                black_box(examiner.edge(id(x), id(y)));
            }
        });
    });
    let profiles: Vec<Profile> = documents.iter().map(|document| Profile::new(document, weights)).collect();
    let mut scratch = Scratch::default();
    group.bench_function("scorer", |b| {
        b.iter(|| {
            for &(x, y) in &pairs {
                let measured = measure(&profiles[x], &profiles[y], &mut scratch);
                black_box(measured.map(|features| model.score(&features)));
            }
        });
    });
    let ready = articles
        .iter()
        .zip(&documents)
        .map(|(article, tokens)| Ready::new(tokens.clone(), &article.text, &Metadata::default(), &idf));
    let prepared = Prepared::new(ready.collect(), &config, &model);
    group.bench_function("examiner", |b| {
        let mut examiner = prepared.examiner();
        b.iter(|| {
            for &(x, y) in &pairs {
                black_box(examiner.edge(id(x), id(y)));
            }
        });
    });
    group.throughput(Throughput::Elements(documents.iter().map(|d| d.len() as u64).sum()));
    group.bench_function("profiles", |b| {
        b.iter(|| {
            for document in &documents {
                black_box(Profile::new(document, weights));
            }
        });
    });
    group.finish();
}

/// Writes articles in one of the input formats.
fn write(folder: &std::path::Path, format: &str, articles: &[Generated]) -> Root {
    let path = folder.join(format.replace(' ', "-"));
    match format {
        "text files" | "web pages" => {
            std::fs::create_dir(&path).unwrap();
            for one in articles {
                let (name, text) = if format == "text files" {
                    (format!("{}.txt", one.id), format!("{}\n\n{}\n", one.title, one.text))
                } else {
                    let paragraphs = one.text.replace("\n\n", "</p>\n<p>");
                    let (title, id) = (&one.title, &one.id);
                    let page = format!(
                        "<html><head><title>{title}</title></head><body><nav><a href=/>Home</a></nav>\
                         <article><h1>{title}</h1><p>{paragraphs}</p></article></body></html>"
                    );
                    (format!("{id}.html"), page)
                };
                std::fs::write(path.join(name), text).unwrap();
            }
            Root::from(path)
        }
        _ => {
            let lines: Vec<u8> = articles
                .iter()
                .flat_map(|one| [serde_json::to_vec(one).unwrap(), b"\n".to_vec()].concat())
                .collect();
            let path = path.with_extension(if format == "zstd" { "jsonl.zst" } else { "jsonl" });
            let mut file = std::fs::File::create(&path).unwrap();
            if format == "zstd" {
                zstd::stream::copy_encode(&lines[..], &mut file, 3).unwrap();
            } else {
                file.write_all(&lines).unwrap();
            }
            Root::from(path)
        }
    }
}

fn read(c: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let articles = generated(500);
    let mut group = c.benchmark_group("read");
    group.throughput(Throughput::Elements(articles.len() as u64)).sample_size(20);
    let config = Config::default();
    for format in ["JSON lines", "zstd", "text files", "web pages"] {
        let root = [write(folder.path(), format, &articles)];
        group.bench_function(format, |b| {
            b.iter(|| {
                wirecopy_ingest::read(
                    &root,
                    &config.ingest,
                    &wirecopy::NoProgress,
                    &wirecopy::Cancel::default(),
                    |document| document.text.len(),
                    |outcome| {
                        black_box(outcome);
                        Ok(())
                    },
                )
                .unwrap();
            });
        });
    }
    group.finish();
}

fn runs(c: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let mut group = c.benchmark_group("run");
    group.sample_size(10);
    let everything = Config::default();
    let mut copies = Config::default();
    copies.matching.rewrites = false;
    for documents in [1_000, 10_000, 100_000] {
        let path = folder.path().join(documents.to_string());
        std::fs::create_dir(&path).unwrap();
        let root = [write(&path, "JSON lines", &generated(documents))];
        group.throughput(Throughput::Elements(u64::from(documents)));
        for (name, config) in [("everything", &everything), ("copies", &copies)] {
            group.bench_with_input(BenchmarkId::new(name, documents), &root, |b, root| {
                b.iter_batched(|| (), |()| Pipeline::new(config).run(root).unwrap(), BatchSize::PerIteration);
            });
        }
    }
    group.finish();
}

criterion_group!(stages, tokenise, sketch, candidates, verify, read, runs);
criterion_main!(stages);
