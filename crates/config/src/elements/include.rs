//! Other files.

use crate::reader::Reader;
use crate::text::{Node, Span, Value, clean};

use super::text::read_text;

/// A name under `include:`, relative to the file that it stands in.
#[derive(Debug)]
pub(crate) struct Include {
    /// The folder part, empty or without a slash at its end.
    pub folder: String,
    /// The last part, which may have one `*`.
    pub file: String,
    /// Its place.
    pub span: Span,
}

/// What a file includes. The rest of the file is not looked at yet.
pub(crate) fn read_include(r: &mut Reader<'_>, root: &Node) -> Vec<Include> {
    let Value::Map(entries) = &root.value else { return Vec::new() };
    let Some(entry) = entries.iter().find(|entry| &*entry.name == "include") else {
        return Vec::new();
    };
    r.one_or_list(&entry.node).iter().filter_map(|item| read_one(r, item)).collect()
}

fn read_one(r: &mut Reader<'_>, node: &Node) -> Option<Include> {
    let text = read_text(r, node, "the path of a file")?;
    let text = text.strip_prefix("./").unwrap_or(&text).to_owned();
    let (folder, file) = text.rsplit_once('/').unwrap_or(("", &text));
    let why = if text.starts_with(['/', '~']) {
        Some("it must be relative to this file")
    } else if text.split('/').any(|part| part == "..") {
        Some("it must be inside the folder of this file")
    } else if folder.contains('*') || file.matches('*').count() > 1 {
        Some("one `*` can stand in its last part")
    } else if text.split('/').any(|part| part.is_empty() || part == ".") {
        Some("there is an empty part in it")
    } else {
        None
    };
    if let Some(why) = why {
        r.error(node.span, format!("`{}` cannot be included: {why}", clean(&text)))
            .hint("like  checks.yaml  or  sites/*.yaml");
        return None;
    }
    Some(Include { folder: folder.to_owned(), file: file.to_owned(), span: node.span })
}
