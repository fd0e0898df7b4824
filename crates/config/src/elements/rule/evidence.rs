//! Evidence: how old a result may be.

use plimsoll_core::catalog::RuleKind;
use plimsoll_core::units::Period;

use crate::elements::period::limit_or;
use crate::reader::Reader;
use crate::shape::{Object, Shape, preset};
use crate::text::Node;

/// The rule.
pub(super) static EVIDENCE: Object = Object {
    name: "evidence rule",
    doc: "Every expected check has passed on every stand-in. Missing, stale, errored and \
          \"ran on another version\" are each their own answer, and none is a pass.",
    keys: &[preset("max-age", Shape::Period, "24h", "How old a result may be.")],
    one_of: &[],
    rest: None,
    example: "{ max-age: 24h }",
};

/// The rule.
pub(super) fn read_evidence(r: &mut Reader<'_>, node: &Node) -> Option<RuleKind> {
    let fields = r.object(node, &EVIDENCE)?;
    let max_age = limit_or(r, &fields, "max-age", Period::from_hours(24))?;
    Some(RuleKind::Evidence { max_age })
}

#[cfg(test)]
mod tests {
    use crate::testing::{bad, in_gate};

    #[test]
    fn evidence_has_an_age() {
        bad(
            in_gate,
            &[
                (
                    "{ evidence: { max_age: 24h } }",
                    "11:15 [max_age] unknown key `max_age` → did you mean `max-age`?",
                ),
                (
                    "{ evidence: 24h }",
                    "11:13 [24h] expected a map (max-age), found a text → like  { max-age: 24h }",
                ),
                (
                    "{ evidence: { max-age: 0s } }",
                    "11:24 [0s] this duration must be longer than nothing → like 10s or 5m",
                ),
            ],
        );
    }
}
