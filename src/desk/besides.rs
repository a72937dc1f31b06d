//! What an agent is told beside the lines of their commands.

use super::complaint::Gone;
use super::event::{Priority, Status};
use super::obeyed::Obeyed;
use super::worded::worded;
use crate::mail::{Address, TicketNumber};

worded! {
    /// A paragraph below the lines of a transcript.
    Besides in "besides":
    CopiesInside = "copies-inside" { names: Vec<Address> },
    CopiesOutside = "copies-outside" { names: Vec<Address> },
    OthersAside = "others-aside" { names: Vec<Address> },
    WrittenSince = "written-since" { by: Address, at: String, words: String, more: bool },
    AnsweredSince = "answered-since" { by: String, at: String, words: String, more: bool },
    SolvedSince = "solved-since",
    NoWords = "no-words",
    LinesStayed = "lines-stayed" { lines: usize },
    FilesStayed = "files-stayed" { names: Vec<String> },
    ReadAsSignature = "read-as-signature" { words: String, more: bool },
    Acknowledged = "acknowledged" { customer: Address },
    NotAcknowledged = "not-acknowledged" { customer: Address },
    TextNowhere = "text-nowhere",
    WordsBelowUndo = "words-below-undo",
    SentNoMore = "sent-no-more" { names: Vec<Address> },
    ToColleague = "to-colleague",
    PastUs = "past-us",
    Also = "also" { what: Obeyed },
    NotSent = "not-sent" { mails: Vec<Gone> },
    WasSent = "was-sent" { mails: Vec<Gone> },
    WhoWasTold = "who-was-told" { names: Vec<Address> },
    AsBefore = "as-before" { all: Vec<Again> },
    LeftAsIs = "left-as-is" { all: Vec<Changed> },
    StaysElsewhere = "stays-elsewhere" { numbers: Vec<TicketNumber> },
    HowToCommand = "how-to-command",
    Offer = "offer" { said: String, line: String },
    OfferWhich = "offer-which" { said: String, line: String, other: String },
    OfferWhen = "offer-when" { said: String },
    PromisedInstead = "promised-instead" { due: String },
}

worded! {
    /// What of a ticket is as before again.
    Again in "again":
    Status = "status" { status: Status },
    Assignee = "assignee" { agent: Option<Address> },
    Queue = "queue" { queue: String },
    Priority = "priority" { priority: Priority },
    Title = "title" { subject: String },
    Due = "due",
    NotDue = "not-due",
    Tags = "tags",
    Requester = "requester" { address: Address },
    GetsCopies = "gets-copies" { address: Address },
    MayJoin = "may-join" { address: Address },
    GetsNoCopies = "gets-no-copies" { address: Address },
    Worked = "worked" { time: String },
    NoReminder = "no-reminder",
    NoPromise = "no-promise",
    Promised = "promised" { at: String },
    NotAsked = "not-asked",
    Opens = "opens" { at: String },
    OpensNoMore = "opens-no-more",
}

worded! {
    /// What of a ticket somebody changed since.
    Changed in "changed":
    Status = "status",
    Assignee = "assignee",
    Queue = "queue",
    Priority = "priority",
    Title = "title",
    Due = "due",
    Requester = "requester",
    Participants = "participants",
}

worded! {
    /// What the desk notes in an agent's name.
    Remark in "remarks":
    Escalated = "escalated" { to: Vec<String>, why: String },
    WrittenTo = "written-to" { to: Vec<String> },
    Reports = "reports" { agent: String, customer: Address },
}
