//! The table as a JSON Schema, for editors.

use serde_json::{Map, Value, json};

use crate::elements::FILE;
use crate::shape::{Object, Presence, Shape};

/// The JSON Schema (draft 2020-12) of a configuration file.
///
/// It knows every key and the form of its value. What depends on other values (names that must
/// exist, expressions that must compile) only [`load`](crate::load) finds.
#[must_use]
pub fn schema() -> Value {
    let mut defs = Map::new();
    for object in objects() {
        defs.insert(def_name(object), of_object(object));
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "plimsoll.yaml",
        "$ref": format!("#/$defs/{}", def_name(&FILE)),
        "$defs": defs,
    })
}

/// Every map with known keys, each before those it leads to.
pub(crate) fn objects() -> Vec<&'static Object> {
    let mut all: Vec<&'static Object> = vec![&FILE];
    let mut next = 0;
    while let Some(object) = all.get(next).copied() {
        for inner in object.keys.iter().flat_map(|key| key.shape.objects()) {
            if !all.iter().any(|known| known.name == inner.name) {
                all.push(inner);
            }
        }
        next += 1;
    }
    all
}

fn def_name(object: &Object) -> String {
    object.name.to_lowercase().replace(' ', "-")
}

fn of_object(object: &Object) -> Value {
    let mut properties = Map::new();
    for key in object.keys {
        let mut value = of_shape(&key.shape);
        value["description"] = json!(key.doc);
        if let Presence::Preset(without) = key.presence {
            value["description"] = json!(format!("{} Without it: {without}.", key.doc));
        }
        properties.insert(key.name.to_owned(), value);
    }
    let required: Vec<&str> = object
        .keys
        .iter()
        .filter(|key| key.presence == Presence::Required)
        .map(|key| key.name)
        .collect();
    let mut schema = json!({
        "type": "object",
        "description": object.doc,
        "properties": properties,
        "required": required,
        "additionalProperties": object.rest.as_ref().map_or(json!(false), of_shape),
    });
    if !object.one_of.is_empty() {
        let choices: Vec<Value> =
            object.one_of.iter().map(|key| json!({ "required": [key] })).collect();
        schema["oneOf"] = json!(choices);
    }
    schema
}

fn of_shape(shape: &Shape) -> Value {
    match shape {
        Shape::Text(what) => json!({ "type": ["string", "number", "boolean"], "title": what }),
        Shape::Name("person") => of_name("@"),
        Shape::Name(_) => of_name(""),
        Shape::Period => {
            json!({ "type": "string", "pattern": "^\\s*([0-9]+(ms|s|m|h|d|w)\\s*)+$" })
        }
        Shape::Count { least, most } => {
            json!({ "type": "integer", "minimum": least, "maximum": most })
        }
        Shape::Bytes => json!({ "type": "string", "pattern": "^[0-9]+ *([KMG]iB|[kKMG]B)$" }),
        Shape::Word(words) => json!({ "enum": words }),
        Shape::Flag => json!({ "type": "boolean" }),
        Shape::Json => json!({}),
        Shape::List(item) => json!({ "type": "array", "items": of_shape(item) }),
        Shape::OneOrList(item) => {
            json!({ "anyOf": [of_shape(item), { "type": "array", "items": of_shape(item) }] })
        }
        Shape::Map(_, value) => {
            json!({ "type": "object", "additionalProperties": of_shape(value) })
        }
        Shape::Object(object) => json!({ "$ref": format!("#/$defs/{}", def_name(object)) }),
        Shape::Either(short, long) => json!({ "anyOf": [of_shape(short), of_shape(long)] }),
    }
}

fn of_name(extra: &str) -> Value {
    let pattern = format!("^[A-Za-z0-9][A-Za-z0-9._{extra}-]*$");
    json!({ "type": ["string", "number", "boolean"], "pattern": pattern, "maxLength": 63 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{
        around_example, in_checks, in_gate, in_platforms, in_promotion, in_targets, json_of,
    };

    /// Whether the value fits the part of JSON Schema that is used here.
    fn fits(root: &Value, schema: &Value, value: &Value) -> bool {
        let all = |key: &str| schema[key].as_array().into_iter().flatten();
        if let Some(name) = schema["$ref"].as_str() {
            let def = name.strip_prefix("#/$defs/").expect("a reference inside");
            return fits(root, &root["$defs"][def], value);
        }
        let is = |kind: &Value| match kind.as_str() {
            Some("string") => value.is_string(),
            Some("number") => value.is_number(),
            Some("integer") => value.is_i64() || value.is_u64(),
            Some("boolean") => value.is_boolean(),
            Some("array") => value.is_array(),
            Some("object") => value.is_object(),
            other => panic!("type {other:?}"),
        };
        let kind = match &schema["type"] {
            Value::Null => true,
            Value::Array(kinds) => kinds.iter().any(is),
            one => is(one),
        };
        let pattern =
            schema["pattern"].as_str().zip(value.as_str()).is_none_or(|(pattern, text)| {
                regex::Regex::new(pattern).expect("a pattern").is_match(text)
            });
        let number = |key: &str| schema[key].as_i64().zip(value.as_i64());
        let bounds = number("minimum").is_none_or(|(least, n)| n >= least)
            && number("maximum").is_none_or(|(most, n)| n <= most);
        let word = schema["enum"].is_null() || all("enum").any(|word| word == value);
        let any = schema["anyOf"].is_null() || all("anyOf").any(|part| fits(root, part, value));
        let one = schema["oneOf"].is_null()
            || all("oneOf").filter(|part| fits(root, part, value)).count() == 1;
        let required = all("required").all(|key| value.get(key.as_str().expect("a key")).is_some());
        let items = value
            .as_array()
            .into_iter()
            .flatten()
            .all(|item| schema["items"].is_null() || fits(root, &schema["items"], item));
        let members = value.as_object().into_iter().flatten().all(|(key, member)| {
            match (schema["properties"].get(key), &schema["additionalProperties"]) {
                (Some(part), _) => fits(root, part, member),
                (None, Value::Bool(allowed)) => *allowed,
                (None, Value::Null) => true,
                (None, part) => fits(root, part, member),
            }
        });
        kind && pattern && bounds && word && any && one && required && items && members
    }

    #[test]
    fn every_example_fits_the_schema_and_the_schema_refers_to_what_is_there() {
        let schema = schema();
        for object in objects()
            .into_iter()
            .filter(|object| !object.example.is_empty() && object.name != "file")
        {
            let value = json_of(&around_example(object.name, object.example));
            assert!(fits(&schema, &schema, &value), "{}: {}", object.name, object.example);
        }
        assert!(fits(&schema, &schema, &json_of(objects()[0].example)));
    }

    #[test]
    fn what_the_reader_refuses_for_its_form_the_schema_refuses_too() {
        let schema = schema();
        for (around, text) in [
            (in_gate as fn(&str) -> String, "{ evidence: { max_age: 24h } }"),
            (in_gate, "{ soak: 30 }"),
            (in_gate, "{ twins: {} }"),
            (in_gate, "{ soak: 1h, freeze: { name: a, zone: UTC } }"),
            (in_gate, "{ freeze: { name: a } }"),
            (in_gate, "{ sign-off: { editors: 0 } }"),
            (in_gate, "{ sign-off: { editors: 1, per: host } }"),
            (in_checks, "{ ftp: { path: / } }"),
            (in_checks, "{ http: /, retries: 11 }"),
            (in_checks, "{ http: { status: 200 } }"),
            (in_checks, "{ command: ./check }"),
            (in_checks, "{ command: { run: [a], shell: b } }"),
            (in_checks, "{ http: { path: /, max-body: 10 } }"),
            (in_platforms, "{ deploy: { helm: {} } }"),
            (in_platforms, "{ observe: { http: / } }"),
            (in_promotion, "{ on-regression: rollback }"),
            (in_promotion, "{ waves: [a] }"),
            (in_targets, "{ urls: x }"),
            (in_targets, "{ site: 'a b' }"),
        ] {
            assert!(crate::testing::load_one(&around(text)).is_err(), "{text}");
            assert!(!fits(&schema, &schema, &json_of(&around(text))), "{text}");
        }
    }
}
