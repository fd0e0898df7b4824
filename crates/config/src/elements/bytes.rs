//! Sizes.

use crate::reader::Reader;
use crate::text::{Node, clean};

const UNITS: [(&str, u64); 7] = [
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("kB", 1_000),
    ("KB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
];

/// A number of bytes, up to 1 GB.
///
/// # Units
/// `10MB` is 10,000,000 bytes, `10MiB` is 10,485,760; without a unit it is refused.
pub(crate) fn read_bytes(r: &mut Reader<'_>, node: &Node) -> Option<u64> {
    let scalar = r.scalar(node, "a size")?;
    let text = scalar.text.trim();
    let size = UNITS.iter().find_map(|(unit, bytes)| {
        let number: u64 = text.strip_suffix(unit)?.trim_end().parse().ok()?;
        number.checked_mul(*bytes).filter(|size| (1..=1_000_000_000).contains(size))
    });
    if size.is_none() {
        r.error(node.span, format!("`{}` is not a size", clean(text)))
            .hint("write a number and a unit, up to 1GB: 500KB, 10MB");
    }
    size
}

#[cfg(test)]
mod tests {
    use crate::testing::{bad, in_checks};

    #[test]
    fn sizes_without_unit_or_beyond_1_gb_are_refused() {
        bad(
            in_checks,
            &[
                (
                    "{ http: { path: /, max-body: 10 } }",
                    "9:39 [10] `10` is not a size → write a number and a unit, up to 1GB: 500KB, 10MB",
                ),
                (
                    "{ http: { path: /, max-body: 0MB } }",
                    "9:39 [0MB] `0MB` is not a size → write a number and a unit, up to 1GB: 500KB, 10MB",
                ),
                (
                    "{ http: { path: /, max-body: 2GB } }",
                    "9:39 [2GB] `2GB` is not a size → write a number and a unit, up to 1GB: 500KB, 10MB",
                ),
                (
                    "{ http: { path: /, max-body: 1mb } }",
                    "9:39 [1mb] `1mb` is not a size → write a number and a unit, up to 1GB: 500KB, 10MB",
                ),
                (
                    "{ http: { path: /, max-body: 99999999999999999999MB } }",
                    "9:39 [99999999999999999999MB] `99999999999999999999MB` is not a size → write a number and a unit, up to 1GB: 500KB, 10MB",
                ),
            ],
        );
    }
}
