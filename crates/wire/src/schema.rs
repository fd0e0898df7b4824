//! JSON Schemas of the shapes, by name.

use schemars::{JsonSchema, schema_for};
use serde_json::Value;

use crate::{
    CheckView, DecisionView, ErrorView, EventView, HistoryView, PictureView, PicturesView,
    PlanView, PromotionView, ReleaseView, StatusView, TwinProposalsView, TwinsView, VerifyView,
};

/// The names that [`schema`] knows.
pub const NAMES: [&str; 14] = [
    "check",
    "decision",
    "error",
    "event",
    "history",
    "picture",
    "pictures",
    "plan",
    "promotion",
    "release",
    "status",
    "twins",
    "twin-proposals",
    "verify",
];

/// The JSON Schema (draft 2020-12) of the shape of that name; nothing for an unknown one.
#[must_use]
pub fn schema(name: &str) -> Option<Value> {
    fn of<T: JsonSchema>() -> Value {
        schema_for!(T).to_value()
    }
    Some(match name {
        "check" => of::<CheckView>(),
        "decision" => of::<DecisionView>(),
        "error" => of::<ErrorView>(),
        "event" => of::<EventView>(),
        "history" => of::<HistoryView>(),
        "picture" => of::<PictureView>(),
        "pictures" => of::<PicturesView>(),
        "plan" => of::<PlanView>(),
        "promotion" => of::<PromotionView>(),
        "release" => of::<ReleaseView>(),
        "status" => of::<StatusView>(),
        "twins" => of::<TwinsView>(),
        "twin-proposals" => of::<TwinProposalsView>(),
        "verify" => of::<VerifyView>(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_named_shape_keeps_its_schema() {
        for name in NAMES {
            let schema = schema(name).expect("a named shape has a schema");
            insta::assert_json_snapshot!(name, schema);
        }
        assert_eq!(schema("nonsense"), None);
    }
}
