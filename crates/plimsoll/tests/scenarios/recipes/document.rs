//! Reading the documents: their blocks of code, and what a person would type.

use std::fs;
use std::path::Path;

/// The text of a document below docs/.
pub fn text(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The blocks of code in this language.
pub fn blocks(text: &str, language: &str) -> Vec<String> {
    let fence = format!("```{language}\n");
    let inside = |rest: &str| rest.split("\n```").next().map(|code| format!("{code}\n"));
    text.split(&fence).skip(1).filter_map(inside).collect()
}

/// The indented lines outside of blocks, those that go on in the next one joined.
pub fn typed(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let (mut goes_on, mut in_block) = (false, false);
    for line in text.lines() {
        if line.starts_with("```") {
            in_block = !in_block;
        }
        if in_block {
            continue;
        }
        let Some(line) = line.strip_prefix("    ") else {
            goes_on = false;
            continue;
        };
        match lines.last_mut() {
            Some(last) if goes_on => *last = format!("{last}\n{line}"),
            _ => lines.push(line.to_owned()),
        }
        goes_on = line.ends_with('\\');
    }
    lines
}

#[test]
fn blocks_and_lines_are_found() {
    let text =
        "a\n\n    curl -s \\\n      x\n    ls\n\n```yaml\na: 1\n    b: 1\n```\n\n```sh\nb\n```\n";
    assert_eq!(typed(text), ["curl -s \\\n  x", "ls"]);
    assert_eq!(
        (blocks(text, "yaml"), blocks(text, "sh")),
        (vec!["a: 1\n    b: 1\n".into()], vec!["b\n".into()])
    );
}

/// Each recipe is in the index, and each block of YAML in it can be read.
#[test]
fn every_recipe_is_listed_and_can_be_read() {
    let index = text("recipes/README.md");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/recipes");
    let mut read = 0;
    for entry in fs::read_dir(folder).expect("it is there") {
        let name = entry.expect("it can be listed").file_name().into_string().expect("UTF-8");
        if name == "README.md" {
            continue;
        }
        assert!(index.contains(&format!("({name})")), "{name} is not in the index");
        let recipe = text(&format!("recipes/{name}"));
        assert!(recipe.contains("\nNot tried: "), "{name} says what was not tried");
        assert!(recipe.contains("**Yes**") && recipe.contains("**No**"), "{name}");
        for block in blocks(&recipe, "yaml") {
            super::yaml::parse(&block);
        }
        read += 1;
    }
    assert_eq!(read, 7);
}
