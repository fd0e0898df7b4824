//! What was said to a push, as programs read it.

use plimsoll_core::catalog::Catalog;
use plimsoll_core::ids::ServiceName;
use plimsoll_core::push::{AskedService, PushAnswer, Stands, Step, Touched};
use plimsoll_core::record::{Decision, State};
use plimsoll_core::say::{self, Reader};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{ExitCode, StateView};

/// What was said to a push. It enters as a whole or not at all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct PushView {
    /// Whether it may enter.
    pub allowed: bool,
    /// The answer in one sentence.
    pub summary: String,
    /// The answer as an exit code: 0 it may enter, 10 refused, 11 only evidence is missing or stale,
    /// 12 something still runs.
    pub exit_code: u8,
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
    /// What becomes of it.
    pub step: PushStepView,
    /// The commit, by full object id; null when the branch goes.
    pub commit: Option<String>,
    /// Whether it may enter.
    pub allowed: bool,
    /// Whether commits would be lost, or the branch, and nobody said that this is meant.
    pub unmeant: bool,
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
    /// Where git was told to push to: `origin 4f1c2ab9d0e1:production`.
    pub place: String,
}

/// What becomes of a branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PushStepView {
    /// It begins; everything in it is new.
    Created,
    /// Commits are added.
    Forward,
    /// Commits are taken away.
    Forced,
    /// It goes.
    Deleted,
}

/// A service that a push changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct PushedServiceView {
    /// The service.
    pub service: String,
    /// Its changed files.
    pub files: TouchedView,
    /// How it stands.
    pub stands: PushStandsView,
    /// The same in words; null where its gate was not asked.
    pub words: Option<String>,
    /// The release that is made of the commit.
    pub release: Option<String>,
    /// The decision, `g-118`.
    pub decision: Option<String>,
    /// What keeps the release out, one for each cause.
    pub causes: Vec<PushCauseView>,
    /// What brings the evidence where nothing is known of the commit, as commands in their order.
    pub commands: Vec<String>,
}

/// How a service stands that a push changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PushStandsView {
    /// Its gate allows the release that is made of the commit.
    Allowed,
    /// Its gate refuses.
    Refused,
    /// No release is made of the commit.
    NoRelease,
    /// Its gate refuses, and a person went ahead.
    Forced,
    /// The environment has no gate.
    NoGate,
    /// It is not deployed from this branch.
    Elsewhere,
}

/// What keeps a release out: requirements that stand the same for the same reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct PushCauseView {
    /// How they stand.
    pub state: StateView,
    /// Whether it only waits for a person or a time.
    pub waits: bool,
    /// The word for it.
    pub word: String,
    /// What was asked: the checks, or the rule.
    pub what: String,
    /// Where; empty when the release as a whole is meant.
    pub place: String,
    /// Why, in one sentence.
    pub reason: String,
}

/// Changed files.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct TouchedView {
    /// How many.
    pub count: u64,
    /// The first of them.
    pub first: Vec<String>,
}

impl PushView {
    /// The view of what was said of all protected branches of a push.
    #[must_use]
    pub fn of(answers: &[PushAnswer], catalog: &Catalog, reader: &Reader) -> Self {
        Self {
            allowed: answers.iter().all(PushAnswer::is_allowed),
            summary: say::push_summary(answers),
            exit_code: code(answers).code(),
            branches: answers
                .iter()
                .map(|answer| PushedBranchView::of(answer, catalog, reader))
                .collect(),
        }
    }

    /// Whether a person went ahead anywhere.
    #[must_use]
    pub fn is_forced(&self) -> bool {
        let mut services = self.branches.iter().flat_map(|branch| &branch.services);
        services.any(|service| service.stands == PushStandsView::Forced)
    }
}

/// What the answers come to as an exit code.
fn code(answers: &[PushAnswer]) -> ExitCode {
    let refused = || answers.iter().filter(|answer| !answer.is_allowed());
    if refused().next().is_none() {
        return ExitCode::Yes;
    }
    let asked = || refused().flat_map(|answer| &answer.asked);
    let nameless = asked().any(|one| matches!(one.stands, Stands::NoRelease));
    if nameless || refused().any(|answer| !answer.glass_can_be_broken()) {
        return ExitCode::Refused;
    }
    let unmet = asked().flat_map(|one| match &one.stands {
        Stands::Decided { decision, .. } => decision.unmet().map(|r| r.state).collect(),
        Stands::NoRelease | Stands::Forced { .. } => Vec::<State>::new(),
    });
    match ExitCode::of_states(unmet) {
        // Refused without anything unmet is refused all the same.
        ExitCode::Yes => ExitCode::Refused,
        code => code,
    }
}

impl PushedBranchView {
    fn of(answer: &PushAnswer, catalog: &Catalog, reader: &Reader) -> Self {
        let question = &answer.question;
        let service = |(name, files)| PushedServiceView::of(answer, name, files, catalog, reader);
        Self {
            branch: question.branch.as_str().to_owned(),
            environment: question.environment.to_string(),
            step: question.step.into(),
            commit: question.commit.clone(),
            allowed: answer.is_allowed(),
            unmeant: answer.is_unmeant(),
            services: question.changed.services.iter().map(service).collect(),
            unnamed: answer.riding.unnamed.iter().map(ToString::to_string).collect(),
            shared: TouchedView::from(&question.changed.shared),
            not_deployed: TouchedView::from(&question.changed.not_deployed),
            name: say::to_be_named(answer),
            place: say::push_place(question),
        }
    }
}

impl PushedServiceView {
    fn of(
        answer: &PushAnswer,
        name: &ServiceName,
        files: &Touched,
        catalog: &Catalog,
        reader: &Reader,
    ) -> Self {
        let asked = answer.asked.iter().find(|one| one.service == *name);
        let decided = asked.and_then(|one| match &one.stands {
            Stands::NoRelease => None,
            Stands::Decided { decision, id, .. } | Stands::Forced { decision, id, .. } => {
                Some((decision, id))
            }
        });
        let stands = match asked {
            Some(one) => stands(one),
            None if answer.riding.elsewhere.contains(name) => PushStandsView::Elsewhere,
            None => PushStandsView::NoGate,
        };
        let refused = decided.filter(|_| stands == PushStandsView::Refused);
        Self {
            service: name.to_string(),
            files: TouchedView::from(files),
            stands,
            words: asked.map(|one| say::stands(answer, one)),
            release: decided.map(|(decision, _)| decision.release.to_string()),
            decision: decided.map(|(_, id)| id.to_string()),
            causes: refused.map_or_else(Vec::new, |(decision, _)| causes(decision, reader)),
            commands: match stands {
                PushStandsView::NoRelease => to_be_released(answer, name, catalog),
                _ => Vec::new(),
            },
        }
    }
}

fn stands(asked: &AskedService) -> PushStandsView {
    match &asked.stands {
        Stands::NoRelease => PushStandsView::NoRelease,
        Stands::Decided { .. } if asked.stands.lets_pass() => PushStandsView::Allowed,
        Stands::Decided { .. } => PushStandsView::Refused,
        Stands::Forced { .. } => PushStandsView::Forced,
    }
}

fn causes(decision: &Decision, reader: &Reader) -> Vec<PushCauseView> {
    let cause = |group: say::Group<'_>| PushCauseView {
        state: group.state.into(),
        waits: group.look.mark == say::WAITING,
        word: group.look.word.to_owned(),
        what: group.label,
        place: group.place,
        reason: group.sentence,
    };
    say::groups(decision, reader).into_iter().map(cause).collect()
}

/// What brings the evidence, on the environment before the one that is entered.
fn to_be_released(answer: &PushAnswer, name: &ServiceName, catalog: &Catalog) -> Vec<String> {
    let entered = catalog
        .services
        .get(name)
        .and_then(|service| service.environment(&answer.question.environment));
    let before = entered.and_then(|environment| environment.after.as_ref());
    before.map_or_else(Vec::new, |before| say::to_be_released(answer, name, before))
}

impl From<Step> for PushStepView {
    fn from(step: Step) -> Self {
        match step {
            Step::Created => Self::Created,
            Step::Forward => Self::Forward,
            Step::Forced => Self::Forced,
            Step::Deleted => Self::Deleted,
        }
    }
}

impl From<PushStepView> for Step {
    fn from(step: PushStepView) -> Self {
        match step {
            PushStepView::Created => Self::Created,
            PushStepView::Forward => Self::Forward,
            PushStepView::Forced => Self::Forced,
            PushStepView::Deleted => Self::Deleted,
        }
    }
}

impl From<&Touched> for TouchedView {
    fn from(touched: &Touched) -> Self {
        Self { count: touched.files, first: touched.first.clone() }
    }
}

impl From<&TouchedView> for Touched {
    fn from(view: &TouchedView) -> Self {
        Self { files: view.count, first: view.first.clone() }
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
