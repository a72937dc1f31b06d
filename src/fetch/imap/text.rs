//! Names and UID sets as IMAP writes them.

use base64::Engine;
use base64::alphabet::IMAP_MUTF7;
use base64::engine::GeneralPurpose;
use base64::engine::general_purpose::NO_PAD;

/// Base64 with `,` for `/` and without padding, as only mailbox names are written.
const BASE64: GeneralPurpose = GeneralPurpose::new(&IMAP_MUTF7, NO_PAD);

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
        BASE64.encode_string(&shifted, encoded);
        encoded.push('-');
        shifted.clear();
    }
}

/// A mailbox name as people write it; one that is no modified UTF-7 stays as it came.
pub fn readable(name: &str) -> String {
    let mut parts = name.split('&');
    let mut readable = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let Some((shifted, rest)) = part.split_once('-') else { return name.to_owned() };
        match (shifted.is_empty(), BASE64.decode(shifted)) {
            (true, _) => readable.push('&'),
            (false, Ok(bytes)) => {
                let units = bytes
                    .chunks(2)
                    .map(|pair| pair.iter().fold(0, |unit, byte| (unit << 8) | u16::from(*byte)));
                readable.push_str(&String::from_utf16_lossy(&units.collect::<Vec<_>>()));
            }
            (false, Err(_)) => return name.to_owned(),
        }
        readable.push_str(rest);
    }
    readable
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
