//! Holding a service where it is, and letting go.

use plimsoll_core::event::{Event, EventKind};
use plimsoll_core::ids::{EnvironmentName, PersonName, Seq, ServiceName};
use plimsoll_core::record::Hold;

use crate::desk::{Desk, DeskError};
use crate::words::Typed;

impl Desk {
    /// Holds a service, in one environment or in all.
    ///
    /// # Errors
    /// The service or environment is not there, or the reason is blank.
    pub async fn hold(
        &self,
        service: &ServiceName,
        environment: Option<&EnvironmentName>,
        reason: &Typed,
        by: &PersonName,
    ) -> Result<Event, DeskError> {
        let reason = self.words("reason", reason)?;
        self.known_environment(service, environment)?;
        let environment = environment.cloned();
        let hold = Hold { environment, reason, by: by.clone(), at: self.now() };
        let kind = EventKind::HoldPlaced { hold };
        self.say(service, by, |_| Ok(kind.clone())).await
    }

    /// Lets go one hold, or all of a service.
    ///
    /// # Errors
    /// Nothing is held by that event, or the reason is blank.
    pub async fn let_go(
        &self,
        service: &ServiceName,
        hold: Option<Seq>,
        reason: &Typed,
        by: &PersonName,
    ) -> Result<Vec<Event>, DeskError> {
        let reason = self.words("reason", reason)?;
        self.service(service)?;
        let state = self.load(service).await?;
        let held = state.people.holds.iter().map(|held| held.seq);
        let held: Vec<Seq> = held.filter(|seq| hold.is_none_or(|wanted| wanted == *seq)).collect();
        if held.is_empty() {
            return Err(DeskError::Refused(format!("nothing of {service} is held by that event")));
        }
        let mut events = Vec::new();
        for hold in held {
            let kind = EventKind::HoldReleased { hold, reason: reason.clone() };
            let event = self
                .say(service, by, |state| {
                    match state.people.holds.iter().any(|held| held.seq == hold) {
                        true => Ok(kind.clone()),
                        false => Err(DeskError::Refused(format!("hold {hold} was let go already"))),
                    }
                })
                .await?;
            events.push(event);
        }
        Ok(events)
    }
}
