//! `core` and `analyze` are pure: no clock, disk, network, environment or randomness. In `core`
//! nothing depends on the order of a hash either.

use std::path::Path;

use crate::finding::Finding;
use crate::tree::Tree;

/// The crates that are pure.
const PURE: [&str; 2] = ["core", "analyze"];

/// What makes code impure, and what to write instead.
const IMPURE: [(&str, &str); 10] = [
    ("std::fs", "bytes are an argument"),
    ("std::net", "answers are an argument"),
    ("std::env", "values are an argument"),
    ("std::process", "outcomes are an argument"),
    ("std::thread", "deciding waits for nobody"),
    ("SystemTime", "`now` is an argument"),
    ("Instant::now", "`now` is an argument"),
    ("Timestamp::now", "`now` is an argument"),
    ("Zoned::now", "`now` is an argument"),
    ("async fn", "deciding waits for nobody"),
];

/// What is not wanted in `core` besides.
const UNORDERED: [(&str, &str); 2] = [
    ("HashMap", "take a BTreeMap: its order is always the same"),
    ("HashSet", "take a BTreeSet: its order is always the same"),
];

/// Where something of this is needed all the same, and why that does no harm.
const EXCEPT: [(&str, &str, &str); 1] = [(
    "crates/core/src/gate/condition/evaluate.rs",
    "HashMap",
    "the expression library takes its maps so, and conditions cannot go over them",
)];

/// The places where a pure crate is not.
#[must_use]
pub fn find_impure(tree: &Tree) -> Vec<Finding> {
    let mut found: Vec<_> = PURE.iter().flat_map(|name| look_for(&IMPURE, tree, name)).collect();
    found.extend(look_for(&UNORDERED, tree, "core"));
    found
}

fn look_for(unwanted: &[(&str, &str)], tree: &Tree, name: &str) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in tree.sources(name).filter(|file| !file.is_test()) {
        let excepted = |word: &str| {
            EXCEPT.iter().any(|(path, w, _)| file.path == Path::new(path) && *w == word)
        };
        for (number, line) in file.production.lines().enumerate() {
            for (impure, instead) in
                unwanted.iter().filter(|(word, _)| line.contains(word) && !excepted(word))
            {
                let words = format!("`{impure}` in a pure crate: {instead}");
                found.push(Finding { file: file.path.clone(), line: number + 1, words });
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::RustFile;

    #[test]
    fn a_clock_in_core_is_found_and_one_in_its_tests_or_elsewhere_is_not() {
        let text =
            "fn f() { Timestamp::now() }\n#[cfg(test)]\nmod tests { fn g() { Timestamp::now() } }";
        let files = ["crates/core/src/gate/a.rs", "crates/engine/src/a.rs"]
            .map(|path| RustFile::new(path.into(), text))
            .into();
        let found = find_impure(&Tree { files, ..Tree::default() });
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].line, 1);
    }
}
