//! What the answers to our few commands tell, gathered.

use std::collections::{BTreeMap, BTreeSet};

use crate::fetch::imap::KEYWORD;
use crate::fetch::imap::answer::{Answer, Condition, Value, Words};
use crate::fetch::{Body, Listed, Opened};
use crate::net::Fault;
use crate::time::Timestamp;

/// Names of junk folders where the server does not say which it is; the last part of the name, in
/// lower case.
const JUNK_NAMES: [&str; 7] =
    ["junk", "spam", "junk e-mail", "junk email", "junk mail", "bulk mail", "inbox.spam"];

/// What SELECT told.
#[derive(Debug, Default)]
pub struct Selected {
    /// `* n EXISTS`.
    pub exists: Option<u32>,
    /// `[UIDVALIDITY n]`; zero is none (RFC 3501 §9).
    pub uidvalidity: Option<u32>,
    /// `[UIDNEXT n]`.
    pub uidnext: Option<u32>,
    /// Whether our keyword may be set, by PERMANENTFLAGS. Where that is missing, nothing is kept
    /// for sure.
    pub keyword: bool,
    /// `[READ-ONLY]`.
    pub read_only: bool,
}

impl Selected {
    /// Takes note of an untagged answer.
    pub fn note(&mut self, answer: Answer) {
        match answer {
            Answer::Exists(exists) => self.exists = Some(exists),
            Answer::Condition(Condition::Ok, words) => self.note_code(&words),
            _ => {}
        }
    }

    /// As the fetch room sees it; without UIDVALIDITY no mail has a name, and without EXISTS it was
    /// no SELECT.
    pub fn opened(&self, can_mark: bool) -> Result<Opened, &'static str> {
        let uidvalidity = self
            .uidvalidity
            .ok_or("the server gave no UIDVALIDITY, without which no mail has a name")?;
        let exists = self.exists.ok_or("the server did not say how many mails there are")?;
        Ok(Opened { uidvalidity, uidnext: self.uidnext, exists, can_mark })
    }

    fn note_code(&mut self, words: &Words) {
        let argument = words.arguments.first();
        let number = argument.and_then(Value::number).filter(|number| *number > 0);
        match words.code.as_str() {
            "UIDVALIDITY" => self.uidvalidity = number,
            "UIDNEXT" => self.uidnext = number,
            "PERMANENTFLAGS" => {
                self.keyword =
                    argument.is_some_and(|flags| flags.holds("\\*") || flags.holds(KEYWORD))
            }
            _ => {}
        }
    }
}

/// What one FETCH answer tells of one mail.
#[derive(Debug)]
pub struct Item {
    /// Whose.
    pub uid: u32,
    size: Option<u64>,
    marked: Option<bool>,
    received: Option<Timestamp>,
    /// Its bytes, and how many there are.
    body: Option<(Vec<u8>, usize)>,
}

impl Item {
    /// Reads names and values. `None` if the server only tells of changed flags without a UID, as
    /// it may at any time; an asked-for item without a UID belongs to nobody, and to leave it out
    /// would lose a mail.
    pub fn read(values: Vec<Value>) -> Result<Option<Self>, Fault> {
        let mut item = Self { uid: 0, size: None, marked: None, received: None, body: None };
        let mut values = values.into_iter();
        while let (Some(name), Some(value)) = (values.next(), values.next()) {
            item.take(&name.atom().unwrap_or_default().to_ascii_uppercase(), value);
        }
        match item {
            Self { uid: 1.., .. } => Ok(Some(item)),
            Self { size: None, body: None, .. } => Ok(None),
            _ => Err(Fault::Lost("the server sent a mail without its UID".to_owned())),
        }
    }

    fn take(&mut self, name: &str, value: Value) {
        match name {
            "UID" => self.uid = value.number().unwrap_or(0),
            "RFC822.SIZE" => self.size = value.number(),
            "FLAGS" => self.marked = Some(value.holds(KEYWORD)),
            "INTERNALDATE" => self.received = value.bytes().and_then(|date| instant(&date)),
            // NIL is what Exchange gives for a mail it cannot render: an empty mail is seen by
            // somebody, a missing one is not.
            _ if name.starts_with("BODY[") => {
                self.body = Some(match value {
                    Value::Atom(_) => (Vec::new(), 0),
                    Value::Cut(bytes, whole) => (bytes, whole),
                    value => {
                        let bytes = value.bytes().unwrap_or_default();
                        let whole = bytes.len();
                        (bytes, whole)
                    }
                })
            }
            _ => {}
        }
    }
}

/// `17-Jul-1996 02:44:25 -0700`, the day padded with a space.
fn instant(date: &[u8]) -> Option<Timestamp> {
    let text = std::str::from_utf8(date).ok()?.trim();
    let parsed = jiff::fmt::strtime::parse("%d-%b-%Y %H:%M:%S %z", text).ok()?;
    parsed.to_timestamp().ok().map(Timestamp::from_jiff)
}

/// A list of mails that grows.
#[derive(Debug, Default)]
pub struct List(BTreeMap<u32, Listed>);

impl List {
    /// Adds what is known. A mail may be told of twice (flags change meanwhile): the newer value
    /// counts. One of which no size was told is listed with size 0, for to ask for its body in vain
    /// is better than never to ask.
    pub fn add(&mut self, item: Item) {
        let listed = self.0.entry(item.uid).or_insert(Listed {
            uid: item.uid,
            size: 0,
            marked: false,
            received: None,
        });
        listed.size = item.size.unwrap_or(listed.size);
        listed.marked = item.marked.unwrap_or(listed.marked);
        listed.received = item.received.or(listed.received);
    }

    /// By UID.
    pub fn ascending(self) -> Vec<Listed> {
        self.0.into_values().collect()
    }
}

/// Bodies that were asked for.
#[derive(Debug)]
pub struct Bodies {
    wanted: BTreeSet<u32>,
    found: BTreeMap<u32, (Vec<u8>, usize)>,
}

impl Bodies {
    /// Takes only these.
    pub fn wanting(uids: &[u32]) -> Self {
        Self { wanted: uids.iter().copied().collect(), found: BTreeMap::new() }
    }

    /// Adds a body, in whatever order they come.
    pub fn add(&mut self, item: Item) {
        if let Some(body) = item.body
            && self.wanted.contains(&item.uid)
        {
            self.found.insert(item.uid, body);
        }
    }

    /// Bytes that are kept so far.
    pub fn kept(&self) -> u64 {
        self.found.values().map(|(bytes, _)| bytes.len() as u64).sum()
    }

    /// By UID.
    pub fn ascending(self) -> Vec<Body> {
        let body = |(uid, (bytes, whole))| Body { uid, bytes, whole: whole as u64 };
        self.found.into_iter().map(body).collect()
    }
}

/// The value behind that name in a list of names and values.
pub fn value_of<'a>(items: &'a [Value], name: &str) -> Option<&'a Value> {
    let mut pairs = items.chunks_exact(2).filter_map(|pair| pair.first().zip(pair.last()));
    pairs
        .find(|(key, _)| key.atom().is_some_and(|key| key.eq_ignore_ascii_case(name)))
        .map(|(_, value)| value)
}

/// A search for the junk folder in answers to LIST.
#[derive(Debug, Default)]
pub struct JunkSearch {
    special: Option<String>,
    named: Option<String>,
}

impl JunkSearch {
    /// Looks at `LIST (attributes) delimiter name`.
    pub fn look_at(&mut self, answer: Answer) {
        let Answer::Data(word, values) = answer else { return };
        let mut values = values.into_iter();
        let (Some(attributes), delimiter, Some(name)) =
            (values.next(), values.next(), values.next())
        else {
            return;
        };
        let delimiter = delimiter.and_then(Value::bytes).unwrap_or_default();
        let Some(name) = name
            .bytes()
            .and_then(|name| String::from_utf8(name).ok())
            .filter(|name| is_speakable(name))
        else {
            return;
        };
        if word != "LIST" || attributes.holds("\\Noselect") || attributes.holds("\\NonExistent") {
            return;
        }
        if attributes.holds("\\Junk") {
            self.special = self.special.take().or(Some(name));
        } else if is_junk(&name, &delimiter) {
            self.named = self.named.take().or(Some(name));
        }
    }

    /// The folder: the one that the server calls so, else the one that is named so.
    pub fn found(self) -> Option<String> {
        self.special.or(self.named)
    }
}

/// Names come in modified UTF-7 and go back as they came; one with control characters could end a
/// command line.
fn is_speakable(name: &str) -> bool {
    name.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

fn is_junk(name: &str, delimiter: &[u8]) -> bool {
    let delimiter = std::str::from_utf8(delimiter)
        .ok()
        .filter(|delimiter| !delimiter.is_empty() && *delimiter != "NIL");
    let last = delimiter.and_then(|delimiter| name.rsplit(delimiter).next()).unwrap_or(name);
    JUNK_NAMES.contains(&last.to_ascii_lowercase().as_str())
}
