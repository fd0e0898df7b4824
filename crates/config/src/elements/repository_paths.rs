//! Which files of a repository are meant.

use plimsoll_core::catalog::PathPattern;

use crate::reader::Reader;
use crate::shape::Shape;
use crate::text::{Node, Value};

use super::path_pattern::read_patterns;

/// Files of a repository.
pub(crate) const REPOSITORY_PATHS: Shape = Shape::OneOrList(&Shape::Text("a path with stars"));

const HINT: &str = "write it from the root of the repository: data8/**, *.md, **/tests/**";

/// Files of a repository, by paths from its root. None at all is an error: it would read like
/// nothing, and an absent list means everything.
pub(crate) fn read_repository_paths(r: &mut Reader<'_>, node: &Node) -> Option<Vec<PathPattern>> {
    if matches!(&node.value, Value::List(items) if items.is_empty()) {
        r.error(node.span, "there is no path here").hint(HINT);
        return None;
    }
    read_patterns(r, node, HINT)
}

#[cfg(test)]
mod tests {
    use crate::testing::{bad, load_one, whole_with};

    fn in_paths(text: &str) -> String {
        whole_with(12, &format!("    paths: {text}"))
    }

    fn in_not_deployed(text: &str) -> String {
        whole_with(15, &format!("not-deployed: {text}"))
    }

    #[test]
    fn paths_lie_inside_the_repository() {
        const HINT: &str = "write it from the root of the repository: data8/**, *.md, **/tests/**";
        let expected = |column: usize, under: &str, words: &str| {
            format!("12:{column} [{under}] {words} → {HINT}")
        };
        let table = [
            ("[]", expected(12, "[]", "there is no path here")),
            ("/srv", expected(12, "/srv", "`/srv` is no path inside the directory")),
            ("[data8/]", expected(13, "data8/", "`data8/` is no path inside the directory")),
            ("[a, ../b]", expected(16, "../b", "`../b` is no path inside the directory")),
            ("a**", expected(12, "a**", "`**` must be a whole part of the path in `a**`")),
        ];
        let table: Vec<_> = table.iter().map(|(text, said)| (*text, said.as_str())).collect();
        bad(in_paths, &table);
        bad(in_paths, &[("{ a: b }", "12:12 [{ a: b }] expected a path with stars, found a map")]);
    }

    #[test]
    fn files_of_no_service_are_said_once_in_each_file() {
        bad(
            in_not_deployed,
            &[(
                "[docs/**, '']",
                "15:25 [''] expected a path with stars, found an empty text → write something",
            )],
        );
        let loaded = load_one(&in_not_deployed("[docs/**, '*.md']")).expect("it is right");
        assert_eq!(loaded.catalog.not_deployed.len(), 2);
        let loaded = load_one(&in_paths("data8/**")).expect("it is right");
        assert!(loaded.catalog.services["s"].paths[0].matches("data8/values.yaml"));
    }
}
