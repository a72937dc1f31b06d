//! What is wrong with a line of an agent's.

use jiff::civil::Date;
use serde::{Serialize, Serializer};

use super::event::Status;
use super::worded::worded;
use crate::mail::forward::Ambiguity;
use crate::mail::{Address, TicketNumber};

/// A day of the calendar; the catalogue says how it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day(pub Date);

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// A mail that went out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Gone {
    /// The desk wrote it, not the agent.
    pub notice: bool,
    /// To whom it went.
    pub to: Address,
}

worded! {
    /// Why a command is not carried out without the one-time key.
    KeyNeeded in "keys":
    DifferentPeople = "different-people" { one: Address, other: Address },
}

worded! {
    /// What is wrong with a line. Its words follow "✖ #line: " and end without a full stop.
    Complaint in "complaints":
    OncePromised = "once-promised",
    WhenNextWeek = "when-next-week",
    NotOpen = "not-open" { status: Status },
    NobodyToPromise = "nobody-to-promise",
    AskedAlready = "asked-already" { what: Vec<String> },
    AskInside = "ask-inside",
    NoDetail = "no-detail" { written: String, meant: Option<String>, known: Vec<String> },
    NothingMissing = "nothing-missing" { known: Vec<String> },
    NoTicketMeant = "no-ticket-meant",
    GoesOn = "goes-on" { into: TicketNumber },
    StatusSaid = "status-said" { status: Status },
    HolderSaid = "holder-said" { agent: Address },
    OpenedIt = "opened-it",
    AsksNothing = "asks-nothing",
    TooManyQuestions = "too-many-questions" { most: usize },
    NoTicket = "no-ticket" { number: TicketNumber },
    NothingKnown = "nothing-known",
    NothingHeld = "nothing-held",
    NoAddress = "no-address" { written: String },
    NoBackup = "no-backup",
    OwnBackup = "own-backup",
    StandsAlone = "stands-alone",
    StandsAloneTextless = "stands-alone-textless",
    NothingDone = "nothing-done",
    MergesGoOtherwise = "merges-go-otherwise",
    TakenBackAlready = "taken-back-already",
    TookBackAlready = "took-back-already",
    ChangedNothing = "changed-nothing",
    NothingLeft = "nothing-left",
    LinksStay = "links-stay",
    WentOut = "went-out" { gone: Vec<Gone> },
    TextStaysInside = "text-stays-inside",
    OnlyAndAll = "only-and-all",
    ReviewOwed = "review-owed",
    SpamUnanswered = "spam-unanswered",
    NoStatus = "no-status" { written: String, meant: Option<String>, known: Vec<String> },
    NoPriority = "no-priority" { written: String, meant: Option<String>, known: Vec<String> },
    NoQueue = "no-queue" { written: String, meant: Option<String>, known: Vec<String> },
    NoList = "no-list" { written: String, meant: Option<String>, known: Vec<String> },
    NoReadyText = "no-ready-text" { written: String, meant: Option<String>, known: Vec<String> },
    NoReadyTexts = "no-ready-texts",
    Nobody = "nobody" { written: String, meant: Option<String>, known: Vec<String> },
    Several = "several" { written: String, fits: Vec<String> },
    TooManyTags = "too-many-tags" { most: usize },
    NoTag = "no-tag" { written: String },
    ReadyTextBroken = "ready-text-broken" { line: Option<usize>, what: String },
    ReadyTextUnsound = "ready-text-unsound",
    NoteAndReply = "note-and-reply",
    TooManyPeople = "too-many-people" { most: usize },
    IsRequester = "is-requester" { address: Address },
    OneAddress = "one-address",
    OneCustomer = "one-customer",
    Colleague = "colleague" { name: String },
    DeskItself = "desk-itself" { address: Address },
    NoDomain = "no-domain" { domain: String },
    MachineAddress = "machine-address" { address: Address },
    TakesNoPart = "takes-no-part" { written: String, known: Vec<Address> },
    OneAlready = "one-already" { written: String },
    One = "one" { written: String },
    MayNotMerge = "may-not-merge" { one: Address, other: Address, right: &'static str },
    TooManyJoin = "too-many-join" { most: usize, into: TicketNumber },
    NothingMerged = "nothing-merged" { into: TicketNumber },
    MergedFurther = "merged-further" { part: TicketNumber, whole: TicketNumber, own: TicketNumber },
    OnceInAMail = "once-in-a-mail",
    NoMailMeant = "no-mail-meant",
    SplitAlready = "split-already" { there: TicketNumber },
    FirstMail = "first-mail",
    NotOpened = "not-opened",
    TicketNotOpened = "ticket-not-opened",
    NoNumber = "no-number" { written: String },
    SendsNothing = "sends-nothing",
    Stop = "stop",
    TakesNothing = "takes-nothing",
    NeedsValue = "needs-value" { example: &'static str },
    BelowText = "below-text",
    Unknown = "unknown" { meant: Option<&'static str> },
    OwnRequest = "own-request" { name: String },
    TakeByNumber = "take-by-number",
    OtherTicket = "other-ticket" { here: TicketNumber, meant: TicketNumber },
    NoCustomer = "no-customer" { why: Option<Ambiguity>, candidates: Vec<Address> },
    NoQueues = "no-queues",
    NoText = "no-text",
    NotWhenOpening = "not-when-opening",
    NeedsKey = "needs-key" { why: KeyNeeded },
    KeyForNothing = "key-for-nothing",
    KeyUsed = "key-used",
    KeyLate = "key-late",
    KeyWorn = "key-worn",
    KeyOld = "key-old",
    KeyTurned = "key-turned",
    KeyNotAlone = "key-not-alone",
    WhyWhat = "why-what",
    WhichTicket = "which-ticket" { name: &'static str },
    TicketOrTime = "ticket-or-time" { number: TicketNumber },
    WordsNowhere = "words-nowhere" { number: TicketNumber },
    WroteSince = "wrote-since" { who: Address, number: TicketNumber },
    WhichWords = "which-words",
    NoSuchPage = "no-such-page",
    BehindTime = "behind-time" { rest: String },
    NoTime = "no-time" { written: String },
    NoTimeWorked = "no-time-worked" { written: String },
    OtherZone = "other-zone" { own: String, written: String },
    ClockOrSpan = "clock-or-span" {
        written: String, clock: String, span: String, lines: Vec<String>
    },
    LeapDay = "leap-day" { year: i16 },
    DayBeside = "day-beside" { written: String },
    OtherWeekday = "other-weekday" { date: Day },
    WhichWeek = "which-week" { near: Day, far: Day },
    DayOrMonth = "day-or-month" { one: Day, other: Day },
    TodayWhen = "today-when",
    Past = "past" { at: String },
    TooFar = "too-far" { date: Day, years: i64 },
    NoSuchDay = "no-such-day" { day: Day, year: i16 },
}
