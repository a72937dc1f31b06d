//! What must hold when all is over: every mail has its end, every word stands in one place, and the
//! record says of each promise what its reader saw.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, ToSpan};
use postdesk::store::view;
use serde_json::Value;

use super::audit::{Audit, Kept, shown};
use super::company::{CUSTOMERS, Hand, Letter, Temper, address, customer};
use super::life::Life;
use super::seen::Seen;

/// All that is wrong.
pub fn violations(life: &Life, audit: &Audit) -> Vec<String> {
    let tickets: Vec<Value> = numbers(life).into_iter().map(|number| shown(life, number)).collect();
    let mut wrong = accounted(life);
    wrong.extend(said_once(audit, &tickets));
    wrong.extend(recorded(audit, &tickets));
    wrong.extend(urged_once(&tickets));
    wrong.extend(arrived_once(audit));
    wrong.extend(acknowledged_once(life, audit));
    wrong.extend(carried(life, audit));
    wrong.extend(said_by_somebody(audit, &tickets));
    wrong.extend(kept_by_something(audit, &tickets));
    wrong
}

/// L1: whoever begins a ticket in person hears so, once.
fn acknowledged_once(life: &Life, audit: &Audit) -> Vec<String> {
    let mut wrong = Vec::new();
    for number in 0..CUSTOMERS {
        let temper = Temper::of(life.company.seed, number);
        if !matches!(temper, Temper::Plain | Temper::Vacation) {
            continue;
        }
        let who = address(number);
        let begins = |letter: &&Letter| {
            letter.from == who && letter.hand == Hand::Customer && letter.answers.is_none()
        };
        let asked = audit.letters.values().filter(begins).count();
        let heard =
            |mail: &&Seen| mail.to == who && mail.text.contains("Your message has reached us");
        let told = audit.seen.iter().filter(heard).count();
        if asked != told {
            wrong.push(format!("{who} began {asked} tickets, and was told so {told} times"));
        }
    }
    wrong
}

/// `outbox --json`: no mail left that it does not know, and none is stuck on its way.
fn carried(life: &Life, audit: &Audit) -> Vec<String> {
    let (rows, damaged) = life.stage.store().read(view::outbox).unwrap();
    assert!(damaged.is_none(), "{damaged:?}");
    let known: BTreeSet<&str> = rows.iter().map(|row| row.message_id.as_str()).collect();
    let strange = audit.seen.iter().filter(|mail| !known.contains(mail.id.as_str()));
    let stuck = rows.iter().filter(|row| row.state == "sending");
    let strange =
        strange.map(|mail| format!("{} got a mail that no row knows: {}", mail.to, mail.id));
    strange.chain(stuck.map(|row| format!("row {} is being sent by nobody", row.id))).collect()
}

/// `list --json`.
fn numbers(life: &Life) -> Vec<i64> {
    let (rows, damaged) = life.stage.store().read(view::tickets).unwrap();
    assert!(damaged.is_none(), "{damaged:?}");
    rows.into_iter().map(|row| row.number).collect()
}

/// I1: each mail that lay in the mailbox is stored, byte for byte, and has its end.
fn accounted(life: &Life) -> Vec<String> {
    let read = |connection: &rusqlite::Connection| view::inbox(connection, view::Which::All);
    let (rows, damaged) = life.stage.store().read(read).unwrap();
    assert!(damaged.is_none(), "{damaged:?}");
    let rows = serde_json::to_value(rows).unwrap();
    let rows = rows.as_array().unwrap();
    let mut wrong: Vec<String> = rows
        .iter()
        .filter(|row| row["outcome"].is_null() || row["reason"].as_str() == Some(""))
        .map(|row| format!("mail {} has no end", row["id"]))
        .collect();
    let stored: BTreeSet<&str> = rows.iter().filter_map(|row| row["sha256"].as_str()).collect();
    for bytes in &life.stage.world.borrow().delivered {
        let digest = ring::digest::digest(&ring::digest::SHA256, bytes);
        let name: String = digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        if !stored.contains(name.as_str()) {
            let head = String::from_utf8_lossy(bytes).lines().take(5).collect::<Vec<_>>().join(" ");
            wrong.push(format!("a mail is lost: {head}"));
        }
    }
    wrong
}

/// Each word that a person wrote stands in one entry, though its mail came twice.
fn said_once(audit: &Audit, tickets: &[Value]) -> Vec<String> {
    let mut said: BTreeMap<&str, usize> = BTreeMap::new();
    for ticket in tickets {
        for entry in ticket["entries"].as_array().unwrap() {
            let id = entry["message_id"].as_str().unwrap_or_default();
            let mark = id.split('@').next().unwrap_or_default();
            // A ticket shows what was said in those that went into it as well.
            if entry["ticket"] == ticket["number"] {
                *said.entry(mark).or_default() += 1;
            }
        }
    }
    let mut wrong = Vec::new();
    for (mark, letter) in &audit.letters {
        let times = said.get(mark.as_str()).copied().unwrap_or(0);
        let expected = match letter.hand {
            Hand::Customer => 1..=1,
            // A command says nothing, and what is held is not said yet.
            Hand::Agent | Hand::Machine => 0..=1,
        };
        if !expected.contains(&times) {
            wrong.push(format!(
                "{} of {} was said {times} times: {}",
                mark, letter.from, letter.body
            ));
        }
    }
    wrong
}

/// What was told stands in the record, kept or missed as its reader saw it.
fn recorded(audit: &Audit, tickets: &[Value]) -> Vec<String> {
    let mut wrong = Vec::new();
    for one in &audit.told {
        let ticket = tickets.iter().find(|ticket| ticket["number"] == one.number);
        let promises = ticket.and_then(|ticket| ticket["promises"].as_array());
        let due = |promise: &&Value| {
            promise["due_at"].as_str().and_then(|at| at.parse::<Timestamp>().ok()) == Some(one.due)
        };
        let found: Vec<&Value> = promises.into_iter().flatten().filter(due).collect();
        let is = |key: &str| found.iter().any(|promise| !promise[key].is_null());
        let right = match one.end {
            // An answer that names a new time puts that in its place; one that came back was none.
            Some(Kept::Answered) => {
                is("kept_at") || is("replaced_at") || is("missed_at") && sends_back(audit, &one.to)
            }
            Some(Kept::HeldOff) => is("missed_at") && is("holding_sent_at"),
            _ => !found.is_empty(),
        };
        let late = one.answered.is_some_and(|at| at > one.due + 60.seconds());
        let after = |promise: &&&Value| {
            let kept = promise["kept_at"].as_str().and_then(|at| at.parse::<Timestamp>().ok());
            kept.is_some_and(|kept| kept > one.due)
        };
        let owned = is("missed_at") || is("replaced_at") || found.iter().any(|one| after(&one));
        let right = right && (one.end != Some(Kept::Answered) || !late || owned);
        if !right {
            wrong.push(format!(
                "#{}: what {} was told by {} ended as {:?}, and the record says {found:?}",
                one.number, one.to, one.due, one.end
            ));
        }
    }
    wrong
}

/// Whether a server said of mails to them that they did not arrive.
fn sends_back(audit: &Audit, to: &str) -> bool {
    let machines = audit.letters.values().filter(|letter| letter.hand == Hand::Machine);
    { machines }.any(|one| one.from.starts_with("MAILER") && one.body.contains(&format!("{to}\n")))
}

/// What is promised in an agent's name they promised by a line: words alone are only offered. What is
/// named in the place of a promise that was missed is in their name as well.
fn said_by_somebody(audit: &Audit, tickets: &[Value]) -> Vec<String> {
    let mut wrong = Vec::new();
    for ticket in tickets {
        let promises = ticket["promises"].as_array().unwrap();
        let instead = |one: &Value| promises.iter().any(|two| two["missed_at"] == one["made_at"]);
        let own = promises.iter().filter(|one| !one["who"].is_null() && !instead(one));
        let lines = audit.letters.values().filter(|letter| {
            letter.hand == Hand::Agent
                && letter.number == ticket["number"].as_i64()
                && letter.body.contains("#promise ")
        });
        if own.count() > lines.count() {
            wrong.push(format!("#{}: promised by nobody: {promises:?}", ticket["number"]));
        }
    }
    wrong
}

/// What the record says was kept was kept by a mail that came to whoever asked, and that their server
/// did not send back; where it came too late the record says so.
fn kept_by_something(audit: &Audit, tickets: &[Value]) -> Vec<String> {
    let mut wrong = Vec::new();
    let back = |id: &str| {
        let machines = audit.letters.values().filter(|letter| letter.hand == Hand::Machine);
        { machines }.any(|letter| letter.body.contains(&format!("Message-ID: <{id}>")))
    };
    for ticket in tickets.iter().filter(|ticket| ticket["merged_into"].is_null()) {
        let (number, to) = (ticket["number"].as_i64(), ticket["requester"].as_str());
        for promise in ticket["promises"].as_array().unwrap() {
            let kept = promise["kept_at"].as_str().and_then(|at| at.parse::<Timestamp>().ok());
            let Some(kept) = kept else { continue };
            let answers = |mail: &&Seen| {
                let solved = mail.text.contains("solved");
                mail.number == number
                    && to == Some(mail.to.as_str())
                    && (!mail.automatic || solved)
                    && mail.at >= kept
            };
            if !audit.seen.iter().filter(answers).any(|mail| !back(&mail.id)) {
                wrong.push(format!("#{}: kept by nothing: {promise}", ticket["number"]));
            }
        }
    }
    wrong
}

/// Each rung of a ladder once.
fn urged_once(tickets: &[Value]) -> Vec<String> {
    let mut wrong = Vec::new();
    for ticket in tickets {
        let mut urged = BTreeSet::new();
        for event in ticket["events"].as_array().unwrap() {
            let is = event["kind"] == "urged";
            if is && !urged.insert((event["rung"].to_string(), event["due"].to_string())) {
                wrong.push(format!("#{}: a rung twice: {event}", ticket["number"]));
            }
        }
    }
    wrong
}

/// An agent's answer came to its customer once.
fn arrived_once(audit: &Audit) -> Vec<String> {
    let mut wrong = Vec::new();
    let answers = audit.letters.values().filter(|letter| letter.hand == Hand::Agent);
    for letter in answers.filter(|letter| !letter.body.starts_with("#note")) {
        if !letter.body.contains(&letter.mark) {
            continue;
        }
        let word = format!("green key {} for", letter.mark);
        let mails = audit.seen.iter().filter(|mail| {
            !mail.automatic && customer(&mail.to).is_some() && is_new(&mail.text, &word)
        });
        let mut by_reader: BTreeMap<&str, usize> = BTreeMap::new();
        mails.for_each(|mail| *by_reader.entry(&mail.to).or_default() += 1);
        for (reader, times) in by_reader.into_iter().filter(|(_, times)| *times > 1) {
            wrong.push(format!("{reader} got {times} mails with the answer {}", letter.mark));
        }
    }
    wrong
}

/// Whether the words stand there, and not in what is quoted.
fn is_new(text: &str, word: &str) -> bool {
    let new = text.split(" wrote: ").next().unwrap_or_default();
    new.contains(word)
}
