//! Names that people give: each must be in the configuration or in the ledger, and one that is not
//! is answered with those that are near.

use plimsoll_core::ids::{
    CheckName, EnvironmentName, LaneId, ReleaseId, ServiceName, SiteName, TargetName,
};
use plimsoll_core::record::Release;

use super::{Desk, DeskError, Wording};

impl Desk {
    /// The lane of a service in an environment, both known to the configuration.
    ///
    /// # Errors
    /// One of them is not.
    pub fn known_lane(
        &self,
        service: &ServiceName,
        environment: &EnvironmentName,
    ) -> Result<LaneId, DeskError> {
        self.known_environment(service, Some(environment))?;
        Ok(LaneId { service: service.clone(), environment: environment.clone() })
    }

    /// Makes sure that the environment, if one is named, is in the configuration.
    ///
    /// # Errors
    /// It is not, or the service is not.
    pub fn known_environment(
        &self,
        service: &ServiceName,
        environment: Option<&EnvironmentName>,
    ) -> Result<(), DeskError> {
        let service = self.service(service)?;
        let Some(name) = environment else { return Ok(()) };
        if service.environment(name).is_some() {
            return Ok(());
        }
        let known: Vec<_> = service.environments.iter().map(|e| e.name.to_string()).collect();
        Err(DeskError::missing(
            format!("{} has no environment `{name}`", service.name),
            format!("it has: {}", known.join(", ")),
        ))
    }

    /// Makes sure that the targets are in the environment, or in any.
    ///
    /// # Errors
    /// One is not.
    pub fn known_targets<'a>(
        &self,
        service: &ServiceName,
        environment: Option<&EnvironmentName>,
        targets: impl IntoIterator<Item = &'a TargetName>,
    ) -> Result<(), DeskError> {
        let service = self.service(service)?;
        let mut places = service.environments.iter();
        let places: Vec<_> = match environment {
            Some(name) => places.find(|place| place.name == *name).into_iter().collect(),
            None => places.collect(),
        };
        let is_there = |target: &TargetName| places.iter().any(|e| e.targets.contains_key(target));
        let Some(unknown) = targets.into_iter().find(|target| !is_there(target)) else {
            return Ok(());
        };
        let place = environment.map_or(service.name.as_str(), EnvironmentName::as_str);
        Err(DeskError::missing(
            format!("{place} has no target `{unknown}`"),
            format!("plimsoll status {}", service.name),
        ))
    }

    /// Makes sure that the sites are in the environment.
    ///
    /// # Errors
    /// One is not.
    pub fn known_sites(
        &self,
        service: &ServiceName,
        environment: &EnvironmentName,
        sites: &[SiteName],
    ) -> Result<(), DeskError> {
        let service = self.service(service)?;
        let Some(place) = service.environment(environment) else { return Ok(()) };
        let is_there = |site: &SiteName| place.targets.values().any(|target| target.site == *site);
        let Some(unknown) = sites.iter().find(|site| !is_there(site)) else { return Ok(()) };
        Err(DeskError::missing(
            format!("{environment} has no site `{unknown}`"),
            format!("plimsoll status {}", service.name),
        ))
    }

    /// Makes sure that the service has these checks.
    ///
    /// # Errors
    /// It has one of them not.
    pub fn known_checks<'a>(
        &self,
        service: &ServiceName,
        checks: impl IntoIterator<Item = &'a CheckName>,
    ) -> Result<(), DeskError> {
        let service = self.service(service)?;
        let unknown = checks.into_iter().find(|check| !service.checks.contains_key(*check));
        let Some(unknown) = unknown else { return Ok(()) };
        let known: Vec<_> = service.checks.keys().map(ToString::to_string).collect();
        Err(DeskError::missing(
            format!("{} has no check `{unknown}`", service.name),
            format!("it has: {}", known.join(", ")),
        ))
    }

    /// The release, which must have been named. One that was not is answered with the nearest name
    /// that there is.
    ///
    /// # Errors
    /// It is unknown, or the ledger is away.
    pub async fn known_release(&self, release: &ReleaseId) -> Result<Release, DeskError> {
        self.service(&release.service)?;
        match self.release(release).await {
            Err(DeskError::NoRelease(id)) => {
                let state = self.load(&id.service).await?;
                let known: Vec<String> = state.releases.keys().map(ToString::to_string).collect();
                let add = format!("plimsoll release add {id} PATH     names it");
                let hint = match nearest(id.version.as_str(), &known) {
                    Some(near) => format!("did you mean {}@{near}? If not:  {add}", id.service),
                    None => add,
                };
                Err(DeskError::missing(format!("release {id} is unknown"), hint))
            }
            other => other,
        }
    }

    /// The environment with a gate that is meant: the one that is named, else the only one.
    ///
    /// # Errors
    /// It has no gate, is not there, or there are several.
    pub fn gated(
        &self,
        release: &ReleaseId,
        named: Option<&EnvironmentName>,
    ) -> Result<EnvironmentName, DeskError> {
        self.known_environment(&release.service, named)?;
        let service = self.service(&release.service)?;
        if let Some(named) = named {
            if service.environment(named).is_some_and(|e| e.after.is_none()) {
                return Err(DeskError::wrong(
                    format!("{} has no gate: nothing is asked there", service.lane(named)),
                    format!("plimsoll deploy {release} --to {named}     puts it there"),
                ));
            }
            return Ok(named.clone());
        }
        let gated: Vec<_> = service.environments.iter().filter(|e| e.after.is_some()).collect();
        match gated.as_slice() {
            [only] => Ok(only.name.clone()),
            _ => Err(DeskError::wrong(
                format!("{} has {} environments with a gate", service.name, gated.len()),
                Wording::naming(|by| format!("say which with {}", by.set("to", "ENVIRONMENT"))),
            )),
        }
    }
}

/// The known name that is nearest to what was written, if one is near.
fn nearest<'a>(written: &str, known: &'a [String]) -> Option<&'a str> {
    let most = (written.chars().count() / 3).clamp(1, 3);
    known
        .iter()
        .map(|name| (strsim::damerau_levenshtein(written, name), name))
        .filter(|(distance, _)| *distance <= most)
        .min_by_key(|(distance, name)| (*distance, std::cmp::Reverse(*name)))
        .map(|(_, name)| name.as_str())
}
