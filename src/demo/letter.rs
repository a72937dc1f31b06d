//! What the demo's people have instead of a mail program: it writes, answers with the mail quoted
//! below, and shows a mail.

use anyhow::Context;
use jiff::tz::TimeZone;
use mail_builder::MessageBuilder;
use mail_builder::headers::date::Date;
use mail_parser::{Address, HeaderValue, Message, MessageParser, MimeHeaders};

use super::story::Person;
use super::world::now;

/// A file in a mail.
pub(super) struct File {
    pub(super) name: &'static str,
    pub(super) content_type: &'static str,
    pub(super) bytes: &'static [u8],
}

/// A mail, and to whom it goes.
pub(super) struct Letter {
    pub(super) to: String,
    pub(super) bytes: Vec<u8>,
}

/// A mail of somebody's own accord.
pub(super) fn write(
    from: &Person,
    to: &Person,
    subject: &str,
    text: &str,
    file: File,
) -> anyhow::Result<Letter> {
    let draft = draft(from, "1").to((to.name, to.address)).subject(subject).text_body(crlf(text));
    let bytes = draft.attachment(file.content_type, file.name, file.bytes).write_to_vec()?;
    Ok(Letter { to: to.address.to_owned(), bytes })
}

/// An answer as mail programs make it: own words on top, the answered mail quoted below.
pub(super) fn answer(from: &Person, mail: &[u8], text: &str) -> anyhow::Result<Letter> {
    let mail = MessageParser::default().parse(mail).context("a mail cannot be read")?;
    let sender = mail
        .reply_to()
        .or(mail.from())
        .and_then(Address::first)
        .context("a mail without sender")?;
    let to = sender.address().context("a sender without address")?.to_owned();
    let id = mail.message_id().context("a mail without Message-ID")?.to_owned();
    let mut thread = ids(mail.references());
    thread.push(id.clone());
    let subject = mail.subject().unwrap_or_default();
    let subject =
        if subject.starts_with("Re: ") { subject.to_owned() } else { format!("Re: {subject}") };
    let bytes = draft(from, "2")
        .to((sender.name().unwrap_or_default().to_owned(), to.clone()))
        .subject(subject)
        .in_reply_to(id)
        .references(thread)
        .text_body(crlf(&format!("{text}{}", quotation(&mail))))
        .write_to_vec()?;
    Ok(Letter { to, bytes })
}

/// From, To and Subject at line start, an empty line, the text, and the names of files.
pub(super) fn shown(mail: &[u8]) -> String {
    let Some(mail) = MessageParser::default().parse(mail) else { return String::new() };
    let files: String = mail
        .attachments()
        .filter_map(|part| part.attachment_name())
        .map(|name| format!("\n[file: {name}]\n"))
        .collect();
    let (from, to, subject) =
        (people(mail.from()), people(mail.to()), mail.subject().unwrap_or_default());
    format!("From: {from}\nTo: {to}\nSubject: {subject}\n\n{}{files}", text(&mail))
}

/// Whether these words stand in the text, however its lines are broken.
pub(super) fn says(mail: &[u8], words: &str) -> bool {
    let plain = |text: &str| {
        text.split_whitespace().filter(|word| *word != ">").collect::<Vec<_>>().join(" ")
    };
    MessageParser::default().parse(mail).is_some_and(|mail| plain(&text(&mail)).contains(words))
}

/// `count` tells the mails of one person apart.
fn draft<'x>(from: &Person, count: &str) -> MessageBuilder<'x> {
    let seconds = now().to_jiff().as_second();
    MessageBuilder::new()
        .from((from.name, from.address))
        .date(Date::new(seconds))
        .message_id(format!("{seconds}.{count}.{}", from.address))
}

fn crlf(text: &str) -> String {
    text.lines().flat_map(|line| [line, "\r\n"]).collect()
}

fn ids(references: &HeaderValue<'_>) -> Vec<String> {
    references.as_text_list().unwrap_or_default().iter().map(ToString::to_string).collect()
}

/// The readable text without the spaces that format=flowed leaves at the ends of lines.
fn text(mail: &Message<'_>) -> String {
    let text = mail.body_text(0).unwrap_or_default();
    text.trim_end().lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

fn quotation(mail: &Message<'_>) -> String {
    let seconds = mail.date().map_or(0, mail_parser::DateTime::to_timestamp);
    let date = jiff::Timestamp::from_second(seconds).unwrap_or_default().to_zoned(TimeZone::UTC);
    let author = mail
        .from()
        .and_then(Address::first)
        .and_then(|from| from.name().or(from.address()))
        .unwrap_or_default();
    let text = text(mail);
    let quoted = text.lines().map(|line| match line.chars().next() {
        None => ">\n".to_owned(),
        Some('>') => format!(">{line}\n"),
        Some(_) => format!("> {line}\n"),
    });
    format!(
        "\nOn {}, {author} wrote:\n{}",
        date.strftime("%a, %-d %b %Y at %H:%M"),
        quoted.collect::<String>()
    )
}

fn people(field: Option<&Address<'_>>) -> String {
    let person = |person: &mail_parser::Addr<'_>| match (
        person.name(),
        person.address().unwrap_or_default(),
    ) {
        (Some(name), address) => format!("{name} <{address}>"),
        (None, address) => address.to_owned(),
    };
    field.map(|field| field.iter().map(person).collect::<Vec<_>>().join(", ")).unwrap_or_default()
}
