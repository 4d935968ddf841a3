//! Every reader says something of every file, whatever is in it.
#![cfg(all(feature = "exports", feature = "wire"))]

use std::ops::ControlFlow;

use proptest::prelude::*;
use wirecopy_formats::{Form, Found, Limits, read};

fn found(form: Form, bytes: &[u8], limits: Limits) -> Vec<Found> {
    // Only binary forms are given what is not UTF-8.
    let text = String::from_utf8_lossy(bytes).into_owned();
    let mut input = if form.is_binary() { bytes } else { text.as_bytes() };
    let mut all = Vec::new();
    let flow = read(form, &mut input, limits, &mut |found| {
        all.push(found);
        ControlFlow::Continue(())
    });
    assert_eq!(flow, ControlFlow::Continue(()));
    all
}

/// Returns the first skip without a reason, or an item without words.
fn unclear(found: &[Found]) -> Option<&Found> {
    found.iter().find(|found| matches!(found, Found::Skip(refusal) if refusal.reason.trim().is_empty()))
}

#[test]
fn empty_file_and_prose_are_given_a_reason() {
    let prose =
        b"Ferries do not sail before Friday, said the harbour board.\r\n\r\nA storm had torn the lines.\r\n";
    for form in Form::ALL {
        for bytes in [&b""[..], b"\n\n", b"<", b"From ", b"{\\rtf1}", b"Subject: x\r\n\r\n", prose] {
            let found = found(form, bytes, Limits::default());
            assert!(!found.is_empty(), "{form:?}: nothing is said of {:?}", String::from_utf8_lossy(bytes));
            assert_eq!(unclear(&found), None, "{form:?}");
        }
    }
}

#[test]
fn reading_stops_when_it_is_told_to() {
    let feed = b"<rss><channel><item><title>A</title><description>One two.</description></item>\
        <item><title>B</title><description>Three four.</description></item></channel></rss>";
    let mut seen = 0;
    let flow = read(Form::Rss, &mut &feed[..], Limits::default(), &mut |_| {
        seen += 1;
        ControlFlow::Break(())
    });
    assert_eq!((flow, seen), (ControlFlow::Break(()), 1));
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), form in 0..Form::ALL.len()) {
        let found = found(Form::ALL[form], &bytes, Limits { item_bytes: 64, depth: 4 });
        prop_assert!(!found.is_empty());
        prop_assert_eq!(unclear(&found), None);
    }
}
