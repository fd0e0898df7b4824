//! What opens a gate.

use crate::catalog::RuleName;
use crate::gate::testing::*;
use crate::gate::{BreakGlass, BreakGlassError, Pass};
use crate::ids::{DecisionId, Seq};
use crate::record::FollowUpId;

#[test]
fn only_an_allowing_ruling_becomes_a_pass() {
    let world = World::green();
    let pass = Pass::from(world.ask().pass().expect("allowed"));
    assert_eq!(*pass.decision(), world.decision());
    let mut refused = World::green();
    refused.facts.proofs.clear();
    assert!(refused.ask().pass().is_err());
}

#[test]
fn breaking_the_glass_needs_a_refusal_and_a_reason() {
    let world = World::green();
    let break_it = |world: &World, reason: &str| BreakGlass::new(world.ask(), reason, n("ada"));
    assert_eq!(break_it(&world, "outage").err(), Some(BreakGlassError::NotRefused));
    let mut refused = World::green();
    refused.fail("nl-vm", "check0", "404");
    for blank in ["", "  \n\t"] {
        assert_eq!(break_it(&refused, blank).err(), Some(BreakGlassError::NoReason));
    }
    let glass = break_it(&refused, " outage ").expect("broken");
    assert_eq!((glass.reason(), glass.by().as_str()), ("outage", "ada"));
}

#[test]
fn every_unmet_requirement_is_left_open_and_old_ones_are_not_doubled() {
    let mut world = World::green();
    world.fail("nl-vm", "check0", "404");
    world.facts.proofs.clear();
    let glass = BreakGlass::new(world.ask(), "outage", n("ada")).expect("broken");
    let number = DecisionId(Seq(1_001));
    let left = glass.follow_ups(number);
    assert_eq!(left.len(), 5, "one check, four ways back");
    assert_eq!(left[0].id, FollowUpId { decision: number, index: 0 });
    assert_eq!(
        (left[0].rule, left[0].target.clone()),
        (RuleName::Evidence, Some(staging("nl-vm")))
    );
    world.state.follow_ups = left;
    let again = BreakGlass::new(world.ask(), "outage", n("ada")).expect("broken");
    assert_eq!(again.follow_ups(number).len(), 5);
}
