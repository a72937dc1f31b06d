//! Greeting, capabilities and login.

use base64::Engine;
use base64::prelude::BASE64_STANDARD as BASE64;
use postdesk::config::{Imap, Login, Proof, Secret};
use postdesk::net::Credentials;
use secrecy::SecretString;

use super::script::{meet, meet_with, settings, told};

const CAPABLE: &str = "S * OK ready\nC CAPABILITY\nS * CAPABILITY IMAP4rev1\nS $ OK done\n";

const GREETINGS: &[(&str, &str, &str)] = &[
    ("silence", "W 61", "lost: the server was silent for 60 s"),
    ("closed", "E", "lost: the server closed the connection"),
    ("BYE", "S * BYE too many connections", "lost: the server said goodbye: too many connections"),
    (
        "another protocol",
        "S 220 mx.desk.test ESMTP",
        "lost: the server does not speak IMAP: 220 mx.desk.test ESMTP",
    ),
    (
        "p23 PREAUTH",
        "S * PREAUTH welcome back",
        "insecure: the server says that somebody is logged in already (PREAUTH): nothing was sent",
    ),
    ("data first", "S * 3 EXISTS", "lost: the server does not greet like an IMAP server"),
    ("NO", "S * NO go away", "lost: the server does not greet like an IMAP server"),
    (
        "capabilities refused",
        "S * OK x\nC CAPABILITY\nS $ BAD x",
        "lost: the server does not say what it can: x",
    ),
];

#[tokio::test(start_paused = true)]
async fn greetings() {
    for (name, script, expected) in GREETINGS {
        let (mailbox, server) = meet(&settings(), script).await;
        assert_eq!(told(mailbox.map(|_| ()), |()| "in".to_owned()), *expected, "{name}");
        server.await.unwrap();
    }
}

const REFUSALS: &[(&str, &str, &str)] = &[
    (
        "p21 NO",
        "S $ NO [AUTHENTICATIONFAILED] Authentication failed.",
        "login: the server refused the login: [AUTHENTICATIONFAILED] Authentication failed.",
    ),
    (
        "NO that echoes",
        "S $ NO wrong: correct horse",
        "login: the server refused the login: wrong: (secret)",
    ),
    (
        "NO with controls",
        "S $ NO \u{1b}[31mred\u{202e}",
        "login: the server refused the login: [31mred",
    ),
    ("BAD", "S $ BAD Unknown command", "login: the server refused the login: Unknown command"),
    (
        "busy",
        "S $ NO [UNAVAILABLE] come again",
        "lost: the server takes no login at present: [UNAVAILABLE] come again",
    ),
    (
        "in use",
        "S $ NO [INUSE] locked",
        "lost: the server takes no login at present: [INUSE] locked",
    ),
    (
        "limit",
        "S $ NO [LIMIT] too many",
        "lost: the server takes no login at present: [LIMIT] too many",
    ),
    ("BYE", "S * BYE too many failures", "lost: the server said goodbye: too many failures"),
    ("closed", "E", "lost: the server went away or was silent during the login"),
    ("silent", "W 61", "lost: the server went away or was silent during the login"),
    ("another protocol", "S HTTP/1.1 400", "lost: the server does not speak IMAP"),
    (
        "nested to death",
        "S * 1 FETCH (BODYSTRUCTURE ((((((((((((((((((((((((((((\nS $ NO no",
        "login: the server refused the login: no",
    ),
    (
        "talk before",
        "S * OK [ALERT] quota\nS * FROBNICATE\nS * 3 FETCH (BODY[] {3}\ns abc\nS )\nS $ NO no",
        "login: the server refused the login: no",
    ),
];

#[tokio::test(start_paused = true)]
async fn p21_refused_logins_tell_why_and_never_the_password() {
    for (name, script, expected) in REFUSALS {
        let script = format!("{CAPABLE}C LOGIN \"support@desk.test\" \"correct horse\"\n{script}");
        let (mailbox, server) = meet(&settings(), &script).await;
        let heard = told(mailbox.map(|_| ()), |()| "in".to_owned());
        assert_eq!(heard, *expected, "{name}");
        assert!(!heard.contains("correct horse"), "{name}: {heard}");
        server.await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_disabled_login_is_not_tried() {
    let script = CAPABLE.replace("IMAP4rev1", "IMAP4rev1 LOGINDISABLED");
    let (mailbox, server) = meet(&settings(), &script).await;
    assert!(
        told(mailbox.map(|_| ()), |()| String::new())
            .starts_with("login: the server allows no LOGIN on this connection")
    );
    assert!(!server.await.unwrap().concat().contains("LOGIN"));
}

#[tokio::test(start_paused = true)]
async fn a_login_that_quotes_do_not_hold_is_sent_as_literals() {
    let words = [
        ("dösk", "p\"\\w"),
        ("a\"b", "plain"),
        ("plain", "schlüssel"),
        ("plain", ""),
        ("plain", "{3}"),
    ];
    for (user, password) in words {
        let (ours, theirs) = tokio::io::duplex(1 << 16);
        let plain = password.is_empty() || password == "{3}";
        let login = match plain {
            true => format!("C LOGIN \"{user}\" \"{password}\"\n"),
            false => format!(
                "C LOGIN {{{}}}\nS + go\nc {user} {{{}}}\nS * OK wait\nS + go\nc {password}\n",
                user.len(),
                password.len()
            ),
        };
        let script =
            format!("{CAPABLE}{login}S $ OK in\nC CAPABILITY\nS * CAPABILITY IMAP4rev1\nS $ OK x");
        let server = tokio::spawn(super::script::play(theirs, script));
        let mut imap: Imap = settings();
        let secret = SecretString::from(password.to_owned());
        imap.server.login = Some(Login {
            username: user.to_owned(),
            proof: Proof::Password(Secret::Text(secret.clone())),
        });
        let credentials = Credentials::Password(secret);
        drop(postdesk::fetch::imap::ImapMailbox::over(ours, &imap, &credentials).await.unwrap());
        server.await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_literal_login_may_be_refused_at_any_step() {
    let steps = [
        "S $ NO no",
        "S + go\nc dösk {13}\nS $ NO no",
        "S + go\nc dösk {13}\nS + go\nc correct horse\nS $ NO no",
    ];
    let mut imap = settings();
    if let Some(login) = &mut imap.server.login {
        login.username = "dösk".to_owned();
    }
    for step in steps {
        let (mailbox, server) = meet(&imap, &format!("{CAPABLE}C LOGIN {{5}}\n{step}")).await;
        assert_eq!(
            told(mailbox.map(|_| ()), |()| String::new()),
            "login: the server refused the login: no"
        );
        server.await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_asks_on_and_on_gets_nothing_more() {
    let mut imap = settings();
    if let Some(login) = &mut imap.server.login {
        login.username = "dösk".to_owned();
    }
    let script =
        format!("{CAPABLE}C LOGIN {{5}}\nS + go\nc dösk {{13}}\nS + go\nc correct horse\nS + go");
    let (mailbox, server) = meet(&imap, &script).await;
    assert_eq!(
        told(mailbox.map(|_| ()), |()| String::new()),
        "lost: the server asked for more than there was"
    );
    server.await.unwrap();
}

/// What is said of a token, and how a refusal with and without its reasons is read.
#[tokio::test(start_paused = true)]
async fn a_token_is_said_by_the_mechanism_that_is_offered() {
    let bearer =
        "n,a=support@desk.test,\u{1}host=localhost\u{1}port=0\u{1}auth=Bearer t0ken\u{1}\u{1}";
    let xoauth2 = "user=support@desk.test\u{1}auth=Bearer t0ken\u{1}\u{1}";
    let rows = [
        ("AUTH=PLAIN AUTH=XOAUTH2 AUTH=OAUTHBEARER", "OAUTHBEARER", bearer, "AQ=="),
        ("SASL-IR AUTH=XOAUTH2 LOGINDISABLED", "XOAUTH2", xoauth2, ""),
    ];
    for (offer, name, first, last) in rows {
        let begin = format!(
            "S * OK ready\nC CAPABILITY\nS * CAPABILITY IMAP4rev1 {offer}\nS $ OK done\nC AUTHENTICATE {name}\nS + \nc {}\n",
            BASE64.encode(first)
        );
        let ends = [
            ("S $ OK in\nC CAPABILITY\nS * CAPABILITY IMAP4rev1\nS $ OK x".to_owned(), "in"),
            (
                format!(
                    "S + eyJzdGF0dXMiOiI0MDEifQ==\nc {last}\nS $ NO [AUTHENTICATIONFAILED] stale: t0ken"
                ),
                "login: the server refused the login: [AUTHENTICATIONFAILED] stale: (secret)",
            ),
            (
                "S $ NO [UNAVAILABLE] later".to_owned(),
                "lost: the server takes no login at present: [UNAVAILABLE] later",
            ),
        ];
        for (end, wanted) in ends {
            let token = Credentials::Token(SecretString::from("t0ken"));
            let (mailbox, server) = meet_with(&settings(), &format!("{begin}{end}"), &token).await;
            assert_eq!(told(mailbox.map(|_| ()), |()| "in".to_owned()), wanted, "{name}");
            server.await.unwrap();
        }
    }
    let token = Credentials::Token(SecretString::from("t0ken"));
    let (mailbox, _) = meet_with(&settings(), CAPABLE, &token).await;
    assert!(
        told(mailbox.map(|_| ()), |()| String::new())
            .starts_with("login: the server takes no login by token")
    );
}
