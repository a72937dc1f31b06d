//! Who there is: a desk with five agents, fifty customers of many tempers, machines that answer and
//! machines that do not; and the letters that they write.

use std::fmt::Write;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use super::chance::Chance;
use super::reference::{Week, zone};

/// So many customers.
pub const CUSTOMERS: u64 = 50;
/// Those who answer for the desk.
pub const AGENTS: [&str; 5] = ["alice", "bob", "cleo", "dan", "erin"];
/// Who leads.
pub const LEAD: &str = "cleo@desk.test";
/// Who owns the desk.
pub const OWNER: &str = "owner@desk.test";
/// The desk.
pub const DESK: &str = "support@desk.test";

/// What a seed makes of the desk.
#[derive(Clone, Debug)]
pub struct Company {
    /// Its seed.
    pub seed: u64,
    /// When it begins.
    pub begins: Timestamp,
    /// When its people work.
    pub week: Week,
    /// Lines of the settings.
    pub settings: Vec<String>,
}

impl Company {
    /// The desk of a seed.
    pub fn of(seed: u64) -> Self {
        let mut chance = Chance::of(seed, "company");
        // Both turns of the clocks and the turn of the year lie in the way of many seeds.
        let first = Date::constant(2026, 9, 1) + (chance.within(0, 180) as i32).days();
        let begins = first.at(8, 0, 0, 0).to_zoned(zone()).unwrap().timestamp();
        let (from, to) = *chance.one_of(&[(9, 17), (8, 16), (9, 17), (10, 18)]);
        let mut holidays =
            vec![Date::constant(2026, 12, 25), Date::constant(2027, 1, 1), first + 1.day()];
        holidays.extend((0..3).map(|_| first + (chance.within(2, 88) as i32).days()));
        holidays.sort();
        holidays.dedup();
        let days = ["monday", "tuesday", "wednesday", "thursday", "friday"];
        let mut settings: Vec<String> =
            days.iter().map(|day| format!("hours.{day} = \"{from:02}:00-{to:02}:00\"")).collect();
        let off: Vec<String> = holidays.iter().map(|day| format!("\"{day}\"")).collect();
        settings.push(format!("hours.holidays = [{}]", off.join(", ")));
        let assign = chance.one_of(&["everyone", "round-robin", "round-robin", "least-open"]);
        settings.push(format!(
            "queues = [{{ name = \"support\", assign = \"{assign}\" }}, {{ name = \"billing\", assign = \"everyone\" }}]"
        ));
        let agent = |name: &str, more: &str| {
            let (first, rest) = name.split_at(1);
            format!(
                "{{ name = \"{}{rest} Archer\", address = \"{name}@desk.test\", handle = \"{name}\", {more} }}",
                first.to_uppercase()
            )
        };
        let agents = [
            agent("alice", "backup = \"bob\", queues = [\"support\"]"),
            agent("bob", "backup = \"cleo\", queues = [\"support\", \"billing\"]"),
            agent("cleo", "role = \"lead\", queues = [\"support\", \"billing\"]"),
            agent("dan", "backup = \"alice\", queues = [\"support\", \"billing\"]"),
            agent("erin", "queues = [\"support\"]"),
        ];
        settings.push(format!("agents = [{}]", agents.join(", ")));
        settings.push(format!("limits.undo_window = \"{}\"", chance.one_of(&["0s", "30s", "2m"])));
        Self { seed, begins, week: Week { from, to, holidays }, settings }
    }
}

/// What somebody is like who writes to the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Temper {
    /// A person.
    Plain,
    /// A person whose server vouches for nobody.
    Unvouched,
    /// A person whose mailbox answers by itself that they are away.
    Vacation,
    /// A person whose mailbox often refuses.
    Bounces,
    /// A ticket system that says that it is one, and answers each mail.
    System,
    /// A machine that reports and never answers.
    Silent,
    /// A machine that says nothing of it, and answers each mail.
    Unmarked,
}

impl Temper {
    /// Of the customer of that number.
    pub fn of(seed: u64, customer: u64) -> Self {
        match (customer, Chance::of(seed, &format!("temper {customer}")).within(0, 100)) {
            (0, _) => Self::System,
            (1, _) => Self::Silent,
            (2, _) => Self::Unmarked,
            (_, 0..8) => Self::Unvouched,
            (_, 8..20) => Self::Vacation,
            (_, 20..26) => Self::Bounces,
            _ => Self::Plain,
        }
    }

    /// Whether it is one of the machines that say so.
    pub fn is_machine(self) -> bool {
        matches!(self, Self::System | Self::Silent)
    }

    /// Fields that a mail of theirs bears.
    pub fn fields(self) -> &'static str {
        match self {
            Self::System => "Auto-Submitted: auto-replied\r\nX-Auto-Response-Suppress: All\r\n",
            Self::Silent => "Auto-Submitted: auto-generated\r\nPrecedence: bulk\r\n",
            _ => "",
        }
    }
}

/// Their address.
pub fn address(customer: u64) -> String {
    format!("p{customer}@customer{}.test", customer % 17)
}

/// The customer of an address.
pub fn customer(address: &str) -> Option<u64> {
    let (local, domain) = address.split_once('@')?;
    local.strip_prefix('p')?.parse().ok().filter(|_| domain.starts_with("customer"))
}

/// Whose letter it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hand {
    /// A customer's.
    Customer,
    /// An agent's.
    Agent,
    /// Nobody's.
    Machine,
}

/// A mail to the desk.
#[derive(Clone, Debug)]
pub struct Letter {
    /// Whose it is.
    pub hand: Hand,
    /// Who wrote it.
    pub from: String,
    /// About what.
    pub subject: String,
    /// The Message-ID that it answers.
    pub answers: Option<String>,
    /// The number of the ticket that its writer thinks of.
    pub number: Option<i64>,
    /// A word that stands in this letter and in no other.
    pub mark: String,
    /// Further fields, each with its line end.
    pub fields: String,
    /// Its lines.
    pub body: String,
}

impl Letter {
    /// A letter to the desk that bears that mark.
    pub fn new(hand: Hand, from: &str, subject: &str, mark: String) -> Self {
        let (from, subject) = (from.to_owned(), subject.to_owned());
        let fields = String::new();
        Self { hand, from, subject, answers: None, number: None, mark, fields, body: String::new() }
    }

    /// As it comes, written at that time.
    pub fn bytes(&self, at: Timestamp) -> Vec<u8> {
        let domain = self.from.rsplit_once('@').map_or("nowhere.test", |(_, domain)| domain);
        let date = at.to_zoned(zone()).strftime("%a, %d %b %Y %H:%M:%S %z").to_string();
        let unvouched = self.fields.contains("X-Unvouched");
        let verdict = if unvouched { "none" } else { "pass" };
        let mut mail = format!(
            "Authentication-Results: mx.desk.test; dmarc={verdict} header.from={domain}\r\n\
             Received: from out.{domain} by mx.desk.test; {date}\r\n\
             From: {}\r\nTo: {DESK}\r\nSubject: {}\r\nDate: {date}\r\n\
             Message-ID: <{}@{domain}>\r\nMIME-Version: 1.0\r\n",
            self.from, self.subject, self.mark
        );
        if let Some(id) = &self.answers {
            write!(mail, "In-Reply-To: <{id}>\r\n").unwrap();
        }
        mail.push_str(&self.fields);
        if !self.fields.contains("Content-Type") {
            mail.push_str("Content-Type: text/plain; charset=utf-8\r\n");
        }
        mail.push_str("\r\n");
        mail.push_str(&self.body.replace('\n', "\r\n"));
        mail.push_str("\r\n");
        mail.into_bytes()
    }
}
