//! Reads ahead in a thread that turns the files of the walk into batches of work of bounded size.
//!
//! Small files are passed on as paths and opened by the workers, because opening is their main cost. Large containers are read
//! and split here, and the workers parse the blocks. The thread owns all its data, so a read that never returns (from a
//! terminal or a pipe) does not delay a cancelled run.

use std::collections::VecDeque;
use std::fs::File;
use std::io;
use std::mem;
use std::ops::ControlFlow;
use std::panic;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::decode;
use super::detect::Format;
use super::input::{self, Part};
use super::walk::{Entry, Found};
use crate::config::IngestConfig;
use wirecopy_core::Cancel;
use wirecopy_core::document::Skipped;
use wirecopy_core::{Error, Result};

/// Sizes of blocks and batches. Three batches exist at a time: one being processed, one waiting, one being filled.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sizes {
    /// Bytes of a container's block.
    pub block: usize,
    /// Bytes of input after which a batch is full.
    pub batch: u64,
    /// Files or parts after which a batch is full.
    pub items: usize,
    /// Largest uncompressed container that a worker opens itself, in bytes.
    pub small: u64,
    /// Largest compressed container that a worker opens itself, in bytes on disk. It may expand to a thousand times its size.
    pub small_compressed: u64,
}

impl Default for Sizes {
    fn default() -> Self {
        Self { block: 64 << 10, batch: 2 << 20, items: 1024, small: 1 << 20, small_compressed: 32 << 10 }
    }
}

/// A piece of work for a worker.
#[derive(Debug)]
pub(super) enum Work {
    /// A file still to be opened.
    File(Found),
    /// A part of a file that the reading thread has opened.
    Part(Arc<Found>, Part),
    Skipped(Skipped),
}

/// Work in the order of the walk.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub work: Vec<Work>,
    /// Bytes on disk that the work accounts for.
    pub disk_bytes: u64,
}

/// The receiving end of the reading thread.
pub(super) struct Feed {
    receiver: Receiver<Batch>,
    thread: Option<JoinHandle<()>>,
}

impl Feed {
    /// Starts the reading thread.
    pub(super) fn start(
        entries: Vec<Entry>,
        config: &IngestConfig,
        sizes: Sizes,
        cancel: &Cancel,
    ) -> Result<Self> {
        let (sender, receiver) = mpsc::sync_channel(1);
        let mut reader = Reader {
            config: config.clone(),
            sizes,
            cancel: cancel.clone(),
            sender,
            batch: Batch::default(),
            weight: 0,
        };
        let entries = VecDeque::from(entries);
        let thread = thread::Builder::new()
            .name("wirecopy-read".to_owned())
            .spawn(move || {
                // Breaks only if the receiver is gone or the run is cancelled.
                let _ = reader.run(entries);
            })
            .map_err(|error| Error::Threads(error.to_string()))?;
        Ok(Self { receiver, thread: Some(thread) })
    }

    pub(super) fn receive(&self, patience: Duration) -> std::result::Result<Batch, RecvTimeoutError> {
        self.receiver.recv_timeout(patience)
    }

    /// Joins the thread after it has hung up. Propagates a panic, so that input lost by it is not mistaken for the end.
    pub(super) fn finish(&mut self) {
        if let Some(thread) = self.thread.take()
            && let Err(payload) = thread.join()
        {
            panic::resume_unwind(payload);
        }
    }
}

struct Reader {
    config: IngestConfig,
    sizes: Sizes,
    cancel: Cancel,
    sender: SyncSender<Batch>,
    batch: Batch,
    /// Bytes of memory that the batch takes, or will take once its files are read.
    weight: u64,
}

impl Reader {
    fn run(&mut self, mut entries: VecDeque<Entry>) -> ControlFlow<()> {
        while let Some(entry) = entries.pop_front() {
            match entry {
                Entry::Skipped(skipped) => self.add(Work::Skipped(skipped), 0, 0)?,
                Entry::File(found) if self.opened_by_worker(&found) => {
                    let bytes = found.bytes;
                    self.add(Work::File(found), bytes, bytes)?;
                }
                Entry::File(found) => {
                    let standard_input = found.path.is_none();
                    let pipe = standard_input.then(|| Box::new(io::stdin()) as Box<dyn io::Read + Send>);
                    self.stream(&Arc::new(found), pipe)?;
                }
                Entry::Pipe(found, path) => match File::open(path) {
                    Ok(pipe) => self.stream(&Arc::new(found), Some(Box::new(pipe)))?,
                    Err(error) => {
                        let skipped = decode::broken(&error, false).at(found.shown, None);
                        self.add(Work::Skipped(skipped), 0, 0)?;
                    }
                },
            }
        }
        self.send()
    }

    /// Returns whether a worker opens the file itself.
    fn opened_by_worker(&self, found: &Found) -> bool {
        let Some(path) = &found.path else { return false };
        let compressed =
            path.extension().is_some_and(|e| e.eq_ignore_ascii_case("gz") || e.eq_ignore_ascii_case("zst"));
        let small = if compressed { self.sizes.small_compressed } else { self.sizes.small };
        found.bytes <= small || Format::of_name(path).is_some_and(|format| !format.is_container())
    }

    fn stream(&mut self, found: &Arc<Found>, pipe: Option<Box<dyn io::Read + Send>>) -> ControlFlow<()> {
        let (config, block) = (self.config.clone(), self.sizes.block);
        let mut reported = 0;
        input::read(found, &config, block, pipe, &mut |part, read| {
            let weight = part.weight();
            let disk = read - mem::replace(&mut reported, read);
            self.add(Work::Part(Arc::clone(found), part), weight, disk)
        })?;
        self.batch.disk_bytes += found.bytes.saturating_sub(reported);
        ControlFlow::Continue(())
    }

    fn add(&mut self, work: Work, weight: u64, disk_bytes: u64) -> ControlFlow<()> {
        self.batch.work.push(work);
        self.batch.disk_bytes += disk_bytes;
        self.weight += weight;
        if self.weight >= self.sizes.batch || self.batch.work.len() >= self.sizes.items {
            return self.send();
        }
        if self.cancel.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn send(&mut self) -> ControlFlow<()> {
        self.weight = 0;
        match self.sender.send(mem::take(&mut self.batch)) {
            Ok(()) if !self.cancel.is_cancelled() => ControlFlow::Continue(()),
            _ => ControlFlow::Break(()),
        }
    }
}
