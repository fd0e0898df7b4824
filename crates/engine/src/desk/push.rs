//! Pushes to protected branches: the gate is asked about the release that is made of the very
//! commit.

use std::collections::BTreeSet;

use plimsoll_core::catalog::ChangeClass;
use plimsoll_core::digest::Digest;
use plimsoll_core::event::EventKind;
use plimsoll_core::gate::BreakGlass;
use plimsoll_core::ids::{PersonName, ReleaseId, ServiceName};
use plimsoll_core::push::{
    AskedService, PushAnswer, PushQuestion, Stands, decide_riding, to_be_forced,
};
use plimsoll_core::record::{
    Ahead, Artifact, ArtifactKind, Decision, FollowUp, ForcedPush, Release, Verdict,
};
use plimsoll_core::say;

use crate::words::Typed;

use super::{Asked, Desk, DeskError};

/// Releases of one commit that the gate is asked about, newest first. More than one or two are a
/// mistake, and each question looks at every target.
const MOST_ASKED: usize = 5;

/// How much of a commit's id names a release that nobody has named.
const SHORT: usize = 12;

/// A person who goes ahead although the gate refuses a push.
#[derive(Debug, Clone)]
pub struct PushGlass {
    /// Why.
    pub reason: Typed,
    /// Who pushes, as we are told.
    pub by: PersonName,
    /// Who tells: the same person, or the host of the repository, which knows them. Every event of the
    /// push is theirs.
    pub said_by: PersonName,
}

impl Desk {
    /// The commits that the releases of these services are made of.
    ///
    /// # Errors
    /// A service is not there, or the ledger is away.
    pub async fn release_commits<'a>(
        &self,
        services: impl Iterator<Item = &'a ServiceName>,
    ) -> Result<BTreeSet<String>, DeskError> {
        let mut commits = BTreeSet::new();
        for service in services {
            self.service(service)?;
            let state = self.load(service).await?;
            commits.extend(state.releases.values().flat_map(git_commits).cloned());
        }
        Ok(commits)
    }

    /// May this commit enter, for the services that it changes, with those that are named?
    ///
    /// # Errors
    /// A service is not there, or the ledger is away. A refusal is no error.
    pub async fn ask_push(&self, question: PushQuestion) -> Result<PushAnswer, DeskError> {
        for name in question.named.also.iter().chain(question.changed.services.keys()) {
            self.service(name)?;
        }
        let riding = decide_riding(&self.catalog, &question);
        let mut asked = Vec::with_capacity(riding.gated.len());
        for service in &riding.gated {
            let stands = self.ask_commit(service, &question).await?;
            asked.push(AskedService { service: service.clone(), stands });
        }
        Ok(PushAnswer { question, riding, asked })
    }

    /// The gate's best answer about the releases that are made of the commit.
    async fn ask_commit(
        &self,
        service: &ServiceName,
        question: &PushQuestion,
    ) -> Result<Stands, DeskError> {
        let state = self.load(service).await?;
        let made_of_it = |release: &&Release| {
            git_commits(release).any(|commit| question.same_content.contains(commit))
        };
        let mut releases: Vec<&Release> = state.releases.values().filter(made_of_it).collect();
        releases.sort_by_key(|release| std::cmp::Reverse(release.added_at));
        let mut best: Option<Asked> = None;
        for release in releases.iter().take(MOST_ASKED) {
            let asked = self.ask_gate(&release.id, &question.environment).await?;
            let further = |before: &Asked| missing(&asked) < missing(before);
            if best.as_ref().is_none_or(further) {
                best = Some(asked);
            }
            if best.as_ref().is_some_and(|best| best.ruling.is_allowed()) {
                break;
            }
        }
        let Some(best) = best else { return Ok(Stands::NoRelease) };
        let decision = best.ruling.into_decision();
        let others = releases.iter().map(|release| release.id.clone());
        let others = others.filter(|id| *id != decision.release).collect();
        Ok(Stands::Decided { decision: Box::new(decision), id: best.id, others })
    }

    /// May a push enter that moves these branches? It enters as a whole or not at all.
    ///
    /// # Errors
    /// As [`Desk::ask_push`].
    pub async fn ask_pushes(
        &self,
        questions: Vec<PushQuestion>,
    ) -> Result<Vec<PushAnswer>, DeskError> {
        let mut answers = Vec::with_capacity(questions.len());
        for question in questions {
            answers.push(self.ask_push(question).await?);
        }
        Ok(answers)
    }

    /// Lets a refused push in where a person may override all that keeps it out. Nothing is written
    /// down of it while something else does.
    ///
    /// # Errors
    /// As [`Desk::force_push`].
    pub async fn force_pushes(
        &self,
        answers: Vec<PushAnswer>,
        glass: &PushGlass,
    ) -> Result<Vec<PushAnswer>, DeskError> {
        if to_be_forced(&answers).is_empty() {
            return Ok(answers);
        }
        let mut forced = Vec::with_capacity(answers.len());
        for answer in answers {
            forced.push(match answer.is_allowed() {
                true => answer,
                false => self.force_push(answer, glass).await?,
            });
        }
        Ok(forced)
    }

    /// Lets a refused push in because a person says so: writes down who, what and why, and what is
    /// left to be made up for. A commit that no release is made of gets one, so that there is
    /// something to verify afterwards.
    ///
    /// # Errors
    /// The reason is blank, something of it is not for anybody to override, or the ledger is away.
    async fn force_push(
        &self,
        mut answer: PushAnswer,
        glass: &PushGlass,
    ) -> Result<PushAnswer, DeskError> {
        let PushGlass { reason, by, said_by } = glass;
        let reason = self.words("break-glass", reason)?;
        let Some(commit) = answer.question.commit.clone().filter(|_| answer.glass_can_be_broken())
        else {
            return Err(DeskError::Refused(
                "what is not named does not slip through behind an emergency".to_owned(),
            ));
        };
        for one in answer.asked.iter_mut().filter(|one| !one.stands.lets_pass()) {
            let release = match &one.stands {
                Stands::Decided { decision, .. } | Stands::Forced { decision, .. } => {
                    decision.release.clone()
                }
                Stands::NoRelease => {
                    self.name_commit(&one.service, &answer.question, &commit, glass).await?
                }
            };
            let asked = self.ask_gate(&release, &answer.question.environment).await?;
            let id = asked.id;
            one.stands = match asked.ruling.pass() {
                // Somebody else made up for it in the meantime.
                Ok(allowed) => Stands::Decided {
                    decision: Box::new(allowed.decision().clone()),
                    id,
                    others: Vec::new(),
                },
                Err(refused) => {
                    let glass = BreakGlass::new(refused, &reason, by.clone())
                        .map_err(|error| DeskError::Refused(error.to_string()))?;
                    let push = ForcedPush {
                        branch: answer.question.branch.clone(),
                        commit: commit.clone(),
                        release,
                        decision: id,
                        reason: reason.clone(),
                        by: by.clone(),
                        at: self.now(),
                    };
                    self.write_forced(&one.service, &glass, push, said_by).await?
                }
            };
        }
        Ok(answer)
    }

    async fn write_forced(
        &self,
        service: &ServiceName,
        glass: &BreakGlass,
        push: ForcedPush,
        said_by: &PersonName,
    ) -> Result<Stands, DeskError> {
        let id = push.decision;
        let pushed = |one| FollowUp { ahead: Ahead::Pushed, ..one };
        let follow_ups: Vec<FollowUp> = glass.follow_ups(id).into_iter().map(pushed).collect();
        let left_open = follow_ups.len();
        let kind = EventKind::PushForced { push, follow_ups };
        let event = self.say(service, said_by, |_| Ok(kind.clone())).await?;
        let decision: Box<Decision> = Box::new(glass.decision().clone());
        Ok(Stands::Forced { decision, id, seq: event.seq, left_open })
    }

    /// Gives a commit that nobody has named a release of its own. It is named by who is known to have
    /// asked; who pushed is told by them, and stands in its notes.
    async fn name_commit(
        &self,
        service: &ServiceName,
        question: &PushQuestion,
        commit: &str,
        PushGlass { by, said_by, .. }: &PushGlass,
    ) -> Result<ReleaseId, DeskError> {
        let name = |error: plimsoll_core::ids::NameError| DeskError::Refused(error.to_string());
        let short: String = commit.chars().take(SHORT).collect();
        let version = format!("git-{short}").parse().map_err(name)?;
        let id = ReleaseId { service: service.clone(), version };
        let artifact = Artifact {
            name: "code".parse().map_err(name)?,
            kind: ArtifactKind::Git { commit: commit.to_owned() },
            digest: Digest::of(commit.as_bytes()),
            source: format!("pushed to {}", question.branch),
            kept: false,
        };
        let release = Release {
            id: id.clone(),
            artifacts: vec![artifact],
            // How large it is nobody has said, so every rule applies.
            change: ChangeClass::Major,
            irreversible: false,
            notes: say::forced_release(&question.branch, by, said_by),
            added_at: self.now(),
            added_by: said_by.clone(),
        };
        self.add_release(release).await?;
        Ok(id)
    }
}

fn git_commits(release: &Release) -> impl Iterator<Item = &String> {
    release.artifacts.iter().filter_map(|artifact| match &artifact.kind {
        ArtifactKind::Git { commit } => Some(commit),
        ArtifactKind::File | ArtifactKind::Directory | ArtifactKind::Named => None,
    })
}

/// How far a release is from being allowed.
fn missing(asked: &Asked) -> usize {
    let decision = asked.ruling.decision();
    match decision.verdict {
        Verdict::Allowed => 0,
        Verdict::Refused => decision.unmet().count().max(1),
    }
}
