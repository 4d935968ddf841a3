//! Tests the HTML of pages of invented runs. Browser tests are in `tests/all/page.rs`.

use super::super::Relation;
use super::super::tests::fixture;
use super::*;

fn page(run: &Run, texts: &Texts) -> (String, Absent) {
    let mut out = Vec::new();
    let absent = run.write_page(texts, &mut out).unwrap();
    (String::from_utf8(out).unwrap(), absent)
}

#[test]
fn page_is_written_when_texts_are_missing() {
    let run = fixture::news();
    let (html, absent) = page(&run, &Texts::new());
    let members: usize = run.clusters.iter().map(|cluster| cluster.members.len()).sum();
    assert_eq!((absent.missing.len(), absent.changed.len()), (members, 0));
    assert!(html.contains(&format!("\"missing\":{members},\"changed\":0")));
    assert_eq!(run.ids_of_page().len(), members);
}

#[test]
fn script_and_style_know_every_relation() {
    let (html, _) = page(&fixture::empty(), &Texts::new());
    let names = Relation::ALL.map(|relation| format!("\"{}\"", relation.name()));
    assert!(html.contains(&format!("const RELATIONS = [{}];", names.join(", "))));
    for relation in Relation::ALL {
        let name = relation.name();
        assert!(
            html.contains(&format!(".chip.{name}, td.{name} {{ background: var(--{name}); }}")),
            "{name}"
        );
    }
}

#[test]
fn run_without_clusters_has_a_page() {
    let (html, absent) = page(&fixture::empty(), &Texts::new());
    assert_eq!(absent, Absent::default());
    assert!(html.contains("\"clusters\":[]") && !html.contains("id=\"block-0\""));
}

#[test]
fn policy_contains_the_hashes_of_script_and_style() {
    let (html, _) = page(&fixture::news(), &Texts::new());
    let between = |start: &str, end: &str| html.split_once(start).unwrap().1.split_once(end).unwrap().0;
    for (directive, text) in
        [("style-src", between("<style>", "</style>")), ("script-src", between("<script>", "</script>"))]
    {
        let hash = BASE64_STANDARD.encode(Sha256::digest(text));
        assert!(html.contains(&format!("{directive} 'sha256-{hash}'")), "{directive}");
    }
}

#[test]
fn index_contains_versions_and_guessed_earliest() {
    let (html, _) = page(&fixture::running(), &Texts::new());
    assert!(html.contains(
        "\"title\":\"Three dead in quay fire at Orrinmouth, cold store still burning\",\"members\""
    ));
    assert!(
        html.contains("\"guess\":true,\"versions\":[{\"members\":[1],\"date\":\"2024-06-11T09:05:00+02:00\"")
    );
    assert!(html.contains("\"words\":[146,38]"));
    assert!(!page(&fixture::news(), &Texts::new()).0.contains("\"guess\":true"));
}
