//! Splits a stream of records into blocks that end at record boundaries. Memory holds little more than one block or one
//! record.
//!
//! In: a reader and a [`Scan`] that finds the end of a record. Out: [`Cut`]s in order. The records do not depend on the
//! block size.

use std::io::Read;
use std::ops::ControlFlow;

use super::decode::{broken, too_long};
use wirecopy_core::document::Refusal;
use wirecopy_core::document::SkipKind::Malformed;

/// Limits on the bytes held in memory.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// Bytes read at a time.
    pub block: usize,
    /// Bytes of the longest record.
    pub record: u64,
}

/// Consecutive whole records.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Block {
    /// The records, back to back.
    pub data: Vec<u8>,
    /// The end of each record in `data`.
    pub ends: Vec<usize>,
    /// Number of the first record, counted from 1.
    pub first: u64,
    /// Whether the stream consists of this one record.
    pub only: bool,
}

impl Block {
    /// Iterates over the records with their numbers.
    pub(super) fn records(&self) -> impl Iterator<Item = (u64, &[u8])> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let slices = starts.zip(&self.ends).map(|(from, to)| &self.data[from..*to]);
        (self.first..).zip(slices)
    }
}

/// A piece of the stream.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Cut {
    Block(Block),
    /// A record that cannot be read, and why.
    Gap {
        record: u64,
        refusal: Refusal,
    },
}

/// Finds the ends of records.
pub(super) trait Scan {
    /// Returns the offset after the next record end in `fresh`, which continues what was scanned before. `None` if the
    /// record continues after `fresh`.
    fn next_end(&mut self, fresh: &[u8]) -> Option<usize>;

    /// Called with a record that has no end, either at the end of the input or at the size limit. `Some` drops its first
    /// bytes for the given reason, and scanning restarts after them.
    fn give_up(&mut self, _pending: &[u8]) -> Option<(usize, &'static str)> {
        None
    }

    /// Returns what is wrong with the end of the input if no record is open there.
    fn unfinished(&self) -> Option<&'static str> {
        None
    }

    /// Returns whether the bytes after the last record contain no further record.
    fn is_blank(&self, rest: &[u8]) -> bool {
        rest.trim_ascii().is_empty()
    }
}

/// One record a line. Blank lines count, so that record numbers are line numbers.
#[derive(Debug, Default)]
pub(super) struct Lines;

impl Scan for Lines {
    fn next_end(&mut self, fresh: &[u8]) -> Option<usize> {
        memchr::memchr(b'\n', fresh).map(|at| at + 1)
    }
}

/// Splits `input` at the record ends that `scan` finds and passes the pieces to `emit`, until `emit` breaks.
pub(super) fn cut(
    input: &mut dyn Read,
    compressed: bool,
    scan: &mut dyn Scan,
    bounds: Bounds,
    emit: &mut dyn FnMut(Cut) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let mut cutter =
        Cutter { data: Vec::new(), ends: Vec::new(), scanned: 0, first: 1, block: bounds.block, emit };
    loop {
        let step = read_on(input, bounds.block, &mut cutter.data);
        cutter.scan(scan);
        match step {
            Step::More => {
                if cutter.pending() as u64 > bounds.record {
                    cutter.flush(false)?;
                    cutter.too_long(input, compressed, scan, bounds)?;
                } else if cutter.first > 1 || cutter.ends.len() > 1 {
                    // The first record is held back until a second one shows that it is not the only one.
                    cutter.flush(false)?;
                }
            }
            Step::End => {
                let rest = &cutter.data[cutter.complete()..];
                if scan.is_blank(rest) {
                    cutter.flush(true)?;
                    if let Some(reason) = scan.unfinished() {
                        cutter.gap(Malformed.because(reason))?;
                    }
                    return ControlFlow::Continue(());
                }
                if let Some((bytes, reason)) = scan.give_up(rest) {
                    cutter.flush(false)?;
                    cutter.drop_front(bytes, reason)?;
                    continue;
                }
                cutter.ends.push(cutter.data.len());
                return cutter.flush(true);
            }
            Step::Broken(error) => {
                cutter.flush(false)?;
                return cutter.gap(broken(&error, compressed));
            }
        }
    }
}

enum Step {
    More,
    End,
    Broken(std::io::Error),
}

fn read_on(input: &mut dyn Read, bytes: usize, data: &mut Vec<u8>) -> Step {
    // One spare byte lets the reader detect the end without growing the buffer.
    data.reserve(bytes + 1);
    match input.take(bytes as u64).read_to_end(data) {
        Ok(0) => Step::End,
        Ok(_) => Step::More,
        Err(error) => Step::Broken(error),
    }
}

struct Cutter<'a> {
    data: Vec<u8>,
    ends: Vec<usize>,
    scanned: usize,
    first: u64,
    /// Bytes read at a time.
    block: usize,
    emit: &'a mut dyn FnMut(Cut) -> ControlFlow<()>,
}

impl Cutter<'_> {
    fn complete(&self) -> usize {
        self.ends.last().copied().unwrap_or(0)
    }

    fn pending(&self) -> usize {
        self.data.len() - self.complete()
    }

    fn scan(&mut self, scan: &mut dyn Scan) {
        while let Some(end) = scan.next_end(&self.data[self.scanned..]) {
            self.scanned += end;
            self.ends.push(self.scanned);
        }
        self.scanned = self.data.len();
    }

    /// Emits the complete records and keeps the bytes after them.
    fn flush(&mut self, at_end: bool) -> ControlFlow<()> {
        if self.ends.is_empty() {
            return ControlFlow::Continue(());
        }
        let complete = self.complete();
        // Reserves space for the next block.
        let mut rest = Vec::with_capacity(self.pending() + if at_end { 0 } else { self.block + 1 });
        rest.extend_from_slice(&self.data[complete..]);
        self.data.truncate(complete);
        let data = std::mem::replace(&mut self.data, rest);
        let ends = std::mem::take(&mut self.ends);
        let first = self.first;
        self.first += ends.len() as u64;
        self.scanned -= data.len();
        let only = at_end && first == 1 && ends.len() == 1;
        (self.emit)(Cut::Block(Block { data, ends, first, only }))
    }

    fn gap(&mut self, refusal: Refusal) -> ControlFlow<()> {
        let record = self.first;
        self.first += 1;
        (self.emit)(Cut::Gap { record, refusal })
    }

    /// Drops the first `bytes` of the pending record and rescans the rest.
    fn drop_front(&mut self, bytes: usize, reason: &str) -> ControlFlow<()> {
        self.data.drain(..bytes);
        self.scanned = 0;
        self.gap(Malformed.because(reason))
    }

    /// Skips the pending record, which is alone in `data` and over the limit: reads to its end without keeping it.
    fn too_long(
        &mut self,
        input: &mut dyn Read,
        compressed: bool,
        scan: &mut dyn Scan,
        bounds: Bounds,
    ) -> ControlFlow<()> {
        if let Some((bytes, reason)) = scan.give_up(&self.data) {
            return self.drop_front(bytes, reason);
        }
        self.gap(too_long(bounds.record))?;
        loop {
            self.data.clear();
            self.scanned = 0;
            match read_on(input, bounds.block, &mut self.data) {
                Step::More => {}
                Step::End => return ControlFlow::Continue(()),
                Step::Broken(error) => return self.gap(broken(&error, compressed)),
            }
            if let Some(end) = scan.next_end(&self.data) {
                self.data.drain(..end);
                return ControlFlow::Continue(());
            }
        }
    }
}

#[cfg(test)]
pub(super) mod tests {

    use std::io;

    use proptest::prelude::*;

    use super::*;

    /// Returns every record with its number, and every gap with `!` before its reason.
    pub(crate) fn all(input: &[u8], scan: &mut dyn Scan, block: usize, record: u64) -> Vec<(u64, Vec<u8>)> {
        let mut out = Vec::new();
        let mut emit = |cut: Cut| {
            match cut {
                Cut::Block(block) => out.extend(block.records().map(|(n, r)| (n, r.to_vec()))),
                Cut::Gap { record, refusal } => {
                    out.push((record, format!("!{}", refusal.reason).into_bytes()));
                }
            }
            ControlFlow::Continue(())
        };
        let flow = cut(&mut io::Cursor::new(input), false, scan, Bounds { block, record }, &mut emit);
        assert!(flow.is_continue());
        out
    }

    #[test]
    fn only_the_line_over_the_limit_is_dropped() {
        let input = format!("one\n{}\nthree\n", "x".repeat(5000));
        for block in [1, 7, 100, 100_000] {
            let lines = all(input.as_bytes(), &mut Lines, block, 1000);
            assert_eq!(lines.first(), Some(&(1, b"one\n".to_vec())), "block {block}");
            assert_eq!(lines.last(), Some(&(3, b"three\n".to_vec())), "block {block}");
            assert_eq!(lines.len(), 3, "block {block}");
        }
    }

    #[test]
    fn broken_stream_yields_its_complete_lines_and_one_gap() {
        struct Breaks(&'static [u8]);
        impl Read for Breaks {
            fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
                match self.0.read(out)? {
                    0 => Err(io::ErrorKind::UnexpectedEof.into()),
                    n => Ok(n),
                }
            }
        }
        let mut seen = Vec::new();
        let bounds = Bounds { block: 4, record: 100 };
        let flow = cut(&mut Breaks(b"a\nb\nhalf"), true, &mut Lines, bounds, &mut |cut| {
            seen.push(cut);
            ControlFlow::Continue(())
        });
        assert!(flow.is_continue());
        assert!(
            matches!(&seen[..], [Cut::Block(_), Cut::Gap { record: 3, refusal }] if refusal.reason.starts_with("truncated"))
        );
    }

    #[test]
    fn reading_stops_when_the_sink_breaks() {
        let mut calls = 0;
        let bounds = Bounds { block: 2, record: 100 };
        let flow = cut(&mut &b"a\nb\nc\nd\n"[..], false, &mut Lines, bounds, &mut |_| {
            calls += 1;
            ControlFlow::Break(())
        });
        assert!(flow.is_break());
        assert_eq!(calls, 1);
    }

    proptest! {
        #[test]
        fn lines_do_not_depend_on_the_block_size(lines in prop::collection::vec("[^\n]{0,20}", 1..30), block in 1_usize..64) {
            let input = lines.join("\n") + "\n";
            let out = all(input.as_bytes(), &mut Lines, block, 1 << 20);
            let joined: Vec<u8> = out.iter().flat_map(|(_, line)| line.clone()).collect();
            prop_assert_eq!(joined.len(), input.trim_ascii_end().len() + joined.len() - joined.trim_ascii_end().len());
            prop_assert!(input.as_bytes().starts_with(&joined));
            for (index, (number, line)) in out.iter().enumerate() {
                prop_assert_eq!(*number, index as u64 + 1);
                prop_assert_eq!(line.strip_suffix(b"\n").unwrap_or(line), lines[index].as_bytes());
            }
        }
    }
}
