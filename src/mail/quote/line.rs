//! The lines of a text and what can be told of each by itself.

use std::collections::BTreeMap;

/// Longer lines are paragraphs, never marks: no client writes a mark beyond RFC 5322's 998 bytes.
const MARK_MAX: usize = 998;

/// Fewer dashes are punctuation.
const RULE_MIN: usize = 3;

/// How many lines above a mark its rule may stand.
const RULE_GAP: usize = 3;

/// Letters of the longest initials.
const INITIALS_MAX: usize = 4;

/// A text cut at its newlines.
pub struct Lines<'a> {
    lines: Vec<&'a str>,
    /// For each line the next at or after it that is not empty.
    full: Vec<usize>,
}

impl<'a> Lines<'a> {
    /// Cuts a text.
    pub fn new(text: &'a str) -> Self {
        let lines: Vec<&str> = text.split('\n').collect();
        let mut next = lines.len();
        let mut full: Vec<usize> = lines
            .iter()
            .enumerate()
            .rev()
            .map(|(at, line)| {
                next = if is_blank(line) { next } else { at };
                next
            })
            .collect();
        full.reverse();
        Self { lines, full }
    }

    /// How many there are; at least one.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// All of them as they stand.
    pub fn iter(&self) -> impl Iterator<Item = &'a str> {
        self.lines.iter().copied()
    }

    /// A line; empty beyond the last.
    pub fn at(&self, at: usize) -> &'a str {
        self.lines.get(at).copied().unwrap_or("")
    }

    /// Whether nothing can be seen on it. There is nothing beyond the last line.
    pub fn is_blank(&self, at: usize) -> bool {
        self.next_full(at) != at || at >= self.len()
    }

    /// The first line at or after that one with something on it; [`Lines::len`] if none.
    pub fn next_full(&self, at: usize) -> usize {
        self.full.get(at).copied().unwrap_or(self.len())
    }

    /// Whether a line begins with a quotation mark; one space before it is format=flowed's stuffing
    /// (RFC 3676 §4.4).
    pub fn is_quoted(&self, at: usize) -> bool {
        let line = self.at(at).trim_start_matches(is_invisible);
        line.strip_prefix(' ').unwrap_or(line).starts_with(['>', '＞'])
    }

    /// The first line at or after that one without a quotation mark.
    pub fn end_of_quoted(&self, start: usize) -> usize {
        (start..self.len()).find(|at| !self.is_quoted(*at)).unwrap_or(self.len())
    }

    /// The text with a line break behind so many bytes of some lines.
    pub fn parted(&self, breaks: &BTreeMap<usize, usize>) -> String {
        let mut text = String::new();
        for (at, line) in self.lines.iter().enumerate() {
            text.push_str(if at > 0 { "\n" } else { "" });
            let parts = breaks.get(&at).and_then(|bytes| line.split_at_checked(*bytes));
            match parts {
                Some((own, rest)) => text.extend([own, "\n", rest]),
                None => text.push_str(line),
            }
        }
        text
    }

    /// The line as words for matching, if it is short enough to be a mark.
    pub fn clean(&self, at: usize) -> Option<String> {
        Some(self.at(at)).filter(|line| line.len() <= MARK_MAX).map(clean)
    }

    /// Whether one of a line's ends is no letter, as with all marks but header blocks. Cheap, for
    /// it is asked of every line.
    pub fn is_ornamented(&self, at: usize) -> bool {
        let plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | ',' | '!' | '?');
        let line = self.at(at).trim_matches(|c: char| c.is_whitespace() || is_invisible(c));
        !(line.is_empty() || line.starts_with(plain) && line.ends_with(plain))
    }

    /// Whether a line consists of dashes, underscores or the like, or is what a horizontal rule was
    /// rendered to.
    pub fn is_rule(&self, at: usize) -> bool {
        let line = self.at(at).trim();
        line.len() <= MARK_MAX
            && line.chars().filter(|c| *c != ' ').count() >= RULE_MIN
            && line
                .chars()
                .all(|c| matches!(c, '-' | '_' | '─' | '━' | '—' | '–' | '=' | '*' | ' '))
    }

    /// The rule that stands above a line, but for empty lines between.
    pub fn rule_above(&self, at: usize) -> Option<usize> {
        let above = (at.saturating_sub(RULE_GAP)..at).rev().find(|near| !self.is_blank(*near))?;
        self.is_rule(above).then_some(above)
    }

    /// Whether there is such a rule.
    pub fn is_rule_above(&self, at: usize) -> bool {
        self.rule_above(at).is_some()
    }

    /// A run of lines that all begin with the same bar, as some clients quote; the first line after
    /// it. Only asked beneath an attribution, and one line is no run.
    pub fn barred(&self, start: usize) -> Option<usize> {
        let bar = ["|", ": "].into_iter().find(|bar| self.at(start).starts_with(bar))?;
        let end = self.end_of(start, |line| line.starts_with(bar.trim_end()));
        (end > start + 1).then_some(end)
    }

    /// A run of lines that begin with the initials of who wrote them, as The Bat! quotes (`BB> `);
    /// the initials and the first line after it. Only asked beneath an attribution as well.
    pub fn initialled(&self, start: usize) -> Option<(&'a str, usize)> {
        let (initials, _) = self.at(start).trim_start().split_once('>')?;
        let short = (1..=INITIALS_MAX).contains(&initials.chars().take(INITIALS_MAX + 1).count());
        let named = short
            && initials.starts_with(char::is_alphabetic)
            && initials.chars().all(char::is_alphanumeric);
        named.then(|| (initials, self.end_of(start, |line| has_initials(line, initials))))
    }

    fn end_of(&self, start: usize, belongs: impl Fn(&str) -> bool) -> usize {
        (start..self.len()).find(|at| !belongs(self.at(*at))).unwrap_or(self.len())
    }
}

/// Whether a line begins with these initials and the mark.
pub fn has_initials(line: &str, initials: &str) -> bool {
    line.trim_start().strip_prefix(initials).is_some_and(|rest| rest.starts_with('>'))
}

fn is_blank(line: &str) -> bool {
    line.chars().all(|c| c.is_whitespace() || is_invisible(c))
}

/// Marks of direction and width, which Hebrew and Arabic clients strew over their attributions.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// One space between words, digits as ASCII, nothing invisible.
pub fn clean(line: &str) -> String {
    // QQ writes the entity into its plain text.
    let line = if line.contains("&nbsp;") { &line.replace("&nbsp;", " ") } else { line };
    if line.is_ascii() {
        return line.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    let visible: String = line.chars().filter(|c| !is_invisible(*c)).map(plain_digit).collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Lower case. A Turkish capital `İ` becomes two characters by the general rule, of which we take
/// the first.
pub fn lower(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.to_lowercase().replace('\u{307}', "")
}

/// What ends a line that introduces another: full width, Khmer and Ethiopic beside the usual one.
pub const COLONS: [char; 4] = [':', '：', '៖', '፦'];

/// Digits of scripts that have their own as ASCII ones.
fn plain_digit(c: char) -> char {
    if c < '٠' {
        return c;
    }
    let zero = ZEROS.iter().rev().find(|zero| c >= **zero).copied().unwrap_or(c);
    let value = u32::from(c) - u32::from(zero);
    char::from_digit(value, 10).unwrap_or(c)
}

/// The zeros of Arabic, Persian, Devanagari, Bengali, Gurmukhi, Gujarati, Oriya, Tamil, Telugu,
/// Kannada, Malayalam, Sinhala, Thai, Lao, Tibetan, Burmese, Khmer, Mongolian and full width.
const ZEROS: [char; 19] = [
    '٠', '۰', '०', '০', '੦', '૦', '୦', '௦', '౦', '೦', '൦', '෦', '๐', '໐', '༠', '၀', '០', '᠐', '０',
];
