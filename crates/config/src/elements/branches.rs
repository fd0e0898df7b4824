//! Protected branches.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_core::catalog::{BranchRef, Service};
use plimsoll_core::ids::{EnvironmentName, ServiceName};

use crate::reader::Reader;
use crate::text::{Entry, Span};

use super::name::read_known;

/// One protected branch and where it is deployed to. Environments are those that any service has.
pub(crate) fn read_branch(
    r: &mut Reader<'_>,
    entry: &Entry,
    known: &BTreeSet<EnvironmentName>,
    branches: &mut BTreeMap<BranchRef, EnvironmentName>,
) {
    let branch = match entry.name.parse::<BranchRef>() {
        Ok(branch) => Some(branch),
        Err(error) => {
            r.error(entry.span, error.to_string())
                .hint("name a branch as git does: production, or refs/heads/production");
            None
        }
    };
    let environment = read_known(r, &entry.node, known, "environment", "environments:");
    let (Some(branch), Some(environment)) = (branch, environment) else { return };
    let shown = branch.to_string();
    if branches.insert(branch, environment).is_some() {
        r.error(entry.span, format!("the branch `{shown}` is here twice"))
            .hint("in short and in full it is the same branch: keep one");
    }
}

/// Says which services would ride along with every push, because nobody said which files are
/// theirs.
pub(crate) fn warn_of_services_without_paths(
    r: &mut Reader<'_>,
    branches: &BTreeMap<BranchRef, EnvironmentName>,
    services: &BTreeMap<ServiceName, Service>,
    places: &BTreeMap<ServiceName, Span>,
) {
    for (branch, environment) in branches {
        let deployed: Vec<&Service> = services
            .values()
            .filter(|service| service.environment(environment).is_some())
            .collect();
        if deployed.len() < 2 {
            continue;
        }
        for service in deployed.iter().filter(|service| service.paths.is_empty()) {
            let Some(place) = places.get(&service.name) else { continue };
            let words = format!(
                "{} has no `paths`, so every push to {branch} counts as a change of it",
                service.name
            );
            r.report.warning(*place, words).hint("like  paths: [data8/**, images/data8/**]");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{bad, brief, load_one, whole_with};

    fn in_branches(text: &str) -> String {
        whole_with(15, &format!("branches: {text}"))
    }

    #[test]
    fn branches_lead_to_environments_that_there_are() {
        bad(
            in_branches,
            &[
                (
                    "[production]",
                    "15:11 [[production]] expected a map of branches, found a list → write  name: value  below it",
                ),
                (
                    "{ main: producton }",
                    "15:19 [producton] there is no environment `producton` → did you mean `production`?",
                ),
                (
                    "{ main: }",
                    "15:13 [main] expected the name of a environment, found nothing → write a value after the colon",
                ),
                (
                    "{ refs/tags/v1: staging }",
                    "15:13 [refs/tags/v1] `refs/tags/v1` is no branch → name a branch as git does: production, or refs/heads/production",
                ),
                (
                    "{ 'a b': production }",
                    "15:13 ['a b'] `a b` cannot be the name of a branch → name a branch as git does: production, or refs/heads/production",
                ),
                (
                    "{ main: staging, refs/heads/main: production }",
                    "15:28 [refs/heads/main] the branch `main` is here twice → in short and in full it is the same branch: keep one",
                ),
            ],
        );
        let loaded = load_one(&in_branches("{ main: staging, refs/heads/live: production }"))
            .expect("it is right");
        let shown: Vec<_> =
            loaded.catalog.branches.iter().map(|(b, e)| format!("{b} {e}")).collect();
        assert_eq!(shown, ["live production", "main staging"]);
        assert!(loaded.warnings.is_empty(), "{}", brief(&loaded.warnings));
    }

    #[test]
    fn a_service_without_paths_beside_another_is_warned_of() {
        let text = in_branches("{ live: production }")
            .replace("secrets:", "  t: &t { environments: { staging: { targets: { a: { url: http://s.example } } }, production: { after: staging, targets: { a: { url: http://p.example } } } }, platforms: { p: { deploy: { command: [./d] }, observe: { http: /w } } }, paths: t/** }\nsecrets:")
            .replace("roles: { editors: [anna] }\n", "");
        let loaded = load_one(&text).unwrap_or_else(|errors| panic!("{}", brief(&errors)));
        let said = brief(&loaded.warnings);
        assert!(said.contains("2:3 [s] s has no `paths`"), "{said}");
        assert_eq!(said.matches("has no `paths`").count(), 1, "{said}");
    }
}
