//! Paths with stars.

use plimsoll_core::catalog::PathPattern;

use crate::reader::Reader;
use crate::text::Node;

use super::text::read_text;

/// A list of paths inside a directory, or one alone; `hint` says how they are written.
pub(crate) fn read_patterns(
    r: &mut Reader<'_>,
    node: &Node,
    hint: &str,
) -> Option<Vec<PathPattern>> {
    let read: Vec<_> = r.one_or_list(node).iter().map(|item| read_pattern(r, item, hint)).collect();
    read.into_iter().collect()
}

fn read_pattern(r: &mut Reader<'_>, node: &Node, hint: &str) -> Option<PathPattern> {
    let text = read_text(r, node, "a path with stars")?;
    match text.parse() {
        Ok(pattern) => Some(pattern),
        Err(error) => {
            r.error(node.span, error.to_string()).hint(hint);
            None
        }
    }
}
