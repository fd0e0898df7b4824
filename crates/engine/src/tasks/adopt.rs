//! Adoption: people come with a production that already runs something.
//!
//! 1. Every target is observed; one that runs something else is named and nothing is written.
//! 2. `Adopted` says that the version is there, and what cannot be known.
//! 3. The checks run; targets where all pass are verified good. Only so has a first promotion a
//!    way back.

use std::collections::BTreeSet;

use plimsoll_core::catalog::ChangeClass;
use plimsoll_core::event::{Actor, EventKind};
use plimsoll_core::ids::{
    DeploymentId, EnvironmentName, LaneId, PersonName, ReleaseId, TargetId, TargetName, Version,
};
use plimsoll_core::promote::PlanError;
use plimsoll_core::record::{Observed, Release};

use crate::desk::{Desk, DeskError};

use super::verify::{Verified, VerifyRequest};

/// What is adopted.
#[derive(Debug, Clone)]
pub struct AdoptRequest {
    /// The release that runs.
    pub release: ReleaseId,
    /// Where.
    pub lane: LaneId,
    /// On these targets; on all when empty.
    pub targets: BTreeSet<TargetName>,
    /// Who says so.
    pub by: PersonName,
}

/// What came of it.
#[derive(Debug, Clone)]
pub struct AdoptedReport {
    /// The targets that were taken in.
    pub targets: Vec<TargetName>,
    /// What cannot be known, in words.
    pub unknown: Vec<String>,
    /// What the checks said.
    pub verified: Verified,
}

/// What was taken in.
#[derive(Debug, Clone)]
pub struct TakenIn {
    /// Its number, the same on every target.
    pub id: DeploymentId,
    /// The targets.
    pub targets: Vec<TargetName>,
    /// What cannot be known, in words.
    pub unknown: Vec<String>,
}

impl AdoptRequest {
    /// The verification of what was taken in.
    #[must_use]
    pub fn to_verify(&self, targets: &[TargetName]) -> VerifyRequest {
        VerifyRequest {
            lane: self.lane.clone(),
            version: self.release.version.clone(),
            targets: targets.iter().cloned().collect(),
            checks: BTreeSet::new(),
            marks_good: true,
        }
    }
}

impl Desk {
    /// Takes what runs into the ledger.
    ///
    /// # Errors
    /// A target runs something else or cannot be observed; a promotion is under way; the ledger.
    pub async fn adopt(&self, request: &AdoptRequest) -> Result<AdoptedReport, DeskError> {
        let TakenIn { targets, unknown, .. } = self.take_in(request, None).await?;
        let verified = self.verify(&request.to_verify(&targets)).await?;
        Ok(AdoptedReport { targets, unknown, verified })
    }

    /// The same without running any check: `how` says how it came there, where that is not known
    /// by itself.
    ///
    /// # Errors
    /// A target runs something else or cannot be observed; a promotion is under way; the ledger.
    pub async fn take_in(
        &self,
        request: &AdoptRequest,
        how: Option<&str>,
    ) -> Result<TakenIn, DeskError> {
        let service = self.service(&request.lane.service)?;
        let Some(environment) = service.environment(&request.lane.environment) else {
            return Err(DeskError::NoLane(request.lane.clone()));
        };
        if let Some(unknown) =
            request.targets.iter().find(|t| !environment.targets.contains_key(*t))
        {
            return Err(DeskError::NoTarget(request.lane.target(unknown)));
        }
        let wanted = |t: &&TargetName| request.targets.is_empty() || request.targets.contains(*t);
        let targets: Vec<TargetName> = environment.targets.keys().filter(wanted).cloned().collect();
        let ids: Vec<TargetId> = targets.iter().map(|target| request.lane.target(target)).collect();
        self.runs_everywhere(request, &ids).await?;
        let mut unknown: Vec<String> = how.map(str::to_owned).into_iter().collect();
        unknown.extend(self.named_or_not(request).await?);
        let events = self
            .move_lane(&request.lane, &Actor::Person(request.by.clone()), |state| {
                if let Some(active) = state.active(&request.lane.environment) {
                    return Err(PlanError::UnderWay(active.id).into());
                }
                Ok(vec![EventKind::Adopted {
                    targets: targets.clone(),
                    version: request.release.version.clone(),
                    unknown: unknown.clone(),
                }])
            })
            .await?;
        let event = events.into_iter().next();
        let event = event.ok_or_else(|| DeskError::Contended(request.lane.to_string()))?;
        Ok(TakenIn { id: DeploymentId(event.seq), targets, unknown })
    }

    async fn runs_everywhere(
        &self,
        request: &AdoptRequest,
        ids: &[TargetId],
    ) -> Result<(), DeskError> {
        let service = self.service(&request.lane.service)?;
        let version = &request.release.version;
        let seen = self.observe(service, ids).await;
        let others: Vec<String> = ids
            .iter()
            .filter_map(|id| match seen.get(id).map(|seen| &seen.observed) {
                Some(observed) if runs(observed, version) => None,
                Some(Observed::Version(other)) => Some(format!("{id} runs {other}")),
                Some(Observed::Altered { version, how }) => {
                    Some(format!("{id} runs an altered {version}: {how}"))
                }
                Some(Observed::Unknown(why)) => Some(format!("{id} cannot be observed: {why}")),
                None => Some(format!("{id} was not observed")),
            })
            .collect();
        if others.is_empty() {
            return Ok(());
        }
        let message = format!(
            "nothing was adopted, because {version} does not run everywhere: {}",
            others.join("; ")
        );
        let found =
            |id: &&TargetId| seen.get(*id).is_some_and(|seen| runs_something(&seen.observed));
        let running: Vec<&TargetId> = ids.iter().filter(found).collect();
        let here = running.iter().filter(|id| runs(&seen[**id].observed, version));
        let here: Vec<&TargetName> = here.map(|id| &id.target).collect();
        let first = service.environments.iter().find(|environment| environment.after.is_none());
        let first = first.map_or(&request.lane.environment, |environment| &environment.name);
        Err(DeskError::not_so(message, advice(request, first, &running, &here)))
    }

    /// Makes sure that the release has a name, and says what is not known about it.
    async fn named_or_not(&self, request: &AdoptRequest) -> Result<Vec<String>, DeskError> {
        let known = match self.release(&request.release).await {
            Ok(release) => release,
            Err(DeskError::NoRelease(_)) => {
                let release = Release {
                    id: request.release.clone(),
                    artifacts: Vec::new(),
                    change: ChangeClass::Minor,
                    irreversible: false,
                    notes: "adopted as it ran".to_owned(),
                    added_at: self.now(),
                    added_by: request.by.clone(),
                };
                self.add_release(release.clone()).await?;
                release
            }
            Err(other) => return Err(other),
        };
        if known.artifacts.is_empty() {
            return Ok(vec![format!(
                "what {0} is made of: until its artifacts are named with `plimsoll release add {0} PATH`, there is no way back to it",
                request.release
            )]);
        }
        Ok(vec![format!(
            "whether what runs was built from these artifacts: the version that answered is {}, its bytes were not compared",
            request.release.version
        )])
    }
}

/// Whether this very version runs there.
fn runs(observed: &Observed, version: &Version) -> bool {
    matches!(observed, Observed::Version(other) if other == version)
}

/// Whether anything is known to run there.
fn runs_something(observed: &Observed) -> bool {
    match observed {
        Observed::Version(_) | Observed::Altered { .. } => true,
        Observed::Unknown(_) => false,
    }
}

/// What can be done, given where anything runs, and where this version does.
fn advice(
    request: &AdoptRequest,
    first: &EnvironmentName,
    running: &[&TargetId],
    here: &[&TargetName],
) -> String {
    let (release, environment) = (&request.release, &request.lane.environment);
    match (running, here) {
        // A first release: there is nothing to take in, and no way back either.
        ([], _) => format!(
            "if nothing runs there yet, there is nothing to adopt:  plimsoll deploy {release} --to {first},  then  plimsoll gate {release} --to {environment}  says what the first release needs"
        ),
        (_, []) => format!(
            "plimsoll adopt {}@VERSION --on {environment}, with the version that runs there",
            release.service
        ),
        (_, here) => {
            let names: Vec<_> = here.iter().map(ToString::to_string).collect();
            format!(
                "plimsoll adopt {release} --on {environment} --target {}     takes in where it runs",
                names.join(",")
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_done_is_said_by_what_runs() {
        let request = AdoptRequest {
            release: "shop@1.0".parse().expect("a release"),
            lane: LaneId {
                service: "shop".parse().expect("a service"),
                environment: "production".parse().expect("an environment"),
            },
            targets: BTreeSet::new(),
            by: "ada".parse().expect("a person"),
        };
        let (first, nl) = ("staging".parse().expect("a name"), "nl".parse().expect("a name"));
        let there = request.lane.target(&nl);
        let advice =
            |running: &[&TargetId], here: &[&TargetName]| advice(&request, &first, running, here);
        let nothing = advice(&[], &[]);
        assert!(nothing.contains("plimsoll deploy shop@1.0 --to staging"), "{nothing}");
        assert!(nothing.contains("plimsoll gate shop@1.0 --to production"), "{nothing}");
        let another =
            "plimsoll adopt shop@VERSION --on production, with the version that runs there";
        assert_eq!(advice(&[&there], &[]), another);
        let some = advice(&[&there], &[&nl]);
        assert!(some.starts_with("plimsoll adopt shop@1.0 --on production --target nl "), "{some}");
    }
}
