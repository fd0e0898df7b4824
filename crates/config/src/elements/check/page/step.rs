//! What is done on a page before it is looked at.

use plimsoll_core::catalog::PageStep;

use crate::elements::check::http::read_http_path;
use crate::elements::template::{Place, read_argument};
use crate::elements::text::read_text;
use crate::reader::Reader;
use crate::shape::{Object, Shape, optional, required};
use crate::text::{Node, clean};

/// More steps are a test suite, which is better run by a command.
const MOST_STEPS: usize = 50;

/// Keys that have a name.
const KEYS: &[&str] = &[
    "Enter",
    "Tab",
    "Escape",
    "Backspace",
    "Delete",
    "Space",
    "ArrowUp",
    "ArrowDown",
    "ArrowLeft",
    "ArrowRight",
    "Home",
    "End",
    "PageUp",
    "PageDown",
];

/// A step.
pub(super) static STEP: Object = Object {
    name: "page step",
    doc: "One thing that is done on a page.",
    keys: &[
        optional("go", Shape::Text("a path"), "Goes to a path or URL."),
        optional(
            "click",
            Shape::Text("a CSS selector"),
            "Clicks on the first visible element that the selector finds.",
        ),
        optional("fill", Shape::Object(&FILL), "Fills in a field."),
        optional("press", Shape::Text("a key"), "Presses a key: `Enter`, `Tab`, `a`."),
        optional(
            "wait-for",
            Shape::Text("a CSS selector"),
            "Waits until the selector finds something visible.",
        ),
        optional("expect", Shape::Text("a text"), "Waits until the text can be seen."),
    ],
    one_of: &["go", "click", "fill", "press", "wait-for", "expect"],
    rest: None,
    example: "{ expect: Welcome }",
};

/// A field and what is typed.
static FILL: Object = Object {
    name: "page field",
    doc: "A field of a form, and what is typed into it.",
    keys: &[
        required("field", Shape::Text("a CSS selector"), "Finds the field."),
        required("with", Shape::Text("a text"), "What is typed. It may hold secrets."),
    ],
    one_of: &[],
    rest: None,
    example: "{ field: \"#password\", with: \"{{ secrets.token }}\" }",
};

/// Steps, in order.
pub(super) fn read_steps(r: &mut Reader<'_>, node: &Node) -> Option<Vec<PageStep>> {
    let items = r.list(node, "steps")?;
    if !r.at_most(MOST_STEPS, items.len(), node.span, "steps") {
        return None;
    }
    items.iter().map(|item| read_step(r, item)).collect()
}

fn read_step(r: &mut Reader<'_>, node: &Node) -> Option<PageStep> {
    let fields = r.object(node, &STEP)?;
    let (kind, entry) = fields.choice()?;
    let node = &entry.node;
    Some(match kind {
        "go" => PageStep::Go(read_http_path(r, node, Place::PATH)?),
        "click" => PageStep::Click(read_text(r, node, "a CSS selector")?),
        "fill" => read_fill(r, node)?,
        "press" => PageStep::Press(read_key(r, node)?),
        "wait-for" => PageStep::WaitFor(read_text(r, node, "a CSS selector")?),
        _ => PageStep::Expect(read_text(r, node, "a text")?),
    })
}

fn read_fill(r: &mut Reader<'_>, node: &Node) -> Option<PageStep> {
    let fields = r.object(node, &FILL)?;
    let field = fields.text(r, "field", "a CSS selector");
    let with = fields.get("with").and_then(|node| read_argument(r, node, Place::SENT));
    Some(PageStep::Fill { field: field?, with: with? })
}

fn read_key(r: &mut Reader<'_>, node: &Node) -> Option<String> {
    let text = read_text(r, node, "a key")?;
    let single = text.chars().count() == 1 && !text.chars().any(char::is_control);
    if single || KEYS.contains(&text.as_str()) {
        return Some(text);
    }
    let near = r.report.did_you_mean(&text, KEYS.iter().copied());
    let hint =
        near.unwrap_or_else(|| format!("a single character, or one of: {}", KEYS.join(", ")));
    r.error(node.span, format!("`{}` is not a key", clean(&text))).hint(hint);
    None
}

#[cfg(test)]
mod tests {
    use crate::testing::{bad, in_checks};

    #[test]
    fn steps_that_cannot_be_taken_are_refused() {
        bad(
            in_checks,
            &[
                (
                    "{ page: { path: /, steps: [{ press: Entre }] } }",
                    "9:46 [Entre] `Entre` is not a key → did you mean `Enter`?",
                ),
                (
                    "{ page: { path: /, steps: [{ fill: { field: '#a' } }] } }",
                    "9:39 [fill] `with` is missing in this page field → `with`: What is typed",
                ),
                (
                    "{ page: { path: /, steps: [{ go: login }] } }",
                    "9:43 [login] `login` is neither a path nor a URL → write  /login",
                ),
                (
                    "{ page: { path: /, steps: [{ click: '#{{' }, { clik: a }] } }",
                    "9:57 [clik] unknown key `clik` → did you mean `click`?",
                ),
                (
                    "{ page: { path: /, steps: { click: a } } }",
                    "9:36 [{ click: a }] expected a list of steps, found a map → write a list: [one, two]",
                ),
            ],
        );
    }
}
