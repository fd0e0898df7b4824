//! The table as a page for people.

use std::fmt::Write;

use plimsoll_core::catalog::Variable;

use crate::schema::objects;
use crate::shape::{Object, Presence, Shape};

const INTRODUCTION: &str = include_str!("reference/introduction.md");
const VALUES: &str = include_str!("reference/values.md");

/// The reference of configuration and policy, in Markdown; kept as `docs/configuration.md`.
#[must_use]
pub fn reference_markdown() -> String {
    let mut text = INTRODUCTION.to_owned();
    text.push_str("\n## Every key\n");
    for object in objects() {
        section(&mut text, object);
    }
    text.push('\n');
    text.push_str(VALUES);
    for (name, meaning) in variables() {
        let _ = writeln!(text, "| `{{{{ {name} }}}}` | {meaning} |");
    }
    text
}

fn section(text: &mut String, object: &Object) {
    let _ = writeln!(text, "\n### {}\n\n{}\n", capital(object.name), object.doc);
    if !object.example.is_empty() {
        let _ = writeln!(text, "```yaml\n{}\n```\n", object.example);
    }
    if !object.one_of.is_empty() {
        let list: Vec<String> = object.one_of.iter().map(|key| format!("`{key}`")).collect();
        let _ = writeln!(text, "Exactly one of {}.\n", list.join(", "));
    }
    text.push_str("| key | value | without it | meaning |\n|---|---|---|---|\n");
    for key in object.keys {
        let without = match key.presence {
            Presence::Required => "an error".to_owned(),
            Presence::Preset(without) => without.to_owned(),
            Presence::Optional => String::new(),
        };
        let _ =
            writeln!(text, "| `{}` | {} | {without} | {} |", key.name, linked(&key.shape), key.doc);
    }
}

/// What a value is, with links to the sections of this page.
fn linked(shape: &Shape) -> String {
    match shape {
        Shape::Object(object) => format!("[{}](#{})", object.name, anchor(object.name)),
        Shape::List(item) => format!("list of: {}", linked(item)),
        Shape::OneOrList(item) => format!("{}, or a list", linked(item)),
        Shape::Map(key, value) => format!("map: {key} to {}", linked(value)),
        Shape::Either(short, long) => format!("{}; or {}", linked(short), linked(long)),
        Shape::Period => "[duration](#durations)".to_owned(),
        Shape::Bytes => "[size](#sizes)".to_owned(),
        Shape::Word(words) => {
            words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
        }
        Shape::Text(_) | Shape::Name(_) | Shape::Count { .. } | Shape::Flag | Shape::Json => {
            shape.describe()
        }
    }
}

fn capital(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

fn anchor(name: &str) -> String {
    name.to_lowercase().replace(' ', "-")
}

/// Each name that a template can hold and what it stands for.
fn variables() -> [(&'static str, &'static str); Variable::NAMES.len()] {
    Variable::NAMES.map(|name| {
        let meaning = match name {
            "service.name" => "the service",
            "environment.name" => "the environment",
            "target.name" => "the target",
            "target.site" => "its site",
            "target.platform" => "its platform",
            "target.url" => {
                "its URL, without a slash at the end; every target it is used for needs one"
            }
            "target.vars.KEY" => "a value of its `vars`; every target it is used for needs it",
            "release.version" => "the version of the release; not in an observation",
            "release.digest" => "the digest of the release; only in the commands of deployers",
            "previous.version" => {
                "the version being replaced, empty when none is known; not in an observation"
            }
            "out" => "a fresh directory for the files that a command writes; only in the commands of checks",
            "secrets.NAME" => {
                "a secret; only in `env` of a command, and in headers and the body of a question"
            }
            _ => "",
        };
        (name, meaning)
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::testing::{around_example, brief, load_one};

    const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/configuration.md");

    #[test]
    fn the_page_in_the_docs_is_made_from_the_table() {
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(PAGE, reference_markdown()).expect("the page is written");
        }
        let page = std::fs::read_to_string(PAGE).expect("docs/configuration.md is there");
        assert!(
            page == reference_markdown(),
            "docs/configuration.md is old: run this test with UPDATE=1"
        );
    }

    #[test]
    fn every_whole_example_of_the_page_is_loaded_without_a_warning() {
        let page = reference_markdown();
        let blocks = page.split("```yaml\n").skip(1).filter_map(|rest| rest.split_once("\n```"));
        let blocks: Vec<_> = blocks.collect();
        let shell = blocks.iter().find(|(text, _)| text.starts_with("{ shell"));
        let shell = around_example("command", shell.expect("the shell").0);
        assert!(load_one(&shell).is_ok());
        let whole: Vec<&str> = blocks
            .iter()
            .map(|(text, _)| *text)
            .filter(|text| text.starts_with("services:"))
            .collect();
        assert_eq!(whole.len(), 3);
        for text in whole {
            let loaded = load_one(text).unwrap_or_else(|errors| panic!("{}", brief(&errors)));
            assert_eq!(brief(&loaded.warnings), "");
        }
    }

    #[test]
    fn every_example_of_a_map_is_read_and_every_key_of_the_table_is_asked_for() {
        let mut known = std::collections::BTreeSet::new();
        for object in objects() {
            known.extend(object.names().map(|key| (object.name, key)));
            if object.example.is_empty() || object.name == "file" {
                continue;
            }
            let whole = around_example(object.name, object.example);
            if let Err(errors) = load_one(&whole) {
                panic!("{}: {}", object.name, brief(&errors));
            }
        }
        for (name, rarer) in [
            ("command", "{ shell: ls }"),
            ("command check", "{ shell: ls }"),
            ("command deployer", "{ shell: ls }"),
            ("match", "{ lacks: a }"),
            ("match", "{ matches: a }"),
            ("observation", "{ command: [v] }"),
            ("observation", "{ file: '/v/{{ environment.name }}', regex: (.*) }"),
        ] {
            assert!(load_one(&around_example(name, rarer)).is_ok(), "{name}: {rarer}");
        }
        let asked = crate::testing::all_asked();
        assert_eq!(known.difference(&asked).collect::<Vec<_>>(), Vec::<&(&str, &str)>::new());
        assert_eq!(asked.difference(&known).collect::<Vec<_>>(), Vec::<&(&str, &str)>::new());
    }

    #[test]
    fn the_example_of_a_file_is_read_with_the_files_it_includes() {
        let file = objects()[0].example;
        let service = "services: { s: { environments: { e: { targets: { a: {} } } }, platforms: { p: { deploy: { files: { root: /srv } } } } } }";
        let texts = [
            ("plimsoll.yaml", file),
            ("checks.yaml", service),
            ("sites/nl.yaml", "limits: { per-host: 2 }"),
        ];
        let loaded = crate::load_texts(Path::new("plimsoll.yaml"), texts);
        assert!(loaded.is_ok(), "{}", brief(&loaded.expect_err("errors")));
    }

    #[test]
    fn every_variable_has_a_meaning() {
        assert!(variables().iter().all(|(_, meaning)| !meaning.is_empty()));
    }
}
