//! Commands of the user's.

use std::path::Path;

use plimsoll_core::catalog::{Argv, CommandDeploy, Variable};
use plimsoll_core::record::{
    Artifact, ArtifactKind, DeployResult, Ending, MoveReason, ProofOutcome, Release,
};
use plimsoll_engine::ports::{DeployJob, TargetContext};

use super::{Done, nothing_named};
use crate::artifacts::{commit_is_there, prove_directory, prove_file};
use crate::ground::Ground;
use crate::process::{self, Command, Ran, Scope, first_line};
use crate::values::{ValueError, Values};

/// Runs the `deploy` command, or `roll-back` on the way back; nothing when it aims elsewhere.
pub async fn deploy(job: &DeployJob, commands: &CommandDeploy, ground: &Ground) -> Done {
    let values = Values::of_target(&job.context, &ground.secrets)
        .with_release(&job.release)
        .with_previous(job.previous.as_ref())
        .with_deployment(job.deployment);
    if let Some(aim) = &commands.aim
        && let Some(refused) = misaimed(&job.context, aim, &values, ground).await
    {
        return refused;
    }
    let argv = match (job.reason, &commands.roll_back) {
        (MoveReason::Back, Some(roll_back)) => roll_back,
        (MoveReason::Back, None) | (MoveReason::Forward, _) => &commands.deploy,
    };
    let command = match fill(&job.context, argv, &values, ground) {
        Ok(command) => command.leaving_quiet_ones(),
        Err(error) => return Done::not_begun(format!("nothing was run: {error}")),
    };
    let ran = process::run(command).await;
    let redactor = values.redactor();
    let output = ran.output.clean(&redactor);
    let result = match ran.ending {
        Ending::Exit(0) => DeployResult::Done,
        ending @ (Ending::Exit(_) | Ending::Signal(_) | Ending::TimedOut | Ending::NotStarted) => {
            DeployResult::Failed { ending, finding: redactor.text(&ran.sentence(&output)) }
        }
    };
    Done { result, output }
}

fn fill(
    context: &TargetContext,
    argv: &Argv,
    values: &Values,
    ground: &Ground,
) -> Result<Command, ValueError> {
    let command = Command::fill(argv, values, &ground.root, context.platform.within)?;
    Ok(command.recorded(ground.record(&context.id, Scope::Deployment)))
}

/// Asks at what the command would act; `None` when it is the target.
async fn misaimed(
    context: &TargetContext,
    aim: &Argv,
    values: &Values,
    ground: &Ground,
) -> Option<Done> {
    let command = match fill(context, aim, values, ground) {
        Ok(command) => command.apart(),
        Err(error) => return Some(Done::not_begun(format!("nothing was run: {error}"))),
    };
    let ran = process::run(command).await;
    let redactor = values.redactor();
    let output = ran.output.clean(&redactor);
    if ran.ending != Ending::Exit(0) {
        let said = redactor.text(&ran.sentence(&output));
        let finding = format!("nothing was deployed: where it aims could not be asked ({said})");
        return Some(Done { result: DeployResult::Failed { ending: ran.ending, finding }, output });
    }
    let printed = String::from_utf8_lossy(&ran.stdout.clean(&redactor)).trim().to_owned();
    let identity = values.get(&Variable::TargetVar("identity".into()));
    let wanted = identity.map_or_else(|| context.id.to_string(), |text| text.trim().to_owned());
    if printed == wanted {
        return None;
    }
    let aimed_at =
        first_line(printed.as_bytes()).unwrap_or_else(|| "nothing (it printed nothing)".into());
    Some(Done { result: DeployResult::Misaimed { aimed_at }, output })
}

/// Asks the `prove` command; without one, looks for the artifacts.
pub async fn prove(
    context: &TargetContext,
    release: &Release,
    commands: &CommandDeploy,
    ground: &Ground,
) -> ProofOutcome {
    if let Some(missing) = nothing_named(release) {
        return missing;
    }
    let Some(prove) = &commands.prove else { return prove_artifacts(release, ground).await };
    let values =
        Values::of_target(context, &ground.secrets).with_release(release).with_previous(None);
    let command = match fill(context, prove, &values, ground) {
        Ok(command) => command,
        Err(error) => return ProofOutcome::Unknown { why: error.to_string() },
    };
    let ran: Ran = process::run(command).await;
    let redactor = values.redactor();
    let output = ran.output.clean(&redactor);
    let said = || redactor.text(&ran.sentence(&output));
    match ran.ending {
        Ending::Exit(0) => ProofOutcome::Present { how: "the prove command exited 0".into() },
        Ending::Exit(1) => ProofOutcome::Missing {
            what: first_line(&output)
                .unwrap_or_else(|| "the prove command exited 1 and printed nothing".into()),
            digest: None,
        },
        Ending::Exit(_) | Ending::Signal(_) | Ending::TimedOut | Ending::NotStarted => {
            ProofOutcome::Unknown { why: format!("the prove command: {}", said()) }
        }
    }
}

async fn prove_artifacts(release: &Release, ground: &Ground) -> ProofOutcome {
    let mut known = Vec::new();
    for artifact in &release.artifacts {
        match prove_one(artifact, ground).await {
            ProofOutcome::Present { how } => known.push(how),
            other @ (ProofOutcome::Missing { .. } | ProofOutcome::Unknown { .. }) => return other,
        }
    }
    ProofOutcome::Present { how: known.join("; ") }
}

async fn prove_one(artifact: &Artifact, ground: &Ground) -> ProofOutcome {
    let name = &artifact.name;
    match &artifact.kind {
        ArtifactKind::Git { commit } => {
            match commit_is_there(Path::new(&artifact.source), commit).await {
                Ok(true) => ProofOutcome::Present {
                    how: format!("{name}: {} has the commit", artifact.source),
                },
                Ok(false) => ProofOutcome::Missing {
                    what: format!("{name}: {} has no commit {commit}", artifact.source),
                    digest: Some(artifact.digest),
                },
                Err(why) => ProofOutcome::Unknown { why: format!("{name}: {why}") },
            }
        }
        ArtifactKind::Directory => prove_directory(artifact, ground.blobs.as_ref()).await,
        ArtifactKind::File if artifact.kept => prove_file(artifact, ground.blobs.as_ref()).await,
        ArtifactKind::File | ArtifactKind::Named => ProofOutcome::Unknown {
            why: format!(
                "the platform has no prove command and {name} is named by its digest only"
            ),
        },
    }
}

#[cfg(test)]
mod tests;
