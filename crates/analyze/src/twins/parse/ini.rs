//! Ini, properties and environment files: sections of keys and values. Keys before the first section
//! are in the section without a name; a key that stands again, as PHP's `extension`, is a list.

use std::collections::HashMap;

use crate::twins::node::{Kind, Node};

use super::PartError;

/// The section of what stands before the first.
pub(crate) const NO_SECTION: &str = "";

struct Line {
    key: String,
    value: String,
}

pub(super) fn parse(text: &str) -> Result<Node, PartError> {
    let mut sections: Vec<(String, Vec<Line>)> = vec![(NO_SECTION.to_owned(), Vec::new())];
    for (number, raw) in text.lines().enumerate() {
        let line = raw.trim();
        if line.is_empty() || line.starts_with([';', '#', '!']) {
            continue;
        }
        if let Some(rest) = line.strip_prefix('[') {
            let Some((name, after)) = rest.split_once(']') else {
                return Err(super::malformed(
                    "ini",
                    format!("line {}: the section is not closed", number + 1),
                ));
            };
            if !(after.trim().is_empty() || after.trim().starts_with([';', '#'])) {
                return Err(super::malformed(
                    "ini",
                    format!("line {}: something stands behind the section", number + 1),
                ));
            }
            sections.push((name.trim().to_owned(), Vec::new()));
            continue;
        }
        let Some((_, lines)) = sections.last_mut() else { continue };
        let assigned = line.find(['=', ':']).filter(|at| *at > 0);
        let continued = raw.starts_with([' ', '\t']) && !line.contains('=');
        match (assigned, lines.last_mut()) {
            (_, Some(last)) if continued => {
                last.value = format!("{} {line}", last.value).trim().to_owned();
            }
            (Some(at), _) => {
                let key = line[..at].trim().trim_start_matches("export ").trim().to_owned();
                lines.push(Line { key, value: value(&line[at + 1..]) });
            }
            (None, _) if line.starts_with(['=', ':']) => {
                return Err(super::malformed(
                    "ini",
                    format!("line {}: a value without a key", number + 1),
                ));
            }
            (None, _) => lines.push(Line { key: line.to_owned(), value: String::new() }),
        }
    }
    Ok(tree(sections))
}

/// The value without its comment and quotes.
fn value(text: &str) -> String {
    let text = text.trim();
    for quote in ['"', '\''] {
        if let Some((inside, rest)) =
            text.strip_prefix(quote).and_then(|rest| rest.split_once(quote))
            && (rest.trim().is_empty() || rest.trim().starts_with([';', '#']))
        {
            return inside.to_owned();
        }
    }
    let end = [" ;", "\t;", " #", "\t#"].iter().filter_map(|mark| text.find(mark)).min();
    text[..end.unwrap_or(text.len())].trim_end().to_owned()
}

/// Sections and keys that stand again are one.
fn tree(sections: Vec<(String, Vec<Line>)>) -> Node {
    let mut names: Vec<String> = Vec::new();
    let mut keys: HashMap<String, Vec<(String, Vec<String>)>> = HashMap::new();
    let mut places: HashMap<(String, String), usize> = HashMap::new();
    for (name, lines) in sections {
        if name == NO_SECTION && lines.is_empty() {
            continue;
        }
        let entries = keys.entry(name.clone()).or_insert_with(|| {
            names.push(name.clone());
            Vec::new()
        });
        for line in lines {
            let at = *places.entry((name.clone(), line.key.clone())).or_insert_with(|| {
                entries.push((line.key, Vec::new()));
                entries.len() - 1
            });
            entries[at].1.push(line.value);
        }
    }
    let section = |name: String| {
        let entries = keys.remove(&name).unwrap_or_default();
        (name, Node::Map(entries.into_iter().map(|(key, values)| (key, of(values))).collect()))
    };
    Node::Map(names.into_iter().map(section).collect())
}

fn of(mut values: Vec<String>) -> Node {
    let untyped = |text: String| Node::scalar(Kind::Untyped, text);
    match values.len() {
        1 => untyped(values.remove(0)),
        _ => Node::List(values.into_iter().map(untyped).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_keys_and_repeated_keys_are_read() {
        let text = "top = 1\n; no\n[opcache]\nopcache.enable = 1 ; yes\nextension=a\nextension=\"b ; c\"\nskip-networking\n[other] # x\nlist =\n  one\n  two\n[opcache]\nmore: 2\n";
        assert_eq!(
            parse(text).expect("ini").shown(),
            "{ : { top: 1 }, opcache: { opcache.enable: 1, extension: [a, b ; c], skip-networking: , more: 2 }, other: { list: one two } }"
        );
    }

    #[test]
    fn environment_files_are_sections_without_a_name() {
        assert_eq!(
            parse("export A=1\nB='x y' # why\n").expect("ini").shown(),
            "{ : { A: 1, B: x y } }"
        );
    }

    #[test]
    fn what_is_no_ini_is_refused_with_its_line() {
        for bad in ["[a\nb=1", "a=1\n[b] c", "= 1"] {
            assert!(parse(bad).is_err(), "{bad:?}");
        }
    }
}
