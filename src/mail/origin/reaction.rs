//! Thumbs and hearts put under a mail, which clients send as mails: Gmail, Outlook, phones.

use super::Reading;
use crate::mail::quote::tail::{Habits, Says, says};
use crate::mail::{Inbound, Origin};

/// How the line ends by which a client tells of a thumb; letters alone, in lower case.
const REACTED: &[&str] = &[
    "reacted via gmail",
    "reacted to your message",
    "reacted to your email",
    "reacted to your e mail",
    "reacted to this message",
    "hat über gmail reagiert",
    "hat via gmail reagiert",
    "hat auf ihre nachricht reagiert",
    "hat auf deine nachricht reagiert",
    "a réagi via gmail",
    "a réagi à votre message",
    "a réagi à ton message",
    "ha reaccionado mediante gmail",
    "ha reaccionado a través de gmail",
    "ha reaccionado a tu mensaje",
    "ha reaccionado a su mensaje",
    "reaccionó a tu mensaje",
    "ha reagito tramite gmail",
    "ha reagito al tuo messaggio",
    "ha reagito al suo messaggio",
    "reagiu pelo gmail",
    "reagiu usando o gmail",
    "reagiu via gmail",
    "reagiu à sua mensagem",
    "heeft gereageerd via gmail",
    "heeft gereageerd op uw bericht",
    "heeft gereageerd op je bericht",
    "zareagował a za pomocą gmaila",
    "zareagował na twoją wiadomość",
    "zareagowała na twoją wiadomość",
    "zareagował a na twoją wiadomość",
];

/// How phones begin what they say of a thumb.
const TAPBACKS: &[&str] = &[
    "liked ",
    "loved ",
    "disliked ",
    "laughed at ",
    "emphasized ",
    "emphasised ",
    "questioned ",
    "reacted to ",
    "reacted ",
    "a aimé ",
    "a adoré ",
    "le gustó ",
    "le encantó ",
    "ha messo mi piace a ",
    "gostou de ",
    "amou ",
    "polubiono ",
];

/// A thumb put under a mail: no words, so neither an answer nor a reason to open a ticket. Clients
/// send it as a mail with the sign and one line about it.
pub(super) fn read(mail: &Inbound) -> Option<Reading> {
    const LINES: usize = 4;
    let lines = mail.text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('>'));
    let first: Vec<&str> = lines.take(LINES + 1).map(str::trim).collect();
    let type_said =
        mail.attachments.iter().any(|file| file.content_type.contains("email-reaction"));
    let short = first.len() <= LINES;
    (type_said || short && (is_thumb(&first) || is_tapback(&first.join(" "))))
        .then(|| Reading::new(Origin::Report, "a reaction, and no words"))
}

/// A line that somebody reacted, and the sign; or that they did with the client that says so.
fn is_thumb(lines: &[&str]) -> bool {
    let sign = |c: char| !c.is_alphanumeric() && c > '\u{2100}';
    let bare = |line: &str| {
        let line = line.split(['<', '(']).next().unwrap_or_default();
        let letters = line.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' });
        let lower = letters.collect::<String>().to_lowercase();
        lower.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let says = |line: &&&str| {
        let line = bare(line);
        REACTED.iter().any(|reacted| line.ends_with(reacted)) && line.split(' ').count() <= 12
    };
    let Some(line) = lines.iter().find(says) else { return false };
    bare(line).contains("gmail") || lines.iter().any(|line| line.contains(sign))
}

/// How phones tell of a thumb in words: all of the text is a verb and what was said, quoted.
fn is_tapback(text: &str) -> bool {
    const QUOTES: [char; 8] = ['“', '”', '„', '"', '«', '»', '‘', '’'];
    let quoted = |rest: &str| {
        let rest = rest.trim_start_matches(|c: char| !c.is_alphanumeric() && !QUOTES.contains(&c));
        let rest = rest.strip_prefix("to ").unwrap_or(rest);
        let inner = rest.strip_prefix(QUOTES);
        inner.is_some_and(|inner| {
            let inner = inner.trim_end_matches('.');
            inner.ends_with(QUOTES) && !inner.trim_end_matches(QUOTES).contains(['“', '„', '«'])
        })
    };
    let lower = text.trim().to_lowercase();
    let german = lower.starts_with("hat „") && lower.ends_with(" markiert");
    german || TAPBACKS.iter().any(|verb| lower.strip_prefix(verb).is_some_and(quoted))
}

/// Whether a text is nothing but a thumb, a heart or a smile or two above its writer's tail: a
/// reaction that was typed.
pub fn is_bare(text: &str, habits: &Habits) -> bool {
    let first = text.lines().find(|line| !line.trim().is_empty());
    first.is_some_and(is_signs) && says(text, habits) <= Says::Thanks
}

fn is_signs(text: &str) -> bool {
    const SIGNS_MAX: usize = 12;
    const TYPED: [&str; 8] = [":)", ":-)", ";)", ";-)", ":d", ":-d", "<3", "(y)"];
    let text = text.trim();
    let joins = |c: char| matches!(c, '\u{fe0f}' | '\u{200d}' | '\u{1f3fb}'..='\u{1f3ff}');
    // Those ask.
    let asks = |c: char| matches!(c, '❓' | '❔' | '❗' | '❕' | '⁉' | '‼' | '\u{1f198}');
    let sign = |c: char| {
        matches!(c, '\u{2190}'..='\u{21ff}' | '\u{2600}'..='\u{27bf}' | '\u{2b05}'..='\u{2b55}' | '\u{1f000}'..='\u{1faff}')
            && !asks(c)
    };
    let all = |c: char| sign(c) || joins(c) || c.is_whitespace() || matches!(c, '!' | '.');
    let signs = text.chars().filter(|c| sign(*c)).count();
    (1..=SIGNS_MAX).contains(&signs) && text.chars().all(all)
        || TYPED.contains(&text.to_lowercase().as_str())
}
