use jiff::civil::date;
use proptest::prelude::*;

use super::*;

fn utc(written: &str) -> String {
    parse(written).ok().and_then(Published::instant).map_or("-".to_owned(), |t| t.to_string())
}

fn shown(written: &str) -> String {
    shown_in(written, None)
}

fn shown_in(written: &str, language: Option<&str>) -> String {
    parse_in(written, language).map_or_else(|problem| problem.to_string(), |published| published.to_string())
}

#[test]
fn common_date_forms_are_parsed() {
    for written in [
        "2024-03-11T14:20:00Z",
        "2024-03-11T15:20:00+01:00",
        "Mon, 11 Mar 2024 15:20:00 +0100",
        "2024-03-11 14:20:00",
        "2024-03-11 14:20",
        "11.03.2024 14:20",
        "11 March 2024, 14:20",
        "Mar 11, 2024 2:20pm GMT",
        "Mon Mar 11, 2024 10:20am EDT",
        "11. März 2024, 14:20 Uhr",
        "11 марта 2024 г., 14:20",
        "2024年3月11日 14時20分",
        "1710166800",
        "1710166800000",
        "1710166800.25",
        "/Date(1710166800000)/",
        "20240311142000",
        "20240311T142000Z",
        "20240311T152000+0100",
        "2024-03-11 15:20:00 +0100",
        "Mon Mar 11 15:20:00 CET 2024",
        "2024-03-11T15:20:00CET",
        "11/Mar/2024:15:20:00 +0100",
        "2024年3月11日 14:20:00",
        "2024-03-11T14:20:00:123Z",
    ] {
        assert_eq!(utc(written), "2024-03-11T14:20:00Z", "{written}");
    }
    for written in [
        "2024-03-11",
        "20240311",
        "11 March 2024",
        "March 11, 2024",
        "March 11th, 2024",
        "the 11th of March, 2024",
        "2024年3月11日",
        "11.03.2024",
        "11 mars 2024",
        "11 de marzo de 2024",
        "11. března 2024",
        "2024. március 11.",
        "11 березня 2024",
        "2024-W11-1",
        "2024-071",
        "2024. 3. 11.",
        "11-Mar-2024",
    ] {
        assert_eq!(utc(written), "2024-03-11T00:00:00Z", "{written}");
    }
}

#[test]
fn am_and_pm_are_applied_in_many_languages() {
    for (written, time) in [
        ("March 11, 2024 12:30 AM", "00:30:00"),
        ("March 11, 2024 12:30 PM", "12:30:00"),
        ("3/11/2024 1:05 PM", "could be day/month or month/day"),
        ("11 March 2024 at 9 p.m.", "21:00:00"),
        ("11 de marzo de 2024 3:05 p. m.", "15:05:00"),
        ("2024-03-11 3:05:10 PM", "15:05:10"),
        ("2024年3月11日 下午3:05", "15:05:00"),
        ("2024년 3월 11일 오후 3:05", "15:05:00"),
        ("2024년 3월 11일 오전 12:05", "00:05:00"),
        ("11 Μαρτίου 2024 3:05 μ.μ.", "15:05:00"),
        ("11 مارس 2024 3:05 م", "15:05:00"),
        ("11 März 2024 am Abend", ""),
        ("am 11. März 2024 um 15.05 Uhr", "15:05:00"),
    ] {
        let expected = match time {
            "" => "2024-03-11".to_owned(),
            _ if time.starts_with(|c: char| c.is_ascii_digit()) => format!("2024-03-11T{time}"),
            problem => problem.to_owned(),
        };
        assert_eq!(shown(written), expected, "{written}");
    }
}

#[test]
fn offsets_and_precision_are_kept() {
    for (written, expected) in [
        ("2024-03-11T15:20:00+01:00", "2024-03-11T15:20:00+01:00"),
        ("Mon, 11 Mar 2024 15:20:00 GMT", "2024-03-11T15:20:00Z"),
        ("Mon Mar 11, 2024 10:20am EDT", "2024-03-11T10:20:00-04:00"),
        ("2024-03-11 15:20", "2024-03-11T15:20:00"),
        ("15/07/2024 18:45", "2024-07-15T18:45:00"),
        ("7/15/2024", "2024-07-15"),
        ("4. července 2024", "2024-07-04"),
        ("4. června 2024", "2024-06-04"),
        ("15 July 2024 18:45 JST", "2024-07-15T18:45:00+09:00"),
        ("15 июля 2024, 18:45 (МСК)", "2024-07-15T18:45:00+03:00"),
        ("15 Juli 2024 18:45 WIB", "2024-07-15T18:45:00+07:00"),
        ("July 15, 2024 6:45 PM ET", "2024-07-15T18:45:00-04:00"),
        ("January 15, 2024 6:45 PM ET", "2024-01-15T18:45:00-05:00"),
        ("15 Jul 2024 1845 GMT", "2024-07-15T18:45:00Z"),
        ("Mon Jul 15 2024 18:45:00 GMT+0200 (CEST)", "2024-07-15T18:45:00+02:00"),
        ("2024-07-15 18:45 UTC+5:30", "2024-07-15T18:45:00+05:30"),
        ("15. juli 2024 kl. 18.45", "2024-07-15T18:45:00"),
        ("15 juillet 2024 à 18h45", "2024-07-15T18:45:00"),
        ("ngày 15 tháng 7 năm 2024 18:45", "2024-07-15T18:45:00"),
        ("2024-07-15T24:00:00", "2024-07-16T00:00:00"),
        ("18:45, 15 July 2024", "2024-07-15T18:45:00"),
        ("Julie est partie le 15 juillet 2024", "2024-07-15"),
    ] {
        assert_eq!(shown(written), expected, "{written}");
    }
}

#[test]
fn digits_and_months_of_many_languages_are_parsed() {
    for written in [
        "٢٠٢٤/٠٣/١١",
        "۱۱ مارس ۲۰۲۴",
        "১১ মার্চ ২০২৪",
        "११ मार्च २०२४",
        "２０２４年３月１１日",
        "11 آذار 2024",
        "11 آذار/مارس 2024",
        "الاثنين 11 مارس 2024",
        "11 mart 2024",
        "11 Μαρτίου 2024",
        "11 kovo 2024",
        "2024 m. kovo 11 d.",
        "2024. gada 11. martā",
        "11. maaliskuuta 2024",
        "2024ko martxoaren 11",
        "11 במרץ 2024",
        "11 மார்ச் 2024",
        "11 มีนาคม ค.ศ. 2024",
        "11 มี.ค. 2024",
        "11 มีนาคม 2567",
        "11 มีนาคม พ.ศ. 2567",
        "11 марта 2024 года",
        "11 сакавіка 2024",
        "2024 оны 3 дугаар сарын 11",
        "2024 жылғы 11 наурыз",
        "11 მარტი 2024",
        "11 մարտի, 2024",
        "11 Machi 2024",
        "Marso 11, 2024",
        "21 اسفند 1402",
        "۲۱ اسفند ۱۴۰۲",
    ] {
        assert_eq!(shown(written), "2024-03-11", "{written}");
    }
    for (written, expected) in [
        ("11 تشرين الثاني 2023", "2023-11-11"),
        ("11 كانون الأول/ديسمبر 2023", "2023-12-11"),
        ("11 جويلية 2023", "2023-07-11"),
        ("11 غشت 2023", "2023-08-11"),
        ("11 stycznia 2023", "2023-01-11"),
        ("11 Ağustos 2023", "2023-08-11"),
    ] {
        assert_eq!(shown(written), expected, "{written}");
    }
}

#[test]
fn language_resolves_ambiguous_dates() {
    for (written, language, expected) in [
        ("24. listopada 2023.", Some("hr"), "2023-10-24"),
        ("24 listopada 2023", Some("pol"), "2023-11-24"),
        ("24 listopada 2023", None, "the month name means different months in different languages"),
        ("03/04/2024", None, "could be day/month or month/day"),
        ("03/04/2024", Some("en-US"), "could be day/month or month/day"),
        ("03/04/2024", Some("en-GB"), "2024-04-03"),
        ("03/04/2024", Some("fra"), "2024-04-03"),
        ("le 03/04/2024 à 15h05", None, "2024-04-03T15:05:00"),
        ("1402/12/21", Some("fa"), "2024-03-11"),
        ("11/03/2567", Some("th"), "2024-03-11"),
    ] {
        assert_eq!(shown_in(written, language), expected, "{written}");
    }
}

#[test]
fn publication_date_is_chosen_among_several_dates() {
    for (written, expected) in [
        ("Updated March 12, 2024 9:00 AM; Published March 11, 2024", "2024-03-11"),
        ("Published March 11, 2024 8:00 AM, updated March 12, 2024 9:00 AM", "2024-03-11T08:00:00"),
        ("Geschrieben: 2024-03-11 15:03:30 / Aktualisiert: 2024-03-12 15:30:46", "2024-03-11T15:03:30"),
        ("11 March 2024 (updated 12 March 2024)", "2024-03-11"),
        ("11 March 2024 | 14 April 2024", "several dates"),
        ("Updated March 12, 2024", "2024-03-12"),
    ] {
        assert_eq!(shown(written), expected, "{written}");
    }
}

#[test]
fn unusable_dates_say_why() {
    let early = "the year is before the first newspapers, or from another calendar";
    let late = "the year is in the future, or from another calendar";
    let buddhist = "the year is in the future, or from the Buddhist calendar";
    let placeholder = "the start of Unix time (1970-01-01), a placeholder";
    for (written, problem) in [
        ("", "not understood"),
        ("yesterday", "not understood"),
        ("Updated 3 hours ago", "not understood"),
        ("12345", "not understood"),
        ("Tel. 030 12 34 56", "not understood"),
        ("0000-00-00", "no such day"),
        ("0000-00-00 00:00:00", "no such day"),
        ("2024-02-31", "no such day"),
        ("2024-02-31T10:00:00Z", "no such day"),
        ("31 February 2024", "no such day"),
        ("February 31, 2024", "no such day"),
        ("2024-13-01", "no such day"),
        ("31.02.2024", "no such day"),
        ("20240231", "no such day"),
        ("2024-03-11 25:00", "no such time of day"),
        ("24/09/23", "the year has only two digits"),
        ("24.9.23", "the year has only two digits"),
        ("24 Sep 23", "the year has only two digits"),
        ("Sun, 24 Sep 23 13:05:00 GMT", "the year has only two digits"),
        ("03/04/2024", "could be day/month or month/day"),
        ("1066-10-14", early),
        ("14 October 1066", early),
        ("1445-09-15", early),
        ("0001-01-01T00:00:00", early),
        ("1 Ramadan 1445", "not understood"),
        ("9999-12-31", late),
        ("2080-11-28", late),
        ("2567-03-11", buddhist),
        ("11 March 2567", buddhist),
        ("1970-01-01T00:00:00Z", placeholder),
        ("1970-01-01", placeholder),
        ("Thu, 01 Jan 1970 01:00:00 +0100", placeholder),
        ("0", placeholder),
        ("2024-03", "the day is missing"),
        ("March 2024", "the day is missing"),
        ("2024", "the day is missing"),
        ("25 March", "the year is missing"),
    ] {
        assert_eq!(shown(written), problem, "{written}");
    }
}

#[test]
fn configured_zone_applies_to_times_without_one() {
    let zone = Zone::named("+05:30").unwrap();
    let in_zone = |written: &str| zone.of(parse(written).unwrap()).to_string();
    assert_eq!(in_zone("2024-03-11 15:20"), "2024-03-11T15:20:00+05:30");
    assert_eq!(in_zone("2024-03-11T15:20:00Z"), "2024-03-11T15:20:00Z");
    assert_eq!(in_zone("2024-03-11"), "2024-03-11");
}

const MONTHS: [[&str; 12]; 6] = [
    [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
    [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    [
        "января",
        "февраля",
        "марта",
        "апреля",
        "мая",
        "июня",
        "июля",
        "августа",
        "сентября",
        "октября",
        "ноября",
        "декабря",
    ],
    [
        "يناير",
        "فبراير",
        "مارس",
        "أبريل",
        "مايو",
        "يونيو",
        "يوليو",
        "أغسطس",
        "سبتمبر",
        "أكتوبر",
        "نوفمبر",
        "ديسمبر",
    ],
    [
        "ocak", "şubat", "mart", "nisan", "mayıs", "haziran", "temmuz", "ağustos", "eylül", "ekim", "kasım",
        "aralık",
    ],
];

fn in_digits(text: &str, zero: char) -> String {
    let digit = |c: char| c.to_digit(10).and_then(|digit| char::from_u32(zero as u32 + digit)).unwrap_or(c);
    text.chars().map(digit).collect()
}

proptest! {
    #[test]
    fn dates_in_any_form_are_parsed_back(
        days in 0_i32..40_000, minute in 0_u32..1440, words in 0_usize..6, quarters in -48_i32..=56, zero in 0_usize..4,
    ) {
        let day = date(1920, 1, 1).checked_add(jiff::Span::new().days(days)).unwrap();
        prop_assume!(day != date(1970, 1, 1));
        let (y, m, d) = (day.year(), day.month(), day.day());
        let (hour, min) = (minute / 60, minute % 60);
        let (half, twelve) = (if hour < 12 { "AM" } else { "PM" }, (hour + 11) % 12 + 1);
        let name = MONTHS[words][usize::try_from(m - 1).unwrap()];
        let sign = if quarters < 0 { '-' } else { '+' };
        let (oh, om) = (quarters.abs() / 4, quarters.abs() % 4 * 15);
        let date_only = format!("{y:04}-{m:02}-{d:02}");
        let timed = format!("{date_only}T{hour:02}:{min:02}:00");
        let zoned = if quarters == 0 { format!("{timed}Z") } else { format!("{timed}{sign}{oh:02}:{om:02}") };
        let zero = ['0', '٠', '०', '０'][zero];
        for written in [
            format!("{y}/{m}/{d}"), format!("{d}.{m}.{y}"), format!("{d} {name} {y}"), format!("{name} {d}, {y}"),
            format!("{y}年{m}月{d}日"), format!("{y}년 {m}월 {d}일"), format!("{y:04}{m:02}{d:02}"),
            format!("Published: {d} {name} {y}"), format!("{d} tháng {m}, {y}"), format!("{y} {name} {d}"),
        ] {
            prop_assert_eq!(shown(&written), date_only.clone(), "{}", written);
            let written = in_digits(&written, zero);
            prop_assert_eq!(shown(&written), date_only.clone(), "{}", written);
        }
        for written in [
            format!("{d} {name} {y}, {hour:02}:{min:02}"), format!("{name} {d}, {y} {twelve}:{min:02} {half}"),
            format!("{y}-{m:02}-{d:02} {twelve}:{min:02}{half}"), format!("{d} {name} {y} {hour}h{min:02}"),
            format!("{y}年{m}月{d}日{hour}時{min}分"), format!("{hour:02}:{min:02}, {d} {name} {y}"),
            format!("{y:04}{m:02}{d:02}{hour:02}{min:02}00"), format!("{d}. {name} {y} kl. {hour:02}.{min:02}"),
        ] {
            prop_assert_eq!(shown(&written), timed.clone(), "{}", written);
        }
        for written in [
            format!("{y}-{m:02}-{d:02} {hour:02}:{min:02}:00 {sign}{oh:02}{om:02}"),
            format!("{d} {name} {y} {hour:02}:{min:02}:00 GMT{sign}{oh:02}{om:02}"),
            format!("{y:04}{m:02}{d:02}T{hour:02}{min:02}00{sign}{oh:02}{om:02}"),
            zoned.clone(),
        ] {
            prop_assert_eq!(shown(&written), zoned.clone(), "{}", written);
        }
    }

    #[test]
    fn displayed_dates_are_parsed_back_unchanged(written in "\\PC{0,40}|[0-9]{1,4}[-./ ][0-9a-z]{1,9}[-./ ][0-9]{1,4}[ T0-9:apm+-]{0,12}") {
        if let Ok(published) = parse(&written) {
            prop_assert_eq!(parse(&published.to_string()), Ok(published));
        }
    }
}

#[test]
fn table_has_the_kinds_in_use() {
    assert_eq!(
        wirecopy_core::word_table::kinds(WORDS),
        [
            "before time",
            "after time",
            "before zone",
            "hour",
            "minute",
            "second",
            "link",
            "buddhist era",
            "day first",
            "filler",
            "author"
        ]
    );
}
