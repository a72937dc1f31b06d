//! The address: the one noun that settings and mail share, so it stands in the room to the left of
//! both.

use std::cmp::Ordering;
use std::fmt;

/// A bare address, `local@domain`, as the sender wrote it, but for a domain beyond ASCII: that is
/// what its letters stand for in DNS, `xn--mller-kva.example`, which every server carries, so that both
/// spellings are one address. Compared without regard to ASCII case.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Address(String);

impl Address {
    /// Takes `local@domain`; `None` unless both parts are there and all of it is printable without
    /// spaces, brackets, commas or quotes.
    pub fn parse(text: &str) -> Option<Self> {
        let (local, domain) = text.trim().rsplit_once('@')?;
        let text = match domain.is_ascii() {
            true => text.trim().to_owned(),
            false => format!("{local}@{}", ascii_domain(domain)?),
        };
        let (local, domain) = text.rsplit_once('@')?;
        let clean =
            |c: char| !c.is_control() && !c.is_whitespace() && !"<>()[]\\,;:\"@".contains(c);
        let sound = !local.is_empty()
            && !domain.is_empty()
            && text.len() <= 254
            && local.chars().all(clean)
            && domain.chars().all(clean)
            && !domain.starts_with('.')
            && !domain.ends_with('.');
        sound.then_some(Self(text))
    }

    /// As people may write it: the domain in its own letters.
    pub fn in_letters(&self) -> String {
        let (domain, read) = idna::domain_to_unicode(self.domain());
        match read {
            Ok(()) => format!("{}@{domain}", self.local()),
            Err(_) => self.0.clone(),
        }
    }

    /// Whether that is another spelling.
    pub fn has_letters(&self) -> bool {
        let mut labels = self.domain().split('.');
        labels.any(|label| label.get(..4).is_some_and(|mark| mark.eq_ignore_ascii_case("xn--")))
    }

    /// The whole address as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands before the `@`.
    pub fn local(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(local, _)| local)
    }

    /// What stands behind the `@`.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// Whether mail to this address ends where that one's does: it is the same but for a detail
    /// behind a plus sign (RFC 5233), or for the dots that Gmail does not read. An address with a
    /// detail of its own may be sorted into a folder of its own, so nothing is known of it.
    pub fn lands_at(&self, other: &Self) -> bool {
        !other.local().contains('+') && self.mailbox() == other.mailbox()
    }

    /// The address without detail, in lower case: two of one are read by one person.
    pub fn mailbox(&self) -> String {
        let local = self.local().split('+').next().unwrap_or_default().to_lowercase();
        match self.domain().to_lowercase().as_str() {
            "gmail.com" | "googlemail.com" => format!("{}@gmail.com", local.replace('.', "")),
            domain => format!("{local}@{domain}"),
        }
    }

    /// The address in lower case: the key under which two spellings are the same person.
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }
}

/// A domain as it stands in DNS; `None` if it can be none.
pub fn ascii_domain(domain: &str) -> Option<String> {
    idna::domain_to_ascii(domain).ok()
}

impl PartialEq for Address {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Address {}

impl PartialOrd for Address {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Address {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
