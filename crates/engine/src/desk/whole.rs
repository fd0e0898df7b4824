//! One thing whole, by its number: what it was, and what was written down of it since.

use plimsoll_core::event::{Event, EventKind, PromotionEnd, Stream};
use plimsoll_core::ids::{
    CheckName, CheckRunId, DecisionId, DeploymentId, LaneId, PromotionId, ReleaseId, Seq, TargetId,
    TargetName,
};
use plimsoll_core::ledger::DeploymentState;
use plimsoll_core::record::{BlobRef, CheckResult, Control, Plan};
use plimsoll_core::say::{self, Mark, Reader};

use super::{Desk, DeskError, WholeDecision};

/// How many events are read at once.
const BATCH: u32 = 1_000;

/// In how many batches after a result its cause is looked for: all results of a verification come
/// before the first cause.
const CONTROLLED_WITHIN: u32 = 50;

/// Output shown of a run or a deployment; all of it is in the blob.
///
/// # Units
/// Bytes.
const SHOWN: usize = 200_000;

/// A promotion with everything that happened in it.
#[derive(Debug, Clone)]
pub struct WholePromotion {
    /// Its number.
    pub id: PromotionId,
    /// What it does.
    pub plan: Plan,
    /// The lane's events from its beginning to its end.
    pub events: Vec<Event>,
    /// How it ended, if it has.
    pub end: Option<PromotionEnd>,
    /// How it stands or ended.
    pub standing: (Mark, String),
    /// Whether the process that drives it is there; nothing when it has ended.
    pub driven: Option<bool>,
}

/// A verification: what it was to look at, and what it found so far.
#[derive(Debug, Clone)]
pub struct WholeVerification {
    /// The event that began it.
    pub started: Event,
    /// Where.
    pub lane: LaneId,
    /// Which release.
    pub release: ReleaseId,
    /// On these targets.
    pub targets: Vec<TargetName>,
    /// These checks, wherever they are expected.
    pub checks: Vec<CheckName>,
    /// The results, in order of target and check.
    pub results: Vec<(CheckRunId, CheckResult)>,
    /// Why red ones are red, as far as it was found out.
    pub controls: Vec<(CheckRunId, Control)>,
    /// The event that ended it, if it has ended.
    pub finished: Option<Event>,
}

impl WholeVerification {
    /// Takes a later event of the stream; `true` when it is the one that ended it.
    fn take(&mut self, began: Seq, event: Event, belongs: impl Fn(&CheckResult) -> bool) -> bool {
        match event.kind {
            EventKind::CheckFinished { result } if belongs(&result) => {
                self.results.push((CheckRunId(event.seq), *result));
            }
            EventKind::CheckControlled { run, control, .. }
                if self.results.iter().any(|(id, _)| *id == run) =>
            {
                self.controls.push((run, *control));
            }
            EventKind::VerifyFinished { started } if started == began => {
                self.finished = Some(event);
                return true;
            }
            _ => {}
        }
        false
    }
}

impl Desk {
    /// One event.
    ///
    /// # Errors
    /// There is none of that number (`what` names it), or the ledger is away.
    pub async fn event(&self, seq: Seq, what: &str) -> Result<Event, DeskError> {
        let found = self.parts.ledger.event(seq).await?;
        found.ok_or_else(|| not_there(what))
    }

    /// A decision as it was made, by the event that wrote it down.
    ///
    /// # Errors
    /// The event is no decision, or what it was made from is not there any more.
    pub async fn whole_decision(&self, event: &Event) -> Result<WholeDecision, DeskError> {
        let what = format!("decision {}", DecisionId(event.seq));
        let EventKind::DecisionMade { whole, .. } = &event.kind else {
            return Err(not_there(&what));
        };
        let bytes = self.parts.blobs.get(&whole.digest).await?;
        serde_json::from_slice(&bytes).map_err(|error| {
            DeskError::not_so(
                format!("{what} cannot be read: {error}"),
                "it may have been written by a newer plimsoll",
            )
        })
    }

    /// A promotion, by the event that began it.
    ///
    /// # Errors
    /// The event began none, or the ledger is away.
    pub async fn whole_promotion(
        &self,
        event: &Event,
        reader: &Reader,
    ) -> Result<WholePromotion, DeskError> {
        let id = PromotionId(event.seq);
        let EventKind::PromotionStarted { plan, .. } = &event.kind else {
            return Err(not_there(&format!("promotion {id}")));
        };
        let events = self.story(plan, id).await?;
        let end = events.iter().find_map(|event| match &event.kind {
            EventKind::PromotionFinished { end, .. } => Some(end.clone()),
            _ => None,
        });
        let (standing, driven) = self.standing(plan, end.as_ref(), reader).await?;
        Ok(WholePromotion { id, plan: (**plan).clone(), events, end, standing, driven })
    }

    /// How it stands or ended, and whether somebody drives it if it has not ended.
    async fn standing(
        &self,
        plan: &Plan,
        end: Option<&PromotionEnd>,
        reader: &Reader,
    ) -> Result<((Mark, String), Option<bool>), DeskError> {
        if let Some(end) = end {
            return Ok(((say::end_mark(end), say::end(end)), None));
        }
        let state = self.load(&plan.lane.service).await?;
        let Some(active) = state.active(&plan.lane.environment) else {
            return Ok(((say::WAITING, "its end is not known".to_owned()), None));
        };
        let (standing, words) = say::going(active, reader);
        Ok(match self.is_driven(&plan.lane).await? {
            true => ((standing.mark(), words), Some(true)),
            false => ((say::Standing::Interrupted.mark(), say::left_behind(&words)), Some(false)),
        })
    }

    /// The lane's events from the beginning of a promotion to its end.
    async fn story(&self, plan: &Plan, id: PromotionId) -> Result<Vec<Event>, DeskError> {
        let mut events = Vec::new();
        let mut after = Seq(id.0.0 - 1);
        loop {
            let page = self.parts.ledger.service_events(&plan.lane.service, after, BATCH).await?;
            let Some(last) = page.last() else { return Ok(events) };
            after = last.seq;
            for event in page {
                let ours = matches!(&event.stream, Stream::Lane(lane) if *lane == plan.lane);
                let ends = matches!(&event.kind, EventKind::PromotionFinished { promotion, .. } if *promotion == id);
                if ours {
                    events.push(event);
                }
                if ends {
                    return Ok(events);
                }
            }
        }
    }

    /// A deployment, however old, by the event that began it. What was taken in as it ran is one
    /// number on several targets: `on` says which, the first one when absent.
    ///
    /// # Errors
    /// The event is no deployment (on that target), or the ledger is away.
    pub async fn whole_deployment(
        &self,
        event: &Event,
        on: Option<&TargetName>,
    ) -> Result<(TargetId, DeploymentState), DeskError> {
        let id = DeploymentId(event.seq);
        let missing = || not_there(&format!("deployment {id}"));
        let Stream::Lane(lane) = &event.stream else { return Err(missing()) };
        let is_meant = |target: &&TargetName| on.is_none_or(|on| on == *target);
        let state = self.load(&lane.service).await?;
        let current = state.lanes.get(&lane.environment).into_iter().flat_map(|l| &l.targets);
        let current = current
            .filter(|(name, _)| is_meant(name))
            .filter_map(|(name, target)| Some((name, target.deployment.as_ref()?)))
            .find(|(_, deployment)| deployment.id == id);
        if let Some((name, found)) = current {
            return Ok((lane.target(name), found.clone()));
        }
        let mut found = DeploymentState {
            id,
            version: match &event.kind {
                EventKind::DeploymentStarted { version, .. }
                | EventKind::Adopted { version, .. } => version.clone(),
                _ => return Err(missing()),
            },
            previous: None,
            reason: plimsoll_core::record::MoveReason::Forward,
            started_at: event.at,
            finished_at: None,
            report: None,
            adopted: matches!(event.kind, EventKind::Adopted { .. }),
            promotion: None,
        };
        let target = match &event.kind {
            EventKind::DeploymentStarted { target, promotion, reason, .. } => {
                (found.reason, found.promotion) = (*reason, Some(*promotion));
                if let Some(end) = self.end_of(event, id).await?
                    && let EventKind::DeploymentFinished { report, .. } = end.kind
                {
                    (found.finished_at, found.report) = (Some(end.at), Some(report));
                }
                Some(target).filter(is_meant)
            }
            EventKind::Adopted { targets, .. } => targets.iter().find(is_meant),
            _ => None,
        };
        Ok((lane.target(target.ok_or_else(missing)?), found))
    }

    /// The event that ended a deployment, if it was ended.
    async fn end_of(&self, event: &Event, id: DeploymentId) -> Result<Option<Event>, DeskError> {
        self.later(event, |later| {
            matches!(&later.kind, EventKind::DeploymentFinished { deployment, .. } if *deployment == id)
        })
        .await
    }

    /// A check run, by the event that wrote it down, with why it is red where that was found out.
    ///
    /// # Errors
    /// The event is no check run, or the ledger is away.
    pub async fn whole_run(
        &self,
        event: &Event,
    ) -> Result<(CheckResult, Option<Control>), DeskError> {
        let id = CheckRunId(event.seq);
        let EventKind::CheckFinished { result } = &event.kind else {
            return Err(not_there(&format!("check run {id}")));
        };
        let found = self
            .later(
                event,
                |later| matches!(&later.kind, EventKind::CheckControlled { run, .. } if *run == id),
            )
            .await?;
        let control = found.and_then(|found| match found.kind {
            EventKind::CheckControlled { control, .. } => Some(*control),
            _ => None,
        });
        Ok(((**result).clone(), control))
    }

    /// The first later event of the same stream that is meant.
    async fn later(
        &self,
        event: &Event,
        is_meant: impl Fn(&Event) -> bool + Send,
    ) -> Result<Option<Event>, DeskError> {
        let mut version = event.version;
        for _ in 0..CONTROLLED_WITHIN {
            let later = self.parts.ledger.stream_events(&event.stream, version, BATCH).await?;
            version += u64::from(BATCH);
            let ended = later.len() < BATCH as usize;
            let found = later.into_iter().find(|later| is_meant(later));
            if found.is_some() || ended {
                return Ok(found);
            }
        }
        Ok(None)
    }

    /// A verification, by the event that began it.
    ///
    /// # Errors
    /// The event began none, or the ledger is away.
    pub async fn whole_verification(&self, event: &Event) -> Result<WholeVerification, DeskError> {
        let (EventKind::VerifyStarted { version, targets, checks, .. }, Stream::Evidence(lane)) =
            (&event.kind, &event.stream)
        else {
            return Err(not_there(&format!("verification {}", event.seq)));
        };
        let mut whole = WholeVerification {
            started: event.clone(),
            lane: lane.clone(),
            release: ReleaseId { service: lane.service.clone(), version: version.clone() },
            targets: targets.clone(),
            checks: checks.clone(),
            results: Vec::new(),
            controls: Vec::new(),
            finished: None,
        };
        let belongs = |result: &CheckResult| {
            result.version == *version
                && targets.contains(&result.target.target)
                && checks.contains(&result.check)
        };
        let mut after = event.version;
        loop {
            let page = self.parts.ledger.stream_events(&event.stream, after, BATCH).await?;
            after += u64::from(BATCH);
            let is_last = page.len() < BATCH as usize;
            let ended = page.into_iter().any(|later| whole.take(event.seq, later, belongs));
            if ended || is_last {
                break;
            }
        }
        whole.results.sort_by(|(_, a), (_, b)| (&a.target, &a.check).cmp(&(&b.target, &b.check)));
        Ok(whole)
    }

    /// What a run or a deployment printed, its end cut off where it is very long.
    ///
    /// # Errors
    /// It is not kept any more.
    pub async fn printed(&self, blob: Option<&BlobRef>) -> Result<Option<String>, DeskError> {
        let Some(blob) = blob else { return Ok(None) };
        let bytes = self.parts.blobs.get(&blob.digest).await?;
        let shown = &bytes[..bytes.len().min(SHOWN)];
        let mut text = String::from_utf8_lossy(shown).into_owned();
        if shown.len() < bytes.len() {
            let more = bytes.len() - shown.len();
            text.push_str(&format!("\n… {more} more bytes, kept as {}", blob.digest));
        }
        Ok(Some(text))
    }
}

fn not_there(what: &str) -> DeskError {
    DeskError::missing(format!("there is no {what}"), "plimsoll history   lists what there is")
}
