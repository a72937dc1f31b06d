//! Plain words of customers about their ticket: what they mean there, and what they do.
//!
//! "Thanks" is filed. "Solved" solves, if whoever asked says so, and a friendly line tells how to
//! come back. "Status?" is answered from the record, at most once an hour for each person, and where
//! it cannot be it is a message like any other. "Stop" ends the desk's own mail to them; agents hear
//! of it, and can write as before.

use crate::desk::case::{Case, Read};
use crate::desk::courtesy::{Courtesy, courtesy};
use crate::desk::deed::{Because, Deed};
use crate::desk::draft::Draft;
use crate::desk::known::{Answered, Conversation};
use crate::desk::reason::Reason;
use crate::desk::records::LOOK_BACK;
use crate::desk::route::{Route, Why, base};
use crate::desk::{Event, Mailed, Status, notify};
use crate::mail::quote::tail::{Habits, ending};
use crate::mail::{Authentication, Kind, Origin, Person, TicketNumber};

use super::subject::base_subject;

/// Among so many of somebody's newest requests the one is looked for of which they ask.
const OPEN_MAX: u32 = 50;

/// Words of the longest mail in which plain words stand above a tail of somebody's.
const WORDS_MAX: usize = 200;

/// What plain words mean on a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plain {
    /// They ask for nothing.
    Thanks,
    /// All is well, or they agree: an answer where something was asked.
    Content,
    /// It is solved.
    Solved,
    /// They want to know where it stands.
    Status,
    /// They want no more automatic mail.
    Stop,
    /// A mark for how they were served, and nothing besides.
    Marked,
}

impl Plain {
    /// Whether they answer what was asked.
    pub fn answers(self) -> bool {
        self == Self::Content
    }
}

/// Plain words about the ticket, and nothing besides.
pub fn plainly(
    case: &Case<'_>,
    read: &Read<'_>,
    conversation: &Conversation,
    sender: &Person,
) -> Option<Plain> {
    let ticket = &conversation.ticket;
    if read.reading.origin != Origin::Person || ticket.status == Status::Spam {
        return None;
    }
    if !is_about(read, conversation) || brings_files(read) {
        return None;
    }
    let said = said(case, read.text, sender, || Some(ticket.number))?;
    let over = matches!(ticket.status, Status::Solved | Status::Closed);
    let own = ticket.requester.address == sender.address;
    let known = ticket.participant(&sender.address).is_some_and(|one| one.mailed == Mailed::Yes);
    let known = known && read.verdict.result != Authentication::Fail;
    // We ask them whether they need more help, in a mail of its own or below the answer that solves.
    let ends = |row: &Answered| row.kind == Kind::Notice || row.queued_at == ticket.status_since;
    let asked = || case.answered().is_some_and(ends);
    match said {
        Courtesy::Thanks => Some(Plain::Thanks),
        Courtesy::Declined => (over && asked()).then_some(Plain::Thanks),
        Courtesy::Yes => (!over).then_some(Plain::Content),
        Courtesy::Content => Some(Plain::Content),
        Courtesy::Solved if known && own && !over => Some(Plain::Solved),
        Courtesy::Solved => Some(Plain::Content),
        Courtesy::Status => {
            let tells = known && notify::may_hear_standing(case, read, ticket.number, sender);
            tells.then_some(Plain::Status)
        }
        Courtesy::Stop => known.then_some(Plain::Stop),
    }
}

fn said(
    case: &Case<'_>,
    text: &str,
    sender: &Person,
    about: impl FnOnce() -> Option<TicketNumber>,
) -> Option<Courtesy> {
    let names = names(case, sender);
    courtesy(text, &tail_of(sender), &names).or_else(|| {
        let short = text.split_whitespace().count() <= WORDS_MAX;
        let learnt = learnt(case, about().filter(|_| short)?, sender);
        courtesy(text, &learnt, &names)
    })
}

/// The same with how their mails on a ticket ended: a motto beneath a name says nothing the second
/// time.
pub fn learnt(case: &Case<'_>, about: TicketNumber, sender: &Person) -> Habits {
    let said = case.records.public_entries(about, LOOK_BACK);
    let own = said.iter().filter(|entry| entry.author.address == sender.address);
    Habits { endings: own.map(|entry| ending(&entry.text)).collect(), ..tail_of(sender) }
}

/// The open request of which somebody asks where it stands in a mail of its own that answers none:
/// the one that its subject names, or their newest. Nothing but that stands in it, and they are
/// proved.
pub fn asked_afresh(case: &Case<'_>, read: &Read<'_>, sender: &Person) -> Option<Conversation> {
    let proved = read.verdict.result == Authentication::Pass;
    let fresh = matches!(case.route(), Route::New(Why::Nothing));
    let person = read.reading.origin == Origin::Person && !brings_files(read);
    if !proved || !fresh || !person {
        return None;
    }
    let newest =
        || case.records.open_of(&sender.address, TicketNumber(0), 1).first().map(|one| one.0);
    let asks = |text: &str| said(case, text, sender, newest) == Some(Courtesy::Status);
    let subject = read.inbound.subject.as_deref().unwrap_or("").trim();
    let silent = read.text.trim().is_empty();
    if !silent && !asks(read.text) {
        return None;
    }
    let open = case.records.open_of(&sender.address, TicketNumber(0), OPEN_MAX);
    let open = open.into_iter().filter_map(|(number, _, _)| case.records.conversation(number));
    let mut own = open.filter(|one| one.ticket.verified && one.ticket.merged_into.is_none());
    let about = match asks(&base_subject(subject)) || subject.is_empty() && !silent {
        true => own.next(),
        false => own.find(|one| !silent && base(&one.outside) == base(subject)),
    }?;
    notify::may_hear_standing(case, read, about.ticket.number, sender).then_some(about)
}

/// Whether its subject is still that of the ticket.
pub fn is_about(read: &Read<'_>, conversation: &Conversation) -> bool {
    let subject = read.inbound.subject.as_deref().unwrap_or("");
    let tag = format!("[#{}]", conversation.ticket.number.0);
    let base = base_subject(subject).to_lowercase();
    base == conversation.outside.to_lowercase() || subject.is_empty() || subject.contains(&tag)
}

/// Whether something comes with it that is no logo.
pub fn brings_files(read: &Read<'_>) -> bool {
    read.inbound.attachments.iter().any(|file| !notify::is_decoration(file, read))
}

/// What is known of how somebody outside ends their mails.
pub fn tail_of(sender: &Person) -> Habits {
    let user = sender.address.as_str().split('@').next().unwrap_or_default();
    Habits::of(&format!("{} {user}", sender.name.as_deref().unwrap_or_default()), Vec::new())
}

/// How those are called who write to each other.
pub fn names<'a>(case: &Case<'a>, sender: &'a Person) -> Vec<&'a str> {
    case.config.names().chain(sender.name.as_deref()).collect()
}

/// What they change, before anybody is told.
pub fn change(draft: &mut Draft<'_>, conversation: &Conversation, sender: &Person, plain: Plain) {
    let case = draft.case;
    let ticket = &conversation.ticket;
    match plain {
        Plain::Thanks | Plain::Content | Plain::Marked => {}
        Plain::Solved => {
            conversation.waive().for_each(|(number, fact)| draft.fact(number, fact));
            let why = case.texts.say(&Because::SaysSolved { who: sender.address.clone() });
            draft.fact(ticket.number, Event::StatusChanged { to: Status::Solved, why });
            draft.reasons.push(Reason::SaysSolved);
        }
        Plain::Status => draft.reasons.push(Reason::AsksStatus),
        Plain::Stop => {
            draft.fact(ticket.number, Event::Silenced { by: sender.address.clone() });
            draft.reasons.push(Reason::WantsNone);
        }
    }
}

/// What agents hear of them; nothing where there is nothing to do. `after` is the ticket as it is
/// then.
pub fn told(draft: &Draft<'_>, after: &Conversation, plain: Option<Plain>) -> Option<Deed> {
    let status = after.ticket.status;
    match plain {
        None => Some(Deed::Added),
        Some(Plain::Thanks | Plain::Marked) => None,
        Some(Plain::Content) if matches!(status, Status::Solved | Status::Closed) => None,
        Some(Plain::Content) => Some(Deed::Added),
        Some(Plain::Solved) => Some(Deed::SaidSolved),
        Some(Plain::Stop) => Some(Deed::WantsNone),
        // Who was named no time to come waits for somebody who knows it.
        Some(Plain::Status) => {
            let named = after.promised().is_some_and(|due| due > draft.case.now);
            let waits = matches!(status, Status::New | Status::Open | Status::OnHold);
            (waits && !named).then_some(Deed::AskedStatus)
        }
    }
}
