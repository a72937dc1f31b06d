//! The loopback mail world by raw sessions, and the demo's story with a tiny desk in the daemon's
//! place.

use std::time::Duration;

use postdesk::config::Config;
use postdesk::demo::{self, Ports, World};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::time::timeout;

const PEOPLE: [(&str, &str); 3] =
    [("support@desk.test", "s3 cret"), ("bob@desk.test", "bob \"x\""), ("ada@example.org", "ada")];
const MAIL: &str =
    "From: ada@example.org\r\nTo: support@desk.test\r\nSubject: hello\r\n\r\nA line.\r\n";

/// A client that speaks in lines; every wait ends after some seconds.
struct Client(BufReader<TcpStream>);

impl Client {
    async fn connect(port: u16) -> Self {
        let mut client =
            Self(BufReader::new(TcpStream::connect(("127.0.0.1", port)).await.unwrap()));
        client.hear().await;
        client
    }

    async fn hear(&mut self) -> String {
        let mut line = Vec::new();
        timeout(Duration::from_secs(10), self.0.read_until(b'\n', &mut line))
            .await
            .expect("the server is silent")
            .unwrap();
        String::from_utf8(line).unwrap().trim_end_matches("\r\n").to_owned()
    }

    async fn say(&mut self, line: &str) {
        self.0.write_all(format!("{line}\r\n").as_bytes()).await.unwrap();
    }

    /// An IMAP command and everything up to its tagged answer, one line each.
    async fn imap(&mut self, command: &str) -> String {
        self.say(&format!("t {command}")).await;
        let mut lines = Vec::new();
        loop {
            let line = self.hear().await;
            let last = line.starts_with("t ") || line.starts_with("+ ");
            lines.push(line);
            if last {
                return lines.join("\n");
            }
        }
    }

    /// An SMTP command and the code of its answer.
    async fn smtp(&mut self, command: &str) -> u16 {
        self.say(command).await;
        loop {
            let line = self.hear().await;
            if line.chars().nth(3) != Some('-') {
                return line[..3].parse().unwrap();
            }
        }
    }

    async fn submit(&mut self, from: &str, to: &str, mail: &str) -> u16 {
        assert_eq!(self.smtp(&format!("MAIL FROM:<{from}> SIZE=1000")).await, 250);
        assert_eq!(self.smtp(&format!("RCPT TO:<{to}>")).await, 250);
        assert_eq!(self.smtp("DATA").await, 354);
        let stuffed = mail.replace("\r\n.", "\r\n..");
        self.smtp(&format!("{stuffed}\r\n.")).await
    }
}

async fn world() -> (World, Ports) {
    let world = World::new(&PEOPLE);
    let ports = world.start().await.unwrap();
    (world, ports)
}

async fn support(ports: &Ports) -> Client {
    let mut client = Client::connect(ports.imap).await;
    assert_eq!(client.imap("LOGIN support@desk.test \"s3 cret\"").await, "t OK done");
    client
}

async fn support_in_inbox(ports: &Ports) -> Client {
    let mut client = support(ports).await;
    client.imap("SELECT inbox").await;
    client
}

fn inbox(world: &World, address: &str) -> Vec<String> {
    world
        .mails(address)
        .iter()
        .map(|mail| String::from_utf8(mail.bytes.to_vec()).unwrap())
        .collect()
}

#[tokio::test]
async fn imap_lets_in_by_atom_quoted_string_and_both_literals() {
    let (_world, ports) = world().await;
    let mut client = Client::connect(ports.imap).await;
    assert_eq!(
        client.imap("CAPABILITY").await,
        "* CAPABILITY IMAP4rev1 IDLE MOVE UIDPLUS LITERAL+\nt OK done"
    );
    assert!(client.imap("SELECT INBOX").await.starts_with("t BAD"), "nothing without a login");
    assert!(
        client.imap("LOGIN ada@example.org wrong").await.starts_with("t NO [AUTHENTICATIONFAILED]")
    );
    assert!(client.imap("LOGIN ada@example.org").await.starts_with("t BAD"));
    assert_eq!(client.imap("LOGIN ada@example.org ada").await, "t OK done");
    assert_eq!(client.imap("login {13+}\r\nbob@desk.test \"bob \\\"x\\\"\"").await, "t OK done");
    assert_eq!(client.imap("LOGIN {17}").await, "+ go on");
    client.say("support@desk.test {7}").await;
    assert_eq!(client.hear().await, "+ go on");
    client.say("s3 cret").await;
    assert_eq!(client.hear().await, "t OK done");
    assert_eq!(client.imap("LOGOUT").await, "* BYE good bye\nt OK done");
    assert_eq!(client.hear().await, "", "closed");
}

#[tokio::test]
async fn imap_select_says_what_the_folder_is() {
    let (world, ports) = world().await;
    world.deliver("SUPPORT@desk.test", MAIL.as_bytes()).unwrap();
    let mut client = support(&ports).await;
    let answer = client.imap("SELECT \"INBOX\"").await;
    for line in [
        "* 1 EXISTS",
        "* OK [UIDVALIDITY 1] valid",
        "* OK [UIDNEXT 2] next",
        "t OK [READ-WRITE] open",
    ] {
        assert!(answer.lines().any(|heard| heard == line), "{line} in {answer}");
    }
    assert!(
        answer.contains("[PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft \\*)]")
    );
    assert!(client.imap("EXAMINE INBOX").await.ends_with("t OK [READ-ONLY] open"));
    assert!(client.imap("UID STORE 1 +FLAGS (\\Seen)").await.starts_with("t NO"));
    assert!(client.imap("SELECT Nowhere").await.starts_with("t NO [NONEXISTENT]"));
    assert!(
        client.imap("UID FETCH 1 FLAGS").await.starts_with("t BAD"),
        "a failed SELECT leaves nothing open"
    );
    assert_eq!(
        client.imap("STATUS INBOX (MESSAGES UIDNEXT UNSEEN)").await,
        "* STATUS \"INBOX\" (MESSAGES 1 UIDNEXT 2 UNSEEN 1)\nt OK done"
    );
}

#[tokio::test]
async fn imap_fetches_whole_mails_headers_and_slices() {
    let (world, ports) = world().await;
    for _ in 0..3 {
        world.deliver("support@desk.test", MAIL.as_bytes()).unwrap();
    }
    let mut client = support_in_inbox(&ports).await;
    let size = MAIL.len();
    assert_eq!(
        client.imap("UID FETCH 2 (UID RFC822.SIZE FLAGS)").await,
        format!("* 2 FETCH (UID 2 RFC822.SIZE {size} FLAGS ())\nt OK done")
    );
    assert_eq!(
        client.imap("UID FETCH 9:* UID").await,
        "* 3 FETCH (UID 3)\nt OK done",
        "n:* always holds the last"
    );
    assert_eq!(client.imap("UID FETCH 1,3:2 UID").await.lines().count(), 4);
    let whole = client.imap("UID FETCH 1 BODY.PEEK[]").await;
    assert_eq!(
        whole,
        format!("* 1 FETCH (UID 1 BODY[] {{{size}}}\n{})\nt OK done", MAIL.replace("\r\n", "\n"))
    );
    let header = client.imap("UID FETCH 1 BODY.PEEK[HEADER]").await;
    assert!(header.ends_with("Subject: hello\n\n)\nt OK done"), "{header}");
    assert_eq!(
        client.imap("UID FETCH 1 (BODY.PEEK[TEXT]<2.4>)").await,
        "* 1 FETCH (UID 1 BODY[TEXT]<2> {4}\nline)\nt OK done"
    );
    assert_eq!(
        client.imap("UID FETCH 1 BODY.PEEK[]<99999.5>").await,
        "* 1 FETCH (UID 1 BODY[]<99999> {0}\n)\nt OK done"
    );
    assert!(world.mails("support@desk.test")[0].flags.is_empty(), "PEEK leaves it unread");
    client.imap("UID FETCH 1 BODY[]").await;
    assert!(world.mails("support@desk.test")[0].flags.contains("\\Seen"));
    assert!(client.imap("UID FETCH 1 INTERNALDATE").await.contains(" +0000\")"));
    for wrong in [
        "UID FETCH 1 ENVELOPE",
        "UID FETCH 0 UID",
        "UID FETCH x UID",
        "UID FETCH 1 (UID",
        "FETCH 1 UID",
        "UID FETCH 1 BODY.PEEK[]<1>",
        "",
    ] {
        assert!(client.imap(wrong).await.starts_with("t BAD"), "{wrong}");
    }
}

#[tokio::test]
async fn imap_stores_keywords_and_searches_for_them() {
    let (world, ports) = world().await;
    for _ in 0..3 {
        world.deliver("support@desk.test", MAIL.as_bytes()).unwrap();
    }
    let mut client = support_in_inbox(&ports).await;
    assert_eq!(client.imap("UID STORE 1:2 +FLAGS.SILENT ($Postdesk)").await, "t OK done");
    assert_eq!(
        client.imap("UID STORE 2 +FLAGS \\Seen").await,
        "* 2 FETCH (UID 2 FLAGS ($Postdesk \\Seen))\nt OK done"
    );
    assert_eq!(client.imap("UID SEARCH ALL").await, "* SEARCH 1 2 3\nt OK done");
    assert_eq!(
        client.imap("UID SEARCH UID 2:* UNKEYWORD $postdesk").await,
        "* SEARCH 3\nt OK done"
    );
    assert_eq!(client.imap("UID SEARCH KEYWORD $Postdesk UNSEEN").await, "* SEARCH 1\nt OK done");
    assert_eq!(client.imap("UID STORE 1:* -FLAGS.SILENT ($POSTDESK)").await, "t OK done");
    assert_eq!(client.imap("UID SEARCH KEYWORD $Postdesk").await, "* SEARCH\nt OK done");
    assert!(client.imap("UID SEARCH FROM ada").await.starts_with("t BAD"));
}

#[tokio::test]
async fn imap_move_gives_new_uids_and_takes_the_mail_away() {
    let (world, ports) = world().await;
    for _ in 0..3 {
        world.deliver("support@desk.test", MAIL.as_bytes()).unwrap();
    }
    let mut client = support_in_inbox(&ports).await;
    let mut other = support_in_inbox(&ports).await;
    assert!(client.imap("UID MOVE 1 Handled").await.starts_with("t NO [TRYCREATE]"));
    assert_eq!(client.imap("CREATE Handled").await, "t OK done");
    assert!(client.imap("CREATE Handled").await.starts_with("t NO"));
    assert_eq!(
        client.imap("LIST \"\" \"*\"").await,
        "* LIST () \"/\" \"Handled\"\n* LIST () \"/\" \"INBOX\"\nt OK done"
    );
    let answer = client.imap("UID MOVE 2:3 Handled").await;
    assert_eq!(answer, "* OK [COPYUID 2 2,3 1,2] moved\n* 3 EXPUNGE\n* 2 EXPUNGE\nt OK done");
    assert_eq!(
        other.imap("NOOP").await,
        "* 3 EXPUNGE\n* 2 EXPUNGE\nt OK done",
        "the other session hears of it"
    );
    assert_eq!(client.imap("UID COPY 1 Handled").await, "t OK [COPYUID 2 1 3] copied");
    assert_eq!(
        client.imap("STATUS Handled (MESSAGES)").await,
        "* STATUS \"Handled\" (MESSAGES 3)\nt OK done"
    );
    assert_eq!(client.imap("UID MOVE 77 Handled").await, "t OK done");
    world.deliver("support@desk.test", MAIL.as_bytes()).unwrap();
    assert_eq!(
        world.mails("support@desk.test").iter().map(|mail| mail.uid).collect::<Vec<_>>(),
        [1, 4],
        "UIDs are never used twice"
    );
}

#[tokio::test]
async fn imap_appends_and_expunges() {
    let (world, ports) = world().await;
    let mut client = support_in_inbox(&ports).await;
    let command = format!(
        "APPEND INBOX (\\Seen $Old) \"01-Jan-2026 10:00:00 +0000\" {{{}+}}\r\n{MAIL}",
        MAIL.len()
    );
    assert_eq!(client.imap(&command).await, "* 1 EXISTS\nt OK [APPENDUID 1 1] kept");
    let mail = world.mails("support@desk.test").remove(0);
    assert_eq!((&*mail.bytes, mail.flags.len()), (MAIL.as_bytes(), 2));
    assert_eq!(client.imap("EXPUNGE").await, "t OK done");
    client.imap("UID STORE 1 +FLAGS.SILENT (\\Deleted)").await;
    assert_eq!(client.imap("UID EXPUNGE 5").await, "t OK done");
    assert_eq!(client.imap("UID EXPUNGE 1").await, "* 1 EXPUNGE\nt OK done");
    assert_eq!(client.imap("CLOSE").await, "t OK done");
    assert!(client.imap("CLOSE").await.starts_with("t BAD"));
}

#[tokio::test]
async fn imap_idle_tells_of_a_delivery_at_once() {
    let (world, ports) = world().await;
    let mut client = support_in_inbox(&ports).await;
    for exists in 1..=2 {
        assert_eq!(client.imap("IDLE").await, "+ idling");
        world.deliver("support@desk.test", MAIL.as_bytes()).unwrap();
        assert_eq!(client.hear().await, format!("* {exists} EXISTS"));
        client.say("DONE").await;
        assert_eq!(client.hear().await, "t OK done");
    }
}

#[tokio::test]
async fn smtp_delivers_and_says_who_is_authentic() {
    let (world, ports) = world().await;
    let mut client = Client::connect(ports.smtp).await;
    assert_eq!(client.smtp("EHLO [127.0.0.1]").await, 250);
    assert_eq!(client.smtp("AUTH PLAIN AGFkYUBleGFtcGxlLm9yZwB3cm9uZw==").await, 535);
    assert_eq!(client.smtp("AUTH PLAIN AGFkYUBleGFtcGxlLm9yZwBhZGE=").await, 235);
    let forged = format!(
        "Authentication-Results: mx.desk.test;\r\n dmarc=fail\r\nRETURN-PATH: <x@y>\r\n{MAIL}.dot\r\n\r\nReturn-Path: in the text"
    );
    assert_eq!(client.submit("ada@example.org", "support@desk.test", &forged).await, 250);
    let other = MAIL.replace("From: ada@example.org", "From: Bob <bob@desk.test>");
    assert_eq!(client.submit("ada@example.org", "support@desk.test", &other).await, 250);
    assert_eq!(
        client.submit("", "support@desk.test", &format!("From: bob@desk.test\r\n{MAIL}")).await,
        250
    );
    let mails = inbox(&world, "support@desk.test");
    let [authentic, foreign, twofold] = mails.as_slice() else { panic!("{mails:?}") };
    let head = "Return-Path: <ada@example.org>\r\nAuthentication-Results: mx.desk.test; dmarc=pass header.from=example.org\r\nReceived: from [127.0.0.1] ";
    assert!(authentic.starts_with(head), "{authentic}");
    assert!(authentic.contains("\tby mx.desk.test with ESMTP for <support@desk.test>;\r\n"));
    assert!(authentic.ends_with(&format!("{MAIL}.dot\r\n\r\nReturn-Path: in the text\r\n")));
    assert_eq!(authentic.matches("Authentication-Results").count(), 1);
    assert!(!foreign.contains("Authentication-Results"), "ada is not bob");
    assert!(twofold.starts_with("Return-Path: <>\r\nReceived:"), "two authors are no author");
}

#[tokio::test]
async fn smtp_takes_mail_without_login_but_vouches_for_nobody() {
    let (world, ports) = world().await;
    let mut client = Client::connect(ports.smtp).await;
    assert_eq!(client.smtp("HELO elsewhere").await, 250);
    assert_eq!(client.submit("ada@example.org", "bob@desk.test", MAIL).await, 250);
    assert!(!inbox(&world, "bob@desk.test")[0].contains("dmarc="));
}

#[tokio::test]
async fn smtp_login_by_two_questions() {
    let (_world, ports) = world().await;
    let mut client = Client::connect(ports.smtp).await;
    assert_eq!(client.smtp("AUTH LOGIN").await, 334);
    assert_eq!(client.smtp("YWRhQGV4YW1wbGUub3Jn").await, 334);
    assert_eq!(client.smtp("YWRh").await, 235);
    assert_eq!(client.smtp("AUTH CRAM-MD5").await, 504);
}

#[tokio::test]
async fn smtp_refuses_what_is_out_of_order_or_for_strangers() {
    let (world, ports) = world().await;
    let mut client = Client::connect(ports.smtp).await;
    let script = [
        ("RCPT TO:<bob@desk.test>", 503),
        ("DATA", 503),
        ("MAIL FROM:ada@example.org", 501),
        ("mail from:<ada@example.org> BODY=8BITMIME", 250),
        ("MAIL FROM:<ada@example.org>", 503),
        ("RCPT TO:<nobody@desk.test>", 550),
        ("DATA", 503),
        ("RCPT TO:<bob@desk.test>", 250),
        ("RSET", 250),
        ("DATA", 503),
        ("VRFY bob", 500),
        ("NOOP", 250),
        ("QUIT", 221),
    ];
    for (command, code) in script {
        assert_eq!(client.smtp(command).await, code, "{command}");
    }
    assert_eq!(client.hear().await, "", "closed");
    assert!(inbox(&world, "bob@desk.test").is_empty());
}

#[tokio::test]
async fn smtp_only_crlf_ends_a_mail() {
    let (world, ports) = world().await;
    let mut client = Client::connect(ports.smtp).await;
    let smuggled = format!("{MAIL}one\n.\r\nMAIL FROM:<eve@attacker.test>");
    assert_eq!(client.submit("ada@example.org", "bob@desk.test", &smuggled).await, 250);
    let mails = inbox(&world, "bob@desk.test");
    assert_eq!(mails.len(), 1);
    assert!(mails[0].ends_with("one\n.\r\nMAIL FROM:<eve@attacker.test>\r\n"));
}

#[tokio::test]
async fn dropping_the_ports_ends_the_sessions() {
    let (_world, ports) = world().await;
    let mut client = support_in_inbox(&ports).await;
    let port = ports.imap;
    drop(ports);
    let mut rest = Vec::new();
    _ = timeout(Duration::from_secs(10), client.0.read_to_end(&mut rest))
        .await
        .expect("the session goes on");
    assert!(TcpStream::connect(("127.0.0.1", port)).await.is_err());
}

/// A desk of a few lines: it answers what lies in the INBOX in turn, until it is told to stop.
async fn tiny_desk(config: Config, stopped: oneshot::Receiver<()>) -> anyhow::Result<()> {
    assert_eq!(config.imap.server.tls, postdesk::config::Tls::None);
    let mut imap = Client::connect(config.imap.server.port).await;
    assert_eq!(imap.imap("LOGIN support@desk.test \"desk secret\"").await, "t OK done");
    imap.imap("SELECT INBOX").await;
    for uid in 1..=5 {
        while !imap.imap(&format!("UID SEARCH UID {uid}")).await.contains(&format!("SEARCH {uid}"))
        {
            assert_eq!(imap.imap("IDLE").await, "+ idling");
            imap.hear().await;
            imap.say("DONE").await;
            imap.hear().await;
        }
        let mail = imap.imap(&format!("UID FETCH {uid} BODY.PEEK[]")).await;
        answer(config.smtp.port, uid, &mail).await;
    }
    stopped.await.map_err(Into::into)
}

async fn answer(port: u16, uid: u32, mail: &str) {
    assert!(
        mail.contains("Authentication-Results: mx.desk.test; dmarc=pass header.from="),
        "{mail}"
    );
    let (_, mail) = mail.split_once('\n').unwrap();
    let mail = mail_parser::MessageParser::default().parse(mail.as_bytes()).unwrap();
    let text = mail.body_text(0).unwrap();
    let own_words: Vec<&str> = text.lines().take_while(|line| !line.starts_with("On ")).collect();
    let mut smtp = Client::connect(port).await;
    smtp.smtp("AUTH PLAIN AHN1cHBvcnRAZGVzay50ZXN0AGRlc2sgc2VjcmV0").await;
    let recipients: &[&str] = match uid {
        1 => &["ada@example.org", "bob@desk.test"],
        2 | 5 => &["ada@example.org"],
        _ => &["bob@desk.test"],
    };
    for to in recipients {
        let text = if (uid, *to) == (1, "ada@example.org") {
            "We have it.".to_owned()
        } else if uid == 5 {
            assert_eq!(own_words.first(), Some(&"#close"));
            "It is early enough: the export runs.".to_owned()
        } else {
            own_words.join("\r\n")
        };
        let head = format!(
            "From: Desk <support@desk.test>\r\nTo: {to}\r\nSubject: [#1] =?utf-8?q?caf=C3=A9?=\r\nMessage-ID: <{uid}.{to}>"
        );
        assert_eq!(
            smtp.submit(
                "support@desk.test",
                to,
                &format!("{head}\r\nDate: Sun, 22 Nov 2026 10:00:00 +0000\r\n\r\n{text}")
            )
            .await,
            250
        );
    }
}

#[tokio::test]
async fn the_story_is_told_to_its_end_with_each_mail_once() {
    let mut out = Vec::new();
    demo::run(&mut out, tiny_desk, |data_dir| Ok(format!("ticket of {}", data_dir.display())))
        .await
        .unwrap();
    let told = String::from_utf8(out).unwrap();
    let from: Vec<&str> = told.lines().filter(|line| line.starts_with("From: ")).collect();
    let (ada, bob, desk) = (
        "From: Ada Byron <ada@example.org>",
        "From: Bob Brown <bob@desk.test>",
        "From: Desk <support@desk.test>",
    );
    assert_eq!(from, [ada, desk, desk, bob, desk, ada, desk, bob, desk, bob, desk], "{told}");
    assert_eq!(told.lines().filter(|line| line.starts_with("Subject: ")).count(), 11);
    for line in [
        "To: ada@example.org",
        "Subject: [#1] café",
        "Subject: Re: [#1] café",
        "We have it.",
        "[file: export.log]",
        "> We have it.",
    ] {
        let wanted = line != "> We have it.";
        assert_eq!(told.lines().any(|heard| heard == line), wanted, "{line} in {told}");
    }
    assert!(
        told.contains(
            "\nOn Sun, 22 Nov 2026 at 10:00, Desk wrote:\n> Hello,\n>\n> I want to export"
        ),
        "{told}"
    );
    let data_dir = told.lines().find_map(|line| line.strip_prefix("ticket of ")).unwrap();
    assert!(told.contains(&format!("The database lies in {data_dir} ")));
    let directory = std::path::Path::new(data_dir).parent().unwrap();
    let mode = std::os::unix::fs::PermissionsExt::mode(
        &std::fs::metadata(directory).unwrap().permissions(),
    );
    assert_eq!(mode & 0o777, 0o700);
    postdesk::config::load(&directory.join("config.toml")).expect("the settings stay usable");
    std::fs::remove_dir_all(directory).unwrap();
}

#[tokio::test]
async fn a_daemon_that_fails_ends_the_story_with_its_reason() {
    let directory = tempfile::tempdir().unwrap();
    let failing = |_config, _stopped| async { Err(anyhow::anyhow!("no disk")) };
    let error = demo::run_in(directory.path(), &mut Vec::new(), failing, |_| Ok(String::new()))
        .await
        .unwrap_err();
    assert_eq!(format!("{error:#}"), "the daemon failed: no disk");
}

#[tokio::test]
async fn a_daemon_that_leaves_early_is_no_success() {
    let directory = tempfile::tempdir().unwrap();
    let leaving = |_config, _stopped| async { Ok(()) };
    let error = demo::run_in(directory.path(), &mut Vec::new(), leaving, |_| Ok(String::new()))
        .await
        .unwrap_err();
    assert_eq!(format!("{error:#}"), "the daemon stopped before the story was told");
}
