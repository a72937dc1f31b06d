//! A person at a real mail program: neomutt on a terminal that tmux keeps, its mail from Dovecot,
//! sent through Exim. What is typed here are the keys of neomutt's defaults; the words come from an
//! editor that writes what lies ready for it.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

use super::daemon::{Daemon, Settings};
use super::dovecot::{Dovecot, PASSWORD, eventually};
use super::exim::{Exim, Verdict};
use super::sink::header;
use super::world::{CAROL, DESK};

const ALICE: &str = "alice@desk.test";

/// The person's settings: who they are, where their mail lies, and no questions that have a usual
/// answer. The name by which it greets Exim is the verdict that is to be had.
const MUTTRC: &str = r#"
set imap_user = "alice@desk.test"
set imap_pass = "{password}"
set folder = "imap://127.0.0.1:{imap}/"
set spoolfile = "imap://127.0.0.1:{imap}/INBOX"
set smtp_url = "smtp://127.0.0.1:{smtp}/"
set hostname = "pass.test"
set from = "Alice Adams <alice@desk.test>"
set use_from = yes
set ssl_starttls = no
set ssl_force_tls = no
set editor = "{home}/editor"
set record = ""
set copy = no
set include = yes
set fast_reply = yes
set sort = mailbox-order
set mail_check = 1
set timeout = 1
set wait_key = no
set delete = no
set mark_old = no
set beep = no
set header_cache = ""
set message_cachedir = ""
set crypt_use_gpgme = no
set charset = "utf-8"
"#;

/// Neomutt on a terminal; both end when dropped.
struct Screen {
    home: TempDir,
}

impl Screen {
    fn start(dovecot: &Dovecot, exim: &Exim) -> Screen {
        let home = tempfile::Builder::new().prefix("postdesk-neomutt-").tempdir().unwrap();
        let screen = Screen { home };
        let path = screen.home.path().display().to_string();
        let settings =
            MUTTRC.replace("{password}", PASSWORD).replace("{imap}", &dovecot.port.to_string());
        fs::write(
            screen.file("muttrc"),
            settings.replace("{smtp}", &exim.port.to_string()).replace("{home}", &path),
        )
        .unwrap();
        let editor = format!(
            "#!/bin/sh\ncat '{path}/words' \"$1\" >'{path}/draft' && cat '{path}/draft' >\"$1\"\n"
        );
        fs::write(screen.file("editor"), editor).unwrap();
        let _ = Command::new("chmod").arg("700").arg(screen.file("editor")).status().unwrap();
        let command = format!(
            "env -i HOME='{path}' TERM=screen LANG=C.UTF-8 PATH=/usr/bin:/bin neomutt -n -F '{path}/muttrc'"
        );
        screen.tmux(&["-f", "/dev/null", "new-session", "-d", "-x", "120", "-y", "40", &command]);
        screen
    }

    fn file(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// A server of its own behind a socket in the temporary home, which nobody else's tmux knows.
    fn tmux(&self, arguments: &[&str]) -> String {
        let output = Command::new("tmux")
            .arg("-S")
            .arg(self.file("socket"))
            .args(arguments)
            .env_remove("TMUX")
            .output();
        let output = output.unwrap_or_else(|error| {
            panic!("tmux cannot be started ({error}): tests/run.sh installs what the tests need")
        });
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn keys(&self, keys: &[&str]) {
        self.tmux(&[&["send-keys"], keys].concat());
    }

    /// Waits until the screen is as wanted.
    fn shows(&self, what: &str, wanted: impl Fn(&str) -> bool) {
        let mut last = String::new();
        let found = eventually(|| {
            last = self.tmux(&["capture-pane", "-p"]);
            wanted(&last).then_some(())
        });
        assert!(
            found.is_some(),
            "waited in vain for {what}; the screen (tests/run.sh installs neomutt):\n{last}"
        );
    }

    /// Answers the last of so many mails with these words above the quotation, and a file if there
    /// is one.
    fn reply(&self, mails: usize, words: &str, enclosure: Option<&str>) {
        fs::write(self.file("words"), words).unwrap();
        self.shows("the mail in the index", |screen| screen.matches("[#1]").count() == mails);
        self.keys(&["*"]);
        self.keys(&["Enter"]);
        self.shows("the mail itself", |screen| screen.contains("goes to"));
        self.keys(&["r"]);
        self.shows("the draft", |screen| screen.contains("Compose") && screen.contains("Subject:"));
        if let Some(name) = enclosure {
            self.keys(&["a"]);
            self.shows("the question for a file", |screen| screen.contains("Attach file"));
            self.keys(&["-l", &self.file(name).display().to_string()]);
            self.keys(&["Enter"]);
            self.shows("the file in the draft", |screen| {
                screen.contains(name) && screen.contains("Compose") && screen.contains("  2 ")
            });
        }
        self.keys(&["y"]);
        self.shows("the mail to be sent", |screen| {
            screen.contains("Mail sent") || !screen.contains("Compose")
        });
        self.keys(&["i"]);
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        self.tmux(&["kill-server"]);
    }
}

#[test]
fn an_agent_at_neomutt_answers_closes_and_encloses() {
    let dovecot = Dovecot::start();
    let exim = Exim::start(&dovecot);
    let desk = Daemon::start(&Settings::plain(dovecot.port, exim.port));
    let mail = |person: &str, count: usize| {
        let what = format!("mail {count} to {person}; Exim says:\n{}", exim.log());
        desk.wait(&what, || dovecot.mails(person).get(count - 1).cloned())
    };
    let request = format!(
        "From: Carol <{CAROL}>\nTo: {DESK}\nSubject: Printer\nMessage-ID: <1@customer.test>\n\nIt burns since nine.\n"
    );
    exim.submit(Verdict::Pass, CAROL, DESK, &request);
    mail(ALICE, 1);

    let screen = Screen::start(&dovecot, &exim);
    screen.reply(1, "#close\n\nPlease pull the plug.\n\n", None);
    let answer = mail(CAROL, 2);
    assert!(answer.contains("Please pull the plug."), "{answer}");
    for inside in ["#close", "alice", "pass.test", "NeoMutt", "goes to"] {
        assert!(!answer.contains(inside), "{inside} went outside: {answer}");
    }
    let below: Vec<&str> = answer.lines().filter(|line| line.starts_with('>')).collect();
    assert_eq!(below, ["> It burns since nine."], "{answer}");
    let transcript = mail(ALICE, 2);
    assert!(
        transcript.contains("#close: solved")
            && header(&transcript, "Auto-Submitted") == "auto-replied",
        "{transcript}"
    );
    assert_eq!(desk.rows("list").first().map(|row| row["status"].clone()), Some("solved".into()));

    let id = header(&answer, "Message-ID");
    let again = format!(
        "From: Carol <{CAROL}>\nTo: {DESK}\nSubject: Re: Printer\nMessage-ID: <2@customer.test>\nIn-Reply-To: {id}\n\nWhich plug?\n"
    );
    exim.submit(Verdict::Pass, CAROL, DESK, &again);
    mail(ALICE, 3);
    fs::write(screen.file("plan.csv"), "plug,place\nred,wall\n").unwrap();
    screen.reply(3, "The red one, see the plan.\n\n", Some("plan.csv"));
    let answer = mail(CAROL, 3);
    assert!(
        answer.contains("The red one, see the plan.") && answer.contains("plan.csv"),
        "{answer}"
    );
    assert_eq!(answer.matches("Which plug").count(), 1, "only below the answer: {answer}");
    assert!(answer.contains("\n> Which plug?\n") && !answer.contains("alice"), "{answer}");
    desk.settle();
    assert_eq!(
        (dovecot.mails(CAROL).len(), dovecot.mails(ALICE).len()),
        (3, 3),
        "nobody was written to without need"
    );
    assert_eq!(desk.rows("list").first().map(|row| row["status"].clone()), Some("open".into()));
}
