//! Whatever a server says instead of an answer: never a success, never a panic, never a wait
//! without end.

use std::fmt::Write as _;

use postdesk::fetch::Mailbox;
use postdesk::net::Fault;
use proptest::prelude::*;

use super::LIST;
use super::script::{end, opened, settings};

/// Pieces that our grammar knows, so that chance gets past its first line.
const PIECES: [&str; 24] = [
    "* ",
    "1 ",
    "FETCH ",
    "(",
    ")",
    "UID 3 ",
    "BODY[] ",
    "{3}\\r\\n",
    "{0}\\r\\n",
    "abc",
    "\"",
    "\\\\",
    "\\r\\n",
    "\\n",
    "\\r",
    " ",
    "OK ",
    "[",
    "]",
    "+ ",
    "EXISTS",
    "LIST ",
    "NIL ",
    "\\0",
];

fn gibberish() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PIECES.to_vec()), 0..40)
        .prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn gibberish_is_never_a_mail(gibberish in gibberish()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        let mut script = LIST.to_owned();
        writeln!(script, "s {gibberish}\nE").unwrap();
        runtime.block_on(async {
            let (mut mailbox, server) = opened(&settings(), &script).await;
            let listed = mailbox.list(5, None).await;
            assert!(matches!(listed, Err(Fault::Lost(_))), "{script}: {listed:?}");
            assert!(matches!(mailbox.bodies(&[3], 1 << 20).await, Err(Fault::Lost(_))), "a dead connection stays dead");
            end(mailbox, server).await;
        });
    }
}
