//! Why an input ended as it did.

use super::absence::Until;
use super::complaint::{Complaint, KeyNeeded};
use super::route::Why;
use super::slip::Hold;
use super::withheld::Silence;
use super::worded::{Worded, worded};
use crate::mail::{Address, InboxId, Kind};

worded! {
    /// Why a mail ended as it did: the ledger keeps its words, which may repeat what somebody wrote,
    /// and the log its name, which holds nobody's (S6).
    Reason in "reasons":
    Duplicate = "duplicate" { first: InboxId },
    Altered = "altered" { first: InboxId },
    Loop = "loop" { most: usize },
    OwnMail = "own-mail" { signs: String },
    FromNobody = "from-nobody",
    FromSeveral = "from-several",
    Receipt = "receipt" { signs: String },
    Report = "report" { signs: String },
    OwnerAnswers = "owner-answers",
    TooLarge = "too-large" { size: u64 },
    AutoReply = "auto-reply" { signs: String },
    Joins = "joins" { why: Why },
    Opens = "opens" { why: Why },
    NoAcknowledgement = "no-acknowledgement" { why: Silence },
    Courtesy = "courtesy",
    SaysSolved = "says-solved",
    Marked = "marked" { mark: u8 },
    AsksStatus = "asks-status",
    WantsNone = "wants-none",
    Spam = "spam" { mark: String },
    NoQueue = "no-queue",
    NotOpened = "not-opened",
    Bounce = "bounce" { kind: Kind, to: Address, words: String },
    BounceUnproven = "bounce-unproven" { kind: Kind, to: Address, words: String },
    BounceUnknown = "bounce-unknown" { signs: String },
    NoFailure = "no-failure" { signs: String },
    ThirdParty = "third-party",
    Impostor = "impostor" { agent: Address, verdict: String },
    AgentMachine = "agent-machine" { signs: String },
    AgentAwayAlready = "agent-away-already" { signs: String },
    AgentAway = "agent-away" { agent: Address, until: Until, signs: String },
    Reaction = "reaction",
    Commands = "commands",
    NotUnderstood = "not-understood" { line: String, complaint: Option<Complaint> },
    PerhapsStop = "perhaps-stop",
    Held = "held" { hold: Hold },
    Noted = "noted",
    AnswersInside = "answers-inside",
    AnswersOutside = "answers-outside",
    MarkedNote = "marked-note",
    MarkedReply = "marked-reply",
    ToColleague = "to-colleague",
    ToThirdParty = "to-third-party",
    PassedOn = "passed-on" { agent: Address },
    Reported = "reported" { agent: Address },
    Undo = "undo" { mail: InboxId },
    Releases = "releases" { mail: InboxId },
    ReleasedBy = "released-by" { mail: InboxId, why: Vec<Reason> },
    ReleasesNothing = "releases-nothing" { mail: InboxId, why: Box<Reason> },
    WrittenInItsPlace = "written-in-its-place" { mail: InboxId },
    KeyAsked = "key-asked" { line: String, why: KeyNeeded },
    KeyFits = "key-fits" { mail: InboxId },
    KeyWrong = "key-wrong" { mail: InboxId, complaint: Complaint },
    KeyForNothing = "key-for-nothing",
    NotTheirs = "not-theirs" { mail: InboxId },
    Disowned = "disowned" { agent: Address, mail: InboxId },
}

impl Reason {
    /// Whether it says that a mail was told what is wrong with it, and nothing else came of it.
    pub fn does_nothing(&self) -> bool {
        matches!(
            self,
            Self::ReleasesNothing { .. } | Self::NotUnderstood { .. } | Self::PerhapsStop
        )
    }

    /// The word of the log: of a held mail what it is held for.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Held { hold } => hold.name(),
            _ => self.name(),
        }
    }
}
