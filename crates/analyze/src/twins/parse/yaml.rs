//! YAML, aliases and `<<` resolved. Several documents in a file are a list.

use std::collections::{HashMap, HashSet};

use granit_parser::{Event, Parser, ScalarStyle, StrInput};

use crate::twins::node::{Kind, Node};

use super::{DEEPEST, MOST_VALUES, PartError};

pub(super) fn parse(text: &str) -> Result<Node, PartError> {
    let options = granit_parser::options! {
        flow_nesting_limit: DEEPEST,
        block_nesting_limit: DEEPEST,
    };
    let parser = Parser::new_from_str_with_options(text, options);
    let mut builder = Builder { parser, anchors: HashMap::new(), values: 0 };
    let mut documents = builder.documents()?;
    Ok(match documents.len() {
        0 => Node::scalar(Kind::Null, "null"),
        1 => documents.remove(0),
        _ => Node::List(documents),
    })
}

struct Builder<'a> {
    parser: Parser<'a, StrInput<'a>>,
    anchors: HashMap<usize, (Node, usize)>,
    values: usize,
}

fn fail(why: impl Into<String>) -> PartError {
    super::malformed("YAML", why)
}

impl<'a> Builder<'a> {
    fn documents(&mut self) -> Result<Vec<Node>, PartError> {
        let mut documents = Vec::new();
        loop {
            match self.next()? {
                Event::StreamEnd => return Ok(documents),
                Event::DocumentStart(..) => self.anchors.clear(),
                Event::StreamStart | Event::DocumentEnd => {}
                other => {
                    if let Some((node, _)) = self.node(other)? {
                        documents.push(node);
                    }
                }
            }
        }
    }

    fn next(&mut self) -> Result<Event<'a>, PartError> {
        match self.parser.next_event() {
            Some(Ok((event, _))) => Ok(event),
            Some(Err(error)) => {
                Err(fail(format!("line {}: {}", error.marker().line(), error.info())))
            }
            None => Ok(Event::StreamEnd),
        }
    }

    /// The value that begins with `event`, and how many values are in it.
    fn node(&mut self, event: Event<'a>) -> Result<Option<(Node, usize)>, PartError> {
        let anchor = event.anchor_id();
        let tag =
            event.tag().map(|tag| tag.to_string()).filter(|tag| !tag.contains("yaml.org,2002"));
        let (mut node, size) = match event {
            Event::Scalar(text, style, ..) => (scalar(&text, style), 1),
            Event::SequenceStart(..) => self.list()?,
            Event::MappingStart(..) => self.map()?,
            Event::Alias(id) => {
                let Some((node, size)) = self.anchors.get(&id).cloned() else {
                    return Err(fail("an alias stands inside what it names"));
                };
                self.count(size)?;
                return Ok(Some((node, size)));
            }
            _ => return Ok(None),
        };
        self.count(1)?;
        if let Some(tag) = tag {
            // A tag of the file's own (`!Ref`) is part of the value.
            node = match node {
                Node::Scalar(scalar) => Node::scalar(Kind::Text, format!("{tag} {}", scalar.text)),
                other => Node::Map(vec![(tag, other)]),
            };
        }
        if let Some(id) = anchor {
            self.anchors.insert(id, (node.clone(), size));
        }
        Ok(Some((node, size)))
    }

    fn count(&mut self, values: usize) -> Result<(), PartError> {
        self.values += values;
        if self.values > MOST_VALUES {
            return Err(fail(format!(
                "more than {MOST_VALUES} values, counting what aliases stand for"
            )));
        }
        Ok(())
    }

    fn list(&mut self) -> Result<(Node, usize), PartError> {
        let mut items = Vec::new();
        let mut size = 1;
        loop {
            let event = self.next()?;
            if matches!(event, Event::SequenceEnd) {
                return Ok((Node::List(items), size));
            }
            if matches!(event, Event::StreamEnd) {
                return Err(fail("it ends inside a list"));
            }
            if let Some((item, inside)) = self.node(event)? {
                size += inside;
                items.push(item);
            }
        }
    }

    fn map(&mut self) -> Result<(Node, usize), PartError> {
        let mut entries: Vec<(String, Node)> = Vec::new();
        let mut keys = HashSet::new();
        let mut merges = Vec::new();
        let mut size = 1;
        loop {
            let event = self.next()?;
            if matches!(event, Event::MappingEnd) {
                break;
            }
            if matches!(event, Event::StreamEnd) {
                return Err(fail("it ends inside a map"));
            }
            let merge =
                matches!(&event, Event::Scalar(text, ScalarStyle::Plain, ..) if text == "<<");
            let Some((key, _)) = self.node(event)? else { continue };
            let value = self.next()?;
            let Some((value, inside)) = self.node(value)? else { continue };
            size += inside;
            let key = key.shown();
            if merge {
                merges.push(value);
            } else if keys.insert(key.clone()) {
                entries.push((key, value));
            } else {
                return Err(fail(format!("the key `{}` is here twice", key.escape_debug())));
            }
        }
        for merge in merges {
            let sources = if let Node::List(items) = merge { items } else { vec![merge] };
            for source in sources {
                let Node::Map(from) = source else {
                    return Err(fail("`<<` takes a map, or a list of maps"));
                };
                self.count(from.len())?;
                size += from.len();
                entries.extend(from.into_iter().filter(|(key, _)| keys.insert(key.clone())));
            }
        }
        Ok((Node::Map(entries), size))
    }
}

/// A scalar of YAML's core schema.
fn scalar(text: &str, style: ScalarStyle) -> Node {
    if !matches!(style, ScalarStyle::Plain) {
        return Node::scalar(Kind::Text, text);
    }
    let number = text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c))
        && (text.parse::<f64>().is_ok()
            || text.strip_prefix("0x").is_some_and(|hex| u128::from_str_radix(hex, 16).is_ok())
            || text.strip_prefix("0o").is_some_and(|octal| u128::from_str_radix(octal, 8).is_ok()));
    let kind = match text {
        "" | "~" | "null" | "Null" | "NULL" => return Node::scalar(Kind::Null, "null"),
        "true" | "True" | "TRUE" | "false" | "False" | "FALSE" => {
            return Node::scalar(Kind::Bool, text.to_ascii_lowercase());
        }
        _ if number => Kind::Number,
        _ => Kind::Text,
    };
    Node::scalar(kind, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        parse(text).map_or_else(|error| error.to_string(), |node| node.canonical(true))
    }

    #[test]
    fn plain_scalars_have_the_kinds_of_the_core_schema() {
        assert_eq!(
            shown("[1, '1', yes, true, ~, 1.5, 0x1f, 1.2.3]"),
            r#"[#1:1"1:1"3:yes?4:true-4:null#3:1.5#4:0x1f"5:1.2.3]"#
        );
    }

    #[test]
    fn aliases_merges_and_documents_are_resolved() {
        assert_eq!(
            shown("a: &x { b: 1 }\nc: { <<: *x, d: 2 }\n"),
            "{1:a{1:b#1:1}1:c{1:b#1:11:d#1:2}}"
        );
        assert_eq!(shown("a: 1\n---\nb: 2\n"), "[{1:a#1:1}{1:b#1:2}]");
        assert_eq!(shown("r: !Ref X\n"), r#"{1:r"6:!Ref X}"#);
        assert_eq!(shown(""), "-4:null");
    }

    #[test]
    fn what_is_no_yaml_or_too_much_is_refused() {
        let bomb: String = std::iter::once("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n".to_owned())
            .chain((1..9).map(|n| {
                let before = vec![format!("*a{}", n - 1); 10].join(",");
                format!("a{n}: &a{n} [{before}]\n")
            }))
            .collect();
        let deep = "[".repeat(5_000);
        for bad in ["a: 1\na: 2\n", "a: [1", "a:\n\tb: 1", "*x", "a: {b: c}: d", &bomb, &deep] {
            assert!(parse(bad).is_err(), "{bad:.40}");
        }
    }
}
