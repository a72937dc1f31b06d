//! Every input yields a decision, and every mail an end, whatever a mail says and however little is
//! known: the core meets nothing but data here, no store, no socket, no clock.

use std::collections::BTreeMap;
use std::io::Write;

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder};
use postdesk::desk::case::{Case, Given, Input};
use postdesk::desk::decide::decide;
use postdesk::desk::decision::{Decision, Effect};
use postdesk::desk::texts::Texts;
use postdesk::mail::token::Key;
use postdesk::mail::{Attachment, Encoding, FileText, InboxId, Kind, TicketNumber, parse};
use postdesk::time::Timestamp;
use postdesk::work;
use proptest::prelude::*;
use rawzip::{CompressionMethod, ZipArchiveWriter};

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

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 500, ..ProptestConfig::default() })]

    /// Documents and archives, sound, broken off and spoilt, are read as far as they go.
    #[test]
    fn every_file_is_read_as_far_as_it_goes(
        form in 0..4_usize,
        words in "[ -~]{0,60}",
        end in 0..400_usize,
        spoilt in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        tokens in prop::collection::vec("[0-9-]{1,4}|<[0-9a-f]{0,9}>?|\\([ -~]{0,9}\\)?|T[jJd*m]|endbfrange|begincmap", 0..30),
    ) {
        let mut bytes = file(form, &words, &tokens.join(" "));
        let sound = parsed(&bytes);
        prop_assert!(sound.whole);
        prop_assert!(form == 0 || sound.text.contains(words.trim()), "{words:?} in {:?}", sound.text);
        if !spoilt.is_empty() {
            bytes.truncate(bytes.len().saturating_sub(end));
        }
        for (at, byte) in spoilt {
            if !bytes.is_empty() {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
        }
        parsed(&bytes);
    }
}

fn parsed(bytes: &[u8]) -> FileText {
    let file = Attachment {
        name: None,
        content_type: "application/octet-stream".to_owned(),
        size: bytes.len(),
        content_id: None,
        offset: 0,
        length: bytes.len(),
        encoding: Encoding::Identity,
    };
    parse::file_texts(bytes, &[file]).remove(&0).unwrap()
}

/// A PDF, an archive of a text, that in an archive, the text alone compressed.
fn file(form: usize, words: &str, tokens: &str) -> Vec<u8> {
    let zip = |name: &str, content: &[u8]| {
        let mut bytes = Vec::new();
        let mut archive = ZipArchiveWriter::new(&mut bytes);
        let file = archive.new_file(name).compression_method(CompressionMethod::DEFLATE);
        let (mut entry, config) = file.start().unwrap();
        let mut writer = config.wrap(DeflateEncoder::new(&mut entry, Compression::fast()));
        writer.write_all(content).unwrap();
        let (encoder, descriptor) = writer.finish().unwrap();
        encoder.finish().unwrap();
        entry.finish(descriptor).unwrap();
        archive.finish().unwrap();
        bytes
    };
    match form {
        0 => format!(
            "%PDF-1.4\nstream\n{tokens} begincmap\nendstream stream\n{tokens} Tj\nendstream"
        )
        .into_bytes(),
        1 => zip("a.txt", words.as_bytes()),
        2 => zip("a.zip", &zip("a.txt", words.as_bytes())),
        _ => {
            let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
            packed.write_all(words.as_bytes()).unwrap();
            packed.finish().unwrap()
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
