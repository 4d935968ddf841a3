use proptest::prelude::*;
use wirecopy_core::document::Signal;

use super::*;
use crate::Form::Anpa1312;
use crate::wire::tests::{found, item_of, only, parts};

fn one(text: &str) -> (Metadata, Delivery, String) {
    assert!(is(text), "not recognised: {text:?}");
    parts(item_of(Anpa1312, text))
}

/// A message as AP sends it.
fn coded(keyword: &str, top: &str, text: &str) -> String {
    format!(
        "\x16\x16\x01a1234\x1fabcde\r\nr i\x13\x11 BC-EU--Velmark-LocksB {keyword}   11-13 0466\r\n\x02\x02^BC-EU--Velmark-Locks Opening, \
         466< \r\n{top}{text}\r\n\t   \x03AP-WF-11-13-13 1509GMT<\r\n\r\n\x0c\r\n\x04"
    )
}

#[test]
fn coded_message_is_read() {
    let (meta, delivery, text) = one(&coded(
        "1stLd-Writethru",
        "^Velmark opens its ``old'' locks< \r\n^AP Photo VEL101, VEL102< \r\n^Eds: With AP Photos.< \r\n^The locks opened _ at last.<\r\n\
         ^By ADA ROE and BEN COE= \r\n^Associated Press= \r\n",
        "\t   VELMARK, Sarland (AP) _ The locks of Velmark opened. \r\n \r\n\t   ``We waited,'' a skipper _ who has `no name' _ said. \r\n\
         \t   ___ \r\n\t   Cy Doe contributed.\r\n",
    ));
    assert_eq!(meta.title.as_deref(), Some("Velmark opens its \"old\" locks"));
    assert_eq!(meta.date.as_deref(), Some("2013-11-13T15:09+00:00"));
    assert_eq!(meta.source.as_deref(), Some("AP"));
    assert_eq!(meta.bylines, ["By ADA ROE and BEN COE", "Associated Press"]);
    assert_eq!(delivery.slug.as_deref(), Some("EU--Velmark-Locks Opening"));
    assert_eq!(delivery.credit.as_deref(), Some("AP"));
    assert_eq!(delivery.dateline.as_deref(), Some("VELMARK, Sarland (AP)"));
    assert_eq!(delivery.signal, Some(Signal::Update));
    assert_eq!(
        text,
        "VELMARK, Sarland (AP) \u{2014} The locks of Velmark opened.\n\
         \"We waited,\" a skipper \u{2014} who has 'no name' \u{2014} said.\nCy Doe contributed."
    );
}

#[test]
fn codes_printed_as_pairs_are_codes() {
    let text = coded(
        "",
        "^Velmark opens<\r\n^Cables were laid<\r\n^By ADA ROE=\r\n",
        "\t   VELMARK (AP) _ They opened.\r\n",
    );
    let printed = text
        .replace('\r', "^M")
        .replace('\x16', "^V")
        .replace('\x01', "^A")
        .replace('\x1f', "^_")
        .replace('\x13', "^S")
        .replace('\x11', "^Q")
        .replace("\x02\x02", "^B")
        .replace('\x03', "^C")
        .replace('\x0c', "^L")
        .replace('\x04', "^D");
    assert_eq!(one(&printed), one(&text));
}

#[test]
fn marked_headline_of_several_lines_is_read() {
    let text = "\x16\x16\x01b1377\x1fcpstf\nr b\x13\x11 Velmark-Locks 7thWritethru TB04 31-10 052\n\x02^Velmark-Locks, 7th Writethru@<\n\
        code:2<\n^Update:ADDS details@<\n^INDEX: Economy, Business@<\n^HL:Locks advance as the port of Velmark seeks\nNo. 3 rank@<\n\
        ^By Ada Roe@<\n^THE CANADIAN PRESS@<\n\t   VELMARK _ The locks opened on\nrelief that\nthe water rose.<\n\t   They closed.<\n\
        \x0314:20ET 31-10-14<\n\x04";
    let (meta, delivery, body) = one(text);
    assert_eq!(meta.title.as_deref(), Some("Locks advance as the port of Velmark seeks No. 3 rank"));
    assert_eq!(meta.bylines, ["By Ada Roe", "THE CANADIAN PRESS"]);
    // Eastern time is one of two.
    assert_eq!(meta.date.as_deref(), Some("2014-10-31"));
    assert_eq!((delivery.slug.as_deref(), delivery.signal), (Some("Velmark-Locks"), Some(Signal::Update)));
    assert_eq!(delivery.credit, None);
    assert_eq!(body, "VELMARK \u{2014} The locks opened on relief that the water rose.\nThey closed.");
}

#[test]
fn message_without_marks_is_read() {
    let text = "\x05vcc vdd\r\n\x16\x16\x01a0042\nr a\x13\x11 bc-Velmark-Locks   05-29 0012\r\n\x02Velmark's locks open\r\nVelmark Locks 1ST LEAD\r\n\
        Eds: adds quotes\r\nBy Ada Roe\r\n   VELMARK, May 29 AAP - The locks opened.\r\n   They closed.\r\n\r\nAAP ar/bc cd\r\n\
        \x0329-05-15 05-46-00\x04\r\n\r\n";
    let (meta, delivery, body) = one(text);
    assert_eq!(meta.title.as_deref(), Some("Velmark's locks open"));
    assert_eq!(meta.bylines, ["By Ada Roe"]);
    assert_eq!(meta.date.as_deref(), Some("2015-05-29T05:46"));
    assert_eq!((meta.source.as_deref(), delivery.credit.as_deref()), (Some("AAP"), Some("AAP")));
    assert_eq!(delivery.slug.as_deref(), Some("Velmark Locks 1ST LEAD"));
    assert_eq!(body, "VELMARK, May 29 AAP - The locks opened.\nThey closed.");
}

#[test]
fn message_without_control_codes_is_read() {
    let text = "a0207KYODOkoko-\nu s BC-Velmark-Cup   09-12 0031\nBC-Velmark-Cup\nSoccer: Velmark claim the cup+\n\
        \u{20}    VELMARK, Dec. 9 Kyodo - Velmark claimed \ntheir cup on Sunday.\n     They waited -- long.\n==Kyodo\nKWS-20:14-09-12-18\n";
    let (meta, delivery, body) = one(text);
    assert_eq!(meta.title.as_deref(), Some("Soccer: Velmark claim the cup"));
    assert_eq!(meta.source.as_deref(), Some("Kyodo"));
    assert_eq!(delivery.slug.as_deref(), Some("Velmark-Cup"));
    // September 12 or December 9.
    assert_eq!(meta.date.as_deref(), Some("KWS-20:14-09-12-18"));
    assert_eq!(body, "VELMARK, Dec. 9 Kyodo - Velmark claimed their cup on Sunday.\nThey waited -- long.");
}

#[test]
fn list_of_entries_is_a_text() {
    let text = "V4644-----\nr e Top-Velmark-Headlines     02-09 0121\n^*9006< ^Top-Velmark-Headlines,0176<\n^Velmark News at 11 p.m.<\n\
        ^Locks open\n^Police: it's old\n\n\t   AP-WF-02-10-16 0423GMT<\n\n\n";
    let (meta, delivery, body) = one(text);
    assert_eq!(meta.title.as_deref(), Some("Velmark News at 11 p.m."));
    assert_eq!(meta.date.as_deref(), Some("2016-02-10T04:23+00:00"));
    assert_eq!(delivery.slug.as_deref(), Some("Top-Velmark-Headlines"));
    assert_eq!(body, "Locks open\nPolice: it's old");
}

#[test]
fn plain_lines_are_a_text() {
    let text = "\x16\x16\x01a1234\x1fabcde\nr i\x13\x11 BC-Velmark-Locks  11-13 0466\n\x02Velmark-Locks\nLocks open\n\nThe locks\nopened.\n\nThey closed.\n\
        \x03AP-WF-11-13-13 1509EST<\x04";
    let (meta, _, body) = one(text);
    assert_eq!(meta.title.as_deref(), Some("Locks open"));
    assert_eq!(meta.date.as_deref(), Some("2013-11-13T15:09-05:00"));
    assert_eq!(body, "The locks opened.\nThey closed.");
}

#[test]
fn table_keeps_its_lines() {
    let text = "\x16\x16\x01s1234\x1fabcde\nr s\x14\x12 BC-Velmark-Table  11-13 0046\n\x02^BC-Velmark-Table,46<\n^Table<\n\tA  1\n\tB  2\nC  3\n\x03AP-WF-11-13-13 1509GMT<\x04";
    assert_eq!(one(text).2, "A  1\nB  2\nC  3");
}

#[test]
fn versions_and_withdrawals_are_recognised() {
    let text = "\t   VELMARK (AP) _ Text.\r\n";
    let of = |keyword: &str, top: &str| {
        let (_, delivery, _) = one(&coded(keyword, top, text));
        (delivery.signal, delivery.status)
    };
    assert_eq!(of("", "^Title<\r\n"), (None, Status::Usable));
    assert_eq!(of("2ndLd-Writethru", "^Title<\r\n"), (Some(Signal::Update), Status::Usable));
    assert_eq!(
        of("", "^Title<\r\n^Eds: CORRECTS spelling of Roe.<\r\n"),
        (Some(Signal::Correction), Status::Usable)
    );
    assert_eq!(of("CORRECTIVE", "^Title<\r\n"), (Some(Signal::Correction), Status::Usable));
    assert_eq!(of("KILL", "^BULLETIN KILL<\r\n"), (None, Status::Canceled));
    assert_eq!(of("", "^BULLETIN KILL<\r\n"), (None, Status::Canceled));
    assert_eq!(of("", "^Hunters kill a bear<\r\n"), (None, Status::Usable));
    assert_eq!(of("", "^Title<\r\n^Eds: Embargoed until 1200 GMT.<\r\n"), (None, Status::Withheld));
}

#[test]
fn times_are_read_in_all_their_forms() {
    for (line, date) in [
        ("AP-WF-11-13-13 1509GMT<", "2013-11-13T15:09+00:00"),
        ("AP-NY-02-05-1998 1234EDT<", "1998-02-05T12:34-04:00"),
        ("\x03AP-WF-11-13-13 1509XYT<", "2013-11-13"),
        ("16:35 31-10-14", "2014-10-31T16:35"),
        ("Reuters 10:15 05-31-06", "2006-05-31T10:15"),
        ("10:15 05-06-06", "10:15 05-06-06"),
        ("10:15 06-06-06", "2006-06-06T10:15"),
        ("29-05-15 05-46-00", "2015-05-29T05:46"),
        ("AP-WF-13-13-13 1509GMT<", "AP-WF-13-13-13 1509GMT"),
    ] {
        assert_eq!(End::of(line).map(|end| end.date).as_deref(), Some(date), "{line}");
    }
    for line in [
        "",
        "AP-WF-",
        "11-13-13",
        "Call 555-12-34 1509",
        "from 10:15 to 11:15",
        "a-b-c-d 1509GMT",
        "2013-11-13 15:09",
        "\u{e9}-\u{e9}-1",
    ] {
        assert!(End::of(line).is_none(), "{line}");
    }
}

#[test]
fn several_messages_are_several_items() {
    let first = coded("", "^First<\r\n", "\t   VELMARK (AP) _ Text.\r\n");
    let empty = coded("", "^Second<\r\n", "");
    let cut = coded("", "^Third<\r\n", "\t   VELMARK (AP) _ Text that breaks")
        .split('\x03')
        .next()
        .unwrap()
        .to_owned();
    let titles: Vec<String> = found(Anpa1312, &[first.as_str(), &empty, &cut].concat())
        .into_iter()
        .map(|result| result.map_or_else(|reason| reason, |item| item.meta.title.unwrap_or_default()))
        .collect();
    assert_eq!(titles, ["First", "a message without text", "Third"]);
    let bare = "a0207KYODOkoko-\nu s BC-Velmark-Cup   09-12 0031\nBC-Velmark-Cup\nOne+\n     Text one.\n==Kyodo\nKWS-20:14-09-12-18\n";
    let two = bare.replace("One", "Two").replace("a0207", "a0208");
    assert_eq!(found(Anpa1312, &[bare, &two].concat()).len(), 2);
    assert_eq!(one(bare).2, "Text one.");
}

#[test]
fn other_texts_are_not_recognised() {
    for text in [
        "",
        "a1234\nr i\n",
        "a1234 is a number\nr i BC-Velmark 11-13 0466",
        "1234\nr i BC-Velmark 11-13 0466",
        "x1234\na b\nc d 11-12 1300\n",
        "B2023-24\nA 1-0 win-loss 10-12\n",
        "^A letter\n^By Ada Roe",
        "\x01a1234\nThe text begins here.",
        "Section 1\n\n\tThe lock opened.\n",
    ] {
        assert!(!is(text), "{text:?}");
    }
    assert!(!is("\x01abc0123 4 i 38  dpa 0061\n\nVelmark/\n\x02x =\n"));
}

#[test]
fn file_without_a_message_is_a_reason() {
    assert_eq!(only(Anpa1312, "text").unwrap_err(), "no message with a header");
}

proptest! {
    #[test]
    fn any_text_is_handled_without_panic(
        parts in prop::collection::vec(0_usize..24, 0..30), noise in "\\PC{0,12}", begins in any::<bool>(),
    ) {
        let pieces = [
            "a1234\x1fabcde\n", "r i\x13\x11 BC-Velmark-Locks  11-13 0466\n", "\x16\x16\x01", "\x02", "\x03", "\x04", "\n", "\t", "^", "<", "=",
            "@", ",466<", "HL:", "Eds: ", "By ADA ROE=", "AP-WF-11-13-13 1509GMT<", "==Kyodo", "   ", "``", "^A", "^B", "^C", noise.as_str(),
        ];
        let text: String = parts.into_iter().map(|part| pieces[part]).collect();
        let text = if begins { format!("\x01a1234\x1fabcde\nr i\x13\x11 BC-Velmark-Locks  11-13 0466\n{text}") } else { text };
        let _ = is(&text);
        prop_assert!(!found(Anpa1312, &text).is_empty());
    }
}
