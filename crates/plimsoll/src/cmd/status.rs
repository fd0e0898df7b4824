//! `plimsoll status`: what runs where, and what waits for what.

use plimsoll_core::catalog::Service;
use plimsoll_core::ids::ServiceName;
use plimsoll_core::ledger::ServiceState;
use plimsoll_wire::{ExitCode, ServiceView, StatusView};

use crate::app::App;
use crate::error::CliError;
use crate::render;

/// Lists what is not well; the well ones are one line. With a service, all of its targets.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  plimsoll status
  plimsoll status shop")]
pub struct Args {
    /// The service
    #[arg(value_name = "SERVICE")]
    service: Option<ServiceName>,
}

/// Runs it.
///
/// # Errors
/// See [`CliError`].
pub async fn run(app: &App, args: Args) -> Result<ExitCode, CliError> {
    let opened = app.open().await?;
    let reader = app.reader();
    if let Some(name) = &args.service {
        let service = opened.desk.service(name)?;
        let state = opened.desk.load(name).await?;
        app.answer(&ServiceView::of(service, &state), |style| {
            render::status_service(service, &state, &reader, style)
        })?;
        return Ok(ExitCode::Yes);
    }
    let mut states = Vec::new();
    for service in opened.desk.catalog().services.values() {
        states.push((service, opened.desk.load(&service.name).await?));
    }
    let borrowed: Vec<(&Service, &ServiceState)> =
        states.iter().map(|(service, state)| (*service, &**state)).collect();
    app.answer(&StatusView::of(&borrowed, &reader), |style| {
        render::status(&borrowed, &reader, style)
    })?;
    Ok(ExitCode::Yes)
}
