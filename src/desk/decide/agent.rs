//! Mail from an agent: who they are, and whether what they wrote may leave the house.
//!
//! An agent is who our server says they are *and* answers a mail that we sent to them; where that mail said a reply goes,
//! there it goes. Whatever could leak or be a slip is held, not sent: the agent hears why and what to do.

use super::customer::{customer, files};
use super::order::brought;
pub use super::words::{MARK, is_invisible, looks_like_command, outgoing_text, undecorated};
use super::words::{our_line, our_line_in, stray_quote, without_agents};
use super::{Answered, Context, Conversation, Decision, NewEntry, Outcome, Read, away, key, order, quarantine, release, third};
use crate::config::Agent;
use crate::desk::command::parse::{Odd, Script, script};
use crate::desk::{Direction, Entry, EntryKind, Event, IdKind, notify};
use crate::mail::quote::{Role, new_text_of};
use crate::mail::{Attachment, Authentication, Kind, Origin, Person, TicketNumber};
use crate::time::Timestamp;

/// Types of files that carry an agent's own address or a copy of the internal text, and never what they want to send: cards,
/// signatures, Outlook's own form of the mail, and mails that are a sealed file as a whole.
const INSIDE_TYPES: [&str; 12] = [
    "application/ms-tnef",
    "application/vnd.ms-tnef",
    "application/pkcs7-signature",
    "application/x-pkcs7-signature",
    "application/pkcs7-mime",
    "application/x-pkcs7-mime",
    "application/pgp-signature",
    "application/pgp-keys",
    "application/pgp-encrypted",
    "text/vcard",
    "text/x-vcard",
    "text/directory",
];
/// The same by name, for clients that call every file an octet-stream.
const INSIDE_NAMES: [&str; 7] =
    ["winmail.dat", "win.dat", "smime.p7s", "smime.p7m", "signature.asc", "encrypted.asc", "openpgp-encrypted-message.asc"];

/// Decides about a mail from an agent's address. Its transcripts show the agent no newer state of the ticket than the mail
/// that was answered, so what a colleague says meanwhile is not missed.
pub fn agent(context: &Context<'_>, read: &Read<'_>, agent: &Agent, sender: &Person, now: Timestamp) -> Decision {
    let mut decision = decided(context, read, agent, sender, now);
    let own =
        context.answered.as_ref().filter(|row| row.recipient == agent.address && row.ticket == decision.ticket && row.first == row.ticket);
    decision.seen = decision.seen.or(own.map(|row| row.seen_version));
    decision
}

fn decided(context: &Context<'_>, read: &Read<'_>, agent: &Agent, sender: &Person, now: Timestamp) -> Decision {
    if read.verdict.result == Authentication::Fail && !read.released {
        return impostor(context, read, agent, now);
    }
    if read.reading.origin == Origin::AutoReply && read.verdict.agent && !read.quiet {
        return away::away(context, read, agent, now);
    }
    if read.reading.origin != Origin::Person {
        let ticket = context.answered.as_ref().and_then(|row| row.ticket);
        return Decision::end(Outcome::Record, ticket, format!("an automatic mail of an agent ({})", read.reading.reason));
    }
    if let Some(decision) = key::answer(context, read, agent, &script(read.blocks).lines, now) {
        return decision;
    }
    if !read.verdict.agent && !read.released {
        return unverified(context, read, agent, now);
    }
    let decision = proved(context, read, agent, sender, now);
    if read.quiet { decision } else { away::here(context, agent, decision) }
}

/// Decides about a mail of which it is certain that the agent wrote it.
fn proved(context: &Context<'_>, read: &Read<'_>, agent: &Agent, sender: &Person, now: Timestamp) -> Decision {
    let script = script(read.blocks);
    let text = new_text_of(&script.blocks);
    let rest = Read { blocks: &script.blocks, text: &text, ..read.clone() };
    if let Some(decision) = third::aside(context, &rest, agent, &script.lines, now) {
        return decision;
    }
    let decision = answered(context, read, &rest, agent, sender, &script, now);
    third::remember(context, read, agent, decision)
}

fn answered(
    context: &Context<'_>,
    read: &Read<'_>,
    rest: &Read<'_>,
    agent: &Agent,
    sender: &Person,
    script: &Script,
    now: Timestamp,
) -> Decision {
    let token = context.answered.as_ref().filter(|row| row.recipient == agent.address);
    if let Some(decision) = release::release(context, rest, agent, &script.lines, now) {
        return decision;
    }
    match (token, &context.conversation) {
        (Some(row), Some(conversation)) if is_desk_mail(row) => {
            let decision = order::answer(context, rest, agent, &script.lines, row, conversation, now);
            release::supersede(context, read, rest, &script.lines, decision)
        }
        (None, _) if context.answered.is_none() => match bring(context, read, agent, now) {
            Some(decision) => decision,
            None if !script.lines.is_empty() => order::fresh(context, rest, agent, &script.lines, now),
            None => fresh(context, read, agent, sender, now),
        },
        _ if !script.lines.is_empty() => order::fresh(context, rest, agent, &script.lines, now),
        (Some(row), _) if row.ticket.is_none() => held(context, read, agent, None, Slip::NoTicket, now),
        _ => fresh(context, read, agent, sender, now),
    }
}

/// A mail that answers none of ours may bring a customer's request.
fn bring(context: &Context<'_>, read: &Read<'_>, agent: &Agent, now: Timestamp) -> Option<Decision> {
    let script = brought::script(read.blocks, Odd::Told);
    let rest = Read { blocks: &script.blocks, ..read.clone() };
    let done = brought::brought(context, &rest, &rest, agent, &script.lines, now)?;
    Some(done.unwrap_or_else(|told| order::held(context, &rest, agent, None, &told, &script.lines, now)))
}

/// Whether an answer to it speaks to the ticket.
pub fn is_desk_mail(row: &Answered) -> bool {
    matches!(row.kind, Kind::Notification | Kind::Transcript) && row.ticket.is_some()
}

fn impostor(context: &Context<'_>, read: &Read<'_>, agent: &Agent, now: Timestamp) -> Decision {
    let mut decision = quarantine(format!("it claims to be from agent {}, but {}", agent.address, read.verdict.reason));
    notify::impostor(context, read, agent, now, &mut decision);
    decision
}

fn unverified(context: &Context<'_>, read: &Read<'_>, agent: &Agent, now: Timestamp) -> Decision {
    let configured = context.config.authentication.knows_agents();
    let slip = if configured { Slip::NoVerdict } else { Slip::NotConfigured };
    let mut decision = held(context, read, agent, context.answered.as_ref().and_then(|row| row.ticket), slip, now);
    if !configured {
        decision.problems.push((
            "authentication-not-configured",
            "Agents' answers are held, because this desk does not know whose word about senders to believe".to_owned(),
            "set authserv_id in [authentication] to the name your receiving mail server writes first in its Authentication-Results fields, \
             start the desk again, then `postdesk quarantine release N` for what is held (`postdesk inbox` lists it)"
                .to_owned(),
        ));
    }
    decision
}

/// Why an agent's mail is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slip<'a> {
    /// No server is configured whose word counts.
    NotConfigured,
    /// That server said nothing that suffices.
    NoVerdict,
    /// It answers a mail of ours that concerns no ticket.
    NoTicket,
    /// It points to a ticket, but answers no mail of ours.
    NoToken(TicketNumber),
    /// A colleague answered since the mail of ours that it answers.
    Collision(&'a Entry),
    /// It holds a line of our own mail, unquoted.
    OurText(&'a str),
    /// Its ticket went into another since, and the answer would reach others than was said.
    WentInto(TicketNumber, TicketNumber),
    /// It repeats what was noted inside, and does not say that it is meant so.
    Noted,
    /// There is nothing in it.
    Nothing,
}

/// The mail waits, and the agent hears why.
pub fn held(
    context: &Context<'_>,
    read: &Read<'_>,
    agent: &Agent,
    ticket: Option<TicketNumber>,
    slip: Slip<'_>,
    now: Timestamp,
) -> Decision {
    let mut decision = Decision::end(Outcome::Held, ticket, notify::slip_words(slip, context).0);
    match slip {
        Slip::NoVerdict => decision.about = Some(read.id),
        // The transcript tells of it: whoever answers that knows.
        Slip::Collision(_) => decision.seen = context.conversation.as_ref().map(|conversation| conversation.ticket.version),
        _ => {}
    }
    notify::held(context, read, agent, ticket, slip, now, &mut decision);
    decision
}

/// A mail that answers none of ours: a request of the agent's own, unless it points to a ticket.
pub fn fresh(context: &Context<'_>, read: &Read<'_>, agent: &Agent, sender: &Person, now: Timestamp) -> Decision {
    let foreign = context.candidates.iter().find(|candidate| candidate.ticket.participant(&agent.address).is_none());
    match foreign {
        Some(candidate) => held(context, read, agent, Some(candidate.ticket.number), Slip::NoToken(candidate.ticket.number), now),
        None => customer(context, read, sender, now),
    }
}

/// What an agent says, with what goes along.
#[derive(Clone, Debug)]
pub struct Words<'a> {
    /// The text.
    pub text: String,
    /// The files that may leave.
    pub enclosures: Vec<&'a Attachment>,
}

/// What an agent says, as far as it may go where it goes; `None` if there is nothing of theirs.
pub fn words<'a>(
    context: &Context<'_>,
    read: &Read<'a>,
    conversation: &Conversation,
    internal: bool,
) -> Result<Option<Words<'a>>, Slip<'a>> {
    let quotable = if internal { &[][..] } else { &conversation.public_texts };
    if !internal && let Some(line) = inside_line(read, quotable) {
        return Err(Slip::OurText(line));
    }
    let text = outgoing_text(read.blocks, quotable);
    let text = if internal { text } else { without_agents(&text, context.config) };
    let enclosures: Vec<&Attachment> = read.inbound.attachments.iter().filter(|file| is_for_outside(file)).collect();
    let own_words = read.blocks.iter().any(|block| block.role == Role::New && !block.text.trim().is_empty());
    let passed_on = read.blocks.iter().any(|block| block.role == Role::Forward);
    // An unmarked copy of our own mail is read as a forward: without a word of the agent's own nothing of it goes out.
    // A picture that is only shown inside the text is a logo in their signature.
    let file = enclosures.iter().any(|file| file.content_id.is_none());
    let nothing = !own_words && (passed_on || !file);
    Ok((!nothing).then_some(Words { text, enclosures }))
}

/// What was said, as an event and an entry.
pub fn said(
    read: &Read<'_>,
    agent: &Agent,
    conversation: &Conversation,
    text: &str,
    internal: bool,
    why: &str,
    now: Timestamp,
) -> Decision {
    let number = conversation.ticket.number;
    let (outcome, kind) = if internal { (Outcome::Note, EntryKind::Note) } else { (Outcome::Message, EntryKind::Message) };
    let mut decision = Decision::end(outcome, Some(number), why);
    let event = Event::Said { entry: kind, by: agent.address.clone(), why: why.to_owned() };
    decision.events.push((number, event));
    let entry = Entry {
        at: now,
        kind,
        direction: Direction::Out,
        author: Person { name: Some(agent.name.clone()), address: agent.address.clone() },
        verified: read.verdict.result,
        text: text.to_owned(),
        message_id: read.inbound.message_id.clone(),
        files: files(read.inbound),
    };
    decision.entry = Some(NewEntry { ticket: number, entry, searchable: text.to_owned() });
    decision.ids.extend(read.inbound.message_id.clone().map(|id| (id, IdKind::Internal)));
    decision
}

/// A line that only we write, in the text, in a mail that it carries, or quoted by a single mark.
fn inside_line<'a>(read: &Read<'a>, quotable: &[String]) -> Option<&'a str> {
    our_line(read.blocks).or_else(|| our_line_in(&read.inbound.nested_text)).or_else(|| stray_quote(read.blocks, quotable))
}

fn is_for_outside(file: &Attachment) -> bool {
    let name = file.name.as_deref().unwrap_or_default().to_lowercase();
    let card = name.rsplit_once('.').is_some_and(|(_, ending)| ending == "vcf");
    !card && !INSIDE_TYPES.contains(&file.content_type.as_str()) && !INSIDE_NAMES.contains(&name.as_str())
}
