//! The machine, step by step.

use std::collections::BTreeMap;

use crate::Timestamp;
use crate::catalog::OnRegression;
use crate::digest::Digest;
use crate::event::{PromotionEnd, Regression, RegressionCause};
use crate::ids::{DecisionId, DeploymentId, PromotionId, Seq, TargetName, Version};
use crate::ledger::{MoveState, PromotionState, Rollback, TargetMoves};
use crate::record::{
    DeployReport, DeployResult, Ending, Observed, Plan, PlanKind, PlannedWave, TargetChange,
    WayBack,
};
use crate::units::Period;

use super::{Step, next_step};

fn n<T: std::str::FromStr>(text: &str) -> T {
    text.parse().ok().expect("a name")
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).expect("a moment")
}

fn change(target: &str) -> TargetChange {
    TargetChange {
        target: n(target),
        from: Some(n("1")),
        to: n("2"),
        way_back: Some(WayBack {
            version: n("1"),
            digest: Digest::of(b"1"),
            verified_at: at(-100),
            proven_at: Some(at(-1)),
        }),
        pinned: None,
    }
}

/// Two waves: `a`, then `b` and `c`; each is watched for a minute.
fn plan(kind: PlanKind) -> Plan {
    let wave = |targets: &[&str]| PlannedWave {
        targets: targets.iter().map(|target| n(target)).collect(),
        soak: Period::from_mins(1),
    };
    Plan {
        kind,
        lane: n("shop/production"),
        release: n("shop@2"),
        release_digest: Digest::of(b"2"),
        changes: vec![change("a"), change("b"), change("c")],
        waves: vec![wave(&["a"]), wave(&["b", "c"])],
        on_regression: OnRegression::RollBack,
        irreversible: false,
        probe_every: Period::from_secs(1),
        probes: Vec::new(),
        max_gap: Period::from_secs(5),
        wait_at_most: Period::from_hours(1),
        decision: None,
        policy: Digest::of(b"policy"),
        by: n("somebody"),
        at: at(0),
    }
}

fn begun(plan: Plan) -> PromotionState {
    PromotionState {
        id: PromotionId(Seq(1)),
        digest: plan.digest(),
        moves: plan
            .changes
            .iter()
            .map(|c| (c.target.clone(), TargetMoves::default()))
            .collect::<BTreeMap<_, _>>(),
        plan,
        started_at: at(0),
        driver: None,
        wave: 0,
        wave_started_at: None,
        held: None,
        wave_verified_at: None,
        regressions: Vec::new(),
        abort: None,
        rollback: None,
    }
}

fn promotion() -> PromotionState {
    begun(plan(PlanKind::Promotion))
}

fn report(result: DeployResult, observed: &str) -> DeployReport {
    DeployReport { result, observed: Observed::Version(n(observed)), took_ms: 1, output: None }
}

fn moved(report: Option<DeployReport>) -> Option<MoveState> {
    Some(MoveState { deployment: DeploymentId(Seq(7)), epoch: 1, at: at(1), report })
}

/// Deployed as planned.
fn arrive(state: &mut PromotionState, targets: &[&str]) {
    for target in targets {
        let moves = state.moves.get_mut(&n::<TargetName>(target)).expect("it is planned");
        moves.forward = moved(Some(report(DeployResult::Done, "2")));
    }
}

fn go_back(state: &mut PromotionState, target: &str, observed: &str, tries: u32) {
    let moves = state.moves.get_mut(&n::<TargetName>(target)).expect("it is planned");
    moves.back = moved(Some(report(DeployResult::Done, observed)));
    moves.back_tries = tries;
}

fn regress(state: &mut PromotionState, target: &str) {
    let cause =
        RegressionCause::WrongVersion { observed: Observed::Unknown("no answer".to_owned()) };
    state.regressions.push(Regression { target: n(target), cause });
}

/// In the second wave, all deployed.
fn in_second_wave() -> PromotionState {
    let mut state = promotion();
    arrive(&mut state, &["a", "b", "c"]);
    state.wave = 1;
    state.wave_started_at = Some(at(100));
    state
}

fn targets(names: &[&str]) -> Vec<TargetName> {
    names.iter().map(|name| n(name)).collect()
}

fn next(state: &PromotionState) -> Step {
    next_step(state, at(1_000))
}

fn pending(
    names: &[&str],
    version: &str,
    left: Option<u64>,
) -> Vec<(TargetName, Version, Option<DeploymentId>)> {
    names.iter().map(|name| (n(name), n(version), left.map(|seq| DeploymentId(Seq(seq))))).collect()
}

fn going_back(state: &mut PromotionState, names: &[&str]) {
    state.rollback =
        Some(Rollback { targets: targets(names), reason: "it broke".to_owned(), at: at(200) });
}

fn needs_person(step: Step) -> String {
    match step {
        Step::Finish { end: PromotionEnd::NeedsPerson { reason }, good } => {
            assert!(good.is_empty());
            reason
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_wave_is_asked_for_deployed_verified_and_watched_and_then_the_next_one() {
    let mut state = promotion();
    assert_eq!(next(&state), Step::AskGate { wave: 0 });
    state.wave_started_at = Some(at(10));
    assert_eq!(
        next(&state),
        Step::Deploy { wave: 0, targets: pending(&["a"], "2", None), back: false }
    );
    arrive(&mut state, &["a"]);
    assert_eq!(next(&state), Step::Verify { wave: 0, targets: targets(&["a"]) });
    state.wave_verified_at = Some(at(20));
    assert_eq!(next(&state), Step::Soak { wave: 0, targets: targets(&["a"]), until: at(80) });
    (state.wave, state.wave_started_at, state.wave_verified_at) = (1, None, None);
    assert_eq!(next(&state), Step::AskGate { wave: 1 });
    (state.wave, state.wave_started_at) = (2, None);
    let good = targets(&["a", "b", "c"]);
    assert_eq!(next(&state), Step::Finish { end: PromotionEnd::VerifiedGood, good });
}

#[test]
fn without_a_gate_nobody_is_asked() {
    for kind in [
        PlanKind::BreakGlass { reason: "fire".to_owned() },
        PlanKind::Deployment,
        PlanKind::Rollback { reason: "fire".to_owned() },
        PlanKind::Rehearsal,
    ] {
        assert_eq!(next(&begun(plan(kind))), Step::StartWave { wave: 0 });
    }
}

#[test]
fn a_deployment_without_a_gate_is_not_checked_and_ends_as_deployed() {
    let mut state = begun(plan(PlanKind::Deployment));
    state.wave_started_at = Some(at(10));
    arrive(&mut state, &["a"]);
    assert!(matches!(next(&state), Step::Soak { wave: 0, .. }));
    state.wave = 2;
    assert_eq!(next(&state), Step::Finish { end: PromotionEnd::Deployed, good: Vec::new() });
}

#[test]
fn what_an_executor_began_and_never_reported_is_handed_on() {
    let mut state = promotion();
    state.wave_started_at = Some(at(10));
    state.moves.get_mut(&n::<TargetName>("a")).expect("planned").forward = moved(None);
    assert_eq!(
        next(&state),
        Step::Deploy { wave: 0, targets: pending(&["a"], "2", Some(7)), back: false }
    );
}

#[test]
fn a_deployment_that_failed_lied_or_aimed_elsewhere_is_a_regression() {
    let failed =
        DeployResult::Failed { ending: Ending::Exit(1), finding: "exit code 1".to_owned() };
    let misaimed = DeployResult::Misaimed { aimed_at: "shop/staging/a".to_owned() };
    for (result, observed) in [
        (failed.clone(), "1"),
        (failed, "2"),
        (misaimed, "1"),
        (DeployResult::Done, "1"),
        (DeployResult::FoundDone, "1"),
    ] {
        let mut state = promotion();
        state.wave_started_at = Some(at(10));
        state.moves.get_mut(&n::<TargetName>("a")).expect("planned").forward =
            moved(Some(report(result.clone(), observed)));
        let Step::NoteRegressions { wave: 0, regressions } = next(&state) else {
            panic!("{result:?}, {observed}: {:?}", next(&state))
        };
        assert_eq!(regressions.len(), 1);
        assert_eq!(regressions[0].target, n("a"));
    }
}

#[test]
fn a_gate_that_refuses_is_asked_again_until_the_wait_is_over() {
    let mut state = promotion();
    state.held = Some((at(0), DecisionId(Seq(5))));
    assert_eq!(next_step(&state, at(3_599)), Step::AskGate { wave: 0 });
    let Step::Finish { end: PromotionEnd::Withdrawn { reason }, .. } = next_step(&state, at(3_600))
    else {
        panic!("nothing was moved yet")
    };
    assert_eq!(reason, "the gate did not allow wave 1 within 1 h");
    arrive(&mut state, &["a"]);
    state.wave = 1;
    let Step::BeginRollback { targets: back, .. } = next_step(&state, at(3_600)) else {
        panic!("a was moved")
    };
    assert_eq!(back, targets(&["a"]));
}

#[test]
fn an_abort_goes_back_with_what_was_moved_and_with_nothing_else() {
    let mut state = promotion();
    state.abort = Some("not today".to_owned());
    let Step::Finish { end: PromotionEnd::Withdrawn { reason }, .. } = next(&state) else {
        panic!("nothing moved")
    };
    assert_eq!(reason, "aborted: not today");
    state.moves.get_mut(&n::<TargetName>("b")).expect("planned").forward = moved(None);
    assert!(
        matches!(next(&state), Step::BeginRollback { targets: back, .. } if back == targets(&["b"]))
    );
}

#[test]
fn on_a_regression_every_moved_target_goes_back_the_failed_one_first() {
    let mut state = in_second_wave();
    regress(&mut state, "c");
    assert!(
        matches!(next(&state), Step::BeginRollback { targets: back, .. } if back == targets(&["c", "a", "b"]))
    );
}

#[test]
fn where_only_the_wave_goes_back_earlier_waves_keep_the_release_unless_they_got_worse_too() {
    let mut state = in_second_wave();
    state.plan.on_regression = OnRegression::RollBackWave;
    regress(&mut state, "c");
    let Step::BeginRollback { targets: back, .. } = next(&state) else { panic!("it goes back") };
    assert_eq!(back, targets(&["c", "b"]));
    regress(&mut state, "a");
    let Step::BeginRollback { targets: back, .. } = next(&state) else { panic!("it goes back") };
    assert_eq!(back, targets(&["a", "c", "b"]));
}

#[test]
fn the_targets_of_earlier_waves_are_good_when_only_the_wave_went_back() {
    let mut state = in_second_wave();
    going_back(&mut state, &["c", "b"]);
    for target in ["b", "c"] {
        go_back(&mut state, target, "1", 1);
        state.moves.get_mut(&n::<TargetName>(target)).expect("planned").back_verified = true;
    }
    let end = PromotionEnd::RolledBack { reason: "it broke".to_owned() };
    assert_eq!(next(&state), Step::Finish { end, good: targets(&["a"]) });
}

#[test]
fn where_the_policy_says_freeze_nothing_moves_and_a_person_is_called() {
    let mut state = in_second_wave();
    state.plan.on_regression = OnRegression::Freeze;
    regress(&mut state, "c");
    assert!(needs_person(next(&state)).ends_with("the policy says to freeze"));
}

#[test]
fn what_cannot_be_undone_is_not_rolled_back() {
    let mut state = in_second_wave();
    state.plan.irreversible = true;
    regress(&mut state, "c");
    assert!(needs_person(next(&state)).contains("cannot be undone"));
    let mut state = in_second_wave();
    for change in &mut state.plan.changes {
        change.way_back = None;
    }
    state.abort = Some("fire".to_owned());
    assert!(needs_person(next(&state)).contains("there is no way back for a, b, c"));
}

#[test]
fn the_way_back_is_verified_before_it_counts() {
    let mut state = in_second_wave();
    going_back(&mut state, &["c", "a"]);
    assert_eq!(
        next(&state),
        Step::Deploy { wave: 1, targets: pending(&["c", "a"], "1", None), back: true }
    );
    go_back(&mut state, "c", "1", 1);
    go_back(&mut state, "a", "1", 1);
    let back = ["c", "a"].map(|name| (n(name), n("1"))).to_vec();
    assert_eq!(next(&state), Step::VerifyBack { targets: back });
}

#[test]
fn the_way_back_is_tried_three_times_and_then_a_person_is_called() {
    let mut state = in_second_wave();
    going_back(&mut state, &["c"]);
    for tries in 1..3 {
        go_back(&mut state, "c", "2", tries);
        assert_eq!(
            next(&state),
            Step::Deploy { wave: 1, targets: pending(&["c"], "1", None), back: true }
        );
    }
    go_back(&mut state, "c", "2", 3);
    let Step::Finish { end: PromotionEnd::NeedsPerson { reason }, .. } = next(&state) else {
        panic!("a person")
    };
    assert_eq!(reason, "it broke; could not take back c");
}

#[test]
fn a_target_without_a_way_back_is_named_and_the_others_go_back() {
    let mut state = in_second_wave();
    state.plan.changes[1].way_back = None;
    regress(&mut state, "c");
    assert!(matches!(next(&state), Step::BeginRollback { .. }));
    going_back(&mut state, &["c", "b"]);
    assert_eq!(
        next(&state),
        Step::Deploy { wave: 1, targets: pending(&["c"], "1", None), back: true }
    );
    go_back(&mut state, "c", "1", 1);
    state.moves.get_mut(&n::<TargetName>("c")).expect("planned").back_verified = true;
    let Step::Finish { end: PromotionEnd::NeedsPerson { reason }, .. } = next(&state) else {
        panic!("a person")
    };
    assert_eq!(reason, "it broke; could not take back b");
}

#[test]
fn a_rollback_of_a_person_is_verified_and_does_not_go_back_once_more() {
    let mut state = begun(plan(PlanKind::Rollback { reason: "fire".to_owned() }));
    state.wave_started_at = Some(at(10));
    arrive(&mut state, &["a"]);
    assert!(matches!(next(&state), Step::Verify { wave: 0, .. }));
    regress(&mut state, "a");
    assert!(needs_person(next(&state)).ends_with("the way back itself did not work"));
}

#[test]
fn a_rehearsal_goes_back_and_forth_and_checks_nothing() {
    let mut state = begun(plan(PlanKind::Rehearsal));
    state.wave = 2;
    arrive(&mut state, &["a", "b", "c"]);
    let Step::BeginRollback { targets: forth, reason } = next(&state) else {
        panic!("forward again")
    };
    assert_eq!((forth, reason.as_str()), (targets(&["a", "b", "c"]), "rehearsal: forward again"));
    going_back(&mut state, &["a", "b", "c"]);
    for target in ["a", "b", "c"] {
        go_back(&mut state, target, "1", 1);
    }
    let rehearsed = Step::Finish { end: PromotionEnd::Rehearsed, good: Vec::new() };
    assert_eq!(next(&state), rehearsed);
    state.abort = Some("enough".to_owned());
    let Step::Finish { end: PromotionEnd::RolledBack { .. }, .. } = next(&state) else {
        panic!("a rehearsal that was ended shows nothing")
    };
}

#[test]
fn what_breaks_before_its_wave_leaves_earlier_waves_as_they_are_and_calls_a_person() {
    let mut state = in_second_wave();
    state.plan.on_regression = OnRegression::RollBackWave;
    for target in ["b", "c"] {
        state.moves.get_mut(&n::<TargetName>(target)).expect("planned").forward = None;
    }
    regress(&mut state, "c");
    let Step::Finish { end: PromotionEnd::NeedsPerson { reason }, good } = next(&state) else {
        panic!("{:?}", next(&state))
    };
    assert!(reason.ends_with("nothing of this wave was moved yet"), "{reason}");
    assert_eq!(good, targets(&["a"]));
}
