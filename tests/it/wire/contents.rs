//! Mails that are too large, too deep, broken or sly: each is stored and accounted for, and the
//! next one is served.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use super::sink::{Act, Stage};
use super::world::{CAROL, DESK, World, letter};

#[test]
fn p17_a_250_that_comes_late() {
    let world = World::start(|settings| settings);
    world.sink.rule(Stage::Dot, Some(CAROL), Act::KeepAndDelay(Duration::from_secs(12)), 1);
    world.write(CAROL, "p17@customer.test", "It burns.");
    world.desk.tickets(1);
    world.desk.settle();
    world.is_served();
    assert_eq!(world.sink.to(CAROL).len(), 1);
}

#[test]
fn p33_mail_above_the_limit() {
    let world = World::start(|settings| settings.limits("message_size = \"50MiB\""));
    let line = format!("{}\n", "x".repeat(75));
    let mut mail = letter(CAROL, "p33@customer.test", "The whole film:");
    mail.push_str(&line.repeat((60 << 20) / line.len()));
    world.dovecot.deliver(DESK, mail);
    let row = world.fate("p33@customer.test");
    assert_eq!(row["outcome"], "refused", "{row:#}");
    let told = world
        .desk
        .wait("the agents to be told", || world.sink.to("alice@desk.test").first().cloned());
    assert!(told.text().contains(CAROL), "{}", told.text());
    assert_eq!(world.dovecot.client(DESK).flags().len(), 1, "it stays in the mailbox");
    assert!(world.desk.memory("VmHWM") < 64 << 10, "{} KiB", world.desk.memory("VmHWM"));
    world.is_served();
}

#[test]
fn p33_mail_below_the_limit_within_the_memory_bound() {
    let world = World::start(|settings| settings);
    let line = format!("{}\n", "QUJD".repeat(19));
    let head = letter(CAROL, "large@customer.test", "").replace(
        "Subject:",
        "MIME-Version: 1.0\nContent-Type: application/octet-stream; name=film\nContent-Transfer-Encoding: base64\nSubject:",
    );
    // Larger ones take the unoptimised parser too long.
    let size = 12 << 20;
    world.dovecot.deliver(DESK, format!("{head}{}", line.repeat(size / line.len())));
    assert_eq!(world.fate("large@customer.test")["outcome"], "message");
    world.desk.settle();
    let most = (64 << 10) + 4 * (size as u64 >> 10);
    assert!(world.desk.memory("VmHWM") < most, "{} of {most} KiB", world.desk.memory("VmHWM"));
    world.is_served();
}

#[test]
fn p34_a_thousand_nested_multiparts() {
    let world = World::start(|settings| settings);
    let mut mail = letter(CAROL, "p34@customer.test", "").trim_end().to_owned();
    for depth in 0..1000 {
        mail.push_str(&format!("\nContent-Type: multipart/mixed; boundary=b{depth}\n\n--b{depth}"));
    }
    mail.push_str("\nContent-Type: text/plain\n\nAt the bottom.\n");
    let begun = Instant::now();
    world.dovecot.deliver(DESK, mail);
    assert_eq!(world.fate("p34@customer.test")["outcome"], "message");
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    world.is_served();
}

#[test]
fn p35_broken_encodings() {
    let world = World::start(|settings| settings);
    let cases = [
        (
            "base64",
            "Content-Type: text/plain\nContent-Transfer-Encoding: base64\n",
            "SXQgYnVybnM!!gaGVyZQ",
        ),
        ("charset", "Content-Type: text/plain; charset=x-nobody-knows\n", "It burns here."),
        (
            "boundary",
            "Content-Type: multipart/mixed; boundary=b\n",
            "--b\nContent-Type: text/plain\n\nIt burns here.\n",
        ),
    ];
    for (name, fields, body) in cases {
        let id = format!("{name}@customer.test");
        let mail = letter(CAROL, &id, body)
            .replace("Subject:", &format!("MIME-Version: 1.0\n{fields}Subject:"));
        world.dovecot.deliver(DESK, mail);
        let row = world.fate(&id);
        assert_eq!(row["outcome"], "message", "{row:#}");
        assert!(
            name == "base64" || row["text"].as_str().unwrap().contains("It burns here."),
            "{row:#}"
        );
    }
    world.is_served();
}

#[test]
fn p41_attachment_names_are_data() {
    let world = World::start(|settings| settings);
    let long = "n".repeat(300);
    let names = ["../../x", "/etc/abs", "nul%00name", &long];
    let mut body = String::from("--b\nContent-Type: text/plain\n\nSee the files.\n");
    for name in names {
        body.push_str(&format!(
            "--b\nContent-Type: application/octet-stream\nContent-Disposition: attachment; filename*=utf-8''{}\n\nbytes\n",
            name.replace('/', "%2F")
        ));
    }
    body.push_str("--b--");
    let fields = "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\nSubject:";
    let before = tree(world.desk.data().parent().unwrap());
    world
        .dovecot
        .deliver(DESK, letter(CAROL, "p41@customer.test", &body).replace("Subject:", fields));
    let row = world.fate("p41@customer.test");
    let attachments = row["attachments"].as_array().unwrap();
    assert_eq!(attachments.len(), names.len(), "{row:#}");
    let control = |name: &str| name.chars().any(char::is_control);
    assert!(
        attachments.iter().all(|file| file["name"].as_str().is_some_and(|name| !control(name))),
        "{row:#}"
    );
    world.desk.settle();
    let added: Vec<String> = tree(world.desk.data().parent().unwrap())
        .into_iter()
        .filter(|path| !before.contains(path))
        .collect();
    assert!(
        added
            .iter()
            .all(|path| path.contains("/data/") && !path.contains("nnnn") && !path.contains("abs")),
        "{added:?}"
    );
    assert!(!Path::new("/etc/abs").exists());
    world.is_served();
}

fn tree(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(tree(&path));
        }
        found.push(path.display().to_string());
    }
    found
}

#[test]
fn p43_html_is_only_text() {
    let world = World::start(|settings| settings);
    let tracker = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    tracker.set_nonblocking(true).unwrap();
    let image = format!("http://{}/pixel.gif", tracker.local_addr().unwrap());
    let html = format!(
        "<html><body><script>alert(1)</script><p>It burns here.</p><img src=\"{image}\"><form action=\"{image}\"><input></form></body></html>"
    );
    let mail = letter(CAROL, "p43@customer.test", &html)
        .replace("Subject:", "MIME-Version: 1.0\nContent-Type: text/html\nSubject:");
    world.dovecot.deliver(DESK, mail);
    let row = world.fate("p43@customer.test");
    assert!(row["text"].as_str().unwrap().contains("It burns here."), "{row:#}");
    world.desk.settle();
    for mail in world.sink.all() {
        let text = mail.text().to_lowercase();
        assert!(
            !text.contains("<script")
                && !text.contains("alert(1)")
                && !text.contains("text/html")
                && !text.contains("<img"),
            "{text}"
        );
    }
    assert!(world.sink.to("alice@desk.test")[0].text().contains("It burns here."));
    assert!(tracker.accept().is_err(), "something was fetched");
}

/// An archive that says it holds petabytes counts as what was mailed.
#[test]
fn p46_archives_are_not_opened() {
    let world = World::start(|settings| settings);
    let zip = "UEsDBBQAAAAIAAAAIQAAAAAA//////////8FAAAAYm9tYi4=";
    let body = format!(
        "--b\nContent-Type: text/plain\n\nSee the file.\n--b\nContent-Type: application/zip; name=bomb.zip\n\
         Content-Disposition: attachment; filename=bomb.zip\nContent-Transfer-Encoding: base64\n\n{zip}\n--b--"
    );
    let fields = "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\nSubject:";
    world
        .dovecot
        .deliver(DESK, letter(CAROL, "p46@customer.test", &body).replace("Subject:", fields));
    let row = world.fate("p46@customer.test");
    assert_eq!(
        (row["attachments"][0]["name"].as_str(), row["attachments"][0]["size"].as_u64()),
        (Some("bomb.zip"), Some(35)),
        "{row:#}"
    );
    world.is_served();
}
