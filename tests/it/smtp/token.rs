//! A login by token: which mechanism is taken, and how a refusal is read.

use postdesk::config::{Flow, Login, OAuth2, Proof, Server, Tls};
use postdesk::send::smtp::SmtpRelay;
use tempfile::TempDir;

use super::sink::Act::Say;
use super::sink::Sink;
use super::{Want, kind, patient, send, server, words};

/// A desk with a token that is good for an hour and cannot be renewed.
fn with_token(server: Server, dir: &TempDir) -> Server {
    let issued = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let (client_id, token_url) = ("desk".to_owned(), "https://localhost:9/token".to_owned());
    let kept = serde_json::json!({
        "client_id": client_id, "token_url": token_url, "access_token": "t0ken",
        "issued_at": issued.as_secs(), "expires_in": 3600,
    });
    let tokens = dir.path().join("oauth2.json");
    std::fs::write(&tokens, kept.to_string()).unwrap();
    let proof = Proof::OAuth2(OAuth2 {
        client_id,
        client_secret: None,
        secret_expires: None,
        flow: Flow::Device { url: token_url.clone() },
        token_url,
        scopes: Vec::new(),
        ca_file: None,
        tokens,
    });
    Server { login: Some(Login { username: "desk".to_owned(), proof }), ..server }
}

const BEARER: &str = "AUTH OAUTHBEARER ";
const XOAUTH2: &str = "AUTH XOAUTH2 dXNlcj1kZXNrAWF1dGg9QmVhcmVyIHQwa2VuAQE=";

#[tokio::test]
async fn the_standard_is_preferred_and_the_older_way_is_known() {
    let dir = tempfile::tempdir().unwrap();
    for (offer, said) in [
        ("250-mx.test\r\n250 AUTH PLAIN XOAUTH2 OAUTHBEARER", BEARER),
        ("250-mx.test\r\n250 AUTH LOGIN XOAUTH2", XOAUTH2),
    ] {
        let sink = Sink::start(&[&[("EHLO", Say(offer))]]).await;
        let desk = with_token(server(sink.port, Tls::None), &dir);
        let mut relay = SmtpRelay::new(desk, "desk.test").with_deadlines(patient());
        assert_eq!(kind(&send(&mut relay).await), Want::Accepted, "{offer}");
        assert!(sink.seen().commands[1].starts_with(said), "{:?}", sink.seen().commands);
    }
}

/// The server tells why in a challenge of its own, which wants an answer before the refusal comes;
/// a token that cannot be renewed is a person's matter.
#[tokio::test]
async fn a_refused_token_is_answered_and_told_without_it() {
    let dir = tempfile::tempdir().unwrap();
    for (offer, last) in [("OAUTHBEARER", "AQ=="), ("XOAUTH2", "")] {
        let offer: &'static str = format!("250-mx.test\r\n250 AUTH {offer}").leak();
        let script = [
            ("EHLO", Say(offer)),
            ("AUTH", Say("334 eyJzdGF0dXMiOiI0MDAifQ==")),
            (last, Say("535 5.7.8 stale t0ken")),
        ];
        let sink = Sink::start(&[&script]).await;
        let desk = with_token(server(sink.port, Tls::None), &dir);
        let mut relay = SmtpRelay::new(desk, "desk.test").with_deadlines(patient());
        let outcome = send(&mut relay).await;
        assert_eq!(kind(&outcome), Want::Login, "{outcome:?}");
        assert!(words(&outcome).contains("gave none to renew it with"), "{outcome:?}");
        assert_eq!(sink.seen().commands[2], last, "{:?}", sink.seen().commands);
    }
}
