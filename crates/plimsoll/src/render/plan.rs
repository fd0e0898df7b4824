//! A plan, as a person confirms it.

use std::collections::BTreeMap;

use plimsoll_core::catalog::OnRegression;
use plimsoll_core::ids::{TargetName, Version};
use plimsoll_core::record::{Plan, PlanKind, PlannedWave, WayBack};
use plimsoll_core::say::{Reader, count, list, plan_kind};
use plimsoll_core::units::Period;

use super::Style;
use super::table::{facts, paragraph};

/// How many targets are written out; of more, the rest is counted.
const MOST_TARGETS: usize = 60;

/// Which targets change, from what to what, in which waves, the way back of each, and what happens
/// when it goes wrong.
#[must_use]
pub fn plan(plan: &Plan, reader: &Reader, style: &Style) -> String {
    let lane = &plan.lane;
    let targets = count(plan.changes.len(), "target");
    let head = format!(
        "This {} changes {targets} of {} in {}, and nothing else:",
        plan_kind(&plan.kind),
        lane.service,
        lane.environment
    );
    let mut text = format!("{}\n\n", style.text(&head));
    let mut rows = Vec::new();
    let mut names = Vec::new();
    for (at, wave) in plan.waves.iter().enumerate() {
        names.push(format!("wave {}", at + 1));
        rows.push(wave_words(plan, wave));
    }
    let mut lines: Vec<(&str, String)> = names.iter().map(String::as_str).zip(rows).collect();
    for words in ways_back(plan, reader) {
        lines.push(("way back", words));
    }
    lines.push(("if worse", regression_words(plan)));
    if let Some(decision) = plan.decision {
        let word = match plan.kind {
            PlanKind::BreakGlass { .. } => "refused by",
            PlanKind::Promotion
            | PlanKind::Deployment
            | PlanKind::Rollback { .. }
            | PlanKind::Rehearsal => "allowed by",
        };
        lines.push((word, decision.to_string()));
    }
    text.push_str(&facts(&lines, style));
    if let Some(loud) = loud(plan) {
        text.push('\n');
        text.push_str(&paragraph(&loud, style));
    }
    text
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

fn loud(plan: &Plan) -> Option<String> {
    match &plan.kind {
        PlanKind::BreakGlass { reason } => {
            Some(format!("The gate refused; this breaks the glass: {reason}"))
        }
        PlanKind::Rollback { reason } => Some(format!("It goes back because: {reason}")),
        PlanKind::Rehearsal => {
            Some("It goes back and forth again, to try the way back.".to_owned())
        }
        PlanKind::Promotion | PlanKind::Deployment => None,
    }
}

#[cfg(test)]
mod tests {
    use plimsoll_core::digest::Digest;
    use plimsoll_core::record::TargetChange;

    use super::*;

    #[test]
    fn a_plan_names_every_target_its_wave_and_its_way_back() {
        let change = |target: &str, from: Option<&str>| TargetChange {
            target: target.parse().expect("a name"),
            from: from.map(|from| from.parse().expect("a version")),
            to: "1.23.1".parse().expect("a version"),
            way_back: from.map(|from| WayBack {
                version: from.parse().expect("a version"),
                digest: Digest::ZERO,
                verified_at: "2026-11-12T10:00:00Z".parse().expect("a moment"),
                proven_at: Some("2026-11-18T10:00:00Z".parse().expect("a moment")),
            }),
            pinned: None,
        };
        let wave = |targets: &[&str], soak| PlannedWave {
            targets: targets.iter().map(|t| t.parse().expect("a name")).collect(),
            soak,
        };
        let shown = Plan {
            kind: PlanKind::BreakGlass { reason: "fire\u{1b}[2J".to_owned() },
            lane: "planet4/production".parse().expect("a lane"),
            release: "planet4@1.23.1".parse().expect("a release"),
            release_digest: Digest::ZERO,
            changes: vec![
                change("nl-vm", Some("1.22")),
                change("nl-k8s", Some("1.22")),
                change("ca-vm", None),
            ],
            waves: vec![
                wave(&["nl-vm", "nl-k8s"], Period::from_mins(5)),
                wave(&["ca-vm"], Period::ZERO),
            ],
            on_regression: OnRegression::RollBack,
            irreversible: false,
            probe_every: Period::from_secs(1),
            probes: vec![],
            max_gap: Period::from_secs(5),
            wait_at_most: Period::from_hours(1),
            decision: Some("g-7".parse().expect("a number")),
            policy: Digest::ZERO,
            by: "ada".parse().expect("a handle"),
            at: "2026-11-18T10:00:00Z".parse().expect("a moment"),
        };
        let reader = Reader::utc(shown.at);
        assert_eq!(
            plan(&shown, &reader, &Style::PLAIN),
            "\
This break-glass promotion changes 3 targets of planet4 in production, and nothing else:

  wave 1      2 targets: nl-vm, nl-k8s  1.22 → 1.23.1, then watch 5 m
  wave 2      1 target: ca-vm  nothing → 1.23.1
  way back    1.22, verified good Nov 12, artifacts proven to be there, on nl-vm, nl-k8s
  way back    none is known, on ca-vm
  if worse    every target goes back, failed ones first
  refused by  g-7

  The gate refused; this breaks the glass: fire\\u{1b}[2J
"
        );
    }
}
