//! People of the roles asked for have looked and signed, after the candidate came to where they
//! could look at it. Where page checks kept pictures, a signature counts only for the targets whose
//! pictures the signer had opened.

use std::collections::{BTreeMap, BTreeSet};

use crate::Timestamp;
use crate::catalog::{Per, RuleKind, RuleName};
use crate::gate::answer::Answer;
use crate::gate::looks::unopened;
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
    /// The places to look at.
    stand_ins: BTreeSet<&'a TargetName>,
    /// When the candidate came to the last of the places to look at; `None` while it is not on
    /// all of them.
    deployed_at: Option<Timestamp>,
}

fn scopes<'a>(scene: &Scene<'a>, per: Per) -> Vec<Scope<'a>> {
    let to = scene.to;
    let all = to.targets.iter();
    let scope = |site, target, names: &[&TargetName]| {
        let stand_ins: BTreeSet<_> =
            names.iter().flat_map(|name| &scene.stand_ins[name]).copied().collect();
        let deployed_at = deployed(scene, &stand_ins);
        Scope { per, site, target, stand_ins, deployed_at }
    };
    match per {
        Per::Release => {
            let names: Vec<_> = all.map(|(name, _)| name).collect();
            vec![scope(None, None, &names)]
        }
        Per::Site => {
            let mut sites: BTreeMap<_, Vec<_>> = BTreeMap::new();
            all.for_each(|(name, target)| sites.entry(&target.site).or_default().push(name));
            sites.into_iter().map(|(site, names)| scope(Some(site), None, &names)).collect()
        }
        Per::Target => all.map(|(name, _)| scope(None, Some(name), &[name])).collect(),
    }
}

/// When the candidate had come to all of these.
fn deployed(scene: &Scene<'_>, stand_ins: &BTreeSet<&TargetName>) -> Option<Timestamp> {
    let times = stand_ins
        .iter()
        .map(|name| deployed_at(scene.checked_target(name)?, scene.version()))
        .collect::<Option<Vec<_>>>()?;
    times.into_iter().max()
}

impl<'a> Scope<'a> {
    /// Whether the signature was given for exactly this.
    fn fits(&self, sign_off: &SignOff) -> bool {
        let (site, target) = (sign_off.site.as_ref(), sign_off.target.as_ref());
        match self.per {
            Per::Release | Per::Site => site == self.site && target.is_none(),
            Per::Target => target == self.target,
        }
    }

    /// Which of its places show a picture that the signer had not opened.
    fn unopened(&self, scene: &Scene<'a>, sign_off: &SignOff) -> BTreeSet<&'a TargetName> {
        let places = self.stand_ins.iter().map(|name| (*name, scene.checked_target(name)));
        unopened(places, scene.version(), &sign_off.opened)
    }
}

fn signed(scene: &Scene<'_>, scope: &Scope<'_>, role: &RoleName, of: u32) -> Requirement {
    let mut valid: BTreeMap<&PersonName, Seq> = BTreeMap::new();
    let mut early: Option<&Said<SignOff>> = None;
    let mut blind: Option<(&Said<SignOff>, BTreeSet<&TargetName>)> = None;
    for said in signatures(scene, role).filter(|said| scope.fits(&said.what)) {
        let unseen = scope.unopened(scene, &said.what);
        if scope.deployed_at.is_none_or(|at| said.what.at < at) {
            early = Some(said);
        } else if unseen.is_empty() {
            valid.insert(&said.what.by, said.seq);
        } else {
            blind = Some((said, unseen));
        }
    }
    let not_yet = |said: &Said<SignOff>| !valid.contains_key(&said.what.by);
    let have = u32::try_from(valid.len()).unwrap_or(u32::MAX);
    let site = scope.site.cloned();
    let (state, why, evidence) = match (blind, early, scope.deployed_at) {
        _ if have >= of => {
            let by = valid.keys().map(|person| (*person).clone()).collect();
            let why = Why::Signed { by, role: role.clone(), site };
            (State::Satisfied, why, valid.values().max().copied())
        }
        (Some((said, unseen)), ..) if not_yet(said) => {
            let targets = unseen.into_iter().map(|name| scene.id_after(name)).collect();
            let (by, at, role) = (said.what.by.clone(), said.what.at, role.clone());
            let why = Why::SignedUnopened { by, at, role, targets, site };
            (State::Unmet, why, Some(said.seq))
        }
        (_, Some(said), Some(deployed_at)) if not_yet(said) => {
            let (by, at) = (said.what.by.clone(), said.what.at);
            (State::Unmet, Why::SignedBeforeDeployment { by, at, deployed_at }, Some(said.seq))
        }
        _ => {
            let why = Why::NotSigned { role: role.clone(), have, of, per: scope.per, site };
            (State::Unmet, why, None)
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
