//! Finds the next record of a web archive behind damaged data.

use std::io::{self, BufRead, Read};

use flate2::bufread::GzDecoder;
use memchr::memmem;

use super::kept::Kept;

/// The first bytes of a member that is compressed by the only method there is.
const MEMBER: &[u8] = &[0x1f, 0x8b, 8];
/// Most bytes of a member that are needed to see how its content begins.
pub(super) const PROBE: usize = 32 << 10;
/// The first bytes of a record.
const RECORD: &[u8] = b"WARC/";
/// Most damaged places in a file.
const PLACES: usize = 1000;
/// Most places in a file that look like the beginning of a member.
const TRIED: usize = 10_000;
/// How many times the bytes that were read may be read again in total.
const AGAIN: u64 = 4;
/// Bytes that may be read again in any case.
const AGAIN_ALWAYS: u64 = 8 << 20;

/// What was spent on damaged data, which is limited.
#[derive(Debug, Default)]
pub(super) struct Salvage {
    places: usize,
    tried: usize,
    again: u64,
}

impl Salvage {
    /// Goes to the next member with a record, and returns where the damage begins and ends; `None` if there is no such member. The
    /// search begins at the mark of `rest`, because the decoder may have taken other members for a part of the damaged one.
    pub(super) fn find<R: Read>(&mut self, rest: &mut Kept<R>) -> io::Result<Option<(u64, u64)>> {
        self.places += 1;
        let again = self.again + rest.since_mark();
        let is_again = rest.since_mark() > 0 && again <= AGAIN * rest.position() + AGAIN_ALWAYS;
        if is_again {
            self.again = again;
            rest.back();
        }
        rest.forget();
        let from = rest.position();
        // What begins at the mark is the damaged member itself.
        rest.consume(usize::from(is_again));
        while self.places <= PLACES && self.tried < TRIED {
            let bytes = rest.ahead(PROBE)?;
            let length = bytes.len();
            let Some(at) = memmem::find(bytes, MEMBER) else {
                if length < MEMBER.len() {
                    break;
                }
                rest.consume(length - (MEMBER.len() - 1));
                continue;
            };
            rest.consume(at);
            self.tried += 1;
            if begins_record(rest.ahead(PROBE)?) {
                return Ok(Some((from, rest.position())));
            }
            rest.consume(1);
        }
        Ok(None)
    }
}

/// Returns whether bytes are the beginning of a member whose content begins like a record.
pub(super) fn begins_record(bytes: &[u8]) -> bool {
    let mut content = [0; RECORD.len()];
    bytes.starts_with(MEMBER) && GzDecoder::new(bytes).read_exact(&mut content).is_ok() && content == *RECORD
}
