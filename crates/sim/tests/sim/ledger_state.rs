//! Folding real histories: what cannot have happened is refused, and the state stays small.

use plimsoll_core::event::{Event, EventKind};
use plimsoll_core::ids::Seq;
use plimsoll_core::ledger::ServiceState;
use plimsoll_core::record::Hold;
use plimsoll_sim::{Shape, Sim};

use crate::after::{Pursuit, until_ended};
use crate::story::{Cast, deploy, staged, tell, verify};

/// A promotion that went back.
fn history() -> Vec<Event> {
    tell(async {
        let mut sim = staged(1, &Shape::default(), "1.23").await;
        sim.is_bad("1.23", "home", "production/in-k8s");
        until_ended(&mut sim, Pursuit { version: "1.23", glass: None }).await;
        sim.events()
    })
}

fn index(events: &[Event], wanted: impl Fn(&EventKind) -> bool) -> usize {
    events.iter().position(|event| wanted(&event.kind)).expect("it happened")
}

/// Folds the history up to and with one event, put in once more with the next number.
fn twice(events: &[Event], wanted: impl Fn(&EventKind) -> bool) -> Result<ServiceState, String> {
    let at = index(events, wanted);
    let mut again = events[at].clone();
    let mut some = events[..=at].to_vec();
    again.seq = Seq(some.len() as u64 + 1);
    some.push(again);
    ServiceState::fold(&some).map_err(|error| error.to_string())
}

#[test]
fn events_that_cannot_follow_are_refused() {
    let events = history();
    let refused = |wanted: fn(&EventKind) -> bool, why: &str| {
        let error = twice(&events, wanted).expect_err(why);
        assert!(error.contains(why), "{error}");
    };
    refused(
        |kind| matches!(kind, EventKind::PromotionStarted { .. }),
        "another promotion is under way",
    );
    refused(
        |kind| matches!(kind, EventKind::DeploymentFinished { .. }),
        "the deployment has ended before",
    );
    refused(|kind| matches!(kind, EventKind::RollbackStarted { .. }), "it goes back already");
    refused(
        |kind| matches!(kind, EventKind::PromotionFinished { .. }),
        "that promotion is not under way",
    );
    refused(|kind| matches!(kind, EventKind::DriverClaimed { .. }), "counted without gaps");
    refused(|kind| matches!(kind, EventKind::ReleaseAdded { .. }), "was added before");
}

#[test]
fn a_driver_that_was_replaced_can_neither_deploy_nor_end_anything() {
    let events = history();
    for wanted in [
        (|kind| matches!(kind, EventKind::DeploymentStarted { .. })) as fn(&EventKind) -> bool,
        |kind| matches!(kind, EventKind::DeploymentFinished { .. }),
        |kind| matches!(kind, EventKind::PromotionFinished { .. }),
    ] {
        let at = index(&events, wanted);
        let mut some = events[..=at].to_vec();
        let stale = some.last_mut().expect("it is there");
        match &mut stale.kind {
            EventKind::DeploymentStarted { epoch, .. }
            | EventKind::DeploymentFinished { epoch, .. }
            | EventKind::PromotionFinished { epoch, .. } => *epoch = 0,
            other => panic!("{other:?}"),
        }
        let error = ServiceState::fold(&some).expect_err("a stale epoch").to_string();
        assert!(error.contains("a driver that was replaced"), "{error}");
    }
}

#[test]
fn an_event_of_a_target_outside_the_plan_is_refused() {
    let events = history();
    let at = index(&events, |kind| matches!(kind, EventKind::DeploymentStarted { .. }));
    let mut some = events[..=at].to_vec();
    if let EventKind::DeploymentStarted { target, .. } = &mut some[at].kind {
        *target = "elsewhere".parse().expect("a name");
    }
    let error = ServiceState::fold(&some).expect_err("a stranger").to_string();
    assert!(error.contains("the target is not in the plan"), "{error}");
}

#[test]
fn what_was_folded_before_is_passed_over() {
    let events = history();
    let once = ServiceState::fold(&events).expect("it happened");
    let mut again = once.clone();
    for event in &events {
        again.apply(event).expect("it is passed over");
    }
    assert_eq!(once, again);
}

/// Events like those that years bring: results, decisions, releases, deployments, sayings.
#[test]
fn fifty_thousand_events_leave_a_state_no_larger_than_five_thousand() {
    let size = |state: &ServiceState| serde_json::to_vec(state).expect("it is plain data").len();
    let mut events = years(120);
    let first = ServiceState::fold(&events).expect("it happened");
    repeat_sayings(&mut events, 50_000);
    let last = ServiceState::fold(&events).expect("it happened");
    let (first, last) = (size(&first), size(&last));
    eprintln!("{} events: {last} bytes, before {first}", events.len());
    assert!(last < 600_000, "{last} bytes for a service with twelve targets");
    assert!(last < first * 4, "{first} bytes, then {last}");
}

fn years(releases: u32) -> Vec<Event> {
    tell(async {
        let mut sim: Sim = Sim::new(1, &Shape { sites: vec!["nl"], ..Shape::default() });
        let cast = Cast::of(&sim);
        for number in 0..releases {
            let version = format!("1.{number}");
            let release = sim.release(&version);
            sim.process(async |desk| {
                desk.add_release(release).await.expect("it is new");
                deploy(desk, &cast, &version).await.expect("staging has no gate");
                verify(desk, &cast.staging, &version).await.expect("the checks can run");
            })
            .await
            .expect("alive");
        }
        sim.events()
    })
}

/// The releases, results and holds of the history again and again, under new names.
fn repeat_sayings(events: &mut Vec<Event>, up_to: usize) {
    let samples: Vec<Event> = events
        .iter()
        .filter(|event| {
            matches!(event.kind, EventKind::ReleaseAdded { .. } | EventKind::CheckFinished { .. })
        })
        .cloned()
        .collect();
    let mut number = 0_u32;
    for sample in samples.iter().cycle() {
        if events.len() >= up_to {
            return;
        }
        let mut event = sample.clone();
        number += 1;
        event.seq = Seq(events.len() as u64 + 1);
        match &mut event.kind {
            EventKind::ReleaseAdded { release } => {
                release.id.version = format!("9.{number}").parse().expect("a version");
                release.added_at = event.at;
            }
            EventKind::CheckFinished { .. } if number.is_multiple_of(3) => {
                event.stream = plimsoll_core::event::Stream::People(
                    event.stream.service().expect("a service").clone(),
                );
                let hold = Hold {
                    environment: None,
                    reason: "a look".to_owned(),
                    by: "somebody".parse().expect("a name"),
                    at: event.at,
                };
                let placed = event.seq;
                event.kind = EventKind::HoldPlaced { hold };
                events.push(event.clone());
                event.seq = Seq(events.len() as u64 + 1);
                event.kind = EventKind::HoldReleased { hold: placed, reason: "seen".to_owned() };
            }
            _ => {}
        }
        events.push(event);
    }
}
