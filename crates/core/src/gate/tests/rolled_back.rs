//! A release that did not stay where it had been promoted to.

use crate::catalog::RuleName;
use crate::gate::testing::*;
use crate::ids::{PromotionId, Seq};
use crate::ledger::WentBack;
use crate::record::{BackCause, State, Why};
use crate::say;
use crate::units::Period;

fn gone(version: &str, cause: BackCause) -> World {
    let mut world = World::green();
    let lane = world.state.lanes.get_mut("production").expect("production");
    lane.went_back.push(WentBack {
        version: n(version),
        promotion: PromotionId(Seq(40)),
        seq: Seq(48),
        at: ago(Period::from_mins(5)),
        cause,
        reason: "home failed on in-k8s: 500".to_owned(),
    });
    world
}

fn found(world: &World) -> crate::record::Requirement {
    world.found(RuleName::RolledBack, None, None)
}

#[test]
fn what_failed_there_is_refused_and_says_when_under_which_number_and_what_to_do() {
    let world = gone(CANDIDATE, BackCause::Failed);
    assert!(!world.allowed());
    let (one, reader) = (found(&world), say::Reader::utc(now()));
    assert_eq!(one.state, State::Failed);
    assert_eq!(
        say::why(&one, &reader),
        "it failed there at 11:55 UTC (p-40: home failed on in-k8s: 500)"
    );
    let decision = world.decision();
    let steps = say::next(&one, &decision, &reader);
    assert_eq!(steps[0].what, "mend it in a new release; see  plimsoll show p-40");
    let waive = "plimsoll waive shop@1.23 --to production --rule rolled-back";
    assert!(steps[1].what.contains(waive), "{steps:?}");
    assert_eq!(
        say::summary(&decision, &reader),
        "Refused: it failed on production before (p-40: home failed on in-k8s: 500)."
    );
}

#[test]
fn only_a_waiver_that_was_given_after_it_failed_covers_it() {
    let mut world = gone(CANDIDATE, BackCause::Failed);
    world.waive(RuleName::RolledBack).at = ago(Period::from_mins(6));
    assert!(!world.allowed(), "nobody knew of it then");
    world.waive(RuleName::RolledBack).at = ago(Period::from_mins(4));
    assert_eq!(found(&world).state, State::Waived);
    assert!(world.allowed());
}

#[test]
fn what_a_person_took_back_and_what_was_our_fault_is_said_and_asks_for_nothing() {
    for cause in [BackCause::Asked, BackCause::Errored] {
        let world = gone(CANDIDATE, cause);
        let one = found(&world);
        assert_eq!(one.state, State::Satisfied);
        assert!(matches!(one.why, Why::WentBack { cause: said, .. } if said == cause));
        assert!(world.allowed());
    }
}

#[test]
fn another_release_is_not_blamed() {
    let world = gone("1.21", BackCause::Failed);
    assert_eq!(found(&world).why, Why::NeverWentBack);
    assert!(world.allowed());
}

/// 1.21 failed there; its artifacts are those of the candidate under other names.
fn renamed() -> World {
    let mut world = gone("1.21", BackCause::Failed);
    let mut other = world.state.releases[CANDIDATE].clone();
    other.id = release_id("1.21");
    for artifact in &mut other.artifacts {
        artifact.name = n("renamed");
        artifact.source = "elsewhere".to_owned();
    }
    world.state.releases.insert(n("1.21"), other);
    world
}

#[test]
fn the_same_content_under_a_new_name_is_asked_about_like_what_failed() {
    let mut world = renamed();
    assert!(!world.allowed());
    let (one, reader) = (found(&world), say::Reader::utc(now()));
    assert_eq!(one.state, State::Failed);
    assert_eq!(
        say::why(&one, &reader),
        "it has the same content as 1.21, which failed there at 11:55 UTC \
         (p-40: home failed on in-k8s: 500)"
    );
    // A waiver given after it failed covers it, as it would the one that failed.
    world.waive(RuleName::RolledBack).at = ago(Period::from_mins(4));
    assert!(world.allowed());
}

#[test]
fn other_content_is_not_blamed_and_neither_is_what_stayed_there_since() {
    let mut world = renamed();
    let other = world.state.releases.get_mut("1.21").expect("added");
    other.artifacts[0].digest = crate::digest::Digest::of(b"other bytes");
    assert_eq!(found(&world).why, Why::NeverWentBack);

    let mut world = renamed();
    for target in world.state.lanes.get_mut("production").expect("it").targets.values_mut() {
        target.verified_good.push(crate::ledger::VerifiedGood {
            version: n(CANDIDATE),
            at: now(),
            seq: Seq(50),
            doubted_at: None,
        });
    }
    assert_eq!(found(&world).why, Why::NeverWentBack);
}

#[test]
fn releases_without_named_artifacts_are_not_taken_for_the_same() {
    let mut world = renamed();
    for release in world.state.releases.values_mut() {
        release.artifacts.clear();
    }
    assert_eq!(found(&world).why, Why::NeverWentBack);
}
