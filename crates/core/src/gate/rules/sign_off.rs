//! People of the roles asked for have looked and signed, after the candidate came to where they
//! could look at it.

use std::collections::{BTreeMap, BTreeSet};

use crate::Timestamp;
use crate::catalog::{Per, RuleKind, RuleName};
use crate::gate::answer::Answer;
use crate::gate::scene::{Scene, requirement};
use crate::ids::{PersonName, RoleName, Seq, SiteName, TargetName};
use crate::ledger::Said;
use crate::record::{EvidenceRef, Requirement, SignOff, State, Why};

use super::soak::deployed_at;

pub(super) fn ask(scene: &Scene<'_>, answer: &mut Answer) {
    let (asked, not_asked) = scene.asked(RuleName::SignOff);
    for kind in asked {
        match kind {
            RuleKind::SignOff { roles, per } => {
                for scope in scopes(scene, *per) {
                    for (role, count) in roles {
                        answer.add(signed(scene, &scope, role, (*count).max(1)));
                    }
                }
            }
            RuleKind::Evidence { .. }
            | RuleKind::Soak { .. }
            | RuleKind::Freeze(_)
            | RuleKind::WayBack { .. }
            | RuleKind::Condition { .. } => {}
        }
    }
    answer.not_asked(RuleName::SignOff, not_asked);
}

/// What one signature has to stand for.
struct Scope<'a> {
    per: Per,
    site: Option<&'a SiteName>,
    target: Option<&'a TargetName>,
    /// When the candidate came to the last of the places to look at; `None` while it is not on
    /// all of them.
    deployed_at: Option<Timestamp>,
}

fn scopes<'a>(scene: &Scene<'a>, per: Per) -> Vec<Scope<'a>> {
    let to = scene.to;
    let all = to.targets.iter();
    match per {
        Per::Release => {
            let deployed_at = deployed(scene, all.map(|(name, _)| name));
            vec![Scope { per, site: None, target: None, deployed_at }]
        }
        Per::Site => {
            let mut sites: BTreeMap<_, Vec<_>> = BTreeMap::new();
            all.for_each(|(name, target)| sites.entry(&target.site).or_default().push(name));
            let scope = |(site, names): (_, Vec<_>)| Scope {
                per,
                site: Some(site),
                target: None,
                deployed_at: deployed(scene, names.into_iter()),
            };
            sites.into_iter().map(scope).collect()
        }
        Per::Target => {
            let scope = |(name, _)| Scope {
                per,
                site: None,
                target: Some(name),
                deployed_at: deployed(scene, std::iter::once(name)),
            };
            all.map(scope).collect()
        }
    }
}

/// When the candidate had come to every stand-in of these targets.
fn deployed<'a>(
    scene: &Scene<'_>,
    targets: impl Iterator<Item = &'a TargetName>,
) -> Option<Timestamp> {
    let stand_ins: BTreeSet<_> = targets.flat_map(|name| &scene.stand_ins[name]).collect();
    let times = stand_ins
        .into_iter()
        .map(|name| deployed_at(scene.checked_target(name)?, scene.version()))
        .collect::<Option<Vec<_>>>()?;
    times.into_iter().max()
}

impl Scope<'_> {
    /// Whether the signature was given for exactly this.
    fn fits(&self, sign_off: &SignOff) -> bool {
        let (site, target) = (sign_off.site.as_ref(), sign_off.target.as_ref());
        match self.per {
            Per::Release | Per::Site => site == self.site && target.is_none(),
            Per::Target => target == self.target,
        }
    }
}

fn signed(scene: &Scene<'_>, scope: &Scope<'_>, role: &RoleName, of: u32) -> Requirement {
    let mut valid: BTreeMap<&PersonName, Seq> = BTreeMap::new();
    let mut early: Option<&Said<SignOff>> = None;
    for said in signatures(scene, role).filter(|said| scope.fits(&said.what)) {
        if scope.deployed_at.is_some_and(|at| at <= said.what.at) {
            let latest = valid.entry(&said.what.by).or_insert(said.seq);
            *latest = (*latest).max(said.seq);
        } else if early.is_none_or(|other| other.seq < said.seq) {
            early = Some(said);
        }
    }
    let have = u32::try_from(valid.len()).unwrap_or(u32::MAX);
    let (state, why, evidence) = match (early, scope.deployed_at) {
        _ if have >= of => {
            let by = valid.keys().map(|person| (*person).clone()).collect();
            let why = Why::Signed { by, role: role.clone(), site: scope.site.cloned() };
            (State::Satisfied, why, valid.values().max().copied())
        }
        (Some(said), Some(deployed_at)) if !valid.contains_key(&said.what.by) => {
            let (by, at) = (said.what.by.clone(), said.what.at);
            (State::Unmet, Why::SignedBeforeDeployment { by, at, deployed_at }, Some(said.seq))
        }
        (Some(_) | None, _) => {
            let (role, site) = (role.clone(), scope.site.cloned());
            (State::Unmet, Why::NotSigned { role, have, of, per: scope.per, site }, None)
        }
    };
    Requirement {
        target: scope.target.map(|name| scene.id_to(name)),
        evidence: evidence.map(EvidenceRef::Event),
        ..requirement(RuleName::SignOff, state, why)
    }
}

/// The signatures for this release and environment by people who hold the role now.
fn signatures<'a>(
    scene: &'a Scene<'a>,
    role: &'a RoleName,
) -> impl Iterator<Item = &'a Said<SignOff>> {
    scene.people().sign_offs.iter().filter(move |said| {
        let one = &said.what;
        said.withdrawn_at.is_none()
            && one.release == *scene.id
            && one.to == scene.to.name
            && one.role == *role
            && !scene.is_future(one.at)
            && scene.catalog.holds(&one.by, role)
    })
}
