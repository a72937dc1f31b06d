//! Signatures under the usual delimiter, clients' advertisements for themselves, mailing lists'
//! footers.
//!
//! `-- ` is a promise (RFC 3676 §4.3) and taken as one, but for a postscript or a question beneath
//! it. A bare `--` is as often a person's divider, so what follows must be short and no sentence,
//! and neither does another such divider stand in the text nor a line above that announces it. A
//! line that names a device counts only if every word of it does: "Sent from my desk, it is easier"
//! is a sentence.

use super::Role;
use super::evidence::is_address;
use super::line::{Lines, lower};
use super::words::{
    BESIDE, BRANDS, BREVITY, DEVICES, GET, LIST_FOOTER, POSSESSIVES, SENT, SENT_FROM, SLOGANS,
};
use std::ops::Range;

/// Lines with something on them that may follow `-- `; corporate signatures reach 25.
const SIGNATURE_MAX: usize = 30;

/// The same for a bare `--`.
const LOOSE_MAX: usize = 10;

/// Words of a line beneath `--` from which on it may be a sentence.
const SENTENCE_WORDS: usize = 8;

/// Lines of a mailing list's footer.
const FOOTER_MAX: usize = 8;

/// Underscores of a footer's rule where no link proves it; Mailman sets 47.
const FOOTER_RULE: usize = 20;

/// Lines of a card of bars.
const CARD_MAX: usize = 16;

/// Words of the longest advertisement.
const ADVERT_WORDS: usize = 14;

/// Words beside "sent from" in a language we know little of: "my", a device with its model.
const SENT_WORDS: usize = 3;

/// Bytes of the longest advertisement, its link included.
const ADVERT_MAX: usize = 400;

/// A line above an advertisement that is longer may run on into it.
const OWN_LINE_MAX: usize = 60;

/// Finds signatures among the New lines of a range.
pub fn mark(lines: &Lines, roles: &mut [Role], within: Range<usize>) {
    for run in new_runs(roles, within) {
        let mut end = run.end;
        if let Some(footer) = footer(lines, run.clone()) {
            paint(roles, footer..end);
            end = footer;
        }
        if let Some(card) = card(lines, run.start..end) {
            paint(roles, card..end);
        }
        if let Some(signature) = delimited(lines, run.start..end) {
            paint(roles, signature);
        }
        if let Some(named) = named_above_slogan(lines, run.clone()) {
            paint(roles, named);
        }
        adverts(lines, roles, run);
    }
}

fn paint(roles: &mut [Role], range: Range<usize>) {
    if let Some(roles) = roles.get_mut(range) {
        roles.fill(Role::Signature);
    }
}

/// The runs of New lines.
fn new_runs(roles: &[Role], within: Range<usize>) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for at in within.filter(|at| roles.get(*at) == Some(&Role::New)) {
        match runs.last_mut() {
            Some(run) if run.end == at => run.end = at + 1,
            _ => runs.push(at..at + 1),
        }
    }
    runs
}

/// A rule and a few lines that lead to a mailing list, at the end of a run.
fn footer(lines: &Lines, run: Range<usize>) -> Option<usize> {
    let below = |at: usize| run.clone().filter(move |near| *near > at && !lines.is_blank(*near));
    // From the end upwards, a footer's length at most.
    let rule = run
        .clone()
        .rev()
        .filter(|at| !lines.is_blank(*at))
        .take(FOOTER_MAX + 1)
        .find(|at| lines.is_rule(*at))?;
    let leads = |at: usize| {
        lines.clean(at).is_some_and(|line| {
            let line = lower(&line);
            LIST_FOOTER.iter().any(|word| line.contains(word))
        })
    };
    let long = lines.at(rule).trim().chars().filter(|c| *c == '_').count() >= FOOTER_RULE;
    let linked = below(rule).any(|at| lines.clean(at).is_some_and(|line| line.contains("://")));
    let asks = below(rule).any(|at| resumes(lines.at(at)));
    ((long || linked) && !asks && below(rule).any(leads)).then_some(rule)
}

/// What stands beneath a delimiter, with it.
fn delimited(lines: &Lines, run: Range<usize>) -> Option<Range<usize>> {
    // Only the last lines can be short enough to be a signature.
    let tail: Vec<usize> =
        run.clone().rev().filter(|at| !lines.is_blank(*at)).take(SIGNATURE_MAX + 1).collect();
    let bare = |at: &usize| lines.at(*at).trim() == "--";
    let announced = |at: usize| {
        (run.start..at)
            .rev()
            .find(|near| !lines.is_blank(*near))
            .is_some_and(|near| lines.at(near).trim_end().ends_with([':', '：']))
    };
    let divided = tail.iter().filter(|at| bare(at)).count() > 1;
    let found = tail.iter().enumerate().rev().find_map(|(below, at)| {
        let signs = match lines.at(*at).trim_end_matches('\r') {
            "-- " | "--\u{a0}" => true,
            line => {
                line.trim() == "--"
                    && below <= LOOSE_MAX
                    && !divided
                    && !announced(*at)
                    && tail.iter().take(below).all(|at| !may_be_sentence(lines.at(*at)))
            }
        };
        signs.then_some(*at)
    })?;
    let end = (found + 1..run.end)
        .find(|at| lines.is_blank(at - 1) && resumes(lines.at(*at)))
        .unwrap_or(run.end);
    Some(found..end)
}

/// A postscript, a question or a command beneath a signature is the sender's again.
fn resumes(line: &str) -> bool {
    let line = line.trim();
    let upper: String = line.chars().take(5).flat_map(char::to_uppercase).collect();
    let postscript = ["PS:", "PS ", "P.S.", "P.S ", "PPS", "P.P.S", "NB:", "N.B.", "ЗЫ", "P. S."]
        .iter()
        .any(|start| upper.starts_with(start));
    postscript || line.starts_with('#') || line.ends_with('?') && line.split(' ').count() > 2
}

/// Long, a question, or a sentence with its full stop.
fn may_be_sentence(line: &str) -> bool {
    let line = line.trim();
    let words = line.split_whitespace().take(SENTENCE_WORDS).count();
    words >= SENTENCE_WORDS
        || resumes(line)
        || words >= 4 && line.ends_with(['.', '!', ':', '。', '！', '？'])
        || line.len() > 200
}

/// Clients' lines about themselves, each on its own, and where they lead.
fn adverts(lines: &Lines, roles: &mut [Role], run: Range<usize>) {
    let mut below = true;
    let link = run.clone().rev().find(|at| !lines.is_blank(*at));
    let link = link.filter(|at| *at > run.start && leads(lines.at(*at - 1), lines.at(*at)));
    if let Some(at) = link {
        paint(roles, at..at + 1);
    }
    for at in run.clone().rev() {
        let above = at
            .checked_sub(1)
            .filter(|above| run.contains(above))
            .map_or("", |above| lines.at(above));
        let advert = below && above.trim().len() <= OWN_LINE_MAX && is_advert(lines.at(at));
        if advert {
            paint(roles, at..at + 1);
        }
        below = advert || lines.is_blank(at) || link == Some(at);
    }
}

/// Whether a link leads to the program of which the line above it tells.
fn leads(advert: &str, link: &str) -> bool {
    let (advert, link) = (lower(advert), lower(link.trim()));
    let named = |brand: &str| brand.len() > 3 && advert.contains(brand) && link.contains(brand);
    link.starts_with("http")
        && !link.contains(' ')
        && BRANDS.iter().any(|brand| named(brand))
        && is_advert(&advert)
}

/// NetEase's card: cells without a rule, each bar on a line of its own, down to the last of them.
fn card(lines: &Lines, run: Range<usize>) -> Option<usize> {
    let tail = run.clone().rev().filter(|at| !lines.is_blank(*at)).take(CARD_MAX);
    let tail: Vec<usize> = tail.collect();
    let begins = tail.iter().rev().find(|at| lines.at(**at).trim() == "| |").copied()?;
    let bars = |at: &usize| {
        let line = lines.at(*at).trim();
        !line.is_empty() && line.chars().all(|c| matches!(c, '|' | ' '))
    };
    let mut above = tail.iter().skip_while(|at| is_advert(lines.at(**at))).peekable();
    let ends = above.peek().is_some_and(|at| bars(at));
    (ends && above.filter(|at| bars(at)).count() > 2).then_some(begins)
}

/// The same card where its bars got lost: a name and an address on lines of their own, right above
/// NetEase's line about itself.
fn named_above_slogan(lines: &Lines, run: Range<usize>) -> Option<Range<usize>> {
    let mut full = run.clone().rev().filter(|at| !lines.is_blank(*at));
    let slogan = full.next().filter(|at| is_advert(lines.at(*at)))?;
    let by = ["签名由", "簽名由"];
    by.iter().find(|by| lines.at(slogan).trim().starts_with(*by))?;
    let end = full.next().filter(|at| is_address(lines.at(*at).trim()))?;
    let above = (run.start..end).rev().take_while(|at| !lines.is_blank(*at));
    let start = above.last().unwrap_or(end);
    let names = |at: usize| lines.at(at).split_whitespace().count() <= SENT_WORDS + 1;
    let card = start > run.start && end - start < SENT_WORDS && (start..end).all(names);
    card.then_some(start..end + 1)
}

/// Whether a line is nothing but a client's word about itself.
fn is_advert(line: &str) -> bool {
    if line.len() > ADVERT_MAX || line.trim().is_empty() {
        return false;
    }
    let (text, linked) = without_links(&lower(&line.replace('\u{a0}', " ")));
    let text = text.trim_matches(|c: char| {
        c.is_whitespace()
            || matches!(c, '.' | '!' | '*' | '_' | '-' | '[' | ']' | '(' | ')' | '。' | '<' | '>')
    });
    let text = BREVITY
        .iter()
        .find_map(|pardon| text.strip_suffix(pardon))
        .map_or(text, |text| text.trim_end_matches([' ', '.', ',', '。', '!']));
    text.split_whitespace().count() <= ADVERT_WORDS
        && (names_device(text)
            || was_sent_by_device(text)
            || SLOGANS.contains(&text)
            || offers_outlook(text, Link(linked))
            || is_scanner(text))
}

/// "Sent from my" at its end of the line, the name of a device and little else.
fn was_sent_by_device(text: &str) -> bool {
    SENT.iter().any(|(start, end)| {
        let middle = text.strip_prefix(start).and_then(|rest| rest.strip_suffix(end));
        middle.is_some_and(|middle| {
            let words: Vec<&str> = middle
                .split_whitespace()
                .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
                .collect();
            words.len() <= SENT_WORDS && words.iter().any(|word| is_named(word, BRANDS))
        })
    })
}

/// Whether a line carried a link to Microsoft's shortener, as all of Outlook's do.
struct Link(bool);

/// "Get Outlook for iOS<https://aka.ms/…>" in any language.
fn offers_outlook(text: &str, link: Link) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    let offer = link.0
        || words.first().is_some_and(|first| GET.iter().any(|get| first.starts_with(get)))
            && !text.ends_with('?');
    words.len() <= 7
        && text.contains("outlook")
        && (text.contains("ios") || text.contains("android"))
        && offer
}

/// Virus scanners' seals.
fn is_scanner(text: &str) -> bool {
    let names = ["avast", "avg.com", "avira"];
    let clean = [
        "virus-free",
        "virenfrei",
        "libre de virus",
        "sans virus",
        "privo di virus",
        "virusvrij",
        "livre de vírus",
        "wolny od wirusów",
        "без вирусов",
        "auf viren geprüft",
        "par le logiciel antivirus",
        "checked for viruses",
        "scanned for viruses",
    ];
    names.iter().any(|name| text.contains(name)) && clean.iter().any(|word| text.contains(word))
}

/// "Sent from" and nothing but names of devices and programs.
fn names_device(text: &str) -> bool {
    SENT_FROM.iter().any(|(start, end)| {
        let middle = text.strip_prefix(start).and_then(|rest| rest.strip_suffix(end));
        middle.is_some_and(is_device)
    })
}

/// At most one word we do not know ("Sprint", "persönlichen"), then names of devices and what
/// stands beside them, to the end.
fn is_device(middle: &str) -> bool {
    let words: Vec<&str> = middle
        .split_whitespace()
        .map(|word| {
            word.trim_matches([',', '.', '(', ')', '"', '\'', '’', '®', '™', '[', ']', '*', '_'])
        })
        .collect();
    let possessive = words.iter().any(|word| {
        POSSESSIVES.contains(word)
            || !word.is_ascii()
                && POSSESSIVES.iter().any(|mine| !mine.is_ascii() && word.contains(mine))
    });
    let named = |word: &str| is_named(word, BRANDS) || possessive && is_named(word, DEVICES);
    let Some(first) = words.iter().position(|word| named(word)) else { return false };
    let before = words.iter().take(first);
    let unknown = before
        .clone()
        .filter(|word| !BESIDE.contains(*word) && !POSSESSIVES.contains(*word))
        .count();
    let others = before.filter(|word| ["his", "her", "their"].contains(*word)).count();
    // "S22", "5G", "10", but no day on which something was sent.
    let model = |word: &str| {
        word.chars().count() <= 6
            && word.contains(|c: char| c.is_ascii_digit())
            && word.chars().all(char::is_alphanumeric)
    };
    let rest = words.iter().skip(first + 1).all(|word| {
        named(word)
            || BESIDE.contains(word)
            || DEVICES.contains(word)
            || POSSESSIVES.contains(word)
            || model(word)
    });
    unknown <= 1 && others == 0 && rest
}

/// Whether a word begins with one of these names and ends as a suffix of case does (`iphonesta`,
/// `iphone-omról`).
fn is_named(word: &str, names: &[&str]) -> bool {
    names.iter().any(|name| {
        let tail = match (word.strip_prefix(name), name.is_ascii()) {
            (Some(tail), _) => tail,
            // Scripts without spaces put the name anywhere; Hebrew and Arabic put the article
            // before it.
            (None, _) => match word.split_once(name).filter(|(before, _)| !before.is_ascii()) {
                Some((_, tail)) => tail,
                None => return false,
            },
        };
        tail.is_empty()
            || name.len() >= 3
                && tail.chars().count() <= 12
                && (name.len() >= 5 || !tail.starts_with(|c: char| c.is_ascii_alphabetic()))
    })
}

/// A line without its links, and whether one led to Microsoft's shortener.
fn without_links(line: &str) -> (String, bool) {
    let mut text = String::new();
    let mut rest = line;
    while let Some(at) = rest.find("http") {
        text.push_str(rest.get(..at).unwrap_or(""));
        let link = rest.get(at..).unwrap_or("");
        let end = link.find([' ', '>', ']', ')']).unwrap_or(link.len());
        rest = link.get(end..).unwrap_or("").trim_start_matches(['>', ']', ')']);
        while text.ends_with(['<', '[', '(']) {
            text.pop();
        }
    }
    text.push_str(rest);
    (text, line.contains("aka.ms/"))
}
