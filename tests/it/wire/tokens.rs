//! Logins by token: an authorization server gives them out, Dovecot's own check takes or refuses
//! them, for the mailbox and for the mail that goes out (P24).

use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, ChildStdout, Command, Stdio};

use super::account::free_port;
use super::authorization::{Authorization, browse};
use super::daemon::{BINARY, Daemon, Settings};
use super::dovecot::Dovecot;
use super::sink::Sink;
use super::world::{CAROL, DESK, letter};

struct World {
    desk: Daemon,
    sink: Sink,
    dovecot: Dovecot,
    authorization: Authorization,
}

impl World {
    fn prepare(client: &str, flow: &str) -> World {
        let authorization = Authorization::start();
        let (sink, submission) = (Sink::start(), free_port());
        let dovecot = Dovecot::with_tokens(authorization.port, sink.port, submission);
        let mut settings = Settings::plain(dovecot.port, submission);
        settings.imap = settings.imap.replace("password = \"secret\"\n", "");
        settings.smtp.push_str("username = \"support@desk.test\"\n");
        settings.more.push_str(&authorization.settings(client, flow));
        World { desk: Daemon::prepare(&settings), sink, dovecot, authorization }
    }

    /// Begins `postdesk login`; what it prints up to the line that `is` what is waited for.
    fn login(&self, is: impl Fn(&str) -> bool) -> (Child, BufReader<ChildStdout>, String) {
        let mut child = Command::new(BINARY)
            .arg("--config")
            .arg(self.desk.config())
            .arg("login")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let found = out.by_ref().lines().map(Result::unwrap).find(|line| is(line.trim()));
        let Some(line) = found else { panic!("it ended early: {:?}", child.wait_with_output()) };
        (child, out, line.trim().to_owned())
    }

    /// A person permits it in a browser; whether that was the end of it, and what stderr says.
    fn permit(&self) -> (bool, String) {
        let (child, out, url) = self.login(|line| line.starts_with("http"));
        let page = browse(&url);
        assert!(page.contains("go back to the terminal"), "{page}");
        drop(std::io::read_to_string(out).unwrap());
        let output = child.wait_with_output().unwrap();
        (output.status.success(), String::from_utf8(output.stderr).unwrap())
    }

    /// A mail comes in and its acknowledgement goes out, both by token.
    fn is_served(&self, id: &str) {
        let before = self.sink.to(CAROL).len();
        self.dovecot.deliver(DESK, letter(CAROL, id, "It burns."));
        self.desk.wait("an acknowledgement", || (self.sink.to(CAROL).len() > before).then_some(()));
    }

    /// All connections end, and new ones are made.
    fn reconnect(&mut self) {
        self.dovecot.stop();
        assert!(self.dovecot.resume(), "{}", self.dovecot.log());
    }

    fn is_well(&self) {
        self.desk.wait("the trouble to end", || {
            let problems = self.desk.json(&["status"])["problems"].clone();
            problems.as_array().is_some_and(Vec::is_empty).then_some(())
        });
    }
}

#[test]
fn p24_a_permission_in_the_browser_is_kept_and_one_withdrawn_is_told() {
    let mut world = World::prepare("public", "browser");
    let check = world.desk.command(&["check"]);
    let said = String::from_utf8(check.stdout).unwrap();
    assert!(said.contains("WRONG  oauth2: nobody has permitted"), "{said}");
    world.desk.resume();
    world.desk.trouble("postdesk login");
    assert_eq!(world.permit(), (true, String::new()));
    world.is_served("one@customer.test");
    world.is_well();
    let tokens = world.desk.data().join("oauth2.json");
    assert_eq!(std::fs::metadata(&tokens).unwrap().permissions().mode() & 0o777, 0o600);
    let kept: serde_json::Value = serde_json::from_slice(&std::fs::read(&tokens).unwrap()).unwrap();
    for secret in ["access_token", "refresh_token"] {
        assert!(!world.desk.log().contains(kept[secret].as_str().unwrap()), "{secret} in the log");
    }
    // Taken back before its time, it is renewed once, whoever of the connections comes first.
    world.authorization.admin("expire", "");
    world.reconnect();
    world.is_served("two@customer.test");
    assert_eq!(world.authorization.count("refresh_token"), 1);
    // Withdrawn for good it is told, and permitted anew nobody restarts anything.
    world.authorization.admin("revoke", "");
    world.reconnect();
    let told = world.desk.trouble("permission to use the mailbox is not valid any more");
    assert!(told.contains("postdesk login"), "{told}");
    world.dovecot.deliver(DESK, letter(CAROL, "three@customer.test", "It burns."));
    assert_eq!(world.permit(), (true, String::new()));
    world.is_served("four@customer.test");
    world.is_well();
    assert_eq!(world.desk.tickets(4).len(), 4, "nothing is lost meanwhile");
    assert!(
        String::from_utf8(world.desk.command(&["check"]).stdout).unwrap().contains("ok     oauth2")
    );
}

#[test]
fn a_permission_by_somebody_else_is_told_at_once() {
    let world = World::prepare("public", "browser");
    world.authorization.admin("person", "somebody@desk.test");
    let (well, said) = world.permit();
    assert!(!well && said.contains("was it permitted as somebody else?"), "{said}");
    world.authorization.admin("refuse", "");
    let (child, _out, url) = world.login(|line| line.starts_with("http"));
    assert!(browse(&url).contains("It was not permitted"));
    let said = String::from_utf8(child.wait_with_output().unwrap().stderr).unwrap();
    assert!(said.contains("it was not permitted: access_denied"), "{said}");
}

#[test]
fn a_code_typed_at_another_device_permits_it_too() {
    let mut world = World::prepare("public", "device");
    let is_code = |line: &str| {
        line.len() > 6
            && line.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-')
    };
    let (child, out, code) = world.login(is_code);
    world.authorization.admin("type", &code);
    let said = std::io::read_to_string(out).unwrap();
    assert!(child.wait_with_output().unwrap().status.success(), "{said}");
    world.desk.resume();
    world.is_served("device@customer.test");
}

#[test]
fn a_client_alone_needs_nobody_and_a_server_away_for_a_while_is_no_refusal() {
    let mut world = World::prepare("private", "client-credentials");
    world.authorization.admin("down", "");
    world.desk.resume();
    world.desk.wait("a try", || world.desk.log().contains("authorization server").then_some(()));
    world.authorization.admin("up", "");
    world.is_served("alone@customer.test");
    world.is_well();
}

/// Both connections, `check` and `login` share one token: whoever comes first renews it for all.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_renews_for_all() {
    let world = World::prepare("public", "browser");
    world.authorization.admin("life", "1");
    assert!(world.permit().0);
    world.authorization.admin("life", "3600");
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    let before = world.authorization.count("refresh_token");
    let config = postdesk::config::load(&world.desk.config()).unwrap();
    let Some(postdesk::config::Proof::OAuth2(oauth2)) =
        config.imap.server.login.map(|login| login.proof)
    else {
        panic!("no token")
    };
    let all = (0..8).map(|_| {
        let oauth2 = oauth2.clone();
        tokio::spawn(async move { postdesk::net::keep_fresh(&oauth2).await })
    });
    for one in all.collect::<Vec<_>>() {
        one.await.unwrap().unwrap();
    }
    assert_eq!(world.authorization.count("refresh_token"), before + 1);
}

/// The owner hears of it while there is time, and of nothing once a new one is there.
#[test]
fn a_secret_that_ends_soon_is_told() {
    let mut world = World::prepare("private", "client-credentials");
    let text = std::fs::read_to_string(world.desk.config()).unwrap();
    let end = std::time::SystemTime::now() + std::time::Duration::from_secs(10 * 86_400);
    let end = jiff::Timestamp::try_from(end).unwrap().to_zoned(jiff::tz::TimeZone::UTC).date();
    std::fs::write(world.desk.config(), format!("{text}secret_expires = \"{end}\"\n")).unwrap();
    world.desk.resume();
    let told = world.desk.trouble("make a new one at the provider");
    assert!(told.contains(&end.to_string()), "{told}");
    world.desk.stop();
    std::fs::write(world.desk.config(), text).unwrap();
    world.desk.resume();
    world.is_served("secret@customer.test");
    world.is_well();
}
