//! `plimsoll adopt`: take in what runs already.

use plimsoll_core::ids::{EnvironmentName, ReleaseId, TargetName};
use plimsoll_core::record::State;
use plimsoll_core::say;
use plimsoll_engine::tasks::AdoptRequest;
use plimsoll_wire::{ExitCode, VerifyView};

use crate::app::App;
use crate::error::CliError;
use crate::render::{self, Style};

use super::{names, verify};

/// Takes in what runs already: observes that every target runs this version, runs the checks, and
/// remembers the green ones as verified good, so that the first promotion has a way back. Says
/// what it cannot know.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example, once for each environment that runs something:
  plimsoll release add shop@1.0 ./dist       what runs today, so that there is something to go back to
  plimsoll adopt shop@1.0 --on production")]
pub struct Args {
    /// The release that runs there, SERVICE@VERSION
    release: ReleaseId,
    /// The environment
    #[arg(long, value_name = "ENVIRONMENT")]
    on: EnvironmentName,
    /// Only these targets (several: repeat it, or use commas)
    #[arg(long, value_name = "TARGET", value_delimiter = ',')]
    target: Vec<TargetName>,
}

/// Runs it.
///
/// # Errors
/// See [`CliError`].
pub async fn run(app: &App, args: Args) -> Result<ExitCode, CliError> {
    let opened = app.open().await?;
    let lane = names::lane(&opened, &args.release, &args.on)?;
    let request = AdoptRequest {
        release: args.release.clone(),
        lane: lane.clone(),
        targets: names::targets(&args.target),
        by: opened.person.clone(),
    };
    let report = opened.desk.adopt(&request).await?;
    let matrix = verify::matrix(&args.release, &lane, &report.verified);
    let good = report.verified.good.len();
    let sentence = format!(
        "Adopted: {} runs on {} {} of {lane}; {good} verified good.",
        args.release,
        report.targets.len(),
        say::plural(report.targets.len(), "target"),
    );
    let view = serde_json::json!({
        "release": args.release,
        "environment": args.on,
        "targets": report.targets,
        "verified-good": report.verified.good,
        "unknown": report.unknown,
        "verify": VerifyView::from(&matrix),
    });
    app.answer(&view, |style| text(&sentence, &report.unknown, &matrix, &lane.service, style))?;
    Ok(ExitCode::of_matrix(&matrix))
}

fn text(
    sentence: &str,
    unknown: &[String],
    matrix: &say::Matrix,
    service: &plimsoll_core::ids::ServiceName,
    style: &Style,
) -> String {
    let well = matrix.is_verified();
    let mark = say::mark(if well { State::Satisfied } else { State::Failed });
    let mut text = style.answer(mark, sentence);
    for line in unknown {
        text.push_str(&style.text(&format!("  not known: {line}")));
        text.push('\n');
    }
    if well {
        text.push_str(&style.next(&format!("plimsoll status {service}")));
    } else {
        text.push('\n');
        text.push_str(&render::verify_matrix(matrix, None, None, style));
    }
    text
}
