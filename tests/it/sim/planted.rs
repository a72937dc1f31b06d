//! The doors of the daemon to the world, and the bugs that are planted into it from outside: into
//! what goes through a door, into its settings, or into its database by a trigger. None needs a line
//! in the program.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use jiff::Timestamp;
use postdesk::fetch::{Body, Listed, Mailbox, Opened, SentCopy, Wake};
use postdesk::net::Fault;
use postdesk::send::{Envelope, Outcome, Relay};

use super::company::{Company, LEAD, OWNER};
use crate::scenario::stage::{Stage, run};
use crate::scenario::world::{Courier, Server, as_within, field};

/// What is wrong with the daemon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plant {
    /// Nothing.
    Nothing,
    /// The time at which a ticket wants to be looked at again is lost.
    LostTimer,
    /// It is not remembered who was urged.
    DoubledRung,
    /// A "thanks" keeps what was promised.
    ThanksKeepsPromise,
    /// It is not remembered that a promise was missed.
    HoldingRepeated,
    /// The holding mail is never sent.
    HoldingForgotten,
    /// Nobody above hears of a missed promise.
    EscalationForgotten,
    /// One rung of the ladder is left out.
    RungSkipped,
    /// Days off are worked.
    HolidayIgnored,
    /// What is promised in the record is an hour later than what the mail names.
    PromiseLater,
    /// A promise is forgotten when its ticket is given to somebody.
    ForgottenOnAssignment,
    /// A mail that could not be handed over gets another id at the next try.
    NewIdOnRetry,
    /// What was being handed over when the daemon ended is left as it is.
    ForgetsWhatWasBeingSent,
    /// A mail that comes again is not recognised.
    NothingIsKnownAgain,
    /// A mail is told to be ours on the server before it is stored.
    MarksBeforeCommit,
    /// A note goes to the customer as well.
    NoteLeaks,
    /// Machines are taken for people.
    MachinesAnswered,
    /// A waking desk does not read its mail first and tells each customer several times.
    HoldingsInStorm,
    /// What is deferred is tried again at once, for ever.
    NoPatience,
    /// A time that was only offered to be kept is promised.
    OfferPromises,
    /// An answer that came back counts.
    BouncedCounts,
}

impl Plant {
    /// All bugs.
    pub const BUGS: [Self; 20] = [
        Self::LostTimer,
        Self::DoubledRung,
        Self::ThanksKeepsPromise,
        Self::HoldingRepeated,
        Self::HoldingForgotten,
        Self::EscalationForgotten,
        Self::RungSkipped,
        Self::HolidayIgnored,
        Self::PromiseLater,
        Self::ForgottenOnAssignment,
        Self::NewIdOnRetry,
        Self::ForgetsWhatWasBeingSent,
        Self::NothingIsKnownAgain,
        Self::MarksBeforeCommit,
        Self::NoteLeaks,
        Self::MachinesAnswered,
        Self::HoldingsInStorm,
        Self::NoPatience,
        Self::OfferPromises,
        Self::BouncedCounts,
    ];

    /// Puts it into the settings.
    pub fn settings(self, company: &mut Company) {
        if self == Self::HolidayIgnored {
            company.settings.retain(|line| !line.contains("holidays"));
        }
    }

    /// Puts it into the database.
    pub fn sql(self, stage: &mut Stage) {
        let each_promise = |change: &str| {
            format!(
                "UPDATE tickets SET promises = (SELECT coalesce(json_group_array(json(value)), '[]') FROM
                     (SELECT {change} AS value FROM json_each(new.promises))) WHERE number = new.number;"
            )
        };
        let (when, body) = match self {
            Self::LostTimer => (
                "AFTER UPDATE OF next_at ON tickets WHEN new.next_at IS NOT NULL AND new.number % 5 = 0",
                "UPDATE tickets SET next_at = NULL WHERE number = new.number;".to_owned(),
            ),
            Self::DoubledRung => (
                "AFTER UPDATE OF promises ON tickets WHEN new.promises LIKE '%\"urged\":\"%'",
                each_promise("json_set(value, '$.urged', null)"),
            ),
            Self::HoldingRepeated => (
                "AFTER UPDATE OF promises ON tickets WHEN new.promises LIKE '%\"missed_at\":\"%'",
                each_promise("json_set(value, '$.missed_at', null)"),
            ),
            Self::ThanksKeepsPromise => (
                "AFTER INSERT ON entries WHEN new.direction = 'in' AND new.text LIKE 'Thank%'",
                "UPDATE tickets SET promises = (SELECT coalesce(json_group_array(json(value)), '[]') FROM
                     (SELECT json_set(value, '$.kept_at', '2026-01-01T00:00:00Z') AS value FROM json_each(promises)))
                 WHERE number = new.ticket;".to_owned(),
            ),
            Self::ForgottenOnAssignment => (
                "AFTER UPDATE OF assignee ON tickets WHEN new.assignee IS NOT NULL AND old.assignee IS NOT new.assignee",
                "UPDATE tickets SET promises = '[]', next_at = NULL WHERE number = new.number;".to_owned(),
            ),
            Self::PromiseLater => (
                "AFTER UPDATE OF promises ON tickets WHEN new.promises NOT LIKE '%\"planted\"%'",
                each_promise(
                    "json_set(value, '$.planted', 1, '$.due_at', strftime('%Y-%m-%dT%H:%M:%SZ', value ->> 'due_at', '+1 hour'))",
                ),
            ),
            Self::OfferPromises => (
                "AFTER UPDATE OF version ON tickets WHEN EXISTS (SELECT 1 FROM events WHERE ticket = new.number
                     AND id = (SELECT max(id) FROM events WHERE body LIKE '%\"kind\":\"offered\"%'))",
                "UPDATE tickets SET promises = json_insert(promises, '$[#]', json_object('what', 'update', 'who', 'alice@desk.test', 'words', '',
                     'made_at', '2027-01-01T00:00:00Z', 'due_at', '2027-12-01T09:00:00Z', 'kept_at', null, 'told', json('true')))
                 WHERE number = new.number AND promises NOT LIKE '%2027-12-01T09:00:00Z%';".to_owned(),
            ),
            Self::BouncedCounts => (
                "AFTER UPDATE OF promises ON tickets WHEN old.promises LIKE '%\"kept_at\":\"%'",
                "UPDATE tickets SET promises = (SELECT coalesce(json_group_array(json(value)), '[]') FROM
                     (SELECT CASE WHEN now.value ->> 'kept_at' IS NULL AND before.value ->> 'kept_at' IS NOT NULL
                          THEN json_set(now.value, '$.kept_at', before.value ->> 'kept_at') ELSE now.value END AS value
                      FROM json_each(new.promises) AS now LEFT JOIN json_each(old.promises) AS before ON before.key = now.key))
                 WHERE number = new.number;".to_owned(),
            ),
            Self::NothingIsKnownAgain => (
                "AFTER UPDATE OF identity ON inbox WHEN new.identity IS NOT NULL",
                "UPDATE inbox SET identity = NULL WHERE id = new.id;".to_owned(),
            ),
            Self::NoPatience => (
                "AFTER UPDATE OF due_at ON outbox WHEN new.attempts > 0 AND new.state = 'queued'",
                "UPDATE outbox SET due_at = last_attempt_at + 1000 WHERE id = new.id;".to_owned(),
            ),
            _ => return,
        };
        let sql = format!("CREATE TRIGGER planted {when} BEGIN {body} END");
        run(stage.store().write(move |tx| Ok(tx.execute(&sql, [])?))).unwrap();
    }

    /// What the daemon fails to do when it starts again.
    pub fn recover(self, stage: &Stage) {
        if self == Self::ForgetsWhatWasBeingSent {
            let sql = "UPDATE outbox SET state = 'sending' WHERE state = 'unknown' AND last_reply LIKE 'the daemon was stopped%'";
            run(stage.store().write(move |tx| Ok(tx.execute(sql, [])?))).unwrap();
        }
    }
}

/// The door to the mailbox.
#[derive(Debug)]
pub struct Door(Server, Plant);

impl Door {
    /// Through it goes what the daemon with that bug does.
    pub fn new(server: Server, plant: Plant) -> Self {
        Self(server, plant)
    }
}

impl Mailbox for Door {
    as_within!(open list header mark junk holds append wait);
    async fn bodies(&mut self, uids: &[u32], room: u64) -> Result<Vec<Body>, Fault> {
        if self.1 == Plant::MarksBeforeCommit {
            self.0.mark(uids).await?;
        }
        let mut bodies = self.0.bodies(uids, room).await?;
        if self.1 == Plant::MachinesAnswered {
            for body in &mut bodies {
                let text = String::from_utf8_lossy(&body.bytes).into_owned();
                let lines = text.split_inclusive('\n');
                let kept = lines.filter(|line| {
                    !line.starts_with("Auto-Submitted:")
                        && !line.starts_with("X-Auto-Response")
                        && !line.starts_with("Precedence:")
                });
                *body = Body::whole(body.uid, kept.collect::<String>().into_bytes());
            }
        }
        Ok(bodies)
    }
}

/// When each mail was tried.
pub type Tries = Rc<RefCell<Vec<(Timestamp, String)>>>;

/// The door to the relay.
#[derive(Debug)]
pub struct Van(Courier, Plant, (Tries, Timestamp));

impl Van {
    /// Through it goes what the daemon with that bug does, at that time.
    pub fn new(courier: Courier, plant: Plant, tries: (Tries, Timestamp)) -> Self {
        Self(courier, plant, tries)
    }

    /// Whether a daemon with that bug never writes this mail.
    fn is_swallowed(&self, to: &str, text: &str) -> bool {
        match self.1 {
            Plant::HoldingForgotten => text.contains("and nobody has. We are sorry"),
            Plant::EscalationForgotten => text.contains("No answer went out by"),
            Plant::RungSkipped => to == OWNER && text.contains("expects an answer by"),
            _ => false,
        }
    }
}

fn readable(mail: &[u8]) -> String {
    let parsed = mail_parser::MessageParser::default().parse(mail).unwrap();
    parsed.body_text(0).unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Relay for Van {
    async fn hand_over(&mut self, envelope: &Envelope, mail: &[u8]) -> Outcome {
        let id = field(mail, "Message-ID").first().cloned().unwrap_or_default();
        let again = {
            let mut tries = self.2.0.borrow_mut();
            let again = tries.iter().filter(|(_, known)| *known == id).count();
            tries.push((self.2.1, id));
            again
        };
        if self.1 == Plant::Nothing {
            return self.0.hand_over(envelope, mail).await;
        }
        let text = readable(mail);
        if self.is_swallowed(envelope.to.as_str(), &text) {
            return Outcome::Accepted("250 gone".to_owned());
        }
        if self.1 == Plant::NewIdOnRetry && again > 0 {
            let source = String::from_utf8_lossy(mail);
            let renamed = source.replacen("Message-ID: <", &format!("Message-ID: <try{again}-"), 1);
            return self.0.hand_over(envelope, renamed.as_bytes()).await;
        }
        if self.1 == Plant::NoteLeaks && text.contains("NOTE-") && envelope.to.as_str() == LEAD {
            let outside = Envelope {
                from: envelope.from.clone(),
                to: postdesk::mail::Address::parse("p5@customer5.test").unwrap(),
            };
            self.0.hand_over(&outside, mail).await;
        }
        if self.1 == Plant::HoldingsInStorm && text.contains("We are sorry: you were right") {
            let source = String::from_utf8_lossy(mail);
            let renamed = source.replacen("Message-ID: <", "Message-ID: <again-", 1);
            self.0.hand_over(envelope, renamed.as_bytes()).await;
        }
        self.0.hand_over(envelope, mail).await
    }
    async fn rest(&mut self) {}
}
