//! The real resolver against a name server of our own on the loopback.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use postdesk::config::Trust;
use postdesk::mail::authentic::dkim::Key;
use postdesk::net::dns::{Answers, keys};
use tokio::net::UdpSocket;

/// Answers to TXT questions: by the first label of the name.
fn reply(question: &[u8]) -> Option<Vec<u8>> {
    let label = &question[13..13 + usize::from(question[12])];
    let end = 12 + question[12..].iter().position(|byte| *byte == 0).unwrap() + 5;
    let strings: &[&[u8]] = match label.to_ascii_lowercase().as_slice() {
        b"good" => &[b"v=DKIM1; ", b"p=AAAA"],
        b"refused" => return Some(message(question, end, 5, &[])),
        b"broken" => return Some(message(question, end, 2, &[])),
        b"missing" => return Some(message(question, end, 3, &[])),
        b"empty" => return Some(message(question, end, 0, &[])),
        b"garbage" => return Some(question[..7].to_vec()),
        _ => return None,
    };
    Some(message(question, end, 0, strings))
}

/// The question with a code and, if there are strings, one TXT record (RFC 1035 §4.1).
fn message(question: &[u8], end: usize, code: u8, strings: &[&[u8]]) -> Vec<u8> {
    let mut bytes = question[..end].to_vec();
    bytes[2] = 0x81;
    bytes[3] = 0x80 | code;
    bytes[6..12].copy_from_slice(&[0, u8::from(!strings.is_empty()), 0, 0, 0, 0]);
    if !strings.is_empty() {
        let data: Vec<u8> = strings
            .iter()
            .flat_map(|text| std::iter::once(text.len() as u8).chain(text.iter().copied()))
            .collect();
        bytes.extend([0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 60, 0, data.len() as u8]);
        bytes.extend(data);
    }
    bytes
}

async fn server() -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let at = socket.local_addr().unwrap();
    tokio::spawn(async move {
        let mut buffer = [0; 1500];
        while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
            if let Some(reply) = reply(&buffer[..length]) {
                drop(socket.send_to(&reply, from).await);
            }
        }
    });
    at
}

async fn asked(dns: Vec<SocketAddr>, labels: &[&str]) -> Answers {
    let names: BTreeSet<String> =
        labels.iter().map(|label| format!("{label}._domainkey.desk.test")).collect();
    let trust = Trust { check_dkim: true, dns, ..Trust::default() };
    keys(&trust).unwrap().ask(names).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_resolver_tells_absent_from_unreachable() {
    let begun = Instant::now();
    let labels = ["good", "missing", "empty", "broken", "refused", "silent", "garbage"];
    let answers = asked(vec![server().await], &labels).await;
    assert!(begun.elapsed() < Duration::from_secs(8), "{:?}", begun.elapsed());
    let key = |label: &str| answers[&format!("{label}._domainkey.desk.test")].clone();
    assert_eq!(key("good"), Key::Records(vec![b"v=DKIM1; p=AAAA".to_vec()]));
    assert_eq!(key("missing"), Key::Absent);
    assert_eq!(key("empty"), Key::Absent);
    for label in ["broken", "refused", "silent", "garbage"] {
        assert!(
            matches!(key(label), Key::Unreachable(why) if !why.is_empty()),
            "{label}: {:?}",
            key(label)
        );
    }
    assert_eq!(answers.len(), labels.len());
}

#[tokio::test]
async fn without_a_server_the_deadline_holds() {
    let begun = Instant::now();
    // Nobody listens there, which one hears at once or never.
    let answers = asked(vec!["127.0.0.1:1".parse().unwrap()], &["good", "missing"]).await;
    assert!(
        answers.values().all(|key| matches!(key, Key::Unreachable(_))) && answers.len() == 2,
        "{answers:?}"
    );
    assert!(begun.elapsed() < Duration::from_secs(8), "{:?}", begun.elapsed());
}

#[test]
fn what_is_switched_off_has_no_resolver() {
    assert!(keys(&Trust::default()).is_none());
}
