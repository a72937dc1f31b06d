//! What the desk does not send, and why.

use super::worded::worded;
use crate::mail::{Address, Kind};

worded! {
    /// Why nothing goes out where something would.
    Silence in "silences":
    Unverified = "unverified" { verdict: String },
    NoPerson = "no-person" { signs: String },
    NullPath = "null-path",
    Quiet = "quiet",
    WantsNone = "wants-none" { who: Address },
    Bound = "bound" { most: u32 },
    FirstFailed = "first-failed",
    Restored = "restored",
    Noted = "noted",
    Full = "full" { queue: String },
}

worded! {
    /// What would go out.
    Unsent in "unsent":
    Acknowledgement = "acknowledgement",
    Solved = "solved",
    Answer = "answer",
    Notice = "notice",
    LateAnswer = "late-answer",
    Assignment = "assignment",
    Mail = "mail" { kind: Kind, to: Address },
}
