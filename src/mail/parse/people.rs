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
        let people = entry.people();
        if people.is_empty() && entry.is_half_a_name() {
            half = entry.words;
        } else if people.is_empty() {
            note(defects, "an address cannot be read");
        }
        out.extend(people);
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
    /// What stands behind the brackets.
    behind: String,
    /// Its local part is quoted and has blanks: an address that is none here, and no other either.
    odd: bool,
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

    /// Whom it names: one, or all of those between whom the comma was forgotten.
    fn people(&self) -> Vec<Person> {
        if self.odd {
            return Vec::new();
        }
        let person = |name: &str, address| {
            let name = words::text(name, NAME_MAX).or_else(|| words::text(&self.comment, NAME_MAX));
            Person { name: name.map(unquoted), address }
        };
        if let Some(address) = self.angle.as_deref().and_then(address) {
            return vec![person(&self.words, address)];
        }
        let text = self.angle.as_deref().filter(|angle| angle.contains('@')).unwrap_or(&self.words);
        if let Some(whole) = address(text) {
            return vec![person("", whole)];
        }
        // Words that are no address are nobody's half of one.
        let (named, other): (Vec<&str>, Vec<&str>) =
            text.split_whitespace().partition(|word| Address::parse(bracketless(word)).is_some());
        let addresses = named.iter().filter_map(|word| Address::parse(bracketless(word)));
        match named.as_slice() {
            [_] => addresses.map(|address| person(&other.join(" "), address)).collect(),
            _ => addresses.map(|address| person("", address)).collect(),
        }
    }
}

fn bracketless(word: &str) -> &str {
    word.trim_matches(['<', '>', '[', ']']).trim_end_matches('.')
}

/// Outlook puts names into single quotes.
fn unquoted(name: String) -> String {
    match name.strip_prefix('\'').and_then(|name| name.strip_suffix('\'')) {
        Some(inner) if !inner.trim().is_empty() => inner.trim().to_owned(),
        _ => name,
    }
}

/// Reads what should be `local@domain`: blanks around its signs, a source route or `mailto:` before
/// it and quotes that are not needed are taken off. Of words beside it none is made a part of it.
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
    let local = local.trim();
    let domain = joined(domain)?;
    let local = local.strip_prefix('"').and_then(|local| local.strip_suffix('"')).unwrap_or(local);
    Address::parse(&format!("{local}@{domain}"))
}

/// A domain without the blanks around its dots; `None` if it has words beside it.
fn joined(domain: &str) -> Option<String> {
    let mut words = domain.split_whitespace();
    let mut whole = words.next()?.to_owned();
    while let Some(word) = words.next() {
        whole.push_str(Some(word).filter(|word| *word == ".")?);
        whole.push_str(words.next()?);
    }
    Some(whole)
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

/// Cuts a value into entries in one pass; what somebody forgot to close is read once more.
fn entries(value: &str) -> Vec<Entry> {
    let mut cutter = Cutter::default();
    let mut rest = value;
    loop {
        let Some(c) = rest.chars().next() else {
            match cutter.unclosed() {
                Some(opened) => rest = opened,
                None => break,
            }
            continue;
        };
        // An encoded word is one thing, whatever brackets and commas a careless mailer has left in
        // it.
        if let Some((word, after)) =
            words::leading(rest).filter(|_| matches!(cutter.place, Place::Words))
        {
            word.chars().for_each(|c| cutter.push(c));
            rest = after;
            continue;
        }
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
        let escaped =
            rest.chars().next().filter(|_| c == '\\' && !matches!(cutter.place, Place::Words));
        rest = rest.get(escaped.map_or(0, char::len_utf8)..).unwrap_or_default();
        // A quote that closes right before a word was meant to open: the one before it is astray.
        let closes = c == '"' && matches!(cutter.place, Place::Quotes);
        if closes && rest.starts_with(|c: char| c.is_alphanumeric()) {
            rest = cutter.reopened();
            continue;
        }
        cutter.take(escaped.unwrap_or(c), escaped.is_some(), rest);
    }
    cutter.end();
    cutter.done
}

#[derive(Clone, Copy, Default)]
enum Place {
    #[default]
    Words,
    Quotes,
    Angle {
        quoted: bool,
    },
    Comment {
        depth: usize,
    },
}

#[derive(Default)]
struct Cutter<'a> {
    done: Vec<Entry>,
    entry: Entry,
    place: Place,
    group: bool,
    /// What follows the last sign that opened a quote or a comment, and the words before it.
    opened: (&'a str, usize),
    /// One was never closed: none is opened any more.
    plain: bool,
    /// A quote has closed just now.
    closed: bool,
}

impl<'a> Cutter<'a> {
    fn take(&mut self, c: char, escaped: bool, rest: &'a str) {
        let closed = std::mem::take(&mut self.closed);
        self.place = match self.place {
            Place::Words => self.in_words(c, rest, closed),
            Place::Quotes if c == '"' && !escaped => {
                self.closed = true;
                Place::Words
            }
            Place::Quotes => {
                self.entry.quoted_at |= c == '@';
                self.push(c);
                Place::Quotes
            }
            Place::Angle { quoted } => self.in_angle(c, quoted && !escaped),
            Place::Comment { depth } => self.in_comment(c, escaped, depth),
        };
    }

    fn in_words(&mut self, c: char, rest: &'a str, closed: bool) -> Place {
        match c {
            '"' | '(' if self.plain => self.push(' '),
            '"' => {
                self.opened = (rest, self.words().len());
                return Place::Quotes;
            }
            '(' => {
                self.opened = (rest, self.words().len());
                self.entry.comment.clear();
                return Place::Comment { depth: 1 };
            }
            '<' => {
                // The comma before this one was forgotten.
                if self.entry.angle.is_some() {
                    let words = std::mem::take(&mut self.entry.behind);
                    self.end();
                    self.entry.words = words;
                }
                self.entry.angle = Some(String::new());
                return Place::Angle { quoted: false };
            }
            '>' => self.push(' '),
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
            _ => {
                self.entry.odd |= c == '@' && closed && self.entry.words.contains(' ');
                self.push(c);
            }
        }
        Place::Words
    }

    fn in_angle(&mut self, c: char, quoted: bool) -> Place {
        let angle = self.entry.angle.get_or_insert_default();
        let whole = angle.contains('@') && !angle.starts_with('@');
        match c {
            '>' if !quoted => return Place::Words,
            // It was not closed: what it holds is whole, and what follows is somebody else.
            ',' | ';' if !quoted && whole => {
                self.end();
                return Place::Words;
            }
            // A name was put into brackets, or two brackets around it.
            '<' if !quoted => {
                let words = std::mem::take(angle);
                self.entry.words.push_str(&words);
            }
            _ => angle.push(c),
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

    /// Where words go: before the brackets, or behind them.
    fn words(&mut self) -> &mut String {
        let entry = &mut self.entry;
        if entry.angle.is_some() { &mut entry.behind } else { &mut entry.words }
    }

    fn push(&mut self, c: char) {
        self.words().push(c);
    }

    /// At the end of all: where a quote or a comment is open that nothing closes, what it seemed to
    /// hold, for it opened nothing.
    fn unclosed(&mut self) -> Option<&'a str> {
        let open = matches!(self.place, Place::Quotes | Place::Comment { .. });
        self.plain |= open;
        open.then(|| self.reopened())
    }

    /// Takes the last opening sign for none; what follows it.
    fn reopened(&mut self) -> &'a str {
        let (rest, length) = self.opened;
        self.place = Place::Words;
        self.entry.comment.clear();
        let words = self.words();
        words.truncate(length);
        words.push(' ');
        rest
    }

    fn end(&mut self) {
        let mut entry = std::mem::take(&mut self.entry);
        let behind = std::mem::take(&mut entry.behind);
        let other = behind.contains('@').then(|| behind.clone());
        if other.is_none() {
            entry.words.push_str(&behind);
        }
        let other = other.map(|words| Entry { words, ..Entry::default() });
        self.done.extend([Some(entry), other].into_iter().flatten().filter(|one| !one.is_empty()));
    }
}

/// The ids of a References or In-Reply-To value: what stands in brackets; where nothing does,
/// words. Each has an `@` with something on both sides (RFC 5322 §3.6.4): some programs write `<yes>`, and
/// would have all their mails in one conversation.
pub(super) fn ids(value: &str, defects: &mut Vec<String>) -> Vec<MessageId> {
    let bracketed =
        value.split('<').skip(1).filter_map(|rest| rest.split_once('>')).map(|(id, _)| id);
    let mut ids: Vec<MessageId> = bracketed.filter_map(MessageId::parse).collect();
    if ids.is_empty() {
        let bare = value.split(|c: char| c.is_whitespace() || c == ',');
        ids = bare.filter_map(MessageId::parse).collect();
    }
    ids.retain(|id| {
        id.as_str()
            .split_once('@')
            .is_some_and(|(left, right)| !left.is_empty() && !right.is_empty())
    });
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
