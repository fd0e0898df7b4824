//! YAML as the recipes have it: every scalar is a text.

use granit_parser::{Event, Parser};
use serde_json::{Map, Value};

/// The one document of a text.
#[track_caller]
pub fn parse(text: &str) -> Value {
    let mut parser = Parser::new_from_str(text);
    let mut root = Value::Null;
    while let Some(event) = parser.next_event() {
        let (event, _) = event.unwrap_or_else(|error| panic!("{error}\n{text}"));
        if !matches!(
            event,
            Event::StreamStart | Event::StreamEnd | Event::DocumentStart(..) | Event::DocumentEnd
        ) {
            root = node(&mut parser, event);
        }
    }
    root
}

fn node<'a>(parser: &mut Parser<'a, granit_parser::StrInput<'a>>, event: Event<'a>) -> Value {
    match event {
        Event::Scalar(text, ..) => Value::String(text.into_owned()),
        Event::SequenceStart(..) => {
            let mut items = Vec::new();
            loop {
                match next(parser) {
                    Event::SequenceEnd => return Value::Array(items),
                    item => items.push(node(parser, item)),
                }
            }
        }
        Event::MappingStart(..) => {
            let mut entries = Map::new();
            loop {
                let key = match next(parser) {
                    Event::MappingEnd => return Value::Object(entries),
                    key => node(parser, key),
                };
                let value = next(parser);
                let key = key.as_str().expect("a key is a text").to_owned();
                let before = entries.insert(key, node(parser, value));
                assert_eq!(before, None, "a key stands twice");
            }
        }
        other => panic!("{other:?} is not foreseen in a recipe"),
    }
}

fn next<'a>(parser: &mut Parser<'a, granit_parser::StrInput<'a>>) -> Event<'a> {
    parser.next_event().expect("it goes on").expect("it can be read").0
}

/// A text in a tree, by its path: `spec/metrics/0/name`.
#[track_caller]
pub fn text<'a>(tree: &'a Value, path: &str) -> &'a str {
    let found = tree.pointer(&format!("/{path}"));
    found.and_then(Value::as_str).unwrap_or_else(|| panic!("no {path} in {tree}"))
}
