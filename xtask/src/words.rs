//! Names and macros that the house does not want.

use crate::finding::Finding;
use crate::tree::{RustFile, Tree};

/// Module names that say nothing about what is inside, so that everything ends up there.
const ROOMS: [&str; 8] =
    ["util", "utils", "helper", "helpers", "common", "manager", "managers", "misc"];

/// What must not be written, and what to write instead.
const PHRASES: [(&str, &str); 5] = [
    ("#[allow(", "write #[expect(…, reason = \"…\")], which says when it is no longer needed"),
    ("#![allow(", "write #![expect(…, reason = \"…\")], which says when it is no longer needed"),
    ("todo!", "do it, or leave it out"),
    ("unimplemented!", "do it, or leave it out"),
    ("dbg!", "take it out"),
];

/// Every place with a name or phrase that is not wanted; tests too.
#[must_use]
pub fn find_words(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in &tree.files {
        found.extend(rooms(file));
        for (number, line) in file.code.lines().enumerate() {
            for (phrase, instead) in PHRASES.iter().filter(|(phrase, _)| stands_in(line, phrase)) {
                let words = format!("`{phrase}` is not wanted: {instead}");
                found.push(Finding { file: file.path.clone(), line: number + 1, words });
            }
        }
    }
    found
}

/// Whether the phrase stands in the line, and not as the end of a longer name.
fn stands_in(line: &str, phrase: &str) -> bool {
    line.match_indices(phrase).any(|(at, _)| {
        phrase.starts_with('#') || !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_')
    })
}

fn rooms(file: &RustFile) -> Option<Finding> {
    let name = file.path.iter().filter_map(|part| part.to_str()).find_map(|part| {
        let name = part.trim_end_matches(".rs");
        ROOMS.contains(&name).then_some(name)
    })?;
    let words = format!("`{name}` says nothing about what is inside: name it for its main type");
    Some(Finding { file: file.path.clone(), line: 0, words })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<Finding> {
        find_words(&Tree { files: vec![RustFile::new(path.into(), text)], ..Tree::default() })
    }

    #[test]
    fn rooms_without_a_name_are_refused() {
        for path in [
            "crates/core/src/utils.rs",
            "crates/core/src/helpers/x.rs",
            "crates/web/src/common/mod.rs",
        ] {
            assert_eq!(found(path, "").len(), 1, "{path}");
        }
        assert!(found("crates/core/src/commonplace.rs", "").is_empty());
    }

    #[test]
    fn phrases_are_found_in_code_with_their_line() {
        let found =
            found("crates/core/src/a.rs", "fn f() {\n  todo!()\n}\n#[allow(dead_code)]\nfn g() {}");
        assert_eq!(found.iter().map(|f| f.line).collect::<Vec<_>>(), [2, 4]);
    }

    #[test]
    fn phrases_in_words_and_longer_names_are_not_meant() {
        let text =
            "// todo!\nlet s = \"#[allow(x)]\"; my_todo!(); #[expect(dead_code, reason = \"x\")]";
        assert!(found("crates/core/src/a.rs", text).is_empty());
    }
}
