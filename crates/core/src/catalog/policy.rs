//! What is asked at a gate, and how a promotion goes.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::ids::{CheckName, RoleName, TargetName, WindowName};
use crate::units::Period;

/// How important a service is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tier {
    /// Everything stops without it.
    Critical,
    /// The usual.
    Standard,
    /// Nothing depends on it.
    Leaf,
}

/// How large the change of a release is, as its author says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeClass {
    /// A new generation; callers may have to follow.
    Major,
    /// The usual.
    Minor,
    /// Mends something and nothing else.
    Patch,
}

/// The name of a rule, as in configuration, decisions and waivers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RuleName {
    /// The release exists as it was named.
    Release,
    /// Every production target is stood for by one that is checked.
    Coverage,
    /// Every expected check has passed where it counts.
    Evidence,
    /// The release has run in the environment before for long enough.
    Soak,
    /// No freeze window is on.
    Freeze,
    /// Nobody holds the service.
    Hold,
    /// Each target can go back.
    WayBack,
    /// People have looked and signed.
    SignOff,
    /// What an earlier break-glass left open has been made up for.
    FollowUp,
    /// The release has not failed before where it wants to go.
    RolledBack,
    /// A condition of the user's.
    Condition,
}

impl RuleName {
    /// All of them, in the order in which requirements are listed.
    pub const ALL: [Self; 11] = [
        Self::Release,
        Self::RolledBack,
        Self::Evidence,
        Self::Coverage,
        Self::WayBack,
        Self::FollowUp,
        Self::SignOff,
        Self::Soak,
        Self::Condition,
        Self::Hold,
        Self::Freeze,
    ];

    /// The name as users write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Coverage => "coverage",
            Self::Evidence => "evidence",
            Self::Soak => "soak",
            Self::Freeze => "freeze",
            Self::Hold => "hold",
            Self::WayBack => "way-back",
            Self::SignOff => "sign-off",
            Self::FollowUp => "follow-up",
            Self::RolledBack => "rolled-back",
            Self::Condition => "condition",
        }
    }
}

impl fmt::Display for RuleName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// One entry of a gate: what is asked, and of whom.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    /// What is asked.
    pub kind: RuleKind,
    /// Of which services and releases it is asked.
    pub applies: Applies,
}

/// To what a rule applies; an empty set does not restrict.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applies {
    /// Tiers of services.
    pub tiers: BTreeSet<Tier>,
    /// Change classes of releases.
    pub changes: BTreeSet<ChangeClass>,
}

/// What is asked. Evidence, coverage, way back, hold, follow-ups and what went back before are asked at every gate, with
/// the defaults given here, even where the configuration names none of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RuleKind {
    /// Every expected check has passed on every stand-in; no result older than `max_age`
    /// (24 hours by default).
    Evidence {
        /// How old a result may be.
        max_age: Period,
    },
    /// The release has run on every stand-in for this long.
    Soak {
        /// How long.
        period: Period,
    },
    /// Not while this window is on.
    Freeze(FreezeWindow),
    /// Each target can go back, and it has been tried on staging.
    WayBack {
        /// How long ago the rehearsal on each platform may be; not asked when absent.
        rehearsed_within: Option<Period>,
    },
    /// People of these roles have signed.
    SignOff {
        /// How many of each role.
        roles: BTreeMap<RoleName, u32>,
        /// For each site, each target, or once for the release.
        per: Per,
    },
    /// An expression that must be true.
    Condition {
        /// The expression (CEL). *Checked*: it compiles.
        expression: String,
        /// What a refusal says.
        message: Option<String>,
    },
}

impl RuleKind {
    /// The window, if it is a freeze.
    #[must_use]
    pub const fn freeze(&self) -> Option<&FreezeWindow> {
        match self {
            Self::Freeze(window) => Some(window),
            Self::Evidence { .. }
            | Self::Soak { .. }
            | Self::WayBack { .. }
            | Self::SignOff { .. }
            | Self::Condition { .. } => None,
        }
    }
}

/// What one signature stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Per {
    /// The whole release.
    Release,
    /// One site.
    Site,
    /// One target.
    Target,
}

/// A time in which nothing is promoted. It never stops a way back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FreezeWindow {
    /// Its name.
    pub name: WindowName,
    /// When it is on.
    pub time: WindowTime,
    /// The IANA time zone that the times are in. *Checked*: it exists.
    pub zone: String,
    /// The roles whose holders may waive it with a reason; nobody when empty.
    pub override_by: BTreeSet<RoleName>,
}

/// When a window is on, in the wall clock of its zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WindowTime {
    /// Every week: from `from` until `to` (exclusive) on each of the days. A window whose end is
    /// not after its start runs into the next day.
    Weekly {
        /// The days on which it begins.
        days: Days,
        /// Its beginning.
        from: ClockTime,
        /// Its end, exclusive; 24:00 is midnight.
        to: ClockTime,
    },
    /// Once: from the beginning of the first moment until the second (exclusive).
    Dated {
        /// The first day and time.
        from: (Date, ClockTime),
        /// The end, exclusive.
        to: (Date, ClockTime),
    },
    /// While an event of a calendar file is on. Relative to the configuration.
    Calendar {
        /// The file, iCalendar (RFC 5545).
        file: String,
    },
}

/// Days of the week, Monday first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Days(pub [bool; 7]);

/// Minutes since midnight, 0 to 1440.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClockTime(pub u16);

impl fmt::Display for ClockTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

/// How a promotion goes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PromotionPolicy {
    /// The waves in order; the last may be the rest. *Checked*: no target in two waves.
    pub waves: Vec<WaveTargets>,
    /// How long each wave is watched before the next, and the last before the end.
    pub soak: Period,
    /// What happens when a wave regresses.
    pub on_regression: OnRegression,
    /// How often targets are probed during a wave and its soak.
    pub probe_every: Period,
    /// The checks that are used as probes; all HTTP checks when empty.
    pub probes: BTreeSet<CheckName>,
    /// The longest gap in a target's answers that is not a regression (X.2).
    pub max_gap: Period,
    /// How long the plan may wait for a person or a window between waves before it goes back.
    pub wait_at_most: Period,
}

impl Default for PromotionPolicy {
    fn default() -> Self {
        Self {
            waves: vec![WaveTargets::Rest],
            soak: Period::ZERO,
            on_regression: OnRegression::RollBack,
            probe_every: Period::from_secs(1),
            probes: BTreeSet::new(),
            max_gap: Period::from_secs(5),
            wait_at_most: Period::from_hours(12),
        }
    }
}

/// The targets of one wave, as written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WaveTargets {
    /// These.
    Named(Vec<TargetName>),
    /// All that no other wave names.
    Rest,
}

/// What happens when a wave regresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnRegression {
    /// Every target of the promotion goes back, failed ones first.
    RollBack,
    /// Only the targets of the wave go back; earlier waves keep the release.
    RollBackWave,
    /// Nothing moves any more; a person is called.
    Freeze,
}
