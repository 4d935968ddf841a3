//! Exports in Word and RTF.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wirecopy_formats::Form::{FactivaRtf, NexisDocx, NexisRtf, Rtf};

fuzz_target!(|data: &[u8]| wirecopy_fuzz::read_all(&[FactivaRtf, NexisDocx, NexisRtf, Rtf], data));
