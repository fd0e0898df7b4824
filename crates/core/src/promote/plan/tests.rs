//! What a plan says of where it begins.

use crate::gate::testing::{CURRENT, World, n, now, production};
use crate::ids::Seq;
use crate::ledger::Drift;
use crate::promote::lint::tests::plan_of;
use crate::record::{DeployResult, Ending, Observed};

/// The last deployment on production/nl-vm failed, and this was observed after it.
fn failed(observed: Observed) -> World {
    let mut world = World::green();
    let deployment = world.target(&production("nl-vm")).deployment.as_mut().expect("deployed");
    deployment.version = n("1.22.9");
    let report = deployment.report.as_mut().expect("it has ended");
    let (ending, finding) = (Ending::Exit(1), "no space left".to_owned());
    report.result = DeployResult::Failed { ending, finding };
    report.observed = observed;
    world
}

fn from(world: &World) -> Option<String> {
    let plan = plan_of(world);
    let change = plan.change(&n("nl-vm")).expect("it changes");
    change.from.as_ref().map(ToString::to_string)
}

#[test]
fn after_a_deployment_that_failed_a_plan_begins_from_what_was_observed() {
    assert_eq!(from(&World::green()).as_deref(), Some(CURRENT));
    assert_eq!(from(&failed(Observed::Version(n(CURRENT)))).as_deref(), Some(CURRENT));
    assert_eq!(from(&failed(Observed::Unknown("no answer".to_owned()))), None);
}

#[test]
fn what_drifted_in_is_what_was_last_seen() {
    let mut world = World::green();
    let target = world.target(&production("nl-vm"));
    let (seq, at, expected) = (Seq(77), now(), Some(n(CURRENT)));
    let observed = Observed::Version(n("1.20"));
    target.drift = Some(Drift { seq, at, expected, observed });
    assert_eq!(target.last_seen().map(|seen| seen.as_str()), Some("1.20"));
}
