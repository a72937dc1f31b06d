//! Dialogues with a scripted SMTP sink on loopback: what each answer, silence and break makes of a
//! mail.

mod bytes;
mod sink;
mod tls;
mod token;

use std::time::Duration;

use postdesk::config::{Login, Proof, Secret, Server, Tls};
use postdesk::mail::Address;
use postdesk::net::Fault;
use postdesk::send::smtp::{Deadlines, SmtpRelay, probe};
use postdesk::send::{Envelope, Outcome, Relay};
use secrecy::SecretString;

use sink::Act::{self, Drop, Late, Say, Silence};
use sink::Sink;

const MAIL: &[u8] = b"Subject: x\r\n\r\nHello\r\n.\r\n..two\r\n.end\r\n";
const SHORT: Duration = Duration::from_millis(150);
const LONG: Duration = Duration::from_secs(30);

/// Deadlines that no loaded machine misses; the one under test is made short by the test.
fn patient() -> Deadlines {
    Deadlines { greeting: LONG, envelope: LONG, data: LONG, block: LONG, dot: LONG, quit: SHORT }
}

fn impatient() -> Deadlines {
    Deadlines {
        greeting: SHORT,
        envelope: SHORT,
        data: SHORT,
        block: SHORT,
        dot: SHORT,
        quit: SHORT,
    }
}

fn server(port: u16, tls: Tls) -> Server {
    Server {
        host: "127.0.0.1".to_owned(),
        port,
        tls,
        ca_file: None,
        login: None,
        bounce_address: None,
        messages_per_minute: None,
        connections: 1,
    }
}

fn with_login(server: Server) -> Server {
    let proof = Proof::Password(Secret::Text(SecretString::from("s3cret")));
    Server { login: Some(Login { username: "desk".to_owned(), proof }), ..server }
}

fn envelope(to: &str) -> Envelope {
    Envelope { from: Address::parse("support@desk.test").unwrap(), to: Address::parse(to).unwrap() }
}

fn relay(sink: &Sink) -> SmtpRelay {
    SmtpRelay::new(server(sink.port, Tls::None), "desk.test").with_deadlines(patient())
}

async fn send(relay: &mut SmtpRelay) -> Outcome {
    relay.hand_over(&envelope("carol@customer.test"), MAIL).await
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Want {
    Accepted,
    Deferred,
    Refused,
    Unknown,
    Lost,
    Login,
    Insecure,
    Denied,
    Stopped,
    Crowded,
}

fn kind(outcome: &Outcome) -> Want {
    match outcome {
        Outcome::Accepted(_) => Want::Accepted,
        Outcome::Deferred(_) => Want::Deferred,
        Outcome::Refused(_) => Want::Refused,
        Outcome::Unknown(_) => Want::Unknown,
        Outcome::Unreachable(Fault::Lost(_)) => Want::Lost,
        Outcome::Unreachable(Fault::Login(_)) => Want::Login,
        Outcome::Unreachable(Fault::Insecure(_)) => Want::Insecure,
        Outcome::Unreachable(Fault::Denied(_)) => Want::Denied,
        Outcome::Stopped(_) => Want::Stopped,
        Outcome::Crowded(_) | Outcome::Unreachable(Fault::Crowded(_)) => Want::Crowded,
    }
}

fn words(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Accepted(words)
        | Outcome::Deferred(words)
        | Outcome::Refused(words)
        | Outcome::Unknown(words)
        | Outcome::Stopped(words)
        | Outcome::Crowded(words) => words.clone(),
        Outcome::Unreachable(fault) => fault.to_string(),
    }
}

/// Each stage, what the sink does there, and what must become of the mail.
const DIALOGUES: &[(&str, Act, Want)] = &[
    ("greeting", Say("220 mx.test ESMTP"), Want::Accepted),
    ("greeting", Say("220-hello\r\n220-there\r\n220 ready"), Want::Accepted),
    ("greeting", Say("220"), Want::Accepted),
    ("greeting", Say("421 too busy"), Want::Crowded),
    ("greeting", Say("554 go away"), Want::Lost),
    ("greeting", Say("* OK IMAP4rev1"), Want::Lost),
    ("greeting", Say("\u{0}\u{1}\u{2}"), Want::Lost),
    ("greeting", Drop, Want::Lost),
    ("EHLO", Say("250 mx.test"), Want::Accepted),
    ("EHLO", Say("250-mx.test\r\n250 SIZE"), Want::Accepted),
    ("EHLO", Say("421 closing"), Want::Crowded),
    ("EHLO", Say("451 later"), Want::Lost),
    ("EHLO", Say("502 what is that"), Want::Lost),
    ("EHLO", Say("250-mx.test\r\n251 other"), Want::Lost),
    ("EHLO", Drop, Want::Lost),
    ("MAIL", Say("250-2.1.0 sender\r\n250 2.1.0 ok"), Want::Accepted),
    ("MAIL", Say("299 unheard of"), Want::Accepted),
    ("MAIL", Say("421 closing"), Want::Deferred),
    ("MAIL", Say("451 4.3.0 later"), Want::Deferred),
    ("MAIL", Say("452 full"), Want::Deferred),
    ("MAIL", Say("530 5.7.0 authenticate first"), Want::Login),
    ("MAIL", Say("550 5.1.8 bad sender"), Want::Stopped),
    ("MAIL", Say("550 not you"), Want::Stopped),
    ("MAIL", Say("550 5.6.7 no such address form"), Want::Refused),
    ("RCPT", Say("550 5.4.5 Daily user sending limit exceeded"), Want::Stopped),
    ("RCPT", Say("550 5.7.708 Service unavailable. Access denied"), Want::Stopped),
    ("DATA", Say("550 5.4.5 Daily user sending limit exceeded"), Want::Stopped),
    ("dot", Say("550 5.4.5 Daily user sending limit exceeded"), Want::Stopped),
    ("dot", Say("550 5.1.90 Your message can't be sent: daily limit of recipients"), Want::Stopped),
    ("dot", Say("554 Message rejected: sending quota reached for this account"), Want::Stopped),
    ("MAIL", Say("552 too big"), Want::Refused),
    ("MAIL", Say("354 go"), Want::Deferred),
    ("MAIL", Say("999 mad"), Want::Deferred),
    ("MAIL", Say("hello"), Want::Deferred),
    ("MAIL", Drop, Want::Deferred),
    ("RCPT", Say("251 forwarded"), Want::Accepted),
    ("RCPT", Say("252 perhaps"), Want::Accepted),
    ("RCPT", Say("250-a\r\n250-b\r\n250 c"), Want::Accepted),
    ("RCPT", Say("250"), Want::Accepted),
    ("RCPT", Say("421 closing"), Want::Deferred),
    ("RCPT", Say("450 4.2.0 greylisted"), Want::Deferred),
    ("RCPT", Say("499 odd"), Want::Deferred),
    ("RCPT", Say("550 5.1.1 no such user"), Want::Refused),
    ("RCPT", Say("550-no\r\n550-such\r\n550 user"), Want::Refused),
    ("RCPT", Say("571 not authorized"), Want::Refused),
    ("RCPT", Say("530 authenticate first"), Want::Login),
    ("RCPT", Say("550-no\r\n250 yes"), Want::Deferred),
    ("RCPT", Say("2500 digits"), Want::Deferred),
    ("RCPT", Drop, Want::Deferred),
    ("DATA", Say("354-go\r\n354 ahead"), Want::Accepted),
    ("DATA", Say("354"), Want::Accepted),
    ("DATA", Say("250 ok"), Want::Deferred),
    ("DATA", Say("421 closing"), Want::Deferred),
    ("DATA", Say("451 later"), Want::Deferred),
    ("DATA", Say("554 no valid recipients"), Want::Refused),
    ("DATA", Say("\u{ff}\u{fe}"), Want::Deferred),
    ("DATA", Drop, Want::Deferred),
    ("dot", Say("250 2.0.0 queued as 1"), Want::Accepted),
    ("dot", Say("250-2.0.0\r\n250 queued"), Want::Accepted),
    ("dot", Say("250"), Want::Accepted),
    ("dot", Say("421 closing"), Want::Deferred),
    ("dot", Say("451 scanner down"), Want::Deferred),
    ("dot", Say("452-full\r\n452 later"), Want::Deferred),
    ("dot", Say("550 5.7.1 spam"), Want::Refused),
    ("dot", Say("554 5.6.0 broken"), Want::Refused),
    ("dot", Say("571 policy"), Want::Refused),
    ("dot", Say("354 more"), Want::Unknown),
    ("dot", Say("ok"), Want::Unknown),
    ("dot", Say("250x"), Want::Unknown),
    ("dot", Act::Half("250-2.0.0 nearly\r\n"), Want::Unknown),
    ("dot", Act::Half("550 5.7.1 ne"), Want::Unknown),
    ("dot", Say("250-yes\r\n550 no"), Want::Unknown),
    ("dot", Drop, Want::Unknown),
];

#[tokio::test]
async fn every_answer_at_every_stage_has_its_outcome() {
    for (stage, act, want) in DIALOGUES {
        for pipelining in [sink::PLAIN, sink::PIPELINING] {
            let sink = Sink::start(&[&[(stage, *act), ("EHLO", Say(pipelining))]]).await;
            let outcome = send(&mut relay(&sink)).await;
            assert_eq!(kind(&outcome), *want, "{stage} {act:?} {pipelining:?}: {outcome:?}");
            let mails = sink.seen().mails;
            match want {
                Want::Accepted => {
                    assert_eq!(mails, [MAIL], "{stage} {act:?}: arrives byte for byte")
                }
                _ if *stage == "dot" => assert_eq!(mails.len(), 1, "sent once"),
                _ => assert!(
                    mails.is_empty(),
                    "{stage} {act:?} {pipelining:?}: nothing may have been sent"
                ),
            }
        }
    }
}

#[tokio::test]
async fn silence_ends_at_its_deadline() {
    let cases = [
        ("greeting", Want::Lost),
        ("EHLO", Want::Lost),
        ("MAIL", Want::Deferred),
        ("RCPT", Want::Deferred),
        ("DATA", Want::Deferred),
        ("dot", Want::Unknown),
    ];
    for (stage, want) in cases {
        let sink = Sink::start(&[&[(stage, Silence)]]).await;
        let short = match stage {
            "greeting" | "EHLO" => Deadlines { greeting: SHORT, ..patient() },
            "MAIL" | "RCPT" => Deadlines { envelope: SHORT, ..patient() },
            "DATA" => Deadlines { data: SHORT, ..patient() },
            _ => Deadlines { dot: SHORT, ..patient() },
        };
        let outcome = send(&mut relay(&sink).with_deadlines(short)).await;
        assert_eq!(kind(&outcome), want, "{stage}: {outcome:?}");
    }
}

#[tokio::test]
async fn an_answer_that_trickles_for_ever_ends_at_its_deadline() {
    let sink = Sink::start(&[&[("dot", Act::Trickle("250-still thinking\r\n"))]]).await;
    let outcome =
        send(&mut relay(&sink).with_deadlines(Deadlines { dot: SHORT * 2, ..patient() })).await;
    assert_eq!(kind(&outcome), Want::Unknown, "{outcome:?}");
}

#[tokio::test]
async fn an_answer_without_end_is_cut_off() {
    for flood in [Act::Flood(b"250-more\r\n"), Act::Flood(b"xxxxxxxxxxxxxxxx")] {
        let sink = Sink::start(&[&[("RCPT", flood)]]).await;
        assert_eq!(kind(&send(&mut relay(&sink)).await), Want::Deferred, "{flood:?}");
    }
}

/// Scaled by a thousand: 65 s are waited out as 65 ms, well within the deadline of 600 s.
#[tokio::test]
async fn p17_a_late_250_after_the_dot_is_one_copy() {
    assert!(Deadlines::default().dot >= Duration::from_secs(600));
    let sink = Sink::start(&[&[("dot", Late(65, "250 ok at last"))]]).await;
    let mut relay = relay(&sink);
    let outcome = send(&mut relay).await;
    assert_eq!(outcome, Outcome::Accepted("250 ok at last".to_owned()));
    assert_eq!((sink.seen().mails.len(), sink.seen().connections), (1, 1));
}

#[tokio::test]
async fn one_connection_serves_many_mails_and_ends_with_quit() {
    let sink = Sink::start(&[&[]]).await;
    let mut relay = relay(&sink);
    for _ in 0..20 {
        assert_eq!(kind(&send(&mut relay).await), Want::Accepted);
    }
    relay.rest().await;
    let seen = sink.seen();
    assert_eq!((seen.mails.len(), seen.connections), (20, 1));
    assert_eq!(seen.commands.last().map(String::as_str), Some("QUIT"));
    assert!(seen.mails.iter().all(|mail| mail == MAIL), "byte for byte");
    assert_eq!(seen.commands.first().map(String::as_str), Some("EHLO desk.test"));
}

#[tokio::test]
async fn a_refused_mail_does_not_spoil_the_next() {
    for stage in ["MAIL", "RCPT", "DATA", "dot"] {
        for answer in ["550 no", "451 later"] {
            let sink = Sink::start(&[&[(stage, Say(answer))]]).await;
            let mut relay = relay(&sink);
            let first = kind(&send(&mut relay).await);
            assert!(
                matches!(first, Want::Refused | Want::Deferred | Want::Stopped),
                "{stage} {answer}: {first:?}"
            );
            assert_eq!(kind(&send(&mut relay).await), Want::Accepted, "{stage} {answer}");
            assert_eq!(sink.seen().connections, 1, "{stage} {answer}: the connection stands");
            assert_eq!(sink.seen().nested, 0, "{stage} {answer}: RSET before the next MAIL");
        }
    }
}

#[tokio::test]
async fn a_server_that_will_not_start_anew_is_left() {
    for act in [Say("500 what"), Say("421 bye"), Drop] {
        let sink = Sink::start(&[&[("RCPT", Say("550 no such user")), ("RSET", act)], &[]]).await;
        let mut relay = relay(&sink);
        assert_eq!(kind(&send(&mut relay).await), Want::Refused);
        assert_eq!(kind(&send(&mut relay).await), Want::Accepted, "{act:?}");
        assert_eq!(sink.seen().connections, 2, "{act:?}");
    }
}

#[tokio::test]
async fn a_stale_connection_is_replaced_at_once() {
    let second = [Drop, Say("421 idle too long"), Say("garbage"), Act::Half("25")];
    for act in second {
        let sink = Sink::start(&[&[("MAIL", Say("250 ok")), ("MAIL", act)], &[]]).await;
        let mut relay = relay(&sink);
        assert_eq!(kind(&send(&mut relay).await), Want::Accepted);
        assert_eq!(kind(&send(&mut relay).await), Want::Accepted, "{act:?}");
        assert_eq!((sink.seen().mails.len(), sink.seen().connections), (2, 2), "{act:?}");
    }
}

#[tokio::test]
async fn a_stale_connection_is_replaced_only_once() {
    let sink = Sink::start(&[&[("MAIL", Say("250 ok")), ("MAIL", Drop)], &[("MAIL", Drop)]]).await;
    let mut relay = relay(&sink);
    assert_eq!(kind(&send(&mut relay).await), Want::Accepted);
    assert_eq!(kind(&send(&mut relay).await), Want::Deferred);
    assert_eq!(sink.seen().connections, 2);
}

#[tokio::test]
async fn a_break_after_mail_on_a_kept_connection_is_not_hidden() {
    for (stage, want) in
        [("RCPT", Want::Deferred), ("DATA", Want::Deferred), ("dot", Want::Unknown)]
    {
        let fine = if stage == "DATA" { "354 go" } else { "250 ok" };
        let sink = Sink::start(&[&[(stage, Say(fine)), (stage, Drop)], &[]]).await;
        let mut relay = relay(&sink);
        assert_eq!(kind(&send(&mut relay).await), Want::Accepted);
        assert_eq!(kind(&send(&mut relay).await), want, "{stage}");
        assert_eq!(sink.seen().connections, 1, "{stage}: not tried again behind the queue's back");
        assert_eq!(
            kind(&send(&mut relay).await),
            Want::Accepted,
            "{stage}: a new connection serves the next"
        );
    }
}

#[tokio::test]
async fn words_that_nobody_asked_for_end_the_connection() {
    let sink = Sink::start(&[&[("dot", Say("250 ok\r\n250 ok again"))], &[]]).await;
    let mut relay = relay(&sink);
    assert_eq!(kind(&send(&mut relay).await), Want::Accepted);
    assert_eq!(kind(&send(&mut relay).await), Want::Accepted);
    assert_eq!(sink.seen().connections, 2, "the second 250 must not be taken for the next mail's");
    let early = Sink::start(&[&[("DATA", Say("354 go\r\n250 ok"))]]).await;
    assert_eq!(
        kind(&send(&mut self::relay(&early)).await),
        Want::Deferred,
        "a 250 before the mail is no 250"
    );
}

#[tokio::test]
async fn a_354_for_a_refused_recipient_gets_no_mail() {
    let sink = Sink::start(&[
        &[
            ("EHLO", Say(sink::PIPELINING)),
            ("RCPT", Say("550 no such user")),
            ("DATA", Say("354 go")),
        ],
        &[],
    ])
    .await;
    let mut relay = relay(&sink);
    let outcome = send(&mut relay).await;
    assert_eq!(outcome, Outcome::Refused("550 no such user".to_owned()));
    assert!(sink.seen().mails.is_empty());
    assert_eq!(kind(&send(&mut relay).await), Want::Accepted);
}

#[tokio::test]
async fn a_break_in_the_middle_of_a_large_mail_may_go_again() {
    let line = [b'x'; 70].iter().chain(b"\r\n").copied().collect::<Vec<u8>>();
    let large = line.repeat(500_000);
    let cases =
        [(Act::Hangup(""), Want::Deferred), (Act::Hangup("552 too large\r\n"), Want::Refused)];
    for (act, want) in cases {
        let sink = Sink::start(&[&[("block", act)]]).await;
        let outcome = relay(&sink).hand_over(&envelope("carol@customer.test"), &large).await;
        // Closing with unread bytes resets the connection, and that may overtake the server's word.
        assert!(kind(&outcome) == want || kind(&outcome) == Want::Deferred, "{act:?}: {outcome:?}");
    }
    let stuck = Sink::start(&[&[("block", Silence)]]).await;
    let outcome = relay(&stuck)
        .with_deadlines(Deadlines { block: SHORT, quit: SHORT, ..patient() })
        .hand_over(&envelope("carol@customer.test"), &large)
        .await;
    assert_eq!(kind(&outcome), Want::Deferred, "{outcome:?}");
}

#[tokio::test]
async fn a_mail_too_large_for_the_server_is_not_tried() {
    let sink = Sink::start(&[&[("EHLO", Say("250-mx.test\r\n250 SIZE 20"))]]).await;
    let outcome = send(&mut relay(&sink)).await;
    assert_eq!(kind(&outcome), Want::Refused);
    assert!(words(&outcome).contains("at most 20"), "{outcome:?}");
    assert!(!sink.seen().commands.iter().any(|command| command.starts_with("MAIL")));
    for offer in ["250-mx.test\r\n250 SIZE 0", "250-mx.test\r\n250 size 5000"] {
        let sink = Sink::start(&[&[("EHLO", Say(offer))]]).await;
        assert_eq!(kind(&send(&mut relay(&sink)).await), Want::Accepted, "{offer}");
        let size = format!("MAIL FROM:<support@desk.test> SIZE={}", MAIL.len());
        assert!(sink.seen().commands.contains(&size), "{:?}", sink.seen().commands);
    }
}

#[tokio::test]
async fn addresses_beyond_ascii_need_smtputf8() {
    let able =
        Sink::start(&[&[("EHLO", Say("250-mx.test\r\n250-8BITMIME\r\n250 SMTPUTF8"))]]).await;
    let outcome = relay(&able).hand_over(&envelope("jürgen@exämple.test"), MAIL).await;
    assert_eq!(kind(&outcome), Want::Accepted);
    let commands = able.seen().commands;
    assert!(
        commands.contains(&"MAIL FROM:<support@desk.test> SMTPUTF8".to_owned()),
        "{commands:?}"
    );
    assert!(commands.contains(&"RCPT TO:<jürgen@xn--exmple-cua.test>".to_owned()), "{commands:?}");
    let unable = Sink::start(&[&[]]).await;
    let outcome = relay(&unable).hand_over(&envelope("jürgen@exämple.test"), MAIL).await;
    assert_eq!(kind(&outcome), Want::Refused);
    assert!(
        words(&outcome).contains("cannot carry the address jürgen@xn--exmple-cua.test"),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn eight_bit_mail_needs_8bitmime() {
    let mail = "Subject: x\r\n\r\nä\r\n".as_bytes();
    let unable = Sink::start(&[&[]]).await;
    assert_eq!(
        kind(&relay(&unable).hand_over(&envelope("carol@customer.test"), mail).await),
        Want::Refused
    );
    let able = Sink::start(&[&[("EHLO", Say("250-mx.test\r\n250 8BITMIME"))]]).await;
    assert_eq!(
        kind(&relay(&able).hand_over(&envelope("carol@customer.test"), mail).await),
        Want::Accepted
    );
    assert!(
        able.seen().commands.contains(&"MAIL FROM:<support@desk.test> BODY=8BITMIME".to_owned())
    );
}

#[tokio::test]
async fn the_server_is_told_nothing_of_this_host() {
    for (name, said) in [
        ("desk.test", "EHLO desk.test"),
        ("bad name\r\nQUIT", "EHLO [127.0.0.1]"),
        ("", "EHLO [127.0.0.1]"),
        ("dësk", "EHLO [127.0.0.1]"),
    ] {
        let sink = Sink::start(&[&[]]).await;
        let outcome =
            send(&mut SmtpRelay::new(server(sink.port, Tls::None), name).with_deadlines(patient()))
                .await;
        assert_eq!(kind(&outcome), Want::Accepted, "{name:?}");
        assert_eq!(sink.seen().commands[0], said, "{name:?}");
    }
}

#[tokio::test]
async fn words_of_the_server_are_cleaned() {
    let sink = Sink::start(&[&[("RCPT", Say("550-\u{1b}[31mred\u{202e}\r\n550 \u{7}done"))]]).await;
    assert_eq!(send(&mut relay(&sink)).await, Outcome::Refused("550 [31mred done".to_owned()));
    let long: &'static str = Box::leak(format!("550 {}", "y".repeat(1500)).into_boxed_str());
    let sink = Sink::start(&[&[("dot", Say(long))]]).await;
    assert_eq!(words(&send(&mut relay(&sink)).await).chars().count(), 300);
}

#[tokio::test]
async fn nobody_listening_is_unreachable() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut relay =
        SmtpRelay::new(server(port, Tls::None), "desk.test").with_deadlines(impatient());
    assert_eq!(kind(&send(&mut relay).await), Want::Lost);
    relay.rest().await;
}

#[tokio::test]
async fn the_login_is_said_as_offered() {
    let plain = "AUTH PLAIN AGRlc2sAczNjcmV0";
    let cases: [(&'static str, &[&str]); 3] = [
        ("250-mx.test\r\n250 AUTH LOGIN PLAIN", &[plain]),
        ("250-mx.test\r\n250 AUTH=login", &["AUTH LOGIN", "ZGVzaw==", "czNjcmV0"]),
        ("250-mx.test\r\n250-AUTH CRAM-MD5\r\n250 AUTH PLAIN", &[plain]),
    ];
    for (offer, said) in cases {
        let sink = Sink::start(&[&[("EHLO", Say(offer))]]).await;
        let mut relay = SmtpRelay::new(with_login(server(sink.port, Tls::None)), "desk.test")
            .with_deadlines(patient());
        assert_eq!(kind(&send(&mut relay).await), Want::Accepted, "{offer}");
        assert_eq!(sink.seen().commands[1..=said.len()], *said, "{offer}");
    }
}

#[tokio::test]
async fn a_refused_login_is_a_persons_matter() {
    let cases = [
        (Say("535 5.7.8 bad password"), Want::Login),
        (Say("534 5.7.9 too weak"), Want::Login),
        (Say("538 5.7.11 encrypt"), Want::Login),
        (Say("530 5.7.0 no"), Want::Login),
        (Say("550 account disabled"), Want::Login),
        (Say("454 4.7.0 later"), Want::Lost),
        (Say("421 closing"), Want::Lost),
        (Say("334 aGVsbG8="), Want::Login),
        (Drop, Want::Lost),
    ];
    for (act, want) in cases {
        let sink =
            Sink::start(&[&[("EHLO", Say("250-mx.test\r\n250 AUTH PLAIN")), ("AUTH", act)]]).await;
        let mut relay = SmtpRelay::new(with_login(server(sink.port, Tls::None)), "desk.test")
            .with_deadlines(patient());
        let outcome = send(&mut relay).await;
        assert_eq!(kind(&outcome), want, "{act:?}: {outcome:?}");
        assert!(
            !words(&outcome).contains("s3cret") && !words(&outcome).contains("czNjcmV0"),
            "{outcome:?}"
        );
    }
    let sink = Sink::start(&[&[("EHLO", Say("250-mx.test\r\n250 AUTH GSSAPI"))]]).await;
    let mut relay = SmtpRelay::new(with_login(server(sink.port, Tls::None)), "desk.test")
        .with_deadlines(patient());
    assert_eq!(kind(&send(&mut relay).await), Want::Login, "nothing we know is offered");
    assert_eq!(sink.seen().commands.len(), 1, "nothing was said of the password");
}

#[tokio::test]
async fn a_probe_tells_what_is_offered() {
    let sink = Sink::start(&[&[(
        "EHLO",
        Say("250-mx.test\r\n250-SIZE 1000\r\n250-PIPELINING\r\n250 AUTH PLAIN"),
    )]])
    .await;
    let told = probe(&with_login(server(sink.port, Tls::None))).await.unwrap().join("; ");
    for wanted in ["no TLS", "logged in as desk", "1000 bytes", "only ASCII", "PIPELINING"] {
        assert!(told.contains(wanted), "{told}");
    }
    assert_eq!(sink.seen().commands.last().map(String::as_str), Some("QUIT"));
    assert!(sink.seen().mails.is_empty());
}
