//! Putting a release on a target; each kind of deployer is a file.

pub mod command;
pub mod files;

use plimsoll_core::record::{DeployResult, Ending, ProofOutcome, Release};

/// What a deployer did, before the time is taken.
#[derive(Debug)]
pub struct Done {
    /// What it came to.
    pub result: DeployResult,
    /// Output, secrets taken out.
    pub output: Vec<u8>,
}

impl Done {
    fn not_begun(finding: String) -> Self {
        let result = DeployResult::Failed { ending: Ending::NotStarted, finding };
        Self { result, output: Vec::new() }
    }
}

/// A release that nobody said anything about is no way back.
fn nothing_named(release: &Release) -> Option<ProofOutcome> {
    release.artifacts.is_empty().then(|| ProofOutcome::Missing {
        what: format!("{} has no artifacts; name them with `plimsoll release add`", release.id),
        digest: None,
    })
}
