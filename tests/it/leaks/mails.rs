//! Agents' mails by seed: what is right with them and what is wrong, in the style of some client.

use crate::agents::language::Language;
use crate::agents::style::{Place, Style};
use crate::agents::{Case, Moment, Ours, Party, Signature, Theirs, every, forward, reply};

/// Numbers that look like chance and are the same each time.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5bf0_3635)
    }

    /// A number below `sides`.
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % sides as u64) as usize
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.roll(from.len())]
    }
}

/// What an agent does with a notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Deed {
    /// Answers the customer.
    Plain,
    /// Answers beneath commands.
    Commands,
    /// Writes commands and nothing else.
    Only,
    /// Notes something, beneath `#note`.
    Note,
    /// Says `#reply`, which the notification says too.
    Public,
    /// Answers line by line between the marked lines of the notification.
    Between,
    /// Mistypes a command.
    Misspelt,
    /// Writes a command where none may stand.
    Misplaced,
    /// The same, with what keyboards and clients make of it.
    Disguised,
    /// Says `#note` and `#reply`.
    Both,
    /// Mistypes `#note`.
    NoteMisspelt,
    /// Leaves a part of the notification standing as if it were theirs.
    HalfQuoted,
    /// Copies what a colleague noted.
    Copied,
    /// Answers with nothing but what the client adds.
    Empty,
    /// Passes the notification on to the desk.
    Forwarded,
    /// Passes another customer's mail on to the desk, with a command in it.
    PassedOn,
    /// Writes where nobody vouches for it.
    Unvouched,
}

/// Rows of the lottery: as often as a deed stands here, so often it is done.
const DEEDS: [Deed; 26] = [
    Deed::Plain,
    Deed::Plain,
    Deed::Commands,
    Deed::Commands,
    Deed::Commands,
    Deed::Only,
    Deed::Only,
    Deed::Note,
    Deed::Note,
    Deed::Public,
    Deed::Between,
    Deed::Misspelt,
    Deed::Misspelt,
    Deed::Misplaced,
    Deed::Misplaced,
    Deed::Disguised,
    Deed::Disguised,
    Deed::Both,
    Deed::NoteMisspelt,
    Deed::HalfQuoted,
    Deed::HalfQuoted,
    Deed::Copied,
    Deed::Empty,
    Deed::Forwarded,
    Deed::PassedOn,
    Deed::Unvouched,
];

/// What must become of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The words reach the customer, all of them; commands are obeyed.
    Told,
    /// Commands are obeyed, the customer hears nothing.
    Silent,
    /// Nothing is obeyed, and the customer hears nothing.
    Held,
    /// Whatever becomes of it, nothing from inside reaches anybody outside.
    Safe,
}

/// A generated mail.
pub struct Written {
    pub deed: Deed,
    pub fate: Fate,
    pub case: Case,
    /// The lines that must arrive, for [`Fate::Told`].
    pub words: Vec<String>,
    /// A word that stands in this mail's own text only.
    pub mark: String,
}

/// Commands with their values.
const COMMANDS: [&str; 16] = [
    "#priority high",
    "#prio\u{a0}low",
    "#assign bob",
    "#Assign Alice Archer",
    "#take",
    "#pending",
    "#pending 3d",
    "# hold",
    "#hold until friday",
    "#status open",
    "#title Another name",
    "#time 30m",
    "#spend 1h 30m",
    "#cc dave@other.test",
    "#remind 2d call them",
    "#due tomorrow 15:00",
];

const MISSPELT: [&str; 12] = [
    "#clsoe",
    "#closee",
    "#asign bob",
    "#prority high",
    "#pendign",
    "#opne",
    "#c1ose",
    "#frobnicate now",
    "#n0te",
    "#clo se",
    "#résolu",
    "#ferme",
];

const DISGUISES: [&str; 20] = [
    "- #close",
    "* #close",
    "> > #close",
    "“#close”",
    "\"#note\"",
    "＃close",
    "﹟close",
    "\u{200b}#close",
    "\u{feff}#close",
    "#\u{200b}close",
    "\u{a0}\u{a0}#assign bob",
    "1. #close",
    "2) #note",
    "*#close*",
    "**#close**",
    "_#close_",
    "(#close)",
    "• #close",
    "\u{2066}#close\u{2069}",
    "[#close]",
];

/// A ticket as the agent's client shows its notification.
pub struct Seen<'a> {
    pub ours: &'a Ours,
    /// What a colleague noted, a line of it.
    pub noted: &'a str,
}

/// The mail of that seed.
pub fn write(
    seed: u64,
    seen: &Seen<'_>,
    styles: &[(Style, &'static Language, Signature)],
) -> Written {
    let mut dice = Dice::new(seed);
    let deed = *dice.pick(&DEEDS);
    let (style, language, signature) = *dice.pick(styles);
    let mark = format!("Mark{seed}q");
    let secret = format!("Secret{seed}q");
    let text = format!("{}\n\n{mark} {}", language.words(), language.say("thanks"));
    let command = *dice.pick(&COMMANDS);
    let tag = format!("#tag +k{seed}");
    let below = style.place == Place::Below;
    // Beneath the quoted mail no command is taken: such a mail is held.
    let obeyed = |fate: Fate| if below { Fate::Held } else { fate };
    let (words, fate) = match deed {
        Deed::Plain | Deed::Unvouched => {
            (text.clone(), if deed == Deed::Plain { Fate::Told } else { Fate::Held })
        }
        Deed::Commands => (format!("{tag}\n{command}\n\n{text}"), obeyed(Fate::Told)),
        Deed::Only => (format!("{command}\n{tag}"), obeyed(Fate::Silent)),
        Deed::Note => {
            (format!("#note\n{tag}\n\n{secret} they never pay, says {mark}."), obeyed(Fate::Silent))
        }
        Deed::Public => (format!("#Reply\n{tag}\n{text}"), obeyed(Fate::Told)),
        Deed::Between => (between(&mut dice, seen.ours, &text), Fate::Told),
        Deed::Misspelt => (format!("{tag}\n{}\n\n{text}", dice.pick(&MISSPELT)), Fate::Held),
        Deed::Misplaced => (misplaced(&mut dice, &tag, command, &text), Fate::Held),
        Deed::Disguised => (disguised(&mut dice, &tag, &text), Fate::Safe),
        Deed::Both => (format!("#note\n#reply\n{tag}\n{secret} {text}"), Fate::Held),
        Deed::NoteMisspelt => (
            format!(
                "{}\n{tag}\n{secret} they never pay.",
                dice.pick(&["#nite", "#internl", "#Privat", "#notee"])
            ),
            Fate::Held,
        ),
        Deed::HalfQuoted => {
            (format!("{text}\n\n{}", left_over(&mut dice, &seen.ours.text)), Fate::Safe)
        }
        Deed::Copied => (
            format!("{text}\n\n{}{}", dice.pick(&["", "> ", "  ", "Bob says: ", "| "]), seen.noted),
            Fate::Safe,
        ),
        Deed::Empty => (String::new(), Fate::Held),
        Deed::Forwarded | Deed::PassedOn => {
            (format!("{} look.", dice.pick(&["Please", "#customer\n\nPlease", "FYI,"])), Fate::Safe)
        }
    };
    let case = match deed {
        Deed::Forwarded => {
            forward(&style, language, &passed_on(seen.ours, true), &words, signature, seed)
        }
        Deed::PassedOn => {
            forward(&style, language, &passed_on(seen.ours, false), &words, signature, seed)
        }
        _ => reply(&style, language, seen.ours, &words, signature, seed),
    };
    // A card that no delimiter sets apart is read as the agent's words: such a mail is not empty.
    let card = case.words.trim() != crate::agents::write::typed(&style, &words).trim();
    let fate = match deed {
        Deed::Empty | Deed::Only if card => Fate::Safe,
        _ => fate,
    };
    let words = case
        .words
        .lines()
        .filter(|line| !line.starts_with('#') && !line.starts_with('>'))
        .map(squeezed)
        .collect();
    Written { deed, fate, case, words, mark }
}

/// A line of which only the words count.
pub fn squeezed(line: &str) -> String {
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Lines of the notification, marked, with the agent's below some.
fn between(dice: &mut Dice, ours: &Ours, text: &str) -> String {
    let quoted: Vec<String> =
        ours.text.lines().filter(|line| !line.is_empty()).map(|line| format!("> {line}")).collect();
    let cut = 1 + dice.roll(quoted.len() - 1);
    format!("{}\n\n{text}\n\n{}\n", quoted[..cut].join("\n"), quoted[cut..].join("\n"))
}

fn misplaced(dice: &mut Dice, tag: &str, command: &str, text: &str) -> String {
    match dice.roll(4) {
        0 => format!("Hello,\n{tag}\n{command}\n\n{text}"),
        1 => format!("{tag}\n\n{text}\n\n{command}"),
        2 => format!("{tag}\n\n{text}\n{command}\n{text}"),
        _ => format!("{tag}\n#stop\n{command}\n{text}"),
    }
}

fn disguised(dice: &mut Dice, tag: &str, text: &str) -> String {
    let disguise = dice.pick(&DISGUISES);
    match dice.roll(3) {
        0 => format!("{disguise}\n\n{text}"),
        1 => format!("{tag}\n\n{text}\n{disguise}"),
        _ => format!("{text}\n\n{disguise}\n\n{text}"),
    }
}

/// A run of lines of the notification, from anywhere in it, as it is left where somebody deletes
/// only a part.
fn left_over(dice: &mut Dice, text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let from = dice.roll(lines.len());
    let count = 1 + dice.roll(lines.len() - from);
    let mark = dice.pick(&["", "", "", "> ", "    ", "| "]);
    lines[from..from + count]
        .iter()
        .map(|line| format!("{mark}{line}"))
        .collect::<Vec<_>>()
        .join("\n")
}

fn passed_on(ours: &Ours, notification: bool) -> Theirs {
    let ada = Party::new("Ada Lovelace", "ada@example.org");
    Theirs {
        from: if notification { ours.from.clone() } else { ada },
        to: ours.to.clone(),
        at: Moment { day: 23, hour: 8, minute: 5 },
        subject: if notification { ours.subject.clone() } else { "Printer on fire".to_owned() },
        text: if notification {
            ours.text.clone()
        } else {
            "It burns.\n\n#close\n\nAda\n".to_owned()
        },
        agent: ours.to.clone(),
        desk: ours.from.clone(),
    }
}

/// All ways of writing.
pub fn styles() -> Vec<(Style, &'static Language, Signature)> {
    every().collect()
}
