//! A condition of the user's.

use plimsoll_core::catalog::RuleKind;
use plimsoll_core::gate::condition::{ConditionError, compile};

use crate::elements::text::read_text;
use crate::reader::Reader;
use crate::shape::{Object, Shape, optional, required};
use crate::text::{Node, Span, Value, escaped};

/// The rule.
pub(super) static CONDITION: Object = Object {
    name: "condition rule",
    doc: "An expression in CEL. It is compiled when the configuration is loaded.",
    keys: &[
        required("when", Shape::Text("an expression (CEL)"), "The expression that must be true."),
        optional("message", Shape::Text("a sentence"), "What a refusal says."),
    ],
    one_of: &[],
    rest: None,
    example: "{ when: \"release.change != 'major' || counts.failed == 0\", message: a major change needs every check green }",
};

/// The rule.
pub(super) fn read_condition(r: &mut Reader<'_>, node: &Node) -> Option<RuleKind> {
    if matches!(node.value, Value::Scalar(_)) {
        return Some(RuleKind::Condition { expression: read_expression(r, node)?, message: None });
    }
    let fields = r.object(node, &CONDITION)?;
    let expression = fields.get("when").and_then(|node| read_expression(r, node));
    let message = fields.get("message").map(|node| read_text(r, node, "a sentence"));
    let message = message.map_or(Some(None), |message| message.map(Some));
    Some(RuleKind::Condition { expression: expression?, message: message? })
}

/// An expression that compiles.
fn read_expression(r: &mut Reader<'_>, node: &Node) -> Option<String> {
    let text = read_text(r, node, "an expression")?;
    let Err(error) = compile(&text) else { return Some(text) };
    let span = inside(r, node.span, &text, &error).unwrap_or(node.span);
    let why: String = error.message.chars().take(200).flat_map(escaped).collect();
    r.error(span, format!("this condition does not compile: {why}"))
        .hint("conditions are CEL: docs/configuration.md has the variables");
    None
}

/// The place inside the expression, where its text stands in the file as it is.
fn inside(r: &Reader<'_>, span: Span, text: &str, error: &ConditionError) -> Option<Span> {
    let first_line = error.line.is_none_or(|line| line == 1) && !text.contains('\n');
    let column = usize::try_from(error.column?.checked_sub(1)?).ok()?;
    let (before, rest) = text.char_indices().nth(column).map(|(at, _)| text.split_at(at))?;
    let of_word = |c: char| c.is_alphanumeric() || c == '_';
    let begin = before.trim_end_matches(of_word).len();
    let end = before.len() + rest.find(|c: char| !of_word(c)).unwrap_or(rest.len());
    let start = r.report.slice(span).find(text).filter(|_| first_line)? + begin;
    let at = span.start + u32::try_from(start).ok()?;
    Some(Span { start: at, end: at + u32::try_from((end - begin).max(1)).ok()?, ..span })
}

#[cfg(test)]
mod tests {
    use crate::testing::{bad, in_gate};

    #[test]
    fn conditions_are_compiled_when_they_are_read() {
        bad(
            in_gate,
            &[
                (
                    "{ condition: 'relase.version == \"1\"' }",
                    "11:15 [relase] this condition does not compile: there is no variable `relase`: use release.…, service.…, counts.…, environment, now, targets, current, unmet → conditions are CEL: docs/configuration.md has the variables",
                ),
                (
                    "{ condition: { whn: 'true' } }",
                    "11:16 [whn] unknown key `whn` → did you mean `when`?",
                ),
                (
                    "{ condition: { when: '', message: '' } }",
                    "11:22 [''] expected an expression, found an empty text → write something\n11:35 [''] expected a sentence, found an empty text → write something",
                ),
                (
                    "{ condition: [a] }",
                    "11:14 [[a]] expected a map (when, message), found a list → like  { when: \"release.change != 'major' || counts.failed == 0\", message: a major change needs every check green }",
                ),
                (
                    "{ condition: 'nosuch(targets)' }",
                    "11:15 [nosuch] this condition does not compile: there is no function `nosuch` → conditions are CEL: docs/configuration.md has the variables",
                ),
            ],
        );
    }

    #[test]
    fn a_condition_that_ends_too_early_is_refused_in_its_place() {
        let errors = crate::testing::load_one(&in_gate("{ condition: 'targets >' }"));
        let found = crate::testing::brief(&errors.expect_err("refused"));
        let expected = "11:14 ['targets >'] this condition does not compile: ";
        assert!(found.starts_with(expected), "{found}");
    }
}
