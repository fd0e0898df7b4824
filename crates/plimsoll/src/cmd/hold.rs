//! `plimsoll hold`: hold a service where it is, or let go.

use plimsoll_core::event::EventKind;
use plimsoll_core::ids::{EnvironmentName, Seq, ServiceName};
use plimsoll_core::record::{Hold, State};
use plimsoll_core::say;
use plimsoll_engine::desk::DeskError;
use plimsoll_wire::{ExitCode, SaidView};

use crate::app::{App, Typed};
use crate::error::CliError;

use super::names;

/// Holds a service where it is until somebody lets go, or lets go. It never stops a way back.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  plimsoll hold shop --reason \"we look at the search first\"
  plimsoll hold shop --release 92 --reason \"search is well\"")]
pub struct Args {
    /// The service
    service: ServiceName,
    /// Only in this environment
    #[arg(long, value_name = "ENVIRONMENT")]
    on: Option<EnvironmentName>,
    /// Why
    #[arg(long, value_name = "WHY")]
    reason: Typed,
    /// Let go the hold of this event instead; 0 lets all go
    #[arg(long, value_name = "EVENT", conflicts_with = "on")]
    release: Option<u64>,
}

/// Runs it.
///
/// # Errors
/// See [`CliError`].
pub async fn run(app: &App, args: Args) -> Result<ExitCode, CliError> {
    let opened = app.open().await?;
    let reason = opened.words("--reason", &args.reason)?;
    let service = opened.desk.service(&args.service)?;
    if let Some(on) = &args.on {
        names::known_lane(&opened, &service.lane(on))?;
    }
    let state = opened.desk.load(&args.service).await?;
    let kinds: Vec<EventKind> = match args.release {
        None => vec![EventKind::HoldPlaced {
            hold: Hold {
                environment: args.on.clone(),
                reason: reason.clone(),
                by: opened.person.clone(),
                at: opened.desk.now(),
            },
        }],
        Some(wanted) => state
            .people
            .holds
            .iter()
            .filter(|held| wanted == 0 || held.seq == Seq(wanted))
            .map(|held| EventKind::HoldReleased { hold: held.seq, reason: reason.clone() })
            .collect(),
    };
    if kinds.is_empty() {
        return Err(DeskError::Refused(format!(
            "nothing of {} is held by that event",
            args.service
        ))
        .into());
    }
    let mut events = Vec::new();
    for kind in kinds {
        let event = opened
            .desk
            .say(&args.service, &opened.person, |state| {
                if let EventKind::HoldReleased { hold, .. } = &kind
                    && !state.people.holds.iter().any(|held| held.seq == *hold)
                {
                    return Err(DeskError::Refused(format!("hold {hold} was let go already")));
                }
                Ok(kind.clone())
            })
            .await?;
        events.push(event);
    }
    let sentence = match args.release {
        None => format!("Held: {}, until somebody lets go. The way back stays open.", args.service),
        Some(_) => format!("Let go: {}.", args.service),
    };
    app.answer(&SaidView::of(&events, &sentence), |style| {
        let mut text = style.answer(say::mark(State::Satisfied), &sentence);
        if let (None, Some(event)) = (args.release, events.first()) {
            let (service, seq) = (&args.service, event.seq);
            let next = format!("plimsoll hold {service} --release {seq} --reason WHY     lets go");
            text.push_str(&style.next(&next));
        } else {
            text.push_str(&style.next(&format!("plimsoll status {}", args.service)));
        }
        text
    })?;
    Ok(ExitCode::Yes)
}
