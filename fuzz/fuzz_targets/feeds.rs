//! Feeds and the export of WordPress.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wirecopy_formats::Form::{Atom, Rss, Wxr};

fuzz_target!(|data: &[u8]| wirecopy_fuzz::read_all(&[Atom, Rss, Wxr], data));
