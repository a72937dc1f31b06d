//! An agent's words: what of them leaves, and what in them must be a slip.
//!
//! All of it errs on the side of holding: a mail that waits is read again, a line that left is read
//! by the customer.

use crate::config::{Agent, Config};
use crate::desk::command::parse::undecorated;
use crate::mail::quote::{Block, Role};

/// The words with which our mails to agents begin: in an agent's own text they are our text, not
/// theirs.
pub const MARK: &str = "Reply →";

/// Lines of our mails to agents, in lower case, as they begin. Somebody who trims the first line of
/// what they answer leaves these.
const INSIDE_BEGINNINGS: [&str; 5] = [
    "answer promised by 20",
    "to be done by 20",
    "also open for them: #",
    "! the sender is not verified:",
    "! the sender failed authentication",
];
/// The same, as they end.
const INSIDE_ENDINGS: [&str; 2] = ["(internal note):", "takes no part in that ticket"];

/// The first line of the new text that is ours: the agent's client did not mark what it quotes.
pub fn our_line(blocks: &[Block]) -> Option<&str> {
    new_lines(blocks).find(|line| is_ours(line))
}

/// The first line of a text that is ours.
pub fn our_line_in(text: &str) -> Option<&str> {
    text.lines().find(|line| is_ours(line))
}

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
            Role::New | Role::Forward => lines.extend(block.text.lines().map(unescape)),
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

fn is_ours(line: &str) -> bool {
    let line = squeeze(
        line.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '>' | '*' | '|' | '_')),
    )
    .to_lowercase();
    is_mark(&line)
        || (line.starts_with('#') && line.contains(" priority, queue "))
        || INSIDE_BEGINNINGS.iter().any(|beginning| line.starts_with(beginning))
        || INSIDE_ENDINGS.iter().any(|ending| line.ends_with(ending))
}

/// The mark, also where a client knows no arrow: `Reply ? goes to`.
fn is_mark(line: &str) -> bool {
    let Some(rest) = line.strip_prefix("reply") else { return false };
    let words = rest.trim_start_matches(|c: char| !c.is_alphanumeric());
    let sign = words.len() < rest.trim_start().len();
    rest.trim_start().starts_with('→')
        || (sign && (words.starts_with("goes ") || words.starts_with("internal, agents")))
}

fn new_lines(blocks: &[Block]) -> impl Iterator<Item = &str> {
    blocks
        .iter()
        .filter(|block| block.role == Role::New || block.role == Role::Forward)
        .flat_map(|block| block.text.lines())
}

fn is_words(block: &Block) -> bool {
    matches!(block.role, Role::New | Role::Forward) && !block.text.trim().is_empty()
}

/// `\#word` is how an agent writes a line that begins with `#word`.
fn unescape(line: &str) -> String {
    let bare = undecorated(line);
    match (bare.strip_prefix("\\#"), line.strip_suffix(bare)) {
        (Some(rest), Some(before)) => format!("{}#{rest}", before.trim_start()),
        _ => line.to_owned(),
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
