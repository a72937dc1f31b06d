//! From a fresh connection to a login: greeting, STARTTLS, capabilities, LOGIN.
//!
//! Nothing is sent before the connection is as safe as configured: a server that greets with
//! PREAUTH, lacks STARTTLS, refuses it or has said more before TLS began may be somebody in between
//! (S4). What was said before TLS is forgotten. LOGIN and AUTHENTICATE are async-imap's; it is shown only tagged lines and `+`, for its parser recurses on what a
//! stranger nests. Its log at level trace holds the password: `main` never lets that through.

use std::collections::BTreeSet;
use std::fmt;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use secrecy::{ExposeSecret, SecretString};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::timeout;

use crate::config::Server;
use crate::fetch::imap::answer::{Answer, Condition, Frame, Value, Words};
use crate::fetch::imap::text::is_plain;
use crate::fetch::imap::wire::{Done, SILENCE, Wire};
use crate::net::{Bearer, Credentials, Fault, clean};

/// What a server says it can, in capitals.
pub type Capabilities = BTreeSet<String>;

/// Refusals that are not about who we are: the server is busy or broken and asks to come again (RFC
/// 5530 §3).
const COME_AGAIN: [&str; 4] = ["UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG"];

/// Waits for the greeting.
pub async fn greeting<T: AsyncRead + AsyncWrite + Unpin>(wire: &mut Wire<T>) -> Result<(), Fault> {
    match wire.answer().await? {
        Answer::Condition(Condition::Ok, _) => Ok(()),
        Answer::Condition(Condition::Preauth, _) => Err(Fault::Insecure(
            "the server says that somebody is logged in already (PREAUTH): nothing was sent"
                .to_owned(),
        )),
        _ => Err(wire.broken("the server does not greet like an IMAP server")),
    }
}

/// Asks for TLS. The stream that comes back is ready for the handshake.
pub async fn starttls<T: AsyncRead + AsyncWrite + Unpin>(mut wire: Wire<T>) -> Result<T, Fault> {
    if !capabilities(&mut wire).await?.contains("STARTTLS") {
        return Err(Fault::Insecure("the server offers no STARTTLS; nothing was sent".to_owned()));
    }
    let done = wire.exchange("STARTTLS", |_| Ok(())).await?;
    match done.condition {
        Condition::Ok => wire.into_stream(),
        _ => Err(Fault::Insecure(format!(
            "the server refused STARTTLS; nothing was sent: {}",
            done.words
        ))),
    }
}

/// Asks what the server can. Asked anew after TLS and after the login, for it changes, and before
/// TLS anybody may have said it.
pub async fn capabilities<T: AsyncRead + AsyncWrite + Unpin>(
    wire: &mut Wire<T>,
) -> Result<Capabilities, Fault> {
    let mut found = Capabilities::new();
    let done = wire.exchange("CAPABILITY", |answer| {
        if let Answer::Data(name, values) = answer
            && name == "CAPABILITY"
        {
            found.extend(values.iter().filter_map(Value::atom).map(str::to_ascii_uppercase));
        }
        Ok(())
    });
    let done = done.await?;
    match done.condition {
        Condition::Ok => Ok(found),
        _ => Err(wire.broken(format!("the server does not say what it can: {}", done.words))),
    }
}

/// Logs in as the user of `server`. A refusal of the person is [`Fault::Login`], a refusal of the
/// moment [`Fault::Lost`].
pub async fn login<T: AsyncRead + AsyncWrite + Unpin + Send>(
    wire: &mut Wire<T>,
    offered: &Capabilities,
    server: &Server,
    credentials: &Credentials,
) -> Result<(), Fault> {
    let (Credentials::Password(secret) | Credentials::Token(secret)) = credentials;
    let done = match credentials {
        Credentials::Password(password) => by_password(wire, offered, server, password).await?,
        Credentials::Token(token) => by_token(wire, offered, server, token).await?,
    };
    if done.condition == Condition::Ok {
        return Ok(());
    }
    let said = hide(&done.words, secret.expose_secret());
    match COME_AGAIN.contains(&done.words.code.as_str()) {
        true => Err(Fault::Lost(format!("the server takes no login at present: {said}"))),
        false => Err(Fault::Login(format!("the server refused the login: {said}"))),
    }
}

async fn by_password<T: AsyncRead + AsyncWrite + Unpin + Send>(
    wire: &mut Wire<T>,
    offered: &Capabilities,
    server: &Server,
    password: &SecretString,
) -> Result<Done, Fault> {
    if offered.contains("LOGINDISABLED") {
        let advice = "the server allows no LOGIN on this connection: set [imap] tls = \"implicit\" or \"starttls\", or enable passwords there";
        return Err(Fault::Login(advice.to_owned()));
    }
    let user = server.login.as_ref().map_or("", |login| login.username.as_str());
    let secret = password.expose_secret();
    match is_plain(user) && is_plain(secret) {
        true => {
            let mut gate = Gate { wire, line: Vec::new(), said: None };
            let dialogue = timeout(SILENCE, async_imap::Client::new(&mut gate).login(user, secret));
            let accepted = dialogue.await.is_ok_and(|answered| answered.is_ok());
            gate.outcome(accepted)
        }
        false => login_literal(wire, [user, secret]).await,
    }
}

/// AUTHENTICATE with the mechanism that the server has.
async fn by_token<T: AsyncRead + AsyncWrite + Unpin + Send>(
    wire: &mut Wire<T>,
    offered: &Capabilities,
    server: &Server,
    token: &SecretString,
) -> Result<Done, Fault> {
    let offers = |name: &str| offered.contains(&format!("AUTH={name}"));
    let Some(bearer) = Bearer::choose(offers) else {
        let advice = "the server takes no login by token (OAUTHBEARER or XOAUTH2) on this connection: use a password in place of [imap.oauth2]";
        return Err(Fault::Login(advice.to_owned()));
    };
    let speaker = Speaker { first: Some(bearer.first(server, token)), last: bearer.last() };
    let mut gate = Gate { wire, line: Vec::new(), said: None };
    let client = async_imap::Client::new(&mut gate);
    let dialogue = timeout(SILENCE, client.authenticate(bearer.name(), speaker));
    let accepted = dialogue.await.is_ok_and(|answered| answered.is_ok());
    gate.outcome(accepted)
}

/// Says the token when asked first; whatever is asked after that is why it will not do.
struct Speaker {
    first: Option<String>,
    last: &'static str,
}

impl async_imap::Authenticator for Speaker {
    type Response = String;

    fn process(&mut self, _: &[u8]) -> String {
        self.first.take().unwrap_or_else(|| self.last.to_owned())
    }
}

/// Some servers repeat in their refusal what they were sent.
fn hide(words: &Words, secret: &str) -> String {
    let words = words.to_string();
    let forms = [secret.to_owned(), clean(secret)];
    forms
        .iter()
        .filter(|form| !form.is_empty())
        .fold(words, |words, form| words.replace(form, "(secret)"))
}

/// A login with words that quotes do not hold (RFC 3501 §4.3): each is announced, and sent when the
/// server asks for it.
async fn login_literal<T: AsyncRead + AsyncWrite + Unpin>(
    wire: &mut Wire<T>,
    words: [&str; 2],
) -> Result<Done, Fault> {
    let [user, secret] = words;
    let tag = wire.begin(&format!("LOGIN {{{}}}", user.len())).await?;
    let mut sends =
        [format!("{user} {{{}}}\r\n", secret.len()), format!("{secret}\r\n")].into_iter();
    loop {
        match wire.answer().await? {
            Answer::Continue => match sends.next() {
                Some(bytes) => wire.send(bytes.as_bytes()).await?,
                None => return Err(wire.broken("the server asked for more than there was")),
            },
            Answer::Tagged { tag: ended, condition, words } => {
                return wire.end(&tag, &ended, Done { condition, words });
            }
            _ => {}
        }
    }
}

/// What async-imap sees of the wire: one tagged line or `+` at a time, so that nothing stays behind
/// in its buffer.
struct Gate<'a, T> {
    wire: &'a mut Wire<T>,
    line: Vec<u8>,
    /// The last tagged answer, or why there will be none.
    said: Option<Result<Answer, String>>,
}

impl<T> fmt::Debug for Gate<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Gate")
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> Gate<'_, T> {
    /// What came of it. async-imap keeps a refusal's code and words only as debugging text, so they
    /// are taken from the line itself.
    fn outcome(self, accepted: bool) -> Result<Done, Fault> {
        match self.said {
            Some(Ok(Answer::Tagged { condition, words, .. })) => Ok(Done { condition, words }),
            Some(Err(why)) => Err(self.wire.broken(why)),
            _ if accepted => Ok(Done { condition: Condition::Ok, words: Words::default() }),
            _ => Err(self.wire.broken("the server went away or was silent during the login")),
        }
    }

    /// Sorts a frame: whether it is for async-imap. `false` at what ends the connection.
    fn admit(&mut self, mut frame: Frame) -> bool {
        let line = frame.lines.front().cloned().unwrap_or_default();
        if line.starts_with(b"* ") && !frame.literals.is_empty() {
            frame = Frame::default();
        }
        match Answer::read(frame) {
            Answer::Continue => self.line = [line.as_slice(), b"\r\n"].concat(),
            answer @ Answer::Tagged { .. } => {
                self.line = [line.as_slice(), b"\r\n"].concat();
                self.said = Some(Ok(answer));
            }
            Answer::Condition(Condition::Bye, words) => {
                self.said = Some(Err(format!("the server said goodbye: {words}")))
            }
            Answer::Nonsense(_) => {
                self.said = Some(Err("the server does not speak IMAP".to_owned()))
            }
            _ => {}
        }
        !matches!(self.said, Some(Err(_)))
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> AsyncRead for Gate<'_, T> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let gate = self.get_mut();
        while gate.line.is_empty() {
            let admitted = ready!(gate.wire.poll_frame(cx))?.is_some_and(|frame| gate.admit(frame));
            if !admitted {
                return Poll::Ready(Ok(()));
            }
        }
        let taken = gate.line.len().min(buf.remaining());
        buf.put_slice(&gate.line.drain(..taken).collect::<Vec<u8>>());
        Poll::Ready(Ok(()))
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Gate<'_, T> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.get_mut().wire.stream().poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.get_mut().wire.stream().poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.get_mut().wire.stream().poll_shutdown(cx)
    }
}
