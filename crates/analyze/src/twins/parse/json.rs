//! JSON. A key that stands twice is refused: one of the two would be lost.

use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use crate::twins::node::{Kind, Node};

use super::PartError;

pub(super) fn parse(text: &str) -> Result<Node, PartError> {
    serde_json::from_str(text).map_err(|error| super::malformed("JSON", error.to_string()))
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Node, E> {
        Ok(Node::scalar(Kind::Bool, value.to_string()))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Node, E> {
        Ok(Node::scalar(Kind::Number, value.to_string()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Node, E> {
        Ok(Node::scalar(Kind::Number, value.to_string()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Node, E> {
        Ok(Node::scalar(Kind::Number, value.to_string()))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Node, E> {
        Ok(Node::scalar(Kind::Text, value))
    }

    fn visit_unit<E: Error>(self) -> Result<Node, E> {
        Ok(Node::scalar(Kind::Null, "null"))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Node, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Node::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut entries: Vec<(String, Node)> = Vec::new();
        let mut keys = HashSet::new();
        while let Some(key) = map.next_key::<String>()? {
            if !keys.insert(key.clone()) {
                return Err(A::Error::custom(format!(
                    "the key `{}` is here twice",
                    key.escape_debug()
                )));
            }
            entries.push((key, map.next_value()?));
        }
        Ok(Node::Map(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_their_kind_and_order() {
        let node = parse(r#"{"b": [1, "1", null, true, 1.5], "a": {}}"#).expect("JSON");
        assert_eq!(node.shown(), "{ b: [1, 1, null, true, 1.5], a: {  } }");
        assert_eq!(node.canonical(true), r#"{1:a{}1:b[#1:1"1:1-4:null?4:true#3:1.5]}"#);
    }

    #[test]
    fn what_is_no_json_is_refused() {
        let deep = "[".repeat(5_000);
        for bad in
            ["", "{", "{\"a\": 1, \"a\": 2}", "{a: 1}", "[1,]", "1 2", "// no\n1", "1e999", &deep]
        {
            assert!(
                matches!(parse(bad), Err(PartError::Malformed { format: "JSON", .. })),
                "{bad:.20}"
            );
        }
    }
}
