//! What holds whatever happened.

use proptest::prelude::*;

use crate::catalog::RuleName;
use crate::gate::testing::*;
use crate::gate::{decide, sameness};
use crate::ids::EnvironmentName;
use crate::record::{Observed, Outcome, ProofOutcome};
use crate::units::Period;

const TARGETS: [&str; 4] = ["nl-vm", "nl-k8s", "in-vm", "in-k8s"];
const CHECKS: [&str; 2] = ["check0", "check1"];

/// One thing that is known less well, or not at all.
fn weaken(world: &mut World, what: u8, place: usize) {
    let (name, check) = (TARGETS[place % 4], CHECKS[place / 4 % 2]);
    let unknown = || Observed::Unknown("no answer".into());
    match what {
        0 => drop(world.target(&staging(name)).results.remove(check)),
        1 => drop(world.facts.observations.remove(&staging(name))),
        2 => drop(world.facts.proofs.remove(&production(name))),
        3 => world.see(&staging(name), unknown()),
        4 => world.prove(name, CURRENT, ProofOutcome::Unknown { why: "no answer".into() }),
        5 => world.target(&staging(name)).deployment = None,
        6 => world.target(&production(name)).verified_good.clear(),
        _ => {
            if let Some(run) = world.target(&staging(name)).results.get_mut(check) {
                match what {
                    7 => run.result.outcome = Outcome::Errored,
                    8 => run.result.outcome = Outcome::NotRun,
                    9 => run.result.observed_before = unknown(),
                    10 => run.result.observed_after = unknown(),
                    11 => run.result.deployment = None,
                    _ => run.result.attempts.clear(),
                }
            }
        }
    }
}

/// A world with something wrong and something waived.
fn shuffled(faults: &[(u8, usize)], waivers: &[(usize, usize)]) -> World {
    let mut world = World::green();
    for (kind, place) in faults {
        let (name, check) = (TARGETS[place % 4], CHECKS[place / 4 % 2]);
        match kind % 4 {
            0 => drop(world.fail(name, check, "404")),
            1 => world.result(name, check).finished_at = ago(Period::from_hours(30)),
            2 => world.result(name, check).version = n("1.21"),
            _ => world.observe(&staging(name), "1.20"),
        }
    }
    for (place, hours) in waivers {
        let until = Period::from_hours(*hours as u64).after(now());
        let waiver = world.waive(RuleName::Evidence);
        waiver.targets = vec![n(TARGETS[place % 4])];
        waiver.until = until;
    }
    world
}

fn faults() -> impl Strategy<Value = Vec<(u8, usize)>> {
    proptest::collection::vec((0..4_u8, 0..8_usize), 0..5)
}

fn waivers() -> impl Strategy<Value = Vec<(usize, usize)>> {
    proptest::collection::vec((0..4_usize, 0..3_usize), 0..6)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn less_knowledge_never_turns_a_refusal_into_a_pass(
        faults in faults(), waivers in waivers(), what in 0..13_u8, place in 0..8_usize,
    ) {
        let mut world = shuffled(&faults, &waivers);
        let before = world.allowed();
        weaken(&mut world, what, place);
        prop_assert!(before || !world.allowed());
    }

    #[test]
    fn one_thing_less_in_a_green_world_is_refused(what in 0..13_u8, place in 0..8_usize) {
        let mut world = World::green();
        weaken(&mut world, what, place);
        prop_assert!(!world.allowed());
    }

    #[test]
    fn the_order_in_which_waivers_were_given_does_not_matter(
        faults in faults(), waivers in waivers(),
    ) {
        let world = shuffled(&faults, &waivers);
        let mut turned = world.clone();
        turned.state.people.waivers.reverse();
        prop_assert_eq!(world.decision(), turned.decision());
    }

    #[test]
    fn the_same_question_has_the_same_answer(faults in faults(), waivers in waivers()) {
        let world = shuffled(&faults, &waivers);
        let to: EnvironmentName = n("production");
        let ruling = decide(&world.question(&to)).expect("askable");
        prop_assert_eq!(sameness(ruling.decision()), sameness(&world.decision()));
        let allowed = ruling.decision().unmet().next().is_none();
        prop_assert_eq!(ruling.is_allowed(), allowed);
        prop_assert!(!ruling.decision().requirements.is_empty());
    }

    #[test]
    fn without_any_evidence_nothing_is_allowed_whatever_else_is_so(
        faults in faults(), sites in 1..4_usize, checks in 0..3_usize,
    ) {
        let mut world = shuffled(&faults, &[]);
        prop_assume!(sites > 0);
        let keep = world.service().checks.keys().take(checks).cloned().collect::<Vec<_>>();
        world.service_mut().checks.retain(|name, _| keep.contains(name));
        for target in world.state.lanes.get_mut("staging").expect("staging").targets.values_mut() {
            target.results.clear();
        }
        prop_assert!(!world.allowed());
    }
}
