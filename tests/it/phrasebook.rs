//! Phrases of tables beside the same phrases written out.

use postdesk::desk::phrasebook::Phrasebook;
use proptest::prelude::*;

fn words(way: &str) -> Vec<String> {
    match way {
        "-" => Vec::new(),
        way => way.split('_').map(str::to_owned).collect(),
    }
}

/// All that a phrase stands for.
fn written_out(phrase: &str) -> Vec<Vec<String>> {
    let mut all = vec![Vec::new()];
    for place in phrase.split_whitespace() {
        let longer = |before: &Vec<String>| -> Vec<Vec<String>> {
            place.split(',').map(|way| [before.clone(), words(way)].concat()).collect()
        };
        all = all.iter().flat_map(longer).collect();
    }
    all
}

/// The first of the longest that a text begins with, all written out.
fn longest(phrases: &[String], text: &[&str]) -> Option<(usize, usize)> {
    let mut best: Option<(usize, usize)> = None;
    for (says, phrase) in phrases.iter().enumerate() {
        for one in written_out(phrase).iter().filter(|one| !one.is_empty()) {
            let begins = one.len() <= text.len() && one.iter().zip(text).all(|(a, b)| a == b);
            if begins && best.is_none_or(|(count, _)| count < one.len()) {
                best = Some((one.len(), says));
            }
        }
    }
    best
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn finds_what_stands_there_written_out(
        phrases in prop::collection::vec("(-|[ab](_[ab])?)(,(-|[abc](_[ab]){0,2})){0,2}( (-|[ab])(,(-|[bc]|a_b)){0,2}){0,4}", 1..6),
        text in prop::collection::vec("[abc]", 0..8),
    ) {
        let book = Phrasebook::new(
            phrases.iter().enumerate().map(|(says, phrase)| (phrase.as_str(), says)),
            words,
        );
        let text: Vec<&str> = text.iter().map(String::as_str).collect();
        prop_assert_eq!(book.longest(text.iter().copied()), longest(&phrases, &text));
    }
}

/// One line of a table stood for 800,000 phrases, and took hundreds of megabytes.
#[test]
fn takes_phrases_that_nobody_could_write_out() {
    let place = ["-,a,b,c,d,e,f,g,h,i"; 18].join(" ");
    let book = Phrasebook::new([(place.as_str(), ())], words);
    assert_eq!(book.longest("a c e g i x".split(' ')), Some((5, ())));
}
