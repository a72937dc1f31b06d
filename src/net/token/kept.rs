//! The file of the tokens: readable by its owner alone, replaced whole, durable before it is used.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use oauth2::TokenResponse;
use oauth2::basic::BasicTokenResponse;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::config::OAuth2;
use crate::net::Fault;

/// How long a token is good of which the server did not say it (RFC 6749 §5.1 only recommends it).
const USUAL_LIFE: Duration = Duration::from_secs(30 * 60);
/// So much must be left for a login; of a short life a quarter.
const LEFT_TO_USE: Duration = Duration::from_secs(60);
/// With so much left it is renewed before anybody asks; of a short life at its half.
const LEFT_TO_RENEW: Duration = Duration::from_secs(10 * 60);

/// What stands in the file.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::net) struct Kept {
    /// Whose they are: those of another client or server are of no use.
    client_id: String,
    token_url: String,
    #[serde(flatten)]
    pub(super) tokens: Tokens,
}

/// The tokens of one answer.
#[derive(Serialize, Deserialize)]
pub(in crate::net) struct Tokens {
    access_token: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    /// Seconds since 1970.
    issued_at: u64,
    /// Seconds.
    expires_in: u64,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tokens")
    }
}

impl Kept {
    pub(in crate::net) fn new(oauth2: &OAuth2, tokens: Tokens) -> Self {
        Self { client_id: oauth2.client_id.clone(), token_url: oauth2.token_url.clone(), tokens }
    }

    fn is_of(&self, oauth2: &OAuth2) -> bool {
        self.client_id == oauth2.client_id && self.token_url == oauth2.token_url
    }
}

impl Tokens {
    /// Those of an answer; the old refresh token stays where it brings none (RFC 6749 §6).
    pub(in crate::net) fn new(
        answer: &BasicTokenResponse,
        refresh: Option<&SecretString>,
        now: SystemTime,
    ) -> Self {
        use secrecy::ExposeSecret;
        let fresh = answer.refresh_token().map(|token| token.secret().clone());
        Self {
            access_token: answer.access_token().secret().clone(),
            refresh_token: fresh.or_else(|| refresh.map(|old| old.expose_secret().to_owned())),
            issued_at: now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs(),
            expires_in: answer.expires_in().unwrap_or(USUAL_LIFE).as_secs(),
        }
    }

    pub(super) fn access(&self) -> SecretString {
        SecretString::from(self.access_token.clone())
    }

    pub(super) fn refresh(&self) -> Option<SecretString> {
        self.refresh_token.clone().map(SecretString::from)
    }

    pub(super) fn is_usable(&self, now: SystemTime) -> bool {
        let life = Duration::from_secs(self.expires_in);
        self.left(now).is_some_and(|left| left > LEFT_TO_USE.min(life / 4))
    }

    pub(super) fn is_fresh(&self, now: SystemTime) -> bool {
        let life = Duration::from_secs(self.expires_in);
        self.left(now).is_some_and(|left| left > LEFT_TO_RENEW.min(life / 2))
    }

    /// `None` where the clock stands before the token was issued: it was put back, and what is left
    /// is unknown.
    fn left(&self, now: SystemTime) -> Option<Duration> {
        let issued = UNIX_EPOCH + Duration::from_secs(self.issued_at);
        let age = now.duration_since(issued).ok()?;
        Duration::from_secs(self.expires_in).checked_sub(age)
    }
}

/// What is kept for these settings; `None` where nothing is.
pub(super) fn read(oauth2: &OAuth2) -> Result<Option<Kept>, Fault> {
    let path = oauth2.tokens.display();
    let bytes = match fs::read(&oauth2.tokens) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            return Err(Fault::Login(format!(
                "the file of the tokens, {path}, cannot be read: {error}; it must belong to the user that runs the desk"
            )));
        }
    };
    // A file that is no longer one is like none: a person must permit it again.
    let kept: Option<Kept> = serde_json::from_slice(&bytes).ok();
    Ok(kept.filter(|kept| kept.is_of(oauth2)))
}

/// Replaces the file.
pub(super) fn write(oauth2: &OAuth2, kept: &Kept) -> Result<(), Fault> {
    replace(&oauth2.tokens, kept).map_err(|error| {
        Fault::Login(format!("{} cannot be written: {error}", oauth2.tokens.display()))
    })
}

/// Keeps what a person has permitted just now.
pub(in crate::net) fn keep(oauth2: &OAuth2, answer: &BasicTokenResponse) -> Result<(), Fault> {
    let _lock = super::lock(oauth2)?;
    write(oauth2, &Kept::new(oauth2, Tokens::new(answer, None, SystemTime::now())))
}

/// When the file was last replaced.
pub(in crate::net) fn changed(oauth2: &OAuth2) -> Option<SystemTime> {
    fs::metadata(&oauth2.tokens).and_then(|found| found.modified()).ok()
}

fn replace(path: &Path, kept: &Kept) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let fresh = path.with_extension("new");
    let mut file = private(&fresh, true)?;
    serde_json::to_writer(&mut file, kept)?;
    file.write_all(b"\n")?;
    file.sync_all()?;
    fs::rename(&fresh, path)?;
    File::open(folder)?.sync_all()
}

/// Opens a file that only its owner reads, who is the owner of the folder: `login` may be called by
/// root for a desk that runs as somebody else.
pub(super) fn private(path: &Path, empty: bool) -> io::Result<File> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let file =
        OpenOptions::new().write(true).create(true).truncate(empty).mode(0o600).open(path)?;
    let (ours, theirs) = (file.metadata()?, fs::metadata(folder)?);
    if ours.uid() != theirs.uid() {
        std::os::unix::fs::fchown(&file, Some(theirs.uid()), Some(theirs.gid()))?;
    }
    Ok(file)
}
