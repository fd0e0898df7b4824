//! A command that a server carries out for somebody at another machine.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::tz::TimeZone;
use plimsoll_core::ids::{PersonName, ServiceName};
use plimsoll_core::record::{Permission, Scope};
use plimsoll_core::say;
use plimsoll_engine::desk::Parts;
use plimsoll_engine::ports::{Blobs, Reporter};
use plimsoll_engine::tasks::Driver;
use plimsoll_store::Store;
use plimsoll_wire::TerminalView;

use crate::error::CliError;
use crate::render::Style;

use super::Opened;

/// What a command asks for, before a server carries it out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wants {
    /// Nothing of it belongs on a server.
    Here,
    /// This, for one service.
    Of(Permission, ServiceName),
    /// This, for all services.
    All(Permission),
    /// To look; it shows what may be seen and asks for each thing itself.
    Seen,
}

impl Wants {
    /// Makes sure that the scope allows it.
    ///
    /// # Errors
    /// It does not.
    pub fn check(&self, scope: &Scope) -> Result<(), CliError> {
        let allowed = match self {
            Self::Here => {
                return Err(CliError::usage(
                    "this is done where you are, not at a server",
                    "leave --server out",
                ));
            }
            Self::Of(permission, service) => scope.allows(*permission, Some(service)),
            Self::All(permission) => scope.allows(*permission, None),
            Self::Seen => Ok(()),
        };
        allowed.map_err(not_allowed)
    }
}

fn not_allowed(not: plimsoll_core::record::NotAllowed) -> CliError {
    let hint = "ask who administers plimsoll for a token that allows it";
    CliError::refused(say::not_allowed(&not), hint)
}

/// For whom a server carries a command out.
pub struct Served {
    /// Who drives what it starts.
    pub driver: Driver,
    /// The server's ledger.
    pub store: Arc<dyn Store>,
    /// The server's content.
    pub blobs: Arc<dyn Blobs>,
    /// Where the server keeps what belongs to its machine.
    pub state_dir: PathBuf,
    /// Who asks.
    pub person: PersonName,
    /// What they may.
    pub scope: Scope,
    /// Where they are.
    pub zone: TimeZone,
    /// What their terminal shows.
    pub terminal: TerminalView,
}

impl Served {
    /// How the answer and the words on the way look.
    pub(super) fn styles(&self) -> (Style, Style) {
        let TerminalView { color, color_words, unicode, width, .. } = self.terminal;
        let style = Style { color, unicode, width: usize::from(width).clamp(20, 100) };
        (style, Style { color: color_words, ..style })
    }

    /// The text without the secrets that the configuration names.
    pub(super) fn clean(&self, text: &str) -> String {
        self.driver.desk().parts().redact.text(text)
    }

    /// The server's own desk, for this person.
    pub(super) fn opened(&self, reporter: Arc<dyn Reporter>) -> Opened {
        let desk = self.driver.desk();
        let parts = Parts { reporter, ..desk.parts().clone() };
        Opened {
            desk: desk.under(parts, desk.shared_catalog()),
            store: self.store.clone(),
            blobs: self.blobs.clone(),
            person: self.person.clone(),
            files: Vec::new(),
            scope: self.scope.clone(),
            state_dir: self.state_dir.clone(),
            _empty: None,
        }
    }
}

impl Opened {
    /// Makes sure that what belongs to a service, or to all, may be looked at.
    ///
    /// # Errors
    /// The token is for other services.
    pub fn may_see(&self, service: Option<&ServiceName>) -> Result<(), CliError> {
        self.scope.allows(Permission::Read, service).map_err(not_allowed)
    }
}
