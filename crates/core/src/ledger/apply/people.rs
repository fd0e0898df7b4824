//! What people said.

use crate::event::{Actor, EventKind};
use crate::ids::PersonName;
use crate::ledger::FoldError;
use crate::ledger::people::{Declared, PeopleState, Said, withdraw};
use crate::record::FollowUpId;

use super::Ctx;

/// Folds one saying; gives the follow-up that it closes.
pub(super) fn apply(
    people: &mut PeopleState,
    ctx: &Ctx<'_>,
) -> Result<Option<FollowUpId>, FoldError> {
    let seq = ctx.event.seq;
    let at = ctx.event.at;
    let found = match &ctx.event.kind {
        EventKind::WaiverGiven { waiver } => {
            people.waivers.push(Said::new(seq, waiver.clone()));
            true
        }
        EventKind::KnownFailureRecorded { known_failure } => {
            people.known_failures.push(Said::new(seq, known_failure.clone()));
            true
        }
        EventKind::PicturesOpened { opened } => {
            people.opened.push(opened.clone());
            true
        }
        EventKind::SignedOff { sign_off } => {
            people.sign_offs.push(Said::new(seq, sign_off.clone()));
            true
        }
        EventKind::HoldPlaced { hold } => {
            people.holds.push(Said::new(seq, hold.clone()));
            true
        }
        EventKind::FreezeDeclared { environment, from, until, reason } => {
            let declared = Declared {
                environment: environment.clone(),
                from: *from,
                until: *until,
                reason: reason.clone(),
                by: person(&ctx.event.actor),
            };
            people.freezes.push(Said::new(seq, declared));
            true
        }
        EventKind::HoldReleased { hold, .. } => {
            let before = people.holds.len();
            people.holds.retain(|held| held.seq != *hold);
            people.holds.len() < before
        }
        EventKind::WaiverWithdrawn { waiver, .. } => withdraw(&mut people.waivers, *waiver, at),
        EventKind::KnownFailureWithdrawn { known_failure, .. } => {
            withdraw(&mut people.known_failures, *known_failure, at)
        }
        EventKind::FreezeLifted { freeze, .. } => withdraw(&mut people.freezes, *freeze, at),
        EventKind::FollowUpClosed { id, .. } => return Ok(Some(*id)),
        _ => return Err(ctx.illegal("it does not belong on a people's stream")),
    };
    people.forget_old();
    if found { Ok(None) } else { Err(ctx.illegal("what it takes back was never said")) }
}

fn person(actor: &Actor) -> Option<PersonName> {
    match actor {
        Actor::Person(name) => Some(name.clone()),
        Actor::Plimsoll => None,
    }
}
