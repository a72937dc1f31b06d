//! `[imap.oauth2]`: a login by tokens of an authorization server instead of a password (RFC 6749).

use std::path::PathBuf;

use jiff::civil::Date;

use super::Secret;

/// How the tokens are had, and where.
#[derive(Clone, Debug)]
pub struct OAuth2 {
    /// `client_id`: who we are to the authorization server.
    pub client_id: String,
    /// `client_secret` and its like; a desktop client may have none.
    pub client_secret: Option<Secret>,
    /// `secret_expires`: when the secret stops working, as the provider said.
    pub secret_expires: Option<Date>,
    /// How a person permits it.
    pub flow: Flow,
    /// Where tokens are given out.
    pub token_url: String,
    /// What is asked for.
    pub scopes: Vec<String>,
    /// Further roots for the server's certificate, those of `[imap]`.
    pub ca_file: Option<PathBuf>,
    /// The file in which they are kept.
    pub tokens: PathBuf,
}

/// `flow`: how the desk comes by its first token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flow {
    /// A person permits it in a browser, which brings the answer to a port of this machine (RFC
    /// 8252 §7.3).
    Browser {
        /// The page.
        url: String,
        /// What the page wants besides.
        extra: Vec<(String, String)>,
        /// The port; any free one without.
        port: Option<u16>,
    },
    /// A person types a code at another device (RFC 8628).
    Device {
        /// Where the code is had.
        url: String,
    },
    /// Nobody is asked: the account's administrator has permitted it (RFC 6749 §4.4).
    ClientCredentials,
}
