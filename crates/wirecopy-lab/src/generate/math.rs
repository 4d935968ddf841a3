//! Logarithm and exponential, computed from the four basic operations.
//!
//! Not the platform's functions, because they differ in the last bit between systems, and one bit can change a word. These
//! round identically wherever floating point follows IEEE 754, so that a seed gives the same corpus everywhere.

use std::f64::consts::{LN_2, LOG2_E, SQRT_2};

/// Returns the natural logarithm of a normal positive number, to about 12 digits.
fn ln(x: f64) -> f64 {
    const FRACTION: u64 = (1 << 52) - 1;
    const ONE: u64 = 1023 << 52;
    let bits = x.to_bits();
    let mut exponent = f64::from((bits >> 52) as u32) - 1023.0;
    let mut part = f64::from_bits(bits & FRACTION | ONE);
    if part > SQRT_2 {
        part /= 2.0;
        exponent += 1.0;
    }
    // ln m = 2 artanh t
    let t = (part - 1.0) / (part + 1.0);
    let square = t * t;
    let series = (0..9).rev().fold(0.0, |sum, nth| sum * square + 1.0 / f64::from(2 * nth + 1));
    exponent * LN_2 + 2.0 * t * series
}

/// Returns e to the power of `x`, which is clamped to ±700, to about 12 digits.
pub(super) fn exp(x: f64) -> f64 {
    let x = x.clamp(-700.0, 700.0);
    let twos = (x * LOG2_E).round();
    let rest = x - twos * LN_2;
    let series = (1..14).rev().fold(1.0, |sum, nth| 1.0 + sum * rest / f64::from(nth));
    // The biased exponent is between 13 and 2033.
    f64::from_bits(((twos + 1023.0) as u64) << 52) * series
}

/// Raises a positive base to a power.
pub(super) fn power(base: f64, exponent: f64) -> f64 {
    exp(ln(base) * exponent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_agree_with_the_platform() {
        for nth in 1..2000 {
            let x = f64::from(nth) * 0.37;
            assert!((ln(x) - x.ln()).abs() < 1e-11, "ln {x}");
            for x in [x / 40.0, -x / 40.0, x.min(690.0)] {
                assert!((exp(x) / x.exp() - 1.0).abs() < 1e-11, "exp {x}");
            }
        }
        assert_eq!((ln(1.0), exp(0.0)), (0.0, 1.0));
    }
}
