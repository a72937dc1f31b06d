//! What is deflated (RFC 1951), in memory and within a bound.

use flate2::{Decompress, FlushDecompress, Status};

/// Bytes that are unpacked at a time, and before their kind tells how many more are wanted.
const STEP: usize = 64 * 1024;

/// How it is wrapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wrapped {
    /// Not at all, as in archives.
    Bare,
    /// RFC 1950, as in PDFs.
    Zlib,
}

/// The unpacked bytes, and whether they are sound as far as they were asked for. How many are
/// wanted is asked again as they come.
pub(super) fn inflate(
    packed: &[u8],
    wrapped: Wrapped,
    wanted: impl Fn(&[u8]) -> usize,
) -> (Vec<u8>, bool) {
    let mut state = Decompress::new(wrapped == Wrapped::Zlib);
    let mut out = Vec::new();
    loop {
        out.reserve(STEP);
        let (used, had) = (state.total_in(), out.len());
        let rest = usize::try_from(used).ok().and_then(|used| packed.get(used..));
        match state.decompress_vec(rest.unwrap_or_default(), &mut out, FlushDecompress::None) {
            Ok(Status::StreamEnd) => return (out, true),
            Ok(_) if out.len() == had && state.total_in() == used => return (out, false),
            Ok(_) => {}
            Err(_) => return (out, false),
        }
        if out.len() >= STEP && out.len() >= wanted(&out) {
            return (out, true);
        }
    }
}

/// What is deflated in a file of gzip's (RFC 1952 §2.3), behind its header.
pub(super) fn gzipped(file: &[u8]) -> Option<&[u8]> {
    const EXTRA: u8 = 4;
    const NAME: u8 = 8;
    const COMMENT: u8 = 16;
    const CHECKSUM: u8 = 2;
    let flags = *file.get(3)?;
    let mut rest = file.get(10..)?;
    if flags & EXTRA != 0 {
        let length = u16::from_le_bytes([*rest.first()?, *rest.get(1)?]);
        rest = rest.get(2 + usize::from(length)..)?;
    }
    for words in [NAME, COMMENT] {
        if flags & words != 0 {
            let end = rest.iter().position(|byte| *byte == 0)?;
            rest = rest.get(end + 1..)?;
        }
    }
    if flags & CHECKSUM != 0 { rest.get(2..) } else { Some(rest) }
}
