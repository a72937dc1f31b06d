//! What a decision asks, answered from the transaction that will carry it out.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use super::{Desk, answers, carry, habits};
use crate::config::Agent;
use crate::desk::absence::Absence;
use crate::desk::case::{Locked, Waiting};
use crate::desk::decision::Decision;
use crate::desk::digest::{HeldMail, News, Rated, Refusal, Task};
use crate::desk::known::{
    Answered, Conversation, Done, Earlier, Ended, Held, Leave, Opening, Shown, ToldOf, Unsent,
};
use crate::desk::query::{Answer, Listed, Question};
use crate::desk::records::{LedTo, Records};
use crate::desk::{Cause, Direction, Entry, Event, Status, Ticket};
use crate::mail::quote::tail::Habits;
use crate::mail::token::Token;
use crate::mail::{self, Address, InboxId, Kind, MessageId, OutboxId, TicketNumber};
use crate::store::{
    self, Error, Tx, absences, digests, inbox, outbox, people, problems, queries, shown, threads,
    tickets, undo,
};
use crate::time::Timestamp;

const HOUR: Duration = Duration::from_secs(3600);
/// Entries that a notification shows.
const SHOWN_ENTRIES: u32 = 3;

/// Notifications in the last hour by agent; keys are addresses in lower case. Counted once for a
/// batch, since that is a look at each of them.
pub type Notified = BTreeMap<String, u32>;

/// The store, as a decision sees it.
pub struct Asked<'a> {
    tx: Tx<'a>,
    desk: &'a Desk,
    now: Timestamp,
    notified: RefCell<&'a mut Notified>,
    failed: RefCell<Option<Error>>,
    spoilt: RefCell<Vec<Error>>,
}

impl std::fmt::Debug for Asked<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Asked").field("now", &self.now).finish_non_exhaustive()
    }
}

impl<'a> Asked<'a> {
    /// Answers as of now.
    pub fn new(tx: Tx<'a>, desk: &'a Desk, notified: &'a mut Notified, now: Timestamp) -> Self {
        let notified = RefCell::new(notified);
        Self { tx, desk, now, notified, failed: RefCell::default(), spoilt: RefCell::default() }
    }

    /// Whether every question could be answered, once all are asked: else the decision counts for
    /// nothing. A row of little weight that is damaged is only told.
    pub fn sound(&self) -> store::Result<()> {
        self.failed.take().map_or(Ok(()), Err)?;
        let spoilt = self.spoilt.take();
        spoilt.into_iter().try_for_each(|error| problems::tell_damage(self.tx, error, self.now))
    }

    /// Counts the notifications that a decision adds.
    pub fn count(&self, decision: &Decision) {
        for mail in decision.mails().filter(|mail| mail.kind == Kind::Notification) {
            if let Some(count) = self.notified.borrow_mut().get_mut(&mail.recipient.key()) {
                *count += 1;
            }
        }
    }

    fn ask<T: Default>(&self, question: impl FnOnce(Tx<'a>) -> store::Result<T>) -> T {
        question(self.tx).unwrap_or_else(|error| {
            self.failed.borrow_mut().get_or_insert(error);
            T::default()
        })
    }

    /// A seal alone proves nothing: after a restore the row of that number may be another (I8).
    fn genuine(&self, id: &MessageId) -> store::Result<Option<Answered>> {
        let Some(token) = Token::claimed(id) else { return Ok(None) };
        let row = outbox::row(self.tx, OutboxId(token.row.0))?;
        let bears = |row: &outbox::Sent| row.message_id.as_str().eq_ignore_ascii_case(id.as_str());
        let ours = row.filter(|row| bears(row) && row.ticket == token.ticket);
        ours.map(|row| answered(self.tx, &row)).transpose()
    }

    fn conversation_of(&self, number: TicketNumber) -> store::Result<Option<Conversation>> {
        let Some(ticket) = tickets::load(self.tx, number)? else { return Ok(None) };
        let family = threads::family(self.tx, number)?;
        let outside = threads::first_subject(self.tx, number)?;
        let others = family.iter().filter(|part| **part != number);
        let absorbed = others.map(|part| Ok((*part, tickets::promises(self.tx, *part)?)));
        let absorbed = absorbed.collect::<store::Result<_>>()?;
        Ok(Some(Conversation {
            outside: outside.unwrap_or_else(|| ticket.subject.clone()),
            ticket,
            last: tickets::last_entries(self.tx, &family, SHOWN_ENTRIES)?,
            public_ids: tickets::public_ids(self.tx, &family)?,
            thread: outbox::thread(self.tx, &family)?,
            absorbed,
        }))
    }

    fn held_mail(&self, id: InboxId) -> store::Result<Option<Held>> {
        let Some(until) = inbox::held_until(self.tx, id, self.now)? else { return Ok(None) };
        let bytes = inbox::bytes(self.tx, id)?;
        let config = &self.desk.config;
        // It was read once without breaking the parser, but perhaps by an older version.
        let read = catch_unwind(AssertUnwindSafe(|| {
            super::content(super::read_whole(&bytes, config), config)
        }));
        let held = |content: super::Content| Held {
            id,
            inbound: content.inbound,
            blocks: content.blocks,
            until,
        };
        Ok(read.ok().map(held))
    }

    fn earlier_mail(&self, id: InboxId) -> store::Result<Option<Earlier>> {
        let bytes = inbox::bytes(self.tx, id)?;
        let config = &self.desk.config;
        let read =
            catch_unwind(AssertUnwindSafe(|| super::content(mail::parse::parse(&bytes), config)));
        Ok(read.ok().map(|content| {
            let verdict = content.verdict.result;
            let (inbound, text) = content.into_parts();
            Earlier { id, inbound, text, verdict }
        }))
    }

    fn opening_mail(&self, row: inbox::OpeningRow) -> store::Result<Option<Opening>> {
        let inbox::OpeningRow { id, arrived_at, quiet } = row;
        let bytes = inbox::bytes(self.tx, id)?;
        let config = &self.desk.config;
        let read =
            catch_unwind(AssertUnwindSafe(|| super::content(mail::parse::parse(&bytes), config)));
        Ok(read.ok().map(|content| {
            let super::Content { inbound, reading, verdict, blocks, text, .. } = content;
            Opening { id, inbound, reading, verdict, blocks, text, arrived_at, quiet }
        }))
    }

    fn waiting_of(&self, agent: &Agent) -> store::Result<Vec<Waiting>> {
        let mut all = Vec::new();
        for sender in agent.addresses() {
            let rows = store::waiting::of(self.tx, sender, &agent.address, self.now)?;
            all.extend(rows.into_iter().map(|row| {
                let store::waiting::Waiting { ticket, subject, arrived_at, .. } = row;
                let asked_at = row.asked_at.unwrap_or(self.now);
                let (mail, tries) = (row.id, row.tries);
                let locked = Locked { mail, asked_at, held: true, released: false, tries };
                Waiting { locked, ticket, subject, arrived_at }
            }));
        }
        Ok(all)
    }
}

/// What a decision needs of a row.
pub fn answered(tx: Tx<'_>, row: &outbox::Sent) -> store::Result<Answered> {
    let ticket = row.ticket.map(|number| threads::root(tx, number)).transpose()?;
    Ok(Answered {
        id: row.id,
        ticket,
        first: row.ticket,
        kind: row.kind,
        recipient: row.recipient.clone(),
        reply_goes: row.reply_goes,
        about: row.about,
        entry: row.entry,
        by_mail: row.by_mail,
        seen_version: row.seen_version,
        queued_at: row.queued_at,
        asks_key: row.kind == Kind::Transcript && row.cause.is_some_and(Cause::asks_key),
        ended: row.untried.then_some(match row.due_at == undo::STOPPED {
            true => Ended::Stopped,
            false => Ended::Unwanted,
        }),
    })
}

impl Records for Asked<'_> {
    fn next_number(&self) -> TicketNumber {
        match tickets::next_number(self.tx) {
            Ok(number) => number,
            Err(error) => {
                self.failed.borrow_mut().get_or_insert(error);
                TicketNumber(0)
            }
        }
    }

    fn same_mail(&self, of: &[u8; 32], but: InboxId) -> Option<(InboxId, Option<TicketNumber>)> {
        self.ask(|tx| inbox::same_mail(tx, of, but))
    }

    fn said_under(&self, id: &MessageId, number: TicketNumber, but: InboxId) -> Option<Earlier> {
        self.ask(|tx| {
            let row = tickets::said_under(tx, id, number, but)?;
            row.map_or(Ok(None), |row| self.earlier_mail(row))
        })
    }

    fn opening(&self, number: TicketNumber) -> Option<Opening> {
        self.ask(|tx| {
            let row = inbox::opening(tx, number)?;
            row.map_or(Ok(None), |row| self.opening_mail(row))
        })
    }

    fn bearing(&self, id: &MessageId) -> Option<Answered> {
        self.ask(|_| self.genuine(id))
    }

    fn last_mail_to(&self, to: &Address, since: Timestamp) -> Option<Answered> {
        self.ask(|tx| {
            let Some(id) = people::last_mail_to(tx, to, since)? else { return Ok(None) };
            outbox::row(tx, id)?.map(|row| answered(tx, &row)).transpose()
        })
    }

    fn led_to(&self, id: &MessageId) -> Vec<LedTo> {
        self.ask(|tx| tickets::led_to(tx, id))
    }

    fn split_to(&self, entry: i64) -> Option<TicketNumber> {
        self.ask(|tx| threads::split_to(tx, entry))
    }

    fn pointed_to(&self, number: TicketNumber, sender: &Address) -> Option<Ticket> {
        self.ask(|tx| threads::pointed_to(tx, number, sender))
    }

    fn is_third_party(&self, number: TicketNumber, address: &Address) -> bool {
        self.ask(|tx| people::is_third_party(tx, number, address))
    }

    fn is_machine(&self, number: TicketNumber, address: &Address) -> bool {
        self.ask(|tx| people::is_machine(tx, number, address))
    }

    fn third_parties(&self, number: TicketNumber) -> Vec<Address> {
        self.ask(|tx| people::asked_beside(tx, number))
    }

    fn ticket(&self, number: TicketNumber) -> Option<Ticket> {
        self.ask(|tx| tickets::load(tx, number))
    }

    fn root(&self, number: TicketNumber) -> TicketNumber {
        self.ask(|tx| threads::root(tx, number).map(Some)).unwrap_or(number)
    }

    fn parts(&self, number: TicketNumber) -> Vec<TicketNumber> {
        self.ask(|tx| threads::parts(tx, number))
    }

    fn events(&self, number: TicketNumber) -> Vec<(Event, Timestamp)> {
        self.ask(|tx| tickets::events(tx, number))
    }

    fn conversation(&self, number: TicketNumber) -> Option<Conversation> {
        self.ask(|_| self.conversation_of(number))
    }

    fn public_entries(&self, number: TicketNumber, most: u32) -> Vec<Entry> {
        self.ask(|tx| tickets::public_entries(tx, &threads::family(tx, number)?, most))
    }

    fn public_texts(&self, number: TicketNumber) -> Vec<String> {
        self.ask(|tx| tickets::public_texts(tx, &threads::family(tx, number)?))
    }

    fn notes(&self, number: TicketNumber) -> Vec<(Address, String)> {
        self.ask(|tx| tickets::notes(tx, &threads::family(tx, number)?))
    }

    fn answer_to(&self, number: TicketNumber, to: &Address) -> Option<Entry> {
        self.ask(|tx| match shown::answer_to(tx, number, to)? {
            Some(entry) => tickets::entry(tx, entry),
            None => Ok(None),
        })
    }

    fn last_acknowledged(&self, number: TicketNumber, to: &Address) -> Option<Timestamp> {
        self.ask(|tx| outbox::last_acknowledged(tx, number, to))
    }

    fn told_of(&self, entry: i64) -> Option<ToldOf> {
        self.ask(|tx| {
            let split_to = threads::split_to(tx, entry)?;
            let found = threads::placed(tx, entry)?;
            Ok(found.map(|one| ToldOf {
                row: one.row,
                entry: one.entry,
                subject: one.subject,
                split_to,
                first: one.first,
            }))
        })
    }

    fn open_of(
        &self,
        person: &Address,
        but: TicketNumber,
        most: u32,
    ) -> Vec<(TicketNumber, String, Status)> {
        self.ask(|tx| tickets::open_of(tx, person, but, most))
    }

    fn sent_since(&self, kind: Kind, to: &Address, since: Timestamp) -> u32 {
        self.ask(|tx| outbox::count_since(tx, kind, to, since))
    }

    fn told_since(&self, cause: Cause, to: &Address, since: Timestamp) -> bool {
        self.ask(|tx| outbox::told_since(tx, cause, to, since))
    }

    fn notified(&self, agent: &Address) -> u32 {
        let known = self.notified.borrow().get(&agent.key()).copied();
        known.unwrap_or_else(|| {
            let count = self.sent_since(Kind::Notification, agent, self.now.minus(HOUR));
            self.notified.borrow_mut().insert(agent.key(), count);
            count
        })
    }

    fn loads(&self) -> BTreeMap<String, u64> {
        self.ask(tickets::loads)
    }

    fn last_assigned(&self, queue: &str) -> Option<Address> {
        let last = self.ask(|tx| store::state(tx, &carry::turn_key(queue)));
        last.as_deref().and_then(Address::parse)
    }

    fn absences(&self) -> Vec<Absence> {
        let (absences, damaged) = self.ask(|tx| absences::all(tx, self.now));
        self.spoilt.borrow_mut().extend(damaged);
        absences
    }

    fn leave(&self, agent: &Address) -> Option<Leave> {
        self.ask(|tx| absences::leave(tx, agent, self.now))
    }

    fn locked(&self, mail: InboxId, row: &Answered) -> Option<Locked> {
        self.ask(|tx| {
            let asked_at = outbox::first_about(tx, mail)?.unwrap_or(row.queued_at);
            Ok(inbox::keyed(tx, mail)?.map(|keyed| Locked {
                mail,
                asked_at,
                held: keyed.held,
                released: keyed.released,
                tries: keyed.tries,
            }))
        })
    }

    fn waiting(&self, agent: &Agent) -> Vec<Waiting> {
        self.ask(|_| self.waiting_of(agent))
    }

    fn held(&self, mail: InboxId) -> Option<Held> {
        self.ask(|_| self.held_mail(mail))
    }

    fn was_unlocked(&self, mail: InboxId) -> bool {
        self.ask(|tx| inbox::was_unlocked(tx, mail))
    }

    fn said_since(&self, row: &Answered, direction: Direction) -> Option<Entry> {
        let whole = row.ticket?;
        // Versions are those of the ticket that the mail showed; what the customer wrote may have
        // gone into another since, with its time.
        let shown = match direction {
            Direction::Out => row.first.unwrap_or(whole),
            Direction::In => TicketNumber(0),
        };
        let since = (row.seen_version, row.queued_at);
        let said = (direction, &row.recipient);
        self.ask(|tx| tickets::said_since(tx, (whole, shown), since, said))
    }

    fn transcripts(&self, number: TicketNumber, to: &Address) -> BTreeSet<Timestamp> {
        self.ask(|tx| outbox::transcripts(tx, number, to))
    }

    fn unsent(&self, number: TicketNumber, agent: &Agent) -> Vec<Unsent> {
        self.ask(|tx| undo::unsent(tx, number, agent, self.now))
    }

    fn taken(&self, number: TicketNumber, answered: Timestamp) -> Option<Timestamp> {
        self.ask(|tx| outbox::taken(tx, number, answered))
    }
    fn newest_unsent(&self, agent: &Agent) -> Option<(TicketNumber, InboxId)> {
        self.ask(|tx| undo::newest_unsent(tx, agent, self.now))
    }

    fn last_mail(&self, number: TicketNumber, agent: &Agent) -> Option<InboxId> {
        self.ask(|tx| undo::last(tx, number, agent.addresses()))
    }

    fn done(&self, number: TicketNumber, mail: InboxId) -> Option<Done> {
        self.ask(|tx| undo::done(tx, number, mail).map(Some))
    }

    fn answer(&self, question: &Question, agent: &Agent) -> Answer {
        let answer = self.ask(|tx| answers::answer(tx, question, agent, self.now).map(Some));
        answer.unwrap_or(Answer::Nothing)
    }

    fn habits(&self, agent: &Agent) -> Habits {
        self.ask(|tx| habits::habits(tx, agent))
    }

    fn shown(&self, agent: &Address, number: TicketNumber) -> Vec<Shown> {
        self.ask(|tx| habits::shown(tx, agent, &threads::family(tx, number)?))
    }

    fn tasks(&self, holders: Option<&[Address]>, until: Timestamp) -> Vec<Task> {
        let (tasks, damaged) = self.ask(|tx| digests::tasks(tx, holders, until));
        self.spoilt.borrow_mut().extend(damaged);
        tasks
    }

    fn listed(&self, number: TicketNumber) -> Option<Listed> {
        self.ask(|tx| queries::listed(tx, number))
    }

    fn held_mails(&self) -> Vec<HeldMail> {
        self.ask(digests::held)
    }

    fn refused_since_digest(&self, reader: &Address) -> Vec<Refusal> {
        self.ask(|tx| digests::refused(tx, reader, self.now))
    }

    fn spam_since_digest(&self, reader: &Address) -> Vec<(TicketNumber, String, String)> {
        self.ask(|tx| digests::spam(tx, reader, self.now))
    }

    fn marks_since_digest(&self, reader: &Address) -> Vec<Rated> {
        self.ask(|tx| digests::marks(tx, reader, self.now))
    }

    fn asked_of(&self, who: &Address, but: TicketNumber) -> Option<Timestamp> {
        self.ask(|tx| queries::asked_of(tx, who, but))
    }

    fn news(&self, reader: &Address) -> Vec<News> {
        self.ask(|tx| digests::news(tx, reader))
    }

    fn noted(&self, name: &str) -> Option<String> {
        self.ask(|tx| store::state(tx, name))
    }
}
