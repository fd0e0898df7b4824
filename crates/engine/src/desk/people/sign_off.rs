//! Signing for a release after having looked at it.

use plimsoll_core::event::{Event, EventKind};
use plimsoll_core::gate;
use plimsoll_core::ids::{EnvironmentName, PersonName, ReleaseId, RoleName, SiteName, TargetName};
use plimsoll_core::record::SignOff;
use plimsoll_core::say;

use crate::desk::{Desk, DeskError, Spelling, Wording};
use crate::words::Typed;

/// A signature, as it is asked for.
#[derive(Debug, Clone)]
pub struct Signing {
    /// For this release.
    pub release: ReleaseId,
    /// Into this environment; the only one with a gate when absent.
    pub to: Option<EnvironmentName>,
    /// For each of these sites.
    pub sites: Vec<SiteName>,
    /// For each of these targets of the environment to be entered. For the release as a whole when
    /// neither sites nor targets are named.
    pub targets: Vec<TargetName>,
    /// As which role; the only one that is held when absent.
    pub role: Option<RoleName>,
    /// Free words.
    pub note: Typed,
}

/// What was signed.
#[derive(Debug, Clone)]
pub struct Signed {
    /// One for each site or target.
    pub events: Vec<Event>,
    /// Into this environment.
    pub to: EnvironmentName,
    /// As this role.
    pub role: RoleName,
    /// Targets that stand for what was signed, show a picture, and were not opened. The gate does
    /// not count the signature for them.
    pub not_opened: Vec<TargetName>,
}

impl Desk {
    /// Writes signatures down, each with what the signer had opened.
    ///
    /// # Errors
    /// Something named is not there, or the person does not hold the role.
    pub async fn sign_off(&self, asked: &Signing, by: &PersonName) -> Result<Signed, DeskError> {
        let service_name = &asked.release.service;
        let to = self.gated(&asked.release, asked.to.as_ref())?;
        self.known_release(&asked.release).await?;
        let role = self.role(asked.role.as_ref(), by)?;
        self.known_sites(service_name, &to, &asked.sites)?;
        self.known_targets(service_name, Some(&to), &asked.targets)?;
        let note = self.note("note", &asked.note)?;
        let service = self.service(service_name)?;
        let mut events = Vec::new();
        for (site, target) in scopes(asked) {
            let event = self
                .say(service_name, by, |state| {
                    let looks = gate::looks(service, state, &asked.release, &to, by);
                    let sign_off = SignOff {
                        release: asked.release.clone(),
                        to: to.clone(),
                        site: site.clone(),
                        target: target.clone(),
                        role: role.clone(),
                        by: by.clone(),
                        at: self.now(),
                        note: note.clone(),
                        opened: looks.opened,
                    };
                    Ok(EventKind::SignedOff { sign_off })
                })
                .await?;
            events.push(event);
        }
        let state = self.load(service_name).await?;
        let mut not_opened = gate::looks(service, &state, &asked.release, &to, by).not_opened;
        not_opened.retain(|name| stands_for(service, &to, name, asked));
        Ok(Signed { events, to, role, not_opened })
    }

    /// The role that is meant.
    fn role(&self, named: Option<&RoleName>, by: &PersonName) -> Result<RoleName, DeskError> {
        let catalog = &self.catalog;
        let held: Vec<&RoleName> =
            catalog.roles.keys().filter(|role| catalog.holds(by, role)).collect();
        match (named, held.as_slice()) {
            (Some(role), _) if catalog.holds(by, role) => Ok(role.clone()),
            (Some(role), _) => Err(DeskError::not_theirs(
                format!("{by} does not hold the role {role}"),
                "roles are given in the configuration, under roles:",
            )),
            (None, [only]) => Ok((*only).clone()),
            (None, []) => Err(DeskError::not_theirs(format!("{by} holds no role"), who_you_are())),
            (None, several) => Err(DeskError::wrong(
                format!("{by} holds {} roles", several.len()),
                Wording::naming(|by| {
                    format!("{} one of: {}", by.name("role"), say::list(several, 10))
                }),
            )),
        }
    }
}

/// What is left to somebody who does not hold a role.
pub(crate) fn who_you_are() -> Wording {
    const GIVEN: &str = "roles are given in the configuration, under roles:";
    Wording::naming(|by| match by {
        Spelling::Flags => format!("{GIVEN}; say who you are with --as"),
        // There it is the token that says it.
        Spelling::Keys => GIVEN.to_owned(),
    })
}

fn scopes(asked: &Signing) -> Vec<(Option<SiteName>, Option<TargetName>)> {
    let sites = asked.sites.iter().map(|site| (Some(site.clone()), None));
    let targets = asked.targets.iter().map(|target| (None, Some(target.clone())));
    let scopes: Vec<_> = sites.chain(targets).collect();
    if scopes.is_empty() { vec![(None, None)] } else { scopes }
}

/// Whether a target of the environment before stands for something that is signed.
fn stands_for(
    service: &plimsoll_core::catalog::Service,
    to: &EnvironmentName,
    name: &TargetName,
    asked: &Signing,
) -> bool {
    let entered = service.environment(to);
    let before = entered.and_then(|entered| service.environment(entered.after.as_ref()?));
    let (Some(entered), Some(before)) = (entered, before) else { return false };
    let Some(stand_in) = before.targets.get(name) else { return false };
    entered.targets.iter().any(|(target, one)| {
        let meant = match (asked.sites.as_slice(), asked.targets.as_slice()) {
            ([], []) => true,
            ([], targets) => targets.contains(target),
            (sites, _) => sites.contains(&one.site),
        };
        meant && (&one.site, &one.platform) == (&stand_in.site, &stand_in.platform)
    })
}
