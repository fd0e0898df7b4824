//! `plimsoll report`: tell what came of a check that others run.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use plimsoll_analyze::junit::JunitLimits;
use plimsoll_core::ids::{CheckName, ReleaseId, TargetId, Version};
use plimsoll_core::record::{Outcome, Permission};
use plimsoll_core::say::{self, Reader};
use plimsoll_engine::desk::{Report, Told};
use plimsoll_engine::words::Typed;
use plimsoll_wire::{CheckRunView, ExitCode};

use crate::app::{App, Wants, exact};
use crate::error::CliError;

/// Tells what came of a check that plimsoll does not run (`reported:` in the configuration). It is
/// bound to the deployment that is on the target now and to the version that is observed there, like a
/// result of plimsoll's own, with who reported it. A result of another version than the one that is
/// deployed is refused.
#[derive(Debug, clap::Args)]
#[command(
    disable_version_flag = true,
    after_help = "\
Examples:
  plimsoll report shop/staging/nl suite --version 1.1 --junit junit.xml --url https://ci.example/runs/118
  plimsoll report shop/staging/nl load-test --version 1.1 --outcome failed --finding \"p99 is 4 s\"

Exit codes: 0 it passed, 10 it did not, 11 nothing was executed."
)]
pub struct Args {
    /// Where it ran, SERVICE/ENVIRONMENT/TARGET
    target: TargetId,
    /// Which check
    check: CheckName,
    /// The version that it ran against
    #[arg(long, value_name = "VERSION")]
    version: Version,
    /// The JUnit file that its runner wrote
    #[arg(long, value_name = "FILE", required_unless_present = "outcome")]
    junit: Option<PathBuf>,
    /// What it came to, where there is no JUnit file
    #[arg(long, value_name = "OUTCOME", conflicts_with = "junit")]
    outcome: Option<Word>,
    /// What was found, in one sentence
    #[arg(long, value_name = "WORDS", default_value = "", conflicts_with = "junit")]
    finding: Typed,
    /// When it began: 2026-12-01T18:00:00Z [default: now]
    #[arg(long, value_name = "TIME")]
    began: Option<String>,
    /// Where it can be looked up
    #[arg(long, value_name = "LINK")]
    url: Option<Typed>,
    /// The content of the JUnit file, read at another machine, in base64
    #[arg(long, value_name = "BASE64", value_parser = sent, hide = true)]
    sent: Option<Sent>,
}

impl Args {
    /// What it asks for.
    pub fn wants(&self) -> Wants {
        Wants::Of(Permission::Report, self.target.service.clone())
    }

    /// The file that is to be read where the person is.
    pub fn junit(&self) -> Option<&Path> {
        self.junit.as_deref()
    }
}

/// The content of a file that was read at another machine.
#[derive(Debug, Clone)]
struct Sent(Vec<u8>);

fn sent(text: &str) -> Result<Sent, String> {
    BASE64_STANDARD.decode(text).map(Sent).map_err(|error| error.to_string())
}

/// What a check came to.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Word {
    /// As expected
    Passed,
    /// The release is wrong
    Failed,
    /// It could not look: says nothing about the release
    Errored,
}

/// Runs it.
///
/// # Errors
/// See [`CliError`]; a red result is an answer.
pub async fn run(app: &App, args: Args) -> Result<ExitCode, CliError> {
    let told = match (&args.junit, args.sent, &app.served, args.outcome) {
        (Some(_), Some(Sent(content)), Some(_), _) => Told::Junit(content.into()),
        (Some(file), None, None, _) => Told::Junit(read(file)?.into()),
        (Some(_), ..) => {
            return Err(CliError::usage("--sent comes from another machine", "leave it out"));
        }
        (None, _, _, word) => Told::Outcome { outcome: outcome(word), finding: args.finding },
    };
    let began = args.began.as_deref().map(|text| past(text, &app.reader())).transpose()?;
    let opened = app.open().await?;
    let Args { target, check, version, url, .. } = args;
    let report = Report { target, check, version, told, began, link: url };
    let (run, result) = opened.desk.report(&report, &opened.person).await?;
    let cell = say::cell(&result.target.target, &result.check, Some((run, &result)));
    let release =
        ReleaseId { service: result.target.service.clone(), version: result.version.clone() };
    let service = opened.desk.service(&release.service)?;
    let here = &result.target.environment;
    let after = service.environments.iter().find(|one| one.after.as_ref() == Some(here));
    app.answer(&CheckRunView::of(run, &result, None), |style| {
        let (check, target) = (&result.check, &result.target);
        let word = match cell.state {
            plimsoll_core::record::State::Satisfied => "passed",
            state => state.word(),
        };
        let sentence = format!("Reported as {run}: {check} {word} on {target}: {}", cell.finding);
        let next = match after {
            Some(next) => format!("plimsoll gate {release} --to {}", next.name),
            None => format!("plimsoll show {run}"),
        };
        format!("{}{}", style.answer(say::mark(cell.state), &sentence), style.next(&next))
    })?;
    Ok(ExitCode::of_states(std::iter::once(cell.state)))
}

const fn outcome(word: Option<Word>) -> Outcome {
    match word {
        Some(Word::Passed) => Outcome::Passed,
        Some(Word::Failed) => Outcome::Failed,
        // The command line does not let it be left out.
        Some(Word::Errored) | None => Outcome::Errored,
    }
}

pub fn read(file: &Path) -> Result<Vec<u8>, CliError> {
    let shown = file.display();
    let hint = "--junit FILE, the XML that the test runner wrote";
    let unreadable = |error: std::io::Error| {
        CliError::usage(format!("--junit: {shown} cannot be read: {error}"), hint)
    };
    let most = JunitLimits::default().bytes as u64;
    if !std::fs::metadata(file).map_err(unreadable)?.is_file() {
        return Err(CliError::usage(format!("--junit: {shown} is no file"), hint));
    }
    let mut bytes = Vec::new();
    let opened = std::fs::File::open(file).map_err(unreadable)?;
    opened.take(most + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > most {
        return Err(CliError::usage(format!("--junit: {shown} has more than {most} bytes"), hint));
    }
    Ok(bytes)
}

/// A moment that has passed.
fn past(text: &str, reader: &Reader) -> Result<plimsoll_core::Timestamp, CliError> {
    let hint = "--began 2026-12-01T18:00:00Z";
    match exact(text, reader) {
        Some(moment) if moment <= reader.now => Ok(moment),
        Some(_) => Err(CliError::usage(format!("--began: {text} has not come yet"), hint)),
        None => Err(CliError::usage(format!("--began: `{text}` is no moment"), hint)),
    }
}
