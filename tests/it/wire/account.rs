//! The account that the test servers run under: ours, or `nobody` when the tests run as root, since
//! Dovecot and Exim refuse to handle mail as root. Processes are started in groups of their own and
//! ended by the group's id.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A line of /etc/passwd, with the group's name.
#[derive(Clone, Debug)]
pub struct Account {
    pub name: String,
    pub group: String,
    pub uid: u32,
    pub gid: u32,
    pub drops: bool,
}

impl Account {
    /// Ours, or `nobody` for root.
    pub fn find() -> Account {
        let own = fs::metadata("/proc/self").unwrap().uid();
        let passwd = fs::read_to_string("/etc/passwd").unwrap();
        let fields = |line: &str| line.split(':').map(str::to_owned).collect::<Vec<_>>();
        let wanted = |row: &Vec<String>| {
            if own == 0 { row[0] == "nobody" } else { row[2] == own.to_string() }
        };
        let row =
            passwd.lines().map(fields).find(wanted).expect("this account stands in /etc/passwd");
        let groups = fs::read_to_string("/etc/group").unwrap();
        let group = groups
            .lines()
            .map(fields)
            .find(|group| group[2] == row[3])
            .expect("its group stands in /etc/group");
        let number = |text: &str| text.parse().unwrap();
        Account {
            name: row[0].clone(),
            group: group[0].clone(),
            uid: number(&row[2]),
            gid: number(&row[3]),
            drops: own == 0,
        }
    }

    /// Gives a path to the account.
    pub fn own(&self, path: &Path) {
        if self.drops {
            std::os::unix::fs::chown(path, Some(self.uid), Some(self.gid)).unwrap();
        }
    }

    /// Makes a folder that the account may use.
    pub fn folder(&self, path: &Path) {
        if !path.exists() {
            fs::create_dir(path).unwrap();
            self.own(path);
        }
    }

    /// Writes a file that the account may read.
    pub fn file(&self, path: &Path, text: impl AsRef<[u8]>) {
        fs::write(path, text).unwrap();
        self.own(path);
    }

    /// Starts a server in a process group of its own.
    pub fn spawn(&self, mut command: Command) -> Group {
        if self.drops {
            command.uid(self.uid).gid(self.gid);
        }
        let child = command.process_group(0).current_dir("/").stdin(Stdio::null()).spawn();
        let name = command.get_program().to_string_lossy().into_owned();
        Group(child.unwrap_or_else(|error| {
            panic!("{name} cannot be started ({error}): tests/run.sh installs what the tests need")
        }))
    }
}

/// A server and its children; all are ended when it is dropped.
#[derive(Debug)]
pub struct Group(pub Child);

impl Group {
    /// Whether the first process still runs.
    pub fn runs(&mut self) -> bool {
        self.0.try_wait().unwrap().is_none()
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        signal("KILL", &format!("-{}", self.0.id()));
        let _ = self.0.wait();
    }
}

/// Sends a signal by the shell's own `kill`; a negative target is a process group.
pub fn signal(name: &str, target: &str) {
    let _ = Command::new("sh")
        .arg("-c")
        .arg(format!("kill -s {name} -- {target} 2>/dev/null"))
        .status();
}

/// A port that was free just now. Two servers may be given the same one, so starting is tried
/// again.
pub fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
