//! A mail that answers none of ours and names a ticket in its subject, `[#5]`: what stays inside is
//! done there. Where words would go that tag says nothing of, so none go anywhere.

use super::{Order, has_own_words, run};
use crate::config::Agent;
use crate::desk::besides::Besides;
use crate::desk::case::{Case, Read};
use crate::desk::command::Verb;
use crate::desk::command::parse::{Line, Meaning};
use crate::desk::draft::Draft;
use crate::desk::query;
use crate::desk::route::tag;
use crate::mail::ReplyGoes;
use crate::mail::quote::{Block, Role};

/// Commands that reach nobody outside, and need no key.
const INSIDE: [Verb; 17] = [
    Verb::Reopen,
    Verb::Pending,
    Verb::Hold,
    Verb::Assign,
    Verb::Unassign,
    Verb::Take,
    Verb::Queue,
    Verb::Escalate,
    Verb::Priority,
    Verb::Tag,
    Verb::Title,
    Verb::Due,
    Verb::Remind,
    Verb::Link,
    Verb::Time,
    Verb::Away,
    Verb::Back,
];

/// Decides about such a mail; `None` if it names no ticket that is known, or wants more.
pub fn tagged<'a>(
    case: &'a Case<'a>,
    read: &Read<'_>,
    agent: &Agent,
    lines: &[Line],
) -> Option<Draft<'a>> {
    let number = tag(read.inbound.subject.as_deref()?)?;
    let conversation = case.named(number)?;
    let stays = |line: &Line| {
        query::is_question(line)
            || matches!(line.meaning, Meaning::Command(command) if INSIDE.contains(&command.verb))
    };
    if !lines.iter().all(stays) {
        return None;
    }
    let blocks: Vec<Block> = read.blocks.iter().map(without_words).collect();
    let bare = Read { blocks: &blocks, text: "", ..read.clone() };
    let mut order = Order::new(case, &bare, agent, Some(&conversation));
    order.goes = ReplyGoes::Internal;
    if has_own_words(read) {
        order.besides(&Besides::TextNowhere);
    }
    let mut draft = run::settle(order, lines);
    // What was said there since it began nobody has shown them.
    draft.seen = Some(1);
    Some(draft)
}

/// A run of its text as it is where its words go nowhere.
pub fn without_words(block: &Block) -> Block {
    let role = if block.role == Role::New { Role::Signature } else { block.role };
    Block { role, ..block.clone() }
}
