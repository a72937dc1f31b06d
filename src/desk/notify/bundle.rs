//! What is above an agent's hourly bound, in one mail (L2).

use super::make::{list, to_inside, value};
use crate::desk::decision::Effect;
use crate::desk::digest::Subscriber;
use minijinja::Value;

use crate::config::Config;
use crate::desk::draft::Draft;
use crate::desk::texts::{Texts, Values};
use crate::desk::{Priority, Ticket};
use crate::mail::{Kind, Outgoing, Person};

/// How much of a text a bundle repeats, in characters, and in words looked at: two lines.
const BUNDLED_SHOWN: usize = 140;
const BUNDLED_WORDS: usize = 70;

/// So many mails that were taken for spam are listed.
const SPAM_SHOWN: usize = 20;

/// What a bundle says of a notification: what happened, and below it how the text begins.
pub fn bundled(what: &str, text: &str) -> String {
    let words = text.split_whitespace().take(BUNDLED_WORDS).collect::<Vec<_>>().join(" ");
    match words.char_indices().nth(BUNDLED_SHOWN) {
        Some((at, _)) => format!("{what}\n  {} …", words.split_at(at).0.trim_end()),
        None if words.is_empty() => what.to_owned(),
        None => format!("{what}\n  {words}"),
    }
}

/// Queues a notification, or puts a line about it by if its agent had as many as they want in an
/// hour (L2). What is urgent never waits.
pub fn offer(draft: &mut Draft<'_>, ticket: &Ticket, line: String, mail: Outgoing) {
    let case = draft.case;
    let had = case.records.notified(&mail.recipient);
    let full = had >= case.config.limits.notifications_per_agent_and_hour;
    if full && ticket.priority != Priority::Urgent {
        draft.also(Effect::PutBy(mail.recipient, ticket.number, line));
    } else {
        draft.mail(mail);
    }
}

/// The same of what can wait: their next digest tells it in these words, or lists the ticket as it
/// is, where they get one.
pub fn offer_later(
    draft: &mut Draft<'_>,
    ticket: &Ticket,
    words: Option<String>,
    (line, mail): (String, Outgoing),
) {
    let config = draft.case.config;
    let whose = Subscriber::named(config, &mail.recipient);
    if !whose.is_some_and(|whose| whose.gets_one(config)) {
        return offer(draft, ticket, line, mail);
    }
    let put_by = words.map(|words| Effect::ForMorning(mail.recipient, ticket.number, words));
    put_by.into_iter().for_each(|effect| draft.also(effect));
}

/// What is bundled for an agent, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bundle {
    /// One for each notification.
    pub lines: Vec<String>,
    /// In how many tickets.
    pub tickets: usize,
    /// It goes to an agent, who can answer; the owner of the desk need not be one.
    pub agent: bool,
}

/// What the mail server took for spam within a day, a line for each.
pub fn spam(
    config: &Config,
    texts: &Texts,
    person: &Person,
    name: &str,
    lines: Vec<String>,
) -> Outgoing {
    let more = lines.len().saturating_sub(SPAM_SHOWN);
    let values = Values::from([
        ("name", value(name)),
        ("count", Value::from(lines.len())),
        ("lines", list(lines.into_iter().take(SPAM_SHOWN).collect())),
        ("more", Value::from(more)),
        ("agent", Value::from(config.agent(&person.address).is_some())),
        ("desk_address", value(config.desk.address.as_str())),
        ("desk", value(&config.desk.name)),
    ]);
    let rendered = texts.render("spam", &values);
    to_inside(config, Kind::Notification, person, rendered.subject, rendered.text)
}

/// The rest of an hour's notifications, in one mail.
pub fn bundle(
    config: &Config,
    texts: &Texts,
    person: &Person,
    name: &str,
    bundle: &Bundle,
) -> Outgoing {
    let values = Values::from([
        ("name", value(name)),
        ("count", value(bundle.lines.len().to_string())),
        ("tickets", value(bundle.tickets.to_string())),
        ("lines", list(bundle.lines.clone())),
        ("agent", Value::from(bundle.agent)),
        ("desk", value(&config.desk.name)),
    ]);
    let rendered = texts.render("bundle", &values);
    to_inside(config, Kind::Notification, person, rendered.subject, rendered.text)
}
