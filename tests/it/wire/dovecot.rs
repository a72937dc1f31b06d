//! A real Dovecot on loopback, unprivileged, over Maildirs in a temporary folder: one Maildir for
//! each user name, and any user name is taken with the password `secret`.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::account::{Account, Group, free_port};
use super::certificates::{Certificate, Flaw, make};

/// The password of every user.
pub const PASSWORD: &str = "secret";

/// How long a server may take to greet.
const START: Duration = Duration::from_secs(20);

static COUNTER: AtomicU64 = AtomicU64::new(1);

/// The server, its Maildirs and its ports. Ends with its processes when dropped.
#[derive(Debug)]
pub struct Dovecot {
    pub account: Account,
    pub port: u16,
    pub tls_port: u16,
    pub certificate: Certificate,
    /// Settings behind the usual ones.
    more: String,
    // Before the folder: fields are dropped in this order, and a living server would fill the
    // folder again.
    group: Option<Group>,
    dir: TempDir,
}

const CONFIG: &str = "
base_dir = {dir}/run
state_dir = {dir}/run
log_path = {dir}/dovecot.log
info_log_path = {dir}/info.log
protocols = imap
listen = 127.0.0.1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
first_valid_gid = 0
ssl = yes
ssl_cert = <{dir}/leaf.pem
ssl_key = <{dir}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
mail_location = maildir:{dir}/mail/%Lu
mail_fsync = never
mail_max_userip_connections = 100
imap_idle_notify_interval = 2 mins
passdb {
  driver = static
  args = password=secret
}
userdb {
  driver = static
  args = uid={uid} gid={gid} home={dir}/home/%Lu
}
namespace inbox {
  inbox = yes
  mailbox Junk {
    special_use = \\Junk
    auto = create
  }
}
service imap-login {
  chroot =
  service_count = 0
  process_min_avail = 1
  inet_listener imap {
    port = {port}
  }
  inet_listener imaps {
    port = {tls_port}
    ssl = yes
  }
}
service anvil {
  chroot =
}
service stats {
  chroot =
}
service auth {
  client_limit = 2000
}
";

const TOKENS: &str = "
protocols = imap submission
auth_mechanisms = plain login xoauth2 oauthbearer
submission_relay_host = 127.0.0.1
submission_relay_port = {relay}
hostname = mx.desk.test
passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {dir}/tokens
}
service submission-login {
  chroot =
  inet_listener submission {
    port = {submission}
  }
}
# http://127.0.0.1:{introspection}/introspect
";

const INTROSPECTION: &str = "
introspection_mode = post
introspection_url = {url}
active_attribute = active
active_value = true
username_attribute = username
";

impl Dovecot {
    /// Starts one with a good certificate.
    pub fn start() -> Dovecot {
        Dovecot::with(make(Flaw::None))
    }

    /// Starts one that shows this certificate.
    pub fn with(certificate: Certificate) -> Dovecot {
        Dovecot::of(certificate, String::new())
    }

    /// Starts one that also takes tokens, which it has looked at by the authorization server on that
    /// port, and mail, which it hands to the relay on that port.
    pub fn with_tokens(introspection: u16, relay: u16, port: u16) -> Dovecot {
        let more = TOKENS
            .replace("{introspection}", &introspection.to_string())
            .replace("{relay}", &relay.to_string())
            .replace("{submission}", &port.to_string());
        Dovecot::of(make(Flaw::None), more)
    }

    fn of(certificate: Certificate, more: String) -> Dovecot {
        let account = Account::find();
        let dir = tempfile::Builder::new().prefix("postdesk-dovecot-").tempdir().unwrap();
        account.own(dir.path());
        for folder in ["run", "home", "mail"] {
            account.folder(&dir.path().join(folder));
        }
        account.file(&dir.path().join("leaf.pem"), &certificate.leaf);
        account.file(&dir.path().join("key.pem"), &certificate.key);
        account.file(&dir.path().join("ca.pem"), &certificate.ca);
        let mut server =
            Dovecot { account, port: 0, tls_port: 0, certificate, more, group: None, dir };
        for _ in 0..5 {
            server.port = free_port();
            server.tls_port = free_port();
            if server.resume() {
                return server;
            }
        }
        panic!(
            "Dovecot does not start (tests/run.sh installs dovecot-imapd); its log:\n{}",
            server.log()
        );
    }

    /// Starts it again on the same ports; whether it came up.
    pub fn resume(&mut self) -> bool {
        let dir = self.dir.path().display().to_string();
        let url =
            self.more.lines().find_map(|line| line.strip_prefix("# http")).unwrap_or_default();
        let tokens = INTROSPECTION.replace("{url}", &format!("http{url}"));
        self.account.file(&self.dir.path().join("tokens"), tokens);
        let config = format!("{CONFIG}{}", self.more)
            .replace("{dir}", &dir)
            .replace("{user}", &self.account.name)
            .replace("{group}", &self.account.group)
            .replace("{uid}", &self.account.uid.to_string())
            .replace("{gid}", &self.account.gid.to_string())
            .replace("{port}", &self.port.to_string())
            .replace("{tls_port}", &self.tls_port.to_string());
        let file = self.dir.path().join("dovecot.conf");
        self.account.file(&file, config);
        let mut command = Command::new("/usr/sbin/dovecot");
        command.arg("-F").arg("-c").arg(&file).stderr(Stdio::null());
        let mut group = self.account.spawn(command);
        let begun = Instant::now();
        while group.runs() && begun.elapsed() < START {
            if greets(self.port) {
                self.group = Some(group);
                return true;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        false
    }

    /// Ends its processes at once; the mail stays.
    pub fn stop(&mut self) {
        self.group = None;
    }

    /// The PEM file of the authority.
    pub fn ca_file(&self) -> PathBuf {
        self.dir.path().join("ca.pem")
    }

    /// The folder of all Maildirs.
    pub fn mail(&self) -> PathBuf {
        self.dir.path().join("mail")
    }

    /// The Maildir of a user, made if missing.
    pub fn maildir(&self, user: &str) -> PathBuf {
        let folder = self.mail().join(user);
        self.account.folder(&folder);
        for part in ["tmp", "new", "cur"] {
            self.account.folder(&folder.join(part));
        }
        folder
    }

    /// Puts a mail into a user's INBOX as a local delivery does: written aside, then renamed.
    pub fn deliver(&self, user: &str, mail: impl AsRef<[u8]>) {
        let folder = self.maildir(user);
        let name =
            format!("{:010}.M{}.test", 1_700_000_000, COUNTER.fetch_add(1, Ordering::SeqCst));
        let aside = folder.join("tmp").join(&name);
        self.account.file(&aside, unix(mail.as_ref()));
        fs::rename(aside, folder.join("new").join(name)).unwrap();
    }

    /// The mails in a user's INBOX, in order of arrival, as they lie there.
    pub fn mails(&self, user: &str) -> Vec<String> {
        let folder = self.maildir(user);
        let mut files = Vec::new();
        for part in ["new", "cur"] {
            files.extend(
                fs::read_dir(folder.join(part)).unwrap().map(|entry| entry.unwrap().path()),
            );
        }
        files.sort_by_key(|path| age(&path.file_name().unwrap().to_string_lossy()));
        files
            .iter()
            .filter_map(|path| fs::read(path).ok())
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .collect()
    }

    /// Makes all UIDs void: the next opening gives a new UIDVALIDITY. The server must be stopped.
    pub fn forget_uids(&self, user: &str) {
        assert!(self.group.is_none(), "stop the server first: it would write its lists back");
        for entry in fs::read_dir(self.maildir(user)).unwrap() {
            let path = entry.unwrap().path();
            if path.file_name().unwrap().to_string_lossy().starts_with("dovecot") {
                fs::remove_file(path).unwrap();
            }
        }
    }

    /// A second client, logged in, with INBOX open.
    pub fn client(&self, user: &str) -> Client {
        Client::open(self.port, user)
    }

    /// How many times somebody has logged in.
    pub fn logins(&self) -> usize {
        let log = fs::read_to_string(self.dir.path().join("info.log")).unwrap_or_default();
        log.matches(" Login: user=").count()
    }

    /// What it wrote to its log.
    pub fn log(&self) -> String {
        fs::read_to_string(self.dir.path().join("dovecot.log")).unwrap_or_default()
    }
}

/// Asks until something is there or a server's patience ends.
pub fn eventually<T>(mut ask: impl FnMut() -> Option<T>) -> Option<T> {
    let begun = Instant::now();
    while begun.elapsed() < START {
        if let Some(found) = ask() {
            return Some(found);
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    None
}

fn greets(port: u16) -> bool {
    let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) else { return false };
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    let mut start = [0; 4];
    stream.read_exact(&mut start).is_ok() && &start == b"* OK"
}

/// Maildirs hold LF line ends.
fn unix(mail: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(mail.len());
    let mut rest = mail.iter().peekable();
    while let Some(&byte) = rest.next() {
        if !(byte == b'\r' && rest.peek() == Some(&&b'\n')) {
            out.push(byte);
        }
    }
    out
}

/// Another person's mail client: one command at a time, whole answers.
#[derive(Debug)]
pub struct Client {
    stream: BufReader<TcpStream>,
    serial: u32,
}

impl Client {
    /// Connects, logs in, opens INBOX.
    pub fn open(port: u16, user: &str) -> Client {
        let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let mut client = Client { stream: BufReader::with_capacity(1 << 17, stream), serial: 0 };
        client.line();
        client.run(&format!("LOGIN {user} {PASSWORD}"));
        client.run("SELECT INBOX");
        client
    }

    /// Runs a command that must succeed; the untagged answers.
    pub fn run(&mut self, command: &str) -> Vec<Vec<u8>> {
        let tag = self.send(command);
        self.answer(&tag)
    }

    /// Sends a command and returns its tag, so that several can be under way.
    pub fn send(&mut self, command: &str) -> String {
        self.serial += 1;
        let tag = format!("t{}", self.serial);
        self.write(format!("{tag} {command}\r\n").as_bytes());
        tag
    }

    /// Reads up to the tagged answer, which must be OK.
    pub fn answer(&mut self, tag: &str) -> Vec<Vec<u8>> {
        let mut lines = Vec::new();
        loop {
            let line = self.line();
            if line.starts_with(format!("{tag} ").as_bytes()) {
                assert!(
                    line.starts_with(format!("{tag} OK").as_bytes()),
                    "{}",
                    String::from_utf8_lossy(&line)
                );
                return lines;
            }
            lines.push(line);
        }
    }

    /// Sends bytes as they are.
    pub fn write(&mut self, bytes: &[u8]) {
        self.stream.get_mut().write_all(bytes).unwrap();
    }

    /// One answer with its literals.
    pub fn line(&mut self) -> Vec<u8> {
        let mut line = Vec::new();
        loop {
            let begun = line.len();
            self.stream.read_until(b'\n', &mut line).unwrap();
            assert!(line.len() > begun, "the server closed the connection");
            let Some(size) = literal(&line[begun..]) else { return line };
            let start = line.len();
            line.resize(start + size, 0);
            self.stream.read_exact(&mut line[start..]).unwrap();
        }
    }

    /// Waits in IDLE for the server to announce mail, sleeping in the socket; when it did.
    pub fn idle(&mut self, act: impl FnOnce()) -> Instant {
        let tag = self.send("IDLE");
        while !self.line().starts_with(b"+") {}
        act();
        while !self.line().ends_with(b" EXISTS\r\n") {}
        let heard = Instant::now();
        self.write(b"DONE\r\n");
        self.answer(&tag);
        heard
    }

    /// UIDs and flags of the mails in INBOX.
    pub fn flags(&mut self) -> Vec<(u32, String)> {
        self.run("NOOP");
        let lines = self.run("UID FETCH 1:* (UID FLAGS)");
        lines.iter().filter_map(|line| flags_of(&String::from_utf8_lossy(line))).collect()
    }

    /// Removes a mail for good.
    pub fn expunge(&mut self, uid: u32) {
        self.run(&format!("UID STORE {uid} +FLAGS.SILENT (\\Deleted)"));
        self.run("EXPUNGE");
    }

    /// How many mails another folder holds.
    pub fn count(&mut self, folder: &str) -> u32 {
        let lines = self.run(&format!("STATUS {folder} (MESSAGES)"));
        let text = String::from_utf8_lossy(&lines.concat()).into_owned();
        text.split("MESSAGES ")
            .nth(1)
            .and_then(|rest| rest.split(')').next())
            .and_then(|number| number.parse().ok())
            .unwrap()
    }
}

/// `… {12}\r\n` announces 12 bytes.
fn literal(line: &[u8]) -> Option<usize> {
    let text = std::str::from_utf8(line.strip_suffix(b"}\r\n")?).ok()?;
    text.rsplit_once('{')?.1.parse().ok()
}

fn flags_of(line: &str) -> Option<(u32, String)> {
    let uid = line.split("UID ").nth(1)?.split([' ', ')']).next()?.parse().ok()?;
    let flags = line.split("FLAGS (").nth(1)?.split(')').next()?;
    Some((uid, flags.to_owned()))
}

/// Seconds and microseconds of delivery, as the name of a maildir file says them
/// (`1700000000.M4711P12.host`, Exim writes `H` for `M`), then the name itself. The numbers have no
/// leading zeros, so names alone do not sort by age.
fn age(name: &str) -> (u64, u64, String) {
    let number = |text: &str| {
        text.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap_or(0)
    };
    let (seconds, rest) = name.split_once('.').unwrap_or((name, ""));
    (
        number(seconds),
        number(rest.trim_start_matches(|c: char| !c.is_ascii_digit())),
        name.to_owned(),
    )
}
