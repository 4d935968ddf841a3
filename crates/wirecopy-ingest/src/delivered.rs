//! Makes documents of what the readers of delivery forms, exports and web archives return.

use super::extract::{self, Extracted};
use super::record::{field, prose};
use super::{charset, decode, detect, markup, mojibake, plain};
use wirecopy_core::document::SkipKind::{Empty, Unsupported};
use wirecopy_core::document::{DateOrigin, Delivery, Metadata, Refusal, host};
use wirecopy_formats::{Body, Item, Page};

/// Makes a document of an item.
///
/// # Errors
/// The reason for skipping it: there is no text, or too much.
pub(super) fn item(item: Item, max_bytes: u64) -> Result<Extracted, Refusal> {
    let Item { meta, body } = item;
    let text = match body {
        Body::Text(text) => mojibake::repair(text),
        Body::Markup(markup) => markup::article_of(&mojibake::repair(markup))?,
    };
    if text.trim().is_empty() {
        return Err(Empty.because("empty text"));
    }
    decode::check_length(&text, max_bytes)?;
    let meta = Metadata {
        title: prose(meta.title),
        date: field(meta.date),
        source: prose(meta.source),
        url: field(meta.url),
        bylines: meta.bylines.into_iter().filter_map(|line| prose(Some(line))).collect(),
        language: field(meta.language),
        delivery: meta.delivery.map(|delivery| Box::new(cleaned(*delivery))),
        ..Metadata::default()
    };
    Ok(Extracted { own_id: None, meta, text })
}

/// Returns what a form says of an item, with its texts cleaned.
pub(super) fn cleaned(delivery: Delivery) -> Delivery {
    Delivery {
        guid: field(delivery.guid),
        version: field(delivery.version),
        embargo: field(delivery.embargo),
        slug: prose(delivery.slug),
        dateline: prose(delivery.dateline),
        credit: prose(delivery.credit),
        created: field(delivery.created),
        ..delivery
    }
}

/// Makes a document of a page of a web archive, or of a saved one. Also returns where its date is from.
///
/// The date is that of the page itself: the time of the capture may be years later. Several captures of one address are
/// versions of one page.
pub(super) fn page(page: Page, max_bytes: u64) -> (DateOrigin, Result<Extracted, Refusal>) {
    let Page { url, date, media_type, charset, content } = page;
    let start = content.trim_ascii_start();
    let is_html = match media_type.as_str() {
        "text/html" | "application/xhtml+xml" => true,
        // Servers that do not know the type of a page call it text.
        "text/plain" | "" => detect::is_html(start),
        other => {
            let reason = format!("a document of type `{other}` in a web archive");
            return (DateOrigin::Text, Err(Unsupported.because(reason)));
        }
    };
    let origin = if is_html { DateOrigin::Metadata } else { DateOrigin::Text };
    if let Some(refusal) = detect::binary(&content) {
        return (origin, Err(refusal));
    }
    let text = charset::decode_named(content, is_html, charset.as_deref());
    let extracted = decode::check_length(&text, max_bytes).and_then(|()| {
        let text = mojibake::repair(extract::without_nuls(text));
        if is_html { extract::html(&text) } else { plain::extract(text) }
    });
    let with_address = |mut extracted: Extracted| {
        let meta = &mut extracted.meta;
        let url = field(url);
        if url.as_deref().and_then(host).is_some() {
            let capture = Delivery { guid: url.clone(), version: field(date), ..Delivery::default() };
            meta.delivery = Some(Box::new(capture));
        }
        meta.url = url.or(meta.url.take());
        meta.source = meta.source.take().or_else(|| host(meta.url.as_deref()?).map(str::to_owned));
        extracted
    };
    (origin, extracted.map(with_address))
}
