//! A route and its description.

use axum::routing::MethodRouter;
use plimsoll_core::record::Permission;
use schemars::JsonSchema;
use serde_json::{Value, json};

use crate::site::Web;

use super::schema;

/// A route: what answers, and how it is described.
pub(crate) struct Route {
    /// What answers.
    pub handler: MethodRouter<Web>,
    /// How it is described.
    pub doc: RouteDoc,
}

/// The description of a route.
#[derive(Debug, Clone)]
pub(crate) struct RouteDoc {
    /// `get`, `post`, …
    pub method: &'static str,
    /// Below `/api/v1`.
    pub path: &'static str,
    /// The name of the operation: `askGate`.
    pub id: &'static str,
    /// One sentence.
    pub summary: &'static str,
    /// What is asked for it.
    pub permission: Option<Permission>,
    /// In path and query: OpenAPI's own shape.
    pub parameters: Vec<Value>,
    /// The body, in each media type that is read: schema and example.
    pub body: Vec<(&'static str, Value, Value)>,
    /// Status, words, media type and schema of each answer.
    pub answers: Vec<(u16, &'static str, &'static str, Value)>,
}

impl RouteDoc {
    /// A description without parameters, body and answers.
    pub(crate) const fn new(
        method: &'static str,
        path: &'static str,
        (id, summary): (&'static str, &'static str),
        permission: Option<Permission>,
    ) -> Self {
        Self {
            method,
            path,
            id,
            summary,
            permission,
            parameters: Vec::new(),
            body: Vec::new(),
            answers: Vec::new(),
        }
    }

    /// With a parameter of the query.
    pub(crate) fn query(self, name: &str, required: bool, what: &str, example: &str) -> Self {
        self.parameter("query", (name, required), what, example)
    }

    /// With a parameter of the path.
    pub(crate) fn path(self, name: &str, what: &str, example: &str) -> Self {
        self.parameter("path", (name, true), what, example)
    }

    /// With a parameter of the query that is spelled as a type of ours, and need not be there.
    pub(crate) fn query_as<T: JsonSchema>(mut self, name: &str, what: &str, example: &str) -> Self {
        let mut schema = schemars::schema_for!(T).to_value();
        for of_documents in ["$schema", "title"] {
            schema.as_object_mut().and_then(|schema| schema.remove(of_documents));
        }
        self.parameters.push(json!({
            "name": name, "in": "query", "required": false, "description": what,
            "schema": schema, "example": example,
        }));
        self
    }

    fn parameter(
        mut self,
        place: &str,
        (name, required): (&str, bool),
        what: &str,
        example: &str,
    ) -> Self {
        self.parameters.push(json!({
            "name": name, "in": place, "required": required, "description": what,
            "schema": schema::parameter(name), "example": example_of(name, example),
        }));
        self
    }

    /// With a body of JSON, and an example of one.
    pub(crate) fn json_body<T: JsonSchema>(self, example: Value) -> Self {
        self.or_body("application/json", schemars::schema_for!(T).to_value(), example)
    }

    /// With a body of any bytes.
    pub(crate) fn bytes_body(self, example: &str) -> Self {
        self.or_body("application/octet-stream", json!({}), json!(example))
    }

    /// With a body of this kind too.
    pub(crate) fn or_body(mut self, media: &'static str, schema: Value, example: Value) -> Self {
        self.body.push((media, schema, example));
        self
    }

    /// With an answer of JSON.
    pub(crate) fn answers<T: JsonSchema>(self, status: u16, what: &'static str) -> Self {
        self.answers_as::<T>(status, what, "application/json")
    }

    /// With an answer of another kind.
    pub(crate) fn answers_as<T: JsonSchema>(
        mut self,
        status: u16,
        what: &'static str,
        media: &'static str,
    ) -> Self {
        self.answers.push((status, what, media, schemars::schema_for!(T).to_value()));
        self
    }
}

/// An example as it is typed: numbers are no texts.
fn example_of(name: &str, text: &str) -> Value {
    match schema::parameter(name)["type"].as_str() {
        Some("integer") => text.parse::<u64>().map_or_else(|_| json!(text), |number| json!(number)),
        Some("boolean") => json!(text == "true"),
        _ => json!(text),
    }
}
