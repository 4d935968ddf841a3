//! Writes the documents of a case: a filler in one of the formats.

use std::fs;
use std::path::Path;

use crate::Result;
use crate::fillers::{Filler, Kind};

const PROSE: &str =
    "The council of Velmark voted on Monday to rebuild the old bridge before the winter sets in.";

/// Formats for a text. `bare` is the filler alone. `fields` has it in every field of two records. `pair` clusters two documents
/// that differ in one sentence each, and writes the page of the run. `compare` compares these two documents.
pub(crate) const FORMATS: [&str; 10] =
    ["bare", "txt", "md", "html", "json", "fields", "csv", "tsv", "pair", "compare"];

/// Returns the formats of a filler.
pub(crate) fn formats(filler: &Filler) -> Vec<&'static str> {
    match filler.kind {
        Kind::Text => FORMATS.to_vec(),
        Kind::File(ending) => vec![ending],
    }
}

/// Writes the documents of a case to `folder`.
pub(crate) fn write(filler: &Filler, format: &str, bytes: usize, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    let text = filler.make(bytes);
    let put = |name: &str, text: String| -> Result<()> { Ok(fs::write(folder.join(name), text)?) };
    if let Kind::File(ending) = filler.kind {
        return put(&format!("a.{ending}"), text);
    }
    let framed = || format!("Bridge of Velmark\n\n{PROSE}\n{text}\n{PROSE}\n");
    match format {
        "bare" => put("a.txt", text)?,
        "txt" => put("a.txt", framed())?,
        "md" => put("a.md", format!("# Bridge of Velmark\n\n{PROSE}\n\n{text}\n\n{PROSE}\n"))?,
        "html" => put(
            "a.html",
            format!(
                "<html><head><title>Bridge of Velmark</title></head><body><article><p>{PROSE}</p>\
                 <p>{text}</p><p>{PROSE}</p></article></body></html>"
            ),
        )?,
        "json" => put("a.json", format!("{{\"title\":\"Bridge\",\"text\":{}}}\n", in_json(&framed())))?,
        "fields" => {
            let field = in_json(&text);
            let names = ["title", "date", "source", "url", "language", "author", "agency"];
            let fields: Vec<String> = names.iter().map(|name| format!("\"{name}\":{field}")).collect();
            let record = |text: &str| format!("{{{},\"text\":{}}}\n", fields.join(","), in_json(text));
            put("a.jsonl", record(PROSE) + &record(&format!("{PROSE} He said so twice.")))?;
        }
        "csv" => put("a.csv", format!("title,text\nBridge,\"{}\"\n", framed().replace('"', "\"\"")))?,
        "tsv" => {
            put("a.tsv", format!("title\ttext\nBridge\t{}\n", framed().replace(['\t', '\n', '\r'], " ")))?;
        }
        _ => {
            put("a.txt", framed())?;
            put(
                "b.txt",
                format!("Velmark's bridge\n\nHe said on Sunday that it is old.\n{text}\nIt rained.\n"),
            )?;
        }
    }
    Ok(())
}

/// Formats a string as JSON.
fn in_json(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c if u32::from(c) < 0x20 => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
