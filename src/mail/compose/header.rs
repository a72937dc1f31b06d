//! The header block of a mail that goes out. mail-builder folds and encodes; what it gets is clean
//! already.

use mail_builder::headers::Header;
use mail_builder::headers::address::Address as Written;
use mail_builder::headers::date::Date;
use mail_builder::headers::text::Text;

use super::Sender;
use crate::mail::{Address, Automatic, Kind, MessageId, Outgoing, Person};
use crate::time::Timestamp;

/// Longest subject in characters: longer ones are no subjects, and some clients choke on them.
const SUBJECT_MAX: usize = 400;

/// Longest display name in characters.
const NAME_MAX: usize = 150;

/// Most people shown in To or Cc; the envelope does not depend on it.
const PEOPLE_MAX: usize = 200;

/// Ids kept at the end of References, beside the first one: RFC 5322 bounds no thread, but lines
/// and servers do.
const REFERENCES_LAST: usize = 20;

/// What Exchange must not answer to the desk's own words, for it heeds nothing else. Never `All`,
/// which keeps bounces back as well; and answers and mails to agents bear none, for the absence of
/// whoever gets those must be heard.
const SUPPRESSED: &str = "DR, OOF, AutoReply, RN, NRN";

/// Longest header line that is asked for (RFC 5322 §2.1.1).
const LINE_MAX: usize = 78;

/// The header block up to and with MIME-Version, without the empty line.
pub(super) fn of(mail: &Outgoing, sender: Sender<'_>, id: &MessageId, date: Timestamp) -> Vec<u8> {
    let mut block = Block(Vec::with_capacity(1024));
    // Such a mail goes by SMTPUTF8 or not at all; every other one must be readable for ASCII
    // servers.
    let wide = !sender.address.as_str().is_ascii() || !mail.recipient.as_str().is_ascii();
    block.write("From", &mailbox(Some(&mail.from_name), sender.address));
    block.people("To", &mail.to, wide);
    block.people("Cc", &mail.cc, wide);
    if mail.to.is_empty() && mail.cc.is_empty() {
        block.line("To", "undisclosed-recipients:;");
    }
    block.subject(&mail.subject);
    block.write("Date", &Date::new(date.as_millis().div_euclid(1000)));
    block.line("Message-ID", &id.to_string());
    if let Some(parent) = &mail.in_reply_to {
        block.line("In-Reply-To", &parent.to_string());
    }
    block.references(&mail.references, mail.in_reply_to.as_ref());
    match mail.automatic {
        Automatic::No => {}
        Automatic::Replied => block.line("Auto-Submitted", "auto-replied"),
        Automatic::Generated => block.line("Auto-Submitted", "auto-generated"),
    }
    if matches!(mail.kind, Kind::Acknowledgement | Kind::Notice | Kind::Holding) {
        block.line("X-Auto-Response-Suppress", SUPPRESSED);
    }
    // By this we know our own mail, whoever sends it back.
    block.line("X-Postdesk-Loop", sender.address.as_str());
    block.line("MIME-Version", "1.0");
    block.0
}

struct Block(Vec<u8>);

impl Block {
    fn write(&mut self, name: &str, value: &impl Header) {
        self.0.extend_from_slice(name.as_bytes());
        self.0.extend_from_slice(b": ");
        value.write_header(&mut self.0, name.len() + 2);
    }

    /// For values that are ours or clean by their type.
    fn line(&mut self, name: &str, value: &str) {
        self.0.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
    }

    fn people(&mut self, name: &str, people: &[Person], wide: bool) {
        let written: Vec<_> =
            people.iter().take(PEOPLE_MAX).map(|person| written(person, wide)).collect();
        if !written.is_empty() {
            self.write(name, &Written::new_list(written));
        }
    }

    /// `[#12] ` stays as it is, so that clients which thread by subject, and people who search,
    /// find the same bytes each time.
    fn subject(&mut self, subject: &str) {
        let subject = clean(subject, SUBJECT_MAX);
        let (tag, rest) = split_tag(&subject);
        // mail-builder encodes ASCII too where a word is long, and some clients search the raw line.
        if rest.is_ascii() && !has_word(rest) {
            self.0.extend_from_slice(folded(&format!("Subject: {tag}{rest}")).as_bytes());
            return;
        }
        self.0.extend_from_slice(format!("Subject: {tag}").as_bytes());
        Text::new(guard(rest)).write_header(&mut self.0, "Subject: ".len() + tag.len());
    }

    /// Oldest first; what is answered stands last, for by that clients hang the mail into its
    /// thread (RFC 5322 §3.6.4).
    fn references(&mut self, ids: &[MessageId], parent: Option<&MessageId>) {
        let older: Vec<&MessageId> = ids.iter().filter(|id| Some(*id) != parent).collect();
        let ids: Vec<&MessageId> = older.into_iter().chain(parent).collect();
        let (first, rest) = ids.split_at_checked(1).unwrap_or((&ids, &[]));
        let last = rest.get(rest.len().saturating_sub(REFERENCES_LAST)..).unwrap_or_default();
        let kept: Vec<String> = first.iter().chain(last).map(|id| id.to_string()).collect();
        if !kept.is_empty() {
            self.line("References", &kept.join("\r\n "));
        }
    }
}

fn mailbox<'a>(name: Option<&str>, address: &'a Address) -> Written<'a> {
    let name = name.map(|name| clean(name, NAME_MAX)).filter(|name| !name.is_empty());
    Written::new_address(name.map(|name| guard(&name)), address.as_str())
}

/// A person as their mailbox; where an ASCII server could not carry the address, as an empty group
/// that bears it as its name (RFC 6857 §3.1.5).
fn written(person: &Person, wide: bool) -> Written<'_> {
    if wide || person.address.as_str().is_ascii() {
        return mailbox(person.name.as_deref(), &person.address);
    }
    Written::new_group(Some(clean(&person.to_string(), NAME_MAX)), Vec::new())
}

/// `[#12] ` and what follows it.
fn split_tag(subject: &str) -> (&str, &str) {
    let length = subject.strip_prefix("[#").and_then(|rest| rest.split_once("] ")).and_then(
        |(number, _)| {
            let digits = !number.is_empty()
                && number.len() <= 19
                && number.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| "[#".len() + number.len() + "] ".len())
        },
    );
    length.and_then(|length| subject.split_at_checked(length)).unwrap_or(("", subject))
}

/// A header line of ASCII words, broken before those that would make it too long.
fn folded(line: &str) -> String {
    let mut out = String::with_capacity(line.len() + 8);
    let mut column = 0;
    for word in line.split(' ') {
        // A line that holds only the name is not understood everywhere.
        if column > "Subject:".len() && column + 1 + word.len() > LINE_MAX {
            out.push_str("\r\n");
            column = 0;
        }
        if !out.is_empty() {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += word.len();
    }
    out.push_str("\r\n");
    out
}

/// Whether a reader may take something in it for an encoded word.
fn has_word(text: &str) -> bool {
    text.split_once("=?").is_some_and(|(_, rest)| rest.contains("?="))
}

/// One line without control characters, runs of blanks made one, at most `most` characters.
fn clean(text: &str, most: usize) -> String {
    let mut line = String::new();
    for word in text
        .split(|c: char| c.is_control() || matches!(c, ' ' | '\u{2028}' | '\u{2029}'))
        .filter(|word| !word.is_empty())
    {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    match line.char_indices().nth(most) {
        Some((end, _)) => {
            line.split_at_checked(end).map_or("", |(kept, _)| kept).trim_end().to_owned()
        }
        None => line,
    }
}

/// Text that looks like an encoded word must be encoded itself, or clients would decode it. A blank
/// at the end makes mail-builder do that, and means nothing to readers.
fn guard(text: &str) -> String {
    if text.contains("=?") { format!("{text} ") } else { text.to_owned() }
}
