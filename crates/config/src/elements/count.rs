//! Whole numbers.

use crate::reader::Reader;
use crate::text::{Node, clean};

/// A whole number within bounds.
pub(crate) fn read_count(r: &mut Reader<'_>, node: &Node, least: u32, most: u32) -> Option<u32> {
    let scalar = r.scalar(node, "a number")?;
    let digits = scalar.text.bytes().all(|byte| byte.is_ascii_digit());
    let number = digits.then(|| scalar.text.parse::<u64>().unwrap_or(u64::MAX));
    match number.map(u32::try_from) {
        Some(Ok(number)) if (least..=most).contains(&number) && !scalar.text.is_empty() => {
            Some(number)
        }
        Some(_) if !scalar.text.is_empty() => {
            r.error(node.span, format!("{} is out of bounds", clean(&scalar.text)))
                .hint(format!("write a number from {least} to {most}"));
            None
        }
        Some(_) | None => {
            r.error(node.span, format!("`{}` is not a whole number", clean(&scalar.text)))
                .hint(format!("write a number from {least} to {most}"));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{bad, in_checks};

    #[test]
    fn numbers_out_of_bounds_and_other_texts_are_refused() {
        bad(
            in_checks,
            &[
                (
                    "{ http: /, retries: 11 }",
                    "9:30 [11] 11 is out of bounds → write a number from 0 to 10",
                ),
                (
                    "{ http: /, retries: -1 }",
                    "9:30 [-1] `-1` is not a whole number → write a number from 0 to 10",
                ),
                (
                    "{ http: /, retries: two }",
                    "9:30 [two] `two` is not a whole number → write a number from 0 to 10",
                ),
                (
                    "{ http: /, at-once: 0 }",
                    "9:30 [0] 0 is out of bounds → write a number from 1 to 1000",
                ),
                (
                    "{ http: /, retries: 1.0 }",
                    "9:30 [1.0] `1.0` is not a whole number → write a number from 0 to 10",
                ),
                (
                    "{ http: /, retries: '' }",
                    "9:30 [''] `` is not a whole number → write a number from 0 to 10",
                ),
                (
                    "{ http: /, retries: 99999999999999999999 }",
                    "9:30 [99999999999999999999] 99999999999999999999 is out of bounds → write a number from 0 to 10",
                ),
                ("{ http: /, at-once: {} }", "9:30 [{}] expected a number, found a map"),
            ],
        );
    }
}
