//! IMAP to inbox.

pub mod imap;

use std::time::Duration;

use crate::net::Fault;
use crate::time::Timestamp;

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
    /// The whole mail, or its header block.
    pub bytes: Vec<u8>,
}

/// Why a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wake {
    /// The server says that something changed.
    Changed,
    /// The time is up.
    Elapsed,
}

/// The seam to the mail server: a mailbox that is being watched. Any [`Fault`] but `Denied` means: drop it, connect anew.
#[expect(async_fn_in_trait, reason = "one task runs all rims, so no future needs to be Send")]
pub trait Mailbox {
    /// Opens the mailbox afresh, or asks it what is new (NOOP): after this the numbers are those of now.
    async fn open(&mut self) -> Result<Opened, Fault>;
    /// Lists the mails with `first <= uid <= last`, ascending; `last` `None` is no bound.
    async fn list(&mut self, first: u32, last: Option<u32>) -> Result<Vec<Listed>, Fault>;
    /// Fetches whole mails, unread state untouched, in one command. UIDs that are gone are left out.
    async fn bodies(&mut self, uids: &[u32]) -> Result<Vec<Body>, Fault>;
    /// Fetches at most `most` bytes of one mail's header block; `None` if it is gone.
    async fn header(&mut self, uid: u32, most: u32) -> Result<Option<Body>, Fault>;
    /// Marks handled mails as configured: keyword or MOVE, in one command. `Denied` if the server will not.
    async fn mark(&mut self, uids: &[u32]) -> Result<(), Fault>;
    /// How many mails lie in the junk folder; `None` if there is none or the server does not say.
    async fn junk(&mut self) -> Result<Option<u32>, Fault>;
    /// Waits for news, in IDLE where that is offered and wanted, at most `longest`.
    async fn wait(&mut self, longest: Duration) -> Result<Wake, Fault>;
}
