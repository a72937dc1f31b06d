//! Bytes packed for the database: zstd frames, by contexts that are made once for each thread.

use std::cell::RefCell;
use std::io;

use super::{Error, Result};

/// zstd level: 1 is the fastest and takes a third off mail with attachments.
const ZSTD_LEVEL: i32 = 1;

/// A zstd frame of `bytes`.
pub(super) fn pack(bytes: &[u8]) -> Result<Vec<u8>> {
    thread_local! {
        /// A context is half a megabyte: made once for each thread, not for each mail.
        static COMPRESSOR: RefCell<Option<zstd::bulk::Compressor<'static>>> = const { RefCell::new(None) };
    }
    let damaged = |error: io::Error| Error::Damaged(error.to_string());
    COMPRESSOR.with_borrow_mut(|compressor| match compressor {
        Some(compressor) => compressor.compress(bytes).map_err(damaged),
        None => compressor
            .insert(zstd::bulk::Compressor::new(ZSTD_LEVEL).map_err(damaged)?)
            .compress(bytes)
            .map_err(damaged),
    })
}

/// The bytes of a zstd frame that holds at most `most` of them.
pub(super) fn unpack(frame: &[u8], most: usize) -> Result<Vec<u8>> {
    thread_local! {
        /// As above.
        static DECOMPRESSOR: RefCell<Option<zstd::bulk::Decompressor<'static>>> = const { RefCell::new(None) };
    }
    let damaged = |error: io::Error| Error::Damaged(error.to_string());
    // The frame says how much it holds: room for the most would be asked of the system, and given
    // back to it, for each.
    let says = zstd::zstd_safe::get_frame_content_size(frame).ok().flatten();
    let size = says.and_then(|says| usize::try_from(says).ok()).map_or(most, |says| says.min(most));
    DECOMPRESSOR.with_borrow_mut(|decompressor| match decompressor {
        Some(decompressor) => decompressor.decompress(frame, size).map_err(damaged),
        None => decompressor
            .insert(zstd::bulk::Decompressor::new().map_err(damaged)?)
            .decompress(frame, size)
            .map_err(damaged),
    })
}
