//! Evidence and coverage.

use crate::catalog::{RuleKind, RuleName};
use crate::digest::Digest;
use crate::gate::testing::*;
use crate::ids::{DeploymentId, Seq};
use crate::ledger::{Drift, Verifying};
use crate::record::{
    Aspect, Cases, DeployResult, Ending, EvidenceRef, Observed, Outcome, State, Why,
};
use crate::units::Period;

type Break = fn(&mut World);

fn first(world: &mut World) -> &mut crate::record::CheckResult {
    world.result("nl-vm", "check0")
}

fn deployment(world: &mut World) -> &mut crate::ledger::DeploymentState {
    world.target(&staging("nl-vm")).deployment.as_mut().expect("deployed")
}

fn drift(observed: Observed) -> Drift {
    Drift { seq: Seq(77), at: now(), expected: Some(n(CANDIDATE)), observed }
}

#[test]
fn a_green_staging_is_allowed_and_says_how_long() {
    let decision = World::green().decision();
    assert!(World::green().allowed(), "{:#?}", decision.unmet().collect::<Vec<_>>());
    assert_eq!(decision.good_until, Some(Period::from_hours(22).after(now())));
    let evidence = decision.requirements.iter().filter(|r| r.rule == RuleName::Evidence);
    assert_eq!(evidence.count(), 8, "four targets, two checks");
}

#[test]
fn each_thing_that_evidence_is_bound_to_is_asked_for() {
    let table: Vec<(&str, Break, State)> = vec![
        ("missing", |w| drop(w.target(&staging("nl-vm")).results.remove("check0")), State::NotRun),
        ("of another release", |w| first(w).version = n("1.21"), State::NotRun),
        (
            "of an earlier deployment",
            |w| first(w).deployment = Some(DeploymentId(Seq(3))),
            State::Stale,
        ),
        ("of no deployment", |w| first(w).deployment = None, State::Stale),
        ("of another definition", |w| first(w).check_digest = Digest::ZERO, State::Stale),
        (
            "before: other",
            |w| first(w).observed_before = Observed::Version(n("1.22")),
            State::WrongVersion,
        ),
        (
            "after: other",
            |w| first(w).observed_after = Observed::Version(n("1.22")),
            State::WrongVersion,
        ),
        (
            "before: unknown",
            |w| first(w).observed_before = Observed::Unknown("no".into()),
            State::Errored,
        ),
        (
            "after: unknown",
            |w| first(w).observed_after = Observed::Unknown("no".into()),
            State::Errored,
        ),
        ("before: altered by hand", |w| first(w).observed_before = altered(), State::WrongVersion),
        ("after: altered by hand", |w| first(w).observed_after = altered(), State::WrongVersion),
        ("altered now", |w| w.see(&staging("nl-vm"), altered()), State::WrongVersion),
        (
            "alteration recorded",
            |w| w.target(&staging("nl-vm")).drift = Some(drift(altered())),
            State::WrongVersion,
        ),
        ("failed", |w| first(w).outcome = Outcome::Failed, State::Failed),
        ("errored", |w| first(w).outcome = Outcome::Errored, State::Errored),
        ("not run", |w| first(w).outcome = Outcome::NotRun, State::NotRun),
        ("no attempt", |w| first(w).attempts.clear(), State::Errored),
        ("flaky", |w| first(w).attempts.insert(0, attempt(Outcome::Failed, "502")), State::Flaky),
        (
            "flaky after an error",
            |w| first(w).attempts.insert(0, attempt(Outcome::Errored, "x")),
            State::Flaky,
        ),
        ("old", |w| first(w).finished_at = ago(Period::from_hours(24)), State::Stale),
        (
            "of tomorrow",
            |w| first(w).finished_at = Period::from_hours(1).after(now()),
            State::Stale,
        ),
        ("drifted now", |w| w.observe(&staging("nl-vm"), "1.21"), State::WrongVersion),
        (
            "down now",
            |w| w.see(&staging("nl-vm"), Observed::Unknown("refused".into())),
            State::Errored,
        ),
        ("nobody looked", |w| drop(w.facts.observations.remove(&staging("nl-vm"))), State::Errored),
        (
            "drift recorded",
            |w| w.target(&staging("nl-vm")).drift = Some(drift(Observed::Version(n("1.2")))),
            State::WrongVersion,
        ),
        (
            "gone, recorded",
            |w| w.target(&staging("nl-vm")).drift = Some(drift(Observed::Unknown("x".into()))),
            State::Errored,
        ),
        ("never deployed", |w| w.target(&staging("nl-vm")).deployment = None, State::NotRun),
        ("other deployed", |w| deployment(w).version = n("1.24"), State::WrongVersion),
        ("deploying", |w| deployment(w).report = None, State::Running),
    ];
    for (what, spoil, state) in table {
        let mut world = World::green();
        spoil(&mut world);
        let pair = world.pair();
        assert_eq!(pair.state, state, "{what}: {:?}", pair.why);
        assert!(!world.allowed(), "{what}");
        let others = world.of(RuleName::Evidence);
        let elsewhere = others.iter().filter(|r| r.target != Some(staging("nl-vm")));
        assert!(elsewhere.clone().all(|r| r.state == State::Satisfied), "{what}: only there");
        assert_eq!(elsewhere.count(), 6);
    }
}

fn altered() -> Observed {
    Observed::Altered { version: n(CANDIDATE), how: "index.html was changed".into() }
}

#[test]
fn a_deployment_that_failed_says_whose_fault_it_is() {
    let failed = |ending| DeployResult::Failed { ending, finding: "it broke".into() };
    for (result, state) in [
        (failed(Ending::Exit(1)), State::Failed),
        (failed(Ending::Signal(7)), State::Failed),
        (failed(Ending::TimedOut), State::Failed),
        (failed(Ending::NotStarted), State::Errored),
        (DeployResult::Misaimed { aimed_at: "shop/production/nl-vm".into() }, State::Errored),
    ] {
        let mut world = World::green();
        deployment(&mut world).report.as_mut().expect("reported").result = result;
        let pair = world.pair();
        assert_eq!(pair.state, state);
        assert!(matches!(pair.why, Why::DeploymentFailed { .. }), "{:?}", pair.why);
        assert!(matches!(pair.evidence, Some(EvidenceRef::Deployment(_))));
    }
}

#[test]
fn a_deployment_without_the_effect_is_no_place_for_evidence() {
    for (observed, state) in [
        (Observed::Version(n("1.22")), State::WrongVersion),
        (altered(), State::WrongVersion),
        (Observed::Unknown("connection refused".into()), State::Errored),
    ] {
        let mut world = World::green();
        deployment(&mut world).report.as_mut().expect("reported").observed = observed;
        assert_eq!(world.pair().state, state);
    }
}

#[test]
fn a_candidate_that_died_of_the_check_has_failed_and_we_have_not_erred() {
    let mut world = World::green();
    world.fail("nl-vm", "check0", "connection reset").observed_after =
        Observed::Unknown("connection refused".into());
    assert_eq!(world.pair().state, State::Failed);
    // It came up when it was deployed, and has died since: nothing else was ever seen there.
    world.result("nl-vm", "check0").observed_before = Observed::Unknown("down".into());
    assert_eq!(world.pair().state, State::Failed);
    deployment(&mut world).report = None;
    deployment(&mut world).adopted = true;
    assert_eq!(world.pair().state, State::Errored, "nobody knows what was checked");
}

fn verify_again(world: &mut World, started: u64) {
    world.facts.alive.insert("driver-1".into());
    let lane = world.state.lanes.get_mut("staging").expect("staging");
    lane.verifying.push(Verifying {
        started: Seq(started),
        at: ago(Period::from_mins(1)),
        version: n(CANDIDATE),
        targets: vec![n("nl-vm")],
        checks: vec![n("check0")],
        driver: "driver-1".into(),
        deadline: Period::from_mins(5).after(now()),
    });
}

#[test]
fn a_result_on_its_way_is_running_only_while_its_driver_lives_and_has_time() {
    let mut world = World::green();
    world.target(&staging("nl-vm")).results.remove("check0");
    verify_again(&mut world, 500);
    assert_eq!(world.pair().state, State::Running);
    let mut late = world.clone();
    late.now = Period::from_mins(5).after(now());
    assert_eq!(late.pair().state, State::NotRun, "its time is over");
    let mut other = world.clone();
    other.state.lanes.get_mut("staging").expect("staging").verifying[0].version = n("1.24");
    assert_eq!(other.pair().state, State::NotRun, "it checks another release");
    world.facts.alive.clear();
    assert_eq!(world.pair().state, State::NotRun, "its driver was killed");
}

#[test]
fn a_red_result_is_running_while_a_newer_run_is_under_way_and_red_when_it_came_from_that_run() {
    let mut world = World::green();
    world.fail("nl-vm", "check0", "404");
    verify_again(&mut world, 500);
    assert_eq!(world.pair().state, State::Running);
    world.state.lanes.get_mut("staging").expect("staging").verifying[0].started = Seq(50);
    assert_eq!(world.pair().state, State::Failed);
}

#[test]
fn a_pass_is_running_while_a_newer_run_is_under_way() {
    let mut world = World::green();
    verify_again(&mut world, 500);
    assert_eq!(world.pair().state, State::Running);
    assert!(!world.allowed());
    world.state.lanes.get_mut("staging").expect("staging").verifying[0].started = Seq(50);
    assert!(world.allowed(), "it came from that run");
    verify_again(&mut world, 500);
    world.facts.alive.clear();
    assert!(world.allowed(), "nobody runs it any more");
}

#[test]
fn a_pass_with_required_tests_missing_or_failures_inside_is_none() {
    let mut world = World::green();
    let cases = Cases { executed: 80, missing: vec!["vital".into()], ..Cases::default() };
    world.result("nl-vm", "check0").attempts[0].cases = Some(cases);
    assert_eq!(world.pair().state, State::NotRun);
    let cases = Cases { executed: 80, wrong: vec!["killed".into()], ..Cases::default() };
    world.result("nl-vm", "check0").attempts[0].cases = Some(cases);
    assert_eq!(world.pair().state, State::NotRun);
    let cases = Cases { executed: 80, more_failed: 1, ..Cases::default() };
    world.result("nl-vm", "check0").attempts[0].cases = Some(cases);
    assert_eq!(world.pair().state, State::Failed);
}

#[test]
fn the_age_is_the_strictest_that_applies_and_the_default_where_none_does() {
    let aged = |rules: &[(u64, bool)]| {
        let mut world = World::green();
        for (hours, applies) in rules {
            let max_age = Period::from_hours(*hours);
            let restricted = world.gate(RuleKind::Evidence { max_age });
            if !applies {
                restricted.tiers.insert(crate::catalog::Tier::Critical);
            }
        }
        world.result("nl-vm", "check0").finished_at = ago(Period::from_hours(30));
        world
    };
    assert_eq!(aged(&[]).pair().state, State::Stale);
    assert_eq!(aged(&[(48, true)]).pair().state, State::Satisfied);
    assert_eq!(aged(&[(48, true), (26, true)]).pair().state, State::Stale);
    assert_eq!(aged(&[(48, true), (26, false)]).pair().state, State::Satisfied);
    let other_tier = aged(&[(48, false)]);
    assert_eq!(other_tier.pair().state, State::Stale, "back to 24 hours, not to nothing");
    let said = other_tier.of(RuleName::Evidence);
    assert!(said.iter().any(|r| r.state == State::NotApplicable), "said, not dropped");
}

#[test]
fn a_target_that_nothing_stands_for_is_uncovered_by_name() {
    let mut world = World::green();
    world.environment_mut("staging").targets.remove("in-k8s");
    let found = world.found(RuleName::Coverage, Some(production("in-k8s")), None);
    assert_eq!(found.state, State::Uncovered);
    assert!(matches!(found.why, Why::NoStandIn { .. }));
    assert!(!world.allowed());
    assert_eq!(world.of(RuleName::Coverage).len(), 4);
}

#[test]
fn a_stand_in_on_which_nothing_is_expected_stands_for_nothing() {
    let mut world = World::green();
    for check in world.service_mut().checks.values_mut() {
        check.only.sites.insert(n("nl"));
    }
    let found = world.found(RuleName::Coverage, Some(production("in-vm")), None);
    assert_eq!(found.state, State::Uncovered);
    assert_eq!(found.why, Why::NothingExpected { stand_in: staging("in-vm") });
}

#[test]
fn an_environment_without_targets_is_refused() {
    let mut world = World::green();
    world.environment_mut("production").targets.clear();
    assert!(!world.allowed());
    assert_eq!(world.of(RuleName::Coverage)[0].why, Why::NoTargets);
}

#[test]
fn a_staging_target_that_stands_for_nothing_is_not_asked() {
    let mut world = World::green();
    world.environment_mut("production").targets.remove("in-k8s");
    world.target(&staging("in-k8s")).results.clear();
    assert!(world.allowed());
}

#[test]
fn what_runs_now_is_said_with_the_moment() {
    let mut world = World::green();
    world.observe(&staging("nl-vm"), "1.21");
    let expected = Why::ObservedOther {
        expected: n(CANDIDATE),
        observed: Observed::Version(n("1.21")),
        when: Aspect::Now,
    };
    assert_eq!(world.pair().why, expected);
}

#[test]
fn a_deployment_that_was_left_is_not_waited_for_and_names_the_way_on() {
    let mut world = World::green();
    let target = world.target(&staging("nl-vm"));
    target.deployment.as_mut().expect("deployed").report = None;
    assert_eq!(world.pair().state, State::Running);
    world.facts.left.insert(n("staging"));
    let (one, reader) = (world.pair(), crate::say::Reader::utc(now()));
    assert_eq!(one.state, State::Errored);
    assert_eq!(
        crate::say::why(&one, &reader),
        "its deployment there was interrupted: the process that drove it is gone"
    );
    let steps = crate::say::next(&one, &world.decision(), &reader);
    assert_eq!(steps[0].what, "plimsoll resume shop/staging");
}
