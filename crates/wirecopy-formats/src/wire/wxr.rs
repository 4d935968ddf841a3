//! Reads WXR, the export of WordPress: RSS with elements of its own.

use std::collections::{HashMap, HashSet};
use std::io::BufRead;
use std::ops::ControlFlow;

use memchr::memmem;
use wirecopy_core::document::Refusal;
use wirecopy_core::document::SkipKind::{Empty, Unsupported};

use super::body::{self, Said};
use super::fields::{self, Out};
use super::rss::{self, Channel, line, named};
use crate::markup::is_markup;
use crate::xml::{Element, Reader, local};
use crate::{Emit, Item, Limits};

/// What WordPress itself keeps among the posts and is not an article.
const NOT_ARTICLES: &[&str] = &[
    "attachment",
    "custom_css",
    "customize_changeset",
    "nav_menu_item",
    "oembed_cache",
    "revision",
    "user_request",
    "wp_block",
    "wp_font_face",
    "wp_font_family",
    "wp_global_styles",
    "wp_navigation",
    "wp_template",
    "wp_template_part",
];
/// Statuses of what WordPress itself keeps: a copy of another post, an editor that was opened, what was thrown away.
const NOT_POSTS: &[&str] = &["auto-draft", "inherit", "trash"];
/// Short codes of WordPress itself. Their text, if any, is a caption or an address.
const SHORT_CODES: &[&str] = &["audio", "caption", "embed", "gallery", "playlist", "video", "wp_caption"];

/// Longest short code.
const SHORT_CODE_BYTES: usize = 1024;

/// Reads all posts of a file.
pub(super) fn read(input: &mut dyn BufRead, limits: Limits, emit: &mut Emit<'_>) -> ControlFlow<()> {
    let mut reader = Reader::new(input, limits);
    let mut out = Out::new(emit);
    let mut channel = Channel::default();
    let mut authors = HashMap::new();
    let wanted = |open: &[String], name: &str| {
        local(name) == "item" || name == "wp:author" || Channel::has(open, name)
    };
    while let Some(element) = reader.next(&wanted) {
        match element {
            Ok(element) if element.is("item") => {
                if let Some(post) = post(&element, &channel, &authors, limits) {
                    out.pass(post)?;
                }
            }
            Ok(author) if author.is("author") => {
                let (login, name) =
                    (line(&author, &["wp:author_login"]), line(&author, &["wp:author_display_name"]));
                authors.extend(login.zip(name));
            }
            Ok(element) => channel.add(&element),
            Err(refusal) => out.pass(Err(refusal))?,
        }
    }
    out.finish("an export without posts")
}

/// Returns an article, or why it cannot be read; `None` for what is not an article.
fn post(
    item: &Element,
    channel: &Channel,
    authors: &HashMap<String, String>,
    limits: Limits,
) -> Option<Result<Item, Refusal>> {
    let kind = line(item, &["wp:post_type"]).unwrap_or_default();
    if NOT_ARTICLES.contains(&kind.as_str()) {
        return None;
    }
    let status = line(item, &["wp:status"]).unwrap_or_else(|| "publish".to_owned());
    if NOT_POSTS.contains(&status.as_str()) {
        return None;
    }
    if status != "publish" {
        let reason = format!("a post that is not published: its status is `{status}`");
        return Some(Err(Unsupported.because(reason)));
    }
    if line(item, &["wp:post_password"]).is_some() {
        return Some(Err(Unsupported.because("a post that is not published: it is protected by a password")));
    }
    let mut meta = rss::metadata(item, channel);
    let date = fields::first_date([line(item, &["wp:post_date_gmt"])])
        .map(|date| format!("{}Z", date.replace(' ', "T")));
    meta.date = date.or(meta.date).or_else(|| fields::first_date([line(item, &["wp:post_date"])]));
    for byline in &mut meta.bylines {
        if let Some(name) = authors.get(byline) {
            byline.clone_from(name);
        }
    }
    let delivery = meta.delivery.get_or_insert_default();
    delivery.guid = delivery.guid.take().or_else(|| line(item, &["wp:post_id"]));
    let repeats = body::repeats(&meta);
    let texts =
        ["content:encoded", "excerpt:encoded", "description"].iter().filter_map(|name| named(item, name));
    let body = texts.into_iter().find_map(|element| {
        body::of_string(&as_html(&without_short_codes(&element.text())), Said::Html, &repeats, limits)
    });
    match body {
        Some(body) => Some(Ok(Item { meta, body })),
        // Types that plug-ins add are often not texts.
        None if !matches!(kind.as_str(), "" | "post" | "page") => None,
        None => Some(Err(Empty.because("a post without text"))),
    }
}

/// Returns a post as HTML: WordPress makes a paragraph of what an empty line ends.
fn as_html(post: &str) -> String {
    let has_paragraphs = post.contains("<p>") || post.contains("<p ");
    if has_paragraphs || !is_markup(post) {
        return post.to_owned();
    }
    let mut out = String::with_capacity(post.len());
    let mut gap = false;
    for line in post.lines() {
        if line.trim().is_empty() {
            gap = true;
            continue;
        }
        if gap {
            out.push_str("<p>");
        }
        gap = false;
        out.push_str(line);
        out.push('\n');
    }
    out
}

/// Removes short codes such as `[gallery ids="1,2"]` and `[caption]…[/caption]`, and the marks of those that plug-ins add.
fn without_short_codes(post: &str) -> String {
    let closed: HashSet<&str> =
        memmem::find_iter(post.as_bytes(), b"[/").filter_map(|at| post.get(at + 2..)).map(name).collect();
    let mut out = String::with_capacity(post.len());
    let mut rest = post;
    while let Some((before, from)) = rest.split_once('[') {
        out.push_str(before);
        let within = from.as_bytes().get(..SHORT_CODE_BYTES).unwrap_or(from.as_bytes());
        let end = memchr::memchr(b']', within);
        let code = end.and_then(|end| from.get(..end)).unwrap_or_default();
        let after = end.and_then(|end| from.get(end + 1..)).unwrap_or(from);
        let name = name(code);
        if !is_short_code(code, name, &closed) {
            out.push('[');
            rest = from;
            continue;
        }
        rest = after;
        // The text of one that WordPress has itself, as long as no other begins in it.
        let close = format!("[/{name}]");
        if SHORT_CODES.contains(&name)
            && let Some((inner, _)) = after.split_once('[')
            && let Some(after) = after.get(inner.len()..).and_then(|from| from.strip_prefix(&close))
        {
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

/// Returns the name that a short code begins with.
fn name(code: &str) -> &str {
    let ends = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    code.split(ends).next().unwrap_or_default()
}

/// Returns whether what brackets enclose is a short code rather than a remark.
fn is_short_code(code: &str, name: &str, closed: &HashSet<&str>) -> bool {
    if let Some(name) = code.strip_prefix('/') {
        return closed.contains(name);
    }
    let rest = code.get(name.len()..).unwrap_or_default();
    !name.is_empty()
        && (SHORT_CODES.contains(&name)
            || closed.contains(name)
            || rest.contains("=\"")
            || rest.contains("='")
            || (rest.is_empty() && name.contains('_')))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::without_short_codes;
    use crate::Body;
    use crate::Form::Wxr;
    use crate::wire::tests::{found, item_of, only};

    fn export(items: &str) -> String {
        format!(
            "<?xml version='1.0'?><rss xmlns:wp='http://wordpress.org/export/1.2/'><channel><title>Harbour Blog</title>\
             <language>de-DE</language><wp:author><wp:author_login>jo</wp:author_login>\
             <wp:author_display_name><![CDATA[Jo Roe]]></wp:author_display_name></wp:author>{items}</channel></rss>"
        )
    }

    fn post(kind: &str, status: &str, text: &str) -> String {
        format!(
            "<item><title>Ferry</title><link>https://h.example/ferry/</link><pubDate>Mon, 11 Mar 2024 14:20:00 +0000</pubDate>\
             <dc:creator><![CDATA[jo]]></dc:creator><guid isPermaLink='false'>https://h.example/?p=7</guid>\
             <content:encoded><![CDATA[{text}]]></content:encoded><excerpt:encoded><![CDATA[]]></excerpt:encoded>\
             <wp:post_id>7</wp:post_id><wp:post_date>2024-03-11 15:20:00</wp:post_date>\
             <wp:post_date_gmt>2024-03-11 14:20:00</wp:post_date_gmt><wp:status>{status}</wp:status>\
             <wp:post_type>{kind}</wp:post_type></item>"
        )
    }

    #[test]
    fn post_is_read() {
        let text = "One <b>is</b>.\n\nTwo [sic].\n[gallery ids=\"1\"]\n<h2>H</h2>\n[caption id='x']<img src='a'/> Photo[/caption]\nThree.";
        let item = item_of(Wxr, &export(&post("post", "publish", text)));
        let Body::Markup(body) = &item.body else { panic!("{:?}", item.body) };
        assert!(
            body.contains("<p>Two [sic].") && !body.contains("gallery") && !body.contains("caption"),
            "{body}"
        );
        let meta = item.meta;
        assert_eq!(meta.title.as_deref(), Some("Ferry"));
        assert_eq!(meta.date.as_deref(), Some("2024-03-11T14:20:00Z"));
        assert_eq!(meta.source.as_deref(), Some("Harbour Blog"));
        assert_eq!(meta.url.as_deref(), Some("https://h.example/ferry/"));
        assert_eq!(meta.bylines, ["Jo Roe"]);
        assert_eq!(meta.language.as_deref(), Some("de-DE"));
        assert_eq!(meta.delivery.unwrap().guid.as_deref(), Some("https://h.example/?p=7"));
    }

    #[test]
    fn short_codes_are_removed() {
        for (post, expected) in [
            ("[dropcap]A[/dropcap] ferry [sic] [1]", "A ferry [sic] [1]"),
            ("A[gallery ids=\"1,2\"] b[contact-form-7 id='1'] c[contact_form]", "A b c"),
            ("[caption id='x']<img/> Photo[/caption]A", "A"),
            ("A [so-called] b [", "A [so-called] b ["),
            ("[embed]https://a.example[/embed][", "["),
        ] {
            assert_eq!(without_short_codes(post), expected);
        }
    }

    #[test]
    fn what_is_not_a_published_article_is_not_read() {
        let items = [
            post("page", "publish", "<p>One</p><p>Two</p>"),
            post("post", "draft", "No"),
            post("attachment", "inherit", "No"),
            post("post", "inherit", "No"),
            post("post", "trash", "No"),
            post("page", "auto-draft", "No"),
            post("nav_menu_item", "publish", "No"),
            post("post", "publish", "<img src='a'/>"),
            post("slider", "publish", ""),
            post("story", "publish", "Three"),
        ];
        let found = found(Wxr, &export(&items.concat()));
        assert_eq!(found.len(), 4);
        assert_eq!(found[0].as_ref().unwrap().body, Body::Markup("<p>One</p><p>Two</p>".to_owned()));
        assert_eq!(found[1].as_ref().unwrap_err(), "a post that is not published: its status is `draft`");
        assert_eq!(found[2].as_ref().unwrap_err(), "a post without text");
        assert_eq!(found[3].as_ref().unwrap().body, Body::Text("Three".to_owned()));
        assert_eq!(only(Wxr, &export("")).unwrap_err(), "an export without posts");
    }

    #[test]
    fn post_with_a_password_is_not_published() {
        let with = |password: &str| {
            let post = post("post", "publish", "One");
            export(&post.replace(
                "<wp:post_id>",
                &format!("<wp:post_password>{password}</wp:post_password><wp:post_id>"),
            ))
        };
        assert_eq!(item_of(Wxr, &with("<![CDATA[]]>")).body, Body::Text("One".to_owned()));
        let reason = only(Wxr, &with("<![CDATA[ferry]]>")).unwrap_err();
        assert_eq!(reason, "a post that is not published: it is protected by a password");
    }

    #[test]
    fn missing_date_is_taken_from_another_field() {
        let draft = post("post", "publish", "One").replace("2024-03-11 14:20:00", "0000-00-00 00:00:00");
        assert_eq!(
            item_of(Wxr, &export(&draft)).meta.date.as_deref(),
            Some("Mon, 11 Mar 2024 14:20:00 +0000")
        );
    }

    proptest! {
        #[test]
        fn any_input_is_handled_without_panic(text in "[\\[\\]/a-c<p> \n]{0,40}|(\\[caption|\\[/caption\\]|\\]|é|\\[){0,10}") {
            let _ = found(Wxr, &export(&post("post", "publish", &text)));
        }
    }
}
