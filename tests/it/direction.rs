//! Where an agent's words go: every kind of answered mail with every kind of address, as laws.

use postdesk::desk::direction::{Addressed, Token, Way, way};

const TOKENS: [Token; 3] = [Token::Customer, Token::Commands, Token::Inside];
const ADDRESSED: [Addressed; 4] =
    [Addressed::Desk, Addressed::Customer, Addressed::Nobody, Addressed::Colleague];

#[test]
fn only_an_answer_to_a_customers_words_and_to_no_colleague_is_public() {
    for token in TOKENS {
        for addressed in ADDRESSED {
            let public = way(token, addressed) == Way::Public;
            let open = matches!(addressed, Addressed::Desk | Addressed::Customer);
            assert_eq!(public, token == Token::Customer && open, "{token:?} {addressed:?}");
        }
    }
}

/// The more inward of the two wins, whatever the other says.
#[test]
fn nothing_makes_words_go_further_out() {
    for token in TOKENS {
        for addressed in ADDRESSED {
            let both = way(token, addressed);
            assert!(both >= way(token, Addressed::Desk), "{token:?} {addressed:?}");
            assert!(both >= way(Token::Customer, addressed), "{token:?} {addressed:?}");
            assert!(way(token, Addressed::Colleague) == Way::Inside, "{token:?}");
            assert!(way(Token::Inside, addressed) == Way::Inside, "{addressed:?}");
        }
    }
}
