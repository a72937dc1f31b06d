//! What answers tell, a line or a paragraph at a time.

use crate::desk::event::{Priority, Status};
use crate::desk::goal::Goal;
use crate::desk::outcome::Outcome;
use crate::desk::worded::worded;
use crate::mail::{Address, TicketNumber};

worded! {
    /// A piece of an answer.
    Tale in "tales":
    MoreWords = "more-words" { count: usize },
    MorePages = "more-pages" { count: usize, list: String, page: usize },
    MoreOfPage = "more-of-page" { count: usize, list: String, page: usize },
    Nobody = "nobody",
    AnswerLate = "answer-late" { at: String },
    AnswerBy = "answer-by" { at: String },
    Late = "late" { at: String },
    Due = "due" { at: String },
    Since = "since" { at: String },
    Opened = "opened" { at: String, queue: String },
    ToBeDone = "to-be-done" { at: String },
    Tags = "tags" { tags: Vec<String> },
    Worked = "worked" { time: String },
    Requester = "requester" { address: Address },
    Copies = "copies" { address: Address },
    MayWrite = "may-write" { address: Address },
    WantsNone = "wants-none" { address: Address },
    SaidBy = "said-by" { at: String, who: String },
    NotedBy = "noted-by" { at: String, who: String },
    NoText = "no-text",
    Cut = "cut",
    File = "file" { name: Option<String> },
    Before = "before" { count: usize },
    Mail = "mail" { from: Option<String>, outcome: Outcome, reason: String },
    OwnTicket = "own-ticket" { why: String, queue: String, ruled: Option<String> },
    Wrote = "wrote" { by: Address, why: String },
    Noted = "noted" { by: Address, why: String },
    Status = "status" { to: Status, why: String },
    Priority = "priority" { to: Priority, why: String },
    Tagged = "tagged" { tags: Vec<String>, why: String },
    Skill = "skill" { skill: String, why: String },
    Assigned = "assigned" { to: Option<Address>, why: String },
    Linked = "linked" { to: TicketNumber, why: String },
    ThirdParty = "third-party" { address: Address, why: String },
    Moved = "moved" { to: String, why: String },
    Escalated = "escalated" { why: String },
    Withheld = "withheld" { what: String, why: String },
    Undelivered = "undelivered" { to: Address, words: String },
    Promised = "promised" { what: String },
    Missed = "missed" { told: bool },
    CameLate = "came-late" { by: String },
    Target = "target" { what: Goal, at: Option<String>, late: bool },
    TargetMissed = "target-missed" { what: Goal, due: String },
    GivenLate = "given-late" { due: String, by: String },
    Asking = "asking" { what: Vec<String>, at: String },
    Asked = "asked" { what: Vec<String>, by: Option<Address> },
    AskedAgain = "asked-again",
    AskAnswered = "ask-answered" { lacking: Vec<String> },
    AskTakenOver = "ask-taken-over",
    AskGivenUp = "ask-given-up" { what: Vec<String> },
    AskUnreachable = "ask-unreachable",
    AskTakenBack = "ask-taken-back",
}
