//! How the texts of requests are spelled, for the OpenAPI document: what does not fit is refused by
//! the types that read it.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

/// A name: letters, digits, `.`, `_`, `-`, beginning with a letter or digit, never `..`.
const NAME: &str = r"^[A-Za-z0-9](\.?[A-Za-z0-9_-])*\.?$";
const PERSON: &str = r"^[A-Za-z0-9](\.?[A-Za-z0-9_@-])*\.?$";
const RELEASE: &str =
    r"^[A-Za-z0-9](\.?[A-Za-z0-9_-]){0,30}@[A-Za-z0-9](\.?[A-Za-z0-9_+~:-]){0,60}$";
const TARGET: &str = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,60}/[A-Za-z0-9][A-Za-z0-9_-]{0,60}/[A-Za-z0-9][A-Za-z0-9_-]{0,60}$";
const DIGEST: &str = "^sha256:[0-9a-f]{64}$";

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident = $json:expr;)*) => {$(
        $(#[$doc])*
        pub(crate) struct $name;

        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                Schema::try_from($json).unwrap_or_else(|_| json_schema!({ "type": "string" }))
            }
        }
    )*};
}

texts! {
    /// The name of something in the configuration.
    Name = named(NAME, 63);
    /// A person's handle.
    Person = named(PERSON, 63);
    /// `service@version`.
    Release = json!({ "type": "string", "pattern": RELEASE });
    /// `service/environment/target`.
    TargetPath = json!({ "type": "string", "pattern": TARGET });
    /// The version of a release.
    VersionText = json!({ "type": "string", "pattern": r"^[A-Za-z0-9](\.?[A-Za-z0-9_+~:-]){0,60}$" });
    /// `sha256:…`.
    DigestText = json!({ "type": "string", "pattern": DIGEST });
    /// The full id of a git commit.
    Commit = json!({ "type": "string", "pattern": "^([0-9a-f]{40}|[0-9a-f]{64})$" });
    /// A moment, RFC 3339.
    Moment = json!({ "type": "string", "format": "date-time" });
    /// Words of a person; something must be said.
    Words = json!({ "type": "string", "minLength": 1, "maxLength": 2000, "pattern": "\\S" });
    /// Words of a person; nothing needs to be said.
    Note = json!({ "type": "string", "maxLength": 2000 });
    /// A rule of the gate.
    Rule = json!({ "type": "string", "enum": rules() });
    /// What a token allows.
    Permit = json!({ "type": "string", "enum": ["read", "report", "deploy", "release", "administer"] });
    /// `major`, `minor` or `patch`.
    Change = json!({ "type": "string", "enum": ["major", "minor", "patch"] });
}

fn named(pattern: &str, longest: u32) -> Value {
    json!({ "type": "string", "pattern": pattern, "maxLength": longest })
}

fn rules() -> Vec<&'static str> {
    plimsoll_core::catalog::RuleName::ALL.iter().map(|rule| rule.as_str()).collect()
}

/// How a parameter of this name is spelled, in whatever path or query it stands.
pub(super) fn parameter(name: &str) -> Value {
    let number =
        |prefix: &str| json!({ "type": "string", "pattern": format!("^{prefix}-[0-9]{{1,18}}$") });
    match name {
        "release" => json!({ "type": "string", "pattern": RELEASE }),
        "decision" => number("g"),
        "promotion" => number("p"),
        "deployment" => number("d"),
        "run" => number("r"),
        "follow-up" => json!({ "type": "string", "pattern": "^g-[0-9]{1,18}\\.[0-9]{1,8}$" }),
        "event" | "before" | "after" => {
            json!({ "type": "integer", "minimum": 0, "maximum": i64::MAX })
        }
        "limit" => json!({ "type": "integer", "minimum": 1, "maximum": 500 }),
        "digest" => json!({ "type": "string", "pattern": DIGEST }),
        "since" => json!({ "type": "string", "format": "date-time" }),
        "all" => json!({ "type": "boolean" }),
        "reason" => {
            json!({ "type": "string", "minLength": 1, "maxLength": 2000, "pattern": "\\S" })
        }
        _ => named(NAME, 63),
    }
}
