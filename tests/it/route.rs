//! Routing holds to S2 whatever the evidence: nobody joins a ticket that is not theirs.

use proptest::prelude::*;

use postdesk::desk::route::{Candidate, Evidence, Route, Why, route, tag};
use postdesk::desk::{Event, Mailed, Ticket};
use postdesk::mail::{Address, Authentication, Person, TicketNumber};
use postdesk::time::Timestamp;

fn person(index: usize) -> Person {
    let house =
        ["customer.test", "customer.test", "other.test", "gmail.com", "gmail.com", "other.test"];
    let address = Address::parse(&format!("p{index}@{}", house[index])).unwrap();
    Person { name: None, address }
}

fn ticket(number: i64, people: &[usize]) -> Ticket {
    let requester = person(people[0]);
    let opened = Event::Opened {
        subject: "x".into(),
        requester,
        queue: "support".into(),
        verified: true,
        written_to: None,
        why: String::new(),
        ruled: None,
    };
    let mut ticket =
        Ticket::opened(TicketNumber(number), &opened, Timestamp::from_millis(0)).unwrap();
    for other in &people[1..] {
        ticket.apply(
            &Event::Joined { person: person(*other), mailed: Mailed::JoinOnly },
            Timestamp::from_millis(1),
        );
    }
    ticket
}

fn evidence() -> impl Strategy<Value = Evidence> {
    prop_oneof![
        Just(Evidence::OurId),
        Just(Evidence::KnownId),
        Just(Evidence::Awaited),
        Just(Evidence::Tag),
        (0usize..4).prop_map(|by| Evidence::SharedGhost { writer: person(by).address }),
    ]
}

fn verdict() -> impl Strategy<Value = Authentication> {
    prop_oneof![Just(Authentication::Pass), Just(Authentication::Fail), Just(Authentication::None)]
}

proptest! {
    #[test]
    fn only_participants_join_and_only_on_evidence_that_weighs(
        pointed in prop::collection::vec((1i64..6, prop::collection::vec(0usize..4, 1..4), evidence()), 0..6),
        sender in 0usize..6,
        verdict in verdict(),
    ) {
        let candidates: Vec<Candidate> =
            pointed.iter().map(|(number, people, evidence)| Candidate { ticket: ticket(*number, people), evidence: evidence.clone() }).collect();
        let sender = person(sender).address;
        match route(&candidates, &sender, verdict) {
            Route::Join(number, Why::Colleague { by: evidence, of }) => {
                prop_assert_eq!(verdict, Authentication::Pass);
                prop_assert!(matches!(evidence, Evidence::OurId | Evidence::KnownId));
                prop_assert_eq!(of.domain(), sender.domain());
                prop_assert_ne!(sender.domain(), "gmail.com");
                let joined = candidates.iter().filter(|one| one.ticket.number == number).any(|one| {
                    one.ticket.participant(&sender).is_none()
                        && one.ticket.participant(&of).map(|one| one.mailed) == Some(Mailed::Yes)
                });
                prop_assert!(joined);
            }
            Route::Join(number, _) => {
                prop_assert_ne!(verdict, Authentication::Fail);
                let weighs = candidates.iter().any(|candidate| {
                    candidate.ticket.number == number
                        && candidate.ticket.participant(&sender).is_some()
                        && match &candidate.evidence {
                            Evidence::Tag => verdict == Authentication::Pass,
                            Evidence::SharedGhost { writer } => *writer == sender,
                            Evidence::OurId | Evidence::KnownId | Evidence::Awaited => true,
                        }
                });
                prop_assert!(weighs);
            }
            Route::Linked(number, _) => {
                prop_assert_ne!(verdict, Authentication::Fail);
                prop_assert!(candidates.iter().any(|candidate| candidate.ticket.number == number));
            }
            Route::New(_) => {
                let open_door = candidates.iter().any(|candidate| {
                    matches!(candidate.evidence, Evidence::OurId | Evidence::KnownId) && candidate.ticket.participant(&sender).is_some()
                });
                prop_assert!(verdict == Authentication::Fail || !open_door, "a participant with a genuine id was turned away");
            }
        }
    }

    #[test]
    fn a_tag_is_found_whatever_stands_around_it(before in "[^\\[]{0,20}", number in 1i64..1_000_000, after in ".{0,20}") {
        let subject = format!("{before}[#{number}]{after}");
        prop_assert_eq!(tag(&subject), Some(TicketNumber(number)));
    }

    #[test]
    fn no_subject_breaks_the_search_for_a_tag(subject in "(\\[#?|\\]|#|-|[0-9]{1,20}|.{0,5}){0,12}") {
        if let Some(number) = tag(&subject) {
            let shown = format!("{}]", number.0);
            prop_assert!(number.0 > 0);
            prop_assert!(subject.contains(&shown));
        }
    }
}

#[test]
fn a_tag_is_a_positive_number_and_nothing_else() {
    for (subject, number) in [
        ("AW: RE: [EXT] [#12] Printer", Some(12)),
        ("[#12][#13]", Some(12)),
        ("[#] [#x] [#7]", Some(7)),
        ("[#0] none", None),
        ("[#-3]", None),
        ("[#12", None),
        ("#12", None),
        ("[#99999999999999999999]", None),
        ("[#１２]", None),
    ] {
        assert_eq!(tag(subject).map(|number| number.0), number, "{subject}");
    }
}
