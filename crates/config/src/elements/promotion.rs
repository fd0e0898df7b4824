//! How a promotion goes.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_core::catalog::{OnRegression, PromotionPolicy, WaveTargets};
use plimsoll_core::ids::{CheckName, TargetName};
use plimsoll_core::units::Period;

use crate::reader::Reader;
use crate::render::names;
use crate::shape::{Object, Shape, optional, preset};
use crate::text::{Node, Span, Value, clean};

use super::name::{read_known, read_known_list};
use super::period::{limit_or, read_period};
use super::word::read_word;

const ON_REGRESSION: [(&str, OnRegression); 3] = [
    ("roll-back", OnRegression::RollBack),
    ("roll-back-wave", OnRegression::RollBackWave),
    ("freeze", OnRegression::Freeze),
];

/// A promotion.
pub(crate) static PROMOTION: Object = Object {
    name: "promotion",
    doc: "How a release that the gate allows goes to the targets of a gated environment.",
    keys: &[
        preset(
            "waves",
            Shape::List(&Shape::Either(
                &Shape::List(&Shape::Name("target")),
                &Shape::Word(&["rest"]),
            )),
            "[rest]",
            "The waves in order: each a list of targets, the last may be `rest`, which is all that no other names.",
        ),
        preset(
            "soak",
            Shape::Period,
            "0s",
            "How long each wave is watched before the next, and the last before the end.",
        ),
        preset(
            "on-regression",
            Shape::Word(&["roll-back", "roll-back-wave", "freeze"]),
            "roll-back",
            "What happens when a wave regresses: every target of the promotion goes back, failed ones first; only those of the wave; or nothing moves any more and a person is called.",
        ),
        preset(
            "probe-every",
            Shape::Period,
            "1s",
            "How often targets are probed during a wave and its soak.",
        ),
        optional(
            "probes",
            Shape::OneOrList(&Shape::Name("check")),
            "The checks that are used as probes, pages and commands too; all `http` checks without it.",
        ),
        preset(
            "max-gap",
            Shape::Period,
            "5s",
            "The longest gap in a target's answers that is not a regression.",
        ),
        preset(
            "wait-at-most",
            Shape::Period,
            "12h",
            "How long a promotion may wait between waves, for a person or a window, before it goes back.",
        ),
    ],
    one_of: &[],
    rest: None,
    example: "{ waves: [[nl-vm], rest], soak: 5m, on-regression: roll-back }",
};

/// A promotion; `targets` are those of gated environments.
pub(crate) fn read_promotion(
    r: &mut Reader<'_>,
    node: &Node,
    targets: &BTreeSet<TargetName>,
    (checks, reported): (&BTreeSet<CheckName>, &BTreeSet<CheckName>),
) -> Option<PromotionPolicy> {
    let usual = PromotionPolicy::default();
    let fields = r.object(node, &PROMOTION)?;
    let waves = fields.get("waves").map(|node| read_waves(r, node, targets));
    let soak = fields.get("soak").map(|node| read_period(r, node));
    let on_regression = fields.get("on-regression").map(|node| read_word(r, node, &ON_REGRESSION));
    let probe_every = fields.get("probe-every").map(|node| read_probe_every(r, node));
    let max_gap = limit_or(r, &fields, "max-gap", usual.max_gap);
    if let Some(node) = fields.get("max-gap").or(fields.get("probe-every")) {
        let every = probe_every.unwrap_or(Some(usual.probe_every));
        check_gap(r, node, every, max_gap);
    }
    let wait_at_most = limit_or(r, &fields, "wait-at-most", usual.wait_at_most);
    let probes = fields.get("probes").map(|node| {
        let probes = read_known_list(r, node, checks, "check", "checks:");
        if let Some(name) = probes.iter().find(|name| reported.contains(*name)) {
            r.error(node.span, format!("`{name}` is reported by others and cannot be asked"))
                .hint("a probe is a check that plimsoll runs");
        }
        probes
    });
    Some(PromotionPolicy {
        waves: waves.unwrap_or(Some(usual.waves))?,
        soak: soak.unwrap_or(Some(usual.soak))?,
        on_regression: on_regression.unwrap_or(Some(usual.on_regression))?,
        probe_every: probe_every.unwrap_or(Some(usual.probe_every))?,
        probes: probes.unwrap_or_default(),
        max_gap: max_gap?,
        wait_at_most: wait_at_most?,
    })
}

/// A gap that fits between two probes is not seen.
fn check_gap(r: &mut Reader<'_>, node: &Node, every: Option<Period>, max_gap: Option<Period>) {
    if let (Some(every), Some(max_gap)) = (every, max_gap)
        && max_gap < every
    {
        r.error(
            node.span,
            format!("a gap of {max_gap} is not seen by probes that come every {every}"),
        )
        .hint("`probe-every` can be at most as long as `max-gap`");
    }
}

/// Faster probing than ten times a second would be an attack.
fn read_probe_every(r: &mut Reader<'_>, node: &Node) -> Option<Period> {
    let period = read_period(r, node)?;
    if period < Period::from_millis(100) {
        r.error(node.span, "probes this often would be an attack").hint("100ms at least");
        return None;
    }
    Some(period)
}

fn read_waves(
    r: &mut Reader<'_>,
    node: &Node,
    targets: &BTreeSet<TargetName>,
) -> Option<Vec<WaveTargets>> {
    let mut waves = Vec::new();
    let mut seen: BTreeMap<TargetName, Span> = BTreeMap::new();
    let mut rest: Option<Span> = None;
    let items = r.list(node, "waves")?;
    if items.is_empty() {
        r.error(node.span, "there is no wave here").hint("leave `waves` out for a single one");
    }
    for item in items {
        if let Some(first) = rest {
            let place = r.report.other_place(first, item.span);
            r.error(item.span, "no wave can come after `rest`")
                .hint(format!("put it before the one in {place}"));
        }
        match &item.value {
            Value::Scalar(scalar) if &*scalar.text == "rest" => {
                rest = rest.or(Some(item.span));
                waves.push(WaveTargets::Rest);
            }
            Value::Scalar(scalar) => {
                r.error(
                    item.span,
                    format!("`{}` is neither a list of targets nor `rest`", clean(&scalar.text)),
                )
                .hint(format!("write [{}]", clean(&scalar.text)));
            }
            Value::List(names) => {
                waves.push(WaveTargets::Named(read_wave(r, item, names, targets, &mut seen)))
            }
            Value::Empty | Value::Map(_) => {
                r.error(
                    item.span,
                    format!("a wave is a list of targets or `rest`, not {}", item.kind()),
                )
                .hint("like  waves: [[nl-vm], rest]");
            }
        }
    }
    left_out(r, node, rest, targets, &seen);
    Some(waves)
}

fn read_wave(
    r: &mut Reader<'_>,
    wave: &Node,
    items: &[Node],
    targets: &BTreeSet<TargetName>,
    seen: &mut BTreeMap<TargetName, Span>,
) -> Vec<TargetName> {
    if items.is_empty() {
        r.error(wave.span, "this wave has no target").hint("leave it out");
    }
    let mut names = Vec::new();
    for item in items {
        let where_from = "targets: of the environments with a gate";
        let Some(name) = read_known(r, item, targets, "target with a gate", where_from) else {
            continue;
        };
        if let Some(first) = seen.get(&name).copied() {
            let place = r.report.other_place(first, item.span);
            r.error(item.span, format!("`{name}` is in two waves"))
                .hint(format!("the first is in {place}"));
        }
        seen.entry(name.clone()).or_insert(item.span);
        names.push(name);
    }
    names
}

fn left_out(
    r: &mut Reader<'_>,
    node: &Node,
    rest: Option<Span>,
    targets: &BTreeSet<TargetName>,
    seen: &BTreeMap<TargetName, Span>,
) {
    let missing: Vec<&str> =
        targets.iter().filter(|name| !seen.contains_key(*name)).map(TargetName::as_str).collect();
    if rest.is_none() && !missing.is_empty() {
        r.report
            .warning(
                node.at,
                format!("no wave has {}: nothing is promoted there", names(missing, 5)),
            )
            .hint("add `rest` as the last wave");
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{bad, in_promotion};

    #[test]
    fn waves_name_each_target_once_and_the_rest_last() {
        bad(
            in_promotion,
            &[
                (
                    "{ waves: [[b], rest] }",
                    "12:27 [b] there is no target with a gate `b` → did you mean `a`?",
                ),
                (
                    "{ waves: [rest, [a]] }",
                    "12:32 [[a]] no wave can come after `rest` → put it before the one in line 12",
                ),
                (
                    "{ waves: [rest, rest] }",
                    "12:32 [rest] no wave can come after `rest` → put it before the one in line 12",
                ),
                (
                    "{ waves: [[a], [a]] }",
                    "12:32 [a] `a` is in two waves → the first is in line 12",
                ),
                (
                    "{ waves: [a] }",
                    "12:26 [a] `a` is neither a list of targets nor `rest` → write [a]",
                ),
                ("{ waves: [[]] }", "12:26 [[]] this wave has no target → leave it out"),
                (
                    "{ waves: [] }",
                    "12:25 [[]] there is no wave here → leave `waves` out for a single one",
                ),
                (
                    "{ waves: rest }",
                    "12:25 [rest] expected a list of waves, found a text → write a list: [rest]",
                ),
                (
                    "{ waves: [{ a: b }] }",
                    "12:26 [{ a: b }] a wave is a list of targets or `rest`, not a map → like  waves: [[nl-vm], rest]",
                ),
                ("{ probes: [c] }", "12:27 [c] there is no check `c` → there is only home"),
                (
                    "{ probe-every: 10ms }",
                    "12:31 [10ms] probes this often would be an attack → 100ms at least",
                ),
                (
                    "{ max-gap: 500ms }",
                    "12:27 [500ms] a gap of 500ms is not seen by probes that come every 1s → `probe-every` can be at most as long as `max-gap`",
                ),
                (
                    "{ probe-every: 6s }",
                    "12:31 [6s] a gap of 5s is not seen by probes that come every 6s → `probe-every` can be at most as long as `max-gap`",
                ),
                (
                    "{ probes: [hom], max-gap: 0s }",
                    "12:27 [hom] there is no check `hom` → did you mean `home`?\n12:42 [0s] this duration must be longer than nothing → like 10s or 5m",
                ),
                (
                    "{ soak: 5 min }",
                    "12:24 [5 min] `5 min` is not a duration → write a number and a unit: 30m, 2h, 1d",
                ),
                ("{ wave: [[a]] }", "12:18 [wave] unknown key `wave` → did you mean `waves`?"),
            ],
        );
    }
}
