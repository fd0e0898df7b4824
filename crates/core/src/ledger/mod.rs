//! What is so now: states folded from events, and nothing else.
//!
//! [`ServiceState`] is everything that decisions about one service need. Its size depends on the
//! number of targets and checks, not on the ledger's age: of each kind of fact only what can still
//! matter is kept (the limits are constants with their reasons), the rest stays in the events.

mod apply;
mod forge;
mod lane;
mod people;
mod promotion;
mod state;
mod tokens;

pub use forge::{ForgeState, Hanging, HeardCommit, Pause, StatusKey, StatusSaid, WaitingRule};
pub use lane::{
    DeploymentState, Drift, GoodLook, LaneState, Lately, Passed, RunState, Streak, TargetState,
    Trail, VerifiedGood, Verifying, WentBack,
};
pub use people::{Declared, PeopleState, Said};
pub use promotion::{FinishedPromotion, MoveState, PromotionState, Rollback, TargetMoves};
pub use state::{DecisionMark, FoldError, STATE_SHAPE, ServiceState};
pub use tokens::{TokenState, Tokens};
