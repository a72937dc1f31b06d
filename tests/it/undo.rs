//! Taking back and handing over, in whatever order they come: no customer gets what the agent was
//! told is taken back, and what is put back is as it was.

use std::cell::Cell;

use postdesk::cli::mailbox::state;
use postdesk::mail::Kind;
use postdesk::store;
use postdesk::store::outbox::{self, Pace, Parcel, Room};
use postdesk::time::Timestamp;
use proptest::prelude::*;

use super::made::runner;
use super::scenario::stage::{Stage, does, run, unchecked};

const BEGUN: &str = "09:00 mail  From: carol@customer.test  Subject: Scanner\n| It is slow.\n";
const TO: &str = "In-Reply-To: {notification to alice on #1}";

/// What can happen between two undos.
const STEPS: [&str; 12] = [
    "mail  From: alice@desk.test  Subject: Re  TO\n| Clean the glass.\n",
    "mail  From: alice@desk.test  Subject: Re  TO\n| #close\n| Throw it away.\n",
    "mail  From: alice@desk.test  Subject: Re  TO\n| #close\n",
    "mail  From: alice@desk.test  Subject: Re  TO\n| #priority high\n| #tag +lamp\n| #pending 2d\n",
    "mail  From: alice@desk.test  Subject: Re  TO\n| #cc dave@other.test\n| #customer ada@example.org\n| Yours now.\n",
    "mail  From: alice@desk.test  Subject: Re  TO\n| #undo\n",
    "mail  From: alice@desk.test  Subject: Re  TO\n| #undo\n",
    "mail  From: alice@desk.test  Subject: Re  In-Reply-To: {last to alice on #1}\n| #undo\n",
    "mail  From: carol@customer.test  Subject: Re  In-Reply-To: {ack to carol}\n| Still slow.\n",
    "relay down\n",
    "relay up\n",
    "wait\n",
];

fn play(stage: &mut Stage, step: &str) {
    does(stage, &step.replace("TO\n", &format!("{TO}\n")));
}

/// A mail's state, without times and counts.
fn ticket(stage: &Stage) -> String {
    let sql = "SELECT status || subject || priority || queue || coalesce(assignee, '') || requester || tags || coalesce(due_at, '') || worked
                 || (SELECT group_concat(address || role || mailed, ' ') FROM (SELECT * FROM participants WHERE ticket = 1 ORDER BY address))
                 || wakes || promises || coalesce(promised_at, '')
               FROM tickets WHERE number = 1";
    stage.store().read(|connection| Ok(connection.query_row(sql, [], |row| row.get(0))?)).unwrap()
}

/// The law itself is one of those that `play` checks after each step (`invariants::taken_back`).
#[test]
fn nobody_gets_what_was_taken_back() {
    let steps = prop::collection::vec((0..STEPS.len(), 0..40u32), 3..14);
    let (back, sent) = (Cell::new(0), Cell::new(0));
    let result = runner(60).run(&steps, |steps| {
        let mut stage = Stage::with(&["limits.undo_window = \"30s\""]);
        play(&mut stage, BEGUN);
        for (step, later) in steps {
            play(&mut stage, &format!("+{later}s {}", STEPS[step]));
        }
        play(&mut stage, "+1s relay up\n");
        play(&mut stage, "+6h wait\n");
        back.set(back.get() + stage.count("SELECT count(*) FROM outbox WHERE withdrawn_at IS NOT NULL"));
        sent.set(sent.get() + stage.count("SELECT count(*) FROM outbox WHERE kind IN ('reply', 'notice') AND state = 'sent'"));
        prop_assert_eq!(stage.count("SELECT count(*) FROM outbox WHERE kind IN ('reply', 'notice') AND state = 'queued'"), 0);
        Ok(())
    });
    result.unwrap();
    assert!(back.get() > 20 && sent.get() > 20, "{} taken back, {} sent", back.get(), sent.get());
}

#[test]
fn in_time_everything_is_as_before() {
    let kinds = prop::collection::vec(0..5usize, 0..3);
    let tried = Cell::new(0);
    let result = runner(40).run(&(kinds, 0..5usize), |(before, last)| {
        let mut stage = Stage::with(&["limits.undo_window = \"30s\""]);
        play(&mut stage, BEGUN);
        for step in before {
            play(&mut stage, &format!("+2m {}", STEPS[step]));
        }
        play(&mut stage, "+2m wait\n");
        let (was, taken) = (
            ticket(&stage),
            stage
                .world
                .borrow()
                .taken
                .iter()
                .filter(|mail| !mail.to.ends_with("@desk.test"))
                .count(),
        );
        let version = stage.count("SELECT version FROM tickets WHERE number = 1");
        play(&mut stage, &format!("+1m {}", STEPS[last]));
        let changed = stage.count("SELECT version FROM tickets WHERE number = 1") != version;
        play(&mut stage, &format!("+10s {}", STEPS[5]));
        play(&mut stage, "+1h wait\n");
        if changed {
            tried.set(tried.get() + 1);
            prop_assert_eq!(ticket(&stage), was);
            prop_assert_eq!(
                stage
                    .world
                    .borrow()
                    .taken
                    .iter()
                    .filter(|mail| !mail.to.ends_with("@desk.test"))
                    .count(),
                taken
            );
        }
        Ok(())
    });
    result.unwrap();
    assert!(tried.get() > 20, "{}", tried.get());
}

fn claim(tx: postdesk::store::Tx<'_>, pace: Pace, due: Timestamp) -> store::Result<Vec<Parcel>> {
    let chosen = outbox::next(tx, &Room::of(10), due)?.ids;
    outbox::claim(tx, pace, &chosen, due)
}

/// What the sender has claimed is gone, even if nobody has it yet; what was taken back is never
/// claimed.
#[test]
fn sender_and_undo_do_not_meet() {
    for claimed in [true, false] {
        let mut stage = Stage::with(&["limits.undo_window = \"30s\""]);
        play(&mut stage, BEGUN);
        play(&mut stage, &format!("+1m {}", STEPS[0]));
        play(&mut stage, &format!("+29s {}", STEPS[9]));
        let due = stage.clock.now().plus(std::time::Duration::from_secs(5));
        let pace = Pace { acknowledgements_per_hour: 100, messages_per_minute: None };
        if claimed {
            assert_eq!(run(stage.store().write(move |tx| claim(tx, pace, due))).unwrap().len(), 1);
        }
        let undo = format!("+0s {}", STEPS[5]).replace("TO\n", &format!("{TO}\n"));
        unchecked(&mut stage, &undo);
        let back = stage
            .count("SELECT count(*) FROM outbox WHERE kind = 'reply' AND withdrawn_at IS NOT NULL");
        assert_eq!(back, i64::from(!claimed), "claimed: {claimed}");
        if !claimed {
            let replies = run(stage.store().write(move |tx| claim(tx, pace, due))).unwrap();
            assert!(
                replies.iter().all(|parcel| parcel.recipient.as_str() == "alice@desk.test"),
                "{replies:?}"
            );
        }
    }
}

#[test]
fn a_withdrawn_mail_is_shown_as_such() {
    let mut stage = Stage::with(&["limits.undo_window = \"30s\""]);
    play(&mut stage, BEGUN);
    play(&mut stage, &format!("+1m {}", STEPS[0]));
    let reply = |stage: &Stage| {
        let (rows, _) = stage.store().read(postdesk::store::view::outbox).unwrap();
        rows.into_iter().find(|row| row.kind == Kind::Reply).unwrap()
    };
    let row = reply(&stage);
    let (queued, next) = (row.queued_at, row.next_attempt_at.unwrap());
    assert_eq!((row.state, next.since(queued).as_secs()), ("queued", 30));
    play(&mut stage, &format!("+10s {}", STEPS[5]));
    let row = reply(&stage);
    assert_eq!((row.state, row.next_attempt_at), ("withdrawn", None));
    let shown = stage
        .store()
        .read(|connection| postdesk::store::view::show(connection, postdesk::mail::TicketNumber(1)))
        .unwrap()
        .unwrap();
    assert!(
        shown
            .entries
            .iter()
            .any(|entry| entry.withdrawn_at.is_some() && entry.text == "Clean the glass.")
    );
}

#[test]
fn a_stopped_mail_is_shown_as_such() {
    let mut stage = Stage::with(&["limits.undo_window = \"30s\""]);
    play(&mut stage, BEGUN);
    play(&mut stage, &format!("+1m {}", STEPS[0]));
    let reply = |stage: &Stage| {
        let rows = stage.store().read(postdesk::store::view::outbox).unwrap();
        rows.0.into_iter().find(|row| row.kind == Kind::Reply).unwrap()
    };
    assert_eq!(state(&reply(&stage)), "queued");
    let slip =
        "From: alice@desk.test  Subject: Re: [#1]  In-Reply-To: {notification to alice on #1}";
    play(&mut stage, &format!("+10s mail  {slip}\n| #unod\n"));
    let row = reply(&stage);
    assert_eq!((state(&row), row.next_attempt_at), ("stopped", None));
    assert_eq!(row.state, "queued");
    play(&mut stage, &format!("+10s {}", STEPS[5]));
    assert_eq!(state(&reply(&stage)), "withdrawn");
}

#[test]
fn keys_open_one_mail_for_one_agent() {
    use postdesk::mail::token::Key;
    use postdesk::mail::{Address, InboxId};
    let key = Key::new(&[7; Key::BYTES]);
    let (alice, bob) =
        (Address::parse("alice@desk.test").unwrap(), Address::parse("bob@desk.test").unwrap());
    let good = key.one_time(InboxId(5), &alice);
    assert_eq!(good.len(), 9, "two groups of four letters: 40 bits");
    for written in [
        good.clone(),
        good.to_uppercase(),
        good.replace('-', "\u{2011}"),
        good.replace('-', " "),
        format!("\n  {good}.\n\nKind regards\nAlice\n> anything"),
    ] {
        assert!(key.opens(InboxId(5), &alice, &written), "{written}");
    }
    let shown = key.one_time_shown(InboxId(5), &alice);
    for written in [
        shown.clone(),
        format!("I did not write this!\n\n{shown}\n"),
        format!("{shown} {shown}"),
        format!("yes {good}"),
        format!("> {shown}\n{good}"),
        format!("Here:\n{good}"),
    ] {
        assert!(!key.opens(InboxId(5), &alice, &written), "{written}");
    }
    let changed: String = good
        .chars()
        .enumerate()
        .map(|(at, c)| {
            if at == 3 && c != 'a' {
                'a'
            } else if at == 3 {
                'b'
            } else {
                c
            }
        })
        .collect();
    let short: String = good.chars().skip(1).collect();
    for written in [
        changed,
        short,
        String::new(),
        key.one_time(InboxId(6), &alice),
        key.one_time(InboxId(5), &bob),
    ] {
        assert!(!key.opens(InboxId(5), &alice, &written), "{written}");
    }
    assert!(!Key::new(&[8; Key::BYTES]).opens(InboxId(5), &alice, &good), "another desk's");
}
