//! Gathering: what has to be looked at outside before the gate can decide.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::stream::{self, StreamExt};
use plimsoll_core::catalog::{CalendarRead, RuleKind, Service, WindowTime};
use plimsoll_core::gate::{self, Facts};
use plimsoll_core::ids::{EnvironmentName, TargetId, Version};
use plimsoll_core::ledger::ServiceState;
use plimsoll_core::record::{Observation, Proof, ProofOutcome};

use super::{Desk, DeskError};

/// Observations and proofs at once. They are small questions to many targets.
const AT_ONCE: usize = 64;

/// A driver that was silent for longer is taken to be gone. Heartbeats come every five seconds.
pub(crate) const SILENT_MS: u128 = 20_000;

impl Desk {
    /// Observes targets, many at once.
    pub async fn observe(
        &self,
        service: &Service,
        targets: &[TargetId],
    ) -> BTreeMap<TargetId, Observation> {
        let observe = |id: &TargetId| {
            let context = self.context(service, &id.environment, &id.target).ok();
            let id = id.clone();
            async move {
                let observed = self.parts.fleet.observe(&context?).await;
                Some((id.clone(), Observation { target: id, at: self.now(), observed }))
            }
        };
        let looks: Vec<_> = targets.iter().map(observe).collect();
        stream::iter(looks)
            .buffer_unordered(AT_ONCE)
            .filter_map(|seen| async { seen })
            .collect()
            .await
    }

    /// Gathers what a decision about `version` entering `to` needs.
    pub(crate) async fn gather(
        &self,
        service: &Service,
        version: &Version,
        to: &EnvironmentName,
        state: &ServiceState,
    ) -> Result<Facts, DeskError> {
        let Some(environment) = service.environment(to) else {
            return Err(DeskError::NoLane(service.lane(to)));
        };
        let lane = service.lane(to);
        let mut wanted: BTreeSet<TargetId> =
            environment.targets.keys().map(|target| lane.target(target)).collect();
        if let Some(after) = &environment.after {
            let before = service.lane(after);
            for target in environment.targets.values() {
                wanted.extend(service.stand_ins(after, target).iter().map(|t| before.target(t)));
            }
        }
        let wanted: Vec<_> = wanted.into_iter().collect();
        let observations = self.observe(service, &wanted).await;
        let proofs = self.prove_ways_back(service, version, to, state).await;
        let alive = self.alive_drivers(state).await?;
        let left = self.left_lanes(service, state).await?;
        let calendars = self.read_calendars(service, to).await;
        Ok(Facts { observations, proofs, alive, left, calendars })
    }

    /// Reads the calendars that the freeze windows of a gate name: they change without the
    /// configuration.
    pub async fn read_calendars(
        &self,
        service: &Service,
        to: &EnvironmentName,
    ) -> BTreeMap<String, CalendarRead> {
        let rules = service.gates.get(to).map_or(&[][..], Vec::as_slice);
        let mut calendars = BTreeMap::new();
        for rule in rules {
            if let RuleKind::Freeze(window) = &rule.kind
                && let WindowTime::Calendar { file } = &window.time
                && !calendars.contains_key(file)
            {
                calendars.insert(file.clone(), self.parts.fleet.calendar(file).await);
            }
        }
        calendars
    }

    /// Looks whether the artifacts of each target's way back are there.
    async fn prove_ways_back(
        &self,
        service: &Service,
        version: &Version,
        to: &EnvironmentName,
        state: &ServiceState,
    ) -> BTreeMap<TargetId, Proof> {
        let lane = service.lane(to);
        let targets = service.environment(to).map(|e| e.targets.keys()).into_iter().flatten();
        let looks: Vec<_> = targets
            .filter_map(|target| {
                let id = lane.target(target);
                let good = gate::way_back(state.target(&id)?, version)?.version.clone();
                Some((id, good))
            })
            .map(|(id, good)| self.prove(service, id, good, state))
            .collect();
        stream::iter(looks)
            .buffer_unordered(AT_ONCE)
            .map(|proof| (proof.target.clone(), proof))
            .collect()
            .await
    }

    async fn prove(
        &self,
        service: &Service,
        id: TargetId,
        version: Version,
        state: &ServiceState,
    ) -> Proof {
        let outcome = match (
            state.releases.get(&version),
            self.context(service, &id.environment, &id.target),
        ) {
            (Some(release), Ok(context)) => self.parts.fleet.prove(&context, release).await,
            (None, _) => {
                ProofOutcome::Missing { what: format!("release {version} itself"), digest: None }
            }
            (_, Err(error)) => ProofOutcome::Unknown { why: error.to_string() },
        };
        Proof { target: id, version, at: self.now(), outcome }
    }

    async fn alive_drivers(&self, state: &ServiceState) -> Result<BTreeSet<String>, DeskError> {
        let drivers: BTreeSet<&String> = state
            .lanes
            .values()
            .flat_map(|lane| lane.verifying.iter().map(|v| &v.driver))
            .collect();
        let mut alive = BTreeSet::new();
        for driver in drivers {
            if self.is_alive(driver).await? {
                alive.insert(driver.clone());
            }
        }
        Ok(alive)
    }

    /// Where something is under way of a service and the process that drove it is gone.
    ///
    /// # Errors
    /// The ledger is away.
    pub async fn left_lanes(
        &self,
        service: &Service,
        state: &ServiceState,
    ) -> Result<BTreeSet<EnvironmentName>, DeskError> {
        let mut left = BTreeSet::new();
        for environment in &service.environments {
            let Some(active) = state.active(&environment.name) else { continue };
            let driven = match &active.driver {
                Some((driver, _)) => self.is_alive(driver).await?,
                None => false,
            };
            if !driven {
                left.insert(environment.name.clone());
            }
        }
        Ok(left)
    }

    /// Whether another process is still there: by looking at this machine, else by heartbeats.
    pub(crate) async fn is_alive(&self, driver: &str) -> Result<bool, DeskError> {
        if driver == self.parts.driver {
            return Ok(true);
        }
        if let Some(known) = self.parts.presence.is_alive(driver) {
            return Ok(known);
        }
        let silent = self.parts.ledger.silent_for(driver).await?;
        Ok(silent.is_some_and(|silent| silent.as_millis() < SILENT_MS))
    }
}
