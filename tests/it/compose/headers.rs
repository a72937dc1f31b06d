//! Fields that clients and servers act upon: what forbids answers, what makes threads, subjects.

use postdesk::mail::{Kind, Outgoing};

use super::{assert_clean, bytes, fields, id, outgoing, parsed};

/// Exchange heeds it: nothing may keep back bounces, nor the absence of whom an answer reaches.
#[test]
fn only_the_desks_own_words_to_customers_forbid_automatic_answers() {
    let ours = Some("DR, OOF, AutoReply, RN, NRN".to_owned());
    for (kind, wanted) in [
        (Kind::Acknowledgement, ours.clone()),
        (Kind::Notice, ours),
        (Kind::Reply, None),
        (Kind::Notification, None),
        (Kind::Transcript, None),
        (Kind::Alarm, None),
    ] {
        let mail = Outgoing { kind, ..outgoing("x", "y") };
        let found = fields(&bytes(&mail))
            .into_iter()
            .find(|(name, _)| name == "X-Auto-Response-Suppress")
            .map(|(_, body)| body);
        assert_eq!(found, wanted, "{kind:?}");
    }
}

#[test]
fn what_is_answered_stands_last_in_references() {
    let ids = |given: &[&str]| given.iter().map(|one| id(&format!("{one}@x.test"))).collect();
    for (references, parent, wanted) in [
        (&["a", "b", "c"][..], Some("c"), "<a@x.test>\r\n <b@x.test>\r\n <c@x.test>"),
        (&["a", "b", "c"], Some("b"), "<a@x.test>\r\n <c@x.test>\r\n <b@x.test>"),
        (&["a"], Some("b"), "<a@x.test>\r\n <b@x.test>"),
        (&[], Some("b"), "<b@x.test>"),
        (&["a"], None, "<a@x.test>"),
    ] {
        let mail = Outgoing {
            references: ids(references),
            in_reply_to: parent.map(|one| id(&format!("{one}@x.test"))),
            ..outgoing("x", "y")
        };
        let found = fields(&bytes(&mail)).into_iter().find(|(name, _)| name == "References");
        assert_eq!(found.unwrap().1, wanted);
    }
}

/// Whatever its length and signs: some clients, and people who search, see the raw line.
#[test]
fn an_ascii_subject_is_never_encoded() {
    let long = "x".repeat(380);
    let many = "many words ".repeat(30);
    for subject in ["a", "", "What =? and why", "100% \"sure\" <now>", "a?= b", &long, &many, "=?"]
    {
        for tag in ["", "[#12] "] {
            let given = format!("{tag}{subject}");
            let bytes = bytes(&outgoing(&given, "y"));
            assert_clean(&bytes);
            let (_, body) = fields(&bytes).into_iter().find(|(name, _)| name == "Subject").unwrap();
            assert!(!body.contains("=?utf-8"), "{body}");
            assert_eq!(body.replace("\r\n", "").trim_end(), given.trim_end());
            assert!(body.split("\r\n").all(|line| line.len() <= 78 || line.contains("xxx")));
            assert_eq!(parsed(&bytes).subject().unwrap_or_default().trim_end(), given.trim_end());
        }
    }
}
