//! What must hold in every story, whatever goes wrong.

use std::collections::BTreeMap;

use plimsoll_core::event::{Event, EventKind, PromotionEnd, Stream};
use plimsoll_core::ids::{LaneId, PromotionId, Seq, TargetId};
use plimsoll_core::ledger::ServiceState;
use plimsoll_core::record::{MoveReason, Plan, PlanKind, Verdict};

use crate::world::{Sim, Touch};

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
    nothing_ran_twice(&events, &touches)?;
    every_promotion_ended(&events, &plans)?;
    folding_is_repeatable(&events)
}

/// Looks at the targets right after the last promotion on a lane has ended, before anything else
/// happens.
///
/// # Errors
/// The first target that is not as the end says.
pub fn check_end(sim: &Sim, lane: &LaneId) -> Result<(), String> {
    let events = sim.events();
    let plans = plans(&events);
    let last = events.iter().rev().find_map(|event| match &event.kind {
        EventKind::PromotionFinished { promotion, end, .. }
            if event.stream == Stream::Lane(lane.clone()) =>
        {
            Some((*promotion, end))
        }
        _ => None,
    });
    let Some((id, end)) = last else { return Ok(()) };
    let Some(plan) = plans.get(&id) else { return Err(format!("{id} ended and has no plan")) };
    let left = sim.at_work();
    if let Some(target) = left.iter().find(|target| target.lane() == *lane) {
        return Err(format!("{id} ended ({end:?}) and something is still at work on {target}"));
    }
    let moved = events.iter().any(|event| match &event.kind {
        EventKind::DeploymentStarted { promotion, .. } => *promotion == id,
        _ => false,
    });
    if moved && matches!(end, PromotionEnd::Withdrawn { .. }) {
        return Err(format!("{id} was withdrawn after it had moved something"));
    }
    let went_back: Vec<_> = events
        .iter()
        .filter_map(|event| match &event.kind {
            EventKind::RollbackStarted { promotion, targets, .. } if *promotion == id => {
                Some(targets)
            }
            _ => None,
        })
        .flatten()
        .collect();
    for change in &plan.changes {
        let back = change.way_back.as_ref().map(|way| &way.version);
        let wanted = match end {
            PromotionEnd::VerifiedGood | PromotionEnd::Deployed => Some(&change.to),
            PromotionEnd::Rehearsed => back,
            PromotionEnd::RolledBack { .. } if went_back.contains(&&change.target) => back,
            PromotionEnd::RolledBack { .. }
            | PromotionEnd::NeedsPerson { .. }
            | PromotionEnd::Withdrawn { .. } => None,
        };
        let runs = sim.running(&lane.target(&change.target));
        if wanted.is_some() && runs.as_ref() != wanted {
            return Err(format!(
                "{id} ended {end:?}, but {} runs {runs:?} and not {wanted:?}",
                change.target
            ));
        }
    }
    Ok(())
}

/// What an executor that died had done is found and not done again: two deployments of one version
/// on one target for one promotion follow each other only when the first had no effect, or when it
/// was reported and looked wrong.
fn nothing_ran_twice(events: &[Event], touches: &[Touch]) -> Result<(), String> {
    let promotion_of = |touch: &Touch| {
        events.iter().find(|event| event.seq == touch.deployment.0).and_then(|event| {
            match &event.kind {
                EventKind::DeploymentStarted { promotion, .. } => Some(*promotion),
                _ => None,
            }
        })
    };
    let reported = |touch: &Touch| {
        events.iter().any(|event| match &event.kind {
            EventKind::DeploymentFinished { deployment, .. } => *deployment == touch.deployment,
            _ => false,
        })
    };
    let mut last: BTreeMap<&TargetId, &Touch> = BTreeMap::new();
    for touch in touches {
        let before = last.insert(&touch.target, touch);
        let Some(before) = before.filter(|before| before.version == touch.version) else {
            continue;
        };
        let there = touch.was.as_ref() == Some(&touch.version);
        if there && promotion_of(before) == promotion_of(touch) && !reported(before) {
            return Err(format!("{touch:?} was run although {before:?} had had its effect"));
        }
    }
    Ok(())
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
    touch: &Touch,
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
        (PlanKind::Rehearsal, MoveReason::Forward)
        | (PlanKind::Promotion | PlanKind::BreakGlass { .. }, MoveReason::Back) => {
            back == Some(version)
        }
        _ => change.to == *version,
    };
    if plan.lane.target(target) != touch.target || touch.version != *version || !planned {
        return Err(format!("{touch:?} is not what the plan says"));
    }
    Ok(())
}

fn every_promotion_ended(
    events: &[Event],
    plans: &BTreeMap<PromotionId, &Plan>,
) -> Result<(), String> {
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
