//! JSON Schemas of the shapes, by name.

use schemars::{JsonSchema, schema_for};
use serde_json::Value;

use crate::{
    AdoptionView, BlobView, CheckRunView, CheckView, CommitsView, DecisionView, DeploymentView,
    ErrorView, EventView, FollowUpsView, ForgesView, HistoryView, HookInstalledView, InitView,
    LedgerBackupView, LedgerVerifiedView, NothingToDoView, PictureView, PicturesView, PlanView,
    ProblemView, PromotionStoryView, PromotionView, PromotionsView, PushTermsView, PushView,
    ReleaseView, ReleasesView, ReportedDeploymentView, ResumedView, SaidView, SayingsView,
    ServiceView, StatusView, TargetView, TokenMadeView, TokenView, TokensView, TwinProposalsView,
    TwinsView, VerificationView, VerifyView,
};

/// A shape that has a name.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// The name that `plimsoll schema` takes.
    pub name: &'static str,
    /// Who answers with it.
    pub answers: &'static str,
    schema: fn() -> Value,
}

const fn shape<T: JsonSchema>(name: &'static str, answers: &'static str) -> Shape {
    Shape { name, answers, schema: || schema_for!(T).to_value() }
}

/// Every shape, by name.
pub const SHAPES: [Shape; 42] = [
    shape::<AdoptionView>("adoption", "`adopt`"),
    shape::<BlobView>("blob", "`PUT /api/v1/blobs/DIGEST`"),
    shape::<CheckView>("check", "`check`"),
    shape::<CheckRunView>("check-run", "`show r-N`, `show TARGET/CHECK`, `report`"),
    shape::<CommitsView>("commits", "`GET /api/v1/pushes/commits`"),
    shape::<DecisionView>("decision", "`gate`, `show g-N`, and `promote` where the gate refuses"),
    shape::<DeploymentView>("deployment", "`show d-N`"),
    shape::<ErrorView>("error", "every command that did not do what was asked"),
    shape::<EventView>("event", "`show N`, and each event of a history"),
    shape::<FollowUpsView>("follow-ups", "`follow-up`"),
    shape::<ForgesView>("forges", "`forge status`, `forge post`"),
    shape::<HistoryView>("history", "`history`"),
    shape::<HookInstalledView>("hook-installed", "`hook install`"),
    shape::<InitView>("init", "`init`"),
    shape::<LedgerBackupView>("ledger-backup", "`ledger backup`"),
    shape::<LedgerVerifiedView>("ledger-verify", "`ledger verify`"),
    shape::<NothingToDoView>(
        "nothing-to-do",
        "`promote` where every target runs the release already",
    ),
    shape::<PictureView>("picture", "`picture diff`"),
    shape::<PicturesView>("pictures", "`picture batch`"),
    shape::<PlanView>("plan", "`deploy`, `promote` and `rollback` with `--dry-run`"),
    shape::<ProblemView>("problem", "every request to the HTTP API that was not done"),
    shape::<PromotionView>("promotion", "`deploy`, `promote`, `rollback`, `abort`"),
    shape::<PromotionStoryView>("promotion-story", "`show p-N`"),
    shape::<PromotionsView>("promotions", "`GET /api/v1/promotions`"),
    shape::<PushView>("push", "`hook pre-receive`, `POST /api/v1/pushes`"),
    shape::<PushTermsView>("push-terms", "`GET /api/v1/pushes/terms`"),
    shape::<ReleaseView>("release", "`release add`, `release show`, `show RELEASE`"),
    shape::<ReleasesView>("releases", "`release list`"),
    shape::<ReportedDeploymentView>("reported-deployment", "`POST /api/v1/deployments/reported`"),
    shape::<ResumedView>("resumed", "`resume`"),
    shape::<SaidView>("said", "`waive`, `known-failure`, `sign-off`, `freeze`, `hold`"),
    shape::<SayingsView>("sayings", "`GET /api/v1/waivers`, `…/holds` and the like"),
    shape::<ServiceView>("service", "`status SERVICE`, `show SERVICE`"),
    shape::<StatusView>("status", "`status`"),
    shape::<TargetView>("target", "`show TARGET`"),
    shape::<TokenView>("token", "`token revoke`"),
    shape::<TokenMadeView>("token-made", "`token create`"),
    shape::<TokensView>("tokens", "`token list`"),
    shape::<TwinsView>("twins", "`twins diff`"),
    shape::<TwinProposalsView>("twin-proposals", "`twins suggest`"),
    shape::<VerificationView>("verification", "`GET /api/v1/verifications/N`"),
    shape::<VerifyView>("verify", "`verify`"),
];

/// The JSON Schema (draft 2020-12) of the shape of that name; nothing for an unknown one.
#[must_use]
pub fn schema(name: &str) -> Option<Value> {
    SHAPES.iter().find(|shape| shape.name == name).map(|shape| (shape.schema)())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_named_shape_keeps_its_schema() {
        for Shape { name, .. } in SHAPES {
            let schema = schema(name).expect("a named shape has a schema");
            insta::assert_json_snapshot!(name, schema);
        }
        assert_eq!(schema("nonsense"), None);
    }

    /// Every key of a schema's properties, at every depth.
    fn keys<'a>(schema: &'a Value, found: &mut Vec<&'a String>) {
        if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
            found.extend(properties.keys());
        }
        match schema {
            Value::Object(map) => map.values().for_each(|value| keys(value, found)),
            Value::Array(list) => list.iter().for_each(|value| keys(value, found)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    #[test]
    fn every_key_of_every_shape_is_kebab_case() {
        for Shape { name, .. } in SHAPES {
            let schema = schema(name).expect("a named shape has a schema");
            let mut found = Vec::new();
            keys(&schema, &mut found);
            assert!(!found.is_empty(), "{name}");
            for key in found {
                let kebab =
                    key.chars().all(|c| c.is_ascii_lowercase() || c == '-' || c.is_ascii_digit());
                assert!(kebab, "{key} of {name}");
            }
        }
    }
}
