//! How things are deployed and observed.

mod deploy;
mod files;
mod observe;

use plimsoll_core::catalog::{DeployKind, Observe, ObserveKind, Platform, VersionFrom};
use plimsoll_core::units::Period;

use crate::reader::Reader;
use crate::shape::{Object, Shape, optional, preset, required};
use crate::text::Entry;

use super::period::limit_or;

/// A platform.
pub(crate) static PLATFORM: Object = Object {
    name: "platform",
    doc: "How a release gets onto a target, and how the version that really runs there is found out.",
    keys: &[
        required("deploy", Shape::Object(&deploy::DEPLOY), "How a release is put on a target."),
        optional(
            "observe",
            Shape::Object(&observe::OBSERVE),
            "How the version that really runs is found out. `files` has its link for that; `command` needs one.",
        ),
        preset("within", Shape::Period, "10m", "The time limit of one deployment."),
    ],
    one_of: &[],
    rest: None,
    example: "{ deploy: { command: [./deploy, \"{{ target.name }}\", \"{{ release.version }}\"] }, observe: { http: { path: /version } } }",
};

/// How long an observation may take when nothing is said.
const OBSERVED_WITHIN: Period = Period::from_secs(10);

/// A platform.
pub(crate) fn read_platform(r: &mut Reader<'_>, entry: &Entry) -> Option<Platform> {
    let fields = r.object(&entry.node, &PLATFORM)?;
    let deploy = fields.get("deploy").and_then(|node| deploy::read_deploy(r, node));
    let observe = match fields.get("observe") {
        Some(node) => observe::read_observe(r, node),
        None => match &deploy {
            Some(DeployKind::Files(_)) => Some(link()),
            Some(DeployKind::Command(_)) => {
                r.error(entry.span, format!("`{}` deploys by a command and has no `observe`", entry.name))
                    .hint("evidence counts for the version that really runs: observe: { http: { path: /version } }");
                None
            }
            None => None,
        },
    };
    let within = limit_or(r, &fields, "within", Period::from_mins(10));
    Some(Platform { deploy: deploy?, observe: observe?, within: within? })
}

fn link() -> Observe {
    Observe { kind: ObserveKind::Link, version: VersionFrom::Text, within: OBSERVED_WITHIN }
}

#[cfg(test)]
mod tests {
    use crate::testing::{bad, in_platforms};

    #[test]
    fn a_platform_says_how_and_what_runs() {
        bad(
            in_platforms,
            &[
                (
                    "{ deploy: { command: [./d] } }",
                    "7:7 [vm] `vm` deploys by a command and has no `observe` → evidence counts for the version that really runs: observe: { http: { path: /version } }",
                ),
                (
                    "{ observe: { http: /v } }",
                    "7:7 [vm] `deploy` is missing in this platform → `deploy`: How a release is put on a target",
                ),
                (
                    "{ deploy: { command: [./d] }, observe: { http: /v }, within: 0s }",
                    "7:72 [0s] this duration must be longer than nothing → like 10s or 5m",
                ),
                (
                    "{ deploy: { command: [./d] }, observe: { http: /v }, retries: 3 }",
                    "7:64 [retries] unknown key `retries` → there are: deploy, observe, within",
                ),
            ],
        );
    }
}
