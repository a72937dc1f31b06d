//! Plain words of customers in eight languages, and whatever is more than that: put together from
//! what people thank with, what they ask, and how their mails begin and end.

use postdesk::desk::courtesy::mark::{Mark, mark};
use postdesk::desk::courtesy::words::{LANGUAGES, paragraphs};
use postdesk::desk::courtesy::{Courtesy, courtesy};
use postdesk::mail::quote::new_text;
use postdesk::mail::quote::tail::Habits;

/// What people of a language write: thanks, that it is solved, where it stands, and what is more
/// than thanks.
struct Tongue {
    thanks: &'static [&'static str],
    solved: &'static [&'static str],
    status: &'static [&'static str],
    more: &'static [&'static str],
    quotes: &'static str,
    phone: &'static str,
}

const TONGUES: [Tongue; 8] = [
    Tongue {
        thanks: &["Thanks!", "Thank you very much.", "Many thanks for your help"],
        solved: &[
            "Solved.",
            "It's fixed now.",
            "The problem is solved",
            "Please close the ticket.",
        ],
        status: &[
            "Status?",
            "Any news?",
            "What is the status of my ticket?",
            "Any update on this?",
        ],
        more: &[
            "But it still fails.",
            "When will the new lamp come?",
            "Is that also true for the other printer?",
            "Solved? No.",
            "Great, it is broken again.",
            "Now the second tray is stuck.",
            "It is not solved.",
            "Could you call me?",
            "Yeah, right.",
            "Except for page two.",
            "I will try it tomorrow.",
            "What about the invoice?",
            "Please keep the ticket open.",
            "For nothing.",
        ],
        quotes: "On Tue, 24 Nov 2026 at 09:10, Alice <support@desk.test> wrote:",
        phone: "Sent from my iPhone",
    },
    Tongue {
        thanks: &["Danke!", "Vielen Dank.", "Herzlichen Dank für die schnelle Hilfe"],
        solved: &["Erledigt.", "Das Problem ist gelöst", "Ist behoben."],
        status: &[
            "Status?",
            "Gibt es Neuigkeiten?",
            "Wie ist der Stand?",
            "Gibt es schon etwas Neues?",
        ],
        more: &[
            "Aber es geht noch nicht.",
            "Wann kommt die neue Lampe?",
            "Gilt das auch für den anderen Drucker?",
            "Gelöst? Nein.",
            "Super, jetzt geht gar nichts mehr.",
            "Leider klemmt jetzt das zweite Fach.",
            "Es ist nicht gelöst.",
            "Können Sie mich anrufen?",
            "Na toll.",
            "Bis auf Seite zwei.",
            "Ich probiere es morgen.",
            "Und was ist mit der Rechnung?",
            "Bitte das Ticket offen lassen.",
            "Für nichts.",
        ],
        quotes: "Am 24.11.2026 um 09:10 schrieb Alice:",
        phone: "Von meinem iPhone gesendet",
    },
    Tongue {
        thanks: &["Merci !", "Merci beaucoup.", "Merci pour votre aide"],
        solved: &["Résolu.", "Le problème est résolu", "C'est réglé."],
        status: &["Du nouveau ?", "Avez-vous des nouvelles ?", "Où en est ma demande ?"],
        more: &[
            "Mais ça ne marche toujours pas.",
            "Quand arrive la nouvelle lampe ?",
            "Est-ce aussi vrai pour l'autre imprimante ?",
            "Résolu ? Non.",
            "Bravo, c'est encore cassé.",
            "Maintenant le bac deux est bloqué.",
            "Ce n'est pas résolu.",
            "Pouvez-vous m'appeler ?",
            "Sauf la page deux.",
            "J'essaierai demain.",
            "Et la facture ?",
            "Pour rien.",
        ],
        quotes: "Le mar. 24 nov. 2026 à 09:10, Alice <support@desk.test> a écrit :",
        phone: "Envoyé de mon iPhone",
    },
    Tongue {
        thanks: &["¡Gracias!", "Muchas gracias.", "Gracias por su ayuda"],
        solved: &["Resuelto.", "El problema está solucionado", "Ya está resuelto."],
        status: &["¿Alguna novedad?", "¿Hay novedades?", "¿Cuál es el estado de mi caso?"],
        more: &[
            "Pero sigue fallando.",
            "¿Cuándo llega la lámpara?",
            "¿Vale también para la otra impresora?",
            "¿Resuelto? No.",
            "Genial, otra vez roto.",
            "Ahora se atasca la segunda bandeja.",
            "No está resuelto.",
            "¿Me puede llamar?",
            "Menos la página dos.",
            "Lo pruebo mañana.",
            "¿Y la factura?",
            "Por nada útil.",
        ],
        quotes: "El mar, 24 nov 2026 a las 09:10, Alice (<support@desk.test>) escribió:",
        phone: "Enviado desde mi iPhone",
    },
    Tongue {
        thanks: &["Grazie!", "Grazie mille.", "Grazie per l'aiuto"],
        solved: &["Risolto.", "Il problema è risolto", "Tutto risolto."],
        status: &["Ci sono novità?", "Novità?", "A che punto siamo?"],
        more: &[
            "Ma non funziona ancora.",
            "Quando arriva la lampada?",
            "Vale anche per l'altra stampante?",
            "Risolto? No.",
            "Ottimo, è di nuovo rotto.",
            "Ora si blocca il secondo cassetto.",
            "Non è risolto.",
            "Può chiamarmi?",
            "Tranne pagina due.",
            "Provo domani.",
            "E la fattura?",
            "Per niente.",
        ],
        quotes: "Il giorno mar 24 nov 2026 alle ore 09:10 Alice <support@desk.test> ha scritto:",
        phone: "Inviato da iPhone",
    },
    Tongue {
        thanks: &["Obrigado!", "Muito obrigada.", "Obrigado pela ajuda"],
        solved: &["Resolvido.", "O problema está resolvido", "Já foi resolvido."],
        status: &["Há novidades?", "Alguma novidade?", "Qual é o estado do meu pedido?"],
        more: &[
            "Mas continua a falhar.",
            "Quando chega a lâmpada?",
            "É assim também na outra impressora?",
            "Resolvido? Não.",
            "Ótimo, avariou outra vez.",
            "Agora encrava a segunda gaveta.",
            "Não está resolvido.",
            "Pode ligar-me?",
            "Menos a página dois.",
            "Experimento amanhã.",
            "E a fatura?",
            "Por nada.",
        ],
        quotes: "Alice <support@desk.test> escreveu no dia terça, 24/11/2026 à(s) 09:10:",
        phone: "Enviado do meu iPhone",
    },
    Tongue {
        thanks: &["Bedankt!", "Hartelijk dank.", "Bedankt voor de snelle hulp"],
        solved: &["Opgelost.", "Het probleem is opgelost", "Is nu verholpen."],
        status: &["Is er nieuws?", "Wat is de status?", "Hoe staat het ermee?"],
        more: &[
            "Maar het werkt nog niet.",
            "Wanneer komt de lamp?",
            "Geldt dat ook voor de andere printer?",
            "Opgelost? Nee.",
            "Geweldig, weer stuk.",
            "Nu zit de tweede lade vast.",
            "Het is niet opgelost.",
            "Kunt u mij bellen?",
            "Behalve pagina twee.",
            "Ik probeer het morgen.",
            "En de factuur?",
            "Voor niets.",
        ],
        quotes: "Op di 24 nov 2026 om 09:10 schreef Alice <support@desk.test>:",
        phone: "Verstuurd vanaf mijn iPhone",
    },
    Tongue {
        thanks: &["Dziękuję!", "Bardzo dziękuję.", "Dziękuję za pomoc"],
        solved: &["Rozwiązane.", "Problem rozwiązany", "Już naprawione."],
        status: &["Czy są jakieś wieści?", "Jaki jest status?", "Co nowego?"],
        more: &[
            "Ale nadal nie działa.",
            "Kiedy będzie lampa?",
            "Czy to dotyczy też drugiej drukarki?",
            "Rozwiązane? Nie.",
            "Świetnie, znowu zepsute.",
            "Teraz zacina się druga taca.",
            "To nie jest rozwiązane.",
            "Czy może pan zadzwonić?",
            "Oprócz strony drugiej.",
            "Spróbuję jutro.",
            "A faktura?",
            "Za nic.",
        ],
        quotes: "wt., 24 lis 2026 o 09:10 Alice <support@desk.test> napisał(a):",
        phone: "Wysłane z iPhone'a",
    },
];

/// Quoted below: words that nobody says now.
const QUOTED: &str = "> Status?\n> Solved, thanks! Is there anything else? But not now.";

fn read(text: &str) -> Option<Courtesy> {
    courtesy(
        &new_text(text),
        &Habits::of("Carol Case carol", Vec::new()),
        &["Bob Brown", "Carol Case"],
    )
}

/// A text as it may stand in a mail: alone, signed, from a phone, above what it answers.
fn dressed(text: &str, tongue: &Tongue) -> Vec<String> {
    let Tongue { quotes, phone, .. } = tongue;
    vec![
        text.to_owned(),
        text.to_uppercase(),
        format!("{text} 😊"),
        format!("{text}\n\nCarol Case"),
        format!("{text}\n\n{phone}"),
        format!("{text}\n\n-- \nCarol Case\nCase & Sons Ltd\nTel. +44 20 7946 0000"),
        format!("{text}\n\n{quotes}\n{QUOTED}"),
    ]
}

fn wrong(text: &str, is: Option<Courtesy>, wanted: &str) -> String {
    format!("{text:?} is {is:?}, not {wanted}\n")
}

#[test]
fn more_than_plain_words_is_never_swallowed() {
    let (mut faults, mut count) = (String::new(), 0);
    for tongue in &TONGUES {
        for (at, more) in tongue.more.iter().enumerate() {
            let thanks = tongue.thanks[at % tongue.thanks.len()];
            let solved = tongue.solved[at % tongue.solved.len()];
            let mails = [
                format!("{thanks} {more}"),
                format!("{thanks}\n\n{more}"),
                format!("{more} {thanks}"),
                format!("{solved} {more}"),
                format!("{} {more}", tongue.status[at % tongue.status.len()]),
                (*more).to_owned(),
            ];
            for mail in mails {
                for text in dressed(&mail, tongue) {
                    count += 1;
                    // "Thanks for nothing" is more; so is "nothing" alone.
                    if let Some(is) = read(&text) {
                        faults += &wrong(&text, Some(is), "a message");
                    }
                    let mark = mark(&new_text(&text), &Habits::default(), &[]);
                    if mark.is_some_and(|mark| mark.alone) {
                        faults += &format!("{text:?} is taken for a mark\n");
                    }
                }
            }
        }
    }
    assert!(count >= 400, "{count}");
    assert!(faults.is_empty(), "{faults}");
}

#[test]
fn plain_words_are_known() {
    let (mut faults, mut count) = (String::new(), 0);
    for tongue in &TONGUES {
        let kinds = [
            (tongue.thanks, Courtesy::Thanks),
            (tongue.solved, Courtesy::Solved),
            (tongue.status, Courtesy::Status),
        ];
        for (plain, kind) in kinds {
            for (at, plain) in plain.iter().enumerate() {
                let thanks = tongue.thanks[at % tongue.thanks.len()];
                let with_thanks = format!("{plain} {thanks}");
                let texts = dressed(plain, tongue).into_iter().chain(dressed(&with_thanks, tongue));
                for text in texts {
                    count += 1;
                    let is = read(&text);
                    if is != Some(kind) {
                        faults += &wrong(&text, is, &format!("{kind:?}"));
                    }
                }
            }
        }
    }
    assert!(count >= 400, "{count}");
    assert!(faults.is_empty(), "{faults}");
}

#[test]
fn what_may_be_meant_otherwise_is_a_message() {
    for text in [
        "Thanks?",
        "Thanks...",
        "“Solved”, thanks",
        "\"solved\"",
        "Solved…",
        "solved?",
        "Solved? no",
        "Erledigt?",
        "Stop the backup",
        "Stop! You are deleting the wrong disk",
        "Please do not stop",
        "status quo",
        "My status is blocked",
        "The status page is down",
        "Any news on the refund?",
        "Thanks 🙄",
        "Solved 😡",
        "5 printers are broken",
        "Yes, please",
        "no",
        "No. Thanks? No.",
        "Works? Not for me.",
        "Oh great, thanks",
        "Thanks a lot for breaking it",
    ] {
        assert_eq!(read(text), None, "{text}");
    }
}

#[test]
fn every_language_shows_what_it_knows() {
    let kind = |says: &str| match says {
        "thanks" => Some(Courtesy::Thanks),
        "solved" => Some(Courtesy::Solved),
        "works" => Some(Courtesy::Content),
        "status" => Some(Courtesy::Status),
        "stop" => Some(Courtesy::Stop),
        "declined" => Some(Courtesy::Declined),
        _ => None,
    };
    let names = [
        "thanks",
        "solved",
        "works",
        "agreed",
        "yes",
        "declined",
        "status",
        "stop",
        "mark 5",
        "mark 4",
        "mark 3",
        "mark 2",
        "mark 1",
        "praise",
        "beside",
        "addressed",
        "titles",
        "for",
        "reasons",
        "scale",
    ];
    for (language, file) in LANGUAGES {
        let says: Vec<&str> = paragraphs(file).map(|one| one.says).collect();
        assert_eq!(says, names, "{language}");
        for one in paragraphs(file) {
            let example = one.example;
            if let Some(stars) = one.says.strip_prefix("mark ") {
                let given = mark(example, &Habits::default(), &[]);
                let wanted = Mark { stars: stars.parse().unwrap(), alone: true };
                assert_eq!(given, Some(wanted), "{language}: {example}");
            } else if one.says == "praise" || one.says == "scale" {
                let all = one.words.split_whitespace().map(|word| word.replace('_', " "));
                let all: Vec<String> = match one.says {
                    "scale" => all.map(|scale| format!("5 {scale}!")).collect(),
                    _ => vec![format!("5, {example}"), format!("5\n{example}")],
                };
                for text in all {
                    let given = mark(&text, &Habits::default(), &["Bob Brown"]);
                    assert_eq!(given, Some(Mark { stars: 5, alone: true }), "{language}: {text}");
                }
            } else if let Some(kind) = kind(one.says) {
                assert_eq!(read(example), Some(kind), "{language}: {example}");
            } else if one.says == "agreed" {
                let thanks = format!("{example} Thanks!");
                assert_eq!(read(&thanks), Some(Courtesy::Content), "{language}: {example}");
            } else if one.says == "yes" {
                let thanks = format!("{example} Thanks!");
                assert_eq!(read(&thanks), Some(Courtesy::Yes), "{language}: {example}");
            }
        }
    }
}
