//! Mails to customers: acknowledgements and agents' answers.

use super::below::below;
use super::make::{file_line, from, is_decoration, list, maybe, own_thread, plain, render, value};
use super::survey::{ask, solves};
use crate::config::Queue;
use crate::desk::case::{AgentMail, Case, Read};
use crate::desk::direction;
use crate::desk::draft::Draft;
use crate::desk::known::Conversation;
use crate::desk::reason::Reason;
use crate::desk::scrap::Scrap;
use crate::desk::silenced::{silenced, wants_none};
use crate::desk::texts::{Rendered, Texts, Values, moment, whole_minutes};
use crate::desk::withheld::{Silence, Unsent};
use crate::desk::{Event, Goal, Mailed, NO_SUBJECT, Part, Participant, Promised, Ticket};
use crate::mail::origin::is_null_sender;
use crate::mail::{
    Attachment, Authentication, Automatic, Enclosure, InboxId, Kind, MessageId, Origin, Outgoing,
    Person, ReplyGoes,
};
use crate::time::Timestamp;
use std::time::Duration;

/// Longest subject of a customer that an acknowledgement repeats, in characters (S8).
const SUBJECT_SHOWN: usize = 78;
/// A follow-up is acknowledged at most so often.
const AGAIN_AFTER: Duration = DAY;
const DAY: Duration = Duration::from_secs(24 * 3600);

/// Acknowledges a new ticket, or notes why not. The time it names is kept as a promise.
pub fn acknowledge(draft: &mut Draft<'_>, read: &Read<'_>, ticket: &Ticket, sender: &Person) {
    let case = draft.case;
    let due = due(case, ticket, Goal::FirstAnswer);
    // Whoever waits is answered in time, also where no mail of ours says by when.
    let waits =
        read.reading.origin == Origin::Person && read.verdict.result != Authentication::Fail;
    if waits {
        draft.fact(ticket.number, Event::Asked);
    }
    if let Some(why) = silent(case, read, sender) {
        let words = case.texts.say(&why);
        draft.reasons.push(Reason::NoAcknowledgement { why });
        let what = case.texts.say(&Unsent::Acknowledgement);
        draft.fact(ticket.number, Event::Withheld { what, why: words });
        if waits {
            promise(draft, ticket, (Promised::FirstAnswer, false), due);
        }
        return;
    }
    let mut values = common(case, read, ticket, &ticket.subject, due);
    values.insert("overdue", maybe(None));
    promise(draft, ticket, (Promised::FirstAnswer, true), due);
    let rendered = render(draft, "acknowledgement", &values);
    send(draft, read, ticket, sender, (Kind::Acknowledgement, rendered));
}

/// Whether a customer who writes again does not know when they are answered: what was promised is
/// over, or it is closed and nothing was.
fn waits_unknowing(case: &Case<'_>, conversation: &Conversation) -> bool {
    let open = queue(case, &conversation.ticket).is_none_or(|queue| queue.hours.is_open(case.now));
    conversation.promised().map_or(!open, |due| due < case.now)
}

/// Acknowledges a follow-up if its writer would otherwise wait unknowing: the answer is overdue, or
/// nobody works now and nothing is promised. At most once a day.
pub fn acknowledge_again(
    draft: &mut Draft<'_>,
    read: &Read<'_>,
    conversation: &Conversation,
    sender: &Person,
) {
    let case = draft.case;
    let overdue = conversation.promised().filter(|due| *due < case.now);
    let number = conversation.ticket.number;
    let last = || case.records.last_acknowledged(number, &sender.address);
    if wants_none(case, number, &sender.address) {
        return;
    }
    let recent = || last().is_some_and(|at| case.now.since(at) < AGAIN_AFTER);
    if !waits_unknowing(case, conversation) || recent() || silent(case, read, sender).is_some() {
        return;
    }
    let ticket = &conversation.ticket;
    let due = due(case, ticket, Goal::NextAnswer);
    let mut values = common(case, read, ticket, &conversation.outside, due);
    let zone = &case.config.desk.time_zone;
    values.insert("overdue", maybe(overdue.map(|at| moment(at, zone))));
    // This mail says so, and no other has to.
    let late = ticket.promises.iter().filter(|one| one.stands() && one.due_at < case.now);
    for promise in late {
        let missed = Event::PromiseMissed { due: promise.due_at, holding: true };
        draft.fact(ticket.number, missed);
    }
    promise(draft, ticket, (Promised::NextAnswer, true), due);
    let rendered = render(draft, "acknowledgement-again", &values);
    send(draft, read, ticket, sender, (Kind::Acknowledgement, rendered));
}

/// An agent's answer: one copy to each participant who is written to, all with the same To and Cc.
pub fn reply(
    draft: &mut Draft<'_>,
    own: AgentMail<'_>,
    conversation: &Conversation,
    text: &str,
    files: &[&Attachment],
) {
    let AgentMail { read, agent } = own;
    let case = draft.case;
    let ticket = &conversation.ticket;
    let mut values = below(case, agent, conversation);
    values.extend([
        ("number", value(ticket.number.0.to_string())),
        ("subject", value(&conversation.outside)),
        ("text", value(text)),
        ("agent", value(&agent.name)),
        ("desk", value(&case.config.desk.name)),
    ]);
    let closes = solves(draft, ticket);
    values.insert("closes", closes.into());
    // A number would answer both.
    let asks = !closes || text.contains('?');
    let written: Vec<_> =
        ticket.participants.iter().filter(|one| one.mailed == Mailed::Yes).collect();
    // An agent's own request may have customers in its Cc: they learn no more of it than they know
    // (C2).
    let outside = |one: &&&Participant| case.config.agent(&one.person.address).is_none();
    let all_inside = !written.iter().any(|one| outside(&one));
    let named = |part: Part| {
        written.iter().filter(move |one| one.part == part).filter(|one| all_inside || outside(one))
    };
    let shown = |part: Part| named(part).map(|one| one.person.clone()).collect::<Vec<_>>();
    let (to, cc) = match shown(Part::Requester) {
        none if none.is_empty() => (shown(Part::Cc), Vec::new()),
        requester => (requester, shown(Part::Cc)),
    };
    // Who stands in the agent's own To or Cc has it from there.
    let has_it = |one: &Participant| direction::has_copy(read.inbound, &one.person.address);
    for participant in written.iter().filter(|one| !has_it(one)) {
        let who = &participant.person.address;
        let survey = !asks && ask(draft, ticket, who, Some(&agent.address));
        values.insert("survey", survey.into());
        let rendered = render(draft, "reply", &values);
        let mail = Outgoing {
            reply_goes: ReplyGoes::Public,
            from_name: format!("{} ({})", agent.name, case.config.desk.name),
            from: from(case, ticket),
            to: to.clone(),
            cc: cc.clone(),
            in_reply_to: conversation
                .public_ids
                .last()
                .map(|(_, id)| id.clone())
                .or_else(|| own_thread(conversation, who).pop()),
            references: references(conversation, &participant.person),
            automatic: Automatic::No,
            enclosures: enclosures(read.id, files),
            ..plain(case, Kind::Reply, &participant.person, Some(ticket.number), rendered)
        };
        draft.mail(mail);
    }
}

/// An agent's promise, told by the desk.
pub fn promised(draft: &mut Draft<'_>, conversation: &Conversation, sentence: &str) {
    let ticket = &conversation.ticket;
    let values = Values::from([
        ("number", value(ticket.number.0.to_string())),
        ("subject", value(&conversation.outside)),
        ("desk", value(&draft.case.config.desk.name)),
        ("sentence", value(sentence)),
    ]);
    let hear = ticket.participants.iter().filter(|one| one.mailed == Mailed::Yes);
    let all: Vec<Person> = hear.map(|one| one.person.clone()).collect();
    write(draft, (Kind::Notice, "promise"), &values, (conversation, &all));
}

/// A text of the desk's own to some customers, but for those who want none.
pub fn notice(
    draft: &mut Draft<'_>,
    what: (Kind, &'static str),
    values: &Values,
    (conversation, all): (&Conversation, &[Person]),
) {
    let case = draft.case;
    let number = conversation.ticket.number;
    let silenced = silenced(case, number);
    let (none, all): (Vec<_>, Vec<_>) =
        all.iter().cloned().partition(|one| silenced.contains(&one.address));
    for one in none {
        let why = case.texts.say(&Silence::WantsNone { who: one.address });
        let what = case.texts.say(&Unsent::Notice);
        draft.fact(number, Event::Withheld { what, why });
    }
    write(draft, what, values, (conversation, &all));
}

/// A text of the desk's own to some customers; nobody sees of the others, and no machine is answered
/// by one.
fn write(
    draft: &mut Draft<'_>,
    (kind, name): (Kind, &'static str),
    values: &Values,
    (conversation, all): (&Conversation, &[Person]),
) {
    let case = draft.case;
    let ticket = &conversation.ticket;
    let rendered = render(draft, name, values);
    let machine = |one: &&Person| case.records.is_machine(ticket.number, &one.address);
    for person in all.iter().filter(|one| !machine(one)) {
        let thread = references(conversation, person);
        let mail = Outgoing {
            reply_goes: ReplyGoes::Public,
            from: from(case, ticket),
            in_reply_to: thread.last().cloned(),
            references: thread,
            ..plain(case, kind, person, Some(ticket.number), rendered.clone())
        };
        draft.mail(mail);
    }
}

fn enclosures(source: InboxId, files: &[&Attachment]) -> Vec<Enclosure> {
    files.iter().map(|file| Enclosure { source, attachment: (*file).clone() }).collect()
}

/// The customers' ids and our own to this recipient, in order of time: never an agent's, never
/// another copy's.
fn references(conversation: &Conversation, recipient: &Person) -> Vec<MessageId> {
    let own = conversation.thread.iter().filter(|(_, to, _)| *to == recipient.address);
    let own = own.map(|(at, _, id)| (*at, id));
    let theirs = conversation.public_ids.iter().map(|(at, id)| (*at, id));
    let mut ids: Vec<(Timestamp, &MessageId)> = theirs.chain(own).collect();
    // What we wrote at once upon a mail stands behind it: the sort is stable.
    ids.sort_by_key(|(at, _)| *at);
    ids.into_iter().map(|(_, id)| id.clone()).collect()
}

/// Why no automatic mail answers this one.
pub fn silent(case: &Case<'_>, read: &Read<'_>, to: &Person) -> Option<Silence> {
    let bound = case.config.limits.acknowledgements_per_address_and_day;
    match (read.verdict.result, read.reading.origin) {
        (Authentication::Fail, _) => {
            Some(Silence::Unverified { verdict: read.verdict.reason.clone() })
        }
        (_, origin) if origin != Origin::Person => {
            Some(Silence::NoPerson { signs: read.reading.reason.clone() })
        }
        // RFC 3834: nobody to answer to, though a person may have written.
        _ if is_null_sender(read.inbound) => Some(Silence::NullPath),
        _ if read.quiet => Some(Silence::Quiet),
        _ if acknowledged(case, to) >= bound => Some(Silence::Bound { most: bound }),
        _ => None,
    }
}

/// Acknowledgements to somebody in the last 24 hours.
pub(super) fn acknowledged(case: &Case<'_>, to: &Person) -> u32 {
    case.records.sent_since(Kind::Acknowledgement, &to.address, case.now.minus(DAY))
}

fn queue<'a>(case: &Case<'a>, ticket: &Ticket) -> Option<&'a Queue> {
    case.config.queue(&ticket.queue)
}

/// By when the customer is told that a person answers. Where the next answer is not measured, it
/// has as much time as the first.
pub(super) fn due(case: &Case<'_>, ticket: &Ticket, what: Goal) -> Option<Timestamp> {
    let queue = queue(case, ticket)?;
    let time = |what: Goal| what.time(queue, ticket.priority);
    let time = time(what).or(time(Goal::FirstAnswer))?;
    queue.hours.after(case.now, time).map(whole_minutes)
}

pub(super) fn promise(
    draft: &mut Draft<'_>,
    ticket: &Ticket,
    (what, told): (Promised, bool),
    due: Option<Timestamp>,
) {
    if let Some(due) = due {
        draft.fact(
            ticket.number,
            Event::Promised { what, due, told, by: None, words: String::new() },
        );
    }
}

/// Without authentication the text holds nothing that the sender wrote (S8).
pub(super) fn common(
    case: &Case<'_>,
    read: &Read<'_>,
    ticket: &Ticket,
    subject: &str,
    due: Option<Timestamp>,
) -> Values {
    let zone = &case.config.desk.time_zone;
    let pass = read.verdict.result == Authentication::Pass;
    let subject = if pass { shown_subject(subject) } else { None };
    let files = if pass {
        read.inbound
            .attachments
            .iter()
            .filter(|file| !is_decoration(file, read))
            .map(|file| clean_file(case.texts, file))
            .collect()
    } else {
        Vec::new()
    };
    let queue = queue(case, ticket);
    let hours = queue.map(|queue| case.texts.week(&queue.hours)).unwrap_or_default();
    let hours_zone = queue.map_or(zone, |queue| &queue.hours.zone);
    Values::from([
        ("number", value(ticket.number.0.to_string())),
        ("desk", value(&case.config.desk.name)),
        ("subject", maybe(subject)),
        ("files", list(files)),
        ("due", maybe(due.map(|at| moment(at, zone)))),
        ("hours", value(hours)),
        ("zone", value(hours_zone.iana_name().unwrap_or(&case.texts.say(&Scrap::LocalTime)))),
    ])
}

/// A subject that may be repeated to its writer: short, and without a link that somebody wants us
/// to spread.
pub fn shown_subject(subject: &str) -> Option<String> {
    let lower = subject.to_lowercase();
    let link = lower.contains("://") || lower.contains("www.") || has_domain(&lower);
    let clean: String = subject.chars().take(SUBJECT_SHOWN).collect();
    (!link && subject != NO_SUBJECT).then(|| clean.trim_end().to_owned())
}

/// Whether clients would make a link of a word: `evil.example/x`, `win.today`, `you@win.today`.
/// What ends like a file is none, for people write of files.
fn has_domain(lower: &str) -> bool {
    lower.split_whitespace().any(|word| {
        let word = word.replace(['。', '．', '｡'], ".");
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        let path = bare.split_once('/').is_some_and(|(host, _)| host.contains('.'));
        path || bare.split([':', '?', '@', '(', ')', ',', ';', '<', '>', '"', '|']).any(is_domain)
    })
}

fn is_domain(word: &str) -> bool {
    const FILES: [&str; 30] = [
        "bmp", "conf", "csv", "doc", "docx", "eml", "exe", "gif", "htm", "html", "ini", "jpeg",
        "jpg", "js", "json", "log", "mp4", "odt", "pdf", "php", "png", "ppt", "pptx", "rtf", "sql",
        "txt", "xls", "xlsx", "xml", "yaml",
    ];
    let Some((host, ending)) = word.trim_matches('.').rsplit_once('.') else { return false };
    let top = ending.chars().count() >= 2
        && (ending.chars().all(char::is_alphabetic) || ending.starts_with("xn--"));
    top && !FILES.contains(&ending) && host.ends_with(char::is_alphanumeric)
}

/// What files end in that is a domain's ending as well, or that nobody writes of in a subject.
const FILES: [&str; 40] = [
    "7z", "ai", "apk", "bin", "bz2", "cer", "cfg", "crt", "css", "dat", "db", "dwg", "gz", "heic",
    "ics", "java", "key", "lua", "md", "mov", "mp3", "msg", "p12", "p7m", "p7s", "pem", "pl", "ps",
    "py", "rar", "rb", "rs", "sh", "svg", "tar", "tgz", "ts", "vcf", "xz", "zip",
];

/// A file's name, unless clients would make a link of it that somebody wants us to spread.
fn clean_file(texts: &Texts, file: &Attachment) -> String {
    let sound = |name: &str| {
        let lower = name.to_lowercase();
        let (words, last) = lower.rsplit_once(char::is_whitespace).unwrap_or(("", &lower));
        let file = last.rsplit_once('.').is_some_and(|(_, ending)| FILES.contains(&ending))
            && !last.starts_with("www.")
            && !last.contains(['/', ':', '@']);
        shown_subject(if file { words } else { &lower }).is_some()
    };
    let name = file.name.as_deref().map(|name| match sound(name) {
        true => name.chars().take(SUBJECT_SHOWN).collect(),
        false => texts.say(&Scrap::FileLikeALink),
    });
    file_line(texts, &Attachment { name, ..file.clone() })
}

pub(super) fn send(
    draft: &mut Draft<'_>,
    read: &Read<'_>,
    ticket: &Ticket,
    sender: &Person,
    (kind, rendered): (Kind, Rendered),
) {
    let mail = answer(draft.case, read, ticket, sender, (kind, rendered));
    draft.mail(mail);
}

/// The desk's own answer to a mail from outside.
pub fn answer(
    case: &Case<'_>,
    read: &Read<'_>,
    ticket: &Ticket,
    sender: &Person,
    (kind, rendered): (Kind, Rendered),
) -> Outgoing {
    // A display name is text of the sender: like the subject, it goes only where they are proved,
    // and where no client would make a link of it.
    let proved = read.verdict.result == Authentication::Pass;
    let name = sender.name.clone().filter(|name| proved && shown_subject(name).is_some());
    let recipient = Person { name, address: sender.address.clone() };
    Outgoing {
        reply_goes: ReplyGoes::Public,
        from: from(case, ticket),
        in_reply_to: read.inbound.message_id.clone(),
        references: read
            .inbound
            .references
            .iter()
            .chain(&read.inbound.message_id)
            .cloned()
            .collect(),
        automatic: Automatic::Replied,
        ..plain(case, kind, &recipient, Some(ticket.number), rendered)
    }
}
