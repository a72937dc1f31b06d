//! An agent's words: what of them leaves, and what in them must be a slip.
//!
//! All of it errs on the side of holding: a mail that waits is read again, a line that left is read
//! by the customer.

use crate::config::{Agent, Config};
use crate::desk::command::near;
use crate::desk::command::parse::{Script, undecorated};
use crate::mail::quote::tail::{Habits, Says, says};
use crate::mail::quote::{Block, Role};

/// A line with a quotation mark that was read as the agent's own, and that no customer has seen.
pub fn stray_quote<'a>(blocks: &'a [Block], quotable: &[String]) -> Option<&'a str> {
    let own =
        blocks.iter().filter(|block| block.role == Role::New).flat_map(|block| block.text.lines());
    let public: Vec<String> = quotable.iter().map(|text| squeeze(text)).collect();
    own.into_iter().find(|line| {
        let bare =
            line.trim_start().strip_prefix('>').map(|rest| squeeze(rest.trim_start_matches('>')));
        bare.is_some_and(|bare| !bare.is_empty() && !public.iter().any(|text| text.contains(&bare)))
    })
}

/// What leaves: the agent's own words, and of what they quote between them only lines that stand in
/// a public entry.
pub fn outgoing_text(blocks: &[Block], quotable: &[String]) -> String {
    let last_words = blocks.iter().rposition(is_words).map_or(0, |last| last + 1);
    let public: Vec<String> = quotable.iter().map(|text| squeeze(text)).collect();
    let mut lines: Vec<String> = Vec::new();
    for block in blocks.iter().take(last_words) {
        match block.role {
            Role::New | Role::Forward => lines.extend(block.text.lines().map(str::to_owned)),
            Role::Quote => lines.extend(public_quotes(&block.text, &public)),
            Role::Signature => {}
        }
    }
    tidy(&lines)
}

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

fn is_words(block: &Block) -> bool {
    matches!(block.role, Role::New | Role::Forward) && !block.text.trim().is_empty()
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

fn public_quotes(text: &str, public: &[String]) -> Vec<String> {
    let quoted = text.lines().filter_map(|line| line.trim_start().strip_prefix('>'));
    let bare = quoted.map(|line| line.trim_matches(|c: char| c == '>' || c.is_whitespace()));
    let known = bare.filter(|line| {
        let squeezed = squeeze(line);
        !squeezed.is_empty() && public.iter().any(|text| text.contains(&squeezed))
    });
    known.map(|line| format!("> {line}")).collect()
}

/// The words of a line; the bar that our mails put before a stranger's line is none of it.
fn squeeze(text: &str) -> String {
    text.replace('│', " ").split_whitespace().collect::<Vec<_>>().join(" ")
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
