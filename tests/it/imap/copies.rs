//! Copies of answers in another folder: looked for, put there, and what servers say to it.

use postdesk::fetch::{Mailbox, SentCopy};
use postdesk::mail::MessageId;
use postdesk::time::Timestamp;

use super::script::{end, enter, settings, told};

const MAIL: &[u8] = b"Message-ID: <1.4.k7@desk.test>\r\n\r\nHello.\r\n";

const APPEND: &str = "C APPEND \"S&APw-d\" (\\Seen) \"16-Nov-2026 23:30:00 +0000\" {42}\n";
const MAIL_LINES: &str = "c Message-ID: <1.4.k7@desk.test>\nc \nc Hello.\nc \n";

/// `A` stands for the command up to the size, `M` for the mail's lines.
const APPENDS: &[(&str, &str, &str)] = &[
    ("taken", "AS + go on\nMS * 8 EXISTS\nS $ OK [APPENDUID 7 8] done", "ok"),
    (
        "no room, said before",
        "AS $ NO [OVERQUOTA] full\nC STATUS # (MESSAGES)\nS * STATUS # (MESSAGES 4)\nS $ OK x",
        "denied: the server refused to take a copy: [OVERQUOTA] full",
    ),
    (
        "no room, said behind",
        "AS + go on\nMS $ NO [OVERQUOTA] full\nC STATUS # (MESSAGES)\nS * STATUS # (MESSAGES 4)\nS $ OK x",
        "denied: the server refused to take a copy: [OVERQUOTA] full",
    ),
    (
        "folder is made",
        "AS $ NO [TRYCREATE] none\nC STATUS # (MESSAGES)\nS $ NO x\nC CREATE #\nS $ OK x\nC SUBSCRIBE #\nS $ OK x\nAS + go on\nMS $ OK x",
        "ok",
    ),
    (
        "folder is made by a server that says little",
        "AS + go on\nMS $ NO no\nC STATUS # (MESSAGES)\nS $ NO x\nC CREATE #\nS $ OK x\nC SUBSCRIBE #\nS $ BAD x\nAS + go on\nMS $ OK x",
        "ok",
    ),
    (
        "folder cannot be made",
        "AS $ NO [TRYCREATE] none\nC STATUS # (MESSAGES)\nS $ NO x\nC CREATE #\nS $ NO [NOPERM] not you",
        "denied: the server refused to make that folder: [NOPERM] not you",
    ),
    ("closed behind the mail", "AS + go on\nME", "lost: the server closed the connection"),
    ("silent", "AS + go on\nM", "lost: the server was silent for 60 s"),
    (
        "asks twice",
        "AS + go on\nMS + and on\nW 1",
        "lost: the server asked for more than there was",
    ),
    ("BYE", "AS * BYE too large", "lost: the server said goodbye: too large"),
];

fn whole(script: &str) -> String {
    // The letters stand at the beginning of a command or of a line.
    script
        .replace("AS ", &format!("{APPEND}S "))
        .replace("MS ", &format!("{MAIL_LINES}S "))
        .replace("\nME", &format!("\n{MAIL_LINES}E"))
        .replace('#', "\"S&APw-d\"")
}

fn copy(id: &MessageId) -> SentCopy<'_> {
    let sent = "2026-11-16T23:30:00Z".parse().map(Timestamp::from_jiff).unwrap();
    SentCopy { id, sent, mail: MAIL }
}

#[tokio::test(start_paused = true)]
async fn appends() {
    let id = MessageId::parse("<1.4.k7@desk.test>").unwrap();
    for (name, script, expected) in APPENDS {
        let script = whole(script).replace("\nM\n", "\n").trim_end_matches('M').to_owned();
        let (mut mailbox, server) = enter(&settings(), &script).await;
        let appended = told(mailbox.append("Süd", &copy(&id)).await, |()| "ok".to_owned());
        assert_eq!(appended, *expected, "{name}");
        end(mailbox, server).await;
    }
}

const SEARCH: &str = "C UID SEARCH SINCE 14-Nov-2026 HEADER Message-ID \"1.4.k7@desk.test\"\n";

const SEARCHES: &[(&str, &str, &str)] = &[
    ("there", "S * 9 EXISTS\nS $ OK [READ-ONLY] x\n?S * SEARCH 3\nS $ OK x", "true"),
    ("twice", "S $ OK x\n?S * SEARCH 3 8\nS $ OK x", "true"),
    ("not there", "S $ OK x\n?S * SEARCH\nS $ OK x", "false"),
    ("nothing said", "S $ OK x\n?S $ OK x", "false"),
    ("no such folder", "S $ NO [NONEXISTENT] x\nC STATUS # (MESSAGES)\nS $ NO x", "false"),
    (
        "not to be opened",
        "S $ NO [INUSE] later\nC STATUS # (MESSAGES)\nS * STATUS # (MESSAGES 3)\nS $ OK x",
        "denied: the server refused to open that folder: [INUSE] later",
    ),
    (
        "not to be searched",
        "S $ OK x\n?S $ BAD what",
        "denied: the server refused to look for a copy: what",
    ),
    ("closed", "S $ OK x\n?E", "lost: the server closed the connection"),
];

#[tokio::test(start_paused = true)]
async fn copies_are_looked_for_and_the_mailbox_is_opened_anew() {
    let id = MessageId::parse("<1.4.k7@desk.test>").unwrap();
    for (name, script, expected) in SEARCHES {
        let script = script.replace('?', SEARCH).replace('#', "\"S&APw-d\"");
        let script = format!("{}C EXAMINE \"S&APw-d\"\n{script}\n", super::SELECT);
        let lost = expected.starts_with("lost");
        let script = if lost { script } else { format!("{script}{}", super::SELECT) };
        let (mut mailbox, server) = enter(&settings(), &script).await;
        mailbox.open().await.unwrap();
        let found = told(mailbox.holds("Süd", &copy(&id)).await, |found| found.to_string());
        assert_eq!(found, *expected, "{name}");
        assert_eq!(mailbox.open().await.is_ok(), !lost, "{name}: INBOX is the one that is watched");
        end(mailbox, server).await;
    }
}
