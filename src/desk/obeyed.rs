//! What became of a line of an agent's that was carried out.

use super::absence::Until;
use super::event::{Priority, Status};
use super::worded::worded;
use crate::mail::{Address, TicketNumber};

worded! {
    /// What a line did. Its words follow "✔ #line: " and end without a full stop.
    Obeyed in "obeyed":
    Status = "status" { status: Status },
    WasAlready = "was-already" { what: String },
    Solved = "solved",
    SolvedHeard = "solved-heard" { hearers: String },
    WaitsUntil = "waits-until" { status: Status, at: String },
    Priority = "priority" { priority: Priority },
    Tags = "tags" { tags: Vec<String> },
    Titled = "titled" { to: String, outside: Option<String> },
    Has = "has" { agent: String, warning: Option<Warning> },
    Had = "had" { agent: String, warning: Option<Warning> },
    NobodyHas = "nobody-has",
    NobodyHad = "nobody-had",
    YouHave = "you-have",
    YouHad = "you-had",
    InQueue = "in-queue" { queue: String },
    Moved = "moved" { queue: String, all_away: bool },
    MovedKept = "moved-kept" { queue: String, agent: String },
    MovedUnserved = "moved-unserved" { queue: String, keeps: Option<String> },
    Escalated = "escalated" {
        to: Vec<String>, warning: Option<Warning>, perhaps: Option<Perhaps>
    },
    AnswersGo = "answers-go" { hearers: String },
    NotDue = "not-due",
    Due = "due" { at: String },
    Reminds = "reminds" { at: String },
    Promised = "promised" { at: String, hearers: String },
    PromisedAsSaid = "promised-as-said" { at: String, hearers: String },
    PromisedAlready = "promised-already" { at: String, hearers: String },
    Asked = "asked" { what: Vec<String>, hearers: String, at: String },
    Worked = "worked" { time: String, all: String },
    Away = "away" { until: Option<String>, backup: Option<String>, instead: Option<Until> },
    Back = "back",
    NotAway = "not-away",
    Inside = "inside",
    ToAll = "to-all" { hearers: String },
    ToOne = "to-one" { to: Address },
    BelowText = "below-text",
    GoesOn = "goes-on" { into: TicketNumber, subject: String, requester: Address },
    OwnAgain = "own-again" { part: TicketNumber, subject: String },
    SplitInto = "split-into" { author: Address, number: TicketNumber },
    Linked = "linked" { to: TicketNumber, subject: String },
    TakenBack = "taken-back" { at: Option<String>, words: String, more: bool },
    TooLate = "too-late" { at: Option<String> },
    AwayTakenBack = "away-taken-back" { since: String, until: Option<Until> },
    Brought = "brought" { number: TicketNumber, customer: String, subject: String },
    HeldMail = "held-mail",
    Without = "without" { lines: Vec<String> },
    Dropped = "dropped",
    GoesItsWay = "goes-its-way",
    TextGoes = "text-goes" { to: Vec<Address> },
    TextBegins = "text-begins",
    Help = "help",
    NothingFound = "nothing-found",
    NoneListed = "none-listed",
    NoneOnPage = "none-on-page",
    Tickets = "tickets" { all: usize },
    WhatLed = "what-led",
    WhatBecame = "what-became",
}

/// Whom an agent may have meant.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Perhaps {
    /// Their name.
    pub name: String,
    /// As commands name them.
    pub handle: String,
}

worded! {
    /// What is said of somebody who is away and gets a ticket.
    Warning in "warnings":
    YouStandIn = "you-stand-in" { until: Until },
    StandsIn = "stands-in" { until: Until, reader: String },
    Nobody = "nobody" { until: Until },
}

worded! {
    /// What stands in the place of a line that nobody wrote as one.
    Heading in "headings":
    HeldMail = "held-mail",
    Forward = "forward",
    Key = "key",
    No = "no",
}
