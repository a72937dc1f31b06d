//! What calendars and mail servers write in an agent's name, in the languages of the other tables.
//! All in lower case with plain apostrophes.

use crate::mail::table::Table;

/// Who says one of these writes themselves.
#[rustfmt::skip]
pub(super) const WRITER: &[&str] = &[
    "i", "we", "my", "our", "me", "us", "ich", "wir", "mir", "uns", "je", "nous", "moi", "yo", "nosotros", "io", "noi", "eu", "nós", "ik", "wij", "ja", "my", "я", "мы",
    "please", "bitte",
];

/// Calendars' sentences of somebody who answered an invitation.
#[rustfmt::skip]
pub(super) static INVITATIONS: Table = Table::of(&[
    "accepted your meeting request", "accepted your invitation", "accepted this invitation", "accepted the invitation", "accepted the meeting", "accepted this meeting",
    "declined your meeting request", "declined your invitation", "declined this invitation", "declined the invitation", "declined the meeting", "declined this meeting",
    "tentatively accepted", "has proposed a new time", "proposed a new meeting time", "replied \"maybe\" to", "has cancelled the meeting", "has canceled the meeting",
    "besprechungsanfrage angenommen", "besprechungsanfrage abgelehnt", "besprechungsanfrage zugesagt", "einladung angenommen", "einladung abgelehnt", "einladung zugesagt", "termin zugesagt",
    "termin abgesagt", "mit vorbehalt zugesagt", "unter vorbehalt angenommen", "neuen termin vorgeschlagen", "neue besprechungszeit",
    "accepté votre invitation", "accepté votre demande de réunion", "accepté cette invitation", "accepté l'invitation", "décliné votre invitation", "refusé votre invitation",
    "refusé votre demande de réunion", "refusé l'invitation", "accepté provisoirement", "proposé un nouvel horaire",
    "aceptado su convocatoria", "aceptado la convocatoria", "aceptó su convocatoria", "aceptado tu invitación", "aceptado su invitación", "aceptado esta invitación", "aceptado la invitación",
    "rechazado su invitación", "rechazado la invitación", "rechazado tu invitación", "rechazado la convocatoria", "aceptado provisionalmente", "propuesto una nueva hora",
    "accettato la convocazione", "accettato il tuo invito", "accettato l'invito", "accettato questo invito", "accettato la riunione", "rifiutato l'invito", "rifiutato il tuo invito", "rifiutato la riunione",
    "accettato provvisoriamente", "proposto un nuovo orario",
    "aceitou o convite", "aceitou seu convite", "aceitou a reunião", "aceitou este convite", "recusou o convite", "recusou seu convite", "recusou a reunião", "aceitou provisoriamente", "aceitou a solicitação de reunião",
    "uitnodiging geaccepteerd", "uitnodiging afgewezen", "vergaderverzoek geaccepteerd", "vergaderverzoek afgewezen", "vergadering geaccepteerd", "voorlopig geaccepteerd",
    "zaakceptował zaproszenie", "zaakceptowała zaproszenie", "zaakceptował(a) zaproszenie", "przyjął zaproszenie", "przyjęła zaproszenie", "przyjął(a) zaproszenie", "odrzucił zaproszenie", "odrzuciła zaproszenie",
    "odrzucił(a) zaproszenie", "accepterat inbjudan", "accepterat din inbjudan", "tackat ja till inbjudan", "tackat nej till inbjudan", "accepteret invitationen", "accepteret din mødeindkaldelse",
    "afvist invitationen", "akseptert invitasjonen", "avslått invitasjonen", "hyväksynyt kutsun", "hylännyt kutsun", "hyväksyi kokouskutsun", "přijal pozvánku", "přijala pozvánku", "odmítl pozvánku",
    "elfogadta a meghívást", "elfogadta az értekezlet-összehívást", "elutasította a meghívást", "a acceptat invitația", "a refuzat invitația", "принял приглашение", "приняла приглашение",
    "принял(а) приглашение", "отклонил приглашение", "отклонила приглашение", "отклонил(а) приглашение", "прийняв запрошення", "прийняла запрошення", "відхилив запрошення", "daveti kabul etti",
    "toplantı isteğinizi kabul etti", "davetinizi kabul etti", "daveti reddetti", "davetinizi reddetti", "αποδέχτηκε την πρόσκληση", "αποδέχθηκε την πρόσκληση", "απέρριψε την πρόσκληση",
    "会議出席依頼を承諾", "招待を承諾", "会議出席依頼を辞退", "招待を辞退", "接受了您的会议", "接受了您的邀请", "已接受您的会议", "已接受邀请", "拒绝了您的邀请", "已接受您的邀請", "接受了您的會議", "초대를 수락", "모임 요청을 수락", "초대를 거절",
    "קיבל את ההזמנה", "אישר את ההזמנה", "דחה את ההזמנה", "قبل الدعوة", "قبل دعوتك", "رفض الدعوة",
]);

/// Mail servers' sentences about a mail that waits or cannot be delivered.
#[rustfmt::skip]
pub(super) static UNDELIVERED: Table = Table::of(&[
    "delivery has been delayed", "delivery is delayed", "delivery was delayed", "delivery delayed", "been delayed", "delivery to the following recipient", "delivery to these recipients", "has not yet been delivered",
    "not been delivered yet", "do not need to resend", "don't need to resend", "do not need to send your message again", "will continue to try to deliver", "will keep trying to deliver", "still trying to deliver",
    "will be retried", "delivery attempts will continue", "mailbox is full", "mailbox of the recipient is full", "inbox is full", "mailbox full", "mailbox quota", "mailbox has exceeded", "over quota", "quota exceeded",
    "exceeded the storage", "exceeded its storage", "exceeded their storage", "storage limit", "can't accept messages now", "cannot accept messages now", "could not be delivered", "couldn't be delivered", "wasn't delivered to",
    "was not delivered to", "delivery has failed", "delivery failed", "address couldn't be found", "address could not be found", "no such user", "user unknown", "mailbox unavailable", "undeliverable", "delivery status notification",
    "zustellung verzögert", "zustellung ihrer nachricht verzögert", "noch nicht zugestellt", "nicht erneut zu senden", "nicht erneut senden", "postfach ist voll", "postfach des empfängers ist voll", "postfach voll", "speicherplatz überschritten",
    "speicherlimit", "konnte nicht zugestellt", "nicht zugestellt werden", "zustellung fehlgeschlagen", "unzustellbar", "empfänger unbekannt",
    "remise retardée", "livraison retardée", "a été retardée", "n'a pas encore été remis", "pas nécessaire de renvoyer", "boîte aux lettres est pleine", "boîte de réception est pleine", "boîte aux lettres pleine", "boite aux lettres est pleine",
    "quota dépassé", "n'a pas pu être remis", "n'a pas pu être distribué", "échec de la remise",
    "entrega retrasada", "se ha retrasado", "todavía no se ha entregado", "aún no se ha entregado", "no es necesario volver a enviar", "buzón está lleno", "buzón lleno", "bandeja de entrada está llena", "cuota superada", "no se pudo entregar",
    "no se ha podido entregar", "no pudo ser entregado",
    "recapito ritardato", "consegna ritardata", "non è ancora stato recapitato", "non è necessario inviare di nuovo", "casella è piena", "casella di posta è piena", "casella piena", "quota superata", "non è stato recapitato", "impossibile recapitare",
    "entrega atrasada", "ainda não foi entregue", "não é necessário reenviar", "caixa de correio está cheia", "caixa de entrada está cheia", "caixa postal está cheia", "cota excedida", "não pôde ser entregue", "não foi possível entregar",
    "bezorging vertraagd", "nog niet bezorgd", "nog niet afgeleverd", "hoeft het bericht niet opnieuw", "postvak is vol", "postbus is vol", "mailbox is vol", "quotum overschreden", "kon niet worden bezorgd", "kon niet worden afgeleverd",
    "doręczenie opóźnione", "dostarczenie opóźnione", "nie została jeszcze dostarczona", "nie trzeba ponownie wysyłać", "skrzynka jest pełna", "skrzynka odbiorcy jest pełna", "skrzynka pocztowa jest pełna", "przekroczono limit", "nie można dostarczyć",
    "nie udało się dostarczyć", "leveransen har försenats", "brevlådan är full", "inkorgen är full", "kunde inte levereras", "leveringen er forsinket", "postkassen er full", "postkassen er fuld", "indbakken er fuld", "kunne ikke leveres",
    "toimitus viivästyy", "postilaatikko on täynnä", "ei voitu toimittaa", "doručení se zpozdilo", "schránka je plná", "nebylo možné doručit", "kézbesítése késik", "postafiók megtelt", "nem kézbesíthető", "livrarea a fost întârziată", "căsuța poștală este plină",
    "доставка задерживается", "доставка отложена", "ещё не доставлено", "еще не доставлено", "ящик переполнен", "почтовый ящик получателя переполнен", "не удалось доставить", "не может быть доставлено", "доставку відкладено", "скринька переповнена", "не вдалося доставити",
    "teslimat gecikti", "teslim edilemedi", "henüz teslim edilmedi", "posta kutusu dolu", "gelen kutusu dolu", "kotası aşıldı", "η παράδοση καθυστερεί", "το γραμματοκιβώτιο είναι γεμάτο", "δεν ήταν δυνατή η παράδοση",
    "配信が遅れて", "配信が遅延", "配信できません", "配信されませんでした", "メールボックスがいっぱい", "受信トレイがいっぱい", "延迟投递", "邮件投递延迟", "邮箱已满", "收件箱已满", "无法投递", "無法傳遞", "信箱已滿", "메일함이 가득", "편지함이 가득", "배달이 지연", "배달하지 못",
    "תיבת הדואר מלאה", "לא ניתן למסור", "صندوق البريد ممتلئ", "تعذر تسليم", "تأخر تسليم",
]);
