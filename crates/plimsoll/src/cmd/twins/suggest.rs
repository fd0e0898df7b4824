//! `plimsoll twins suggest`: parts that changed together in the past.

use std::path::Path;

use jiff::tz::TimeZone;
use plimsoll_adapters::git::{Objects, Repository, read_history};
use plimsoll_analyze::twins::{Candidates, LARGEST_BYTES, Proposal, Rules, propose};
use plimsoll_core::Timestamp;
use plimsoll_core::say::safe;
use plimsoll_core::units::Period;
use plimsoll_engine::ports::Clock as _;
use plimsoll_wire::{ExitCode, TwinProposalView, TwinProposalsView, TwinWitnessView};

use crate::app::{App, SystemClock};
use crate::error::CliError;
use crate::render;

use super::of_git;

/// Reads the history of this repository and proposes pairs of parts that changed together, with the
/// commits that show it. Nothing is written and nothing is enforced: copy what makes sense.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  plimsoll twins suggest --since 2y --min-support 3")]
pub struct Args {
    /// How far back to look: 90d, 26w, 2y, or a day [default: everything]
    #[arg(long, value_name = "WHEN")]
    since: Option<String>,
    /// In how many changes both must have changed
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(2..))]
    min_support: u32,
    /// The share of changes of the busier part in which the other changed too, 0 to 1
    #[arg(long, value_name = "SHARE", default_value_t = 0.5, value_parser = share)]
    min_confidence: f64,
    /// How alike the two must be, 0 to 1
    #[arg(long, value_name = "SHARE", default_value_t = 0.3, value_parser = share)]
    min_similarity: f64,
}

fn share(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(share) if (0.0..=1.0).contains(&share) => Ok(share),
        Ok(_) | Err(_) => Err("write a number from 0 to 1".to_owned()),
    }
}

/// Runs it.
///
/// # Errors
/// This is no repository, or it cannot be read.
pub fn run(app: &App, args: &Args) -> Result<ExitCode, CliError> {
    let now = SystemClock::default().now();
    let since = args.since.as_deref().map(|text| moment(text, now)).transpose()?;
    let rules = Rules {
        min_support: args.min_support,
        min_confidence: args.min_confidence,
        min_similarity: args.min_similarity,
        ..Rules::default()
    };
    let repository = Repository::open(Path::new(".")).map_err(|error| of_git(&error))?;
    // A repository without a commit has no history, and git says so only in words.
    repository.range("HEAD..HEAD").map_err(|error| of_git(&error))?;
    let mut candidates = Candidates::default();
    read_history(&repository, since.as_deref(), &mut |commit| candidates.add(commit, &rules))
        .map_err(|error| of_git(&error))?;
    let steps = candidates.steps(&rules);
    let mut objects = Objects::open(&repository).map_err(|error| of_git(&error))?;
    let proposals =
        propose(&candidates, &steps, &rules, &mut |id| objects.content(id, LARGEST_BYTES as u64));
    let view = TwinProposalsView {
        commits: candidates.commits,
        configuration: configuration(&proposals),
        proposals: proposals.iter().map(view).collect(),
    };
    app.answer(&view, |style| render::twin_proposals(&view, candidates.mass_changes, style))?;
    Ok(ExitCode::Yes)
}

/// A moment in the past, as git reads it.
fn moment(text: &str, now: Timestamp) -> Result<String, CliError> {
    let years = text
        .strip_suffix('y')
        .and_then(|years| years.parse::<u64>().ok())
        .filter(|years| *years <= 200);
    let from = match years {
        Some(years) => Some(Period::from_hours(years * 8_766).before(now)),
        None => text.parse::<Period>().ok().map(|period| period.before(now)),
    };
    let from = from.or_else(|| {
        let day: jiff::civil::Date = text.parse().ok()?;
        Some(day.to_zoned(TimeZone::UTC).ok()?.timestamp())
    });
    // Git counts seconds, and knows nothing before 1970.
    let from = from.ok_or_else(|| {
        CliError::usage(
            format!("--since: `{text}` is no time"),
            "--since 2y, --since 90d, or --since 2026-01-31",
        )
    })?;
    let second = Timestamp::from_second(from.as_second().max(86_400)).unwrap_or(from);
    Ok(second.to_string())
}

fn day(at: i64) -> String {
    Timestamp::from_second(at)
        .map_or_else(|_| "unknown".to_owned(), |at| at.to_zoned(TimeZone::UTC).date().to_string())
}

fn view(proposal: &Proposal) -> TwinProposalView {
    let witness = |one: &plimsoll_analyze::twins::Witness| TwinWitnessView {
        id: one.id.clone(),
        day: day(one.at),
        subject: safe(&one.subject).into_owned(),
    };
    TwinProposalView {
        left: proposal.left.clone(),
        right: proposal.right.clone(),
        support: proposal.support,
        changes: proposal.changes,
        confidence: round(proposal.confidence),
        similarity: round(proposal.similarity),
        commits: proposal.commits.iter().map(witness).collect(),
    }
}

fn round(share: f64) -> f64 {
    (share * 100.0).round() / 100.0
}

/// The pairs as they stand in a configuration.
fn configuration(proposals: &[Proposal]) -> String {
    use std::fmt::Write as _;
    let mut text = String::new();
    if proposals.is_empty() {
        return text;
    }
    text.push_str("twins:\n");
    for one in proposals {
        // A JSON text is a YAML text in double quotes.
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        let _ =
            writeln!(text, "  - left: {}\n    right: {}", quoted(&one.left), quoted(&one.right));
        let _ = writeln!(
            text,
            "    # together in {} of {} changes; {:.0} % alike",
            one.support,
            one.changes,
            one.similarity * 100.0
        );
        for commit in &one.commits {
            let short: String = commit.id.chars().take(10).collect();
            let _ = writeln!(
                text,
                "    # {short} {} {}",
                day(commit.at),
                plimsoll_core::say::shorten(&commit.subject, 60)
            );
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_far_back_is_written_in_years_days_or_as_a_day() {
        let now: Timestamp = "2026-11-21T12:00:00Z".parse().expect("a moment");
        let of = |text| moment(text, now).map_err(|error| error.to_string());
        assert_eq!(of("2y").as_deref(), Ok("2024-11-21T00:00:00Z"));
        assert_eq!(of("90d").as_deref(), Ok("2026-08-23T12:00:00Z"));
        assert_eq!(of("2018-07-01").as_deref(), Ok("2018-07-01T00:00:00Z"));
        assert_eq!(of("200y").as_deref(), Ok("1970-01-02T00:00:00Z"));
        assert!(
            of("--upload-pack=x").is_err() && of("yesterday").is_err() && of("999999999y").is_err()
        );
    }
}
