//! What agents are told of a promise or a target that is nearly or quite over.

use super::event::Status;
use super::goal::Goal;
use super::worded::worded;

worded! {
    /// The sentence with which such a mail begins. Times are as agents read them; `who` has the
    /// ticket.
    Urge in "urges":
    Away = "away" { agent: String },
    Wanted = "wanted",
    DueNow = "due-now",
    OpenAgain = "open-again" { status: Status },
    Reminder = "reminder" { due: String },
    Higher = "higher" { due: String, who: Option<String> },
    Missed = "missed" { due: String, next: Option<String> },
    MissedUntold = "missed-untold" { due: String },
    TargetNear = "target-near" { what: Goal, due: String, who: Option<String> },
    TargetMissed = "target-missed" { what: Goal, due: String },
    Untaken = "untaken" { since: String },
    BadMark = "bad-mark" { mark: u8, told: bool },
    AskedInVain = "asked-in-vain",
    Unanswered = "unanswered",
}
