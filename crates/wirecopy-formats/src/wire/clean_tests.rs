use proptest::prelude::*;

use super::*;

fn repeats() -> Repeats {
    let mut repeats = Repeats::default();
    repeats.title("Ferry sails again");
    repeats.line("By Jo Roe");
    repeats.heading("After the storm");
    repeats.teaser("The ferry sails.");
    repeats
}

fn html(markup: &str) -> String {
    cleaned(markup, &repeats()).html
}

#[test]
fn what_is_not_the_article_is_removed() {
    for (markup, expected) in [
        ("<html><head><title>T</title></head><body><p>A</p></body></html>", "<p>A</p>"),
        ("<figure><img src='a'/><figcaption>C</figcaption></figure><p>A</p>", "<p>A</p>"),
        (
            "<figure><table><tr><td>A</td></tr></table></figure>",
            "<figure><table><tr><td>A</td></tr></table></figure>",
        ),
        ("<header><h1>H</h1><p>Monday</p></header><p>A</p>", "<p>A</p>"),
        ("<header><p>Lead</p></header>", "<header><p>Lead</p></header>"),
        ("<p>A<script>if (a < b) x('</p>')</script> b</p>", "<p>A b</p>"),
        ("<!-- wp:p --><p class=\"a\">A &amp; b</p>", "<p class=\"a\">A &amp; b</p>"),
        (
            "<block id='1'><hl2>H</hl2><p>A <person>B</person></p><media><media-caption>C</media-caption></media></block>",
            "<div><h2>H</h2><p>A B</p></div>",
        ),
        ("<x:p>1 < 2</x:p>", "<p>1 < 2</p>"),
        ("<p/><P>A</P>", "<p/></p><P>A</p>"),
        ("A</b> B", "A B"),
        (
            "<span class=\"field field--name-uid\"><span>admin</span></span><span class=\"field field--name-created\">March 11\
             </span><div class=\"field field--name-body\"><p>A</p></div>",
            "<div class=\"field field--name-body\"><p>A</p></div>",
        ),
    ] {
        assert_eq!(html(markup), expected, "{markup}");
    }
}

#[test]
fn header_is_not_repeated() {
    for (markup, expected) in [
        ("<h1>Ferry  sails <b>again</b></h1><p>By Jo&nbsp;Roe</p><p>A</p>", "<p>A</p>"),
        ("<p>A</p><p>Ferry sails again</p>", "<p>A</p><p>Ferry sails again</p>"),
        ("<p class='x teaser'>The ferry sails.</p><p>A</p>", "<p>A</p>"),
        ("<p>The ferry sails.</p><p>A</p>", "<p>The ferry sails.</p><p>A</p>"),
        ("<div><h1>Ferry sails again</h1></div>A", "<div></div>A"),
        ("<span>Ferry sails again</span>\n<div>A</div>", "\n<div>A</div>"),
        ("<p><span>By Jo Roe</span> A</p>", "<p><span>By Jo Roe</span> A</p>"),
        ("<h2>After the storm</h2><p>After the storm</p>", "<p>After the storm</p>"),
        (
            "<span>Ferry sails again</span>\n<span><span>By Jo Roe</span></span>\n<span>Tue, 01/02/2024 - 10:00</span>\n<p>A</p>",
            "\n\n\n<p>A</p>",
        ),
        ("<p><span>Tue, 01/02/2024 - 10:00</span> A</p>", "<p><span>Tue, 01/02/2024 - 10:00</span> A</p>"),
    ] {
        assert_eq!(html(markup), expected, "{markup}");
    }
    assert!(!cleaned("<h1>Ferry sails again</h1>", &repeats()).has_words);
}

#[test]
fn separate_blocks_are_noticed() {
    let has_blocks = |markup: &str| cleaned(markup, &repeats()).has_blocks;
    assert!(has_blocks("<p>A</p><p>B</p>") && has_blocks("A<br>B") && has_blocks("<p>A<p>B"));
    assert!(!has_blocks("<h1>Ferry sails again</h1><p>A <b>b</b>\n c</p><p> </p>") && !has_blocks("A"));
}

#[test]
fn output_of_hostile_input_is_bounded() {
    for part in
        ["<p>", "<figure>", "<header><h1>", "<a href=\"", "<!--", "<b", "</p>", "<p>a</b>", "<script>"]
    {
        let markup = part.repeat(200_000 / part.len());
        assert!(cleaned(&markup, &repeats()).html.len() <= 3 * markup.len() + 1024, "{part}");
    }
}

proptest! {
    #[test]
    fn any_input_is_handled_without_panic(
        markup in "(<|</|>|/|p|figure|header|h1|media|script|class=|teaser|\"|'|!--|--|\\?| |é|a|&amp;){0,30}",
    ) {
        let _ = cleaned(&markup, &repeats());
    }
}
