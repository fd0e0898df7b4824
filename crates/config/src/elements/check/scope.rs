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
    example: "{ environments: [staging], platforms: vm }",
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
        scope.environments =
            read_known_list(r, node, &environments.known, "environment", "environments:");
    }
    if let Some(node) = fields.get("sites") {
        let known: BTreeSet<SiteName> =
            environments.all().map(|(_, _, target)| target.site.clone()).collect();
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
        bad(
            in_checks,
            &[
                (
                    "{ http: /, only: { sites: [b] } }",
                    "9:37 [b] there is no site `b` → did you mean `a`?",
                ),
                (
                    "{ http: /, only: { environments: productoin } }",
                    "9:43 [productoin] there is no environment `productoin` → did you mean `production`?",
                ),
                (
                    "{ http: /, only: { platforms: [vm, k8s], targets: [aa, zzzz] } }",
                    "9:45 [k8s] there is no platform `k8s` → there is only vm\n9:61 [aa] there is no target `aa` → did you mean `a`?\n9:65 [zzzz] there is no target `zzzz` → there is only a",
                ),
                (
                    "{ http: /, only: [a] }",
                    "9:27 [[a]] expected a map (environments, sites, platforms, targets), found a list → like  { environments: [staging], platforms: vm }",
                ),
                (
                    "{ http: /, only: { site: a } }",
                    "9:29 [site] unknown key `site` → did you mean `sites`?",
                ),
            ],
        );
    }
}
