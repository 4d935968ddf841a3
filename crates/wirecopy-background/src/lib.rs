//! Document frequencies of 272,000 terms of 42 languages, derived from the word frequencies of
//! [wordfreq](https://github.com/rspeer/wordfreq) 3.1.1 by Robyn Speer and licensed under
//! [CC BY-SA 4.0](https://creativecommons.org/licenses/by-sa/4.0/), unlike the program around it.
//!
//! This package holds the bytes and nothing else, so that the licence of the data is that of one package. `wirecopy` reads
//! and writes the format.
#![no_std]

/// The table in its stored format.
pub static TABLE: &[u8] = include_bytes!("../background.bin");
