//! What is believed of Authentication-Results, by a table of how servers stamp and forgers write;
//! and what no input may change.

use std::sync::LazyLock;

use postdesk::config::{Stamps, Trust};
use postdesk::mail::authentic::{Verdict, judge};
use postdesk::mail::{Address, Authentication, Field};
use proptest::prelude::*;

use super::made::address;

const VARIANTS: &str = include_str!("../../fixtures/authentic/variants.txt");

pub struct Case {
    pub title: String,
    pub expected: String,
    sender: Address,
    trust: Trust,
    fields: Vec<Field>,
    /// The header block as written, and whether the case has settings of its own.
    pub header: String,
    pub settings: bool,
}

/// `=== title`, `=> expectation`, `@ key=value …`, header lines.
pub fn cases() -> Vec<Case> {
    let blocks = VARIANTS.split("\n=== ").skip(1);
    blocks.map(case).collect()
}

fn case(block: &str) -> Case {
    let mut lines = block.lines();
    let title = lines.next().unwrap().to_owned();
    let mut case = Case {
        title,
        expected: String::new(),
        sender: address("carol@customer.test"),
        trust: trust(),
        fields: Vec::new(),
        header: String::new(),
        settings: false,
    };
    let mut header = String::new();
    for line in lines {
        if let Some(expected) = line.strip_prefix("=> ") {
            case.expected = expected.to_owned();
        } else if let Some(settings) = line.strip_prefix("@ ") {
            case.settings = true;
            settings.split(' ').for_each(|setting| set(&mut case, setting));
        } else {
            header.push_str(line);
            header.push('\n');
        }
    }
    case.header = header.replace('␀', "\0");
    case.fields = fields(&case.header);
    case
}

fn set(case: &mut Case, setting: &str) {
    match setting.split_once('=').unwrap_or((setting, "")) {
        ("sender", who) => case.sender = address(who),
        ("id", id) => case.trust.authserv_id = (!id.is_empty()).then(|| id.to_owned()),
        ("hops", hops) => case.trust.trusted_hops = hops.split(',').map(str::to_owned).collect(),
        ("stamps", side) => {
            case.trust.stamps = Some(if side == "above" { Stamps::Above } else { Stamps::Below })
        }
        ("unsafe", _) => case.trust.unsafe_trust_from = true,
        (other, _) => panic!("{other} is no setting"),
    }
}

fn trust() -> Trust {
    Trust { authserv_id: Some("mx.desk.test".to_owned()), ..Trust::default() }
}

/// A small reader of header blocks: enough for fixtures that we write ourselves.
pub fn fields(header: &str) -> Vec<Field> {
    let mut fields: Vec<Field> = Vec::new();
    for line in header.lines().filter(|line| !line.is_empty()) {
        match (line.starts_with([' ', '\t']), fields.last_mut()) {
            (true, Some(field)) => {
                field.value = format!("{} {}", field.value, line.trim()).trim().to_owned()
            }
            _ => {
                let (name, value) =
                    line.split_once(':').unwrap_or_else(|| panic!("no field: {line}"));
                fields.push(Field { name: name.to_owned(), value: value.trim().to_owned() });
            }
        }
    }
    fields
}

fn stamped(value: &str) -> Vec<Field> {
    vec![Field { name: "Authentication-Results".to_owned(), value: value.to_owned() }]
}

/// Whatever is judged: nobody is an agent by what is no pass.
fn judged(fields: &[Field]) -> Verdict {
    let verdict = judge(fields, &address("carol@customer.test"), &trust());
    assert!(!verdict.agent || verdict.result == Authentication::Pass, "{verdict:?}");
    verdict
}

#[test]
fn each_variant_has_its_verdict() {
    let cases = cases();
    assert!(cases.len() >= 70, "{} variants", cases.len());
    let wrong: Vec<String> = cases.iter().filter_map(wrong).collect();
    assert!(wrong.is_empty(), "{} of {} wrong:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

fn wrong(case: &Case) -> Option<String> {
    let verdict = judge(&case.fields, &case.sender, &case.trust);
    let (result, rest) = case.expected.split_once(' ').unwrap_or((&case.expected, ""));
    let (agent, words) = match rest.strip_prefix("agent") {
        Some(words) => (true, words.trim()),
        None => (false, rest),
    };
    let right = verdict.result.as_str() == result
        && verdict.agent == agent
        && verdict.reason.contains(words)
        && !verdict.reason.is_empty();
    (!right).then(|| format!("{}: expected {}, got {verdict:?}", case.title, case.expected))
}

#[test]
fn a_strangers_hop_on_top_takes_every_pass() {
    let hop = Field {
        name: "Received".to_owned(),
        value: "from x by relay.attacker.test with ESMTP".to_owned(),
    };
    for case in cases().into_iter().filter(|case| !case.trust.unsafe_trust_from) {
        let fields: Vec<Field> = std::iter::once(hop.clone()).chain(case.fields).collect();
        let verdict = judge(&fields, &case.sender, &case.trust);
        assert_eq!(verdict.result, Authentication::None, "{}: {}", case.title, verdict.reason);
        assert!(!verdict.agent, "{}", case.title);
    }
}

#[test]
fn huge_fields_and_floods_of_them_cannot_pass() {
    let pass = "mx.desk.test; dmarc=pass header.from=customer.test";
    assert_eq!(
        judged(&stamped(&format!("{pass} ({})", "x".repeat(20_000)))).result,
        Authentication::None
    );
    assert_eq!(
        judged(&stamped(&format!("{pass}{}", "; dkim=none".repeat(200)))).result,
        Authentication::None
    );
    assert_eq!(
        judged(&stamped(&format!("{pass}{}", " x.y=z".repeat(200)))).result,
        Authentication::None
    );
    let flood: Vec<Field> = (0..50).flat_map(|_| stamped(pass)).collect();
    assert_eq!(judged(&flood).result, Authentication::None);
    assert_eq!(judged(&stamped(&"(".repeat(1_000_000))).result, Authentication::None);
}

static ALL: LazyLock<Vec<Case>> = LazyLock::new(cases);

/// Places of a well-formed field where RFC 8601 allows a comment; `%` marks them.
const OPEN: &str = "%mx.desk.test%;%spf%=%pass%smtp%.%mailfrom%=%customer.test%;%dkim%/%1%=%pass%header%.%d%=%customer.test%;%dmarc%=%pass%header%.%from%=%customer.test%";

fn commented(comments: &[String]) -> String {
    let mut text = String::new();
    for (place, piece) in OPEN.split('%').enumerate() {
        text.push_str(piece);
        let comment = comments.get(place).map_or("", String::as_str);
        // Between two words a space must stand in any case.
        text.push_str(&format!(" {comment} "));
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn comments_change_nothing(comments in prop::collection::vec("(\\([a-z;= \"]{0,8}(\\([a-z;=]{0,5}\\))?\\\\\\)[a-z;=]{0,5}\\))?", 0..40)) {
        let text = commented(&comments);
        let verdict = judged(&stamped(&text));
        prop_assert!(verdict.result == Authentication::Pass && verdict.agent, "{}: {:?}", text, verdict);
    }

    #[test]
    fn nothing_below_a_strangers_hop_counts(which in any::<prop::sample::Index>(), below in prop::collection::vec(("(?i)authentication-results|Received", "(mx\\.desk\\.test; (dmarc|spf|dkim|auth)=(pass|fail) header\\.from=customer\\.test)|(from x by mx\\.desk\\.test)|\\PC{0,40}"), 0..8)) {
        let case = which.get(&ALL);
        let hop = Field { name: "Received".to_owned(), value: "from a by relay.attacker.test".to_owned() };
        let above: Vec<Field> = case.fields.iter().cloned().chain([hop]).collect();
        let forged = below.into_iter().map(|(name, value)| Field { name, value });
        let all: Vec<Field> = above.iter().cloned().chain(forged).collect();
        prop_assert_eq!(judge(&all, &case.sender, &case.trust), judge(&above, &case.sender, &case.trust), "{}", case.title);
    }

    #[test]
    fn chance_never_passes(text in "\\PC{0,200}") {
        for text in [format!("mx.desk.test; {text}"), format!("mx.desk.test; dmarc={text}"), text] {
            prop_assert_eq!(judged(&stamped(&text)).result, Authentication::None, "{}", text);
        }
    }

    #[test]
    fn torn_results_never_pass(text in "mx\\.desk\\.test[ ;]{0,2}([a-z]{0,5}|dmarc|spf|=|pass|none|;|\\(|\\)|\"|\\\\| |header\\.from|smtp\\.mailfrom|\0){0,12}") {
        // Without the domain in it there is one way to pass: a well-formed dmarc=pass that names
        // none.
        let verdict = judged(&stamped(&text));
        prop_assert!(verdict.result != Authentication::Pass || text.contains("dmarc"), "{}: {:?}", text, verdict);
    }

    #[test]
    fn cutting_a_fail_short_never_makes_a_pass(end in 0usize..200) {
        let text = "mx.desk.test; spf=fail (a (b) \"c\" d) smtp.mailfrom=customer.test; dkim=none reason=\"x; y\"; dmarc=fail (p=none; sp=none) header.from=customer.test";
        let cut: String = text.chars().take(end).collect();
        prop_assert!(judged(&stamped(&cut)).result != Authentication::Pass, "{}", cut);
    }
}
