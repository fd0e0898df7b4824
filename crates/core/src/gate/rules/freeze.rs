//! No freeze window is on: neither a configured one nor one that a person declared.

use crate::catalog::{FreezeWindow, RuleKind, RuleName};
use crate::gate::answer::Answer;
use crate::gate::calendar;
use crate::gate::scene::{Scene, requirement};
use crate::ids::WindowName;
use crate::ledger::{Declared, Said};
use crate::record::{EvidenceRef, FreezeStatus, Requirement, State, Why};

pub(super) fn ask(scene: &Scene<'_>, answer: &mut Answer) {
    let (asked, not_asked) = scene.asked(RuleName::Freeze);
    for window in asked.into_iter().filter_map(RuleKind::freeze) {
        configured(scene, answer, window);
    }
    for said in &scene.people().freezes {
        declared(scene, answer, said);
    }
    answer.not_asked(RuleName::Freeze, not_asked);
}

fn configured(scene: &Scene<'_>, answer: &mut Answer, window: &FreezeWindow) {
    let name = window.name.clone();
    let status = match calendar::status(window, &scene.facts.calendars, scene.now) {
        Ok(status) => status,
        Err(error) => {
            let why = Why::WindowUnreadable { window: name, reason: error.to_string() };
            return answer.say(RuleName::Freeze, State::Unmet, why);
        }
    };
    let changes_at = status.changes_at;
    answer.freezes.push(FreezeStatus { window: name.clone(), on: status.on, changes_at });
    if status.on {
        let why = Why::Frozen {
            window: name,
            until: status.until,
            zone: window.zone.clone(),
            override_by: window.override_by.iter().cloned().collect(),
        };
        answer.say(RuleName::Freeze, State::Unmet, why);
    } else {
        changes_at.into_iter().for_each(|start| answer.holds_until(start));
        let why = Why::NotFrozen { window: name, next: changes_at };
        answer.say(RuleName::Freeze, State::Satisfied, why);
    }
}

fn declared(scene: &Scene<'_>, answer: &mut Answer, said: &Said<Declared>) {
    let freeze = &said.what;
    let here = freeze.environment.as_ref().is_none_or(|name| *name == scene.to.name);
    if !here || said.withdrawn_at.is_some() || freeze.until <= scene.now {
        return;
    }
    let on = said.in_force(scene.now);
    let changes_at = Some(if on { freeze.until } else { freeze.from });
    if let Ok(window) = WindowName::new(&format!("declared-{}", said.seq)) {
        answer.freezes.push(FreezeStatus { window, on, changes_at });
    }
    if !on {
        return answer.holds_until(freeze.from);
    }
    let why = Why::FrozenByPerson {
        freeze: said.seq,
        by: freeze.by.clone(),
        reason: freeze.reason.clone(),
        until: freeze.until,
    };
    answer.add(Requirement {
        evidence: Some(EvidenceRef::Event(said.seq)),
        ..requirement(RuleName::Freeze, State::Unmet, why)
    });
}
