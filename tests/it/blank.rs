//! The records of a desk where nothing has happened yet, but for who is away.

use std::collections::{BTreeMap, BTreeSet};

use postdesk::config::Agent;
use postdesk::desk::absence::Absence;
use postdesk::desk::case::{Locked, Waiting};
use postdesk::desk::digest::{HeldMail, News, Rated, Refusal, Task};
use postdesk::desk::known::{
    Answered, Conversation, Done, Earlier, Held, Leave, Opening, Shown, ToldOf, Unsent,
};
use postdesk::desk::query::{Answer, Listed, Question};
use postdesk::desk::records::{LedTo, Records};
use postdesk::desk::{Cause, Direction, Entry, Event, Status, Ticket};
use postdesk::mail::quote::tail::Habits;
use postdesk::mail::{Address, InboxId, Kind, MessageId, TicketNumber};
use postdesk::time::Timestamp;

#[derive(Debug, Default)]
pub struct Blank {
    pub away: Vec<Absence>,
}

impl Records for Blank {
    fn next_number(&self) -> TicketNumber {
        TicketNumber(1)
    }
    fn same_mail(&self, _: &[u8; 32], _: InboxId) -> Option<(InboxId, Option<TicketNumber>)> {
        None
    }
    fn said_under(&self, _: &MessageId, _: TicketNumber, _: InboxId) -> Option<Earlier> {
        None
    }
    fn opening(&self, _: TicketNumber) -> Option<Opening> {
        None
    }
    fn bearing(&self, _: &MessageId) -> Option<Answered> {
        None
    }
    fn last_mail_to(&self, _: &Address, _: Timestamp) -> Option<Answered> {
        None
    }
    fn led_to(&self, _: &MessageId) -> Vec<LedTo> {
        Vec::new()
    }
    fn split_to(&self, _: i64) -> Option<TicketNumber> {
        None
    }
    fn pointed_to(&self, _: TicketNumber, _: &Address) -> Option<Ticket> {
        None
    }
    fn is_third_party(&self, _: TicketNumber, _: &Address) -> bool {
        false
    }
    fn is_machine(&self, _: TicketNumber, _: &Address) -> bool {
        false
    }
    fn third_parties(&self, _: TicketNumber) -> Vec<Address> {
        Vec::new()
    }
    fn ticket(&self, _: TicketNumber) -> Option<Ticket> {
        None
    }
    fn root(&self, number: TicketNumber) -> TicketNumber {
        number
    }
    fn parts(&self, _: TicketNumber) -> Vec<TicketNumber> {
        Vec::new()
    }
    fn events(&self, _: TicketNumber) -> Vec<(Event, Timestamp)> {
        Vec::new()
    }
    fn conversation(&self, _: TicketNumber) -> Option<Conversation> {
        None
    }
    fn public_entries(&self, _: TicketNumber, _: u32) -> Vec<Entry> {
        Vec::new()
    }
    fn public_texts(&self, _: TicketNumber) -> Vec<String> {
        Vec::new()
    }
    fn notes(&self, _: TicketNumber) -> Vec<(Address, String)> {
        Vec::new()
    }
    fn answer_to(&self, _: TicketNumber, _: &Address) -> Option<Entry> {
        None
    }
    fn last_acknowledged(&self, _: TicketNumber, _: &Address) -> Option<Timestamp> {
        None
    }
    fn told_of(&self, _: i64) -> Option<ToldOf> {
        None
    }
    fn open_of(&self, _: &Address, _: TicketNumber, _: u32) -> Vec<(TicketNumber, String, Status)> {
        Vec::new()
    }
    fn sent_since(&self, _: Kind, _: &Address, _: Timestamp) -> u32 {
        0
    }
    fn told_since(&self, _: Cause, _: &Address, _: Timestamp) -> bool {
        false
    }
    fn notified(&self, _: &Address) -> u32 {
        0
    }
    fn loads(&self) -> BTreeMap<String, u64> {
        BTreeMap::new()
    }
    fn last_assigned(&self, _: &str) -> Option<Address> {
        None
    }
    fn absences(&self) -> Vec<Absence> {
        self.away.clone()
    }
    fn leave(&self, _: &Address) -> Option<Leave> {
        None
    }
    fn locked(&self, _: InboxId, _: &Answered) -> Option<Locked> {
        None
    }
    fn waiting(&self, _: &Agent) -> Vec<Waiting> {
        Vec::new()
    }
    fn held(&self, _: InboxId) -> Option<Held> {
        None
    }
    fn was_unlocked(&self, _: InboxId) -> bool {
        false
    }
    fn said_since(&self, _: &Answered, _: Direction) -> Option<Entry> {
        None
    }
    fn transcripts(&self, _: TicketNumber, _: &Address) -> BTreeSet<Timestamp> {
        BTreeSet::new()
    }
    fn unsent(&self, _: TicketNumber, _: &Agent) -> Vec<Unsent> {
        Vec::new()
    }
    fn taken(&self, _: TicketNumber, _: Timestamp) -> Option<Timestamp> {
        None
    }
    fn newest_unsent(&self, _: &Agent) -> Option<(TicketNumber, InboxId)> {
        None
    }
    fn last_mail(&self, _: TicketNumber, _: &Agent) -> Option<InboxId> {
        None
    }
    fn done(&self, _: TicketNumber, _: InboxId) -> Option<Done> {
        None
    }
    fn answer(&self, _: &Question, _: &Agent) -> Answer {
        Answer::Nothing
    }
    fn habits(&self, _: &Agent) -> Habits {
        Habits::default()
    }
    fn shown(&self, _: &Address, _: TicketNumber) -> Vec<Shown> {
        Vec::new()
    }
    fn tasks(&self, _: Option<&[Address]>, _: Timestamp) -> Vec<Task> {
        Vec::new()
    }
    fn listed(&self, _: TicketNumber) -> Option<Listed> {
        None
    }
    fn held_mails(&self) -> Vec<HeldMail> {
        Vec::new()
    }
    fn refused_since_digest(&self, _: &Address) -> Vec<Refusal> {
        Vec::new()
    }
    fn spam_since_digest(&self, _: &Address) -> Vec<(TicketNumber, String, String)> {
        Vec::new()
    }
    fn marks_since_digest(&self, _: &Address) -> Vec<Rated> {
        Vec::new()
    }
    fn asked_of(&self, _: &Address, _: TicketNumber) -> Option<Timestamp> {
        None
    }
    fn news(&self, _: &Address) -> Vec<News> {
        Vec::new()
    }
    fn noted(&self, _: &str) -> Option<String> {
        None
    }
}
