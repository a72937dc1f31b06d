//! Logging in with a token: the two SASL mechanisms that mail servers know, as text before base64.

use secrecy::{ExposeSecret, SecretString};

use crate::config::Server;

/// A mechanism; the standard is preferred where both are offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bearer {
    /// RFC 7628.
    OAuthBearer,
    /// What Google made before it, and Microsoft took over.
    XOAuth2,
}

impl Bearer {
    const ALL: [Self; 2] = [Self::OAuthBearer, Self::XOAuth2];

    /// The one to use with a server, which is asked for each by its name.
    pub fn choose(offers: impl Fn(&str) -> bool) -> Option<Self> {
        Self::ALL.into_iter().find(|one| offers(one.name()))
    }

    /// The name, as servers offer it.
    pub fn name(self) -> &'static str {
        match self {
            Self::OAuthBearer => "OAUTHBEARER",
            Self::XOAuth2 => "XOAUTH2",
        }
    }

    /// What the client says first.
    pub fn first(self, server: &Server, token: &SecretString) -> String {
        let user = server.login.as_ref().map_or("", |login| login.username.as_str());
        let token = token.expose_secret();
        match self {
            Self::OAuthBearer => {
                // A comma and an equals sign have a meaning of their own there (RFC 5801 §4).
                let user = user.replace('=', "=3D").replace(',', "=2C");
                let Server { host, port, .. } = server;
                format!("n,a={user},\x01host={host}\x01port={port}\x01auth=Bearer {token}\x01\x01")
            }
            Self::XOAuth2 => format!("user={user}\x01auth=Bearer {token}\x01\x01"),
        }
    }

    /// What it says when the server has told why the token will not do, so that the refusal itself
    /// can follow (RFC 7628 §3.2.3).
    pub fn last(self) -> &'static str {
        match self {
            Self::OAuthBearer => "\x01",
            Self::XOAuth2 => "",
        }
    }
}
