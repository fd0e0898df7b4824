//! What was said to a push, as programs read it.

use plimsoll_core::push::{AskedService, PushAnswer, Stands, Step, Touched};
use plimsoll_core::say;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What was said to a push. It enters as a whole or not at all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct PushView {
    /// Whether it may enter.
    pub allowed: bool,
    /// The answer in one sentence.
    pub summary: String,
    /// Each protected branch that it moves.
    pub branches: Vec<PushedBranchView>,
}

/// What a push does to a protected branch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct PushedBranchView {
    /// The full ref.
    pub branch: String,
    /// Where it is deployed to.
    pub environment: String,
    /// `created`, `forward`, `forced` or `deleted`.
    pub step: String,
    /// The commit, by full object id; null when the branch goes.
    pub commit: Option<String>,
    /// Whether it may enter.
    pub allowed: bool,
    /// The changed services.
    pub services: Vec<PushedServiceView>,
    /// Services that would ride along and nobody named.
    pub unnamed: Vec<String>,
    /// Files that no service names; they count for every one.
    pub shared: TouchedView,
    /// Files that are part of no service.
    pub not_deployed: TouchedView,
    /// The push options that are missing.
    pub name: Vec<String>,
}

/// A service that a push changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct PushedServiceView {
    /// The service.
    pub service: String,
    /// Its changed files.
    pub files: TouchedView,
    /// `allowed`, `refused`, `no-release`, `forced`, `no-gate`, or `elsewhere` when it is not
    /// deployed from this branch.
    pub stands: String,
    /// The release that is made of the commit.
    pub release: Option<String>,
    /// The decision, `g-118`.
    pub decision: Option<String>,
}

/// Changed files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct TouchedView {
    /// How many.
    pub count: u64,
    /// The first of them.
    pub first: Vec<String>,
}

impl PushView {
    /// The view of what was said of all protected branches of a push.
    #[must_use]
    pub fn of(answers: &[PushAnswer]) -> Self {
        Self {
            allowed: answers.iter().all(PushAnswer::is_allowed),
            summary: say::push_summary(answers),
            branches: answers.iter().map(PushedBranchView::from).collect(),
        }
    }
}

impl From<&PushAnswer> for PushedBranchView {
    fn from(answer: &PushAnswer) -> Self {
        let question = &answer.question;
        let service = |(name, files): (&plimsoll_core::ids::ServiceName, &Touched)| {
            let asked = answer.asked.iter().find(|one| one.service == *name);
            let elsewhere = answer.riding.elsewhere.contains(name);
            let unasked = if elsewhere { "elsewhere" } else { "no-gate" };
            PushedServiceView {
                service: name.to_string(),
                files: TouchedView::from(files),
                stands: asked.map_or(unasked, stands).to_owned(),
                release: asked.and_then(|one| decided(one).map(|(release, _)| release)),
                decision: asked.and_then(|one| decided(one).map(|(_, decision)| decision)),
            }
        };
        Self {
            branch: question.branch.as_str().to_owned(),
            environment: question.environment.to_string(),
            step: match question.step {
                Step::Created => "created",
                Step::Forward => "forward",
                Step::Forced => "forced",
                Step::Deleted => "deleted",
            }
            .to_owned(),
            commit: question.commit.clone(),
            allowed: answer.is_allowed(),
            services: question.changed.services.iter().map(service).collect(),
            unnamed: answer.riding.unnamed.iter().map(ToString::to_string).collect(),
            shared: TouchedView::from(&question.changed.shared),
            not_deployed: TouchedView::from(&question.changed.not_deployed),
            name: say::to_be_named(answer),
        }
    }
}

fn stands(asked: &AskedService) -> &'static str {
    match &asked.stands {
        Stands::NoRelease => "no-release",
        Stands::Decided { .. } if asked.stands.lets_pass() => "allowed",
        Stands::Decided { .. } => "refused",
        Stands::Forced { .. } => "forced",
    }
}

fn decided(asked: &AskedService) -> Option<(String, String)> {
    match &asked.stands {
        Stands::NoRelease => None,
        Stands::Decided { decision, id, .. } | Stands::Forced { decision, id, .. } => {
            Some((decision.release.to_string(), id.to_string()))
        }
    }
}

impl From<&Touched> for TouchedView {
    fn from(touched: &Touched) -> Self {
        Self { count: touched.files, first: touched.first.clone() }
    }
}

/// A hook that was written into a repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct HookInstalledView {
    /// The file.
    pub hook: String,
    /// What it runs.
    pub command: String,
    /// The protected branches.
    pub branches: Vec<String>,
    /// Whether it was written now, and not there already.
    pub new: bool,
}
