//! A mail that comes once more, altered on the way: by a list that sets a footer below it, or a
//! gateway that sets a warning above it and a tag before its subject.
//!
//! It is known by its id, its writer, the date that they gave it, what it answers, and by its
//! words: those of one copy stand in the other as they are, with few others. Whatever brings more
//! than that is another mail, whatever its id, for some programs use one twice.

use crate::desk::IdKind;
use crate::desk::case::{Case, Read};
use crate::desk::known::Earlier;
use crate::desk::route::base;
use crate::mail::{Attachment, Authentication, Inbound, InboxId, TicketNumber};

/// Words that are added on the way: the longest warnings and footers have not many more.
const ADDED_MAX: usize = 80;

/// The earlier mail of which this one is a copy, and its ticket.
pub fn earlier(case: &Case<'_>, read: &Read<'_>) -> Option<(InboxId, TicketNumber)> {
    let (id, sender) = (read.inbound.message_id.as_ref()?, read.inbound.sender()?);
    let address =
        case.config.agent(&sender.address).map_or(&sender.address, |known| &known.address);
    let led = case.led_by_own_id().iter().filter(|_| !read.released);
    let theirs = led.filter(|(_, kind, by, _)| *kind != IdKind::Ghost && by == address);
    theirs.map(|(number, ..)| *number).find_map(|number| {
        let first = case.records.said_under(id, number, read.id)?;
        is_copy(read, &first).then_some((first.id, number))
    })
}

fn is_copy(read: &Read<'_>, first: &Earlier) -> bool {
    let (one, other) = (read.inbound, &first.inbound);
    let date = |mail: &Inbound| mail.values("Date").next().map(|date| date.trim().to_owned());
    let subject = |mail: &Inbound| base(mail.subject.as_deref().unwrap_or(""));
    let same_writer =
        one.sender().map(|person| &person.address) == other.sender().map(|person| &person.address);
    let vouched = first.verdict != Authentication::Fail || read.verdict.result == first.verdict;
    let known = |file: &Attachment| {
        other.attachments.iter().any(|known| known.name == file.name && known.size == file.size)
    };
    same_writer
        && vouched
        && date(one).is_some()
        && date(one) == date(other)
        && one.in_reply_to == other.in_reply_to
        && subject(one) == subject(other)
        && one.attachments.iter().all(known)
        && is_near(read.text, &first.text)
}

/// Whether one text stands whole in the other, with few words above or below it.
fn is_near(one: &str, other: &str) -> bool {
    let (one, other) = (words(one), words(other));
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    let few = long.split(' ').count() <= short.split(' ').count() + ADDED_MAX;
    short == long || !short.trim().is_empty() && few && long.contains(&short)
}

/// Words with one space around each; links, which gateways rewrite, are all alike.
fn words(text: &str) -> String {
    let mut words = " ".to_owned();
    for word in text.split_whitespace() {
        let kept = words.len();
        match word.contains("://") {
            true => words.push_str("link"),
            false => words
                .extend(word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase)),
        }
        if words.len() > kept {
            words.push(' ');
        }
    }
    words
}
