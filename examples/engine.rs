//! Finds the copies among documents that are in memory, and prints each cluster with the words that its members share.
//!
//! Run it with `cargo run --example engine`.
#![allow(clippy::print_stdout, reason = "an example prints")]

use std::thread;

use wirecopy::{Config, Document, Engine, Metadata, Result};

/// Two versions of one dispatch in different words, a reprint of the first, and a report on another subject. Invented, as are the
/// places and the agency.
const ARTICLES: [(&str, &str, &str); 4] = [
    (
        "courier-1",
        "2024-03-11",
        "PORT ALDMOOR (Northern Wire) - The captain of the ferry Meltem was praised on Monday for saving 17 sailors \
         whose trawler sank in a storm off Cape Ordu. Captain Leyla Arslan turned her ship around within minutes of the \
         distress call, the coastguard said. Four of the sailors were treated for hypothermia in the hospital of Aldmoor. \
         The trawler Denizkizi had left the harbour on Sunday evening despite a gale warning. \"We heard them before we saw \
         them,\" Arslan told reporters. The ministry of transport opened an inquiry.",
    ),
    (
        "gazette-7",
        "2024-03-12",
        "Seventeen sailors owe their lives to Captain Leyla Arslan of the ferry Meltem: when their trawler went down off Cape \
         Ordu in Monday's storm, she had turned around a few minutes after the distress call came in, according to the coastguard. \
         The Denizkizi sailed on Sunday evening although gales had been forecast. Hypothermia brought four of the men to \
         Aldmoor's hospital. Arslan said to journalists: \"We heard them before we could see them.\" An inquiry was opened by the \
         transport ministry. (Northern Wire)",
    ),
    (
        "post-3",
        "2024-03-11",
        "The captain of the ferry Meltem was praised on Monday for saving 17 sailors \
         whose trawler sank in a storm off Cape Ordu. Captain Leyla Arslan turned her ship around within minutes of the \
         distress call, the coastguard said. Four of the sailors were treated for hypothermia in the hospital of Aldmoor. \
         The trawler Denizkizi had left the harbour on Sunday evening despite a gale warning. \"We heard them before we saw \
         them,\" Arslan told reporters. The ministry of transport opened an inquiry.",
    ),
    (
        "courier-2",
        "2024-03-11",
        "The council of Lindmouth voted on Monday to lower the tolls on the old bridge from the first of May. Traders had asked \
         for the change since the bypass was closed. The mayor said that the loss of income would be made up by parking fees.",
    ),
];

fn document((id, date, text): (&str, &str, &str)) -> Document {
    let meta = Metadata { date: Some(date.to_owned()), ..Metadata::default() };
    Document { id: id.to_owned(), meta, text: text.to_owned(), ..Document::default() }
}

/// Returns each cluster: its members, and the words of the evidence between them.
fn clusters(
    articles: &[(&'static str, &'static str, &'static str)],
) -> Result<Vec<(Vec<String>, Vec<String>)>> {
    let engine = Engine::new(&Config::default())?;
    // Any number of threads may push, and the order does not matter.
    thread::scope(|scope| {
        let engine = &engine;
        let pushes: Vec<_> =
            articles.iter().map(|&article| scope.spawn(move || engine.push(document(article)))).collect();
        pushes.into_iter().try_for_each(|push| push.join().unwrap_or(Ok(())))
    })?;
    let run = engine.finish()?;
    let found = run.clusters.iter().map(|cluster| {
        let members: Vec<String> = cluster.members.iter().map(|member| member.id.clone()).collect();
        let inside = run.edges.iter().filter(|edge| members.contains(&edge.a) && members.contains(&edge.b));
        let mut words: Vec<String> = inside.flat_map(|edge| edge.evidence.clone()).collect();
        words.dedup();
        (members, words)
    });
    Ok(found.collect())
}

fn main() -> Result<()> {
    for (members, words) in clusters(&ARTICLES)? {
        println!("{}", members.join(", "));
        println!("  they share: {}", words.join(", "));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dispatch_is_found_with_its_words_whatever_the_order() {
        let found = clusters(&ARTICLES).unwrap();
        let [(members, words)] = &found[..] else { panic!("{found:?}") };
        let mut sorted = members.clone();
        sorted.sort();
        assert_eq!(sorted, ["courier-1", "gazette-7", "post-3"]);
        assert!(words.iter().any(|word| word.contains("Meltem") || word.contains("Denizkizi")), "{words:?}");
        let mut reversed = ARTICLES;
        reversed.reverse();
        assert_eq!(clusters(&reversed).unwrap(), found);
    }
}
