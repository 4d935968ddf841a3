//! Gathers the bits of bytes into words, in code without branches that compilers turn into vector instructions.

/// Number of bytes whose bits make one word.
pub(crate) const BLOCK: usize = 64;

/// Gathers one `bit` of each byte, the first byte's lowest.
pub(crate) fn gather(bytes: &[u8; BLOCK], bit: u8) -> u64 {
    const LOW: u64 = 0x0101_0101_0101_0101;
    // The product moves the lowest bit of byte `i` to bit `56 + i`.
    const TO_TOP: u64 = 0x0102_0408_1020_4080;
    let (eights, _) = bytes.as_chunks::<8>();
    let shift = bit.trailing_zeros();
    eights.iter().rev().fold(0, |word, &eight| {
        let bits = u64::from_le_bytes(eight) >> shift & LOW;
        word << 8 | bits.wrapping_mul(TO_TOP) >> 56
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn each_bit_comes_from_its_byte(bytes in prop::array::uniform32(any::<u8>()), shift in 0u32..8) {
            let bytes: [u8; BLOCK] = std::array::from_fn(|at| bytes[at / 2].rotate_left(at as u32));
            let word = gather(&bytes, 1 << shift);
            for (at, byte) in bytes.iter().enumerate() {
                prop_assert_eq!(word >> at & 1, u64::from(byte >> shift & 1));
            }
        }
    }
}
