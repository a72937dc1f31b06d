//! Sentences of the desk's that customers read within other mails.

use super::worded::worded;

worded! {
    /// A sentence for a customer. Times are in words.
    Outside in "outside":
    Promise = "promise" { who: String, due: String, what: Option<String> },
    Question = "question" { questions: Vec<String> },
}
