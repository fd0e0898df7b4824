//! A service and a target, as their pages head them.

use crate::ids::{ServiceName, TargetId};
use crate::ledger::TargetState;
use crate::record::{FollowUp, State};

use super::board::BoardRow;
use super::overview::overview;
use super::target::target_cell;

/// How a service stands, in one sentence.
#[must_use]
pub fn service_answer(service: &ServiceName, waiting: &[BoardRow], is_known: bool) -> String {
    match (overview(waiting), is_known) {
        (Some(words), _) => format!("{service}: {words}"),
        (None, true) => format!("{service}: nothing waits."),
        (None, false) => {
            format!("{service}: nothing was ever deployed or adopted, so nothing is known.")
        }
    }
}

/// How a target stands, in one sentence, and its state.
#[must_use]
pub fn target_answer(id: &TargetId, target: Option<&TargetState>) -> (State, String) {
    let (state, words, detail) = target_cell(target);
    let detail = if detail.is_empty() { String::new() } else { format!(", {detail}") };
    (state, format!("{}/{}: {words}{detail}.", id.environment, id.target))
}

/// What a broken glass left open: `evidence of home on staging/nl-vm, left open by g-17.3`.
#[must_use]
pub fn follow_up(one: &FollowUp) -> String {
    let check = one.check.as_ref().map(|check| format!(" of {check}")).unwrap_or_default();
    let place = one.target.as_ref().map(|id| format!(" on {}/{}", id.environment, id.target));
    let site = one.site.as_ref().map(|site| format!(" for {site}"));
    format!(
        "{}{check}{}{}: passed over for {} to {}, {}",
        one.rule,
        place.unwrap_or_default(),
        site.unwrap_or_default(),
        one.release,
        one.to,
        one.id
    )
}
