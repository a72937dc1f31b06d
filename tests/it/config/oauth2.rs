//! `[imap.oauth2]`: what is known of the big providers, what must be told of others, and each fault
//! once, with its key.

use postdesk::config::{Config, Flow, OAuth2, Proof};

use super::{bad, good, instead};

/// The least, with a login by token.
fn with(lines: &str) -> String {
    let least = instead("password = \"s3cret-imap\"\n", "");
    let least = least.replace("[smtp]\n", "[smtp]\nusername = \"support\"\n");
    format!("{least}\n[imap.oauth2]\n{lines}\n")
}

fn read(lines: &str) -> OAuth2 {
    let Config { imap, smtp, .. } = good(&with(lines));
    let of = |login: Option<postdesk::config::Login>| match login.map(|login| login.proof) {
        Some(Proof::OAuth2(oauth2)) => oauth2,
        other => panic!("{lines}: {other:?}"),
    };
    let both = [of(imap.server.login), of(smtp.login)];
    assert_eq!(both[0].token_url, both[1].token_url, "one for both");
    let [one, _] = both;
    one
}

#[test]
fn the_big_providers_are_known_by_name() {
    let google = read("provider = \"google\"\nclient_id = \"desk\"");
    assert_eq!(google.scopes, ["https://mail.google.com/"]);
    assert!(google.tokens.ends_with("data/oauth2.json"), "{:?}", google.tokens);
    let Flow::Browser { extra, port: None, .. } = google.flow else { panic!("{google:?}") };
    assert!(extra.contains(&("access_type".to_owned(), "offline".to_owned())), "{extra:?}");
    let lines =
        "provider = \"microsoft\"\ntenant = \"desk.test\"\nclient_id = \"desk\"\nflow = \"device\"";
    let Flow::Device { url } = read(lines).flow else { panic!("{lines}") };
    assert_eq!(url, "https://login.microsoftonline.com/desk.test/oauth2/v2.0/devicecode");
    let alone = format!("{}\nclient_secret = \"s\"", lines.replace("device", "client-credentials"));
    assert_eq!(read(&alone).scopes, ["https://outlook.office365.com/.default"]);
    let other = "client_id = \"desk\"\nauthorization_url = \"https://a.test/a\"\ntoken_url = \"http://127.0.0.1:8/t\"";
    assert_eq!(read(other).token_url, "http://127.0.0.1:8/t");
}

const FAULTS: &[(&str, &str, &str)] = &[
    ("provider = \"gmail\"\nclient_id = \"x\"", "provider", "\"google\" and \"microsoft\" are"),
    ("client_id = \"x\"\nauthorization_url = \"https://a.test/\"", "token_url", "is missing"),
    ("client_id = \"x\"\ntoken_url = \"https://a.test/\"", "authorization_url", "is missing"),
    (
        "client_id = \"x\"\ntoken_url = \"https://a.test/\"\nflow = \"device\"",
        "device_url",
        "is missing",
    ),
    ("provider = \"google\"", "client_id", "is missing: who the desk is"),
    (
        "provider = \"google\"\nclient_id = \"x\"\nflow = \"device\"",
        "flow",
        "its answer can be pasted",
    ),
    (
        "provider = \"google\"\nclient_id = \"x\"\nclient_secret = \"s\"\nflow = \"client-credentials\"",
        "flow",
        "gives no mailbox to a client alone",
    ),
    ("provider = \"google\"\nclient_id = \"x\"\ntenant = \"y\"", "tenant", "\"microsoft\" only"),
    ("provider = \"microsoft\"\nclient_id = \"x\"\ntenant = \"y/z\"", "tenant", "must be the id"),
    (
        "provider = \"microsoft\"\nclient_id = \"x\"\nflow = \"client-credentials\"",
        "flow",
        "needs the client's own proof",
    ),
    (
        "provider = \"microsoft\"\nclient_id = \"x\"\nflow = \"device\"\nredirect_port = 80",
        "redirect_port",
        "\"browser\" only",
    ),
    (
        "provider = \"google\"\nclient_id = \"x\"\ntoken_url = \"http://login.example.com/\"",
        "token_url",
        "must begin with https",
    ),
    (
        "provider = \"google\"\nclient_id = \"x\"\nclient_secret = \"s3cret\"\nclient_secret_env = \"S\"",
        "client_secret_env",
        "stands beside client_secret",
    ),
    ("provider = \"google\"\nclient_id = \"x\"\nsecret_expires = \"soon\"", "secret_expires", ""),
    ("provider = \"google\"\nclient_id = \"x\"\nscope = \"mail\"", "scope", "scopes"),
];

#[test]
fn each_fault_is_complained_about_once_with_its_key() {
    for (lines, key, words) in FAULTS {
        let complaints = bad(&with(lines));
        let [one] = complaints.all.as_slice() else {
            panic!("{lines}:\n{}", complaints.to_text());
        };
        assert_eq!(one.key, format!("imap.oauth2.{key}"), "{lines}");
        assert!(one.what.contains(words), "{lines}: {}", one.what);
        assert!(!one.what.contains("s3cret"), "{lines}: {}", one.what);
    }
}

#[test]
fn a_password_and_a_token_cannot_both_be_meant() {
    let least = super::LEAST.replace("[smtp]\n", "[smtp]\nusername = \"x\"\npassword = \"own\"\n");
    let text = format!("{least}\n[imap.oauth2]\nprovider = \"google\"\nclient_id = \"x\"\n");
    let complaints = bad(&text);
    assert_eq!(
        complaints.all.len(),
        1,
        "a password of [smtp] is its own: {}",
        complaints.to_text()
    );
    assert!(complaints.to_text().contains("imap.password: stands beside [imap.oauth2]"));
}
