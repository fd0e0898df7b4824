//! Freezes outside the configuration's windows.

use plimsoll_core::Timestamp;
use plimsoll_core::event::{Event, EventKind};
use plimsoll_core::ids::{EnvironmentName, PersonName, Seq, ServiceName};

use crate::desk::{Desk, DeskError, Wording};
use crate::words::Typed;

/// A freeze, as it is asked for.
#[derive(Debug, Clone)]
pub struct Freeze {
    /// Of this service.
    pub service: ServiceName,
    /// In this environment; in all with a gate when absent.
    pub environment: Option<EnvironmentName>,
    /// From when; now when absent.
    pub from: Option<Timestamp>,
    /// Until when (exclusive).
    pub until: Timestamp,
    /// Why.
    pub reason: Typed,
}

impl Desk {
    /// Declares a freeze.
    ///
    /// # Errors
    /// Something named is not there, it would end before it begins, or the reason is blank.
    pub async fn freeze(&self, asked: &Freeze, by: &PersonName) -> Result<Event, DeskError> {
        let reason = self.words("reason", &asked.reason)?;
        self.known_environment(&asked.service, asked.environment.as_ref())?;
        let (from, until) = (asked.from.unwrap_or_else(|| self.now()), asked.until);
        if until <= from {
            return Err(DeskError::wrong(
                Wording::naming(|by| format!("{} is before {}", by.name("until"), by.name("from"))),
                "a freeze ends after it begins, and it begins now where nothing else is said",
            ));
        }
        let environment = asked.environment.clone();
        let kind = EventKind::FreezeDeclared { environment, from, until, reason };
        self.say(&asked.service, by, |_| Ok(kind.clone())).await
    }

    /// Lifts a declared freeze.
    ///
    /// # Errors
    /// There is none with that number, or the reason is blank.
    pub async fn lift(
        &self,
        service: &ServiceName,
        freeze: Seq,
        reason: &Typed,
        by: &PersonName,
    ) -> Result<Event, DeskError> {
        let kind = EventKind::FreezeLifted { freeze, reason: self.words("reason", reason)? };
        self.service(service)?;
        self.say(service, by, |state| {
            let mut freezes = state.people.freezes.iter();
            match freezes.any(|said| said.seq == freeze && said.withdrawn_at.is_none()) {
                true => Ok(kind.clone()),
                false => Err(DeskError::Refused(format!(
                    "event {freeze} is no declared freeze of this service"
                ))),
            }
        })
        .await
    }
}
