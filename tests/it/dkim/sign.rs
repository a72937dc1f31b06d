//! A signer of our own, to the letter of RFC 6376 §3.4.1 and §3.4.3 (simple/simple, Ed25519), that
//! can also sign badly.

use std::sync::LazyLock;

use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair};

pub use crate::agents::encode::base64;

/// The key of desk.test, made for this run.
pub static KEY: LazyLock<Ed25519KeyPair> = LazyLock::new(|| {
    let document = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
    Ed25519KeyPair::from_pkcs8(document.as_ref()).unwrap()
});

/// Its record in DNS.
pub fn record() -> String {
    format!("v=DKIM1; k=ed25519; p={}", base64(KEY.public_key().as_ref()))
}

/// What an honest signer of desk.test writes.
pub const TAGS: &str = "v=1; a=ed25519-sha256; c=simple/simple; d=desk.test; s=k1; h=from:to:subject:date:message-id:in-reply-to";

/// Puts a signature with these tags on top of a mail with CRLF.
pub fn signed(tags: &str, mail: &str) -> String {
    let (header, body) = mail.split_once("\r\n\r\n").unwrap();
    let body = format!("{}\r\n", body.trim_end_matches("\r\n"));
    let own = format!(
        "DKIM-Signature: {tags}; bh={}; b=",
        base64(digest(&SHA256, body.as_bytes()).as_ref())
    );
    let mut over = chosen(&format!("{header}\r\n"), tags);
    over.push_str(&own);
    let signature = KEY.sign(digest(&SHA256, over.as_bytes()).as_ref());
    format!("{own}{}\r\n{mail}", base64(signature.as_ref()))
}

/// The fields of `h=`, for each name the lowest that was not taken yet.
fn chosen(header: &str, tags: &str) -> String {
    let mut fields: Vec<String> = Vec::new();
    for line in header.split_inclusive("\r\n") {
        match (line.starts_with([' ', '\t']), fields.last_mut()) {
            (true, Some(last)) => last.push_str(line),
            _ => fields.push(line.to_owned()),
        }
    }
    let names = tags.split(';').find_map(|tag| tag.trim().strip_prefix("h=")).unwrap_or_default();
    let mut over = String::new();
    for name in names.split(':').map(str::trim) {
        let found = fields
            .iter()
            .rposition(|field| field.split(':').next().unwrap().eq_ignore_ascii_case(name));
        over.extend(found.map(|at| fields.remove(at)));
    }
    over
}
