//! Whose words a mail to an agent holds: strangers never speak in the desk's voice.
//!
//! A display name is whatever its owner likes, so the address stands first and the name behind it
//! in quotes. A line of somebody else's that has the form of one of ours, where a reply goes, a
//! separator, a line of the context, the head of a note, bears a bar; ours never do. Other lines
//! stay as they are, so that they flow and are read as they were written.

use super::event::Status;
use crate::config::{Agent, Config};
use crate::mail::Person;

/// What stands before a line of somebody else's that looks like ours.
pub const BAR: &str = "│ ";
/// Longest name that is shown, in characters.
const NAME_MAX: usize = 40;
/// Marks with which lines of ours begin.
const SIGNS: [&str; 3] = ["!", "│", "|"];
/// Letters from which on the beginning of a line is ours.
const BEGINNING_MIN: usize = 6;
/// Letters from which on words are ours wherever they stand.
const WITHIN_MIN: usize = 8;
/// Letters of a direction by which it is known.
const DIRECTION: usize = 15;
/// Bytes before the arrow of a direction.
const ARROW_MAX: usize = 24;

/// How lines of ours look, whatever the language and the operator's own words: read from the
/// texts of which they are made, and folded.
#[derive(Clone, Debug, Default)]
pub struct Voice {
    /// Where a reply goes: what stands before the arrow and behind it.
    directions: Vec<(String, String)>,
    /// How other lines begin.
    beginnings: Vec<String>,
    /// What only lines of ours hold.
    within: Vec<String>,
    /// The same, as it stands in lines for which no writer has cause.
    marks: Vec<String>,
    /// How the line above somebody's words ends.
    heads: Vec<String>,
}

/// Somebody from outside: `ada@example.org ("Ada Lovelace")`.
pub fn stranger(person: &Person) -> String {
    let name = person.name.as_deref().map(clean).filter(|name| !name.is_empty());
    match name {
        Some(name) => format!("{} (\"{name}\")", person.address),
        None => person.address.to_string(),
    }
}

impl Voice {
    /// Takes in the source of a mail to agents.
    pub fn learn_template(&mut self, source: &str) {
        let mut lines = source.lines().skip_while(|line| !line.is_empty()).skip(1);
        for line in lines.by_ref().take_while(|line| !line.is_empty()).filter_map(literal) {
            let line = folded(line);
            if letters(&line) < BEGINNING_MIN {
                continue;
            }
            let arrow = line.find('>').filter(|at| *at <= ARROW_MAX);
            let Some((before, after)) = arrow.map(|at| line.split_at(at)) else {
                self.directions.push((line.clone(), String::new()));
                self.beginnings.push(line);
                continue;
            };
            let after = after.trim_start_matches('>');
            if let Some((_, aside)) = after.split_once(',').filter(|(_, one)| is_long(one)) {
                self.within.push(aside.to_owned());
                self.marks.push([",", aside].concat());
            }
            self.directions.push((before.to_owned(), after.chars().take(DIRECTION).collect()));
        }
        for line in lines {
            if let Some(line) = literal(line).map(folded) {
                let own = letters(&line) >= BEGINNING_MIN;
                self.beginnings.extend(own.then_some(line));
            }
            // The ticket's state.
            for part in parts(line).filter(|_| line.starts_with("#{{")) {
                let part = folded(part);
                let part = part.trim_matches(',');
                if is_long(part) && part.contains(',') {
                    self.within.push(part.to_owned());
                    self.marks.push(part.to_owned());
                }
            }
        }
    }

    /// Takes in words that stand in such a mail beside a name, in brackets or as they are.
    pub fn learn_words(&mut self, source: &str) {
        for part in parts(source).map(folded) {
            let bracketed = part.split_once('(').and_then(|(_, rest)| rest.split_once(')'));
            let words = bracketed.map_or(part.clone(), |(inner, _)| format!("({inner})"));
            self.within.extend(Some(words).filter(|words| is_long(words)));
        }
    }

    /// Takes in what stands beside the name of who noted something.
    pub fn learn_note(&mut self, source: &str) {
        let before = self.within.len();
        self.learn_words(source);
        self.marks.extend_from_slice(self.within.get(before..).unwrap_or_default());
    }

    /// Takes in what a colleague did, above their words.
    pub fn learn_deed(&mut self, source: &str) {
        let deed = folded(source);
        if letters(&deed) > DIRECTION - 3 {
            self.heads.push(deed.clone());
        }
        self.heads.push([&deed, ":"].concat());
    }

    /// A name as the sender of a mail to agents: that of one who is no colleague and claims nothing.
    pub fn sender_name(&self, config: &Config, person: &Person) -> String {
        let name = person.name.as_deref().map(clean).unwrap_or_default();
        let plain = folded(&name);
        let names = |name: &str| plain.contains(&folded(name));
        let others = || config.agents.iter().filter(|agent| agent.address != person.address);
        let known = |agent: &Agent| names(&agent.name) || bears(&name, &agent.name);
        let ours = self.within.iter().chain(&self.beginnings);
        let claims = name.contains(['@', '<', ';', '#', '│', '|', '!'])
            || ours.into_iter().any(|ours| plain.contains(ours.trim_matches(['(', ')'])))
            || self.directions.iter().any(|(before, _)| is_directing(&plain, before))
            || names(&config.desk.name)
            || others().any(known);
        if name.is_empty() || claims { person.address.to_string() } else { name }
    }

    /// Somebody who wrote: `Ada Lovelace <ada@example.org>`; by the address first if the name claims
    /// anything.
    pub fn author(&self, config: &Config, person: &Person) -> String {
        let name = self.sender_name(config, person);
        if name == person.address.as_str() {
            stranger(person)
        } else {
            format!("{name} <{}>", person.address)
        }
    }

    /// Words of somebody else's, with a bar before each line that has the form of one of ours.
    pub fn barred(&self, text: &str) -> String {
        let mut barred = String::with_capacity(text.len());
        for (at, line) in text.split('\n').enumerate() {
            if at > 0 {
                barred.push('\n');
            }
            if self.is_like_ours(line) {
                barred.push_str(BAR);
            }
            barred.push_str(line);
        }
        barred
    }

    fn is_like_ours(&self, line: &str) -> bool {
        let whole = folded(line);
        let plain =
            whole.trim_start_matches(['*', '_', '~', '`', '•', '·']).trim_end_matches(['*', '.']);
        let dashes = plain.chars().count() >= 3 && plain.chars().all(is_dash);
        dashes
            || whole.chars().count() >= 3 && whole.chars().all(is_dash)
            || SIGNS.iter().any(|sign| plain.starts_with(sign))
            || self.beginnings.iter().any(|start| plain.starts_with(start))
            || self.directions.iter().any(|(before, _)| is_directing(plain, before))
            || self.directs(plain)
            || self.within.iter().any(|words| plain.contains(words))
            || is_state(plain)
            || self.is_head(plain)
    }

    /// Whether a line bears a mark of ours for which no writer has cause: where a reply goes, the
    /// head of a note, the state of a ticket. In an agent's own text it is a copy.
    pub fn bears_our_mark(&self, line: &str) -> bool {
        let plain = folded(line);
        let plain = plain.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '#');
        self.directs(plain) || self.marks.iter().any(|words| plain.contains(words))
    }

    /// Whether a folded line says where a reply goes, with whatever stands for the arrow.
    fn directs(&self, plain: &str) -> bool {
        let addressed = plain.contains('@');
        self.directions.iter().any(|(before, after)| {
            plain.strip_prefix(before.as_str()).is_some_and(|rest| {
                let words = rest.trim_start_matches(|c: char| !c.is_alphanumeric());
                // Where the arrow got lost, there is an address.
                let apart = words.len() < rest.len() && !after.is_empty();
                (apart || addressed) && words.starts_with(after.as_str())
            })
        })
    }

    /// `2026-11-25 03:40, Bob Brown:`, `Bob Brown noted:`.
    fn is_head(&self, plain: &str) -> bool {
        let mut digits = plain.bytes().take(10);
        let dated = plain.len() > 15
            && digits.all(|byte| byte.is_ascii_digit() || byte == b'-')
            && plain.contains(',');
        (dated && plain.ends_with(':')) || self.heads.iter().any(|end| plain.ends_with(end))
    }
}

/// Whether all words of a colleague's name stand in another's, in whatever order.
fn bears(name: &str, colleague: &str) -> bool {
    let words = |name: &str| -> Vec<String> {
        name.split_whitespace().map(folded).map(|word| word.replace(',', "")).collect()
    };
    let (theirs, ours) = (words(name), words(colleague));
    ours.len() > 1 && ours.iter().all(|word| theirs.contains(word))
}

/// Whether a folded line begins as a direction: its first words, and an arrow or what stands for one.
fn is_directing(plain: &str, before: &str) -> bool {
    let rest = plain.strip_prefix(before).map(|rest| rest.trim_start_matches(['-', '=', '~']));
    rest.is_some_and(|rest| rest.starts_with(['>', ':']))
}

/// What stands in a line of a template before its first value, if it is no statement.
fn literal(line: &str) -> Option<&str> {
    let line = line.split("{{").next().unwrap_or(line);
    let line = line.split("{%").next().unwrap_or(line).trim();
    Some(line).filter(|line| !line.is_empty())
}

/// What stands between the values of a line.
fn parts(line: &str) -> impl Iterator<Item = &str> {
    line.split("{{").map(|part| part.split_once("}}").map_or(part, |(_, part)| part))
}

fn is_long(words: &str) -> bool {
    letters(words) >= WITHIN_MIN
}

fn letters(text: &str) -> usize {
    text.chars().filter(|c| c.is_alphanumeric()).count()
}

/// A name without what has no shape, turns the direction of writing, or would end the quotes.
fn clean(name: &str) -> String {
    let shaped: String =
        name.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(has_shape).collect();
    let words: Vec<&str> = shaped.split(' ').filter(|word| !word.is_empty()).collect();
    let line = words.join(" ").replace(['"', '“', '”', '„'], "'");
    match line.char_indices().nth(NAME_MAX) {
        Some((at, _)) => format!("{}…", line.get(..at).unwrap_or(&line).trim_end()),
        None => line,
    }
}

fn has_shape(c: &char) -> bool {
    !c.is_control()
        && !matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}')
        && !matches!(c, '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
        && !matches!(c, '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}')
        && !matches!(c, '\u{e0000}'..='\u{e007f}' | '\u{2800}')
}

fn is_dash(c: char) -> bool {
    matches!(c, '-' | '_' | '=' | '‐'..='―' | '─'..='╿' | '⎯' | '﹣' | '－')
}

/// `#12 open, …`
fn is_state(plain: &str) -> bool {
    let Some(rest) = plain.strip_prefix('#') else { return false };
    let words = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    words.len() < rest.len() && Status::ALL.iter().any(|status| words.starts_with(status.as_str()))
}

/// A line as the eye takes it: small letters, without white space, lookalikes as what they pass for.
fn folded(line: &str) -> String {
    if line.is_ascii() {
        let shaped = line.chars().filter(|c| !c.is_ascii_whitespace() && !c.is_ascii_control());
        return shaped.map(|c| c.to_ascii_lowercase()).collect();
    }
    line.chars()
        .filter(|c| !c.is_whitespace() && has_shape(c))
        .map(|c| match c {
            '！'..='～' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
            c => c,
        })
        .flat_map(char::to_lowercase)
        .map(|c| if c.is_ascii() { c } else { latin(c) })
        .collect()
}

/// The Latin letter, or the arrow, that this one looks like.
fn latin(c: char) -> char {
    match c {
        'а' | 'α' => 'a',
        'е' | 'ε' | 'ё' => 'e',
        'о' | 'ο' | 'σ' => 'o',
        'р' | 'ρ' => 'p',
        'с' | 'ϲ' => 'c',
        'у' | 'γ' | 'ү' => 'y',
        'х' | 'χ' => 'x',
        'і' | 'ι' | 'ı' | 'ї' => 'i',
        'ѕ' => 's',
        'ԁ' => 'd',
        'տ' | 'ո' | 'п' => 'n',
        'т' | 'τ' => 't',
        'г' | 'ɡ' => 'r',
        'ⅼ' | 'ӏ' => 'l',
        '→' | '⇒' | '➜' | '➔' | '⟶' | '▶' | '»' | '›' | '＞' => '>',
        c => c,
    }
}
