//! Common page layouts of news sites, written for these tests.

use super::*;

pub(super) const A: &str = "The harbour authority of Lindmouth said on Monday that the ferry to the outer islands would sail again \
    from Thursday, after nine days in which a storm had kept it at the quay.";
pub(super) const B: &str = "Captain Maren Oldsted said the crew had used the pause to repair the starboard ramp, which had been \
    damaged in January, and that every booked passenger would be carried by the weekend.";
pub(super) const C: &str = "On the islands, shops had begun to ration milk and bread; the mayor thanked the fishing boats that \
    had brought medicine, and asked for a second ship to be kept in reserve during the winter.";

pub(super) fn read(page: &str) -> Extracted {
    extract(page).unwrap()
}

pub(super) fn article_text() -> String {
    format!("{A}\n{B}\n{C}")
}

pub(super) fn paragraphs_of(tag: &str) -> String {
    [A, B, C].map(|p| format!("<{tag}>{p}</{tag}>")).join("\n")
}

#[test]
fn article_among_navigation_and_teasers_is_extracted() {
    let page = format!(
        "<!doctype html><html lang='en-GB'><head><title>Ferry sails again - The Lindmouth Post</title>\
         <meta property='og:title' content='Ferry sails again'><meta property='og:site_name' content='The Lindmouth Post'>\
         <meta property='article:published_time' content='2024-03-11T08:30:00Z'>\
         <link rel='canonical' href='https://www.lindmouthpost.example/ferry'></head>\
         <body><nav><ul><li><a href='/'>Home</a><li><a href='/sport'>Sport</a></ul></nav>\
         <article><h1>Ferry sails again</h1><figure><img src='f.jpg'><figcaption>The ferry at its quay in May</figcaption></figure>\
         {}</article><aside><h3>Most read</h3><a href='/1'>Ten walks for a wet day</a></aside>\
         <footer>Copyright The Lindmouth Post. All rights reserved.</footer></body></html>",
        paragraphs_of("p")
    );
    let doc = read(&page);
    assert_eq!(doc.text, article_text());
    assert_eq!(doc.meta.title.as_deref(), Some("Ferry sails again"));
    assert_eq!(doc.meta.date.as_deref(), Some("2024-03-11T08:30:00Z"));
    assert_eq!(doc.meta.source.as_deref(), Some("The Lindmouth Post"));
    assert_eq!(doc.meta.url.as_deref(), Some("https://www.lindmouthpost.example/ferry"));
    assert_eq!(doc.meta.language.as_deref(), Some("en-GB"));
}

#[test]
fn json_ld_fills_in_missing_metadata() {
    let page = format!(
        "<html><head><title>x</title><script type='application/ld+json'>{{\"@context\": \"https://schema.org\", \"@graph\": \
         [{{\"@type\": \"WebSite\", \"name\": \"n\"}}, {{\"@type\": [\"NewsArticle\"], \"headline\": \"Ferry &amp; crew sail\", \
         \"datePublished\": \"2024-03-11\", \"publisher\": [{{\"name\": \"Coast Wire\"}}]}}]}}</script></head>\
         <body><div class='content'>{}</div></body></html>",
        paragraphs_of("p")
    );
    let doc = read(&page);
    assert_eq!(doc.meta.title.as_deref(), Some("Ferry & crew sail"));
    assert_eq!(doc.meta.date.as_deref(), Some("2024-03-11"));
    assert_eq!(doc.meta.source.as_deref(), Some("Coast Wire"));
    assert_eq!(doc.text, article_text());
}

#[test]
fn article_in_an_old_table_layout_is_extracted() {
    let page = format!(
        "<HTML><HEAD><TITLE>Ferry sails again after the storm | Lindmouth Online</TITLE></HEAD><BODY><TABLE><TR>\
         <TD WIDTH=120><A HREF=/>Home</A><BR><A HREF=/a>Weather</A></TD><TD><FONT SIZE=2>{A}<BR><BR>{B}<BR><BR>{C}</FONT>\
         </TD></TR></TABLE></BODY></HTML>"
    );
    let doc = read(&page);
    assert_eq!(doc.meta.title.as_deref(), Some("Ferry sails again after the storm"));
    // On so short a page the menu's cell may be included. The paragraphs must be complete and separate.
    assert!(doc.text.ends_with(&article_text()), "{}", doc.text);
}

#[test]
fn paragraphs_in_divs_are_extracted() {
    let page = format!(
        "<html><body><div id='menu'><a href=1>One</a> <a href=2>Two</a></div><div id='main'><h1>Ferry sails again</h1>\
         <time datetime='2024-03-11'>Monday</time><div class='body'>{}</div></div><div id='footer'><a href=3>Imprint</a></div>\
         </body></html>",
        paragraphs_of("div")
    );
    let doc = read(&page);
    assert_eq!(doc.meta.title.as_deref(), Some("Ferry sails again"));
    assert_eq!(doc.meta.date.as_deref(), Some("2024-03-11"));
    assert!(doc.text.contains(A) && doc.text.contains(B) && doc.text.contains(C), "{}", doc.text);
    assert!(!doc.text.contains("Imprint") && !doc.text.contains("Two"), "{}", doc.text);
}

#[test]
fn words_are_not_joined_across_tags() {
    let page = format!(
        "<html><body><article><ul><li>{A}</li><li>{B}</li></ul><p>one<br>two</p><p>{C}</p></article></body></html>"
    );
    let text = read(&page).text;
    assert!(!text.contains("quay.Captain") && !text.contains("onetwo"), "{text}");
}

#[test]
fn entities_are_decoded_and_scripts_removed() {
    let page = format!(
        "<html><body><article><p>Caf&eacute; &quot;Anker&quot; &#8212; {A}</p><script>var hidden = 'secret';</script>\
         <style>.x {{ color: red }}</style><p>{B}</p><p>{C}</p></article></body></html>"
    );
    let text = read(&page).text;
    assert!(text.starts_with("Café \"Anker\" — The harbour"), "{text}");
    assert!(!text.contains("secret") && !text.contains("color"), "{text}");
}

#[test]
fn dublin_core_date_is_read_and_the_host_is_the_source() {
    let page = format!(
        "<html lang='de'><head><meta name='DC.Date' content='11.03.2024'><meta property='og:url' \
         content='https://nachrichten.example/a'></head><body><main>{}</main></body></html>",
        paragraphs_of("p")
    );
    let doc = read(&page);
    assert_eq!(doc.meta.date.as_deref(), Some("11.03.2024"));
    assert_eq!(doc.meta.source.as_deref(), Some("nachrichten.example"));
    assert_eq!(doc.meta.url.as_deref(), Some("https://nachrichten.example/a"));
}

#[test]
fn page_without_an_article_yields_its_body() {
    let doc = read(
        "<html><head><title>Note</title></head><body><header>Site</header>Short note.<footer>(c)</footer></body></html>",
    );
    assert!(doc.text.contains("Short note."), "{}", doc.text);
    assert_eq!(doc.meta.title.as_deref(), Some("Note"));
}

#[test]
fn page_without_words_is_skipped() {
    for page in ["<html></html>", "<html><script>var a = 1;</script></html>", "<!-- nothing -->"] {
        assert_eq!(extract(page).unwrap_err().reason, "no text on the page", "{page}");
    }
}

#[test]
fn deep_pages_do_not_overflow_the_stack() {
    for (open, close) in
        [("<div>", "</div>"), ("<b>", ""), ("<ul><li>", ""), ("<table><td>", ""), ("<svg><g>", "")]
    {
        for times in [DEPTH / 2 - 2, DEPTH - 1, 100_000] {
            let page = format!(
                "<html><title>Deep</title><body>{}<p>{A}</p>{}",
                open.repeat(times),
                close.repeat(times)
            );
            let thread = std::thread::Builder::new().stack_size(1 << 20);
            let doc = thread.spawn(move || extract(&page)).unwrap().join().unwrap();
            if !open.starts_with("<svg") {
                assert!(doc.unwrap().text.contains(A), "{open} {times}");
            }
        }
    }
}
