//! Tests of whole exports, in invented samples of the same shapes.

mod europresse;
mod factiva;
mod hostile;
mod mail;
mod nexis;
mod office;
mod proquest;
mod quoted;
mod recognise;

use std::ops::ControlFlow;

use wirecopy_core::document::Refusal;

use crate::{Body, Form, Found, Item, Limits, read};

/// Returns what is found in a file.
fn found(form: Form, bytes: &[u8], limits: Limits) -> Vec<Found> {
    let mut found = Vec::new();
    let mut input = bytes;
    let flow = read(form, &mut input, limits, &mut |one| {
        found.push(one);
        ControlFlow::Continue(())
    });
    assert_eq!(flow, ControlFlow::Continue(()));
    found
}

/// Returns the items of a file in which all articles can be read.
fn items(form: Form, bytes: impl AsRef<[u8]>) -> Vec<Item> {
    let found = found(form, bytes.as_ref(), Limits::default());
    let item = |found: Found| match found {
        Found::Item(item) => *item,
        other => panic!("{other:?}"),
    };
    found.into_iter().map(item).collect()
}

/// Returns the reasons for which parts of a file are skipped.
fn skips(form: Form, bytes: impl AsRef<[u8]>) -> Vec<Refusal> {
    let found = found(form, bytes.as_ref(), Limits::default());
    let skip = |found: Found| match found {
        Found::Skip(refusal) => Some(refusal),
        _ => None,
    };
    found.into_iter().filter_map(skip).collect()
}

fn text(item: &Item) -> Vec<&str> {
    match &item.body {
        Body::Text(text) => text.lines().collect(),
        Body::Markup(_) => panic!("markup"),
    }
}

/// Checks title, paper and date.
#[track_caller]
fn assert_meta(item: &Item, title: &str, source: &str, date: &str) {
    let of = |value: &Option<String>| value.clone().unwrap_or_default();
    let meta = &item.meta;
    assert_eq!(
        (of(&meta.title), of(&meta.source), of(&meta.date)),
        (title.into(), source.into(), date.into())
    );
}
