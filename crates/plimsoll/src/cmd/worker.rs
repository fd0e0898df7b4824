//! `plimsoll worker`: more hands for what is under way, without a page.

use std::sync::{Arc, PoisonError, RwLock};

use plimsoll_core::record::State;
use plimsoll_core::say;
use plimsoll_engine::desk::{Desk, DeskError};
use plimsoll_engine::tasks::{Drivers, Works};
use plimsoll_wire::ExitCode;

use crate::app::App;
use crate::error::CliError;

use super::hands::{self, InForce};
use super::log::Log;

/// Goes on with what a server or another worker that is gone left under way, and answers nobody. It
/// shares the ledger and its content with them: the same PostgreSQL, or the same folder on one machine.
/// Two never drive the same. The configuration is read anew when its files change.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  plimsoll worker
  plimsoll worker --ledger postgres://plimsoll@db.example/plimsoll --log json

What was begun at a terminal waits for who began it: plimsoll resume.
On SIGTERM it leaves what it drives at a written-down step; whoever is there next goes on.")]
pub struct Args {
    /// How to log what goes on, to standard error
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    log: Log,
}

/// Runs it.
///
/// # Errors
/// See [`CliError`].
pub async fn run(app: &App, args: Args) -> Result<ExitCode, CliError> {
    args.log.begin();
    let ended = hands::stopped();
    let drivers = Arc::new(Drivers::default());
    let opened = app.open_to_serve(&drivers).await?;
    let desk = opened.desk.under(opened.desk.parts().clone(), opened.desk.shared_catalog());
    let worker = Worker { desk: RwLock::new(Arc::new(desk)), works: Works::new(drivers) };
    greet(app, &worker.desk()).await?;
    tokio::select! {
        () = ended => {}
        never = hands::look_after(app, &opened, &worker) => match never {},
    }
    worker.works.stop().await;
    Ok(ExitCode::Yes)
}

/// Says what it works for.
async fn greet(app: &App, desk: &Desk) -> Result<(), CliError> {
    let (seq, _) = desk.parts().ledger.head().await.map_err(DeskError::from)?;
    let services = say::count(desk.catalog().services.len(), "service");
    let sentence = format!("Working for {services}, the ledger is at event {seq}.");
    let style = &app.style;
    let answer = style.answer(say::mark(State::Satisfied), &sentence);
    app.print(&app.clean(&[answer, style.next("plimsoll status")].concat()))
}

/// What is in force here.
struct Worker {
    desk: RwLock<Arc<Desk>>,
    works: Works,
}

impl InForce for Worker {
    fn desk(&self) -> Arc<Desk> {
        self.desk.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn works(&self) -> &Works {
        &self.works
    }

    fn take(&self, desk: Desk) {
        *self.desk.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(desk);
    }

    fn keep(&self, _fault: String) {
        // It has been logged, and there is no page that could show it.
    }
}
