//! Is a plan still what it was made for? The configuration may have been changed while a promotion
//! waited for somebody to go on with it.

use crate::catalog::Service;
use crate::ids::TargetName;
use crate::record::{Pinned, Plan};

/// What the configuration says of a target otherwise than when the plan was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedTarget {
    /// The target.
    pub target: TargetName,
    /// What of it.
    pub what: ChangedPart,
}

/// What the configuration says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangedPart {
    /// It is not there any more.
    Gone,
    /// How and where it is deployed, taken back or observed.
    Place,
    /// The checks that are expected there.
    Checks,
}

/// The targets of a plan that the configuration says something else of than when it was made.
/// Plans of older ledgers, which pin nothing, are taken as they are.
#[must_use]
pub fn changed_since(plan: &Plan, service: &Service) -> Vec<ChangedTarget> {
    let changed = |change: &crate::record::TargetChange| {
        let pinned = change.pinned?;
        let target = change.target.clone();
        let what = match Pinned::of(service, &plan.lane.environment, &change.target) {
            None => ChangedPart::Gone,
            Some(now) if now.place != pinned.place => ChangedPart::Place,
            Some(now) if now.checks != pinned.checks => ChangedPart::Checks,
            Some(_) => return None,
        };
        Some(ChangedTarget { target, what })
    };
    plan.changes.iter().filter_map(changed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{
        Argv, CommandDeploy, DeployKind, Observe, ObserveKind, Platform, VersionFrom,
    };
    use crate::digest::Digest;
    use crate::gate::testing::{World, n};
    use crate::units::Period;

    fn argv(program: &str) -> Argv {
        Argv { argv: vec![n(program)], env: <_>::default(), dir: None }
    }

    fn platform() -> Platform {
        Platform {
            deploy: DeployKind::Command(CommandDeploy {
                deploy: argv("./deploy"),
                roll_back: None,
                prove: None,
                aim: None,
            }),
            observe: Observe {
                kind: ObserveKind::Link,
                version: VersionFrom::Text,
                within: Period::from_secs(5),
            },
            within: Period::from_mins(1),
        }
    }

    fn planned() -> (World, Plan) {
        let mut world = World::green();
        for name in ["vm", "k8s"] {
            world.service_mut().platforms.insert(n(name), platform());
        }
        let plan = crate::promote::lint::tests::plan_of(&world);
        (world, plan)
    }

    fn changes(change: impl FnOnce(&mut World)) -> String {
        let (mut world, plan) = planned();
        change(&mut world);
        crate::say::changed(&changed_since(&plan, world.service()))
    }

    #[test]
    fn what_the_plan_does_not_depend_on_may_change() {
        assert_eq!(changes(|_| {}), "");
        let untouched = changes(|world| {
            world.service_mut().promotion.soak = Period::from_mins(9);
            world.environment_mut("staging").targets.clear();
            world.gate(crate::catalog::RuleKind::Soak { period: Period::from_mins(9) });
        });
        assert_eq!(untouched, "");
    }

    #[test]
    fn another_deployer_observer_address_or_check_is_named_with_its_targets() {
        let deployer = changes(|world| {
            let platform = world.service_mut().platforms.get_mut("vm").expect("vm");
            if let DeployKind::Command(command) = &mut platform.deploy {
                command.roll_back = Some(argv("./back"));
            }
        });
        let moved = |targets: &str| format!("how {targets} deployed or observed was changed");
        assert_eq!(deployer, moved("in-vm, nl-vm are"));
        let observed = changes(|world| {
            let platform = world.service_mut().platforms.get_mut("k8s").expect("k8s");
            platform.observe.kind = ObserveKind::File(n("version"));
        });
        assert_eq!(observed, moved("in-k8s, nl-k8s are"));
        let url = changes(|world| {
            let targets = &mut world.environment_mut("production").targets;
            targets.get_mut("nl-vm").expect("nl-vm").url = Some("http://elsewhere".to_owned());
        });
        assert_eq!(url, moved("nl-vm is"));
        let check = changes(|world| drop(world.service_mut().checks.remove("check0")));
        assert_eq!(check, "the checks of in-k8s, in-vm, nl-k8s, nl-vm were changed");
        let gone =
            changes(|world| drop(world.environment_mut("production").targets.remove("nl-vm")));
        assert_eq!(gone, "nl-vm is not there any more");
    }

    #[test]
    fn a_plan_of_an_older_ledger_has_its_digest_and_pins_nothing() {
        let (world, mut plan) = planned();
        for change in &mut plan.changes {
            change.pinned = None;
        }
        let text = serde_json::to_string(&plan).expect("json");
        assert!(!text.contains("pinned"));
        let read: Plan = serde_json::from_str(&text).expect("a plan");
        assert_eq!((read.digest(), &read), (Digest::of_json(&plan), &plan));
        let mut empty = world;
        empty.service_mut().environments.clear();
        assert_eq!(changed_since(&read, empty.service()), []);
    }
}
