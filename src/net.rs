//! Streams to mail servers, plain or TLS, and the passwords or tokens to log in with: shared by
//! `fetch` and `send`; knows no mail. `token` keeps the tokens of an authorization server, `permit`
//! gets the first one with a person's help, `https` asks for them, `bearer` says them. Beside them
//! `dns`, which fetches the keys of signatures for `work`.
//!
//! Policy: a certificate that does not hold is never accepted, by no setting; who runs a private
//! authority names it in `ca_file`. Everything ends at a deadline. What is wrong is told apart by
//! who must act ([`Fault`]): a lost connection heals by itself, a bad certificate or password wants
//! a person. Nothing is remembered between connections: roots, `ca_file`, password and token are read
//! each time, so that a renewed one is taken without restart.

mod bearer;
pub mod dns;
mod https;
pub mod permit;
mod secret;
mod tls;
mod token;

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use secrecy::SecretString;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::client::TlsStream;

use crate::config::{Login, OAuth2, Proof, Server, Tls};

pub use bearer::Bearer;
pub use secret::password;
use token::Wanted;

/// Longest wait for a connection and its handshakes.
pub const CONNECT_DEADLINE: Duration = Duration::from_secs(30);

/// Longest wait for one of several addresses: a dead IPv6 route must leave time for IPv4.
const ADDRESS_DEADLINE: Duration = Duration::from_secs(10);

/// Most characters of a server's words that are kept: enough for a sentence with a link, too few to
/// fill a disk.
const WORDS_MAX: usize = 300;

/// Why a server cannot be used; one variant for each reaction.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The network or the server went away, or broke the protocol: connect again, later.
    #[error("{0}")]
    Lost(String),
    /// The server refused the login: a person must act, and trying often locks accounts.
    #[error("{0}")]
    Login(String),
    /// The connection is not as safe as configured (certificate, STARTTLS, PREAUTH): nothing was
    /// sent; a person must act.
    #[error("{0}")]
    Insecure(String),
    /// The server takes no connection more just now, perhaps because others are open (421).
    #[error("{0}")]
    Crowded(String),
    /// The server refused one command; the connection stands.
    #[error("{0}")]
    Denied(String),
}

/// A byte stream to a server, plain or TLS.
#[derive(Debug)]
pub enum Stream {
    /// As it is.
    Plain(TcpStream),
    /// Encrypted, the certificate checked.
    Tls(Box<TlsStream<TcpStream>>),
}

/// Connects, with TCP_NODELAY, and does the TLS handshake at once if `server.tls` is implicit.
/// Deadline [`CONNECT_DEADLINE`].
pub async fn connect(server: &Server) -> Result<Stream, Fault> {
    let attempt = async {
        let stream = Stream::Plain(dial(server).await?);
        match server.tls {
            Tls::Implicit => tls::handshake(stream, server).await,
            Tls::Starttls | Tls::None => Ok(stream),
        }
    };
    timeout(CONNECT_DEADLINE, attempt).await.unwrap_or_else(|_| Err(too_slow(server)))
}

/// Does the TLS handshake on a plain stream after STARTTLS. The caller has made sure that no bytes
/// were buffered before it.
pub async fn secure(stream: Stream, server: &Server) -> Result<Stream, Fault> {
    timeout(CONNECT_DEADLINE, tls::handshake(stream, server))
        .await
        .unwrap_or_else(|_| Err(too_slow(server)))
}

/// What a login is made with, read now.
#[derive(Clone, Debug)]
pub enum Credentials {
    /// A password.
    Password(SecretString),
    /// A token (RFC 6750).
    Token(SecretString),
}

/// Logs in with what proves it now. A token that is refused is replaced, and tried once more: a
/// server may take it back before its time.
pub async fn logged_in<T>(
    login: &Login,
    enter: impl AsyncFn(&Credentials) -> Result<T, Fault>,
) -> Result<T, Fault> {
    let oauth2 = match &login.proof {
        Proof::Password(secret) => {
            return enter(&Credentials::Password(password(secret).await?)).await;
        }
        Proof::OAuth2(oauth2) => oauth2,
    };
    let token = token::token(oauth2, Wanted::Usable).await?;
    match enter(&Credentials::Token(token.clone())).await {
        Err(Fault::Login(_)) => {
            let another = token::token(oauth2, Wanted::Another(token)).await?;
            enter(&Credentials::Token(another)).await
        }
        entered => entered,
    }
}

/// Renews the token before anybody has to wait for it, so that a permission that is gone is known
/// while the connections still stand.
pub async fn keep_fresh(oauth2: &OAuth2) -> Result<(), Fault> {
    token::token(oauth2, Wanted::Fresh).await.map(drop)
}

/// Waits until a person has permitted it anew, which `postdesk login` writes down.
pub async fn permitted(oauth2: &OAuth2) {
    const LOOK_EVERY: Duration = Duration::from_secs(1);
    let before = token::changed(oauth2);
    while token::changed(oauth2) == before {
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// A server's words, fit for logs, mails and terminals: one line, no control or direction
/// characters, at most 300 characters.
pub fn clean(text: &str) -> String {
    clean_to(text, WORDS_MAX)
}

/// The addresses behind the name, one after the other until one answers.
async fn dial(server: &Server) -> Result<TcpStream, Fault> {
    let place = place(server);
    let found = tokio::net::lookup_host((server.host.as_str(), server.port)).await;
    let addresses: Vec<_> = found
        .map_err(|error| {
            Fault::Lost(format!("the name {} cannot be resolved: {error}", server.host))
        })?
        .collect();
    // Checked on the addresses, not on the name: anybody's DNS may say what "localhost" is.
    if server.tls == Tls::None
        && !addresses.iter().all(|address| address.ip().to_canonical().is_loopback())
    {
        return Err(Fault::Insecure(format!(
            "tls = \"none\" is for this machine only, and {place} is another one; set tls to implicit or starttls"
        )));
    }
    let mut last = Fault::Lost(format!("the name {} has no address", server.host));
    for address in addresses {
        last = match timeout(ADDRESS_DEADLINE, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => match stream.set_nodelay(true) {
                Ok(()) => return Ok(stream),
                Err(error) => {
                    Fault::Lost(format!("the connection to {place} broke at once: {error}"))
                }
            },
            Ok(Err(error)) => Fault::Lost(format!("no connection to {place}: {error}")),
            Err(_) => Fault::Lost(format!(
                "no connection to {place}: no answer within {} s",
                ADDRESS_DEADLINE.as_secs()
            )),
        };
    }
    Err(last)
}

fn too_slow(server: &Server) -> Fault {
    Fault::Lost(format!(
        "no connection to {} within {} s",
        place(server),
        CONNECT_DEADLINE.as_secs()
    ))
}

fn place(server: &Server) -> String {
    format!("{}, port {}", server.host, server.port)
}

fn clean_to(text: &str, most: usize) -> String {
    let mut words = String::new();
    for word in
        text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty())
    {
        if !words.is_empty() {
            words.push(' ');
        }
        words.extend(word.chars().filter(|c| !is_invisible(*c)));
        if words.len() > most.saturating_mul(4) {
            break;
        }
    }
    words.chars().take(most).collect::<String>().trim_end().to_owned()
}

/// Marks that turn or hide text: harmless to machines, a lie to readers.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(context, buffer),
            Self::Tls(stream) => Pin::new(stream).poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(context, bytes),
            Self::Tls(stream) => Pin::new(stream).poll_write(context, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(context),
            Self::Tls(stream) => Pin::new(stream).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Self::Tls(stream) => Pin::new(stream).poll_shutdown(context),
        }
    }
}
