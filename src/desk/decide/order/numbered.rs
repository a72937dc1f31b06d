//! A mail that names a ticket in each line, `#take 12`, `#assign 15 bob`: an answer to one of ours that
//! tells of many, such as the digest, or a mail of its own. All of it is done or nothing, as ever.
//!
//! A number that may be a time as well is asked about, and so is a line without one where several
//! tickets are named or none. No words go along: nothing says for whom they are.

use super::threads::number;
use super::{Order, has_own_words, run};
use crate::config::Agent;
use crate::desk::Direction;
use crate::desk::besides::Besides;
use crate::desk::case::{AgentMail, Case, Outcome, Read};
use crate::desk::command::parse::{Line, Meaning};
use crate::desk::command::{Command, Place, Verb, when};
use crate::desk::complaint::Complaint;
use crate::desk::decision::{Effect, Told};
use crate::desk::draft::Draft;
use crate::desk::known::{Answered, Conversation};
use crate::desk::notify::{self, Anew};
use crate::desk::query;
use crate::desk::reason::Reason;
use crate::mail::{Kind, ReplyGoes, TicketNumber};

/// Commands that reach nobody outside, and need no key.
const INSIDE: [Verb; 15] = [
    Verb::Reopen,
    Verb::Pending,
    Verb::Hold,
    Verb::Assign,
    Verb::Unassign,
    Verb::Take,
    Verb::Queue,
    Verb::Escalate,
    Verb::Priority,
    Verb::Tag,
    Verb::Title,
    Verb::Due,
    Verb::Remind,
    Verb::Link,
    Verb::Time,
];

/// Commands of which customers may hear, or that end what they wait for: only in answer to a mail of
/// ours, and not of what they wrote since.
const ANSWERING: [Verb; 4] = [Verb::Close, Verb::Status, Verb::Spam, Verb::Promise];

/// What a line is about.
#[derive(Debug)]
enum About {
    /// That ticket; the line is without its number.
    Of(TicketNumber, Line),
    /// A ticket that it does not name.
    Bare(&'static Command),
    /// No ticket, or it is a line to complain about.
    Any,
    /// Nothing that could be done so.
    Wrong(Complaint),
}

/// Lines of one ticket, by their place in the mail.
type Group = (Option<Conversation>, Vec<(usize, Line)>);

/// Decides about such a mail; `None` if no line names a ticket, and none has to.
pub fn numbered<'a>(
    case: &'a Case<'a>,
    read: &Read<'_>,
    agent: &Agent,
    lines: &[Line],
) -> Option<Draft<'a>> {
    let row = case.own_answered().filter(|row| tells_of_many(row));
    let mut all: Vec<About> = lines.iter().map(|line| one(case, row, line)).collect();
    let named: Vec<TicketNumber> = all.iter().filter_map(of).collect();
    let bare = all.iter().any(|one| matches!(one, About::Bare(_)));
    if named.is_empty() && !(bare && row.is_some()) {
        return None;
    }
    let only = named.first().copied().filter(|first| named.iter().all(|one| one == first));
    for (one, line) in all.iter_mut().zip(lines) {
        if let About::Bare(command) = one {
            *one = match only {
                Some(number) => About::Of(number, line.clone()),
                None => About::Wrong(Complaint::WhichTicket { name: command.name }),
            };
        }
    }
    for (one, line) in all.iter_mut().zip(lines) {
        if let Some(wrong) = of(one).and_then(|number| unfit(case, read, row, (number, line))) {
            *one = About::Wrong(wrong);
        }
    }
    Some(carry_out(case, read, agent, (lines, all)))
}

fn of(one: &About) -> Option<TicketNumber> {
    if let About::Of(number, _) = one { Some(*number) } else { None }
}

/// Whether a mail of ours to an agent is about no ticket, so that an answer names them.
fn tells_of_many(row: &Answered) -> bool {
    row.ticket.is_none() && matches!(row.kind, Kind::Notification | Kind::Transcript)
}

/// What a line is about; where nothing of ours is answered nothing may be done of which customers
/// hear.
fn one(case: &Case<'_>, row: Option<&Answered>, line: &Line) -> About {
    let Meaning::Command(command) = line.meaning else { return About::Any };
    let fits = INSIDE.contains(&command.verb) || ANSWERING.contains(&command.verb);
    match command.place {
        _ if query::is_question(line) => About::Any,
        Place::Anywhere | Place::End => About::Any,
        _ if !fits || row.is_none() && ANSWERING.contains(&command.verb) => {
            About::Wrong(Complaint::NoTicketMeant)
        }
        Place::Ticket | Place::Text => parted(case, command, line),
    }
}

/// The number with which a value begins. Where it may be part of a time nothing is guessed.
fn parted(case: &Case<'_>, command: &'static Command, line: &Line) -> About {
    let (first, rest) = line.value.split_once(' ').unwrap_or((&line.value, ""));
    let rest = rest.trim_start();
    let Some(found) = number(first.trim_end_matches([',', ':'])) else {
        return About::Bare(command);
    };
    let marked = first.starts_with(['#', '[']);
    let moment =
        |words: &str| when::leading(words, case.now, &case.config.desk.time_zone, None).map(drop);
    let is_time = |words: &str| !matches!(moment(words), Err(Complaint::NoTime { .. }));
    const TIMED: [Verb; 5] = [Verb::Pending, Verb::Hold, Verb::Due, Verb::Remind, Verb::Promise];
    let timed = TIMED.contains(&command.verb);
    let bare = command.verb == Verb::Time && when::worked(rest).is_err();
    if !marked && (bare || timed && is_time(&line.value)) {
        return match timed && is_time(rest) {
            true => About::Wrong(Complaint::TicketOrTime { number: found }),
            false => About::Bare(command),
        };
    }
    let of = Some(first.to_owned());
    About::Of(found, Line { value: rest.to_owned(), of, ..line.clone() })
}

/// Why a line cannot be obeyed of that ticket, beside what it says itself.
fn unfit(
    case: &Case<'_>,
    read: &Read<'_>,
    row: Option<&Answered>,
    (number, line): (TicketNumber, &Line),
) -> Option<Complaint> {
    let Some(conversation) = case.named(number) else {
        return Some(Complaint::NoTicket { number });
    };
    if !ANSWERING.iter().any(|verb| line.meaning.is(*verb)) {
        return None;
    }
    if has_own_words(read) {
        return Some(Complaint::WordsNowhere { number });
    }
    let said = case.records.public_entries(conversation.ticket.number, 1);
    let news = said.iter().find(|entry| {
        entry.direction == Direction::In && row.is_some_and(|row| entry.at > row.queued_at)
    });
    news.map(|entry| Complaint::WroteSince { who: entry.author.address.clone(), number })
}

fn carry_out<'a>(
    case: &'a Case<'a>,
    read: &Read<'_>,
    agent: &Agent,
    (lines, all): (&[Line], Vec<About>),
) -> Draft<'a> {
    let blocks: Vec<_> = read.blocks.iter().map(super::tagged::without_words).collect();
    let bare = Read { blocks: &blocks, text: "", ..read.clone() };
    let own = AgentMail { read: &bare, agent };
    let mut told: Vec<Option<Told>> = lines.iter().map(|_| None).collect();
    let mut groups = grouped(case, lines, all, &mut told);
    let order = |conversation: Option<&Conversation>| {
        let mut order = Order::new(case, &bare, agent, conversation);
        order.goes = ReplyGoes::Internal;
        order
    };
    let nowhere = has_own_words(read).then_some(&Besides::TextNowhere);
    if let [(Some(conversation), of_one)] = &groups[..]
        && told.iter().all(Option::is_none)
    {
        let mut order = order(Some(conversation));
        nowhere.into_iter().for_each(|what| order.besides(what));
        let lines: Vec<Line> = of_one.iter().map(|(_, line)| line.clone()).collect();
        let mut draft = run::settle(order, &lines);
        // What was said there since it began nobody has shown them.
        draft.seen = Some(1);
        return draft;
    }
    let mut whole = Draft::end(case, Outcome::Command, None, Reason::Commands);
    let mut sound = told.iter().all(Option::is_none);
    let mut answers: Vec<String> = nowhere.map(|what| case.texts.say(what)).into_iter().collect();
    for (conversation, of_one) in &mut groups {
        let (places, lines): (Vec<usize>, Vec<Line>) = of_one.drain(..).unzip();
        let carried = order(conversation.as_ref()).carried(&lines);
        for (place, line) in places.iter().zip(carried.told) {
            told.get_mut(*place).into_iter().for_each(|told| *told = Some(line.clone()));
        }
        answers.extend(carried.answers);
        match carried.draft {
            Some(draft) => join(&mut whole, draft),
            None => sound = false,
        }
    }
    let told: Vec<Told> = told.into_iter().flatten().collect();
    if !sound {
        return not_done(case, own, &told);
    }
    let (answers, told) = (&answers[..], &told[..]);
    let said =
        notify::Said { told, answers, shows: None, marked: false, narrow: false, numbered: true };
    notify::done(&mut whole, own, None, &said);
    whole
}

/// The lines of each ticket together, in the order written; those of none with the first. What is
/// wrong is told at its place.
fn grouped(
    case: &Case<'_>,
    lines: &[Line],
    all: Vec<About>,
    told: &mut [Option<Told>],
) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut others: Vec<(usize, Line)> = Vec::new();
    for ((place, line), (one, told)) in lines.iter().enumerate().zip(all.into_iter().zip(told)) {
        match one {
            About::Any | About::Bare(_) => others.push((place, line.clone())),
            About::Wrong(complaint) => *told = Some((line.written(), Err(complaint))),
            About::Of(number, line) => {
                let Some(conversation) = case.named(number) else { continue };
                let number = conversation.ticket.number;
                let is_it = |group: &&mut Group| {
                    group.0.as_ref().is_some_and(|one| one.ticket.number == number)
                };
                match groups.iter_mut().find(is_it) {
                    Some((_, lines)) => lines.push((place, line)),
                    None => groups.push((Some(conversation), vec![(place, line)])),
                }
            }
        }
    }
    match groups.first_mut() {
        _ if others.is_empty() => {}
        Some((_, lines)) => {
            lines.extend(others);
            lines.sort_by_key(|(place, _)| *place);
        }
        None => groups.push((None, others)),
    }
    groups
}

/// What was decided of one ticket is part of the whole.
fn join(whole: &mut Draft<'_>, part: Draft<'_>) {
    whole.events.extend(part.events);
    whole.mails.extend(part.mails);
    whole.more.extend(part.entry.map(Effect::SayBeside));
    whole.more.extend(part.more);
    whole.dropped.extend(part.dropped);
}

/// Lines that were carried out among others.
#[derive(Debug)]
pub struct Carried<'c> {
    /// What became of each.
    pub told: Vec<Told>,
    /// Paragraphs below the lines.
    pub answers: Vec<String>,
    /// What is decided, without a transcript; `None` if it cannot be.
    pub draft: Option<Draft<'c>>,
}

impl<'a, 'c: 'a> Order<'a, 'c> {
    /// The lines carried out, for a transcript that tells of others as well.
    fn carried(mut self, lines: &[Line]) -> Carried<'c> {
        let told = self.obey(lines);
        let sound = !self.is_refused(&told) && self.needs_key.is_none();
        let sound = sound && (self.conversation.is_none() || self.speak(false).is_ok());
        if sound {
            self.follow();
        }
        let answers = std::mem::take(&mut self.answers);
        Carried { told, answers, draft: sound.then_some(self.draft) }
    }
}

/// Nothing is done: lines as they should be can be written in answer.
fn not_done<'a>(case: &'a Case<'a>, own: AgentMail<'_>, told: &[Told]) -> Draft<'a> {
    let mut draft = Draft::end(case, Outcome::Record, None, run::not_understood(told));
    let waits = notify::Waits { until: None, odd: false, again: Some(Anew::Numbered) };
    notify::held_commands(&mut draft, own, None, told, waits);
    draft
}
