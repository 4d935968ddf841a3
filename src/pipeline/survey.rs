//! Runs the stages up to the candidates, to measure what they miss and what they cost.

use std::collections::HashMap;

use super::intake::Intake;
use super::read::{self, Keep};
use wirecopy_core::candidates::rare::RareJoin;
use wirecopy_core::candidates::{Candidate, Meeting, Survey};
use wirecopy_core::engine::{Preparer, joins, stages};
use wirecopy_core::{Cancel, Progress, Stage};
use wirecopy_core::{DocId, Error, Result};
use wirecopy_ingest::{Root, settings_files};
use wirecopy_report::Config;
use wirecopy_spill::Budget;

pub(super) fn survey(
    roots: &[Root],
    among: &[Root],
    pairs: &[(&str, &str)],
    config: &Config,
    progress: &dyn Progress,
    cancel: &Cancel,
) -> Result<Survey> {
    let mut intake = Intake::new(config, &Budget::unlimited());
    let agencies = settings_files::agencies(config.ingest.agencies.as_deref())?;
    let preparer = Preparer::new(&config.matching, agencies);
    let mut add = |roots: &[Root]| -> Result<usize> {
        let inputs = intake.inputs;
        read::read(roots, &config.ingest, &preparer, &Keep::None, progress, cancel, &mut intake)?;
        progress.end(Stage::Read, intake.inputs - inputs, intake.corpus.len() as u64);
        Ok(intake.corpus.len())
    };
    let mut named = 0;
    for root in roots {
        named = add(std::slice::from_ref(root))?;
    }
    if !among.is_empty() {
        add(among)?;
    }
    let mut corpus = intake.corpus;
    corpus.renumber()?;
    let matching = &config.matching;
    let publications = stages::publications(&corpus, matching);
    let groups = stages::copies(&corpus, &publications, matching, cancel, progress)?;
    let groups = stages::boilerplate(&mut corpus, groups, &publications, matching, cancel, progress)?;
    let leaders: Vec<DocId> = corpus.leaders(&groups).collect();
    let candidates = joins::proposed(&corpus, &leaders, matching, cancel)?.pairs;
    // Counted a second time, because the join frees its counters before it makes pairs.
    let rare = matching
        .rewrites
        .then(|| RareJoin::new(&leaders, &corpus.tokens, matching.rare_features, matching.rare_shared));
    corpus.tokens.check()?;
    let numbers: HashMap<String, DocId> = corpus
        .numbers()
        .into_iter()
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
        skipped: corpus.skipped_count,
        representatives: leaders.len(),
        candidates: candidates.len(),
        meetings,
    })
}
