//! Bytes to answers: frames are cut here, and here every wait has its deadline.
//!
//! async-imap's reader is not used after the login: it takes 512 MiB for one literal, parses a
//! frame again at each read, drops the connection at any response it does not know, and its parser
//! recurses on a stranger's parentheses. A literal is read here straight into the vector that
//! becomes the mail. All state of a half-read frame lies in [`Wire`], so reading may be cancelled.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::time::{Instant, timeout, timeout_at};

use crate::fetch::imap::answer::{Answer, Condition, Frame, Literal, Words, condition};
use crate::net::{Fault, clean};

/// Longest silence of a server that owes us an answer; bytes of a slow literal count as speech.
/// Servers that are busy with a big mailbox say `* OK Still here` within this time.
pub const SILENCE: Duration = Duration::from_secs(60);

/// Longest time for our command to be taken; it is some kilobytes at most.
const WRITE_DEADLINE: Duration = Duration::from_secs(60);

/// Longest time for one command with all its answers, so that a server that drips does not hold us
/// for ever: 50 MB at 30 kB/s.
const EXCHANGE_DEADLINE: Duration = Duration::from_secs(30 * 60);

/// Longest text of one response without its literals. The longest we ask for are lists of
/// capabilities and flags, below 4 kB.
const LINE_LIMIT: usize = 64 * 1024;

/// Most bytes of one literal that are waited for; of a longer one the connection is given up.
const LITERAL_LIMIT: usize = 2 << 30;

/// Bytes of literals that are kept of the answers to a command that asks for no mail: names.
const ROOM: usize = 1 << 20;

/// Bytes kept of a literal for which there is no room: a mail's header.
const KEPT: usize = 256 * 1024;

/// Memory taken before the bytes are there: an announced size is only a claim.
const LITERAL_AHEAD: usize = 64 * 1024 * 1024;

/// Most responses to one command: more mails than any mailbox we can serve holds.
const ANSWERS_LIMIT: usize = 1 << 20;

/// Bytes taken from the stream at once.
const BUFFER: usize = 64 * 1024;

/// Where in the dialogue we stand.
#[derive(Debug, PartialEq, Eq)]
enum Phase {
    /// The server owes us nothing.
    Ready,
    /// A command is under way; whoever finds this at its start follows a command that was
    /// cancelled.
    Busy,
    /// Not to be used again.
    Dead,
}

/// How a command ended.
#[derive(Debug)]
pub struct Done {
    /// OK, NO or BAD.
    pub condition: Condition,
    /// The server's words.
    pub words: Words,
}

impl Done {
    /// Refuses with the server's words unless it was OK.
    pub fn granted(self, what: &str) -> Result<Words, Fault> {
        match self.condition {
            Condition::Ok => Ok(self.words),
            _ => Err(Fault::Denied(format!("the server refused to {what}: {}", self.words))),
        }
    }
}

impl std::fmt::Display for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.code.is_empty(), self.text.is_empty()) {
            (false, _) => write!(f, "[{}] {}", clean(&self.code), self.text),
            (true, false) => write!(f, "{}", self.text),
            (true, true) => write!(f, "(without a reason)"),
        }
    }
}

/// A connection that speaks IMAP.
pub struct Wire<T> {
    stream: BufReader<T>,
    half: Half,
    phase: Phase,
    /// Bytes of literals that may still be kept for the command under way.
    room: usize,
    /// When the command under way must have ended.
    finish: Instant,
    tags: u32,
    exists: u32,
    news: bool,
    grown: bool,
    stale: bool,
}

impl<T> std::fmt::Debug for Wire<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wire")
            .field("phase", &self.phase)
            .field("exists", &self.exists)
            .finish_non_exhaustive()
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> Wire<T> {
    /// A fresh connection.
    pub fn new(stream: T) -> Self {
        let stream = BufReader::with_capacity(BUFFER, stream);
        Self {
            stream,
            half: Half::default(),
            phase: Phase::Ready,
            room: ROOM,
            finish: Instant::now() + EXCHANGE_DEADLINE,
            tags: 0,
            exists: 0,
            news: false,
            grown: false,
            stale: false,
        }
    }

    /// The stream again, for TLS. Bytes that came before the handshake were put there by somebody
    /// else (CVE-2011-0411 and its kin).
    pub fn into_stream(self) -> Result<T, Fault> {
        match self.stream.buffer().is_empty() && self.half.is_empty() {
            true => Ok(self.stream.into_inner()),
            false => Err(Fault::Insecure(
                "the server sent more before TLS began: somebody may sit between".to_owned(),
            )),
        }
    }

    /// Whether new mail was announced of which nobody was told.
    pub fn has_news(&self) -> bool {
        self.news
    }

    /// Somebody is being told: whether there is news.
    pub fn take_news(&mut self) -> bool {
        std::mem::take(&mut self.news)
    }

    /// Whether mail was announced since this was asked last, so that what was known of UIDs is old.
    pub fn take_grown(&mut self) -> bool {
        self.news = false;
        std::mem::take(&mut self.grown)
    }

    /// A mailbox was selected: what was announced belongs to the past.
    pub fn selected(&mut self) {
        self.take_grown();
        self.stale = false;
    }

    /// Whether the server has said since that UIDs are void.
    pub fn is_stale(&self) -> bool {
        self.stale
    }

    /// How many mails lie in the selected mailbox.
    pub fn exists(&self) -> u32 {
        self.exists
    }

    /// Marks the connection as unusable, and says why.
    pub fn broken(&mut self, why: impl Into<String>) -> Fault {
        self.phase = Phase::Dead;
        Fault::Lost(why.into())
    }

    /// Sends a command, hands each untagged answer to `see`, and tells how the command ended.
    pub async fn exchange(
        &mut self,
        command: &str,
        see: impl FnMut(Answer) -> Result<(), Fault>,
    ) -> Result<Done, Fault> {
        self.exchange_mail(command, ROOM, see).await
    }

    /// The same, where the answers bring mail: of all their literals no more than `room` bytes are
    /// kept, whatever the server said of their sizes. What has no room is read and dropped, but for
    /// its beginning.
    pub async fn exchange_mail(
        &mut self,
        command: &str,
        room: usize,
        mut see: impl FnMut(Answer) -> Result<(), Fault>,
    ) -> Result<Done, Fault> {
        let tag = self.begin(command).await?;
        self.room = room;
        for _ in 0..ANSWERS_LIMIT {
            match self.answer().await? {
                Answer::Tagged { tag: ended, condition, words } => {
                    return self.end(&tag, &ended, Done { condition, words });
                }
                Answer::Continue => {
                    return Err(self.broken("the server asked for more than there was"));
                }
                answer => see(answer).inspect_err(|_| self.phase = Phase::Dead)?,
            }
        }
        Err(self.broken("the server answered without end"))
    }

    /// Sends a command under a new tag, which is returned.
    pub async fn begin(&mut self, command: &str) -> Result<String, Fault> {
        if self.phase != Phase::Ready {
            return Err(self.broken("the connection was given up in the middle of a command"));
        }
        self.tags = self.tags.wrapping_add(1);
        let tag = format!("P{}", self.tags);
        self.phase = Phase::Busy;
        self.room = ROOM;
        self.finish = Instant::now() + EXCHANGE_DEADLINE;
        self.send(format!("{tag} {command}\r\n").as_bytes()).await?;
        Ok(tag)
    }

    /// The tagged answer is here: it must be ours.
    pub fn end(&mut self, tag: &str, ended: &str, done: Done) -> Result<Done, Fault> {
        match tag == ended && !matches!(done.condition, Condition::Bye | Condition::Preauth) {
            true => {
                self.phase = Phase::Ready;
                Ok(done)
            }
            false => Err(self.broken("the server answered a command that was not asked")),
        }
    }

    /// Writes and flushes: one packet for one command.
    pub async fn send(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        let stream = self.stream.get_mut();
        let written = timeout(WRITE_DEADLINE, async {
            stream.write_all(bytes).await?;
            stream.flush().await
        });
        match written.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(self.broken(format!("cannot write to the server: {error}"))),
            Err(_) => Err(self.broken("the server does not take our command")),
        }
    }

    /// The next answer. A farewell, nonsense and a minute of silence end the connection.
    pub async fn answer(&mut self) -> Result<Answer, Fault> {
        loop {
            if let Some(answer) = self.read()? {
                return Ok(answer);
            }
            if Instant::now() >= self.finish {
                return Err(self.broken(format!(
                    "the server came to no end within {} min",
                    EXCHANGE_DEADLINE.as_secs() / 60
                )));
            }
            if !self.more(Instant::now() + SILENCE).await? {
                return Err(
                    self.broken(format!("the server was silent for {} s", SILENCE.as_secs()))
                );
            }
        }
    }

    /// The next answer, or none until then: for waits in which silence is no fault.
    pub async fn answer_until(&mut self, until: Instant) -> Result<Option<Answer>, Fault> {
        loop {
            if let Some(answer) = self.read()? {
                return Ok(Some(answer));
            }
            if !self.more(until).await? {
                return Ok(None);
            }
        }
    }

    /// An answer, if the buffer holds a whole one.
    fn read(&mut self) -> Result<Option<Answer>, Fault> {
        match self.phase {
            Phase::Dead => Err(Fault::Lost("the connection is gone".to_owned())),
            Phase::Ready | Phase::Busy => {
                self.frame()?.map(|frame| self.noted(Answer::read(frame))).transpose()
            }
        }
    }

    /// Waits for bytes; `false` if none came until then.
    async fn more(&mut self, until: Instant) -> Result<bool, Fault> {
        match timeout_at(until, self.stream.fill_buf()).await {
            Err(_) => Ok(false),
            Ok(Ok([])) => Err(self.broken("the server closed the connection")),
            Ok(Ok(_)) => Ok(true),
            Ok(Err(error)) => Err(self.broken(format!("cannot read from the server: {error}"))),
        }
    }

    /// Counts what any answer may tell at any time (RFC 3501 §7), and stops at what ends a
    /// connection.
    fn noted(&mut self, answer: Answer) -> Result<Answer, Fault> {
        match &answer {
            Answer::Exists(exists) => {
                if *exists != self.exists {
                    (self.news, self.grown) = (true, true);
                }
                self.exists = *exists;
            }
            Answer::Expunge => self.exists = self.exists.saturating_sub(1),
            Answer::Condition(Condition::Bye, words) => {
                return Err(self.broken(format!("the server said goodbye: {words}")));
            }
            Answer::Condition(Condition::Ok, words) => self.stale |= words.code == "UIDVALIDITY",
            Answer::Nonsense(line) => {
                return Err(self.broken(format!("the server does not speak IMAP: {line}")));
            }
            _ => {}
        }
        Ok(answer)
    }

    /// A frame, if the buffer completes one.
    fn frame(&mut self) -> Result<Option<Frame>, Fault> {
        while !self.stream.buffer().is_empty() {
            let (taken, complete) = self.half.take(self.stream.buffer(), &mut self.room);
            self.stream.consume(taken);
            match complete {
                Ok(false) => {}
                Ok(true) => return Ok(Some(std::mem::take(&mut self.half).frame)),
                Err(why) => return Err(self.broken(why)),
            }
        }
        Ok(None)
    }

    /// The next frame, for a reader that polls; `None` at the end of the stream.
    pub fn poll_frame(&mut self, cx: &mut Context<'_>) -> Poll<std::io::Result<Option<Frame>>> {
        loop {
            if let Some(frame) = self.frame().map_err(std::io::Error::other)? {
                return Poll::Ready(Ok(Some(frame)));
            }
            if ready!(Pin::new(&mut self.stream).poll_fill_buf(cx))?.is_empty() {
                return Poll::Ready(Ok(None));
            }
        }
    }

    /// The bare stream, for a writer that polls.
    pub fn stream(&mut self) -> Pin<&mut T> {
        Pin::new(self.stream.get_mut())
    }
}

/// A frame of which more is to come.
#[derive(Debug, Default)]
struct Half {
    frame: Frame,
    line: Vec<u8>,
    /// The literal that is being read, and how much of it is missing.
    literal: Option<(Literal, usize)>,
    text: usize,
}

impl Half {
    fn is_empty(&self) -> bool {
        self.line.is_empty() && self.frame.lines.is_empty()
    }

    /// Takes from the front of `bytes`: how many, and whether the frame is complete now.
    fn take(&mut self, bytes: &[u8], room: &mut usize) -> (usize, Result<bool, &'static str>) {
        match self.literal.take() {
            Some((literal, missing)) => (self.take_literal(literal, missing, bytes), Ok(false)),
            None => self.take_line(bytes, room),
        }
    }

    fn take_literal(&mut self, mut literal: Literal, missing: usize, bytes: &[u8]) -> usize {
        let taken = missing.min(bytes.len());
        let kept = taken.min(literal.kept.saturating_sub(literal.bytes.len()));
        literal.bytes.extend(bytes.get(..kept).unwrap_or_default());
        if taken == missing {
            self.frame.literals.push_back(literal);
        } else {
            self.literal = Some((literal, missing - taken));
        }
        taken
    }

    fn take_line(&mut self, bytes: &[u8], room: &mut usize) -> (usize, Result<bool, &'static str>) {
        let end = bytes.iter().position(|byte| *byte == b'\n');
        let taken = end.map_or(bytes.len(), |end| end + 1);
        self.text += taken;
        if self.text > LINE_LIMIT {
            return (taken, Err("the server sent an endless line"));
        }
        self.line.extend(bytes.get(..taken).unwrap_or_default());
        (taken, if end.is_some() { self.end_line(room) } else { Ok(false) })
    }

    /// A line is whole; a lone LF ends it too, as some servers write it.
    fn end_line(&mut self, room: &mut usize) -> Result<bool, &'static str> {
        let mut line = std::mem::take(&mut self.line);
        line.truncate(line.trim_ascii_end().len());
        let announced = if self.may_hold_literals(&line) { announced(&line) } else { None };
        let Some((start, size)) = announced else {
            self.frame.lines.push_back(line);
            return Ok(true);
        };
        if size > LITERAL_LIMIT {
            return Err("the server announced a mail larger than any we take");
        }
        line.truncate(start);
        self.frame.lines.push_back(line);
        let kept = if size <= *room { size } else { KEPT.min(*room) };
        *room -= kept;
        let bytes = Vec::with_capacity(kept.min(LITERAL_AHEAD));
        let literal = Literal { bytes, kept, whole: size };
        match size {
            0 => self.frame.literals.push_back(literal),
            _ => self.literal = Some((literal, size)),
        }
        Ok(false)
    }

    /// Free text may end in `{5}` by chance, data may not: only untagged data holds literals.
    fn may_hold_literals(&self, line: &[u8]) -> bool {
        let first = self.frame.lines.front().map_or(line, Vec::as_slice);
        first
            .strip_prefix(b"* ")
            .is_some_and(|rest| condition(&String::from_utf8_lossy(rest)).is_none())
    }
}

/// Where `{n}` begins at the end of a line, and its n. `~{n}` and `{n+}` are read alike.
fn announced(line: &[u8]) -> Option<(usize, usize)> {
    let inner = line.strip_suffix(b"}")?;
    let brace = inner.iter().rposition(|byte| *byte == b'{')?;
    let digits = inner.get(brace + 1..)?;
    let digits = digits.strip_suffix(b"+").unwrap_or(digits);
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    // What no machine can count is too large, not text.
    let size = std::str::from_utf8(digits).ok()?.parse().unwrap_or(usize::MAX);
    let start = if inner.get(..brace)?.ends_with(b"~") { brace - 1 } else { brace };
    Some((start, size))
}
