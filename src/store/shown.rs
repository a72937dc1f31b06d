//! Our mails to one recipient, as they were sent: what an agent may have copied, and what somebody was
//! answered.

use super::rows::Columns;
use super::{Error, Result, frame, outbox, rows};
use crate::mail::compose::{Composed, Piece};
use crate::mail::{Address, InboxId, Kind, OutboxId, TicketNumber};
use rusqlite::{Connection, named_params, params};

/// A mail of ours, and the inbox row of which it speaks.
pub type Shown = (Vec<u8>, Option<InboxId>);

/// The last mails to that address, the newest first: so many on these tickets, then so many on any.
pub fn shown(
    connection: &Connection,
    recipient: &Address,
    family: &[TicketNumber],
    (here, anywhere): (i64, i64),
) -> Result<Vec<Shown>> {
    let on_ticket = "SELECT outbox.id, bytes, about FROM outbox JOIN outbox_bytes ON outbox_bytes.id = outbox.id
                     WHERE ticket = :ticket AND recipient = :recipient ORDER BY outbox.id DESC LIMIT :most";
    let of_any = "SELECT outbox.id, bytes, about FROM outbox JOIN outbox_bytes ON outbox_bytes.id = outbox.id
                  WHERE outbox.id IN (SELECT id FROM outbox WHERE kind = :kind AND recipient = :recipient
                                      ORDER BY queued_at DESC LIMIT :most) ORDER BY outbox.id DESC";
    let mut found: Vec<(OutboxId, Vec<u8>, Option<InboxId>)> = Vec::new();
    for number in family {
        let values = named_params! {":ticket": number, ":recipient": recipient, ":most": here};
        found.extend(rows::all(connection, on_ticket, values, columns)?);
    }
    for kind in [Kind::Notification, Kind::Transcript] {
        let values = named_params! {":kind": kind, ":recipient": recipient, ":most": anywhere};
        found.extend(rows::all(connection, of_any, values, columns)?);
    }
    found.sort_by_key(|(id, _, _)| std::cmp::Reverse(*id));
    found.dedup_by_key(|(id, _, _)| *id);
    found.into_iter().map(|(_, bytes, about)| Ok((head(&bytes)?, about))).collect()
}

fn columns(row: &Columns<'_>) -> rusqlite::Result<(OutboxId, Vec<u8>, Option<InboxId>)> {
    Ok((row.get("id")?, row.get("bytes")?, row.get("about")?))
}

/// The mail of that row, but for its files, which lie in the inbox.
pub fn composed(connection: &Connection, id: OutboxId) -> Result<Composed> {
    let sql = "SELECT bytes FROM outbox_bytes WHERE id = ?1";
    let frozen: Vec<u8> = rows::value(connection, sql, [id])?
        .ok_or_else(|| Error::Damaged(format!("the outgoing mail {} has no bytes", id.0)))?;
    outbox::thaw(&frame::unpack(&frozen, outbox::COMPOSED_MAX)?)
}

/// What stands in the row itself: all but the files.
fn head(frame: &[u8]) -> Result<Vec<u8>> {
    let composed = outbox::thaw(&frame::unpack(frame, outbox::COMPOSED_MAX)?)?;
    let bytes = composed.pieces.into_iter().filter_map(|piece| match piece {
        Piece::Bytes(bytes) => Some(bytes),
        Piece::File { .. } => None,
    });
    Ok(bytes.flatten().collect())
}

/// The row of what an agent last said on that ticket, or one that went into it, that a mail of ours
/// took to that address.
pub fn answer_to(
    connection: &Connection,
    number: TicketNumber,
    recipient: &Address,
) -> Result<Option<i64>> {
    let sql = "SELECT max(entry) FROM family CROSS JOIN outbox ON outbox.ticket = part JOIN entries ON entries.id = entry
               WHERE whole = ?1 AND recipient = ?2 AND outbox.kind = 'reply' AND state NOT IN ('refused', 'expired')
                 AND direction = 'out' AND entries.kind = 'message' AND coalesce(outbox.withdrawn_at, entries.withdrawn_at) IS NULL";
    Ok(rows::value(connection, sql, params![number, recipient])?.flatten())
}
