//! What is looked at on a target.

mod command;
mod http;
mod http_match;
mod junit;
mod page;
mod process;
mod reported;
mod scope;
mod tls;
mod twins;

pub(crate) use http::{read_header_name, read_headers, read_http_path};

use std::collections::BTreeSet;

use plimsoll_core::catalog::{Check, CheckKind, ProcessCheck, Scope};
use plimsoll_core::ids::PlatformName;
use plimsoll_core::units::Period;

use crate::reader::{Fields, Reader};
use crate::shape::{Object, Shape, optional, preset};
use crate::text::{Entry, Span};

use super::count::read_count;
use super::environments::Environments;
use super::flag::read_flag;
use super::period::read_limit;

/// A check.
pub(crate) static CHECK: Object = Object {
    name: "check",
    doc: "What is looked at, on every target that `only` does not exclude.",
    keys: &[
        optional(
            "http",
            Shape::Either(&Shape::Text("a path"), &Shape::Object(&http::HTTP)),
            "Asks one HTTP question. A text alone is its path.",
        ),
        optional(
            "page",
            Shape::Either(&Shape::Text("a path"), &Shape::Object(&page::PAGE)),
            "Looks at a page in a browser. A text alone is its path.",
        ),
        optional(
            "command",
            Shape::Either(
                &Shape::List(&Shape::Text("an argument")),
                &Shape::Object(&command::COMMAND_CHECK),
            ),
            "Runs a command; its exit code or its JUnit file is the answer.",
        ),
        optional(
            "twins",
            Shape::Either(&Shape::Text("a folder"), &Shape::Object(&twins::TWINS_CHECK)),
            "Compares what the release changes in the `twins` of the service. A text alone is the repository.",
        ),
        optional(
            "process",
            Shape::Either(&Shape::Text("a pid file"), &Shape::Object(&process::PROCESS_CHECK)),
            "Watches a process, which must stay up. A text alone is its pid file.",
        ),
        optional(
            "reported",
            Shape::Either(&Shape::Text("who runs it"), &Shape::Object(&reported::REPORTED_CHECK)),
            "Waits for a result that others report. A text alone says who runs it.",
        ),
        preset(
            "within",
            Shape::Period,
            "30s for http and page, 10m for command, 1m for twins, 30s more than `for` for process",
            "The time limit of one attempt.",
        ),
        preset(
            "retries",
            Shape::Count { least: 0, most: 10 },
            "0",
            "How often a red attempt is tried again. A pass on a later try is *flaky*, not passed.",
        ),
        optional(
            "at-once",
            Shape::Count { least: 1, most: 1000 },
            "How many runs of this check go at once.",
        ),
        preset(
            "control-runs",
            Shape::Count { least: 0, most: Check::CONTROL_RUNS },
            "4",
            "How many times at most a red result is run again to find out whose fault it is: in the same place, where the last verified good version runs, as the check was before it was changed.",
        ),
        preset(
            "safe-on-production",
            Shape::Flag,
            "false",
            "Whether a red check may be run in production, where the last verified good version runs, to find out whose fault it is. What only reads (http with GET, HEAD or OPTIONS and no body, a page without click, fill and press) may, wherever it is expected.",
        ),
        optional(
            "only",
            Shape::Object(&scope::ONLY),
            "Where the check is expected; everywhere without it.",
        ),
    ],
    one_of: &["http", "page", "command", "twins", "process", "reported"],
    rest: None,
    example: "{ http: { path: /health, status: 200 }, within: 2s, retries: 1 }",
};

/// A check, together with what is known of its service.
pub(crate) fn read_check(
    r: &mut Reader<'_>,
    entry: &Entry,
    environments: &Environments,
    platforms: &BTreeSet<PlatformName>,
) -> Option<Check> {
    let fields = r.object(&entry.node, &CHECK)?;
    let only = fields
        .get("only")
        .map_or_else(Scope::default, |node| scope::read_scope(r, node, environments, platforms));
    let retries = fields.get("retries").map_or(Some(0), |node| read_count(r, node, 0, 10));
    let at_once = fields.get("at-once").map(|node| read_count(r, node, 1, 1000));
    let most = Check::CONTROL_RUNS;
    let control_runs =
        fields.get("control-runs").map_or(Some(most), |node| read_count(r, node, 0, most));
    let safe_on_production = fields.get("safe-on-production").map(|node| read_flag(r, node));
    let beside = fields.entry("within").map(|within| (within.span, read_limit(r, &within.node)));
    let (kind, usual, inside) = match fields.choice()? {
        ("http", kind) => {
            let (http, inside) = http::read_http(r, &kind.node)?;
            (CheckKind::Http(http), Period::from_secs(30), inside)
        }
        ("page", kind) => {
            let (page, inside) = page::read_page(r, &kind.node, environments)?;
            (CheckKind::Page(Box::new(page)), Period::from_secs(30), inside)
        }
        ("twins", kind) => {
            let check = twins::read_twins_check(r, &kind.node)?;
            (CheckKind::Twins(Box::new(check)), Period::from_mins(1), None)
        }
        ("process", kind) => {
            let check = process::read_process(r, &kind.node)?;
            let usual =
                Period::from_millis(check.watched.as_millis() + ProcessCheck::BESIDE.as_millis());
            if let Some((node, Some(within))) =
                fields.get("within").zip(beside).map(|(node, (_, within))| (node, within))
                && within <= check.watched
            {
                let watched = check.watched;
                r.error(
                    node.span,
                    format!("it is watched for {watched}, which does not fit into {within}"),
                )
                .hint("let `within` be longer than `for`");
                return None;
            }
            (CheckKind::Process(Box::new(check)), usual, None)
        }
        ("reported", kind) => {
            let check = reported::read_reported(r, &kind.node);
            refuse_running(r, &fields);
            (CheckKind::Reported(check?), Period::ZERO, None)
        }
        (_, kind) => {
            let command = command::read_command(r, &kind.node)?;
            (CheckKind::Command(command), Period::from_mins(10), None)
        }
    };
    let within = one_limit(r, beside, inside, usual);
    Some(Check {
        kind,
        only,
        within: within?,
        retries: retries?,
        at_once: at_once.map_or(Some(None), |n| n.map(Some))?,
        control_runs: control_runs?,
        safe_on_production: safe_on_production.unwrap_or(Some(false))?,
    })
}

/// What says how a check is run means nothing for one that others run.
fn refuse_running(r: &mut Reader<'_>, fields: &Fields<'_>) {
    for key in ["within", "retries", "at-once", "control-runs", "safe-on-production"] {
        if let Some(entry) = fields.entry(key) {
            r.error(
                entry.span,
                format!("plimsoll does not run this check, so `{key}` means nothing"),
            )
            .hint("leave it out");
        }
    }
}

/// Where a time limit is said, if it is, and what it is, if it can be read.
type Limit = Option<(Span, Option<Period>)>;

fn one_limit(r: &mut Reader<'_>, beside: Limit, inside: Limit, usual: Period) -> Option<Period> {
    match (beside, inside) {
        (Some((span, _)), Some(_)) => {
            r.error(span, "`within` is said twice")
                .hint("keep the one beside the kind of the check");
            None
        }
        (Some((_, period)), None) | (None, Some((_, period))) => period,
        (None, None) => Some(usual),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{bad, in_checks};

    #[test]
    fn checks_that_do_not_exist_or_say_things_twice_are_refused() {
        bad(
            in_checks,
            &[
                (
                    "{ ftp: { path: / } }",
                    "9:12 [ftp] unknown key `ftp` → there are these kinds of check: http, page, command, twins, process, reported",
                ),
                (
                    "{ http: /, command: [a] }",
                    "9:21 [command] `http` and `command` exclude each other → keep one of: http, page, command, twins, process, reported",
                ),
                (
                    "{}",
                    "9:7 [c] this check must be one of: http, page, command, twins, process, reported → like  { http: { path: /health, status: 200 }, within: 2s, retries: 1 }",
                ),
                (
                    "{ retries: 1 }",
                    "9:7 [c] this check must be one of: http, page, command, twins, process, reported → like  { http: { path: /health, status: 200 }, within: 2s, retries: 1 }",
                ),
                (
                    "{ http: { path: /, within: 2s }, within: 3s }",
                    "9:43 [within] `within` is said twice → keep the one beside the kind of the check",
                ),
                (
                    "{ http: /, within: 5 }",
                    "9:29 [5] `5` is not a duration → write a number and a unit: 30m, 2h, 1d",
                ),
                (
                    "{ http: /, retry: 2 }",
                    "9:21 [retry] unknown key `retry` → there are: http, page, command, twins, process, reported, within, retries, at-once, control-runs, safe-on-production, only",
                ),
            ],
        );
    }
}
