//! Finds the object that describes the article in the JSON-LD of a page.

use dom_query::Document as Tree;
use serde_json::Value;
use wirecopy_core::document::one_line;

use crate::page::letters;

/// Depth to which nested objects are searched.
const DEPTH: usize = 6;
/// Keys that may lead to the page's own article. Other keys lead to other articles.
const INSIDE: [&str; 5] = ["@graph", "mainEntity", "mainEntityOfPage", "article", "subjectOf"];

/// The JSON-LD of a page.
#[derive(Clone, Debug, Default)]
pub(crate) struct JsonLd {
    /// Objects that may describe the article, most likely first.
    objects: Vec<Value>,
    /// Values of `datePublished` in scripts that cannot be parsed even leniently.
    broken: Vec<String>,
}

impl JsonLd {
    /// Reads all JSON-LD scripts. The article's object is preferred because its headline matches `title`.
    pub(crate) fn of(tree: &Tree, title: Option<&str>) -> Self {
        let mut out = Self::default();
        for script in &tree.select("script[type*='ld+json']") {
            let text = script.text();
            match lenient(&text) {
                Some(value) => gather(value, DEPTH, &mut out.objects),
                None => out.broken.extend(values_of_key(&text, "datePublished")),
            }
        }
        let title = title.map(letters).filter(|title| !title.is_empty());
        let of_title = |value: &Value| {
            let headline = string_at(value, &["headline"]).map(|headline| letters(&headline));
            match (&title, headline.filter(|headline| !headline.is_empty())) {
                (Some(title), Some(headline)) => {
                    headline.contains(title.as_str()) || title.contains(&headline)
                }
                _ => false,
            }
        };
        // The sort is stable, so the first of equal objects wins.
        out.objects.sort_by_key(|value| std::cmp::Reverse((rank(value), of_title(value))));
        out
    }

    /// Returns the most likely object with a headline, else with a publication date.
    pub(crate) fn article(&self) -> Option<&Value> {
        self.objects
            .iter()
            .find(|value| value.get("headline").is_some())
            .or_else(|| self.objects.iter().find(|value| value.get("datePublished").is_some()))
    }

    /// Returns publication dates, most likely first.
    pub(super) fn published(&self) -> Vec<String> {
        let stated = self.objects.iter().filter_map(|value| string_at(value, &["datePublished"]));
        stated.chain(self.broken.iter().cloned()).collect()
    }

    /// Returns creation and upload dates, most likely first.
    pub(super) fn created(&self) -> Vec<String> {
        let at = |key: &'static str| self.objects.iter().filter_map(move |value| string_at(value, &[key]));
        at("dateCreated").chain(at("uploadDate")).collect()
    }

    /// Returns publication dates, then creation and upload dates.
    pub(super) fn all(&self) -> Vec<String> {
        self.published().into_iter().chain(self.created()).collect()
    }
}

/// Ranks an object by how likely it describes the article; 0 means that it does not.
fn rank(value: &Value) -> u8 {
    let kinds: Vec<&str> = match value.get("@type") {
        Some(Value::String(kind)) => vec![kind],
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let rank = |kind: &&str| {
        let kind = kind.rsplit(['/', ':']).next().unwrap_or(kind);
        match kind {
            _ if kind.ends_with("Article") || kind.ends_with("Posting") => 4,
            "Report" | "Review" | "Recipe" | "CreativeWork" | "PodcastEpisode" | "AnalysisNews" | "Blog" => 3,
            "VideoObject" | "AudioObject" | "MediaObject" => 2,
            "WebPage" | "ItemPage" | "WebSite" | "AboutPage" => 1,
            "Comment" | "Person" | "Organization" | "ImageObject" | "BreadcrumbList" | "Event" | "Offer" => 0,
            _ => 1,
        }
    };
    let best = kinds.iter().map(rank).max().unwrap_or(2);
    if best == 1 && value.get("headline").is_some() { 3 } else { best }
}

fn gather(value: Value, depth: usize, out: &mut Vec<Value>) {
    match value {
        Value::Array(values) if depth > 0 => {
            values.into_iter().for_each(|value| gather(value, depth - 1, out));
        }
        Value::Object(mut object) => {
            let inside: Vec<Value> = INSIDE.iter().filter_map(|key| object.remove(*key)).collect();
            let described = Value::Object(object);
            let dated = ["headline", "datePublished", "dateCreated", "uploadDate"];
            if dated.iter().any(|key| described.get(key).is_some()) && rank(&described) > 0 {
                out.push(described);
            }
            if depth > 0 {
                inside.into_iter().for_each(|value| gather(value, depth - 1, out));
            }
        }
        _ => {}
    }
}

/// Returns the string at a path. JSON-LD allows a list anywhere, so a list counts as its first element, and `{"@value": …}` as
/// its value.
pub(crate) fn string_at(value: &Value, path: &[&str]) -> Option<String> {
    match (value, path) {
        (Value::Array(values), _) => string_at(values.first()?, path),
        (Value::Object(object), [key, rest @ ..]) => string_at(object.get(*key)?, rest),
        (Value::Object(object), []) => string_at(object.get("@value")?, path),
        (Value::String(text), []) => one_line(&html_escape::decode_html_entities(text)),
        (Value::Number(number), []) => Some(number.to_string()),
        _ => None,
    }
}

/// Parses JSON leniently: in comments, with raw line breaks in strings, trailing commas, or a semicolon at the end.
pub(crate) fn lenient(text: &str) -> Option<Value> {
    let bare = text.trim();
    let bare = bare.trim_start_matches("<!--").trim_start().trim_start_matches("//").trim_start();
    let bare = bare.trim_start_matches("/*").trim_start().trim_start_matches("<![CDATA[").trim_start();
    let bare = bare.trim_start_matches("*/").trim();
    let bare = bare.trim_end_matches("-->").trim_end().trim_end_matches("//").trim_end();
    let bare = bare.trim_end_matches("*/").trim_end().trim_end_matches("]]>").trim_end();
    let bare = bare.trim_end_matches("//").trim_end_matches("/*").trim_end().trim_end_matches(';').trim_end();
    serde_json::from_str(bare).ok().or_else(|| serde_json::from_str(&repaired(bare)).ok())
}

/// Escapes control characters in strings and removes commas before a closing bracket. Linear.
fn repaired(json: &str) -> String {
    let mut out = String::with_capacity(json.len() + 16);
    let (mut in_string, mut escaped) = (false, false);
    for c in json.chars() {
        if in_string {
            match c {
                _ if c.is_control() => out.push_str(if escaped { "n" } else { "\\n" }),
                // An invalid escape becomes the character itself.
                _ if escaped && !matches!(c, '"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't' | 'u') => {
                    out.pop();
                    out.push(c);
                }
                _ => out.push(c),
            }
            in_string = escaped || c != '"';
            escaped = !escaped && c == '\\';
            continue;
        }
        match c {
            '}' | ']' => {
                let kept = out.trim_end().len();
                if out[..kept].ends_with(',') {
                    out.truncate(kept - 1);
                }
            }
            '"' => in_string = true,
            _ => {}
        }
        out.push(c);
    }
    out
}

/// Returns the values of a key in text that resembles JSON: `"key": "value"`, `'key':'value'`, `\"key\":\"value\"`. Only short
/// values with a digit are returned.
pub(super) fn values_of_key<'a>(text: &'a str, key: &'a str) -> impl Iterator<Item = String> + 'a {
    const LONGEST: usize = 40;
    text.match_indices(key).filter_map(move |(at, _)| {
        let quotes: &[char] = &['"', '\'', '\\'];
        let before = text[..at].ends_with(['"', '\'']);
        let rest = text[at + key.len()..].trim_start_matches(quotes).trim_start().strip_prefix(':')?;
        let rest = rest.trim_start().trim_start_matches(quotes);
        let end = rest.find(['"', '\'', '\\', ',', '}', '\n'])?;
        let value = rest[..end].trim();
        (before && end <= LONGEST && value.contains(|c: char| c.is_ascii_digit())).then(|| value.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn published(page: &str, title: &str) -> Vec<String> {
        JsonLd::of(&Tree::from(page), Some(title)).published()
    }

    fn script(json: &str) -> String {
        format!("<html><head><script type='application/ld+json'>{json}</script></head><body></body></html>")
    }

    #[test]
    fn article_is_preferred_to_the_page_and_other_articles() {
        let page = script(
            r#"{"@graph": [{"@type": "WebPage", "datePublished": "2010-01-01"},
            {"@type": "NewsArticle", "headline": "Bridge closed", "datePublished": "2024-03-09"},
            {"@type": "NewsArticle", "headline": "Ferry sails", "datePublished": "2024-03-11"},
            {"@type": "Person", "name": "A", "datePublished": "2024-01-01"}]}"#,
        );
        assert_eq!(published(&page, "Ferry sails"), ["2024-03-11", "2024-03-09", "2010-01-01"]);
    }

    #[test]
    fn nested_article_objects_are_found() {
        for json in [
            r#"{"@type": "WebPage", "mainEntity": {"@type": "Article", "datePublished": "2024-03-11"}}"#,
            r#"[[{"@type": ["Article", "x"], "datePublished": ["2024-03-11"]}]]"#,
            r#"{"@type": "https://schema.org/BlogPosting", "datePublished": {"@value": "2024-03-11"}}"#,
        ] {
            assert_eq!(published(&script(json), "x"), ["2024-03-11"], "{json}");
        }
    }

    #[test]
    fn malformed_json_ld_is_read() {
        for json in [
            "{\"headline\": \"A\nB\", \"datePublished\": \"2024-03-11\"}",
            "{\"headline\": \"A\", \"datePublished\": \"2024-03-11\",}",
            "{\"headline\": \"A\", \"keywords\": [\"a\", \"b\", ], \"datePublished\": \"2024-03-11\" , }",
            "//<![CDATA[\n{\"datePublished\": \"2024-03-11\"}\n//]]>",
            "<!-- {\"datePublished\": \"2024-03-11\"} -->",
            "{\"datePublished\": \"2024-03-11\"};",
            "{\"headline\": \"it\\'s\", \"datePublished\": \"2024-03-11\"}",
            "{\"headline\": \"a \"quoted\" word\", \"datePublished\": \"2024-03-11\"}",
        ] {
            assert_eq!(published(&script(json), "x"), ["2024-03-11"], "{json}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_script_is_handled_without_panic(json in "[\\PC\"\\\\{}:,\\n\\[\\]]{0,80}") {
            JsonLd::of(&Tree::from(script(&json)), Some("x")).all();
            repaired(&json);
        }

        #[test]
        fn repair_does_not_change_valid_json(text in "\\PC{0,40}", number in 0_i64..9) {
            let value = serde_json::json!({ "a,]": [text, number, { "b": "}," }] });
            proptest::prop_assert_eq!(lenient(&repaired(&value.to_string())), Some(value));
        }
    }
}
