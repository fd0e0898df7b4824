//! From a file to the part that a selector names.

use plimsoll_core::catalog::{PartFormat, PartPath, Selector, TwinPart};

use super::node::Node;
use super::parse::{self, PartError};

/// The part of a file; nothing when the file has no such part.
///
/// # Errors
/// The file cannot be read as what its name or the selector says.
pub fn part(bytes: &[u8], part: &TwinPart) -> Result<Option<Node>, PartError> {
    let text = parse::text(bytes)?;
    let named = PartFormat::of_name(&part.file);
    match &part.selector {
        Selector::Whole => match named {
            Some(format) => parse::tree(text, format).map(Some),
            None => Ok(Some(parse::lines(text))),
        },
        Selector::Lines => Ok(Some(parse::lines(text))),
        Selector::Between { start, end } => parse::between(text, start, end),
        Selector::Path(path) => {
            let format = named.or_else(|| guess(text, path)).ok_or(PartError::NoFormat)?;
            at(&parse::tree(text, format)?, format, path)
        }
        Selector::In(format, path) => at(&parse::tree(text, *format)?, *format, path),
    }
}

fn guess(text: &str, path: &PartPath) -> Option<PartFormat> {
    match path {
        PartPath::Section(..) => Some(PartFormat::Ini),
        PartPath::Pointer(_) | PartPath::Dotted(..) => {
            text.trim_start().starts_with('{').then_some(PartFormat::Json)
        }
    }
}

fn at(root: &Node, format: PartFormat, path: &PartPath) -> Result<Option<Node>, PartError> {
    match (format, path) {
        (PartFormat::Ini, PartPath::Dotted(text, _)) => in_ini(root, text),
        (PartFormat::Ini, PartPath::Section(section, key)) => {
            let found = root.get(section);
            Ok(match key {
                Some(key) => found.and_then(|section| section.get(key)),
                None => found,
            }
            .cloned())
        }
        (_, PartPath::Section(..)) => Err(PartError::NoSections),
        (_, PartPath::Pointer(keys) | PartPath::Dotted(_, keys)) => {
            Ok(keys.iter().try_fold(root, |node, key| node.get(key)).cloned())
        }
    }
}

/// `opcache.enable`: a key of that whole name in any section, else a section and a key in it.
fn in_ini(root: &Node, text: &str) -> Result<Option<Node>, PartError> {
    let Node::Map(sections) = root else { return Ok(None) };
    let found: Vec<&Node> = sections.iter().filter_map(|(_, section)| section.get(text)).collect();
    match found.as_slice() {
        [one] => return Ok(Some((*one).clone())),
        [] => {}
        several => {
            return Err(PartError::Ambiguous { key: text.to_owned(), sections: several.len() });
        }
    }
    let inside = text.match_indices('.').find_map(|(dot, _)| {
        root.get(&text[..dot]).and_then(|section| section.get(&text[dot + 1..]))
    });
    Ok(inside.or_else(|| root.get(text)).cloned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(name: &str, text: &str) -> String {
        let selected: TwinPart = name.parse().unwrap_or_else(|error| panic!("{name}: {error}"));
        match part(text.as_bytes(), &selected) {
            Ok(Some(node)) => node.shown(),
            Ok(None) => "nothing".to_owned(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn parts_of_every_format_are_found() {
        let json = r#"{"scripts": {"site:global": ["@a", "@b"], "a/b": 1}}"#;
        let yaml = "jobs:\n  build:\n    steps:\n      - run: a\n      - run: b\n";
        let toml = "[package]\nversion = \"1.2\"\n";
        let ini = "[opcache]\nopcache.enable = 1\n[php]\nmemory = 2\n";
        for (name, text, expected) in [
            ("composer.json#/scripts/site:global", json, "[@a, @b]"),
            ("composer.json#/scripts/a~1b", json, "1"),
            ("composer.json#scripts.site:global[1]", json, "@b"),
            ("composer.json#/scripts/other", json, "nothing"),
            ("values.yaml#jobs.build.steps[1].run", yaml, "b"),
            ("values.yml#/jobs/build/steps/0/run", yaml, "a"),
            ("Cargo.toml#package.version", toml, "1.2"),
            ("php.ini#[opcache]", ini, "{ opcache.enable: 1 }"),
            ("php.ini#opcache.enable", ini, "1"),
            ("php.ini#php.memory", ini, "2"),
            ("php.ini#[php]memory", ini, "2"),
            ("php.ini#/php/memory", ini, "2"),
            ("Dockerfile", "FROM a\n\nRUN b\n", "[FROM a, RUN b]"),
            ("a.json#lines", "{\n}\n", "[{, }]"),
            ("Dockerfile#between:# a..# b", "x\n# a\ny\n# b\n", "[y]"),
            ("config#/a", "{\"a\": 1}", "1"),
            ("config#yaml:a", "a: 1", "1"),
        ] {
            assert_eq!(found(name, text), expected, "{name}");
        }
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        for (name, text, expected) in [
            ("config#a.b", "a: 1", "nothing is known about the format"),
            ("a.json#[x]", "{}", "only ini files have sections"),
            ("a.ini#k", "[a]\nk=1\n[b]\nk=2\n", "`k` stands in 2 sections"),
            ("a.json#/x", "{", "it is not valid JSON"),
            ("a.json", "\0", "it is binary"),
        ] {
            let said = found(name, text);
            assert!(said.starts_with(expected), "{name}: {said}");
        }
        let selected: TwinPart = "a.txt".parse().expect("a part");
        assert_eq!(part(b"ok\n\xff\n", &selected), Err(PartError::NotUtf8 { line: 2 }));
        let huge = vec![b'x'; parse::LARGEST_BYTES + 1];
        assert!(matches!(part(&huge, &selected), Err(PartError::TooLarge { .. })));
    }
}
