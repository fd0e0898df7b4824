//! Closing what break-glasses left open.

use plimsoll_core::event::{Event, EventKind};
use plimsoll_core::ids::{PersonName, ServiceName};
use plimsoll_core::record::FollowUpId;

use crate::desk::{Desk, DeskError};
use crate::words::Typed;

impl Desk {
    /// Closes a follow-up with a reason.
    ///
    /// # Errors
    /// It is not open, or the reason is blank.
    pub async fn close_follow_up(
        &self,
        service: &ServiceName,
        id: FollowUpId,
        reason: &Typed,
        by: &PersonName,
    ) -> Result<Event, DeskError> {
        let kind = EventKind::FollowUpClosed { id, reason: self.words("reason", reason)? };
        self.service(service)?;
        self.say(service, by, |state| {
            let moot = state.moot.iter().find(|moot| moot.what.id == id);
            match (state.follow_ups.iter().any(|open| open.id == id), moot) {
                (true, _) => Ok(kind.clone()),
                (false, Some(moot)) => {
                    Err(DeskError::Refused(format!("{id} is moot: {}", moot.reason)))
                }
                (false, None) => Err(DeskError::Refused(format!("{id} is not open"))),
            }
        })
        .await
    }
}
