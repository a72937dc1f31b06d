//! What somebody did, and why: as colleagues are told, and as the facts of a ticket keep it.

use super::absence::Until;
use super::reason::Reason;
use super::route::Why;
use super::rules::Ruled;
use super::worded::worded;
use crate::mail::{Address, InboxId, TicketNumber};

worded! {
    /// What somebody did; its words follow their name.
    Deed in "deeds":
    Wrote = "wrote",
    WroteByList = "wrote-by-list",
    SentItself = "sent-itself",
    Added = "added",
    SaidSolved = "said-solved",
    Marked = "marked" { mark: u8, agent: Option<String> },
    MarkedBadly = "marked-badly" { mark: u8, agent: Option<String>, by: Option<String> },
    AskedStatus = "asked-status",
    WantsNone = "wants-none",
    ThirdWrote = "third-wrote",
    ThirdSent = "third-sent",
    WroteFor = "wrote-for" { why: Reason },
    SaidFor = "said-for" { why: Reason },
    WroteBefore = "wrote-before" { from: TicketNumber, by: String },
    Noted = "noted",
    Assigned = "assigned",
    Moved = "moved" { queue: String },
    MovedUnserved = "moved-unserved" { queue: String },
    Escalated = "escalated",
    AndNoted = "and-noted" { deed: Box<Deed> },
    AnsweredAnd = "answered-and" { deed: Box<Deed> },
    Merged = "merged" { from: TicketNumber },
    TookOut = "took-out" { part: TicketNumber },
    TookThisOut = "took-this-out" { whole: TicketNumber },
    Linked = "linked" { other: TicketNumber },
}

worded! {
    /// Why something happened to a ticket.
    Because in "because":
    SaidBy = "said-by" { agent: Address },
    Queue = "queue" { queue: String },
    Wrote = "wrote" { who: Address },
    SaysSolved = "says-solved" { who: Address },
    BadMark = "bad-mark" { mark: u8 },
    Answered = "answered" { agent: Address },
    FirstAnswer = "first-answer",
    TakenBack = "taken-back" { mail: InboxId },
    Merged = "merged" { into: TicketNumber },
    SplitOff = "split-off" { from: TicketNumber, by: Address },
    LeftAlone = "left-alone",
    TimeCame = "time-came",
    Pointed = "pointed",
    AgentWrote = "agent-wrote",
    Linked = "linked" { why: Why, to: TicketNumber },
    Regained = "regained" { agent: String },
    Ruled = "ruled" { ruled: Ruled },
    For = "for" { why: Box<Because>, absent: String },
    Asked = "asked",
    Unanswered = "unanswered",
    AskedInVain = "asked-in-vain",
}

worded! {
    /// Why somebody hears of a ticket in the place of others.
    Instead in "instead":
    Absent = "absent" { name: String, until: Option<Until> },
    NobodyElse = "nobody-else" { queue: String },
    Full = "full" { queue: String },
}
