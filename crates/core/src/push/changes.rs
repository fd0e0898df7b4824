//! Changed files, counted by service.

use std::collections::BTreeMap;

use crate::catalog::PathPattern;
use crate::ids::ServiceName;

use super::PushTerms;

/// How many files of each service are shown by name; the rest is counted.
const SHOWN: usize = 3;

/// Changed files that belong together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Touched {
    /// How many.
    pub files: u64,
    /// The first of them, by path.
    pub first: Vec<String>,
}

/// What a push changes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changed {
    /// The services, and the files of each that say so. One without a file of its own is here
    /// because of shared ones.
    pub services: BTreeMap<ServiceName, Touched>,
    /// Files that no service names: they may be part of any, so they change every one.
    pub shared: Touched,
    /// Files that are part of no service.
    pub not_deployed: Touched,
}

/// Counts changed files while they are read: a push may change more of them than fit into memory.
#[derive(Debug)]
pub struct Changes<'a> {
    services: Vec<(&'a ServiceName, &'a [PathPattern], Touched)>,
    not_deployed_patterns: &'a [PathPattern],
    shared: Touched,
    not_deployed: Touched,
}

impl Touched {
    fn add(&mut self, path: &str) {
        self.files += 1;
        if self.first.len() < SHOWN {
            self.first.push(path.to_owned());
        }
    }
}

impl<'a> Changes<'a> {
    /// Nothing yet, in a repository with these terms.
    #[must_use]
    pub fn of(terms: &'a PushTerms) -> Self {
        let service = |(name, paths): (&'a ServiceName, &'a Vec<PathPattern>)| {
            (name, paths.as_slice(), Touched::default())
        };
        Self {
            services: terms.paths.iter().map(service).collect(),
            not_deployed_patterns: &terms.not_deployed,
            shared: Touched::default(),
            not_deployed: Touched::default(),
        }
    }

    /// Counts a changed file, by its path from the root of the repository.
    ///
    /// A service that says so owns a file whatever else is said of it. Who says nothing owns every
    /// file that is deployed at all. What nobody owns is shared.
    pub fn add(&mut self, path: &str) {
        let any = |patterns: &[PathPattern]| patterns.iter().any(|one| one.matches(path));
        let named = self.services.iter().any(|(_, paths, _)| any(paths));
        if !named && any(self.not_deployed_patterns) {
            self.not_deployed.add(path);
            return;
        }
        let mut owned = false;
        for (_, paths, touched) in &mut self.services {
            if paths.is_empty() || any(paths) {
                touched.add(path);
                owned = true;
            }
        }
        if !owned {
            self.shared.add(path);
        }
    }

    /// Counts a file at another path, where a link leads to it. Of itself it has been counted.
    pub fn add_through_link(&mut self, path: &str) {
        for (_, paths, touched) in &mut self.services {
            if paths.iter().any(|one| one.matches(path)) {
                touched.add(path);
            }
        }
    }

    /// What they come to.
    #[must_use]
    pub fn end(self) -> Changed {
        let shared = self.shared.files > 0;
        let touched = |(name, _, touched): (&ServiceName, &[PathPattern], Touched)| {
            (touched.files > 0 || shared).then(|| (name.clone(), touched))
        };
        Changed {
            services: self.services.into_iter().filter_map(touched).collect(),
            shared: self.shared,
            not_deployed: self.not_deployed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::testing::n;

    fn terms(services: &[(&str, &[&str])], not_deployed: &[&str]) -> PushTerms {
        let patterns =
            |all: &[&str]| all.iter().map(|one| one.parse().expect("a pattern")).collect();
        PushTerms {
            paths: services.iter().map(|(name, paths)| (n(name), patterns(paths))).collect(),
            not_deployed: patterns(not_deployed),
            ..PushTerms::default()
        }
    }

    fn changed(services: &[(&str, &[&str])], paths: &[&str]) -> Changed {
        let terms = terms(services, &["*.md", "docs/**"]);
        let mut changes = Changes::of(&terms);
        paths.iter().for_each(|path| changes.add(path));
        changes.end()
    }

    fn names(changed: &Changed) -> Vec<&str> {
        changed.services.keys().map(ServiceName::as_str).collect()
    }

    #[test]
    fn a_file_changes_every_service_that_names_it_and_no_other() {
        let services: [(&str, &[&str]); 2] =
            [("hub", &["hub/**", "images/base/**"]), ("data8", &["data8/**", "images/base/**"])];
        let one = changed(&services, &["hub/values.yaml", "hub/a", "hub/b", "hub/c"]);
        assert_eq!(names(&one), ["hub"]);
        let touched = &one.services[&n::<ServiceName>("hub")];
        assert_eq!((touched.files, touched.first.len()), (4, 3));
        let both = changed(&services, &["images/base/Dockerfile"]);
        assert_eq!(names(&both), ["data8", "hub"]);
        assert_eq!(both.shared.files, 0);
    }

    #[test]
    fn a_file_that_nobody_names_may_be_part_of_any_service() {
        let services: [(&str, &[&str]); 2] = [("hub", &["hub/**"]), ("data8", &["data8/**"])];
        let all = changed(&services, &["hub/values.yaml", "Makefile"]);
        assert_eq!(names(&all), ["data8", "hub"]);
        assert_eq!(all.services[&n::<ServiceName>("data8")].files, 0);
        assert_eq!(all.shared.first, ["Makefile"]);
        // What could be a submodule, a link or a file in place of a folder is not the folder's.
        assert_eq!(changed(&services, &["hub"]).shared.files, 1);
    }

    #[test]
    fn a_file_that_a_link_leads_to_changes_whoever_owns_the_link() {
        let terms = terms(&[("hub", &["hub/**"]), ("data8", &["data8/**"])], &[]);
        let mut changes = Changes::of(&terms);
        changes.add("data8/values");
        changes.add_through_link("hub/link/values");
        changes.add_through_link("nobody/link/values");
        let changed = changes.end();
        assert_eq!(names(&changed), ["data8", "hub"]);
        assert_eq!(changed.shared.files, 0);
    }

    #[test]
    fn what_is_not_deployed_changes_nothing_unless_a_service_names_it() {
        let services: [(&str, &[&str]); 2] = [("hub", &["hub/**"]), ("site", &["docs/site/**"])];
        let docs = changed(&services, &["README.md", "docs/setup.txt"]);
        assert!(docs.services.is_empty());
        assert_eq!((docs.not_deployed.files, docs.shared.files), (2, 0));
        assert_eq!(names(&changed(&services, &["docs/site/index.html"])), ["site"]);
        assert_eq!(names(&changed(&services, &["hub/README.md"])), ["hub"]);
    }

    #[test]
    fn a_service_that_says_nothing_is_made_of_every_file_that_is_deployed() {
        let services: [(&str, &[&str]); 2] = [("hub", &["hub/**"]), ("rest", &[])];
        assert_eq!(names(&changed(&services, &["hub/values.yaml"])), ["hub", "rest"]);
        assert_eq!(names(&changed(&services, &["Makefile"])), ["rest"]);
        assert!(changed(&services, &["README.md"]).services.is_empty());
        assert!(changed(&services, &[]).services.is_empty());
    }
}
