//! Who logs in to a server, and by what proof.

use std::path::PathBuf;

use secrecy::SecretString;

use super::OAuth2;

/// Who logs in.
#[derive(Clone, Debug)]
pub struct Login {
    /// The user name.
    pub username: String,
    /// What proves it.
    pub proof: Proof,
}

/// What proves who logs in.
#[derive(Clone, Debug)]
pub enum Proof {
    /// A password, from there.
    Password(Secret),
    /// `[imap.oauth2]`: a token.
    OAuth2(OAuth2),
}

/// Where a password comes from. Read when a connection is made, so that a new one is taken without
/// restart.
#[derive(Clone, Debug)]
pub enum Secret {
    /// Stands in the config.
    Text(SecretString),
    /// First line of a file.
    File(PathBuf),
    /// First line of what a command prints; no shell, 30 s.
    Command(Vec<String>),
    /// An environment variable.
    Environment(String),
}
