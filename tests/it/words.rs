//! Words as rules compare them, and the language of a text.

use postdesk::config::Words;
use postdesk::mail::language::language;

#[test]
fn whole_words_are_found_in_any_case_and_accent() {
    for (text, phrase, found) in [
        ("Your INVOICE, please", "invoice", true),
        ("Reinvoiced and invoices", "invoice", false),
        ("Die RECHNUNG für März", "rechnung fur marz", true),
        ("Die Straße ist zu", "STRASSE", true),
        ("cafe\u{301} cre\u{300}me", "Café Crème", true),
        ("credit-note 12", "credit note", true),
        ("credit a note", "credit note", false),
        ("Re\u{ad}funds now", "refunds", true),
        ("ＩＮＶＯＩＣＥ", "invoice", true),
        ("請求書を送ってください", "請求書", true),
        ("がっこう", "かっこう", false),
        ("мой счёт", "счет", true),
        ("мой", "мои", false),
        ("हिन्दी में", "हिन्दी", true),
        ("ÎLE İSTANBUL", "ile istanbul", true),
        ("ΦΠΑ τέλος", "τελοσ", true),
        ("", "invoice", false),
        ("invoice", "", false),
    ] {
        assert_eq!(Words::of(text).hold(&Words::of(phrase)), found, "{phrase} in {text}");
    }
}

#[test]
fn what_is_sure_is_told() {
    for (text, code) in [
        (
            "Good morning, the printer on the third floor has stopped working again since this morning and nobody knows why.",
            Some("en"),
        ),
        (
            "Guten Morgen, der Drucker im dritten Stock druckt seit heute früh nicht mehr und niemand weiß warum.",
            Some("de"),
        ),
        (
            "Bonjour, l'imprimante du troisième étage ne fonctionne plus depuis ce matin et personne ne sait pourquoi.",
            Some("fr"),
        ),
        (
            "Buenos días, la impresora de la tercera planta no funciona desde esta mañana y nadie sabe por qué.",
            Some("es"),
        ),
        (
            "Dzień dobry, drukarka na trzecim piętrze nie działa od dzisiejszego ranka i nikt nie wie dlaczego.",
            Some("pl"),
        ),
        ("三階のプリンターが今朝から動きません。どうすればいいですか。", Some("ja")),
        (
            "Goedemorgen, de printer op de derde verdieping werkt sinds vanochtend niet meer en niemand weet waarom.",
            Some("nl"),
        ),
        ("Meine Rechnung ist falsch, bitte prüfen Sie das.", Some("de")),
        ("OK, thanks", None),
        ("https://example.org/das/ist/keine/sprache ada@example.org 12345", None),
        ("", None),
    ] {
        assert_eq!(language(text), code, "{text}");
    }
}
