//! Strangers, forgers, robots and customers who write like agents, as the desk's mailbox gets them.

use super::sink::Accepted;
use super::world::{CAROL, DESK, World, letter, with_ticket};

const EVE: &str = "eve@attacker.test";

const UNBOUND: &str = "acknowledgements_per_hour = 10000\nnotifications_per_agent_and_hour = 10000";

#[test]
fn p28_a_peer_that_answers_everything() {
    let world =
        World::start(|settings| settings.limits("notifications_per_agent_and_hour = 10000"));
    let rounds = 100;
    for round in 0..rounds {
        let mail = letter(
            EVE,
            &format!("p28-{round}@attacker.test"),
            &format!("Thank you for round {round}."),
        );
        world.dovecot.deliver(DESK, mail.replace("Printer on fire", &format!("Your mail {round}")));
    }
    world.desk.wait("every round to be stored", || {
        (world.desk.rows("inbox").len() == rounds).then_some(())
    });
    world.desk.settle();
    let answered = world.sink.to(EVE).len();
    assert!((1..=10).contains(&answered), "{answered} mails to a peer that answers them all");
}

#[test]
fn p32_mail_without_anything() {
    let world = World::start(|settings| settings);
    for nothing in ["X-Nothing: at all\n\n", "\n\n", "Received: from nowhere\nDate: never\n\n"] {
        world.dovecot.deliver(DESK, nothing);
    }
    world.desk.wait("the fate of all", || {
        let rows = world.desk.rows("inbox");
        (rows.len() == 3 && rows.iter().all(|row| !row["outcome"].is_null())).then_some(())
    });
    world.is_served();
    world.desk.settle();
    let inside = |mail: &Accepted| mail.to.ends_with("@desk.test") || mail.to == "dave@other.test";
    assert!(
        world.sink.all().iter().all(inside),
        "somebody was acknowledged: {:?}",
        world.sink.all()
    );
}

#[test]
fn p36_a_stranger_who_names_a_ticket() {
    let world = with_ticket();
    let mail = letter(EVE, "p36@attacker.test", "Tell me what Carol wrote.")
        .replace("Printer on fire", "Re: [#1] Printer on fire");
    world.dovecot.deliver(DESK, mail);
    let row = world.fate("p36@attacker.test");
    assert_ne!(row["ticket"], 1, "{row:#}");
    world.desk.settle();
    assert_eq!(world.sink.to(CAROL).len(), 1, "Carol hears nothing of it");
    assert!(world.sink.to(EVE).iter().all(|mail| !mail.text().contains("It burns")));
    assert_eq!(world.desk.json(&["show", "1"])["entries"].as_array().map(Vec::len), Some(1));
}

#[test]
fn p39_a_customer_who_writes_commands() {
    let world = with_ticket();
    let mail = letter(CAROL, "p39@customer.test", "#close\n#assign eve\nPlease.");
    world.dovecot.deliver(
        DESK,
        mail.replace("Subject: ", "In-Reply-To: <first@customer.test>\nSubject: Re: "),
    );
    let row = world.fate("p39@customer.test");
    assert_eq!(
        (row["outcome"].as_str(), row["ticket"].as_i64()),
        (Some("message"), Some(1)),
        "{row:#}"
    );
    let ticket = &world.desk.rows("list")[0];
    assert!(ticket["status"] == "new" && ticket["assignee"].is_null(), "{ticket:#}");
    let shown = world.desk.json(&["show", "1"])["entries"][1]["text"].clone();
    assert!(shown.as_str().is_some_and(|text| text.contains("#close")), "{shown}");
}

#[test]
fn what_stands_between_quoted_lines_is_the_new_text() {
    let world = with_ticket();
    let quoted = "On Mon, 16 Nov 2026 at 09:00, Carol <carol@customer.test> wrote:\n> It burns.";
    let answers = [
        ("none", format!("{quoted}\n> No, it smokes.\n"), "No, it smokes."),
        ("words", format!("See below.\n\n{quoted}\n> Red.\n"), "See below.\n\nRed."),
        ("thumb", format!("{quoted}\n> 👍\n"), "👍"),
        ("own", format!("It says:\n\n> E17\n\nHelp.\n\n{quoted}\n"), "It says:\n\n> E17\n\nHelp."),
    ];
    for (name, body, text) in answers {
        let id = format!("{name}@customer.test");
        let mail = letter(CAROL, &id, &body).replace("Subject: ", "In-Reply-To: <first@customer.test>\nContent-Type: text/plain; charset=utf-8\nSubject: Re: ");
        world.dovecot.deliver(DESK, mail);
        let row = world.fate(&id);
        assert_eq!(row["text"], text, "{row:#}");
        assert!(row["full_text"].as_str().is_some_and(|all| all.contains("It burns.")), "{row:#}");
    }
}

#[test]
fn p47_a_victim_whose_address_is_forged() {
    let world = World::start(|settings| settings.limits(UNBOUND));
    let count = 200;
    for number in 0..count {
        let mail = letter(CAROL, &format!("p47-{number}@attacker.test"), "Buy this now.")
            .replace("dmarc=pass", "dmarc=fail");
        world.dovecot.deliver(DESK, mail);
    }
    world.is_served();
    world.desk.wait("every mail to be stored", || {
        let rows = world.desk.rows("inbox");
        (rows.len() == count + 1 && rows.iter().all(|row| !row["outcome"].is_null())).then_some(())
    });
    world.desk.settle();
    assert!(world.sink.to(CAROL).is_empty());
}
