//! Several results of one cause, as one row.

use crate::catalog::RuleName;
use crate::ids::{EnvironmentName, TargetName};
use crate::record::{Decision, NextStep, Requirement, State, Why};

use super::mark::{Look, WAITING, look};
use super::text::{count, list};
use super::{Reader, next, why};

/// Requirements that stand the same for the same reason.
#[derive(Debug, Clone)]
pub struct Group<'a> {
    /// How they stand.
    pub state: State,
    /// How that is shown.
    pub look: Look,
    /// What was asked: the checks for evidence, the rule otherwise.
    pub label: String,
    /// Where, long lists shortened: `nl-k8s, in-k8s and 38 more`.
    pub place: String,
    /// Why, in one sentence.
    pub sentence: String,
    /// Who can do what about all of them.
    pub next: Vec<NextStep>,
    /// All of them.
    pub requirements: Vec<&'a Requirement>,
}

/// How many checks or targets a row names before it counts the rest.
const MOST_NAMES: usize = 3;

/// What keeps the release out, one row for each cause; what only waits comes last.
#[must_use]
pub fn groups<'a>(decision: &'a Decision, reader: &Reader) -> Vec<Group<'a>> {
    let mut rows = grouped(decision.unmet(), decision, reader);
    rows.sort_by_key(|row| (row.look.mark == WAITING, row.state, row.requirements[0].blame()));
    rows
}

/// What was accepted (waived, known failures), one row for each reason.
#[must_use]
pub fn accepted<'a>(decision: &'a Decision, reader: &Reader) -> Vec<Group<'a>> {
    let accepted = decision
        .requirements
        .iter()
        .filter(|r| matches!(r.state, State::Waived | State::KnownFailure));
    grouped(accepted, decision, reader)
}

/// What is met or was not asked, results of checks left out: one row for each reason.
#[must_use]
pub fn met<'a>(decision: &'a Decision, reader: &Reader) -> Vec<Group<'a>> {
    let met = decision.requirements.iter().filter(|r| {
        matches!(r.state, State::Satisfied | State::NotApplicable) && r.rule != RuleName::Evidence
    });
    grouped(met, decision, reader)
}

fn grouped<'a>(
    requirements: impl Iterator<Item = &'a Requirement>,
    decision: &'a Decision,
    reader: &Reader,
) -> Vec<Group<'a>> {
    let mut order: Vec<Vec<&Requirement>> = Vec::new();
    let mut places = std::collections::BTreeMap::new();
    for requirement in requirements {
        let sentence = cause(requirement, reader);
        let role = if let Why::NotSigned { role, .. } | Why::SignedUnopened { role, .. } =
            &requirement.why
        {
            Some(role.clone())
        } else {
            None
        };
        let key = (requirement.state, requirement.rule, sentence, role);
        let place = *places.entry(key).or_insert_with(|| {
            order.push(Vec::new());
            order.len() - 1
        });
        order[place].push(requirement);
    }
    for requirements in &mut order {
        requirements.sort_by_key(|requirement| std::cmp::Reverse(newest(requirement)));
    }
    order.into_iter().map(|requirements| group(requirements, decision, reader)).collect()
}

/// What makes requirements one row: their sentence, except where it holds a moment that differs
/// from target to target although the cause is one.
fn cause(requirement: &Requirement, reader: &Reader) -> String {
    if let Some(cause) = super::why::cause(requirement) {
        return format!("{} {}", cause.word(), super::why::plain(requirement, reader));
    }
    match &requirement.why {
        Why::Soaking { of, .. } => format!("soaking {of}"),
        Why::TooOld { max_age, .. } => format!("older than {max_age}"),
        Why::DeployedAgain { .. } => "deployed again".to_owned(),
        // What one broken glass left open is one row, however much it is.
        Why::FollowUpOpen { id, of, .. } => format!("left open by {} {of}", id.decision),
        _ => why(requirement, reader),
    }
}

/// The moment that speaks for a row: of several that soak, the one that ends last.
fn newest(requirement: &Requirement) -> Option<crate::Timestamp> {
    match &requirement.why {
        Why::Soaking { since, .. } => Some(*since),
        _ => None,
    }
}

fn group<'a>(
    requirements: Vec<&'a Requirement>,
    decision: &Decision,
    reader: &Reader,
) -> Group<'a> {
    let first = requirements[0];
    Group {
        state: first.state,
        look: look(first),
        label: label(&requirements),
        place: place(&requirements, decision, MOST_NAMES),
        sentence: sentence(&requirements, reader),
        next: next::next_of(&requirements, decision, reader),
        requirements,
    }
}

/// Of several the first one speaks, except where each is about something else.
fn sentence(requirements: &[&Requirement], reader: &Reader) -> String {
    match &requirements[0].why {
        Why::FollowUpOpen { of, since, .. } if requirements.len() > 1 => {
            let many = count(requirements.len(), "requirement");
            format!("{many} of {of} were passed over at {}", reader.clock(*since))
        }
        _ => why(requirements[0], reader),
    }
}

fn label(requirements: &[&Requirement]) -> String {
    let rule = requirements[0].rule;
    if rule == RuleName::FollowUp && requirements.len() > 1 {
        return rule.to_string();
    }
    let mut checks: Vec<_> = Vec::new();
    for check in requirements.iter().filter_map(|r| r.check.as_ref()) {
        if !checks.contains(&check) {
            checks.push(check);
        }
    }
    if checks.is_empty() { requirements[0].rule.to_string() } else { list(&checks, MOST_NAMES) }
}

/// Where: sites for signatures, names of targets, with the environment when it is the one that is
/// to be entered; that environment alone when the release as a whole is meant.
pub(super) fn place(requirements: &[&Requirement], decision: &Decision, most: usize) -> String {
    let mut sites = Vec::new();
    let mut before: Vec<&TargetName> = Vec::new();
    let mut entered: Vec<&TargetName> = Vec::new();
    for requirement in requirements {
        if let Why::NotSigned { site: Some(site), .. }
        | Why::SignedUnopened { site: Some(site), .. } = &requirement.why
        {
            if !sites.contains(&site) {
                sites.push(site);
            }
        } else if let Some(target) = &requirement.target {
            let names = if target.environment == decision.to { &mut entered } else { &mut before };
            if !names.contains(&&target.target) {
                names.push(&target.target);
            }
        }
    }
    let parts =
        [list(&sites, most), list(&before, most), in_environment(&decision.to, &entered, most)];
    let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    if parts.is_empty() { decision.to.to_string() } else { parts.join(", ") }
}

fn in_environment(environment: &EnvironmentName, names: &[&TargetName], most: usize) -> String {
    if names.is_empty() { String::new() } else { format!("{environment}/{}", list(names, most)) }
}
