//! `plimsoll verify`: run every check on every target.

use std::time::Instant;

use plimsoll_core::catalog::Service;
use plimsoll_core::ids::{CheckName, EnvironmentName, LaneId, ReleaseId, TargetName};
use plimsoll_core::record::Permission;
use plimsoll_core::say::{Matrix, Reader};
use plimsoll_core::units::Period;
use plimsoll_engine::tasks::{Verified, VerifyRequest};
use plimsoll_wire::{ExitCode, VerifyView};

use crate::app::{App, Wants};
use crate::error::CliError;
use crate::render;

use super::drive;

/// Runs every check on every target of the environment, observes which version really runs before
/// and after, and writes every result down as evidence. Checks that others run are not run: what they
/// have reported for this deployment counts, and what they have not is waited for.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  plimsoll verify shop@1.1 --on staging
  plimsoll verify shop@1.1 --on staging --target nl-k8s,in-k8s --check home

Exit codes: 0 every expected result passed, 10 some did not, 11 some are missing.")]
pub struct Args {
    /// The release that is expected there, SERVICE@VERSION
    release: ReleaseId,
    /// The environment
    #[arg(long, value_name = "ENVIRONMENT")]
    on: EnvironmentName,
    /// Only these targets (several: repeat it, or use commas)
    #[arg(long, value_name = "TARGET", value_delimiter = ',')]
    target: Vec<TargetName>,
    /// Only these checks (several: repeat it, or use commas)
    #[arg(long, value_name = "CHECK", value_delimiter = ',')]
    check: Vec<CheckName>,
}

impl Args {
    /// What it asks for.
    pub fn wants(&self) -> Wants {
        Wants::Of(Permission::Deploy, self.release.service.clone())
    }
}

/// Runs it.
///
/// # Errors
/// See [`CliError`]; red checks are an answer.
pub async fn run(app: &App, args: Args) -> Result<ExitCode, CliError> {
    let began = Instant::now();
    let opened = app.open().await?;
    let lane = opened.desk.known_lane(&args.release.service, &args.on)?;
    opened.desk.known_release(&args.release).await?;
    let service = opened.desk.service(&lane.service)?;
    if let Some(unknown) = args.check.iter().find(|check| !service.checks.contains_key(*check)) {
        let known: Vec<_> = service.checks.keys().map(ToString::to_string).collect();
        return Err(CliError::usage(
            format!("{} has no check `{unknown}`", lane.service),
            format!("it has: {}", known.join(", ")),
        ));
    }
    let request = VerifyRequest {
        lane: lane.clone(),
        version: args.release.version.clone(),
        targets: args.target.iter().cloned().collect(),
        checks: args.check.iter().cloned().collect(),
        marks_good: true,
    };
    let verified = opened.desk.verify(&request).await?;
    let service = opened.desk.service(&lane.service)?;
    let mut matrix = matrix(&args.release, &lane, &verified, &app.reader());
    if args.target.is_empty() {
        matrix.ahead = not_stood_for(service, &lane);
    }
    let took = Period::from_millis(u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX));
    let after = service.environments.iter().find(|e| e.after.as_ref() == Some(&lane.environment));
    let state = opened.desk.load(&lane.service).await?;
    let left = opened.desk.left_lanes(service, &state).await?.contains(&lane.environment);
    if left {
        drive::note_left(app, &state, &lane.environment);
    }
    let then = match after {
        _ if left => format!("plimsoll resume {lane}"),
        Some(next) => format!("plimsoll gate {} --to {}", args.release, next.name),
        None => format!("plimsoll status {}", lane.service),
    };
    app.answer(&VerifyView::from(&matrix), |style| {
        let text = render::verify_matrix(&matrix, Some(took), Some(&then), style);
        match left && !matrix.is_verified() {
            true => text + &style.next(&then),
            false => text,
        }
    })?;
    Ok(ExitCode::of_matrix(&matrix))
}

/// What was found, as it is shown.
pub(super) fn matrix(
    release: &ReleaseId,
    lane: &LaneId,
    verified: &Verified,
    reader: &Reader,
) -> Matrix {
    let cells = verified.cells(reader);
    let uncovered = verified
        .unchecked
        .iter()
        .map(|target| (target.to_string(), "no check is expected here".to_owned()))
        .collect();
    let (release, environment) = (release.clone(), lane.environment.clone());
    Matrix { release, environment, cells, uncovered, ahead: vec![] }
}

/// Targets of the environments that come after, for which nothing here stands.
fn not_stood_for(service: &Service, lane: &LaneId) -> Vec<(String, String)> {
    service
        .environments
        .iter()
        .filter(|environment| environment.after.as_ref() == Some(&lane.environment))
        .flat_map(|environment| {
            environment
                .targets
                .iter()
                .filter(|(_, target)| service.stand_ins(&lane.environment, target).is_empty())
                .map(|(name, _)| {
                    let why = format!(
                        "nothing on {} stands for {}/{name}",
                        lane.environment, environment.name
                    );
                    (name.to_string(), why)
                })
        })
        .collect()
}
