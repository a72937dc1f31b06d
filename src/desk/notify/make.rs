//! What all mails are made with.

use crate::desk::problem::Problem;
use crate::desk::scrap::Scrap;
use minijinja::Value;

use crate::config::{Agent, Config};
use crate::desk::Ticket;
use crate::desk::case::{AgentMail, Case, Read};
use crate::desk::decision::Told;
use crate::desk::draft::Draft;
use crate::desk::known::Conversation;
use crate::desk::texts::{Rendered, Texts, Values};
use crate::desk::{Cause, Mailed, Participant, audience, voice};
use crate::mail::quote::tail::{Habits, without};
use crate::mail::{
    Address, Attachment, Automatic, Kind, MessageId, Outgoing, Person, ReplyGoes, TicketNumber,
};

/// Renders a text; a broken template of the operator's becomes a problem of its own.
pub fn render(draft: &mut Draft<'_>, name: &'static str, values: &Values) -> Rendered {
    let case = draft.case;
    let rendered = case.texts.render(name, values);
    if let Some(broken) = &rendered.broken {
        draft.problem(Cause::Template, Problem::Template { broken: broken.clone() });
    }
    rendered
}

/// A mail of the desk to one of its own people or to a single customer, with everything usual
/// filled in.
pub fn plain(
    case: &Case<'_>,
    kind: Kind,
    recipient: &Person,
    ticket: Option<TicketNumber>,
    rendered: Rendered,
) -> Outgoing {
    Outgoing {
        kind,
        recipient: recipient.address.clone(),
        ticket,
        reply_goes: ReplyGoes::Nowhere,
        from_name: case.config.desk.name.clone(),
        from: None,
        to: vec![recipient.clone()],
        cc: Vec::new(),
        subject: rendered.subject,
        text: rendered.text,
        in_reply_to: None,
        references: Vec::new(),
        automatic: crate::mail::Automatic::Generated,
        enclosures: Vec::new(),
    }
}

/// A line of commands that were carried out; a question may have had no answer.
pub fn shown(texts: &Texts, (line, became): &Told) -> String {
    match became {
        Ok(became) => format!("✔ {line}: {}", texts.say(became)),
        Err(complaint) => format!("✖ {line}: {}", texts.say(complaint)),
    }
}

/// The address from which customers get mail about a ticket: the one that they wrote to.
pub fn from(case: &Case<'_>, ticket: &Ticket) -> Option<Address> {
    ticket.written_to.clone().filter(|address| case.config.desk.is_own(address))
}

/// Our earlier ids to that recipient on the ticket.
pub fn own_thread(conversation: &Conversation, recipient: &Address) -> Vec<MessageId> {
    let own = conversation.thread.iter().filter(|(_, address, _)| address == recipient);
    own.map(|(_, _, id)| id.clone()).collect()
}

/// Whether a file is only decoration: a logo, or a picture whose place is in a signature or in what
/// is quoted. It travels along; to name it would hide what was sent. Where it is all there is, it is
/// what was sent.
pub fn is_decoration(file: &Attachment, read: &Read<'_>) -> bool {
    let elsewhere = |mark: String| {
        let new = without(read.text, &Habits::default());
        read.inbound.text.contains(&mark) && !new.contains(&mark)
    };
    !read.text.trim().is_empty() && (file.is_logo() || file.mark().is_some_and(elsewhere))
}

pub fn file_line(texts: &Texts, file: &Attachment) -> String {
    let name = file.name.clone().unwrap_or_else(|| texts.say(&Scrap::UnnamedFile));
    format!("{name} ({})", texts.size(file.size))
}

pub fn value(text: impl Into<String>) -> Value {
    Value::from(text.into())
}

pub fn maybe(text: Option<String>) -> Value {
    text.map_or(Value::from(()), Value::from)
}

pub fn list(lines: Vec<String>) -> Value {
    Value::from(lines)
}

pub fn person(agent: &Agent) -> Person {
    Person { name: Some(agent.name.clone()), address: agent.address.clone() }
}

/// Whom an answer reaches: all of them, and who is left out but for `#all`.
pub fn goes_to(case: &Case<'_>, conversation: &Conversation) -> String {
    let reached = audience::reached(case, conversation);
    let names = |of: &dyn Fn(&Participant) -> bool| {
        let written =
            conversation.ticket.participants.iter().filter(|one| one.mailed == Mailed::Yes);
        let all: Vec<String> =
            written.filter(|one| of(one)).map(|one| voice::stranger(&one.person)).collect();
        all.join(", ")
    };
    let is_reached = |one: &Participant| reached.ticket.participants.contains(one);
    let others = names(&|one| !is_reached(one));
    let named = names(&is_reached);
    match others.is_empty() {
        true => named,
        false => case.texts.say(&Scrap::WithAll { named, others }),
    }
}

pub fn shorten(texts: &Texts, text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => {
            let (shown, rest) = text.split_at(at);
            let (shown, more) = (shown.trim_end().to_owned(), rest.chars().count());
            texts.say(&Scrap::Shortened { shown, more })
        }
        None => text.to_owned(),
    }
}

/// A mail of ours that concerns no ticket.
pub fn to_inside(
    config: &Config,
    kind: Kind,
    recipient: &Person,
    subject: String,
    text: String,
) -> Outgoing {
    Outgoing {
        kind,
        recipient: recipient.address.clone(),
        ticket: None,
        reply_goes: ReplyGoes::Nowhere,
        from_name: config.desk.name.clone(),
        from: None,
        to: vec![recipient.clone()],
        cc: Vec::new(),
        subject,
        text,
        in_reply_to: None,
        references: Vec::new(),
        automatic: Automatic::Generated,
        enclosures: Vec::new(),
    }
}

/// A mail that tells an agent what became of theirs, in its thread. No machine answers it, since it
/// says what it is.
pub fn transcript(
    case: &Case<'_>,
    own: AgentMail<'_>,
    ticket: Option<TicketNumber>,
    reply_goes: ReplyGoes,
    rendered: Rendered,
) -> Outgoing {
    let AgentMail { read, agent } = own;
    Outgoing {
        reply_goes,
        in_reply_to: read.inbound.message_id.clone(),
        references: read
            .inbound
            .references
            .iter()
            .chain(&read.inbound.message_id)
            .cloned()
            .collect(),
        automatic: Automatic::Replied,
        ..plain(case, Kind::Transcript, &person(agent), ticket, rendered)
    }
}

/// A transcript takes commands; words in answer to it are asked about.
pub fn where_a_reply_goes(texts: &Texts, ticket: Option<TicketNumber>) -> String {
    texts.say(if ticket.is_some() { &Scrap::CommandsOnly } else { &Scrap::GoesNowhere })
}
