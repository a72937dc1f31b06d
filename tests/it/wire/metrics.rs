//! Numbers for monitoring: they are right, hold nothing of what people wrote, and cost no mail.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

use super::account::free_port;
use super::world::{CAROL, World};

fn world() -> (World, u16) {
    let port = free_port();
    let world = World::prepare(|mut settings| {
        settings.more.push_str(&format!("\n[metrics]\nlisten = \"127.0.0.1:{port}\"\n"));
        settings
    });
    (world, port)
}

fn ask(port: u16, request: &str) -> Option<(String, String)> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.write_all(format!("{request}\r\nHost: x\r\n\r\n").as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    Some((head.lines().next()?.to_owned(), body.to_owned()))
}

fn metrics(port: u16) -> String {
    ask(port, "GET /metrics HTTP/1.1").unwrap().1
}

#[test]
fn what_came_and_went_is_counted_and_nothing_written_is_shown() {
    let (mut world, port) = world();
    world.desk.resume();
    world.polled();
    for number in 0..3 {
        world.write(CAROL, &format!("{number}@customer.test"), "It burns.");
    }
    world.desk.tickets(3);
    world.desk.settle();
    let text = metrics(port);
    for line in [
        "postdesk_mails_total{outcome=\"message\"} 3",
        "postdesk_tickets{status=\"new\"} 3",
        "postdesk_promises{state=\"due\"} 3",
        "postdesk_promises{state=\"overdue\"} 0",
        "postdesk_promises_missed_total 0",
        "postdesk_first_answer_seconds_count 0",
        "postdesk_tickets_unowned 3",
        "# EOF",
    ] {
        assert!(text.contains(line), "{line} in\n{text}");
    }
    for word in ["customer.test", "desk.test", "burns", "Printer"] {
        assert!(!text.contains(word), "{word} in\n{text}");
    }
    assert_eq!(
        ask(port, "GET /healthz HTTP/1.0"),
        Some(("HTTP/1.1 200 OK".to_owned(), "ok\n".to_owned()))
    );
    assert!(ask(port, "GET / HTTP/1.1").unwrap().0.contains("404"));
    assert!(ask(port, "POST /metrics HTTP/1.1").unwrap().0.contains("404"));
    assert!(metrics(port).contains("postdesk_mails_total{outcome=\"message\"} 3"), "counted once");
}

/// One who asks and never ends holds up neither the next nor the mail; a port that is taken is told.
#[test]
fn a_bad_asker_and_a_taken_port_are_survived() {
    let (mut world, port) = world();
    let other = TcpListener::bind(("127.0.0.1", port)).unwrap();
    world.desk.resume();
    world.polled();
    world.desk.trouble("metrics cannot be served");
    drop(other);
    world.write(CAROL, "one@customer.test", "It burns.");
    world.desk.wait("the acknowledgement", || world.sink.to(CAROL).first().cloned());
    world.desk.stop();
    world.desk.resume();
    let text = world.desk.wait("the metrics", || ask(port, "GET /metrics HTTP/1.1"));
    assert!(text.1.contains("outcome=\"message\"} 1"), "{}", text.1);
    let _silent = TcpStream::connect(("127.0.0.1", port)).unwrap();
    assert!(metrics(port).contains("# EOF"), "after the silent one has had its time");
    world.desk.wait("the trouble to end", || {
        let problems = world.desk.json(&["status"])["problems"].clone();
        problems.as_array().is_some_and(Vec::is_empty).then_some(())
    });
}
