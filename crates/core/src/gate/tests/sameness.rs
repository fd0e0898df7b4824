//! When an answer is another answer, and when it is not.

use crate::catalog::{ClockTime, Days, FreezeWindow, RuleKind, RuleName, WindowTime};
use crate::gate::sameness;
use crate::gate::testing::*;
use crate::record::{Observed, ProofOutcome, State};
use crate::say::{self, Reader};
use crate::units::Period;

/// As many sorts of reasons as fit into one world, met and unmet ones.
fn of_all_sorts() -> World {
    let mut world = World::green();
    world.gate(RuleKind::Soak { period: Period::from_hours(9) });
    world.gate(RuleKind::Soak { period: Period::from_hours(2) });
    world.gate(RuleKind::WayBack { rehearsed_within: Some(Period::from_hours(24)) });
    for (from, name) in [(11 * 60, "on"), (15 * 60, "later")] {
        world.gate(RuleKind::Freeze(FreezeWindow {
            name: n(name),
            time: WindowTime::Weekly {
                days: Days([true; 7]),
                from: ClockTime(from),
                to: ClockTime(from + 120),
            },
            zone: "UTC".to_owned(),
            override_by: <_>::default(),
        }));
    }
    world.fail("nl-vm", "check0", "404");
    world.result("nl-vm", "check1").finished_at = ago(Period::from_hours(30));
    world.waive(RuleName::Soak);
    world
}

#[test]
fn an_answer_that_is_asked_for_every_few_seconds_is_one_answer() {
    let world = of_all_sorts();
    let first = sameness(&world.decision());
    for minutes in 1..50 {
        let mut later = world.clone();
        later.now = Period::from_mins(minutes).after(now());
        assert_eq!(sameness(&later.decision()), first, "after {minutes} min");
    }
}

#[test]
fn what_only_counts_on_or_was_measured_anew_is_no_other_answer() {
    let told = |reason: &str| {
        let mut world = World::green();
        world.see(&staging("nl-vm"), Observed::Unknown(format!("no answer after {reason}")));
        let why = format!("asked for {reason}");
        world.prove("in-vm", CURRENT, ProofOutcome::Unknown { why });
        sameness(&world.decision())
    };
    assert_eq!(told("2.003 s"), told("2.017 s"));
    assert_ne!(told("2.003 s"), told("two questions"));
}

#[test]
fn other_words_in_the_same_states_are_another_answer() {
    let mut old = World::green();
    old.result("nl-vm", "check0").finished_at = ago(Period::from_hours(30));
    // Somebody sets the clock: the same result is from the future now, and stale as before.
    let mut early = old.clone();
    early.now = ago(Period::from_hours(40));
    let words = |world: &World| {
        let pair = world.pair();
        assert_eq!(pair.state, State::Stale);
        say::why(&pair, &Reader::utc(world.now))
    };
    assert_ne!(words(&old), words(&early));
    let mut other = old.clone();
    other.result("nl-vm", "check0").finished_at = ago(Period::from_hours(31));
    assert_ne!(sameness(&old.decision()), sameness(&other.decision()), "an older result");
    let held = |reason: &str| {
        let mut world = World::green();
        let hold = crate::record::Hold {
            environment: None,
            reason: reason.to_owned(),
            by: n("ada"),
            at: now(),
        };
        world.state.people.holds.push(said(7, hold));
        sameness(&world.decision())
    };
    assert_ne!(held("the labs"), held("the database"));
}

#[test]
fn an_answer_under_another_policy_is_another_answer() {
    let world = World::green();
    let mut changed = world.clone();
    changed.service_mut().promotion.soak = Period::from_mins(77);
    assert_ne!(sameness(&world.decision()), sameness(&changed.decision()));
}
