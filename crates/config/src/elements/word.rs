//! Words of a fixed choice.

use crate::reader::Reader;
use crate::text::{Node, clean};

/// One of the words; gives what stands beside it.
pub(crate) fn read_word<T: Copy>(
    r: &mut Reader<'_>,
    node: &Node,
    words: &[(&str, T)],
) -> Option<T> {
    let list = words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ");
    let scalar = r.scalar(node, &format!("one of {list}"))?;
    let found = words.iter().find(|(word, _)| **word == *scalar.text).map(|(_, value)| *value);
    if found.is_none() {
        let near = r.report.did_you_mean(&scalar.text, words.iter().map(|(word, _)| *word));
        r.error(node.span, format!("`{}` is not one of {list}", clean(&scalar.text))).hint_if(near);
    }
    found
}

#[cfg(test)]
mod tests {
    use crate::testing::{bad, in_promotion};

    #[test]
    fn other_words_are_refused_and_the_nearest_is_named() {
        bad(
            in_promotion,
            &[
                (
                    "{ on-regression: rollback }",
                    "12:33 [rollback] `rollback` is not one of roll-back, roll-back-wave, freeze → did you mean `roll-back`?",
                ),
                (
                    "{ on-regression: panic }",
                    "12:33 [panic] `panic` is not one of roll-back, roll-back-wave, freeze",
                ),
                (
                    "{ on-regression: [freeze] }",
                    "12:33 [[freeze]] expected one of roll-back, roll-back-wave, freeze, found a list",
                ),
            ],
        );
    }
}
