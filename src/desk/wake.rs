//! What can be set to happen on a ticket at a time, and how the asking of a customer ends.

use serde::{Deserialize, Serialize};

/// What can be set to happen at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wake {
    /// An agent wants to be reminded.
    Remind,
    /// The ticket is due.
    Due,
    /// A ticket that waits is opened again.
    Reopen,
    /// A customer who was asked for something is asked again.
    AskAgain,
    /// The same for the last time.
    AskLast,
    /// They did not answer.
    AskEnd,
}

impl Wake {
    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Remind => "remind",
            Self::Due => "due",
            Self::Reopen => "reopen",
            Self::AskAgain => "ask-again",
            Self::AskLast => "ask-last",
            Self::AskEnd => "ask-end",
        }
    }

    /// Whether it belongs to the asking of a customer.
    pub fn asks(self) -> bool {
        matches!(self, Self::AskAgain | Self::AskLast | Self::AskEnd)
    }

    /// What comes after it, where they do not answer.
    pub fn next(self) -> Self {
        match self {
            Self::AskAgain => Self::AskLast,
            Self::AskLast => Self::AskEnd,
            other => other,
        }
    }
}

/// Why somebody is asked no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AskEnd {
    /// They answered.
    Answered,
    /// An agent answered them.
    TakenOver,
    /// They never answered.
    GivenUp,
    /// No question reaches them, or none may.
    Unreachable,
    /// The question was taken back.
    TakenBack,
}

impl AskEnd {
    /// The stored word, which agents read too.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::TakenOver => "taken-over",
            Self::GivenUp => "given-up",
            Self::Unreachable => "unreachable",
            Self::TakenBack => "taken-back",
        }
    }
}
