//! The relay refuses, puts off or is away, and one sender or one mail is too much: everybody else
//! is served.

use super::sink::{Act, Stage};
use super::world::{CAROL, DESK, World, fold, letter, with_ticket};

const BOB: &str = "bob@desk.test";

/// As three crashes in a row leave it: the attempts are counted, the fate is not decided.
#[test]
fn p11_a_mail_that_killed_its_reader_three_times() {
    let mut world = World::prepare(|settings| settings);
    let output = world
        .desk
        .command_with(&["deliver"], letter(CAROL, "p11@customer.test", "It burns.").as_bytes());
    assert!(output.status.success(), "{output:?}");
    let database = rusqlite::Connection::open(world.desk.database()).unwrap();
    assert_eq!(database.execute("UPDATE inbox SET attempts = 3", []).unwrap(), 1);
    drop(database);
    world.desk.resume();
    world.polled();
    world.desk.wait("the quarantine", || {
        world.desk.rows("inbox").into_iter().find(|row| row["outcome"] == "quarantine")
    });
    world.desk.wait("the owner to be told", || world.sink.to("owner@desk.test").first().cloned());
    world.is_served();
    assert!(world.sink.to(CAROL).is_empty());
}

#[test]
fn p14_relay_away_for_a_while() {
    let world = World::start(|settings| settings);
    world.sink.down(true);
    for number in 0..5 {
        world.write(
            &format!("person{number}@customer.test"),
            &format!("p14-{number}@customer.test"),
            "It burns.",
        );
    }
    world.desk.tickets(5);
    world.desk.trouble("cannot be sent");
    assert!(
        world
            .desk
            .rows("outbox")
            .iter()
            .all(|row| row["state"] == "queued" || row["state"] == "sending")
    );
    world.sink.down(false);
    world.desk.wait("everything to go out", || {
        world.desk.hurry();
        (world.sink.count() >= 15).then_some(())
    });
    world.desk.settle();
    assert_eq!((world.sink.count(), fold(world.sink.all()).len()), (15, 15), "each mail once");
    world.desk.wait("the trouble to end", || {
        let problems = world.desk.json(&["status"])["problems"].clone();
        problems.as_array().is_some_and(Vec::is_empty).then_some(())
    });
}

#[test]
fn p15_put_off_then_taken_beside_one_refused() {
    let world = World::start(|settings| settings);
    world.sink.rule(Stage::Rcpt, Some(CAROL), Act::Say("450 4.2.1 later"), 1);
    world.sink.rule(Stage::Rcpt, Some("dave@other.test"), Act::Say("550 5.1.1 no such user"), 99);
    world.write(CAROL, "p15a@customer.test", "It burns.");
    world.write("dave@other.test", "p15b@other.test", "Mine too.");
    let row = |to: &str| {
        let mut rows = world.desk.rows("outbox").into_iter();
        rows.find(|row| row["recipient"] == to && row["kind"] == "acknowledgement")
    };
    world
        .desk
        .wait("the refusal", || row("dave@other.test").filter(|row| row["state"] == "refused"));
    let put_off = world.desk.wait("the delay", || {
        row(CAROL).filter(|row| row["state"] == "queued" && row["attempts"] == 1)
    });
    assert!(
        put_off["last_reply"].as_str().is_some_and(|reply| reply.contains("later")),
        "{put_off:#}"
    );
    world.desk.hurry();
    world.desk.settle();
    let refused = row("dave@other.test").unwrap();
    assert_eq!(
        (refused["state"].as_str(), refused["attempts"].as_i64()),
        (Some("refused"), Some(1)),
        "{refused:#}"
    );
    assert_eq!((world.sink.to(CAROL).len(), world.sink.to("dave@other.test").len()), (1, 0));
}

#[test]
fn p16_an_agent_who_cannot_be_reached_costs_the_customer_nothing() {
    let world = World::start(|settings| settings);
    world.sink.rule(Stage::Rcpt, Some(BOB), Act::Say("550 5.1.1 no such user"), 99);
    world.write(CAROL, "p16@customer.test", "It burns.");
    world.desk.wait("the refusal", || {
        world
            .desk
            .rows("outbox")
            .into_iter()
            .find(|row| row["state"] == "refused" && row["recipient"] == BOB)
    });
    world.desk.settle();
    assert_eq!((world.sink.to(CAROL).len(), world.sink.to(BOB).len()), (1, 0));
    world.is_served();
}

#[test]
fn p31_one_sender_writes_and_writes() {
    let world =
        World::start(|settings| settings.limits("acknowledgements_per_address_and_day = 5"));
    let count = 200;
    for number in 0..count {
        world.write(
            "eve@attacker.test",
            &format!("p31-{number}@attacker.test"),
            &format!("Number {number}."),
        );
    }
    world.is_served();
    world.desk.wait("every mail to be stored", || {
        let rows = world.desk.rows("inbox");
        (rows.len() == count + 1 && rows.iter().all(|row| !row["outcome"].is_null())).then_some(())
    });
    let acknowledged = world.sink.to("eve@attacker.test").len();
    assert!(acknowledged <= 5, "{acknowledged}");
    assert_eq!(world.dovecot.client(DESK).flags().len(), count + 1);
}

/// A stop while a reply is being awaited: the row is tried again, the copy is the same mail.
#[test]
fn a_stop_while_the_relay_is_silent_is_quick_and_loses_nothing() {
    let mut world = with_ticket();
    world.sink.rule(Stage::Mail, None, Act::Silence, 1);
    world.write("dave@other.test", "silent@other.test", "Hello?");
    world.desk.tickets(2);
    world.desk.wait("the attempt", || {
        world.desk.rows("outbox").into_iter().find(|row| row["state"] == "sending")
    });
    let (status, taken) = world.desk.stop();
    assert!(
        status.success() && taken.as_secs() < 10,
        "{status} after {taken:?}\n{}",
        world.desk.log()
    );
    world.desk.resume();
    world.desk.wait("the acknowledgement", || {
        world.desk.hurry();
        world.sink.to("dave@other.test").first().cloned()
    });
    assert_eq!(fold(world.sink.to("dave@other.test")).len(), 1);
}

/// As a clock leaves it that was a month ahead and is right again: what waits is due in a month.
#[test]
fn p20_a_clock_that_was_a_month_ahead() {
    let mut world = World::start(|settings| settings);
    world.sink.down(true);
    world.write(CAROL, "p20@customer.test", "It burns.");
    world.desk.tickets(1);
    world.desk.trouble("cannot be sent");
    world.desk.stop();
    let database = rusqlite::Connection::open(world.desk.database()).unwrap();
    let month = 31_i64 * 24 * 3600 * 1000;
    assert_eq!(
        database
            .execute("UPDATE outbox SET due_at = due_at + ?1, queued_at = queued_at + ?1", [month])
            .unwrap(),
        3
    );
    let ticked = "UPDATE state SET value = CAST(value AS INTEGER) + ?1 WHERE key = 'last tick'";
    if database.execute(ticked, [month]).unwrap() == 0 {
        let now =
            std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis()
                as i64;
        let insert = "INSERT INTO state (key, value) VALUES ('last tick', ?1)";
        database.execute(insert, [(now + month).to_string()]).unwrap();
    }
    drop(database);
    world.sink.down(false);
    world.desk.resume();
    world.desk.wait("the mail to go out", || (world.sink.count() >= 3).then_some(()));
    world.desk.settle();
    assert_eq!((world.sink.count(), world.desk.rows("list").len()), (3, 1), "each once, no storm");
}
