//! The commands at the pipe, as a mail server and a script see them: exit statuses and what a
//! listing says before a daemon ran.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const SETTINGS: &str = r#"
[desk]
name = "Example Desk"
address = "support@desk.test"
data_dir = "data"
owner = "owner@desk.test"
[imap]
host = "127.0.0.1"
tls = "none"
username = "support"
password = "secret"
[smtp]
host = "127.0.0.1"
tls = "none"
[[agents]]
name = "Alice Archer"
address = "alice@desk.test"
"#;

fn postdesk(folder: &Path, words: &[&str], stdin: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_postdesk"))
        .args(words)
        .current_dir(folder)
        .env_remove("POSTDESK_CONFIG")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that does not read its input may have ended before it is written.
    drop(child.stdin.take().unwrap().write_all(stdin));
    child.wait_with_output().unwrap()
}

fn desk() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("config.toml"), SETTINGS).unwrap();
    folder
}

#[test]
fn whatever_is_wrong_the_mail_server_keeps_the_mail() {
    let folder = desk();
    let cases: [(&[&str], &[u8]); 4] = [
        (&["deliver"], b""),
        (&["deliver", "--mistyped"], b"Subject: x\r\n\r\nx"),
        (&["deliver", "--config"], b"Subject: x\r\n\r\nx"),
        (&["--config", "none.toml", "deliver"], b"Subject: x\r\n\r\nx"),
    ];
    for (words, mail) in cases {
        assert_eq!(postdesk(folder.path(), words, mail).status.code(), Some(75), "{words:?}");
    }
    assert_eq!(postdesk(folder.path(), &["deliver", "--help"], b"").status.code(), Some(0));
    assert_eq!(postdesk(folder.path(), &["list", "--mistyped"], b"").status.code(), Some(2));
}

#[test]
fn a_mail_that_waits_is_listed_with_its_sender_and_subject() {
    let folder = desk();
    let mail = b"From: Carol <carol@customer.test>\r\nSubject: =?utf-8?q?R=C3=B6hre?=\r\nMessage-ID: <m1@customer.test>\r\n\r\nHello\r\n";
    assert_eq!(postdesk(folder.path(), &["deliver"], mail).status.code(), Some(0));
    let listed = postdesk(folder.path(), &["inbox", "--json"], b"");
    let rows: serde_json::Value = serde_json::from_slice(&listed.stdout).unwrap();
    let row = &rows[0];
    assert_eq!(row["from"], "carol@customer.test");
    assert_eq!(row["subject"], "Röhre");
    assert_eq!(row["message_id"], "m1@customer.test");
    assert_eq!(
        (row["origin"].as_str(), row["authentication"].as_str()),
        (Some("person"), Some("none"))
    );
    assert!(
        row["outcome"].is_null()
            && row["ticket"].is_null()
            && row["uid"].is_null()
            && row["uidvalidity"].is_null()
    );
}

#[test]
fn a_backup_replaces_nothing() {
    let folder = desk();
    postdesk(folder.path(), &["deliver"], b"Subject: x\r\n\r\nx");
    assert_eq!(postdesk(folder.path(), &["backup", "copy"], b"").status.code(), Some(0));
    let again = postdesk(folder.path(), &["backup", "copy"], b"");
    assert_eq!(again.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&again.stderr).contains("copy is there already"));
}
