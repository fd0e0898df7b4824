//! `plimsoll release`: name releases, and look at them.

use clap::{Subcommand, ValueEnum};
use plimsoll_adapters::artifacts::{ArtifactError, ArtifactSpec, build_artifacts};
use plimsoll_core::catalog::{ChangeClass, Environment, ObserveKind, Service, Target};
use plimsoll_core::ids::ReleaseId;
use plimsoll_core::record::{Artifact, Permission, Release, State};
use plimsoll_core::say;
use plimsoll_engine::desk::{Added, DeskError};
use plimsoll_engine::words::Typed;
use plimsoll_wire::{ExitCode, ReleaseView, ReleasesView};

use crate::app::{App, Opened, Wants};
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

impl Args {
    /// What a release is to be made of, if one is added.
    pub fn artifacts(&self) -> Option<&[ArtifactSpec]> {
        match &self.verb {
            Verb::Add(add) => Some(&add.artifacts),
            Verb::List { .. } | Verb::Show { .. } => None,
        }
    }

    /// What it asks for.
    pub fn wants(&self) -> Wants {
        match &self.verb {
            Verb::Add(add) => Wants::Of(Permission::Report, add.release.service.clone()),
            Verb::List { service } => Wants::Of(Permission::Read, service.clone()),
            Verb::Show { release } => Wants::Of(Permission::Read, release.service.clone()),
        }
    }
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
    notes: Typed,
    /// The artifacts as they were made of these at another machine
    #[arg(long, value_name = "JSON", value_parser = made, hide = true)]
    made: Option<Made>,
}

/// Artifacts that were hashed, and sent, elsewhere.
#[derive(Debug, Clone)]
struct Made(Vec<Artifact>);

fn made(text: &str) -> Result<Made, String> {
    serde_json::from_str(text).map(Made).map_err(|error| error.to_string())
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
    let notes = opened.desk.note("notes", &args.notes)?;
    let artifacts = match (args.made, &app.served) {
        (Some(Made(artifacts)), Some(_)) => {
            opened.desk.prove_artifacts(&artifacts).await?;
            artifacts
        }
        (None, None) => {
            let here = std::env::current_dir()?;
            build_artifacts(&args.artifacts, &here, &*opened.blobs).await.map_err(not_built)?
        }
        _ => return Err(CliError::usage("--made comes from another machine", "leave it out")),
    };
    let release = Release {
        id: args.release,
        artifacts,
        change: match args.change {
            Change::Major => ChangeClass::Major,
            Change::Minor => ChangeClass::Minor,
            Change::Patch => ChangeClass::Patch,
        },
        irreversible: args.irreversible,
        notes,
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
    let next = after_adding(&opened, &id).await?;
    app.answer(&ReleaseView::from(&release), |style| {
        let mut text = style.answer(say::mark(State::Satisfied), &sentence);
        next.iter().for_each(|next| text.push_str(&style.next(next)));
        text
    })?;
    Ok(ExitCode::Yes)
}

/// What to do with a release that was named. While nobody has said what production runs there is no
/// way back, so that comes first.
async fn after_adding(opened: &Opened, id: &ReleaseId) -> Result<Vec<String>, CliError> {
    let service = opened.desk.service(&id.service)?;
    let state = opened.desk.load(&id.service).await?;
    let first = service.environments.iter().find(|environment| environment.after.is_none());
    let deploy = first.map(|first| format!("plimsoll deploy {id} --to {}", first.name));
    let unknown = service.environments.iter().find(|environment| {
        let lane = state.lane(&environment.name);
        environment.after.is_some() && lane.targets.values().all(|t| t.deployment.is_none())
    });
    let Some(unknown) = unknown else {
        return Ok(deploy.into_iter().collect());
    };
    // Where plimsoll itself puts the link, nothing runs that it has not put there.
    if all_observed_by_link(service, unknown) {
        return Ok(deploy.into_iter().collect());
    }
    let unknown = &unknown.name;
    let adopt = format!("plimsoll adopt {id} --on {unknown}     if it is what runs there now");
    let deploy = deploy.map(|deploy| format!("{deploy}     if it is new"));
    Ok(std::iter::once(adopt).chain(deploy).collect())
}

fn all_observed_by_link(service: &Service, environment: &Environment) -> bool {
    let link = |target: &Target| {
        let platform = service.platforms.get(&target.platform);
        platform.is_some_and(|platform| matches!(platform.observe.kind, ObserveKind::Link))
    };
    environment.targets.values().all(link)
}

/// A release that cannot be made of this is refused; a disk that does not keep it is our trouble.
fn not_built(error: ArtifactError) -> CliError {
    match error {
        ArtifactError::NotKept(blob) => DeskError::from(blob).into(),
        other => CliError::refused(other.to_string(), "plimsoll release add --help"),
    }
}

async fn list(app: &App, service: &plimsoll_core::ids::ServiceName) -> Result<ExitCode, CliError> {
    let opened = app.open_to_read().await?;
    opened.desk.service(service)?;
    let state = opened.desk.load(service).await?;
    let mut releases: Vec<&Release> = state.releases.values().collect();
    releases.sort_by_key(|release| std::cmp::Reverse(release.added_at));
    let view = ReleasesView {
        service: service.to_string(),
        releases: releases.iter().map(|release| ReleaseView::from(*release)).collect(),
    };
    app.answer(&view, |style| {
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
        text.push_str(&style.next(&match releases.first() {
            Some(newest) => format!("plimsoll show {}", newest.id),
            None => format!("plimsoll release add {service}@VERSION PATH"),
        }));
        text
    })?;
    Ok(ExitCode::Yes)
}

async fn show(app: &App, id: &ReleaseId) -> Result<ExitCode, CliError> {
    let opened = app.open_to_read().await?;
    opened.desk.service(&id.service)?;
    let release = opened.desk.known_release(id).await?;
    let state = opened.desk.load(&id.service).await?;
    app.answer(&ReleaseView::from(&release), |style| {
        render::show_release(&release, &state, &app.reader(), style)
    })?;
    Ok(ExitCode::Yes)
}
