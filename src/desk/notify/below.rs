//! What stands below an agent's answer: their signature, the legal lines of the desk, and as much of
//! the conversation as the operator wants, of which everybody reached may know.

use std::collections::BTreeMap;

use minijinja::Value;

use super::make::{maybe, shorten};
use crate::config::{Agent, History};
use crate::desk::audience::{self, Common};
use crate::desk::case::Case;
use crate::desk::decide::words::without_agents;
use crate::desk::known::Conversation;
use crate::desk::texts::{Values, moment};
use crate::desk::{Direction, Entry, Event, Mailed};
use crate::mail::Authentication;

/// So many things that were said stand below an answer at most …
const ENTRIES_MAX: u32 = 20;
/// … each with so many lines and characters.
const LINES_MAX: usize = 200;
const TEXT_MAX: usize = 10_000;

/// The values for it.
pub fn below(case: &Case<'_>, agent: &Agent, conversation: &Conversation) -> Values {
    let config = case.config;
    let queue = config.queue(&conversation.ticket.queue);
    let footer = queue.and_then(|queue| queue.footer.clone());
    let history = history(case, conversation);
    let history: Vec<Value> = history.iter().map(|entry| shown(case, entry)).collect();
    Values::from([
        ("signature", maybe(agent.signature.clone())),
        ("footer", maybe(footer.or_else(|| config.desk.footer.clone()))),
        ("earlier", Value::from(history)),
    ])
}

/// What was said, the newest first. Whoever has the request since it was somebody else's, or takes
/// part since theirs went into it, learns nothing of what was said before (C1), and what is forged
/// is not passed on.
fn history(case: &Case<'_>, conversation: &Conversation) -> Vec<Entry> {
    let most = match case.config.desk.history {
        History::None => return Vec::new(),
        History::Last => 1,
        History::All => usize::MAX,
    };
    let common = audience::common(case, &conversation.ticket);
    let ticket = &conversation.ticket;
    let events = case.records.events(ticket.number);
    let since = events.iter().filter(|(event, _)| brings_strangers(event)).map(|(_, at)| *at).max();
    let is_theirs = |entry: &Entry| match entry.direction {
        Direction::In => {
            // What an agent asks of the desk as a customer is for the inside (C2).
            entry.verified != Authentication::Fail
                && case.config.agent(&entry.author.address).is_none()
                && ticket
                    .participant(&entry.author.address)
                    .is_some_and(|one| one.mailed == Mailed::Yes)
        }
        Direction::Out => case.config.desk.history == History::All && common == Common::All,
    };
    if common == Common::Nothing {
        return Vec::new();
    }
    let said = case.records.public_entries(ticket.number, ENTRIES_MAX).into_iter().rev();
    said.filter(|entry| since.is_none_or(|since| entry.at > since) && is_theirs(entry))
        .take(most)
        .collect()
}

/// Whether others read from then on whose matter it was not.
fn brings_strangers(event: &Event) -> bool {
    match event {
        Event::RequesterChanged { .. } => true,
        Event::Absorbed { joined, .. } => !joined.is_empty(),
        _ => false,
    }
}

fn shown(case: &Case<'_>, entry: &Entry) -> Value {
    let name = entry.author.name.as_deref().filter(|name| !name.contains(['@', '<', ';']));
    let who = match (entry.direction, name) {
        (_, Some(name)) => name,
        (Direction::In, None) => entry.author.address.as_str(),
        (Direction::Out, None) => &case.config.desk.name,
    };
    let files = entry.files.iter().filter_map(|file| file.name.as_deref());
    let files = files.map(|name| format!("[{name}]"));
    // A customer may know an agent's address and write it; the others learn nothing of it (C2).
    let text = without_agents(&shorten(case.texts, &entry.text, TEXT_MAX), case.config);
    let lines = text.lines().take(LINES_MAX).map(str::to_owned).chain(files);
    let quoted = lines.map(|line| format!("> {line}").trim_end().to_owned());
    Value::from(BTreeMap::from([
        ("at", Value::from(moment(entry.at, &case.config.desk.time_zone))),
        ("who", Value::from(who)),
        ("text", Value::from(quoted.collect::<Vec<_>>().join("\n"))),
    ]))
}
