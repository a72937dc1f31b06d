//! Attributions: "On Sun, 22 Nov 2026 at 09:15, Bob <bob@desk.test> wrote:", in any language, on
//! one line or wrapped.
//!
//! Clients translate and reorder them freely, so there are no templates but evidence: a day, an
//! hour, an address, a verb that means "wrote", the ending colon, and a beginning as attributions
//! have it. Two strengths: a weak one needs marked text (`>`) below it, a strong one stands
//! without. A writer who speaks of himself ("On 22 Nov. I wrote to you:") makes a sentence, and a
//! sentence is kept.

use super::line::Lines;
use super::words::{FIRST_PERSON, INTRODUCTIONS, SECOND_PERSON, VERBS};
use std::collections::BTreeMap;

/// Attributions are wrapped to at most this many lines (a long name, a long address, "wrote:").
const WRAP_MAX: usize = 5;

/// A line is full from here on, the next word included; a shorter one was ended by a person.
const WRAP_WIDTH: usize = 55;

/// Longest attribution in bytes, all lines together; the longest seen has 300, in Arabic.
const LENGTH_MAX: usize = 600;

/// A text with more lines that end like an attribution is a log, and we stop looking.
const CANDIDATES_MAX: usize = 1_000;

/// How far from the beginning a number, verb or address must stand for the line to begin like an
/// attribution.
const START_WORDS: usize = 7;

/// Words of the longest day with its hour ("On Sun, Nov 22, 2026 at 9:15 AM GMT+1").
const DAY_WORDS: usize = 10;

/// How sure we are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Strength {
    /// Counts if marked text follows.
    Weak,
    /// Counts alone, if it stands apart from what is above it.
    Strong,
    /// Counts alone: with an address in brackets and a verb nobody types such a line.
    Certain,
}

/// The attributions of a text, by their first line: the line after the last, and the strength.
pub struct Found(BTreeMap<usize, (usize, Strength)>);

impl Found {
    /// The line after an attribution that begins at that line and counts.
    pub fn after(&self, lines: &Lines, at: usize) -> Option<usize> {
        let (after, strength) = *self.0.get(&at)?;
        let body = lines.next_full(after);
        let marked = lines.is_quoted(body) || lines.barred(body).is_some();
        let apart = at == 0 || lines.is_blank(at - 1) || lines.is_rule(at - 1);
        let alone = match strength {
            Strength::Weak => false,
            Strength::Strong => apart,
            Strength::Certain => true,
        };
        (marked || alone).then_some(after)
    }
}

/// Looks at each line that ends with a colon, and at the lines above it for where the attribution
/// begins.
pub fn find(lines: &Lines) -> Found {
    let ends = |at: &usize| {
        let line = lines.at(*at).trim_end_matches(|c: char| {
            !c.is_alphanumeric() && !matches!(c, ':' | '：' | '>' | '-')
        });
        line.ends_with([':', '：']) || line.ends_with("---") && !lines.is_rule(*at)
    };
    let candidates = (0..lines.len()).filter(|at| !lines.is_quoted(*at) && ends(at));
    Found(candidates.take(CANDIDATES_MAX).filter_map(|end| ending_at(lines, end)).collect())
}

/// Whether a line reads as if it said who wrote what follows: a verb of writing, a name beside it,
/// a colon. People write such lines, too, so it proves nothing alone.
pub fn says_who_wrote(line: &str) -> bool {
    let verb = unframed(line).and_then(Verb::find);
    verb.is_some_and(|verb| verb.reads_well && verb.beside_name)
}

/// The shortest attribution that ends at that line.
fn ending_at(lines: &Lines, end: usize) -> Option<(usize, (usize, Strength))> {
    let mut words = String::new();
    for start in (end.saturating_sub(WRAP_MAX - 1)..=end).rev() {
        if lines.is_blank(start) || lines.is_quoted(start) {
            return None;
        }
        let line = lines.clean(start)?;
        if start < end && !is_wrap(&line, &words) {
            return None;
        }
        words = format!("{line} {words}");
        if words.len() > LENGTH_MAX {
            return None;
        }
        if let Some(strength) = judge(&words) {
            return Some((with_day_above(lines, start), (end + 1, strength)));
        }
    }
    None
}

/// "On Sun, 22 Nov 2026 at 09:15" may stand on a line of its own, above a name that would do
/// without it.
fn with_day_above(lines: &Lines, start: usize) -> usize {
    let Some(above) =
        start.checked_sub(1).filter(|above| !lines.is_blank(*above) && !lines.is_quoted(*above))
    else {
        return start;
    };
    let (Some(day), Some(name)) = (lines.clean(above), lines.clean(start)) else { return start };
    let words: Vec<&str> = day.split(' ').collect();
    let numbers = Numbers::read(&words);
    let is_day = words.len() <= DAY_WORDS
        && numbers.date
        && numbers.time
        && words.first().is_some_and(|word| is_introduction(word));
    if is_day && !Numbers::read(&name.split(' ').collect::<Vec<_>>()).date { above } else { start }
}

/// Whether a client would break a line there: because it was full, or around the address.
fn is_wrap(above: &str, below: &str) -> bool {
    let next = below.split(' ').next().unwrap_or("");
    above.chars().count() + next.chars().count() >= WRAP_WIDTH
        || above.ends_with([',', '<'])
        || below.starts_with('<')
        || above.split(' ').any(is_address)
}

/// Weighs the evidence of some lines joined to one.
fn judge(text: &str) -> Option<Strength> {
    let text = unframed(text)?;
    let words: Vec<&str> = text.split(' ').collect();
    let numbers = Numbers::read(&words);
    let address = words.iter().rposition(|word| is_address(word));
    if !numbers.date && address.is_none() || speaks(&words, FIRST_PERSON) {
        return None;
    }
    let verb = Verb::find(text);
    if !begins_well(&words, address, verb.as_ref()) {
        return None;
    }
    // Without a verb it needs the brackets that all clients set around the address but Tutanota
    // ("22. Nov. 2026, 09:15 von bob@desk.test:").
    let ends_with_address = address.is_some_and(|at| at + 1 == words.len())
        && (text.ends_with('>') || numbers.time && words.len() <= DAY_WORDS);
    let client = match &verb {
        Some(verb) => {
            verb.reads_well
                || numbers.date && numbers.time && address.is_some_and(|at| at + 3 >= words.len())
        }
        None => ends_with_address && numbers.date,
    };
    if !client {
        return None;
    }
    let named = address.is_some() || verb.as_ref().is_some_and(|verb| verb.beside_name);
    let spoken_to = speaks(&words, SECOND_PERSON);
    if !named && !spoken_to {
        return None;
    }
    // People cite by hand as well ("On 22 Nov. at 9:15 Bob wrote:"), but they leave out the
    // address.
    let strong = numbers.date && numbers.time && address.is_some() && !spoken_to;
    Some(match (strong, &verb) {
        (true, Some(_)) => Strength::Certain,
        (true, None) if text.ends_with('>') => Strength::Strong,
        _ => Strength::Weak,
    })
}

/// Without ornaments and the colon at the end; Zoho writes dashes at both ends instead of one.
fn unframed(text: &str) -> Option<&str> {
    let framed = text.trim_start().starts_with("---") && text.trim_end().ends_with("---");
    let text =
        text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '_' | '-' | '–' | '—'));
    let text = text.strip_suffix([':', '：']).or(Some(text).filter(|_| framed))?;
    Some(text.trim_end_matches([' ', '*', '_']))
}

/// Begins with "On", with a day, or with the name of who wrote.
fn begins_well(words: &[&str], address: Option<usize>, verb: Option<&Verb>) -> bool {
    let Some(first) = words.first() else { return false };
    let numbered = |within: usize| {
        words
            .iter()
            .take(within)
            .any(|word| !is_address(word) && word.contains(|c: char| c.is_ascii_digit()))
    };
    let named = first.starts_with(is_name_start)
        && !first.starts_with('<')
        && (address.is_some_and(|at| at < START_WORDS)
            || verb.is_some_and(|verb| verb.words_before < START_WORDS));
    is_introduction(first) && (numbered(START_WORDS) || address.is_some())
        || numbered(4)
        || named && verb.is_some()
}

fn is_introduction(word: &str) -> bool {
    let word = word.trim_end_matches([',', '.', ':']).to_lowercase();
    INTRODUCTIONS.contains(&word.as_str())
        || ["在", "于", "於", "ב-", "ב‑"].iter().any(|start| word.starts_with(start))
}

fn speaks(words: &[&str], pronouns: &[&str]) -> bool {
    words.iter().any(|word| pronouns.contains(&word.trim_matches([',', '"', '(', ')'])))
}

fn is_name_start(c: char) -> bool {
    c.is_alphabetic() && !c.is_lowercase()
        || matches!(c, '"' | '\'' | '“' | '„' | '«' | '<' | '(' | '[')
}

/// `x@y.z` within a word, whatever brackets are around it.
fn is_address(word: &str) -> bool {
    word.split_once('@').is_some_and(|(local, domain)| {
        local.ends_with(|c: char| c.is_alphanumeric() || "-_.+".contains(c))
            && domain.starts_with(char::is_alphanumeric)
            && domain.trim_end_matches(|c: char| !c.is_alphanumeric()).contains('.')
    })
}

/// The verb of an attribution and what stands around it.
struct Verb {
    words_before: usize,
    /// Nothing follows, or a name, a number, a bracket: "wrote down the following" does not.
    reads_well: bool,
    /// The subject beside it begins like a name.
    beside_name: bool,
}

impl Verb {
    /// The last verb of a text.
    fn find(text: &str) -> Option<Self> {
        let lower = text.to_lowercase();
        let (start, end) = VERBS
            .iter()
            .filter_map(|verb| last_word(&lower, verb))
            .max_by_key(|(start, end)| (*end, std::cmp::Reverse(*start)))?;
        // Letter by letter, for lower case may have other lengths.
        let (before, after) =
            (lower.get(..start)?.chars().count(), lower.get(end..)?.chars().count());
        let whole = text.chars().count();
        let before_text: String = text.chars().take(before).collect();
        let after_text: String = text.chars().skip(whole.saturating_sub(after)).collect();
        // "(a)" of "napisał(a)", "님이" and the like hang on the verb.
        let rest = if after_text.starts_with(' ') {
            after_text.trim_start()
        } else {
            after_text.split_once(' ').map_or("", |(_, rest)| rest)
        };
        let names = |word: &str| word.starts_with(is_name_start) || word.contains('@');
        let follows = |word: &str| names(word) || word.starts_with(|c: char| c.is_ascii_digit());
        let beside =
            before_text.split_whitespace().next_back().into_iter().chain(rest.split(' ').next());
        Some(Self {
            words_before: before_text.split_whitespace().count(),
            reads_well: rest.is_empty() || rest.split(' ').take(2).any(follows),
            // Chinese, Japanese and Korean names stand where the language has them, with particles
            // between.
            beside_name: beside.into_iter().any(names)
                || lower.get(start..end).is_some_and(|verb| verb.starts_with(is_dense)),
        })
    }
}

/// Where a word stands last in a text; letters must not touch it, but in scripts that write without
/// spaces.
fn last_word(text: &str, word: &str) -> Option<(usize, usize)> {
    let start = text.rfind(word)?;
    let end = start + word.len();
    let free = |c: Option<char>| c.is_none_or(|c| !c.is_alphabetic() || is_dense(c));
    let apart = word.starts_with(is_dense)
        || free(text.get(..start)?.chars().next_back()) && free(text.get(end..)?.chars().next());
    apart.then_some((start, end))
}

/// Scripts whose words touch, or that have no capitals: Hebrew, Arabic, and from Thai on all but
/// extended Latin and Greek.
fn is_dense(c: char) -> bool {
    ('\u{590}'..='\u{6ff}').contains(&c)
        || u32::from(c) >= 0x0e00 && !('\u{1e00}'..='\u{1fff}').contains(&c)
}

/// What the numbers of a text say.
struct Numbers {
    /// A day: a year and one more number, or three numbers joined by dots, dashes or slashes.
    date: bool,
    /// An hour: `9:15`, `9.15`, `9h15`.
    time: bool,
}

impl Numbers {
    fn read(words: &[&str]) -> Self {
        let text =
            words.iter().filter(|word| !is_address(word)).copied().collect::<Vec<_>>().join(" ");
        let runs = runs(&text);
        let year = runs.iter().any(|run| run.digits == 4 && matches!(run.value / 100, 19 | 20));
        let small = runs.iter().any(|run| run.digits <= 2);
        let joined = |run: &Run| matches!(run.before, '.' | '-' | '/');
        let triple = runs.windows(3).any(|three| matches!(three, [_, b, c] if joined(b) && b.before == c.before && c.digits != 3));
        let clock = |pair: &[Run]| match pair {
            [hour, minute] => {
                hour.value < 25
                    && hour.digits <= 2
                    && minute.digits == 2
                    && minute.value < 60
                    && minute.tight
                    && is_clock(hour, minute)
            }
            _ => false,
        };
        // Danes and Finns set dots between hours, minutes and seconds as well; then the day has its
        // year elsewhere.
        let dotted = |three: &[Run]| match three {
            [h, m, s] => {
                [h, m, s].iter().all(|run| run.digits == 2 && run.value < 60)
                    && h.value < 25
                    && m.before == '.'
                    && s.before == '.'
            }
            _ => false,
        };
        let time = runs.windows(2).any(clock) || year && runs.windows(3).any(dotted);
        Self { date: year && small || triple, time }
    }
}

/// A dot joins hours and minutes only where it is not a date's.
fn is_clock(hour: &Run, minute: &Run) -> bool {
    match minute.before {
        ':' | '：' | 'h' => true,
        '.' => {
            matches!(hour.before, ' ' | '(')
                && minute.after != '.'
                && minute.after != '-'
                && minute.after != '/'
        }
        _ => false,
    }
}

/// A run of digits and its neighbours, spaces skipped for dots ("22. 11. 2026").
struct Run {
    value: u32,
    digits: usize,
    before: char,
    tight: bool,
    after: char,
}

fn runs(text: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let (mut before, mut gap, mut open) = (' ', false, false);
    for c in text.chars() {
        if let Some(digit) = c.to_digit(10) {
            match runs.last_mut().filter(|_| open) {
                Some(run) => {
                    run.value = run.value.saturating_mul(10).saturating_add(digit);
                    run.digits += 1;
                }
                None => runs.push(Run { value: digit, digits: 1, before, tight: !gap, after: ' ' }),
            }
            open = true;
            continue;
        }
        let ended = runs.last_mut().filter(|_| open).map(|run| run.after = c).is_some();
        gap = c == ' ';
        before = match (ended, c) {
            (true, _) => c,
            (false, ' ') if matches!(before, '.' | '/' | '-') => before,
            // The dot of "kl." joins no numbers.
            (false, '.' | '/' | '-') => '\0',
            (false, _) => c,
        };
        open = false;
    }
    runs
}
