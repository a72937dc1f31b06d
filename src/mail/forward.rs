//! What a mail passes on: who wrote the mail in it, to whom, when, about what.
//!
//! An agent's forward opens a ticket for the person who wrote it, so a wrong reading writes to a
//! stranger. The outermost header counts, for the agent's own client made it and the writer could
//! not; what stands deeper is the writer's text. Where that header names nobody, several, one of
//! ours, or where several mails lie side by side, it says so and names no one.
//!
//! [`quote`] has found where a mail is passed on; here the header within is read. A header block
//! over a history counts as well if nothing says that the mail is an answer. Everything is linear
//! in the text.

mod by_hand;

pub use by_hand::by_hand;

use super::origin::is_role_address;
use super::parse::people_of;
use super::quote::header;
use super::quote::line::Lines;
use super::quote::words::{FORWARD_PREFIXES, Label, REPLY_PREFIXES};
use super::quote::{self, Block, Role};
use super::{Address, Inbound, Person};

/// Lines that may say that a mail is passed on, empty ones included, before its header.
const SEARCH_MAX: usize = 12;

/// Mails passed on that are read, of one mail; more are as ambiguous as these.
const FORWARDED_MAX: usize = 50;

/// Characters of a name that is told in a reason.
const NAME_MAX: usize = 100;

/// Prefixes taken off a subject: nobody answers more often without somebody tidying up.
const PREFIXES_MAX: usize = 50;

/// Longest prefix in bytes, with its number.
const PREFIX_MAX: usize = 40;

/// A mail that another one passes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forwarded {
    /// Who wrote it; `None` exactly where [`why`](Self::why) says why not.
    pub from: Option<Person>,
    /// To whom, as far as addresses are given.
    pub to: Vec<Person>,
    /// When, as the agent's client writes it.
    pub date: Option<String>,
    /// About what, with the prefixes it had.
    pub subject: Option<String>,
    /// Its text without its header and without marks of quotation; of several mails one after the
    /// other.
    pub text: String,
    /// What stands against taking the sender for the customer.
    pub why: Option<Ambiguity>,
}

/// Why it cannot be told whose mail was passed on; the desk has a catalogue of that name.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(tag = "ambiguities", rename_all = "kebab-case")]
pub enum Ambiguity {
    /// It is passed on without a header, or the header has no sender.
    NoSender,
    /// The sender has a name, but no address.
    NoAddress {
        /// As written.
        name: String,
    },
    /// The header names several, as "on behalf of" does.
    SeveralSenders {
        /// All of them.
        all: Vec<Address>,
    },
    /// The sender is the desk or an agent.
    Ours {
        /// Theirs.
        address: Address,
    },
    /// The sender is by its name a machine.
    Machine {
        /// Its own.
        address: Address,
        /// Where it asks for answers, if it does.
        answers: Vec<Address>,
    },
    /// It asks for answers to others than its sender, as forms, groups and lists do.
    AnswersElsewhere {
        /// The sender's.
        address: Address,
        /// Where it wants them.
        answers: Vec<Address>,
    },
    /// It came through a group or a site, which put its own address behind the writer's name.
    Through {
        /// That name with that address.
        person: Person,
    },
    /// It is quoted as in an answer to it.
    Answered {
        /// Who wrote it.
        all: Vec<Address>,
    },
    /// Mails of different people lie side by side.
    SeveralMails {
        /// Those people's.
        all: Vec<Address>,
    },
}

impl Ambiguity {
    /// Whom it may be from, where that is one of a few.
    pub fn candidates(&self) -> &[Address] {
        match self {
            Self::SeveralSenders { all }
            | Self::SeveralMails { all }
            | Self::Answered { all }
            | Self::Machine { address: _, answers: all }
            | Self::AnswersElsewhere { address: _, answers: all } => all,
            Self::NoSender | Self::NoAddress { .. } | Self::Ours { .. } | Self::Through { .. } => {
                &[]
            }
        }
    }
}

/// What a mail passes on, within its text or as an attached mail; `None` if nothing.
///
/// `blocks` are those of [`quote::split_under`] with the mail's subject; `ours` knows the desk and
/// its agents.
pub fn read(
    inbound: &Inbound,
    blocks: &[Block],
    ours: impl Fn(&Address) -> bool,
) -> Option<Forwarded> {
    let mut found = within(inbound, blocks);
    found.extend(inbound.carried.iter().take(FORWARDED_MAX).map(|mail| {
        Forwarded {
            from: None,
            to: mail.to.clone(),
            date: mail.date.clone(),
            subject: mail.subject.clone(),
            text: mail.text.clone(),
            why: None,
        }
        .by(mail.from.clone(), "")
        .answered_at(&mail.reply_to)
    }));
    joined(found).map(|mut one| {
        if let Some(from) = one.from.take_if(|from| ours(&from.address)) {
            one.why = Some(Ambiguity::Ours { address: from.address });
        }
        one
    })
}

impl Forwarded {
    /// With its sender, or why there is none.
    fn by(mut self, mut from: Vec<Person>, written: &str) -> Self {
        self.why = match (from.len(), written) {
            (0, "") => Some(Ambiguity::NoSender),
            (0, name) => Some(Ambiguity::NoAddress { name: name.chars().take(NAME_MAX).collect() }),
            (1, _) => None,
            _ => Some(Ambiguity::SeveralSenders {
                all: from.iter().map(|person| person.address.clone()).collect(),
            }),
        };
        self.from = from.pop().filter(|_| self.why.is_none());
        self
    }
}

impl Forwarded {
    /// With where it asks for answers: whoever answers a form or a group writes there, and that is
    /// another address than the sender's.
    fn answered_at(mut self, reply_to: &[Person]) -> Self {
        let Some(from) = &self.from else { return self };
        let address = from.address.clone();
        let elsewhere: Vec<Address> = reply_to
            .iter()
            .map(|one| &one.address)
            .filter(|one| **one != address)
            .cloned()
            .collect();
        let through = from.name.as_deref().is_some_and(|name| name.contains(" via "));
        self.why = if is_role_address(&address) {
            Some(Ambiguity::Machine { address, answers: elsewhere })
        } else if !elsewhere.is_empty() {
            Some(Ambiguity::AnswersElsewhere { address, answers: elsewhere })
        } else {
            through.then(|| Ambiguity::Through { person: from.clone() })
        };
        self.from = self.from.filter(|_| self.why.is_none());
        self
    }
}

/// Several mails of one person are one; of several people, a question.
fn joined(found: Vec<Forwarded>) -> Option<Forwarded> {
    let mut people: Vec<Address> = Vec::new();
    for address in found.iter().filter_map(|one| one.from.as_ref()).map(|from| &from.address) {
        if !people.contains(address) {
            people.push(address.clone());
        }
    }
    let doubt = found.iter().find_map(|one| one.why.clone());
    let text = found
        .iter()
        .map(|one| one.text.as_str())
        .filter(|text| !text.is_empty())
        .collect::<Vec<_>>()
        .join("\n\n");
    let mut one = found.into_iter().next()?;
    one.text = text;
    one.why = if people.len() > 1 { Some(Ambiguity::SeveralMails { all: people }) } else { doubt };
    one.from = one.from.filter(|_| one.why.is_none());
    Some(one)
}

/// What the text passes on.
fn within(inbound: &Inbound, blocks: &[Block]) -> Vec<Forwarded> {
    let subject = inbound.subject.as_deref().unwrap_or("");
    // What stands alone under an answer's header block is kept as a forward too, for perhaps it is
    // the answer.
    let may = quote::passes_on(subject, &inbound.text)
        || prefix(subject).is_none() && inbound.in_reply_to.is_empty();
    let of = |role: Role| blocks.iter().filter(move |block| block.role == role);
    let forwards: Vec<Forwarded> = of(Role::Forward)
        .filter(|block| may || says_so(&block.text))
        .flat_map(|block| side_by_side(&block.text))
        .collect();
    if !forwards.is_empty() || !may {
        return forwards;
    }
    let histories = of(Role::Quote)
        .filter_map(|block| one(&block.text))
        .filter(|one| one.why != Some(Ambiguity::NoSender));
    histories.take(1).collect()
}

/// Whether a line of its beginning says that it is passed on.
fn says_so(text: &str) -> bool {
    let lines = Lines::new(text);
    (0..SEARCH_MAX.min(lines.len())).any(|at| header::forward(&lines, at).is_some())
}

/// Mutt alone says where each mail ends; for all others there is one.
fn side_by_side(text: &str) -> Vec<Forwarded> {
    let mut mails: Vec<String> = vec![String::new()];
    let (mut depth, mut paired) = (0_usize, false);
    for line in text.lines() {
        let bound = header::bound(line);
        if bound == Some(header::Bound::Begin) {
            if depth == 0 && paired && mails.len() < FORWARDED_MAX {
                mails.push(String::new());
            }
            depth += 1;
            paired = true;
        }
        if let Some(mail) = mails.last_mut() {
            mail.push_str(line);
            mail.push('\n');
        }
        if bound == Some(header::Bound::End) {
            depth = depth.saturating_sub(1);
        }
    }
    mails.iter().filter_map(|mail| one(mail)).collect()
}

/// The outermost mail of a text; `None` if it neither has a header nor says that it is passed on.
fn one(text: &str) -> Option<Forwarded> {
    // Apple Mail's HTML marks also the line that says that it is passed on.
    let marked =
        text.lines().find(|line| !line.trim().is_empty()).is_some_and(|line| line.starts_with('>'));
    let bared = if marked {
        text.lines().map(unmarked).collect::<Vec<_>>().join("\n")
    } else {
        String::new()
    };
    let text = if marked { &bared } else { text };
    let all: Vec<&str> = text.lines().collect();
    let (start, bare) = start(text, &all);
    // Of a marked mail only what is marked belongs to it.
    let body: String = all
        .iter()
        .skip(start)
        .map(|line| if bare { format!("{line}\n") } else { format!("{}\n", unmarked(line)) })
        .collect();
    let first = body.lines().next().unwrap_or_default();
    let body = if header::label(first).is_none() && colon(first).is_some() && says_so(text) {
        with_colons(&body)
    } else {
        body
    };
    let lines = Lines::new(&body);
    let (rows, end) = header::rows(&lines, 0);
    if rows.is_empty() {
        return says_so(text).then(|| empty(words_of(&all)).by(Vec::new(), ""));
    }
    let value = |label: Label| {
        rows.iter().find(|row| row.label == label).map(|row| row.value.as_str()).unwrap_or_default()
    };
    let from = tidy(value(Label::From));
    // Notes sets a rule between the two.
    let body = lines.next_full(end);
    let rest: Vec<&str> =
        lines.iter().skip(if lines.is_rule(body) { body + 1 } else { end }).collect();
    let mut mail = empty(words_of(&rest));
    mail.to = people_of(&tidy(value(Label::To)));
    mail.date = said(value(Label::Sent));
    mail.subject = said(value(Label::Subject));
    let reply_to = people_of(&tidy(value(Label::ReplyTo)));
    Some(mail.by(senders(&from), &from).answered_at(&reply_to))
}

/// Those whose address stands there as it is: of Notes' `Ada Lovelace/Example@Example` an address
/// could be made, but it is none. Whoever is named anywhere counts, also in a name or in brackets:
/// "Secretary <a@x> on behalf of Ada (b@x)" are two, whatever the language.
fn senders(from: &str) -> Vec<Person> {
    let lower = from.to_lowercase();
    let stands = |person: &Person| {
        let address = person.address.as_str().to_lowercase();
        lower.contains(&address)
            && address.rsplit_once('@').is_some_and(|(_, domain)| domain.contains('.'))
    };
    let mut found: Vec<Person> =
        people_of(&from.replace('>', ">,")).into_iter().filter(stands).collect();
    let divides = |c: char| c.is_whitespace() || "<>()[]\"',;:".contains(c);
    for word in from.split(divides).filter(|word| word.contains('@')) {
        let named = people_of(word.trim_matches('.')).into_iter().filter(stands);
        for person in named {
            if !found.iter().any(|one| one.address == person.address) {
                found.push(person);
            }
        }
    }
    found
}

/// eM Client writes labels without colons: `From "Ada" <ada@example.org>`.
fn with_colons(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + SEARCH_MAX);
    let mut header = true;
    for line in text.lines() {
        header &= !line.trim().is_empty();
        match colon(line).filter(|_| header) {
            Some(row) => out.push_str(&row),
            None => out.push_str(line),
        }
        out.push('\n');
    }
    out
}

/// A line that begins with a label of one or two words, with a colon behind it.
fn colon(line: &str) -> Option<String> {
    let (first, rest) = line.split_once(' ').filter(|(first, _)| first.len() <= PREFIX_MAX)?;
    let two = rest.split_once(' ').map(|(second, rest)| (format!("{first} {second}:"), rest));
    let labels = two.into_iter().chain([(format!("{first}:"), rest)]);
    labels
        .into_iter()
        .find(|(label, _)| header::label(label).is_some())
        .map(|(label, rest)| format!("{label} {rest}"))
}

fn empty(text: String) -> Forwarded {
    Forwarded { from: None, to: Vec::new(), date: None, subject: None, text, why: None }
}

/// The first line below those that only say that a mail is passed on, and whether it stands without
/// marks. If the header is not there, it is not further down either: what stands there is the
/// writer's.
fn start(text: &str, all: &[&str]) -> (usize, bool) {
    let lines = Lines::new(text);
    let says = |at: &usize| {
        lines.is_blank(*at)
            || lines.is_rule(*at)
            || header::forward(&lines, *at).is_some()
            || header::original(&lines, *at).is_some()
    };
    let at = (0..SEARCH_MAX).find(|at| !says(at)).unwrap_or(SEARCH_MAX);
    (at, all.get(at).is_none_or(|line| !line.trim_start().starts_with('>')))
}

/// A line without one mark of quotation.
fn unmarked(line: &str) -> &str {
    let line = line.trim_start();
    let bare = line.strip_prefix('>').unwrap_or(line);
    bare.strip_prefix(' ').unwrap_or(bare)
}

/// The words below a header: no mutt's end, no empty lines around, no marks if all lines have one.
fn words_of(lines: &[&str]) -> String {
    let end = lines
        .iter()
        .rposition(|line| header::bound(line) == Some(header::Bound::End))
        .unwrap_or(lines.len());
    let lines: Vec<&str> = lines.iter().take(end).copied().collect();
    let marked =
        lines.iter().filter(|line| !line.trim().is_empty()).all(|line| line.starts_with('>'));
    let words: Vec<&str> =
        lines.iter().map(|line| if marked { unmarked(line) } else { line }).collect();
    words.join("\n").trim_matches('\n').trim_end().to_owned()
}

/// A value without the stars of bold text; `None` if nothing is left.
fn said(value: &str) -> Option<String> {
    let value = value.trim_matches(|c: char| c.is_whitespace() || c == '*' || c == '|');
    (!value.is_empty()).then(|| value.to_owned())
}

/// People as Outlook writes them, as a header field has them: `Ada [mailto:ada@x]`, `Ada
/// <ada@x<mailto:ada@x>>`, `Ada (ada@x)`.
fn tidy(value: &str) -> String {
    let value = said(value).unwrap_or_default();
    let mut out = String::with_capacity(value.len());
    let mut rest = value.as_str();
    while let Some((before, after)) = rest.split_once("<mailto:") {
        out.push_str(before);
        let (link, behind) = after.split_once('>').unwrap_or((after, ""));
        // Behind an address it repeats it; behind a name it is the address.
        if !before.trim_end().ends_with(|c: char| c.is_alphanumeric())
            || !before.rsplit([' ', '<', ';', ',']).next().is_some_and(|word| word.contains('@'))
        {
            out.push_str(&format!("<{link}>"));
        }
        rest = behind;
    }
    out.push_str(rest);
    let brackets = |c: char| match c {
        '[' | '＜' => '<',
        ']' | '＞' => '>',
        c => c,
    };
    let out: String = out.replace("[mailto:", "<").chars().map(brackets).collect();
    match out.trim_end().strip_suffix(')').and_then(|rest| rest.rsplit_once('(')) {
        Some((name, address)) if address.contains('@') && !name.contains('@') => {
            format!("{name}<{address}>")
        }
        _ => out,
    }
}

/// A subject without what clients put before it when they answer or pass on: `Re: WG: [Fwd: x]` is
/// `x`.
pub fn without_prefixes(subject: &str) -> &str {
    let mut rest = subject.trim();
    for _ in 0..PREFIXES_MAX {
        let shorter = prefix(rest).map(|(_, rest)| rest).or_else(|| bracketed(rest));
        match shorter {
            Some(shorter) => rest = shorter.trim(),
            None => break,
        }
    }
    rest
}

/// A subject without the tags that lists and gateways set before all: `[EXT] Re: x`.
pub fn without_tags(subject: &str) -> &str {
    let mut rest = subject.trim();
    while let Some((_, after)) = rest.strip_prefix('[').and_then(|tag| tag.split_once(']')) {
        rest = after.trim_start();
    }
    rest
}

/// Whether a subject says that the mail passes another on: `Fwd: x`, `WG: x`.
pub fn says_passed_on(subject: &str) -> bool {
    let passes = |(word, _): (String, &str)| {
        FORWARD_PREFIXES.contains(&word.as_str()) && !REPLY_PREFIXES.contains(&word.as_str())
    };
    prefix(subject.trim().trim_start_matches('[')).is_some_and(passes)
}

/// The first prefix in lower case without its number (`Re[2]:`), and what follows.
fn prefix(subject: &str) -> Option<(String, &str)> {
    let (word, rest) =
        subject.split_once([':', '：']).filter(|(word, _)| word.len() <= PREFIX_MAX)?;
    let word = word.trim();
    let word = word.split_once(['[', '(', '^']).map_or(word, |(word, _)| word);
    let word = super::quote::line::lower(word.trim());
    let known =
        REPLY_PREFIXES.contains(&word.as_str()) || FORWARD_PREFIXES.contains(&word.as_str());
    known.then_some((word, rest))
}

/// `[Fwd: x]`, as Netscape wrote.
fn bracketed(subject: &str) -> Option<&str> {
    prefix(subject.strip_prefix('[')?.strip_suffix(']')?).map(|(_, rest)| rest)
}
