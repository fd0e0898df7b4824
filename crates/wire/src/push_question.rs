//! A push that a repository asks about at another machine, and what it has to know before.

use std::collections::BTreeMap;
use std::str::FromStr;

use plimsoll_core::catalog::BranchRef;
use plimsoll_core::ids::EnvironmentName;
use plimsoll_core::push::{Changed, Named, PushQuestion, PushTerms};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{PushStepView, TouchedView};

/// What a repository has to know before it can ask about a push.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct PushTermsView {
    /// Each protected branch, by its full ref, and where it is deployed to.
    pub branches: BTreeMap<String, String>,
    /// The services that whoever asks may see, and the files of each; every file that is deployed
    /// where there are none.
    pub paths: BTreeMap<String, Vec<String>>,
    /// Files that are part of no service.
    pub not_deployed: Vec<String>,
    /// Whether these are all services. If not, a repository names its own.
    pub complete: bool,
}

/// The commits that the releases of a service are made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct CommitsView {
    /// The service.
    pub service: String,
    /// Its commits, by full object id.
    pub commits: Vec<String>,
}

/// A push to protected branches: what it changes, as the repository itself says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct PushChangesView {
    /// Each protected branch that it moves.
    #[schemars(length(min = 1, max = 100))]
    pub branches: Vec<BranchChangesView>,
    /// Services that may ride along.
    #[serde(default)]
    #[schemars(inner(length(min = 1)))]
    pub also: Vec<String>,
    /// Branches that may lose commits.
    #[serde(default)]
    #[schemars(inner(length(min = 1)))]
    pub force: Vec<String>,
    /// Branches that may be deleted.
    #[serde(default)]
    #[schemars(inner(length(min = 1)))]
    pub delete: Vec<String>,
}

/// What a push does to a protected branch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct BranchChangesView {
    /// The branch.
    pub branch: String,
    /// What becomes of it.
    pub step: PushStepView,
    /// The commit, by full object id; absent when the branch goes.
    #[serde(default)]
    pub commit: Option<String>,
    /// Other commits whose release counts as the commit's: for a merge commit, those whose files are
    /// all the same.
    #[serde(default)]
    pub same_content: Vec<String>,
    /// The services, and the changed files of each that say so.
    #[serde(default)]
    pub services: BTreeMap<String, TouchedView>,
    /// Changed files that no service names.
    #[serde(default)]
    pub shared: TouchedView,
    /// Changed files that are part of no service.
    #[serde(default)]
    pub not_deployed: TouchedView,
}

/// What cannot stand in a question about a push.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PushQuestionError {
    /// Nothing is asked.
    #[error("a push that moves no protected branch asks nothing")]
    NoBranch,
    /// A name that names nothing.
    #[error("{0}")]
    Name(String),
    /// A branch that is not protected.
    #[error("{0} is not protected")]
    NotProtected(BranchRef),
    /// Something that is no commit.
    #[error(
        "a commit is named by its full id, 40 or 64 hexadecimal digits, unless the branch goes"
    )]
    NoCommit,
}

fn read<T: FromStr<Err: std::fmt::Display>>(text: &str) -> Result<T, PushQuestionError> {
    text.parse().map_err(|error: T::Err| PushQuestionError::Name(error.to_string()))
}

fn read_all<T, C>(texts: &[String]) -> Result<C, PushQuestionError>
where
    T: FromStr<Err: std::fmt::Display>,
    C: FromIterator<T>,
{
    texts.iter().map(|text| read(text)).collect()
}

impl PushTermsView {
    /// The terms; `complete` when they name all services.
    #[must_use]
    pub fn of(terms: &PushTerms, complete: bool) -> Self {
        Self {
            branches: terms
                .branches
                .iter()
                .map(|(branch, to)| (branch.as_str().to_owned(), to.to_string()))
                .collect(),
            paths: terms
                .paths
                .iter()
                .map(|(name, all)| {
                    (name.to_string(), all.iter().map(ToString::to_string).collect())
                })
                .collect(),
            not_deployed: terms.not_deployed.iter().map(ToString::to_string).collect(),
            complete,
        }
    }

    /// The terms as they were meant.
    ///
    /// # Errors
    /// A name or a pattern is none.
    pub fn terms(&self) -> Result<PushTerms, PushQuestionError> {
        let mut terms =
            PushTerms { not_deployed: read_all(&self.not_deployed)?, ..Default::default() };
        for (branch, environment) in &self.branches {
            terms.branches.insert(read(branch)?, read(environment)?);
        }
        for (service, paths) in &self.paths {
            terms.paths.insert(read(service)?, read_all(paths)?);
        }
        Ok(terms)
    }
}

impl PushChangesView {
    /// The questions of one push. All of them have the same things named.
    #[must_use]
    pub fn of(questions: &[PushQuestion], named: &Named) -> Self {
        let texts = |branches: &std::collections::BTreeSet<BranchRef>| {
            branches.iter().map(|branch| branch.as_str().to_owned()).collect()
        };
        Self {
            branches: questions.iter().map(BranchChangesView::from).collect(),
            also: named.also.iter().map(ToString::to_string).collect(),
            force: texts(&named.force),
            delete: texts(&named.delete),
        }
    }

    /// The questions as they were meant, where these branches are protected.
    ///
    /// # Errors
    /// A name is none, a branch is not protected, or something that must be a commit is none.
    pub fn questions(
        &self,
        branches: &BTreeMap<BranchRef, EnvironmentName>,
    ) -> Result<Vec<PushQuestion>, PushQuestionError> {
        let named = Named {
            also: read_all(&self.also)?,
            force: read_all(&self.force)?,
            delete: read_all(&self.delete)?,
        };
        if self.branches.is_empty() {
            return Err(PushQuestionError::NoBranch);
        }
        self.branches.iter().map(|one| one.question(branches, &named)).collect()
    }
}

impl BranchChangesView {
    fn question(
        &self,
        branches: &BTreeMap<BranchRef, EnvironmentName>,
        named: &Named,
    ) -> Result<PushQuestion, PushQuestionError> {
        let branch: BranchRef = read(&self.branch)?;
        let Some(environment) = branches.get(&branch) else {
            return Err(PushQuestionError::NotProtected(branch));
        };
        let goes = self.step == PushStepView::Deleted;
        let all = || self.commit.iter().chain(&self.same_content);
        if goes == self.commit.is_some() || !all().all(|id| is_object_id(id)) {
            return Err(PushQuestionError::NoCommit);
        }
        let mut changed = Changed {
            shared: (&self.shared).into(),
            not_deployed: (&self.not_deployed).into(),
            ..Changed::default()
        };
        for (service, files) in &self.services {
            changed.services.insert(read(service)?, files.into());
        }
        Ok(PushQuestion {
            environment: environment.clone(),
            branch,
            step: self.step.into(),
            commit: self.commit.clone(),
            same_content: all().cloned().collect(),
            changed,
            named: named.clone(),
        })
    }
}

fn is_object_id(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

impl From<&PushQuestion> for BranchChangesView {
    fn from(question: &PushQuestion) -> Self {
        let changed = &question.changed;
        let other = |id: &&String| question.commit.as_ref() != Some(*id);
        Self {
            branch: question.branch.as_str().to_owned(),
            step: question.step.into(),
            commit: question.commit.clone(),
            same_content: question.same_content.iter().filter(other).cloned().collect(),
            services: changed
                .services
                .iter()
                .map(|(name, files)| (name.to_string(), files.into()))
                .collect(),
            shared: (&changed.shared).into(),
            not_deployed: (&changed.not_deployed).into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use plimsoll_core::push::{Step, Touched};

    use super::*;

    fn protected() -> BTreeMap<BranchRef, EnvironmentName> {
        BTreeMap::from([(
            read("production").expect("a branch"),
            read("production").expect("a name"),
        )])
    }

    fn question() -> PushQuestion {
        let files = Touched { files: 2, first: vec!["hub/a".to_owned()] };
        PushQuestion {
            branch: read("production").expect("a branch"),
            environment: read("production").expect("a name"),
            step: Step::Forward,
            commit: Some("1".repeat(40)),
            same_content: ["1".repeat(40), "2".repeat(40)].into(),
            changed: Changed {
                services: [(read("hub").expect("a name"), files.clone())].into(),
                shared: files,
                not_deployed: Touched::default(),
            },
            named: Named { also: [read("data8").expect("a name")].into(), ..Named::default() },
        }
    }

    #[test]
    fn a_question_arrives_as_it_was_asked() {
        let asked = question();
        let view = PushChangesView::of(std::slice::from_ref(&asked), &asked.named);
        let text = serde_json::to_string(&view).expect("JSON");
        let view: PushChangesView = serde_json::from_str(&text).expect("JSON");
        assert_eq!(view.questions(&protected()), Ok(vec![asked]));
    }

    #[test]
    fn what_cannot_have_been_meant_is_an_error() {
        let view = || PushChangesView::of(&[question()], &Named::default());
        type Spoil = fn(&mut PushChangesView);
        let wrong: [(Spoil, &str); 6] = [
            (|view| view.branches[0].branch = "staging".to_owned(), "staging is not protected"),
            (|view| view.branches[0].branch = "a..b".to_owned(), "cannot be the name of a branch"),
            (|view| view.branches[0].commit = None, "full id"),
            (|view| view.branches[0].commit = Some("HEAD".to_owned()), "full id"),
            (|view| view.branches[0].step = PushStepView::Deleted, "full id"),
            (|view| view.also.push("a b".to_owned()), "cannot be the name"),
        ];
        for (spoil, words) in wrong {
            let mut view = view();
            spoil(&mut view);
            let error = view.questions(&protected()).expect_err(words).to_string();
            assert!(error.contains(words), "{error}");
        }
    }

    #[test]
    fn terms_arrive_as_they_are() {
        let terms = PushTerms {
            branches: protected(),
            paths: [(read("hub").expect("a name"), vec![read("hub/**").expect("a pattern")])]
                .into(),
            not_deployed: vec![read("*.md").expect("a pattern")],
        };
        assert_eq!(PushTermsView::of(&terms, true).terms(), Ok(terms));
    }
}
