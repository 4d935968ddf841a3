use proptest::prelude::*;

use super::*;
use crate::page;

/// Returns the date and the date problem of a page.
fn found(head: &str, body: &str) -> (Option<String>, Option<String>) {
    let page = format!(
        "<html lang='en'><head><title>Crane topples in Norvik | Halden Press</title>{head}</head>\
         <body><nav><a href='/'>Home</a></nav>{body}</body></html>"
    );
    let meta = page::read(&Tree::from(page.as_str()));
    (meta.date, meta.date_problem)
}

fn date(head: &str, body: &str) -> String {
    found(head, body).0.unwrap_or_default()
}

const HEADLINE: &str = "<h1>Crane topples in Norvik</h1>";
const TEXT: &str =
    "<p>A gantry crane toppled onto two container rows early on Monday.</p><p>Four were hurt.</p>";

#[test]
fn publication_date_in_microdata_is_read_on_any_element() {
    for element in [
        "<span itemprop='datePublished' content='2024-03-11'>11 Mar</span>",
        "<abbr itemprop='datePublished' title='2024-03-11'>x</abbr>",
        "<p itemprop='datePublished'>2024-03-11</p>",
        "<time itemprop='datePublished dateCreated' datetime='2024-03-11'>x</time>",
        "<span property='datePublished' content='2024-03-11'></span>",
        "<div class=footer><time itemprop='datePublished' datetime='2024-03-11'>x</time></div>",
    ] {
        assert_eq!(
            date("", &format!("<article>{HEADLINE}{element}{TEXT}</article>")),
            "2024-03-11",
            "{element}"
        );
    }
}

#[test]
fn publication_date_is_preferred_to_the_update() {
    for body in [
        "<time datetime='2024-03-12'>Updated</time><time datetime='2024-03-11' pubdate>p</time>",
        "<time itemprop='dateModified' datetime='2024-03-12'>u</time><time itemprop='datePublished' datetime='2024-03-11'>p</time>",
        "<p>Updated <time datetime='2024-03-12'>12 March</time></p><p>Published <time datetime='2024-03-11'>11 March</time></p>",
        "<div class=modified-date>2024-03-12</div><div class=publish-date>2024-03-11</div>",
    ] {
        assert_eq!(date("", &format!("<article>{HEADLINE}{body}{TEXT}</article>")), "2024-03-11", "{body}");
    }
    assert_eq!(date("", &format!("{HEADLINE}<p>Last updated 12 March 2024</p>{TEXT}")), "");
}

#[test]
fn date_of_the_article_is_preferred_to_sidebars_comments_and_posts() {
    for other in [
        "<aside><time datetime='2024-05-20'>x</time> <a href=x>Other story</a></aside>",
        "<div class=sidebar><span class=date>20 May 2024</span></div>",
        "<div id=comments><div class=comment><span class=date>20 May 2024</span></div></div>",
        "<blockquote class=tweet>Text — Name (@name) May 20, 2024</blockquote>",
        "<div class=related-stories><h3>Other</h3><time datetime='2024-05-20'>x</time></div>",
    ] {
        let own = "<p class=date>11 March 2024</p>";
        for body in [
            format!("{other}<div>{HEADLINE}{own}{TEXT}</div>"),
            format!("<div>{HEADLINE}{own}{TEXT}</div>{other}"),
        ] {
            assert_eq!(date("", &body), "11 March 2024", "{body}");
        }
    }
    // Today's date in the header of the site.
    let visit = "<div><div class=top><span class=date>Tuesday, 12 March 2024</span></div></div><ul><li>World</li></ul>";
    let body = format!(
        "{visit}<div><div><div><div>{HEADLINE}<p>News desk<br>11 March 2024, 22:11</p>{TEXT}</div></div></div></div>"
    );
    assert_eq!(date("", &body), "11 March 2024, 22:11");
}

#[test]
fn date_lines_near_the_headline_are_read() {
    let both = "Written: 2024-03-11 15:03 / Updated: 2024-03-12 15:30";
    for (line, expected) in [
        ("<p class=meta>Published: 11.03.2024, 07:20 Uhr</p>", "Published: 11.03.2024, 07:20 Uhr"),
        ("<time>11 March 2024</time>", "11 March 2024"),
        (
            "<span>By A. Person</span> <span class=timestamp data-timestamp=1710138000>March 11</span>",
            "1710138000",
        ),
        ("<div>11 March 2024 by <a href=x>A. Person</a></div>", "11 March 2024 by A. Person"),
        ("<p>Written: 2024-03-11 15:03<span> / </span>Updated: 2024-03-12 15:30</p>", both),
    ] {
        assert_eq!(
            date("", &format!("<div>{HEADLINE}{line}{TEXT}</div>")),
            expected.replace("2024-03-11T15:03:00", "Written: 2024-03-11 15:03 / Updated: 2024-03-12 15:30"),
            "{line}"
        );
    }
    // Dates in prose do not count.
    let study = "<p>A study that was published on 11 March 1985 by the university of the capital had found cracks in two of the piers.</p>";
    assert_eq!(date("", &format!("<div>{HEADLINE}{study}{TEXT}</div>")), "");
    let prose = "<p>The harbour was opened on 11 March 1985 by the minister, who had come by ship with forty guests from the capital.</p>";
    assert_eq!(date("", &format!("<div>{HEADLINE}{prose}{TEXT}</div>")), "");
}

#[test]
fn meta_names_determine_which_date_counts() {
    for name in [
        "article:published_time",
        "article:published",
        "og:published_time",
        "DC.date.issued",
        "datePublished",
        "publish-date",
        "pubdate",
        "parsely-pub-date",
        "sailthru.date",
        "date",
        "dcterms.created",
        "citation_publication_date",
    ] {
        for key in ["name", "property"] {
            let head = format!("<meta {key}='{name}' content='2024-03-11'>");
            assert_eq!(date(&head, &format!("{HEADLINE}{TEXT}")), "2024-03-11", "{name}");
        }
    }
    for name in [
        "article:modified_time",
        "og:updated_time",
        "article:publisher",
        "expires",
        "lastPublishedDate",
        "unpublishdate",
    ] {
        let head = format!("<meta property='{name}' content='2024-03-12'>");
        assert_eq!(date(&head, &format!("{HEADLINE}{TEXT}")), "", "{name}");
    }
}

#[test]
fn unusable_date_is_reported_and_the_next_place_is_tried() {
    let head = "<meta property='article:published_time' content='2567-03-11'>";
    let (date, problem) = found(head, &format!("{HEADLINE}<time datetime='2024-03-11'>x</time>{TEXT}"));
    assert_eq!(date.as_deref(), Some("2024-03-11"));
    assert!(problem.is_some_and(|problem| problem.starts_with("`2567-03-11`: ")));
    let (date, problem) = found(head, &format!("{HEADLINE}{TEXT}"));
    assert_eq!(date.as_deref(), None);
    assert!(problem.is_some_and(|problem| problem.contains("Buddhist")));
}

#[test]
fn utc_time_gets_the_offset_of_the_visible_time() {
    let utc = "<meta property='article:published_time' content='2024-03-12T03:40:10Z'>";
    for (head, line) in [
        ("", "<p class=date>March 11, 2024 8:40 PM</p>"),
        ("<meta name='sailthru.date' content='2024-03-11 20:40:10'>", ""),
        (
            "<script type='application/ld+json'>{\"@type\": \"Article\", \"datePublished\": \"2024-03-11T20:40:10-07:00\"}</script>",
            "",
        ),
    ] {
        let found = date(&format!("{utc}{head}"), &format!("<div>{HEADLINE}{line}{TEXT}</div>"));
        assert_eq!(found, "2024-03-11T20:40:10-07:00", "{head}{line}");
    }
    // The visible time is another instant.
    let found = date(utc, &format!("<div>{HEADLINE}<p class=date>March 11, 2024 8:33 PM</p>{TEXT}</div>"));
    assert_eq!(found, "2024-03-12T03:40:10Z");
}

#[test]
fn utc_time_is_written_on_the_day_that_the_page_shows() {
    let stated = |utc: &str, url: &str, line: &str| {
        let head = format!(
            "<meta property='article:published_time' content='{utc}'><link rel=canonical href='https://press.example/{url}'>"
        );
        date(&head, &format!("<div>{HEADLINE}<p class=date>{line}</p>{TEXT}</div>"))
    };
    for (utc, url, line, expected) in [
        ("2024-03-12T03:40:10Z", "2024/03/11/crane", "", "2024-03-11T23:40:10-04:00"),
        ("2024-03-11T23:01:00Z", "2024/03/12/crane", "", "2024-03-12T00:01:00+01:00"),
        ("2024-03-12T03:40:10Z", "crane", "11 March 2024", "2024-03-11T23:40:10-04:00"),
        // The time that the page shows is more exact than its address.
        ("2024-03-12T03:40:10Z", "2024/03/11/crane", "March 11, 2024 8:40 PM", "2024-03-11T20:40:10-07:00"),
        // The same day, no zone with newspapers, another day, an offset that is stated.
        ("2024-03-12T03:40:10Z", "2024/03/12/crane", "", "2024-03-12T03:40:10Z"),
        ("2024-03-12T11:45:00Z", "2024/03/11/crane", "", "2024-03-12T11:45:00Z"),
        ("2024-03-12T03:40:10Z", "2024/03/10/crane", "", "2024-03-12T03:40:10Z"),
        ("2024-03-12T03:40:10+01:00", "2024/03/11/crane", "", "2024-03-12T03:40:10+01:00"),
    ] {
        assert_eq!(stated(utc, url, line), expected, "{utc} {url} {line}");
    }
}

#[test]
fn later_date_shown_by_the_page_contradicts_the_one_it_states() {
    let stated = |name: &str, url: &str, line: &str| {
        let head = format!(
            "<meta property='{name}' content='2024-03-11T07:20:00+01:00'><link rel=canonical href='https://press.example/{url}'>"
        );
        found(&head, &format!("<article>{HEADLINE}<p>{line}</p>{TEXT}</article>"))
    };
    let later = "<time datetime='2024-05-20'>20 May 2024</time>";
    for name in ["article:published_time", "date"] {
        let (date, problem) = stated(name, "crane", later);
        if name == "date" {
            // Sites set this one at every change, so the visible date has priority.
            assert_eq!(date.as_deref(), Some("2024-05-20"));
            continue;
        }
        assert_eq!(date, None);
        assert_eq!(problem.as_deref(), Some("`2024-03-11T07:20:00+01:00`: the page shows 2024-05-20"));
    }
    for (url, line) in [
        ("2024/03/11/crane", later),
        ("crane", "<time datetime='2024-03-14'>14 March 2024</time>"),
        ("crane", "<time datetime='2024-01-02'>2 January 2024</time>"),
        ("crane", "Updated <time datetime='2024-05-20'>20 May 2024</time>"),
    ] {
        let expected = (Some("2024-03-11T07:20:00+01:00".to_owned()), None);
        assert_eq!(stated("article:published_time", url, line), expected, "{url} {line}");
    }
}

#[test]
fn marked_dates_of_several_days_are_those_of_teasers() {
    let teasers = |days: [&str; 2]| {
        let teasers = days.map(|day| format!("<li><time pubdate datetime='{day}'>x</time> Other story</li>"));
        format!("<ul>{}</ul>", teasers.concat())
    };
    let own =
        format!("<article>{HEADLINE}<p><time datetime='2024-03-11'>11 March 2024</time></p>{TEXT}</article>");
    let several = teasers(["2024-05-20", "2024-05-19"]);
    assert_eq!(date("", &format!("{own}{several}")), "2024-03-11");
    // Without a certain date near the headline, the first one counts.
    assert_eq!(date("", &format!("<article>{HEADLINE}{TEXT}</article>{several}")), "2024-05-20");
    let same = teasers(["2024-05-20", "2024-05-20"]);
    assert_eq!(date("", &format!("{own}{same}")), "2024-05-20");
}

#[test]
fn dates_in_scripts_are_used_last_and_must_agree() {
    let script = |json: &str| format!("<script>window.state = {json};</script>");
    let body = format!("{HEADLINE}{TEXT}");
    assert_eq!(date(&script(r#"{"publishedAt":"2024-03-11T07:20:00Z"}"#), &body), "2024-03-11T07:20:00Z");
    assert_eq!(date(&script(r#"[{"publishedAt":"2024-03-11"},{"publishedAt":"2024-03-12"}]"#), &body), "");
}

proptest! {
    #[test]
    fn any_page_is_handled_without_panic(
        parts in proptest::collection::vec("<(div|time|span|h1|aside|p|article|meta|br)( class='(date|comment)')?( datetime='[0-9-]{0,10}')?>|</(div|p|article)>|[0-9a-z .:/-]{0,20}", 0..24),
    ) {
        found("", &parts.concat());
    }
}
