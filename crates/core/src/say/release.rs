//! What a release is, and how results are told in short.

use crate::ids::{EnvironmentName, TargetId};
use crate::record::{Artifact, ArtifactKind, CheckResult, Release};
use crate::units::Period;

use super::text::shorten;

/// Whether a release can be undone.
#[must_use]
pub const fn can_be_undone(release: &Release) -> &'static str {
    match release.irreversible {
        true => "no: it cannot be undone",
        false => "yes",
    }
}

/// Where an artifact came from, and whether it is kept here.
#[must_use]
pub fn kept_words(artifact: &Artifact) -> String {
    let kind = match &artifact.kind {
        ArtifactKind::File => "file",
        ArtifactKind::Directory => "directory",
        ArtifactKind::Git { .. } => "git commit",
        ArtifactKind::Named => "named",
    };
    let kept = if artifact.kept { "kept here" } else { "not kept here" };
    format!("{kind} from {}, {kept}", shorten(&artifact.source, 120))
}

/// No target of the environment has the release.
#[must_use]
pub fn runs_nowhere(on: &EnvironmentName) -> String {
    format!("runs on no target of {on} now")
}

/// Nothing looks at a target.
#[must_use]
pub fn nothing_expected(target: &TargetId) -> String {
    format!("no check looks at {}/{}", target.environment, target.target)
}

/// A pass in short: `214 of 214 tests`, `0.31 s`.
#[must_use]
pub fn passed_in_short(result: &CheckResult) -> String {
    let last = result.attempts.last();
    if let Some(cases) = last.and_then(|attempt| attempt.cases.as_ref())
        && last.is_some_and(|attempt| attempt.page.is_none())
        && cases.executed > 0
    {
        let passed =
            cases.executed - u32::try_from(cases.failed.len()).unwrap_or(0).min(cases.executed);
        return format!("{passed} of {} tests", cases.executed);
    }
    last.map_or_else(String::new, |attempt| Period::from_millis(attempt.took_ms).roughly())
}
