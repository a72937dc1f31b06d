//! What a decision may ask: a read-only port to what the desk has stored.
//!
//! A decision asks where it needs to know, and nothing is read on the chance that it may be wanted.
//! Whoever answers sees the state in which the decision will be carried out. A question that cannot
//! be answered is answered with nothing, and whoever answers remembers why: the decision is thrown
//! away then. So the core stays total, and knows no error of the store's.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::time::Duration;

use super::absence::Absence;
use super::digest::{HeldMail, News, Rated, Refusal, Task};
use super::known::{
    Answered, Conversation, Done, Earlier, Held, Leave, Opening, Shown, ToldOf, Unsent,
};
use super::locked::{Locked, Waiting};
use super::query::{Answer, Listed, Question};
use super::{Cause, Direction, Entry, Event, IdKind, Status, Ticket};
use crate::config::Agent;
use crate::mail::quote::tail::Habits;
use crate::mail::{Address, InboxId, Kind, MessageId, TicketNumber};
use crate::time::Timestamp;

/// Where an id leads: to that ticket, as that kind, first named by that address, and whether the
/// mail that bears it was split off to there.
pub type LedTo = (TicketNumber, IdKind, Address, bool);

/// So long a mail of ours may be under way: relays try for five days, and their last report takes one
/// more.
pub const UNDER_WAY: Duration = Duration::from_secs(6 * 24 * 3600);

/// So many entries back is looked for what somebody said last.
pub const LOOK_BACK: u32 = 50;

/// The desk's records, as far as a decision may ask for them.
pub trait Records: Debug {
    /// The number that a new ticket gets.
    fn next_number(&self) -> TicketNumber;
    /// An earlier mail with the same content, and its ticket.
    fn same_mail(
        &self,
        identity: &[u8; 32],
        but: InboxId,
    ) -> Option<(InboxId, Option<TicketNumber>)>;
    /// The mail that said something on a ticket under that id, read anew.
    fn said_under(&self, id: &MessageId, number: TicketNumber, but: InboxId) -> Option<Earlier>;
    /// The mail that opened a ticket, read anew.
    fn opening(&self, number: TicketNumber) -> Option<Opening>;
    /// The mail of ours that bears this id.
    fn bearing(&self, id: &MessageId) -> Option<Answered>;
    /// The last mail of ours that a relay took for somebody, if that was not before then.
    fn last_mail_to(&self, to: &Address, since: Timestamp) -> Option<Answered>;
    /// Where an id leads.
    fn led_to(&self, id: &MessageId) -> Vec<LedTo>;
    /// The ticket to which the mail of that entry was split off.
    fn split_to(&self, entry: i64) -> Option<TicketNumber>;
    /// The ticket to which one points for that sender, if it went into others meanwhile.
    fn pointed_to(&self, number: TicketNumber, sender: &Address) -> Option<Ticket>;
    /// Whether somebody is a third party on a ticket.
    fn is_third_party(&self, number: TicketNumber, address: &Address) -> bool;
    /// Whether all that somebody said on a ticket was said by a machine of theirs.
    fn is_machine(&self, number: TicketNumber, address: &Address) -> bool;
    /// All of them.
    fn third_parties(&self, number: TicketNumber) -> Vec<Address>;
    /// A ticket.
    fn ticket(&self, number: TicketNumber) -> Option<Ticket>;
    /// The ticket into which it went in the end, or itself.
    fn root(&self, number: TicketNumber) -> TicketNumber;
    /// The tickets that went into it.
    fn parts(&self, number: TicketNumber) -> Vec<TicketNumber>;
    /// All that happened to it, oldest first.
    fn events(&self, number: TicketNumber) -> Vec<(Event, Timestamp)>;
    /// A ticket and what was said in it and in those that went into it.
    fn conversation(&self, number: TicketNumber) -> Option<Conversation>;
    /// Its public entries, so many of the last, newest last.
    fn public_entries(&self, number: TicketNumber, most: u32) -> Vec<Entry>;
    /// Texts of its public entries, for an agent's quotes.
    fn public_texts(&self, number: TicketNumber) -> Vec<String>;
    /// Texts of its notes and who wrote them, the newest first: an agent may copy them by mistake.
    fn notes(&self, number: TicketNumber) -> Vec<(Address, String)>;
    /// What somebody outside was last answered by an agent, as far as a mail of ours brought it them.
    fn answer_to(&self, number: TicketNumber, to: &Address) -> Option<Entry>;
    /// When somebody was last sent an acknowledgement on a ticket.
    fn last_acknowledged(&self, number: TicketNumber, to: &Address) -> Option<Timestamp>;
    /// Something said, of which a mail of ours told.
    fn told_of(&self, entry: i64) -> Option<ToldOf>;
    /// Tickets of somebody that are not over, but for that one, so many of the newest.
    fn open_of(
        &self,
        person: &Address,
        but: TicketNumber,
        most: u32,
    ) -> Vec<(TicketNumber, String, Status)>;
    /// Mails of a kind that went to somebody since.
    fn sent_since(&self, kind: Kind, to: &Address, since: Timestamp) -> u32;
    /// Whether somebody was told of a cause since.
    fn told_since(&self, cause: Cause, to: &Address, since: Timestamp) -> bool;
    /// Notifications to somebody within the last hour.
    fn notified(&self, agent: &Address) -> u32;
    /// Tickets that are not over by agent; keys are addresses in lower case.
    fn loads(&self) -> BTreeMap<String, u64>;
    /// Who was last given a ticket of the queue by turn.
    fn last_assigned(&self, queue: &str) -> Option<Address>;
    /// Who is away now.
    fn absences(&self) -> Vec<Absence>;
    /// The absence of an agent that a command of theirs made.
    fn leave(&self, agent: &Address) -> Option<Leave>;
    /// How a mail stands with its key, for which that row of ours asks.
    fn locked(&self, mail: InboxId, row: &Answered) -> Option<Locked>;
    /// An agent's mails for which nobody vouched, oldest first.
    fn waiting(&self, agent: &Agent) -> Vec<Waiting>;
    /// A held mail, read anew; `None` if it waits no longer.
    fn held(&self, mail: InboxId) -> Option<Held>;
    /// Whether it was its key that let a mail go.
    fn was_unlocked(&self, mail: InboxId) -> bool;
    /// What others than its reader told the customer since that mail of ours, or the customer us.
    fn said_since(&self, row: &Answered, direction: Direction) -> Option<Entry>;
    /// When transcripts on a ticket went to an agent.
    fn transcripts(&self, number: TicketNumber, to: &Address) -> BTreeSet<Timestamp>;
    /// What agents said on a ticket that nobody has yet.
    fn unsent(&self, number: TicketNumber, agent: &Agent) -> Vec<Unsent>;
    /// When the relay took the requester's copy of an answer on a ticket that was given then.
    fn taken(&self, number: TicketNumber, answered: Timestamp) -> Option<Timestamp>;
    /// The newest mail of an agent's of which nobody has yet what it said, with its ticket.
    fn newest_unsent(&self, agent: &Agent) -> Option<(TicketNumber, InboxId)>;
    /// The last mail of an agent's that did something to a ticket.
    fn last_mail(&self, number: TicketNumber, agent: &Agent) -> Option<InboxId>;
    /// What a mail did to a ticket.
    fn done(&self, number: TicketNumber, mail: InboxId) -> Option<Done>;
    /// What the records say to a question of an agent's.
    fn answer(&self, question: &Question, agent: &Agent) -> Answer;
    /// How an agent's mails end.
    fn habits(&self, agent: &Agent) -> Habits;
    /// Our last mails to an agent, those of a ticket first.
    fn shown(&self, agent: &Address, number: TicketNumber) -> Vec<Shown>;
    /// Tickets that are not over, with what falls due of them before the end: those of these agents
    /// and those that nobody has, or all.
    fn tasks(&self, holders: Option<&[Address]>, until: Timestamp) -> Vec<Task>;
    /// A ticket as it is listed.
    fn listed(&self, number: TicketNumber) -> Option<Listed>;
    /// Mails of agents that are held, the longest first.
    fn held_mails(&self) -> Vec<HeldMail>;
    /// Mails of ours that did not arrive since that reader's last digest.
    fn refused_since_digest(&self, reader: &Address) -> Vec<Refusal>;
    /// What the mail server called spam since that reader's last digest: number, subject, requester.
    fn spam_since_digest(&self, reader: &Address) -> Vec<(TicketNumber, String, String)>;
    /// Marks of customers since that reader's last digest.
    fn marks_since_digest(&self, reader: &Address) -> Vec<Rated>;
    /// When somebody was last asked for a mark, on another ticket than that.
    fn asked_of(&self, who: &Address, but: TicketNumber) -> Option<Timestamp>;
    /// What waits for that reader's next digest.
    fn news(&self, reader: &Address) -> Vec<News>;
    /// What was noted under a name.
    fn noted(&self, name: &str) -> Option<String>;
}
