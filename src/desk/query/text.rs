//! The words of answers: for a phone of 40 columns, so no tables; a ticket is three short lines.
//! Only words that are longer by themselves make a longer line.

use jiff::tz::TimeZone;

use super::tale::Tale;
use super::{Answer, Ended, LISTED_MAX, Listed, Question, Story, Which};
use crate::config::{Agent, Config};
use crate::desk::command::{COMMANDS, Command, suggest};
use crate::desk::complaint::Complaint;
use crate::desk::obeyed::Obeyed;
use crate::desk::promise::Promise;
use crate::desk::texts::Texts;
use crate::desk::{AskEnd, Entry, EntryKind, Event, Goal, Mailed, Part, Status, Target, Ticket};
use crate::mail::Address;
use crate::time::Timestamp;

/// Columns of a phone.
pub const COLUMNS: usize = 40;
/// Longest text of one entry that is shown, in characters; the ticket has all of it.
const ENTRY_SHOWN: usize = 700;
/// Most facts that are told to one `#why`.
const FACTS_MAX: usize = 20;
/// Within so many milliseconds the day of the week says which day it is.
const WEEK: i64 = 6 * 24 * 3600 * 1000;

/// What an answer is made with.
#[derive(Clone, Copy, Debug)]
pub struct Teller<'a> {
    /// The settings: names and the zone.
    pub config: &'a Config,
    /// The words.
    pub texts: &'a Texts,
    /// Who asks; `None` for the owner of the desk, who need not be an agent.
    pub agent: Option<&'a Agent>,
    /// When.
    pub now: Timestamp,
}

/// An answer: what follows "✔ #list: ", and the paragraphs below.
pub type Told = Result<(Obeyed, Vec<String>), Complaint>;

impl Teller<'_> {
    /// A list or the tickets that were found.
    pub fn tickets(&self, question: &Question, answer: &Answer) -> Told {
        let Answer::Tickets(listed, all) = answer else {
            return Ok((Obeyed::NothingFound, Vec::new()));
        };
        if listed.is_empty() {
            let none = if *all == 0 { Obeyed::NoneListed } else { Obeyed::NoneOnPage };
            return Ok((none, Vec::new()));
        }
        let mut parts: Vec<String> = listed.iter().map(|one| self.short(one)).collect();
        let page = if let Question::List(_, page) = question { *page } else { 1 };
        let shown = (page - 1).saturating_mul(LISTED_MAX).saturating_add(listed.len());
        if *all > shown {
            parts.push(narrow(&self.say(&self.next(question, page, all - shown))));
        }
        Ok((Obeyed::Tickets { all: *all }, parts))
    }

    fn say(&self, tale: &Tale) -> String {
        self.texts.say(tale)
    }

    /// How to ask for so many that are not listed.
    fn next(&self, question: &Question, page: usize, count: usize) -> Tale {
        let Question::List(which, _) = question else { return Tale::MoreWords { count } };
        let day;
        let name = match which {
            Which::Due(due) => {
                day = format!("due {}", due.date);
                &day
            }
            Which::Of(address) if self.agent.is_some_and(|own| own.address == *address) => "mine",
            Which::Of(address) => {
                self.config.agent(address).map_or(address.as_str(), |agent| agent.handle.as_str())
            }
            Which::Open => "open",
            Which::Overdue => "overdue",
            Which::Unassigned => "unassigned",
            Which::Queue(name) => name,
        };
        let (list, page) = (name.to_owned(), page + 1);
        match suggest::queue(&self.config.queues, &format!("{list} {page}")) {
            Ok(_) => Tale::MoreOfPage { count, list, page },
            Err(_) => Tale::MorePages { count, list, page },
        }
    }

    /// `#12 open, high, Bob`, the subject, whose it is and when it is due.
    fn short(&self, listed: &Listed) -> String {
        let ticket = &listed.ticket;
        let last = format!("{}, {}", ticket.requester.shown(), self.due(listed));
        [self.head(ticket), narrow(&ticket.subject), narrow(&last)].join("\n")
    }

    /// The same where it stands among words of ours: what somebody else called it is set in, and
    /// cannot pass for a heading.
    pub fn task(&self, listed: &Listed) -> String {
        let ticket = &listed.ticket;
        let last = format!("{}, {}", ticket.requester.address, self.due(listed));
        let set_in = |words: &str| hung(words, "  ", "  ");
        let subject = self.texts.voice().barred(&narrow(&ticket.subject));
        [self.head(ticket), set_in(&subject), set_in(&last)].join("\n")
    }

    fn head(&self, ticket: &Ticket) -> String {
        narrow(&format!(
            "#{} {}, {}, {}",
            ticket.number.0,
            ticket.status.as_str(),
            ticket.priority.as_str(),
            self.holder(ticket)
        ))
    }

    fn holder(&self, ticket: &Ticket) -> String {
        let holder = ticket.assignee.as_ref();
        holder.map_or_else(|| self.say(&Tale::Nobody), |address| self.called(address))
    }

    fn called(&self, address: &Address) -> String {
        self.config.agent(address).map_or_else(|| address.to_string(), |agent| agent.name.clone())
    }

    /// The nearest moment that matters, what customers were promised first.
    fn due(&self, listed: &Listed) -> String {
        let ticket = &listed.ticket;
        let over = matches!(ticket.status, Status::Solved | Status::Closed | Status::Spam);
        let targets = ticket.targets.iter().filter(|one| one.due().is_some());
        let target = targets.min_by_key(|one| one.due());
        self.say(&match (listed.promise, ticket.due) {
            (Some(at), _) if !over && at < self.now => Tale::AnswerLate { at: self.at(at) },
            (Some(at), _) if !over => Tale::AnswerBy { at: self.at(at) },
            (_, Some(at)) if !over && at < self.now => Tale::Late { at: self.at(at) },
            (_, Some(at)) if !over => Tale::Due { at: self.at(at) },
            _ => match target {
                Some(target) => self.target(target),
                None => Tale::Since { at: self.at(ticket.created_at) },
            },
        })
    }

    fn target(&self, target: &Target) -> Tale {
        let late = target.due_at.is_some_and(|at| at <= self.now);
        Tale::Target { what: target.what, at: target.due_at.map(|at| self.at(at)), late }
    }

    /// `Tue 14:00` this week, `Thu 24 Dec 14:00` this year.
    fn at(&self, at: Timestamp) -> String {
        let zone: &TimeZone = &self.config.desk.time_zone;
        let (then, now) =
            (at.to_jiff().to_zoned(zone.clone()), self.now.to_jiff().to_zoned(zone.clone()));
        let near = (at.as_millis() - self.now.as_millis()).abs() < WEEK;
        let form = match (near, then.year() == now.year()) {
            (true, _) => "%a %H:%M",
            (false, true) => "%a %-d %b %H:%M",
            (false, false) => "%Y-%m-%d %H:%M",
        };
        then.strftime(form).to_string()
    }

    /// A whole ticket: what it is, who takes part, what was said last.
    pub fn story(&self, story: &Story) -> (Obeyed, Vec<String>) {
        let ticket = &story.listed.ticket;
        let at = self.at(ticket.created_at);
        let mut facts = vec![Tale::Opened { at, queue: ticket.queue.clone() }];
        let due = ticket.due.filter(|_| story.listed.promise.is_some());
        facts.extend(due.map(|at| Tale::ToBeDone { at: self.at(at) }));
        let targets = ticket.targets.iter().filter(|one| one.is_open() && one.what != Goal::Taken);
        facts.extend(targets.map(|one| self.target(one)));
        facts.extend(ticket.asking().map(|asking| Tale::Asking {
            what: asking.words.split(' ').map(str::to_owned).collect(),
            at: self.at(asking.at),
        }));
        let survey = ticket.survey.as_ref().and_then(|one| Some((one.mark?, one.at?, &one.agent)));
        facts.extend(survey.map(|(mark, at, agent)| Tale::Mark {
            mark,
            at: self.at(at),
            agent: agent.as_ref().map(|one| self.called(one)),
        }));
        let late = ticket.promises.iter().filter_map(|one| Some((one.due_at, one.late()?)));
        let late =
            late.map(|(due, by)| Tale::GivenLate { due: self.at(due), by: self.texts.late(by) });
        facts.extend(late);
        if !ticket.tags.is_empty() {
            facts.push(Tale::Tags { tags: ticket.tags.iter().cloned().collect() });
        }
        if !ticket.worked.is_zero() {
            facts.push(Tale::Worked { time: self.texts.worked(ticket.worked) });
        }
        facts.extend(ticket.participants.iter().map(|one| {
            let address = one.person.address.clone();
            match (one.part, one.mailed) {
                (Part::Requester, _) => Tale::Requester { address },
                (Part::Cc, Mailed::Yes) => Tale::Copies { address },
                (Part::Cc, Mailed::JoinOnly) => Tale::MayWrite { address },
            }
        }));
        let silenced = story.events.iter().filter_map(|(event, _)| event.silences().cloned());
        facts.extend(silenced.map(|address| Tale::WantsNone { address }));
        let facts = facts.iter().map(|fact| self.say(fact));
        let facts = std::iter::once(self.short(&story.listed)).chain(facts);
        let facts = facts.map(|fact| narrow(&fact)).collect::<Vec<_>>().join("\n");
        let said = story.last.iter().map(|entry| self.said(entry));
        let status = ticket.status;
        (Obeyed::Status { status }, std::iter::once(facts).chain(said).collect())
    }

    fn said(&self, entry: &Entry) -> String {
        let (at, who) =
            (self.at(entry.at), self.texts.voice().sender_name(self.config, &entry.author));
        let head = match entry.kind {
            EntryKind::Message => Tale::SaidBy { at, who },
            EntryKind::Note => Tale::NotedBy { at, who },
        };
        let mut lines = vec![narrow(&self.say(&head))];
        let text: String = entry.text.chars().take(ENTRY_SHOWN).collect();
        let words = if text.is_empty() {
            self.say(&Tale::NoText)
        } else {
            self.texts.voice().barred(&text)
        };
        lines.push(narrow(&words));
        if text.len() < entry.text.len() {
            lines.push(self.say(&Tale::Cut));
        }
        if !entry.history.is_empty() {
            lines.push(String::new());
            lines.push(narrow(&self.texts.voice().barred(&entry.history)));
        }
        let names = entry.files.iter().map(|file| Tale::File { name: file.name.clone() });
        lines.extend(names.map(|name| narrow(&self.say(&name))));
        lines.join("\n")
    }

    /// Every rule that fired for a ticket and its mails, oldest first.
    pub fn reasons(&self, story: &Story) -> (Obeyed, Vec<String>) {
        let ticket = &story.listed.ticket;
        let late = |event, at| came_late(self.texts, ticket, event, at).map(|tale| self.say(&tale));
        let reason = |event, at| self.reason(event).or_else(|| late(event, at));
        let of_events =
            story.events.iter().filter_map(|(event, at)| Some((*at, reason(event, *at)?)));
        let of_mails = story.ended.iter().map(|ended| (ended.at, self.end(ended)));
        let mut all: Vec<(Timestamp, String)> = of_events.chain(of_mails).collect();
        all.sort_by_key(|(at, _)| *at);
        let cut = all.len().saturating_sub(FACTS_MAX);
        let mut parts = vec![
            [self.head(&story.listed.ticket), narrow(&story.listed.ticket.subject)].join("\n"),
        ];
        if cut > 0 {
            parts.push(self.say(&Tale::Before { count: cut }));
        }
        parts.extend(
            all.iter().skip(cut).map(|(at, words)| narrow(&format!("{} {words}", self.at(*at)))),
        );
        (Obeyed::WhatLed, parts)
    }

    /// Why a mail ended as it did.
    pub fn mail(&self, ended: &Ended) -> (Obeyed, Vec<String>) {
        (Obeyed::WhatBecame, vec![narrow(&format!("{} {}", self.at(ended.at), self.end(ended)))])
    }

    fn end(&self, ended: &Ended) -> String {
        let Ended { at: _, from, outcome, reason } = ended.clone();
        self.say(&Tale::Mail { from, outcome, reason })
    }

    /// What a fact was and which rule made it; `None` for facts that say themselves why.
    fn reason(&self, event: &Event) -> Option<String> {
        let tale = match event.clone() {
            Event::Opened { why, queue, ruled, .. } => Tale::OwnTicket { why, queue, ruled },
            Event::Said { entry: EntryKind::Message, by, why } => Tale::Wrote { by, why },
            Event::Said { entry: EntryKind::Note, by, why } => Tale::Noted { by, why },
            Event::StatusChanged { to, why } => Tale::Status { to, why },
            Event::Assigned { to, why } => Tale::Assigned { to, why },
            Event::PrioritySet { to, why } if !why.is_empty() => Tale::Priority { to, why },
            Event::Tagged { added, why, .. } if !why.is_empty() => {
                Tale::Tagged { tags: added.into_iter().collect(), why }
            }
            Event::SkillAsked { skill, why } => Tale::Skill { skill, why },
            Event::Linked { to, why } => Tale::Linked { to, why },
            Event::ThirdParty { person, why } => Tale::ThirdParty { address: person.address, why },
            Event::Moved { to, why } => Tale::Moved { to, why },
            Event::Escalated { why, .. } => Tale::Escalated { why },
            Event::Withheld { what, why } => Tale::Withheld { what, why },
            Event::Undelivered { recipient, words, unproven, .. } => {
                Tale::Undelivered { to: recipient, words, unproven }
            }
            Event::Promised { what, .. } => Tale::Promised { what: what.as_str().to_owned() },
            Event::Offered { words, .. } => Tale::Offered { words },
            Event::PromiseMissed { holding, .. } => Tale::Missed { told: holding },
            Event::TargetMissed { what, due } => Tale::TargetMissed { what, due: self.at(due) },
            Event::DetailsAsked { what, by, .. } => Tale::Asked { what, by },
            Event::AskedAgain { .. } => Tale::AskedAgain,
            Event::SurveyAsked { of, .. } => Tale::SurveyAsked { of },
            Event::Marked { mark, by, agent, was, .. } => {
                Tale::Marked { mark, by, agent: agent.map(|one| self.called(&one)), was }
            }
            Event::AskEnded { what, found, how } => ended(what, &found, how),
            _ => return None,
        };
        Some(self.say(&tale))
    }
}

/// How an asking ended.
fn ended(mut what: Vec<String>, found: &[String], how: AskEnd) -> Tale {
    match how {
        AskEnd::Answered => {
            what.retain(|name| !found.contains(name));
            Tale::AskAnswered { lacking: what }
        }
        AskEnd::TakenOver => Tale::AskTakenOver,
        AskEnd::GivenUp => Tale::AskGivenUp { what },
        AskEnd::Unreachable => Tale::AskUnreachable,
        AskEnd::TakenBack => Tale::AskTakenBack,
    }
}

/// By how much an answer came after the time that was promised; `None` if it came in time.
fn came_late(texts: &Texts, ticket: &Ticket, event: &Event, at: Timestamp) -> Option<Tale> {
    let at = match event {
        Event::PromiseKept => at,
        Event::TakenLate { taken, .. } => *taken,
        _ => return None,
    };
    let kept = ticket.promises.iter().filter(|one| one.kept_at == Some(at));
    let late = kept.filter_map(Promise::late).max()?;
    Some(Tale::CameLate { by: texts.late(late) })
}

/// Lines of at most [`COLUMNS`] characters, broken between words; a longer word stands alone.
pub fn narrow(text: &str) -> String {
    hung(text, "", "")
}

/// One thing among others: its first line stands out.
pub fn paragraph(text: &str) -> String {
    hung(text, "", "  ")
}

/// The list of commands for people: for `#help` and `postdesk commands`.
pub fn help(texts: &Texts) -> String {
    let line = |command: &Command| {
        let meaning = texts.named("commands", command.name);
        let others = command.others();
        let also = if others.is_empty() { String::new() } else { format!("\nalso {others}") };
        let below = hung(&[meaning, also].concat(), "  ", "    ");
        format!("{}\n{below}", command.usage())
    };
    COMMANDS.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The same with something before the first of the lines that one becomes, and before the others.
/// A line that begins with a space gets one more on its way (RFC 3676 §4.4).
fn hung(text: &str, first: &str, others: &str) -> String {
    let columns = COLUMNS - usize::from(others.starts_with(' '));
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        let mut current = first.to_owned();
        let (mut width, mut empty) = (first.chars().count(), true);
        for word in line.split_whitespace() {
            let length = word.chars().count();
            if !empty && width + 1 + length > columns {
                lines.push(std::mem::replace(&mut current, others.to_owned()));
                (width, empty) = (others.chars().count(), true);
            }
            if !empty {
                current.push(' ');
                width += 1;
            }
            current.push_str(word);
            (width, empty) = (width + length, false);
        }
        lines.push(current);
    }
    lines.join("\n")
}
