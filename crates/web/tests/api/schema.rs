//! Whether a JSON value fits a schema of the OpenAPI document: as much of JSON Schema as the document
//! uses. What is not known here is a failure, so that nothing is passed over.

use serde_json::Value;

/// Words of the schema that say nothing about whether a value fits.
const SAYS_NOTHING: [&str; 6] =
    ["description", "title", "default", "format", "examples", "example"];

/// Why a value does not fit, if it does not.
pub fn misfit(document: &Value, schema: &Value, value: &Value, place: &str) -> Option<String> {
    let Some(schema) = schema.as_object() else {
        return (schema == &Value::Bool(false)).then(|| format!("{place}: nothing is allowed"));
    };
    let fits = |schema: &Value| misfit(document, schema, value, place).is_none();
    for (word, rule) in schema {
        let broken = match word.as_str() {
            known if SAYS_NOTHING.contains(&known) => None,
            "$ref" => {
                let name = rule.as_str().unwrap().trim_start_matches("#/components/schemas/");
                let referred = &document["components"]["schemas"][name];
                assert!(!referred.is_null(), "there is no schema {name}");
                misfit(document, referred, value, place)
            }
            "type" => {
                let kinds = rule.as_array().cloned().unwrap_or_else(|| vec![rule.clone()]);
                let is = |kind: &Value| is_kind(value, kind.as_str().unwrap());
                (!kinds.iter().any(is)).then(|| format!("{value} is not {rule}"))
            }
            "anyOf" | "oneOf" => {
                let all = rule.as_array().unwrap();
                (!all.iter().any(fits)).then(|| format!("{value} fits none of {rule}"))
            }
            "allOf" => {
                rule.as_array().unwrap().iter().find_map(|one| misfit(document, one, value, place))
            }
            "enum" => (!rule.as_array().unwrap().contains(value))
                .then(|| format!("{value} not in {rule}")),
            "const" => (rule != value).then(|| format!("{value} is not {rule}")),
            "required" => rule
                .as_array()
                .unwrap()
                .iter()
                .find(|key| value.is_object() && value.get(key.as_str().unwrap()).is_none())
                .map(|key| format!("{key} is missing")),
            "properties" => rule.as_object().unwrap().iter().find_map(|(key, one)| {
                misfit(document, one, value.get(key)?, &format!("{place}.{key}"))
            }),
            "additionalProperties" => {
                value.as_object().into_iter().flatten().find_map(|(key, one)| {
                    let known = schema.get("properties").is_some_and(|all| all.get(key).is_some());
                    if known {
                        None
                    } else {
                        misfit(document, rule, one, &format!("{place}.{key}"))
                    }
                })
            }
            "items" => value
                .as_array()
                .into_iter()
                .flatten()
                .enumerate()
                .find_map(|(at, one)| misfit(document, rule, one, &format!("{place}[{at}]"))),
            "minimum" => {
                let less = value.as_f64().is_some_and(|number| number < rule.as_f64().unwrap());
                less.then(|| format!("{value} is less than {rule}"))
            }
            "maximum" => {
                let more = value.as_f64().is_some_and(|number| number > rule.as_f64().unwrap());
                more.then(|| format!("{value} is more than {rule}"))
            }
            "minLength" | "maxLength" | "minItems" | "maxItems" | "uniqueItems" | "pattern" => None,
            other => Some(format!("`{other}` is not known here")),
        };
        if let Some(broken) = broken {
            return Some(format!("{place}: {broken}"));
        }
    }
    None
}

fn is_kind(value: &Value, kind: &str) -> bool {
    match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_u64() || value.is_i64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        _ => false,
    }
}

#[test]
fn a_value_that_does_not_fit_is_found() {
    use serde_json::json;
    let document = json!({ "components": { "schemas": { "One": { "type": "integer" } } } });
    let schema = json!({
        "type": "object", "required": ["a"],
        "properties": { "a": { "$ref": "#/components/schemas/One" } },
    });
    assert_eq!(misfit(&document, &schema, &json!({ "a": 1 }), "it"), None);
    assert!(misfit(&document, &schema, &json!({ "a": "x" }), "it").is_some());
    assert!(misfit(&document, &schema, &json!({}), "it").is_some());
    assert!(misfit(&document, &json!({ "strange": 1 }), &json!(1), "it").is_some());
}
