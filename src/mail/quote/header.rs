//! Header blocks over a history ("From: … Sent: … To: … Subject: …"), the dashed lines above them,
//! forward markers.
//!
//! A block must be one: who and to whom, and when and about what; where one of these is missing, an
//! address. "From: Berlin, To: Munich, Date: tomorrow" is a journey. Beneath "Original Message" or
//! a rule, who and one more is enough.

use super::evidence::{Evidence, Numbers, is_address};
use super::line::{Lines, clean, lower};
use super::words::{FORWARD_BEGINS, FORWARDED, FORWARDED_BY, LABELS, Label, ORIGINAL, REPLY_ABOVE};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Longest label that any client writes, in bytes, with ornaments.
const LABEL_MAX: usize = 60;

/// Longest block in lines: long lists of recipients are wrapped.
const BLOCK_MAX: usize = 40;

/// How many lines without a label may follow one with a label.
const WRAP_MAX: usize = 3;

/// Longest line that is one of Mutt's bounds: a name and an address stand in it.
const BOUND_MAX: usize = 998;

/// Longest line that is a desk's "reply above this line".
const ABOVE_MAX: usize = 200;

/// Words of a line of dashes, or of a label, in a language that we do not know.
const FOREIGN_WORDS: usize = 4;

/// Rows of a header block in it.
const FOREIGN_ROWS: usize = 6;

/// Underscores of Outlook's rule.
const OUTLOOK_RULE: usize = 32;

/// Words of a line with a name and its address, or with a day and an hour alone.
const CARD_WORDS: usize = 8;

/// Words in lower case beside such a day: "at", "um", "de".
const CARD_PLAIN: usize = 3;

/// Fewer rows prove nothing.
const FOREIGN_ROWS_MIN: usize = 3;

/// The labels by their names: this is asked of every line with a colon.
static BY_NAME: LazyLock<BTreeMap<&str, Label>> = LazyLock::new(|| {
    LABELS
        .iter()
        .rev()
        .flat_map(|(label, names)| names.iter().map(|name| (*name, *label)))
        .collect()
});

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
    if bound(&line) == Some(Bound::Begin) {
        return Some(pair_end(lines, at));
    }
    let begins =
        line.strip_suffix([':', '：']).is_some_and(|words| FORWARD_BEGINS.contains(&words.trim()));
    let inner = dashed(&line);
    let dashes = inner.is_some_and(|inner| {
        FORWARDED.contains(&inner)
            || line.ends_with('-')
                && FORWARDED_BY.iter().any(|by| inner.starts_with(by) || inner.ends_with(by))
    });
    (begins || dashes).then_some(lines.len())
}

/// The lines between which Mutt sets a mail that it passes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// `----- Forwarded message from Ada <ada@example.org> -----`
    Begin,
    /// `----- End forwarded message -----`
    End,
}

/// Whether a line is such a bound.
pub fn bound(line: &str) -> Option<Bound> {
    let line = Some(line).filter(|line| line.starts_with("--") && line.len() <= BOUND_MAX)?;
    let line = lower(&clean(line));
    let inner = dashed(&line)?;
    if inner.starts_with("forwarded message from") {
        return Some(Bound::Begin);
    }
    inner.starts_with("end forwarded message").then_some(Bound::End)
}

/// The last end counts: the writer of the mail can set one too, and what follows it would be read
/// as the agent's words.
fn pair_end(lines: &Lines, start: usize) -> usize {
    (start..lines.len())
        .rev()
        .find(|at| bound(lines.at(*at)) == Some(Bound::End))
        .map_or(lines.len(), |end| end + 1)
}

/// "-----Original Message-----" in any language, or another desk's "reply above this line"; the
/// line after it.
pub fn original(lines: &Lines, at: usize) -> Option<usize> {
    let bare = label(lines.at(at + 1)).is_some();
    if !bare && !lines.is_ornamented(at) {
        return None;
    }
    let line = lower(&lines.clean(at)?);
    // BlackBerry sets no dashes, but a block right below.
    let bare = bare
        && ORIGINAL.contains(&line.trim_end_matches([':', '：', ' ']))
        && block(lines, at + 1, || Proof::Given).is_some();
    let history = bare || dashed(&line).is_some_and(is_original);
    (history || is_reply_above(&line)).then_some(at + 1)
}

/// Rows of a header right above an attribution, as Yandex sets them; `said` knows where one ends.
pub fn above(lines: &Lines, at: usize, said: impl FnOnce(usize) -> Option<usize>) -> Option<usize> {
    label(lines.at(at))?;
    let rows = (at..at + FOREIGN_ROWS).take_while(|near| label(lines.at(*near)).is_some()).count();
    said(at + rows).filter(|_| rows > 1)
}

/// `Bob Baker ---22.11.2026 09:15:02---It works`, as Notes writes above a header block: who, when,
/// and how the mail begins.
pub fn summary(lines: &Lines, at: usize) -> Option<usize> {
    let line = lines.at(at);
    // Asked of every line: a search for more than a sign makes itself ready first.
    let dashed = Some(line).filter(|line| line.len() <= BOUND_MAX && line.contains('-'))?;
    let (_, rest) = dashed.split_once("---")?;
    let (day, _) = rest.split_once("---")?;
    let day = clean(day);
    let numbers = Numbers::read(&day.split(' ').collect::<Vec<_>>());
    let body = lines.next_full(at + 1);
    let block = || block(lines, body, || Proof::Given);
    (numbers.date && numbers.time).then(block).flatten().map(|_| at + 1)
}

/// `Bob Baker <bob@desk.test>` and below it nothing but a day and an hour: Postbox, where its marks
/// got lost.
pub fn card(lines: &Lines, at: usize) -> Option<usize> {
    let apart = at > 0 && lines.is_blank(at - 1);
    let line = lines.at(at).trim_end();
    if !apart || !line.ends_with('>') || !line.contains('@') {
        return None;
    }
    let (who, when) = (lines.clean(at)?, lines.clean(at + 1)?);
    let (who, when) = (Evidence::read(&who), Evidence::read(&when));
    let named = who.is_bracketed() && who.after_address().is_empty() && who.plain() == 0;
    let dated = when.numbers.date && when.numbers.time && when.address.is_none();
    let bare = when.plain() <= CARD_PLAIN && when.words.len() <= CARD_WORDS && !when.colon;
    let few = (2..=CARD_WORDS).contains(&who.words.len()) && !who.numbers.day;
    (named && few && dated && bare).then_some(at + 2)
}

/// QQ may set the header block behind the dashes, on one line.
fn is_original(inner: &str) -> bool {
    let words = inner.split_once("---").map_or(inner, |(words, _)| words);
    ORIGINAL.contains(&words.trim())
}

/// A line of dashes with a few words of a language that we do not know, right above a header block:
/// Samsung's in a hundred languages. Its labels count for what stands behind them.
/// `below` knows what else may stand there.
pub fn foreign_original(
    lines: &Lines,
    at: usize,
    below: impl FnOnce(usize) -> Option<usize>,
) -> Option<usize> {
    if !lines.is_ornamented(at) {
        return None;
    }
    let line = lines.clean(at)?;
    let words = dashed(&line)?.split(' ').count();
    let body = lines.next_full(at + 1);
    (words <= FOREIGN_WORDS && line.starts_with("---") && line.ends_with("---")).then_some(())?;
    if body > at + 2 {
        return None;
    }
    block(lines, body, || Proof::Given)
        .or_else(|| foreign_block(lines, body))
        .or_else(|| below(body))
}

/// Lines with short labels that hold an address, a day and an hour; the first line after them.
fn foreign_block(lines: &Lines, at: usize) -> Option<usize> {
    let is_row = |near: &usize| foreign_label(lines.at(*near)).is_some();
    let end = at + (at..at + FOREIGN_ROWS).take_while(is_row).count();
    let rows: Vec<String> = (at..end).filter_map(|near| lines.clean(near)).collect();
    let all = rows.join(" ");
    let words: Vec<&str> = all.split(' ').collect();
    let numbers = Numbers::read(&words);
    let addressed = words.iter().any(|word| is_address(word));
    (rows.len() >= FOREIGN_ROWS_MIN && addressed && numbers.date && numbers.time).then_some(end)
}

/// What may be a label in a language that we do not know: a few words before a colon or in a cell
/// of their own.
fn foreign_label(line: &str) -> Option<String> {
    let cells = line.split_once(" | ").or_else(|| line.trim().split_once("  "));
    let cell = cells.map(|(name, _)| name.trim()).filter(|name| name.len() <= LABEL_MAX);
    label_name(line)
        .or_else(|| cell.map(str::to_owned))
        .filter(|name| !name.is_empty() && name.split(' ').count() <= FOREIGN_WORDS)
}

/// Such a block right below the rule that Outlook draws.
pub fn ruled_block(lines: &Lines, at: usize) -> Option<usize> {
    let rule = at.checked_sub(1).map(|above| lines.at(above).trim())?;
    if rule.len() != OUTLOOK_RULE || !rule.chars().all(|c| c == '_') {
        return None;
    }
    foreign_block(lines, at).filter(|end| *end > at + FOREIGN_ROWS_MIN)
}

/// What stands between dashes, without them and without a colon; `None` if there are none at the
/// beginning.
fn dashed(line: &str) -> Option<&str> {
    const ORNAMENT: [char; 11] = ['-', '‐', '_', '─', '━', '—', '–', '=', '*', ' ', '>'];
    let starred = line.trim_start_matches('*').trim_start();
    if !["--", "‐‐", "—", "__", "==", "──"].iter().any(|start| starred.starts_with(start))
    {
        return None;
    }
    Some(starred.trim_matches(ORNAMENT).trim_end_matches([':', '：', ' ']))
        .filter(|inner| !inner.is_empty())
}

/// Ornaments prove that it is no sentence; one alone at the beginning is a bullet.
fn is_reply_above(line: &str) -> bool {
    let ornament = |c: char| {
        matches!(
            c,
            '#' | '-' | '=' | '*' | '_' | '—' | '–' | '~' | '<' | '>' | '[' | ']' | '+' | '/' | '─'
        )
    };
    let before = line.chars().take_while(|c| ornament(*c)).count();
    line.len() <= ABOVE_MAX
        && (before >= 2 || before == 1 && line.ends_with(ornament))
        && REPLY_ABOVE.iter().any(|words| line.contains(words))
}

/// A header block that begins at that line; the first line after it.
pub fn block(lines: &Lines, at: usize, proof: impl FnOnce() -> Proof) -> Option<usize> {
    label(lines.at(at)).filter(|label| !matches!(label, Label::Other | Label::ReplyTo))?;
    let (seen, found) = scan(lines, at);
    seen.proves(proof()).then(|| found.last().map_or(at, |(_, near)| near + 1))
}

/// A header block that lacks who wrote or to whom: only in a mail that answers another, and only
/// with a day as clients write it.
pub fn short_block(lines: &Lines, at: usize) -> Option<usize> {
    label(lines.at(at)).filter(|label| !matches!(label, Label::Other | Label::ReplyTo))?;
    // "The header says:", and somebody shows one.
    let above = (0..at).rev().find(|near| !lines.is_blank(*near));
    if above.is_some_and(|above| lines.at(above).trim_end().ends_with([':', '：'])) {
        return None;
    }
    let (rows, end) = rows(lines, at);
    let values = |wanted: &[Label]| -> Vec<&Row> {
        rows.iter().filter(|row| wanted.contains(&row.label)).collect()
    };
    let sent = values(&[Label::Sent]);
    let day = sent.first().map(|row| row.value.split(' ').collect::<Vec<_>>())?;
    let numbers = Numbers::read(&day);
    let people = values(&[Label::From, Label::To]);
    let addressed = people.iter().any(|row| row.value.split(' ').any(is_address));
    let exact = is_exact(&day) || !values(&[Label::Subject]).is_empty();
    (numbers.date && numbers.time && addressed && exact && end <= at + FOREIGN_ROWS).then_some(end)
}

/// With its seconds or its zone: nobody types `09:15:02 +0100`.
fn is_exact(day: &[&str]) -> bool {
    let seconds = |word: &&str| {
        let parts: Vec<&str> = word.split(':').collect();
        parts.len() == 3 && parts.iter().all(|part| part.len() <= 2)
    };
    let zone = |word: &&str| {
        let word = word.trim_start_matches('(');
        word.starts_with("GMT")
            || word.len() == 5
                && word.starts_with(['+', '-'])
                && word.chars().skip(1).all(|c| c.is_ascii_digit())
    };
    day.iter().any(seconds) || day.iter().any(zone)
}

/// One row of a header block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What it says.
    pub label: Label,
    /// The words behind the colon, with those of wrapped lines.
    pub value: String,
}

/// The rows of the header block that begins at that line, proven or not, and the first line after
/// it. An empty line ends it (below it the text may bring rows of its own), unless all its rows
/// stand apart.
pub fn rows(lines: &Lines, at: usize) -> (Vec<Row>, usize) {
    let mut found = if label(lines.at(at)).is_some() { scan(lines, at).1 } else { Vec::new() };
    let apart = |pair: &[(Label, usize)]| matches!(pair, [(_, one), (_, two)] if (*one..*two).any(|near| lines.is_blank(near)));
    let mut gaps = found.windows(2);
    if !gaps.next().is_some_and(apart) {
        let whole = gaps.position(apart).map_or(found.len(), |gap| gap + 2);
        found.truncate(whole);
    }
    let end = found.last().map_or(at, |(_, near)| near + 1);
    let next = found.iter().skip(1).map(|(_, near)| *near).chain([end]);
    let rows = found
        .iter()
        .zip(next)
        .map(|((label, near), next)| Row { label: *label, value: value(lines, *near, next) });
    (rows.collect(), end)
}

/// What stands behind the colon of a line, and in the lines up to the next label.
fn value(lines: &Lines, at: usize, next: usize) -> String {
    let line = lines.at(at);
    let first = row_of_table(line)
        .or_else(|| line.split_once([':', '：']))
        .map_or("", |(_, value)| value.trim_end_matches([' ', '|']));
    let wrapped = (at + 1..next.max(at + 1)).map(|near| lines.at(near));
    clean(&std::iter::once(first).chain(wrapped).collect::<Vec<_>>().join(" "))
}

/// The labels of a block with their lines, and what they prove.
fn scan(lines: &Lines, at: usize) -> (Seen, Vec<(Label, usize)>) {
    let mut seen = Seen::default();
    let mut found = Vec::new();
    let mut wrapped = 0;
    for near in at..lines.len().min(at + BLOCK_MAX) {
        if lines.is_quoted(near)
            || wrapped > WRAP_MAX
            || lines.is_blank(near) && (lines.is_blank(near + 1) || seen.is_full())
        {
            break;
        }
        match label(lines.at(near)) {
            // The same label twice: here begins another block, or a person's list.
            Some(label) if !seen.add(label) => break,
            Some(label) => {
                wrapped = 0;
                found.push((label, near));
            }
            None => wrapped += 1,
        }
        let address = lines.clean(near).is_some_and(|line| line.contains('@'));
        seen.address |= address;
        seen.sender |= address && seen.from && !seen.to && lines.at(near).contains(['<', '[']);
    }
    (seen, found)
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
            Label::ReplyTo | Label::Other => return true,
        };
        !std::mem::replace(slot, true)
    }

    fn is_full(&self) -> bool {
        self.from && self.sent && self.to && self.subject
    }

    fn proves(&self, proof: Proof) -> bool {
        match proof {
            Proof::Given => {
                self.from && (self.sent || self.to || self.subject)
                    || self.sent && self.to && self.address
            }
            Proof::Asked => {
                self.is_full()
                    || self.from && self.to && (self.sent || self.subject) && self.address
                    || self.sender && self.sent && self.subject
            }
        }
    }
}

/// The label that a line begins with, bold or not: `From:`, `*Von:*`, `**De :**`, `发件人：`.
pub fn label(line: &str) -> Option<Label> {
    // Asked of every line, and few have what ends a label; the last is how the wide colon begins.
    memchr::memchr3(b':', b'|', 0xef, line.as_bytes())?;
    BY_NAME.get(label_name(line)?.as_str()).copied()
}

/// The word by which the first header block names the sender: "VS:" passes on where Danes and
/// Norwegians write ("Fra:"), and answers where Finns do.
pub fn first_sender(lines: &Lines) -> Option<String> {
    lines
        .iter()
        .filter_map(label_name)
        .find(|name| BY_NAME.get(name.as_str()) == Some(&Label::From))
}

/// Label and value of `| From | Bob Baker <bob@desk.test> |`, as NetEase writes a header block.
fn row_of_table(line: &str) -> Option<(&str, &str)> {
    // Its first column may be empty.
    let cells = line.trim().strip_prefix('|')?.strip_suffix('|')?.trim_start_matches([' ', '|']);
    cells.split_once('|').filter(|(label, _)| label.len() <= LABEL_MAX)
}

/// What may be a label, in lower case.
fn label_name(line: &str) -> Option<String> {
    if let Some((name, _)) = row_of_table(line) {
        return Some(lower(clean(name).trim_end_matches([':', '：', ' ', '*'])));
    }
    const ORNAMENT: [char; 3] = ['*', '_', '|'];
    let line = line.trim_start_matches(|c: char| {
        c.is_whitespace() || ORNAMENT.contains(&c) || ('\u{200b}'..='\u{200f}').contains(&c)
    });
    let colon = line
        .char_indices()
        .take_while(|(at, _)| *at <= LABEL_MAX)
        .find(|(_, c)| matches!(c, ':' | '：'))?
        .0;
    Some(lower(clean(line.get(..colon)?).trim_end_matches([' ', '*', '_', '|'])))
}
