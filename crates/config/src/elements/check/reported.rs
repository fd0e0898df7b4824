//! A check that others run, and whose result is reported.

use std::collections::BTreeSet;

use plimsoll_core::catalog::{ExpectedTests, ReportedCheck};
use plimsoll_core::ids::RoleName;

use crate::elements::count::read_count;
use crate::elements::flag::read_flag;
use crate::elements::name::read_known_list;
use crate::elements::text::{read_text, read_texts};
use crate::reader::{Fields, Reader};
use crate::shape::{Object, Shape, optional, preset};
use crate::text::{Node, Value};

use super::junit::{MIN_TESTS, RENAMED, REQUIRED_TESTS, read_renamed};

/// A reported check.
pub(super) static REPORTED_CHECK: Object = Object {
    name: "reported check",
    doc: "A check that others run. It is *not run* until somebody reports what came of it, with \
          `plimsoll report`, for the deployment that is on the target.",
    keys: &[
        optional("from", Shape::Text("words"), "Who runs it: what is said while it is waited for."),
        optional(
            "by",
            Shape::OneOrList(&Shape::Name("role")),
            "The roles whose holders may report it, people or the names that tokens are made for; without it \
             everybody whose token may report for the service.",
        ),
        preset(
            "junit",
            Shape::Flag,
            "false",
            "Whether only a JUnit file is a result. It is when something below says what the file must hold.",
        ),
        REQUIRED_TESTS,
        MIN_TESTS,
        RENAMED,
    ],
    one_of: &[],
    rest: None,
    example: "{ from: the nightly browser suite, junit: true, min-tests: 120 }",
};

/// A reported check.
pub(super) fn read_reported(r: &mut Reader<'_>, node: &Node) -> Option<ReportedCheck> {
    if matches!(node.value, Value::Scalar(_)) {
        let from = read_text(r, node, "who runs it, in words")?;
        return Some(ReportedCheck { from: Some(from), ..ReportedCheck::default() });
    }
    let fields = r.object(node, &REPORTED_CHECK)?;
    let from = fields.optional(r, "from", |r, node| read_text(r, node, "who runs it, in words"));
    let by = fields.get("by").map(|node| read_by(r, node));
    let junit = read_tests(r, &fields);
    Some(ReportedCheck { from: from?, by: by.unwrap_or_default(), junit: junit? })
}

/// Who may report it. An empty list is no way to say «everybody».
fn read_by(r: &mut Reader<'_>, node: &Node) -> BTreeSet<RoleName> {
    if matches!(&node.value, Value::List(items) if items.is_empty()) {
        r.error(node.at, "nobody could report this check").hint("like  by: testers");
    }
    let roles = r.roles.clone();
    read_known_list(r, node, &roles, "role", "roles:")
}

fn read_tests(r: &mut Reader<'_>, fields: &Fields<'_>) -> Option<Option<ExpectedTests>> {
    let wanted = fields.optional(r, "junit", read_flag);
    let required = fields.get("required-tests").map(|node| read_texts(r, node, "a test"));
    let renamed = fields.get("renamed").map(|node| read_renamed(r, node));
    let min_tests = fields.get("min-tests").map(|node| read_count(r, node, 1, 10_000_000));
    let held = ["required-tests", "min-tests", "renamed"].into_iter().find_map(|k| fields.entry(k));
    match (wanted?, held) {
        (None | Some(false), None) => return Some(None),
        (Some(false), Some(entry)) => {
            r.error(entry.span, format!("`{}` needs `junit`", entry.name))
                .hint("leave out junit: false");
            return None;
        }
        (Some(true), _) | (None, Some(_)) => {}
    }
    let required_tests: BTreeSet<String> = required.unwrap_or_default().into_iter().collect();
    let (renamed, min_tests) = (renamed.unwrap_or_default(), min_tests.unwrap_or(Some(1))?);
    Some(Some(ExpectedTests { required_tests, renamed, min_tests }))
}

#[cfg(test)]
mod tests {
    use plimsoll_core::catalog::CheckKind;

    use crate::testing::{bad, in_checks, load_one};

    #[test]
    fn what_a_file_must_hold_needs_one_and_nothing_of_a_run_is_said() {
        bad(
            in_checks,
            &[
                (
                    "{ reported: { junit: false, min-tests: 3 } }",
                    "9:38 [min-tests] `min-tests` needs `junit` → leave out junit: false",
                ),
                (
                    "{ reported: { run: [a] } }",
                    "9:24 [run] unknown key `run` → there are: from, by, junit, required-tests, min-tests, renamed",
                ),
                (
                    "{ reported: ci, retries: 2 }",
                    "9:26 [retries] plimsoll does not run this check, so `retries` means nothing → leave it out",
                ),
                (
                    "{ reported: ci, within: 1h }",
                    "9:26 [within] plimsoll does not run this check, so `within` means nothing → leave it out",
                ),
            ],
        );
    }

    #[test]
    fn who_may_report_it_are_roles_that_exist() {
        bad(
            in_checks,
            &[
                (
                    "{ reported: { by: editor } }",
                    "9:28 [editor] there is no role `editor` → did you mean `editors`?",
                ),
                (
                    "{ reported: { by: [] } }",
                    "9:24 [by] nobody could report this check → like  by: testers",
                ),
            ],
        );
    }

    #[test]
    fn another_circle_who_may_report_it_is_another_definition() {
        let digest = |text: &str| {
            let loaded = load_one(&in_checks(text)).unwrap_or_else(|e| panic!("{e:?}"));
            let service = loaded.catalog.services.into_values().next().expect("one");
            service.checks.into_values().next().expect("one").digest()
        };
        let bound = digest("{ reported: { from: ci, by: editors } }");
        assert_eq!(bound, digest("{ reported: { from: ci, by: [editors] } }"));
        assert_ne!(bound, digest("{ reported: { from: ci } }"));
    }

    #[test]
    fn a_reported_check_is_no_probe() {
        let around = |text: &str| {
            in_checks("{ reported: ci }").replace("soak: 1m", &format!("probes: {text}"))
        };
        bad(
            around,
            &[(
                "[c]",
                "12:26 [[c]] `c` is reported by others and cannot be asked → a probe is a check that plimsoll runs",
            )],
        );
    }

    #[test]
    fn a_floor_alone_wants_a_file() {
        let junit = |text: &str| {
            let loaded = load_one(&in_checks(text)).unwrap_or_else(|e| panic!("{e:?}"));
            let service = loaded.catalog.services.into_values().next().expect("one");
            let CheckKind::Reported(check) = service.checks.into_values().next().expect("one").kind
            else {
                panic!("reported")
            };
            check.junit.map(|tests| tests.min_tests)
        };
        assert_eq!(junit("{ reported: ci }"), None);
        assert_eq!(junit("{ reported: { from: ci } }"), None);
        assert_eq!(junit("{ reported: { junit: true } }"), Some(1));
        assert_eq!(junit("{ reported: { min-tests: 9 } }"), Some(9));
    }
}
