//! Where other tools were green without evidence. Each case is named after the report.

use crate::catalog::RuleName;
use crate::gate::testing::*;
use crate::ids::{DeploymentId, Seq};
use crate::record::{Outcome, State};
use crate::units::Period;

#[test]
fn kargo_5144_a_later_failure_replaces_an_earlier_pass() {
    let mut world = World::green();
    assert!(world.allowed());
    world.fail("nl-vm", "check0", "500 since ten minutes");
    assert!(!world.allowed());
}

#[test]
fn kargo_6372_the_same_release_deployed_again_does_not_reuse_the_old_result() {
    let mut world = World::green();
    let deployment = &mut world.target(&staging("nl-vm")).deployment;
    deployment.as_mut().expect("deployed").id = DeploymentId(Seq(990));
    assert_eq!(world.pair().state, State::Stale);
}

#[test]
fn kargo_7032_a_target_whose_verification_was_skipped_is_not_run() {
    let mut world = World::green();
    world.target(&staging("nl-vm")).results.clear();
    assert_eq!(world.pair().state, State::NotRun);
}

#[test]
fn kargo_4586_a_soak_begins_again_with_each_deployment() {
    let mut world = World::green();
    world.gate(crate::catalog::RuleKind::Soak { period: Period::from_hours(1) });
    let again = ago(Period::from_mins(5));
    let deployment = &mut world.target(&staging("nl-vm")).deployment;
    deployment.as_mut().expect("deployed").finished_at = Some(again);
    assert!(!world.allowed());
}

#[test]
fn argo_rollouts_1329_a_check_that_was_ended_early_is_not_successful() {
    let mut world = World::green();
    world.result("nl-vm", "check0").outcome = Outcome::NotRun;
    assert_eq!(world.pair().state, State::NotRun);
    world.result("nl-vm", "check0").outcome = Outcome::Passed;
    world.result("nl-vm", "check0").attempts.clear();
    assert!(!world.allowed(), "a pass without an attempt is none");
}

#[test]
fn keptn_2277_no_objectives_defined_is_refused() {
    let mut world = World::green();
    world.service_mut().checks.clear();
    assert!(!world.allowed());
    assert!(world.of(RuleName::Coverage).iter().all(|r| r.state == State::Uncovered));
}

#[test]
fn greenwave_an_empty_list_of_rules_still_asks_for_evidence() {
    let mut world = World::green();
    world.service_mut().gates.insert(n("production"), Vec::new());
    assert!(world.allowed());
    world.target(&staging("in-k8s")).results.clear();
    assert!(!world.allowed());
}

#[test]
fn greenwave_a_target_that_never_reported_is_visible() {
    let mut world = World::green();
    world.state.lanes.get_mut("staging").expect("staging").targets.remove("in-k8s");
    let found = world.found(RuleName::Evidence, Some(staging("in-k8s")), Some("check1"));
    assert_eq!(found.state, State::NotRun);
}

#[test]
fn greenwave_a_waiver_for_another_release_does_not_cover() {
    let mut world = World::green();
    world.fail("nl-vm", "check0", "404");
    world.waive(RuleName::Evidence).release = release_id("1.22");
    assert!(!world.allowed());
}

#[test]
fn kayenta_426_empty_data_does_not_pass() {
    let mut world = World::green();
    for lane in world.state.lanes.values_mut() {
        lane.targets.values_mut().for_each(|target| target.results.clear());
    }
    assert!(!world.allowed());
    assert!(world.of(RuleName::Evidence).iter().all(|r| r.state == State::NotRun));
}

#[test]
fn gitlab_336354_a_freeze_that_began_after_the_first_answer_is_seen_at_the_next() {
    let mut world = World::green();
    world.gate(crate::catalog::RuleKind::Freeze(crate::catalog::FreezeWindow {
        name: n("evening"),
        time: crate::catalog::WindowTime::Weekly {
            days: crate::catalog::Days([true; 7]),
            from: crate::catalog::ClockTime(18 * 60),
            to: crate::catalog::ClockTime(22 * 60),
        },
        zone: "UTC".into(),
        override_by: std::collections::BTreeSet::new(),
    }));
    assert!(world.allowed());
    world.now = time("2026-03-02T18:00:00Z");
    assert!(!world.allowed());
}

#[test]
fn koobiq_a_pass_on_retry_is_flaky() {
    let mut world = World::green();
    world.result("nl-vm", "check0").attempts.insert(0, attempt(Outcome::Failed, "timeout"));
    assert_eq!(world.pair().state, State::Flaky);
}

#[test]
fn helm_1796_the_way_back_is_no_release_that_failed() {
    let mut world = World::green();
    let target = world.target(&production("nl-vm"));
    target.verified_good.clear();
    assert!(!world.allowed());
}
