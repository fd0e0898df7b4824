//! What people say: waivers, sign-offs, holds, follow-ups.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::{Days, FreezeWindow, Per, RuleKind, RuleName, WindowTime};
use crate::gate::made_up_by;
use crate::gate::testing::*;
use crate::ids::{DecisionId, Seq};
use crate::record::{FollowUp, FollowUpId, Hold, SignOff, State, Why};
use crate::units::Period;

fn red() -> World {
    let mut world = World::green();
    world.fail("nl-vm", "check0", "404");
    world
}

#[test]
fn a_waiver_covers_what_it_names_and_keeps_what_was_found() {
    let mut world = red();
    world.waive(RuleName::Evidence).checks = vec![n("check0")];
    let pair = world.pair();
    assert_eq!(pair.state, State::Waived);
    assert_eq!(pair.without.map(|without| without.0), Some(State::Failed));
    assert!(world.allowed());
    assert_eq!(world.decision().good_until, Some(Period::from_hours(1).after(now())));
}

#[test]
fn a_waiver_covers_nothing_that_it_does_not_name() {
    let spoil: Vec<fn(&mut crate::record::Waiver)> = vec![
        |w| w.release = release_id("1.24"),
        |w| w.to = n("staging"),
        |w| w.rule = RuleName::Coverage,
        |w| w.targets = vec![n("in-k8s")],
        |w| w.checks = vec![n("check1")],
        |w| w.until = now(),
    ];
    for change in spoil {
        let mut world = red();
        change(world.waive(RuleName::Evidence));
        assert_eq!(world.pair().state, State::Failed);
        assert!(!world.allowed());
    }
    let mut world = red();
    world.waive(RuleName::Evidence);
    world.state.people.waivers[0].withdrawn_at = Some(now());
    assert!(!world.allowed());
}

#[test]
fn of_two_waivers_that_contradict_any_one_in_force_is_enough() {
    let mut world = red();
    world.waive(RuleName::Evidence).until = ago(Period::from_mins(1));
    world.waive(RuleName::Evidence).until = Period::from_hours(5).after(now());
    world.waive(RuleName::Evidence);
    world.state.people.waivers[2].withdrawn_at = Some(now());
    let until = Period::from_hours(5).after(now());
    assert!(matches!(world.pair().why, Why::WaivedBy { until: end, .. } if end == until));
}

#[test]
fn a_waiver_may_name_the_targets_that_the_checked_one_stands_for_if_it_names_all() {
    let mut world = red();
    let twin = world.environment_mut("production").targets["nl-vm"].clone();
    world.environment_mut("production").targets.remove("nl-vm");
    world.environment_mut("production").targets.insert(n("live1"), twin.clone());
    world.environment_mut("production").targets.insert(n("live2"), twin);
    let mut half = world.clone();
    half.waive(RuleName::Evidence).targets = vec![n("live1")];
    assert_eq!(half.pair().state, State::Failed, "live2 was not accepted");
    world.waive(RuleName::Evidence).targets = vec![n("live2"), n("live1")];
    assert_eq!(world.pair().state, State::Waived);
}

#[test]
fn a_release_that_nobody_named_cannot_be_waived() {
    let mut world = World::green();
    world.state.releases.remove(CANDIDATE);
    world.waive(RuleName::Release);
    assert_eq!(world.of(RuleName::Release)[0].why, Why::ReleaseUnknown);
    assert!(!world.allowed());
    world.state.releases.insert(n(CANDIDATE), release(CANDIDATE));
    world.state.releases.get_mut(CANDIDATE).expect("named").artifacts.clear();
    assert_eq!(world.of(RuleName::Release)[0].why, Why::ReleaseHasNoArtifacts);
    assert!(!world.allowed());
}

fn frozen(roles: &[&str]) -> World {
    let mut world = World::green();
    world.gate(RuleKind::Freeze(FreezeWindow {
        name: n("labs"),
        time: WindowTime::Weekly {
            days: Days([true; 7]),
            from: crate::catalog::ClockTime(11 * 60),
            to: crate::catalog::ClockTime(13 * 60),
        },
        zone: "UTC".into(),
        override_by: roles.iter().map(|role| n(role)).collect(),
    }));
    world
}

#[test]
fn a_freeze_is_waived_only_by_somebody_who_holds_a_role_that_it_names() {
    let state = |world: &World| world.of(RuleName::Freeze).remove(0);
    let mut world = frozen(&["editors"]);
    assert!(matches!(state(&world).why, Why::Frozen { .. }));
    world.waive(RuleName::Freeze).by = n("mallory");
    let found = state(&world);
    assert_eq!(found.state, State::Unmet);
    assert!(matches!(found.why, Why::OverrideNotHeld { ref by, .. } if by.as_str() == "mallory"));
    world.waive(RuleName::Freeze);
    assert_eq!(state(&world).state, State::Waived);
    assert!(world.allowed());
    let mut nobody = frozen(&[]);
    nobody.waive(RuleName::Freeze);
    assert!(!nobody.allowed(), "it names nobody");
}

fn hold(environment: Option<&str>) -> Hold {
    Hold { environment: environment.map(n), reason: "exam".into(), by: n("bo"), at: now() }
}

#[test]
fn a_hold_here_or_everywhere_refuses_until_it_is_let_go() {
    for (environment, held) in [(None, true), (Some("production"), true), (Some("staging"), false)]
    {
        let mut world = World::green();
        world.state.people.holds.push(said(4_000, hold(environment)));
        assert_eq!(world.allowed(), !held, "{environment:?}");
        world.state.people.holds[0].withdrawn_at = Some(now());
        assert!(world.allowed());
    }
}

fn sign(world: &mut World, by: &str, site: Option<&str>, hours: u64) -> usize {
    let seq = 5_000 + world.state.people.sign_offs.len() as u64;
    let sign_off = SignOff {
        release: release_id(CANDIDATE),
        to: n("production"),
        site: site.map(n),
        target: None,
        role: n("editors"),
        by: n(by),
        at: ago(Period::from_hours(hours)),
        note: String::new(),
        opened: Vec::new(),
    };
    world.state.people.sign_offs.push(said(seq, sign_off));
    world.state.people.sign_offs.len() - 1
}

fn asked_to_sign(count: u32, per: Per) -> World {
    let mut world = World::green();
    world.gate(RuleKind::SignOff { roles: BTreeMap::from([(n("editors"), count)]), per });
    world
}

#[test]
fn sign_offs_are_counted_by_distinct_people_who_hold_the_role_now() {
    let mut world = asked_to_sign(2, Per::Release);
    sign(&mut world, "ada", None, 1);
    sign(&mut world, "ada", None, 1);
    sign(&mut world, "mallory", None, 1);
    let found = world.of(RuleName::SignOff).remove(0);
    assert!(matches!(found.why, Why::NotSigned { have: 1, of: 2, .. }), "{:?}", found.why);
    let bo = sign(&mut world, "bo", None, 1);
    assert!(world.allowed());
    world.catalog.roles.insert(n("editors"), BTreeSet::from([n("ada")]));
    assert!(!world.allowed(), "bo no longer holds the role");
    world.catalog.roles.insert(n("editors"), BTreeSet::from([n("ada"), n("bo")]));
    world.state.people.sign_offs[bo].withdrawn_at = Some(now());
    assert!(!world.allowed());
}

#[test]
fn a_signature_from_before_the_deployment_or_for_another_release_does_not_count() {
    let mut world = asked_to_sign(1, Per::Release);
    let early = sign(&mut world, "ada", None, 5);
    let found = world.of(RuleName::SignOff).remove(0);
    assert!(matches!(found.why, Why::SignedBeforeDeployment { .. }), "{:?}", found.why);
    let one = &mut world.state.people.sign_offs[early].what;
    one.at = ago(Period::from_hours(1));
    assert!(world.allowed());
    world.state.people.sign_offs[early].what.release = release_id("1.22");
    assert!(!world.allowed());
}

#[test]
fn sign_offs_per_site_and_per_target_are_asked_for_each() {
    let mut sites = asked_to_sign(1, Per::Site);
    sign(&mut sites, "ada", Some("nl"), 1);
    assert_eq!(sites.of(RuleName::SignOff).len(), 2);
    assert!(!sites.allowed(), "nobody looked at the other site");
    sign(&mut sites, "ada", Some("in"), 1);
    assert!(sites.allowed());

    let mut targets = asked_to_sign(1, Per::Target);
    for name in ["nl-vm", "nl-k8s", "in-vm"] {
        let index = sign(&mut targets, "ada", None, 1);
        targets.state.people.sign_offs[index].what.target = Some(n(name));
    }
    let unsigned: Vec<_> = targets.decision().unmet().filter_map(|r| r.target.clone()).collect();
    assert_eq!(unsigned, [production("in-k8s")]);
}

fn follow_up(rule: RuleName, check: Option<&str>) -> FollowUp {
    FollowUp {
        id: FollowUpId { decision: DecisionId(Seq(400)), index: 3 },
        release: release_id(CURRENT),
        to: n("production"),
        rule,
        target: check.map(|_| staging("nl-vm")),
        check: check.map(n),
        since: ago(Period::from_hours(48)),
        site: None,
        ahead: crate::record::Ahead::Promoted,
    }
}

/// The release that went ahead passes the check in this place.
fn made_up(world: &mut World, place: &crate::ids::TargetId, hours: u64) -> crate::ledger::RunState {
    let mut run = world.target(&staging("nl-vm")).results["check0"].clone();
    run.result.target = place.clone();
    run.result.version = n(CURRENT);
    run.result.observed_before = crate::record::Observed::Version(n(CURRENT));
    run.result.observed_after = run.result.observed_before.clone();
    run.result.finished_at = ago(Period::from_hours(hours));
    world.target(place).results.insert(n("check0"), run.clone());
    run
}

#[test]
fn what_a_break_glass_left_open_is_asked_for_until_the_evidence_came_later() {
    let mut world = World::green();
    world.state.follow_ups = vec![follow_up(RuleName::Evidence, Some("check0"))];
    let found = |world: &World| world.of(RuleName::FollowUp).remove(0);
    assert!(matches!(found(&world).why, Why::FollowUpOpen { .. }));
    assert!(!world.allowed());
    made_up(&mut world, &production("nl-vm"), 40);
    assert_eq!(found(&world).state, State::Unmet, "what production found was not what was missing");
    made_up(&mut world, &staging("nl-vm"), 50);
    assert_eq!(found(&world).state, State::Unmet, "that was before");
    made_up(&mut world, &staging("nl-vm"), 40);
    assert!(matches!(found(&world).why, Why::FollowUpMet { .. }));
}

#[test]
fn a_person_makes_up_for_a_check_where_it_was_missing_or_wherever_that_stands_for() {
    let mut world = World::green();
    let one = follow_up(RuleName::Evidence, Some("check0"));
    let mut run = |place| {
        let run = made_up(&mut world, &place, 1);
        (run.id, run.result)
    };
    let here = run(staging("nl-vm"));
    let there = run(production("nl-vm"));
    let elsewhere = run(production("in-vm"));
    let service = world.service();
    let by = |results: &[_]| made_up_by(service, &one, results).is_some();
    assert!(by(&[here]) && by(&[elsewhere.clone(), there.clone()]));
    assert!(!by(&[elsewhere]) && !by(&[]));
    let mut red = there;
    red.1.outcome = crate::record::Outcome::Failed;
    assert!(!by(&[red]));
    let freeze = follow_up(RuleName::Freeze, Some("check0"));
    assert_eq!(made_up_by(service, &freeze, &[]), None);
}

#[test]
fn the_next_step_of_a_follow_up_is_the_check_where_the_forced_release_still_runs() {
    let steps = |world: &World| {
        let decision = world.decision();
        let found = decision.requirements.iter().find(|r| r.rule == RuleName::FollowUp);
        let reader = crate::say::Reader::utc(now());
        let steps = crate::say::next(found.expect("it is asked"), &decision, &reader);
        steps.into_iter().map(|step| step.what).collect::<Vec<_>>()
    };
    let close = "plimsoll follow-up shop --close g-400.3 --reason WHY";
    let mut world = World::green();
    world.state.follow_ups = vec![follow_up(RuleName::Evidence, Some("check0"))];
    // Staging has the candidate, production the release that was forced.
    let on_production = "plimsoll verify shop@1.22 --on production --target nl-vm --check check0";
    assert_eq!(steps(&world), [on_production.to_owned(), format!("or let it be:  {close}")]);
    *world.target(&staging("nl-vm")) = deployed(CURRENT, 77, ago(Period::from_hours(1)));
    let on_staging = "plimsoll verify shop@1.22 --on staging --target nl-vm --check check0";
    assert_eq!(steps(&world)[0], on_staging);
    *world.target(&staging("nl-vm")) = deployed(CANDIDATE, 78, ago(Period::from_hours(1)));
    *world.target(&production("nl-vm")) = deployed("1.20", 79, ago(Period::from_hours(1)));
    assert_eq!(steps(&world), [format!("make up for it, or let it be:  {close}")]);
}

#[test]
fn what_no_check_can_make_up_for_stays_open_and_other_lanes_are_not_asked() {
    let mut world = World::green();
    world.state.follow_ups = vec![follow_up(RuleName::Freeze, None)];
    made_up(&mut world, &production("nl-vm"), 1);
    assert!(!world.allowed());
    world.state.follow_ups[0].to = n("canary");
    assert!(world.allowed());
}

#[test]
fn what_one_broken_glass_left_open_is_one_row_with_one_way_to_let_it_be() {
    let mut world = World::green();
    for index in 0..3 {
        let mut one =
            follow_up(RuleName::Evidence, Some(["check0", "check1", "check0"][index as usize]));
        one.id.index = index;
        world.state.follow_ups.push(one);
    }
    world.state.follow_ups.push(follow_up(RuleName::Freeze, None));
    let decision = world.decision();
    let groups = crate::say::groups(&decision, &crate::say::Reader::utc(now()));
    let [row] = groups.as_slice() else { panic!("{groups:#?}") };
    assert_eq!(row.sentence, "4 requirements of shop@1.22 were passed over at Feb 28 12:00 UTC");
    let closing: Vec<_> = row.next.iter().filter(|step| step.what.contains("--close")).collect();
    let [close] = closing.as_slice() else { panic!("{:#?}", row.next) };
    let command = "plimsoll follow-up shop --close all --reason WHY";
    assert_eq!(close.what, format!("make up for them, or let them be:  {command}"));
}

#[test]
fn a_waiver_that_is_over_stays_to_be_seen_in_what_it_covered() {
    let mut world = World::green();
    world.fail("nl-vm", "check0", "answers 500");
    let waiver = world.waive(RuleName::Evidence);
    waiver.until = ago(Period::from_mins(10));
    let (one, reader) = (world.pair(), crate::say::Reader::utc(now()));
    assert_eq!(one.state, State::Failed);
    assert_eq!(
        crate::say::why(&one, &reader),
        "answers 500; a waiver by ada ended 10 m ago (was: seen and accepted)"
    );
    // It is not told where something is met, nor after it was withdrawn, nor of another rule.
    let met = world.found(RuleName::Evidence, Some(staging("in-vm")), Some("check0"));
    assert_eq!(met.lapsed, None);
    world.state.people.waivers[0].withdrawn_at = Some(now());
    assert_eq!(world.pair().lapsed, None);
    world.waive(RuleName::Soak).until = ago(Period::from_mins(10));
    assert_eq!(world.pair().lapsed, None);
}

#[test]
fn what_is_put_off_carries_no_cause() {
    let mut world = World::green();
    world.fail("nl-vm", "check0", "answers 500");
    world.waive(RuleName::Evidence);
    let mut one = world.pair();
    let reason = crate::record::Unclear::NothingToCompare;
    one.cause = Some(Box::new(crate::record::Cause::Unclear { reason }));
    let reader = crate::say::Reader::utc(now());
    assert_eq!(crate::say::why(&one, &reader), "ada until 13:00 UTC: seen and accepted");
}

#[test]
fn what_was_passed_over_of_a_site_says_which() {
    let world = asked_to_sign(1, Per::Site);
    let glass = crate::gate::BreakGlass::new(world.ask(), "it is down", n("ada")).expect("refused");
    let open = glass.follow_ups(DecisionId(Seq(4)));
    let sites: Vec<_> = open.iter().filter_map(|one| one.site.as_ref()).collect();
    assert_eq!(sites, [&n::<crate::ids::SiteName>("in"), &n("nl")]);
}
