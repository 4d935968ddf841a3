//! Measures the speed of a run, stage by stage, against the floor of reading its input.
//!
//! Each repeat first reads and hashes every byte of the input ([`floor`]), then runs the pipeline, so that both run under the
//! same conditions. Medians are reported. Ratios to the floor, or to an earlier measurement in the same session, are
//! comparable between machines; seconds are not.

use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use wirecopy_core::engine::thread_pool;
use wirecopy_core::{Cancel, Progress, Stage};
use wirecopy_core::{Error, Result};
use wirecopy_ingest::config::IngestConfig;
use wirecopy_ingest::{Root, floor};
use wirecopy_report::{StageLine, SummaryLine, peak_memory};

/// Seconds below which a stage is too short for the CPU time of the system, which counts hundredths.
const SHORT: f64 = 0.05;
/// Clock ticks per second in `/proc/self/stat` on Linux.
const TICKS: f64 = 100.0;

/// The results of a benchmark.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Benchmark {
    /// Version of the program.
    pub version: String,
    /// Number of repeats.
    pub repeat: u32,
    /// Number of worker threads; 0 uses one per core.
    pub threads: usize,
    /// Number of documents.
    pub documents: u64,
    /// Number of skipped inputs.
    pub skipped: u64,
    /// Number of files read.
    pub files: u64,
    /// Bytes of those files on disk.
    pub disk_bytes: u64,
    /// Bytes of decoded text.
    pub text_bytes: u64,
    /// Seconds of walking, reading and hashing every byte.
    pub floor_seconds: f64,
    /// Seconds of the whole run.
    pub seconds: f64,
    /// Average number of busy cores (CPU seconds divided by wall-clock seconds), if the system reports it.
    pub cores: Option<f64>,
    /// Peak resident memory of the process in bytes, if the system reports it.
    pub peak_memory: Option<u64>,
    /// Candidates checked per document.
    pub candidates_per_document: f64,
    /// Edges found per document, of every relation.
    pub edges_per_document: f64,
    /// Counts and seconds of each stage.
    pub stages: Vec<StageLine>,
    /// Average number of busy cores in each stage, in the order of `stages`; `None` for stages too short to tell.
    #[serde(default)]
    pub stage_cores: Vec<Option<f64>>,
}

impl Benchmark {
    /// Returns the seconds of a stage; `None` if the run did not have it.
    pub fn stage_seconds(&self, stage: &str) -> Option<f64> {
        self.stages.iter().find(|line| line.stage == stage).map(|line| line.seconds)
    }
}

/// Measures `repeat` runs over `roots` (at least one). `run` executes the pipeline over them on `threads` threads and reports its
/// progress, which is passed on to `listener`.
///
/// # Errors
/// Fails like `run`, or if the roots cannot be read.
pub fn measure(
    roots: &[Root],
    config: &IngestConfig,
    threads: usize,
    repeat: u32,
    cancel: &Cancel,
    listener: &dyn Progress,
    run: impl Fn(&dyn Progress) -> Result<SummaryLine>,
) -> Result<Benchmark> {
    let pool = thread_pool(threads)?;
    let mut floors = Vec::new();
    let mut cores = Vec::new();
    let mut runs: Vec<SummaryLine> = Vec::new();
    let mut spent_in_stages: Vec<Vec<f64>> = Vec::new();
    for _ in 0..repeat.max(1) {
        floors.push(pool.install(|| floor(roots, config, cancel))?);
        let before = processor_seconds();
        let stages = ProcessorTimes { listener, ended: Mutex::new((before, Vec::new())) };
        let summary = run(&stages)?;
        spent_in_stages.push(stages.ended.into_inner().unwrap_or_else(PoisonError::into_inner).1);
        let spent = processor_seconds().zip(before).map(|(after, before)| after - before);
        cores.extend(spent.map(|spent| spent / summary.seconds.max(1.0 / TICKS)));
        runs.push(summary);
    }
    let (Some(summary), Some(read)) = (runs.first(), floors.first()) else { return Err(Error::Cancelled) };
    let over_runs = |part: &dyn Fn(&SummaryLine) -> f64| median(runs.iter().map(part).collect());
    let stages: Vec<StageLine> = summary
        .stages
        .iter()
        .enumerate()
        .map(|(at, line)| {
            let mut line = line.clone();
            line.seconds = over_runs(&|run| run.stages.get(at).map_or(0.0, |line| line.seconds));
            line
        })
        .collect();
    let stage_cores = stages
        .iter()
        .enumerate()
        .map(|(at, line)| {
            let spent: Vec<f64> = spent_in_stages.iter().filter_map(|run| run.get(at).copied()).collect();
            (!spent.is_empty() && line.seconds >= SHORT).then(|| median(spent) / line.seconds)
        })
        .collect();
    let came_in = |stage: Stage| {
        summary.stages.iter().filter(|line| line.stage == stage.name()).map(|line| line.came_in).sum::<u64>()
    };
    let per_document = |n: u64| n as f64 / summary.documents.max(1) as f64;
    Ok(Benchmark {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        repeat: repeat.max(1),
        threads,
        documents: summary.documents,
        skipped: summary.skipped,
        files: read.files,
        disk_bytes: read.bytes,
        text_bytes: summary.bytes,
        floor_seconds: median(floors.iter().map(|floor| floor.seconds).collect()),
        seconds: over_runs(&|run| run.seconds),
        cores: (!cores.is_empty()).then(|| median(cores)),
        peak_memory: peak_memory(),
        candidates_per_document: per_document(came_in(Stage::Copies) + came_in(Stage::Verify)),
        edges_per_document: per_document(summary.edges.total()),
        stages,
        stage_cores,
    })
}

/// Records the CPU time of every stage, and passes all progress on.
struct ProcessorTimes<'a> {
    listener: &'a dyn Progress,
    /// CPU seconds of the process at the end of the last stage, and those spent in each stage.
    ended: Mutex<(Option<f64>, Vec<f64>)>,
}

impl Progress for ProcessorTimes<'_> {
    fn begin(&self, stage: Stage, total: Option<u64>) {
        self.listener.begin(stage, total);
    }

    fn advance(&self, steps: u64, bytes: u64) {
        self.listener.advance(steps, bytes);
    }

    fn end(&self, stage: Stage, came_in: u64, came_out: u64) {
        let now = processor_seconds();
        let mut ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        let spent = now.zip(ended.0).map(|(now, before)| now - before);
        ended.0 = now;
        ended.1.extend(spent);
        self.listener.end(stage, came_in, came_out);
    }
}

/// Returns the median; 0 without values.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => 0.0,
        n if n % 2 == 1 => values[middle],
        _ => f64::midpoint(values[middle - 1], values[middle]),
    }
}

/// Returns the CPU time of this process so far, in seconds; `None` on systems without `/proc/self/stat`.
fn processor_seconds() -> Option<f64> {
    ticks(&std::fs::read_to_string("/proc/self/stat").ok()?).map(|ticks| ticks as f64 / TICKS)
}

/// Returns user and system ticks, the 14th and 15th fields. The second field, the program's name, may contain spaces and
/// parentheses.
fn ticks(stat: &str) -> Option<u64> {
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some(user + system)
}

#[cfg(test)]
mod tests {
    use wirecopy_core::NoProgress;

    use super::*;

    #[test]
    fn median_of_odd_even_and_no_values() {
        assert!((median(vec![3.0, 1.0, 2.0]) - 2.0).abs() < 1e-12);
        assert!((median(vec![4.0, 1.0]) - 2.5).abs() < 1e-12);
        assert!(median(Vec::new()).abs() < 1e-12);
    }

    #[test]
    fn cpu_time_is_parsed_for_any_program_name() {
        let stat = "77 (a) b (c) S 1 2 3 4 5 6 7 8 9 10 250 50 0 0 20 0";
        assert_eq!(ticks(stat), Some(300));
        assert_eq!(ticks("nothing"), None);
    }

    #[test]
    fn benchmark_of_a_folder() {
        let folder = tempfile::tempdir().unwrap();
        let story =
            "The council of Velmark voted to rebuild the old bridge before winter sets in. ".repeat(5);
        std::fs::write(folder.path().join("a.txt"), &story).unwrap();
        std::fs::write(folder.path().join("b.txt"), &story).unwrap();
        let roots = [Root::from(folder.path())];
        let run = |progress: &dyn Progress| {
            progress.end(Stage::Read, 2, 2);
            let mut summary = SummaryLine::default();
            (summary.documents, summary.edges.identical, summary.seconds) = (2, 1, 1.0);
            let read = serde_json::json!({"stage": "read", "in": 2, "out": 2, "seconds": 0.5});
            summary.stages.push(serde_json::from_value(read).unwrap());
            Ok(summary)
        };
        let measured =
            measure(&roots, &IngestConfig::default(), 1, 2, &Cancel::default(), &NoProgress, run).unwrap();
        assert_eq!((measured.documents, measured.files, measured.repeat), (2, 2, 2));
        assert_eq!(measured.disk_bytes, 2 * story.len() as u64);
        assert!((measured.edges_per_document - 0.5).abs() < 1e-12);
        assert!(measured.stage_seconds("read").is_some_and(|seconds| seconds > 0.0));
        assert_eq!(measured.stage_seconds("swim"), None);
        let cores = measured.stage_cores.iter().flatten();
        assert_eq!(measured.stage_cores.len(), 1);
        assert!(cores.clone().all(|&cores| (0.0..100.0).contains(&cores)));
        let json = serde_json::to_string(&measured).unwrap();
        assert_eq!(serde_json::from_str::<Benchmark>(&json).unwrap(), measured);
    }
}
