//! The cryptography of one signature, by mail-auth: canonical forms, hashes, keys. Ours is only
//! which fields go in.

use mail_auth::common::crypto::{Algorithm, HashAlgorithm};
use mail_auth::common::parse::TxtRecordParser;
use mail_auth::common::verify::DomainKey;
use mail_auth::dkim::{Canonicalization, Signature};

use super::letter::Piece;

/// A signature whose text is as it was signed, with all that its key has to verify.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Seal {
    signed: Vec<u8>,
    signature: Vec<u8>,
    algorithm: Algorithm,
}

/// Hashes of the body, each of its two forms made once, however many signatures there are.
#[derive(Default)]
pub(super) struct Bodies {
    simple: Option<Vec<u8>>,
    relaxed: Option<Vec<u8>>,
}

impl Bodies {
    fn hash(&mut self, form: Canonicalization, body: &[u8]) -> &[u8] {
        let known = match form {
            Canonicalization::Simple => &mut self.simple,
            Canonicalization::Relaxed => &mut self.relaxed,
        };
        known.get_or_insert_with(|| {
            HashAlgorithm::Sha256.hash(form.canonical_body(body, 0)).as_ref().to_vec()
        })
    }
}

impl Seal {
    /// Reads a signature over those fields and that body; complains if the body is not the signed
    /// one.
    pub(super) fn read(
        piece: &Piece<'_>,
        fields: &[&Piece<'_>],
        body: &[u8],
        bodies: &mut Bodies,
    ) -> Result<Self, String> {
        if !is_base64(signature(piece.value)) {
            return Err("its b= is no base64".to_owned());
        }
        let parsed = Signature::parse(piece.value).map_err(|error| error.to_string())?;
        if bodies.hash(parsed.cb, body) != parsed.bh {
            return Err("the text is not as it was signed".to_owned());
        }
        let own = without_signature(piece.value);
        let fields = fields.iter().map(|field| (field.name, field.value));
        let mut signed = Vec::new();
        parsed.ch.canonicalize_headers(fields.chain([(piece.name, own.as_slice())]), &mut signed);
        Ok(Self { signed, signature: parsed.b, algorithm: parsed.a })
    }

    /// Whether the key of that record made it. RSA keys under 1024 bits verify nothing (RFC 8301).
    pub(super) fn verify(&self, record: &[u8]) -> Result<(), String> {
        let key = DomainKey::parse(record).map_err(|error| error.to_string())?;
        key.p
            .verify_bytes(&self.signed, &self.signature, self.algorithm)
            .map_err(|error| error.to_string())
    }
}

/// What stands behind `b=`.
fn signature(value: &[u8]) -> &[u8] {
    let of_b = |piece: &[u8]| {
        let equals = piece.iter().position(|byte| *byte == b'=')?;
        let (name, rest) = piece.split_at_checked(equals)?;
        (name.trim_ascii() == b"b")
            .then_some(equals + 1)
            .filter(|at| *at <= name.len() + rest.len())
    };
    let mut pieces = value.split(|byte| *byte == b';');
    pieces.find_map(|piece| piece.get(of_b(piece)?..)).unwrap_or_default()
}

/// Letters, then at most two signs of padding, folded as one likes (RFC 6376 §2.10): the parser of
/// the library also takes padding in front.
fn is_base64(text: &[u8]) -> bool {
    let bare: Vec<u8> = text.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let letters = bare.iter().take_while(|byte| !matches!(byte, b'=')).count();
    let sound = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    let (letters, padding) = bare.split_at_checked(letters).unwrap_or_default();
    !letters.is_empty()
        && letters.iter().all(sound)
        && padding.len() <= 2
        && padding.iter().all(|byte| *byte == b'=')
}

/// The field's value with nothing behind `b=`, and without the line end (RFC 6376 §3.7).
fn without_signature(value: &[u8]) -> Vec<u8> {
    let mut kept = Vec::with_capacity(value.len());
    for (index, piece) in value.split(|byte| *byte == b';').enumerate() {
        if index > 0 {
            kept.push(b';');
        }
        let equals = piece.iter().position(|byte| *byte == b'=');
        match equals.and_then(|equals| piece.split_at_checked(equals + 1)) {
            Some((name, _))
                if name
                    .trim_ascii()
                    .strip_suffix(b"=")
                    .is_some_and(|name| name.trim_ascii() == b"b") =>
            {
                kept.extend_from_slice(name);
            }
            _ => kept.extend_from_slice(piece),
        }
    }
    let length = kept.strip_suffix(b"\r\n").map_or(kept.len(), <[u8]>::len);
    kept.truncate(length);
    kept
}
