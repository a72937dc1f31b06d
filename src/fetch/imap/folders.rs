//! Which mailboxes an account has: for whoever has misspelt the one to watch.

use tokio::io::{AsyncRead, AsyncWrite};

use super::answer::{Answer, Value};
use super::{ImapMailbox, text};
use crate::net::Fault;

/// Most of them that are kept.
const MOST: usize = 50;

impl<T: AsyncRead + AsyncWrite + Unpin + Send> ImapMailbox<T> {
    /// Their names as people write them, in the server's order.
    pub async fn folders(&mut self) -> Result<Vec<String>, Fault> {
        let mut names = Vec::new();
        let done = self.command("LIST \"\" \"*\"", |answer| {
            if let Answer::Data(word, values) = answer
                && word == "LIST"
                && let Ok([attributes, _, name]) = <[Value; 3]>::try_from(values)
                && !attributes.holds("\\Noselect")
                && names.len() < MOST
            {
                let name = name.bytes().and_then(|bytes| String::from_utf8(bytes).ok());
                names.extend(name.as_deref().map(text::readable));
            }
            Ok(())
        });
        done.await?.granted("list the mailboxes")?;
        Ok(names)
    }
}
