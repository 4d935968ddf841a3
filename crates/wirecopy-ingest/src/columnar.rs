//! Recognises tables that are stored by column: Parquet and Arrow.
//!
//! They are read with the feature `parquet`, and skipped with that reason without it. Their columns are named as those of CSV
//! are, and one row is one record. Parquet is read from its end, so it must be a plain file; Arrow is read as a stream.

use std::ops::ControlFlow;

use super::decode::Stream;
use super::detect::Format;
use super::input::Part;
use super::walk::Found;
use crate::config::IngestConfig;
use wirecopy_core::document::Refusal;
use wirecopy_core::document::SkipKind::{Malformed, Unsupported};

/// The key in the metadata of a Parquet file that says that it is a table of clusters.
pub const OWN_TABLE: &str = "wirecopy.clusters";
/// The first bytes of a Parquet file.
const PARQUET: &[u8] = b"PAR1";
/// The first bytes of a Parquet file whose columns are encrypted with their names.
const ENCRYPTED: &[u8] = b"PARE";
/// The first bytes of an Arrow file, padded to eight.
pub(super) const ARROW: &[u8] = b"ARROW1\0\0";
/// The first bytes of a Feather file of version 1, padded to eight. Version 2 is an Arrow file.
const FEATHER_1: &[u8] = b"FEA1\0";
/// The first bytes of each message of an Arrow stream. They are too common to stand for it in a file of another name.
pub(super) const CONTINUATION: [u8; 4] = [0xff; 4];

/// Returns the format of a table that is stored by column; `None` if the file is something else. `head` is the start of its
/// decompressed bytes.
pub(super) fn of_content(named: Option<Format>, head: &[u8]) -> Option<Result<Format, Refusal>> {
    if head.starts_with(PARQUET) {
        return Some(Ok(Format::Parquet));
    }
    if head.starts_with(ARROW) || (named == Some(Format::Arrow) && head.starts_with(&CONTINUATION)) {
        return Some(Ok(Format::Arrow));
    }
    if head.starts_with(ENCRYPTED) {
        return Some(Err(Unsupported.because("an encrypted Parquet file")));
    }
    if head.starts_with(FEATHER_1) {
        let reason = "a Feather file of version 1: write version 2, which is Arrow, or Parquet";
        return Some(Err(Unsupported.because(reason)));
    }
    let expected = match named {
        Some(Format::Parquet) => "not a Parquet file: it does not begin with `PAR1`",
        Some(Format::Arrow) => "not an Arrow file: it begins neither with `ARROW1` nor as a stream",
        _ => return None,
    };
    Some(Err(Malformed.because(expected)))
}

/// Reads a table and passes its rows to `emit`, in parts of at most about `block` bytes.
#[cfg(feature = "parquet")]
pub(super) fn read(
    format: Format,
    found: &Found,
    stream: Stream,
    config: &IngestConfig,
    block: usize,
    emit: &mut dyn FnMut(Part) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let refused = match &found.path {
        _ if format == Format::Arrow => return super::arrow::read(stream, config, block, emit),
        Some(path) if !stream.compressed => {
            return super::parquet::read(path, found, config, block, emit);
        }
        Some(_) => "a Parquet file inside a compressed file: decompress it, because it is read from its end",
        None => "Parquet on a pipe: write it to a file, because it is read from its end",
    };
    emit(Part::Skip { record: None, refusal: Unsupported.because(refused) })
}

/// Refuses a table, because its reader is not compiled in.
#[cfg(not(feature = "parquet"))]
pub(super) fn read(
    format: Format,
    _: &Found,
    _: Stream,
    _: &IngestConfig,
    _: usize,
    emit: &mut dyn FnMut(Part) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let reason = format!("{}, and built without the feature `parquet`", format.name());
    emit(Part::Skip { record: None, refusal: Unsupported.because(reason) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_decides_and_names_decide_for_streams() {
        let of = |named, head: &[u8]| of_content(named, head).map(|found| found.map_err(|r| r.reason));
        assert_eq!(of(Some(Format::Csv), b"PAR1\x15\x04"), Some(Ok(Format::Parquet)));
        assert_eq!(of(None, b"ARROW1\0\0\xff\xff\xff\xff"), Some(Ok(Format::Arrow)));
        assert_eq!(of(Some(Format::Arrow), b"\xff\xff\xff\xff\x10"), Some(Ok(Format::Arrow)));
        for (named, head) in [(None, &b"\xff\xff\xff\xff\x10"[..]), (None, b"ARROW1 is"), (None, b"FEA1 is")]
        {
            assert_eq!(of(named, head), None);
        }
        let reason = |named, head| of(named, head).unwrap().unwrap_err();
        assert!(reason(None, b"FEA1\0\0\0\0").contains("version 1"));
        assert!(reason(None, b"PARE").contains("encrypted"));
        assert!(reason(Some(Format::Parquet), b"id,text\n").contains("`PAR1`"));
        assert!(reason(Some(Format::Arrow), b"id,text\n").contains("`ARROW1`"));
    }
}
