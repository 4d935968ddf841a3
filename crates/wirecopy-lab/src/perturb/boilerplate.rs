//! Adds the boilerplate of a site around and inside an article.
//!
//! A [`Site`] is derived from its number: language, name, sections, and the wording and order of its blocks. As on scraped
//! pages, its blocks are the same on every page, except for teasers, related headlines and hashtags.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::rng::Rng;
use super::sentences::{paragraphs, sentences, separator};
use wirecopy_core::word_table;

/// Wordings in one language, all invented. Placeholders in them are replaced.
#[derive(Debug)]
struct Language {
    /// ISO 639-3 code.
    code: &'static str,
    /// Wordings by kind, one of [`KINDS`].
    wordings: HashMap<&'static str, Vec<&'static str>>,
}

/// Kinds of wordings, of which every language has all: names of sites, sections in the navigation line, labels before a teaser
/// (`read_more`) or above a list of headlines (`related`, `most_read`), and so on.
const KINDS: [&str; 15] = [
    "names",
    "sections",
    "share",
    "follow",
    "read_more",
    "related",
    "most_read",
    "headlines",
    "places",
    "photo",
    "tags",
    "newsletter",
    "comments",
    "cookies",
    "copyright",
];

/// All languages, those in Latin script first.
static LANGUAGES: LazyLock<Vec<Language>> =
    LazyLock::new(|| word_table::shipped(read(include_str!("../../data/site_boilerplate.tsv"))));
/// Number of languages in Latin script.
const LATIN: usize = 7;

/// Reads the table of wordings.
fn read(table: &'static str) -> Result<Vec<Language>, String> {
    let mut languages: Vec<Language> = Vec::new();
    for mut cells in word_table::rows(table) {
        let (Some(code), Some(kind)) = (cells.next(), cells.next()) else {
            return Err("too few cells".to_owned());
        };
        if languages.last().is_none_or(|language| language.code != code) {
            languages.push(Language { code, wordings: HashMap::new() });
        }
        let known = languages.last_mut().and_then(|language| language.wordings.insert(kind, cells.collect()));
        if known.is_some() || !KINDS.contains(&kind) {
            return Err(format!("{code}: `{kind}` is unknown or defined twice"));
        }
    }
    let all = languages.iter().all(|language| {
        language.wordings.values().all(|w| !w.is_empty()) && language.wordings.len() == KINDS.len()
    });
    if all { Ok(languages) } else { Err("a language lacks some kind of wordings".to_owned()) }
}

impl Language {
    /// Returns the wordings of a kind.
    fn of(&self, kind: &str) -> &[&'static str] {
        self.wordings.get(kind).map_or(&[], Vec::as_slice)
    }
}

/// Kinds of blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Block {
    Navigation,
    Share,
    Photo,
    ReadMore,
    Related,
    MostRead,
    Newsletter,
    Tags,
    Follow,
    Comments,
    Cookies,
    Copyright,
}

/// Position of a block on the page.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Top,
    Inside,
    Bottom,
}

impl Block {
    const ALL: [Self; 12] = [
        Self::Navigation,
        Self::Share,
        Self::Photo,
        Self::ReadMore,
        Self::Related,
        Self::MostRead,
        Self::Newsletter,
        Self::Tags,
        Self::Follow,
        Self::Comments,
        Self::Cookies,
        Self::Copyright,
    ];

    fn place(self) -> Place {
        match self {
            Self::Navigation | Self::Share => Place::Top,
            Self::Photo | Self::ReadMore | Self::Related | Self::Newsletter => Place::Inside,
            Self::MostRead | Self::Tags | Self::Follow | Self::Comments | Self::Cookies | Self::Copyright => {
                Place::Bottom
            }
        }
    }
}

/// One site's boilerplate.
#[derive(Debug)]
pub(crate) struct Site {
    language: &'static Language,
    name: &'static str,
    /// Its blocks in order of priority.
    blocks: [Block; 12],
    /// Whether boilerplate inside an article of one line is put on the same line.
    flat: bool,
    /// Seed of the site's choices.
    seed: u64,
}

impl Site {
    /// Creates the site of a number, in one of the languages in Latin script.
    pub(crate) fn new(number: u64) -> Self {
        let language = Rng::of(&[number, 1]).below(2 * LATIN);
        // Half of the sites are English, like most documents.
        Self::with_language(number, &LANGUAGES[if language < LATIN { language } else { 0 }])
    }

    /// Creates the site of a number, in the language of `text` if there are wordings for it.
    fn for_text(number: u64, text: &str) -> Self {
        let end = text.char_indices().map(|(at, _)| at).nth(1024).unwrap_or(text.len());
        let code = whatlang::detect_lang(&text[..end]).map(|lang| lang.code());
        let code = match code {
            Some("cmn") => Some("zho"),
            Some("ukr" | "bel" | "bul" | "srp" | "mkd") => Some("rus"),
            Some("pes" | "urd") => Some("ara"),
            Some("mar" | "nep") => Some("hin"),
            code => code,
        };
        match LANGUAGES.iter().find(|language| code == Some(language.code)) {
            Some(language) => Self::with_language(number, language),
            None => Self::new(number),
        }
    }

    fn with_language(number: u64, language: &'static Language) -> Self {
        let mut rng = Rng::of(&[number, 2]);
        let mut blocks = Block::ALL;
        rng.shuffle(&mut blocks);
        // Every site has a teaser inside the text, which is the most harmful kind of boilerplate.
        let teaser = if rng.chance(0.5) { Block::ReadMore } else { Block::Related };
        if let Some(at) = blocks.iter().position(|&block| block == teaser) {
            blocks[..=at].rotate_right(1);
        }
        Self {
            language,
            name: rng.pick(language.of("names"), ""),
            blocks,
            flat: rng.chance(0.5),
            seed: rng.bits(),
        }
    }

    /// Adds `blocks` blocks of the site's boilerplate to `text`. Inner blocks are inserted at random between paragraphs, or
    /// between sentences if there is only one paragraph.
    pub(crate) fn add_boilerplate(&self, text: &str, blocks: usize, rng: &mut Rng) -> String {
        let mut units = paragraphs(text);
        let mut gap = separator(text);
        let mut inner = gap;
        if units.len() == 1 {
            units = sentences(text).into_iter().map(|s| s.range).collect();
            gap = "\n";
            inner = if self.flat { " " } else { "\n" };
        }
        // Blocks after the twelfth are further teasers.
        let mut placed: Vec<(usize, String)> = (0..blocks)
            .map(|nth| {
                let block = self.blocks.get(nth).copied().unwrap_or(Block::ReadMore);
                let at = match block.place() {
                    Place::Top => 0,
                    Place::Inside if units.len() > 1 => 1 + rng.below(units.len() - 1),
                    Place::Inside | Place::Bottom => units.len(),
                };
                let text = self.block(block, rng);
                let within_line = inner == " " && block.place() == Place::Inside;
                (at, if within_line { text.replace('\n', " ") } else { text })
            })
            .collect();
        placed.sort_by_key(|&(at, _)| at);

        let mut out = String::with_capacity(text.len() + blocks * 128);
        let mut placed = placed.into_iter().peekable();
        let mut from = 0;
        for (nth, unit) in units.iter().enumerate() {
            let gap = if nth == 0 { gap } else { inner };
            if placed.peek().is_some_and(|&(at, _)| at == nth) {
                out.push_str(text[from..unit.start].trim_end());
                while let Some((_, block)) = placed.next_if(|&(at, _)| at == nth) {
                    push_gap(&mut out, gap);
                    out.push_str(&block);
                }
                out.push_str(gap);
            } else {
                out.push_str(&text[from..unit.start]);
            }
            out.push_str(&text[unit.clone()]);
            from = unit.end;
        }
        for (_, block) in placed {
            push_gap(&mut out, gap);
            out.push_str(&block);
        }
        out.push_str(&text[from..]);
        out
    }

    /// Returns the text of one block. Choices of the site depend on its seed, choices of the page on `page`.
    fn block(&self, block: Block, page: &mut Rng) -> String {
        let site = &mut Rng::of(&[self.seed, block as u64]);
        let language = self.language;
        let text = match block {
            Block::Navigation => {
                let mut sections = language.of("sections").to_vec();
                site.shuffle(&mut sections);
                sections.truncate(5 + site.below(4));
                sections.join(site.pick(&[" | ", " · ", " ", " / ", "\n"], " "))
            }
            Block::Share => site.pick(language.of("share"), "").to_owned(),
            Block::Photo => site.pick(language.of("photo"), "").to_owned(),
            Block::ReadMore => {
                let label = site.pick(language.of("read_more"), "");
                format!(
                    "{}{label} {}",
                    site.pick(&["", "", "• ", "» "], ""),
                    self.headlines(1, page).concat()
                )
            }
            Block::Related => self.list(site.pick(language.of("related"), ""), 2 + site.below(3), page),
            Block::MostRead => self.list(site.pick(language.of("most_read"), ""), 3 + site.below(3), page),
            Block::Newsletter => site.pick(language.of("newsletter"), "").to_owned(),
            Block::Tags => {
                let mut tags = language.of("tags").to_vec();
                page.shuffle(&mut tags);
                tags.truncate(3 + site.below(3));
                tags.iter().map(|tag| format!("#{tag}")).collect::<Vec<_>>().join(" ")
            }
            Block::Follow => site.pick(language.of("follow"), "").to_owned(),
            Block::Comments => site.pick(language.of("comments"), "").to_owned(),
            Block::Cookies => site.pick(language.of("cookies"), "").to_owned(),
            Block::Copyright => site.pick(language.of("copyright"), "").to_owned(),
        };
        text.replace("{site}", self.name).replace("{line}", "\n")
    }

    /// Draws different headlines from the site's pool, and fills in places and numbers.
    fn headlines(&self, count: usize, page: &mut Rng) -> Vec<String> {
        let language = self.language;
        let mut pool = language.of("headlines").to_vec();
        Rng::of(&[self.seed, 99]).shuffle(&mut pool);
        // Each site uses 70 % of the headlines, so that sites do not share all of them.
        pool.truncate(pool.len() * 7 / 10);
        page.shuffle(&mut pool);
        pool.truncate(count);
        pool.iter()
            .map(|headline| {
                let place = page.pick(language.of("places"), "");
                headline.replace("{place}", place).replace("{n}", &(2 + page.below(48)).to_string())
            })
            .collect()
    }

    fn list(&self, label: &str, items: usize, page: &mut Rng) -> String {
        format!("{label}\n{}", self.headlines(items, page).join("\n"))
    }
}

/// Adds boilerplate of the site of a number to `text`, in the language of the text if there are wordings for it.
pub(super) fn add(text: &str, site: u64, blocks: usize, rng: &mut Rng) -> String {
    Site::for_text(site, text).add_boilerplate(text, blocks, rng)
}

fn push_gap(out: &mut String, gap: &str) {
    if !out.is_empty() {
        out.push_str(gap);
    }
}
