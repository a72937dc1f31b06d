//! Address lists (RFC 5322 §3.4 and its obsolete forms) → people; and lists of Message-IDs.
//!
//! Structure is read before anything is decoded: what an encoded word hides is never an address.
//! Only addresses that [`Address::parse`] takes are kept.

use super::lines::note;
use super::words;
use crate::mail::{Address, MessageId, Person};

/// People kept of one field.
const PEOPLE_MAX: usize = 1_000;
/// References kept: the first and the last ones; threads are found by either end.
const REFERENCES_MAX: usize = 200;
/// Longest name kept, in characters.
const NAME_MAX: usize = 200;

/// The people of one field's value, groups flattened.
pub(super) fn people(value: &str, defects: &mut Vec<String>) -> Vec<Person> {
    let mut out = Vec::new();
    let mut half = String::new();
    for mut entry in entries(value) {
        if out.len() >= PEOPLE_MAX {
            note(defects, "too many addresses, the rest was not read");
            break;
        }
        // `Doe, John <john@…>`: the comma should have been quoted.
        if !half.is_empty() && (entry.angle.is_some() || entry.is_half_a_name()) {
            entry.words = format!("{half}, {}", entry.words.trim_start());
        } else if !half.is_empty() {
            note(defects, "an address cannot be read");
        }
        half.clear();
        match entry.person() {
            Some(person) => out.push(person),
            None if entry.is_half_a_name() => half = entry.words,
            None => note(defects, "an address cannot be read"),
        }
    }
    if !half.trim().is_empty() {
        note(defects, "an address cannot be read");
    }
    out
}

/// One entry of a list, cut but not judged.
#[derive(Default)]
struct Entry {
    words: String,
    angle: Option<String>,
    comment: String,
    quoted_at: bool,
}

impl Entry {
    fn is_empty(&self) -> bool {
        self.words.trim().is_empty() && self.angle.is_none()
    }

    fn is_half_a_name(&self) -> bool {
        self.angle.is_none()
            && !self.quoted_at
            && !self.words.contains('@')
            && self.words.len() <= 2 * NAME_MAX
    }

    fn person(&self) -> Option<Person> {
        let (address, name) = match &self.angle {
            Some(angle) => (address(angle)?, self.words.as_str()),
            None => self.bare()?,
        };
        let name = words::text(name, NAME_MAX).or_else(|| words::text(&self.comment, NAME_MAX));
        Some(Person { name: name.map(unquoted), address })
    }

    /// An address without brackets; words before it are its name.
    fn bare(&self) -> Option<(Address, &str)> {
        let text = self.words.trim();
        if let Some(whole) = address(text) {
            return Some((whole, ""));
        }
        let (name, last) = text.rsplit_once(char::is_whitespace)?;
        Some((Address::parse(last)?, name))
    }
}

/// Outlook puts names into single quotes.
fn unquoted(name: String) -> String {
    match name.strip_prefix('\'').and_then(|name| name.strip_suffix('\'')) {
        Some(inner) if !inner.trim().is_empty() => inner.trim().to_owned(),
        _ => name,
    }
}

/// Reads what should be `local@domain`: spaces, a source route or `mailto:` before it and quotes
/// that are not needed are taken off.
fn address(text: &str) -> Option<Address> {
    let text = match text.rsplit_once(':') {
        Some((route, rest))
            if route.trim_start().starts_with('@')
                || route.trim().eq_ignore_ascii_case("mailto") =>
        {
            rest
        }
        _ => text,
    };
    let text = without_comments(text);
    let (local, domain) = text.rsplit_once('@')?;
    let local: String = local.split_whitespace().collect();
    let domain: String = domain.split_whitespace().collect();
    let local = local.strip_prefix('"').and_then(|local| local.strip_suffix('"')).unwrap_or(&local);
    Address::parse(&format!("{local}@{domain}"))
}

/// RFC 5322 allows a comment even within the brackets.
fn without_comments(text: &str) -> String {
    let mut depth = 0_usize;
    let mut keep = |c: char| {
        depth += usize::from(c == '(');
        let kept = depth == 0;
        depth -= usize::from(c == ')' && depth > 0);
        kept
    };
    text.chars().filter(|c| keep(*c)).collect()
}

/// Cuts a value into entries in one pass.
fn entries(value: &str) -> Vec<Entry> {
    let mut cutter =
        Cutter { done: Vec::new(), entry: Entry::default(), place: Place::Words, group: false };
    let mut rest = value;
    while let Some(c) = rest.chars().next() {
        // An encoded word is one thing, whatever brackets and commas a careless mailer has left in
        // it.
        if let Some((word, after)) =
            words::leading(rest).filter(|_| matches!(cutter.place, Place::Words))
        {
            cutter.entry.words.push_str(word);
            rest = after;
            continue;
        }
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
        let escaped =
            rest.chars().next().filter(|_| c == '\\' && !matches!(cutter.place, Place::Words));
        rest = rest.get(escaped.map_or(0, char::len_utf8)..).unwrap_or_default();
        cutter.take(escaped.unwrap_or(c), escaped.is_some());
    }
    cutter.end();
    cutter.done
}

#[derive(Clone, Copy)]
enum Place {
    Words,
    Quotes,
    Angle { quoted: bool },
    Comment { depth: usize },
}

struct Cutter {
    done: Vec<Entry>,
    entry: Entry,
    place: Place,
    group: bool,
}

impl Cutter {
    fn take(&mut self, c: char, escaped: bool) {
        self.place = match self.place {
            Place::Words => self.in_words(c),
            Place::Quotes if c == '"' && !escaped => Place::Words,
            Place::Quotes => {
                self.entry.quoted_at |= c == '@';
                self.entry.words.push(c);
                Place::Quotes
            }
            Place::Angle { quoted } => self.in_angle(c, quoted && !escaped),
            Place::Comment { depth } => self.in_comment(c, escaped, depth),
        };
    }

    fn in_words(&mut self, c: char) -> Place {
        match c {
            '"' => return Place::Quotes,
            '<' => {
                self.entry.angle = Some(String::new());
                return Place::Angle { quoted: false };
            }
            '(' => {
                self.entry.comment.clear();
                return Place::Comment { depth: 1 };
            }
            ',' => self.end(),
            ';' => {
                self.end();
                self.group = false;
            }
            // A group's name; `mailto:` is none.
            ':' if !self.group
                && !self.entry.words.contains('@')
                && !self.entry.words.trim().eq_ignore_ascii_case("mailto") =>
            {
                self.entry = Entry::default();
                self.group = true;
            }
            _ => self.entry.words.push(c),
        }
        Place::Words
    }

    fn in_angle(&mut self, c: char, quoted: bool) -> Place {
        if c == '>' && !quoted {
            return Place::Words;
        }
        if let Some(angle) = self.entry.angle.as_mut() {
            angle.push(c);
        }
        Place::Angle { quoted: quoted != (c == '"') }
    }

    fn in_comment(&mut self, c: char, escaped: bool, depth: usize) -> Place {
        let depth = match c {
            '(' if !escaped => depth + 1,
            ')' if !escaped => depth - 1,
            _ => depth,
        };
        if depth == 0 {
            return Place::Words;
        }
        self.entry.comment.push(c);
        Place::Comment { depth }
    }

    fn end(&mut self) {
        let entry = std::mem::take(&mut self.entry);
        if !entry.is_empty() {
            self.done.push(entry);
        }
    }
}

/// The ids of a References or In-Reply-To value: what stands in brackets; where nothing does, words
/// with an `@`.
pub(super) fn ids(value: &str, defects: &mut Vec<String>) -> Vec<MessageId> {
    let bracketed =
        value.split('<').skip(1).filter_map(|rest| rest.split_once('>')).map(|(id, _)| id);
    let mut ids: Vec<MessageId> = bracketed.filter_map(MessageId::parse).collect();
    if ids.is_empty() {
        let bare =
            value.split(|c: char| c.is_whitespace() || c == ',').filter(|word| word.contains('@'));
        ids = bare.filter_map(MessageId::parse).collect();
    }
    if ids.len() > REFERENCES_MAX {
        note(defects, "too many references, some of the middle were dropped");
        ids.drain(1..=ids.len() - REFERENCES_MAX);
    }
    ids
}

/// A mail's own id: the first in brackets, else all of the value if it is one word.
pub(super) fn own_id(value: &str) -> Option<MessageId> {
    let bracketed =
        value.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map(|(id, _)| id);
    MessageId::parse(bracketed.unwrap_or(value))
}
