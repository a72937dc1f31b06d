//! An SMTP server (RFC 5321) of loopback worlds: it takes mail for the world's people and for
//! nobody else.
//!
//! It is submission server and receiving server in one, so it knows what a real receiving server
//! must find out: whether the author is who they say. A mail whose client logged in as the owner of
//! its From address is stamped `dmarc=pass`; all others bear no verdict. Verdicts that a client
//! wrote itself are removed (RFC 8601 §5).

use std::io;

use jiff::tz::TimeZone;
use mail_parser::decoders::base64::base64_decode;
use mail_parser::{HeaderName, HeaderValue, MessageParser};
use tokio::net::TcpStream;

use super::line::{Line, text};
use super::world::{World, now};

/// Longest command: RFC 4954 §4.5.3.1 wants 12,288 bytes for AUTH.
const COMMAND_MAX: usize = 12_288;
/// Largest mail.
const MAIL_MAX: usize = 64 << 20;
/// Most recipients of a mail; RFC 5321 §4.5.3.1.8 wants 100.
const RECIPIENTS_MAX: usize = 100;
/// Fields that only the receiving server may write.
const OURS: [&str; 2] = ["Authentication-Results", "Return-Path"];

/// Serves one client until it leaves.
pub(super) async fn serve(world: World, stream: TcpStream) -> io::Result<()> {
    let mut session = Session {
        world,
        line: Line::new(stream)?,
        name: String::new(),
        login: None,
        from: None,
        to: Vec::new(),
    };
    session.line.say("220 mx ESMTP good day");
    session.line.send().await?;
    while let Some(heard) = session.line.hear(COMMAND_MAX).await? {
        let command = text(&heard);
        let (verb, rest) = command.split_once(' ').unwrap_or((&command, ""));
        let verb = verb.to_ascii_uppercase();
        let answer = session.obey(&verb, rest.trim()).await?;
        session.line.say(&answer);
        session.line.send().await?;
        if verb == "QUIT" {
            break;
        }
    }
    Ok(())
}

struct Session {
    world: World,
    line: Line,
    /// What the client calls itself.
    name: String,
    /// The address that logged in.
    login: Option<String>,
    /// Envelope sender, once named; empty for `<>`.
    from: Option<String>,
    to: Vec<String>,
}

impl Session {
    async fn obey(&mut self, verb: &str, rest: &str) -> io::Result<String> {
        Ok(match verb {
            "EHLO" => self.meet_extended(rest),
            "HELO" => self.meet(rest),
            "AUTH" => self.authenticate(rest).await?,
            "MAIL" => self.take_sender(rest),
            "RCPT" => self.take_recipient(rest),
            "DATA" => self.take_mail().await?,
            "RSET" => {
                self.reset();
                "250 2.0.0 forgotten".to_owned()
            }
            "NOOP" => "250 2.0.0 ok".to_owned(),
            "QUIT" => "221 2.0.0 good bye".to_owned(),
            _ => "500 5.5.1 not understood".to_owned(),
        })
    }

    fn meet(&mut self, name: &str) -> String {
        self.reset();
        self.name = name
            .chars()
            .filter(|c| c.is_ascii_graphic() && !"()<>;".contains(*c))
            .take(255)
            .collect();
        "250 mx".to_owned()
    }

    fn meet_extended(&mut self, name: &str) -> String {
        let first = self.meet(name).replace(' ', "-");
        self.line.say(&first);
        for offer in
            ["PIPELINING", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES", "AUTH PLAIN LOGIN"]
        {
            self.line.say(&format!("250-{offer}"));
        }
        format!("250 SIZE {MAIL_MAX}")
    }

    fn reset(&mut self) {
        self.from = None;
        self.to.clear();
    }

    async fn authenticate(&mut self, rest: &str) -> io::Result<String> {
        let (mechanism, initial) = rest.split_once(' ').unwrap_or((rest, ""));
        let (user, password) = match mechanism.to_ascii_uppercase().as_str() {
            "PLAIN" => {
                let answer =
                    if initial.is_empty() { self.ask("334 ").await? } else { decode(initial) };
                let mut parts = answer.splitn(3, '\0').skip(1).map(str::to_owned);
                (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
            }
            // "Username:" and "Password:".
            "LOGIN" => {
                let user = if initial.is_empty() {
                    self.ask("334 VXNlcm5hbWU6").await?
                } else {
                    decode(initial)
                };
                (user, self.ask("334 UGFzc3dvcmQ6").await?)
            }
            _ => return Ok("504 5.5.4 mechanism unknown".to_owned()),
        };
        if !self.world.lets_in(&user, &password) {
            return Ok("535 5.7.8 wrong user name or password".to_owned());
        }
        self.login = Some(user);
        Ok("235 2.7.0 welcome".to_owned())
    }

    async fn ask(&mut self, challenge: &str) -> io::Result<String> {
        self.line.say(challenge);
        self.line.send().await?;
        let heard = self.line.hear(COMMAND_MAX).await?.ok_or(io::ErrorKind::UnexpectedEof)?;
        Ok(decode(&text(&heard)))
    }

    fn take_sender(&mut self, rest: &str) -> String {
        if self.from.is_some() {
            return "503 5.5.1 there is a sender already".to_owned();
        }
        match path(rest, "FROM:") {
            Some(from) => {
                self.from = Some(from);
                "250 2.1.0 ok".to_owned()
            }
            None => "501 5.5.4 MAIL FROM:<address>".to_owned(),
        }
    }

    fn take_recipient(&mut self, rest: &str) -> String {
        if self.from.is_none() {
            return "503 5.5.1 MAIL first".to_owned();
        }
        match path(rest, "TO:") {
            None => "501 5.5.4 RCPT TO:<address>".to_owned(),
            Some(to) if !self.world.knows(&to) => "550 5.1.1 no such person here".to_owned(),
            Some(_) if self.to.len() >= RECIPIENTS_MAX => {
                "452 4.5.3 too many recipients".to_owned()
            }
            Some(to) => {
                self.to.push(to);
                "250 2.1.5 ok".to_owned()
            }
        }
    }

    async fn take_mail(&mut self) -> io::Result<String> {
        if self.to.is_empty() {
            return Ok("503 5.5.1 RCPT first".to_owned());
        }
        self.line.say("354 go on, end with a dot");
        self.line.send().await?;
        let mail = self.hear_mail().await?;
        let (from, to) = (self.from.take().unwrap_or_default(), std::mem::take(&mut self.to));
        let Some(mail) = mail else { return Ok("552 5.3.4 too large".to_owned()) };
        for recipient in &to {
            self.world.deliver(recipient, &self.stamped(&from, recipient, &mail));
        }
        Ok("250 2.0.0 delivered".to_owned())
    }

    /// Everything up to the line that is one dot, without the dots that were added (RFC 5321
    /// §4.5.2); `None` if it is too large. Only CRLF ends a line: a dot behind a bare LF is text.
    async fn hear_mail(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut mail = Vec::new();
        let mut large = false;
        let mut fresh = true;
        loop {
            let line = self.line.hear(MAIL_MAX).await?.ok_or(io::ErrorKind::UnexpectedEof)?;
            if fresh && line == b".\r\n" {
                return Ok((!large).then_some(mail));
            }
            let stuffed = if fresh { line.strip_prefix(b".") } else { None };
            fresh = line.ends_with(b"\r\n");
            large |= mail.len().saturating_add(line.len()) > MAIL_MAX;
            if !large {
                mail.extend_from_slice(stuffed.unwrap_or(&line));
            }
        }
    }

    /// The mail as its recipient's server keeps it.
    fn stamped(&self, from: &str, to: &str, mail: &[u8]) -> Vec<u8> {
        let server = format!("mx.{}", domain(to));
        let author = author(mail).filter(|author| {
            self.login.as_ref().is_some_and(|login| login.eq_ignore_ascii_case(author))
        });
        let verdict = author
            .map(|author| {
                format!(
                    "Authentication-Results: {server}; dmarc=pass header.from={}\r\n",
                    domain(&author)
                )
            })
            .unwrap_or_default();
        let date = now().to_jiff().to_zoned(TimeZone::UTC).strftime("%a, %d %b %Y %H:%M:%S +0000");
        let trace = format!(
            "Return-Path: <{from}>\r\n{verdict}Received: from {} ([127.0.0.1])\r\n\tby {server} with ESMTP for <{to}>;\r\n\t{date}\r\n",
            self.name
        );
        [trace.as_bytes(), &cleaned(mail)].concat()
    }
}

/// What stands in `FROM:<…>` or `TO:<…>`; parameters behind it are not needed.
fn path(rest: &str, keyword: &str) -> Option<String> {
    let (word, rest) = rest.split_at_checked(keyword.len())?;
    let (path, _) = rest.trim_start().strip_prefix('<')?.split_once('>')?;
    let clean = path.chars().all(|c| !c.is_control() && !c.is_whitespace());
    (word.eq_ignore_ascii_case(keyword) && clean).then(|| path.to_owned())
}

fn decode(base64: &str) -> String {
    base64_decode(base64.as_bytes())
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .unwrap_or_default()
}

fn domain(address: &str) -> &str {
    address.rsplit_once('@').map_or("", |(_, domain)| domain)
}

/// The one address in the one From field.
fn author(mail: &[u8]) -> Option<String> {
    let message = MessageParser::default().parse_headers(mail)?;
    let mut fields = message.headers().iter().filter(|field| field.name == HeaderName::From);
    let (Some(field), None) = (fields.next(), fields.next()) else { return None };
    let HeaderValue::Address(address) = &field.value else { return None };
    let mut people = address.iter();
    let (Some(person), None) = (people.next(), people.next()) else { return None };
    person.address().map(str::to_owned)
}

/// The mail without the fields that are the receiving server's to write.
fn cleaned(mail: &[u8]) -> Vec<u8> {
    let mut kept = Vec::with_capacity(mail.len());
    let mut rest = mail;
    let mut dropping = false;
    while !rest.is_empty() {
        let end = rest
            .iter()
            .position(|byte| *byte == b'\n')
            .map_or(rest.len(), |at| at.saturating_add(1));
        let (line, after) = rest.split_at_checked(end).unwrap_or((rest, &[]));
        if line.trim_ascii().is_empty() {
            break;
        }
        if !line.starts_with(b" ") && !line.starts_with(b"\t") {
            let name = line.split(|byte| *byte == b':').next().unwrap_or_default().trim_ascii_end();
            dropping = OURS.iter().any(|ours| name.eq_ignore_ascii_case(ours.as_bytes()));
        }
        if !dropping {
            kept.extend_from_slice(line);
        }
        rest = after;
    }
    kept.extend_from_slice(rest);
    kept
}
