//! Known failures.

use crate::gate::testing::*;
use crate::record::signature_of;
use crate::record::{CaseFailure, Cases, KnownFailure, Observed, Outcome, PageSummary, State, Why};
use crate::units::Period;

fn known(test: Option<&str>, signature: &str) -> KnownFailure {
    KnownFailure {
        look: None,
        check: n("check0"),
        test: test.map(str::to_owned),
        signature: signature.into(),
        targets: Vec::new(),
        ticket: "SHOP-12".into(),
        by: n("ada"),
        at: ago(Period::from_hours(9)),
        until: Period::from_hours(9).after(now()),
    }
}

fn with(knowns: Vec<KnownFailure>) -> World {
    let mut world = World::green();
    world.state.people.known_failures =
        (3_000..).zip(knowns).map(|(seq, what)| said(seq, what)).collect();
    world
}

fn suite(world: &mut World, failed: &[(&str, &str)]) {
    let failed = failed.iter().map(|(test, signature)| CaseFailure {
        test: (*test).into(),
        signature: (*signature).into(),
        message: (*signature).into(),
    });
    let cases = Cases { executed: 120, failed: failed.collect(), ..Cases::default() };
    world.fail("nl-vm", "check0", "1 of 120 tests failed").attempts[0].cases = Some(cases);
}

#[test]
fn a_known_failure_lets_pass_and_keeps_what_it_covers() {
    let mut world = with(vec![known(Some("cart.total"), "rounding of #")]);
    suite(&mut world, &[("cart.total", "rounding of #")]);
    let pair = world.pair();
    assert_eq!(pair.state, State::KnownFailure);
    assert!(matches!(&pair.why, Why::KnownAs { tickets, .. } if tickets == &["SHOP-12"]));
    assert_eq!(pair.without.as_ref().map(|without| without.0), Some(State::Failed));
    assert!(world.allowed());
    assert_eq!(world.decision().good_until, Some(Period::from_hours(9).after(now())));
}

#[test]
fn a_new_failure_inside_a_known_one_is_not_covered() {
    let knowns = vec![known(Some("cart.total"), "rounding of #")];
    for failed in [
        &[("cart.total", "rounding of #"), ("login", "timeout")][..],
        &[("cart.total", "null pointer")],
        &[("cart.sum", "rounding of #")],
    ] {
        let mut world = with(knowns.clone());
        suite(&mut world, failed);
        assert_eq!(world.pair().state, State::Failed, "{failed:?}");
    }
}

#[test]
fn what_a_result_does_not_list_is_not_known() {
    let mut world =
        with(vec![known(Some("cart.total"), "x"), known(None, "1 of 120 tests failed")]);
    suite(&mut world, &[("cart.total", "x")]);
    let mut unlisted = world.clone();
    unlisted.result("nl-vm", "check0").attempts[0].cases.as_mut().expect("cases").more_failed = 1;
    assert_eq!(unlisted.pair().state, State::Failed);
    let mut shrunk = world.clone();
    let cases = shrunk.result("nl-vm", "check0").attempts[0].cases.as_mut().expect("cases");
    cases.missing.push("vital".into());
    assert_eq!(shrunk.pair().state, State::Failed);
    let mut unnamed = world;
    suite(&mut unnamed, &[("other", "y")]);
    assert_eq!(unnamed.pair().state, State::Failed, "a number of failures is no signature");
}

#[test]
fn a_known_failure_covers_nothing_that_is_wrong_beside_it() {
    for wrong in [
        "killed by SIGKILL (signal 9)",
        "it did not end within 20m and was ended",
        "1 tests were executed, at least 100 must be",
        "the file promises 3 failures and holds 1",
    ] {
        let mut world = with(vec![known(Some("cart.total"), "x"), known(None, "1 of 120")]);
        suite(&mut world, &[("cart.total", "x")]);
        assert_eq!(world.pair().state, State::KnownFailure, "the harmless twin of: {wrong}");
        let result = world.result("nl-vm", "check0");
        let alone = result.signature();
        result.attempts[0].cases.as_mut().expect("cases").wrong.push(wrong.into());
        assert_ne!(result.signature(), alone, "it is another failure: {wrong}");
        assert_eq!(world.pair().state, State::Failed, "{wrong}");
        assert!(!world.allowed(), "{wrong}");
    }
}

#[test]
fn one_that_is_over_withdrawn_or_of_another_check_or_target_does_not_cover() {
    let mut over = known(None, "404");
    over.until = now();
    let mut check = known(None, "404");
    check.check = n("check1");
    let mut target = known(None, "404");
    target.targets = vec![n("in-k8s")];
    for one in [over, check, target] {
        let mut world = with(vec![one]);
        world.fail("nl-vm", "check0", "404");
        assert_eq!(world.pair().state, State::Failed);
    }
    let mut world = with(vec![known(None, "404")]);
    world.fail("nl-vm", "check0", "404");
    assert_eq!(world.pair().state, State::KnownFailure);
    world.state.people.known_failures[0].withdrawn_at = Some(now());
    assert_eq!(world.pair().state, State::Failed);
}

#[test]
fn a_known_failure_does_not_cover_an_earlier_attempt_that_failed_otherwise() {
    let mut world = with(vec![known(None, "404")]);
    world.fail("nl-vm", "check0", "404").attempts.insert(0, attempt(Outcome::Failed, "500"));
    assert_eq!(world.pair().state, State::Failed);
}

#[test]
fn a_known_failure_that_is_old_is_stale_all_the_same() {
    let mut world = with(vec![known(None, "404")]);
    world.fail("nl-vm", "check0", "404").finished_at = ago(Period::from_hours(25));
    assert_eq!(world.pair().state, State::Stale);
}

#[test]
fn signatures_leave_out_what_differs_each_time_and_nothing_else() {
    assert_eq!(signature_of("took 2.31 s,  not 2s"), "took #, not #");
    assert_eq!(signature_of("at 0x7ffe12 since 2026-03-02T12:00:00Z"), "at # since #");
    assert_ne!(signature_of("/a answers 404"), signature_of("/a answers 500"));
    assert_ne!(signature_of("12 tests failed"), signature_of("13 tests failed"));
}

#[test]
fn a_known_failure_does_not_cover_where_nobody_saw_the_candidate() {
    let unknown = || Observed::Unknown("connection refused".into());
    for (before, after) in [(true, false), (false, true)] {
        let mut world = with(vec![known(None, "connection refused")]);
        let result = world.fail("nl-vm", "check0", "connection refused");
        if before {
            result.observed_before = unknown();
        }
        if after {
            result.observed_after = unknown();
        }
        assert_eq!(world.pair().state, State::Failed);
    }
}

#[test]
fn a_look_that_is_meant_covers_what_pictures_of_that_release_say_and_nothing_else() {
    const PICTURE: &str = "/ has lost its style: <n> of the picture changed";
    const SHEET: &str = "/main.css does no more what it did to .hero";
    let meant = |version: &str| KnownFailure {
        look: Some(n(version)),
        ..known(None, "the look of shop@1.24 is meant")
    };
    let sheet = known(Some(SHEET), SHEET);
    let state = |knowns: Vec<KnownFailure>, failed: &[&str], of_look: &[&str]| {
        let mut world = with(knowns);
        let failed: Vec<_> = failed.iter().map(|words| (*words, *words)).collect();
        suite(&mut world, &failed);
        world.result("nl-vm", "check0").attempts[0].page = Some(Box::new(PageSummary {
            browser: "x".into(),
            views: Vec::new(),
            pictures: Vec::new(),
            of_look: of_look.iter().map(|words| (*words).to_owned()).collect(),
        }));
        world.pair().state
    };
    let meant_here = || meant(CANDIDATE);
    assert_eq!(state(vec![meant_here()], &[PICTURE], &[PICTURE]), State::KnownFailure);
    assert_eq!(state(vec![meant("0.1")], &[PICTURE], &[PICTURE]), State::Failed, "another release");
    assert_eq!(state(vec![meant_here()], &[PICTURE, SHEET], &[PICTURE]), State::Failed);
    assert_eq!(state(vec![meant_here()], &[PICTURE], &[]), State::Failed, "no picture says it");
    let by_its_words = || known(Some(PICTURE), PICTURE);
    assert_eq!(
        state(vec![by_its_words()], &[PICTURE], &[PICTURE]),
        State::Failed,
        "no look is named"
    );
    assert_eq!(state(vec![by_its_words()], &[PICTURE], &[]), State::KnownFailure);
    let both = vec![meant_here(), sheet];
    assert_eq!(state(both, &[PICTURE, SHEET], &[PICTURE]), State::KnownFailure);
}
