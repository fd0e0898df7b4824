//! Numbers given by the ledger: the position of the event that brought the thing into being.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The position of an event in the ledger, counted from 1 without gaps.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Seq(pub u64);

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A text that is no id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an id like `{prefix}-17`")]
pub struct IdError {
    text: String,
    prefix: &'static str,
}

macro_rules! number {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(pub Seq);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&format!("{}-{}", $prefix, self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.strip_prefix(concat!($prefix, "-"))
                    .and_then(|digits| digits.parse().ok())
                    .map(|number| Self(Seq(number)))
                    .ok_or_else(|| IdError { text: text.chars().take(40).collect(), prefix: $prefix })
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
            }
        }
    };
}

number!(
    /// A decision of the gate: `g-` and the position of its `DecisionMade` event.
    DecisionId, "g");
number!(
    /// A promotion: `p-` and the position of its `PromotionStarted` event.
    PromotionId, "p");
number!(
    /// A deployment of a release on a target: `d-` and the position of its start.
    DeploymentId, "d");
number!(
    /// One run of one check on one target: `r-` and the position of its `CheckFinished` event.
    CheckRunId, "r");
