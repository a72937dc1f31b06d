//! Whose signature vouches for an agent, and for what of a mail.

use super::*;

#[test]
fn only_the_very_domain_vouches() {
    let below = |d: &str| {
        let mail = signed(
            &tags("d=desk.test", d),
            &MAIL.replace("<alice@desk.test>", "<alice@mail.desk.test>"),
        );
        let sender = Address::parse("alice@mail.desk.test").unwrap();
        claim(mail.as_bytes(), &sender, Timestamp::from_millis(NOW * 1000)).judge(&keys())
    };
    is_none(
        "whoever has a domain below",
        signed(&tags("d=desk.test", "d=mail.desk.test"), MAIL),
        "does not vouch for",
    );
    for other in ["d=DESK.test", "d=attacker.test"] {
        assert!(matches!(below(other), Finding::Verdict(verdict) if !verdict.agent), "{other}");
    }
}

#[test]
fn what_steers_a_mail_is_signed_or_proves_nothing() {
    passes("all of them", signed(TAGS, MAIL));
    for (name, line) in
        [("To", "To: support@desk.test\r\n"), ("In-Reply-To", "In-Reply-To: <n1@desk.test>\r\n")]
    {
        let unsigned = TAGS.replace(&format!(":{}", name.to_lowercase()), "");
        is_none(name, signed(&unsigned, MAIL), &format!("does not cover {name}"));
        let without = MAIL.replace(line, "");
        assert_ne!(without, MAIL, "{name}");
        passes("it is not there", signed(&unsigned, &without));
    }
    for line in [
        "Cc: bob@desk.test",
        "References: <n1@desk.test>",
        "Content-Type: multipart/mixed; boundary=x",
    ] {
        let added = signed(TAGS, MAIL).replacen("From:", &format!("{line}\r\nFrom:"), 1);
        is_none(line, added, "does not cover");
    }
}
