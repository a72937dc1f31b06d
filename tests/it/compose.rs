//! What goes out: the bytes of mails, and that nothing given can become a header line.

mod files;
mod headers;

use mail_parser::{Message, MessageParser};
use postdesk::mail::compose::{Composed, Sender, assemble, compose};
use postdesk::mail::{Automatic, Kind, MessageId, Outgoing, Person, ReplyGoes, TicketNumber};
use postdesk::time::Timestamp;
use proptest::prelude::*;

use super::made::address;
use files::{enclosure, inbox};

/// 2026-11-22T01:02:03Z.
const DATE: Timestamp = Timestamp::from_millis(1_795_309_323_000);

fn id(text: &str) -> MessageId {
    MessageId::parse(text).unwrap()
}

fn person(name: &str, mail: &str) -> Person {
    Person { name: (!name.is_empty()).then(|| name.to_owned()), address: address(mail) }
}

fn outgoing(subject: &str, text: &str) -> Outgoing {
    Outgoing {
        kind: Kind::Reply,
        recipient: address("carol@customer.test"),
        ticket: Some(TicketNumber(12)),
        reply_goes: ReplyGoes::Public,
        from_name: "Alice (Desk)".to_owned(),
        from: None,
        to: vec![person("Carol", "carol@customer.test")],
        cc: Vec::new(),
        subject: subject.to_owned(),
        text: text.to_owned(),
        in_reply_to: None,
        references: Vec::new(),
        automatic: Automatic::No,
        enclosures: Vec::new(),
    }
}

fn composed(mail: &Outgoing) -> Composed {
    compose(
        mail,
        Sender { address: &address("support@desk.test") },
        &id("12.34.abcdefghijklmnop@desk.test"),
        DATE,
    )
}

/// The bytes of a mail without files.
fn bytes(mail: &Outgoing) -> Vec<u8> {
    assemble(&composed(mail), |row| Err(format!("no mail {}", row.0))).unwrap()
}

fn parsed(bytes: &[u8]) -> Message<'_> {
    MessageParser::new().parse(bytes).unwrap()
}

/// The header block as (name, body still folded).
fn fields(bytes: &[u8]) -> Vec<(String, String)> {
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let (head, _) = text.split_once("\r\n\r\n").unwrap();
    let mut fields: Vec<(String, String)> = Vec::new();
    for line in head.split("\r\n") {
        if line.starts_with([' ', '\t']) {
            let last = fields.last_mut().expect("a field to go on with");
            last.1.push_str("\r\n");
            last.1.push_str(line);
        } else {
            let (name, body) = line
                .split_once(": ")
                .unwrap_or_else(|| panic!("a header line without name: {line:?}"));
            fields.push((name.to_owned(), body.to_owned()));
        }
    }
    fields
}

fn names(bytes: &[u8]) -> Vec<String> {
    fields(bytes).into_iter().map(|(name, _)| name).collect()
}

/// Puts flowed text together again, as RFC 3676 §4 tells clients to; written apart from the code
/// that wraps.
fn unflowed(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut open: Option<usize> = None;
    for line in text.strip_suffix("\r\n").unwrap_or(text).split("\r\n") {
        let content = line.trim_start_matches('>');
        let depth = line.len() - content.len();
        let content = content.strip_prefix(' ').unwrap_or(content);
        let soft = content.ends_with(' ') && content != "-- ";
        if open == Some(depth) {
            lines.last_mut().unwrap().push_str(content);
        } else {
            let line = "> ".repeat(depth) + content;
            lines.push(if content.is_empty() { line.trim_end().to_owned() } else { line });
        }
        open = soft.then_some(depth);
    }
    lines.join("\n")
}

/// What must survive of a text: all but blanks at the ends of lines, controls and empty lines at
/// the end.
fn essence(text: &str) -> String {
    let lines = text.split('\n').map(|line| {
        let line: String = line.chars().filter(|c| !c.is_control() || *c == '\t').collect();
        if line == "-- " || line == "> -- " {
            line
        } else {
            line.trim_end_matches([' ', '\t']).to_owned()
        }
    });
    lines.collect::<Vec<_>>().join("\n").trim_end_matches('\n').to_owned()
}

fn body_text(bytes: &[u8]) -> String {
    parsed(bytes).body_text(0).map(|text| text.into_owned()).unwrap_or_default()
}

/// The rules that hold for every mail.
fn assert_clean(bytes: &[u8]) {
    assert!(bytes.ends_with(b"\r\n"));
    assert!(bytes.is_ascii(), "7-bit: {}", String::from_utf8_lossy(bytes));
    for line in bytes.strip_suffix(b"\r\n").unwrap().split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        assert!(line.len() <= 998, "too long: {}", line.len());
        assert!(!line.contains(&b'\r'), "bare CR");
    }
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count(), "bare LF");
    let (head, _) = text.split_once("\r\n\r\n").unwrap();
    assert!(
        head.replace("\r\n", "").chars().all(|c| !c.is_control()),
        "controls in the header: {head:?}"
    );
}

#[test]
fn a_reply_has_these_bytes() {
    let mut mail = outgoing(
        "[#12] Drucker brennt – schon wieder",
        "Hello Carol,\n\nwe know; it is being put out.\n\n> It burns.\n-- \nAlice\n",
    );
    mail.in_reply_to = Some(id("b@customer.test"));
    mail.references = vec![id("a@customer.test"), id("b@customer.test")];
    mail.cc = vec![person("Dave, the Other", "dave@other.test"), person("", "ada@example.org")];
    let wanted = "From: \"Alice (Desk)\" <support@desk.test>\r\n\
        To: \"Carol\" <carol@customer.test>\r\n\
        Cc: \"Dave, the Other\" <dave@other.test>, <ada@example.org>\r\n\
        Subject: [#12] =?utf-8?Q?Drucker_brennt_=E2=80=93_schon_wieder?=\r\n\
        Date: Sun, 22 Nov 2026 01:02:03 +0000\r\n\
        Message-ID: <12.34.abcdefghijklmnop@desk.test>\r\n\
        In-Reply-To: <b@customer.test>\r\n\
        References: <a@customer.test>\r\n <b@customer.test>\r\n\
        X-Postdesk-Loop: support@desk.test\r\n\
        MIME-Version: 1.0\r\n\
        Content-Type: text/plain; charset=utf-8; format=flowed\r\n\
        Content-Transfer-Encoding: 7bit\r\n\
        \r\n\
        Hello Carol,\r\n\
        \r\n\
        we know; it is being put out.\r\n\
        \r\n\
        > It burns.\r\n\
        -- \r\n\
        Alice\r\n";
    assert_eq!(String::from_utf8(bytes(&mail)).unwrap(), wanted);
    assert_eq!(bytes(&mail), bytes(&mail), "a second try sends the same bytes");
}

#[test]
fn automatic_mail_says_so_and_a_persons_does_not() {
    for (automatic, wanted) in [
        (Automatic::No, None),
        (Automatic::Replied, Some("auto-replied")),
        (Automatic::Generated, Some("auto-generated")),
    ] {
        let mail = Outgoing { automatic, ..outgoing("x", "y") };
        let found = fields(&bytes(&mail))
            .into_iter()
            .find(|(name, _)| name == "Auto-Submitted")
            .map(|(_, body)| body);
        assert_eq!(found.as_deref(), wanted);
        assert!(names(&bytes(&mail)).contains(&"X-Postdesk-Loop".to_owned()));
    }
}

/// P40, our half: whatever the subject held, there is one Subject line and no Bcc.
#[test]
fn p40_a_subject_with_line_ends_stays_one_line() {
    let hostile = [
        "Hi\r\nBcc: victim@other.test",
        "Hi\nBcc: victim@other.test",
        "Hi\rBcc: victim@other.test",
        "Hi\u{0}\u{85}\u{2028}Bcc: victim@other.test\r\n\r\nbody",
        "=?utf-8?Q?Hi=0D=0ABcc:_victim@other.test?=",
        "[#12] =?utf-8?B?SGkNCkJjYzogdmljdGltQG90aGVyLnRlc3Q=?=",
    ];
    let usual = names(&bytes(&outgoing("x", "y")));
    for subject in hostile {
        let bytes = bytes(&outgoing(subject, "y"));
        assert_clean(&bytes);
        assert_eq!(names(&bytes), usual, "{subject:?}");
        let read = parsed(&bytes).subject().unwrap().to_owned();
        assert!(!read.contains(['\r', '\n']), "{subject:?} is read as {read:?}");
    }
}

#[test]
fn p40_no_field_can_be_made_of_any_value() {
    let evil = "x\r\nBcc: victim@other.test\r\n\r\n<script>";
    let word = "=?utf-8?Q?x=0D=0ABcc:_victim@other.test?=";
    let usual = {
        let mut mail = outgoing("x", "y");
        mail.cc = vec![person("Dave", "dave@other.test")];
        names(&bytes(&mail))
    };
    for value in [evil, word] {
        let mut mail = outgoing(value, value);
        mail.from_name = value.to_owned();
        mail.to = vec![person(value, "carol@customer.test")];
        mail.cc = vec![person(value, "dave@other.test")];
        let bytes = bytes(&mail);
        assert_clean(&bytes);
        assert_eq!(names(&bytes), usual, "{value:?}");
        let message = parsed(&bytes);
        for list in [message.from().unwrap(), message.to().unwrap(), message.cc().unwrap()] {
            let found: Vec<_> = list.iter().collect();
            assert_eq!(found.len(), 1);
            assert!(!found[0].name().unwrap().contains(['\r', '\n']), "{found:?}");
        }
        assert!(message.bcc().is_none());
    }
}

/// P42 and P45, our half: braces, quotes and the like are letters.
#[test]
fn p42_p45_odd_characters_are_kept_as_they_are() {
    for odd in [
        "{{7*7}} ${x} %{y}",
        "'; DROP TABLE tickets; --",
        "\"quoted\" \\ back",
        "a <b@c.test>, d",
        "(comment",
        "; filename=x",
    ] {
        let mut mail = outgoing(&format!("[#12] {odd}"), odd);
        mail.from_name = odd.to_owned();
        mail.to = vec![person(odd, "carol@customer.test")];
        let bytes = bytes(&mail);
        assert_clean(&bytes);
        let message = parsed(&bytes);
        assert_eq!(message.subject(), Some(format!("[#12] {odd}").as_str()));
        assert_eq!(message.from().unwrap().first().unwrap().name(), Some(odd));
        assert_eq!(message.to().unwrap().first().unwrap().name(), Some(odd));
        assert_eq!(message.from().unwrap().first().unwrap().address(), Some("support@desk.test"));
        assert_eq!(body_text(&bytes).trim_end(), odd);
    }
}

#[test]
fn the_tag_of_the_subject_is_never_encoded() {
    for rest in ["x", "日本語の件名", &"long ".repeat(60), &"ü".repeat(100), "=?utf-8?Q?x?=", ""]
    {
        let bytes = bytes(&outgoing(&format!("[#12] {rest}"), "y"));
        assert_clean(&bytes);
        let (_, body) = fields(&bytes).into_iter().find(|(name, _)| name == "Subject").unwrap();
        assert!(body.starts_with("[#12]"), "{body:?}");
        assert!(body.split("\r\n").all(|line| line.len() <= 78), "{body:?}");
        assert_eq!(
            parsed(&bytes).subject().unwrap().trim_end(),
            format!("[#12] {rest}").trim_end()
        );
    }
}

#[test]
fn long_threads_keep_their_root_and_their_end() {
    let mut mail = outgoing("x", "y");
    mail.references =
        (0..500).map(|number| id(&format!("{number}.{}@customer.test", "x".repeat(200)))).collect();
    let bytes = bytes(&mail);
    assert_clean(&bytes);
    let message = parsed(&bytes);
    let kept: Vec<_> = message
        .references()
        .as_text_list()
        .unwrap()
        .iter()
        .map(|id| id.split('.').next().unwrap().to_owned())
        .collect();
    let wanted: Vec<String> =
        std::iter::once(0).chain(480..500).map(|number| number.to_string()).collect();
    assert_eq!(kept, wanted);
}

#[test]
fn addresses_beyond_ascii_are_shown_only_where_they_can_be_carried() {
    let mut mail = outgoing("x", "y");
    mail.cc = vec![person("Jürgen", "jürgen@exämple.test")];
    let narrow = bytes(&mail);
    assert_clean(&narrow);
    assert!(!String::from_utf8_lossy(&narrow).contains("jürgen"));
    mail.recipient = address("jürgen@exämple.test");
    let wide = bytes(&mail);
    assert!(String::from_utf8_lossy(&wide).contains("<jürgen@xn--exmple-cua.test>"));
}

#[test]
fn nobody_to_show_is_said_in_due_form() {
    let mail = Outgoing { to: Vec::new(), ..outgoing("", "") };
    let bytes = bytes(&mail);
    assert_clean(&bytes);
    assert!(String::from_utf8_lossy(&bytes).contains("\r\nTo: undisclosed-recipients:;\r\n"));
    assert_eq!(body_text(&bytes).trim_end(), "");
}

/// What is given, and the lines that stand in the mail.
const WRAPPED: &[(&str, &str)] = &[
    ("short", "short\r\n"),
    ("", "\r\n"),
    ("a\n\n\nb\n\n", "a\r\n\r\n\r\nb\r\n"),
    ("trailing  \nblanks\t", "trailing\r\nblanks\r\n"),
    (" indented", "  indented\r\n"),
    (">no quote", " >no quote\r\n"),
    ("From here", " From here\r\n"),
    ("> quote", "> quote\r\n"),
    (">", ">\r\n"),
    ("> ", ">\r\n"),
    ("> > twice", ">> twice\r\n"),
    (">> twice", ">> twice\r\n"),
    ("> >x", "> >x\r\n"),
    ("-- \nAlice", "-- \r\nAlice\r\n"),
    ("> -- ", "> -- \r\n"),
    ("--", "--\r\n"),
    (".", ".\r\n"),
    ("bell\u{7} and \u{1b}[31mred", "bell and [31mred\r\n"),
    ("a\r\nb\rc", "a\r\nb\r\nc\r\n"),
];

#[test]
fn lines_are_stuffed_quoted_and_trimmed() {
    for (given, wanted) in WRAPPED {
        let bytes = bytes(&outgoing("x", given));
        let text = String::from_utf8(bytes).unwrap();
        let (_, body) = text.split_once("\r\n\r\n").unwrap();
        assert_eq!(body, *wanted, "{given:?}");
    }
}

/// Each paragraph is one line, so that every client wraps it to its own width, and none has to know
/// `format=flowed` for that.
#[test]
fn a_paragraph_is_one_line() {
    let prose = "word ".repeat(100).trim_end().to_owned();
    let url = format!("https://example.org/{}", "x".repeat(300));
    let dashes = format!("{} -- {}", "y".repeat(74), "z".repeat(80));
    for text in [
        prose.clone(),
        format!("> {prose}"),
        format!("see {url} there {prose}"),
        dashes,
        format!("- {prose}\n- {prose}\n\n{prose}"),
    ] {
        let bytes = bytes(&outgoing("x", &text));
        assert_clean(&bytes);
        let raw = String::from_utf8(bytes.clone()).unwrap();
        assert!(raw.split("\r\n").all(|line| line.len() <= 78), "{raw}");
        let body = body_text(&bytes);
        assert_eq!(body.trim_end().split("\r\n").collect::<Vec<_>>().join("\n"), text);
        assert_eq!(unflowed(&body), text);
    }
    // A stranger's marks must not be multiplied.
    let deep = format!("{} {}", ">".repeat(5000), "word ".repeat(5000));
    assert!(bytes(&outgoing("x", &deep)).len() < 200_000);
}

#[test]
fn text_beyond_ascii_goes_quoted_printable() {
    let text = format!("Grüße = {}\n\u{1f525} \n日本語", "ä ".repeat(200));
    let bytes = bytes(&outgoing("x", &text));
    assert_clean(&bytes);
    let raw = String::from_utf8(bytes.clone()).unwrap();
    assert!(raw.contains("Content-Transfer-Encoding: quoted-printable\r\n"));
    assert!(raw.split("\r\n").all(|line| line.len() <= 76 && !line.ends_with(' ')), "{raw}");
    assert_eq!(unflowed(&body_text(&bytes)), essence(&text));
}

/// Anything that could come out of a header or a client: letters of all kinds, controls, and what
/// looks like syntax.
#[test]
fn one_long_word_costs_no_more_than_many_short_ones() {
    let spent = |letters: usize| {
        let mail = outgoing("x", &"a".repeat(letters));
        let begun = crate::cpu::used();
        bytes(&mail);
        (crate::cpu::used() - begun).as_secs_f64()
    };
    let (once, eight_times) = (spent(1 << 17), spent(1 << 20));
    assert!(eight_times < once * 24.0, "{once} s, and {eight_times} s for eight times as much");
}

fn wild() -> impl Strategy<Value = String> {
    let bit = prop_oneof![
        "[a-zA-Z ]{0,12}",
        "\\PC{0,6}",
        Just("\r\nBcc: x@y.test".to_owned()),
        Just("\n".to_owned()),
        Just("\r".to_owned()),
        Just("=?utf-8?Q?=0D=0A?=".to_owned()),
        Just("=?".to_owned()),
        Just("?=".to_owned()),
        Just("\"\\<>,;:()[]@".to_owned()),
        Just("ä€😀".to_owned()),
        Just("\u{0}\u{7f}\u{9b}\t".to_owned()),
        Just("--=_".to_owned()),
        "[x]{70,120}",
    ];
    proptest::collection::vec(bit, 0..12).prop_map(|bits| bits.concat())
}

/// Texts: lines of prose, quotes, odd beginnings.
fn prose() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        "[a-z]{1,9}( {1,2}[a-zäß]{1,9}){0,40}",
        "> [a-z]{1,9}( [a-z]{1,9}){0,30}",
        "> > [a-z]{1,9}( [a-z]{1,9}){0,30}",
        " {0,3}>?[a-z.=-]{1,5}",
        "From [a-z]{1,5}",
        "[a-z]{60,1500}",
        Just("-- ".to_owned()),
        Just(">".to_owned()),
        Just(".".to_owned()),
        Just("a -- b".repeat(20)),
        Just("日本 語".repeat(40)),
        "\\PC{0,40}".prop_map(|text| text.replace('>', "")),
    ];
    proptest::collection::vec(line, 0..12).prop_map(|lines| lines.join("\n"))
}

/// A header value as readers see it: blanks and controls made one blank.
fn shown(text: &str, most: usize) -> String {
    let words = text
        .split(|c: char| c.is_control() || matches!(c, ' ' | '\u{2028}' | '\u{2029}'))
        .filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ").chars().take(most).collect::<String>().trim().to_owned()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_given_the_mail_is_clean_and_says_the_same(
        subject in wild(), from in wild(), to in wild(), file in wild(), text in wild(), tag in any::<bool>()
    ) {
        let subject = if tag { format!("[#12] {subject}") } else { subject };
        let mut mail = outgoing(&subject, &text);
        mail.from_name = from.clone();
        mail.to = vec![person(&to, "carol@customer.test")];
        mail.cc = vec![person(&to, "dave@other.test"), person("", "ada@example.org")];
        mail.in_reply_to = Some(id("a@customer.test"));
        mail.references = vec![id("a@customer.test"), id("b@customer.test")];
        mail.enclosures = vec![enclosure(1, Some(&file), &to, 3)];
        let bytes = inbox(&[b"abc"]).assemble(&composed(&mail));
        assert_clean(&bytes);
        let wanted = ["From", "To", "Cc", "Subject", "Date", "Message-ID", "In-Reply-To", "References",
            "X-Postdesk-Loop", "MIME-Version", "Content-Type"];
        prop_assert_eq!(names(&bytes), wanted);
        let message = parsed(&bytes);
        prop_assert_eq!(message.subject().unwrap_or_default().trim(), shown(&subject, 400));
        prop_assert_eq!(message.from().unwrap().first().unwrap().name().unwrap_or_default().trim(), shown(&from, 150));
        prop_assert_eq!(message.from().unwrap().first().unwrap().address(), Some("support@desk.test"));
        prop_assert_eq!(message.to().unwrap().first().unwrap().name().unwrap_or_default().trim(), shown(&to, 150));
        prop_assert_eq!(message.cc().unwrap().iter().count(), 2);
        prop_assert_eq!(message.message_id(), Some("12.34.abcdefghijklmnop@desk.test"));
        prop_assert_eq!(message.in_reply_to().as_text(), Some("a@customer.test"));
        prop_assert_eq!(message.text_body_count(), 1);
        prop_assert_eq!(message.attachment_count(), 1);
    }

    #[test]
    fn every_text_can_be_put_together_again(text in prose()) {
        let bytes = bytes(&outgoing("x", &text));
        assert_clean(&bytes);
        prop_assert_eq!(unflowed(&body_text(&bytes)), essence(&text));
    }
}
