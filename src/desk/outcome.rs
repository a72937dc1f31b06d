//! The ends of a mail.

use serde::{Deserialize, Serialize};

/// How a mail ended (SPEC §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// A public entry of a ticket.
    Message,
    /// An internal entry.
    Note,
    /// An agent's commands, without a word beside them.
    Command,
    /// Kept, without effect.
    Record,
    /// Came before.
    Duplicate,
    /// Kept, shown, not processed.
    Quarantine,
    /// Waits for a word of the agent or the operator.
    Held,
    /// Too large.
    Refused,
}

impl Outcome {
    /// The word of `inbox --json`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::Note => "note",
            Self::Command => "command",
            Self::Record => "record",
            Self::Duplicate => "duplicate",
            Self::Quarantine => "quarantine",
            Self::Held => "held",
            Self::Refused => "refused",
        }
    }
}
