//! Until when somebody is away by their own out-of-office mail, and what `status` shows of it.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use postdesk::desk::absence::until;
use postdesk::mail::Address;
use postdesk::store::{absences, view};
use postdesk::time::Timestamp;

use super::scenario::stage::{Stage, does};

/// The end as a Berlin clock shows it; `-` for none. Now is Tuesday, 24 November 2026, 10:00.
fn read(text: &str) -> String {
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let now = "2026-11-24T10:00".parse::<DateTime>().unwrap().to_zoned(zone.clone()).unwrap();
    let found = until(text, Timestamp::from_jiff(now.timestamp()), &zone, None);
    found.map_or_else(
        || "-".to_owned(),
        |at| at.to_jiff().to_zoned(zone).strftime("%Y-%m-%d %H:%M").to_string(),
    )
}

#[test]
fn dates_of_many_languages_are_read() {
    for (text, end) in [
        ("I am out of the office until 27 November.", "2026-11-28 00:00"),
        ("I will be away through November 27th, back on November 30th.", "2026-11-30 00:00"),
        ("Out from 2026-11-20 to 2026-12-04", "2026-12-05 00:00"),
        ("I return on Monday, 7 December 2026. Please write to a colleague.", "2026-12-07 00:00"),
        ("I will return to the office on 2 January", "2027-01-02 00:00"),
        ("Ich bin vom 23.11. bis zum 27.11.2026 nicht im Büro.", "2026-11-28 00:00"),
        ("Ab dem 30.11. bin ich wieder erreichbar.", "2026-11-30 00:00"),
        ("Ich bin ab 1. Dezember zurück.", "2026-12-01 00:00"),
        ("Urlaub bis einschließlich 03/12/2026", "2026-12-04 00:00"),
        ("Je suis absent jusqu’au 05/12/2026 inclus.", "2026-12-06 00:00"),
        ("Je serai de retour le 1er décembre.", "2026-12-01 00:00"),
        ("Absent du bureau, retour le 30/11.", "2026-11-30 00:00"),
        ("Estaré fuera hasta el 30 de noviembre de 2026.", "2026-12-01 00:00"),
        ("Vuelvo el 30 de noviembre.", "2026-11-30 00:00"),
        ("Sarò assente fino al 4 dicembre 2026", "2026-12-05 00:00"),
        ("Estou ausente até 4 de dezembro de 2026.", "2026-12-05 00:00"),
        ("Ik ben afwezig tot 4 december.", "2026-12-05 00:00"),
        ("Jestem nieobecny do 4 grudnia 2026.", "2026-12-05 00:00"),
        ("2026年11月30日まで不在です。", "2026-12-01 00:00"),
        ("Back on Monday.", "2026-11-30 00:00"),
        ("Ich bin am Freitag wieder da. Zurück ab Montag", "2026-11-30 00:00"),
        ("I am out until 30-Nov-2026", "2026-12-01 00:00"),
        (
            "I am away until 27 Nov. In urgent cases ask Bob; he is away from 20 December.",
            "2026-11-28 00:00",
        ),
        ("I am away until 27 Nov. She is away until 20 December.", "2026-11-28 00:00"),
        ("Je suis absent du 23/11 au 27/11.", "2026-11-28 00:00"),
    ] {
        assert_eq!(read(text), end, "{text}");
    }
}

#[test]
fn what_is_no_end_says_nothing() {
    for text in [
        "I am out of the office.",
        "I am away until 03/12/2026",
        "I was away until 20 November 2026.",
        "Call +49 30 1234567 or see 10.0.0.1, version 3.5.2031",
        "I may be away in march, on monday",
        "Away this week. Our offices are closed 24 December 2026 - 1 January 2027.",
        "I am away. Example Ltd, founded 2010, copyright 24.12.2026",
        "The office is closed until 1 January 2027.",
        "My next course begins on 7 December 2026.",
        "I am away until 29.02.2027",
        "until 31.02.",
        "",
    ] {
        assert_eq!(read(text), "-", "{text}");
    }
    assert_eq!(
        read(&"until 31.12.2026 ".repeat(100_000)),
        "2027-01-01 00:00",
        "long texts cost nothing"
    );
}

#[test]
fn status_shows_who_is_away() {
    let mut stage = Stage::with(&[]);
    let text = "09:00 mail  From: alice@desk.test  Subject: a\n| #away until 2026-11-30 backup bob\n\
                09:01 mail  From: alice@desk.test  Subject: b\n| #away until 2026-12-01 backup bob\n\
                09:02 mail  From: bob@desk.test  Subject: c  Auto-Submitted: auto-replied\n| I am away.\n";
    does(&mut stage, text);
    let now = stage.clock.now();
    let away =
        stage.store().read(|connection| Ok(view::status(connection, 0, (now, now))?.away)).unwrap();
    let shown: Vec<String> = away
        .iter()
        .map(|one| {
            format!(
                "{} {:?} {}",
                one.agent,
                one.backup.as_ref().map(Address::as_str),
                one.why.as_str()
            )
        })
        .collect();
    assert_eq!(
        shown,
        ["alice@desk.test Some(\"bob@desk.test\") command", "bob@desk.test None machine"]
    );
    assert!(
        serde_json::to_string(&away).unwrap().contains("\"until\":\"2026-12-01T08:00:00Z\""),
        "{away:?}"
    );
    let later = now.plus(std::time::Duration::from_secs(8 * 24 * 3600));
    let (left, _) = stage.store().read(|connection| absences::all(connection, later)).unwrap();
    assert_eq!(left, [], "time ends it");
    assert_eq!(stage.count("SELECT count(*) FROM absences"), 3, "what is over stays");
}
