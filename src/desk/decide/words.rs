//! An agent's words: what of them leaves, and what in them must be a slip.
//!
//! All of it errs on the side of holding: a mail that waits is read again, a line that left is read
//! by the customer.

use crate::config::{Agent, Config};
use crate::desk::command::near;
use crate::desk::command::parse::{Script, undecorated};
use crate::mail::quote::tail::{Habits, Says, says};
use crate::mail::quote::{Block, Role};

/// A text in which every agent's address is the desk's: signatures bear them, and customers know
/// the desk only (C2).
pub fn without_agents(text: &str, config: &Config) -> String {
    let desk = config.desk.address.as_str();
    let addresses = config.agents.iter().flat_map(Agent::addresses);
    addresses.fold(text.to_owned(), |text, address| {
        replaced(&text, &address.as_str().to_ascii_lowercase(), desk)
    })
}

fn replaced(text: &str, address: &str, by: &str) -> String {
    // ASCII lower case keeps every byte where it is.
    let lower = text.to_ascii_lowercase();
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for (at, found) in lower.match_indices(address) {
        let (before, after) = (
            lower.get(..at).unwrap_or_default(),
            lower.get(at + found.len()..).unwrap_or_default(),
        );
        if is_address_end(before, after) {
            out.push_str(text.get(done..at).unwrap_or_default());
            out.push_str(by);
            done = at + found.len();
        }
    }
    out.push_str(text.get(done..).unwrap_or_default());
    out
}

/// Whether an address ends there on both sides: `jim.bob@desk.test` and `bob@desk.test.example` are
/// not bob's.
fn is_address_end(before: &str, after: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    let left = !before.ends_with(|c: char| part(c) || matches!(c, '.' | '+'));
    let dotted = after.strip_prefix('.').is_some_and(|rest| rest.starts_with(part));
    left && !after.starts_with(part) && !dotted
}

/// The text as it is sent: `\#word` is how an agent writes `#word` where that would be a command.
pub fn unescaped(text: &str) -> String {
    text.split('\n').map(unescape).collect::<Vec<_>>().join("\n")
}

fn unescape(line: &str) -> String {
    let bare = undecorated(line);
    match (bare.strip_prefix("\\#"), line.strip_suffix(bare)) {
        (Some(rest), Some(before)) => near::unescaped(&format!("{}#{rest}", before.trim_start())),
        _ => near::unescaped(line),
    }
}

/// The blocks of a mail whose text is nothing but its writer's tail: that is a signature, though
/// nothing marks it.
pub fn without_bare_tail(mut script: Script, habits: &Habits) -> Script {
    let own = |block: &&Block| block.role == Role::New;
    let text: Vec<&str> =
        script.blocks.iter().filter(own).map(|block| block.text.as_str()).collect();
    let most = if script.lines.is_empty() { Says::Nothing } else { Says::Thanks };
    if says(&text.join("\n\n"), habits) <= most {
        let own = script.blocks.iter_mut().filter(|block| block.role == Role::New);
        own.filter(|block| !block.text.trim().is_empty())
            .for_each(|block| block.role = Role::Signature);
    }
    script
}
