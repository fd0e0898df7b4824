//! Values of JSON, with YAML's words for them.

use serde_json::{Map, Number, Value as Json};

use crate::text::{Node, Scalar, Value};

/// The value; a word without quotes is a number, `true`, `false` or `null` where it can be.
pub(crate) fn read_json(node: &Node) -> Json {
    match &node.value {
        Value::Empty => Json::Null,
        Value::Scalar(scalar) => {
            plain(scalar).unwrap_or_else(|| Json::String(scalar.text.to_string()))
        }
        Value::List(items) => Json::Array(items.iter().map(read_json).collect()),
        Value::Map(entries) => {
            let pairs =
                entries.iter().map(|entry| (entry.name.to_string(), read_json(&entry.node)));
            Json::Object(pairs.collect::<Map<_, _>>())
        }
    }
}

fn plain(scalar: &Scalar) -> Option<Json> {
    if !scalar.plain {
        return None;
    }
    Some(match &*scalar.text {
        "null" | "~" | "Null" | "NULL" => Json::Null,
        "true" | "True" | "TRUE" => Json::Bool(true),
        "false" | "False" | "FALSE" => Json::Bool(false),
        text => Json::Number(number(text)?),
    })
}

fn number(text: &str) -> Option<Number> {
    if !text.starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '+' || c == '.') {
        return None;
    }
    let text = text.strip_prefix('+').unwrap_or(text);
    if let Ok(whole) = text.parse::<i64>() {
        return Some(whole.into());
    }
    if let Ok(whole) = text.parse::<u64>() {
        return Some(whole.into());
    }
    text.parse::<f64>().ok().and_then(Number::from_f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_without_quotes_have_their_yaml_meaning_and_quoted_ones_are_texts() {
        let of = |text: &str, plain: bool| super::plain(&Scalar { text: text.into(), plain });
        assert_eq!(of("5", true), Some(Json::from(5)));
        assert_eq!(of("-1.5", true), Some(Json::from(-1.5)));
        assert_eq!(of("true", true), Some(Json::Bool(true)));
        assert_eq!(of("~", true), Some(Json::Null));
        assert_eq!(of("1.2.3", true), None);
        assert_eq!(of("nan", true), None);
        assert_eq!(of("5", false), None);
    }
}
