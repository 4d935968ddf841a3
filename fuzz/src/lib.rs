//! What the fuzz targets have in common.
//!
//! ```sh
//! cargo install cargo-fuzz
//! RUSTC_BOOTSTRAP=1 cargo fuzz run warc fuzz/corpus/warc fuzz/seeds/warc -- -max_total_time=60
//! ```

#![forbid(unsafe_code)]

use std::io::BufReader;
use std::ops::ControlFlow;

use wirecopy_formats::{Body, Form, Found, Limits, read};

/// Limits that a small input can reach.
const LIMITS: Limits = Limits { item_bytes: 1 << 16, depth: 16 };
/// Size of a buffer that input spans at some place.
const BUFFER: usize = 13;

/// Reads `data` in each of the forms.
///
/// # Panics
/// If a reader returns nothing, more than its limits allow, or something else for another size of the buffer.
pub fn read_all(forms: &[Form], data: &[u8]) {
    let _ = Form::of_content(&data[..data.len().min(8192)]);
    let text = String::from_utf8_lossy(data);
    for &form in forms {
        let data = if form.is_binary() { data } else { text.as_bytes() };
        let found = found(form, &mut &data[..]);
        assert!(!found.is_empty(), "nothing, not even a reason");
        for found in &found {
            let length = match found {
                Found::Item(item) => match &item.body {
                    Body::Text(text) | Body::Markup(text) => text.len(),
                },
                Found::Page(page) => page.content.len(),
                Found::Passed(passed) => passed.iter().map(|(media_type, _)| media_type.len()).sum(),
                Found::Skip(refusal) => {
                    assert!(!refusal.reason.is_empty());
                    0
                }
            };
            // Escapes and named characters make mark-up longer.
            assert!(length as u64 <= 8 * LIMITS.item_bytes, "{length} bytes");
        }
        assert_eq!(found, self::found(form, &mut BufReader::with_capacity(BUFFER, data)));
    }
}

fn found(form: Form, input: &mut dyn std::io::BufRead) -> Vec<Found> {
    let mut all = Vec::new();
    let flow = read(form, input, LIMITS, &mut |found| {
        all.push(found);
        ControlFlow::Continue(())
    });
    assert!(flow.is_continue());
    all
}
