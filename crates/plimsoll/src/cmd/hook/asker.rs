//! Who answers a push: plimsoll's own ledger here, or a server.

use std::collections::BTreeSet;

use plimsoll_core::ids::{PersonName, ServiceName};
use plimsoll_core::push::{Named, PushQuestion, PushTerms};
use plimsoll_core::units::Period;
use plimsoll_engine::desk::PushGlass;
use plimsoll_engine::words::Typed;
use plimsoll_wire::{PushChangesView, PushView};
use tokio::sync::OnceCell;

use crate::app::{App, Opened};
use crate::error::CliError;
use crate::remote::Pushes;

use super::pusher;

/// Who answers a push.
pub(super) enum Asker<'a> {
    /// The configuration and the ledger here; opened when they are needed.
    Here(&'a App, Box<OnceCell<Opened>>),
    /// A server.
    Afar(&'a App, Pushes),
}

impl<'a> Asker<'a> {
    /// The one that the command line names; a server is waited for no longer than this.
    ///
    /// # Errors
    /// The token for the server cannot be read.
    pub(super) fn of(app: &'a App, within: Period) -> Result<Self, CliError> {
        Ok(match &app.global.server {
            Some(url) => Self::Afar(app, Pushes::new(app, url, within.to_std())?),
            None => Self::Here(app, Box::default()),
        })
    }

    /// What has to be known before a question; `only` the services that the repository names.
    ///
    /// # Errors
    /// The configuration is wrong, or the server is away.
    pub(super) async fn terms(&self, only: &[ServiceName]) -> Result<PushTerms, CliError> {
        match self {
            Self::Here(app, _) => Ok(PushTerms::of(&app.load()?.catalog, |_| true)),
            Self::Afar(_, server) => server.terms(!only.is_empty()).await,
        }
    }

    /// The commits that the releases of these services are made of.
    ///
    /// # Errors
    /// The ledger or the server is away.
    pub(super) async fn commits(
        &self,
        services: impl Iterator<Item = &ServiceName>,
    ) -> Result<BTreeSet<String>, CliError> {
        let mut commits = BTreeSet::new();
        match self {
            Self::Here(app, opened) => {
                let opened = opened.get_or_try_init(|| app.open()).await?;
                commits = opened.desk.release_commits(services).await?;
            }
            Self::Afar(_, server) => {
                for service in services {
                    commits.extend(server.commits(service).await?);
                }
            }
        }
        Ok(commits)
    }

    /// May it enter? The glass is broken where a person wants it and may.
    ///
    /// # Errors
    /// The ledger or the server is away, or does not let this person.
    pub(super) async fn ask(
        &self,
        questions: Vec<PushQuestion>,
        named: &Named,
        glass: Option<&Typed>,
    ) -> Result<PushView, CliError> {
        match self {
            Self::Here(app, opened) => {
                let desk = &opened.get_or_try_init(|| app.open()).await?.desk;
                let mut answers = desk.ask_pushes(questions).await?;
                if let Some(reason) = glass {
                    let by = who(app)?;
                    let glass = PushGlass { reason: reason.clone(), said_by: by.clone(), by };
                    answers = desk.force_pushes(answers, &glass).await?;
                }
                Ok(PushView::of(&answers, desk.catalog(), &app.reader()))
            }
            Self::Afar(app, server) => {
                let changes = PushChangesView::of(&questions, named);
                server.ask(&changes, &who(app)?, glass).await
            }
        }
    }
}

/// Who pushes: as was said, else as the host of the repository says, else the login name.
fn who(app: &App) -> Result<PersonName, CliError> {
    if app.global.person.is_none()
        && let Some(person) = pusher::of_host(|key| std::env::var(key).ok())?
    {
        return Ok(person);
    }
    app.person()
}
