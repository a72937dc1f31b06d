//! Tells people from machines, so that no machine is answered and no person is taken for one (RFC
//! 3834, RELIABILITY L3 and L4).
//!
//! Policy. Only the header block counts, with all occurrences of a field; what a mail quotes or
//! carries says nothing about its writer. Exceptions are a mail whose header block already shows a
//! delivery system at work (null sender, MAILER-DAEMON, postmaster), where the old bounces without
//! RFC 3464 are known by their words; what is nothing but a receipt or a thumb; and last, where
//! subject, sender and text together speak for a machine that no field gives away (`tone.rs`), which
//! costs an acknowledgement. What an agent's words speak for is a [`guess`], which waits
//! for their word. The questions stand in the order of their certainty:
//! our own mail, reports, bounces, answers that no one typed, other machines, lists, and who is
//! left is a person. When in doubt about an acknowledgement the answer is a machine (a missing
//! acknowledgement is a blemish, a loop is not); a mail of a machine still makes a ticket.

mod bounce;
mod machine;
mod machine_words;
mod notice_words;
mod prose;
mod reaction;
mod signs;
mod tone;
mod tone_words;

use super::token::Token;
use super::{Address, Inbound, MessageId, Origin};

/// The reason for a mail that names the desk as its writer and is not the desk's.
pub const FROM_DESK: &str = "From is the desk's own address, but the id is none of ours";

/// More Received lines than this, and the mail goes round in circles (RFC 5321 §6.3 asks for at
/// least 100 before refusing; mails of people stay below 25).
pub const HOPS_MAX: usize = 50;

/// Longest value of a field that is repeated in a reason, in characters.
const REASON_MAX: usize = 120;

pub use machine::{Guess, guess};
pub use reaction::is_bare as is_bare_reaction;
pub use signs::{is_null_sender, is_role_address};

/// What is known beforehand about ourselves.
#[derive(Clone, Debug)]
pub struct Ourselves<'a> {
    /// The desk's address.
    pub address: &'a Address,
    /// Its further ones.
    pub aliases: &'a [Address],
    /// List-Ids under which the desk's own mail arrives; they make nobody a robot.
    pub own_lists: &'a [String],
    /// The agents' addresses: whatever they are called, people read and write there.
    pub agents: &'a [&'a Address],
}

/// Who wrote, and by which sign we know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The kind of writer.
    pub origin: Origin,
    /// The sign, in words: `Auto-Submitted: auto-replied`.
    pub reason: String,
    /// For bounces: what was not delivered.
    pub bounce: Option<Bounce>,
}

impl Reading {
    fn new(origin: Origin, reason: impl Into<String>) -> Self {
        Self { origin, reason: reason.into(), bounce: None }
    }

    /// The sign is a field; its value is shortened and cleaned for the log.
    fn by_field(origin: Origin, name: &str, value: &str) -> Self {
        let value: String = value.chars().filter(|c| !c.is_control()).take(REASON_MAX).collect();
        Self::new(origin, format!("{name}: {value}"))
    }
}

/// A delivery report, in RFC 3464's words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bounce {
    /// One for each recipient it speaks of.
    pub recipients: Vec<Undelivered>,
    /// Message-ID of the mail that it speaks of.
    pub original: Option<MessageId>,
}

/// What became of one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undelivered {
    /// Whom it did not reach.
    pub recipient: Address,
    /// `true` for a final failure, `false` for a delay or anything else.
    pub failed: bool,
    /// Enhanced status such as `5.1.1`, empty if unknown.
    pub status: String,
    /// The server's words, cleaned, at most 500 characters.
    pub diagnostic: String,
}

/// Tells people from machines.
pub fn read(mail: &Inbound, ourselves: &Ourselves<'_>) -> Reading {
    circle(mail)
        .or_else(|| own(mail, ourselves))
        .or_else(|| report(mail))
        .or_else(|| bounce::read(mail, ourselves))
        .or_else(|| untyped(mail))
        .or_else(|| signs::auto_reply(mail, ourselves))
        .or_else(|| reaction::read(mail))
        .or_else(|| signs::notice(mail))
        .or_else(|| signs::list(mail, ourselves))
        .or_else(|| signs::role(mail, ourselves))
        .or_else(|| tone::read(mail, ourselves))
        .unwrap_or_else(|| Reading::new(Origin::Person, "no sign of a machine"))
}

/// A mail in a circle has no effect any more, whoever began it; it is filed with our own mail that
/// came back.
fn circle(mail: &Inbound) -> Option<Reading> {
    let hops = mail.values("Received").count();
    (hops > HOPS_MAX).then(|| {
        Reading::new(Origin::Own, format!("{hops} Received fields: it goes round in circles"))
    })
}

/// From is the desk itself, and the mail bears an id as only we make them. By its From alone
/// nothing is ours: groups and web forms write our address there too.
fn own(mail: &Inbound, ourselves: &Ourselves<'_>) -> Option<Reading> {
    if !mail.from.iter().any(|person| ourselves.is(&person.address)) {
        return None;
    }
    // A list that must not break DMARC writes its own address into From: there a customer hides
    // behind ours. No acknowledgement could reach them, but the mail must be seen.
    let hidden = ["X-Original-From", "X-Original-Sender"].into_iter().find_map(|name| {
        mail.values(name).find(|who| !ourselves.named(who)).map(|who| (name, who))
    });
    Some(match hidden {
        Some((name, who)) if signs::is_through_own_list(mail, ourselves) => {
            Reading::by_field(Origin::Notice, name, who)
        }
        _ if mail.message_id.as_ref().is_some_and(|id| Token::claimed(id).is_some()) => {
            Reading::new(Origin::Own, "From is the desk's own address, and the id is of ours")
        }
        _ => Reading::new(Origin::Notice, FROM_DESK),
    })
}

impl Ourselves<'_> {
    fn addresses(&self) -> impl Iterator<Item = &Address> {
        std::iter::once(self.address).chain(self.aliases)
    }

    fn is(&self, address: &Address) -> bool {
        self.addresses().any(|own| own == address)
    }

    /// Whether a field names one of them.
    fn named(&self, value: &str) -> bool {
        let value = value.to_lowercase();
        self.addresses().any(|own| value.contains(&own.key()))
    }
}

/// Reports for machines to read: receipts (RFC 8098), feedback (5965), TLS (8460), DMARC aggregates
/// (9990). Bounces are asked for later.
fn report(mail: &Inbound) -> Option<Reading> {
    match report_type(mail).as_deref() {
        Some("disposition-notification") if !bounce::is_refusal(mail) => {
            return Some(Reading::new(Origin::Receipt, "report-type=disposition-notification"));
        }
        Some("delivery-status" | "disposition-notification" | UNTYPED) | None => {}
        Some(kind) => return Some(Reading::by_field(Origin::Report, "report-type", kind)),
    }
    if let Some(reason) = complaint(mail) {
        return Some(Reading::new(Origin::Report, reason));
    }
    if let Some((name, domain)) = signs::first(mail, &["TLS-Report-Domain", "TLS-Report-Submitter"])
    {
        return Some(Reading::by_field(Origin::Report, name, domain));
    }
    let own = mail.text.lines().filter(|line| !line.starts_with('>'));
    let own: Vec<&str> = own.collect();
    if machine::is_receipt(mail.subject.as_deref(), &own.join("\n")) {
        return Some(Reading::new(Origin::Receipt, "the words of a read receipt, and no others"));
    }
    let subject = mail.subject.as_deref().unwrap_or_default().to_lowercase();
    // RFC 9990 fixes this form of subject, for a mail that is otherwise a zipped file from a
    // no-reply address.
    let aggregate = subject.starts_with("report domain:") && subject.contains("submitter:");
    aggregate.then(|| Reading::new(Origin::Report, "the subject of a DMARC aggregate report"))
}

/// A complaint about a mail (RFC 5965), also where it calls itself no report, and in the form of
/// Hotmail: its subject, and the mail with a field that only Hotmail writes.
fn complaint(mail: &Inbound) -> Option<&'static str> {
    let report = mail.report.as_ref()?;
    let stated = report.status.to_lowercase();
    let feedback = report.kind == "feedback-report"
        || stated.lines().any(|line| line.starts_with("feedback-type:"));
    let subject = mail.subject.as_deref().unwrap_or_default().to_lowercase();
    let original = report.original.to_lowercase();
    let hotmail = subject.trim_start().starts_with("complaint about message from")
        && (original.contains("x-hmxmroriginalrecipient:") || mail.text.trim().is_empty());
    match () {
        () if feedback => Some("a complaint report"),
        () if hotmail => Some("a complaint in the form of Hotmail"),
        () => None,
    }
}

/// What stands for the type of a report that names none and has no part that tells it.
const UNTYPED: &str = "unknown";

/// A report of which nothing else is known.
fn untyped(mail: &Inbound) -> Option<Reading> {
    let is_so = report_type(mail).as_deref() == Some(UNTYPED);
    is_so.then(|| Reading::by_field(Origin::Report, "report-type", UNTYPED))
}

/// The report-type if the mail itself, not a mail it carries, is a report.
fn report_type(mail: &Inbound) -> Option<String> {
    let content = mail.values("Content-Type").next()?.to_lowercase();
    let media: String = content
        .split(';')
        .next()
        .unwrap_or_default()
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect();
    match media.as_str() {
        "message/delivery-status" | "message/global-delivery-status" => {
            Some("delivery-status".to_owned())
        }
        "message/disposition-notification" | "message/global-disposition-notification" => {
            Some("disposition-notification".to_owned())
        }
        "message/feedback-report" => Some("feedback-report".to_owned()),
        "multipart/report" => Some(
            named_type(&content)
                .or_else(|| parsed_type(mail))
                .unwrap_or_else(|| UNTYPED.to_owned()),
        ),
        _ => None,
    }
}

fn named_type(content: &str) -> Option<String> {
    let parameter = content.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        (name.trim() == "report-type").then(|| value.trim().trim_matches('"').trim().to_owned())
    })?;
    let word: String =
        parameter.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    (!word.is_empty()).then_some(word)
}

fn parsed_type(mail: &Inbound) -> Option<String> {
    mail.report.as_ref().map(|report| report.kind.clone()).filter(|kind| !kind.is_empty())
}
