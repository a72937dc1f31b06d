//! Rules for new tickets: what a mail is like, and what follows from it.
//!
//! All conditions of a rule must hold, and of a list one is enough. What the rules of a desk do
//! together is in `desk/rules.rs`; which of them can never do anything is in `read/shadow.rs`.

use super::{Address, Priority, Words, ascii_domain};

/// `[[rules]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// By which people know it.
    pub name: String,
    /// When it holds.
    pub when: When,
    /// The queue of the ticket.
    pub queue: Option<String>,
    /// Who gets it.
    pub assign: Option<Address>,
    /// What whoever gets it must know.
    pub skill: Option<String>,
    /// How much it matters at least.
    pub priority: Option<Priority>,
    /// Words on it.
    pub tags: Vec<String>,
}

impl Rule {
    /// Whether nothing follows from it.
    pub fn does_nothing(&self) -> bool {
        self.queue.is_none()
            && self.assign.is_none()
            && self.skill.is_none()
            && self.priority.is_none()
            && self.tags.is_empty()
    }
}

/// Conditions; what is empty says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct When {
    /// Who was written to.
    pub to: Vec<Place>,
    /// Who wrote.
    pub from: Vec<Place>,
    /// What stands in the subject.
    pub subject: Vec<Words>,
    /// What the sender's own new text says.
    pub body: Vec<Words>,
    /// In what language, by its two letters; [`UNKNOWN`] where that cannot be told.
    pub language: Vec<String>,
    /// What stands in fields of the header.
    pub headers: Vec<Header>,
    /// The customer is one of `[priority] vip`.
    pub vip: bool,
}

/// The language of a text that is too short to tell, or mixed.
pub const UNKNOWN: &str = "unknown";

/// A field of the header, and words of which one stands in it; none means that it is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Its name.
    pub name: String,
    /// Words.
    pub words: Vec<Words>,
}

/// Where a mail comes from or goes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// That address and no other: with a detail behind a plus only if it is written.
    Address(Address),
    /// What stands before the `@`, in any domain; in lower case.
    Local(String),
    /// All addresses of a domain and of those below it; in lower case.
    Domain(String),
}

impl Place {
    /// `ada@example.org`, `support+billing@`, `example.org` or `@example.org`.
    pub fn parse(text: &str) -> Option<Self> {
        let sound = |part: &str| Address::parse(&format!("a@{part}")).is_some();
        let whole = |domain: &str| {
            let domain = if domain.is_ascii() { domain.into() } else { ascii_domain(domain)? };
            Some(Self::Domain(domain.to_lowercase()))
        };
        let text = text.trim();
        match text.split_once('@') {
            Some((local, "")) => Address::parse(&format!("{local}@a.test"))
                .map(|address| Self::Local(address.local().to_lowercase())),
            Some(("", domain)) if sound(domain) => whole(domain),
            Some(_) => Address::parse(text).map(Self::Address),
            None if text.contains('.') && sound(text) => whole(text),
            None => None,
        }
    }

    /// Whether an address lies there.
    pub fn holds(&self, address: &Address) -> bool {
        match self {
            Self::Address(own) => own == address,
            Self::Local(local) => address.local().to_lowercase() == *local,
            Self::Domain(domain) => is_within(&address.domain().to_lowercase(), domain),
        }
    }

    /// Whether whatever lies in the other one lies here too.
    pub fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (_, Self::Address(address)) => self.holds(address),
            (Self::Local(own), Self::Local(local)) => own == local,
            (Self::Domain(own), Self::Domain(domain)) => is_within(domain, own),
            _ => false,
        }
    }
}

fn is_within(domain: &str, whole: &str) -> bool {
    domain.strip_suffix(whole).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// `[priority]`: what raises or lowers the priority of new tickets beside the rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weights {
    /// Customers who matter more.
    pub vip: Vec<Place>,
    /// How much their tickets matter at least.
    pub vip_priority: Priority,
    /// Words in subject or text that say how much a ticket matters.
    pub words: Vec<Weighty>,
}

/// Words by which a ticket matters more, or less.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weighty {
    /// As they are written in the settings.
    pub written: String,
    /// As they are compared.
    pub words: Words,
    /// How much it matters then.
    pub priority: Priority,
}

impl Default for Weights {
    fn default() -> Self {
        Self { vip: Vec::new(), vip_priority: Priority::High, words: Vec::new() }
    }
}

impl Weights {
    /// Whether that customer is one of those who matter more.
    pub fn is_vip(&self, address: &Address) -> bool {
        self.vip.iter().any(|place| place.holds(address))
    }
}
