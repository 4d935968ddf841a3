//! Reads web archives: WARC and WET.

use std::io::BufRead;
use std::ops::ControlFlow;

use crate::{Emit, Limits};

/// Reads a web archive.
pub(crate) fn read(input: &mut dyn BufRead, limits: Limits, emit: &mut Emit<'_>) -> ControlFlow<()> {
    let _ = (input, limits, emit);
    ControlFlow::Continue(())
}

/// Returns whether content that begins with `head` is a web archive.
pub(crate) fn is_warc(head: &[u8]) -> bool {
    head.starts_with(b"WARC/")
}
