//! In place of `seal` where the feature `dkim` is not built in: nothing verifies. The config
//! refuses `check_dkim` then.

use super::letter::Piece;

/// No signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Seal;

/// No hashes.
#[derive(Default)]
pub(super) struct Bodies;

const ABSENT: &str = "this program was built without the feature dkim";

impl Seal {
    /// Never any.
    pub(super) fn read(
        _: &Piece<'_>,
        _: &[&Piece<'_>],
        _: &[u8],
        _: &mut Bodies,
    ) -> Result<Self, String> {
        Err(ABSENT.to_owned())
    }

    /// Never.
    pub(super) fn verify(&self, _: &[u8]) -> Result<(), String> {
        Err(ABSENT.to_owned())
    }
}
