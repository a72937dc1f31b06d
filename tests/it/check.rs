//! `check`, `run` and `quarantine release` as whoever runs a desk meets them: the real binary,
//! without servers. What is wrong is said before a mail finds it.

mod evidence;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use postdesk::desk::texts::BUILT_IN;

const SETTINGS: &str = r#"
[desk]
name = "Example Desk"
address = "support@desk.test"
owner = "owner@desk.test"
templates = "texts"
[imap]
host = "127.0.0.1"
port = 9
tls = "none"
username = "support"
password = "secret"
[smtp]
host = "127.0.0.1"
port = 9
tls = "none"
[limits]
undo_window = "0s"
[authentication]
authserv_id = "mx.desk.test"
check_dkim = false
[[agents]]
name = "Alice Archer"
address = "alice@desk.test"
"#;

struct Desk {
    folder: tempfile::TempDir,
    daemon: Option<Child>,
}

impl Desk {
    fn new() -> Desk {
        Desk::with(SETTINGS)
    }

    fn with(settings: &str) -> Desk {
        let folder = tempfile::tempdir().unwrap();
        let desk = Desk { folder, daemon: None };
        desk.write("config.toml", settings);
        fs::create_dir(desk.path("texts")).unwrap();
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_postdesk"));
        command.args(words).current_dir(self.folder.path()).env_remove("POSTDESK_CONFIG");
        command
    }

    /// What a command says, and how it ends.
    fn says(&self, words: &[&str]) -> (String, i32) {
        let output = self.command(words).stdin(Stdio::null()).output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        (String::from_utf8_lossy(&said).into_owned(), output.status.code().unwrap())
    }

    fn check(&self) -> String {
        self.says(&["check"]).0
    }

    fn deliver(&self, mail: &str) {
        let mut child = self.command(&["deliver"]).stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(mail.replace('\n', "\r\n").as_bytes()).unwrap();
        assert!(child.wait().unwrap().success());
    }

    fn run(&mut self) {
        let log = fs::File::options().append(true).create(true).open(self.path("log")).unwrap();
        let mut command = self.command(&["run"]);
        command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
        self.daemon = Some(command.spawn().unwrap());
        self.wait_for("postdesk runs", |desk| desk.log().contains("postdesk runs"));
    }

    /// As hard as a crash, and the log of this run alone is left.
    fn kill(&mut self) {
        let mut daemon = self.daemon.take().unwrap();
        daemon.kill().unwrap();
        daemon.wait().unwrap();
        fs::write(self.path("log"), "").unwrap();
    }

    fn log(&self) -> String {
        fs::read_to_string(self.path("log")).unwrap_or_default()
    }

    fn inbox(&self) -> serde_json::Value {
        serde_json::from_str(&self.says(&["inbox", "--json"]).0).unwrap()
    }

    fn wait_for(&self, what: &str, is: impl Fn(&Desk) -> bool) {
        let began = Instant::now();
        while !is(self) {
            assert!(began.elapsed() < Duration::from_secs(60), "{what} never\n{}", self.log());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn wait_for_end_of(&self, mails: usize) {
        self.wait_for("the end of the mails", |desk| {
            let inbox = desk.inbox();
            let rows = inbox.as_array().unwrap();
            rows.len() == mails && rows.iter().all(|row| !row["outcome"].is_null())
        });
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        if let Some(mut daemon) = self.daemon.take() {
            drop(daemon.kill());
            drop(daemon.wait());
        }
    }
}

fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// Own texts that break: the file, what is in it, and what is said of it.
const BROKEN: &[(&str, &str, &str)] = &[
    ("canned/broken.txt", "{{ customer", "line 1: unexpected end of input"),
    (
        "canned/refund.txt",
        "Hello {{ customer }},\n{{ amount }}\n",
        "line 2: nothing stands for amount",
    ),
    ("canned/if.txt", "Hi\n{% if custmer %}x{% endif %}", "line 2: nothing stands for custmer"),
    ("canned/for.txt", "{% for x in tickets %}{{ x }}{% endfor %}", "nothing stands for tickets"),
    ("canned/end.txt", "Hi {% endif %}", "line 1: "),
    ("canned/filter.txt", "Hi\n\n{{ customer | shout }}", "line 3: "),
    ("canned/empty.txt", "{% if number == 'no' %}x{% endif %}\n", "it is empty"),
    ("canned/order.txt", "Thank you.\n#close\n", "a line of it looks like a command: \"#close\""),
    ("canned/mail.txt", "Write to Alice@desk.test.\n", "it names alice@desk.test"),
    ("canned/middle.txt", "Thank you, see #close.\n", "a line of it looks like a command"),
    ("canned/long.txt", "{% for i in range(9000) %}so long {% endfor %}", "it comes to 71 kB"),
    ("en/reply.txt", "Subject: [#{{ number }}]\n\n{{ text }\n", "line 3: "),
    ("en/notification.txt", "Subject: x\n\n{{ txt }}\n", "line 3: nothing stands for txt"),
    ("en/transcript.txt", "{{ reply }}\n", "must be the subject"),
];

#[test]
fn each_text_of_ours_is_shown_and_may_be_taken_for_ones_own() {
    let desk = Desk::new();
    for (file, source) in BUILT_IN {
        desk.write(&format!("texts/{file}"), source);
    }
    let well = desk.check();
    assert!(well.contains(&format!("ok     templates: {} texts", BUILT_IN.len())), "{well}");
    let shown = desk.says(&["render"]).0;
    assert!(!shown.contains("undefined value") && !shown.contains("is broken"), "{shown}");
    assert_eq!(shown.matches("\nSubject: ").count(), BUILT_IN.len(), "{shown}");
}

#[test]
fn texts_of_ones_own_are_tried_before_a_mail_needs_them() {
    let desk = Desk::new();
    desk.write(
        "texts/canned/good.txt",
        "Dear {{ customer }}, {{ number }} {{ subject }} {{ status }} \
        {{ priority }} {{ queue }} {{ agent }} {{ desk }} {{ range(3) | length }}",
    );
    let well = desk.check();
    let all = format!("ok     templates: {} texts and 1 ready ones of yours", BUILT_IN.len());
    assert!(well.contains(&all), "{well}");
    for (file, text, words) in BROKEN {
        let path = format!("texts/{file}");
        desk.write(&path, text);
        let said = desk.check();
        let line = said.lines().find(|line| line.contains(&path)).unwrap_or("");
        assert!(line.starts_with("WRONG  templates: ") && line.contains(words), "{file}: {said}");
        fs::remove_file(desk.path(&path)).unwrap();
    }
    // All of them at once, and in the log and the status of the daemon, which runs all the same.
    BROKEN.iter().for_each(|(file, text, _)| desk.write(&format!("texts/{file}"), text));
    let all = desk.check();
    assert!(BROKEN.iter().all(|(file, ..)| all.contains(&format!("texts/{file}: "))), "{all}");
    let mut desk = desk;
    desk.run();
    let log = desk.log();
    assert!(log.contains("texts/canned/broken.txt: line 1: unexpected end of input"), "{log}");
    let (status, code) = desk.says(&["status"]);
    assert!(code == 1 && status.contains("texts/canned/refund.txt: line 2: "), "{status}");
}

const UNSAID: &[(&str, &str)] = &[
    ("why-what", "line 2: is no entry"),
    ("why-wot: why?", "line 2: nothing is said by why-wot"),
    ("no-such-page: of {{ page }}", "line 2: nothing stands for page here"),
    ("no-ticket: {{ numbr }}", "line 2: nothing stands for numbr here; there are number"),
    ("no-ticket: {{ number", "line 2: unexpected end of input"),
];

#[test]
fn catalogues_of_ones_own_are_tried_line_by_line() {
    let desk = Desk::new();
    let whole = desk.says(&["render", "complaints"]).0;
    assert!(whole.contains("\nwhy-what: why what? Answer"), "{whole}");
    desk.write("texts/en/complaints.txt", &whole);
    let well = desk.check();
    let all = format!("ok     templates: {} texts\n", BUILT_IN.len());
    assert!(well.contains(&all), "{well}");
    assert!(!well.contains("is never used"), "{well}");
    for (line, words) in UNSAID {
        desk.write("texts/en/complaints.txt", &format!("# Ours.\n{line}\n"));
        let said = desk.check();
        let found = said.lines().find(|line| line.contains("complaints.txt")).unwrap_or("");
        assert!(found.starts_with("WRONG  templates: ") && found.contains(words), "{said}");
    }
}

#[test]
fn texts_that_nobody_will_read_are_said() {
    let desk = Desk::with(&SETTINGS.replace("[imap]", "language = \"de\"\n[imap]"));
    desk.write("texts/canned/refund.md", "x");
    desk.write("texts/canned/re-fund.txt", "x");
    desk.write("texts/canned/refund.txt", "x");
    fs::write(desk.path("texts/canned/latin.txt"), b"Gr\xfc\xdfe").unwrap();
    desk.write("texts/en/acknowledgment.txt", "Subject: x\n\nx");
    let said = desk.check();
    for words in [
        "note   there are no texts in the language \"de\"",
        "texts/canned/refund.md is not read: the name of a text ends in .txt",
        "texts/en/acknowledgment.txt is never used: no text has that name",
        "note   the ready text \"refund\" is never used: #canned takes \"re-fund\"",
        "texts/canned/latin.txt: is not UTF-8",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    fs::remove_dir_all(desk.path("texts")).unwrap();
    let said = desk.check();
    assert!(said.contains("texts (templates) is no folder"), "{said}");
}

#[test]
fn settings_that_others_can_read_are_said_by_check_and_run() {
    let mut desk = Desk::new();
    set_mode(&desk.path("config.toml"), 0o644);
    assert!(
        desk.check().contains("note   config.toml holds a password and others on this machine")
    );
    desk.run();
    assert!(desk.log().contains("holds a password and others on this machine can read it"));
    set_mode(&desk.path("config.toml"), 0o600);
    assert!(!desk.check().contains("holds a password"));
}

const FIRST: &str = "From: Carol <carol@customer.test>\nTo: support@desk.test\nSubject: Scanner\n\
    Message-ID: <m1@customer.test>\n\nIt is slow.\n";

#[test]
fn a_lost_key_is_told() {
    let mut desk = Desk::new();
    assert!(!desk.check().contains(" key: "), "nothing is there to be lost");
    desk.run();
    desk.deliver(FIRST);
    desk.wait_for_end_of(1);
    assert!(desk.check().contains("ok     key: "), "{}", desk.check());
    desk.kill();
    let key = fs::read(desk.path("data/key")).unwrap();
    let lost = "The key of the desk, data/key, is lost or another than before";

    // Gone, and no daemon has made another yet.
    fs::remove_file(desk.path("data/key")).unwrap();
    assert!(desk.check().contains(&format!("WRONG  key: {lost}")), "{}", desk.check());
    assert!(desk.says(&["status"]).0.contains(lost));
    // Another one was made, and for as long as it is used.
    for _ in 0..2 {
        desk.run();
        assert!(desk.log().contains(lost), "{}", desk.log());
        let (status, code) = desk.says(&["status"]);
        assert!(code == 1 && status.contains(lost), "{status}");
        assert!(desk.check().contains(&format!("WRONG  key: {lost}")));
        desk.kill();
    }
    // Put back.
    fs::write(desk.path("data/key"), &key).unwrap();
    desk.run();
    assert!(!desk.log().contains(lost) && !desk.says(&["status"]).0.contains(lost));
    assert!(desk.check().contains("ok     key: "));
    set_mode(&desk.path("data/key"), 0o644);
    assert!(desk.check().contains("WRONG  key: others on this machine can read data/key"));
    desk.kill();
    fs::write(desk.path("data/key"), "short").unwrap();
    assert!(desk.check().contains("WRONG  key: data/key is no key"));
}

/// It names nobody who is none of us.
const TWO_SENDERS: &str = "From: alice@desk.test, support@desk.test\nTo: support@desk.test\n\
    Subject: Both\nMessage-ID: <m2@customer.test>\n\nWe.\n";
const SLIP: &str = "Authentication-Results: mx.desk.test; dmarc=pass header.from=desk.test\n\
    From: alice@desk.test\nTo: support@desk.test\nSubject: Hello\nMessage-ID: <m4@desk.test>\n\n\
    #clsoe\nHello\n";
/// In an agent's name, and nobody vouches for it.
const UNKNOWN: &str = "From: alice@desk.test\nTo: support@desk.test\nSubject: Mine\n\
    Message-ID: <m3@desk.test>\n\nMy lamp is broken.\n";

#[test]
fn a_release_says_what_came_of_it() {
    let mut desk = Desk::new();
    desk.run();
    desk.deliver(TWO_SENDERS);
    desk.deliver(UNKNOWN);
    desk.deliver(SLIP);
    desk.wait_for_end_of(3);
    let (said, code) = desk.says(&["quarantine", "release", "3"]);
    let slip = "Mail 3 is held again: #clsoe: unknown; did you mean #close?\n";
    assert!(said.starts_with(slip) && code == 1, "{said}");
    assert_eq!(said.matches("  transcript → alice@desk.test").count(), 1, "of now: {said}");
    assert!(
        said.contains("`postdesk quarantine show 3` shows it, `drop 3` puts it away"),
        "{said}"
    );
    let (said, code) = desk.says(&["quarantine", "release", "1"]);
    assert!(said.starts_with("Mail 1 is let go: message, ticket #1 (") && code == 0, "{said}");
    assert!(!said.contains("acknowledgement →"), "nobody knows who wrote: {said}");
    let (said, code) = desk.says(&["quarantine", "release", "2"]);
    assert!(said.starts_with("Mail 2 is let go: message, ticket #2 (") && code == 0, "{said}");
    assert!(said.contains("\n  acknowledgement → alice@desk.test ("), "{said}");
    let (said, code) = desk.says(&["quarantine", "release", "2"]);
    assert!(code == 1 && said.contains("mail 2 is neither in quarantine nor held"), "{said}");
    desk.kill();
    let (said, code) = desk.says(&["quarantine", "release", "3"]);
    assert!(said.contains("No daemon runs here: it is worked on at the next start"), "{said}");
    assert_eq!(code, 0);
    desk.run();
    desk.wait_for_end_of(3);
    assert_eq!(desk.inbox()[2]["outcome"], "held");
}

/// Own texts that are sound and lose what they are for.
const HOLLOW: &[(&str, &str, &str)] = &[
    (
        "en/reply.txt",
        "Subject: [#{{ number }}]\n\nYou have an answer.\n",
        "reply: what the agent wrote",
    ),
    (
        "en/notification.txt",
        "Subject: x\n\nReply → {{ goes_to }}\n\nA mail came.\n",
        "what the customer wrote",
    ),
    ("en/transcript.txt", "Subject: x\n\nDone.\n", "no transcript shows that it was done"),
    (
        "en/notification.txt",
        "Subject: x\n\n{{ reply }}\n{{ text }}\n",
        "line 3: `reply` is undefined",
    ),
];

#[test]
fn one_dry_mail_for_each_agent() {
    let settings = SETTINGS.to_owned()
        + "queues = [\"billing\"]\n[[agents]]\nname = \"Bob Brown\"\naddress = \"bob@other.test\"\n\
           [[queues]]\nname = \"support\"\n[[queues]]\nname = \"billing\"\n";
    let desk = Desk::with(&settings);
    let said = desk.check();
    assert!(said.contains("ok     data_dir: data is not there yet"), "{said}");
    for (address, name) in [("alice@desk.test", "Alice Archer"), ("bob@other.test", "Bob Brown")] {
        let line = format!(
            "ok     agent {address}: hears of mail, answers customers as \"{name} (Example Desk)\", \
             commands are answered; known by the word of mx.desk.test; no mail of theirs has come yet"
        );
        assert!(said.lines().any(|one| one == line), "{line}\n{said}");
    }
    assert!(!desk.path("data").join("postdesk.db").exists(), "the real database is not made");
    for (file, text, words) in HOLLOW {
        let path = format!("texts/{file}");
        desk.write(&path, text);
        let said = desk.check();
        let wrong =
            said.lines().filter(|line| line.starts_with("WRONG  agent ") && line.contains(words));
        assert_eq!(wrong.count(), 2, "{file}: {said}");
        fs::remove_file(desk.path(&path)).unwrap();
    }
    let desk = Desk::with(&settings.replace("authserv_id = \"mx.desk.test\"\n", ""));
    let said = desk.check();
    assert!(
        said.contains("WRONG  agent bob@other.test: nothing that they write is believed"),
        "{said}"
    );
}

#[test]
fn mail_that_waits_for_a_person_is_said_by_check_and_status() {
    let desk = Desk::new();
    desk.deliver("From: alice@desk.test\nMessage-ID: <1@desk.test>\nSubject: x\n\nYes.\n");
    let held = |minutes: i64| {
        let database = rusqlite::Connection::open(desk.path("data/postdesk.db")).unwrap();
        let sql = "UPDATE inbox SET outcome = 'held', from_address = 'alice@desk.test', arrived_at = unixepoch() * 1000 - ?1 * 60000";
        database.execute(sql, [minutes]).unwrap();
    };
    let words = "1 mail is held for more than an hour: mail 1 of alice@desk.test";
    held(59);
    let said = [desk.check(), desk.says(&["status"]).0].concat();
    assert!(!said.contains("held for more"), "{said}");
    held(61);
    let (said, code) = desk.says(&["status", "--json"]);
    let status: serde_json::Value = serde_json::from_str(&said).unwrap();
    let problems = status["problems"].as_array().unwrap();
    let problem = problems.iter().find(|one| one["what"] == words);
    let advice = problem.unwrap_or_else(|| panic!("{said}"))["advice"].as_str().unwrap();
    assert!(advice.contains("quarantine release") && code == 1, "{said}");
    assert!(desk.check().contains(&format!("note   {words}; ")), "{}", desk.check());
}
