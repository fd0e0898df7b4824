//! Driving what was started to its end, with Ctrl-C heeded.

use plimsoll_core::event::PromotionEnd;
use plimsoll_core::ids::{LaneId, PromotionId};
use plimsoll_core::ledger::ServiceState;
use plimsoll_core::promote::PlanError;
use plimsoll_engine::desk::DeskError;
use plimsoll_engine::tasks::Ended;
use tokio::signal::unix::{SignalKind, signal};

use crate::app::{App, Opened};
use crate::error::CliError;

/// Drives to the end. The first interrupt asks the promotion to end and go back; a second one
/// leaves it where it is, for `plimsoll resume`.
pub(super) async fn drive(app: &App, opened: &Opened, lane: &LaneId) -> Result<Ended, CliError> {
    let mut interrupts = signal(SignalKind::interrupt())?;
    let mut terminations = signal(SignalKind::terminate())?;
    let work = opened.desk.drive(lane);
    tokio::pin!(work);
    let mut asked = false;
    loop {
        tokio::select! {
            ended = &mut work => return Ok(ended?),
            _ = interrupts.recv() => {}
            _ = terminations.recv() => {}
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

/// What a killed command left under way is finished first; what another process drives is named.
/// Gives how it ended, if there was something.
pub(super) async fn pick_up(
    app: &App,
    opened: &Opened,
    lane: &LaneId,
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
    let ended = drive(app, opened, lane).await?;
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
pub(super) fn is_good(end: &PromotionEnd) -> bool {
    match end {
        PromotionEnd::VerifiedGood | PromotionEnd::Deployed | PromotionEnd::Rehearsed => true,
        PromotionEnd::Withdrawn { .. }
        | PromotionEnd::RolledBack { .. }
        | PromotionEnd::NeedsPerson { .. } => false,
    }
}

/// Answers how it ended, and gives the exit code. A rehearsal ends by coming forward again, which
/// is a good end when its effect was observed on every target.
pub(super) async fn answer(
    app: &App,
    opened: &Opened,
    lane: &LaneId,
    ended: &Ended,
) -> Result<plimsoll_wire::ExitCode, CliError> {
    use plimsoll_core::record::{PlanKind, State};
    use plimsoll_core::say;
    let Some(finished) = finished(opened, lane, ended.promotion).await? else {
        return Err(DeskError::TakenOver(ended.promotion).into());
    };
    if finished.kind == PlanKind::Rehearsal {
        return answer_rehearsal(app, opened, lane, &finished).await;
    }
    let sentence = match &ended.end {
        PromotionEnd::VerifiedGood => {
            format!(
                "Verified good: {} runs on {lane}, after {}.",
                finished.release,
                ended.took.roughly()
            )
        }
        PromotionEnd::Deployed => {
            format!(
                "Deployed: {} runs on {lane}, after {}.",
                finished.release,
                ended.took.roughly()
            )
        }
        PromotionEnd::Rehearsed => format!("Rehearsed: {}.", say::end(&ended.end)),
        PromotionEnd::Withdrawn { .. } => format!("Withdrawn: {}.", say::end(&ended.end)),
        PromotionEnd::RolledBack { .. } => format!("Rolled back: {}.", say::end(&ended.end)),
        PromotionEnd::NeedsPerson { .. } => format!("Needs a person: {}.", say::end(&ended.end)),
    };
    let next = match &ended.end {
        PromotionEnd::Deployed => {
            format!("plimsoll verify {} --on {}", finished.release, lane.environment)
        }
        PromotionEnd::VerifiedGood | PromotionEnd::Rehearsed => {
            format!("plimsoll status {}", lane.service)
        }
        PromotionEnd::Withdrawn { .. }
        | PromotionEnd::RolledBack { .. }
        | PromotionEnd::NeedsPerson { .. } => {
            format!("plimsoll show {}     tells it whole", ended.promotion)
        }
    };
    let mark = say::mark(if is_good(&ended.end) { State::Satisfied } else { State::Failed });
    app.answer(&plimsoll_wire::PromotionView::from(&finished), |style| {
        format!("{}{}", style.answer(mark, &sentence), style.next(&next))
    })?;
    Ok(plimsoll_wire::ExitCode::of_end(&ended.end))
}

async fn answer_rehearsal(
    app: &App,
    opened: &Opened,
    lane: &LaneId,
    finished: &plimsoll_core::ledger::FinishedPromotion,
) -> Result<plimsoll_wire::ExitCode, CliError> {
    use plimsoll_core::record::State;
    use plimsoll_core::say;
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
            "Rehearsed: {} {} went back to {} and forward again, both observed.",
            rehearsals.len(),
            say::plural(rehearsals.len(), "target"),
            finished.release.version
        )
    } else {
        format!(
            "The way back does not work: {}.",
            if bad.is_empty() { say::end(&finished.end) } else { bad.join("; ") }
        )
    };
    let ran = rehearsals.first().map_or(&finished.release.version, |rehearsal| &rehearsal.from);
    let next = format!("plimsoll verify {}@{ran} --on {}", lane.service, lane.environment);
    let mark = say::mark(if well { State::Satisfied } else { State::Failed });
    app.answer(&plimsoll_wire::PromotionView::from(finished), |style| {
        format!("{}{}", style.answer(mark, &sentence), style.next(&next))
    })?;
    Ok(if well { plimsoll_wire::ExitCode::Yes } else { plimsoll_wire::ExitCode::NeedsPerson })
}
