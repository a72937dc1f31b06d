//! Holidays of every year and of calendar files: what of a file counts, and what is said of one that
//! cannot be read.

use std::collections::BTreeSet;

use jiff::civil::date;
use postdesk::config::{self, Config};

use super::{bad, good, with};

fn calendar(events: &[&str]) -> String {
    let events: Vec<String> =
        events.iter().map(|one| format!("BEGIN:VEVENT\r\n{one}\r\nEND:VEVENT\r\n")).collect();
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{}END:VCALENDAR\r\n", events.concat())
}

/// A desk that names a calendar file of that text, or one that is not there.
fn desk(text: Option<&str>) -> Config {
    let folder = tempfile::tempdir().unwrap();
    if let Some(text) = text {
        std::fs::write(folder.path().join("days.ics"), text).unwrap();
    }
    let settings = with("[hours]", "holidays = [\"12-24\", 2026-12-31, \"days.ics\"]");
    config::parse(&settings, &folder.path().join("config.toml"))
        .unwrap_or_else(|wrong| panic!("{}", wrong.to_text()))
}

fn days(text: &str) -> Result<BTreeSet<String>, String> {
    let config = desk(Some(text));
    let [file] = config.calendars.as_slice() else { panic!("one file is read once") };
    match &file.fault {
        Some(why) => Err(why.clone()),
        None => Ok(file.days.iter().map(ToString::to_string).collect()),
    }
}

fn read(event: &str) -> Vec<String> {
    days(&calendar(&[event])).unwrap().into_iter().collect()
}

#[test]
fn whole_days_are_holidays() {
    for (event, found) in [
        ("DTSTART;VALUE=DATE:20261225\r\nDTEND;VALUE=DATE:20261226", vec!["2026-12-25"]),
        ("DTSTART;VALUE=DATE:20261225", vec!["2026-12-25"]),
        (
            "dtstart;value=date:20261225\nDTEND;VALUE=DATE:20261227",
            vec!["2026-12-25", "2026-12-26"],
        ),
        ("DTSTART;VALUE=DATE:20261225\nDURATION:P2D", vec!["2026-12-25", "2026-12-26"]),
        (
            "DTSTART;TZID=\"Europe/Berlin: CET\":20261225T000000\nDTEND;TZID=X:20261226T000000",
            vec!["2026-12-25"],
        ),
        (
            "SUMMARY:A long\r\n  name: with a colon\r\nDTSTART;VALUE=DATE:2026\r\n 1225",
            vec!["2026-12-25"],
        ),
        ("DTSTART:20261225T140000Z\nDTEND:20261225T150000Z", vec![]),
        ("DTSTART:20261225T000000Z\nDTEND:20261225T120000Z", vec![]),
        ("DTSTART;VALUE=DATE:20261225\nSTATUS:CANCELLED", vec![]),
        (
            "DTSTART;VALUE=DATE:20261225\nRRULE:FREQ=YEARLY;COUNT=3",
            vec!["2026-12-25", "2027-12-25", "2028-12-25"],
        ),
        (
            "DTSTART;VALUE=DATE:20261225\nRRULE:FREQ=YEARLY;UNTIL=20271225",
            vec!["2026-12-25", "2027-12-25"],
        ),
        (
            "DTSTART;VALUE=DATE:20261126\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH;COUNT=2",
            vec!["2026-11-26", "2027-11-25"],
        ),
        (
            "DTSTART;VALUE=DATE:20261225\nRRULE:FREQ=YEARLY;COUNT=3\nEXDATE;VALUE=DATE:20271225",
            vec!["2026-12-25", "2028-12-25"],
        ),
        (
            "DTSTART;VALUE=DATE:20261225\nRDATE;VALUE=DATE:20270101,20270106",
            vec!["2026-12-25", "2027-01-01", "2027-01-06"],
        ),
        (
            "DTSTART;VALUE=DATE:20261225\nBEGIN:VALARM\nDTSTART;VALUE=DATE:20260101\nEND:VALARM",
            vec!["2026-12-25"],
        ),
    ] {
        assert_eq!(read(event), found, "{event}");
    }
    let forever = read("DTSTART;VALUE=DATE:20000101\nRRULE:FREQ=YEARLY");
    assert_eq!((forever.len(), forever.last().map(String::as_str)), (151, Some("2150-01-01")));
    assert_eq!(
        read("DTSTART;VALUE=DATE:20260228\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"),
        ["2026-02-28"]
    );
}

#[test]
fn one_that_moved_counts_where_it_is() {
    let text = calendar(&[
        "UID:a\nDTSTART;VALUE=DATE:20260501\nRRULE:FREQ=YEARLY;COUNT=2",
        "UID:a\nRECURRENCE-ID;VALUE=DATE:20270501\nDTSTART;VALUE=DATE:20270503",
    ]);
    let found: Vec<String> = days(&text).unwrap().into_iter().collect();
    assert_eq!(found, ["2026-05-01", "2027-05-03"]);
}

#[test]
fn what_cannot_be_read_is_said_with_its_line() {
    for (text, why) in [
        (String::new(), "no END:VCALENDAR"),
        ("<html>\n<body>".to_owned(), "line 1 is no line of a calendar"),
        ("A:b".to_owned(), "line 1 stands outside"),
        (
            calendar(&["DTSTART;VALUE=DATE:20261225"]).replace("END:VCALENDAR\r\n", ""),
            "a part of it is missing",
        ),
        (calendar(&["DTSTART;VALUE=DATE:20261325"]), "line 4: \"20261325\" is no date"),
        (calendar(&["SUMMARY:x"]), "line 4 has no DTSTART"),
        (calendar(&["DTSTART;VALUE=DATE:20261225\nRRULE:FREQ=SOMETIMES"]), "line 5: this rule"),
        (calendar(&["DTSTART;VALUE=DATE:20261225\nnonsense"]), "line 5 is no line"),
        (calendar(&["END:VCALENDAR"]), "line 4 ends what did not begin"),
    ] {
        let said = days(&text).unwrap_err();
        assert!(said.contains(why), "{said}\n{text}");
    }
}

#[test]
fn a_file_that_cannot_be_read_takes_nothing_else_along() {
    for text in [None, Some("nonsense")] {
        let config = desk(text);
        let hours = &config.queues[0].hours;
        assert!(config.calendars[0].fault.is_some() && hours.holidays.len() == 1);
        for (day, free) in [
            (date(2026, 12, 24), true),
            (date(2027, 12, 24), true),
            (date(2026, 12, 31), true),
            (date(2027, 12, 31), false),
            (date(2026, 12, 25), false),
        ] {
            assert_eq!(hours.is_holiday(day), free, "{day}");
        }
    }
}

#[test]
fn what_is_no_holiday_is_complained_about() {
    for word in ["02-30", "13-01", "1-1", "25.12.2026", "Christmas", "days.ical"] {
        let wrong = bad(&with("[hours]", &format!("holidays = [\"{word}\"]")));
        assert!(wrong.to_text().contains("for that day of every year"), "{}", wrong.to_text());
    }
    assert!(
        good(&with("[hours]", "holidays = [\"02-29\"]")).queues[0].hours.yearly.contains(&(2, 29))
    );
}
