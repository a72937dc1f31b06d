//! What ends a mail and says nothing: a sign-off, the writer's name, their card, a company's
//! lines, a disclaimer.
//!
//! Whether a text is nothing but that is judged, not where in a text it begins: words are never
//! cut by this. It errs to "says nothing" only for forms that hold no sentence, and to "unsure"
//! for a few words that may be a name as well as an answer.

use super::tail_line::{Line, folded};
use super::tail_words::{
    CARD_LABELS, COMPANY, GREETINGS, HEADINGS, HELLOS, LEGAL_ABOUT, LEGAL_MAIL, LEGAL_START,
    SIGN_OFFS, SPEAKERS, TEAMS, THANKS, VERBS, WITHIN,
};
use crate::mail::table::Table;

/// Words of a line that may be a title or a company, beneath a sign-off.
const TITLE_WORDS: usize = 6;
/// The same where numbers, addresses or bars show that it is a card.
const CARD_WORDS: usize = 14;
/// Words that may be a name as well as an answer.
const FEW_WORDS: usize = 3;
/// Letters of a script without spaces that may be a name as well as an answer.
const FEW_LETTERS: usize = 8;
/// Words that may follow a sign-off in its line: a name, a town.
const AFTER_SIGN_OFF: usize = 4;
/// Lines of the longest tail that is looked for.
const TAIL_MAX: usize = 40;

/// Whether a text is a greeting and no more.
pub fn greets(text: &str) -> bool {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).all(|word| HELLOS.split_whitespace().any(|one| one == word))
}

/// Whether a text says something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Says {
    /// It is a tail, or empty.
    Nothing,
    /// It thanks, and no more: words where they stand alone, a tail beneath something else.
    Thanks,
    /// A few words, perhaps a name.
    Unsure,
    /// Words.
    Words,
}

/// What is known of a writer's tails.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Habits {
    /// Words of their name, in lower case.
    pub names: Vec<String>,
    /// How their last mails ended: lines as [`ending`] gives them.
    pub endings: Vec<Vec<String>>,
}

/// Mails that must have ended alike, below different lines, until that end is their writer's tail;
/// one is enough where a sign-off or their name begins it.
const ALIKE: usize = 3;

impl Habits {
    /// The habits of somebody of that name.
    pub fn of(name: &str, endings: Vec<Vec<String>>) -> Self {
        let words = name.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase);
        Self { names: words.filter(|word| word.chars().count() >= 2).collect(), endings }
    }

    /// Whether their mails end so, whatever stands above it.
    fn are(&self, text: &str) -> bool {
        if self.endings.is_empty() {
            return false;
        }
        let lines = ending(text);
        let ends = self.endings.iter().filter_map(|ending| {
            let above = ending.len().checked_sub(lines.len() + 1)?;
            let (head, tail) = ending.split_at_checked(above + 1)?;
            (tail == lines.as_slice()).then_some(head.last()?)
        });
        let mut above: Vec<&String> = ends.collect();
        let all = above.len();
        above.sort();
        above.dedup();
        let signed = || lines.first().is_some_and(|first| signs(&Line::new(first), &self.names));
        let known = all >= ALIKE && above.len() > 1 || all > 0 && signed();
        !lines.is_empty() && lines.len() < TAIL_MAX && known
    }
}

/// The last lines of a text, as they are compared: without blank ones, spaces and case.
pub fn ending(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = text
        .lines()
        .rev()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase())
        .filter(|line| !line.is_empty())
        .take(TAIL_MAX)
        .collect();
    lines.reverse();
    lines
}

/// Whether a text says something.
pub fn says(text: &str, habits: &Habits) -> Says {
    match habits.are(text) {
        true => Says::Nothing,
        false => by_grammar(text, habits),
    }
}

/// A text without the tail at its end; all of it if it has none that is sure.
pub fn without<'a>(text: &'a str, habits: &Habits) -> &'a str {
    let starts: Vec<usize> = line_starts(text);
    let last = starts.len().saturating_sub(TAIL_MAX);
    // What somebody ends with by habit may hold any line.
    let reach = if habits.endings.is_empty() { reach(text, &habits.names) } else { 0 };
    let tail = starts.into_iter().skip(last).filter(|at| *at >= reach).find(|at| {
        text.get(*at..).is_some_and(|tail| {
            !tail.trim().is_empty() && (habits.are(tail) || is_tail(tail, &habits.names))
        })
    });
    tail.and_then(|at| text.get(..at)).unwrap_or(text)
}

/// Where the last paragraph begins that no tail can hold, by grammar: a tail begins there or below.
fn reach(text: &str, names: &[String]) -> usize {
    let mut end = text.len();
    for paragraph in text.rsplit("\n\n") {
        let start = end - paragraph.len();
        if !stands_in_tail(paragraph, names) {
            return start;
        }
        end = start.saturating_sub(2);
    }
    0
}

/// Whether a paragraph may stand in a tail, below a sign-off or not.
fn stands_in_tail(paragraph: &str, names: &[String]) -> bool {
    let whole = Line::new(paragraph);
    lines(paragraph).all(|line| is_of_tail(&line, names, true))
        || is_legal(&whole)
        || is_registration(&whole)
}

/// Whether all of a text is tail for sure: what [`says`] calls nothing, without asking what else
/// it would be.
fn is_tail(text: &str, names: &[String]) -> bool {
    let mut signed = false;
    for paragraph in text.split("\n\n").filter(|part| !part.trim().is_empty()) {
        let mut below = signed;
        let stands = lines(paragraph).all(|line| {
            let stands = is_of_tail(&line, names, below);
            below |= stands && signs(&line, names);
            stands
        });
        let whole = Line::new(paragraph);
        let legal = || is_legal(&whole) || is_registration(&whole);
        if !stands && !legal() {
            return false;
        }
        signed = signed || stands && below || legal();
    }
    true
}

fn lines(paragraph: &str) -> impl Iterator<Item = Line<'_>> {
    paragraph.lines().map(beside_picture).filter(|line| !line.is_empty()).map(Line::new)
}

/// Whether a line says nothing where it stands, below a sign-off or not.
fn is_of_tail(line: &Line<'_>, names: &[String], signed: bool) -> bool {
    (signed && is_card(line) || signs(line, names) || is_contact(line.text)) && !is_thanks(line)
}

/// Whether cards may stand below a line.
fn signs(line: &Line<'_>, names: &[String]) -> bool {
    is_rule(line.text) || is_name(line.text, names) || is_sign_off(line) || is_legal(line)
}

fn line_starts(text: &str) -> Vec<usize> {
    let after = text.match_indices('\n').map(|(at, _)| at + 1);
    std::iter::once(0).chain(after).collect()
}

fn by_grammar(text: &str, habits: &Habits) -> Says {
    let (mut signed, mut says) = (false, Says::Nothing);
    for paragraph in text.split("\n\n").filter(|part| !part.trim().is_empty()) {
        let whole = Line::new(paragraph);
        if is_legal(&whole) || is_registration(&whole) {
            signed = true;
            continue;
        }
        // What stands apart below a name may be a motto, a prize, a fair.
        let below = signed;
        let lines: Vec<Line<'_>> = lines(paragraph).collect();
        for (at, line) in lines.iter().enumerate() {
            let above_name =
                lines.get(at + 1).is_some_and(|next| is_name(next.text, &habits.names))
                    && is_closing(line.text);
            if is_thanks(line) {
                (signed, says) = (true, says.max(Says::Thanks));
            } else if signs(line, &habits.names) {
                signed = true;
            } else if signed && is_card(line) || is_contact(line.text) {
                // What stands in a card says nothing.
            } else if is_few(line.text)
                || above_name
                || below && !speaks_on(line)
                || is_perhaps_tail(line, lines.len() == 1, &habits.names)
            {
                (signed, says) = (signed || above_name, Says::Unsure);
            } else {
                return Says::Words;
            }
        }
    }
    says
}

/// Whether a line right above its writer's name may close the mail, in whatever language.
fn is_closing(line: &str) -> bool {
    line.split_whitespace().count() <= AFTER_SIGN_OFF && !line.ends_with(['?', '？', ':', '：'])
}

/// What may as well be a tail as an answer, by its form alone: a short cry, a line of numbers and
/// bars, a team's or the writer's name among few words.
fn is_perhaps_tail(line: &Line<'_>, alone: bool, names: &[String]) -> bool {
    let folded = line.folded();
    let words: Vec<&str> = folded.split(' ').map(bare).filter(|word| !word.is_empty()).collect();
    let few = words.len() <= TITLE_WORDS && !has_verb_of_ours(line) && !has_word(line, &VERBS);
    let company = is_company(line);
    let line = line.text;
    let ends = line.ends_with(['.', '!', '?', ':', ',', '。', '！', '？', '…']);
    let shows = line.contains(['@', '|', '¦', '·', '•', '+', '/', '©'])
        || line.contains(|c: char| c.is_ascii_digit())
        || company;
    let cries = alone && words.len() <= FEW_WORDS && line.ends_with(['!', '！']);
    let team = words.last().is_some_and(|last| TEAMS.has(last));
    let named = names.len() > 1 && names.iter().all(|name| words.contains(&name.as_str()));
    let addressed = folded.rsplit_once(',').is_some_and(|(_, last)| is_name(last, names));
    let short = words.len() <= TITLE_WORDS;
    cries || short && (team || addressed) || few && (shows && !ends || named)
}

/// What stands beside the words for a picture, as in a card of two columns.
fn beside_picture(line: &str) -> &str {
    let line = line.trim();
    let beside = line.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    beside.map(|(_, rest)| rest.trim()).filter(|rest| !rest.is_empty()).unwrap_or(line)
}

/// A divider, a picture, stars: nothing that is read aloud.
fn is_rule(line: &str) -> bool {
    let picture = ["image", "cid:", "logo", "bild", "picture", "icon", "http", "generated"];
    let shows = || {
        let lower = line.to_lowercase();
        picture.iter().any(|word| lower.contains(word))
    };
    !line.contains(char::is_alphanumeric) || line.starts_with('[') && line.ends_with(']') && shows()
}

fn bare(line: &str) -> &str {
    line.trim_matches(|c: char| !c.is_alphanumeric())
}

/// "Kind regards", "Mit freundlichen Grüßen aus Berlin", "Thanks, Alice", "Sunny greetings".
fn is_sign_off(whole: &Line<'_>) -> bool {
    let line = whole.folded();
    // "Best, Alice (sent from my phone)"
    let line = line
        .strip_suffix(')')
        .and_then(|line| line.rsplit_once('('))
        .map_or(line, |(line, _)| line);
    let line = bare(line);
    let words = line.split(' ').count();
    let slavic = line.contains(|c| ('а'..='я').contains(&c));
    let room = if slavic { TITLE_WORDS } else { FEW_WORDS };
    let greets = line.rsplit(' ').next().is_some_and(|last| GREETINGS.has(last));
    greets && words <= room && !line.contains(',') && !has_verb_of_ours(&Line::new(line))
        || SIGN_OFFS.begins(line)
            && SIGN_OFFS.words().iter().any(|phrase| {
                let Some(rest) = line.strip_prefix(phrase) else { return false };
                rest.is_empty()
                    || rest.starts_with(|c: char| !c.is_alphanumeric())
                        && follows_sign_off(bare(rest))
            })
}

/// "Thank you both!", and not "Thanks," above a name.
fn is_thanks(line: &Line<'_>) -> bool {
    THANKS.begins(line.folded())
        && is_sign_off(line)
        && (line.text.ends_with(['.', '!']) || follows_thanks(bare(line.folded())))
}

/// Whom it thanks, behind it without a comma.
fn follows_thanks(line: &str) -> bool {
    !line.contains(',') && !SIGN_OFFS.has(line)
}

/// A name, a town, another sign-off; no verb tells of them, so few words and no sentence.
fn follows_sign_off(rest: &str) -> bool {
    let words: Vec<&str> = rest.split_whitespace().collect();
    let closes = SIGN_OFFS.has(rest)
        || words.first().is_some_and(|first| ["from", "aus", "and", "und", "&"].contains(first));
    rest.is_empty() || words.len() <= AFTER_SIGN_OFF && (closes || words.len() <= 2)
}

/// The writer's own name, perhaps with what stands before and beside it in a card.
fn is_name(line: &str, names: &[String]) -> bool {
    const BESIDE: [&str; 16] = [
        "dr", "mr", "mrs", "ms", "herr", "frau", "prof", "ia", "iv", "gez", "your", "ihr", "ihre",
        "from", "the", "dipl",
    ];
    let line = line.trim_start_matches(|c: char| !c.is_alphanumeric());
    if names.is_empty() || line.split_whitespace().nth(CARD_WORDS).is_some() {
        return false;
    }
    let head = line.split(['|', '¦', '·', '•', '/', ',', '(', '–', '—', '-', '<', '@']).next();
    let words: Vec<String> = head
        .unwrap_or_default()
        .split_whitespace()
        .map(|word| word.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect())
        .filter(|word: &String| !word.is_empty())
        .collect();
    let initials: String = names.iter().filter_map(|name| name.chars().next()).collect();
    let initial = |word: &String| initials.starts_with(word.as_str());
    let named = words.iter().any(|word| names.contains(word))
        || !words.is_empty()
            && words.iter().all(initial)
            && words.iter().map(String::len).sum::<usize>() <= initials.len();
    let known = |word: &String| {
        names.contains(word) || BESIDE.contains(&word.as_str()) || word.chars().count() == 1
    };
    named && words.iter().all(known)
}

/// Whether a line goes on with what was said above: a postscript, or its writer speaks.
fn speaks_on(line: &Line<'_>) -> bool {
    is_postscript(line.text)
        || has_verb_of_ours(line)
        || line.text.starts_with('#')
        || line.text.ends_with(['?', '？'])
}

fn is_postscript(line: &str) -> bool {
    let starts = ["ps:", "ps ", "p.s", "pps", "nb:", "n.b"];
    starts.iter().any(|start| line.to_lowercase().starts_with(start))
}

/// A line of a card, once a sign-off or a name stood above.
fn is_card(whole: &Line<'_>) -> bool {
    let line = whole.text;
    let words = line.split_whitespace().count();
    let sentence = words >= 3 && line.ends_with(['.', '!', '?', '。', '！', '？', '…'])
        || line.ends_with(['?', '？']);
    let shows = || {
        line.contains(['@', '|', '¦', '·', '•', '+', '/'])
            || line.contains(|c: char| c.is_ascii_digit())
    };
    // With a company's word in it any line of so few words is one.
    let shown = words <= CARD_WORDS
        && (!sentence && (words <= TITLE_WORDS || shows()) || is_company(whole));
    shown && !is_postscript(line) && !line.starts_with('#') && !has_verb_of_ours(whole)
}

/// "I", "we" and the like: a card does not speak of its writer.
fn has_verb_of_ours(line: &Line<'_>) -> bool {
    has_word(line, &SPEAKERS)
}

fn has_word(line: &Line<'_>, list: &Table) -> bool {
    line.folded().split_whitespace().any(|word| list.has(bare(word)))
}

/// What a company must say of itself: two such words and nobody who speaks.
fn is_registration(whole: &Line<'_>) -> bool {
    let text = whole.text;
    let number = text.contains(|c: char| c.is_ascii_digit());
    let asks = || text.trim_end().ends_with('?');
    number && company_words(whole) > 1 && !has_verb_of_ours(whole) && !asks()
}

fn is_company(line: &Line<'_>) -> bool {
    company_words(line) > 0
}

fn company_words(line: &Line<'_>) -> usize {
    let lower = line.folded();
    let stands = |at: usize, word: &str| {
        let before = lower.get(..at).unwrap_or_default();
        let after = lower.get(at + word.len()..).unwrap_or_default();
        !before.ends_with(char::is_alphanumeric) && !after.starts_with(char::is_alphabetic)
    };
    let known = |word: &&&str| lower.match_indices(**word).any(|(at, word)| stands(at, word));
    if !COMPANY.within(lower) {
        return 0;
    }
    COMPANY.words().iter().filter(known).count()
}

/// Nothing but labels, numbers, addresses and links: a card also where nothing stands above it.
fn is_contact(line: &str) -> bool {
    let is_link =
        |word: &str| word.contains('@') || word.contains("://") || word.starts_with("www.");
    let is_number = |word: &str| {
        word.contains(|c: char| c.is_ascii_digit())
            && word.chars().all(|c| c.is_ascii_digit() || "+-./()[]".contains(c))
    };
    let is_label = |word: &str| CARD_LABELS.has(bare(word));
    let (mut labels, mut links, mut numbers) = (0, 0, 0);
    for word in line.split([' ', '\t', '|', '¦', '·', '•', ',', ';']).map(folded) {
        let (label, link, number) = (is_label(&word), is_link(&word), is_number(&word));
        if !label && !link && !number && !bare(&word).is_empty() {
            return false;
        }
        labels += usize::from(label);
        links += usize::from(link);
        numbers += usize::from(number);
    }
    labels > 1 || links > 0 || labels > 0 && numbers > 0
}

/// A sentence about the mail itself, a heading of a disclaimer, a company's registration.
fn is_legal(text: &Line<'_>) -> bool {
    let lower = text.folded();
    let start = lower.trim_start_matches(|c: char| !c.is_alphanumeric());
    let heads = |words: &&str| start.strip_prefix(*words).is_some_and(tells_of_mail);
    LEGAL_START.begins(start)
        || HEADINGS.begins(start) && HEADINGS.words().iter().any(heads)
        || LEGAL_MAIL.within(lower) && LEGAL_ABOUT.within(lower)
        || WITHIN.within(lower)
}

/// Whether what begins like a disclaimer goes on like one; "Disclaimer: we repair no lamps" does not.
fn tells_of_mail(rest: &str) -> bool {
    const MAIL: [&str; 18] = [
        "e-mail",
        "email",
        "this mail",
        "message",
        "nachricht",
        "communication",
        "transmission",
        "sender",
        "in error",
        "print",
        "druck",
        "scan",
        "virus",
        "http",
        "www.",
        "facebook",
        "linkedin",
        "twitter",
    ];
    let (text, heading) = (rest, !rest.contains(char::is_alphanumeric));
    heading || MAIL.iter().any(|word| text.contains(word))
}

/// A word or two without a sentence's end: a name, a title, or a very short answer.
fn is_few(line: &str) -> bool {
    let letters = line.chars().filter(|c| c.is_alphanumeric()).count();
    let spaced = line.is_ascii() || line.chars().any(|c| c.is_alphabetic() && c < '\u{2000}');
    let sentence = line.ends_with(['.', '!', '?', ':', ',', '。', '！', '？', '…', '、', '，']);
    let few = match spaced {
        true => line.split_whitespace().count() <= FEW_WORDS,
        false => letters <= FEW_LETTERS,
    };
    few && !sentence
}
