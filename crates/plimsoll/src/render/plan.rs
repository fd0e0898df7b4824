//! A plan, as a person confirms it.

use plimsoll_core::record::Plan;
use plimsoll_core::say::{Reader, plan_head, plan_lines, plan_loud};

use super::Style;
use super::table::{facts, paragraph};

/// Which targets change, from what to what, in which waves, the way back of each, and what happens
/// when it goes wrong.
#[must_use]
pub fn plan(plan: &Plan, reader: &Reader, style: &Style) -> String {
    let mut text = format!("{}:\n\n", style.text(&plan_head(plan)));
    let lines = plan_lines(plan, reader);
    let lines: Vec<(&str, String)> =
        lines.iter().map(|(label, words)| (label.as_str(), words.clone())).collect();
    text.push_str(&facts(&lines, style));
    if let Some(loud) = plan_loud(plan) {
        text.push('\n');
        text.push_str(&paragraph(&loud, style));
    }
    text
}

#[cfg(test)]
mod tests {
    use plimsoll_core::catalog::OnRegression;
    use plimsoll_core::digest::Digest;
    use plimsoll_core::record::{PlanKind, PlannedWave, TargetChange, WayBack};
    use plimsoll_core::units::Period;

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
