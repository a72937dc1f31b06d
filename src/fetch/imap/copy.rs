//! APPEND to another folder of the account, and SEARCH for what lies there.

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};

use crate::fetch::SentCopy;
use crate::fetch::imap::answer::Answer;
use crate::fetch::imap::text;
use crate::fetch::imap::wire::{Done, Wire};
use crate::net::Fault;
use crate::time::Timestamp;

/// Bytes that the server must take within one deadline: a large mail over a slow line takes long.
const PIECE: usize = 64 << 10;
/// A copy bears the time when its mail was sent; INTERNALDATE is looked at without its hour and
/// zone (RFC 3501 §6.4.4), and the clock may have been set meanwhile.
const LEEWAY: Duration = Duration::from_secs(2 * 24 * 3600);

/// The command that puts a copy into that folder, seen as its writer has it.
pub fn append(name: &str, copy: &SentCopy<'_>) -> String {
    format!("APPEND {name} (\\Seen) \"{}\"", date(copy.sent, "%d-%b-%Y %H:%M:%S +0000"))
}

/// The command that finds it in the folder that is open. What the server can tell by the date alone
/// spares it to read the others.
pub fn search(copy: &SentCopy<'_>) -> String {
    let since = date(copy.sent.minus(LEEWAY), "%d-%b-%Y");
    format!("UID SEARCH SINCE {since} HEADER Message-ID {}", text::quoted(copy.id.as_str()))
}

/// Whether that answer to [`search`] names a mail.
pub fn found(answer: &Answer) -> bool {
    matches!(answer, Answer::Data(word, uids) if word == "SEARCH" && uids.iter().any(|uid| uid.number::<u32>().is_some()))
}

fn date(at: Timestamp, form: &str) -> String {
    at.to_jiff().to_zoned(jiff::tz::TimeZone::UTC).strftime(form).to_string()
}

/// Runs a command that ends in a mail: announced, and sent when the server asks for it, so that one
/// without room can say so before.
pub async fn exchange<T: AsyncRead + AsyncWrite + Unpin>(
    wire: &mut Wire<T>,
    command: &str,
    mail: &[u8],
) -> Result<Done, Fault> {
    let tag = wire.begin(&format!("{command} {{{}}}", mail.len())).await?;
    let mut unsent = Some(mail);
    loop {
        match wire.answer().await? {
            Answer::Continue => {
                let Some(mail) = unsent.take() else {
                    return Err(wire.broken("the server asked for more than there was"));
                };
                for piece in mail.chunks(PIECE) {
                    wire.send(piece).await?;
                }
                wire.send(b"\r\n").await?;
            }
            Answer::Tagged { tag: ended, condition, words } => {
                return wire.end(&tag, &ended, Done { condition, words });
            }
            _ => {}
        }
    }
}
