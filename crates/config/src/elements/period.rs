//! Lengths of time.

use plimsoll_core::units::Period;

use crate::reader::{Fields, Reader};
use crate::text::{Node, clean};

/// A duration.
pub(crate) fn read_period(r: &mut Reader<'_>, node: &Node) -> Option<Period> {
    let scalar = r.scalar(node, "a duration")?;
    let period = scalar.text.parse().ok();
    if period.is_none() {
        r.error(node.span, format!("`{}` is not a duration", clean(&scalar.text)))
            .hint("write a number and a unit: 30m, 2h, 1d");
    }
    period
}

/// A duration that is longer than nothing: a time limit of zero lets nothing pass.
pub(crate) fn read_limit(r: &mut Reader<'_>, node: &Node) -> Option<Period> {
    let period = read_period(r, node)?;
    if period == Period::ZERO {
        r.error(node.span, "this duration must be longer than nothing").hint("like 10s or 5m");
        return None;
    }
    Some(period)
}

/// The duration of a key, or `without` when the key is not there.
pub(crate) fn limit_or(
    r: &mut Reader<'_>,
    fields: &Fields<'_>,
    key: &'static str,
    without: Period,
) -> Option<Period> {
    fields.get(key).map_or(Some(without), |node| read_limit(r, node))
}

#[cfg(test)]
mod tests {
    use crate::testing::{bad, in_gate};

    #[test]
    fn durations_without_sense_are_refused_where_they_stand() {
        bad(
            in_gate,
            &[
                (
                    "{ soak: 30 }",
                    "11:9 [30] `30` is not a duration → write a number and a unit: 30m, 2h, 1d",
                ),
                (
                    "{ soak: 0s }",
                    "11:9 [0s] this duration must be longer than nothing → like 10s or 5m",
                ),
                (
                    "{ soak: -5m }",
                    "11:9 [-5m] `-5m` is not a duration → write a number and a unit: 30m, 2h, 1d",
                ),
                (
                    "{ soak: 1.5h }",
                    "11:9 [1.5h] `1.5h` is not a duration → write a number and a unit: 30m, 2h, 1d",
                ),
                ("{ soak: [1h] }", "11:9 [[1h]] expected a duration, found a list"),
                (
                    "{ soak: }",
                    "11:3 [soak] expected a duration, found nothing → write a value after the colon",
                ),
                (
                    "{ soak: null }",
                    "11:9 [null] expected a duration, found nothing (`null`) → quote it if the word is meant, or leave the key out",
                ),
                (
                    "{ soak: \"5\\0m\" }",
                    "11:9 [\"5\\0m\"] a duration cannot hold a NUL character → leave it out",
                ),
                (
                    "{ soak: 1 fortnight }",
                    "11:9 [1 fortnight] `1 fortnight` is not a duration → write a number and a unit: 30m, 2h, 1d",
                ),
            ],
        );
    }
}
