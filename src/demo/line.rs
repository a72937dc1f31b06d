//! A client's connection, line by line: what the IMAP and the SMTP server of the demo share.

use std::io;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

/// Answers are gathered up to this many bytes before they are sent on their own.
const GATHER: usize = 64 << 10;

pub(super) struct Line {
    from: BufReader<OwnedReadHalf>,
    to: OwnedWriteHalf,
    heard: Vec<u8>,
    said: Vec<u8>,
}

impl Line {
    pub(super) fn new(stream: TcpStream) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        let (from, to) = stream.into_split();
        Ok(Self { from: BufReader::new(from), to, heard: Vec::new(), said: Vec::new() })
    }

    /// The next line with its end, at most `longest` bytes; `None` if the client went away. May be
    /// dropped and asked again: what was read of a line is kept.
    pub(super) async fn hear(&mut self, longest: usize) -> io::Result<Option<Vec<u8>>> {
        let room = u64::try_from(longest.saturating_sub(self.heard.len())).unwrap_or(u64::MAX);
        (&mut self.from).take(room).read_until(b'\n', &mut self.heard).await?;
        match self.heard.ends_with(b"\n") {
            true => Ok(Some(std::mem::take(&mut self.heard))),
            false if self.heard.len() >= longest => {
                Err(io::Error::new(io::ErrorKind::InvalidData, "line too long"))
            }
            false => Ok(None),
        }
    }

    /// The next `length` bytes, which the caller has found bearable.
    pub(super) async fn hear_exactly(&mut self, length: usize) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; length];
        self.from.read_exact(&mut bytes).await?;
        Ok(bytes)
    }

    /// Adds a line to the answer.
    pub(super) fn say(&mut self, line: &str) {
        self.say_bytes(line.as_bytes());
        self.say_bytes(b"\r\n");
    }

    pub(super) fn say_bytes(&mut self, bytes: &[u8]) {
        self.said.extend_from_slice(bytes);
    }

    /// Sends the answer if it has grown large.
    pub(super) async fn ease(&mut self) -> io::Result<()> {
        if self.said.len() < GATHER { Ok(()) } else { self.send().await }
    }

    /// Sends the answer.
    pub(super) async fn send(&mut self) -> io::Result<()> {
        self.to.write_all(&self.said).await?;
        self.said.clear();
        Ok(())
    }
}

/// A line without its end, as text; bytes that are no UTF-8 are replaced.
pub(super) fn text(line: &[u8]) -> String {
    String::from_utf8_lossy(line).trim_end_matches(['\r', '\n']).to_owned()
}
