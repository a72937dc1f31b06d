//! What somebody outside said: nothing that they wrote is lost.
//!
//! Quotation is left out only where it was said before. Where nothing else is left of a mail, the
//! lines that nobody here knows are the answer, for some clients mark what is written between
//! quoted lines as well. And what begins a ticket quotes what the desk has never seen: that is kept
//! as its history.

use std::borrow::Cow;

use super::quoted::said_in;
use crate::desk::case::{Case, Read};
use crate::mail::quote::before::Before;
use crate::mail::quote::{Block, Role};
use crate::mail::{Address, Origin, TicketNumber};

/// What a mail from outside says.
#[derive(Clone, Debug)]
pub struct Spoken<'a> {
    /// The writer's own words; empty if all of it was said before.
    pub own: Cow<'a, str>,
    /// What is shown: the same, or the whole text if that is empty.
    pub shown: Cow<'a, str>,
    /// What it quotes that nobody here has seen, if it begins a ticket.
    pub history: String,
}

/// Hears somebody about a ticket; `None` if their mail begins one.
pub fn heard<'a>(
    case: &Case<'_>,
    read: &Read<'a>,
    sender: &Address,
    about: Option<TicketNumber>,
) -> Spoken<'a> {
    let people = matches!(
        read.reading.origin,
        Origin::Person | Origin::List | Origin::AutoReply | Origin::Notice
    );
    let quoted = || read.blocks.iter().filter(|block| block.role == Role::Quote);
    let worded = !read.text.trim().is_empty();
    let whole = read.inbound.text.trim();
    let as_read = |history| Spoken {
        own: Cow::Borrowed(read.text),
        shown: Cow::Borrowed(if worded { read.text } else { whole }),
        history,
    };
    match about {
        _ if !people || quoted().next().is_none() => as_read(String::new()),
        None if worded => as_read(joined(quoted())),
        Some(_) if worded => as_read(String::new()),
        None => all_of(whole),
        Some(number) => {
            let texts = case.records.public_texts(number);
            let sent = case.records.shown(sender, number);
            let sent = sent.iter().map(|mail| mail.text.as_str());
            let before = Before::new(texts.iter().map(String::as_str).chain(sent));
            let said = Said::among(&before, quoted());
            match () {
                () if said.new.is_empty() => as_read(String::new()),
                // It quotes somebody whom we do not know.
                () if said.new.len() > said.known => all_of(whole),
                () => {
                    let lines = said.new.join("\n");
                    Spoken {
                        own: lines.clone().into(),
                        shown: lines.into(),
                        history: String::new(),
                    }
                }
            }
        }
    }
}

fn all_of(whole: &str) -> Spoken<'_> {
    Spoken { own: Cow::Borrowed(whole), shown: Cow::Borrowed(whole), history: String::new() }
}

fn joined<'b>(blocks: impl Iterator<Item = &'b Block>) -> String {
    blocks.map(|block| block.text.trim()).collect::<Vec<_>>().join("\n\n")
}

/// Quoted lines, without their marks and what introduces them.
struct Said<'b> {
    /// Lines that stand in nothing we know.
    new: Vec<&'b str>,
    /// How many others there are.
    known: usize,
}

impl<'b> Said<'b> {
    fn among(before: &Before, blocks: impl Iterator<Item = &'b Block>) -> Self {
        let mut said = Self { new: Vec::new(), known: 0 };
        for block in blocks {
            let lines = said_in(block);
            for (line, fresh) in lines.iter().zip(before.fresh(&lines)) {
                if fresh {
                    said.new.push(line);
                } else {
                    said.known += 1;
                }
            }
        }
        said
    }
}
