//! Gives a condition its variables and asks for its value.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use cel::objects::Map;
use cel::{Context, Value};

use crate::Timestamp;
use crate::catalog::{ChangeClass, Service, Tier};
use crate::ids::{EnvironmentName, TargetName, Version};
use crate::record::{ArtifactKind, Release, Requirement, State};

use super::{Condition, ENV};

/// The keys of `counts`, in the order of [`State::ALL`].
pub(super) const COUNTED: [&str; 13] = [
    "failed",
    "unmet",
    "flaky",
    "errored",
    "uncovered",
    "not_run",
    "running",
    "stale",
    "wrong_version",
    "known_failure",
    "waived",
    "not_applicable",
    "satisfied",
];

/// What a condition can look at.
#[derive(Debug, Clone)]
pub struct Inputs<'a> {
    /// The candidate.
    pub release: &'a Release,
    /// Its service.
    pub service: &'a Service,
    /// Where it wants to go.
    pub environment: &'a EnvironmentName,
    /// The time of the decision.
    pub now: Timestamp,
    /// The targets there, and the version that each has as far as is known.
    pub current: Vec<(&'a TargetName, Option<&'a Version>)>,
    /// What the other rules found.
    pub requirements: &'a [Requirement],
}

/// Why a condition has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EvaluationError {
    /// It broke off.
    #[error("{0}")]
    Broken(String),
    /// It is neither true nor false.
    #[error("it is neither true nor false but a {0}")]
    NotBool(String),
}

impl Condition {
    /// Whether it is true.
    ///
    /// # Errors
    /// [`EvaluationError`] when it has no answer; whoever asked must take that for *no*.
    pub fn evaluate(&self, inputs: &Inputs<'_>) -> Result<bool, EvaluationError> {
        let run = || {
            let mut context = Context::with_env(Arc::clone(&ENV));
            for (name, value) in variables(inputs) {
                context.add_variable_from_value(name, value);
            }
            self.program.execute(&context)
        };
        match catch_unwind(AssertUnwindSafe(run)) {
            Ok(Ok(Value::Bool(answer))) => Ok(answer),
            Ok(Ok(other)) => Err(EvaluationError::NotBool(other.type_of().to_string())),
            Ok(Err(error)) => Err(EvaluationError::Broken(shorten(&error.to_string()))),
            Err(_) => Err(EvaluationError::Broken("it cannot be evaluated".to_owned())),
        }
    }
}

fn shorten(text: &str) -> String {
    text.chars().take(200).collect()
}

fn variables(inputs: &Inputs<'_>) -> Vec<(&'static str, Value)> {
    let current: Vec<Value> = inputs
        .current
        .iter()
        .map(|(target, version)| {
            let version = version.map_or("", Version::as_str);
            map([("target", target.as_str().into()), ("version", version.into())])
        })
        .collect();
    let unmet: Vec<Value> =
        inputs.requirements.iter().filter(|r| !r.state.lets_pass()).map(requirement).collect();
    vec![
        ("release", release(inputs.release)),
        (
            "service",
            map([
                ("name", inputs.service.name.as_str().into()),
                ("tier", tier(inputs.service.tier).into()),
            ]),
        ),
        ("environment", inputs.environment.as_str().into()),
        ("now", timestamp(inputs.now)),
        ("targets", int(inputs.current.len())),
        ("current", current.into()),
        ("unmet", unmet.into()),
        ("counts", counts(inputs.requirements)),
    ]
}

fn release(release: &Release) -> Value {
    let artifacts: Vec<Value> = release
        .artifacts
        .iter()
        .map(|artifact| {
            map([
                ("name", artifact.name.as_str().into()),
                ("kind", kind(&artifact.kind).into()),
                ("digest", artifact.digest.to_string().into()),
            ])
        })
        .collect();
    map([
        ("version", release.id.version.as_str().into()),
        ("change", change(release.change).into()),
        ("irreversible", Value::Bool(release.irreversible)),
        ("notes", release.notes.as_str().into()),
        ("artifacts", artifacts.into()),
    ])
}

fn requirement(requirement: &Requirement) -> Value {
    let target = requirement.target.as_ref().map(|t| t.target.as_str()).unwrap_or_default();
    let check = requirement.check.as_ref().map(|c| c.as_str()).unwrap_or_default();
    map([
        ("rule", requirement.rule.as_str().into()),
        ("target", target.into()),
        ("check", check.into()),
        ("state", key(requirement.state).into()),
    ])
}

fn counts(requirements: &[Requirement]) -> Value {
    let mut numbers = [0_usize; State::ALL.len()];
    for requirement in requirements {
        for (number, state) in numbers.iter_mut().zip(State::ALL) {
            *number += usize::from(requirement.state == state);
        }
    }
    map(COUNTED.into_iter().zip(numbers.map(int)))
}

fn key(state: State) -> &'static str {
    State::ALL.iter().position(|other| *other == state).map_or("", |index| COUNTED[index])
}

fn map<'a>(entries: impl IntoIterator<Item = (&'a str, Value)>) -> Value {
    let entries = entries.into_iter().map(|(key, value)| (key.into(), value)).collect();
    Value::Map(Map { map: Arc::new(entries) })
}

fn int(number: usize) -> Value {
    Value::Int(i64::try_from(number).unwrap_or(i64::MAX))
}

fn timestamp(at: Timestamp) -> Value {
    let nanos = u32::try_from(at.subsec_nanosecond()).unwrap_or(0);
    chrono::DateTime::from_timestamp(at.as_second(), nanos)
        .map_or(Value::Null, |time| Value::Timestamp(time.fixed_offset()))
}

const fn tier(tier: Tier) -> &'static str {
    match tier {
        Tier::Critical => "critical",
        Tier::Standard => "standard",
        Tier::Leaf => "leaf",
    }
}

const fn change(change: ChangeClass) -> &'static str {
    match change {
        ChangeClass::Major => "major",
        ChangeClass::Minor => "minor",
        ChangeClass::Patch => "patch",
    }
}

const fn kind(kind: &ArtifactKind) -> &'static str {
    match kind {
        ArtifactKind::File => "file",
        ArtifactKind::Directory => "directory",
        ArtifactKind::Git { .. } => "git",
        ArtifactKind::Named => "named",
    }
}
