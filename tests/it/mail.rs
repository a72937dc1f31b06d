//! Mails are read: bytes in, an `Inbound` out, nothing lost.
