//! Settings: what is accepted, what is complained about and where, and that the manual tells the
//! truth.

mod calendar;
mod faults;
mod hooks;
mod manual;
mod names;
mod oauth2;
mod shadow;
mod sla;

use std::path::{Path, PathBuf};
use std::time::Duration;

use postdesk::config::{
    self, After, Assign, Complaints, Config, FirstStart, KEYS, Proof, RIGHTS, Right, Role, Secret,
    Tls,
};
use proptest::prelude::*;
use secrecy::ExposeSecret;

use super::made::address;
use faults::FAULTS;

const EXAMPLE: &str = include_str!("../../config.example.toml");
const FILE: &str = "/srv/desk/config.toml";

/// The least that runs.
const LEAST: &str = r#"
[desk]
name = "Desk"
address = "support@desk.test"
owner = "owner@desk.test"
[imap]
host = "imap.desk.test"
username = "support"
password = "s3cret-imap"
[smtp]
host = "smtp.desk.test"
[[agents]]
name = "Alice"
address = "alice@desk.test"
"#;

fn parse(text: &str) -> Result<Config, Complaints> {
    config::parse(text, Path::new(FILE))
}

fn good(text: &str) -> Config {
    parse(text).unwrap_or_else(|complaints| panic!("{}\n{text}", complaints.to_text()))
}

fn bad(text: &str) -> Complaints {
    match parse(text) {
        Ok(config) => panic!("accepted: {text}\n{config:#?}"),
        Err(complaints) => complaints,
    }
}

/// The least, with some lines put right after the header of a section; a section that is not there
/// is added.
fn with(section: &str, lines: &str) -> String {
    let header = format!("\n{section}\n");
    if LEAST.contains(&header) {
        LEAST.replacen(&header, &format!("{header}{lines}\n"), 1)
    } else {
        format!("{LEAST}{section}\n{lines}\n")
    }
}

/// The least, with one of its lines changed, or dropped where `new` is empty.
fn instead(old: &str, new: &str) -> String {
    assert_eq!(LEAST.matches(old).count(), 1, "{old}");
    LEAST.replacen(old, new, 1)
}

fn line_of(text: &str, needle: &str) -> Option<usize> {
    text.lines().position(|line| line.contains(needle)).map(|index| index + 1)
}

#[test]
fn the_least_has_the_defaults_of_the_manual() {
    let config = good(LEAST);
    assert_eq!(config.desk.data_dir, PathBuf::from("/srv/desk/data"));
    assert_eq!(config.desk.time_zone.iana_name(), Some("UTC"));
    assert_eq!(
        (config.desk.close_after.as_secs(), config.desk.reopen_within.as_secs()),
        (7 * 86_400, 90 * 86_400)
    );
    assert_eq!((config.imap.server.port, config.imap.server.tls), (993, Tls::Implicit));
    assert_eq!(
        (config.smtp.port, config.smtp.tls, config.smtp.connections),
        (465, Tls::Implicit, 8)
    );
    assert!(
        config.smtp.login.is_none()
            && config.smtp.messages_per_minute.is_none()
            && config.templates.is_none()
    );
    assert_eq!(
        (config.imap.after.clone(), config.imap.first_start, config.imap.idle),
        (After::Keyword, None, true)
    );
    assert_eq!(
        (config.imap.mailbox.as_str(), config.imap.poll_interval),
        ("INBOX", Duration::from_secs(60))
    );
    assert!(
        config.authentication.authserv_id.is_none() && !config.authentication.unsafe_trust_from
    );
    assert_eq!(
        (config.authentication.check_dkim, config.authentication.dns.len()),
        (cfg!(feature = "dkim"), 0)
    );
    let queue = &config.queues[0];
    assert_eq!(
        (config.queues.len(), queue.name.as_str(), queue.assign),
        (1, "support", Assign::Everyone)
    );
    let hours = |hours: u64| Duration::from_secs(hours * 3600);
    assert_eq!(queue.sla.normal.first_answer, hours(8));
    assert_eq!(
        (queue.sla.low.solution, queue.sla.high.update, queue.sla.urgent.next_answer),
        (Some(hours(80)), Some(hours(12)), Some(hours(2)))
    );
    let agent = &config.agents[0];
    assert_eq!(
        (agent.handle.as_str(), agent.role, agent.queues.as_slice()),
        ("alice", Role::Agent, &["support".to_owned()][..])
    );
    assert_eq!(config.limits.message_size, 50 * 1024 * 1024);
    assert_eq!(config.limits.undo_window, Duration::from_secs(30));
}

#[test]
fn ports_follow_tls() {
    for (tls, imap, smtp) in [("implicit", 993, 465), ("starttls", 143, 587), ("none", 143, 25)] {
        let text = LEAST.replace("imap.desk.test\"", &format!("localhost\"\ntls = \"{tls}\""));
        let config = good(&text.replace("smtp.desk.test\"", &format!("[::1]\"\ntls = \"{tls}\"")));
        assert_eq!(
            (config.imap.server.port, config.smtp.port, config.smtp.host.as_str()),
            (imap, smtp, "::1")
        );
    }
}

#[test]
fn in_the_clear_to_this_machine_only() {
    for (host, allowed) in [
        ("localhost", true),
        ("127.0.0.1", true),
        ("127.8.0.9", true),
        ("::1", true),
        ("10.0.0.1", false),
        ("localhost.desk.test", false),
    ] {
        let text =
            instead("host = \"smtp.desk.test\"", &format!("host = \"{host}\"\ntls = \"none\""));
        assert_eq!(parse(&text).is_ok(), allowed, "{host}");
    }
}

#[test]
fn everything_that_can_be_meant() {
    let text = r#"
sla = { first_answer = "1d12h", urgent = { first_answer = "3h", update = "1h" } }
[desk]
name = "Example Support"
address = "Support@Desk.Test"
data_dir = "/var/lib/postdesk"
own_lists = ["<staff.desk.test>", "all.desk.test"]
owner = "owner@desk.test"
time_zone = "Europe/Berlin"
language = "de"
templates = "texts"
close_after = "2w"
reopen_within = "0s"
[imap]
host = "imap.desk.test"
port = 1_993
tls = "starttls"
ca_file = "extra-ca.pem"
username = "support"
password_command = ["pass", "show", "desk mail"]
mailbox = "Support/In"
after = { move = "Handled" }
first_start = "quiet"
poll_interval = "1m30s"
idle = false
[smtp]
host = "192.0.2.7"
username = "support"
password_env = "SMTP_PASSWORD"
bounce_address = "bounces@desk.test"
messages_per_minute = 30
connections = 2
[authentication]
authserv_id = "mx.desk.test"
trusted_hops = ["relay.desk.test"]
check_dkim = false
dns = ["127.0.0.1", "[::1]:5353"]
unsafe_trust_from = true
[[queues]]
name = "support"
sla = { first_answer = "90m", update = "never" }
[[queues]]
name = "Billing"
assign = "round-robin"
[queues.hours]
monday = ["13:00-17:00", "9:00 – 12:30"]
sunday = "closed"
holidays = [2026-12-24]
time_zone = "America/New_York"
[[agents]]
name = "Bob Brown"
address = "bob@desk.test"
handle = "bb"
role = "lead"
queues = ["billing"]
skills = ["invoices", "refunds"]
[hours]
friday = "00:00-24:00"
holidays = ["2026-12-25", "2026-12-25"]
[limits]
message_size = "25 MB"
acknowledgements_per_address_and_day = 0
acknowledgements_per_hour = 7
notifications_per_agent_and_hour = 0x10
undo_window = "0s"
"#;
    let config = good(text);
    assert_eq!(config.desk.own_lists, ["staff.desk.test", "all.desk.test"]);
    assert_eq!(config.desk.address.as_str(), "Support@Desk.Test");
    assert_eq!(
        (config.desk.close_after.as_secs(), config.desk.reopen_within.as_secs()),
        (14 * 86_400, 0)
    );
    assert_eq!(config.templates, Some(PathBuf::from("/srv/desk/texts")));
    assert_eq!(config.desk.data_dir, PathBuf::from("/var/lib/postdesk"));
    assert_eq!(
        (config.imap.server.port, config.imap.server.ca_file),
        (1993, Some(PathBuf::from("/srv/desk/extra-ca.pem")))
    );
    assert_eq!(
        (config.imap.after, config.imap.first_start),
        (After::Move("Handled".to_owned()), Some(FirstStart::Quiet))
    );
    assert_eq!((config.imap.poll_interval, config.imap.idle), (Duration::from_secs(90), false));
    assert!(
        matches!(config.imap.server.login.unwrap().proof, Proof::Password(Secret::Command(words)) if words == ["pass", "show", "desk mail"])
    );
    assert!(
        matches!(config.smtp.login.unwrap().proof, Proof::Password(Secret::Environment(name)) if name == "SMTP_PASSWORD")
    );
    assert_eq!((config.smtp.messages_per_minute, config.smtp.connections), (Some(30), 2));
    assert_eq!(config.smtp.bounce_address, Some(address("bounces@desk.test")));
    assert_eq!(config.authentication.trusted_hops, ["relay.desk.test"]);
    let servers: Vec<String> = config.authentication.dns.iter().map(ToString::to_string).collect();
    assert_eq!(
        (config.authentication.check_dkim, servers.join(" ")),
        (false, "127.0.0.1:53 [::1]:5353".to_owned())
    );
    let [support, billing] = config.queues.as_slice() else { panic!("two queues") };
    let firsts = |queue: &config::Queue| {
        let config::Sla { low, normal, high, urgent } = queue.sla;
        [low, normal, high, urgent].map(|goals| goals.first_answer.as_secs() / 60)
    };
    // What is written for a priority holds in all queues, as long as none waits longer than a lower.
    assert_eq!((firsts(support), firsts(billing)), ([180, 90, 90, 90], [4320, 2160, 1080, 180]));
    assert_eq!((support.sla.normal.update, support.sla.high.update), (None, None));
    assert_eq!(support.sla.urgent.update.map(|time| time.as_secs()), Some(3600));
    assert_eq!((support.hours.week[4][0].end, support.hours.week[0].len()), (None, 0));
    assert_eq!(
        (support.hours.holidays.len(), support.hours.zone.iana_name()),
        (1, Some("Europe/Berlin"))
    );
    let monday: Vec<String> = billing.hours.week[0]
        .iter()
        .map(|span| format!("{}-{}", span.start, span.end.unwrap()))
        .collect();
    assert_eq!(monday, ["09:00:00-12:30:00", "13:00:00-17:00:00"]);
    assert_eq!(billing.hours.zone.iana_name(), Some("America/New_York"));
    assert!(billing.hours.holidays.contains(&jiff::civil::date(2026, 12, 24)));
    let bob = &config.agents[0];
    assert_eq!(
        (bob.handle.as_str(), bob.role, bob.queues.as_slice()),
        ("bb", Role::Lead, &["Billing".to_owned()][..])
    );
    assert_eq!(bob.skills, ["invoices", "refunds"]);
    assert_eq!(config.limits.message_size, 25_000_000);
    assert_eq!(
        (
            config.limits.acknowledgements_per_address_and_day,
            config.limits.notifications_per_agent_and_hour
        ),
        (0, 16)
    );
}

#[test]
fn one_person_may_have_several_addresses_and_rights_on_their_queues() {
    let queues = "[[queues]]\nname = \"support\"\n[[queues]]\nname = \"billing\"\n";
    let lead = "[[agents]]\nname = \"Lea\"\naddress = \"lea@desk.test\"\nrole = \"lead\"\nqueues = [\"billing\"]\n";
    let least = with(
        "[[agents]]",
        "aliases = [\"Al@home.test\"]\nmay = [\"erase\"]\nqueues = [\"support\"]",
    );
    let config = good(&format!("{least}\n{queues}{lead}"));
    let alice = config.agent(&address("al@HOME.test")).unwrap();
    assert_eq!(alice.address.as_str(), "alice@desk.test", "mail goes to the main address");
    assert!(
        alice.may(Right::Erase, "support")
            && !alice.may(Right::Erase, "billing")
            && !alice.may(Right::Merge, "support")
    );
    let lea = config.agent(&address("lea@desk.test")).unwrap();
    assert!(
        [Right::Merge, Right::Broadcast, Right::Erase]
            .iter()
            .all(|right| lea.may(*right, "billing") && !lea.may(*right, "support"))
    );
    for row in RIGHTS {
        let agent = &good(LEAST).agents[0];
        assert!(!agent.may(row.right, "support"), "{}: a plain agent has none unasked", row.word);
        let given = good(&with("[[agents]]", &format!("may = [\"{}\"]", row.word)));
        assert!(given.agents[0].may(row.right, "support"), "{}", row.word);
        let lead = good(&with("[[agents]]", "role = \"lead\""));
        assert_eq!(lead.agents[0].may(row.right, "support"), row.roles.contains(&Role::Lead));
    }
}

#[test]
fn holidays_alone_leave_the_office_week() {
    let config = good(&with("[hours]", "holidays = [\"2026-12-25\"]"));
    let hours = &config.queues[0].hours;
    assert_eq!(hours.week.iter().map(Vec::len).collect::<Vec<_>>(), [1, 1, 1, 1, 1, 0, 0]);
    assert_eq!(hours.holidays.len(), 1);
}

#[test]
fn a_queue_has_the_desks_holidays_unless_it_lists_its_own() {
    let text = with(
        "[hours]",
        "holidays = [\"2026-12-25\"]\n[[queues]]\nname = \"night\"\nhours = { monday = \"20:00-24:00\" }",
    );
    let config = good(&text);
    assert_eq!(config.queues[0].hours.holidays.len(), 1);
    assert_eq!(config.queues[0].hours.week.iter().map(Vec::len).sum::<usize>(), 1);
}

#[test]
fn an_agent_that_is_no_table_hides_no_other() {
    let tail = "[[agents]]\nname = \"Alice\"\naddress = \"alice@desk.test\"\n";
    let agents = "agents = [3, { name = \"Alice\", address = \"alice\" }]\n";
    let all = bad(&format!("{agents}{}", instead(tail, ""))).all;
    let whats: Vec<_> = all.iter().map(|one| (one.line, one.key.as_str())).collect();
    assert_eq!(whats, [(Some(1), "agents"), (Some(1), "agents.address")]);
    assert_eq!(bad(&format!("agents = [3]\n{}", instead(tail, ""))).all.len(), 1);
    assert!(
        bad(&format!("agents = []\n{}", instead(tail, "")))
            .to_text()
            .contains(":1: agents: there is nobody to answer")
    );
}

/// Faults that change or drop a line of the least.
#[test]
fn what_must_be_there_is_missed() {
    for (old, new, key, words) in [
        ("name = \"Desk\"", "", "desk.name", "is missing"),
        ("address = \"support@desk.test\"", "", "desk.address", "is missing"),
        (
            "address = \"support@desk.test\"",
            "address = \"Desk <support@desk.test>\"",
            "desk.address",
            "not an address",
        ),
        ("owner = \"owner@desk.test\"", "", "desk.owner", "is missing"),
        (
            "owner = \"owner@desk.test\"",
            "owner = \"Support@desk.test\"",
            "desk.owner",
            "own address",
        ),
        ("host = \"imap.desk.test\"", "", "imap.host", "is missing"),
        ("host = \"imap.desk.test\"", "host = \"imaps://imap.desk.test\"", "imap.host", "is a URL"),
        (
            "host = \"imap.desk.test\"",
            "host = \"imap.desk.test:993\"",
            "imap.host",
            "write it as port",
        ),
        (
            "host = \"imap.desk.test\"",
            "host = \"imap desk\"",
            "imap.host",
            "not the name of a server",
        ),
        ("host = \"smtp.desk.test\"", "", "smtp.host", "is missing"),
        ("[smtp]\nhost = \"smtp.desk.test\"\n", "", "smtp.host", "is missing"),
        (
            "[[agents]]\nname = \"Alice\"\naddress = \"alice@desk.test\"\n",
            "",
            "agents",
            "nobody to answer",
        ),
        ("[[agents]]", "[agents]", "agents", "two pairs of brackets"),
        ("address = \"alice@desk.test\"", "", "agents.address", "is missing"),
        ("username = \"support\"", "", "imap.password", "no username"),
        ("password = \"s3cret-imap\"", "", "imap.username", "no password"),
    ] {
        let complaints = bad(&instead(old, new));
        let [one] = complaints.all.as_slice() else {
            panic!("one complaint about {key}, not\n{}", complaints.to_text())
        };
        assert!(one.key == key && one.what.contains(words), "{key} {words}: {one}");
    }
}

#[test]
fn what_is_missing_bears_the_line_of_its_section() {
    let complaints = bad("[desk]\nname = \"Desk\"\n[imap]\n");
    let lines: Vec<_> = complaints.all.iter().map(|one| (one.line, one.key.as_str())).collect();
    assert_eq!(
        lines,
        [
            (Some(1), "desk.address"),
            (Some(1), "desk.owner"),
            (Some(3), "imap.host"),
            (None, "smtp.host"),
            (None, "agents")
        ]
    );
}

#[test]
fn all_complaints_come_at_once_in_the_order_of_the_file() {
    let text = r#"[desk]
name = 1
address = "nobody"
owner = "owner@desk.test"
time_zone = "Mars/Olympus"
[imap]
host = "imap.desk.test"
port = 0
tsl = "implicit"
poll_interval = "soon"
[[agents]]
name = "Alice"
address = "alice@desk.test"
queues = ["red", "blue"]
role = "queen"
[hours]
monday = ["17:00-09:00", "never"]
[limits]
message_size = "large"
undo_window = 30
"#;
    let complaints = bad(text);
    let all: Vec<_> =
        complaints.all.iter().map(|one| (one.line.unwrap_or(0), one.key.as_str())).collect();
    let wanted = [
        (2, "desk.name"),
        (3, "desk.address"),
        (5, "desk.time_zone"),
        (8, "imap.port"),
        (9, "imap.tsl"),
        (10, "imap.poll_interval"),
        (14, "agents.queues"),
        (14, "agents.queues"),
        (15, "agents.role"),
        (17, "hours.monday"),
        (17, "hours.monday"),
        (19, "limits.message_size"),
        (20, "limits.undo_window"),
        (0, "smtp.host"),
    ];
    assert_eq!(all, wanted, "{}", complaints.to_text());
    assert!(
        complaints.to_text().starts_with(
            "/srv/desk/config.toml:2: desk.name: must be text in quotes, not a number\n"
        )
    );
    assert!(complaints.to_string().contains("config.toml: smtp.host: is missing"));
}

#[test]
fn what_is_not_toml_is_named_with_its_line() {
    for (text, line) in [
        ("[desk]\nname = \n", 2),
        ("[desk\n", 1),
        ("[desk]\nname = \"a\"\nname = \"b\"\n", 3),
        ("\n\n= 3\n", 3),
    ] {
        let complaints = bad(text);
        let first = &complaints.all[0];
        assert!(
            first.line == Some(line) && first.what.starts_with("this is not TOML: "),
            "{text:?}\n{}",
            complaints.to_text()
        );
        assert!(
            complaints.all.iter().all(|one| one.key.is_empty()),
            "no guesses after a syntax error: {}",
            complaints.to_text()
        );
    }
}

#[test]
fn keys_before_the_first_section_are_sent_home() {
    let complaints = bad(&format!("host = \"x\"\n{LEAST}"));
    assert_eq!(
        complaints.to_text(),
        format!("{FILE}:1: host: stands before the first section; it belongs in [imap] or [smtp]")
    );
}

#[test]
fn line_ends_of_windows_and_a_byte_order_mark_do_no_harm() {
    let text = format!("\u{feff}{LEAST}").replace('\n', "\r\n");
    assert_eq!(good(&text).desk.name, "Desk");
    assert_eq!(bad(&text.replace("owner = ", "ownr = ")).all[0].line, Some(2));
}

#[test]
fn a_file_that_is_not_there_or_not_text_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config.toml");
    let missing = config::load(&file).unwrap_err();
    assert!(missing.to_text().contains("config.example.toml"), "{}", missing.to_text());
    assert!(missing.to_text().starts_with(&format!("{}: ", file.display())));
    std::fs::write(&file, b"[desk]\nname = \"\xff\"\n").unwrap();
    assert_eq!(config::load(&file).unwrap_err().all[0].line, Some(2));
    let directory = config::load(folder.path()).unwrap_err();
    assert!(directory.all[0].what.contains("cannot be read"));
    std::fs::write(&file, LEAST).unwrap();
    assert_eq!(config::load(&file).unwrap().desk.data_dir, folder.path().join("data"));
}

#[test]
fn warnings_name_what_is_hardly_meant() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config.toml");
    std::fs::write(&file, LEAST).unwrap();
    set_mode(&file, 0o644);
    let open = config::warnings(&file, &good(LEAST)).join("\n");
    assert!(open.contains("chmod 600") && open.contains("authserv_id"), "{open}");
    set_mode(&file, 0o600);
    assert!(!config::warnings(&file, &good(LEAST)).join("\n").contains("chmod"));
    let odd = good(
        &with("[[agents]]", "queues = [\"a\"]")
            .replace("s3cret-imap\"", "x\"")
            .replace("[smtp]", "[[queues]]\nname = \"a\"\n[[queues]]\nname = \"b\"\n[authentication]\nunsafe_trust_from = true\n[smtp]"),
    );
    let odd = config::warnings(&file, &odd).join("\n");
    assert!(
        odd.contains("unsafe_trust_from is on") && odd.contains("no agent serves the queue \"b\""),
        "{odd}"
    );
    let crossed =
        good(&instead("host = \"smtp.desk.test\"", "host = \"smtp.desk.test\"\nport = 587"));
    assert!(
        config::warnings(&file, &crossed)
            .join("\n")
            .contains("smtp.port is 587, where servers expect smtp.tls = \"starttls\"")
    );
    assert!(!config::warnings(&file, &good(LEAST)).join("\n").contains("servers expect"));
    let bare = instead("username = \"support\"\npassword = \"s3cret-imap\"", "");
    assert!(config::warnings(&file, &good(&bare)).join("\n").contains("imap.username is not set"));
}

#[cfg(unix)]
fn set_mode(file: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(mode)).unwrap();
}

/// Runs one of these tests again in a process with another environment, since ours cannot be
/// changed safely.
fn again(test: &str, folder: &Path, variables: &[(&str, &str)]) {
    let mut child = std::process::Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", test]).current_dir(folder).env("POSTDESK_TEST_CHILD", "1");
    child
        .env_remove("POSTDESK_CONFIG")
        .env_remove("CREDENTIALS_DIRECTORY")
        .envs(variables.iter().copied());
    let output = child.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

fn is_child() -> bool {
    std::env::var_os("POSTDESK_TEST_CHILD").is_some()
}

#[test]
fn the_file_is_found_in_its_places() {
    if is_child() {
        let wanted = std::env::var("POSTDESK_CONFIG").ok().filter(|value| !value.is_empty());
        assert_eq!(
            config::find(None),
            PathBuf::from(wanted.unwrap_or_else(|| "config.toml".to_owned()))
        );
        assert_eq!(config::find(Some(Path::new("given.toml"))), PathBuf::from("given.toml"));
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let name = "config::the_file_is_found_in_its_places";
    again(name, folder.path(), &[("POSTDESK_CONFIG", "/srv/elsewhere.toml")]);
    std::fs::write(folder.path().join("config.toml"), LEAST).unwrap();
    again(name, folder.path(), &[]);
    again(name, folder.path(), &[("POSTDESK_CONFIG", "")]);
}

#[test]
fn credentials_of_systemd_are_found() {
    let text =
        instead("password = \"s3cret-imap\"", "password_file = \"$CREDENTIALS_DIRECTORY/imap\"");
    if is_child() {
        let wanted = match std::env::var("CREDENTIALS_DIRECTORY") {
            Ok(_) => PathBuf::from("/run/credentials/postdesk.service/imap"),
            Err(_) => PathBuf::from("$CREDENTIALS_DIRECTORY/imap"),
        };
        let login = good(&text).imap.server.login.unwrap();
        assert!(
            matches!(&login.proof, Proof::Password(Secret::File(path)) if *path == wanted),
            "{login:?}"
        );
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let name = "config::credentials_of_systemd_are_found";
    again(name, folder.path(), &[("CREDENTIALS_DIRECTORY", "/run/credentials/postdesk.service")]);
    again(name, folder.path(), &[]);
}

#[test]
fn no_secret_is_shown() {
    let config = good(LEAST);
    assert!(!format!("{config:?} {config:#?}").contains("s3cret"));
    let Proof::Password(Secret::Text(secret)) = config.imap.server.login.unwrap().proof else {
        panic!("written as text")
    };
    assert_eq!(secret.expose_secret(), "s3cret-imap");
    for (section, lines, ..) in FAULTS {
        assert!(!bad(&with(section, lines)).to_text().contains("s3cret"), "{lines}");
    }
    for wrong in [
        "password = [\"s3cret\"]",
        "password = { s3cret = 1 }",
        "password = 's3cret",
        "password = s3cret",
        "password = \"s3cret\" s3cret",
        "password_command = \"s3cret\"",
        "password_command = [\"\", \"s3cret\"]",
        "password_env = \"s3cret!\"",
    ] {
        let complaints = bad(&instead("password = \"s3cret-imap\"", wrong));
        assert!(!complaints.to_text().contains("s3cret"), "{}", complaints.to_text());
        assert!(!format!("{complaints:?}").contains("s3cret"));
    }
}

#[test]
fn a_password_keeps_its_spaces() {
    let config = good(&instead("\"s3cret-imap\"", "\" tail \""));
    assert!(
        matches!(config.imap.server.login.unwrap().proof, Proof::Password(Secret::Text(text)) if text.expose_secret() == " tail ")
    );
}

#[test]
fn a_monstrous_file_has_an_answer() {
    for text in [
        "a = ".to_owned() + &"[".repeat(100_000),
        "a.".repeat(20_000) + "a = 1",
        "[a]\n".repeat(20_000),
        "x = 1\n".repeat(20_000),
    ] {
        assert!(!bad(&text).all.is_empty());
    }
    let many: String = (0..20_000).map(|number| format!("k{number} = 1\n")).collect();
    assert!(bad(&many).all.len() >= 20_000);
}

// Whatever is written, there is an answer.

/// Values of all sorts, among them those that mean something.
fn any_value() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("true".to_owned()),
        any::<i64>().prop_map(|number| number.to_string()),
        Just("nan".to_owned()),
        Just("2026-12-25".to_owned()),
        "[0-9]{0,4}[smhdwkMGiB:. –-]{0,3}[0-9]{0,3}[smh]?".prop_map(|text| format!("'{text}'")),
        "\\PC{0,12}".prop_map(|text| format!("{text:?}")),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4)
                .prop_map(|all| format!("[{}]", all.join(", "))),
            inner.prop_map(|one| format!("{{ move = {one} }}")),
        ]
    })
}

fn any_key() -> impl Strategy<Value = (String, String)> {
    let all: Vec<_> = KEYS
        .iter()
        .flat_map(|(section, keys)| {
            keys.iter().map(|key| ((*section).to_owned(), (*key).to_owned()))
        })
        .collect();
    prop::sample::select(all)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_has_an_answer(text in "(\\PC|[\\[\\]{}=\"'.,#\n\\\\]){0,200}") {
        if let Err(complaints) = parse(&text) {
            prop_assert!(!complaints.all.is_empty());
        }
    }

    #[test]
    fn any_value_of_any_key_has_an_answer(keys in prop::collection::vec((any_key(), any_value()), 1..6)) {
        let sections: Vec<String> = keys.iter().map(|((section, key), value)| {
            let one = ["agents", "queues"].contains(&section.as_str());
            if one { format!("[[{section}]]\n{key} = {value}\n") } else { format!("{section}.{key} = {value}\n") }
        }).collect();
        let (tables, dotted): (Vec<&String>, Vec<&String>) = sections.iter().partition(|text| text.starts_with('['));
        let text: String = dotted.into_iter().chain(tables).map(String::as_str).collect();
        let complaints = bad(&text);
        let lines = text.lines().count();
        prop_assert!(complaints.all.iter().all(|one| one.line.is_none_or(|line| (1..=lines).contains(&line))));
        prop_assert!(complaints.all.is_sorted_by_key(|one| one.line.unwrap_or(usize::MAX)));
    }

    #[test]
    fn a_cut_file_has_an_answer(cut in 0..EXAMPLE.len()) {
        let text: String = EXAMPLE.chars().take(cut).collect();
        if let Err(complaints) = parse(&text) {
            prop_assert!(!complaints.all.is_empty());
        }
    }
}
