//! What an agent says, as far as it may go where it goes; and its holding where it may not.

use super::before::as_shown;
use super::customer::{customer, files};
use super::quoted::{self, Kept, Known};
use crate::desk::audience;
use crate::desk::case::{AgentMail, Case, Leak, Outcome, Read, Slip};
use crate::desk::decision::NewEntry;
use crate::desk::draft::Draft;
use crate::desk::known::{Answered, Conversation};
use crate::desk::reason::Reason;
use crate::desk::texts::Texts;
use crate::desk::{Direction, Entry, EntryKind, Event, IdKind, Mailed, Ticket, notify};
use crate::mail::quote::Role;
use crate::mail::{Address, Attachment, Kind, Person, TicketNumber};

/// Types of files that carry an agent's own address or a copy of the internal text, and never what
/// they want to send: signatures, Outlook's own form of the mail, and mails that are a
/// sealed file as a whole.
const INSIDE_TYPES: [&str; 9] = [
    "application/ms-tnef",
    "application/vnd.ms-tnef",
    "application/pkcs7-signature",
    "application/x-pkcs7-signature",
    "application/pkcs7-mime",
    "application/x-pkcs7-mime",
    "application/pgp-signature",
    "application/pgp-keys",
    "application/pgp-encrypted",
];

/// Types of cards: the agent's own goes nowhere.
const CARD_TYPES: [&str; 3] = ["text/vcard", "text/x-vcard", "text/directory"];

/// The same by name, for clients that call every file an octet-stream.
const INSIDE_NAMES: [&str; 7] = [
    "winmail.dat",
    "win.dat",
    "smime.p7s",
    "smime.p7m",
    "signature.asc",
    "encrypted.asc",
    "openpgp-encrypted-message.asc",
];

/// The same by how they begin.
const INSIDE_BEGINNINGS: [&str; 2] = ["-----BEGIN PGP PUBLIC KEY", "-----BEGIN PGP SIGNATURE"];

/// Whether an answer to it speaks to the ticket.
pub fn is_desk_mail(row: &Answered) -> bool {
    matches!(row.kind, Kind::Notification | Kind::Transcript) && row.ticket.is_some()
}

/// The mail waits, and the agent hears why.
pub fn held<'a>(
    case: &'a Case<'a>,
    own: AgentMail<'_>,
    ticket: Option<TicketNumber>,
    slip: Slip<'_>,
) -> Draft<'a> {
    let read = own.read;
    let reason = Reason::Held { hold: notify::hold(slip, case) };
    let mut draft = Draft::end(case, Outcome::Held, ticket, reason);
    match slip {
        Slip::NoVerdict | Slip::Copy(_) | Slip::NoForward | Slip::ByHand | Slip::Machine(_) => {
            draft.about = Some(read.id)
        }
        // The transcript tells of it: whoever answers that knows.
        Slip::Collision(_) => {
            draft.seen = case.conversation().map(|conversation| conversation.ticket.version)
        }
        _ => {}
    }
    notify::held(&mut draft, own, ticket, slip);
    draft
}

/// What an agent says, with what goes along.
#[derive(Clone, Debug)]
pub struct Words<'a> {
    /// The text, and what of it stays with us.
    pub kept: Kept<'a>,
    /// The files that may leave.
    pub enclosures: Vec<&'a Attachment>,
    /// Names of those that stay, though the agent may have meant to send them.
    pub stay: Vec<&'a str>,
}

/// What an agent says, as far as it may go where it goes; `None` if there is nothing of theirs.
pub fn words<'a>(
    case: &Case<'_>,
    read: &Read<'a>,
    conversation: &Conversation,
    internal: bool,
) -> Result<Option<Words<'a>>, Slip<'a>> {
    let known = known(case, conversation);
    if !internal && let Some(line) = quoted::stray(read.blocks, &known) {
        return Err(Slip::Leaks(Leak::Inside, Some(line)));
    }
    if !internal && read.inbound.unread {
        return Err(Slip::Unread);
    }
    let last = read.blocks.iter().rev().find(|block| !block.text.trim().is_empty());
    if read.inbound.cut && !last.is_some_and(|block| block.role == Role::Quote) {
        return Err(Slip::TooLong);
    }
    let kept = match internal {
        true => Kept { text: known.inside(read.blocks), ..Kept::default() },
        false => known.to_outside(read.blocks),
    };
    let enclosures: Vec<&Attachment> =
        read.inbound.attachments.iter().filter(|file| is_for_outside(case, file, read)).collect();
    let own_words =
        read.blocks.iter().any(|block| block.role == Role::New && !block.text.trim().is_empty());
    let passed_on = read.blocks.iter().any(|block| block.role == Role::Forward);
    // An unmarked copy of our own mail is read as a forward: without a word of the agent's own
    // nothing of it goes out. A picture that is only shown inside the text is a logo in their
    // signature.
    let file = enclosures.iter().any(|file| file.content_id.is_none());
    let bare = kept.text.trim().is_empty() && kept.left == 0 && !passed_on;
    let nothing = !own_words && (passed_on || !file) || bare && !file;
    let stay = read.inbound.attachments.iter().filter(|file| stays_and_is_told(file, read));
    let stay = stay.map(|file| file.name.as_deref().unwrap_or("winmail.dat")).collect();
    Ok((!nothing).then_some(Words { kept, enclosures, stay }))
}

/// What a line that the agent quotes may come from.
fn known<'c>(case: &Case<'c>, conversation: &Conversation) -> Known<'c> {
    let (public, notes) = audience::said(case, conversation);
    let notes = notes.iter().map(|(_, note)| note.as_str());
    let ours = case.shown().iter().map(|mail| mail.text.as_str());
    let config = case.config;
    let agents = config.agents.iter().flat_map(|one| [one.name.as_str(), one.address.as_str()]);
    let own = config.desk.addresses().map(Address::as_str);
    let desk = own.chain([config.desk.name.as_str()]);
    let outside = public.iter().map(String::as_str);
    let texts: &'c Texts = case.texts;
    Known::new(outside, notes.chain(ours), agents.chain(desk), texts.voice())
}

/// What was said, as an event and an entry.
pub fn said<'a>(
    case: &'a Case<'a>,
    own: AgentMail<'_>,
    number: TicketNumber,
    text: &str,
    (kind, why): (EntryKind, Reason),
) -> Draft<'a> {
    let AgentMail { read, agent } = own;
    let outcome = match kind {
        EntryKind::Note => Outcome::Note,
        EntryKind::Message => Outcome::Message,
    };
    let words = case.texts.say(&why);
    let mut draft = Draft::end(case, outcome, Some(number), why);
    let event = Event::Said { entry: kind, by: agent.address.clone(), why: words };
    draft.fact(number, event);
    let entry = Entry {
        at: case.now,
        kind,
        direction: Direction::Out,
        author: Person { name: Some(agent.name.clone()), address: agent.address.clone() },
        verified: read.verdict.result,
        text: text.to_owned(),
        history: String::new(),
        message_id: read.inbound.message_id.clone(),
        files: files(read.inbound),
    };
    draft.entry = Some(NewEntry { ticket: number, entry, searchable: text.to_owned() });
    draft.ids.extend(read.inbound.message_id.clone().map(|id| (id, IdKind::Internal)));
    draft
}

fn is_for_outside(case: &Case<'_>, file: &Attachment, read: &Read<'_>) -> bool {
    let text = text_of(file, read);
    if is_card(file, text) {
        return is_card_of_others(case, text);
    }
    let name = file.name.as_deref().unwrap_or_default().to_lowercase();
    !INSIDE_BEGINNINGS.iter().any(|beginning| text.starts_with(beginning))
        && !INSIDE_TYPES.contains(&file.content_type.as_str())
        && !INSIDE_NAMES.contains(&name.as_str())
}

fn text_of<'r>(file: &Attachment, read: &'r Read<'_>) -> &'r str {
    read.inbound.file_texts.get(&file.offset).map_or("", |file| file.text.trim_start())
}

fn is_card(file: &Attachment, text: &str) -> bool {
    let name = file.name.as_deref().unwrap_or_default().to_lowercase();
    let named = name.rsplit_once('.').is_some_and(|(_, ending)| ending == "vcf");
    named || CARD_TYPES.contains(&file.content_type.as_str()) || text.starts_with("BEGIN:VCARD")
}

/// Whether a card is of nobody of the house, so that it is a file like others.
fn is_card_of_others(case: &Case<'_>, text: &str) -> bool {
    let card = text.to_lowercase();
    let config = case.config;
    let agents = config
        .agents
        .iter()
        .flat_map(|agent| agent.addresses().map(Address::as_str).chain([agent.name.as_str()]));
    let own = config.desk.addresses().map(Address::as_str);
    let house = own.chain([config.desk.owner.as_str()]);
    card.contains("begin:vcard")
        && !agents.chain(house).any(|one| card.contains(&one.to_lowercase()))
}

/// Whether a file stays in which may lie what its sender wants to send: Outlook's own form of a
/// mail, a card that cannot be read.
fn stays_and_is_told(file: &Attachment, read: &Read<'_>) -> bool {
    let name = file.name.as_deref().unwrap_or_default().to_lowercase();
    let text = text_of(file, read);
    file.content_type.ends_with("ms-tnef")
        || ["winmail.dat", "win.dat"].contains(&name.as_str())
        || is_card(file, text) && !text.to_lowercase().contains("begin:vcard")
}

/// Whether an answer would reach others than the mail named which it answers: somebody joined
/// since, or its ticket went into another.
pub fn goes_wider(case: &Case<'_>, conversation: &Conversation) -> Option<Slip<'static>> {
    let before = as_shown(case)?;
    let known = &case.conversation()?.ticket;
    let written = |ticket: &Ticket, address: &Address| {
        ticket.participant(address).is_some_and(|one| one.mailed == Mailed::Yes)
    };
    let ticket = &conversation.ticket;
    let mut all = ticket
        .participants
        .iter()
        .filter(|one| one.mailed == Mailed::Yes)
        .map(|one| &one.person.address);
    // Whom a command of the same mail adds, its writer knows.
    let wider = all.any(|address| written(known, address) && !written(&before, address));
    wider.then_some(match before.number == ticket.number {
        true => Slip::Wider,
        false => Slip::WentInto(before.number, ticket.number),
    })
}

/// A mail that answers none of ours: a request of the agent's own, unless it points to a ticket.
pub fn fresh<'a>(case: &'a Case<'a>, own: AgentMail<'_>) -> Draft<'a> {
    let AgentMail { read, agent } = own;
    let foreign = case
        .candidates()
        .iter()
        .find(|candidate| candidate.ticket.participant(&agent.address).is_none());
    match foreign {
        Some(candidate) => {
            held(case, own, Some(candidate.ticket.number), Slip::NoToken(candidate.ticket.number))
        }
        None => {
            // Whichever of their addresses they use, it is the same person.
            let name = read.inbound.sender().and_then(|person| person.name.clone());
            customer(case, read, &Person { name, address: agent.address.clone() })
        }
    }
}
