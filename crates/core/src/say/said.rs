//! What a person said of a service, in one sentence.

use crate::event::EventKind;
use crate::ids::ServiceName;

use super::{Reader, safe};

/// What a person said, or took back, as a whole sentence: `Waived: evidence of shop@1.1 to
/// production, until …`. Other events say nothing.
#[must_use]
pub fn said_of(service: &ServiceName, kind: &EventKind, reader: &Reader) -> String {
    match kind {
        EventKind::WaiverGiven { waiver } => format!(
            "Waived: {} of {} to {}, until {}.",
            waiver.rule,
            waiver.release,
            waiver.to,
            reader.whole(waiver.until)
        ),
        EventKind::WaiverWithdrawn { waiver, .. } => format!("Taken back: waiver {waiver}."),
        EventKind::KnownFailureRecorded { known_failure: known } if known.look.is_some() => {
            format!(
                "Known until {}: {}, in {}. What its style sheets lost and what is missing still fails.",
                reader.whole(known.until),
                safe(&known.signature),
                known.check
            )
        }
        EventKind::KnownFailureRecorded { known_failure: known } => format!(
            "Put off until {}: {} with the signature “{}”.",
            reader.whole(known.until),
            safe(known.test.as_deref().unwrap_or(known.check.as_str())),
            safe(&known.signature)
        ),
        EventKind::KnownFailureWithdrawn { .. } => {
            "Taken back: it counts as a failure again.".to_owned()
        }
        EventKind::SignedOff { sign_off } => {
            let what = match (&sign_off.site, &sign_off.target) {
                (Some(site), _) => site.to_string(),
                (None, Some(target)) => target.to_string(),
                (None, None) => "the release".to_owned(),
            };
            let (release, role, by) = (&sign_off.release, &sign_off.role, &sign_off.by);
            format!("Signed: {release} for {what}, as {role}, by {by}.")
        }
        EventKind::HoldPlaced { .. } => {
            format!("Held: {service}, until somebody lets go. The way back stays open.")
        }
        EventKind::HoldReleased { .. } => format!("Let go: {service}."),
        EventKind::FreezeDeclared { until, .. } => {
            format!("Frozen: {service} until {}. The way back stays open.", reader.whole(*until))
        }
        EventKind::FreezeLifted { freeze, .. } => format!("Lifted: freeze {freeze}."),
        _ => String::new(),
    }
}
