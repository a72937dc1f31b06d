//! Transcripts: what became of an agent's mail, line by line, or why it is held. Short, since many
//! are read on a phone.

use super::make::{
    goes_to, list, maybe, person, render, shorten, shown, to_inside, transcript, value,
    where_a_reply_goes,
};
use crate::desk::scrap::{Part, Scrap};

use crate::config::{Agent, Config};
use crate::desk::case::{AgentMail, Case, Doubt, Hold, Outcome, Read, Slip};
use crate::desk::decision::{Post, Told};
use crate::desk::draft::Draft;
use crate::desk::known::Conversation;
use crate::desk::query::text::narrow;
use crate::desk::texts::{Texts, Values, checked, moment};
use crate::desk::{Cause, NO_SUBJECT, Ticket, voice};
use crate::mail::{Address, Kind, Outgoing, ReplyGoes, TicketNumber};
use crate::time::Timestamp;

/// What a transcript says of commands that were carried out.
#[derive(Clone, Copy, Debug)]
pub struct Said<'a> {
    /// Line by line.
    pub told: &'a [Told],
    /// Paragraphs below the lines.
    pub answers: &'a [String],
    /// The ticket that was asked for in a mail about none: an answer to the transcript is about
    /// that one.
    pub shows: Option<TicketNumber>,
    /// `#note` or `#reply` said where the text goes.
    pub marked: bool,
    /// The lines are broken for a phone, as the answers are.
    pub narrow: bool,
    /// They name the tickets of which they are: an answer does so as well.
    pub numbered: bool,
}

/// An agent's commands were carried out.
pub fn done(
    draft: &mut Draft<'_>,
    own: AgentMail<'_>,
    conversation: Option<&Conversation>,
    said: &Said<'_>,
) {
    let read = own.read;
    let case = draft.case;
    let (told, answers) = (said.told, said.answers);
    let ticket = conversation.map(|conversation| &conversation.ticket);
    let number = ticket.map(|ticket| ticket.number).or(said.shows);
    let replies = draft.mails.iter().filter(|post| post.mail.kind == Kind::Reply);
    let sent: Vec<String> = replies.map(|post| addressee(ticket, &post.mail.recipient)).collect();
    let noted = draft.outcome == Some(Outcome::Note);
    let text = match (sent.is_empty(), noted) {
        (false, _) => Some(sent_words(case, sent.join(", "))),
        (true, true) if !said.marked => Some(case.texts.say(&Part::TextIsNote)),
        (true, _) => None,
    };
    let lines = told.iter().map(|line| shown(case.texts, line));
    let lines = lines.map(|line| if said.narrow { narrow(&line) } else { line });
    let mut values = values(case, read, number, lines.collect());
    if said.numbered {
        values.insert("reply", value(case.texts.say(&Scrap::CommandsOnly)));
    }
    values.insert("prefix", value(""));
    values.insert("parts", list(text.into_iter().chain(answers.iter().cloned()).collect()));
    // What was only asked for is no conversation with the customer yet, whatever mail the question
    // answers.
    let goes = if conversation.is_some() {
        goes(case, number)
    } else {
        number.map_or(ReplyGoes::Nowhere, |_| ReplyGoes::Internal)
    };
    push(draft, own, (number, goes), &values);
}

/// An agent brought a request: a reply goes to the customer.
pub fn opened(
    draft: &mut Draft<'_>,
    own: AgentMail<'_>,
    conversation: &Conversation,
    told: &[Told],
    answers: &[String],
) {
    let read = own.read;
    let case = draft.case;
    let number = Some(conversation.ticket.number);
    let mut values =
        values(case, read, number, told.iter().map(|line| shown(case.texts, line)).collect());
    values.insert("reply", value(where_a_reply_goes(case.texts, number)));
    values.insert("prefix", value(""));
    values.insert("parts", list(answers.to_vec()));
    let rendered = render(draft, "transcript", &values);
    let mail = transcript(case, own, number, ReplyGoes::Public, rendered);
    draft.mail(mail);
}

/// What becomes of a mail whose commands were not understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waits {
    /// Until when an answer can release it; `None` if there is nothing in it that is worth waiting
    /// for.
    pub until: Option<Timestamp>,
    /// Some lines are no commands at all: they can go out as text.
    pub odd: bool,
    /// No answer could release it: how it is to be written again.
    pub again: Option<Anew>,
}

/// How lines are to be written again that do not say which ticket they mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anew {
    /// In answer to a mail about it, or with its number in the subject.
    Elsewhere,
    /// In answer to this, each with its number.
    Numbered,
}

/// An agent's commands were not understood, so nothing was done.
pub fn held_commands(
    draft: &mut Draft<'_>,
    own: AgentMail<'_>,
    ticket: Option<TicketNumber>,
    told: &[Told],
    waits: Waits,
) {
    let read = own.read;
    let case = draft.case;
    let texts = case.texts;
    let line = |(line, became): &Told| match became {
        Ok(_) => texts.say(&Part::Understood { line: line.clone() }),
        Err(complaint) => format!("✖ {line}: {}", texts.say(complaint)),
    };
    let mut values = values(case, read, ticket, told.iter().map(line).collect());
    let held = waits.until.is_some();
    if waits.again == Some(Anew::Numbered) {
        values.insert("reply", value(texts.say(&Scrap::CommandsOnly)));
    }
    let prefix = if held { &Scrap::HeldBefore } else { &Scrap::NotDoneBefore };
    values.insert("prefix", value(texts.say(prefix)));
    if held {
        values.insert("reply", value(texts.say(&Scrap::CommandsOnly)));
    }
    let mut parts: Vec<String> =
        what_now(case, ticket, waits).iter().map(|p| texts.say(p)).collect();
    parts.extend(stopped(case));
    values.insert("parts", list(parts));
    push(draft, own, (ticket, goes(case, ticket)), &values);
}

/// Who gets it, by the name that the ticket knows.
fn addressee(ticket: Option<&Ticket>, address: &Address) -> String {
    let known = ticket.and_then(|ticket| ticket.participant(address));
    known.map_or_else(|| address.to_string(), |one| voice::stranger(&one.person))
}

/// That nothing was done, and what its writer can do now.
fn what_now(case: &Case<'_>, ticket: Option<TicketNumber>, waits: Waits) -> Vec<Part> {
    let mut parts = Vec::new();
    match waits.until {
        None => parts.push(Part::NothingDone),
        Some(until) => {
            let until = checked(until, &case.config.desk.time_zone);
            parts.push(Part::Kept { until });
            if ticket.is_some() {
                let outside = goes(case, ticket) == ReplyGoes::Public;
                parts.push(Part::AnswerWithText { to: outside.then(|| reached(case)) });
            } else if !waits.odd {
                parts.push(Part::Answer);
            }
            if waits.odd {
                parts.push(Part::AnswerSend { also: ticket.is_some() });
            }
        }
    }
    parts.extend(waits.again.map(|again| match again {
        Anew::Elsewhere => Part::SendAgain,
        Anew::Numbered => Part::AnswerNumbered,
    }));
    parts
}

/// What went, or goes when the time for `#undo` is over.
fn sent_words(case: &Case<'_>, to: String) -> String {
    case.texts.say(&match case.config.limits.undo_window.as_secs() {
        0 => Part::TextWent { to },
        count @ 1..120 => Part::TextGoesInSeconds { to, count },
        seconds => Part::TextGoesInMinutes { to, count: seconds / 60 },
    })
}

/// What of the agent's waits with a mail that was not understood, and what to do.
fn stopped(case: &Case<'_>) -> Option<String> {
    let own: Vec<_> = case.unsent().iter().filter(|one| one.own).collect();
    let at = checked(own.first()?.queued_at, &case.config.desk.time_zone);
    let to = own.iter().map(|one| one.recipient.clone()).collect();
    Some(case.texts.say(&Part::Stopped { at, to }))
}

fn values(
    case: &Case<'_>,
    read: &Read<'_>,
    ticket: Option<TicketNumber>,
    lines: Vec<String>,
) -> Values {
    Values::from([
        ("reply", value(where_a_reply_goes(case.texts, ticket))),
        ("subject", value(read.inbound.subject.as_deref().unwrap_or(NO_SUBJECT))),
        ("number", maybe(ticket.map(|number| number.0.to_string()))),
        ("lines", list(lines)),
        ("desk", value(&case.config.desk.name)),
    ])
}

fn goes(case: &Case<'_>, ticket: Option<TicketNumber>) -> ReplyGoes {
    case.answered()
        .filter(|row| row.ticket == ticket)
        .map_or(ReplyGoes::Nowhere, |row| row.reply_goes)
}

fn push(
    draft: &mut Draft<'_>,
    own: AgentMail<'_>,
    (ticket, goes): (Option<TicketNumber>, ReplyGoes),
    values: &Values,
) {
    let case = draft.case;
    let rendered = render(draft, "transcript", values);
    let mail = transcript(case, own, ticket, goes, rendered);
    draft.mail(mail);
}

/// An agent's mail is held: they hear why, and what to do. What may be forged is told once an hour
/// only.
pub fn held(
    draft: &mut Draft<'_>,
    own: AgentMail<'_>,
    ticket: Option<TicketNumber>,
    slip: Slip<'_>,
) {
    let AgentMail { read, agent } = own;
    let case = draft.case;
    let asks = matches!(slip, Slip::NoVerdict | Slip::Copy(_));
    let doubtful = asks || slip == Slip::NotConfigured;
    let lately = |cause| case.told_lately(cause, agent);
    if doubtful && (lately(Cause::Held) || lately(Cause::Unsure)) {
        return;
    }
    let hold = hold(slip, case);
    let (why, advice) = case.texts.with_advice(&hold);
    if asks {
        let asks = super::held::Asks { why: &why, then: None, cause: Cause::Unsure };
        return super::held::key(draft, own, ticket, asks);
    }
    let line = match slip {
        Slip::Leaks(_, line) => line.map(|line| shorten(case.texts, line.trim(), 200)),
        Slip::LeftOut(line) => Some(shorten(case.texts, line.trim(), 200)),
        _ => None,
    };
    // A colleague's token says nothing about where this agent's words may go.
    let token =
        case.answered().filter(|row| row.ticket == ticket && row.recipient == agent.address);
    let reply_goes = match slip {
        // Only a word of the agent's own takes it outside.
        Slip::Unclear(Doubt::Commands | Doubt::Nobody | Doubt::Colleague) => {
            token.map_or(ReplyGoes::Nowhere, |_| ReplyGoes::Internal)
        }
        _ => token.map_or(ReplyGoes::Nowhere, |row| row.reply_goes),
    };
    if let Slip::Collision(other) = slip {
        return super::held::collision(draft, own, ticket, reply_goes, other);
    }
    let values = Values::from([
        ("name", value(&agent.name)),
        (
            "reply",
            value(if matches!(slip, Slip::NoForward | Slip::ByHand) {
                case.texts.say(&Scrap::CommandsOnly)
            } else {
                where_a_reply_goes(case.texts, ticket)
            }),
        ),
        ("subject", value(read.inbound.subject.as_deref().unwrap_or(NO_SUBJECT))),
        ("number", maybe(ticket.map(|number| number.0.to_string()))),
        ("at", value(moment(case.now, &case.config.desk.time_zone))),
        ("why", value(why)),
        ("line", maybe(line)),
        ("advice", value(advice)),
        ("stopped", maybe(stopped(case))),
        ("desk", value(&case.config.desk.name)),
    ]);
    let rendered = render(draft, "held", &values);
    let mail = transcript(case, own, ticket, reply_goes, rendered);
    draft.mails.push(Post::new(mail, doubtful.then_some(Cause::Held)));
}

/// Why a mail is held, as it is told.
pub fn hold(slip: Slip<'_>, case: &Case<'_>) -> Hold {
    slip.hold(&case.config.desk.owner, || reached(case))
}

/// Everybody outside to whom an answer would go.
fn reached(case: &Case<'_>) -> String {
    match case.conversation() {
        Some(conversation) => goes_to(case, conversation),
        None => case.texts.say(&Scrap::Nobody),
    }
}

/// Held mails of an agent's that nobody released in time, one line for each.
pub fn expired(config: &Config, texts: &Texts, agent: &Agent, lines: Vec<String>) -> Outgoing {
    let values = Values::from([
        ("name", value(&agent.name)),
        ("lines", list(lines)),
        ("owner", value(config.desk.owner.as_str())),
        ("desk", value(&config.desk.name)),
    ]);
    let rendered = texts.render("expired", &values);
    to_inside(config, Kind::Transcript, &person(agent), rendered.subject, rendered.text)
}
