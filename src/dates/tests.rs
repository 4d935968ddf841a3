use super::*;

fn utc(written: &str) -> String {
    instant(written).map_or("-".to_owned(), |t| t.to_string())
}

fn shown(written: &str) -> String {
    parse(written).map_or_else(|problem| problem.to_string(), |published| published.to_string())
}

#[test]
fn the_usual_forms_are_understood() {
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
    ] {
        assert_eq!(utc(written), "2024-03-11T14:20:00Z", "{written}");
    }
    for written in [
        "2024-03-11",
        "20240311",
        "11 March 2024",
        "March 11, 2024",
        "March 11th, 2024",
        "2024年3月11日",
        "11.03.2024",
        "11 mars 2024",
        "11 de marzo de 2024",
        "11. března 2024",
        "2024. március 11.",
        "11 березня 2024",
    ] {
        assert_eq!(utc(written), "2024-03-11T00:00:00Z", "{written}");
    }
}

#[test]
fn zones_and_exactness_are_kept() {
    assert_eq!(shown("2024-03-11T15:20:00+01:00"), "2024-03-11T15:20:00+01:00");
    assert_eq!(shown("Mon, 11 Mar 2024 15:20:00 GMT"), "2024-03-11T15:20:00Z");
    assert_eq!(shown("Mon Mar 11, 2024 10:20am EDT"), "2024-03-11T10:20:00-04:00");
    assert_eq!(shown("2024-03-11 15:20"), "2024-03-11T15:20:00");
    assert_eq!(shown("15/07/2024 18:45"), "2024-07-15T18:45:00");
    assert_eq!(shown("7/15/2024"), "2024-07-15");
    assert_eq!(shown("4. července 2024"), "2024-07-04");
    assert_eq!(shown("4. června 2024"), "2024-06-04");
}

#[test]
fn what_is_no_date_says_why() {
    for (written, problem) in [
        ("", "not understood"),
        ("yesterday", "not understood"),
        ("12345", "not understood"),
        ("0000-00-00", "no such day"),
        ("0000-00-00 00:00:00", "no such day"),
        ("2024-02-31", "no such day"),
        ("2024-02-31T10:00:00Z", "no such day"),
        ("31 February 2024", "no such day"),
        ("February 31, 2024", "no such day"),
        ("2024-13-01", "no such day"),
        ("31.02.2024", "no such day"),
        ("20240231", "no such day"),
        ("24/09/23", "a year of two digits"),
        ("24.9.23", "a year of two digits"),
        ("24 Sep 23", "a year of two digits"),
        ("Sun, 24 Sep 23 13:05:00 GMT", "a year of two digits"),
        ("03/04/2024", "day and month cannot be told apart"),
    ] {
        assert_eq!(shown(written), problem, "{written}");
    }
}

#[test]
fn field() {
    for line in std::fs::read_to_string("/work/shared/field/10-date-forms-refused/all-forms.jsonl").unwrap().lines() {
        let v: serde_json::Value = serde_json::from_str(line).unwrap();
        let d = v["date"].as_str().unwrap();
        println!("{d:60} {}", shown(d));
    }
}
