//! When something that was not taken is tried again.

use crate::Timestamp;
use crate::ledger::{ForgeState, Hanging};
use crate::record::{ForgeFault, ForgeFaultKind};
use crate::units::Period;

/// How often something is tried again: after `first`, then twice as long each time, up to `longest`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// After the first time.
    pub first: Period,
    /// At most.
    pub longest: Period,
}

impl Pace {
    /// The pace for a kind of fault. A forge that is away comes back within minutes mostly; what it
    /// does not allow or take is changed by people.
    #[must_use]
    pub const fn of(kind: ForgeFaultKind) -> Self {
        let (first, longest) = match kind {
            ForgeFaultKind::Away => (Period::from_secs(5), Period::from_mins(10)),
            ForgeFaultKind::Limited => (Period::from_mins(1), Period::from_hours(1)),
            ForgeFaultKind::NotAllowed => (Period::from_mins(1), Period::from_hours(1)),
            ForgeFaultKind::Refused => (Period::from_mins(1), Period::from_hours(6)),
        };
        Self { first, longest }
    }

    /// The pause after so many attempts.
    #[must_use]
    pub fn after(self, attempts: u32) -> Period {
        let doubled = 1_u64.checked_shl(attempts.saturating_sub(1)).unwrap_or(u64::MAX);
        let ms = self.first.as_millis().saturating_mul(doubled);
        Period::from_millis(ms).min(self.longest)
    }
}

/// From when on it is tried again.
pub(super) fn again_at(fault: &ForgeFault, attempts: u32, at: Timestamp) -> Timestamp {
    let paced = Pace::of(fault.kind).after(attempts).after(at);
    // A forge may ask for more time, within reason: its clock may be wrong.
    let asked = fault.not_before.map(|until| until.min(Period::from_hours(6).after(at)));
    asked.map_or(paced, |until| until.max(paced))
}

/// Whether something that hangs is not tried again yet. What met everything waits with everything,
/// and no longer.
pub(super) fn is_held<T>(hanging: Option<&Hanging<T>>, now: Timestamp) -> bool {
    hanging.is_some_and(|one| {
        !one.fault.kind.stops_all() && now < again_at(&one.fault, one.attempts, one.at)
    })
}

/// When something that hangs is tried again.
#[must_use]
pub fn hangs_until<T>(state: &ForgeState, hanging: &Hanging<T>) -> Timestamp {
    let (fault, attempts, at) = match &state.pause {
        Some(pause) if hanging.fault.kind.stops_all() => (&pause.fault, pause.attempts, pause.at),
        Some(_) | None => (&hanging.fault, hanging.attempts, hanging.at),
    };
    again_at(fault, attempts, at)
}

/// Until when nothing at all is said to the forge, if it is so now.
#[must_use]
pub fn paused_until(state: &ForgeState, now: Timestamp) -> Option<Timestamp> {
    let pause = state.pause.as_ref()?;
    let until = again_at(&pause.fault, pause.attempts, pause.at);
    (now < until).then_some(until)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_doubles_up_to_its_longest() {
        let pace = Pace::of(ForgeFaultKind::Away);
        let after: Vec<_> = [1, 2, 3, 8, 40, 400].map(|n| pace.after(n).roughly()).into();
        assert_eq!(after, ["5 s", "10 s", "20 s", "10 m", "10 m", "10 m"]);
    }

    #[test]
    fn a_forge_may_ask_for_more_time_and_not_for_all_of_it() {
        let at = Timestamp::from_second(1_000_000).expect("a moment");
        let again = |asked: Option<Timestamp>| {
            let fault = ForgeFault {
                kind: ForgeFaultKind::Limited,
                words: String::new(),
                not_before: asked,
            };
            Period::between(at, again_at(&fault, 1, at))
        };
        assert_eq!(again(None), Period::from_mins(1));
        assert_eq!(again(Some(at)), Period::from_mins(1));
        assert_eq!(again(Some(Period::from_mins(5).after(at))), Period::from_mins(5));
        assert_eq!(again(Some(Period::from_hours(999).after(at))), Period::from_hours(6));
    }
}
