//! `plimsoll show`: one thing whole.

use std::path::Path;

use plimsoll_core::catalog::Service;
use plimsoll_core::event::Event;
use plimsoll_core::ids::{
    CheckName, CheckRunId, DecisionId, DeploymentId, EnvironmentName, LaneId, PromotionId,
    ReleaseId, Seq, ServiceName, TargetId,
};
use plimsoll_core::record::CheckResult;
use plimsoll_core::say;
use plimsoll_engine::desk::DeskError;
use plimsoll_wire::{
    CheckRunView, DecisionView, DeploymentView, EventView, ExitCode, PlanView, PromotionStoryView,
    ReleaseView, ServiceView, TargetView,
};

use crate::app::{App, Opened, Wants};
use crate::error::CliError;
use crate::render;

use super::show_pictures;

/// Shows one thing whole: a service, SERVICE/ENVIRONMENT, a release, a target, the last run of a
/// check (TARGET/CHECK), a decision g-N, a promotion p-N, a deployment d-N, a check run r-N, or
/// event N.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  plimsoll show g-118
  plimsoll show shop@1.1
  plimsoll show shop/staging/nl-vm
  plimsoll show shop/staging/nl-vm/home     the last run of a check, with its output
  plimsoll show shop/staging/nl-vm/home --pictures looked/
  plimsoll show shop@1.1 --on staging --pictures looked/     every picture of a release, to sign it off")]
pub struct Args {
    /// What
    #[arg(value_name = "WHAT")]
    what: String,
    /// Also writes the pictures of a page check's run, or of all of a release, into this folder: what
    /// is known to be good, what was looked at, and what changed, framed. That you opened them is
    /// written down, and `sign-off` asks for it
    #[arg(long, value_name = "DIR")]
    pictures: Option<std::path::PathBuf>,
    /// The environment whose pictures of a release are meant [default: the only one before a gate]
    #[arg(long, value_name = "ENVIRONMENT", requires = "pictures")]
    on: Option<EnvironmentName>,
}

impl Args {
    /// The folder that pictures are written into.
    pub fn pictures(&self) -> Option<&Path> {
        self.pictures.as_deref()
    }

    /// What it asks for.
    pub fn wants(&self) -> Wants {
        Wants::Seen
    }
}

/// Runs it.
///
/// # Errors
/// See [`CliError`].
pub async fn run(app: &App, args: Args) -> Result<ExitCode, CliError> {
    let opened = app.open_to_read().await?;
    let (what, pictures) = (args.what.as_str(), args.pictures.as_deref());
    if let Ok(id) = what.parse::<DecisionId>() {
        return decision(app, &opened, id).await;
    }
    if let Ok(id) = what.parse::<PromotionId>() {
        return promotion(app, &opened, id).await;
    }
    if let Ok(id) = what.parse::<DeploymentId>() {
        return deployment(app, &opened, id).await;
    }
    if let Ok(id) = what.parse::<CheckRunId>() {
        return check_run(app, &opened, id, pictures).await;
    }
    if let Ok(seq) = what.parse::<u64>() {
        return event(app, &opened, Seq(seq)).await;
    }
    if let Ok(release) = what.parse::<ReleaseId>() {
        return show_release(app, &opened, &release, (pictures, args.on.as_ref())).await;
    }
    if let Some((target, check)) = what.rsplit_once('/')
        && let (Ok(target), Ok(check)) = (target.parse::<TargetId>(), check.parse::<CheckName>())
    {
        return last_run(app, &opened, (&target, &check), pictures).await;
    }
    if let Ok(target) = what.parse::<TargetId>() {
        return show_target(app, &opened, &target).await;
    }
    if let Ok(lane) = what.parse::<LaneId>() {
        opened.may_see(Some(&lane.service))?;
        opened.desk.known_environment(&lane.service, Some(&lane.environment))?;
        return service(app, &opened, &lane.service).await;
    }
    if let Ok(name) = what.parse::<ServiceName>() {
        return service(app, &opened, &name).await;
    }
    Err(CliError::usage(
        format!("`{}` is nothing that could be shown", say::safe(what)),
        "plimsoll show --help",
    ))
}

async fn the_event(opened: &Opened, seq: Seq, what: &str) -> Result<Event, CliError> {
    let event = opened.desk.event(seq, what).await?;
    opened.may_see(event.stream.service())?;
    Ok(event)
}

async fn decision(app: &App, opened: &Opened, id: DecisionId) -> Result<ExitCode, CliError> {
    let event = the_event(opened, id.0, &format!("decision {id}")).await?;
    let decision = opened.desk.whole_decision(&event).await?.decision;
    let view = DecisionView::from(&decision).with_id(id);
    app.answer(&view, |style| render::gate(&decision, Some(id), &app.reader(), style))?;
    Ok(ExitCode::Yes)
}

async fn promotion(app: &App, opened: &Opened, id: PromotionId) -> Result<ExitCode, CliError> {
    let event = the_event(opened, id.0, &format!("promotion {id}")).await?;
    let reader = app.reader();
    let whole = opened.desk.whole_promotion(&event, &reader).await?;
    let view = PromotionStoryView {
        id: id.to_string(),
        standing: whole.standing.1.clone(),
        driven: whole.driven,
        plan: PlanView::from(&whole.plan),
        events: whole.events.iter().map(EventView::from).collect(),
    };
    let next = match whole.driven {
        Some(false) => format!("plimsoll resume {}     goes on with it", whole.plan.lane),
        Some(true) | None => format!("plimsoll status {}", whole.plan.lane.service),
    };
    app.answer(&view, |style| {
        let (named, standing) = ((id, &whole.plan), &whole.standing);
        render::show_promotion(named, standing, &whole.events, &next, &reader, style)
    })?;
    Ok(ExitCode::Yes)
}

async fn deployment(app: &App, opened: &Opened, id: DeploymentId) -> Result<ExitCode, CliError> {
    let event = the_event(opened, id.0, &format!("deployment {id}")).await?;
    let (on, found) = opened.desk.whole_deployment(&event, None).await?;
    let output = found.report.as_ref().and_then(|report| report.output.as_ref());
    let printed = opened.desk.printed(output).await?;
    app.answer(&DeploymentView::of(&found, &on, printed.as_deref()), |style| {
        render::show_deployment(&found, &on, printed.as_deref(), &app.reader(), style)
    })?;
    Ok(ExitCode::Yes)
}

async fn check_run(
    app: &App,
    opened: &Opened,
    id: CheckRunId,
    pictures: Option<&Path>,
) -> Result<ExitCode, CliError> {
    let event = the_event(opened, id.0, &format!("check run {id}")).await?;
    let (result, control) = opened.desk.whole_run(&event).await?;
    let printed = opened.desk.printed(result.output.as_ref()).await?;
    let written = match pictures {
        Some(folder) => {
            let written = show_pictures::write(app, opened, (id, &result), folder).await?;
            let CheckResult { target, version, .. } = &result;
            let release = ReleaseId { service: target.service.clone(), version: version.clone() };
            let (environment, name) = (&target.environment, target.target.clone());
            opened.desk.note_opened(&release, environment, &[name], &opened.person).await?;
            written
        }
        None => Vec::new(),
    };
    let reader = app.reader();
    let view =
        CheckRunView::of(id, &result, printed.as_deref()).controlled(control.as_ref(), &reader);
    app.answer(&view, |style| {
        let run =
            render::show_run(id, &result, control.as_ref(), printed.as_deref(), &reader, style);
        let written = written.iter().map(|line| render::paragraph(line, style)).collect();
        let kept = pictures.is_none() && !show_pictures::of(&result).is_empty();
        let then = match kept {
            true => format!("plimsoll show {id} --pictures DIR"),
            false => verify_again(&result),
        };
        [run, written, style.next(&then)].concat()
    })?;
    Ok(ExitCode::Yes)
}

fn verify_again(result: &CheckResult) -> String {
    let CheckResult { target, version, .. } = result;
    if result.reported.is_some() {
        return format!("plimsoll status {}", target.service);
    }
    format!(
        "plimsoll verify {}@{version} --on {} --target {}",
        target.service, target.environment, target.target
    )
}

async fn last_run(
    app: &App,
    opened: &Opened,
    (target, check): (&TargetId, &CheckName),
    pictures: Option<&Path>,
) -> Result<ExitCode, CliError> {
    known_target(opened, target)?;
    let state = opened.desk.load(&target.service).await?;
    let run = state.target(target).and_then(|known| known.results.get(check)).map(|run| run.id);
    match run {
        Some(id) => check_run(app, opened, id, pictures).await,
        None => Err(CliError::usage(
            format!("{check} never ran on {target}"),
            format!("plimsoll show {target}   lists what ran"),
        )),
    }
}

fn known_target<'a>(opened: &'a Opened, target: &TargetId) -> Result<&'a Service, CliError> {
    opened.may_see(Some(&target.service))?;
    let service = opened.desk.service(&target.service)?;
    if service.target(target).is_none() {
        return Err(DeskError::NoTarget(target.clone()).into());
    }
    Ok(service)
}

async fn show_target(app: &App, opened: &Opened, id: &TargetId) -> Result<ExitCode, CliError> {
    let service = known_target(opened, id)?;
    let state = opened.desk.load(&id.service).await?;
    let target = state.target(id).cloned().unwrap_or_default();
    let seen = super::status::seen(opened, service, &state).await?;
    let all = ServiceView::of(&seen, &app.reader());
    let view: Option<&TargetView> = all
        .environments
        .iter()
        .filter(|environment| environment.environment == id.environment.as_str())
        .flat_map(|environment| &environment.targets)
        .find(|view| view.target == id.target.as_str());
    app.answer(&view, |style| render::show_target(id, &target, &app.reader(), style))?;
    Ok(ExitCode::Yes)
}

async fn show_release(
    app: &App,
    opened: &Opened,
    id: &ReleaseId,
    (pictures, on): (Option<&Path>, Option<&EnvironmentName>),
) -> Result<ExitCode, CliError> {
    opened.may_see(Some(&id.service))?;
    let release = opened.desk.known_release(id).await?;
    let written = match pictures {
        Some(folder) => show_pictures::write_release(app, opened, id, on, folder).await?,
        None => Vec::new(),
    };
    let state = opened.desk.load(&id.service).await?;
    app.answer(&ReleaseView::from(&release), |style| {
        let shown = render::show_release(&release, &state, &app.reader(), style);
        let written = written.iter().map(|line| render::paragraph(line, style));
        std::iter::once(shown).chain(written).collect()
    })?;
    Ok(ExitCode::Yes)
}

async fn service(app: &App, opened: &Opened, name: &ServiceName) -> Result<ExitCode, CliError> {
    opened.may_see(Some(name))?;
    let service = opened.desk.service(name)?;
    let state = opened.desk.load(name).await?;
    let seen = super::status::seen(opened, service, &state).await?;
    let reader = app.reader();
    app.answer(&ServiceView::of(&seen, &reader), |style| {
        render::show_service(&seen, &reader, style)
    })?;
    Ok(ExitCode::Yes)
}

async fn event(app: &App, opened: &Opened, seq: Seq) -> Result<ExitCode, CliError> {
    let event = the_event(opened, seq, &format!("event {seq}")).await?;
    app.answer(&EventView::from(&event), |style| render::show_event(&event, &app.reader(), style))?;
    Ok(ExitCode::Yes)
}
