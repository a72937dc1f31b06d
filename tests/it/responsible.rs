//! Who hears of a request: somebody always does, and never its subject or its author alone.

use std::collections::BTreeMap;
use std::path::Path;

use postdesk::config::{self, Config};
use postdesk::desk::absence::{Absence, Said, of};
use postdesk::desk::case::{Case, Given, Input};
use postdesk::desk::known::Conversation;
use postdesk::desk::notify::listeners;
use postdesk::desk::texts::Texts;
use postdesk::desk::{Event, Ticket};
use postdesk::mail::token::Key;
use postdesk::mail::{Address, Person, TicketNumber};
use postdesk::time::Timestamp;
use proptest::prelude::*;

use crate::blank::Blank;

const QUEUES: [&str; 2] = ["support", "sales"];

/// One agent by chance: whether a lead, of which queues, whether away and who stands in.
#[derive(Clone, Debug)]
struct Known {
    lead: bool,
    queues: Vec<usize>,
    away: Option<Option<usize>>,
    second: bool,
}

fn known() -> impl Strategy<Value = Known> {
    let queues = prop_oneof![Just(vec![0]), Just(vec![1]), Just(vec![0, 1])];
    let away = prop_oneof![2 => Just(None), 3 => prop::option::of(0_usize..5).prop_map(Some)];
    (prop::bool::weighted(0.3), queues, away, any::<bool>())
        .prop_map(|(lead, queues, away, second)| Known { lead, queues, away, second })
}

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

fn of_agent(number: usize) -> Address {
    address(&format!("agent{number}@desk.test"))
}

/// Somebody: an agent by number, their second address, the owner, who left, or a customer.
fn somebody(number: usize, of: usize) -> Address {
    match number {
        0..=4 if number < of => of_agent(number),
        5..=9 if number - 5 < of => address(&format!("second{}@desk.test", number - 5)),
        10 => address("owner@desk.test"),
        11 => address("gone@desk.test"),
        _ => address("carol@customer.test"),
    }
}

fn desk(agents: &[Known], owner: &Address) -> Config {
    let mut text = format!(
        "[desk]\nname = \"Desk\"\naddress = \"support@desk.test\"\nowner = \"{owner}\"\n\
         [imap]\nhost = \"i.test\"\n[smtp]\nhost = \"s.test\"\n"
    );
    for queue in QUEUES {
        text.push_str(&format!("[[queues]]\nname = \"{queue}\"\n"));
    }
    for (number, agent) in agents.iter().enumerate() {
        let queues: Vec<&str> = agent.queues.iter().map(|queue| QUEUES[*queue]).collect();
        let role = if agent.lead { "lead" } else { "agent" };
        text.push_str(&format!(
            "[[agents]]\nname = \"Agent {number}\"\naddress = \"agent{number}@desk.test\"\n\
             role = \"{role}\"\nqueues = {queues:?}\n"
        ));
        if agent.second {
            text.push_str(&format!("aliases = [\"second{number}@desk.test\"]\n"));
        }
    }
    config::parse(&text, Path::new("config.toml")).unwrap_or_else(|wrong| panic!("{wrong}\n{text}"))
}

fn absences(agents: &[Known]) -> Vec<Absence> {
    let away = agents.iter().enumerate().filter_map(|(number, agent)| {
        let backup = agent.away?.map(|by| somebody(by, agents.len()));
        Some(Absence { agent: of_agent(number), until: None, backup, said: Said::ByCommand })
    });
    away.collect()
}

fn request(requester: &Address, queue: usize, assignee: Option<Address>) -> Conversation {
    let opened = Event::Opened {
        subject: "Scanner".to_owned(),
        requester: Person { name: None, address: requester.clone() },
        queue: QUEUES[queue].to_owned(),
        verified: true,
        written_to: None,
        why: String::new(),
        ruled: None,
    };
    let mut ticket = Ticket::opened(TicketNumber(1), &opened, Timestamp::from_millis(0)).unwrap();
    ticket.assignee = assignee;
    Conversation::opened(ticket)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 3_000, ..ProptestConfig::default() })]

    #[test]
    fn somebody_hears_and_never_the_subject_or_the_author(
        agents in prop::collection::vec(known(), 1..5),
        owner in 0_usize..13,
        requester in 0_usize..13,
        writes in 0_usize..13,
        own in any::<bool>(),
        assignee in prop::option::of(0_usize..12),
        queue in 0_usize..2,
    ) {
        let count = agents.len();
        let owner = match somebody(owner, count) {
            agent if owner < count => agent,
            _ => address("owner@desk.test"),
        };
        let config = desk(&agents, &owner);
        let away = absences(&agents);
        let (texts, key) = (Texts::new("en", BTreeMap::new()), Key::new(b"a secret of the desk's own, long enough"));
        let records = Blank { away: away.clone() };
        let now = Timestamp::from_millis(0);
        let given = Given { now, config: &config, texts: &texts, key: &key, records: &records };
        let case = Case::new(Input::Tick(TicketNumber(1)), given);
        let requester = somebody(requester, count);
        let author = if own { requester.clone() } else { somebody(writes, count) };
        let conversation = request(&requester, queue, assignee.map(|number| somebody(number, count)));
        let heard = listeners(&case, &conversation, &author);

        let same = |one: &Address, other: &Address| {
            one == other || config.agent(one).is_some_and(|agent| agent.addresses().any(|own| own == other))
        };
        for listener in &heard {
            let who = &listener.person.address;
            prop_assert!(!same(who, &author), "{} wrote it", who);
            prop_assert!(!same(who, &requester), "it is about {}", who);
        }
        let mut once: Vec<&Address> = heard.iter().map(|one| &one.person.address).collect();
        once.sort();
        once.dedup();
        prop_assert_eq!(once.len(), heard.len(), "nobody twice");

        // An agent who writes about another's request is here and knows.
        let knows = config.agent(&author).is_some() && !same(&author, &requester);
        let uninvolved = |who: &Address| !same(who, &author) && !same(who, &requester);
        let anybody = uninvolved(&owner) || config.agents.iter().any(|agent| uninvolved(&agent.address));
        prop_assert!(knows || !anybody || !heard.is_empty(), "nobody hears");

        // Whoever hears is here, or it is the owner, as long as one such is not involved.
        let here = |who: &Address| of(&away, who).is_none();
        let reached = heard.iter().any(|one| here(&one.person.address) || one.person.address == owner);
        let lead = config.agents.iter().any(|agent| {
            agent.role == config::Role::Lead && here(&agent.address) && uninvolved(&agent.address)
        });
        prop_assert!(knows || reached || !(lead || uninvolved(&owner)), "it lies in empty offices");
    }
}
