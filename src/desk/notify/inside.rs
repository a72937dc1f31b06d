//! Mails to agents and to the owner.

use super::bundle::{bundled, offer};
use super::make::{
    file_line, goes_to, is_decoration, list, maybe, own_thread, person, plain, render, shorten,
    to_inside, value,
};
use super::reach::{Listener, hearers, is_served, listeners, reading_for};
use crate::config::{Agent, Config};
use crate::desk::addressee;
use crate::desk::case::{AgentMail, Case, Read};
use crate::desk::decision::Post;
use crate::desk::deed::{Because, Deed};
use crate::desk::draft::Draft;
use crate::desk::known::Conversation;
use crate::desk::problem::Problem;
use crate::desk::promise::Promise;
use crate::desk::route::{Evidence, Why};
use crate::desk::scrap::Scrap;
use crate::desk::silenced::silenced;
use crate::desk::texts::{Texts, Values, moment, stamp};
use crate::desk::{Cause, Entry, EntryKind, Event};
use crate::mail::{
    Address, Attachment, Authentication, Enclosure, Kind, Origin, Outgoing, Person, ReplyGoes,
    TicketNumber,
};
use crate::time::Timestamp;
use minijinja::Value;
use std::collections::BTreeMap;

/// Files up to this size in all travel along with a notification; above it they are listed.
const ENCLOSED_MAX: usize = 10 << 20;
/// Longest text that a notification holds, in characters; the ticket has all of it.
const TEXT_SHOWN: usize = 20_000;
/// Longest earlier entry that a notification repeats, in characters.
const EARLIER_SHOWN: usize = 1_500;
/// Other open tickets of a customer that are listed.
const OTHERS_SHOWN: u32 = 5;
/// Lines of what a first mail quotes that a notification shows.
const HISTORY_SHOWN: usize = 10;

/// What agents are told of: a mail, and the ticket as it is after it.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    /// What is known beside.
    pub case: &'a Case<'a>,
    /// The mail, with the words that are told.
    pub read: &'a Read<'a>,
    /// The ticket.
    pub conversation: &'a Conversation,
}

/// A new ticket: the one who got it hears of it, else everybody of the queue.
pub fn new_request(draft: &mut Draft<'_>, scene: Scene<'_>, sender: &Person, why: &Why) {
    let did = match scene.read.reading.origin {
        Origin::Person => &Deed::Wrote,
        Origin::List => &Deed::WroteByList,
        Origin::AutoReply
        | Origin::Notice
        | Origin::Bounce
        | Origin::Receipt
        | Origin::Report
        | Origin::Own => &Deed::SentItself,
    };
    let number = scene.conversation.ticket.number;
    let own = draft.events.iter().filter(|(ticket, _)| *ticket == number);
    let texts = draft.case.texts;
    let mut linked = own.rev().filter_map(|(_, event)| match event {
        Event::Linked { to, .. } => Some(texts.say(&Because::Linked { why: why.clone(), to: *to })),
        _ => None,
    });
    let telling =
        Telling { author: sender, did, why: linked.next(), goes: ReplyGoes::Public, done: false };
    tell(draft, scene, &telling);
}

/// What was taken for spam is a request after all: they read it as they would have then.
pub fn regained(draft: &mut Draft<'_>, scene: Scene<'_>, sender: &Person, by: &Agent) {
    let why = Because::Regained { agent: by.name.clone() };
    let why = Some(draft.case.texts.say(&why));
    let telling =
        Telling { author: sender, did: &Deed::Wrote, why, goes: ReplyGoes::Public, done: false };
    tell(draft, scene, &telling);
}

/// A follow-up: the assignee hears of it, else everybody of the queue.
pub fn follow_up(
    draft: &mut Draft<'_>,
    scene: Scene<'_>,
    sender: &Person,
    (did, why): (&Deed, &Why),
) {
    let told = matches!(why, Why::Points { by: Evidence::Tag } | Why::Colleague { .. });
    let why = told.then(|| draft.case.texts.say(why));
    let telling = Telling { author: sender, did, why, goes: ReplyGoes::Public, done: false };
    tell(draft, scene, &telling);
}

/// A third party answered an agent: it stays inside, and whoever hears of the ticket hears of it.
pub fn from_third_party(draft: &mut Draft<'_>, scene: Scene<'_>, sender: &Person) {
    let did = match scene.read.reading.origin {
        Origin::Person | Origin::List => &Deed::ThirdWrote,
        _ => &Deed::ThirdSent,
    };
    let telling =
        Telling { author: sender, did, why: None, goes: ReplyGoes::Internal, done: false };
    tell(draft, scene, &telling);
}

/// An agent's internal words: whoever else has to do with the ticket hears of them. `told` are
/// those to whom the mail did something beside, in words.
pub fn note(
    draft: &mut Draft<'_>,
    scene: Scene<'_>,
    author: &Agent,
    told: &BTreeMap<Address, Deed>,
) {
    let Scene { case, conversation, .. } = scene;
    let author = &person(author);
    watch_queue(draft, conversation);
    let named: Vec<(Listener, &Deed)> = readers(case, told, &author.address);
    for listener in listeners(case, conversation, &author.address) {
        if named.iter().all(|(known, _)| known.person.address != listener.person.address) {
            let telling = Telling {
                author,
                did: &Deed::Noted,
                why: None,
                goes: ReplyGoes::Internal,
                done: false,
            };
            tell_one(draft, scene, &telling, &listener);
        }
    }
    for (listener, did) in &named {
        let did = &Deed::AndNoted { deed: Box::new((*did).clone()) };
        let telling = Telling { author, did, why: None, goes: ReplyGoes::Internal, done: false };
        tell_one(draft, scene, &telling, listener);
    }
}

/// A ticket came to somebody by an agent's command: they hear of it, with what was answered in the
/// same mail, if anything.
pub fn passed_on(
    draft: &mut Draft<'_>,
    scene: Scene<'_>,
    author: &Agent,
    told: &BTreeMap<Address, Deed>,
) {
    let author = &person(author);
    let answered = !scene.read.text.is_empty();
    for (listener, did) in readers(scene.case, told, &author.address) {
        let did = did.clone();
        let did = if answered { Deed::AnsweredAnd { deed: Box::new(did) } } else { did };
        let telling =
            Telling { author, did: &did, why: None, goes: ReplyGoes::Internal, done: true };
        tell_one(draft, scene, &telling, &listener);
    }
}

/// Whoever reads what those are to hear, with what was done to them; each once.
fn readers<'t>(
    case: &Case<'_>,
    told: &'t BTreeMap<Address, Deed>,
    author: &Address,
) -> Vec<(Listener, &'t Deed)> {
    let mut all: Vec<(Listener, &Deed)> = Vec::new();
    for (address, did) in told {
        let Some(agent) = case.config.agent(address) else { continue };
        let listener = reading_for(case, agent, author);
        if all.iter().all(|(known, _)| known.person.address != listener.person.address) {
            all.push((listener, did));
        }
    }
    all
}

/// What a notification tells beside the text.
pub struct Telling<'a> {
    /// Who wrote or did it.
    pub author: &'a Person,
    /// What, in words that follow their name.
    pub did: &'a Deed,
    /// Why it is here, if that is worth a line.
    pub why: Option<String>,
    /// Where a reply goes.
    pub goes: ReplyGoes,
    /// It tells what a colleague did and not what they noted: words in answer to it are asked about.
    pub done: bool,
}

fn tell(draft: &mut Draft<'_>, scene: Scene<'_>, telling: &Telling<'_>) {
    let conversation = scene.conversation;
    watch_queue(draft, conversation);
    for listener in hearers(draft, conversation, &telling.author.address) {
        tell_one(draft, scene, telling, &listener);
    }
}

fn watch_queue(draft: &mut Draft<'_>, conversation: &Conversation) {
    let case = draft.case;
    let ticket = &conversation.ticket;
    if !is_served(case, &ticket.queue) {
        draft.problem(
            Cause::NoAgent,
            Problem::Unserved { ticket: ticket.number, queue: ticket.queue.clone() },
        );
    }
}

/// Tells one agent.
pub fn tell_one(
    draft: &mut Draft<'_>,
    scene: Scene<'_>,
    telling: &Telling<'_>,
    listener: &Listener,
) {
    let Scene { case, read, conversation } = scene;
    let ticket = &conversation.ticket;
    let (author, did) = (telling.author, case.texts.say(telling.did));
    let mut values = facts_but(draft, conversation, &merged(draft));
    values.extend(super::asked::told(draft, ticket).into_iter().chain(said(scene, telling)));
    values.insert("instead", maybe(listener.instead.clone()));
    values.insert("outside", Value::from(!listener.agent));
    values.insert("why", maybe(telling.why.clone()));
    values.insert("missed", maybe(draft.missed.as_ref().map(|one| case.texts.say(one))));
    values.insert("weight", maybe(draft.weighed(ticket.number)));
    values
        .insert("overdue", Value::from(conversation.promised().is_some_and(|due| due < case.now)));
    let wordless = read.text.is_empty() && case.config.agent(&author.address).is_some();
    values.insert(
        "wordless",
        Value::from(wordless && conversation.ticket.requester.address != author.address),
    );
    let rendered = render(draft, "notification", &values);
    let line = bundled(
        &format!("{} {} {did}: {}", ticket.number, author.shown(), ticket.subject),
        read.text,
    );
    let thread = own_thread(conversation, &listener.person.address);
    let who = case.texts.voice().sender_name(case.config, author);
    let mail = Outgoing {
        reply_goes: if listener.agent { telling.goes } else { ReplyGoes::Nowhere },
        from_name: format!("{who} ({})", case.config.desk.name),
        in_reply_to: thread.last().cloned(),
        references: thread,
        enclosures: enclosed(read),
        ..plain(case, Kind::Notification, &listener.person, Some(ticket.number), rendered)
    };
    offer(draft, ticket, line, mail);
}

/// Tickets that this very decision lets go on in others.
fn merged(draft: &Draft<'_>) -> Vec<TicketNumber> {
    let merges = draft.events.iter().filter(|(_, event)| matches!(event, Event::Merged { .. }));
    merges.map(|(number, _)| *number).collect()
}

/// The compact context below the text.
pub fn facts(draft: &Draft<'_>, conversation: &Conversation) -> Values {
    facts_but(draft, conversation, &[])
}

/// The same, where those tickets are no longer open by themselves.
fn facts_but(draft: &Draft<'_>, conversation: &Conversation, gone: &[TicketNumber]) -> Values {
    let case = draft.case;
    let ticket = &conversation.ticket;
    let zone = &case.config.desk.time_zone;
    let assignee =
        match ticket.assignee.as_ref().map(|address| (address, case.config.agent(address))) {
            Some((_, Some(agent))) => Scrap::Has { who: agent.name.clone() },
            Some((address, None)) => Scrap::Has { who: address.to_string() },
            None => Scrap::NobodyHas,
        };
    let mut others = case.records.open_of(&ticket.requester.address, ticket.number, OTHERS_SHOWN);
    let silenced = silenced(case, ticket.number);
    others.retain(|(number, _, _)| !gone.contains(number));
    Values::from([
        ("number", value(ticket.number.0.to_string())),
        ("subject", value(&ticket.subject)),
        ("status", value(ticket.status.as_str())),
        ("priority", value(ticket.priority.as_str())),
        ("queue", value(&ticket.queue)),
        ("assignee", value(case.texts.say(&assignee))),
        ("desk", value(&case.config.desk.name)),
        ("due", maybe(conversation.promised().map(|at| stamp(at, zone)))),
        (
            "late",
            maybe(conversation.given_late().and_then(Promise::late).map(|by| case.texts.late(by))),
        ),
        ("was_due", maybe(conversation.given_late().map(|one| stamp(one.due_at, zone)))),
        ("targets", list(super::due::targets(draft, conversation))),
        ("to_do_by", maybe(ticket.due.map(|at| stamp(at, zone)))),
        ("silenced", list(silenced.iter().map(Address::to_string).collect())),
        (
            "others",
            list(
                others
                    .iter()
                    .map(|(number, subject, status)| {
                        format!("{number} {subject} ({})", status.as_str())
                    })
                    .collect(),
            ),
        ),
        (
            "earlier",
            Value::from(
                conversation.last.iter().map(|entry| earlier(case, entry)).collect::<Vec<_>>(),
            ),
        ),
    ])
}

fn earlier(case: &Case<'_>, entry: &Entry) -> Value {
    let who = case.texts.voice().sender_name(case.config, &entry.author);
    let who = match entry.kind {
        EntryKind::Note => case.texts.say(&Scrap::Note { who }),
        EntryKind::Message => who,
    };
    Value::from(BTreeMap::from([
        ("at", stamp(entry.at, &case.config.desk.time_zone)),
        ("who", who),
        ("text", case.texts.voice().barred(&shorten(case.texts, &entry.text, EARLIER_SHOWN))),
    ]))
}

fn said(scene: Scene<'_>, telling: &Telling<'_>) -> Values {
    let Scene { case, read, conversation, .. } = scene;
    let Telling { author, goes, .. } = *telling;
    let warning = match read.verdict.result {
        Authentication::Pass => None,
        Authentication::None
            if goes == ReplyGoes::Internal && case.config.agent(&author.address).is_some() =>
        {
            None
        }
        Authentication::None => Some(Scrap::NotVerified { verdict: read.verdict.reason.clone() }),
        Authentication::Fail => {
            Some(Scrap::FailedAuthentication { verdict: read.verdict.reason.clone() })
        }
    };
    let warning = warning.map(|words| case.texts.say(&words));
    let asks = goes == ReplyGoes::Public && read.reading.origin == Origin::Person;
    let elsewhere = Some(read.inbound).filter(|_| asks);
    let elsewhere =
        elsewhere.and_then(|mail| addressee::elsewhere(case.config, mail, &author.address));
    let elsewhere = elsewhere.filter(|address| conversation.ticket.participant(address).is_none());
    let (history, more) = folded(case.texts, read.history);
    let voice = case.texts.voice();
    Values::from([
        ("internal", Value::from(goes == ReplyGoes::Internal)),
        ("commands", Value::from(telling.done)),
        ("goes_to", value(goes_to(case, conversation))),
        ("warning", maybe(warning)),
        ("elsewhere", maybe(elsewhere.map(|one| one.to_string()))),
        ("author_address", value(author.address.as_str())),
        ("author", value(voice.author(case.config, author))),
        ("did", value(case.texts.say(telling.did))),
        ("text", value(voice.barred(&shorten(case.texts, read.text, TEXT_SHOWN)))),
        ("history", maybe((!history.is_empty()).then(|| voice.barred(&history)))),
        ("more", Value::from(more)),
        (
            "files",
            list(
                files(read)
                    .filter(|file| !is_decoration(file, read))
                    .map(|file| file_line(case.texts, file))
                    .collect(),
            ),
        ),
    ])
}

/// The first lines of a history, and how many more there are.
fn folded(texts: &Texts, history: &str) -> (String, usize) {
    let lines: Vec<&str> = history.lines().filter(|line| !line.trim().is_empty()).collect();
    let shown = lines.iter().take(HISTORY_SHOWN).copied().collect::<Vec<_>>().join("\n");
    (shorten(texts, &shown, EARLIER_SHOWN), lines.len().saturating_sub(HISTORY_SHOWN))
}

/// The mail's files, and its text as one where it is longer than what is shown.
fn files<'a>(read: &'a Read<'_>) -> impl Iterator<Item = &'a Attachment> {
    let long = read.inbound.cut || read.text.chars().nth(TEXT_SHOWN).is_some();
    let text = read.inbound.text_part.iter().filter(move |_| long);
    let listed = |file: &&Attachment| {
        read.inbound.attachments.iter().all(|other| other.offset != file.offset)
    };
    read.inbound.attachments.iter().chain(text.filter(listed))
}

fn enclosed(read: &Read<'_>) -> Vec<Enclosure> {
    let total: usize = files(read).map(|file| file.size).sum();
    if total > ENCLOSED_MAX {
        return Vec::new();
    }
    files(read).map(|file| Enclosure { source: read.id, attachment: file.clone() }).collect()
}

/// Somebody uses an agent's address: the agent hears of it, once an hour.
pub fn impostor(draft: &mut Draft<'_>, own: AgentMail<'_>) {
    let AgentMail { read, agent } = own;
    let case = draft.case;
    if case.told_lately(Cause::Impostor, agent) {
        return;
    }
    let config = case.config;
    let values = Values::from([
        ("name", value(&agent.name)),
        ("address", value(agent.address.as_str())),
        ("at", value(moment(case.now, &config.desk.time_zone))),
        ("why", value(&read.verdict.reason)),
        ("inbox", value(read.id.0.to_string())),
        ("subject", maybe(read.inbound.subject.clone())),
        ("owner", value(config.desk.owner.as_str())),
        ("desk", value(&config.desk.name)),
    ]);
    let rendered = render(draft, "impostor", &values);
    let mail = plain(case, Kind::Transcript, &person(agent), None, rendered);
    draft.mails.push(Post::new(mail, Some(Cause::Impostor)));
}

/// What is wrong, for the owner.
pub fn alarm(
    config: &Config,
    texts: &Texts,
    what: &str,
    advice: &str,
    since: Timestamp,
) -> Outgoing {
    let values = Values::from([
        ("what", value(what)),
        ("advice", value(advice)),
        ("since", value(moment(since, &config.desk.time_zone))),
        ("desk", value(&config.desk.name)),
    ]);
    let rendered = texts.render("alarm", &values);
    to_inside(
        config,
        Kind::Alarm,
        &Person { name: None, address: config.desk.owner.clone() },
        rendered.subject,
        rendered.text,
    )
}
