//! Header blocks over a history ("From: … Sent: … To: … Subject: …"), the dashed lines above them, forward markers.
//!
//! A block must be one: who and to whom, and when and about what; where one of these is missing, an address. "From:
//! Berlin, To: Munich, Date: tomorrow" is a journey. Beneath "Original Message" or a rule, who and one more is enough.

use super::line::{Lines, clean, lower};
use super::words::{FORWARD_BEGINS, FORWARDED, LABELS, Label, ORIGINAL, REPLY_ABOVE};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Longest label that any client writes, in bytes, with ornaments.
const LABEL_MAX: usize = 60;

/// Longest block in lines: long lists of recipients are wrapped.
const BLOCK_MAX: usize = 40;

/// How many lines without a label may follow one with a label.
const WRAP_MAX: usize = 3;

/// Longest line that is a desk's "reply above this line".
const ABOVE_MAX: usize = 200;

/// The labels by their names: this is asked of every line with a colon.
static BY_NAME: LazyLock<BTreeMap<&str, Label>> =
    LazyLock::new(|| LABELS.iter().rev().flat_map(|(label, names)| names.iter().map(|name| (*name, *label))).collect());

/// Whether something above a block already says that a history begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// It does.
    Given,
    /// The block must prove itself.
    Asked,
}

/// A line that says that what follows is passed on; the first line after what is.
pub fn forward(lines: &Lines, at: usize) -> Option<usize> {
    if !lines.is_ornamented(at) {
        return None;
    }
    let line = lower(&lines.clean(at)?);
    let begins = line.strip_suffix([':', '：']).is_some_and(|words| FORWARD_BEGINS.contains(&words.trim()));
    let inner = dashed(&line);
    let dashes = inner.is_some_and(|inner| {
        FORWARDED.contains(&inner) || inner.starts_with("forwarded message from") || inner.starts_with("forwarded by")
    });
    (begins || dashes).then(|| forward_end(lines, at))
}

/// Mutt says where a forward ends; for the others it is the end of the mail.
fn forward_end(lines: &Lines, start: usize) -> usize {
    let ends = |at: &usize| {
        lines.at(*at).starts_with('-')
            && lines.clean(*at).is_some_and(|line| dashed(&lower(&line)).is_some_and(|inner| inner.starts_with("end forwarded message")))
    };
    (start..lines.len()).find(ends).map_or(lines.len(), |end| end + 1)
}

/// "-----Original Message-----" in any language, or another desk's "reply above this line"; the line after it.
pub fn original(lines: &Lines, at: usize) -> Option<usize> {
    let bare = label(lines.at(at + 1)).is_some();
    if !bare && !lines.is_ornamented(at) {
        return None;
    }
    let line = lower(&lines.clean(at)?);
    // BlackBerry sets no dashes, but a block right below.
    let bare = bare && ORIGINAL.contains(&line.trim_end_matches([':', '：', ' '])) && block(lines, at + 1, || Proof::Given).is_some();
    let history = bare || dashed(&line).is_some_and(|inner| ORIGINAL.contains(&inner));
    (history || is_reply_above(&line)).then_some(at + 1)
}

/// What stands between dashes, without them and without a colon; `None` if there are none at the beginning.
fn dashed(line: &str) -> Option<&str> {
    const ORNAMENT: [char; 10] = ['-', '_', '─', '━', '—', '–', '=', '*', ' ', '>'];
    let starred = line.trim_start_matches('*').trim_start();
    if !starred.starts_with("--")
        && !starred.starts_with("—")
        && !starred.starts_with("__")
        && !starred.starts_with("==")
        && !starred.starts_with("──")
    {
        return None;
    }
    Some(starred.trim_matches(ORNAMENT).trim_end_matches([':', '：', ' '])).filter(|inner| !inner.is_empty())
}

/// Ornaments prove that it is no sentence; one alone at the beginning is a bullet.
fn is_reply_above(line: &str) -> bool {
    let ornament = |c: char| matches!(c, '#' | '-' | '=' | '*' | '_' | '—' | '–' | '~' | '<' | '>' | '[' | ']' | '+' | '/' | '─');
    let before = line.chars().take_while(|c| ornament(*c)).count();
    line.len() <= ABOVE_MAX
        && (before >= 2 || before == 1 && line.ends_with(ornament))
        && REPLY_ABOVE.iter().any(|words| line.contains(words))
}

/// A header block that begins at that line; the first line after it.
pub fn block(lines: &Lines, at: usize, proof: impl FnOnce() -> Proof) -> Option<usize> {
    label(lines.at(at)).filter(|label| *label != Label::Other)?;
    let mut seen = Seen::default();
    let mut end = at;
    let mut wrapped = 0;
    for near in at..lines.len().min(at + BLOCK_MAX) {
        if lines.is_quoted(near) || wrapped > WRAP_MAX || lines.is_blank(near) && (lines.is_blank(near + 1) || seen.is_full()) {
            break;
        }
        match label(lines.at(near)) {
            // The same label twice: here begins another block, or a person's list.
            Some(found) if !seen.add(found) => break,
            Some(_) => {
                wrapped = 0;
                end = near + 1;
            }
            None => wrapped += 1,
        }
        let address = lines.clean(near).is_some_and(|line| line.contains('@'));
        seen.address |= address;
        seen.sender |= address && seen.from && !seen.to && lines.at(near).contains(['<', '[']);
    }
    seen.proves(proof()).then_some(end)
}

/// Which labels a block has shown.
#[derive(Default)]
struct Seen {
    from: bool,
    sent: bool,
    to: bool,
    subject: bool,
    /// An address stands somewhere in it.
    address: bool,
    /// The sender has one, in brackets.
    sender: bool,
}

impl Seen {
    /// Notes a label; false if it was there.
    fn add(&mut self, label: Label) -> bool {
        let slot = match label {
            Label::From => &mut self.from,
            Label::Sent => &mut self.sent,
            Label::To => &mut self.to,
            Label::Subject => &mut self.subject,
            Label::Other => return true,
        };
        !std::mem::replace(slot, true)
    }

    fn is_full(&self) -> bool {
        self.from && self.sent && self.to && self.subject
    }

    fn proves(&self, proof: Proof) -> bool {
        match proof {
            Proof::Given => self.from && (self.sent || self.to || self.subject),
            Proof::Asked => {
                self.is_full()
                    || self.from && self.to && (self.sent || self.subject) && self.address
                    || self.sender && self.sent && self.subject
            }
        }
    }
}

/// The label that a line begins with, bold or not: `From:`, `*Von:*`, `**De :**`, `发件人：`.
fn label(line: &str) -> Option<Label> {
    const ORNAMENT: [char; 3] = ['*', '_', '|'];
    let line = line.trim_start_matches(|c: char| c.is_whitespace() || ORNAMENT.contains(&c) || ('\u{200b}'..='\u{200f}').contains(&c));
    let colon = line.char_indices().take_while(|(at, _)| *at <= LABEL_MAX).find(|(_, c)| matches!(c, ':' | '：'))?.0;
    let name = lower(clean(line.get(..colon)?).trim_end_matches([' ', '*', '_', '|']));
    BY_NAME.get(name.as_str()).copied()
}
