//! Waves: asking the gate again, checking, watching.

use plimsoll_core::Timestamp;
use plimsoll_core::event::{EventKind, Regression, RegressionCause};
use plimsoll_core::ids::{CheckName, CheckRunId, DecisionId, TargetName, Version};
use plimsoll_core::ledger::{PromotionState, ServiceState};
use plimsoll_core::record::{CheckResult, Outcome, State};
use plimsoll_core::say::{self, Reader};
use plimsoll_core::units::Period;
use std::collections::BTreeSet;
use std::pin::pin;

use futures_util::future::{Either, select};

use crate::desk::DeskError;
use crate::ports::Progress;
use crate::tasks::verify::{VerifyRequest, is_accepted};

use super::{Drive, watch::Watch};

/// How long the gate is left alone after it refused a wave.
const ASK_AGAIN: Period = Period::from_secs(15);

/// How often a soak looks whether a person wants it to end, and whether nothing else changed.
const GLANCE: Period = Period::from_secs(1);

/// How often somebody else may be faster in writing while a finding is written down.
const OVERTAKEN: u32 = 20;

impl Drive<'_> {
    /// Asks the gate before a wave; begins it, or waits and leaves it to the machine to ask again.
    pub(super) async fn ask_gate(
        &self,
        state: &ServiceState,
        active: &PromotionState,
        wave: u32,
        watch: &Watch<'_>,
    ) -> Result<(), DeskError> {
        // Whatever is green now must have been seen so, or a wave that is over quickly could hide
        // that it was away.
        watch.looked().await;
        // The waves before this one are watched on while it waits.
        let (gaps, regressions) = watch.take(self.promotion);
        if !gaps.is_empty() {
            self.append_in_wave(gaps).await?;
        }
        if !regressions.is_empty() {
            return self.note_regressions(wave, regressions).await;
        }
        let release = &active.plan.release;
        let asked = self.desk.ask_gate(release, &self.lane.environment).await?;
        if asked.ruling.is_allowed() {
            return self.start_wave(&asked.state, active, wave, Some(asked.id)).await;
        }
        let new = active.held.is_none_or(|(_, decision)| decision != asked.id);
        let since = active.held.map_or(self.desk.now(), |(since, _)| since);
        let until = active.plan.wait_at_most.after(since);
        if new {
            self.desk.tell(Progress::WaveWaits {
                wave,
                summary: plimsoll_core::say::summary(
                    asked.ruling.decision(),
                    &Reader::utc(self.desk.now()),
                ),
                until,
            });
            let kind = EventKind::WaveHeld { promotion: self.promotion, wave, decision: asked.id };
            self.append(state, vec![kind]).await?;
        }
        // Asked again in a while, and not later than it may wait at most.
        let left = Period::between(self.desk.now(), until);
        self.pause(ASK_AGAIN.min(left), watch).await
    }

    pub(super) async fn start_wave(
        &self,
        state: &ServiceState,
        active: &PromotionState,
        wave: u32,
        decision: Option<DecisionId>,
    ) -> Result<(), DeskError> {
        let planned = active.plan.waves.get(wave as usize);
        self.desk.tell(Progress::WaveBegan {
            wave,
            of: u32::try_from(active.plan.waves.len()).unwrap_or(u32::MAX),
            targets: planned.map(|planned| planned.targets.clone()).unwrap_or_default(),
        });
        let kind = EventKind::WaveStarted { promotion: self.promotion, wave, decision };
        self.append(state, vec![kind]).await
    }

    /// Waits, looking up when the ledger changes (an abort must not wait) or something is found.
    async fn pause(&self, period: Period, watch: &Watch<'_>) -> Result<(), DeskError> {
        let ledger = &self.desk.parts.ledger;
        let (head, _) = ledger.head().await?;
        let change = pin!(ledger.wait_for_change(head, period.to_std()));
        let alarm = pin!(watch.alarmed());
        let sleep = self.desk.parts.clock.sleep(period);
        select(select(change, alarm), sleep).await;
        Ok(())
    }

    /// Checks a wave. What is not green is run once more before it is believed.
    pub(super) async fn verify_wave(
        &self,
        active: &PromotionState,
        wave: u32,
        targets: &[TargetName],
        watch: &Watch<'_>,
    ) -> Result<(), DeskError> {
        let began = self.desk.parts.clock.monotonic_ms();
        let mut regressions = self.look(active, targets).await?;
        let (gaps, alarms) = watch.take(self.promotion);
        regressions.extend(alarms);
        if !regressions.is_empty() {
            return self.note_regressions(wave, regressions).await;
        }
        let took_ms = self.desk.parts.clock.monotonic_ms().saturating_sub(began);
        let of = u32::try_from(active.plan.waves.len()).unwrap_or(u32::MAX);
        self.desk.tell(Progress::WaveVerified { wave, of, took_ms });
        let verified = EventKind::WaveVerified { promotion: self.promotion, wave };
        self.append_in_wave(gaps.into_iter().chain([verified]).collect()).await
    }

    /// Runs every check of the targets; gives what is red after a second look.
    async fn look(
        &self,
        active: &PromotionState,
        targets: &[TargetName],
    ) -> Result<Vec<Regression>, DeskError> {
        let mut regressions = Vec::new();
        for (version, targets) in super::by_version(active, targets.to_vec()) {
            for (target, check, run, state, finding) in self.reds(&version, &targets).await? {
                let cause = RegressionCause::Check { check, run, state, finding };
                regressions.push(Regression { target, cause });
            }
        }
        Ok(regressions)
    }

    /// The results that are not green on these targets, each looked at twice.
    pub(super) async fn reds(
        &self,
        version: &Version,
        targets: &[TargetName],
    ) -> Result<Vec<Red>, DeskError> {
        let mut request = VerifyRequest {
            lane: self.lane.clone(),
            version: version.clone(),
            targets: targets.iter().cloned().collect(),
            checks: BTreeSet::new(),
            marks_good: false,
        };
        let first = self.desk.verify(&request).await?;
        let state = self.current().await?;
        let red: Vec<_> =
            first.results.iter().filter(|(_, r)| !self.accepted(&state, r, version)).collect();
        if red.is_empty() {
            return Ok(unchecked(&first.unchecked));
        }
        // The control run: the same again, only where it was red.
        request.targets = red.iter().map(|(_, r)| r.target.target.clone()).collect();
        request.checks = red.iter().map(|(_, r)| r.check.clone()).collect();
        let again = self.desk.verify(&request).await?;
        let was_red: BTreeSet<_> =
            red.iter().map(|(_, r)| (r.target.clone(), r.check.clone())).collect();
        let still = again
            .results
            .iter()
            .filter(|(_, r)| was_red.contains(&(r.target.clone(), r.check.clone())))
            .filter(|(_, r)| !self.accepted(&state, r, version))
            .map(|(run, result)| red_of(*run, result, version));
        Ok(unchecked(&first.unchecked).into_iter().chain(still).collect())
    }

    /// Green, or a failure that is known in this very form.
    fn accepted(&self, state: &ServiceState, result: &CheckResult, version: &Version) -> bool {
        is_accepted(self.service, &state.people, result, version, self.desk.now())
    }

    pub(super) async fn note_regressions(
        &self,
        wave: u32,
        regressions: Vec<Regression>,
    ) -> Result<(), DeskError> {
        self.desk.tell(Progress::Regressed { wave, regressions: regressions.clone() });
        let kind = EventKind::RegressionFound { promotion: self.promotion, wave, regressions };
        self.append_in_wave(vec![kind]).await
    }

    /// Watches a wave until its time is over, something is found, or a person ends it; then looks
    /// at everything once more.
    pub(super) async fn soak(
        &self,
        active: &PromotionState,
        wave: u32,
        targets: &[TargetName],
        until: Timestamp,
        watch: &Watch<'_>,
    ) -> Result<(), DeskError> {
        let planned =
            active.plan.waves.get(wave as usize).map_or(Period::ZERO, |planned| planned.soak);
        if until > self.desk.now() {
            self.desk.tell(Progress::Soaking { wave, until });
            let left = Period::between(self.desk.now(), until).min(planned);
            if self.wait_out(left, watch).await? {
                return Ok(());
            }
        }
        let (gaps, mut regressions) = watch.take(self.promotion);
        if regressions.is_empty() && planned > Period::ZERO {
            regressions = self.look(active, targets).await?;
        }
        if !regressions.is_empty() {
            self.append_in_wave(gaps).await?;
            return self.note_regressions(wave, regressions).await;
        }
        self.desk.tell(Progress::Soaked { wave, took_ms: planned.as_millis() });
        let finished = EventKind::SoakFinished { promotion: self.promotion, wave };
        self.append_in_wave(gaps.into_iter().chain([finished]).collect()).await
    }

    /// `true` when a person ended it. Measured without the wall clock, which may be set in the
    /// meantime.
    async fn wait_out(&self, period: Period, watch: &Watch<'_>) -> Result<bool, DeskError> {
        let clock = &self.desk.parts.clock;
        let until_ms = clock.monotonic_ms() + period.as_millis();
        loop {
            let left = Period::from_millis(until_ms.saturating_sub(clock.monotonic_ms()));
            if left == Period::ZERO {
                return Ok(false);
            }
            let glance = pin!(clock.sleep(left.min(GLANCE)));
            if let Either::Right(_) = select(glance, pin!(watch.alarmed())).await {
                return Ok(false);
            }
            let state = self.desk.load_patiently(&self.lane.service).await?;
            match self.mine(&state)? {
                Some(active) if active.abort.is_none() => {}
                Some(_) | None => return Ok(true),
            }
        }
    }

    /// Appends at whatever version the lane has now: others may have written drifts or an abort,
    /// which do not change what was found.
    pub(super) async fn append_in_wave(&self, kinds: Vec<EventKind>) -> Result<(), DeskError> {
        if kinds.is_empty() {
            return Ok(());
        }
        for _ in 0..OVERTAKEN {
            let state = self.current().await?;
            match self.append(&state, kinds.clone()).await {
                Err(DeskError::Ledger(crate::ports::LedgerError::Conflict { .. })) => {}
                other => return other,
            }
        }
        Err(DeskError::Contended(self.lane.to_string()))
    }
}

/// Something that is not green: where, which check, its run, how it stands, what was found.
pub(super) type Red = (TargetName, CheckName, CheckRunId, State, String);

fn red_of(run: CheckRunId, result: &CheckResult, version: &Version) -> Red {
    let (state, finding) = match result.outcome {
        Outcome::Passed if result.is_flaky() => {
            let first = result.first_red().map_or("", |attempt| attempt.finding.as_str());
            (State::Flaky, format!("red, then green: {first}"))
        }
        Outcome::Passed => (State::WrongVersion, unobserved(result, version)),
        Outcome::Failed | Outcome::Errored | Outcome::NotRun => {
            (State::from(result.outcome), result.finding().to_owned())
        }
    };
    (result.target.target.clone(), result.check.clone(), run, state, finding)
}

fn unobserved(result: &CheckResult, version: &Version) -> String {
    let seen = [&result.observed_before, &result.observed_after];
    let other = seen.into_iter().find(|seen| !seen.is(version));
    let seen = other.map_or_else(String::new, |seen| format!(": {}", say::observed(seen)));
    format!("{version} was not observed around it{seen}")
}

/// A target that no check looks at cannot be verified good.
fn unchecked(targets: &[TargetName]) -> Vec<Red> {
    let check = CheckName::new("any").expect("a plain word is a name");
    targets
        .iter()
        .map(|target| {
            let finding = "no check is expected here, so nobody would notice".to_owned();
            let run = CheckRunId(plimsoll_core::ids::Seq(0));
            (target.clone(), check.clone(), run, State::Uncovered, finding)
        })
        .collect()
}
