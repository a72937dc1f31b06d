//! Text to bytes as clients encode it: format=flowed, quoted-printable, base64, encoded words.

use super::style::Transfer;

/// Columns of a flowed line, its space included.
const FLOWED: usize = 72;

/// format=flowed (RFC 3676): long lines end in a space and go on; what would be misread is stuffed.
pub fn flowed(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let content = line.trim_start_matches('>');
        let marks = &line[..line.len() - content.len()];
        let content =
            if marks.is_empty() { content } else { content.strip_prefix(' ').unwrap_or(content) };
        let content = if content == "-- " { content } else { content.trim_end() };
        let pieces = super::write::wrapped(content, FLOWED);
        for (at, piece) in pieces.iter().enumerate() {
            let stuffed = !marks.is_empty() && !piece.is_empty()
                || piece.starts_with([' ', '>'])
                || piece.starts_with("From ");
            let more = if at + 1 < pieces.len() { " " } else { "" };
            out.push_str(&format!("{marks}{}{piece}{more}\n", if stuffed { " " } else { "" }));
        }
    }
    out
}

/// A text part: its fields and its body.
pub fn part(kind: &str, text: &str, transfer: Transfer) -> String {
    let text = text.replace('\n', "\r\n");
    let (charset, name, body) = match transfer {
        Transfer::Ascii => {
            ("us-ascii", "7bit", text.chars().map(|c| if c.is_ascii() { c } else { '?' }).collect())
        }
        _ if text.is_ascii()
            && text.lines().all(|line| line.len() < 900)
            && transfer == Transfer::EightBit =>
        {
            ("us-ascii", "7bit", text)
        }
        Transfer::EightBit => ("utf-8", "8bit", text),
        Transfer::QuotedPrintable => ("utf-8", "quoted-printable", quoted_printable(&text)),
        Transfer::Base64 => {
            let code = base64(text.as_bytes());
            (
                "utf-8",
                "base64",
                code.as_bytes()
                    .chunks(76)
                    .map(|line| format!("{}\r\n", std::str::from_utf8(line).unwrap()))
                    .collect(),
            )
        }
    };
    format!(
        "Content-Type: {kind}; charset={charset}\r\nContent-Transfer-Encoding: {name}\r\n\r\n{body}"
    )
}

fn quoted_printable(text: &str) -> String {
    let mut out = String::new();
    for line in text.split_inclusive("\r\n") {
        let content = line.trim_end_matches("\r\n");
        let mut column = 0;
        for (at, byte) in content.bytes().enumerate() {
            let last = at + 1 == content.len();
            let code = match byte {
                b'=' => "=3D".to_owned(),
                b' ' if last => "=20".to_owned(),
                b' '..=b'~' => char::from(byte).to_string(),
                _ => format!("={byte:02X}"),
            };
            if column + code.len() > 75 {
                out.push_str("=\r\n");
                column = 0;
            }
            column += code.len();
            out.push_str(&code);
        }
        if line.ends_with("\r\n") {
            out.push_str("\r\n");
        }
    }
    out
}

/// RFC 4648 §4, in one line.
pub fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let group = |group: &[u8]| {
        let bits = group.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte))
            << (8 * (3 - group.len()));
        let letter = |at: usize| {
            if at <= group.len() {
                char::from(LETTERS[(bits >> (18 - 6 * at) & 63) as usize])
            } else {
                '='
            }
        };
        (0..4).map(letter).collect::<String>()
    };
    bytes.chunks(3).map(group).collect()
}

/// Encoded words (RFC 2047), folded.
pub fn words(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let letters: Vec<char> = text.chars().collect();
    let word = |piece: &[char]| {
        format!("=?utf-8?B?{}?=", base64(piece.iter().collect::<String>().as_bytes()))
    };
    letters.chunks(11).map(word).collect::<Vec<_>>().join("\r\n ")
}
