//! Mails about an agent's mail that waits: for a one-time key, or because a colleague was faster.

use super::make::{
    COMMANDS_ONLY, goes_to, list, maybe, person, render, shorten, shown, transcript, value,
    where_a_reply_goes,
};
use std::time::Duration;

use crate::config::Agent;
use crate::desk::case::{AgentMail, Case, GOOD_FOR, HELD_FOR, Read, Waiting};
use crate::desk::command::Verb;
use crate::desk::command::parse::{Line, Meaning, script};
use crate::desk::decision::{Post, Told};
use crate::desk::direction::{self, Way};
use crate::desk::draft::Draft;
use crate::desk::texts::{Values, checked, moment};
use crate::desk::{Cause, Entry, NO_SUBJECT};
use crate::mail::quote::new_text_of;
use crate::mail::{Address, InboxId, ReplyGoes, TicketNumber};

/// How much of a held mail is shown to the one who may have written it, in characters.
const BEGINNING_SHOWN: usize = 200;
/// So many other mails that wait are listed.
const WAITING_SHOWN: usize = 10;
/// How much of a colleague's answer is shown, in characters.
const ANSWER_SHOWN: usize = 1_500;

/// What a mail that asks for the key says of the mail that waits.
#[derive(Clone, Copy, Debug)]
pub struct Asks<'a> {
    /// Why it waits.
    pub why: &'a str,
    /// What happens once the key came; `None` where that is what its own words say.
    pub then: Option<&'a str>,
    /// For the outbox.
    pub cause: Cause,
}

/// Asks the agent's registered address for the key to a held mail.
pub fn key(
    draft: &mut Draft<'_>,
    own: AgentMail<'_>,
    ticket: Option<TicketNumber>,
    asks: Asks<'_>,
) {
    let AgentMail { read, agent } = own;
    let case = draft.case;
    let zone = &case.config.desk.time_zone;
    let text: String = read
        .text
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .take(BEGINNING_SHOWN)
        .collect();
    let values = Values::from([
        ("name", value(&agent.name)),
        ("reply", value(COMMANDS_ONLY)),
        ("subject", value(read.inbound.subject.as_deref().unwrap_or(NO_SUBJECT))),
        ("number", maybe(ticket.map(|number| number.0.to_string()))),
        ("at", value(moment(read.arrived_at, zone))),
        ("why", value(asks.why)),
        ("then", value(asks.then.map_or_else(|| goes_its_way(case, read), str::to_owned))),
        ("text", maybe(Some(text).filter(|text| !text.is_empty()))),
        ("key", value(case.key.one_time_shown(read.id, &agent.address))),
        ("others", list(still_waiting(case, agent, read.id))),
        ("until", value(checked(case.now.plus(GOOD_FOR), zone))),
        ("owner", value(case.config.desk.owner.as_str())),
        ("desk", value(&case.config.desk.name)),
    ]);
    let rendered = render(draft, "key", &values);
    let mail = transcript(case, own, ticket, ReplyGoes::Internal, rendered);
    draft.mails.push(Post::new(mail, Some(asks.cause)));
}

/// What a mail does that is let go: its lines, and where its words go.
fn goes_its_way(case: &Case<'_>, read: &Read<'_>) -> String {
    let script = script(read.blocks);
    let known = script.lines.iter().filter(|line| !matches!(line.meaning, Meaning::Unknown));
    let lines: Vec<String> = known.map(Line::written).collect();
    let said = |verb| script.lines.iter().any(|line| line.meaning.is(verb));
    let way = case.own_answered().zip(case.conversation()).map(|(row, conversation)| {
        let takes_part = |address: &Address| conversation.ticket.participant(address).is_some();
        let addressed = direction::addressed(case.config, read.inbound, takes_part);
        direction::way(case.token(row), addressed)
    });
    let speaks = !new_text_of(&script.blocks).trim().is_empty();
    let words = match (way, case.conversation()) {
        _ if !speaks && !lines.is_empty() => None,
        _ if said(Verb::Note) => Some("its words stay inside".to_owned()),
        (Some(way), Some(conversation)) if way == Way::Public || said(Verb::Reply) => {
            Some(format!("what it says to the customer goes to {}", goes_to(conversation)))
        }
        (Some(Way::Asked), _) => Some("you are asked whom its words are for".to_owned()),
        (Some(_), _) => Some("its words stay inside".to_owned()),
        (None, _) => Some("it is read as a mail of yours that answers none of ours".to_owned()),
    };
    let lines =
        (!lines.is_empty()).then(|| format!("{} is carried out", shorten(&lines.join(", "), 200)));
    lines.into_iter().chain(words).collect::<Vec<_>>().join(", and ")
}

/// The agent's other mails that wait for a key, each with its own; of a flood the first.
fn still_waiting(case: &Case<'_>, agent: &Agent, but: InboxId) -> Vec<String> {
    let zone = &case.config.desk.time_zone;
    let others: Vec<_> = case.waiting().iter().filter(|one| one.locked.mail != but).collect();
    let more = others.len().saturating_sub(WAITING_SHOWN);
    let line = |one: &&Waiting| {
        let ticket = one.ticket.map(|number| format!(" on {number}")).unwrap_or_default();
        let subject = shorten(one.subject.as_deref().unwrap_or(NO_SUBJECT), 60);
        let key = case.key.one_time_shown(one.locked.mail, &agent.address);
        format!("{}{ticket}, {subject}: {key}", checked(one.arrived_at, zone))
    };
    let shown = others.iter().take(WAITING_SHOWN).map(line);
    shown.chain((more > 0).then(|| format!("and {more} more"))).collect()
}

/// What a key did, in one line.
pub fn key_said(
    draft: &mut Draft<'_>,
    own: AgentMail<'_>,
    ticket: Option<TicketNumber>,
    settled: InboxId,
    told: &Told,
) {
    let AgentMail { read, agent } = own;
    let case = draft.case;
    let failed = told.1.is_err();
    let mut parts = if failed { vec!["Nothing was released.".to_owned()] } else { Vec::new() };
    let others = still_waiting(case, agent, settled);
    if !failed && !others.is_empty() {
        let others: Vec<String> = others.iter().map(|line| format!("- {line}")).collect();
        parts.push(format!(
            "These wait too, each for its own letters, in the other order:\n\n{}",
            others.join("\n")
        ));
    }
    let values = Values::from([
        ("reply", value(where_a_reply_goes(ticket))),
        ("subject", value(read.inbound.subject.as_deref().unwrap_or(NO_SUBJECT))),
        ("number", maybe(ticket.map(|number| number.0.to_string()))),
        ("lines", list(vec![shown(case.texts, told)])),
        ("desk", value(&case.config.desk.name)),
        ("prefix", value(if failed { "Not done: " } else { "" })),
        ("parts", list(parts)),
    ]);
    let rendered = render(draft, "transcript", &values);
    let mail = transcript(case, own, ticket, ReplyGoes::Internal, rendered);
    draft.mails.push(Post::new(mail, Some(Cause::Asked)));
}

/// A colleague answered the customer since the mail that this agent answers.
pub fn collision(
    draft: &mut Draft<'_>,
    own: AgentMail<'_>,
    ticket: Option<TicketNumber>,
    reply_goes: ReplyGoes,
    other: &Entry,
) {
    let read = own.read;
    let case = draft.case;
    let zone = &case.config.desk.time_zone;
    let who = case
        .config
        .agent(&other.author.address)
        .map(person)
        .unwrap_or_else(|| other.author.clone());
    let values = Values::from([
        ("reply", value(where_a_reply_goes(ticket))),
        ("subject", value(read.inbound.subject.as_deref().unwrap_or(NO_SUBJECT))),
        ("number", maybe(ticket.map(|number| number.0.to_string()))),
        ("who", value(who.shown())),
        ("ago", value(ago(case.now.since(other.at)))),
        ("lines", list(shorten(&other.text, ANSWER_SHOWN).lines().map(str::to_owned).collect())),
        ("until", value(checked(case.now.plus(HELD_FOR), zone))),
        ("desk", value(&case.config.desk.name)),
    ]);
    let rendered = render(draft, "collision", &values);
    let mail = transcript(case, own, ticket, reply_goes, rendered);
    draft.mail(mail);
}

/// How long since, roughly.
pub fn ago(since: Duration) -> String {
    match since.as_secs() / 60 {
        0 => "just now".to_owned(),
        minutes @ 1..120 => format!("{minutes} min ago"),
        minutes @ 120..2880 => format!("{} hours ago", minutes / 60),
        minutes => format!("{} days ago", minutes / 1440),
    }
}
