//! Turns files into documents: walk, read, decode, extract.
//!
//! In: roots (folders, files, standard input) and an [`IngestConfig`]. Out: one [`Outcome`] for each input, in the order of
//! the walk. That is the bytewise order of file names, so it is the same on every machine.
//!
//! | step | module | does |
//! |---|---|---|
//! | walk | `walk` | finds the files, applies globs and ignore files, proposes an id for each |
//! | open | `decode`, `members`, `detect` | decompresses gzip and zstd, determines the format from the name and the content |
//! | split | `blocks`, `jsonscan`, `table` | splits containers at record boundaries into blocks of bounded size |
//! | feed | `feed` | reads one batch ahead of the workers in a thread |
//! | extract | `charset`, `plain`, `markdown`, `html` (`page`, `strip`), `json`, `table` | extracts text, title, date and source |
//! | finish | this module | makes ids unique, calls the sink in order |
//!
//! Cost: each byte is read once. Memory holds about three batches (2 MiB of input each) and one decoded document a thread. No
//! input aborts the run: a file that cannot be read becomes a [`Skipped`] with a reason. Hidden files, ignored files and
//! this program's output (`own_outputs`) in a folder are not inputs.
//!
//! The stable interface is the crate `wirecopy`; this one may change with every version.

#![forbid(unsafe_code)]

#[cfg(feature = "parquet")]
mod arrow;
mod blocks;
mod charset;
mod columnar;
#[cfg(feature = "parquet")]
mod columns;
mod complete;
pub mod config;
mod date_line;
pub mod dates;
mod dating;
mod decode;
mod delivered;
mod detect;
mod envelope;
mod extract;
mod feed;
mod floor;
mod forms;
mod front_matter;
#[cfg(feature = "html")]
mod html;
mod input;
mod json;
mod jsonfix;
mod jsonscan;
mod jsonvalue;
mod language;
mod layout;
mod list;
#[cfg(feature = "html")]
mod long_text;
mod markdown;
mod markup;
mod members;
mod mojibake;
mod open;
mod overwritten;
mod own_outputs;
#[cfg(feature = "html")]
mod page;
#[cfg(feature = "html")]
mod page_date;
#[cfg(feature = "parquet")]
mod parquet;
#[cfg(feature = "parquet")]
mod parquet_footer;
mod path_text;
mod plain;
mod record;
mod references;
mod reread;
pub mod settings_files;
mod source_from;
#[cfg_attr(not(feature = "html"), allow(dead_code, reason = "only pages are measured"))]
mod strip;
mod table;
mod walk;
mod xml;

pub use charset::without_byte_order_mark;
pub use columnar::OWN_TABLE;
pub use complete::{Completer, NO_FILE, fallback_id, header_of};
pub use list::{Listed, NO_WORDS, list};
pub use open::{is_device, read_text};
pub use path_text::{path_of, shown};
pub use record::Fields;
pub use reread::read_again;

use std::path::PathBuf;
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

use rayon::prelude::*;

pub use overwritten::overwritten;
pub use references::References;

use crate::config::IngestConfig;
pub use extract::Wanted;
use extract::Worker;
use feed::{Batch, Feed};
pub use floor::{Floor, floor};
pub use walk::IGNORE_FILE;
use wirecopy_core::document::{Document, Header, Skipped};
use wirecopy_core::ids::Ids;
use wirecopy_core::{Cancel, Progress, Stage};
use wirecopy_core::{Error, Result};

/// A source of documents, as named by the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Root {
    /// A folder, or one file.
    Path(PathBuf),
    /// JSON lines on standard input.
    Stdin,
}

impl<P: Into<PathBuf>> From<P> for Root {
    /// `-` is standard input, everything else a path.
    fn from(path: P) -> Self {
        let path = path.into();
        if path.as_os_str() == "-" { Root::Stdin } else { Root::Path(path) }
    }
}

/// The result for one input.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly every one is a document: a box would cost more than it saves"
)]
pub enum Outcome<T> {
    /// A document without its text, and the result of the caller's `map`.
    Read(Header, T),
    /// An input that is not a document, with the reason.
    Skipped(Skipped),
    /// The number of further skipped records in a file that has more than [`IngestConfig::max_skipped`].
    SkippedMore(u64),
}

/// Reads every document below `roots`. Calls `map` with each one on the threads of the current rayon pool, and `sink` with
/// each outcome on the calling thread. The outcomes come in the order of the walk for any number of threads.
///
/// `map` sees the id that a document proposes. The [`Header`] passed to `sink` has the final id, which is unique in the run.
/// The text is dropped after `map`. Memory holds a bounded batch of inputs, never a whole container.
///
/// [`Progress::begin`] is called after the walk with the bytes to read (`None` with standard input or a pipe).
/// [`Progress::advance`] is called after each batch with the number of its documents and skipped inputs, and its bytes on
/// disk. Calling [`Progress::end`] is left to the caller, whose stage may continue.
///
/// # Errors
/// [`Error::Root`] if a root does not exist, [`Error::Config`] for an invalid glob or time zone, [`Error::Cancelled`], and any
/// error that `sink` returns. A document that cannot be read is not an error but an [`Outcome::Skipped`].
pub fn read<T, M, S>(
    roots: &[Root],
    config: &IngestConfig,
    progress: &dyn Progress,
    cancel: &Cancel,
    map: M,
    sink: S,
) -> Result<()>
where
    T: Send,
    M: Fn(&Document) -> T + Sync,
    S: FnMut(Outcome<T>) -> Result<()>,
{
    let wanted = Wanted { is: &|_, _| true, settled: true };
    read_wanted(roots, config, progress, cancel, &wanted, map, sink)
}

/// Like [`read`], for the documents that are `wanted`. Others are not parsed if their path and record are known beforehand.
pub fn read_wanted<T, M, S>(
    roots: &[Root],
    config: &IngestConfig,
    progress: &dyn Progress,
    cancel: &Cancel,
    wanted: &Wanted<'_>,
    map: M,
    sink: S,
) -> Result<()>
where
    T: Send,
    M: Fn(&Document) -> T + Sync,
    S: FnMut(Outcome<T>) -> Result<()>,
{
    let sizes = feed::Sizes::default();
    let worker = Worker::new(config, sizes, cancel, &map, wanted)?;
    run(start(roots, config, sizes, progress, cancel)?, &worker, progress, cancel, sink)
}

/// Walks the roots and starts to read what is found.
fn start(
    roots: &[Root],
    config: &IngestConfig,
    sizes: feed::Sizes,
    progress: &dyn Progress,
    cancel: &Cancel,
) -> Result<Feed> {
    let mut found = walk::walk(roots, config, cancel)?;
    found.measure(cancel)?;
    progress.begin(Stage::Read, found.total_bytes);
    Feed::start(found.entries, config, sizes, cancel)
}

fn run<T, M, S>(
    mut feed: Feed,
    worker: &Worker<'_, M>,
    progress: &dyn Progress,
    cancel: &Cancel,
    mut sink: S,
) -> Result<()>
where
    T: Send,
    M: Fn(&Document) -> T + Sync,
    S: FnMut(Outcome<T>) -> Result<()>,
{
    let mut ids = Ids::default();
    let mut settle = |outcomes: Vec<Vec<Outcome<T>>>, disk_bytes: u64| -> Result<()> {
        let mut steps = 0;
        for mut outcome in outcomes.into_iter().flatten() {
            steps += if let Outcome::SkippedMore(more) = outcome { more } else { 1 };
            if let Outcome::Read(header, _) = &mut outcome {
                ids.settle(header);
            }
            sink(outcome)?;
        }
        progress.advance(steps, disk_bytes);
        Ok(())
    };
    let mut ready: Option<(Vec<Vec<Outcome<T>>>, u64)> = None;
    loop {
        let batch = next_batch(&mut feed, cancel)?;
        let last = batch.is_none();
        let mut mapped = None;
        let settled = rayon::in_place_scope(|scope| {
            if let Some(Batch { work, disk_bytes }) = batch {
                let mapped = &mut mapped;
                scope.spawn(move |_| {
                    let outcomes = work.into_par_iter().with_max_len(1).map(|w| worker.work(w)).collect();
                    *mapped = Some((outcomes, disk_bytes));
                });
            }
            let settled = ready.take().map_or(Ok(()), |(outcomes, disk_bytes)| settle(outcomes, disk_bytes));
            if settled.is_err() {
                worker.stop();
            }
            settled
        });
        settled?;
        cancel.check()?;
        if last {
            return Ok(());
        }
        ready = mapped;
    }
}

/// Waits for the next batch and checks for cancellation meanwhile: the reading thread may be blocked on a terminal or a pipe
/// that never ends.
fn next_batch(feed: &mut Feed, cancel: &Cancel) -> Result<Option<Batch>> {
    loop {
        if cancel.is_cancelled() {
            return Err(Error::Cancelled);
        }
        match feed.receive(Duration::from_millis(50)) {
            Ok(batch) => return Ok(Some(batch)),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                feed.finish();
                return Ok(None);
            }
        }
    }
}

#[cfg(test)]
mod columnar_tests;
#[cfg(test)]
mod tests;
