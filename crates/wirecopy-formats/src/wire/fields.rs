//! What headers of all forms say in the same way: statuses, signals, dates, names of suppliers.

use std::ops::ControlFlow;

use wirecopy_core::document::SkipKind::{Empty, Unsupported};
use wirecopy_core::document::{Delivery, Metadata, Refusal, Signal, Status, host};

use crate::{Body, Emit, Found, Item};

/// Passes results on and notes whether there were any.
pub(super) struct Out<'o, 'e> {
    emit: &'o mut Emit<'e>,
    has_any: bool,
}

impl<'o, 'e> Out<'o, 'e> {
    pub(super) fn new(emit: &'o mut Emit<'e>) -> Self {
        Self { emit, has_any: false }
    }

    /// Passes on an item, or why it cannot be read.
    pub(super) fn pass(&mut self, result: Result<Item, Refusal>) -> ControlFlow<()> {
        self.has_any = true;
        (self.emit)(match result {
            Ok(item) => Found::Item(Box::new(item)),
            Err(refusal) => Found::Skip(refusal),
        })
    }

    /// Ends the file. If it had no item, `reason` says why.
    pub(super) fn finish(mut self, reason: &str) -> ControlFlow<()> {
        if self.has_any { ControlFlow::Continue(()) } else { self.pass(Err(Empty.because(reason))) }
    }
}

/// Returns why an item of a kind such as "picture" is skipped; `None` if the kind is text or unknown.
pub(super) fn not_text(kind: &str) -> Option<Refusal> {
    let kind = match kind.to_ascii_lowercase().as_str() {
        "picture" | "photo" | "photograph" | "image" => "a picture item",
        "graphic" | "graphics" => "a graphics item",
        "animation" => "an animation",
        "audio" | "sound" => "an audio item",
        "video" | "clip" => "a video item",
        "event" => "an event",
        "planning" => "a planning item",
        _ => return None,
    };
    Some(Unsupported.because(format!("{kind}, not a text")))
}

/// Returns an item without text: one that is canceled has its headline, identifier or slug for a text, so that its other versions are
/// known to be canceled.
///
/// # Errors
/// Why any other is skipped.
pub(super) fn without_text(meta: Metadata) -> Result<Item, Refusal> {
    let canceled = meta.delivery.as_deref().filter(|delivery| delivery.status == Status::Canceled);
    let name = canceled.and_then(|delivery| {
        // Slugs come last, because several items may have the same one.
        let names = [meta.title.as_deref(), delivery.uri(), delivery.slug.as_deref()];
        names.into_iter().flatten().find(|name| name.chars().any(char::is_alphanumeric)).map(str::to_owned)
    });
    match name {
        Some(name) => Ok(Item { body: Body::Text(name), meta }),
        None => Err(no_text(meta.delivery.as_deref(), meta.title.as_deref())),
    }
}

/// Returns why an item without text is skipped.
fn no_text(delivery: Option<&Delivery>, title: Option<&str>) -> Refusal {
    Empty.because(match (delivery.map(|delivery| delivery.status), title) {
        (Some(Status::Canceled), _) => "the sender has withdrawn the item, and sent no text",
        (_, Some(_)) => "an item with a headline but without text",
        (_, None) => "an item without text",
    })
}

/// Returns the delivery; `None` if it says nothing.
pub(super) fn delivery(delivery: Delivery) -> Option<Box<Delivery>> {
    (delivery != Delivery::default()).then(|| Box::new(delivery))
}

/// Returns the last part of a code or an address: `usable` for `stat:usable`.
pub(super) fn code(qcode: &str) -> &str {
    qcode.trim().rsplit([':', '/', '#']).next().unwrap_or_default()
}

/// Returns the status that a word or a code stands for.
pub(super) fn status(word: &str) -> Status {
    match code(word).to_ascii_lowercase().as_str() {
        "canceled" | "cancelled" | "killed" | "retracted" | "withdrawn" | "deleted" => Status::Canceled,
        "withheld" | "embargoed" => Status::Withheld,
        _ => Status::Usable,
    }
}

/// Returns what signals say: a correction before an update.
pub(super) fn signal<'s>(signals: impl IntoIterator<Item = &'s str>) -> Option<Signal> {
    let of = |signal: &str| {
        let scheme = signal.split(':').next().unwrap_or_default();
        match code(signal).to_ascii_lowercase().as_str() {
            "correction" | "corrected" | "corrective" => Some(Signal::Correction),
            "update" => Some(Signal::Update),
            // The editorial status in the deliveries of Reuters.
            "c" if scheme.eq_ignore_ascii_case("edStat") => Some(Signal::Correction),
            "u" if scheme.eq_ignore_ascii_case("edStat") => Some(Signal::Update),
            _ => None,
        }
    };
    let found: Vec<Signal> = signals.into_iter().filter_map(of).collect();
    if found.contains(&Signal::Correction) { Some(Signal::Correction) } else { found.first().copied() }
}

/// Returns the first that is a date in digits rather than empty or a placeholder.
pub(super) fn first_date(dates: impl IntoIterator<Item = Option<String>>) -> Option<String> {
    dates.into_iter().flatten().find(|date| is_date(date))
}

/// Returns whether a text begins as a date in digits, not all of them zero.
pub(super) fn is_date(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    text.starts_with(|c: char| c.is_ascii_digit())
        && digits >= 4
        && text.contains(|c| ('1'..='9').contains(&c))
}

/// Returns an identifier that is an address.
pub(super) fn address(identifier: Option<&str>) -> Option<String> {
    let is_address = |text: &&str| text.starts_with("http://") || text.starts_with("https://");
    identifier.filter(is_address).filter(|text| !text.contains(char::is_whitespace)).map(str::to_owned)
}

/// Returns the name of a supplier that is given as a name, a domain, a code or an address: if it is not a name, the one of
/// `names` that it abbreviates, or else a domain without `www.`.
pub(super) fn supplier(given: &str, names: &[String]) -> Option<String> {
    let given = given.trim();
    let domain = host(given).unwrap_or(given);
    let domain = domain.strip_prefix("www.").unwrap_or(domain);
    if !is_domain(domain) {
        return (!given.is_empty() && !given.contains("://")).then(|| given.to_owned());
    }
    let label = letters(domain.split('.').next().unwrap_or_default());
    let full = names.iter().find(|name| letters(name) == label);
    full.or_else(|| names.iter().find(|name| abbreviates(&label, name)))
        .cloned()
        .or_else(|| Some(domain.to_owned()))
}

/// Returns the one of `names` that a code stands for, or the code if it has letters only.
pub(super) fn supplier_of_code(qcode: &str, names: &[String]) -> Option<String> {
    let code = code(qcode);
    if is_domain(code) {
        return supplier(code, names);
    }
    let label = letters(code);
    let found = names.iter().find(|name| abbreviates(&label, name)).or_else(|| names.first());
    let is_name = code.chars().all(char::is_alphabetic) && !code.is_empty();
    found.cloned().or_else(|| is_name.then(|| code.to_owned()))
}

fn is_domain(text: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    text.contains('.')
        && text.split('.').all(is_label)
        && text
            .rsplit('.')
            .next()
            .is_some_and(|last| last.len() >= 2 && last.bytes().all(|b| b.is_ascii_alphabetic()))
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Returns whether a label is the beginning of a name, or one of its words.
fn abbreviates(label: &str, name: &str) -> bool {
    !label.is_empty()
        && ((label.len() > 3 && letters(name).starts_with(label))
            || name.split_whitespace().any(|word| letters(word) == label))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_and_signals_are_read() {
        for (word, expected) in [
            ("stat:usable", Status::Usable),
            ("Usable", Status::Usable),
            ("stat:canceled", Status::Canceled),
            ("http://cv.iptc.org/newscodes/pubstatusg2/withheld", Status::Withheld),
            ("Embargoed", Status::Withheld),
            ("", Status::Usable),
        ] {
            assert_eq!(status(word), expected, "{word}");
        }
        for (signals, expected) in [
            (&["sig:update", "sig:correction"][..], Some(Signal::Correction)),
            (&["x:routing", "edStat:U"], Some(Signal::Update)),
            (&["update:append", "prod:C"], None),
        ] {
            assert_eq!(signal(signals.iter().copied()), expected);
        }
    }

    #[test]
    fn placeholders_are_not_dates() {
        assert!(is_date("20240311T142000Z") && is_date("2024-03-11"));
        assert!(!is_date("") && !is_date("YYYYMMDD000000-HHMM") && !is_date("0000-00-00 00:00:00"));
    }

    #[test]
    fn suppliers_are_named() {
        let names = ["Northern Press Agency".to_owned(), "Harbour".to_owned(), "NPA".to_owned()];
        for (given, expected) in [
            ("NPA", Some("NPA")),
            ("harbour.example", Some("Harbour")),
            ("www.northernpress.example", Some("Northern Press Agency")),
            ("https://www.harbour.example/about", Some("Harbour")),
            ("npa.example.org", Some("NPA")),
            ("other.example", Some("other.example")),
            ("St. Olav News", Some("St. Olav News")),
            ("", None),
        ] {
            assert_eq!(supplier(given, &names).as_deref(), expected, "{given}");
        }
        assert_eq!(supplier_of_code("prov:NPA", &names).as_deref(), Some("NPA"));
        assert_eq!(supplier_of_code("prov:z01", &[]), None);
        assert_eq!(supplier_of_code("nprov:Agency", &[]).as_deref(), Some("Agency"));
    }

    #[test]
    fn reasons_are_plain() {
        assert_eq!(not_text("Photo").unwrap().reason, "a picture item, not a text");
        assert!(not_text("text").is_none());
        let canceled = Delivery { status: Status::Canceled, ..Delivery::default() };
        assert_eq!(
            no_text(Some(&canceled), None).reason,
            "the sender has withdrawn the item, and sent no text"
        );
    }
}
