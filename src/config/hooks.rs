//! `[[hooks]]`: commands that hear of what happens to tickets.

use std::collections::BTreeSet;
use std::time::Duration;

/// One command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hook {
    /// By which it is known, and where it stands is remembered.
    pub name: String,
    /// Kinds of facts; empty for all.
    pub events: BTreeSet<String>,
    /// The program and its arguments.
    pub command: Vec<String>,
    /// How long it may take for one fact.
    pub deadline: Duration,
}

/// The kinds of facts, as they are stored; a test holds them against those of the desk.
pub const EVENTS: [&str; 53] = [
    "opened",
    "said",
    "status-changed",
    "assigned",
    "joined",
    "linked",
    "promised",
    "offered",
    "promise-kept",
    "asked",
    "answered",
    "taken-late",
    "unanswered",
    "target-set",
    "target-urged",
    "target-missed",
    "promise-waived",
    "silenced",
    "survey-asked",
    "marked",
    "third-party",
    "left",
    "requester-changed",
    "priority-set",
    "skill-asked",
    "tagged",
    "retitled",
    "moved",
    "escalated",
    "due-set",
    "worked",
    "promise-withdrawn",
    "promise-untold",
    "promise-missed",
    "urged",
    "woke",
    "wake-set",
    "wakes-off",
    "merged",
    "absorbed",
    "unmerged",
    "released",
    "split-off",
    "split-from",
    "taken-back",
    "promise-unkept",
    "wake-off",
    "unworked",
    "undelivered",
    "details-asked",
    "asked-again",
    "ask-ended",
    "withheld",
];
