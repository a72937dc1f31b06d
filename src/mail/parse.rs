//! Reads a mail: bytes → [`Inbound`]. Total: what is broken is listed in `defects`, never an error.
//!
//! mail-parser 0.11 loses text on malformed mail (a boundary in the middle of a line, a missing end
//! boundary, base64 with a list footer, …), so the tree of parts, the transfer encodings and the
//! address lists are read here, in time linear in the size of the mail; mail-parser decodes the
//! charsets and HTML's entities. HTML is rendered here too: the converters that were tried are
//! quadratic or overflow the stack on hostile input, and none drops what a mail hides. Nothing
//! remote is ever fetched, no file is ever opened: an attachment is a range of the raw mail.
//!
//! Every limit is a constant beside what it limits; a cut is a defect, and the raw mail keeps
//! everything.

mod body;
mod charset;
mod clean;
mod file;
mod flowed;
mod header;
mod html;
mod identity;
mod inflate;
mod lines;
mod parameters;
mod pdf;
mod people;
mod report;
mod signed;
mod structure;
mod transfer;
mod words;

use super::{Attachment, Carried, Inbound, Person};
pub use file::file_texts;
use header::Block;
use lines::{note, slice};
use std::collections::BTreeSet;
use structure::Part;

/// Longest subject kept, in characters: one line of RFC 5322.
const SUBJECT_MAX: usize = 998;
/// Files of one mail; more are only noted.
const ATTACHMENTS_MAX: usize = 1_000;
/// People over all fields of one kind.
const PEOPLE_MAX: usize = 1_000;
/// How deep mails within mails are read, and how many of them in all: a forward of a forward, a
/// digest.
const CARRIED_DEPTH: usize = 5;
const CARRIED_MAX: usize = 50;

/// Reads a mail. Total: never fails; may panic only where mail-parser does, which `work` catches.
pub fn parse(raw: &[u8]) -> Inbound {
    let mut defects = Vec::new();
    let block = header::read(raw, header::start(raw), &mut defects);
    let parts = structure::walk(raw, &block, &mut defects);
    let mut inbound = fields(&block, &mut defects);
    let words = body::read(raw, &parts, &mut defects);
    let mut within =
        Within { left: CARRIED_MAX, subjects: Vec::new(), mails: Vec::new(), room: body::TEXT_MAX };
    inbound.nested_text = within.read(raw, &parts, 0);
    inbound.attachments = attachments(raw, &parts, &words.used, &within.subjects, &mut defects);
    inbound.carried = within.mails;
    inbound.text_part =
        words.largest.and_then(|index| parts.get(index)).map(|part| whole_text(raw, part));
    inbound.cut = words.cut;
    inbound.text = words.text;
    inbound.unread = words.doubtful;
    inbound.report = report::read(raw, &parts);
    inbound.identity = identity::identity(&block.fields, slice(raw, block.body..raw.len()));
    if let Some(unread) = unread(raw, &inbound, &parts, &words.used) {
        inbound.text = body::best_effort(unread);
        note(&mut defects, "no readable part, this is the raw text");
    }
    inbound.fields = block.fields;
    inbound.defects = defects;
    inbound
}

/// Reads only a header block, for mails too large to fetch.
pub fn parse_header(header: &[u8]) -> Inbound {
    let mut defects = Vec::new();
    let block = header::read(header, header::start(header), &mut defects);
    let mut inbound = fields(&block, &mut defects);
    inbound.identity = identity::identity(&block.fields, &[]);
    inbound.fields = block.fields;
    inbound.defects = defects;
    inbound
}

/// The bytes to take the text from where no part gave any: a multipart in which no part was found,
/// else all of the body of a mail that has nothing else.
fn unread<'a>(
    raw: &'a [u8],
    inbound: &Inbound,
    parts: &[Part],
    used: &BTreeSet<usize>,
) -> Option<&'a [u8]> {
    if !inbound.text.is_empty() || !inbound.nested_text.is_empty() {
        return None;
    }
    let closed =
        |part: &&Part| part.kind.value.starts_with("multipart/") && part.children.is_empty();
    // A part that was read and is empty is empty: its source is nobody's words.
    let whole = parts.first().filter(|_| inbound.attachments.is_empty() && used.is_empty());
    let body = parts.iter().find(closed).or(whole).map(|part| slice(raw, part.body.clone()))?;
    (!body.trim_ascii().is_empty()).then_some(body)
}

/// The decoded bytes of a file of that mail; empty if the range does not lie within it.
pub fn content(raw: &[u8], attachment: &Attachment) -> Vec<u8> {
    let end = attachment.offset.checked_add(attachment.length);
    let bytes = end.and_then(|end| raw.get(attachment.offset..end)).unwrap_or_default();
    transfer::decode(bytes, attachment.encoding).into_owned()
}

/// What the header says. Of a field that may stand once the first counts, as in the sender's own
/// client.
fn fields(block: &Block, defects: &mut Vec<String>) -> Inbound {
    for name in ["From", "Subject", "Message-ID", "Date", "To", "Cc", "Content-Type"] {
        if block.fields.iter().filter(|field| field.is(name)).nth(1).is_some() {
            note(defects, &format!("several {name} fields"));
        }
    }
    let mut ids = |name: &str| people::ids(&all(block, name), defects);
    let (mut in_reply_to, mut references) = (ids("In-Reply-To"), ids("References"));
    // Systems that give all their mails one id let them answer it, too.
    let message_id = block.first("Message-ID").and_then(people::own_id);
    in_reply_to.retain(|id| Some(id) != message_id.as_ref());
    references.retain(|id| Some(id) != message_id.as_ref());
    Inbound {
        message_id,
        from: everybody(block, "From", defects),
        from_fields: block.fields.iter().filter(|field| field.is("From")).count(),
        to: everybody(block, "To", defects),
        cc: everybody(block, "Cc", defects),
        reply_to: everybody(block, "Reply-To", &mut Vec::new()),
        subject: block.first("Subject").and_then(|subject| words::text(subject, SUBJECT_MAX)),
        in_reply_to,
        references,
        ..Inbound::default()
    }
}

fn all(block: &Block, name: &str) -> String {
    let values: Vec<&str> = block
        .fields
        .iter()
        .filter(|field| field.is(name))
        .map(|field| field.value.as_str())
        .collect();
    values.join(" ")
}

fn everybody(block: &Block, name: &str, defects: &mut Vec<String>) -> Vec<Person> {
    let mut out = Vec::new();
    for field in block.fields.iter().filter(|field| field.is(name)) {
        out.extend(people::people(&field.value, defects));
        if out.len() > PEOPLE_MAX {
            note(defects, "too many addresses, the rest was not read");
            out.truncate(PEOPLE_MAX);
            break;
        }
    }
    out
}

/// Every leaf that is not the words of the mail.
fn attachments(
    raw: &[u8],
    parts: &[Part],
    used: &BTreeSet<usize>,
    subjects: &[(usize, String)],
    defects: &mut Vec<String>,
) -> Vec<Attachment> {
    let mut out = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        let multipart =
            part.kind.value.starts_with("multipart/") && (index == 0 || !part.children.is_empty());
        if used.contains(&index) || multipart || index == 0 && part.body.is_empty() {
            continue;
        }
        if out.len() >= ATTACHMENTS_MAX {
            note(defects, "too many attachments, the rest was not listed");
            break;
        }
        let subject = subjects
            .iter()
            .find(|(carried, _)| *carried == index)
            .map(|(_, subject)| format!("{subject}.eml"));
        out.push(Attachment {
            name: part.name().or(subject).or_else(|| part.described()),
            content_type: content_type(&part.kind.value),
            size: transfer::size(slice(raw, part.body.clone()), part.encoding),
            content_id: shown_id(part, parts),
            offset: part.body.start,
            length: part.body.len(),
            encoding: part.encoding,
        });
    }
    out
}

/// A part of the text as a file.
fn whole_text(raw: &[u8], part: &Part) -> Attachment {
    let name = if part.is("text/html") { "text.html" } else { "text.txt" };
    Attachment {
        name: Some(name.to_owned()),
        content_type: content_type(&part.kind.value),
        size: transfer::size(slice(raw, part.body.clone()), part.encoding),
        content_id: None,
        offset: part.body.start,
        length: part.body.len(),
        encoding: part.encoding,
    }
}

/// The type as RFC 6838 §4.2 allows it, for it goes out again with the file; anything else says
/// nothing.
fn content_type(value: &str) -> String {
    let sound = |c: char| c.is_ascii_alphanumeric() || "!#$&-^_.+/".contains(c);
    let whole = value.split_once('/').is_some_and(|(kind, subtype)| {
        !kind.is_empty() && !subtype.is_empty() && !subtype.contains('/')
    });
    let kept = if whole && value.len() <= 255 && value.chars().all(sound) {
        value
    } else {
        "application/octet-stream"
    };
    kept.to_owned()
}

/// Content-ID of what HTML shows. Gmail gives one to every file, so being within related or inline
/// is asked too.
fn shown_id(part: &Part, parts: &[Part]) -> Option<String> {
    let related = part
        .parent
        .and_then(|parent| parts.get(parent))
        .is_some_and(|parent| parent.is("multipart/related"));
    let shown = part.disposition.value == "inline" || related && !part.is_attached();
    part.content_id.clone().filter(|_| shown)
}

/// Reads the mails that a mail carries.
struct Within {
    left: usize,
    /// Part and subject of those directly within.
    subjects: Vec<(usize, String)>,
    /// These mails.
    mails: Vec<Carried>,
    /// Bytes of text that they may still hold.
    room: usize,
}

impl Within {
    /// The text of all of them, theirs within included. Their own defects are not this mail's.
    fn read(&mut self, raw: &[u8], parts: &[Part], depth: usize) -> String {
        let mut texts: Vec<String> = Vec::new();
        for (index, part) in parts.iter().enumerate().filter(|(_, part)| part.is_mail()) {
            if depth >= CARRIED_DEPTH || self.left == 0 {
                break;
            }
            self.left -= 1;
            let bytes = transfer::decode(slice(raw, part.body.clone()), part.encoding);
            let mut defects = Vec::new();
            let block = header::read(&bytes, header::start(&bytes), &mut defects);
            let subject =
                block.first("Subject").and_then(|subject| words::text(subject, SUBJECT_MAX));
            if let Some(subject) = subject.filter(|_| depth == 0) {
                self.subjects.push((index, subject.chars().take(250).collect()));
            }
            let inner = structure::walk(&bytes, &block, &mut defects);
            let words = body::read(&bytes, &inner, &mut defects).text;
            if depth == 0 {
                self.keep(&block, &words, &mut defects);
            }
            texts.push(words);
            texts.push(self.read(&bytes, &inner, depth + 1));
        }
        texts.retain(|text| !text.is_empty());
        let mut text = texts.join("\n\n");
        lines::cut(&mut text, body::TEXT_MAX);
        text
    }

    fn keep(&mut self, block: &Block, words: &str, defects: &mut Vec<String>) {
        let fields = fields(block, defects);
        let mut text = words.to_owned();
        lines::cut(&mut text, self.room);
        self.room = self.room.saturating_sub(text.len());
        let date = block.first("Date").map(str::to_owned);
        let message_id = block.first("Message-ID").and_then(people::own_id);
        self.mails.push(Carried {
            message_id,
            from: fields.from,
            reply_to: block.first("Reply-To").map(people_of).unwrap_or_default(),
            to: fields.to,
            subject: fields.subject,
            date,
            text,
        });
    }
}

/// The people of a header line that a client copied into its text.
pub(super) fn people_of(value: &str) -> Vec<Person> {
    people::people(value, &mut Vec::new())
}
