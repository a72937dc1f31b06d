//! The numbered cases of the reliability plan that need no sockets. Where a conversation says it
//! all, the case plays it.

use super::stage::{Stage, does, unchecked};
use super::{play, script};

fn plays(name: &str) {
    if let Err(wrong) = play(&script(name)) {
        panic!("{wrong}");
    }
}

fn writes(stage: &mut Stage, when: &str, fields: &str) -> Vec<String> {
    does(stage, &format!("{when} mail  {fields}\n| Hello.\n"))
}

/// A harmless mail is ticketed and acknowledged at once.
fn is_served(stage: &mut Stage) {
    let lines = writes(stage, "+1m", "From: zoe@served.test  Subject: Served?");
    assert!(
        lines.iter().any(
            |line| line.starts_with("out zoe@served.test") && line.ends_with("acknowledgement")
        ),
        "{lines:#?}"
    );
}

#[test]
fn p07_uidvalidity_changes_under_200_mails() {
    let mut stage = Stage::with(&["imap.first_start = \"all\""]);
    does(&mut stage, "09:00 put  From: p{n}@customer.test  Subject: Old {n}  count=200\n| Old.\n");
    does(&mut stage, "09:00 wait");
    let (tickets, acks) = (stage.count("SELECT count(*) FROM tickets"), acknowledged(&stage));
    does(&mut stage, "10:30 put  From: q{n}@customer.test  Subject: New {n}  count=3\n| New.\n");
    does(&mut stage, "10:30 mailbox uidvalidity 4711 unmarked");
    assert_eq!(stage.count("SELECT count(*) FROM tickets"), tickets + 3);
    assert_eq!(acknowledged(&stage), acks + 3);
    assert_eq!(stage.count("SELECT count(*) FROM inbox WHERE outcome = 'duplicate'"), 200);
    is_served(&mut stage);
}

fn acknowledged(stage: &Stage) -> i64 {
    stage.count("SELECT count(*) FROM outbox WHERE kind = 'acknowledgement' AND state = 'sent'")
}

#[test]
fn p14_relay_down_for_three_hours() {
    let mut stage = Stage::with(&[]);
    does(&mut stage, "09:00 relay down");
    for number in 0..5 {
        writes(&mut stage, "+1m", &format!("From: p{number}@customer.test  Subject: Down"));
    }
    assert_eq!(stage.count("SELECT count(*) FROM outbox WHERE state = 'queued'"), 15);
    assert_eq!(stage.count("SELECT count(*) FROM problems WHERE cause = 'smtp-unreachable'"), 1);
    for _ in 0..36 {
        does(&mut stage, "+5m wait");
    }
    assert!(stage.world.borrow().taken.is_empty());
    does(&mut stage, "+1m relay up");
    for _ in 0..2 {
        does(&mut stage, "+6m wait");
    }
    assert_eq!(stage.count("SELECT count(*) FROM outbox WHERE state <> 'sent'"), 0);
    let taken = stage.world.borrow().taken.len();
    let ids = stage.kinds().len();
    assert_eq!(taken, ids, "each mail once");
    assert_eq!(stage.count("SELECT count(*) FROM problems WHERE cause = 'smtp-unreachable'"), 0);
    is_served(&mut stage);
}

#[test]
fn p15_deferred_then_taken_and_refused() {
    plays("relay-defers-and-refuses");
}

#[test]
fn p16_an_agents_refused_address_costs_the_customer_nothing() {
    plays("undeliverable-notification");
    let mut stage = Stage::with(&[]);
    does(&mut stage, "09:00 relay bob@desk.test 550");
    writes(&mut stage, "09:00", "From: carol@customer.test  Subject: Scanner");
    does(&mut stage, "+2h wait");
    assert_eq!(stage.taken_for("carol@customer.test"), 1);
}

#[test]
fn p20_clock_jumps_a_month_ahead_and_back() {
    let mut stage = Stage::with(&[]);
    does(&mut stage, "09:00 relay carol@customer.test 450");
    writes(&mut stage, "09:00", "From: carol@customer.test  Subject: Scanner");
    let tries = |stage: &Stage| stage.world.borrow().tries;
    let before = tries(&stage);
    does(&mut stage, "+30d jump");
    does(&mut stage, "+9m wait");
    assert_eq!(stage.count("SELECT count(*) FROM outbox WHERE kind = 'holding'"), 0);
    assert!(tries(&stage) <= before + 4, "no storm: {} tries", tries(&stage) - before);
    assert_eq!(
        stage.count("SELECT count(*) FROM outbox WHERE state = 'expired'"),
        0,
        "a jump is not five days of trying"
    );
    let before = tries(&stage);
    does(&mut stage, "-31d jump");
    assert!(tries(&stage) <= before + 4, "no storm: {} tries", tries(&stage) - before);
    does(&mut stage, "+3h relay carol@customer.test ok");
    does(&mut stage, "+1m wait");
    assert_eq!(stage.taken_for("carol@customer.test"), 1, "tries go on");
    is_served(&mut stage);
}

#[test]
fn p25_vacation_mail_in_a_thread() {
    plays("robots-auto-replies");
}

#[test]
fn p26_out_of_office_without_auto_submitted() {
    plays("robots-away-without-auto-submitted");
}

#[test]
fn p27_bounce_of_our_acknowledgement() {
    plays("bounce-of-ack-and-notification");
}

/// How many mails go to a peer that writes a hundred times within a day, each time as `fields`
/// says; the laws are checked at the end.
fn loops(fields: impl Fn(&Stage, usize) -> String) -> usize {
    let mut stage = Stage::with(&[]);
    writes(&mut stage, "08:10", "From: peer@other.test  Subject: Round 0");
    for round in 1..=100 {
        let line = format!("+14m mail  {}\n| Hello.\n", fields(&stage, round));
        unchecked(&mut stage, &line);
    }
    stage.news();
    stage.taken_for("peer@other.test")
}

#[test]
fn p28_a_peer_that_answers_everything() {
    let anew = loops(|_, round| format!("From: peer@other.test  Subject: Round {round}"));
    assert!(anew <= 10, "{anew} mails to a peer that begins anew each time");
    let threaded = loops(|stage, round| {
        let id = stage.taken("last to peer").id();
        format!("From: peer@other.test  Subject: Re: Round {round}  In-Reply-To: <{id}>")
    });
    assert!(threaded <= 10, "{threaded} mails to a peer that stays in the thread");
    let unvouched =
        loops(|_, round| format!("From: peer@other.test  Subject: Round {round}  auth=none"));
    assert!(unvouched <= 10, "{unvouched} mails to a peer without a verdict");
    let robot = loops(|_, round| {
        format!("From: peer@other.test  Subject: Round {round}  Auto-Submitted: auto-replied")
    });
    assert_eq!(robot, 2, "what its first mail is owed, which said nothing of a machine");
}

#[test]
fn p29_list_mail() {
    plays("robots-notices-and-lists");
    plays("robots-own-list-is-no-list");
}

#[test]
fn p30_our_own_mail_comes_back() {
    plays("robots-own-mail-and-receipts");
}

/// The plan says 10,000; the unoptimised test takes 1,000 through the same bounds, the release
/// laboratory the rest.
#[test]
fn p31_a_thousand_mails_of_one_sender() {
    const MAILS: i64 = 1_000;
    let mut stage = Stage::with(&["imap.first_start = \"all\""]);
    does(
        &mut stage,
        &format!(
            "09:00 put  From: eve@attacker.test  Subject: Flood {{n}}  count={MAILS}\n| Flood.\n"
        ),
    );
    does(&mut stage, "09:00 wait");
    assert_eq!(stage.count("SELECT count(*) FROM inbox WHERE outcome = 'message'"), MAILS);
    assert_eq!(stage.taken_for("eve@attacker.test"), 5);
    assert!(stage.taken_for("bob@desk.test") <= 31, "the rest of an agent's hour is bundled");
    is_served(&mut stage);
    does(&mut stage, "+61m wait");
    assert_eq!(stage.count("SELECT count(*) FROM bundle"), 0);
}

#[test]
fn p32_mail_with_nothing_in_it() {
    plays("nothing-in-it");
}

#[test]
fn p33_a_mail_above_the_limit() {
    plays("refused-for-size");
}

#[test]
fn p36_a_strangers_tag() {
    plays("thread-stranger-with-id");
    let mut stage = Stage::with(&[]);
    writes(&mut stage, "09:00", "From: carol@customer.test  Subject: Scanner");
    writes(&mut stage, "09:10", "From: eve@attacker.test  Subject: [#1] Scanner");
    assert_eq!(stage.count("SELECT count(*) FROM entries WHERE ticket = 1"), 1);
    assert_eq!(stage.taken_for("carol@customer.test"), 1, "carol sees nothing of it");
}

#[test]
fn p37_a_forged_agent() {
    plays("impostor");
    let mut stage = Stage::with(&[]);
    writes(&mut stage, "09:00", "From: carol@customer.test  Subject: Scanner");
    let forged = "09:10 mail  From: alice@desk.test  Subject: Re: [#1]  In-Reply-To: {notification to alice}  auth=fail\n| #close\n";
    does(&mut stage, forged);
    assert_eq!(stage.count("SELECT count(*) FROM inbox WHERE outcome = 'quarantine'"), 1);
    assert_eq!(stage.count("SELECT count(*) FROM tickets WHERE status = 'new'"), 1, "not obeyed");
    assert_eq!(stage.taken_for("carol@customer.test"), 1, "nothing passed on");
    assert_eq!(stage.taken("transcript to alice").to, "alice@desk.test", "the real alice is told");
}

#[test]
fn p38_a_quoted_command() {
    plays("agent-quotes-a-command");
    let mut stage = Stage::with(&[]);
    writes(&mut stage, "09:00", "From: carol@customer.test  Subject: Scanner");
    let top = "From: alice@desk.test  Subject: Re: [#1]  In-Reply-To: {notification to alice}";
    does(&mut stage, &format!("09:10 mail  {top}\n| #tag +lamp\n|\n| > #close\n"));
    assert_eq!(
        stage.count("SELECT count(*) FROM tickets WHERE status = 'new' AND tags = '[\"lamp\"]'"),
        1,
        "her own line, not the quoted one"
    );
    does(&mut stage, &format!("09:11 mail  {top}\n| > #spam\n|\n| #close\n"));
    assert_eq!(
        stage.count("SELECT count(*) FROM inbox WHERE outcome = 'held'"),
        1,
        "below a quotation it is told of, not obeyed"
    );
    does(&mut stage, &format!("09:12 mail  {top}\n| #close\n|\n| > #reopen\n"));
    assert_eq!(stage.count("SELECT count(*) FROM tickets WHERE status = 'solved'"), 1);
}

#[test]
fn p39_a_customers_command() {
    let mut stage = Stage::with(&[]);
    does(
        &mut stage,
        "09:00 mail  From: carol@customer.test  Subject: Scanner\n| #close\n| #assign bob\n",
    );
    assert_eq!(
        stage.count("SELECT count(*) FROM tickets WHERE status = 'new' AND assignee IS NULL"),
        1
    );
    assert_eq!(
        stage.count("SELECT count(*) FROM entries WHERE text LIKE '#close%' AND kind = 'message'"),
        1
    );
    does(
        &mut stage,
        "09:01 mail  From: carol@customer.test  Subject: Re: [#1]  In-Reply-To: {ack to carol}\n| #spam\n",
    );
    assert_eq!(stage.count("SELECT count(*) FROM tickets WHERE status = 'new'"), 1);
    assert_eq!(stage.count("SELECT count(*) FROM outbox WHERE kind = 'transcript'"), 0);
}

#[test]
fn p40_line_ends_in_encoded_words() {
    plays("hostile-headers");
}

#[test]
fn p42_template_marks_are_text() {
    plays("template-own");
    plays("hostile-headers");
}

#[test]
fn p44_notes_stay_inside() {
    plays("agent-internal-notes-stay-inside");
    plays("command-note-and-reply");
    plays("command-close");
    let mut stage = Stage::with(&[]);
    writes(&mut stage, "09:00", "From: carol@customer.test  Subject: Scanner");
    let note = "From: alice@desk.test  Subject: Re: [#1]  In-Reply-To: {notification to alice}\n| #note\n| She owes us money, says bob@desk.test.\n";
    does(&mut stage, &format!("09:10 mail  {note}"));
    assert_eq!(stage.taken_for("carol@customer.test"), 1, "the acknowledgement and nothing else");
    assert!(
        stage.taken("last to bob").bytes.windows(8).any(|window| window == b"owes us "),
        "bob reads it"
    );
}

#[test]
fn p45_sql_in_every_header() {
    let mut stage = Stage::with(&[]);
    let schema = |stage: &Stage| stage.count("SELECT count(*) FROM sqlite_schema");
    let before = schema(&stage);
    let hostile = "'); DROP TABLE tickets; --";
    let names = [
        "Subject",
        "References",
        "In-Reply-To",
        "Sender",
        "Reply-To",
        "List-Subject",
        "Comments",
        "Keywords",
        "X-Mailer",
    ];
    for (number, name) in names.into_iter().enumerate() {
        writes(
            &mut stage,
            "+1m",
            &format!("From: \"{hostile}\" <p{number}@customer.test>  {name}: {hostile}"),
        );
    }
    writes(
        &mut stage,
        "+1m",
        &format!("From: o'brien@customer.test  Message-ID: <{}@x.test>", "';--"),
    );
    assert_eq!(schema(&stage), before);
    assert_eq!(stage.count("SELECT count(*) FROM tickets"), names.len() as i64 + 1);
    assert_eq!(
        stage.count("SELECT count(*) FROM tickets WHERE subject = '''); DROP TABLE tickets; --'"),
        1,
        "stored literally"
    );
    is_served(&mut stage);
}

#[test]
fn p47_a_thousand_mails_in_a_victims_name() {
    let mut stage = Stage::with(&["imap.first_start = \"all\""]);
    does(
        &mut stage,
        "09:00 put  From: victim@other.test  Subject: Forged {n}  auth=fail  count=1000\n| Forged.\n",
    );
    does(&mut stage, "09:00 wait");
    does(&mut stage, "+3h wait");
    assert_eq!(stage.count("SELECT count(*) FROM inbox WHERE outcome = 'message'"), 1_000);
    assert_eq!(stage.taken_for("victim@other.test"), 0);
    is_served(&mut stage);
}

/// Lines of so many bytes together, each of its own.
fn long(bytes: usize) -> String {
    let mut text = String::new();
    for number in 0.. {
        if text.len() >= bytes {
            break;
        }
        text.push_str(&format!("| Line {number} of a log that nobody will ever read.\n"));
    }
    text
}

#[test]
fn a_text_above_the_bound_goes_as_a_file_or_waits() {
    let mut stage = Stage::with(&[]);
    let text = long(40_000);
    does(&mut stage, &format!("09:00 mail  From: carol@customer.test  Subject: Log\n{text}"));
    let mail = stage.taken("notification to alice");
    let shown = String::from_utf8_lossy(&mail.bytes).into_owned();
    assert!(shown.contains("more characters]") && shown.contains("- text.txt ("), "{shown}");
    assert!(shown.contains("filename=\"text.txt\"") || shown.contains("filename=text.txt"));

    let answer =
        "mail  From: alice@desk.test  Subject: Re: [#1] Log  In-Reply-To: {notification to alice}";
    let text = long(2_200_000);
    let lines = does(&mut stage, &format!("09:10 {answer}\n| See:\n{text}"));
    assert!(lines.iter().any(|line| line.contains("held #1: its text is longer")), "{lines:#?}");
    let before = stage.taken_for("carol@customer.test");

    let quoted = text.replace("| ", "| > ");
    let lines = does(
        &mut stage,
        &format!(
            "09:20 {answer}\n| We look.\n|\n| On Tue, Desk <support@desk.test> wrote:\n{quoted}"
        ),
    );
    assert!(lines.iter().any(|line| line.contains("an answer to the customer")), "{lines:#?}");
    assert_eq!(stage.taken_for("carol@customer.test"), before + 1);
}

/// What is logged while something happens on this thread.
fn logged(work: impl FnOnce()) -> String {
    let lines = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let written = lines.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || Lines(written.clone()))
        .finish();
    // With one dispatcher alone, a call that another thread comes to first would be off for good.
    let _second = tracing::Dispatch::new(tracing::subscriber::NoSubscriber::new());
    tracing::subscriber::with_default(subscriber, work);
    let lines = lines.lock().unwrap();
    String::from_utf8_lossy(&lines).into_owned()
}

struct Lines(std::sync::Arc<std::sync::Mutex<Vec<u8>>>);

impl std::io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn s6_the_log_holds_nobodys_words() {
    let log = logged(|| {
        let mut stage = Stage::with(&[]);
        does(
            &mut stage,
            "09:00 mail  From: Carol Zwiebel <carol@customer.test>  Subject: Zwiebel refund\n| My Zwiebel.\n",
        );
        let answer =
            "From: alice@desk.test  Subject: Re: Zwiebel  In-Reply-To: {notification to alice}";
        for text in [
            "| #note she is a Zwiebel\n",
            "| #zwiebel\n",
            "| #assign zwiebel\n",
            "| #remind zwiebel\n| Zwiebel\n",
            "| Zwiebel.\n| #close zwiebel\n",
            "| Ask alice@desk.test about the Zwiebel.\n",
            "| #canned zwiebel\n",
            "| #search zwiebel\n",
        ] {
            does(&mut stage, &format!("+1m mail  {answer}\n{text}"));
        }
        does(
            &mut stage,
            "+1m mail  From: alice@desk.test  Subject: Fwd: Zwiebel\n| #customer zwiebel\n",
        );
        does(
            &mut stage,
            "+1m mail  From: MAILER-DAEMON@mx.desk.test  Subject: failure notice  Return-Path: <>  auth=none\n\
             | <alice@desk.test>:\n| no such user (#5.1.1)\n| Message-ID: {notification to alice}\n| Subject: [#1] Zwiebel refund\n",
        );
        does(&mut stage, "+10m wait");
    });
    assert!(log.contains("code=\"not-understood\""), "{log}");
    assert!(!log.to_lowercase().contains("zwiebel"), "{log}");
}

/// A picture of an earlier mail has its mark in the history, and is no file of the new words.
#[test]
fn pictures_of_earlier_mails_stand_in_the_history() {
    let mut stage = Stage::with(&[]);
    let picture = |name: &str| {
        let body = "| iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ\n".repeat(400);
        format!(
            "| --b\n| Content-Type: image/png; name={name}.png\n| Content-ID: <{name}>\n| Content-Transfer-Encoding: base64\n|\n{body}"
        )
    };
    let page = "| <p>It leaks here: <img src=\"cid:leak\"></p><div>On Mon, 23 Nov 2026 at 10:00, Vince &lt;vince@vendor.test&gt; wrote:<blockquote>Turn this: <img src=\"cid:valve\"></blockquote></div>";
    let mail = format!(
        "09:00 mail  From: carol@customer.test  Subject: RE: Valve  Content-Type: multipart/related; boundary=b\n| --b\n| Content-Type: text/html\n|\n{page}\n{}{}| --b--\n",
        picture("leak"),
        picture("valve")
    );
    does(&mut stage, &mail);
    let lines = does(&mut stage, "09:01 text notification to alice\n");
    let at = |wanted: &str| lines.iter().position(|line| line.contains(wanted));
    let history = at("Vince <vince@vendor.test> wrote:").unwrap();
    let files = at("Attachments:").unwrap();
    assert!(at("[image: leak.png]").unwrap() < history, "{lines:#?}");
    assert!((history..files).contains(&at("[image: valve.png]").unwrap()), "{lines:#?}");
    assert!(at("- leak.png").is_some() && at("- valve.png").is_none(), "{lines:#?}");
}
