//! How much is done at once.

use plimsoll_core::catalog::Limits;

use crate::reader::Reader;
use crate::shape::{Object, Shape, preset};
use crate::text::Node;

use super::count::read_count;

/// The limits.
pub(crate) static LIMITS: Object = Object {
    name: "limits",
    doc: "How much is done at once.",
    keys: &[
        preset(
            "checks-at-once",
            Shape::Count { least: 1, most: 10_000 },
            "32",
            "Checks, all together.",
        ),
        preset(
            "per-host",
            Shape::Count { least: 1, most: 10_000 },
            "8",
            "Checks against one host: that of the target's URL, or the target itself.",
        ),
        preset(
            "deployments-at-once",
            Shape::Count { least: 1, most: 10_000 },
            "16",
            "Targets of one wave that are deployed.",
        ),
    ],
    one_of: &[],
    rest: None,
    example: "{ checks-at-once: 32, per-host: 8, deployments-at-once: 16 }",
};

/// The limits.
pub(crate) fn read_limits(r: &mut Reader<'_>, node: &Node) -> Option<Limits> {
    let usual = Limits::default();
    let fields = r.object(node, &LIMITS)?;
    let mut number =
        |key, without| fields.get(key).map_or(Some(without), |node| read_count(r, node, 1, 10_000));
    let checks_at_once = number("checks-at-once", usual.checks_at_once);
    let per_host = number("per-host", usual.per_host);
    let deployments_at_once = number("deployments-at-once", usual.deployments_at_once);
    Some(Limits {
        checks_at_once: checks_at_once?,
        per_host: per_host?,
        deployments_at_once: deployments_at_once?,
    })
}

#[cfg(test)]
mod tests {
    use crate::testing::{bad, in_limits};

    #[test]
    fn limits_are_whole_numbers() {
        bad(
            in_limits,
            &[
                (
                    "{ per-host: 0 }",
                    "15:21 [0] 0 is out of bounds → write a number from 1 to 10000",
                ),
                (
                    "{ per_host: 3 }",
                    "15:11 [per_host] unknown key `per_host` → did you mean `per-host`?",
                ),
                (
                    "32",
                    "15:9 [32] expected a map (checks-at-once, per-host, deployments-at-once), found a text → like  { checks-at-once: 32, per-host: 8, deployments-at-once: 16 }",
                ),
            ],
        );
    }
}
