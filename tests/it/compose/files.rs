//! Files in what goes out: ranges of mails that came in, under names and types that strangers
//! chose.

use std::collections::BTreeMap;

use mail_parser::MimeHeaders;
use postdesk::mail::compose::Piece;
use postdesk::mail::{Attachment, Enclosure, Encoding, InboxId};

use super::*;

/// An inbox of mails that are each one part from byte 0, and their files.
pub struct Inbox(BTreeMap<InboxId, Vec<u8>>);

/// Rows 1, 2, … with these bytes.
pub fn inbox(mails: &[&[u8]]) -> Inbox {
    Inbox((1..).map(InboxId).zip(mails.iter().map(|mail| mail.to_vec())).collect())
}

pub fn enclosure(source: i64, name: Option<&str>, content_type: &str, length: usize) -> Enclosure {
    let attachment = Attachment {
        name: name.map(str::to_owned),
        content_type: content_type.to_owned(),
        size: length,
        content_id: None,
        offset: 0,
        length,
        encoding: Encoding::Identity,
    };
    Enclosure { source: InboxId(source), attachment }
}

impl Inbox {
    pub fn assemble(&self, composed: &Composed) -> Vec<u8> {
        assemble(composed, |row| self.0.get(&row).cloned().ok_or("no such row")).unwrap()
    }
}

#[test]
fn files_are_named_ranges_until_they_are_sent() {
    let mut mail = outgoing("x", "see =_ below");
    mail.enclosures = vec![
        enclosure(1, Some("a.pdf"), "application/pdf", 400),
        enclosure(2, None, "nonsense", 0),
    ];
    let composed = composed(&mail);
    let ranges: Vec<_> =
        composed.pieces.iter().filter(|piece| matches!(piece, Piece::File { .. })).collect();
    let wanted =
        Piece::File { source: InboxId(1), offset: 0, length: 400, encoding: Encoding::Identity };
    assert_eq!((ranges.len(), ranges[0]), (2, &wanted));
    let inbox = inbox(&[&[b'x'; 400], b""]);
    let bytes = inbox.assemble(&composed);
    assert_clean(&bytes);
    let message = parsed(&bytes);
    assert_eq!(message.body_text(0).unwrap().trim_end(), "see =_ below");
    let files: Vec<_> =
        message.attachments().map(|part| part.attachment_name().unwrap().to_owned()).collect();
    assert_eq!(files, ["a.pdf", "file-2"]);
    assert_eq!(assemble(&composed, |_| Err("the row is gone")), Err("the row is gone"));
}

#[test]
fn an_enclosed_file_arrives_byte_for_byte() {
    let file: Vec<u8> =
        (0..100_000u32).map(|number| (number.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    for length in [0, 1, 2, 3, 56, 57, 58, 100_000] {
        let content = &file[..length];
        let mut mail = outgoing("x", "y");
        mail.enclosures = vec![enclosure(1, Some("f.bin"), "application/octet-stream", length)];
        let bytes = inbox(&[content]).assemble(&composed(&mail));
        let sent = postdesk::mail::parse::content(content, &mail.enclosures[0].attachment);
        let message = parsed(&bytes);
        assert_eq!(message.attachments().next().unwrap().contents(), sent, "{length}");
    }
}

#[test]
fn names_and_types_of_files_are_cleaned() {
    let long = format!("{}.pdf", "ä".repeat(300));
    let cut = format!("{}.pdf", "ä".repeat(146));
    let cases: [(Option<&str>, &str, &str, &str); 11] = [
        (Some("a.pdf"), "application/pdf", "a.pdf", "application/pdf"),
        (
            Some("Übersicht \"neu\".xlsx"),
            "application/x",
            "Übersicht \"neu\".xlsx",
            "application/x",
        ),
        (Some("../../etc/passwd"), "text/plain", ".._.._etc_passwd", "text/plain"),
        (Some("C:\\x\\y.exe"), "application/x;name=z", "C:_x_y.exe", "application/octet-stream"),
        (
            Some("a\r\nBcc: x@y.test"),
            "text/plain\r\nBcc: x@y.test",
            "aBcc: x@y.test",
            "application/octet-stream",
        ),
        (Some("fdp.\u{202e}exe"), "application/pdf", "fdp.exe", "application/pdf"),
        (Some(&long), "application/pdf", &cut, "application/pdf"),
        (Some("inner"), "message/rfc822", "inner.eml", "application/octet-stream"),
        (Some("x.eml"), "multipart/mixed", "x.eml", "application/octet-stream"),
        (Some(" .. "), "text/calendar", "file-1.ics", "text/calendar"),
        (None, "", "file-1", "application/octet-stream"),
    ];
    let usual = {
        let mut mail = outgoing("x", "y");
        mail.enclosures = vec![enclosure(1, None, "", 1)];
        names(&inbox(&[b"x"]).assemble(&composed(&mail)))
    };
    for (name, content_type, wanted_name, wanted_type) in cases {
        let mut mail = outgoing("x", "y");
        mail.enclosures = vec![enclosure(1, name, content_type, 1)];
        let bytes = inbox(&[b"x"]).assemble(&composed(&mail));
        assert_clean(&bytes);
        assert_eq!(names(&bytes), usual);
        assert!(!String::from_utf8_lossy(&bytes).contains("\r\nBcc"), "{name:?}");
        let message = parsed(&bytes);
        let part = message.attachments().next().unwrap();
        assert_eq!(part.attachment_name(), Some(wanted_name));
        let kind = part.content_type().unwrap();
        assert_eq!(
            format!("{}/{}", kind.ctype(), kind.subtype().unwrap()),
            wanted_type,
            "{content_type:?}"
        );
    }
}
