//! Whether the whole of `data_dir` was put back to an older state, as with a snapshot of the
//! machine: then nothing in it says so (I8), but the folder to which handled mail is moved goes on.
//!
//! What the next UID there was is noted after each move. Where the folder is ahead of that, holds
//! mail that the ledger does not know, and mail is gone from the mailbox that the ledger never saw,
//! it was handled by a later state of this desk. What somebody moved there by hand shows no such
//! gap, and what a kill left unnoted is known by its size and date.

use super::imap::ImapMailbox;
use super::watch::{Eye, Failure};
use super::{Listed, Mailbox};
use crate::config::After;
use crate::store::{self, inbox, marks};

/// Key of the state that says how far the folder of handled mail had come.
const KNOWN: &str = "handled folder";

/// How far a folder has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// UIDs are void when this changes.
    pub uidvalidity: u32,
    /// The next mail will have at least this UID.
    pub uidnext: u32,
}

/// Notes how far the folder of handled mail has come.
pub async fn note(mailbox: &mut ImapMailbox, eye: &Eye<'_>) -> Result<(), Failure> {
    let After::Move(folder) = &eye.config.imap.after else { return Ok(()) };
    let Some(now) = mailbox.extent(folder).await? else { return Ok(()) };
    let words = format!("{} {} {folder}", now.uidvalidity, now.uidnext);
    Ok(eye.store.write(move |tx| store::set_state(tx, KNOWN, &words)).await?)
}

/// Compares the folder with what was noted, and puts right what an older `data_dir` needs.
pub async fn compare(mailbox: &mut ImapMailbox, eye: &Eye<'_>) -> Result<(), Failure> {
    let After::Move(folder) = &eye.config.imap.after else { return Ok(()) };
    let noted = eye.store.read(|connection| store::state(connection, KNOWN))?;
    if let Some(known) = noted.and_then(|words| read(&words, folder))
        && let Some(now) = mailbox.extent(folder).await?
        && now.uidvalidity == known.uidvalidity
        && now.uidnext > known.uidnext
        && has_gap(mailbox, eye).await?
        && holds_unknown(folder, known, eye).await?
    {
        let at = eye.clock.now();
        eye.store
            .write(move |tx| {
                marks::jump(tx)?;
                marks::put_back(tx, at)
            })
            .await?;
    }
    note(mailbox, eye).await
}

fn read(words: &str, folder: &str) -> Option<Extent> {
    let mut words = words.splitn(3, ' ');
    let (uidvalidity, uidnext) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
    (words.next()? == folder).then_some(Extent { uidvalidity, uidnext })
}

/// Whether mail came into the mailbox and went from it that the ledger never saw.
async fn has_gap(mailbox: &mut ImapMailbox, eye: &Eye<'_>) -> Result<bool, Failure> {
    let opened = mailbox.open().await?;
    let (name, epoch) = (&eye.config.imap.mailbox, opened.uidvalidity);
    let last = eye.store.read(|connection| inbox::last_uid(connection, name, epoch))?;
    let (Some(last), Some(next)) = (last, opened.uidnext) else { return Ok(false) };
    let there = mailbox.list(last.saturating_add(1), None).await?.len();
    let came = usize::try_from(next.saturating_sub(last.saturating_add(1))).unwrap_or(usize::MAX);
    Ok(came > there)
}

/// Whether a mail that came into the folder since is none of those that the ledger knows.
async fn holds_unknown(folder: &str, known: Extent, eye: &Eye<'_>) -> Result<bool, Failure> {
    let mut imap = eye.config.imap.clone();
    folder.clone_into(&mut imap.mailbox);
    imap.after = After::Nothing;
    let mut beside = ImapMailbox::connect(&imap).await?;
    beside.open().await?;
    let listed = beside.list(known.uidnext, None).await?;
    beside.close().await;
    let unknown = |mail: &Listed| -> store::Result<bool> {
        let listing = super::watch::listing(mail);
        Ok(!eye.store.read(|connection| inbox::knows_listing(connection, &listing))?)
    };
    for mail in &listed {
        if unknown(mail)? {
            return Ok(true);
        }
    }
    Ok(false)
}
