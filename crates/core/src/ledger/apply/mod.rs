//! Events to state. An event that cannot follow what happened before is an error: the ledger is
//! then not what this program believes it to be, and nothing is guessed.

mod deployment;
mod evidence;
mod lane;
mod people;

use crate::event::{Event, EventKind, Stream};
use crate::ids::DecisionId;

use super::{DecisionMark, FoldError, LaneState, ServiceState};

/// What an event is folded with: its surroundings.
struct Ctx<'a> {
    event: &'a Event,
}

impl Ctx<'_> {
    fn illegal(&self, why: &'static str) -> FoldError {
        FoldError { seq: self.event.seq, why }
    }
}

impl ServiceState {
    /// Folds events in order.
    ///
    /// # Errors
    /// The first event that cannot have happened.
    pub fn fold<'a>(events: impl IntoIterator<Item = &'a Event>) -> Result<Self, FoldError> {
        let mut state = Self::default();
        for event in events {
            state.apply(event)?;
        }
        Ok(state)
    }

    /// Folds one more event. Events up to the last one folded are passed over, so that overlapping
    /// reads do no harm.
    ///
    /// # Errors
    /// The event cannot have happened after those before it.
    pub fn apply(&mut self, event: &Event) -> Result<(), FoldError> {
        if event.seq <= self.seq {
            return Ok(());
        }
        let ctx = Ctx { event };
        match &event.stream {
            Stream::Release(_) => self.apply_release(&ctx)?,
            Stream::Lane(lane) => {
                let state = self.lanes.entry(lane.environment.clone()).or_default();
                state.version = event.version;
                if let EventKind::FollowUpBecameMoot { id, reason } = &event.kind {
                    self.set_aside(*id, (event.seq, event.at), reason);
                } else {
                    let opened = lane::apply(state, lane, &ctx)?;
                    self.follow_ups.extend(opened);
                }
            }
            Stream::Evidence(lane) => {
                let state: &mut LaneState = self.lanes.entry(lane.environment.clone()).or_default();
                state.evidence_version = event.version;
                evidence::apply(state, &ctx)?;
            }
            Stream::Gate(_) => self.apply_gate(&ctx)?,
            Stream::People(_) => {
                self.people.version = event.version;
                if let EventKind::PushForced { follow_ups, .. } = &event.kind {
                    self.follow_ups.extend(follow_ups.iter().cloned());
                } else if let Some(closed) = people::apply(&mut self.people, &ctx)? {
                    self.follow_ups.retain(|open| open.id != closed);
                }
            }
            // They change no service's state.
            Stream::Tokens | Stream::Forge(_) => return Ok(()),
        }
        self.seq = event.seq;
        self.hash = Some(event.hash);
        Ok(())
    }

    fn apply_release(&mut self, ctx: &Ctx<'_>) -> Result<(), FoldError> {
        match &ctx.event.kind {
            EventKind::ReleaseAdded { release } => {
                let version = release.id.version.clone();
                if self.releases.insert(version, release.clone()).is_some() {
                    return Err(ctx.illegal("the release was added before"));
                }
                self.forget_old_releases();
                Ok(())
            }
            EventKind::ArtifactsNamed { artifacts } => {
                let Stream::Release(id) = &ctx.event.stream else {
                    return Err(ctx.illegal("it is not on a release's stream"));
                };
                let Some(release) = self.releases.get_mut(&id.version) else {
                    // Forgotten as too old: the event stays, the state does not need it.
                    return Ok(());
                };
                if !release.artifacts.is_empty() {
                    return Err(ctx.illegal("the release has artifacts already"));
                }
                release.artifacts.clone_from(artifacts);
                Ok(())
            }
            _ => Err(ctx.illegal("it does not belong on a release's stream")),
        }
    }

    fn apply_gate(&mut self, ctx: &Ctx<'_>) -> Result<(), FoldError> {
        self.gate_version = ctx.event.version;
        let EventKind::DecisionMade { release, to, verdict, counts, sameness, .. } =
            &ctx.event.kind
        else {
            return Err(ctx.illegal("it does not belong on a gate's stream"));
        };
        let mark = DecisionMark {
            id: DecisionId(ctx.event.seq),
            at: ctx.event.at,
            verdict: *verdict,
            counts: counts.clone(),
            sameness: *sameness,
        };
        self.decisions.entry(to.clone()).or_default().insert(release.version.clone(), mark);
        Ok(())
    }
}
