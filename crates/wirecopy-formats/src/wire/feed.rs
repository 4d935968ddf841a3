//! Removes what feeds put under an article: a link to the article itself, and the line that says where it appeared.
//!
//! WordPress ends a description with a link of the class `more-link`, others with a link alone ("Read more"). Yoast SEO, which most
//! news sites with WordPress have, adds "The post … appeared first on …." in the language of the site, with a link to the post and
//! one to the site (its setting `rssafter`). All of these are recognised by where they link to, in any language: an article does
//! not end with a link to itself.

use super::body::{self, Said};
use super::clean::{Repeats, has_class};
use super::words::{attribute, has_word, key, plain, tag_end};
use crate::markup::BLOCK;
use crate::xml::Element;
use crate::{Body, Limits};

/// Most lines that are removed.
const MOST: usize = 3;
/// Number of bytes at the end of a text in which they are sought.
const TAIL_BYTES: usize = 8192;
/// Most letters and digits of such a line besides the title and the name of the site.
const LETTERS: usize = 60;
/// Class of the link that WordPress puts where an author has cut a post.
const MORE_LINK: &[&str] = &["more-link"];

/// What a feed says of an article and of itself.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Post<'a> {
    pub title: Option<&'a str>,
    pub url: Option<&'a str>,
    /// The name of the feed.
    pub site: Option<&'a str>,
}

/// A link in markup.
struct Link<'m> {
    /// Where it begins, and where its end tag ends.
    from: usize,
    to: usize,
    tag: &'m str,
    address: &'m str,
    text: String,
}

impl Post<'_> {
    /// Returns the article in an element; `None` if it has no words.
    pub(super) fn article(
        self,
        element: &Element,
        said: Said,
        repeats: &Repeats,
        limits: Limits,
    ) -> Option<Body> {
        if element.elements().next().is_some() {
            return body::of_element(element, repeats, limits);
        }
        body::of_string(self.without_links(&element.text()), said, repeats, limits)
    }

    /// Returns markup up to the links at its end.
    fn without_links(self, markup: &str) -> &str {
        let mut rest = markup;
        for _ in 0..MOST {
            let Some(at) = self.appeared_at(rest).or_else(|| self.own_link_at(rest)) else { break };
            match rest.get(..at) {
                Some(shorter) if has_word(&plain(shorter)) => rest = shorter,
                _ => break,
            }
        }
        rest
    }

    /// Returns where a last paragraph begins that says where the article appeared: with nothing but a link to it, one to the
    /// site, and a few words.
    fn appeared_at(self, markup: &str) -> Option<usize> {
        let from = tail(markup);
        let at = from + markup.get(from..)?.rfind("<p").filter(|at| is_tag(markup.get(from + at..), "<p"))?;
        let paragraph = markup.get(at..)?;
        let links = links(paragraph);
        let [post, site] = &links[..] else { return None };
        let is_title = |text: &str| key(text).is_some() && key(text) == self.title.and_then(key);
        let is_site = |text: &str| key(text).is_some() && key(text) == self.site.and_then(key);
        let names_post = self.is_own(post.address) || is_title(&post.text);
        let names_site = self.is_home(site.address) || is_site(&site.text);
        let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).count();
        let others = letters(&plain(paragraph)).checked_sub(letters(&post.text) + letters(&site.text))?;
        (names_post && names_site && others <= LETTERS).then_some(at)
    }

    /// Returns where a link to the article itself begins, with which the text ends after a sentence or in a block of its own.
    fn own_link_at(self, markup: &str) -> Option<usize> {
        let from = tail(markup);
        let last = links(markup.get(from..)?).pop()?;
        let at = from + last.from;
        let is_last = !has_word(&plain(markup.get(from + last.to..)?));
        let is_named = self.is_own(last.address) || has_class(last.tag, MORE_LINK);
        (is_last && is_named && ends_sentence(markup.get(..at)?)).then_some(at)
    }

    /// Returns whether an address is that of the article, whatever place in it or way to it is meant.
    fn is_own(self, address: &str) -> bool {
        self.url.is_some_and(|url| !place(url).is_empty() && place(url) == place(address))
    }

    /// Returns whether an address is the first page of the site of the article.
    fn is_home(self, address: &str) -> bool {
        let host = |url: &str| place(url).split('/').next().map(str::to_owned).unwrap_or_default();
        self.url.is_some_and(|url| !host(url).is_empty() && host(url) == place(address))
    }
}

/// Returns an address without its scheme, query and fragment.
fn place(address: &str) -> &str {
    let rest = address.trim().split_once("://").map_or("", |(_, rest)| rest);
    rest.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/')
}

/// Returns where the end of a text begins.
fn tail(text: &str) -> usize {
    let from = text.len().saturating_sub(TAIL_BYTES);
    (from..text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len())
}

/// Returns whether markup begins with a tag, rather than one with a longer name.
fn is_tag(markup: Option<&str>, tag: &str) -> bool {
    let after = markup.and_then(|markup| markup.strip_prefix(tag));
    after.is_some_and(|after| after.starts_with(|c: char| c == '>' || c.is_ascii_whitespace()))
}

/// Returns the links of markup, in order.
fn links(markup: &str) -> Vec<Link<'_>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = markup.get(from..).and_then(|rest| rest.find("<a")) {
        let start = from + at;
        from = start + "<a".len();
        let Some(rest) = markup.get(start..).filter(|rest| is_tag(Some(rest), "<a")) else { continue };
        let tag = rest.get(..tag_end(rest)).unwrap_or_default();
        let inner = rest.get(tag.len()..).unwrap_or_default();
        let Some(length) = inner.find("</a>") else { break };
        let address = attribute(tag, "href").unwrap_or_default();
        let text = plain(inner.get(..length).unwrap_or_default());
        let to = start + tag.len() + length + "</a>".len();
        found.push(Link { from: start, to, tag, address, text });
        from = to;
    }
    found
}

/// Returns whether markup ends with a sentence, with an ellipsis or between blocks.
fn ends_sentence(markup: &str) -> bool {
    let mut rest = markup.get(tail(markup)..).unwrap_or_default();
    loop {
        rest = rest.trim_end();
        rest = ["&nbsp;", "&#160;"].iter().find_map(|space| rest.strip_suffix(space)).unwrap_or(rest);
        for ellipsis in ["&hellip;", "&#8230;", "[&#8230;]", "[&hellip;]"] {
            if rest.ends_with(ellipsis) {
                return true;
            }
        }
        let Some(at) = rest.rfind('<').filter(|_| rest.ends_with('>')) else { break };
        let name = rest.get(at..).unwrap_or_default().trim_start_matches(['<', '/']);
        let name = name.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        if BLOCK.iter().any(|block| block.eq_ignore_ascii_case(name)) {
            return true;
        }
        rest = rest.get(..at).unwrap_or_default();
    }
    rest.trim_end()
        .chars()
        .next_back()
        .is_none_or(|last| ".!?…:;。！？".contains(last) || "»”\"’')]".contains(last))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const POST: Post<'_> = Post {
        title: Some("Ferry & storm: it sails"),
        url: Some("https://www.harbour.example/2024/ferry/"),
        site: Some("Harbour Post"),
    };

    fn kept(markup: &str) -> &str {
        POST.without_links(markup)
    }

    #[test]
    fn line_that_says_where_an_article_appeared_is_removed_in_any_language() {
        let post = "<a rel=\"nofollow\" href=\"https://www.harbour.example/2024/ferry/\">Ferry &#038; storm: it <em>sails</em></a>";
        let site = "<a href=\"https://www.harbour.example\">Harbour Post</a>";
        for line in [
            format!("<p>The post {post} appeared first on {site}.</p>"),
            format!("<p>Der Beitrag {post} erschien zuerst auf {site}.</p>\n"),
            format!("<p class=\"x\">{post} yazısı ilk önce {site} üzerinde ortaya çıktı.</p>"),
            format!("<p>投稿 {post} は {site} に最初に表示されました。</p>"),
            // A feed of another address, and a site of another name.
            format!("<p>The post {} appeared first on {site}.</p>", post.replace("/2024/", "/?p=1")),
            format!("<p>The post {post} appeared first on {}.</p>", site.replace("Post", "Post | Coast")),
        ] {
            assert_eq!(kept(&format!("<p>One.</p>\n{line}")), "<p>One.</p>\n", "{line}");
        }
    }

    #[test]
    fn link_to_the_article_itself_is_removed() {
        let link = "<a href=\"http://www.harbour.example/2024/ferry?utm=rss#more-7\">Weiterlesen</a>";
        for before in [
            "<p>One.</p>",
            "<p>One.</p>\n<p>",
            "One … ",
            "One [&#8230;] ",
            "<p>He said \"One.\"&nbsp;",
            "One<br/>",
        ] {
            assert_eq!(kept(&format!("{before}{link}</p>\n")), before, "{before}");
        }
        assert_eq!(
            kept("<p>One <b>two</b>. <a class='more-link' href='/x'>(more&hellip;)</a></p>"),
            "<p>One <b>two</b>. "
        );
    }

    #[test]
    fn other_links_remain() {
        for markup in [
            "<p>One.</p><p>Read the full story at <a href='https://www.harbour.example/2024/ferry/'>Harbour Post</a></p>",
            "<p>One.</p><p><a href='https://www.harbour.example/2024/other/'>Another story</a></p>",
            "<p>One.</p><p><a href='https://www.harbour.example/2024/ferry/'>Read</a> and tell us.</p>",
            "<p>The post <a href='https://a.example/b'>of the harbour</a> is held by <a href='https://c.example'>Jo</a>.</p>",
            "<p>One.</p><p>The post <a href='https://www.harbour.example/2024/ferry/'>Ferry</a> first appeared on <a href='https://other.example/x'>Other</a>.</p>",
            // Nothing else would be left.
            "<p><a href='https://www.harbour.example/2024/ferry/'>Ferry sails</a></p>",
            "",
        ] {
            assert_eq!(kept(markup), markup);
        }
    }

    #[test]
    fn many_links_take_linear_time() {
        let link = "<p><a href='https://www.harbour.example/2024/ferry/'>";
        let _ = kept(&link.repeat(200_000));
        let _ = kept(&format!("One. {}", format!("{link}x</a></p>").repeat(200_000)));
    }

    proptest! {
        #[test]
        fn any_input_is_handled_without_panic(
            markup in "(<p>|</p>|<a|<a href='https://www.harbour.example/2024/ferry/'>|</a>|<|>|é|x|\\.|&nbsp;|…| ){0,20}",
        ) {
            prop_assert!(markup.starts_with(kept(&markup)));
        }
    }
}
