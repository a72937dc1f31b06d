//! An SMTP server that does as it is told: per connection a list of (stage, act); each entry serves
//! once, then all is well.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

pub const PLAIN: &str = "250 mx.test";
pub const PIPELINING: &str = "250-mx.test\r\n250 PIPELINING";

/// What the sink does instead of being nice.
#[derive(Clone, Copy, Debug)]
pub enum Act {
    /// Says these lines; the last CRLF is added.
    Say(&'static str),
    /// Says this, so many milliseconds late.
    Late(u64, &'static str),
    /// Says exactly this, then closes.
    Half(&'static str),
    /// Closes.
    Drop,
    /// Neither answers nor closes.
    Silence,
    /// Says this line every few milliseconds, for ever.
    Trickle(&'static str),
    /// Says this without pause, for ever.
    Flood(&'static [u8]),
    /// In the middle of a mail: says this and closes.
    Hangup(&'static str),
    /// Answers STARTTLS, with more bytes behind it.
    Inject(&'static str),
}

/// What came to the sink.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    pub connections: usize,
    pub commands: Vec<String>,
    /// Whole mails, dots unstuffed.
    pub mails: Vec<Vec<u8>>,
    /// MAIL within a transaction.
    pub nested: usize,
}

pub struct Sink {
    pub port: u16,
    seen: Arc<Mutex<Seen>>,
}

impl Sink {
    /// Without TLS. The last script serves all further connections.
    pub async fn start(scripts: &[&[(&'static str, Act)]]) -> Self {
        Self::start_tls(scripts, None, false).await
    }

    /// With TLS from the first byte (`implicit`) or after STARTTLS.
    pub async fn start_tls(
        scripts: &[&[(&'static str, Act)]],
        acceptor: Option<TlsAcceptor>,
        implicit: bool,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Seen::default()));
        let scripts: Vec<Vec<(&'static str, Act)>> =
            scripts.iter().map(|script| script.to_vec()).collect();
        let log = Arc::clone(&seen);
        tokio::spawn(async move {
            for number in 0.. {
                let (stream, _) = listener.accept().await.unwrap();
                stream.set_nodelay(true).unwrap();
                log.lock().unwrap().connections += 1;
                let script = scripts[number.min(scripts.len() - 1)].clone();
                let (log, acceptor) = (Arc::clone(&log), acceptor.clone());
                tokio::spawn(async move {
                    let mut talk = Talk {
                        script,
                        log,
                        starttls: acceptor.is_some() && !implicit,
                        open: false,
                    };
                    match acceptor {
                        Some(acceptor) if implicit => {
                            // A client that does not like our certificate hangs up here.
                            if let Ok(stream) = acceptor.accept(stream).await {
                                talk.serve(&mut BufReader::new(stream), true).await;
                            }
                        }
                        Some(acceptor) => {
                            let mut stream = BufReader::new(stream);
                            if talk.serve(&mut stream, true).await == End::Tls
                                && let Ok(stream) = acceptor.accept(stream.into_inner()).await
                            {
                                talk.serve(&mut BufReader::new(stream), false).await;
                            }
                        }
                        None => {
                            talk.serve(&mut BufReader::new(stream), true).await;
                        }
                    }
                });
            }
        });
        Self { port, seen }
    }

    pub fn seen(&self) -> Seen {
        self.seen.lock().unwrap().clone()
    }
}

#[derive(PartialEq, Eq)]
enum End {
    Closed,
    Tls,
}

struct Talk {
    script: Vec<(&'static str, Act)>,
    log: Arc<Mutex<Seen>>,
    starttls: bool,
    open: bool,
}

impl Talk {
    fn next(&mut self, stage: &str) -> Option<Act> {
        let place = self.script.iter().position(|(at, _)| *at == stage)?;
        Some(self.script.remove(place).1)
    }

    async fn serve<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        stream: &mut BufReader<S>,
        greet: bool,
    ) -> End {
        if greet && self.answer(stream, "greeting", "220 mx.test ESMTP").await.is_none() {
            return End::Closed;
        }
        loop {
            let mut line = Vec::new();
            if stream.read_until(b'\n', &mut line).await.unwrap_or(0) == 0 {
                return End::Closed;
            }
            let line = String::from_utf8(line).unwrap().trim_end().to_owned();
            self.log.lock().unwrap().commands.push(line.clone());
            let verb = line.split_whitespace().next().unwrap_or_default().to_uppercase();
            let said = match verb.as_str() {
                "EHLO" if self.starttls => {
                    self.answer(stream, "EHLO", "250-mx.test\r\n250-AUTH PLAIN\r\n250 STARTTLS")
                        .await
                }
                "EHLO" => self.answer(stream, "EHLO", "250-mx.test\r\n250 AUTH PLAIN").await,
                "STARTTLS" => {
                    let said = self.answer(stream, "STARTTLS", "220 go").await;
                    if said.as_ref().is_some_and(|said| said.starts_with("220")) {
                        self.starttls = false;
                        return End::Tls;
                    }
                    said
                }
                "AUTH" => self.log_in(stream, &line).await,
                "MAIL" => self.mail(stream).await,
                "DATA" => self.data(stream).await,
                "QUIT" => {
                    let _ = stream.write_all(b"221 bye\r\n").await;
                    return End::Closed;
                }
                verb => {
                    if verb == "RSET" {
                        self.open = false;
                    }
                    self.answer(stream, verb, "250 ok").await
                }
            };
            if said.is_none() {
                return End::Closed;
            }
        }
    }

    async fn mail<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        stream: &mut BufReader<S>,
    ) -> Option<String> {
        if self.open {
            self.log.lock().unwrap().nested += 1;
            stream.write_all(b"503 nested MAIL\r\n").await.ok()?;
            return Some(String::new());
        }
        let said = self.answer(stream, "MAIL", "250 ok").await?;
        self.open = said.starts_with('2');
        Some(said)
    }

    async fn log_in<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        stream: &mut BufReader<S>,
        line: &str,
    ) -> Option<String> {
        if line.eq_ignore_ascii_case("AUTH LOGIN") {
            for challenge in ["334 VXNlcm5hbWU6\r\n", "334 UGFzc3dvcmQ6\r\n"] {
                stream.write_all(challenge.as_bytes()).await.ok()?;
                let mut line = String::new();
                stream.read_line(&mut line).await.ok()?;
                self.log.lock().unwrap().commands.push(line.trim_end().to_owned());
            }
        }
        self.answer(stream, "AUTH", "235 welcome").await
    }

    async fn data<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        stream: &mut BufReader<S>,
    ) -> Option<String> {
        let refused = self.script.iter().any(|(stage, _)| *stage == "DATA");
        let usual = if self.open || refused { "354 go" } else { "503 no transaction" };
        let said = self.answer(stream, "DATA", usual).await?;
        if !said.starts_with("354") {
            return Some(said);
        }
        if let Some(act) = self.next("block") {
            return match act {
                Act::Hangup(words) => {
                    stream.write_all(words.as_bytes()).await.ok()?;
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    None
                }
                _ => std::future::pending().await,
            };
        }
        let mut mail = Vec::new();
        loop {
            let mut line = Vec::new();
            if stream.read_until(b'\n', &mut line).await.unwrap_or(0) == 0 {
                return None;
            }
            if line == b".\r\n" {
                break;
            }
            mail.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
        }
        self.log.lock().unwrap().mails.push(mail);
        self.open = false;
        self.answer(stream, "dot", "250 queued").await
    }

    /// Acts at that stage; `None` ends the connection, else the words that were said.
    async fn answer<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        stream: &mut BufReader<S>,
        stage: &str,
        usual: &'static str,
    ) -> Option<String> {
        let words = match self.next(stage).unwrap_or(Act::Say(usual)) {
            Act::Say(words) => words.to_owned() + "\r\n",
            Act::Late(millis, words) => {
                tokio::time::sleep(Duration::from_millis(millis)).await;
                words.to_owned() + "\r\n"
            }
            Act::Half(words) | Act::Hangup(words) => {
                let _ = stream.write_all(words.as_bytes()).await;
                return None;
            }
            Act::Drop => return None,
            Act::Silence => return std::future::pending().await,
            Act::Trickle(line) => loop {
                stream.write_all(line.as_bytes()).await.ok()?;
                tokio::time::sleep(Duration::from_millis(20)).await;
            },
            Act::Flood(bytes) => loop {
                stream.write_all(bytes).await.ok()?;
            },
            Act::Inject(words) => words.to_owned(),
        };
        stream.write_all(words.as_bytes()).await.ok()?;
        Some(words)
    }
}
