//! Which services a push is about, and which of them nobody named.

use std::collections::BTreeSet;

use crate::catalog::{BranchRef, Catalog};
use crate::ids::{EnvironmentName, ServiceName};

use super::{Changed, Named};

/// What becomes of a branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It begins; everything in it is new.
    Created,
    /// Commits are added.
    Forward,
    /// Commits are taken away.
    Forced,
    /// It goes.
    Deleted,
}

/// May this commit enter that branch?
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushQuestion {
    /// The branch.
    pub branch: BranchRef,
    /// Where it is deployed to.
    pub environment: EnvironmentName,
    /// What becomes of the branch.
    pub step: Step,
    /// The commit, by full object id; absent when the branch goes.
    pub commit: Option<String>,
    /// Commits whose release is the commit's: itself, and for a merge commit those with the
    /// identical tree.
    pub same_content: BTreeSet<String>,
    /// What it changes there.
    pub changed: Changed,
    /// What the pusher named.
    pub named: Named,
}

/// Which services a push is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Riding {
    /// Those that are asked at the gate.
    pub gated: Vec<ServiceName>,
    /// Those whose environment has no gate.
    pub free: Vec<ServiceName>,
    /// Those that are not deployed from this branch.
    pub elsewhere: Vec<ServiceName>,
    /// Of the gated ones, those that ride along and nobody named. Empty, or two at least: which of
    /// them is meant is not for us to guess.
    pub unnamed: Vec<ServiceName>,
}

/// Sorts the changed services by what is asked of them. Of several that have a gate all but one
/// must be named.
#[must_use]
pub fn decide_riding(catalog: &Catalog, question: &PushQuestion) -> Riding {
    let mut riding = Riding::default();
    for name in question.changed.services.keys() {
        let service = catalog.services.get(name);
        let environment = service.and_then(|service| service.environment(&question.environment));
        let list = match environment {
            None => &mut riding.elsewhere,
            Some(environment) if environment.after.is_none() => &mut riding.free,
            Some(_) => &mut riding.gated,
        };
        list.push(name.clone());
    }
    let named = &question.named.also;
    let unnamed: Vec<_> =
        riding.gated.iter().filter(|name| !named.contains(*name)).cloned().collect();
    if unnamed.len() > 1 {
        riding.unnamed = unnamed;
    }
    riding
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::testing::{World, n};
    use crate::push::Touched;

    fn catalog() -> Catalog {
        let mut catalog = World::green().catalog;
        let shop = catalog.services.values().next().expect("one").clone();
        for name in ["cart", "mail"] {
            let service = crate::catalog::Service { name: n(name), ..shop.clone() };
            catalog.services.insert(n(name), service);
        }
        let mail = catalog.services.get_mut("mail").expect("just added");
        mail.environments.retain(|environment| environment.after.is_none());
        catalog
    }

    fn riding(environment: &str, changed: &[&str], also: &[&str]) -> Riding {
        let services = changed.iter().map(|name| (n(name), Touched::default())).collect();
        let question = PushQuestion {
            branch: "main".parse().expect("a branch"),
            environment: n(environment),
            step: Step::Forward,
            commit: None,
            same_content: BTreeSet::new(),
            changed: Changed { services, ..Changed::default() },
            named: Named { also: also.iter().map(|name| n(name)).collect(), ..Named::default() },
        };
        decide_riding(&catalog(), &question)
    }

    #[test]
    fn all_but_one_of_the_services_with_a_gate_must_be_named() {
        for (changed, also, unnamed) in [
            (&["shop"][..], &[][..], 0),
            (&["shop", "cart"], &[], 2),
            (&["shop", "cart"], &["cart"], 0),
            (&["shop", "cart"], &["shop", "cart"], 0),
            (&["shop", "cart"], &["other"], 2),
            (&["shop", "mail"], &[], 0),
            (&[], &["shop"], 0),
        ] {
            let riding = riding("production", changed, also);
            assert_eq!(riding.unnamed.len(), unnamed, "{changed:?} {also:?}");
        }
    }

    #[test]
    fn without_a_gate_nothing_need_be_named_and_elsewhere_nothing_is_asked() {
        let staging = riding("staging", &["shop", "cart", "mail"], &[]);
        assert_eq!((staging.free.len(), staging.unnamed.len()), (3, 0));
        let production = riding("production", &["shop", "mail"], &[]);
        assert_eq!(production.elsewhere, [n::<ServiceName>("mail")]);
        assert_eq!(production.gated, [n::<ServiceName>("shop")]);
    }
}
