//! Page layouts that make articles hard to extract, written for these tests.

use super::page_tests::{A, B, C, article_text, paragraphs_of, read};
use super::*;

/// Wraps a body in a page with a menu and a footer.
fn page(head: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang='en'><head><title>Ferry sails again after the storm</title>{head}</head><body><nav>\
         <a href='/'>Home</a> <a href='/w'>World</a> <a href='/s'>Sport</a></nav>{body}<footer>Copyright The Lindmouth \
         Post. Imprint. Privacy.</footer></body></html>"
    )
}

const H1: &str = "<h1>Ferry sails again after the storm</h1>";

fn text_of(head: &str, body: &str) -> String {
    read(&page(head, body)).text
}

/// Returns paragraphs of another article.
fn others(tag: &str) -> String {
    ["The wine growers of Casteluna have lost", "Insurers of the valley have refused to pay for", "Experts of the institute have counted"]
        .map(|start| format!("<{tag}>{start} nearly half of the buds on the upper slopes, after two nights of frost that nobody had expected so late.</{tag}>"))
        .concat()
}

#[test]
fn hidden_paragraphs_are_read() {
    for attribute in [
        "hidden",
        "aria-hidden='true'",
        "style='visibility:hidden'",
        "style='display:none'",
        "class='is-hidden'",
    ] {
        let body = format!(
            "<main><article>{H1}<p>{A}</p><div class='paywall' {attribute}><p>{B}</p><p>{C}</p></div></article></main>"
        );
        assert_eq!(text_of("", &body), article_text(), "{attribute}");
    }
}

#[test]
fn streamed_article_after_the_footer_is_read() {
    let page = format!(
        "<html><head><title>Ferry sails again after the storm</title></head><body><nav><a href=1>Home</a></nav><main><template id='B:0'></template>\
         <p>Loading</p></main><footer>Imprint</footer><div hidden id='S:0'><article>{H1}{}</article></div><script>$RC('B:0','S:0')</script></body></html>",
        paragraphs_of("p")
    );
    assert_eq!(read(&page).text, article_text());
}

#[test]
fn streamed_parts_are_read_at_their_placeholders() {
    let page = format!(
        "<html><head><title>Ferry sails again after the storm</title></head><body><main><template id='B:0'></template></main><footer>Imprint</footer>\
         <div hidden id='S:0'><article>{H1}<p>{A}</p><template id='P:1'></template><p>{C}</p></article></div>\
         <div hidden id='S:1'><p>{B}</p><template id='P:1'></template></div><script>$RC('B:0','S:0')</script></body></html>"
    );
    assert_eq!(read(&page).text, article_text());
}

#[test]
fn paragraphs_between_advertisements_are_read_in_any_wrapper() {
    let banner = "<div data-format='banner'></div>";
    for (open, close) in [
        ("<div class='a'><div class='b'><p>", "</p></div></div>"),
        ("<section><p>", "</p></section>"),
        ("<div><span>", "</span></div>"),
        ("<div><p><a href='/x'>", "</a></p></div>"),
    ] {
        let parts = [A, B, C].map(|text| format!("{open}{text}{close}{banner}")).concat();
        assert_eq!(text_of("", &format!("<main>{H1}{parts}</main>")), article_text(), "{open}");
    }
}

#[test]
fn one_sentence_paragraph_is_kept() {
    let body = format!(
        "<article>{H1}<div><p>{A}</p></div><div><p>He slept.</p></div><div><p>{C}</p></div></article>"
    );
    assert_eq!(text_of("", &body), format!("{A}\nHe slept.\n{C}"));
}

#[test]
fn json_ld_body_is_used_if_the_page_has_less() {
    let linked = |body: &str| {
        format!(
            "<script type='application/ld+json'>{{\"@type\": \"NewsArticle\", \"headline\": \"Ferry sails again after the storm\", \"articleBody\": {}}}</script>",
            serde_json::to_string(body).unwrap()
        )
    };
    let offer =
        "<p>Read on with a trial subscription for one euro. You already have an account? Log in here.</p>";
    let first = format!("<article>{H1}<p>{A}</p><div class='offer'>{offer}</div></article>");
    for body in [
        article_text(),
        article_text().replace('\n', "\n\n"),
        paragraphs_of("p"),
        paragraphs_of("p").replace('<', "&lt;"),
    ] {
        assert_eq!(text_of(&linked(&body), &first), article_text());
        assert_eq!(
            text_of(
                &linked(&body),
                "<div id='root'></div><noscript>You need to enable JavaScript.</noscript>"
            ),
            article_text()
        );
    }
    // A summary or another article is not used.
    let whole = format!("<article>{H1}{}</article>", paragraphs_of("p"));
    assert_eq!(text_of(&linked(A), &whole), article_text());
    let other = strip::text(&format!("{0}{0}", others("p")));
    assert_eq!(text_of(&linked(&other), &whole), article_text());
}

#[test]
fn article_in_application_state_is_used_if_the_page_is_empty() {
    let shell = "<div id='__next'></div><noscript>You need to enable JavaScript to run this app.</noscript>";
    let data = |body: &str| {
        format!(
            "{{\"props\": {{\"menu\": [\"Home\", \"World\"], \"notice\": \"We use cookies to show you the pages that you asked us for.\", \
             \"article\": {{\"title\": \"Ferry sails again after the storm\", \"body\": {body}}}, \
             \"next\": [{{\"title\": \"Frost in the valley\", \"teaser\": \"Two nights of frost have destroyed half of the buds on the upper slopes.\"}}]}}}}"
        )
    };
    let json = |text: &str| serde_json::to_string(text).unwrap();
    let list = format!("[{}]", [A, B, C].map(json).join(","));
    let marked = json(&paragraphs_of("p"));
    let pieces = [A, B, C].map(|text| {
        let (start, end) = text.split_at(30);
        format!(
            "{{\"type\": \"p\", \"children\": [{{\"text\": {}}}, {{\"text\": {}, \"bold\": true}}]}}",
            json(start),
            json(end)
        )
    });
    for body in [list, marked, format!("[{}]", pieces.join(","))] {
        for (open, close) in [
            ("<script id='__NEXT_DATA__' type='application/json'>", "</script>"),
            ("<script>window.__STATE__ = ", ";</script>"),
        ] {
            let body = format!("{shell}{open}{}{close}", data(&body));
            assert_eq!(text_of("", &body), article_text());
        }
    }
}

#[test]
fn page_whose_text_is_in_an_unreadable_script_is_skipped() {
    let code = format!("<script>draw(function() {{ return [\"{A}\", \"{B}\", \"{C}\"]; }})</script>");
    for shell in [
        "<div id='root'></div>",
        "<p>You need to enable JavaScript to run this app.</p>",
        "<main><h1>Ferry sails again after the storm</h1></main>",
    ] {
        let page = format!(
            "<html><head><title>Ferry sails again after the storm</title></head><body>{shell}{code}</body></html>"
        );
        assert_eq!(extract(&page).unwrap_err().reason, IN_SCRIPT, "{shell}");
    }
    // A short article is not a shell, even if scripts hold prose.
    let brief = format!("<main>{H1}<p>A ferry sailed again from Lindmouth on Monday.</p></main>{code}");
    assert_eq!(text_of("", &brief), "A ferry sailed again from Lindmouth on Monday.");
}

#[test]
fn article_in_noscript_or_in_a_shadow_tree_is_read() {
    let paragraphs = paragraphs_of("p");
    for (open, close) in [
        ("<noscript>", "</noscript>"),
        (
            "<noscript><div>",
            "</div></noscript></article><div class='x'><p>The harbour of Lindmouth was built in 1870.</p></div><article>",
        ),
        ("<story-body><template shadowrootmode='open'>", "</template></story-body>"),
    ] {
        let body =
            format!("<main><article>{H1}<div class='lazy'></div>{open}{paragraphs}{close}</article></main>");
        assert_eq!(text_of("", &body), article_text(), "{open}");
    }
}

#[test]
fn cookie_notices_are_not_the_article() {
    let notice = (0..30)
        .map(|n| format!("<p>We and our {n} partners store cookies on your device and process personal data such as your address, to show you what you like and to measure it.</p>"))
        .collect::<String>();
    for class in ["cmp consent-modal", "x1", "sp_message"] {
        for (before, behind) in [(&*notice, ""), ("", &*notice)] {
            let wrap = |text: &str| {
                if text.is_empty() {
                    String::new()
                } else {
                    format!("<div class='{class}'><div>{text}</div></div>")
                }
            };
            let body =
                format!("{}<div><div>{H1}{}</div></div>{}", wrap(before), paragraphs_of("p"), wrap(behind));
            assert_eq!(text_of("", &body), article_text(), "{class}");
        }
    }
}

#[test]
fn page_with_only_a_cookie_notice_is_skipped() {
    let notice = "<p>We and our 30 partners store cookies on your device and process personal data such as your address.</p>".repeat(9);
    let shell = page("", &format!("<div class='x1'>{notice}</div>{H1}"));
    assert_eq!(extract(&shell).unwrap_err().reason, NoArticle::Notice.reason());
    // An article about cookies is kept.
    let about =
        |text: &str| text.replace("storm", "cookies").replace("ferry", "Cookie").replace("crew", "cookies");
    let article = format!("<header>{H1}</header><div>{}</div>", paragraphs_of("p"));
    assert_eq!(read(&about(&page("", &article))).text, about(&article_text()));
}

#[test]
fn comments_are_not_part_of_the_article() {
    let comment = |n: u32, tag: &str| {
        format!(
            "<{tag}><b>reader{n}</b><p>This is the usual story with the harbour, says number {n}: they save for years, and then everybody acts surprised.</p></{tag}>"
        )
    };
    let list = |tag: &str| (0..40).map(|n| comment(n, tag)).collect::<String>();
    for comments in [
        format!("<section class='discussion'>{}</section>", list("div")),
        format!("<ul class='q7'>{}</ul>", list("li")),
        format!("<div class='q7'>{}</div>", list("div")),
    ] {
        for body in [
            format!("<main><article>{H1}{}</article>{comments}</main>", paragraphs_of("p")),
            format!("<div><div>{H1}</div><div>{}</div>{comments}</div>", paragraphs_of("p")),
        ] {
            assert_eq!(text_of("", &body), article_text(), "{body}");
        }
    }
}

#[test]
fn next_articles_of_an_infinite_scroll_page_are_excluded() {
    for (open, close) in [("<article>", "</article>"), ("<div class='story'>", "</div>")] {
        let next = format!("{open}<h1>Frost in the valley</h1>{}{close}", others("p"));
        let body = format!("<main>{open}{H1}{}{close}{next}{next}</main>", paragraphs_of("p"));
        assert_eq!(text_of("", &body), article_text(), "{open}");
    }
}

#[test]
fn teasers_and_links_within_the_article_are_excluded() {
    let card = "<div><a href='/f'>Frost in the valley surprises growers</a><p>Two nights of frost have destroyed half of the buds on the slopes.</p></div>";
    for inside in [
        card.to_owned(),
        card.replace("<a href='/f'>", "<h3><a href='/f'>").replace("</a>", "</a></h3>"),
        "<p><a href='/f'>Frost in the valley surprises growers</a></p>".to_owned(),
        "<ul><li><a href='/f'>Frost in the valley</a></li><li><a href='/g'>Airline grounds its jets</a></li></ul>".to_owned(),
        "<figure><img src='f.jpg'><figcaption>The ferry at its quay in May, before the storm. Photo: A. Holm</figcaption></figure>".to_owned(),
        "<div class='newsletter-signup'><p>Sign up for our newsletter and get the news of the coast every morning.</p></div>".to_owned(),
        "<aside><p>The harbour of Lindmouth was built in 1870 and has been enlarged twice since then.</p></aside>".to_owned(),
        format!("<div class='related-stories'>{}</div>", others("p")),
    ] {
        let body = format!("<main><article>{H1}<p>{A}</p><p>{B}</p>{inside}<p>{C}</p></article></main>");
        assert_eq!(text_of("", &body), article_text(), "{inside}");
    }
}

#[test]
fn article_in_an_element_with_a_misleading_class_is_read() {
    for class in ["sidebar", "comment", "has-related no-comments", "promo-story", "article-widget"] {
        let body = format!("<div class='{class}'>{H1}{}</div>", paragraphs_of("p"));
        assert_eq!(text_of("", &body), article_text(), "{class}");
    }
}

#[test]
fn summary_above_the_article_is_kept() {
    for summary in ["h2", "p", "div"] {
        let lead = "The islands had been without bread for nine days, and a second ship may follow.";
        let body = format!(
            "<article><header>{H1}<{summary}>{lead}</{summary}></header><div class='text'>{}</div></article>",
            paragraphs_of("p")
        );
        assert_eq!(text_of("", &body), format!("{lead}\n{}", article_text()), "{summary}");
    }
}

#[test]
fn lists_tables_and_headings_within_the_article_are_kept() {
    let body = format!(
        "<article>{H1}<p>{A}</p><h2>What the crew did</h2><p>{B}</p><ul><li>the ramp</li><li>the lamps</li></ul><table><tr><td>Monday</td>\
         <td>no ferry</td></tr><tr><td>Thursday</td><td>two ferries</td></tr></table><p>{C}</p></article>"
    );
    let expected = format!(
        "{A}\nWhat the crew did\n{B}\nthe ramp\nthe lamps\nMonday no ferry\nThursday two ferries\n{C}"
    );
    assert_eq!(text_of("", &body), expected);
}

#[test]
fn line_that_credits_an_agency_is_kept() {
    for line in ["AFP", "Source: Reuters", "(dpa)"] {
        for (open, close) in
            [("<p>", "</p>"), ("<div class='meta'>", "</div>"), ("</div><div><small>", "</small>")]
        {
            let body = format!(
                "<article>{H1}<div>{}{open}{line}{close}</div><p>Home</p></article>",
                paragraphs_of("p")
            );
            assert_eq!(text_of("", &body), format!("{}\n{line}", article_text()), "{open}");
        }
    }
    let photo = format!(
        "<article>{H1}{}<figure><img src='a'><span>Photo: AFP</span></figure></article>",
        paragraphs_of("p")
    );
    assert_eq!(text_of("", &photo), article_text());
}

#[test]
fn site_name_in_the_first_heading_is_not_the_headline() {
    let intro = "<p>The Lindmouth Post tells the islands since 1870 what happens on the coast, in the harbour and in the town hall.</p>";
    let body = format!(
        "<header><h1>The Lindmouth Post</h1>{intro}{intro}{intro}</header><div><h2>Ferry sails again after the storm</h2><div>{}</div></div>",
        paragraphs_of("p")
    );
    let page = page("", &body).replace("</title>", " - The Lindmouth Post</title>");
    assert_eq!(read(&page).text, article_text());
}

#[test]
fn article_in_a_script_without_spaces_is_found() {
    let text = "港湾当局は月曜日、離島へのフェリーが九日ぶりに木曜日から再び運航すると発表した。嵐のため船は岸壁に留まっていた。";
    let body = format!(
        "<main>{H1}<div><p>{text}</p><p>船長は、乗組員がこの間に右舷のランプを修理したと述べ、週末までに全員を運ぶと約束した。</p></div></main>\
        <div class='sidebar'><p>{text}{text}</p></div>"
    );
    assert!(text_of("", &body).starts_with(text));
    assert_eq!(text_of("", &body).lines().count(), 2);
}

#[test]
fn broad_and_deep_pages_are_read() {
    let links = "<li><a href='/x'>One more story of the coast</a></li>".repeat(20_000);
    let nested = format!(
        "{}{}{}",
        "<article>".repeat(200),
        "<p>A short line.</p>".repeat(5_000),
        "</article>".repeat(200)
    );
    for body in [
        format!("<article>{H1}{}<ul>{links}</ul></article>", paragraphs_of("p")),
        format!("{H1}{nested}"),
        format!("<h1>x y</h1>{}", "<h1>Ferry sails again</h1><p>One line of it.</p>".repeat(10_000)),
    ] {
        assert!(!text_of("", &body).is_empty());
    }
}
