//! Small words within mails, and what stands below the lines of a transcript by itself.

use super::goal::Goal;
use super::worded::worded;
use crate::mail::{Address, TicketNumber};

worded! {
    /// A few words within a text.
    Scrap in "scraps":
    CommandsOnly = "commands-only",
    GoesNowhere = "goes-nowhere",
    WithAll = "with-all" { named: String, others: String },
    Nobody = "nobody",
    Somebody = "somebody",
    UnnamedFile = "unnamed-file",
    FileLikeALink = "file-like-a-link",
    Shortened = "shortened" { shown: String, more: usize },
    Has = "has" { who: String },
    NobodyHas = "nobody-has",
    Note = "note" { who: String },
    NotVerified = "not-verified" { verdict: String },
    FailedAuthentication = "failed-authentication" { verdict: String },
    NotDelivered = "not-delivered" {
        ticket: TicketNumber, to: Address, subject: String, unproven: bool
    },
    AcknowledgementRefused = "acknowledgement-refused" { to: Address, words: String },
    LocalTime = "local-time",
    AsItCame = "as-it-came",
    Form = "form" { form: String },
    NoSender = "no-sender" { address: Address },
    ManySenders = "many-senders" { all: Vec<Address> },
    HeldBefore = "held-before",
    NotDoneBefore = "not-done-before",
    JustNow = "just-now",
    MinutesAgo = "minutes-ago" { count: u64 },
    HoursAgo = "hours-ago" { count: u64 },
    DaysAgo = "days-ago" { count: u64 },
    AndMore = "and-more" { count: usize },
    Target = "target" { what: Goal, at: Option<String>, late: bool },
    Waiting = "waiting" {
        at: String, ticket: Option<TicketNumber>, subject: String, key: String
    },
}

worded! {
    /// A paragraph of a transcript.
    Part in "parts":
    TextWent = "text-went" { to: String },
    TextGoesInSeconds = "text-goes-in-seconds" { to: String, count: u64 },
    TextGoesInMinutes = "text-goes-in-minutes" { to: String, count: u64 },
    TextIsNote = "text-is-note",
    Understood = "understood" { line: String },
    NothingDone = "nothing-done",
    Kept = "kept" { until: String },
    Answer = "answer",
    AnswerWithText = "answer-with-text" { to: Option<String> },
    AnswerSend = "answer-send" { also: bool },
    SendAgain = "send-again",
    AnswerNumbered = "answer-numbered",
    Stopped = "stopped" { at: String, to: Vec<Address> },
    NothingReleased = "nothing-released",
    TheseWait = "these-wait" { others: Vec<String> },
}

worded! {
    /// What happens once the key of a mail came.
    Then in "then":
    Released = "released" { lines: Option<String>, goes: Option<Goes> },
    Merged = "merged" {
        from: TicketNumber, into: TicketNumber, theirs: Vec<Address>, others: Vec<Address>
    },
}

worded! {
    /// Where the words of a mail go that waits for its key.
    Goes in "goes":
    Inside = "inside",
    Customer = "customer" { to: String },
    Asked = "asked",
    Fresh = "fresh",
}
