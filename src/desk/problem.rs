//! What the owner should hear of.

use super::worded::worded;
use crate::mail::{Address, InboxId, TicketNumber};

worded! {
    /// What is wrong; the advice says what to do about it.
    Problem in "problems":
    Quarantine = "quarantine",
    FromTheDesk = "from-the-desk",
    OwnerAnswers = "owner-answers" { owner: Address },
    NotConfigured = "not-configured",
    Unreachable = "unreachable" { to: Address, row: i64, words: String },
    AgentMachine = "agent-machine" { agent: Address },
    KeyUnanswered = "key-unanswered" { agent: Address, mail: InboxId },
    NotTheirs = "not-theirs" { agent: Address },
    MovedUnserved = "moved-unserved" { ticket: TicketNumber, queue: String },
    Unserved = "unserved" { ticket: TicketNumber, queue: String },
    Template = "template" { broken: String },
    Escalated = "escalated" {
        agent: String, ticket: TicketNumber, subject: String, why: String
    },
}
