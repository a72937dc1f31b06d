//! IMAP to inbox: the mailbox is watched, and what comes is stored before the server is told.
//!
//! Every connection begins with a comparison of all UIDs with the ledger; between them IDLE or the
//! poll interval decide when to look again. `\Seen` is never an input, nothing is ever deleted, and
//! a Date never decides anything. A server that goes away is called again for ever, with growing
//! waits; a login that is refused is tried seldom, since that locks accounts. Beside it `copies` puts
//! answers into another folder of the account, and `permission` keeps the token of the login fresh.

pub mod copies;
mod handled;
pub mod imap;
mod permission;
mod suspect;
pub mod watch;

use std::time::Duration;

use crate::config::{After, Config, FirstStart};
use crate::desk::Cause;
use crate::mail::MessageId;
use crate::net::Fault;
use crate::store::{self, Store, problems};
use crate::time::{Clock, Timestamp};
use imap::ImapMailbox;
use watch::{Eye, Failure, Watch};

/// The waits between connections double from the first to the last.
const WAITS: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(300));
/// The same when a person must act first.
const REFUSED_WAITS: (Duration, Duration) = (Duration::from_secs(30), Duration::from_secs(900));
/// The same when our own store fails, as on a full disk: there may be room again soon.
const STORE_WAITS: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(20));
/// So many failures in a row are a problem; fewer are a server that restarts.
const PROBLEM_AFTER: u32 = 3;

/// What a mailbox says of itself when it is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opened {
    /// UIDs are void when this changes (RFC 3501 §2.3.1.1).
    pub uidvalidity: u32,
    /// The next mail will have at least this UID; `None` if the server did not say.
    pub uidnext: Option<u32>,
    /// How many mails lie in it.
    pub exists: u32,
    /// Whether handled mail can be marked as configured.
    pub can_mark: bool,
}

/// What is known of a mail before its body is fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its UID.
    pub uid: u32,
    /// RFC822.SIZE in bytes.
    pub size: u64,
    /// Whether it bears our keyword.
    pub marked: bool,
    /// INTERNALDATE; `None` if unreadable.
    pub received: Option<Timestamp>,
}

/// A mail's bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    /// Its UID.
    pub uid: u32,
    /// The whole mail, or its header block; only the beginning where it is longer than what was
    /// wanted.
    pub bytes: Vec<u8>,
    /// How many bytes it has, whatever was listed.
    pub whole: u64,
}

impl Body {
    /// A mail of which nothing is missing.
    pub fn whole(uid: u32, bytes: Vec<u8>) -> Self {
        let whole = bytes.len() as u64;
        Self { uid, bytes, whole }
    }

    /// Whether nothing of it is missing.
    pub fn is_whole(&self) -> bool {
        self.bytes.len() as u64 == self.whole
    }
}

/// A mail of ours that is to lie in a folder of the account.
#[derive(Clone, Copy, Debug)]
pub struct SentCopy<'a> {
    /// By which it is found there.
    pub id: &'a MessageId,
    /// When it was sent.
    pub sent: Timestamp,
    /// All of it.
    pub mail: &'a [u8],
}

/// Why a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wake {
    /// The server says that something changed.
    Changed,
    /// The time is up.
    Elapsed,
}

/// The seam to the mail server: a mailbox that is being watched. Any [`Fault`] but `Denied` means:
/// drop it, connect anew.
#[expect(async_fn_in_trait, reason = "one task runs all rims, so no future needs to be Send")]
pub trait Mailbox {
    /// Opens the mailbox afresh, or asks it what is new (NOOP): after this the numbers are those of
    /// now.
    async fn open(&mut self) -> Result<Opened, Fault>;
    /// Lists the mails with `first <= uid <= last`, ascending; `last` `None` is no bound.
    async fn list(&mut self, first: u32, last: Option<u32>) -> Result<Vec<Listed>, Fault>;
    /// Fetches whole mails, unread state untouched, in one command; of all of them together at most
    /// `room` bytes are kept, so of some perhaps only the beginning. UIDs that are gone are left out.
    async fn bodies(&mut self, uids: &[u32], room: u64) -> Result<Vec<Body>, Fault>;
    /// Fetches at most `most` bytes of one mail's header block; `None` if it is gone.
    async fn header(&mut self, uid: u32, most: u32) -> Result<Option<Body>, Fault>;
    /// Marks handled mails as configured: keyword or MOVE, in one command. `Denied` if the server
    /// will not.
    async fn mark(&mut self, uids: &[u32]) -> Result<(), Fault>;
    /// How many mails lie in the junk folder; `None` if there is none or the server does not say.
    async fn junk(&mut self) -> Result<Option<u32>, Fault>;
    /// Whether that folder holds the copy.
    async fn holds(&mut self, folder: &str, copy: &SentCopy<'_>) -> Result<bool, Fault>;
    /// Puts a copy into that folder, read already; makes the folder if it is missing.
    async fn append(&mut self, folder: &str, copy: &SentCopy<'_>) -> Result<(), Fault>;
    /// Waits for news, in IDLE where that is offered and wanted, at most `longest`.
    async fn wait(&mut self, longest: Duration) -> Result<Wake, Fault>;
}

/// Watches the mailbox, makes copies of answers and keeps the permission, for ever.
pub async fn run(store: &Store, config: &Config, clock: &Clock) {
    let eye = Eye { store, config, clock };
    tokio::join!(watch(&eye), copies::run(&eye), permission::run(&eye));
}

async fn watch(eye: &Eye<'_>) {
    let config = eye.config;
    let mut watch = Watch::default();
    let mut failures = 0;
    loop {
        watch.surprise();
        let failure = match ImapMailbox::connect(&config.imap).await {
            Ok(mut mailbox) => match begin(&mut mailbox, eye).await {
                Ok(()) => {
                    let (mailbox_name, host) = (&config.imap.mailbox, &config.imap.server.host);
                    tracing::info!("watching {mailbox_name} at {host}");
                    session(&mut mailbox, &mut watch, eye, &mut failures).await
                }
                Err(failure) => failure,
            },
            Err(fault) => Failure::Server(fault),
        };
        failures += 1;
        tracing::warn!(error = %failure, failures, "the mailbox cannot be watched just now");
        if let Err(error) = report(eye, &failure, failures).await {
            tracing::error!(error = %error, "the problem could not be noted");
        }
        permission::rest(eye, &failure, wait(&failure, failures)).await;
    }
}

/// What is seen to before the mailbox is.
async fn begin(mailbox: &mut ImapMailbox, eye: &Eye<'_>) -> Result<(), Failure> {
    handled::compare(mailbox, eye).await?;
    take_back(eye.store, eye.config, eye.clock).await
}

/// After a restore the folder of handled mail may hold what the older database does not know: it is
/// taken in, and nobody is written to for it (I8). What the database does know is recognised by its
/// content.
async fn take_back(store: &Store, config: &Config, clock: &Clock) -> Result<(), Failure> {
    let After::Move(folder) = &config.imap.after else { return Ok(()) };
    if store
        .read(|connection| store::state(connection, store::RESTORED))?
        .is_none_or(|stands| stands != "yes")
    {
        return Ok(());
    }
    let mut handled = config.clone();
    handled.imap.mailbox.clone_from(folder);
    handled.imap.after = After::Nothing;
    handled.imap.first_start = Some(FirstStart::Quiet);
    watch::forget_birth(store, folder).await?;
    let mut mailbox = ImapMailbox::connect(&handled.imap).await?;
    let taken =
        watch::look(&mut mailbox, &mut Watch::default(), &Eye { store, config: &handled, clock })
            .await?;
    tracing::warn!(taken, folder, "the database was restored; handled mail was read again");
    mailbox.close().await;
    store.write(|tx| store::set_state(tx, store::RESTORED, "done")).await?;
    Ok(())
}

/// Looks and waits until something fails.
async fn session(
    mailbox: &mut ImapMailbox,
    watch: &mut Watch,
    eye: &Eye<'_>,
    failures: &mut u32,
) -> Failure {
    loop {
        let looked = match watch::look(mailbox, watch, eye).await {
            Ok(0) => Ok(()),
            Ok(_) => handled::note(mailbox, eye).await,
            Err(failure) => Err(failure),
        };
        if let Err(failure) = looked {
            return failure;
        }
        *failures = 0;
        if let Err(fault) = mailbox.wait(eye.config.imap.poll_interval).await {
            return fault.into();
        }
    }
}

async fn report(eye: &Eye<'_>, failure: &Failure, failures: u32) -> store::Result<()> {
    let now = eye.clock.now();
    let (cause, what, advice) = match failure {
        Failure::Server(Fault::Login(words)) if permission::of(eye).is_some() => (
            Cause::ImapLogin,
            words,
            "run `postdesk login` as the user that runs the desk, or see [imap.oauth2]; the desk goes on by itself once the server lets it in",
        ),
        Failure::Server(Fault::Login(words)) => (
            Cause::ImapLogin,
            words,
            "mend username and password of [imap]; the desk goes on by itself once the server lets it in",
        ),
        Failure::Server(Fault::Insecure(words)) => (
            Cause::ImapUnreachable,
            words,
            "nothing was sent; see tls and ca_file of [imap], or the server's certificate",
        ),
        Failure::Server(Fault::Lost(words) | Fault::Denied(words)) if failures >= PROBLEM_AFTER => {
            (
                Cause::ImapUnreachable,
                words,
                "see host and port of [imap], the network, and the server; the desk tries again by itself",
            )
        }
        Failure::Server(_) | Failure::Store(_) => return Ok(()),
    };
    let what = format!("The mailbox cannot be read: {what}");
    eye.store.write(move |tx| problems::raise(tx, cause, &what, advice, now)).await
}

fn wait(failure: &Failure, failures: u32) -> Duration {
    let (first, last) = match failure {
        Failure::Server(Fault::Login(_) | Fault::Insecure(_)) => REFUSED_WAITS,
        Failure::Server(Fault::Lost(_) | Fault::Crowded(_) | Fault::Denied(_)) => WAITS,
        Failure::Store(_) => STORE_WAITS,
    };
    let doubled = first.saturating_mul(2u32.saturating_pow(failures.saturating_sub(1).min(16)));
    jitter(doubled.min(last))
}

/// Up to a tenth more or less, so that many desks do not call one server in step.
fn jitter(wait: Duration) -> Duration {
    use std::hash::{BuildHasher, RandomState};
    let chance = RandomState::new().hash_one(0u8) % 201;
    wait.mul_f64((900.0 + u32::try_from(chance).map_or(100.0, f64::from)) / 1000.0)
}
