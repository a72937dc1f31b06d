//! Mail from outside: it joins its ticket or opens one.

use std::cell::LazyCell;
use std::collections::BTreeSet;

use super::asking;
use super::given::give;
use super::heard::heard;
use super::ladder;
use super::marked::{self, calls_for_review, marked};
use super::plain::{self, Plain, plainly};
use super::ruled;
use super::subject::base_subject;
use crate::desk::addressee::{may_be_written_to, written_to};
use crate::desk::case::{Case, Outcome, Read};
use crate::desk::courtesy::mark::Mark;
use crate::desk::decision::{NewEntry, may_be_answered};
use crate::desk::deed::{Because, Deed};
use crate::desk::draft::{Draft, quarantine};
use crate::desk::known::Conversation;
use crate::desk::notify::{Reminder, Scene};
use crate::desk::reason::Reason;
use crate::desk::route::{Route, Why};
use crate::desk::rules::{self, Request, Routed};
use crate::desk::{
    Direction, Entry, EntryKind, Event, FileNote, IdKind, Mailed, PARTICIPANTS_MAX, Status, Ticket,
    notify,
};
use crate::mail::origin::{self, Guess};
use crate::mail::quote::tail::{Habits, without};
use crate::mail::spam;
use crate::mail::{Address, Authentication, Inbound, Origin, Person, TicketNumber};
use crate::time::Timestamp;

/// Decides about a mail from outside.
pub fn customer<'a>(case: &'a Case<'a>, read: &Read<'_>, sender: &Person) -> Draft<'a> {
    let joined = case.conversation().filter(|_| matches!(case.route(), Route::Join(..)));
    let about = joined.map(|conversation| conversation.ticket.number);
    let heard = heard(case, read, &sender.address, about);
    let own = Read { text: &heard.own, ..read.clone() };
    let by_hand = |known: &Conversation| !sounds_automatic(&own, &known.ticket);
    let mark =
        joined.and_then(|known| marked(case, &own, known, sender).filter(|_| by_hand(known)));
    let plainly = |known| plainly(case, &own, known, sender);
    let plain = match mark {
        Some(mark) => mark.alone.then_some(Plain::Marked),
        None => joined.and_then(plainly),
    };
    let read = &Read { text: &heard.shown, history: &heard.history, ..read.clone() };
    if let Some(asked) = plain::asked_afresh(case, &own, sender) {
        let meant = Meant { reopened: None, plain: Some(Plain::Status), mark: None };
        return follow_up(case, read, sender, (&asked, &Why::Asks), meant);
    }
    match (case.route(), case.conversation()) {
        (Route::Join(_, why), Some(conversation)) => {
            match reopening(case, &own, conversation, (plain, mark)) {
                Reopening::TooLate => open(
                    case,
                    (read, &own),
                    sender,
                    (Some(conversation.ticket.number), &Why::ClosedLong),
                ),
                reopening => {
                    let reopened = matches!(reopening, Reopening::Yes).then_some(Status::Open);
                    let meant = Meant { reopened, plain, mark };
                    follow_up(case, read, sender, (conversation, why), meant)
                }
            }
        }
        _ if read.reading.origin == Origin::AutoReply => Draft::end(
            case,
            Outcome::Record,
            None,
            Reason::AutoReply { signs: read.reading.reason.clone() },
        ),
        (Route::Linked(to, why), _) => open(case, (read, &own), sender, (Some(*to), why)),
        (Route::New(why) | Route::Join(_, why), _) => open(case, (read, &own), sender, (None, why)),
    }
}

/// A mail that is larger than what we fetch: the agents are told who wrote.
pub fn too_large<'a>(case: &'a Case<'a>, read: &Read<'_>, size: u64) -> Draft<'a> {
    let mut draft = Draft::end(case, Outcome::Refused, None, Reason::TooLarge { size });
    notify::too_large(&mut draft, read.inbound, size);
    draft
}

enum Reopening {
    Yes,
    No,
    TooLate,
}

/// What a mail means on its ticket.
#[derive(Clone, Copy)]
struct Meant {
    /// It is this again.
    reopened: Option<Status>,
    /// Plain words, and nothing besides.
    plain: Option<Plain>,
    /// A mark that was asked for.
    mark: Option<Mark>,
}

fn reopening(
    case: &Case<'_>,
    read: &Read<'_>,
    conversation: &Conversation,
    (plain, mark): (Option<Plain>, Option<Mark>),
) -> Reopening {
    let ticket = &conversation.ticket;
    // Asked for only where it matters, since a guess looks at every line.
    // Words beside a mark are a person's, whatever a face above them looks like.
    let beside = mark.is_some_and(|mark| !mark.alone);
    let substantive = || beside || has_substance(read, ticket);
    let answers = || plain.is_none_or(Plain::answers) && substantive();
    let substantive = || plain.is_none() && substantive();
    match ticket.status {
        Status::Closed
            if case.now.since(ticket.status_since) > case.config.desk.reopen_within
                && substantive() =>
        {
            Reopening::TooLate
        }
        Status::Pending | Status::OnHold | Status::Solved | Status::Closed
            if mark.is_some_and(|mark| calls_for_review(case, conversation, mark)) =>
        {
            Reopening::Yes
        }
        Status::Solved | Status::Closed if substantive() => Reopening::Yes,
        Status::Pending | Status::OnHold if answers() => Reopening::Yes,
        Status::Pending
        | Status::OnHold
        | Status::Solved
        | Status::Closed
        | Status::New
        | Status::Open
        | Status::Spam => Reopening::No,
    }
}

/// Whether a person says something with it.
fn has_substance(read: &Read<'_>, ticket: &Ticket) -> bool {
    speaks(read) && !perhaps_machine(read, ticket)
}

fn speaks(read: &Read<'_>) -> bool {
    read.reading.origin == Origin::Person
        && (!read.text.is_empty() || !read.inbound.attachments.is_empty())
}

/// A guess: it opens nothing again, but whoever has the ticket hears of it.
fn perhaps_machine(read: &Read<'_>, ticket: &Ticket) -> bool {
    let reacts = origin::is_bare_reaction(read.text, &Habits::default());
    reacts && read.inbound.attachments.is_empty() || sounds_automatic(read, ticket)
}

fn sounds_automatic(read: &Read<'_>, ticket: &Ticket) -> bool {
    let text = without(read.text, &Habits::default());
    origin::guess(read.inbound.subject.as_deref(), Some(&ticket.subject), text)
        .is_some_and(|guess| guess != Guess::Subject)
}

fn follow_up<'a>(
    case: &'a Case<'a>,
    read: &Read<'_>,
    sender: &Person,
    (conversation, why): (&Conversation, &Why),
    meant: Meant,
) -> Draft<'a> {
    let Meant { reopened, plain, mark } = meant;
    let ticket = &conversation.ticket;
    let number = ticket.number;
    let reason = Reason::Joins { why: why.clone() };
    let mut draft = Draft::end(case, Outcome::Message, Some(number), reason);
    let (by, words) = (sender.address.clone(), case.texts.say(why));
    draft.fact(number, Event::Said { entry: EntryKind::Message, by, why: words });
    let automatic = LazyCell::new(|| perhaps_machine(read, ticket));
    let asks = plain.is_none() && (mark.is_some() || speaks(read) && !*automatic);
    if asks && ticket.status != Status::Spam {
        draft.fact(number, Event::Asked);
    }
    let rests =
        matches!(ticket.status, Status::Pending | Status::OnHold | Status::Solved | Status::Closed);
    let filed = plain == Some(Plain::Thanks) || plain == Some(Plain::Content) && rests;
    if filed && reopened.is_none() {
        draft.reasons.push(Reason::Courtesy);
    }
    if let Some(plain) = plain {
        plain::change(&mut draft, conversation, sender, plain);
    }
    if let Some(to) = reopened {
        draft.fact(number, Event::StatusChanged { to, why: wrote(case, sender) });
    }
    let review =
        mark.and_then(|mark| marked::change(&mut draft, read, conversation, (sender, mark)));
    let answers = reopened.is_some() && asking::answered(&mut draft, read, ticket, sender);
    if matches!(why, Why::Colleague { .. }) {
        draft.fact(number, Event::Joined { person: sender.clone(), mailed: Mailed::Yes });
    }
    join(&mut draft, read, ticket);
    say(&mut draft, read, sender, number);
    let current = Conversation { ticket: after(ticket, &draft, case.now), ..conversation.clone() };
    if read.reading.origin != Origin::AutoReply && current.ticket.status != Status::Spam {
        let news = matches!(why, Why::Colleague { .. }).then_some(Deed::Added);
        let did = mark.and_then(|mark| marked::told(case, conversation, mark, review.as_ref()));
        let did = did.or_else(|| plain::told(&draft, &current, plain));
        let did = did.or(news);
        let tell = |draft: &mut Draft<'_>, conversation: &Conversation| {
            let scene = Scene { case, read, conversation };
            did.iter().for_each(|did| notify::follow_up(draft, scene, sender, (did, why)));
        };
        if plain.is_none() && review.is_none() && !answers && !*automatic {
            acknowledge_again(&mut draft, read, &current, sender, tell);
            return draft;
        }
        tell(&mut draft, &current);
        match (plain, review) {
            (_, Some(review)) => marked::answer(&mut draft, read, &current, (sender, &review)),
            (Some(Plain::Status), _) => notify::standing(&mut draft, read, &current, sender),
            (Some(Plain::Solved), _) => notify::glad(&mut draft, read, &current, sender),
            _ if answers => notify::thank(&mut draft, read, &current, sender),
            _ => {}
        }
    }
    draft
}

/// Whoever would wait unknowing hears that their message is here. Where that mail owns up to a time
/// that is over, those who are told of the message read so in the same mail, and others in one of
/// its own.
fn acknowledge_again<'c>(
    draft: &mut Draft<'c>,
    read: &Read<'_>,
    current: &Conversation,
    sender: &Person,
    tell: impl FnOnce(&mut Draft<'c>, &Conversation),
) {
    let (number, now) = (current.ticket.number, draft.case.now);
    let (events, mails) = (draft.events.len(), draft.mails.len());
    notify::acknowledge_again(draft, read, current, sender);
    let sent = draft.mails.split_off(mails);
    let missed = ladder::owned_up(draft, current, events);
    let own = draft.events.iter().skip(events).filter(|(ticket, _)| *ticket == number);
    let facts: Vec<Event> = own.map(|(_, event)| event.clone()).collect();
    let current = current.with(number, &facts, now);
    draft.missed = missed.as_ref().map(|(what, _)| what.clone());
    tell(draft, &current);
    draft.missed = None;
    let told: BTreeSet<Address> =
        draft.mails.iter().skip(mails).map(|post| post.mail.recipient.clone()).collect();
    draft.mails.extend(sent);
    if let Some((what, mut to)) = missed {
        to.retain(|one| !told.contains(&one.person.address));
        notify::reminder(draft, &current, Reminder::of(what, to));
    }
}

/// A request that begins a ticket, as rules look at it.
pub fn request<'a>(read: &'a Read<'_>, sender: &'a Person) -> Request<'a> {
    let believed = read.verdict.result != Authentication::Fail;
    Request {
        customer: believed.then_some(&sender.address),
        subject: read.inbound.subject.as_deref().unwrap_or_default(),
        text: read.text,
        mail: read.inbound,
        to: &[],
        passed: false,
    }
}

fn open<'a>(
    case: &'a Case<'a>,
    (read, own): (&Read<'_>, &Read<'_>),
    sender: &Person,
    (linked, why): (Option<TicketNumber>, &Why),
) -> Draft<'a> {
    let routed = rules::routed(case.config, &request(own, sender));
    let Some((queue, ruled)) = ruled::queue(case, &routed) else {
        return quarantine(case, Reason::NoQueue);
    };
    let number = case.records.next_number();
    let reason = Reason::Opens { why: why.clone() };
    let mut draft = Draft::end(case, Outcome::Message, Some(number), reason);
    let words = case.texts.say(why);
    let opened = Event::Opened {
        subject: base_subject(read.inbound.subject.as_deref().unwrap_or("")),
        requester: sender.clone(),
        queue,
        verified: read.verdict.result != Authentication::Fail,
        written_to: written_to(case.config, read.inbound),
        why: words.clone(),
        ruled,
    };
    let Some(ticket) = Ticket::opened(number, &opened, case.now) else {
        return quarantine(case, Reason::NotOpened);
    };
    draft.fact(number, opened);
    draft.fact(
        number,
        Event::Said { entry: EntryKind::Message, by: sender.address.clone(), why: words.clone() },
    );
    if let Some(to) = linked {
        draft.fact(number, Event::Linked { to, why: words });
    }
    ruled::facts(case, &routed).into_iter().for_each(|fact| draft.fact(number, fact));
    join(&mut draft, read, &ticket);
    let mut draft = match spam::mark(read.inbound, case.config.desk.spam_header.as_ref()) {
        Some(mark) => as_spam(draft, read, sender, number, mark),
        None => begin(draft, read, (&ticket, &routed), sender, why),
    };
    draft.events.extend(linked.map(|to| (to, pointed_from(case, number))));
    draft
}

/// It is a request: somebody gets it, its writer is acknowledged, and agents hear of it.
fn begin<'a>(
    mut draft: Draft<'a>,
    read: &Read<'_>,
    (opened, routed): (&Ticket, &Routed),
    sender: &Person,
    why: &Why,
) -> Draft<'a> {
    let case = draft.case;
    let mut ticket = after(opened, &draft, case.now);
    give(&mut draft, &mut ticket, routed.assign.as_ref());
    say(&mut draft, read, sender, ticket.number);
    asking::acknowledge(&mut draft, read, &ticket, sender);
    let current = Conversation::opened(after(opened, &draft, case.now));
    let scene = Scene { case, read, conversation: &current };
    notify::new_request(&mut draft, scene, sender, why);
    draft
}

/// The older ticket knows of the one that a mail opened that points to it.
fn pointed_from(case: &Case<'_>, number: TicketNumber) -> Event {
    Event::Linked { to: number, why: case.texts.say(&Because::Pointed) }
}

/// What the mail server calls spam is kept, and nobody is told or answered; the leads hear once a
/// day how much there was.
fn as_spam<'a>(
    mut draft: Draft<'a>,
    read: &Read<'_>,
    sender: &Person,
    number: TicketNumber,
    mark: String,
) -> Draft<'a> {
    let reason = Reason::Spam { mark };
    let why = draft.case.texts.say(&reason);
    draft.reasons.push(reason);
    draft.fact(number, Event::StatusChanged { to: Status::Spam, why });
    say(&mut draft, read, sender, number);
    draft
}

/// Why a ticket changes upon somebody's mail.
pub fn wrote(case: &Case<'_>, who: &Person) -> String {
    case.texts.say(&Because::Wrote { who: who.address.clone() })
}

/// The ticket as it will be once the decision is carried out.
fn after(ticket: &Ticket, draft: &Draft, now: Timestamp) -> Ticket {
    let mut after = ticket.clone();
    let own = draft.events.iter().filter(|(number, _)| *number == ticket.number);
    for (_, event) in own {
        if !matches!(event, Event::Opened { .. }) {
            after.apply(event, now);
        }
    }
    after
}

/// People whom a participant names in To and Cc may join; they are written to only if that mail
/// passed (S2).
fn join(draft: &mut Draft<'_>, read: &Read<'_>, ticket: &Ticket) {
    let case = draft.case;
    if !may_be_answered(read.verdict) || read.reading.origin != Origin::Person {
        return;
    }
    let mailed =
        if read.verdict.result == Authentication::Pass { Mailed::Yes } else { Mailed::JoinOnly };
    let mut room = PARTICIPANTS_MAX.saturating_sub(ticket.participants.len());
    for person in read.inbound.to.iter().chain(&read.inbound.cc) {
        let known = ticket
            .participant(&person.address)
            .is_some_and(|known| known.mailed == Mailed::Yes || mailed == Mailed::JoinOnly);
        let named = draft
            .events
            .iter()
            .any(|(_, event)| matches!(event, Event::Joined { person: other, .. } if other.address == person.address));
        let may = may_be_written_to(case.config, &person.address);
        if known || named || room == 0 || may.is_err() {
            continue;
        }
        draft.fact(ticket.number, Event::Joined { person: person.clone(), mailed });
        room -= 1;
    }
}

fn say(draft: &mut Draft<'_>, read: &Read<'_>, sender: &Person, number: TicketNumber) {
    let case = draft.case;
    let inbound = read.inbound;
    let entry = Entry {
        at: case.now,
        kind: EntryKind::Message,
        direction: Direction::In,
        author: sender.clone(),
        verified: read.verdict.result,
        text: read.text.to_owned(),
        history: read.history.to_owned(),
        message_id: inbound.message_id.clone(),
        files: files(inbound),
    };
    draft.entry = Some(NewEntry { ticket: number, entry, searchable: inbound.full_text() });
    // An agent who asks for help is a customer here, but their ids bear the names of our machines
    // (C2).
    let kind = if case.config.agent(&sender.address).is_some() {
        IdKind::Internal
    } else {
        IdKind::Public
    };
    draft.ids.extend(inbound.message_id.clone().map(|id| (id, kind)));
    let referred = inbound.in_reply_to.iter().chain(&inbound.references);
    draft.ids.extend(referred.map(|id| (id.clone(), IdKind::Ghost)));
}

/// What is remembered of a mail's files.
pub fn files(inbound: &Inbound) -> Vec<FileNote> {
    inbound
        .attachments
        .iter()
        .map(|file| FileNote {
            name: file.name.clone(),
            content_type: file.content_type.clone(),
            size: file.size,
        })
        .collect()
}
