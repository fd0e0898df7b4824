//! Regular expressions and JSON pointers.

use crate::reader::Reader;
use crate::text::{Entry, Node, Span, clean};

use super::text::read_text;

/// The size of a compiled expression; the crate's own limit is ten times that, and a file of many
/// such would take minutes.
const LARGEST_BYTES: usize = 1 << 20;

/// A regular expression that compiles.
pub(crate) fn read_regex(r: &mut Reader<'_>, node: &Node) -> Option<String> {
    let text = read_text(r, node, "a regular expression")?;
    compiles(r, &text, node.span).then_some(text)
}

/// Whether a regular expression compiles; why not is reported.
pub(crate) fn compiles(r: &mut Reader<'_>, text: &str, span: Span) -> bool {
    let built = regex::RegexBuilder::new(text).size_limit(LARGEST_BYTES).build();
    let Err(error) = built else { return true };
    let why = match &error {
        regex::Error::CompiledTooBig(_) => "it is too big when compiled".to_owned(),
        other => other
            .to_string()
            .lines()
            .last()
            .unwrap_or_default()
            .trim_start_matches("error: ")
            .to_owned(),
    };
    r.error(span, format!("this regular expression does not compile: {why}"))
        .hint("the syntax is that of https://docs.rs/regex: no look-around, no back-references");
    false
}

/// A JSON pointer, as a value.
pub(crate) fn read_pointer(r: &mut Reader<'_>, node: &Node) -> Option<String> {
    let text = read_text(r, node, "a JSON pointer")?;
    pointer(r, &text, node.span)
}

/// A JSON pointer, as a key.
pub(crate) fn key_pointer(r: &mut Reader<'_>, entry: &Entry) -> Option<String> {
    pointer(r, &entry.name, entry.span)
}

/// RFC 6901: empty, or parts that each begin with a slash; `~` only as `~0` and `~1`.
fn pointer(r: &mut Reader<'_>, text: &str, span: Span) -> Option<String> {
    let escapes = text.split('~').skip(1).all(|rest| rest.starts_with(['0', '1']));
    if escapes && (text.is_empty() || text.starts_with('/')) {
        return Some(text.to_owned());
    }
    let hint = if text.starts_with('/') {
        "in a key, `~` is written ~0 and `/` is written ~1".to_owned()
    } else {
        format!("write  /{}", clean(text.trim_start_matches(['$', '.'])).replace('.', "/"))
    };
    r.error(span, format!("`{}` is not a JSON pointer", clean(text))).hint(hint);
    None
}

#[cfg(test)]
mod tests {
    use crate::testing::{bad, in_checks};

    #[test]
    fn expressions_and_pointers_that_mean_nothing_are_refused() {
        bad(
            in_checks,
            &[
                (
                    "{ http: { path: /, matches: '(a' } }",
                    "9:38 ['(a'] this regular expression does not compile: unclosed group → the syntax is that of https://docs.rs/regex: no look-around, no back-references",
                ),
                (
                    "{ http: { path: /, matches: ['ok', '(?=a)'] } }",
                    "9:45 ['(?=a)'] this regular expression does not compile: look-around, including look-ahead and look-behind, is not supported → the syntax is that of https://docs.rs/regex: no look-around, no back-references",
                ),
                (
                    "{ http: { path: /, matches: 'a{1000}{1000}' } }",
                    "9:38 ['a{1000}{1000}'] this regular expression does not compile: it is too big when compiled → the syntax is that of https://docs.rs/regex: no look-around, no back-references",
                ),
                (
                    "{ http: { path: /, json: { status: ok } } }",
                    "9:37 [status] `status` is not a JSON pointer → write  /status",
                ),
                (
                    "{ http: { path: /, json: { $.a.b: ok } } }",
                    "9:37 [$.a.b] `$.a.b` is not a JSON pointer → write  /a/b",
                ),
                (
                    "{ http: { path: /, json: { /a~2: ok } } }",
                    "9:37 [/a~2] `/a~2` is not a JSON pointer → in a key, `~` is written ~0 and `/` is written ~1",
                ),
            ],
        );
    }
}
