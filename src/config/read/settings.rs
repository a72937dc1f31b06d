//! All sections: what each key means, its default, and what must fit together across them.
//!
//! A section is read to its end before anything is concluded from it, so that one fault hides no
//! other: each function reads all its keys first and only then asks with `?` whether they were
//! good.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use toml::de::{DeTable, DeValue};

use super::super::{
    Address, After, Assign, Config, Desk, Detail, Digest, Feedback, FirstStart, History, Imap,
    Ladder, Limits, Priority, Queue, Server, Tls, Trust,
};
use super::checklists;
use super::hooks;
use super::hours::{Files, hours};
use super::login;
use super::names;
use super::oauth2::{self, Written};
use super::people;
use super::rules;
use super::section::{Page, Section};
use super::sla;
use super::sockets;
use super::value::{self, Read, Value, wrong};
use crate::config::Stamps;
use crate::time::Hours;

/// What relative paths are meant from.
pub struct Place {
    /// The folder of the config file.
    pub folder: PathBuf,
    /// `$CREDENTIALS_DIRECTORY`, where systemd puts secrets (systemd.exec(5)).
    pub credentials: Option<PathBuf>,
}

const TLS: [(&str, Tls); 3] =
    [("implicit", Tls::Implicit), ("starttls", Tls::Starttls), ("none", Tls::None)];
const FIRST_STARTS: [(&str, FirstStart); 3] =
    [("all", FirstStart::All), ("quiet", FirstStart::Quiet), ("new", FirstStart::New)];
const HISTORIES: [(&str, History); 3] =
    [("none", History::None), ("last", History::Last), ("all", History::All)];
const ASSIGNS: [(&str, Assign); 3] = [
    ("everyone", Assign::Everyone),
    ("round-robin", Assign::RoundRobin),
    ("least-open", Assign::LeastOpen),
];
const CREDENTIALS: &str = "$CREDENTIALS_DIRECTORY/";

/// Ports of RFC 8314 §7.3, of RFC 3501 §2.1 and RFC 6409 §3.1; in the clear means a relay on this
/// machine, which listens on 25.
const IMAP_PORTS: [(Tls, u16); 3] = [(Tls::Implicit, 993), (Tls::Starttls, 143), (Tls::None, 143)];
const SMTP_PORTS: [(Tls, u16); 3] = [(Tls::Implicit, 465), (Tls::Starttls, 587), (Tls::None, 25)];

const POLL: Duration = Duration::from_secs(60);
const LADDER: Ladder = Ladder {
    reminder: Some(Duration::from_secs(2 * 3600)),
    backup: Some(Duration::from_secs(3600)),
    lead: Some(Duration::from_secs(30 * 60)),
    owner: Some(Duration::from_secs(15 * 60)),
    unowned: Some(Duration::from_secs(4 * 3600)),
    digest: Some(Priority::Low),
};
const CALM: [(&str, Option<Priority>); 4] = [
    ("never", None),
    ("low", Some(Priority::Low)),
    ("normal", Some(Priority::Normal)),
    ("high", Some(Priority::High)),
];
const SURVEY: Feedback =
    Feedback { wanted: true, bad_mark: 2, every: Duration::from_secs(14 * 86_400) };
const CLOSE_AFTER: Duration = Duration::from_secs(7 * 86_400);
const REOPEN_WITHIN: Duration = Duration::from_secs(90 * 86_400);
const DIGEST: Digest = Digest { wanted: true, at: None };
const UNDO_WINDOW: Duration = Duration::from_secs(30);
const MESSAGE_SIZE: u64 = 50 << 20;
const CONNECTIONS: u64 = 8;

/// Whether this build can check signatures; it does so unless told otherwise.
const DKIM_BUILT_IN: bool = cfg!(feature = "dkim");

/// Reads it all; complaints are on the page, and where there is one the value is of no use.
pub fn config(page: &Page, table: &DeTable<'_>, place: &Place) -> Option<Config> {
    let top = Section::top(page, table);
    let section = top.table("desk", "desk");
    let templates = section.optional("templates", value::text).map(|path| resolve(&path, place));
    let desk = desk(&section, place);
    let own: Vec<&Address> = desk.iter().flat_map(Desk::addresses).collect();
    let account = top.table("imap", "imap");
    let oauth2 =
        oauth2::oauth2(&account, place, desk.as_ref().map_or(Path::new(""), |desk| &desk.data_dir));
    let imap = imap(&account, place, &oauth2);
    let post = top.table("smtp", "smtp");
    let smtp = server(&post, place, "the server that takes our mail", &SMTP_PORTS, &oauth2);
    let sent_copy = sent_copy(&post, imap.as_ref());
    let authentication = trust(&top.table("authentication", "authentication"));
    let details = checklists::details(&top);
    let mut files = Files { place, read: Vec::new() };
    let queues = queues(&top, (desk.as_ref(), &details), &mut files);
    let usual = desk.as_ref().map_or(DIGEST, |desk| desk.digest);
    let agents = people::agents(&top, &own, &queues, usual);
    people::check_bounces(&post, smtp.as_ref(), agents.as_deref());
    let rules = rules::rules(&top, &queues, agents.as_deref());
    let priority = rules::weights(&top.table("priority", "priority"));
    let forms = people::forms(&top, &own, agents.as_deref());
    let metrics = top.table("metrics", "metrics").optional("listen", sockets::loopback);
    let hooks = hooks::hooks(&top);
    let limits = limits(&top.table("limits", "limits"));
    Some(Config {
        desk: desk?,
        imap: imap?,
        smtp: smtp?,
        sent_copy,
        authentication,
        agents: agents?,
        queues,
        calendars: files.read,
        rules,
        priority,
        forms,
        metrics,
        hooks,
        details,
        limits,
        templates,
    })
}

fn desk(section: &Section<'_>, place: &Place) -> Option<Desk> {
    let name = section.required("name", "the name that customers see", names::shown);
    let address =
        section.required("address", "the address that customers write to", value::address);
    let aliases = section.optional("aliases", value::list(value::address)).unwrap_or_default();
    let owner = section.required(
        "owner",
        "the address that hears when something is wrong with the desk",
        value::address,
    );
    let owner_name = section.optional("owner_name", names::person);
    let data_dir = section.optional("data_dir", value::text).unwrap_or_else(|| "data".to_owned());
    let own_lists = section.optional("own_lists", value::list(value::list_id)).unwrap_or_default();
    let footer = section.optional("footer", value::lines);
    let history = section.optional("history", value::one_of(&HISTORIES)).unwrap_or(History::Last);
    let spam_header = section.optional("spam_header", value::spam_header);
    let time_zone =
        section.optional("time_zone", value::time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let language = section.optional("language", value::language).unwrap_or_else(|| "en".to_owned());
    let close_after =
        section.optional("close_after", value::duration("1m", "3650d")).unwrap_or(CLOSE_AFTER);
    let reopen_within =
        section.optional("reopen_within", value::duration("0s", "3650d")).unwrap_or(REOPEN_WITHIN);
    let digest = people::digest(section, DIGEST);
    let offers = section.optional("offers", value::flag).unwrap_or(true);
    let own = || address.iter().chain(&aliases);
    if let Some(owner) = &owner
        && own().any(|own| owner.lands_at(own) || owner == own)
    {
        section.complain(
            "owner",
            "is the desk's own address: its alarms would become tickets; name a person",
        );
    }
    let another =
        |name: &String| names::is_like_address(name) && own().all(|own| own.as_str() != name);
    if name.as_ref().is_some_and(another) {
        section.complain(
            "name",
            "looks like another address than the desk's, which mail clients take for fraud; write a name",
        );
    }
    let data_dir = resolve(&data_dir, place);
    Some(Desk {
        name: name?,
        address: address?,
        aliases,
        data_dir,
        own_lists,
        spam_header,
        footer,
        history,
        owner: owner?,
        owner_name,
        time_zone,
        language,
        close_after,
        reopen_within,
        digest,
        offers,
    })
}

fn imap(section: &Section<'_>, place: &Place, oauth2: &Written) -> Option<Imap> {
    let server = server(section, place, "the server that holds the mailbox", &IMAP_PORTS, oauth2);
    let mailbox = section.optional("mailbox", value::text).unwrap_or_else(|| "INBOX".to_owned());
    let after = section.optional("after", after).unwrap_or(After::Keyword);
    let first_start = section.optional("first_start", value::one_of(&FIRST_STARTS));
    let poll_interval =
        section.optional("poll_interval", value::duration("1s", "1d")).unwrap_or(POLL);
    let idle = section.optional("idle", value::flag).unwrap_or(true);
    if matches!(&after, After::Move(folder) if is_same_mailbox(folder, &mailbox)) {
        section.complain("after", "moves mail to the mailbox where it already lies");
    }
    Some(Imap { server: server?, mailbox, after, first_start, poll_interval, idle })
}

/// Our own answers must not come in as mail.
fn sent_copy(section: &Section<'_>, imap: Option<&Imap>) -> Option<String> {
    let folder = section.optional("sent_copy", value::text)?;
    if imap.is_some_and(|imap| is_same_mailbox(&folder, &imap.mailbox)) {
        section.complain(
            "sent_copy",
            "is the mailbox that is watched: each answer would come in again; name another folder",
        );
    }
    Some(folder)
}

/// `"keyword"`, `"nothing"` or `{ move = "Folder" }`.
fn after(value: &Value<'_>) -> Read<After> {
    const ALLOWED: &str = "must be \"keyword\", \"nothing\" or { move = \"Folder\" }";
    match value.get_ref() {
        DeValue::String(word) if word == "keyword" => Ok(After::Keyword),
        DeValue::String(word) if word == "nothing" => Ok(After::Nothing),
        DeValue::String(word) => wrong(value, format!("{ALLOWED}, not {}", value::quoted(word))),
        DeValue::Table(table) => match table.get("move") {
            Some(folder) if table.len() == 1 => {
                value::text(folder).map(After::Move).map_err(in_move)
            }
            _ => wrong(value, ALLOWED),
        },
        other => wrong(value, format!("{ALLOWED}, not {}", value::sort_of(other))),
    }
}

fn in_move(mut wrongs: Vec<value::Wrong>) -> Vec<value::Wrong> {
    wrongs
        .iter_mut()
        .for_each(|wrong| wrong.what = format!("the folder to move to {}", wrong.what));
    wrongs
}

/// Names of mailboxes are compared to the letter, but for INBOX (RFC 3501 §5.1).
fn is_same_mailbox(one: &str, other: &str) -> bool {
    one == other || [one, other].iter().all(|name| name.eq_ignore_ascii_case("INBOX"))
}

fn server(
    section: &Section<'_>,
    place: &Place,
    purpose: &str,
    ports: &[(Tls, u16)],
    oauth2: &Written,
) -> Option<Server> {
    let host = section.required("host", purpose, value::host);
    let tls = section.optional("tls", value::one_of(&TLS)).unwrap_or(Tls::Implicit);
    let port = section.optional("port", value::port);
    let port = port.or_else(|| ports.iter().find(|(kind, _)| *kind == tls).map(|(_, port)| *port));
    let ca_file = section.optional("ca_file", value::text).map(|path| resolve(&path, place));
    let login = login::login(section, place, oauth2);
    let bounce_address = section.optional("bounce_address", value::address);
    let messages_per_minute = section.optional("messages_per_minute", count(1));
    let connections =
        section.optional("connections", value::between(1, 100)).unwrap_or(CONNECTIONS);
    if tls == Tls::None && host.as_deref().is_some_and(|host| !is_loopback(host)) {
        section.complain(
            "tls",
            "\"none\" is for a server on this very machine (localhost, 127.0.0.1, ::1); anyone on the way would read along",
        );
    }
    let connections = usize::try_from(connections).ok()?;
    Some(Server {
        host: host?,
        port: port?,
        tls,
        ca_file,
        login,
        bounce_address,
        messages_per_minute,
        connections,
    })
}

/// Judged by the letters alone: what a resolver says may change after the check.
fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

const STAMPS: [(&str, Stamps); 2] = [("above", Stamps::Above), ("below", Stamps::Below)];

fn trust(section: &Section<'_>) -> Trust {
    Trust {
        authserv_id: section.optional("authserv_id", names::authserv_id),
        stamps: section.optional("stamps", value::one_of(&STAMPS)),
        trusted_hops: section
            .optional("trusted_hops", value::list(value::host))
            .unwrap_or_default(),
        check_dkim: section.optional("check_dkim", check_dkim).unwrap_or(DKIM_BUILT_IN),
        dns: section.optional("dns", value::list(sockets::name_server)).unwrap_or_default(),
        unsafe_trust_from: section.optional("unsafe_trust_from", value::flag).unwrap_or(false),
    }
}

fn check_dkim(value: &Value<'_>) -> Read<bool> {
    match value::flag(value)? {
        true if !DKIM_BUILT_IN => wrong(
            value,
            "this program was built without signature checks (cargo feature dkim); write false",
        ),
        wanted => Ok(wanted),
    }
}

/// The teams; one, `support`, where none is written.
fn queues(
    top: &Section<'_>,
    (desk, details): (Option<&Desk>, &[Detail]),
    files: &mut Files<'_>,
) -> Vec<Queue> {
    let zone = desk.map_or(jiff::tz::TimeZone::UTC, |desk| desk.time_zone.clone());
    let usual = hours(&top.table("hours", "hours"), Hours::office(zone), files);
    let section = top.table("sla", "sla");
    let written = sla::written(&section);
    let goals = sla::sla(&section, &written, &written);
    let rungs = ladder(&top.table("ladder", "ladder"), LADDER);
    let asked = survey(&top.table("survey", "survey"), SURVEY);
    let mut known = BTreeSet::new();
    let mut all = Vec::new();
    for section in top.tables("queues").unwrap_or_default() {
        let name =
            section.required("name", "the word by which agents name the queue", names::queue);
        let assign =
            section.optional("assign", value::one_of(&ASSIGNS)).unwrap_or(Assign::Everyone);
        let skill = section.optional("skill", value::text);
        let footer = section.optional("footer", value::lines);
        let hours = hours(&section.table("hours", "hours"), usual.clone(), files);
        let ladder = ladder(&section.table("ladder", "ladder"), rungs);
        let survey = survey(&section.table("survey", "survey"), asked);
        let checklist = checklists::checklist(&section, details);
        let own = section.table("sla", "sla");
        let sla = sla::sla(&own, &sla::written(&own), &written);
        if let Some(name) = name.as_ref().filter(|name| !known.insert(names::squeezed(name))) {
            section.complain("name", format!("there are two queues {}", value::quoted(name)));
        }
        all.extend(name.map(|name| Queue {
            name,
            assign,
            skill,
            hours,
            sla,
            ladder,
            survey,
            footer,
            checklist,
        }));
    }
    if all.is_empty() {
        all.push(Queue {
            name: "support".to_owned(),
            assign: Assign::Everyone,
            skill: None,
            hours: usual,
            sla: goals,
            ladder: rungs,
            survey: asked,
            footer: None,
            checklist: None,
        });
    }
    all
}

/// Who is urged when; `usual` lends what the section says nothing of.
fn ladder(section: &Section<'_>, usual: Ladder) -> Ladder {
    let read = |key, usual| section.optional(key, sla::or_never).unwrap_or(usual);
    let ladder = Ladder {
        reminder: read("reminder", usual.reminder),
        backup: read("backup", usual.backup),
        lead: read("lead", usual.lead),
        owner: read("owner", usual.owner),
        unowned: read("unowned", usual.unowned),
        digest: section.optional("digest", value::one_of(&CALM)).unwrap_or(usual.digest),
    };
    let given = [
        ("reminder", ladder.reminder),
        ("backup", ladder.backup),
        ("lead", ladder.lead),
        ("owner", ladder.owner),
    ];
    let set: Vec<_> = given.into_iter().filter_map(|(key, at)| Some((key, at?))).collect();
    for (earlier, later) in set.iter().zip(set.iter().skip(1)) {
        let written = [later.0, earlier.0].into_iter().find(|key| section.has(key));
        if let Some(key) = written.filter(|_| later.1 > earlier.1) {
            let words = format!(
                "{} would be urged before {}; write them in their order, each with less time before the end",
                later.0, earlier.0
            );
            section.complain(key, words);
        }
    }
    ladder
}

/// How its customers are asked; `usual` lends what the section says nothing of.
fn survey(section: &Section<'_>, usual: Feedback) -> Feedback {
    let bad = section.optional("bad_mark", value::between(0, 4));
    Feedback {
        wanted: section.optional("wanted", value::flag).unwrap_or(usual.wanted),
        bad_mark: bad.and_then(|bad| u8::try_from(bad).ok()).unwrap_or(usual.bad_mark),
        every: section.optional("every", value::duration("0s", "365d")).unwrap_or(usual.every),
    }
}

fn limits(section: &Section<'_>) -> Limits {
    let per_address = section.optional("acknowledgements_per_address_and_day", count(0));
    let per_hour = section.optional("acknowledgements_per_hour", count(1));
    let per_agent = section.optional("notifications_per_agent_and_hour", count(1));
    Limits {
        message_size: section
            .optional("message_size", value::size("1KiB", "1GiB"))
            .unwrap_or(MESSAGE_SIZE),
        acknowledgements_per_address_and_day: per_address.unwrap_or(5),
        acknowledgements_per_hour: per_hour.unwrap_or(200),
        notifications_per_agent_and_hour: per_agent.unwrap_or(30),
        undo_window: section
            .optional("undo_window", value::duration("0s", "1d"))
            .unwrap_or(UNDO_WINDOW),
    }
}

/// A bound on a number of mails.
fn count(least: u64) -> impl Fn(&Value<'_>) -> Read<u32> {
    move |value| {
        let number = value::between(least, 1_000_000)(value)?;
        u32::try_from(number).or_else(|_| wrong(value, "is too large"))
    }
}

/// A path as meant: from the config's folder, or from systemd's credentials.
///
/// Without that variable the path is left as it is written: `list` and the like need no password,
/// and who does need it is told of a file with that telling name.
pub fn resolve(path: &str, place: &Place) -> PathBuf {
    match (path.strip_prefix(CREDENTIALS), &place.credentials) {
        (Some(rest), Some(credentials)) => credentials.join(rest),
        (Some(_), None) => Path::new(path).to_path_buf(),
        (None, _) => place.folder.join(path),
    }
}
