//! Web archives.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wirecopy_formats::Form::Warc;

fuzz_target!(|data: &[u8]| wirecopy_fuzz::read_all(&[Warc], data));
