//! `plimsoll show`: one thing whole.

use std::path::Path;

use plimsoll_core::catalog::Service;
use plimsoll_core::event::{Event, EventKind, PromotionEnd};
use plimsoll_core::ids::{
    CheckName, CheckRunId, DecisionId, DeploymentId, EnvironmentName, LaneId, PromotionId,
    ReleaseId, Seq, ServiceName, TargetId,
};
use plimsoll_core::record::{BlobRef, CheckResult, Control, Plan};
use plimsoll_core::say;
use plimsoll_engine::desk::{DeskError, WholeDecision};
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

/// How many events are read at once.
const BATCH: u32 = 1_000;

/// In how many batches after a result its cause is looked for: all results of a verification come
/// before the first cause.
const CONTROLLED_WITHIN: u32 = 50;

/// Output shown of a run or a deployment; all of it is in the blob.
const SHOWN_BYTES: usize = 200_000;

/// Runs it.
///
/// # Errors
/// See [`CliError`].
pub async fn run(app: &App, args: Args) -> Result<ExitCode, CliError> {
    let opened = app.open_to_read().await?;
    let (what, pictures) = (args.what.as_str(), args.pictures.as_deref());
    if let Ok(DecisionId(seq)) = what.parse() {
        return decision(app, &opened, seq).await;
    }
    if let Ok(PromotionId(seq)) = what.parse() {
        return promotion(app, &opened, PromotionId(seq)).await;
    }
    if let Ok(DeploymentId(seq)) = what.parse() {
        return deployment(app, &opened, DeploymentId(seq)).await;
    }
    if let Ok(CheckRunId(seq)) = what.parse() {
        return check_run(app, &opened, CheckRunId(seq), pictures).await;
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
        super::names::known_lane(&opened, &lane)?;
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
    let found = opened.store.event(seq).await.map_err(DeskError::from)?;
    let event = found.ok_or_else(|| not_there(what))?;
    opened.may_see(event.stream.service())?;
    Ok(event)
}

fn not_there(what: &str) -> CliError {
    CliError::usage(format!("there is no {what}"), "plimsoll history   lists what there is")
}

async fn output(opened: &Opened, blob: Option<&BlobRef>) -> Result<Option<String>, CliError> {
    let Some(blob) = blob else { return Ok(None) };
    let bytes = opened.blobs.get(&blob.digest).await.map_err(DeskError::from)?;
    let shown = &bytes[..bytes.len().min(SHOWN_BYTES)];
    let mut text = String::from_utf8_lossy(shown).into_owned();
    if shown.len() < bytes.len() {
        text.push_str(&format!(
            "\n… {} more bytes, kept as {}",
            bytes.len() - shown.len(),
            blob.digest
        ));
    }
    Ok(Some(text))
}

async fn decision(app: &App, opened: &Opened, seq: Seq) -> Result<ExitCode, CliError> {
    let what = format!("decision {}", DecisionId(seq));
    let event = the_event(opened, seq, &what).await?;
    let EventKind::DecisionMade { whole, .. } = &event.kind else { return Err(not_there(&what)) };
    let bytes = opened.blobs.get(&whole.digest).await.map_err(DeskError::from)?;
    let whole: WholeDecision =
        serde_json::from_slice(&bytes).map_err(|error| CliError::Unavailable {
            message: format!("{what} cannot be read: {error}"),
            hint: "it may have been written by a newer plimsoll".to_owned(),
        })?;
    let decision = &whole.decision;
    let view = DecisionView::from(decision).with_id(DecisionId(seq));
    app.answer(&view, |style| render::gate(decision, Some(DecisionId(seq)), &app.reader(), style))?;
    Ok(ExitCode::Yes)
}

async fn promotion(app: &App, opened: &Opened, id: PromotionId) -> Result<ExitCode, CliError> {
    let what = format!("promotion {id}");
    let started = the_event(opened, id.0, &what).await?;
    let EventKind::PromotionStarted { plan, .. } = &started.kind else {
        return Err(not_there(&what));
    };
    let events = story(opened, plan, id).await?;
    let end = events.iter().find_map(|event| match &event.kind {
        EventKind::PromotionFinished { end, .. } => Some(end.clone()),
        _ => None,
    });
    let (standing, driven) = standing(opened, plan, end.as_ref(), app).await?;
    let view = PromotionStoryView {
        id: id.to_string(),
        standing: standing.1.clone(),
        driven,
        plan: PlanView::from(&**plan),
        events: events.iter().map(EventView::from).collect(),
    };
    let next = match driven {
        Some(false) => format!("plimsoll resume {}     goes on with it", plan.lane),
        Some(true) | None => format!("plimsoll status {}", plan.lane.service),
    };
    app.answer(&view, |style| {
        render::show_promotion((id, plan), &standing, &events, &next, &app.reader(), style)
    })?;
    Ok(ExitCode::Yes)
}

/// How it stands or ended, and whether somebody drives it if it has not ended.
async fn standing(
    opened: &Opened,
    plan: &Plan,
    end: Option<&PromotionEnd>,
    app: &App,
) -> Result<((say::Mark, String), Option<bool>), CliError> {
    if let Some(end) = end {
        return Ok(((say::end_mark(end), say::end(end)), None));
    }
    let state = opened.desk.load(&plan.lane.service).await?;
    let Some(active) = state.active(&plan.lane.environment) else {
        return Ok(((say::WAITING, "its end is not known".to_owned()), None));
    };
    let (standing, words) = say::going(active, &app.reader());
    let driven = opened.desk.is_driven(&plan.lane).await?;
    Ok(match driven {
        true => ((standing.mark(), words), Some(true)),
        false => ((say::Standing::Interrupted.mark(), say::left_behind(&words)), Some(false)),
    })
}

/// The lane's events from the beginning of a promotion to its end.
async fn story(opened: &Opened, plan: &Plan, id: PromotionId) -> Result<Vec<Event>, CliError> {
    let mut events = Vec::new();
    let mut after = Seq(id.0.0 - 1);
    loop {
        let page = opened
            .store
            .service_events(&plan.lane.service, after, 1_000)
            .await
            .map_err(DeskError::from)?;
        let Some(last) = page.last() else { return Ok(events) };
        after = last.seq;
        for event in page {
            let ours = matches!(&event.stream, plimsoll_core::event::Stream::Lane(lane) if *lane == plan.lane);
            let ends = matches!(&event.kind, EventKind::PromotionFinished { promotion, .. } if *promotion == id);
            if ours {
                events.push(event);
            }
            if ends {
                return Ok(events);
            }
        }
    }
}

async fn deployment(app: &App, opened: &Opened, id: DeploymentId) -> Result<ExitCode, CliError> {
    let what = format!("deployment {id}");
    let event = the_event(opened, id.0, &what).await?;
    let plimsoll_core::event::Stream::Lane(lane) = &event.stream else {
        return Err(not_there(&what));
    };
    let state = opened.desk.load(&lane.service).await?;
    let lane_state = state.lanes.get(&lane.environment);
    let current =
        lane_state.into_iter().flat_map(|lane| &lane.targets).find_map(|(name, target)| {
            target
                .deployment
                .as_ref()
                .filter(|deployment| deployment.id == id)
                .map(|found| (name, found))
        });
    let Some((name, found)) = current else {
        // An earlier one: its events tell it.
        return show_event(app, &event);
    };
    let printed =
        output(opened, found.report.as_ref().and_then(|report| report.output.as_ref())).await?;
    let view = DeploymentView::of(found, &lane.target(name), printed.as_deref());
    app.answer(&view, |style| {
        render::show_deployment(found, &lane.target(name), printed.as_deref(), &app.reader(), style)
    })?;
    Ok(ExitCode::Yes)
}

async fn check_run(
    app: &App,
    opened: &Opened,
    id: CheckRunId,
    pictures: Option<&Path>,
) -> Result<ExitCode, CliError> {
    let what = format!("check run {id}");
    let event = the_event(opened, id.0, &what).await?;
    let EventKind::CheckFinished { result } = &event.kind else { return Err(not_there(&what)) };
    let printed = output(opened, result.output.as_ref()).await?;
    let control = control_of(opened, &event, id).await?;
    let written = match pictures {
        Some(folder) => {
            let written = show_pictures::write(app, opened, (id, &**result), folder).await?;
            let CheckResult { target, version, .. } = &**result;
            let release = ReleaseId { service: target.service.clone(), version: version.clone() };
            let (environment, name) = (&target.environment, target.target.clone());
            opened.desk.note_opened(&release, environment, &[name], &opened.person).await?;
            written
        }
        None => Vec::new(),
    };
    let reader = app.reader();
    let view =
        CheckRunView::of(id, result, printed.as_deref()).controlled(control.as_ref(), &reader);
    app.answer(&view, |style| {
        let run =
            render::show_run(id, result, control.as_ref(), printed.as_deref(), &reader, style);
        let written = written.iter().map(|line| render::paragraph(line, style)).collect();
        let kept = pictures.is_none() && !show_pictures::of(result).is_empty();
        let then = match kept {
            true => format!("plimsoll show {id} --pictures DIR"),
            false => verify_again(result),
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

/// What control runs found out about a run, which is written down soon after it.
async fn control_of(
    opened: &Opened,
    event: &Event,
    run: CheckRunId,
) -> Result<Option<Control>, CliError> {
    let mut version = event.version;
    for _ in 0..CONTROLLED_WITHIN {
        let later = opened.store.stream_events(&event.stream, version, BATCH).await;
        let later = later.map_err(DeskError::from)?;
        version += u64::from(BATCH);
        let ended = later.len() < BATCH as usize;
        let found = later.into_iter().find_map(|later| match later.kind {
            EventKind::CheckControlled { run: of, control, .. } if of == run => Some(*control),
            _ => None,
        });
        if found.is_some() || ended {
            return Ok(found);
        }
    }
    Ok(None)
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
    let release = super::names::known_release(opened, id).await?;
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
    show_event(app, &event)
}

fn show_event(app: &App, event: &Event) -> Result<ExitCode, CliError> {
    app.answer(&EventView::from(event), |style| render::show_event(event, &app.reader(), style))?;
    Ok(ExitCode::Yes)
}
