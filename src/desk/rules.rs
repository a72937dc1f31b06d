//! What the rules of the settings say of a request: which hold, and what follows from them.
//!
//! The first rule that names a queue, an agent or a skill decides on that one; tags of all that
//! hold add up, and of priorities the highest counts, also those of VIPs and of words. Rules look
//! at what begins a ticket and never at a reply, and they believe a sender whose authentication did
//! not fail.

use std::collections::BTreeSet;

use super::worded::worded;
use crate::config::rules::{Header, Place, Rule, UNKNOWN, When};
use crate::config::{Config, Priority, Words};
use crate::mail::language::language;
use crate::mail::{Address, Inbound};

worded! {
    /// What of the settings made a new ticket what it is.
    Ruled in "ruled":
    Rule = "rule" { name: String },
    Vip = "vip" { customer: Address },
    Word = "word" { word: String },
}

/// A request that begins a ticket.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Whose it is; nobody where authentication failed.
    pub customer: Option<&'a Address>,
    /// What it is about.
    pub subject: &'a str,
    /// The customer's own new words.
    pub text: &'a str,
    /// The mail that brought it.
    pub mail: &'a Inbound,
    /// To whom the customer wrote before somebody passed it on.
    pub to: &'a [Address],
    /// An agent brought it: the header of the mail is not the customer's.
    pub passed: bool,
}

/// What follows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Routed {
    /// The queue.
    pub queue: Option<(String, Ruled)>,
    /// Who gets it.
    pub assign: Option<(Address, Ruled)>,
    /// What they must know.
    pub skill: Option<(String, Ruled)>,
    /// How much it matters.
    pub priority: Option<(Priority, Ruled)>,
    /// Words on it, and the rules that put them there.
    pub tags: BTreeSet<String>,
    /// Those rules.
    pub tagged: Vec<Ruled>,
}

/// What all rules together say.
pub fn routed(config: &Config, request: &Request<'_>) -> Routed {
    let mut routed = Routed::default();
    if !config.rules.is_empty() {
        let seen = Seen::of(config, request);
        config.rules.iter().filter(|rule| seen.meets(&rule.when)).for_each(|rule| routed.add(rule));
    }
    weigh(&mut routed, config, request);
    routed
}

impl Routed {
    fn add(&mut self, rule: &Rule) {
        let by = || Ruled::Rule { name: rule.name.clone() };
        let first = |known: &mut Option<(String, Ruled)>, said: &Option<String>| {
            if known.is_none() {
                *known = said.clone().map(|said| (said, by()));
            }
        };
        first(&mut self.queue, &rule.queue);
        first(&mut self.skill, &rule.skill);
        if self.assign.is_none() {
            self.assign = rule.assign.clone().map(|agent| (agent, by()));
        }
        self.raise(rule.priority, by);
        if rule.tags.iter().any(|tag| !self.tags.contains(tag)) {
            self.tags.extend(rule.tags.iter().cloned());
            self.tagged.push(by());
        }
    }

    /// The highest counts, and of equal ones the first.
    fn raise(&mut self, to: Option<Priority>, by: impl Fn() -> Ruled) {
        if let Some(to) = to.filter(|to| self.priority.as_ref().is_none_or(|(now, _)| to > now)) {
            self.priority = Some((to, by()));
        }
    }
}

fn weigh(routed: &mut Routed, config: &Config, request: &Request<'_>) {
    let weights = &config.priority;
    if let Some(customer) = request.customer.filter(|customer| weights.is_vip(customer)) {
        let by = || Ruled::Vip { customer: customer.clone() };
        routed.raise(Some(weights.vip_priority), by);
    }
    if weights.words.is_empty() {
        return;
    }
    let (subject, text) = (Words::of(request.subject), Words::of(&own(request.text)));
    for one in &weights.words {
        if subject.hold(&one.words) || text.hold(&one.words) {
            routed.raise(Some(one.priority), || Ruled::Word { word: one.written.clone() });
        }
    }
}

/// Without lines that are marked as somebody else's, whoever said them.
fn own(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with('>'));
    lines.collect::<Vec<_>>().join("\n")
}

/// A request as conditions look at it.
struct Seen<'a> {
    request: &'a Request<'a>,
    to: Vec<Address>,
    vip: bool,
    subject: Words,
    text: Words,
    language: Option<&'static str>,
}

impl<'a> Seen<'a> {
    fn of(config: &Config, request: &'a Request<'a>) -> Self {
        let mail = request.mail;
        let noted = ["Delivered-To", "X-Original-To", "Envelope-To"].into_iter();
        let noted = noted.flat_map(|name| mail.values(name)).filter_map(Address::parse);
        let named = mail.to.iter().chain(&mail.cc).map(|person| person.address.clone());
        let asks = |when: &When| !when.language.is_empty();
        let asked = config.rules.iter().any(|rule| asks(&rule.when));
        Self {
            request,
            to: request.to.iter().cloned().chain(named).chain(noted).collect(),
            vip: request.customer.is_some_and(|customer| config.priority.is_vip(customer)),
            subject: Words::of(request.subject),
            language: if asked { language(&own(request.text)) } else { None },
            text: Words::of(&own(request.text)),
        }
    }

    fn meets(&self, when: &When) -> bool {
        let lies = |place: &Place, address: &Address| place.holds(address);
        let to = |place: &Place| self.to.iter().any(|address| lies(place, address));
        let from =
            |place: &Place| self.request.customer.is_some_and(|customer| lies(place, customer));
        let spoken = self.language.unwrap_or(UNKNOWN);
        (when.to.is_empty() || when.to.iter().any(to))
            && (when.from.is_empty() || when.from.iter().any(from))
            && (when.subject.is_empty() || when.subject.iter().any(|one| self.subject.hold(one)))
            && (when.body.is_empty() || when.body.iter().any(|one| self.text.hold(one)))
            && (when.language.is_empty() || when.language.iter().any(|one| one == spoken))
            && when.headers.iter().all(|header| self.bears(header))
            && (!when.vip || self.vip)
    }

    fn bears(&self, header: &Header) -> bool {
        let mut values = self.request.mail.values(&header.name).map(Words::of);
        !self.request.passed
            && values.any(|value| {
                header.words.is_empty() || header.words.iter().any(|one| value.hold(one))
            })
    }
}
