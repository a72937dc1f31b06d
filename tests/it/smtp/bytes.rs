//! What arrives behind DATA: every clean mail byte for byte, and no other mail at all.

use proptest::prelude::*;

use super::*;

/// A mail with a bare CR or LF, made of `parts` and one flaw between them.
fn flawed() -> impl Strategy<Value = Vec<u8>> {
    let line = proptest::collection::vec(prop_oneof![Just(b'.'), 0x20u8..0x7f], 0..12);
    let flaw = prop_oneof![
        Just(b"\n".to_vec()),
        Just(b"\r".to_vec()),
        Just(b"\n.\r\n".to_vec()),
        Just(b"\r.\r\n".to_vec()),
        Just(b"\n.\n".to_vec()),
        Just(b"\r\r\n".to_vec()),
        Just(b"\r\n\n".to_vec()),
    ];
    (proptest::collection::vec(line, 0..4), flaw, proptest::collection::vec(0x20u8..0x7f, 1..12))
        .prop_map(|(lines, flaw, tail)| {
            let mut mail: Vec<u8> =
                lines.iter().flat_map(|line| line.iter().chain(b"\r\n")).copied().collect();
            // A word before the flaw, so that its own first byte cannot complete a CRLF.
            mail.extend_from_slice(b"word");
            mail.extend_from_slice(&flaw);
            mail.extend_from_slice(&tail);
            mail.extend_from_slice(b"\r\n");
            mail
        })
}

fn sound() -> impl Strategy<Value = Vec<u8>> {
    let line = proptest::collection::vec(prop_oneof![Just(b'.'), 0x20u8..0x7f], 0..100);
    proptest::collection::vec(line, 0..40).prop_map(|lines| {
        lines.iter().flat_map(|line| line.iter().chain(b"\r\n")).copied().collect()
    })
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    /// SMTP smuggling (RUSTSEC-2026-0561): such a mail never reaches DATA.
    #[test]
    fn a_bare_cr_or_lf_never_reaches_data(mail in flawed()) {
        let (outcome, seen) = run(async {
            let sink = Sink::start(&[&[]]).await;
            let outcome = relay(&sink).hand_over(&envelope("carol@customer.test"), &mail).await;
            (outcome, sink.seen())
        });
        prop_assert_eq!(kind(&outcome), Want::Refused);
        prop_assert!(words(&outcome).contains("bare CR or LF"));
        prop_assert!(seen.mails.is_empty() && !seen.commands.iter().any(|command| command == "DATA"));
    }

    #[test]
    fn every_clean_mail_arrives_byte_for_byte(mail in sound()) {
        let seen = run(async {
            let sink = Sink::start(&[&[("EHLO", Say(sink::PIPELINING))]]).await;
            let mut relay = relay(&sink);
            for _ in 0..2 {
                assert_eq!(kind(&relay.hand_over(&envelope("carol@customer.test"), &mail).await), Want::Accepted);
            }
            sink.seen()
        });
        prop_assert_eq!(seen.mails, vec![mail.clone(), mail]);
    }
}
