//! How a release is put on a target.

use plimsoll_core::catalog::{Argv, CommandDeploy, DeployKind};

use crate::elements::command::{ARGV, DIR, ENV, RUN, SHELL, read_argv, read_parts};
use crate::elements::template::Place;
use crate::reader::{Fields, Reader};
use crate::shape::{Object, Shape, optional};
use crate::text::{Node, Value};

use super::files::{FILES, read_files};

/// A deployer.
pub(super) static DEPLOY: Object = Object {
    name: "deployer",
    doc: "How a release is put on a target: by commands of yours, or by switching a link to an \
          unpacked directory.",
    keys: &[
        optional(
            "command",
            Shape::Either(
                &Shape::List(&Shape::Text("an argument")),
                &Shape::Object(&COMMAND_DEPLOY),
            ),
            "Commands of yours.",
        ),
        optional(
            "files",
            Shape::Object(&FILES),
            "A directory artifact, unpacked and switched to by a symbolic link.",
        ),
    ],
    one_of: &["command", "files"],
    rest: None,
    example: "{ command: [./deploy, \"{{ target.name }}\", \"{{ release.version }}\"] }",
};

/// The commands of a deployer.
static COMMAND_DEPLOY: Object = Object {
    name: "command deployer",
    doc: "Commands that deploy, go back, and prove that going back is possible. `env` and `dir` \
          hold for all of them, unless one has its own.",
    keys: &[
        RUN,
        SHELL,
        ENV,
        DIR,
        optional(
            "roll-back",
            ARGV,
            "Takes the target back to `{{ release.version }}`; `run` serves without it.",
        ),
        optional(
            "prove",
            ARGV,
            "Exits 0 when everything that is needed to go to `{{ release.version }}` is there.",
        ),
        optional(
            "aim",
            ARGV,
            "Prints the target it would act on, as `service/environment/target`, so that a wrong aim is refused before anything moves.",
        ),
    ],
    one_of: &["run", "shell"],
    rest: None,
    example: "{ run: [./deploy, \"{{ release.version }}\"], roll-back: [./back, \"{{ release.version }}\"], prove: [./have, \"{{ release.version }}\"] }",
};

/// A deployer.
pub(super) fn read_deploy(r: &mut Reader<'_>, node: &Node) -> Option<DeployKind> {
    let fields = r.object(node, &DEPLOY)?;
    let (kind, entry) = fields.choice()?;
    if kind == "files" {
        return read_files(r, &entry.node).map(DeployKind::Files);
    }
    read_commands(r, &entry.node).map(DeployKind::Command)
}

fn read_commands(r: &mut Reader<'_>, node: &Node) -> Option<CommandDeploy> {
    if !matches!(node.value, Value::Map(_)) {
        let deploy = read_argv(r, node, Place::DEPLOYER)?;
        return Some(CommandDeploy { deploy, roll_back: None, prove: None, aim: None });
    }
    let fields = r.object(node, &COMMAND_DEPLOY)?;
    let deploy = read_parts(r, &fields, Place::DEPLOYER);
    let roll_back = further(r, &fields, "roll-back", deploy.as_ref());
    let prove = further(r, &fields, "prove", deploy.as_ref());
    let aim = further(r, &fields, "aim", deploy.as_ref());
    Some(CommandDeploy { deploy: deploy?, roll_back: roll_back?, prove: prove?, aim: aim? })
}

/// Another command beside the first, with the environment and folder of the first.
fn further(
    r: &mut Reader<'_>,
    fields: &Fields<'_>,
    key: &'static str,
    first: Option<&Argv>,
) -> Option<Option<Argv>> {
    let Some(node) = fields.get(key) else { return Some(None) };
    let mut argv = read_argv(r, node, Place::DEPLOYER)?;
    if let Some(first) = first {
        for (name, value) in &first.env {
            argv.env.entry(name.clone()).or_insert_with(|| value.clone());
        }
        argv.dir = argv.dir.or_else(|| first.dir.clone());
    }
    Some(Some(argv))
}

#[cfg(test)]
mod tests {
    use crate::testing::{bad, in_platforms};

    #[test]
    fn deployers_that_do_not_exist_and_commands_as_texts_are_refused() {
        bad(
            in_platforms,
            &[
                (
                    "{ deploy: { helm: { chart: ./chart } }, observe: { http: /v } }",
                    "7:23 [helm] unknown key `helm` → there are these kinds of deployer: command, files",
                ),
                (
                    "{ deploy: { shell: './d x' }, observe: { http: /v } }",
                    "7:23 [shell] unknown key `shell` → it stands below `command`:  command: { shell: … }",
                ),
                (
                    "{ deploy: { command: [./d], files: { root: /srv } }, observe: { http: /v } }",
                    "7:39 [files] `command` and `files` exclude each other → keep one of: command, files",
                ),
                (
                    "{ deploy: { command: { run: [./d], rollback: [./r], prove: ./p } }, observe: { http: /v } }",
                    "7:46 [rollback] unknown key `rollback` → did you mean `roll-back`?\n7:70 [./p] a command is a list of arguments, not a text → write [./p]; or { shell: … } for a shell",
                ),
                (
                    "{ deploy: { command: [./d, '{{ out }}'] }, observe: { http: /v } }",
                    "7:42 [out] `out` is only there for the commands of checks → it is a fresh directory for the files that a command writes",
                ),
                (
                    "{ deploy: ./d, observe: { http: /v } }",
                    "7:21 [./d] expected a map (command, files), found a text → like  { command: [./deploy, \"{{ target.name }}\", \"{{ release.version }}\"] }",
                ),
                (
                    "{ deploy: { command: { run: [./d], aim: { shell: 'echo {{ target.name }}' } } }, observe: { http: /v } }",
                    "7:60 ['echo {{ target.name }}'] no `{{ … }}` can stand in a shell line: its value would be read as shell → write \"$PLIMSOLL_TARGET\"",
                ),
            ],
        );
    }
}
