//! What is said, as values: an enum declared here has a name in the catalogue and fields, and no
//! words. Those are made from it in `texts`, by the file of its kind in the folder of a language.
//! As a field of another it bears its catalogue and its name, so that the entry of that other can
//! have it said: `{{ why | said }}`.

/// A value that people read as words.
pub trait Worded: serde::Serialize {
    /// The catalogue of its kind, a file in the folder of each language.
    const FILE: &'static str;
    /// Each name of the catalogue, with the fields that its entry may show.
    const ALL: &'static [(&'static str, &'static [&'static str])];

    /// Its name in the catalogue.
    fn name(&self) -> &'static str;
}

/// Declares such an enum, so that its names and fields can be held against the catalogue.
macro_rules! worded {
    (
        $(#[$meta:meta])*
        $kind:ident in $file:literal:
        $($(#[$doc:meta])* $name:ident = $word:literal $({ $($field:ident: $type:ty),+ })?,)+
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
        #[serde(tag = $file)]
        pub enum $kind {
            $($(#[$doc])* #[serde(rename = $word)] $name $({ $($field: $type),+ })?,)+
        }

        impl $crate::desk::worded::Worded for $kind {
            const FILE: &'static str = $file;
            const ALL: &'static [(&'static str, &'static [&'static str])] =
                &[$(($word, &[$($(stringify!($field)),+)?])),+];

            fn name(&self) -> &'static str {
                match self {
                    $(Self::$name { .. } => $word,)+
                }
            }
        }
    };
}

pub(super) use worded;
