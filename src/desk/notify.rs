//! Who hears of what, and who must not.
//!
//! Customers' mails are made in `notify/outside.rs`: they hold only what is public (C1, C2). Agents' and the owner's mails
//! are made in `notify/inside.rs`, transcripts of what became of an agent's mail in `notify/transcript.rs`: their first line says where a reply goes, and that is frozen with the mail.

mod held;
mod inside;
mod outside;
mod reach;
mod repaired;
mod timed;
mod transcript;

pub use held::{collision, key, key_said};
pub use inside::{Bundle, alarm, bundle, follow_up, from_third_party, impostor, new_request, note, passed_on, too_large, undelivered};
pub use outside::{acknowledge, acknowledge_again, reply, solved};
pub use reach::{Listener, listeners};
pub use repaired::{brought, repaired};
pub use timed::{escalated, reminder};
pub use transcript::{HELD_FOR, Said, Waits, done, expired, held, held_commands, opened, slip_words};

use minijinja::Value;

use super::decide::{Context, Conversation, Decision, Post};
use super::texts::{Rendered, Values};
use crate::mail::{Address, Attachment, Kind, MessageId, Outgoing, Person, ReplyGoes, TicketNumber};

/// Renders a text; a broken template of the operator's becomes a problem of its own.
fn render(context: &Context<'_>, name: &'static str, values: &Values, decision: &mut Decision) -> Rendered {
    let rendered = context.texts.render(name, values);
    if let Some(broken) = &rendered.broken {
        let what = format!("A text template is broken, the built-in one is used: {broken}");
        decision.problems.push(("template", what, "mend the file, then `postdesk check` and start the desk again".to_owned()));
    }
    rendered
}

/// A mail of the desk to one of its own people or to a single customer, with everything usual filled in.
fn plain(context: &Context<'_>, kind: Kind, recipient: &Person, ticket: Option<TicketNumber>, rendered: Rendered) -> Outgoing {
    Outgoing {
        kind,
        recipient: recipient.address.clone(),
        ticket,
        reply_goes: ReplyGoes::Nowhere,
        from_name: context.config.desk.name.clone(),
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

fn post(mail: Outgoing) -> Post {
    Post { mail, cause: String::new() }
}

/// Our earlier ids to that recipient on the ticket.
fn own_thread(conversation: &Conversation, recipient: &Address) -> Vec<MessageId> {
    let own = conversation.thread.iter().filter(|(address, _)| address == recipient);
    own.map(|(_, id)| id.clone()).collect()
}

fn file_line(file: &Attachment) -> String {
    format!("{} ({})", file.name.as_deref().unwrap_or("unnamed file"), super::texts::size(file.size))
}

fn value(text: impl Into<String>) -> Value {
    Value::from(text.into())
}

fn maybe(text: Option<String>) -> Value {
    text.map_or(Value::from(()), Value::from)
}

fn list(lines: Vec<String>) -> Value {
    Value::from(lines)
}
