//! A service: what is released as one.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use plimsoll_core::catalog::{
    Check, CheckKind, Platform, PromotionPolicy, Rule, Service, Tier, TwinPair,
};
use plimsoll_core::ids::{CheckName, EnvironmentName, PlatformName, ServiceName};

use crate::reader::{Fields, Reader};
use crate::shape::{Object, Shape, optional, preset, required};
use crate::text::Entry;

use super::apart::targets_are_apart;
use super::check::{CHECK, read_check};
use super::environments::{ENVIRONMENT, Environments, read_environments};
use super::fit;
use super::name::{key_name, unknown};
use super::platform::{PLATFORM, read_platform};
use super::promotion::{PROMOTION, read_promotion};
use super::repository_paths::{REPOSITORY_PATHS, read_repository_paths};
use super::rule::{RULE, TIER_WORDS, TIERS, read_rules};
use super::twins::{TWIN, read_twins};
use super::word::read_word;

/// A service.
pub(crate) static SERVICE: Object = Object {
    name: "service",
    doc: "What is released as one.",
    keys: &[
        preset(
            "tier",
            Shape::Word(TIER_WORDS),
            "standard",
            "How important it is: everything stops without it, the usual, nothing depends on it. Rules can be limited to tiers.",
        ),
        required(
            "environments",
            Shape::Map("the name of an environment", &Shape::Object(&ENVIRONMENT)),
            "The stages, in order.",
        ),
        required(
            "platforms",
            Shape::Map("the name of a platform", &Shape::Object(&PLATFORM)),
            "How things are deployed.",
        ),
        optional(
            "checks",
            Shape::Map("the name of a check", &Shape::Object(&CHECK)),
            "What is looked at.",
        ),
        optional(
            "gates",
            Shape::Map("the name of an environment", &Shape::List(&Shape::Object(&RULE))),
            "What is asked at the gate of an environment, beyond what is always asked.",
        ),
        optional("promotion", Shape::Object(&PROMOTION), "How a promotion goes."),
        optional(
            "twins",
            Shape::List(&Shape::Object(&TWIN)),
            "Parts of files that must change together.",
        ),
        optional(
            "paths",
            REPOSITORY_PATHS,
            "Which files of its repository it is made of, from the root: `data8/**`. They say what a push to \
             a protected branch changes; every file without it.",
        ),
    ],
    one_of: &[],
    rest: None,
    example: "",
};

/// The pairs of a check and a target that a service may have: 2,000 targets with 1,000 checks.
const MOST_PAIRS: usize = 2_000_000;

/// The platforms that a service may have.
const MOST_PLATFORMS: usize = 200;

/// A service.
pub(crate) fn read_service(r: &mut Reader<'_>, entry: &Entry) -> Option<Service> {
    let name = key_name::<ServiceName>(r, entry);
    let fields = r.object(&entry.node, &SERVICE)?;
    let tier = fields.get("tier").map_or(Some(Tier::Standard), |node| read_word(r, node, &TIERS));
    let platform_names: BTreeSet<PlatformName> = declared(&fields, "platforms");
    let check_names: BTreeSet<CheckName> = declared(&fields, "checks");
    let environments = match fields.get("environments") {
        Some(node) => read_environments(r, node, &platform_names),
        None => Environments::default(),
    };
    let platforms = read_platforms(r, &fields, &environments);
    if let Some(name) = &name {
        targets_are_apart(r, name, &environments, &platforms);
    }
    let checks = read_checks(r, &fields, &environments, &platform_names);
    let gates = read_gates(r, &fields, &environments);
    let promotion = fields.get("promotion").map(|node| {
        let targets = environments.target_names(|name| environments.gated.contains(name));
        let reported = checks.iter().filter(|(_, check)| check.reported().is_some());
        let reported = reported.map(|(name, _)| name.clone()).collect();
        read_promotion(r, node, &targets, (&check_names, &reported))
    });
    let promotion = promotion.unwrap_or_else(|| Some(PromotionPolicy::default()));
    let twins = fields.get("twins").map(|node| read_twins(r, node, &platform_names));
    let twins = twins.unwrap_or_default();
    let paths = fields.get("paths").map(|node| read_repository_paths(r, node));
    let paths = paths.unwrap_or_else(|| Some(Vec::new()));
    let checks = with_pairs(r, &fields, checks, &twins);
    fit::warn(r, &environments, &checks);
    Some(Service {
        name: name?,
        tier: tier?,
        environments: environments.list,
        platforms,
        checks,
        gates,
        promotion: promotion?,
        twins,
        paths: paths?,
    })
}

/// The names that a map declares, whatever is wrong with their values.
fn declared<T: FromStr + Ord>(fields: &Fields<'_>, key: &'static str) -> BTreeSet<T> {
    let Some(node) = fields.get(key) else { return BTreeSet::new() };
    let crate::text::Value::Map(entries) = &node.value else { return BTreeSet::new() };
    entries.iter().filter_map(|entry| entry.name.parse().ok()).collect()
}

fn read_platforms(
    r: &mut Reader<'_>,
    fields: &Fields<'_>,
    environments: &Environments,
) -> BTreeMap<PlatformName, Platform> {
    let mut platforms = BTreeMap::new();
    let Some(node) = fields.get("platforms") else { return platforms };
    let entries = r.entries(node, "platforms");
    if entries.is_some_and(<[_]>::is_empty) {
        r.error(node.at, "there is no platform here")
            .hint("like  vm: { deploy: { … }, observe: { … } }");
    }
    let entries = entries.unwrap_or_default();
    if !r.at_most(MOST_PLATFORMS, entries.len(), node.at, "platforms") {
        return platforms;
    }
    for entry in entries {
        let name = key_name::<PlatformName>(r, entry);
        r.used.clear();
        let platform = read_platform(r, entry);
        let Some(name) = name else { continue };
        let on_it = |(_, _, target): &fit::One<'_>| target.platform == name;
        fit::variables_have_values(
            r,
            &environments.all().filter(on_it).collect::<Vec<_>>(),
            "platform",
        );
        platforms.extend(platform.map(|platform| (name, platform)));
    }
    platforms
}

fn read_checks(
    r: &mut Reader<'_>,
    fields: &Fields<'_>,
    environments: &Environments,
    platforms: &BTreeSet<PlatformName>,
) -> BTreeMap<CheckName, Check> {
    let mut checks = BTreeMap::new();
    let Some(node) = fields.get("checks") else { return checks };
    let entries = r.entries(node, "checks").unwrap_or_default();
    let pairs = entries.len() * environments.all().count();
    if !r.at_most(MOST_PAIRS, pairs, node.at, "pairs of a check and a target") {
        return checks;
    }
    for entry in entries {
        let name = key_name::<CheckName>(r, entry);
        r.used.clear();
        let check = read_check(r, entry, environments, platforms);
        let (Some(name), Some(check)) = (name, check) else { continue };
        let covered = |(environment, name, target): &fit::One<'_>| {
            check.only.covers(environment, name, target)
        };
        let covered: Vec<_> = environments.all().filter(covered).collect();
        fit::variables_have_values(r, &covered, "check");
        if covered.is_empty() && environments.all().next().is_some() {
            r.report
                .warning(entry.span, format!("`{name}` is expected on no target"))
                .hint("look at its `only`");
        }
        checks.insert(name, check);
    }
    checks
}

/// The checks of twins compare the pairs of the service.
fn with_pairs(
    r: &mut Reader<'_>,
    fields: &Fields<'_>,
    mut checks: BTreeMap<CheckName, Check>,
    pairs: &[TwinPair],
) -> BTreeMap<CheckName, Check> {
    for (name, check) in &mut checks {
        let CheckKind::Twins(twins) = &mut check.kind else { continue };
        twins.pairs = pairs.to_vec();
        if !pairs.is_empty() || fields.get("twins").is_some() {
            continue;
        }
        let node = fields.get("checks");
        let entries = node.and_then(|node| r.entries(node, "checks")).unwrap_or_default();
        if let Some(entry) = entries.iter().find(|entry| *entry.name == *name.as_str()) {
            r.error(entry.span, "there are no twins to compare")
                .hint("say in `twins:` of the service which parts of files must change together");
        }
    }
    checks
}

fn read_gates(
    r: &mut Reader<'_>,
    fields: &Fields<'_>,
    environments: &Environments,
) -> BTreeMap<EnvironmentName, Vec<Rule>> {
    let mut gates = BTreeMap::new();
    let Some(node) = fields.get("gates") else { return gates };
    let known = &environments.known;
    for entry in r.entries(node, "environments and their rules").unwrap_or_default() {
        let rules = read_rules(r, &entry.node);
        let Some(name) = known.get(&*entry.name) else {
            unknown(r, &entry.name, entry.span, known, ("environment", "environments:"));
            continue;
        };
        if !environments.gated.contains(name) {
            r.error(entry.span, format!("{name} has no gate, as it is after no other environment"))
                .hint("say in environments: which one is before it: after: staging");
        }
        gates.insert(name.clone(), rules);
    }
    gates
}

#[cfg(test)]
mod tests {
    use crate::testing::{bad, in_services};

    #[test]
    fn a_service_has_environments_and_platforms() {
        bad(
            in_services,
            &[
                (
                    "  t: {}",
                    "13:3 [t] `environments` is missing in this service → `environments`: The stages, in order\n13:3 [t] `platforms` is missing in this service → `platforms`: How things are deployed",
                ),
                (
                    "  t: { tier: high, environments: {}, platforms: {} }",
                    "13:14 [high] `high` is not one of critical, standard, leaf\n13:20 [environments] there is no environment here → like  staging: { targets: { … } }\n13:38 [platforms] there is no platform here → like  vm: { deploy: { … }, observe: { … } }",
                ),
                (
                    "  a/b: { environments: { x: { targets: { a: {} } } }, platforms: { p: { deploy: { files: { root: /srv } } } } }",
                    "13:3 [a/b] `a/b` cannot be the name of a service → use letters, digits, `.`, `_` and `-`",
                ),
                (
                    "  t: { environments: { x: { targets: { a: { platform: p } } } }, platforms: { p: { deploy: { files: { root: /srv } } } }, gates: { x: [], y: [] } }",
                    "13:132 [x] x has no gate, as it is after no other environment → say in environments: which one is before it: after: staging\n13:139 [y] there is no environment `y` → did you mean `x`?",
                ),
                ("  s: {}", "13:3 [s] `s` is here twice → the first is in line 2"),
                (
                    "  t:",
                    "13:3 [t] expected a map (tier, environments, platforms, checks and 4 more), found nothing",
                ),
            ],
        );
    }
}
