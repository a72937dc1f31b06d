//! What can be wrong with an agent's mail, so that it is held.

use std::time::Duration;

use super::Entry;
use super::reason::Code;
use crate::mail::origin::Guess;
use crate::mail::{InboxId, TicketNumber};

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
    /// The same for the log, without anybody's words.
    pub fn code(self) -> Code {
        match self {
            Self::NotConfigured => Code::NotConfigured,
            Self::NoVerdict => Code::NoVerdict,
            Self::Copy(_) => Code::Copy,
            Self::NoTicket => Code::NoTicket,
            Self::Lost => Code::AnswerUnknown,
            Self::NoForward => Code::NoForward,
            Self::NoToken(_) => Code::NoToken,
            Self::Collision(_) => Code::Collision,
            Self::Leaks(..) => Code::Leak,
            Self::InFile(..) => Code::LeakInFile,
            Self::TooLong => Code::TooLong,
            Self::Unread => Code::Unread,
            Self::Machine(_) => Code::Machine,
            Self::WentInto(..) | Self::Wider => Code::Wider,
            Self::Unclear(_) => Code::Unclear,
            Self::LeftOut(_) => Code::LeftOut,
            Self::Noted => Code::Noted,
            Self::Nothing => Code::Nothing,
        }
    }
}

/// What must not leave the house unknowingly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leak<'a> {
    /// What is nearly that command.
    Command(&'static str),
    /// An agent's address.
    Address(&'a str),
    /// A line that only we write, which says that it is internal.
    Marked,
    /// What somebody of that name wrote to the agent.
    Colleague(&'a str),
    /// Words of our own mails to agents, or a line that is quoted from none outside.
    Inside,
}

/// Why it is not clear whom an agent's words are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// The answered mail takes commands.
    Commands,
    /// It is addressed to nobody that can be seen.
    Nobody,
    /// A colleague has a copy, and it speaks to them.
    Colleague,
    /// A colleague is given the ticket, and it speaks to them.
    Given,
    /// Beside commands stand a few words that may as well be a name.
    FewWords,
}
