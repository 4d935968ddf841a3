use proptest::prelude::*;
use wirecopy_core::document::Signal;

use super::*;
use crate::Form::Iptc7901;
use crate::Found;
use crate::wire::tests::{found, item_of, parts};

/// A message with control codes, as it is transmitted.
const CODED: &str = "\x01abc0123 4 pl 38 ccccb   dpa 0061\r\n\nVelmark-locks/\r\n\
    \x021ST LEAD\nVelmark opens its locks\r\nafter ten years =\r\n\nBy Ada Roe and Ben Coe, dpa =\r\n";

fn one(text: &str) -> (Metadata, Delivery, String) {
    assert!(is(text), "not recognised: {text:?}");
    parts(item_of(Iptc7901, text))
}

/// A message whose control codes were lost.
fn bare(top: &str, body: &str) -> String {
    format!(
        "bdt0042 3 pl 120  dpa 0317\n\nBahn/Velmark/\n{top} =\n\n{body}\n\ndpa ar yyzz s5\n\n240942 Sep 24\n\n\n"
    )
}

fn reasons(text: &str) -> Vec<String> {
    let title = |item: Item| item.meta.title.unwrap_or_default();
    let results = found(Iptc7901, text).into_iter();
    results.map(|result| result.map_or_else(|reason| format!("!{reason}"), title)).collect()
}

#[test]
fn coded_message_is_read() {
    let text = "\x01abc0123 4 i 38 ccccb   dpa 0061\r\n\nVelmark-locks/\r\n\x021ST LEAD\n2ND NET\n\
        Velmark opens its locks\r\nafter ten years\nBy Ada Roe, dpa  =\r\n\n   Velmark (dpa) - The locks of Velmark opened on\r\n\
        Wednesday for the first time since the harbour-\r\nside was flooded.\r\n\n   \"We waited,\" a skipper said.\r\n\n\
        # dpa NOTEBOOK\r\n\n* * * *\r\nThe following information is not for publication\r\n\n## dpa Contacts\r\n\
        - Editing by: Cy Doe\r\n\ndpa ar cd\r\n\r\n\x03131137 GMT Nov 13 \r\n\x7f\r\n\x7f\x04";
    let (meta, delivery, text) = one(text);
    assert_eq!(meta.title.as_deref(), Some("Velmark opens its locks after ten years"));
    assert_eq!(meta.date.as_deref(), Some("2013-11-13T11:37+00:00"));
    assert_eq!(meta.source.as_deref(), Some("dpa"));
    assert_eq!(meta.bylines, ["By Ada Roe, dpa"]);
    assert_eq!(delivery.slug.as_deref(), Some("Velmark-locks"));
    assert_eq!(delivery.credit.as_deref(), Some("dpa"));
    assert_eq!(delivery.dateline.as_deref(), Some("Velmark (dpa)"));
    assert_eq!(delivery.signal, Some(Signal::Update));
    assert_eq!(
        text,
        "Velmark (dpa) - The locks of Velmark opened on Wednesday for the first time since the harbour-side was flooded.\n\
         \"We waited,\" a skipper said."
    );
}

#[test]
fn codes_printed_as_pairs_are_codes() {
    let coded = "\x01abc0123 4 i 38  dpa 0061\r\n\nVelmark/\r\n\x02Locks open =\r\n\nVelmark (dpa) - They opened.\r\n\
        ^Cables were laid, ^By the way.\r\n\x03131137 GMT Nov 13 \r\n\x7f\x04";
    let printed = coded
        .replace('\r', "^M")
        .replace('\x01', "^A")
        .replace('\x02', "^B")
        .replace('\x03', "^C")
        .replace('\x7f', "^?")
        .replace('\x04', "^D");
    assert_eq!(one(&printed), one(coded));
    assert_eq!(one(coded).2, "Velmark (dpa) - They opened. ^Cables were laid, ^By the way.");
}

#[test]
fn german_marks_are_read() {
    let body = "Velmark (dpa) - Die Bahn f\u{e4}hrt wieder. Das teilte die IS-\nDirektion mit.\n\n# Notizblock\n\n## Internet\n- x";
    let (meta, delivery, text) = one(&bare(
        "(Eil \x07\x07)\n(Berichtigung: In einer fr\u{fc}heren Fassung stand\nein falscher Ort.)\n(Zusammenfassung)\nBahn f\u{e4}hrt\nwieder\n\
         Von Ada Roe, dpa",
        body,
    ));
    assert_eq!(meta.title.as_deref(), Some("Bahn f\u{e4}hrt wieder"));
    assert_eq!(meta.bylines, ["Von Ada Roe, dpa"]);
    assert_eq!(delivery.signal, Some(Signal::Correction));
    assert_eq!(delivery.slug.as_deref(), Some("Bahn/Velmark"));
    // No zone: the time of the sender.
    assert_eq!(meta.date.as_deref(), Some("2024-09-24T09:42"));
    assert_eq!(text, "Velmark (dpa) - Die Bahn f\u{e4}hrt wieder. Das teilte die IS-Direktion mit.");
}

#[test]
fn withdrawal_and_embargo_are_a_status() {
    let (meta, delivery, _) = one(&bare("KILL KILL KILL", "The story slugged Velmark/Bahn is wrong."));
    assert_eq!((meta.title, delivery.status), (None, Status::Canceled));
    let (meta, delivery, _) =
        one(&bare("(\u{dc}berblick Sperrfrist 9. Oktober 14.20 Uhr)\nBahn", "Velmark (dpa) - Text."));
    assert_eq!(meta.title.as_deref(), Some("Bahn"));
    assert_eq!(delivery.status, Status::Withheld);
    assert_eq!(delivery.embargo.as_deref(), Some("Sperrfrist 9. Oktober 14.20 Uhr"));
    let (meta, delivery, _) = one(&bare("HOW TO KILL A RUMOUR", "Velmark (dpa) - Text."));
    assert_eq!((meta.title.as_deref(), delivery.status), (Some("HOW TO KILL A RUMOUR"), Status::Usable));
}

#[test]
fn status_may_be_said_in_the_headline() {
    for (top, status) in [
        ("EMBARGO: Locks open", Status::Withheld),
        ("SPERRFRIST\nLocks open", Status::Withheld),
        ("Sperrfrist 9. Oktober 14.20 Uhr\nLocks open", Status::Withheld),
        ("MANDATORY KILL: Locks open", Status::Canceled),
        ("MANDATORY KILL\nLocks open", Status::Canceled),
        ("Embargo: the locks stay closed", Status::Usable),
        ("ARMS EMBARGO", Status::Usable),
    ] {
        assert_eq!(one(&bare(top, "Velmark (dpa) - Text.")).1.status, status, "{top}");
    }
}

#[test]
fn lines_may_end_with_carriage_returns_alone() {
    let lines = bare("Locks open", "Velmark (dpa) - Text.");
    let read = |text: &str| item_of(Iptc7901, text);
    assert_eq!(read(&lines.replace('\n', "\r")), read(&lines));
    assert!(crate::wire::form_of(lines.replace('\n', "\r").as_bytes()).is_some());
}

#[test]
fn marks_of_a_version_are_signals() {
    for (top, title, signal) in [
        ("REFILE\nLocks open", "Locks open", Some(Signal::Correction)),
        ("EXTRA\nLocks open", "Locks open", None),
        ("2ND LEAD\nLocks open", "Locks open", Some(Signal::Update)),
        ("1ST ROUNDUP\nLocks open", "Locks open", Some(Signal::Update)),
        ("ADVISORY\nLocks open", "Locks open", None),
        ("1ST LEAD\nCORRECTION\nLocks open", "Locks open", Some(Signal::Correction)),
        ("CORRECTION: Locks open", "CORRECTION: Locks open", Some(Signal::Correction)),
        ("Berichtigung: Locks open", "Berichtigung: Locks open", Some(Signal::Correction)),
        ("(CORRECTED) Locks open", "(CORRECTED) Locks open", Some(Signal::Correction)),
        ("Lead: in the harbour", "Lead: in the harbour", None),
        ("Locks open (1LEAD)", "Locks open (1LEAD)", Some(Signal::Update)),
        ("Teams update their lead", "Teams update their lead", None),
        ("TEAMS CLOSE IN", "TEAMS CLOSE IN", None),
        ("(The bracketed)", "(The bracketed)", None),
        ("Kritik an\nVon der Leyen", "Kritik an Von der Leyen", None),
    ] {
        let (meta, delivery, _) = one(&bare(top, "Velmark (dpa) - Text."));
        assert_eq!((meta.title.as_deref(), delivery.signal), (Some(title), signal), "{top}");
    }
}

#[test]
fn message_without_closing_sign_after_its_headline_is_read() {
    let text = "INT007 3 GEN 0042 F BELGA-0013\nPORT/ECLUSES/\nLes \u{e9}cluses rouvrent (2)\n\n   VELMARK 31/07 (BELGA) = Les \u{e9}cluses\n\
        ont rouvert ce jeudi, comme l'a\nannonc\u{e9} le port.\n   Un marin est content.\n./.CVN\n310100 JUL 97\n";
    let (meta, delivery, body) = one(text);
    assert_eq!(meta.title.as_deref(), Some("Les \u{e9}cluses rouvrent (2)"));
    assert_eq!(meta.date.as_deref(), Some("1997-07-31T01:00"));
    assert_eq!(meta.source.as_deref(), Some("BELGA"));
    assert_eq!(delivery.dateline.as_deref(), Some("VELMARK 31/07 (BELGA)"));
    assert_eq!(
        body,
        "VELMARK 31/07 (BELGA) = Les \u{e9}cluses ont rouvert ce jeudi, comme l'a annonc\u{e9} le port.\nUn marin est content."
    );
    let text = "\nbsf012 4 su 31 gef 0405\n\nEcluses VM\n\nEcluses: \nLe port rouvre = \n\nVelmark (ats) Le port de Velmark \na rouvert. \n\n\
        (SDA/ar bc) \n\n211005 jan 19";
    let (meta, delivery, body) = one(text);
    assert_eq!(meta.title.as_deref(), Some("Ecluses: Le port rouvre"));
    assert_eq!((meta.source, delivery.credit), (None, None));
    assert_eq!(delivery.slug.as_deref(), Some("Ecluses VM"));
    assert_eq!(delivery.dateline.as_deref(), Some("Velmark (ats)"));
    assert_eq!(meta.date.as_deref(), Some("2019-01-21T10:05"));
    assert_eq!(body, "Velmark (ats) Le port de Velmark a rouvert.\n(SDA/ar bc)");
    assert_eq!(
        one(&bare("Spiele", "Text.").replace("dpa 0317", "dpa-spe 0317")).0.source.as_deref(),
        Some("dpa-spe")
    );
    let text = "bkn021 4 pl 17 vvvvb KNA 170130-12-00034\nLandtag/Schleusen\nKommission tagt=\nBerlin (KNA) Sie tagt.\n\n300929 Jan 17\n";
    let (meta, delivery, body) = one(text);
    assert_eq!((meta.title.as_deref(), meta.source.as_deref()), (Some("Kommission tagt"), Some("KNA")));
    assert_eq!(delivery.slug.as_deref(), Some("Landtag/Schleusen"));
    assert_eq!(body, "Berlin (KNA) Sie tagt.");
}

#[test]
fn messages_of_other_agencies_are_read() {
    let text = "FRS0123 4 I 0021 FRA /AFP-AB12\r\nVelmark-\u{e9}cluses-port\r\nLes \u{e9}cluses rouvrent\r\n   VELMARK, 12 mai 2010 (AFP) - Les \
        \u{e9}cluses\r\nde Velmark ont rouvert.\r\n   Un marin est content.\r\n   ar/bcd/ef\r\n\r\nAFP 121530 GMT MAI 10\r\n";
    let coded =
        format!("\x01{}", text.replacen("port\r\n", "port\r\n\x02", 1).replace("ef\r\n", "ef\r\n\x03"));
    let (meta, delivery, body) = one(&coded);
    assert_eq!(meta.title.as_deref(), Some("Les \u{e9}cluses rouvrent"));
    assert_eq!(meta.date.as_deref(), Some("2010-05-12T15:30+00:00"));
    assert_eq!(meta.source.as_deref(), Some("AFP"));
    assert_eq!(delivery.slug.as_deref(), Some("Velmark-\u{e9}cluses-port"));
    assert_eq!(
        body,
        "VELMARK, 12 mai 2010 (AFP) - Les \u{e9}cluses de Velmark ont rouvert.\nUn marin est content."
    );
    let text = "APA0154 5 II 0055 CI\nMo, 13.Mai 2013\n\nInnenpolitik/Schleusen/Velmark\n\nSchleusen \u{f6}ffnen\nUtl.: Nach zehn Jahren =\n\n\
        \u{20}  Velmark (APA) - Die Schleusen sind\noffen.\n\n(Schluss) ar/bc\n\nAPA0154    2013-05-13/10:15\n\n131015 Mai 13\n";
    let (meta, delivery, body) = one(text);
    assert_eq!(meta.title.as_deref(), Some("Schleusen \u{f6}ffnen"));
    assert_eq!(meta.date.as_deref(), Some("2013-05-13T10:15"));
    assert_eq!(delivery.slug.as_deref(), Some("Innenpolitik/Schleusen/Velmark"));
    assert_eq!(body, "Velmark (APA) - Die Schleusen sind offen.");
}

#[test]
fn several_messages_are_several_items() {
    let one = "\x01abc0123 4 i 3  dpa 0061\r\n\nA/\r\n\x02First =\r\n\nText one.\r\n\x03131137 GMT Nov 13\r\n\x7f\r\n\x7f\x04";
    let two = "\x16\x16\x01abc0124 4 i 3  dpa 0062\r\n\nA/\r\n\x02Second =\r\n\nText two.\r\n\x03131138 GMT Nov 13\r\n\x04";
    let empty = "\x01abc0125 4 i 0  dpa 0063\r\n\nA/\r\n\x02Third =\r\n\x03131139 GMT Nov 13\r\n\x04";
    let cut = "\x01abc0126 4 i 3  dpa 0064\r\n\nA/\r\n\x02Fourth =\r\n\nText four bre";
    let all = [one, two, empty, cut].concat();
    assert_eq!(reasons(&all), ["First", "Second", "!a message without text", "Fourth"]);
    // A control code in a text does not begin a message.
    assert_eq!(reasons(&one.replace("one", "\x01 one")), ["First"]);
    let bare = "[31-JUL-97  00:00]\n\nINT007 3 GEN 0042 F BELGA-0013\nA/\nUn\n\nTexte un.\n./.\n310100 JUL 97\n\n\
        INT008 3 GEN 0042 F BELGA-0014\nA/\nDeux\n\nTexte deux.\n./.CVN\n310101 JUL 97\n";
    assert!(is(bare));
    assert_eq!(reasons(bare), ["Un", "Deux"]);
    let first = found(Iptc7901, bare).remove(0).unwrap();
    assert_eq!(parts(first).2, "Texte un.");
}

#[test]
fn times_are_read_in_all_their_forms() {
    for (line, date) in [
        ("131137 GMT Nov 13 ", "2013-11-13T11:37+00:00"),
        ("131137 CEST Mai 2013", "2013-05-13T11:37+02:00"),
        ("\x03211005 jan 19", "2019-01-21T10:05"),
        ("062130 Okt 24", "2024-10-06T21:30"),
        ("310001 JUL 97", "1997-07-31T00:01"),
        ("290001 f\u{e9}v 00", "2000-02-29T00:01"),
        ("131137 XYZT Nov 13", "2013-11-13"),
        ("310001 Jun 97", "310001 Jun 97"),
        ("312561 Jul 97", "312561 Jul 97"),
    ] {
        assert_eq!(time_of(line).as_deref(), Some(date), "{line}");
    }
    for line in [
        "",
        "131137",
        "131137 GMT Nov",
        "13113 GMT Nov 13",
        "131137 GMT Now 13",
        "131137 items sold Nov 13",
        "\u{e9}31137 GMT Nov 13",
    ] {
        assert_eq!(time_of(line), None, "{line}");
    }
}

#[test]
fn lists_and_tables_keep_their_lines() {
    let (_, _, text) = one(&bare(
        "Spieltag",
        "Ergebnisse:\n\n| A | - | B | 2:1 |\n| C | - | D | 0:0 |\n\n  * eins\n    weiter\n  * zwei",
    ));
    assert_eq!(text, "Ergebnisse:\n| A | - | B | 2:1 |\n| C | - | D | 0:0 |\n* eins\nweiter\n* zwei");
}

#[test]
fn text_that_mentions_publication_is_kept() {
    let body = "Velmark (dpa) - The letters were not intended for publication, the author said.\n\nThe dpa said so.\n\n# 1 in the list";
    assert_eq!(one(&bare("Letters", body)).2, body.replace("\n\n", "\n"));
}

#[test]
fn other_texts_are_not_recognised() {
    for text in [
        "",
        "abc01 4 pl 12 points",
        "abc01 4 pl 12\nabc02 3 pl 9\nabc03 7 pl 5\n",
        "Room12 3 men 45 women came.\n\nThe rest of the text follows here.\n",
        "team01 1 win 30 goals 12\nteam02 2 win 28 goals 11\nteam03 3 win 27 goals 10\n",
        "run042 4 ok 17 host 005\n\nvalue =\nother = 3\n",
        "abc062 4 i 211\n\nVelmark-locks\n\nA text without any other sign.\n",
        "\x01Introduction\n\nThis text has a stray code.",
        "^A is the first letter.",
        "The quick 4 i 17 dpa 005\nslug/\ntitle =\n131137 GMT Nov 13",
        "a1 4 pl 12 dpa 061\nslug/\ntitle =\n131137 GMT Nov 13",
    ] {
        assert!(!is(text), "{text:?}");
    }
    assert!(is(CODED));
    assert!(!is(&transmission::text_of(b"\xff\xfe\x00\x01abc0123")));
}

#[test]
fn messages_that_are_too_large_do_not_affect_their_neighbours() {
    let small = "\x01abc0123 4 i 3  dpa 0061\n\x02Small =\n\nText.\n\x03131137 GMT Nov 13\n\x04";
    let large = format!(
        "\x01abc0123 4 i 3  dpa 0061\n\x02Large =\n\n{}\n\x03131137 GMT Nov 13\n\x04",
        "word ".repeat(100)
    );
    let mut all = Vec::new();
    let text = [small, &large, small].concat();
    let _ = read(&mut text.as_bytes(), Limits { item_bytes: 200, ..Limits::default() }, &mut |found| {
        all.push(matches!(found, Found::Skip(refusal) if refusal.reason == "a message of over 200 bytes"));
        ControlFlow::Continue(())
    });
    assert_eq!(all, [false, true, false]);
}

#[test]
fn file_without_a_message_is_a_reason() {
    assert_eq!(reasons("no header"), ["!no message with a header"]);
    assert_eq!(reasons(""), ["!no message with a header"]);
}

proptest! {
    #[test]
    fn any_text_is_handled_without_panic(
        parts in prop::collection::vec(0_usize..20, 0..30), noise in "\\PC{0,12}", coded in any::<bool>(),
    ) {
        let pieces = [
            "abc0123 4 i 38  dpa 0061", "\x01", "\x02", "\x03", "\x04", "\n", "\r\n", "\n\n", " =", "1ST LEAD", "(Eil", ")",
            "Velmark (dpa) - ", "131137 GMT Nov 13", "# Notebook", "./.", "dpa ar", "^B", "^C", noise.as_str(),
        ];
        let text: String = parts.into_iter().map(|part| pieces[part]).collect();
        let text = if coded { format!("\x01abc0123 4 i 38  dpa 0061\n{text}") } else { text };
        let _ = is(&text);
        prop_assert!(!found(Iptc7901, &text).is_empty());
    }
}

#[test]
fn cost_is_linear_for_a_line_of_control_codes() {
    for line in ["\x01".repeat(1 << 20), "\x01 ".repeat(1 << 19), "\x01abc0123 4 i 38 x".repeat(1 << 15)] {
        let text = format!("\x01abc0123 4 i 38  dpa 0061\n{line}\n");
        let mut all = 0;
        let _ = read(&mut text.as_bytes(), Limits::default(), &mut |_| {
            all += 1;
            ControlFlow::Continue(())
        });
        assert!(all < 20);
    }
}
