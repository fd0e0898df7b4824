//! `plimsoll adopt`: take in what runs already.

use plimsoll_core::ids::{EnvironmentName, LaneId, ReleaseId, TargetName};
use plimsoll_core::record::{Permission, State};
use plimsoll_core::say;
use plimsoll_engine::tasks::{AdoptRequest, AdoptedReport};
use plimsoll_wire::{AdoptionView, ExitCode, VerifyView};

use crate::app::{App, Wants};
use crate::error::CliError;
use crate::render::{self, Style};

use super::verify;

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

impl Args {
    /// What it asks for.
    pub fn wants(&self) -> Wants {
        Wants::Of(Permission::Deploy, self.release.service.clone())
    }
}

/// Runs it.
///
/// # Errors
/// See [`CliError`].
pub async fn run(app: &App, args: Args) -> Result<ExitCode, CliError> {
    let opened = app.open().await?;
    let lane = opened.desk.known_lane(&args.release.service, &args.on)?;
    let request = AdoptRequest {
        release: args.release.clone(),
        lane: lane.clone(),
        targets: args.target.iter().cloned().collect(),
        by: opened.person.clone(),
    };
    let report = opened.desk.adopt(&request).await?;
    let matrix = verify::matrix(&args.release, &lane, &report.verified, &app.reader());
    let sentence = sentence(&args.release, &lane, &report);
    let view = AdoptionView {
        release: args.release.to_string(),
        environment: args.on.to_string(),
        summary: sentence.clone(),
        targets: report.targets.iter().map(ToString::to_string).collect(),
        verified_good: report.verified.good.iter().map(ToString::to_string).collect(),
        unknown: report.unknown.clone(),
        verify: VerifyView::from(&matrix),
    };
    app.answer(&view, |style| text(&sentence, (&args.release, &lane), &report, &matrix, style))?;
    Ok(ExitCode::of_matrix(&matrix))
}

/// What was recorded, and of how many targets it was found well.
fn sentence(release: &ReleaseId, lane: &LaneId, report: &AdoptedReport) -> String {
    let all = report.targets.len();
    let targets = say::count(all, "target");
    match report.verified.good.len() {
        good if good == all => {
            format!("Adopted: {release} runs on {targets} of {lane}, verified good.")
        }
        0 => format!(
            "Adopted, not verified: {release} runs on {targets} of {lane}, none verified good."
        ),
        good => format!(
            "Adopted, not verified: {release} runs on {targets} of {lane}, {good} of them verified good."
        ),
    }
}

fn text(
    sentence: &str,
    (release, lane): (&ReleaseId, &LaneId),
    report: &AdoptedReport,
    matrix: &say::Matrix,
    style: &Style,
) -> String {
    let well = matrix.is_verified();
    let mark = say::mark(if well { State::Satisfied } else { State::Failed });
    let mut text = style.answer(mark, sentence);
    for line in &report.unknown {
        text.push_str(&render::paragraph(&format!("not known: {line}"), style));
    }
    if well {
        text.push_str(&style.next(&format!("plimsoll status {}", lane.service)));
        return text;
    }
    let good = &report.verified.good;
    let bad: Vec<_> = report.targets.iter().filter(|target| !good.contains(target)).collect();
    let recorded =
        format!("recorded: {} runs on {}", release.version, say::list(&report.targets, 6));
    let not = format!(
        "not recorded: that it is well on {}; there is no way back to it there yet",
        say::list(&bad, 6)
    );
    text.push_str(&render::paragraph(&recorded, style));
    text.push_str(&render::paragraph(&not, style));
    text.push('\n');
    text.push_str(&render::matrix_table(matrix, style));
    text.push_str(
        &style.next("mend what is red (or put it off:  plimsoll known-failure --help), then"),
    );
    text.push_str(&style.next(&format!("plimsoll verify {release} --on {}", lane.environment)));
    text
}
