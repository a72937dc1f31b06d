//! What becomes of the lines that an agent's mail quotes.
//!
//! A quotation is what was said before, and not what has a mark before it. Marked lines that stand in
//! nothing that we ever sent or keep are the agent's own and go out. Of what their mail program
//! quotes, all but what those outside have seen stays with us, as everybody expects of the history
//! below an answer. Lines that the agent chose to quote and that stay with us are told; and where
//! the words point to what would be cut, the mail waits.

use super::inside;
use crate::desk::phrases::{has, has_anywhere, spaced};
use crate::desk::voice::Voice;
use crate::mail::quote::before::is_sign;
use crate::mail::quote::{Block, Role, says_who_wrote};

/// Letters at one end of a line by which it is known where a client changed the rest.
const END: usize = 16;

/// Letters from which on a name is one.
pub(super) const NAME_MIN: usize = 4;

/// Words of the longest line in which a program says who wrote what it quotes.
const INTRODUCTION_WORDS: usize = 12;

/// How such a line ends.
const COLONS: [char; 2] = [':', '：'];

/// Lines of a block that are compared: by so many it is known what it is, and nobody quotes more
/// between their words.
const LINES_MAX: usize = 200;

/// What a quoted line may come from.
#[derive(Clone, Debug)]
pub struct Known<'v> {
    /// Letters of what those outside have seen.
    outside: Vec<String>,
    /// Letters of our mails to agents and of notes.
    inside: Vec<String>,
    /// Letters of the names and addresses of the desk and its agents.
    names: Vec<String>,
    /// How our mails to agents look.
    voice: &'v Voice,
}

/// What of an agent's text leaves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept<'a> {
    /// The text.
    pub text: String,
    /// How many quoted lines stay with us that the agent may have meant to send.
    pub left: usize,
    /// A line of those to which the text above them points.
    pub missed: Option<&'a str>,
}

/// What a quoted block is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Quoted {
    /// The agent's own lines with a mark before them.
    Own,
    /// What the mail program puts below an answer or between its parts.
    History,
    /// Lines that the agent chose.
    Chosen,
    /// Lines of others that we do not know, with who wrote them above.
    Foreign,
}

impl<'v> Known<'v> {
    /// From texts.
    pub fn new<'t>(
        outside: impl Iterator<Item = &'t str>,
        inside: impl Iterator<Item = &'t str>,
        names: impl Iterator<Item = &'t str>,
        voice: &'v Voice,
    ) -> Self {
        let names = names.map(letters).filter(|name| name.len() >= NAME_MIN);
        Self {
            outside: outside.map(letters).collect(),
            inside: inside.map(letters).collect(),
            names: names.collect(),
            voice,
        }
    }

    /// Which of these lines, as the last, says that the desk or an agent wrote what is quoted below:
    /// programs do so without a date or an address, too. Of anybody else the agent may write so
    /// themselves; but above a mail of ours, from its first line on, a program wrote it, whatever
    /// its words.
    fn introduced_by(&self, lines: &[String], block: &Block) -> Option<usize> {
        let at = lines.iter().rposition(|line| !line.trim().is_empty())?;
        let line = lines.get(at)?;
        let said = letters(line);
        let named = || self.names.iter().any(|name| said.contains(name));
        let short = || line.split_whitespace().nth(INTRODUCTION_WORDS).is_none();
        let program = || line.trim_end().ends_with(COLONS) && short() && self.begins_ours(block);
        (says_who_wrote(line) && named() || program()).then_some(at)
    }

    /// Whether a block quotes a mail of ours to agents from its first line on.
    fn begins_ours(&self, block: &Block) -> bool {
        let first = block.text.lines().filter_map(marked).find(|line| has_letters(line));
        first.is_some_and(|line| self.voice.bears_our_mark(line) && self.has(line))
    }

    fn is_outside(&self, line: &str) -> bool {
        let line = letters(line);
        !line.is_empty() && self.outside.iter().any(|text| text.contains(&line))
    }

    /// Whether a line stands in something that we know, perhaps changed by a client at one end.
    fn has(&self, line: &str) -> bool {
        let line = letters(line);
        let holds = |part: &str| {
            let all = self.outside.iter().chain(&self.inside);
            !part.is_empty() && all.into_iter().any(|text| text.contains(part))
        };
        let ends = || {
            let first: String = line.chars().take(END).collect();
            let skip = line.chars().count().saturating_sub(END);
            let last: String = line.chars().skip(skip).collect();
            skip > 0 && (holds(&first) || holds(&last))
        };
        holds(&line) || ends()
    }

    /// What a block is that follows a history or none.
    fn judge(&self, block: &Block, after_history: bool) -> Quoted {
        let full = || block.text.lines().filter(|line| !line.trim().is_empty()).take(LINES_MAX);
        let introduced = full().next().is_none_or(|line| marked(line).is_none());
        let words: Vec<&str> = full().filter_map(marked).filter(|line| has_letters(line)).collect();
        // Outlook sets no marks.
        let words = if words.is_empty() { full().collect() } else { words };
        let known = words.iter().filter(|line| self.has(line)).count();
        let ours = words.iter().any(|line| self.voice.bears_our_mark(line) && self.has(line));
        match (known * 2 >= words.len(), introduced || after_history || ours) {
            (true, true) => Quoted::History,
            (true, false) => Quoted::Chosen,
            (false, _) if introduced => Quoted::Foreign,
            (false, _) if ours => Quoted::History,
            (false, _) => Quoted::Own,
        }
    }

    /// What leaves of a mail that goes outside.
    pub fn to_outside<'a>(&self, blocks: &'a [Block]) -> Kept<'a> {
        let last = blocks.iter().rposition(is_words).map_or(0, |last| last + 1);
        let (mut kept, mut lines, mut history) = (Kept::default(), Vec::new(), false);
        for (at, block) in blocks.iter().enumerate().filter(|(_, block)| is_said(block)) {
            if block.role != Role::Quote {
                lines.extend(block.text.split('\n').map(str::to_owned));
                continue;
            }
            let introduction = self.introduced_by(&lines, block);
            lines.truncate(introduction.unwrap_or(lines.len()));
            let quoted = match (introduction, self.judge(block, history)) {
                (Some(_), Quoted::Foreign | Quoted::Own) => Quoted::Foreign,
                (Some(_), _) => Quoted::History,
                (None, quoted) => quoted,
            };
            history |= quoted == Quoted::History || introduction.is_some();
            let points = points_to_a_quotation(&lines);
            match quoted {
                Quoted::Own => lines.extend(block.text.split('\n').map(str::to_owned)),
                Quoted::History if at >= last => {}
                Quoted::History => lines.extend(self.seen(block)),
                Quoted::Chosen | Quoted::Foreign => {
                    lines.extend(self.seen(block).filter(|_| quoted == Quoted::Chosen));
                    let cut = match quoted {
                        Quoted::Foreign => self.unknown(block),
                        _ => self.unseen(block),
                    };
                    kept.left += cut.len();
                    if points && kept.missed.is_none() {
                        kept.missed = cut.first().copied();
                    }
                }
            }
        }
        kept.text = tidy(&lines);
        kept
    }

    /// What is kept of a mail that stays inside: all but the history, which everybody there has.
    pub fn inside(&self, blocks: &[Block]) -> String {
        let (mut lines, mut history) = (Vec::new(), false);
        for block in blocks.iter().filter(|block| is_said(block)) {
            let quoted = (block.role == Role::Quote).then(|| self.judge(block, history));
            history |= quoted == Some(Quoted::History);
            if quoted != Some(Quoted::History) {
                lines.extend(block.text.split('\n').map(str::to_owned));
            }
        }
        tidy(&lines)
    }

    /// Lines of a block that those outside have seen, marked, and the empty line below it.
    fn seen(&self, block: &Block) -> impl Iterator<Item = String> {
        let bare = block.text.lines().filter_map(marked).take(LINES_MAX);
        let below = block.text.ends_with('\n').then(String::new);
        bare.filter(|line| self.is_outside(line)).map(|line| format!("> {line}")).chain(below)
    }

    /// Lines of a block that stand in nothing that we know.
    fn unknown<'a>(&self, block: &'a Block) -> Vec<&'a str> {
        let said = said_in(block).into_iter().enumerate();
        said.filter(|(at, line)| *at >= LINES_MAX || !self.has(line))
            .map(|(_, line)| line)
            .collect()
    }

    fn unseen<'a>(&self, block: &'a Block) -> Vec<&'a str> {
        let bare = block.text.lines().map(|line| marked(line).unwrap_or(line.trim()));
        let said = bare.filter(|line| has_letters(line)).enumerate();
        said.filter(|(at, line)| *at >= LINES_MAX || !self.is_outside(line))
            .map(|(_, line)| line)
            .collect()
    }
}

/// Whether what stands above a quotation needs it: its last line ends in a colon, or speaks of what
/// is below.
fn points_to_a_quotation(above: &[String]) -> bool {
    const POINTS: &str = "below_ beneath_ underneath_ following_ as_follows says_this wrote_this writes_this reads_this
        sent_this answered_this replied_this this_is_what here_is_what here_s_what see_this see_what read_this
        see_their see_his see_her see_the_mail see_the_answer their_answer their_reply quoted copied_here pasted
        unten_ untenstehend nachstehend nachfolgend folgend weiter_unten s_u_ siehe_ schreibt_dies sagt_dies hier_die_antwort
        ci_dessous dessous suivant voici_ voyez_ abajo_ siguiente a_continuación esto_dice vea_ véase sotto_ seguente
        di_seguito qui_sotto vedi_ abaixo_ seguinte a_seguir veja_ hieronder onderstaand zie_ poniżej następując
        nedan_ nedanstående följande nedenfor nedenunder nedenstående følgende níže_ následuj nižšie alább alulról
        alla_olev aşağı mai_jos următor ниже_ следующ нижче_ наступн по_долу παρακάτω ακόλουθ להלן למטה أدناه ادناه";
    const THIS: &str = "this_ these_ das_ dies_ dieses_ folgendes_ cela_ ceci_ ça_ esto_ eso_ questo_ ciò_ isto_ isso_
        dit_ to_ dette_ det_ detta_ toto_ tohle_ это_ це_ bunu_ αυτό_";
    const UNSPACED: &str = "下記 以下 下面 如下 次のとおり 아래 다음과";
    let mut said = above.iter().rev().filter(|line| !line.trim().is_empty());
    let colon = said.clone().next().is_some_and(|line| line.trim_end().ends_with(COLONS));
    let this = said.clone().next().is_some_and(|line| has(THIS, &last_word(line)));
    colon || this || said.any(|line| has(POINTS, &spaced(line)) || has_anywhere(UNSPACED, line))
}

/// A line with a mark of quotation that was read as the agent's own, and that only the inside knows.
pub fn stray<'a>(blocks: &'a [Block], known: &Known) -> Option<&'a str> {
    let own = blocks.iter().filter(|block| block.role == Role::New);
    own.flat_map(|block| block.text.lines())
        .find(|line| marked(line).is_some_and(|bare| known.has(bare) && !known.is_outside(bare)))
}

fn last_word(line: &str) -> String {
    let words = spaced(line);
    format!(" {} ", words.split_whitespace().next_back().unwrap_or_default())
}

/// Whether it looks like a field of a header: `Sent: Monday, …`, `Envoyé : lundi …`, `*From:* …`.
fn is_field(line: &str) -> bool {
    line.split_once([':', '：']).is_some_and(|(name, _)| {
        let words = name.split_whitespace().filter(|word| has_letters(word)).count();
        (1..=2).contains(&words) && name.chars().count() <= 20
    })
}

/// The lines of a block without their marks, below those that say who wrote them.
pub fn said_in(block: &Block) -> Vec<&str> {
    let says = |line: &str| has_letters(line) || line.contains(is_sign);
    let head = |line: &&str| {
        !says(line) || says_who_wrote(line) || line.starts_with('-') || is_field(line)
    };
    let lines = block.text.lines().map(bare).skip_while(head);
    lines.filter(|line| says(line)).collect()
}

/// A line without its marks of quotation, if it has any.
fn bare(line: &str) -> &str {
    marked(line).unwrap_or(line.trim())
}

/// A line without its marks of quotation; `None` if it has none.
fn marked(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let sign = |c: char| matches!(c, '>' | '＞') || c.is_whitespace();
    line.starts_with(['>', '＞']).then(|| line.trim_matches(sign))
}

fn has_letters(line: &str) -> bool {
    line.contains(char::is_alphanumeric)
}

fn letters(text: &str) -> String {
    inside::letters(text).into_iter().collect()
}

fn is_said(block: &Block) -> bool {
    block.role != Role::Signature
}

fn is_words(block: &Block) -> bool {
    matches!(block.role, Role::New | Role::Forward) && !block.text.trim().is_empty()
}

/// Joins lines, with at most one blank line in a row and none at the ends.
fn tidy(lines: &[String]) -> String {
    let mut text = String::new();
    let mut blanks = 0;
    for line in lines {
        if line.trim().is_empty() {
            blanks += 1;
            continue;
        }
        if !text.is_empty() {
            text.push_str(if blanks > 0 { "\n\n" } else { "\n" });
        }
        blanks = 0;
        text.push_str(line.trim_end());
    }
    text
}
