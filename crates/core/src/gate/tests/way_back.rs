//! The way back.

use crate::catalog::{RuleKind, RuleName};
use crate::digest::Digest;
use crate::gate::testing::*;
use crate::gate::way_back;
use crate::ids::{PromotionId, Seq, TargetId};
use crate::ledger::{TargetState, VerifiedGood};
use crate::record::{Observed, ProofOutcome, Rehearsal, State, Why};
use crate::units::Period;

fn here() -> TargetId {
    production("nl-vm")
}

fn stands(world: &World) -> (State, Why) {
    let found = world.found(RuleName::WayBack, Some(here()), None);
    (found.state, found.why)
}

fn good(version: &str) -> VerifiedGood {
    VerifiedGood {
        version: n(version),
        at: ago(Period::from_hours(99)),
        seq: Seq(901),
        doubted_at: None,
    }
}

#[test]
fn a_target_without_a_verified_good_version_cannot_go_back() {
    let mut world = World::green();
    world.target(&here()).verified_good.clear();
    assert_eq!(stands(&world), (State::Unmet, Why::NoVerifiedGood));
    world.state.lanes.remove("production");
    assert_eq!(stands(&world), (State::Unmet, Why::NoVerifiedGood));
}

#[test]
fn the_way_back_is_the_last_verified_good_and_not_merely_the_one_before() {
    let mut world = World::green();
    world.target(&here()).verified_good = vec![good("1.20"), good("1.21")];
    let target = world.target(&here()).clone();
    let back = way_back(&target, &n(CANDIDATE)).map(|good| good.version.to_string());
    assert_eq!(back.as_deref(), Some("1.21"), "1.22 runs there and was never found good");
    assert!(matches!(stands(&world), (State::Unmet, Why::WayBackUnnamed { .. })));
}

#[test]
fn what_runs_there_and_was_verified_good_is_the_way_back_even_if_another_was_later() {
    let mut world = World::green();
    world.target(&here()).verified_good = vec![good(CURRENT), good("1.22.1")];
    let target = world.target(&here()).clone();
    let back = way_back(&target, &n(CANDIDATE)).map(|good| good.version.to_string());
    assert_eq!(back.as_deref(), Some(CURRENT));
}

#[test]
fn a_way_back_has_named_artifacts_that_were_just_proven_to_be_there() {
    let mut unnamed = World::green();
    unnamed.state.releases.get_mut(CURRENT).expect("named").artifacts.clear();
    assert!(matches!(stands(&unnamed), (State::Unmet, Why::WayBackUnnamed { .. })));

    let mut unproven = World::green();
    unproven.facts.proofs.remove(&here());
    assert!(matches!(stands(&unproven), (State::Unmet, Why::WayBackUnproven { .. })));
    unproven.prove("nl-vm", "1.21", ProofOutcome::Present { how: "kept".into() });
    assert!(matches!(stands(&unproven), (State::Unmet, Why::WayBackUnproven { .. })));

    let mut missing = World::green();
    let gone = ProofOutcome::Missing { what: "site".into(), digest: Some(Digest::ZERO) };
    missing.prove("nl-vm", CURRENT, gone.clone());
    let why = Why::WayBackMissing { version: n(CURRENT), outcome: gone };
    assert_eq!(stands(&missing), (State::Unmet, why));

    let mut unknown = World::green();
    unknown.prove("nl-vm", CURRENT, ProofOutcome::Unknown { why: "no answer".into() });
    assert_eq!(stands(&unknown).0, State::Errored);
}

#[test]
fn a_target_that_runs_the_candidate_well_already_needs_no_way_back() {
    let mut world = World::green();
    let mut live = deployed(CANDIDATE, 600, ago(Period::from_hours(1)));
    live.verified_good = vec![good(CANDIDATE)];
    *world.target(&here()) = live;
    world.observe(&here(), CANDIDATE);
    world.facts.proofs.remove(&here());
    assert!(matches!(stands(&world), (State::Satisfied, Why::AlreadyThere { .. })));
    assert!(world.allowed());
}

#[test]
fn drift_in_production_refuses_and_a_production_that_is_down_does_not() {
    let mut world = World::green();
    world.observe(&here(), "1.20");
    assert_eq!(stands(&world).0, State::WrongVersion);
    world.see(&here(), Observed::Unknown("connection refused".into()));
    assert_eq!(stands(&world).0, State::Satisfied);
    assert!(world.allowed(), "it must not stop whoever mends it");
}

#[test]
fn an_irreversible_release_needs_a_person_who_accepts_it() {
    let mut world = World::green();
    world.state.releases.get_mut(CANDIDATE).expect("named").irreversible = true;
    let irreversible = |world: &World| world.found(RuleName::WayBack, None, None);
    assert_eq!(irreversible(&world).why, Why::Irreversible { accepted: false });
    assert!(!world.allowed());
    world.waive(RuleName::WayBack).targets = vec![n("nl-vm")];
    assert!(!world.allowed(), "one target's waiver is not the release's");
    world.waive(RuleName::WayBack);
    assert_eq!(irreversible(&world).state, State::Waived);
    assert!(world.allowed());
}

fn rehearse<'a>(world: &'a mut World, name: &str, seq: u64, days: u64) -> &'a mut Rehearsal {
    let rehearsal = Rehearsal {
        target: staging(name),
        from: n(CANDIDATE),
        to: n(CURRENT),
        at: ago(Period::from_hours(24 * days)),
        promotion: PromotionId(Seq(seq - 1)),
        effect_observed: true,
        finding: None,
    };
    let place = &mut world.target(&staging(name)).rehearsal;
    &mut place.insert((Seq(seq), rehearsal)).1
}

fn asked_to_rehearse() -> World {
    let mut world = World::green();
    let within = Some(Period::from_hours(24 * 30));
    world.gate(RuleKind::WayBack { rehearsed_within: within });
    rehearse(&mut world, "nl-k8s", 700, 2);
    world
}

#[test]
fn each_platform_must_have_been_rehearsed_lately_and_with_effect() {
    let mut world = asked_to_rehearse();
    let whys = |world: &World| {
        let all = world.of(RuleName::WayBack).into_iter();
        all.filter(|r| !r.state.lets_pass()).map(|r| r.why).collect::<Vec<_>>()
    };
    assert!(
        matches!(&whys(&world)[..], [Why::NotRehearsed { platform, .. }] if platform.as_str() == "vm")
    );
    rehearse(&mut world, "nl-vm", 710, 30);
    assert!(matches!(&whys(&world)[..], [Why::RehearsalOld { .. }]));
    rehearse(&mut world, "nl-vm", 711, 3);
    assert!(world.allowed());
    rehearse(&mut world, "in-vm", 712, 1).effect_observed = false;
    assert!(matches!(&whys(&world)[..], [Why::RehearsalFailed { .. }]), "the newest counts");
    rehearse(&mut world, "in-vm", 713, 1).finding = Some("404 afterwards".into());
    assert!(matches!(&whys(&world)[..], [Why::RehearsalFailed { .. }]));
}

#[test]
fn a_rehearsal_asked_of_other_tiers_only_is_said_and_the_way_back_itself_still_asked() {
    let mut world = World::green();
    let within = Some(Period::from_hours(24));
    let applies = world.gate(RuleKind::WayBack { rehearsed_within: within });
    applies.tiers.insert(crate::catalog::Tier::Critical);
    assert!(world.allowed());
    let said = world.of(RuleName::WayBack);
    assert!(said.iter().any(|r| r.state == State::NotApplicable));
    world.facts.proofs.clear();
    assert!(!world.allowed());
}

#[test]
fn kargo_5144_a_version_that_failed_a_check_later_is_gone_back_to_only_for_want_of_a_better_one() {
    let verified_good = vec![good("1.21"), good("1.22")];
    let mut target = TargetState { verified_good, ..TargetState::default() };
    assert_eq!(way_back(&target, &n("1.23")).map(|g| g.version.clone()), Some(n("1.22")));
    target.verified_good[1].doubted_at = Some(ago(Period::from_hours(1)));
    assert_eq!(way_back(&target, &n("1.23")).map(|g| g.version.clone()), Some(n("1.21")));
    target.verified_good.remove(0);
    assert_eq!(way_back(&target, &n("1.23")).map(|g| g.version.clone()), Some(n("1.22")));
}

#[test]
fn a_first_release_is_told_the_way_beside_the_one_of_what_runs_already() {
    let mut world = World::green();
    world.state.lanes.remove("production");
    let decision = world.decision();
    let reader = crate::say::Reader::utc(now());
    let groups = crate::say::groups(&decision, &reader);
    let row = groups.iter().find(|row| row.label == "way-back").expect("it is unmet");
    let steps: Vec<_> = row.next.iter().map(|step| step.what.as_str()).collect();
    assert!(steps[0].starts_with("plimsoll adopt shop@VERSION --on production"), "{steps:?}");
    let waive = "plimsoll waive shop@1.23 --to production --rule way-back \
                 --target in-k8s,in-vm,nl-k8s,nl-vm --until TIME --reason WHY";
    assert!(steps[1].starts_with("where nothing runs yet"), "{steps:?}");
    assert!(steps[1].ends_with(waive), "{steps:?}");
}
