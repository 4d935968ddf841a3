//! Converts tokens to shingles: `k` consecutive tokens, hashed to 64 bits (w-shingling, Broder 1997).

use super::Token;

/// The distinct shingles of a document, as sorted 64-bit hashes.
pub type Shingles = Vec<u64>;

/// Replaces `out` with the hashes of all shingles of `k` tokens, sorted and without repeats.
///
/// A document of fewer than `k` tokens has one shingle of all its tokens, salted with their number, so that it
/// only equals that of documents with the same tokens. A document without tokens has none. Cost: two
/// multiplications a token, and a sort.
pub fn shingles(tokens: &[Token], k: usize, out: &mut Shingles) {
    out.clear();
    out.extend(rolled(tokens, k));
    crate::hash::sort(out);
    out.dedup();
}

/// Calls `each` with the hash of every shingle of `k` tokens, in reading order, including repeats.
#[inline]
pub fn each_shingle(tokens: &[Token], k: usize, mut each: impl FnMut(u64)) {
    for shingle in rolled(tokens, k) {
        each(shingle);
    }
}

/// Returns the hash of every shingle of `k` tokens, in reading order, including repeats. Its length is known, so that a vector
/// takes them without a check for each.
#[inline]
pub fn rolled(tokens: &[Token], k: usize) -> impl ExactSizeIterator<Item = u64> {
    sums(tokens, k).map(mix)
}

/// Returns a number for every shingle of `k` tokens, in reading order, including repeats: its hash before the bits are mixed. Its
/// upper bits are good enough for a table, and two shingles have the same number if they have the same hash.
#[inline]
pub(crate) fn sums(tokens: &[Token], k: usize) -> impl ExactSizeIterator<Item = u64> {
    // A text of fewer tokens is a single shingle, told by its length from the longer ones that begin with it.
    let (k, salt) = if tokens.len() < k { (tokens.len(), tokens.len() as u64) } else { (k, 0) };
    let before_last = k.saturating_sub(1);
    // Each shingle is the one before without its first token and with another at its end: two products instead of
    // `k`.
    let leaving = BASE.wrapping_pow(u32::try_from(before_last).unwrap_or(u32::MAX));
    let mut sum = combine(&tokens[..before_last]);
    tokens.iter().zip(&tokens[before_last..]).map(move |(first, last)| {
        let whole = sum.wrapping_mul(BASE).wrapping_add(last.bits());
        sum = whole.wrapping_sub(first.bits().wrapping_mul(leaving));
        whole ^ salt
    })
}

/// Returns the shingles of a text in reading order, repeats included.
pub fn in_order(tokens: &[Token], k: usize) -> Vec<u64> {
    rolled(tokens, k).collect()
}

/// Returns which tokens of a text lie in a shingle that `is_held`, given its `shingles` of `k` tokens in reading order and its
/// length. `is_held` is asked about each in turn. Linear.
pub fn covered(shingles: &[u64], length: usize, k: usize, mut is_held: impl FnMut(u64) -> bool) -> Vec<bool> {
    let mut covered = vec![false; length];
    let mut end = 0;
    for (at, &shingle) in shingles.iter().enumerate() {
        if is_held(shingle) {
            let to = (at + k).min(length);
            // Most shingles follow another, and cover one token more.
            if to == end + 1 {
                covered[end] = true;
            } else {
                covered[at.max(end)..to].fill(true);
            }
            end = to;
        }
    }
    covered
}

/// The golden ratio: odd, with well-distributed bits.
const BASE: u64 = 0x9e37_79b9_7f4a_7c15;

/// Combines tokens in order: a polynomial over the token hashes with an odd base, modulo 2^64. The tokens are
/// well-mixed hashes already, so that two shingles agree by chance with a probability of about 2⁻⁶².
fn combine(tokens: &[Token]) -> u64 {
    tokens.iter().fold(0, |sum: u64, token| sum.wrapping_mul(BASE).wrapping_add(token.bits()))
}

/// Hashes any number of tokens in order. Two lines of the same words have the same hash.
pub fn sequence_hash(tokens: &[Token]) -> u64 {
    tokens.iter().fold(0, |hash, token| mix(hash.wrapping_add(token.bits())))
}

/// Mixes bits with the finaliser of MurmurHash3: every bit of the result depends on every bit of the input. Minima
/// over affine maps of unmixed values are biased, so all values are mixed before they enter a signature.
pub fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    x = (x ^ (x >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    x ^ (x >> 33)
}

#[cfg(test)]
mod tests {
    use super::super::tokenize;
    use super::*;

    fn of(text: &str, k: usize) -> Shingles {
        let mut out = Vec::new();
        shingles(tokenize(text).as_slice(), k, &mut out);
        out
    }

    #[test]
    fn text_of_n_tokens_has_n_minus_k_plus_one_shingles() {
        assert_eq!(of("a b c d e f g", 5).len(), 3);
        assert_eq!(of("a a a a a a a", 5).len(), 1);
    }

    #[test]
    fn short_text_has_one_distinct_shingle() {
        let texts = ["a", "a b", "a b c", "b a", "a a", "a a a", "ab", "一", "一 二", "1", "1 1"];
        for (i, a) in texts.iter().enumerate() {
            assert_eq!(of(a, 5).len(), 1, "{a}");
            for b in &texts[..i] {
                assert_ne!(of(a, 5), of(b, 5), "{a} and {b} collide");
            }
        }
    }

    #[test]
    fn empty_text_has_no_shingles() {
        assert!(of(" ... ", 5).is_empty());
    }

    #[test]
    fn shingles_depend_only_on_their_own_tokens() {
        let words: Vec<String> = (0..40).map(|i| format!("w{}", mix(i) % 7)).collect();
        for k in [1, 2, 5, 9] {
            let together = in_order(tokenize(&words.join(" ")).as_slice(), k);
            let alone: Vec<u64> = words.windows(k).map(|shingle| of(&shingle.join(" "), k)[0]).collect();
            assert_eq!(together, alone);
        }
    }

    #[test]
    fn number_of_shingles_is_known() {
        for (text, k, count) in [
            ("", 5, 0),
            ("a b c", 5, 1),
            ("a b c d", 5, 1),
            ("a b c d e", 5, 1),
            ("a b c d e f", 5, 2),
            ("a b", 1, 2),
        ] {
            let tokens = tokenize(text);
            assert_eq!(rolled(tokens.as_slice(), k).len(), count, "{text}");
            assert_eq!(rolled(tokens.as_slice(), k).count(), count, "{text}");
        }
    }

    #[test]
    fn order_matters() {
        assert_ne!(of("a b c d e", 5), of("e d c b a", 5));
    }
}
