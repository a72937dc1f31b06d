//! stub
use std::time::Duration;

use crate::config::Server;

/// Longest wait for a connection and its handshakes.
pub const CONNECT_DEADLINE: Duration = Duration::from_secs(30);

/// Why a server cannot be used; one variant for each reaction.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The network or the server went away, or broke the protocol: connect again, later.
    #[error("{0}")]
    Lost(String),
    /// The server refused the login: a person must act, and trying often locks accounts.
    #[error("{0}")]
    Login(String),
    /// The connection is not as safe as configured (certificate, STARTTLS, PREAUTH): nothing was sent; a person must act.
    #[error("{0}")]
    Insecure(String),
    /// The server refused one command; the connection stands.
    #[error("{0}")]
    Denied(String),
}

/// A byte stream to a server, plain or TLS.
#[derive(Debug)]
pub struct Stream;

/// Connects, with TCP_NODELAY, and does the TLS handshake at once if `server.tls` is implicit. Deadline [`CONNECT_DEADLINE`].
pub async fn connect(server: &Server) -> Result<Stream, Fault> {
    let _ = server;
    Err(Fault::Lost("not there yet".to_owned()))
}

/// Does the TLS handshake on a plain stream after STARTTLS. The caller has made sure that no bytes were buffered before it.
pub async fn secure(stream: Stream, server: &Server) -> Result<Stream, Fault> {
    let _ = server;
    Ok(stream)
}

/// The password of a login, read now. An error says what to do, and never holds the secret.
pub async fn password(secret: &crate::config::Secret) -> Result<secrecy::SecretString, Fault> {
    let _ = secret;
    Err(Fault::Login("not there yet".to_owned()))
}
