//! Commands without their sign: with another, with its name, or said in words. They are never
//! obeyed, and never said to a customer unasked.

use super::find;

/// The command that the first line of a text is but for its sign: with that of another desk
/// (`@close`, `/note`, `[note]`), or with none, where no customer is answered so (`note`, `assign to
/// bob`). A label of several words that keeps things inside (`Internal note: …`) counts on any line.
pub fn begun(text: &str) -> Option<&'static str> {
    const OTHER_SIGNS: [char; 14] =
        ['@', '/', '!', '$', '§', '£', '€', '\\', '.', '~', '+', '%', '&', '='];
    const BARE: [&str; 14] = [
        "note", "internal", "private", "spam", "junk", "undo", "send", "unassign", "reopen",
        "escalate", "close", "assign", "merge", "claim",
    ];
    const WITH_VALUE: [&str; 4] = ["assign", "unassign", "merge", "escalate"];
    const LETTERS_MIN: usize = 4;
    const WORDS_MAX: usize = 3;
    let line = text.lines().map(str::trim).find(|line| !line.is_empty())?.to_lowercase();
    // A single word may be the label of a telephone's number further down.
    if for_us(&line) > 0 || text.lines().any(|line| for_us(line) > 1) {
        return find("note").map(|command| command.name);
    }
    let (sign, bare) = match line.strip_prefix(OTHER_SIGNS) {
        Some(rest) => (true, rest),
        None => (false, line.as_str()),
    };
    let word = bare.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let rest = bare.get(word.len()..)?;
    let alone = !rest.contains(char::is_alphanumeric);
    let few = bare.split_whitespace().count() <= WORDS_MAX;
    let command = find(word)?;
    let meant = match sign {
        true => word.len() >= LETTERS_MIN && (alone || rest.starts_with(' ')),
        false => alone && BARE.contains(&word) || few && WITH_VALUE.contains(&word),
    };
    meant.then_some(command.name)
}

/// How many words of a line's label, or of it as a whole, say that what follows is for us alone:
/// "[note]", "Internal only", "Interne Notiz: …". "Internal error: …" does not.
fn for_us(line: &str) -> usize {
    const FOR_US: &str = "internal intern interne interner internes internt interno interna interní \
        wewnętrzna wewnętrzne private";
    const REMARKS: &str = "note notes comment remark remarque only notiz bemerkung anmerkung nur \
        notitie nota notatka not for für team strictly";
    const WORDS_MAX: usize = 3;
    let line = line.trim().to_lowercase();
    let framed = line.strip_prefix(['[', '(', '{', '<', '*', '_', '-', '=', '"', '“', '«']);
    let closed = framed.and_then(|rest| rest.split_once([']', ')', '}', '>', '*', '_', '"']));
    let label = match closed {
        Some((label, _)) => label,
        None => line.split_once([':', '：']).map_or(&*line, |(label, _)| label),
    };
    let words: Vec<&str> =
        label.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let is = |list: &'static str, word: &&str| list.split_whitespace().any(|one| one == *word);
    let inside = words.iter().any(|word| is(FOR_US, word));
    let known = words.iter().all(|word| is(FOR_US, word) || is(REMARKS, word));
    let labels = label.len() < line.len() || words.len() > 1;
    match inside && known && labels && words.len() <= WORDS_MAX {
        true => words.len(),
        // "- Note: restart it first" is a line of a list.
        false if words == ["note"] && (closed.is_some() || framed.is_some() && label == line) => {
            words.len() + 1
        }
        false => 0,
    }
}

/// Whether one line below commands says in words what another command would do: "close this ticket
/// please", "and set the priority to high". It errs to that: the agent is asked.
pub fn says_what_to_do(text: &str) -> bool {
    const WORDS_MAX: usize = 12;
    const FILLERS: [&str; 9] =
        ["please", "and", "also", "then", "now", "just", "bitte", "und", "auch"];
    const SURE: [&str; 6] = ["assign", "reassign", "unassign", "escalate", "merge", "retitle"];
    const UNSURE: [&str; 14] = [
        "close", "set", "move", "remind", "reopen", "hold", "take", "solve", "resolve", "tag",
        "give", "note", "mark", "raise",
    ];
    const OBJECTS: [&str; 13] = [
        "ticket", "it", "this", "that", "case", "request", "me", "priority", "status", "queue",
        "due", "tag", "vip",
    ];
    let mut lines = text.lines().filter(|line| line.contains(char::is_alphanumeric));
    let (Some(line), None) = (lines.next(), lines.next()) else { return false };
    let line = line.to_lowercase();
    let words: Vec<&str> =
        line.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let mut rest = words.iter().skip_while(|word| FILLERS.contains(*word));
    let Some(verb) = rest.next().filter(|_| words.len() <= WORDS_MAX) else { return false };
    let noted = *verb == "note" && line.contains("note:");
    let about = || rest.clone().take(3).any(|word| OBJECTS.contains(word));
    SURE.contains(verb) || noted || UNSURE.contains(verb) && about()
}

/// A line that begins with the sign's name and a command, as a telephone writes what it is told.
pub fn dictated(line: &str) -> Option<&'static str> {
    const NAMES: [&str; 6] = ["hashtag", "hash tag", "hash", "number sign", "pound sign", "raute"];
    let line = line.trim().to_lowercase();
    let word = NAMES.iter().find_map(|name| line.strip_prefix(name)?.strip_prefix(' '))?;
    let word = word.split(|c: char| !c.is_alphanumeric()).next()?;
    find(word).map(|command| command.name)
}
