//! Crates stand on floors; a crate uses only lower ones.

use anyhow::{Context, Result};

use crate::finding::Finding;
use crate::tree::{Manifest, Tree};

/// The crates by folder, with the floor that each stands on. Crates of the same floor do not know
/// each other.
const FLOORS: [(&str, u8); 10] = [
    ("zones", 0),
    ("core", 0),
    ("analyze", 1),
    ("config", 1),
    ("wire", 1),
    ("engine", 2),
    ("store", 3),
    ("adapters", 3),
    ("web", 3),
    ("plimsoll", 4),
];

/// Crates that others may use for their tests only, and that themselves use what they like below
/// the given floor.
const FOR_TESTS: [(&str, u8); 1] = [("sim", 3)];

/// What a crate must not depend on, because others do that work.
const NOT_HERE: [(&str, &[&str]); 3] = [
    ("core", &["tokio", "async-trait", "hyper", "rusqlite", "tokio-postgres", "rustix", "rand"]),
    ("analyze", &["tokio", "async-trait", "hyper", "rusqlite", "tokio-postgres", "rustix"]),
    (
        "engine",
        &["hyper", "hyper-util", "rusqlite", "tokio-postgres", "deadpool-postgres", "rustls"],
    ),
];

/// The crates that use one of their own floor or of a higher one.
///
/// # Errors
/// A manifest that is no TOML.
pub fn find_crates_above(tree: &Tree) -> Result<Vec<Finding>> {
    let mut found = Vec::new();
    for manifest in &tree.manifests {
        let Ok(rest) = manifest.path.strip_prefix("crates") else { continue };
        let Some(name) = rest.iter().next().and_then(|part| part.to_str()) else { continue };
        for words in look_at(name, manifest)? {
            found.push(Finding { file: manifest.path.clone(), line: 0, words });
        }
    }
    Ok(found)
}

fn look_at(name: &str, manifest: &Manifest) -> Result<Vec<String>> {
    let Some((floor, for_tests)) = floor_of(name) else {
        return Ok(vec![format!("crate `{name}` has no floor; give it one in {}", file!())]);
    };
    let mut words = Vec::new();
    for (used, dev) in dependencies(manifest)? {
        let banned = NOT_HERE.iter().any(|(here, what)| *here == name && what.contains(&&*used));
        if banned && !dev {
            words.push(format!("`{name}` must not depend on `{used}`: others do that work"));
        }
        let Some(below) =
            used.strip_prefix("plimsoll-").or((used == "plimsoll").then_some("plimsoll"))
        else {
            continue;
        };
        match floor_of(below) {
            None => words.push(format!("`{used}` has no floor; give it one in {}", file!())),
            Some((_, true)) if dev || for_tests => {}
            Some((_, true)) => {
                words.push(format!("`{name}` may use `{below}` for its tests only"));
            }
            Some((other, false)) if other < floor || (dev && other <= floor) => {}
            Some((other, false)) => words.push(format!(
                "`{name}` (floor {floor}) uses `{below}` (floor {other}); only lower floors may be used"
            )),
        }
    }
    Ok(words)
}

fn floor_of(name: &str) -> Option<(u8, bool)> {
    let of = |list: &[(&str, u8)]| list.iter().find(|(n, _)| *n == name).map(|(_, floor)| *floor);
    of(&FLOORS).map(|floor| (floor, false)).or_else(|| of(&FOR_TESTS).map(|floor| (floor, true)))
}

/// What the manifest depends on, and whether for tests only.
fn dependencies(manifest: &Manifest) -> Result<Vec<(String, bool)>> {
    let table: toml::Table = manifest
        .text
        .parse()
        .with_context(|| format!("failed to read {}", manifest.path.display()))?;
    let mut found = Vec::new();
    collect(&table, &mut found);
    if let Some(targets) = table.get("target").and_then(toml::Value::as_table) {
        for target in targets.values().filter_map(toml::Value::as_table) {
            collect(target, &mut found);
        }
    }
    Ok(found)
}

fn collect(table: &toml::Table, found: &mut Vec<(String, bool)>) {
    for (section, dev) in
        [("dependencies", false), ("build-dependencies", false), ("dev-dependencies", true)]
    {
        let Some(entries) = table.get(section).and_then(toml::Value::as_table) else { continue };
        for (key, entry) in entries {
            // A renamed dependency is known by its real name.
            let name = entry.get("package").and_then(toml::Value::as_str).unwrap_or(key);
            found.push((name.to_owned(), dev));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn found(name: &str, text: &str) -> Vec<String> {
        let path = Path::new("crates").join(name).join("Cargo.toml");
        let tree =
            Tree { manifests: vec![Manifest { path, text: text.to_owned() }], ..Tree::default() };
        find_crates_above(&tree).expect("valid").into_iter().map(|f| f.words).collect()
    }

    #[test]
    fn a_crate_that_uses_lower_floors_is_fine() {
        let text =
            "[dependencies]\nplimsoll-core.workspace = true\nplimsoll-engine = { path = \"x\" }";
        assert!(found("store", text).is_empty());
    }

    #[test]
    fn a_crate_of_the_same_floor_is_refused() {
        let found = found("adapters", "[dependencies]\nplimsoll-store.workspace = true");
        assert!(found[0].contains("`adapters` (floor 3) uses `store` (floor 3)"), "{found:?}");
    }

    #[test]
    fn a_higher_crate_is_refused_under_another_name_and_for_one_platform_too() {
        let renamed = "[dependencies]\ne = { package = \"plimsoll-engine\", path = \"x\" }";
        assert_eq!(found("core", renamed).len(), 1);
        let platform = "[target.'cfg(unix)'.dependencies]\nplimsoll-engine.workspace = true";
        assert_eq!(found("core", platform).len(), 1);
        assert_eq!(found("core", "[dependencies.plimsoll-engine]\npath = \"x\"").len(), 1);
    }

    #[test]
    fn what_is_for_tests_is_used_by_tests_only() {
        assert_eq!(found("engine", "[dependencies]\nplimsoll-sim.workspace = true").len(), 1);
        assert!(found("engine", "[dev-dependencies]\nplimsoll-sim.workspace = true").is_empty());
    }

    #[test]
    fn a_crate_without_a_floor_is_refused() {
        assert!(found("attic", "[package]")[0].contains("has no floor"));
        assert!(
            found("core", "[dependencies]\nplimsoll-attic = \"1\"")[0].contains("has no floor")
        );
    }

    #[test]
    fn the_engine_has_no_http_client_of_its_own() {
        assert_eq!(found("engine", "[dependencies]\nhyper = \"1\"").len(), 1);
        assert!(found("adapters", "[dependencies]\nhyper = \"1\"").is_empty());
    }
}
