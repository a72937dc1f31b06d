//! What must hold whenever the desk is at rest, and what must hold even at the moment when it is
//! cut off.

use std::collections::{BTreeMap, BTreeSet};

use postdesk::desk::command::parse::looks_like_command;
use postdesk::desk::{Event, Part, Ticket};
use postdesk::mail::{Address, TicketNumber};
use postdesk::store::{rows, tickets};
use rusqlite::Connection;

use super::stage::Stage;
use super::world::{Lying, Taken, World, field};

/// Law 2 at any moment: the server was told of nothing that is not stored with its bytes, and
/// nothing left that does not lie in the outbox.
pub fn violations_when_cut(connection: &Connection, world: &World) -> Vec<String> {
    let mut wrong = Vec::new();
    for mail in world.mails.iter().filter(|mail| mail.marked_by_us) {
        if !is_stored(connection, world.uidvalidity, mail) {
            wrong.push(format!(
                "UID {} is marked on the server, but its bytes are not stored",
                mail.uid
            ));
        }
    }
    let without_bytes = numbers(connection, "SELECT id FROM inbox WHERE raw IS NULL");
    wrong.extend(
        without_bytes.iter().map(|id| format!("mail {id} is in the ledger without its bytes")),
    );
    let ids = ids(connection);
    for mail in &world.taken {
        if !ids.contains(&mail.id()) {
            wrong.push(format!(
                "a mail to {} left that is in no row of the outbox: {}",
                mail.to,
                mail.id()
            ));
        }
    }
    wrong.extend(taken_back(connection, world));
    wrong.extend(one_commit(connection));
    wrong.extend(folded(connection));
    wrong
}

/// No promise lapses in silence: once its minute is over somebody was told, inside or outside.
fn lapsed(connection: &Connection) -> Vec<String> {
    let state = |key: &str| -> Option<i64> {
        let sql = "SELECT value FROM state WHERE key = ?1";
        let value = connection.query_row(sql, [key], |row| row.get::<_, String>(0));
        value.ok().and_then(|millis| millis.parse().ok())
    };
    let Some(now) = state("last tick") else { return Vec::new() };
    if state("calm until").is_some_and(|until| until > now) {
        return Vec::new();
    }
    let over = "SELECT number FROM tickets WHERE merged_into IS NULL AND status NOT IN ('solved', 'closed', 'spam') ORDER BY number";
    let mut wrong = Vec::new();
    for number in numbers(connection, over) {
        let ticket = tickets::load(connection, TicketNumber(number)).unwrap().unwrap();
        let late = |due: postdesk::time::Timestamp| due.as_millis() <= now;
        for promise in ticket.promises.iter().filter(|one| one.stands() && late(one.due_at)) {
            wrong.push(format!("what was promised in #{number} by {} lapsed", promise.due_at));
        }
    }
    wrong
}

/// What an agent was told is taken back never arrives.
fn taken_back(connection: &Connection, world: &World) -> Vec<String> {
    let mut statement =
        connection.prepare("SELECT message_id FROM outbox WHERE withdrawn_at IS NOT NULL").unwrap();
    let back = statement
        .query_map([], |row| row.get::<_, String>(0))
        .unwrap()
        .collect::<rusqlite::Result<BTreeSet<_>>>()
        .unwrap();
    world
        .taken
        .iter()
        .filter(|mail| back.contains(&mail.id()))
        .map(|mail| format!("{} got what was taken back", mail.to))
        .collect()
}

fn is_stored(connection: &Connection, epoch: u32, mail: &Lying) -> bool {
    let digest = ring::digest::digest(&ring::digest::SHA256, &mail.bytes);
    let sql = "SELECT count(*) FROM inbox JOIN raw ON raw.id = inbox.raw
               WHERE uidvalidity = ?1 AND uid = ?2 AND (raw.sha256 = ?3 OR inbox.outcome = 'refused')";
    let found: i64 = connection
        .query_row(sql, rusqlite::params![epoch, mail.uid, digest.as_ref()], |row| row.get(0))
        .unwrap();
    found == 1
}

/// I3: what a mail caused and its outcome are one commit.
fn one_commit(connection: &Connection) -> Vec<String> {
    let mut wrong = Vec::new();
    let loose = "SELECT entries.id FROM entries JOIN inbox ON inbox.id = entries.inbox WHERE inbox.outcome IS NULL AND released = 0";
    wrong.extend(
        numbers(connection, loose)
            .iter()
            .map(|id| format!("entry {id} is there, but its mail has no outcome")),
    );
    let twice =
        "SELECT inbox FROM entries WHERE inbox IS NOT NULL GROUP BY inbox HAVING count(*) > 1";
    wrong.extend(
        numbers(connection, twice).iter().map(|id| format!("mail {id} became more than one entry")),
    );
    let silent = "SELECT id FROM inbox WHERE outcome IN ('message', 'note') AND id NOT IN (SELECT inbox FROM entries WHERE inbox IS NOT NULL)";
    wrong.extend(
        numbers(connection, silent)
            .iter()
            .map(|id| format!("mail {id} is said to be in a ticket and is not")),
    );
    let naked = "SELECT id FROM outbox WHERE id NOT IN (SELECT id FROM outbox_bytes)";
    wrong.extend(
        numbers(connection, naked).iter().map(|id| format!("row {id} of the outbox has no bytes")),
    );
    wrong
}

/// Folding the events gives the stored ticket, participants included.
fn folded(connection: &Connection) -> Vec<String> {
    let mut wrong = Vec::new();
    for number in numbers(connection, "SELECT number FROM tickets").into_iter().map(TicketNumber) {
        let stored = tickets::load(connection, number).unwrap().map(sorted);
        let events = tickets::events(connection, number).unwrap();
        let made = Ticket::fold(number, events.iter().map(|(event, at)| (event, *at))).map(sorted);
        if stored != made {
            wrong.push(format!("{number} is stored as {stored:?}, but its events make {made:?}"));
        }
        // What is shown is the whole family's; what this ticket has is its own.
        let own = "SELECT address FROM third_parties WHERE ticket = ?1";
        let listed = rows::values(connection, own, [number]).unwrap();
        let listed: BTreeSet<String> = listed.into_iter().collect();
        let named = events.iter().filter_map(|(event, _)| match event {
            Event::ThirdParty { person, .. } => Some(person.address.to_string()),
            _ => None,
        });
        if listed != named.collect() {
            wrong.push(format!(
                "{number} has the third parties {listed:?}, but its events say otherwise"
            ));
        }
    }
    wrong
}

fn sorted(mut ticket: Ticket) -> Ticket {
    ticket.participants.sort_by_key(|one| (one.part != Part::Requester, one.person.address.key()));
    ticket
}

fn numbers(connection: &Connection, sql: &str) -> Vec<i64> {
    let mut statement = connection.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.collect::<rusqlite::Result<_>>().unwrap()
}

fn ids(connection: &Connection) -> BTreeSet<String> {
    let mut statement = connection.prepare("SELECT message_id FROM outbox").unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.collect::<rusqlite::Result<_>>().unwrap()
}

/// Everything that must hold at rest.
pub fn violations(stage: &Stage) -> Vec<String> {
    let world = stage.world.borrow();
    let read = |connection: &Connection| {
        let mut wrong = violations_when_cut(connection, &world);
        wrong.extend(accounted(stage, connection, &world));
        wrong.extend(handed_over(stage, connection, &world));
        wrong.extend(acknowledgements(connection));
        wrong.extend(third_parties(connection));
        wrong.extend(lapsed(connection));
        let agents: Vec<Address> =
            stage.config().agents.iter().flat_map(|agent| agent.addresses().cloned()).collect();
        let inside = |mail: &&Taken| {
            let to = Address::parse(&mail.to).unwrap();
            agents.contains(&to) || to == stage.config().desk.owner
        };
        let rows = rows(connection);
        for mail in &world.taken {
            wrong.extend(well_formed(mail));
            if !inside(&mail) {
                wrong.extend(leaks(stage, connection, mail, &agents));
                wrong.extend(deserved(connection, mail, &rows));
            }
        }
        Ok(wrong)
    };
    stage.store().read(read).unwrap()
}

/// I1: every mail of the mailbox is in the ledger and has its end; the server was told of it.
fn accounted(stage: &Stage, connection: &Connection, world: &World) -> Vec<String> {
    let mut wrong = Vec::new();
    let undecided = numbers(connection, "SELECT id FROM inbox WHERE outcome IS NULL");
    // One whose key cannot be fetched waits, for half an hour at most.
    let put_off =
        "SELECT coalesce(not_before BETWEEN ?1 AND ?1 + 1800000, 0) FROM inbox WHERE id = ?2";
    let now = stage.clock.now().as_millis();
    let waits = |id: &&i64| {
        connection.query_row(put_off, [now, **id], |row| row.get::<_, bool>(0)).unwrap()
    };
    wrong
        .extend(undecided.iter().filter(|id| !waits(id)).map(|id| format!("mail {id} has no end")));
    let reasonless = numbers(connection, "SELECT id FROM inbox WHERE coalesce(reason, '') = ''");
    wrong.extend(reasonless.iter().map(|id| format!("mail {id} has no reason")));
    let may_miss =
        stage.allowed.contains("mail left alone") || world.mailbox_down || world.breaks > 0;
    for mail in world.mails.iter().filter(|mail| !may_miss && world.poison != Some(mail.uid)) {
        if !is_stored(connection, world.uidvalidity, mail) {
            wrong.push(format!("UID {} is in no row of the ledger", mail.uid));
        }
    }
    let untold = numbers(connection, "SELECT id FROM inbox WHERE marked = 0");
    if !world.mailbox_down {
        wrong.extend(untold.iter().map(|id| format!("the server was not told of mail {id}")));
    }
    wrong
}

/// I2: what is said to be sent was taken, once unless nobody could know, with the same bytes each
/// time.
fn handed_over(stage: &Stage, connection: &Connection, world: &World) -> Vec<String> {
    let mut wrong = Vec::new();
    let stuck = numbers(connection, "SELECT id FROM outbox WHERE state = 'sending'");
    wrong.extend(stuck.iter().map(|id| format!("row {id} of the outbox is being sent by nobody")));
    let mut copies: BTreeMap<String, Vec<&Taken>> = BTreeMap::new();
    for mail in &world.taken {
        copies.entry(mail.id()).or_default().push(mail);
    }
    for (id, copies) in &copies {
        let said = copies.iter().filter(|copy| copy.said).count();
        if said > 1 + stage.doubts.get(id).copied().unwrap_or(0) {
            wrong.push(format!("{id} was taken {said} times"));
        }
        if copies.iter().any(|copy| copy.bytes != copies[0].bytes || copy.to != copies[0].to) {
            wrong.push(format!("{id} has copies that differ"));
        }
    }
    let sql = "SELECT message_id, recipient FROM outbox WHERE state = 'sent'";
    let mut statement = connection.prepare(sql).unwrap();
    let sent = statement
        .query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))
        .unwrap();
    for row in sent {
        let (id, recipient) = row.unwrap();
        if !copies.get(&id).is_some_and(|copies| copies.iter().all(|copy| copy.to == recipient)) {
            wrong.push(format!(
                "{id} is said to be sent to {recipient}, but the relay did not take it"
            ));
        }
    }
    wrong
}

/// L1: one acknowledgement for a new ticket, a further one after a day at the soonest; an answer to
/// "status?" is none.
fn acknowledgements(connection: &Connection) -> Vec<String> {
    let sql = "SELECT ticket, recipient, queued_at FROM outbox WHERE kind = 'acknowledgement' AND cause <> 'standing' ORDER BY ticket, recipient, queued_at";
    let mut statement = connection.prepare(sql).unwrap();
    let rows = statement
        .query_map([], |row| {
            Ok(((row.get::<_, i64>(0)?, row.get::<_, String>(1)?), row.get::<_, i64>(2)?))
        })
        .unwrap();
    let rows: Vec<_> = rows.collect::<rusqlite::Result<_>>().unwrap();
    let soon = |pair: &&[((i64, String), i64)]| {
        pair[0].0 == pair[1].0 && pair[1].1 - pair[0].1 < 86_400_000
    };
    let twice = rows
        .windows(2)
        .filter(soon)
        .map(|pair| format!("#{} was acknowledged twice to {}", pair[0].0.0, pair[0].0.1));
    twice.collect()
}

/// The desk itself never writes to a third party on its ticket, and what they say there is a note.
fn third_parties(connection: &Connection) -> Vec<String> {
    let written = "SELECT mail.id FROM outbox AS mail JOIN third_parties AS third USING (ticket) WHERE mail.recipient = third.address
                   AND NOT EXISTS (SELECT 1 FROM participants AS one WHERE one.ticket = third.ticket AND one.address = third.address)";
    let public = "SELECT said.id FROM entries AS said JOIN third_parties AS third USING (ticket) WHERE said.author = third.address
                  AND kind <> 'note'
                  AND NOT EXISTS (SELECT 1 FROM participants AS one WHERE one.ticket = third.ticket AND one.address = third.address)";
    let written = numbers(connection, written)
        .into_iter()
        .map(|id| format!("row {id} of the outbox goes to a third party"));
    written
        .chain(
            numbers(connection, public)
                .into_iter()
                .map(|id| format!("entry {id} of a third party is public")),
        )
        .collect()
}

/// S5: whatever came in, what goes out is plain: one of each field, no line end of its own making.
fn well_formed(mail: &Taken) -> Vec<String> {
    let mut wrong = Vec::new();
    let id = mail.id();
    for name in ["From", "To", "Subject", "Date", "Message-ID", "MIME-Version"] {
        let count = field(&mail.bytes, name).len();
        if count != 1 {
            wrong.push(format!("{id} has {count} {name} fields"));
        }
    }
    if !field(&mail.bytes, "Bcc").is_empty() {
        wrong.push(format!("{id} has a Bcc"));
    }
    let text = String::from_utf8_lossy(&mail.bytes);
    if text.replace("\r\n", "").contains(['\r', '\n', '\0'])
        || !text.is_ascii()
        || !text.ends_with("\r\n")
    {
        wrong.push(format!("{id} holds a bare CR or LF, a NUL, or 8-bit"));
    }
    if field(&mail.bytes, "Content-Type").iter().any(|value| value.contains("html")) {
        wrong.push(format!("{id} is HTML"));
    }
    wrong
}

/// C2: nothing from inside in a mail to somebody outside.
fn leaks(stage: &Stage, connection: &Connection, mail: &Taken, agents: &[Address]) -> Vec<String> {
    let mut wrong = Vec::new();
    let parsed = mail_parser::MessageParser::default().parse(&mail.bytes).unwrap();
    let text = parsed.body_text(0).unwrap_or_default().into_owned();
    let header = super::world::header_lines(&mail.bytes).join("\n");
    let all = format!("{header}\n{}\n{text}", parsed.subject().unwrap_or_default()).to_lowercase();
    wrong.extend(
        agents
            .iter()
            .filter(|agent| all.contains(&agent.key()))
            .map(|agent| format!("{} learns of {agent}", mail.to)),
    );
    let internal = "SELECT message_id FROM entries WHERE message_id IS NOT NULL AND (kind = 'note' OR direction = 'out')";
    let mut statement = connection.prepare(internal).unwrap();
    let inside = statement
        .query_map([], |row| row.get::<_, String>(0))
        .unwrap()
        .collect::<rusqlite::Result<Vec<_>>>()
        .unwrap();
    wrong.extend(
        inside
            .iter()
            .filter(|id| header.contains(&format!("<{id}>")))
            .map(|id| format!("{} learns of an agent's Message-ID {id}", mail.to)),
    );
    if all.contains("reply →") {
        wrong.push(format!("{} sees our internal mark", mail.to));
    }
    if !stage.allowed.contains("command lines") {
        let seen = text.lines().filter(|line| looks_like_command(line));
        wrong
            .extend(seen.map(|line| format!("{} sees what looks like a command: {line}", mail.to)));
    }
    let notes = "SELECT text FROM entries WHERE kind = 'note' AND length(text) > 8";
    let mut statement = connection.prepare(notes).unwrap();
    let notes = statement
        .query_map([], |row| row.get::<_, String>(0))
        .unwrap()
        .collect::<rusqlite::Result<Vec<_>>>()
        .unwrap();
    let squeezed = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for note in notes {
        let note = note.split_whitespace().collect::<Vec<_>>().join(" ");
        if squeezed.contains(&note) {
            wrong.push(format!("{} sees a note: {note}", mail.to));
        }
    }
    wrong
}

type Rows = BTreeMap<String, (String, Option<i64>)>;

fn rows(connection: &Connection) -> Rows {
    let mut statement = connection.prepare("SELECT message_id, kind, ticket FROM outbox").unwrap();
    let rows =
        statement.query_map([], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?)))).unwrap();
    rows.collect::<rusqlite::Result<_>>().unwrap()
}

/// Nobody outside is written to who did not write or is not to be written to; what the desk says by
/// itself says so.
fn deserved(connection: &Connection, mail: &Taken, rows: &Rows) -> Vec<String> {
    let mut wrong = Vec::new();
    let Some((kind, Some(ticket))) = rows.get(&mail.id()) else {
        return vec![format!("{} got a mail of no ticket", mail.to)];
    };
    match kind.as_str() {
        "reply" | "notice" | "holding" => {
            if kind != "reply" && !mail.field("Auto-Submitted").starts_with("auto-") {
                wrong.push(format!("the {kind} to {} does not say that it is one", mail.to));
            }
            let number = TicketNumber(*ticket);
            let ticket = tickets::load(connection, number).unwrap().unwrap();
            let to = Address::parse(&mail.to).unwrap();
            if ticket.participant(&to).is_none_or(|one| one.mailed != postdesk::desk::Mailed::Yes)
                && !took_part(connection, number, &to)
            {
                wrong.push(format!("{to} got an answer without taking part"));
            }
        }
        "acknowledgement" => {
            let sql = "SELECT count(*) FROM inbox WHERE from_address = ?1 AND ticket = ?2 AND origin = 'person' AND authentication <> 'fail'";
            let wrote: i64 = connection
                .query_row(sql, rusqlite::params![mail.to, ticket], |row| row.get(0))
                .unwrap();
            // Or an agent says that they did.
            let passed_on = "SELECT count(*) FROM entries WHERE author = ?1 AND ticket = ?2 AND direction = 'in'";
            let vouched: i64 = connection
                .query_row(passed_on, rusqlite::params![mail.to, ticket], |row| row.get(0))
                .unwrap();
            if wrote + vouched == 0 {
                wrong.push(format!("{} got an acknowledgement without having written", mail.to));
            }
            if !mail.field("Auto-Submitted").starts_with("auto-") {
                wrong.push(format!(
                    "the acknowledgement to {} does not say that it is one",
                    mail.to
                ));
            }
        }
        other => wrong.push(format!("{} got a {other}", mail.to)),
    }
    wrong
}

/// Whether an agent took them off later.
fn took_part(connection: &Connection, number: TicketNumber, to: &Address) -> bool {
    let events = tickets::events(connection, number).unwrap();
    let mut requester = None;
    events.iter().any(|(event, _)| match event {
        Event::Left { address } => address == to,
        Event::Released { left, lowered, .. } => left.contains(to) || lowered.contains(to),
        Event::Opened { requester: first, .. } => {
            requester = Some(first.address.clone());
            false
        }
        Event::RequesterChanged { to: next } => {
            requester.replace(next.address.clone()).as_ref() == Some(to)
        }
        _ => false,
    })
}
