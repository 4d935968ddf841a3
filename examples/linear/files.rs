//! Fillers that are whole files.

use crate::fillers::{Filler, Parts, file, short};

/// Fillers that are whole files of one format.
pub(crate) const FILES: &[Filler] = &[
    // Whole files of HTML.
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
    file("jsonl", "lines that are not records", Parts::Same("a\n")),
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
