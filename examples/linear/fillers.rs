//! What documents are filled with: each filler makes as many bytes as it is asked for, of one kind.

/// What a filler is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Text of an article, in every format.
    Text,
    /// A whole file of one format, by its ending.
    File(&'static str),
}

/// A way to fill a document.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Filler {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    /// Whether the short check has it: one of each group.
    pub(crate) short: bool,
    parts: Parts,
}

#[derive(Clone, Copy, Debug)]
enum Parts {
    /// One piece again and again.
    Same(&'static str),
    /// The same between a start and an end.
    Within(&'static str, &'static str, &'static str),
    /// Pieces that differ: `#` is the number of the piece, in letters and digits.
    Counted(&'static str, &'static str, &'static str),
    /// Half of one piece, half of another.
    Halves(&'static str, &'static str, &'static str, &'static str),
    /// As many closing as opening pieces.
    Nested(&'static str, &'static str, &'static str),
}

impl Filler {
    /// About `bytes` bytes.
    pub(crate) fn make(&self, bytes: usize) -> String {
        match self.parts {
            Parts::Same(piece) => piece.repeat(bytes / piece.len()),
            Parts::Within(start, piece, end) => format!("{start}{}{end}", piece.repeat(bytes / piece.len())),
            Parts::Counted(start, piece, end) => {
                let mut out = start.to_owned();
                let mut number = 0_usize;
                while out.len() < bytes {
                    out.push_str(&piece.replace('#', &in_letters(number)));
                    number += 1;
                }
                out + end
            }
            Parts::Halves(start, first, between, second) => {
                let half = |piece: &str| piece.repeat(bytes / 2 / piece.len());
                format!("{start}{}{between}{}", half(first), half(second))
            }
            Parts::Nested(open, inner, close) => {
                let times = bytes / (open.len() + close.len());
                format!("{}{inner}{}", open.repeat(times), close.repeat(times))
            }
        }
    }
}

/// A word that no other number has, of letters that look like a word.
fn in_letters(number: usize) -> String {
    let mut out = String::new();
    let mut rest = number * 7 + 3;
    while rest > 0 {
        out.push(char::from(b"bdfgklmnprstvz"[rest % 14]));
        out.push(char::from(b"aeiou"[rest / 14 % 5]));
        rest /= 70;
    }
    out
}

const fn same(name: &'static str, piece: &'static str) -> Filler {
    Filler { name, kind: Kind::Text, short: false, parts: Parts::Same(piece) }
}

const fn counted(name: &'static str, piece: &'static str) -> Filler {
    Filler { name, kind: Kind::Text, short: false, parts: Parts::Counted("", piece, "") }
}

const fn nested(name: &'static str, open: &'static str, inner: &'static str, close: &'static str) -> Filler {
    Filler { name, kind: Kind::Text, short: false, parts: Parts::Nested(open, inner, close) }
}

const fn file(ending: &'static str, name: &'static str, parts: Parts) -> Filler {
    Filler { name, kind: Kind::File(ending), short: false, parts }
}

const fn short(filler: Filler) -> Filler {
    Filler { short: true, ..filler }
}

/// Every filler.
pub(crate) const FILLERS: &[Filler] = &[
    // Letters and digits without a blank.
    short(same("letters", "a")),
    same("capitals", "A"),
    same("digits", "7"),
    short(same("ideographs", "漢")),
    same("kana", "カ"),
    same("hangul", "한"),
    same("thai", "ก"),
    same("cyrillic", "ж"),
    same("arabic", "ب"),
    same("devanagari", "क्षि"),
    counted("a word without an end", "#"),
    counted("camel case", "Ab#"),
    same("apostrophes in a word", "l'a"),
    same("hyphens in a word", "a-"),
    same("dots in a word", "a."),
    same("letters and digits", "a1"),
    // Words.
    same("one-letter words", "a "),
    same("one word", "word "),
    short(counted("words", "# ")),
    counted("capitalised words", "B# "),
    same("upper-case words", "WORD "),
    same("two words in turn", "the of "),
    same("small words of many languages", "and und et y и の "),
    // Names, credits, datelines.
    same("by", "By "),
    same("bylines", "By Jane Roe, AFP\n"),
    same("agencies", "AFP "),
    same("agencies without a blank", "AFP/"),
    same("agencies in brackets", "(AP) "),
    short(same(
        "paragraphs that begin with an agency",
        "(AP) The council voted on Monday to rebuild the bridge.\n\n",
    )),
    same("agencies alone in paragraphs", "(AP) \n\n"),
    same("datelines", "PARIS, Sept 24 (AFP) - "),
    same("paragraphs with datelines", "LONDON (AP) — The council voted on Monday to rebuild.\n"),
    same("datelines of ideographs", "新华社北京5月3日电"),
    same("sources", "Source: Xinhua\n"),
    same("sign-offs", "The council voted. (dpa)\n"),
    same("reporting and editing", "(Reporting by Jane Roe; Editing by John Doe) "),
    same("copyright", "© 2024 AFP\n"),
    same("photo credits", "Photo: City of Velmark\n"),
    same("initials", "J. R. "),
    same("abbreviations", "U.S. "),
    counted("names", "Jane B# said. "),
    // Dates and numbers.
    short(same("dates", "2024-03-11 ")),
    same("dates in words", "March 11, 2024 3:05 PM "),
    same("dates of ideographs", "2024年3月11日"),
    same("lines of dates", "11.03.2024 07:20\n"),
    same("numbers", "12 "),
    counted("numbers that differ", "1# "),
    same("grouped digits", "123,"),
    same("decimals", "1."),
    same("times of day", "12:"),
    same("weekdays", "Monday "),
    // Signs.
    short(same("quotes", "\"")),
    same("curved quotes", "“"),
    same("closing quotes", "”"),
    same("low quotes", "„"),
    same("guillemets", "«"),
    same("closing guillemets", "»"),
    same("apostrophes", "'"),
    same("quoted letters", "\"a\" "),
    same("curved quoted letters", "“a” "),
    same("corner brackets", "「あ」"),
    same("open parentheses", "("),
    same("closed parentheses", ")"),
    same("pairs of parentheses", "() "),
    nested("nested parentheses", "(", "a", ")"),
    same("open brackets", "["),
    same("closed brackets", "]"),
    same("open braces", "{"),
    same("hyphens", "-"),
    same("dashes", "—"),
    same("dashes between blanks", " - "),
    same("dots", "."),
    same("dots and blanks", ". "),
    same("dots and brackets", ".)"),
    same("ellipses", "…"),
    same("ideographic stops", "。"),
    same("exclamation marks", "!"),
    same("commas", ","),
    same("commas and letters", "a, "),
    same("ideographic commas", "、"),
    same("colons", ":"),
    same("semicolons", ";"),
    same("bars", "|"),
    same("bars between words", "a | "),
    same("slashes", "/"),
    same("slashes between words", "a / "),
    same("breadcrumbs", "a > "),
    same("middle dots", "·"),
    same("hashes", "#"),
    same("hash tags", "#tag "),
    same("asterisks", "*"),
    same("emphasis", "*a "),
    same("emphasis that may open or close", "a*"),
    same("emphasis of two kinds", "*a **b "),
    same("strong emphasis", "**a"),
    same("closed emphasis", "*a* "),
    same("underscores", "_a"),
    same("tildes", "~~a"),
    same("backticks", "`"),
    counted("backticks that differ", "`#``"),
    same("equal signs", "="),
    same("plus signs", "+"),
    short(same("ampersands", "&")),
    same("ampersands between blanks", "& "),
    same("entities", "&amp;"),
    same("entities without an end", "&lt"),
    same("numeric entities", "&#65;"),
    same("entity names without an end", "&abcdefgh"),
    same("less-than signs", "<"),
    same("less-than signs between blanks", "< "),
    same("greater-than signs", ">"),
    same("backslashes", "\\"),
    same("at signs", "@"),
    same("per cent", "%"),
    // Blanks.
    short(same("blanks", " ")),
    same("tabs", "\t"),
    same("empty lines", "\n"),
    same("empty lines of Windows", "\r\n"),
    same("carriage returns", "\r"),
    same("blank lines", " \n"),
    same("non-breaking spaces", "\u{a0}"),
    same("ideographic spaces", "\u{3000}"),
    same("line separators", "\u{2028}"),
    same("non-breaking spaces between letters", "a\u{a0}"),
    // What combines and what cannot be seen.
    short(same("accents", "e\u{301}")),
    same("accents alone", "\u{301}"),
    same("accents out of order", "\u{301}\u{323}"),
    same("iota subscripts", "\u{345}\u{301}"),
    same("emoji", "😀"),
    same("families of emoji", "👩\u{200d}👩\u{200d}👧"),
    same("flags", "🇫🇷"),
    same("joiners", "\u{200d}"),
    same("zero-width spaces", "a\u{200b}"),
    same("right-to-left marks", "\u{200f}"),
    same("soft hyphens", "a\u{ad}"),
    same("stretched Arabic", "ب\u{640}"),
    same("ligatures of many letters", "ﷺ"),
    same("letters that grow", "İß"),
    same("replacement characters", "\u{fffd}"),
    same("mojibake", "Ã© "),
    same("mojibake without a blank", "Ã©"),
    same("unassigned", "\u{e000}"),
    // Addresses.
    same("addresses", "https://www.example.org/a?b=c "),
    same("an address without an end", "https://www.example.org/"),
    same("a path", "/a"),
    same("mail addresses", "a@b.example "),
    same("lines of addresses", "www.a.example\n"),
    // Sentences and lines.
    short(same(
        "one sentence",
        "The council of Velmark voted on Monday to rebuild the old bridge before winter. ",
    )),
    same("one line", "The council of Velmark voted on Monday to rebuild the old bridge before winter.\n"),
    counted("sentences", "The council of # voted on Monday to rebuild the # bridge before winter. "),
    counted("lines", "The council of # voted on Monday to rebuild the # bridge before winter.\n"),
    counted("paragraphs", "The council of # voted to rebuild.\n\nThe # bridge is old and wide.\n\n"),
    same("sentences of ideographs", "市议会周一投票决定在冬季之前重建旧桥。"),
    same("one-word lines", "word\n"),
    counted("one-word lines that differ", "#\n"),
    counted("short sentences", "He #. "),
    counted("headlines", "Mayor of # answers questions about the bridge\n"),
    same("soft wraps", "the old\n"),
    same("quotes that are said", "“The bridge is old,” he said. "),
    // What sites add.
    short(same("read also", "Read also: Ferry fares to rise\n")),
    same("share bars", "Share on Facebook | Share on X | Print\n"),
    same("teasers", "The mayor of Velmark answers…\nRead more\n2 hours ago\n"),
    same("counters of a gallery", "1 of 9\nThe bridge before the flood of last spring.\n"),
    same("cookies", "We use cookies. Accept all cookies to continue.\n"),
    same("videos", "Now playing\nVideo\n"),
    same("tags of versions", "UPDATE 1-"),
    same("leads of versions", "(LEAD) (2nd LD) 1st Ld-Writethru "),
    // Marks of Markdown.
    short(counted("reference definitions", "[#]: http://a.example\n")),
    same("reference definitions alike", "[a]: b\n"),
    counted("definitions with a title without an end", "[#]: b \"c\n"),
    counted("definitions with a bracket without an end", "[#]: b (c\n"),
    same("definitions with an address without an end", "[a]: <b\n"),
    same("labels without an end", "[a\n"),
    same("definitions in paragraphs", "[a]: b\n\n"),
    same("links", "[a](b) "),
    same("links without an end", "[a]("),
    same("links without an address", "[a]"),
    counted("references", "[a][#] "),
    same("pictures without an end", "!["),
    same("block quotes", "> "),
    same("nested block quotes", ">"),
    same("lists", "- a\n"),
    same("nested lists", "- "),
    same("numbered lists", "1. a\n"),
    same("headings", "# a\n"),
    same("underlined headings", "a\n===\n"),
    same("rules", "---\n"),
    same("tables", "|a|b\n|-|-\n"),
    same("indented code", "    a\n"),
    same("fences", "```\n"),
    same("footnotes", "[^a] "),
    counted("definitions of footnotes", "[^#]: b\n\n"),
    same("autolinks without an end", "<a:"),
    same("hard breaks", "a  \n"),
    same("keys and values", "a: b\n"),
    // Tags.
    short(same("paragraphs without an end", "<p>")),
    same("paragraph tags", "<p>The council voted on Monday.</p>"),
    same("paragraph tags that begin with an agency", "<p>(AP) The council voted on Monday.</p>"),
    same("agencies alone in paragraph tags", "<p>(AP) </p>"),
    same("headings of sections", "<h2>a</h2><p>The council voted on Monday.</p>"),
    same("captions", "<figure><figcaption>Photo: AP</figcaption></figure>"),
    same("bylines within bylines", "<i class=byline>a"),
    same("open divisions", "<div>"),
    nested("nested divisions", "<div>", "a", "</div>"),
    same("divisions", "<div>a</div>"),
    same("open bold", "<b>a"),
    same("closing tags", "</b>"),
    same("closing paragraphs", "</p>"),
    same("misnested tags", "<i><b>a</i></b>"),
    same("open anchors", "<a href=b>"),
    same("anchors", "<a href=b>a</a> "),
    same("tables without an end", "<table>"),
    same("cells", "<td>a"),
    same("table rows", "<table><tr><td>a</td></tr></table>"),
    same("items", "<ul><li>a</ul>"),
    same("breaks", "<br>"),
    same("breaks between words", "a<br>"),
    same("pictures", "<img src=a>"),
    same("comments without an end", "<!--"),
    same("comments", "<!-- a -->"),
    same("CDATA", "<![CDATA[a]]>"),
    same("CDATA without an end", "<![CDATA["),
    same("declarations", "<!a>"),
    same("processing instructions", "<?a?>"),
    same("scripts", "<script>a</script>"),
    same("scripts without an end", "<script>"),
    same("styles without an end", "<style>"),
    same("titles", "<title>a</title>"),
    same("text areas without an end", "<textarea>"),
    same("drawings", "<svg>"),
    same("templates", "<template>"),
    same("options", "<select><option>a"),
    same("forms", "<form>"),
    same("times", "<time datetime=2024-03-11>a</time>"),
    same("bylines of a page", "<p class=byline>By Jane Roe</p>"),
    same("hidden paragraphs", "<p hidden>a</p>"),
    same("articles", "<article><p>The council voted on Monday.</p></article>"),
    same("headings of a page", "<h1>a</h1>"),
    same("spans", "<span>a</span>"),
    same("formulas", "<math><mi>"),
    same("no breaks", "<nobr>"),
    counted("elements of their own", "<x-#>a</x-#>"),
    short(file(
        "html",
        "attributes",
        Parts::Counted("<p>The council voted.</p><p", " a#=b", ">The council voted on Monday.</p>"),
    )),
    file(
        "html",
        "attributes alike",
        Parts::Within("<p>The council voted.</p><p", " a=b", ">The council voted.</p>"),
    ),
    file("html", "an attribute without an end", Parts::Within("<p>The council voted.</p><p a=\"", "b ", "")),
    file(
        "html",
        "quotes in a tag",
        Parts::Within("<p>The council voted.</p><p ", "\"", ">The council voted.</p>"),
    ),
    file(
        "html",
        "blanks in a tag",
        Parts::Within("<p>The council voted.</p><p ", " ", ">The council voted.</p>"),
    ),
    file("html", "a long class", Parts::Counted("<p class='", "# ", "'>The council voted on Monday.</p>")),
    file("html", "classes", Parts::Counted("", "<p class='#'>The council voted on Monday, he said.</p>", "")),
    file(
        "html",
        "metas",
        Parts::Counted("<head>", "<meta name='#' content='a'>", "</head><p>The council voted.</p>"),
    ),
    file(
        "html",
        "dates of a page",
        Parts::Within("<head>", "<meta name=date content=2024>", "</head><p>It voted.</p>"),
    ),
    file(
        "html",
        "linked data",
        Parts::Within("", "<script type='application/ld+json'>{\"a\":1}</script>", "<p>It voted.</p>"),
    ),
    file(
        "html",
        "long linked data",
        Parts::Within("<script type='application/ld+json'>{\"a\":[1", ",1", "]}</script><p>It voted.</p>"),
    ),
    file(
        "html",
        "deep linked data",
        Parts::Nested("<script type='application/ld+json'>[", "", "]</script><p>It voted.</p>"),
    ),
    file(
        "html",
        "a long title",
        Parts::Within("<title>", "The council - ", "</title><p>The council voted.</p>"),
    ),
    file(
        "html",
        "a paragraph of sentences",
        Parts::Counted("<article><p>", "The council of # voted. ", "</p></article>"),
    ),
    file(
        "html",
        "lines of an article",
        Parts::Counted("<article>", "<p>The council of # voted on Monday.</p>\n", "</article>"),
    ),
    file(
        "html",
        "breaks of an article",
        Parts::Counted("<article>", "The council of # voted on Monday.<br><br>", "</article>"),
    ),
    file("html", "frames", Parts::Within("", "<frameset>", "<p>The council voted.</p>")),
    // Whole files of JSON.
    short(file("json", "nested arrays", Parts::Nested("[", "", "]"))),
    file("json", "arrays without an end", Parts::Same("[")),
    file("json", "nested objects", Parts::Nested("{\"a\":", "1", "}")),
    file("json", "objects without an end", Parts::Same("{\"a\":")),
    file(
        "json",
        "records",
        Parts::Counted("[{\"text\":\"a\"}", ",{\"text\":\"The council of # voted on Monday.\"}", "]"),
    ),
    file("json", "records one behind the other", Parts::Same("{\"text\":\"The council voted.\"}")),
    file("json", "a record without an end", Parts::Within("[{\"text\":\"", "The council. ", "")),
    file("json", "keys", Parts::Counted("{\"text\":\"The council voted.\"", ",\"#\":1", "}")),
    file("json", "keys alike", Parts::Within("{\"text\":\"The council voted.\"", ",\"text\":\"a\"", "}")),
    file("json", "a list of numbers", Parts::Within("{\"text\":\"The council voted.\",\"a\":[1", ",1", "]}")),
    file(
        "json",
        "a list of bylines",
        Parts::Counted("{\"text\":\"The council voted.\",\"authors\":[\"a\"", ",\"#\"", "]}"),
    ),
    file("json", "a list of texts", Parts::Counted("{\"text\":[\"a\"", ",\"The council of # voted.\"", "]}")),
    file("json", "escapes", Parts::Within("{\"text\":\"The council. ", "\\u0041", "\"}")),
    file("json", "escaped quotes", Parts::Within("{\"text\":\"The council. ", "\\\"", "\"}")),
    file("json", "escaped backslashes", Parts::Within("{\"text\":\"The council. ", "\\\\", "\"}")),
    file("json", "escaped lines", Parts::Within("{\"text\":\"The council. ", "a\\n", "\"}")),
    file("json", "halves of pairs", Parts::Within("{\"text\":\"The council. ", "\\ud83d", "\"}")),
    file("json", "blanks behind", Parts::Within("{\"text\":\"The council voted.\"}", " ", "")),
    file("json", "closing brackets", Parts::Within("[{\"text\":\"The council voted.\"}", "]", "")),
    short(file(
        "jsonl",
        "lines of records",
        Parts::Counted("", "{\"text\":\"The council of # voted on Monday.\"}\n", ""),
    )),
    file("jsonl", "records alike", Parts::Same("{\"text\":\"The council voted on Monday.\"}\n")),
    file(
        "jsonl",
        "ids alike",
        Parts::Counted("", "{\"id\":\"a\",\"text\":\"The council of # voted.\"}\n", ""),
    ),
    file("jsonl", "records without text", Parts::Same("{\"a\":1}\n")),
    file("jsonl", "lines that are no records", Parts::Same("a\n")),
    file("jsonl", "empty lines of records", Parts::Within("{\"text\":\"The council voted.\"}\n", "\n", "")),
    file(
        "jsonl",
        "records of one source",
        Parts::Counted(
            "",
            "{\"source\":\"a\",\"text\":\"The council of # voted. The # bridge is wide.\\nRead the # Gazette on Sunday.\"}\n",
            "",
        ),
    ),
    file(
        "jsonl",
        "records with parts in common",
        Parts::Counted(
            "",
            "{\"text\":\"The mayor of # left. The council of Velmark voted on Monday to rebuild the old bridge. B# stays.\"}\n",
            "",
        ),
    ),
    file(
        "jsonl",
        "versions",
        Parts::Counted(
            "",
            "{\"date\":\"2024-03-11\",\"title\":\"UPDATE 2-Council of Velmark votes\",\"text\":\"The council of Velmark voted on Monday to rebuild the old bridge, and # said so on the way home.\"}\n",
            "",
        ),
    ),
    // Whole files of tables.
    short(file("csv", "rows", Parts::Counted("id,text\n", "#,The council of # voted on Monday\n", ""))),
    file("csv", "columns", Parts::Counted("text", ",#", "\nThe council voted on Monday\n")),
    file("csv", "columns alike", Parts::Within("text", ",a", "\nThe council voted on Monday\n")),
    file("csv", "fields", Parts::Within("text,a\nThe council voted", ",a", "\n")),
    file("csv", "quotes of a table", Parts::Within("text,a\n", "\"", "\n")),
    file("csv", "a quote without an end", Parts::Within("text,a\n\"", "The council voted,\n", "")),
    file("csv", "quoted quotes", Parts::Within("text,a\n\"The council ", "\"\"", "\",a\n")),
    file("csv", "empty rows", Parts::Within("text,a\nThe council voted,b\n", "\n", "")),
    file("csv", "rows without an end", Parts::Within("text,a\n", "a,", "")),
    file(
        "tsv",
        "rows of a TSV file",
        Parts::Counted("id\ttext\n", "#\tThe council of # voted on Monday\n", ""),
    ),
    file("tsv", "columns of a TSV file", Parts::Counted("text", "\t#", "\nThe council voted on Monday\n")),
    file("tsv", "fields of a TSV file", Parts::Within("text\ta\nThe council voted", "\ta", "\n")),
    // Whole files of Markdown.
    file(
        "md",
        "a long address that is referred to",
        Parts::Halves("[a]: http://a.example/", "&amp;b", "\n\n", "[a] "),
    ),
    file("md", "definitions in a quote", Parts::Counted("", "> [#]: b\n", "")),
    file(
        "html",
        "a long name and its uses",
        Parts::Halves("<p title='", "a ", "'>The council voted.</p>", "<b>a</b> "),
    ),
    file("md", "front matter", Parts::Counted("---\n", "a#: b\n", "---\nThe council voted on Monday.\n")),
    file(
        "md",
        "bylines of front matter",
        Parts::Counted("---\n", "author: #\n", "---\nThe council voted.\n"),
    ),
    file("md", "front matter without an end", Parts::Within("---\n", "title: b\n", "")),
    file(
        "md",
        "front matter of plus signs",
        Parts::Counted("+++\n", "a# = 'b'\n", "+++\nThe council voted.\n"),
    ),
    // Whole files of other kinds.
    file(
        "xml",
        "elements",
        Parts::Counted(
            "<?xml version='1.0'?><rss><channel>",
            "<item><title>#</title></item>",
            "</channel></rss>",
        ),
    ),
    file(
        "eml",
        "headers",
        Parts::Counted("From: a@b.example\nSubject: a\n", "X-#: b\n", "\nThe council voted on Monday.\n"),
    ),
];
