//! Texts.

use crate::reader::Reader;
use crate::text::Node;

/// A text that is not empty.
pub(crate) fn read_text(r: &mut Reader<'_>, node: &Node, what: &str) -> Option<String> {
    let scalar = r.scalar(node, what)?;
    if scalar.text.is_empty() {
        r.error(node.span, format!("expected {what}, found an empty text")).hint("write something");
        return None;
    }
    Some(scalar.text.to_string())
}

/// A list of texts, or one alone.
pub(crate) fn read_texts(r: &mut Reader<'_>, node: &Node, what: &str) -> Vec<String> {
    r.one_or_list(node).iter().filter_map(|item| read_text(r, item, what)).collect()
}
