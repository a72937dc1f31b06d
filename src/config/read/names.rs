//! Names: of people, of queues, of the server whose word is believed. What they must not look like,
//! since customers read the first and commands the second, and only the very word is the third.

use super::value::{Read, Value, quoted, text, wrong};

/// Words that `#list`, `#queue` and `#assign` understand otherwise.
const TAKEN: [&str; 10] =
    ["mine", "my", "me", "open", "all", "overdue", "late", "unassigned", "nobody", "none"];
/// Signs that people write or read as an @.
const AT: [&str; 5] = ["@", "\u{ff20}", "\u{fe6b}", "(at)", "[at]"];
/// Longest name, in characters: it stands in one line of a mail client, beside the desk's.
const NAME_MAX: usize = 100;

/// The name of a person, as customers read it.
pub fn person(value: &Value<'_>) -> Read<String> {
    let name = text(value)?;
    if is_like_address(&name) {
        return wrong(
            value,
            format!(
                "{} looks like an address, and customers read it; write the person's name",
                quoted(&name)
            ),
        );
    }
    shown(value)
}

/// Whether people, or programs that look for addresses, read it as one.
pub fn is_like_address(name: &str) -> bool {
    let name = name.to_lowercase();
    let spelt = name.split_once(" at ").is_some_and(|(_, host)| is_host(host));
    spelt || AT.iter().any(|sign| name.contains(sign)) || name.contains("mailto:")
}

fn is_host(text: &str) -> bool {
    let text = text.trim_end_matches(['.', ' ']).replace(" dot ", ".");
    text.contains('.') && !text.contains(char::is_whitespace)
}

/// A name that stands in From: no sign there that mail clients hide, or read as something else.
pub fn shown(value: &Value<'_>) -> Read<String> {
    let name = text(value)?;
    let said = |what: &str| wrong(value, format!("{} {what}", quoted(&name)));
    if name.chars().any(is_unseen) {
        return said("holds a sign that nobody sees; write it anew");
    }
    if name.contains(['<', '>']) {
        return said("holds a bracket of an address; write the name alone");
    }
    if name.contains("://") {
        return said("holds a link, and customers read it; write the name alone");
    }
    if name.starts_with('#') {
        return said("begins like a command; write the name without #");
    }
    if name.chars().count() > NAME_MAX {
        return said("is too long for the line of a mail client; at most 100 letters");
    }
    Ok(name)
}

/// Signs without a shape, and those that turn the direction of what stands beside them.
fn is_unseen(sign: char) -> bool {
    matches!(sign, '\u{ad}' | '\u{200b}' | '\u{202a}'..='\u{202e}')
        || matches!(sign, '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// The one word by which commands name a person.
pub fn handle(value: &Value<'_>) -> Read<String> {
    let handle = text(value)?;
    match unfit(&handle) {
        Some(why) => wrong(value, why),
        None => Ok(handle),
    }
}

/// Why a word cannot be a handle, if it cannot.
pub fn unfit(handle: &str) -> Option<String> {
    let odd = |c: char| c.is_whitespace() || c == '@' || c == '#';
    if handle.contains(odd) || squeezed(handle).is_empty() {
        return Some(format!("{} must be one word without @ and #", quoted(handle)));
    }
    TAKEN.contains(&handle.to_lowercase().as_str()).then(|| {
        format!("{} means something else in commands; choose another word", quoted(handle))
    })
}

/// By which people know a rule, in one line of a mail.
pub fn rule(value: &Value<'_>) -> Read<String> {
    let name = text(value)?;
    if name.chars().any(is_unseen) || squeezed(&name).is_empty() {
        return wrong(value, format!("{} has no letter that people see", quoted(&name)));
    }
    if name.chars().count() > NAME_MAX {
        return wrong(value, format!("{} is too long; at most 100 letters", quoted(&name)));
    }
    Ok(name)
}

/// The word by which commands name a queue.
pub fn queue(value: &Value<'_>) -> Read<String> {
    let name = text(value)?;
    if name.contains(['@', '#']) || name.chars().any(is_unseen) || squeezed(&name).is_empty() {
        return wrong(
            value,
            format!("{} must be a word for commands, without @ and #", quoted(&name)),
        );
    }
    if TAKEN.contains(&squeezed(&name).as_str()) {
        return wrong(
            value,
            format!(
                "{} means something else in #list and #queue; choose another word",
                quoted(&name)
            ),
        );
    }
    Ok(name)
}

/// Letters and digits only, in lower case: so commands compare names.
pub fn squeezed(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The id of a server, as it stands first in its Authentication-Results: one word (RFC 8601 §2.2).
/// Another can never be equal to it, and every agent's mail would be held.
pub fn authserv_id(value: &Value<'_>) -> Read<String> {
    let written = text(value)?;
    let field = "authentication-results:";
    let head = written.get(..field.len()).unwrap_or_default();
    let is_field = head.eq_ignore_ascii_case(field);
    let id =
        if is_field { written.get(field.len()..).unwrap_or_default().trim() } else { &written };
    let sound = |c: char| c.is_alphanumeric() || "-._:+".contains(c);
    let what = if id.contains("://") {
        "is a URL"
    } else if is_field {
        "is the name of the field"
    } else if id.contains(';') {
        "holds a ;, which ends the name in the field"
    } else if id.contains('@') {
        "is an address"
    } else if id.contains(char::is_whitespace) {
        "is more than one word"
    } else if has_port(id) {
        "holds a port"
    } else if id.starts_with(['.', '-']) || id.ends_with(['.', '-']) || id.contains("..") {
        "has a dot or a hyphen too many"
    } else if !id.chars().all(sound) || !id.ends_with(char::is_alphanumeric) {
        "holds a sign that stands in no such name"
    } else {
        return Ok(written);
    };
    let host = id.rsplit("://").next().unwrap_or(id).rsplit('@').next().unwrap_or(id);
    let meant = host.split(|c: char| !sound(c) || c == ':').find(|word| !word.is_empty());
    let meant = meant.unwrap_or_default().trim_matches('.');
    let meant = if meant.contains('.') { meant } else { "mx.example.com" };
    wrong(
        value,
        format!(
            "{} {what}; write the first word of that field alone, such as \"{meant}\"",
            quoted(&written)
        ),
    )
}

fn has_port(id: &str) -> bool {
    let port = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    id.split_once(':').is_some_and(|(_, rest)| port(rest))
}
