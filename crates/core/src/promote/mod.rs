//! How a promotion is carried out: the plan, its lint, and the machine that says what comes next.
//!
//! [`plan_promotion`] makes a plan out of an allowing decision and nothing else can; [`lint_plan`]
//! looks at the finished plan once more; [`next_step`] tells from the folded state what an
//! executor has to do next. [`changed_since`] says where the configuration is not what the plan was
//! made for. All of it is pure.

mod lint;
mod machine;
mod pinned;
mod plan;

pub use lint::{PlanFault, lint_plan};
pub use machine::{Step, next_step};
pub use pinned::{ChangedPart, ChangedTarget, changed_since};
pub use plan::{
    PlanError, Planning, follow_ups, plan_deployment, plan_promotion, plan_rehearsal, plan_rollback,
};
