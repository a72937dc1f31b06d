//! A person's permission to use the mailbox, asked once: by a page in a browser that brings its
//! answer to a port of this machine (RFC 8252), by a code to be typed elsewhere (RFC 8628), or of
//! nobody. What comes of it is kept for the daemon. All of it blocks: `postdesk login` has nothing
//! else to do.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, Ipv6Addr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, TryRecvError};
use std::time::{Duration, Instant};

use oauth2::basic::BasicErrorResponse;
use oauth2::url::Url;
use oauth2::{
    AuthorizationCode, CsrfToken, DeviceCodeErrorResponse, DeviceCodeErrorResponseType,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError,
    StandardDeviceAuthorizationResponse,
};
use secrecy::SecretString;

use super::https::{Failed, Https};
use super::token::{self, Client};
use super::{Fault, clean};
use crate::config::{Flow, OAuth2};

pub use token::client_secret;

/// How long a person may take.
const PATIENCE: Duration = Duration::from_secs(15 * 60);
/// How often the ports and the terminal are looked at meanwhile.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// How long a browser may take for its request.
const REQUEST_DEADLINE: Duration = Duration::from_secs(5);
/// Longest first line of a request: a code has some hundred characters.
const LINE_MAX: u64 = 16 << 10;

/// What is asked of a person.
pub enum Asked<'a> {
    /// To open a page.
    Page(Page<'a>),
    /// To type a code.
    Code(Code<'a>),
    /// Nothing: it is kept already.
    Nobody,
}

/// Begins as configured; `username` is suggested to the page.
pub fn ask<'a>(
    oauth2: &'a OAuth2,
    secret: Option<&SecretString>,
    username: &str,
) -> Result<Asked<'a>, Fault> {
    let party = Party::new(oauth2, secret)?;
    match &oauth2.flow {
        Flow::Browser { extra, port, .. } => {
            let extra = extra.iter().map(|(key, value)| (key.as_str(), value.as_str()));
            let extra: Vec<_> = extra.chain([("login_hint", username)]).collect();
            Page::open(party, &extra, port.unwrap_or(0)).map(Asked::Page)
        }
        Flow::Device { .. } => Code::get(party).map(Asked::Code),
        Flow::ClientCredentials => party.alone().map(|()| Asked::Nobody),
    }
}

/// The client, and the way to its server.
struct Party<'a> {
    oauth2: &'a OAuth2,
    client: Client,
    https: Https,
}

impl<'a> Party<'a> {
    fn new(oauth2: &'a OAuth2, secret: Option<&SecretString>) -> Result<Self, Fault> {
        let client = token::client(oauth2, secret)?;
        Ok(Self { oauth2, client, https: Https { ca_file: oauth2.ca_file.clone() } })
    }

    fn explain(&self, error: RequestTokenError<Failed, BasicErrorResponse>) -> Fault {
        token::explain(error, &self.oauth2.token_url)
    }

    fn alone(&self) -> Result<(), Fault> {
        let asked = self.client.exchange_client_credentials();
        let answer = asked
            .add_scopes(token::scopes(self.oauth2))
            .request(&|request| self.https.send(request));
        token::keep(self.oauth2, &answer.map_err(|error| self.explain(error))?)
    }
}

/// A page at which a person permits it.
pub struct Page<'a> {
    party: Party<'a>,
    url: Url,
    redirect: RedirectUrl,
    ports: Vec<TcpListener>,
    state: CsrfToken,
    verifier: PkceCodeVerifier,
}

impl<'a> Page<'a> {
    fn open(party: Party<'a>, extra: &[(&str, &str)], port: u16) -> Result<Self, Fault> {
        let trouble = |error: std::io::Error| {
            Fault::Login(format!(
                "port {port} of this machine cannot be had for the browser's answer: {error}; name a free one by redirect_port"
            ))
        };
        let first = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(trouble)?;
        let port = first.local_addr().map_err(trouble)?.port();
        // Browsers know localhost by either address; a machine may lack the newer one.
        let second = TcpListener::bind((Ipv6Addr::LOCALHOST, port)).ok();
        let ports: Vec<_> = std::iter::once(first).chain(second).collect();
        ports.iter().try_for_each(|one| one.set_nonblocking(true)).map_err(trouble)?;
        let redirect = RedirectUrl::new(format!("http://localhost:{port}"))
            .map_err(|error| Fault::Login(error.to_string()))?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let client = party.client.clone().set_redirect_uri(redirect.clone());
        let asked = client
            .authorize_url(CsrfToken::new_random)
            .map_err(|error| Fault::Login(error.to_string()))?
            .add_scopes(token::scopes(party.oauth2))
            .set_pkce_challenge(challenge);
        let asked =
            extra.iter().fold(asked, |asked, (key, value)| asked.add_extra_param(*key, *value));
        let (url, state) = asked.url();
        Ok(Self { party, url, redirect, ports, state, verifier })
    }

    /// Where it is.
    pub fn url(&self) -> &str {
        self.url.as_str()
    }

    /// Where the browser ends.
    pub fn redirect(&self) -> &str {
        self.redirect.as_str()
    }

    /// Waits until the browser comes back, or somebody pastes the place where it ended, and keeps
    /// the tokens. What is pasted and is no answer is told to `odd`.
    pub fn wait(self, pasted: &Receiver<String>, mut odd: impl FnMut(&str)) -> Result<(), Fault> {
        let begun = Instant::now();
        let code = loop {
            if let Some(code) = self.come_back()? {
                break code;
            }
            match pasted.try_recv() {
                Ok(line) => match self.read(line.trim()) {
                    Some(answer) => break answer?,
                    None if line.trim().is_empty() => {}
                    None => odd(line.trim()),
                },
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => {}
            }
            if begun.elapsed() > PATIENCE {
                return Err(Fault::Login("nobody has permitted it in time".to_owned()));
            }
            std::thread::sleep(LOOK_EVERY);
        };
        let Self { party, redirect, verifier, .. } = self;
        let client = party.client.clone().set_redirect_uri(redirect);
        let answer = client
            .exchange_code(AuthorizationCode::new(code))
            .set_pkce_verifier(verifier)
            .request(&|request| party.https.send(request));
        token::keep(party.oauth2, &answer.map_err(|error| party.explain(error))?)
    }

    /// A browser at one of the ports; `None` where there is none, or it wants something else.
    fn come_back(&self) -> Result<Option<String>, Fault> {
        let Some(stream) = self.ports.iter().find_map(|port| port.accept().ok()) else {
            return Ok(None);
        };
        let target = target(&stream.0);
        let answer = target.and_then(|target| self.read(&target));
        tell(stream.0, answer.as_ref());
        answer.transpose()
    }

    /// The code in a place where the browser ended: of its query, which must bear our state, else
    /// it answers somebody else's question (RFC 6749 §10.12).
    fn read(&self, place: &str) -> Option<Result<String, Fault>> {
        let url = Url::parse(self.redirect.as_str()).ok()?.join(place).ok()?;
        let of = |name: &str| {
            url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
        };
        if of("state").as_deref() != Some(self.state.secret()) {
            return None;
        }
        if let Some(error) = of("error") {
            let words = of("error_description").unwrap_or_default();
            return Some(Err(Fault::Login(clean(&format!(
                "it was not permitted: {error} {words}"
            )))));
        }
        of("code").map(Ok)
    }
}

/// What a browser asks for, of its first line (RFC 9112 §3).
fn target(stream: &TcpStream) -> Option<String> {
    stream.set_nonblocking(false).ok()?;
    stream.set_read_timeout(Some(REQUEST_DEADLINE)).ok()?;
    let mut line = String::new();
    BufReader::new(std::io::Read::take(stream, LINE_MAX)).read_line(&mut line).ok()?;
    Some(line.strip_prefix("GET ")?.split(' ').next()?.to_owned())
}

/// Tells the person in front of the browser; who has closed it needs no telling.
fn tell(mut stream: TcpStream, answer: Option<&Result<String, Fault>>) {
    let (status, words) = match answer {
        Some(Ok(_)) => (
            "200 OK",
            "Postdesk has its answer. You can close this page and go back to the terminal.",
        ),
        Some(Err(_)) => {
            ("200 OK", "It was not permitted. The terminal says more; you can close this page.")
        }
        None => ("404 Not Found", "There is nothing here."),
    };
    let page = format!(
        "<!doctype html><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>Postdesk</title><p>{words}</p>"
    );
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nCache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nConnection: close\r\n\r\n",
        page.len()
    );
    drop(stream.write_all(format!("{head}{page}").as_bytes()));
}

/// A code that a person types elsewhere.
pub struct Code<'a> {
    party: Party<'a>,
    details: StandardDeviceAuthorizationResponse,
}

impl<'a> Code<'a> {
    fn get(party: Party<'a>) -> Result<Self, Fault> {
        let answer = party
            .client
            .exchange_device_code()
            .map_err(|error| Fault::Login(error.to_string()))?
            .add_scopes(token::scopes(party.oauth2))
            .request(&|request| party.https.send(request));
        let details = answer.map_err(|error| party.explain(error))?;
        Ok(Self { party, details })
    }

    /// What is typed.
    pub fn code(&self) -> &str {
        self.details.user_code().secret()
    }

    /// Where.
    pub fn url(&self) -> &str {
        self.details.verification_uri().as_str()
    }

    /// Asks as often as the server allows until the person has done it, and keeps the tokens.
    pub fn wait(self) -> Result<(), Fault> {
        let Self { party, details } = self;
        let answer = party.client.exchange_device_access_token(&details).request(
            &|request| party.https.send(request),
            std::thread::sleep,
            Some(PATIENCE),
        );
        token::keep(party.oauth2, &answer.map_err(|error| unpermitted(error, &party))?)
    }
}

fn unpermitted(
    error: RequestTokenError<Failed, DeviceCodeErrorResponse>,
    party: &Party<'_>,
) -> Fault {
    use DeviceCodeErrorResponseType as Kind;
    match error {
        RequestTokenError::Request(Failed(fault)) => fault,
        RequestTokenError::ServerResponse(said) => match said.error() {
            Kind::ExpiredToken => Fault::Login("nobody has typed the code in time".to_owned()),
            Kind::AccessDenied => Fault::Login("it was not permitted".to_owned()),
            _ => Fault::Login(clean(&format!("it was not permitted: {said}"))),
        },
        RequestTokenError::Parse(error, body) => {
            party.explain(RequestTokenError::Parse(error, body))
        }
        RequestTokenError::Other(words) => party.explain(RequestTokenError::Other(words)),
    }
}
