//! Answers to a folder of the account: there people see in their own mail clients what was said.
//!
//! Over a connection of its own, opened when a copy is due: neither reading nor sending waits for
//! it. A try that was begun before may have ended well, so the copy is looked for first and never
//! made twice. What the server refuses (no room, no right) is told once and tried seldom: the
//! answer itself has long arrived.

use std::time::Duration;

use super::imap::ImapMailbox;
use super::watch::{Eye, Failure};
use super::{Mailbox, PROBLEM_AFTER, SentCopy, wait};
use crate::desk::Cause;
use crate::mail::compose::assemble;
use crate::net::Fault;
use crate::store::copies::{self, Owed};
use crate::store::{self, Progress, Tx, inbox, problems};
use crate::time::Timestamp;

/// How often to look for what is owed. Nobody waits for a copy.
const POLL: Duration = Duration::from_secs(5);
/// Waits of a copy between its tries.
const WAITS: [Duration; 4] = [minutes(10), minutes(60), minutes(4 * 60), LONGEST_WAIT];
const LONGEST_WAIT: Duration = minutes(12 * 60);
/// After so long it is left out; the desk itself holds every answer.
const GIVE_UP_AFTER: Duration = minutes(14 * 24 * 60);
/// But never before so many tries: a clock that jumped has not tried for two weeks (T1).
const GIVE_UP_TRIES: u32 = 12;

const fn minutes(count: u64) -> Duration {
    Duration::from_secs(count * 60)
}

/// Makes copies for ever, if the settings want them.
pub async fn run(eye: &Eye<'_>) {
    let mut failures = 0;
    loop {
        let failure = match session(eye).await {
            Ok(()) => {
                failures = 0;
                tokio::time::sleep(POLL).await;
                continue;
            }
            Err(failure) => failure,
        };
        failures += 1;
        tracing::warn!(error = %failure, failures, "answers cannot be copied just now");
        if failures >= PROBLEM_AFTER
            && let Err(error) = tell_of_connection(eye, &failure).await
        {
            tracing::error!(error = %error, "the problem could not be noted");
        }
        tokio::time::sleep(POLL.max(wait(&failure, failures))).await;
    }
}

/// Makes all copies that are due, over one connection.
async fn session(eye: &Eye<'_>) -> Result<(), Failure> {
    if eye.config.sent_copy.is_none() {
        forget(eye).await?;
        return std::future::pending().await;
    }
    if owed(eye, eye.clock.now())?.is_none() {
        return Ok(());
    }
    let mut mailbox = ImapMailbox::connect(&eye.config.imap).await?;
    while step(&mut mailbox, eye).await? == Progress::Some {}
    mailbox.close().await;
    Ok(())
}

/// The setting was taken out: what was owed is owed no more.
async fn forget(eye: &Eye<'_>) -> store::Result<()> {
    let forgotten = eye.store.write(|tx| {
        problems::clear(tx, Cause::SentCopy)?;
        copies::forget(tx)
    });
    let forgotten = forgotten.await?;
    if forgotten > 0 {
        tracing::info!(forgotten, "copies of answers are not wanted any more");
    }
    Ok(())
}

fn owed(eye: &Eye<'_>, now: Timestamp) -> store::Result<Option<Owed>> {
    eye.store.read(|connection| copies::next(connection, LONGEST_WAIT, now))
}

/// Makes one copy, if one is due.
pub async fn step<M: Mailbox>(mailbox: &mut M, eye: &Eye<'_>) -> Result<Progress, Failure> {
    let Some(folder) = &eye.config.sent_copy else { return Ok(Progress::None) };
    let Some(owed) = owed(eye, eye.clock.now())? else { return Ok(Progress::None) };
    let entry = owed.entry;
    // Before the try: if it ends us, its copy is looked for before it is made again.
    eye.store.write(move |tx| copies::count_try(tx, entry)).await?;
    let made = make(mailbox, eye, folder, owed).await;
    let now = eye.clock.now();
    match made {
        Ok(()) => {
            let over = eye.store.write(move |tx| {
                copies::done(tx, entry, now)?;
                if copies::any_failed(tx)? { Ok(()) } else { problems::clear(tx, Cause::SentCopy) }
            });
            over.await?;
            tracing::info!(entry, "an answer was copied");
            Ok(Progress::Some)
        }
        Err(Failure::Server(fault)) => {
            let (folder, words) = (folder.clone(), fault.to_string());
            let again = after(owed.tries + 1, owed.owed_at, now);
            let told = matches!(fault, Fault::Denied(_)) || owed.tries + 1 >= PROBLEM_AFTER;
            let noted = eye.store.write(move |tx| {
                copies::failed(tx, entry, &words, again, now)?;
                if told { tell(tx, &folder, &words, now) } else { Ok(()) }
            });
            noted.await?;
            match fault {
                Fault::Denied(_) => Ok(Progress::Some),
                fault => Err(Failure::Server(fault)),
            }
        }
        // One answer that cannot be read stops none behind it.
        Err(Failure::Store(error @ store::Error::Damaged(_))) => {
            let left_out = eye.store.write(move |tx| {
                copies::failed(tx, entry, &error.to_string(), None, now)?;
                problems::tell_damage(tx, error, now)
            });
            left_out.await?;
            Ok(Progress::Some)
        }
        Err(failure) => Err(failure),
    }
}

async fn make<M: Mailbox>(
    mailbox: &mut M,
    eye: &Eye<'_>,
    folder: &str,
    owed: Owed,
) -> Result<(), Failure> {
    let (id, composed) = eye.store.read(|connection| copies::mail(connection, owed.entry))?;
    let file = |source| eye.store.read(|connection| inbox::bytes(connection, source));
    let mail = assemble(&composed, file)?;
    let copy = SentCopy { id: &id, sent: owed.owed_at, mail: &mail };
    if owed.tries > 0 && mailbox.holds(folder, &copy).await? {
        return Ok(());
    }
    Ok(mailbox.append(folder, &copy).await?)
}

/// When a copy is tried again after so many tries; `None` if it is left out.
fn after(tries: u32, owed: Timestamp, now: Timestamp) -> Option<Timestamp> {
    if tries >= GIVE_UP_TRIES && now.since(owed) >= GIVE_UP_AFTER {
        return None;
    }
    let step = usize::try_from(tries.saturating_sub(1)).unwrap_or(usize::MAX);
    Some(now.plus(WAITS.get(step).copied().unwrap_or(LONGEST_WAIT)))
}

fn tell(tx: Tx<'_>, folder: &str, words: &str, now: Timestamp) -> store::Result<()> {
    let what = format!("No copy of answers can be put into the folder {folder}: {words}");
    let advice = "the answers themselves went out; see sent_copy of [smtp] and that folder's room and rights; each copy is tried again \
                  at least twice a day for two weeks, then it is left out";
    problems::raise(tx, Cause::SentCopy, &what, advice, now)
}

/// A server that lets nobody in is told of by whoever reads the mailbox; here only of one that lets
/// no second connection in.
async fn tell_of_connection(eye: &Eye<'_>, failure: &Failure) -> store::Result<()> {
    let (Some(folder), Failure::Server(fault)) = (eye.config.sent_copy.clone(), failure) else {
        return Ok(());
    };
    let (words, now) = (fault.to_string(), eye.clock.now());
    let told = eye.store.write(move |tx| {
        for cause in [Cause::ImapLogin, Cause::ImapUnreachable] {
            if problems::stands(tx, cause)? {
                return Ok(());
            }
        }
        tell(tx, &folder, &words, now)
    });
    told.await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_left_out_after_two_weeks_of_tries_and_never_by_the_clock_alone() {
        let owed = Timestamp::from_millis(1_795_500_000_000);
        let (soon, late) = (owed.plus(minutes(1)), owed.plus(GIVE_UP_AFTER));
        assert_eq!(after(1, owed, soon), Some(soon.plus(minutes(10))));
        assert_eq!(after(4, owed, soon), Some(soon.plus(LONGEST_WAIT)));
        assert_eq!(after(40, owed, soon), Some(soon.plus(LONGEST_WAIT)), "tried often, not long");
        assert_eq!(after(2, owed, late), Some(late.plus(minutes(60))), "the clock jumped");
        assert_eq!(after(GIVE_UP_TRIES, owed, late), None);
    }
}
