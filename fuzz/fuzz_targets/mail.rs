//! Mail.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wirecopy_formats::Form::{Mail, Mbox, SavedPage};

fuzz_target!(|data: &[u8]| wirecopy_fuzz::read_all(&[Mail, Mbox, SavedPage], data));
