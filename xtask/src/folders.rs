//! Inside `core`, folders stand on each other; inside `adapters`, they do not know each other.

use crate::finding::Finding;
use crate::source;
use crate::tree::{RustFile, Tree};

/// The folders of `core` from the ground up. Those of one step may use each other.
const CORE: [&[&str]; 13] = [
    &["ids", "units", "digest"],
    &["catalog"],
    &["record"],
    &["event"],
    &["ledger"],
    &["gate"],
    &["push"],
    &["forge"],
    &["forge"],
    &["promote"],
    &["forensics"],
    &["incident"],
    &["say"],
];

/// The folders of `adapters` in which each file (or folder) is one adapter.
const APART: [&str; 2] = ["check", "deploy"];

/// The files of `core` that use a folder which stands above theirs.
#[must_use]
pub fn find_folders_above(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in tree.sources("core").filter(|file| !file.is_test()) {
        let module = file.module();
        let Some(own) = module.first() else { continue };
        let Some(step) = step_of(own) else {
            let words = format!("`{own}` has no place in the order of core; see {}", file!());
            found.push(Finding { file: file.path.clone(), line: 0, words });
            continue;
        };
        for named in source::named_paths(&file.production, &module) {
            let Some(other) = named.path.first() else { continue };
            if step_of(other).is_some_and(|above| above > step) {
                let words = format!("`{own}` uses `{other}`, which stands above it");
                found.push(Finding { file: file.path.clone(), line: named.line, words });
            }
        }
    }
    found
}

fn step_of(folder: &str) -> Option<usize> {
    CORE.iter().position(|step| step.contains(&folder))
}

/// The adapters that use another adapter.
#[must_use]
pub fn find_adapters_that_know_each_other(tree: &Tree) -> Vec<Finding> {
    let files: Vec<&RustFile> = tree.sources("adapters").collect();
    let is_adapter = |path: &[String]| {
        path.len() == 2
            && files.iter().any(|file| {
                let module = file.module();
                module.len() >= 2 && module[..2] == [path[0].as_str(), path[1].as_str()]
            })
    };
    let mut found = Vec::new();
    for file in files.iter().filter(|file| !file.is_test()) {
        let module = file.module();
        let Some(kind) = APART.iter().find(|kind| module.first() == Some(kind)) else { continue };
        for named in source::named_paths(&file.production, &module) {
            let other_kind =
                APART.iter().any(|k| k != kind && named.path.first().is_some_and(|f| f == k));
            let own = module.get(1).is_none_or(|own| named.path.get(1).is_some_and(|n| n == own));
            let sibling =
                named.path.first().is_some_and(|f| f == kind) && is_adapter(&named.path) && !own;
            if other_kind || sibling {
                let words = format!(
                    "`{}` uses `{}`; adapters do not know each other, put what they share beside them",
                    module.join("::"),
                    named.path.join("::")
                );
                found.push(Finding { file: file.path.clone(), line: named.line, words });
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[(&str, &str)]) -> Tree {
        let files = files.iter().map(|(path, text)| RustFile::new(path.into(), text)).collect();
        Tree { files, ..Tree::default() }
    }

    #[test]
    fn a_folder_that_uses_those_below_it_is_fine() {
        let tree = tree(&[
            (
                "crates/core/src/gate/decide.rs",
                "use crate::{ledger::State, units::Period};\nuse super::Facts;",
            ),
            ("crates/core/src/lib.rs", "pub mod gate; pub use crate::say::words;"),
        ]);
        assert_eq!(find_folders_above(&tree), []);
    }

    #[test]
    fn a_folder_that_uses_one_above_it_is_named_with_the_line() {
        let tree = tree(&[(
            "crates/core/src/ledger/lane.rs",
            "use crate::ids::Seq;\nuse crate::gate::Facts;",
        )]);
        let found = find_folders_above(&tree);
        assert_eq!(found.len(), 1);
        assert_eq!(
            (found[0].line, found[0].words.as_str()),
            (2, "`ledger` uses `gate`, which stands above it")
        );
    }

    #[test]
    fn a_way_around_through_super_is_seen() {
        let tree =
            tree(&[("crates/core/src/ledger/apply/mod.rs", "use super::super::promote::plan;")]);
        assert_eq!(find_folders_above(&tree).len(), 1);
    }

    #[test]
    fn tests_and_comments_may_name_what_they_like() {
        let tree = tree(&[
            (
                "crates/core/src/event/kind.rs",
                "//! see [`crate::gate`]\n#[cfg(test)]\nmod tests { use crate::gate::X; }",
            ),
            ("crates/core/src/event/tests.rs", "use crate::say::Y;"),
        ]);
        assert_eq!(find_folders_above(&tree), []);
    }

    #[test]
    fn a_folder_outside_the_order_is_refused() {
        let found = find_folders_above(&tree(&[("crates/core/src/attic/mod.rs", "")]));
        assert!(found[0].words.contains("`attic` has no place"));
    }

    #[test]
    fn adapters_that_know_each_other_are_refused() {
        let tree = tree(&[
            (
                "crates/adapters/src/check/mod.rs",
                "mod http; mod command; use crate::check::http::run;",
            ),
            (
                "crates/adapters/src/check/http.rs",
                "use crate::probe::ask;\nuse super::command::run;",
            ),
            ("crates/adapters/src/check/command.rs", "use crate::deploy::files;"),
            (
                "crates/adapters/src/deploy/files/mod.rs",
                "use crate::deploy::files::link; mod link;",
            ),
            ("crates/adapters/src/fleet.rs", "use crate::{check::http, deploy::files};"),
        ]);
        let found: Vec<String> =
            find_adapters_that_know_each_other(&tree).iter().map(ToString::to_string).collect();
        assert_eq!(found.len(), 2, "{found:#?}");
        assert!(
            found[0].contains("`check::http` uses `check::command`")
                || found[1].contains("`check::http` uses `check::command`")
        );
    }
}
