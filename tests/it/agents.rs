//! Mails as agents' clients write them: thirty-two styles in twenty-one languages, made from two
//! tables (`agents/style.rs`, `fixtures/agents/languages.txt`), deterministic. [`replies`] and
//! [`forwards`] give them all; [`reply`] and [`forward`] one.

pub mod encode;
pub mod language;
mod read;
pub mod style;
pub mod write;

use language::{LANGUAGES, Language};
use style::{Form, Intro, Prefixes, STYLES, Style};
use write::{Other, Page, typed};

/// Somebody.
#[derive(Clone, Debug, PartialEq)]
pub struct Party {
    pub name: String,
    pub address: String,
}

impl Party {
    pub fn new(name: &str, address: &str) -> Self {
        Self { name: name.to_owned(), address: address.to_owned() }
    }
}

/// A morning in November 2026: day 1 to 30, hour 1 to 11.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moment {
    pub day: u32,
    pub hour: u32,
    pub minute: u32,
}

/// A mail of ours, to be answered.
#[derive(Clone, Debug)]
pub struct Ours {
    pub from: Party,
    pub to: Party,
    pub at: Moment,
    pub subject: String,
    pub text: String,
    /// Without brackets, as the references.
    pub message_id: String,
    pub references: Vec<String>,
}

/// What stands under the agent's words.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Signature {
    None,
    /// "Sent from my iPhone", in the user's language, where the client does so.
    Advert,
    /// Name, firm, phone and address, under `-- ` where the client sets it.
    Card,
}

/// A mail and what is to be read in it.
pub struct Case {
    /// `outlook-web/de/Html/Card`.
    pub name: String,
    pub bytes: Vec<u8>,
    /// The agent's words as they must be read.
    pub words: String,
}

/// An answer to a mail of ours.
#[expect(clippy::too_many_arguments, reason = "each is an axis of the corpus")]
pub fn reply(
    style: &Style,
    language: &Language,
    ours: &Ours,
    words: &str,
    signature: Signature,
    seed: u64,
) -> Case {
    let words = typed(style, words);
    let other = Other {
        from: &ours.from,
        to: &ours.to,
        at: ours.at,
        subject: &ours.subject,
        text: &ours.text,
    };
    let page = Page {
        style,
        language,
        agent: &ours.to,
        words: &words,
        signature,
        intro: style.reply,
        marks: style.marks,
        place: style.place,
        other,
    };
    let prefix = if style.prefixes == Prefixes::Spoken { language.say("re") } else { "Re" };
    let mut references = ours.references.clone();
    references.push(ours.message_id.clone());
    let references: Vec<String> = references.iter().map(|id| format!("<{id}>")).collect();
    let thread = format!(
        "In-Reply-To: <{}>\r\nReferences: {}\r\n",
        ours.message_id,
        references.join("\r\n ")
    );
    let header = header(&page, &ours.from, &format!("{prefix}: {}", ours.subject), &thread, seed);
    case(&page, format!("{header}{}", body(&page, seed)))
}

/// A mail of somebody else, to be passed on.
#[derive(Clone, Debug)]
pub struct Theirs {
    pub from: Party,
    pub to: Party,
    pub at: Moment,
    pub subject: String,
    pub text: String,
    /// Who passes it on, and to whom.
    pub agent: Party,
    pub desk: Party,
}

/// A mail passed on to the desk.
#[expect(clippy::too_many_arguments, reason = "each is an axis of the corpus")]
pub fn forward(
    style: &Style,
    language: &Language,
    theirs: &Theirs,
    words: &str,
    signature: Signature,
    seed: u64,
) -> Case {
    let words = typed(style, words);
    let other = Other {
        from: &theirs.from,
        to: &theirs.to,
        at: theirs.at,
        subject: &theirs.subject,
        text: &theirs.text,
    };
    let page = Page {
        style,
        language,
        agent: &theirs.agent,
        words: &words,
        signature,
        intro: style.forward,
        marks: style.forward_marks,
        place: style::Place::Above,
        other,
    };
    let prefix = match style.prefixes {
        Prefixes::Spoken => language.say("fw"),
        Prefixes::Fixed(prefix) => prefix,
    };
    let header = header(&page, &theirs.desk, &format!("{prefix}: {}", theirs.subject), "", seed);
    case(&page, format!("{header}{}", body(&page, seed)))
}

/// Every style in every language with every signature, answering that mail: the commands, then a
/// text in that language.
pub fn replies<'a>(ours: &'a Ours, commands: &'a str) -> impl Iterator<Item = Case> + 'a {
    every().enumerate().map(move |(at, (style, language, signature))| {
        let words = if commands.is_empty() {
            language.words()
        } else {
            format!("{commands}\n\n{}", language.words())
        };
        reply(&style, language, ours, &words, signature, at as u64)
    })
}

/// Every style in every language with every signature, passing that mail on.
pub fn forwards<'a>(theirs: &'a Theirs, words: &'a str) -> impl Iterator<Item = Case> + 'a {
    every().enumerate().map(move |(at, (style, language, signature))| {
        forward(&style, language, theirs, words, signature, at as u64)
    })
}

/// All ways of writing; those of two parts also as servers pass them on that keep only the HTML.
pub fn every() -> impl Iterator<Item = (Style, &'static Language, Signature)> {
    let signatures = |style: &Style| match style.advert {
        Some(_) => &[Signature::None, Signature::Card, Signature::Advert][..],
        None => &[Signature::None, Signature::Card][..],
    };
    let bare = STYLES
        .iter()
        .filter(|style| style.form == Form::Alternative)
        .map(|style| Style { form: Form::Html, ..*style });
    STYLES.iter().copied().chain(bare).flat_map(move |style| {
        LANGUAGES.iter().flat_map(move |language| {
            signatures(&style).iter().map(move |signature| (style, language, *signature))
        })
    })
}

fn case(page: &Page<'_>, mail: String) -> Case {
    let mut words = page.words.to_owned();
    if let Some(kept) = page.kept_signature() {
        words = format!("{words}\n\n{kept}");
    }
    if page.style.transfer == style::Transfer::Ascii {
        words = words.chars().map(|c| if c.is_ascii() { c } else { '?' }).collect();
    }
    let name = format!(
        "{}/{}/{:?}/{:?}",
        page.style.name, page.language.code, page.style.form, page.signature
    );
    Case { name, bytes: mail.into_bytes(), words }
}

/// The fields of the mail but those of its body.
fn header(page: &Page<'_>, to: &Party, subject: &str, thread: &str, seed: u64) -> String {
    let both = |party: &Party| format!("{} <{}>", encode::words(&party.name), party.address);
    let Style { mailer, domain, .. } = page.style;
    format!(
        "Date: Mon, 30 Nov 2026 11:{:02}:{:02} +0100\r\nFrom: {}\r\nTo: {}\r\nSubject: {}\r\nMessage-ID: <{:016x}@{domain}>\r\n{thread}{mailer}\r\nMIME-Version: 1.0\r\n",
        seed / 60 % 60,
        seed % 60,
        both(page.agent),
        both(to),
        encode::words(subject),
        seed.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15),
    )
}

/// Content-Type and all below.
fn body(page: &Page<'_>, seed: u64) -> String {
    let Style { form, transfer, .. } = *page.style;
    let multipart = |kind: &str, parts: &[String]| {
        let boundary = format!("=_{kind}_{seed:08x}");
        let parts: String =
            parts.iter().map(|part| format!("--{boundary}\r\n{part}\r\n")).collect();
        format!(
            "Content-Type: multipart/{kind};\r\n boundary=\"{boundary}\"\r\n\r\n{parts}--{boundary}--\r\n"
        )
    };
    let words = match form {
        Form::Plain => encode::part("text/plain", &page.plain(), transfer),
        Form::Flowed => {
            encode::part("text/plain; format=flowed", &encode::flowed(&page.plain()), transfer)
        }
        Form::Alternative => {
            let parts = [
                encode::part("text/plain", &page.plain(), transfer),
                encode::part("text/html", &page.html(), transfer),
            ];
            multipart("alternative", &parts)
        }
        Form::Html => encode::part("text/html", &page.html(), transfer),
    };
    match page.intro {
        Intro::Attached => multipart("mixed", &[words, carried(page)]),
        _ => words,
    }
}

/// The other mail as a part of its own.
fn carried(page: &Page<'_>) -> String {
    let Other { from, to, at, subject, text } = &page.other;
    let text = encode::part("text/plain", &format!("{text}\n"), style::Transfer::QuotedPrintable);
    format!(
        "Content-Type: message/rfc822\r\nContent-Disposition: attachment\r\n\r\nReceived: from mx.other.test by mx.desk.test\r\nDate: {:02} Nov 2026 {:02}:{:02}:00 +0100\r\n\
         From: {} <{}>\r\nTo: {} <{}>\r\nSubject: {}\r\nMessage-ID: <theirs@other.test>\r\nMIME-Version: 1.0\r\n{text}",
        at.day,
        at.hour,
        at.minute,
        encode::words(&from.name),
        from.address,
        encode::words(&to.name),
        to.address,
        encode::words(subject)
    )
}
