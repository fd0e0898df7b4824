//! `/results`: what came of a check that others ran. Where it ran and what it is about stands in the
//! query or in the body, so that a JUnit file can be the whole body.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest as _, Multipart, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::post;
use plimsoll_analyze::junit::JunitLimits;
use plimsoll_core::Timestamp;
use plimsoll_core::ids::{CheckName, TargetId, Version};
use plimsoll_core::record::{Outcome, Permission};
use plimsoll_engine::desk::{Report, Told};
use plimsoll_engine::words::Typed;
use plimsoll_wire::CheckRunView;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::caller::Caller;
use crate::problem::Problem;
use crate::site::Web;

use super::shape::{self, Asked, Sent};
use super::{Route, RouteDoc, schema};

/// The longest body: the largest JUnit file, and what stands around it in a form.
///
/// # Units
/// Bytes.
pub(super) const LONGEST: usize = JunitLimits::USUAL.bytes + (64 << 10);

/// The field of a form that holds the file.
const JUNIT: &str = "junit";

/// A JUnit file for the examples.
const EXAMPLE: &str = r#"<testsuite name="s"><testcase classname="shop" name="pays"/></testsuite>"#;

pub(super) fn routes() -> Vec<Route> {
    let words = (
        "reportResult",
        "Says what came of a check that others ran: the JUnit file that its runner wrote (as the body, or as the field junit of a form), or an outcome. It counts for the deployment that is there now. What it is about stands in the query or in the body.",
    );
    let doc = RouteDoc::new("post", "/results", words, Some(Permission::Report))
        .query_as::<schema::TargetPath>("target", "Where it ran.", "planet4/staging/nl-vm")
        .query_as::<schema::Name>("check", "Which check.", "load-test")
        .query_as::<schema::VersionText>("version", "The version that it ran against.", "1.23")
        .query_as::<schema::Moment>(
            "began",
            "When it began; now when absent.",
            "2026-12-01T18:00:00Z",
        )
        .query_as::<schema::Words>(
            "url",
            "Where it can be looked up.",
            "https://ci.example/runs/118",
        )
        .json_body::<ResultReport>(json!({
            "target": "planet4/staging/nl-vm", "check": "load-test", "version": "1.23",
            "outcome": "failed", "finding": "p99 is 4 s", "url": "https://ci.example/runs/118",
        }))
        .or_body("application/xml", json!({ "type": "string" }), json!(EXAMPLE))
        .or_body("multipart/form-data", form(), json!({ "junit": EXAMPLE }))
        .answers::<CheckRunView>(201, "It is evidence now, passed or not.");
    let handler = post(report).layer(DefaultBodyLimit::max(LONGEST));
    vec![Route { handler, doc }]
}

/// The fields of a form; what stands in the query need not stand there again.
fn form() -> Value {
    let mut schema = schemars::schema_for!(ResultReport).to_value();
    schema["title"] = json!("ResultForm");
    schema["required"] = json!([JUNIT]);
    schema["properties"][JUNIT] =
        json!({ "type": "string", "description": "The JUnit file that the runner wrote." });
    schema
}

/// What came of a check that others ran.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct ResultReport {
    /// Where it ran, `service/environment/target`.
    #[schemars(with = "schema::TargetPath")]
    target: TargetId,
    /// Which check.
    #[schemars(with = "schema::Name")]
    check: CheckName,
    /// The version that it ran against.
    #[schemars(with = "schema::VersionText")]
    version: Version,
    /// What it came to, where there is no JUnit file.
    outcome: Option<Word>,
    /// What was found, in one sentence.
    #[serde(default)]
    #[schemars(with = "schema::Note")]
    finding: Typed,
    /// When it began; now when absent.
    #[schemars(with = "Option<schema::Moment>")]
    began: Option<Timestamp>,
    /// Where it can be looked up.
    #[schemars(with = "Option<schema::Words>")]
    url: Option<Typed>,
}

/// What a check came to.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Word {
    /// As expected.
    Passed,
    /// The release is wrong.
    Failed,
    /// It could not look: says nothing about the release.
    Errored,
}

impl From<Word> for Outcome {
    fn from(word: Word) -> Self {
        match word {
            Word::Passed => Self::Passed,
            Word::Failed => Self::Failed,
            Word::Errored => Self::Errored,
        }
    }
}

async fn report(
    State(site): State<Web>,
    caller: Caller,
    Asked(query): Asked<Vec<(String, String)>>,
    request: Request,
) -> Result<Response, Problem> {
    caller.may_somewhere(Permission::Report)?;
    let mut said = Said::default();
    for (name, value) in query {
        said.note(name, Value::String(value))?;
    }
    said.read(request, &site).await?;
    let (reported, told) = said.end()?;
    caller.may(Permission::Report, Some(&reported.target.service))?;
    let ResultReport { target, check, version, began, url, .. } = reported;
    let report = Report { target, check, version, told, began, link: url };
    let desk = site.desk();
    let (run, result) = desk.report(&report, caller.person()?).await?;
    let view = CheckRunView::of(run, &result, None);
    shape::made(&desk, StatusCode::CREATED, &format!("runs/{run}"), &view)
}

/// What is said in the query and in the body, put together.
#[derive(Default)]
struct Said {
    fields: Map<String, Value>,
    junit: Option<Bytes>,
}

impl Said {
    /// Notes a field. One that is said twice must be the same.
    fn note(&mut self, name: String, value: Value) -> Result<(), Problem> {
        match self.fields.get(&name) {
            Some(known) if *known != value => {
                Err(Problem::wrong(format!("`{name}` is said twice, and not the same")))
            }
            _ => {
                self.fields.insert(name, value);
                Ok(())
            }
        }
    }

    async fn read(&mut self, request: Request, site: &Web) -> Result<(), Problem> {
        match shape::media(request.headers()).as_str() {
            "application/json" => {
                let Sent(fields) = Sent::<Map<String, Value>>::from_request(request, site).await?;
                fields.into_iter().try_for_each(|(name, value)| self.note(name, value))
            }
            "application/xml" | "text/xml" => {
                self.junit = Some(Bytes::from_request(request, site).await?);
                Ok(())
            }
            "multipart/form-data" => self.read_form(request, site).await,
            _ => Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "media-type",
                "the body is read as a JUnit file, as a form, or as JSON",
            )
            .hint("send  Content-Type: application/xml, multipart/form-data or application/json")),
        }
    }

    async fn read_form(&mut self, request: Request, site: &Web) -> Result<(), Problem> {
        let broken = |error: &dyn std::fmt::Display| {
            Problem::wrong(format!("the form cannot be read: {error}"))
        };
        let form = Multipart::from_request(request, site).await;
        let mut form = form.map_err(|error| broken(&error))?;
        while let Some(field) = form.next_field().await.map_err(|error| broken(&error))? {
            let name = field.name().unwrap_or_default().to_owned();
            if name == JUNIT {
                let content = field.bytes().await.map_err(|error| broken(&error))?;
                if self.junit.replace(content).is_some() {
                    return Err(Problem::wrong("one JUnit file is reported at a time"));
                }
                continue;
            }
            let text = field.text().await.map_err(|error| broken(&error))?;
            self.note(name, Value::String(text))?;
        }
        Ok(())
    }

    fn end(self) -> Result<(ResultReport, Told), Problem> {
        let reported: ResultReport = serde_json::from_value(Value::Object(self.fields))
            .map_err(|error| Problem::wrong(error.to_string()))?;
        let told = match (self.junit, reported.outcome) {
            (Some(junit), None) if reported.finding.is_blank() => Told::Junit(Arc::from(&*junit)),
            (Some(_), _) => {
                return Err(Problem::wrong("a JUnit file says itself what came of it")
                    .hint("leave out outcome and finding"));
            }
            (None, Some(word)) => {
                Told::Outcome { outcome: word.into(), finding: reported.finding.clone() }
            }
            (None, None) => {
                return Err(Problem::wrong("nothing says what came of it")
                    .hint("send a JUnit file, or outcome: passed, failed or errored"));
            }
        };
        Ok((reported, told))
    }
}
