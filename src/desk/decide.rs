//! What becomes of an input: one read, one decision, one write.
//!
//! Total: every input yields a decision, and every mail gets its end and a reason that can be asked
//! for. Nothing here reads the store: a [`Case`] asks for what it needs, and `work` carries the
//! [`Decision`] out in the transaction that answered.

pub mod agent;
mod altered;
mod asking;
mod away;
mod before;
mod bounce;
mod bounded;
mod copy;
pub mod customer;
pub mod endings;
mod form;
pub mod gate;
pub mod given;
mod heard;
mod host;
pub mod inside;
pub mod key;
mod ladder;
mod marked;
mod morning;
pub mod order;
mod plain;
pub mod quoted;
pub mod release;
pub mod ruled;
pub mod speech;
mod subject;
pub mod third;
mod tick;
pub mod undo;
pub mod words;

use crate::desk::case::{AgentMail, Case, Input, Outcome, Read};
use crate::desk::decision::Decision;
use crate::desk::draft::{Draft, quarantine};
use crate::desk::known::Answered;
use crate::desk::problem::Problem;
use crate::desk::reason::Reason;
use crate::desk::scrap::Scrap;
use crate::desk::{Cause, clocks};
use crate::mail::authentic::Verdict;
use crate::mail::origin::Reading;
use crate::mail::{Address, Authentication, Kind, Origin, Person};

/// More Received fields than this are a mail that runs in a circle (RFC 5321 §6.3).
const RECEIVED_MAX: usize = 50;

/// Decides what becomes of an input.
pub fn decide(case: &Case<'_>) -> Decision {
    let mut draft = drafted(case);
    clocks::wind(&mut draft);
    draft.decided()
}

fn drafted<'a>(case: &'a Case<'a>) -> Draft<'a> {
    match case.input {
        Input::Mail(read) => mail(case, read),
        Input::Undeliverable(row, words) => bounce::undeliverable(case, row, words),
        Input::TooLarge(read, size) => customer::too_large(case, read, size),
        Input::Tick(_) => tick::tick(case),
        Input::Morning(address, day) => morning::morning(case, address, day),
    }
}

fn mail<'a>(case: &'a Case<'a>, read: &Read<'_>) -> Draft<'a> {
    let before = || case.records.same_mail(&read.inbound.identity, read.id);
    if let Some((first, ticket)) = Some(read).filter(|read| !read.released).and_then(|_| before()) {
        return Draft::end(case, Outcome::Duplicate, ticket, Reason::Duplicate { first });
    }
    if let Some((first, ticket)) = altered::earlier(case, read) {
        return Draft::end(case, Outcome::Duplicate, Some(ticket), Reason::Altered { first });
    }
    if read.inbound.values("Received").count() > RECEIVED_MAX {
        return Draft::end(case, Outcome::Record, None, Reason::Loop { most: RECEIVED_MAX });
    }
    match read.reading.origin {
        Origin::Own => Draft::end(
            case,
            Outcome::Record,
            None,
            Reason::OwnMail { signs: read.reading.reason.clone() },
        ),
        Origin::Receipt => record(case, Reason::Receipt { signs: read.reading.reason.clone() }),
        Origin::Report => record(case, Reason::Report { signs: read.reading.reason.clone() }),
        Origin::Bounce => bounce::bounce(case, read),
        Origin::Person | Origin::AutoReply | Origin::Notice | Origin::List => {
            // Systems that report need no address in From; whoever writes does.
            let Some(sender) = read.inbound.sender() else {
                return by_somebody(case, read);
            };
            if let Some(writer) = form::writer(case, read) {
                return by_form(case, read, &writer);
            }
            match case.config.agent(&sender.address) {
                Some(known) => agent::agent(case, AgentMail { read, agent: known }),
                None if case.config.desk.is_own(&sender.address) => in_our_name(case, read, sender),
                None if answers_as_owner(case, sender) => as_owner(case, sender),
                None => third::answer(case, read, sender)
                    .unwrap_or_else(|| customer::customer(case, read, sender)),
            }
        }
    }
}

/// A mail that names no single sender may be a person's all the same: a ticket that nobody takes for
/// verified, for the first whom it names and who is none of us; agents see what it says of itself.
/// Where it names nobody else, the operator has to say that somebody should read it.
fn by_somebody<'a>(case: &'a Case<'a>, read: &Read<'_>) -> Draft<'a> {
    let mail = read.inbound;
    let ours = |person: &Person| {
        case.config.agent(&person.address).is_some() || case.config.desk.is_own(&person.address)
    };
    let (own, mut others): (Vec<Person>, Vec<Person>) = mail.named().into_iter().partition(ours);
    if others.is_empty() && read.released {
        let owner = Person { name: None, address: case.config.desk.owner.clone() };
        let agents = own.into_iter().filter(|one| !case.config.desk.is_own(&one.address));
        others.push(agents.into_iter().next().unwrap_or(owner));
    }
    let Some(person) = others.first() else {
        let nobody = mail.from.is_empty();
        return quarantine(case, if nobody { Reason::FromNobody } else { Reason::FromSeveral });
    };
    // Repeated, it is sure all the same, only not vouched for.
    if !mail.from.is_empty() && mail.from.iter().all(|one| one.address == person.address) {
        return customer::customer(case, read, person);
    }
    let all: Vec<Address> = mail.from.iter().map(|one| one.address.clone()).collect();
    let words = case.texts.say(&match all.is_empty() {
        true => Scrap::NoSender { address: person.address.clone() },
        false => Scrap::ManySenders { all },
    });
    let verdict = Verdict::new(Authentication::Fail, false, words);
    customer::customer(case, &Read { verdict: &verdict, ..read.clone() }, person)
}

/// Whoever filled a form in is a person, of whom nobody knows whether the address is theirs.
fn by_form<'a>(case: &'a Case<'a>, read: &Read<'_>, writer: &Person) -> Draft<'a> {
    let form = read.verdict.reason.clone();
    let words = case.texts.say(&Scrap::Form { form });
    let verdict = Verdict::new(Authentication::None, false, words);
    let reading = Reading { origin: Origin::Person, reason: "a form".to_owned(), bounce: None };
    customer::customer(case, &Read { verdict: &verdict, reading: &reading, ..read.clone() }, writer)
}

/// Somebody writes through a group or a form that puts the desk's address into From: agents see it,
/// nobody is answered by itself, and the owner hears what is missing.
fn in_our_name<'a>(case: &'a Case<'a>, read: &Read<'_>, sender: &Person) -> Draft<'a> {
    let mut draft = customer::customer(case, read, sender);
    draft.problem(Cause::FromTheDesk, Problem::FromTheDesk);
    draft
}

/// Whether the owner of the desk, who is no agent, answers what the desk wrote to them as such.
fn answers_as_owner(case: &Case<'_>, sender: &Person) -> bool {
    let inside = |row: &Answered| {
        matches!(row.kind, Kind::Notification | Kind::Transcript | Kind::Alarm)
            && row.recipient == sender.address
    };
    sender.address == case.config.desk.owner && case.answered().is_some_and(inside)
}

/// It is no customer's request, and no agent's word: the owner hears why nothing came of it.
fn as_owner<'a>(case: &'a Case<'a>, sender: &Person) -> Draft<'a> {
    let ticket = case.answered_ticket();
    let mut draft = Draft::end(case, Outcome::Record, ticket, Reason::OwnerAnswers);
    draft.problem(Cause::OwnerAnswers, Problem::OwnerAnswers { owner: sender.address.clone() });
    draft
}

fn record<'a>(case: &'a Case<'a>, reason: Reason) -> Draft<'a> {
    Draft::end(case, Outcome::Record, case.answered_ticket(), reason)
}
