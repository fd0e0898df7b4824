//! A command whose exit code, or JUnit file, is the answer.

use std::collections::BTreeSet;

use plimsoll_core::catalog::CommandCheck;

use crate::elements::command::{DIR, ENV, RUN, SHELL, read_argv, read_parts};
use crate::elements::count::read_count;
use crate::elements::template::Place;
use crate::reader::{Fields, Reader};
use crate::shape::{Object, Shape, optional, preset};
use crate::text::{Node, Value};

use super::junit::{JUNIT, MIN_TESTS, RENAMED, REQUIRED_TESTS, read_junit};

/// A command.
pub(super) static COMMAND_CHECK: Object = Object {
    name: "command check",
    doc: "A command. Exit code 0 passes, every other one fails, unless its JUnit file or \
          `errored-exit-codes` say otherwise.",
    keys: &[
        RUN,
        SHELL,
        ENV,
        DIR,
        optional(
            "junit",
            Shape::Either(&Shape::Text("a path"), &Shape::Object(&JUNIT)),
            "The JUnit file that it writes, with `*` in its last part for several. A relative path is inside `{{ out }}`; one that begins with `./` is inside the working directory.",
        ),
        REQUIRED_TESTS,
        MIN_TESTS,
        RENAMED,
        preset(
            "errored-exit-codes",
            Shape::OneOrList(&Shape::Count { least: 1, most: 255 }),
            "none",
            "Exit codes that say *errored* (ours), not *failed* (the release's).",
        ),
    ],
    one_of: &["run", "shell"],
    rest: None,
    example: "{ run: [pytest, --junit-xml, \"{{ out }}/junit.xml\"], junit: junit.xml, min-tests: 20 }",
};

/// A command.
pub(super) fn read_command(r: &mut Reader<'_>, node: &Node) -> Option<CommandCheck> {
    if !matches!(node.value, Value::Map(_)) {
        let run = read_argv(r, node, Place::ARGUMENT)?;
        return Some(CommandCheck { run, junit: None, errored_exit_codes: BTreeSet::new() });
    }
    let fields = r.object(node, &COMMAND_CHECK)?;
    let run = read_parts(r, &fields, Place::ARGUMENT);
    let junit = read_junit(r, &fields);
    let errored_exit_codes = read_codes(r, &fields);
    Some(CommandCheck { run: run?, junit: junit?, errored_exit_codes })
}

fn read_codes(r: &mut Reader<'_>, fields: &Fields<'_>) -> BTreeSet<i32> {
    let Some(node) = fields.get("errored-exit-codes") else { return BTreeSet::new() };
    let items = r.one_or_list(node);
    items
        .iter()
        .filter_map(|item| read_count(r, item, 1, 255))
        .filter_map(|n| i32::try_from(n).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::testing::{bad, in_checks};

    #[test]
    fn a_command_check_has_sensible_codes() {
        bad(
            in_checks,
            &[
                (
                    "{ command: { run: [a], errored-exit-codes: [0] } }",
                    "9:54 [0] 0 is out of bounds → write a number from 1 to 255",
                ),
                (
                    "{ command: { run: [a], errored-exit-codes: 256 } }",
                    "9:53 [256] 256 is out of bounds → write a number from 1 to 255",
                ),
                (
                    "{ command: { run: [a], timeout: 5m } }",
                    "9:33 [timeout] unknown key `timeout` → there are: run, shell, env, dir, junit, required-tests, min-tests, renamed, errored-exit-codes",
                ),
            ],
        );
    }
}
