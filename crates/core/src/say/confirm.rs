//! What a person is asked before something moves.

use crate::ids::PromotionId;
use crate::record::Plan;

use super::text::count;

/// What happens after a promotion is confirmed.
pub const CONFIRM_LEAD: &str = "The gate allows it. It goes wave by wave, each checked and watched; \
     a regression goes back by itself. The gate is asked again before every wave.";

/// What a rollback is not stopped by.
pub const ROLLBACK_LEAD: &str = "Every target goes back to the last version that was verified good \
     on it, and is checked. No freeze and no hold stops it; the gate stays as it is.";

/// Promote it?
#[must_use]
pub fn confirm_promotion(plan: &Plan) -> String {
    let targets = count(plan.changes.len(), "target");
    format!("Promote {} to {}: {targets}?", plan.release, plan.lane.environment)
}

/// Roll it back?
#[must_use]
pub fn confirm_rollback(plan: &Plan) -> String {
    let targets = count(plan.changes.len(), "target");
    format!("Roll {} back to {}: {targets}?", plan.lane, plan.release.version)
}

/// End it?
#[must_use]
pub fn confirm_abort(id: PromotionId, plan: &Plan) -> String {
    format!("End {id} ({} to {}) and go back?", plan.release, plan.lane.environment)
}
