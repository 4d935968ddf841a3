//! Tests properties of all perturbations on any text.

use proptest::prelude::*;

use super::sentences::{sentences, words};
use super::*;

const STORY: &str = "\
The council of Northvale met on Tuesday to weigh the plan of the harbour board. Officials said 1,200 jobs hang on it.

“We have waited for 14 years,” said Gen. Mira Kolchev, who chairs the board. “It’s time.” The plan would cost $3.5 million.

Opponents warned that the new pier would harm the oyster beds. They asked the court to stop the work.

A ruling is expected in May. The mayor, Teodor Vasiliev, declined to comment. Work began in 2019 and was halted twice.";

const SCRIPTS: &[&str] = &[
    STORY,
    "Совет собрался во вторник. Мэр Васильев сказал, что «работы начнутся в мае». Стоимость — 3,5 млн.\nСуд ещё не решил.",
    "市议会周二开会。市长说：“工程将于五月开始。”费用为350万。法院尚未作出裁决。反对者表示担忧。",
    "परिषद की बैठक मंगलवार को हुई। महापौर ने कहा कि काम मई में शुरू होगा। लागत ३५ लाख है।",
    "اجتمع المجلس يوم الثلاثاء. هل يبدأ العمل في مايو؟ قال رئيس البلدية إن الكلفة ٣٥ مليونا.",
    "การประชุมสภาเมืองมีขึ้นในวันอังคาร นายกเทศมนตรีกล่าวว่างานจะเริ่มในเดือนพฤษภาคม",
    "One sentence alone without an end",
    "",
    " \n\n ",
];

fn context(site: u64) -> Context<'static> {
    Context {
        other: "Rain fell on Saltmere. Roads were closed! Nobody was hurt.\n\nMore rain is expected.",
        site,
    }
}

fn sorted_sentences(text: &str) -> Vec<&str> {
    let mut out: Vec<&str> = sentences(text).into_iter().map(|s| &text[s.range]).collect();
    out.sort_unstable();
    out
}

#[test]
fn names_are_stable_and_parse_back() {
    let names: Vec<String> = Perturbation::ALL.iter().map(Perturbation::name).collect();
    assert!(
        names
            .iter()
            .all(|name| name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'))
    );
    for (perturbation, name) in Perturbation::ALL.iter().zip(&names) {
        assert_eq!(name.parse(), Ok(*perturbation));
        assert_eq!(names.iter().filter(|other| *other == name).count(), 1);
    }
    assert_eq!(Perturbation::OcrNoise { rate: 0.005 }.name(), "ocr_0_5");
    assert_eq!("ocr_0_5".parse(), Ok(Perturbation::OcrNoise { rate: 0.005 }));
    assert_eq!(Perturbation::Truncate { keep: 0.5 }.to_string(), "truncate_50");
    for wrong in ["", "truncate", "truncate_", "truncate_101", "ocr_x", "boilerplate_-1", "upper"] {
        assert!(wrong.parse::<Perturbation>().is_err(), "{wrong}");
    }
}

#[test]
fn every_perturbation_changes_a_story() {
    for perturbation in Perturbation::ALL {
        let out = perturbation.apply(STORY, &context(3), 1);
        let plain = matches!(perturbation, Perturbation::Diacritics);
        assert_eq!(out == STORY, plain, "{perturbation}:\n{out}");
    }
}

#[test]
fn any_script_survives_any_perturbation() {
    for text in SCRIPTS {
        for perturbation in Perturbation::ALL {
            for seed in 0..8 {
                let out = perturbation.apply(text, &context(seed), seed);
                assert_eq!(out, perturbation.apply(text, &context(seed), seed));
                assert!(text.trim().is_empty() || !out.trim().is_empty(), "{perturbation} of {text:?}");
            }
        }
    }
}

#[test]
fn seeds_change_the_result() {
    for perturbation in
        [Perturbation::SentenceShuffle, Perturbation::OcrNoise { rate: 0.05 }, Perturbation::Numbers]
    {
        let outs: Vec<String> = (0..8).map(|seed| perturbation.apply(STORY, &context(0), seed)).collect();
        assert!(outs.iter().any(|out| *out != outs[0]), "{perturbation}");
    }
}

#[test]
fn truncation_ends_at_a_sentence() {
    for (keep, last) in [(0.15, "board."), (0.5, "million."), (0.7, "beds.")] {
        let out = Perturbation::Truncate { keep }.apply(STORY, &Context::default(), 1);
        assert!(STORY.starts_with(&out) && out.ends_with(last), "{keep}: {out}");
    }
    assert_eq!(
        Perturbation::Truncate { keep: 0.5 }.apply("one two three four", &Context::default(), 1),
        "one two"
    );
}

#[test]
fn middle_cut_keeps_both_ends() {
    let out = Perturbation::MiddleCut.apply(STORY, &Context::default(), 1);
    assert!(STORY.starts_with(&out[..60]) && STORY.ends_with(&out[out.len() - 60..]));
    let share = words(&out).len() as f64 / words(STORY).len() as f64;
    assert!((0.5..0.8).contains(&share), "{share}");
}

#[test]
fn splice_contains_both_stories() {
    let long = STORY.repeat(3);
    for seed in 0..10 {
        let out = Perturbation::Splice.apply(STORY, &Context { other: &long.to_uppercase(), site: 0 }, seed);
        let mut all = sorted_sentences(STORY);
        all.retain(|sentence| out.contains(sentence));
        assert_eq!(all.len(), sorted_sentences(STORY).len());
        let share = words(&out).len() as f64 / words(STORY).len() as f64;
        assert!((1.8..2.2).contains(&share), "{share}");
    }
    assert_eq!(Perturbation::Splice.apply(STORY, &Context::default(), 1), STORY);
}

#[test]
fn boilerplate_of_a_site_is_the_same_on_all_its_pages() {
    let other = STORY.replace("Northvale", "Dunmarsh");
    let lines = |text: &str, story: &str| -> Vec<String> {
        text.lines().filter(|l| !l.is_empty() && !story.contains(l)).map(str::to_owned).collect()
    };
    let six = Perturbation::Boilerplate { blocks: 6 };
    let (mut shared, mut strangers) = (0, 0);
    for site in 0..30 {
        let here = lines(&six.apply(STORY, &context(site), 1), STORY);
        let there = lines(&six.apply(&other, &context(site), 2), &other);
        let elsewhere = lines(&six.apply(&other, &context(site + 100), 2), &other);
        assert!(here.len() >= 6, "{here:?}");
        shared += here.iter().filter(|line| there.contains(line)).count() * 100 / here.len();
        strangers += here.iter().filter(|line| elsewhere.contains(line)).count() * 100 / here.len();
    }
    assert!(shared / 30 > 40 && strangers / 30 < 20, "{shared} {strangers}");
}

#[test]
fn boilerplate_keeps_every_sentence_in_order() {
    for text in SCRIPTS {
        for (site, blocks) in [(1, 0), (2, 3), (3, 12), (4, 30)] {
            let out = Perturbation::Boilerplate { blocks }.apply(text, &context(site), site);
            let mut at = 0;
            for sentence in sentences(text) {
                let found = out[at..].find(&text[sentence.range.clone()]);
                assert!(found.is_some(), "{:?} lost in {out}", &text[sentence.range]);
                at += found.unwrap_or(0);
            }
            assert_eq!(blocks == 0, out == *text);
        }
    }
}

#[test]
fn boilerplate_is_in_the_language_of_the_text() {
    let out = Perturbation::Boilerplate { blocks: 12 }.apply(SCRIPTS[1], &context(5), 1);
    assert!(out.contains("cookie") && out.matches(|c| ('а'..='я').contains(&c)).count() > 400, "{out}");
    assert!(Perturbation::Boilerplate { blocks: 12 }.apply(SCRIPTS[2], &context(5), 1).contains('版'));
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[A-Za-zéß0-9 .,!?\"'“”()\n-]{0,300}",
        "[а-яА-Я .«»\n]{0,120}",
        "[一-三。！？」 \nab.]{0,80}",
        "[कखगि। ۔؟ابت.\n]{0,80}",
        proptest::collection::vec(proptest::sample::select(SCRIPTS), 0..4).prop_map(|parts| parts.join("\n")),
    ]
}

proptest! {
    #[test]
    fn any_text_is_accepted_and_results_are_deterministic(text in any_text(), other in any_text(), seed in any::<u64>()) {
        let context = Context { other: &other, site: seed % 50 };
        for perturbation in Perturbation::ALL {
            prop_assert_eq!(perturbation.apply(&text, &context, seed), perturbation.apply(&text, &context, seed));
        }
    }

    #[test]
    fn shuffles_keep_every_sentence(text in any_text(), seed in any::<u64>()) {
        for perturbation in [Perturbation::SentenceShuffle, Perturbation::ParagraphShuffle] {
            let out = perturbation.apply(&text, &Context::default(), seed);
            prop_assert_eq!(sorted_sentences(&out), sorted_sentences(&text), "{} gave {:?}", perturbation, out);
        }
    }

    #[test]
    fn truncation_keeps_its_share(text in any_text(), keep in 0.0..=1.0f64) {
        let out = Perturbation::Truncate { keep }.apply(&text, &Context::default(), 1);
        prop_assert!(text.starts_with(&out));
        let longest = sentences(&text).iter().map(|s| words(&text[s.range.clone()]).len()).max().unwrap_or(0);
        let wanted = words(&text).len() as f64 * keep;
        prop_assert!((words(&out).len() as f64 - wanted).abs() <= longest as f64 / 2.0 + 1.0);
    }

    #[test]
    fn any_strength_is_accepted(text in any_text(), strength in any::<f64>(), blocks in 0usize..40) {
        for perturbation in [
            Perturbation::Truncate { keep: strength },
            Perturbation::OcrNoise { rate: strength },
            Perturbation::Synonyms { share: strength },
            Perturbation::Boilerplate { blocks },
        ] {
            perturbation.apply(&text, &context(1), 1);
            prop_assert!(perturbation.name().parse::<Perturbation>().is_ok());
        }
    }
}

#[test]
fn table_has_the_kinds_in_use() {
    assert_eq!(
        wirecopy_core::word_table::kinds(WORDS),
        [
            "function word",
            "abbreviation",
            "one spelling",
            "respelling",
            "one way",
            "look-alikes",
            "misreading"
        ]
    );
}
