//! A decision carried out: everything it says, in the transaction it was made in.

use std::collections::BTreeMap;

use super::Desk;
use crate::desk::case::{KeyTurn, Outcome, Read};
use crate::desk::decision::{Back, Decision, Effect, NewEntry, Post};
use crate::desk::problem::Problem;
use crate::desk::{Cause, Event, IdKind, Status, Ticket};
use crate::mail::compose::{Sender, compose};
use crate::mail::token::Token;
use crate::mail::{Address, InboxId, Kind, MessageId, Outgoing, TicketNumber};
use crate::store::inbox::{Ending, Facts};
use crate::store::tickets::Findable;
use crate::store::{
    self, Error, Tx, absences, digests, inbox, outbox, people, problems, threads, tickets, undo,
};
use crate::time::Timestamp;

/// As [`out`], and what was said can be found at once.
pub fn out_whole(
    tx: Tx<'_>,
    desk: &Desk,
    decision: &Decision,
    now: Timestamp,
) -> store::Result<()> {
    match out(tx, desk, decision, None, now)? {
        Some(said) => tickets::make_findable(tx, &said),
        None => Ok(()),
    }
}

/// Carries a decision out, an effect after the other; gives what is still to be made findable.
pub fn out(
    tx: Tx<'_>,
    desk: &Desk,
    decision: &Decision,
    read: Option<&Read<'_>>,
    now: Timestamp,
) -> store::Result<Option<Findable>> {
    // Only what an agent's mail did can be taken back: of others nobody asks.
    let by_agent = |read: &&Read<'_>| {
        read.inbound.sender().is_some_and(|sender| desk.config.agent(&sender.address).is_some())
    };
    let by_mail = read.filter(by_agent).map(|read| read.id);
    let before = if by_mail.is_some() { undo::last_event(tx)? } else { 0 };
    let changed = tickets::append(tx, &decision.facts(), &desk.config, now)?;
    if let Some(mail) = by_mail {
        undo::set_cause(tx, before, mail)?;
    }
    let ticket = decision.end.as_ref().and_then(|end| end.ticket);
    let mut carrying = Carrying { tx, desk, read, now, ticket, changed, by_mail, said: None };
    decision.effects.iter().try_for_each(|effect| carrying.out(effect))?;
    Ok(carrying.said)
}

/// A mail is kept and not processed: a person has to look at it.
pub fn set_aside(
    tx: Tx<'_>,
    desk: &Desk,
    (id, facts): (InboxId, &Facts),
    why: &str,
    now: Timestamp,
) -> store::Result<()> {
    let ending = Ending { outcome: Outcome::Quarantine, ticket: None, reason: why, code: None };
    inbox::settle(tx, id, facts, &ending)?;
    raise(tx, desk, Cause::Quarantine, &Problem::Quarantine, now)
}

fn raise(
    tx: Tx<'_>,
    desk: &Desk,
    cause: Cause,
    problem: &Problem,
    now: Timestamp,
) -> store::Result<()> {
    let (what, advice) = desk.texts.with_advice(problem);
    problems::raise(tx, cause, &what, &advice, now)
}

/// A decision that is carried out.
struct Carrying<'a> {
    tx: Tx<'a>,
    desk: &'a Desk,
    /// The mail that is decided about.
    read: Option<&'a Read<'a>>,
    now: Timestamp,
    /// The ticket in which it ends.
    ticket: Option<TicketNumber>,
    /// Tickets as the facts have made them.
    changed: BTreeMap<TicketNumber, Ticket>,
    /// The mail, if it is an agent's.
    by_mail: Option<InboxId>,
    /// What was said in it.
    said: Option<Findable>,
}

impl Carrying<'_> {
    fn out(&mut self, effect: &Effect) -> store::Result<()> {
        let (tx, now) = (self.tx, self.now);
        match effect {
            // All of them are appended already; this is what stands beside them.
            Effect::Fact(number, event) => follow(tx, *number, event),
            Effect::Turn(queue, agent) => store::set_state(tx, &turn_key(queue), agent.as_str()),
            Effect::Say(new, source) => {
                let source = source.or(self.read.map(|read| read.id));
                self.said = Some(self.say(new, source)?);
                Ok(())
            }
            // It is rare, so it may be made findable at once.
            Effect::SayBeside(new) => tickets::make_findable(tx, &self.say(new, None)?),
            Effect::Lead(id, kind, by) => self.lead(id, *kind, by.as_ref()),
            Effect::Release(held, end, why) => match self.read {
                Some(read) => {
                    let words = self.desk.texts.say(why);
                    let (ticket, code) = (self.ticket, Some(why.code()));
                    let ending = Ending { outcome: *end, ticket, reason: &words, code };
                    inbox::end_hold(tx, *held, read.id, &ending)
                }
                None => Ok(()),
            },
            Effect::TakeBack(back) => self.take_back(back),
            Effect::Stop(row) => undo::stop(tx, *row),
            Effect::Resume(row) => undo::resume(tx, *row, now),
            Effect::Drop(row) => undo::drop_unsent(tx, row),
            Effect::Turned(mail, KeyTurn::Opens) => inbox::unlock(tx, *mail),
            Effect::Turned(mail, KeyTurn::Wrong) => inbox::count_wrong_key(tx, *mail),
            Effect::Bounced(row, words) => outbox::set_bounced(tx, *row, words),
            Effect::Mail(post) => self.queue(post),
            Effect::Absence(change) => {
                absences::change(tx, change, self.read.map(|read| read.id), now)
            }
            Effect::PutBy(agent, number, line) => outbox::put_by(tx, agent, *number, line, now),
            Effect::ForMorning(reader, number, words) => {
                digests::put_by(tx, reader, *number, words, now)
            }
            Effect::Digested(reader, day) => digests::set_made(tx, reader, *day, now),
            Effect::Remember(name, value) => store::set_state(tx, name, value),
            Effect::Problem(cause, problem) => raise(tx, self.desk, *cause, problem, now),
        }
    }

    fn say(&self, new: &NewEntry, source: Option<InboxId>) -> store::Result<Findable> {
        let subject = self.changed.get(&new.ticket).map(|ticket| ticket.subject.as_str());
        let subject = subject.unwrap_or_default();
        tickets::say(self.tx, new, subject, source)
    }

    fn lead(&self, id: &MessageId, kind: IdKind, by: Option<&Address>) -> store::Result<()> {
        let writer = self.read.and_then(|read| read.inbound.sender()).map(|one| &one.address);
        let (Some(number), Some(by)) = (self.ticket, by.or(writer)) else { return Ok(()) };
        // An id that leads to a ticket already is no ghost; neither is one of our own.
        let known = || Ok::<_, Error>(Token::claimed(id).is_some() || is_real(self.tx, id)?);
        if kind == IdKind::Ghost && known()? {
            return Ok(());
        }
        tickets::remember_id(self.tx, id, number, kind, by)
    }

    /// What an agent wants back of what an earlier mail of theirs did.
    fn take_back(&self, back: &Back) -> store::Result<()> {
        let Some(read) = self.read else { return Ok(()) };
        back.rows.iter().try_for_each(|row| undo::withdraw(self.tx, *row, self.now))?;
        if let Some(number) = self.ticket.filter(|_| back.unsaid) {
            undo::unsay(self.tx, number, back.mail, self.now)?;
        }
        undo::set_undone(self.tx, back.mail, read.id)
    }

    fn queue(&self, post: &Post) -> store::Result<()> {
        let ticket = post.mail.ticket.and_then(|number| self.changed.get(&number));
        // What an agent tells somebody outside, or makes the desk tell them, waits for `#undo`.
        let waits = self.by_mail.is_some() && matches!(post.mail.kind, Kind::Reply | Kind::Notice);
        let window = self.desk.config.limits.undo_window;
        let beside = Beside {
            entry: self.said.as_ref().map(|said| said.entry),
            version: ticket.map(|ticket| ticket.version),
            by_mail: self.by_mail,
            due: waits.then(|| self.now.plus(window)),
        };
        queue_at(self.tx, self.desk, post, beside, self.now)
    }
}

/// Rows that stand beside the events they follow from.
fn follow(tx: Tx<'_>, number: TicketNumber, event: &Event) -> store::Result<()> {
    match event {
        Event::Released { from, left, lowered: _ } => threads::turn(tx, number, left, *from),
        Event::SplitOff { to, entry, why: _, .. } => threads::split(tx, *entry, *to),
        Event::ThirdParty { person, why: _ } => people::add_third_party(tx, number, person),
        Event::PromiseKept
        | Event::PromiseWaived
        | Event::PromiseMissed { .. }
        | Event::StatusChanged { to: Status::Spam, .. } => {
            undo::drop_outdated(tx, threads::root(tx, number)?)
        }
        Event::Opened { .. }
        | Event::StatusChanged { .. }
        | Event::Promised { .. }
        | Event::PromiseUnkept { .. }
        | Event::TakenLate { .. }
        | Event::Offered { .. }
        | Event::Asked
        | Event::Answered
        | Event::Unanswered { .. }
        | Event::TargetSet { .. }
        | Event::TargetUrged { .. }
        | Event::TargetMissed { .. }
        | Event::PromiseWithdrawn { .. }
        | Event::PromiseUntold { .. }
        | Event::Urged { .. }
        | Event::WakeSet { .. }
        | Event::WakesOff { .. }
        | Event::WakeOff { .. }
        | Event::Woke { .. }
        | Event::DetailsAsked { .. }
        | Event::AskedAgain { .. }
        | Event::AskEnded { .. }
        | Event::Merged { .. }
        | Event::Absorbed { .. }
        | Event::Unmerged { .. }
        | Event::SplitFrom { .. }
        | Event::Said { .. }
        | Event::Assigned { .. }
        | Event::Joined { .. }
        | Event::Left { .. }
        | Event::RequesterChanged { .. }
        | Event::PrioritySet { .. }
        | Event::SkillAsked { .. }
        | Event::Tagged { .. }
        | Event::Retitled { .. }
        | Event::Moved { .. }
        | Event::DueSet { .. }
        | Event::Worked { .. }
        | Event::Unworked { .. }
        | Event::TakenBack { .. }
        | Event::Escalated { .. }
        | Event::Linked { .. }
        | Event::Undelivered { .. }
        | Event::Silenced { .. }
        | Event::SurveyAsked { .. }
        | Event::Marked { .. }
        | Event::Withheld { .. } => Ok(()),
    }
}

/// Under which key the last agent of a queue's round is kept.
pub fn turn_key(queue: &str) -> String {
    ["turn of queue ", queue].concat()
}

fn is_real(tx: Tx<'_>, id: &MessageId) -> store::Result<bool> {
    Ok(tickets::led_to(tx, id)?.iter().any(|(_, kind, _, _)| *kind != IdKind::Ghost))
}

/// Fixes a mail's row, id and bytes.
pub fn queue(tx: Tx<'_>, desk: &Desk, post: &Post, now: Timestamp) -> store::Result<()> {
    queue_at(tx, desk, post, Beside::default(), now)
}

/// What a row notes beside the mail itself.
#[derive(Clone, Copy, Debug, Default)]
struct Beside {
    entry: Option<i64>,
    version: Option<i64>,
    by_mail: Option<InboxId>,
    due: Option<Timestamp>,
}

fn queue_at(
    tx: Tx<'_>,
    desk: &Desk,
    post: &Post,
    beside: Beside,
    now: Timestamp,
) -> store::Result<()> {
    let Beside { entry, version, by_mail, due } = beside;
    let Outgoing { kind, recipient, ticket, reply_goes, .. } = &post.mail;
    let id = outbox::next_id(tx)?;
    let own: &Address = &desk.config.desk.address;
    let message_id = desk
        .key
        .issue(*ticket, id, recipient, own.domain())
        .ok_or_else(|| Error::Damaged("the desk's address makes no Message-ID".to_owned()))?;
    let from = post.mail.from.as_ref().unwrap_or(own);
    let composed = compose(&post.mail, Sender { address: from }, &message_id, now);
    let seen_version = match (post.seen.or(version), ticket) {
        (Some(version), _) => version,
        (None, Some(number)) => tickets::load(tx, *number)?.map_or(0, |ticket| ticket.version),
        (None, None) => 0,
    };
    let fresh = outbox::Fresh {
        id,
        ticket: *ticket,
        entry,
        kind: *kind,
        cause: post.cause,
        recipient,
        message_id: &message_id,
        reply_goes: *reply_goes,
        seen_version,
        about: post.about,
        by_mail,
        due: due.unwrap_or(now),
        composed: &composed,
    };
    outbox::queue(tx, &fresh, now)
}
