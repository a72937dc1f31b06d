//! Servers that give less than we would take: few connections, and no more mail of our account.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::daemon::{Daemon, Settings, until};
use super::dovecot::Dovecot;
use super::exim::Exim;
use super::sink::{Act, Stage};
use super::world::{CAROL, DESK, World, letter};

const MANY: &str = "acknowledgements_per_address_and_day = 10000\nacknowledgements_per_hour = 10000\n\
                    notifications_per_agent_and_hour = 10000";

#[test]
fn exim_takes_two_connections_at_once_and_all_mail_goes_over_them() {
    let dovecot = Dovecot::start();
    let exim = Exim::with(&dovecot, "smtp_accept_max_per_host = 2\n");
    let desk = Daemon::prepare(&Settings::plain(dovecot.port, exim.port).limits(MANY));
    let count = 60;
    for number in 0..count {
        dovecot.deliver(DESK, letter(CAROL, &format!("many-{number}@customer.test"), "It burns."));
    }
    let mut desk = desk;
    let begun = Instant::now();
    desk.resume();
    desk.tickets(count);
    desk.settle();
    let took = begun.elapsed();
    let outbox = desk.rows("outbox");
    assert_eq!(outbox.len(), 3 * count, "one for Carol and two for agents, each");
    for row in &outbox {
        assert_eq!(
            (row["state"].as_str(), row["attempts"].as_i64()),
            (Some("sent"), Some(1)),
            "{row:#}"
        );
    }
    assert!(exim.log().contains("too many connections from that IP address"), "{}", exim.log());
    assert!(took < Duration::from_secs(40), "{took:?}");
    let problems = desk.json(&["status"])["problems"].clone();
    assert_eq!(problems.as_array().map(Vec::len), Some(0), "{problems:#}");
    let all = desk.wait("Exim to deliver", || {
        let all = dovecot.mails(CAROL);
        (all.len() >= count).then_some(all)
    });
    assert_eq!(all.len(), count, "each once");
}

#[test]
fn a_stopped_account_costs_no_mail_and_the_owner_is_told_once() {
    let world = World::start(|settings| settings.limits(MANY));
    let limit = "550 5.4.5 Daily user sending limit exceeded";
    world.sink.rule(Stage::Mail, None, Act::Say(limit), usize::MAX);
    for number in 0..10 {
        let from = format!("p{number}@x{number}.test");
        world.write(&from, &format!("stop-{number}@x.test"), "Hello?");
    }
    world.desk.tickets(10);
    let told = world.desk.trouble("no mail of this account");
    assert!(told.contains("5.4.5") && told.contains("by itself"), "{told}");
    let begun = Instant::now();
    until(|| (begun.elapsed() > Duration::from_secs(5)).then_some(()));
    let untried = |row: &&Value| row["state"] == "queued" && row["attempts"] == 0;
    let rows = world.desk.rows("outbox");
    assert_eq!(rows.iter().filter(untried).count(), rows.len(), "nothing is counted: {rows:#?}");
    // Mail is read meanwhile.
    world.write(CAROL, "read@customer.test", "It burns.");
    world.desk.tickets(11);
    world.sink.forgive();
    until(|| (world.sink.count() >= 33).then_some(()));
    world.desk.settle();
    let owner = world.sink.to("owner@desk.test").len();
    assert!(owner <= 1, "told {owner} times");
    let rows = world.desk.rows("outbox");
    assert_eq!((world.sink.count(), rows.len()), (33 + owner, 33 + owner), "each once");
    assert!(rows.iter().all(|row| row["state"] == "sent" && row["attempts"] == 1), "{rows:#?}");
    let problems = world.desk.json(&["status"])["problems"].clone();
    assert_eq!(problems.as_array().map(Vec::len), Some(0), "{problems:#}");
}
