//! Names of the machines at which an agent writes: they stand in the header of their mails, and are
//! for the inside, as nobody else can know them.

use super::inside::letters;
use crate::config::{Agent, Config};
use crate::mail::Inbound;
use crate::mail::providers::is_public;

/// Letters and digits from which on a name is one.
const LETTERS_MIN: usize = 6;

/// The machines from which that mail came first: who gave it its id, and who handed it over. The
/// domains of the desk's people and of mail providers are no secret.
pub fn of<'a>(mail: &'a Inbound, config: &Config) -> Vec<&'a str> {
    let id = mail.message_id.as_ref().and_then(|id| id.as_str().rsplit_once('@'));
    let id = id.map(|(_, host)| host.trim_end_matches('>'));
    let handed_over = mail.values("Received").last().map(from).unwrap_or_default();
    let people = config.agents.iter().flat_map(Agent::addresses).chain(config.desk.addresses());
    let domains: Vec<&str> = people.map(|address| address.domain()).collect();
    let is_known = |host: &str| {
        let mut parents = host.match_indices('.').filter_map(|(at, _)| host.get(at + 1..));
        domains.iter().any(|domain| domain.eq_ignore_ascii_case(host))
            || is_public(host)
            || parents.any(is_public)
    };
    let is_name = |host: &str| {
        host.contains('.')
            && host.contains(char::is_alphabetic)
            && letters(host).len() >= LETTERS_MIN
            && host.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_'))
    };
    let hosts = id.into_iter().chain(handed_over);
    hosts.filter(|host| is_name(host) && !is_known(host)).collect()
}

/// Whether a text in small letters names a host, and no longer name.
pub fn names(text: &str, host: &str) -> bool {
    let host = host.to_lowercase();
    let part = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    text.match_indices(&host).any(|(at, _)| {
        let before = text.get(..at).unwrap_or_default();
        let after = text.get(at + host.len()..).unwrap_or_default();
        let longer = after.strip_prefix('.').is_some_and(|rest| rest.starts_with(part));
        !before.ends_with(|c: char| part(c) || c == '.') && !after.starts_with(part) && !longer
    })
}

/// `from laptop (laptop.corp.lan [10.0.0.7]) by …`: both names.
fn from(received: &str) -> Vec<&str> {
    let part = received.split(" by ").next().unwrap_or_default();
    let words = part.split(|c: char| c.is_whitespace() || "()[];=".contains(c));
    words.filter(|word| !word.is_empty()).skip(1).take(2).collect()
}
