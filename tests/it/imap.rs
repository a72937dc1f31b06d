//! The IMAP driver against a scripted server, for what no real server does on demand.

mod copies;
mod entry;
mod garbage;
mod script;
mod tls;
mod waits;

use std::time::Duration;

use postdesk::config::{After, Imap};
use postdesk::fetch::Mailbox;
use postdesk::fetch::imap::ImapMailbox;
use postdesk::net::{Credentials, Fault};
use script::{LOGIN, PASSWORD, SELECT, end, enter, meet, opened, play, send, settings, told};
use secrecy::SecretString;
use tokio::io::{AsyncBufReadExt, BufReader};

const OPENINGS: &[(&str, &str, &str)] = &[
    ("plain", SELECT, "7 Some(10) 3 true"),
    (
        "without UIDNEXT",
        "C SELECT \"INBOX\"\nS * 1 EXISTS\nS * OK [UIDVALIDITY 7] x\nS * OK [PERMANENTFLAGS ($postdesk)] x\nS $ OK x",
        "7 None 1 true",
    ),
    (
        "no keywords",
        "C SELECT \"INBOX\"\nS * 1 EXISTS\nS * OK [UIDVALIDITY 7] x\nS * OK [PERMANENTFLAGS (\\Seen)] x\nS $ OK x",
        "7 None 1 false",
    ),
    (
        "no PERMANENTFLAGS",
        "C SELECT \"INBOX\"\nS * 1 EXISTS\nS * OK [UIDVALIDITY 7] x\nS $ OK x",
        "7 None 1 false",
    ),
    (
        "read-only",
        "C SELECT \"INBOX\"\nS * 1 EXISTS\nS * OK [UIDVALIDITY 7] x\nS * OK [PERMANENTFLAGS (\\*)] x\nS $ OK [READ-ONLY] x",
        "7 None 1 false",
    ),
    (
        "CONDSTORE's words",
        "C SELECT \"INBOX\"\nS * 0 EXISTS\nS * OK [NOMODSEQ] x\nS * OK [UIDVALIDITY 4294967295]\nS $ OK",
        "4294967295 None 0 false",
    ),
    (
        "lower case, bare LF",
        "C SELECT \"INBOX\"\ns * 2 exists\\n* ok [uidvalidity 9] x\\n\nS \nS $ ok x",
        "9 None 2 false",
    ),
    (
        "unknown answers",
        "C SELECT \"INBOX\"\nS * 2 EXISTS\nS * FROBNICATED ((a \"b\")\nS * 7\nS *\nS * OK [UIDVALIDITY 9] {5}\nS $ OK",
        "9 None 2 false",
    ),
    (
        "NO",
        "C SELECT \"INBOX\"\nS $ NO [NONEXISTENT] no such\u{7} mailbox",
        "denied: the server refused to open the mailbox: [NONEXISTENT] no such mailbox",
    ),
    (
        "BAD",
        "C SELECT \"INBOX\"\nS $ BAD what",
        "denied: the server refused to open the mailbox: what",
    ),
    (
        "no UIDVALIDITY",
        "C SELECT \"INBOX\"\nS * 2 EXISTS\nS $ OK x",
        "lost: the server gave no UIDVALIDITY",
    ),
    (
        "UIDVALIDITY 0",
        "C SELECT \"INBOX\"\nS * 2 EXISTS\nS * OK [UIDVALIDITY 0] x\nS $ OK x",
        "lost: the server gave no UIDVALIDITY",
    ),
    (
        "no EXISTS",
        "C SELECT \"INBOX\"\nS * OK [UIDVALIDITY 7] x\nS $ OK x",
        "lost: the server did not say how many",
    ),
    (
        "BYE",
        "C SELECT \"INBOX\"\nS * BYE [UNAVAILABLE] maintenance",
        "lost: the server said goodbye: [UNAVAILABLE] maintenance",
    ),
    ("closed", "C SELECT \"INBOX\"\nE", "lost: the server closed the connection"),
    ("silent", "C SELECT \"INBOX\"", "lost: the server was silent for 60 s"),
    (
        "foreign tag",
        "C SELECT \"INBOX\"\nS X9 OK done",
        "lost: the server answered a command that was not asked",
    ),
    (
        "another protocol",
        "C SELECT \"INBOX\"\nS HTTP/1.1 400 Bad Request",
        "lost: the server does not speak IMAP: HTTP/1.1 400",
    ),
    (
        "binary",
        "C SELECT \"INBOX\"\ns \\0\\0garbage\u{1b}[2J\\n",
        "lost: the server does not speak IMAP: garbage",
    ),
];

#[tokio::test(start_paused = true)]
async fn openings() {
    for (name, script, expected) in OPENINGS {
        let (mut mailbox, server) = enter(&settings(), script).await;
        let heard = told(mailbox.open().await, |it| {
            format!("{} {:?} {} {}", it.uidvalidity, it.uidnext, it.exists, it.can_mark)
        });
        assert!(heard.starts_with(expected), "{name}: {heard}");
        assert!(!heard.chars().any(char::is_control), "{name}: {heard}");
        end(mailbox, server).await;
    }
}

pub const NOOP: &str = "C NOOP\nS $ OK x\n";
pub const NEWEST: &str = "C UID FETCH * (UID)\nS * 4 FETCH (UID 12)\nS $ OK x\n";

/// Script of a second opening, and what it tells.
const REOPENINGS: &[(&str, &str, &str)] = &[
    ("nothing new", NOOP, "7 Some(10) 3"),
    (
        "one more",
        "C NOOP\nS * 4 EXISTS\nS $ OK x\nC UID FETCH * (UID)\nS * 4 FETCH (UID 12)\nS $ OK x",
        "7 Some(13) 4",
    ),
    (
        "the last is an old one",
        "C NOOP\nS * 4 EXISTS\nS $ OK x\nC UID FETCH * (UID)\nS * 3 FETCH (UID 8)\nS $ OK x",
        "7 Some(10) 4",
    ),
    ("gone at once", "C NOOP\nS * 4 EXISTS\nS $ OK x\nC UID FETCH * (UID)\nS $ OK x", "7 None 4"),
    ("some expunged", "C NOOP\nS * 1 EXPUNGE\nS * 1 EXPUNGE\nS $ OK x", "7 Some(10) 1"),
    ("all expunged", "C NOOP\nS * 0 EXISTS\nS $ OK x", "7 Some(10) 0"),
    ("refused", "C NOOP\nS $ NO x", "denied: the server refused to tell what is new: x"),
    ("closed", "C NOOP\nE", "lost: the server closed the connection"),
];

#[tokio::test(start_paused = true)]
async fn reopenings() {
    for (name, script, expected) in REOPENINGS {
        let (mut mailbox, server) = opened(&settings(), script).await;
        let heard = told(mailbox.open().await, |it| {
            format!("{} {:?} {}", it.uidvalidity, it.uidnext, it.exists)
        });
        assert_eq!(heard, *expected, "{name}");
        end(mailbox, server).await;
    }
}

/// P07, our half: new UIDs are noticed on a connection that stands, told at once or found after
/// five minutes.
#[tokio::test(start_paused = true)]
async fn p07_a_mailbox_is_selected_anew_when_told_and_after_five_minutes() {
    let anew = SELECT.replace("UIDVALIDITY 7", "UIDVALIDITY 8");
    for script in [
        format!("{NOOP}C NOOP\nS * OK [UIDVALIDITY 8] new\nS $ OK x\n{anew}"),
        format!("{NOOP}{NOOP}W 300\n{anew}"),
    ] {
        let (mut mailbox, server) = opened(&settings(), &script).await;
        assert_eq!(mailbox.open().await.unwrap().uidvalidity, 7);
        mailbox.open().await.unwrap();
        if script.contains("W 300") {
            tokio::time::sleep(Duration::from_secs(301)).await;
        }
        assert_eq!(mailbox.open().await.unwrap().uidvalidity, 8);
        end(mailbox, server).await;
    }
}

#[tokio::test(start_paused = true)]
async fn an_endless_line_ends_the_connection() {
    let script = format!("C SELECT \"INBOX\"\ns * OK {}", "x".repeat(100_000));
    let (mut mailbox, server) = enter(&settings(), &script).await;
    assert_eq!(
        told(mailbox.open().await.map(|_| ()), |()| String::new()),
        "lost: the server sent an endless line"
    );
    assert_eq!(
        told(mailbox.list(1, None).await, |_| String::new()),
        "lost: the connection was given up in the middle of a command"
    );
    end(mailbox, server).await;
}

pub const LIST: &str = "C UID FETCH 5:* (UID RFC822.SIZE FLAGS INTERNALDATE)\n";

const LISTS: &[(&str, &str, &str)] = &[
    (
        "plain",
        "S * 2 FETCH (UID 5 RFC822.SIZE 100 FLAGS (\\Seen) INTERNALDATE \"17-Jul-1996 02:44:25 -0700\")\nS $ OK x",
        "5/100/false/1996-07-17T09:44:25Z",
    ),
    (
        "padded day",
        "S * 2 FETCH (UID 5 RFC822.SIZE 1 FLAGS () INTERNALDATE \" 7-Jul-1996 02:44:25 +0000\")\nS $ OK",
        "5/1/false/1996-07-07T02:44:25Z",
    ),
    ("empty", "S $ OK nothing", ""),
    (
        "our keyword",
        "S * 2 FETCH (FLAGS ($POSTDESK) RFC822.SIZE 100 UID 5)\nS $ OK x",
        "5/100/true/-",
    ),
    ("n:* below n", "S * 3 FETCH (UID 4 RFC822.SIZE 9 FLAGS ())\nS $ OK x", ""),
    (
        "wrong order",
        "S * 3 FETCH (UID 9 RFC822.SIZE 9 FLAGS ())\nS * 1 FETCH (UID 5 RFC822.SIZE 5 FLAGS ())\nS * 2 FETCH (UID 7 RFC822.SIZE 7 FLAGS ())\nS $ OK x",
        "5/5/false/- 7/7/false/- 9/9/false/-",
    ),
    (
        "news between",
        "S * 4 EXISTS\nS * 1 FETCH (FLAGS (\\Deleted))\nS * 2 FETCH (UID 5 RFC822.SIZE 5 FLAGS ())\nS * 1 EXPUNGE\nS * 0 RECENT\nS * FLAGS (a)\nS * OK Still here\nS * NO low disk\nS $ OK x",
        "5/5/false/-",
    ),
    (
        "flags told later",
        "S * 2 FETCH (UID 5 RFC822.SIZE 5 FLAGS ())\nS * 2 FETCH (UID 5 MODSEQ (77) FLAGS ($Postdesk))\nS $ OK x",
        "5/5/true/-",
    ),
    ("size missing", "S * 2 FETCH (UID 5 FLAGS ())\nS $ OK x", "5/0/false/-"),
    (
        "date unreadable",
        "S * 2 FETCH (UID 5 RFC822.SIZE 5 FLAGS () INTERNALDATE \"yesterday\")\nS $ OK x",
        "5/5/false/-",
    ),
    (
        "UID missing",
        "S * 2 FETCH (RFC822.SIZE 5 FLAGS ())\nS $ OK x",
        "lost: the server sent a mail without its UID",
    ),
    (
        "UID too large",
        "S * 2 FETCH (UID 99999999999 RFC822.SIZE 5)\nS $ OK x",
        "lost: the server sent a mail without its UID",
    ),
    (
        "unbalanced",
        "S * 2 FETCH (UID 5 RFC822.SIZE 5 FLAGS (\nS $ OK x",
        "lost: the server's answer to FETCH cannot be read",
    ),
    ("no list", "S * 2 FETCH\nS $ OK x", "lost: the server's answer to FETCH cannot be read"),
    (
        "quote open",
        "S * 2 FETCH (UID 5 INTERNALDATE \"17-Jul)\nS $ OK x",
        "lost: the server's answer to FETCH cannot be read",
    ),
    (
        "NO",
        "S $ NO [SERVERBUG] index broken",
        "denied: the server refused to fetch mail: [SERVERBUG] index broken",
    ),
    ("BAD", "S $ BAD", "denied: the server refused to fetch mail: (without a reason)"),
    (
        "BYE",
        "S * 2 FETCH (UID 5 RFC822.SIZE 5 FLAGS ())\nS * BYE killed",
        "lost: the server said goodbye: killed",
    ),
    (
        "closed",
        "S * 2 FETCH (UID 5 RFC822.SIZE 5 FLAGS ())\nE",
        "lost: the server closed the connection",
    ),
    (
        "silent",
        "S * 2 FETCH (UID 5 RFC822.SIZE 5 FLAGS ())",
        "lost: the server was silent for 60 s",
    ),
    (
        "slow, but alive",
        "W 50\nS * 2 FETCH (UID 5 RFC822.SIZE 5 FLAGS ())\nW 50\nS * OK Still here\nW 50\nS $ OK x",
        "5/5/false/-",
    ),
];

#[tokio::test(start_paused = true)]
async fn lists() {
    for (name, script, expected) in LISTS {
        let (mut mailbox, server) = opened(&settings(), &format!("{LIST}{script}")).await;
        let heard = told(mailbox.list(5, None).await, |list| {
            let show = |at: Option<postdesk::time::Timestamp>| {
                at.map_or("-".to_owned(), |at| at.to_string())
            };
            let each = list
                .iter()
                .map(|it| format!("{}/{}/{}/{}", it.uid, it.size, it.marked, show(it.received)));
            each.collect::<Vec<_>>().join(" ")
        });
        assert_eq!(&heard, expected, "{name}");
        end(mailbox, server).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_nested_answer_costs_a_connection_not_the_process() {
    for opening in ["* 1 FETCH (BODYSTRUCTURE ", "* LIST "] {
        let script = format!("{LIST}S {opening}{}\nS $ OK x", "(".repeat(50_000));
        let (mut mailbox, server) = opened(&settings(), &script).await;
        let heard = told(mailbox.list(5, None).await, |list| format!("{} mails", list.len()));
        let expected = if opening.contains("FETCH") {
            "lost: the server's answer to FETCH cannot be read"
        } else {
            "0 mails"
        };
        assert_eq!(heard, expected);
        end(mailbox, server).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_drips_for_ever_is_given_up() {
    let open_end = "s * 2 FETCH (UID 5 BODY[] {99}\\r\\n\n";
    for (before, drip) in
        [("", "S * OK Still here\n"), (open_end, "s x\n"), ("s * 1 FETCH (\n", "s x\n")]
    {
        let drips = format!("W 59\n{drip}").repeat(40);
        let (mut mailbox, server) = opened(&settings(), &format!("{LIST}{before}{drips}")).await;
        assert_eq!(
            told(mailbox.list(5, None).await, |_| String::new()),
            "lost: the server came to no end within 30 min"
        );
        server.abort();
    }
}

#[tokio::test(start_paused = true)]
async fn an_empty_range_is_not_asked_for() {
    let (mut mailbox, server) = opened(&settings(), "").await;
    assert_eq!(mailbox.list(7, Some(6)).await.unwrap(), []);
    assert_eq!(mailbox.bodies(&[], 1 << 20).await.unwrap(), []);
    mailbox.mark(&[]).await.unwrap();
    let heard = end(mailbox, server).await;
    assert!(heard.last().unwrap().contains("SELECT"), "{heard:?}");
}

const BODIES: &[(&str, &str, &str)] = &[
    ("literal", "S * 1 FETCH (UID 3 BODY[] {5}\ns hello\nS )\nS $ OK x", "3=hello"),
    (
        "literal with line ends",
        "S * 1 FETCH (UID 3 BODY[] {7}\ns a\\r\\n)\\r\\nb\nS )\nS $ OK x",
        "3=a\r\n)\r\nb",
    ),
    (
        "UID behind",
        "S * 1 FETCH (BODY[] {5}\ns hello\nS  UID 3 FLAGS (\\Seen))\nS $ OK x",
        "3=hello",
    ),
    ("quoted", "S * 1 FETCH (UID 3 BODY[] \"he \\\\ \\\" llo\")\nS $ OK x", "3=he \\ \" llo"),
    ("empty literal", "S * 1 FETCH (UID 3 BODY[] {0}\nS )\nS $ OK x", "3="),
    ("NIL", "S * 1 FETCH (UID 3 BODY[] NIL)\nS $ OK x", "3="),
    ("literal8", "S * 1 FETCH (UID 3 BODY[] ~{5}\ns h\\0llo\nS )\nS $ OK x", "3=h\0llo"),
    (
        "any order, one gone",
        "S * 9 FETCH (UID 9 BODY[] {1}\ns c\nS )\nS * 1 FETCH (UID 3 BODY[] {1}\ns a\nS )\nS $ OK x",
        "3=a 9=c",
    ),
    (
        "not asked for",
        "S * 1 FETCH (UID 8 BODY[] {1}\ns x\nS )\nS * 1 FETCH (UID 3 BODY[] {1}\ns a\nS )\nS $ OK x",
        "3=a",
    ),
    (
        "some expunged",
        "S * 1 FETCH (UID 3 BODY[] {1}\ns a\nS )\nS $ NO [EXPUNGEISSUED] some are gone",
        "3=a",
    ),
    (
        "news between",
        "S * 9 EXISTS\nS * 1 FETCH (UID 3 BODY[] {1}\ns a\nS )\nS * 2 EXPUNGE\nS * 2 FETCH (FLAGS ())\nS $ OK x",
        "3=a",
    ),
    (
        "text that looks like a literal",
        "S * OK bytes {5}\nS * 1 FETCH (UID 3 BODY[] {1}\ns a\nS )\nS $ OK {7}",
        "3=a",
    ),
    (
        "without UID",
        "S * 1 FETCH (BODY[] {1}\ns a\nS )\nS $ OK x",
        "lost: the server sent a mail without its UID",
    ),
    (
        "too large",
        "S * 1 FETCH (UID 3 BODY[] {9999999999}",
        "lost: the server announced a mail larger than any we take",
    ),
    (
        "larger than can be counted",
        "S * 1 FETCH (UID 3 BODY[] {99999999999999999999999}",
        "lost: the server announced a mail larger than any we take",
    ),
    (
        "shorter than announced",
        "S * 1 FETCH (UID 3 BODY[] {50}\ns hello\nS )\nS $ OK x",
        "lost: the server was silent for 60 s",
    ),
    (
        "longer than announced",
        "S * 1 FETCH (UID 3 BODY[] {2}\ns hello (\nS )\nS $ OK x",
        "lost: the server's answer to FETCH cannot be read",
    ),
    (
        "NO after one",
        "S * 1 FETCH (UID 3 BODY[] {1}\ns a\nS )\nS $ NO cannot read",
        "denied: the server refused to fetch mail: cannot read",
    ),
    (
        "slow literal",
        "S * 1 FETCH (UID 3 BODY[] {3}\nW 50\ns a\nW 50\ns b\nW 50\ns c\nS )\nS $ OK x",
        "3=abc",
    ),
];

#[tokio::test(start_paused = true)]
async fn bodies() {
    for (name, script, expected) in BODIES {
        let (mut mailbox, server) =
            opened(&settings(), &format!("C UID FETCH 3:5,9 (UID BODY.PEEK[])\n{script}")).await;
        let heard = told(mailbox.bodies(&[9, 5, 3, 4, 3], 1 << 20).await, |bodies| {
            let each = bodies
                .iter()
                .map(|body| format!("{}={}", body.uid, String::from_utf8_lossy(&body.bytes)));
            each.collect::<Vec<_>>().join(" ")
        });
        assert_eq!(heard, *expected, "{name}");
        end(mailbox, server).await;
    }
}

/// What a server sends beyond the room for it is read to its end and dropped, and how long it was
/// is told; what comes after it is read as ever.
#[tokio::test(start_paused = true)]
async fn a_mail_without_room_is_read_past() {
    let script = "C UID FETCH 3:5 (UID BODY.PEEK[])\n\
        S * 1 FETCH (UID 3 BODY[] {5}\ns hello\nS )\n\
        S * 2 FETCH (UID 4 BODY[] {11}\ns From: a\\r\\n\\r\\n\nS )\n\
        S * 3 FETCH (UID 5 BODY[] {2}\ns hi\nS )\nS $ OK x";
    let (mut mailbox, server) = opened(&settings(), script).await;
    let bodies = mailbox.bodies(&[3, 4, 5], 10).await.unwrap();
    let told: Vec<(&[u8], u64)> =
        bodies.iter().map(|body| (body.bytes.as_slice(), body.whole)).collect();
    assert_eq!(told, [(&b"hello"[..], 5), (&b"From:"[..], 11), (&b""[..], 2)]);
    end(mailbox, server).await;
}

/// P06, our half: a connection that is cut anywhere in the answer yields an error and no mail.
#[tokio::test(start_paused = true)]
async fn p06_cut_at_every_byte_is_lost() {
    let answer = "* 1 FETCH (UID 3 FLAGS () BODY[] {12}\\r\\nSubject: a\\r\\n)\\r\\n* 2 FETCH (UID 4 BODY[] {1}\\r\\nx)\\r\\n$ OK done";
    let answer = answer.replace("\\r\\n", "\r\n").replace('$', "P4");
    for cut in 0..=answer.len() {
        let sent = answer[..cut].replace("\r\n", "\\r\\n");
        let script = format!("C UID FETCH 3:4 (UID BODY.PEEK[])\ns {sent}\nE");
        let (mut mailbox, server) = opened(&settings(), &script).await;
        assert_eq!(
            told(mailbox.bodies(&[3, 4], 1 << 20).await, |it| format!("{it:?}")),
            "lost: the server closed the connection",
            "cut at {cut}"
        );
        assert!(
            matches!(mailbox.open().await, Err(Fault::Lost(_))),
            "a dead connection stays dead"
        );
        end(mailbox, server).await;
    }
}

const HEADERS: &[(&str, &str, &str)] = &[
    ("whole", "S * 1 FETCH (UID 3 BODY[HEADER]<0> {4}\ns a: b\nS )\nS $ OK x", "a: b"),
    (
        "range ignored",
        "S * 1 FETCH (UID 3 BODY[HEADER] {12}\ns a: b________\nS )\nS $ OK x",
        "a: b____",
    ),
    ("gone", "S $ OK x", "none"),
];

#[tokio::test(start_paused = true)]
async fn headers() {
    for (name, script, expected) in HEADERS {
        let (mut mailbox, server) =
            opened(&settings(), &format!("C UID FETCH 3 (UID BODY.PEEK[HEADER]<0.8>)\n{script}"))
                .await;
        let header = mailbox.header(3, 8).await.unwrap();
        assert_eq!(
            header.map_or("none".to_owned(), |it| String::from_utf8(it.bytes).unwrap()),
            *expected,
            "{name}"
        );
        end(mailbox, server).await;
    }
}

const MARKS: &[(&str, &str, &str)] = &[
    ("keyword", "C UID STORE 3:4,9 +FLAGS.SILENT ($Postdesk)\nS $ OK x", "ok"),
    (
        "answered with flags",
        "C UID STORE 3:4,9 +FLAGS.SILENT ($Postdesk)\nS * 1 FETCH (FLAGS ($Postdesk))\nS $ OK x",
        "ok",
    ),
    (
        "NO",
        "C UID STORE 3:4,9 +FLAGS.SILENT ($Postdesk)\nS $ NO [OVERQUOTA] full",
        "denied: the server refused to mark handled mail: [OVERQUOTA] full",
    ),
    (
        "BYE",
        "C UID STORE 3:4,9 +FLAGS.SILENT ($Postdesk)\nS * BYE x",
        "lost: the server said goodbye: x",
    ),
];

#[tokio::test(start_paused = true)]
async fn marks() {
    for (name, script, expected) in MARKS {
        let (mut mailbox, server) = opened(&settings(), script).await;
        assert_eq!(told(mailbox.mark(&[4, 3, 9]).await, |()| "ok".to_owned()), *expected, "{name}");
        end(mailbox, server).await;
    }
}

#[tokio::test(start_paused = true)]
async fn many_marks_make_several_short_commands() {
    let (ours, mut theirs) = tokio::io::duplex(1 << 20);
    let server = tokio::spawn(async move {
        let mut sets = Vec::new();
        play(&mut theirs, format!("{LOGIN}{SELECT}\nE")).await;
        let mut stream = BufReader::new(theirs);
        let mut line = String::new();
        while stream.read_line(&mut line).await.unwrap() > 0 {
            assert!(line.len() < 8_000, "{}", line.len());
            let mut words = line.split(' ');
            let tag = words.next().unwrap().to_owned();
            sets.push(words.nth(2).unwrap().to_owned());
            send(&mut stream, &format!("{tag} OK x\r\n")).await;
            line.clear();
        }
        sets
    });
    let mut mailbox =
        ImapMailbox::over(ours, &settings(), &Credentials::Password(SecretString::from(PASSWORD)))
            .await
            .unwrap();
    mailbox.open().await.unwrap();
    let uids: Vec<u32> = (0..6_000).map(|n| n * 3 + 4_000_000_000).chain(1..100).collect();
    mailbox.mark(&uids).await.unwrap();
    drop(mailbox);
    let sets = server.await.unwrap();
    assert!(sets.len() > 5 && sets[0].starts_with("1:99,4000000000,4000000003,"), "{}", sets.len());
    assert_eq!(sets.iter().map(|set| set.split(',').count()).sum::<usize>(), 6_001);
}

fn moving() -> Imap {
    Imap { after: After::Move("R&D \"süß\" 📬".to_owned()), ..settings() }
}

const FOLDER: &str = r#""R&-D \"s&APwA3w-\" &2D3c7A-""#;

const MOVES: &[(&str, &str, &str)] = &[
    (
        "folder is there",
        "C STATUS # (MESSAGES)\nS * STATUS # (MESSAGES 4)\nS $ OK x\nC UID MOVE 3 #\nS * OK [COPYUID 1 3 9] x\nS * 1 EXPUNGE\nS $ OK x",
        "ok",
    ),
    (
        "folder is made",
        "C STATUS # (MESSAGES)\nS $ NO [NONEXISTENT] x\nC CREATE #\nS $ OK x\nC UID MOVE 3 #\nS $ OK x",
        "ok",
    ),
    (
        "folder cannot be made",
        "C STATUS # (MESSAGES)\nS $ NO x\nC CREATE #\nS $ NO [NOPERM] x",
        "denied: handled mail cannot be marked here",
    ),
    (
        "folder vanished",
        "C STATUS # (MESSAGES)\nS * STATUS # (MESSAGES 4)\nS $ OK x\nC UID MOVE 3 #\nS $ NO [TRYCREATE] gone",
        "denied: the server refused to mark handled mail: [TRYCREATE] gone",
    ),
];

#[tokio::test(start_paused = true)]
async fn moves_and_names_with_umlauts_and_quotes() {
    for (name, script, expected) in MOVES {
        let script = format!("{SELECT}{}", script.replace('#', FOLDER));
        let (mut mailbox, server) = enter(&moving(), &script).await;
        let can_mark = mailbox.open().await.unwrap().can_mark;
        assert_eq!(can_mark, *name != "folder cannot be made", "{name}");
        assert_eq!(told(mailbox.mark(&[3]).await, |()| "ok".to_owned()), *expected, "{name}");
        end(mailbox, server).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_folder_that_vanished_is_made_again_at_the_next_opening() {
    let there = format!("C STATUS {FOLDER} (MESSAGES)\nS * STATUS x (MESSAGES 0)\nS $ OK x\n");
    let gone = format!("C UID MOVE 3 {FOLDER}\nS $ NO [TRYCREATE] x\n");
    let again = format!("C STATUS {FOLDER} (MESSAGES)\nS $ NO x\nC CREATE {FOLDER}\nS $ OK x\n");
    let (mut mailbox, server) =
        enter(&moving(), &format!("{SELECT}{there}{gone}{NOOP}{again}{NOOP}")).await;
    assert!(mailbox.open().await.unwrap().can_mark);
    assert!(matches!(mailbox.mark(&[3]).await, Err(Fault::Denied(_))));
    assert!(mailbox.open().await.unwrap().can_mark, "it was made");
    assert!(mailbox.open().await.unwrap().can_mark, "it is not looked for again");
    end(mailbox, server).await;
}

#[tokio::test(start_paused = true)]
async fn without_move_the_keyword_is_set_and_nothing_expunged() {
    let script = format!("{LOGIN}{SELECT}C UID STORE 3 +FLAGS.SILENT ($Postdesk)\nS $ OK x")
        .replace(" MOVE UIDPLUS", "");
    let (mailbox, server) = meet(&moving(), &script).await;
    let mut mailbox = mailbox.unwrap();
    assert!(mailbox.open().await.unwrap().can_mark);
    mailbox.mark(&[3]).await.unwrap();
    let offers = mailbox.offers().join("\n");
    assert!(
        offers.contains("MOVE not offered") && offers.contains("gets the keyword $Postdesk"),
        "{offers}"
    );
    let heard = end(mailbox, server).await.concat();
    assert!(!heard.contains("EXPUNGE") && !heard.contains("COPY"), "{heard}");
}

#[tokio::test(start_paused = true)]
async fn nothing_is_marked_when_nothing_is_wanted() {
    let (mut mailbox, server) = enter(&Imap { after: After::Nothing, ..settings() }, SELECT).await;
    assert!(!mailbox.open().await.unwrap().can_mark);
    assert!(matches!(mailbox.mark(&[3]).await, Err(Fault::Denied(_))));
    end(mailbox, server).await;
}

const JUNK: &[(&str, &str, Option<u32>)] = &[
    (
        "marked by attribute",
        "S * LIST () \"/\" Spam\nS * LIST (\\HasNoChildren \\Junk) \"/\" \"M&APw-ll \\\"x\\\"\"\nS $ OK x\nC STATUS \"M&APw-ll \\\"x\\\"\" (MESSAGES)\nS * STATUS x (MESSAGES 12)\nS $ OK x",
        Some(12),
    ),
    (
        "by name",
        "S * LIST () \".\" INBOX\nS * LIST () \".\" INBOX.Spam\nS $ OK x\nC STATUS \"INBOX.Spam\" (MESSAGES)\nS * STATUS INBOX.Spam (MESSAGES 0)\nS $ OK x",
        Some(0),
    ),
    (
        "literal name",
        "S * LIST () NIL {4}\ns Junk\nS \nS $ OK x\nC STATUS \"Junk\" (MESSAGES)\nS * STATUS {4}\ns Junk\nS  (MESSAGES 7)\nS $ OK x",
        Some(7),
    ),
    ("not to be selected", "S * LIST (\\Noselect) \"/\" Junk\nS $ OK x", None),
    ("none", "S * LIST () \"/\" INBOX\nS $ OK x", None),
    ("LIST refused", "S $ NO x", None),
    (
        "STATUS refused",
        "S * LIST () \"/\" Junk\nS $ OK x\nC STATUS \"Junk\" (MESSAGES)\nS $ NO x",
        None,
    ),
    ("a name that ends our line", "S * LIST (\\Junk) \"/\" {6}\ns a\\r\\nb c\nS \nS $ OK x", None),
];

#[tokio::test(start_paused = true)]
async fn junk() {
    for (name, script, expected) in JUNK {
        let (mut mailbox, server) =
            opened(&settings(), &format!("C LIST \"\" \"*\"\n{script}")).await;
        assert_eq!(mailbox.junk().await.unwrap(), *expected, "{name}");
        end(mailbox, server).await;
    }
}

#[tokio::test(start_paused = true)]
async fn junk_is_searched_for_once() {
    let status = "C STATUS \"Bin\" (MESSAGES)\nS * STATUS Bin (MESSAGES 1)\nS $ OK x\n";
    let script = format!(
        "C LIST (SPECIAL-USE) \"\" \"*\"\nS * LIST (\\Junk) \"/\" Bin\nS $ OK x\n{status}{status}"
    );
    let (mailbox, server) = meet(
        &settings(),
        &format!("{}{SELECT}{script}", LOGIN.replace("UIDPLUS", "UIDPLUS SPECIAL-USE")),
    )
    .await;
    let mut mailbox = mailbox.unwrap();
    mailbox.open().await.unwrap();
    assert_eq!((mailbox.junk().await.unwrap(), mailbox.junk().await.unwrap()), (Some(1), Some(1)));
    end(mailbox, server).await;
}

#[tokio::test(start_paused = true)]
async fn a_farewell_takes_two_seconds_at_most() {
    for script in ["C LOGOUT\nS * BYE x\nS $ OK x", "C LOGOUT"] {
        let (mailbox, server) = opened(&settings(), script).await;
        let begin = tokio::time::Instant::now();
        mailbox.close().await;
        assert!(begin.elapsed() <= Duration::from_secs(2));
        assert!(server.await.unwrap().last().unwrap().contains("LOGOUT"));
    }
}
