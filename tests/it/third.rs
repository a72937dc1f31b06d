//! Third parties as `show` has them; what becomes of their mail is in
//! `fixtures/scenario/third-party-*.txt`.

use postdesk::cli::show::story;
use postdesk::desk::PARTICIPANTS_MAX;
use postdesk::mail::TicketNumber;
use postdesk::store::view;

use super::scenario::script::Script;
use super::scenario::stage::{Stage, folder};
use super::scenario::world::World;

const STORY: &str = "\
09:00 mail  From: carol@customer.test  Subject: Scanner
| It is slow.
09:10 mail  From: alice@desk.test  Subject: Re  In-Reply-To: {notification to alice}  To: Victor Vale <victor@vendor.test>  Cc: support@desk.test, wendy@vendor.test, carol@customer.test, bob@desk.test
| Is there a newer driver?
09:20 mail  From: alice@desk.test  Subject: Re  In-Reply-To: {notification to alice}  To: VICTOR@vendor.test  Cc: support@desk.test
| Are you there?
";

#[test]
fn show_lists_those_outside_to_whom_an_agent_wrote_each_once() {
    let keep = folder();
    let data_dir = keep.path().join("data");
    let script = Script::parse("(third)", STORY);
    let mut stage = Stage::at(&data_dir, &script, World::new());
    for step in &script.steps {
        stage.play(step);
    }
    let shown =
        stage.store().read(|connection| view::show(connection, TicketNumber(1))).unwrap().unwrap();
    let json = serde_json::to_value(&shown).unwrap();
    let expected = serde_json::json!([
        { "address": "victor@vendor.test", "name": "Victor Vale" },
        { "address": "wendy@vendor.test", "name": null },
    ]);
    assert_eq!(json["third_parties"], expected);
    assert_eq!(shown.participants.len(), 1, "{:?}", shown.participants);
    stage.stop();
    let text = story(&data_dir, 1).unwrap();
    assert!(
        text.contains("third party: Victor Vale <victor@vendor.test>, whose answers stay inside\n"),
        "{text}"
    );
    assert_eq!(stage.taken_for("victor@vendor.test") + stage.taken_for("wendy@vendor.test"), 0);
}

/// Participants are bounded, so those beside them are too: one mail to a whole company is no reason
/// to write down all of it.
#[test]
fn one_mail_makes_no_more_third_parties_than_a_ticket_may_have_participants() {
    let all: Vec<String> = (0..50).map(|number| format!("v{number}@vendor.test")).collect();
    let head = "09:10 mail  From: alice@desk.test  Subject: Re  In-Reply-To: {notification to alice}  To: ";
    let text = format!(
        "09:00 mail  From: carol@customer.test  Subject: Scanner\n| It is slow.\n{head}{}  Cc: support@desk.test\n| Who knows?\n",
        all.join(", ")
    );
    let keep = folder();
    let script = Script::parse("(third, many)", &text);
    let mut stage = Stage::at(&keep.path().join("data"), &script, World::new());
    for step in &script.steps {
        stage.play(step);
    }
    let shown =
        stage.store().read(|connection| view::show(connection, TicketNumber(1))).unwrap().unwrap();
    assert_eq!(shown.third_parties.len(), PARTICIPANTS_MAX);
}
