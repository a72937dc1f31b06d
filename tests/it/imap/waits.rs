//! IDLE and its oddities.

use std::time::Duration;

use postdesk::config::Imap;
use postdesk::fetch::{Mailbox, Wake};

use super::script::{LOGIN, SELECT, end, meet, opened, settings, told};
use super::{LIST, NEWEST, NOOP};

/// Name, script, what the wait for an hour tells, and after how many seconds.
const WAITS: &[(&str, &str, &str, u64)] = &[
    ("news", "C IDLE\nS + idling\nW 5\nS * 4 EXISTS\nS * 1 RECENT\nc DONE\nS $ OK x", "Changed", 5),
    ("news before the +", "C IDLE\nS * 4 EXISTS\nS + idling\nc DONE\nS $ OK x", "Changed", 0),
    ("news after DONE", "C IDLE\nS +\nc DONE\nS * 4 EXISTS\nS $ OK x", "Changed", 1500),
    ("nothing", "C IDLE\nS + idling\nc DONE\nS $ OK x", "Elapsed", 1500),
    (
        "the same number",
        "C IDLE\nS + idling\nS * 3 EXISTS\nS * 0 RECENT\nc DONE\nS $ OK x",
        "Elapsed",
        1500,
    ),
    (
        "one goes, one comes",
        "C IDLE\nS + idling\nS * 1 EXPUNGE\nS * 3 EXISTS\nc DONE\nS $ OK x",
        "Changed",
        0,
    ),
    (
        "expunge and flags alone",
        "C IDLE\nS + idling\nS * 1 EXPUNGE\nS * 1 FETCH (FLAGS ())\nc DONE\nS $ OK x",
        "Elapsed",
        1500,
    ),
    (
        "keep-alives",
        "C IDLE\nS + idling\nW 700\nS * OK Still here\nW 700\nS * OK Still here\nc DONE\nS $ OK x",
        "Elapsed",
        1500,
    ),
    ("ended by the server", "C IDLE\nS + idling\nW 3\nS $ OK idle is over", "Elapsed", 63),
    ("ended without +", "C IDLE\nS $ OK x", "Elapsed", 60),
    ("refused", "C IDLE\nS $ NO not now", "Elapsed", 60),
    ("not understood", "C IDLE\nS $ BAD what", "Elapsed", 60),
    ("refused, then news unasked", "C IDLE\nS $ NO not now\nW 7\nS * 4 EXISTS", "Changed", 7),
    ("no +", "C IDLE", "lost: the server was silent for 60 s", 60),
    ("no end", "C IDLE\nS + idling\nc DONE", "lost: the server was silent for 60 s", 1560),
    (
        "BYE",
        "C IDLE\nS + idling\nW 9\nS * BYE shutting down",
        "lost: the server said goodbye: shutting down",
        9,
    ),
    ("closed", "C IDLE\nS + idling\nE", "lost: the server closed the connection", 0),
    ("half a line", "C IDLE\nS + idling\ns * 4 EX\nW 2\nS ISTS\nc DONE\nS $ OK x", "Changed", 2),
    ("two +", "C IDLE\nS + idling\nS + idling", "lost: the server answered without being asked", 0),
    (
        "foreign tag",
        "C IDLE\nS + idling\nS Z1 OK x",
        "lost: the server answered a command that was not asked",
        0,
    ),
];

#[tokio::test(start_paused = true)]
async fn waits() {
    for (name, script, expected, seconds) in WAITS {
        let (mut mailbox, server) = opened(&settings(), script).await;
        let begin = tokio::time::Instant::now();
        let heard = told(mailbox.wait(Duration::from_secs(3600)).await, |wake| format!("{wake:?}"));
        assert_eq!(heard, *expected, "{name}");
        assert_eq!(begin.elapsed().as_secs(), *seconds, "{name}");
        end(mailbox, server).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_wait_is_never_longer_than_asked() {
    let (mut mailbox, server) = opened(&settings(), "C IDLE\nS + idling\nc DONE\nS $ OK x").await;
    let begin = tokio::time::Instant::now();
    assert_eq!(mailbox.wait(Duration::from_secs(5)).await.unwrap(), Wake::Elapsed);
    assert_eq!(begin.elapsed().as_secs(), 5);
    end(mailbox, server).await;
}

#[tokio::test(start_paused = true)]
async fn news_during_a_command_end_the_next_wait_at_once() {
    let script =
        format!("{LIST}S * 4 EXISTS\nS $ OK x\n{NOOP}{NEWEST}C IDLE\nS + idling\nc DONE\nS $ OK x");
    let (mut mailbox, server) = opened(&settings(), &script).await;
    mailbox.list(5, None).await.unwrap();
    assert_eq!(mailbox.wait(Duration::from_secs(5)).await.unwrap(), Wake::Changed);
    mailbox.open().await.unwrap();
    assert_eq!(
        mailbox.wait(Duration::from_secs(5)).await.unwrap(),
        Wake::Elapsed,
        "opening has seen it"
    );
    end(mailbox, server).await;
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_wait_does_not_spoil_the_connection() {
    for before in ["S + idling\n", "W 3\nS + idling\n"] {
        let script = format!("C IDLE\n{before}c DONE\nS $ OK x\n{LIST}S $ OK x");
        let (mut mailbox, server) = opened(&settings(), &script).await;
        let cancelled =
            tokio::time::timeout(Duration::from_secs(1), mailbox.wait(Duration::from_secs(60)))
                .await;
        assert!(cancelled.is_err());
        assert_eq!(mailbox.list(5, None).await.unwrap(), []);
        end(mailbox, server).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_command_spoils_the_connection() {
    let (mut mailbox, server) = opened(&settings(), LIST).await;
    assert!(tokio::time::timeout(Duration::from_secs(1), mailbox.list(5, None)).await.is_err());
    let heard = told(mailbox.bodies(&[1], 1 << 20).await, |_| String::new());
    assert_eq!(heard, "lost: the connection was given up in the middle of a command");
    end(mailbox, server).await;
}

#[tokio::test(start_paused = true)]
async fn idle_is_not_used_where_not_wanted_or_offered() {
    let unwanted = Imap { idle: false, ..settings() };
    for (imap, script) in [(unwanted, LOGIN.to_owned()), (settings(), LOGIN.replace(" IDLE", ""))] {
        let (mailbox, server) = meet(&imap, &format!("{script}{SELECT}")).await;
        let mut mailbox = mailbox.unwrap();
        mailbox.open().await.unwrap();
        let begin = tokio::time::Instant::now();
        assert_eq!(mailbox.wait(Duration::from_secs(3600)).await.unwrap(), Wake::Elapsed);
        assert_eq!(begin.elapsed().as_secs(), 60);
        assert!(!end(mailbox, server).await.concat().contains("IDLE"));
    }
}

#[tokio::test(start_paused = true)]
async fn news_are_told_once_and_remembered_until_the_mailbox_is_opened() {
    let script = format!(
        "C IDLE\nS + idling\nS * 4 EXISTS\nc DONE\nS $ OK x\nC IDLE\nS + idling\nc DONE\nS $ OK x\n{NOOP}{NEWEST}"
    );
    let (mut mailbox, server) = opened(&settings(), &script).await;
    assert_eq!(mailbox.wait(Duration::from_secs(5)).await.unwrap(), Wake::Changed);
    assert_eq!(mailbox.wait(Duration::from_secs(5)).await.unwrap(), Wake::Elapsed);
    assert_eq!(mailbox.open().await.unwrap().uidnext, Some(13));
    end(mailbox, server).await;
}

#[tokio::test(start_paused = true)]
async fn an_emptied_mailbox_does_not_keep_us_awake() {
    let script = "C NOOP\nS * 0 EXISTS\nS $ OK x\nC IDLE\nS + idling\nc DONE\nS $ OK x";
    let (mut mailbox, server) = opened(&settings(), script).await;
    assert_eq!(mailbox.open().await.unwrap().exists, 0);
    assert_eq!(mailbox.wait(Duration::from_secs(5)).await.unwrap(), Wake::Elapsed);
    end(mailbox, server).await;
}
