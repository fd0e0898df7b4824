//! The configuration as it was understood, in words.

use crate::catalog::{
    Applies, Check, CheckKind, FreezeWindow, OnRegression, Per, ProcessSource, PromotionPolicy,
    Rule, RuleKind, Scope, WaveTargets, WindowTime,
};

use super::text::{count, list, shorten};
use super::why::{change_word, tier_word};

/// What a check does: `http GET /`, `page /, compared with production`.
#[must_use]
pub fn check_does(check: &Check) -> String {
    match &check.kind {
        CheckKind::Http(http) => {
            format!("http {} {}", http.method, shorten(&http.path.to_string(), 120))
        }
        CheckKind::Page(page) => format!(
            "page {} in {}",
            shorten(&page.path.to_string(), 120),
            count(page.viewports.len(), "window size")
        ),
        // Only the program: arguments may be long, and are nobody's business here.
        CheckKind::Command(command) => {
            let program = command.run.argv.first().map(ToString::to_string).unwrap_or_default();
            format!("command {}", shorten(&program, 120))
        }
        CheckKind::Process(process) => {
            let where_from = match &process.source {
                ProcessSource::PidFile(file) => format!("of {}", shorten(&file.to_string(), 120)),
                ProcessSource::Unit(unit) => format!("unit {}", shorten(&unit.to_string(), 120)),
                ProcessSource::Command(_) => "as a command tells".to_owned(),
            };
            format!("process {where_from}, watched for {}", process.watched.roughly())
        }
        CheckKind::Reported(reported) => match reported.expected_from() {
            Some(who) => format!("reported by {}", shorten(&who, 120)),
            None => "reported by others".to_owned(),
        },
        CheckKind::Twins(twins) => format!("twins, {}", count(twins.pairs.len(), "pair")),
    }
}

/// Within what, how often again, and where: `within 10 s, 1 retry, only on staging`.
#[must_use]
pub fn check_how(check: &Check) -> String {
    let mut parts = vec![format!("within {}", check.within.roughly())];
    if check.retries > 0 {
        parts.push(match check.retries {
            1 => "1 retry".to_owned(),
            n => format!("{n} retries"),
        });
    }
    if let Some(at_once) = check.at_once {
        parts.push(format!("{at_once} at once"));
    }
    let only = scope_words(&check.only);
    if !only.is_empty() {
        parts.push(format!("only {only}"));
    }
    parts.join(", ")
}

fn scope_words(scope: &Scope) -> String {
    let mut parts = Vec::new();
    let mut add = |what: &str, names: Vec<String>| {
        if !names.is_empty() {
            parts.push(format!("{what} {}", list(&names, 6)));
        }
    };
    add("on", scope.environments.iter().map(ToString::to_string).collect());
    add("of site", scope.sites.iter().map(ToString::to_string).collect());
    add("on platform", scope.platforms.iter().map(ToString::to_string).collect());
    add("on target", scope.targets.iter().map(ToString::to_string).collect());
    parts.join(", ")
}

/// What a rule of a gate asks.
#[must_use]
pub fn rule_asks(rule: &Rule) -> String {
    let asks = match &rule.kind {
        RuleKind::Evidence { max_age } => {
            format!("evidence: no result older than {}", max_age.roughly())
        }
        RuleKind::Soak { period } => {
            format!("soak: {} on the environment before", period.roughly())
        }
        RuleKind::Freeze(window) => format!("freeze: {}", window_words(window)),
        RuleKind::WayBack { rehearsed_within: None } => "way back: for each target".to_owned(),
        RuleKind::WayBack { rehearsed_within: Some(period) } => {
            format!("way back: for each target, rehearsed within {}", period.roughly())
        }
        RuleKind::SignOff { roles, per } => {
            let roles: Vec<_> = roles.iter().map(|(role, n)| format!("{n} of {role}")).collect();
            let per = match per {
                Per::Release => "once",
                Per::Site => "for each site",
                Per::Target => "for each target",
            };
            format!("sign-off: {} {per}", list(&roles, 6))
        }
        RuleKind::Condition { expression, .. } => {
            format!("condition: {}", shorten(expression, 300))
        }
    };
    match applies_words(&rule.applies) {
        only if only.is_empty() => asks,
        only => format!("{asks}; asked {only}"),
    }
}

fn applies_words(applies: &Applies) -> String {
    let tiers: Vec<_> = applies.tiers.iter().map(|tier| tier_word(*tier)).collect();
    let changes: Vec<_> = applies.changes.iter().map(|change| change_word(*change)).collect();
    match (tiers.is_empty(), changes.is_empty()) {
        (true, true) => String::new(),
        (false, true) => format!("of tier {}", list(&tiers, 4)),
        (true, false) => format!("of {} changes", list(&changes, 4)),
        (false, false) => format!("of tier {} for {} changes", list(&tiers, 4), list(&changes, 4)),
    }
}

/// When a window is on, and who may override it.
#[must_use]
pub fn window_words(window: &FreezeWindow) -> String {
    const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let when = match &window.time {
        WindowTime::Weekly { days, from, to } => {
            let days: Vec<_> =
                DAYS.iter().zip(days.0).filter(|(_, on)| *on).map(|(day, _)| *day).collect();
            format!("{} {from} to {to}", list(&days, 7))
        }
        WindowTime::Dated { from, to } => {
            format!("{} {} to {} {}", from.0, from.1, to.0, to.1)
        }
        WindowTime::Calendar { file } => format!("while an event of {file} is on,"),
    };
    let roles: Vec<_> = window.override_by.iter().collect();
    let by = match roles.is_empty() {
        true => "nobody may override it".to_owned(),
        false => format!("{} may override it", list(&roles, 4)),
    };
    format!("{}, {when} {}; {by}", window.name, window.zone)
}

/// How a promotion goes: its waves, and what happens when one regresses.
#[must_use]
pub fn promotion_policy(policy: &PromotionPolicy) -> Vec<(&'static str, String)> {
    let waves: Vec<_> = policy
        .waves
        .iter()
        .map(|wave| match wave {
            WaveTargets::Named(targets) => list(targets, 6),
            WaveTargets::Rest => "the rest".to_owned(),
        })
        .collect();
    let worse = match policy.on_regression {
        OnRegression::RollBack => "every target goes back, failed ones first",
        OnRegression::RollBackWave => "the targets of the wave go back",
        OnRegression::Freeze => "everything stops and a person is called",
    };
    let probes: Vec<_> = policy.probes.iter().collect();
    let probes = match probes.is_empty() {
        true => "all http checks".to_owned(),
        false => list(&probes, 8),
    };
    vec![
        ("Waves", waves.join("; then ")),
        ("Watched for", format!("{} after each wave", policy.soak.roughly())),
        ("If worse", worse.to_owned()),
        ("Probes", format!("{probes}, every {}", policy.probe_every.roughly())),
        ("Longest gap", policy.max_gap.roughly()),
        ("Waits at most", format!("{} for the gate between waves", policy.wait_at_most.roughly())),
    ]
}

/// What is configured, in one sentence.
#[must_use]
pub fn configured(services: usize, targets: usize, checks: usize) -> String {
    format!(
        "{} on {}, looked at by {}.",
        count(services, "service"),
        count(targets, "target"),
        count(checks, "check")
    )
}
