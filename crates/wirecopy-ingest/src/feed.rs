//! Reads ahead: a thread that turns the walk's files into batches of work of bounded size.
//!
//! Small files travel as paths and are opened by the workers, because opening is what costs there; large containers
//! are read and cut here, and their blocks are parsed by the workers. The thread owns all it needs, so that a read
//! which never returns (a terminal, a pipe) cannot hold up a cancelled run.

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

/// How much is read at once. Three batches exist at a time: one being worked on, one waiting, one being filled.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sizes {
    /// Bytes of a container's block.
    pub block: usize,
    /// Bytes of input after which a batch is full.
    pub batch: u64,
    /// Files or parts after which a batch is full.
    pub items: usize,
    /// Largest plain container that a worker reads by itself.
    pub small: u64,
    /// The same for a compressed one, which may unfold to a thousand times its size.
    pub small_compressed: u64,
}

impl Default for Sizes {
    fn default() -> Self {
        Self { block: 256 << 10, batch: 8 << 20, items: 1024, small: 1 << 20, small_compressed: 32 << 10 }
    }
}

/// A piece of work for a worker.
#[derive(Debug)]
pub(super) enum Work {
    /// A file still to be opened.
    File(Found),
    /// A part of a file that the reading thread has open.
    Part(Arc<Found>, Part),
    Skipped(Skipped),
}

/// Work in the order of the walk.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub work: Vec<Work>,
    /// Bytes on disk that it stands for.
    pub disk_bytes: u64,
}

/// The receiving end of the reading thread.
pub(super) struct Feed {
    receiver: Receiver<Batch>,
    thread: Option<JoinHandle<()>>,
    sizes: Sizes,
}

impl Feed {
    /// Starts reading.
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
                // Broken off only when nobody listens any more.
                let _ = reader.run(entries);
            })
            .map_err(|error| Error::Threads(error.to_string()))?;
        Ok(Self { receiver, thread: Some(thread), sizes })
    }

    pub(super) fn sizes(&self) -> Sizes {
        self.sizes
    }

    pub(super) fn receive(&self, patience: Duration) -> std::result::Result<Batch, RecvTimeoutError> {
        self.receiver.recv_timeout(patience)
    }

    /// Called when the thread has hung up: passes a panic on, as a missing rest of the input must not look like its end.
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
    /// Bytes that the batch holds or will hold in memory.
    weight: u64,
}

impl Reader {
    fn run(&mut self, mut entries: VecDeque<Entry>) -> ControlFlow<()> {
        while let Some(entry) = entries.pop_front() {
            match entry {
                Entry::Skipped(skipped) => self.add(Work::Skipped(skipped), 0, 0)?,
                Entry::File(found) if self.goes_whole(&found) => {
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

    /// Whether a worker opens the file.
    fn goes_whole(&self, found: &Found) -> bool {
        let Some(path) = &found.path else { return false };
        let compressed =
            path.extension().is_some_and(|e| e.eq_ignore_ascii_case("gz") || e.eq_ignore_ascii_case("zst"));
        let small = if compressed { self.sizes.small_compressed } else { self.sizes.small };
        found.bytes <= small || Format::of_name(path).is_some_and(|format| !format.is_container())
    }

    fn stream(&mut self, found: &Arc<Found>, pipe: Option<Box<dyn io::Read + Send>>) -> ControlFlow<()> {
        let (config, block) = (self.config.clone(), self.sizes.block);
        let mut told = 0;
        input::read(found, &config, block, pipe, &mut |part, read| {
            let weight = match &part {
                Part::Block(_, block) => block.data.len() as u64,
                Part::Whole(_, bytes) => bytes.len() as u64,
                Part::Skip { .. } => 0,
            };
            let disk = read - mem::replace(&mut told, read);
            self.add(Work::Part(Arc::clone(found), part), weight, disk)
        })?;
        self.batch.disk_bytes += found.bytes.saturating_sub(told);
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
