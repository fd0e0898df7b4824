//! The configurations that the documents and examples show are right.

use std::fs;
use std::path::{Path, PathBuf};

use plimsoll_config::{load_texts, render_all};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask stands in a tree").to_owned()
}

/// Every document at the root and under `docs/`.
fn documents() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join("docs")];
    found.extend(markdown_in(&root()));
    while let Some(folder) = folders.pop() {
        found.extend(markdown_in(&folder));
        let entries =
            fs::read_dir(&folder).expect("readable").map(|entry| entry.expect("readable").path());
        folders.extend(entries.filter(|path| path.is_dir()));
    }
    found.sort();
    found
}

fn markdown_in(folder: &Path) -> Vec<PathBuf> {
    let entries =
        fs::read_dir(folder).expect("readable").map(|entry| entry.expect("readable").path());
    entries.filter(|path| path.extension().is_some_and(|extension| extension == "md")).collect()
}

/// The fenced YAML blocks that are whole configurations.
fn configurations(text: &str) -> Vec<&str> {
    let blocks = text.split("```yaml\n").skip(1).filter_map(|rest| rest.split_once("```"));
    blocks.map(|(block, _)| block).filter(|block| block.starts_with("services:")).collect()
}

fn assert_loads(name: &str, text: &str) {
    if let Err(errors) = load_texts(Path::new("plimsoll.yaml"), [("plimsoll.yaml", text)]) {
        panic!("the configuration in {name} is wrong:\n{}", render_all(&errors, false));
    }
}

#[test]
fn every_whole_configuration_in_the_documents_loads() {
    let mut seen = 0;
    for path in documents() {
        let text = fs::read_to_string(&path).expect("readable");
        for block in configurations(&text) {
            assert_loads(&path.display().to_string(), block);
            seen += 1;
        }
    }
    assert!(seen > 0, "the README shows at least one");
}

#[test]
fn the_demo_is_right_before_and_after_its_forgotten_line_is_added() {
    let template =
        fs::read_to_string(root().join("examples/line/plimsoll.yaml.in")).expect("readable");
    let mut filled = template;
    for environment in ["staging", "production"] {
        for target in ["nl-vm", "nl-k8s", "in-vm", "in-k8s", "ca-vm", "ca-k8s"] {
            filled = filled.replace(&format!("@{environment}/{target}@"), "http://127.0.0.1:8080");
        }
    }
    assert!(!filled.contains('@'), "a place that nobody fills:\n{filled}");
    let forgotten: Vec<&str> =
        filled.lines().filter(|line| !line.contains("# at first forgotten")).collect();
    assert_eq!(forgotten.len() + 1, filled.lines().count());
    assert_loads("plimsoll.yaml.in, complete", &filled);
    assert_loads("plimsoll.yaml.in, with the forgotten line", &forgotten.join("\n"));
}

#[test]
fn every_link_in_the_documents_leads_to_a_file() {
    let mut broken = Vec::new();
    for path in documents() {
        let text = fs::read_to_string(&path).expect("readable");
        for link in
            text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(link, _)| link)
        {
            let file = link.split('#').next().unwrap_or_default();
            if !file.is_empty() && !file.contains("://") && !path.with_file_name(file).exists() {
                broken.push(format!("{}: {link}", path.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn every_path_that_the_checklists_name_is_there() {
    let mut missing = Vec::new();
    for path in documents() {
        let text = fs::read_to_string(&path).expect("readable");
        for name in
            text.split('`').filter(|name| name.starts_with("crates/") && !name.contains("NAME"))
        {
            if name.chars().all(|c| c.is_alphanumeric() || "/_-.".contains(c))
                && !root().join(name).exists()
            {
                missing.push(format!("{}: {name}", path.display()));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}
