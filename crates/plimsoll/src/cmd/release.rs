//! `plimsoll release`: name releases, and look at them.

use clap::{Subcommand, ValueEnum};
use plimsoll_adapters::artifacts::{ArtifactError, ArtifactSpec, build_artifacts};
use plimsoll_core::catalog::ChangeClass;
use plimsoll_core::ids::ReleaseId;
use plimsoll_core::record::{Release, State};
use plimsoll_core::say;
use plimsoll_engine::desk::{Added, DeskError};
use plimsoll_wire::{ExitCode, ReleaseView};

use crate::app::App;
use crate::error::CliError;
use crate::render;

/// Names releases, and looks at them.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  plimsoll release add shop@1.1 ./dist
  plimsoll release list shop
  plimsoll release show shop@1.1")]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Name a release: what it is made of, by content. A name is given once
    Add(Add),
    /// List releases, newest first
    List {
        /// The service
        service: plimsoll_core::ids::ServiceName,
    },
    /// Show a release whole
    Show {
        /// The release, SERVICE@VERSION
        release: ReleaseId,
    },
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
An artifact is one of
  [NAME=]PATH               a file or a directory; plimsoll hashes it and keeps a copy to go back to
  NAME=git:REPO@REV         a commit in a local clone
  NAME@sha256:DIGEST        anything that a digest stands for: an image, a package, a chart

Examples:
  plimsoll release add shop@1.1 ./dist
  plimsoll release add shop@1.1 site=./dist code=git:.@v1.1 --change major --notes \"new checkout\"
  plimsoll release add shop@1.2 ./dist --irreversible      its migration cannot be undone")]
struct Add {
    /// The release, SERVICE@VERSION
    release: ReleaseId,
    /// What it is made of
    #[arg(required = true, value_name = "ARTIFACT")]
    artifacts: Vec<ArtifactSpec>,
    /// How large the change is; rules may apply to some only
    #[arg(long, value_name = "CLASS", default_value = "minor")]
    change: Change,
    /// It cannot be undone: it is never rolled back by itself, a person is called instead
    #[arg(long)]
    irreversible: bool,
    /// Free words
    #[arg(long, value_name = "WORDS", default_value = "")]
    notes: String,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Change {
    Major,
    Minor,
    Patch,
}

/// Runs it.
///
/// # Errors
/// See [`CliError`].
pub async fn run(app: &App, args: Args) -> Result<ExitCode, CliError> {
    match args.verb {
        Verb::Add(add) => run_add(app, add).await,
        Verb::List { service } => list(app, &service).await,
        Verb::Show { release } => show(app, &release).await,
    }
}

async fn run_add(app: &App, args: Add) -> Result<ExitCode, CliError> {
    let opened = app.open().await?;
    opened.desk.service(&args.release.service)?;
    let here = std::env::current_dir()?;
    let artifacts =
        build_artifacts(&args.artifacts, &here, &*opened.blobs).await.map_err(not_built)?;
    let release = Release {
        id: args.release,
        artifacts,
        change: match args.change {
            Change::Major => ChangeClass::Major,
            Change::Minor => ChangeClass::Minor,
            Change::Patch => ChangeClass::Patch,
        },
        irreversible: args.irreversible,
        notes: args.notes,
        added_at: opened.desk.now(),
        added_by: opened.person.clone(),
    };
    let id = release.id.clone();
    let added = opened.desk.add_release(release).await?;
    let release = opened.desk.release(&id).await?;
    let words = match added {
        Added::New => "Added",
        Added::Same => "Known already, with the very same content",
        Added::Named => "Its artifacts are named now",
    };
    let sentence = format!(
        "{words}: {id}, {} {}, {}.",
        release.artifacts.len(),
        say::plural(release.artifacts.len(), "artifact"),
        release.digest()
    );
    let service = opened.desk.service(&id.service)?;
    let first = service.environments.iter().find(|environment| environment.after.is_none());
    app.answer(&ReleaseView::from(&release), |style| {
        let mut text = style.answer(say::mark(State::Satisfied), &sentence);
        if let Some(first) = first {
            text.push_str(&style.next(&format!("plimsoll deploy {id} --to {}", first.name)));
        }
        text
    })?;
    Ok(ExitCode::Yes)
}

/// A release that cannot be made of this is refused; a disk that does not keep it is our trouble.
fn not_built(error: ArtifactError) -> CliError {
    match error {
        ArtifactError::NotKept(blob) => DeskError::from(blob).into(),
        other => CliError::refused(other.to_string(), "plimsoll release add --help"),
    }
}

async fn list(app: &App, service: &plimsoll_core::ids::ServiceName) -> Result<ExitCode, CliError> {
    let opened = app.open().await?;
    opened.desk.service(service)?;
    let state = opened.desk.load(service).await?;
    let mut releases: Vec<&Release> = state.releases.values().collect();
    releases.sort_by_key(|release| std::cmp::Reverse(release.added_at));
    let views: Vec<_> = releases.iter().map(|release| ReleaseView::from(*release)).collect();
    app.answer(&views, |style| {
        let count = releases.len();
        let sentence = format!("{service} has {count} {}.", say::plural(count, "release"));
        let mut text = style.answer(say::mark(State::Satisfied), &sentence);
        for release in &releases {
            let line = format!(
                "  {:24} {}  {}  {}",
                release.id.to_string(),
                release.digest().short(),
                app.reader().day(release.added_at),
                release.notes
            );
            text.push_str(style.text(line.trim_end()).as_str());
            text.push('\n');
        }
        text
    })?;
    Ok(ExitCode::Yes)
}

async fn show(app: &App, id: &ReleaseId) -> Result<ExitCode, CliError> {
    let opened = app.open().await?;
    opened.desk.service(&id.service)?;
    let release = opened.desk.release(id).await.map_err(|error| match error {
        DeskError::NoRelease(id) => CliError::from(DeskError::NoRelease(id)),
        other => other.into(),
    })?;
    let state = opened.desk.load(&id.service).await?;
    app.answer(&ReleaseView::from(&release), |style| {
        render::show_release(&release, &state, &app.reader(), style)
    })?;
    Ok(ExitCode::Yes)
}
