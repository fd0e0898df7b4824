//! Claiming a promotion: one driver at a time, counted by epochs.

use plimsoll_core::event::{Actor, EventKind};
use plimsoll_core::ids::{LaneId, PromotionId, TargetName};

use plimsoll_core::ledger::PromotionState;
use plimsoll_core::promote::changed_since;
use plimsoll_core::record::PlanKind;

use crate::desk::{Desk, DeskError};
use crate::ports::Progress;

use super::Configuration;

impl Desk {
    /// Becomes the driver of what is under way on a lane, unless the configuration is not what it
    /// was planned under.
    pub(super) async fn claim(
        &self,
        lane: &LaneId,
        configuration: Configuration,
    ) -> Result<(PromotionId, u64), DeskError> {
        let state = self.load(&lane.service).await?;
        let Some(active) = state.active(&lane.environment) else {
            return Err(DeskError::Refused(format!("nothing is under way on {lane}")));
        };
        let promotion = active.id;
        let seen = active.driver.clone();
        if let Some((driver, _)) = &seen
            && *driver != self.parts.driver
            && self.is_alive(driver).await?
        {
            return Err(DeskError::DrivenByOther { promotion, driver: driver.clone() });
        }
        let changed = self.changed(active, configuration)?;
        let epoch = seen.as_ref().map_or(0, |(_, epoch)| *epoch) + 1;
        let driver = self.parts.driver.clone();
        self.parts.ledger.beat(&driver).await?;
        self.move_lane(lane, &Actor::Plimsoll, |state| {
            let active = state.active(&lane.environment).filter(|active| active.id == promotion);
            match active {
                // Somebody else claimed it in between; whoever was first drives.
                Some(active) if active.driver != seen => Err(DeskError::TakenOver(promotion)),
                None => Err(DeskError::TakenOver(promotion)),
                Some(_) => {
                    let (driver, changed) = (driver.clone(), changed.clone());
                    Ok(vec![EventKind::DriverClaimed { promotion, driver, epoch, changed }])
                }
            }
        })
        .await?;
        self.tell(Progress::PromotionBegan {
            promotion,
            lane: lane.clone(),
            taken_over_from: seen.map(|(driver, _)| driver).filter(|other| *other != driver),
        });
        Ok((promotion, epoch))
    }

    /// The targets that it goes back on under another configuration than it was planned under.
    fn changed(
        &self,
        active: &PromotionState,
        configuration: Configuration,
    ) -> Result<Vec<TargetName>, DeskError> {
        let service = self.service(&active.plan.lane.service)?;
        let changed = changed_since(&active.plan, service);
        if changed.is_empty() {
            return Ok(Vec::new());
        }
        let (promotion, lane) = (active.id, active.plan.lane.clone());
        let error = DeskError::ConfigurationChanged { promotion, lane, changed };
        let goes_back = match active.plan.kind {
            PlanKind::Rollback { .. } => true,
            PlanKind::Promotion
            | PlanKind::BreakGlass { .. }
            | PlanKind::Deployment
            | PlanKind::Rehearsal => active.abort.is_some(),
        };
        match configuration {
            Configuration::AsItIsNow if goes_back => {
                let words = format!("{error}; it goes back under the configuration as it is now");
                self.tell(Progress::Said { words });
                let DeskError::ConfigurationChanged { changed, .. } = error else {
                    return Ok(Vec::new());
                };
                Ok(changed.into_iter().map(|one| one.target).collect())
            }
            Configuration::AsPlanned | Configuration::AsItIsNow => Err(error),
        }
    }
}
