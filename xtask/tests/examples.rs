//! The configurations that the documents and examples show are right.

use std::fs;
use std::path::{Path, PathBuf};

use plimsoll_config::{load_texts, render_all};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask stands in a tree").to_owned()
}

/// Every document at the root and under `docs/` that shows configurations of ours. A recipe shows what
/// another system reads: the scenarios of the recipes read those.
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
    let recipes = root().join("docs/recipes");
    found.retain(|path| !path.starts_with(&recipes) || path.ends_with("README.md"));
    found.sort();
    found
}

fn markdown_in(folder: &Path) -> Vec<PathBuf> {
    let entries =
        fs::read_dir(folder).expect("readable").map(|entry| entry.expect("readable").path());
    entries.filter(|path| path.extension().is_some_and(|extension| extension == "md")).collect()
}

/// A service to which a part of a configuration is added.
const SKELETON: &str = "\
services:
  shop:
    environments:
      staging: { targets: { nl: { url: http://staging.example }, in: { url: http://in.staging.example }, ca: { url: http://ca.staging.example } } }
      production: { after: staging, targets: { nl: { url: https://example }, in: { url: http://in.example }, ca: { url: http://ca.example } } }
";

const PLATFORMS: &str =
    "    platforms: { vm: { deploy: { command: [./deploy] }, observe: { http: /v } } }\n";
const ROLES: &str = "roles: { editors: [anna], release-managers: [ben] }\n";

/// The fenced YAML blocks, each made a whole configuration; those that show the form of one key
/// only (`{ … }`) are tested where they are made.
fn configurations(text: &str) -> Vec<String> {
    let blocks = text.split("```yaml\n").skip(1).filter_map(|rest| rest.split_once("```"));
    blocks.filter_map(|(block, _)| whole(block)).collect()
}

fn whole(block: &str) -> Option<String> {
    let indented = |spaces: usize| {
        let pad = " ".repeat(spaces);
        let lines = block.lines().map(|line| format!("{pad}{line}\n"));
        lines.collect::<String>()
    };
    let text = if block.starts_with("services:") {
        block.to_owned()
    } else if block.starts_with("- ") {
        let rules = indented(8);
        format!("{SKELETON}{PLATFORMS}    gates:\n      production:\n{rules}{ROLES}")
    } else if block.starts_with("checks:") || block.starts_with("promotion:") {
        let (parts, secrets) = block.split_once("secrets:").unwrap_or((block, ""));
        let parts: String = parts.lines().map(|line| format!("    {line}\n")).collect();
        format!("{SKELETON}{PLATFORMS}{parts}{}", secrets_of(secrets))
    } else if block.starts_with("twins:") {
        // Twins stand on two platforms, so that each target has to say which is its own.
        let skeleton = SKELETON.replace("{ url:", "{ platform: vm, url:");
        let platforms =
            PLATFORMS.replace("{ vm: {", "{ vm: &vm {").replace("} }\n", "}, k8s: *vm }\n");
        format!("{skeleton}{platforms}{}", indented(4))
    } else if block.starts_with("platforms:") {
        let (platforms, secrets) = block.split_once("secrets:").unwrap_or((block, ""));
        let platforms: String = platforms.lines().map(|line| format!("    {line}\n")).collect();
        format!("{SKELETON}{platforms}{}", secrets_of(secrets))
    } else if ["branches:", "secrets:", "trust:"].iter().any(|top| block.starts_with(top)) {
        format!("{SKELETON}{PLATFORMS}{block}")
    } else {
        assert!(block.starts_with('{'), "a block of YAML that no test loads:\n{block}");
        return None;
    };
    Some(text)
}

fn secrets_of(entries: &str) -> String {
    if entries.is_empty() { String::new() } else { format!("secrets:{entries}") }
}

fn assert_loads(name: &str, text: &str) {
    if let Err(errors) = load_texts(Path::new("plimsoll.yaml"), [("plimsoll.yaml", text)]) {
        panic!("the configuration in {name} is wrong:\n{}", render_all(&errors, false));
    }
}

#[test]
fn every_configuration_in_the_documents_loads() {
    let mut seen = 0;
    for path in documents() {
        let text = fs::read_to_string(&path).expect("readable");
        for block in configurations(&text) {
            assert_loads(&path.display().to_string(), &block);
            seen += 1;
        }
    }
    assert!(seen > 15, "only {seen} were found");
}

#[test]
fn the_demo_is_right_before_and_after_its_forgotten_line_is_added() {
    let template =
        fs::read_to_string(root().join("examples/line/plimsoll.yaml.in")).expect("readable");
    let mut filled = template;
    for environment in ["staging", "production"] {
        for target in ["nl-vm", "nl-k8s", "in-vm", "in-k8s", "ca-vm", "ca-k8s"] {
            let place = format!("{environment}/{target}");
            let url = format!("http://127.0.0.1:8080/{place}");
            filled = filled.replace(&format!("@{place}@"), &url);
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

#[test]
fn every_file_that_the_architecture_names_is_there() {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).expect("readable");
    let named: Vec<&str> = text
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|name| name.contains("/src/") && !name.contains(char::is_whitespace))
        .collect();
    assert!(named.len() > 15, "{named:?}");
    let missing: Vec<_> =
        named.iter().filter(|name| !root().join("crates").join(name).exists()).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
