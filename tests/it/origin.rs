//! Machines are known as such, people are people, and a bounce names whom it speaks of.

use std::sync::LazyLock;

use postdesk::mail::origin::{Guess, Ourselves, Reading, guess, read};
use postdesk::mail::quote::tail::{Habits, without};
use postdesk::mail::quote::{new_text_of, split_under};
use postdesk::mail::{Address, Field, Inbound, MessageId, Origin, Person, Report};
use proptest::prelude::*;

use super::authentic::fields;

const ROBOTS: &str = include_str!("../../fixtures/origin/robots.txt");
const PEOPLE: &str = include_str!("../../fixtures/origin/people.txt");
const GUESSES: &str = include_str!("../../fixtures/origin/guesses.txt");
const TONES: &str = include_str!("../../fixtures/origin/tone.txt");
const BOUNCES: &str = include_str!("../../fixtures/origin/bounces.txt");

#[derive(Default)]
struct Case {
    title: String,
    /// Origin and words of the reason.
    expected: String,
    recipients: Vec<String>,
    original: Option<String>,
    mail: Inbound,
}

fn cases(fixture: &str) -> Vec<Case> {
    fixture.split("\n=== ").skip(1).map(case).collect()
}

fn case(block: &str) -> Case {
    let mut lines = block.lines();
    let mut case = Case { title: lines.next().unwrap().to_owned(), ..Case::default() };
    let (mut header, mut text, mut status, mut original) =
        (String::new(), String::new(), String::new(), String::new());
    for line in lines.filter(|line| !line.is_empty()) {
        let put = |to: &mut String, rest: &str| {
            to.push_str(rest.strip_prefix(' ').unwrap_or(rest));
            to.push('\n');
        };
        if let Some(expected) = line.strip_prefix("=> ") {
            case.expected = expected.to_owned();
        } else if let Some(recipient) = line.strip_prefix("-> ") {
            case.recipients.push(recipient.to_owned());
        } else if let Some(id) = line.strip_prefix("<- ") {
            case.original = Some(id.to_owned());
        } else if let Some(rest) = line.strip_prefix('|') {
            put(&mut text, rest);
        } else if let Some(rest) = line.strip_prefix("s|") {
            put(&mut status, rest);
        } else if let Some(rest) = line.strip_prefix("o|") {
            put(&mut original, rest);
        } else if let Some((count, field)) =
            line.strip_prefix('*').and_then(|line| line.split_once(' '))
        {
            header.push_str(&format!("{field}\n").repeat(count.parse().unwrap()));
        } else {
            header.push_str(line);
            header.push('\n');
        }
    }
    case.mail = mail(&header, &text);
    if !(status.is_empty() && original.is_empty()) {
        case.mail.report = Some(Report { kind: "delivery-status".to_owned(), status, original });
    }
    case
}

fn mail(header: &str, text: &str) -> Inbound {
    let fields = fields(header);
    let one =
        |name: &str| fields.iter().find(|field| field.is(name)).map(|field| field.value.clone());
    let ids = |name: &str| {
        one(name)
            .iter()
            .flat_map(|ids| ids.split_whitespace())
            .filter_map(MessageId::parse)
            .collect()
    };
    let from = one("From").unwrap_or_else(|| "Carol <carol@customer.test>".to_owned());
    Inbound {
        from: from.split(',').filter_map(person).collect(),
        from_fields: 1,
        message_id: one("Message-ID").as_deref().and_then(MessageId::parse),
        to: person("support@desk.test").into_iter().collect(),
        subject: one("Subject")
            .or_else(|| Some("Printer".to_owned()))
            .filter(|subject| !subject.is_empty()),
        in_reply_to: ids("In-Reply-To"),
        references: ids("References"),
        text: text.to_owned(),
        fields,
        ..Inbound::default()
    }
}

fn person(text: &str) -> Option<Person> {
    let (name, address) = match text.split_once('<') {
        Some((name, rest)) => {
            (Some(name.trim().trim_matches('"').to_owned()), rest.split('>').next().unwrap())
        }
        None => (None, text.split('(').next().unwrap()),
    };
    Some(Person { name: name.filter(|name| !name.is_empty()), address: Address::parse(address)? })
}

fn reading(mail: &Inbound) -> Reading {
    let address = Address::parse("support@desk.test").unwrap();
    read(
        mail,
        &Ourselves {
            address: &address,
            aliases: &[],
            own_lists: &["<support.desk.test>".to_owned()],
            agents: &[],
        },
    )
}

fn word(origin: Origin) -> &'static str {
    match origin {
        Origin::Notice => "notice",
        other => other.as_str(),
    }
}

/// What is wrong with the origin or its reason, for the list of failures.
fn wrong(case: &Case) -> Option<String> {
    let reading = reading(&case.mail);
    let (origin, words) = case.expected.split_once(' ').unwrap_or((&case.expected, ""));
    let right = word(reading.origin) == origin
        && reading.reason.contains(words)
        && !reading.reason.is_empty();
    (!right).then(|| format!("{}: expected {}, got {reading:?}", case.title, case.expected))
}

fn assert_none(wrong: &[String], of: usize) {
    assert!(wrong.is_empty(), "{} of {of} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn robots_are_robots() {
    let cases = cases(ROBOTS);
    assert!(cases.len() >= 80, "{} robots", cases.len());
    assert_none(&cases.iter().filter_map(wrong).collect::<Vec<_>>(), cases.len());
}

#[test]
fn people_are_people() {
    let mut cases = cases(PEOPLE);
    assert!(cases.len() >= 80, "{} people", cases.len());
    cases.iter_mut().for_each(|case| case.expected = "person".to_owned());
    assert_none(&cases.iter().filter_map(wrong).collect::<Vec<_>>(), cases.len());
}

#[test]
fn what_no_field_gives_away_is_told_by_its_tone() {
    let cases = cases(TONES);
    assert!(cases.len() >= 60, "{} tones", cases.len());
    assert_none(&cases.iter().filter_map(wrong).collect::<Vec<_>>(), cases.len());
}

#[test]
fn the_tone_of_an_agents_mail_is_not_looked_at() {
    let mut mail = mail("Subject: Out of Office: Printer\n", "I will be back on Monday.");
    assert_eq!(reading(&mail).origin, Origin::Notice);
    let alice = Address::parse("alice@desk.test").unwrap();
    mail.from = vec![Person { name: None, address: alice.clone() }];
    let address = Address::parse("support@desk.test").unwrap();
    let agents = [&alice];
    let ourselves = Ourselves { address: &address, aliases: &[], own_lists: &[], agents: &agents };
    assert_eq!(read(&mail, &ourselves).origin, Origin::Person);
}

/// What becomes of an answer without a sign in its header block.
fn guessed(mail: &Inbound) -> &'static str {
    if matches!(reading(mail).origin, Origin::Receipt | Origin::Report) {
        return "record";
    }
    let subject = mail.subject.as_deref();
    let text = new_text_of(&split_under(subject.unwrap_or_default(), &mail.text));
    match guess(subject, Some("Printer"), without(&text, &Habits::default())) {
        None => "person",
        Some(Guess::Away) => "away",
        Some(Guess::AwaySubject) => "away-subject",
        Some(Guess::Subject) => "subject",
        Some(Guess::Invitation) => "invitation",
        Some(Guess::Receipt) => "receipt",
        Some(Guess::Recall) => "recall",
        Some(Guess::Challenge) => "challenge",
        Some(Guess::Delivery) => "delivery",
    }
}

#[test]
fn what_may_be_a_machines_is_told_from_what_people_write() {
    let cases = cases(GUESSES);
    assert!(cases.len() >= 150, "{} guesses", cases.len());
    let wrong = cases.iter().filter(|case| guessed(&case.mail) != case.expected);
    let wrong: Vec<String> =
        wrong.map(|case| format!("{}: {}", case.title, guessed(&case.mail))).collect();
    assert_none(&wrong, cases.len());
}

#[test]
fn p27_bounces_name_recipients_and_the_original() {
    let cases = cases(BOUNCES);
    assert!(cases.len() >= 12, "{} bounces", cases.len());
    for case in &cases {
        assert_none(&wrong(case).into_iter().collect::<Vec<_>>(), 1);
        let bounce =
            reading(&case.mail).bounce.unwrap_or_else(|| panic!("{}: no bounce", case.title));
        let original = bounce.original.as_ref().map_or("-", MessageId::as_str);
        assert_eq!(Some(original), case.original.as_deref(), "{}: original", case.title);
        assert_eq!(
            bounce.recipients.len(),
            case.recipients.len(),
            "{}: {:?}",
            case.title,
            bounce.recipients
        );
        for (got, expected) in bounce.recipients.iter().zip(&case.recipients) {
            let mut words = expected.splitn(3, ' ');
            assert_eq!(got.recipient.as_str(), words.next().unwrap(), "{}", case.title);
            assert_eq!(got.failed, words.next() == Some("failed"), "{}: {got:?}", case.title);
            let rest = words.next().unwrap_or_default();
            let (status, said) = match rest.split_once(' ') {
                Some((status, said)) if status.contains('.') => (status, said),
                _ if rest.contains('.') => (rest, ""),
                _ => ("", rest),
            };
            assert_eq!(got.status, status, "{}: {got:?}", case.title);
            assert!(got.diagnostic.contains(said), "{}: {got:?}", case.title);
            // What was returned is no server's word (S6).
            assert!(!got.diagnostic.contains("Subject:"), "{}: {got:?}", case.title);
        }
    }
}

#[test]
fn p25_auto_submitted_is_an_auto_reply() {
    let reading = reading(&mail(
        "Auto-Submitted: auto-replied\nIn-Reply-To: <1.2.aaaabbbbccccdddd@desk.test>\n",
        "I am away.",
    ));
    assert_eq!(
        (reading.origin, reading.reason.as_str()),
        (Origin::AutoReply, "Auto-Submitted: auto-replied")
    );
}

#[test]
fn p26_out_of_office_headers_make_no_person() {
    for header in [
        "X-Auto-Response-Suppress: All\n",
        "X-Auto-Response-Suppress: OOF\n",
        "Precedence: bulk\n",
        "Precedence: auto_reply\n",
        "Precedence: junk\n",
    ] {
        for subject in ["Out of office", "Printer", "Automatic reply: Printer", "Abwesenheitsnotiz"]
        {
            let origin = reading(&mail(&format!("{header}Subject: {subject}\n"), "")).origin;
            assert!(
                matches!(origin, Origin::AutoReply | Origin::Notice | Origin::List),
                "{header}{subject}: {origin:?}"
            );
        }
    }
}

#[test]
fn p29_list_mail_is_list_mail() {
    let origin =
        reading(&mail("List-Id: <gardeners.other.test>\nPrecedence: list\n", "Roses?")).origin;
    assert_eq!(origin, Origin::List);
}

#[test]
fn p30_our_own_mail_is_known_by_its_id() {
    let reading = reading(&mail(
        "From: Example Support <SUPPORT@desk.test>\nMessage-ID: <1.2.aaaabbbbccccdddd@desk.test>\n",
        "",
    ));
    assert_eq!((reading.origin, reading.bounce), (Origin::Own, None));
}

#[test]
fn more_than_fifty_received_lines_are_a_circle() {
    let header = "Received: from a by b\n".repeat(51);
    let reading = reading(&mail(&header, ""));
    assert_eq!(reading.origin, Origin::Own);
    assert!(reading.reason.starts_with("51 Received"), "{}", reading.reason);
}

#[test]
fn reasons_and_diagnostics_are_short_and_clean() {
    let long = format!("X-Autoreply: {}\x07{}\n", "y".repeat(50), "z".repeat(10_000));
    let reason = reading(&mail(&long, "")).reason;
    assert!(reason.len() < 200 && !reason.chars().any(char::is_control), "{reason}");
    let mut bounce = mail("From: MAILER-DAEMON@other.test\n", "");
    bounce.text = format!("<carol@customer.test>:\n550 5.1.1 \x1b[31m{}", "no ".repeat(10_000));
    let found = reading(&bounce).bounce.unwrap().recipients;
    assert_eq!(found.len(), 1);
    assert!(
        found[0].diagnostic.chars().count() <= 500
            && !found[0].diagnostic.chars().any(char::is_control)
    );
}

#[test]
fn a_report_of_thousands_is_cut() {
    let mut bounce = mail(
        "From: MAILER-DAEMON@other.test\nContent-Type: multipart/report; report-type=delivery-status\n",
        "",
    );
    let groups: String = (0..20_000)
        .map(|n| format!("Final-Recipient: rfc822; c{n}@customer.test\nAction: failed\n\n"))
        .collect();
    bounce.report = Some(Report {
        kind: "delivery-status".to_owned(),
        status: groups,
        original: String::new(),
    });
    assert_eq!(reading(&bounce).bounce.unwrap().recipients.len(), 100);
    bounce.report = None;
    bounce.text = (0..20_000).map(|n| format!("c{n}@customer.test\n")).collect();
    assert_eq!(reading(&bounce).bounce.unwrap().recipients.len(), 100);
}

#[test]
fn our_own_list_makes_no_robot_only_if_it_is_configured() {
    let mail = mail("List-Id: <support.desk.test>\nPrecedence: list\n", "");
    assert_eq!(reading(&mail).origin, Origin::Person);
    let address = Address::parse("support@desk.test").unwrap();
    assert_eq!(
        read(&mail, &Ourselves { address: &address, aliases: &[], own_lists: &[], agents: &[] })
            .origin,
        Origin::List
    );
}

#[test]
fn an_agent_is_a_person_whatever_the_address_is_called() {
    let mut mail = mail("", "");
    let postmaster = Address::parse("postmaster@desk.test").unwrap();
    mail.from = vec![Person { name: None, address: postmaster.clone() }];
    assert_eq!(reading(&mail).origin, Origin::Notice);
    let address = Address::parse("support@desk.test").unwrap();
    let agents = [&postmaster];
    let ourselves = Ourselves { address: &address, aliases: &[], own_lists: &[], agents: &agents };
    assert_eq!(read(&mail, &ourselves).origin, Origin::Person);
}

static ALL: LazyLock<Vec<Case>> =
    LazyLock::new(|| cases(PEOPLE).into_iter().chain(cases(ROBOTS)).collect());

const NAMES: &str = "(Auto-Submitted|Precedence|List-Id|Return-Path|X-Auto-Response-Suppress|Content-Type|X-Failed-Recipients|Subject|From|X-Loop|Delivered-To|Received|X-Autogenerated)";

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn no_value_panics(names in prop::collection::vec(NAMES, 0..6), values in prop::collection::vec("\\PC{0,60}|[()<>;\\\\\" @.=a-z]{0,30}", 6), text in "(?s).{0,300}", status in "((Final-Recipient|Action|Status|Diagnostic-Code): ?\\PC{0,30}|\\PC{0,20}|)(\n|\n\n)") {
        let fields: Vec<Field> = names.into_iter().zip(&values).map(|(name, value)| Field { name, value: value.clone() }).collect();
        let mut mail = mail("", &text);
        mail.subject = values.first().cloned();
        mail.report = Some(Report { kind: values[1].clone(), status: status.repeat(3), original: text.clone() });
        mail.fields = fields;
        let reading = reading(&mail);
        prop_assert!(!reading.reason.is_empty());
        prop_assert_eq!(reading.bounce.is_some(), reading.origin == Origin::Bounce);
    }

    #[test]
    fn a_text_changes_no_origin_without_a_delivery_system_in_the_header(which in any::<prop::sample::Index>(), text in "(This message was created automatically by mail delivery software\\.|could not be delivered to|<dave@other\\.test>:|Auto-Submitted: auto-replied|List-Id: <x\\.y>|Message-ID: <a@b>|\\PC{0,20}|\n){0,12}") {
        let case = which.get(&ALL);
        let system = case.mail.values("Return-Path").any(|path| !path.contains('@')) || case.mail.from.iter().any(|who| who.address.local() == "postmaster");
        prop_assume!(!system);
        let spoken = Inbound { text: text.clone(), nested_text: text, ..case.mail.clone() };
        prop_assert_eq!(reading(&spoken), reading(&case.mail), "{}", case.title);
    }
}
