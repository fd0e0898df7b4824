//! The stages of a service, in order.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_core::catalog::{Environment, Target};
use plimsoll_core::ids::{EnvironmentName, PlatformName, TargetName};

use crate::reader::Reader;
use crate::shape::{Object, Shape, optional, required};
use crate::text::{Entry, Node, Span};

use super::name::{key_name, read_known};
use super::target::{TARGET, read_target};

/// An environment.
pub(crate) static ENVIRONMENT: Object = Object {
    name: "environment",
    doc: "A stage. Their order in the file is their order.",
    keys: &[
        optional(
            "after",
            Shape::Name("environment"),
            "The environment before it, whose evidence its gate asks for. Without it there is no gate: anything may be deployed.",
        ),
        required(
            "targets",
            Shape::Map("the name of a target", &Shape::Object(&TARGET)),
            "Its targets.",
        ),
    ],
    one_of: &[],
    rest: None,
    example: "{ after: staging, targets: { nl: { url: https://nl.example } } }",
};

/// The environments that a service may have.
const MOST_ENVIRONMENTS: usize = 200;

/// The environments of a service, and where their names stand. What is declared is known by name
/// even when it has errors, so that one error does not make others.
#[derive(Debug, Default)]
pub(crate) struct Environments {
    /// Those without errors, in order.
    pub list: Vec<Environment>,
    /// Every name, with its place, in order.
    pub names: Vec<(EnvironmentName, Span)>,
    /// Every environment that is after another.
    pub gated: BTreeSet<EnvironmentName>,
    /// Every name, for lookups.
    pub known: BTreeSet<EnvironmentName>,
    /// Every target's name and place, by environment.
    pub targets: BTreeMap<EnvironmentName, BTreeMap<TargetName, Span>>,
}

impl Environments {
    /// The names of all targets of the environments that `choose` chooses.
    pub fn target_names(&self, choose: impl Fn(&EnvironmentName) -> bool) -> BTreeSet<TargetName> {
        let chosen = self.targets.iter().filter(|(name, _)| choose(name));
        chosen.flat_map(|(_, targets)| targets.keys().cloned()).collect()
    }

    /// Every target that was read, with the name of its environment and its own.
    pub fn all(&self) -> impl Iterator<Item = (&EnvironmentName, &TargetName, &Target)> {
        self.list.iter().flat_map(|environment| {
            environment.targets.iter().map(move |(name, target)| (&environment.name, name, target))
        })
    }

    /// The place of a target's name, or else of its environment's.
    pub fn place(
        &self,
        environment: &EnvironmentName,
        target: Option<&TargetName>,
    ) -> Option<Span> {
        let of_target = target.and_then(|name| self.targets.get(environment)?.get(name).copied());
        of_target.or_else(|| {
            self.names.iter().find(|(name, _)| name == environment).map(|(_, span)| *span)
        })
    }
}

/// The environments of a service.
pub(crate) fn read_environments(
    r: &mut Reader<'_>,
    node: &Node,
    platforms: &BTreeSet<PlatformName>,
) -> Environments {
    let mut all = Environments::default();
    let entries = r.entries(node, "environments").unwrap_or_default();
    if entries.is_empty() && r.entries(node, "environments").is_some() {
        r.error(node.at, "there is no environment here").hint("like  staging: { targets: { … } }");
    }
    if !r.at_most(MOST_ENVIRONMENTS, entries.len(), node.at, "environments") {
        return all;
    }
    for entry in entries {
        let name = key_name::<EnvironmentName>(r, entry);
        let environment = read_environment(r, entry, name.as_ref(), platforms, &mut all);
        let Some(name) = name else { continue };
        all.known.insert(name.clone());
        all.names.push((name, entry.span));
        all.list.extend(environment);
    }
    all
}

/// An environment; one without a name is read for its errors alone.
fn read_environment(
    r: &mut Reader<'_>,
    entry: &Entry,
    name: Option<&EnvironmentName>,
    platforms: &BTreeSet<PlatformName>,
    all: &mut Environments,
) -> Option<Environment> {
    let errors = r.report.errors();
    let fields = r.object(&entry.node, &ENVIRONMENT)?;
    if r.report.errors() > errors {
        all.gated.extend(name.cloned());
    }
    let after = fields.get("after").map(|after| {
        all.gated.extend(name.cloned());
        read_known(r, after, &all.known, "earlier environment", "environments:, above it")
    });
    let mut targets = BTreeMap::new();
    let mut places = BTreeMap::new();
    let node = fields.get("targets")?;
    for entry in r.entries(node, "targets").unwrap_or_default() {
        let name = key_name::<TargetName>(r, entry);
        let target = read_target(r, entry, platforms);
        let Some(name) = name else { continue };
        if let Some(target) = target {
            targets.insert(name.clone(), target);
        }
        places.insert(name, entry.span);
    }
    let name = name?;
    if places.is_empty() {
        r.report
            .warning(node.at, format!("{name} has no target"))
            .hint_if((!platforms.is_empty()).then_some("like  nl: { url: https://nl.example }"));
    }
    all.targets.insert(name.clone(), places);
    Some(Environment {
        name: name.clone(),
        after: after.map_or(Some(None), |after| after.map(Some))?,
        targets,
    })
}

#[cfg(test)]
mod tests {
    use crate::testing::{bad, in_environments};

    #[test]
    fn environments_out_of_order_and_without_targets_are_refused() {
        bad(
            in_environments,
            &[
                (
                    "production: { after: stagin, targets: { a: {} } }",
                    "5:28 [stagin] there is no earlier environment `stagin` → did you mean `staging`?",
                ),
                (
                    "production: { after: production, targets: { a: {} } }",
                    "5:28 [production] there is no earlier environment `production` → there is only staging",
                ),
                (
                    "production: { targets: {} , aftr: staging }",
                    "5:35 [aftr] unknown key `aftr` → did you mean `after`?",
                ),
                (
                    "production: { after: staging }",
                    "5:7 [production] `targets` is missing in this environment → `targets`: Its targets",
                ),
                (
                    "'pro duction': { targets: { a: {} } }",
                    "5:7 ['pro duction'] `pro duction` cannot be the name of an environment → use letters, digits, `.`, `_` and `-`\n10:14 [production] there is no environment `production` → there is only staging",
                ),
                (
                    "'pro duction': { after: stagin, targets: { ..: {}, 'a b': { urls: x } } }",
                    "5:7 ['pro duction'] `pro duction` cannot be the name of an environment → use letters, digits, `.`, `_` and `-`\n5:31 [stagin] there is no earlier environment `stagin` → did you mean `staging`?\n5:50 [..] `..` cannot be the name of a target → it must begin with a letter or a digit\n5:58 ['a b'] `a b` cannot be the name of a target → use letters, digits, `.`, `_` and `-`\n5:67 [urls] unknown key `urls` → did you mean `url`?\n10:14 [production] there is no environment `production` → there is only staging",
                ),
                (
                    "production: { after: staging, targets: { a/b: {}, ..: {} } }",
                    "5:48 [a/b] `a/b` cannot be the name of a target → use letters, digits, `.`, `_` and `-`\n5:57 [..] `..` cannot be the name of a target → it must begin with a letter or a digit",
                ),
                (
                    "production: { after: staging, targets: [a] }",
                    "5:46 [[a]] expected a map of targets, found a list → write  name: value  below it",
                ),
            ],
        );
    }
}
