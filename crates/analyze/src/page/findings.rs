//! What is not as expected.

/// Whose fault it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// It says something about the release.
    Release,
    /// It says nothing about the release.
    Ours,
}

/// Something that is not as expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Whose fault it is.
    pub side: Side,
    /// What it is, in a clause.
    pub words: String,
    /// Whether it is nothing but another look, which may be meant.
    pub of_look: bool,
}

impl Finding {
    /// The release's fault.
    #[must_use]
    pub fn release(words: impl Into<String>) -> Self {
        Self { side: Side::Release, words: words.into(), of_look: false }
    }

    /// The release's fault, unless somebody wants the page to look like this.
    #[must_use]
    pub fn look(words: impl Into<String>) -> Self {
        Self { of_look: true, ..Self::release(words) }
    }

    /// Ours.
    #[must_use]
    pub fn ours(words: impl Into<String>) -> Self {
        Self { side: Side::Ours, words: words.into(), of_look: false }
    }
}
