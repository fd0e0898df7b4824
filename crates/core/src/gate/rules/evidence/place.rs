//! Is the candidate where the checks look, and still there now?

use crate::gate::scene::Scene;
use crate::ids::{TargetId, TargetName, Version};
use crate::ledger::{DeploymentState, TargetState};
use crate::record::{Aspect, DeployResult, Ending, EvidenceRef, Observed, State, Why};

use super::Found;

/// What is wrong with a target as a place for evidence.
pub(super) struct Trouble {
    state: State,
    why: Why,
    evidence: Option<EvidenceRef>,
    /// It makes results meaningless, so it is said instead of them; otherwise it is said only
    /// where a result would let pass.
    pub comes_first: bool,
}

impl Trouble {
    pub(super) fn found(&self) -> Found {
        Found::plain(self.state, self.why.clone(), self.evidence.clone())
    }
}

pub(super) fn trouble(
    scene: &Scene<'_>,
    name: &TargetName,
    target: Option<&TargetState>,
) -> Option<Trouble> {
    let id = scene.id_after(name);
    let Some(deployment) = target.and_then(|target| target.deployment.as_ref()) else {
        return Some(first(State::NotRun, Why::NeverDeployed { on: id }, None));
    };
    let left = scene.facts.left.contains(&scene.after.name);
    if let Some((state, why)) = deployed((scene.version(), left), deployment, &id) {
        return Some(first(state, why, Some(EvidenceRef::Deployment(deployment.id))));
    }
    let drift = target.and_then(|target| target.drift.as_ref());
    let seen = drift.map(|drift| (&drift.observed, Some(EvidenceRef::Event(drift.seq))));
    let now = scene.observed_now(&id).map(|observed| (observed, None));
    let unseen = Observed::Unknown("nobody looked".to_owned());
    let other = [now.clone(), seen.clone()]
        .into_iter()
        .flatten()
        .find(|(observed, _)| observed.is_other_than(scene.version()));
    if let Some((observed, event)) = other {
        let (expected, observed) = (scene.version().clone(), observed.clone());
        let why = Why::ObservedOther { expected, observed, when: Aspect::Now };
        return Some(first(State::WrongVersion, why, event));
    }
    let (observed, event) = seen.or(now).unwrap_or((&unseen, None));
    match observed {
        Observed::Version(_) | Observed::Altered { .. } => None,
        Observed::Unknown(reason) => Some(Trouble {
            state: State::Errored,
            why: Why::NotObserved { reason: reason.clone(), when: Aspect::Now },
            evidence: event,
            comes_first: false,
        }),
    }
}

fn first(state: State, why: Why, evidence: Option<EvidenceRef>) -> Trouble {
    Trouble { state, why, evidence, comes_first: true }
}

/// What is wrong with the last deployment, if it did not bring the candidate there. One that was
/// `left` goes on only when somebody resumes it: it is not waited for.
fn deployed(
    (version, left): (&Version, bool),
    deployment: &DeploymentState,
    on: &TargetId,
) -> Option<(State, Why)> {
    let on = on.clone();
    if deployment.version != *version {
        let deployed = deployment.version.clone();
        return Some((State::WrongVersion, Why::OtherDeployed { on, deployed }));
    }
    if deployment.adopted {
        return None;
    }
    let Some(report) = &deployment.report else {
        return Some(match left {
            true => (State::Errored, Why::DeployInterrupted { on }),
            false => (State::Running, Why::Deploying { on }),
        });
    };
    match &report.result {
        DeployResult::Misaimed { aimed_at } => {
            let finding = format!("it aimed at {aimed_at} and was not run");
            Some((State::Errored, Why::DeploymentFailed { on, finding }))
        }
        DeployResult::Failed { ending, finding } => {
            let state = match ending {
                Ending::NotStarted => State::Errored,
                Ending::Exit(_) | Ending::Signal(_) | Ending::TimedOut => State::Failed,
            };
            Some((state, Why::DeploymentFailed { on, finding: finding.clone() }))
        }
        DeployResult::Done | DeployResult::FoundDone => match &report.observed {
            Observed::Version(seen) if seen == version => None,
            Observed::Version(_) | Observed::Altered { .. } => {
                let (expected, observed) = (version.clone(), report.observed.clone());
                let why = Why::ObservedOther { expected, observed, when: Aspect::After };
                Some((State::WrongVersion, why))
            }
            Observed::Unknown(reason) => {
                let why = Why::NotObserved { reason: reason.clone(), when: Aspect::After };
                Some((State::Errored, why))
            }
        },
    }
}
