//! Every input yields a decision, and every mail an end, whatever a mail says and however little is
//! known: the core meets nothing but data here, no store, no socket, no clock.

use std::collections::BTreeMap;

use postdesk::desk::case::{Case, Given, Input};
use postdesk::desk::decide::decide;
use postdesk::desk::decision::{Decision, Effect};
use postdesk::desk::texts::Texts;
use postdesk::mail::token::Key;
use postdesk::mail::{InboxId, Kind, TicketNumber, parse};
use postdesk::time::Timestamp;
use postdesk::work;
use proptest::prelude::*;

use crate::blank::Blank;
use crate::made;

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

fn header() -> impl Strategy<Value = String> {
    let from = prop_oneof![
        Just("From: a@d.test\r\n"),
        Just("From: d@d.test\r\n"),
        Just("From: o@d.test\r\n"),
        Just("From: carol@customer.test\r\n"),
        Just("From: <>\r\n"),
        Just("From: carol@customer.test, dave@other.test\r\n"),
        Just("From: MAILER-DAEMON@x.test\r\nContent-Type: multipart/report\r\n"),
        Just(""),
    ];
    let subject = prop_oneof![
        Just("Scanner"),
        Just("Re: [#5] Scanner"),
        Just("Fwd: Scanner"),
        Just("help"),
        Just("Out of office: Scanner"),
        Just("Undelivered Mail Returned to Sender"),
        Just(""),
    ];
    let to = prop_oneof![Just("d@d.test"), Just("a@d.test"), Just("supplier@x.test"), Just("")];
    let refers = prop_oneof![Just(""), Just("In-Reply-To: <1.2.abc@d.test>\r\n")];
    (from, subject, to, refers).prop_map(|(from, subject, to, refers)| {
        format!("{from}To: {to}\r\nSubject: {subject}\r\n{refers}")
    })
}

fn body() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        Just("#close".to_owned()),
        Just("#customer carol@customer.test".to_owned()),
        Just("#undo".to_owned()),
        Just("#merge 3".to_owned()),
        Just("#show 4".to_owned()),
        Just("#send".to_owned()),
        Just("-- ".to_owned()),
        Just("> quoted".to_owned()),
        Just("---------- Forwarded message ---------".to_owned()),
        Just("From: Dave <dave@other.test>".to_owned()),
        "[ -~]{0,40}",
        "\\PC{0,20}",
    ];
    prop::collection::vec(line, 0..12).prop_map(|lines| lines.join("\r\n"))
}

fn decided(mail: &str, certain: bool, size: Option<u64>) -> Decision {
    let config = made::config("");
    let texts = Texts::new("en", BTreeMap::new());
    let key = Key::new(b"a secret of the desk's own, long enough");
    let records = Blank::default();
    let given = Given { now: NOW, config: &config, texts: &texts, key: &key, records: &records };
    let content = work::content(parse::parse(mail.as_bytes()), &config);
    let mut read = content.read(InboxId(1), NOW);
    read.released = certain;
    let input = match size {
        Some(size) => Input::TooLarge(&read, size),
        None => Input::Mail(&read),
    };
    decide(&Case::new(input, given))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn every_mail_has_an_end_and_a_reason(
        header in header(),
        body in body(),
        certain in any::<bool>(),
        size in prop::option::weighted(0.1, 1_u64..9_999_999),
    ) {
        let mail = format!("{header}Message-ID: <m@x.test>\r\n\r\n{body}\r\n");
        let decision = decided(&mail, certain, size);
        let end = decision.end.as_ref();
        prop_assert!(end.is_some_and(|end| !end.words(&Texts::new("en", BTreeMap::new())).is_empty()), "no end: {mail}");
        // Nobody outside is ever sent a mail that is meant for the house.
        for mail in decision.mails() {
            let inside = ["a@d.test", "o@d.test"].contains(&mail.recipient.as_str());
            let internal =
                matches!(mail.kind, Kind::Notification | Kind::Transcript | Kind::Alarm);
            prop_assert!(inside || !internal, "{:?} to {}", mail.kind, mail.recipient);
        }
    }
}

#[test]
fn facts_stand_before_all_else() {
    let decision = decided(
        "From: carol@customer.test\r\nSubject: Scanner\r\n\r\nIt is slow.\r\n",
        false,
        None,
    );
    let is_fact = |effect: &Effect| matches!(effect, Effect::Fact(..));
    let facts = decision.effects.iter().take_while(|effect| is_fact(effect)).count();
    assert!(facts >= 2, "{decision:?}");
    assert_eq!(facts, decision.effects.iter().filter(|effect| is_fact(effect)).count());
    assert_eq!(decision.facts().len(), facts);
    assert_eq!(decision.end.and_then(|end| end.ticket), Some(TicketNumber(1)));
}

#[test]
fn time_that_passes_where_nothing_is_changes_nothing() {
    let config = made::config("");
    let texts = Texts::new("en", BTreeMap::new());
    let key = Key::new(b"a secret of the desk's own, long enough");
    let records = Blank::default();
    let given = Given { now: NOW, config: &config, texts: &texts, key: &key, records: &records };
    assert_eq!(decide(&Case::new(Input::Tick(TicketNumber(7)), given)), Decision::default());
}
