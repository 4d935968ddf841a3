use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::MemberLine;
use crate::tests::fixture;
use wirecopy_core::Similarity;

struct Member {
    id: &'static str,
    date: Option<&'static str>,
    source: Option<&'static str>,
    tokens: u32,
    update_of: Option<&'static str>,
}

const fn member(id: &'static str) -> Member {
    Member { id, date: None, source: None, tokens: 100, update_of: None }
}

/// Returns a run with one cluster, whose first member is its representative, and one document in no cluster.
fn run(members: &[Member]) -> Run {
    let mut run = fixture::empty();
    let document = |m: &Member| DocumentLine {
        id: m.id.to_owned(),
        path: format!("corpus/{}", m.id),
        date: m.date.map(str::to_owned),
        source: m.source.map(str::to_owned),
        tokens: m.tokens,
        ..DocumentLine::default()
    };
    run.documents = members.iter().chain([&member("alone")]).map(document).collect();
    let line = |m: &Member| MemberLine {
        id: m.id.to_owned(),
        relation: None,
        score: Similarity::ONE,
        copied_from_representative: None,
        copied_from_cluster: Similarity::ZERO,
        update_of: m.update_of.map(str::to_owned),
        version: None,
        passages: Vec::new(),
    };
    run.clusters = vec![ClusterLine {
        cluster: "c".to_owned(),
        title: None,
        representative: members[0].id.to_owned(),
        earliest: None,
        earliest_by: None,
        credits: Vec::new(),
        uncredited: Vec::new(),
        members: members.iter().map(line).collect(),
        versions: Vec::new(),
    }];
    run
}

fn one_cluster() -> ClusterLine {
    run(&[member("x")]).clusters.remove(0)
}

fn kept(run: &Run, policy: &str) -> Vec<String> {
    let plan = Plan::new(run, &policy.parse().unwrap(), |_| false);
    plan.kept().map(|decision| decision.document.id.clone()).collect()
}

#[test]
fn earliest_follows_the_report_and_else_a_time_precedes_a_bare_day() {
    let members = [
        Member { date: Some("2024-03-01"), ..member("day") },
        Member { date: Some("2024-03-01T20:00:00Z"), ..member("time") },
    ];
    let mut run = run(&members);
    assert_eq!(kept(&run, "earliest"), ["time", "alone"]);
    run.clusters[0].earliest = Some("day".to_owned());
    assert_eq!(kept(&run, "earliest"), ["day", "alone"]);
}

#[test]
fn each_policy_chooses_its_document() {
    let run = run(&[
        Member { date: Some("2024-03-03"), ..member("r") },
        Member { date: Some("2024-03-01"), source: Some("AFP"), ..member("first") },
        Member { date: Some("2024-03-05"), tokens: 90, ..member("post/last") },
        Member { tokens: 300, ..member("long") },
    ]);
    for (policy, expected) in [
        ("earliest", "first"),
        ("latest", "post/last"),
        ("longest", "long"),
        ("representative", "r"),
        ("source=Post,AFP", "post/last"),
        ("source=Herald, afp", "first"),
        ("source=Herald", "r"),
    ] {
        assert_eq!(kept(&run, policy), [expected, "alone"], "{policy}");
    }
}

#[test]
fn latest_is_the_last_version_if_dates_are_equal_or_missing() {
    for date in [Some("2024-05-01"), None] {
        let mut run = run(&[Member { date, ..member("first") }, Member { date, ..member("second") }]);
        for (line, version) in run.clusters[0].members.iter_mut().zip(1..) {
            line.version = Some(version);
        }
        assert_eq!(kept(&run, "latest"), ["second", "alone"], "{date:?}");
    }
}

#[test]
fn earliest_of_the_report_overrides_dates() {
    let mut run = run(&[
        Member { date: Some("2024-03-03"), ..member("r") },
        Member { date: Some("2024-03-01"), ..member("first") },
    ]);
    run.clusters[0].earliest = Some("r".to_owned());
    assert_eq!(kept(&run, "earliest"), ["r", "alone"]);
}

#[test]
fn ties_go_to_the_representative_then_to_the_first_by_id() {
    let mut run = run(&[member("b"), member("a"), member("c")]);
    run.clusters[0].representative = "c".to_owned();
    for policy in ["earliest", "latest", "longest", "representative", "source=x"] {
        assert_eq!(kept(&run, policy), ["c", "alone"], "{policy}");
    }
    run.documents[2].tokens = 1;
    assert_eq!(kept(&run, "longest"), ["a", "alone"]);
}

#[test]
fn latest_follows_updates_to_the_last_version() {
    let run = run(&[
        Member { date: Some("2024-03-05"), ..member("a") },
        Member { date: Some("2024-03-05"), update_of: Some("a"), ..member("b") },
        Member { update_of: Some("b"), ..member("c") },
    ]);
    assert_eq!(kept(&run, "latest"), ["c", "alone"]);
}

#[test]
fn only_references_of_their_cluster_are_kept() {
    let mut run = run(&[member("r"), member("x"), member("y"), member("z")]);
    run.documents[1].reference = true;
    let plan = Plan::new(&run, &Policy::Representative, |document| document.id == "z");
    let decided: Vec<(&str, bool, Option<&str>)> =
        plan.decisions.iter().map(|d| (d.document.id.as_str(), d.keep, d.kept_instead)).collect();
    assert_eq!(
        decided,
        [
            ("r", false, Some("x")),
            ("x", true, None),
            ("y", false, Some("x")),
            ("z", true, None),
            ("alone", true, None)
        ]
    );
    assert_eq!((plan.kept().count(), plan.dropped().count(), plan.references().count()), (1, 2, 2));
}

#[test]
fn policies_are_parsed_by_name() {
    assert_eq!("source= AFP ,,dpa".parse(), Ok(Policy::Source(vec!["afp".to_owned(), "dpa".to_owned()])));
    for wrong in ["", "first", "source", "source=", "source=, ,"] {
        let error = wrong.parse::<Policy>().unwrap_err().to_string();
        assert!(error.contains("earliest") && error.ends_with(&format!("`{wrong}`")), "{error}");
    }
}

proptest! {
    #[test]
    fn decisions_are_complete_and_every_cluster_keeps_a_document(
        sizes in prop::collection::vec(1usize..6, 1..8),
        references in prop::collection::vec(prop::bool::weighted(0.15), 48),
        days in prop::collection::vec(prop::option::of(1u8..20), 48),
        policy in prop::sample::select(vec!["earliest", "latest", "longest", "representative", "source=s"]),
    ) {
        let mut run = fixture::empty();
        let mut at = 0;
        for (cluster, &size) in sizes.iter().enumerate() {
            let from = at;
            for _ in 0..size {
                run.documents.push(DocumentLine {
                    id: format!("d{at}"),
                    date: days[at].map(|day| format!("2024-03-{day:02}")),
                    reference: references[at],
                    tokens: u32::from(days[at].unwrap_or(7) % 3),
                    ..DocumentLine::default()
                });
                at += 1;
            }
            if size > 1 {
                let mut line = one_cluster();
                let one = line.members.remove(0);
                line.members =
                    (from..at).rev().map(|at| MemberLine { id: format!("d{at}"), ..one.clone() }).collect();
                line.representative = format!("d{from}");
                line.cluster = format!("c{cluster}");
                run.clusters.push(line);
            }
        }
        let plan = Plan::new(&run, &policy.parse().unwrap(), |_| false);
        prop_assert_eq!(plan.decisions.len(), run.documents.len());
        let parts = plan.kept().count() + plan.dropped().count() + plan.references().count();
        prop_assert_eq!(parts, run.documents.len());
        let stays: BTreeSet<&str> =
            plan.decisions.iter().filter(|d| d.keep).map(|d| d.document.id.as_str()).collect();
        for cluster in &run.clusters {
            let of: Vec<_> =
                plan.decisions.iter().filter(|d| d.cluster == Some(cluster.cluster.as_str())).collect();
            prop_assert_eq!(of.len(), cluster.members.len());
            prop_assert!(of.iter().any(|d| d.keep));
            let unforced = of.iter().filter(|d| d.keep && !d.reference).count();
            prop_assert!(unforced == usize::from(of.iter().all(|d| !d.reference)));
        }
        for decision in &plan.decisions {
            prop_assert!(!decision.reference || decision.keep);
            prop_assert_eq!(decision.keep, decision.kept_instead.is_none());
            prop_assert!(decision.kept_instead.is_none_or(|id| stays.contains(id)));
        }
        prop_assert_eq!(&plan, &Plan::new(&run, &policy.parse().unwrap(), |_| false));
    }
}
