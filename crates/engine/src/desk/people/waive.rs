//! Accepting an unmet requirement, and taking that back.

use plimsoll_core::Timestamp;
use plimsoll_core::catalog::RuleName;
use plimsoll_core::event::{Event, EventKind};
use plimsoll_core::ids::{
    CheckName, EnvironmentName, PersonName, ReleaseId, Seq, ServiceName, TargetName,
};
use plimsoll_core::record::Waiver;

use crate::desk::{Desk, DeskError};
use crate::words::Typed;

/// A waiver, as it is asked for.
#[derive(Debug, Clone)]
pub struct Waive {
    /// Of this release.
    pub release: ReleaseId,
    /// Into this environment; the only one with a gate when absent.
    pub to: Option<EnvironmentName>,
    /// Which rule.
    pub rule: RuleName,
    /// Only on these targets; everywhere when empty.
    pub targets: Vec<TargetName>,
    /// Only these checks; all of the rule's when empty.
    pub checks: Vec<CheckName>,
    /// Why.
    pub reason: Typed,
    /// Until when (exclusive).
    pub until: Timestamp,
}

impl Desk {
    /// Writes a waiver down.
    ///
    /// # Errors
    /// Something named is not there, the rule cannot be waived (by this person), or the reason is
    /// blank.
    pub async fn waive(&self, asked: &Waive, by: &PersonName) -> Result<Event, DeskError> {
        let reason = self.words("reason", &asked.reason)?;
        let to = self.gated(&asked.release, asked.to.as_ref())?;
        self.known_release(&asked.release).await?;
        let service = &asked.release.service;
        self.known_targets(service, None, &asked.targets)?;
        self.known_checks(service, &asked.checks)?;
        self.waivable(asked, &to, by).await?;
        let waiver = Waiver {
            release: asked.release.clone(),
            to,
            rule: asked.rule,
            targets: asked.targets.clone(),
            checks: asked.checks.clone(),
            reason,
            by: by.clone(),
            at: self.now(),
            until: asked.until,
        };
        let kind = EventKind::WaiverGiven { waiver };
        self.say(service, by, |_| Ok(kind.clone())).await
    }

    /// Takes a waiver back.
    ///
    /// # Errors
    /// There is none in force with that number, or the reason is blank.
    pub async fn withdraw_waiver(
        &self,
        service: &ServiceName,
        waiver: Seq,
        reason: &Typed,
        by: &PersonName,
    ) -> Result<Event, DeskError> {
        let kind = EventKind::WaiverWithdrawn { waiver, reason: self.words("reason", reason)? };
        self.service(service)?;
        self.say(service, by, |state| {
            let mut waivers = state.people.waivers.iter();
            match waivers.any(|said| said.seq == waiver && said.withdrawn_at.is_none()) {
                true => Ok(kind.clone()),
                false => Err(DeskError::Refused(format!(
                    "event {waiver} is no waiver in force of this service"
                ))),
            }
        })
        .await
    }
}
