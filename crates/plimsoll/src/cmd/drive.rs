//! Driving what was started to its end, with Ctrl-C heeded.

use plimsoll_core::event::PromotionEnd;
use plimsoll_core::ids::{EnvironmentName, LaneId, PromotionId};
use plimsoll_core::ledger::ServiceState;
use plimsoll_core::promote::PlanError;
use plimsoll_core::record::{PlanKind, State};
use plimsoll_core::say;
use plimsoll_engine::desk::DeskError;
use plimsoll_engine::tasks::{Configuration, Ended};
use plimsoll_wire::ExitCode;

use crate::app::{App, Opened};
use crate::error::CliError;
use crate::render::Style;

/// Drives to the end. The first interrupt asks the promotion to end and go back; a second one
/// leaves it where it is, for `plimsoll resume`.
pub(super) async fn drive(app: &App, opened: &Opened, lane: &LaneId) -> Result<Ended, CliError> {
    drive_under(app, opened, lane, Configuration::AsPlanned).await
}

/// Drives to the end, under the present configuration if that is what a person wants.
pub(super) async fn drive_under(
    app: &App,
    opened: &Opened,
    lane: &LaneId,
    configuration: Configuration,
) -> Result<Ended, CliError> {
    let mut interrupts = app.screen.interrupts()?;
    let work = opened.desk.drive_under(lane, configuration);
    tokio::pin!(work);
    let mut asked = false;
    loop {
        tokio::select! {
            ended = &mut work => return Ok(ended?),
            Some(()) = interrupts.recv() => {}
        }
        if asked {
            return Err(CliError::Unavailable {
                message: format!("left under way on {lane}, where it is"),
                hint: "plimsoll resume   goes on with it".to_owned(),
            });
        }
        asked = true;
        app.note("  interrupted: it ends and goes back; once more to leave it where it is");
        if let Err(error) =
            opened.desk.abort(lane, &opened.person, "interrupted at the terminal").await
        {
            app.note(&format!("  could not ask for it: {error}"));
        }
    }
}

/// Says that a killed command left something under way there, and what goes on with it.
pub(super) fn note_left(app: &App, state: &ServiceState, environment: &EnvironmentName) {
    if let Some(active) = state.active(environment) {
        app.note(&format!(
            "  {} ({} to {}) was interrupted, its process is gone:  plimsoll resume {}",
            active.id, active.plan.release, active.plan.lane, active.plan.lane
        ));
    }
}

/// What a killed command left under way is finished first; what another process drives is named.
/// Gives how it ended, if there was something.
pub(super) async fn pick_up(
    app: &App,
    opened: &Opened,
    lane: &LaneId,
    configuration: Configuration,
) -> Result<Option<(Ended, ServiceState)>, CliError> {
    let state = opened.desk.load(&lane.service).await?;
    let Some(active) = state.active(&lane.environment) else { return Ok(None) };
    if opened.desk.is_driven(lane).await? {
        return Err(DeskError::from(PlanError::UnderWay(active.id)).into());
    }
    app.note(&format!(
        "  {} ({} to {lane}) was left under way by a process that is gone; it is finished first",
        active.id, active.plan.release
    ));
    let before = ServiceState::clone(&state);
    let ended = drive_under(app, opened, lane, configuration).await?;
    Ok(Some((ended, before)))
}

/// The promotion as it was last seen, for the answer.
pub(super) async fn finished(
    opened: &Opened,
    lane: &LaneId,
    id: PromotionId,
) -> Result<Option<plimsoll_core::ledger::FinishedPromotion>, CliError> {
    let state = opened.desk.load(&lane.service).await?;
    let lane = state.lanes.get(&lane.environment);
    Ok(lane.and_then(|lane| lane.finished.iter().find(|f| f.id == id)).cloned())
}

/// Whether the end is a good one, for the mark.
fn is_good(end: &PromotionEnd) -> bool {
    match end {
        PromotionEnd::VerifiedGood | PromotionEnd::Deployed | PromotionEnd::Rehearsed => true,
        PromotionEnd::Withdrawn { .. }
        | PromotionEnd::RolledBack { .. }
        | PromotionEnd::NeedsPerson { .. } => false,
    }
}

/// How something ended, ready to be shown.
pub(super) struct Ending {
    /// For programs.
    pub view: plimsoll_wire::PromotionView,
    /// The exit code.
    pub code: ExitCode,
    sentence: String,
    next: String,
    well: bool,
}

impl Ending {
    /// For people.
    pub(super) fn text(&self, style: &Style) -> String {
        let mark = say::mark(if self.well { State::Satisfied } else { State::Failed });
        format!("{}{}", style.answer(mark, &self.sentence), style.next(&self.next))
    }
}

/// Answers how it ended, and gives the exit code.
pub(super) async fn answer(
    app: &App,
    opened: &Opened,
    lane: &LaneId,
    ended: &Ended,
) -> Result<ExitCode, CliError> {
    let ending = ending(opened, lane, ended).await?;
    app.answer(&ending.view, |style| ending.text(style))?;
    Ok(ending.code)
}

/// Answers how it ended to somebody who asked for that end, with the exit code that it means to
/// them.
pub(super) async fn answer_asked(
    app: &App,
    opened: &Opened,
    lane: &LaneId,
    ended: &Ended,
    code: ExitCode,
) -> Result<ExitCode, CliError> {
    let ending = ending(opened, lane, ended).await?;
    let ending = Ending { well: code == ExitCode::Yes, code, ..ending };
    app.answer(&ending.view, |style| ending.text(style))?;
    Ok(code)
}

/// How it ended. A rehearsal ends by coming forward again, which is a good end when its effect was
/// observed on every target.
pub(super) async fn ending(
    opened: &Opened,
    lane: &LaneId,
    ended: &Ended,
) -> Result<Ending, CliError> {
    let Some(finished) = finished(opened, lane, ended.promotion).await? else {
        return Err(DeskError::TakenOver(ended.promotion).into());
    };
    if finished.kind == PlanKind::Rehearsal {
        return ending_of_rehearsal(opened, lane, &finished).await;
    }
    let (release, took) = (&finished.release, ended.took.roughly());
    let how = say::end(&ended.end);
    let show = format!("plimsoll show {}     tells it whole", ended.promotion);
    let status = format!("plimsoll status {}", lane.service);
    let place = place(opened, lane, &finished);
    let (sentence, next) = match &ended.end {
        PromotionEnd::VerifiedGood => {
            (format!("Verified good: {release} runs on {place}, after {took}."), status)
        }
        PromotionEnd::Deployed => (
            format!("Deployed: {release} runs on {place}, after {took}."),
            format!("plimsoll verify {release} --on {}", lane.environment),
        ),
        PromotionEnd::Rehearsed => (format!("Rehearsed: {how}."), status),
        PromotionEnd::Withdrawn { reason } => {
            (format!("Withdrawn, nothing was moved: {reason}."), show)
        }
        PromotionEnd::RolledBack { .. } => (format!("Rolled back: {how}."), show),
        PromotionEnd::NeedsPerson { reason } => (format!("Needs a person: {reason}."), show),
    };
    if let PlanKind::BreakGlass { .. } = finished.kind {
        let state = opened.desk.load(&lane.service).await?;
        let open = state.follow_ups.iter().filter(|one| one.release == *release).count();
        return Ok(after_break_glass((&finished, open), &sentence, next));
    }
    Ok(Ending {
        view: plimsoll_wire::PromotionView::from(&finished),
        code: ExitCode::of_end(&ended.end),
        sentence,
        next,
        well: is_good(&ended.end),
    })
}

/// Where it runs now: the environment, or those of its targets that were to change.
fn place(
    opened: &Opened,
    lane: &LaneId,
    finished: &plimsoll_core::ledger::FinishedPromotion,
) -> String {
    let service = opened.desk.service(&lane.service).ok();
    let all = service.and_then(|service| service.environment(&lane.environment));
    match all.map(|environment| environment.targets.len()) {
        Some(all) if !finished.targets.is_empty() && finished.targets.len() < all => {
            let targets = say::list(&finished.targets, 4);
            format!("{} of {all} targets of {lane} ({targets})", finished.targets.len())
        }
        Some(_) | None => lane.to_string(),
    }
}

/// However it ended, the last words are that the gate was passed over, and what that left open.
fn after_break_glass(
    (finished, open): (&plimsoll_core::ledger::FinishedPromotion, usize),
    sentence: &str,
    next: String,
) -> Ending {
    let left = match open {
        0 => "Nothing of it is left open".to_owned(),
        1 => "1 follow-up is left open".to_owned(),
        open => format!("{open} follow-ups are left open"),
    };
    Ending {
        view: plimsoll_wire::PromotionView::from(finished),
        code: ExitCode::of_end(&finished.end),
        sentence: format!("BREAK-GLASS, the gate had refused. {sentence} {left}."),
        next: match open {
            0 => next,
            _ => format!("plimsoll follow-up {}", finished.release.service),
        },
        well: false,
    }
}

async fn ending_of_rehearsal(
    opened: &Opened,
    lane: &LaneId,
    finished: &plimsoll_core::ledger::FinishedPromotion,
) -> Result<Ending, CliError> {
    let state = opened.desk.load(&lane.service).await?;
    let rehearsals: Vec<_> = state
        .lanes
        .get(&lane.environment)
        .into_iter()
        .flat_map(|lane| lane.targets.values())
        .filter_map(|target| target.rehearsal.as_ref().map(|(_, rehearsal)| rehearsal))
        .filter(|rehearsal| rehearsal.promotion == finished.id)
        .collect();
    let bad: Vec<String> = rehearsals
        .iter()
        .filter_map(|r| Some(format!("{}: {}", r.target, r.finding.as_ref()?)))
        .collect();
    let well = bad.is_empty() && !rehearsals.is_empty();
    let sentence = if well {
        format!(
            "Rehearsed: {} went back to {} and forward again, both observed.",
            say::count(rehearsals.len(), "target"),
            finished.release.version
        )
    } else {
        format!(
            "The way back does not work: {}.",
            if bad.is_empty() { say::end(&finished.end) } else { bad.join("; ") }
        )
    };
    let ran = rehearsals.first().map_or(&finished.release.version, |rehearsal| &rehearsal.from);
    Ok(Ending {
        view: plimsoll_wire::PromotionView::from(finished),
        code: if well { ExitCode::Yes } else { ExitCode::NeedsPerson },
        sentence,
        next: format!("plimsoll verify {}@{ran} --on {}", lane.service, lane.environment),
        well,
    })
}
