//! What happened, told from two states of the store and what the relay took between them.

use std::collections::BTreeMap;
use std::fmt::Write;

use jiff::tz::TimeZone;
use postdesk::desk::{EntryKind, Event, Mailed};
use postdesk::mail::TicketNumber;
use postdesk::store::{problems, tickets};
use postdesk::time::Timestamp;
use rusqlite::Connection;

use super::stage::Stage;
use super::world::field;

/// What can change.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    inbox: BTreeMap<i64, String>,
    events: BTreeMap<i64, usize>,
    waiting: BTreeMap<i64, String>,
    problems: BTreeMap<String, String>,
    taken: usize,
    copies: usize,
}

impl Snapshot {
    /// The present state.
    pub fn of(stage: &Stage) -> Self {
        let zone = stage.config().desk.time_zone.clone();
        let read = |connection: &Connection| {
            Ok(Self {
                inbox: inbox(connection)?,
                events: events(connection)?,
                waiting: waiting(connection, &zone)?,
                problems: problems::all(connection)?
                    .into_iter()
                    .map(|problem| (problem.cause, problem.what))
                    .collect(),
                taken: stage.world.borrow().taken.len(),
                copies: stage.world.borrow().copies.len(),
            })
        };
        stage.store().read(read).unwrap()
    }

    /// The numbers of the next mail and the next ticket.
    pub fn next(&self) -> (i64, i64) {
        let after = |last: Option<&i64>| last.map_or(1, |last| last + 1);
        (after(self.inbox.keys().last()), after(self.events.keys().last()))
    }
}

fn inbox(connection: &Connection) -> rusqlite::Result<BTreeMap<i64, String>> {
    let mut statement = connection.prepare("SELECT id, outcome, ticket, reason FROM inbox")?;
    let rows = statement.query_map([], |row| {
        let (outcome, ticket, reason) = (
            row.get::<_, Option<String>>(1)?,
            row.get::<_, Option<i64>>(2)?,
            row.get::<_, Option<String>>(3)?,
        );
        let place = ticket.map(|ticket| format!(" #{ticket}")).unwrap_or_default();
        Ok((
            row.get(0)?,
            format!(
                "{}{place}: {}",
                outcome.unwrap_or_else(|| "WAITS".to_owned()),
                reason.unwrap_or_default()
            ),
        ))
    })?;
    rows.collect()
}

fn events(connection: &Connection) -> rusqlite::Result<BTreeMap<i64, usize>> {
    let mut statement =
        connection.prepare("SELECT ticket, count(*) FROM events GROUP BY ticket")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)? as usize)))?;
    rows.collect()
}

fn waiting(connection: &Connection, zone: &TimeZone) -> rusqlite::Result<BTreeMap<i64, String>> {
    let sql = "SELECT id, iif(withdrawn_at IS NULL, state, 'withdrawn'), recipient, kind, due_at, coalesce(last_reply, '') FROM outbox
               WHERE state <> 'sent'";
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map([], |row| {
        let (state, recipient, kind, due, words): (String, String, String, i64, String) =
            (row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?);
        let line = match state.as_str() {
            "queued" | "unknown" => {
                let verb = if state == "queued" { "waits" } else { "unsure" };
                format!(
                    "{verb} {recipient} {kind} until {}",
                    stamp(Timestamp::from_millis(due), zone)
                )
            }
            _ => format!("{state} {recipient} {kind}: {words}"),
        };
        Ok((row.get(0)?, line))
    })?;
    rows.collect()
}

/// A time of the desk's zone, to the minute where it is a whole one.
pub fn stamp(at: Timestamp, zone: &TimeZone) -> String {
    let text = at.to_jiff().to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string();
    text.strip_suffix(":00").unwrap_or(&text).to_owned()
}

/// What happened between two states.
pub fn between(before: &Snapshot, after: &Snapshot, stage: &Stage) -> Vec<String> {
    let mut lines = Vec::new();
    for (id, line) in &after.inbox {
        if before.inbox.get(id) != Some(line) {
            lines.push(format!("mail {id} {line}"));
        }
    }
    for number in after.events.keys() {
        let known = before.events.get(number).copied().unwrap_or(0);
        lines.extend(told(stage, *number, known));
    }
    lines.extend(outgoing(stage, before.taken));
    lines.extend(copied(stage, before.copies));
    for (id, line) in &after.waiting {
        if before.waiting.get(id) != Some(line) {
            lines.push(line.clone());
        }
    }
    for (cause, what) in &after.problems {
        if before.problems.get(cause) != Some(what) {
            lines.push(format!("problem {cause}: {what}"));
        }
    }
    lines.extend(
        before
            .problems
            .keys()
            .filter(|cause| !after.problems.contains_key(*cause))
            .map(|cause| format!("over: {cause}")),
    );
    if stage.allowed.contains("summary") { summary(&lines) } else { lines }
}

/// Lines that differ in their numbers only, counted.
fn summary(lines: &[String]) -> Vec<String> {
    let shape = |line: &String| {
        line.chars()
            .map(|c| if c.is_ascii_digit() { 'N' } else { c })
            .collect::<String>()
            .replace("NN", "N")
            .replace("NN", "N")
    };
    let mut counted: Vec<(String, usize)> = Vec::new();
    for line in lines.iter().map(shape) {
        match counted.iter_mut().find(|(known, _)| *known == line) {
            Some((_, count)) => *count += 1,
            None => counted.push((line, 1)),
        }
    }
    counted.into_iter().map(|(line, count)| format!("{count} times: {line}")).collect()
}

fn outgoing(stage: &Stage, from: usize) -> Vec<String> {
    let kinds = stage.kinds();
    let world = stage.world.borrow();
    let line = |(index, mail): (usize, &super::world::Taken)| {
        let parsed = mail_parser::MessageParser::default().parse(&mail.bytes).unwrap();
        let kind = kinds.get(&mail.id()).map_or("UNKNOWN", |(kind, _)| kind.as_str());
        let again = if world.taken[..index].iter().any(|earlier| earlier.id() == mail.id()) {
            " again"
        } else {
            ""
        };
        let silent = if mail.said { "" } else { " (no answer)" };
        format!(
            "out {} \"{}\" {kind}{again}{silent}",
            mail.to,
            parsed.subject().unwrap_or_default()
        )
    };
    world.taken.iter().enumerate().skip(from).map(line).collect()
}

fn copied(stage: &Stage, from: usize) -> Vec<String> {
    let world = stage.world.borrow();
    let line = |(folder, copy): &(String, Vec<u8>)| {
        let id = field(copy, "Message-ID").concat();
        let of = world.taken.iter().find(|mail| mail.id() == id.trim_matches(['<', '>']));
        let of = of.expect("a copy of what was never sent");
        assert_eq!(of.bytes, *copy, "the copy is another than what was sent");
        format!("copy in {folder} of {} to {}", kind(stage, of), of.to)
    };
    world.copies.iter().skip(from).map(line).collect()
}

fn kind(stage: &Stage, mail: &super::world::Taken) -> String {
    stage.kinds().get(&mail.id()).map_or("UNKNOWN".to_owned(), |(kind, _)| kind.clone())
}

fn because(why: &str) -> String {
    if why.is_empty() { String::new() } else { format!(" ({why})") }
}

fn told(stage: &Stage, number: i64, known: usize) -> Vec<String> {
    let events =
        stage.store().read(|connection| tickets::events(connection, TicketNumber(number))).unwrap();
    let zone = &stage.config().desk.time_zone;
    let mut status = "new".to_owned();
    let mut lines = Vec::new();
    for (index, (event, _)) in events.iter().enumerate() {
        let mut line = format!("#{number} ");
        let written = match event {
            Event::Opened { subject, requester, verified, queue, ruled, .. } => {
                let doubt = if *verified { "" } else { ", UNVERIFIED" };
                let ruled = ruled.as_ref().map(|why| format!(", in {queue} ({why})"));
                let ruled = ruled.unwrap_or_default();
                write!(line, "opened by {}: {subject}{doubt}{ruled}", requester.address)
            }
            Event::Said { entry, by, .. } => {
                let kind = if *entry == EntryKind::Message { "message" } else { "note" };
                write!(line, "{kind} by {by}")
            }
            Event::StatusChanged { to, why } => {
                let from = std::mem::replace(&mut status, to.as_str().to_owned());
                write!(line, "{from} → {} ({why})", to.as_str())
            }
            Event::Assigned { to, why } => {
                write!(
                    line,
                    "assigned to {} ({why})",
                    to.as_ref().map_or_else(|| "nobody".to_owned(), ToString::to_string)
                )
            }
            Event::Joined { person, mailed } => {
                let how = if *mailed == Mailed::Yes { "" } else { ", not written to" };
                write!(line, "joined by {}{how}", person.address)
            }
            Event::Linked { to, .. } => write!(line, "linked to {to}"),
            Event::Promised { what, due, told, .. } => {
                let silent = if *told { "" } else { ", without a word" };
                write!(line, "promised: {} by {}{silent}", what.as_str(), stamp(*due, zone))
            }
            Event::Offered { words, dues, .. } => {
                let dues: Vec<String> = dues.iter().map(|due| stamp(*due, zone)).collect();
                write!(line, "offered: “{words}” {}", dues.join(" or "))
            }
            Event::PromiseWithdrawn { due } => {
                write!(line, "promise of {} taken back", stamp(*due, zone))
            }
            Event::PromiseUntold { due } => {
                write!(line, "promise of {} told to nobody", stamp(*due, zone))
            }
            Event::PromiseMissed { due, holding } => {
                let how = if *holding { ", told" } else { "" };
                write!(line, "promise of {} missed{how}", stamp(*due, zone))
            }
            Event::Urged { rung, due } => {
                write!(line, "{rung:?} urged about {}", stamp(*due, zone))
            }
            Event::ThirdParty { person, why } => {
                write!(line, "third party {}: {why}", person.address)
            }
            Event::PromiseKept => write!(line, "promise kept"),
            // Each mail makes them; the step `targets` tells what came of it.
            Event::Asked | Event::Answered | Event::Unanswered { .. } | Event::TargetSet { .. } => {
                continue;
            }
            Event::TargetUrged { what, rung } => {
                write!(line, "{rung:?} urged about the {}", what.as_str())
            }
            Event::TargetMissed { what, due } => {
                write!(line, "{} of {} missed", what.as_str(), stamp(*due, zone))
            }
            Event::PromiseWaived => write!(line, "promise waived"),
            Event::SurveyAsked { of, agent } => {
                let agent = agent.as_ref().map(|one| format!(" about {one}")).unwrap_or_default();
                write!(line, "{of} asked for a mark{agent}")
            }
            Event::Marked { mark, by, agent, was, text: _ } => {
                let agent = agent.as_ref().map(|one| format!(" for {one}")).unwrap_or_default();
                let was = was.map(|was| format!(", was {was}")).unwrap_or_default();
                write!(line, "{mark} of 5 from {by}{agent}{was}")
            }
            Event::Silenced { by } => write!(line, "no automatic mail to {by}"),
            Event::Left { address } => write!(line, "left by {address}"),
            Event::RequesterChanged { to } => write!(line, "requester is {}", to.address),
            Event::PrioritySet { to, why } => {
                write!(line, "priority {}{}", to.as_str(), because(why))
            }
            Event::SkillAsked { skill, why } => write!(line, "asks for {skill} ({why})"),
            Event::Tagged { added, removed, why } => {
                let signed = |sign: &str, tags: &std::collections::BTreeSet<String>| {
                    tags.iter().map(|tag| format!(" {sign}{tag}")).collect::<String>()
                };
                write!(line, "tags{}{}{}", signed("+", added), signed("-", removed), because(why))
            }
            Event::Retitled { to } => write!(line, "titled {to}"),
            Event::Moved { to, why } => write!(line, "moved to {to} ({why})"),
            Event::Escalated { to, why } => {
                let to: Vec<&str> = to.iter().map(postdesk::mail::Address::as_str).collect();
                write!(line, "escalated to {}: {why}", to.join(", "))
            }
            Event::DueSet { at } => {
                write!(line, "due {}", at.map_or_else(|| "never".to_owned(), |at| stamp(at, zone)))
            }
            Event::Worked { minutes } => write!(line, "{minutes} minutes worked"),
            Event::WakeSet { what, at, agent, words } => {
                write!(line, "{} {} for {agent}: {words}", what.as_str(), stamp(*at, zone))
            }
            Event::TakenBack { mail, by } => write!(line, "mail {} taken back by {by}", mail.0),
            Event::PromiseUnkept { .. } => write!(line, "promise open again"),
            Event::TakenLate { answered, taken } => {
                let (answered, taken) = (stamp(*answered, zone), stamp(*taken, zone));
                write!(line, "answer of {answered} taken {taken}")
            }
            Event::WakeOff { what, at, .. } => {
                write!(line, "no {} {}", what.as_str(), stamp(*at, zone))
            }
            Event::Unworked { minutes } => write!(line, "{minutes} minutes not worked"),
            Event::Woke { what, at, .. } => {
                write!(line, "{} of {} has come", what.as_str(), stamp(*at, zone))
            }
            Event::DetailsAsked { what, of, by, again } => {
                let by = by.as_ref().map_or_else(String::new, |by| format!(" by {by}"));
                write!(
                    line,
                    "{of} asked{by} for {}, again {}",
                    what.join(", "),
                    stamp(*again, zone)
                )
            }
            Event::AskedAgain { next } => write!(line, "asked again, next {}", stamp(*next, zone)),
            Event::AskEnded { found, how, .. } => {
                let found = if found.is_empty() {
                    String::new()
                } else {
                    format!(", told {}", found.join(", "))
                };
                write!(line, "asked no more: {}{found}", how.as_str())
            }
            Event::WakesOff { what } => write!(line, "no more {}", what.as_str()),
            Event::Merged { into, .. } => write!(line, "goes on in {into}"),
            Event::Absorbed { from, joined, raised } => {
                let joined: Vec<&str> =
                    joined.iter().map(|one| one.person.address.as_str()).collect();
                write!(line, "takes up {from} with {}, {} raised", joined.join(", "), raised.len())
            }
            Event::Unmerged { from, .. } => write!(line, "is out of {from}"),
            Event::Released { from, left, lowered } => {
                let left: Vec<&str> = left.iter().map(postdesk::mail::Address::as_str).collect();
                write!(line, "lets {from} go with {}, {} lowered", left.join(", "), lowered.len())
            }
            Event::SplitOff { to, entry, .. } => write!(line, "entry {entry} became {to}"),
            Event::SplitFrom { from } => write!(line, "split off from {from}"),
            Event::Undelivered { recipient, mail, words, unproven, .. } => {
                let perhaps = if *unproven { "perhaps " } else { "" };
                write!(line, "{perhaps}undelivered: {mail} to {recipient}: {words}")
            }
            Event::Withheld { what, why } => write!(line, "no {what}: {why}"),
        };
        written.unwrap();
        if index >= known {
            lines.push(line);
        }
    }
    lines
}

/// The targets of a ticket, as they stand.
pub fn targets(stage: &Stage, number: &str) -> Vec<String> {
    let number = TicketNumber(number.trim_start_matches('#').parse().unwrap());
    let ticket =
        stage.store().read(|connection| tickets::load(connection, number)).unwrap().unwrap();
    let zone = &stage.config().desk.time_zone;
    let line = |one: &postdesk::desk::Target| {
        let at = |at: Option<Timestamp>| at.map(|at| stamp(at, zone));
        let due = at(one.due_at).map_or_else(|| "paused".to_owned(), |due| format!("by {due}"));
        let marks = [("met", one.met_at), ("missed", one.breached_at), ("ended", one.ended_at)];
        let marks: String = marks
            .iter()
            .filter_map(|(mark, when)| Some(format!(", {mark} {}", at(*when)?)))
            .collect();
        format!("{number} {} {due}{marks}", one.what.as_str())
    };
    ticket.targets.iter().map(line).collect()
}
