//! What the sender wrote, told apart from quotation, signature and what a client says of itself.
//!
//! The rule is that every line the sender wrote is kept: a lost line is an error, a kept quote is a
//! blemish. So each mark must prove itself. A line with `>` is a quotation in a mail that answers
//! another, and in any where something introduces it; in a first mail it is the sender's own. What
//! introduces one (an attribution, a header block, "Original Message") takes along everything below
//! it only if no `>` follows, it cannot be a sentence, and something new stands above it; where
//! nothing does, the rest is kept as [`Role::Forward`], for perhaps it is the answer. A mail that
//! says that it passes another on is kept whole. Sign-offs with a name and legal disclaimers are
//! the sender's words.
//!
//! Answers written without marks inside an Outlook history cannot be known and are left to the full
//! text. All matching is linear: a mark is looked for in a few short lines, never further.

mod attribution;
mod bare;
pub mod before;
mod evidence;
pub(super) mod header;
mod inner;
pub(super) mod line;
mod signature;
pub mod tail;
mod tail_line;
mod tail_words;

pub use bare::{answering, may_introduce, names_and_dates, says_who_wrote, with_names_written};
pub use inner::{Inner, inner};

/// Whether a line is one of a header that clients put over what they quote ("From: …", "Betreff: …").
pub fn is_row_of_a_header(line: &str) -> bool {
    header::label(line).is_some()
}

/// Whether it is the one that names the sender.
pub fn is_sender_of_a_header(line: &str) -> bool {
    header::label(line) == Some(words::Label::From)
}

pub(super) mod words;
mod wrap;

use line::Lines;
use std::ops::Range;
use words::{FORWARD_PREFIXES, REPLY_PREFIXES};

/// One run of lines of a mail's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// What it is.
    pub role: Role,
    /// Its lines, joined by `\n`, as they stand in the text.
    pub text: String,
}

/// What a run of lines is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The sender's own words.
    New,
    /// Quoted or forwarded-as-history text and the line that introduces it.
    Quote,
    /// A signature or a client's advertisement for itself.
    Signature,
    /// A mail passed on: kept as the sender's words, but never searched for commands.
    Forward,
}

/// How many marks may stand above one another ("Original Message", then a header block, then "On …
/// wrote:").
const CHAIN_MAX: usize = 4;

/// Lines searched for a header at the top of marked text.
const MARKED_HEADER_MAX: usize = 45;

/// Cuts a text into runs, losing no line: the blocks joined by `\n` are the text, but for a break
/// before an attribution that a client set behind the sender's words. Neighbours differ in role, and
/// empty lines belong to what stands above them. The mail is taken for an answer.
pub fn split(text: &str) -> Vec<Block> {
    split_as(None, &[], text)
}

/// The same, with the mail's subject. Outlook writes the same header block over a reply's history
/// and over a mail that is passed on; only its "FW:" tells them apart. Where the subject begins
/// with such a prefix, what is under a header block is [`Role::Forward`]. And where it is no
/// answer's, marked lines that nothing introduces are the sender's.
pub fn split_under(subject: &str, text: &str) -> Vec<Block> {
    split_as(Some(subject), &[], text)
}

/// The same, with words of the names of those whom the mail may answer, in lower case.
pub fn split_to(names: &[String], subject: &str, text: &str) -> Vec<Block> {
    split_as(Some(subject), names, text)
}

fn split_as(subject: Option<&str>, names: &[String], text: &str) -> Vec<Block> {
    let lines = Lines::new(text);
    let history = History::of(subject, &lines);
    let attributions = attribution::find(&lines, history == History::Answered, names);
    if attributions.glued.is_empty() {
        return blocks(&lines, history, attributions);
    }
    let parted = lines.parted(&attributions.glued);
    let lines = Lines::new(&parted);
    let attributions = attribution::find(&lines, history == History::Answered, names);
    blocks(&lines, history, attributions)
}

fn blocks(lines: &Lines, history: History, attributions: attribution::Found) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    for (role, line) in roles(lines, history, attributions).into_iter().zip(lines.iter()) {
        match blocks.last_mut() {
            Some(block) if block.role == role => {
                block.text.push('\n');
                block.text.push_str(line);
            }
            _ => blocks.push(Block { role, text: line.to_owned() }),
        }
    }
    blocks
}

/// Whether the subject says that the mail with that text passes another on.
pub(super) fn passes_on(subject: &str, text: &str) -> bool {
    History::of(Some(subject), &Lines::new(text)) == History::PassedOn
}

/// What the sender wrote: the New and Forward blocks, each without empty lines around it, one empty
/// line between them.
///
/// Empty if the sender wrote nothing: the text is empty, or quotation and signature only. An
/// agent's empty reply must not send out what it quotes.
pub fn new_text(text: &str) -> String {
    new_text_of(&split(text))
}

/// The same, with the mail's subject; see [`split_under`].
pub fn new_text_under(subject: &str, text: &str) -> String {
    new_text_of(&split_under(subject, text))
}

/// The same, of a text that was split already.
pub fn new_text_of(blocks: &[Block]) -> String {
    let mut kept = String::new();
    for block in blocks {
        let words = match block.role {
            Role::New | Role::Forward => trim_lines(&block.text),
            Role::Quote | Role::Signature => "",
        };
        if words.is_empty() {
            continue;
        }
        if !kept.is_empty() {
            kept.push_str("\n\n");
        }
        kept.push_str(words);
    }
    kept.trim().to_owned()
}

/// Takes empty lines off both ends, but leaves the first line its indentation. QQ writes some as
/// the entity of a page.
fn trim_lines(text: &str) -> &str {
    let mut text = text.trim_end();
    let blank = |rest: &str| rest.is_empty() || rest.ends_with('\n');
    while let Some(rest) = text.strip_suffix("&nbsp;").filter(|rest| blank(rest)) {
        text = rest.trim_end();
    }
    let indent = text.find(|c: char| !c.is_whitespace()).unwrap_or(text.len());
    let start = text.get(..indent).and_then(|blank| blank.rfind('\n')).map_or(0, |at| at + 1);
    text.get(start..).unwrap_or(text)
}

/// What a mail can have below its words, by its subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum History {
    /// The mail that is answered.
    Answered,
    /// A mail that is passed on.
    PassedOn,
    /// Nothing that we know of: the subject is no answer's.
    None,
}

impl History {
    /// Only the first prefix counts: "Re: FW: x" is an answer. Without a subject it is taken for
    /// one.
    fn of(subject: Option<&str>, lines: &Lines) -> Self {
        let Some(subject) = subject else { return Self::Answered };
        let bare = super::forward::without_tags(subject);
        let prefix = bare.split_once([':', '：']).map(|(prefix, _)| prefix);
        let prefix = prefix.map(|prefix| prefix.split(['[', '(', '^']).next().unwrap_or(prefix));
        match prefix.map(|prefix| line::lower(prefix.trim())).as_deref() {
            Some("vs") if header::first_sender(lines).as_deref() == Some("fra") => Self::PassedOn,
            Some(prefix) if FORWARD_PREFIXES.contains(&prefix) => Self::PassedOn,
            Some(prefix) if REPLY_PREFIXES.contains(&prefix) => Self::Answered,
            _ if subject.contains("[#") => Self::Answered,
            _ => Self::None,
        }
    }
}

/// The role of each line.
fn roles(lines: &Lines, history: History, attributions: attribution::Found) -> Vec<Role> {
    let mut reading = reading(lines, history, attributions);
    let mut at = 0;
    while at < lines.len() {
        at = reading.step(at);
    }
    signature::mark(lines, &mut reading.roles, 0..lines.len());
    reading.settle_blanks();
    reading.roles
}

fn reading<'a>(
    lines: &'a Lines<'a>,
    history: History,
    attributions: attribution::Found,
) -> Reading<'a> {
    let roles = vec![Role::New; lines.len()];
    Reading { lines, history, attributions, roles, seen: false, own_until: 0, initials: None }
}

/// The state of one pass over the lines, top to bottom.
struct Reading<'a> {
    lines: &'a Lines<'a>,
    history: History,
    /// For each line the attribution that begins there.
    attributions: attribution::Found,
    roles: Vec<Role>,
    /// Whether a quotation was found.
    seen: bool,
    /// Up to there marked lines are the sender's own.
    own_until: usize,
    /// Initials with which a client marks what it quotes.
    initials: Option<&'a str>,
}

impl<'a> Reading<'a> {
    /// Reads what begins at that line; the first line after it.
    fn step(&mut self, at: usize) -> usize {
        if self.lines.is_quoted(at) {
            if let Some(after) = self.attributions.after(self.lines, at) {
                return self.open(at, after);
            }
            if let Some(after) = self.marked_forward(at) {
                self.paint(at..after, Role::Forward);
                return after;
            }
            if let Some(after) = self.marked_header(at) {
                return self.open(at, after);
            }
            if at >= self.own_until && !(at > 0 && self.lines.is_quoted(at - 1)) {
                self.own_until = self.own_lines(at);
            }
            if at >= self.own_until && !self.is_comparison(at) {
                self.paint(self.with_rule_above(at)..at + 1, Role::Quote);
            }
            return at + 1;
        }
        if self.initials.is_some_and(|initials| line::has_initials(self.lines.at(at), initials)) {
            self.paint(at..at + 1, Role::Quote);
            return at + 1;
        }
        if self.lines.is_rule(at) {
            return at + 1;
        }
        if let Some(after) = header::forward(self.lines, at) {
            self.paint(self.with_rule_above(at)..after, Role::Forward);
            return after;
        }
        match self.mark(at) {
            Some(after) => self.open(at, after),
            None => at + 1,
        }
    }

    /// GMX and Apple Mail's HTML mark what they pass on, header and all; the first line after it.
    /// Only beneath a subject that says so, for an answer quotes forwards as well.
    fn marked_forward(&self, at: usize) -> Option<usize> {
        let begins = at == 0 || !self.lines.is_quoted(at - 1);
        if self.history != History::PassedOn || self.seen || !begins {
            return None;
        }
        let end = self.lines.end_of_quoted(at);
        let bare: Vec<&str> = (at..end.min(at + MARKED_HEADER_MAX))
            .map(|near| self.lines.at(near).trim_start_matches([' ', '>', '＞']))
            .collect();
        let bare = bare.join("\n");
        let inner = Lines::new(&bare);
        let top = inner.next_full(0);
        header::forward(&inner, top)
            .or_else(|| header::block(&inner, top, || header::Proof::Asked))
            .map(|_| end)
    }

    /// Centrum marks the header alone, below a rule, and the history stands below it as it was; the
    /// first line after the header.
    fn marked_header(&self, at: usize) -> Option<usize> {
        let begins = self.lines.is_rule_above(at) && !(at > 0 && self.lines.is_quoted(at - 1));
        if self.history != History::Answered || !begins {
            return None;
        }
        let end = self.lines.end_of_quoted(at);
        let bare: Vec<&str> = (at..end.min(at + MARKED_HEADER_MAX))
            .map(|near| self.lines.at(near).trim_start_matches([' ', '>', '＞']))
            .collect();
        let bare = bare.join("\n");
        let inner = Lines::new(&bare);
        let top = inner.next_full(0);
        let after = header::block(&inner, top, || header::Proof::Given)?;
        (inner.next_full(after) >= inner.len()).then_some(end)
    }

    /// A run of marked lines that quote nobody; the first line after it. An interpreter's prompt is
    /// three marks where no line has fewer, and no client writes marks at both ends. And where the
    /// mail answers nothing and nothing introduces them, what the sender marked is theirs.
    fn own_lines(&self, start: usize) -> usize {
        let end = self.lines.end_of_quoted(start);
        let prompt = |at: usize| {
            let line = self.lines.at(at).trim_start();
            line.starts_with(">>>") || line.trim_end().ends_with("<<<")
        };
        let own = self.history == History::None || (start..end).all(prompt);
        if own && !self.seen { end } else { start }
    }

    /// A lone `> 50 users` between a person's lines compares, and `>From here` is a line that a
    /// mailbox file made a server escape (RFC 4155); a quotation has more lines, or one that
    /// introduces it.
    fn is_comparison(&self, at: usize) -> bool {
        let line = self.lines.at(at);
        let counts = line
            .trim_start_matches(['>', ' '])
            .starts_with(|c: char| c.is_ascii_digit() || c == '=');
        let among = |near: usize| !self.lines.is_quoted(near) && !self.lines.is_blank(near);
        let lone = at > 0 && among(at - 1) && (at + 1 >= self.lines.len() || among(at + 1));
        let escaped = line.starts_with(">From ")
            && !self.lines.is_quoted(at + 1)
            && !(at > 0 && self.lines.is_quoted(at - 1));
        !self.seen && (counts && lone || escaped)
    }

    /// What introduces a quotation, marked or not, and begins at that line; the first line after it.
    fn introduces(&self, at: usize) -> Option<usize> {
        if self.lines.is_quoted(at) {
            return self.attributions.after(self.lines, at);
        }
        self.mark(at)
    }

    /// What introduces a quotation and begins at that line, with all that belongs to it; the first
    /// line after it.
    fn mark(&self, at: usize) -> Option<usize> {
        let mut end = self.one_mark(at, at)?;
        for _ in 1..CHAIN_MAX {
            let Some(after) = self.one_mark(self.lines.next_full(end), at) else { break };
            end = after;
        }
        Some(end)
    }

    /// One such mark; `top` is where the chain of marks began.
    fn one_mark(&self, at: usize, top: usize) -> Option<usize> {
        let proof = || {
            if top < at || self.lines.is_rule_above(at) {
                header::Proof::Given
            } else {
                header::Proof::Asked
            }
        };
        let said = |at| self.attributions.after(self.lines, at);
        let sure = header::original(self.lines, at)
            .or_else(|| header::block(self.lines, at, proof))
            .or_else(|| header::summary(self.lines, at))
            .or_else(|| header::card(self.lines, at).filter(|_| self.history == History::Answered))
            .or_else(|| said(at))
            .or_else(|| header::above(self.lines, at, said));
        sure.or_else(|| {
            let answers = self.history == History::Answered;
            header::foreign_original(self.lines, at, said)
                .or_else(|| header::short_block(self.lines, at))
                .or_else(|| header::ruled_block(self.lines, at))
                .filter(|_| answers)
        })
    }

    /// Paints a mark and, if the quotation under it bears no `>`, everything below.
    fn open(&mut self, at: usize, after: usize) -> usize {
        let start = self.with_rule_above(at);
        let body = self.lines.next_full(after);
        if body >= self.lines.len() || self.lines.is_quoted(body) {
            self.paint(start..after, Role::Quote);
            return after;
        }
        if let Some(end) = self.lines.barred(body) {
            self.paint(start..end, Role::Quote);
            return end;
        }
        if let Some((initials, end)) = self.lines.initialled(body) {
            self.initials = Some(initials);
            self.paint(start..end, Role::Quote);
            return end;
        }
        // No client sets an attribution over what it passes on.
        let passed_on =
            self.history == History::PassedOn && self.attributions.after(self.lines, at).is_none();
        let role = if passed_on || !self.is_new_above(start) { Role::Forward } else { Role::Quote };
        self.paint(start..self.lines.len(), role);
        self.lines.len()
    }

    /// Whether the sender wrote something above that line, more than a greeting.
    fn is_new_above(&mut self, end: usize) -> bool {
        signature::mark(self.lines, &mut self.roles, 0..end);
        let mut new = (0..end)
            .filter(|at| self.roles.get(*at) == Some(&Role::New) && !self.lines.is_blank(*at));
        match (new.next(), new.next()) {
            (None, _) => false,
            (Some(only), None) => !self.lines.at(only).trim_end().ends_with(','),
            (Some(_), Some(_)) => true,
        }
    }

    /// The line of dashes or underscores that stands above a mark belongs to it.
    fn with_rule_above(&self, at: usize) -> usize {
        self.lines
            .rule_above(at)
            .filter(|rule| self.roles.get(*rule) == Some(&Role::New))
            .unwrap_or(at)
    }

    fn paint(&mut self, range: Range<usize>, role: Role) {
        self.seen |= role == Role::Quote;
        if let Some(roles) = self.roles.get_mut(range) {
            roles.fill(role);
        }
    }

    /// Empty lines take the role of the line above them, so that runs do not fall apart.
    fn settle_blanks(&mut self) {
        let mut above = None;
        for (at, role) in self.roles.iter_mut().enumerate() {
            match above {
                Some(above) if self.lines.is_blank(at) => *role = above,
                _ => above = Some(*role),
            }
        }
    }
}
