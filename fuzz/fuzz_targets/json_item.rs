//! Items of ninjs and digitalwires.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let json = String::from_utf8_lossy(data);
    let item = wirecopy_formats::json_item(&json);
    assert_eq!(item, wirecopy_formats::json_item(&json));
});
