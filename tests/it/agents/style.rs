//! The mail programs: what each writes around the agent's words, as rows of a table.

/// One way in which a client writes.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Who and where.
    pub name: &'static str,
    /// The field by which it names itself.
    pub mailer: &'static str,
    /// Right half of its Message-IDs.
    pub domain: &'static str,
    /// What its mails consist of.
    pub form: Form,
    /// What it sets above the mail that is answered.
    pub reply: Intro,
    /// The same for a mail that is passed on.
    pub forward: Intro,
    /// Whether the answered text is marked with `>` in the plain part.
    pub marks: Marks,
    /// The same of a mail that is passed on.
    pub forward_marks: Marks,
    /// Whether its users write above or below what they answer.
    pub place: Place,
    /// How its HTML holds the answered mail.
    pub frame: Frame,
    /// The phrase by which it speaks of itself, if it does so by default.
    pub advert: Option<&'static str>,
    /// Whether somebody types on glass.
    pub keyboard: Keyboard,
    /// How text is encoded for transport.
    pub transfer: Transfer,
    /// Prefixes of the subject: its own, or in the language of the user.
    pub prefixes: Prefixes,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Form {
    Plain,
    Flowed,
    /// Plain and HTML.
    Alternative,
    Html,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Marks {
    /// Its text.
    Angle,
    /// Its text and what introduces it.
    All,
    None,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Place {
    Above,
    Below,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Keyboard {
    Desk,
    Glass,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Transfer {
    EightBit,
    QuotedPrintable,
    Base64,
    /// No arrow, no umlaut: what ASCII has not becomes `?`.
    Ascii,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Prefixes {
    /// `Re:` and this.
    Fixed(&'static str),
    Spoken,
}

/// What introduces another mail.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Intro {
    /// A sentence in the user's language.
    Attribution(&'static str),
    /// Mutt's, in English.
    Mutt,
    /// Labels with values, beneath something.
    Block(Above, &'static [&'static str]),
    /// The mail itself, as a part.
    Attached,
}

/// What stands above a header block.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Above {
    Nothing,
    Underscores,
    /// A phrase between dashes, this many with or without a space.
    Dashes(&'static str, &'static str, &'static str),
    /// A phrase in English between dashes, whatever the user speaks.
    English(&'static str),
    /// A phrase on a line of its own.
    Line(&'static str),
    /// Mutt's pair.
    Pair,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Frame {
    Outlook,
    OutlookWeb,
    Gmail,
    Apple,
    Thunderbird,
    Yahoo,
    Proton,
    Gmx,
    Lines,
    Blockquote,
    Table,
}

const OUTLOOK: &[&str] = &["from", "sent", "to", "subject"];
const GMAIL: &[&str] = &["from", "Date", "Subject", "To"];
const APPLE: &[&str] = &["from", "subject", "date", "to"];
const THUNDERBIRD: &[&str] = &["subject", "date", "from", "to"];
const MUTT: &[&str] = &["Date", "From", "To", "Subject"];
const DATED: &[&str] = &["from", "to", "date", "subject"];
const GMX: &[&str] = &["sent", "from", "to", "subject"];
const YAHOO: &[&str] = &["from", "to", "sent", "subject"];
const SAMSUNG: &[&str] = &["from", "date", "to", "subject"];

const PLAIN: Style = Style {
    name: "",
    mailer: "",
    domain: "desk.test",
    form: Form::Plain,
    reply: Intro::Mutt,
    forward: Intro::Attached,
    marks: Marks::Angle,
    forward_marks: Marks::None,
    place: Place::Above,
    frame: Frame::Lines,
    advert: None,
    keyboard: Keyboard::Desk,
    transfer: Transfer::QuotedPrintable,
    prefixes: Prefixes::Fixed("Fwd"),
};

/// All of them.
pub const STYLES: &[Style] = &[
    Style {
        name: "outlook-desktop",
        mailer: "X-Mailer: Microsoft Outlook 16.0",
        domain: "eurprd01.prod.outlook.com",
        form: Form::Alternative,
        reply: Intro::Block(Above::Nothing, OUTLOOK),
        forward: Intro::Block(Above::Nothing, OUTLOOK),
        marks: Marks::None,
        frame: Frame::Outlook,
        prefixes: Prefixes::Spoken,
        ..PLAIN
    },
    Style {
        name: "outlook-desktop-plain",
        mailer: "X-Mailer: Microsoft Outlook 15.0",
        domain: "desk.test",
        reply: Intro::Block(Above::Dashes("-----", "", "original"), OUTLOOK),
        forward: Intro::Block(Above::Dashes("-----", "", "original"), OUTLOOK),
        marks: Marks::None,
        transfer: Transfer::Base64,
        prefixes: Prefixes::Spoken,
        ..PLAIN
    },
    Style {
        name: "outlook-desktop-html",
        mailer: "X-Mailer: Microsoft Outlook 14.0",
        form: Form::Html,
        reply: Intro::Block(Above::Nothing, OUTLOOK),
        forward: Intro::Block(Above::Nothing, OUTLOOK),
        marks: Marks::None,
        frame: Frame::Outlook,
        prefixes: Prefixes::Spoken,
        ..PLAIN
    },
    Style {
        name: "outlook-web",
        mailer: "X-MS-Has-Attach:",
        domain: "eurprd05.prod.outlook.com",
        form: Form::Alternative,
        reply: Intro::Block(Above::Underscores, OUTLOOK),
        forward: Intro::Block(Above::Underscores, OUTLOOK),
        marks: Marks::None,
        frame: Frame::OutlookWeb,
        transfer: Transfer::Base64,
        prefixes: Prefixes::Spoken,
        ..PLAIN
    },
    Style {
        name: "outlook-ios",
        mailer: "X-MS-TNEF-Correlator:",
        domain: "eurprd09.prod.outlook.com",
        form: Form::Alternative,
        reply: Intro::Block(Above::Underscores, OUTLOOK),
        forward: Intro::Block(Above::Underscores, OUTLOOK),
        marks: Marks::None,
        frame: Frame::OutlookWeb,
        advert: Some("outlook"),
        keyboard: Keyboard::Glass,
        transfer: Transfer::Base64,
        prefixes: Prefixes::Spoken,
        ..PLAIN
    },
    Style {
        name: "outlook-android",
        mailer: "X-Originating-IP: [192.0.2.7]",
        domain: "eurprd02.prod.outlook.com",
        form: Form::Html,
        reply: Intro::Block(Above::Underscores, OUTLOOK),
        forward: Intro::Block(Above::Underscores, OUTLOOK),
        marks: Marks::None,
        frame: Frame::OutlookWeb,
        advert: Some("android"),
        keyboard: Keyboard::Glass,
        prefixes: Prefixes::Fixed("Fw"),
        ..PLAIN
    },
    Style {
        name: "gmail-web",
        mailer: "X-Gm-Message-State: AOJu0Yw",
        domain: "mail.gmail.com",
        form: Form::Alternative,
        reply: Intro::Attribution("gmail"),
        forward: Intro::Block(Above::English("---------- Forwarded message ---------"), GMAIL),
        frame: Frame::Gmail,
        ..PLAIN
    },
    Style {
        name: "gmail-ios",
        mailer: "X-Google-Smtp-Source: AGHT",
        domain: "mail.gmail.com",
        form: Form::Alternative,
        reply: Intro::Attribution("gmail"),
        forward: Intro::Block(Above::English("---------- Forwarded message ---------"), GMAIL),
        frame: Frame::Gmail,
        keyboard: Keyboard::Glass,
        transfer: Transfer::Base64,
        ..PLAIN
    },
    Style {
        name: "gmail-android",
        mailer: "X-Received: by 2002:a05",
        domain: "mail.gmail.com",
        form: Form::Alternative,
        reply: Intro::Attribution("mobile"),
        forward: Intro::Block(Above::English("---------- Forwarded message ---------"), GMAIL),
        frame: Frame::Gmail,
        keyboard: Keyboard::Glass,
        ..PLAIN
    },
    Style {
        name: "gmail-html",
        mailer: "X-Gm-Gg: ASbGnc",
        domain: "mail.gmail.com",
        form: Form::Html,
        reply: Intro::Attribution("gmail"),
        forward: Intro::Block(Above::English("---------- Forwarded message ---------"), GMAIL),
        frame: Frame::Gmail,
        transfer: Transfer::Base64,
        ..PLAIN
    },
    Style {
        name: "apple-mail",
        mailer: "X-Mailer: Apple Mail (2.3826.200.121)",
        form: Form::Alternative,
        reply: Intro::Attribution("apple"),
        forward: Intro::Block(Above::Line("begin"), APPLE),
        frame: Frame::Apple,
        forward_marks: Marks::All,
        ..PLAIN
    },
    Style {
        name: "apple-mail-html",
        mailer: "X-Mailer: Apple Mail (2.3774.600.62)",
        form: Form::Html,
        reply: Intro::Attribution("apple"),
        forward: Intro::Block(Above::Line("begin"), APPLE),
        frame: Frame::Apple,
        forward_marks: Marks::All,
        ..PLAIN
    },
    Style {
        name: "iphone",
        mailer: "X-Mailer: iPhone Mail (22G100)",
        form: Form::Alternative,
        reply: Intro::Attribution("apple"),
        forward: Intro::Block(Above::Line("begin"), SAMSUNG),
        frame: Frame::Apple,
        advert: Some("iphone"),
        keyboard: Keyboard::Glass,
        marks: Marks::All,
        forward_marks: Marks::All,
        ..PLAIN
    },
    Style {
        name: "thunderbird",
        mailer: "User-Agent: Mozilla Thunderbird",
        form: Form::Flowed,
        reply: Intro::Attribution("thunderbird"),
        forward: Intro::Block(Above::Dashes("--------", " ", "forwarded"), THUNDERBIRD),
        transfer: Transfer::EightBit,
        place: Place::Below,
        ..PLAIN
    },
    Style {
        name: "thunderbird-html",
        mailer: "User-Agent: Mozilla Thunderbird Beta",
        form: Form::Html,
        reply: Intro::Attribution("thunderbird"),
        forward: Intro::Block(Above::Dashes("--------", " ", "forwarded"), THUNDERBIRD),
        frame: Frame::Thunderbird,
        transfer: Transfer::EightBit,
        place: Place::Below,
        ..PLAIN
    },
    Style {
        name: "mutt",
        mailer: "User-Agent: Mutt/2.2.13",
        forward: Intro::Block(Above::Pair, MUTT),
        transfer: Transfer::EightBit,
        place: Place::Below,
        ..PLAIN
    },
    Style {
        name: "mutt-ascii",
        mailer: "User-Agent: Mutt/1.5.21",
        forward: Intro::Block(Above::Pair, MUTT),
        transfer: Transfer::Ascii,
        place: Place::Below,
        ..PLAIN
    },
    Style {
        name: "neomutt",
        mailer: "User-Agent: NeoMutt/20250109",
        form: Form::Flowed,
        place: Place::Below,
        ..PLAIN
    },
    Style {
        name: "k-9",
        mailer: "User-Agent: K-9 Mail for Android",
        reply: Intro::Attribution("k9"),
        forward: Intro::Block(
            Above::Dashes("--------", " ", "original"),
            &["from", "sent", "to", "subject"],
        ),
        advert: Some("k9mail"),
        keyboard: Keyboard::Glass,
        ..PLAIN
    },
    Style {
        name: "fairemail",
        mailer: "X-Correlation-ID: <fair@desk.test>",
        form: Form::Alternative,
        reply: Intro::Attribution("k9"),
        forward: Intro::Block(Above::Nothing, DATED),
        frame: Frame::Blockquote,
        keyboard: Keyboard::Glass,
        ..PLAIN
    },
    Style {
        name: "yahoo",
        mailer: "X-Mailer: WebService/1.1.24866 YMailNovation",
        domain: "mail.yahoo.com",
        form: Form::Alternative,
        reply: Intro::Attribution("yahoo"),
        forward: Intro::Block(Above::Dashes("-----", " ", "forwarded"), YAHOO),
        marks: Marks::None,
        frame: Frame::Yahoo,
        prefixes: Prefixes::Fixed("Fw"),
        ..PLAIN
    },
    Style {
        name: "yahoo-android",
        mailer: "X-Mailer: WebService/1.1.24866 AndroidMobileMail",
        domain: "mail.yahoo.com",
        form: Form::Html,
        reply: Intro::Attribution("yahoo"),
        forward: Intro::Block(Above::Dashes("-----", " ", "forwarded"), YAHOO),
        frame: Frame::Yahoo,
        advert: Some("yahoomail"),
        keyboard: Keyboard::Glass,
        prefixes: Prefixes::Fixed("Fw"),
        ..PLAIN
    },
    Style {
        name: "proton",
        mailer: "X-Pm-Message-ID: b1946ac9",
        domain: "protonmail.com",
        form: Form::Alternative,
        reply: Intro::Attribution("proton"),
        forward: Intro::Block(
            Above::English("------- Forwarded Message -------"),
            &["From", "Date", "Subject", "To"],
        ),
        frame: Frame::Proton,
        advert: Some("protonmail"),
        transfer: Transfer::Base64,
        forward_marks: Marks::Angle,
        ..PLAIN
    },
    Style {
        name: "samsung",
        mailer: "X-Mailer: Samsung Email",
        form: Form::Html,
        reply: Intro::Block(Above::Dashes("--------", " ", "original"), SAMSUNG),
        forward: Intro::Block(Above::Dashes("--------", " ", "original"), SAMSUNG),
        advert: Some("samsung"),
        keyboard: Keyboard::Glass,
        transfer: Transfer::Base64,
        ..PLAIN
    },
    Style {
        name: "gmx",
        mailer: "X-UI-Sender-Class: 01bb95c1",
        domain: "3c-app-gmx-bs01",
        form: Form::Html,
        reply: Intro::Block(Above::Nothing, GMX),
        forward: Intro::Block(Above::Nothing, GMX),
        frame: Frame::Gmx,
        prefixes: Prefixes::Fixed("Fw"),
        marks: Marks::All,
        forward_marks: Marks::All,
        ..PLAIN
    },
    Style {
        name: "gmx-plain",
        mailer: "X-Provags-ID: V03:K1:desk",
        domain: "trinity-gmx",
        reply: Intro::Block(Above::Nothing, GMX),
        forward: Intro::Block(Above::Nothing, GMX),
        prefixes: Prefixes::Fixed("Fw"),
        marks: Marks::All,
        forward_marks: Marks::All,
        ..PLAIN
    },
    Style {
        name: "windows-mail",
        mailer: "X-Mailer: Windows Mail",
        form: Form::Html,
        reply: Intro::Block(Above::Nothing, OUTLOOK),
        forward: Intro::Block(Above::Nothing, OUTLOOK),
        frame: Frame::Outlook,
        advert: Some("windows"),
        prefixes: Prefixes::Spoken,
        ..PLAIN
    },
    Style {
        name: "webmail-html",
        mailer: "User-Agent: Roundcube Webmail/1.6",
        form: Form::Html,
        reply: Intro::Attribution("thunderbird"),
        forward: Intro::Block(Above::Dashes("--------", " ", "original"), THUNDERBIRD),
        frame: Frame::Blockquote,
        ..PLAIN
    },
    Style {
        name: "notes",
        mailer: "X-Mailer: Lotus Notes Release 9.0",
        form: Form::Html,
        reply: Intro::Block(Above::Nothing, DATED),
        forward: Intro::Block(Above::Dashes("-----", " ", "by"), DATED),
        frame: Frame::Table,
        transfer: Transfer::Base64,
        prefixes: Prefixes::Fixed("Fw"),
        ..PLAIN
    },
    Style {
        name: "notes-plain",
        mailer: "X-Mailer: IBM Notes Release 10.0",
        reply: Intro::Block(Above::Nothing, DATED),
        forward: Intro::Block(Above::Dashes("-----", " ", "by"), DATED),
        marks: Marks::None,
        prefixes: Prefixes::Fixed("Fw"),
        ..PLAIN
    },
    Style {
        name: "outlook-mac",
        mailer: "User-Agent: Microsoft-MacOutlook/16.92",
        form: Form::Alternative,
        reply: Intro::Block(Above::Nothing, &["from", "date", "to", "subject"]),
        forward: Intro::Block(Above::Nothing, &["from", "date", "to", "subject"]),
        marks: Marks::None,
        frame: Frame::Outlook,
        transfer: Transfer::Base64,
        prefixes: Prefixes::Spoken,
        ..PLAIN
    },
    Style {
        name: "em-client",
        mailer: "User-Agent: eM_Client/10.1",
        reply: Intro::Block(
            Above::English("------ Original Message ------"),
            &["from", "to", "date", "subject"],
        ),
        forward: Intro::Block(
            Above::English("------ Forwarded Message ------"),
            &["from", "to", "date", "subject"],
        ),
        marks: Marks::None,
        ..PLAIN
    },
];
