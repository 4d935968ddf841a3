//! Invented runs. The names of agencies, papers and places are made up.

use crate::Config;
use crate::{
    BoilerplateLine, ClusterLine, DocumentLine, EarliestBy, EdgeCounts, EdgeLine, FeatureTable, MemberLine,
    Run, RunLine, SCHEMA, StageLine, SummaryLine, VersionLine,
};
use wirecopy_core::document::SkipKind;
use wirecopy_core::{Relation, Similarity};

/// Returns a run without inputs.
pub(crate) fn empty() -> Run {
    Run {
        header: RunLine {
            schema: SCHEMA,
            version: "0.1.0".to_owned(),
            command: ["wirecopy", "cluster", "corpus"].map(str::to_owned).to_vec(),
            started: "2024-03-09T08:00:00Z".to_owned(),
            config: Config::default(),
            model: None,
        },
        documents: Vec::new(),
        skipped: Vec::new(),
        boilerplate: Vec::new(),
        edges: Vec::new(),
        clusters: Vec::new(),
        summary: SummaryLine::default(),
    }
}

/// Returns a run over documents with nothing in common.
pub(crate) fn no_copies(documents: usize) -> Run {
    let mut run = empty();
    for at in 0..documents {
        run.documents.push(document(&format!("{at}.txt"), None, None, None));
    }
    run.summary.documents = documents as u64;
    run
}

/// Returns a run with clusters in several scripts, hostile titles, long ids, missing fields and skipped inputs.
pub(crate) fn news() -> Run {
    let mut run = empty();
    storm(&mut run);
    scripts(&mut run);
    hostile(&mut run);
    for at in 0..350 {
        run.documents.push(document(&format!("single/{at:03}.txt"), None, None, None));
    }
    for (path, record, kind, reason) in [
        ("corpus/2024/empty.txt", None, SkipKind::Empty, "the file is empty"),
        ("corpus/records.jsonl", Some(17), SkipKind::Malformed, "expected a JSON object, found a list"),
        (
            "corpus/2024/03/a-folder-with-a-rather-long-name/that-holds/other-folders/scan-0001.html",
            None,
            SkipKind::NoArticle,
            "no article was found in the page: 3 paragraphs of 12 words in all, where an article has at least 40",
        ),
    ] {
        run.skipped.push(kind.because(reason).at(path, record));
    }
    for (source, line) in [("corpus/2024", None), ("Harbour Post", Some("Every evening in one letter"))] {
        let line = line.map(str::to_owned);
        let key = u64::MAX - run.boilerplate.len() as u64;
        run.boilerplate.push(BoilerplateLine {
            source: source.to_owned(),
            line,
            documents: 7,
            key,
            shingles: if run.boilerplate.is_empty() { Vec::new() } else { vec![key, 1] },
        });
    }
    close(&mut run);
    run
}

/// Returns a run with a running story of three versions, one of them printed late, and a reworded member.
pub(crate) fn running() -> Run {
    let mut run = empty();
    let members = [
        (
            "gull/quay-fire-three.html",
            None,
            1.0,
            "Three dead in quay fire at Orrinmouth, cold store still burning",
            "2024-06-11T15:40:00+02:00",
            "The Gull",
            Some(3),
        ),
        (
            "coast/1881.html",
            Some(Relation::Version),
            0.97,
            "Fire at Orrinmouth quay, one dead",
            "2024-06-11T09:05:00+02:00",
            "Coast Courier",
            Some(1),
        ),
        (
            "coast/1902.html",
            Some(Relation::Copy),
            0.91,
            "EDITION",
            "2024-06-11T16:20:00+02:00",
            "Coast Courier",
            Some(3),
        ),
        (
            "feeds/northwire-77",
            Some(Relation::Version),
            0.88,
            "2nd lead: Fire at quay",
            "2024-06-11",
            "Northwire",
            Some(2),
        ),
        ("isle/late.txt", Some(Relation::Excerpt), 0.93, "Quay fire", "2024-06-12", "Isle Weekly", Some(2)),
        (
            "isle/own.txt",
            Some(Relation::Rewrite),
            0.72,
            "Kaibrand fordert drei Tote",
            "",
            "Isle Weekly",
            None,
        ),
        ("pier/x.txt", Some(Relation::Excerpt), 0.83, "Quay fire", "", "", Some(2)),
    ];
    for (id, _, _, title, date, source, _) in members {
        let known = |text: &'static str| Some(text).filter(|text| !text.is_empty());
        run.documents.push(document(id, Some(title), known(date), known(source)));
    }
    let line = |&(id, relation, score, _, _, _, version): &(&str, _, f64, &str, &str, &str, Option<u32>)| {
        MemberLine { version, ..member(id, relation, score) }
    };
    cluster(&mut run, "c-quay", Some("coast/1881.html"), &["Northwire"], members.iter().map(line).collect());
    let text = |text: &str| Some(text).filter(|text| !text.is_empty()).map(str::to_owned);
    let version =
        |version, members: &[&str], date, outlets: &[&str], words: Option<(u32, u32)>, added, dropped| {
            VersionLine {
                version,
                members: members.iter().map(|&id| id.to_owned()).collect(),
                first_printed: text(date),
                outlets: outlets.iter().map(|&outlet| outlet.to_owned()).collect(),
                words_added: words.map(|(added, _)| added),
                words_dropped: words.map(|(_, dropped)| dropped),
                added: text(added),
                dropped: text(dropped),
            }
        };
    if let Some(cluster) = run.clusters.last_mut() {
        cluster.title = text("Three dead in quay fire at Orrinmouth, cold store still burning");
        cluster.earliest_by = Some(EarliestBy::Guess);
        cluster.versions = vec![
            version(1, &["coast/1881.html"], "2024-06-11T09:05:00+02:00", &["Coast Courier"], None, "", ""),
            version(
                2,
                &["feeds/northwire-77", "isle/late.txt", "pier/x.txt"],
                "2024-06-11",
                &["Northwire", "Isle Weekly"],
                Some((146, 38)),
                "A second body was found in the cold store of the fish market shortly before noon, said Captain Ida Moll, \
                 who leads the fire brigade of Orrinmouth.",
                "The cause was not known.",
            ),
            version(
                3,
                &["gull/quay-fire-three.html", "coast/1902.html"],
                "2024-06-11T15:40:00+02:00",
                &["The Gull", "Coast Courier"],
                Some((1_204, 0)),
                "Three people died.\u{1b}[2J",
                "",
            ),
        ];
    }
    close(&mut run);
    run
}

/// Returns a run with more skipped inputs than are listed.
pub(crate) fn many_skipped() -> Run {
    let mut run = no_copies(3);
    for at in 0..1_200 {
        let reason = match at {
            0 => "permission denied".to_owned(),
            n if n % 3 == 0 => "the file is empty".to_owned(),
            n if n < 20 => format!("unknown format number {n}"),
            _ => "no article was found in the page".to_owned(),
        };
        run.skipped.push(SkipKind::Other.because(reason).at(format!("corpus/{at:04}.html"), None));
    }
    run.summary.skipped = run.skipped.len() as u64;
    run
}

fn storm(run: &mut Run) {
    let title = "Storm Ada closes the ports of the northern coast, thousands of homes without power";
    let members = [
        ("agency/2024-03-01-storm-ada.txt", None, 1.0, title, "2024-03-01T05:10:00Z", "Northwire"),
        ("harbour-post/news/0312.html", Some(Relation::Copy), 0.914, title, "2024-03-01", "Harbour Post"),
        ("evening/ada.txt", Some(Relation::Identical), 1.0, title, "2024-03-01", "The Evening"),
        (
            "regional/2024/03/01/weather/storm-ada-ports-closed-homes-without-power-northern-coast.html",
            Some(Relation::Excerpt),
            0.873,
            "Ports closed",
            "Fri, 1 Mar 2024 09:00:00 GMT",
            "Regional Desk of the Four Northern Counties",
        ),
        (
            "island-radio/x1.txt",
            Some(Relation::Rewrite),
            0.968,
            "Thousands sit in the dark as Ada batters harbours",
            "2024-03-03",
            "Island Radio",
        ),
        ("lighthouse/7.txt", Some(Relation::Rewrite), 0.71, "Ada: what we know", "", "Lighthouse"),
        ("weekly/ada.txt", None, 0.312, "The week in weather", "2024-03-08", "The Weekly"),
    ];
    for (id, _, _, title, date, source) in members {
        let date = Some(date).filter(|date| !date.is_empty());
        run.documents.push(document(id, Some(title), date, Some(source)));
    }
    let lines = members.map(|(id, relation, score, ..)| member(id, relation, score));
    cluster(run, "c-0f3a9d21", Some("evening/ada.txt"), &["Northwire"], lines.to_vec());
}

fn scripts(run: &mut Run) {
    let titles = [
        (
            "zh/央行周三将利率上调25个基点.txt",
            "央行周三将利率上调二十五个基点,分析人士认为年内还会再次加息,市场对此反应平淡",
        ),
        ("zh/copy.txt", "央行上调利率"),
        ("ja/1.txt", "中央銀行は水曜日に政策金利を引き上げた"),
        ("ar/1.txt", "البنك المركزي يرفع أسعار الفائدة"),
        ("hi/1.txt", "केंद्रीय बैंक ने ब्याज दरें बढ़ाईं"),
        ("vi/1.txt", "Ngân hàng trung ương nâng la\u{303}i suất"),
    ];
    for (id, title) in titles {
        run.documents.push(document(id, Some(title), Some("2024-03-06"), None));
    }
    for (number, pair) in titles.chunks(2).enumerate() {
        let lines = vec![member(pair[0].0, None, 1.0), member(pair[1].0, Some(Relation::Rewrite), 0.9)];
        cluster(run, &format!("c-{number}"), Some(pair[0].0), &[], lines);
    }
}

fn hostile(run: &mut Run) {
    let id = "evil\u{1b}[2J\r\n/\u{202e}txt.exe";
    run.documents.push(document(id, Some("\u{1b}]0;owned\u{7}Title\nin two lines"), None, None));
    run.documents.push(document("plain", None, Some("yesterday, about noon"), None));
    cluster(run, "c-bad", None, &[], vec![member(id, None, 1.0), member("plain", Some(Relation::Copy), 0.5)]);
    for at in 0..24 {
        let (a, b) = (format!("pairs/{at:02}-a.txt"), format!("pairs/{at:02}-b.txt"));
        run.documents.push(document(&a, None, None, None));
        run.documents.push(document(&b, None, None, None));
        let lines = vec![member(&a, None, 1.0), member(&b, Some(Relation::Identical), 1.0)];
        cluster(run, &format!("c-pair-{at:02}"), None, &[], lines);
    }
}

fn document(id: &str, title: Option<&str>, date: Option<&str>, source: Option<&str>) -> DocumentLine {
    DocumentLine {
        id: id.to_owned(),
        path: format!("corpus/{id}"),
        title: title.map(str::to_owned),
        date: date.map(str::to_owned),
        source: source.map(str::to_owned),
        tokens: 420,
        ..DocumentLine::default()
    }
}

fn member(id: &str, relation: Option<Relation>, score: f64) -> MemberLine {
    MemberLine {
        id: id.to_owned(),
        relation,
        score: Similarity::clamped(score),
        copied_from_representative: relation.map(|_| Similarity::clamped(score / 4.0)),
        copied_from_cluster: Similarity::clamped(score / 2.0),
        update_of: None,
        version: None,
        passages: Vec::new(),
    }
}

/// Adds the cluster, and an edge from its representative to each member that has a relation.
fn cluster(run: &mut Run, name: &str, earliest: Option<&str>, credits: &[&str], members: Vec<MemberLine>) {
    for member in &members[1..] {
        let Some(relation) = member.relation else { continue };
        run.edges.push(EdgeLine {
            a: members[0].id.clone(),
            b: member.id.clone(),
            relation,
            score: member.score,
            jaccard: Similarity::clamped(member.score.get() / 3.0),
            containment_a: Similarity::clamped(0.1),
            containment_b: Similarity::clamped(1.0 / 7.0),
            evidence: vec!["batters harbours".to_owned(), "四十".to_owned()],
            features: vec![4.5, -0.25],
        });
    }
    run.clusters.push(ClusterLine {
        cluster: name.to_owned(),
        title: None,
        representative: members[0].id.clone(),
        earliest: earliest.map(str::to_owned),
        earliest_by: earliest.map(|_| EarliestBy::Date),
        credits: credits.iter().map(|&credit| credit.to_owned()).collect(),
        uncredited: Vec::new(),
        members,
        versions: Vec::new(),
    });
}

/// Computes the summary from the lines.
fn close(run: &mut Run) {
    let mut edges = EdgeCounts::default();
    for edge in &run.edges {
        edges.add(edge.relation);
    }
    let stage = |stage: &str, came_in, came_out, seconds| StageLine {
        stage: stage.to_owned(),
        came_in,
        came_out,
        seconds,
    };
    let documents = run.documents.len() as u64;
    run.summary = SummaryLine {
        documents,
        without_article: 0,
        folder_sources: false,
        feature_table: Some(FeatureTable { counters: 4096, used: Similarity::clamped(0.0625) }),
        skipped: run.skipped.len() as u64,
        skipped_unlisted: 0,
        clusters: run.clusters.len() as u64,
        clustered_documents: run.clusters.iter().map(|cluster| cluster.members.len() as u64).sum(),
        edges,
        tokens: 173_040,
        bytes: 1_234_567,
        stages: vec![
            stage("read", documents + 3, documents, 1.234_5),
            stage("bands", documents, 1_234_567, 0.05),
            stage("copies", 1_234_567, 31, 12.3),
            stage("join", 380, 990, 0.2),
            stage("verify", 990, 30, 181.0),
            stage("cluster", 61, 28, 0.001),
        ],
        seconds: 194.785,
        peak_memory: Some(85_000_000),
    };
}
