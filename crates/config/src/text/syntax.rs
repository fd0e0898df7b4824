//! Words for what is not YAML at all.

use granit_parser::{ErrorKind, ScanError};

/// A syntax error in our words, and what to do where that is known.
pub(super) fn say(error: &ScanError, line: &str) -> (String, Option<&'static str>) {
    let message = match error.kind() {
        ErrorKind::UnknownAnchor => "this alias has no anchor before it".to_owned(),
        ErrorKind::TabNotAllowed => "a tab cannot indent YAML".to_owned(),
        _ => format!("not valid YAML: {}", error.info()),
    };
    (message, hint(error.kind(), line))
}

fn hint(kind: &ErrorKind, line: &str) -> Option<&'static str> {
    match kind {
        ErrorKind::UnknownAnchor => {
            Some("write &name at the value first, or quote a text that begins with *")
        }
        ErrorKind::TabNotAllowed => Some("use spaces"),
        _ if line.contains('\t') => Some("there is a tab in this line: use spaces"),
        _ if line.contains("{{") => Some("quote a text with {{ … }}"),
        _ if line.trim_start().starts_with(['@', '`', '%']) => {
            Some("quote a text that begins with a special character")
        }
        _ => None,
    }
}
