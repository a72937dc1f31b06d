//! Mails about an agent's mail that waits: for a one-time key, or because a colleague was faster.

use super::make::{
    goes_to, list, maybe, person, render, shorten, shown, transcript, value, where_a_reply_goes,
};
use crate::desk::scrap::{Goes, Part, Scrap, Then};
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
    pub then: Option<&'a Then>,
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
    let then = asks.then.map_or_else(|| goes_its_way(case, read), Then::clone);
    let values = Values::from([
        ("name", value(&agent.name)),
        ("reply", value(case.texts.say(&Scrap::CommandsOnly))),
        ("subject", value(read.inbound.subject.as_deref().unwrap_or(NO_SUBJECT))),
        ("number", maybe(ticket.map(|number| number.0.to_string()))),
        ("at", value(moment(read.arrived_at, zone))),
        ("why", value(asks.why)),
        ("then", value(case.texts.say(&then))),
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
fn goes_its_way(case: &Case<'_>, read: &Read<'_>) -> Then {
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
    let goes = match (way, case.conversation()) {
        _ if !speaks && !lines.is_empty() => None,
        _ if said(Verb::Note) => Some(Goes::Inside),
        (Some(way), Some(conversation)) if way == Way::Public || said(Verb::Reply) => {
            Some(Goes::Customer { to: goes_to(case, conversation) })
        }
        (Some(Way::Asked), _) => Some(Goes::Asked),
        (Some(_), _) => Some(Goes::Inside),
        (None, _) => Some(Goes::Fresh),
    };
    let lines = (!lines.is_empty()).then(|| shorten(case.texts, &lines.join(", "), 200));
    Then::Released { lines, goes }
}

/// The agent's other mails that wait for a key, each with its own; of a flood the first.
fn still_waiting(case: &Case<'_>, agent: &Agent, but: InboxId) -> Vec<String> {
    let zone = &case.config.desk.time_zone;
    let others: Vec<_> = case.waiting().iter().filter(|one| one.locked.mail != but).collect();
    let more = others.len().saturating_sub(WAITING_SHOWN);
    let line = |one: &&Waiting| {
        let ticket = one.ticket;
        let subject = shorten(case.texts, one.subject.as_deref().unwrap_or(NO_SUBJECT), 60);
        let key = case.key.one_time_shown(one.locked.mail, &agent.address);
        let at = checked(one.arrived_at, zone);
        case.texts.say(&Scrap::Waiting { at, ticket, subject, key })
    };
    let shown = others.iter().take(WAITING_SHOWN).map(line);
    let more = (more > 0).then(|| case.texts.say(&Scrap::AndMore { count: more }));
    shown.chain(more).collect()
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
    let (mut parts, mut prefix) = (Vec::new(), String::new());
    if failed {
        prefix = case.texts.say(&Scrap::NotDoneBefore);
        parts.push(case.texts.say(&Part::NothingReleased));
    }
    let others = still_waiting(case, agent, settled);
    if !failed && !others.is_empty() {
        parts.push(case.texts.say(&Part::TheseWait { others }));
    }
    let values = Values::from([
        ("reply", value(where_a_reply_goes(case.texts, ticket))),
        ("subject", value(read.inbound.subject.as_deref().unwrap_or(NO_SUBJECT))),
        ("number", maybe(ticket.map(|number| number.0.to_string()))),
        ("lines", list(vec![shown(case.texts, told)])),
        ("desk", value(&case.config.desk.name)),
        ("prefix", value(prefix)),
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
        ("reply", value(where_a_reply_goes(case.texts, ticket))),
        ("subject", value(read.inbound.subject.as_deref().unwrap_or(NO_SUBJECT))),
        ("number", maybe(ticket.map(|number| number.0.to_string()))),
        ("who", value(who.shown())),
        ("ago", value(case.texts.say(&ago(case.now.since(other.at))))),
        (
            "lines",
            list(
                shorten(case.texts, &other.text, ANSWER_SHOWN).lines().map(str::to_owned).collect(),
            ),
        ),
        ("until", value(checked(case.now.plus(HELD_FOR), zone))),
        ("desk", value(&case.config.desk.name)),
    ]);
    let rendered = render(draft, "collision", &values);
    let mail = transcript(case, own, ticket, reply_goes, rendered);
    draft.mail(mail);
}

/// How long since, roughly.
fn ago(since: Duration) -> Scrap {
    match since.as_secs() / 60 {
        0 => Scrap::JustNow,
        minutes @ 1..120 => Scrap::MinutesAgo { count: minutes },
        minutes @ 120..2880 => Scrap::HoursAgo { count: minutes / 60 },
        minutes => Scrap::DaysAgo { count: minutes / 1440 },
    }
}
