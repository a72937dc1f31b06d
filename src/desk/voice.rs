//! Whose words a mail to an agent holds: strangers never speak in the desk's voice.
//!
//! A display name is whatever its owner likes, so the address stands first and the name behind it
//! in quotes. A line of somebody else's that has the form of one of ours, where a reply goes, a
//! separator, a line of the context, the head of a note, bears a bar; ours never do. Other lines
//! stay as they are, so that they flow and are read as they were written.

use crate::config::{Agent, Config};
use crate::mail::Person;

/// What stands before a line of somebody else's that looks like ours.
pub const BAR: &str = "│ ";
/// Longest name that is shown, in characters.
const NAME_MAX: usize = 40;
/// How lines of ours begin, as [`folded`] makes them.
const BEGINNINGS: [&str; 12] = [
    "reply>",
    "reply:",
    "reply->",
    "answerpromised",
    "tobedoneby",
    "hereasit",
    "herebecauseit",
    "alsoopen",
    "attachments:",
    "!",
    "│",
    "|",
];
/// What only our lines hold, as [`folded`] makes them.
const WITHIN: [&str; 5] =
    ["internalnote", "agentsonly", "(thirdparty)", "priority,queue", "nobodyhasit"];
/// Somebody from outside: `ada@example.org ("Ada Lovelace")`.
pub fn stranger(person: &Person) -> String {
    let name = person.name.as_deref().map(clean).filter(|name| !name.is_empty());
    match name {
        Some(name) => format!("{} (\"{name}\")", person.address),
        None => person.address.to_string(),
    }
}

/// A name as the sender of a mail to agents: that of one who is no colleague and claims nothing.
pub fn sender_name(config: &Config, person: &Person) -> String {
    let name = person.name.as_deref().map(clean).unwrap_or_default();
    let plain = folded(&name);
    let names = |name: &str| plain.contains(&folded(name));
    let known = |agent: &Agent| names(&agent.name) && agent.address != person.address;
    let claims = name.contains(['@', '<', ';', '#'])
        || WITHIN.iter().chain(&BEGINNINGS).any(|ours| plain.contains(ours))
        || names(&config.desk.name)
        || config.agents.iter().any(known);
    if name.is_empty() || claims { person.address.to_string() } else { name }
}

/// Somebody who wrote: `Ada Lovelace <ada@example.org>`; by the address first if the name claims
/// anything.
pub fn author(config: &Config, person: &Person) -> String {
    let name = sender_name(config, person);
    if name == person.address.as_str() {
        stranger(person)
    } else {
        format!("{name} <{}>", person.address)
    }
}

/// A name without what has no shape, turns the direction of writing, or would end the quotes.
fn clean(name: &str) -> String {
    let shaped: String =
        name.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(has_shape).collect();
    let words: Vec<&str> = shaped.split(' ').filter(|word| !word.is_empty()).collect();
    let line = words.join(" ").replace(['"', '“', '”', '„'], "'");
    match line.char_indices().nth(NAME_MAX) {
        Some((at, _)) => format!("{}…", line.get(..at).unwrap_or(&line).trim_end()),
        None => line,
    }
}

fn has_shape(c: &char) -> bool {
    !c.is_control()
        && !matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}')
        && !matches!(c, '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
        && !matches!(c, '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}')
        && !matches!(c, '\u{e0000}'..='\u{e007f}' | '\u{2800}')
}

/// Words of somebody else's, with a bar before each line that has the form of one of ours.
pub fn barred(text: &str) -> String {
    let mut barred = String::with_capacity(text.len());
    for (at, line) in text.split('\n').enumerate() {
        if at > 0 {
            barred.push('\n');
        }
        if is_like_ours(line) {
            barred.push_str(BAR);
        }
        barred.push_str(line);
    }
    barred
}

fn is_like_ours(line: &str) -> bool {
    let whole = folded(line);
    let plain =
        whole.trim_start_matches(['*', '_', '~', '`', '•', '·']).trim_end_matches(['*', '.']);
    let dashes = plain.chars().count() >= 3 && plain.chars().all(is_dash);
    dashes
        || whole.chars().count() >= 3 && whole.chars().all(is_dash)
        || BEGINNINGS.iter().any(|start| plain.starts_with(start))
        || WITHIN.iter().any(|words| plain.contains(words))
        || is_state(plain)
        || is_head(plain)
}

/// Whether a line bears a mark of ours for which no writer has cause: where a reply goes, the head of
/// a note, the state of a ticket. In an agent's own text it is a copy.
pub fn bears_our_mark(line: &str) -> bool {
    let plain = folded(line);
    let plain = plain.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '#');
    let direction = plain.strip_prefix("reply").is_some_and(|rest| {
        let words = rest.trim_start_matches(|c: char| !c.is_alphanumeric());
        words.len() < rest.len()
            && ["goesto", "goesnowhere", "internal,agents"].iter().any(|way| words.starts_with(way))
    });
    let within = ["(internalnote)", ",agentsonly", "priority,queue"];
    direction || within.iter().any(|words| plain.contains(words))
}

fn is_dash(c: char) -> bool {
    matches!(c, '-' | '_' | '=' | '‐'..='―' | '─'..='╿' | '⎯' | '﹣' | '－')
}

/// `#12 open, …`
fn is_state(plain: &str) -> bool {
    let Some(rest) = plain.strip_prefix('#') else { return false };
    let words = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    let states = ["new", "open", "pending", "on-hold", "solved", "closed", "spam"];
    words.len() < rest.len() && states.iter().any(|state| words.starts_with(state))
}

/// `2026-11-25 03:40, Bob Brown:`, `Bob Brown noted:`.
fn is_head(plain: &str) -> bool {
    let mut digits = plain.bytes().take(10);
    let dated = plain.len() > 15
        && digits.all(|byte| byte.is_ascii_digit() || byte == b'-')
        && plain.contains(',');
    let ends = ["noted:", "assignedthistoyou", "assignedthistoyou:", "escalatedthistoyou:"];
    (dated && plain.ends_with(':')) || ends.iter().any(|end| plain.ends_with(end))
}

/// A line as the eye takes it: small letters, without white space, lookalikes as what they pass for.
fn folded(line: &str) -> String {
    if line.is_ascii() {
        let shaped = line.chars().filter(|c| !c.is_ascii_whitespace() && !c.is_ascii_control());
        return shaped.map(|c| c.to_ascii_lowercase()).collect();
    }
    line.chars()
        .filter(|c| !c.is_whitespace() && has_shape(c))
        .map(|c| match c {
            '！'..='～' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
            c => c,
        })
        .flat_map(char::to_lowercase)
        .map(|c| if c.is_ascii() { c } else { latin(c) })
        .collect()
}

/// The Latin letter, or the arrow, that this one looks like.
fn latin(c: char) -> char {
    match c {
        'а' | 'α' => 'a',
        'е' | 'ε' | 'ё' => 'e',
        'о' | 'ο' | 'σ' => 'o',
        'р' | 'ρ' => 'p',
        'с' | 'ϲ' => 'c',
        'у' | 'γ' | 'ү' => 'y',
        'х' | 'χ' => 'x',
        'і' | 'ι' | 'ı' | 'ї' => 'i',
        'ѕ' => 's',
        'ԁ' => 'd',
        'տ' | 'ո' | 'п' => 'n',
        'т' | 'τ' => 't',
        'г' | 'ɡ' => 'r',
        'ⅼ' | 'ӏ' => 'l',
        '→' | '⇒' | '➜' | '➔' | '⟶' | '▶' | '»' | '›' | '＞' => '>',
        c => c,
    }
}
