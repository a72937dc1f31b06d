//! Machines that show no sign in their header block, known by nothing but their words: vacations,
//! receipts, recalls, challenges.
//!
//! People write such words too, so what is found here is a guess and decides nothing alone: an
//! agent's mail waits until they say that it is theirs, a customer's opens nothing again and is told
//! all the same. An absence counts only where next to nothing stands beside it but what such mails
//! say everywhere: thanks, a date, whom to call. Whoever says a thing of the case is a person.

use super::machine_words::{
    AS_SOON, AWAY, AWAY_ITSELF, BESIDE, CLICK, DELIVER, ELSEWHERE, GREETINGS, HUMAN, JOINTS, LEFT,
    MONTHS, MYSELF, ONE_DAY, OTHERS, PAST, RECALL_STARTS, RECALLS, RECEIPT_STARTS,
    RECEIPT_SUBJECTS, RECEIPT_WORDS, SO, SPAN,
};
use super::notice_words::{INVITATIONS, UNDELIVERED, WRITER};
use super::prose::{flat, plain, seems_away};
use crate::mail::forward::without_prefixes;
use crate::mail::table::Table;

/// What a mail without a machine's sign may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Guess {
    /// Its subject speaks of absence.
    AwaySubject,
    /// Its subject is ours with words before it by which no mail program answers.
    Subject,
    /// It brings the answer of a calendar.
    Invitation,
    /// Its text says that somebody is not there, and little else.
    Away,
    /// It says that a mail was read.
    Receipt,
    /// It calls a mail back.
    Recall,
    /// It wants to know whether a person wrote.
    Challenge,
    /// It speaks of how a mail was delivered, as mail servers do.
    Delivery,
}

/// A longer text is no machine's: words.
const WORDS_MAX: usize = 250;
/// A receipt or recall is no longer than this: words.
const SHORT: usize = 60;
/// A text in which the question whether somebody is human stands nearly alone: words.
const BARE: usize = 30;
/// A mail server's notice to people is no longer than this: words.
const NOTICE: usize = 80;
/// Words that may stand beside an absence whatever they say.
const STRAY: usize = 2;
/// One in so many words of a longer mail may be of any kind.
const STRAY_SHARE: usize = 4;
/// Words that a program puts before a subject.
const LABEL_WORDS: usize = 4;
/// Words for an answer, beside those that are cut from every subject.
const ANSWERS: &str = "odg odgovor одговор отговор ats vast balas yanıt yanit cevap ответ відповідь відп svar besvaras \
    rasp răsp răspuns tl ตอบ ตอบกลับ απάντηση respuesta réponse resposta risposta reply answer antwoord vastaus válasz \
    odpoveď odpověď odpowiedź 回信 答覆";
/// Words that gateways and people put before what a person answered: "EXTERNAL: Re: x".
const MARKS: &str = "external extern externe externo esterno ext spam secure sicher verschlüsselt encrypted confidential \
    vertraulich urgent wichtig dringend important importante urgente update neu new";
/// How our own subjects begin that an agent answers.
const OWN_LABELS: [&str; 4] = ["held, not sent", "not done", "not delivered", "is this yours?"];
/// A line that is shorter was not wrapped: it ends a clause. Characters.
const WRAPPED: usize = 55;

/// What the words of a mail speak for. `asked` is the subject of what it answers: where that speaks
/// of absence, so may the answer.
pub fn guess(subject: Option<&str>, asked: Option<&str>, text: &str) -> Option<Guess> {
    if text.split_whitespace().nth(WORDS_MAX).is_some() {
        return None;
    }
    let answers = asked.is_some();
    let whole = flat(text);
    let words = whole.split_whitespace().count();
    let asked_away = seems_away(asked);
    match () {
        () if answers && is_receipt_subject(subject) => Some(Guess::Receipt),
        () if RECEIPT_WORDS.within(&whole) && is_of_a_reading(text, words) => Some(Guess::Receipt),
        () if words <= SHORT && is_recall(&whole) => Some(Guess::Recall),
        () if answers && is_recall_subject(subject) => Some(Guess::Recall),
        () if is_challenge(&whole, words) => Some(Guess::Challenge),
        () if answers && seems_away(subject) && !asked_away => Some(Guess::AwaySubject),
        () if asked.is_some_and(|asked| is_labelled(subject, asked)) => Some(Guess::Subject),
        () if is_answer_to_invitation(&whole, words) => Some(Guess::Invitation),
        () if is_of_delivery(&whole, words) => Some(Guess::Delivery),
        () if is_away(text, &whole) => Some(Guess::Away),
        () => None,
    }
}

/// Whether a mail is a receipt by its subject and its words, or by words that end in their date.
pub(super) fn is_receipt(subject: Option<&str>, text: &str) -> bool {
    if text.split_whitespace().nth(SHORT.max(BARE)).is_some() {
        return false;
    }
    let whole = flat(text);
    let end = whole.trim_end_matches('.');
    let dated = end.ends_with(|c: char| c.is_ascii_digit())
        || ["am", "pm"].iter().any(|half| last_word(end).contains(half));
    let words = whole.split_whitespace().count();
    let named = words <= SHORT && is_receipt_subject(subject);
    (named || dated && is_of_a_reading(text, words)) && RECEIPT_WORDS.within(&whole)
}

/// Whether a short text says of somebody else that they accepted or declined, as calendars do.
fn is_answer_to_invitation(whole: &str, words: usize) -> bool {
    words <= BARE && INVITATIONS.within(whole) && !speaks_of_writer(whole)
}

/// Whether a short text says what became of a mail on its way: who writes such words to somebody
/// says "I", or more.
fn is_of_delivery(whole: &str, words: usize) -> bool {
    words <= NOTICE && UNDELIVERED.within(whole) && !speaks_of_writer(whole)
}

fn speaks_of_writer(whole: &str) -> bool {
    let asks = whole.contains(['?', '？', '؟']);
    let whole = whole.replace("please try", "");
    asks || whole.split(|c: char| !c.is_alphanumeric()).any(|word| WRITER.contains(&word))
}

fn last_word(text: &str) -> &str {
    text.rsplit(' ').next().unwrap_or_default()
}

fn is_receipt_subject(subject: Option<&str>) -> bool {
    let title = plain(subject.unwrap_or_default());
    RECEIPT_SUBJECTS.begins(title.trim_start())
}

/// Whether a short text says of a mail that it was read, with its fields as in "To: …" at most.
fn is_of_a_reading(text: &str, words: usize) -> bool {
    if words > BARE {
        return false;
    }
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next().map(plain).unwrap_or_default();
    let says = |line: &str| RECEIPT_WORDS.within(&plain(line));
    RECEIPT_STARTS.begins(&first) && lines.all(|line| line.contains(": ") || says(line))
}

fn is_recall(whole: &str) -> bool {
    RECALLS.within(whole)
        || RECALL_STARTS.iter().any(|(start, verbs)| {
            whole.contains(start) && verbs.iter().any(|verb| whole.contains(verb))
        })
}

fn is_recall_subject(subject: Option<&str>) -> bool {
    let title = plain(subject.unwrap_or_default());
    ["message recall", "recall:", "nachrichtenrückruf", "rückruf:", "rappel :", "rappel de message"]
        .iter()
        .any(|start| title.trim_start().starts_with(start))
}

/// Whether a subject is the one that is answered, with words and a colon before it that are no
/// "Re:" in any language: "Accepted: x", "Otomatik yanıt: x".
fn is_labelled(subject: Option<&str>, asked: &str) -> bool {
    let subject = subject.unwrap_or_default().trim();
    let Some((label, rest)) = subject.split_once([':', '：']) else { return false };
    let label = plain(label.trim());
    let rest = rest.trim();
    let is_one_of = |words: &str| words.split(' ').any(|one| one == label);
    if is_one_of(ANSWERS) || is_one_of(MARKS) {
        return false;
    }
    let rest = without_prefixes(rest);
    let tagged = rest.trim_start().starts_with("[#");
    let bare = rest.split_once("] ").filter(|_| tagged).map_or(rest, |(_, bare)| bare);
    let ours = tagged || plain(bare.trim()) == plain(asked.trim());
    let words = label.split_whitespace().count();
    ours && without_prefixes(subject) == subject
        && plain(subject) != plain(asked.trim())
        && (1..=LABEL_WORDS).contains(&words)
        && !label.contains(['[', ']'])
        && !OWN_LABELS.iter().any(|own| label.starts_with(own))
}

/// Who asks whether somebody is human says what for, or says nothing else. What is asked of an
/// account or a form is an answer.
fn is_challenge(whole: &str, words: usize) -> bool {
    let of_mail = DELIVER.within(whole);
    let human = HUMAN.within(whole);
    of_mail && (human || CLICK.within(whole))
        || human && words <= BARE && CLICK.within(whole) && !ELSEWHERE.within(whole)
}

/// Whether a text, in one line, has any words of absence: cheap to ask of every mail.
pub(super) fn may_be_away(whole: &str) -> bool {
    [&AWAY, &LEFT, &AWAY_ITSELF].iter().any(|table: &&Table| table.within(whole))
}

/// Whether somebody who is not there says so, and little else.
fn is_away(text: &str, whole: &str) -> bool {
    let (mut claims, mut others, mut stray, mut all) = (0, 0, 0, 0);
    if AWAY_ITSELF.within(whole) && count(whole) <= SHORT && !whole.contains(['?', '؟']) {
        return true;
    }
    if !may_be_away(whole) {
        return false;
    }
    for clause in clauses(text) {
        let words = count(&clause);
        all += words;
        let concludes = SO.begins(&clause);
        if concludes && !AS_SOON.begins(&clause) {
            stray += words;
        } else if is_claim(&clause) {
            claims += 1;
        } else if is_beside(&clause, words) {
            others += 1;
        } else {
            stray += words;
        }
    }
    let share = if others > 0 { all / STRAY_SHARE } else { 0 };
    claims > 0 && stray <= share.max(STRAY)
}

/// Whether a clause says that its writer is not there now: of a thing or of others people say it
/// too.
fn is_claim(clause: &str) -> bool {
    let one_day = ONE_DAY.within(clause) && !SPAN.within(clause);
    let mut words = clause.split(|c: char| !c.is_alphanumeric() && c != '\'');
    if words.clone().any(|word| OTHERS.contains(&word) || PAST.contains(&word))
        || one_day
        || clause.ends_with('?')
    {
        return false;
    }
    let own = words.any(|word| MYSELF.contains(&word))
        || AWAY.begins(clause)
        || clause.starts_with("currently")
        || clause.starts_with("actuellement")
        || clause.contains(|c: char| c > '\u{2e80}');
    LEFT.within(clause) || own && AWAY.within(clause)
}

/// Whether a clause is what such mails say everywhere.
fn is_beside(clause: &str, words: usize) -> bool {
    let digits = clause.chars().filter(char::is_ascii_digit).count();
    let date = digits > 0 && words <= 4;
    let contact = clause.contains('@') || clause.contains("http") || digits >= 6;
    let greets = words <= 6 && GREETINGS.begins(clause);
    date || contact || greets || BESIDE.within(clause)
}

/// The clauses of a text, in lower case: a point in a date ends none.
fn clauses(text: &str) -> Vec<String> {
    let mut clauses = vec![String::new()];
    let mut word = String::new();
    let text = unwrapped(text);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let last = chars.peek().is_none_or(|next| next.is_whitespace());
        let ends = match c {
            '\n' | '。' | '、' | '，' | '！' | '；' => true,
            '.' => last && !is_in_date(&word, chars.clone()),
            ',' | ';' | ':' | '!' | '?' | '–' | '—' => last,
            _ => false,
        };
        if let Some(clause) = clauses.last_mut().filter(|_| !ends || c == '?') {
            clause.push(c);
        }
        if ends {
            clauses.push(String::new());
        }
        if c.is_whitespace() {
            word.clear();
        } else {
            word.push(c);
        }
    }
    let split = clauses.iter().flat_map(|clause| joints(clause));
    split.filter(|clause| clause.chars().any(char::is_alphanumeric)).collect()
}

/// Whether the point behind a word ends no sentence, as in "27.11. bis" and "30. November".
fn is_in_date(word: &str, after: impl Iterator<Item = char>) -> bool {
    let digits = word.chars().all(|c| c.is_ascii_digit() || c == '.') && !word.is_empty();
    let month: String = after.skip_while(|c| c.is_whitespace()).take(3).collect();
    digits
        && (word.contains('.') && word.len() <= 6 || word.len() <= 2 && MONTHS.contains(&&*month))
}

/// A clause, cut before the words that join two.
fn joints(clause: &str) -> Vec<String> {
    let padded = format!(" {} ", clause.trim());
    let places = JOINTS.iter().flat_map(|joint| padded.match_indices(joint)).map(|(at, _)| at);
    let mut cuts: Vec<usize> = places.chain([padded.len()]).collect();
    cuts.sort_unstable();
    let mut start = 0;
    let parts = cuts.into_iter().filter_map(|end| {
        let part = padded.get(start..end);
        start = end;
        part
    });
    parts.map(|part| part.trim().to_owned()).collect()
}

/// Lower case; wrapped lines are joined, short ones end.
fn unwrapped(text: &str) -> String {
    let mut joined = String::new();
    for line in text.lines().map(str::trim_end) {
        joined.push_str(line);
        joined.push(if line.chars().count() < WRAPPED { '\n' } else { ' ' });
    }
    plain(&joined)
}

/// Words; of a script without spaces two letters are one.
fn count(clause: &str) -> usize {
    let words = clause.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric));
    words
        .map(|word| if word.chars().any(|c| c > '\u{2e80}') { word.chars().count() / 2 } else { 1 })
        .sum()
}
