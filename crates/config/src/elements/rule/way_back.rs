//! The way back.

use plimsoll_core::catalog::RuleKind;

use crate::elements::period::read_limit;
use crate::reader::Reader;
use crate::shape::{Object, Shape, optional};
use crate::text::Node;

/// The rule.
pub(super) static WAY_BACK: Object = Object {
    name: "way-back rule",
    doc: "For each target the last verified good release is known and its artifacts have just been \
          proven to be there. `way-back: {}` says so explicitly.",
    keys: &[optional(
        "rehearsed-within",
        Shape::Period,
        "How long ago a rollback may have been rehearsed on each platform; not asked without it.",
    )],
    one_of: &[],
    rest: None,
    example: "{ rehearsed-within: 30d }",
};

/// The rule.
pub(super) fn read_way_back(r: &mut Reader<'_>, node: &Node) -> Option<RuleKind> {
    let fields = r.object(node, &WAY_BACK)?;
    let within = fields.get("rehearsed-within").map(|node| read_limit(r, node));
    Some(RuleKind::WayBack {
        rehearsed_within: within.map_or(Some(None), |within| within.map(Some))?,
    })
}

#[cfg(test)]
mod tests {
    use crate::testing::{bad, in_gate};

    #[test]
    fn a_way_back_is_written_as_a_map() {
        bad(
            in_gate,
            &[
                (
                    "{ way-back: { rehearsed-within: 30 } }",
                    "11:33 [30] `30` is not a duration → write a number and a unit: 30m, 2h, 1d",
                ),
                (
                    "{ way-back: 30d }",
                    "11:13 [30d] expected a map (rehearsed-within), found a text → like  { rehearsed-within: 30d }",
                ),
                (
                    "{ way_back: {} }",
                    "11:3 [way_back] unknown key `way_back` → did you mean `way-back`?",
                ),
            ],
        );
    }
}
