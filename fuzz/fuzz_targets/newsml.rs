//! XML that agencies send.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wirecopy_formats::Form::{FactivaXml, NewsMl1, NewsMlG2, Nitf};

fuzz_target!(|data: &[u8]| wirecopy_fuzz::read_all(&[FactivaXml, NewsMl1, NewsMlG2, Nitf], data));
