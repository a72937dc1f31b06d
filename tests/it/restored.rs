//! A database that was put back to an older state: nothing that goes outside is given twice, what
//! was sent is not sent again, and what nobody can know directs nothing.

use std::fs;
use std::path::Path;

use crate::scenario::script::Script;
use crate::scenario::stage::{Stage, unchecked as does};
use crate::scenario::world::{Taken, World};
use postdesk::store::marks::{self, Marks, Restored};
use postdesk::store::{self, DATABASE, NUMBERS, Store};

const SETTINGS: &str = "agents = [{ name = \"Alice Archer\", address = \"alice@desk.test\" }, \
    { name = \"Bob Brown\", address = \"bob@desk.test\" }]";

fn opened(data_dir: &Path) -> Stage {
    let script = Script::parse("(restored)", &format!("config {SETTINGS}\n"));
    Stage::at(data_dir, &script, World::new())
}

/// Ends the daemon, puts the copy in the place of the database, and starts it again.
fn put_back(stage: &mut Stage, data_dir: &Path, copy: &Path) {
    stage.stop();
    for end in ["-wal", "-shm"] {
        drop(fs::remove_file(data_dir.join([DATABASE, end].concat())));
    }
    fs::copy(copy.join(DATABASE), data_dir.join(DATABASE)).unwrap();
    stage.start();
    stage.drive(None);
}

fn to(stage: &Stage, address: &str) -> usize {
    stage.taken_for(address)
}

#[test]
fn what_was_sent_before_is_not_sent_again_and_its_ids_are_nobodys() {
    let keep = tempfile::tempdir().unwrap();
    let (data_dir, copy) = (keep.path().join("data"), keep.path().join("copy"));
    let mut stage = opened(&data_dir);
    does(&mut stage, "09:00 mail  From: carol@customer.test  Subject: Scanner\n| It is slow.\n");
    store::backup(&data_dir, &copy).unwrap();
    assert!(
        !copy.join(NUMBERS).exists(),
        "beside an old database it would say that nothing was given"
    );
    // No ticket is opened from here on: only rows tell that there was more.
    does(
        &mut stage,
        "09:10 mail  From: alice@desk.test  Subject: Re: [#1] Scanner  In-Reply-To: {notification to alice}\n| Have you cleaned the glass?\n",
    );
    does(
        &mut stage,
        "09:11 mail  From: bob@desk.test  Subject: Re: [#1] Scanner  In-Reply-To: {notification to bob}\n| #note\n| She never does.\n",
    );
    let highest = "SELECT max(id) FROM outbox";
    let (before, answers) = (stage.count(highest), to(&stage, "carol@customer.test"));
    put_back(&mut stage, &data_dir, &copy);
    assert_eq!(to(&stage, "carol@customer.test"), answers, "the answer went out before");
    let said =
        "SELECT count(*) FROM entries WHERE ticket = 1 AND kind = 'message' AND direction = 'out'";
    assert_eq!(stage.count(said), 1, "and it is written down again");
    assert_eq!(stage.count("SELECT count(*) FROM entries WHERE kind = 'note'"), 1);
    assert_eq!(stage.count("SELECT count(*) FROM problems WHERE cause = 'restored'"), 1);
    // The notification of the note is a mail of ours that no row bears any more.
    let known = stage.kinds();
    let lost: Vec<String> = {
        let world = stage.world.borrow();
        let ids = world.taken.iter().filter(|mail| mail.to == "alice@desk.test").map(Taken::id);
        ids.filter(|id| !known.contains_key(id)).collect()
    };
    assert_eq!(lost.len(), 1, "{lost:?}");
    for round in 0..8 {
        // As many rows as it takes for a number to come again, were it not for the marks.
        does(
            &mut stage,
            &format!("09:15 mail  From: c{round}@customer.test  Subject: One\n| Hello.\n"),
        );
    }
    let outside =
        stage.world.borrow().taken.iter().filter(|mail| !mail.to.ends_with("@desk.test")).count();
    does(
        &mut stage,
        &format!(
            "09:16 mail  From: alice@desk.test  Subject: Re: [#1] Scanner  In-Reply-To: <{}>\n| She is right, and a pain.\n",
            lost[0]
        ),
    );
    let now =
        stage.world.borrow().taken.iter().filter(|mail| !mail.to.ends_with("@desk.test")).count();
    assert_eq!(now, outside, "an internal answer goes nowhere");
    assert_eq!(stage.count("SELECT count(*) FROM inbox WHERE outcome = 'held'"), 1);
    does(
        &mut stage,
        "09:20 mail  From: carol@customer.test  Subject: Re: Scanner  In-Reply-To: {ack to carol}\n| And loud.\n",
    );
    assert!(stage.count("SELECT min(id) FROM outbox WHERE queued_at > (SELECT max(queued_at) FROM outbox) - 1000") > before);
    does(
        &mut stage,
        "09:30 mail  From: alice@desk.test  Subject: Re: [#1] Scanner  In-Reply-To: {notification to alice on #1}\n| We come on Friday.\n",
    );
    let ends: Vec<String> = stage
        .store()
        .read(|connection| {
            let mut all = connection.prepare("SELECT outcome || reason FROM inbox ORDER BY id")?;
            let rows = all.query_map([], |row| row.get(0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .unwrap();
    assert_eq!(to(&stage, "carol@customer.test"), answers + 1, "{ends:#?}");
}

/// Nothing in that mailbox shows what was handled.
#[test]
fn without_marks_nobody_is_written_to_a_second_time_either() {
    let keep = tempfile::tempdir().unwrap();
    let (data_dir, copy) = (keep.path().join("data"), keep.path().join("copy"));
    let script = format!("config {SETTINGS}\nconfig imap.after = \"nothing\"\n");
    let mut stage = Stage::at(&data_dir, &Script::parse("(restored)", &script), World::new());
    does(&mut stage, "09:00 mail  From: carol@customer.test  Subject: Scanner\n| It is slow.\n");
    store::backup(&data_dir, &copy).unwrap();
    does(&mut stage, "09:05 mail  From: dave@customer.test  Subject: Lamp\n| It is dark.\n");
    does(
        &mut stage,
        "09:10 mail  From: alice@desk.test  Subject: Re: [#1] Scanner  In-Reply-To: {notification to alice on #1}\n| Have you cleaned the glass?\n",
    );
    let heard = |stage: &Stage| (to(stage, "carol@customer.test"), to(stage, "dave@customer.test"));
    let before = heard(&stage);
    does(&mut stage, "09:20 wait\n");
    put_back(&mut stage, &data_dir, &copy);
    assert_eq!(heard(&stage), before);
    assert_eq!(stage.count("SELECT count(*) FROM inbox"), 3, "all are taken in again");
    does(&mut stage, "09:30 mail  From: eve@customer.test  Subject: Door\n| It is shut.\n");
    assert_eq!(to(&stage, "eve@customer.test"), 1, "what comes now is acknowledged");
}

#[test]
fn a_kill_before_the_commit_is_no_restore() {
    let keep = tempfile::tempdir().unwrap();
    let data_dir = keep.path().join("data");
    let mut stage = opened(&data_dir);
    does(&mut stage, "09:00 mail  From: carol@customer.test  Subject: Scanner\n| It is slow.\n");
    let now = stage.store().read(Marks::of).unwrap();
    stage.stop();
    let numbers = data_dir.join(NUMBERS);
    // What the daemon writes before a commit that gives ticket 2 and its rows.
    let mut words: Vec<i64> = fs::read_to_string(&numbers)
        .unwrap()
        .split_whitespace()
        .map(|word| word.parse().unwrap())
        .collect();
    words.iter_mut().take(3).for_each(|given| *given += 4);
    let line: Vec<String> = words.iter().map(ToString::to_string).collect();
    fs::write(&numbers, line.join(" ")).unwrap();
    let store = Store::open_inline(&data_dir).unwrap();
    let file = numbers.clone();
    let found =
        crate::scenario::stage::run(store.write(move |tx| marks::raise(tx, &file))).unwrap();
    assert_eq!(found, Restored::No);
    assert_eq!(store.read(Marks::of).unwrap(), now);
}

#[test]
fn a_mailbox_that_was_put_back_hides_no_mail_under_old_numbers() {
    let keep = tempfile::tempdir().unwrap();
    let data_dir = keep.path().join("data");
    let mut stage = opened(&data_dir);
    does(&mut stage, "09:00 mail  From: carol@customer.test  Subject: Scanner\n| It is slow.\n");
    let (next, lying) = {
        let world = stage.world.borrow();
        (world.uidnext, world.mails.clone())
    };
    for round in 0..4 {
        does(
            &mut stage,
            &format!("09:1{round} mail  From: c{round}@customer.test  Subject: Old\n| Hello.\n"),
        );
    }
    let tickets = || "SELECT count(*) FROM tickets";
    assert_eq!(stage.count(tickets()), 5);
    {
        let mut world = stage.world.borrow_mut();
        (world.uidnext, world.mails) = (next, lying);
    }
    // As many as before and two more, so that UIDNEXT does not tell.
    for round in 0..6 {
        let put =
            format!("09:2{round} put  From: n{round}@customer.test  Subject: New\n| Hello.\n");
        stage.perform(&Script::parse("(restored)", &put).steps[0]);
    }
    stage.stop();
    stage.start();
    stage.drive(None);
    assert_eq!(stage.count(tickets()), 11, "each of the six is a ticket");
    assert_eq!(stage.count("SELECT count(*) FROM problems WHERE cause = 'mailbox-put-back'"), 1);
    stage.stop();
    stage.start();
    stage.drive(None);
    assert_eq!(stage.count("SELECT count(*) FROM inbox"), 11, "once");
}
