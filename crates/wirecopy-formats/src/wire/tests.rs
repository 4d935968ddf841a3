//! What tests of all forms share.

use std::ops::ControlFlow;

use wirecopy_core::document::{Delivery, Metadata};

use crate::{Body, Form, Found, Item, Limits};

/// Returns all results of a file.
pub(super) fn found(form: Form, content: &str) -> Vec<Result<Item, String>> {
    let mut out = Vec::new();
    let mut input = content.as_bytes();
    let flow = crate::read(form, &mut input, Limits { item_bytes: 1 << 20, depth: 64 }, &mut |found| {
        out.push(match found {
            Found::Item(item) => Ok(*item),
            Found::Skip(refusal) => Err(refusal.reason),
            Found::Page(_) | Found::Passed(_) => panic!("{found:?}"),
        });
        ControlFlow::Continue(())
    });
    assert_eq!(flow, ControlFlow::Continue(()));
    assert!(!out.is_empty());
    out
}

/// Returns the only result of a file.
pub(super) fn only(form: Form, content: &str) -> Result<Item, String> {
    let mut found = found(form, content);
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

/// Returns the only item of a file.
pub(super) fn item_of(form: Form, content: &str) -> Item {
    only(form, content).unwrap_or_else(|reason| panic!("{reason}"))
}

/// Returns the metadata, the delivery and the text of an item of a form that is text.
pub(super) fn parts(item: Item) -> (Metadata, Delivery, String) {
    let delivery = item.meta.delivery.as_deref().cloned().unwrap_or_default();
    match item.body {
        Body::Text(text) => (item.meta, delivery, text),
        Body::Markup(markup) => panic!("messages are text: {markup}"),
    }
}
