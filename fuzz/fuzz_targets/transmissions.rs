//! Messages as they are transmitted.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wirecopy_formats::Form::{Anpa1312, Iptc7901, Telex};

fuzz_target!(|data: &[u8]| wirecopy_fuzz::read_all(&[Anpa1312, Iptc7901, Telex], data));
