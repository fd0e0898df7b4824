//! Paths of files.

use crate::reader::Reader;
use crate::text::{Node, clean};

use super::text::read_text;

/// A path, absolute or relative to the configuration.
pub(crate) fn read_path(r: &mut Reader<'_>, node: &Node, what: &str) -> Option<String> {
    let text = read_text(r, node, what)?;
    if text.starts_with('~') {
        r.error(node.span, "`~` is not the home directory here")
            .hint("write the path from / on, or relative to this file");
        return None;
    }
    Some(text)
}

/// A single name in a directory.
pub(crate) fn read_file_name(r: &mut Reader<'_>, node: &Node, what: &str) -> Option<String> {
    let text = read_text(r, node, what)?;
    if text.contains('/') || text == "." || text == ".." || text.chars().any(char::is_control) {
        r.error(node.span, format!("`{}` cannot be {what}", clean(&text)))
            .hint("a single name, without slashes");
        return None;
    }
    Some(text)
}
