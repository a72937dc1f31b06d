//! What the words of a line prove: a day, an hour, an address, a verb that means "wrote", a name.
//!
//! Nothing is decided here. Clients put these in any order and language, so each is found by itself.

use super::line::COLONS;
use super::words::{ANSWERS, INTRODUCTIONS, MONTHS, SAYINGS, SECOND_PERSON, VERBS};
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// What some lines joined to one show.
pub struct Evidence<'a> {
    /// Without ornaments and the colon.
    pub text: &'a str,
    /// Its words.
    pub words: Vec<&'a str>,
    /// What its numbers say.
    pub numbers: Numbers,
    /// Which word has the last address.
    pub address: Option<usize>,
    verb: OnceCell<Option<Verb>>,
    /// It ends with a colon.
    pub colon: bool,
    /// Dashes stand at both ends.
    pub framed: bool,
}

impl<'a> Evidence<'a> {
    /// Reads a text.
    pub fn read(text: &'a str) -> Self {
        let dashes = |ornaments: &str| ornaments.chars().filter(|c| *c == '-').count() >= 3;
        let bare = text
            .trim_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '_' | '-' | '–' | '—'));
        let framed = text
            .split_once(bare)
            .is_some_and(|(before, after)| dashes(before) && dashes(after) && !bare.is_empty());
        let colon = bare.ends_with(COLONS);
        let inner =
            bare.trim_end_matches(|c: char| COLONS.contains(&c) || matches!(c, ' ' | '*' | '_'));
        let words: Vec<&str> = inner.split(' ').collect();
        Self {
            text: inner,
            numbers: Numbers::read(&words),
            address: words.iter().rposition(|word| is_address(word)),
            verb: OnceCell::new(),
            words,
            colon,
            framed,
        }
    }

    /// The verb; looked for when it is asked for, since the table is long.
    pub fn verb(&self) -> Option<&Verb> {
        self.verb.get_or_init(|| Verb::find(self.text)).as_ref()
    }

    /// Whether it holds a day, an address or a frame, one of which all attributions have.
    pub fn has_any(&self) -> bool {
        self.numbers.day || self.address.is_some() || self.framed
    }

    /// The last address has brackets, as all clients set them and hardly any writer.
    pub fn is_bracketed(&self) -> bool {
        self.address.and_then(|at| self.words.get(at)).is_some_and(|word| {
            word.starts_with(['<', '(', '[']) || word.ends_with(['>', ')', ']'])
        })
    }

    /// Words behind the last address.
    pub fn after_address(&self) -> &[&'a str] {
        self.address.and_then(|at| self.words.get(at + 1..)).unwrap_or_default()
    }

    /// Words in lower case that are no introduction, number or address: those of a sentence, or of
    /// an attribution in a language that we do not know.
    pub fn plain(&self) -> usize {
        let plain = |word: &&&str| {
            word.starts_with(char::is_lowercase) && !is_introduction(word) && !is_address(word)
        };
        self.words.iter().filter(plain).count()
    }

    /// Whether a name may stand near the end: a capital, or a script without them.
    pub fn ends_near_name(&self) -> bool {
        let name = |word: &&str| word.starts_with(is_name_start) || word.contains(is_dense);
        self.words.iter().rev().take(3).any(name)
    }

    /// Begins with a number or the word by which attributions name the day.
    pub fn begins_with_day(&self) -> bool {
        let numbered = |within: usize| self.words.iter().take(within).any(|word| has_digit(word));
        let introduced = self.words.first().is_some_and(|word| is_introduction(word));
        introduced && numbered(7) || numbered(3)
    }

    /// "The backup wrote": an article before the subject, and it is no person.
    pub fn speaks_of_thing(&self) -> bool {
        const ARTICLES: [&str; 14] = [
            "the", "der", "die", "das", "le", "la", "el", "il", "lo", "o", "de", "het", "ein",
            "eine",
        ];
        let Some(verb) = self.verb() else { return false };
        let before = verb.words_before.saturating_sub(2);
        let near = self.words.get(before..).unwrap_or_default();
        near.iter().any(|word| ARTICLES.contains(word))
    }

    /// "Yes, on 22 Nov. at 9:15:" answers.
    pub fn answers(&self) -> bool {
        let first = self.words.first().map(|word| word.trim_end_matches([',', '.', '!', ':', ';']));
        first.is_some_and(|word| ANSWERS.contains(&word.to_lowercase().as_str()))
    }

    /// Whether one of these words stands in it.
    pub fn speaks(&self, pronouns: &[&str]) -> bool {
        self.words.iter().any(|word| is_one_of(word, pronouns))
    }

    /// Whether it speaks to its reader, in words that are no part of the verb: "du" and "ni" are of
    /// some.
    pub fn speaks_to_reader(&self) -> bool {
        let verb = || self.verb().map_or(0..0, |verb| verb.words_before..verb.words_to);
        let mut words = self.words.iter().enumerate();
        words.any(|(at, word)| is_one_of(word, SECOND_PERSON) && !verb().contains(&at))
    }
}

fn is_one_of(word: &str, words: &[&str]) -> bool {
    words.contains(&word.trim_matches([',', '"', '(', ')']))
}

fn has_digit(word: &str) -> bool {
    !is_address(word) && word.contains(|c: char| c.is_ascii_digit())
}

/// "On", "Am", "Le": how attributions begin.
pub fn is_introduction(word: &str) -> bool {
    let word = word.trim_end_matches([',', '.', ':']).to_lowercase();
    INTRODUCTIONS.contains(&word.as_str())
        || ["在", "于", "於", "ב-", "ב‑"].iter().any(|start| word.starts_with(start))
}

/// What a name may begin with.
pub fn is_name_start(c: char) -> bool {
    c.is_alphabetic() && !c.is_lowercase()
        || matches!(c, '"' | '\'' | '“' | '„' | '«' | '<' | '(' | '[')
}

/// `x@y.z` within a word, whatever brackets are around it.
pub fn is_address(word: &str) -> bool {
    word.split_once('@').is_some_and(|(local, domain)| {
        local.ends_with(|c: char| c.is_alphanumeric() || "-_.+".contains(c))
            && domain.starts_with(char::is_alphanumeric)
            && domain.trim_end_matches(|c: char| !c.is_alphanumeric()).contains('.')
    })
}

/// The verb of an attribution and what stands around it.
pub struct Verb {
    /// Words before it.
    pub words_before: usize,
    /// Words up to its end.
    pub words_to: usize,
    /// Nothing follows, or a name, a number, a bracket: "wrote down the following" does not.
    pub reads_well: bool,
    /// The subject beside it begins like a name.
    pub beside_name: bool,
    /// One word stands between it and the end, or it is the end.
    pub at_end: bool,
    /// "sent", "said", "replied": people use them as often as clients.
    pub is_saying: bool,
}

impl Verb {
    /// The last verb of a text.
    pub fn find(text: &str) -> Option<Self> {
        let lower = text.to_lowercase();
        let written = last_of(&lower, &WRITTEN);
        let (start, end) = written.or_else(|| last_of(&lower, &SAID))?;
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
        let words_before = before_text.split_whitespace().count();
        Some(Self {
            words_before,
            words_to: words_before + lower.get(start..end)?.split_whitespace().count(),
            reads_well: rest.is_empty() || rest.split(' ').take(2).any(follows),
            // Chinese, Japanese and Korean names stand where the language has them, with particles
            // between.
            beside_name: beside.into_iter().any(names)
                || lower.get(start..end).is_some_and(|verb| verb.starts_with(is_dense)),
            at_end: !rest.contains(' '),
            is_saying: written.is_none(),
        })
    }
}

/// Verbs by their first letter: this is asked of every line that may be an attribution.
type ByLetter = BTreeMap<char, Vec<&'static str>>;

static WRITTEN: LazyLock<ByLetter> = LazyLock::new(|| by_letter(VERBS));
static SAID: LazyLock<ByLetter> = LazyLock::new(|| by_letter(SAYINGS));

fn by_letter(verbs: &[&'static str]) -> ByLetter {
    let mut by = ByLetter::new();
    for verb in verbs {
        by.entry(verb.chars().next().unwrap_or(' ')).or_default().push(*verb);
    }
    by
}

/// Where the last of these words stands in a text, the longest of those that end there; letters
/// must not touch it, but in scripts that write without spaces.
fn last_of(text: &str, verbs: &ByLetter) -> Option<(usize, usize)> {
    let free = |c: Option<char>| c.is_none_or(|c| !c.is_alphabetic() || is_dense(c));
    let mut before = None;
    let mut last: Option<(usize, usize)> = None;
    for (start, c) in text.char_indices() {
        let begins = is_dense(c) || free(before);
        before = Some(c);
        for verb in verbs.get(&c).into_iter().flatten().filter(|_| begins) {
            let end = start + verb.len();
            let whole =
                || is_dense(c) || free(text.get(end..).and_then(|rest| rest.chars().next()));
            let later = last.is_none_or(|(_, other)| end > other);
            if later && text.get(start..).is_some_and(|rest| rest.starts_with(verb)) && whole() {
                last = Some((start, end));
            }
        }
    }
    last
}

/// Scripts whose words touch, or that have no capitals: Hebrew, Arabic, and from Devanagari on all
/// but Georgian and extended Latin and Greek.
fn is_dense(c: char) -> bool {
    ('\u{590}'..='\u{6ff}').contains(&c)
        || u32::from(c) >= 0x0900
            && !('\u{10a0}'..='\u{10ff}').contains(&c)
            && !('\u{1e00}'..='\u{206f}').contains(&c)
}

/// What the numbers of a text say.
pub struct Numbers {
    /// A day: a year and one more number, or three numbers joined by dots, dashes or slashes.
    pub date: bool,
    /// An hour: `9:15`, `9.15`, `9h15`.
    pub time: bool,
    /// A day, with or without its year: `22.11.`, `11/22`, `Nov 22`.
    pub day: bool,
}

impl Numbers {
    /// Reads them.
    pub fn read(words: &[&str]) -> Self {
        let text =
            words.iter().filter(|word| !is_address(word)).copied().collect::<Vec<_>>().join(" ");
        let runs = runs(&text);
        // Persians, Arabs and Thais count years otherwise.
        let script = |low: char, high: char| text.contains(|c| (low..=high).contains(&c));
        let years = |century: u32| match century {
            19 | 20 => true,
            13 | 14 => script('\u{600}', '\u{6ff}'),
            25 => script('\u{e00}', '\u{e7f}'),
            _ => false,
        };
        let year = runs.iter().any(|run| run.digits == 4 && years(run.value / 100));
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
        let date = year && small || triple;
        Self { date, time, day: date || has_day(words) }
    }
}

/// `22 Nov`, `November 22,`, `22.11.`, `11/22`.
fn has_day(words: &[&str]) -> bool {
    let bare = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let is_day = |word: &str| bare(word).parse::<u32>().is_ok_and(|day| (1..=31).contains(&day));
    let is_month = |word: &str| {
        let word = bare(word);
        word.chars().count() >= 3 && MONTHS.iter().any(|month| word.starts_with(month))
    };
    let joined = |word: &str| {
        let mut parts = word.trim_end_matches([',', '.', ':']).split(['.', '/']);
        matches!((parts.next(), parts.next(), parts.next()), (Some(one), Some(two), None)
            if is_day(one) && is_day(two))
    };
    let near = |at: usize| {
        let others = [at.checked_sub(1), Some(at + 1), Some(at + 2)];
        others.into_iter().flatten().filter_map(|at| words.get(at)).any(|word| is_month(word))
    };
    words.iter().enumerate().any(|(at, word)| joined(word) || is_day(word) && near(at))
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
