//! Which details a text tells, by words and forms: what is told is not asked for.

use super::tables::{Class, LANGUAGES};
use crate::config::Detail;
use crate::desk::courtesy::folded;

/// Words outside the tables with which somebody says what happens.
const WORDS_MIN: usize = 3;

/// Digits of the shortest number of an invoice, an order, a customer.
const DIGITS_MIN: usize = 3;

/// Names of the details that some texts tell, of all that there are; `pictures` came with them.
pub fn found(text: &str, pictures: bool, own: &[Detail]) -> Vec<String> {
    let mut all: Vec<&str> = Vec::new();
    let classes = classes(text);
    let speaks = unknown(text) >= WORDS_MIN;
    let tokens = || text.split(|c: char| c.is_whitespace() || ",;()".contains(c));
    let code = tokens().any(is_code);
    let quoted = text.contains(['„', '“', '”', '«', '»']) || text.matches('"').count() > 1;
    let by_class = |wanted: &[Class]| classes.iter().any(|class| wanted.contains(class));
    let rules = [
        (
            "product",
            by_class(&[Class::Thing, Class::Paper, Class::Access]) || tokens().any(is_version),
        ),
        ("happened", speaks),
        ("error", code || quoted || pictures || is_log(text)),
        ("since", by_class(&[Class::Since]) || tokens().any(is_date)),
        ("who", by_class(&[Class::Who])),
        ("number", tokens().any(is_number)),
        ("wrong", speaks),
        ("account", text.contains('@') && tokens().any(is_address) || tokens().any(is_number)),
        ("question", speaks),
    ];
    all.extend(rules.into_iter().filter_map(|(name, is)| is.then_some(name)));
    let folded = spaced(text);
    let told =
        |detail: &&Detail| detail.words.iter().any(|word| folded.contains(spaced(word).trim_end()));
    all.extend(own.iter().filter(told).map(|detail| detail.name.as_str()));
    all.into_iter().map(str::to_owned).collect()
}

/// In lower case and without accents, a space before each word.
fn spaced(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(|word| format!(" {}", folded(word))).collect::<String>() + " "
}

/// What is said in it, in whatever language.
fn classes(text: &str) -> Vec<Class> {
    let words: Vec<String> = spaced(text).split_whitespace().map(str::to_owned).collect();
    let mut all = Vec::new();
    for (_, table) in &LANGUAGES {
        let at = (0..words.len()).filter_map(|at| {
            let rest = words.get(at..).unwrap_or_default();
            table.longest(rest.iter().map(String::as_str)).map(|(_, class)| class)
        });
        all.extend(at);
    }
    all
}

/// How many of its words no table has.
fn unknown(text: &str) -> usize {
    let words = spaced(text);
    let words = words.split_whitespace();
    let known = |word: &&str| {
        LANGUAGES.iter().any(|(_, table)| table.longest(std::iter::once(*word)).is_some())
    };
    words.filter(|word| !known(word)).count()
}

fn digits(token: &str) -> usize {
    token.chars().filter(char::is_ascii_digit).count()
}

/// "E47", "0x80070005", "ERR_CONNECTION_REFUSED", "404".
fn is_code(token: &str) -> bool {
    let bare = token.trim_matches(|c: char| !c.is_alphanumeric());
    let letters = bare.chars().any(|c| c.is_ascii_uppercase()) || bare.starts_with("0x");
    let status = bare.len() == 3 && bare.starts_with(['4', '5']) && digits(bare) == 3;
    status
        || letters && digits(bare) > 1 && bare.chars().count() > 2
        || bare.contains('_') && bare.chars().filter(char::is_ascii_uppercase).count() > 4
}

/// "2.4.1", "v3"
fn is_version(token: &str) -> bool {
    let bare = token.trim_end_matches(['.', '!', '?', ':']);
    let rest = bare.trim_start_matches(['v', 'V']);
    let parts: Vec<&str> = rest.split('.').collect();
    let number = |part: &&str| !part.is_empty() && part.len() < 5 && digits(part) == part.len();
    parts.iter().all(number) && (parts.len() > 2 || rest.len() < bare.len())
}

/// "24.11.", "2026-11-24", "11/24", "9:30"
fn is_date(token: &str) -> bool {
    let bare = token.trim_matches(|c: char| !c.is_ascii_digit());
    let parts: Vec<&str> = bare.split(['.', '-', '/', ':']).collect();
    let number = |part: &&str| !part.is_empty() && part.len() < 5 && digits(part) == part.len();
    (2..4).contains(&parts.len()) && parts.iter().all(number)
}

/// "4711", "RE-2026-0042"
fn is_number(token: &str) -> bool {
    digits(token) >= DIGITS_MIN && !is_date(token) && !token.contains('@')
}

fn is_address(token: &str) -> bool {
    crate::mail::addresses_in(token).next().is_some()
}

/// Lines as programs write them.
fn is_log(text: &str) -> bool {
    let form = |line: &str| {
        let lower = line.to_lowercase();
        let signs = ["error:", "exception", "fatal:", "traceback", "warning:"];
        signs.iter().any(|sign| lower.contains(sign)) && line.contains([':', '(', '/'])
    };
    text.lines().any(form)
}
