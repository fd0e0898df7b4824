//! A plan, as a person confirms it: the same lines on the terminal and on a page.

use std::collections::BTreeMap;

use crate::catalog::OnRegression;
use crate::ids::{TargetName, Version};
use crate::record::{Plan, PlanKind, PlannedWave, WayBack};
use crate::units::Period;

use super::Reader;
use super::moves::plan_kind;
use super::text::{count, list, safe};

/// How many targets are written out; of more, the rest is counted.
const MOST_TARGETS: usize = 60;

/// What a plan changes, in one sentence, and that it changes nothing else.
#[must_use]
pub fn plan_head(plan: &Plan) -> String {
    format!(
        "This {} changes {} of {} in {}, and nothing else",
        plan_kind(&plan.kind),
        count(plan.changes.len(), "target"),
        plan.lane.service,
        plan.lane.environment
    )
}

/// Its waves, ways back, what happens when it goes wrong, and what allowed it: a label and words
/// for each.
#[must_use]
pub fn plan_lines(plan: &Plan, reader: &Reader) -> Vec<(String, String)> {
    let waves = plan.waves.iter().enumerate();
    let mut lines: Vec<(String, String)> =
        waves.map(|(at, wave)| (format!("wave {}", at + 1), wave_words(plan, wave))).collect();
    lines.extend(ways_back(plan, reader).into_iter().map(|words| ("way back".to_owned(), words)));
    lines.push(("if worse".to_owned(), regression_words(plan)));
    if let Some(decision) = plan.decision {
        let word = match plan.kind {
            PlanKind::BreakGlass { .. } => "refused by",
            PlanKind::Promotion
            | PlanKind::Deployment
            | PlanKind::Rollback { .. }
            | PlanKind::Rehearsal => "allowed by",
        };
        lines.push((word.to_owned(), decision.to_string()));
    }
    lines
}

/// What everybody must see of it, if there is anything.
#[must_use]
pub fn plan_loud(plan: &Plan) -> Option<String> {
    match &plan.kind {
        PlanKind::BreakGlass { reason } => {
            Some(format!("The gate refused; this breaks the glass: {}", safe(reason)))
        }
        PlanKind::Rollback { reason } => Some(format!("It goes back because: {}", safe(reason))),
        PlanKind::Rehearsal => {
            Some("It goes back and forth again, to try the way back.".to_owned())
        }
        PlanKind::Promotion | PlanKind::Deployment => None,
    }
}

fn wave_words(plan: &Plan, wave: &PlannedWave) -> String {
    let mut by_from: BTreeMap<Option<&Version>, Vec<&TargetName>> = BTreeMap::new();
    for target in &wave.targets {
        let from = plan.change(target).and_then(|change| change.from.as_ref());
        by_from.entry(from).or_default().push(target);
    }
    let to = &plan.release.version;
    let moves: Vec<_> = by_from
        .iter()
        .map(|(from, targets)| {
            let from = from.map_or("nothing", |version| version.as_str());
            format!("{}  {from} → {to}", list(targets, MOST_TARGETS))
        })
        .collect();
    let watch = match wave.soak {
        Period::ZERO => String::new(),
        soak => format!(", then watch {}", soak.roughly()),
    };
    format!("{}: {}{watch}", count(wave.targets.len(), "target"), moves.join("; "))
}

fn ways_back(plan: &Plan, reader: &Reader) -> Vec<String> {
    let mut ways: BTreeMap<String, Vec<&TargetName>> = BTreeMap::new();
    for change in &plan.changes {
        let words = match &change.way_back {
            Some(way_back) => way_back_words(way_back, reader),
            None => "none is known".to_owned(),
        };
        ways.entry(words).or_default().push(&change.target);
    }
    let every = ways.len() == 1;
    ways.iter()
        .map(|(words, targets)| match every {
            true => format!("{words}, on every target"),
            false => format!("{words}, on {}", list(targets, MOST_TARGETS)),
        })
        .collect()
}

fn way_back_words(way_back: &WayBack, reader: &Reader) -> String {
    let proven = match way_back.proven_at {
        Some(_) => "artifacts proven to be there",
        None => "artifacts not looked for yet",
    };
    let verified = reader.day(way_back.verified_at);
    format!("{}, verified good {verified}, {proven}", way_back.version)
}

fn regression_words(plan: &Plan) -> String {
    if plan.irreversible {
        return "it cannot be undone: everything stops and a person is called".to_owned();
    }
    match plan.on_regression {
        OnRegression::RollBack => "every target goes back, failed ones first".to_owned(),
        OnRegression::RollBackWave => {
            "the targets of the wave go back, earlier waves keep it".to_owned()
        }
        OnRegression::Freeze => "everything stops and a person is called".to_owned(),
    }
}
