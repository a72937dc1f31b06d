//! A server that says what a script says.
//!
//! A script is a list of lines: `C text` expects a command and keeps its tag, `c text` expects a
//! line without tag, `S text` sends a line (`$` at its start is the tag), `s text` sends bytes
//! without line end (`\n`, `\r`, `\0` are meant), `W n` waits n seconds, `E` closes. At its end the
//! server stays silent until we go. Time is paused, so waits cost nothing.

use std::time::Duration;

use postdesk::config::{After, Imap, Login, Proof, Secret, Server, Tls};
use postdesk::fetch::Mailbox;
use postdesk::fetch::imap::ImapMailbox;
use postdesk::net::{Credentials, Fault};
use secrecy::SecretString;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader, DuplexStream};
use tokio::task::JoinHandle;

pub const PASSWORD: &str = "correct horse";

pub const LOGIN: &str = r#"
S * OK ready
C CAPABILITY
S * CAPABILITY IMAP4rev1 AUTH=PLAIN
S $ OK done
C LOGIN "support@desk.test" "correct horse"
S $ OK welcome
C CAPABILITY
S * CAPABILITY IMAP4rev1 IDLE MOVE UIDPLUS
S $ OK done
"#;

pub const SELECT: &str = r#"
C SELECT "INBOX"
S * FLAGS (\Answered \Seen)
S * 3 EXISTS
S * 0 RECENT
S * OK [UIDVALIDITY 7] UIDs valid
S * OK [UIDNEXT 10] Predicted next UID
S * OK [PERMANENTFLAGS (\Answered \Seen \*)] Limited
S $ OK [READ-WRITE] done
"#;

pub fn settings() -> Imap {
    let login = Login {
        username: "support@desk.test".to_owned(),
        proof: Proof::Password(Secret::Text(SecretString::from(PASSWORD))),
    };
    let server = Server {
        host: "localhost".to_owned(),
        port: 0,
        tls: Tls::None,
        ca_file: None,
        login: Some(login),
        bounce_address: None,
        messages_per_minute: None,
        connections: 1,
    };
    let poll_interval = Duration::from_secs(60);
    Imap {
        server,
        mailbox: "INBOX".to_owned(),
        after: After::Keyword,
        first_start: None,
        poll_interval,
        idle: true,
    }
}

/// Plays the server's part; what the client said comes back.
pub async fn play<T: AsyncRead + AsyncWrite + Unpin>(stream: T, script: String) -> Vec<String> {
    let mut stream = BufReader::new(stream);
    let mut tag = String::new();
    let mut heard = Vec::new();
    for line in script.lines().filter(|line| !line.is_empty()) {
        let (verb, text) = line.split_once(' ').unwrap_or((line, ""));
        match verb {
            "C" | "c" => {
                let mut said = String::new();
                stream.read_line(&mut said).await.unwrap();
                heard.push(said.clone());
                let said = said.trim_end_matches("\r\n");
                let said = if verb == "C" {
                    let (new, said) = said
                        .split_once(' ')
                        .unwrap_or_else(|| panic!("expected {text:?}, heard {said:?}"));
                    tag = new.to_owned();
                    said
                } else {
                    said
                };
                assert_eq!(said, text, "in the script {script}");
            }
            "S" => {
                send(
                    &mut stream,
                    &format!(
                        "{}\r\n",
                        text.replacen('$', &tag, usize::from(text.starts_with('$')))
                    ),
                )
                .await
            }
            "s" => {
                send(
                    &mut stream,
                    &text.replace("\\n", "\n").replace("\\r", "\r").replace("\\0", "\0"),
                )
                .await
            }
            "W" => tokio::time::sleep(Duration::from_secs(text.parse().unwrap())).await,
            "E" => return heard,
            _ => panic!("no such verb: {line}"),
        }
    }
    let mut rest = String::new();
    while stream.read_line(&mut rest).await.is_ok_and(|read| read > 0) {
        heard.push(std::mem::take(&mut rest));
    }
    heard
}

/// The client may be gone; then its own error tells.
pub async fn send<T: AsyncRead + AsyncWrite + Unpin>(stream: &mut BufReader<T>, text: &str) {
    let _ = stream.write_all(text.as_bytes()).await;
    let _ = stream.flush().await;
}

pub type Connected = Result<ImapMailbox<DuplexStream>, Fault>;

/// Connects to a script as it stands.
pub async fn meet(imap: &Imap, script: &str) -> (Connected, JoinHandle<Vec<String>>) {
    meet_with(imap, script, &Credentials::Password(SecretString::from(PASSWORD))).await
}

/// The same with other credentials.
pub async fn meet_with(
    imap: &Imap,
    script: &str,
    credentials: &Credentials,
) -> (Connected, JoinHandle<Vec<String>>) {
    let (ours, theirs) = tokio::io::duplex(1 << 20);
    let server = tokio::spawn(play(theirs, script.to_owned()));
    (ImapMailbox::over(ours, imap, credentials).await, server)
}

/// Logs in, and goes on with the script.
pub async fn enter(
    imap: &Imap,
    script: &str,
) -> (ImapMailbox<DuplexStream>, JoinHandle<Vec<String>>) {
    let (mailbox, server) = meet(imap, &format!("{LOGIN}{script}")).await;
    (mailbox.unwrap(), server)
}

/// Logs in, opens, and goes on with the script.
pub async fn opened(
    imap: &Imap,
    script: &str,
) -> (ImapMailbox<DuplexStream>, JoinHandle<Vec<String>>) {
    let (mut mailbox, server) = enter(imap, &format!("{SELECT}{script}")).await;
    assert!(mailbox.open().await.unwrap().can_mark);
    (mailbox, server)
}

/// A result as a line: the value, or the kind of fault and its words.
pub fn told<V>(result: Result<V, Fault>, show: impl Fn(V) -> String) -> String {
    match result {
        Ok(value) => show(value),
        Err(Fault::Lost(words) | Fault::Crowded(words)) => format!("lost: {words}"),
        Err(Fault::Login(words)) => format!("login: {words}"),
        Err(Fault::Insecure(words)) => format!("insecure: {words}"),
        Err(Fault::Denied(words)) => format!("denied: {words}"),
    }
}

/// Ends a dialogue: the server must have heard all that its script expects.
pub async fn end(
    mailbox: ImapMailbox<DuplexStream>,
    server: JoinHandle<Vec<String>>,
) -> Vec<String> {
    drop(mailbox);
    server.await.unwrap()
}
