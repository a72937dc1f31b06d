//! The real binary with a generated configuration: started, killed, stopped, started again, and
//! asked by its own commands.

use std::fs;
use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use super::account::signal;

/// How long anything may take before a test gives up.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The binary under test.
pub const BINARY: &str = env!("CARGO_BIN_EXE_postdesk");

/// What differs between desks: lines of TOML for each table, put behind the defaults.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    pub desk: String,
    pub imap: String,
    pub smtp: String,
    pub authentication: String,
    pub limits: String,
    pub more: String,
}

impl Settings {
    /// Plain connections to these ports on loopback; the provider's verdicts are believed.
    pub fn plain(imap: u16, smtp: u16) -> Settings {
        Settings {
            imap: format!(
                "host = \"127.0.0.1\"\nport = {imap}\ntls = \"none\"\npassword = \"secret\"\n"
            ),
            smtp: format!("host = \"127.0.0.1\"\nport = {smtp}\ntls = \"none\"\n"),
            authentication: "authserv_id = \"mx.desk.test\"\n".to_owned(),
            limits: "undo_window = \"0s\"\n".to_owned(),
            more: AGENTS.to_owned(),
            ..Settings::default()
        }
    }

    /// Adds lines to `[imap]`.
    pub fn imap(mut self, lines: &str) -> Settings {
        self.imap.push_str(&format!("{lines}\n"));
        self
    }

    /// Adds lines to `[limits]`.
    pub fn limits(mut self, lines: &str) -> Settings {
        self.limits.push_str(&format!("{lines}\n"));
        self
    }

    fn text(&self, data: &str) -> String {
        let imap_defaults =
            if self.imap.contains("poll_interval") { "" } else { "poll_interval = \"1s\"\n" };
        format!(
            "[desk]\nname = \"Example Support\"\naddress = \"support@desk.test\"\nowner = \"owner@desk.test\"\n\
             time_zone = \"Europe/Berlin\"\ndata_dir = \"{data}\"\n{}\n\
             [imap]\nusername = \"support@desk.test\"\n{imap_defaults}{}\n[smtp]\n{}\n[authentication]\n{}\n[limits]\n{}\n{}\n",
            self.desk, self.imap, self.smtp, self.authentication, self.limits, self.more
        )
    }
}

const AGENTS: &str = "
[[queues]]
name = \"support\"
assign = \"everyone\"

[[agents]]
name = \"Alice Adams\"
handle = \"alice\"
address = \"alice@desk.test\"
role = \"lead\"
queues = [\"support\"]

[[agents]]
name = \"Bob Brown\"
handle = \"bob\"
address = \"bob@desk.test\"
role = \"agent\"
queues = [\"support\"]
";

/// A desk: its folder, its settings and, while it runs, its process.
#[derive(Debug)]
pub struct Daemon {
    dir: TempDir,
    child: Option<Child>,
}

impl Daemon {
    /// Writes the settings; starts nothing.
    pub fn prepare(settings: &Settings) -> Daemon {
        let dir = tempfile::Builder::new().prefix("postdesk-desk-").tempdir().unwrap();
        let daemon = Daemon { dir, child: None };
        daemon.configure(settings);
        daemon
    }

    /// Prepares and starts.
    pub fn start(settings: &Settings) -> Daemon {
        let mut daemon = Daemon::prepare(settings);
        daemon.resume();
        daemon
    }

    /// Changes the settings; they count from the next start.
    pub fn configure(&self, settings: &Settings) {
        fs::write(self.config(), settings.text(&self.data().display().to_string())).unwrap();
    }

    /// Starts the daemon, its output appended to the log.
    pub fn resume(&mut self) {
        self.resume_as(Command::new(BINARY));
    }

    /// Starts the daemon by a command that ends in the binary, such as a shell that sets a limit
    /// first.
    pub fn resume_as(&mut self, mut command: Command) {
        assert!(self.child.is_none(), "it runs already");
        let log = fs::OpenOptions::new().create(true).append(true).open(self.log_file()).unwrap();
        command.arg("--config").arg(self.config()).arg("run").stdin(Stdio::null());
        command.stdout(log.try_clone().unwrap()).stderr(log);
        self.child = Some(command.spawn().unwrap());
    }

    /// kill -9.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            let status = child.wait().unwrap();
            assert_eq!(
                status.signal(),
                Some(9),
                "it had ended by itself: {status}\n{}",
                self.log()
            );
        }
    }

    /// SIGTERM; how it ended and how long that took.
    pub fn stop(&mut self) -> (ExitStatus, Duration) {
        let mut child = self.child.take().expect("it runs");
        let begun = Instant::now();
        signal("TERM", &child.id().to_string());
        while begun.elapsed() < PATIENCE {
            if let Some(status) = child.try_wait().unwrap() {
                return (status, begun.elapsed());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        let _ = child.kill();
        let _ = child.wait();
        panic!("it does not stop:\n{}", self.log());
    }

    /// Whether the process is there.
    pub fn runs(&mut self) -> bool {
        self.child.as_mut().is_some_and(|child| child.try_wait().unwrap().is_none())
    }

    /// The process id.
    pub fn pid(&self) -> u32 {
        self.child.as_ref().expect("it runs").id()
    }

    /// A line of /proc/PID/status such as VmRSS or VmHWM, in KiB.
    pub fn memory(&self, line: &str) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid())).unwrap();
        let found = status.lines().find_map(|text| text.strip_prefix(line)).unwrap();
        found.trim_matches([':', ' ', '\t', 'k', 'B']).parse().unwrap()
    }

    /// Time that all its threads spent on a processor, in milliseconds.
    pub fn processor_ms(&self) -> u64 {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.pid())).unwrap();
        let (_, fields) = stat.rsplit_once(") ").unwrap();
        // Fields 14 and 15 of proc_pid_stat(5), in hundredths of a second.
        fields.split(' ').skip(11).take(2).map(|ticks| ticks.parse::<u64>().unwrap() * 10).sum()
    }

    /// The config file.
    pub fn config(&self) -> PathBuf {
        self.dir.path().join("config.toml")
    }

    /// The folder of the database.
    pub fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    /// The database file.
    pub fn database(&self) -> PathBuf {
        let is_database = |path: &PathBuf| {
            fs::read(path).is_ok_and(|bytes| bytes.starts_with(b"SQLite format 3\0"))
        };
        let entries = fs::read_dir(self.data()).unwrap().map(|entry| entry.unwrap().path());
        entries.into_iter().find(is_database).expect("a database in the data folder")
    }

    fn log_file(&self) -> PathBuf {
        self.dir.path().join("log")
    }

    /// All it has printed.
    pub fn log(&self) -> String {
        fs::read_to_string(self.log_file()).unwrap_or_default()
    }

    /// Runs one of the commands beside the daemon.
    pub fn command(&self, arguments: &[&str]) -> Output {
        self.command_with(arguments, b"")
    }

    /// The same, with something on stdin.
    pub fn command_with(&self, arguments: &[&str], input: &[u8]) -> Output {
        let mut command = Command::new(BINARY);
        command.arg("--config").arg(self.config()).args(arguments);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let input = input.to_vec();
        let feeder = std::thread::spawn(move || stdin.write_all(&input));
        let output = child.wait_with_output().unwrap();
        let _ = feeder.join().unwrap();
        output
    }

    /// What a command prints with `--json`; null while there is no database yet.
    pub fn json(&self, arguments: &[&str]) -> Value {
        let output = self.command(&[arguments, &["--json"]].concat());
        serde_json::from_slice(&output.stdout).unwrap_or(Value::Null)
    }

    /// The rows a command prints with `--json`.
    pub fn rows(&self, command: &str) -> Vec<Value> {
        self.json(&[command]).as_array().cloned().unwrap_or_default()
    }

    /// Asks until something is there.
    pub fn wait<T>(&self, what: &str, ask: impl FnMut() -> Option<T>) -> T {
        let found = until(ask);
        let ends = || {
            format!(
                "in vain for {what}\n{}\ninbox: {:#}\noutbox: {:#}",
                self.log(),
                self.json(&["inbox"]),
                self.json(&["outbox"])
            )
        };
        found.unwrap_or_else(|| panic!("waited {}", ends()))
    }

    /// Makes everything that waits in the outbox due now, as if the waiting time had passed.
    pub fn hurry(&self) {
        let database = rusqlite::Connection::open(self.database()).unwrap();
        database.busy_timeout(PATIENCE).unwrap();
        database
            .execute("UPDATE outbox SET due_at = 0 WHERE state IN ('queued', 'unknown')", [])
            .unwrap();
    }

    /// Waits until `status` shows a problem with that word, and returns it.
    pub fn trouble(&self, word: &str) -> String {
        self.wait(&format!("trouble with \"{word}\""), || {
            let problems = self.json(&["status"])["problems"].as_array()?.clone();
            problems
                .iter()
                .map(Value::to_string)
                .find(|problem| problem.to_lowercase().contains(word))
        })
    }

    /// Waits until so many tickets are there, and returns them.
    pub fn tickets(&self, count: usize) -> Vec<Value> {
        self.wait(&format!("{count} tickets"), || {
            Some(self.rows("list")).filter(|rows| rows.len() >= count)
        })
    }

    /// Waits until every mail in the inbox has its outcome and nothing waits in the outbox.
    pub fn settle(&self) {
        let busy = |state: &Value| matches!(state.as_str(), Some("queued" | "sending" | "unknown"));
        self.wait("rest", || {
            let inbox = self.rows("inbox");
            let decided = !inbox.is_empty() && inbox.iter().all(|row| !row["outcome"].is_null());
            (decided && !self.rows("outbox").iter().any(|row| busy(&row["state"]))).then_some(())
        });
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Asks until something is there or patience ends.
pub fn until<T>(mut ask: impl FnMut() -> Option<T>) -> Option<T> {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        if let Some(found) = ask() {
            return Some(found);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    None
}
