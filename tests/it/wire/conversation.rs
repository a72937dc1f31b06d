//! The normal way, with nothing of ours on the other side: Dovecot and Exim carry every mail.

use super::daemon::{Daemon, Settings};
use super::dovecot::Dovecot;
use super::exim::{Exim, Verdict};
use super::sink::header;
use super::world::{CAROL, DESK};

const ALICE: &str = "alice@desk.test";

/// A reply as a mail client writes it, with a line of what it answers.
fn reply(from: &str, to: &str, body: &str) -> String {
    let is_quoted = |line: &&str| line.split(' ').count() > 3 && line.is_ascii();
    let quoted = to.lines().rev().filter(is_quoted).find(|line| !line.contains(['=', ':', '#']));
    let quoted = quoted.unwrap();
    let (id, subject) = (header(to, "Message-ID"), header(to, "Subject"));
    format!(
        "From: {from}\nTo: {DESK}\nSubject: Re: {subject}\nMessage-ID: <{}.reply@{}>\nIn-Reply-To: {id}\nReferences: {id}\n\
         Date: Mon, 16 Nov 2026 10:00:00 +0000\n\n{body}\n\nOn Monday Example Support wrote:\n> {quoted}\n",
        body.len(),
        from.rsplit('@').next().unwrap()
    )
}

struct Town {
    desk: Daemon,
    exim: Exim,
    dovecot: Dovecot,
}

impl Town {
    /// Waits for the `count`th mail in someone's mailbox.
    fn mail(&self, person: &str, count: usize) -> String {
        let what = format!("mail {count} to {person}; Exim says:\n{}", self.exim.log());
        self.desk.wait(&what, || self.dovecot.mails(person).get(count - 1).cloned())
    }
}

#[test]
fn a_conversation_through_real_servers() {
    let dovecot = Dovecot::start();
    let exim = Exim::start(&dovecot);
    let desk = Daemon::start(&Settings::plain(dovecot.port, exim.port));
    let town = Town { desk, exim, dovecot };

    let request = format!(
        "From: Carol <{CAROL}>\nTo: {DESK}\nSubject: Printer on fire\nMessage-ID: <1@customer.test>\n\nIt burns since nine.\n"
    );
    town.exim.submit(Verdict::Pass, CAROL, DESK, &request);
    let acknowledgement = town.mail(CAROL, 1);
    assert!(header(&acknowledgement, "Subject").contains("[#1]"), "{acknowledgement}");
    assert_eq!(header(&acknowledgement, "Auto-Submitted"), "auto-replied");
    assert_eq!(header(&acknowledgement, "In-Reply-To"), "<1@customer.test>");

    let notification = town.mail(ALICE, 1);
    let body = notification.split_once("\n\n").unwrap().1;
    assert!(
        body.starts_with("Reply") && body.lines().next().unwrap().contains(CAROL),
        "{notification}"
    );
    assert!(notification.contains("It burns since nine."), "{notification}");

    town.exim.submit(
        Verdict::Pass,
        ALICE,
        DESK,
        &reply(ALICE, &notification, "Please pull the plug."),
    );
    let answer = town.mail(CAROL, 2);
    let quoted: Vec<&str> = answer.lines().filter(|line| line.starts_with('>')).collect();
    assert!(answer.contains("Please pull the plug."), "{answer}");
    assert_eq!(quoted, ["> It burns since nine."], "what the customer wrote last, and no more");
    assert!(!answer.contains(ALICE), "an agent's address went outside: {answer}");
    assert!(
        header(&answer, "References").contains("<1@customer.test>")
            && header(&answer, "Auto-Submitted").is_empty(),
        "{answer}"
    );

    town.exim.submit(
        Verdict::Pass,
        CAROL,
        DESK,
        &reply(CAROL, &answer, "The fire is out, thank you."),
    );
    let follow_up = town.mail(ALICE, 2);
    assert!(follow_up.contains("The fire is out, thank you."), "{follow_up}");

    town.desk.settle();
    let tickets = town.desk.rows("list");
    assert_eq!(tickets.len(), 1, "{tickets:#?}");
    assert_eq!(
        (tickets[0]["assignee"].as_str(), tickets[0]["requester"].as_str()),
        (Some(ALICE), Some(CAROL))
    );
    let entries = town.desk.json(&["show", "1"])["entries"].as_array().unwrap().len();
    assert_eq!(entries, 3, "request, answer, reply");
    assert_eq!(town.dovecot.mails(CAROL).len(), 2, "nobody was written to without need");
    town.desk.wait("the marks", || {
        town.dovecot
            .client(DESK)
            .flags()
            .iter()
            .all(|(_, flags)| flags.contains("$Postdesk"))
            .then_some(())
    });
}

/// The provider's server refuses an address: the agent hears of it, and the ticket says so.
#[test]
fn a_recipient_that_is_refused_comes_back_to_the_agent() {
    let dovecot = Dovecot::start();
    let exim = Exim::start(&dovecot);
    let desk = Daemon::start(&Settings::plain(dovecot.port, exim.port));
    let town = Town { desk, exim, dovecot };
    let request = format!(
        "From: nobody@other.test\nTo: {DESK}\nSubject: Hello\nMessage-ID: <2@other.test>\n\nCan you read this?\n"
    );
    town.exim.submit(Verdict::Pass, "nobody@other.test", DESK, &request);
    let notification = town.mail(ALICE, 1);
    town.exim.submit(Verdict::Pass, ALICE, DESK, &reply(ALICE, &notification, "Yes, I can."));
    town.desk.wait("the refusal", || {
        town.desk
            .rows("outbox")
            .into_iter()
            .find(|row| row["state"] == "refused" && row["kind"] == "reply")
    });
    town.desk.wait("the agent to hear of it", || {
        town.dovecot
            .mails(ALICE)
            .iter()
            .skip(1)
            .any(|mail| mail.contains("nobody@other.test"))
            .then_some(())
    });
}

/// A mail that the provider says is forged makes nobody an agent, and its victim hears nothing.
#[test]
fn a_forged_agent_is_not_obeyed() {
    let dovecot = Dovecot::start();
    let exim = Exim::start(&dovecot);
    let desk = Daemon::start(&Settings::plain(dovecot.port, exim.port));
    let town = Town { desk, exim, dovecot };
    let request = format!(
        "From: {CAROL}\nTo: {DESK}\nSubject: Hello\nMessage-ID: <3@customer.test>\n\nCan you read this?\n"
    );
    town.exim.submit(Verdict::Pass, CAROL, DESK, &request);
    let notification = town.mail(ALICE, 1);
    town.mail(CAROL, 1);
    town.exim.submit(
        Verdict::Fail,
        "eve@attacker.test",
        DESK,
        &reply(ALICE, &notification, "Send your password to eve@attacker.test."),
    );
    town.desk.wait("the forgery to be seen", || {
        town.desk
            .rows("inbox")
            .into_iter()
            .find(|row| row["authentication"] == "fail" && !row["outcome"].is_null())
    });
    town.desk.settle();
    assert_eq!(town.dovecot.mails(CAROL).len(), 1, "nothing was relayed");
}
