//! Runs the stages up to the candidates, to measure what they miss and what they cost.

use std::collections::HashMap;

use super::account::Account;
use super::corpus::Corpus;
use super::read::read_into;
use super::{joins, stages};
use crate::candidates::rare::RareJoin;
use crate::candidates::{Candidate, Meeting, Survey};
use crate::config::Config;
use crate::ingest::Root;
use crate::progress::{Cancel, Progress};
use crate::spill::Budget;
use crate::{DocId, Error, Result};

pub(super) fn survey(
    roots: &[Root],
    among: &[Root],
    pairs: &[(&str, &str)],
    config: &Config,
    progress: &dyn Progress,
    cancel: &Cancel,
) -> Result<Survey> {
    let mut account = Account::new(progress);
    let mut corpus = Corpus::new(config, &Budget::unlimited());
    for root in roots {
        read_into(&mut corpus, std::slice::from_ref(root), config, progress, cancel, &mut account)?;
    }
    let named = corpus.len();
    if !among.is_empty() {
        read_into(&mut corpus, among, config, progress, cancel, &mut account)?;
    }
    let publications = stages::publications(&corpus, config);
    let groups = stages::copies(&corpus, &publications, config, cancel, &mut account)?;
    let groups = stages::boilerplate(&mut corpus, groups, &publications, config, cancel, &mut account)?;
    let leaders: Vec<DocId> = corpus.leaders(&groups).collect();
    let candidates = joins::proposed(&corpus, &leaders, &config.matching, cancel)?;
    let matching = &config.matching;
    // Counted a second time, because the join frees its counters before it makes pairs.
    let rare = matching
        .rewrites
        .then(|| RareJoin::new(&leaders, &corpus.tokens, matching.rare_features, matching.rare_shared));
    corpus.tokens.check()?;
    let numbers: HashMap<String, DocId> = corpus
        .ids()
        .take(named)
        .map(|document| Ok((corpus.headers.id(document)?, document)))
        .collect::<Result<_>>()?;
    let leader = |id: &str| -> Result<DocId> {
        let missing = || Error::Pairs(format!("no document has the id {id:?}"));
        Ok(groups.leader[numbers.get(id).ok_or_else(missing)?.index()])
    };
    let meetings = pairs
        .iter()
        .map(|&(a, b)| {
            let (a, b) = (leader(a)?, leader(b)?);
            let met = Candidate::new(a, b)
                .is_none_or(|wanted| candidates.binary_search_by_key(&wanted, |&(pair, _)| pair).is_ok());
            let usable = rare.as_ref().map_or(0, |join| {
                join.usable_overlap(corpus.tokens.get(a).as_slice(), corpus.tokens.get(b).as_slice())
            });
            Ok(Meeting { met, usable })
        })
        .collect::<Result<_>>()?;
    Ok(Survey {
        documents: corpus.len(),
        representatives: leaders.len(),
        candidates: candidates.len(),
        meetings,
    })
}
