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
        let _ = writeln!(text, "| `{}` | {} | {without} | {} |", key.name, linked(&key.shape), key.doc);
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
        Shape::Word(words) => words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", "),
        Shape::Text(_) | Shape::Name(_) | Shape::Count { .. } | Shape::Json => shape.describe(),
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
            "target.url" => "its URL, without a slash at the end; every target it is used for needs one",
            "target.vars.KEY" => "a value of its `vars`; every target it is used for needs it",
            "release.version" => "the version of the release; not in an observation",
            "release.digest" => "the digest of the release; not in an observation",
            "previous.version" => "the version being replaced, empty when none is known; not in an observation",
            "out" => "a fresh directory for the files that a command writes; only in commands",
            "secrets.NAME" => "a secret; only in `env` of a command, and in headers and the body of a question",
            _ => "",
        };
        (name, meaning)
    })
}
