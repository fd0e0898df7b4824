//! What must hold in every story, whatever goes wrong.

use std::collections::BTreeMap;

use plimsoll_core::event::{Event, EventKind, PromotionEnd};
use plimsoll_core::ids::{PromotionId, Seq};
use plimsoll_core::ledger::ServiceState;
use plimsoll_core::record::{MoveReason, Plan, PlanKind, Verdict};

use crate::world::Sim;

/// Looks at a finished story.
///
/// # Errors
/// The first thing that must never happen and did.
pub fn check(sim: &Sim) -> Result<(), String> {
    let events = sim.events();
    let (touches, faults) = sim.deeds();
    if let Some(fault) = faults.first() {
        return Err(fault.clone());
    }
    let plans = plans(&events);
    every_promotion_was_allowed(&events, &plans)?;
    for touch in &touches {
        only_what_was_planned(&events, &plans, touch)?;
    }
    every_promotion_ended(&events, &plans)?;
    folding_is_repeatable(&events)
}

fn plans(events: &[Event]) -> BTreeMap<PromotionId, &Plan> {
    events
        .iter()
        .filter_map(|event| match &event.kind {
            EventKind::PromotionStarted { plan, .. } => Some((PromotionId(event.seq), &**plan)),
            _ => None,
        })
        .collect()
}

/// Nothing goes into an environment with a gate without an allowing decision about that very
/// release; a break-glass is marked as one and leaves follow-ups.
fn every_promotion_was_allowed(
    events: &[Event],
    plans: &BTreeMap<PromotionId, &Plan>,
) -> Result<(), String> {
    for (id, plan) in plans {
        let decision = plan.decision.and_then(|decision| decided(events, decision.0));
        match plan.kind {
            PlanKind::Promotion => match decision {
                Some((release, Verdict::Allowed)) if *release == plan.release => {}
                other => return Err(format!("{id} began with the decision {other:?}")),
            },
            PlanKind::BreakGlass { .. } => {
                if !matches!(decision, Some((_, Verdict::Refused))) {
                    return Err(format!("{id} broke a glass that was open"));
                }
            }
            PlanKind::Deployment | PlanKind::Rehearsal => {
                if plan.lane.environment.as_str() == "production" {
                    return Err(format!("{id} went into production without a gate"));
                }
            }
            PlanKind::Rollback { .. } => {}
        }
    }
    // Each wave of a promotion has an allowing decision of its own.
    for event in events {
        if let EventKind::WaveStarted { promotion, wave, decision } = &event.kind {
            let gated = plans.get(promotion).is_some_and(|plan| plan.is_gated());
            let allowed = decision.and_then(|decision| decided(events, decision.0));
            if gated && !matches!(allowed, Some((_, Verdict::Allowed))) {
                return Err(format!("wave {wave} of {promotion} began without being allowed"));
            }
        }
    }
    Ok(())
}

fn decided(events: &[Event], seq: Seq) -> Option<(&plimsoll_core::ids::ReleaseId, Verdict)> {
    events.iter().find(|event| event.seq == seq).and_then(|event| match &event.kind {
        EventKind::DecisionMade { release, verdict, .. } => Some((release, *verdict)),
        _ => None,
    })
}

/// Whatever was done to a target stands in the plan of the promotion that did it.
fn only_what_was_planned(
    events: &[Event],
    plans: &BTreeMap<PromotionId, &Plan>,
    touch: &crate::world::Touch,
) -> Result<(), String> {
    let started = events.iter().find(|event| event.seq == touch.deployment.0);
    let Some(EventKind::DeploymentStarted { promotion, target, version, reason, .. }) =
        started.map(|event| &event.kind)
    else {
        return Err(format!("{touch:?} was done and never begun"));
    };
    let Some(plan) = plans.get(promotion) else {
        return Err(format!("{touch:?} belongs to no plan"));
    };
    let Some(change) = plan.change(target) else {
        return Err(format!("{touch:?} is outside its plan"));
    };
    let back = change.way_back.as_ref().map(|way| &way.version);
    let planned = match (&plan.kind, reason) {
        (PlanKind::Rehearsal, MoveReason::Forward) | (PlanKind::Promotion | PlanKind::BreakGlass { .. }, MoveReason::Back) => {
            back == Some(version)
        }
        _ => change.to == *version,
    };
    if plan.lane.target(target) != touch.target || touch.version != *version || !planned {
        return Err(format!("{touch:?} is not what the plan says"));
    }
    Ok(())
}

fn every_promotion_ended(events: &[Event], plans: &BTreeMap<PromotionId, &Plan>) -> Result<(), String> {
    for id in plans.keys() {
        let ends: Vec<&PromotionEnd> = events
            .iter()
            .filter_map(|event| match &event.kind {
                EventKind::PromotionFinished { promotion, end, .. } if promotion == id => Some(end),
                _ => None,
            })
            .collect();
        if ends.len() != 1 {
            return Err(format!("{id} ended {} times", ends.len()));
        }
    }
    Ok(())
}

/// Folding is the same after any restart: in one go, in two halves, and through a snapshot.
fn folding_is_repeatable(events: &[Event]) -> Result<(), String> {
    let whole = ServiceState::fold(events).map_err(|error| error.to_string())?;
    let (first, second) = events.split_at(events.len() / 2);
    let half = ServiceState::fold(first).map_err(|error| error.to_string())?;
    let text = serde_json::to_string(&half).map_err(|error| error.to_string())?;
    let mut again: ServiceState = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    for event in second {
        again.apply(event).map_err(|error| error.to_string())?;
    }
    if again != whole {
        return Err("folding through a snapshot gives another state".to_owned());
    }
    Ok(())
}
