//! What left the desk, as whoever got it reads it: nothing is asked of the desk's own records.

use jiff::Timestamp;

use super::reference::moments;
use crate::scenario::world::{Taken, field};

/// A mail that somebody got.
#[derive(Clone, Debug)]
pub struct Seen {
    /// What the desk's clock showed.
    pub at: Timestamp,
    /// Who got it.
    pub to: String,
    /// Its Message-ID.
    pub id: String,
    /// Its subject.
    pub subject: String,
    /// Its text, in one line.
    pub text: String,
    /// Whether it says that nobody wrote it.
    pub automatic: bool,
    /// The number in its subject.
    pub number: Option<i64>,
    /// Times that it names with "by".
    pub by: Vec<Timestamp>,
    /// All times that it names.
    pub named: Vec<Timestamp>,
}

impl Seen {
    /// Reads it.
    pub fn of(mail: &Taken, at: Timestamp) -> Self {
        let parsed = mail_parser::MessageParser::default().parse(&mail.bytes).unwrap();
        let text = parsed.body_text(0).unwrap_or_default();
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let subject = parsed.subject().unwrap_or_default().to_owned();
        let number = subject.split_once("[#").and_then(|(_, rest)| rest.split_once(']'));
        let moments = moments(&text);
        let by = moments.iter().filter(|(by, _)| *by).map(|(_, at)| *at).collect();
        Self {
            at,
            to: mail.to.clone(),
            id: mail.id(),
            number: number.and_then(|(number, _)| number.parse().ok()),
            automatic: field(&mail.bytes, "Auto-Submitted").iter().any(|word| word != "no"),
            subject,
            text,
            by,
            named: moments.into_iter().map(|(_, at)| at).collect(),
        }
    }

    /// The number after `#` with which a mail to an agent names a ticket.
    pub fn names(&self, number: i64) -> bool {
        let name = format!("#{number}");
        let ends = |rest: &str| !rest.starts_with(|c: char| c.is_ascii_digit());
        self.number == Some(number)
            || self.text.match_indices(&name).any(|(at, _)| ends(&self.text[at + name.len()..]))
    }
}
