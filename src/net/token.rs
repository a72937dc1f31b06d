//! Tokens of an authorization server (RFC 6749), in the place of a password.
//!
//! They lie in one file, which both connections, `check` and `login` share. Who wants one takes
//! what lies there while it is fresh; else the file is locked, looked at again, and one of them
//! fetches a new one, so that there is one refresh at a time even among several programs. The new
//! ones are durable before they are used, for a server may forget the old refresh token at once. A
//! token that the mail server refuses is replaced once. What only a person can mend (`invalid_grant`)
//! is [`Fault::Login`], all else [`Fault::Lost`].

mod kept;

use std::fs::File;
use std::time::{Duration, SystemTime};

use oauth2::basic::{BasicClient, BasicErrorResponse, BasicErrorResponseType, BasicTokenResponse};
use oauth2::{
    AuthType, AuthUrl, ClientId, ClientSecret, DeviceAuthorizationUrl, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, RefreshToken, RequestTokenError, Scope, TokenUrl,
};
use secrecy::{ExposeSecret, SecretString};
use tokio::task::spawn_blocking;

use super::https::{Failed, Https};
use super::{Fault, clean, password};
use crate::config::{Flow, OAuth2};
use kept::{Kept, Tokens};

pub(super) use kept::{changed, keep};

/// Longest wait for another one's refresh.
const LOCK_DEADLINE: Duration = Duration::from_secs(90);

/// What a person does about a permission that is gone.
const AGAIN: &str = "run `postdesk login` as the user that runs the desk, and permit it once more";

/// The client with the endpoints that there are: authorization, device, token.
pub(super) type Client =
    BasicClient<EndpointMaybeSet, EndpointMaybeSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

/// How fresh a token must be.
#[derive(Clone, Debug)]
pub(super) enum Wanted {
    /// Good for a login now.
    Usable,
    /// With time left, so that nobody has to wait for one at a login.
    Fresh,
    /// Another than this one, which the mail server refused.
    Another(SecretString),
}

/// A token to log in with.
pub(super) async fn token(oauth2: &OAuth2, wanted: Wanted) -> Result<SecretString, Fault> {
    if let Some(good) = good(oauth2, &wanted)? {
        return Ok(good);
    }
    let secret = client_secret(oauth2).await?;
    let settings = oauth2.clone();
    let refreshed = spawn_blocking(move || replace(&settings, secret.as_ref(), &wanted)).await;
    refreshed.unwrap_or_else(|_| Err(Fault::Lost("the token could not be fetched".to_owned())))
}

/// The secret of the client, if it has one, read now.
pub async fn client_secret(oauth2: &OAuth2) -> Result<Option<SecretString>, Fault> {
    match &oauth2.client_secret {
        Some(secret) => password(secret).await.map(Some),
        None => Ok(None),
    }
}

/// The token in the file, if it will do.
fn good(oauth2: &OAuth2, wanted: &Wanted) -> Result<Option<SecretString>, Fault> {
    let now = SystemTime::now();
    let kept = kept::read(oauth2)?;
    let tokens = kept.as_ref().map(|kept| &kept.tokens);
    Ok(tokens.filter(|tokens| will_do(tokens, wanted, now)).map(|tokens| tokens.access()))
}

fn will_do(tokens: &Tokens, wanted: &Wanted, now: SystemTime) -> bool {
    match wanted {
        Wanted::Usable => tokens.is_usable(now),
        Wanted::Fresh => tokens.is_fresh(now),
        Wanted::Another(refused) => {
            tokens.is_usable(now) && tokens.access().expose_secret() != refused.expose_secret()
        }
    }
}

/// Under the lock: takes what another one has fetched meanwhile, else fetches.
fn replace(
    oauth2: &OAuth2,
    secret: Option<&SecretString>,
    wanted: &Wanted,
) -> Result<SecretString, Fault> {
    let _lock = lock(oauth2)?;
    if let Some(good) = good(oauth2, wanted)? {
        return Ok(good);
    }
    let kept = kept::read(oauth2)?;
    let refresh = kept.as_ref().and_then(|kept| kept.tokens.refresh());
    let answer = request(oauth2, secret, refresh.as_ref())?;
    let tokens = Tokens::new(&answer, refresh.as_ref(), SystemTime::now());
    let access = tokens.access();
    kept::write(oauth2, &Kept::new(oauth2, tokens))?;
    tracing::info!(server = host(&oauth2.token_url), "a new token has been fetched");
    Ok(access)
}

fn request(
    oauth2: &OAuth2,
    secret: Option<&SecretString>,
    refresh: Option<&SecretString>,
) -> Result<BasicTokenResponse, Fault> {
    let client = client(oauth2, secret)?;
    let https = Https { ca_file: oauth2.ca_file.clone() };
    let send = |request| https.send(request);
    let answer = match (&oauth2.flow, refresh) {
        (Flow::ClientCredentials, _) => {
            client.exchange_client_credentials().add_scopes(scopes(oauth2)).request(&send)
        }
        (_, Some(refresh)) => {
            let refresh = RefreshToken::new(refresh.expose_secret().to_owned());
            client.exchange_refresh_token(&refresh).request(&send)
        }
        (_, None) => return Err(never_permitted(oauth2)),
    };
    answer.map_err(|error| explain(error, &oauth2.token_url))
}

/// There is nothing to renew.
fn never_permitted(oauth2: &OAuth2) -> Fault {
    Fault::Login(match kept::read(oauth2) {
        Ok(Some(_)) => format!(
            "the token has ended, and {} gave none to renew it with: {AGAIN}; perhaps scopes lacks what asks for it, such as offline_access",
            host(&oauth2.token_url)
        ),
        _ => "nobody has permitted the desk to use the mailbox yet: run `postdesk login` as the user that runs the desk".to_owned(),
    })
}

/// The lock of the file's neighbour: the file itself is replaced.
fn lock(oauth2: &OAuth2) -> Result<File, Fault> {
    let path = oauth2.tokens.with_extension("lock");
    let trouble = |error: std::io::Error| {
        Fault::Login(format!("{} cannot be locked: {error}", path.display()))
    };
    let file = kept::private(&path, false).map_err(trouble)?;
    let begun = SystemTime::now();
    while let Err(busy) = file.try_lock() {
        if let std::fs::TryLockError::Error(error) = busy {
            return Err(trouble(error));
        }
        if begun.elapsed().is_ok_and(|waited| waited > LOCK_DEADLINE) {
            return Err(Fault::Lost("another program has been fetching a token for long".into()));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(file)
}

/// The client as configured; the places were looked at with the settings.
pub(super) fn client(oauth2: &OAuth2, secret: Option<&SecretString>) -> Result<Client, Fault> {
    let unfit = |error| Fault::Login(format!("[imap.oauth2] holds a place that is none: {error}"));
    let (page, device) = match &oauth2.flow {
        Flow::Browser { url, .. } => (Some(AuthUrl::new(url.clone()).map_err(unfit)?), None),
        Flow::Device { url } => {
            (None, Some(DeviceAuthorizationUrl::new(url.clone()).map_err(unfit)?))
        }
        Flow::ClientCredentials => (None, None),
    };
    let client = BasicClient::new(ClientId::new(oauth2.client_id.clone()));
    let client = match secret {
        Some(secret) => {
            client.set_client_secret(ClientSecret::new(secret.expose_secret().to_owned()))
        }
        None => client,
    };
    Ok(client
        // Beside the client's name, where all of them look for it; not all know the header.
        .set_auth_type(AuthType::RequestBody)
        .set_auth_uri_option(page)
        .set_device_authorization_url_option(device)
        .set_token_uri(TokenUrl::new(oauth2.token_url.clone()).map_err(unfit)?))
}

pub(super) fn scopes(oauth2: &OAuth2) -> impl Iterator<Item = Scope> {
    oauth2.scopes.iter().cloned().map(Scope::new)
}

/// What a refusal means, and who must act.
pub(super) fn explain(error: RequestTokenError<Failed, BasicErrorResponse>, place: &str) -> Fault {
    use BasicErrorResponseType as Kind;
    let server = host(place);
    let said = match error {
        RequestTokenError::Request(Failed(fault)) => return fault,
        RequestTokenError::ServerResponse(said) => said,
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
            return Fault::Lost(format!(
                "the answer of {server} is not that of an authorization server"
            ));
        }
    };
    let words = clean(&said.to_string());
    match said.error() {
        Kind::InvalidGrant => Fault::Login(format!(
            "the permission to use the mailbox is not valid any more: {AGAIN} ({server} says: {words})"
        )),
        Kind::InvalidClient | Kind::UnauthorizedClient => Fault::Login(format!(
            "{server} does not accept the desk's client id or secret, which may have expired: see client_id and client_secret of [imap.oauth2] ({words})"
        )),
        Kind::Extension(kind)
            if ["temporarily_unavailable", "server_error", "slow_down"]
                .contains(&kind.as_str()) =>
        {
            Fault::Lost(format!("{server} gives no token just now: {words}"))
        }
        _ => Fault::Login(format!("{server} gives no token: {words}")),
    }
}

/// The name of the server in a URL.
fn host(url: &str) -> String {
    oauth2::url::Url::parse(url)
        .ok()
        .and_then(|url| url.host_str().map(str::to_owned))
        .unwrap_or_default()
}
