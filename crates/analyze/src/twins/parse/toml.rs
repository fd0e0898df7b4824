//! TOML.

use toml::{Table, Value};

use crate::twins::node::{Kind, Node};

use super::PartError;

pub(super) fn parse(text: &str) -> Result<Node, PartError> {
    let table: Table = text.parse().map_err(|error: toml::de::Error| {
        let line = error.span().map(|span| text[..span.start.min(text.len())].split('\n').count());
        let place = line.map(|line| format!("line {line}: ")).unwrap_or_default();
        super::malformed("TOML", format!("{place}{}", error.message()))
    })?;
    Ok(of(Value::Table(table)))
}

fn of(value: Value) -> Node {
    match value {
        Value::String(text) => Node::scalar(Kind::Text, text),
        Value::Integer(number) => Node::scalar(Kind::Number, number.to_string()),
        Value::Float(number) => Node::scalar(Kind::Number, number.to_string()),
        Value::Boolean(value) => Node::scalar(Kind::Bool, value.to_string()),
        Value::Datetime(time) => Node::scalar(Kind::Time, time.to_string()),
        Value::Array(items) => Node::List(items.into_iter().map(of).collect()),
        Value::Table(table) => {
            Node::Map(table.into_iter().map(|(key, value)| (key, of(value))).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_become_maps() {
        let node = parse("[package]\nversion = \"1.2\"\nwhen = 2026-01-31\n[[bin]]\nname = 'x'\n")
            .expect("TOML");
        assert_eq!(
            node.shown(),
            "{ bin: [{ name: x }], package: { version: 1.2, when: 2026-01-31 } }"
        );
    }

    #[test]
    fn what_is_no_toml_is_refused_with_its_line() {
        for (bad, line) in [("a = 1\na = 2\n", "line 2"), ("[x", "line 1"), ("a = \n", "line 1")] {
            let said = parse(bad).expect_err("no TOML").to_string();
            assert!(said.contains(line), "{said}");
        }
    }
}
