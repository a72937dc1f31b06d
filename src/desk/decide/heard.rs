//! What somebody outside said: nothing that they wrote is lost.
//!
//! Quotation is left out only where it was said before. Where nothing else is left of a mail, the
//! lines that nobody here knows are the answer, for some clients mark what is written between
//! quoted lines as well. And what begins a ticket quotes what the desk has never seen: that is kept
//! as its history.

use std::borrow::Cow;

use super::quoted::{NAME_MIN, said_in};
use crate::desk::case::{Case, Read};
use crate::mail::quote::before::{Before, is_sign};
use crate::mail::quote::{
    Block, Inner, Role, inner, is_row_of_a_header, may_introduce, names_and_dates, new_text_of,
};
use crate::mail::{Address, Origin, TicketNumber};

/// Words of a copy that nothing introduces.
const COPY_WORDS: usize = 25;

/// Lines of it.
const COPY_LINES: usize = 4;

/// Words of the shortest copy without marks.
const COPY_WORDS_MIN: usize = 3;

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
    let house = house(case);
    let quotes = quoted().next().is_some() || about.is_some() && may_copy(read.text, &house);
    match about {
        _ if !people || !quotes => as_read(String::new()),
        None if worded => as_read(joined(quoted())),
        None => all_of(whole),
        Some(number) => {
            let before = said_before(case, sender, number);
            let found = match worded {
                true => woven(&before, read.blocks, &house),
                false => Said::among(&before, quoted()).answer(whole),
            };
            found.map_or_else(|| as_read(String::new()), all_of)
        }
    }
}

/// What was said on a ticket and what we sent to somebody and to whom it belongs.
fn said_before(case: &Case<'_>, sender: &Address, number: TicketNumber) -> Before {
    let texts = case.records.public_texts(number);
    let mut sent = case.records.shown(sender, number);
    let requester = case.conversation().map(|conversation| &conversation.ticket.requester.address);
    if let Some(requester) = requester.filter(|requester| *requester != sender) {
        sent.extend(case.records.shown(requester, number));
    }
    let sent = sent.iter().map(|mail| mail.text.as_str());
    Before::new(texts.iter().map(String::as_str).chain(sent))
}

/// What the desk and those who answer for it are called, in lower case.
fn house(case: &Case<'_>) -> Vec<String> {
    let config = case.config;
    let agents = config.agents.iter().map(|agent| agent.name.as_str());
    let own = config.desk.addresses().map(Address::as_str);
    let all = agents.chain(own).chain([config.desk.name.as_str()]).map(str::to_lowercase);
    all.filter(|name| name.chars().count() >= NAME_MIN).collect()
}

/// Whether what introduces a quotation says that it is of the house.
fn is_of_house(block: &Block, house: &[String]) -> bool {
    const INTRODUCTION_MAX: usize = 3;
    let lines = block.text.lines().take(INTRODUCTION_MAX);
    let lines: Vec<&str> = lines.take_while(|line| !line.starts_with('>')).collect();
    let lines = lines.join(" ").to_lowercase();
    house.iter().any(|name| lines.contains(name.as_str()))
}

/// The new text with what stands in the quotations and was not said before: marked lines that
/// nobody sent us, and answers between lines that we know. `None` if there is nothing of the kind.
fn woven<'a>(before: &Before, blocks: &[Block], house: &[String]) -> Option<Cow<'a, str>> {
    let (mut parts, mut foreign, mut found) = (Vec::<String>::new(), false, false);
    for block in blocks {
        let fresh = match block.role {
            Role::Signature => continue,
            Role::New | Role::Forward => {
                parts.push(new_text_of(std::slice::from_ref(block)));
                continue;
            }
            Role::Quote => Fresh::of(before, block),
        };
        // It quotes somebody whom we do not know, here and between the lines that follow.
        let ours = || fresh.known > 0 && is_of_house(block, house);
        foreign |= fresh.introduced && fresh.new.len() > fresh.known && !ours();
        if let Some(above) = parts.last_mut().filter(|_| fresh.is_bare_copy()) {
            found |= cut_introduction(above, house);
        }
        if !foreign && !fresh.new.is_empty() {
            let mark = if fresh.introduced || fresh.known > 0 { "" } else { "> " };
            let lines = fresh.new.iter().map(|line| format!("{mark}{line}"));
            parts.push(lines.collect::<Vec<_>>().join("\n"));
            found = true;
        }
    }
    if let Some(last) = parts.last_mut().filter(|last| may_copy(last, house)) {
        found |= cut_copy(before, last, house);
    }
    parts.retain(|part| !part.is_empty());
    found.then(|| Cow::Owned(parts.join("\n\n")))
}

/// Whether something unmarked may stand below the words: the line that introduces it is there, or
/// much text.
fn may_copy(text: &str, house: &[String]) -> bool {
    text.lines().nth(COPY_LINES * 3).is_some()
        || text.lines().skip(1).any(|line| introduces(line, house))
}

/// Whether a line may stand above what somebody wrote.
fn introduces(line: &str, house: &[String]) -> bool {
    may_introduce(line) || is_row_of_a_header(line) || names_and_dates(line, house)
}

/// Takes a copy of what was said before off the end of a text, with what introduces it; without
/// that only a long one, for people say short things twice.
fn cut_copy(before: &Before, text: &mut String, house: &[String]) -> bool {
    let lines: Vec<&str> = text.lines().collect();
    let fresh = before.fresh(&lines);
    let says = |line: &str| line.contains(|c: char| c.is_alphanumeric() || is_sign(c));
    let new =
        |at: &usize| lines.get(*at).is_some_and(|line| says(line)) && fresh.get(*at) == Some(&true);
    let Some(last) = (0..lines.len()).rev().find(new) else { return false };
    let copy = lines.get(last + 1..).unwrap_or_default();
    let words: usize = copy.iter().map(|line| line.split_whitespace().count()).sum();
    let full = copy.iter().filter(|line| says(line)).count();
    let mut kept = lines.get(..=last).unwrap_or_default().join("\n");
    let introduced = cut_introduction(&mut kept, house);
    if kept.trim().is_empty()
        || words < COPY_WORDS_MIN
        || !introduced && (words < COPY_WORDS || full < COPY_LINES)
    {
        return false;
    }
    *text = kept;
    true
}

/// Takes the line off the end of a text that says who wrote what is below it, or the rows of a
/// header.
fn cut_introduction(text: &mut String, house: &[String]) -> bool {
    let before = text.len();
    while let Some(line) =
        text.trim_end().lines().next_back().filter(|line| introduces(line, house))
    {
        let end = text.trim_end().len() - line.len();
        text.truncate(end);
    }
    text.truncate(text.trim_end().len());
    text.len() < before
}

/// What a quotation holds that was not said before.
struct Fresh {
    /// Something introduces it.
    introduced: bool,
    /// Lines that stand in nothing we know.
    new: Vec<String>,
    /// How many others there are.
    known: usize,
}

impl Fresh {
    fn of(before: &Before, block: &Block) -> Self {
        let Inner { introduced, mut lines } = inner(block);
        lines.retain(|line| line.contains(|c: char| c.is_alphanumeric() || is_sign(c)));
        let fresh = before.fresh(&lines.iter().map(String::as_str).collect::<Vec<_>>());
        let all = lines.len();
        let new = lines.into_iter().zip(fresh).filter_map(|(line, fresh)| fresh.then_some(line));
        let new: Vec<String> = new.collect();
        Self { introduced, known: all - new.len(), new }
    }

    /// Nothing was seen to introduce it, and all was said before.
    fn is_bare_copy(&self) -> bool {
        !self.introduced && self.known > 0 && self.new.is_empty()
    }
}

fn all_of<'a>(text: impl Into<Cow<'a, str>>) -> Spoken<'a> {
    let text = text.into();
    Spoken { own: text.clone(), shown: text, history: String::new() }
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

    /// Where nothing stands beside them; `whole` if they quote somebody whom we do not know.
    fn answer(self, whole: &'b str) -> Option<Cow<'b, str>> {
        if self.new.len() > self.known {
            return Some(Cow::Borrowed(whole));
        }
        Some(self.new.join("\n")).filter(|lines| !lines.is_empty()).map(Cow::Owned)
    }
}
