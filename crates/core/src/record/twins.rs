//! What comparing twins found.

use serde::{Deserialize, Serialize};

/// What became of one change, or of one difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TwinState {
    /// One side changed and the other did not.
    MissingTwin,
    /// Both changed, differently.
    Divergent,
    /// A side cannot be read, so nothing is known.
    Unparsable,
    /// It would fail, and somebody has accepted it.
    Accepted,
    /// It differed before and has not changed.
    OnlyHere,
    /// Both changed alike, or one caught up with the other.
    Mirrored,
}

impl TwinState {
    /// The word that people read.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::MissingTwin => "missing twin",
            Self::Divergent => "divergent",
            Self::Unparsable => "unparsable",
            Self::Accepted => "accepted",
            Self::OnlyHere => "only here",
            Self::Mirrored => "mirrored",
        }
    }

    /// Whether it lets a change pass.
    #[must_use]
    pub const fn passes(self) -> bool {
        match self {
            Self::MissingTwin | Self::Divergent | Self::Unparsable => false,
            Self::Accepted | Self::OnlyHere | Self::Mirrored => true,
        }
    }
}

/// One of two sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TwinSide {
    /// The first that the pair names.
    Left,
    /// The second.
    Right,
}

impl TwinSide {
    /// The other one.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Left => Self::Right,
            Self::Right => Self::Left,
        }
    }
}

/// What changed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TwinChange {
    /// It is new.
    Added {
        /// The item.
        item: String,
    },
    /// It is gone.
    Removed {
        /// The item.
        item: String,
    },
    /// It has another value.
    Changed {
        /// Before.
        from: String,
        /// Now.
        to: String,
    },
    /// It is in another place among the same others.
    Moved {
        /// The item.
        item: String,
    },
    /// Nothing changed; this is what is different.
    Differs {
        /// The item or value.
        item: String,
    },
    /// It cannot be read.
    Unreadable {
        /// What cannot be read.
        item: String,
    },
}

impl TwinChange {
    /// What it is about now, or was.
    #[must_use]
    pub fn item(&self) -> &str {
        match self {
            Self::Added { item }
            | Self::Removed { item }
            | Self::Moved { item }
            | Self::Differs { item }
            | Self::Unreadable { item }
            | Self::Changed { to: item, .. } => item,
        }
    }
}

/// What became of one change, or of one difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TwinAnswer {
    /// What became of it.
    pub state: TwinState,
    /// The place that it speaks of: for a missing twin, where the change is missing.
    pub place: String,
    /// What changed.
    pub change: TwinChange,
    /// The side that changed, or that has it.
    pub side: TwinSide,
    /// What else is to be said.
    pub reason: Option<String>,
    /// The pairs for which this holds, as written.
    pub pairs: Vec<String>,
}
