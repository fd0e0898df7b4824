//! Ending a promotion early.

use plimsoll_core::event::{Actor, EventKind};
use plimsoll_core::ids::{LaneId, PersonName, PromotionId};

use super::{Desk, DeskError};

impl Desk {
    /// Asks the promotion on a lane to end and to go back. Its driver does so; where none is left,
    /// `resume` does.
    ///
    /// # Errors
    /// Nothing is under way, or the ledger.
    pub async fn abort(
        &self,
        lane: &LaneId,
        by: &PersonName,
        reason: &str,
    ) -> Result<PromotionId, DeskError> {
        self.abort_one(lane, None, by, reason).await
    }

    /// The same for this very promotion, and for no other that may have begun meanwhile.
    ///
    /// # Errors
    /// It is not under way, or the ledger.
    pub async fn abort_promotion(
        &self,
        lane: &LaneId,
        promotion: PromotionId,
        by: &PersonName,
        reason: &str,
    ) -> Result<(), DeskError> {
        self.abort_one(lane, Some(promotion), by, reason).await.map(drop)
    }

    async fn abort_one(
        &self,
        lane: &LaneId,
        meant: Option<PromotionId>,
        by: &PersonName,
        reason: &str,
    ) -> Result<PromotionId, DeskError> {
        let events = self
            .move_lane(lane, &Actor::Person(by.clone()), |state| {
                let Some(active) = state.active(&lane.environment) else {
                    return Err(DeskError::Refused(format!("nothing is under way on {lane}")));
                };
                if let Some(meant) = meant
                    && meant != active.id
                {
                    return Err(DeskError::Refused(format!(
                        "{meant} has ended; {} is under way on {lane}",
                        active.id
                    )));
                }
                Ok(vec![EventKind::AbortRequested {
                    promotion: active.id,
                    reason: reason.to_owned(),
                }])
            })
            .await?;
        let promotion = events.iter().find_map(|event| match &event.kind {
            EventKind::AbortRequested { promotion, .. } => Some(*promotion),
            _ => None,
        });
        promotion.ok_or_else(|| DeskError::Contended(lane.to_string()))
    }

    /// Whether somebody drives what is under way on a lane.
    ///
    /// # Errors
    /// The ledger is away.
    pub async fn is_driven(&self, lane: &LaneId) -> Result<bool, DeskError> {
        let state = self.load(&lane.service).await?;
        let Some(active) = state.active(&lane.environment) else { return Ok(false) };
        match &active.driver {
            Some((driver, _)) => self.is_alive(driver).await,
            None => Ok(false),
        }
    }
}
