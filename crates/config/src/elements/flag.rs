//! Yes or no.

use crate::reader::Reader;
use crate::text::Node;

use super::word::read_word;

/// `true` or `false`.
pub(crate) fn read_flag(r: &mut Reader<'_>, node: &Node) -> Option<bool> {
    read_word(r, node, &[("true", true), ("false", false)])
}

#[cfg(test)]
mod tests {
    use crate::testing::{bad, in_checks};

    #[test]
    fn other_ways_to_say_yes_are_refused() {
        bad(
            in_checks,
            &[
                (
                    "{ http: /, safe-on-production: yes }",
                    "9:41 [yes] `yes` is not one of true, false",
                ),
                (
                    "{ http: /, safe-on-production: ture }",
                    "9:41 [ture] `ture` is not one of true, false → did you mean `true`?",
                ),
            ],
        );
    }
}
