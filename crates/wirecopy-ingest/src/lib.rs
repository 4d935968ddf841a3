//! Files to documents: walk, read, decode, extract.
//!
//! In: roots (folders, files, standard input) and an [`IngestConfig`]. Out: one [`Outcome`] an input, in the order of
//! the walk, which is the bytewise order of file names and therefore the same on every machine.
//!
//! | step | module | does |
//! |---|---|---|
//! | walk | `walk` | finds the files, applies globs and ignore files, gives each an id |
//! | open | `decode`, `detect` | undoes gzip and zstd, finds the format from the name and the content |
//! | cut | `blocks`, `jsonscan`, `table` | splits containers of records at record ends, in blocks of bounded size |
//! | feed | `feed` | a thread reads one batch ahead of the workers |
//! | extract | `charset`, `plain`, `markdown`, `html` (`page`, `strip`), `json`, `table` | bytes to title, date, source, text |
//! | settle | this module | hands out ids, calls the sink in order |
//!
//! Cost: each byte is read once; memory holds about three batches (8 MiB of input each), plus one decoded document a
//! thread. Nothing here aborts a run because of an input: whatever goes wrong with a file is a
//! [`Skipped`] with a reason. Hidden files, ignored ones and what this program wrote itself (`own`), met in a folder, are not inputs.

#![forbid(unsafe_code)]

mod again;
mod blocks;
mod charset;
pub mod config;
mod date_line;
pub mod dates;
mod dating;
mod decode;
mod detect;
mod envelope;
mod extract;
mod feed;
mod floor;
mod front_matter;
#[cfg(feature = "html")]
mod html;
mod ids;
mod input;
mod json;
mod jsonfix;
mod jsonscan;
mod jsonvalue;
mod language;
mod layout;
#[cfg(feature = "html")]
mod long_text;
mod markdown;
#[cfg(feature = "html")]
mod markup;
mod mojibake;
mod names;
mod open;
mod overwritten;
mod own;
#[cfg(feature = "html")]
mod page;
#[cfg(feature = "html")]
mod page_date;
mod plain;
mod record;
mod references;
mod source_from;
#[cfg(feature = "html")]
mod strip;
mod table;
mod walk;

pub use again::{Place, again};
pub use names::{path_of, shown};

use std::path::PathBuf;
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

use rayon::prelude::*;

pub use overwritten::overwritten;
pub use references::References;

use crate::config::IngestConfig;
pub use extract::Wanted;
use extract::{Piece, Worker};
use feed::{Batch, Feed};
pub use floor::{Floor, floor};
use ids::Ids;
pub use walk::IGNORE_FILE;
use wirecopy_core::document::{Document, Header, Skipped};
use wirecopy_core::{Cancel, Progress, Stage};
use wirecopy_core::{Error, Result};

/// Where documents come from, as the caller named it.
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

/// What became of one input.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly every one is a document: a box would cost more than it saves"
)]
pub enum Outcome<T> {
    /// A document without its text, and what the caller's `map` made of it.
    Read(Header, T),
    /// No document, and why.
    Skipped(Skipped),
    /// So many more without one, in a file that has more of them than [`IngestConfig::max_skipped`].
    SkippedMore(u64),
}

/// Reads every document below `roots` and hands it to `map` on the threads of the current rayon pool, then each
/// outcome to `sink` on the calling thread, in the order of the walk, whatever the number of threads.
///
/// `map` sees the id a document asks for; the [`Header`] that `sink` gets has the id it was given, unique in the
/// run. The text is dropped after `map`. Memory holds a bounded batch of inputs, never a whole container.
///
/// [`Progress::begin`] is called after the walk with the bytes to read (`None` with standard input), and
/// [`Progress::advance`] after each batch with the documents and skipped inputs it gave and the bytes on disk it
/// took; [`Progress::end`] is left to the caller, who goes on working on the same stage.
///
/// # Errors
/// [`Error::Root`] when a root does not exist, [`Error::Config`] for a glob that cannot be understood,
/// [`Error::Cancelled`], and whatever `sink` returns. A document that cannot be read is an [`Outcome::Skipped`].
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

/// The same for the documents that are `wanted`: the others are not looked into where that can be told before.
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
    let found = walk::walk(roots, config, cancel)?;
    progress.begin(Stage::Read, found.total_bytes);
    let feed = Feed::start(found.entries, config, feed::Sizes::default(), cancel)?;
    run(feed, config, progress, cancel, wanted, &map, sink)
}

fn run<T, M, S>(
    mut feed: Feed,
    config: &IngestConfig,
    progress: &dyn Progress,
    cancel: &Cancel,
    wanted: &Wanted<'_>,
    map: &M,
    mut sink: S,
) -> Result<()>
where
    T: Send,
    M: Fn(&Document) -> T + Sync,
    S: FnMut(Outcome<T>) -> Result<()>,
{
    let worker = Worker::new(config, feed.sizes(), cancel, map, wanted)?;
    let mut ids = Ids::default();
    let mut settle = |pieces: Vec<Vec<Piece<T>>>, disk_bytes: u64| -> Result<()> {
        let mut steps = 0;
        for piece in pieces.into_iter().flatten() {
            steps += if let Piece::SkippedMore(more) = piece { more } else { 1 };
            sink(match piece {
                Piece::Skipped(skipped) => Outcome::Skipped(skipped),
                Piece::SkippedMore(more) => Outcome::SkippedMore(more),
                Piece::Read { mut header, fallback, value } => {
                    ids.settle(&mut header, &fallback);
                    Outcome::Read(header, value)
                }
            })?;
        }
        progress.advance(steps, disk_bytes);
        Ok(())
    };
    let mut ready: Option<(Vec<Vec<Piece<T>>>, u64)> = None;
    loop {
        let batch = next_batch(&mut feed, cancel)?;
        let last = batch.is_none();
        let mut mapped = None;
        let settled = rayon::in_place_scope(|scope| {
            if let Some(Batch { work, disk_bytes }) = batch {
                let (worker, mapped) = (&worker, &mut mapped);
                scope.spawn(move |_| {
                    let pieces = work.into_par_iter().with_max_len(1).map(|w| worker.work(w)).collect();
                    *mapped = Some((pieces, disk_bytes));
                });
            }
            let settled = ready.take().map_or(Ok(()), |(pieces, disk_bytes)| settle(pieces, disk_bytes));
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

/// Waits for the reading thread, but not longer than it takes to notice a cancellation: it may be blocked in a read
/// from a terminal or a pipe that never ends.
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
mod tests;
