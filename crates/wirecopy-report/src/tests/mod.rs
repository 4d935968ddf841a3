//! Output formats of invented runs.

pub(crate) mod fixture;
mod jsonl;

use super::terminal_text::width;
use super::{Run, TableStyle, TextStyle};

fn text(run: &Run, style: TextStyle) -> String {
    let mut out = Vec::new();
    run.write_text(&mut out, &style).unwrap();
    String::from_utf8(out).unwrap()
}

fn csv(run: &Run) -> String {
    csv_as(run, TableStyle::default())
}

fn csv_as(run: &Run, style: TableStyle) -> String {
    let mut out = Vec::new();
    run.write_csv(&mut out, &style).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn text_in_80_columns() {
    insta::assert_snapshot!(text(&fixture::news(), TextStyle::default()));
}

#[test]
fn text_in_200_columns() {
    insta::assert_snapshot!(text(&fixture::news(), TextStyle { width: 200, ..TextStyle::default() }));
}

#[test]
fn running_story_in_80_columns() {
    insta::assert_snapshot!(text(&fixture::running(), TextStyle::default()));
}

#[test]
fn running_story_in_200_columns() {
    insta::assert_snapshot!(text(&fixture::running(), TextStyle { width: 200, ..TextStyle::default() }));
}

#[test]
fn colour_does_not_change_the_layout_of_a_running_story() {
    let plain = text(&fixture::running(), TextStyle::default());
    let painted = text(&fixture::running(), TextStyle { color: true, ..TextStyle::default() });
    assert!(painted.contains("\u{1b}[1mVersion 2\u{1b}[0m") && !plain.contains('\u{1b}'));
    let mut stripped = painted;
    for code in ["0", "1", "2", "4", "31", "32", "33", "35", "36"] {
        stripped = stripped.replace(&format!("\u{1b}[{code}m"), "");
    }
    let trimmed: Vec<&str> = stripped.lines().map(str::trim_end).collect();
    assert_eq!(trimmed, plain.lines().collect::<Vec<_>>());
}

#[test]
fn verbosity_shows_more_members_of_a_version() {
    let at = |verbosity| text(&fixture::running(), TextStyle { verbosity, ..TextStyle::default() });
    assert!(at(0).contains("… and 1 more") && !at(0).contains("pier/x.txt"));
    assert!(at(1).contains("pier/x.txt") && !at(1).contains("… and"));
}

#[test]
fn table_has_version_and_cluster_title() {
    let table = csv(&fixture::running());
    let row = table.lines().find(|row| row.contains(",feeds/northwire-77,")).unwrap();
    assert!(row.contains(",2,\"Three dead in quay fire at Orrinmouth, cold store still burning\""), "{row}");
    let other = table.lines().find(|row| row.contains(",isle/own.txt,")).unwrap();
    assert!(other.contains(",Isle Weekly,,\"Three dead"), "{other}");
}

#[test]
fn text_of_many_skipped_inputs() {
    insta::assert_snapshot!(text(&fixture::many_skipped(), TextStyle::default()));
}

#[test]
fn table_of_clustered_documents() {
    let table = csv(&fixture::news());
    // The clusters of pairs are all alike.
    let rows: Vec<&str> = table.split_inclusive('\n').filter(|row| !row.starts_with("c-pair-")).collect();
    insta::assert_snapshot!(rows.concat());
    assert_eq!(
        csv(&fixture::empty()),
        "cluster,id,path,record,relation,score,representative,title,date,source,version,cluster_title,url,credits,\
         language,words,earliest,status\n"
    );
}

#[test]
fn table_of_all_documents_has_one_row_per_document() {
    let run = fixture::news();
    let table = csv_as(&run, TableStyle { all: true, excel: None });
    let mut rows = ::csv::Reader::from_reader(table.as_bytes());
    let ids: Vec<String> = rows.records().map(|row| row.unwrap()[1].to_owned()).collect();
    assert!(ids.len() > csv(&run).lines().count() - 1);
    let mut all: Vec<&str> = run.documents.iter().map(|document| document.id.as_str()).collect();
    let mut ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    all.sort_unstable();
    ids.sort_unstable();
    assert_eq!(ids, all);
}

#[test]
fn table_for_excel_has_byte_order_mark_and_separator() {
    let table = csv_as(&fixture::empty(), TableStyle { all: false, excel: Some(b';') });
    assert!(
        table.starts_with("\u{feff}cluster;id;path;") && table.ends_with(";earliest;status\r\n"),
        "{table:?}"
    );
}

#[test]
fn text_fits_the_terminal() {
    for columns in [40, 60, 80, 81, 109, 110, 140, 200, 400] {
        for verbosity in 0..3 {
            for run in [fixture::news(), fixture::running(), fixture::many_skipped(), fixture::empty()] {
                let text = text(&run, TextStyle { width: columns, color: false, verbosity });
                // The table of stages has a fixed width.
                let over: Vec<&str> = text
                    .lines()
                    .filter(|line| width(line) > columns.max(54))
                    .filter(|line| !line.contains("distinct stor") && !line.contains("peak memory"))
                    .collect();
                assert!(over.is_empty(), "{columns} columns: {over:#?}");
            }
        }
    }
}

#[test]
fn control_characters_in_titles_are_replaced() {
    for color in [false, true] {
        let text = text(&fixture::news(), TextStyle { width: 120, color, verbosity: 2 });
        assert!(!text.contains("\u{1b}]") && !text.contains("\u{1b}[2J") && !text.contains('\u{7}'));
        assert!(!text.contains('\u{202e}') && !text.contains('\r'));
        assert_eq!(text.contains('\u{1b}'), color);
    }
}

#[test]
fn verbosity_shows_more_clusters_and_members() {
    let at = |verbosity| text(&fixture::news(), TextStyle { verbosity, ..TextStyle::default() });
    assert!(at(0).contains("The 10 largest of 29 clusters") && at(0).contains("… and 2 more"));
    assert!(at(1).contains("All 29 clusters") && !at(1).contains("… and"));
    assert!(!at(0).contains("weekly/ada.txt") && at(2).contains("weekly/ada.txt"));
}

#[test]
fn headline_of_small_runs() {
    let first = |run: &Run| text(run, TextStyle::default()).lines().next().unwrap_or_default().to_owned();
    assert_eq!(first(&fixture::empty()), "No documents: nothing was found to read");
    assert_eq!(first(&fixture::no_copies(1)), "1 document: nothing to compare it with");
    assert_eq!(first(&fixture::no_copies(1_234)), "1,234 documents: no copies found");
    let mut skipped = fixture::many_skipped();
    skipped.summary.documents = 0;
    assert_eq!(first(&skipped), "No documents: all 1,200 inputs were skipped");
    let mut pair = fixture::no_copies(2);
    pair.summary.clusters = 1;
    pair.summary.clustered_documents = 2;
    assert_eq!(first(&pair), "2 documents, 1 distinct story: 1 is a copy of another (50 %)");
}
