//! A real mail server on loopback: Exim, unprivileged, with its own configuration and spool,
//! delivering into the Maildirs of a Dovecot. It stands for the desk's provider and for everybody
//! else's.
//!
//! What a provider learns from DKIM and SPF cannot be had on loopback, so the client's HELO name
//! says it here: `pass.test` and `fail.test` give that verdict, any other none. The verdict is
//! stamped as the provider's Authentication-Results field, and fields of that kind that came with
//! the mail are removed, as RFC 8601 §5 asks.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::account::{Account, Group, free_port};
use super::dovecot::Dovecot;

/// The people who have a mailbox; mail to others is refused.
const PEOPLE: &[&str] = &[
    "support@desk.test",
    "owner@desk.test",
    "alice@desk.test",
    "bob@desk.test",
    "carol@customer.test",
    "dave@other.test",
];

/// What the provider thinks of a sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Pass,
    Fail,
    None,
}

/// The server; ends when dropped.
#[derive(Debug)]
pub struct Exim {
    pub port: u16,
    // Before the folder: fields are dropped in this order, and a living server would fill the
    // folder again.
    _group: Group,
    dir: TempDir,
}

const CONFIG: &str = "
exim_path = /usr/sbin/exim4
primary_hostname = mx.desk.test
spool_directory = {dir}/spool
log_file_path = {dir}/log/%slog
pid_file_path = {dir}/exim.pid
exim_user = {user}
exim_group = {group}
deliver_drop_privilege = true
local_interfaces = 127.0.0.1
daemon_smtp_ports = {port}
never_users =
keep_environment =
host_lookup =
rfc1413_hosts =
smtp_accept_max = 100
smtp_accept_queue_per_connection = 0
message_size_limit = 100M
disable_ipv6 = true
tls_advertise_hosts =
{more}acl_smtp_rcpt = rcpt
acl_smtp_data = data
begin acl
rcpt:
  deny message = no such person here
       !verify = recipient
  accept
data:
  warn remove_header = Authentication-Results
       add_header = :at_start:Authentication-Results: mx.desk.test; \\
         dmarc=${if eq{$sender_helo_name}{pass.test}{pass}{${if eq{$sender_helo_name}{fail.test}{fail}{none}}}} \\
         header.from=${domain:${address:$h_from:}}
  accept
begin routers
mailboxes:
  driver = accept
  condition = ${lookup{$local_part@$domain}lsearch{{dir}/people}{yes}{no}}
  transport = maildir
begin transports
maildir:
  driver = appendfile
  directory = {mail}/${lookup{$local_part@$domain}lsearch{{dir}/people}}
  maildir_format
  create_directory = false
  delivery_date_add
  envelope_to_add
  return_path_add
begin retry
* * F,1h,1s
";

impl Exim {
    /// Starts one that delivers into that Dovecot's Maildirs.
    pub fn start(dovecot: &Dovecot) -> Exim {
        Exim::with(dovecot, "")
    }

    /// The same with further lines in its configuration.
    pub fn with(dovecot: &Dovecot, lines: &str) -> Exim {
        let account = Account::find();
        let dir = tempfile::Builder::new().prefix("postdesk-exim-").tempdir().unwrap();
        account.own(dir.path());
        for folder in ["spool", "log"] {
            account.folder(&dir.path().join(folder));
        }
        for person in PEOPLE {
            dovecot.maildir(person);
        }
        let people: String = PEOPLE.iter().map(|person| format!("{person}: {person}\n")).collect();
        account.file(&dir.path().join("people"), people);
        for _ in 0..5 {
            let port = free_port();
            if let Some(group) = spawn(&account, &dir, (dovecot, lines), port) {
                return Exim { port, _group: group, dir };
            }
        }
        panic!(
            "Exim does not start (tests/run.sh installs exim4-daemon-light); it said:\n{}",
            logs(&dir)
        );
    }

    /// Hands a mail in as a client of the given standing.
    pub fn submit(&self, verdict: Verdict, from: &str, to: &str, mail: &str) {
        let helo = match verdict {
            Verdict::Pass => "pass.test",
            Verdict::Fail => "fail.test",
            Verdict::None => "unknown.test",
        };
        submit(self.port, helo, from, to, mail);
    }

    /// What it wrote to its logs.
    pub fn log(&self) -> String {
        logs(&self.dir)
    }
}

fn spawn(
    account: &Account,
    dir: &TempDir,
    (dovecot, lines): (&Dovecot, &str),
    port: u16,
) -> Option<Group> {
    let config = CONFIG
        .replace("{{dir}", &format!("{{{}", dir.path().display()))
        .replace("{dir}", &dir.path().display().to_string())
        .replace("{mail}", &dovecot.mail().display().to_string())
        .replace("{user}", &account.name)
        .replace("{group}", &account.group)
        .replace("{port}", &port.to_string())
        .replace("{more}", lines);
    let file = dir.path().join("exim.conf");
    account.file(&file, config);
    let out = dir.path().join("log/out");
    account.file(&out, "");
    let mut command = Command::new("/usr/sbin/exim4");
    command.arg("-C").arg(&file).arg("-bdf").arg("-q1s").stdout(Stdio::null());
    command.stderr(fs::File::create(&out).unwrap());
    let mut group = account.spawn(command);
    let begun = Instant::now();
    while group.runs() && begun.elapsed() < Duration::from_secs(20) {
        if TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return Some(group);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    None
}

fn logs(dir: &TempDir) -> String {
    let Ok(files) = fs::read_dir(dir.path().join("log")) else { return String::new() };
    files.filter_map(|entry| fs::read_to_string(entry.ok()?.path()).ok()).collect()
}

/// Hands a mail to an SMTP server on loopback; every reply must be positive.
pub fn submit(port: u16, helo: &str, from: &str, to: &str, mail: &str) {
    let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let mut stream = BufReader::new(stream);
    reply(&mut stream);
    let body = mail.replace("\r\n", "\n").replace("\n.", "\n..").replace('\n', "\r\n");
    for line in [
        format!("EHLO {helo}"),
        format!("MAIL FROM:<{from}>"),
        format!("RCPT TO:<{to}>"),
        "DATA".to_owned(),
    ] {
        stream.get_mut().write_all(format!("{line}\r\n").as_bytes()).unwrap();
        reply(&mut stream);
    }
    stream.get_mut().write_all(format!("{body}\r\n.\r\n").as_bytes()).unwrap();
    reply(&mut stream);
    let _ = stream.get_mut().write_all(b"QUIT\r\n");
}

fn reply(stream: &mut BufReader<TcpStream>) {
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).unwrap();
        assert!(line.starts_with(['2', '3']), "the mail server says: {line}");
        if line.as_bytes()[3] == b' ' {
            return;
        }
    }
}
