//! A run made of `wirecopy::bricks`, batch by batch, as an engine on many machines makes it. A map stands for each table, and a loop over
//! batches for the tasks. It reaches the report of an `Engine` over the same documents.
//!
//! Run it with `cargo run --example bricks [PATH]`, by default over `corpus/`.
#![allow(clippy::print_stdout, reason = "an example prints")]

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use wirecopy::bricks::{
    Asked, BandKey, Component, Described, Facts, FeatureCounts, Grouped, Idf, Join, JoinKey, KeyCut, Keys,
    Known, Learnt, Member, RareFeatures, Reader, SolvedCluster, SolvedEdge, Solver, Speller, Story,
    TermCounts, Tokens, Verified, boilerplate_line, by_text, components, count_marked, document_line,
    feature_occurrences, is_excerpt_candidate, learn, mark, meetings, pairs_of_bands, pairs_of_copies,
    pairs_of_versions, text_facts,
};
use wirecopy::report::{BoilerplateLine, ClusterLine, DocumentLine, EdgeLine};
use wirecopy::{Budget, Config, Document, Error, Metadata, Pipeline, Result};

/// The report of a run, its lines in the order of their ids.
#[derive(Debug, PartialEq)]
struct Report {
    documents: Vec<DocumentLine>,
    boilerplate: Vec<BoilerplateLine>,
    edges: Vec<EdgeLine>,
    clusters: Vec<ClusterLine>,
}

/// A row of the table of documents. The text is looked up again at the end; here it is beside its row.
struct Row {
    uid: u64,
    described: Described,
    tokens: Tokens,
    facts: Facts,
    text: String,
}

type Pairs = Vec<(u64, u64)>;

/// Settings, and the size of batches.
struct Run {
    config: Config,
    batch: usize,
}

impl Run {
    /// Reads documents, and numbers them in the order of their ids, which are distinct.
    fn read(&self, documents: &[Document]) -> Result<Vec<Row>> {
        let reader = Reader::new(&self.config)?;
        let mut rows = Vec::new();
        for batch in documents.chunks(self.batch) {
            for document in batch {
                // A document without words is a line of its own in a report.
                let Ok((described, tokens)) = reader.document(document.clone()) else { continue };
                let facts = described.facts(&tokens);
                rows.push(Row { uid: 0, described, tokens, facts, text: document.text.clone() });
            }
        }
        rows.sort_by(|x, y| x.described.header.id.cmp(&y.described.header.id));
        rows.iter_mut().zip(0..).for_each(|(row, uid)| row.uid = uid);
        Ok(rows)
    }

    /// Finds copies, and returns how each document is grouped.
    fn copies(&self, rows: &[Row]) -> Result<BTreeMap<u64, Grouped>> {
        let articles = rows.iter().filter(|row| row.facts.is_article);
        let (firsts, mut pairs) = by_text(articles.map(|row| (row.uid, row.facts.text())));
        let cut = KeyCut::for_documents(firsts.len());
        let mut keys = Keys::new(&self.config.matching);
        let mut table: Vec<BandKey> = Vec::new();
        for batch in firsts.chunks(self.batch) {
            for row in batch.iter().map(|&uid| &rows[uid as usize]) {
                let length = row.tokens.len() as u32;
                let key = |(key, band)| BandKey { band, key: cut.of_band(key), length, uid: row.uid };
                table.extend(keys.bands(&row.tokens).into_iter().zip(0u16..).map(key));
            }
        }
        // An engine shuffles rows by key.
        for group in by_bucket(table, |row| row.key, self.batch) {
            pairs.extend(pairs_of_bands(group).0);
        }
        let mut grouped: BTreeMap<u64, Grouped> = rows
            .iter()
            .map(|row| (row.uid, Grouped { is_story: row.facts.is_article, ..Grouped::alone(row.uid) }))
            .collect();
        for (members, pairs) in self.components(rows, &pairs) {
            let component = Component::new(members, &self.config.matching, &Budget::unlimited())?;
            grouped.extend(component.collapse(&pairs)?.into_iter().map(|one| (one.uid, one)));
        }
        Ok(grouped)
    }

    /// Returns the documents and pairs of whole components, some components at a time.
    fn components(&self, rows: &[Row], pairs: &Pairs) -> Vec<(Vec<Member>, Pairs)> {
        let named: HashMap<u64, u64> = components(pairs).into_iter().collect();
        let mut tasks: BTreeMap<u64, (Vec<Member>, Pairs)> = BTreeMap::new();
        let task = |uid: u64| named[&uid] / self.batch as u64;
        for row in rows.iter().filter(|row| named.contains_key(&row.uid)) {
            tasks.entry(task(row.uid)).or_default().0.push(member(row));
        }
        for &(a, b) in pairs {
            tasks.entry(task(a)).or_default().1.push((a, b));
        }
        tasks.into_values().collect()
    }

    /// Returns the weights of terms among the leaders that hold articles.
    fn weights(&self, leaders: &[&Row]) -> Result<Idf> {
        let mut all = TermCounts::default();
        for batch in leaders.chunks(self.batch) {
            let mut counts = TermCounts::default();
            batch.iter().for_each(|row| counts.add(row.facts.language, &row.tokens));
            all.merge(TermCounts::from_bytes(&counts.to_bytes())?);
        }
        Ok(all.decisive().weights())
    }

    /// Learns boilerplate, and removes it from the documents. Returns what was learned, and the lines without their words.
    fn boilerplate(
        &self,
        rows: &mut [Row],
        grouped: &BTreeMap<u64, Grouped>,
    ) -> Result<(Learnt, Vec<wirecopy::bricks::CountedBoilerplate>)> {
        let weights = self.weights(&leaders(rows, grouped))?;
        let mut of_sources: BTreeMap<u64, Vec<Story>> = BTreeMap::new();
        for row in rows.iter().filter(|row| grouped[&row.uid].is_story) {
            let Facts { source, language, .. } = row.facts;
            let story = Story { uid: row.uid, source, language, tokens: row.tokens.clone() };
            of_sources.entry(source).or_default().push(story);
        }
        let mut learnt = Learnt::default();
        for stories in of_sources.into_values() {
            learnt = learnt.merge(&learn(stories, weights.clone(), &Budget::unlimited())?);
        }
        let mut removed: Vec<(u64, u64, Vec<Known>)> = Vec::new();
        for row in rows.iter_mut().filter(|row| learnt.sources.contains(&row.facts.source)) {
            if let Some((tokens, known)) = mark(row.facts.source, &row.tokens, &learnt) {
                row.tokens = tokens;
                row.facts = row.described.facts(&row.tokens);
                removed.push((row.facts.source, row.uid, known));
            }
        }
        Ok((learnt, count_marked(removed)))
    }

    /// Finds candidates among leaders and versions of one delivered item, each with whether it may have passages in common.
    fn candidates(&self, rows: &[Row], leaders: &[&Row]) -> Result<Vec<(u64, u64, bool)>> {
        let matching = &self.config.matching;
        let cut = KeyCut::for_documents(leaders.len());
        let keys = Keys::new(matching);
        let sampled: HashMap<u64, Vec<u64>> =
            leaders.iter().map(|row| (row.uid, keys.sampled(&row.tokens))).collect();
        let size = |uid: u64| sampled[&uid].len() as u32;
        let (pairs, listed) = self.meetings(&sampled, cut, Join::Excerpts);
        let found = pairs.into_iter().filter(|&((a, b), shared)| {
            is_excerpt_candidate(shared, (size(a), size(b)), (listed[&a], listed[&b]), matching.rewrites)
        });
        let mut candidates: Vec<(u64, u64, bool)> = found.map(|((a, b), _)| (a, b, true)).collect();
        let items = rows.iter().filter_map(|row| Some((row.uid, row.facts.item?)));
        candidates.extend(pairs_of_versions(items).into_iter().map(|(a, b)| (a, b, true)));
        if matching.rewrites {
            candidates.extend(self.rewrites(leaders, cut)?.into_iter().map(|(a, b)| (a, b, false)));
        }
        // A pair of both joins may have passages in common.
        candidates.sort_unstable_by_key(|&(a, b, may_be_verbatim)| (a, b, !may_be_verbatim));
        candidates.dedup_by_key(|&mut (a, b, _)| (a, b));
        Ok(candidates)
    }

    /// Finds pairs of leaders that share rare features.
    fn rewrites(&self, leaders: &[&Row], cut: KeyCut) -> Result<Pairs> {
        let matching = &self.config.matching;
        let bits =
            FeatureCounts::bits_for(leaders.iter().map(|row| feature_occurrences(row.tokens.len())).sum());
        let mut counts = FeatureCounts::new(bits);
        for batch in leaders.chunks(self.batch.max(100)) {
            let mut own = FeatureCounts::new(bits);
            batch.iter().for_each(|row| own.add(&row.tokens));
            counts.merge(&own)?;
        }
        let mut rare = RareFeatures::new(counts, matching.rare_features);
        let keys: HashMap<u64, Vec<u64>> =
            leaders.iter().map(|row| (row.uid, rare.keys(&row.tokens))).collect();
        let (pairs, _) = self.meetings(&keys, cut, Join::Rewrites);
        let enough = pairs.into_iter().filter(|&(_, shared)| shared as usize >= matching.rare_shared);
        Ok(enough.map(|(pair, _)| pair).collect())
    }

    /// Joins documents by keys. Returns the pairs with the number of keys that they share, and for each document the number of keys that
    /// it shares with any.
    fn meetings(
        &self,
        keys: &HashMap<u64, Vec<u64>>,
        cut: KeyCut,
        join: Join,
    ) -> (BTreeMap<(u64, u64), u32>, HashMap<u64, u32>) {
        let row = |(&uid, keys): (&u64, &Vec<u64>)| -> Vec<JoinKey> {
            keys.iter().map(|&key| JoinKey { key: cut.of_join(key), uid }).collect()
        };
        let (mut pairs, mut listed) = (BTreeMap::new(), HashMap::new());
        for group in by_bucket(keys.iter().flat_map(row).collect(), |row| row.key, self.batch) {
            let met = meetings(group, join);
            met.pairs.into_iter().for_each(|(pair, shared)| *pairs.entry(pair).or_default() += shared);
            met.listed.into_iter().for_each(|(uid, shared)| *listed.entry(uid).or_default() += shared);
        }
        (pairs, listed)
    }

    /// Checks candidates, each with whether it may have passages in common, and returns those that are related.
    fn verify(
        &self,
        rows: &[Row],
        candidates: &[(u64, u64, bool)],
        solver: &Solver,
        weights: &Arc<Idf>,
    ) -> Result<HashMap<(u64, u64), Verified>> {
        let mut verified: HashMap<(u64, u64), Verified> = HashMap::new();
        for batch in candidates.chunks(self.batch) {
            let mut uids: Vec<u64> = batch.iter().flat_map(|&(a, b, _)| [a, b]).collect();
            uids.sort_unstable();
            uids.dedup();
            let members = uids.into_iter().map(|uid| member(&rows[uid as usize])).collect();
            let documents = Component::new(members, &self.config.matching, &Budget::unlimited())?;
            let found = solver.verify(&documents, batch, weights)?;
            verified.extend(found.into_iter().map(|one| ((one.a, one.b), one)));
        }
        Ok(verified)
    }

    /// Checks the candidates, and solves the components of copies and edges.
    fn solve(&self, rows: &[Row], grouped: &BTreeMap<u64, Grouped>) -> Result<Solved> {
        let leaders = leaders(rows, grouped);
        let weights = Arc::new(self.weights(&leaders)?);
        let candidates = self.candidates(rows, &leaders)?;
        let solver = Solver::new(&self.config)?;
        let mut verified = self.verify(rows, &candidates, &solver, &weights)?;
        let mut differing: Vec<(u64, u64)> =
            grouped.values().filter(|one| one.differs).map(|one| (one.leader, one.uid)).collect();
        differing.sort_unstable();
        let leads = |uid: &u64| grouped[uid].leader == *uid;
        let unsure = verified.values().filter(|one| !one.is_sure && leads(&one.a) && leads(&one.b));
        let of_copies = pairs_of_copies(unsure.map(|one| (one.a, one.b)), &differing);
        let of_copies: Vec<_> = of_copies.into_iter().map(|(a, b)| (a, b, true)).collect();
        verified.extend(self.verify(rows, &of_copies, &solver, &weights)?);
        let copies = grouped.values().filter(|one| one.leader != one.uid).map(|one| (one.leader, one.uid));
        let pairs: Pairs = copies.chain(verified.keys().copied()).collect();
        let mut solved = Solved::default();
        for (members, pairs) in self.components(rows, &pairs) {
            let own: Vec<Grouped> = members.iter().map(|member| grouped[&member.uid]).collect();
            let edges: Vec<Verified> = pairs.iter().filter_map(|pair| verified.get(pair).copied()).collect();
            let component = Component::new(members, &self.config.matching, &Budget::unlimited())?;
            let found = solver.solve(&component, &own, &edges, &weights)?;
            let uid = |document| component.uid(document);
            solved.edges.extend(found.edges.into_iter().map(|edge| (uid(edge.document), edge)));
            let open = |cluster: &SolvedCluster| cluster.open.iter().map(|open| uid(open.document)).collect();
            solved.clusters.extend(found.clusters.into_iter().map(|cluster| (open(&cluster), cluster)));
            solved.composites.extend(found.composites.into_iter().map(|(one, quotes)| (uid(one), quotes)));
        }
        Ok(solved)
    }

    /// Runs all stages.
    fn run(&self, documents: &[Document]) -> Result<Report> {
        let mut rows = self.read(documents)?;
        let mut grouped = self.copies(&rows)?;
        let (learnt, removed) = self.boilerplate(&mut rows, &grouped)?;
        if !learnt.lines.is_empty() {
            grouped = self.copies(&rows)?;
        }
        let mut solved = self.solve(&rows, &grouped)?;
        let speller = Speller::new(&self.config, learnt.lines);
        let boilerplate = removed.iter().map(|one| {
            let row = &rows[one.first as usize];
            let asked = Asked { terms: &[], lines: std::slice::from_ref(&one.known), sentences: &[] };
            let found = speller.look(&row.text, one.source, asked);
            let line = found.lines.into_iter().next_back().map(|(_, line)| line);
            boilerplate_line(&row.described.header, &one.known, one.documents, line)
        });
        let mut boilerplate: Vec<BoilerplateLine> = boilerplate.collect();
        boilerplate.sort_by(|x, y| (&x.source, x.key).cmp(&(&y.source, y.key)));
        let edges = edges(&rows, &speller, solved.edges);
        let clusters = clusters(&rows, &speller, solved.clusters);
        let document = |row: Row| {
            let text = text_facts(&row.described, &row.tokens);
            let composite = solved.composites.remove(&row.uid).unwrap_or_default();
            document_line(row.described.header, row.described.credits, text, composite)
        };
        Ok(Report { documents: rows.into_iter().map(document).collect(), boilerplate, edges, clusters })
    }
}

/// What was found in all components, with the uids of the documents in which words are looked up.
#[derive(Default)]
struct Solved {
    edges: Vec<(u64, SolvedEdge)>,
    clusters: Vec<(Vec<u64>, SolvedCluster)>,
    composites: HashMap<u64, Vec<String>>,
}

fn member(row: &Row) -> Member {
    Member { uid: row.uid, described: row.described.clone(), tokens: row.tokens.clone() }
}

/// Returns the leaders that hold articles.
fn leaders<'r>(rows: &'r [Row], grouped: &BTreeMap<u64, Grouped>) -> Vec<&'r Row> {
    rows.iter().filter(|row| row.facts.is_article && grouped[&row.uid].leader == row.uid).collect()
}

/// Groups rows so that all rows of a key are in one group.
fn by_bucket<T>(rows: Vec<T>, key: impl Fn(&T) -> u64, batch: usize) -> impl Iterator<Item = Vec<T>> {
    let buckets = (rows.len() / (48 * batch) + 1) as u64;
    let mut groups: BTreeMap<u64, Vec<T>> = BTreeMap::new();
    for row in rows {
        groups.entry(key(&row) % buckets).or_default().push(row);
    }
    groups.into_values()
}

/// Writes the evidence of edges in words: as the first document by id spells them in which they were looked up.
fn edges(rows: &[Row], speller: &Speller, edges: Vec<(u64, SolvedEdge)>) -> Vec<EdgeLine> {
    let mut asked: BTreeMap<u64, Vec<u32>> = BTreeMap::new();
    edges.iter().for_each(|(uid, edge)| asked.entry(*uid).or_default().extend(&edge.terms));
    let mut words: HashMap<u32, String> = HashMap::new();
    for (uid, mut terms) in asked {
        terms.sort_unstable();
        terms.dedup();
        let row = &rows[uid as usize];
        let asked = Asked { terms: &terms, lines: &[], sentences: &[] };
        for (term, word) in speller.look(&row.text, row.facts.source, asked).terms {
            words.entry(term).or_insert(word);
        }
    }
    let filled = edges.into_iter().map(|(_, SolvedEdge { mut line, terms, .. })| {
        SolvedEdge::fill(&mut line, &terms, |term| words.get(&term).cloned());
        line
    });
    let mut filled: Vec<EdgeLine> = filled.collect();
    filled.sort_by(|x, y| (&x.a, &x.b).cmp(&(&y.a, &y.b)));
    filled
}

/// Writes the sentences of clusters.
fn clusters(rows: &[Row], speller: &Speller, clusters: Vec<(Vec<u64>, SolvedCluster)>) -> Vec<ClusterLine> {
    let filled = clusters.into_iter().map(|(uids, SolvedCluster { mut line, open, .. })| {
        for (uid, open) in uids.into_iter().zip(open) {
            let row = &rows[uid as usize];
            let asked = Asked { terms: &[], lines: &[], sentences: std::slice::from_ref(&open.tokens) };
            for (_, sentence) in speller.look(&row.text, row.facts.source, asked).sentences {
                open.slot.fill(&mut line, sentence);
            }
        }
        line
    });
    let mut filled: Vec<ClusterLine> = filled.collect();
    filled.sort_by(|x, y| x.cluster.cmp(&y.cluster));
    filled
}

/// Returns the documents below a path with their texts, as a run reads them.
fn documents(path: &str) -> Result<Vec<Document>> {
    let run = Pipeline::new(&Config::default()).texts(true).run(&[path.into()])?;
    let document = |line: DocumentLine| {
        let DocumentLine { id, title, date, published, source, url, language, text, .. } = line;
        let meta = Metadata { title, date, published, source, url, language, ..Metadata::default() };
        Document { id, meta, text: text.unwrap_or_default(), ..Document::default() }
    };
    Ok(run.documents.into_iter().map(document).collect())
}

fn main() -> Result<()> {
    let path = std::env::args().nth(1).unwrap_or_else(|| "corpus".to_owned());
    let documents = documents(&path)?;
    let report = Run { config: Config::default(), batch: 100 }.run(&documents)?;
    for cluster in &report.clusters {
        let members: Vec<&str> = cluster.members.iter().map(|member| member.id.as_str()).collect();
        println!("{}: {}", cluster.title.as_deref().unwrap_or("?"), members.join(", "));
    }
    if report.documents.len() == documents.len() { Ok(()) } else { Err(Error::Incomplete) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wirecopy::Engine;

    /// Returns the report of an engine, in the order of this program's.
    fn of_engine(config: &Config, documents: &[Document]) -> Report {
        let engine = Engine::new(config).unwrap();
        engine.push_all(documents.to_vec()).unwrap();
        let mut run = engine.finish().unwrap();
        run.clusters.sort_by(|x, y| x.cluster.cmp(&y.cluster));
        run.boilerplate.sort_by(|x, y| (&x.source, x.key).cmp(&(&y.source, y.key)));
        Report {
            documents: run.documents,
            boilerplate: run.boilerplate,
            edges: run.edges,
            clusters: run.clusters,
        }
    }

    fn is_of_engine(config: &Config, batches: &[usize]) {
        let mut documents = documents("corpus").unwrap();
        // Documents far apart are versions of one item: those share nothing, and one of them may be a copy.
        for (at, document) in documents.iter_mut().enumerate().filter(|(at, _)| at % 40 < 2) {
            document.meta.delivery.get_or_insert_default().guid = Some(format!("urn:item:{}", at % 2));
        }
        let expected = of_engine(config, &documents);
        assert!(expected.clusters.len() > 20 && !expected.edges.is_empty());
        for &batch in batches {
            let found = Run { config: config.clone(), batch }.run(&documents).unwrap();
            assert_eq!(found.documents, expected.documents);
            assert_eq!(found.boilerplate, expected.boilerplate);
            assert_eq!(found.edges, expected.edges);
            assert_eq!(found.clusters, expected.clusters);
        }
    }

    #[test]
    fn report_is_that_of_an_engine_whatever_the_batches() {
        is_of_engine(&Config::default(), &[1, 7, 1000]);
    }

    #[test]
    fn report_is_that_of_an_engine_without_rewrites() {
        let mut config = Config::default();
        config.matching.rewrites = false;
        is_of_engine(&config, &[50]);
    }

    #[test]
    fn report_is_that_of_an_engine_without_versions_and_dates() {
        let mut config = Config::default();
        config.matching.versions = false;
        config.matching.ignore_dates = true;
        is_of_engine(&config, &[50]);
    }
}
