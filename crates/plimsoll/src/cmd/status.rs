//! `plimsoll status`: what runs where, and what waits for what.

use plimsoll_core::catalog::Service;
use plimsoll_core::ids::ServiceName;
use plimsoll_core::ledger::ServiceState;
use plimsoll_core::record::Permission;
use plimsoll_core::say::Seen;
use plimsoll_wire::{ExitCode, ServiceView, StatusView};

use crate::app::{App, Opened, Wants};
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

impl Args {
    /// What it asks for.
    pub fn wants(&self) -> Wants {
        match &self.service {
            Some(service) => Wants::Of(Permission::Read, service.clone()),
            None => Wants::Seen,
        }
    }
}

/// Runs it.
///
/// # Errors
/// See [`CliError`].
pub async fn run(app: &App, args: Args) -> Result<ExitCode, CliError> {
    let opened = app.open_to_read().await?;
    let reader = app.reader();
    if let Some(name) = &args.service {
        let service = opened.desk.service(name)?;
        let state = opened.desk.load(name).await?;
        let seen = seen(&opened, service, &state).await?;
        app.answer(&ServiceView::of(&seen, &reader), |style| {
            render::status_service(&seen, &reader, style)
        })?;
        return Ok(ExitCode::Yes);
    }
    let mut states = Vec::new();
    let services = opened.desk.catalog().services.values();
    for service in services.filter(|service| opened.scope.sees(&service.name)) {
        states.push((service, opened.desk.load(&service.name).await?));
    }
    let mut all = Vec::new();
    for (service, state) in &states {
        all.push(seen(&opened, service, state).await?);
    }
    app.answer(&StatusView::of(&all, &reader), |style| render::status(&all, &reader, style))?;
    Ok(ExitCode::Yes)
}

/// A service with its state, and where the process is gone that drove what is under way.
pub(super) async fn seen<'a>(
    opened: &Opened,
    service: &'a Service,
    state: &'a ServiceState,
) -> Result<Seen<'a>, CliError> {
    let left = opened.desk.left_lanes(service, state).await?;
    Ok(Seen { service, state, left })
}
