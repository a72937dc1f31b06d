//! Lines to and from an SMTP server, each with its deadline and its limit.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

use crate::net::{Stream, clean};

/// Longest line of an answer: RFC 5321 §4.5.3.1.5 has 512, some write more.
const LINE_MAX: usize = 2048;

/// Most lines of an answer; an EHLO has about fifteen.
const LINES_MAX: usize = 100;

/// A connection to an SMTP server.
pub(super) struct Dialogue {
    stream: Stream,
    unread: Vec<u8>,
}

/// An answer of the server (RFC 5321 §4.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reply {
    /// 200 to 599. Judged by its first digit alone: servers use codes that no RFC lists.
    pub(super) code: u16,
    /// What stands behind the codes.
    pub(super) lines: Vec<String>,
}

impl Reply {
    /// 2yz.
    pub(super) fn is_done(&self) -> bool {
        (200..300).contains(&self.code)
    }

    /// 4yz or 5yz.
    pub(super) fn is_negative(&self) -> bool {
        self.code >= 400
    }

    /// 5yz.
    pub(super) fn is_permanent(&self) -> bool {
        self.code >= 500
    }

    /// RFC 4954 §6: authentication required, too weak, failed, or needs encryption.
    pub(super) fn wants_login(&self) -> bool {
        matches!(self.code, 530 | 534 | 535 | 538)
    }

    /// Whether a refusal is for the account that sends, whatever it sends: by what providers say of
    /// limits and locks, and at MAIL for all that concerns neither the size nor the form of the mail.
    pub(super) fn stops_account(&self, at_mail: bool) -> bool {
        const CODES: [&str; 10] = [
            "5.4.5", "5.1.90", "5.1.8", "5.7.501", "5.7.502", "5.7.503", "5.7.705", "5.7.708",
            "5.7.750", "5.2.121",
        ];
        const WORDS: [&str; 8] = [
            "sending limit",
            "sending quota",
            "daily limit",
            "hourly limit",
            "outgoing mail limit",
            "account suspended",
            "account is suspended",
            "sender is blocked",
        ];
        if !self.is_permanent() {
            return false;
        }
        let text = self.lines.join(" ").to_lowercase();
        let codes = text.split(|c: char| !c.is_ascii_digit() && c != '.');
        let of_mail = matches!(self.code, 552 | 555)
            || ["5.3.4", "5.2.3", "5.6."].iter().any(|code| text.contains(code));
        codes.into_iter().any(|code| CODES.contains(&code))
            || WORDS.iter().any(|words| text.contains(words))
            || at_mail && !of_mail
    }

    /// The answer for people: code and text, cleaned.
    pub(super) fn words(&self) -> String {
        clean(&format!("{} {}", self.code, self.lines.join(" ")))
    }
}

impl Dialogue {
    pub(super) fn new(stream: Stream) -> Self {
        Self { stream, unread: Vec::new() }
    }

    /// Gives the stream back, for a TLS handshake.
    pub(super) fn into_stream(self) -> Stream {
        self.stream
    }

    /// Whether the server has said more than it was asked: what it says next would be taken for
    /// another answer.
    pub(super) fn is_ahead(&self) -> bool {
        !self.unread.is_empty()
    }

    /// Sends bytes. An error means that their last byte was not sent.
    pub(super) async fn say(&mut self, bytes: &[u8], deadline: Duration) -> Result<(), String> {
        let write = async {
            self.stream.write_all(bytes).await?;
            self.stream.flush().await
        };
        match timeout(deadline, write).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(format!("the connection broke: {error}")),
            Err(_) => Err(format!("the mail server took nothing for {} s", deadline.as_secs())),
        }
    }

    /// Reads one whole answer.
    pub(super) async fn hear(&mut self, deadline: Duration) -> Result<Reply, String> {
        let silence = || format!("the mail server did not answer within {} s", deadline.as_secs());
        timeout(deadline, self.reply()).await.unwrap_or_else(|_| Err(silence()))
    }

    async fn reply(&mut self) -> Result<Reply, String> {
        let mut reply: Option<Reply> = None;
        for _ in 0..LINES_MAX {
            let line = self.line().await?;
            let Some((code, more, text)) = split(&line) else {
                return Err(format!("the mail server gave no SMTP answer: {line}"));
            };
            let reply = reply.get_or_insert_with(|| Reply { code, lines: Vec::new() });
            if reply.code != code {
                return Err(format!(
                    "the mail server contradicts itself: {} and {code}",
                    reply.code
                ));
            }
            reply.lines.push(text.to_owned());
            if !more {
                return Ok(reply.clone());
            }
        }
        Err("the mail server's answer does not end".to_owned())
    }

    async fn line(&mut self) -> Result<String, String> {
        loop {
            if let Some(end) = self.unread.iter().position(|byte| *byte == b'\n') {
                let rest = self.unread.split_off(end + 1);
                let line = std::mem::replace(&mut self.unread, rest);
                return Ok(String::from_utf8_lossy(&line)
                    .trim_end_matches(['\r', '\n'])
                    .to_owned());
            }
            if self.unread.len() > LINE_MAX {
                return Err("the mail server's answer has a line without end".to_owned());
            }
            self.read_more().await.map_err(|error| format!("the connection broke: {error}"))?;
        }
    }

    async fn read_more(&mut self) -> io::Result<()> {
        self.unread.reserve(1024);
        // `read_buf` is safe to cancel: a deadline loses no bytes.
        match self.stream.read_buf(&mut self.unread).await? {
            0 => Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the mail server closed it")),
            _ => Ok(()),
        }
    }
}

/// Code, whether more lines follow, and the text of a line of an answer; `250` alone is one, too.
fn split(line: &str) -> Option<(u16, bool, &str)> {
    let (digits, rest) = line.split_at_checked(3)?;
    let code =
        digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok()).flatten()?;
    if !(200..600).contains(&code) {
        return None;
    }
    match rest.chars().next() {
        None => Some((code, false, "")),
        Some(' ') => Some((code, false, rest.trim_start())),
        Some('-') => Some((code, true, rest.trim_start_matches('-'))),
        Some(_) => None,
    }
}
