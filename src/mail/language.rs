//! In what language a text is written, where that is sure. Short and mixed texts are in none: a
//! guess would send a customer to people who cannot read them.

use whatlang::{Detector, Lang};

/// Letters from which on a text can be told at all.
const LETTERS_MIN: usize = 24;

/// Letters that are looked at: more of them say nothing new.
const LETTERS_MAX: usize = 4_000;

/// How sure is sure: below it short texts of kindred languages begin to be taken for each other.
const SURE: f64 = 0.8;

/// Languages in which hardly a customer writes, and which make others unsure: without them Dutch is
/// told from Afrikaans, and Romance languages from Latin.
const RARE: [Lang; 3] = [Lang::Epo, Lang::Lat, Lang::Afr];

/// The two letters of each language (ISO 639-1).
const CODES: [(Lang, &str); 66] = [
    (Lang::Eng, "en"),
    (Lang::Rus, "ru"),
    (Lang::Cmn, "zh"),
    (Lang::Spa, "es"),
    (Lang::Por, "pt"),
    (Lang::Ita, "it"),
    (Lang::Ben, "bn"),
    (Lang::Fra, "fr"),
    (Lang::Deu, "de"),
    (Lang::Ukr, "uk"),
    (Lang::Kat, "ka"),
    (Lang::Ara, "ar"),
    (Lang::Hin, "hi"),
    (Lang::Jpn, "ja"),
    (Lang::Heb, "he"),
    (Lang::Yid, "yi"),
    (Lang::Pol, "pl"),
    (Lang::Amh, "am"),
    (Lang::Jav, "jv"),
    (Lang::Kor, "ko"),
    (Lang::Nob, "nb"),
    (Lang::Dan, "da"),
    (Lang::Swe, "sv"),
    (Lang::Fin, "fi"),
    (Lang::Tur, "tr"),
    (Lang::Nld, "nl"),
    (Lang::Hun, "hu"),
    (Lang::Ces, "cs"),
    (Lang::Ell, "el"),
    (Lang::Bul, "bg"),
    (Lang::Bel, "be"),
    (Lang::Mar, "mr"),
    (Lang::Kan, "kn"),
    (Lang::Ron, "ro"),
    (Lang::Slv, "sl"),
    (Lang::Hrv, "hr"),
    (Lang::Srp, "sr"),
    (Lang::Mkd, "mk"),
    (Lang::Lit, "lt"),
    (Lang::Lav, "lv"),
    (Lang::Est, "et"),
    (Lang::Tam, "ta"),
    (Lang::Vie, "vi"),
    (Lang::Urd, "ur"),
    (Lang::Tha, "th"),
    (Lang::Guj, "gu"),
    (Lang::Uzb, "uz"),
    (Lang::Pan, "pa"),
    (Lang::Aze, "az"),
    (Lang::Ind, "id"),
    (Lang::Tel, "te"),
    (Lang::Pes, "fa"),
    (Lang::Mal, "ml"),
    (Lang::Ori, "or"),
    (Lang::Mya, "my"),
    (Lang::Nep, "ne"),
    (Lang::Sin, "si"),
    (Lang::Khm, "km"),
    (Lang::Tuk, "tk"),
    (Lang::Zul, "zu"),
    (Lang::Sna, "sn"),
    (Lang::Slk, "sk"),
    (Lang::Cat, "ca"),
    (Lang::Tgl, "tl"),
    (Lang::Hye, "hy"),
    (Lang::Cym, "cy"),
];

/// The language of a text by its two letters, if it is sure.
pub fn language(text: &str) -> Option<&'static str> {
    // Addresses and links are of no language.
    let words = text.split_whitespace().filter(|word| !word.contains(['@', '/', '_']));
    let mut plain = String::new();
    let mut letters = 0;
    for word in words {
        letters += word.chars().filter(|c| c.is_alphabetic()).count();
        plain.push_str(word);
        plain.push(' ');
        if letters > LETTERS_MAX {
            break;
        }
    }
    let dense =
        plain.chars().any(|c| matches!(c, '\u{3040}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}'));
    if letters < LETTERS_MIN / if dense { 3 } else { 1 } {
        return None;
    }
    let found = Detector::with_denylist(RARE.to_vec()).detect(&plain)?;
    if found.confidence() < SURE {
        return None;
    }
    CODES.iter().find(|(lang, _)| *lang == found.lang()).map(|(_, code)| *code)
}
