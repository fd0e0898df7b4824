//! Where a check is expected.

use std::collections::BTreeSet;

use plimsoll_core::catalog::Scope;
use plimsoll_core::ids::{PlatformName, SiteName};

use crate::elements::environments::Environments;
use crate::elements::name::read_known_list;
use crate::reader::Reader;
use crate::shape::{Object, Shape, optional};
use crate::text::Node;

/// A scope.
pub(super) static ONLY: Object = Object {
    name: "scope",
    doc: "A target is in it when it fits all that is said. What is left out does not restrict.",
    keys: &[
        optional("environments", Shape::OneOrList(&Shape::Name("environment")), "Environments."),
        optional("sites", Shape::OneOrList(&Shape::Name("site")), "Sites."),
        optional("platforms", Shape::OneOrList(&Shape::Name("platform")), "Platforms."),
        optional("targets", Shape::OneOrList(&Shape::Name("target")), "Targets by name."),
    ],
    one_of: &[],
    rest: None,
    example: "{ environments: [staging], platforms: k8s }",
};

/// A scope, of names that exist.
pub(super) fn read_scope(
    r: &mut Reader<'_>,
    node: &Node,
    environments: &Environments,
    platforms: &BTreeSet<PlatformName>,
) -> Scope {
    let mut scope = Scope::default();
    let Some(fields) = r.object(node, &ONLY) else { return scope };
    if let Some(node) = fields.get("environments") {
        let known = environments.known();
        scope.environments = read_known_list(r, node, &known, "environment", "environments:");
    }
    if let Some(node) = fields.get("sites") {
        let known: BTreeSet<SiteName> = environments.all().map(|(_, _, target)| target.site.clone()).collect();
        scope.sites = read_known_list(r, node, &known, "site", "the targets:");
    }
    if let Some(node) = fields.get("platforms") {
        scope.platforms = read_known_list(r, node, platforms, "platform", "platforms:");
    }
    if let Some(node) = fields.get("targets") {
        let known = environments.target_names(|_| true);
        scope.targets = read_known_list(r, node, &known, "target", "targets:");
    }
    scope
}

#[cfg(test)]
mod tests {
    use crate::testing::{bad, in_checks};

    #[test]
    fn a_scope_names_what_exists() {
        bad(in_checks, &[
            ("{ http: /, only: { sites: [b] } }", ""),
            ("{ http: /, only: { environments: productoin } }", ""),
            ("{ http: /, only: { platforms: [vm, k8s], targets: [aa, zzzz] } }", ""),
            ("{ http: /, only: [a] }", ""),
            ("{ http: /, only: { site: a } }", ""),
        ]);
    }
}
