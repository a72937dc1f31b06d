//! A report that says too little: its customer is asked once, within the acknowledgement, and the
//! ticket waits for them; two reminders, and then it is closed with the door open.
//!
//! A machine asks only where a mail is clearly vague (`desk/intake.rs`), and where asking cannot
//! annoy: nobody who is known for an open ticket, answers something, sends a file, or matters more
//! than most. Any answer ends it, the customer's as well as an agent's.

use super::ladder::is_out_of_reach;
use crate::config::Queue;
use crate::desk::case::{Case, Read};
use crate::desk::deed::Because;
use crate::desk::draft::Draft;
use crate::desk::intake::{self, Report};
use crate::desk::known::Conversation;
use crate::desk::notify::{self, Reminder};
use crate::desk::silenced::wants_none;
use crate::desk::urge::Urge;
use crate::desk::{
    AskEnd, Event, Mailed, NO_SUBJECT, Part, Priority, Promised, Status, Ticket, Wake,
};
use crate::mail::forward::without_prefixes;
use crate::mail::quote::tail::{Habits, without};
use crate::mail::{Address, Authentication, Origin, Person};
use crate::time::Timestamp;

/// Most details that somebody is asked for at once: who is asked for more answers nothing.
pub const ASKED_MAX: usize = 3;

/// Working days until somebody is asked again, for the last time, and no more: a day off, a weekend
/// and a holiday lie within each.
const DAYS: [(Wake, u32); 3] = [(Wake::AskAgain, 2), (Wake::AskLast, 3), (Wake::AskEnd, 5)];

/// Acknowledges a new ticket, and asks within that where the report says too little.
pub fn acknowledge(draft: &mut Draft<'_>, read: &Read<'_>, ticket: &Ticket, sender: &Person) {
    let case = draft.case;
    let linked = draft.events.iter().any(|(_, event)| matches!(event, Event::Linked { .. }));
    let what = if linked { Vec::new() } else { lacks(case, read, ticket, sender) };
    let again = at(case, ticket, Wake::AskAgain).filter(|_| !what.is_empty());
    let Some(again) = again.filter(|_| notify::silent(case, read, sender).is_none()) else {
        notify::acknowledge(draft, read, ticket, sender);
        return;
    };
    let why = case.texts.say(&Because::Asked);
    draft.fact(ticket.number, Event::StatusChanged { to: Status::Pending, why });
    let of = sender.address.clone();
    draft.fact(ticket.number, Event::DetailsAsked { what: what.clone(), of, by: None, again });
    let reminded = Some(again).filter(|_| read.verdict.result == Authentication::Pass);
    notify::ask(draft, read, ticket, (sender, &what, reminded));
}

/// What a first mail is to be asked for; nothing where it is not vague, or no machine is to ask.
fn lacks(case: &Case<'_>, read: &Read<'_>, ticket: &Ticket, sender: &Person) -> Vec<String> {
    let inbound = read.inbound;
    let answers = !inbound.in_reply_to.is_empty() || !inbound.references.is_empty();
    let files = inbound.attachments.iter().any(|file| !notify::is_decoration(file, read));
    let raw = inbound.subject.as_deref().unwrap_or_default();
    let again = without_prefixes(raw).len() < raw.len() || raw.contains("[#");
    if read.reading.origin != Origin::Person
        || answers
        || files
        || again
        || inbound.cut
        || inbound.unread
        || !read.history.is_empty()
        || is_urgent(read)
        || ticket.priority > Priority::Normal
        || case.config.agent(&sender.address).is_some()
    {
        return Vec::new();
    }
    let subject = if ticket.subject == NO_SUBJECT { "" } else { &ticket.subject };
    // The cheap questions first: they are the end of it for most mails.
    if intake::is_substance(subject) || known_for_another(case, ticket, sender) {
        return Vec::new();
    }
    let name = sender.name.as_deref().unwrap_or_default();
    let text = words(read.text, name, sender.address.local());
    let names: Vec<&str> = case.config.names().chain([name]).collect();
    let report = Report { subject, text, names: &names };
    let Some(vague) = intake::vague_in(report, case.texts.language_of("acknowledgement-question"))
    else {
        return Vec::new();
    };
    let own = case.config.queue(&ticket.queue).and_then(|queue| queue.checklist.as_ref());
    let mut what = match own {
        None => vague.missing.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>(),
        Some(list) => {
            let told = intake::found(&format!("{subject}\n{text}"), false, &case.config.details);
            let is_told =
                |name: &String| vague.told.contains(&name.as_str()) || is_own(case, name, &told);
            list.iter().filter(|name| !is_told(name)).cloned().collect()
        }
    };
    what.truncate(ASKED_MAX);
    what
}

fn known_for_another(case: &Case<'_>, ticket: &Ticket, sender: &Person) -> bool {
    !case.records.open_of(&sender.address, ticket.number, 1).is_empty()
}

/// A text without the sign-off and the card at its end. What begins with a number or a link is no
/// sign-off, and what would leave nothing is none either.
fn words<'t>(text: &'t str, name: &str, user: &str) -> &'t str {
    let own = without(text, &Habits::of(&format!("{name} {user}"), Vec::new()));
    let tail = text.get(own.len()..).unwrap_or_default();
    let first = tail.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let says = first.contains(|c: char| c.is_numeric() || "@/:|".contains(c));
    if says || own.trim().is_empty() { text } else { own }
}

/// Whether a detail of the operator's own is among those.
fn is_own(case: &Case<'_>, name: &String, told: &[String]) -> bool {
    case.config.details.iter().any(|detail| detail.name == *name) && told.contains(name)
}

/// Whether the sender's program says that it is urgent (RFC 2156 §5.3.6, and the older X-Priority).
fn is_urgent(read: &Read<'_>) -> bool {
    let says = |field: &str, begins: &[char]| {
        let mut values = read.inbound.values(field);
        values.any(|value| value.trim().to_lowercase().starts_with(begins))
    };
    says("Importance", &['h']) || says("Priority", &['u']) || says("X-Priority", &['1', '2'])
}

/// When a step of the asking is due that begins now.
pub fn at(case: &Case<'_>, ticket: &Ticket, step: Wake) -> Option<Timestamp> {
    let queue: &Queue = case.config.queue(&ticket.queue)?;
    let (_, days) = DAYS.into_iter().find(|(known, _)| *known == step)?;
    let at = queue.hours.after(case.now, queue.hours.day().saturating_mul(days))?;
    // The end of a day is the beginning of the next.
    Some(queue.hours.next_open(at).unwrap_or(at))
}

/// Somebody wrote on a ticket, and it is open again by that: whether they were asked for something.
/// What a person answers by is promised anew.
pub fn answered(draft: &mut Draft<'_>, read: &Read<'_>, ticket: &Ticket, sender: &Person) -> bool {
    let case = draft.case;
    let Some(what) = asked_for(case, ticket) else { return false };
    let pictures = read.inbound.attachments.iter().any(|file| !notify::is_decoration(file, read));
    let mut found = intake::found(read.text, pictures, &case.config.details);
    found.retain(|name| what.contains(name));
    draft.fact(ticket.number, Event::AskEnded { what, found, how: AskEnd::Answered });
    let first = ticket.promises.iter().all(|one| one.kept_at.is_none());
    let kind = if first { Promised::FirstAnswer } else { Promised::NextAnswer };
    let told = notify::may_tell(case, read, sender);
    notify::promise_anew(draft, ticket, (kind, told));
    true
}

/// What a customer is asked for, or was until the ticket was closed for that.
fn asked_for(case: &Case<'_>, ticket: &Ticket) -> Option<Vec<String>> {
    let words = |words: &str| words.split(' ').map(str::to_owned).collect();
    if let Some(asking) = ticket.asking() {
        return Some(words(&asking.words));
    }
    let closed = matches!(ticket.status, Status::Solved | Status::Closed);
    let events = if closed { case.records.events(ticket.number) } else { Vec::new() };
    let last = events.iter().rev().find_map(|(event, _)| match event {
        Event::AskEnded { what, how: AskEnd::GivenUp, .. } => Some(Some(what.clone())),
        Event::AskEnded { .. } | Event::Said { .. } => Some(None),
        _ => None,
    });
    last.flatten()
}

/// The end of an asking, if there is one.
pub fn end(ticket: &Ticket, how: AskEnd) -> Option<Event> {
    let asking = ticket.asking()?;
    let what = asking.words.split(' ').map(str::to_owned).collect();
    Some(Event::AskEnded { what, found: Vec::new(), how })
}

/// No question reaches that person: people take over, and an answer is owed to whoever asked.
pub fn unreachable(draft: &mut Draft<'_>, conversation: &Conversation, who: &Address) -> bool {
    let ticket = &conversation.ticket;
    let asked = ticket.asking().is_some_and(|asking| asking.agent == *who);
    let ended = end(ticket, AskEnd::Unreachable).filter(|_| asked);
    let Some(ended) = ended else { return false };
    let why = draft.case.texts.say(&Because::AskedInVain);
    draft.fact(ticket.number, ended);
    draft.fact(ticket.number, Event::StatusChanged { to: Status::Open, why });
    notify::promise_anew(draft, ticket, (Promised::FirstAnswer, false));
    true
}

/// Time passed: whoever was asked is asked again, or no more.
pub fn look(draft: &mut Draft<'_>, conversation: &mut Conversation) {
    let case = draft.case;
    let ticket = &conversation.ticket;
    let Some(asking) = ticket.asking().filter(|one| one.at <= case.now).cloned() else { return };
    let number = ticket.number;
    let what: Vec<String> = asking.words.split(' ').map(str::to_owned).collect();
    let listeners = || notify::listeners(case, conversation, &case.config.desk.address);
    if !may_be_reminded(case, ticket, &asking.agent) {
        let all = listeners();
        let known = conversation.clone();
        unreachable(draft, &known, &asking.agent);
        let facts: Vec<Event> = draft.events.iter().map(|(_, event)| event.clone()).collect();
        *conversation = conversation.with(number, &facts, case.now);
        notify::reminder(draft, conversation, Reminder::of(Urge::AskedInVain, all));
        return;
    }
    // Above the bound it is looked at again until there is room.
    if notify::has_had_enough(case, &asking.agent) {
        return;
    }
    let step = asking.what;
    let next = at(case, ticket, step.next());
    let facts = match next.filter(|_| step != Wake::AskEnd) {
        Some(next) => vec![Event::AskedAgain { next }],
        None => {
            let why = case.texts.say(&Because::Unanswered);
            let ended = Event::AskEnded { what: what.clone(), found: vec![], how: AskEnd::GivenUp };
            vec![ended, Event::StatusChanged { to: Status::Closed, why }]
        }
    };
    let closes = facts.len() > 1;
    let all = listeners();
    *conversation = conversation.with(number, &facts, case.now);
    facts.into_iter().for_each(|fact| draft.fact(number, fact));
    notify::ask_again(draft, conversation, (step, &what, next.filter(|_| !closes)));
    if closes {
        notify::reminder(draft, conversation, Reminder::later(Urge::Unanswered, all));
    }
}

/// Whether a reminder may go to whoever was asked: it is still their request, they proved who they
/// are, what we sent them arrived, and they do not want to be left alone.
fn may_be_reminded(case: &Case<'_>, ticket: &Ticket, asked: &Address) -> bool {
    let mut own = ticket.participants.iter();
    let reached = own.any(|one| {
        one.part == Part::Requester && one.mailed == Mailed::Yes && one.person.address == *asked
    });
    let said = case.records.public_entries(ticket.number, u32::MAX);
    let proved = said
        .iter()
        .rev()
        .find(|entry| entry.author.address == *asked)
        .is_some_and(|entry| entry.verified == Authentication::Pass);
    let wanted = !wants_none(case, ticket.number, asked);
    reached && proved && wanted && ticket.verified && !is_out_of_reach(case, ticket)
}
