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
        bad(in_gate, &[
            ("{ soak: 30 }", ""),
            ("{ soak: 0s }", ""),
            ("{ soak: -5m }", ""),
            ("{ soak: 1.5h }", ""),
            ("{ soak: [1h] }", ""),
            ("{ soak: }", ""),
            ("{ soak: null }", ""),
            ("{ soak: \"5\\0m\" }", ""),
            ("{ soak: 1 fortnight }", ""),
        ]);
    }
}
