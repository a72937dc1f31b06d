//! Passwords and words; the streams are tried by the dialogues of `smtp`.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use postdesk::config::{Secret, Server, Tls};
use postdesk::net::{Fault, clean, connect, password};
use secrecy::{ExposeSecret, SecretString};

async fn read(secret: Secret) -> Result<String, String> {
    match password(&secret).await {
        Ok(found) => Ok(found.expose_secret().to_owned()),
        Err(Fault::Login(words)) => Err(words),
        Err(other) => panic!("a password's trouble is a matter of the login: {other:?}"),
    }
}

fn command(argv: &[&str]) -> Secret {
    Secret::Command(argv.iter().map(|word| (*word).to_owned()).collect())
}

#[tokio::test]
async fn a_password_is_the_first_line_of_its_source() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("password");
    for (content, wanted) in [
        ("s3cret", "s3cret"),
        ("s3cret\n", "s3cret"),
        ("s3 cret \r\nmore\n", "s3 cret "),
        ("päß\n", "päß"),
    ] {
        std::fs::write(&path, content).unwrap();
        assert_eq!(read(Secret::File(path.clone())).await.as_deref(), Ok(wanted), "{content:?}");
    }
    assert_eq!(read(Secret::Text(SecretString::from("plain"))).await.as_deref(), Ok("plain"));
    assert_eq!(read(command(&["printf", "a b\\nc"])).await.as_deref(), Ok("a b"));
    assert_eq!(
        read(command(&["echo", "$HOME;x"])).await.as_deref(),
        Ok("$HOME;x"),
        "no shell reads it"
    );
    assert!(read(Secret::Environment("PATH".to_owned())).await.is_ok());
}

#[tokio::test]
async fn a_password_that_cannot_be_read_names_its_source_and_not_itself() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("password");
    let missing = read(Secret::File(path.clone())).await.unwrap_err();
    assert!(
        missing.contains("does not exist") && missing.contains(path.to_str().unwrap()),
        "{missing}"
    );
    std::fs::write(&path, "\nsecond line\n").unwrap();
    let empty = read(Secret::File(path.clone())).await.unwrap_err();
    assert!(empty.contains("empty first line") && !empty.contains("second"), "{empty}");
    std::fs::write(&path, "s3cret").unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
    // The superuser reads everything; everybody else is told about owner and mode.
    if let Err(words) = read(Secret::File(path)).await {
        assert!(words.contains("may not be read"), "{words}");
    }
    let unset = read(Secret::Environment("POSTDESK_TEST_UNSET".to_owned())).await.unwrap_err();
    assert!(unset.contains("POSTDESK_TEST_UNSET"), "{unset}");
    let absent = read(command(&["/nonexistent/keeper"])).await.unwrap_err();
    assert!(absent.contains("cannot be run"), "{absent}");
    let none = read(Secret::Command(Vec::new())).await.unwrap_err();
    assert!(none.contains("empty"), "{none}");
}

#[tokio::test]
async fn a_password_command_that_fails_tells_little() {
    let words = read(command(&["sh", "-c", "echo s3cret; printf '\\033[31m%500s' x >&2; exit 3"]))
        .await
        .unwrap_err();
    assert!(words.contains("exit status: 3"), "{words}");
    assert!(!words.contains("s3cret") && !words.contains('\u{1b}') && words.len() < 400, "{words}");
    let endless = read(command(&["yes"])).await;
    assert!(endless.is_err(), "a command that prints for ever is cut off");
}

#[test]
fn words_are_one_short_line_without_tricks() {
    assert_eq!(clean("550 no\r\nsuch\tuser\u{0}\u{7}"), "550 no such user");
    assert_eq!(clean("a\u{202e}b\u{200b}c"), "abc");
    assert_eq!(clean(&"ä ".repeat(5000)).chars().count(), 299);
    assert_eq!(clean(&"x".repeat(5000)).chars().count(), 300);
    assert_eq!(clean(" \u{1b}[31m "), "[31m");
    assert_eq!(clean(""), "");
}

fn server(host: &str, tls: Tls, ca_file: Option<PathBuf>) -> Server {
    Server {
        host: host.to_owned(),
        port: 9,
        tls,
        ca_file,
        login: None,
        bounce_address: None,
        messages_per_minute: None,
        connections: 1,
    }
}

#[tokio::test]
async fn without_tls_only_this_machine_is_spoken_to() {
    let fault = connect(&server("192.0.2.1", Tls::None, None)).await.unwrap_err();
    assert!(
        matches!(&fault, Fault::Insecure(words) if words.contains("this machine only")),
        "{fault:?}"
    );
    let fault = connect(&server("127.0.0.1", Tls::None, None)).await.unwrap_err();
    assert!(matches!(fault, Fault::Lost(_)), "nobody listens on port 9: {fault:?}");
    let fault = connect(&server("no-such-host.invalid", Tls::Implicit, None)).await.unwrap_err();
    assert!(
        matches!(&fault, Fault::Lost(words) if words.contains("no-such-host.invalid")),
        "{fault:?}"
    );
}
