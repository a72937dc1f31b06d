//! What a decision is given: what happened, and whom it may ask about all else.
//!
//! A case asks the records once for what several places want to know, and only when the first of
//! them does.

use std::cell::OnceCell;
use std::ops::Deref;
use std::time::Duration;

use jiff::civil::Date;

use super::absence::Absence;
use super::addressee::may_be_written_to;
use super::command::parse::{Meaning, Script, script};
use super::command::suggest;
use super::command::{Verb, find};
use super::direction::Token;
use super::known::{Answered, Conversation, Done, Held, Leave, Shown, ToldOf, Unsent};
pub use super::locked::{GOOD_FOR, KeyTurn, Locked, Waiting};
pub use super::outcome::Outcome;
use super::records::{LedTo, Records};
use super::route::{self, Candidate, Referred, Route, Why};
pub use super::slip::{Doubt, HELD_FOR, Hold, Leak, Slip};
use super::texts::Texts;
use super::{Cause, Direction, Entry, EntryKind, Event, direction, halt};
use crate::config::{Agent, Config};
use crate::mail::authentic::Verdict;
use crate::mail::origin::Reading;
use crate::mail::quote::Block;
use crate::mail::quote::new_text_of;
use crate::mail::quote::tail::{Habits, without};
use crate::mail::token::Key;
use crate::mail::{
    Address, Authentication, Inbound, InboxId, Kind, MessageId, Origin, TicketNumber,
};
use crate::time::Timestamp;

/// So many ids of a mail are looked up, the newest first: the rest of a long thread says nothing
/// new.
const IDS_MAX: usize = 30;
const HOUR: Duration = Duration::from_secs(3600);

/// What happened, to be decided about.
#[derive(Clone, Copy, Debug)]
pub enum Input<'a> {
    /// A mail came.
    Mail(&'a Read<'a>),
    /// A mail of ours was refused or given up.
    Undeliverable(&'a Answered, &'a str),
    /// A mail is too large to be fetched: its header block and its size.
    TooLarge(&'a Read<'a>, u64),
    /// Time passed, and something is due on that ticket.
    Tick(TicketNumber),
    /// Time passed, and that reader's digest of that day is due.
    Morning(&'a Address, Date),
}

/// A mail and what the room `mail` made of it.
#[derive(Clone, Debug)]
pub struct Read<'a> {
    /// Its row.
    pub id: InboxId,
    /// The mail.
    pub inbound: &'a Inbound,
    /// Who wrote.
    pub reading: &'a Reading,
    /// Whether the sender is who they say.
    pub verdict: &'a Verdict,
    /// The new text.
    pub text: &'a str,
    /// What it quotes that nobody here has seen; empty but in a mail that begins a ticket.
    pub history: &'a str,
    /// The runs of its text.
    pub blocks: &'a [Block],
    /// When we stored it.
    pub arrived_at: Timestamp,
    /// Old mail: the customer is left in peace.
    pub quiet: bool,
    /// The operator vouches for it.
    pub released: bool,
}

/// A mail of an agent's.
#[derive(Clone, Copy, Debug)]
pub struct AgentMail<'a> {
    /// The mail.
    pub read: &'a Read<'a>,
    /// Whose it is.
    pub agent: &'a Agent,
}

/// What is the same for all decisions of a moment.
#[derive(Clone, Copy, Debug)]
pub struct Given<'a> {
    /// When it is decided.
    pub now: Timestamp,
    /// The settings.
    pub config: &'a Config,
    /// The texts.
    pub texts: &'a Texts,
    /// The desk's secret, from which one-time keys are made.
    pub key: &'a Key,
    /// What is stored.
    pub records: &'a dyn Records,
}

/// What happened, and what is known beside it.
#[derive(Clone, Debug)]
pub struct Case<'a> {
    given: Given<'a>,
    /// What happened.
    pub input: Input<'a>,
    memo: Memo,
}

/// What was asked already.
#[derive(Clone, Debug, Default)]
struct Memo {
    candidates: OnceCell<Vec<Candidate>>,
    route: OnceCell<Route>,
    third_party: OnceCell<Option<TicketNumber>>,
    referred: OnceCell<Vec<Referred>>,
    own_id: OnceCell<Vec<LedTo>>,
    conversation: OnceCell<Option<Conversation>>,
    held: OnceCell<Option<Held>>,
    collision: OnceCell<Option<Entry>>,
    unsent: OnceCell<Vec<Unsent>>,
    done: OnceCell<Option<Done>>,
    leave: OnceCell<Option<Leave>>,
    locked: OnceCell<Option<Locked>>,
    waiting: OnceCell<Vec<Waiting>>,
    absences: OnceCell<Vec<Absence>>,
    habits: OnceCell<Habits>,
    script: OnceCell<Script>,
    calls_to_stop: OnceCell<bool>,
    elsewhere: OnceCell<Option<(TicketNumber, InboxId)>>,
    shown: OnceCell<Vec<Shown>>,
}

/// A case has all that is given.
impl<'a> Deref for Case<'a> {
    type Target = Given<'a>;

    fn deref(&self) -> &Given<'a> {
        &self.given
    }
}

impl<'a> Case<'a> {
    /// A case of which nothing was asked yet.
    pub fn new(input: Input<'a>, given: Given<'a>) -> Self {
        Self { given, input, memo: Memo::default() }
    }

    /// The same, with somebody away.
    pub fn with_absence(&self, absence: Absence) -> Self {
        let mut absences = self.absences().to_vec();
        absences.push(absence);
        let memo = Memo { absences: absences.into(), ..self.memo.clone() };
        Self { memo, ..self.clone() }
    }

    fn mail(&self) -> Option<&'a Read<'a>> {
        match self.input {
            Input::Mail(read) | Input::TooLarge(read, _) => Some(read),
            Input::Undeliverable(..) | Input::Tick(_) | Input::Morning(..) => None,
        }
    }

    /// Who wrote: of an agent the address that is registered, whichever they used.
    fn sender(&self) -> Option<&'a Address> {
        let address = &self.mail()?.inbound.sender()?.address;
        Some(self.config.agent(address).map_or(address, |agent| &agent.address))
    }

    pub fn agent(&self) -> Option<&'a Agent> {
        self.sender().and_then(|sender| self.config.agent(sender))
    }

    /// Ids that the mail refers to, with the mails of ours that bear them: that of a mail that came
    /// back, In-Reply-To, then References from the newest back.
    fn referred(&self) -> &[Referred] {
        self.memo.referred.get_or_init(|| {
            let Some(read) = self.mail() else { return Vec::new() };
            let bounced = read.reading.bounce.as_ref();
            // Who is nobody can only report about a mail of ours.
            if bounced.is_none() && self.sender().is_none() {
                return Vec::new();
            }
            let bounced = bounced.and_then(|bounce| bounce.original.clone());
            let ids = bounced.into_iter().chain(referred(read.inbound).cloned());
            let with_row = |id| {
                let row = self.records.bearing(&id);
                (id, row)
            };
            ids.map(with_row).collect()
        })
    }

    /// Tickets that the mail points to, the weightiest first.
    pub fn candidates(&self) -> &[Candidate] {
        self.memo.candidates.get_or_init(|| match (self.mail(), self.sender()) {
            (Some(read), Some(sender)) => {
                let ids = (self.referred(), self.led_by_own_id());
                route::candidates(self.records, read.inbound, ids, sender)
            }
            _ => Vec::new(),
        })
    }

    /// Where the mail's own id leads: earlier mails referred to it, or bore it.
    pub fn led_by_own_id(&self) -> &[LedTo] {
        let own = || self.mail().and_then(|read| read.inbound.message_id.as_ref());
        let ask = || own().map(|id| self.records.led_to(id)).unwrap_or_default();
        self.memo.own_id.get_or_init(ask)
    }

    /// Where a customer's mail goes.
    pub fn route(&self) -> &Route {
        self.memo.route.get_or_init(|| match (self.mail(), self.sender()) {
            (Some(read), Some(sender)) => {
                match route::route(self.candidates(), sender, read.verdict.result) {
                    Route::Join(number, Why::Colleague { by: evidence, of: _ })
                        if !self.may_become_known(read, number, sender) =>
                    {
                        Route::Linked(number, Why::Stranger { by: evidence })
                    }
                    route => route,
                }
            }
            _ => Route::New(Why::Nothing),
        })
    }

    /// Whether somebody may take part in a ticket as a participant's colleague: a person whom nobody
    /// took off it, and no third party.
    fn may_become_known(&self, read: &Read<'_>, number: TicketNumber, who: &Address) -> bool {
        let took_off = |event: &Event| match event {
            Event::Left { address } => address == who,
            Event::Released { left, lowered, .. } => left.contains(who) || lowered.contains(who),
            _ => false,
        };
        read.reading.origin == Origin::Person
            && may_be_written_to(self.config, who).is_ok()
            && !self.records.is_third_party(number, who)
            && !self.records.events(number).iter().any(|(event, _)| took_off(event))
    }

    /// The ticket on which the sender is a third party, if the mail answers what they were written
    /// about it.
    pub fn third_party(&self) -> Option<TicketNumber> {
        *self.memo.third_party.get_or_init(|| {
            let sender = self.sender().filter(|_| self.agent().is_none())?;
            self.mail().filter(|read| read.verdict.result != Authentication::Fail)?;
            route::third_party(self.records, self.candidates(), self.route(), sender)
        })
    }

    /// Our mail that this one answers or speaks of, if its id is genuine.
    pub fn answered(&self) -> Option<&Answered> {
        self.referred().iter().find_map(|(_, row)| row.as_ref())
    }

    /// The ticket of that mail.
    pub fn answered_ticket(&self) -> Option<TicketNumber> {
        self.answered().and_then(|row| row.ticket)
    }

    /// That mail, if it went to the agent who answers it.
    pub fn own_answered(&self) -> Option<&Answered> {
        let agent = self.agent()?;
        self.answered().filter(|row| row.recipient == agent.address)
    }

    /// Whether it answers a mail of ours to this agent that no row bears any more: the database was
    /// put back to an older state.
    pub fn answers_lost(&self) -> bool {
        let (Some(read), Some(sender)) = (self.mail(), self.sender()) else { return false };
        self.answered().is_none()
            && referred(read.inbound).any(|id| self.key.is_genuine(id, sender))
    }

    /// The ticket that it joins, answers or speaks of.
    pub fn conversation(&self) -> Option<&Conversation> {
        let ask = || self.number().and_then(|number| self.records.conversation(number));
        self.memo.conversation.get_or_init(ask).as_ref()
    }

    fn number(&self) -> Option<TicketNumber> {
        let read = match self.input {
            Input::Mail(read) | Input::TooLarge(read, _) => read,
            Input::Undeliverable(row, _) => return row.ticket,
            Input::Tick(number) => return Some(self.records.root(number)),
            Input::Morning(..) => return None,
        };
        let spoken_of = self.answered_ticket();
        let Some(sender) = self.sender() else { return spoken_of };
        let by_agent = self.agent().is_some();
        if let Some((number, _)) = self.undoes_elsewhere() {
            return Some(self.records.root(number));
        }
        if let Some(number) = self.third_party() {
            return Some(number);
        }
        if (by_agent || read.reading.bounce.is_some()) && spoken_of.is_some() {
            return spoken_of;
        }
        match self.route() {
            Route::Join(number, _) => Some(*number),
            _ if by_agent && direction::leaves_the_desk_aside(self.config, read.inbound) => {
                route::pointed(self.candidates(), sender)
            }
            Route::Linked(..) | Route::New(_) => None,
        }
    }

    /// What an answer to that mail of ours is about.
    pub fn token(&self, row: &Answered) -> Token {
        let told = row.entry.and_then(|entry| self.records.told_of(entry));
        let is_note = |told: ToldOf| told.entry.kind == EntryKind::Note;
        direction::token(row, row.entry.is_some() && told.is_none_or(is_note))
    }

    /// Whether it is proved that the agent wrote it, or the operator vouches for it.
    pub fn is_certain(&self) -> bool {
        self.mail().is_some_and(|read| read.verdict.agent || read.released)
    }

    /// The commands of the mail, and the rest of it.
    pub fn script(&self) -> &Script {
        let blocks = self.mail().map_or(&[][..], |read| read.blocks);
        self.memo.script.get_or_init(|| script(blocks))
    }

    /// Whether the agent's mail may be a call to stop what waits, in words, by a lone `#stop`, or by a
    /// word that is no command.
    pub fn calls_to_stop(&self) -> bool {
        *self.memo.calls_to_stop.get_or_init(|| {
            let Some(read) = self.mail().filter(|_| self.is_certain()) else { return false };
            let script = self.script();
            let text = new_text_of(&script.blocks);
            let text = without(&text, self.habits());
            let subject = read.inbound.subject.as_deref().filter(|_| self.answered().is_none());
            match script.lines.as_slice() {
                [] => {
                    halt::calls(text) || text.trim().is_empty() && subject.is_some_and(halt::calls)
                }
                [line] => line.meaning.is(Verb::Stop),
                _ => false,
            }
        })
    }

    /// Whether it takes something back, or was to: misspelt, misplaced, or by another word.
    fn takes_back(&self) -> bool {
        self.calls_to_stop()
            || self.script().lines.iter().any(|line| match line.meaning {
                Meaning::Command(command) | Meaning::Misplaced(command) => {
                    command.verb == Verb::Undo
                }
                Meaning::Unknown => {
                    let near = suggest::command(&line.word).and_then(find);
                    halt::calls(&line.word) || near.is_some_and(|one| one.verb == Verb::Undo)
                }
            })
    }

    /// For a mail that takes something back and answers one about which nothing waits: the newest of
    /// the agent's that nobody has yet, and its ticket. A transcript of a later mail means that one.
    pub fn undoes_elsewhere(&self) -> Option<(TicketNumber, InboxId)> {
        *self.memo.elsewhere.get_or_init(|| {
            let agent = self.agent().filter(|_| self.is_certain() && self.takes_back())?;
            let newest = self.records.newest_unsent(agent)?;
            let Some(row) = self.answered() else { return Some(newest) };
            let told = row.by_mail.filter(|_| row.kind == Kind::Transcript);
            let here = self.own_answered().and_then(|row| row.ticket);
            let waits = |number| self.records.unsent(number, agent).iter().any(|one| one.own);
            (told <= Some(newest.1) && !here.is_some_and(waits)).then_some(newest)
        })
    }

    /// The agent's held mail of which the answered transcript speaks, while it can be released.
    pub fn held(&self) -> Option<&Held> {
        let ask = || {
            let row = self.own_answered().filter(|row| !row.asks_key)?;
            self.records.held(row.about?)
        };
        self.memo.held.get_or_init(ask).as_ref()
    }

    /// The mail that waits for the key that the answered mail asks for.
    pub fn locked(&self) -> Option<Locked> {
        *self.memo.locked.get_or_init(|| {
            let row = self.own_answered().filter(|row| row.asks_key)?;
            self.records.locked(row.about?, row)
        })
    }

    /// The agent's mails for which nobody vouched, oldest first.
    pub fn waiting(&self) -> &[Waiting] {
        let ask = || self.agent().map(|agent| self.records.waiting(agent)).unwrap_or_default();
        self.memo.waiting.get_or_init(ask)
    }

    /// What a colleague told the customer since the mail of ours that is answered. The operator's
    /// word sends an answer all the same.
    pub fn collision(&self) -> Option<&Entry> {
        let ask = || {
            let (read, row) = (self.mail()?, self.own_answered()?);
            let vouched = read.released && !self.records.was_unlocked(read.id);
            if vouched { None } else { self.records.said_since(row, Direction::Out) }
        };
        self.memo.collision.get_or_init(ask).as_ref()
    }

    /// What the customer wrote since the mail of ours that is answered.
    pub fn written_since(&self) -> Option<Entry> {
        let row = self.own_answered()?;
        self.records.said_since(row, Direction::In)
    }

    /// What agents said on the ticket within the time for `#undo`.
    pub fn unsent(&self) -> &[Unsent] {
        self.memo.unsent.get_or_init(|| {
            let own = || self.own_answered().and_then(|row| row.ticket);
            let number = self.undoes_elsewhere().map(|(number, _)| number).or_else(own);
            let asked = number.zip(self.agent());
            asked.map(|(number, agent)| self.records.unsent(number, agent)).unwrap_or_default()
        })
    }

    /// What the agent's mail did that `#undo` means: the newest of theirs that nobody has yet, else
    /// the one of which the answered transcript tells, else their last.
    pub fn done(&self) -> Option<&Done> {
        let ask = || {
            if let Some((number, mail)) = self.undoes_elsewhere() {
                return self.records.done(number, mail);
            }
            let row = self.own_answered()?;
            let (agent, number) = (self.agent()?, row.ticket?);
            let waits = self.unsent().iter().filter(|one| one.own).map(|one| one.by).max();
            let told = row.by_mail.filter(|_| row.kind == Kind::Transcript);
            let mail = waits.or(told).or_else(|| self.records.last_mail(number, agent))?;
            self.records.done(number, mail)
        };
        self.memo.done.get_or_init(ask).as_ref()
    }

    /// The agent's absence that a command of theirs made: `#undo` may mean that too.
    pub fn leave(&self) -> Option<&Leave> {
        let ask = || self.records.leave(&self.agent()?.address);
        self.memo.leave.get_or_init(ask).as_ref()
    }

    /// Who is away now.
    pub fn absences(&self) -> &[Absence] {
        self.memo.absences.get_or_init(|| self.records.absences())
    }

    /// What is known of the agent's tails.
    pub fn habits(&self) -> &Habits {
        let ask = || self.agent().map(|agent| self.records.habits(agent)).unwrap_or_default();
        self.memo.habits.get_or_init(ask)
    }

    /// Our last mails to the agent, those of the ticket first.
    pub fn shown(&self) -> &[Shown] {
        self.memo.shown.get_or_init(|| {
            let own = self.own_answered().and_then(|row| Some((row.ticket?, &row.recipient)));
            own.map(|(number, agent)| self.records.shown(agent, number)).unwrap_or_default()
        })
    }

    /// Texts of a ticket's public entries, and its notes with who wrote them, the newest first: an
    /// agent may quote the ones, and copy the others by mistake.
    pub fn said(&self, number: TicketNumber) -> (Vec<String>, Vec<(Address, String)>) {
        (self.records.public_texts(number), self.records.notes(number))
    }

    /// Whether an agent heard of a cause within the hour.
    pub fn told_lately(&self, cause: Cause, agent: &Agent) -> bool {
        self.records.told_since(cause, &agent.address, self.now.minus(HOUR))
    }

    /// A ticket by its number as somebody wrote it; of one that went into another, that other.
    pub fn named(&self, number: TicketNumber) -> Option<Conversation> {
        self.records.conversation(self.records.root(number))
    }
}

/// In-Reply-To first, then References from the newest back.
fn referred(inbound: &Inbound) -> impl Iterator<Item = &MessageId> {
    inbound.in_reply_to.iter().chain(inbound.references.iter().rev()).take(IDS_MAX)
}
