//! Soak, freezes, conditions, and what the question itself may be.

use std::time::{Duration, Instant};

use crate::catalog::{ChangeClass, ClockTime, Days, FreezeWindow, RuleKind, RuleName, WindowTime};
use crate::gate::testing::*;
use crate::gate::{Unaskable, counts, decide, sameness};
use crate::ids::EnvironmentName;
use crate::ledger::Declared;
use crate::record::{State, Verdict, Why};
use crate::units::Period;

#[test]
fn a_soak_counts_from_the_last_deployment_on_each_stand_in() {
    let mut world = World::green();
    world.gate(RuleKind::Soak { period: Period::from_hours(4) });
    assert!(world.allowed(), "four hours to the millisecond");
    let late = ago(Period::from_mins(239));
    world.target(&staging("in-vm")).deployment.as_mut().expect("deployed").finished_at = Some(late);
    let unmet: Vec<_> = world.decision().unmet().cloned().collect();
    assert_eq!(unmet.len(), 1);
    assert_eq!(unmet[0].target, Some(staging("in-vm")));
    assert!(matches!(unmet[0].why, Why::Soaking { .. }));
    world.target(&staging("in-vm")).deployment = None;
    let soak = world.of(RuleName::Soak);
    assert!(soak.iter().any(|r| r.why == Why::NotSoaking));
}

fn window(from: u16, to: u16) -> FreezeWindow {
    FreezeWindow {
        name: n("labs"),
        time: WindowTime::Weekly {
            days: Days([true; 7]),
            from: ClockTime(from),
            to: ClockTime(to),
        },
        zone: "UTC".into(),
        override_by: std::collections::BTreeSet::new(),
    }
}

#[test]
fn a_window_refuses_while_it_is_on_and_ends_how_long_an_answer_holds() {
    let mut world = World::green();
    world.gate(RuleKind::Freeze(window(13 * 60, 14 * 60)));
    assert!(world.allowed());
    let decision = world.decision();
    assert_eq!(decision.good_until, Some(time("2026-03-02T13:00:00Z")));
    assert!(!decision.freezes[0].on);
    world.now = time("2026-03-02T13:00:00Z");
    assert!(!world.allowed());
    let why = world.of(RuleName::Freeze).remove(0).why;
    assert!(
        matches!(why, Why::Frozen { until: Some(until), .. } if until == time("2026-03-02T14:00:00Z"))
    );
}

#[test]
fn a_window_that_cannot_be_read_refuses() {
    let mut world = World::green();
    let mut unreadable = window(0, 60);
    unreadable.zone = "Mars/Olympus".into();
    world.gate(RuleKind::Freeze(unreadable));
    assert!(!world.allowed());
    assert!(matches!(world.of(RuleName::Freeze)[0].why, Why::WindowUnreadable { .. }));
}

#[test]
fn a_declared_freeze_refuses_here_or_everywhere_until_it_is_lifted() {
    for (environment, on) in [(None, true), (Some("production"), true), (Some("staging"), false)] {
        let mut world = World::green();
        let declared = Declared {
            environment: environment.map(n),
            from: now(),
            until: Period::from_hours(1).after(now()),
            reason: "outage elsewhere".into(),
            by: Some(n("bo")),
        };
        world.state.people.freezes.push(said(6_000, declared));
        world.waive(RuleName::Freeze);
        assert_eq!(world.allowed(), !on, "{environment:?}: no waiver lifts it");
        world.state.people.freezes[0].withdrawn_at = Some(now());
        assert!(world.allowed());
        world.state.people.freezes[0].withdrawn_at = None;
        world.now = Period::from_hours(1).after(now());
        world.state.people.waivers.clear();
        assert!(world.allowed(), "its end is exclusive");
    }
}

fn asked_if(expression: &str) -> World {
    let mut world = World::green();
    let message = Some("only small ones".to_owned());
    world.gate(RuleKind::Condition { expression: expression.into(), message });
    world
}

#[test]
fn a_condition_that_is_false_or_broken_refuses() {
    assert!(asked_if("release.change == 'minor' && counts.failed == 0").allowed());
    let stands = |text| asked_if(text).of(RuleName::Condition).remove(0).why;
    assert!(matches!(stands("release.change == 'patch'"), Why::ConditionFalse { .. }));
    for broken in ["", "release.vesion == ''", "1", "unmet[0].rule == 'x'", "1/0 == 1", "((("] {
        assert!(matches!(stands(broken), Why::ConditionBroken { .. }), "{broken}");
        assert!(!asked_if(broken).allowed());
    }
}

#[test]
fn a_condition_sees_what_was_waived_as_waived() {
    let mut world = asked_if("counts.waived == 1 && size(unmet) == 0");
    world.fail("nl-vm", "check0", "404");
    assert!(!world.allowed());
    world.waive(RuleName::Evidence);
    assert!(world.allowed());
}

#[test]
fn a_rule_of_another_change_class_is_said_and_not_asked() {
    let mut world = World::green();
    let applies = world.gate(RuleKind::Soak { period: Period::from_hours(400) });
    applies.changes.insert(ChangeClass::Major);
    assert!(world.allowed());
    let soak = world.of(RuleName::Soak);
    assert_eq!(soak[0].state, State::NotApplicable);
    assert_eq!(soak[0].why, Why::OtherChange { change: ChangeClass::Minor });
    world.state.releases.remove(CANDIDATE);
    assert!(world.of(RuleName::Soak).iter().any(|r| !r.state.lets_pass()), "unknown is asked all");
}

#[test]
fn questions_that_make_no_sense_are_no_refusals() {
    let mut world = World::green();
    let ask = |world: &World, to: &str| decide(&world.question(&n::<EnvironmentName>(to))).err();
    assert!(matches!(ask(&world, "moon"), Some(Unaskable::UnknownEnvironment { .. })));
    assert!(matches!(ask(&world, "staging"), Some(Unaskable::NoGate { .. })));
    world.candidate = n("other@1.0");
    assert!(matches!(ask(&world, "production"), Some(Unaskable::OtherService { .. })));
}

#[test]
fn requirements_are_listed_unmet_first_and_answers_of_the_same_kind_are_the_same() {
    let mut world = World::green();
    world.fail("nl-vm", "check0", "404");
    world.result("in-vm", "check1").finished_at = ago(Period::from_hours(99));
    let decision = world.decision();
    let states: Vec<_> = decision.requirements.iter().map(|r| r.state).collect();
    assert!(states.is_sorted());
    assert_eq!(states[..2], [State::Failed, State::Stale]);
    assert_eq!(counts(&decision)[..2], [(State::Failed, 1), (State::Stale, 1)]);
    assert_eq!(decision.good_until, None);
    let mut later = world.clone();
    later.now = Period::from_mins(1).after(now());
    assert_eq!(sameness(&decision), sameness(&later.decision()));
    later.fail("nl-k8s", "check0", "404");
    assert_ne!(sameness(&decision), sameness(&later.decision()));
}

#[test]
fn a_hundred_targets_with_twenty_checks_are_decided_in_the_blink_of_an_eye() {
    let sites: Vec<String> = (0..50).map(|i| format!("s{i}")).collect();
    let sites: Vec<&str> = sites.iter().map(String::as_str).collect();
    let world = World::sized(&sites, &["vm", "k8s"], 20);
    let start = Instant::now();
    let decision = world.decision();
    let took = start.elapsed();
    assert_eq!(decision.verdict, Verdict::Allowed);
    assert_eq!(
        decision.requirements.iter().filter(|r| r.rule == RuleName::Evidence).count(),
        2_000
    );
    // Optimised it takes a twentieth of what it takes here; anything quadratic takes far longer.
    assert!(took < Duration::from_secs(1), "{took:?}");
}
