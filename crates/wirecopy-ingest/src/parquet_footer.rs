//! Measures how deeply the columns of a Parquet file are nested, before the crate reads its description.
//!
//! The crate makes a tree of the columns by recursion without a bound, and a small file can nest them deeply enough to overflow
//! the stack, which ends the program. The description is in Thrift's compact protocol; its second field lists the columns and
//! their groups, outer ones first, each with the number of those in it.

use std::io::{self, Read, Seek, SeekFrom};

/// Most groups within groups.
const DEPTH: usize = 64;
/// The length of the description, and `PAR1`, which end a file.
const END: u64 = 8;
/// Longest description, in bytes.
const MOST: u64 = 1 << 30;
/// Structs within structs that a column has, such as the unit within the type of a time.
const STRUCTS: usize = 8;

/// The types of the protocol that are told apart.
const TRUE: u8 = 1;
const FALSE: u8 = 2;
const BYTE: u8 = 3;
const I16: u8 = 4;
const I64: u8 = 6;
const DOUBLE: u8 = 7;
const BINARY: u8 = 8;
const LIST: u8 = 9;
const STRUCT: u8 = 12;

/// What is wrong with a description.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Problem {
    /// It is not at the end of the file, or it cannot be decoded.
    Damaged,
    /// Groups are nested too deeply.
    TooDeep,
}

/// Checks the description at the end of a file.
///
/// # Errors
/// An error of the system, or what is wrong with the description.
pub(super) fn check(file: &mut (impl Read + Seek)) -> io::Result<Result<(), Problem>> {
    let length = file.seek(SeekFrom::End(0))?;
    let mut end = [0; END as usize];
    let Some(at) = length.checked_sub(END) else { return Ok(Err(Problem::Damaged)) };
    file.seek(SeekFrom::Start(at))?;
    file.read_exact(&mut end)?;
    let [a, b, c, d, mark @ ..] = end;
    let size = u64::from(u32::from_le_bytes([a, b, c, d]));
    let start = at.checked_sub(size).filter(|_| mark == *b"PAR1" && size <= MOST);
    let Some(start) = start else { return Ok(Err(Problem::Damaged)) };
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = Vec::new();
    file.take(size).read_to_end(&mut bytes)?;
    Ok(depth(&mut Bytes(&bytes))
        .ok_or(Problem::Damaged)
        .and_then(|depth| if depth > DEPTH { Err(Problem::TooDeep) } else { Ok(()) }))
}

/// Returns the depth of the columns; `None` if the description cannot be decoded.
fn depth(bytes: &mut Bytes<'_>) -> Option<usize> {
    let mut id = 0;
    loop {
        let kind = bytes.field(&mut id)??;
        if id == 2 && kind == LIST {
            break;
        }
        bytes.skip(kind, STRUCTS)?;
    }
    let (count, kind) = bytes.list()?;
    if kind != STRUCT {
        return None;
    }
    // The number of columns that each open group still has.
    let mut open: Vec<u64> = Vec::new();
    let mut deepest = 0;
    for _ in 0..count {
        let inner = bytes.column()?;
        if let Some(left) = open.last_mut() {
            *left -= 1;
        }
        if inner > 0 {
            open.push(inner);
            deepest = deepest.max(open.len());
        }
        while open.last() == Some(&0) {
            open.pop();
        }
    }
    Some(deepest)
}

/// The bytes that are not yet decoded.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn number(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn pass(&mut self, count: u64) -> Option<()> {
        self.0 = self.0.get(usize::try_from(count).ok()?..)?;
        Some(())
    }

    /// Decodes the head of a field and sets `id` to its number. Returns its type; `Some(None)` at the end of a struct.
    #[allow(clippy::option_option, reason = "the end of a struct is no error")]
    fn field(&mut self, id: &mut u64) -> Option<Option<u8>> {
        let head = self.byte()?;
        if head == 0 {
            return Some(None);
        }
        *id = match head >> 4 {
            0 => self.number()? >> 1,
            more => *id + u64::from(more),
        };
        Some(Some(head & 0x0f))
    }

    /// Returns the length of a list and the type of its items.
    fn list(&mut self) -> Option<(u64, u8)> {
        let head = self.byte()?;
        let count = match head >> 4 {
            15 => self.number()?,
            few => u64::from(few),
        };
        Some((count, head & 0x0f))
    }

    /// Decodes a column or group, and returns the number of those in it.
    fn column(&mut self) -> Option<u64> {
        let (mut id, mut inner) = (0, 0);
        while let Some(kind) = self.field(&mut id)? {
            // The sign is in the lowest bit.
            match (id, kind) {
                (5, I16..=I64) => inner = self.number()? >> 1,
                _ => self.skip(kind, STRUCTS)?,
            }
        }
        Some(inner)
    }

    /// Passes over a value with at most `depth` levels.
    fn skip(&mut self, kind: u8, depth: usize) -> Option<()> {
        match kind {
            TRUE | FALSE => Some(()),
            BYTE => self.pass(1),
            I16..=I64 => self.number().map(|_| ()),
            DOUBLE => self.pass(8),
            BINARY => self.number().and_then(|length| self.pass(length)),
            STRUCT => {
                let depth = depth.checked_sub(1)?;
                let mut id = 0;
                while let Some(kind) = self.field(&mut id)? {
                    self.skip(kind, depth)?;
                }
                Some(())
            }
            // Columns have neither lists nor maps.
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns a file with a description that nests this many groups around a column.
    pub(in super::super) fn nested(groups: usize) -> Vec<u8> {
        let mut description = vec![0x15, 2, 0x19, 0xfc];
        let mut count = groups + 1;
        while count > 0x7f {
            description.push((count & 0x7f) as u8 | 0x80);
            count >>= 7;
        }
        description.push(count as u8);
        for _ in 0..groups {
            // REQUIRED, the name `g`, one column.
            description.extend([0x35, 0, 0x18, 1, b'g', 0x15, 2, 0]);
        }
        // BYTE_ARRAY, REQUIRED, the name `text`.
        description.extend([0x15, 12, 0x25, 0, 0x18, 4, b't', b'e', b'x', b't', 0]);
        // No rows, no row groups.
        description.extend([0x16, 0, 0x19, 0x0c, 0]);
        let length = u32::try_from(description.len()).unwrap().to_le_bytes();
        [b"PAR1", &description[..], &length, b"PAR1"].concat()
    }

    #[test]
    fn depth_is_that_of_the_groups() {
        let check = |bytes: Vec<u8>| check(&mut io::Cursor::new(bytes)).unwrap();
        assert_eq!(check(nested(1)), Ok(()));
        assert_eq!(check(nested(DEPTH)), Ok(()));
        assert_eq!(check(nested(DEPTH + 1)), Err(Problem::TooDeep));
        assert_eq!(check(nested(1_000_000)), Err(Problem::TooDeep));
        let whole = nested(9);
        for cut in 0..whole.len() - 1 {
            assert_eq!(check(whole[..cut].to_vec()), Err(Problem::Damaged), "{cut}");
        }
    }
}
