//! The way back: verified like the way there, and rehearsals written down.

use plimsoll_core::event::{EventKind, PromotionEnd};
use plimsoll_core::ids::{TargetName, Version};
use plimsoll_core::ledger::{PromotionState, TargetMoves};
use plimsoll_core::record::{DeployReport, PlanKind, Rehearsal};

use crate::desk::DeskError;

use super::{Drive, Stepped};

impl Drive<'_> {
    /// Checks targets that went back. Green ones are verified good; if any is red even so, it is
    /// not the release that is to blame, and a person has to look.
    pub(super) async fn verify_back(
        &self,
        active: &PromotionState,
        targets: &[(TargetName, Version)],
    ) -> Result<Stepped, DeskError> {
        let mut versions: Vec<&Version> = targets.iter().map(|(_, version)| version).collect();
        versions.sort();
        versions.dedup();
        let mut kinds = Vec::new();
        let mut words = Vec::new();
        for version in versions {
            let here: Vec<TargetName> =
                targets.iter().filter(|(_, v)| v == version).map(|(t, _)| t.clone()).collect();
            let reds = self.reds(version, &here).await?;
            let good: Vec<TargetName> = here
                .into_iter()
                .filter(|target| !reds.iter().any(|(red, ..)| red == target))
                .collect();
            words.extend(reds.iter().map(|(target, check, _, state, finding)| {
                format!("{check} {} on {target}: {finding}", state.word())
            }));
            if !good.is_empty() {
                kinds.push(EventKind::VerifiedGood {
                    targets: good,
                    version: version.clone(),
                    promotion: Some(self.promotion),
                });
            }
        }
        self.append_in_wave(kinds).await?;
        if words.is_empty() {
            return Ok(Stepped::Again);
        }
        let why = active.rollback.as_ref().map_or("", |rollback| rollback.reason.as_str());
        let reason = format!("{why}; every target went back, and still {}", words.join("; "));
        let state = self.current().await?;
        self.finish(&state, active, PromotionEnd::NeedsPerson { reason }, Vec::new()).await
    }

    /// What a rehearsal showed on each target.
    pub(super) fn rehearsals(&self, active: &PromotionState, end: &PromotionEnd) -> Vec<EventKind> {
        match active.plan.kind {
            PlanKind::Rehearsal => {}
            PlanKind::Promotion
            | PlanKind::BreakGlass { .. }
            | PlanKind::Deployment
            | PlanKind::Rollback { .. } => return Vec::new(),
        }
        let withdrawn = matches!(end, PromotionEnd::Withdrawn { .. });
        active
            .plan
            .changes
            .iter()
            .filter(|_| !withdrawn)
            .map(|change| {
                let moves = active.moves.get(&change.target);
                let back = moves.is_some_and(|m| arrived(m, &change.to, false));
                let forward = change
                    .way_back
                    .as_ref()
                    .is_some_and(|way| moves.is_some_and(|m| arrived(m, &way.version, true)));
                let finding = match (back, forward) {
                    (true, true) => None,
                    (false, _) => Some(format!("{} was not observed after going back", change.to)),
                    (true, false) => Some("it did not come forward again".to_owned()),
                };
                let from = change.from.clone().unwrap_or_else(|| change.to.clone());
                EventKind::RehearsalFinished {
                    rehearsal: Rehearsal {
                        target: self.lane.target(&change.target),
                        from,
                        to: change.to.clone(),
                        at: self.desk.now(),
                        promotion: self.promotion,
                        effect_observed: back && forward,
                        finding,
                    },
                }
            })
            .collect()
    }
}

fn arrived(moves: &TargetMoves, version: &Version, back: bool) -> bool {
    let state = if back { &moves.back } else { &moves.forward };
    let report: Option<&DeployReport> = state.as_ref().and_then(|state| state.report.as_ref());
    report.is_some_and(|report| report.observed.is(version))
}
