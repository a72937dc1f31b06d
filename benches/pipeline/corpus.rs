//! The mailbox that is measured with: a support desk's mail as it looks, made from a seed, so that
//! every run has the same.
//!
//! Of the mails 60 % are new requests, 12 % are automatic (bounces, auto-replies, list mail) and
//! the rest are follow-ups, most by their References, some by the tag in the subject alone. Half
//! have a second, HTML text; charsets and encodings are mixed; one in ten carries an attachment.

/// Counts and shares; `attachments` per thousand.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    pub seed: u64,
    pub mails: usize,
    pub attachments: u64,
    /// Number of the first ticket that these mails will open.
    pub first_ticket: usize,
}

/// A mail as it lies on the server, and what is to become of it.
#[derive(Clone, Debug)]
pub struct Mail {
    pub bytes: Vec<u8>,
    pub is_request: bool,
}

/// Numbers from a seed (xorshift64*): the same on every machine.
#[derive(Debug)]
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % sides.max(1)
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.roll(from.len() as u64) as usize]
    }

    fn percent(&mut self, share: u64) -> bool {
        self.roll(100) < share
    }
}

/// A language: the charset it is sent in, a subject as a header field, sentences.
struct Tongue {
    charset: &'static str,
    subject: &'static str,
    sentences: &'static [&'static str],
}

const TONGUES: &[Tongue] = &[
    Tongue {
        charset: "us-ascii",
        subject: "The scanner stops at page three",
        sentences: &[
            "Since this morning the scanner stops at page three and asks for paper.",
            "We have restarted it twice, and the cable is in its place.",
            "The display shows code E-42 and then nothing more.",
            "Could somebody call me before noon, please?",
            "Our contract number is on the sticker below the lid.",
        ],
    },
    Tongue {
        charset: "utf-8",
        subject: "=?utf-8?Q?Die_T=C3=BCr_schlie=C3=9Ft_nicht?=",
        sentences: &[
            "Die Tür im zweiten Stock schließt seit gestern nicht mehr.",
            "Le café coule à côté de la tasse, même après le nettoyage.",
            "Proszę o nową fakturę, na starej jest zły adres.",
            "Το κλειδί δεν γυρίζει και η πόρτα μένει ανοιχτή.",
            "注文した品物がまだ届いていません。",
        ],
    },
    Tongue {
        charset: "windows-1252",
        subject: "=?windows-1252?Q?Gar=E7on_sans_caf=E9?=",
        sentences: &[
            "La machine à café ne démarre plus depuis hier.",
            "Señor, mañana vence el plazo y la caja está vacía.",
            "Können Sie das Gerät bitte prüfen? Größe und Farbe stimmen.",
        ],
    },
    Tongue {
        charset: "koi8-r",
        subject: "=?koi8-r?B?7sUg0sHCz9TBxdQ=?=",
        sentences: &[
            "Дверь не закрывается.",
            "Экран погас после обеда, лампа мигает.",
            "Прошу прислать мастера.",
        ],
    },
];

/// Makes the mailbox.
pub fn make(shape: Shape) -> Vec<Mail> {
    let mut maker = Maker { dice: Dice(shape.seed | 1), shape, threads: Vec::new() };
    (0..shape.mails).map(|serial| maker.mail(serial)).collect()
}

struct Thread {
    customer: u64,
    ids: Vec<String>,
}

struct Maker {
    dice: Dice,
    shape: Shape,
    threads: Vec<Thread>,
}

impl Maker {
    fn mail(&mut self, serial: usize) -> Mail {
        let choice = self.dice.roll(100);
        // The first tenth are requests, so that there is something to follow up.
        if self.threads.len() * 10 < self.shape.mails.min(5000) || choice < 55 {
            return Mail { bytes: self.request(serial), is_request: true };
        }
        let bytes = if choice < 68 { self.automatic(serial) } else { self.follow_up(serial) };
        Mail { bytes, is_request: false }
    }

    fn request(&mut self, serial: usize) -> Vec<u8> {
        let customer = self.dice.roll(1 + self.shape.mails as u64 / 3);
        let id = self.id(serial);
        self.threads.push(Thread { customer, ids: vec![id.clone()] });
        let tongue = self.tongue();
        let head = format!("Message-ID: {id}\nSubject: {} ({serial})\n", tongue.subject);
        self.written(customer, &head, tongue)
    }

    fn follow_up(&mut self, serial: usize) -> Vec<u8> {
        let which = self.dice.roll(self.threads.len() as u64) as usize;
        let id = self.id(serial);
        let (by_tag, tongue) = (self.dice.percent(25), self.tongue());
        let thread = &mut self.threads[which];
        let customer = thread.customer;
        let last = thread.ids.last().cloned().unwrap_or_default();
        let references = thread.ids[thread.ids.len().saturating_sub(5)..].join("\n ");
        thread.ids.push(id.clone());
        let head = if by_tag {
            format!(
                "Message-ID: {id}\nSubject: Re: [#{}] {}\n",
                self.shape.first_ticket + which,
                tongue.subject
            )
        } else {
            format!(
                "Message-ID: {id}\nIn-Reply-To: {last}\nReferences: {references}\nSubject: Re: {}\n",
                tongue.subject
            )
        };
        self.written(customer, &head, tongue)
    }

    fn automatic(&mut self, serial: usize) -> Vec<u8> {
        let id = self.id(serial);
        let (from, fields, body) = match self.dice.roll(3) {
            0 => (
                "MAILER-DAEMON@mx.customer.test",
                "Auto-Submitted: auto-replied\n",
                "The mail could not be delivered.\n550 5.1.1 no such user\n",
            ),
            1 => (
                "carol@customer.test",
                "Auto-Submitted: auto-replied\nPrecedence: auto_reply\n",
                "I am away until Monday.\n",
            ),
            _ => (
                "news@lists.test",
                "List-Id: News <news.lists.test>\nPrecedence: list\n",
                "This month's news, nothing new.\n",
            ),
        };
        let sender = if from.starts_with("MAILER") { "" } else { from };
        let head = trace(sender, from, serial);
        format!("{head}Message-ID: {id}\n{fields}From: {from}\nTo: support@desk.test\nSubject: Automatic {serial}\n{DATE}\n{body}")
            .into_bytes()
    }

    fn id(&mut self, serial: usize) -> String {
        format!("<{:x}.{serial}.{:x}@mail.customer.test>", self.shape.seed, self.dice.roll(1 << 31))
    }

    fn tongue(&mut self) -> &'static Tongue {
        match self.dice.roll(100) {
            0..30 => &TONGUES[0],
            30..75 => &TONGUES[1],
            75..90 => &TONGUES[2],
            _ => &TONGUES[3],
        }
    }

    fn written(&mut self, customer: u64, head: &str, tongue: &'static Tongue) -> Vec<u8> {
        let address = format!("user{customer}@customer{}.test", customer % 97);
        let serial = self.dice.roll(1 << 30) as usize;
        let trace = trace(&address, &address, serial);
        let mut mail =
            format!("{trace}{head}From: User {customer} <{address}>\nTo: support@desk.test\n{DATE}MIME-Version: 1.0\n").into_bytes();
        let text = self.text(tongue);
        let boundary = format!("=_{serial:x}");
        let body = self.body(&text, tongue.charset, &boundary);
        if self.dice.roll(1000) < self.shape.attachments {
            let attachment = self.attachment();
            mail.extend(multipart("mixed", &format!("{boundary}m"), &[body, attachment]));
        } else {
            mail.extend(body);
        }
        mail
    }

    /// Most are short, some very long: sentences, doubled with a falling chance.
    fn text(&mut self, tongue: &Tongue) -> String {
        let mut sentences = 6 + self.dice.roll(12);
        while self.dice.percent(25) && sentences < 400 {
            sentences *= 2;
        }
        let mut text = String::new();
        for number in 0..sentences {
            text.push_str(self.dice.pick::<&str>(tongue.sentences));
            text.push_str(if number % 5 == 4 { "\n\n" } else { "\n" });
        }
        text
    }

    fn body(&mut self, text: &str, charset: &str, boundary: &str) -> Vec<u8> {
        let html = format!(
            "<html><head><style>p{{margin:0}}</style></head><body><p>{}</p></body></html>\n",
            text.replace('\n', "<br>\n")
        );
        match self.dice.roll(100) {
            0..47 => self.part("plain", charset, text),
            47..59 => self.part("html", charset, &html),
            _ => {
                let parts = [self.part("plain", charset, text), self.part("html", charset, &html)];
                multipart("alternative", &format!("{boundary}a"), &parts)
            }
        }
    }

    fn part(&mut self, subtype: &str, charset: &str, text: &str) -> Vec<u8> {
        let bytes = encode(text, charset);
        let (encoding, bytes) = match self.dice.roll(100) {
            _ if charset == "us-ascii" => ("7bit", bytes),
            0..60 => ("quoted-printable", quoted_printable(&bytes)),
            60..80 => ("base64", base64(&bytes)),
            _ => ("8bit", bytes),
        };
        let head = format!(
            "Content-Type: text/{subtype}; charset={charset}\nContent-Transfer-Encoding: {encoding}\n\n"
        );
        [head.into_bytes(), bytes].concat()
    }

    /// 4 to 120 KiB, small ones more often; one in eight up to 2 MiB.
    fn attachment(&mut self) -> Vec<u8> {
        let spread = if self.dice.percent(12) { 9 } else { 5 };
        let size = (4096 << self.dice.roll(spread)) + self.dice.roll(4096);
        let block: Vec<u8> = (0..size.min(65_521)).map(|_| self.dice.roll(256) as u8).collect();
        let bytes: Vec<u8> = block.iter().copied().cycle().take(size as usize).collect();
        let name = self.dice.pick(&["photo.jpg", "Rechnung 7.pdf", "log.zip"]);
        let head = format!(
            "Content-Type: application/octet-stream\nContent-Disposition: attachment; filename=\"{name}\"\nContent-Transfer-Encoding: base64\n\n"
        );
        [head.into_bytes(), base64(&bytes)].concat()
    }
}

const DATE: &str = "Date: Mon, 16 Nov 2026 09:00:00 +0000\n";

fn trace(sender: &str, from: &str, serial: usize) -> String {
    let domain = from.rsplit('@').next().unwrap_or_default();
    format!(
        "Return-Path: <{sender}>\nAuthentication-Results: mx.desk.test; dmarc=pass header.from={domain}\n\
         Received: from mx.{domain} ([192.0.2.7]) by mx.desk.test with ESMTPS id q{serial};\n\tMon, 16 Nov 2026 09:00:01 +0000\n"
    )
}

fn multipart(subtype: &str, boundary: &str, parts: &[Vec<u8>]) -> Vec<u8> {
    let mut out =
        format!("Content-Type: multipart/{subtype}; boundary=\"{boundary}\"\n\n").into_bytes();
    for part in parts {
        out.extend(format!("--{boundary}\n").bytes());
        out.extend(part);
        out.push(b'\n');
    }
    out.extend(format!("--{boundary}--\n").bytes());
    out
}

/// The two eight-bit charsets by their plain rules; what they lack becomes `?`.
fn encode(text: &str, charset: &str) -> Vec<u8> {
    const KOI8: &str = "юабцдефгхийклмнопярстужвьызшэщчъЮАБЦДЕФГХИЙКЛМНОПЯРСТУЖВЬЫЗШЭЩЧЪ";
    let narrow = |letter: char| match u32::from(letter) {
        code @ 0..128 => code as u8,
        code @ 0xA0..0x100 if charset == "windows-1252" => code as u8,
        _ => KOI8
            .chars()
            .position(|known| charset == "koi8-r" && known == letter)
            .map_or(b'?', |at| 0xC0 + at as u8),
    };
    if charset == "utf-8" { text.as_bytes().to_vec() } else { text.chars().map(narrow).collect() }
}

fn quoted_printable(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut column = 0;
    for &byte in bytes {
        if column > 70 && byte != b'\n' {
            out.extend(b"=\n");
            column = 0;
        }
        match byte {
            b'\n' => {
                out.push(byte);
                column = 0;
            }
            b' '..=b'<' | b'>'..=b'~' => {
                out.push(byte);
                column += 1;
            }
            _ => {
                out.extend(format!("={byte:02X}").bytes());
                column += 3;
            }
        }
    }
    out
}

fn base64(bytes: &[u8]) -> Vec<u8> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = Vec::with_capacity(bytes.len() * 4 / 3 + bytes.len() / 50);
    for line in bytes.chunks(57) {
        for chunk in line.chunks(3) {
            let word = chunk.iter().fold(0_u32, |word, byte| (word << 8) | u32::from(*byte))
                << (8 * (3 - chunk.len()));
            for place in 0..4 {
                out.push(if place > chunk.len() {
                    b'='
                } else {
                    ALPHABET[(word >> (18 - 6 * place)) as usize & 63]
                });
            }
        }
        out.push(b'\n');
    }
    out
}
