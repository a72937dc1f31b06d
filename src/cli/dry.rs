//! One dry mail: a customer writes, an agent answers and commands, in a desk of their own with a
//! database that is thrown away. Nothing is sent, and the real database is not opened.
//!
//! Whoever it is believed to be is believed there: whether real mail of theirs is, is another
//! question, which `evidence` answers from mail that came.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::config::{Agent, Config, Trust};
use crate::desk::case::Outcome;
use crate::desk::texts::Texts;
use crate::mail::compose::assemble;
use crate::mail::token::Key;
use crate::mail::{Address, Inbound, InboxId, Kind, MessageId, parse};
use crate::store::inbox::{self, Arrival, Listing, Quiet, Raw, Source};
use crate::store::outbox::{self, Pace, Parcel, Room};
use crate::store::view::{self, Which};
use crate::store::{self, Progress, Store, problems};
use crate::time::Clock;
use crate::work::{self, Desk};

/// Steps until a mail has its end; one is enough, and more would be a loop.
const STEPS_MAX: usize = 10;
const CUSTOMER: &str = "ada.dry-mail@example.org";
const QUESTION: &str = "The export stops after 500 lines.";
const ANSWER: &str = "Please try it with the new version.";

/// What the customer saw of the agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The name in From.
    pub name: String,
}

/// Plays it for one agent; the error says all that went wrong.
pub async fn play(config: &Config, texts: &Arc<Texts>, agent: &Agent) -> Result<Seen, String> {
    let stage = Stage::new(config, texts, agent).map_err(|error| error.to_string())?;
    let mut faults = Vec::new();
    let seen = stage.conversation(agent, &mut faults).await.map_err(|error| error.to_string())?;
    let problems = stage.store.read(problems::all).map_err(|error| error.to_string())?;
    faults.extend(problems.into_iter().map(|problem| problem.what));
    match seen {
        Some(seen) if faults.is_empty() => Ok(seen),
        _ => Err(faults.join("; ")),
    }
}

/// A desk with this agent alone.
struct Stage {
    store: Store,
    desk: Desk,
    _folder: Folder,
}

/// Thrown away when dropped.
struct Folder(PathBuf);

impl Folder {
    /// A new one, which nobody else can have made before: others write to that place too.
    fn new() -> store::Result<Self> {
        use std::os::unix::fs::DirBuilderExt;
        let (process, now) = (std::process::id(), Clock::System.now().as_millis());
        let place = std::env::temp_dir();
        let mut made = Err(std::io::ErrorKind::AlreadyExists.into());
        let mut path = PathBuf::new();
        for number in 0..100 {
            path = place.join(format!("postdesk-check-{process}-{now}-{number}"));
            made = std::fs::DirBuilder::new().mode(0o700).create(&path);
            let taken = |error: &std::io::Error| error.kind() == std::io::ErrorKind::AlreadyExists;
            if !made.as_ref().is_err_and(taken) {
                break;
            }
        }
        match made {
            Ok(()) => Ok(Self(path)),
            Err(source) => Err(store::Error::Files { path, source }),
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Left behind it does no harm: nothing of anybody's is in it.
        drop(std::fs::remove_dir_all(&self.0));
    }
}

impl Stage {
    fn new(config: &Config, texts: &Arc<Texts>, agent: &Agent) -> store::Result<Self> {
        let folder = Folder::new()?;
        let mut config = config.clone();
        config.desk.data_dir.clone_from(&folder.0);
        config.authentication = Trust { unsafe_trust_from: true, ..Trust::default() };
        config.queues.retain(|queue| agent.queues.contains(&queue.name));
        config.agents = vec![agent.clone()];
        config.limits.undo_window = Duration::ZERO;
        let desk = Desk {
            config: Arc::new(config),
            texts: Arc::clone(texts),
            key: Key::new(&[0; Key::BYTES]),
            clock: Clock::set_to(Clock::System.now()),
            keys: None,
        };
        Ok(Self { store: Store::open_inline(&folder.0)?, desk, _folder: folder })
    }

    /// The three mails; `None` where one of them brought nothing that the next could answer.
    async fn conversation(
        &self,
        agent: &Agent,
        faults: &mut Vec<String>,
    ) -> store::Result<Option<Seen>> {
        let desk = &self.desk.config.desk.address;
        let asks = format!(
            "From: Ada Lovelace <{CUSTOMER}>\r\nTo: {desk}\r\nSubject: Export\r\nMessage-ID: <dry@example.org>\r\n\r\n{QUESTION}\r\n"
        );
        let told = self.bring(1, &asks, "a customer's mail", faults).await?;
        let to_agent = |mail: &&Sent| {
            mail.kind == Kind::Notification && agent.answers_to(mail.recipient.as_str())
        };
        let Some(notification) = told.iter().find(to_agent) else {
            faults.push("a customer's mail: they do not hear of it".to_owned());
            return Ok(None);
        };
        if !holds(&notification.read.text, QUESTION) {
            faults.push("notification: what the customer wrote is not in it".to_owned());
        }
        let answers = |text: &str| {
            format!(
                "From: {}\r\nTo: {desk}\r\nSubject: Re: Export\r\nMessage-ID: <dry.{}>\r\nIn-Reply-To: <{2}>\r\nReferences: <{2}>\r\n\r\n{text}\r\n",
                agent.address,
                text.len(),
                notification.id.as_str(),
            )
        };
        let answered = self.bring(2, &answers(ANSWER), "their answer", faults).await?;
        let reply = answered.iter().find(|mail| mail.kind == Kind::Reply);
        let seen = reply.map(|reply| {
            if !holds(&reply.read.text, ANSWER) {
                faults.push("reply: what the agent wrote is not in it".to_owned());
            }
            let name = reply.read.from.first().and_then(|from| from.name.clone());
            Seen { name: name.unwrap_or_default() }
        });
        if seen.is_none() {
            faults.push("their answer: the customer gets nothing".to_owned());
        }
        let told = self.bring(3, &answers("#tag +dry"), "their command", faults).await?;
        if !told.iter().any(|mail| mail.kind == Kind::Transcript && mail.read.text.contains('✔'))
        {
            faults.push("their command: no transcript shows that it was done".to_owned());
        }
        Ok(seen)
    }

    /// A mail comes in, some minutes after the last; gives what goes out for it.
    async fn bring(
        &self,
        number: i64,
        mail: &str,
        what: &str,
        faults: &mut Vec<String>,
    ) -> store::Result<Vec<Sent>> {
        let now = self.desk.clock.now().plus(Duration::from_secs(600));
        self.desk.clock.set(now);
        let arrival = Arrival {
            source: Source::Pipe,
            raw: Raw::of(mail.as_bytes())?,
            listing: Listing::default(),
            quiet: Quiet::No,
            marked: true,
        };
        self.store.write(move |tx| inbox::take(tx, &arrival, now)).await?;
        for _ in 0..STEPS_MAX {
            if work::step(&self.store, &self.desk).await? == Progress::None {
                break;
            }
        }
        let which = Which::One(InboxId(number));
        let (found, damaged) = self.store.read(|connection| view::inbox(connection, which))?;
        if let Some(error) = damaged {
            return Err(error);
        }
        let row = found.into_iter().next();
        let (outcome, reason) = row.map(|row| (row.outcome, row.reason)).unwrap_or_default();
        let outcome = outcome.map(Outcome::as_str).unwrap_or("no end");
        if !matches!(outcome, "message" | "command") {
            faults.push(format!("{what} ends as {outcome}: {}", reason.unwrap_or_default()));
        }
        let pace = Pace { acknowledgements_per_hour: u32::MAX, messages_per_minute: None };
        let claimed = self.store.write(move |tx| {
            let chosen = outbox::next(tx, &Room::of(100), now)?;
            outbox::claim(tx, pace, &chosen.ids, now)
        });
        let parcels = claimed.await?;
        parcels.iter().map(|parcel| self.open(parcel)).collect()
    }

    fn open(&self, parcel: &Parcel) -> store::Result<Sent> {
        let bytes = assemble(&parcel.composed, |id| {
            self.store.read(|connection| inbox::bytes(connection, id))
        })?;
        let row = self.store.read(|connection| outbox::row(connection, parcel.id))?;
        let row = row.ok_or_else(|| store::Error::Damaged("a mail without its row".to_owned()))?;
        Ok(Sent {
            kind: row.kind,
            id: row.message_id,
            recipient: row.recipient,
            read: parse::parse(&bytes),
        })
    }
}

/// A mail that would go out, as its recipient reads it.
struct Sent {
    kind: Kind,
    id: MessageId,
    recipient: Address,
    read: Inbound,
}

/// Whether words stand in a text, however its lines are wrapped.
fn holds(text: &str, words: &str) -> bool {
    text.split_whitespace().collect::<Vec<_>>().join(" ").contains(words)
}
