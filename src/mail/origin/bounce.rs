//! Delivery reports: RFC 3464, and the forms that were there before it and never went away.
//!
//! A report that is certain by its header block is a bounce whatever it says. Where only a delivery
//! system's name or a null sender shows, the subject or the first sentences must be a bounce's.
//! Nothing here makes mail; the desk decides what a failure means.

use super::prose::{
    is_away, is_bounce_subject, is_bounce_text, is_delay, is_separator, seems_away,
};
use super::signs::{
    first, hyphenated, is_auto_replied, is_null_sender, is_role_address, local, senders,
};
use super::{Bounce, Ourselves, Reading, Undelivered, report_type};
use crate::mail::token::Token;
use crate::mail::{Address, Inbound, MessageId, Origin};

/// Recipients that are taken from one report. Our mails have one envelope recipient each; an alias
/// may become some dozens.
const RECIPIENTS_MAX: usize = 100;
/// Lines of a report or its text that are read.
const LINES_MAX: usize = 5_000;
/// Bytes of text in which recipients are looked for.
const TEXT_MAX: usize = 64 * 1024;
/// Longest diagnostic in characters.
const DIAGNOSTIC_MAX: usize = 500;

/// Fields that only a delivery report bears: Exim and Google; Exchange.
const CERTAIN: &[&str] = &["X-Failed-Recipients", "X-MS-Exchange-Message-Is-Ndr"];

/// The delivery report that this mail is, if it is one.
pub(super) fn read(mail: &Inbound, ourselves: &Ourselves<'_>) -> Option<Reading> {
    let sure = certain(mail);
    let is_sure = sure.is_some();
    let (sign, reason) = sure.map(|why| ("", why)).or_else(|| probable(mail))?;
    let bounce = contents(mail, ourselves);
    // Whoever writes of a parcel that did not come names no mail and nobody whom one did not reach;
    // an empty path proves no machine.
    let named = !bounce.recipients.is_empty() || bounce.original.is_some();
    let told = is_sure || sign != BY_PATH || named || is_unattended(mail);
    told.then_some(Reading { origin: Origin::Bounce, reason, bounce: Some(bounce) })
}

/// What shows a delivery system where neither its name nor its words do.
const BY_PATH: &str = "Return-Path is a mail system's";

/// Names that delivery systems bear at an address of no person.
const NAMES: &[&str] = &[
    "mail delivery system",
    "mail delivery subsystem",
    "mail delivery service",
    "mailer daemon",
    "mail administrator",
    "mail system",
    "internet mail delivery",
];

fn certain(mail: &Inbound) -> Option<String> {
    if report_type(mail).as_deref() == Some("delivery-status") {
        return Some("report-type=delivery-status".to_owned());
    }
    if is_refusal(mail) {
        return Some("a disposition that deletes by itself".to_owned());
    }
    if let Some((name, _)) = first(mail, CERTAIN) {
        return Some(format!("{name} is there"));
    }
    let daemon = senders(mail).find(|sender| is_daemon(local(sender)))?;
    Some(format!("From: {daemon}"))
}

/// A filter refused the mail and says so as a disposition: Sieve's reject (RFC 5429 §2.1.2).
pub(super) fn is_refusal(mail: &Inbound) -> bool {
    let is_receipt = report_type(mail).as_deref() == Some("disposition-notification");
    let status = mail.report.as_ref().map(|report| report.status.to_lowercase());
    is_receipt
        && status.is_some_and(|status| {
            let line = status.lines().find_map(|line| line.strip_prefix("disposition:"));
            line.is_some_and(|line| line.contains("automatic") && line.contains("deleted"))
        })
}

/// What only looks like a delivery system needs a bounce's words.
fn probable(mail: &Inbound) -> Option<(&'static str, String)> {
    let subject = mail.subject.as_deref();
    let sign = system_sign(mail)?;
    if is_away(subject) || seems_away(subject) {
        return None;
    }
    // An automatic answer to a complaint about lost mail or parcels may quote it.
    // One that says which mail of ours it means is believed.
    let may_speak = !is_auto_replied(mail) || sealed(mail).is_some();
    let says = is_bounce_subject(subject) || (may_speak && is_bounce_text(&mail.text));
    says.then(|| (sign, format!("{sign}, with the words of a delivery report")))
}

fn system_sign(mail: &Inbound) -> Option<&'static str> {
    let mut senders = senders(mail).map(|sender| local(&sender).to_lowercase());
    let path_is_daemon = || {
        mail.values("Return-Path").any(|path| is_daemon(local(path.trim_matches(['<', '>', ' ']))))
    };
    if senders.any(|sender| {
        matches!(sender.as_str(), "postmaster" | "mdaemon")
            || sender.starts_with("microsoftexchange")
    }) {
        Some("From is a mail system")
    } else if is_called_system(mail) {
        Some("From is called a mail system")
    } else if is_null_sender(mail) || path_is_daemon() {
        Some(BY_PATH)
    } else if is_unattended(mail) && returns_ours(mail) {
        Some("a machine returns a mail of ours")
    } else {
        None
    }
}

/// By the display name of no person's address, or all of a From without one.
fn is_called_system(mail: &Inbound) -> bool {
    let bare = senders(mail).filter(|_| mail.from.is_empty());
    let roles = mail.from.iter().filter(|person| is_role_address(&person.address));
    let mut names = roles.filter_map(|person| person.name.clone()).chain(bare);
    names.any(|name| {
        let words: Vec<String> = name.split_whitespace().map(hyphenated).collect();
        NAMES.contains(&words.join(" ").replace('-', " ").as_str())
    })
}

fn is_unattended(mail: &Inbound) -> bool {
    let mut says = mail.values("Auto-Submitted").map(|value| value.trim().to_lowercase());
    says.any(|value| !value.starts_with("no"))
}

/// Whether it carries a mail, or the header of one, that bears an id of ours.
fn returns_ours(mail: &Inbound) -> bool {
    let returned = mail.report.as_ref().map(|report| report.original.as_str()).unwrap_or_default();
    let id = id_line(returned.lines());
    id.is_some_and(|id| Token::claimed(&id).is_some())
}

fn is_daemon(local: &str) -> bool {
    let (name, _) = local.split_once('+').unwrap_or((local, ""));
    matches!(
        hyphenated(name).as_str(),
        "mailer-daemon" | "mailerdaemon" | "mail-daemon" | "maildaemon"
    )
}

/// Whom it speaks of, by the best source that names anybody.
fn contents(mail: &Inbound, ourselves: &Ourselves<'_>) -> Bounce {
    let status = mail.report.as_ref().map(|report| report.status.as_str()).unwrap_or_default();
    let mut recipients = from_status(status);
    if recipients.is_empty() {
        recipients = from_field(mail);
    }
    let returned = mail.report.as_ref().map(|report| report.original.as_str()).unwrap_or_default();
    if recipients.is_empty() {
        // A report about a report: the one that it carries names them.
        recipients = from_status(returned);
    }
    if recipients.is_empty() {
        recipients = from_text(mail, ourselves);
    }
    if recipients.is_empty() {
        recipients.extend(from_returned(mail, returned));
    }
    Bounce { recipients, original: original(mail) }
}

/// Whom a mail of ours went to that came back without a word about it: each has one recipient.
fn from_returned(mail: &Inbound, returned: &str) -> Option<Undelivered> {
    let ours = |group: &Vec<(String, String)>| {
        let id = value(group, "message-id").and_then(MessageId::parse);
        id.is_some_and(|id| Token::claimed(&id).is_some())
    };
    let groups = groups(returned);
    let recipient = address_in(value(groups.iter().find(|group| ours(group))?, "to")?)?;
    let head = head(&mail.text);
    let said = head.iter().copied().skip_while(|line| line.trim().is_empty());
    let said: Vec<&str> = said.take_while(|line| !line.trim().is_empty()).take(10).collect();
    Some(Undelivered {
        recipient,
        failed: !is_delay(mail.subject.as_deref(), &mail.text),
        status: code(&paragraph_with_code(&head)),
        diagnostic: diagnostic(&said.join(" ")),
    })
}

/// The per-recipient groups of a delivery-status part (RFC 3464 §2.3).
fn from_status(status: &str) -> Vec<Undelivered> {
    let mut found = Vec::new();
    for group in groups(status) {
        // Original-Recipient is the address as we wrote it; Final-Recipient may be an alias's
        // target that we never heard of.
        let Some(recipient) = value(&group, "original-recipient")
            .and_then(address_in)
            .or_else(|| value(&group, "final-recipient").and_then(address_in))
        else {
            continue;
        };
        let status = value(&group, "status").map(code).unwrap_or_default();
        let action = value(&group, "action").map(|word| word.trim().to_lowercase());
        let failed = match action
            .as_deref()
            .map(|word| word.split_whitespace().next().unwrap_or_default())
        {
            Some(word) => word.starts_with("fail"),
            None => !status.starts_with(['2', '4']),
        };
        let diagnostic = value(&group, "diagnostic-code").map(diagnostic).unwrap_or_default();
        add(&mut found, Undelivered { recipient, failed, status, diagnostic });
    }
    found
}

/// Groups of fields between blank lines, names in lower case, folded lines joined.
fn groups(status: &str) -> Vec<Vec<(String, String)>> {
    let mut groups = vec![Vec::new()];
    for line in status.lines().take(LINES_MAX) {
        let Some(group) = groups.last_mut() else { break };
        if line.trim().is_empty() {
            groups.push(Vec::new());
        } else if let (true, Some((_, value))) = (line.starts_with([' ', '\t']), group.last_mut()) {
            let value: &mut String = value;
            value.push(' ');
            value.push_str(line.trim());
        } else if let Some((name, value)) = line.split_once(':') {
            group.push((name.trim().to_lowercase(), value.trim().to_owned()));
        }
    }
    groups
}

fn value<'a>(group: &'a [(String, String)], name: &str) -> Option<&'a str> {
    group.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// The address of `rfc822; a@b`, `<a@b>`, `utf-8; a@b (words)`.
fn address_in(value: &str) -> Option<Address> {
    let value = value.split_once(';').map_or(value, |(_, address)| address);
    value
        .split_whitespace()
        .find_map(|word| Address::parse(word.trim_matches(['<', '>', '"', '\'', ','])))
}

/// X-Failed-Recipients; what the server said of them stands in the text, of all together.
fn from_field(mail: &Inbound) -> Vec<Undelivered> {
    let failed = !is_delay(mail.subject.as_deref(), &mail.text);
    let head = head(&mail.text);
    let mut found = Vec::new();
    for recipient in mail
        .values("X-Failed-Recipients")
        .flat_map(|value| value.split([',', ' ', ';']))
        .filter_map(Address::parse)
        .take(RECIPIENTS_MAX)
    {
        let said = after(&head, &recipient);
        add(
            &mut found,
            Undelivered { recipient, failed, status: code(&said), diagnostic: diagnostic(&said) },
        );
    }
    found
}

/// The paragraph of a text that names this recipient first.
fn after(head: &[&str], recipient: &Address) -> String {
    let key = recipient.key();
    let from = head.iter().skip_while(|line| !line.to_lowercase().contains(&key));
    let lines: Vec<&str> =
        from.take_while(|line| !line.trim().is_empty()).take(20).copied().collect();
    let rest = lines.iter().skip(1).copied().collect::<Vec<_>>().join(" ");
    if rest.is_empty() { paragraph_with_code(head) } else { rest }
}

/// Google names the recipient in one paragraph and quotes the other server in a later one.
fn paragraph_with_code(head: &[&str]) -> String {
    head.iter()
        .find(|line| !code(line).is_empty())
        .map(|line| line.trim().to_owned())
        .unwrap_or_default()
}

/// The lines of the text before the returned mail, as far as a report is long.
fn head(text: &str) -> Vec<&str> {
    let mut left = TEXT_MAX;
    let within = text.lines().take(LINES_MAX).take_while(|line| {
        left = left.saturating_sub(line.len() + 1);
        left > 0 && !is_separator(line)
    });
    within.collect()
}

/// What a report says of a recipient is closed by an empty line once it is longer than this: Domino
/// writes "because:" between two.
const SAID_ENOUGH: usize = 20;

/// Lines that begin with an address name a recipient, and what follows says why: qmail, Exim,
/// Postfix, sendmail, Exchange, Domino.
fn from_text(mail: &Inbound, ourselves: &Ourselves<'_>) -> Vec<Undelivered> {
    let failed = !is_delay(mail.subject.as_deref(), &mail.text);
    let head = head(&mail.text);
    let mut said: Vec<(Address, String)> = Vec::new();
    let mut open = false;
    for line in &head {
        open &= !is_field(line);
        if let Some((recipient, rest)) =
            leading_address(line).filter(|(recipient, _)| !ourselves.is(recipient))
        {
            said.push((recipient, rest.to_owned()));
            open = said.len() <= RECIPIENTS_MAX;
        } else if let (true, Some((_, words))) = (open, said.last_mut()) {
            words.push(' ');
            words.push_str(line.trim());
            open = words.len() < 4 * DIAGNOSTIC_MAX
                && !(line.trim().is_empty() && words.trim().len() > SAID_ENOUGH);
        }
    }
    if said.is_empty() {
        said.extend(
            mentioned(&head, mail, ourselves)
                .map(|recipient| (recipient, paragraph_with_code(&head))),
        );
    }
    let mut found = Vec::new();
    for (recipient, words) in said.into_iter().take(RECIPIENTS_MAX) {
        add(
            &mut found,
            Undelivered { recipient, failed, status: code(&words), diagnostic: diagnostic(&words) },
        );
    }
    // Of a single recipient the code may stand anywhere: Exchange gives it further down, for
    // administrators.
    if let [only] = found.as_mut_slice()
        && only.status.is_empty()
    {
        only.status = code(&paragraph_with_code(&head));
    }
    found
}

/// Fields by which the returned mail is known where nothing stands between it and the report.
const FIELDS: [&str; 12] = [
    "return-path",
    "received",
    "from",
    "to",
    "subject",
    "date",
    "message-id",
    "mime-version",
    "content-type",
    "delivered-to",
    "reply-to",
    "dkim-signature",
];

/// Whether a line is a field of the returned mail, which is nothing that a server says.
fn is_field(line: &str) -> bool {
    let name = line.split_once(':').map(|(name, _)| name.trim_start_matches(['>', ' ']));
    name.is_some_and(|name| {
        let name = name.to_ascii_lowercase();
        FIELDS.contains(&name.as_str())
            || name.starts_with("x-") && !name.contains(char::is_whitespace)
    })
}

/// `<a@b>:`, `"a@b":`, `a@b: 550 …`, `a@b on Thu, …`, `* a@b`: the address and the rest of the
/// line.
fn leading_address(line: &str) -> Option<(Address, &str)> {
    let line = line.trim().trim_start_matches(['*', '-', '\u{2022}', '<', '"', '\'', ' ']);
    let end =
        line.find(|c: char| c.is_whitespace() || ">\",;:()<'*".contains(c)).unwrap_or(line.len());
    let (word, rest) = line.split_at_checked(end)?;
    let address = Address::parse(word)?;
    Some((address, rest.trim_start_matches(['>', '"', '\'', ':', '*', ' ', '\t'])))
}

/// The first address in running words that is not ours, not the report's sender and not whom it was
/// sent to.
fn mentioned(head: &[&str], mail: &Inbound, ourselves: &Ourselves<'_>) -> Option<Address> {
    let known = |address: &Address| {
        ourselves.is(address)
            || mail.from.iter().chain(&mail.to).any(|person| person.address == *address)
    };
    let words = head
        .iter()
        .flat_map(|line| line.split(|c: char| c.is_whitespace() || "<>()[]\",;:*'".contains(c)));
    words
        .filter_map(|word| Address::parse(word.trim_end_matches('.')))
        .find(|address| !known(address))
}

/// Adds a recipient unless it is there or the list is full.
fn add(found: &mut Vec<Undelivered>, one: Undelivered) {
    if found.len() < RECIPIENTS_MAX && !found.iter().any(|other| other.recipient == one.recipient) {
        found.push(one);
    }
}

/// The first enhanced status code (RFC 3463) in a text: three numbers, the first of them 2, 4 or 5.
fn code(text: &str) -> String {
    let words =
        text.split(|c: char| !c.is_ascii_digit() && c != '.').map(|word| word.trim_matches('.'));
    words.filter(|word| is_code(word)).map(str::to_owned).next().unwrap_or_default()
}

fn is_code(word: &str) -> bool {
    match word.split('.').collect::<Vec<_>>().as_slice() {
        [class, subject, detail] => {
            matches!(*class, "2" | "4" | "5")
                && (1..=3).contains(&subject.len())
                && (1..=3).contains(&detail.len())
        }
        _ => false,
    }
}

/// A server's words without their type (`smtp;`), control characters and doubled spaces.
fn diagnostic(words: &str) -> String {
    let typed = words
        .split_once(';')
        .filter(|(kind, _)| kind.trim().chars().all(|c| c.is_ascii_alphanumeric() || c == '-'));
    let words = typed.map_or(words, |(_, words)| words);
    let clean: String = words
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(8 * DIAGNOSTIC_MAX)
        .collect();
    clean.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(DIAGNOSTIC_MAX).collect()
}

/// The Message-ID of the mail that the report speaks of: from what was returned of it, from the
/// text, from the report's own thread.
fn original(mail: &Inbound) -> Option<MessageId> {
    sealed(mail).or_else(|| named(mail))
}

/// The first id of the form that we make, wherever in the report it stands.
fn sealed(mail: &Inbound) -> Option<MessageId> {
    let report = mail.report.as_ref();
    let parts = report.into_iter().flat_map(|report| [&report.original, &report.status]);
    let texts = parts.chain([&mail.text, &mail.nested_text]);
    let lines = texts.flat_map(|text| text.lines().take(LINES_MAX));
    let words = lines
        .flat_map(|line| line.split(|c: char| c.is_whitespace() || "<>()[]{}\",;:'=".contains(c)));
    let ids = words.filter(|word| word.contains('@')).filter_map(MessageId::parse);
    ids.into_iter().find(|id| Token::claimed(id).is_some())
}

fn named(mail: &Inbound) -> Option<MessageId> {
    let report = mail.report.as_ref();
    let returned = report.and_then(|report| id_line(report.original.lines()));
    let stated = || {
        groups(&report?.status)
            .first()
            .and_then(|group| MessageId::parse(value(group, "x-original-message-id")?))
    };
    let quoted = || {
        let behind = mail.text.lines().take(LINES_MAX).skip_while(|line| !is_separator(line));
        id_line(behind).or_else(|| id_line(mail.text.lines()))
    };
    returned
        .or_else(stated)
        .or_else(quoted)
        .or_else(|| id_line(mail.nested_text.lines()))
        .or_else(|| mail.in_reply_to.first().cloned())
        .or_else(|| mail.references.last().cloned())
}

/// The first `Message-ID:` line, its value perhaps on the next line, perhaps quoted.
fn id_line<'a>(lines: impl Iterator<Item = &'a str>) -> Option<MessageId> {
    let mut lines =
        lines.take(LINES_MAX).map(|line| line.trim_start_matches(['>', ' ', '\t'])).peekable();
    while let Some(line) = lines.next() {
        let Some((name, value)) = line.split_once(':') else { continue };
        if !name.trim().eq_ignore_ascii_case("Message-ID") {
            continue;
        }
        let value =
            if value.trim().is_empty() { lines.peek().copied().unwrap_or_default() } else { value };
        let id =
            value.split_once('<').map_or(value, |(_, id)| id).split('>').next().unwrap_or_default();
        let id = id.split_whitespace().next().and_then(MessageId::parse);
        if id.is_some() {
            return id;
        }
    }
    None
}
