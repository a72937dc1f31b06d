//! Names and UID sets as IMAP writes them.

use base64_of_names::encode;

/// Longest UID set in one command, in bytes: RFC 7162 §4 asks clients to keep command lines below
/// 8,192.
const SET_LIMIT: usize = 7_500;

/// A quoted string (RFC 3501 §4.3).
pub fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Whether a string can stand between quotes as it is; all else travels as a literal.
pub fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\')
}

/// A mailbox name in modified UTF-7 (RFC 3501 §5.1.3), quoted.
pub fn mailbox(name: &str) -> String {
    let mut encoded = String::new();
    let mut shifted: Vec<u8> = Vec::new();
    for c in name.chars() {
        if matches!(c, ' '..='~') {
            unshift(&mut encoded, &mut shifted);
            encoded.push(c);
            if c == '&' {
                encoded.push('-');
            }
        } else {
            shifted.extend(c.encode_utf16(&mut [0; 2]).iter().flat_map(|unit| unit.to_be_bytes()));
        }
    }
    unshift(&mut encoded, &mut shifted);
    quoted(&encoded)
}

fn unshift(encoded: &mut String, shifted: &mut Vec<u8>) {
    if !shifted.is_empty() {
        encoded.push('&');
        encode(shifted, encoded);
        encoded.push('-');
        shifted.clear();
    }
}

/// Base64 with `,` for `/` and without padding, as only mailbox names are written.
mod base64_of_names {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

    pub fn encode(bytes: &[u8], into: &mut String) {
        for group in bytes.chunks(3) {
            let bits = group.iter().fold(0_u32, |bits, byte| (bits << 8) | u32::from(*byte))
                << (8 * (3 - group.len()));
            for place in 0..=group.len() {
                let digit = (bits >> (18 - 6 * place)) & 63;
                into.extend(
                    usize::try_from(digit)
                        .ok()
                        .and_then(|digit| ALPHABET.get(digit))
                        .map(|byte| char::from(*byte)),
                );
            }
        }
    }
}

/// UIDs as sets of ranges (`1:3,7`), each short enough for one command. The order of `uids` does
/// not matter.
pub fn sets(uids: &[u32]) -> Vec<String> {
    let mut uids = uids.to_vec();
    uids.sort_unstable();
    uids.dedup();
    let mut sets: Vec<String> = Vec::new();
    for range in uids.chunk_by(|earlier, later| earlier.checked_add(1) == Some(*later)) {
        let text = match range {
            [one] => one.to_string(),
            [first, .., last] => format!("{first}:{last}"),
            [] => continue,
        };
        match sets.last_mut() {
            Some(set) if set.len() + text.len() < SET_LIMIT => {
                set.push(',');
                set.push_str(&text);
            }
            _ => sets.push(text),
        }
    }
    sets
}
