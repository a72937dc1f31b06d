//! Waiting for news: IDLE (RFC 2177), or only listening.
//!
//! The deadline is absolute, for servers' keep-alives would extend any other for ever. What is
//! announced before the `+` or between DONE and its answer counts. A wait may be cancelled: the
//! next command ends the IDLE first. A server that refuses IDLE is not asked again; after one that
//! ends it by itself we only listen for the rest of the wait: never a busy loop.

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::Instant;

use crate::fetch::Wake;
use crate::fetch::imap::answer::{Answer, Condition};
use crate::fetch::imap::wire::{Done, Wire};
use crate::net::Fault;

/// Servers may end an IDLE after 30 minutes (RFC 2177 §3), and routers forget silent connections
/// sooner. Shorter than any command may take.
const IDLE_DEADLINE: Duration = Duration::from_secs(25 * 60);

/// An IDLE that was begun.
#[derive(Debug)]
pub struct Idling {
    tag: String,
    /// Whether the `+` came; DONE before it would be taken for a command.
    granted: bool,
}

/// How a look at the server's talk in IDLE ended.
enum Heard {
    News,
    Nothing,
    Ended(Done),
}

/// Waits in IDLE for at most `longest`. `None` if the server ended it by itself, `Err(Denied)` if
/// it will not have it.
pub async fn idle<T: AsyncRead + AsyncWrite + Unpin>(
    wire: &mut Wire<T>,
    idling: &mut Option<Idling>,
    longest: Duration,
) -> Result<Option<Wake>, Fault> {
    let deadline = Instant::now() + longest.min(IDLE_DEADLINE);
    if idling.is_none() {
        let tag = wire.begin("IDLE").await?;
        *idling = Some(Idling { tag, granted: false });
    }
    match hear(wire, idling, deadline).await? {
        Heard::Ended(done) => {
            done.granted("IDLE")?;
            Ok(None)
        }
        Heard::News | Heard::Nothing => {
            end(wire, idling).await?;
            Ok(Some(woken(wire)))
        }
    }
}

/// Listens without a command until `deadline`: news may come unasked, and a lost connection shows.
pub async fn listen<T: AsyncRead + AsyncWrite + Unpin>(
    wire: &mut Wire<T>,
    deadline: Instant,
) -> Result<Wake, Fault> {
    while !wire.has_news() {
        match wire.answer_until(deadline).await? {
            None => break,
            Some(Answer::Tagged { .. } | Answer::Continue) => {
                return Err(wire.broken("the server answered without being asked"));
            }
            Some(_) if Instant::now() >= deadline => break,
            Some(_) => {}
        }
    }
    Ok(woken(wire))
}

/// Ends an IDLE that is under way, if any.
pub async fn end<T: AsyncRead + AsyncWrite + Unpin>(
    wire: &mut Wire<T>,
    idling: &mut Option<Idling>,
) -> Result<(), Fault> {
    while idling.as_ref().is_some_and(|idling| !idling.granted) {
        let answer = wire.answer().await?;
        weigh(wire, idling, answer)?;
    }
    if idling.is_none() {
        return Ok(());
    }
    wire.send(b"DONE\r\n").await?;
    while idling.is_some() {
        let answer = wire.answer().await?;
        weigh(wire, idling, answer)?;
    }
    Ok(())
}

async fn hear<T: AsyncRead + AsyncWrite + Unpin>(
    wire: &mut Wire<T>,
    idling: &mut Option<Idling>,
    deadline: Instant,
) -> Result<Heard, Fault> {
    while !wire.has_news() {
        let granted = idling.as_ref().is_some_and(|idling| idling.granted);
        let answer = if granted {
            match wire.answer_until(deadline).await? {
                Some(answer) => answer,
                None => break,
            }
        } else {
            wire.answer().await?
        };
        if let Some(done) = weigh(wire, idling, answer)? {
            return Ok(Heard::Ended(done));
        }
        if granted && Instant::now() >= deadline {
            break;
        }
    }
    Ok(if wire.has_news() { Heard::News } else { Heard::Nothing })
}

/// Takes note of an answer during IDLE; the end of the IDLE comes back.
fn weigh<T: AsyncRead + AsyncWrite + Unpin>(
    wire: &mut Wire<T>,
    idling: &mut Option<Idling>,
    answer: Answer,
) -> Result<Option<Done>, Fault> {
    match (answer, idling.take()) {
        (Answer::Tagged { tag: ended, condition, words }, Some(Idling { tag, .. })) => {
            wire.end(&tag, &ended, Done { condition, words }).map(Some)
        }
        (Answer::Continue, Some(Idling { tag, granted: false })) => {
            *idling = Some(Idling { tag, granted: true });
            Ok(None)
        }
        (Answer::Continue | Answer::Tagged { .. }, _) => {
            Err(wire.broken("the server answered without being asked"))
        }
        (Answer::Condition(Condition::Preauth, _), _) => {
            Err(wire.broken("the server lost its way in IDLE"))
        }
        (_, before) => {
            *idling = before;
            Ok(None)
        }
    }
}

fn woken<T: AsyncRead + AsyncWrite + Unpin>(wire: &mut Wire<T>) -> Wake {
    if wire.take_news() { Wake::Changed } else { Wake::Elapsed }
}
