//! Commands: a list of arguments, or a line for a shell where that is said.

use std::collections::BTreeMap;

use plimsoll_core::catalog::{Argv, Template};

use crate::reader::{Fields, Reader};
use crate::shape::{Key, Object, Shape, optional};
use crate::text::{Node, Value, clean};

use super::path::read_path;
use super::template::{Place, places, read_argument};
use super::text::read_text;

/// The key for arguments.
pub(crate) const RUN: Key = optional(
    "run",
    Shape::List(&Shape::Text("an argument")),
    "The program and its arguments, one item each. Never goes through a shell.",
);
/// The key for a line of shell.
pub(crate) const SHELL: Key = optional(
    "shell",
    Shape::Text("a line for /bin/sh -c"),
    "A line for `/bin/sh -c`. No `{{ … }}` can stand in it, as its value would be read as shell; \
     use `\"$PLIMSOLL_TARGET\"` and the like, or `env`.",
);
/// The key for environment variables.
pub(crate) const ENV: Key = optional(
    "env",
    Shape::Map("the name of a variable", &Shape::Text("its value")),
    "Environment variables, beside those of the caller and `PLIMSOLL_*`. The place for secrets: \
     `{{ secrets.NAME }}`.",
);
/// The key for the working directory.
pub(crate) const DIR: Key = preset(
    "dir",
    Shape::Text("a directory"),
    "the configuration's folder",
    "The working directory, relative to the configuration.",
);

use crate::shape::preset;

/// A command in its long form.
pub(crate) static COMMAND: Object = Object {
    name: "command",
    doc: "A program and its arguments. Each argument stays one argument, whatever a `{{ … }}` in \
          it is filled with.",
    keys: &[RUN, SHELL, ENV, DIR],
    one_of: &["run", "shell"],
    rest: None,
    example: "{ run: [./deploy, \"{{ target.name }}\"], env: { TOKEN: \"{{ secrets.token }}\" } }",
};

/// A command: a list, or the long form.
pub(crate) const ARGV: Shape =
    Shape::Either(&Shape::List(&Shape::Text("an argument")), &Shape::Object(&COMMAND));

/// A command.
pub(crate) fn read_argv(r: &mut Reader<'_>, node: &Node, place: Place) -> Option<Argv> {
    if matches!(node.value, Value::Map(_)) {
        let fields = r.object(node, &COMMAND)?;
        return read_parts(r, &fields, place);
    }
    Some(Argv { argv: arguments(r, node, place)?, env: BTreeMap::new(), dir: None })
}

/// The keys `run` or `shell`, `env` and `dir` of any map that has them.
pub(crate) fn read_parts(r: &mut Reader<'_>, fields: &Fields<'_>, place: Place) -> Option<Argv> {
    let env = fields.get("env").map_or(Some(BTreeMap::new()), |node| read_env(r, node, place));
    let dir = fields.get("dir").map(|node| read_path(r, node, "a directory"));
    let run = fields.get("run").map(|node| arguments(r, node, place));
    let argv = run.or_else(|| fields.get("shell").map(|node| shell(r, node)))??;
    Some(Argv { argv, env: env?, dir: dir.map_or(Some(None), |dir| dir.map(Some))? })
}

/// The list of arguments.
fn arguments(r: &mut Reader<'_>, node: &Node, place: Place) -> Option<Vec<Template>> {
    if let Value::Scalar(scalar) = &node.value {
        let words: Vec<String> = clean(&scalar.text).split_whitespace().map(quoted).collect();
        r.error(node.span, "a command is a list of arguments, not a text").hint(format!(
            "write [{}]; or { } for a shell",
            words.join(", "),
            "{ shell: … }"
        ));
        return None;
    }
    let items = r.list(node, "arguments")?;
    let argv: Vec<Option<Template>> =
        items.iter().map(|item| read_argument(r, item, place)).collect();
    let argv: Vec<Template> = argv.into_iter().collect::<Option<_>>()?;
    if argv.first().is_none_or(|program| program.to_string().trim().is_empty()) {
        r.error(node.span, "this command has no program")
            .hint("write [./deploy, \"{{ target.name }}\"]");
        return None;
    }
    Some(argv)
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "./_-=".contains(c);
    if word.chars().all(plain) && !word.starts_with('-') {
        word.to_owned()
    } else {
        format!("{word:?}")
    }
}

fn shell(r: &mut Reader<'_>, node: &Node) -> Option<Vec<Template>> {
    let text = read_text(r, node, "a line for the shell")?;
    let first = places(&text).next();
    if let Some(place) = first {
        let name = place.unwrap_or_default().trim();
        let hint = shell_variable(name).map_or_else(
            || {
                format!(
                    "pass it by env: {{ VALUE: \"{{{{ {} }}}}\" }} and write \"$VALUE\"",
                    clean(name)
                )
            },
            |variable| format!("write \"${variable}\""),
        );
        r.error(
            node.span,
            "no `{{ … }}` can stand in a shell line: its value would be read as shell",
        )
        .hint(hint);
        return None;
    }
    ["/bin/sh", "-c", &text].into_iter().map(|part| part.parse().ok()).collect()
}

fn shell_variable(name: &str) -> Option<&'static str> {
    Some(match name {
        "service.name" => "PLIMSOLL_SERVICE",
        "environment.name" => "PLIMSOLL_ENVIRONMENT",
        "target.name" => "PLIMSOLL_TARGET",
        "release.version" => "PLIMSOLL_RELEASE",
        "previous.version" => "PLIMSOLL_PREVIOUS",
        "target.site" => "PLIMSOLL_SITE",
        "target.platform" => "PLIMSOLL_PLATFORM",
        "target.url" => "PLIMSOLL_URL",
        "out" => "PLIMSOLL_OUT",
        _ => return None,
    })
}

fn read_env(r: &mut Reader<'_>, node: &Node, place: Place) -> Option<BTreeMap<String, Template>> {
    let mut env = BTreeMap::new();
    for entry in r.entries(node, "environment variables")? {
        let name = &*entry.name;
        let fits = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        if !fits {
            r.error(entry.span, format!("`{}` cannot be an environment variable", clean(name)))
                .hint("letters, digits and `_`, not beginning with a digit");
        } else if name.starts_with("PLIMSOLL_") {
            r.error(entry.span, format!("`{}` is set by plimsoll", clean(name)))
                .hint("take another name");
        } else if let Some(value) = read_argument(r, &entry.node, place.environment()) {
            env.insert(name.to_owned(), value);
        }
    }
    Some(env)
}

#[cfg(test)]
mod tests {
    use crate::testing::{bad, in_checks};

    #[test]
    fn commands_that_could_be_misread_are_refused() {
        bad(
            in_checks,
            &[
                (
                    "{ command: ./check --all {{ target.name }} }",
                    "9:35 [{] not valid YAML: while parsing a flow mapping, did not find expected ',' or '}' → quote a text with {{ … }}",
                ),
                (
                    "{ command: './check --all' }",
                    "9:21 ['./check --all'] a command is a list of arguments, not a text → write [./check, \"--all\"]; or { shell: … } for a shell",
                ),
                (
                    "{ command: [] }",
                    "9:21 [[]] this command has no program → write [./deploy, \"{{ target.name }}\"]",
                ),
                (
                    "{ command: [''] }",
                    "9:21 [['']] this command has no program → write [./deploy, \"{{ target.name }}\"]",
                ),
                (
                    "{ command: { shell: 'curl {{ target.vars.host }}' } }",
                    "9:30 ['curl {{ target.vars.host }}'] no `{{ … }}` can stand in a shell line: its value would be read as shell → pass it by env: { VALUE: \"{{ target.vars.host }}\" } and write \"$VALUE\"",
                ),
                (
                    "{ command: { shell: 'x {{ target.name }}' } }",
                    "9:30 ['x {{ target.name }}'] no `{{ … }}` can stand in a shell line: its value would be read as shell → write \"$PLIMSOLL_TARGET\"",
                ),
                (
                    "{ command: { run: [a], shell: b } }",
                    "9:33 [shell] `run` and `shell` exclude each other → keep one of: run, shell",
                ),
                (
                    "{ command: { env: { A: b } } }",
                    "9:12 [command] this command check must be one of: run, shell → like  { run: [pytest, --junit-xml, \"{{ out }}/junit.xml\"], junit: junit.xml, min-tests: 20 }",
                ),
                (
                    "{ command: { run: [a], env: { 1A: b, 'A=B': c, PLIMSOLL_TARGET: d } } }",
                    "9:40 [1A] `1A` cannot be an environment variable → letters, digits and `_`, not beginning with a digit\n9:47 ['A=B'] `A=B` cannot be an environment variable → letters, digits and `_`, not beginning with a digit\n9:57 [PLIMSOLL_TARGET] `PLIMSOLL_TARGET` is set by plimsoll → take another name",
                ),
                (
                    "{ command: { run: [a], dir: ~/x } }",
                    "9:38 [~/x] `~` is not the home directory here → write the path from / on, or relative to this file",
                ),
                ("{ command: [a, [b]] }", "9:25 [[b]] expected a text, found a list"),
                (
                    "{ command: [a, null] }",
                    "9:25 [null] expected a text, found nothing (`null`) → quote it if the word is meant, or leave the key out",
                ),
                (
                    "{ command: [\"a\\0b\"] }",
                    "9:22 [\"a\\0b\"] a text cannot hold a NUL character → leave it out",
                ),
            ],
        );
    }
}
