//! A word in the database that nobody knows: it is damage, told with its table, row and word by
//! whoever reads it; nothing is taken for public, and what does not need that row goes on.

use postdesk::cli::{Failure, Format, list, mailbox, show, status};
use postdesk::mail::TicketNumber;
use postdesk::store::{DATABASE, Error, problems, view};

use super::scenario::stage::{Stage, unchecked as does};

const BEGUN: &str = "09:00 mail  From: carol@customer.test  Subject: Scanner  Message-ID: <first@customer.test>\n| It is slow.\n\
    09:01 mail  From: dave@other.test  Subject: Lamp\n| It is dark.\n\
    09:02 mail  From: alice@desk.test  Subject: Re  In-Reply-To: {notification to alice on #1}\n| #remind 5h clean it\n\
    09:03 mail  From: alice@desk.test  Subject: Re  In-Reply-To: {notification to alice on #2}\n| #remind 5h change it\n\
    09:04 mail  From: bob@desk.test  Subject: away\n| #away until 2027-01-30\n\
    09:05 mail  From: alice@desk.test  Subject: Re  In-Reply-To: {notification to alice on #1}\n| #note\n| A secret.\n";

const AGAIN: &str = "+1m mail  From: carol@customer.test  Subject: Re  In-Reply-To: <first@customer.test>\n| Still slow.\n";

fn ticket(number: i64) -> show::What {
    show::What { number, save: None, raw: None }
}

/// Who notices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    /// The decision about an agent's answer, and `show`.
    Answer,
    /// The same, but `show` does not read that.
    AnswerOnly,
    /// The list of what goes out, and the decision.
    Outbox,
    /// The list alone.
    List,
    /// The problems of `status`.
    Status,
}

/// What is damaged, how, and the words by which it is told.
const DAMAGE: [(&str, &str, By); 17] = [
    ("UPDATE tickets SET status = 'lost' WHERE number = 1", "tickets 1, status: ", By::Answer),
    ("UPDATE tickets SET priority = 'lost' WHERE number = 1", "tickets 1, priority: ", By::Answer),
    ("UPDATE tickets SET tags = 'lost' WHERE number = 1", "tickets 1, tags: ", By::Answer),
    ("UPDATE entries SET kind = 'lost' WHERE id = 1", "entries 1, kind: ", By::Answer),
    ("UPDATE entries SET kind = 'lost' WHERE kind = 'note'", "entries 3, kind: ", By::Answer),
    ("UPDATE entries SET direction = 'lost' WHERE id = 1", "entries 1, direction: ", By::Answer),
    ("UPDATE entries SET verified = 'lost' WHERE id = 1", "entries 1, verified: ", By::Answer),
    (
        "UPDATE participants SET role = 'lost' WHERE ticket = 1",
        "participants 1, role: ",
        By::Answer,
    ),
    (
        "UPDATE message_ids SET kind = 'lost' WHERE ticket = 1 AND by LIKE 'carol%'",
        "message_ids 1, kind: ",
        By::AnswerOnly,
    ),
    ("UPDATE outbox SET reply_goes = 'lost' WHERE id = 2", "outbox 2, reply_goes: ", By::Outbox),
    ("UPDATE outbox SET kind = 'lost' WHERE id = 2", "outbox 2, kind: ", By::Outbox),
    (r#"UPDATE events SET body = '{"kind":"lost"}' WHERE id = 1"#, "events 1, body: ", By::Answer),
    ("UPDATE inbox SET outcome = 'lost' WHERE id = 1", "inbox 1, outcome: ", By::List),
    ("UPDATE outbox SET state = 'lost' WHERE id = 2", "outbox 2, state: ", By::List),
    (
        "UPDATE tickets SET wakes = replace(wakes, '\"remind\"', '\"lost\"') WHERE number = 1",
        "tickets 1, wakes: ",
        By::Answer,
    ),
    (
        "UPDATE tickets SET targets = replace(targets, '\"first answer\"', '\"lost\"') WHERE number = 1",
        "tickets 1, targets: ",
        By::Answer,
    ),
    ("UPDATE absences SET why = 'lost'", "absences 1, why: ", By::Status),
];

/// Somebody else's connection, past the checks of the schema.
fn damage(stage: &Stage, sql: &str) {
    let path = stage.store().data_dir().join(DATABASE);
    let connection = rusqlite::Connection::open(path).unwrap();
    connection.execute_batch("PRAGMA ignore_check_constraints = ON").unwrap();
    assert!(connection.execute(sql, []).unwrap() > 0, "{sql}");
}

/// An answer of Alice to the first that she heard of that ticket.
fn answer(stage: &Stage, number: i64, words: &str) -> String {
    let told = stage.taken(&format!("first notification to alice on #{number}")).id();
    format!(
        "+1m mail  From: alice@desk.test  Subject: Re: [#{number}]  In-Reply-To: <{told}>\n| {words}\n"
    )
}

fn said<T>(done: Result<T, Failure>) -> String {
    match done {
        Ok(_) => "all is well".to_owned(),
        Err(Failure::Store(error @ Error::Damaged(_))) => error.to_string(),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn an_unknown_word_is_told_and_never_public() {
    for (sql, place, by) in DAMAGE {
        let mut stage = Stage::with(&["limits.undo_window = \"0s\""]);
        does(&mut stage, BEGUN);
        let answer = answer(&stage, 1, "Clean.");
        damage(&stage, sql);
        let (json, mut out) = (Format { json: true }, Vec::new());
        let config = stage.config().clone();
        let listed = said(list::list(&config, &list::Wanted::default(), json, &mut out));
        assert!(String::from_utf8_lossy(&out).contains("\"Lamp\""), "{sql}: the rest is listed");
        let outbox = said(mailbox::outbox(&config, json, &mut out));
        let came = said(mailbox::inbox(&config, json, &mut out));
        let shown = said(show::show(&config, &ticket(1), json, &mut out));
        let word = [place, "unknown variant `lost`"].concat();
        let fits = |words: &str| words.contains(place) && words.contains("lost");
        let inner = place.contains("wakes") || place.contains("targets");
        let in_list = place.starts_with("tickets") && !inner;
        assert_eq!(fits(&listed), in_list, "{sql}: {listed}");
        assert_eq!(fits(&outbox), place.starts_with("outbox"), "{sql}: {outbox}");
        assert_eq!(fits(&came), place.starts_with("inbox"), "{sql}: {came}");
        assert_eq!(fits(&shown), by == By::Answer, "{sql}: {shown}");
        assert!(said(show::show(&config, &ticket(2), json, &mut out)) == "all is well", "{sql}");
        assert!(by != By::Outbox || outbox.contains(&word), "{outbox}");

        let reached = stage.taken_for("carol@customer.test");
        does(&mut stage, if by == By::AnswerOnly { AGAIN } else { &answer });
        does(&mut stage, "+1m mail  From: erin@new.test  Subject: Door\n| It is open.\n");
        does(&mut stage, "+6h wait\n");
        let stops = matches!(by, By::Answer | By::AnswerOnly | By::Outbox);
        let went = stage.taken_for("carol@customer.test") - reached;
        assert_eq!(went, usize::from(!stops), "{sql}");
        // With its sender, so that they know whose it is.
        let sql_of = "SELECT count(from_address) FROM inbox WHERE outcome = 'quarantine' AND reason LIKE '%damaged%'";
        assert_eq!(stage.count(sql_of), i64::from(stops), "{sql}: it lies where a person looks");
        assert_eq!(stage.taken_for("erin@new.test"), 1, "{sql}: others go on");
        let told = stage.store().read(problems::all).unwrap();
        let told = told.iter().any(|one| fits(&one.what));
        assert_eq!(told, by != By::List, "{sql}: whoever runs the desk hears");
        let reminded = "SELECT count(*) FROM events WHERE ticket = 2 AND body LIKE '%\"woke\"%'";
        assert_eq!(stage.count(reminded), 1, "{sql}: the other reminder came");
        assert_eq!(status::status(&config, json, &mut out).unwrap(), 1, "{sql}");
    }
}

/// What is mended is taken up again, and the mail that waits can be released.
#[test]
fn what_is_mended_goes_on() {
    let mut stage = Stage::with(&["limits.undo_window = \"0s\""]);
    does(&mut stage, BEGUN);
    damage(&stage, "UPDATE tickets SET priority = 'lost' WHERE number = 1");
    let answer = answer(&stage, 1, "Clean.");
    does(&mut stage, &answer);
    let reached = stage.taken_for("carol@customer.test");
    damage(&stage, "UPDATE tickets SET priority = 'normal' WHERE number = 1");
    let row = stage.count("SELECT id FROM inbox WHERE outcome = 'quarantine'");
    does(&mut stage, &format!("+1m release {row}\n"));
    assert_eq!(stage.taken_for("carol@customer.test"), reached + 1);
    let show =
        |number| stage.store().read(|connection| view::show(connection, TicketNumber(number)));
    assert!(show(1).unwrap().is_some());
}

/// A row that can never go does not hold up those behind it, and its writer hears of it.
#[test]
fn a_damaged_parcel_stops_no_other() {
    let mut stage = Stage::with(&["limits.undo_window = \"0s\""]);
    does(&mut stage, BEGUN);
    does(&mut stage, "+1m relay down\n");
    let both = [answer(&stage, 1, "Clean."), answer(&stage, 2, "Light.")].concat();
    does(&mut stage, &both);
    let row = stage.count("SELECT min(id) FROM outbox WHERE kind = 'reply'");
    damage(&stage, &format!("UPDATE outbox_bytes SET bytes = x'00' WHERE id = {row}"));
    does(&mut stage, "+1m relay up\n+1h wait\n");
    assert_eq!(stage.count(&format!("SELECT state = 'refused' FROM outbox WHERE id = {row}")), 1);
    assert_eq!(stage.taken_for("dave@other.test"), 2, "the acknowledgement and the answer");
    let heard = "SELECT count(*) FROM events WHERE body LIKE '%undelivered%'";
    assert_eq!(stage.count(heard), 1, "its writer hears of it");
}
