//! Machines that no field gives away, known by what subject, sender and text say together: absence
//! notices, complaints, gateways, loop alerts, challenges, other desks.
//!
//! One such sign is nothing, for people write of each of these things: two must agree, and whoever
//! says "I" or asks a question is a person (but for absences and challenges, which say "I" too).
//! Only words of the mail's own count, not what it quotes or passes on. What is found here takes an
//! acknowledgement away: the mail is a ticket, and agents hear of it (an absence under a program's
//! subject is filed as any other). An agent's
//! mail is not looked at, for what it may be is asked of the agent ([`super::guess`]).

use super::machine::{Guess, guess, may_be_away};
use super::machine_words::{AWAY, LEFT};
use super::prose::{flat, plain, seems_away, start};
use super::signs::{hyphenated, local, senders};
use super::tone_words::{
    AWAY_FORMS, AWAY_WORDS, CHALLENGES, GATEWAY_SENTENCES, GATEWAY_SUBJECTS, GATEWAYS, I,
    LOOP_SENTENCES, REPLIES, SELF_SENTENCES, TROUBLE, YOURS,
};
use super::{Ourselves, Reading};
use crate::mail::quote::{Role, split_under};
use crate::mail::{Inbound, Origin};

/// Characters of a text that are looked at: such mail is short.
const TEXT_MAX: usize = 4_000;
/// Lines at either end of a text between which no machine says that it is one.
const ENDS: usize = 4;

/// What subject, sender and text make of a mail that has no machine's field.
pub(super) fn read(mail: &Inbound, ourselves: &Ourselves<'_>) -> Option<Reading> {
    let by_agent =
        |who: &String| ourselves.agents.iter().any(|one| one.as_str().eq_ignore_ascii_case(who));
    if senders(mail).any(|sender| by_agent(&sender)) {
        return None;
    }
    let written = mail.subject.as_deref().unwrap_or_default();
    let subject = plain(written);
    let signs = Signs {
        form: form(written, &subject),
        away: seems_away(Some(&subject)),
        gate: gateway(mail),
        about: GATEWAY_SUBJECTS.within(&subject),
        answers: !mail.in_reply_to.is_empty()
            || !mail.references.is_empty()
            || REPLIES.begins(&subject),
    };
    if !signs.any() && !speaks(mail, signs.answers) {
        return None;
    }
    let text = own(mail);
    let (origin, reason) =
        Tone { subject: written, text: &text, whole: flat(&text), signs }.reading()?;
    Some(Reading::new(origin, reason))
}

/// Whether there is anything in a text for which it is worth to be taken apart.
fn speaks(mail: &Inbound, answers: bool) -> bool {
    let mut own = String::new();
    for line in start(&mail.text, TEXT_MAX).lines().filter(|line| !line.starts_with('>')) {
        own.push_str(line);
        own.push('\n');
    }
    let whole = flat(&own);
    SELF_SENTENCES.within(&whole) || CHALLENGES.within(&whole) || answers && may_be_away(&whole)
}

/// What sender and subject say.
struct Signs {
    form: Form,
    /// The subject speaks of absence.
    away: bool,
    /// The sender is a gateway.
    gate: bool,
    /// The subject is one of gateways.
    about: bool,
    /// It answers a mail.
    answers: bool,
}

impl Signs {
    /// One that says something by itself.
    fn any(&self) -> bool {
        self.form != Form::None || self.away || self.gate || self.about
    }
}

/// How a subject begins.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Like any other.
    None,
    /// With a word of absence that people begin with too.
    Word,
    /// As only programs do.
    Program,
}

fn form(written: &str, subject: &str) -> Form {
    let bare = subject.trim_start_matches(|c: char| !c.is_alphanumeric());
    let closed = |rest: &str| {
        let rest = rest.trim_start();
        rest.is_empty()
            || rest.starts_with([':', ']', ')', '-', '–', '(', '!', '：'])
            || REPLIES.begins(rest)
    };
    let begins =
        |forms: &[&str]| forms.iter().any(|form| bare.strip_prefix(form).is_some_and(closed));
    match () {
        // Notes writes it so.
        () if begins(AWAY_FORMS) || written.starts_with("AUTO: ") => Form::Program,
        () if begins(AWAY_WORDS) => Form::Word,
        () => Form::None,
    }
}

/// Whether the sender is by address or name a gateway.
fn gateway(mail: &Inbound) -> bool {
    let names = mail.from.iter().filter_map(|person| person.name.clone());
    senders(mail).map(|sender| local(&sender).to_owned()).chain(names).any(|name| {
        let words = hyphenated(&name.replace(' ', "-"));
        let joined = words.replace('-', "");
        GATEWAYS.contains(&joined.as_str()) || words.split('-').any(|word| GATEWAYS.contains(&word))
    })
}

/// The words of a mail that are neither quoted nor passed on.
fn own(mail: &Inbound) -> String {
    let subject = mail.subject.as_deref().unwrap_or_default();
    let blocks = split_under(subject, start(&mail.text, TEXT_MAX));
    let own = blocks.iter().filter(|block| block.role == Role::New).map(|one| one.text.as_str());
    own.collect::<Vec<_>>().join("\n")
}

struct Tone<'a> {
    subject: &'a str,
    text: &'a str,
    /// The text in one line, lower case.
    whole: String,
    signs: Signs,
}

impl Tone<'_> {
    fn reading(&self) -> Option<(Origin, String)> {
        let guessed = guess(None, None, self.text);
        let away = guessed == Some(Guess::Away);
        let signs = &self.signs;
        let speaks = AWAY.within(&self.whole) || LEFT.within(&self.whole);
        let subject = || format!("Subject: {}", self.subject.chars().take(80).collect::<String>());
        match signs.form {
            Form::Program if away => return Some((Origin::AutoReply, subject())),
            Form::Program if !self.asks() => return Some((Origin::Notice, subject())),
            Form::Word if away || signs.away && speaks && !self.is_person() => {
                return Some((Origin::Notice, subject()));
            }
            Form::Program | Form::Word | Form::None => {}
        }
        match () {
            () if away && (signs.answers || signs.away && !self.asks()) => {
                notice("its words are of an absence, and little else")
            }
            () if guessed == Some(Guess::Challenge) => {
                notice("it wants to know whether a person wrote")
            }
            () if self.is_person() => None,
            () if LOOP_SENTENCES.within(&self.whole) && (signs.about || signs.gate) => {
                notice("an alert about mail that goes in circles")
            }
            () if self.is_gateways() => notice("the words of a mail gateway"),
            () if self.says_so() => notice("it says that it was written automatically"),
            () => None,
        }
    }

    /// A gateway by its address speaks of a mail, or subject and text both do, to who wrote it.
    fn is_gateways(&self) -> bool {
        let says = GATEWAY_SENTENCES.within(&self.whole);
        let Signs { gate, about, .. } = self.signs;
        gate && (about || says) || about && says && YOURS.within(&self.whole)
    }

    /// Whoever says I, or asks.
    fn is_person(&self) -> bool {
        let mut words = self.whole.split(|c: char| !c.is_alphanumeric() && c != '\'');
        words.any(|word| I.contains(&word)) || self.asks()
    }

    /// A question, or a thing that does not work.
    fn asks(&self) -> bool {
        let asks = |line: &str| line.contains(['?', '？']) && !line.contains("http");
        self.text.lines().any(asks) || TROUBLE.within(&self.whole)
    }

    /// Machines say it at once or at the end.
    fn says_so(&self) -> bool {
        let lines: Vec<&str> =
            self.text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let first = flat(&lines.iter().take(ENDS).copied().collect::<Vec<_>>().join(" "));
        let skip = lines.len().saturating_sub(ENDS);
        let last = flat(&lines.iter().skip(skip).copied().collect::<Vec<_>>().join(" "));
        SELF_SENTENCES.within(&first) || SELF_SENTENCES.within(&last)
    }
}

fn notice(reason: &str) -> Option<(Origin, String)> {
    Some((Origin::Notice, reason.to_owned()))
}
