//! What many tests are made of: an address, a bare desk, a row of the outbox, cases by chance that
//! are the same in each run.

use postdesk::config::{self, Config};
use postdesk::mail::compose::{Composed, Piece};
use postdesk::mail::{Address, Kind, MessageId, ReplyGoes};
use postdesk::store::outbox::{self, Fresh};
use postdesk::store::{self, Store, Tx};
use postdesk::time::{Clock, Timestamp};
use proptest::test_runner::{self, TestRng, TestRunner};

use super::scenario::stage::folder;

pub fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

/// The settings of a desk of one agent, with these lines in the section `smtp`.
pub fn config(smtp: &str) -> Config {
    let text = format!(
        "[desk]\nname = \"D\"\naddress = \"d@d.test\"\nowner = \"o@d.test\"\n\
        [imap]\nhost = \"i.test\"\nafter = \"nothing\"\n[smtp]\nhost = \"s.test\"\n{smtp}\n\
        [[agents]]\nname = \"A\"\naddress = \"a@d.test\"\n"
    );
    config::parse(&text, std::path::Path::new("config.toml"))
        .unwrap_or_else(|wrong| panic!("{wrong}"))
}

/// A store with its settings and a clock that stands.
pub struct Desk {
    pub store: Store,
    pub config: Config,
    pub clock: Clock,
    _keep: tempfile::TempDir,
}

pub fn desk(smtp: &str) -> Desk {
    let keep = folder();
    let store = Store::open_inline(keep.path()).unwrap();
    let clock = Clock::set_to(Timestamp::from_millis(1_800_000_000_000));
    Desk { store, config: config(smtp), clock, _keep: keep }
}

/// Puts a mail about no ticket into the outbox.
pub fn put(tx: Tx<'_>, kind: Kind, to: &str, now: Timestamp) -> store::Result<()> {
    let id = outbox::next_id(tx)?;
    let message_id = MessageId::parse(&format!("<{}@desk.test>", id.0)).unwrap();
    let to = address(to);
    let composed = Composed { pieces: vec![Piece::Bytes(b"Subject: x\r\n\r\nHello\r\n".to_vec())] };
    let mail = Fresh {
        id,
        ticket: None,
        entry: None,
        kind,
        cause: None,
        recipient: &to,
        message_id: &message_id,
        reply_goes: ReplyGoes::Public,
        seen_version: 0,
        about: None,
        by_mail: None,
        due: now,
        composed: &composed,
    };
    outbox::queue(tx, &mail, now)
}

/// So many cases by chance, the same in each run.
pub fn runner(cases: u32) -> TestRunner {
    TestRunner::new_with_rng(
        test_runner::Config { cases, ..test_runner::Config::default() },
        TestRng::deterministic_rng(Default::default()),
    )
}
