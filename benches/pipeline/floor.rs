//! The floor: what the servers and the disk allow. Mail is fetched in batches of a hundred, the
//! next batch under way while one is worked on; each batch is one durable commit, then one mail per
//! message goes out over one connection with one round trip each, then a second commit says so,
//! then the server is told. Nothing is understood but two header fields.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use rusqlite::{Connection, params};

use crate::dovecot::Dovecot;
use crate::sink::Sink;

const BATCH: usize = 100;

const SCHEMA: &str = "
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
CREATE TABLE ticket (id INTEGER PRIMARY KEY, subject TEXT, sender TEXT, status INTEGER, created INTEGER, updated INTEGER);
CREATE TABLE message (id INTEGER PRIMARY KEY, ticket INTEGER, mid TEXT UNIQUE, uid INTEGER, raw BLOB);
CREATE TABLE outbox (id INTEGER PRIMARY KEY, message INTEGER, recipient TEXT, body BLOB, sent INTEGER);
";

/// Takes the whole mailbox through; how long that took.
pub fn run(dovecot: &Dovecot, user: &str, sink: &Sink, mails: usize) -> Duration {
    let folder = tempfile::tempdir().unwrap();
    let mut database = Connection::open(folder.path().join("floor.db")).unwrap();
    database.execute_batch(SCHEMA).unwrap();
    let mut client = dovecot.client(user);
    let mut relay = Relay::connect(sink.port);
    let begun = Instant::now();
    let mut fetched = client.send(&fetch(1));
    let mut marked: Option<String> = None;
    for first in (1..=mails).step_by(BATCH) {
        let batch = client.answer(&fetched);
        // Sent after this batch was asked for, so answered after it.
        if let Some(tag) = marked {
            client.answer(&tag);
        }
        if first + BATCH <= mails {
            fetched = client.send(&fetch(first + BATCH));
        }
        for (to, mail) in keep(&mut database, first, &batch) {
            relay.hand_over(&to, &mail);
        }
        database
            .execute("UPDATE outbox SET sent = 1 WHERE sent = 0 AND id >= ?", [first as i64])
            .unwrap();
        marked = Some(client.send(&format!(
            "STORE {first}:{} +FLAGS.SILENT ($Postdesk)",
            mails.min(first + BATCH - 1)
        )));
    }
    client.answer(&marked.expect("there was at least one batch"));
    begun.elapsed()
}

fn fetch(first: usize) -> String {
    format!("FETCH {first}:{} (UID BODY.PEEK[])", first + BATCH - 1)
}

fn keep(database: &mut Connection, first: usize, batch: &[Vec<u8>]) -> Vec<(String, Vec<u8>)> {
    let tx = database.transaction().unwrap();
    let mut outgoing = Vec::with_capacity(batch.len());
    let mails = batch.iter().filter(|line| line.len() > 100);
    for (row, raw) in mails.enumerate().map(|(at, raw)| ((first + at) as i64, raw)) {
        let head = &raw[..raw.len().min(4096)];
        let (from, id) = (field(head, b"\nFrom:"), field(head, b"\nMessage-ID:"));
        let to = from.rsplit('<').next().unwrap_or_default().trim_end_matches('>').to_owned();
        let mail = format!("From: support@desk.test\r\nTo: {to}\r\nSubject: [#{row}] We have it\r\nIn-Reply-To: {id}\r\nMessage-ID: <{row}@desk.test>\r\n\r\nThank you.\r\n").into_bytes();
        tx.prepare_cached("INSERT INTO ticket VALUES (?, 'subject', ?, 0, 1, 1)")
            .unwrap()
            .execute(params![row, to])
            .unwrap();
        tx.prepare_cached("INSERT INTO message VALUES (?, ?, ?, ?, ?)")
            .unwrap()
            .execute(params![row, row, id, row, raw])
            .unwrap();
        tx.prepare_cached("INSERT INTO outbox VALUES (?, ?, ?, ?, 0)")
            .unwrap()
            .execute(params![row, row, to, mail])
            .unwrap();
        outgoing.push((to, mail));
    }
    tx.commit().unwrap();
    outgoing
}

fn field(head: &[u8], name: &[u8]) -> String {
    let at = head
        .windows(name.len())
        .position(|window| window == name)
        .expect("every mail of the corpus has it");
    let rest = &head[at + name.len()..];
    let end = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
    String::from_utf8_lossy(&rest[..end]).trim().to_owned()
}

/// One connection, kept open; a mail's text and the next one's envelope could share a packet, but
/// each waits for its answer.
struct Relay(BufReader<TcpStream>);

impl Relay {
    fn connect(port: u16) -> Relay {
        let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.set_nodelay(true).unwrap();
        let mut relay = Relay(BufReader::new(stream));
        relay.replies(1);
        relay.0.get_mut().write_all(b"EHLO floor.test\r\n").unwrap();
        relay.replies(1);
        relay
    }

    fn hand_over(&mut self, to: &str, mail: &[u8]) {
        let envelope = format!("MAIL FROM:<support@desk.test>\r\nRCPT TO:<{to}>\r\nDATA\r\n");
        self.0.get_mut().write_all(envelope.as_bytes()).unwrap();
        self.replies(3);
        self.0.get_mut().write_all(&[mail, b".\r\n"].concat()).unwrap();
        self.replies(1);
    }

    fn replies(&mut self, count: usize) {
        let mut line = String::new();
        for _ in 0..count {
            loop {
                line.clear();
                self.0.read_line(&mut line).unwrap();
                assert!(line.starts_with(['2', '3']), "the sink says: {line}");
                if line.as_bytes()[3] == b' ' {
                    break;
                }
            }
        }
    }
}
