//! Third parties as `show` has them; what becomes of their mail is in `fixtures/scenario/third-party-*.txt`.

use postdesk::cli::show::story;
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
    let shown = stage.store().read(|connection| view::show(connection, TicketNumber(1))).unwrap().unwrap();
    let json = serde_json::to_value(&shown).unwrap();
    let expected = serde_json::json!([
        { "address": "victor@vendor.test", "name": "Victor Vale" },
        { "address": "wendy@vendor.test", "name": null },
    ]);
    assert_eq!(json["third_parties"], expected);
    assert_eq!(shown.participants.len(), 1, "{:?}", shown.participants);
    stage.stop();
    let text = story(&data_dir, 1).unwrap();
    assert!(text.contains("third party: Victor Vale <victor@vendor.test>, whose answers stay inside\n"), "{text}");
    assert_eq!(stage.taken_for("victor@vendor.test") + stage.taken_for("wendy@vendor.test"), 0);
}
