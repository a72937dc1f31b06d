//! Mail from an agent: who they are, and whether what they wrote may leave the house.
//!
//! An agent is who our server says they are *and* answers a mail that we sent to them; where that mail said a reply goes,
//! there it goes. Whatever could leak or be a slip is held, not sent: the agent hears why and what to do.

use super::customer::{customer, files};
use super::{Answered, Context, Conversation, Decision, NewEntry, Outcome, Read, quarantine};
use crate::config::Agent;
use crate::desk::{Direction, Entry, EntryKind, Event, IdKind, Status, notify};
use crate::mail::quote::{Block, Role};
use crate::mail::{Attachment, Authentication, Kind, Origin, Person, ReplyGoes, TicketNumber};
use crate::time::Timestamp;

/// The words with which our mails to agents begin: in an agent's own text they are our text, not theirs.
pub const MARK: &str = "Reply →";
/// Files that carry an agent's own address or a copy of the internal text, and never what they want to send.
const INSIDE_TYPES: [&str; 6] = [
    "application/ms-tnef",
    "application/pkcs7-signature",
    "application/x-pkcs7-signature",
    "application/pgp-signature",
    "text/vcard",
    "text/x-vcard",
];

/// Decides about a mail from an agent's address.
pub fn agent(context: &Context<'_>, read: &Read<'_>, agent: &Agent, sender: &Person, now: Timestamp) -> Decision {
    if read.verdict.result == Authentication::Fail {
        return impostor(context, read, agent, now);
    }
    if read.reading.origin != Origin::Person {
        let ticket = context.answered.as_ref().and_then(|row| row.ticket);
        return Decision::end(Outcome::Record, ticket, format!("an automatic mail of an agent ({})", read.reading.reason));
    }
    if !read.verdict.agent && !read.released {
        return unverified(context, read, agent, now);
    }
    let token = context.answered.as_ref().filter(|row| row.recipient == agent.address);
    match (token, &context.conversation) {
        (Some(row), Some(conversation)) if is_desk_mail(row) => answer(context, read, agent, row, conversation, now),
        (Some(row), _) if row.ticket.is_none() => held(context, read, agent, None, Slip::NoTicket, now),
        _ => fresh(context, read, agent, sender, now),
    }
}

fn is_desk_mail(row: &Answered) -> bool {
    matches!(row.kind, Kind::Notification | Kind::Transcript) && row.ticket.is_some()
}

fn impostor(context: &Context<'_>, read: &Read<'_>, agent: &Agent, now: Timestamp) -> Decision {
    let mut decision = quarantine(format!("it claims to be from agent {}, but {}", agent.address, read.verdict.reason));
    notify::impostor(context, read, agent, now, &mut decision);
    decision
}

fn unverified(context: &Context<'_>, read: &Read<'_>, agent: &Agent, now: Timestamp) -> Decision {
    let trust = &context.config.authentication;
    let configured = trust.authserv_id.is_some() || trust.unsafe_trust_from;
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
    /// A line looks like a command.
    Command(&'a str),
    /// It holds a line of our own mail, unquoted.
    OurText(&'a str),
    /// There is nothing in it.
    Nothing,
}

fn held(context: &Context<'_>, read: &Read<'_>, agent: &Agent, ticket: Option<TicketNumber>, slip: Slip<'_>, now: Timestamp) -> Decision {
    let mut decision = Decision::end(Outcome::Held, ticket, notify::slip_words(slip, context).0);
    notify::held(context, read, agent, ticket, slip, now, &mut decision);
    decision
}

/// A mail that answers none of ours: a request of the agent's own, unless it points to a ticket.
fn fresh(context: &Context<'_>, read: &Read<'_>, agent: &Agent, sender: &Person, now: Timestamp) -> Decision {
    let foreign = context.candidates.iter().find(|candidate| candidate.ticket.participant(&agent.address).is_none());
    if let Some(line) = command_line(read.blocks) {
        return held(context, read, agent, None, Slip::Command(line), now);
    }
    match foreign {
        Some(candidate) => held(context, read, agent, Some(candidate.ticket.number), Slip::NoToken(candidate.ticket.number), now),
        None => customer(context, read, sender, now),
    }
}

fn answer(context: &Context<'_>, read: &Read<'_>, agent: &Agent, row: &Answered, conversation: &Conversation, now: Timestamp) -> Decision {
    let number = conversation.ticket.number;
    let hold = |slip| held(context, read, agent, Some(number), slip, now);
    if let Some(line) = command_line(read.blocks) {
        return hold(Slip::Command(line));
    }
    let internal = row.reply_goes != ReplyGoes::Public;
    if !internal && let Some(line) = our_line(read.blocks) {
        return hold(Slip::OurText(line));
    }
    let quotable = if internal { &[][..] } else { &conversation.public_texts };
    let text = outgoing_text(read.blocks, quotable);
    let enclosures: Vec<&Attachment> = read.inbound.attachments.iter().filter(|file| is_for_outside(file)).collect();
    let own_words = read.blocks.iter().any(|block| block.role == Role::New && !block.text.trim().is_empty());
    let passed_on = read.blocks.iter().any(|block| block.role == Role::Forward);
    // An unmarked copy of our own mail is read as a forward: without a word of the agent's own nothing of it goes out.
    if !own_words && (passed_on || enclosures.is_empty()) {
        return hold(Slip::Nothing);
    }
    let mut decision = said(read, agent, conversation, &text, internal, now);
    if internal {
        notify::note(context, read, conversation, agent, &text, now, &mut decision);
    } else {
        take_and_open(conversation, agent, &mut decision);
        notify::reply(context, read, conversation, agent, &text, &enclosures, &mut decision);
    }
    decision
}

fn said(read: &Read<'_>, agent: &Agent, conversation: &Conversation, text: &str, internal: bool, now: Timestamp) -> Decision {
    let number = conversation.ticket.number;
    let (outcome, kind, why) = match internal {
        true => (Outcome::Note, EntryKind::Note, "an answer to an internal mail"),
        false => (Outcome::Message, EntryKind::Message, "an answer to the customer"),
    };
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

/// The first answer takes the ticket; an answer keeps what was promised.
fn take_and_open(conversation: &Conversation, agent: &Agent, decision: &mut Decision) {
    let ticket = &conversation.ticket;
    let mut add = |event| decision.events.push((ticket.number, event));
    if ticket.assignee.is_none() {
        add(Event::Assigned { to: Some(agent.address.clone()), why: "the first answer takes it".to_owned() });
    }
    if ticket.status != Status::Open {
        add(Event::StatusChanged { to: Status::Open, why: format!("{} answered", agent.address) });
    }
    if conversation.promise.is_some() {
        add(Event::PromiseKept);
    }
}

fn is_for_outside(file: &Attachment) -> bool {
    !INSIDE_TYPES.contains(&file.content_type.as_str())
}

/// The first line of the new text that looks like a command: `#word`, but not `#12` and not `\#word`.
pub fn command_line(blocks: &[Block]) -> Option<&str> {
    new_lines(blocks).find(|line| looks_like_command(line))
}

/// Whether a line looks like a command, however it is indented.
pub fn looks_like_command(line: &str) -> bool {
    let line = line.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{200b}' || c == '\u{feff}');
    let Some(word) = line.strip_prefix(['#', '＃']) else { return false };
    let word = word.strip_prefix(' ').unwrap_or(word);
    let letters = word.chars().take_while(|c| c.is_alphabetic()).count();
    letters >= 2 && !word.starts_with(|c: char| c.is_ascii_digit())
}

fn our_line(blocks: &[Block]) -> Option<&str> {
    new_lines(blocks).find(|line| line.trim_start_matches(['>', ' ', '*', '|']).starts_with(MARK))
}

fn new_lines(blocks: &[Block]) -> impl Iterator<Item = &str> {
    blocks.iter().filter(|block| block.role == Role::New || block.role == Role::Forward).flat_map(|block| block.text.lines())
}

/// What leaves: the agent's own words, and of what they quote between them only lines that stand in a public entry.
pub fn outgoing_text(blocks: &[Block], quotable: &[String]) -> String {
    let last_words = blocks.iter().rposition(is_words).map_or(0, |last| last + 1);
    let public: Vec<String> = quotable.iter().map(|text| squeeze(text)).collect();
    let mut lines: Vec<String> = Vec::new();
    for block in blocks.iter().take(last_words) {
        match block.role {
            Role::New | Role::Forward => lines.extend(block.text.lines().map(unescape)),
            Role::Quote => lines.extend(public_quotes(&block.text, &public)),
            Role::Signature => {}
        }
    }
    tidy(&lines)
}

fn is_words(block: &Block) -> bool {
    matches!(block.role, Role::New | Role::Forward) && !block.text.trim().is_empty()
}

/// `\#word` is how an agent writes a line that begins with `#word`.
fn unescape(line: &str) -> String {
    match line.trim_start().strip_prefix("\\#") {
        Some(rest) => format!("#{rest}"),
        None => line.to_owned(),
    }
}

fn public_quotes(text: &str, public: &[String]) -> Vec<String> {
    let quoted = text.lines().filter_map(|line| line.trim_start().strip_prefix('>'));
    let bare = quoted.map(|line| line.trim_matches(|c: char| c == '>' || c.is_whitespace()));
    let known = bare.filter(|line| {
        let squeezed = squeeze(line);
        !squeezed.is_empty() && public.iter().any(|text| text.contains(&squeezed))
    });
    known.map(|line| format!("> {line}")).collect()
}

fn squeeze(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Joins lines, with at most one blank line in a row and none at the ends.
fn tidy(lines: &[String]) -> String {
    let mut text = String::new();
    let mut blanks = 0;
    for line in lines {
        if line.trim().is_empty() {
            blanks += 1;
            continue;
        }
        if !text.is_empty() {
            text.push_str(if blanks > 0 { "\n\n" } else { "\n" });
        }
        blanks = 0;
        text.push_str(line.trim_end());
    }
    text
}
