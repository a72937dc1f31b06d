//! From nothing to a session that takes mail: greeting, EHLO, STARTTLS where wanted, login where
//! configured.

use base64::Engine;
use base64::prelude::BASE64_STANDARD as BASE64;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::commands::{Auth, Ehlo, Starttls};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;
use secrecy::{ExposeSecret, SecretString};
use tokio::time::Instant;

use super::Deadlines;
use super::dialogue::{Dialogue, Reply};
use crate::config::{Server, Tls};
use crate::net::{self, Bearer, Fault};

/// PLAIN first: it is the standard (RFC 4616), and takes one round trip. LOGIN is for servers that
/// have nothing else.
const MECHANISMS: [Mechanism; 2] = [Mechanism::Plain, Mechanism::Login];

/// Most challenges that are answered in one login; LOGIN has two.
const CHALLENGES_MAX: usize = 4;

/// The server asks on (RFC 4954 §4).
const CHALLENGE: u16 = 334;

/// A connection that is ready for mail.
pub(super) struct Session {
    pub(super) dialogue: Dialogue,
    pub(super) offer: Offer,
    /// When it last served a mail.
    pub(super) used: Instant,
    /// The last transaction was refused and not taken back yet.
    pub(super) unfinished: bool,
    /// It must not be used again.
    pub(super) spoilt: bool,
}

/// What the server said it can do, after TLS.
#[derive(Clone, Debug, Default)]
pub(super) struct Offer {
    pub(super) starttls: bool,
    pub(super) pipelining: bool,
    pub(super) smtputf8: bool,
    pub(super) eight_bit: bool,
    /// RFC 1870: the largest mail in bytes; 0 is no fixed bound.
    pub(super) size: Option<usize>,
    pub(super) login: Vec<Mechanism>,
    /// For a token.
    pub(super) bearer: Option<Bearer>,
}

/// Connects and logs in as configured. Passwords are said only on a stream that is as safe as
/// configured.
pub(super) async fn open(
    server: &Server,
    hello_name: &str,
    deadlines: Deadlines,
) -> Result<Session, Fault> {
    match &server.login {
        None => enter(server, None, hello_name, deadlines).await,
        Some(login) => {
            net::logged_in(login, async |credentials| {
                enter(server, Some(credentials), hello_name, deadlines).await
            })
            .await
        }
    }
}

async fn enter(
    server: &Server,
    credentials: Option<&net::Credentials>,
    hello_name: &str,
    deadlines: Deadlines,
) -> Result<Session, Fault> {
    let mut dialogue = Dialogue::new(net::connect(server).await?);
    let greeting = hear(&mut dialogue, deadlines).await?;
    must_be_done("greets with a refusal", &greeting)?;
    let mut offer = hello(&mut dialogue, hello_name, deadlines).await?;
    if server.tls == Tls::Starttls {
        dialogue = encrypt(dialogue, &offer, server, deadlines).await?;
        // What was said before TLS may be anybody's word (RFC 3207 §4.2).
        offer = hello(&mut dialogue, hello_name, deadlines).await?;
    }
    if let Some(credentials) = credentials {
        log_in(&mut dialogue, &offer, (server, credentials), deadlines).await?;
    }
    Ok(Session { dialogue, offer, used: Instant::now(), unfinished: false, spoilt: false })
}

/// Connects, logs in as configured, takes leave, and tells in words what the server offers.
pub async fn probe(server: &Server) -> Result<Vec<String>, Fault> {
    let hello_name = server.bounce_address.as_ref().map_or("", |address| address.domain());
    let deadlines = Deadlines::default();
    let session = open(server, hello_name, deadlines).await?;
    let words = in_words(server, &session.offer);
    session.leave(deadlines).await;
    Ok(words)
}

fn in_words(server: &Server, offer: &Offer) -> Vec<String> {
    let security = match server.tls {
        Tls::Implicit => "TLS from the first byte, certificate good",
        Tls::Starttls => "TLS after STARTTLS, certificate good",
        Tls::None => "no TLS (loopback)",
    };
    let login = match &server.login {
        Some(login) => format!("logged in as {}", login.username),
        None => "no login configured".to_owned(),
    };
    let size = match offer.size {
        Some(most) if most > 0 => format!("takes mails of at most {most} bytes"),
        _ => "names no largest mail".to_owned(),
    };
    let addresses = if offer.smtputf8 {
        "carries non-ASCII addresses (SMTPUTF8)"
    } else {
        "carries only ASCII addresses"
    };
    let speed = if offer.pipelining {
        "takes commands in one go (PIPELINING)"
    } else {
        "takes commands one by one"
    };
    vec![security.to_owned(), login, size, addresses.to_owned(), speed.to_owned()]
}

async fn hello(
    dialogue: &mut Dialogue,
    hello_name: &str,
    deadlines: Deadlines,
) -> Result<Offer, Fault> {
    let reply = ask(dialogue, &Ehlo::new(client_id(hello_name)).to_string(), deadlines).await?;
    must_be_done("refuses EHLO", &reply)?;
    Ok(read_offer(&reply))
}

/// Our name for EHLO: a domain that can stand there, else the literal that says nothing.
fn client_id(name: &str) -> ClientId {
    let sound = name.contains(|c: char| c.is_ascii_alphanumeric())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || ".-".contains(c));
    if sound { ClientId::Domain(name.to_owned()) } else { ClientId::default() }
}

fn read_offer(reply: &Reply) -> Offer {
    let mut offer = Offer::default();
    // The first line is the server's name.
    for line in reply.lines.iter().skip(1) {
        // Some old servers write AUTH=LOGIN.
        let line = line.to_ascii_uppercase().replace('=', " ");
        let mut words = line.split_ascii_whitespace();
        match words.next() {
            Some("STARTTLS") => offer.starttls = true,
            Some("PIPELINING") => offer.pipelining = true,
            Some("SMTPUTF8") => offer.smtputf8 = true,
            Some("8BITMIME") => offer.eight_bit = true,
            Some("SIZE") => {
                offer.size = Some(words.next().and_then(|number| number.parse().ok()).unwrap_or(0))
            }
            Some("AUTH") => {
                let names: Vec<&str> = words.collect();
                offer.bearer = Bearer::choose(|name| names.contains(&name));
                offer.login.extend(
                    MECHANISMS
                        .into_iter()
                        .filter(|mechanism| names.contains(&mechanism.to_string().as_str())),
                );
            }
            _ => {}
        }
    }
    offer
}

async fn encrypt(
    mut dialogue: Dialogue,
    offer: &Offer,
    server: &Server,
    deadlines: Deadlines,
) -> Result<Dialogue, Fault> {
    if !offer.starttls {
        let words =
            "the mail server offers no STARTTLS, which is configured; nothing was sent to it";
        return Err(Fault::Insecure(words.to_owned()));
    }
    let reply = ask(&mut dialogue, &Starttls.to_string(), deadlines).await?;
    if reply.is_permanent() {
        return Err(Fault::Insecure(format!(
            "the mail server refuses STARTTLS: {}",
            reply.words()
        )));
    }
    must_be_done("does not do STARTTLS just now", &reply)?;
    if dialogue.is_ahead() {
        let words = "there were bytes before TLS began that would have been taken for the server's: somebody is in between";
        return Err(Fault::Insecure(words.to_owned()));
    }
    Ok(Dialogue::new(net::secure(dialogue.into_stream(), server).await?))
}

async fn log_in(
    dialogue: &mut Dialogue,
    offer: &Offer,
    (server, credentials): (&Server, &net::Credentials),
    deadlines: Deadlines,
) -> Result<(), Fault> {
    let user = server.login.as_ref().map_or("", |login| login.username.as_str());
    let reply = match credentials {
        net::Credentials::Password(password) => {
            let credentials =
                Credentials::new(user.to_owned(), password.expose_secret().to_owned());
            by_password(dialogue, offer, &credentials, deadlines).await?
        }
        net::Credentials::Token(token) => {
            by_token(dialogue, offer, (server, token), deadlines).await?
        }
    };
    match reply {
        reply if reply.is_done() => Ok(()),
        reply if reply.is_permanent() => Err(Fault::Login(format!(
            "the mail server refuses the login of {user}: {}",
            reply.words()
        ))),
        reply => {
            Err(Fault::Lost(format!("the mail server does no login just now: {}", reply.words())))
        }
    }
}

async fn by_password(
    dialogue: &mut Dialogue,
    offer: &Offer,
    credentials: &Credentials,
    deadlines: Deadlines,
) -> Result<Reply, Fault> {
    let Some(mechanism) = MECHANISMS.into_iter().find(|mechanism| offer.login.contains(mechanism))
    else {
        return Err(Fault::Login(
            "the mail server offers no login that we know (PLAIN or LOGIN)".to_owned(),
        ));
    };
    let mut reply = ask(dialogue, &first_step(mechanism, credentials)?, deadlines).await?;
    for _ in 0..CHALLENGES_MAX {
        if reply.code != CHALLENGE {
            break;
        }
        reply = ask(dialogue, &next_step(mechanism, credentials, &reply)?, deadlines).await?;
    }
    Ok(reply)
}

/// A token is said at once (RFC 4954 §4); a challenge after it tells why it will not do.
async fn by_token(
    dialogue: &mut Dialogue,
    offer: &Offer,
    (server, token): (&Server, &SecretString),
    deadlines: Deadlines,
) -> Result<Reply, Fault> {
    let Some(bearer) = offer.bearer else {
        return Err(Fault::Login(
            "the mail server takes no login by token (OAUTHBEARER or XOAUTH2): give [smtp] a password of its own".to_owned(),
        ));
    };
    let first = BASE64.encode(bearer.first(server, token));
    let reply = ask(dialogue, &format!("AUTH {} {first}\r\n", bearer.name()), deadlines).await?;
    match reply.code {
        CHALLENGE => {
            ask(dialogue, &format!("{}\r\n", BASE64.encode(bearer.last())), deadlines).await
        }
        _ => Ok(reply),
    }
}

fn first_step(mechanism: Mechanism, credentials: &Credentials) -> Result<String, Fault> {
    let step = Auth::new(mechanism, credentials.clone(), None).map_err(|_| odd_challenge())?;
    Ok(step.to_string())
}

fn next_step(
    mechanism: Mechanism,
    credentials: &Credentials,
    reply: &Reply,
) -> Result<String, Fault> {
    let challenge = reply.lines.first().map_or("", String::as_str);
    let response: Response = format!("334 {challenge}\r\n").parse().map_err(|_| odd_challenge())?;
    let step = Auth::new_from_response(mechanism, credentials.clone(), &response)
        .map_err(|_| odd_challenge())?;
    Ok(step.to_string())
}

fn odd_challenge() -> Fault {
    Fault::Login("the mail server asks something in the login that we do not understand".to_owned())
}

async fn ask(dialogue: &mut Dialogue, command: &str, deadlines: Deadlines) -> Result<Reply, Fault> {
    dialogue
        .say(command.as_bytes(), deadlines.greeting)
        .await
        .map_err(|words| Fault::Lost(net::clean(&words)))?;
    hear(dialogue, deadlines).await
}

async fn hear(dialogue: &mut Dialogue, deadlines: Deadlines) -> Result<Reply, Fault> {
    dialogue.hear(deadlines.greeting).await.map_err(|words| Fault::Lost(net::clean(&words)))
}

fn must_be_done(trouble: &str, reply: &Reply) -> Result<(), Fault> {
    let words = || format!("the mail server {trouble}: {}", reply.words());
    match reply.code {
        _ if reply.is_done() => Ok(()),
        421 => Err(Fault::Crowded(words())),
        _ => Err(Fault::Lost(words())),
    }
}
