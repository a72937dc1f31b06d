//! What can be wrong with an agent's mail, so that it is held.

use std::time::Duration;

use super::Entry;
use super::worded::worded;
use crate::mail::origin::Guess;
use crate::mail::{Address, InboxId, TicketNumber};

/// How long a held mail can be released by an answer: over a weekend.
pub const HELD_FOR: Duration = Duration::from_secs(3 * 24 * 3600);

/// Why an agent's mail is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slip<'a> {
    /// No server is configured whose word counts.
    NotConfigured,
    /// That server said nothing that suffices.
    NoVerdict,
    /// It came before, as that mail.
    Copy(InboxId),
    /// It answers a mail of ours that concerns no ticket.
    NoTicket,
    /// It answers a mail of ours of which nothing is known any more.
    Lost,
    /// Its subject says that it passes a mail on, but none can be read in it.
    NoForward,
    /// It comes to the desk alone, and quotes a mail of somebody outside as an answer does.
    ByHand,
    /// It points to a ticket, but answers no mail of ours.
    NoToken(TicketNumber),
    /// A colleague answered since the mail of ours that it answers.
    Collision(&'a Entry),
    /// It holds what must not leave, in that line if it is one of theirs.
    Leaks(Leak<'a>, Option<&'a str>),
    /// The same, in a file of that name.
    InFile(Leak<'a>, &'a str),
    /// Its text is longer than what is read of a mail.
    TooLong,
    /// Its text cannot be read for sure.
    Unread,
    /// By its words perhaps a machine sent it.
    Machine(Guess),
    /// Its ticket went into another since, and the answer would reach others than was said.
    WentInto(TicketNumber, TicketNumber),
    /// More people take part since than the answered mail named.
    Wider,
    /// Nothing says whether it is meant for the customer.
    Unclear(Doubt),
    /// Its words point to quoted lines that do not go out, of which this is the first.
    LeftOut(&'a str),
    /// It repeats what was noted inside, and does not say that it is meant so.
    Noted,
    /// There is nothing in it.
    Nothing,
}

impl Slip<'_> {
    /// The same in words to be: `reached` says whom an answer reaches, where that matters.
    pub fn hold(self, owner: &Address, reached: impl Fn() -> String) -> Hold {
        match self {
            Self::NotConfigured => Hold::NotConfigured { owner: owner.clone() },
            Self::NoVerdict => Hold::NoVerdict,
            Self::Copy(first) => Hold::Copy { first },
            Self::NoTicket => Hold::NoTicket,
            Self::Lost => Hold::AnswerUnknown,
            Self::NoForward => Hold::NoForward,
            Self::ByHand => Hold::ByHand,
            Self::NoToken(ticket) => Hold::NoToken { ticket },
            Self::Collision(other) => Hold::Collision { by: other.author.address.clone() },
            Self::Leaks(leak, _) => Hold::Leak { leak: leak.leaked() },
            Self::InFile(leak, name) => {
                Hold::LeakInFile { leak: leak.leaked(), name: name.to_owned() }
            }
            Self::TooLong => Hold::TooLong,
            Self::Unread => Hold::Unread,
            Self::Machine(guess) => Hold::Machine { guess },
            Self::WentInto(from, into) => Hold::WentInto { from, into },
            Self::Wider => Hold::Wider { reached: reached() },
            Self::Unclear(doubt) => Hold::Unclear { doubt, reached: reached() },
            Self::LeftOut(_) => Hold::LeftOut,
            Self::Noted => Hold::Noted,
            Self::Nothing => Hold::Nothing,
        }
    }
}

worded! {
    /// Why an agent's mail is held, as it is told; the advice says what they can do.
    Hold in "holds":
    NotConfigured = "not-configured" { owner: Address },
    NoVerdict = "no-verdict",
    Copy = "copy" { first: InboxId },
    NoTicket = "no-ticket",
    AnswerUnknown = "answer-unknown",
    NoForward = "no-forward",
    ByHand = "by-hand",
    NoToken = "no-token" { ticket: TicketNumber },
    Collision = "collision" { by: Address },
    Leak = "leak" { leak: Leaked },
    LeakInFile = "leak-in-file" { leak: Leaked, name: String },
    TooLong = "too-long",
    Unread = "unread",
    Machine = "machine" { guess: Guess },
    WentInto = "went-into" { from: TicketNumber, into: TicketNumber },
    Wider = "wider" { reached: String },
    Unclear = "unclear" { doubt: Doubt, reached: String },
    LeftOut = "left-out",
    Noted = "noted",
    Nothing = "nothing",
}

worded! {
    /// What of a mail must not leave.
    Leaked in "leaks":
    Command = "command" { name: &'static str },
    Address = "address" { address: String },
    Host = "host" { name: String },
    Marked = "marked",
    Colleague = "colleague" { name: String },
    Inside = "inside",
    Sealed = "sealed",
}

/// What must not leave the house unknowingly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leak<'a> {
    /// What is nearly that command.
    Command(&'static str),
    /// An agent's address.
    Address(&'a str),
    /// A machine at which the agent writes.
    Host(&'a str),
    /// A line that only we write, which says that it is internal.
    Marked,
    /// What somebody of that name wrote to the agent.
    Colleague(&'a str),
    /// Words of our own mails to agents, or a line that is quoted from none outside.
    Inside,
    /// What cannot be looked into.
    Sealed,
}

impl Leak<'_> {
    fn leaked(self) -> Leaked {
        match self {
            Self::Command(name) => Leaked::Command { name },
            Self::Address(address) => Leaked::Address { address: address.to_owned() },
            Self::Marked => Leaked::Marked,
            Self::Host(name) => Leaked::Host { name: name.to_owned() },
            Self::Colleague(name) => Leaked::Colleague { name: name.to_owned() },
            Self::Inside => Leaked::Inside,
            Self::Sealed => Leaked::Sealed,
        }
    }
}

/// Why it is not clear whom an agent's words are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Doubt {
    /// The answered mail takes commands.
    Commands,
    /// It is addressed to nobody that can be seen.
    Nobody,
    /// A colleague has a copy, and it speaks to them.
    Colleague,
    /// A colleague is given the ticket, and it speaks to them.
    Given,
    /// It begins with a colleague's name.
    Called,
    /// Beside commands stand a few words that may as well be a name.
    FewWords,
    /// Below commands stands in words what another would do.
    Sentence,
}
