//! Claiming a promotion: one driver at a time, counted by epochs.

use plimsoll_core::event::{Actor, EventKind};
use plimsoll_core::ids::{LaneId, PromotionId};

use crate::desk::{Desk, DeskError};
use crate::ports::Progress;

impl Desk {
    /// Becomes the driver of what is under way on a lane.
    pub(super) async fn claim(&self, lane: &LaneId) -> Result<(PromotionId, u64), DeskError> {
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
                    Ok(vec![EventKind::DriverClaimed { promotion, driver: driver.clone(), epoch }])
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
}
