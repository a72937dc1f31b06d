//! What a client writes: the agent's words, the signature and the other mail, as plain text and as
//! HTML.

use super::language::Language;
use super::style::{Above, Form, Frame, Intro, Keyboard, Marks, Place, Style};
use super::{Moment, Party, Signature};

/// The mail that is answered or passed on.
pub struct Other<'a> {
    pub from: &'a Party,
    pub to: &'a Party,
    pub at: Moment,
    pub subject: &'a str,
    pub text: &'a str,
}

/// One mail in the making.
pub struct Page<'a> {
    pub style: &'a Style,
    pub language: &'a Language,
    pub agent: &'a Party,
    pub words: &'a str,
    pub signature: Signature,
    pub intro: Intro,
    pub marks: Marks,
    pub place: Place,
    pub other: Other<'a>,
}

/// Columns at which clients break lines.
const WIDTH: usize = 76;

/// What the agent's fingers make of words: glass capitalises after a `#` and curls apostrophes.
pub fn typed(style: &Style, words: &str) -> String {
    if style.keyboard == Keyboard::Desk {
        return words.to_owned();
    }
    let capital = |line: &str| match line
        .strip_prefix('#')
        .and_then(|rest| rest.chars().next().map(|c| (c, rest)))
    {
        Some((c, rest)) => format!("#{}{}", c.to_uppercase(), &rest[c.len_utf8()..]),
        None => line.to_owned(),
    };
    words.lines().map(capital).collect::<Vec<_>>().join("\n").replace('\'', "’")
}

impl Page<'_> {
    /// The lines of a signature, and whether the client sets `-- ` over them.
    pub fn signature(&self) -> (Vec<String>, bool) {
        match self.signature {
            Signature::None => (Vec::new(), false),
            Signature::Advert => (
                self.style
                    .advert
                    .map(|key| self.language.say(key).to_owned())
                    .into_iter()
                    .collect(),
                false,
            ),
            Signature::Card => {
                let card = [
                    &self.agent.name,
                    "Desk Ltd., Printers",
                    "+44 20 7946 0000",
                    &self.agent.address,
                ];
                (
                    card.map(str::to_owned).to_vec(),
                    !matches!(self.style.frame, Frame::Outlook | Frame::OutlookWeb | Frame::Table),
                )
            }
        }
    }

    /// What of the signature a reader keeps: with neither a delimiter nor a page's mark it cannot be
    /// told from words.
    pub fn kept_signature(&self) -> Option<String> {
        match (self.signature, self.signature()) {
            (Signature::Card, (lines, false)) if self.style.form != Form::Html => {
                Some(lines.join("\n"))
            }
            _ => None,
        }
    }

    fn attribution(&self) -> Option<String> {
        match self.intro {
            Intro::Attribution(key) => {
                Some(self.language.fill(key, self.other.at, self.other.from, self.agent))
            }
            Intro::Mutt => {
                let Moment { day, hour, minute } = self.other.at;
                let weekday =
                    ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][(day as usize + 6) % 7];
                Some(format!(
                    "On {weekday}, Nov {day:02}, 2026 at {hour:02}:{minute:02}:00AM +0100, {} wrote:",
                    self.other.from.name
                ))
            }
            Intro::Block(..) | Intro::Attached => None,
        }
    }

    /// The labels of a header block with what they say.
    fn rows(&self) -> Vec<(String, String)> {
        let Intro::Block(_, labels) = self.intro else { return Vec::new() };
        let both = |party: &Party| format!("{} <{}>", party.name, party.address);
        let row = |label: &&str| {
            let value = match label.to_lowercase().as_str() {
                "from" => both(self.other.from),
                "to" => both(self.other.to),
                "subject" => self.other.subject.to_owned(),
                _ => self.language.fill("long", self.other.at, self.other.from, self.agent),
            };
            let own = label.starts_with(char::is_lowercase);
            let name = if own { self.language.say(label) } else { label };
            let colon = if own && self.language.code == "fr" { " :" } else { ":" };
            // eM Client leaves the colon out.
            let colon = if self.style.name == "em-client" { "" } else { colon };
            (format!("{name}{colon}"), value)
        };
        labels.iter().map(row).collect()
    }

    /// The line above a header block.
    fn above(&self) -> Option<String> {
        let Intro::Block(above, _) = self.intro else { return None };
        let fill = |key: &str| self.language.fill(key, self.other.at, self.other.from, self.agent);
        Some(match above {
            Above::Nothing => return None,
            Above::Underscores => "_".repeat(32),
            Above::Dashes(dashes, gap, key) => format!("{dashes}{gap}{}{gap}{dashes}", fill(key)),
            Above::English(line) => line.to_owned(),
            Above::Line(key) => fill(key),
            Above::Pair => format!(
                "----- Forwarded message from {} <{}> -----",
                self.other.from.name, self.other.from.address
            ),
        })
    }

    /// The plain text.
    pub fn plain(&self) -> String {
        let mut own = vec![self.words.to_owned()];
        let (lines, delimited) = self.signature();
        if !lines.is_empty() {
            own.push(format!("{}{}", if delimited { "-- \n" } else { "" }, lines.join("\n")));
        }
        let own = own.join("\n\n");
        match (self.place, self.quoted()) {
            (_, quoted) if quoted.is_empty() => format!("{own}\n"),
            (Place::Above, quoted) => format!("{own}\n\n{quoted}\n"),
            (Place::Below, quoted) => format!("{quoted}\n\n{own}\n"),
        }
    }

    /// The other mail and what introduces it.
    fn quoted(&self) -> String {
        if self.intro == Intro::Attached {
            return String::new();
        }
        let tab =
            if matches!(self.style.frame, Frame::Table) || self.style.name.starts_with("notes") {
                "\t"
            } else {
                " "
            };
        let rows: Vec<String> =
            self.rows().iter().map(|(label, value)| format!("{label}{tab}{value}")).collect();
        let gmail = self.style.frame == Frame::Gmail;
        let head = match self.attribution() {
            Some(line) if gmail => wrapped(&line, WIDTH).join("\n"),
            Some(line) if self.style.frame == Frame::Yahoo => format!("    {line}  "),
            Some(line) => line,
            None => rows.join("\n"),
        };
        let wide: Vec<String> = match gmail && self.marks == Marks::Angle {
            true => self.other.text.lines().flat_map(|line| wrapped(line, WIDTH - 2)).collect(),
            false => self.other.text.lines().map(str::to_owned).collect(),
        };
        let text = match self.marks {
            Marks::None => format!("{head}\n\n{}", wide.join("\n")),
            Marks::All => {
                format!("{}\n> \n{}", marked(head.lines()), marked(wide.iter().map(String::as_str)))
            }
            Marks::Angle => {
                let gap = if self.style.frame == Frame::Lines { "" } else { "\n" };
                format!("{head}\n{gap}{}", marked(wide.iter().map(String::as_str)))
            }
        };
        match (self.above(), self.intro) {
            (Some(above), Intro::Block(Above::Pair, _)) => {
                format!("{above}\n\n{text}\n\n----- End forwarded message -----")
            }
            (Some(above), Intro::Block(Above::Line(_), _)) => format!("{above}\n\n{text}"),
            (Some(above), _) if self.style.name.starts_with("notes") => {
                format!("{above}\n\n{text}")
            }
            (Some(above), _) => format!("{above}\n{text}"),
            (None, _) => text,
        }
    }

    /// The page.
    pub fn html(&self) -> String {
        let mut own = paragraphs(self.style.frame, self.words);
        let (lines, delimited) = self.signature();
        if !lines.is_empty() {
            let lines: Vec<String> = lines.iter().map(|line| linked(line)).collect();
            let delimiter = if delimited { "-- <br>" } else { "" };
            own = format!(
                "{own}<div><br></div><div class=\"signature\">{delimiter}{}</div>",
                lines.join("<br>")
            );
        }
        let quoted = if self.intro == Intro::Attached { String::new() } else { self.frame() };
        let body = match self.place {
            Place::Above => format!("{own}{quoted}"),
            Place::Below => format!("{quoted}{own}"),
        };
        let head = "<meta http-equiv=\"Content-Type\" content=\"text/html; charset=utf-8\"><style>p.MsoNormal{margin:0cm}</style>";
        format!("<html><head>{head}</head><body dir=\"ltr\">{body}</body></html>\n")
    }

    /// The other mail within the HTML.
    fn frame(&self) -> String {
        let rows: Vec<(String, String)> = self
            .rows()
            .into_iter()
            .map(|(label, value)| (escaped(&label), linked(&value)))
            .collect();
        let joined = |bold: &str, end: &str, by: &str| {
            rows.iter()
                .map(|(label, value)| format!("{bold}{label}{end} {value}"))
                .collect::<Vec<_>>()
                .join(by)
        };
        let line = self.attribution().map(|line| linked(&line)).unwrap_or_default();
        let above = self.above().map(|line| escaped(&line)).unwrap_or_default();
        let text = paragraphs(self.style.frame, self.other.text);
        let passed_on = self.attribution().is_none();
        match self.style.frame {
            Frame::Outlook => format!(
                "<div><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p class=MsoNormal>{}</p></div></div>\
                 <p class=MsoNormal>&nbsp;</p>{text}",
                joined("<b>", "</b>", "<br>")
            ),
            Frame::OutlookWeb => format!(
                "<hr tabindex=\"-1\" style=\"display:inline-block;width:98%\"><div id=\"divRplyFwdMsg\" dir=\"ltr\"><font face=\"Calibri\">{}</font>\
                 <div>&nbsp;</div></div><div>{text}</div>",
                joined("<b>", "</b>", "<br>")
            ),
            Frame::Gmail if passed_on => format!(
                "<br><div class=\"gmail_quote\"><div dir=\"ltr\" class=\"gmail_attr\">{above}<br>{}<br></div><br><br>{text}</div>",
                joined("", "", "<br>")
            ),
            Frame::Gmail => format!(
                "<br><div class=\"gmail_quote gmail_quote_container\"><div dir=\"ltr\" class=\"gmail_attr\">{line}<br></div><blockquote \
                 class=\"gmail_quote\" style=\"margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex\">{text}</blockquote></div>"
            ),
            Frame::Apple if passed_on => format!(
                "<div><br><blockquote type=\"cite\"><div>{above}</div><br class=\"Apple-interchange-newline\"><div>{}</div><br><div>{text}</div></blockquote></div>",
                joined("<span><b>", "</b></span>", "<br></div><div>")
            ),
            Frame::Apple => format!(
                "<div><br><blockquote type=\"cite\"><div>{line}</div><br class=\"Apple-interchange-newline\"><div>{text}</div></blockquote></div>"
            ),
            Frame::Thunderbird if passed_on => format!(
                "<div class=\"moz-forward-container\"><br><br>{above}<table class=\"moz-email-headers-table\" cellspacing=\"0\"><tbody>{}</tbody></table><br><br>{text}</div>",
                rows.iter().map(|(label, value)| format!("<tr><th align=\"RIGHT\">{label} </th><td>{value}</td></tr>")).collect::<String>()
            ),
            Frame::Thunderbird => {
                format!("<div class=\"moz-cite-prefix\">{line}<br></div><blockquote type=\"cite\" cite=\"mid:x\">{text}</blockquote>")
            }
            Frame::Yahoo => format!(
                "<div><br></div><div id=\"yahoo_quoted_1\" class=\"yahoo_quoted\"><div style=\"color:#26282a\"><div>{}</div><div><br></div><div>{text}</div></div></div>",
                if passed_on { format!("{above}</div><div>{}", joined("<b>", "</b>", "</div><div>")) } else { line }
            ),
            Frame::Proton => format!(
                "<div class=\"protonmail_quote\">{}<br><blockquote class=\"protonmail_quote\" type=\"cite\">{text}</blockquote></div>",
                if passed_on { format!("{above}<br>{}", joined("", "", "<br>")) } else { line }
            ),
            Frame::Gmx => format!(
                "<div><div name=\"quote\" style=\"margin:10px 5px 5px 10px; border-left:2px solid #C3D9E5;\"><div style=\"margin:0 0 10px 0;\">{}</div>\
                 <div name=\"quoted-content\">{text}</div></div></div>",
                joined("<b>", "</b>&nbsp;", "<br>")
            ),
            Frame::Lines => format!("<div><br></div><div>{above}</div><div>{}</div><div><br></div>{text}", joined("", "", "</div><div>")),
            Frame::Blockquote => match passed_on {
                true => format!("<br><div>{above}</div><p>{}</p><div>{text}</div>", joined("<strong>", "</strong>", "<br>")),
                false => format!("<br><p>{line}</p><blockquote style=\"border-left:2px solid\">{text}</blockquote>"),
            },
            Frame::Table => format!(
                "<br><div>{above}</div><br><table width=100%>{}</table><hr noshade>{text}",
                rows.iter()
                    .map(|(label, value)| format!("<tr><td><font size=1>{label}</font></td><td><font size=1>{value}</font></td></tr>"))
                    .collect::<String>()
            ),
        }
    }
}

fn marked<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    lines
        .map(|line| if line.is_empty() { "> ".to_owned() } else { format!("> {line}") })
        .collect::<Vec<_>>()
        .join("\n")
}

/// A line broken at spaces.
pub fn wrapped(line: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in line.split(' ') {
        let last = lines.last_mut().unwrap();
        if !last.is_empty() && last.chars().count() + 1 + word.chars().count() > width {
            lines.push(word.to_owned());
        } else {
            if !last.is_empty() {
                last.push(' ');
            }
            last.push_str(word);
        }
    }
    lines
}

pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\'', "&#39;")
}

/// Escaped, with addresses as links.
fn linked(text: &str) -> String {
    let link = |word: &str| {
        let bare = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        if !bare.contains('@') {
            return escaped(word);
        }
        let (before, after) = word.split_once(bare).unwrap();
        format!("{}<a href=\"mailto:{bare}\">{bare}</a>{}", escaped(before), escaped(after))
    };
    text.split(' ').map(link).collect::<Vec<_>>().join(" ")
}

/// A text's lines as a client's editor makes them.
fn paragraphs(frame: Frame, text: &str) -> String {
    let line = |line: &str| {
        // An editor keeps several spaces with NBSP.
        let line = linked(line).replace("  ", " &nbsp;");
        let (open, close, empty) = match frame {
            Frame::Outlook => (
                "<p class=MsoNormal>",
                "<o:p></o:p></p>",
                "<p class=MsoNormal><o:p>&nbsp;</o:p></p>",
            ),
            Frame::OutlookWeb => (
                "<div class=\"elementToProof\" style=\"font-size:12pt\">",
                "</div>",
                "<div class=\"elementToProof\"><br></div>",
            ),
            Frame::Gmail | Frame::Table | Frame::Thunderbird => ("", "<br>", "<br>"),
            Frame::Apple
            | Frame::Yahoo
            | Frame::Proton
            | Frame::Gmx
            | Frame::Lines
            | Frame::Blockquote => ("<div>", "</div>", "<div><br></div>"),
        };
        if line.is_empty() { empty.to_owned() } else { format!("{open}{line}{close}") }
    };
    text.lines().map(line).collect()
}
