//! Values of fixed length, as bytes.

/// A value that can be written to a temporary file and read back, in a fixed number of bytes, lowest first.
pub trait Record: Copy + Send + Sync {
    /// Number of bytes.
    const BYTES: usize;

    /// Appends the bytes of the value to `out`.
    fn put(self, out: &mut Vec<u8>);

    /// Reads the value from its [`BYTES`](Record::BYTES) bytes.
    fn take(bytes: &[u8]) -> Self;
}

macro_rules! integers {
    ($($kind:ty),*) => {$(
        impl Record for $kind {
            const BYTES: usize = size_of::<$kind>();

            #[inline]
            fn put(self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.to_le_bytes());
            }

            #[inline]
            fn take(bytes: &[u8]) -> Self {
                let mut own = [0; size_of::<$kind>()];
                own.copy_from_slice(bytes);
                Self::from_le_bytes(own)
            }
        }
    )*};
}

integers!(u8, u16, u32, u64, u128);

impl<A: Record, B: Record> Record for (A, B) {
    const BYTES: usize = A::BYTES + B::BYTES;

    #[inline]
    fn put(self, out: &mut Vec<u8>) {
        self.0.put(out);
        self.1.put(out);
    }

    #[inline]
    fn take(bytes: &[u8]) -> Self {
        let (a, b) = bytes.split_at(A::BYTES);
        (A::take(a), B::take(b))
    }
}

impl<A: Record, B: Record, C: Record> Record for (A, B, C) {
    const BYTES: usize = A::BYTES + B::BYTES + C::BYTES;

    #[inline]
    fn put(self, out: &mut Vec<u8>) {
        (self.0, (self.1, self.2)).put(out);
    }

    #[inline]
    fn take(bytes: &[u8]) -> Self {
        let (a, (b, c)) = <(A, (B, C))>::take(bytes);
        (a, b, c)
    }
}

/// Replaces `out` with the records in `bytes`.
pub(super) fn take_all<R: Record>(bytes: &[u8], out: &mut Vec<R>) {
    out.clear();
    out.extend(bytes.chunks_exact(R::BYTES).map(R::take));
}

/// Replaces `out` with the bytes of `records`.
pub(super) fn put_all<R: Record>(records: &[R], out: &mut Vec<u8>) {
    out.clear();
    out.reserve(records.len() * R::BYTES);
    for &record in records {
        record.put(out);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn records_are_read_back_as_written(records in prop::collection::vec(any::<(u64, u32, u16)>(), 0..20)) {
            let (mut bytes, mut back) = (vec![1], vec![(1, 1, 1)]);
            put_all(&records, &mut bytes);
            prop_assert_eq!(bytes.len(), records.len() * 14);
            take_all(&bytes, &mut back);
            prop_assert_eq!(back, records);
        }
    }

    #[test]
    fn records_are_little_endian() {
        let mut bytes = Vec::new();
        (0x0102_u16, 3_u8).put(&mut bytes);
        assert_eq!(bytes, [2, 1, 3]);
    }
}
