//! What a difference is, in one word.

/// What kind of difference there is, in a region or in the whole picture. Later ones weigh more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Nothing that counts.
    Same,
    /// The same content at another place, or more or less empty space.
    Shifted,
    /// Other words in the same style.
    TextOnly,
    /// Something is there that was not.
    NewBlock,
    /// The same place looks otherwise: colours, pictures, shapes, lettering.
    Restyled,
    /// Something is gone.
    MissingBlock,
    /// The whole picture is one colour, and was not.
    Blank,
}

impl Kind {
    /// As programs read it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Shifted => "shifted",
            Self::TextOnly => "text-only",
            Self::NewBlock => "new-block",
            Self::Restyled => "restyled",
            Self::MissingBlock => "missing-block",
            Self::Blank => "blank",
        }
    }
}

/// What to make of the difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Nothing that counts differs.
    Same,
    /// What differs is what content does: words, places, a few pixels.
    Minor,
    /// Somebody should look.
    Changed,
    /// The page has lost its style or its content.
    Broken,
}

impl Verdict {
    /// As programs read it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Minor => "minor",
            Self::Changed => "changed",
            Self::Broken => "broken",
        }
    }
}
