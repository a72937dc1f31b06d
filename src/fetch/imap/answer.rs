//! What a server says, as data: the small part of RFC 3501 §7 that we use, read from whole frames.
//!
//! Total: whatever is not understood becomes [`Answer::Unknown`], for a server may say more than we
//! know (RFC 3501 §7) and async-imap's parser gives up a connection for it. Only a FETCH that
//! cannot be read is told apart, because a mail may be in it.

use std::collections::VecDeque;

use crate::net::clean;

/// How deep lists may nest. What we ask for nests twice; recursion on a stranger's parentheses
/// would overflow the stack.
const DEPTH_LIMIT: usize = 16;

/// One response as it came: lines without their end, and between them the literals that they
/// announced.
#[derive(Debug, Default)]
pub struct Frame {
    /// The line, or the lines around literals, each without `{n}` and line end.
    pub lines: VecDeque<Vec<u8>>,
    /// The literals; the n-th follows the n-th line.
    pub literals: VecDeque<Literal>,
}

/// A literal, as far as it was kept.
#[derive(Debug, Default)]
pub struct Literal {
    /// Its beginning, or all of it.
    pub bytes: Vec<u8>,
    /// So many bytes of it are kept.
    pub kept: usize,
    /// So long it is.
    pub whole: usize,
}

/// The five words of RFC 3501 §7.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// OK.
    Ok,
    /// NO.
    No,
    /// BAD.
    Bad,
    /// BYE.
    Bye,
    /// PREAUTH.
    Preauth,
}

/// What stands behind a condition.
#[derive(Debug, Default)]
pub struct Words {
    /// The name of the response code in capitals; empty if there is none.
    pub code: String,
    /// What follows the code's name.
    pub arguments: Vec<Value>,
    /// The text for people, clean.
    pub text: String,
}

/// A piece of data.
#[derive(Debug)]
pub enum Value {
    /// A bare word, a number, a flag, `BODY[…]<0>`; also NIL.
    Atom(String),
    /// A quoted string or a literal.
    Text(Vec<u8>),
    /// The beginning of a literal for which there was no room, and how long it is.
    Cut(Vec<u8>, usize),
    /// A parenthesised list.
    List(Vec<Value>),
}

/// One response.
#[derive(Debug)]
pub enum Answer {
    /// The end of a command.
    Tagged {
        /// Whose end.
        tag: String,
        /// How it ended.
        condition: Condition,
        /// Why.
        words: Words,
    },
    /// An untagged OK, NO, BAD, BYE or PREAUTH.
    Condition(Condition, Words),
    /// `+`: go on.
    Continue,
    /// So many mails lie in the mailbox.
    Exists(u32),
    /// One is gone.
    Expunge,
    /// Something about one mail: names and values in turn.
    Fetch(Vec<Value>),
    /// A FETCH that we cannot read.
    Garbled,
    /// Other untagged data: its name in capitals, and what follows.
    Data(String, Vec<Value>),
    /// Nothing we know.
    Unknown,
    /// A line that is no IMAP at all; clean.
    Nonsense(String),
}

impl Value {
    /// The bytes of a string or bare word; `None` for a list.
    pub fn bytes(self) -> Option<Vec<u8>> {
        match self {
            Self::Atom(word) => Some(word.into_bytes()),
            Self::Text(bytes) | Self::Cut(bytes, _) => Some(bytes),
            Self::List(_) => None,
        }
    }

    /// The bare word.
    pub fn atom(&self) -> Option<&str> {
        match self {
            Self::Atom(word) => Some(word),
            Self::Text(_) | Self::Cut(..) | Self::List(_) => None,
        }
    }

    /// The number.
    pub fn number<N: std::str::FromStr>(&self) -> Option<N> {
        self.atom()?.parse().ok()
    }

    /// Whether the list holds that word, in whatever capitals.
    pub fn holds(&self, word: &str) -> bool {
        match self {
            Self::List(values) => {
                values.iter().filter_map(Self::atom).any(|atom| atom.eq_ignore_ascii_case(word))
            }
            Self::Atom(_) | Self::Text(_) | Self::Cut(..) => false,
        }
    }
}

impl Answer {
    /// Reads a frame.
    pub fn read(mut frame: Frame) -> Self {
        let line = frame.lines.pop_front().unwrap_or_default();
        match line.strip_prefix(b"* ") {
            Some(rest) => untagged(Tokens::new(rest.to_vec(), frame)),
            None if line.starts_with(b"+") => Self::Continue,
            None if matches!(line.trim_ascii(), b"" | b"*") => Self::Unknown,
            None => tagged(&line),
        }
    }
}

fn tagged(line: &[u8]) -> Answer {
    let line = String::from_utf8_lossy(line);
    let (tag, rest) = line.split_once(' ').unwrap_or((&line, ""));
    match condition(rest) {
        Some((found, text)) => {
            Answer::Tagged { tag: tag.to_owned(), condition: found, words: words(text) }
        }
        None => Answer::Nonsense(clean(&line)),
    }
}

fn untagged(mut tokens: Tokens) -> Answer {
    if let Some((found, text)) = condition(&String::from_utf8_lossy(&tokens.line)) {
        return Answer::Condition(found, words(text));
    }
    let Some(Value::Atom(name)) = tokens.value(0) else { return Answer::Unknown };
    match name.parse::<u32>() {
        Ok(number) => numbered(number, tokens),
        Err(_) => tokens
            .rest()
            .map_or(Answer::Unknown, |values| Answer::Data(name.to_ascii_uppercase(), values)),
    }
}

fn numbered(number: u32, mut tokens: Tokens) -> Answer {
    let Some(Value::Atom(name)) = tokens.value(0) else { return Answer::Unknown };
    match name.to_ascii_uppercase().as_str() {
        "EXISTS" => Answer::Exists(number),
        "EXPUNGE" => Answer::Expunge,
        "FETCH" => match tokens.value(0) {
            Some(Value::List(values)) => Answer::Fetch(values),
            _ => Answer::Garbled,
        },
        _ => Answer::Unknown,
    }
}

/// The condition at the start of a line, and what follows it.
pub fn condition(line: &str) -> Option<(Condition, &str)> {
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    let found = match word.to_ascii_uppercase().as_str() {
        "OK" => Condition::Ok,
        "NO" => Condition::No,
        "BAD" => Condition::Bad,
        "BYE" => Condition::Bye,
        "PREAUTH" => Condition::Preauth,
        _ => return None,
    };
    Some((found, rest))
}

fn words(text: &str) -> Words {
    let Some((code, text)) = text.strip_prefix('[').and_then(|rest| rest.split_once(']')) else {
        return Words { text: clean(text), ..Words::default() };
    };
    let mut tokens = Tokens::new(code.as_bytes().to_vec(), Frame::default());
    let name = match tokens.value(0) {
        Some(Value::Atom(name)) => name.to_ascii_uppercase(),
        _ => String::new(),
    };
    Words { code: name, arguments: tokens.rest().unwrap_or_default(), text: clean(text) }
}

/// The line that is being read, and the literals and lines behind it.
struct Tokens {
    line: Vec<u8>,
    at: usize,
    behind: Frame,
}

impl Tokens {
    fn new(line: Vec<u8>, behind: Frame) -> Self {
        Self { line, at: 0, behind }
    }

    fn peek(&self) -> Option<u8> {
        self.line.get(self.at).copied()
    }

    fn skip_spaces(&mut self) {
        while self.peek() == Some(b' ') {
            self.at += 1;
        }
    }

    /// Everything to the end; `None` if something is broken on the way.
    fn rest(&mut self) -> Option<Vec<Value>> {
        let mut values = Vec::new();
        loop {
            self.skip_spaces();
            if self.peek().is_none() && self.behind.literals.is_empty() {
                return Some(values);
            }
            values.push(self.value(0)?);
        }
    }

    fn value(&mut self, depth: usize) -> Option<Value> {
        self.skip_spaces();
        match self.peek() {
            None => self.literal(),
            Some(b'(') if depth < DEPTH_LIMIT => self.list(depth),
            Some(b'(' | b')') => None,
            Some(b'"') => self.quoted(),
            Some(_) => Some(self.atom()),
        }
    }

    fn literal(&mut self) -> Option<Value> {
        let literal = self.behind.literals.pop_front()?;
        self.line = self.behind.lines.pop_front()?;
        self.at = 0;
        Some(if literal.kept < literal.whole {
            Value::Cut(literal.bytes, literal.whole)
        } else {
            Value::Text(literal.bytes)
        })
    }

    fn list(&mut self, depth: usize) -> Option<Value> {
        self.at += 1;
        let mut values = Vec::new();
        loop {
            self.skip_spaces();
            if self.peek() == Some(b')') {
                self.at += 1;
                return Some(Value::List(values));
            }
            values.push(self.value(depth + 1)?);
        }
    }

    fn quoted(&mut self) -> Option<Value> {
        let mut text = Vec::new();
        loop {
            self.at += 1;
            match self.peek()? {
                b'"' => break,
                b'\\' => {
                    self.at += 1;
                    text.push(self.peek()?);
                }
                byte => text.push(byte),
            }
        }
        self.at += 1;
        Some(Value::Text(text))
    }

    /// A bare word. Brackets hold spaces and parentheses together, as in `BODY[HEADER.FIELDS
    /// (SUBJECT)]`.
    fn atom(&mut self) -> Value {
        let start = self.at;
        let mut bracketed = false;
        while let Some(byte) = self.peek() {
            match byte {
                b'[' => bracketed = true,
                b']' => bracketed = false,
                b' ' | b'(' | b')' | b'"' if !bracketed => break,
                _ => {}
            }
            self.at += 1;
        }
        Value::Atom(
            String::from_utf8_lossy(self.line.get(start..self.at).unwrap_or_default()).into_owned(),
        )
    }
}
