//! The OpenAPI document, made from the routes themselves.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use plimsoll_wire::ProblemView;
use serde_json::{Map, Value, json};

use crate::site::Web;

use super::route::{Route, RouteDoc};

/// Answers with the document.
pub(super) async fn answer(State(_site): State<Web>) -> Response {
    let kind = [(header::CONTENT_TYPE, "application/json")];
    (kind, super::openapi().to_string()).into_response()
}

/// The document of these routes.
pub(super) fn document(routes: &[Route]) -> Value {
    let mut schemas = Map::new();
    let problem = lifted(schemars::schema_for!(ProblemView).to_value(), &mut schemas);
    let mut paths = Map::new();
    for Route { doc, .. } in routes {
        let operation = operation(doc, &problem, &mut schemas);
        let path = paths.entry(doc.path.to_owned()).or_insert_with(|| json!({}));
        path[doc.method] = operation;
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "plimsoll",
            "version": "1",
            "description": "The release gate and promotion controller, for programs. Keys are kebab-case, times are UTC, errors are RFC 9457 problems.",
            "license": { "name": "Apache-2.0 OR MIT", "identifier": "Apache-2.0 OR MIT" },
        },
        "servers": [{ "url": "/api/v1" }],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
        },
        "security": [{ "token": [] }],
    })
}

fn operation(doc: &RouteDoc, problem: &Value, schemas: &mut Map<String, Value>) -> Value {
    let mut responses = Map::new();
    for (status, what, media, schema) in &doc.answers {
        let schema = lifted(schema.clone(), schemas);
        let answer = responses
            .entry(status.to_string())
            .or_insert_with(|| json!({ "description": "", "content": {} }));
        let words = answer["description"].as_str().unwrap_or_default();
        answer["description"] = json!(format!("{words} {what}").trim());
        let known = answer["content"][*media]["schema"].take();
        answer["content"][*media] = json!({ "schema": either(known, schema) });
    }
    responses.insert(
        "default".to_owned(),
        json!({
            "description": "It was not done, and why.",
            "content": { "application/problem+json": { "schema": problem } },
        }),
    );
    let mut operation = json!({
        "operationId": doc.id,
        "summary": doc.summary,
        "parameters": doc.parameters,
        "responses": responses,
    });
    if let Some(permission) = doc.permission {
        operation["description"] = json!(format!("A token that may {permission} is needed."));
    } else {
        operation["security"] = json!([{}, { "token": [] }]);
    }
    for (media, schema, example) in &doc.body {
        let schema = lifted(schema.clone(), schemas);
        operation["requestBody"]["required"] = json!(true);
        operation["requestBody"]["content"][*media] =
            json!({ "schema": schema, "example": example });
    }
    operation
}

/// One shape or another, where a status stands for several.
fn either(known: Value, more: Value) -> Value {
    match known {
        Value::Null => more,
        mut known if known["anyOf"].is_array() => {
            if let Some(all) = known["anyOf"].as_array_mut() {
                all.push(more);
            }
            known
        }
        one => json!({ "anyOf": [one, more] }),
    }
}

/// Moves a schema and its definitions among the document's own, and gives the reference to it.
fn lifted(mut schema: Value, schemas: &mut Map<String, Value>) -> Value {
    let Some(object) = schema.as_object_mut() else { return schema };
    object.remove("$schema");
    if let Some(Value::Object(definitions)) = object.remove("$defs") {
        for (name, mut definition) in definitions {
            refer(&mut definition);
            schemas.entry(name).or_insert(definition);
        }
    }
    let title = object.remove("title").and_then(|title| title.as_str().map(str::to_owned));
    refer(&mut schema);
    let Some(title) = title else { return schema };
    let known = schemas.entry(title.clone()).or_insert_with(|| schema.clone());
    debug_assert_eq!(*known, schema, "two shapes are called {title}");
    json!({ "$ref": format!("#/components/schemas/{title}") })
}

/// Points references at the document's own schemas.
fn refer(schema: &mut Value) {
    match schema {
        Value::String(text) => {
            if let Some(name) = text.strip_prefix("#/$defs/") {
                *text = format!("#/components/schemas/{name}");
            }
        }
        Value::Array(list) => list.iter_mut().for_each(refer),
        Value::Object(map) => map.values_mut().for_each(refer),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
