//! What `export` writes can be read by others, and is all that the desk holds, of one ticket, or of
//! one person.

use mail_parser::mailbox::mbox::MessageIterator;
use postdesk::cli::Failure;
use postdesk::cli::export::{Wanted, export};
use serde_json::Value;

use super::scenario::stage::{Stage, unchecked};

const CONVERSATION: &str = "09:00 mail  From: carol@customer.test  Subject: Scanner  Message-ID: <first@customer.test>  Content-Type: multipart/mixed; boundary=b\n\
    | --b\n| Content-Type: text/plain\n|\n| From here on it is slow.\n| >From there too.\n| --b\n| Content-Type: text/plain\n\
    | Content-Disposition: attachment; filename=\"log.txt\"\n|\n| stopped\n| --b--\n\
    09:01 mail  From: dave@other.test  Subject: Lamp\n| It is dark.\n\
    09:05 mail  From: alice@desk.test  Subject: Re  In-Reply-To: {notification to alice on #1}\n| #note\n| A secret.\n\
    09:06 mail  From: alice@desk.test  Subject: Re  In-Reply-To: {notification to alice on #1}\n| Try the other cable.\n\
    09:20 wait\n";

struct Export {
    mails: Vec<String>,
    tickets: Vec<Value>,
    came: Vec<Value>,
    went: Vec<Value>,
}

fn run(stage: &Stage, change: impl FnOnce(&mut Wanted)) -> Export {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("out");
    let mut wanted = Wanted { folder: folder.clone(), ticket: None, person: None };
    change(&mut wanted);
    export(stage.config(), &wanted, &mut Vec::new()).unwrap();
    let again = export(stage.config(), &wanted, &mut Vec::new());
    assert!(matches!(again, Err(Failure::Said(words)) if words.contains("is there already")));
    let lines = |name: &str| {
        let text = std::fs::read_to_string(folder.join(name)).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<Value>>()
    };
    let mbox = std::fs::read(folder.join("mail.mbox")).unwrap();
    let mails = MessageIterator::new(&mbox[..])
        .map(|mail| String::from_utf8(mail.unwrap().contents().to_vec()).unwrap())
        .collect();
    Export {
        mails,
        tickets: lines("tickets.jsonl"),
        came: lines("inbox.jsonl"),
        went: lines("outbox.jsonl"),
    }
}

fn stage() -> Stage {
    let mut stage = Stage::with(&[]);
    unchecked(&mut stage, CONVERSATION);
    stage
}

#[test]
fn everything_is_there_and_mails_come_back_as_they_were() {
    let stage = stage();
    let all = run(&stage, |_| ());
    assert_eq!(all.tickets.len(), 2);
    assert_eq!((all.came.len(), all.mails.len()), (4, all.came.len() + all.went.len()));
    assert!(all.went.len() >= 6, "{}", all.went.len());
    let first = all.mails.iter().find(|mail| mail.contains("<first@customer.test>"));
    let first = first.unwrap_or_else(|| panic!("{:#?}", all.mails));
    assert!(first.contains("\nFrom here on it is slow.\n>From there too.\n"), "{first}");
    let answers = |mail: &&String| {
        mail.contains("Try the other cable.") && !mail.contains("From: alice@desk.test")
    };
    let answer = all.mails.iter().find(answers).unwrap_or_else(|| panic!("{:#?}", all.mails));
    assert!(answer.contains("Message-ID: <"), "{answer}");
}

#[test]
fn a_ticket_or_a_person_is_exported_alone() {
    let stage = stage();
    let one = run(&stage, |wanted| wanted.ticket = Some(2));
    assert_eq!(one.tickets[0]["number"], 2);
    assert!(one.mails.iter().all(|mail| !mail.contains("Scanner")), "{:?}", one.mails);
    let carol = run(&stage, |wanted| wanted.person = Some("Carol@customer.test".to_owned()));
    assert_eq!(carol.tickets.len(), 1);
    assert!(
        carol.went.iter().all(|row| row["recipient"] == "carol@customer.test"),
        "{:?}",
        carol.went
    );
    assert!(carol.came.iter().all(|row| row["from"] == "carol@customer.test"));
    assert!(carol.mails.iter().all(|mail| !mail.contains("A secret.")), "mails of hers alone");
    assert!(carol.mails.iter().any(|mail| mail.contains("Try the other cable.")));
}
