//! A process that must stay up.

use plimsoll_core::catalog::{ProcessCheck, ProcessSource, Template};
use plimsoll_core::units::Period;

use crate::elements::command::{ARGV, read_argv};
use crate::elements::count::read_count;
use crate::elements::period::{limit_or, read_period};
use crate::elements::template::{Place, read_template};
use crate::reader::Reader;
use crate::shape::{Object, Shape, optional, preset};
use crate::text::{Node, Value, clean};

/// A command that tells of a process has no folder for files.
const TELLING: Place = Place { out: false, ..Place::ARGUMENT };

/// A process.
pub(super) static PROCESS_CHECK: Object = Object {
    name: "process check",
    doc: "A process that runs and stays up. One that dies and is started again is *failed*, even if \
          it answers in between.",
    keys: &[
        optional(
            "pid-file",
            Shape::Text("a path"),
            "The file that holds its number, relative to the configuration. The process runs on this machine.",
        ),
        optional(
            "unit",
            Shape::Text("a unit of systemd"),
            "Its unit, on this machine; `systemctl show` is asked.",
        ),
        optional(
            "command",
            ARGV,
            "A command that prints what is known of it, as one JSON object or in lines of `key=value`: `pid` and `started-at` (RFC 3339, or seconds since 1970), `restarts`, `exit-code`, `signal`, `memory-bytes`. No `pid`, or 0, says that nothing runs.",
        ),
        preset("for", Shape::Period, "30s", "How long it is watched."),
        preset(
            "restarts",
            Shape::Count { least: 0, most: 1000 },
            "0",
            "How often it may have been started again since the deployment.",
        ),
        optional("up-for", Shape::Period, "How long it must have been up at the end."),
        preset(
            "grace",
            Shape::Period,
            "30s",
            "How long after the end of a deployment the process may begin without this being a restart.",
        ),
    ],
    one_of: &["pid-file", "unit", "command"],
    rest: None,
    example: "{ pid-file: run/hub.pid, for: 30s, restarts: 0 }",
};

/// A process.
pub(super) fn read_process(r: &mut Reader<'_>, node: &Node) -> Option<ProcessCheck> {
    if matches!(node.value, Value::Scalar(_)) {
        let source = ProcessSource::PidFile(read_template(r, node, "a path", Place::PATH)?);
        return Some(ProcessCheck {
            source,
            watched: ProcessCheck::WATCHED,
            restarts: 0,
            up_for: Period::ZERO,
            grace: ProcessCheck::GRACE,
        });
    }
    let fields = r.object(node, &PROCESS_CHECK)?;
    let pid_file = fields
        .get("pid-file")
        .map(|node| read_template(r, node, "a path", Place::PATH).map(ProcessSource::PidFile));
    let unit = fields.get("unit").map(|node| read_unit(r, node).map(ProcessSource::Unit));
    let command =
        fields.get("command").map(|node| read_argv(r, node, TELLING).map(ProcessSource::Command));
    let source = pid_file.or(unit).or(command).flatten();
    let watched = limit_or(r, &fields, "for", ProcessCheck::WATCHED);
    let restarts = fields.get("restarts").map_or(Some(0), |node| read_count(r, node, 0, 1000));
    let up_for = limit_or(r, &fields, "up-for", Period::ZERO);
    let grace = fields.get("grace").map_or(Some(ProcessCheck::GRACE), |node| read_period(r, node));
    Some(ProcessCheck {
        source: source?,
        watched: watched?,
        restarts: restarts?,
        up_for: up_for?,
        grace: grace?,
    })
}

/// The name of a unit, which is no option of systemctl and no pattern of many.
fn read_unit(r: &mut Reader<'_>, node: &Node) -> Option<Template> {
    let unit = read_template(r, node, "a unit of systemd", Place::ARGUMENT)?;
    let text = unit.to_string();
    let stray = |char: char| char.is_whitespace() || char.is_control() || "*?[]/".contains(char);
    let fixed: String =
        text.split("{{").map(|part| part.rsplit("}}").next().unwrap_or("")).collect();
    if text.starts_with('-') || fixed.contains(stray) {
        r.error(node.span, format!("`{}` cannot be a unit", clean(&text)))
            .hint("name one unit: jupyterhub.service");
        return None;
    }
    Some(unit)
}

#[cfg(test)]
mod tests {
    use crate::testing::{bad, in_checks, load_one};

    #[test]
    fn a_process_is_looked_for_in_one_place_and_watched_for_less_than_the_limit() {
        bad(
            in_checks,
            &[
                (
                    "{ process: { for: 30s } }",
                    "9:12 [process] this process check must be one of: pid-file, unit, command → like  { pid-file: run/hub.pid, for: 30s, restarts: 0 }",
                ),
                (
                    "{ process: { pid-file: a, unit: b } }",
                    "9:36 [unit] `pid-file` and `unit` exclude each other → keep one of: pid-file, unit, command",
                ),
                (
                    "{ process: { unit: --all } }",
                    "9:29 [--all] `--all` cannot be a unit → name one unit: jupyterhub.service",
                ),
                (
                    "{ process: { unit: 'hub*' } }",
                    "9:29 ['hub*'] `hub*` cannot be a unit → name one unit: jupyterhub.service",
                ),
                (
                    "{ process: { pid-file: a, for: 0s, restarts: -1 } }",
                    "9:41 [0s] this duration must be longer than nothing → like 10s or 5m\n9:55 [-1] `-1` is not a whole number → write a number from 0 to 1000",
                ),
                (
                    "{ process: { command: [a, '{{ out }}'] } }",
                    "9:40 [out] `out` is only there for the commands of checks → it is a fresh directory for the files that a command writes",
                ),
                (
                    "{ process: run/pid, within: 30s }",
                    "9:38 [30s] it is watched for 30s, which does not fit into 30s → let `within` be longer than `for`",
                ),
                (
                    "{ process: { pid-file: a, pid: 3 } }",
                    "9:36 [pid] unknown key `pid` → there are: pid-file, unit, command, for, restarts, up-for, grace",
                ),
            ],
        );
    }

    #[test]
    fn a_unit_may_hold_the_name_of_its_target() {
        let text = in_checks("{ process: { unit: 'hub@{{ target.name }}.service' } }");
        assert!(load_one(&text).is_ok());
    }
}
