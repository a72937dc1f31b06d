//! A scripted SMTP server: keeps what it accepts, with the time, and misbehaves when told to.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// A mail that was accepted, or kept without saying so.
#[derive(Clone, Debug)]
pub struct Accepted {
    pub from: String,
    pub to: String,
    /// Dot-unstuffed, CRLF.
    pub bytes: Vec<u8>,
    pub at: Instant,
}

impl Accepted {
    /// The mail as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// A header field's value, unfolded; empty if absent.
    pub fn header(&self, name: &str) -> String {
        header(&self.text(), name)
    }
}

/// A header field's value, unfolded; empty if absent.
pub fn header(mail: &str, name: &str) -> String {
    let mail = mail.replace("\r\n", "\n");
    let head = mail.split("\n\n").next().unwrap_or_default();
    let unfolded = head.replace("\n ", " ").replace("\n\t", " ");
    let wanted = format!("{}:", name.to_lowercase());
    let line = unfolded.lines().find(|line| line.to_lowercase().starts_with(&wanted));
    line.map(|line| line[wanted.len()..].trim().to_owned()).unwrap_or_default()
}

/// Where in the dialogue a rule applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Connect,
    Mail,
    Rcpt,
    Data,
    /// In the middle of the text.
    Text,
    /// After the final dot.
    Dot,
}

/// What is done there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// This reply instead of the good one.
    Say(&'static str),
    /// The connection is closed.
    Drop,
    /// After the final dot: the mail is kept, then the connection closed without a reply.
    KeepAndDrop,
    /// After the final dot: the mail is kept, the reply comes late.
    KeepAndDelay(Duration),
    /// Nothing more is said; the connection stays open.
    Silence,
}

/// Applies `act` at `stage`, for one recipient or for all, so many times.
#[derive(Clone, Debug)]
pub struct Rule {
    pub stage: Stage,
    pub to: Option<&'static str>,
    pub act: Act,
    pub times: usize,
}

#[derive(Debug, Default)]
struct State {
    accepted: Vec<Accepted>,
    rules: Vec<Rule>,
    down: bool,
}

/// The server; its threads end with the process.
#[derive(Clone, Debug)]
pub struct Sink {
    pub port: u16,
    state: Arc<Mutex<State>>,
}

impl Sink {
    /// Starts one that accepts everything.
    pub fn start() -> Sink {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let sink = Sink { port: listener.local_addr().unwrap().port(), state: Arc::default() };
        let state = Arc::clone(&sink.state);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = Arc::clone(&state);
                std::thread::spawn(move || {
                    Session { state, from: String::new(), to: String::new() }.serve(stream)
                });
            }
        });
        sink
    }

    /// Adds a rule; the first that fits and is not used up applies.
    pub fn rule(&self, stage: Stage, to: Option<&'static str>, act: Act, times: usize) {
        self.state.lock().unwrap().rules.push(Rule { stage, to, act, times });
    }

    /// From now on no rule applies.
    pub fn forgive(&self) {
        self.state.lock().unwrap().rules.clear();
    }

    /// Closes every new connection at once, or serves again.
    pub fn down(&self, down: bool) {
        self.state.lock().unwrap().down = down;
    }

    /// All it has, in order.
    pub fn all(&self) -> Vec<Accepted> {
        self.state.lock().unwrap().accepted.clone()
    }

    /// How many it has.
    pub fn count(&self) -> usize {
        self.state.lock().unwrap().accepted.len()
    }

    /// What came for one recipient.
    pub fn to(&self, address: &str) -> Vec<Accepted> {
        self.state
            .lock()
            .unwrap()
            .accepted
            .iter()
            .filter(|mail| mail.to.eq_ignore_ascii_case(address))
            .cloned()
            .collect()
    }

    /// Forgets what it has.
    pub fn clear(&self) {
        self.state.lock().unwrap().accepted.clear();
    }
}

struct Session {
    state: Arc<Mutex<State>>,
    from: String,
    to: String,
}

/// `None` ends the connection.
type Go = Option<()>;

impl Session {
    fn serve(mut self, stream: TcpStream) {
        let _ = stream.set_nodelay(true);
        let Ok(mut out) = stream.try_clone() else { return };
        let mut lines = BufReader::with_capacity(1 << 16, stream);
        if self.state.lock().unwrap().down
            || self.answer(&mut out, Stage::Connect, "220 sink.test ESMTP").is_none()
        {
            return;
        }
        let mut line = String::new();
        while lines.read_line(&mut line).is_ok_and(|read| read > 0) {
            if self.command(line.trim_end(), &mut lines, &mut out).is_none() {
                return;
            }
            line.clear();
        }
    }

    fn command(&mut self, line: &str, lines: &mut BufReader<TcpStream>, out: &mut TcpStream) -> Go {
        let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        match verb.as_str() {
            "EHLO" => {
                say(out, "250-sink.test\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 104857600")
            }
            "MAIL" => {
                self.from = path(line);
                self.answer(out, Stage::Mail, "250 sender ok")
            }
            "RCPT" => {
                self.to = path(line);
                self.answer(out, Stage::Rcpt, "250 recipient ok")
            }
            "DATA" => {
                let before = self.rule(Stage::Data);
                if let Some(act) = before {
                    return act_on(&act, out);
                }
                say(out, "354 go on")?;
                self.text(lines, out)
            }
            "QUIT" => {
                say(out, "221 bye");
                None
            }
            _ => say(out, "250 ok"),
        }
    }

    fn text(&mut self, lines: &mut BufReader<TcpStream>, out: &mut TcpStream) -> Go {
        let within = self.rule(Stage::Text);
        let mut bytes = Vec::with_capacity(4096);
        loop {
            let start = bytes.len();
            if lines.read_until(b'\n', &mut bytes).ok()? == 0 {
                return None;
            }
            if let Some(act) = &within {
                return act_on(act, out);
            }
            if &bytes[start..] == b".\r\n" {
                bytes.truncate(start);
                return self.dot(bytes, out);
            }
            if bytes[start] == b'.' {
                bytes.remove(start);
            }
        }
    }

    fn dot(&mut self, bytes: Vec<u8>, out: &mut TcpStream) -> Go {
        let act = self.rule(Stage::Dot);
        if matches!(act, None | Some(Act::KeepAndDrop | Act::KeepAndDelay(_))) {
            let mail = Accepted {
                from: self.from.clone(),
                to: self.to.clone(),
                bytes,
                at: Instant::now(),
            };
            self.state.lock().unwrap().accepted.push(mail);
        }
        match act {
            None => say(out, "250 kept"),
            Some(Act::KeepAndDelay(time)) => {
                std::thread::sleep(time);
                say(out, "250 kept")
            }
            Some(act) => act_on(&act, out),
        }
    }

    fn answer(&mut self, out: &mut TcpStream, stage: Stage, good: &str) -> Go {
        match self.rule(stage) {
            None => say(out, good),
            Some(act) => act_on(&act, out),
        }
    }

    fn rule(&self, stage: Stage) -> Option<Act> {
        let mut state = self.state.lock().unwrap();
        let fits = |rule: &&mut Rule| {
            rule.stage == stage
                && rule.times > 0
                && rule.to.is_none_or(|to| to.eq_ignore_ascii_case(&self.to))
        };
        let rule = state.rules.iter_mut().find(fits)?;
        rule.times -= 1;
        Some(rule.act.clone())
    }
}

fn act_on(act: &Act, out: &mut TcpStream) -> Go {
    match act {
        Act::Say(reply) => say(out, reply),
        Act::Drop | Act::KeepAndDrop => None,
        Act::KeepAndDelay(_) | Act::Silence => {
            std::thread::sleep(Duration::from_secs(3600));
            None
        }
    }
}

fn say(out: &mut TcpStream, reply: &str) -> Go {
    out.write_all(format!("{reply}\r\n").as_bytes()).ok()
}

/// `MAIL FROM:<a@b> SIZE=1` → `a@b`.
fn path(line: &str) -> String {
    line.split_once('<')
        .and_then(|(_, rest)| rest.split_once('>'))
        .map(|(path, _)| path.to_owned())
        .unwrap_or_default()
}
