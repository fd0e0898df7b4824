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
        let choices: Vec<Value> = object.one_of.iter().map(|key| json!({ "required": [key] })).collect();
        schema["oneOf"] = json!(choices);
    }
    schema
}

fn of_shape(shape: &Shape) -> Value {
    match shape {
        Shape::Text(what) => json!({ "type": ["string", "number", "boolean"], "title": what }),
        Shape::Name("person") => of_name("@"),
        Shape::Name(_) => of_name(""),
        Shape::Period => json!({ "type": "string", "pattern": "^\\s*([0-9]+(ms|s|m|h|d|w)\\s*)+$" }),
        Shape::Count { least, most } => json!({ "type": "integer", "minimum": least, "maximum": most }),
        Shape::Bytes => json!({ "type": "string", "pattern": "^[0-9]+ *([KMG]iB|[kKMG]B)$" }),
        Shape::Word(words) => json!({ "enum": words }),
        Shape::Json => json!({}),
        Shape::List(item) => json!({ "type": "array", "items": of_shape(item) }),
        Shape::OneOrList(item) => {
            json!({ "anyOf": [of_shape(item), { "type": "array", "items": of_shape(item) }] })
        }
        Shape::Map(_, value) => json!({ "type": "object", "additionalProperties": of_shape(value) }),
        Shape::Object(object) => json!({ "$ref": format!("#/$defs/{}", def_name(object)) }),
        Shape::Either(short, long) => json!({ "anyOf": [of_shape(short), of_shape(long)] }),
    }
}

fn of_name(extra: &str) -> Value {
    let pattern = format!("^[A-Za-z0-9][A-Za-z0-9._{extra}-]*$");
    json!({ "type": ["string", "number", "boolean"], "pattern": pattern, "maxLength": 63 })
}
