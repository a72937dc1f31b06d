//! Whether the mail server that took a mail believes that it is spam, by what it wrote over it.
//!
//! Of each field only the first counts: the last server wrote it. Whoever writes such a field
//! themselves makes only their own mail spam.

use super::Inbound;
use crate::config::SpamHeader;

/// From which spam confidence level on Exchange puts mail into the junk folder.
const SCL_SPAM: u32 = 5;

/// Words of SpamAssassin and rspamd.
const WORDS: [(&str, &str); 3] =
    [("X-Spam-Flag", "yes"), ("X-Spam-Status", "yes"), ("X-Spam", "yes")];
/// Where Exchange writes its level, alone or among other facts.
const LEVELS: [&str; 3] =
    ["X-MS-Exchange-Organization-SCL", "X-Forefront-Antispam-Report", "X-Microsoft-Antispam"];
/// Longest value that is repeated, in characters.
const SHOWN: usize = 40;

/// The field that calls a mail spam, and what it says; `own` is one that the operator named.
pub fn mark(mail: &Inbound, own: Option<&SpamHeader>) -> Option<String> {
    let own = own.map(|own| (own.name.as_str(), own.value.as_str()));
    let said = own.into_iter().chain(WORDS).find_map(|(name, word)| {
        let value = first(mail, name).filter(|value| begins(value, word))?;
        Some(format!("{name}: {}", value.chars().take(SHOWN).collect::<String>()))
    });
    let level = || {
        LEVELS.into_iter().find_map(|name| {
            let level = level(first(mail, name)?).filter(|level| *level >= SCL_SPAM)?;
            Some(format!("{name}: SCL {level}"))
        })
    };
    said.or_else(level)
}

fn first<'a>(mail: &'a Inbound, name: &'a str) -> Option<&'a str> {
    mail.values(name).next().map(str::trim)
}

fn begins(value: &str, start: &str) -> bool {
    value.get(..start.len()).is_some_and(|own| own.eq_ignore_ascii_case(start))
}

fn level(value: &str) -> Option<u32> {
    let mut facts = value.split(';').filter_map(|fact| fact.split_once(':'));
    let named = facts.find(|(name, _)| name.trim().eq_ignore_ascii_case("SCL"));
    let number = named.map_or(value, |(_, level)| level);
    number.trim().parse().ok().filter(|level| *level <= 9)
}
