//! The nouns of mail: what came in, read into fields, and what shall go out, before it is bytes.
//!
//! Nothing here does I/O or knows the time. The verbs lie beside this file: `parse` reads bytes,
//! `origin` tells people from machines, `authentic` reads the server's verdict, `quote` finds what
//! the sender wrote, `forward` whose mail they pass on, `language` in what
//! language, `token` makes and knows our own
//! Message-IDs, `compose` makes the bytes that go out.

pub mod authentic;
pub mod compose;
pub mod forward;
pub mod language;
pub mod origin;
pub mod parse;
pub mod providers;
pub mod quote;
pub mod spam;
mod table;
pub mod token;

use std::collections::BTreeMap;
use std::fmt;

pub use crate::config::Address;

/// Longest Message-ID that is kept; RFC 5322 lines end at 998 and no real id comes near this.
pub const MESSAGE_ID_MAX: usize = 250;

/// People who may have written a mail; more are as unsure as these.
const NAMED_MAX: usize = 20;

/// Bytes below which a picture that is shown within a text is a logo: no screenshot that can be read
/// is so small.
pub const LOGO_MAX: usize = 10 * 1024;

/// Somebody with an address and perhaps a name (RFC 5322's *mailbox*; that word is the server's
/// here).
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Person {
    /// Display name, decoded, without control characters; `None` if absent or empty.
    pub name: Option<String>,
    /// The address.
    pub address: Address,
}

impl Person {
    /// The name, or the address where there is none.
    pub fn shown(&self) -> &str {
        self.name.as_deref().unwrap_or(self.address.as_str())
    }
}

impl fmt::Display for Person {
    /// `Ada Lovelace <ada@example.org>`, for people to read; not a header field.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "{name} <{}>", self.address),
            None => write!(f, "{}", self.address),
        }
    }
}

/// A Message-ID without its angle brackets: printable ASCII, no spaces or brackets, at most
/// [`MESSAGE_ID_MAX`] bytes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId(String);

impl MessageId {
    /// Cleans what a header gave; what is not printable ASCII, or a bracket, is left out. `None` if
    /// nothing is left or it is too long.
    pub fn parse(text: &str) -> Option<Self> {
        let clean: String =
            text.chars().filter(|c| c.is_ascii_graphic() && *c != '<' && *c != '>').collect();
        (!clean.is_empty() && clean.len() <= MESSAGE_ID_MAX).then_some(Self(clean))
    }

    /// The id without brackets.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MessageId {
    /// With brackets, as headers have it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}>", self.0)
    }
}

/// The number by which people know a ticket.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(transparent)]
pub struct TicketNumber(pub i64);

impl fmt::Display for TicketNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

/// A row of the inbox: one mail that was read.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
pub struct InboxId(pub i64);

/// A row of the outbox: one mail to one recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OutboxId(pub i64);

/// One field of a header block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The name as written.
    pub name: String,
    /// The body, unfolded, trimmed, not decoded; 8-bit bytes read as UTF-8, else as windows-1252.
    pub value: String,
}

impl Field {
    /// Whether this field bears that name, in any case.
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

/// How the bytes of a part are encoded for transport (RFC 2045 §6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// 7bit, 8bit, binary: as they stand.
    Identity,
    /// base64.
    Base64,
    /// quoted-printable.
    QuotedPrintable,
}

/// A part of a mail that is a file to its reader. It names a range of the raw mail; the bytes are
/// read from there when needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Name as sent, decoded, without control characters; `None` if the sender gave none. Data,
    /// never a path.
    pub name: Option<String>,
    /// `type/subtype` in lower case.
    pub content_type: String,
    /// Size in bytes once decoded.
    pub size: usize,
    /// Content-ID without brackets, if shown inside the HTML text.
    pub content_id: Option<String>,
    /// First byte of the encoded body in the raw mail.
    pub offset: usize,
    /// Bytes of the encoded body.
    pub length: usize,
    /// How that range is encoded.
    pub encoding: Encoding,
}

impl Attachment {
    /// Whether it is only decoration of the text: a logo of a signature. It is kept and travels
    /// along, but is no file that anybody sent.
    pub fn is_logo(&self) -> bool {
        self.content_id.is_some() && self.content_type.starts_with("image/") && self.size < LOGO_MAX
    }

    /// How a text marks the place of this picture, if it is one that a text shows.
    pub fn mark(&self) -> Option<String> {
        let shown = self.content_type.starts_with("image/") && self.content_id.is_some();
        shown.then(|| picture(self.name.as_deref(), self.content_id.as_deref()))
    }
}

/// The mark of a picture within a text: its name, or what stands for one.
fn picture(name: Option<&str>, id: Option<&str>) -> String {
    let stem = id.and_then(|id| id.split('@').next()).filter(|stem| !stem.is_empty());
    name.or(stem).map_or_else(|| "[image]".to_owned(), |name| format!("[image: {name}]"))
}

/// A mail that another one carries as a part (message/rfc822).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Carried {
    /// Its id.
    pub message_id: Option<MessageId>,
    /// Everybody in its From fields.
    pub from: Vec<Person>,
    /// Where it asks for answers.
    pub reply_to: Vec<Person>,
    /// Its To.
    pub to: Vec<Person>,
    /// Its subject, decoded.
    pub subject: Option<String>,
    /// Its Date as written.
    pub date: Option<String>,
    /// Its readable text; all of them together hold no more than one mail's text.
    pub text: String,
}

/// A mail that was read, all of it as data. Total: what was broken is listed in `defects`, never an
/// error.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inbound {
    /// The header block, all occurrences in their order.
    pub fields: Vec<Field>,
    /// Its own id.
    pub message_id: Option<MessageId>,
    /// Everybody in all From fields. S1 wants exactly one; see [`Inbound::sender`].
    pub from: Vec<Person>,
    /// How many From fields there are.
    pub from_fields: usize,
    /// To, groups flattened.
    pub to: Vec<Person>,
    /// Cc, groups flattened.
    pub cc: Vec<Person>,
    /// Where it asks for answers.
    pub reply_to: Vec<Person>,
    /// The subject decoded, without control characters; `None` if absent or empty.
    pub subject: Option<String>,
    /// In-Reply-To.
    pub in_reply_to: Vec<MessageId>,
    /// References, oldest first.
    pub references: Vec<MessageId>,
    /// The readable text of the mail itself: `\n` lines, unflowed, HTML rendered with quotation as
    /// `> `. No control characters but `\n` and `\t`.
    pub text: String,
    /// More was written than that text holds.
    pub cut: bool,
    /// The largest part from which that text comes, as a file.
    pub text_part: Option<Attachment>,
    /// Some of that text may be another than was written: its charset or its form is not known.
    pub unread: bool,
    /// Readable text of mails that it carries (message/rfc822); empty if none.
    pub nested_text: String,
    /// The mails that it carries itself, not those within them.
    pub carried: Vec<Carried>,
    /// Where it was a multipart/report: its machine-readable part and what it holds of the original
    /// mail.
    pub report: Option<Report>,
    /// The files.
    pub attachments: Vec<Attachment>,
    /// What can be read of the files, by their offset; only where it was asked for.
    pub file_texts: BTreeMap<usize, FileText>,
    /// SHA-256 over what makes this mail this mail, without the traces of its way (I4).
    pub identity: [u8; 32],
    /// What was broken, in words.
    pub defects: Vec<String>,
}

/// What can be read of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileText {
    /// Its words, those of what is packed in it among them.
    pub text: String,
    /// Nothing in it is locked, or packed so that we cannot look into it.
    pub whole: bool,
}

/// The addresses in running words.
pub fn addresses_in(text: &str) -> impl Iterator<Item = Address> {
    let divides = |c: char| c.is_whitespace() || "<>()[]\"',;:".contains(c);
    text.split(divides).filter_map(Address::parse)
}

impl Inbound {
    /// The sender (S1): the single address of the single From field, be it said twice there.
    pub fn sender(&self) -> Option<&Person> {
        let (first, rest) = self.from.split_first()?;
        let one = self.from_fields == 1 && rest.iter().all(|same| same.address == first.address);
        one.then_some(first)
    }

    /// Whom it names that may have written it, the likeliest first: those in From, in whatever form,
    /// then where it wants answers and where it came from.
    pub fn named(&self) -> Vec<Person> {
        let fields = ["From", "Reply-To", "Sender", "Return-Path"];
        let values = fields.into_iter().flat_map(|name| self.values(name));
        let bare = values.flat_map(addresses_in).map(|address| Person { name: None, address });
        let mut all: Vec<Person> = Vec::new();
        for person in self.from.iter().cloned().chain(bare) {
            if all.len() < NAMED_MAX && !all.iter().any(|one| one.address == person.address) {
                all.push(person);
            }
        }
        all
    }

    /// All bodies of the fields of that name, in order.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields.iter().filter(move |field| field.is(name)).map(|field| field.value.as_str())
    }

    /// Everything a person could read in it.
    pub fn full_text(&self) -> String {
        match (self.text.is_empty(), self.nested_text.is_empty()) {
            (_, true) => self.text.clone(),
            (true, false) => self.nested_text.clone(),
            (false, false) => format!("{}\n\n{}", self.text, self.nested_text),
        }
    }
}

/// The machine-readable halves of a multipart/report (RFC 6522).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// `report-type` in lower case: `delivery-status`, `disposition-notification`,
    /// `feedback-report`, …
    pub kind: String,
    /// The second part as text, decoded.
    pub status: String,
    /// Header block (at least) of the mail that it speaks of, as text; empty if it was not
    /// returned.
    pub original: String,
}

/// Who wrote: a person or which kind of machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// A human being.
    Person,
    /// A vacation notice or the like: an answer no one typed.
    AutoReply,
    /// A machine that writes of its own accord: monitoring, shop, no-reply. `auto-reply` to the
    /// outside.
    Notice,
    /// A delivery report, in any form.
    Bounce,
    /// A read receipt.
    Receipt,
    /// A mailing list or bulk mail.
    List,
    /// A feedback, DMARC or TLS report for machines.
    Report,
    /// Our own mail, come back.
    Own,
}

impl Origin {
    /// The word of `inbox --json`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::AutoReply | Self::Notice => "auto-reply",
            Self::Bounce => "bounce",
            Self::Receipt => "receipt",
            Self::List => "list",
            Self::Report => "report",
            Self::Own => "own",
        }
    }
}

/// What our server said about the sender's address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Authentication {
    /// It is theirs.
    Pass,
    /// It is not.
    Fail,
    /// Nobody said.
    None,
}

impl Authentication {
    /// The word of `inbox --json`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::None => "none",
        }
    }
}

/// Why a mail goes out; the word of `outbox --json`.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// To a customer: we have it.
    Acknowledgement,
    /// To an agent: something came.
    Notification,
    /// An agent's own words to a participant.
    Reply,
    /// To a participant: the desk itself tells something of the ticket.
    Notice,
    /// To a participant: the answer is late, and when there will be one.
    Holding,
    /// To an agent: what became of your mail.
    Transcript,
    /// To the owner: something needs a person.
    Alarm,
}

impl Kind {
    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Acknowledgement => "acknowledgement",
            Self::Notification => "notification",
            Self::Reply => "reply",
            Self::Notice => "notice",
            Self::Holding => "holding",
            Self::Transcript => "transcript",
            Self::Alarm => "alarm",
        }
    }
}

/// Where a reply to a mail of ours goes; frozen with the mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReplyGoes {
    /// An agent's reply goes to the participants; a participant's reply joins the ticket.
    Public,
    /// Agents only.
    Internal,
    /// Nowhere: it concerns no ticket.
    Nowhere,
}

impl ReplyGoes {
    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Internal => "internal",
            Self::Nowhere => "nowhere",
        }
    }
}

/// How automatic a mail is (RFC 3834 §5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Automatic {
    /// A person's own words: no Auto-Submitted field.
    No,
    /// Caused by a mail.
    Replied,
    /// Of our own accord.
    Generated,
}

/// A file that goes out: a range of a mail that came in, so that it is stored once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enclosure {
    /// The mail whose raw bytes hold it.
    pub source: InboxId,
    /// Where in them, and under which name.
    pub attachment: Attachment,
}

/// A mail to one recipient, before it is bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// Why it goes.
    pub kind: Kind,
    /// The one envelope recipient.
    pub recipient: Address,
    /// The ticket that it concerns.
    pub ticket: Option<TicketNumber>,
    /// Where a reply to it goes.
    pub reply_goes: ReplyGoes,
    /// Display name beside the desk's own address.
    pub from_name: String,
    /// The further address of the desk from which it comes, if that is not the first.
    pub from: Option<Address>,
    /// The To field as shown.
    pub to: Vec<Person>,
    /// The Cc field as shown.
    pub cc: Vec<Person>,
    /// Subject, with `[#12] ` where it concerns a ticket.
    pub subject: String,
    /// The text, `\n` lines.
    pub text: String,
    /// The id it answers.
    pub in_reply_to: Option<MessageId>,
    /// Ids of the thread, oldest first, as far as this recipient may know them.
    pub references: Vec<MessageId>,
    /// Whether a person wrote it.
    pub automatic: Automatic,
    /// Files.
    pub enclosures: Vec<Enclosure>,
}
