//! The words by which clients mark quotations and signatures, in the languages that we know. Data
//! only.
//!
//! All entries are in lower case. A language is added here and nowhere else; every entry stands in
//! some client's own default text. The formatter is kept off the tables, for it would set each word
//! on a line. A word too many costs little, for each rule asks for more evidence than a word.

/// What a line of a client's header block says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    /// Who wrote it.
    From,
    /// When.
    Sent,
    /// To whom.
    To,
    /// About what.
    Subject,
    /// Where answers go.
    ReplyTo,
    /// Copies, importance, attachments: belongs to a block but proves none.
    Other,
}

/// Labels of header blocks (Outlook, Windows Mail, Zimbra, GMX, QQ, Naver, Notes), without their
/// colon.
#[rustfmt::skip]
pub const LABELS: &[(Label, &[&str])] = &[
    (
        Label::From,
        &[
            "from", "von", "absender", "de", "expéditeur", "da", "mittente", "remitente", "remetente", "van", "afzender", "od",
            "nadawca", "odesílatel", "odosielateľ", "от", "от кого", "отправитель", "від", "від кого", "відправник", "kimden",
            "gönderen", "från", "avsändare", "fra", "afsender", "avsender", "lähettäjä", "keneltä", "feladó", "de la", "expeditor",
            "από", "αποστολέας", "差出人", "送信者", "发件人", "发件者", "寄件者", "寄件人", "發件人", "보낸 사람", "보낸사람", "발신", "מאת", "من", "od koga",
            "šalje", "pošiljatelj", "nuo", "no", "saatja", "kellelt", "từ", "dari",
        ],
    ),
    (
        Label::Sent,
        &[
            "sent", "date", "date sent", "sent at", "gesendet", "gesendet am", "datum", "envoyé", "envoyé le", "date d'envoi", "message du",
            "enviado", "enviado el", "enviado em", "enviada em", "enviada", "fecha", "fecha de envío", "inviato", "inviato il", "data",
            "data invio", "verzonden", "verzonden op", "wysłano", "wysłane", "data wysłania", "odesláno", "datum odeslání", "odoslané",
            "dátum", "отправлено", "дата", "дата отправки", "надіслано", "відправлено", "gönderme tarihi", "gönderildi",
            "gönderilme tarihi", "tarih", "skickat", "sendt", "dato", "lähetetty", "päivämäärä", "päiväys", "elküldve", "küldve",
            "trimis", "trimis la", "στάλθηκε", "εστάλη", "απεστάλη", "ημερομηνία", "送信日時", "日付", "日時", "发送时间", "发送日期", "时间", "日期",
            "傳送時間", "寄件日期", "傳送日期", "발송", "보낸 날짜", "보낸날짜", "날짜", "보낸 시간", "נשלח", "נשלח ב", "תאריך", "تاريخ الإرسال", "تم الإرسال",
            "التاريخ", "تاريخ", "poslano", "poslato", "saadetud", "nosūtīts", "išsiųsta", "đã gửi", "ngày", "dikirim", "tanggal",
        ],
    ),
    (
        Label::To,
        &[
            "to", "an", "empfänger", "à", "a", "destinataire", "destinataires", "para", "destinatario", "destinatari", "destinatário",
            "aan", "do", "adresat", "odbiorca", "komu", "příjemce", "pro", "pre", "кому", "получатель", "до", "kime", "alıcı", "till",
            "til", "vastaanottaja", "kenelle", "címzett", "către", "catre", "προς", "πρoς", "宛先", "收件人", "收件者", "받는 사람", "받는사람", "수신",
            "אל", "إلى", "الى", "za", "prima", "kam", "kellele", "saaja", "đến", "tới", "kepada",
        ],
    ),
    (
        Label::Subject,
        &[
            "subject", "betreff", "objet", "sujet", "asunto", "oggetto", "assunto", "onderwerp", "temat", "předmět", "predmet", "тема",
            "konu", "ämne", "emne", "aihe", "otsikko", "tárgy", "subiect", "θέμα", "件名", "主题", "主旨", "主題", "제목", "נושא", "הנדון",
            "الموضوع", "موضوع", "zadeva", "naslov", "teema", "tēma", "tema", "chủ đề", "subjek", "perihal",
        ],
    ),
    (
        Label::Other,
        &[
            "cc", "bcc", "kopie", "kopie (cc)", "blindkopie", "kopi", "kopia", "copie", "copie à", "cci", "cco", "con copia", "ccn",
            "c.c.", "dw", "udw", "do wiadomości", "копия", "копія", "bilgi", "gizli", "másolatot kap", "másolat", "κοιν", "κοιν.",
            "κοινοποίηση", "抄送", "副本", "참조", "עותק", "نسخة", "importance",
            "wichtigkeit", "priority", "priorität", "priorité", "importancia", "attachments", "anlagen", "anhänge", "pièces jointes",
            "adjuntos", "bijlagen", "allegati", "sent by", "organization", "resent-from",
        ],
    ),
    (
        Label::ReplyTo,
        &[
            "reply-to", "reply to", "please respond to", "antwort an", "antworten an", "répondre à", "responder a",
            "rispondi a", "antwoorden aan", "odpowiedz do", "svar til", "svara till", "svar till", "svar-til", "vastaus",
            "responder para", "odpověď na", "odpovedať na", "ответить", "ответ", "回复", "回复至", "返信先", "回信地址",
        ],
    ),
];

/// First words of an attribution that name the day.
#[rustfmt::skip]
pub const INTRODUCTIONS: &[&str] = &[
    "on", "in", "at", "am", "le", "el", "il", "em", "no", "a", "op", "w", "dnia", "dne", "dňa", "den", "din", "în", "la", "pe", "στις",
    "την", "τη", "в", "у", "в/у", "on:", "på", "del", "a(z)", "ב", "בתאריך", "ב-", "في", "بتاريخ", "vào", "pada", "kl", "dia", "der",
    "vom", "dana", "del", "dne", "noong", "mnamo", "më", "ar", "þann", "në", "na", "på", "das", "o", "ngày", "در", "در تاریخ", "posted",
];

/// First words of a sentence that goes on with a name ("As Bob wrote:").
#[rustfmt::skip]
pub const CONJUNCTIONS: &[&str] = &[
    "as", "like", "and", "but", "so", "since", "because", "when", "while", "what", "then", "also", "here", "yesterday", "today", "wie",
    "und", "aber", "da", "weil", "als", "was", "dann", "gestern", "heute", "comme", "et", "mais", "car", "quand", "hier", "ainsi", "como",
    "y", "pero", "cuando", "ayer", "hoy", "come", "ma", "quando", "ieri", "oggi", "e", "mas", "ontem", "hoje", "zoals", "en", "maar",
    "toen", "gisteren", "jak", "ale", "i", "wczoraj", "som", "och", "og", "men", "igår", "i går", "как", "и", "но", "вчера",
];

/// First words of an answer that a day may follow.
#[rustfmt::skip]
pub const ANSWERS: &[&str] = &[
    "yes", "yep", "no", "ok", "okay", "ja", "jawohl", "nein", "doch", "oui", "non", "si", "sí", "sì", "sim", "não", "nee", "tak", "nie",
    "nej", "nei", "kyllä", "ei", "ano", "ne", "áno", "да", "нет", "так", "ні", "evet", "hayır", "igen", "nem", "ναι", "όχι", "da", "nu", "done",
    "erledigt", "fait", "hecho", "fatto", "feito", "gedaan",
];

/// Who writes in a sentence of somebody's, and in no client's line without a day.
#[rustfmt::skip]
pub const THIRD_PERSON: &[&str] = &[
    "he", "she", "it", "they", "who", "one", "somebody", "someone", "nobody", "everybody", "everyone", "anybody", "er", "sie", "es", "man", "wer",
    "jemand", "niemand", "keiner", "il", "elle", "on", "ils", "elles", "qui", "él", "ella", "ellos", "quien", "alguien", "nadie", "lui", "lei", "loro",
    "chi", "qualcuno", "ele", "ela", "eles", "elas", "alguém", "ninguém", "hij", "zij", "ze", "wie", "iemand", "niemand", "ona", "oni", "ktoś",
    "nikt", "han", "hon", "hun", "de", "den", "det", "hän", "he", "on", "oni", "он", "она", "они", "кто", "він", "вона", "вони", "o", "onlar",
];

/// First letters of the months, in the languages that write them in lower case or otherwise than
/// English.
#[rustfmt::skip]
pub const MONTHS: &[&str] = &[
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "mai", "mei", "maj", "okt", "dez", "jän", "mär",
    "fév", "fev", "avr", "abr", "jui", "aoû", "déc", "out", "set", "ago", "dic", "ene", "gen", "mag", "giu", "lug", "ott", "sty", "lut",
    "kwi", "cze", "lip", "sie", "wrz", "paź", "lis", "gru", "led", "úno", "bře", "dub", "kvě", "čer", "srp", "zář", "říj", "pro", "янв",
    "фев", "мар", "апр", "мая", "май", "июн", "июл", "авг", "сен", "окт", "ноя", "дек", "січ", "лют", "бер", "кві", "тра", "чер", "лип",
    "сер", "вер", "жов", "лис", "гру", "maalis", "touko", "kesä", "heinä", "elo", "syys", "loka", "marras", "joulu", "tammi", "helmi",
    "huhti", "oca", "şub", "nis", "haz", "tem", "ağu", "eyl", "eki", "kas", "ara", "ιαν", "φεβ", "μαρ", "απρ", "μαΐ", "ιου", "αυγ", "σεπ",
    "οκτ", "νοε", "δεκ", "márc", "ápr", "máj", "jún", "júl", "szept", "agu", "des", "nob", "hun", "hul", "sij", "velj", "ožu", "svi", "kol", "ruj", "stu", "veeb", "märts", "juun",
    "juul", "dets", "maig", "juny", "urt", "ots", "apirila", "uzt", "ira", "urr", "aza", "tach", "rhag", "जनव", "फ़र", "फर", "मार्च", "अप्र", "जून", "जुल", "अगस", "सित", "अक्तू", "अक्टू", "नवं", "नव॰", "नव.", "दिस", "জানু",
    "ফেব্", "মার্চ", "এপ্র", "জুন", "জুলা", "আগস্", "সেপ্", "অক্টো", "নভে", "ডিসে", "ஜன", "பிப்", "மார்", "ஏப்", "ஜூன்", "ஜூலை", "ஆக", "செப்", "அக்", "நவ", "டிச", "జన", "ఫిబ్", "నవం", "డిసెం", "ژانو", "فور", "مارس", "آور", "ژوئ",
    "اوت", "سپت", "اکت", "نوام", "دسام", "فرور", "اردی", "خرداد", "مرداد", "شهریو", "مهر", "آبان", "بهمن", "اسفند", "يناير", "فبراير", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر", "أكتوبر",
    "نوفمبر", "ديسمبر", "ינו", "פבר", "מרץ", "אפר", "יוני", "יולי", "אוג", "ספט", "אוק", "נוב", "דצמ", "ม.ค", "ก.พ", "มี.ค", "เม.ย", "พ.ค", "มิ.ย", "ก.ค", "ส.ค", "ก.ย", "ต.ค", "พ.ย", "ธ.ค",
];

/// "wrote", as attributions have it. Words of scripts with spaces are found as words, the others
/// anywhere.
#[rustfmt::skip]
pub const VERBS: &[&str] = &[
    "wrote", "writes", "schrieb", "schreibt", "geschrieben", "a écrit", "écrivait", "écrit", "escribió", "escribio", "ha escrito",
    "escrigué", "ha scritto", "scrive", "scriveva", "escreveu", "escreve", "schreef", "geschreven", "pisze", "napisał", "napisała",
    "napisano", "wiadomość napisana przez", "napsal", "napsala", "píše", "napísal", "napísala", "пишет", "писал", "писала", "писали",
    "написал", "написала", "от", "пише", "писав", "написав", "yazdı", "yazmış", "şunları yazdı", "skrev", "skriver", "kirjoitti",
    "írta", "a scris", "scrie", "έγραψε", "написа", "je napisao", "je napisala", "je napisal", "napisao je", "rašė", "parašė",
    "rakstīja", "kirjutas", "đã viết", "menulis", "ha escrit", "va escriure", "のメール", "書きました", "書いた", "からのメール", "写道", "寫道", "写到", "撰写",
    "작성", "쓴 글", "썼습니다", "작성했습니다", "작성하셨습니다", "님이", "כתב", "כתבה", "מאת", "كتب", "كتبت", "كتابة", "เขียน", "quoting", "zitat von",
    "citando", "citando a", "cytowanie", "citação de", "schrieben", "avez écrit", "escribiste", "escreviste", "hai scritto",
    "ने लिखा", "ले लेख्नुभयो", "ने लिहिले", "এ লিখেছেন", "লিখেছেন", "எழுதியது", "எழுதினார்", "రాసారు", "ಬರೆದಿದ್ದಾರೆ", "എഴുതി", "લખ્યું", "ਨੇ ਲਿਖਿਆ", "ලිවීය", "نوشت", "نے لکھا", "aliandika",
    "napisala", "napisal", "je napisala", "va escriure", "escribiu", "idatzi du", "skrifaði", "shkroi", "ysgrifennodd", "scríobh",
    "geskryf", "sumulat", "sinulat", "напиша", "написао", "написала", "жазды", "yozdi", "yazıb", "гру напісаў", "напісаў", "skribis", "დაწერა", "գրել է",
    "zapisal", "zapisala", "isinulat ni", "sumulat si", "viết", "लिखा", "लेखे", "ameandika", "ubhale", "kọ", "ya rubuta", "ayaa qoray",
    "ጻፈ", "ጻፉ", "ලිව්වේ", "লিখেছে", "লিখলেন", "எழுதியுள்ளார்", "எழுதினர்", "వ్రాసారు", "వ్రాశారు", "ಬರೆದರು", "എഴുതിയത്", "લખ્યુ", "लिहिले", "نوشته است", "می‌نویسد", "نوشته", "لکھا", "لیکلي",
    "napisal(a)", "napísal(a)", "je napisao/la", "je napisao(la)", "напишал", "напишала", "пишаў", "язган", "яҙған", "navishtaast", "nivîsî", "escriveva", "scriveu", "skreiv", "skrivaði",
    "schreift", "huet geschriwwen", "a scrivù", "ha scrit", "scrissi", "a skrivas", "scríobhadh", "sgrìobh", "nulis", "nyerat", "nagsurat", "mitulis", "ກ່າວວ່າ", "ရေးခဲ့သည်", "ရေးသားသည်",
    "បានសរសេរ", "ຂຽນ", "ရေးသားခဲ့သည်", "ጽፏል", "бичсэн", "tulis", "nivîsand", "kiteb",
];

/// What clients seldom and people often say of what they cite: "sent", "said", "replied".
#[rustfmt::skip]
pub const SAYINGS: &[&str] = &[
    "sent", "says", "said", "posted", "replied", "answered", "commented", "added", "antwortete", "sagte", "sendte", "svarede", "svarte",
    "svarade", "a répondu", "a envoyé", "a dit", "respondió", "envió", "dijo", "ha risposto", "ha inviato", "respondeu", "enviou", "disse",
    "antwoordde", "stuurde", "odpowiedział", "odpověděl", "ответил", "ответила", "відповів", "yanıtladı", "vastasi", "répondait", "回复", "回覆",
    "hat gesagt", "meinte", "sagt", "teilte mit", "a déclaré", "dit", "disait", "dice", "comentó", "ha detto", "diceva", "disse", "disse que", "zei", "zegt", "powiedział", "powiedziała", "řekl",
    "řekla", "povedal", "povedala", "сказал", "сказала", "говорит", "сказав", "сказала", "dedi", "dedi ki", "sa", "säger", "sagde", "siger", "sier", "sanoi", "mondta", "a spus", "a zis", "είπε", "каза",
    "je rekao", "je rekla", "je rekel", "va dir", "diu", "dixo", "esan du", "sagði", "ütles", "teica", "sakė", "nói", "berkata", "mengatakan", "sinabi ni", "alisema", "ने कहा", "বলেছেন", "கூறினார்", "చెప్పారు",
    "گفت", "قال", "قالت", "אמר", "אמרה", "กล่าวว่า", "说", "說", "表示", "と言いました", "말했습니다", "het gesê",
];

/// The writer speaking of himself: then a line is a sentence of his, not a client's.
#[rustfmt::skip]
pub const FIRST_PERSON: &[&str] = &[
    "I", "me", "my", "we", "us", "We", "ich", "Ich", "mir", "mich", "wir", "Wir", "uns", "j'ai", "j’ai", "J'ai", "J’ai", "nous",
    "Nous", "moi", "m'a", "m’a", "yo", "nosotros", "io", "noi", "eu", "nós", "ik", "Ik", "wij", "mij", "ons", "ja", "mnie", "nam",
    "mi", "mně", "я", "Я", "мы", "Мы", "мне", "нам", "мені", "ben", "bana", "bize", "jag", "jeg", "mig", "meg", "oss", "minä",
    "minulle", "nekem", "εγώ", "μου", "私", "我", "我们", "我們", "나", "제가", "אני", "أنا",
];

/// The writer speaking to the reader. The Bat! says "you wrote" over marked quotations; without
/// marks it is a sentence.
#[rustfmt::skip]
pub const SECOND_PERSON: &[&str] = &[
    "you", "You", "your", "du", "dir", "Sie", "Ihnen", "ihr", "euch", "tu", "vous", "Vous", "usted", "ustedes", "tú", "você", "vocês",
    "jij", "jullie", "u", "ty", "pan", "pani", "вы", "Вы", "вам", "ты", "ви", "Ви", "sen", "siz", "ni", "dig", "deg", "sinä", "te",
    "ön", "εσείς", "あなた", "你", "您", "당신", "אתה", "أنت",
];

/// Between dashes, over the history of a reply.
#[rustfmt::skip]
pub const ORIGINAL: &[&str] = &[
    "original", "antwort nachricht", "antwort-nachricht", "оригинално съобщение", "оригинална порука", "изворна порука", "оригинална порака",
    "پیام اصلی", "पिछला संदेश", "मूल संदेश", "jatorrizko mezua", "mensaxe orixinal", "upprunaleg skilaboð", "izvorno sporočilo", "sākotnējais ziņojums",
    "algne sõnum", "pradinis laiškas", "mesej asal", "ujumbe asili", "mesazhi origjinal", "oorspronklike boodskap", "ข้อความต้นฉบับ", "মূল বার্তা",
    "அசல் செய்தி", "original message", "original mail", "original email", "original e-mail", "original appointment", "reply message",
    "replied message", "in reply to", "ursprüngliche nachricht", "ursprüngliche mail", "ursprüngliche e-mail", "originalnachricht",
    "original-nachricht", "originalmail", "ursprünglicher termin", "message d'origine", "message d’origine", "message original",
    "message initial", "courriel original", "mail original", "mensaje original", "correo original", "messaggio originale",
    "mensagem original", "oorspronkelijk bericht", "origineel bericht", "oorspronkelijke bericht", "wiadomość oryginalna",
    "oryginalna wiadomość", "wiadomość pierwotna", "pierwotna wiadomość", "původní zpráva", "původní e-mail", "originální zpráva",
    "pôvodná správa", "исходное сообщение", "оригинальное сообщение", "исходное письмо", "первоначальное сообщение",
    "вихідне повідомлення", "оригінальне повідомлення", "початкове повідомлення", "orijinal mesaj", "özgün ileti", "özgün mesaj",
    "orijinal ileti", "orijinal e-posta", "ursprungligt meddelande", "originalmeddelande", "originalmeddelelse",
    "oprindelig meddelelse", "oprindelig besked", "den oprindelige meddelelse", "opprinnelig melding", "original melding",
    "opprinnelig e-post", "alkuperäinen viesti", "alkuperäinen sähköposti", "eredeti üzenet", "eredeti levél", "mesaj original",
    "mesajul original", "mesajul inițial", "αρχικό μήνυμα", "πρωτότυπο μήνυμα", "元のメッセージ", "元のメール", "オリジナルメッセージ",
    "original message (元のメール)", "原始邮件", "原邮件", "原始信息", "回复的原邮件", "回复的邮件", "原始郵件", "原始訊息", "原郵件", "원본 메시지", "원본 메일", "원본메일", "원래 메시지",
    "הודעה מקורית", "ההודעה המקורית", "הודעת מקור", "الرسالة الأصلية", "رسالة أصلية", "original meddelelse", "izvorna poruka",
    "originalna poruka", "izvirno sporočilo", "algne kiri", "originalus laiškas", "thư gốc", "tin nhắn gốc", "pesan asli",
    "missatge original",
];

/// Between dashes, over a mail that is passed on.
#[rustfmt::skip]
pub const FORWARDED: &[&str] = &[
    "forwarded message", "forwarded mail", "forwarded email", "forward message", "fwd", "forwarded by", "forwarded",
    "weitergeleitete nachricht", "weitergeleitete mail", "weitergeleitete e-mail", "message transféré", "message transmis",
    "message réexpédié", "courriel transféré", "mail transféré", "mensaje reenviado", "messaggio inoltrato", "mensagem encaminhada",
    "mensagem reencaminhada", "doorgestuurd bericht", "doorgestuurde bericht", "przekazana wiadomość", "wiadomość przekazana",
    "wiadomość przekazana dalej", "přeposlaná zpráva", "předaná zpráva", "preposlaná správa", "preposielaná správa",
    "пересланное сообщение", "перенаправленное сообщение", "пересылаемое сообщение", "переадресованное сообщение",
    "пересланное письмо", "переслане повідомлення", "перенаправлене повідомлення", "пересланий лист", "iletilmiş mesaj",
    "iletilen mesaj", "iletilen ileti", "yönlendirilmiş ileti", "yönlendirilmiş mesaj", "yönlendirilen mesaj",
    "vidarebefordrat meddelande", "vidarebefordrat brev", "videresendt meddelelse", "videresendt besked", "videresendt mail",
    "videresendt melding", "videresendt e-post", "videresend melding", "edelleenlähetetty viesti", "välitetty viesti",
    "továbbított üzenet", "továbbított levél", "mesaj redirecționat", "mesaj redirectionat", "mesaj transmis mai departe",
    "προωθημένο μήνυμα", "προωθούμενο μήνυμα", "転送メッセージ", "転送されたメッセージ", "転送メール", "forwarded message (転送メール)", "转发的邮件", "转发邮件", "转发的消息",
    "转发邮件信息", "转发信息", "轉寄的郵件", "轉寄郵件", "轉寄訊息", "轉寄的訊息", "已轉寄郵件", "전달된 메시지", "전달 메시지", "전달된 메일", "הודעה שהועברה", "הודעה מועברת",
    "الرسالة المعاد توجيهها", "رسالة معاد توجيهها", "رسالة محوّلة", "رسالة محولة", "رسالة مُعاد توجيهها", "proslijeđena poruka",
    "posredovano sporočilo", "edastatud kiri", "persiųstas laiškas", "thư chuyển tiếp", "tin nhắn đã chuyển tiếp", "pesan terusan",
    "pesan yang diteruskan", "missatge reenviat",
];

/// Notes names who passed it on and when ("Forwarded by Bob Baker/Desk on …"); begin or end of what
/// stands between the dashes.
#[rustfmt::skip]
pub const FORWARDED_BY: &[&str] = &[
    "forwarded by", "weitergeleitet von", "transféré par", "réexpédié par", "reenviado por", "inoltrato da", "encaminhado por",
    "reencaminhado por", "doorgestuurd door", "przekazane przez", "přeposlal", "předal", "переслано", "iletildi", "tarafından iletilen",
    "vidarebefordrat av", "vidaresänt av", "videresendt af", "videresendt av", "välittänyt", "edelleenlähettänyt",
];

/// Prefixes of a subject by which clients say that a mail is an answer.
#[rustfmt::skip]
pub const REPLY_PREFIXES: &[&str] = &[
    "re", "aw", "antw", "antwort", "sv", "vs", "ref", "rif", "r", "res", "resp", "odp", "ynt", "yan", "vá", "atb", "ha", "на", "отв",
    "rép", "ant", "balas", "trả lời", "پاسخ", "ตอบกลับ", "उत्तर", "отг", "σχετ", "απ", "bls", "回复", "答复", "回覆", "返信", "회신", "답장", "תגובה", "השב", "رد",
];

/// First prefix of a subject by which clients say that a mail is passed on. Not "VS": Finns answer
/// with it.
#[rustfmt::skip]
pub const FORWARD_PREFIXES: &[&str] = &[
    "fw", "fwd", "wg", "tr", "rv", "i", "enc", "doorst", "vb", "vl", "pd", "továbbítás", "ilt", "πρθ", "转发", "轉寄", "転送", "전달",
    "הועבר", "إعادة توجيه", "videresendt", "vidarebefordrat", "пересл", "přeposláno", "weitergeleitet", "转寄", "轉發", "пер",
    "переслано", "inoltrato", "reenviado", "encaminhado", "doorgestuurd", "przekazane", "yönlendirilmiş", "välitetty",
];

/// A line of its own with a colon, without dashes, over a mail that is passed on (Apple Mail).
#[rustfmt::skip]
pub const FORWARD_BEGINS: &[&str] = &[
    "begin forwarded message", "anfang der weitergeleiteten nachricht", "anfang der weitergeleiteten e-mail",
    "début du message réexpédié", "début du message transféré", "inicio del mensaje reenviado", "inizio messaggio inoltrato",
    "inizio del messaggio inoltrato", "início da mensagem encaminhada", "início da mensagem reencaminhada",
    "begin doorgestuurd bericht", "początek przekazywanej wiadomości", "początek przekazanej wiadomości", "začátek přeposílané zprávy",
    "začátek přeposlané zprávy", "začiatok preposlanej správy", "začiatok preposielanej správy", "начало переадресованного сообщения",
    "начало пересылаемого сообщения", "начало перенаправленного сообщения", "початок листа, що пересилається",
    "початок пересланого повідомлення", "початок переадресованого повідомлення", "iletilen ileti başlangıcı",
    "yönlendirilen ileti başlangıcı", "vidarebefordrat brev", "vidarebefordrat mejl", "början på vidarebefordrat brev",
    "start på videresendt besked", "start på videresendt meddelelse", "start på videresendt mail", "videresendt melding",
    "start på videresendt melding", "begynnelse på videresendt melding", "välitetty viesti alkaa", "edelleenlähetetty viesti alkaa",
    "továbbított levél kezdete", "a továbbított üzenet kezdete", "a továbbított levél kezdete", "începutul mesajului redirecționat",
    "început mesaj redirecționat", "έναρξη προωθημένου μηνύματος", "αρχή προωθημένου μηνύματος", "転送されたメッセージ", "开始转发的邮件", "下面是被转发的邮件",
    "開始轉寄郵件", "以下為轉寄的郵件", "開始轉寄訊息", "전달된 메시지", "תחילת ההודעה שהועברה", "תחילת ההודעה המועברת", "بداية الرسالة المعاد توجيهها",
    "بدء الرسالة المعاد توجيهها", "inici del missatge reenviat",
];

/// Where another desk wants the answer; only on a line with ornaments at one of its ends.
#[rustfmt::skip]
pub const REPLY_ABOVE: &[&str] = &[
    "reply above this line", "respond above this line", "type your reply above", "reply above this email", "write your reply above",
    "write above this line", "type above this line", "enter your reply above", "please reply above", "add your reply above",
    "oberhalb dieser linie antworten", "oberhalb dieser zeile", "über dieser linie", "über dieser zeile", "au-dessus de cette ligne",
    "au dessus de cette ligne", "por encima de esta línea", "encima de esta línea", "arriba de esta línea", "sopra questa riga",
    "al di sopra di questa riga", "sopra questa linea", "acima desta linha", "boven deze regel", "boven deze lijn",
    "powyżej tej linii", "nad tą linią", "nad tento řádek", "nad tímto řádkem", "nad tento riadok", "nad týmto riadkom",
    "выше этой строки", "выше этой линии", "над этой строкой", "вище цього рядка", "над цим рядком", "bu satırın üstüne",
    "bu satırın üzerine", "ovanför denna rad", "ovanför den här raden", "over denne linje", "over denne linjen",
    "tämän rivin yläpuolelle", "a fölé a sor fölé", "e sor fölé", "deasupra acestei linii", "deasupra acestui rând",
    "πάνω από αυτή τη γραμμή", "πάνω από αυτήν τη γραμμή", "この行より上", "この線より上", "在此行上方", "在这一行上方", "在此行以上", "在此線上方", "이 줄 위에",
    "מעל שורה זו", "מעל לשורה זו", "فوق هذا السطر",
];

/// Begin and end of a line that names the sender's device or program; the middle must speak of one.
#[rustfmt::skip]
pub const SENT_FROM: &[(&str, &str)] = &[
    ("sent from", ""), ("sent by my", ""), ("sent via", ""), ("sent with", ""), ("sent using", ""), ("sent on", ""), ("composed on", ""),
    ("typed on", ""), ("von", "gesendet"), ("von", "geschickt"), ("diese nachricht wurde von", "gesendet"),
    ("diese mail wurde von", "gesendet"), ("diese e-mail wurde von", "gesendet"), ("diese nachricht wurde mit", "gesendet"),
    ("gesendet von", ""), ("gesendet mit", ""), ("gesendet via", ""), ("gesendet aus", ""), ("gesendet über", ""),
    ("versendet von", ""), ("versendet mit", ""), ("mit", "gesendet"), ("mobil gesendet mit", ""), ("envoyé de", ""),
    ("envoyé depuis", ""), ("envoyé à partir de", ""), ("envoyé à partir d'", ""), ("envoyé à partir d’", ""), ("envoyé avec", ""),
    ("envoyé via", ""), ("envoyé par", ""), ("envoyé d'", ""), ("envoyé d’", ""), ("provenance :", ""), ("enviado desde", ""),
    ("enviado con", ""), ("enviado a través de", ""), ("enviado vía", ""), ("enviado via", ""), ("enviado do", ""), ("enviado de", ""),
    ("enviado a partir do", ""), ("enviado pelo", ""), ("enviado com", ""), ("enviada do", ""), ("inviato da", ""),
    ("inviato dal", ""), ("inviato con", ""), ("inviato tramite", ""), ("verzonden vanaf", ""), ("verzonden met", ""),
    ("verzonden via", ""), ("verzonden vanuit", ""), ("verzonden van", ""), ("verstuurd vanaf", ""), ("verstuurd met", ""),
    ("verstuurd via", ""), ("wysłane z", ""), ("wysłano z", ""), ("wysłane za pomocą", ""), ("wysłane przez", ""), ("odesláno z", ""),
    ("odesláno ze", ""), ("odesláno pomocí", ""), ("odoslané z", ""), ("odoslané zo", ""), ("odoslané pomocou", ""),
    ("отправлено с", ""), ("отправлено из", ""), ("отправлено через", ""), ("отправлено со", ""), ("отправлено от", ""),
    ("надіслано з", ""), ("надіслано із", ""), ("надіслано через", ""), ("відправлено з", ""), ("", "dan gönderildi"), ("", "den gönderildi"), ("", "tan gönderildi"), ("", "ten gönderildi"),
    ("skickat från", ""), ("skickat med", ""), ("skickat via", ""), ("sänt från", ""), ("sendt fra", ""),
    ("sendt med", ""), ("sendt via", ""), ("sendt frå", ""), ("lähetetty", ""), ("", "ról küldve"), ("", "ről küldve"), ("", "ból küldve"), ("", "ből küldve"), ("elküldve", ""), ("trimis de pe", ""),
    ("trimis din", ""), ("trimis cu", ""), ("trimis de la", ""), ("trimis prin", ""), ("στάλθηκε από", ""), ("εστάλη από", ""),
    ("απεστάλη από", ""), ("", "から送信"), ("", "から送信しました"), ("", "から送信されました"), ("发自", ""), ("來自", ""), ("来自", ""), ("發自", ""),
    ("", "ile gönderildi"), ("從", "傳送"), ("从", "发送"), ("從", "發送"), ("", "에서 보냄"), ("", "에서 전송"), ("", "에서 보낸 메일"), ("", "에서 발송"), ("签名由", "定制"), ("簽名由", "定制"), ("נשלח מ", ""),
    ("נשלח באמצעות", ""), ("أُرسلت من", ""), ("أرسلت من", ""), ("تم الإرسال من", ""), ("مُرسل من", ""), ("مرسل من", ""),
    ("أرسل من", ""), ("poslano s", ""), ("poslano iz", ""), ("saadetud minu", ""), ("išsiųsta iš", ""), ("sūtīts no", ""),
    ("enviat des de", ""), ("đã gửi từ", ""), ("dikirim dari", ""),
];

/// The same in languages of which we know little else: three words may stand beside it.
#[rustfmt::skip]
pub const SENT: &[(&str, &str)] = &[
    ("изпратено от", ""), ("послато са", ""), ("пратено од", ""), ("испратено од", ""), ("poslano s", ""), ("poslano iz", ""), ("poslato sa", ""),
    ("išsiųsta iš", ""), ("sūtīts no", ""), ("nosūtīts no", ""), ("saadetud", ""), ("", "से भेजा गया"), ("", "से भेजा"), ("", "वरून पाठवले"),
    ("ارسال شده از", ""), ("ارسال‌شده از", ""), ("فرستاده شده از", ""), ("đã gửi từ", ""), ("được gửi từ", ""), ("dikirim dari", ""), ("dihantar daripada", ""),
    ("ส่งจาก", ""), ("enviat des del", ""), ("enviat des de", ""), ("", "bidalita"), ("sent úr", ""), ("", "থেকে পাঠানো"), ("", "থেকে প্রেরিত"), ("", "இலிருந்து அனுப்பப்பட்டது"),
    ("imetumwa kutoka", ""), ("ipinadala mula sa", ""), ("gestuur vanaf", ""), ("gestuur van", ""), ("dërguar nga", ""), ("", "დან გაგზავნილია"),
    ("ուղարկված է", ""), ("", "жіберілді"), ("", "göndərilib"), ("", "yuborildi"), ("", "પરથી મોકલેલ"), ("", "నుండి పంపబడింది"), ("", "ನಿಂದ ಕಳುಹಿಸಲಾಗಿದೆ"),
    ("", "ൽ നിന്ന് അയച്ചത്"), ("", "سے بھیجا گیا"), ("anfonwyd o", ""), ("seolta ó", ""), ("адпраўлена з", ""), ("sendita de", ""),
];

/// Lines of providers about themselves.
#[rustfmt::skip]
pub const SLOGANS: &[&str] = &[
    "yahoo mail: search, organize, conquer", "get the new outlook app", "von unterwegs gesendet", "mobil gesendet", "sent on the go",
    "sent from my mobile", "sent from my cell", "www.avast.com", "www.avg.com", "get bluemail for android", "get bluemail for ios",
    "get bluemail for desktop", "get typeapp for android", "holen sie sich bluemail für android",
];

/// Names of devices and mail programs: one of them makes the line a client's.
#[rustfmt::skip]
pub const BRANDS: &[&str] = &[
    "iphon", "ipad", "ipod", "ios", "apple", "mac", "macbook", "imac", "android", "samsung", "galaxy", "huawei", "honor", "xiaomi",
    "redmi", "poco", "pixel", "nexus", "oneplus", "oppo", "realme", "nokia", "lumia", "sony", "xperia", "htc", "motorola", "lg", "zte",
    "fairphone", "blackberry", "windows", "outlook", "yahoo", "gmail", "proton", "protonmail", "thunderbird", "k-9", "fairemail",
    "aqua", "bluemail", "blue", "spark", "airmail", "mailbird", "tutanota", "tuta", "zoho", "gmx", "web.de", "aol", "hotmail",
    "zimbra", "fastmail", "hey", "superhuman", "newton", "mail.ru", "yandex", "яндекс", "myмail", "mymail", "t-online", "telekom",
    "vodafone", "verizon", "at&t", "t-mobile", "qq", "网易", "айфон", "айфона", "אייפון", "آيفون", "الآيفون", "ايفون", "الايفون",
    "canary", "edison", "nine", "touchmail", "orange", "mailspring", "mailbird", "onet", "interia", "missive", "shift", "cloudmagic",
];

/// Words for a device that need "my" beside them, for people use them in sentences.
#[rustfmt::skip]
pub const DEVICES: &[&str] = &[
    "phone", "smartphone", "mobile", "device", "tablet", "handheld", "handy", "mobiltelefon", "telefon", "gerät", "android-gerät",
    "mobilgerät", "téléphone", "portable", "mobil", "móvil", "teléfono", "celular", "telefono", "cellulare", "telefone", "telemóvel",
    "telefoon", "mobiel", "komórki", "telefonu", "mobilu", "телефона", "смартфона", "телефону", "смартфону", "telefonumdan", "mobilen",
    "puhelimesta", "puhelimestani", "telefonomról", "mobilról", "telefonul", "κινητό", "手机", "手機", "スマートフォン", "휴대폰", "הטלפון", "נייד",
    "هاتفي", "الهاتف",
];

/// "My", which people's devices have.
#[rustfmt::skip]
pub const POSSESSIVES: &[&str] = &[
    "my", "meinem", "meiner", "mein", "mon", "mi", "mio", "meu", "mijn", "mojego", "mojej", "mého", "môjho", "моего", "мого", "min",
    "mit", "mitt", "minun", "μου", "我的", "내", "나의", "שלי", "moj", "mojho", "mano", "minu", "الخاص", "بي",
];

/// Words that may stand beside names of devices: models, prepositions, articles.
#[rustfmt::skip]
pub const BESIDE: &[&str] = &[
    "for", "on", "with", "via", "an", "a", "the", "app", "mail", "email", "e-mail", "für", "mit", "auf", "pour", "sur", "para", "per",
    "con", "voor", "met", "dla", "systemu", "pro", "pre", "для", "на", "med", "för", "til", "pentru", "για", "i", "by", "mobile",
    "smartphone", "phone", "device", "tablet", "handheld", "wireless", "lte", "mini", "max", "plus", "ultra", "lite", "note", "edge",
    "fold", "flip", "air", "se", "fe", "secure", "encrypted", "verschlüsselt", "security", "sicher", "gerät", "mobiltelefon", "handy",
    "telefon", "téléphone", "móvil", "cellulare", "telefoon", "mobiel", "телефона", "телефон", "смартфона", "почты", "почта", "пошти",
    "pošta", "poczta", "poczty", "sähköposti", "messenger", "desktop", "client", "безопасной", "мобильной", "aus", "gesendet", "using",
    "akıllı", "telefonum", "browser", "wifi", "network", "netzwerk", "powered", "über", "meinem", "my", "mon", "new", "classic",
    "live", "版", "sichere", "correo", "electrónico", "seguro", "messagerie", "sécurisée", "posta", "elettronica", "sicura",
    "beveiligde", "aplikacji", "w", "systemie", "bell", "rogers", "telus", "claro", "movistar", "sprint",
    "de", "la", "el", "der", "di", "da", "do", "su", "no", "op", "på", "avec", "com", "za", "pomocą", "pomocí", "с", "помощью",
    "через", "için", "posta", "sicherer", "seguro", "email", "urządzenia", "zařízení", "устройства", "пристрою", "enhet", "enhed",
    "apparaat", "laitteesta", "maililla", "sähköpostista", "版のメール", "版邮件", "的郵件", "메일", "użyciem", "poczta",
];

/// K-9 asks the reader's pardon in a second sentence.
#[rustfmt::skip]
pub const BREVITY: &[&str] = &[
    "get the app", "the best free email app for work", "please excuse any typos", "please excuse typos", "excuse typos", "excuse any typos",
    "please excuse brevity and typos", "please excuse typos and brevity", "please excuse brevity", "please excuse the brevity",
    "please forgive typos", "please forgive any typos", "pardon any typos", "pardon typos", "bitte tippfehler entschuldigen",
    "tippfehler bitte ich zu entschuldigen", "bitte entschuldigen sie tippfehler", "désolé pour les fautes de frappe", "sorry for typos",
    "please excuse my brevity", "bitte entschuldigen sie die kürze", "bitte entschuldigen sie meine kürze", "veuillez excuser ma brièveté",
    "por favor, disculpa mi brevedad", "por favor disculpa mi brevedad", "perdonate la brevità", "per favore perdona la mia brevità",
    "desculpe-me pela brevidade", "por favor, desculpe a minha brevidade", "excuseer mijn beknoptheid", "proszę wybaczyć moją zwięzłość",
    "przepraszam za moją zwięzłość", "omluvte prosím moji stručnost", "prosím omluvte mou stručnost", "простите за краткость",
    "извините за краткость", "пробачте за мою лаконічність", "даруйте за лаконічність", "вибачте за стислість", "lütfen kısa yazdığım için beni mazur görün",
    "ursäkta min fåordighet", "undskyld min korthed", "unnskyld for at jeg fatter meg i korthet", "beklager min korthet",
    "pahoittelut vähäsanaisuudestani", "简洁之处，敬请谅解", "請原諒我的簡短", "簡潔なメールで失礼します",
];

/// First words of "Get Outlook for iOS", which stands with or without a link.
#[rustfmt::skip]
pub const GET: &[&str] = &[
    "get", "holen", "laden", "outlook", "obtenez", "obtenir", "télécharger", "téléchargez", "obtener", "obtén", "obtenga", "descargar",
    "ottieni", "scarica", "obter", "obtenha", "baixar", "download", "pobierz", "uzyskaj", "získejte", "získat", "stáhnout", "získajte",
    "získať", "получить", "получите", "скачать", "отримати", "отримайте", "завантажити", "ios", "android", "hämta", "skaffa", "hent",
    "få", "last", "skaff", "hanki", "lataa", "szerezze", "töltse", "obțineți", "descărcați", "λήψη", "αποκτήστε", "获取", "下载", "取得",
    "下載", "קבל", "הורד", "השג", "الحصول", "احصل", "تنزيل",
];

/// Where a mailing list's footer leads.
#[rustfmt::skip]
pub const LIST_FOOTER: &[&str] = &[
    "mailing list", "mailingliste", "mailing-liste", "liste de diffusion", "lista de correo", "lista di discussione", "/listinfo/",
    "/postorius/", "/mailman", "unsubscribe", "abmelden", "désabonner", "désinscrire", "darse de baja", "-request@", "/hyperkitty/",
    "sympa", "groups.io", "google groups", "listserv",
];

/// Words by which people and programs name whom they quote, before a name or behind it, in place of
/// a verb.
#[rustfmt::skip]
pub const ACCORDING: &[&str] = &[
    "according to", "quote from", "quoting", "cited from", "laut", "gemäß", "zitat", "selon", "d'après", "d’après", "citation de", "según", "de acuerdo con", "cita de",
    "secondo", "stando a", "segundo", "de acordo com", "conforme", "volgens", "citaat van", "według", "zdaniem", "podle", "podľa", "по словам", "согласно", "за словами", "enligt", "ifølge",
    "mukaan", "szerint", "göre", "conform", "potrivit", "σύμφωνα με", "според", "prema", "po besedah", "segons", "arabera", "samkvæmt", "theo", "menurut", "ayon kay", "kulingana na",
    "के अनुसार", "অনুসারে", "கூற்றுப்படி", "به گفته", "حسب", "وفقا", "לפי", "ตามที่", "据", "根據", "によると", "에 따르면",
];
