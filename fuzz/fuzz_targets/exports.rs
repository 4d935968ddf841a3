//! Exports in text and HTML.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wirecopy_formats::Form::{
    EuropresseHtml, FactivaHtml, FactivaText, NexisHtml, NexisText, ProQuestHtml, ProQuestText,
};

fuzz_target!(|data: &[u8]| wirecopy_fuzz::read_all(
    &[EuropresseHtml, FactivaHtml, FactivaText, NexisHtml, NexisText, ProQuestHtml, ProQuestText],
    data
));
