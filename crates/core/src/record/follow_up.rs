//! What a break-glass leaves to be made up for.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::catalog::RuleName;
use crate::ids::{CheckName, DecisionId, EnvironmentName, ReleaseId, Seq, SiteName, TargetId};

/// The number of a follow-up: the decision that was overridden, and its place there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FollowUpId {
    /// The refusing decision.
    pub decision: DecisionId,
    /// The place of the requirement in it.
    pub index: u32,
}

impl fmt::Display for FollowUpId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.decision, self.index)
    }
}

/// A text that is no follow-up's number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no follow-up")]
pub struct FollowUpIdError(String);

impl FromStr for FollowUpId {
    type Err = FollowUpIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parsed = text.rsplit_once('.').and_then(|(decision, index)| {
            Some(Self { decision: decision.parse().ok()?, index: index.parse().ok()? })
        });
        parsed.ok_or_else(|| FollowUpIdError(text.chars().take(80).collect()))
    }
}

/// How a release went ahead.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ahead {
    /// It was promoted.
    #[default]
    Promoted,
    /// Its commit was pushed to a protected branch; whether and when it came to run is known only
    /// from what is deployed there afterwards.
    Pushed,
}

impl Ahead {
    /// Whether it was promoted, as all were before pushes could be forced.
    #[must_use]
    pub fn is_promoted(&self) -> bool {
        *self == Self::Promoted
    }
}

/// Something that a break-glass left undone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FollowUp {
    /// Its number.
    pub id: FollowUpId,
    /// The release that went ahead.
    pub release: ReleaseId,
    /// Where it went.
    pub to: EnvironmentName,
    /// What had not been met.
    pub rule: RuleName,
    /// Where.
    pub target: Option<TargetId>,
    /// Which check.
    pub check: Option<CheckName>,
    /// Since when it is open.
    pub since: Timestamp,
    /// Whose site, where one of it was to sign.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<SiteName>,
    /// How the release went ahead.
    #[serde(default, skip_serializing_if = "Ahead::is_promoted")]
    pub ahead: Ahead,
}

/// A follow-up that can not be made up for any more, because the release that went ahead was taken
/// back or replaced everywhere. It asks for nothing, and stays to be seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MootFollowUp {
    /// What was left open.
    pub what: FollowUp,
    /// The event that says so.
    pub seq: Seq,
    /// When.
    pub at: Timestamp,
    /// What became of the release.
    pub reason: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_follow_up_of_before_pushes_could_be_forced_was_promoted() {
        let stored = r#"{"id":{"decision":"g-118","index":2},"release":"shop@1.1","to":"production",
            "rule":"evidence","target":null,"check":null,"since":"2026-11-18T22:32:00Z"}"#;
        let read: FollowUp = serde_json::from_str(stored).expect("it was written once");
        assert_eq!(read.ahead, Ahead::Promoted);
        let pushed = FollowUp { ahead: Ahead::Pushed, ..read };
        let text = serde_json::to_string(&pushed).expect("it can be written");
        assert_eq!(serde_json::from_str::<FollowUp>(&text).expect("and read"), pushed);
    }
}
